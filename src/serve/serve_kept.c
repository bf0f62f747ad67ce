/*
 * serve_kept.c: a table with one place for each tile; whatever else belongs
 * there is replaced. With 8 KiB a tile it holds 32 MiB at most: the lowest
 * tiles of 1,000,000 records.
 */
#include "serve_kept.h"

#include "http_server.h"
#include "mem.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define PLACES 4096

struct place {
	struct log_tile tile;
	struct http_kept *answer; /* NULL: empty */
	struct serve_kept_file file;
	int64_t looked_s; /* at the file, by the monotonic clock */
};

struct serve_kept {
	int log_fd;
	pthread_mutex_t lock;
	struct place places[PLACES];
};

int serve_kept_new(struct serve_kept **ret_kept, int log_fd, struct err *err)
{
	struct serve_kept *kept = mem_new(1, sizeof *kept);

	if (!kept)
		return err_nomem(err);
	const int rc = pthread_mutex_init(&kept->lock, NULL);

	if (rc != 0) {
		free(kept);
		return err_sys(err, rc, "cannot make a lock");
	}
	kept->log_fd = log_fd;
	*ret_kept = kept;
	return 0;
}

static void empty(struct place *place)
{
	http_kept_unref(place->answer);
	*place = (struct place){0};
}

void serve_kept_free(struct serve_kept *kept)
{
	if (!kept)
		return;
	for (size_t i = 0; i < PLACES; i++)
		empty(&kept->places[i]);
	(void)pthread_mutex_destroy(&kept->lock);
	free(kept);
}

bool serve_kept_is_for(struct log_tile tile)
{
	return tile.level != LOG_TILE_ENTRIES && tile.width == LOG_TILE_WIDTH;
}

/* Those of one level are apart as long as they are not too many. */
static struct place *place_of(struct serve_kept *kept, struct log_tile tile)
{
	return &kept->places[(tile.index + tile.level * 1021) % PLACES];
}

bool serve_kept_look(const struct serve_kept *kept, struct log_tile tile,
    struct serve_kept_file *ret_file)
{
	char path[LOG_TILE_PATH_MAX];
	struct stat file;

	log_tile_path(path, tile);
	if (fstatat(kept->log_fd, path, &file, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(file.st_mode))
		return false;
	*ret_file = (struct serve_kept_file){.number = file.st_ino,
	    .size = (uint64_t)file.st_size,
	    .changed_s = file.st_ctim.tv_sec,
	    .changed_ns = file.st_ctim.tv_nsec};
	return true;
}

static bool is_same_file(
    const struct serve_kept_file *a, const struct serve_kept_file *b)
{
	return a->number == b->number && a->size == b->size &&
	    a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static int64_t now_s(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return now.tv_sec;
}

static bool is_there(const struct place *place, struct log_tile tile)
{
	return place->answer && place->tile.index == tile.index &&
	    place->tile.level == tile.level;
}

struct http_kept *serve_kept_find(struct serve_kept *kept, struct log_tile tile)
{
	struct place *place = place_of(kept, tile);
	const int64_t now = now_s();
	struct http_kept *answer = NULL;
	struct serve_kept_file file;

	(void)pthread_mutex_lock(&kept->lock);
	if (is_there(place, tile) && place->looked_s != now) {
		place->looked_s = now;
		if (!serve_kept_look(kept, tile, &file) ||
		    !is_same_file(&file, &place->file))
			empty(place);
	}
	if (is_there(place, tile))
		answer = http_kept_ref(place->answer);
	(void)pthread_mutex_unlock(&kept->lock);
	return answer;
}

void serve_kept_put(struct serve_kept *kept, struct log_tile tile,
    const struct serve_kept_file *file, struct http_kept *answer)
{
	struct place *place = place_of(kept, tile);

	(void)pthread_mutex_lock(&kept->lock);
	empty(place);
	*place = (struct place){tile, http_kept_ref(answer), *file, now_s()};
	(void)pthread_mutex_unlock(&kept->lock);
}

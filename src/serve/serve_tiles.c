/*
 * serve_tiles.c: files of log/ with the headers that tlog-tiles asks for.
 *
 * `size` is the largest checkpoint that was seen here; a tile beyond it has
 * the checkpoint read again before it is refused. Tiles lie on disk before
 * their checkpoint does, and the answer to a tile is kept for ever by caches:
 * so none is given that no signed checkpoint covers.
 */
#include "serve_tiles.h"

#include "file.h"
#include "http_server.h"
#include "log_checkpoint.h"
#include "log_tile.h"
#include "mem.h"
#include "note.h"
#include "serve_gzip.h"
#include "serve_kept.h"
#include "when.h"

#include "hash.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHECKPOINT "checkpoint"
#define BYTES "application/octet-stream"
#define PLAIN "text/plain; charset=utf-8"
#define BESIDE_MAX ((size_t)1024 * 1024)
#define NAME_ROOM 48 /* "stamps/", 20 digits, ".checkpoint" */
#define GZIP_BYTES_MAX ((size_t)64 * 1024 * 1024)

#define FOR_EVER                                                               \
	{                                                                      \
		"Cache-Control", "public, max-age=604800, immutable"           \
	}
#define NEVER                                                                  \
	{                                                                      \
		"Cache-Control", "no-store"                                    \
	}
#define FOR_ALL                                                                \
	{                                                                      \
		"Access-Control-Allow-Origin", "*"                             \
	}

/* What readers are shown while newer ones wait for their quorum. */
struct shown {
	pthread_mutex_t lock; /* for what follows */
	unsigned hold_ms;
	uint64_t size; /* the largest that was answered or given */
	struct buf note; /* of that size */
	bool has_quorum;
	int64_t since_ms; /* a newer one is held back; 0: none is */
};

struct serve_tiles {
	int log_fd;
	atomic_uint_fast64_t size;
	struct serve_gzip *gzip;
	struct shown shown;
	struct serve_kept *kept;
};

/* --- the checkpoint --- */

static int parse(
    struct slice bytes, struct serve_tiles_glance *ret_glance, struct err *err)
{
	struct note *note = mem_new(1, sizeof *note);
	struct log_checkpoint checkpoint;
	int rc = note ? note_parse(note, bytes, err) : err_nomem(err);

	if (rc == 0)
		rc = log_checkpoint_parse(&checkpoint, note->text, err);
	if (rc == 0) {
		ret_glance->size = checkpoint.size;
		ret_glance->cosignatures = (unsigned)note->n - 1;
	}
	free(note);
	return rc;
}

static void grow(atomic_uint_fast64_t *size, uint64_t seen)
{
	uint_fast64_t known = atomic_load(size);

	while (
	    known < seen && !atomic_compare_exchange_weak(size, &known, seen))
		;
}

/*
 * The published checkpoint, and what it says. What was known before it was read
 * it must have reached: who put an older one there has it refused, and who
 * reads while it grows has not.
 */
static int read_checkpoint(struct serve_tiles *tiles, struct buf *bytes,
    struct serve_tiles_glance *ret_glance, struct err *err)
{
	const uint64_t known = atomic_load(&tiles->size);
	int rc = file_read(
	    bytes, tiles->log_fd, CHECKPOINT, LOG_CHECKPOINT_MAX, err);

	if (rc == 0)
		rc = parse(buf_slice(bytes), ret_glance, err);
	if (rc == 0 && ret_glance->size < known)
		rc = err_set(
		    err, ERR_VERIFY, "it was set back while it was served");
	if (rc == 0)
		grow(&tiles->size, ret_glance->size);
	return rc;
}

int serve_tiles_look(struct serve_tiles *tiles,
    struct serve_tiles_glance *ret_glance, struct err *err)
{
	struct serve_tiles_glance glance = {0};
	struct stat file;
	struct buf bytes;

	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	int rc = read_checkpoint(tiles, &bytes, &glance, err);
	if (rc == 0 && fstatat(tiles->log_fd, CHECKPOINT, &file, 0) != 0)
		rc = err_sys(err, errno, CHECKPOINT);
	buf_done(&bytes);
	if (rc != 0) {
		err_prefix(err, "log/" CHECKPOINT);
		return rc;
	}
	glance.written = file.st_mtime;
	*ret_glance = glance;
	return 0;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* is always there */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void serve_tiles_hold(struct serve_tiles *tiles, unsigned hold_ms)
{
	tiles->shown.hold_ms = hold_ms;
}

static void show(
    struct shown *shown, struct slice note, uint64_t size, bool has_quorum)
{
	shown->size = size;
	shown->has_quorum = has_quorum;
	shown->since_ms = 0;
	buf_clear(&shown->note);
	buf_put_slice(&shown->note, note);
	if (buf_check(&shown->note, NULL) != 0)
		shown->has_quorum = false; /* nothing is held back then */
}

void serve_tiles_show(struct serve_tiles *tiles, struct slice checkpoint)
{
	struct shown *shown = &tiles->shown;
	struct serve_tiles_glance glance = {0};

	if (parse(checkpoint, &glance, NULL) != 0)
		return;
	(void)pthread_mutex_lock(&shown->lock);
	if (glance.size >= shown->size)
		show(shown, checkpoint, glance.size, true);
	(void)pthread_mutex_unlock(&shown->lock);
}

/* How long ago the newest checkpoint was written; 0 if the clock went back. */
static int64_t age_ms(const struct serve_tiles *tiles)
{
	struct stat file;
	int64_t now = when_now();

	return fstatat(tiles->log_fd, CHECKPOINT, &file, 0) != 0 ||
		file.st_mtime > now
	    ? 0
	    : (now - file.st_mtime) * 1000;
}

/* The newest one, unless it has to wait for its quorum. Its time begins when it
 * was written, and not only when somebody asks. */
static void choose(struct serve_tiles *tiles, struct buf *newest, uint64_t size)
{
	struct shown *shown = &tiles->shown;

	if (shown->hold_ms == 0)
		return;
	(void)pthread_mutex_lock(&shown->lock);
	if (size > shown->size && shown->since_ms == 0)
		shown->since_ms = now_ms() - age_ms(tiles);
	if (size > shown->size && shown->has_quorum &&
	    now_ms() - shown->since_ms < (int64_t)shown->hold_ms) {
		buf_clear(newest);
		buf_put_slice(newest, buf_slice(&shown->note));
	} else if (size > shown->size) {
		show(shown, buf_slice(newest), size, false);
	}
	(void)pthread_mutex_unlock(&shown->lock);
}

/* Takes the contents of *bytes. */
static void answer_fresh(struct http_exchange *exchange, struct buf *bytes)
{
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = 200,
		.type = PLAIN,
		.take = bytes,
		.fields = {NEVER, FOR_ALL}});
}

static void answer_line(
    struct http_exchange *exchange, unsigned status, const char *line)
{
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = status,
		.type = PLAIN,
		.body = slice_of(line),
		.fields = {NEVER, FOR_ALL}});
}

void serve_tiles_checkpoint(
    struct serve_tiles *tiles, struct http_exchange *exchange)
{
	struct serve_tiles_glance glance = {0};
	struct buf bytes;

	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	if (read_checkpoint(tiles, &bytes, &glance, NULL) == 0) {
		choose(tiles, &bytes, glance.size);
		answer_fresh(exchange, &bytes);
	} else {
		answer_line(exchange, 503, "The checkpoint cannot be read.\n");
	}
	buf_done(&bytes);
}

/* --- beside the tiles --- */

static bool is_beside(struct slice path)
{
	unsigned long long size;
	struct slice rest = path;

	if (slice_is_text(path, "site"))
		return true;
	struct slice folder = slice_cut(&rest, '/');
	struct slice number = slice_cut(&rest, '.');

	return slice_is_text(folder, "stamps") && number.p != NULL &&
	    slice_to_u64(number, &size) &&
	    (rest.p == NULL || slice_is_text(rest, "checkpoint"));
}

void serve_tiles_beside(struct serve_tiles *tiles,
    struct http_exchange *exchange, struct slice path)
{
	char name[NAME_ROOM];
	struct buf bytes;

	buf_init(&bytes, BESIDE_MAX);
	(void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(path));
	if (is_beside(path) &&
	    file_read(&bytes, tiles->log_fd, name, BESIDE_MAX, NULL) == 0)
		answer_fresh(exchange, &bytes);
	else
		answer_line(exchange, 404, "There is none.\n");
	buf_done(&bytes);
}

/* --- tiles --- */

static void answer_absent(struct http_exchange *exchange)
{
	answer_line(exchange, 404, "There is no such tile.\n");
}

static void answer_failed(struct http_exchange *exchange)
{
	answer_line(exchange, 500, "The tile cannot be read.\n");
}

static bool is_covered(struct serve_tiles *tiles, struct log_tile tile)
{
	struct serve_tiles_glance glance;

	if (log_tile_width(tile.level, tile.index, atomic_load(&tiles->size)) >=
	    tile.width)
		return true;
	return serve_tiles_look(tiles, &glance, NULL) == 0 &&
	    log_tile_width(tile.level, tile.index, atomic_load(&tiles->size)) >=
	    tile.width;
}

static int open_tile(const struct serve_tiles *tiles, struct log_tile tile)
{
	char path[LOG_TILE_PATH_MAX];
	struct stat file;

	log_tile_path(path, tile);
	const int fd =
	    openat(tiles->log_fd, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0 && (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode))) {
		(void)close(fd);
		errno = EISDIR;
		return -1;
	}
	return fd;
}

/* How many bytes of a full tile or bundle its first `tile.width` take. */
static int cut_at(
    struct slice full, struct log_tile tile, size_t *ret_n, struct err *err)
{
	struct slice entries[LOG_TILE_WIDTH];

	if (tile.level != LOG_TILE_ENTRIES) {
		*ret_n = (size_t)tile.width * HASH_SIZE;
		return full.n == (size_t)LOG_TILE_WIDTH * HASH_SIZE
		    ? 0
		    : err_set(err, ERR_FORMAT, "a tile of a wrong size");
	}
	const int rc =
	    log_tile_split_bundle(entries, LOG_TILE_WIDTH, full, err);

	if (rc != 0)
		return rc;
	const struct slice last = entries[tile.width - 1];

	*ret_n = (size_t)(last.p + last.n - full.p);
	return 0;
}

/* The tile's bytes, out of its own file or the full one's. */
static int read_tile(const struct serve_tiles *tiles, struct log_tile tile,
    struct buf *out, struct err *err)
{
	const struct log_tile full = {tile.level, tile.index, LOG_TILE_WIDTH};
	char path[LOG_TILE_PATH_MAX];
	struct err why = {0};
	size_t n;

	log_tile_path(path, tile);
	int rc = file_read(out, tiles->log_fd, path, LOG_TILE_BUNDLE_MAX, &why);

	if (rc != ERR_NOTFOUND || tile.width == LOG_TILE_WIDTH)
		return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
	log_tile_path(path, full);
	rc = file_read(out, tiles->log_fd, path, LOG_TILE_BUNDLE_MAX, err);
	if (rc == 0)
		rc = cut_at(buf_slice(out), tile, &n, err);
	if (rc == 0)
		out->n = n;
	return rc;
}

/* 200 with the headers of a tile; the bytes are still to be named. */
static struct http_reply reply_of(struct log_tile tile, bool is_gzip)
{
	struct http_reply reply = {
	    .status = 200, .type = BYTES, .fields = {FOR_EVER, FOR_ALL}};

	if (tile.level == LOG_TILE_ENTRIES) {
		reply.fields[2].name = "Vary";
		reply.fields[2].value = "Accept-Encoding";
	}
	if (is_gzip) {
		reply.fields[3].name = "Content-Encoding";
		reply.fields[3].value = "gzip";
	}
	return reply;
}

/* Read, cut and packed as need be. */
static void answer_made(struct serve_tiles *tiles,
    struct http_exchange *exchange, struct log_tile tile, bool is_gzip)
{
	struct http_reply reply = reply_of(tile, is_gzip);
	struct buf plain, packed;
	int rc = 0;

	buf_init(&plain, LOG_TILE_BUNDLE_MAX);
	buf_init(&packed, 2 * (size_t)LOG_TILE_BUNDLE_MAX);
	if (!is_gzip || !serve_gzip_find(tiles->gzip, tile, &packed)) {
		rc = read_tile(tiles, tile, &plain, NULL);
		if (rc == 0 && is_gzip)
			rc = serve_gzip_make(tiles->gzip, tile,
			    buf_slice(&plain), &packed, NULL);
	}
	reply.take = is_gzip ? &packed : &plain;
	if (rc == 0)
		http_exchange_answer(exchange, &reply);
	else if (rc == ERR_NOTFOUND)
		answer_absent(exchange);
	else
		answer_failed(exchange);
	buf_done(&plain);
	buf_done(&packed);
}

/* Out of memory, or into it. False: it cannot be, and another way may. */
static bool answer_kept(struct serve_tiles *tiles,
    struct http_exchange *exchange, struct log_tile tile)
{
	struct http_kept *kept = serve_kept_find(tiles->kept, tile);
	struct http_reply reply = reply_of(tile, false);
	struct serve_kept_file file;
	struct buf bytes;

	if (!kept && serve_kept_look(tiles->kept, tile, &file)) {
		buf_init(&bytes, LOG_TILE_BUNDLE_MAX);
		reply.take = &bytes;
		if (read_tile(tiles, tile, &bytes, NULL) == 0 &&
		    bytes.n == LOG_TILE_WIDTH * HASH_SIZE &&
		    http_kept_new(&kept, &reply, NULL) == 0)
			serve_kept_put(tiles->kept, tile, &file, kept);
		buf_done(&bytes);
	}
	if (!kept)
		return false;
	http_exchange_answer_kept(exchange, kept);
	http_kept_unref(kept);
	return true;
}

void serve_tiles_tile(struct serve_tiles *tiles, struct http_exchange *exchange,
    struct slice path)
{
	struct log_tile tile;

	if (log_tile_parse_path(&tile, path, NULL) != 0 ||
	    !is_covered(tiles, tile)) {
		answer_absent(exchange);
		return;
	}
	if (serve_kept_is_for(tile) && answer_kept(tiles, exchange, tile))
		return;
	const bool is_entries = tile.level == LOG_TILE_ENTRIES;
	const bool is_gzip = is_entries &&
	    serve_gzip_is_accepted(
		http_exchange_header(exchange, "Accept-Encoding"));
	struct http_reply reply = reply_of(tile, false);

	reply.fd = is_gzip ? -1 : open_tile(tiles, tile);
	if (reply.fd > 0)
		http_exchange_answer(exchange, &reply);
	else
		answer_made(tiles, exchange, tile, is_gzip);
}

/* --- life --- */

int serve_tiles_new(
    struct serve_tiles **ret_tiles, int case_fd, struct err *err)
{
	struct serve_tiles *tiles = mem_new(1, sizeof *tiles);
	struct serve_tiles_glance glance;

	if (!tiles)
		return err_nomem(err);
	tiles->log_fd = -1;
	(void)pthread_mutex_init(&tiles->shown.lock, NULL);
	buf_init(&tiles->shown.note, LOG_CHECKPOINT_MAX);
	int rc = file_open_dir(&tiles->log_fd, case_fd, "log", err);

	if (rc == 0)
		rc = serve_gzip_new(&tiles->gzip, GZIP_BYTES_MAX, err);
	if (rc == 0)
		rc = serve_kept_new(&tiles->kept, tiles->log_fd, err);
	if (rc == 0)
		rc = serve_tiles_look(tiles, &glance, err);
	if (rc != 0) {
		serve_tiles_free(tiles);
		return rc;
	}
	*ret_tiles = tiles;
	return 0;
}

void serve_tiles_free(struct serve_tiles *tiles)
{
	if (!tiles)
		return;
	serve_gzip_free(tiles->gzip);
	serve_kept_free(tiles->kept);
	if (tiles->log_fd >= 0)
		(void)close(tiles->log_fd);
	(void)pthread_mutex_destroy(&tiles->shown.lock);
	buf_done(&tiles->shown.note);
	free(tiles);
}

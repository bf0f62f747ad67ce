/*
 * serve_gzip.c: a table with one place for each bundle; whatever else belongs
 * there is replaced. Before something is kept, others go, in the order of
 * their places, until there is room for it.
 */
#include "serve_gzip.h"

#include "mem.h"

#include <assert.h>
#include <pthread.h>
#include <zlib.h>

#define PLACES 1024
#define LEVEL 6
#define GZIP_WINDOW (15 + 16) /* zlib's way to say: with gzip's header */

struct place {
	struct log_tile tile;
	char *bytes; /* NULL: empty */
	size_t n;
};

struct serve_gzip {
	pthread_mutex_t lock;
	size_t bytes, bytes_max;
	size_t next; /* to go */
	struct place places[PLACES];
};

int serve_gzip_new(
    struct serve_gzip **ret_gzip, size_t bytes_max, struct err *err)
{
	struct serve_gzip *gzip = mem_new(1, sizeof *gzip);

	if (!gzip)
		return err_nomem(err);
	const int rc = pthread_mutex_init(&gzip->lock, NULL);

	if (rc != 0) {
		free(gzip);
		return err_sys(err, rc, "cannot make a lock");
	}
	gzip->bytes_max = bytes_max;
	*ret_gzip = gzip;
	return 0;
}

static void empty(struct serve_gzip *gzip, struct place *place)
{
	gzip->bytes -= place->n;
	free(place->bytes);
	*place = (struct place){0};
}

void serve_gzip_free(struct serve_gzip *gzip)
{
	if (!gzip)
		return;
	for (size_t i = 0; i < PLACES; i++)
		empty(gzip, &gzip->places[i]);
	(void)pthread_mutex_destroy(&gzip->lock);
	free(gzip);
}

/* Neighbours in the log, and the partial forms of one bundle, lie apart. */
static struct place *place_of(struct serve_gzip *gzip, struct log_tile tile)
{
	return &gzip->places[(tile.index + tile.width * 31) % PLACES];
}

static bool is_there(const struct place *place, struct log_tile tile)
{
	return place->bytes && place->tile.index == tile.index &&
	    place->tile.width == tile.width;
}

bool serve_gzip_find(
    struct serve_gzip *gzip, struct log_tile tile, struct buf *out)
{
	const struct place *place = place_of(gzip, tile);

	(void)pthread_mutex_lock(&gzip->lock);
	const bool is_found = is_there(place, tile);

	if (is_found)
		buf_put(out, place->bytes, place->n);
	(void)pthread_mutex_unlock(&gzip->lock);
	return is_found;
}

static void keep(
    struct serve_gzip *gzip, struct log_tile tile, struct slice packed)
{
	struct place *place = place_of(gzip, tile);
	char *bytes = packed.n <= gzip->bytes_max / 4
	    ? mem_copy_text(packed.p, packed.n)
	    : NULL;

	if (!bytes)
		return; /* it is made again the next time */
	(void)pthread_mutex_lock(&gzip->lock);
	empty(gzip, place);
	while (gzip->bytes + packed.n > gzip->bytes_max) {
		empty(gzip, &gzip->places[gzip->next]);
		gzip->next = (gzip->next + 1) % PLACES;
	}
	*place = (struct place){tile, bytes, packed.n};
	gzip->bytes += packed.n;
	(void)pthread_mutex_unlock(&gzip->lock);
}

static int pack(struct slice bundle, char *room, size_t room_n, size_t *ret_n,
    struct err *err)
{
	z_stream stream = {0};

	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
		Z_DEFAULT_STRATEGY) != Z_OK)
		return err_nomem(err);
	stream.next_in = (unsigned char *)bundle.p;
	stream.avail_in = (unsigned)bundle.n;
	stream.next_out = (unsigned char *)room;
	stream.avail_out = (unsigned)room_n;
	/* The room is as large as zlib's own bound. */
	const int rc = deflate(&stream, Z_FINISH);

	assert(rc == Z_STREAM_END);
	*ret_n = stream.total_out;
	(void)deflateEnd(&stream);
	return 0;
}

int serve_gzip_make(struct serve_gzip *gzip, struct log_tile tile,
    struct slice bundle, struct buf *out, struct err *err)
{
	assert(bundle.n <= LOG_TILE_BUNDLE_MAX);
	/* gzip's header is longer than the one in compressBound. */
	const size_t room_n = compressBound(bundle.n) + 32;
	char *room = mem_new(1, room_n);
	size_t n = 0;

	if (!room)
		return err_nomem(err);
	int rc = pack(bundle, room, room_n, &n, err);

	if (rc == 0) {
		buf_put(out, room, n);
		keep(gzip, tile, (struct slice){room, n});
		rc = buf_check(out, err);
	}
	free(room);
	return rc;
}

/* ";q=0", ";q=0.000": not at all. */
static bool is_zero(struct slice weight)
{
	weight = slice_trim(weight);
	if (!slice_starts_with(weight, "q=0") &&
	    !slice_starts_with(weight, "Q=0"))
		return false;
	for (size_t i = 3; i < weight.n; i++)
		if (weight.p[i] != '.' && weight.p[i] != '0')
			return false;
	return true;
}

bool serve_gzip_is_accepted(struct slice header)
{
	bool is_any = false;

	while (header.p) {
		struct slice rest = slice_cut(&header, ',');
		const struct slice name = slice_trim(slice_cut(&rest, ';'));

		if (slice_is_text(name, "gzip") ||
		    slice_is_text(name, "x-gzip"))
			return !is_zero(rest);
		if (slice_is_text(name, "*"))
			is_any = !is_zero(rest);
	}
	return is_any;
}

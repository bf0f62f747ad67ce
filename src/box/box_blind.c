/*
 * box_blind.c: everything that structures of an image say of what cannot be
 * read: each volume, the gaps between them, and the partition table.
 */
#include "box_blind.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* Partitions begin at such places; in gaps they are looked at first. */
#define STEP (1u << 20)
#define STEPS_MAX 65536
/* A gap of zeros that is not worth a line. */
#define ZEROS_MIN (1u << 20)
#define PIECE (64u << 10)
#define SAMPLES 4096

struct look {
	const struct box_blind_bytes *image;
	const struct cage_wire_volume *volumes;
	size_t n;
	struct box_blind_found *found;
};

static struct box_blind_bytes part_of(
    const struct box_blind_bytes *image, uint64_t at, uint64_t length)
{
	struct box_blind_bytes part = *image;

	part.base += at;
	part.length = length;
	return part;
}

/* Nothing but zeros, as far as can be seen in not too many places. */
static bool is_zeros(const struct box_blind_bytes *bytes)
{
	const uint64_t pieces = (bytes->length + PIECE - 1) / PIECE;
	const uint64_t step = pieces / SAMPLES + 1;
	uint8_t p[PIECE];

	for (uint64_t i = 0; i < pieces; i += step) {
		const size_t n =
		    box_blind_get_some(bytes, i * PIECE, p, sizeof(p));

		if (n > 0 && (p[0] != 0 || memcmp(p, p + 1, n - 1) != 0))
			return false;
	}
	return true;
}

static int add(struct look *look, struct cage_blind *blind, uint64_t at,
    uint64_t length, size_t volume, struct err *err)
{
	blind->at = at;
	blind->length = length;
	blind->of = (uint32_t)volume;
	return box_blind_add(look->found, blind, err);
}

/* ---- volumes ---- */

static bool has_first_luks(const struct box_blind_bytes *v)
{
	uint8_t p[6];

	return box_blind_get(v, 0, p, 6) && memcmp(p, "LUKS\xba\xbe", 6) == 0;
}

/* What is encrypted comes before what is not read, but for a second LUKS2
 * header, which may be left over from before. */
static bool probe(const struct box_blind_bytes *v, struct cage_blind *ret)
{
	return box_blind_bitlocker(v, ret) ||
	    (has_first_luks(v) && box_blind_luks(v, ret)) ||
	    box_blind_apple(v, ret) || box_blind_system(v, ret) ||
	    box_blind_luks(v, ret);
}

/* Of a volume whose file system is read only what cannot be one besides. */
static bool probe_read(const struct box_blind_bytes *v, struct cage_blind *ret)
{
	if (box_blind_bitlocker(v, ret))
		return true;
	return has_first_luks(v) && box_blind_luks(v, ret) &&
	    strcmp(ret->name, "LUKS2") == 0 && ret->is_certain;
}

static bool guess(const struct box_blind_bytes *v, struct cage_blind *ret)
{
	if (is_zeros(v))
		return false;
	if (box_blind_is_random(v)) {
		box_blind_say(ret, CAGE_BLIND_VOLUME, v, "random",
		    "looks like an encrypted volume without a header "
		    "(VeraCrypt's have none), or was overwritten with random "
		    "bytes: the two cannot be told apart");
	} else {
		box_blind_say(ret, CAGE_BLIND_SYSTEM, v, "unknown",
		    "no file system that is known");
	}
	ret->is_certain = false;
	return true;
}

static int look_at_volume(struct look *look, size_t i, struct err *err)
{
	const struct cage_wire_volume *volume = &look->volumes[i];
	const struct box_blind_bytes v =
	    part_of(look->image, volume->at, volume->length);
	struct cage_blind blind;

	if (volume->has_files ? !probe_read(&v, &blind)
			      : !probe(&v, &blind) && !guess(&v, &blind))
		return 0;
	return add(look, &blind, volume->at, volume->length, i + 1, err);
}

/* ---- gaps ---- */

/* A file system that has no partition any more, or never had one. */
static const char *find_lost(const struct box_blind_bytes *v)
{
	uint8_t p[2048];

	if (!box_blind_get(v, 0, p, sizeof(p)))
		return NULL;
	if (box_blind_le16(p + 510) == 0xaa55) {
		if (memcmp(p + 3, "NTFS    ", 8) == 0)
			return "NTFS";
		if (memcmp(p + 3, "EXFAT   ", 8) == 0)
			return "exFAT";
		if (memcmp(p + 82, "FAT32   ", 8) == 0 ||
		    memcmp(p + 54, "FAT1", 4) == 0)
			return "FAT";
	}
	if (box_blind_le16(p + 1024 + 56) == 0xef53 &&
	    box_blind_le32(p + 1024 + 24) <= 6 &&
	    box_blind_le32(p + 1024 + 4) > 0 &&
	    box_blind_le16(p + 1024 + 90) == 0) /* of no other's copies */
		return "ext";
	return NULL;
}

static int look_in_gap(
    struct look *look, uint64_t at, uint64_t end, struct err *err)
{
	uint64_t here = at;
	int rc = 0;

	for (unsigned i = 0; i < STEPS_MAX && here < end && rc == 0; i++) {
		const struct box_blind_bytes v =
		    part_of(look->image, here, end - here);
		struct cage_blind blind;
		const char *lost;

		if (box_blind_bitlocker(&v, &blind) ||
		    (has_first_luks(&v) && box_blind_luks(&v, &blind)) ||
		    box_blind_apple(&v, &blind)) {
			rc = add(look, &blind, here, end - here, 0, err);
		} else if ((lost = find_lost(&v)) != NULL) {
			box_blind_say(&blind, CAGE_BLIND_GAP, &v, "lost volume",
			    "what looks like the first bytes of a file system "
			    "(%s), in no partition",
			    lost);
			blind.is_certain = false;
			rc = add(look, &blind, here, end - here, 0, err);
		}
		here = (here / STEP + 1) * STEP;
	}
	return rc;
}

static int look_at_gap(struct look *look, uint64_t at, uint64_t end,
    const char *where, struct err *err)
{
	const struct box_blind_bytes gap = part_of(look->image, at, end - at);
	const bool is_empty = is_zeros(&gap);
	struct cage_blind blind;

	if (is_empty && end - at < ZEROS_MIN)
		return 0;
	box_blind_say(&blind, CAGE_BLIND_GAP, &gap, "gap", "%s; %s", where,
	    is_empty ? "zeros"
		: box_blind_is_random(&gap)
		? "random bytes: an encrypted volume without a header, or "
		  "overwritten"
		: "holds data");
	int rc = add(look, &blind, at, end - at, 0, err);

	return rc != 0 || is_empty ? rc : look_in_gap(look, at, end, err);
}

static int compare(const void *a, const void *b)
{
	const struct cage_wire_volume *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int look_at_gaps(
    struct look *look, const uint64_t tables[2], struct err *err)
{
	struct cage_wire_volume *sorted = mem_new(look->n, sizeof(*sorted));
	uint64_t at = tables[0];
	uint64_t end = look->image->length - tables[1];
	int rc = sorted == NULL ? err_nomem(err) : 0;

	if (rc == 0) {
		memcpy(sorted, look->volumes, look->n * sizeof(*sorted));
		qsort(sorted, look->n, sizeof(*sorted), compare);
	}
	for (size_t i = 0; i < look->n && rc == 0; i++) {
		const struct cage_wire_volume *v = &sorted[i];

		if (v->at > at)
			rc = look_at_gap(look, at, v->at,
			    i == 0 ? "before the first volume"
				   : "between volumes",
			    err);
		if (v->at + v->length > at)
			at = v->at + v->length;
	}
	if (rc == 0 && at < end)
		rc = look_at_gap(look, at, end, "behind the last volume", err);
	free(sorted);
	return rc;
}

int box_blind_all(const struct box_blind_bytes *image,
    const struct cage_wire_volume *volumes, size_t n,
    struct box_blind_found *found, struct err *err)
{
	struct look look = {image, volumes, n, found};
	uint64_t tables[2] = {0, 0};
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++)
		rc = look_at_volume(&look, i, err);
	/* The only volume begins with the image: there is no table. */
	if (rc != 0 || n == 0 ||
	    (n == 1 && volumes[0].at == 0 &&
		volumes[0].length == image->length))
		return rc;
	rc = box_blind_table(image, found, tables, err);
	return rc != 0 ? rc : look_at_gaps(&look, tables, err);
}

void box_blind_put_page(const struct box_blind_found *found, uint64_t from,
    uint8_t *shared, struct cage_wire_answer *answer)
{
	uint8_t *table = shared + CAGE_WIRE_TABLE_AT;
	uint32_t n = 0;

	for (uint64_t i = from; i < found->n && n < CAGE_BLIND_ENTRIES_MAX; i++)
		cage_blind_put(table + n++ * CAGE_BLIND_ENTRY, &found->of[i]);
	answer->count = n;
	answer->found.total = found->n;
}

/*
 * box_qcow.c: qcow2, versions 2 and 3, after QEMU's docs/interop/qcow2.txt.
 *
 * By own code: libqcow 20201213 reads clusters that are marked as zero, and
 * clusters that a truncated file has no more, as other bytes without a word
 * (docs/decisions/0031-the-cage.md).
 *
 * A table of the second level is in memory, the one that was asked for last,
 * and one cluster that was compressed.
 */
#include "box.h"
#include "mem.h"
#include "reader.h"

#include <inttypes.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC 0x514649fbu /* "QFI" and 0xfb */
#define HEADER 104 /* of version 3; version 2 ends after 72 */
#define CLUSTER_BITS_MIN 9
#define CLUSTER_BITS_MAX 21
#define L1_BYTES_MAX (32u << 20) /* as QEMU has it */

#define OFFSET UINT64_C(0x00fffffffffffe00)
#define IS_PACKED (UINT64_C(1) << 62)
#define IS_ZERO UINT64_C(1)

struct qcow {
	const struct media_file *file;
	uint32_t version, cluster_bits;
	uint64_t length, l1_at, l1_n;
	uint64_t l2_at_hand; /* its place in the file; 0: none */
	uint8_t *l2;
	uint64_t cluster_at_hand; /* number; UINT64_MAX: none */
	uint8_t *packed, *cluster;
	struct libdeflate_decompressor *inflate;
};

enum kind {
	ZEROS,
	PLAIN,
	PACKED
};

/* Where a cluster lies. */
struct where {
	enum kind kind;
	uint64_t at, n;
};

/* ---- the header ---- */

static int refuse(struct err *err, const char *what)
{
	return err_set(err, ERR_UNSUPPORTED,
	    "#0: %s, which is not read; convert it with qemu-img first", what);
}

static int check_features(uint64_t incompatible, struct err *err)
{
	if (incompatible & UINT64_C(1) << 2)
		return refuse(
		    err, "its content is in another file (data_file)");
	if (incompatible & UINT64_C(1) << 3)
		return refuse(
		    err, "it is compressed otherwise than by deflate");
	if (incompatible & UINT64_C(1) << 4)
		return refuse(err, "it has subclusters (extended_l2)");
	if (incompatible >> 5 != 0)
		return refuse(err, "it has a feature that is not known here");
	return 0;
}

static int check_sizes(const struct qcow *q, struct err *err)
{
	if (q->cluster_bits < CLUSTER_BITS_MIN ||
	    q->cluster_bits > CLUSTER_BITS_MAX)
		return err_set(err, ERR_FORMAT,
		    "#0: clusters of 2^%" PRIu32 " bytes cannot be",
		    q->cluster_bits);
	/* Bytes behind one table of the second level. */
	const unsigned bits = 2 * q->cluster_bits - 3;
	const uint64_t tables = (q->length >> bits) +
	    ((q->length & ((UINT64_C(1) << bits) - 1)) > 0);

	if (q->length > (uint64_t)INT64_MAX / 2 || q->l1_n < tables ||
	    q->l1_n > L1_BYTES_MAX / 8)
		return err_set(err, ERR_FORMAT,
		    "#0: a medium of %" PRIu64 " bytes, and a table with "
		    "%" PRIu64 " entries for them, cannot be",
		    q->length, q->l1_n);
	if (q->l1_at % (UINT64_C(1) << q->cluster_bits) != 0 ||
	    q->l1_at > q->file->length ||
	    8 * q->l1_n > q->file->length - q->l1_at)
		return err_set(err, ERR_FORMAT,
		    "#0, byte 40: the first table is not in the file");
	return 0;
}

static int take_header(struct qcow *q, struct err *err)
{
	uint8_t bytes[HEADER] = {0};
	const size_t n =
	    q->file->length < HEADER ? (size_t)q->file->length : HEADER;
	int rc = media_file_read(q->file, 0, bytes, n, err);
	struct reader r;

	if (rc != 0)
		return rc;
	reader_init(&r, bytes, n);
	const uint32_t magic = reader_be32(&r);

	q->version = reader_be32(&r);
	const uint64_t backing_at = reader_be64(&r);
	const uint32_t backing_n = reader_be32(&r);

	q->cluster_bits = reader_be32(&r);
	q->length = reader_be64(&r);
	const uint32_t encryption = reader_be32(&r);

	q->l1_n = reader_be32(&r);
	q->l1_at = reader_be64(&r);
	(void)reader_bytes(&r, 24); /* reference counts, snapshots */
	if (r.failed || magic != MAGIC)
		return err_set(err, ERR_FORMAT, "#0: this is no qcow2");
	if (q->version != 2 && q->version != 3)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0: it is of version %" PRIu32 "; 2 and 3 are read",
		    q->version);
	if (backing_at != 0 || backing_n != 0)
		return refuse(err,
		    "it is only the difference from another image (backing "
		    "file)");
	if (encryption != 0)
		return err_set(err, ERR_UNSUPPORTED, "#0: it is encrypted");
	if (q->version == 3)
		rc = check_features(reader_be64(&r), err);
	if (rc == 0 && r.failed)
		rc = err_set(err, ERR_FORMAT, "#0: its header is cut off");
	return rc != 0 ? rc : check_sizes(q, err);
}

static int open_qcow(void **state, const struct box_files *files,
    uint32_t flags, struct cage_wire_about *ret_about, struct err *err)
{
	struct qcow *q = mem_new(1, sizeof(*q));

	(void)flags;
	if (q == NULL)
		return err_nomem(err);
	*state = q;
	q->file = &files->of[0];
	q->cluster_at_hand = UINT64_MAX;
	int rc = take_header(q, err);
	if (rc != 0)
		return rc;
	const size_t size = (size_t)1 << q->cluster_bits;

	q->l2 = mem_new(size, 1);
	q->cluster = mem_new(size, 1);
	/* A compressed cluster is never larger than one that is not; its place
	 * is said in sectors. */
	q->packed = mem_new(size + 2 * 512, 1);
	q->inflate = libdeflate_alloc_decompressor();
	if (q->l2 == NULL || q->cluster == NULL || q->packed == NULL ||
	    q->inflate == NULL)
		return err_nomem(err);
	ret_about->flags |= CAGE_WIRE_IS_WHOLE;
	ret_about->length = ret_about->declared = ret_about->available =
	    q->length;
	ret_about->chunk_size = (uint32_t)size;
	ret_about->sector_size = 512;
	return 0;
}

static void free_qcow(void *state)
{
	struct qcow *q = state;

	if (q == NULL)
		return;
	libdeflate_free_decompressor(q->inflate);
	free(q->l2);
	free(q->cluster);
	free(q->packed);
	free(q);
}

/* ---- the two tables ---- */

static int say_damaged(uint64_t at, const char *what, struct err *err)
{
	return err_set(err, ERR_FORMAT, "#0, byte %" PRIu64 ": %s", at, what);
}

static uint64_t entry_of(const uint8_t bytes[8])
{
	struct reader r;

	reader_init(&r, bytes, 8);
	return reader_be64(&r);
}

/* The entry of the second level for a cluster, 0 if there is no table. */
static int find_entry(struct qcow *q, uint64_t cluster, uint64_t *ret_entry,
    uint64_t *ret_at, struct err *err)
{
	const unsigned bits = q->cluster_bits - 3; /* entries of a table */
	const uint64_t in = cluster & ((UINT64_C(1) << bits) - 1);
	const uint64_t at = q->l1_at + 8 * (cluster >> bits);
	uint8_t bytes[8];
	int rc = media_file_read(q->file, at, bytes, sizeof(bytes), err);

	if (rc != 0)
		return rc;
	const uint64_t table = entry_of(bytes) & OFFSET;

	*ret_entry = 0;
	*ret_at = at;
	if (table == 0)
		return 0;
	if (table % (UINT64_C(1) << q->cluster_bits) != 0)
		return say_damaged(
		    at, "a table cannot be where this says", err);
	if (q->l2_at_hand != table) {
		q->l2_at_hand = 0;
		rc = media_file_read(
		    q->file, table, q->l2, (size_t)1 << q->cluster_bits, err);
		if (rc != 0) {
			err_prefix(err, "#0, byte %" PRIu64, at);
			return rc;
		}
		q->l2_at_hand = table;
	}
	*ret_entry = entry_of(q->l2 + 8 * in);
	*ret_at = table + 8 * in;
	return 0;
}

static int find(
    struct qcow *q, uint64_t cluster, struct where *ret_where, struct err *err)
{
	const uint64_t size = UINT64_C(1) << q->cluster_bits;
	const unsigned sectors_at = 62 - (q->cluster_bits - 8);
	uint64_t entry, at;
	int rc = find_entry(q, cluster, &entry, &at, err);

	if (rc != 0)
		return rc;
	if (entry & IS_PACKED) {
		const uint64_t place =
		    entry & ((UINT64_C(1) << sectors_at) - 1);
		const uint64_t sectors =
		    (entry & (IS_PACKED - 1)) >> sectors_at;

		*ret_where = (struct where){
		    PACKED, place, (sectors + 1) * 512 - place % 512};
		return 0;
	}
	if ((entry & IS_ZERO) && q->version < 3)
		return say_damaged(
		    at, "a mark that version 2 does not have", err);
	*ret_where = (struct where){PLAIN, entry & OFFSET, size};
	if ((entry & IS_ZERO) || ret_where->at == 0)
		ret_where->kind = ZEROS;
	else if (ret_where->at % size != 0)
		return say_damaged(
		    at, "a cluster cannot be where this says", err);
	return 0;
}

/* ---- bytes ---- */

static int unpack(
    struct qcow *q, uint64_t cluster, const struct where *w, struct err *err)
{
	const size_t size = (size_t)1 << q->cluster_bits;
	const uint64_t end = q->file->length;
	size_t used;

	if (q->cluster_at_hand == cluster)
		return 0;
	q->cluster_at_hand = UINT64_MAX;
	if (w->at >= end || w->n > size + 2 * 512)
		return say_damaged(w->at,
		    "a compressed cluster is said to be here, which cannot be",
		    err);
	/* The last sector may not be all there. */
	const size_t n = (size_t)(end - w->at < w->n ? end - w->at : w->n);
	int rc = media_file_read(q->file, w->at, q->packed, n, err);
	if (rc != 0)
		return rc;
	if (libdeflate_deflate_decompress_ex(q->inflate, q->packed, n,
		q->cluster, size, &used, NULL) != LIBDEFLATE_SUCCESS)
		return say_damaged(
		    w->at, "a compressed cluster is damaged", err);
	q->cluster_at_hand = cluster;
	return 0;
}

static int read_part(struct qcow *q, uint64_t cluster, size_t in,
    uint8_t *ret_bytes, size_t n, struct cage_wire_entry *entry,
    struct err *err)
{
	struct where w = {ZEROS, 0, 0};
	int rc = find(q, cluster, &w, err);

	if (rc != 0)
		return rc;
	if (w.kind == ZEROS) {
		memset(ret_bytes, 0, n);
		return 0;
	}
	if (w.at < q->file->length) {
		const uint64_t left = q->file->length - w.at;

		entry->file = 0;
		entry->file_at = w.at;
		entry->file_n = left < w.n ? left : w.n;
	}
	if (w.kind == PLAIN) {
		rc = media_file_read(q->file, w.at + in, ret_bytes, n, err);
		if (rc != 0)
			err_prefix(err, "#0");
		return rc;
	}
	rc = unpack(q, cluster, &w, err);
	if (rc == 0)
		memcpy(ret_bytes, q->cluster + in, n);
	return rc;
}

static int read_qcow(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
    struct box_damage *damage, struct err *err)
{
	struct qcow *q = state;
	const size_t size = (size_t)1 << q->cluster_bits;

	(void)err;
	for (size_t done = 0; done < n;) {
		const uint64_t from = at + done;
		const size_t in = (size_t)(from % size);
		size_t here = size - in < n - done ? size - in : n - done;
		struct cage_wire_entry entry = {
		    .at = from, .file = CAGE_WIRE_NO_FILE};
		struct err why = {0};
		int rc = 0;

		if (from >= q->length) {
			here = n - done;
			rc = err_set(&why, ERR_FORMAT,
			    "#0: its medium ends at byte %" PRIu64, q->length);
		} else {
			if (here > q->length - from)
				here = (size_t)(q->length - from);
			rc = read_part(q, from / size, in, ret_bytes + done,
			    here, &entry, &why);
		}
		entry.length = here;
		if (rc != 0) {
			memset(ret_bytes + done, 0, here);
			box_damage_add(damage, &entry, &why);
		}
		done += here;
	}
	return 0;
}

static int place_qcow(void *state, uint64_t at, uint64_t n,
    struct cage_wire_entry *ret_place, struct err *err)
{
	struct qcow *q = state;
	struct where w = {ZEROS, 0, 0};
	int rc = at < q->length ? find(q, at >> q->cluster_bits, &w, NULL)
				: ERR_FORMAT;

	(void)n;
	if (rc != 0)
		return err_set(err, ERR_FORMAT, "#0, where a table is damaged");
	if (w.kind == ZEROS)
		return err_set(
		    err, ERR_FORMAT, "#0, which has no bytes for them");
	if (w.at >= q->file->length)
		return err_set(err, ERR_FORMAT, "#0, behind its end");
	const uint64_t left = q->file->length - w.at;

	ret_place->file = 0;
	ret_place->file_at = w.at;
	ret_place->file_n = left < w.n ? left : w.n;
	return 0;
}

const struct box_reader box_qcow = {
    .open = open_qcow,
    .read = read_qcow,
    .place = place_qcow,
    .free = free_qcow,
};

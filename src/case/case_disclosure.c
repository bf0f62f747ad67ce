/*
 * case_disclosure.c: what a disclosure is about, and its text.
 *
 * The invariant: runs are ascending and never touch, so that the same chunks
 * are always written in the same way.
 */
#include "case_disclosure.h"

#include "mem.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#define MAGIC "counterfoil-disclosure/v1\n"

#define EXPLANATION                                                            \
	"This file holds parts of an image, and the proof that they stood "    \
	"there in it.\n"                                                       \
	"To check it, run\n"                                                   \
	"    counterfoil-verify --with RECEIPT FILE\n"                         \
	"where RECEIPT is a receipt or a bundle that holds the record of the " \
	"image.\n"                                                             \
	"What follows the ranges is not text.\n"                               \
	"\n"

static_assert(sizeof(MAGIC) - 1 == CASE_DISCLOSURE_MAGIC_SIZE, "its length");

void case_disclosure_done(struct case_disclosure *d)
{
	free(d->runs);
	*d = (struct case_disclosure){0};
}

bool case_disclosure_is_one(struct slice beginning)
{
	return slice_starts_with(beginning, MAGIC);
}

/* ---- from the record ---- */

static int read_block(struct case_disclosure *d, const struct record *record,
    const struct record_block *block, struct err *err)
{
	struct slice root = record_block_get(record, block, RECORD_F_TREE_ROOT);
	struct slice salts = record_block_get(record, block, RECORD_F_SALTS);
	unsigned long long length, chunk;

	if (!slice_to_u64(
		record_block_get(record, block, RECORD_F_LENGTH), &length) ||
	    !hash_from_hex(&d->root, root))
		return err_set(err, ERR_USAGE,
		    "the image's record says no length or no tree root of "
		    "%.*s; nothing can be shown of it with proof",
		    SLICE_ARG(block->id));
	if (!slice_to_u64(
		record_block_get(record, block, RECORD_F_CHUNK_SIZE), &chunk) ||
	    chunk != TREE_CHUNK_SIZE ||
	    !slice_is_text(salts, "ggm-hmac-sha256") ||
	    length > CASE_DISCLOSURE_LENGTH_MAX)
		return err_set(err, ERR_USAGE,
		    "the image's record says another tree of %.*s than of "
		    "chunks of %d bytes with salts ggm-hmac-sha256",
		    SLICE_ARG(block->id), TREE_CHUNK_SIZE);
	d->length = length;
	d->image = record->id;
	assert(block->id.n <= TEXT_IDENTIFIER_MAX);
	memcpy(d->item, block->id.p, block->id.n);
	d->item[block->id.n] = '\0';
	return 0;
}

int case_disclosure_of(struct case_disclosure *d, const struct record *record,
    struct slice item, struct err *err)
{
	if (record->schema->kind == RECORD_IMAGE)
		for (size_t i = 0; i < record->block_count; i++)
			if (slice_is(record->blocks[i].id, item))
				return read_block(
				    d, record, &record->blocks[i], err);
	return err_set(err, ERR_USAGE,
	    "%.*s was not made by the record; it is no image", SLICE_ARG(item));
}

int case_disclosure_check_record(const struct case_disclosure *d,
    const struct record *record, struct err *err)
{
	struct case_disclosure said = {0};
	int rc = case_disclosure_of(&said, record, slice_of(d->item), NULL);

	if (rc != 0)
		return err_set(err, ERR_VERIFY,
		    "the record that it names knows no such tree of an image "
		    "%s",
		    d->item);
	if (said.length != d->length)
		return err_set(err, ERR_VERIFY,
		    "the image's record says a length of %" PRIu64
		    " bytes, and this file %" PRIu64,
		    said.length, d->length);
	if (!hash_is(&said.root, &d->root))
		return err_set(err, ERR_VERIFY,
		    "the image's record says another tree root");
	return 0;
}

/* ---- ranges ---- */

static int add_run(
    struct case_disclosure *d, struct tree_cover_run run, struct err *err)
{
	size_t at = 0, end;

	/* Most come in order. */
	if (d->run_count > 0 && d->runs[d->run_count - 1].end < run.first)
		at = d->run_count;
	while (at < d->run_count && d->runs[at].end < run.first)
		at++;
	/* All from here to `end` touch it. */
	for (end = at; end < d->run_count && d->runs[end].first <= run.end;
	     end++) {
		if (d->runs[end].first < run.first)
			run.first = d->runs[end].first;
		if (d->runs[end].end > run.end)
			run.end = d->runs[end].end;
	}
	if (end == at) {
		if (d->run_count == CASE_DISCLOSURE_RANGES_MAX)
			return err_set(err, ERR_LIMIT,
			    "more than %d ranges in one disclosure",
			    CASE_DISCLOSURE_RANGES_MAX);
		int rc = mem_grow((void **)&d->runs, &d->run_cap,
		    d->run_count + 1, sizeof(*d->runs), err);
		if (rc != 0)
			return rc;
	}
	if (d->run_count > end)
		memmove(&d->runs[at + 1], &d->runs[end],
		    (d->run_count - end) * sizeof(*d->runs));
	d->run_count = d->run_count - (end - at) + 1;
	d->runs[at] = run;
	return 0;
}

int case_disclosure_add(
    struct case_disclosure *d, uint64_t first, uint64_t last, struct err *err)
{
	if (first > last || last >= d->length)
		return err_set(err, ERR_USAGE,
		    "the range %" PRIu64 "-%" PRIu64
		    " is not in the image, which has %" PRIu64 " bytes",
		    first, last, d->length);
	return add_run(d,
	    (struct tree_cover_run){
		first / TREE_CHUNK_SIZE, last / TREE_CHUNK_SIZE + 1},
	    err);
}

void case_disclosure_range(const struct case_disclosure *d, size_t i,
    uint64_t *ret_first, uint64_t *ret_last)
{
	const struct tree_cover_run *run = &d->runs[i];
	const uint64_t end = run->end * TREE_CHUNK_SIZE;

	*ret_first = run->first * TREE_CHUNK_SIZE;
	*ret_last = (end < d->length ? end : d->length) - 1;
}

struct case_disclosure_sizes case_disclosure_measure(
    const struct case_disclosure *d)
{
	struct case_disclosure_sizes sizes = {0};
	struct tree_cover cover;
	struct tree_cover_piece piece;
	struct buf head;
	uint64_t first, last;

	tree_cover_start(
	    &cover, d->runs, d->run_count, tree_chunk_count(d->length));
	while (tree_cover_next(&cover, &piece)) {
		sizes.seeds += piece.is_shown;
		sizes.hashes += !piece.is_shown;
		sizes.proof += piece.is_shown
		    ? tree_image_seed_size(piece.level)
		    : HASH_SIZE;
	}
	for (size_t i = 0; i < d->run_count; i++) {
		case_disclosure_range(d, i, &first, &last);
		sizes.shown += last - first + 1;
	}
	buf_init(&head, CASE_DISCLOSURE_HEAD_MAX);
	case_disclosure_put_head(d, &head);
	sizes.proof += head.n;
	buf_done(&head);
	return sizes;
}

/* ---- text ---- */

static void put_hash(struct buf *out, const char *name, const struct hash *hash)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, hash);
	buf_printf(out, "%s: %s\n", name, hex);
}

void case_disclosure_put_head(const struct case_disclosure *d, struct buf *out)
{
	uint64_t first, last;

	buf_puts(out, MAGIC);
	buf_puts(out, EXPLANATION);
	put_hash(out, "image", &d->image);
	buf_printf(out, "item: %s\nlength: %" PRIu64 "\n", d->item, d->length);
	put_hash(out, "root", &d->root);
	for (size_t i = 0; i < d->run_count; i++) {
		case_disclosure_range(d, i, &first, &last);
		buf_printf(
		    out, "range: %" PRIu64 "-%" PRIu64 "\n", first, last);
	}
	buf_putc(out, '\n');
}

static bool read_range(
    struct case_disclosure *d, struct slice value, struct err *err)
{
	struct slice from = slice_cut(&value, '-');
	unsigned long long first, last;
	uint64_t real_first, real_last;
	size_t before = d->run_count;

	if (!slice_to_u64(from, &first) || !slice_to_u64(value, &last) ||
	    case_disclosure_add(d, first, last, err) != 0 ||
	    d->run_count != before + 1)
		return false;
	/* As it would be written: whole chunks, after the last one. */
	case_disclosure_range(d, before, &real_first, &real_last);
	return real_first == first && real_last == last;
}

/* "name: value" at its place. */
static bool read_field(struct case_disclosure *d, unsigned number,
    struct slice line, struct err *err)
{
	static const char *const names[] = {
	    "image: ", "item: ", "length: ", "root: ", "range: "};
	const char *name = names[number < 4 ? number : 4];
	unsigned long long length;

	if (!slice_starts_with(line, name))
		return false;
	struct slice value = {line.p + strlen(name), line.n - strlen(name)};
	switch (number) {
	case 0:
		return hash_from_hex(&d->image, value);
	case 1:
		if (!text_is_identifier(value))
			return false;
		memcpy(d->item, value.p, value.n);
		d->item[value.n] = '\0';
		return true;
	case 2:
		if (!slice_to_u64(value, &length) ||
		    length > CASE_DISCLOSURE_LENGTH_MAX)
			return false;
		d->length = length;
		return true;
	case 3:
		return hash_from_hex(&d->root, value);
	default:
		return read_range(d, value, err);
	}
}

/* The fixed lines, each against the text that it must be. */
static bool read_fixed(
    struct case_disclosure_reading *reading, struct slice line)
{
	struct slice text = slice_of(EXPLANATION), must = slice_of(MAGIC);

	must.n--;
	for (unsigned i = 0; i < reading->line; i++)
		must = slice_cut(&text, '\n');
	reading->is_explained = reading->line > 0 && must.n == 0;
	return slice_is(line, must);
}

int case_disclosure_read_line(struct case_disclosure *d,
    struct case_disclosure_reading *reading, struct slice line,
    bool *ret_is_done, struct err *err)
{
	struct err why = {0};
	/* A reading begins with the fixed lines; after them come the fields. */
	const bool is_fixed = !reading->is_explained;
	bool is_good, is_end = false;

	if (is_fixed) {
		is_good = read_fixed(reading, line);
		reading->line = reading->is_explained ? 0 : reading->line + 1;
	} else {
		is_end = reading->line >= 4 && line.n == 0;
		is_good = is_end || read_field(d, reading->line, line, &why);
		reading->line++;
	}
	if (is_good && is_end && (d->run_count == 0) != (d->length == 0))
		return err_set(err, ERR_FORMAT,
		    "a disclosure without a range, of an image that is not "
		    "empty");
	if (!is_good && why.code == ERR_NOMEM)
		return err_nomem(err);
	if (!is_good)
		return err_set(err, ERR_FORMAT,
		    "not a disclosure as it would be written: line %u %s",
		    reading->line,
		    is_fixed ? "of its explanation" : "after it is wrong");
	*ret_is_done = is_end;
	return 0;
}

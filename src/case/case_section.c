/*
 * case_section.c: sections written, and taken apart again.
 *
 * The invariant: what a leaf's line says is compared with what was read from
 * the leaf itself before anything is told from it.
 */
#include "case_section.h"

#include "case_report.h"
#include "note.h"
#include "record_leaf.h"
#include "text.h"

#include <inttypes.h>

void case_section_put(struct buf *out, const char *name, struct slice content)
{
	buf_printf(out, "== %s %zu\n", name, content.n);
	buf_put_slice(out, content);
	buf_putc(out, '\n');
}

void case_section_put_leaf(
    struct buf *out, const struct case_state *state, uint32_t index)
{
	const struct case_leaf *leaf = case_state_leaf(state, index);
	struct hash hash = case_state_leaf_hash(state, index);

	buf_printf(out, "== leaf %" PRIu32 " %zu ", index, leaf->bytes.n);
	text_put_hex(out, hash.b, HASH_SIZE);
	buf_printf(out, " %s ", record_schema_of(leaf->kind)->name);
	text_put_hex(out, leaf->id.b, HASH_SIZE);
	buf_putc(out, '\n');
	buf_put_slice(out, leaf->bytes);
	buf_putc(out, '\n');
}

/* taking apart */

int case_section_fail(
    const struct reader *reader, const char *what, struct err *err)
{
	return err_set(err, ERR_FORMAT,
	    "not a whole bundle: at byte %zu, %s is missing or misspelt",
	    reader->at, what);
}

/* The content that a section line announced, and the LF behind it. */
static struct slice read_content(struct reader *reader, struct slice length)
{
	unsigned long long n;

	if (!slice_to_u64(length, &n) || n > reader_left(reader)) {
		reader->failed = true;
		return (struct slice){0};
	}
	struct slice content = reader_bytes(reader, (size_t)n);
	reader_expect(reader, "\n");
	return content;
}

struct slice case_section_read(struct reader *reader, const char *begin)
{
	reader_expect(reader, begin);
	return read_content(reader, reader_line(reader));
}

bool case_section_read_leaf(
    struct reader *reader, struct case_section_leaf *ret_leaf)
{
	unsigned long long index = 0;
	struct case_section_leaf leaf = {0};
	struct slice rest = reader_line(reader);

	bool is_good = slice_to_u64(slice_cut(&rest, ' '), &index);
	struct slice length = slice_cut(&rest, ' ');
	is_good =
	    is_good && hash_from_hex(&leaf.leaf_hash, slice_cut(&rest, ' '));
	leaf.index = index;
	leaf.kind = slice_cut(&rest, ' ');
	is_good = is_good && record_schema_find(leaf.kind) != NULL &&
	    hash_from_hex(&leaf.id, rest);
	if (is_good)
		leaf.bytes = read_content(reader, length);
	if (!is_good || reader->failed)
		return false;
	*ret_leaf = leaf;
	return true;
}

/* checking */

/* "leaf 7, handover 1a2b3c4d5e6f, signed by ...": as the file names it; the
 * signers as they stand there now. */
static void put_name(struct buf *out, const struct case_section_leaf *leaf)
{
	struct slice rest = leaf->bytes;
	const char *between = ", signed by ";

	buf_printf(
	    out, "leaf %" PRIu64 ", %.*s ", leaf->index, SLICE_ARG(leaf->kind));
	case_report_put_id(out, &leaf->id);
	while (rest.p != NULL) {
		struct slice line = slice_cut(&rest, '\n');
		if (!slice_starts_with(line, "signer: "))
			continue;
		struct slice value = {line.p + 8, line.n - 8};
		struct slice name = slice_cut(&value, ' ');
		buf_printf(out, "%s%.*s", between, SLICE_ARG(name));
		between = ", ";
	}
}

static int fail_leaf(
    const struct case_section_leaf *leaf, const char *what, struct err *err)
{
	struct buf name;

	buf_init(&name, ERR_MESSAGE_MAX / 2);
	put_name(&name, leaf);
	int rc = err_set(
	    err, ERR_VERIFY, "%.*s: %s", SLICE_ARG(buf_slice(&name)), what);
	buf_done(&name);
	return rc;
}

/* Which part of an altered leaf is not what it was. */
static const char *what_changed(const struct case_section_leaf *leaf)
{
	struct record_leaf parts;
	struct note note;

	if (record_leaf_parse(&parts, leaf->bytes, NULL) != 0 ||
	    note_parse(&note, parts.note, NULL) != 0)
		return "it was changed after it was entered and is no longer a "
		       "signed record";
	struct hash id = record_id_of(note.text);
	if (hash_is(&id, &leaf->id))
		return "its time of entry or a signature was changed after it "
		       "was entered: the record's own text is still the one "
		       "with this id, but the leaf no longer gives the hash "
		       "that the tree holds";
	return "its text was changed after it was signed: it no longer gives "
	       "the record id and the hash that the tree holds";
}

int case_section_check_leaf(
    struct hash_run *run, const struct case_section_leaf *leaf, struct err *err)
{
	struct hash hash = tree_leaf_hash(run, leaf->bytes.p, leaf->bytes.n);

	return hash_is(&hash, &leaf->leaf_hash)
	    ? 0
	    : fail_leaf(leaf, what_changed(leaf), err);
}

int case_section_check_line(const struct case_state *state, size_t index,
    const struct case_section_leaf *leaf, struct err *err)
{
	const struct case_leaf *added = case_state_leaf(state, index);

	if (hash_is(&added->id, &leaf->id) &&
	    slice_is_text(leaf->kind, record_schema_of(added->kind)->name))
		return 0;
	return fail_leaf(
	    leaf, "the line in front of it names another record", err);
}

int case_section_add_leaf(struct case_state *state,
    const struct case_section_leaf *leaf, struct err *err)
{
	size_t index = case_state_leaf_count(state);
	int rc = case_state_add(state, leaf->bytes, err);

	/* An error names leaf, record and rule itself. */
	return rc != 0 ? rc : case_section_check_line(state, index, leaf, err);
}

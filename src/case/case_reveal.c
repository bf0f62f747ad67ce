/*
 * case_reveal.c: reveal files, in their one spelling.
 */
#include "case_reveal.h"

#include "case_bundle.h"
#include "case_wrap.h"
#include "mem.h"
#include "reader.h"
#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAGIC "counterfoil-reveal/v1 "

bool case_reveal_is_one(struct slice bytes)
{
	return slice_starts_with(bytes, MAGIC);
}

/* ---- writing ---- */

static int compare(const void *a, const void *b)
{
	return slice_compare(
	    *(const struct slice *)a, *(const struct slice *)b);
}

static size_t count_lines(struct slice lines)
{
	size_t n = 0;

	for (size_t i = 0; i < lines.n; i++)
		n += lines.p[i] == '\n';
	return n;
}

int case_reveal_put_text(struct buf *out, const struct case_reveal_head *head,
    struct slice lines, struct err *err)
{
	char at[WHEN_SIZE];
	struct buf sorted;

	buf_init(&sorted, CASE_REVEAL_MAX);
	int rc = case_bundle_put_reveals(&sorted, lines, err);
	if (rc != 0)
		goto out;
	when_to_time(at, head->at);
	buf_printf(out, MAGIC "%zu\ncase: %.*s\n",
	    count_lines(buf_slice(&sorted)), SLICE_ARG(head->case_ref));
	buf_printf(out, "signer: %s %08" PRIx32 "\nat: %s\n",
	    head->signer->name, head->signer->id, at);
	if (head->for_count > 0)
		qsort(head->for_parties, head->for_count,
		    sizeof(head->for_parties[0]), compare);
	for (size_t i = 0; i < head->for_count; i++) {
		struct slice party = head->for_parties[i];
		if (i == 0 || !slice_is(head->for_parties[i - 1], party))
			buf_printf(out, "for: %.*s\n", SLICE_ARG(party));
	}
	buf_put_slice(out, buf_slice(&sorted));
	rc = buf_check(out, err);
out:
	buf_wipe(&sorted);
	return rc;
}

/* ---- taking apart ---- */

static int fail(const struct reader *reader, const char *what, struct err *err)
{
	return err_set(err, ERR_FORMAT,
	    "not a whole reveal file: at byte %zu, %s is missing or misspelt",
	    reader->at, what);
}

static bool read_signer(struct case_reveal *reveal, struct slice line)
{
	uint8_t id[4];

	reveal->signer = slice_cut(&line, ' ');
	if (!note_key_is_name(reveal->signer) ||
	    !text_from_hex(id, sizeof(id), line))
		return false;
	reveal->key_id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
	    (uint32_t)id[2] << 8 | id[3];
	return true;
}

static int read_for(
    struct reader *reader, struct case_reveal *reveal, struct err *err)
{
	while (reader_accept(reader, "for: ")) {
		size_t n = reveal->for_count;
		struct slice party = reader_line(reader);
		int rc =
		    mem_grow((void **)&reveal->for_parties, &reveal->for_cap,
			n + 1, sizeof(reveal->for_parties[0]), err);

		if (rc != 0)
			return rc;
		if (!text_is_identifier(party) ||
		    (n > 0 &&
			slice_compare(reveal->for_parties[n - 1], party) >= 0))
			return fail(reader, "a line \"for\"", err);
		reveal->for_parties[reveal->for_count++] = party;
	}
	return 0;
}

static int read_head(struct reader *reader, struct case_reveal *reveal,
    unsigned long long *ret_n, struct err *err)
{
	reader_expect(reader, MAGIC);
	if (!slice_to_u64(reader_line(reader), ret_n) || *ret_n == 0)
		return fail(reader, "the first line", err);
	reader_expect(reader, "case: ");
	reveal->case_ref = reader_line(reader);
	reader_expect(reader, "signer: ");
	if (reader->failed || !read_signer(reveal, reader_line(reader)))
		return fail(reader, "the line \"case\" or \"signer\"", err);
	reader_expect(reader, "at: ");
	if (!when_from_time(&reveal->at, reader_line(reader)))
		return fail(reader, "the line \"at\"", err);
	return read_for(reader, reveal, err);
}

static int read_reveals(struct reader *reader, struct case_reveal *reveal,
    unsigned long long n, struct err *err)
{
	struct slice before = {0};

	while (reader_left(reader) > 0) {
		struct slice line = reader_line(reader);
		int rc = mem_grow((void **)&reveal->reveals, &reveal->cap,
		    reveal->n + 1, sizeof(reveal->reveals[0]), err);

		if (rc == 0)
			rc = record_withheld_parse(
			    &reveal->reveals[reveal->n], line, err);
		if (rc != 0)
			return rc;
		if (slice_compare(before, line) >= 0)
			return err_set(err, ERR_FORMAT,
			    "value %zu is out of order or stands twice",
			    reveal->n + 1);
		before = line;
		reveal->n++;
	}
	if (reveal->n != n || !reader_is_at_end(reader))
		return err_set(err, ERR_FORMAT,
		    "%zu values, where the first line says %llu", reveal->n, n);
	return 0;
}

int case_reveal_parse(
    struct case_reveal *ret_reveal, struct slice bytes, struct err *err)
{
	struct case_reveal reveal = {0};
	struct reader reader;
	unsigned long long n = 0;
	int rc = note_parse(&reveal.note, bytes, err);

	if (rc != 0)
		return rc;
	reader_init(&reader, reveal.note.text.p, reveal.note.text.n);
	rc = read_head(&reader, &reveal, &n, err);
	if (rc == 0)
		rc = read_reveals(&reader, &reveal, n, err);
	const struct note_signature *s = &reveal.note.signatures[0];
	if (rc == 0 &&
	    (reveal.note.n != 1 || s->id != reveal.key_id ||
		!slice_is(s->name, reveal.signer)))
		rc = err_set(err, ERR_FORMAT,
		    "it is not signed by the one signer that it names");
	if (rc == 0)
		*ret_reveal = reveal;
	else
		case_reveal_done(&reveal);
	return rc;
}

void case_reveal_done(struct case_reveal *reveal)
{
	free(reveal->for_parties);
	free(reveal->reveals);
	*reveal = (struct case_reveal){0};
}

/* ---- checking and telling ---- */

int case_reveal_check_signer(const struct case_reveal *reveal,
    const struct case_state *state, struct err *err)
{
	const struct note_key *key = case_state_log_key(state);
	uint32_t party = case_state_find_party(state, reveal->signer);

	if (!slice_is(reveal->case_ref, case_state_ref(state)))
		return err_set(err, ERR_VERIFY, "it is of another case: %.*s",
		    SLICE_ARG(reveal->case_ref));
	if (key == NULL || !slice_is_text(reveal->signer, key->name))
		key = party != CASE_NONE ? case_state_party_key(state, party)
					 : NULL;
	if (key == NULL || key->id != reveal->key_id)
		return err_set(err, ERR_VERIFY,
		    "%.*s has no such key in this case, so nobody known "
		    "signed it",
		    SLICE_ARG(reveal->signer));
	return note_check(
	    key, reveal->note.text, &reveal->note.signatures[0], err);
}

void case_reveal_put_value(struct buf *out, const struct record_reveal *reveal)
{
	if (!slice_is_text(reveal->item, "-"))
		buf_printf(out, "%.*s ", SLICE_ARG(reveal->item));
	buf_puts(out, record_schema_field_name(reveal->name));
	if (reveal->occurrence > 1)
		buf_printf(out, " (%" PRIu32 ")", reveal->occurrence);
	buf_puts(out, ": ");
	case_wrap_put_plain(out, reveal->value);
}

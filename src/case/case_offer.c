/*
 * case_offer.c: an offer in memory and as bytes.
 *
 * A file is hostile until case_offer_parse and case_offer_check have passed it:
 * the first makes sure that it has the one spelling and that every withheld
 * field can be read by whoever is asked to sign, the second that every
 * signature in it is one.
 */
#include "case_offer.h"

#include "mem.h"
#include "note.h"
#include "reader.h"
#include "record_withheld.h"

#include <assert.h>
#include <stdlib.h>

#define MAGIC "counterfoil-offer/v1\n"
/* A text with every signature it can carry stays below this. */
#define NOTE_SO_FAR_MAX (2 * RECORD_TEXT_MAX)
#define REVEALS_MAX (4 * RECORD_TEXT_MAX)

static void record_free(struct case_offer_record *record)
{
	if (record == NULL)
		return;
	record_done(&record->record);
	buf_done(&record->text);
	buf_wipe(&record->reveals);
	for (size_t i = 0; i < RECORD_SIGNERS_MAX; i++)
		buf_done(&record->signatures[i]);
	free(record);
}

void case_offer_done(struct case_offer *offer)
{
	for (size_t i = 0; i < offer->n; i++)
		record_free(offer->records[i]);
	free(offer->records);
	*offer = (struct case_offer){0};
}

/* Takes the record in every case. */
static int push(
    struct case_offer *offer, struct case_offer_record *record, struct err *err)
{
	int rc = 0;

	if (offer->n == CASE_OFFER_RECORDS_MAX)
		rc = err_set(err, ERR_LIMIT,
		    "more than %d records in one offer; split the list",
		    CASE_OFFER_RECORDS_MAX);
	if (rc == 0)
		rc = mem_grow((void **)&offer->records, &offer->cap,
		    offer->n + 1, sizeof(offer->records[0]), err);
	if (rc == 0)
		offer->records[offer->n++] = record;
	else
		record_free(record);
	return rc;
}

int case_offer_add(struct case_offer *offer, struct buf *text,
    struct buf *reveals, struct err *err)
{
	struct case_offer_record *record = mem_new(1, sizeof(*record));

	if (record == NULL)
		return err_nomem(err);
	record->text = *text;
	record->reveals = *reveals;
	*text = (struct buf){0};
	*reveals = (struct buf){0};
	int rc = record_parse(&record->record, buf_slice(&record->text), err);
	if (rc != 0) {
		record_free(record);
		return rc;
	}
	return push(offer, record, err);
}

static void put_signature_line(
    struct buf *out, const struct note_signature *signature)
{
	buf_printf(out, "\u2014 %.*s %.*s\n", SLICE_ARG(signature->name),
	    SLICE_ARG(signature->base64));
}

/* Puts each line in the place of its signer; the order must be the same. */
static int take_signatures(
    struct case_offer_record *record, struct slice bytes, struct err *err)
{
	struct note note;
	size_t signer = 0;

	if (bytes.n == record->text.n + 1)
		return 0;
	int rc = note_parse(&note, bytes, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < note.n; i++, signer++) {
		const struct note_signature *s = &note.signatures[i];
		while (signer < record->record.signer_count &&
		    (!slice_is(record->record.signers[signer].party, s->name) ||
			record->record.signers[signer].key_id != s->id))
			signer++;
		if (signer >= record->record.signer_count)
			return err_set(err, ERR_FORMAT,
			    "a signature by %.*s is not where its signer line "
			    "says",
			    SLICE_ARG(s->name));
		struct buf *line = &record->signatures[signer];
		buf_init(line, NOTE_SIGNATURE_BYTES_MAX * 2);
		put_signature_line(line, s);
		rc = buf_check(line, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Exactly one reveal for every withheld value, in the order of the text. */
static int check_reveals(
    const struct case_offer_record *record, struct err *err)
{
	struct slice rest = buf_slice(&record->reveals);
	struct record_reveal reveal;

	for (size_t i = 0; i < record->record.value_count; i++) {
		const struct record_value *value = &record->record.values[i];
		if (!value->is_withheld)
			continue;
		struct slice line = slice_cut(&rest, '\n');
		if (rest.p == NULL)
			return err_set(err, ERR_VERIFY,
			    "the value of %s is not in the offer, so nobody "
			    "can know what is signed",
			    record_schema_field_name(value->name));
		int rc = record_withheld_parse(&reveal, line, err);
		if (rc == 0 &&
		    (reveal.name != value->name ||
			reveal.occurrence != value->occurrence))
			rc = err_set(err, ERR_FORMAT,
			    "the reveals are not in the order of the text");
		if (rc == 0)
			rc = record_withheld_check(
			    &record->record, &reveal, err);
		if (rc != 0)
			return rc;
	}
	if (rest.n != 0)
		return err_set(err, ERR_FORMAT, "there are too many reveals");
	return 0;
}

static struct slice sized_part(
    struct reader *reader, const char *word, size_t max)
{
	unsigned long long n;

	reader_expect(reader, word);
	struct slice number = reader_line(reader);
	if (reader->failed || !slice_to_u64(number, &n) || n > max) {
		reader->failed = true;
		return (struct slice){NULL, 0};
	}
	return reader_bytes(reader, (size_t)n);
}

/* The text of a note so far: through the LF before its first empty line. */
static bool find_text(struct slice note, struct slice *ret_text)
{
	const char *end = memmem(note.p, note.n, "\n\n", 2);

	if (end == NULL)
		return false;
	*ret_text = (struct slice){note.p, (size_t)(end - note.p) + 1};
	return true;
}

static int parse_record(
    struct case_offer *offer, struct reader *reader, struct err *err)
{
	struct slice note = sized_part(reader, "record ", NOTE_SO_FAR_MAX);
	struct slice reveals = sized_part(reader, "reveals ", REVEALS_MAX);
	struct slice text;
	struct buf text_copy, reveals_copy;

	if (reader->failed || !find_text(note, &text))
		return err_set(err, ERR_FORMAT,
		    "byte %zu: cut off, or not a record and its reveals",
		    reader->at);
	buf_init(&text_copy, RECORD_TEXT_MAX);
	buf_init(&reveals_copy, REVEALS_MAX);
	buf_put_slice(&text_copy, text);
	buf_put_slice(&reveals_copy, reveals);
	int rc = buf_check(&text_copy, err);
	if (rc == 0)
		rc = buf_check(&reveals_copy, err);
	if (rc == 0)
		rc = case_offer_add(offer, &text_copy, &reveals_copy, err);
	buf_done(&text_copy);
	buf_wipe(&reveals_copy);
	if (rc == 0)
		rc = take_signatures(offer->records[offer->n - 1], note, err);
	if (rc == 0)
		rc = check_reveals(offer->records[offer->n - 1], err);
	return rc;
}

static bool has_same_signers(
    const struct case_offer_record *a, const struct case_offer_record *b)
{
	if (a->record.signer_count != b->record.signer_count)
		return false;
	for (size_t i = 0; i < a->record.signer_count; i++) {
		const struct record_signer *s = &a->record.signers[i];
		const struct record_signer *t = &b->record.signers[i];
		if (!slice_is(s->party, t->party) || s->key_id != t->key_id ||
		    (a->signatures[i].n == 0) != (b->signatures[i].n == 0))
			return false;
	}
	return true;
}

bool case_offer_is_uniform(const struct case_offer *offer)
{
	for (size_t i = 1; i < offer->n; i++)
		if (!has_same_signers(offer->records[0], offer->records[i]))
			return false;
	return true;
}

int case_offer_parse(
    struct case_offer *offer, struct slice bytes, struct err *err)
{
	struct reader reader;
	int rc = 0;

	*offer = (struct case_offer){0};
	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, MAGIC);
	if (reader.failed || reader_left(&reader) == 0)
		rc = err_set(err, ERR_FORMAT,
		    "does not begin as an offer does; give the file that "
		    "`counterfoil offers` names");
	for (size_t i = 1; rc == 0 && reader_left(&reader) > 0; i++) {
		rc = parse_record(offer, &reader, err);
		if (rc == 0 &&
		    !has_same_signers(offer->records[0], offer->records[i - 1]))
			rc = err_set(err, ERR_FORMAT,
			    "its records are not signed by the same parties");
		if (rc != 0)
			err_prefix(err, "record %zu of the offer", i);
	}
	if (rc != 0)
		case_offer_done(offer);
	return rc;
}

static void put_note_so_far(
    const struct case_offer_record *record, struct buf *out)
{
	buf_put_slice(out, buf_slice(&record->text));
	buf_putc(out, '\n');
	for (size_t i = 0; i < record->record.signer_count; i++)
		buf_put_slice(out, buf_slice(&record->signatures[i]));
}

static int put_offer(const struct case_offer *offer, bool is_bare,
    struct buf *out, struct err *err)
{
	struct buf note;

	buf_init(&note, NOTE_SO_FAR_MAX);
	buf_puts(out, MAGIC);
	for (size_t i = 0; i < offer->n; i++) {
		const struct case_offer_record *record = offer->records[i];
		buf_clear(&note);
		put_note_so_far(record, &note);
		buf_printf(out, "record %zu\n", note.n);
		buf_put_slice(out, buf_slice(&note));
		buf_printf(
		    out, "reveals %zu\n", is_bare ? 0 : record->reveals.n);
		if (!is_bare)
			buf_put_slice(out, buf_slice(&record->reveals));
	}
	int rc = buf_check(&note, err);
	buf_done(&note);
	return rc != 0 ? rc : buf_check(out, err);
}

int case_offer_put(
    const struct case_offer *offer, struct buf *out, struct err *err)
{
	return put_offer(offer, false, out, err);
}

int case_offer_put_bare(
    const struct case_offer *offer, struct buf *out, struct err *err)
{
	return put_offer(offer, true, out, err);
}

/* The key that stands in the record itself: a party of the genesis, the one
 * that joins, or the one that changes its key. */
static bool key_in_record(
    const struct record *record, struct slice party, struct note_key *ret_key)
{
	struct slice vkey = {NULL, 0};

	if ((record->schema->kind == RECORD_JOIN ||
		record->schema->kind == RECORD_KEY) &&
	    slice_is(record_get(record, RECORD_F_PARTY), party))
		vkey = record_get(record, RECORD_F_KEY);
	for (size_t i = 0;
	     record->schema->kind == RECORD_CASE && i < record->block_count;
	     i++)
		if (slice_is(record->blocks[i].id, party))
			vkey = record_block_get(
			    record, &record->blocks[i], RECORD_F_KEY);
	return vkey.p != NULL && note_key_parse(ret_key, vkey, NULL) == 0;
}

/* Whether the key is in force is judged when the record enters. */
static bool key_of_signer(const struct record *record, size_t signer,
    const struct case_state *state, struct note_key *ret_key)
{
	const struct record_signer *s = &record->signers[signer];
	uint32_t party = case_state_find_party(state, s->party);
	bool has_key = false;

	for (size_t i = 0; i < case_state_key_count(state); i++) {
		const struct case_key *key = case_state_key(state, i);

		if (party == CASE_NONE || key->party != party)
			continue;
		has_key = true;
		if (key->key.id == s->key_id) {
			*ret_key = key->key;
			return true;
		}
	}
	return (!has_key || record->schema->kind == RECORD_KEY) &&
	    key_in_record(record, s->party, ret_key) &&
	    ret_key->id == s->key_id;
}

static int check_record(const struct case_offer_record *record,
    const struct case_state *state, struct err *err)
{
	struct note_key key;
	struct note note;
	struct buf so_far;

	for (size_t i = 0; i < record->record.signer_count; i++)
		if (!key_of_signer(&record->record, i, state, &key))
			return err_set(err, ERR_VERIFY,
			    "signer %.*s: the key named is not its key in this "
			    "case",
			    SLICE_ARG(record->record.signers[i].party));
	buf_init(&so_far, NOTE_SO_FAR_MAX);
	put_note_so_far(record, &so_far);
	int rc = buf_check(&so_far, err);
	if (rc != 0 || so_far.n == record->text.n + 1)
		goto out;
	rc = note_parse(&note, buf_slice(&so_far), err);
	for (size_t i = 0; rc == 0 && i < record->record.signer_count; i++) {
		if (record->signatures[i].n == 0)
			continue;
		(void)key_of_signer(&record->record, i, state, &key);
		const struct note_signature *signature = note_find(&note, &key);
		rc = signature == NULL
		    ? err_set(err, ERR_VERIFY, "a signature is missing")
		    : note_check(
			  &key, buf_slice(&record->text), signature, err);
	}
out:
	buf_done(&so_far);
	return rc;
}

int case_offer_check(const struct case_offer *offer,
    const struct case_state *state, struct err *err)
{
	for (size_t i = 0; i < offer->n; i++) {
		int rc = check_record(offer->records[i], state, err);
		if (rc != 0) {
			err_prefix(err, "record %zu of the offer", i + 1);
			return rc;
		}
	}
	return 0;
}

bool case_offer_is_complete(const struct case_offer *offer)
{
	for (size_t i = 0; i < offer->n; i++)
		for (size_t j = 0; j < offer->records[i]->record.signer_count;
		     j++)
			if (offer->records[i]->signatures[j].n == 0)
				return false;
	return true;
}

struct slice case_offer_missing(const struct case_offer *offer, size_t *cursor)
{
	const struct case_offer_record *record = offer->records[offer->n - 1];

	while (*cursor < record->record.signer_count) {
		size_t i = (*cursor)++;
		if (record->signatures[i].n == 0)
			return record->record.signers[i].party;
	}
	return (struct slice){NULL, 0};
}

int case_offer_put_note(
    const struct case_offer_record *record, struct buf *out, struct err *err)
{
	for (size_t i = 0; i < record->record.signer_count; i++)
		assert(record->signatures[i].n > 0);
	put_note_so_far(record, out);
	return buf_check(out, err);
}

const struct record *case_offer_main(const struct case_offer *offer)
{
	return &offer->records[offer->n - 1]->record;
}

bool case_offer_is_expired(const struct case_offer *offer, int64_t now)
{
	int64_t expires;

	return record_get_time(
		   case_offer_main(offer), RECORD_F_OFFER_EXPIRES, &expires) &&
	    now > expires;
}

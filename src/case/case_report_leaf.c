/*
 * case_report_leaf.c: one record in one sentence, and the phrases that all
 * sentences are made of.
 *
 * Everything shown has been admitted, so it is identifiers, times, numbers and
 * escaped free text; free text goes through case_wrap.h alone.
 */
#include "case_report.h"

#include "case_wrap.h"
#include "text.h"
#include "when.h"

#include <inttypes.h>

#define QUOTE_COLUMNS 160
#define HOUR 3600
#define KEY_DIGITS 16

void case_report_put_when(struct buf *out, int64_t when)
{
	char text[WHEN_SIZE];

	when_to_time(text, when);
	buf_put(out, text, 10);
	buf_putc(out, ' ');
	buf_put(out, text + 11, when % 60 == 0 ? 5 : 8);
}

void case_report_put_due(struct buf *out, int64_t due)
{
	char text[WHEN_SIZE];

	if (due % WHEN_DAY != 0 || due == 0) {
		case_report_put_when(out, due);
		return;
	}
	when_to_date(text, due - 1);
	buf_puts(out, text);
}

void case_report_put_id(struct buf *out, const struct hash *id)
{
	text_put_hex(out, id->b, RECORD_SHORT_ID / 2);
}

void case_report_put_key(struct buf *out, const struct note_key *key)
{
	struct hash digest = hash_of(key->public_key, sizeof(key->public_key));

	buf_printf(out, "key %08" PRIx32 ", SHA-256 ", key->id);
	text_put_hex(out, digest.b, KEY_DIGITS / 2);
}

void case_report_put_stop(struct buf *out)
{
	static const char stops[] = ".!?";
	bool is_stopped = out->n >= 2 && out->p[out->n - 1] == '"' &&
	    memchr(stops, out->p[out->n - 2], sizeof(stops) - 1) != NULL;

	if (!is_stopped)
		buf_putc(out, '.');
}

const char *case_report_type(enum case_item_type type, size_t n)
{
	static const char *const many[CASE_ITEM_TYPE_COUNT] = {
	    [CASE_PACKAGE] = "packages",
	    [CASE_COMPUTER] = "computers",
	    [CASE_CASING] = "casings",
	    [CASE_DRIVE] = "drives",
	    [CASE_PHONE] = "phones",
	    [CASE_MEDIUM] = "media",
	    [CASE_DOCUMENT] = "documents",
	    [CASE_IMAGE] = "images",
	    [CASE_EXTRACT] = "extracts",
	};

	return n == 1 ? case_item_type_name(type) : many[type];
}

void case_report_put_count(struct buf *out, size_t n, enum case_item_type type)
{
	buf_printf(out, "%zu %s", n, case_report_type(type, n));
}

/* Values of one name: "a, b and c". */
static void put_values(
    struct buf *out, const struct record *record, enum record_name name)
{
	const struct record_value *v = record_next(record, NULL, name, NULL);

	for (bool is_first = true; v != NULL; is_first = false) {
		const struct record_value *next =
		    record_next(record, NULL, name, v);
		if (!is_first)
			buf_puts(out, next == NULL ? " and " : ", ");
		case_wrap_put_plain(out, v->value);
		v = next;
	}
}

static void put_signers(struct buf *out, const struct record *record)
{
	for (size_t i = 0; i < record->signer_count; i++) {
		if (i > 0)
			buf_puts(out,
			    i + 1 == record->signer_count ? " and " : ", ");
		buf_put_slice(out, record->signers[i].party);
	}
}

static void put_speaker(struct buf *out, const struct record *record)
{
	struct slice party = record_get(record, RECORD_F_SAID_BY);
	struct slice speaker = record_get(record, RECORD_F_SPEAKER);

	buf_puts(out, " by ");
	if (party.p != NULL)
		buf_put_slice(out, party);
	else if (speaker.p != NULL)
		case_wrap_put_plain(out, speaker);
	else
		buf_puts(out, "somebody who is not named openly");
}

/* When it was said, by whom and through whom: what a claim is known by. */
static void put_said(struct buf *out, const struct record *record)
{
	int64_t said;

	buf_puts(out, ", said");
	if (record_get_time(record, RECORD_F_SAID, &said)) {
		buf_putc(out, ' ');
		case_report_put_due(out, said);
	}
	put_speaker(out, record);
	if (record_has(record, RECORD_F_THROUGH)) {
		buf_puts(out, " through ");
		put_values(out, record, RECORD_F_THROUGH);
	}
}

static void put_field(struct buf *out, const char *before,
    const struct record *record, enum record_name name)
{
	struct slice value = record_get(record, name);

	if (value.p == NULL)
		return;
	buf_puts(out, before);
	case_wrap_put_plain(out, value);
}

static void put_items(struct buf *out, const struct record *record)
{
	buf_printf(out, ", %zu item%s", record->block_count,
	    record->block_count == 1 ? "" : "s");
}

static void put_seizure(struct buf *out, const struct record *record)
{
	put_field(out, ": taken by ", record, RECORD_F_TAKEN_BY);
	put_field(out, " from ", record, RECORD_F_TAKEN_FROM);
	put_field(out, ", ", record, RECORD_F_ITEMS);
	put_field(out, " items listed; authority ", record,
	    RECORD_F_AUTHORITY_SIGNATURE);
	put_field(out, ", owner ", record, RECORD_F_OWNER_SIGNATURE);
}

static void put_handover(struct buf *out, const struct record *record)
{
	put_field(out, ": from ", record, RECORD_F_FROM);
	put_field(out, " to ", record, RECORD_F_TO);
	put_field(out, " on behalf of ", record, RECORD_F_ON_BEHALF_OF);
	put_items(out, record);
	put_field(out, ", receiver ", record, RECORD_F_RECEIVER);
}

static void put_record_id(struct buf *out, const char *before,
    const struct record *record, enum record_name name)
{
	struct hash id;

	if (!record_get_hash(record, name, &id))
		return;
	buf_puts(out, before);
	case_report_put_id(out, &id);
}

static void put_assessment(struct buf *out, const struct record *record)
{
	put_field(out, ": grade ", record, RECORD_F_SOURCE);
	put_field(out, "", record, RECORD_F_INFORMATION);
	put_record_id(out, " for claim ", record, RECORD_F_CLAIM);
}

/* long: a dispatch over the kinds, one phrase each */
static void put_what(struct buf *out, const struct record *record)
{
	switch (record->schema->kind) {
	case RECORD_JOIN:
		put_field(out, ": enrols ", record, RECORD_F_PARTY);
		break;
	case RECORD_POLICY:
		if (record_has(record, RECORD_F_RED_LINE))
			buf_puts(out, ": red line for ");
		put_values(out, record, RECORD_F_RED_LINE);
		if (record_has(record, RECORD_F_LIFT))
			buf_puts(out, ": lifts the red line for ");
		put_values(out, record, RECORD_F_LIFT);
		break;
	case RECORD_RELATION:
		put_field(out, ": ", record, RECORD_F_PARTY);
		put_field(out, " acts for ", record, RECORD_F_ACTS_FOR);
		put_field(out, ", ", record, RECORD_F_BASIS);
		break;
	case RECORD_LIST:
		put_field(out, ": part ", record, RECORD_F_PART);
		put_items(out, record);
		break;
	case RECORD_SEIZURE:
		put_seizure(out, record);
		break;
	case RECORD_HANDOVER:
	case RECORD_RELEASE:
	case RECORD_DISCLOSURE:
		put_handover(out, record);
		break;
	case RECORD_KEY:
		put_field(out, ": ", record, RECORD_F_ACTION);
		put_field(out, " for ", record, RECORD_F_PARTY);
		put_field(out, ", compromised since ", record,
		    RECORD_F_COMPROMISED_SINCE);
		break;
	case RECORD_ORDER:
		put_field(out, ": ", record, RECORD_F_WHAT);
		put_field(out, " by ", record, RECORD_F_ISSUER);
		put_field(out, ", entered from paper by ", record,
		    RECORD_F_FROM_PAPER_BY);
		put_field(out, ", until ", record, RECORD_F_UNTIL);
		break;
	case RECORD_DRAW:
		put_field(out, ": ", record, RECORD_F_SAMPLE);
		put_field(out, " of ", record, RECORD_F_POPULATION_SIZE);
		put_field(out, ", to be seen until ", record, RECORD_F_UNTIL);
		break;
	case RECORD_IMAGE:
	case RECORD_EXAMINATION:
		put_field(out, ": by ", record, RECORD_F_EXAMINER);
		put_field(out, " on the machine of ", record, RECORD_F_HOST);
		put_items(out, record);
		break;
	case RECORD_LOCK:
		put_field(out, ": any ", record, RECORD_F_THRESHOLD);
		buf_puts(out, " of ");
		put_values(out, record, RECORD_F_HOLDER);
		put_items(out, record);
		break;
	case RECORD_UNLOCK:
		put_field(out, ": on the machine of ", record, RECORD_F_HOST);
		put_items(out, record);
		break;
	case RECORD_OBJECTION:
		put_field(out, ": ", record, RECORD_F_GROUND);
		break;
	case RECORD_CORRECTION:
		put_field(out, ": ", record, RECORD_F_FIELD);
		put_field(out, " of ", record, RECORD_F_OF_ITEM);
		put_field(out, " should be ", record, RECORD_F_VALUE);
		put_record_id(out, ", in record ", record, RECORD_F_CORRECTS);
		break;
	case RECORD_DRAW_REVEAL:
		put_record_id(out, ": for draw ", record, RECORD_F_DRAW);
		break;
	case RECORD_MOVE:
	case RECORD_DISPOSAL:
	case RECORD_HANDLING:
	case RECORD_INSPECTION:
		put_field(out, ": at ", record, RECORD_F_CUSTODIAN);
		put_items(out, record);
		break;
	case RECORD_CLAIM:
		buf_puts(out, ": ");
		put_values(out, record, RECORD_F_ASSERTS);
		break;
	case RECORD_ASSESSMENT:
		put_assessment(out, record);
		break;
	case RECORD_QUESTION:
		put_field(out, ": about ", record, RECORD_F_RECIPIENT);
		break;
	case RECORD_ANSWER:
		put_field(out, ": ", record, RECORD_F_ANSWER);
		put_field(out, ", given to ", record, RECORD_F_GIVEN_TO);
		break;
	case RECORD_INCIDENT:
		put_field(out, ": ", record, RECORD_F_WHAT);
		put_items(out, record);
		break;
	case RECORD_CASE:
	case RECORD_KIND_COUNT:
		break;
	}
}

static void put_standing(struct buf *out, const struct case_leaf *leaf)
{
	if (leaf->standing == CASE_GOOD)
		return;
	buf_printf(out, " [%s: %s", case_standing_name(leaf->standing),
	    case_rule_words(leaf->rule));
	if (leaf->about.p != NULL)
		buf_printf(out, ": %.*s", SLICE_ARG(leaf->about));
	buf_putc(out, ']');
}

/* What the record says in its own words; absent if nothing. */
static struct slice quote_of(const struct record *record)
{
	static const enum record_name names[] = {
	    RECORD_F_TRANSLATION,
	    RECORD_F_QUOTE,
	    RECORD_F_STATEMENT,
	};
	struct slice quote = {0};

	for (size_t i = 0;
	     quote.p == NULL && i < sizeof(names) / sizeof(names[0]); i++)
		quote = record_get(record, names[i]);
	if (quote.p == NULL && record->schema->kind == RECORD_ASSESSMENT)
		quote = record_get(record, RECORD_F_REASON);
	if (quote.p == NULL && record->schema->kind == RECORD_ANSWER)
		quote = record_get(record, RECORD_F_GROUND);
	if (quote.p == NULL && record->schema->kind == RECORD_QUESTION)
		quote = record_get(record, RECORD_F_TEXT);
	return quote;
}

static void put_source(struct buf *out, const struct record *record)
{
	if (record_has(record, RECORD_F_SAID)) {
		put_speaker(out, record);
		return;
	}
	buf_puts(out, " by ");
	put_signers(out, record);
}

static void put_name(struct buf *out, const struct record *record)
{
	if (record_has(record, RECORD_F_SAID)) {
		put_said(out, record);
		return;
	}
	buf_puts(out, " of ");
	case_report_put_when(out, record->at);
	buf_puts(out, ", signed by ");
	put_signers(out, record);
}

enum depth {
	DEPTH_SOURCE,
	DEPTH_NAME,
	DEPTH_HEAD,
	DEPTH_WHOLE
};

static void put_leaf(const struct case_state *state, uint32_t index,
    enum depth depth, struct buf *out)
{
	const struct case_leaf *leaf = case_state_leaf(state, index);
	struct record record = {0};
	struct err err = {0};
	int rc = case_state_record(state, index, &record, &err);

	if (rc != 0) {
		out->failed = out->failed ? out->failed : rc;
		goto out;
	}
	struct slice quote = quote_of(&record);
	buf_printf(out, "%s ", record.schema->name);
	case_report_put_id(out, &leaf->id);
	if (depth == DEPTH_SOURCE)
		put_source(out, &record);
	else
		put_name(out, &record);
	if (depth <= DEPTH_NAME)
		goto out;
	bool is_quoted = depth == DEPTH_WHOLE && quote.p != NULL;
	if (leaf->kind != RECORD_CLAIM || !is_quoted)
		put_what(out, &record);
	put_standing(out, leaf);
	if (is_quoted) {
		buf_puts(out, ": ");
		case_wrap_put_quote(out, quote, QUOTE_COLUMNS);
	}
out:
	record_done(&record);
}

void case_report_put_leaf(
    const struct case_state *state, uint32_t leaf, struct buf *out)
{
	put_leaf(state, leaf, DEPTH_WHOLE, out);
}

void case_report_put_leaf_head(
    const struct case_state *state, uint32_t leaf, struct buf *out)
{
	put_leaf(state, leaf, DEPTH_HEAD, out);
}

void case_report_put_source(
    const struct case_state *state, uint32_t leaf, struct buf *out)
{
	put_leaf(state, leaf, DEPTH_SOURCE, out);
}

void case_report_put_leaf_name(
    const struct case_state *state, uint32_t leaf, struct buf *out)
{
	put_leaf(state, leaf, DEPTH_NAME, out);
}

struct slice case_report_quote(const struct case_state *state, uint32_t leaf)
{
	struct record record = {0};
	struct slice quote = {0};

	/* Without memory there is no quote, as for a record without one. */
	if (case_state_record(state, leaf, &record, NULL) == 0)
		quote = quote_of(&record); /* points into the leaf itself */
	record_done(&record);
	return quote;
}

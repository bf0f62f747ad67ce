/*
 * record_box.h: records to take apart, for the tests of the room: the shortest
 * text of every kind, one good value of every type, and a record put together
 * again from what the parser made of it.
 */
#ifndef RECORD_BOX_H
#define RECORD_BOX_H

#include "buf.h"
#include "record.h"
#include "record_schema.h"
#include "slice.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#define BOX_VKEY                                                               \
	"example.com/"                                                         \
	"foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define BOX_ROOT "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define BOX_HASH                                                               \
	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define BOX_REF "seizure.example#00112233445566778899aabbccddeeff"
#define BOX_AT "at: 2023-06-21T09:40:00Z\n"
#define BOX_POLICE "signer: police.example 7d3c1f09\n"
#define BOX_ROOM "signer: prosecutor.example/evidence-room 11ab92f4\n"
#define BOX_AS_OF "as-of: 14 " BOX_ROOT "\n"
#define BOX_EXPIRES "offer-expires: 2023-06-21T18:00:00Z\n"

#define BOX_LINE(kind) "counterfoil-record/v1 " kind "\n"
#define BOX_HEADER(kind) BOX_LINE(kind) "case: " BOX_REF "\n" BOX_AT BOX_POLICE
#define BOX_CUSTODY(kind) BOX_HEADER(kind) BOX_AS_OF
#define BOX_BY_TWO(kind) BOX_HEADER(kind) BOX_ROOM BOX_AS_OF BOX_EXPIRES

/* The shortest record of each kind, in the order of enum record_kind. */
static const char *const box_shortest[RECORD_KIND_COUNT] = {
    [RECORD_CASE] =
	BOX_LINE("case") BOX_AT BOX_POLICE "name: seizure.example\n"
					   "log: " BOX_VKEY "\n"
					   "policy-holder: police.example\n",
    [RECORD_JOIN] = BOX_HEADER("join") "party: police.example\n",
    [RECORD_POLICY] = BOX_HEADER("policy"),
    [RECORD_RELATION] = BOX_HEADER("relation") "party: a.example\n"
					       "acts-for: b.example\n"
					       "basis: asserted\n",
    [RECORD_LIST] = BOX_HEADER("list") "part: 1/1\n"
				       "population: " BOX_HASH "\n",
    [RECORD_SEIZURE] = BOX_CUSTODY("seizure") "taken-by: police.example\n"
					      "authority-signature: signed\n"
					      "owner-signature: absent\n"
					      "items: 1\n"
					      "population: " BOX_HASH "\n",
    [RECORD_HANDOVER] =
	BOX_BY_TWO("handover") "from: police.example\n"
			       "to: prosecutor.example/evidence-room\n"
			       "counted-by-giver: 1\n",
    [RECORD_HANDLING] = BOX_CUSTODY("handling") "custodian: police.example\n"
						"witness: notary.example\n"
						"authority: order 7\n",
    [RECORD_INSPECTION] =
	BOX_CUSTODY("inspection") "custodian: police.example\n",
    [RECORD_CLAIM] = BOX_HEADER("claim") "asserts: received\n"
					 "said: 2023-07-03\n",
    [RECORD_ASSESSMENT] = BOX_HEADER("assessment") "claim: " BOX_HASH "\n"
						   "source: E\n"
						   "information: 5\n"
						   "reason: no evidence\n",
    [RECORD_QUESTION] =
	BOX_HEADER("question") "recipient: council.example\n"
			       "concerns: all\n"
			       "form: data\n"
			       "period-from: 2023-06-20T00:00:00Z\n"
			       "period-to: 2023-07-04T00:00:00Z\n",
    [RECORD_ANSWER] = BOX_HEADER("answer") "question: " BOX_HASH "\n"
					   "answer: no\n",
    [RECORD_INCIDENT] = BOX_CUSTODY("incident") "what: loss\n",
    [RECORD_KEY] = BOX_HEADER("key") "party: police.example\n"
				     "action: revoke\n",
    [RECORD_MOVE] = BOX_CUSTODY("move") "custodian: police.example\n",
    [RECORD_ORDER] = BOX_HEADER("order") "what: warrant\n"
					 "issuer: court.example\n",
    [RECORD_DRAW] = BOX_HEADER("draw") "concerns: package\n"
				       "population: " BOX_HASH "\n"
				       "population-size: 213\n"
				       "detects: 3\n"
				       "sample: 134\n"
				       "commit: police.example " BOX_HASH "\n"
				       "until: 2023-08-01\n",
    [RECORD_DRAW_REVEAL] = BOX_HEADER("draw-reveal") "draw: " BOX_HASH "\n"
						     "secret: " BOX_HASH "\n",
    [RECORD_IMAGE] = BOX_CUSTODY("image") "examiner: lab.example\n"
					  "custodian: police.example\n",
    [RECORD_LOCK] = BOX_CUSTODY("lock") "custodian: police.example\n"
					"threshold: 2\n"
					"holder: police.example\n"
					"plaintext: destroyed\n",
    [RECORD_UNLOCK] = BOX_CUSTODY("unlock") "host: lab.example\n"
					    "holder: police.example\n",
    [RECORD_EXAMINATION] = BOX_CUSTODY("examination") "examiner: lab.example\n",
    [RECORD_DISCLOSURE] = BOX_CUSTODY("disclosure") "from: lab.example\n"
						    "to: court.example\n",
    [RECORD_OBJECTION] = BOX_HEADER("objection") "ground: privilege\n",
    [RECORD_RELEASE] = BOX_CUSTODY("release") "from: police.example\n"
					      "to: owner.example\n"
					      "counted-by-giver: 1\n",
    [RECORD_DISPOSAL] = BOX_CUSTODY("disposal") "custodian: police.example\n"
						"witness: notary.example\n",
    [RECORD_CORRECTION] = BOX_HEADER("correction") "corrects: " BOX_HASH "\n"
						   "field: seal\n"
						   "reason: misread\n",
};

/* A good value for a field; `n` makes two of one name differ where it can. */
static inline void box_value(
    struct buf *out, const struct record_field *f, unsigned n)
{
	static const char *const values[] = {
	    [RECORD_T_CASE_REF] = BOX_REF,
	    [RECORD_T_TIME] = "2023-06-21T09:40:00Z",
	    [RECORD_T_DUE] = "2023-07-10",
	    [RECORD_T_AS_OF] = "14 " BOX_ROOT,
	    [RECORD_T_HASH] = BOX_HASH,
	    [RECORD_T_RECORD] = BOX_HASH,
	    [RECORD_T_VKEY] = BOX_VKEY,
	    [RECORD_T_PART] = "2/5",
	    [RECORD_T_FIELD] = "serial",
	    [RECORD_T_REQUIRE] = "handover purpose",
	    [RECORD_T_ALSO_IN] = "none",
	    [RECORD_T_KEY_ID] = "7d3c1f09",
	};
	struct slice choices = slice_of(f->choices);

	switch (f->type) {
	case RECORD_T_CHOICE:
		buf_put_slice(out, slice_cut(&choices, ' '));
		break;
	case RECORD_T_SIGNER:
		buf_printf(out, "signer-%u.example 7d3c1f0%u", n, n % 10);
		break;
	case RECORD_T_ID:
		buf_printf(out, "name-%u/x.y", n);
		break;
	case RECORD_T_COUNT:
		buf_printf(out, "%u", 213 + n);
		break;
	case RECORD_T_TEXT:
		buf_printf(out, "word %u: \\n, \\\\ and \xc3\xa9", n);
		break;
	case RECORD_T_BAY:
		buf_printf(out, "%u empty", n);
		break;
	case RECORD_T_ADDRESSEE:
		buf_printf(out, "name-%u due 2023-07-10", n);
		break;
	case RECORD_T_TALLY:
		buf_printf(out, "%u computer", n);
		break;
	case RECORD_T_TELLTALE:
		buf_printf(out, "power-on-hours %u", n);
		break;
	case RECORD_T_COMMIT:
		buf_printf(out, "name-%u " BOX_HASH, n);
		break;
	case RECORD_T_NOT_TAKEN:
		buf_printf(out, "B-%u it was wet", n);
		break;
	default:
		buf_puts(out, values[f->type]);
		break;
	}
}

/* Every field of `fields` once, those that repeat twice. */
static inline void box_put_fields(struct buf *out,
    const struct record_field *fields, size_t count, const char *indent)
{
	for (size_t i = 0; i < count; i++) {
		unsigned n = fields[i].flags & RECORD_REPEATED ? 2 : 1;

		for (unsigned k = 1; k <= n; k++) {
			buf_printf(out, "%s%s: ", indent,
			    record_schema_field_name(fields[i].name));
			box_value(out, &fields[i], k);
			buf_putc(out, '\n');
		}
	}
}

/* The longest record of a kind: all fields, and two blocks with all theirs. */
static inline void box_put_longest(struct buf *out, enum record_kind kind)
{
	const struct record_schema *schema = record_schema_of(kind);

	buf_printf(out, RECORD_MAGIC "%s\n", schema->name);
	if (kind != RECORD_CASE)
		buf_puts(out, "case: " BOX_REF "\n");
	buf_puts(out, BOX_AT BOX_POLICE BOX_ROOM "late: the road was closed\n");
	if (schema->is_custody)
		buf_puts(out, BOX_AS_OF BOX_EXPIRES);
	box_put_fields(out, schema->fields, schema->field_count, "");
	for (int i = 1; i <= 2 && schema->block != RECORD_F_NONE; i++) {
		buf_printf(out, "%s: B-%d\n",
		    record_schema_field_name(schema->block), i);
		box_put_fields(
		    out, schema->block_fields, schema->block_field_count, "  ");
	}
	assert_int_equal(buf_check(out, NULL), 0);
}

static inline void box_join_value(
    struct buf *out, const struct record_value *v, const char *indent)
{
	buf_printf(out, "%s%s%s: %.*s\n", indent,
	    record_schema_field_name(v->name), v->is_withheld ? "~" : "",
	    SLICE_ARG(v->value));
}

/* The text again, from nothing but what the parser found in it. */
static inline void box_join(struct buf *out, const struct record *r)
{
	size_t i = 0;

	buf_printf(out, RECORD_MAGIC "%s\n", r->schema->name);
	if (r->case_ref.p != NULL)
		buf_printf(out, "case: %.*s\n", SLICE_ARG(r->case_ref));
	box_join_value(out, &r->values[i++], "");
	for (size_t k = 0; k < r->signer_count; k++)
		buf_printf(out, "signer: %.*s %08x\n",
		    SLICE_ARG(r->signers[k].party), r->signers[k].key_id);
	while (i < r->top_count)
		box_join_value(out, &r->values[i++], "");
	for (size_t b = 0; b < r->block_count; b++) {
		buf_printf(out, "%s: %.*s\n",
		    record_schema_field_name(r->schema->block),
		    SLICE_ARG(r->blocks[b].id));
		for (size_t k = 0; k < r->blocks[b].n; k++, i++)
			box_join_value(out, &r->values[i], "  ");
	}
	assert_int_equal(i, r->value_count);
	assert_int_equal(buf_check(out, NULL), 0);
}

#endif

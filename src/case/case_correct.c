/*
 * case_correct.c: corrections (findings section 5.7). The original stays; it is
 * also read with the new value, one correction at a time, in a second state
 * that differs in nothing else. That can make a YES or CONTESTED, never a NO.
 */
#include "case_internal.h"

#include "buf.h"
#include "mem.h"

#include <stdlib.h>

static bool is_rule_read(const struct record_field *field)
{
	return (field->flags & RECORD_WITHHOLDABLE) == 0 &&
	    (field->type != RECORD_T_TEXT ||
		field->name == RECORD_F_WITNESS_SAW ||
		case_is_off("corrected: a field that rules read"));
}

/* Header fields that say who signs what in which ledger stay as they are. */
static bool is_correctable(enum record_name name)
{
	return name != RECORD_F_NONE && name != RECORD_F_CASE &&
	    name != RECORD_F_SIGNER && name != RECORD_F_AS_OF &&
	    name != RECORD_F_OFFER_EXPIRES;
}

static const struct record_block *find_block(
    const struct record *target, struct slice id)
{
	for (size_t i = 0; i < target->block_count; i++)
		if (slice_is(target->blocks[i].id, id))
			return &target->blocks[i];
	return NULL;
}

static const struct record_field *find_field(const struct record *target,
    const struct record *r, const struct record_block **ret_block)
{
	struct slice of = record_get(r, RECORD_F_OF_ITEM);
	enum record_name name =
	    record_schema_field_find(record_get(r, RECORD_F_FIELD));

	*ret_block = of.p != NULL ? find_block(target, of) : NULL;
	if (!is_correctable(name) || (of.p != NULL && *ret_block == NULL))
		return NULL;
	return record_schema_field(target->schema, of.p != NULL, name);
}

/* The whole line that a value stands on, with its LF. */
static struct slice line_of(const struct record *target, struct slice value)
{
	const char *begin = value.p;
	const char *end = value.p + value.n;

	while (begin > target->text.p && begin[-1] != '\n')
		begin--;
	end += end < target->text.p + target->text.n; /* its LF */
	return (struct slice){begin, (size_t)(end - begin)};
}

static size_t place_in_table(
    const struct record_schema *schema, bool is_block, enum record_name name)
{
	const struct record_field *fields =
	    is_block ? schema->block_fields : schema->fields;
	size_t n = is_block ? schema->block_field_count : schema->field_count;
	size_t i = 0;

	while (i < n && fields[i].name != name)
		i++;
	return i;
}

/* Where a line would be put that is not there: before the first that stands
 * later in the table, else at the end of its part; empty. */
static struct slice gap_for(const struct record *target,
    const struct record_block *block, const struct record_field *field)
{
	const struct record_schema *schema = target->schema;
	size_t place = place_in_table(schema, block != NULL, field->name);
	size_t first = block != NULL ? block->first : 0;
	size_t n = block != NULL ? block->n : target->top_count;
	const char *end = record_block_bytes(target).p;

	if (field->name == RECORD_F_LATE)
		return (struct slice){target->text.p + target->header_n, 0};
	if (block != NULL) {
		struct slice last =
		    n > 0 ? target->values[first + n - 1].value : block->id;
		struct slice line = line_of(target, last);

		end = line.p + line.n;
	}
	for (size_t i = first; i < first + n; i++) {
		const struct record_value *v = &target->values[i];
		size_t other = place_in_table(schema, block != NULL, v->name);

		if (record_schema_field(schema, block != NULL, v->name) ==
			NULL ||
		    other <= place ||
		    other ==
			(block != NULL ? schema->block_field_count
				       : schema->field_count))
			continue;
		end = line_of(target, v->value).p;
		break;
	}
	return (struct slice){end, 0};
}

/* The line that the correction is about, or the gap for it; absent if neither:
 * the third of two values, or the end of what is not there. */
static struct slice find_line(const struct record *target,
    const struct record *r, const struct record_block *block,
    const struct record_field *field)
{
	const struct record_value *v = NULL;
	uint64_t occurrence = 1, count = 0;

	(void)record_get_count(r, RECORD_F_OCCURRENCE, &occurrence);
	while ((v = record_next(target, block, field->name, v)) != NULL)
		if (++count == occurrence)
			return line_of(target, v->value);
	if (occurrence != count + 1 || !record_has(r, RECORD_F_VALUE) ||
	    (count > 0 && !(field->flags & RECORD_REPEATED)))
		return slice_of(NULL);
	return gap_for(target, block, field);
}

/* The target's text with the new value; false if there is no such thing. */
static bool put_corrected(
    const struct record *target, const struct record *r, struct buf *out)
{
	const struct record_block *block;
	const struct record_field *field = find_field(target, r, &block);
	struct slice value = record_get(r, RECORD_F_VALUE);
	struct slice text = target->text;

	if (field == NULL)
		return false;
	struct slice line = find_line(target, r, block, field);
	if (line.p == NULL)
		return false;
	size_t before = (size_t)(line.p - text.p);
	size_t rest = before + line.n;
	buf_put(out, text.p, before);
	if (value.p != NULL)
		buf_printf(out, "%s%s: %.*s\n", block != NULL ? "  " : "",
		    record_schema_field_name(field->name), SLICE_ARG(value));
	if (rest < text.n)
		buf_put(out, text.p + rest, text.n - rest);
	return out->failed == 0;
}

/* ---- judging ---- */

static bool is_signed_by_a_signer(
    const struct case_state *state, const struct record *r, uint32_t target)
{
	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != CASE_NONE && case_state_is_signed_by(state, target, p))
			return true;
	}
	return false;
}

/* What was agreed on or asked is not corrected but made anew. */
static bool is_of_a_statement(enum record_kind kind)
{
	return kind != RECORD_CASE && kind != RECORD_JOIN &&
	    kind != RECORD_KEY && kind != RECORD_QUESTION &&
	    kind != RECORD_CORRECTION;
}

/* Does the record parse with the new value? What can be withheld is corrected
 * by a value that can be, which no rule reads. */
static bool is_well_corrected(
    const struct case_state *state, uint32_t target, const struct record *r)
{
	bool has_private = record_has(r, RECORD_F_PRIVATE_VALUE);
	const struct record_field *field = NULL;
	const struct record_block *block;
	struct record record = {0}, corrected = {0};
	struct buf text;
	bool is_good = false;

	buf_init(&text, RECORD_TEXT_MAX);
	if (case_state_record(state, target, &record, NULL) == 0)
		field = find_field(&record, r, &block);
	if (field != NULL && (field->flags & RECORD_WITHHOLDABLE) != 0)
		is_good = !record_has(r, RECORD_F_VALUE);
	else if (field != NULL && !has_private)
		is_good = put_corrected(&record, r, &text) &&
		    record_parse(&corrected, buf_slice(&text), NULL) == 0;
	buf_done(&text);
	record_done(&record);
	record_done(&corrected);
	return is_good;
}

static uint32_t find_target(
    const struct case_state *state, const struct record *r)
{
	struct hash id;

	return record_get_hash(r, RECORD_F_CORRECTS, &id)
	    ? case_state_find_leaf(state, &id)
	    : CASE_NONE;
}

struct case_verdict case_correct_judge(
    const struct case_state *state, const struct record *r)
{
	uint32_t target = find_target(state, r);
	struct case_verdict v = {CASE_VOID, CASE_RULE_UNKNOWN_RECORD,
	    record_get(r, RECORD_F_CORRECTS)};

	if (target == CASE_NONE ||
	    (!is_of_a_statement(state->leaves[target].kind) &&
		case_is_on("correction: of a statement")) ||
	    (state->leaves[target].standing == CASE_VOID &&
		case_is_on("correction: of nothing void")))
		return v;
	v.rule = CASE_RULE_NOT_ENTITLED;
	if (!is_signed_by_a_signer(state, r, target) &&
	    case_is_on("correction: by one who signed"))
		return v;
	v.rule = CASE_RULE_UNKNOWN_FIELD;
	v.about = record_get(r, RECORD_F_FIELD);
	if (is_well_corrected(state, target, r))
		v = (struct case_verdict){0};
	return v;
}

/* ---- effect ---- */

int case_correct_apply(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	uint32_t target = find_target(state, r);
	const struct record_block *block;
	struct record record = {0};
	int rc = case_state_record(state, target, &record, err);

	if (rc == 0)
		rc = mem_grow((void **)&state->corrections,
		    &state->correction_cap, state->correction_count + 1,
		    sizeof(*state->corrections), err);
	if (rc == 0) {
		bool is_read = is_rule_read(find_field(&record, r, &block));

		state->corrections[state->correction_count++] =
		    (struct case_correction){leaf, target, is_read};
		state->leaves[target].is_corrected =
		    state->leaves[target].is_corrected || is_read;
	}
	record_done(&record);
	return rc;
}

size_t case_state_correction_count(const struct case_state *state)
{
	return state->correction_count;
}

const struct case_correction *case_state_correction(
    const struct case_state *state, size_t i)
{
	return &state->corrections[i];
}

/* ---- reading ---- */

/* The corrected text, kept where `reading` keeps its copies. */
static int make_text(const struct case_state *state,
    const struct case_correction *correction, struct case_state *reading,
    struct slice *ret_text, struct err *err)
{
	struct record target = {0}, record = {0};
	struct buf text;
	int rc = case_state_record(state, correction->target, &target, err);

	buf_init(&text, RECORD_TEXT_MAX);
	if (rc == 0)
		rc = case_state_record(state, correction->leaf, &record, err);
	if (rc == 0 && put_corrected(&target, &record, &text)) {
		*ret_text = case_arena_copy(reading, buf_slice(&text));
		if (ret_text->p == NULL)
			rc = err_nomem(err);
	}
	buf_done(&text);
	record_done(&target);
	record_done(&record);
	return rc;
}

int case_correct_read(const struct case_state *state,
    const struct case_correction *correction, struct case_state **ret_state,
    struct err *err)
{
	struct case_state *reading = case_state_new();
	struct slice text = {0};
	int rc = reading == NULL
	    ? err_nomem(err)
	    : make_text(state, correction, reading, &text, err);

	*ret_state = NULL;
	for (size_t i = 0; i < state->leaf_count && rc == 0; i++)
		rc = case_state_add_reading(reading, state->leaves[i].bytes,
		    i == correction->target ? text : slice_of(NULL), err);
	if (rc == 0) {
		*ret_state = reading;
		return 0;
	}
	case_state_free(reading);
	/* A record that would have been refused is no reading. */
	return rc == ERR_VERIFY ? 0 : rc;
}

/*
 * record.c: takes a record's text apart in one pass.
 *
 * Fields must come in the schema's order, so the parser only ever moves
 * forward through the table: each line costs a short walk and the whole text
 * is linear. Whatever parses has one spelling.
 */
#include "record.h"

#include "mem.h"
#include "reader.h"
#include "text.h"
#include "when.h"

#include <stdlib.h>
#include <string.h>

/* Where in the table the parser stands: the header fields, then the kind's,
 * or one block's. */
struct cursor {
	const struct record_field *fields;
	size_t n;
	size_t at; /* the field that the last line matched, if is_open */
	bool is_open;
	uint32_t occurrence;
};

struct parser {
	struct record *record;
	struct reader reader;
	size_t line_number;
	struct cursor header;
	struct cursor top;
	struct cursor block;
	struct err *err;
};

static int fail(struct parser *p, const char *what, struct slice about)
{
	return err_set(p->err, ERR_FORMAT, "record, line %zu: %s: \"%.*s\"",
	    p->line_number, what, (int)(about.n > 60 ? 60 : about.n),
	    about.p ? about.p : "");
}

static int fail_missing(struct parser *p, enum record_name name)
{
	return err_set(p->err, ERR_FORMAT,
	    "record, line %zu: \"%s:\" is missing, or stands in the wrong "
	    "place (fields have a fixed order)",
	    p->line_number, record_schema_field_name(name));
}

/* Every required field from the cursor up to (not including) `end`. */
static int skip_to(struct parser *p, struct cursor *c, size_t end)
{
	for (size_t i = c->is_open ? c->at + 1 : c->at; i < end; i++)
		if (c->fields[i].flags & RECORD_REQUIRED)
			return fail_missing(p, c->fields[i].name);
	return 0;
}

/* The field called `name` at or after the cursor; NULL if there is none. */
static const struct record_field *advance(
    struct parser *p, struct cursor *c, struct slice name, int *ret_error)
{
	*ret_error = 0;
	for (size_t i = c->at; i < c->n; i++) {
		const char *known = record_schema_field_name(c->fields[i].name);

		if (name.p[0] != known[0] || !slice_is_text(name, known))
			continue;
		if (c->is_open && i == c->at) {
			if (!(c->fields[i].flags & RECORD_REPEATED)) {
				*ret_error = fail(p, "stands twice", name);
				return NULL;
			}
			c->occurrence++;
			return &c->fields[i];
		}
		*ret_error = skip_to(p, c, i);
		if (*ret_error != 0)
			return NULL;
		c->at = i;
		c->is_open = true;
		c->occurrence = 1;
		return &c->fields[i];
	}
	return NULL;
}

static int add_value(struct parser *p, const struct record_field *field,
    bool is_withheld, uint32_t occurrence, struct slice value)
{
	struct record *r = p->record;
	int rc = mem_grow((void **)&r->values, &r->value_cap,
	    r->value_count + 1, sizeof(*r->values), p->err);

	if (rc != 0)
		return rc;
	r->values[r->value_count++] = (struct record_value){
	    .name = field->name,
	    .is_withheld = is_withheld,
	    .occurrence = occurrence,
	    .value = value,
	};
	if (r->block_count > 0)
		r->blocks[r->block_count - 1].n++;
	else
		r->top_count++;
	return 0;
}

static int add_signer(struct parser *p, struct slice value)
{
	struct record *r = p->record;
	struct slice id = value;
	struct record_signer signer = {.party = slice_cut(&id, ' ')};
	uint8_t bytes[4];

	if (r->signer_count == RECORD_SIGNERS_MAX)
		return fail(p, "too many signers (at most 16)", value);
	if (!text_from_hex(bytes, sizeof(bytes), id))
		return fail(p, "not a key id", value);
	signer.key_id = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	    (uint32_t)bytes[2] << 8 | bytes[3];
	/* Only a record about keys is signed by one party with two of them. */
	for (size_t i = 0; i < r->signer_count; i++)
		if (slice_is(r->signers[i].party, signer.party) &&
		    (r->schema->kind != RECORD_KEY ||
			r->signers[i].key_id == signer.key_id))
			return fail(p, "signer named twice", value);
	r->signers[r->signer_count++] = signer;
	r->header_n = p->reader.at;
	return 0;
}

static int take_value(struct parser *p, const struct record_field *field,
    uint32_t occurrence, bool is_withheld, struct slice value)
{
	const char *why = "";
	uint8_t digest[HASH_SIZE];

	if (is_withheld) {
		if (!(field->flags & RECORD_WITHHOLDABLE))
			return fail(p, "this field cannot be withheld", value);
		if (!text_from_hex(digest, sizeof(digest), value))
			return fail(
			    p, "a withheld field holds 64 hex digits", value);
	} else if (!record_schema_value_is_good(field, value, &why)) {
		return err_set(p->err, ERR_FORMAT,
		    "record, line %zu: %s: \"%.*s\" is not %s", p->line_number,
		    record_schema_field_name(field->name),
		    (int)(value.n > 60 ? 60 : value.n), value.p, why);
	}
	if (field->name == RECORD_F_SIGNER)
		return add_signer(p, value);
	if (field->name == RECORD_F_CASE) {
		p->record->case_ref = value;
		return 0;
	}
	if (field->name == RECORD_F_AT)
		(void)when_from_time(&p->record->at, value); /* just checked */
	return add_value(p, field, is_withheld, occurrence, value);
}

static int open_block(struct parser *p, struct slice id)
{
	struct record *r = p->record;
	int rc;

	if (!text_is_identifier(id))
		return fail(
		    p, "not a name of letters, digits, '.', '/', '-'", id);
	rc = skip_to(p, r->block_count > 0 ? &p->block : &p->top,
	    r->block_count > 0 ? p->block.n : p->top.n);
	if (rc != 0)
		return rc;
	rc = mem_grow((void **)&r->blocks, &r->block_cap, r->block_count + 1,
	    sizeof(*r->blocks), p->err);
	if (rc != 0)
		return rc;
	r->blocks[r->block_count++] =
	    (struct record_block){.id = id, .first = r->value_count};
	p->block = (struct cursor){.fields = r->schema->block_fields,
	    .n = r->schema->block_field_count};
	return 0;
}

static int take_line(struct parser *p, struct slice line)
{
	struct record *r = p->record;
	const char *colon = memchr(line.p, ':', line.n);
	bool is_block = slice_starts_with(line, "  ");
	size_t indent = is_block ? 2 : 0;
	int rc;

	if (colon == NULL || (size_t)(colon - line.p) < indent + 1 ||
	    (size_t)(colon - line.p) + 2 > line.n || colon[1] != ' ')
		return fail(p, "not of the form \"name: value\"", line);
	struct slice name = {
	    line.p + indent, (size_t)(colon - line.p) - indent};
	struct slice value = {colon + 2, line.n - (size_t)(colon - line.p) - 2};
	bool is_withheld = name.p[name.n - 1] == '~';
	name.n -= is_withheld;

	if (!is_block && !is_withheld && r->schema->block != RECORD_F_NONE &&
	    slice_is_text(name, record_schema_field_name(r->schema->block)))
		return open_block(p, value);
	if (is_block != (r->block_count > 0))
		return fail(p,
		    is_block ? "an indented line outside a block"
			     : "a field of the record after its blocks",
		    line);
	struct cursor *c = is_block ? &p->block : &p->header;
	const struct record_field *field = NULL;
	if (is_block || !p->top.is_open) {
		field = advance(p, c, name, &rc);
		if (rc != 0)
			return rc;
	}
	if (field == NULL && !is_block) {
		rc = skip_to(p, &p->header, p->header.n);
		if (rc != 0)
			return rc;
		c = &p->top;
		field = advance(p, c, name, &rc);
		if (rc != 0)
			return rc;
	}
	if (field == NULL)
		return fail(p, "unknown field, or in the wrong place", name);
	return take_value(p, field, c->occurrence, is_withheld, value);
}

int record_compare_names(struct slice a, struct slice b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++) {
		int difference = (uint8_t)text_lower_char(a.p[i]) -
		    (uint8_t)text_lower_char(b.p[i]);

		if (difference != 0)
			return difference;
	}
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct record_block *const *x = a, *const *y = b;

	return record_compare_names((*x)->id, (*y)->id);
}

/* Two blocks of one id, or of two that differ only in case. Where they come
 * sorted this costs nothing. */
static int check_block_ids(struct parser *p)
{
	struct record *r = p->record;
	size_t sorted = 1;
	int rc = 0;

	while (sorted < r->block_count &&
	    record_compare_names(
		r->blocks[sorted - 1].id, r->blocks[sorted].id) < 0)
		sorted++;
	if (sorted >= r->block_count)
		return 0;
	const struct record_block **order =
	    mem_new(r->block_count, sizeof(const struct record_block *));
	if (order == NULL)
		return err_nomem(p->err);
	for (size_t i = 0; i < r->block_count; i++)
		order[i] = &r->blocks[i];
	qsort(order, r->block_count, sizeof(const struct record_block *),
	    compare_blocks);
	for (size_t i = 1; i < r->block_count && rc == 0; i++)
		if (compare_blocks(&order[i - 1], &order[i]) == 0)
			rc = fail(p,
			    "stands twice in this record, or differs only in "
			    "case",
			    order[i]->id);
	free(order);
	return rc;
}

static int check_whole(struct parser *p)
{
	struct record *r = p->record;
	bool is_genesis = r->schema->kind == RECORD_CASE;
	bool wants_expiry = r->schema->is_custody && r->signer_count > 1;
	int rc = skip_to(p, &p->header, p->header.n);

	if (rc == 0)
		rc = r->block_count > 0 ? skip_to(p, &p->block, p->block.n)
					: skip_to(p, &p->top, p->top.n);
	if (rc != 0)
		return rc;
	if ((r->case_ref.p == NULL) != is_genesis)
		return fail(p,
		    is_genesis ? "the genesis names no case"
			       : "\"case:\" is missing",
		    slice_of(r->schema->name));
	if (record_has(r, RECORD_F_AS_OF) != r->schema->is_custody)
		return fail(p,
		    r->schema->is_custody
			? "\"as-of:\" is missing: custody records carry it"
			: "\"as-of:\" stands only in custody records",
		    slice_of(r->schema->name));
	if (record_has(r, RECORD_F_OFFER_EXPIRES) != wants_expiry)
		return fail(p,
		    wants_expiry ? "\"offer-expires:\" is missing"
				 : "\"offer-expires:\" stands only where two "
				   "sign",
		    slice_of(r->schema->name));
	return check_block_ids(p);
}

static void record_clear(struct record *record)
{
	struct record_value *values = record->values;
	struct record_block *blocks = record->blocks;
	size_t value_cap = record->value_cap, block_cap = record->block_cap;

	*record = (struct record){.values = values,
	    .blocks = blocks,
	    .value_cap = value_cap,
	    .block_cap = block_cap};
}

int record_parse(struct record *record, struct slice text, struct err *err)
{
	int rc = record_parse_without_id(record, text, err);

	if (rc == 0)
		record->id = record_id_of(text);
	return rc;
}

int record_parse_without_id(
    struct record *record, struct slice text, struct err *err)
{
	struct parser p = {.record = record, .line_number = 1, .err = err};
	size_t header_count;
	int rc = 0;

	record_clear(record);
	if (text.n > RECORD_TEXT_MAX)
		return err_set(err, ERR_LIMIT,
		    "record: %zu bytes, more than %d", text.n, RECORD_TEXT_MAX);
	reader_init(&p.reader, text.p, text.n);
	struct slice line = reader_line(&p.reader);
	if (p.reader.failed || !slice_starts_with(line, RECORD_MAGIC))
		return fail(
		    &p, "does not begin with \"counterfoil-record/v1 \"", line);
	struct slice kind = {
	    line.p + strlen(RECORD_MAGIC), line.n - strlen(RECORD_MAGIC)};
	record->schema = record_schema_find(kind);
	if (record->schema == NULL)
		return fail(&p, "unknown kind of record", kind);
	record->text = text;
	p.header.fields = record_schema_header(&header_count);
	p.header.n = header_count;
	p.top.fields = record->schema->fields;
	p.top.n = record->schema->field_count;
	while (rc == 0 && !reader_is_at_end(&p.reader)) {
		p.line_number++;
		line = reader_line(&p.reader);
		if (p.reader.failed)
			return fail(&p, "the last line has no line feed", line);
		rc = take_line(&p, line);
	}
	return rc != 0 ? rc : check_whole(&p);
}

void record_done(struct record *record)
{
	free(record->values);
	free(record->blocks);
	*record = (struct record){0};
}

struct hash record_id_of(struct slice text)
{
	return hash_of(text.p, text.n);
}

const struct record_value *record_next(const struct record *record,
    const struct record_block *block, enum record_name name,
    const struct record_value *previous)
{
	size_t first = block ? block->first : 0;
	size_t end = block ? block->first + block->n : record->top_count;
	size_t i = previous ? (size_t)(previous - record->values) + 1 : first;

	for (; i < end; i++)
		if (record->values[i].name == name)
			return &record->values[i];
	return NULL;
}

static struct slice first_open(const struct record *record,
    const struct record_block *block, enum record_name name)
{
	const struct record_value *v = record_next(record, block, name, NULL);

	if (v == NULL || v->is_withheld)
		return (struct slice){0};
	return v->value;
}

struct slice record_get(const struct record *record, enum record_name name)
{
	return first_open(record, NULL, name);
}

struct slice record_block_get(const struct record *record,
    const struct record_block *block, enum record_name name)
{
	return first_open(record, block, name);
}

bool record_has(const struct record *record, enum record_name name)
{
	return record_next(record, NULL, name, NULL) != NULL;
}

bool record_get_count(
    const struct record *record, enum record_name name, uint64_t *ret_count)
{
	unsigned long long n;
	struct slice value = record_get(record, name);

	if (value.p == NULL || !slice_to_u64(value, &n))
		return false;
	*ret_count = n;
	return true;
}

bool record_get_time(
    const struct record *record, enum record_name name, int64_t *ret_when)
{
	struct slice value = record_get(record, name);

	return value.p != NULL && when_from_due(ret_when, value);
}

bool record_get_start(
    const struct record *record, enum record_name name, int64_t *ret_when)
{
	struct slice value = record_get(record, name);

	return value.p != NULL &&
	    (when_from_date(ret_when, value) ||
		when_from_time(ret_when, value));
}

bool record_get_hash(
    const struct record *record, enum record_name name, struct hash *ret_hash)
{
	struct slice value = record_get(record, name);

	return value.p != NULL && hash_from_hex(ret_hash, value);
}

bool record_get_as_of(
    const struct record *record, uint64_t *ret_size, struct hash *ret_root)
{
	struct slice rest = record_get(record, RECORD_F_AS_OF);
	unsigned long long size;
	size_t n;

	if (rest.p == NULL || !slice_to_u64(slice_cut(&rest, ' '), &size) ||
	    !text_from_base64(ret_root->b, sizeof(ret_root->b), &n, rest))
		return false;
	*ret_size = size;
	return true;
}

bool record_is_signed_by(const struct record *record, struct slice party)
{
	for (size_t i = 0; i < record->signer_count; i++)
		if (slice_is(record->signers[i].party, party))
			return true;
	return false;
}

struct slice record_block_bytes(const struct record *record)
{
	if (record->block_count == 0)
		return (struct slice){record->text.p + record->text.n, 0};
	const char *id = record->blocks[0].id.p;
	const char *name = record_schema_field_name(record->schema->block);
	const char *start = id - strlen(name) - 2;

	return (struct slice){
	    start, record->text.n - (size_t)(start - record->text.p)};
}

/*
 * record_draft.c: collects values, then writes them in the schema's order.
 *
 * The invariant: whatever record_draft_write returns, record_parse accepts.
 * It ends by parsing what it wrote, so no other code needs to know the form.
 */
#include "record_draft.h"

#include "hash.h"
#include "mem.h"
#include "record.h"
#include "record_withheld.h"
#include "text.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct draft_value {
	enum record_name name;
	size_t block; /* 0: record level; k: the k-th block */
	char *value;
	uint8_t salt[RECORD_SALT_SIZE];
};

struct record_draft {
	const struct record_schema *schema;
	struct draft_value *values;
	size_t n, cap;
	char **blocks; /* ids */
	size_t block_count, block_cap;
	bool is_open[RECORD_F_NONE];
};

struct record_draft *record_draft_new(enum record_kind kind)
{
	struct record_draft *draft = mem_new(1, sizeof(*draft));

	if (draft != NULL)
		draft->schema = record_schema_of(kind);
	return draft;
}

void record_draft_free(struct record_draft *draft)
{
	if (draft == NULL)
		return;
	for (size_t i = 0; i < draft->n; i++)
		free(draft->values[i].value);
	for (size_t i = 0; i < draft->block_count; i++)
		free(draft->blocks[i]);
	free(draft->values);
	free(draft->blocks);
	free(draft);
}

const struct record_schema *record_draft_schema(
    const struct record_draft *draft)
{
	return draft->schema;
}

static struct draft_value *find(
    const struct record_draft *draft, enum record_name name)
{
	for (size_t i = draft->n; i-- > 0;) {
		if (draft->values[i].block != draft->block_count)
			break;
		if (draft->values[i].name == name)
			return &draft->values[i];
	}
	return NULL;
}

bool record_draft_has(const struct record_draft *draft, enum record_name name)
{
	return find(draft, name) != NULL;
}

int record_draft_set(struct record_draft *draft, enum record_name name,
    struct slice value, struct err *err)
{
	const char *spelling = record_schema_field_name(name);
	const struct record_field *field =
	    record_schema_field(draft->schema, draft->block_count > 0, name);
	const char *why = "";
	int rc;

	if (field == NULL)
		return err_set(err, ERR_USAGE, "a %s has no field \"%s\"",
		    draft->schema->name, spelling);
	if (!record_schema_value_is_good(field, value, &why))
		return err_set(err, ERR_USAGE, "%s: \"%.*s\" is not %s",
		    spelling, (int)(value.n > 80 ? 80 : value.n),
		    value.p ? value.p : "", why);
	if (!(field->flags & RECORD_REPEATED) && find(draft, name) != NULL)
		return err_set(err, ERR_USAGE, "%s: given twice", spelling);
	rc = mem_grow((void **)&draft->values, &draft->cap, draft->n + 1,
	    sizeof(*draft->values), err);
	if (rc != 0)
		return rc;
	struct draft_value v = {.name = name, .block = draft->block_count};
	v.value = mem_copy_text(value.p, value.n);
	if (v.value == NULL)
		return err_nomem(err);
	if (field->flags & RECORD_WITHHOLDABLE)
		mem_random(v.salt, sizeof(v.salt));
	draft->values[draft->n++] = v;
	return 0;
}

int record_draft_set_text(struct record_draft *draft, enum record_name name,
    const char *value, struct err *err)
{
	return record_draft_set(draft, name, slice_of(value), err);
}

int record_draft_set_count(struct record_draft *draft, enum record_name name,
    uint64_t value, struct err *err)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return record_draft_set_text(draft, name, text, err);
}

int record_draft_set_time(struct record_draft *draft, enum record_name name,
    int64_t when, struct err *err)
{
	char text[WHEN_SIZE];

	when_to_time(text, when);
	return record_draft_set_text(draft, name, text, err);
}

int record_draft_block(
    struct record_draft *draft, struct slice id, struct err *err)
{
	int rc;

	if (draft->schema->block == RECORD_F_NONE)
		return err_set(
		    err, ERR_USAGE, "a %s names no items", draft->schema->name);
	if (!text_is_identifier(id))
		return err_set(err, ERR_USAGE, "%s: \"%.*s\" is not %s",
		    record_schema_field_name(draft->schema->block),
		    (int)(id.n > 80 ? 80 : id.n), id.p ? id.p : "",
		    record_schema_type_help(RECORD_T_ID));
	for (size_t i = 0; i < draft->block_count; i++)
		if (record_compare_names(slice_of(draft->blocks[i]), id) == 0)
			return err_set(err, ERR_USAGE,
			    "%s: %.*s is given twice",
			    record_schema_field_name(draft->schema->block),
			    SLICE_ARG(id));
	rc = mem_grow((void **)&draft->blocks, &draft->block_cap,
	    draft->block_count + 1, sizeof(*draft->blocks), err);
	if (rc != 0)
		return rc;
	char *copy = mem_copy_text(id.p, id.n);
	if (copy == NULL)
		return err_nomem(err);
	draft->blocks[draft->block_count++] = copy;
	return 0;
}

void record_draft_open(struct record_draft *draft, enum record_name name)
{
	draft->is_open[name] = true;
}

int record_draft_replace(struct record_draft *draft, enum record_name name,
    const char *value, struct err *err)
{
	for (size_t i = 0; i < draft->n; i++) {
		struct draft_value *v = &draft->values[i];

		if (v->block != 0 || v->name != name)
			continue;
		char *copy = mem_copy_text(value, strlen(value));
		if (copy == NULL)
			return err_nomem(err);
		free(v->value);
		v->value = copy;
		return 0;
	}
	return err_set(
	    err, ERR_USAGE, "%s: not set yet", record_schema_field_name(name));
}

/* Where a text is being written to. */
struct output {
	const struct record_draft *draft;
	struct buf *text;
	struct buf reveals; /* without the record's id, which comes last */
	size_t start; /* of this text in *text */
	size_t header_n;
};

static void write_withheld(struct output *o, const struct draft_value *v,
    struct slice item, uint32_t occurrence)
{
	struct slice header = {o->text->p + o->start, o->header_n};
	struct hash commitment = record_withheld_commit(
	    header, item, v->name, occurrence, v->salt, slice_of(v->value));

	buf_printf(o->text, "%s~: ", record_schema_field_name(v->name));
	text_put_hex(o->text, commitment.b, HASH_SIZE);
	buf_putc(o->text, '\n');
	buf_printf(&o->reveals, " %.*s %s %u ", SLICE_ARG(item),
	    record_schema_field_name(v->name), occurrence);
	text_put_hex(&o->reveals, v->salt, RECORD_SALT_SIZE);
	buf_printf(&o->reveals, " %s\n", v->value);
}

/* All values of one field, in values[from..end) of one block or the record. */
static int write_field(struct output *o, const struct record_field *field,
    size_t from, size_t end, struct slice item, struct err *err)
{
	const char *name = record_schema_field_name(field->name);
	uint32_t occurrence = 0;

	for (size_t i = from; i < end; i++) {
		const struct draft_value *v = &o->draft->values[i];

		if (v->name != field->name)
			continue;
		occurrence++;
		if (!slice_is_text(item, "-"))
			buf_puts(o->text, "  ");
		if ((field->flags & RECORD_WITHHOLDABLE) &&
		    !o->draft->is_open[field->name])
			write_withheld(o, v, item, occurrence);
		else
			buf_printf(o->text, "%s: %s\n", name, v->value);
	}
	if (occurrence == 0 && (field->flags & RECORD_REQUIRED))
		return err_set(err, ERR_USAGE, "%s%s%.*s is missing: %s", name,
		    slice_is_text(item, "-") ? "" : " of ",
		    slice_is_text(item, "-") ? 0 : (int)item.n, item.p,
		    field->help);
	return 0;
}

static size_t end_of_block(
    const struct record_draft *draft, size_t from, size_t block)
{
	while (from < draft->n && draft->values[from].block == block)
		from++;
	return from;
}

static int write_top(struct output *o, size_t end, struct err *err)
{
	const struct record_schema *schema = o->draft->schema;
	struct slice none = slice_of("-");
	size_t header_count;
	const struct record_field *header = record_schema_header(&header_count);
	int rc = 0;

	buf_printf(o->text, RECORD_MAGIC "%s\n", schema->name);
	for (size_t i = 0; i < header_count && rc == 0; i++) {
		rc = write_field(o, &header[i], 0, end, none, err);
		if (header[i].name == RECORD_F_SIGNER)
			o->header_n = o->text->n - o->start;
	}
	for (size_t i = 0; i < schema->field_count && rc == 0; i++)
		rc = write_field(o, &schema->fields[i], 0, end, none, err);
	return rc;
}

static int write_blocks(struct output *o, size_t at, struct err *err)
{
	const struct record_draft *draft = o->draft;
	const struct record_schema *schema = draft->schema;
	int rc = 0;

	for (size_t b = 1; b <= draft->block_count && rc == 0; b++) {
		const char *id = draft->blocks[b - 1];
		size_t end = end_of_block(draft, at, b);

		buf_printf(o->text, "%s: %s\n",
		    record_schema_field_name(schema->block), id);
		for (size_t i = 0; i < schema->block_field_count && rc == 0;
		     i++)
			rc = write_field(o, &schema->block_fields[i], at, end,
			    slice_of(id), err);
		at = end;
	}
	return rc;
}

/* Puts the id, known only now, in front of every reveal. */
static void put_reveals(
    struct buf *out, const struct buf *reveals, const struct hash *id)
{
	struct slice rest = buf_slice(reveals);

	while (rest.p != NULL && rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');

		text_put_hex(out, id->b, HASH_SIZE);
		buf_put_slice(out, line);
		buf_putc(out, '\n');
	}
}

int record_draft_write(const struct record_draft *draft, struct buf *text,
    struct buf *reveals, struct err *err)
{
	struct output o = {.draft = draft, .text = text, .start = text->n};
	struct record parsed = {0};
	size_t top_end = end_of_block(draft, 0, 0);
	int rc;

	buf_init(&o.reveals, 4 * RECORD_TEXT_MAX);
	rc = write_top(&o, top_end, err);
	if (rc == 0)
		rc = write_blocks(&o, top_end, err);
	if (rc == 0)
		rc = buf_check(text, err);
	if (rc == 0)
		rc = buf_check(&o.reveals, err);
	if (rc == 0)
		rc = record_parse(&parsed,
		    (struct slice){text->p + o.start, text->n - o.start}, err);
	if (rc == 0 && reveals != NULL)
		put_reveals(reveals, &o.reveals, &parsed.id);
	record_done(&parsed);
	buf_wipe(&o.reveals);
	return rc;
}

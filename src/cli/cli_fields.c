/*
 * cli_fields.c: see cli_fields.h. Printed from the one table of the schema, so
 * that no kind and no field is left out.
 */
#include "cli_fields.h"

#include "cli_words.h"
#include "json.h"

#define LINE_MAX 4096

void cli_fields_put_help(const struct record_field *field, struct buf *out)
{
	buf_puts(out, field->help);
	if (field->type == RECORD_T_CHOICE)
		buf_printf(out, ": one of %s", field->choices);
	else if (field->type != RECORD_T_TEXT)
		buf_printf(out, ": %s", record_schema_type_help(field->type));
	if (field->flags & RECORD_REQUIRED)
		buf_puts(out, "; required");
	if (field->flags & RECORD_REPEATED)
		buf_puts(out, "; can be repeated");
	if (field->flags & RECORD_WITHHOLDABLE)
		buf_puts(out, "; withheld unless the policy opens it");
}

void cli_fields_put_kinds(struct buf *out)
{
	char first[64];
	struct buf line;

	buf_init(&line, LINE_MAX);
	for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
		const struct record_schema *schema =
		    record_schema_of((enum record_kind)kind);

		(void)snprintf(first, sizeof(first), "%-12s", schema->name);
		buf_printf(
		    &line, "%s; signed by %s", schema->says, schema->signers);
		cli_words_line(out, first, &line);
	}
	buf_done(&line);
}

static void put_fields(
    const struct record_field *fields, size_t n, struct buf *out)
{
	char first[64];
	struct buf line;

	buf_init(&line, LINE_MAX);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(first, sizeof(first), "  %-22s",
		    record_schema_field_name(fields[i].name));
		cli_fields_put_help(&fields[i], &line);
		cli_words_line(out, first, &line);
	}
	buf_done(&line);
}

void cli_fields_put(const struct record_schema *schema, struct buf *out)
{
	buf_printf(out, "%s: %s; signed by %s\n\n", schema->name, schema->says,
	    schema->signers);
	put_fields(schema->fields, schema->field_count, out);
	if (schema->block == RECORD_F_NONE)
		return;
	buf_printf(
	    out, "\nfor each %s:\n", record_schema_field_name(schema->block));
	put_fields(schema->block_fields, schema->block_field_count, out);
}

void cli_fields_put_kinds_json(struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_open_array(&j, NULL);
	for (int kind = 0; kind < RECORD_KIND_COUNT; kind++) {
		const struct record_schema *schema =
		    record_schema_of((enum record_kind)kind);

		json_open_object(&j, NULL);
		json_text(&j, "kind", slice_of(schema->name));
		json_text(&j, "says", slice_of(schema->says));
		json_text(&j, "signed_by", slice_of(schema->signers));
		json_close_object(&j);
	}
	json_close_array(&j);
}

static void json_fields(struct json *j, const char *name,
    const struct record_field *fields, size_t n)
{
	json_open_array(j, name);
	for (size_t i = 0; i < n; i++) {
		const struct record_field *f = &fields[i];

		json_open_object(j, NULL);
		json_text(
		    j, "name", slice_of(record_schema_field_name(f->name)));
		json_text(j, "help", slice_of(f->help));
		json_text(j, "looks_like",
		    slice_of(f->choices != NULL
			    ? f->choices
			    : record_schema_type_help(f->type)));
		json_bool(j, "required", (f->flags & RECORD_REQUIRED) != 0);
		json_bool(j, "repeated", (f->flags & RECORD_REPEATED) != 0);
		json_bool(j, "withheld", (f->flags & RECORD_WITHHOLDABLE) != 0);
		json_close_object(j);
	}
	json_close_array(j);
}

void cli_fields_put_json(const struct record_schema *schema, struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_open_object(&j, NULL);
	json_text(&j, "kind", slice_of(schema->name));
	json_text(&j, "says", slice_of(schema->says));
	json_text(&j, "signed_by", slice_of(schema->signers));
	json_fields(&j, "fields", schema->fields, schema->field_count);
	json_text(&j, "block",
	    schema->block == RECORD_F_NONE
		? slice_of(NULL)
		: slice_of(record_schema_field_name(schema->block)));
	json_fields(&j, "block_fields", schema->block_fields,
	    schema->block_field_count);
	json_close_object(&j);
}

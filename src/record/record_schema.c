/*
 * record_schema.c: looking things up in the table of kinds and fields.
 */
#include "record_schema_internal.h"

static const char *const field_names[RECORD_F_NONE] = {
#define FIELD_TEXT(id, text) [RECORD_F_##id] = text,
    RECORD_FIELD_NAMES(FIELD_TEXT)
#undef FIELD_TEXT
};

const struct record_schema *record_schema_of(enum record_kind kind)
{
	return &record_schema_table[kind];
}

const struct record_schema *record_schema_find(struct slice name)
{
	for (size_t i = 0; i < RECORD_KIND_COUNT; i++)
		if (slice_is_text(name, record_schema_table[i].name))
			return &record_schema_table[i];
	return NULL;
}

const char *record_schema_field_name(enum record_name name)
{
	return name < RECORD_F_NONE ? field_names[name] : "?";
}

enum record_name record_schema_field_find(struct slice name)
{
	for (size_t i = 0; i < RECORD_F_NONE; i++)
		if (slice_is_text(name, field_names[i]))
			return (enum record_name)i;
	return RECORD_F_NONE;
}

static const struct record_field *find_in(
    const struct record_field *fields, size_t n, enum record_name name)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name == name)
			return &fields[i];
	return NULL;
}

const struct record_field *record_schema_field(
    const struct record_schema *schema, bool is_block, enum record_name name)
{
	if (is_block)
		return find_in(
		    schema->block_fields, schema->block_field_count, name);
	size_t n;
	const struct record_field *header = record_schema_header(&n);
	const struct record_field *field = find_in(header, n, name);
	if (field == NULL)
		field = find_in(schema->fields, schema->field_count, name);
	return field;
}

bool record_schema_is_withholdable(enum record_name name)
{
	for (size_t i = 0; i < RECORD_KIND_COUNT; i++) {
		const struct record_field *field =
		    record_schema_field(&record_schema_table[i], false, name);
		if (field != NULL && (field->flags & RECORD_WITHHOLDABLE))
			return true;
		field =
		    record_schema_field(&record_schema_table[i], true, name);
		if (field != NULL && (field->flags & RECORD_WITHHOLDABLE))
			return true;
	}
	return false;
}

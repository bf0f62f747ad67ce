/*
 * cli_fields.h: the schema's table of a kind, for people and as JSON: what a
 * record says, who signs it, each field and what it looks like.
 */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

#include "buf.h"
#include "record_schema.h"

/* All kinds with one sentence each. */
void cli_fields_put_kinds(struct buf *out);
void cli_fields_put_kinds_json(struct buf *out);

void cli_fields_put(const struct record_schema *schema, struct buf *out);
void cli_fields_put_json(const struct record_schema *schema, struct buf *out);

/* "which part of how many, like 2/5 (required)": one field in half a line;
 * for a prompt too. */
void cli_fields_put_help(const struct record_field *field, struct buf *out);

#endif

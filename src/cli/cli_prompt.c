/*
 * cli_prompt.c: one question a line. A mistyped value costs a second try, not
 * the record.
 */
#include "cli_prompt.h"

#include "cli_ask.h"
#include "cli_fields.h"
#include "cli_out.h"

#define LINE_MAX (1u << 16)

/* 0 (taken), 1 (said why not; to be asked again) or a negative code. */
static int say_again(int rc, const struct err *why, struct err *err)
{
	if (rc == ERR_NOMEM)
		return err_nomem(err);
	if (rc != 0)
		cli_out_remark("%s", why->message);
	return rc != 0 ? 1 : 0;
}

static int ask_field(struct cli_compose *m, const struct record_field *field,
    const char *indent, struct err *err)
{
	bool is_required = (field->flags & RECORD_REQUIRED) != 0;
	struct buf prompt, line;
	bool is_more = true;
	int rc = 0;

	buf_init(&prompt, LINE_MAX);
	buf_init(&line, LINE_MAX);
	buf_printf(
	    &prompt, "%s%s (", indent, record_schema_field_name(field->name));
	cli_fields_put_help(field, &prompt);
	buf_puts(&prompt, "): ");
	while (rc == 0 && is_more) {
		struct err why = {0};

		buf_clear(&line);
		rc = cli_ask_line(prompt.p, &line, err);
		struct slice typed = slice_trim(buf_slice(&line));
		if (rc != 0 || (typed.n == 0 && !is_required))
			break;
		int put = typed.n == 0
		    ? err_set(&why, ERR_USAGE, "it is required")
		    : cli_compose_put_slice(m, field->name, typed, &why);
		put = say_again(put, &why, err);
		rc = put < 0 ? put : 0;
		is_more = put > 0 || (field->flags & RECORD_REPEATED);
		is_required = is_required && put > 0;
	}
	buf_done(&prompt);
	buf_done(&line);
	return rc;
}

static int ask_block(struct cli_compose *m, bool *ret_is_more, struct err *err)
{
	const struct record_schema *schema = record_draft_schema(m->draft);
	struct err why = {0};
	char prompt[64];
	struct buf line;
	int begun = 1;

	(void)snprintf(prompt, sizeof(prompt),
	    "%s (blank: no more): ", record_schema_field_name(schema->block));
	buf_init(&line, LINE_MAX);
	int rc = cli_ask_line(prompt, &line, err);
	struct slice typed = slice_trim(buf_slice(&line));
	*ret_is_more = typed.n > 0;
	if (rc == 0 && typed.n > 0) {
		begun = say_again(
		    cli_compose_block_slice(m, typed, &why), &why, err);
		rc = begun < 0 ? begun : 0;
	}
	for (size_t i = 0;
	     rc == 0 && begun == 0 && i < schema->block_field_count; i++)
		rc = ask_field(m, &schema->block_fields[i], "  ", err);
	buf_done(&line);
	return rc;
}

int cli_prompt_all(struct cli_compose *compose, struct err *err)
{
	const struct record_schema *schema =
	    record_draft_schema(compose->draft);
	bool is_more = schema->block != RECORD_F_NONE;
	int rc = 0;

	cli_out_remark("%s: %s; a blank line leaves a field out", schema->name,
	    schema->says);
	for (size_t i = 0; i < schema->field_count && rc == 0; i++)
		if (schema->kind != RECORD_LIST ||
		    schema->fields[i].name != RECORD_F_POPULATION)
			rc = ask_field(compose, &schema->fields[i], "", err);
	while (rc == 0 && is_more)
		rc = ask_block(compose, &is_more, err);
	return rc;
}

/*
 * cmd_correct.c: `counterfoil correct`: a signer says that one line of a record
 * should say something else, or should not be there. The record stays; whoever
 * signs sees the old and the new line first.
 */
#include "cli_ask.h"
#include "cli_make.h"
#include "cli_out.h"
#include "cli_reveals.h"
#include "record.h"
#include "text.h"

#include <inttypes.h>

static const struct cli_option options[] = {
    {"item", 0, "ID", false, "the item that the line is about (default: none)"},
    {"field", 0, "NAME", false, "the field that was wrong"},
    {"occurrence", 0, "N", false, "which one, if it is repeated"},
    {"value", 0, "TEXT", false, "what it should say"},
    {"remove", 0, NULL, false, "it should not be there"},
    {"reason", 0, "TEXT", false, "why"},
};

static const struct cli_compose_option fields[] = {
    {"item", RECORD_F_OF_ITEM},
    {"field", RECORD_F_FIELD},
    {"occurrence", RECORD_F_OCCURRENCE},
    {"reason", RECORD_F_REASON},
};

struct correct {
	struct cli_compose *m;
	uint32_t leaf;
	struct record record; /* that is corrected */
	const struct record_block *block; /* NULL: record level */
	const struct record_field *field;
	const struct record_value *old; /* NULL: no such line */
	struct buf value; /* escaped; empty: the line is left out */
};

static int find_block(struct correct *t, struct err *err)
{
	const char *item = cli_args_get(t->m->c->args, "item");

	for (size_t i = 0; item != NULL && i < t->record.block_count; i++)
		if (slice_is_text(t->record.blocks[i].id, item))
			t->block = &t->record.blocks[i];
	return item == NULL || t->block != NULL
	    ? 0
	    : err_set(err, ERR_USAGE,
		  "correct: that %s names no %s; see counterfoil show %s",
		  t->record.schema->name, item, t->m->c->args->words[0]);
}

static int find_line(struct correct *t, struct err *err)
{
	const struct cli_args *args = t->m->c->args;
	const char *name = cli_args_get(args, "field");
	enum record_name field = record_schema_field_find(slice_of(name));
	uint64_t occurrence = 1;
	int rc = cli_args_count(args, "occurrence", &occurrence, NULL, err);

	if (rc != 0)
		return rc;
	t->field =
	    record_schema_field(t->record.schema, t->block != NULL, field);
	if (t->field == NULL)
		return err_set(err, ERR_USAGE,
		    "correct: %s %s has no field \"%s\"; see counterfoil "
		    "record %s --fields",
		    t->block != NULL ? "an item of a" : "a",
		    t->record.schema->name, name, t->record.schema->name);
	while (
	    (t->old = record_next(&t->record, t->block, field, t->old)) != NULL)
		if (t->old->occurrence == occurrence)
			break;
	return 0;
}

static int read_value(struct correct *t, struct err *err)
{
	const struct cli_args *args = t->m->c->args;
	const char *value = cli_args_get(args, "value");
	const char *why;

	if ((value != NULL) == cli_args_has(args, "remove"))
		return err_set(err, ERR_USAGE,
		    "correct: what should it say? give --value TEXT, or "
		    "--remove");
	if (value == NULL)
		return t->old != NULL
		    ? 0
		    : err_set(err, ERR_USAGE,
			  "correct: there is no such line to remove");
	int rc = cli_compose_text(
	    &t->value, slice_of(value), "correct: --value", err);
	if (rc == 0 &&
	    !record_schema_value_is_good(t->field, buf_slice(&t->value), &why))
		rc = err_set(err, ERR_USAGE, "correct: --value %s", why);
	return rc;
}

static int put_line(
    const char *which, const char *name, struct slice value, struct err *err)
{
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	text_unescape(&text, value);
	int rc = buf_check(&text, err);
	if (rc == 0)
		cli_out("  %s %s: %.*s\n", which, name,
		    SLICE_ARG(buf_slice(&text)));
	buf_done(&text);
	return rc;
}

static int show_lines(const struct correct *t, struct err *err)
{
	const char *name = record_schema_field_name(t->field->name);
	struct cli_reveals reveals = {0};
	char id[CLI_CASE_SHORT_SIZE];
	struct slice old = {NULL, 0};
	int rc = cli_reveals_load(&reveals, t->m->c, t->leaf, err);

	if (rc != 0)
		return rc;
	cli_case_short_id(id, &t->record.id);
	cli_out(
	    "TO BE SIGNED: a correction of %s %s", t->record.schema->name, id);
	if (t->block != NULL)
		cli_out(", %.*s", SLICE_ARG(t->block->id));
	cli_out("\n");
	if (t->old != NULL)
		old = cli_reveals_value(&reveals, t->block, t->old);
	if (t->old == NULL)
		cli_out("  old: no such line\n");
	else
		rc = put_line("old:", name,
		    old.p != NULL ? old : slice_of("(withheld)"), err);
	if (rc == 0 && t->value.n > 0)
		rc = put_line("new:", name, buf_slice(&t->value), err);
	else if (rc == 0)
		cli_out("  new: no such line\n");
	cli_reveals_done(&reveals);
	return rc;
}

static int confirm(const struct correct *t, struct err *err)
{
	bool is_yes;
	int rc =
	    cli_ask_confirm(t->m->c->args, "Sign this? [y/N] ", &is_yes, err);

	return rc != 0 || is_yes
	    ? rc
	    : err_set(
		  err, ERR_DENIED, "correct: not signed; nothing was changed");
}

static int fill(struct cli_compose *m, struct err *err)
{
	struct correct t = {.m = m};
	const char *typed = m->c->args->words[0];

	buf_init(&t.value, RECORD_TEXT_MAX);
	int rc =
	    cli_case_find_record(m->c, typed, RECORD_KIND_COUNT, &t.leaf, err);
	if (rc == 0)
		rc = case_state_record(m->c->state, t.leaf, &t.record, err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_CORRECTS, typed, err);
	if (rc == 0)
		rc = find_block(&t, err);
	if (rc == 0)
		rc = find_line(&t, err);
	if (rc == 0)
		rc = read_value(&t, err);
	if (rc == 0 && t.value.n > 0)
		rc = record_draft_set(m->draft,
		    t.field->flags & RECORD_WITHHOLDABLE
			? RECORD_F_PRIVATE_VALUE
			: RECORD_F_VALUE,
		    buf_slice(&t.value), err);
	if (rc == 0)
		rc = show_lines(&t, err);
	if (rc == 0)
		rc = confirm(&t, err);
	record_done(&t.record);
	buf_done(&t.value);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {RECORD_CORRECTION, fields,
	    sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_correct = {
    .name = "correct",
    .group = CLI_CUSTODY,
    .usage = "RECORD [--item ID] --field NAME (--value TEXT | --remove) "
	     "--reason TEXT --as PARTY",
    .summary = "Says that one line of a record should say something else",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil correct 1a2b3c4d5e6f --item PC-0007-D1 --field model "
	"\\\n"
	"      --value \"MX500\" --reason \"misread\" --as police.example\n",
    .run = run,
};

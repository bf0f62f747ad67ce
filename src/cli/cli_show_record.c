/*
 * cli_show_record.c: one record as it was signed, with its standing and the
 * reveals that this folder has.
 */
#include "cli_show.h"

#include "case_report.h"
#include "case_reveal.h"
#include "cli_json.h"
#include "cli_reveals.h"
#include "cli_words.h"

#define LINE_MAX (1u << 17)

static void put_standing(
    const struct case_leaf *leaf, struct buf *out, struct buf *line)
{
	buf_puts(line, case_standing_name(leaf->standing));
	if (leaf->standing != CASE_GOOD) {
		buf_printf(line, ", rule %s: %s", case_rule_name(leaf->rule),
		    case_rule_words(leaf->rule));
		if (leaf->about.p != NULL)
			buf_printf(line, ": %.*s", SLICE_ARG(leaf->about));
	}
	cli_words_line(out, "standing: ", line);
}

static void put_reveals(
    const struct cli_reveals *reveals, struct buf *out, struct buf *line)
{
	cli_words_heading(out, "REVEALS IN THIS FOLDER");
	for (size_t i = 0; i < reveals->n; i++) {
		case_reveal_put_value(line, &reveals->reveals[i]);
		cli_words_line(out, "  ", line);
	}
	if (reveals->n == 0)
		buf_puts(out, "  none\n");
}

int cli_show_record(
    const struct cli_case *c, uint32_t leaf, struct buf *out, struct err *err)
{
	const struct case_leaf *l = case_state_leaf(c->state, leaf);
	struct cli_reveals reveals = {0};
	char hex[HASH_HEX_SIZE];
	struct buf line;
	int rc = cli_reveals_load(&reveals, c, leaf, err);

	if (rc != 0)
		return rc;
	hash_to_hex(hex, &l->id);
	buf_init(&line, LINE_MAX);
	buf_printf(out, "record: %s\n", hex);
	buf_printf(&line, "%u, entered ", leaf);
	case_report_put_when(&line, l->entered);
	buf_puts(&line, " UTC, signed by ");
	cli_words_put_signers(&line, c->state, leaf);
	cli_words_line(out, "leaf: ", &line);
	put_standing(l, out, &line);
	buf_putc(out, '\n');
	buf_put_slice(out, case_state_note(l));
	put_reveals(&reveals, out, &line);
	buf_done(&line);
	cli_reveals_done(&reveals);
	return 0;
}

int cli_show_record_json(
    const struct cli_case *c, uint32_t leaf, struct buf *out, struct err *err)
{
	const struct case_leaf *l = case_state_leaf(c->state, leaf);
	struct cli_reveals reveals = {0};
	struct json j;
	int rc = cli_reveals_load(&reveals, c, leaf, err);

	if (rc != 0)
		return rc;
	json_init(&j, out);
	json_open_object(&j, NULL);
	cli_json_record(&j, "record", c->state, leaf);
	json_number(&j, "leaf", leaf);
	json_text(&j, "kind", slice_of(record_schema_of(l->kind)->name));
	cli_json_time(&j, "at", l->at);
	cli_json_time(&j, "entered", l->entered);
	cli_json_standing(&j, l);
	cli_json_signers(&j, "signers", c->state, leaf);
	json_text(&j, "note", case_state_note(l));
	json_open_array(&j, "reveals");
	for (size_t i = 0; i < reveals.n; i++) {
		const struct record_reveal *r = &reveals.reveals[i];

		json_open_object(&j, NULL);
		json_text(&j, "item",
		    slice_is_text(r->item, "-") ? slice_of(NULL) : r->item);
		json_text(
		    &j, "field", slice_of(record_schema_field_name(r->name)));
		json_number(&j, "occurrence", r->occurrence);
		json_text(&j, "value", r->value);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_close_object(&j);
	cli_reveals_done(&reveals);
	return 0;
}

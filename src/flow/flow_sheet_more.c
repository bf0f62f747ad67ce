/*
 * flow_sheet_more.c: the sheets that are about no single record: a question
 * with its answers, and empty forms for when there is no machine at hand.
 */
#include "flow_sheet.h"

#include "case_report.h"
#include "flow_html.h"

#define ROWS 14
#define COLUMNS_MAX 8

/* ---- question and answers ---- */

/* The words that an answer may be, each with a box to tick. */
static void put_choices(struct flow_form *f, const char *choices)
{
	struct slice rest = slice_of(choices);

	while (rest.p != NULL) {
		buf_puts(f->out, "&#9744;&nbsp;");
		flow_html_put(f->out, slice_cut(&rest, ' '));
		buf_puts(f->out, rest.p != NULL ? " &emsp;" : "");
	}
}

static void put_empty_answer(struct flow_form *f, struct slice party)
{
	const struct record_field *answer = record_schema_field(
	    record_schema_of(RECORD_ANSWER), false, RECORD_F_ANSWER);
	const struct flow_form_box box = {"For", party};

	buf_puts(f->out, "<p>The answer: ");
	put_choices(f, answer->choices);
	buf_puts(f->out,
	    "</p>\n<p>In words, or the ground of a refusal:</p>\n"
	    "<table class=\"blank\"><tbody><tr><td></td></tr>"
	    "<tr><td></td></tr></tbody></table>\n");
	flow_form_boxes(f, &box, 1);
}

static int put_addressee(struct flow_form *f,
    const struct case_finding *finding, size_t i, struct err *err)
{
	const struct case_addressee *a = &finding->addressees[i];
	struct record record = {0};
	struct buf line;
	int rc = 0;

	buf_init(&line, RECORD_TEXT_MAX);
	case_report_put_addressee(finding, i, &line);
	flow_form_heading(f, "Answer");
	buf_puts(f->out, "<p><bdi>");
	flow_html_put_sentence(f->out, buf_slice(&line));
	buf_puts(f->out, "</bdi></p>\n");
	if (line.failed != 0)
		f->failed = line.failed;
	buf_done(&line);
	if (a->status == CASE_ANSWER_GIVEN) {
		rc = case_state_record(f->state, a->answer, &record, err);
		if (rc == 0)
			flow_form_facts(f, &record);
	} else {
		put_empty_answer(f, a->name);
	}
	record_done(&record);
	return rc;
}

int flow_sheet_question(
    struct flow_form *f, const struct case_finding *finding, struct err *err)
{
	struct record record = {0};
	int rc =
	    case_state_record(finding->state, finding->question, &record, err);

	if (rc != 0)
		goto out;
	flow_form_sheet(f, "Question and answer");
	buf_puts(f->out, "<ul>\n");
	rc = case_report_walk(
	    finding, CASE_REPORT_QUESTION, flow_form_sentence, f, err);
	buf_puts(f->out, "</ul>\n");
	flow_form_facts(f, &record);
	for (size_t i = 0; rc == 0 && i < finding->addressee_count; i++)
		rc = put_addressee(f, finding, i, err);
	flow_form_signers(f, &record, ~0u);
out:
	record_done(&record);
	return rc;
}

/* ---- empty forms ---- */

/* Nobody writes digests or ledger sizes by hand. */
static bool is_for_hand(enum record_type type)
{
	switch (type) {
	case RECORD_T_HASH:
	case RECORD_T_RECORD:
	case RECORD_T_AS_OF:
	case RECORD_T_VKEY:
	case RECORD_T_SIGNER:
	case RECORD_T_CASE_REF:
		return false;
	default:
		return true;
	}
}

static void put_empty_fields(
    struct flow_form *f, const struct record_schema *schema)
{
	buf_puts(f->out,
	    "<table class=\"facts blank\"><tbody>\n<tr><th scope=\"row\">at"
	    "<br><small>when it happened: date, time, time zone, whose clock"
	    "</small></th><td></td></tr>\n");
	for (size_t i = 0; i < schema->field_count; i++) {
		const struct record_field *field = &schema->fields[i];

		if (!is_for_hand(field->type))
			continue;
		buf_puts(f->out, "<tr><th scope=\"row\">");
		flow_form_put_name(f->out, field->name);
		buf_printf(f->out, "%s<br><small>",
		    field->flags & RECORD_REQUIRED ? " <b>(needed)</b>" : "");
		flow_html_put(f->out, slice_of(field->help));
		buf_puts(f->out, "</small></th><td>");
		if (field->choices != NULL)
			put_choices(f, field->choices);
		buf_puts(f->out, "</td></tr>\n");
	}
	flow_form_close_table(f);
}

/* The few columns that fit on paper; the rest goes under remark. */
static size_t choose_columns(
    enum record_kind kind, enum record_name names[COLUMNS_MAX])
{
	static const enum record_name seize[] = {RECORD_F_TYPE, RECORD_F_INSIDE,
	    RECORD_F_MAKE, RECORD_F_MODEL, RECORD_F_SERIAL, RECORD_F_SEAL};
	static const enum record_name other[] = {RECORD_F_ACTION, RECORD_F_SEEN,
	    RECORD_F_FOUND, RECORD_F_SEAL, RECORD_F_STATE, RECORD_F_CONDITION,
	    RECORD_F_REMARK};
	const struct record_schema *schema = record_schema_of(kind);
	bool is_list = kind == RECORD_LIST;
	const enum record_name *from = is_list ? seize : other;
	size_t n = 0,
	       count = is_list ? sizeof(seize) / sizeof(seize[0])
			       : sizeof(other) / sizeof(other[0]);

	for (size_t i = 0; i < count && n < COLUMNS_MAX; i++)
		if (record_schema_field(schema, true, from[i]) != NULL)
			names[n++] = from[i];
	return n;
}

static void put_empty_blocks(struct flow_form *f, enum record_kind kind)
{
	enum record_name names[COLUMNS_MAX];
	size_t n = choose_columns(kind, names);

	if (record_schema_of(kind)->block != RECORD_F_ITEM)
		return;
	flow_form_heading(f, "Things");
	buf_puts(f->out,
	    "<table class=\"blank\"><thead><tr><th>No.</th>"
	    "<th>item</th>");
	for (size_t i = 0; i < n; i++) {
		buf_puts(f->out, "<th>");
		flow_form_put_name(f->out, names[i]);
		buf_puts(f->out, "</th>");
	}
	buf_puts(f->out, "</tr></thead>\n<tbody>\n");
	for (int row = 1; row <= ROWS; row++) {
		buf_printf(f->out, "<tr><td>%d</td><td></td>", row);
		for (size_t i = 0; i < n; i++)
			buf_puts(f->out, "<td></td>");
		buf_puts(f->out, "</tr>\n");
	}
	flow_form_close_table(f);
}

void flow_sheet_blank(struct flow_form *f, enum record_kind kind)
{
	static const struct flow_form_box boxes[RECORD_KIND_COUNT][3] = {
	    [RECORD_HANDOVER] = {{"Given by", {0}}, {"Received by", {0}},
		{"Witness", {0}}},
	    [RECORD_SEIZURE] = {{"For the authority", {0}},
		{"For the owner, or why not", {0}}, {"Witness", {0}}},
	    [RECORD_INSPECTION] = {{"Custodian", {0}}, {"Inspector", {0}},
		{"Witness", {0}}},
	};
	static const struct flow_form_box plain = {"Signed by", {0}};
	bool is_known = boxes[kind][0].label != NULL;

	flow_form_sheet(f, record_schema_of(kind)->name);
	buf_printf(f->out,
	    "<p>It says: %s. To be entered as soon as there is a machine, by "
	    "all who sign here, with <code>--late \"late entry from paper form "
	    "%s\"</code>; the paper is kept.</p>\n",
	    record_schema_of(kind)->says, f->number);
	put_empty_fields(f, record_schema_of(kind));
	put_empty_blocks(f, kind == RECORD_SEIZURE ? RECORD_LIST : kind);
	flow_form_boxes(f, is_known ? boxes[kind] : &plain, is_known ? 3 : 1);
}

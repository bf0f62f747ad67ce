/*
 * case_report_answer.c: one addressee: what it signed, or that it did not, and
 * beside that what it said in public. The two are never merged.
 */
#include "case_report.h"

#include "case_wrap.h"
#include "record.h"
#include "when.h"

#include <inttypes.h>

#define STATEMENT_COLUMNS 96

static const char *plural(int64_t n)
{
	return n == 1 ? "" : "s";
}

/* "Publicly on 2023-07-06: denied, naming no item", without the last stop. */
static void put_statement(
    const struct case_state *state, uint32_t leaf, struct buf *out)
{
	struct record record = {0};
	struct err err = {0};
	int64_t said;
	int rc = case_state_record(state, leaf, &record, &err);

	if (rc != 0) {
		out->failed = out->failed ? out->failed : rc;
		goto out;
	}
	buf_puts(out, "Publicly");
	if (record_get_time(&record, RECORD_F_SAID, &said)) {
		buf_puts(out, " on ");
		case_report_put_due(out, said);
	}
	const struct record_value *v = NULL;
	const char *between = ": ";
	while ((v = record_next(&record, NULL, RECORD_F_ASSERTS, v))) {
		buf_printf(out, "%s%.*s", between, SLICE_ARG(v->value));
		between = ", ";
	}
	bool is_naming = false;
	while ((v = record_next(&record, NULL, RECORD_F_CONCERNS, v)))
		is_naming = is_naming ||
		    case_state_find_item(state, v->value) != CASE_NONE;
	if (!is_naming)
		buf_puts(out, ", naming no item");
out:
	record_done(&record);
}

/* 'answered "no" on ... (answer ...)', without the last stop. */
static void put_answer(const struct case_finding *finding,
    const struct case_addressee *addressee, struct buf *out)
{
	const struct case_leaf *leaf =
	    case_state_leaf(finding->state, addressee->answer);
	struct record record = {0};
	struct err err = {0};
	int rc =
	    case_state_record(finding->state, addressee->answer, &record, &err);

	if (rc != 0) {
		out->failed = out->failed ? out->failed : rc;
		goto out;
	}
	struct slice answer = record_get(&record, RECORD_F_ANSWER);
	if (slice_is_text(answer, "refused"))
		buf_puts(out, "REFUSED to answer");
	else
		buf_printf(out, "answered \"%.*s\"", SLICE_ARG(answer));
	buf_puts(out, " on ");
	case_report_put_when(out, leaf->at);
	if (addressee->days > 0)
		buf_printf(out, ", %" PRId64 " day%s late", addressee->days,
		    plural(addressee->days));
	buf_puts(out, " (answer ");
	case_report_put_id(out, &leaf->id);
	buf_putc(out, ')');
out:
	record_done(&record);
}

static void put_status(const struct case_finding *finding,
    const struct case_addressee *addressee, struct buf *out)
{
	int64_t left =
	    (addressee->due - finding->time + WHEN_DAY - 1) / WHEN_DAY;

	if (addressee->status == CASE_ANSWER_GIVEN) {
		put_answer(finding, addressee, out);
		return;
	}
	if (addressee->status == CASE_ANSWER_OVERDUE)
		buf_printf(out, "OVERDUE by %" PRId64 " day%s (due ",
		    addressee->days, plural(addressee->days));
	else
		buf_printf(
		    out, "due in %" PRId64 " day%s (", left, plural(left));
	case_report_put_due(out, addressee->due);
	buf_puts(
	    out, addressee->extension == CASE_NONE ? ")" : ", extended once)");
}

/* The words of a leaf and a stop. */
static void put_said(
    const struct case_state *state, uint32_t leaf, struct buf *out)
{
	struct slice quote = {0};

	if (leaf != CASE_NONE)
		quote = case_report_quote(state, leaf);
	if (quote.p != NULL) {
		buf_puts(out, ": ");
		case_wrap_put_quote(out, quote, STATEMENT_COLUMNS);
	}
	case_report_put_stop(out);
}

void case_report_put_status_head(
    const struct case_finding *finding, size_t i, struct buf *out)
{
	put_status(finding, &finding->addressees[i], out);
	buf_putc(out, '.');
}

void case_report_put_statement_head(
    const struct case_finding *finding, size_t i, struct buf *out)
{
	uint32_t statement = finding->addressees[i].statement;

	if (statement == CASE_NONE)
		return;
	put_statement(finding->state, statement, out);
	buf_putc(out, '.');
}

void case_report_put_addressee(
    const struct case_finding *finding, size_t i, struct buf *out)
{
	const struct case_addressee *addressee = &finding->addressees[i];

	buf_put_slice(out, addressee->name);
	buf_puts(out, ": ");
	put_status(finding, addressee, out);
	put_said(finding->state, addressee->answer, out);
	if (addressee->statement == CASE_NONE)
		return;
	buf_putc(out, ' ');
	put_statement(finding->state, addressee->statement, out);
	put_said(finding->state, addressee->statement, out);
}

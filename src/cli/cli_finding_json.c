/*
 * cli_finding_json.c: a finding as JSON. Names follow the screen; records are
 * named by their whole ids; the words are those of the machine form.
 */
#include "cli_finding.h"

#include "case_state.h"
#include "cli_json.h"
#include "json.h"

static void put_line(struct json *j, const char *name,
    const struct case_finding *f, const struct case_line *line)
{
	bool is_no = line->word == CASE_NO || line->word == CASE_NO_UNWITNESSED;

	json_open_object(j, name);
	if (line->item != CASE_NONE) {
		const struct case_item *item =
		    case_state_item(f->state, line->item);

		json_text(j, "item", item->id);
		json_text(j, "type", slice_of(case_item_type_name(item->type)));
		json_text(j, "form", slice_of(case_form_name(line->form)));
	}
	json_text(j, "word", slice_of(case_word_machine(line->word)));
	json_open_array(j, "reasons");
	for (size_t i = 0; i < line->reason_count; i++) {
		json_open_object(j, NULL);
		json_text(
		    j, "code", slice_of(case_code_name(line->reasons[i].code)));
		cli_json_record(j, "record", f->state, line->reasons[i].leaf);
		json_close_object(j);
	}
	json_close_array(j);
	if (is_no && line->item != CASE_NONE) {
		cli_json_record(
		    j, "first_sighting", f->state, line->first_sighting);
		cli_json_record(
		    j, "last_sighting", f->state, line->last_sighting);
	}
	json_close_object(j);
}

static void put_question(struct json *j, const struct case_finding *f)
{
	json_open_object(j, "question");
	cli_json_record(j, "record", f->state, f->question);
	cli_json_party(j, "recipient", f->state, f->recipient);
	cli_json_set(j, "counts_as_recipient", f->state, &f->closure);
	cli_json_time(j, "from", f->period_from);
	cli_json_time(j, "to", f->period_to);
	json_bool(j, "start_moved_to_seizure", f->is_start_moved);
	json_open_array(j, "forms");
	for (int i = 0; i < CASE_FORM_COUNT; i++)
		if (f->is_form_asked[i])
			json_text(j, NULL,
			    slice_of(case_form_name((enum case_form)i)));
	json_close_array(j);
	json_close_object(j);
}

static void put_addressees(struct json *j, const struct case_finding *f)
{
	static const char *const status[] = {
	    [CASE_ANSWER_OPEN] = "open",
	    [CASE_ANSWER_OVERDUE] = "overdue",
	    [CASE_ANSWER_GIVEN] = "answered",
	};

	json_open_array(j, "addressees");
	for (size_t i = 0; i < f->addressee_count; i++) {
		const struct case_addressee *a = &f->addressees[i];

		json_open_object(j, NULL);
		json_text(j, "party", a->name);
		cli_json_time(j, "due", a->due);
		json_text(j, "status", slice_of(status[a->status]));
		json_number(j, "days", a->days);
		cli_json_record(j, "answer", f->state, a->answer);
		cli_json_record(j, "extension", f->state, a->extension);
		cli_json_record(j, "public_statement", f->state, a->statement);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_counts(struct json *j, const struct case_finding *f)
{
	json_open_array(j, "counts");
	for (size_t i = 0; i < f->tally_count; i++) {
		const struct case_tally *t = &f->tallies[i];

		json_open_object(j, NULL);
		cli_json_record(j, "record", f->state, t->leaf);
		json_number(j, "count", (int64_t)t->count);
		json_text(j, "type", slice_of(case_item_type_name(t->type)));
		json_bool(j, "exceeds_list", t->is_over);
		json_close_object(j);
	}
	json_close_array(j);
	json_open_array(j, "not_opened");
	for (size_t i = 0; i < f->unopened_count; i++)
		cli_json_item(j, NULL, f->state, f->unopened[i]);
	json_close_array(j);
}

static void put_beside(struct json *j, const struct case_finding *f)
{
	static const char *const why[] = {
	    [CASE_BESIDE_PERIOD] = "period",
	    [CASE_BESIDE_RECIPIENT] = "recipient",
	    [CASE_BESIDE_FORM] = "form",
	};
	static const char *const differs[] = {
	    [CASE_ONLY_FIRST] = "only in the first list",
	    [CASE_ONLY_SECOND] = "only in the other list",
	    [CASE_OTHERWISE] = "listed otherwise",
	};

	json_open_array(j, "not_asked");
	for (size_t i = 0; i < f->beside_count; i++) {
		json_open_object(j, NULL);
		cli_json_record(j, "record", f->state, f->beside[i].leaf);
		json_text(j, "outside", slice_of(why[f->beside[i].why]));
		json_close_object(j);
	}
	json_close_array(j);
	json_open_array(j, "lists_disagree");
	for (size_t i = 0; i < f->difference_count; i++) {
		json_open_object(j, NULL);
		json_text(j, "item", f->differences[i].id);
		json_text(
		    j, "difference", slice_of(differs[f->differences[i].type]));
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_disputes(struct json *j, const struct case_finding *f)
{
	json_open_array(j, "disputes");
	for (size_t i = 0; i < f->dispute_count; i++) {
		const struct case_dispute *d = &f->disputes[i];

		json_open_object(j, NULL);
		cli_json_record(j, "record", f->state, d->leaf);
		cli_json_record(j, "objection", f->state, d->objection);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_checked(struct json *j, const struct case_finding *f)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &f->root);
	json_open_object(j, "as_of");
	cli_json_time(j, "time", f->time);
	json_number(j, "size", (int64_t)f->size);
	json_text(j, "root", slice_of(hex));
	json_bool(j, "clock_set", case_state_is_clock_set(f->state));
	json_bool(j, "ledger_incomplete", f->is_incomplete);
	json_bool(j, "witnessed", f->is_witnessed);
	json_open_array(j, "witnesses");
	for (size_t i = 0; i < f->witnessed_count; i++) {
		const struct case_witnessed *w = &f->witnessed[i];

		json_open_object(j, NULL);
		json_text(j, "name",
		    slice_of(case_state_witness(f->state, w->witness)->name));
		cli_json_time(j, "when", w->when);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

void cli_finding_put_json(const struct case_finding *finding, struct buf *out)
{
	struct json j;

	json_init(&j, out);
	json_open_object(&j, NULL);
	put_question(&j, finding);
	put_addressees(&j, finding);
	json_open_array(&j, "lines");
	for (size_t i = 0; i < finding->line_count; i++)
		put_line(&j, NULL, finding, &finding->lines[i]);
	json_close_array(&j);
	put_line(&j, "unlisted", finding, &finding->unlisted);
	put_counts(&j, finding);
	put_beside(&j, finding);
	put_disputes(&j, finding);
	put_checked(&j, finding);
	json_close_object(&j);
}

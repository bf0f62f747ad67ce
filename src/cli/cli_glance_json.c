/*
 * cli_glance_json.c: the case at a glance as JSON, section by section as on
 * the screen.
 */
#include "cli_glance.h"

#include "case_report.h"
#include "cli_json.h"
#include "log_store.h"

static void put_items(struct json *j, const struct cli_glance *g)
{
	static const char *const what[] = {
	    [CLI_GLANCE_MISSING] = "missing",
	    [CLI_GLANCE_BROKEN] = "seal-broken",
	    [CLI_GLANCE_TELLTALE] = "telltale",
	    [CLI_GLANCE_OPEN] = "not-resealed",
	};
	const struct case_state *state = g->c->state;
	const struct case_list *list = case_state_first_list(state);
	int64_t seized;

	cli_json_types(j, "items", g->totals);
	cli_json_record(
	    j, "seizure", state, list != NULL ? list->seizure : CASE_NONE);
	if (case_state_seized_at(state, &seized))
		cli_json_time(j, "seized_at", seized);
	else
		json_null(j, "seized_at");
	json_open_array(j, "held_by");
	for (size_t i = 0; i < g->holder_count; i++) {
		json_open_object(j, NULL);
		cli_json_party(j, "party", state, g->holders[i].party);
		cli_json_types(j, "items", g->holders[i].counts);
		json_close_object(j);
	}
	json_close_array(j);
	json_number(j, "held_by_more_than_one", (int64_t)g->disputed);
	json_open_array(j, "troubles");
	for (size_t i = 0; i < g->trouble_count; i++) {
		const struct cli_glance_trouble *t = &g->troubles[i];

		json_open_object(j, NULL);
		cli_json_item(j, "item", state, t->item);
		json_text(j, "what", slice_of(what[t->type]));
		cli_json_record(j, "record", state, t->leaf);
		json_close_object(j);
	}
	json_close_array(j);
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
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_questions(struct json *j, const struct cli_glance *g)
{
	json_open_array(j, "questions");
	for (size_t i = 0; i < g->question_count; i++) {
		const struct cli_glance_question *q = &g->questions[i];

		json_open_object(j, NULL);
		cli_json_record(j, "record", g->c->state, q->leaf);
		cli_json_party(
		    j, "recipient", g->c->state, q->finding.finding.recipient);
		for (int form = 0; form < CASE_FORM_COUNT; form++) {
			json_open_object(
			    j, case_form_name((enum case_form)form));
			for (int w = 0; w < CASE_NOT_APPLICABLE; w++)
				if (q->counts[form][w] > 0)
					json_number(j,
					    case_word_machine(
						(enum case_word)w),
					    (int64_t)q->counts[form][w]);
			json_close_object(j);
		}
		put_addressees(j, &q->finding.finding);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_red_lines(struct json *j, const struct case_state *state)
{
	json_open_array(j, "red_lines");
	for (size_t i = 0; i < case_state_red_line_count(state); i++) {
		const struct case_red_line *line =
		    case_state_red_line(state, i);

		if (line->lifted_leaf != CASE_NONE)
			continue;
		json_open_object(j, NULL);
		cli_json_party(j, "party", state, line->party);
		json_bool(j, "agreed", line->is_agreed);
		cli_json_set(j, "by", state, &line->set_by);
		json_close_object(j);
	}
	json_close_array(j);
	json_open_array(j, "alarms");
	for (size_t i = 0; i < case_state_alarm_count(state); i++) {
		const struct case_alarm *alarm = case_state_alarm(state, i);

		json_open_object(j, NULL);
		cli_json_party(j, "holder", state, alarm->party);
		cli_json_party(j, "red_line", state, alarm->red_line);
		cli_json_record(j, "since", state, alarm->leaf);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_leaves(
    struct json *j, const char *name, const struct case_state *state)
{
	json_open_array(j, name);
	for (uint32_t i = 0; i < case_state_leaf_count(state); i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);

		if (leaf->standing == CASE_GOOD)
			continue;
		json_open_object(j, NULL);
		cli_json_record(j, "record", state, i);
		json_text(
		    j, "kind", slice_of(record_schema_of(leaf->kind)->name));
		cli_json_standing(j, leaf);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_offers(struct json *j, const struct cli_glance *g)
{
	char hex[HASH_HEX_SIZE];

	json_open_array(j, "offers");
	for (size_t i = 0; i < g->offer_count; i++) {
		const struct cli_glance_offer *o = &g->offers[i];
		struct slice rest = buf_slice(&o->missing);

		hash_to_hex(hex, &o->id);
		json_open_object(j, NULL);
		json_text(j, "record", slice_of(hex));
		json_text(j, "what", buf_slice(&o->what));
		json_open_array(j, "still_to_sign");
		while (rest.p != NULL && rest.n > 0)
			json_text(j, NULL, slice_trim(slice_cut(&rest, ',')));
		json_close_array(j);
		if (o->has_expiry)
			cli_json_time(j, "expires", o->expires);
		json_bool(j, "expired", o->is_expired);
		json_close_object(j);
	}
	json_close_array(j);
}

static void put_ledger(struct json *j, const struct cli_glance *g)
{
	const struct case_state *state = g->c->state;
	size_t leaves = case_state_leaf_count(state);
	struct hash root = log_store_root(g->c->store);
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &root);
	json_open_object(j, "ledger");
	json_number(j, "size", (int64_t)log_store_size(g->c->store));
	json_text(j, "root", slice_of(hex));
	if (leaves > 0)
		cli_json_time(j, "last_entered",
		    case_state_leaf(state, leaves - 1)->entered);
	json_number(
	    j, "witness_quorum", (int64_t)case_state_witness_quorum(state));
	json_open_array(j, "witnesses");
	for (size_t i = 0; i < case_state_witness_count(state); i++)
		json_text(
		    j, NULL, slice_of(case_state_witness(state, i)->name));
	json_close_array(j);
	json_open_array(j, "cosigned");
	for (size_t i = 0; i < g->witnessed_count; i++) {
		const struct case_witnessed *w = &g->witnessed[i];

		json_open_object(j, NULL);
		json_text(j, "witness",
		    slice_of(case_state_witness(state, w->witness)->name));
		cli_json_time(j, "when", w->when);
		json_close_object(j);
	}
	json_close_array(j);
	json_close_object(j);
}

void cli_glance_put_json(const struct cli_glance *glance, struct buf *out)
{
	const struct case_state *state = glance->c->state;
	struct json j;

	json_init(&j, out);
	json_open_object(&j, NULL);
	json_text(&j, "case", case_state_ref(state));
	json_text(&j, "title", cli_glance_title(glance));
	cli_json_time(&j, "as_of", glance->time);
	json_bool(&j, "clock_set", case_state_is_clock_set(state));
	put_items(&j, glance);
	put_questions(&j, glance);
	put_red_lines(&j, state);
	put_leaves(&j, "not_good", state);
	put_offers(&j, glance);
	put_ledger(&j, glance);
	json_close_object(&j);
}

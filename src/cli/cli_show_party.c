/*
 * cli_show_party.c: one party: who it is, for whom it acts, what it holds and
 * held, what it signed.
 */
#include "cli_show.h"

#include "case_report.h"
#include "case_wrap.h"
#include "cli_finding.h"
#include "cli_json.h"
#include "cli_words.h"

#include <stdlib.h>

#define LINE_MAX (1u << 16)

struct holdings {
	size_t now[CASE_ITEM_TYPE_COUNT];
	size_t ever[CASE_ITEM_TYPE_COUNT];
};

static int count_holdings(const struct cli_case *c, uint32_t party,
    struct holdings *h, struct err *err)
{
	const struct case_state *state = c->state;
	int64_t now = cli_finding_default_time(c);
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	int rc = 0;

	*h = (struct holdings){0};
	for (uint32_t i = 0; rc == 0 && i < case_state_item_count(state); i++) {
		enum case_item_type type = case_state_item(state, i)->type;
		struct case_set set = case_state_holders(state, i, now);
		bool has_held = case_set_has(&set, party);

		h->now[type] += has_held;
		rc = case_state_timeline(state, i, &events, &cap, &n, err);
		for (size_t k = 0; rc == 0 && k < n && !has_held; k++) {
			set = case_state_holders(state, i, events[k].at);
			has_held = case_set_has(&set, party);
		}
		h->ever[type] += has_held;
	}
	free(events);
	return rc;
}

/* Named only, or it had a key that was revoked. */
static void put_no_key(
    const struct case_state *state, uint32_t party, struct buf *line)
{
	for (size_t i = case_state_key_count(state); i-- > 0;) {
		const struct case_key *key = case_state_key(state, i);

		if (key->party != party || key->end_leaf == CASE_NONE)
			continue;
		buf_puts(line, "it has no key any more and signs nothing: ");
		case_report_put_leaf_head(state, key->end_leaf, line);
		return;
	}
	buf_puts(line, "named only: it has no key and signs nothing");
}

static void put_who(const struct case_state *state, uint32_t party,
    struct buf *out, struct buf *line)
{
	const struct case_party *p = case_state_party(state, party);
	const struct note_key *key = case_state_party_key(state, party);
	size_t n = 0;

	buf_printf(out, "%.*s\n", SLICE_ARG(p->name));
	buf_printf(line, "side: %s; organisation: %.*s",
	    case_side_name(p->side), SLICE_ARG(p->org));
	if (p->role.p != NULL) {
		buf_puts(line, "; role: ");
		case_wrap_put_plain(line, p->role);
	}
	if (p->is_policy_holder)
		buf_puts(line, "; policy holder");
	cli_words_line(out, "  ", line);
	if (key == NULL)
		put_no_key(state, party, line);
	else
		case_report_put_key(line, key);
	cli_words_line(out, "  ", line);
	if (p->enrolled_leaf == CASE_NONE) {
		if (key != NULL)
			buf_puts(line,
			    "not enrolled: it has signed nothing "
			    "yet");
	} else {
		buf_puts(line, "enrolled with ");
		case_report_put_leaf_head(state, p->enrolled_leaf, line);
	}
	for (int side = 0; side < CASE_SIDE_COUNT; side++)
		if (p->countersigned_by[side])
			buf_printf(line, "%s%s",
			    n++ == 0 ? "; countersigned by the side: " : ", ",
			    case_side_name((enum case_side)side));
	if (line->n > 0)
		cli_words_line(out, "  ", line);
}

static bool is_barred(const struct case_state *state, uint32_t party,
    const struct case_red_line *red_line, int64_t now)
{
	struct case_set barred =
	    case_state_closure(state, red_line->party, now, CASE_NONE);

	return red_line->lifted_leaf == CASE_NONE &&
	    case_set_has(&barred, party);
}

static void put_relations(
    const struct cli_case *c, uint32_t party, struct buf *out, struct buf *line)
{
	const struct case_state *state = c->state;
	size_t n = 0;

	cli_words_heading(out, "RELATIONS AND RED LINES");
	for (size_t i = 0; i < case_state_relation_count(state); i++) {
		const struct case_relation *r = case_state_relation(state, i);

		if (r->party != party && r->acts_for != party)
			continue;
		case_report_put_leaf_head(state, r->leaf, line);
		cli_words_line(out, "  ", line);
		n++;
	}
	for (size_t i = 0; i < case_state_red_line_count(state); i++) {
		const struct case_red_line *red = case_state_red_line(state, i);

		if (!is_barred(state, party, red, cli_finding_default_time(c)))
			continue;
		buf_printf(line, "red line%s: nothing may go to it, ",
		    red->is_agreed ? "" : " (declared by one side)");
		if (red->party == party)
			buf_puts(line, "by name");
		else
			buf_printf(line, "since it acts for %.*s",
			    SLICE_ARG(
				case_state_party(state, red->party)->name));
		cli_words_line(out, "  ", line);
		n++;
	}
	if (n == 0) {
		buf_puts(line, "none is recorded");
		cli_words_line(out, "  ", line);
	}
}

/* Signed by it, or naming it as giver, receiver, taker or custodian. */
static bool is_of_party(
    const struct case_state *state, uint32_t leaf, uint32_t party)
{
	static const enum record_name roles[] = {RECORD_F_TAKEN_BY,
	    RECORD_F_TAKEN_FROM, RECORD_F_FROM, RECORD_F_TO,
	    RECORD_F_ON_BEHALF_OF, RECORD_F_CUSTODIAN};
	struct slice name = case_state_party(state, party)->name;
	struct record record = {0};
	bool is = case_state_is_signed_by(state, leaf, party);

	/* A leaf in the state parses; without memory it is not shown. */
	if (!is && case_state_record(state, leaf, &record, NULL) == 0)
		for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
			is =
			    is || slice_is(record_get(&record, roles[i]), name);
	record_done(&record);
	return is;
}

static void put_records(const struct case_state *state, uint32_t party,
    struct buf *out, struct buf *line)
{
	size_t n = 0;

	cli_words_heading(out, "RECORDS");
	for (uint32_t i = 0; i < case_state_leaf_count(state); i++) {
		if (!is_of_party(state, i, party))
			continue;
		case_report_put_leaf_head(state, i, line);
		cli_words_line(out, "  ", line);
		n++;
	}
	if (n == 0) {
		buf_puts(line,
		    "it has signed nothing and no custody record "
		    "names it");
		cli_words_line(out, "  ", line);
	}
}

int cli_show_party(
    const struct cli_case *c, uint32_t party, struct buf *out, struct err *err)
{
	struct holdings h;
	struct buf line;
	int rc = count_holdings(c, party, &h, err);

	if (rc != 0)
		return rc;
	buf_init(&line, LINE_MAX);
	put_who(c->state, party, out, &line);
	cli_words_heading(out, "HOLDINGS");
	buf_puts(&line, "now: ");
	cli_words_put_types(&line, h.now);
	cli_words_line(out, "  ", &line);
	buf_puts(&line, "at any time: ");
	cli_words_put_types(&line, h.ever);
	cli_words_line(out, "  ", &line);
	put_relations(c, party, out, &line);
	put_records(c->state, party, out, &line);
	buf_done(&line);
	return 0;
}

static void json_who(
    struct json *j, const struct case_state *state, uint32_t party)
{
	const struct case_party *p = case_state_party(state, party);
	const struct note_key *key = case_state_party_key(state, party);
	struct buf vkey;

	json_text(j, "party", p->name);
	json_text(j, "side", slice_of(case_side_name(p->side)));
	json_text(j, "org", p->org);
	json_text(j, "role", p->role);
	json_bool(j, "policy_holder", p->is_policy_holder);
	buf_init(&vkey, NOTE_KEY_NAME_MAX + 128);
	if (key != NULL)
		note_key_put(&vkey, key);
	json_text(j, "key", key != NULL ? buf_slice(&vkey) : slice_of(NULL));
	buf_done(&vkey);
	cli_json_record(j, "enrolled", state, p->enrolled_leaf);
	json_open_array(j, "countersigned_by");
	for (int side = 0; side < CASE_SIDE_COUNT; side++)
		if (p->countersigned_by[side])
			json_text(j, NULL,
			    slice_of(case_side_name((enum case_side)side)));
	json_close_array(j);
}

int cli_show_party_json(
    const struct cli_case *c, uint32_t party, struct buf *out, struct err *err)
{
	const struct case_state *state = c->state;
	struct holdings h;
	struct json j;
	int rc = count_holdings(c, party, &h, err);

	if (rc != 0)
		return rc;
	json_init(&j, out);
	json_open_object(&j, NULL);
	json_who(&j, state, party);
	cli_json_types(&j, "holds", h.now);
	cli_json_types(&j, "held", h.ever);
	json_open_array(&j, "relations");
	for (size_t i = 0; i < case_state_relation_count(state); i++) {
		const struct case_relation *r = case_state_relation(state, i);

		if (r->party != party && r->acts_for != party)
			continue;
		json_open_object(&j, NULL);
		cli_json_party(&j, "party", state, r->party);
		cli_json_party(&j, "acts_for", state, r->acts_for);
		json_bool(&j, "binding", r->is_binding);
		cli_json_record(&j, "record", state, r->leaf);
		json_close_object(&j);
	}
	json_close_array(&j);
	json_open_array(&j, "barred_for");
	for (size_t i = 0; i < case_state_red_line_count(state); i++) {
		const struct case_red_line *red = case_state_red_line(state, i);

		if (is_barred(state, party, red, cli_finding_default_time(c)))
			cli_json_party(&j, NULL, state, red->party);
	}
	json_close_array(&j);
	json_open_array(&j, "records");
	for (uint32_t i = 0; i < case_state_leaf_count(state); i++)
		if (is_of_party(state, i, party))
			cli_json_record(&j, NULL, state, i);
	json_close_array(&j);
	json_close_object(&j);
	return 0;
}

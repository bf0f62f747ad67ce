/*
 * cli_glance.c: gathers the case at a glance. Everything is counted from the
 * state; nothing is kept from one run to the next.
 */
#include "cli_glance.h"

#include "case_offer.h"
#include "cli_counters.h"
#include "cli_pending.h"
#include "cli_timeline.h"
#include "mem.h"

#include <stdlib.h>

#define LINE_MAX 4096

/* ---- who holds what ---- */

static int count_items(struct cli_glance *g, struct err *err)
{
	const struct case_state *state = g->c->state;
	size_t parties = case_state_party_count(state);
	struct cli_glance_holder *h = mem_new(parties + 1, sizeof(*h));

	if (h == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < case_state_item_count(state); i++) {
		enum case_item_type type = case_state_item(state, i)->type;
		struct case_set set = case_state_holders(state, i, g->time);
		uint32_t first = case_set_next(&set, 0);

		g->totals[type]++;
		if (first == CASE_NONE)
			h[parties].counts[type]++;
		else if (case_set_next(&set, first + 1) != CASE_NONE)
			g->disputed++;
		for (uint32_t p = first; p != CASE_NONE;
		     p = case_set_next(&set, p + 1))
			h[p].counts[type]++;
	}
	for (size_t p = 0; p <= parties; p++) {
		size_t n = 0;

		for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++)
			n += h[p].counts[t];
		if (n == 0)
			continue;
		h[p].party = p < parties ? (uint32_t)p : CASE_NONE;
		h[g->holder_count++] = h[p];
	}
	g->holders = h;
	return 0;
}

/* ---- what is amiss ---- */

static int add_trouble(struct cli_glance *g, uint32_t item, uint32_t leaf,
    enum cli_glance_trouble_type type, struct err *err)
{
	int rc = mem_grow((void **)&g->troubles, &g->trouble_cap,
	    g->trouble_count + 1, sizeof(g->troubles[0]), err);

	if (rc == 0)
		g->troubles[g->trouble_count++] =
		    (struct cli_glance_trouble){item, leaf, type};
	return rc;
}

static int find_troubles(struct cli_glance *g, struct err *err)
{
	const struct case_state *state = g->c->state;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_item_count(state); i++) {
		const struct case_item *item = case_state_item(state, i);
		uint32_t leaf = CASE_NONE;

		if (cli_timeline_is_missing(item, &leaf))
			rc = add_trouble(g, i, leaf, CLI_GLANCE_MISSING, err);
		enum cli_timeline_seal seal = cli_timeline_seal(item, &leaf);
		if (rc == 0 && seal != CLI_TIMELINE_WHOLE)
			rc = add_trouble(g, i, leaf,
			    seal == CLI_TIMELINE_OPEN ? CLI_GLANCE_OPEN
						      : CLI_GLANCE_BROKEN,
			    err);
		enum case_telltale telltale = CASE_TELLTALE_NONE;
		if (rc == 0)
			rc = cli_counters_find(state, i, &telltale, &leaf, err);
		if (rc == 0 && telltale != CASE_TELLTALE_NONE)
			rc = add_trouble(g, i, leaf, CLI_GLANCE_TELLTALE, err);
	}
	return rc;
}

/* ---- questions ---- */

static int add_question(struct cli_glance *g, uint32_t leaf, struct err *err)
{
	int rc = mem_grow((void **)&g->questions, &g->question_cap,
	    g->question_count + 1, sizeof(g->questions[0]), err);

	if (rc != 0)
		return rc;
	struct cli_glance_question *q = &g->questions[g->question_count++];
	q->leaf = leaf;
	rc = cli_finding_make(&q->finding, g->c, leaf, g->time, err);
	if (rc != 0)
		return rc;
	const struct case_finding *f = &q->finding.finding;
	for (size_t i = 0; i < f->line_count; i++)
		q->counts[f->lines[i].form][f->lines[i].word]++;
	return 0;
}

static int find_questions(struct cli_glance *g, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(g->c->state);
	     i++) {
		const struct case_leaf *leaf = case_state_leaf(g->c->state, i);

		if (leaf->kind == RECORD_QUESTION &&
		    leaf->standing == CASE_GOOD)
			rc = add_question(g, i, err);
	}
	return rc;
}

/* ---- offers ---- */

static int add_offer(void *cookie, const char *path,
    const struct case_offer *offer, struct err *err)
{
	struct cli_glance *g = cookie;
	const struct record *record = case_offer_main(offer);
	struct slice party;
	int rc = mem_grow((void **)&g->offers, &g->offer_cap,
	    g->offer_count + 1, sizeof(g->offers[0]), err);

	(void)path;
	if (rc != 0)
		return rc;
	struct cli_glance_offer *o = &g->offers[g->offer_count++];
	buf_init(&o->what, LINE_MAX);
	buf_init(&o->missing, LINE_MAX);
	cli_pending_put_what(offer, &o->what);
	o->id = record->id;
	for (size_t at = 0;
	     (party = case_offer_missing(offer, &at)).p != NULL;) {
		buf_puts(&o->missing, o->missing.n > 0 ? ", " : "");
		buf_put_slice(&o->missing, party);
	}
	o->has_expiry =
	    record_get_time(record, RECORD_F_OFFER_EXPIRES, &o->expires);
	o->is_expired = case_offer_is_expired(offer, g->c->now);
	rc = buf_check(&o->what, err);
	return rc != 0 ? rc : buf_check(&o->missing, err);
}

/* ---- all ---- */

int cli_glance_make(
    struct cli_glance *glance, struct cli_case *c, struct err *err)
{
	*glance =
	    (struct cli_glance){.c = c, .time = cli_finding_default_time(c)};
	glance->witnessed = mem_new(case_state_witness_count(c->state) + 1,
	    sizeof(glance->witnessed[0]));
	if (glance->witnessed == NULL)
		return err_nomem(err);
	int rc = cli_case_cosignatures(
	    c, glance->witnessed, &glance->witnessed_count, err);
	if (rc == 0)
		rc = count_items(glance, err);
	if (rc == 0)
		rc = find_troubles(glance, err);
	if (rc == 0)
		rc = find_questions(glance, err);
	if (rc == 0)
		rc = cli_pending_each(c, add_offer, glance, err);
	return rc;
}

void cli_glance_done(struct cli_glance *glance)
{
	for (size_t i = 0; i < glance->question_count; i++)
		cli_finding_done(&glance->questions[i].finding);
	for (size_t i = 0; i < glance->offer_count; i++) {
		buf_done(&glance->offers[i].what);
		buf_done(&glance->offers[i].missing);
	}
	free(glance->holders);
	free(glance->troubles);
	free(glance->questions);
	free(glance->offers);
	free(glance->witnessed);
	*glance = (struct cli_glance){0};
}

struct slice cli_glance_title(const struct cli_glance *glance)
{
	struct record record = {0};
	struct slice title = {0};

	/* The value lies in the leaf, which outlives the parsed record. */
	if (case_state_leaf_count(glance->c->state) > 0 &&
	    case_state_record(glance->c->state, 0, &record, NULL) == 0)
		title = record_get(&record, RECORD_F_TITLE);
	record_done(&record);
	return title;
}

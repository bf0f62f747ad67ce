/*
 * case_draw.c: samples by lot (findings section 6): what is drawn from, by
 * secrets of two sides, so that neither can choose; and whether everything that
 * was drawn has been looked at.
 */
#include "case_internal.h"

#include "case_lot.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

/* ---- what is drawn from ---- */

static bool is_named(const struct record *draw, const struct case_item *item)
{
	const struct record_value *v = NULL;

	while ((v = record_next(draw, NULL, RECORD_F_CONCERNS, v)) != NULL)
		if (slice_is_text(v->value, "all") ||
		    slice_is(v->value, item->id) ||
		    slice_is_text(v->value, case_item_type_name(item->type)))
			return true;
	return false;
}

/* The items that a draw names among the first `count`, bytewise by id; free()
 * it. */
static int make_population(const struct case_state *state,
    const struct record *draw, size_t count, struct case_ticket **ret_tickets,
    size_t *ret_n, struct err *err)
{
	struct case_ticket *tickets = mem_new(count + 1, sizeof(*tickets));

	*ret_n = 0;
	*ret_tickets = tickets;
	if (tickets == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < count; i++)
		if (is_named(draw, &state->items[i]))
			tickets[(*ret_n)++] =
			    (struct case_ticket){state->items[i].id, i};
	case_lot_sort(tickets, *ret_n);
	return 0;
}

/* ---- judging ---- */

static struct case_verdict void_draw(struct slice about)
{
	return (struct case_verdict){CASE_VOID, CASE_RULE_DRAW, about};
}

/* The party of a `commit:` line, and its digest. */
static struct slice split_commit(struct slice value, struct hash *ret_digest)
{
	struct slice rest = value;
	struct slice party = slice_cut(&rest, ' ');

	(void)text_from_hex(ret_digest->b, HASH_SIZE, rest); /* parsed before */
	return party;
}

/* Signers who commit, of at least two sides, each once and none else. */
static bool are_commitments_fair(
    const struct case_state *state, const struct record *r)
{
	const struct record_value *v = NULL;
	bool sides[CASE_SIDE_COUNT] = {0};
	struct case_set seen = {0};
	int n = 0;

	while ((v = record_next(r, NULL, RECORD_F_COMMIT, v)) != NULL) {
		struct hash ignored;
		struct slice name = split_commit(v->value, &ignored);
		uint32_t party = case_state_find_party(state, name);

		if (party == CASE_NONE ||
		    (case_set_has(&seen, party) &&
			case_is_on("draw: no party twice")) ||
		    (!record_is_signed_by(r, name) &&
			case_is_on("draw: by those who commit")))
			return false;
		case_set_add(&seen, party);
		sides[state->parties[party].side] = true;
	}
	for (int i = 0; i < CASE_SIDE_COUNT; i++)
		n += sides[i];
	return n >= 2 || case_is_off("draw: two sides");
}

struct case_verdict case_draw_judge(
    const struct case_state *state, const struct record *r)
{
	struct case_ticket *tickets = NULL;
	uint64_t size = 0, detects = 0, sample = 0;
	struct hash stated = {{0}};
	int64_t until = INT64_MIN;
	size_t n = 0;
	struct case_verdict v = {0};

	(void)record_get_count(r, RECORD_F_POPULATION_SIZE, &size);
	(void)record_get_count(r, RECORD_F_DETECTS, &detects);
	(void)record_get_count(r, RECORD_F_SAMPLE, &sample);
	(void)record_get_hash(r, RECORD_F_POPULATION, &stated);
	(void)record_get_time(r, RECORD_F_UNTIL, &until);
	if (make_population(state, r, state->item_count, &tickets, &n, NULL) !=
	    0)
		n = 0;
	struct hash population = case_lot_population(tickets, n);
	free(tickets);
	if ((n != size && case_is_on("draw: the number drawn from")) ||
	    (!hash_is(&population, &stated) &&
		case_is_on("draw: its population")))
		v = void_draw(record_get(r, RECORD_F_POPULATION));
	else if (!case_lot_is_least_sample(n, detects, sample) &&
	    case_is_on("draw: the least sample"))
		v = void_draw(record_get(r, RECORD_F_SAMPLE));
	else if (!are_commitments_fair(state, r))
		v = void_draw(record_get(r, RECORD_F_COMMIT));
	else if (until <= r->at && case_is_on("draw: a term to come"))
		v = void_draw(record_get(r, RECORD_F_UNTIL));
	return v;
}

static struct case_draw *find_draw(
    const struct case_state *state, const struct record *r)
{
	struct hash id;
	uint32_t leaf = CASE_NONE;

	if (record_get_hash(r, RECORD_F_DRAW, &id))
		leaf = case_state_find_leaf(state, &id);
	for (size_t i = 0; i < state->draw_count && leaf != CASE_NONE; i++)
		if (state->draws[i].leaf == leaf)
			return &state->draws[i];
	return NULL;
}

/* Which of the draw's sides signed this reveal and committed to its secret;
 * CASE_NONE: none. */
static uint32_t find_side(const struct case_state *state,
    const struct case_draw *draw, const struct record *reveal)
{
	struct slice secret = record_get(reveal, RECORD_F_SECRET);
	struct record record = {0};
	const struct record_value *v = NULL;
	uint8_t bytes[HASH_SIZE];
	uint32_t side = CASE_NONE;

	if (!text_from_hex(bytes, sizeof(bytes), secret) ||
	    case_state_record(state, draw->leaf, &record, NULL) != 0)
		return CASE_NONE;
	struct hash is = hash_of(bytes, sizeof(bytes));
	while ((v = record_next(&record, NULL, RECORD_F_COMMIT, v)) != NULL) {
		struct hash committed;
		struct slice name = split_commit(v->value, &committed);

		if ((!hash_is(&is, &committed) &&
			case_is_on("draw-reveal: the secret committed to")) ||
		    (!record_is_signed_by(reveal, name) &&
			case_is_on("draw-reveal: by who committed")))
			continue;
		for (uint32_t i = 0; i < draw->side_count; i++)
			if (draw->sides[i] ==
			    case_state_find_party(state, name))
				side = i;
	}
	record_done(&record);
	return side;
}

struct case_verdict case_draw_judge_reveal(
    const struct case_state *state, const struct record *r)
{
	const struct case_draw *draw = find_draw(state, r);

	if (draw == NULL)
		return (struct case_verdict){CASE_VOID,
		    CASE_RULE_UNKNOWN_RECORD, record_get(r, RECORD_F_DRAW)};
	if (find_side(state, draw, r) == CASE_NONE)
		return void_draw(record_get(r, RECORD_F_SECRET));
	return (struct case_verdict){0};
}

/* ---- effect ---- */

int case_draw_apply(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	struct case_draw draw = {
	    .leaf = leaf, .item_count = (uint32_t)state->item_count};
	const struct record_value *v;
	int rc = mem_grow((void **)&state->draws, &state->draw_cap,
	    state->draw_count + 1, sizeof(*state->draws), err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < r->signer_count; i++) {
		for (v = record_next(r, NULL, RECORD_F_COMMIT, NULL); v != NULL;
		     v = record_next(r, NULL, RECORD_F_COMMIT, v)) {
			struct hash ignored;
			struct slice name = split_commit(v->value, &ignored);

			if (!slice_is(name, r->signers[i].party))
				continue;
			draw.reveals[draw.side_count] = CASE_NONE;
			draw.sides[draw.side_count++] =
			    case_state_find_party(state, name);
		}
	}
	state->draws[state->draw_count++] = draw;
	return 0;
}

int case_draw_apply_reveal(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	struct case_draw *draw = find_draw(state, r);
	uint32_t side = find_side(state, draw, r);

	if (side == CASE_NONE)
		return err_nomem(err); /* it was found when it was judged */
	if (draw->reveals[side] == CASE_NONE ||
	    case_is_off("draw-reveal: the first counts"))
		draw->reveals[side] = leaf;
	return 0;
}

size_t case_state_draw_count(const struct case_state *state)
{
	return state->draw_count;
}

const struct case_draw *case_state_draw(
    const struct case_state *state, size_t i)
{
	return &state->draws[i];
}

/* ---- the sample ---- */

/* The seed, if every side has opened its secret; *ret_last is the leaf of the
 * last one. */
static bool find_seed(const struct case_state *state,
    const struct case_draw *draw, struct hash *ret_seed, uint32_t *ret_last)
{
	struct hash secrets[RECORD_SIGNERS_MAX];
	struct record record = {0};
	bool is_open = true;

	*ret_last = draw->leaf;
	for (size_t i = 0; i < draw->side_count && is_open; i++) {
		uint32_t leaf = draw->reveals[i];

		is_open = leaf != CASE_NONE &&
		    case_state_record(state, leaf, &record, NULL) == 0 &&
		    record_get_hash(&record, RECORD_F_SECRET, &secrets[i]);
		if (is_open && leaf > *ret_last)
			*ret_last = leaf;
	}
	record_done(&record);
	if (is_open)
		*ret_seed = case_lot_seed(
		    &state->leaves[draw->leaf].id, secrets, draw->side_count);
	return is_open;
}

int case_state_draw_sample(const struct case_state *state, size_t i,
    struct case_sample *ret_sample, struct err *err)
{
	const struct case_draw *draw = &state->draws[i];
	struct case_sample sample = {0};
	struct record record = {0};
	struct hash seed;
	int rc = case_state_record(state, draw->leaf, &record, err);

	if (rc == 0)
		rc = make_population(state, &record, draw->item_count,
		    &sample.tickets, &sample.population, err);
	if (rc == 0) {
		(void)record_get_time(&record, RECORD_F_UNTIL, &sample.until);
		(void)record_get_count(
		    &record, RECORD_F_DETECTS, &sample.detects);
		(void)record_get_count(&record, RECORD_F_SAMPLE, &sample.n);
		sample.is_drawn =
		    find_seed(state, draw, &seed, &sample.last_reveal);
	}
	if (rc == 0 && sample.is_drawn)
		rc = case_lot_draw(
		    sample.tickets, sample.population, sample.n, &seed, err);
	record_done(&record);
	if (rc == 0)
		*ret_sample = sample;
	else
		free(sample.tickets);
	return rc;
}

void case_sample_done(struct case_sample *sample)
{
	free(sample->tickets);
	*sample = (struct case_sample){0};
}

/* ---- was it carried out? ---- */

/* Was the item looked at, by its holder and somebody disinterested, in a leaf
 * after `after` entered before `before`: seen, or found missing? */
static int is_looked_at(const struct case_state *state, uint32_t item,
    uint32_t after, int64_t before, bool *ret_is, struct err *err)
{
	struct case_event *events = NULL;
	struct case_touch touch = {0};
	size_t cap = 0, n = 0;
	int rc = case_state_timeline(state, item, &events, &cap, &n, err);

	*ret_is = false;
	for (size_t i = 0; i < n && rc == 0; i++)
		case_custody_note(&touch, &events[i]);
	for (size_t i = 0; i < n && rc == 0 && !*ret_is; i++) {
		struct case_event e = events[i];

		if ((e.leaf <= after &&
			case_is_on("draw: looked at after the lot")) ||
		    (state->leaves[e.leaf].entered >= before &&
			case_is_on("draw: looked at in time")) ||
		    (e.type != CASE_EVENT_SEEN && e.type != CASE_EVENT_MISSING))
			continue;
		/* Who says that it is missing has looked for it. */
		e.is_identified =
		    e.is_identified || e.type == CASE_EVENT_MISSING;
		*ret_is = e.receiver != CASE_NONE &&
		    case_custody_is_qualifying(
			state, &touch, &e, CASE_NONE, INT64_MAX);
	}
	free(events);
	return rc;
}

/* Have the first `n` tickets all been looked at? */
static int are_looked_at(const struct case_state *state,
    const struct case_sample *sample, size_t n, uint32_t after, int64_t before,
    bool *ret_are, struct err *err)
{
	int rc = 0;

	*ret_are = true;
	for (size_t i = 0; i < n && rc == 0 && *ret_are; i++)
		rc = is_looked_at(state, sample->tickets[i].item, after, before,
		    ret_are, err);
	return rc;
}

int case_sample_is_seen(const struct case_state *state,
    const struct case_sample *sample, size_t i, bool *ret_is_seen,
    struct err *err)
{
	return is_looked_at(state, sample->tickets[i].item, sample->last_reveal,
	    sample->until, ret_is_seen, err);
}

static int work_out(const struct case_state *state, size_t number,
    struct case_lot *lot, struct err *err)
{
	struct case_sample sample;
	int rc = case_state_draw_sample(state, number, &sample, err);

	if (rc != 0)
		return rc;
	lot->leaf = state->draws[number].leaf;
	lot->is_in_population =
	    mem_new(state->item_count + 1, sizeof(*lot->is_in_population));
	if (lot->is_in_population == NULL)
		rc = err_nomem(err);
	for (size_t i = 0; i < sample.population && rc == 0; i++)
		lot->is_in_population[sample.tickets[i].item] = true;
	for (uint32_t i = 0; i < state->item_count && rc == 0; i++) {
		uint32_t in = state->items[i].inside;

		/* A container stands before what it contains. */
		if (in != CASE_NONE && lot->is_in_population[in] &&
		    case_is_on("draw: over what is in it"))
			lot->is_in_population[i] = true;
	}
	if (rc == 0 && sample.is_drawn)
		rc = are_looked_at(state, &sample, sample.n, sample.last_reveal,
		    sample.until, &lot->is_done, err);
	if (rc == 0 && !lot->is_done &&
	    case_is_on("draw: unless a full inventory followed"))
		rc = are_looked_at(state, &sample, sample.population, lot->leaf,
		    INT64_MAX, &lot->is_done, err);
	case_sample_done(&sample);
	return rc;
}

int case_draw_collect(struct case_inquiry *inquiry, struct err *err)
{
	const struct case_state *state = inquiry->state;
	int rc = 0;

	inquiry->lots = mem_new(state->draw_count + 1, sizeof(*inquiry->lots));
	if (inquiry->lots == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < state->draw_count && rc == 0; i++) {
		rc = work_out(state, i, &inquiry->lots[i], err);
		inquiry->lot_count++;
	}
	return rc;
}

void case_draw_done(struct case_inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->lot_count; i++)
		free(inquiry->lots[i].is_in_population);
	free(inquiry->lots);
}

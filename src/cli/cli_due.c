/*
 * cli_due.c: one function for each source of dates; a new source is one
 * function and one line in `sources`. Each adds tasks in any order, and they
 * are sorted at the end.
 */
#include "cli_due.h"

#include "case_addressee.h"
#include "case_offer.h"
#include "case_report.h"
#include "cli_finding.h"
#include "cli_orders.h"
#include "cli_pending.h"
#include "cli_timeline.h"
#include "cli_words.h"
#include "mem.h"
#include "when.h"

#include <stdlib.h>

#define LINE_MAX 4096

const char *cli_due_kind_name(enum cli_due_kind kind)
{
	static const char *const names[] = {
	    [CLI_DUE_ANSWER] = "answer",
	    [CLI_DUE_RETURN] = "return",
	    [CLI_DUE_INSPECTION] = "inspection",
	    [CLI_DUE_INVENTORY] = "inventory",
	    [CLI_DUE_OFFER] = "offer",
	    [CLI_DUE_ORDER] = "order",
	};

	return names[kind];
}

/* The new task's `who` and `what` are empty: the caller fills them. */
static int add(struct cli_due *due, enum cli_due_kind kind, int64_t when,
    const struct hash *record, struct cli_due_task **ret, struct err *err)
{
	int rc = mem_grow((void **)&due->tasks, &due->cap, due->n + 1,
	    sizeof(due->tasks[0]), err);

	if (rc != 0)
		return rc;
	struct cli_due_task *task = &due->tasks[due->n++];
	*task = (struct cli_due_task){
	    .kind = kind,
	    .when = when,
	    .is_overdue = due->time >= when,
	    .record = *record,
	};
	if (task->is_overdue)
		task->days = (due->time - when) / WHEN_DAY + 1;
	else if (when != CLI_DUE_NO_DATE)
		task->days = (when - due->time + WHEN_DAY - 1) / WHEN_DAY;
	buf_init(&task->who, LINE_MAX);
	buf_init(&task->what, LINE_MAX);
	*ret = task;
	return 0;
}

static struct slice party_name(const struct cli_due *due, uint32_t party)
{
	return case_state_party(due->c->state, party)->name;
}

/* ---- answers ---- */

static int add_asked(
    struct cli_due *due, const struct case_asked *asked, struct err *err)
{
	const struct hash *id =
	    &case_state_leaf(due->c->state, asked->question)->id;
	struct cli_due_task *task;
	int rc = add(due, CLI_DUE_ANSWER, asked->addressee.due, id, &task, err);

	if (rc != 0)
		return rc;
	buf_put_slice(&task->who, asked->addressee.name);
	buf_puts(&task->what, "answer question ");
	case_report_put_id(&task->what, id);
	if (asked->recipient != CASE_NONE)
		buf_printf(&task->what, " about %.*s",
		    SLICE_ARG(party_name(due, asked->recipient)));
	if (asked->addressee.extension != CASE_NONE)
		buf_puts(&task->what, " (extended once)");
	return 0;
}

static int find_questions(struct cli_due *due, struct err *err)
{
	struct case_addressee_list list = {0};
	int rc = case_addressee_all(&list, due->c->state, due->time, err);

	for (size_t i = 0; rc == 0 && i < list.n; i++)
		if (list.asked[i].addressee.status != CASE_ANSWER_GIVEN)
			rc = add_asked(due, &list.asked[i], err);
	case_addressee_done(&list);
	return rc;
}

/* ---- things to give back ---- */

/* Whether the item has come to `party` again after that hand-over. */
static int is_back(const struct cli_due *due, uint32_t item, uint32_t leaf,
    uint32_t party, bool *ret_is_back, struct err *err)
{
	const struct case_state *state = due->c->state;
	int64_t given = case_state_leaf(state, leaf)->at;
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	int rc = case_state_timeline(state, item, &events, &cap, &n, err);

	*ret_is_back = false;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct case_event *e = &events[i];
		bool is_later =
		    e->at > given || (e->at == given && e->leaf > leaf);

		if (e->type == CASE_EVENT_GIVEN && is_later &&
		    e->receiver == party)
			*ret_is_back = true;
	}
	free(events);
	return rc;
}

static int count_out(const struct cli_due *due, const struct record *record,
    uint32_t leaf, size_t *ret_out, struct err *err)
{
	const struct case_state *state = due->c->state;
	uint32_t giver =
	    case_state_find_party(state, record_get(record, RECORD_F_FROM));
	int rc = 0;

	*ret_out = 0;
	for (size_t i = 0; rc == 0 && i < record->block_count; i++) {
		uint32_t item =
		    case_state_find_item(state, record->blocks[i].id);
		bool is_in = false;

		if (item != CASE_NONE)
			rc = is_back(due, item, leaf, giver, &is_in, err);
		*ret_out += !is_in;
	}
	return rc;
}

static bool is_mentioning(const struct case_leaf *leaf, const char *word)
{
	return memmem(leaf->text.p, leaf->text.n, word, strlen(word)) != NULL;
}

static int find_return(struct cli_due *due, uint32_t leaf, struct err *err)
{
	struct record record = {0};
	struct cli_due_task *task;
	size_t out = 0;
	int64_t when;

	/* Few have a date, and the others need not be taken apart. */
	if (!is_mentioning(case_state_leaf(due->c->state, leaf), "return-by:"))
		return 0;
	int rc = case_state_record(due->c->state, leaf, &record, err);
	if (rc != 0 || !record_get_time(&record, RECORD_F_RETURN_BY, &when))
		goto out;
	rc = count_out(due, &record, leaf, &out, err);
	if (rc == 0 && out > 0)
		rc = add(due, CLI_DUE_RETURN, when, &record.id, &task, err);
	if (rc != 0 || out == 0)
		goto out;
	task->items = out;
	buf_put_slice(&task->who, record_get(&record, RECORD_F_TO));
	buf_printf(&task->what, "return %zu of %zu item%s to %.*s (handover ",
	    out, record.block_count, record.block_count == 1 ? "" : "s",
	    SLICE_ARG(record_get(&record, RECORD_F_FROM)));
	case_report_put_id(&task->what, &record.id);
	buf_putc(&task->what, ')');
out:
	record_done(&record);
	return rc;
}

static int find_returns(struct cli_due *due, struct err *err)
{
	const struct case_state *state = due->c->state;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(state); i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);

		if (leaf->kind == RECORD_HANDOVER &&
		    (leaf->standing == CASE_GOOD ||
			leaf->standing == CASE_BREACH))
			rc = find_return(due, i, err);
	}
	return rc;
}

/* ---- things to look at ---- */

/* Seen by its holder and somebody disinterested, and identified. */
static bool is_joint(
    const struct cli_due *due, uint32_t item, const struct case_event *event)
{
	const struct case_state *state = due->c->state;
	size_t n;
	const uint32_t *signers = case_state_signers(state, event->leaf, &n);

	if (event->type != CASE_EVENT_SEEN || !event->is_identified ||
	    event->is_breach ||
	    !case_state_is_signed_by(state, event->leaf, event->receiver))
		return false;
	for (size_t i = 0; i < n; i++)
		if (signers[i] != event->receiver &&
		    case_state_is_disinterested(
			state, signers[i], item, CASE_NONE, due->time + 1))
			return true;
	return false;
}

struct last {
	const struct case_event *seen; /* jointly, or seized, or found */
	const struct case_event *given; /* after that, or NULL */
};

static struct last find_last(const struct cli_due *due, uint32_t item,
    const struct case_event *events, size_t n)
{
	struct last last = {0};

	for (size_t i = 0; i < n; i++) {
		const struct case_event *e = &events[i];

		if (e->type == CASE_EVENT_GIVEN)
			last.given = e;
		if (e->type != CASE_EVENT_SEIZED &&
		    e->type != CASE_EVENT_FOUND && !is_joint(due, item, e))
			continue;
		last.seen = e;
		last.given = NULL;
	}
	return last;
}

/* When something is to be looked at next. */
struct look {
	enum cli_due_kind kind;
	int64_t when;
	int64_t since;
	uint32_t leaf, giver, holder;
};

static int put_look(const struct cli_due *due, struct cli_due_task *task,
    const struct look *look, struct err *err)
{
	struct slice giver = look->giver != CASE_NONE
	    ? party_name(due, look->giver)
	    : slice_of(NULL);

	if (task->kind == CLI_DUE_INVENTORY && giver.p != NULL)
		buf_printf(&task->what, "joint inventory of what %.*s gave ",
		    SLICE_ARG(giver));
	else
		buf_puts(&task->what,
		    "joint inspection of what was last so "
		    "seen ");
	case_report_put_when(&task->what, look->since);
	return buf_check(&task->what, err);
}

static int compare_looks(const void *a, const void *b)
{
	const struct look *x = a, *y = b;

	if (x->leaf != y->leaf)
		return x->leaf < y->leaf ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (x->holder != y->holder)
		return x->holder < y->holder ? -1 : 1;
	return x->when < y->when ? -1 : x->when > y->when;
}

/* One line for all things of one holder that follow from the same record. */
static int add_looks(
    struct cli_due *due, struct look *looks, size_t n, struct err *err)
{
	struct cli_due_task *task = NULL;
	int rc = 0;

	if (n > 1)
		qsort(looks, n, sizeof(looks[0]), compare_looks);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct look *l = &looks[i];

		if (i > 0 && l[-1].leaf == l->leaf && l[-1].kind == l->kind &&
		    l[-1].holder == l->holder) {
			task->items++;
			continue;
		}
		rc = add(due, l->kind, l->when,
		    &case_state_leaf(due->c->state, l->leaf)->id, &task, err);
		if (rc != 0)
			break;
		task->items = 1;
		buf_put_slice(&task->who, party_name(due, l->holder));
		rc = put_look(due, task, l, err);
	}
	return rc;
}

/* What stands for itself: not in something that has the same holder. */
static bool is_by_itself(
    const struct cli_due *due, uint32_t item, uint32_t *ret_holder)
{
	const struct case_state *state = due->c->state;
	struct case_set holders = case_state_holders(state, item, due->time);
	uint32_t in = case_state_container(state, item, due->time);

	*ret_holder = case_set_next(&holders, 0);
	if (*ret_holder == CASE_NONE)
		return false;
	if (in == CASE_NONE)
		return true;
	holders = case_state_holders(state, in, due->time);
	return !case_set_has(&holders, *ret_holder);
}

/* One look settles both: only the nearer one is told. False: there is none. */
static bool find_look(const struct cli_due *due, uint32_t item,
    const struct case_event *events, size_t n, struct look *look)
{
	struct last last = find_last(due, item, events, n);
	int64_t inventory = INT64_MAX, inspection = INT64_MAX;

	if (last.given != NULL)
		inventory =
		    last.given->at + (int64_t)due->inventory_days * WHEN_DAY;
	if (last.seen != NULL && due->inspect_days > 0)
		inspection =
		    last.seen->at + (int64_t)due->inspect_days * WHEN_DAY;
	if (inventory == INT64_MAX && inspection == INT64_MAX)
		return false;
	bool is_inventory = inventory <= inspection;
	const struct case_event *since = is_inventory ? last.given : last.seen;
	look->kind = is_inventory ? CLI_DUE_INVENTORY : CLI_DUE_INSPECTION;
	look->when = is_inventory ? inventory : inspection;
	look->since = since->at;
	look->leaf = since->leaf;
	look->giver = since->giver;
	return true;
}

static int find_looks(struct cli_due *due, struct err *err)
{
	const struct case_state *state = due->c->state;
	size_t count = case_state_item_count(state), look_count = 0;
	struct look *looks = mem_new(count + 1, sizeof(*looks));
	struct case_event *events = NULL;
	size_t cap = 0, n;
	int rc = looks == NULL ? err_nomem(err) : 0;

	for (uint32_t i = 0; rc == 0 && i < count; i++) {
		struct look *look = &looks[look_count];

		if (!is_by_itself(due, i, &look->holder) ||
		    cli_timeline_is_missing(case_state_item(state, i), NULL))
			continue;
		rc = case_state_timeline(state, i, &events, &cap, &n, err);
		if (rc == 0)
			look_count += find_look(due, i, events, n, look);
	}
	if (rc == 0)
		rc = add_looks(due, looks, look_count, err);
	free(events);
	free(looks);
	return rc;
}

/* ---- offers ---- */

static int add_offer(void *cookie, const char *path,
    const struct case_offer *offer, struct err *err)
{
	const struct record *record = case_offer_main(offer);
	struct cli_due *due = cookie;
	struct cli_due_task *task;
	struct slice party;
	int64_t when;

	if (!record_get_time(record, RECORD_F_OFFER_EXPIRES, &when))
		return 0;
	int rc = add(due, CLI_DUE_OFFER, when, &record->id, &task, err);
	if (rc != 0)
		return rc;
	task->items = record->block_count;
	for (size_t at = 0;
	     (party = case_offer_missing(offer, &at)).p != NULL;) {
		buf_puts(&task->who, task->who.n > 0 ? ", " : "");
		buf_put_slice(&task->who, party);
	}
	buf_puts(
	    &task->what, task->is_overdue ? "expired offer " : "sign offer ");
	case_report_put_id(&task->what, &record->id);
	buf_puts(&task->what, " (");
	cli_pending_put_what(offer, &task->what);
	buf_putc(&task->what, ')');
	if (task->is_overdue)
		buf_printf(&task->what,
		    ": make a new one if it is still wanted, and remove %s",
		    path);
	return 0;
}

static int find_offers(struct cli_due *due, struct err *err)
{
	return cli_pending_each(due->c, add_offer, due, err);
}

/* ---- orders ---- */

static int add_task_of_order(struct cli_due *due,
    const struct case_order *order, size_t left, struct err *err)
{
	const struct case_state *state = due->c->state;
	const struct case_leaf *leaf = case_state_leaf(state, order->leaf);
	struct record record = {0};
	struct cli_due_task *task;
	int rc = case_state_record(state, order->leaf, &record, err);

	if (rc == 0)
		rc = add(
		    due, CLI_DUE_ORDER, order->until, &leaf->id, &task, err);
	if (rc != 0)
		goto out;
	task->items = left;
	if (left > 0)
		buf_printf(&task->what, "carry out %.*s ",
		    SLICE_ARG(record_get(&record, RECORD_F_WHAT)));
	else
		buf_printf(&task->what, "%.*s ends: ",
		    SLICE_ARG(record_get(&record, RECORD_F_WHAT)));
	case_report_put_id(&task->what, &leaf->id);
	buf_printf(&task->what, " of %.*s",
	    SLICE_ARG(record_get(&record, RECORD_F_ISSUER)));
	if (left > 0)
		buf_printf(&task->what, " (%zu thing%s left)", left,
		    left == 1 ? "" : "s");
out:
	record_done(&record);
	return rc;
}

/* An order that has run out asks nothing of anybody, unless something was to
 * be done under it. */
static int find_orders(struct cli_due *due, struct err *err)
{
	const struct case_state *state = due->c->state;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < case_state_order_count(state); i++) {
		const struct case_order *order = case_state_order(state, i);
		enum cli_orders_status status =
		    cli_orders_status(order, due->time);
		size_t left = 0;

		if (status == CLI_ORDERS_REVOKED)
			continue;
		rc = cli_orders_count_left(state, order, due->time, &left, err);
		if (rc == 0 &&
		    (left > 0 ||
			(status != CLI_ORDERS_EXPIRED &&
			    order->until != INT64_MAX)))
			rc = add_task_of_order(due, order, left, err);
	}
	return rc;
}

/* ---- all ---- */

static int (*const sources[])(struct cli_due *due, struct err *err) = {
    find_questions,
    find_returns,
    find_looks,
    find_offers,
    find_orders,
};

static int compare(const void *a, const void *b)
{
	const struct cli_due_task *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return memcmp(x->record.b, y->record.b, HASH_SIZE);
}

/* What the newest policy says of it. */
static int read_interval(struct cli_due *due, struct err *err)
{
	const struct case_state *state = due->c->state;
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(state); i++) {
		struct record record = {0};

		if (case_state_leaf(state, i)->kind != RECORD_POLICY ||
		    case_state_leaf(state, i)->standing != CASE_GOOD)
			continue;
		rc = case_state_record(state, i, &record, err);
		if (rc == 0)
			(void)record_get_count(&record, RECORD_F_INSPECT_EVERY,
			    &due->inspect_days);
		record_done(&record);
	}
	return rc;
}

int cli_due_make(struct cli_due *due, struct cli_case *c, struct err *err)
{
	int rc = 0;

	due->c = c;
	due->time = cli_finding_default_time(c);
	if (due->inspect_days == 0)
		rc = read_interval(due, err);
	for (size_t i = 0; rc == 0 && i < sizeof(sources) / sizeof(sources[0]);
	     i++)
		rc = sources[i](due, err);
	for (size_t i = 0; rc == 0 && i < due->n; i++) {
		rc = buf_check(&due->tasks[i].who, err);
		if (rc == 0)
			rc = buf_check(&due->tasks[i].what, err);
	}
	if (rc == 0 && due->n > 1)
		qsort(due->tasks, due->n, sizeof(due->tasks[0]), compare);
	return rc;
}

void cli_due_done(struct cli_due *due)
{
	for (size_t i = 0; i < due->n; i++) {
		buf_done(&due->tasks[i].who);
		buf_done(&due->tasks[i].what);
	}
	free(due->tasks);
	*due = (struct cli_due){0};
}

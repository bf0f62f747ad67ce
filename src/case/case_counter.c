/*
 * case_counter.c: what the records between two readings of a counter account
 * for, and whether that is as much as it went on.
 */
#include "case_telltale.h"

#include "case_internal.h"
#include "case_weigh.h"
#include "mem.h"
#include "when.h"

#define HOUR 3600
#define HOUR_ROUNDING 1 /* the counter has whole hours */
#define READ_PERCENT 1
/* Whatever looks at a drive that is connected: tables, labels, counters. */
#define READ_A_SESSION (64ull << 20)

enum kind {
	KIND_OTHER, /* its unit and its ways are not known */
	KIND_HOURS,
	KIND_SESSIONS, /* goes on by one when the drive is switched on or off */
	KIND_READ,
	KIND_WRITTEN,
};

static enum kind kind_of(struct slice counter)
{
	static const struct {
		const char *name;
		enum kind kind;
	} known[] = {
	    {"power-on-hours", KIND_HOURS},
	    {"power-cycles", KIND_SESSIONS},
	    {"power-on-resets", KIND_SESSIONS},
	    {"start-stops", KIND_SESSIONS},
	    {"unsafe-shutdowns", KIND_SESSIONS},
	    {"bytes-read", KIND_READ},
	    {"bytes-written", KIND_WRITTEN},
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (slice_is_text(counter, known[i].name))
			return known[i].kind;
	return KIND_OTHER;
}

/* What is accounted for. Sums stay at UINT64_MAX when they would pass it. */
struct account {
	uint64_t uses, sessions;
	uint64_t seconds;
	uint64_t bytes;
	bool is_all_read; /* a record that does not say how much was read */
};

/* The events [from, to) of the timeline: those of one record. */
struct group {
	size_t from, to;
	uint32_t leaf;
	bool is_use, is_reading;
};

static void add(uint64_t *sum, uint64_t value)
{
	if (!mem_add_u64(sum, *sum, value))
		*sum = UINT64_MAX;
}

static struct group group_at(
    const struct case_telltale_timeline *t, size_t from)
{
	struct group g = {
	    .from = from, .to = from, .leaf = t->events[from].leaf};

	for (; g.to < t->n && t->events[g.to].leaf == g.leaf; g.to++) {
		g.is_use = g.is_use || case_weigh_is_use(t->events[g.to].type);
		g.is_reading = g.is_reading || t->events[g.to].has_telltale;
	}
	return g;
}

/* ---- one use ---- */

static void add_time(struct account *a, const struct record *r)
{
	int64_t started, finished;

	if (when_from_time(&started, record_get(r, RECORD_F_STARTED)) &&
	    when_from_time(&finished, record_get(r, RECORD_F_FINISHED)) &&
	    finished >= started)
		add(&a->seconds, (uint64_t)(finished - started));
	else
		add(&a->seconds, HOUR);
}

static void add_copy(struct account *a, const struct record *r,
    const struct record_block *b, bool *ret_has_length)
{
	unsigned long long length, passes = 1;
	uint64_t product;

	if (!slice_to_u64(record_block_get(r, b, RECORD_F_LENGTH), &length))
		return;
	(void)slice_to_u64(record_block_get(r, b, RECORD_F_PASSES), &passes);
	if (__builtin_mul_overflow(length, passes, &product))
		product = UINT64_MAX;
	add(&a->bytes, product);
	*ret_has_length = true;
}

/* How long it took, and how much was read. */
static int add_use(struct account *a, const struct case_telltale_timeline *t,
    const struct group *g, struct err *err)
{
	bool is_copied = false, has_length = false;
	struct record record = {0};
	int rc = case_state_record(t->state, g->leaf, &record, err);

	if (rc == 0) {
		a->uses++;
		add_time(a, &record);
	}
	for (size_t k = g->from; k < g->to && rc == 0; k++) {
		const struct case_event *e = &t->events[k];

		if (e->type == CASE_EVENT_EXAMINED)
			a->is_all_read = true;
		if (e->type != CASE_EVENT_COPIED)
			continue;
		is_copied = true;
		if (e->block < record.block_count)
			add_copy(
			    a, &record, &record.blocks[e->block], &has_length);
	}
	a->is_all_read = a->is_all_read || (is_copied && !has_length);
	record_done(&record);
	return rc;
}

/* ---- all between two readings ---- */

static int add_group(struct account *a, const struct case_telltale_timeline *t,
    const struct group *g, const struct case_reading *old,
    const struct case_reading *new, struct err *err)
{
	bool is_own = g->leaf == new->leaf, is_old = g->leaf == old->leaf;
	bool is_between = is_own && is_old &&
	    case_is_on("telltale: two readings in one record");
	bool counts = is_between || t->counts(t->cookie, g->from, new->event);
	/* What was read after a use has that use in it. */
	bool is_over = is_old && !is_own && old->is_second &&
	    case_is_on("telltale: a use before the reading is over");

	if (!is_old && (is_own || (counts && (g->is_use || g->is_reading))))
		a->sessions++;
	return g->is_use && counts && !is_over ? add_use(a, t, g, err) : 0;
}

static int account_for(struct account *a,
    const struct case_telltale_timeline *t, const struct case_reading *old,
    const struct case_reading *new, struct err *err)
{
	size_t from = old->event;
	int rc = 0;

	while (from > 0 && t->events[from - 1].leaf == t->events[from].leaf)
		from--;
	for (size_t k = from; k <= new->event &&rc == 0;) {
		struct group g = group_at(t, k);

		rc = add_group(a, t, &g, old, new, err);
		k = g.to;
	}
	return rc;
}

static uint64_t read_at_most(const struct account *a)
{
	uint64_t sum = a->bytes, session;

	add(&sum, a->bytes / 100 * READ_PERCENT);
	/* The one of the earlier reading may have gone on after it. */
	if (__builtin_mul_overflow(a->sessions + 1, READ_A_SESSION, &session))
		session = UINT64_MAX;
	add(&sum, session);
	return sum;
}

static bool is_accounted(
    const struct account *a, struct slice counter, uint64_t more)
{
	switch (kind_of(counter)) {
	case KIND_HOURS:
		return more <= a->seconds / HOUR + (a->seconds % HOUR != 0) +
			HOUR_ROUNDING ||
		    case_is_off("telltale: hours as long as the use");
	case KIND_SESSIONS:
		return more <= a->sessions ||
		    case_is_off("telltale: one session a record");
	case KIND_READ:
		return a->is_all_read || more <= read_at_most(a) ||
		    case_is_off("telltale: read as much as was copied");
	case KIND_WRITTEN:
		return case_is_off("telltale: nothing is written");
	case KIND_OTHER:
		break;
	}
	return a->uses > 0 &&
	    case_is_on("telltale: unless its use is recorded");
}

int case_telltale_judge(const struct case_telltale_timeline *t,
    const struct case_reading *old, const struct case_reading *new,
    enum case_telltale *ret_telltale, struct err *err)
{
	struct account a = {0};
	int rc = 0;

	*ret_telltale = CASE_TELLTALE_NONE;
	if (new->value == old->value)
		return 0;
	if (new->value < old->value) {
		if (case_is_on("telltale: backwards"))
			*ret_telltale = CASE_TELLTALE_BACKWARDS;
		return 0;
	}
	rc = account_for(&a, t, old, new, err);
	if (rc == 0 && !is_accounted(&a, new->counter, new->value - old->value))
		*ret_telltale = CASE_TELLTALE_USE;
	return rc;
}

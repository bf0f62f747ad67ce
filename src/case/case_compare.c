/*
 * case_compare.c: two lists read, matched and told apart.
 *
 * The invariant: a thing is matched with at most one other, and no match rests
 * on a value that several things of one side have.
 */
#include "case_compare.h"

#include "case_internal.h"
#include "mem.h"

#include <stdlib.h>

/* ---- reading ---- */

/* An open value, or what is known of a withheld one. */
static struct slice value_of(const struct case_compare_side *side,
    const struct record *record, const struct record_block *block,
    const struct record_value *v)
{
	if (v == NULL)
		return slice_of(NULL);
	if (!v->is_withheld)
		return v->value;
	return side->reveal(side->cookie, &record->id,
	    block != NULL ? block->id : slice_of("-"), v->name, v->occurrence);
}

/* Is it a number, and not a remark such as "none visible"? */
static bool is_serial(struct slice s)
{
	bool has_sign = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == ' ')
			return false;
		has_sign = has_sign || (c >= '0' && c <= '9') ||
		    (c >= 'A' && c <= 'Z');
	}
	return s.n >= 4 && has_sign;
}

static void read_thing(struct case_compare_thing *thing,
    const struct case_compare_side *side, const struct record *record,
    const struct record_block *block)
{
	struct slice serial = value_of(side, record, block,
	    record_next(record, block, RECORD_F_SERIAL, NULL));

	*thing = (struct case_compare_thing){
	    .id = block->id,
	    .type = CASE_DRIVE,
	    .serial = is_serial(serial) ? serial : slice_of(NULL),
	    .inside = record_block_get(record, block, RECORD_F_INSIDE),
	    .seal = record_block_get(record, block, RECORD_F_SEAL),
	    .record = record,
	    .block = block,
	};
	(void)case_item_type_find(
	    record_block_get(record, block, RECORD_F_TYPE), &thing->type);
}

static int read_things(struct case_compare *c, int s, struct err *err)
{
	size_t count = 0, n = 0;

	for (size_t i = 0; i < c->record_count[s]; i++)
		count += c->records[s][i].block_count;
	c->things[s] = mem_new(count + 1, sizeof(*c->things[s]));
	if (c->things[s] == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < c->record_count[s]; i++) {
		const struct record *r = &c->records[s][i];
		for (size_t k = 0; k < r->block_count; k++)
			read_thing(
			    &c->things[s][n++], &c->sides[s], r, &r->blocks[k]);
	}
	c->n[s] = n;
	return 0;
}

static int read_list(struct case_compare *c, int s, struct err *err)
{
	const struct case_compare_side *side = &c->sides[s];
	int rc = 0;

	if (side->list == CASE_NONE)
		return read_things(c, s, err);
	const struct case_list *list = case_state_list(side->state, side->list);
	c->records[s] = mem_new(list->part_count + 1, sizeof(*c->records[s]));
	if (c->records[s] == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < list->part_count && rc == 0; i++)
		if (list->leaves[i] != CASE_NONE)
			rc = case_state_record(side->state, list->leaves[i],
			    &c->records[s][c->record_count[s]++], err);
	if (rc == 0 && list->seizure != CASE_NONE)
		rc = case_state_record(
		    side->state, list->seizure, &c->seizures[s], err);
	return rc == 0 ? read_things(c, s, err) : rc;
}

/* ---- matching ---- */

struct keyed {
	struct slice key;
	int type; /* 0 where the type does not matter */
	size_t thing;
};

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	int order = slice_compare(x->key, y->key);

	return order != 0 ? order : x->type - y->type;
}

enum key {
	KEY_SERIAL,
	KEY_LABEL,
	KEY_SEAL,
	KEY_JOINT_SEAL
};

static struct slice key_of(const struct case_compare_thing *t, enum key key)
{
	switch (key) {
	case KEY_SERIAL:
		return t->serial;
	case KEY_LABEL:
		return t->id;
	case KEY_SEAL:
		return t->seal;
	case KEY_JOINT_SEAL:
		return t->joint_seal;
	}
	return slice_of(NULL);
}

/* The things of a side that are still to be matched and have the key, sorted
 * by it; free() them. */
static int sort_by(const struct case_compare *c, int s, enum key key,
    bool is_typed, struct keyed **ret_keyed, size_t *ret_n, struct err *err)
{
	struct keyed *keyed = mem_new(c->n[s] + 1, sizeof(*keyed));
	size_t n = 0;

	if (keyed == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < c->n[s]; i++) {
		const struct case_compare_thing *t = &c->things[s][i];
		struct slice k = key_of(t, key);
		if (t->how == CASE_COMPARE_UNMATCHED && k.p != NULL)
			keyed[n++] =
			    (struct keyed){k, is_typed ? (int)t->type : 0, i};
	}
	qsort(keyed, n, sizeof(*keyed), compare_keyed);
	*ret_keyed = keyed;
	*ret_n = n;
	return 0;
}

static void join(
    struct case_compare *c, size_t a, size_t b, enum case_compare_how how)
{
	c->things[CASE_COMPARE_A][a].how = how;
	c->things[CASE_COMPARE_A][a].other = b;
	c->things[CASE_COMPARE_B][b].how = how;
	c->things[CASE_COMPARE_B][b].other = a;
	c->matched[how]++;
}

static size_t run_length(const struct keyed *keyed, size_t n)
{
	size_t length = 1;

	while (length < n && compare_keyed(&keyed[0], &keyed[length]) == 0)
		length++;
	return length;
}

struct pass {
	enum key keys[CASE_COMPARE_SIDES];
	bool is_typed;
	enum case_compare_how how;
};

static int run_pass(
    struct case_compare *c, const struct pass *pass, struct err *err)
{
	struct keyed *a = NULL, *b = NULL;
	size_t an = 0, bn = 0, i = 0, k = 0;
	int rc = sort_by(c, CASE_COMPARE_A, pass->keys[CASE_COMPARE_A],
	    pass->is_typed, &a, &an, err);

	if (rc == 0)
		rc = sort_by(c, CASE_COMPARE_B, pass->keys[CASE_COMPARE_B],
		    pass->is_typed, &b, &bn, err);
	while (rc == 0 && i < an && k < bn) {
		int order = compare_keyed(&a[i], &b[k]);
		size_t in_a = run_length(a + i, an - i);
		size_t in_b = run_length(b + k, bn - k);
		if (order == 0 && in_a == 1 && in_b == 1)
			join(c, a[i].thing, b[k].thing, pass->how);
		i += order <= 0 ? in_a : 0;
		k += order >= 0 ? in_b : 0;
	}
	free(a);
	free(b);
	return rc;
}

/* A computer and its casing often have one number: type and number first. */
static const struct pass passes[] = {
    {{KEY_SERIAL, KEY_SERIAL}, true, CASE_COMPARE_SERIAL},
    {{KEY_SERIAL, KEY_SERIAL}, false, CASE_COMPARE_SERIAL},
    {{KEY_LABEL, KEY_LABEL}, false, CASE_COMPARE_LABEL},
    {{KEY_JOINT_SEAL, KEY_SEAL}, false, CASE_COMPARE_RECORD},
    {{KEY_SEAL, KEY_JOINT_SEAL}, false, CASE_COMPARE_RECORD},
    {{KEY_JOINT_SEAL, KEY_JOINT_SEAL}, false, CASE_COMPARE_RECORD},
};

/* ---- records that both sides signed ---- */

static bool has_signer_of(
    const struct record *record, const struct case_compare *c, int s)
{
	for (size_t i = 0; i < c->record_count[s] && i < 1; i++) {
		const struct record *list = &c->records[s][i];
		for (size_t k = 0; k < list->signer_count; k++)
			if (record_is_signed_by(record, list->signers[k].party))
				return true;
	}
	return false;
}

static void note_seals(struct case_compare *c, int s,
    const struct record *record, const struct keyed *by_label)
{
	for (size_t i = 0; i < record->block_count; i++) {
		const struct record_block *b = &record->blocks[i];
		struct keyed wanted = {.key = b->id};
		struct slice seal = record_block_get(record, b, RECORD_F_SEAL);
		const struct keyed *found = bsearch(&wanted, by_label, c->n[s],
		    sizeof(*by_label), compare_keyed);
		if (found != NULL && seal.p != NULL)
			c->things[s][found->thing].joint_seal = seal;
	}
}

/* Lists and seizures are what is compared; they do not count. */
static int find_joint_seals(struct case_compare *c, int s, struct err *err)
{
	const struct case_state *state = c->sides[s].state;
	struct record record = {0};
	struct keyed *by_label = NULL;
	size_t n;
	int rc = sort_by(c, s, KEY_LABEL, false, &by_label, &n, err);

	for (uint32_t i = 0; i < case_state_leaf_count(state) && rc == 0; i++) {
		enum record_kind kind = case_state_leaf(state, i)->kind;
		if (record_schema_of(kind)->block != RECORD_F_ITEM ||
		    kind == RECORD_LIST)
			continue;
		rc = case_state_record(state, i, &record, err);
		if (rc == 0 && has_signer_of(&record, c, CASE_COMPARE_A) &&
		    has_signer_of(&record, c, CASE_COMPARE_B))
			note_seals(c, s, &record, by_label);
	}
	free(by_label);
	record_done(&record);
	return rc;
}

static int match(struct case_compare *c, struct err *err)
{
	int rc = 0;

	for (int s = 0; s < CASE_COMPARE_SIDES && rc == 0; s++)
		rc = find_joint_seals(c, s, err);
	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]) && rc == 0;
	     i++)
		rc = run_pass(c, &passes[i], err);
	return rc;
}

/* ---- differences ---- */

static int add(
    struct case_compare *c, struct case_compare_difference d, struct err *err)
{
	int rc = mem_grow((void **)&c->differences, &c->difference_cap,
	    c->difference_count + 1, sizeof(*c->differences), err);

	if (rc == 0)
		c->differences[c->difference_count++] = d;
	return rc;
}

static int compare_values(
    struct case_compare *c, struct case_compare_difference d, struct err *err)
{
	return slice_is(d.values[CASE_COMPARE_A], d.values[CASE_COMPARE_B])
	    ? 0
	    : add(c, d, err);
}

/* The first value of a field on each side; one that is there and not known
 * cannot be compared. */
static int compare_field(struct case_compare *c,
    const struct record *const records[CASE_COMPARE_SIDES],
    const struct record_block *const blocks[CASE_COMPARE_SIDES],
    struct case_compare_difference d, struct err *err)
{
	for (int s = 0; s < CASE_COMPARE_SIDES; s++) {
		const struct record_value *v =
		    record_next(records[s], blocks[s], d.field, NULL);
		d.values[s] = value_of(&c->sides[s], records[s], blocks[s], v);
		if (v != NULL && d.values[s].p == NULL) {
			c->unknown_count++;
			return 0;
		}
	}
	return compare_values(c, d, err);
}

static size_t find_label(const struct case_compare *c, int s, struct slice id)
{
	for (size_t i = 0; i < c->n[s]; i++)
		if (slice_is(c->things[s][i].id, id))
			return i;
	return SIZE_MAX;
}

/* Containers are the same if they are matched, whatever they are called. */
static bool is_same_container(const struct case_compare *c,
    const struct case_compare_thing *a, const struct case_compare_thing *b)
{
	if (a->inside.p == NULL || b->inside.p == NULL)
		return a->inside.p == b->inside.p;
	size_t container = find_label(c, CASE_COMPARE_A, a->inside);
	if (container == SIZE_MAX ||
	    c->things[CASE_COMPARE_A][container].how == CASE_COMPARE_UNMATCHED)
		return slice_is(a->inside, b->inside);
	size_t other = c->things[CASE_COMPARE_A][container].other;
	return slice_is(c->things[CASE_COMPARE_B][other].id, b->inside);
}

static int compare_thing(struct case_compare *c, size_t thing, struct err *err)
{
	static const enum record_name fields[] = {RECORD_F_TYPE, RECORD_F_SEAL,
	    RECORD_F_MAKE, RECORD_F_MODEL, RECORD_F_CAPACITY, RECORD_F_SERIAL};
	const struct case_compare_thing *a = &c->things[CASE_COMPARE_A][thing];
	const struct case_compare_thing *b =
	    &c->things[CASE_COMPARE_B][a->other];
	const struct record *records[] = {a->record, b->record};
	const struct record_block *blocks[] = {a->block, b->block};
	struct case_compare_difference d = {
	    .thing = thing, .field = RECORD_F_ITEM, .values = {a->id, b->id}};
	int rc = compare_values(c, d, err);

	d.field = RECORD_F_INSIDE;
	d.values[CASE_COMPARE_A] = a->inside;
	d.values[CASE_COMPARE_B] = b->inside;
	if (rc == 0 && !is_same_container(c, a, b))
		rc = add(c, d, err);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && rc == 0;
	     i++) {
		d.field = fields[i];
		rc = compare_field(c, records, blocks, d, err);
	}
	return rc;
}

/* ---- the seizure ---- */

/* The value of a header line, which a record keeps taken apart. */
static struct slice header_value(const struct record *record, const char *name)
{
	struct slice rest = {record->text.p, record->header_n};

	while (rest.p != NULL && rest.n > 0) {
		struct slice line = slice_cut(&rest, '\n');
		size_t n = strlen(name);
		if (slice_starts_with(line, name))
			return (struct slice){line.p + n, line.n - n};
	}
	return slice_of(NULL);
}

static bool has_value(
    const struct record *record, enum record_name name, struct slice value)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, NULL, name, v)) != NULL)
		if (slice_is(v->value, value))
			return true;
	return false;
}

/* "<count> <kind>": the other side's count of this kind, or absent. */
static struct slice find_tally(
    const struct record *record, enum record_name name, struct slice kind)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, NULL, name, v)) != NULL) {
		struct slice rest = v->value;
		(void)slice_cut(&rest, ' ');
		if (slice_is(rest, kind))
			return v->value;
	}
	return slice_of(NULL);
}

static int compare_tallies(
    struct case_compare *c, enum record_name name, struct err *err)
{
	int rc = 0;

	for (int s = 0; s < CASE_COMPARE_SIDES; s++) {
		const struct record *here = &c->seizures[s];
		const struct record *there = &c->seizures[!s];
		const struct record_value *v = NULL;
		while (
		    rc == 0 && (v = record_next(here, NULL, name, v)) != NULL) {
			struct case_compare_difference d = {
			    .is_seizure = true, .field = name};
			struct slice kind = v->value;
			(void)slice_cut(&kind, ' ');
			d.values[s] = v->value;
			d.values[!s] = find_tally(there, name, kind);
			/* What both have was told from the first side. */
			if (has_value(there, name, v->value) ||
			    (s == CASE_COMPARE_B && d.values[!s].p != NULL))
				continue;
			rc = add(c, d, err);
		}
	}
	return rc;
}

static int compare_seizures(struct case_compare *c, struct err *err)
{
	static const enum record_name fields[] = {RECORD_F_PLACE,
	    RECORD_F_TAKEN_BY, RECORD_F_TAKEN_FROM, RECORD_F_ITEMS};
	static const enum record_name tallies[] = {
	    RECORD_F_ANNOUNCED, RECORD_F_COUNTED, RECORD_F_PHOTOGRAPHED};
	const struct record *records[] = {&c->seizures[0], &c->seizures[1]};
	const struct record_block *none[] = {NULL, NULL};
	struct case_compare_difference d = {
	    .is_seizure = true, .field = RECORD_F_AT};
	int rc = 0;

	for (int s = 0; s < CASE_COMPARE_SIDES; s++)
		if (records[s]->text.p != NULL)
			d.values[s] = header_value(records[s], "at: ");
	rc = compare_values(c, d, err);
	/* A seizure that only one has differs in all; the time says so. */
	if (rc != 0 || d.values[0].p == NULL || d.values[1].p == NULL)
		return rc;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]) && rc == 0;
	     i++) {
		d.field = fields[i];
		rc = compare_field(c, records, none, d, err);
	}
	for (size_t i = 0; i < sizeof(tallies) / sizeof(tallies[0]) && rc == 0;
	     i++)
		rc = compare_tallies(c, tallies[i], err);
	return rc;
}

/* ---- hand-overs ---- */

/* What is in a package goes with it: the timeline has both. */
static int read_gifts(const struct case_compare_side *side, struct slice id,
    struct case_event **ret_events, size_t *ret_n, struct err *err)
{
	uint32_t item = case_state_find_item(side->state, id);
	size_t cap = 0, n = 0, kept = 0;

	*ret_events = NULL;
	*ret_n = 0;
	if (item == CASE_NONE)
		return 0;
	int rc =
	    case_state_timeline(side->state, item, ret_events, &cap, &n, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		if ((*ret_events)[i].type == CASE_EVENT_GIVEN)
			(*ret_events)[kept++] = (*ret_events)[i];
	*ret_n = kept;
	return rc;
}

static struct slice name_of(const struct case_compare_side *side, uint32_t p)
{
	return p == CASE_NONE ? slice_of(NULL)
			      : case_state_party(side->state, p)->name;
}

/* The same two parties within a day: two clocks, one hand-over. */
static bool is_same_gift(const struct case_compare *c, int s,
    const struct case_event *here, const struct case_event *there)
{
	const struct case_compare_side *a = &c->sides[s];
	const struct case_compare_side *b = &c->sides[!s];
	int64_t apart = here->at - there->at;

	return slice_is(name_of(a, here->giver), name_of(b, there->giver)) &&
	    slice_is(name_of(a, here->receiver), name_of(b, there->receiver)) &&
	    apart <= CASE_LATE_SECONDS && apart >= -CASE_LATE_SECONDS;
}

static int add_event(
    struct case_compare *c, int s, uint32_t leaf, size_t thing, struct err *err)
{
	for (size_t i = 0; i < c->event_count; i++)
		if (c->events[i].side == s && c->events[i].leaf == leaf) {
			c->events[i].count++;
			return 0;
		}
	int rc = mem_grow((void **)&c->events, &c->event_cap,
	    c->event_count + 1, sizeof(*c->events), err);
	if (rc == 0)
		c->events[c->event_count++] =
		    (struct case_compare_event){s, leaf, 1, thing};
	return rc;
}

/* Those of side s that the other side does not know. */
static int compare_gifts(
    struct case_compare *c, int s, size_t thing, struct err *err)
{
	const struct case_compare_thing *t = &c->things[s][thing];
	struct case_event *here = NULL, *there = NULL;
	size_t n = 0, m = 0;
	int rc = read_gifts(&c->sides[s], t->id, &here, &n, err);

	if (rc == 0)
		rc = read_gifts(
		    &c->sides[!s], c->things[!s][t->other].id, &there, &m, err);
	for (size_t i = 0; i < n && rc == 0; i++) {
		bool is_known = false;
		for (size_t k = 0; k < m && !is_known; k++)
			is_known = is_same_gift(c, s, &here[i], &there[k]);
		if (!is_known)
			rc = add_event(c, s, here[i].leaf, thing, err);
	}
	free(here);
	free(there);
	return rc;
}

/* Two lists of one ledger have one custody. */
static int compare_custody(struct case_compare *c, struct err *err)
{
	int rc = 0;

	if (c->sides[0].state == c->sides[1].state)
		return 0;
	for (int s = 0; s < CASE_COMPARE_SIDES; s++)
		for (size_t i = 0; i < c->n[s] && rc == 0; i++)
			if (c->things[s][i].how != CASE_COMPARE_UNMATCHED)
				rc = compare_gifts(c, s, i, err);
	return rc;
}

/* ---- all of it ---- */

int case_compare_make(struct case_compare *ret_compare,
    const struct case_compare_side sides[CASE_COMPARE_SIDES], struct err *err)
{
	struct case_compare c = {
	    .sides = {sides[CASE_COMPARE_A], sides[CASE_COMPARE_B]}};
	int rc = 0;

	for (int s = 0; s < CASE_COMPARE_SIDES && rc == 0; s++)
		rc = read_list(&c, s, err);
	if (rc == 0)
		rc = match(&c, err);
	if (rc == 0)
		rc = compare_seizures(&c, err);
	for (size_t i = 0; i < c.n[CASE_COMPARE_A] && rc == 0; i++)
		if (c.things[CASE_COMPARE_A][i].how != CASE_COMPARE_UNMATCHED)
			rc = compare_thing(&c, i, err);
	if (rc == 0)
		rc = compare_custody(&c, err);
	if (rc == 0)
		*ret_compare = c;
	else
		case_compare_done(&c);
	return rc;
}

void case_compare_done(struct case_compare *compare)
{
	for (int s = 0; s < CASE_COMPARE_SIDES; s++) {
		for (size_t i = 0; i < compare->record_count[s]; i++)
			record_done(&compare->records[s][i]);
		free(compare->records[s]);
		free(compare->things[s]);
		record_done(&compare->seizures[s]);
	}
	free(compare->differences);
	free(compare->events);
	*compare = (struct case_compare){0};
}

bool case_compare_is_same(const struct case_compare *compare)
{
	if (compare->difference_count > 0 || compare->event_count > 0)
		return false;
	for (int s = 0; s < CASE_COMPARE_SIDES; s++)
		for (size_t i = 0; i < compare->n[s]; i++)
			if (compare->things[s][i].how == CASE_COMPARE_UNMATCHED)
				return false;
	return true;
}

const char *case_compare_how_name(enum case_compare_how how)
{
	static const char *const names[CASE_COMPARE_HOW_COUNT] = {
	    [CASE_COMPARE_UNMATCHED] = "none",
	    [CASE_COMPARE_SERIAL] = "serial",
	    [CASE_COMPARE_LABEL] = "label",
	    [CASE_COMPARE_RECORD] = "record",
	};

	return names[how];
}

/*
 * flow_sheet.c: the sheets about records: seizure and receipt, hand-over,
 * inspection, claim, and any other kind as the schema has it.
 */
#include "flow_sheet.h"

#include "case_report.h"
#include "flow_check.h"
#include "flow_html.h"

#include <inttypes.h>

/* ---- the parts of a list ---- */

struct parts {
	struct flow_form *f;
	size_t n; /* blocks so far */
	size_t counts[CASE_ITEM_TYPE_COUNT];
};

static const struct case_list *list_of(
    const struct case_state *state, uint32_t seizure)
{
	for (size_t i = 0; i < case_state_list_count(state); i++)
		if (case_state_list(state, i)->seizure == seizure)
			return case_state_list(state, i);
	return NULL;
}

/* Calls `put` with every block of the seizure's list, in order. */
static int each_listed(struct parts *p, uint32_t seizure,
    void (*put)(struct parts *p, const struct record *record,
	const struct record_block *block),
    struct err *err)
{
	const struct case_list *list = list_of(p->f->state, seizure);
	struct record record = {0};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && list != NULL && i < list->part_count;
	     i++) {
		if (list->leaves[i] == CASE_NONE)
			continue;
		rc = case_state_record(
		    p->f->state, list->leaves[i], &record, err);
		for (size_t b = 0; rc == 0 && b < record.block_count; b++) {
			p->n++;
			put(p, &record, &record.blocks[b]);
		}
	}
	record_done(&record);
	return rc;
}

static void put_listed(struct parts *p, const struct record *record,
    const struct record_block *block)
{
	flow_form_block(p->f, record, block, p->n);
}

static void put_short(struct parts *p, const struct record *record,
    const struct record_block *block)
{
	enum case_item_type type;
	struct slice name = record_block_get(record, block, RECORD_F_TYPE);

	if (case_item_type_find(name, &type))
		p->counts[type]++;
	flow_form_open_row(p->f);
	buf_printf(p->f->out, "<td>%zu</td>", p->n);
	flow_form_cell(p->f, block->id);
	flow_form_cell(p->f, name);
	flow_form_cell(p->f, record_block_get(record, block, RECORD_F_INSIDE));
	flow_form_cell(p->f, record_block_get(record, block, RECORD_F_SEAL));
	flow_form_close_row(p->f);
}

static void put_counts(struct parts *p)
{
	const char *between = "<p>In all: ";

	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++) {
		if (p->counts[t] == 0)
			continue;
		buf_puts(p->f->out, between);
		case_report_put_count(
		    p->f->out, p->counts[t], (enum case_item_type)t);
		between = ", ";
	}
	buf_puts(p->f->out, p->n > 0 ? ".</p>\n" : "");
}

/* ---- seizure ---- */

static int put_receipt(struct flow_form *f, const struct record *record,
    uint32_t leaf, struct err *err)
{
	static const char *const columns[] = {
	    "No.", "Item", "Type", "In", "Seal"};
	const struct flow_form_box boxes[] = {
	    {"Taken by", record_get(record, RECORD_F_TAKEN_BY)},
	    {"Receipt taken by the owner",
		record_get(record, RECORD_F_TAKEN_FROM)},
	};
	struct parts p = {.f = f};

	flow_form_close_sheet(f);
	flow_form_sheet(f, "Receipt for the owner");
	flow_form_say(f,
	    "These things were taken. Whoever had them keeps this sheet; it "
	    "is given also where a signature was refused. What is withheld "
	    "from the public is the owner's to know, and can be asked for "
	    "with the record's number.");
	buf_puts(f->out, "<p>Taken on ");
	case_report_put_when(f->out, record->at);
	buf_puts(f->out, " UTC.</p>\n");
	flow_form_open_table(f, columns, 5);
	int rc = each_listed(&p, leaf, put_short, err);
	flow_form_close_table(f);
	put_counts(&p);
	flow_form_boxes(f, boxes, 2);
	return rc;
}

static int put_seizure(struct flow_form *f, const struct record *record,
    uint32_t leaf, struct err *err)
{
	const struct flow_form_box boxes[] = {
	    {"For the authority", record_get(record, RECORD_F_TAKEN_BY)},
	    {"For the owner, or why not",
		record_get(record, RECORD_F_TAKEN_FROM)},
	    {"Witness", record_get(record, RECORD_F_WITNESS)},
	};
	struct parts p = {.f = f};

	flow_form_heading(f, "What was taken");
	flow_form_open_blocks(f, "Item");
	int rc = each_listed(&p, leaf, put_listed, err);
	flow_form_close_table(f);
	flow_form_boxes(f, boxes, 3);
	return rc != 0 ? rc : put_receipt(f, record, leaf, err);
}

/* ---- inspection ---- */

enum result {
	FOUND,
	BROKEN,
	OTHER,
	MISSING,
	UNEXPECTED,
	RESULT_COUNT
};

static enum result result_of(
    const struct record *record, const struct record_block *block)
{
	struct slice found = record_block_get(record, block, RECORD_F_FOUND);
	struct slice state = record_block_get(record, block, RECORD_F_STATE);

	if (slice_is_text(found, "missing"))
		return MISSING;
	if (slice_is_text(found, "unexpected"))
		return UNEXPECTED;
	if (slice_is_text(found, "other"))
		return OTHER;
	return slice_is_text(state, "broken") ? BROKEN : FOUND;
}

static void put_results(
    struct flow_form *f, const struct record *record, enum result result)
{
	static const char *const headings[RESULT_COUNT] = {
	    [FOUND] = "Found as listed",
	    [BROKEN] = "Found with a broken seal",
	    [OTHER] = "Found other than listed",
	    [MISSING] = "Missing",
	    [UNEXPECTED] = "Found, but not expected here",
	};
	size_t n = 0;

	for (size_t i = 0; i < record->block_count; i++)
		n += result_of(record, &record->blocks[i]) == result;
	buf_printf(f->out, "<h2>%s: %zu</h2>\n", headings[result], n);
	if (n == 0)
		return;
	n = 0;
	flow_form_open_blocks(f, "Item");
	for (size_t i = 0; i < record->block_count; i++)
		if (result_of(record, &record->blocks[i]) == result)
			flow_form_block(f, record, &record->blocks[i], ++n);
	flow_form_close_table(f);
}

/* What stands for itself at the party's: not in something that it has too. */
static bool is_expected(
    const struct case_state *state, uint32_t item, uint32_t party, int64_t at)
{
	struct case_set holders = case_state_holders(state, item, at);

	if (!case_set_has(&holders, party))
		return false;
	uint32_t in = case_state_container(state, item, at);
	if (in == CASE_NONE)
		return true;
	holders = case_state_holders(state, in, at);
	return !case_set_has(&holders, party);
}

/* An inspection of many things is several records of one time; a thing that
 * any of them tells of was looked at. */
static bool is_looked_at(
    const struct case_state *state, uint32_t item, uint32_t party, int64_t at)
{
	const struct case_item *it = case_state_item(state, item);

	for (size_t i = 0; i < it->event_count; i++) {
		const struct case_event *e = &it->events[i];

		if (e->at == at && e->receiver == party &&
		    case_state_leaf(state, e->leaf)->kind == RECORD_INSPECTION)
			return true;
	}
	return false;
}

static bool is_named(const struct record *record, struct slice id)
{
	for (size_t i = 0; i < record->block_count; i++)
		if (slice_is(record->blocks[i].id, id))
			return true;
	return false;
}

static void put_unseen(struct flow_form *f, const struct record *record)
{
	static const char *const columns[] = {"Item", "Type"};
	const struct case_state *state = f->state;
	uint32_t party = case_state_find_party(
	    state, record_get(record, RECORD_F_CUSTODIAN));
	size_t expected = 0, n = 0;

	for (uint32_t i = 0; i < case_state_item_count(state); i++) {
		const struct case_item *item = case_state_item(state, i);

		if (party == CASE_NONE ||
		    !is_expected(state, i, party, record->at))
			continue;
		expected++;
		if (is_named(record, item->id) ||
		    is_looked_at(state, i, party, record->at))
			continue;
		if (n++ == 0) {
			flow_form_heading(f, "Expected, but not looked at");
			flow_form_open_table(f, columns, 2);
		}
		flow_form_open_row(f);
		flow_form_cell(f, item->id);
		flow_form_cell(f, slice_of(case_item_type_name(item->type)));
		flow_form_close_row(f);
	}
	if (n > 0)
		flow_form_close_table(f);
	buf_printf(f->out,
	    "<p>Expected at the custodian's: %zu; not looked at: %zu.</p>\n",
	    expected, n);
}

static void put_inspection(struct flow_form *f, const struct record *record)
{
	const struct flow_form_box boxes[] = {
	    {"Custodian", record_get(record, RECORD_F_CUSTODIAN)},
	    {"Inspector", record_get(record, RECORD_F_INSPECTOR)},
	};

	/* What is amiss comes first. */
	for (int result = RESULT_COUNT - 1; result >= 0; result--)
		put_results(f, record, (enum result)result);
	put_unseen(f, record);
	flow_form_boxes(f, boxes, 2);
}

int flow_sheet_inventory(
    struct flow_form *f, uint32_t party, int64_t at, struct err *err)
{
	static const char *const columns[] = {"No.", "Item", "Type",
	    "Seal on record", "There?", "Seal seen, state, remark"};
	const struct flow_form_box boxes[] = {
	    {"Custodian", case_state_party(f->state, party)->name},
	    {"Inspector", slice_of(NULL)},
	};
	size_t n = 0;

	flow_form_sheet(f, "Inventory sheet");
	flow_form_say(f,
	    "What the custodian should have, by the records. Look at each, "
	    "tick it, and write down the seal as you see it; then add below "
	    "what is there and not on the list.");
	flow_form_open_table(f, columns, 6);
	for (uint32_t i = 0; i < case_state_item_count(f->state); i++) {
		const struct case_item *item = case_state_item(f->state, i);
		bool is_enclosing;

		if (!is_expected(f->state, i, party, at))
			continue;
		buf_printf(f->out, "<tr><td>%zu</td><td><b>", ++n);
		flow_html_put(f->out, item->id);
		buf_printf(f->out, "</b><small>*%c</small></td>",
		    flow_check_of(item->id));
		flow_form_cell(f, slice_of(case_item_type_name(item->type)));
		flow_form_cell(
		    f, case_state_seal(f->state, i, at, &is_enclosing));
		buf_puts(f->out, "<td>&#9744;</td><td></td></tr>\n");
	}
	flow_form_close_table(f);
	buf_printf(f->out, "<p>Expected: %zu.</p>\n", n);
	flow_form_boxes(f, boxes, 2);
	return n > 0 ? 0
		     : err_set(err, ERR_NOTFOUND,
			   "%.*s holds nothing; there is nothing to look at",
			   SLICE_ARG(boxes[0].party));
}

/* ---- claim ---- */

static int put_assessments(
    struct flow_form *f, const struct hash *claim, struct err *err)
{
	struct record record = {0};
	size_t n = 0;
	int rc = 0;

	flow_form_heading(f, "How it was graded");
	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(f->state);
	     i++) {
		struct hash about;

		if (case_state_leaf(f->state, i)->kind != RECORD_ASSESSMENT)
			continue;
		rc = case_state_record(f->state, i, &record, err);
		if (rc != 0 ||
		    !record_get_hash(&record, RECORD_F_CLAIM, &about) ||
		    !hash_is(&about, claim))
			continue;
		n++;
		flow_form_facts(f, &record);
	}
	if (rc == 0 && n == 0)
		flow_form_say(f, "It was not graded by anybody.");
	record_done(&record);
	return rc;
}

/* ---- all ---- */

static void put_blocks(struct flow_form *f, const struct record *record)
{
	if (record->block_count == 0)
		return;
	flow_form_heading(
	    f, record->schema->block == RECORD_F_PARTY ? "Parties" : "Things");
	flow_form_open_blocks(
	    f, record->schema->block == RECORD_F_PARTY ? "Party" : "Item");
	for (size_t i = 0; i < record->block_count; i++)
		flow_form_block(f, record, &record->blocks[i], i + 1);
	flow_form_close_table(f);
}

static void put_state(struct flow_form *f, uint32_t leaf)
{
	if (leaf == CASE_NONE) {
		flow_form_say(f,
		    "<b>An offer: not in the ledger yet.</b> It counts only "
		    "when all have signed and it was entered.");
		return;
	}
	const struct case_leaf *l = case_state_leaf(f->state, leaf);
	buf_printf(f->out, "<p>Leaf %" PRIu32 ", entered ", leaf);
	case_report_put_when(f->out, l->entered);
	buf_printf(
	    f->out, " UTC; standing: %s", case_standing_name(l->standing));
	if (l->standing != CASE_GOOD)
		buf_printf(f->out, " (%s)", case_rule_words(l->rule));
	buf_puts(f->out, ".</p>\n");
}

static const char *heading_of(enum record_kind kind)
{
	switch (kind) {
	case RECORD_SEIZURE:
		return "Seizure: inventory";
	case RECORD_HANDOVER:
		return "Hand-over";
	case RECORD_INSPECTION:
		return "Inspection: discrepancy report";
	case RECORD_CLAIM:
		return "Claim";
	default:
		return record_schema_of(kind)->name;
	}
}

int flow_sheet_record(struct flow_form *f, const struct record *record,
    uint32_t leaf, unsigned signed_mask, struct err *err)
{
	const struct flow_form_box boxes[] = {
	    {"Given by", record_get(record, RECORD_F_FROM)},
	    {"Received by", record_get(record, RECORD_F_TO)},
	};
	enum record_kind kind = record->schema->kind;
	int rc = 0;

	flow_form_sheet(f, heading_of(kind));
	buf_printf(f->out, "<p>It says: %s.</p>\n", record->schema->says);
	put_state(f, leaf);
	flow_form_facts(f, record);
	if (kind == RECORD_INSPECTION && leaf != CASE_NONE)
		put_inspection(f, record);
	else
		put_blocks(f, record);
	flow_form_signers(f, record, signed_mask);
	if (kind == RECORD_HANDOVER)
		flow_form_boxes(f, boxes, 2);
	if (kind == RECORD_CLAIM)
		rc = put_assessments(f, &record->id, err);
	if (kind == RECORD_SEIZURE && leaf != CASE_NONE)
		rc = put_seizure(f, record, leaf, err);
	return rc;
}

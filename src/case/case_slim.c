/*
 * case_slim.c: slim bundles written and checked.
 *
 * The invariant: a line is YES only for the reason of a record in the file that
 * would be one with any other records beside it.
 */
#include "case_slim.h"

#include "case_bundle.h"
#include "case_section.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "reader.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAGIC "counterfoil-slim/v1\n"
#define EXPLANATION                                                            \
	"This file holds chosen records of a case, each with the proof that "  \
	"the ledger\n"                                                         \
	"holds it. It can show that something was given; it cannot show that " \
	"nothing\n"                                                            \
	"was, and not whether a key was revoked. To check it, run\n"           \
	"    counterfoil-verify FILE\n\n"

bool case_slim_is_one(struct slice bytes)
{
	return slice_starts_with(bytes, MAGIC);
}

/* ---- what is YES whatever else there is ---- */

/* A holding counts where the record that begins it is in the period; a record
 * left out may have ended it later. An admission counts as it is. */
static bool is_anchored(const struct case_finding *f,
    const struct case_line *line, const struct case_reason *reason)
{
	int64_t at = case_state_leaf(f->state, reason->leaf)->at;

	if (reason->code != CASE_CODE_HELD)
		return true;
	return at < f->period_to &&
	    (line->form == CASE_DATA || at >= f->period_from);
}

static void reduce_line(const struct case_finding *f, struct case_line *line)
{
	size_t n = 0;

	if (line->word == CASE_NOT_APPLICABLE)
		return;
	for (size_t i = 0; i < line->reason_count && line->word == CASE_YES;
	     i++)
		if (is_anchored(f, line, &line->reasons[i]))
			line->reasons[n++] = line->reasons[i];
	line->reason_count = n;
	line->word = n > 0 ? CASE_YES : CASE_NOT_SHOWN;
	line->first_sighting = CASE_NONE;
	line->last_sighting = CASE_NONE;
}

/* The finding on the chosen leaves, as of the last one's entry. */
static int make_finding(struct case_slim *slim, uint32_t question,
    const struct case_cosignatures *cosignatures, struct err *err)
{
	const struct case_leaf *last =
	    case_state_leaf(slim->state, slim->leaf_count - 1);
	struct case_finding *f = &slim->finding;
	int rc = case_finding_make(
	    f, slim->state, question, last->entered, cosignatures, err);

	if (rc != 0)
		return rc;
	for (size_t i = 0; i < f->line_count; i++)
		reduce_line(f, &f->lines[i]);
	reduce_line(f, &f->unlisted);
	return 0;
}

static bool has_yes(const struct case_finding *f)
{
	for (size_t i = 0; i < f->line_count; i++)
		if (f->lines[i].word == CASE_YES)
			return true;
	return false;
}

/* ---- choosing ---- */

static bool is_custody(enum case_event_type type)
{
	return type == CASE_EVENT_SEIZED || type == CASE_EVENT_FOUND ||
	    type == CASE_EVENT_GIVEN || type == CASE_EVENT_TAKEN_OUT ||
	    type == CASE_EVENT_PUT_IN;
}

/* The reason's record and the item's custody up to it. */
static int choose_reason(const struct case_finding *f, uint32_t item,
    uint32_t leaf, bool *is_chosen, struct err *err)
{
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	int64_t until = case_state_leaf(f->state, leaf)->at;
	int rc = case_state_timeline(f->state, item, &events, &cap, &n, err);

	for (size_t i = 0; i < n && rc == 0; i++)
		if (is_custody(events[i].type) && events[i].at <= until)
			is_chosen[events[i].leaf] = true;
	is_chosen[leaf] = true;
	free(events);
	return rc;
}

static int choose_lines(
    const struct case_finding *f, bool *is_chosen, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < f->line_count && rc == 0; i++) {
		const struct case_line *line = &f->lines[i];

		if (line->word != CASE_YES)
			continue;
		for (size_t k = 0; k < line->reason_count && rc == 0; k++)
			rc = choose_reason(f, line->item, line->reasons[k].leaf,
			    is_chosen, err);
	}
	return rc;
}

static void choose_lists(const struct case_state *state, bool *is_chosen)
{
	for (size_t i = 0; i < case_state_list_count(state); i++) {
		const struct case_list *list = case_state_list(state, i);

		if (list->seizure == CASE_NONE || !is_chosen[list->seizure])
			continue;
		for (uint32_t part = 0; part < list->part_count; part++)
			if (list->leaves[part] != CASE_NONE)
				is_chosen[list->leaves[part]] = true;
	}
}

static void choose_relations(const struct case_state *state, bool *is_chosen)
{
	for (size_t i = 0; i < case_state_relation_count(state); i++)
		if (case_state_relation(state, i)->is_binding)
			is_chosen[case_state_relation(state, i)->leaf] = true;
}

/* From the last leaf to the first: whoever signs one that is chosen joined
 * before it, and so did the countersigners of that. The question of an answer
 * stands before it, too. */
static int choose_signers(
    const struct case_state *state, bool *is_chosen, struct err *err)
{
	struct case_set needed = {{0}};
	struct record record = {0};
	struct hash id;
	int rc = 0;

	for (size_t i = case_state_leaf_count(state); i-- > 0 && rc == 0;) {
		size_t n;
		const uint32_t *signers =
		    case_state_signers(state, (uint32_t)i, &n);

		rc = case_state_record(state, (uint32_t)i, &record, err);
		if (rc != 0)
			break;
		if (record.schema->kind == RECORD_JOIN) {
			uint32_t party = case_state_find_party(
			    state, record_get(&record, RECORD_F_PARTY));
			if (party != CASE_NONE && case_set_has(&needed, party))
				is_chosen[i] = true;
		}
		for (size_t k = 0; k < n && is_chosen[i]; k++)
			case_set_add(&needed, signers[k]);
		if (is_chosen[i] && record.schema->kind == RECORD_ANSWER &&
		    record_get_hash(&record, RECORD_F_QUESTION, &id)) {
			uint32_t question = case_state_find_leaf(state, &id);
			if (question != CASE_NONE)
				is_chosen[question] = true;
		}
	}
	record_done(&record);
	return rc;
}

int case_slim_choose(
    const struct case_finding *finding, bool *ret_is_chosen, struct err *err)
{
	ret_is_chosen[0] = true;
	ret_is_chosen[finding->question] = true;
	int rc = choose_lines(finding, ret_is_chosen, err);
	if (rc != 0)
		return rc;
	choose_lists(finding->state, ret_is_chosen);
	choose_relations(finding->state, ret_is_chosen);
	return choose_signers(finding->state, ret_is_chosen, err);
}

/* ---- writing ---- */

static int start(struct case_slim *slim, struct err *err)
{
	slim->state = case_state_new();
	if (slim->state == NULL)
		return err_nomem(err);
	case_state_loosen(slim->state);
	return 0;
}

static int note_index(struct case_slim *slim, uint64_t index, struct err *err)
{
	size_t n = case_state_leaf_count(slim->state);
	int rc = mem_grow((void **)&slim->indexes, &slim->index_cap, n,
	    sizeof(*slim->indexes), err);

	if (rc != 0)
		return rc;
	slim->indexes[n - 1] = index;
	slim->leaf_count = n;
	slim->signature_count +=
	    case_state_leaf(slim->state, n - 1)->signer_count;
	return 0;
}

static int fold_chosen(struct case_slim *slim,
    const struct case_finding *finding, const bool *is_chosen, struct err *err)
{
	int rc = start(slim, err);

	for (uint64_t i = 0; i < finding->size && rc == 0; i++) {
		if (!is_chosen[i])
			continue;
		rc = case_state_add(slim->state,
		    case_state_leaf(finding->state, i)->bytes, err);
		if (rc == 0)
			rc = note_index(slim, i, err);
	}
	return rc;
}

static int put_leaf(struct buf *out, const struct case_finding *finding,
    uint32_t index, struct err *err)
{
	struct tree_source source = case_state_tree(finding->state);
	struct tree_proof proof;
	struct buf lines;
	int rc =
	    tree_prove_inclusion(&proof, &source, index, finding->size, err);

	if (rc != 0)
		return rc;
	buf_init(&lines, CASE_BUNDLE_MAX);
	for (size_t i = 0; i < proof.n; i++) {
		text_put_base64(&lines, proof.hashes[i].b, HASH_SIZE);
		buf_putc(&lines, '\n');
	}
	case_section_put_leaf(out, finding->state, index);
	case_section_put(out, "proof", buf_slice(&lines));
	rc = buf_check(&lines, err);
	buf_done(&lines);
	return rc;
}

static int put_parts(struct buf *out, const struct case_finding *finding,
    const struct case_slim *slim, struct slice checkpoint, struct err *err)
{
	struct buf part;
	int rc;

	buf_init(&part, CASE_BUNDLE_MAX);
	buf_puts(out, MAGIC EXPLANATION "== question ");
	text_put_hex(out,
	    case_state_leaf(finding->state, finding->question)->id.b,
	    HASH_SIZE);
	buf_putc(out, '\n');
	rc = case_bundle_put_checkpoint(&part, finding, checkpoint, err);
	case_section_put(out, "checkpoint", buf_slice(&part));
	for (size_t i = 0; i < slim->leaf_count && rc == 0; i++)
		rc = put_leaf(out, finding, (uint32_t)slim->indexes[i], err);
	buf_clear(&part);
	case_finding_put_machine(&slim->finding, &part);
	case_section_put(out, "machine", buf_slice(&part));
	buf_puts(out, "== end\n");
	if (rc == 0)
		rc = buf_check(&part, err);
	buf_done(&part);
	return rc == 0 ? buf_check(out, err) : rc;
}

int case_slim_put(struct buf *out, const struct case_finding *finding,
    const bool *is_chosen, struct slice checkpoint, struct err *err)
{
	const struct case_leaf *question =
	    case_state_leaf(finding->state, finding->question);
	struct case_slim slim = {0};
	int rc = fold_chosen(&slim, finding, is_chosen, err);

	if (rc == 0)
		rc = make_finding(&slim,
		    case_state_find_leaf(slim.state, &question->id), NULL, err);
	if (rc == 0 && !has_yes(&slim.finding))
		rc = err_set(err, ERR_NOTFOUND,
		    "no record shows a YES by itself, and a slim bundle can "
		    "show nothing else; write a whole one");
	if (rc == 0)
		rc = put_parts(out, finding, &slim, checkpoint, err);
	case_slim_done(&slim);
	return rc;
}

/* ---- taking apart ---- */

struct entry {
	struct case_section_leaf leaf;
	struct slice proof;
};

struct layout {
	struct hash question;
	struct slice checkpoint;
	struct slice machine;
	struct entry *entries;
	size_t n, cap;
};

static int read_entries(
    struct reader *reader, struct layout *layout, struct err *err)
{
	while (reader_accept(reader, "== leaf ")) {
		int rc = mem_grow((void **)&layout->entries, &layout->cap,
		    layout->n + 1, sizeof(*layout->entries), err);

		if (rc != 0)
			return rc;
		struct entry *entry = &layout->entries[layout->n];
		if (!case_section_read_leaf(reader, &entry->leaf))
			return case_section_fail(
			    reader, "a part of a leaf", err);
		entry->proof = case_section_read(reader, "== proof ");
		if (reader->failed)
			return case_section_fail(
			    reader, "the section \"== proof\"", err);
		if (layout->n > 0 ? entry->leaf.index <= entry[-1].leaf.index
				  : entry->leaf.index != 0)
			return err_set(err, ERR_FORMAT,
			    "leaf %" PRIu64 " is out of order, or the first "
			    "record is not the genesis",
			    entry->leaf.index);
		layout->n++;
	}
	return 0;
}

static int read_layout(
    struct layout *layout, struct slice bytes, struct err *err)
{
	struct reader reader;

	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, MAGIC EXPLANATION "== question ");
	if (reader.failed ||
	    !hash_from_hex(&layout->question, reader_line(&reader)))
		return case_section_fail(&reader, "its beginning", err);
	layout->checkpoint = case_section_read(&reader, "== checkpoint ");
	if (reader.failed)
		return case_section_fail(
		    &reader, "the section \"== checkpoint\"", err);
	int rc = read_entries(&reader, layout, err);
	if (rc != 0)
		return rc;
	layout->machine = case_section_read(&reader, "== machine ");
	reader_expect(&reader, "== end\n");
	if (!reader_is_at_end(&reader) || layout->n == 0)
		return case_section_fail(&reader, "its end", err);
	return 0;
}

/* ---- checking ---- */

static int read_proof(
    struct tree_proof *proof, struct slice lines, struct err *err)
{
	struct reader reader;
	size_t n;

	proof->n = 0;
	reader_init(&reader, lines.p, lines.n);
	while (reader_left(&reader) > 0) {
		struct slice line = reader_line(&reader);
		if (reader.failed || proof->n == TREE_PROOF_MAX ||
		    !text_from_base64(
			proof->hashes[proof->n].b, HASH_SIZE, &n, line) ||
		    n != HASH_SIZE)
			return err_set(
			    err, ERR_FORMAT, "a proof that is not in form");
		proof->n++;
	}
	return 0;
}

static int check_inclusion(const struct entry *entry,
    const struct log_checkpoint *head, struct err *err)
{
	struct tree_proof proof;
	int rc = read_proof(&proof, entry->proof, err);

	if (rc == 0)
		rc = tree_check_inclusion(&proof, entry->leaf.index, head->size,
		    &entry->leaf.leaf_hash, &head->root, NULL);
	if (rc == ERR_VERIFY)
		return err_set(err, rc,
		    "leaf %" PRIu64 " is not in the ledger whose root the log "
		    "signed, or its proof was changed",
		    entry->leaf.index);
	return rc;
}

static int add_leaves(
    struct case_slim *slim, const struct layout *layout, struct err *err)
{
	struct hash_run *run = hash_new();
	int rc = run == NULL ? err_nomem(err) : start(slim, err);

	for (size_t i = 0; i < layout->n && rc == 0; i++)
		rc =
		    case_section_check_leaf(run, &layout->entries[i].leaf, err);
	for (size_t i = 0; i < layout->n && rc == 0; i++) {
		const struct case_section_leaf *leaf = &layout->entries[i].leaf;
		rc = case_section_add_leaf(slim->state, leaf, err);
		if (rc == 0)
			rc = note_index(slim, leaf->index, err);
	}
	hash_free(run);
	return rc;
}

static int check_tree(
    struct case_slim *slim, const struct layout *layout, struct err *err)
{
	struct log_checkpoint head;
	int rc = log_checkpoint_open(&head, NULL, layout->checkpoint,
	    case_state_log_key(slim->state), err);

	if (rc != 0) {
		err_prefix(err, "the checkpoint");
		return rc;
	}
	slim->size = head.size;
	for (size_t i = 0; i < layout->n && rc == 0; i++)
		rc = check_inclusion(&layout->entries[i], &head, err);
	return rc;
}

static int check_finding(
    struct case_slim *slim, const struct layout *layout, struct err *err)
{
	uint32_t question =
	    case_state_find_leaf(slim->state, &layout->question);
	struct case_cosignatures cosignatures = {0};
	struct case_witnessed *witnessed = mem_new(
	    case_state_witness_count(slim->state) + 1, sizeof(*witnessed));
	struct buf machine;

	if (witnessed == NULL)
		return err_nomem(err);
	buf_init(&machine, CASE_BUNDLE_MAX);
	cosignatures.witnessed = witnessed;
	int rc = case_bundle_cosignatures(slim->state, layout->checkpoint, true,
	    witnessed, &cosignatures.n, err);
	if (rc == 0 && question == CASE_NONE)
		rc = err_set(
		    err, ERR_VERIFY, "the question is not among the records");
	if (rc == 0)
		rc = make_finding(slim, question, &cosignatures, err);
	if (rc == ERR_USAGE)
		rc = ERR_VERIFY;
	if (rc == 0) {
		case_finding_put_machine(&slim->finding, &machine);
		rc = buf_check(&machine, err);
	}
	if (rc == 0 && !slice_is(layout->machine, buf_slice(&machine)))
		rc = err_set(err, ERR_VERIFY,
		    "the finding in it does not follow from its records");
	buf_done(&machine);
	free(witnessed);
	return rc;
}

int case_slim_check(struct case_slim *ret_slim, struct slice bytes,
    const struct note_key *pinned, size_t pinned_count, struct err *err)
{
	struct case_slim slim = {0};
	struct layout layout = {0};
	int rc = read_layout(&layout, bytes, err);

	if (rc == 0)
		rc = add_leaves(&slim, &layout, err);
	if (rc == 0)
		rc = check_tree(&slim, &layout, err);
	if (rc == 0)
		rc = check_finding(&slim, &layout, err);
	if (rc == 0)
		rc = case_bundle_check_pins(
		    slim.state, NULL, pinned, pinned_count, err);
	if (rc == 0)
		*ret_slim = slim;
	else
		case_slim_done(&slim);
	free(layout.entries);
	return rc;
}

void case_slim_done(struct case_slim *slim)
{
	case_finding_done(&slim->finding);
	case_state_free(slim->state);
	free(slim->indexes);
	*slim = (struct case_slim){0};
}

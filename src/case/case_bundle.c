/*
 * case_bundle.c: writes bundles, and checks them from the first byte to the
 * last.
 *
 * The invariant: what case_bundle_check accepts is, byte for byte, what
 * case_bundle_put writes for the same leaves, checkpoint, reveals, question
 * and time. Nothing in the file is believed before it has been recomputed or
 * its signature has been checked.
 */
#include "case_bundle.h"

#include "case_report.h"
#include "case_section.h"
#include "log_checkpoint.h"
#include "mem.h"
#include "note.h"
#include "reader.h"
#include "record_withheld.h"
#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>

#define MAGIC "counterfoil-bundle/v1\n"
#define EXPLANATION                                                            \
	"This file holds one finding and everything that it rests on: every "  \
	"record of\n"                                                          \
	"the case with its signatures, the ledger's signed checkpoint, and "   \
	"the finding\n"                                                        \
	"itself, in words and in short form. To check it, run\n"               \
	"    counterfoil-verify FILE\n"                                        \
	"which works all of it out again and needs no network and nobody's "   \
	"word. If one\n"                                                       \
	"letter of this file is changed, the check fails and says where.\n\n"
#define SHOWN 60 /* bytes of a line that a message shows */

/* The file, taken apart and not yet believed. */
struct layout {
	struct hash question;
	int64_t time;
	uint64_t size;
	struct hash root;
	struct slice screen;
	struct slice checkpoint;
	struct case_bundle_beside beside;
	struct slice reveals;
	struct slice machine;
	struct case_section_leaf *entries;
	size_t entry_count, entry_cap;
};

/* writing */

static void put_signature(
    struct buf *out, const struct note *note, const struct note_key *key)
{
	const struct note_signature *s = note_find(note, key);

	if (s != NULL && s->bytes_n <= sizeof(s->bytes))
		note_put_signature_bytes(out, key, s->bytes, s->bytes_n);
}

int case_bundle_put_checkpoint(struct buf *out,
    const struct case_finding *finding, struct slice checkpoint,
    struct err *err)
{
	const struct case_state *state = finding->state;
	const struct note_key *log_key = case_state_log_key(state);
	struct log_checkpoint head;
	struct note note;

	if (log_key == NULL)
		return err_set(err, ERR_USAGE, "the case has no record yet");
	int rc = log_checkpoint_open(&head, &note, checkpoint, log_key, err);
	if (rc != 0)
		return rc;
	if (head.size != finding->size || !hash_is(&head.root, &finding->root))
		return err_set(err, ERR_USAGE,
		    "the checkpoint is of size %" PRIu64
		    ", the finding of size %" PRIu64 ", or of another root",
		    head.size, finding->size);
	buf_put_slice(out, note.text);
	buf_putc(out, '\n');
	put_signature(out, &note, log_key);
	size_t n = 0;
	for (size_t i = 0; i < case_state_witness_count(state); i++) {
		const struct note_key *key = case_state_witness(state, i);
		n += note_find(&note, key) != NULL;
		put_signature(out, &note, key);
	}
	if (n != finding->witnessed_count)
		return err_set(err, ERR_USAGE,
		    "%zu cosignatures, where the finding counts %zu", n,
		    finding->witnessed_count);
	return buf_check(out, err);
}

static void put_head(struct buf *out, const struct case_finding *finding)
{
	char time[WHEN_SIZE];

	when_to_time(time, finding->time);
	buf_puts(out, MAGIC EXPLANATION "== question ");
	text_put_hex(out,
	    case_state_leaf(finding->state, finding->question)->id.b,
	    HASH_SIZE);
	buf_printf(out, "\n== time %s\n== size %" PRIu64 "\n== root ", time,
	    finding->size);
	text_put_base64(out, finding->root.b, HASH_SIZE);
	buf_putc(out, '\n');
}

static int compare_lines(const void *a, const void *b)
{
	return slice_compare(
	    *(const struct slice *)a, *(const struct slice *)b);
}

int case_bundle_put_reveals(
    struct buf *out, struct slice reveals, struct err *err)
{
	struct slice *lines = NULL;
	size_t n = 0, cap = 0;
	int rc = 0;

	while (reveals.p != NULL && reveals.n > 0 && rc == 0) {
		rc =
		    mem_grow((void **)&lines, &cap, n + 1, sizeof(*lines), err);
		if (rc == 0)
			lines[n++] = slice_cut(&reveals, '\n');
	}
	if (rc != 0)
		goto out;
	if (n > 0)
		qsort(lines, n, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && slice_is(lines[i - 1], lines[i]))
			continue;
		buf_put_slice(out, lines[i]);
		buf_putc(out, '\n');
	}
	rc = buf_check(out, err);
out:
	free(lines);
	return rc;
}

static int put_beside(struct buf *out, const struct case_bundle_beside *beside,
    struct slice checkpoint, const struct note_key *log_key, struct err *err)
{
	struct log_site step;
	int rc = 0;

	if (beside == NULL)
		return 0;
	if (beside->stamps.n > CASE_BUNDLE_STAMPS_MAX)
		return err_set(err, ERR_LIMIT, "stamps of more than %u bytes",
		    CASE_BUNDLE_STAMPS_MAX);
	if (beside->site.n > 0) {
		rc = log_site_check(
		    &step, beside->site, checkpoint, log_key, err);
		case_section_put(out, "site", beside->site);
	}
	if (beside->stamps.n > 0)
		case_section_put(out, "stamps", beside->stamps);
	return rc;
}

int case_bundle_put(struct buf *out, const struct case_finding *finding,
    struct slice checkpoint, struct slice reveals,
    const struct case_bundle_beside *beside, struct err *err)
{
	struct buf screen, machine, note, lines;

	buf_init(&lines, CASE_BUNDLE_MAX);
	buf_init(&screen, CASE_BUNDLE_MAX);
	buf_init(&machine, CASE_BUNDLE_MAX);
	buf_init(&note, LOG_CHECKPOINT_MAX);
	case_report_put(finding, &screen);
	case_finding_put_machine(finding, &machine);
	int rc = case_bundle_put_checkpoint(&note, finding, checkpoint, err);
	if (rc == 0)
		rc = buf_check(&screen, err);
	if (rc == 0)
		rc = buf_check(&machine, err);
	if (rc == 0)
		rc = case_bundle_put_reveals(&lines, reveals, err);
	if (rc != 0)
		goto out;
	put_head(out, finding);
	case_section_put(out, "finding", buf_slice(&screen));
	case_section_put(out, "checkpoint", buf_slice(&note));
	rc = put_beside(out, beside, buf_slice(&note),
	    case_state_log_key(finding->state), err);
	if (rc != 0)
		goto out;
	for (uint32_t i = 0; i < finding->size; i++)
		case_section_put_leaf(out, finding->state, i);
	case_section_put(out, "reveals", buf_slice(&lines));
	case_section_put(out, "machine", buf_slice(&machine));
	buf_puts(out, "== end\n");
	rc = buf_check(out, err);
out:
	buf_done(&note);
	buf_done(&machine);
	buf_done(&screen);
	buf_done(&lines);
	return rc;
}

/* taking apart */

bool case_bundle_is_one(struct slice bytes)
{
	return slice_starts_with(bytes, MAGIC);
}

static int read_head(
    struct reader *reader, struct layout *layout, struct err *err)
{
	unsigned long long size;
	size_t n;

	reader_expect(reader, MAGIC);
	if (reader->failed)
		return err_set(err, ERR_FORMAT,
		    "not a counterfoil bundle: it "
		    "does not begin with \"%.*s\"",
		    (int)strlen(MAGIC) - 1, MAGIC);
	reader_expect(reader, EXPLANATION);
	if (reader->failed)
		return case_section_fail(reader, "the explanation", err);
	reader_expect(reader, "== question ");
	if (!hash_from_hex(&layout->question, reader_line(reader)))
		return case_section_fail(
		    reader, "the line \"== question\"", err);
	reader_expect(reader, "== time ");
	if (!when_from_time(&layout->time, reader_line(reader)))
		return case_section_fail(reader, "the line \"== time\"", err);
	reader_expect(reader, "== size ");
	if (!slice_to_u64(reader_line(reader), &size))
		return case_section_fail(reader, "the line \"== size\"", err);
	layout->size = size;
	reader_expect(reader, "== root ");
	if (!text_from_base64(
		layout->root.b, HASH_SIZE, &n, reader_line(reader)) ||
	    n != HASH_SIZE)
		return case_section_fail(reader, "the line \"== root\"", err);
	return 0;
}

/* A section that is not there has no spelling with no bytes. */
static int read_beside(
    struct reader *reader, struct case_bundle_beside *beside, struct err *err)
{
	struct reader ahead = *reader;

	if (reader_accept(&ahead, "== site ")) {
		beside->site = case_section_read(reader, "== site ");
		if (reader->failed || beside->site.n == 0)
			return case_section_fail(
			    reader, "the section \"== site\"", err);
	}
	ahead = *reader;
	if (reader_accept(&ahead, "== stamps ")) {
		beside->stamps = case_section_read(reader, "== stamps ");
		if (reader->failed || beside->stamps.n == 0 ||
		    beside->stamps.n > CASE_BUNDLE_STAMPS_MAX)
			return case_section_fail(
			    reader, "the section \"== stamps\"", err);
	}
	return 0;
}

static int read_entries(
    struct reader *reader, struct layout *layout, struct err *err)
{
	while (reader_accept(reader, "== leaf ")) {
		size_t n = layout->entry_count;
		int rc = mem_grow((void **)&layout->entries, &layout->entry_cap,
		    n + 1, sizeof(*layout->entries), err);

		if (rc != 0)
			return rc;
		if (!case_section_read_leaf(reader, &layout->entries[n]) ||
		    layout->entries[n].index != n) {
			rc = case_section_fail(reader, "a part of it", err);
			err_prefix(err, "leaf %zu", n);
			return rc;
		}
		layout->entry_count++;
	}
	if (layout->entry_count == 0 || layout->entry_count != layout->size)
		return err_set(err, ERR_FORMAT,
		    "not a whole bundle: %zu leaves, where it says %" PRIu64,
		    layout->entry_count, layout->size);
	return 0;
}

static int read_layout(
    struct layout *layout, struct slice bytes, struct err *err)
{
	struct reader reader;

	if (bytes.n > CASE_BUNDLE_MAX)
		return err_set(err, ERR_LIMIT,
		    "a bundle of %zu bytes, where at most %" PRIu32 " can be",
		    bytes.n, CASE_BUNDLE_MAX);
	reader_init(&reader, bytes.p, bytes.n);
	int rc = read_head(&reader, layout, err);
	if (rc != 0)
		return rc;
	layout->screen = case_section_read(&reader, "== finding ");
	if (reader.failed)
		return case_section_fail(
		    &reader, "the section \"== finding\"", err);
	layout->checkpoint = case_section_read(&reader, "== checkpoint ");
	if (reader.failed)
		return case_section_fail(
		    &reader, "the section \"== checkpoint\"", err);
	rc = read_beside(&reader, &layout->beside, err);
	if (rc == 0)
		rc = read_entries(&reader, layout, err);
	if (rc != 0)
		return rc;
	layout->reveals = case_section_read(&reader, "== reveals ");
	if (reader.failed)
		return case_section_fail(
		    &reader, "the section \"== reveals\"", err);
	layout->machine = case_section_read(&reader, "== machine ");
	if (reader.failed)
		return case_section_fail(
		    &reader, "the section \"== machine\"", err);
	reader_expect(&reader, "== end\n");
	if (!reader_is_at_end(&reader))
		return case_section_fail(
		    &reader, "the last line \"== end\"", err);
	return 0;
}

/* leaves */

/* Cheap, and says more than any later check: before all signatures. */
static int check_hashes(const struct layout *layout, struct err *err)
{
	struct hash_run *run = hash_new();
	int rc = run == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; i < layout->entry_count && rc == 0; i++)
		rc = case_section_check_leaf(run, &layout->entries[i], err);
	hash_free(run);
	return rc;
}

static int add_leaves(
    struct case_bundle *bundle, const struct layout *layout, struct err *err)
{
	int rc = check_hashes(layout, err);

	if (rc != 0)
		return rc;
	bundle->state = case_state_new();
	struct slice *leaves = mem_new(layout->entry_count, sizeof(*leaves));
	if (bundle->state == NULL || leaves == NULL) {
		free(leaves);
		return err_nomem(err);
	}
	for (size_t i = 0; i < layout->entry_count; i++)
		leaves[i] = layout->entries[i].bytes;
	rc = case_state_add_all(
	    bundle->state, leaves, layout->entry_count, 0, err);
	free(leaves);
	for (size_t i = 0; i < layout->entry_count && rc == 0; i++)
		rc = case_section_check_line(
		    bundle->state, i, &layout->entries[i], err);
	bundle->leaf_count = case_state_leaf_count(bundle->state);
	for (size_t i = 0; i < bundle->leaf_count; i++)
		bundle->signature_count +=
		    case_state_leaf(bundle->state, i)->signer_count;
	return rc;
}

/* root, checkpoint, cosignatures */

int case_bundle_cosignatures(const struct case_state *state,
    struct slice checkpoint, bool is_strict,
    struct case_witnessed *ret_witnessed, size_t *ret_n, struct err *err)
{
	struct note note;
	size_t n = 0;
	int rc = note_parse(&note, checkpoint, err);

	if (rc != 0)
		return rc;
	const struct note_signature *last =
	    note_find(&note, case_state_log_key(state));
	if (is_strict && last != &note.signatures[0])
		return err_set(err, ERR_VERIFY,
		    "the checkpoint's first signature is not the log's");
	for (size_t i = 0; i < case_state_witness_count(state); i++) {
		const struct note_key *key = case_state_witness(state, i);
		const struct note_signature *s = note_find(&note, key);
		if (s == NULL)
			continue;
		rc = log_checkpoint_check_cosignature(
		    &ret_witnessed[n].when, key, note.text, s, err);
		if (rc != 0) {
			err_prefix(err, "the checkpoint's cosignature");
			return rc;
		}
		if (is_strict && s != last + 1)
			return err_set(err, ERR_VERIFY,
			    "the checkpoint's cosignatures are not those of "
			    "the case's witnesses, in their order: before %s",
			    key->name);
		last = s;
		ret_witnessed[n++].witness = (uint32_t)i;
	}
	if (is_strict && note.n != n + 1)
		return err_set(err, ERR_VERIFY,
		    "the checkpoint has a signature by \"%.*s\", which is no "
		    "witness of this case",
		    SLICE_ARG(note.signatures[note.n - 1].name));
	*ret_n = n;
	return 0;
}

static int check_root(const struct case_bundle *bundle,
    const struct layout *layout, struct err *err)
{
	struct note note;
	struct log_checkpoint head;
	struct hash root = case_state_root(bundle->state, layout->size);
	int rc = note_parse(&note, layout->checkpoint, err);

	if (rc == 0)
		rc = log_checkpoint_parse(&head, note.text, err);
	if (rc != 0) {
		err_prefix(err, "the checkpoint");
		return rc;
	}
	if (head.size != layout->size)
		return err_set(err, ERR_VERIFY,
		    "the log signed a ledger of %" PRIu64
		    " records, and here are %" PRIu64,
		    head.size, layout->size);
	if (!hash_is(&root, &head.root))
		return err_set(err, ERR_VERIFY,
		    "the records here are not those that the log signed: "
		    "together they do not give the root in the checkpoint. "
		    "One was added, left out, moved or changed");
	if (!hash_is(&root, &layout->root))
		return err_set(err, ERR_VERIFY,
		    "the line \"== root\" is not the root of these records");
	rc = log_checkpoint_open(&head, NULL, layout->checkpoint,
	    case_state_log_key(bundle->state), err);
	if (rc != 0)
		err_prefix(err, "the checkpoint's signature by the log");
	return rc;
}

static int check_site(
    struct case_bundle *bundle, const struct layout *layout, struct err *err)
{
	if (layout->beside.site.n == 0)
		return 0;
	bundle->site = mem_new(1, sizeof(*bundle->site));
	if (bundle->site == NULL)
		return err_nomem(err);
	int rc = log_site_check(bundle->site, layout->beside.site,
	    layout->checkpoint, case_state_log_key(bundle->state), err);

	if (rc != 0)
		err_prefix(err, "the step into the site log");
	return rc;
}

/* reveals */

static int check_reveal(
    const struct case_state *state, struct slice line, struct err *err)
{
	struct record_reveal reveal;
	struct record record = {0};
	int rc = record_withheld_parse(&reveal, line, err);

	if (rc != 0)
		goto out;
	uint32_t leaf = case_state_find_leaf(state, &reveal.record_id);
	if (leaf == CASE_NONE) {
		rc = err_set(
		    err, ERR_VERIFY, "reveal: no record here has this id");
		goto out;
	}
	rc = case_state_record(state, leaf, &record, err);
	if (rc == 0)
		rc = record_withheld_check(&record, &reveal, err);
out:
	record_done(&record);
	return rc;
}

static int check_reveals(
    struct case_bundle *bundle, struct slice reveals, struct err *err)
{
	struct reader reader;
	struct slice before = {0};

	reader_init(&reader, reveals.p, reveals.n);
	while (reader_left(&reader) > 0) {
		struct slice line = reader_line(&reader);
		if (reader.failed)
			return err_set(err, ERR_FORMAT,
			    "the last reveal has no line feed");
		if (slice_compare(before, line) >= 0)
			return err_set(err, ERR_FORMAT,
			    "reveal %zu is out of order or stands twice",
			    bundle->reveal_count + 1);
		before = line;
		int rc = check_reveal(bundle->state, line, err);
		if (rc != 0) {
			err_prefix(err, "reveal %zu", bundle->reveal_count + 1);
			return rc;
		}
		bundle->reveal_count++;
	}
	return 0;
}

/* the finding */

static int make_finding(
    struct case_bundle *bundle, const struct layout *layout, struct err *err)
{
	const struct case_state *state = bundle->state;
	const struct case_leaf *last =
	    case_state_leaf(state, bundle->leaf_count - 1);
	uint32_t question = case_state_find_leaf(state, &layout->question);
	struct case_cosignatures cosignatures = {0};
	struct case_witnessed *witnessed =
	    mem_new(case_state_witness_count(state) + 1, sizeof(*witnessed));
	int rc;

	if (witnessed == NULL)
		return err_nomem(err);
	rc = case_bundle_cosignatures(
	    state, layout->checkpoint, true, witnessed, &cosignatures.n, err);
	if (rc == 0)
		rc = check_reveals(bundle, layout->reveals, err);
	if (rc != 0)
		goto out;
	cosignatures.witnessed = witnessed;
	if (question == CASE_NONE)
		rc = err_set(
		    err, ERR_VERIFY, "the question is not among the records");
	else if (layout->time < last->entered)
		rc = err_set(err, ERR_VERIFY,
		    "the finding's time is before the last record's entry");
	else
		rc = case_finding_make(&bundle->finding, state, question,
		    layout->time, &cosignatures, err);
	if (rc == ERR_USAGE)
		rc = ERR_VERIFY;
out:
	free(witnessed);
	return rc;
}

static struct slice cut_to(struct slice line, size_t max)
{
	return (struct slice){line.p, line.n > max ? max : line.n};
}

/* Compares byte by byte; the message shows the first line that differs. */
static int compare_text(const char *what, struct slice stands,
    const struct buf *made, struct err *err)
{
	struct slice must = buf_slice(made);

	if (made->failed != 0)
		return buf_check(made, err);
	if (slice_is(stands, must))
		return 0;
	for (size_t number = 1;; number++) {
		struct slice a = slice_cut(&stands, '\n');
		struct slice b = slice_cut(&must, '\n');
		if (slice_is(a, b) && stands.p != NULL && must.p != NULL)
			continue;
		return err_set(err, ERR_VERIFY,
		    "%s does not follow from the records: line %zu says "
		    "\"%.*s\", and must say \"%.*s\"",
		    what, number, SLICE_ARG(cut_to(a, SHOWN)),
		    SLICE_ARG(cut_to(b, SHOWN)));
	}
}

static int check_finding(
    struct case_bundle *bundle, const struct layout *layout, struct err *err)
{
	struct buf screen, machine;

	buf_init(&screen, CASE_BUNDLE_MAX);
	buf_init(&machine, CASE_BUNDLE_MAX);
	case_finding_put_machine(&bundle->finding, &machine);
	case_report_put(&bundle->finding, &screen);
	int rc =
	    compare_text("the machine form", layout->machine, &machine, err);
	if (rc == 0)
		rc = compare_text(
		    "the finding in words", layout->screen, &screen, err);
	buf_done(&machine);
	buf_done(&screen);
	return rc;
}

/* pins */

static bool is_same_key(const struct note_key *a, const struct note_key *b)
{
	return a != NULL && b != NULL && a->id == b->id && a->type == b->type &&
	    note_key_is_same_point(a, b) && strcmp(a->name, b->name) == 0;
}

static bool is_in_case(
    const struct case_state *state, const struct note_key *key)
{
	uint32_t party = case_state_find_party(state, slice_of(key->name));

	if (is_same_key(key, case_state_log_key(state)))
		return true;
	if (party != CASE_NONE &&
	    is_same_key(key, case_state_party_key(state, party)))
		return true;
	for (size_t i = 0; i < case_state_witness_count(state); i++)
		if (is_same_key(key, case_state_witness(state, i)))
			return true;
	return false;
}

static bool is_in_step(const struct log_site *site, const struct note_key *key)
{
	if (site == NULL)
		return false;
	if (is_same_key(key, &site->key))
		return true;
	for (size_t i = 0; i < site->witness_count; i++)
		if (is_same_key(key, &site->witnesses[i].key))
			return true;
	return false;
}

int case_bundle_check_pins(const struct case_state *state,
    const struct log_site *site, const struct note_key *pinned, size_t n,
    struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (!is_in_case(state, &pinned[i]) &&
		    !is_in_step(site, &pinned[i]))
			return err_set(err, ERR_VERIFY,
			    "the pinned key %s (%08" PRIx32 ") is not in this "
			    "case: somebody else signed here under that name, "
			    "or nobody did",
			    pinned[i].name, pinned[i].id);
	return 0;
}

int case_bundle_check(struct case_bundle *ret_bundle, struct slice bytes,
    const struct note_key *pinned, size_t pinned_count, struct err *err)
{
	struct case_bundle bundle = {0};
	struct layout layout = {0};
	int rc = read_layout(&layout, bytes, err);

	if (rc == 0)
		rc = add_leaves(&bundle, &layout, err);
	if (rc == 0)
		rc = check_root(&bundle, &layout, err);
	if (rc == 0)
		rc = check_site(&bundle, &layout, err);
	if (rc == 0)
		rc = make_finding(&bundle, &layout, err);
	if (rc == 0)
		rc = check_finding(&bundle, &layout, err);
	if (rc == 0)
		rc = case_bundle_check_pins(
		    bundle.state, bundle.site, pinned, pinned_count, err);
	if (rc == 0) {
		bundle.checkpoint = layout.checkpoint;
		bundle.beside = layout.beside;
		bundle.reveals = layout.reveals;
		bundle.screen = layout.screen;
		*ret_bundle = bundle;
	} else {
		case_bundle_done(&bundle);
	}
	free(layout.entries);
	return rc;
}

void case_bundle_done(struct case_bundle *bundle)
{
	case_finding_done(&bundle->finding);
	case_state_free(bundle->state);
	free(bundle->site);
	*bundle = (struct case_bundle){0};
}

/*
 * case_report.c: a finding's parts in sentences.
 *
 * The screen, the bundle and the printable page say the same sentences: each
 * is made in one place here, and only set differently.
 */
#include "case_report.h"

#include "case_wrap.h"
#include "record.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

#define SENTENCE_MAX 65536
#define REASONS_MAX 10 /* told one by one; the machine form has them all */
#define NAMED_MAX 6
#define STATEMENT_COLUMNS 96

struct walk {
	const struct case_finding *finding;
	const struct case_state *state;
	void (*each)(void *cookie, struct slice sentence);
	void *cookie;
	struct buf line; /* the sentence that is being made */
	size_t count; /* sentences so far */
	int failed;
};

static void emit(struct walk *w)
{
	if (w->failed == 0)
		w->failed = w->line.failed;
	if (w->failed == 0)
		w->each(w->cookie, buf_slice(&w->line));
	buf_clear(&w->line);
	w->count++;
}

static void say(struct walk *w, const char *sentence)
{
	buf_puts(&w->line, sentence);
	emit(w);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void put_party(
    struct buf *out, const struct case_state *state, uint32_t party)
{
	buf_put_slice(out, case_state_party(state, party)->name);
}

static void put_set(
    struct buf *out, const struct case_state *state, const struct case_set *set)
{
	uint32_t party = case_set_next(set, 0);

	for (bool is_first = true; party != CASE_NONE; is_first = false) {
		uint32_t next = case_set_next(set, party + 1);
		if (!is_first)
			buf_puts(out, next == CASE_NONE ? " and " : ", ");
		put_party(out, state, party);
		party = next;
	}
}

/* "and 3 more" after the first `shown` of n. */
static void say_more(struct walk *w, size_t n, size_t shown, const char *what)
{
	if (n <= shown)
		return;
	buf_printf(&w->line, "And %zu more %s.", n - shown, what);
	emit(w);
}

/* question */

static void put_concerns(struct buf *out, const struct case_state *state,
    const struct record *question)
{
	const struct record_value *v = NULL;
	bool is_first = true;

	while ((v = record_next(question, NULL, RECORD_F_CONCERNS, v))) {
		enum case_item_type type;
		if (!is_first)
			buf_puts(out, ", ");
		is_first = false;
		if (slice_is_text(v->value, "all") &&
		    case_state_first_list(state) == NULL)
			buf_puts(out, "any of the things that were taken");
		else if (slice_is_text(v->value, "all"))
			buf_puts(out, "any of the things on the list");
		else if (case_item_type_find(v->value, &type))
			buf_printf(out, "any %s", case_item_type_name(type));
		else
			buf_put_slice(out, v->value);
	}
}

/* Takes the question apart, or leaves the failure in *out. */
static bool open_question(
    const struct case_finding *finding, struct record *record, struct buf *out)
{
	struct err err = {0};
	int rc =
	    case_state_record(finding->state, finding->question, record, &err);

	if (rc != 0 && out->failed == 0)
		out->failed = rc;
	return rc == 0;
}

void case_report_put_question(
    const struct case_finding *finding, struct buf *out)
{
	static const char *const forms[] = {"", " as hardware",
	    " as data (read, copied or kept)",
	    " as hardware or as data (read, copied or kept)"};
	struct record question = {0};
	int64_t from = finding->period_from; /* may have been moved */
	unsigned asked = (finding->is_form_asked[CASE_HARDWARE] ? 1 : 0) +
	    (finding->is_form_asked[CASE_DATA] ? 2 : 0);

	if (open_question(finding, &question, out)) {
		buf_printf(out, "Did %.*s, or anyone who acts for it, receive ",
		    SLICE_ARG(record_get(&question, RECORD_F_RECIPIENT)));
		put_concerns(out, finding->state, &question);
		(void)record_get_time(&question, RECORD_F_PERIOD_FROM, &from);
		buf_printf(out, "%s between ", forms[asked]);
		case_report_put_when(out, from);
		buf_puts(out, " and ");
		case_report_put_when(out, finding->period_to);
		buf_puts(out, " (UTC)?");
	}
	record_done(&question);
}

/* Who else counts as the recipient, and on what ground. */
static void say_closure(struct walk *w)
{
	for (size_t i = 0; i < case_state_relation_count(w->state); i++) {
		const struct case_relation *r =
		    case_state_relation(w->state, i);
		if (!r->is_binding || r->party == w->finding->recipient ||
		    !case_set_has(&w->finding->closure, r->party) ||
		    !case_set_has(&w->finding->closure, r->acts_for))
			continue;
		buf_puts(&w->line, "Counts as the recipient: ");
		put_party(&w->line, w->state, r->party);
		buf_puts(&w->line, ", who acts for ");
		put_party(&w->line, w->state, r->acts_for);
		buf_puts(&w->line, " (relation ");
		case_report_put_id(
		    &w->line, &case_state_leaf(w->state, r->leaf)->id);
		buf_puts(&w->line,
		    r->is_one_sided ? ", established by one side alone)."
				    : ").");
		emit(w);
	}
}

static void walk_question(struct walk *w)
{
	const struct case_leaf *leaf =
	    case_state_leaf(w->state, w->finding->question);
	struct record question = {0};

	case_report_put_question(w->finding, &w->line);
	emit(w);
	if (!open_question(w->finding, &question, &w->line))
		goto out;
	buf_puts(&w->line, "Asked on ");
	case_report_put_when(&w->line, leaf->at);
	buf_puts(&w->line, " by ");
	for (size_t i = 0; i < question.signer_count; i++)
		buf_printf(&w->line, "%s%.*s", i > 0 ? ", " : "",
		    SLICE_ARG(question.signers[i].party));
	buf_puts(&w->line, "; question ");
	case_report_put_id(&w->line, &leaf->id);
	buf_puts(&w->line, ".");
	emit(w);
	if (record_has(&question, RECORD_F_TEXT)) {
		buf_puts(&w->line, "In the asker's words: ");
		case_wrap_put_quote(&w->line,
		    record_get(&question, RECORD_F_TEXT), STATEMENT_COLUMNS);
		case_report_put_stop(&w->line);
		emit(w);
	}
	say_closure(w);
	if (w->finding->is_start_moved)
		say(w,
		    "The period begins before the seizure and is looked "
		    "at from the seizure on.");
out:
	record_done(&question);
}

/* answers */

static void walk_answers(struct walk *w)
{
	for (size_t i = 0; i < w->finding->addressee_count; i++) {
		case_report_put_addressee(w->finding, i, &w->line);
		emit(w);
	}
	if (w->finding->addressee_count == 0)
		say(w, "The question is put to nobody.");
}

/* finding: what is not on the list */

static size_t count_items(
    const struct case_state *state, enum case_item_type type)
{
	size_t count = 0;

	for (size_t i = 0; i < case_state_item_count(state); i++)
		count += case_state_item(state, (uint32_t)i)->type == type;
	return count;
}

static void say_listed(struct walk *w)
{
	const char *between = "On the list: ";

	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++) {
		size_t n = count_items(w->state, (enum case_item_type)t);
		if (n == 0)
			continue;
		buf_puts(&w->line, between);
		case_report_put_count(&w->line, n, (enum case_item_type)t);
		between = ", ";
	}
	if (w->line.n == 0)
		buf_puts(&w->line, "There is no list of what was taken");
	buf_putc(&w->line, '.');
	emit(w);
}

/* What was counted, record by record, in one sentence. */
static void say_tallies(struct walk *w)
{
	const struct case_finding *f = w->finding;

	for (size_t i = 0; i < f->tally_count; i++) {
		const struct case_tally *tally = &f->tallies[i];
		bool is_last = i + 1 == f->tally_count;

		buf_puts(&w->line, i == 0 ? "Counted: " : "");
		case_report_put_count(
		    &w->line, (size_t)tally->count, tally->type);
		if (tally->is_over)
			buf_puts(&w->line, ", MORE than are listed");
		if (is_last || tally[1].leaf != tally->leaf) {
			buf_puts(&w->line, " (");
			case_report_put_source(w->state, tally->leaf, &w->line);
			buf_puts(&w->line, is_last ? ")." : "); ");
		} else {
			buf_puts(&w->line, ", ");
		}
	}
	if (f->tally_count > 0)
		emit(w);
}

static void say_unopened(struct walk *w)
{
	size_t n = w->finding->unopened_count;

	if (n == 0)
		return;
	buf_puts(&w->line,
	    "Not opened as a whole, so that what is inside is not listed: ");
	case_report_put_count(&w->line, n, CASE_COMPUTER);
	for (size_t i = 0; i < n && i < 2 * NAMED_MAX; i++) {
		const struct case_item *item =
		    case_state_item(w->state, w->finding->unopened[i]);
		buf_puts(&w->line, i == 0 ? " (" : ", ");
		buf_put_slice(&w->line, item->id);
	}
	buf_puts(&w->line, n > 2 * NAMED_MAX ? ", ...)." : ").");
	emit(w);
}

static void walk_finding(struct walk *w)
{
	buf_printf(&w->line, "Anything that is not on the list: %s.",
	    case_word_name(w->finding->unlisted.word));
	emit(w);
	say_listed(w);
	say_tallies(w);
	say_unopened(w);
}

/* why */

static void put_rest(struct walk *w, const struct case_report_group *group)
{
	buf_puts(&w->line,
	    "every hand-over is signed by both sides, nothing that counts "
	    "speaks for it, and the things were seen before and after. "
	    "Before: ");
	if (group->first_sighting != CASE_NONE)
		case_report_put_leaf(w->state, group->first_sighting, &w->line);
	buf_puts(&w->line, ". After: ");
	if (group->reason.leaf != CASE_NONE)
		case_report_put_leaf(w->state, group->reason.leaf, &w->line);
}

static void say_group(struct walk *w, const struct case_report_group *group)
{
	case_report_put_things(w->finding, group, &w->line);
	buf_printf(&w->line, ": %s, because ", case_word_name(group->word));
	if (group->reason.code == CASE_CODE_COUNT)
		put_rest(w, group);
	else
		buf_puts(&w->line, case_code_words(group->reason.code));
	if (group->reason.code != CASE_CODE_COUNT &&
	    group->reason.leaf != CASE_NONE) {
		buf_puts(&w->line, ": ");
		case_report_put_leaf(w->state, group->reason.leaf, &w->line);
	}
	if (group->since != 0) {
		buf_puts(&w->line, ", since ");
		case_report_put_when(&w->line, group->since);
	}
	case_report_put_stop(&w->line);
	emit(w);
}

/* Whether an earlier one of the unlisted's reasons has the same code; those of
 * one code stand together. */
static bool is_told(const struct case_report_group *groups, size_t i)
{
	enum case_code code = groups[i].reason.code;

	if (!groups[i].is_unlisted)
		return false;
	for (size_t k = i; k-- > 0 && groups[k].reason.code == code;)
		if (groups[k].is_unlisted)
			return true;
	return false;
}

/* All reasons of one code for what is not listed, in one sentence. */
static void say_unlisted(
    struct walk *w, const struct case_report_group *groups, size_t n)
{
	enum case_code code = groups[0].reason.code;
	size_t told = 0;

	buf_printf(&w->line, "things not on the list: %s, because %s",
	    case_word_name(groups[0].word), case_code_words(code));
	for (size_t i = 0; i < n; i++) {
		uint32_t leaf = groups[i].reason.leaf;
		if (!groups[i].is_unlisted || groups[i].reason.code != code ||
		    leaf == CASE_NONE || told++ >= NAMED_MAX)
			continue;
		buf_puts(&w->line, told == 1 ? ": " : "; ");
		if (code == CASE_CODE_CLAIM)
			case_report_put_leaf(w->state, leaf, &w->line);
		else
			case_report_put_source(w->state, leaf, &w->line);
	}
	if (told > NAMED_MAX)
		buf_printf(&w->line, "; and %zu more", told - NAMED_MAX);
	case_report_put_stop(&w->line);
	emit(w);
}

static void walk_why(struct walk *w)
{
	struct case_report_group *groups = NULL;
	size_t n = 0, told = 0;
	struct err err = {0};
	int rc = case_report_groups(w->finding, &groups, &n, &err);

	if (rc != 0)
		w->failed = w->failed ? w->failed : rc;
	for (size_t i = 0; i < n; i++) {
		if (is_told(groups, i) || told++ >= REASONS_MAX)
			continue;
		if (groups[i].is_unlisted)
			say_unlisted(w, groups + i, n - i);
		else
			say_group(w, &groups[i]);
	}
	say_more(
	    w, told, REASONS_MAX, "reasons; the machine form has them all");
	if (rc == 0 && n == 0)
		say(w, "There is nothing that a word could rest on.");
	free(groups);
}

/* what would settle it */

static void mark_codes(const struct case_line *line, bool *is_there)
{
	for (size_t i = 0; i < line->reason_count; i++)
		is_there[line->reasons[i].code] = true;
}

static void walk_settles(struct walk *w)
{
	bool is_there[CASE_CODE_COUNT] = {false};

	for (size_t i = 0; i < w->finding->line_count; i++)
		mark_codes(&w->finding->lines[i], is_there);
	mark_codes(&w->finding->unlisted, is_there);
	for (int c = 0; c < CASE_CODE_COUNT; c++) {
		const char *words = case_code_settles((enum case_code)c);
		if (!is_there[c] || words == NULL || words[0] == '\0')
			continue;
		buf_printf(&w->line, "%s - %s.",
		    case_code_name((enum case_code)c), words);
		emit(w);
	}
	if (w->count == 0)
		say(w, "Nothing is open.");
}

/* also */

static void say_alarms(struct walk *w)
{
	for (size_t i = 0; i < case_state_alarm_count(w->state); i++) {
		const struct case_alarm *alarm = case_state_alarm(w->state, i);
		buf_puts(&w->line, "ALARM: ");
		put_party(&w->line, w->state, alarm->party);
		buf_puts(&w->line,
		    " has held things, and is behind the red "
		    "line for ");
		put_party(&w->line, w->state, alarm->red_line);
		buf_puts(&w->line, ", as shown by ");
		case_report_put_leaf_head(w->state, alarm->leaf, &w->line);
		buf_putc(&w->line, '.');
		emit(w);
	}
}

static void say_red_lines(struct walk *w)
{
	for (size_t i = 0; i < case_state_red_line_count(w->state); i++) {
		const struct case_red_line *line =
		    case_state_red_line(w->state, i);
		if (line->lifted_leaf != CASE_NONE)
			continue;
		buf_printf(&w->line, "Red line, %s by ",
		    line->is_agreed ? "agreed" : "declared");
		put_set(&w->line, w->state, &line->set_by);
		buf_puts(&w->line, ": nothing may go to ");
		put_party(&w->line, w->state, line->party);
		buf_puts(&w->line, ".");
		emit(w);
	}
}

/* Breaches, statements that are read as claims, and void intents. */
static void say_standings(struct walk *w)
{
	size_t n = 0;

	for (size_t i = 0; i < case_state_leaf_count(w->state); i++) {
		const struct case_leaf *leaf = case_state_leaf(w->state, i);
		if (leaf->standing == CASE_GOOD || n++ >= NAMED_MAX)
			continue;
		buf_puts(&w->line, "Did not count as it stands: ");
		case_report_put_leaf_head(w->state, (uint32_t)i, &w->line);
		buf_putc(&w->line, '.');
		emit(w);
	}
	say_more(w, n, NAMED_MAX, "such records");
}

static void put_differences(
    struct walk *w, enum case_difference_type type, const char *words)
{
	const struct case_finding *f = w->finding;
	size_t n = 0;

	for (size_t i = 0; i < f->difference_count; i++) {
		if (f->differences[i].type != type)
			continue;
		if (n < NAMED_MAX)
			buf_printf(&w->line, "%s%.*s", n == 0 ? words : ", ",
			    SLICE_ARG(f->differences[i].id));
		n++;
	}
	if (n > NAMED_MAX)
		buf_printf(&w->line, " and %zu more", n - NAMED_MAX);
}

static void say_differences(struct walk *w)
{
	size_t n = w->finding->difference_count;

	if (n == 0)
		return;
	buf_printf(&w->line, "The lists disagree on %zu item%s", n, plural(n));
	put_differences(w, CASE_ONLY_FIRST, "; only on the first list: ");
	put_differences(w, CASE_ONLY_SECOND, "; only on the other: ");
	put_differences(w, CASE_OTHERWISE, "; differently described: ");
	buf_putc(&w->line, '.');
	emit(w);
}

static void say_beside(struct walk *w)
{
	static const char *const why[] = {
	    [CASE_BESIDE_PERIOD] = "outside of the period",
	    [CASE_BESIDE_RECIPIENT] = "another recipient",
	    [CASE_BESIDE_FORM] = "another form",
	};
	size_t n = w->finding->beside_count;

	for (size_t i = 0; i < n && i < NAMED_MAX; i++) {
		const struct case_beside *beside = &w->finding->beside[i];
		buf_printf(&w->line,
		    "Not asked, but on record (%s): ", why[beside->why]);
		case_report_put_leaf_head(w->state, beside->leaf, &w->line);
		buf_putc(&w->line, '.');
		emit(w);
	}
	say_more(w, n, NAMED_MAX, "records that were not asked about");
}

static void say_disputes(struct walk *w)
{
	size_t n = w->finding->dispute_count;

	for (size_t i = 0; i < n && i < NAMED_MAX; i++) {
		const struct case_dispute *d = &w->finding->disputes[i];

		buf_puts(&w->line, "Read after an objection: ");
		case_report_put_leaf_head(w->state, d->leaf, &w->line);
		buf_puts(&w->line, "; the objection is ");
		case_report_put_leaf(w->state, d->objection, &w->line);
		case_report_put_stop(&w->line);
		emit(w);
	}
	say_more(w, n, NAMED_MAX, "readings after an objection");
}

static void put_signers_with_keys(
    struct walk *w, uint32_t leaf, const char **between, struct case_set *seen)
{
	struct record record = {0};
	struct err err = {0};
	int rc = case_state_record(w->state, leaf, &record, &err);

	if (rc != 0)
		w->failed = w->failed ? w->failed : rc;
	for (size_t i = 0; rc == 0 && i < record.signer_count; i++) {
		uint32_t party =
		    case_state_find_party(w->state, record.signers[i].party);
		if (party == CASE_NONE || case_set_has(seen, party))
			continue;
		case_set_add(seen, party);
		buf_printf(&w->line, "%s%.*s (key %08" PRIx32 ")", *between,
		    SLICE_ARG(record.signers[i].party),
		    record.signers[i].key_id);
		*between = ", ";
	}
	record_done(&record);
}

/* Whose word a NO is: the signers of the sightings that it rests on. */
static void say_whose_word(struct walk *w)
{
	struct case_report_group *groups = NULL;
	struct case_set seen = {0};
	const char *between = "NO rests on the word and keys of ";
	size_t n = 0;
	struct err err = {0};
	int rc = case_report_groups(w->finding, &groups, &n, &err);

	if (rc != 0)
		w->failed = w->failed ? w->failed : rc;
	for (size_t i = 0; i < n; i++) {
		if (groups[i].reason.code != CASE_CODE_COUNT)
			continue;
		if (groups[i].first_sighting != CASE_NONE)
			put_signers_with_keys(
			    w, groups[i].first_sighting, &between, &seen);
		if (groups[i].reason.leaf != CASE_NONE)
			put_signers_with_keys(
			    w, groups[i].reason.leaf, &between, &seen);
	}
	free(groups);
	if (case_set_is_empty(&seen))
		return;
	buf_putc(&w->line, '.');
	emit(w);
}

static void walk_also(struct walk *w)
{
	say_alarms(w);
	say_red_lines(w);
	say_standings(w);
	say_differences(w);
	say_beside(w);
	say_disputes(w);
	say_whose_word(w);
	if (w->count == 0)
		say(w, "Nothing else is on record.");
}

/* how it was checked */

static void say_witnessed(struct walk *w)
{
	const struct case_finding *f = w->finding;
	uint64_t quorum = case_state_witness_quorum(w->state);

	if (f->witnessed_count == 0) {
		buf_printf(&w->line,
		    "No witness has cosigned it (the case asks for %" PRIu64
		    "), so another history may have been shown elsewhere.",
		    quorum);
		emit(w);
		return;
	}
	for (size_t i = 0; i < f->witnessed_count; i++) {
		const struct note_key *key =
		    case_state_witness(w->state, f->witnessed[i].witness);
		buf_printf(&w->line, "%s%s at ", i == 0 ? "Cosigned by " : ", ",
		    key->name);
		case_report_put_when(&w->line, f->witnessed[i].when);
	}
	buf_printf(&w->line, " (the case asks for %" PRIu64 "%s).", quorum,
	    f->is_witnessed ? "" : ": not reached");
	emit(w);
}

static void walk_checked(struct walk *w)
{
	const struct case_finding *f = w->finding;

	buf_printf(&w->line,
	    "Computed from all %" PRIu64 " records of the ledger %s as of ",
	    f->size, case_state_log_key(w->state)->name);
	case_report_put_when(&w->line, f->time);
	buf_puts(&w->line, " UTC; tree root ");
	text_put_base64(&w->line, f->root.b, HASH_SIZE);
	buf_putc(&w->line, '.');
	emit(w);
	say_witnessed(w);
	if (f->is_incomplete)
		say(w,
		    "A receipt shows a record that is missing here: the "
		    "ledger is incomplete, and no NO stands.");
	if (case_state_is_clock_set(w->state))
		say(w,
		    "The clock of this ledger was set for a "
		    "demonstration: its times prove nothing.");
	say(w,
	    "Records show who signed what. They cannot see a drive leave "
	    "through the window: NO is never printed from silence, only "
	    "from signed custody without a gap and a fresh sighting.");
}

/* the parts */

const char *case_report_heading(enum case_report_part part)
{
	static const char *const headings[] = {
	    [CASE_REPORT_QUESTION] = "QUESTION",
	    [CASE_REPORT_ANSWERS] = "ANSWERS",
	    [CASE_REPORT_FINDING] = "FINDING",
	    [CASE_REPORT_WHY] = "WHY",
	    [CASE_REPORT_SETTLES] = "WHAT WOULD SETTLE IT",
	    [CASE_REPORT_ALSO] = "ALSO",
	    [CASE_REPORT_CHECKED] = "HOW IT WAS CHECKED",
	};

	return headings[part];
}

int case_report_walk(const struct case_finding *finding,
    enum case_report_part part,
    void (*each)(void *cookie, struct slice sentence), void *cookie,
    struct err *err)
{
	static void (*const walks[])(struct walk *) = {
	    [CASE_REPORT_QUESTION] = walk_question,
	    [CASE_REPORT_ANSWERS] = walk_answers,
	    [CASE_REPORT_FINDING] = walk_finding,
	    [CASE_REPORT_WHY] = walk_why,
	    [CASE_REPORT_SETTLES] = walk_settles,
	    [CASE_REPORT_ALSO] = walk_also,
	    [CASE_REPORT_CHECKED] = walk_checked,
	};
	struct walk w = {
	    .finding = finding,
	    .state = finding->state,
	    .each = each,
	    .cookie = cookie,
	};

	buf_init(&w.line, SENTENCE_MAX);
	walks[part](&w);
	buf_done(&w.line);
	if (w.failed == ERR_NOMEM)
		return err_nomem(err);
	if (w.failed != 0)
		return err_set(err, w.failed, "the finding in words");
	return 0;
}

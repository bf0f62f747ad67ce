/*
 * case_refusal.c: the text of a refusal, and its signature. A refusal says
 * which text was refused, so that it cannot be held against another one.
 */
#include "case_refusal.h"

#include "note.h"
#include "text.h"
#include "when.h"

static void put(struct buf *out, const struct record *record, struct slice rule,
    struct slice about, struct slice words, int64_t now)
{
	char at[WHEN_SIZE];

	when_to_time(at, now);
	buf_printf(out, "counterfoil-refusal/v1 %.*s\n", SLICE_ARG(rule));
	buf_printf(out, "case: %.*s\ntext: ", SLICE_ARG(record->case_ref));
	text_put_hex(out, record->id.b, HASH_SIZE);
	buf_printf(out, "\nkind: %s\n", record->schema->name);
	if (about.p != NULL)
		buf_printf(out, "about: %.*s\n", SLICE_ARG(about));
	buf_printf(out, "at: %s\nwords: %.*s\n", at, SLICE_ARG(words));
}

void case_refusal_put(struct buf *out, const struct record *record,
    const struct case_verdict *verdict, int64_t now)
{
	put(out, record, slice_of(case_rule_name(verdict->rule)),
	    verdict->about, slice_of(case_rule_words(verdict->rule)), now);
}

void case_refusal_put_false(
    struct buf *out, const struct record *record, struct slice why, int64_t now)
{
	struct slice words = why;
	struct slice rule = slice_cut(&words, ':');

	/* Every reason has a rule in front; one without is its own. */
	if (words.p == NULL)
		words = why;
	put(out, record, rule, slice_of(NULL), slice_trim(words), now);
}

int case_refusal_sign(
    struct buf *note, const struct note_secret *log_secret, struct err *err)
{
	struct buf line;

	buf_init(&line, CASE_REFUSAL_MAX);
	int rc = note_put_signature(&line, log_secret, buf_slice(note), err);
	buf_putc(note, '\n');
	buf_put_slice(note, buf_slice(&line));
	buf_done(&line);
	return rc != 0 ? rc : buf_check(note, err);
}

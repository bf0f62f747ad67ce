/*
 * case_finding_words.c: the finding's vocabulary: names for machines, words
 * for people, and the fixed table of what would settle each code (findings
 * 5.6); and the machine form itself.
 */
#include "case_internal.h"

#include "text.h"

static const char *const word_names[CASE_WORD_COUNT] = {
    [CASE_YES] = "YES",
    [CASE_CONTESTED] = "CONTESTED",
    [CASE_NO] = "NO",
    [CASE_NO_UNWITNESSED] = "NO (unwitnessed)",
    [CASE_NOT_SHOWN] = "NOT SHOWN",
    [CASE_NOT_APPLICABLE] = "n/a",
};

static const char *const word_machine[CASE_WORD_COUNT] = {
    [CASE_YES] = "YES",
    [CASE_CONTESTED] = "CONTESTED",
    [CASE_NO] = "NO",
    [CASE_NO_UNWITNESSED] = "NO-UNWITNESSED",
    [CASE_NOT_SHOWN] = "NOT-SHOWN",
    [CASE_NOT_APPLICABLE] = "n/a",
};

static const struct {
	const char *name;
	const char *words;
	const char *settles;
} codes[CASE_CODE_COUNT] = {
    [CASE_CODE_HELD] = {"held",
	"the recipient, or a party that acts for it, held it",
	"nothing: it is shown"},
    [CASE_CODE_IMAGED] = {"imaged",
	"the recipient, or a party that acts for it, took part in making an "
	"image",
	"nothing: it is shown"},
    [CASE_CODE_UNLOCKED] = {"unlocked",
	"a locked copy was opened for the recipient, or a party that acts for "
	"it",
	"nothing: it is shown"},
    [CASE_CODE_EXAMINED] = {"examined",
	"the recipient, or a party that acts for it, examined it",
	"nothing: it is shown"},
    [CASE_CODE_DISCLOSED] = {"disclosed",
	"data from it was given to the recipient, or a party that acts for it",
	"nothing: it is shown"},
    [CASE_CODE_ADMITTED] = {"admitted",
	"a holder signed that it was given to the recipient",
	"nothing: it is shown"},
    [CASE_CODE_CLAIM] = {"claim", "a claim speaks for it",
	"for the things: an inspection, after the claim, signed by the holder "
	"and a disinterested party; for what is on them: that, and every "
	"condition of a NO on data (an unbroken enclosing seal above all)"},
    [CASE_CODE_MISSING] = {"missing", "its holder could not show it",
	"an inspection that finds it, signed by the holder and a "
	"disinterested party"},
    [CASE_CODE_DESTROYED_UNSEEN] = {"destroyed-unseen",
	"it was destroyed and nobody disinterested saw that it was this one",
	"nothing can"},
    [CASE_CODE_SEAL_BROKEN] = {"seal-broken",
	"the seal over it was found broken",
	"a handling record of that opening that was in the ledger before, or "
	"that a disinterested party who was present signs"},
    [CASE_CODE_TELLTALE] = {"telltale",
	"the drive's own counters show a use that no record explains",
	"a handling record of that use that was in the ledger before, or that "
	"a disinterested party who was present signs"},
    [CASE_CODE_RELATION] = {"relation",
	"a holder is said to act for the recipient",
	"an assessment of that assertion by a disinterested party, or a "
	"document that establishes whom the holder acts for"},
    [CASE_CODE_BREACH] = {"breach", "a custody rule was broken with it",
	"for the time before the next qualifying sighting: nothing can; from "
	"then on: that inspection"},
    [CASE_CODE_NO_LIST] = {"no-list", "no signed list of the items exists",
	"a list of the items, signed with the seizure by authority and owner, "
	"or by one of them and a neutral witness"},
    [CASE_CODE_FIRST_SIGHTING] = {"first-sighting",
	"nobody disinterested saw it at the start of the period",
	"nothing can for this period; for a later one: an inspection by the "
	"holder and a disinterested party before it begins"},
    [CASE_CODE_CHAIN] = {"chain",
	"a step of its custody is not signed by giver and receiver",
	"nothing can"},
    [CASE_CODE_LAST_SIGHTING] = {"last-sighting",
	"nobody disinterested has seen it since the end of the period",
	"an inspection signed by the holder and a disinterested party, after "
	"the period's end"},
    [CASE_CODE_HOLDER] = {"holder",
	"the recipient, or a party that acts for it, held it outside the "
	"period",
	"nothing can"},
    [CASE_CODE_SEIZURE_UNSIGNED] = {"seizure-unsigned",
	"neither the owner nor a disinterested witness signed the seizure",
	"nothing can for this seizure record"},
    [CASE_CODE_LATE] = {"late",
	"it rests on a record that was entered late, after the question",
	"a later question, with an inspection after that record"},
    [CASE_CODE_CORRECTED] = {"corrected",
	"it rests on a record that its signer has corrected since",
	"a later question, with inspections that rest on no corrected record"},
    [CASE_CODE_PARTS] = {"parts", "a part of a list is still missing",
	"the missing parts of the list, signed as the others"},
    [CASE_CODE_ALSO_IN] = {"also-in",
	"the last sighting does not say that the items are in no other case",
	"an inspection that says `also-in: none`, or a NO in the case named"},
    [CASE_CODE_DRAW] = {"draw",
	"a lot was drawn over it and not everything drawn was looked at in "
	"time",
	"a full inventory of what the lot was drawn from, by the holder and a "
	"disinterested party"},
    [CASE_CODE_INCOMPLETE] = {"incomplete",
	"the ledger lacks a record for which a receipt exists",
	"the complete ledger"},
    [CASE_CODE_ENCLOSED] = {"enclosed",
	"no enclosing seal kept it closed from sighting to sighting",
	"nothing can for this period; every opening needs a disinterested "
	"witness who is present throughout and signs"},
    [CASE_CODE_COPIES] = {"copies",
	"a copy of it is not locked to a quorum, or not with a witness",
	"a lock of that copy whose open version is destroyed before a "
	"disinterested witness, and no opening of it since"},
    [CASE_CODE_COUNT_EXCEEDS] = {"count",
	"somebody counted more than the list has",
	"an assessment of that count by a disinterested party, or a list and "
	"count signed by both sides that has them all"},
    [CASE_CODE_BAY] = {"bay", "a computer or bay was not opened",
	"a handling record of its opening that says what was found in it"},
    [CASE_CODE_UNSIGNED] = {"unsigned",
	"neither the owner nor a disinterested witness signed list and count",
	"a list and count signed by the owner or a disinterested witness"},
};

const char *case_word_name(enum case_word word)
{
	return word_names[word];
}

const char *case_word_machine(enum case_word word)
{
	return word_machine[word];
}

const char *case_code_name(enum case_code code)
{
	return codes[code].name;
}

const char *case_code_words(enum case_code code)
{
	return codes[code].words;
}

const char *case_code_settles(enum case_code code)
{
	return codes[code].settles;
}

const char *case_form_name(enum case_form form)
{
	return form == CASE_DATA ? "data" : "hardware";
}

static void put_line(const struct case_finding *finding,
    const struct case_line *line, struct slice item, const char *form,
    struct buf *out)
{
	buf_put_slice(out, item);
	buf_printf(out, " %s %s ", form, case_word_machine(line->word));
	for (size_t i = 0; i < line->reason_count; i++) {
		const struct case_reason *r = &line->reasons[i];

		buf_printf(
		    out, "%s%s:", i > 0 ? "," : "", case_code_name(r->code));
		if (r->leaf == CASE_NONE)
			buf_putc(out, '-');
		else
			text_put_hex(out,
			    case_state_leaf(finding->state, r->leaf)->id.b,
			    HASH_SIZE);
	}
	buf_puts(out, line->reason_count > 0 ? "\n" : "-\n");
}

void case_finding_put_machine(
    const struct case_finding *finding, struct buf *out)
{
	put_line(finding, &finding->unlisted, slice_of("-"), "unlisted", out);
	for (size_t i = 0; i < finding->line_count; i++) {
		const struct case_line *line = &finding->lines[i];

		put_line(finding, line,
		    case_state_item(finding->state, line->item)->id,
		    case_form_name(line->form), out);
	}
}

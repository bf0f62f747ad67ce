/*
 * flow_page.c: the printable page of a finding.
 *
 * The invariant: every byte between the tags comes from this source or has
 * gone through flow_html.h, and nothing on the page can load or run anything.
 * Words, counts and reasons are those of the screen; the page only sets them.
 */
#include "flow_page.h"

#include "case_report.h"
#include "flow_html.h"
#include "flow_timeline.h"
#include "record.h"
#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>

#define SENTENCE_MAX 65536
#define BAR_WIDTH 240
#define BAR_HEIGHT 12

static const char style[] =
    ":root{--ink:#1d1b18;--soft:#57524a;--rule:#cdc6b8;--paper:#fffefb;"
    "--tint:#f4f0e6;--yes:#8a1c14;--contested:#7a4b00;--no:#1c5a3a;"
    "--open:#4a5160}\n"
    "*{box-sizing:border-box}\n"
    "html{background:var(--paper);color:var(--ink)}\n"
    "body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:47rem;"
    "font:1.0625rem/1.55 Charter,\"Bitstream Charter\",\"Iowan Old Style\","
    "\"Source Serif 4\",Georgia,\"Liberation Serif\",\"Noto Serif\",serif;"
    "hyphens:manual;overflow-wrap:break-word}\n"
    "h1{font-size:1.65rem;line-height:1.3;font-weight:600;margin:.4rem 0 1rem;"
    "text-wrap:balance}\n"
    "h2{font-size:1.15rem;font-weight:600;margin:2.6rem 0 .7rem;"
    "padding-top:.9rem;border-top:1px solid var(--rule)}\n"
    "h3{font-size:1.05rem;margin:1.3rem 0 .3rem;font-weight:600}\n"
    "p{margin:.5rem 0}ul,ol{margin:.5rem 0;padding-left:1.25rem}"
    "li{margin:.3rem 0}\n"
    ".kicker{margin:0;color:var(--soft);letter-spacing:.08em;"
    "text-transform:uppercase;font-size:.8rem}\n"
    ".facts{color:var(--soft);font-size:.95rem;margin:0;padding:0;"
    "list-style:none}\n"
    ".warning{border:2px solid var(--yes);padding:.6rem .9rem;margin:1.2rem 0}"
    "\n"
    "table{border-collapse:collapse;width:100%}\n"
    "th,td{text-align:left;vertical-align:top;padding:.6rem .8rem .6rem 0;"
    "border-top:1px solid var(--rule);font-weight:400}\n"
    "thead th{border-top:0;color:var(--soft);font-size:.9rem}\n"
    "tbody tr:last-child>*{border-bottom:1px solid var(--rule)}\n"
    ".answer tbody th{font-size:1.15rem;width:9.5rem}\n"
    ".answer b{font-size:1.3rem}.answer p{margin:.1rem 0}\n"
    ".bar{display:block;width:100%;max-width:15rem;height:.75rem;"
    "margin:.35rem 0 .5rem}\n"
    ".word{font-weight:700;letter-spacing:.02em;white-space:nowrap}\n"
    ".YES{color:var(--yes)}.CONTESTED{color:var(--contested)}"
    ".NO,.NO-UNWITNESSED{color:var(--no)}.NOT-SHOWN{color:var(--open)}\n"
    ".muted{color:var(--soft)}\n"
    "dl{margin:.9rem 0 0;font-size:.92rem}dl "
    "div{break-inside:avoid}dt{float:left;clear:left;"
    "width:10.2rem;padding-right:.6rem}dd{margin:0 0 .35rem 10.2rem}\n"
    "blockquote{margin:.5rem 0;padding:.1rem 0 .1rem .9rem;"
    "border-inline-start:3px solid var(--rule);font-style:italic}\n"
    "blockquote:dir(rtl){font-style:normal}\n"
    ".reason{margin:1rem 0 1.3rem;break-inside:avoid}.reason p{margin:.2rem 0}"
    "\n"
    "figure{margin:1rem 0}figcaption{font-size:.9rem;color:var(--soft)}\n"
    ".scroll{overflow-x:auto}\n"
    ".timeline{display:block;width:100%;min-width:36rem;height:auto;"
    "font:12px system-ui,\"Liberation Sans\",sans-serif}\n"
    ".timeline text{fill:var(--ink)}.timeline .note,.timeline .date{"
    "fill:var(--soft);font-size:11px}.timeline .date{text-anchor:middle}\n"
    ".timeline .period{fill:#e6dfcd;stroke:none}"
    ".timeline .lane{stroke:var(--rule)}.timeline .tick{stroke:var(--soft)}"
    ".timeline .now{stroke:var(--ink);stroke-dasharray:4 3}"
    ".timeline .tie{fill:none;stroke:var(--soft)}"
    ".timeline .mark{fill:var(--paper);stroke:var(--ink);stroke-width:1.5}"
    ".timeline .number{text-anchor:middle;font-weight:600;font-size:11px}\n"
    ".legend{font-size:.92rem;padding-left:2rem}time{"
    "font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "code,pre{font:.88em/1.5 ui-monospace,\"Liberation Mono\",monospace}"
    "pre{background:var(--tint);padding:.7rem .9rem;white-space:pre-wrap;"
    "overflow-wrap:anywhere}\n"
    ".keys{font-size:.88rem}.keys th,.keys td{padding:.3rem .8rem .3rem 0}\n"
    ".machine{columns:2 17rem;column-gap:1.6rem;list-style:none;padding:0;"
    "font-size:.72rem;line-height:1.4}.machine li{margin:.15rem 0;"
    "break-inside:avoid}\n"
    "@media(max-width:34rem){body{padding-top:1.2rem;font-size:1rem}"
    "h1{font-size:1.35rem}.answer tbody th{width:6.2rem;font-size:1rem}"
    ".answer b{font-size:1.1rem}dt{float:none;width:auto}"
    "dd{margin-left:0}th,td{padding-right:.5rem}"
    ".asked thead{display:none}.asked tbody tr:last-child>*{border:0}.asked "
    "th,.asked td{display:block;"
    "padding:.15rem 0;border:0}.asked th{padding-top:.8rem;"
    "font-weight:600}.asked td::before{content:attr(data-label) \": \";"
    "color:var(--soft)}}\n"
    "@page{size:A4;margin:18mm 17mm 20mm}\n"
    "@media print{html{background:none}body{max-width:none;padding:0;"
    "font-size:10.5pt}h1{font-size:16pt}h2{font-size:12pt;"
    "margin-top:1.6rem}h2,h3,thead{break-after:avoid}"
    "tr,li,blockquote,figure svg{break-inside:avoid}p{orphans:3;widows:3}"
    ".timeline{min-width:0}.scroll{overflow:visible}pre{background:none;"
    "border:1px solid var(--rule)}.machine{columns:3;"
    "column-gap:1rem;font-size:6.2pt}.machine li{margin:0}"
    ".appendix{break-before:page}a{color:inherit;text-decoration:none}}\n";

struct page {
	const struct case_finding *finding;
	const struct case_state *state;
	struct buf *out;
	struct buf line; /* a sentence that is not escaped yet */
	bool has_question;
};

/* Escapes the sentence that was made. */
static void flush(struct page *p)
{
	if (p->line.failed != 0 && p->out->failed == 0)
		p->out->failed = p->line.failed;
	flow_html_put_sentence(p->out, buf_slice(&p->line));
	buf_clear(&p->line);
}

static void put_item(void *cookie, struct slice sentence)
{
	struct page *p = cookie;

	buf_puts(p->out, "<li>");
	flow_html_put_sentence(p->out, sentence);
	buf_puts(p->out, "</li>\n");
}

/* As put_item, but the question itself is the page's heading already. */
static void put_fact(void *cookie, struct slice sentence)
{
	struct page *p = cookie;

	if (p->has_question)
		put_item(cookie, sentence);
	p->has_question = true;
}

/* All sentences of a part of the screen, as a list. */
static int put_list(struct page *p, enum case_report_part part,
    const char *class, struct err *err)
{
	buf_printf(p->out, "<ul class=\"%s\">\n", class);
	int rc = case_report_walk(p->finding, part, put_item, p, err);
	buf_puts(p->out, "</ul>\n");
	return rc;
}

static void put_quote(struct page *p, struct slice escaped)
{
	if (escaped.p == NULL)
		return;
	buf_puts(p->out, "<blockquote dir=\"auto\">");
	flow_html_put_free(p->out, escaped);
	buf_puts(p->out, "</blockquote>\n");
}

/* The words of a record, and the original where they are a translation. */
static int put_words(struct page *p, uint32_t leaf, struct err *err)
{
	struct record record = {0};
	int rc = case_state_record(p->state, leaf, &record, err);

	if (rc != 0)
		goto out;
	put_quote(p, case_report_quote(p->state, leaf));
	if (record_has(&record, RECORD_F_TRANSLATION) &&
	    record_has(&record, RECORD_F_QUOTE)) {
		buf_puts(p->out, "<p class=\"muted\">In the original:</p>");
		put_quote(p, record_get(&record, RECORD_F_QUOTE));
	}
out:
	record_done(&record);
	return rc;
}

static void put_word(struct page *p, enum case_word word)
{
	buf_printf(p->out, "<span class=\"word %s\">%s</span>",
	    case_word_machine(word), case_word_name(word));
}

/* head */

static int put_head(struct page *p, struct err *err)
{
	buf_printf(
	    &p->line, "Finding in %s", case_state_log_key(p->state)->name);
	flow_html_put_head(p->out, buf_slice(&p->line), style);
	buf_clear(&p->line);
	buf_puts(
	    p->out, "<main>\n<header>\n<p class=\"kicker\">Finding &middot; ");
	flow_html_put(p->out, case_state_ref(p->state));
	buf_puts(p->out, "</p>\n<h1>");
	case_report_put_question(p->finding, &p->line);
	flush(p);
	buf_puts(p->out, "</h1>\n");
	if (case_state_is_clock_set(p->state))
		buf_puts(p->out,
		    "<p class=\"warning\"><strong>clock: set.</strong> The "
		    "clock of this ledger was set for a demonstration: its "
		    "times prove nothing.</p>\n");
	buf_puts(p->out,
	    "<ul class=\"facts\">\n<li>Answered from the records "
	    "as of <time>");
	case_report_put_when(p->out, p->finding->time);
	buf_puts(p->out, "</time> UTC.</li>\n");
	int rc = case_report_walk(
	    p->finding, CASE_REPORT_QUESTION, put_fact, p, err);
	buf_puts(p->out, "</ul>\n</header>\n");
	return rc;
}

/* the answer table */

/* One bar for a cell; each word has its own filling, so that a copy in black
 * and white still tells them apart. */
static void put_bar(struct page *p, const size_t *counts, size_t total)
{
	static const char *const fills[CASE_WORD_COUNT] = {
	    [CASE_YES] = "#8a1c14",
	    [CASE_CONTESTED] = "url(#contested)",
	    [CASE_NO] = "#1c5a3a",
	    [CASE_NO_UNWITNESSED] = "url(#unwitnessed)",
	    [CASE_NOT_SHOWN] = "#fff",
	    [CASE_NOT_APPLICABLE] = "none",
	};
	size_t before = 0;

	buf_printf(p->out,
	    "<svg class=\"bar\" viewBox=\"0 0 %d %d\" "
	    "preserveAspectRatio=\"none\" aria-hidden=\"true\">",
	    BAR_WIDTH, BAR_HEIGHT);
	for (int w = 0; w < CASE_WORD_COUNT; w++) {
		size_t from = before * BAR_WIDTH / total;
		size_t to = (before + counts[w]) * BAR_WIDTH / total;
		if (counts[w] > 0 && to < from + 2)
			to = from + 2; /* so that one of many is still seen */
		if (counts[w] > 0)
			buf_printf(p->out,
			    "<rect x=\"%zu\" width=\"%zu\" height=\"%d\" "
			    "fill=\"%s\"/>",
			    from, to - from, BAR_HEIGHT, fills[w]);
		before += counts[w];
	}
	buf_printf(p->out,
	    "<rect x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" "
	    "fill=\"none\" stroke=\"#57524a\"/></svg>",
	    BAR_WIDTH - 1, BAR_HEIGHT - 1);
}

static void put_cell(
    struct page *p, enum case_item_type type, enum case_form form)
{
	size_t counts[CASE_WORD_COUNT];
	size_t total = 0;

	for (int w = 0; w < CASE_WORD_COUNT; w++) {
		counts[w] = case_finding_count(
		    p->finding, type, form, (enum case_word)w);
		total += counts[w];
	}
	buf_puts(p->out, "<td>");
	if (counts[CASE_NOT_APPLICABLE] == total) {
		buf_puts(p->out,
		    "<p class=\"muted\">n/a: it holds no data</p>"
		    "</td>\n");
		return;
	}
	for (int w = 0; w < CASE_NOT_APPLICABLE; w++) {
		if (counts[w] == 0)
			continue;
		buf_printf(p->out, "<p><b>%zu</b> ", counts[w]);
		put_word(p, (enum case_word)w);
		buf_puts(p->out, "</p>\n");
	}
	put_bar(p, counts, total);
	buf_puts(p->out, "</td>\n");
}

static size_t count_type(
    const struct case_finding *finding, enum case_item_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < finding->line_count; i++) {
		const struct case_line *line = &finding->lines[i];
		bool is_new = i == 0 || line[-1].item != line->item;
		n += is_new &&
		    case_state_item(finding->state, line->item)->type == type;
	}
	return n;
}

static void put_rows(struct page *p)
{
	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++) {
		enum case_item_type type = (enum case_item_type)t;
		size_t n = count_type(p->finding, type);
		if (n == 0)
			continue;
		buf_puts(p->out, "<tr><th scope=\"row\">");
		case_report_put_count(p->out, n, type);
		buf_puts(p->out, "</th>\n");
		for (int f = 0; f < CASE_FORM_COUNT; f++)
			if (p->finding->is_form_asked[f])
				put_cell(p, type, (enum case_form)f);
		buf_puts(p->out, "</tr>\n");
	}
}

static void put_table(struct page *p)
{
	static const char *const forms[CASE_FORM_COUNT] = {
	    [CASE_HARDWARE] = "Hardware: the things themselves",
	    [CASE_DATA] = "Data: what is on them",
	};

	if (p->finding->line_count == 0) {
		buf_puts(p->out,
		    "<p><strong>Nothing can be shown for any thing, because "
		    "none that was asked about is listed.</strong></p>\n");
		return;
	}
	buf_puts(p->out,
	    "<svg width=\"0\" height=\"0\" style=\"position:absolute\" "
	    "aria-hidden=\"true\"><defs>"
	    "<pattern id=\"contested\" width=\"6\" height=\"6\" "
	    "patternUnits=\"userSpaceOnUse\">"
	    "<rect width=\"6\" height=\"6\" fill=\"#f6e3bd\"/>"
	    "<path d=\"M-1 7L7-1M-1 1L1-1M5 7L7 5\" stroke=\"#7a4b00\" "
	    "stroke-width=\"1.6\"/></pattern>"
	    "<pattern id=\"unwitnessed\" width=\"4\" height=\"4\" "
	    "patternUnits=\"userSpaceOnUse\">"
	    "<rect width=\"4\" height=\"4\" fill=\"#dcece2\"/>"
	    "<circle cx=\"2\" cy=\"2\" r=\"1\" fill=\"#1c5a3a\"/></pattern>"
	    "</defs></svg>\n"
	    "<table class=\"answer\">\n<thead><tr>"
	    "<th scope=\"col\">Asked about</th>");
	for (int f = 0; f < CASE_FORM_COUNT; f++)
		if (p->finding->is_form_asked[f])
			buf_printf(
			    p->out, "<th scope=\"col\">%s</th>", forms[f]);
	buf_puts(p->out, "</tr></thead>\n<tbody>\n");
	put_rows(p);
	buf_puts(p->out, "</tbody>\n</table>\n");
}

/* What each word means, for whoever meets them here first. */
static void put_meanings(struct page *p)
{
	static const char *const meanings[CASE_WORD_COUNT] = {
	    [CASE_YES] = "a signed record shows that it was received, or who "
			 "held it has signed that it was given.",
	    [CASE_CONTESTED] =
		"no record shows it, but something speaks for it (a claim, a "
		"missing thing, a broken seal) and nothing has settled that.",
	    [CASE_NO] = "custody is signed by both sides without a gap, "
			"somebody disinterested has seen the thing since, and "
			"nothing speaks against it.",
	    [CASE_NO_UNWITNESSED] =
		"as NO, but too few independent witnesses have cosigned the "
		"ledger.",
	    [CASE_NOT_SHOWN] =
		"the records show neither that it was received nor that it "
		"was not; silence proves nothing.",
	};

	buf_puts(p->out, "<dl aria-label=\"What the words mean\">\n");
	for (int w = 0; w < CASE_NOT_APPLICABLE; w++) {
		buf_puts(p->out, "<div><dt>");
		put_word(p, (enum case_word)w);
		buf_printf(p->out, "</dt><dd>%s</dd></div>\n", meanings[w]);
	}
	buf_puts(p->out, "</dl>\n");
}

/* An alarm stands at the top, too. */
static void put_alarm(void *cookie, struct slice sentence)
{
	struct page *p = cookie;

	if (!slice_starts_with(sentence, "ALARM:"))
		return;
	buf_puts(p->out, "<p class=\"warning\">");
	flow_html_put_sentence(p->out, sentence);
	buf_puts(p->out, "</p>\n");
}

static int put_finding(struct page *p, struct err *err)
{
	buf_puts(p->out, "<section>\n<h2>What the records show</h2>\n");
	int rc =
	    case_report_walk(p->finding, CASE_REPORT_ALSO, put_alarm, p, err);
	put_table(p);
	if (rc == 0)
		rc = put_list(p, CASE_REPORT_FINDING, "unlisted", err);
	put_meanings(p);
	buf_puts(p->out, "</section>\n");
	return rc;
}

/* who answered */

static int put_addressee(struct page *p, size_t i, struct err *err)
{
	const struct case_addressee *a = &p->finding->addressees[i];
	int rc = 0;

	buf_puts(p->out, "<tr><th scope=\"row\">");
	flow_html_put(p->out, a->name);
	buf_puts(p->out, "</th>\n<td data-label=\"Signed answer\">");
	if (a->status == CASE_ANSWER_OVERDUE)
		buf_puts(p->out, "<strong class=\"YES\">");
	case_report_put_status_head(p->finding, i, &p->line);
	flush(p);
	if (a->status == CASE_ANSWER_OVERDUE)
		buf_puts(p->out, "</strong>");
	if (a->answer != CASE_NONE)
		rc = put_words(p, a->answer, err);
	buf_puts(p->out, "</td>\n<td data-label=\"Said in public\">");
	if (a->statement == CASE_NONE) {
		buf_puts(p->out,
		    "<span class=\"muted\">nothing on record"
		    "</span>");
	} else {
		case_report_put_statement_head(p->finding, i, &p->line);
		flush(p);
		if (rc == 0)
			rc = put_words(p, a->statement, err);
	}
	buf_puts(p->out, "</td></tr>\n");
	return rc;
}

static int put_answers(struct page *p, struct err *err)
{
	int rc = 0;

	buf_puts(p->out, "<section>\n<h2>Who answered, and who did not</h2>\n");
	if (p->finding->addressee_count == 0)
		buf_puts(p->out, "<p>The question is put to nobody.</p>\n");
	else
		buf_puts(p->out,
		    "<table class=\"asked\">\n<thead><tr>"
		    "<th scope=\"col\">Asked</th>"
		    "<th scope=\"col\">Signed answer</th>"
		    "<th scope=\"col\">Said in public</th>"
		    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < p->finding->addressee_count && rc == 0; i++)
		rc = put_addressee(p, i, err);
	if (p->finding->addressee_count > 0)
		buf_puts(p->out, "</tbody>\n</table>\n");
	buf_puts(p->out, "</section>\n");
	return rc;
}

/* why */

static void put_sighting(struct page *p, const char *when, uint32_t leaf)
{
	if (leaf == CASE_NONE)
		return;
	buf_printf(p->out, "<p>%s: ", when);
	case_report_put_leaf_head(p->state, leaf, &p->line);
	flush(p);
	buf_puts(p->out, ".</p>\n");
}

static int put_group(
    struct page *p, const struct case_report_group *group, struct err *err)
{
	bool is_no = group->reason.code == CASE_CODE_COUNT;
	int rc = 0;

	buf_puts(p->out, "<div class=\"reason\">\n<p>");
	put_word(p, group->word);
	buf_puts(p->out, " for ");
	case_report_put_things(p->finding, group, &p->line);
	flush(p);
	if (is_no) {
		buf_puts(p->out,
		    ", because every hand-over is signed by both sides, "
		    "nothing that counts speaks for it, and the things were "
		    "seen before and after.</p>\n");
		put_sighting(p, "Before", group->first_sighting);
		put_sighting(p, "After", group->reason.leaf);
	} else {
		buf_printf(p->out, ", because %s",
		    case_code_words(group->reason.code));
	}
	if (group->since != 0) {
		buf_puts(p->out, ", since ");
		case_report_put_when(p->out, group->since);
	}
	if (!is_no)
		buf_puts(p->out, ".</p>\n");
	if (!is_no && group->reason.leaf != CASE_NONE) {
		buf_puts(p->out, "<p class=\"muted\">");
		case_report_put_leaf_head(
		    p->state, group->reason.leaf, &p->line);
		flush(p);
		buf_puts(p->out, "</p>\n");
		rc = put_words(p, group->reason.leaf, err);
	}
	buf_puts(p->out, "</div>\n");
	return rc;
}

static int put_why(struct page *p, struct err *err)
{
	struct case_report_group *groups = NULL;
	size_t n = 0;
	int rc = case_report_groups(p->finding, &groups, &n, err);

	buf_puts(p->out, "<section>\n<h2>Why</h2>\n");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = put_group(p, &groups[i], err);
	if (n == 0)
		buf_puts(p->out,
		    "<p>There is nothing that a word could rest "
		    "on.</p>\n");
	buf_puts(p->out, "</section>\n");
	free(groups);
	return rc;
}

static int put_part(struct page *p, const char *heading,
    enum case_report_part part, struct err *err)
{
	buf_printf(p->out, "<section>\n<h2>%s</h2>\n", heading);
	int rc = put_list(p, part, "sentences", err);
	buf_puts(p->out, "</section>\n");
	return rc;
}

static int put_timeline(struct page *p, struct err *err)
{
	buf_puts(p->out, "<section>\n<h2>What happened when</h2>\n");
	int rc = flow_timeline_put(p->finding, p->out, err);
	buf_puts(p->out, "</section>\n");
	return rc;
}

/* how it was checked */

static int put_checked(struct page *p, struct slice bundle, struct err *err)
{
	buf_puts(p->out,
	    "<section>\n<h2>How it was checked, and how you can "
	    "check it</h2>\n");
	int rc = put_list(p, CASE_REPORT_CHECKED, "sentences", err);
	buf_puts(p->out,
	    "<p>This page is for reading; it proves nothing by itself. The "
	    "proof is the file that came with it. One small program works "
	    "everything out again from that file, without a network and "
	    "without trusting anybody:</p>\n<pre>counterfoil-verify ");
	flow_html_put(p->out, bundle);
	buf_puts(p->out,
	    "</pre>\n<p>It must print the same finding, and these "
	    "fingerprints of the keys that signed. Whether a key belongs to "
	    "the party named, only you can compare.</p>\n");
	return rc;
}

static void put_key(
    struct page *p, const char *what, const struct note_key *key)
{
	buf_puts(p->out, "<tr><th scope=\"row\">");
	flow_html_put(p->out, slice_of(key->name));
	buf_printf(p->out, "</th><td>%s</td><td><code>", what);
	case_report_put_key(&p->line, key);
	flush(p);
	buf_puts(p->out, "</code></td></tr>\n");
}

static void put_keys(struct page *p)
{
	buf_puts(p->out,
	    "<table class=\"keys\">\n<thead><tr><th scope=\"col\">Who signed"
	    "</th><th scope=\"col\">Side</th><th scope=\"col\">Key</th></tr>"
	    "</thead>\n<tbody>\n");
	put_key(p, "the ledger", case_state_log_key(p->state));
	for (size_t i = 0; i < case_state_witness_count(p->state); i++)
		put_key(p, "witness", case_state_witness(p->state, i));
	for (size_t i = 0; i < case_state_party_count(p->state); i++) {
		const struct case_party *party =
		    case_state_party(p->state, (uint32_t)i);
		const struct note_key *key =
		    case_state_party_key(p->state, (uint32_t)i);
		if (key != NULL && party->enrolled_leaf != CASE_NONE)
			put_key(p, case_side_name(party->side), key);
	}
	buf_puts(p->out, "</tbody>\n</table>\n</section>\n");
}

/* appendix */

static void put_verdict(struct page *p, const struct case_line *line)
{
	buf_printf(p->out, " %s %s", case_form_name(line->form),
	    case_word_machine(line->word));
	for (size_t i = 0; i < line->reason_count; i++) {
		const struct case_reason *r = &line->reasons[i];
		buf_printf(p->out, "%s%s:", i == 0 ? " " : ",",
		    case_code_name(r->code));
		if (r->leaf == CASE_NONE)
			buf_putc(p->out, '-');
		else
			case_report_put_id(
			    p->out, &case_state_leaf(p->state, r->leaf)->id);
	}
}

static void put_appendix(struct page *p)
{
	const struct case_finding *f = p->finding;

	buf_puts(p->out,
	    "<section class=\"appendix\">\n<h2>Appendix: every thing by "
	    "itself</h2>\n<p class=\"muted\">The same for machines: thing, "
	    "form, word, and the records that each word rests on, by the first "
	    "twelve digits of their ids; the whole ids are in the file."
	    "</p>\n<ul class=\"machine\">\n<li><code>-</code> unlisted");
	buf_printf(p->out, " %s", case_word_machine(f->unlisted.word));
	for (size_t i = 0; i < f->unlisted.reason_count; i++)
		buf_printf(
		    p->out, " %s", case_code_name(f->unlisted.reasons[i].code));
	buf_puts(p->out, "</li>\n");
	for (size_t i = 0; i < f->line_count; i++) {
		const struct case_line *line = &f->lines[i];
		bool is_new = i == 0 || line[-1].item != line->item;
		bool is_last =
		    i + 1 == f->line_count || line[1].item != line->item;
		if (is_new) {
			buf_puts(p->out, "<li><code>");
			flow_html_put(
			    p->out, case_state_item(p->state, line->item)->id);
			buf_puts(p->out, "</code>");
		} else {
			buf_puts(p->out, ";");
		}
		put_verdict(p, line);
		buf_puts(p->out, is_last ? "</li>\n" : "");
	}
	buf_puts(p->out, "</ul>\n</section>\n");
}

int flow_page_put(const struct case_finding *finding, struct slice bundle,
    struct buf *out, struct err *err)
{
	struct page p = {
	    .finding = finding,
	    .state = finding->state,
	    .out = out,
	};

	buf_init(&p.line, SENTENCE_MAX);
	int rc = put_head(&p, err);
	if (rc == 0)
		rc = put_finding(&p, err);
	if (rc == 0)
		rc = put_answers(&p, err);
	if (rc == 0)
		rc = put_why(&p, err);
	if (rc == 0)
		rc = put_part(
		    &p, "What would settle it", CASE_REPORT_SETTLES, err);
	if (rc == 0)
		rc = put_timeline(&p, err);
	if (rc == 0)
		rc = put_part(&p, "Also on record", CASE_REPORT_ALSO, err);
	if (rc == 0)
		rc = put_checked(&p, bundle, err);
	if (rc != 0)
		goto out;
	put_keys(&p);
	put_appendix(&p);
	buf_puts(out, "</main>\n</body>\n</html>\n");
	rc = buf_check(out, err);
out:
	buf_done(&p.line);
	return rc;
}

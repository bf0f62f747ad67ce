/*
 * flow_letter.c: one text, set as plain lines or as HTML. Every sentence is
 * made in `line` and then set by paragraph() or entry(), so that the two forms
 * cannot say different things.
 */
#include "flow_letter.h"

#include "case_report.h"
#include "case_wrap.h"
#include "flow_html.h"
#include "when.h"

#define SENTENCE_MAX 65536

static const char style[] =
    "*{box-sizing:border-box}html{background:#fff;color:#000}"
    "body{margin:0 auto;padding:1.5rem;max-width:42rem;"
    "font:11pt/1.45 Charter,\"Bitstream Charter\",Georgia,"
    "\"Liberation Serif\",\"Noto Serif\",serif;overflow-wrap:break-word}"
    "h2{font-size:12pt;margin:1.2rem 0 .3rem;break-after:avoid}"
    "p{margin:.4rem 0;orphans:3;widows:3}ul{margin:.4rem 0;"
    "padding-left:1.2rem}li{margin:.25rem 0}pre{font:10pt/1.4 "
    "\"Liberation Mono\",monospace;white-space:pre-wrap;"
    "overflow-wrap:anywhere;border:.6pt solid #000;padding:.4rem .6rem}"
    "@page{margin:22mm 20mm;@bottom-right{content:\"page \" counter(page) "
    "\" of \" counter(pages);font:8pt sans-serif}}"
    "@media print{body{padding:0;max-width:none}}\n";

struct letter {
	const struct case_finding *finding;
	struct buf *out;
	struct buf line; /* the sentence being made */
	bool is_html;
};

static void end_line(struct letter *l)
{
	if (l->line.failed != 0 && l->out->failed == 0)
		l->out->failed = l->line.failed;
	buf_clear(&l->line);
}

/* ---- setting ---- */

static void set(
    struct letter *l, const char *first, const char *open, const char *close)
{
	if (l->is_html) {
		buf_printf(l->out, "<%s><bdi>", open);
		flow_html_put_sentence(l->out, buf_slice(&l->line));
		buf_printf(l->out, "</bdi></%s>\n", close);
	} else {
		case_wrap_put(l->out, first, buf_slice(&l->line));
	}
	end_line(l);
}

static void paragraph(struct letter *l)
{
	set(l, "", "p", "p");
	if (!l->is_html)
		buf_putc(l->out, '\n');
}

static void say(struct letter *l, const char *text)
{
	buf_puts(&l->line, text);
	paragraph(l);
}

static void heading(struct letter *l, const char *text)
{
	if (l->is_html)
		buf_printf(l->out, "<h2>%s</h2>\n", text);
	else
		buf_printf(l->out, "%s\n\n", text);
}

static void open_list(struct letter *l)
{
	buf_puts(l->out, l->is_html ? "<ul>\n" : "");
}

static void entry(struct letter *l)
{
	set(l, "- ", "li", "li");
}

static void close_list(struct letter *l)
{
	buf_puts(l->out, l->is_html ? "</ul>\n" : "\n");
}

static void each(void *cookie, struct slice sentence)
{
	struct letter *l = cookie;

	buf_put_slice(&l->line, sentence);
	entry(l);
}

/* All sentences of a part of the screen. */
static int part(struct letter *l, enum case_report_part which, struct err *err)
{
	open_list(l);
	int rc = case_report_walk(l->finding, which, each, l, err);
	close_list(l);
	return rc;
}

/* ---- what it says ---- */

static void put_names(struct letter *l)
{
	const struct case_finding *f = l->finding;

	for (size_t i = 0; i < f->addressee_count; i++) {
		buf_puts(&l->line, i > 0 ? ", " : "");
		buf_put_slice(&l->line, f->addressees[i].name);
	}
	if (f->addressee_count == 0)
		buf_puts(&l->line, "whom it concerns");
}

static void put_asker(struct letter *l)
{
	size_t n;
	const uint32_t *signers =
	    case_state_signers(l->finding->state, l->finding->question, &n);

	for (size_t i = 0; i < n; i++)
		buf_printf(&l->line, "%s%.*s", i > 0 ? ", " : "",
		    SLICE_ARG(
			case_state_party(l->finding->state, signers[i])->name));
}

static void put_head(struct letter *l)
{
	const struct case_leaf *question =
	    case_state_leaf(l->finding->state, l->finding->question);
	char date[WHEN_SIZE];

	when_to_date(date, l->finding->time);
	buf_printf(&l->line, "%s", date);
	paragraph(l);
	buf_puts(&l->line, "To: ");
	put_names(l);
	paragraph(l);
	buf_puts(&l->line, "From: ");
	put_asker(l);
	paragraph(l);
	buf_printf(&l->line, "Case %s, question ",
	    case_state_log_key(l->finding->state)->name);
	case_report_put_id(&l->line, &question->id);
	paragraph(l);
	if (case_state_is_clock_set(l->finding->state))
		say(l,
		    "clock: set. The clock of this ledger was set for a "
		    "demonstration: its times prove nothing.");
}

/* "Of 347 drives, the things themselves: 340 NO, 7 CONTESTED." */
static void put_count(
    struct letter *l, enum case_item_type type, enum case_form form)
{
	const struct case_finding *f = l->finding;
	size_t total = 0;
	const char *between = ": ";

	for (int w = 0; w < CASE_NOT_APPLICABLE; w++)
		total += case_finding_count(f, type, form, (enum case_word)w);
	if (total == 0)
		return;
	buf_puts(&l->line, "Of ");
	case_report_put_count(&l->line, total, type);
	buf_puts(&l->line,
	    form == CASE_DATA
		? (total == 1 ? ", what is on it" : ", what is on them")
		: (total == 1 ? ", the thing itself"
			      : ", the things themselves"));
	for (int w = 0; w < CASE_NOT_APPLICABLE; w++) {
		size_t n = case_finding_count(f, type, form, (enum case_word)w);

		if (n == 0)
			continue;
		buf_printf(&l->line, "%s%zu %s", between, n,
		    case_word_name((enum case_word)w));
		between = ", ";
	}
	buf_putc(&l->line, '.');
	entry(l);
}

static int put_finding(struct letter *l, struct err *err)
{
	heading(l, "What the records show");
	buf_puts(&l->line, "As of ");
	case_report_put_when(&l->line, l->finding->time);
	buf_puts(&l->line,
	    " UTC, for each thing by itself, the answer to the question is:");
	paragraph(l);
	open_list(l);
	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++)
		for (int form = 0; form < CASE_FORM_COUNT; form++)
			if (l->finding->is_form_asked[form])
				put_count(l, (enum case_item_type)t,
				    (enum case_form)form);
	close_list(l);
	int rc = part(l, CASE_REPORT_FINDING, err);
	if (rc == 0)
		say(l, "This rests on the following.");
	return rc != 0 ? rc : part(l, CASE_REPORT_WHY, err);
}

static void put_reminder(
    struct letter *l, const struct case_addressee *addressee)
{
	bool is_overdue = addressee->status == CASE_ANSWER_OVERDUE;

	if (addressee->status == CASE_ANSWER_GIVEN)
		return;
	buf_printf(&l->line, "We ask that %.*s answer the question %s ",
	    SLICE_ARG(addressee->name),
	    is_overdue ? "without further delay; the answer was due" : "by");
	case_report_put_due(&l->line, addressee->due);
	buf_putc(&l->line, '.');
	paragraph(l);
}

static int put_answers(struct letter *l, struct err *err)
{
	const struct case_finding *f = l->finding;

	heading(l, "What was answered, and what is overdue");
	int rc = part(l, CASE_REPORT_ANSWERS, err);
	for (size_t i = 0; i < f->addressee_count; i++)
		put_reminder(l, &f->addressees[i]);
	return rc;
}

static void put_request(struct letter *l, enum case_code code)
{
	struct slice settles = slice_of(case_code_settles(code));

	buf_printf(
	    &l->line, "%s (%s). ", case_code_name(code), case_code_words(code));
	if (code == CASE_CODE_HELD || code == CASE_CODE_ADMITTED)
		buf_puts(&l->line,
		    "It is shown. We ask that what was received be named, and "
		    "when, by whom, and where it is now.");
	else if (slice_starts_with(settles, "nothing") ||
	    code == CASE_CODE_BREACH)
		buf_printf(&l->line, "We ask that it be noted: %.*s.",
		    SLICE_ARG(settles));
	else
		buf_printf(&l->line,
		    "We ask that the following be provided, or that it be "
		    "said why it cannot be: %.*s.",
		    SLICE_ARG(settles));
	entry(l);
}

static void mark(const struct case_line *line, bool *is_there)
{
	for (size_t i = 0; i < line->reason_count; i++)
		is_there[line->reasons[i].code] = true;
}

static void put_requests(struct letter *l)
{
	bool is_there[CASE_CODE_COUNT] = {false};
	bool is_any = false;

	for (size_t i = 0; i < l->finding->line_count; i++)
		mark(&l->finding->lines[i], is_there);
	mark(&l->finding->unlisted, is_there);
	heading(l, "What would settle it");
	open_list(l);
	for (int c = 0; c < CASE_CODE_COUNT; c++) {
		if (is_there[c])
			put_request(l, (enum case_code)c);
		is_any = is_any || is_there[c];
	}
	close_list(l);
	if (!is_any)
		say(l, "Nothing is open; we ask for nothing more.");
}

static int put_check(struct letter *l, struct slice bundle, struct err *err)
{
	heading(l, "How to check it");
	say(l,
	    "This letter proves nothing by itself. Enclosed is a file with "
	    "all records and signatures that it rests on. One small program "
	    "works everything out again from that file, without a network "
	    "and without trusting us:");
	buf_puts(l->out, l->is_html ? "<pre>" : "    ");
	buf_puts(&l->line, "counterfoil-verify ");
	buf_put_slice(&l->line, bundle);
	if (l->is_html)
		flow_html_put(l->out, buf_slice(&l->line));
	else
		buf_put_slice(l->out, buf_slice(&l->line));
	end_line(l);
	buf_puts(l->out, l->is_html ? "</pre>\n" : "\n\n");
	say(l, "It must print the same finding and the same tree root.");
	int rc = part(l, CASE_REPORT_CHECKED, err);
	buf_puts(&l->line, "For ");
	put_asker(l);
	buf_puts(&l->line, ":");
	paragraph(l);
	return rc;
}

int flow_letter_put(const struct case_finding *finding, struct slice bundle,
    bool is_html, struct buf *out, struct err *err)
{
	struct letter l = {.finding = finding, .out = out, .is_html = is_html};

	buf_init(&l.line, SENTENCE_MAX);
	if (is_html)
		flow_html_put_head(out, slice_of("Letter"), style);
	put_head(&l);
	say(&l,
	    "We write about a question that was put to you, what the records "
	    "of this case show about it, and what we ask of you.");
	heading(&l, "What was asked");
	int rc = part(&l, CASE_REPORT_QUESTION, err);
	if (rc == 0)
		rc = put_finding(&l, err);
	if (rc == 0)
		rc = put_answers(&l, err);
	if (rc == 0) {
		put_requests(&l);
		rc = put_check(&l, bundle, err);
	}
	if (is_html)
		buf_puts(out, "</body>\n</html>\n");
	buf_done(&l.line);
	return rc != 0 ? rc : buf_check(out, err);
}

/*
 * cli_glance_print.c: the case at a glance as one screen of sections, each
 * there even when it has nothing to tell, so that its absence is no answer.
 */
#include "cli_glance.h"

#include "case_report.h"
#include "case_wrap.h"
#include "cli_words.h"
#include "log_store.h"
#include "text.h"

#define LINE_MAX (1u << 20)
#define CLAIMS_SHOWN 5

/* A screen being written: `line` is the line that comes next. */
struct screen {
	const struct cli_glance *g;
	const struct case_state *state;
	struct buf *out;
	struct buf line;
};

static void end_line(struct screen *s, const char *first)
{
	cli_words_line(s->out, first, &s->line);
}

static void tell(struct screen *s, const char *sentence)
{
	buf_puts(&s->line, sentence);
	end_line(s, "  ");
}

static struct slice party_name(const struct screen *s, uint32_t party)
{
	return party == CASE_NONE ? slice_of("nobody, by the records")
				  : case_state_party(s->state, party)->name;
}

static void put_head(struct screen *s)
{
	const struct case_list *list = case_state_first_list(s->state);
	struct slice title = cli_glance_title(s->g);

	buf_put_slice(s->out, case_state_ref(s->state));
	buf_putc(s->out, '\n');
	if (title.p != NULL) {
		case_wrap_put_plain(&s->line, title);
		end_line(s, "  ");
	}
	buf_puts(&s->line, "as of ");
	case_report_put_when(&s->line, s->g->time);
	buf_puts(&s->line, " UTC");
	if (case_state_is_clock_set(s->state))
		buf_puts(&s->line, "; the clock is set, for a demonstration");
	end_line(s, "  ");
	cli_words_heading(s->out, "ITEMS");
	cli_words_put_types(&s->line, s->g->totals);
	end_line(s, "  ");
	if (list == NULL) {
		tell(s, "no complete list of items is in the ledger");
		return;
	}
	case_report_put_leaf_head(s->state, list->seizure, &s->line);
	end_line(s, "  ");
}

static void put_holders(struct screen *s)
{
	cli_words_heading(s->out, "HELD BY");
	for (size_t i = 0; i < s->g->holder_count; i++) {
		const struct cli_glance_holder *h = &s->g->holders[i];

		buf_put_slice(&s->line, party_name(s, h->party));
		buf_puts(&s->line, ": ");
		cli_words_put_types(&s->line, h->counts);
		end_line(s, "  ");
	}
	if (s->g->holder_count == 0)
		tell(s, "nobody holds anything");
	if (s->g->disputed > 0) {
		buf_printf(&s->line,
		    "%zu of them held by more than one party, by records that "
		    "contradict each other",
		    s->g->disputed);
		end_line(s, "  ");
	}
}

static bool is_same_trouble(
    const struct cli_glance_trouble *a, const struct cli_glance_trouble *b)
{
	return a->leaf == b->leaf && a->type == b->type;
}

/* All that one record says of one kind, on one line. */
static void put_troubles(struct screen *s)
{
	static const char *const says[] = {
	    [CLI_GLANCE_MISSING] = ": missing, says ",
	    [CLI_GLANCE_BROKEN] = ": seal broken, says ",
	    [CLI_GLANCE_TELLTALE] =
		": used as no record explains, or another drive, as its "
		"counters say in ",
	    [CLI_GLANCE_OPEN] = ": opened and not sealed since, says ",
	};
	const struct cli_glance_trouble *t = s->g->troubles;
	size_t n = s->g->trouble_count;

	cli_words_heading(s->out, "MISSING, BROKEN OR OPEN");
	for (size_t i = 0; i < n; i++) {
		bool is_told = false;

		for (size_t k = 0; k < i; k++)
			is_told = is_told || is_same_trouble(&t[i], &t[k]);
		if (is_told)
			continue;
		for (size_t k = i; k < n; k++) {
			if (!is_same_trouble(&t[i], &t[k]))
				continue;
			buf_puts(&s->line, k > i ? ", " : "");
			buf_put_slice(
			    &s->line, case_state_item(s->state, t[k].item)->id);
		}
		buf_puts(&s->line, says[t[i].type]);
		case_report_put_leaf_head(s->state, t[i].leaf, &s->line);
		end_line(s, "  ");
	}
	if (n == 0)
		tell(s, "nothing is missing, every seal is whole");
}

static void put_words(
    struct screen *s, const struct cli_glance_question *q, enum case_form form)
{
	size_t n = 0;

	for (int w = 0; w < CASE_WORD_COUNT; w++) {
		if (q->counts[form][w] == 0 || w == CASE_NOT_APPLICABLE)
			continue;
		if (n++ == 0)
			buf_printf(&s->line, "%s: ", case_form_name(form));
		else
			buf_puts(&s->line, ", ");
		buf_printf(&s->line, "%zu %s", q->counts[form][w],
		    case_word_name((enum case_word)w));
	}
	if (n > 0)
		end_line(s, "    ");
}

static void put_questions(struct screen *s)
{
	cli_words_heading(s->out, "QUESTIONS");
	for (size_t i = 0; i < s->g->question_count; i++) {
		const struct cli_glance_question *q = &s->g->questions[i];
		const struct case_finding *f = &q->finding.finding;

		case_report_put_id(
		    &s->line, &case_state_leaf(s->state, q->leaf)->id);
		buf_puts(&s->line, ": ");
		case_report_put_question(f, &s->line);
		end_line(s, "  ");
		for (int form = 0; form < CASE_FORM_COUNT; form++)
			put_words(s, q, (enum case_form)form);
		for (size_t k = 0; k < f->addressee_count; k++) {
			case_report_put_addressee(f, k, &s->line);
			end_line(s, "    ");
		}
	}
	if (s->g->question_count == 0)
		tell(s, "nobody has asked");
}

static void put_claim(struct screen *s, uint32_t leaf)
{
	struct record record = {0};
	const struct record_value *v = NULL;

	case_report_put_leaf(s->state, leaf, &s->line);
	/* A leaf in the state parses; without memory it is told without. */
	if (case_state_record(s->state, leaf, &record, NULL) == 0)
		while (
		    (v = record_next(&record, NULL, RECORD_F_COUNT, v)) != NULL)
			buf_printf(&s->line, ", %.*s", SLICE_ARG(v->value));
	record_done(&record);
	end_line(s, "  ");
}

static void put_claims(struct screen *s)
{
	uint32_t shown[CLAIMS_SHOWN];
	size_t n = 0, total = 0;

	cli_words_heading(s->out, "CLAIMS");
	for (size_t i = case_state_leaf_count(s->state); i-- > 0;) {
		if (case_state_leaf(s->state, i)->kind != RECORD_CLAIM)
			continue;
		if (n < CLAIMS_SHOWN)
			shown[n++] = (uint32_t)i;
		total++;
	}
	if (total > n) {
		buf_printf(&s->line, "%zu in all; the last %zu:", total, n);
		end_line(s, "  ");
	}
	while (n-- > 0)
		put_claim(s, shown[n]);
	if (total == 0)
		tell(s, "none is recorded");
}

static void put_red_lines(struct screen *s)
{
	size_t n = 0;

	cli_words_heading(s->out, "RED LINES");
	for (size_t i = 0; i < case_state_red_line_count(s->state); i++) {
		const struct case_red_line *line =
		    case_state_red_line(s->state, i);

		if (line->lifted_leaf != CASE_NONE)
			continue;
		n++;
		buf_put_slice(&s->line, party_name(s, line->party));
		buf_puts(&s->line,
		    line->is_agreed ? ": agreed by "
				    : ": declared, not agreed, by ");
		cli_words_put_set(&s->line, s->state, &line->set_by);
		end_line(s, "  ");
	}
	if (n == 0)
		tell(s, "none is drawn");
	n = case_state_alarm_count(s->state);
	cli_words_heading(s->out, "ALARMS");
	for (size_t i = 0; i < n; i++) {
		const struct case_alarm *alarm = case_state_alarm(s->state, i);

		buf_put_slice(&s->line, party_name(s, alarm->party));
		buf_puts(&s->line,
		    " has held items and is behind the red line "
		    "for ");
		buf_put_slice(&s->line, party_name(s, alarm->red_line));
		buf_puts(&s->line, ", known since ");
		case_report_put_leaf_head(s->state, alarm->leaf, &s->line);
		end_line(s, "  ");
	}
	if (n == 0)
		tell(s, "none");
}

static void put_breaches(struct screen *s)
{
	size_t n = 0;

	cli_words_heading(s->out, "BREACHES AND WHAT COUNTS FOR NOTHING");
	for (uint32_t i = 0; i < case_state_leaf_count(s->state); i++) {
		if (case_state_leaf(s->state, i)->standing == CASE_GOOD)
			continue;
		n++;
		case_report_put_leaf_head(s->state, i, &s->line);
		end_line(s, "  ");
	}
	if (n == 0)
		tell(s, "none: every record is in order");
}

static void put_offers(struct screen *s)
{
	cli_words_heading(s->out, "OFFERS NOT YET SIGNED BY ALL");
	for (size_t i = 0; i < s->g->offer_count; i++) {
		const struct cli_glance_offer *o = &s->g->offers[i];

		case_report_put_id(&s->line, &o->id);
		buf_puts(&s->line, ": ");
		buf_put_slice(&s->line, buf_slice(&o->what));
		buf_puts(&s->line, "; still to sign: ");
		buf_put_slice(&s->line, buf_slice(&o->missing));
		if (o->has_expiry) {
			buf_puts(&s->line,
			    o->is_expired ? "; expired " : "; open until ");
			case_report_put_when(&s->line, o->expires);
		}
		end_line(s, "  ");
	}
	if (s->g->offer_count == 0)
		tell(s, "none");
}

static bool find_witnessed(
    const struct cli_glance *g, size_t witness, int64_t *ret_when)
{
	for (size_t i = 0; i < g->witnessed_count; i++) {
		if (g->witnessed[i].witness != witness)
			continue;
		*ret_when = g->witnessed[i].when;
		return true;
	}
	return false;
}

static void put_ledger(struct screen *s)
{
	size_t leaves = case_state_leaf_count(s->state);
	size_t witnesses = case_state_witness_count(s->state);
	struct hash root = log_store_root(s->g->c->store);
	int64_t when;

	cli_words_heading(s->out, "LEDGER");
	buf_printf(&s->line, "%zu record%s", leaves, leaves == 1 ? "" : "s");
	if (leaves > 0) {
		buf_puts(&s->line, ", the last entered ");
		case_report_put_when(
		    &s->line, case_state_leaf(s->state, leaves - 1)->entered);
		buf_puts(&s->line, " UTC");
	}
	end_line(s, "  ");
	buf_printf(&s->line, "checkpoint: size %llu, root ",
	    (unsigned long long)log_store_size(s->g->c->store));
	text_put_base64(&s->line, root.b, HASH_SIZE);
	end_line(s, "  ");
	if (witnesses == 0)
		tell(s, "witnesses: none is named; a NO is NO (unwitnessed)");
	for (size_t i = 0; i < witnesses; i++) {
		buf_printf(&s->line,
		    "witness %s: ", case_state_witness(s->state, i)->name);
		if (find_witnessed(s->g, i, &when)) {
			buf_puts(&s->line, "cosigned this checkpoint ");
			case_report_put_when(&s->line, when);
			buf_puts(&s->line, " UTC");
		} else {
			buf_puts(&s->line, "has not cosigned this checkpoint");
		}
		end_line(s, "  ");
	}
}

void cli_glance_put(const struct cli_glance *glance, struct buf *out)
{
	struct screen s = {.g = glance, .state = glance->c->state, .out = out};

	buf_init(&s.line, LINE_MAX);
	put_head(&s);
	put_holders(&s);
	put_troubles(&s);
	put_questions(&s);
	put_claims(&s);
	put_red_lines(&s);
	put_breaches(&s);
	put_offers(&s);
	put_ledger(&s);
	buf_done(&s.line);
}

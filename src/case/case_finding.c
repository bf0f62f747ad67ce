/*
 * case_finding.c: reads the question, holds every item that it names against
 * it, and puts the result together (findings section 5).
 */
#include "case_internal.h"

#include "crew.h"
#include "mem.h"
#include "when.h"

#include <stdlib.h>

static void read_question(struct case_finding *f, const struct record *r)
{
	const struct record_value *v = NULL;
	int64_t seized_at;

	f->recipient =
	    case_state_find_party(f->state, record_get(r, RECORD_F_RECIPIENT));
	f->closure =
	    case_state_closure(f->state, f->recipient, f->time, CASE_NONE);
	(void)record_get_time(r, RECORD_F_PERIOD_FROM, &f->period_from);
	(void)record_get_time(r, RECORD_F_PERIOD_TO, &f->period_to);
	if (case_state_seized_at(f->state, &seized_at) &&
	    f->period_from < seized_at && seized_at < f->period_to &&
	    case_is_on("period: begins with the seizure")) {
		f->period_from = seized_at;
		f->is_start_moved = true;
	}
	while ((v = record_next(r, NULL, RECORD_F_FORM, v)) != NULL)
		f->is_form_asked[slice_is_text(v->value, "data")
			? CASE_DATA
			: CASE_HARDWARE] = true;
}

static int check_question(const struct case_state *state, uint32_t question,
    int64_t time, struct err *err)
{
	size_t n = case_state_leaf_count(state);

	if (question >= n ||
	    case_state_leaf(state, question)->kind != RECORD_QUESTION)
		return err_set(
		    err, ERR_USAGE, "finding: the record is not a question");
	if (case_state_leaf(state, question)->standing == CASE_VOID)
		return err_set(err, ERR_USAGE,
		    "finding: the question is void (%s)",
		    case_rule_words(case_state_leaf(state, question)->rule));
	if (case_state_leaf(state, n - 1)->entered > time)
		return err_set(err, ERR_USAGE,
		    "finding: the ledger has records from after that time");
	return 0;
}

struct named_item {
	struct slice id;
	uint32_t item;
};

static int compare_names(const void *a, const void *b)
{
	const struct named_item *x = a, *y = b;

	return slice_compare(x->id, y->id);
}

/* The things that the question names, bytewise by id. */
static int select_items(const struct case_state *state,
    const struct record *question, struct named_item **ret_items, size_t *ret_n,
    struct err *err)
{
	size_t count = case_state_item_count(state), n = 0;
	struct named_item *items = mem_new(count + 1, sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < count; i++) {
		const struct case_item *item = case_state_item(state, i);

		if (case_state_is_thing(item) &&
		    case_claims_concerns(state, question, i))
			items[n++] = (struct named_item){item->id, i};
	}
	qsort(items, n, sizeof(*items), compare_names);
	*ret_items = items;
	*ret_n = n;
	return 0;
}

/* Items that one thread takes at a time. */
#define CHUNK 64

/* The items, and the lines of each at its own place, so that any thread can
 * take any of them. */
struct weighing {
	struct case_inquiry *q;
	struct named_item *items;
	size_t n;
	size_t forms; /* lines for each */
	int *results; /* of each chunk */
	struct err *errors;
};

static int weigh_item(
    struct weighing *w, struct case_view *view, size_t i, struct err *err)
{
	struct case_finding *f = w->q->finding;
	struct case_line *line = &f->lines[i * w->forms];
	int rc = case_view_make(view, w->q, w->items[i].item, err);

	for (int form = 0; form < CASE_FORM_COUNT && rc == 0; form++)
		if (f->is_form_asked[form])
			rc = case_line_make(
			    w->q, view, (enum case_form)form, line++, err);
	return rc;
}

static void weigh_chunk(void *cookie, size_t chunk)
{
	struct weighing *w = cookie;
	struct case_view view = {0};
	int rc = 0;

	for (size_t i = chunk * CHUNK;
	     i < w->n && i < (chunk + 1) * CHUNK && rc == 0; i++)
		rc = weigh_item(w, &view, i, &w->errors[chunk]);
	w->results[chunk] = rc;
	case_view_done(&view);
}

static int weigh_all(struct weighing *w, struct err *err)
{
	struct case_finding *f = w->q->finding;
	size_t chunks = (w->n + CHUNK - 1) / CHUNK;
	int rc = 0;

	for (int form = 0; form < CASE_FORM_COUNT; form++)
		w->forms += f->is_form_asked[form];
	f->lines = mem_new(w->n * w->forms, sizeof(*f->lines));
	w->results = mem_new(chunks, sizeof(*w->results));
	w->errors = mem_new(chunks, sizeof(*w->errors));
	if (!f->lines || !w->results || !w->errors)
		return err_nomem(err);
	f->line_count = w->n * w->forms;
	crew_run(0, chunks, weigh_chunk, w);
	for (size_t i = 0; i < chunks && rc == 0; i++) {
		rc = w->results[i];
		if (rc != 0 && err != NULL)
			*err = w->errors[i];
	}
	return rc;
}

static int weigh_items(
    struct case_inquiry *q, const struct record *question, struct err *err)
{
	struct weighing w = {.q = q};
	int rc = select_items(q->state, question, &w.items, &w.n, err);

	if (rc == 0)
		rc = weigh_all(&w, err);
	free(w.items);
	free(w.results);
	free(w.errors);
	return rc;
}

static int take_cosignatures(struct case_finding *f,
    const struct case_cosignatures *cosignatures, struct err *err)
{
	if (cosignatures == NULL)
		return 0;
	f->is_incomplete = cosignatures->is_incomplete;
	f->witnessed = mem_new(cosignatures->n + 1, sizeof(*f->witnessed));
	if (f->witnessed == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < cosignatures->n; i++)
		f->witnessed[i] = cosignatures->witnessed[i];
	f->witnessed_count = cosignatures->n;
	f->is_witnessed =
	    (f->witnessed_count >= case_state_witness_quorum(f->state) ||
		case_is_off("witnessed: by the quorum")) &&
	    (f->witnessed_count > 0 ||
		case_is_off("witnessed: by one at least"));
	return 0;
}

/* The lines of one reading of the ledger: as it stands, or with one record as
 * corrected. */
static int make_lines(struct case_finding *f, const struct record *question,
    const struct case_cosignatures *cosignatures, struct case_inquiry *q,
    struct err *err)
{
	int rc = take_cosignatures(f, cosignatures, err);

	f->size = case_state_leaf_count(f->state);
	f->root = case_state_root(f->state, f->size);
	q->asked = case_state_leaf(f->state, f->question)->entered;
	read_question(f, question);
	if (rc == 0)
		rc = case_claims_collect(q, err);
	if (rc == 0)
		rc = case_draw_collect(q, err);
	if (rc == 0)
		rc = weigh_items(q, question, err);
	return rc;
}

static struct case_line *find_line(
    struct case_finding *f, struct slice item, enum case_form form)
{
	for (size_t i = 0; i < f->line_count; i++)
		if (f->lines[i].form == form &&
		    slice_is(
			case_state_item(f->state, f->lines[i].item)->id, item))
			return &f->lines[i];
	return NULL;
}

/* What a corrected reading says for YES or CONTESTED counts beside what the
 * ledger says as it stands. */
static int merge_line(
    struct case_line *line, const struct case_line *read, struct err *err)
{
	int rc = 0;

	if ((read->word != CASE_YES && read->word != CASE_CONTESTED &&
		case_is_on("correction: never a NO")) ||
	    (read->word > line->word &&
		case_is_on("correction: no weaker word")))
		return 0;
	if (read->word < line->word)
		line->reason_count = 0;
	line->word = read->word;
	if (read->since < line->since)
		line->since = read->since;
	for (size_t i = 0; i < read->reason_count && rc == 0; i++)
		rc = case_line_add_reason(
		    line, read->reasons[i].code, read->reasons[i].leaf, err);
	case_line_sort(line);
	return rc;
}

static int read_corrected(struct case_finding *f,
    const struct case_correction *correction, const struct record *question,
    struct err *err)
{
	struct case_state *state = NULL;
	struct case_finding read = {.question = f->question, .time = f->time};
	struct case_inquiry q = {.finding = &read, .question = f->question};
	int rc = case_correct_read(f->state, correction, &state, err);

	if (rc == 0 && state != NULL) {
		q.state = read.state = state;
		rc = make_lines(&read, question, NULL, &q, err);
		if (rc == 0)
			rc = case_beside_weigh_unlisted(&q, err);
		if (rc == 0)
			rc = merge_line(&f->unlisted, &read.unlisted, err);
	}
	for (size_t i = 0; i < read.line_count && rc == 0; i++) {
		struct case_line *line =
		    find_line(f, case_state_item(state, read.lines[i].item)->id,
			read.lines[i].form);

		if (line != NULL)
			rc = merge_line(line, &read.lines[i], err);
	}
	case_claims_done(&q);
	case_draw_done(&q);
	case_finding_done(&read);
	case_state_free(state);
	return rc;
}

static int read_corrections(
    struct case_finding *f, const struct record *question, struct err *err)
{
	size_t n = case_state_correction_count(f->state);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct case_correction *correction =
		    case_state_correction(f->state, i);

		if (correction->is_of_rule_read_field &&
		    case_is_on("correction: is read"))
			rc = read_corrected(f, correction, question, err);
	}
	return rc;
}

int case_finding_make(struct case_finding *ret_finding,
    const struct case_state *state, uint32_t question, int64_t time,
    const struct case_cosignatures *cosignatures, struct err *err)
{
	struct case_finding f = {
	    .state = state,
	    .question = question,
	    .time = time,
	};
	struct case_inquiry q = {
	    .state = state, .finding = &f, .question = question};
	struct record record = {0};
	int rc = check_question(state, question, time, err);

	if (rc != 0)
		return rc;
	rc = case_state_record(state, question, &record, err);
	if (rc == 0)
		rc = make_lines(&f, &record, cosignatures, &q, err);
	if (rc == 0)
		rc = case_beside_make(&q, err);
	if (rc == 0)
		rc = read_corrections(&f, &record, err);
	case_claims_done(&q);
	case_draw_done(&q);
	record_done(&record);
	if (rc == 0)
		*ret_finding = f;
	else
		case_finding_done(&f);
	return rc;
}

void case_finding_done(struct case_finding *finding)
{
	for (size_t i = 0; i < finding->line_count; i++)
		free(finding->lines[i].reasons);
	free(finding->lines);
	free(finding->unlisted.reasons);
	free(finding->tallies);
	free(finding->unopened);
	free(finding->addressees);
	free(finding->beside);
	free(finding->differences);
	free(finding->disputes);
	free(finding->witnessed);
	*finding = (struct case_finding){0};
}

size_t case_finding_count(const struct case_finding *finding,
    enum case_item_type type, enum case_form form, enum case_word word)
{
	size_t n = 0;

	for (size_t i = 0; i < finding->line_count; i++) {
		const struct case_line *line = &finding->lines[i];

		n += line->form == form && line->word == word &&
		    case_state_item(finding->state, line->item)->type == type;
	}
	return n;
}

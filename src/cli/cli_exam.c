/*
 * cli_exam.c: see cli_exam.h.
 */
#include "cli_exam.h"

#include "case_offer.h"
#include "case_state.h"
#include "cli_compose.h"
#include "cli_image.h"
#include "cli_make.h"
#include "cli_out.h"
#include "version.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOOL "counterfoil " VERSION_TEXT
#define LINES_ROOM (1u << 20)

static const struct cli_compose_option fields[] = {
    {"present-throughout", RECORD_F_PRESENT_THROUGHOUT},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

static const enum record_name line_fields[CLI_EXAM_LINES] = {
    [CLI_EXAM_TOOL] = RECORD_F_TOOL,
    [CLI_EXAM_COVERAGE] = RECORD_F_COVERAGE,
    [CLI_EXAM_GAP] = RECORD_F_GAP,
};

/* ---- lines ---- */

/* Lines lie one behind the other, each with its NUL. */
static const char *next_line(const struct buf *lines, const char *line)
{
	const char *next = line == NULL ? lines->p : line + strlen(line) + 1;

	return lines->n > 0 && next < lines->p + lines->n ? next : NULL;
}

static void put_line(struct buf *lines, const char *text)
{
	buf_put(lines, text, strlen(text) + 1);
}

void cli_exam_put(
    struct cli_exam *x, enum cli_exam_line line, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	if (x->counts[line]++ >= CLI_EXAM_LINES_MAX)
		return;
	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	put_line(&x->lines[line], text);
}

void cli_exam_put_result(struct cli_exam *x, const struct hash *hash)
{
	if (x->result_count < COUNT(x->results))
		x->results[x->result_count++] = *hash;
}

bool cli_exam_finds(const struct cli_exam *x, const char *kind)
{
	const char *line = NULL;

	while ((line = next_line(&x->finds, line)) != NULL)
		if (strcmp(line, kind) == 0)
			return true;
	return false;
}

/* ---- what is read, and under what ---- */

/* As its file is named: I-0007 for /images/I-0007.E01. */
static void stem_of(const char *path, char *ret_stem, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;

	(void)snprintf(ret_stem, size, "%.*s", (int)strcspn(name, "."), name);
}

static int find_item(struct cli_exam *x, struct err *err)
{
	const char *typed = cli_args_get(x->args, "item");
	uint32_t item = CASE_NONE;
	char stem[sizeof(x->item)];
	int rc = 0;

	if (typed != NULL) {
		rc = cli_case_find_item(&x->c, typed, &item, err);
	} else {
		stem_of(x->args->words[0], stem, sizeof(stem));
		item = case_state_find_item(x->c.state, slice_of(stem));
		if (item == CASE_NONE)
			rc = err_set(err, ERR_USAGE,
			    "%s: which item is this image? its file is not "
			    "named like one; give --item COPY",
			    x->args->command->name);
	}
	if (rc == 0)
		(void)snprintf(x->item, sizeof(x->item), "%.*s",
		    SLICE_ARG(case_state_item(x->c.state, item)->id));
	return rc;
}

static bool is_known(const char *const *kinds, size_t n, struct slice kind)
{
	for (size_t i = 0; i < n; i++)
		if (slice_is_text(kind, kinds[i]))
			return true;
	return false;
}

/* What was typed; whether the order permits it the law says. */
static int take_typed(
    struct cli_exam *x, const char *const *kinds, size_t n, struct err *err)
{
	const char *typed;

	for (size_t at = 0; cli_args_knows(x->args, "finds") &&
	     (typed = cli_args_next(x->args, "finds", &at)) != NULL;) {
		if (!is_known(kinds, n, slice_of(typed)))
			return err_set(err, ERR_USAGE,
			    "%s: --finds %s: no such kind of finding",
			    x->args->command->name, typed);
		if (!cli_exam_finds(x, typed))
			put_line(&x->finds, typed);
	}
	return 0;
}

/* Those that the order names and this command knows; if it names none, all. */
static int choose_finds(struct cli_exam *x, const struct record *order,
    const char *const *kinds, size_t n, struct err *err)
{
	int rc = take_typed(x, kinds, n, err);

	if (rc != 0 || x->finds.n > 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		const struct record_value *v = NULL;
		bool is_named = !record_has(order, RECORD_F_FINDS);

		while (!is_named &&
		    (v = record_next(order, NULL, RECORD_F_FINDS, v)) != NULL)
			is_named = slice_is_text(v->value, kinds[i]);
		if (is_named)
			put_line(&x->finds, kinds[i]);
	}
	rc = buf_check(&x->finds, err);
	if (rc == 0 && x->finds.n == 0)
		rc = err_set(err, ERR_DENIED,
		    "%s: the order permits no kind of finding that this "
		    "command looks for",
		    x->args->command->name);
	return rc;
}

/* ---- the record ---- */

static int put_parties(
    struct cli_exam *x, struct cli_compose *m, struct err *err)
{
	static const char *const signing[] = {"custodian", "witness"};
	const char *examiner = cli_args_get(x->args, "examiner");
	const char *party;
	int rc = 0;

	if (examiner == NULL && x->keys.n == 0)
		return err_set(err, ERR_USAGE,
		    "%s: who examines? give --as PARTY",
		    x->args->command->name);
	if (examiner == NULL)
		examiner = x->keys.keys[0].key.name;
	rc = cli_compose_signer(m, examiner, err);
	if (rc == 0)
		rc = cli_make_put_party(m, RECORD_F_EXAMINER, examiner, err);
	for (size_t i = 0; i < COUNT(signing); i++)
		for (size_t at = 0; rc == 0 &&
		     (party = cli_args_next(x->args, signing[i], &at)) !=
			 NULL;) {
			rc = cli_compose_signer(m, party, err);
			if (rc == 0)
				rc = cli_make_put_party(m,
				    i == 0 ? RECORD_F_CUSTODIAN
					   : RECORD_F_WITNESS,
				    party, err);
		}
	party = cli_args_get(x->args, "host");
	if (rc == 0 && party != NULL)
		rc = cli_make_put_party(m, RECORD_F_HOST, party, err);
	return rc;
}

static int put_lines(struct cli_compose *m, enum record_name field,
    const struct buf *lines, struct err *err)
{
	const char *line = NULL;
	int rc = buf_check(lines, err);

	while (rc == 0 && (line = next_line(lines, line)) != NULL)
		rc = cli_compose_put(m, field, line, err);
	return rc;
}

static int put_scope(struct cli_exam *x, struct cli_compose *m, struct err *err)
{
	const char *purpose = cli_args_get(x->args, "purpose");
	struct record order = {0};
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &case_state_leaf(x->c.state, x->order)->id);
	int rc = cli_compose_put(m, RECORD_F_ORDER, hex, err);
	if (rc == 0)
		rc = case_state_record(x->c.state, x->order, &order, err);
	if (rc == 0 && purpose != NULL)
		rc = cli_compose_put(m, RECORD_F_PURPOSE, purpose, err);
	else if (rc == 0 && record_has(&order, RECORD_F_PURPOSE))
		rc = cli_compose_put_slice(m, RECORD_F_PURPOSE,
		    record_get(&order, RECORD_F_PURPOSE), err);
	record_done(&order);
	return rc != 0 ? rc : put_lines(m, RECORD_F_FINDS, &x->finds, err);
}

static int put_what_was_done(
    struct cli_exam *x, struct cli_compose *m, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	int rc = cli_compose_put_time(m, RECORD_F_STARTED, x->started, err);

	if (rc == 0)
		rc = cli_compose_put_time(m, RECORD_F_FINISHED, x->c.now, err);
	for (int k = 0; k < CLI_EXAM_LINES && rc == 0; k++) {
		const size_t more = x->counts[k] > CLI_EXAM_LINES_MAX
		    ? x->counts[k] - CLI_EXAM_LINES_MAX
		    : 0;
		char text[64];

		rc = put_lines(m, line_fields[k], &x->lines[k], err);
		(void)snprintf(text, sizeof(text), "and %zu more", more);
		if (rc == 0 && more > 0)
			rc = cli_compose_put(m, line_fields[k], text, err);
	}
	for (size_t i = 0; i < x->result_count && rc == 0; i++) {
		hash_to_hex(hex, &x->results[i]);
		rc = cli_compose_put(m, RECORD_F_RESULT, hex, err);
	}
	return rc;
}

static int compose(struct cli_exam *x, bool is_done, bool is_now,
    struct case_offer *offer, struct err *err)
{
	struct cli_compose m = {0};
	int rc = cli_compose_start_now(
	    &m, &x->c, &x->keys, RECORD_EXAMINATION, is_now, err);

	if (rc == 0)
		rc = put_parties(x, &m, err);
	if (rc == 0)
		rc = cli_compose_options(&m, fields, COUNT(fields), err);
	if (rc == 0)
		rc = put_scope(x, &m, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_TOOL, TOOL, err);
	if (rc == 0 && is_done)
		rc = put_what_was_done(x, &m, err);
	if (rc == 0)
		rc = cli_compose_block(&m, x->item, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

/* ---- all of it ---- */

static int judge(struct cli_exam *x, struct err *err)
{
	struct case_offer offer = {0}, now = {0};
	int rc = CLI_DONE;

	if (cli_args_has(x->args, "at"))
		rc = compose(x, false, true, &now, err);
	if (rc == 0)
		rc = cli_case_judge_now(&x->c, &now, err);
	if (rc == CLI_DONE)
		rc = compose(x, false, false, &offer, err);
	if (rc == 0)
		rc = cli_case_judge(&x->c, &x->keys, &offer, false, err);
	case_offer_done(&now);
	case_offer_done(&offer);
	return rc;
}

/* What is examined is what was recorded, as far as that can be seen without
 * reading it. */
static int check_length(struct cli_exam *x, struct err *err)
{
	struct cli_image_claim claim = {0};
	const uint64_t length = x->image.whole.length;
	int rc = cli_image_claim(&x->c, x->item, &claim, err);

	if (rc == 0 && claim.has_length && claim.length != length &&
	    (x->image.foreign == NULL ||
		claim.length != x->image.about.available))
		rc = err_set(err, ERR_CONFLICT,
		    "%s: the ledger says that %s has %" PRIu64
		    " bytes, %s has %" PRIu64 ": it is another image",
		    x->args->command->name, x->item, claim.length,
		    x->args->words[0], length);
	return rc;
}

static int prepare(
    struct cli_exam *x, const char *const *kinds, size_t n, struct err *err)
{
	struct record order = {0};
	const char *typed;
	int rc = cli_args_need(x->args, "under", &typed, err);

	if (rc == 0)
		rc = cli_case_open(&x->c, x->args, err);
	if (rc == 0)
		rc = cli_keys_open(&x->keys, x->args, err);
	x->started = x->c.now;
	if (rc == 0)
		rc = cli_case_find_record(
		    &x->c, typed, RECORD_ORDER, &x->order, err);
	if (rc == 0)
		rc = find_item(x, err);
	if (rc == 0)
		rc = case_state_record(x->c.state, x->order, &order, err);
	if (rc == 0)
		rc = choose_finds(x, &order, kinds, n, err);
	record_done(&order);
	return rc;
}

int cli_exam_open(struct cli_exam *x, const struct cli_args *args,
    const char *const *kinds, size_t n, struct err *err)
{
	x->args = args;
	buf_init(&x->finds, LINES_ROOM);
	for (int k = 0; k < CLI_EXAM_LINES; k++)
		buf_init(&x->lines[k], LINES_ROOM);
	cli_image_allow_files();
	int rc = prepare(x, kinds, n, err);
	if (rc == 0)
		rc = judge(x, err);
	if (rc != CLI_DONE)
		return rc;
	rc = media_open(&x->image, args->words[0], err);
	return rc != 0 ? rc : check_length(x, err);
}

int cli_exam_enter(struct cli_exam *x, struct err *err)
{
	struct case_offer offer = {0};

	/* Hours may have gone by: the ledger and the time are other ones. */
	cli_case_done(&x->c);
	x->c = (struct cli_case){0};
	int rc = cli_case_open(&x->c, x->args, err);
	if (rc == 0)
		rc = compose(x, true, false, &offer, err);
	if (rc == 0)
		rc = cli_compose_submit(&x->c, &x->keys, &offer, err);
	case_offer_done(&offer);
	return rc;
}

void cli_exam_done(struct cli_exam *x)
{
	media_open_done(&x->image);
	buf_done(&x->finds);
	for (int k = 0; k < CLI_EXAM_LINES; k++)
		buf_done(&x->lines[k]);
	cli_keys_done(&x->keys);
	cli_case_done(&x->c);
}

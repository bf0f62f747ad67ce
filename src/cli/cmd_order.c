/*
 * cmd_order.c: `counterfoil order`: a warrant, an authorisation, a hold, an
 * order to give back or to destroy, and what ends or extends one; by whoever
 * issues it, or entered from paper by somebody else.
 */
#include "case_report.h"
#include "case_wrap.h"
#include "cli_finding.h"
#include "cli_json.h"
#include "cli_make.h"
#include "cli_orders.h"
#include "cli_out.h"
#include "cli_words.h"
#include "record.h"
#include "when.h"

#include <inttypes.h>

#define SCREEN_MAX (16u << 20)
#define LINE_MAX 65536

static const struct cli_option options[] = {
    {"issuer", 0, "PARTY", false, "who issues it (default: the one --as)"},
    {"from-paper", 0, "FILE", true,
	"the order's document: somebody else enters it and signs"},
    {"document", 0, "FILE", true, "a document, if the issuer signs itself"},
    {"reference", 0, "TEXT", false, "number, court and judge"},
    {"order", 0, "RECORD", false, "the order that is extended or revoked"},
    {"concerns", 0, "WHAT", true, "an item, a kind such as drive, or all"},
    {"permits", 0, "WORD", true, "image, examine, unlock or disclose"},
    {"purpose", 0, "TEXT", false, "what for"},
    {"finds", 0, "WORD", true, "a kind of finding that may be looked for"},
    {"details-to", 0, "PARTY", true, "whom details are encrypted to"},
    {"examiner", 0, "PARTY", true, "who may do it (default: any)"},
    {"since", 0, "DATE", false, "from when (default: now)"},
    {"until", 0, "DATE", false, "until when"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"list", 0, NULL, false, "show all orders and what is left of them"},
};

static const struct cli_compose_option fields[] = {
    {"from-paper", RECORD_F_DOCUMENT},
    {"document", RECORD_F_DOCUMENT},
    {"reference", RECORD_F_REFERENCE},
    {"order", RECORD_F_ORDER},
    {"permits", RECORD_F_PERMITS},
    {"purpose", RECORD_F_PURPOSE},
    {"finds", RECORD_F_FINDS},
    {"details-to", RECORD_F_DETAILS_TO},
    {"examiner", RECORD_F_EXAMINER},
    {"since", RECORD_F_SINCE},
    {"until", RECORD_F_UNTIL},
    {"remark", RECORD_F_REMARK},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static int check_parties(struct cli_compose *m, struct err *err)
{
	static const char *const names[] = {"details-to", "examiner"};
	const char *party;
	uint32_t found;
	int rc = 0;

	for (size_t i = 0; i < COUNT(names); i++)
		for (size_t at = 0; rc == 0 &&
		     (party = cli_args_next(m->c->args, names[i], &at)) !=
			 NULL;)
			rc = cli_case_find_party(m->c, party, &found, err);
	return rc;
}

static int fill_issuer(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *issuer = cli_args_get(args, "issuer");
	const char *signer = m->keys->keys[0].key.name;
	bool is_from_paper = cli_args_has(args, "from-paper");

	if (is_from_paper && issuer == NULL)
		return err_set(err, ERR_USAGE,
		    "order: who issued what stands on the paper? give --issuer "
		    "PARTY");
	if (issuer == NULL)
		issuer = signer;
	int rc = cli_make_put_party(m, RECORD_F_ISSUER, issuer, err);
	if (rc == 0 && is_from_paper)
		return cli_compose_put(m, RECORD_F_FROM_PAPER_BY, signer, err);
	/* The issuer may be away: then an offer waits for its signature. */
	return rc != 0 ? rc : cli_compose_signer(m, issuer, err);
}

static int fill(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *what = args->words[0];
	bool is_change = slice_is_text(slice_of(what), "extension") ||
	    slice_is_text(slice_of(what), "revocation");

	if (is_change && !cli_args_has(args, "order"))
		return err_set(err, ERR_USAGE,
		    "order: %s of which order? give --order RECORD", what);
	int rc = check_parties(m, err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_WHAT, what, err);
	if (rc == 0)
		rc = fill_issuer(m, err);
	return rc != 0 ? rc
		       : cli_make_put_concerns(m, "concerns", !is_change, err);
}

/* ---- --list ---- */

static void put_term(
    const struct case_order *order, int64_t now, struct buf *line)
{
	if (order->revoked_at != INT64_MAX) {
		buf_puts(line, ", revoked ");
		case_report_put_when(line, order->revoked_at);
		return;
	}
	if (order->until == INT64_MAX) {
		buf_puts(line, ", without end");
		return;
	}
	buf_puts(line, ", until ");
	case_report_put_due(line, order->until);
	if (now < order->until) {
		int64_t days = (order->until - now + WHEN_DAY - 1) / WHEN_DAY;

		buf_printf(line, " (%" PRId64 " day%s left)", days,
		    days == 1 ? "" : "s");
	}
}

static void put_values(const struct record *record, enum record_name name,
    const char *before, struct buf *line)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, NULL, name, v)) != NULL) {
		buf_puts(line, before);
		case_wrap_put_plain(line, v->value);
		before = ", ";
	}
}

/* To give back or to destroy: what can be done, and then is. */
static bool is_task(const struct record *record)
{
	struct slice what = record_get(record, RECORD_F_WHAT);

	return slice_is_text(what, "return") ||
	    slice_is_text(what, "destruction");
}

static int put_order(const struct case_state *state,
    const struct case_order *order, int64_t now, struct buf *out,
    struct err *err)
{
	struct record record = {0};
	struct buf line;
	char first[32]; /* what follows is set in by as much */
	size_t left = 0;
	int rc = case_state_record(state, order->leaf, &record, err);

	buf_init(&line, LINE_MAX);
	if (rc == 0)
		rc = cli_orders_count_left(state, order, now, &left, err);
	if (rc != 0)
		goto out;
	(void)snprintf(first, sizeof(first),
	    "%s: ", cli_orders_status_name(cli_orders_status(order, now)));
	put_values(&record, RECORD_F_WHAT, "", &line);
	buf_putc(&line, ' ');
	case_report_put_id(&line, &record.id);
	put_values(&record, RECORD_F_ISSUER, " by ", &line);
	put_values(&record, RECORD_F_REFERENCE, ", ", &line);
	put_term(order, now, &line);
	cli_words_line(out, first, &line);
	put_values(&record, RECORD_F_CONCERNS, "of ", &line);
	put_values(&record, RECORD_F_PERMITS, "; permits ", &line);
	put_values(&record, RECORD_F_EXAMINER, "; to ", &line);
	put_values(&record, RECORD_F_FROM_PAPER_BY, "; from paper by ", &line);
	if (left > 0)
		buf_printf(
		    &line, "; %zu thing%s not done yet", left, cli_out_s(left));
	else if (is_task(&record))
		buf_puts(&line, "; nothing is left to do");
	cli_words_line(out, "  ", &line);
out:
	buf_done(&line);
	record_done(&record);
	return rc;
}

static void json_values(struct json *j, const struct record *record,
    enum record_name name, const char *as)
{
	const struct record_value *v = NULL;

	json_open_array(j, as);
	while ((v = record_next(record, NULL, name, v)) != NULL)
		json_text(j, NULL, v->value);
	json_close_array(j);
}

static void json_end(struct json *j, const char *name, int64_t when)
{
	if (when == INT64_MAX)
		json_null(j, name);
	else
		cli_json_time(j, name, when);
}

static int json_order(const struct case_state *state,
    const struct case_order *order, int64_t now, struct json *j,
    struct err *err)
{
	struct record r = {0};
	size_t left = 0;
	int rc = case_state_record(state, order->leaf, &r, err);

	if (rc == 0)
		rc = cli_orders_count_left(state, order, now, &left, err);
	if (rc == 0) {
		json_open_object(j, NULL);
		cli_json_record(j, "record", state, order->leaf);
		json_text(j, "what", record_get(&r, RECORD_F_WHAT));
		json_text(j, "issuer", record_get(&r, RECORD_F_ISSUER));
		json_text(j, "reference", record_get(&r, RECORD_F_REFERENCE));
		json_text(j, "status",
		    slice_of(
			cli_orders_status_name(cli_orders_status(order, now))));
		cli_json_time(j, "since", order->since);
		json_end(j, "until", order->until);
		json_end(j, "revoked", order->revoked_at);
		json_values(j, &r, RECORD_F_CONCERNS, "concerns");
		json_values(j, &r, RECORD_F_PERMITS, "permits");
		json_values(j, &r, RECORD_F_EXAMINER, "examiners");
		json_number(j, "left_to_do", (int64_t)left);
		json_close_object(j);
	}
	record_done(&r);
	return rc;
}

static int list(const struct cli_args *args, struct err *err)
{
	bool is_json = cli_args_has(args, "json");
	struct cli_case c = {0};
	struct json j;
	struct buf out;
	int rc = cli_case_open(&c, args, err);
	size_t n = rc == 0 ? case_state_order_count(c.state) : 0;
	int64_t now = rc == 0 ? cli_finding_default_time(&c) : 0;

	buf_init(&out, SCREEN_MAX);
	json_init(&j, &out);
	if (is_json)
		json_open_array(&j, NULL);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const struct case_order *order = case_state_order(c.state, i);

		rc = is_json ? json_order(c.state, order, now, &j, err)
			     : put_order(c.state, order, now, &out, err);
	}
	if (is_json)
		json_close_array(&j);
	else if (n == 0)
		buf_puts(&out, "nothing is ordered\n");
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	cli_case_done(&c);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_ORDER, fields, COUNT(fields), fill};
	bool is_list = cli_args_has(args, "list");

	if (is_list != (args->word_count == 0))
		return err_set(err, ERR_USAGE,
		    "order: give what is ordered, such as warrant, or --list");
	if (is_list)
		return list(args, err);
	if (cli_args_has(args, "json"))
		return err_set(
		    err, ERR_USAGE, "order: --json goes with --list");
	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_order = {
    .name = "order",
    .group = CLI_CUSTODY,
    .usage = "warrant|authorisation|extension|hold|return|destruction|"
	     "revocation [options] --as PARTY | --list",
    .summary = "Enters an order, or shows which orders run",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_max = 1,
    .examples = "  counterfoil order authorisation --concerns drive --permits "
		"image \\\n"
		"      --until 2023-09-30 --as court.example\n"
		"  counterfoil order warrant --from-paper warrant.pdf \\\n"
		"      --issuer court.example --reference \"12/2023\" --as "
		"police.example\n"
		"  counterfoil order --list\n",
    .run = run,
};

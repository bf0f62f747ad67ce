/*
 * cmd_draw.c: `counterfoil draw`: a sample by lot that neither side can choose.
 *
 * Both sides commit to a secret first; both commitments stand in the record
 * that both sign; then each opens its own, and the two together draw.
 */
#include "cli_draw.h"
#include "cli_make.h"
#include "cli_out.h"
#include "cli_secret.h"
#include "flow_check.h"
#include "mem.h"
#include "record.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SCREEN_MAX (16u << 20)

static const struct cli_option options[] = {
    {"of", 0, "WHAT", true, "an item, a kind such as package, or all"},
    {"detects", 0, "D", false,
	"so many missing would be seen, at 95 %: the fewer, the more is drawn"},
    {"until", 0, "DATE", false, "until when all that is drawn must be seen"},
    {"with", 0, "PARTY", true, "the other side, which has committed"},
    {"their-commit", 0, "\"PARTY HEX\"", true,
	"the line that its draw --commit printed"},
    {"reason", 0, "TEXT", false, "why"},
    {"commit", 0, NULL, false, "make a secret and print what it commits to"},
    {"open", 0, "DRAW", false, "open this side's secret for a draw"},
    {"show", 0, NULL, false, "show a draw, or all"},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* ---- --commit ---- */

/* "police.example 5feceb66..." */
static int make_commit(
    struct cli_case *c, const char *party, struct buf *out, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	struct hash digest;
	uint32_t found;
	int rc = cli_case_find_party(c, party, &found, err);

	if (rc == 0)
		rc = cli_secret_make(c, &digest, err);
	if (rc != 0)
		return rc;
	hash_to_hex(hex, &digest);
	buf_printf(out, "%s %s", party, hex);
	return buf_check(out, err);
}

static int commit(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct buf line;
	const char *party;
	size_t at = 0;
	int rc = cli_case_open(&c, args, err);

	buf_init(&line, 1024);
	if (rc == 0 && !cli_args_has(args, "as"))
		rc = err_set(
		    err, ERR_USAGE, "draw: who commits? say --as PARTY");
	while (rc == 0 && (party = cli_args_next(args, "as", &at)) != NULL) {
		buf_clear(&line);
		rc = make_commit(&c, party, &line, err);
		/* The line alone is the result, to be handed over. */
		if (rc == 0)
			cli_out("%s\n", line.p);
	}
	buf_done(&line);
	cli_case_done(&c);
	return rc;
}

/* ---- the draw ---- */

/* What goes into the hat: what --of names, among all that is known. */
static int mark_named(const struct cli_compose *m, bool *is_in, struct err *err)
{
	const struct case_state *state = m->c->state;
	const char *what;
	size_t at = 0;

	while ((what = cli_args_next(m->c->args, "of", &at)) != NULL) {
		bool is_all = strcmp(what, "all") == 0;
		enum case_item_type type;
		bool is_kind = case_item_type_find(slice_of(what), &type);
		uint32_t item = CASE_NONE;

		if (!is_all && !is_kind) {
			int rc = cli_case_find_item(m->c, what, &item, err);
			if (rc != 0)
				return rc;
		}
		for (uint32_t i = 0; i < case_state_item_count(state); i++)
			is_in[i] = is_in[i] || is_all || i == item ||
			    (is_kind &&
				case_state_item(state, i)->type == type);
	}
	return 0;
}

static int make_population(struct cli_compose *m, struct case_ticket *tickets,
    size_t *ret_n, struct err *err)
{
	const struct case_state *state = m->c->state;
	size_t count = case_state_item_count(state);
	bool *is_in = mem_new(count + 1, sizeof(*is_in));
	int rc = is_in == NULL ? err_nomem(err) : mark_named(m, is_in, err);

	*ret_n = 0;
	for (uint32_t i = 0; rc == 0 && i < count; i++)
		if (is_in[i])
			tickets[(*ret_n)++] = (struct case_ticket){
			    case_state_item(state, i)->id, i};
	free(is_in);
	case_lot_sort(tickets, *ret_n);
	return rc;
}

static int put_sample(struct cli_compose *m, const struct case_ticket *tickets,
    size_t n, struct err *err)
{
	struct hash population = case_lot_population(tickets, n);
	char hex[HASH_HEX_SIZE];
	const char *given;
	uint64_t detects = 0;
	int rc = cli_args_need(m->c->args, "detects", &given, err);

	if (rc == 0)
		rc = cli_args_count(m->c->args, "detects", &detects, NULL, err);
	if (rc != 0)
		return rc;
	uint64_t sample = case_lot_least_sample(n, detects);
	if (sample == 0)
		return err_set(err, ERR_USAGE,
		    "draw: --detects must be from 1 to %zu, for so many are "
		    "drawn from",
		    n);
	hash_to_hex(hex, &population);
	rc = cli_compose_put(m, RECORD_F_POPULATION, hex, err);
	if (rc == 0)
		rc = cli_compose_put_count(m, RECORD_F_POPULATION_SIZE, n, err);
	if (rc == 0)
		rc = cli_compose_put_count(m, RECORD_F_DETECTS, detects, err);
	if (rc == 0)
		rc = cli_compose_put_count(m, RECORD_F_SAMPLE, sample, err);
	if (rc == 0)
		cli_out("%" PRIu64 " of %zu will be drawn: if none of them is "
			"missing, at most %" PRIu64 " of all are, at 95 %%\n",
		    sample, n, detects - 1);
	return rc;
}

static int fill_population(struct cli_compose *m, struct err *err)
{
	struct case_ticket *tickets =
	    mem_new(case_state_item_count(m->c->state) + 1, sizeof(*tickets));
	size_t n = 0;
	int rc = tickets == NULL ? err_nomem(err)
				 : make_population(m, tickets, &n, err);

	if (rc == 0)
		rc = put_sample(m, tickets, n, err);
	free(tickets);
	return rc;
}

/* The line in --their-commit that begins with the party's name. */
static const char *find_their_commit(
    const struct cli_args *args, const char *party)
{
	size_t n = strlen(party), at = 0;
	const char *line;

	while ((line = cli_args_next(args, "their-commit", &at)) != NULL)
		if (strncmp(line, party, n) == 0 && line[n] == ' ')
			return line;
	return NULL;
}

static int put_their_commits(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *party;
	size_t at = 0;

	while ((party = cli_args_next(args, "with", &at)) != NULL) {
		const char *line = find_their_commit(args, party);
		int rc = cli_compose_signer(m, party, err);

		if (rc == 0 && line == NULL)
			rc = err_set(err, ERR_USAGE,
			    "draw: %s must commit first: it runs `counterfoil "
			    "draw --commit --as %s`; give the line that this "
			    "prints with --their-commit",
			    party, party);
		if (rc == 0)
			rc = cli_compose_put(m, RECORD_F_COMMIT, line, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* Every key at hand commits here, unless it has done so before. */
static int put_own_commits(struct cli_compose *m, struct err *err)
{
	struct buf line;
	int rc = 0;

	buf_init(&line, 1024);
	for (size_t i = 0; i < m->keys->n && rc == 0; i++) {
		const char *party = m->keys->keys[i].key.name;
		const char *given = find_their_commit(m->c->args, party);

		buf_clear(&line);
		if (given == NULL)
			rc = make_commit(m->c, party, &line, err);
		if (rc == 0)
			rc = cli_compose_put(m, RECORD_F_COMMIT,
			    given != NULL ? given : line.p, err);
	}
	buf_done(&line);
	return rc;
}

static int fill(struct cli_compose *m, struct err *err)
{
	const char *given;
	int rc = cli_args_need(m->c->args, "of", &given, err);

	if (rc == 0)
		rc = cli_make_put_concerns(m, "of", false, err);
	if (rc == 0)
		rc = fill_population(m, err);
	if (rc == 0)
		rc = put_their_commits(m, err);
	return rc != 0 ? rc : put_own_commits(m, err);
}

/* ---- --open ---- */

static int put_secret(struct cli_compose *m, const struct record *draw,
    struct slice party, struct err *err)
{
	const struct record_value *v = NULL;
	char hex[HASH_HEX_SIZE];

	while ((v = record_next(draw, NULL, RECORD_F_COMMIT, v)) != NULL) {
		struct slice rest = v->value;

		if (!slice_is(slice_cut(&rest, ' '), party))
			continue;
		int rc = cli_secret_read(m->c, rest, hex, err);
		if (rc == 0)
			rc = cli_compose_put(m, RECORD_F_SECRET, hex, err);
		mem_wipe(hex, sizeof(hex));
		return rc;
	}
	return err_set(err, ERR_USAGE, "draw: %.*s did not commit in this draw",
	    SLICE_ARG(party));
}

static int fill_open(struct cli_compose *m, struct err *err)
{
	struct record draw = {0};
	uint32_t leaf;

	if (m->keys->n != 1)
		return err_set(err, ERR_USAGE,
		    "draw: each side opens its secret in a record of its own; "
		    "give one --as");
	int rc = cli_case_find_record(
	    m->c, cli_args_get(m->c->args, "open"), RECORD_DRAW, &leaf, err);
	if (rc == 0)
		rc = case_state_record(m->c->state, leaf, &draw, err);
	if (rc == 0)
		rc = put_secret(
		    m, &draw, slice_of(m->keys->keys[0].key.name), err);
	record_done(&draw);
	return rc;
}

/* ---- --show ---- */

static int put_draws(struct cli_case *c, size_t first, size_t n, bool is_json,
    struct buf *out, struct err *err)
{
	struct json j;
	int rc = 0;

	json_init(&j, out);
	if (is_json)
		json_open_array(&j, NULL);
	for (size_t i = first; i < first + n && rc == 0; i++) {
		if (i > first && !is_json)
			buf_putc(out, '\n');
		rc = is_json ? cli_draw_put_json(c, i, &j, err)
			     : cli_draw_put(c, i, out, err);
	}
	if (is_json)
		json_close_array(&j);
	else if (n == 0)
		buf_puts(out, "nothing has been drawn\n");
	return rc != 0 ? rc : buf_check(out, err);
}

static int show(const struct cli_args *args, struct err *err)
{
	bool is_json = cli_args_has(args, "json");
	struct cli_case c = {0};
	struct buf out;
	uint32_t leaf;
	int rc = cli_case_open(&c, args, err);
	size_t first = 0, n = rc == 0 ? case_state_draw_count(c.state) : 0;

	buf_init(&out, SCREEN_MAX);
	if (rc == 0 && args->word_count > 0) {
		rc = cli_case_find_record(
		    &c, args->words[0], RECORD_DRAW, &leaf, err);
		if (rc == 0)
			rc = cli_draw_find(&c, leaf, &first, err);
		n = 1;
	}
	if (rc == 0)
		rc = put_draws(&c, first, n, is_json, &out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_report(buf_slice(&out));
	buf_done(&out);
	cli_case_done(&c);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_compose_option draw_fields[] = {
	    {"until", RECORD_F_UNTIL},
	    {"reason", RECORD_F_REASON},
	};
	static const struct cli_compose_option open_fields[] = {
	    {"open", RECORD_F_DRAW},
	};
	static const struct cli_make draw = {
	    RECORD_DRAW, draw_fields, COUNT(draw_fields), fill};
	static const struct cli_make reveal = {
	    RECORD_DRAW_REVEAL, open_fields, COUNT(open_fields), fill_open};

	if (cli_args_has(args, "show"))
		return show(args, err);
	if (args->word_count > 0)
		return err_set(err, ERR_USAGE,
		    "draw: \"%s\" is not understood; a draw is named with "
		    "--show or --open",
		    args->words[0]);
	if (cli_args_has(args, "json"))
		return err_set(err, ERR_USAGE, "draw: --json goes with --show");
	if (cli_args_has(args, "commit"))
		return commit(args, err);
	return cli_make_record(
	    cli_args_has(args, "open") ? &reveal : &draw, args, err);
}

const struct cli_command cmd_draw = {
    .name = "draw",
    .group = CLI_CUSTODY,
    .usage = "--commit | --of WHAT --detects D --until DATE --with PARTY "
	     "--their-commit LINE | --open DRAW | --show [DRAW]",
    .summary = "Draws by lot what is to be looked at, so that neither side "
	       "can choose",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_max = 1,
    .examples =
	"  counterfoil draw --commit --as owner.example\n"
	"  counterfoil draw --of package --detects 5 --until 2023-07-20 \\\n"
	"      --with owner.example --their-commit \"owner.example 5fec...\" "
	"\\\n"
	"      --as police.example\n"
	"  counterfoil draw --open last --as owner.example\n"
	"  counterfoil draw --show\n",
    .run = run,
};

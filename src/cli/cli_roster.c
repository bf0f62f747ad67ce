/*
 * cli_roster.c: the roster's rows, checked one by one and against each other.
 */
#include "cli_roster.h"

#include "cli_complain.h"
#include "file.h"
#include "map.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

#define ROSTER_MAX (1u << 20)

struct roster_columns {
	int party, side, org, role, key, policy_holder, red_line, about;
};

struct reading {
	struct cli_roster *roster;
	struct roster_columns columns;
	const char *command;
	struct cli_complain complain;
	struct map names; /* lower case -> row */
	char (*lower)[TEXT_IDENTIFIER_MAX];
};

void cli_roster_done(struct cli_roster *roster)
{
	csv_done(&roster->csv);
	free(roster->rows);
	*roster = (struct cli_roster){0};
}

static int find_columns(struct reading *r, struct err *err)
{
	const struct csv *csv = &r->roster->csv;
	static const char *const known[] = {"party", "side", "org", "role",
	    "key", "policy-holder", "red-line", "about"};
	int *columns[] = {&r->columns.party, &r->columns.side, &r->columns.org,
	    &r->columns.role, &r->columns.key, &r->columns.policy_holder,
	    &r->columns.red_line, &r->columns.about};
	const size_t known_count = sizeof(known) / sizeof(known[0]);

	for (size_t i = 0; i < known_count; i++)
		*columns[i] = csv_column(csv, known[i]);
	for (size_t i = 0; i < csv->column_count; i++) {
		size_t j = 0;
		while (j < known_count &&
		    !slice_is_text(csv->columns[i], known[j]))
			j++;
		if (j == known_count)
			cli_complain_row(&r->complain, 1,
			    "column \"%.*s\" is not known; columns are party, "
			    "side, org, role, key, policy-holder, red-line, "
			    "about",
			    SLICE_ARG(csv->columns[i]));
	}
	for (size_t i = 0; i < 2; i++)
		if (*columns[i] < 0)
			cli_complain_row(&r->complain, 1,
			    "column \"%s\" is missing; add it", known[i]);
	return cli_complain_end(&r->complain, r->command, err);
}

static bool take_yes(struct reading *r, const struct cli_roster_row *row,
    struct slice cell, const char *column)
{
	if (cell.n == 0 || slice_is_text(cell, "no"))
		return false;
	if (!slice_is_text(cell, "yes"))
		cli_complain_row(&r->complain, row->line,
		    "%s is \"%.*s\"; write yes or leave it empty", column,
		    SLICE_ARG(cell));
	return true;
}

static void take_key(
    struct reading *r, struct cli_roster_row *row, struct slice cell)
{
	struct err why = {0};
	uint8_t type =
	    row->is_witness ? NOTE_KEY_COSIGNATURE : NOTE_KEY_ED25519;

	if (cell.n == 0) {
		row->from = CLI_ROSTER_NAMED;
	} else if (slice_is_text(cell, "new")) {
		row->from = CLI_ROSTER_NEW;
	} else if (slice_is_text(cell, "file")) {
		row->from = CLI_ROSTER_FILE;
	} else if (note_key_parse(&row->key, cell, &why) != 0) {
		cli_complain_row(&r->complain, row->line,
		    "key is neither `new`, `file`, empty nor a public key: %s",
		    why.message);
	} else {
		row->from = CLI_ROSTER_VKEY;
		if (!slice_is_text(row->party, row->key.name))
			cli_complain_row(&r->complain, row->line,
			    "the key is that of %s; give the key of %.*s",
			    row->key.name, SLICE_ARG(row->party));
		else if (row->key.type != type)
			cli_complain_row(&r->complain, row->line,
			    row->is_witness
				? "a witness needs a witness's key "
				  "(counterfoil "
				  "key new --witness)"
				: "a party cannot have a witness's key; give a "
				  "signing key");
	}
	if (row->from == CLI_ROSTER_NAMED &&
	    (row->is_witness || row->is_policy_holder))
		cli_complain_row(&r->complain, row->line,
		    "%.*s needs a key: a public key, `new` or `file`",
		    SLICE_ARG(row->party));
}

static void check_names(struct reading *r, struct cli_roster_row *row, size_t i)
{
	static const char *const sides[] = {
	    "authority", "owner", "neutral", "outside", "witness"};
	uint32_t before;
	size_t side = 0;

	while (side < 5 && !slice_is_text(row->side, sides[side]))
		side++;
	if (side == 5)
		cli_complain_row(&r->complain, row->line,
		    "side is \"%.*s\"; write authority, owner, neutral, "
		    "outside or witness",
		    SLICE_ARG(row->side));
	row->is_witness = side == 4;
	if (!text_is_identifier(row->party)) {
		cli_complain_row(&r->complain, row->line,
		    "\"%.*s\" is no name for a party; use letters, digits, "
		    "'.', '/' and '-', at most 64",
		    SLICE_ARG(row->party));
		return;
	}
	for (size_t k = 0; k < row->party.n; k++) {
		char c = row->party.p[k];
		r->lower[i][k] =
		    c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	struct slice lower = {r->lower[i], row->party.n};
	if (map_get(&r->names, lower, &before))
		cli_complain_row(&r->complain, row->line,
		    "%.*s stands on line %zu already; one row for each party",
		    SLICE_ARG(row->party), r->roster->rows[before].line);
	else if (map_put(&r->names, lower, (uint32_t)i, NULL) != 0)
		cli_complain_row(&r->complain, row->line, "out of memory");
}

static void take_row(struct reading *r, size_t i)
{
	const struct csv *csv = &r->roster->csv;
	const struct roster_columns *columns = &r->columns;
	struct cli_roster_row *row = &r->roster->rows[i];

	row->line = csv->line_numbers[i];
	row->party = csv_cell(csv, i, columns->party);
	row->side = csv_cell(csv, i, columns->side);
	row->org = csv_cell(csv, i, columns->org);
	row->role = csv_cell(csv, i, columns->role);
	row->about = csv_cell(csv, i, columns->about);
	check_names(r, row, i);
	if (row->org.n == 0) {
		struct slice rest = row->party;
		row->org = slice_cut(&rest, '/');
	}
	if (!text_is_identifier(row->org) && row->party.n > 0)
		cli_complain_row(&r->complain, row->line,
		    "\"%.*s\" is no name for an organisation; use letters, "
		    "digits, '.', '/' and '-'",
		    SLICE_ARG(row->org));
	row->is_policy_holder = take_yes(
	    r, row, csv_cell(csv, i, columns->policy_holder), "policy-holder");
	row->is_red_line =
	    take_yes(r, row, csv_cell(csv, i, columns->red_line), "red-line");
	if (row->is_witness && (row->is_policy_holder || row->is_red_line))
		cli_complain_row(&r->complain, row->line,
		    "a witness only cosigns; it is no policy holder and has no "
		    "red line");
	take_key(r, row, csv_cell(csv, i, columns->key));
}

static int read_rows(struct reading *r, struct err *err)
{
	struct cli_roster *roster = r->roster;
	bool has_holder = false;

	int rc = find_columns(r, err);
	if (rc != 0)
		return rc;
	roster->rows =
	    mem_new(roster->csv.row_count + 1, sizeof(roster->rows[0]));
	r->lower = mem_new(roster->csv.row_count + 1, sizeof(r->lower[0]));
	if (roster->rows == NULL || r->lower == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < roster->csv.row_count; i++) {
		take_row(r, i);
		has_holder = has_holder || roster->rows[i].is_policy_holder;
	}
	roster->n = roster->csv.row_count;
	if (!has_holder)
		cli_complain_row(&r->complain, 1,
		    "nobody is a policy holder; write yes in column "
		    "policy-holder for one party of each side");
	return cli_complain_end(&r->complain, r->command, err);
}

int cli_roster_read(struct cli_roster *roster, const char *path,
    const char *command, struct err *err)
{
	struct reading r = {
	    .roster = roster, .command = command, .complain = {.path = path}};
	struct buf text;
	struct err why = {0};

	*roster = (struct cli_roster){0};
	buf_init(&text, ROSTER_MAX);
	map_init(&r.names);
	int rc = file_read_user(&text, path, ROSTER_MAX, err);
	if (rc != 0)
		goto out;
	rc =
	    csv_parse(&roster->csv, text.p != NULL ? text.p : "", text.n, &why);
	if (rc != 0)
		rc = err_set(
		    err, ERR_USAGE, "%s: %s: %s", command, path, why.message);
	if (rc == 0)
		rc = read_rows(&r, err);
out:
	if (rc != 0)
		cli_roster_done(roster);
	map_done(&r.names);
	free(r.lower);
	buf_done(&text);
	return rc;
}

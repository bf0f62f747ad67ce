/*
 * cli_genesis.c: roster and options into a record of kind `case`.
 */
#include "cli_genesis.h"

#include "case_state.h"
#include "cli_compose.h"
#include "record_draft.h"

static int put_vkey(struct record_draft *draft, enum record_name field,
    const struct note_key *key, struct err *err)
{
	struct buf vkey;

	buf_init(&vkey, 1024);
	note_key_put(&vkey, key);
	int rc = record_draft_set(draft, field, buf_slice(&vkey), err);
	buf_done(&vkey);
	return rc;
}

static int put_text(const struct cli_genesis *g, struct record_draft *draft,
    enum record_name field, struct slice value, size_t line, struct err *err)
{
	struct buf text, what;

	if (value.n == 0)
		return 0;
	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&what, 8192);
	buf_puts(&what, "init: ");
	if (line > 0)
		buf_printf(&what, "%s:%zu: ", g->roster_path, line);
	buf_puts(&what, record_schema_field_name(field));
	int rc = buf_check(&what, err);
	if (rc == 0)
		rc = cli_compose_text(&text, value, what.p, err);
	if (rc == 0)
		rc = record_draft_set(draft, field, buf_slice(&text), err);
	buf_done(&what);
	buf_done(&text);
	return rc;
}

static int put_signer(
    struct record_draft *draft, const struct note_key *key, struct err *err)
{
	char hex[NOTE_KEY_ID_HEX_SIZE];
	struct buf value;

	note_key_id_hex(hex, key->id);
	buf_init(&value, 2 * NOTE_KEY_NAME_MAX);
	buf_printf(&value, "%s %s", key->name, hex);
	int rc =
	    record_draft_set(draft, RECORD_F_SIGNER, buf_slice(&value), err);
	buf_done(&value);
	return rc;
}

static int put_policy(
    const struct cli_genesis *g, struct record_draft *draft, struct err *err)
{
	const char *value;
	uint64_t quorum = 0;
	bool is_given;

	int rc =
	    cli_args_count(g->args, "witness-quorum", &quorum, &is_given, err);
	if (rc == 0 && is_given)
		rc = record_draft_set_count(
		    draft, RECORD_F_WITNESS_QUORUM, quorum, err);
	for (size_t at = 0; rc == 0 &&
	     (value = cli_args_next(g->args, "open", &at)) != NULL;) {
		rc = record_draft_set_text(draft, RECORD_F_OPEN, value, err);
		if (rc == 0)
			record_draft_open(
			    draft, record_schema_field_find(slice_of(value)));
	}
	return rc;
}

/* What the whole record says of this row, before the parties' blocks. */
static int put_row_top(struct record_draft *draft,
    const struct cli_roster_row *row, struct err *err)
{
	int rc = 0;

	if (row->is_witness)
		return put_vkey(draft, RECORD_F_WITNESS_KEY, &row->key, err);
	if (row->is_policy_holder) {
		rc = put_signer(draft, &row->key, err);
		if (rc == 0)
			rc = record_draft_set(
			    draft, RECORD_F_POLICY_HOLDER, row->party, err);
	}
	if (rc == 0 && row->is_red_line)
		rc =
		    record_draft_set(draft, RECORD_F_RED_LINE, row->party, err);
	return rc;
}

static int put_row_block(const struct cli_genesis *g,
    struct record_draft *draft, const struct cli_roster_row *row,
    struct err *err)
{
	int rc = record_draft_block(draft, row->party, err);

	if (rc == 0)
		rc = record_draft_set(draft, RECORD_F_SIDE, row->side, err);
	if (rc == 0)
		rc = record_draft_set(draft, RECORD_F_ORG, row->org, err);
	if (rc == 0)
		rc = put_text(
		    g, draft, RECORD_F_ROLE, row->role, row->line, err);
	if (rc == 0 && row->from != CLI_ROSTER_NAMED)
		rc = put_vkey(draft, RECORD_F_KEY, &row->key, err);
	if (rc == 0)
		rc = put_text(
		    g, draft, RECORD_F_ABOUT, row->about, row->line, err);
	return rc;
}

static int fill(
    const struct cli_genesis *g, struct record_draft *draft, struct err *err)
{
	const struct cli_roster *roster = g->roster;

	int rc = record_draft_set_time(draft, RECORD_F_AT, g->at, err);
	if (rc == 0)
		rc = record_draft_set(draft, RECORD_F_NAME, g->name, err);
	if (rc == 0)
		rc = put_text(g, draft, RECORD_F_TITLE,
		    slice_of(cli_args_get(g->args, "title")), 0, err);
	if (rc == 0)
		rc = put_vkey(draft, RECORD_F_LOG, g->log_key, err);
	if (rc == 0 && g->is_clock_set)
		rc = record_draft_set_text(draft, RECORD_F_CLOCK, "set", err);
	if (rc == 0)
		rc = put_policy(g, draft, err);
	for (size_t i = 0; i < roster->n && rc == 0; i++)
		rc = put_row_top(draft, &roster->rows[i], err);
	for (size_t i = 0; i < roster->n && rc == 0; i++)
		if (!roster->rows[i].is_witness)
			rc = put_row_block(g, draft, &roster->rows[i], err);
	return rc;
}

static int judge(
    const struct cli_genesis *g, struct case_offer *offer, struct err *err)
{
	struct case_state *state = case_state_new();
	struct case_verdict verdict;
	struct err why = {0};

	if (state == NULL)
		return err_nomem(err);
	int rc = case_state_judge(
	    state, case_offer_main(offer), g->at, &verdict, &why);
	case_state_free(state);
	if (rc != 0)
		err_set(err, rc == ERR_VERIFY ? ERR_USAGE : rc,
		    "init: %s: %s; mend the table and try again",
		    g->roster_path, why.message);
	return rc == ERR_VERIFY ? ERR_USAGE : rc;
}

int cli_genesis_compose(
    const struct cli_genesis *g, struct case_offer *offer, struct err *err)
{
	struct record_draft *draft = record_draft_new(RECORD_CASE);
	struct buf text, reveals;

	if (draft == NULL)
		return err_nomem(err);
	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&reveals, 4 * RECORD_TEXT_MAX);
	int rc = fill(g, draft, err);
	if (rc == 0)
		rc = record_draft_write(draft, &text, &reveals, err);
	if (rc != 0)
		err_prefix(err, "init");
	if (rc == 0)
		rc = case_offer_add(offer, &text, &reveals, err);
	if (rc == 0)
		rc = judge(g, offer, err);
	record_draft_free(draft);
	buf_done(&text);
	buf_wipe(&reveals);
	return rc;
}

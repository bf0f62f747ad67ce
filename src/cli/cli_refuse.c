/*
 * cli_refuse.c: the refusal's text, its signature, its place on disk.
 *
 * A refusal that cannot be signed here (no ledger key, no passphrase) is still
 * a refusal: nothing enters.
 */
#include "cli_refuse.h"

#include "cli_out.h"
#include "file.h"
#include "note.h"
#include "text.h"
#include "when.h"

#define REFUSAL_MAX 8192

static void put_text(const struct cli_case *c, const struct record *record,
    const struct case_verdict *verdict, struct buf *out)
{
	char at[WHEN_SIZE];

	when_to_time(at, c->now);
	buf_printf(
	    out, "counterfoil-refusal/v1 %s\n", case_rule_name(verdict->rule));
	buf_printf(out, "case: %.*s\ntext: ", SLICE_ARG(record->case_ref));
	text_put_hex(out, record->id.b, HASH_SIZE);
	buf_printf(out, "\nkind: %s\n", record->schema->name);
	if (verdict->about.p != NULL)
		buf_printf(out, "about: %.*s\n", SLICE_ARG(verdict->about));
	buf_printf(
	    out, "at: %s\nwords: %s\n", at, case_rule_words(verdict->rule));
}

static int sign_and_keep(struct cli_case *c, struct cli_keys *keys,
    struct buf *note, const char *path, struct err *err)
{
	const struct note_secret *secret;
	struct buf line;

	int rc = cli_case_log_secret(c, keys, &secret, err);
	if (rc != 0)
		return rc;
	buf_init(&line, REFUSAL_MAX);
	rc = note_put_signature(&line, secret, buf_slice(note), err);
	buf_putc(note, '\n');
	buf_put_slice(note, buf_slice(&line));
	buf_done(&line);
	if (rc == 0)
		rc = buf_check(note, err);
	if (rc != 0)
		return rc;
	return file_publish(c->fd, path, buf_slice(note), 0600, err);
}

int cli_refuse(struct cli_case *c, struct cli_keys *keys,
    const struct record *record, const struct case_verdict *verdict,
    struct err *err)
{
	char id[CLI_CASE_SHORT_SIZE], path[64];
	struct err why = {0};
	struct buf note;

	buf_init(&note, REFUSAL_MAX);
	put_text(c, record, verdict, &note);
	int rc = buf_check(&note, err);
	if (rc != 0)
		goto out;
	cli_case_short_id(id, &record->id);
	(void)snprintf(path, sizeof(path), "private/refusals/%s.txt", id);
	int signed_rc = sign_and_keep(c, keys, &note, path, &why);
	cli_out_slice(buf_slice(&note));
	bool has_about = verdict->about.p != NULL;
	cli_out_error("refused: %s%s%.*s: %s; nothing was entered",
	    case_rule_name(verdict->rule), has_about ? ": " : "",
	    SLICE_ARG(verdict->about), case_rule_words(verdict->rule));
	if (signed_rc == 0)
		cli_out_remark(
		    "The signed refusal is in %s/%s", c->path.p, path);
	else
		cli_out_remark("The refusal is not signed: %s", why.message);
	rc = CLI_FALSE;
out:
	buf_done(&note);
	return rc;
}

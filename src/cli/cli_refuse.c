/*
 * cli_refuse.c: the refusal's signature and its place on disk.
 *
 * A refusal that cannot be signed here (no ledger key, no passphrase) is still
 * a refusal: nothing enters.
 */
#include "cli_refuse.h"

#include "case_refusal.h"
#include "cli_out.h"
#include "file.h"

static int sign_and_keep(struct cli_case *c, struct cli_keys *keys,
    struct buf *note, const char *path, struct err *err)
{
	const struct note_secret *secret;

	int rc = cli_case_log_secret(c, keys, &secret, err);
	if (rc == 0)
		rc = case_refusal_sign(note, secret, err);
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

	buf_init(&note, CASE_REFUSAL_MAX);
	case_refusal_put(&note, record, verdict, c->now);
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
	if (verdict->standing == CASE_BREACH && record->schema->is_custody)
		cli_out_remark("If it has happened all the same, say so with "
			       "--although: it is then entered as a breach");
	rc = CLI_FALSE;
out:
	buf_done(&note);
	return rc;
}

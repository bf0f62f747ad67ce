/*
 * stamp_words.c: see stamp_words.h. Words about stamps stand beside a finding
 * and never use its own.
 */
#include "stamp_words.h"

#include "log_checkpoint.h"
#include "stamp_file.h"
#include "when.h"

/* In quotes, which it has none of: whoever named himself may not speak on. */
static void put_name(struct buf *out, const char *name)
{
	buf_putc(out, '"');
	for (; *name != '\0'; name++)
		buf_putc(out, *name == '"' ? '\'' : *name);
	buf_puts(out, "\" ");
}

void stamp_words_put_one(struct buf *out, const struct stamp *stamp,
    const char *ca_name, int64_t now)
{
	char time[WHEN_SIZE];

	when_to_time(time, stamp->before);
	buf_printf(out, "before %s, says ", time);
	put_name(out, stamp->authority);
	if (stamp->is_vouched)
		buf_printf(out, "(chain checked against %s",
		    ca_name != NULL ? ca_name : "the certificates given");
	else if (stamp->why_not[0] != '\0')
		buf_printf(out,
		    "(signed by a certificate nobody vouched for here; against "
		    "%s: %s",
		    ca_name != NULL ? ca_name : "the certificates given",
		    stamp->why_not);
	else
		buf_puts(
		    out, "(signed by a certificate nobody vouched for here");
	if (now != 0 && stamp->expires < now) {
		when_to_date(time, stamp->expires);
		buf_printf(out,
		    "; that certificate has ended since, on %s, which does "
		    "the stamp no harm",
		    time);
	}
	buf_putc(out, ')');
}

static int put_token(struct buf *out, const struct stamp_words *words,
    struct slice stamped, struct slice token, struct stamp_words_result *result,
    struct err *err)
{
	struct err why = {0};
	struct stamp stamp;

	int rc = stamp_check(&stamp, stamped, token, words->trust, &why);
	if (rc == 0) {
		result->vouched += stamp.is_vouched ? 1 : 0;
		stamp_words_put_one(out, &stamp, words->ca_name, words->now);
	} else if (rc == ERR_NOMEM) {
		return err_nomem(err);
	} else {
		result->wrong++;
		buf_printf(out, "of no use: %s", why.message);
	}
	buf_putc(out, '\n');
	return buf_check(out, err);
}

static int put_all(struct buf *out, const struct stamp_words *words,
    struct slice stamped, struct stamp_words_result *result, struct err *err)
{
	struct stamp_file file;
	struct buf token;

	int rc = stamp_file_parse(&file, words->section, err);
	if (rc != 0)
		return rc;
	result->n = file.n;
	buf_printf(out, "%zu time stamp%s over this checkpoint:\n", file.n,
	    file.n == 1 ? "" : "s");
	buf_init(&token, STAMP_TOKEN_MAX);
	for (size_t i = 0; i < file.n && rc == 0; i++) {
		buf_clear(&token);
		rc = stamp_file_put_token(&token, &file, i, err);
		if (rc == 0)
			rc = put_token(out, words, stamped, buf_slice(&token),
			    result, err);
	}
	buf_done(&token);
	return rc;
}

int stamp_words_put(struct buf *out, const struct stamp_words *words,
    struct stamp_words_result *ret_result, struct err *err)
{
	struct stamp_words_result result = {0};
	struct buf stamped;

	buf_init(&stamped, LOG_CHECKPOINT_MAX);
	int rc = log_checkpoint_put_own(
	    &stamped, words->checkpoint, words->log_key, err);
	if (rc == 0)
		rc = put_all(out, words, buf_slice(&stamped), &result, err);
	buf_done(&stamped);
	if (rc == 0)
		*ret_result = result;
	return rc;
}

/*
 * cli_mailbox.c: asking a server for one's offers, with requests that are
 * signed by whoever asks. Every line of a request is written here; of what the
 * server says only its number is signed.
 */
#include "cli_mailbox.h"

#include "case_offer.h"
#include "case_request.h"
#include "cli_out.h"
#include "cli_remote.h"
#include "file.h"
#include "hash.h"
#include "note.h"

#include <stdio.h>
#include <string.h>

#define OFFERS "offers"
#define OFFERS_MAX 1024

int cli_mailbox_leave(
    const struct cli_case *c, struct slice offer, struct err *err)
{
	struct http_answer answer = {0};

	int rc = cli_remote_ask(c, "POST", OFFERS, offer, NULL, &answer, err);
	if (rc == 0 && answer.status == 201)
		cli_out(
		    "left at %s for those who are still to sign\n", c->url.p);
	else if (rc == 0)
		cli_out_remark("%s did not take the offer (%u: %.*s); send the "
			       "file",
		    c->url.p, answer.status,
		    SLICE_ARG(cli_remote_line(&answer)));
	buf_done(&answer.body);
	return rc;
}

/* ---- signed requests ---- */

/* The path as the server sees it: behind scheme and host. */
static struct slice path_of(const struct cli_case *c)
{
	struct slice url = buf_slice(&c->url);
	size_t slashes = 0;

	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] == '/' && ++slashes == 3)
			return (struct slice){url.p + i, url.n - i};
	return slice_of("");
}

static int get_nonce(const struct cli_case *c,
    char ret_nonce[CASE_REQUEST_NONCE_HEX + 1], struct err *err)
{
	struct http_answer answer = {0};

	int rc = cli_remote_ask(
	    c, "GET", "challenge", slice_of(NULL), NULL, &answer, err);
	if (rc == 0) {
		struct slice line = cli_remote_line(&answer);
		if (answer.status != 200 || line.n != CASE_REQUEST_NONCE_HEX)
			rc = err_set(err, ERR_IO, "%s gives no challenge (%u)",
			    c->url.p, answer.status);
		else
			(void)snprintf(ret_nonce, CASE_REQUEST_NONCE_HEX + 1,
			    "%.*s", SLICE_ARG(line));
	}
	buf_done(&answer.body);
	return rc;
}

static int put_authorization(const struct cli_case *c,
    const struct note_secret *secret, const char *path, struct buf *header,
    struct err *err)
{
	char nonce[CASE_REQUEST_NONCE_HEX + 1], whole[CASE_REQUEST_PATH_MAX];
	struct buf note, line;

	int n = snprintf(
	    whole, sizeof(whole), "%.*s/%s", SLICE_ARG(path_of(c)), path);
	if (n < 0 || (size_t)n >= sizeof(whole))
		return err_set(err, ERR_LIMIT, "%s is too long", c->url.p);
	int rc = get_nonce(c, nonce, err);
	if (rc != 0)
		return rc;
	const struct case_request request = {
	    .method = slice_of("GET"),
	    .path = slice_of(whole),
	    .case_ref = case_state_ref(c->state),
	    .party = slice_of(secret->key.name),
	    .nonce = slice_of(nonce),
	    .time = c->now,
	    .body = hash_of("", 0),
	};
	buf_init(&note, CASE_REQUEST_TEXT_MAX * 2);
	buf_init(&line, CASE_REQUEST_TEXT_MAX);
	case_request_put(&note, &request);
	rc = note_put_signature(&line, secret, buf_slice(&note), err);
	buf_putc(&note, '\n');
	buf_put_slice(&note, buf_slice(&line));
	if (rc == 0)
		rc = buf_check(&note, err);
	if (rc == 0)
		case_request_put_header(header, buf_slice(&note));
	if (rc == 0)
		rc = buf_check(header, err);
	buf_done(&note);
	buf_done(&line);
	return rc;
}

/* The body of a 200; `query` is not signed for. */
static int get(const struct cli_case *c, const struct note_secret *secret,
    const char *path, const char *query, struct buf *out, struct err *err)
{
	struct http_answer answer = {0};
	char whole[CASE_REQUEST_PATH_MAX];
	struct buf header;

	(void)snprintf(whole, sizeof(whole), "%s%s", path, query);
	buf_init(&header, CASE_REQUEST_HEADER_MAX);
	int rc = put_authorization(c, secret, path, &header, err);
	if (rc == 0)
		rc = cli_remote_ask(
		    c, "GET", whole, slice_of(NULL), header.p, &answer, err);
	if (rc == 0 && answer.status != 200)
		rc = cli_remote_refuse(c, &answer, err);
	if (rc == 0) {
		buf_put_slice(out, buf_slice(&answer.body));
		rc = buf_check(out, err);
	}
	buf_done(&answer.body);
	buf_done(&header);
	return rc;
}

/* ---- fetching ---- */

static int fetch_one(struct cli_case *c, const struct note_secret *secret,
    struct slice id, struct err *err)
{
	char path[sizeof(OFFERS) + HASH_HEX_SIZE + 1], file[64];
	struct hash hash;
	struct buf bytes;

	if (!hash_from_hex(&hash, id))
		return err_set(
		    err, ERR_FORMAT, "%s lists what is no offer", c->url.p);
	if (case_state_find_leaf(c->state, &hash) != CASE_NONE)
		return 0;
	(void)snprintf(path, sizeof(path), OFFERS "/%.*s", SLICE_ARG(id));
	(void)snprintf(file, sizeof(file), "private/offers/%.*s.offer",
	    CLI_CASE_SHORT_SIZE - 1, id.p);
	buf_init(&bytes, CASE_OFFER_MAX);
	int rc = get(c, secret, path, "", &bytes, err);
	if (rc == 0)
		rc = file_publish(c->fd, file, buf_slice(&bytes), 0600, err);
	buf_wipe(&bytes);
	return rc;
}

static int fetch_for(
    struct cli_case *c, const struct note_secret *secret, struct err *err)
{
	struct buf list;

	buf_init(&list, OFFERS_MAX * (HASH_HEX_SIZE + 1));
	int rc = get(c, secret, OFFERS, "?format=text", &list, err);
	struct slice rest = buf_slice(&list);
	while (rc == 0 && rest.p != NULL && rest.n > 0)
		rc = fetch_one(c, secret, slice_cut(&rest, '\n'), err);
	buf_done(&list);
	return rc;
}

int cli_mailbox_fetch(
    struct cli_case *c, struct cli_keys *keys, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && c->url.n > 0 && i < keys->n; i++) {
		const struct note_secret *secret;
		rc = cli_keys_secret(keys, &keys->keys[i], &secret, err);
		if (rc == 0)
			rc = fetch_for(c, secret, err);
	}
	return rc;
}

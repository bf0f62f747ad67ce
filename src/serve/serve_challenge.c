/*
 * serve_challenge.c: a ring of numbers in the order in which they were made.
 */
#include "serve_challenge.h"

#include "hash.h"
#include "mem.h"
#include "note.h"
#include "serve_internal.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_BYTES (CASE_REQUEST_NONCE_HEX / 2)

struct nonce {
	uint8_t bytes[NONCE_BYTES];
	double at;
	bool is_open;
};

struct serve_challenge {
	pthread_mutex_t lock;
	size_t next;
	struct nonce nonces[SERVE_CHALLENGE_MAX];
};

int serve_challenge_new(struct serve_challenge **ret_challenge, struct err *err)
{
	struct serve_challenge *c = mem_new(1, sizeof(*c));

	if (c == NULL)
		return err_nomem(err);
	(void)pthread_mutex_init(&c->lock, NULL);
	*ret_challenge = c;
	return 0;
}

void serve_challenge_free(struct serve_challenge *c)
{
	if (c == NULL)
		return;
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

void serve_challenge_make(struct serve_challenge *c, double seconds,
    char ret_nonce[CASE_REQUEST_NONCE_HEX + 1])
{
	struct nonce nonce = {.at = seconds, .is_open = true};

	mem_random(nonce.bytes, sizeof(nonce.bytes));
	text_to_hex(ret_nonce, nonce.bytes, sizeof(nonce.bytes));
	(void)pthread_mutex_lock(&c->lock);
	c->nonces[c->next] = nonce;
	c->next = (c->next + 1) % SERVE_CHALLENGE_MAX;
	(void)pthread_mutex_unlock(&c->lock);
}

/* True once for each number that was made here and is not too old. */
static bool use_up(struct serve_challenge *c, struct slice hex, double seconds)
{
	uint8_t bytes[NONCE_BYTES];
	bool is_good = false;

	if (!text_from_hex(bytes, sizeof(bytes), hex))
		return false;
	(void)pthread_mutex_lock(&c->lock);
	for (size_t i = 0; i < SERVE_CHALLENGE_MAX && !is_good; i++) {
		struct nonce *n = &c->nonces[i];

		if (!n->is_open || memcmp(n->bytes, bytes, NONCE_BYTES) != 0)
			continue;
		n->is_open = false;
		is_good = seconds - n->at <= SERVE_CHALLENGE_SECONDS;
		break;
	}
	(void)pthread_mutex_unlock(&c->lock);
	return is_good;
}

/* ---- the request ---- */

static int check_text(const struct serve_challenge_request *asked,
    const struct case_request *r, int64_t now, struct err *err)
{
	struct hash body =
	    hash_of(asked->body.p != NULL ? asked->body.p : "", asked->body.n);

	if (!slice_is_text(r->method, asked->method) ||
	    !slice_is(r->path, asked->path) || !hash_is(&r->body, &body))
		return err_set(err, ERR_DENIED,
		    "what was signed is not what is asked: method, path or "
		    "body differ");
	if (r->time < now - SERVE_CHALLENGE_SECONDS ||
	    r->time > now + SERVE_CHALLENGE_SECONDS)
		return err_set(err, ERR_DENIED,
		    "the signed time is more than %d s away from the server's; "
		    "set the clock",
		    SERVE_CHALLENGE_SECONDS);
	return 0;
}

/* The party's key in force by which the note is signed. */
static int find_key(struct serve_ledger *ledger, const struct case_request *r,
    struct note_key *ret_key, struct err *err)
{
	const struct note_key *key = NULL;
	bool is_this_case = false;

	(void)pthread_rwlock_rdlock(&ledger->fold);
	if (ledger->state != NULL) {
		const struct case_state *state = ledger->state;
		uint32_t party = case_state_find_party(state, r->party);

		is_this_case = slice_is(case_state_ref(state), r->case_ref);
		if (party != CASE_NONE)
			key = case_state_party_key(state, party);
		if (key != NULL)
			*ret_key = *key;
	}
	(void)pthread_rwlock_unlock(&ledger->fold);
	if (!is_this_case)
		return err_set(err, ERR_DENIED, "the case is another one");
	return key != NULL
	    ? 0
	    : err_set(err, ERR_DENIED, "%.*s is no party with a key here",
		  SLICE_ARG(r->party));
}

static int check_note(struct serve_challenge *c, struct serve_ledger *ledger,
    const struct serve_challenge_request *asked, struct slice bytes,
    double seconds, char ret_party[NOTE_KEY_NAME_MAX + 1], struct err *err)
{
	struct case_request r;
	struct note_key key;
	struct note note;
	int rc = note_parse(&note, bytes, err);

	if (rc == 0)
		rc = case_request_parse(&r, note.text, err);
	if (rc != 0)
		return rc;
	rc = check_text(asked, &r, serve_ledger_now(ledger), err);
	if (rc == 0)
		rc = find_key(ledger, &r, &key, err);
	if (rc != 0)
		return rc;
	const struct note_signature *signature = note_find(&note, &key);
	if (note.n != 1 || signature == NULL ||
	    note_check(&key, note.text, signature, NULL) != 0)
		return err_set(err, ERR_DENIED,
		    "not signed by %.*s, with its key in this case",
		    SLICE_ARG(r.party));
	if (!use_up(c, r.nonce, seconds))
		return err_set(err, ERR_DENIED,
		    "the number is not one of this server's, was used, or is "
		    "older than %d s; ask for another",
		    SERVE_CHALLENGE_SECONDS);
	(void)snprintf(
	    ret_party, NOTE_KEY_NAME_MAX + 1, "%.*s", SLICE_ARG(r.party));
	return 0;
}

int serve_challenge_check(struct serve_challenge *c,
    struct serve_ledger *ledger, const struct serve_challenge_request *asked,
    double seconds, char ret_party[NOTE_KEY_NAME_MAX + 1], struct err *err)
{
	struct buf note;

	buf_init(&note, CASE_REQUEST_HEADER_MAX);
	int rc = case_request_open_header(&note, asked->header, err);
	if (rc == 0)
		rc = check_note(c, ledger, asked, buf_slice(&note), seconds,
		    ret_party, err);
	buf_done(&note);
	if (rc == ERR_LIMIT && err != NULL)
		err->code = ERR_FORMAT;
	return rc == ERR_LIMIT ? ERR_FORMAT : rc;
}

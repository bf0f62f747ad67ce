/*
 * serve_challenge.h: who asks, when no record says it: numbers that are used
 * once, and requests signed over them (case_request.h).
 */
#ifndef SERVE_CHALLENGE_H
#define SERVE_CHALLENGE_H

#include "case_request.h"
#include "err.h"
#include "serve_ledger.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

/* How long a number may be used, and how far a client's clock may be off. */
#define SERVE_CHALLENGE_SECONDS 120
/* The oldest are forgotten beyond this. */
#define SERVE_CHALLENGE_MAX 16384

struct serve_challenge;

int serve_challenge_new(
    struct serve_challenge **ret_challenge, struct err *err) MUST_CHECK;
void serve_challenge_free(struct serve_challenge *challenge);

/* A new number in hex; `seconds` is a monotonic clock's. */
void serve_challenge_make(struct serve_challenge *challenge, double seconds,
    char ret_nonce[CASE_REQUEST_NONCE_HEX + 1]);

/* What was asked. */
struct serve_challenge_request {
	const char *method;
	struct slice path; /* as it was sent, with the case's own part */
	struct slice body;
	struct slice header; /* Authorization; absent if none */
};

/*
 * The party that signed exactly this request, with a key in force; its name is
 * copied. ERR_FORMAT: no or no good header (say 401); ERR_DENIED: the number is
 * unknown, used or old, the time is off, another request was signed, or the
 * signature is not a party's. The number is used up by a good signature only.
 */
int serve_challenge_check(struct serve_challenge *challenge,
    struct serve_ledger *ledger, const struct serve_challenge_request *request,
    double seconds, char ret_party[NOTE_KEY_NAME_MAX + 1],
    struct err *err) MUST_CHECK;

#endif

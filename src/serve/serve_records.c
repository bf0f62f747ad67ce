/*
 * serve_records.c: POST /records: from a request to the queue, and back.
 *
 * Whoever brings a record pays for it: its signatures are checked on the
 * thread that read the request, and a record that is in the ledger already,
 * which anybody can copy from there, is not counted against its signers.
 *
 * Nobody gets the ledger's signature for the asking: a refusal is signed only
 * for a record that a party of the case has truly signed, and it is counted
 * against that party.
 */
#include "serve_internal.h"

static void answer(struct serve_submission *s, void *cookie)
{
	static const unsigned statuses[] = {
	    [SERVE_ENTERED] = 201,
	    [SERVE_KNOWN] = 200,
	    [SERVE_REFUSED] = 409,
	    [SERVE_UNAVAILABLE] = 503,
	};

	serve_api_answer_text(cookie, statuses[s->outcome], &s->answer);
	serve_submission_free(s);
}

static bool may_signers(struct serve_api *api, struct http_exchange *exchange,
    const struct serve_submission *s)
{
	const struct record *record = serve_submission_record(s);

	for (size_t i = 0; i < record->signer_count && !s->is_known; i++)
		if (!serve_api_may_party(api, exchange,
			record->signers[i].party, (unsigned)s->n))
			return false;
	return true;
}

/* Takes what is denied; NULL: no party stands behind it. */
static void deny(struct serve_api *api, struct http_exchange *exchange,
    struct serve_submission *denied, const struct err *why)
{
	struct err err = {0};

	if (denied == NULL ||
	    !serve_ledger_is_writer(api->ledger) /* it cannot sign */) {
		serve_api_answer_err(exchange, why);
	} else if (serve_api_may_party(api, exchange,
		       serve_submission_denied_party(denied), 1)) {
		if (serve_submission_refuse(denied, api->ledger, why, &err) ==
		    0)
			serve_api_answer_text(exchange, 403, &denied->answer);
		else
			serve_api_answer_err(exchange, &err);
	}
	serve_submission_free(denied);
}

void serve_records_post(struct serve_api *api, struct http_exchange *exchange)
{
	struct serve_submission *s, *denied = NULL;
	struct err err = {0};

	if (!serve_api_is_post(exchange) ||
	    !serve_api_may_address(api, exchange))
		return;
	if (api->queue == NULL) {
		http_exchange_answer_text(exchange, 403,
		    "this server has not the ledger's key: nothing is entered "
		    "here");
		return;
	}
	if (!serve_ledger_is_well(api->ledger, &err) ||
	    serve_submission_new(&s, &denied, api->ledger,
		http_exchange_body(exchange), &err) != 0) {
		deny(api, exchange, denied, &err);
		return;
	}
	s->is_although =
	    slice_is_text(http_exchange_query(exchange, "although"), "yes");
	s->done = answer;
	s->cookie = exchange;
	if (!may_signers(api, exchange, s)) {
		serve_submission_free(s);
	} else if (serve_queue_push(api->queue, s, &err) != 0) {
		serve_submission_free(s);
		serve_api_answer_wait(exchange, 1, err.message);
	}
}

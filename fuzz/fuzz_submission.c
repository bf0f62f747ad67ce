/*
 * fuzz_submission.c: any bytes as the body of POST /records, up to where the
 * case's keys are asked for. What is taken apart gives its own bytes again,
 * and is signed by exactly those whom it names, as far as names go.
 */
#include "case_checked.h"
#include "case_offer.h"
#include "case_state.h"
#include "note.h"
#include "serve_submission.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_note(struct slice bytes)
{
	struct case_checked checked = {0};
	struct case_state *state = case_state_new();
	struct err err = {0};
	const int r = case_checked_parse(&checked, bytes, &err);

	require(state != NULL);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r == 0) {
		require(checked.record.text.p == bytes.p);
		/* A case without parties: only a genesis brings its keys. */
		if (case_checked_find_keys(&checked, state, 0, NULL, NULL) == 0)
			(void)!case_checked_verify(&checked, NULL);
	}
	case_checked_done(&checked);
	case_state_free(state);
}

static void check_offer(struct slice bytes)
{
	struct case_offer offer = {0};
	struct buf note;

	if (case_offer_parse(&offer, bytes, NULL) != 0)
		return;
	buf_init(&note, 4 * RECORD_TEXT_MAX);
	for (size_t i = 0; i < offer.n && case_offer_is_complete(&offer); i++) {
		buf_clear(&note);
		if (case_offer_put_note(offer.records[i], &note, NULL) == 0)
			check_note(buf_slice(&note));
	}
	buf_done(&note);
	case_offer_done(&offer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice bytes = {(const char *)data, n};

	note_key_setup();
	if (serve_submission_is_offer(bytes))
		check_offer(bytes);
	else
		check_note(bytes);
	return 0;
}

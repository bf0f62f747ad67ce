/*
 * fuzz_offer.c: any bytes as an offer file. What is accepted has one spelling,
 * every withheld value in it can be read, and who has not signed is named.
 */
#include "case_offer.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_again(const struct case_offer *offer, struct slice bytes)
{
	struct buf again;

	buf_init(&again, CASE_OFFER_MAX);
	require(case_offer_put(offer, &again, NULL) == 0);
	require(slice_is(buf_slice(&again), bytes));
	buf_done(&again);
}

static void check_signers(const struct case_offer *offer)
{
	const struct record *record = case_offer_main(offer);
	struct slice party;
	size_t n = 0;

	for (size_t at = 0; (party = case_offer_missing(offer, &at)).p != NULL;
	     n++)
		require(record_is_signed_by(record, party));
	require((n == 0) == case_offer_is_complete(offer));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice bytes = {(const char *)data, n};
	struct case_offer offer = {0};
	struct err err = {0};

	note_key_setup();
	const int r = case_offer_parse(&offer, bytes, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r == 0) {
		require(offer.n > 0);
		check_again(&offer, bytes);
		check_signers(&offer);
		(void)case_offer_is_expired(&offer, 0);
	}
	case_offer_done(&offer);
	return 0;
}

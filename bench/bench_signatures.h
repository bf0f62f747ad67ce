/*
 * bench_signatures.h: the limit of everything that checks a ledger: libsodium's
 * crypto_sign_verify_detached alone, on all cores, over the signatures that the
 * ledger's records have, by the keys that they are checked with.
 */
#ifndef BENCH_SIGNATURES_H
#define BENCH_SIGNATURES_H

#include "case_state.h"

#include <stddef.h>

struct bench_signatures {
	size_t n;
	double wall, cpu; /* seconds */
};

/* Of the leaves [first, end). Ends the program if one of them is false. */
struct bench_signatures bench_signatures_measure(
    const struct case_state *state, size_t first, size_t end);

#endif

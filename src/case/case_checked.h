/*
 * case_checked.h: a signed record whose signatures are checked before its place
 * in the ledger is known, so that many can be checked at once.
 *
 * Three steps: case_checked_parse looks at nothing but the bytes;
 * case_checked_find_keys reads the state; case_checked_verify, the dear one,
 * needs no state again. case_checked_add is then case_state_add without the
 * signatures: it admits only if the keys that the signatures were checked with
 * are the ones that must have made them at the time of entry.
 */
#ifndef CASE_CHECKED_H
#define CASE_CHECKED_H

#include "case_state.h"
#include "err.h"
#include "record.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct case_checked {
	struct record record; /* of a text inside the note */
	uint8_t keys[RECORD_SIGNERS_MAX][32];
	uint8_t signatures[RECORD_SIGNERS_MAX][64];
	bool has_keys, is_verified;
};

/* Borrows `bytes`. ERR_FORMAT or ERR_LIMIT: no signed record, or not signed by
 * exactly those that it names. Zero *checked before the first use. */
int case_checked_parse(struct case_checked *checked, struct slice bytes,
    struct err *err) MUST_CHECK;
void case_checked_done(struct case_checked *checked);

/*
 * The keys that must have made the signatures, were it entered at `now`.
 * ERR_VERIFY: a signer is no party, or its key is not in force. Others may do
 * the same at the same time, but nobody may change the state. *ret_is_party
 * (may be NULL): one of the signers is a party with a key of the case, not
 * only one whose key this very record brings.
 */
int case_checked_find_keys(struct case_checked *checked,
    struct case_state *state, int64_t now, bool *ret_is_party,
    struct err *err) MUST_CHECK;

/* ERR_VERIFY: a signature is false. After case_checked_find_keys. */
int case_checked_verify(
    struct case_checked *checked, struct err *err) MUST_CHECK;

/*
 * Of one that the two before refused: whether any of its signers is a party
 * whose key of the case is in force at `now` and whose signature is true,
 * whatever the others' are; *ret_signer is the first of them. Reads the state
 * as case_checked_find_keys does, and checks signatures meanwhile.
 */
bool case_checked_find_party(const struct case_checked *checked,
    const struct case_state *state, int64_t now, size_t *ret_signer);

/*
 * Adds the next leaf, whose note is the one that was parsed, in place (`leaf`
 * holds it at its end, and must stay where it is while the state lives). After
 * case_checked_verify. A key that was revoked or replaced since: ERR_VERIFY.
 * Otherwise as case_state_add.
 */
int case_checked_add(struct case_checked *checked, struct case_state *state,
    struct slice leaf, struct err *err) MUST_CHECK;

#endif

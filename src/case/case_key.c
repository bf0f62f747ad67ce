/*
 * case_key.c: signing keys over time: which one is in force, how one takes the
 * place of another, how one ends (findings section 2).
 *
 * A key is judged at the leaf: what it signed before its end stays signed. A
 * leaf of a key that somebody else may have had no longer supports a NO.
 */
#include "case_internal.h"

#include "mem.h"
#include "text.h"
#include "when.h"

#include <stdlib.h>

#define LOST_KEY_WAIT (7 * (int64_t)WHEN_DAY)

#define AGE_KEY_LENGTH 62

bool case_key_is_in_force(const struct case_key *key, int64_t entered)
{
	return (entered >= key->from ||
		   case_is_off("key: not before it is in force")) &&
	    (entered < key->until ||
		case_is_off("key: not after its seven days")) &&
	    (key->end_leaf == CASE_NONE ||
		case_is_off("key: not after its end"));
}

const struct case_key *case_key_find(
    const struct case_state *state, const struct record_signer *signer)
{
	uint32_t party = case_state_find_party(state, signer->party);

	for (size_t i = 0; i < state->key_count && party != CASE_NONE; i++)
		if (state->keys[i].party == party &&
		    state->keys[i].key.id == signer->key_id)
			return &state->keys[i];
	return NULL;
}

bool case_key_is_of(const struct case_state *state, uint32_t party)
{
	for (size_t i = 0; i < state->key_count; i++)
		if (state->keys[i].party == party)
			return true;
	return false;
}

bool case_key_is_in_use(
    const struct case_state *state, const struct note_key *key)
{
	for (size_t i = 0; i < state->key_count; i++)
		if (note_key_is_same_point(&state->keys[i].key, key))
			return true;
	for (size_t i = 0; i < state->witness_count; i++)
		if (note_key_is_same_point(&state->witnesses[i], key) &&
		    case_is_on("key: no witness has it"))
			return true;
	return note_key_is_same_point(&state->log_key, key) &&
	    case_is_on("key: nor the ledger");
}

int case_key_add(struct case_state *state, uint32_t party, struct slice vkey,
    int64_t from, struct err *err)
{
	struct case_key key = {.party = party,
	    .from = from,
	    .until = INT64_MAX,
	    .end_leaf = CASE_NONE,
	    .doubtful_from = INT64_MAX};
	int rc = note_key_parse(&key.key, vkey, err);

	if (rc == 0)
		rc = mem_grow((void **)&state->keys, &state->key_cap,
		    state->key_count + 1, sizeof(*state->keys), err);
	if (rc == 0)
		state->keys[state->key_count++] = key;
	return rc;
}

const struct note_key *case_state_party_key(
    const struct case_state *state, uint32_t party)
{
	size_t n = state->leaf_count;
	int64_t now = n > 0 ? state->leaves[n - 1].entered : INT64_MIN;

	for (size_t i = state->key_count; i-- > 0;)
		if (state->keys[i].party == party &&
		    (n == 0 || case_key_is_in_force(&state->keys[i], now)))
			return &state->keys[i].key;
	return NULL;
}

size_t case_state_key_count(const struct case_state *state)
{
	return state->key_count;
}

const struct case_key *case_state_key(const struct case_state *state, size_t i)
{
	return &state->keys[i];
}

/* ---- form ---- */

/* The party's key that `old-key:` names, if it is in force; else NULL. */
static struct case_key *find_old_key(
    struct case_state *state, const struct record *r, int64_t entered)
{
	uint32_t party =
	    case_state_find_party(state, record_get(r, RECORD_F_PARTY));
	struct slice hex = record_get(r, RECORD_F_OLD_KEY);
	uint8_t id[4];

	if (!text_from_hex(id, sizeof(id), hex))
		return NULL;
	for (size_t i = 0; i < state->key_count; i++) {
		struct case_key *key = &state->keys[i];
		uint32_t is = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
		    (uint32_t)id[2] << 8 | id[3];

		if (key->party == party && key->key.id == is &&
		    case_key_is_in_force(key, entered))
			return key;
	}
	return NULL;
}

static bool is_signed_with(
    const struct record *r, struct slice party, uint32_t key_id)
{
	for (size_t i = 0; i < r->signer_count; i++)
		if (slice_is(r->signers[i].party, party) &&
		    r->signers[i].key_id == key_id)
			return true;
	return false;
}

/* The signers other than the party itself: on how many sides, and is one of
 * them a policy holder? `or_holders`: only policy holders are looked at. */
static int count_sides(const struct case_state *state, const struct record *r,
    bool only_holders, size_t *ret_n, bool *ret_has_holder)
{
	bool sides[CASE_SIDE_COUNT] = {0};
	int count = 0;

	*ret_n = 0;
	*ret_has_holder = false;
	for (size_t i = 0; i < r->signer_count; i++) {
		struct slice name = r->signers[i].party;
		uint32_t p = case_state_find_party(state, name);

		if (p == CASE_NONE ||
		    (slice_is(name, record_get(r, RECORD_F_PARTY)) &&
			case_is_on("key: others than the party")) ||
		    (only_holders && !state->parties[p].is_policy_holder))
			continue;
		sides[state->parties[p].side] = true;
		*ret_has_holder =
		    *ret_has_holder || state->parties[p].is_policy_holder;
		++*ret_n;
	}
	for (int i = 0; i < CASE_SIDE_COUNT; i++)
		count += sides[i];
	return count;
}

static int check_new_key(
    struct case_state *state, const struct record *r, struct err *err)
{
	struct slice party = record_get(r, RECORD_F_PARTY);
	struct slice vkey = record_get(r, RECORD_F_KEY);
	struct note_key key;

	if (vkey.p == NULL)
		return case_form_refuse(
		    err, "malformed: a rotation without the new key");
	int rc = note_key_parse(&key, vkey, err);
	if (rc != 0)
		return rc;
	if ((key.type != NOTE_KEY_ED25519 &&
		case_is_on("rotate: a key of the right type")) ||
	    (!slice_is_text(party, key.name) &&
		case_is_on("rotate: a key of the right name")))
		return case_form_refuse_name(
		    err, "malformed: a key of another name or type", vkey);
	if (case_key_is_in_use(state, &key))
		return case_form_refuse_name(err,
		    "malformed: this key is in use, or was, under a name",
		    vkey);
	if (!is_signed_with(r, party, key.id))
		return case_form_refuse_name(
		    err, "signature: the new key has not signed", party);
	return 0;
}

static int check_rotation(struct case_state *state, const struct record *r,
    const struct case_key *old, struct err *err)
{
	struct slice party = record_get(r, RECORD_F_PARTY);
	size_t others;
	bool has_holder;
	int sides = count_sides(state, r, false, &others, &has_holder);
	int rc = check_new_key(state, r, err);

	if (rc != 0)
		return rc;
	if (record_has(r, RECORD_F_LOST)) {
		/* A policy holder, and besides two parties of two sides. */
		if ((!has_holder && case_is_on("lost key: a policy holder")) ||
		    (others < 3 && case_is_on("lost key: three others")) ||
		    (sides < 2 && case_is_on("lost key: of two sides")))
			return case_form_refuse_name(err,
			    "signature: for a lost key a policy holder and two "
			    "more parties, of different sides, must sign",
			    party);
		return 0;
	}
	if (!is_signed_with(r, party, old->key.id))
		return case_form_refuse_name(
		    err, "signature: the old key has not signed", party);
	if (!has_holder &&
	    !state->parties[case_state_find_party(state, party)]
		 .is_policy_holder)
		return case_form_refuse_name(err,
		    "signature: a policy holder must countersign a new key",
		    party);
	return 0;
}

static int check_revocation(
    struct case_state *state, const struct record *r, struct err *err)
{
	size_t others;
	bool has_holder;

	if (record_has(r, RECORD_F_KEY))
		return case_form_refuse(
		    err, "malformed: a revocation brings no key");
	if (record_is_signed_by(r, record_get(r, RECORD_F_PARTY)) ||
	    count_sides(state, r, case_is_on("revoke: policy holders"), &others,
		&has_holder) >= (case_is_on("revoke: of two sides") ? 2 : 1))
		return 0;
	return case_form_refuse_name(err,
	    "signature: a key is revoked by its party or by policy holders of "
	    "two sides",
	    record_get(r, RECORD_F_PARTY));
}

static bool is_age_recipient(struct slice s)
{
	static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

	if (s.n != AGE_KEY_LENGTH || memcmp(s.p, "age1", 4) != 0)
		return false;
	for (size_t i = 4; i < s.n; i++)
		if (memchr(letters, s.p[i], sizeof(letters) - 1) == NULL)
			return false;
	return true;
}

int case_key_check_form(struct case_state *state, const struct record *r,
    int64_t entered, struct err *err)
{
	struct slice action = record_get(r, RECORD_F_ACTION);
	struct slice party = record_get(r, RECORD_F_PARTY);
	struct case_key *old = find_old_key(state, r, entered);

	if (slice_is_text(action, "encryption")) {
		if (record_has(r, RECORD_F_KEY))
			return case_form_refuse(err,
			    "malformed: a key for encryption brings no key "
			    "that signs");
		if (!is_age_recipient(record_get(r, RECORD_F_ENCRYPTION_KEY)))
			return case_form_refuse(err,
			    "malformed: \"encryption-key\" is no age "
			    "recipient");
		return record_is_signed_by(r, party)
		    ? 0
		    : case_form_refuse_name(
			  err, "signature: the party has not signed", party);
	}
	if (old == NULL)
		return case_form_refuse_name(err,
		    "malformed: \"old-key\" is no key in force of the party",
		    party);
	return slice_is_text(action, "rotate")
	    ? check_rotation(state, r, old, err)
	    : check_revocation(state, r, err);
}

/* ---- effect ---- */

/* Marks every leaf that this key signed and that was entered since. */
static int mark_compromised(struct case_state *state,
    const struct case_key *key, int64_t since, struct err *err)
{
	struct slice name = state->parties[key->party].name;
	struct record record = {0};
	int rc = 0;

	for (uint32_t i = 0; i < state->leaf_count && rc == 0; i++) {
		struct case_leaf *leaf = &state->leaves[i];

		if ((leaf->entered < since &&
			case_is_on("compromised: from then on")) ||
		    leaf->is_compromised ||
		    !case_state_is_signed_by(state, i, key->party))
			continue;
		rc = case_state_record(state, i, &record, err);
		leaf->is_compromised = rc == 0 &&
		    (is_signed_with(&record, name, key->key.id) ||
			case_is_off("compromised: what that key signed"));
		state->compromise_count += leaf->is_compromised;
	}
	record_done(&record);
	return rc;
}

void case_key_note(
    struct case_state *state, const struct record *record, uint32_t leaf)
{
	struct case_leaf *l = &state->leaves[leaf];

	for (size_t i = 0; i < record->signer_count && state->has_doubtful_key;
	     i++) {
		const struct case_key *key =
		    case_key_find(state, &record->signers[i]);

		if (key == NULL || l->entered < key->doubtful_from ||
		    l->is_compromised)
			continue;
		l->is_compromised = true;
		state->compromise_count++;
	}
}

static int add_encryption(
    struct case_state *state, const struct record *r, struct err *err)
{
	struct case_encryption e = {
	    .party =
		case_state_find_party(state, record_get(r, RECORD_F_PARTY)),
	    .key =
		case_arena_copy(state, record_get(r, RECORD_F_ENCRYPTION_KEY)),
	};

	if (e.key.p == NULL)
		return err_nomem(err);
	int rc = mem_grow((void **)&state->encryptions, &state->encryption_cap,
	    state->encryption_count + 1, sizeof(*state->encryptions), err);
	if (rc == 0)
		state->encryptions[state->encryption_count++] = e;
	return rc;
}

/* Has `b` enrolled, at any time, what `a` enrolled last? */
static bool has_newest_of(
    const struct case_state *state, uint32_t a, uint32_t b)
{
	const struct case_encryption *newest = NULL;

	for (size_t i = 0; i < state->encryption_count; i++)
		if (state->encryptions[i].party == a)
			newest = &state->encryptions[i];
	for (size_t i = 0; i < state->encryption_count && newest != NULL; i++)
		if (state->encryptions[i].party == b &&
		    slice_is(state->encryptions[i].key, newest->key))
			return true;
	return false;
}

bool case_key_is_shared(const struct case_state *state, uint32_t a, uint32_t b)
{
	return has_newest_of(state, a, b) || has_newest_of(state, b, a);
}

int case_key_apply(struct case_state *state, const struct record *r,
    uint32_t leaf, struct err *err)
{
	int64_t entered = state->leaves[leaf].entered;
	struct case_key *old = find_old_key(state, r, entered);
	bool is_lost = record_has(r, RECORD_F_LOST);
	int64_t from = entered, since;
	int rc = 0;

	if (record_has(r, RECORD_F_ENCRYPTION_KEY))
		rc = add_encryption(state, r, err);
	if (rc != 0 || old == NULL)
		return rc; /* an encryption key changes no signature */
	if (record_get_time(r, RECORD_F_COMPROMISED_SINCE, &since)) {
		rc = mark_compromised(state, old, since, err);
		state->has_doubtful_key = true;
		if (since < old->doubtful_from)
			old->doubtful_from = since;
	}
	if (is_lost && slice_is_text(record_get(r, RECORD_F_ACTION), "rotate"))
		old->until = from = entered + LOST_KEY_WAIT;
	else
		old->end_leaf = leaf;
	if (rc == 0 && record_has(r, RECORD_F_KEY))
		rc = case_key_add(
		    state, old->party, record_get(r, RECORD_F_KEY), from, err);
	return rc;
}

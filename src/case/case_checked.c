/*
 * case_checked.c: signatures first, the place in the ledger later.
 *
 * Invariant: what case_checked_add admits, case_state_add would admit too: a
 * signature holds for a text and a key for ever, so it is enough that the keys
 * are still the right ones when the leaf is entered.
 */
#include "case_checked.h"

#include "case_internal.h"
#include "note.h"
#include "record_leaf.h"

#include <assert.h>

static int take_signature(struct case_checked *checked, size_t i,
    const struct note_signature *s, struct err *err)
{
	const struct record_signer *signer = &checked->record.signers[i];

	if (!slice_is(s->name, signer->party) || s->id != signer->key_id ||
	    s->bytes_n != sizeof(checked->signatures[i]))
		return err_set(err, ERR_FORMAT,
		    "signature: signature %zu is not by %.*s", i + 1,
		    SLICE_ARG(signer->party));
	memcpy(
	    checked->signatures[i], s->bytes, sizeof(checked->signatures[i]));
	return 0;
}

int case_checked_parse(
    struct case_checked *checked, struct slice bytes, struct err *err)
{
	struct note note;
	int rc = note_parse(&note, bytes, err);

	checked->has_keys = checked->is_verified = false;
	if (rc == 0)
		rc = record_parse(&checked->record, note.text, err);
	if (rc == 0 && note.n != checked->record.signer_count)
		rc = err_set(err, ERR_FORMAT,
		    "signature: %zu signers are named and %zu signatures are "
		    "there",
		    checked->record.signer_count, note.n);
	for (size_t i = 0; rc == 0 && i < note.n; i++)
		rc = take_signature(checked, i, &note.signatures[i], err);
	return rc;
}

void case_checked_done(struct case_checked *checked)
{
	record_done(&checked->record);
}

static int find_key(const struct case_checked *checked,
    struct case_state *state, size_t i, int64_t now, uint8_t ret_key[32],
    struct err *err)
{
	struct note_key key;
	int rc = case_form_key(state, &checked->record, i, now, &key, err);

	if (rc == 0 && key.type != NOTE_KEY_ED25519)
		rc = case_state_say_not_signed(&checked->record, i, err);
	if (rc == 0)
		memcpy(ret_key, key.public_key, 32);
	return rc;
}

int case_checked_find_keys(struct case_checked *checked,
    struct case_state *state, int64_t now, bool *ret_is_party, struct err *err)
{
	const struct record *record = &checked->record;
	bool is_party = false;

	for (size_t i = 0; i < record->signer_count; i++) {
		int rc =
		    find_key(checked, state, i, now, checked->keys[i], err);
		if (rc != 0)
			return rc;
		is_party = is_party ||
		    case_key_find(state, &record->signers[i]) != NULL;
	}
	checked->has_keys = true;
	if (ret_is_party != NULL)
		*ret_is_party = is_party;
	return 0;
}

int case_checked_verify(struct case_checked *checked, struct err *err)
{
	const struct record *record = &checked->record;

	assert(checked->has_keys);
	for (size_t i = 0; i < record->signer_count; i++)
		if (note_check_bytes(checked->keys[i], record->text.p,
			record->text.n, checked->signatures[i], NULL) != 0)
			return case_state_say_not_signed(record, i, err);
	checked->is_verified = true;
	return 0;
}

bool case_checked_find_party(const struct case_checked *checked,
    const struct case_state *state, int64_t now, size_t *ret_signer)
{
	const struct record *record = &checked->record;

	for (size_t i = 0; i < record->signer_count; i++) {
		const struct case_key *key =
		    case_key_find(state, &record->signers[i]);

		if (key == NULL || key->key.type != NOTE_KEY_ED25519 ||
		    !case_key_is_in_force(key, now) ||
		    note_check_bytes(key->key.public_key, record->text.p,
			record->text.n, checked->signatures[i], NULL) != 0)
			continue;
		*ret_signer = i;
		return true;
	}
	return false;
}

static int check_keys(const struct case_checked *checked,
    struct case_state *state, int64_t entered, struct err *err)
{
	uint8_t key[32];

	for (size_t i = 0; i < checked->record.signer_count; i++) {
		int rc = find_key(checked, state, i, entered, key, err);
		if (rc != 0)
			return rc;
		if (memcmp(key, checked->keys[i], sizeof(key)) != 0)
			return case_state_say_not_signed(
			    &checked->record, i, err);
	}
	return 0;
}

int case_checked_add(struct case_checked *checked, struct case_state *state,
    struct slice leaf, struct err *err)
{
	const struct record *record = &checked->record;
	struct record_leaf parts;

	assert(checked->is_verified);
	assert(record->text.p > leaf.p && record->text.p < leaf.p + leaf.n);
	int rc = record_leaf_parse(&parts, leaf, err);
	if (rc == 0) {
		assert(parts.note.p == record->text.p);
		rc = check_keys(checked, state, parts.entered, err);
	}
	if (rc == 0)
		rc = case_form_check(state, record, parts.entered, err);
	if (rc == 0) {
		struct hash hash = tree_leaf_hash(state->run, leaf.p, leaf.n);
		return case_state_enter(
		    state, record, leaf, parts.entered, &hash, err);
	}
	return case_state_say_refused(state->leaf_count, record, rc, err);
}

/*
 * case_form.c: what is refused always: a leaf that fails here makes the ledger
 * false (findings sections 1, 2 and 4). Nothing here judges custody.
 */
#include "case_internal.h"

#include "text.h"
#include "when.h"

#include <stdio.h>
#include <stdlib.h>

int case_form_refuse(struct err *err, const char *fmt, ...)
{
	char why[ERR_MESSAGE_MAX];
	va_list args;

	if (case_is_off(fmt))
		return 0;
	va_start(args, fmt);
	(void)vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	return err_set(err, ERR_VERIFY, "%s", why);
}

int case_form_refuse_name(struct err *err, const char *why, struct slice name)
{
	return case_is_off(why)
	    ? 0
	    : err_set(err, ERR_VERIFY, "%s: %.*s", why, SLICE_ARG(name));
}

#ifdef CASE_MUTANTS
/* Whether "handover: from" is off: that who gives must sign. */
static bool is_role_off(const struct record *r, enum record_name role)
{
	char rule[64];

	(void)snprintf(rule, sizeof(rule), "%s: %s", r->schema->name,
	    record_schema_field_name(role));
	return case_is_off(rule);
}
#else
#define is_role_off(r, role) false
#endif

/* ---- genesis ---- */

static const struct record_block *find_party_block(
    const struct record *r, struct slice name)
{
	for (size_t i = 0; i < r->block_count; i++)
		if (slice_is(r->blocks[i].id, name))
			return &r->blocks[i];
	return NULL;
}

static int check_genesis_signers(const struct record *r, struct err *err)
{
	const struct record_value *v = NULL;

	while ((v = record_next(r, NULL, RECORD_F_POLICY_HOLDER, v)) != NULL)
		if (!record_is_signed_by(r, v->value))
			return case_form_refuse_name(err,
			    "signature: a policy holder has not signed the "
			    "genesis",
			    v->value);
	for (size_t i = 0; i < r->signer_count; i++) {
		bool is_holder = false;

		for (v = record_next(r, NULL, RECORD_F_POLICY_HOLDER, NULL);
		     v != NULL;
		     v = record_next(r, NULL, RECORD_F_POLICY_HOLDER, v))
			is_holder = is_holder ||
			    slice_is(v->value, r->signers[i].party);
		if (!is_holder)
			return case_form_refuse_name(err,
			    "malformed: only policy holders sign the genesis",
			    r->signers[i].party);
	}
	return 0;
}

#define GENESIS_KEYS_MAX (2 * CASE_PARTIES_MAX)

struct genesis_keys {
	size_t n;
	struct note_key keys[GENESIS_KEYS_MAX];
};

/* One public key is one party for ever. */
static int add_genesis_key(struct genesis_keys *all, struct slice vkey,
    struct slice name, uint8_t type, struct err *err)
{
	struct note_key key;
	int rc = note_key_parse(&key, vkey, err);

	if (rc != 0)
		return rc;
	if ((key.type != type &&
		case_is_on("genesis: keys of the right type")) ||
	    all->n == GENESIS_KEYS_MAX ||
	    (name.p != NULL && !slice_is_text(name, key.name) &&
		case_is_on("genesis: keys of the right name")))
		return case_form_refuse_name(err,
		    "malformed: a key of another name or type, or too many "
		    "keys",
		    vkey);
	for (size_t i = 0; i < all->n; i++)
		if (note_key_is_same_point(&all->keys[i], &key))
			return case_form_refuse_name(
			    err, "malformed: one key under two names", vkey);
	all->keys[all->n++] = key;
	return 0;
}

static int check_genesis_keys(
    const struct record *r, struct genesis_keys *keys, struct err *err)
{
	const struct record_value *v = NULL;
	int rc = add_genesis_key(keys, record_get(r, RECORD_F_LOG),
	    record_get(r, RECORD_F_NAME), NOTE_KEY_ED25519, err);

	while (rc == 0 &&
	    (v = record_next(r, NULL, RECORD_F_WITNESS_KEY, v)) != NULL)
		rc = add_genesis_key(keys, v->value, (struct slice){0},
		    NOTE_KEY_COSIGNATURE, err);
	for (size_t i = 0; i < r->block_count && rc == 0; i++) {
		struct slice vkey =
		    record_block_get(r, &r->blocks[i], RECORD_F_KEY);

		if (vkey.p != NULL)
			rc = add_genesis_key(
			    keys, vkey, r->blocks[i].id, NOTE_KEY_ED25519, err);
	}
	return rc;
}

static int check_genesis(const struct record *r, struct err *err)
{
	if (r->block_count > CASE_PARTIES_MAX)
		return case_form_refuse(
		    err, "malformed: more than 1024 parties");
	const struct record_value *v = NULL;
	while ((v = record_next(r, NULL, RECORD_F_RED_LINE, v)) != NULL)
		if (find_party_block(r, v->value) == NULL)
			return case_form_refuse_name(err,
			    "malformed: a red line for nobody listed",
			    v->value);
	struct genesis_keys *keys = calloc(1, sizeof(*keys));
	if (keys == NULL)
		return err_nomem(err);
	int rc = check_genesis_keys(r, keys, err);
	free(keys);
	return rc != 0 ? rc : check_genesis_signers(r, err);
}

/* ---- keys ---- */

/* The key that the record itself enrols for this signer, if it does. */
static struct slice find_new_key(
    const struct record *record, const struct record_signer *signer)
{
	struct slice party = signer->party;
	struct slice vkey = record_get(record, RECORD_F_KEY);
	struct note_key key;

	if (record->schema->kind == RECORD_CASE) {
		const struct record_block *b = find_party_block(record, party);

		return b != NULL ? record_block_get(record, b, RECORD_F_KEY)
				 : slice_of(NULL);
	}
	if (!slice_is(record_get(record, RECORD_F_PARTY), party))
		return (struct slice){0};
	if (record->schema->kind == RECORD_JOIN)
		return vkey;
	if (record->schema->kind == RECORD_KEY && vkey.p != NULL &&
	    slice_is_text(record_get(record, RECORD_F_ACTION), "rotate") &&
	    note_key_parse(&key, vkey, NULL) == 0 && key.id == signer->key_id)
		return vkey;
	return (struct slice){0};
}

int case_form_key(struct case_state *state, const struct record *record,
    size_t i, int64_t entered, struct note_key *ret_key, struct err *err)
{
	const struct record_signer *signer = &record->signers[i];
	struct slice vkey = find_new_key(record, signer);

	if (vkey.p != NULL) {
		int rc = note_key_parse(ret_key, vkey, err);

		if (rc != 0)
			return rc;
		if (ret_key->id != signer->key_id ||
		    !slice_is_text(signer->party, ret_key->name))
			return case_form_refuse_name(err,
			    "signature: the signer's key is another one",
			    signer->party);
		return 0;
	}
	const struct case_key *key = case_key_find(state, signer);
	if (key == NULL)
		return case_form_refuse_name(err,
		    case_state_find_party(state, signer->party) == CASE_NONE
			? "signature: the signer is not a party of this case"
			: "signature: the signer has no such key in this case",
		    signer->party);
	*ret_key = key->key;
	return case_key_is_in_force(key, entered)
	    ? 0
	    : case_form_refuse_name(err,
		  "revoked: this key of the signer is revoked, replaced or not "
		  "in force yet",
		  signer->party);
}

/* ---- roles ---- */

static int must_sign(
    const struct record *r, enum record_name name, struct err *err)
{
	const struct record_value *v = NULL;

	while ((v = record_next(r, NULL, name, v)) != NULL)
		if (!record_is_signed_by(r, v->value) && !is_role_off(r, name))
			return case_form_refuse(err,
			    "signature: \"%s: %.*s\" has not signed",
			    record_schema_field_name(name),
			    SLICE_ARG(v->value));
	return 0;
}

/* A name that the record brings into the case, if the case lacks it. */
static int check_new_name(
    const struct case_state *state, struct slice name, struct err *err)
{
	char lower[TEXT_IDENTIFIER_MAX];
	uint32_t other;

	if (case_state_find_party(state, name) != CASE_NONE)
		return 0;
	if (state->party_count >= CASE_PARTIES_MAX)
		return case_form_refuse(
		    err, "malformed: more than 1024 parties");
	text_lower(lower, name);
	if (map_get(&state->party_names, (struct slice){lower, name.n}, &other))
		return case_form_refuse_name(
		    err, "malformed: two names that differ only in case", name);
	return 0;
}

static int check_handover(
    const struct case_state *state, const struct record *r, struct err *err)
{
	bool is_one_sided = record_has(r, RECORD_F_RECEIVER);
	int rc = must_sign(r, RECORD_F_FROM, err);

	if (rc == 0)
		rc = check_new_name(state, record_get(r, RECORD_F_TO), err);
	if (rc == 0 && !is_one_sided)
		rc = must_sign(r, RECORD_F_TO, err);
	if (rc == 0)
		rc = must_sign(r, RECORD_F_WITNESS, err);
	if (rc != 0)
		return rc;
	if (is_one_sided && record_is_signed_by(r, record_get(r, RECORD_F_TO)))
		return case_form_refuse(err,
		    "malformed: the receiver signed and is said not to have");
	if (is_one_sided == record_has(r, RECORD_F_COUNTED_BY_RECEIVER))
		return case_form_refuse(err,
		    is_one_sided
			? "malformed: a receiver who did not sign has no count"
			: "malformed: the receiver's count is missing");
	if (slice_is(record_get(r, RECORD_F_FROM), record_get(r, RECORD_F_TO)))
		return case_form_refuse(
		    err, "malformed: giver and receiver are one");
	if (r->block_count == 0)
		return case_form_refuse(
		    err, "malformed: a hand-over of nothing");
	return 0;
}

static bool is_side_signing(
    const struct case_state *state, const struct record *r, enum case_side side)
{
	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != CASE_NONE && state->parties[p].side == side)
			return true;
	}
	return false;
}

static int check_seizure(
    const struct case_state *state, const struct record *r, struct err *err)
{
	bool is_authority = slice_is_text(
	    record_get(r, RECORD_F_AUTHORITY_SIGNATURE), "signed");
	bool is_owner =
	    slice_is_text(record_get(r, RECORD_F_OWNER_SIGNATURE), "signed");
	struct slice taken_by = record_get(r, RECORD_F_TAKEN_BY);

	if (case_state_find_party(state, taken_by) == CASE_NONE)
		return case_form_refuse_name(
		    err, "malformed: taken by nobody known", taken_by);
	if (record_is_signed_by(r, taken_by) != is_authority)
		return case_form_refuse(err,
		    "signature: \"authority-signature\" and who signed differ");
	if (is_side_signing(state, r, CASE_OWNER) != is_owner)
		return case_form_refuse(err,
		    "signature: \"owner-signature\" and who signed differ");
	return must_sign(r, RECORD_F_WITNESS, err);
}

static int check_join(
    const struct case_state *state, const struct record *r, struct err *err)
{
	struct slice name = record_get(r, RECORD_F_PARTY);
	struct slice vkey = record_get(r, RECORD_F_KEY);
	uint32_t party = case_state_find_party(state, name);
	bool has_key = party != CASE_NONE && case_key_is_of(state, party);
	struct note_key key;
	int rc = must_sign(r, RECORD_F_PARTY, err);

	if (rc != 0)
		return rc;
	if (has_key)
		return vkey.p == NULL ? 0
				      : case_form_refuse_name(err,
					    "malformed: the party has a key; "
					    "another one enters by rotation",
					    name);
	if (vkey.p == NULL)
		return case_form_refuse_name(
		    err, "malformed: the key is missing", name);
	rc = note_key_parse(&key, vkey, err);
	if (rc != 0)
		return rc;
	if ((key.type != NOTE_KEY_ED25519 &&
		case_is_on("join: a key of the right type")) ||
	    (case_key_is_in_use(state, &key) &&
		case_is_on("join: a key of its own")))
		return case_form_refuse_name(err,
		    "malformed: this key is in use under another name", vkey);
	if (party == CASE_NONE &&
	    ((!record_has(r, RECORD_F_SIDE) && case_is_on("join: a side")) ||
		(!record_has(r, RECORD_F_ORG) &&
		    case_is_on("join: an organisation"))))
		return case_form_refuse_name(
		    err, "malformed: side and organisation are missing", name);
	rc = check_new_name(state, name, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < r->signer_count; i++) {
		uint32_t p = case_state_find_party(state, r->signers[i].party);

		if (p != CASE_NONE &&
		    (p != party || case_is_off("join: another signs")) &&
		    (state->parties[p].is_policy_holder ||
			case_is_off("join: a policy holder signs")))
			return 0;
	}
	return case_form_refuse_name(
	    err, "signature: a policy holder must countersign a new key", name);
}

/* Each of these, where the record has it, names a party that signs. */
static int must_all_sign(const struct record *r, enum record_name first,
    enum record_name second, struct err *err)
{
	int rc = must_sign(r, first, err);

	if (rc == 0)
		rc = must_sign(r, second, err);
	return rc == 0 ? must_sign(r, RECORD_F_WITNESS, err) : rc;
}

static int check_disclosure(
    const struct case_state *state, const struct record *r, struct err *err)
{
	bool is_one_sided = record_has(r, RECORD_F_RECEIVER);
	int rc = must_all_sign(
	    r, RECORD_F_FROM, is_one_sided ? RECORD_F_FROM : RECORD_F_TO, err);

	if (rc == 0)
		rc = check_new_name(state, record_get(r, RECORD_F_TO), err);
	if (rc == 0 && is_one_sided &&
	    record_is_signed_by(r, record_get(r, RECORD_F_TO)))
		rc = case_form_refuse(err,
		    "malformed: the receiver signed and is said not to have");
	return rc;
}

/* What says that something was done to items names at least one. */
static int check_has_blocks(const struct record *r, struct err *err)
{
	return r->block_count > 0
	    ? 0
	    : case_form_refuse(err, "malformed: no item is named");
}

static int check_roles(struct case_state *state, const struct record *r,
    int64_t entered, struct err *err)
{
	int rc = 0;

	switch (r->schema->kind) {
	case RECORD_CASE:
		return check_genesis(r, err);
	case RECORD_JOIN:
		return check_join(state, r, err);
	case RECORD_LIST:
		return case_list_check_form(state, r, err);
	case RECORD_SEIZURE:
		return check_seizure(state, r, err);
	case RECORD_HANDOVER:
		return check_handover(state, r, err);
	case RECORD_HANDLING:
		rc = must_sign(r, RECORD_F_CUSTODIAN, err);
		return rc != 0 ? rc : must_sign(r, RECORD_F_WITNESS, err);
	case RECORD_INSPECTION:
		return must_sign(r, RECORD_F_INSPECTOR, err);
	case RECORD_KEY:
		return case_key_check_form(state, r, entered, err);
	case RECORD_RELEASE:
		return check_handover(state, r, err);
	case RECORD_DISCLOSURE:
		rc = check_disclosure(state, r, err);
		break;
	case RECORD_MOVE:
	case RECORD_DISPOSAL:
		rc = must_all_sign(
		    r, RECORD_F_CUSTODIAN, RECORD_F_CUSTODIAN, err);
		break;
	case RECORD_IMAGE:
		rc = must_all_sign(
		    r, RECORD_F_EXAMINER, RECORD_F_CUSTODIAN, err);
		break;
	case RECORD_LOCK:
		rc = must_all_sign(r, RECORD_F_CUSTODIAN, RECORD_F_HOLDER, err);
		break;
	case RECORD_UNLOCK:
		rc = must_all_sign(r, RECORD_F_HOLDER, RECORD_F_HOLDER, err);
		break;
	case RECORD_EXAMINATION:
		rc =
		    must_all_sign(r, RECORD_F_EXAMINER, RECORD_F_EXAMINER, err);
		break;
	default:
		return 0;
	}
	return rc == 0 ? check_has_blocks(r, err) : rc;
}

/* ---- times ---- */

static int check_times(struct case_state *state, const struct record *r,
    int64_t entered, struct err *err)
{
	size_t n = state->leaf_count;
	int64_t expires;

	if (n > 0 && entered < state->leaves[n - 1].entered)
		return case_form_refuse(
		    err, "entered: the ledger's time went backwards");
	if (r->at > entered)
		return case_form_refuse(err, "at: later than it was entered");
	if (state->is_loose)
		return 0;
	if (entered - r->at > CASE_LATE_SECONDS &&
	    r->schema->kind != RECORD_CASE && !record_has(r, RECORD_F_LATE))
		return case_form_refuse(err,
		    "late: entered more than 24 hours after it happened "
		    "without a reason");
	if (record_get_time(r, RECORD_F_OFFER_EXPIRES, &expires) &&
	    entered > expires)
		return case_form_refuse(
		    err, "offer-expires: the offer had expired");
	return 0;
}

static int check_as_of(
    struct case_state *state, const struct record *r, struct err *err)
{
	uint64_t size;
	struct hash stated;

	if (state->is_loose || !record_get_as_of(r, &size, &stated))
		return 0;
	if (size > state->leaf_count)
		return case_form_refuse(
		    err, "as-of: a checkpoint that this ledger never had");
	if (!state->is_replaying) {
		struct hash root = case_state_root(state, size);
		if (!hash_is(&root, &stated))
			return case_form_refuse(err, CASE_FORM_OTHER_HISTORY);
	}
	if (r->signer_count < 2 && case_is_on("as-of: binds what two sign"))
		return 0;
	for (size_t i = 0; i < r->block_count; i++) {
		uint32_t item = case_state_find_item(state, r->blocks[i].id);

		if (item != CASE_NONE &&
		    ((state->items[item].stirred > size &&
			 case_is_on("as-of: of what is in it")) ||
			(case_custody_is_since(state, item, size) &&
			    case_is_on("as-of: of the item"))))
			return case_form_refuse_name(err,
			    "as-of: something else happened to an item after "
			    "the offer was made",
			    r->blocks[i].id);
	}
	return 0;
}

/* ---- names and required fields ---- */

static int check_item_names(
    struct case_state *state, const struct record *r, struct err *err)
{
	for (size_t i = 0; i < r->block_count; i++) {
		struct slice id = r->blocks[i].id;
		char lower[TEXT_IDENTIFIER_MAX];
		uint32_t item;

		text_lower(lower, id);
		if (map_get(&state->item_names, (struct slice){lower, id.n},
			&item) &&
		    !slice_is(state->items[item].id, id))
			return case_form_refuse_name(err,
			    "malformed: two item names that differ only in "
			    "case",
			    id);
	}
	return 0;
}

static int check_required(
    const struct case_state *state, const struct record *r, struct err *err)
{
	for (size_t i = 0; i < state->require_count; i++) {
		const struct case_require *q = &state->requires[i];

		if (q->schema != r->schema)
			continue;
		if (record_schema_field(r->schema, false, q->name) != NULL) {
			if (!record_has(r, q->name))
				return case_form_refuse_name(err,
				    "policy: a field that the policy requires "
				    "is missing",
				    slice_of(
					record_schema_field_name(q->name)));
			continue;
		}
		for (size_t k = 0; k < r->block_count; k++)
			if (record_next(r, &r->blocks[k], q->name, NULL) ==
			    NULL)
				return case_form_refuse_name(err,
				    "policy: a field that the policy requires "
				    "is missing for",
				    r->blocks[k].id);
	}
	return 0;
}

int case_form_check(struct case_state *state, const struct record *record,
    int64_t entered, struct err *err)
{
	bool is_genesis = record->schema->kind == RECORD_CASE;
	struct note_key key;
	int rc = 0;

	if (is_genesis != (state->leaf_count == 0))
		return case_form_refuse(err,
		    is_genesis ? "case: a second genesis"
			       : "case: the first leaf is not a genesis");
	if (!is_genesis && !slice_is(record->case_ref, state->ref))
		return case_form_refuse_name(
		    err, "case: a record of another case", record->case_ref);
	if (case_state_find_leaf(state, &record->id) != CASE_NONE)
		return case_form_refuse(
		    err, "double: the same text is in the ledger");
	rc = check_times(state, record, entered, err);
	if (rc == 0 && record->schema->block == RECORD_F_ITEM)
		rc = check_item_names(state, record, err);
	if (rc == 0)
		rc = check_roles(state, record, entered, err);
	for (size_t i = 0;
	     i < record->signer_count && rc == 0 && !state->is_replaying; i++)
		rc = case_form_key(state, record, i, entered, &key, err);
	if (rc == 0)
		rc = check_as_of(state, record, err);
	if (rc == 0)
		rc = check_required(state, record, err);
	return rc;
}

/*
 * cli_offer.c: signatures onto an offer, by the key that each line names.
 */
#include "cli_offer.h"

#include "note.h"

static int sign_record(struct case_offer_record *record, size_t signer,
    struct cli_keys *keys, struct cli_key *key, struct err *err)
{
	const struct note_secret *secret;
	struct buf *line = &record->signatures[signer];

	if (key->key.id != record->record.signers[signer].key_id)
		return err_set(err, ERR_DENIED,
		    "the key at hand for %s is not its key in this case; use "
		    "the key with which it was enrolled",
		    key->key.name);
	int rc = cli_keys_secret(keys, key, &secret, err);
	if (rc != 0)
		return rc;
	buf_init(line, NOTE_SIGNATURE_BYTES_MAX * 2);
	return note_put_signature(line, secret, buf_slice(&record->text), err);
}

/* Of a party with several keys, the one that the line names. That it has only
 * another is an error, but not for the line of a key that is new: whoever
 * made it signs with it. */
static struct cli_key *key_for(const struct cli_keys *keys,
    const struct record *record, const struct record_signer *signer)
{
	struct cli_key *key =
	    cli_keys_find_with_id(keys, signer->party, signer->key_id);

	return key != NULL || record->schema->kind == RECORD_KEY
	    ? key
	    : cli_keys_find(keys, signer->party);
}

int cli_offer_sign(struct case_offer *offer, struct cli_keys *keys,
    size_t *ret_count, struct err *err)
{
	size_t count = 0;

	for (size_t i = 0; i < offer->n; i++) {
		struct case_offer_record *record = offer->records[i];
		for (size_t j = 0; j < record->record.signer_count; j++) {
			struct cli_key *key = key_for(
			    keys, &record->record, &record->record.signers[j]);
			if (key == NULL || record->signatures[j].n > 0)
				continue;
			int rc = sign_record(record, j, keys, key, err);
			if (rc != 0)
				return rc;
			count++;
		}
	}
	if (ret_count != NULL)
		*ret_count = count;
	return 0;
}

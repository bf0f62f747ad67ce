/*
 * cli_lock.c: see cli_lock.h. A share is never written here, and what shares
 * make together stays in locked memory.
 */
#include "cli_lock.h"

#include "buf.h"
#include "case_state.h"
#include "cli_args.h"
#include "cli_reveals.h"
#include "file.h"
#include "media_age.h"
#include "mem.h"

#include <string.h>

#define SHARE_FILE_MAX (64u << 10)

void cli_lock_done(struct cli_lock *l)
{
	media_age_key_ring_done(&l->identities);
	media_age_key_ring_done(&l->key);
	media_share_set_done(&l->shares);
	record_done(&l->record);
}

int cli_lock_recipient(const struct cli_case *c, struct slice party,
    uint8_t ret_key[MEDIA_AGE_KEY_SIZE], struct err *err)
{
	const char *command = c->args->command->name;

	for (size_t i = case_state_leaf_count(c->state); i-- > 0;) {
		const struct case_leaf *leaf = case_state_leaf(c->state, i);
		struct record record = {0};
		int rc;

		if (leaf->kind != RECORD_KEY || leaf->standing != CASE_GOOD)
			continue;
		rc = case_state_record(c->state, (uint32_t)i, &record, err);
		bool is = rc == 0 &&
		    slice_is(record_get(&record, RECORD_F_PARTY), party) &&
		    record_has(&record, RECORD_F_ENCRYPTION_KEY);
		if (is)
			rc = media_age_key_parse(ret_key,
			    record_get(&record, RECORD_F_ENCRYPTION_KEY), err);
		record_done(&record);
		if (is && rc != 0)
			err_prefix(err, "%s: %.*s's key for encryption",
			    command, SLICE_ARG(party));
		if (is || rc != 0)
			return rc;
	}
	return err_set(err, ERR_NOTFOUND,
	    "%s: %.*s has no key for encryption; it makes one with age-keygen "
	    "and enrols it with `counterfoil key encryption %.*s AGE1...`",
	    command, SLICE_ARG(party), SLICE_ARG(party));
}

int cli_lock_take(
    struct cli_lock *l, const struct record *record, struct err *err)
{
	const struct record_value *v = NULL;
	struct slice key = record_get(record, RECORD_F_QUORUM_KEY);
	uint64_t threshold = 0;
	size_t n = 0;

	if (key.p == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "the lock names no quorum-key: nothing can be checked "
		    "against it");
	int rc = media_age_key_parse(l->lock.recipient, key, err);
	if (rc != 0)
		return rc;
	(void)record_get_count(record, RECORD_F_THRESHOLD, &threshold);
	while (
	    (v = record_next(record, NULL, RECORD_F_COMMITMENT, v)) != NULL &&
	    n < MEDIA_SHARE_MAX) {
		struct hash point;

		if (!hash_from_hex(&point, v->value))
			break;
		memcpy(l->lock.commitments[n++], point.b, sizeof(point.b));
	}
	l->holder_count = 0;
	for (const struct record_value *h = NULL;
	     (h = record_next(record, NULL, RECORD_F_HOLDER, h)) != NULL &&
	     l->holder_count < RECORD_SIGNERS_MAX;)
		l->holders[l->holder_count++] = h->value;
	if (v != NULL || n != threshold)
		return err_set(err, ERR_VERIFY,
		    "the lock has %zu commitments for a threshold of %llu", n,
		    (unsigned long long)threshold);
	l->lock.threshold = n;
	return media_share_check_lock(&l->lock, err);
}

static bool has_block(const struct record *record, struct slice item)
{
	for (size_t i = 0; i < record->block_count; i++)
		if (slice_is(record->blocks[i].id, item))
			return true;
	return false;
}

int cli_lock_find(struct cli_lock *l, const struct cli_case *c,
    struct slice item, struct err *err)
{
	for (size_t i = case_state_leaf_count(c->state); i-- > 0;) {
		const struct case_leaf *leaf = case_state_leaf(c->state, i);
		int rc;

		if (leaf->kind != RECORD_LOCK || leaf->standing != CASE_GOOD)
			continue;
		rc = case_state_record(c->state, (uint32_t)i, &l->record, err);
		if (rc != 0)
			return rc;
		if (!has_block(&l->record, item))
			continue;
		l->leaf = (uint32_t)i;
		rc = cli_lock_take(l, &l->record, err);
		if (rc != 0)
			err_prefix(err, "%s: the lock of %.*s",
			    c->args->command->name, SLICE_ARG(item));
		return rc;
	}
	return err_set(err, ERR_NOTFOUND,
	    "%s: the ledger has no lock of %.*s; all holders must have signed "
	    "it",
	    c->args->command->name, SLICE_ARG(item));
}

int cli_lock_identities(
    struct cli_lock *l, const struct cli_args *args, struct err *err)
{
	const char *path;
	int rc = media_age_key_ring_init(&l->identities, err);

	for (size_t at = 0; rc == 0 &&
	     (path = cli_args_next(args, "identity", &at)) != NULL;) {
		struct buf file;

		buf_init_secret(&file, MEDIA_AGE_KEY_FILE_MAX);
		rc = file_read_user(&file, path, MEDIA_AGE_KEY_FILE_MAX, err);
		if (rc == 0)
			rc = media_age_key_ring_add(
			    &l->identities, buf_slice(&file), err);
		if (rc != 0)
			err_prefix(err, "%s: --identity %s",
			    args->command->name, path);
		buf_wipe(&file);
	}
	return rc;
}

/* The share's text, opened if need be. */
static int read_share(
    struct cli_lock *l, const char *path, struct buf *text, struct err *err)
{
	struct buf file;

	buf_init_secret(&file, SHARE_FILE_MAX);
	int rc = file_read_user(&file, path, SHARE_FILE_MAX, err);
	if (rc == 0 && slice_starts_with(buf_slice(&file), "counterfoil-"))
		buf_put_slice(text, buf_slice(&file));
	else if (rc == 0 && l->identities.n == 0)
		rc = err_set(err, ERR_DENIED,
		    "it is encrypted to its holder; give the holder's age keys "
		    "with --identity FILE");
	else if (rc == 0)
		rc = media_age_open_text(buf_slice(&file), &l->identities,
		    MEDIA_SHARE_TEXT_MAX, text, err);
	if (rc == 0)
		rc = buf_check(text, err);
	buf_wipe(&file);
	return rc;
}

int cli_lock_item_of(
    struct cli_lock *l, const char *path, struct buf *ret_item, struct err *err)
{
	struct media_share_text *share = mem_secret_new(sizeof(*share));
	struct buf text;

	buf_init_secret(&text, MEDIA_SHARE_TEXT_MAX);
	int rc =
	    share == NULL ? err_nomem(err) : read_share(l, path, &text, err);
	if (rc == 0)
		rc = media_share_parse(share, buf_slice(&text), err);
	if (rc == 0) {
		buf_put_slice(ret_item, share->item);
		rc = buf_check(ret_item, err);
	}
	mem_secret_free(share);
	buf_wipe(&text);
	if (rc != 0)
		err_prefix(err, "--share %s", path);
	return rc;
}

static int check_share(const struct cli_lock *l, const struct cli_case *c,
    struct slice item, const struct media_share_text *share, struct err *err)
{
	uint8_t key[MEDIA_AGE_KEY_SIZE];

	if (!slice_is(share->case_ref, case_state_ref(c->state)))
		return err_set(err, ERR_VERIFY,
		    "it is a share of another case, %.*s",
		    SLICE_ARG(share->case_ref));
	if (!slice_is(share->item, item))
		return err_set(err, ERR_VERIFY,
		    "it is a share of the lock of %.*s, not of %.*s",
		    SLICE_ARG(share->item), SLICE_ARG(item));
	if (media_age_key_parse(key, share->quorum_key, NULL) != 0 ||
	    memcmp(key, l->lock.recipient, sizeof(key)) != 0)
		return err_set(err, ERR_VERIFY,
		    "it is %.*s's share of another lock, of the key %.*s",
		    SLICE_ARG(share->holder), SLICE_ARG(share->quorum_key));
	if (share->share.index > l->holder_count ||
	    !slice_is(l->holders[share->share.index - 1], share->holder))
		return err_set(err, ERR_VERIFY,
		    "share %u of the lock is not that of %.*s",
		    share->share.index, SLICE_ARG(share->holder));
	int rc = media_share_check(&l->lock, &share->share, err);
	if (rc != 0)
		err_prefix(err, "the share of %.*s is false",
		    SLICE_ARG(share->holder));
	return rc;
}

int cli_lock_add_share(struct cli_lock *l, const struct cli_case *c,
    struct slice item, const char *path, struct err *err)
{
	struct media_share_text *share = mem_secret_new(sizeof(*share));
	struct buf text;
	int rc = share == NULL ? err_nomem(err) : 0;

	buf_init_secret(&text, MEDIA_SHARE_TEXT_MAX);
	if (rc == 0 && l->shares.shares == NULL)
		rc = media_share_set_init(&l->shares, err);
	if (rc == 0)
		rc = read_share(l, path, &text, err);
	if (rc == 0)
		rc = media_share_parse(share, buf_slice(&text), err);
	if (rc == 0)
		rc = check_share(l, c, item, share, err);
	for (size_t i = 0; rc == 0 && i < l->shares.n; i++)
		if (l->shares.shares[i].index == share->share.index)
			rc = err_set(err, ERR_USAGE,
			    "the share of %.*s was given twice",
			    SLICE_ARG(share->holder));
	if (rc == 0 && l->shares.n == MEDIA_SHARE_MAX)
		rc = err_set(
		    err, ERR_LIMIT, "more than %d shares", MEDIA_SHARE_MAX);
	if (rc == 0)
		l->shares.shares[l->shares.n++] = share->share;
	else
		err_prefix(err, "%s: --share %s", c->args->command->name, path);
	mem_secret_free(share);
	buf_wipe(&text);
	return rc;
}

int cli_lock_open(struct cli_lock *l, const struct cli_case *c,
    struct slice item, struct err *err)
{
	const char *path;
	int rc = media_age_key_ring_init(&l->key, err);

	for (size_t at = 0;
	     rc == 0 && (path = cli_args_next(c->args, "share", &at)) != NULL;)
		rc = cli_lock_add_share(l, c, item, path, err);
	if (rc != 0)
		return rc;
	if (l->shares.n < l->lock.threshold)
		return err_set(err, ERR_NOTFOUND,
		    "%s: %zu share%s, and %zu must come together; give each "
		    "with --share FILE",
		    c->args->command->name, l->shares.n,
		    l->shares.n == 1 ? "" : "s", l->lock.threshold);
	return media_share_recover(&l->lock, &l->shares, &l->key, NULL, err);
}

int cli_lock_files(const struct cli_lock *l, const struct cli_case *c,
    struct slice item, struct cli_lock_files *ret_files, struct err *err)
{
	struct cli_reveals reveals = {0};
	struct cli_lock_files files = {0};
	int rc = cli_reveals_load(&reveals, c, l->leaf, err);

	for (size_t i = 0; rc == 0 && i < l->record.block_count; i++) {
		const struct record_block *block = &l->record.blocks[i];
		const struct record_value *v =
		    record_next(&l->record, block, RECORD_F_SHA256, NULL);

		if (!slice_is(block->id, item))
			continue;
		files.has_sealed = v != NULL &&
		    hash_from_hex(
			&files.sealed, cli_reveals_value(&reveals, block, v));
		files.has_seed = hash_from_hex(&files.seed,
		    record_block_get(&l->record, block, RECORD_F_LOCKED_SEED));
	}
	cli_reveals_done(&reveals);
	if (rc == 0)
		*ret_files = files;
	return rc;
}

int cli_lock_check_found(const struct media_age_hashes *found,
    const struct cli_lock_files *files, const struct cli_image_claim *claim,
    const char *copy, struct err *err)
{
	const struct media_hash_value *whole =
	    &claim->hashes.of[MEDIA_HASH_SHA256];

	if (files->has_sealed && found->sealed != NULL &&
	    !hash_is(found->sealed, &files->sealed))
		return err_set(err, ERR_VERIFY,
		    "it is not the file that was locked: its SHA-256 is not "
		    "the recorded one");
	if (found->root != NULL && !hash_is(found->root, &claim->root))
		return err_set(err, ERR_VERIFY,
		    "what is in it is not %s: its tree has another root", copy);
	if (whole->is_there && found->plain != NULL &&
	    memcmp(found->plain->b, whole->b, HASH_SIZE) != 0)
		return err_set(err, ERR_VERIFY,
		    "what is in it is not %s: its SHA-256 is another", copy);
	return 0;
}

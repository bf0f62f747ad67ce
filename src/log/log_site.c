/*
 * log_site.c: steps into a site log: written, and checked.
 *
 * The invariant: a step that holds is, byte for byte, what log_site_put writes
 * for the same keys, proof and signatures.
 */
#include "log_site.h"

#include "log_proof.h"
#include "reader.h"

#include <string.h>

#define MAGIC "counterfoil-site/v1\n"

/* ---- writing ---- */

/* The site's line, then the witnesses', and nothing else. */
static int put_checkpoint(struct buf *out, const struct note *note,
    const struct note_key *site, const struct note_key *witnesses, size_t n,
    struct err *err)
{
	const struct note_signature *own = note_find(note, site);

	if (own == NULL)
		return err_set(err, ERR_USAGE,
		    "the checkpoint is not signed by the site %s", site->name);
	buf_put_slice(out, note->text);
	buf_putc(out, '\n');
	note_put_signature_bytes(out, site, own->bytes, own->bytes_n);
	for (size_t i = 0; i < n; i++) {
		const struct note_signature *s = note_find(note, &witnesses[i]);
		if (s != NULL)
			note_put_signature_bytes(
			    out, &witnesses[i], s->bytes, s->bytes_n);
	}
	return buf_check(out, err);
}

static void put_key(
    struct buf *out, const char *what, const struct note_key *key)
{
	buf_puts(out, what);
	note_key_put(out, key);
	buf_putc(out, '\n');
}

int log_site_put(struct buf *out, const struct note_key *site,
    const struct note_key *witnesses, size_t witness_count, uint64_t index,
    const struct tree_proof *path, struct slice site_checkpoint,
    struct err *err)
{
	struct buf checkpoint;
	struct note note;

	if (witness_count > LOG_SITE_WITNESSES_MAX)
		return err_set(err, ERR_LIMIT,
		    "%zu witnesses of a site, where at most %d can be",
		    witness_count, LOG_SITE_WITNESSES_MAX);
	buf_init(&checkpoint, LOG_CHECKPOINT_MAX);
	int r = note_parse(&note, site_checkpoint, err);
	if (r == 0)
		r = put_checkpoint(
		    &checkpoint, &note, site, witnesses, witness_count, err);
	if (r == 0) {
		buf_puts(out, MAGIC);
		put_key(out, "site ", site);
		for (size_t i = 0; i < witness_count; i++)
			if (note_find(&note, &witnesses[i]) != NULL)
				put_key(out, "witness ", &witnesses[i]);
		log_proof_put(out, index, path, buf_slice(&checkpoint));
		r = buf_check(out, err);
	}
	buf_done(&checkpoint);
	return r;
}

/* ---- checking ---- */

static bool is_listed(const struct log_site *step, const struct note_key *key)
{
	if (note_key_is_same_point(&step->key, key))
		return true;
	for (size_t i = 0; i < step->witness_count; i++)
		if (note_key_is_same_point(&step->witnesses[i].key, key))
			return true;
	return false;
}

static int read_keys(
    struct log_site *step, struct reader *reader, struct err *err)
{
	reader_expect(reader, MAGIC);
	reader_expect(reader, "site ");
	struct slice line = reader_line(reader);
	if (reader->failed)
		return err_set(err, ERR_FORMAT, "not a step into a site log");
	int r = note_key_parse(&step->key, line, err);

	if (r == 0 && step->key.type != NOTE_KEY_ED25519)
		r = err_set(err, ERR_FORMAT, "the site's key is no log's key");
	while (r == 0 && reader_accept(reader, "witness ")) {
		struct note_key key;

		if (step->witness_count == LOG_SITE_WITNESSES_MAX)
			return err_set(err, ERR_LIMIT,
			    "more than %d witnesses of a site",
			    LOG_SITE_WITNESSES_MAX);
		r = note_key_parse(&key, reader_line(reader), err);
		if (r != 0)
			break;
		if (key.type != NOTE_KEY_COSIGNATURE || is_listed(step, &key))
			return err_set(err, ERR_FORMAT,
			    "%s: no witness's key, or one that stands twice",
			    key.name);
		step->witnesses[step->witness_count++].key = key;
	}
	return r;
}

int log_site_peek(struct note_key *ret_key, struct slice step, struct err *err)
{
	struct log_site site = {0};
	struct reader reader;

	reader_init(&reader, step.p, step.n);
	int r = read_keys(&site, &reader, err);
	if (r == 0)
		*ret_key = site.key;
	return r;
}

/* Every line is by the key that stands for it, and there is no other. */
static int check_signatures(
    struct log_site *step, const struct note *note, struct err *err)
{
	if (note->n != step->witness_count + 1 ||
	    note_find(note, &step->key) != &note->signatures[0])
		return err_set(err, ERR_FORMAT,
		    "its checkpoint is not signed by its site and its "
		    "witnesses, in their order, alone");
	for (size_t i = 0; i < step->witness_count; i++) {
		struct log_site_witness *w = &step->witnesses[i];

		if (note_find(note, &w->key) != &note->signatures[i + 1])
			return err_set(err, ERR_FORMAT,
			    "signature line %zu is not by %s", i + 2,
			    w->key.name);
		int r = log_checkpoint_check_cosignature(&w->when, &w->key,
		    note->text, &note->signatures[i + 1], err);
		if (r != 0)
			return r;
	}
	return 0;
}

static int check_proof(struct log_site *step, struct slice bytes,
    struct slice leaf, struct err *err)
{
	struct log_checkpoint head;
	struct log_proof proof;
	struct note note;
	struct hash_run *run = hash_new();
	int r = run == NULL ? err_nomem(err) : 0;

	if (r == 0)
		r = log_proof_parse(&proof, bytes, err);
	if (r == 0 && proof.extra.p != NULL)
		r = err_set(err, ERR_FORMAT, "its proof has an extra line");
	if (r == 0)
		r = log_checkpoint_open(
		    &head, &note, proof.checkpoint, &step->key, err);
	if (r == 0)
		r = check_signatures(step, &note, err);
	if (r == 0) {
		struct hash hash = tree_leaf_hash(run, leaf.p, leaf.n);
		r = tree_check_inclusion(&proof.path, proof.index, head.size,
		    &hash, &head.root, err);
	}
	hash_free(run);
	if (r != 0)
		return r;
	step->index = proof.index;
	step->size = head.size;
	return 0;
}

int log_site_check(struct log_site *ret_step, struct slice step,
    struct slice checkpoint, const struct note_key *log_key, struct err *err)
{
	struct log_site site = {0};
	struct reader reader;
	struct buf leaf;

	if (step.n > LOG_SITE_MAX)
		return err_set(err, ERR_LIMIT,
		    "a step into a site log of %zu bytes, where at most %d "
		    "can be",
		    step.n, LOG_SITE_MAX);
	buf_init(&leaf, LOG_CHECKPOINT_MAX);
	reader_init(&reader, step.p, step.n);
	int r = read_keys(&site, &reader, err);
	if (r == 0)
		r = log_checkpoint_put_own(&leaf, checkpoint, log_key, err);
	if (r == 0)
		r = check_proof(&site,
		    reader_bytes(&reader, reader_left(&reader)),
		    buf_slice(&leaf), err);
	if (r == 0)
		*ret_step = site;
	buf_done(&leaf);
	return r;
}

/*
 * fuzz_site.c: any bytes as a step into a site log, for one checkpoint. What
 * holds is what log_site_put writes for what was read; a message comes with
 * every error and with nothing else.
 */
#include "log_proof.h"
#include "log_site.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

/* The checkpoint that test_log_site.c has too: seed 1, size 42, root 7... */
static void make_checkpoint(struct buf *out, struct note_secret *secret)
{
	const struct hash root = {{7}};
	uint8_t seed[32];
	struct buf line;

	memset(seed, 1, sizeof(seed));
	require(note_secret_from_seed(secret, slice_of("case.example/log"),
		    NOTE_KEY_ED25519, seed, NULL) == 0);
	buf_init(out, LOG_CHECKPOINT_MAX);
	buf_init(&line, LOG_CHECKPOINT_MAX);
	log_checkpoint_put(out, slice_of(secret->key.name), 42, &root);
	require(note_put_signature(&line, secret, buf_slice(out), NULL) == 0);
	buf_putc(out, '\n');
	buf_put_slice(out, buf_slice(&line));
	buf_done(&line);
}

static void check_spelling(const struct log_site *site, struct slice bytes)
{
	struct note_key keys[LOG_SITE_WITNESSES_MAX];
	struct log_proof proof;
	struct buf again;
	const char *at = strstr(bytes.p, "c2sp.org/");

	require(at != NULL);
	struct slice tail = {at, bytes.n - (size_t)(at - bytes.p)};
	require(log_proof_parse(&proof, tail, NULL) == 0);
	for (size_t i = 0; i < site->witness_count; i++)
		keys[i] = site->witnesses[i].key;
	buf_init(&again, LOG_SITE_MAX);
	require(log_site_put(&again, &site->key, keys, site->witness_count,
		    site->index, &proof.path, proof.checkpoint, NULL) == 0);
	require(slice_is(buf_slice(&again), bytes));
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct note_secret secret;
	static struct buf checkpoint;
	struct log_site site;
	struct err err = {0};
	struct buf copy;

	note_key_setup();
	if (checkpoint.n == 0)
		make_checkpoint(&checkpoint, &secret);
	buf_init(&copy, n + 1);
	buf_put(&copy, data, n);
	buf_putc(&copy, '\0');
	struct slice bytes = {copy.p, n};
	int r = log_site_check(
	    &site, bytes, buf_slice(&checkpoint), &secret.key, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r == 0)
		check_spelling(&site, bytes);
	buf_done(&copy);
	return 0;
}

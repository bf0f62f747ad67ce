/*
 * fuzz_checkpoint.c: any bytes as a checkpoint text, as a signed checkpoint,
 * and as one with cosignatures. What is accepted has one spelling; what opens
 * was signed by the key of the corpus.
 */
#include "log_checkpoint.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static struct note_key key_of(
    const char *name, enum note_key_type type, uint8_t byte)
{
	struct note_secret secret;
	uint8_t seed[32];

	note_key_setup();
	memset(seed, byte, sizeof(seed));
	require(note_secret_from_seed(
		    &secret, slice_of(name), type, seed, NULL) == 0);
	return secret.key;
}

static void check_text(struct slice text)
{
	struct log_checkpoint checkpoint;
	struct err err = {0};
	struct buf again;

	const int r = log_checkpoint_parse(&checkpoint, text, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r != 0)
		return;
	buf_init(&again, text.n);
	log_checkpoint_put(
	    &again, checkpoint.origin, checkpoint.size, &checkpoint.root);
	require(slice_is(buf_slice(&again), text));
	buf_done(&again);
}

static void check_cosignatures(const struct note *note)
{
	const struct note_key witness =
	    key_of("witness.example/w1", NOTE_KEY_COSIGNATURE, 2);
	int64_t when = 0;

	for (size_t i = 0; i < note->n; i++) {
		const int r = log_checkpoint_check_cosignature(
		    &when, &witness, note->text, &note->signatures[i], NULL);
		require(r == ERR_VERIFY || (r == 0 && when > 0));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct note_key key =
	    key_of("case.example/log", NOTE_KEY_ED25519, 1);
	const struct slice bytes = {(const char *)data, n};
	struct log_checkpoint checkpoint;
	struct note note;

	check_text(bytes);
	if (log_checkpoint_open(&checkpoint, &note, bytes, &key, NULL) == 0) {
		require(slice_is_text(checkpoint.origin, key.name));
		check_text(note.text);
		check_cosignatures(&note);
	} else if (note_parse(&note, bytes, NULL) == 0) {
		check_cosignatures(&note);
	}
	return 0;
}

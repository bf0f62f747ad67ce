/*
 * fuzz_note.c: signed notes, verifier keys and key files.
 *
 * All three parsers see the whole input; none shares a first byte with
 * another for long. What is accepted must be what would be written: the input
 * is put together again from the parts and compared byte by byte.
 */
#include "note.h"
#include "text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static void require_same(struct buf *out, struct slice input)
{
	require(buf_check(out, NULL) == 0);
	require(slice_is(buf_slice(out), input));
	buf_wipe(out);
}

static void try_note(struct slice input)
{
	static struct note note;
	struct buf out;

	if (note_parse(&note, input, NULL) < 0)
		return;
	require(note.n > 0 && note.n <= NOTE_SIGNATURES_MAX);
	buf_init(&out, NOTE_MAX);
	buf_put_slice(&out, note.text);
	buf_putc(&out, '\n');
	for (size_t i = 0; i < note.n; i++) {
		const struct note_signature *s = &note.signatures[i];
		uint8_t payload[4 + NOTE_SIGNATURE_BYTES_MAX];
		size_t payload_n;
		require(text_from_base64(
		    payload, sizeof(payload), &payload_n, s->base64));
		require(payload_n == 4 + s->bytes_n);
		buf_printf(&out, "\xe2\x80\x94 %.*s ", SLICE_ARG(s->name));
		text_put_base64(&out, payload, payload_n);
		buf_putc(&out, '\n');
	}
	require_same(&out, input);
}

static void try_key(struct slice input)
{
	struct note_key key;
	struct buf out;

	if (note_key_parse(&key, input, NULL) < 0)
		return;
	require(note_is_good_public_key(key.public_key));
	buf_init(&out, NOTE_MAX);
	note_key_put(&out, &key);
	require_same(&out, input);
}

/* A key that is elsewhere: its file has one spelling, and no secret. */
static bool try_elsewhere(
    const struct note_key *key, struct slice input, int opened)
{
	struct slice place = note_key_file_elsewhere(input);
	struct buf out;

	if (place.p == NULL)
		return false;
	require(opened == ERR_UNSUPPORTED);
	buf_init(&out, NOTE_KEY_FILE_MAX);
	require(note_key_file_put_elsewhere(&out, key, place, NULL) == 0);
	require_same(&out, input);
	return true;
}

static void try_key_file(struct slice input)
{
	const struct slice none = {0};
	struct note_key key;
	struct note_secret secret;
	struct buf out;
	bool is_locked;

	int peeked = note_key_file_peek(&key, &is_locked, input, NULL);
	int opened = note_key_file_parse(&secret, input, none, NULL);
	if (peeked < 0) {
		require(opened == peeked);
		return;
	}
	if (try_elsewhere(&key, input, opened))
		return;
	if (is_locked || opened < 0) {
		require(opened == (is_locked ? ERR_DENIED : ERR_FORMAT));
		return;
	}
	require(note_key_is_same_point(&key, &secret.key));
	buf_init(&out, NOTE_KEY_FILE_MAX);
	require(note_key_file_put(&out, &secret, none, NULL) == 0);
	require_same(&out, input);
	note_secret_done(&secret);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct slice input = {(const char *)bytes, n};

	note_key_setup();
	try_note(input);
	try_key(input);
	try_key_file(input);
	return 0;
}

/*
 * note.c: signed notes taken apart and put together.
 *
 * C2SP signed-note v1.0.0. A note has one spelling: its text, an empty line,
 * and for each signature exactly the line that note_put_signature_bytes would
 * write. Who signed is decided by name and id together, never by one alone.
 */
#include "note.h"

#include "reader.h"
#include "text.h"

#include <assert.h>
#include <string.h>

#define DASH "\xe2\x80\x94 " /* U+2014 and a space */
#define ID_SIZE 4
#define PAYLOAD_MIN (ID_SIZE + 1)
#define PAYLOAD_MAX (ID_SIZE + NOTE_SIGNATURE_BYTES_MAX)
#define PAYLOAD_BASE64_MAX ((PAYLOAD_MAX + 2) / 3 * 4)
#define ED25519_SIZE 64

static_assert(sizeof(((struct note_signature *)0)->bytes) >= 8 + ED25519_SIZE,
    "room for the signature of a cosignature");

/* Eight bytes at a time; in each the top bit says yes. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

static bool has_control(uint64_t bytes)
{
	uint64_t other = bytes ^ EACH('\n');
	uint64_t is_low = ~((bytes | EACH(0x80)) - EACH(0x20)) & ~bytes;
	uint64_t is_newline = ~((other & EACH(0x7f)) + EACH(0x7f)) & ~other;

	return ((is_low ^ is_newline) & EACH(0x80)) != 0;
}

static bool is_clean(struct slice bytes)
{
	uint64_t word;
	size_t i = 0;

	for (; i + sizeof(word) <= bytes.n; i += sizeof(word)) {
		memcpy(&word, bytes.p + i, sizeof(word));
		if (has_control(word))
			return false;
	}
	for (; i < bytes.n; i++)
		if ((uint8_t)bytes.p[i] < 0x20 && bytes.p[i] != '\n')
			return false;
	return text_is_utf8(bytes);
}

/* Where the last empty line stands (its own LF), or 0. */
static size_t last_empty_line(struct slice bytes)
{
	for (size_t i = bytes.n; i-- > 1;)
		if (bytes.p[i] == '\n' && bytes.p[i - 1] == '\n')
			return i;
	return 0;
}

static int parse_payload(struct note_signature *signature, struct err *err)
{
	uint8_t payload[PAYLOAD_MAX];
	size_t n;

	if (signature->base64.n > PAYLOAD_BASE64_MAX)
		return err_set(err, ERR_LIMIT, "longer than any signature");
	if (!text_from_base64(payload, PAYLOAD_MAX, &n, signature->base64) ||
	    n < PAYLOAD_MIN)
		return err_set(err, ERR_FORMAT, "not base64 of a signature");

	struct reader reader;
	reader_init(&reader, payload, n);
	signature->id = reader_be32(&reader);
	signature->bytes_n = n - ID_SIZE;
	size_t kept = signature->bytes_n < sizeof(signature->bytes)
	    ? signature->bytes_n
	    : sizeof(signature->bytes);
	memcpy(signature->bytes, payload + ID_SIZE, kept);
	return 0;
}

static int parse_line(struct note_signature *ret_signature,
    struct reader *reader, struct err *err)
{
	struct note_signature signature = {0};

	reader_expect(reader, DASH);
	signature.base64 = reader_line(reader);
	if (reader->failed)
		return err_set(err, ERR_FORMAT, "not a signature line");
	signature.name = slice_cut(&signature.base64, ' ');
	if (!signature.base64.p || !note_key_is_name(signature.name))
		return err_set(err, ERR_FORMAT, "bad key name");
	int r = parse_payload(&signature, err);
	if (r == 0)
		*ret_signature = signature;
	return r;
}

static const struct note_signature *find(
    const struct note_signature *signatures, size_t n, struct slice name,
    uint32_t id)
{
	for (size_t i = 0; i < n; i++)
		if (signatures[i].id == id &&
		    slice_is(signatures[i].name, name))
			return &signatures[i];
	return NULL;
}

static int parse_signatures(struct note_signature *signatures, size_t *ret_n,
    struct slice lines, struct err *err)
{
	struct reader reader;
	size_t n = 0;

	reader_init(&reader, lines.p, lines.n);
	while (!reader_is_at_end(&reader)) {
		if (n == NOTE_SIGNATURES_MAX)
			return err_set(err, ERR_LIMIT,
			    "more than %d signatures", NOTE_SIGNATURES_MAX);
		struct note_signature *next = &signatures[n];
		int r = parse_line(next, &reader, err);
		if (r == 0 && find(signatures, n, next->name, next->id))
			r = err_set(err, ERR_FORMAT, "a second by one key");
		if (r < 0) {
			err_prefix(err, "signature %zu", n + 1);
			return r;
		}
		n++;
	}
	if (n == 0)
		return err_set(err, ERR_FORMAT, "a note without a signature");
	*ret_n = n;
	return 0;
}

int note_parse(struct note *ret_note, struct slice bytes, struct err *err)
{
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
	size_t n = 0;

	if (bytes.n > NOTE_MAX)
		return err_set(err, ERR_LIMIT, "a note of %zu bytes", bytes.n);
	if (!is_clean(bytes))
		return err_set(err, ERR_FORMAT,
		    "a note that is not UTF-8 or has a control character");
	size_t empty = last_empty_line(bytes);
	if (empty == 0)
		return err_set(err, ERR_FORMAT,
		    "a note without an empty line before the signatures");

	struct slice lines = {bytes.p + empty + 1, bytes.n - empty - 1};
	int r = parse_signatures(signatures, &n, lines, err);
	if (r < 0)
		return r;
	ret_note->text = (struct slice){bytes.p, empty};
	ret_note->n = n;
	memcpy(ret_note->signatures, signatures, n * sizeof(signatures[0]));
	return 0;
}

int note_check(const struct note_key *key, struct slice text,
    const struct note_signature *signature, struct err *err)
{
	int r;

	if (key->type != NOTE_KEY_ED25519 || signature->id != key->id ||
	    !slice_is_text(signature->name, key->name) ||
	    signature->bytes_n != ED25519_SIZE)
		r = err_set(err, ERR_VERIFY, "not a signature by this key");
	else
		r = note_check_bytes(
		    key->public_key, text.p, text.n, signature->bytes, err);
	if (r < 0)
		err_prefix(err, "%s", key->name);
	return r;
}

const struct note_signature *note_find(
    const struct note *note, const struct note_key *key)
{
	return find(note->signatures, note->n, slice_of(key->name), key->id);
}

int note_put_signature(struct buf *out, const struct note_secret *secret,
    struct slice text, struct err *err)
{
	assert(secret->key.type == NOTE_KEY_ED25519);
	uint8_t signature[ED25519_SIZE];

	int r = note_sign_bytes(signature, secret, text.p, text.n, err);
	if (r != 0)
		return r;
	note_put_signature_bytes(out, &secret->key, signature, ED25519_SIZE);
	return buf_check(out, err);
}

void note_put_signature_bytes(
    struct buf *out, const struct note_key *key, const uint8_t *bytes, size_t n)
{
	assert(n > 0 && n <= NOTE_SIGNATURE_BYTES_MAX);
	uint8_t payload[PAYLOAD_MAX] = {(uint8_t)(key->id >> 24),
	    (uint8_t)(key->id >> 16), (uint8_t)(key->id >> 8),
	    (uint8_t)key->id};

	memcpy(payload + ID_SIZE, bytes, n);
	buf_printf(out, DASH "%s ", key->name);
	text_put_base64(out, payload, ID_SIZE + n);
	buf_putc(out, '\n');
}

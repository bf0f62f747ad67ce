/*
 * log_checkpoint.c: the signed tree head and its cosignatures.
 *
 * C2SP tlog-checkpoint v1.0.0 and tlog-cosignature v1.0.1. A text has one
 * spelling: exactly three lines. What a cosignature covers is put together in
 * one place, for signing and for checking.
 */
#include "log_checkpoint.h"

#include "reader.h"
#include "text.h"
#include "tree.h"

#include <assert.h>
#include <inttypes.h>

#define TIME_SIZE 8
#define ED25519_SIZE 64
#define COSIGNATURE_SIZE (TIME_SIZE + ED25519_SIZE)
#define COSIGNED_MAX (LOG_CHECKPOINT_MAX + 64) /* with the two lines before */

static_assert(COSIGNATURE_SIZE <= sizeof(((struct note_signature *)0)->bytes),
    "a parsed note keeps a cosignature whole");

int log_checkpoint_parse(
    struct log_checkpoint *ret_checkpoint, struct slice text, struct err *err)
{
	struct log_checkpoint checkpoint;
	struct reader reader;
	unsigned long long size;
	size_t n;

	reader_init(&reader, text.p, text.n);
	checkpoint.origin = reader_line(&reader);
	struct slice size_line = reader_line(&reader);
	struct slice root_line = reader_line(&reader);
	if (!reader_is_at_end(&reader))
		return err_set(err, ERR_FORMAT,
		    "a checkpoint is three lines: origin, size, root");
	if (checkpoint.origin.n == 0 ||
	    !text_is_line(checkpoint.origin, NULL, NULL))
		return err_set(err, ERR_FORMAT,
		    "the origin is empty or has an unprintable character");
	if (!slice_to_u64(size_line, &size))
		return err_set(err, ERR_FORMAT, "bad tree size \"%.*s\"",
		    SLICE_ARG(size_line));
	if (!text_from_base64(checkpoint.root.b, HASH_SIZE, &n, root_line) ||
	    n != HASH_SIZE)
		return err_set(err, ERR_FORMAT, "bad root hash \"%.*s\"",
		    SLICE_ARG(root_line));
	struct hash empty = tree_empty_root();
	if (size == 0 && !hash_is(&checkpoint.root, &empty))
		return err_set(err, ERR_FORMAT,
		    "size 0 with a root that is not the empty tree's");
	checkpoint.size = size;
	*ret_checkpoint = checkpoint;
	return 0;
}

void log_checkpoint_put(struct buf *out, struct slice origin, uint64_t size,
    const struct hash *root)
{
	buf_put_slice(out, origin);
	buf_printf(out, "\n%" PRIu64 "\n", size);
	text_put_base64(out, root->b, HASH_SIZE);
	buf_putc(out, '\n');
}

int log_checkpoint_open(struct log_checkpoint *ret_checkpoint,
    struct note *ret_note, struct slice bytes, const struct note_key *log_key,
    struct err *err)
{
	struct note note;
	struct log_checkpoint checkpoint = {0};

	if (bytes.n > LOG_CHECKPOINT_MAX)
		return err_set(err, ERR_LIMIT,
		    "a checkpoint of %zu bytes, where at most %d can be",
		    bytes.n, LOG_CHECKPOINT_MAX);
	int r = note_parse(&note, bytes, err);
	if (r == 0)
		r = log_checkpoint_parse(&checkpoint, note.text, err);
	if (r != 0)
		return r;
	if (!slice_is_text(checkpoint.origin, log_key->name))
		return err_set(err, ERR_VERIFY,
		    "origin \"%.*s\", where \"%s\" was expected",
		    SLICE_ARG(checkpoint.origin), log_key->name);
	const struct note_signature *signature = note_find(&note, log_key);
	if (!signature)
		return err_set(err, ERR_VERIFY,
		    "not signed by the log's key %s", log_key->name);
	r = note_check(log_key, note.text, signature, err);
	if (r != 0)
		return r;
	*ret_checkpoint = checkpoint;
	if (ret_note)
		*ret_note = note;
	return 0;
}

int log_checkpoint_put_own(struct buf *out, struct slice bytes,
    const struct note_key *log_key, struct err *err)
{
	struct log_checkpoint checkpoint;
	struct note note;
	int r = log_checkpoint_open(&checkpoint, &note, bytes, log_key, err);

	if (r != 0)
		return r;
	const struct note_signature *own = note_find(&note, log_key);
	buf_put_slice(out, note.text);
	buf_putc(out, '\n');
	note_put_signature_bytes(out, log_key, own->bytes, own->bytes_n);
	return buf_check(out, err);
}

static void put_cosigned(struct buf *out, uint64_t when, struct slice text)
{
	buf_printf(out, "cosignature/v1\ntime %" PRIu64 "\n", when);
	buf_put_slice(out, text);
}

int log_checkpoint_cosign(struct buf *out, const struct note_secret *witness,
    struct slice text, int64_t when, struct err *err)
{
	assert(witness->key.type == NOTE_KEY_COSIGNATURE);
	assert(when > 0);
	struct buf message;
	uint8_t bytes[COSIGNATURE_SIZE];

	buf_init(&message, COSIGNED_MAX);
	put_cosigned(&message, (uint64_t)when, text);
	int r = buf_check(&message, err);
	if (r != 0)
		goto out;
	for (unsigned i = 0; i < TIME_SIZE; i++)
		bytes[i] = (uint8_t)((uint64_t)when >> (56 - 8 * i));
	r = note_sign_bytes(
	    bytes + TIME_SIZE, witness, message.p, message.n, err);
	if (r != 0)
		goto out;
	note_put_signature_bytes(out, &witness->key, bytes, sizeof(bytes));
	r = buf_check(out, err);
out:
	buf_done(&message);
	return r;
}

int log_checkpoint_check_cosignature(int64_t *ret_when,
    const struct note_key *witness, struct slice text,
    const struct note_signature *signature, struct err *err)
{
	struct buf message;
	struct reader reader;
	int r;

	buf_init(&message, COSIGNED_MAX);
	reader_init(&reader, signature->bytes, TIME_SIZE);
	uint64_t when = reader_be64(&reader);
	if (witness->type != NOTE_KEY_COSIGNATURE ||
	    signature->id != witness->id ||
	    !slice_is_text(signature->name, witness->name) ||
	    signature->bytes_n != COSIGNATURE_SIZE || when == 0 ||
	    when > INT64_MAX) {
		r = err_set(err, ERR_VERIFY, "not a cosignature by this key");
		goto out;
	}
	put_cosigned(&message, when, text);
	r = buf_check(&message, err);
	if (r == 0)
		r = note_check_bytes(witness->public_key, message.p, message.n,
		    signature->bytes + TIME_SIZE, err);
	if (r == 0)
		*ret_when = (int64_t)when;
out:
	if (r != 0)
		err_prefix(err, "%s", witness->name);
	buf_done(&message);
	return r;
}

/*
 * witness_request.c: add-checkpoint bodies, there and back. One spelling each:
 * what witness_request_parse accepts, witness_request_put writes again.
 */
#include "witness_request.h"

#include "reader.h"
#include "text.h"

#include <assert.h>
#include <inttypes.h>

static bool read_hash(struct hash *ret_hash, struct slice base64)
{
	size_t n;

	return text_from_base64(ret_hash->b, HASH_SIZE, &n, base64) &&
	    n == HASH_SIZE;
}

int witness_request_parse_head(
    struct log_checkpoint *ret_head, struct slice text, struct err *err)
{
	struct log_checkpoint head;
	struct reader reader;
	unsigned long long size;

	reader_init(&reader, text.p, text.n);
	head.origin = reader_line(&reader);
	struct slice size_line = reader_line(&reader);
	struct slice root_line = reader_line(&reader);
	if (reader.failed)
		return err_set(err, ERR_FORMAT,
		    "a checkpoint begins with origin, size and root");
	if (head.origin.n == 0)
		return err_set(err, ERR_FORMAT, "the origin is empty");
	if (!slice_to_u64(size_line, &size) || size > TREE_SIZE_MAX)
		return err_set(err, ERR_FORMAT, "bad tree size \"%.*s\"",
		    SLICE_ARG(size_line));
	if (!read_hash(&head.root, root_line))
		return err_set(err, ERR_FORMAT, "bad root hash \"%.*s\"",
		    SLICE_ARG(root_line));
	while (reader_left(&reader) > 0)
		if (reader_line(&reader).n == 0)
			return err_set(
			    err, ERR_FORMAT, "an empty extension line");
	head.size = size;
	*ret_head = head;
	return 0;
}

static int parse_proof(
    struct tree_proof *proof, struct reader *reader, struct err *err)
{
	proof->n = 0;
	for (;;) {
		struct slice line = reader_line(reader);
		if (reader->failed)
			return err_set(err, ERR_FORMAT,
			    "no empty line before the checkpoint");
		if (line.n == 0)
			return 0;
		if (proof->n == WITNESS_REQUEST_PROOF_MAX)
			return err_set(err, ERR_LIMIT,
			    "more than %d proof lines",
			    WITNESS_REQUEST_PROOF_MAX);
		if (!read_hash(&proof->hashes[proof->n++], line))
			return err_set(err, ERR_FORMAT,
			    "bad proof line \"%.*s\"", SLICE_ARG(line));
	}
}

int witness_request_parse(
    struct witness_request *ret_request, struct slice body, struct err *err)
{
	struct witness_request *r = ret_request;
	struct reader reader;
	unsigned long long old_size;

	if (body.n > WITNESS_REQUEST_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than %d bytes", WITNESS_REQUEST_MAX);
	reader_init(&reader, body.p, body.n);
	reader_expect(&reader, "old ");
	struct slice number = reader_line(&reader);
	if (reader.failed || !slice_to_u64(number, &old_size))
		return err_set(
		    err, ERR_FORMAT, "the first line is not `old N`");
	r->old_size = old_size;
	int rc = parse_proof(&r->proof, &reader, err);
	if (rc != 0)
		return rc;
	r->checkpoint = reader_bytes(&reader, reader_left(&reader));
	rc = note_parse(&r->note, r->checkpoint, err);
	if (rc == 0)
		rc = witness_request_parse_head(&r->head, r->note.text, err);
	if (rc == 0 && r->old_size > r->head.size)
		rc = err_set(err, ERR_FORMAT,
		    "old size %" PRIu64 " of a checkpoint of size %" PRIu64,
		    r->old_size, r->head.size);
	return rc;
}

void witness_request_put(struct buf *out, uint64_t old_size,
    const struct tree_proof *proof, struct slice checkpoint)
{
	assert(proof->n <= WITNESS_REQUEST_PROOF_MAX);
	buf_printf(out, "old %" PRIu64 "\n", old_size);
	for (size_t i = 0; i < proof->n; i++) {
		text_put_base64(out, proof->hashes[i].b, HASH_SIZE);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	buf_put_slice(out, checkpoint);
}

int witness_request_parse_size(
    uint64_t *ret_size, struct slice body, struct err *err)
{
	struct reader reader;
	unsigned long long size;

	reader_init(&reader, body.p, body.n);
	struct slice line = reader_line(&reader);
	if (!reader_is_at_end(&reader) || !slice_to_u64(line, &size))
		return err_set(err, ERR_FORMAT, "no tree size");
	*ret_size = size;
	return 0;
}

/* The lines are read as those of a note over the text. */
static int take_line(struct buf *out, int64_t *ret_when,
    const struct note_key *witness, struct slice bytes, struct err *err)
{
	struct note note;

	int rc = note_parse(&note, bytes, err);
	if (rc != 0)
		return rc;
	const struct note_signature *line = note_find(&note, witness);
	if (line == NULL)
		return err_set(err, ERR_VERIFY,
		    "the answer has no cosignature by %s", witness->name);
	rc = log_checkpoint_check_cosignature(
	    ret_when, witness, note.text, line, err);
	if (rc == 0) {
		buf_puts(out, "\xe2\x80\x94 ");
		buf_put_slice(out, line->name);
		buf_putc(out, ' ');
		buf_put_slice(out, line->base64);
		buf_putc(out, '\n');
		rc = buf_check(out, err);
	}
	return rc;
}

int witness_request_take_line(struct buf *out, int64_t *ret_when,
    const struct note_key *witness, struct slice text, struct slice body,
    struct err *err)
{
	struct buf bytes;
	int rc;

	/* Another empty line would make the body a part of the text. */
	if (body.n == 0 || body.p[0] == '\n' ||
	    memmem(body.p, body.n, "\n\n", 2) != NULL)
		return err_set(
		    err, ERR_FORMAT, "the answer is no list of signatures");
	buf_init(&bytes, NOTE_MAX);
	buf_put_slice(&bytes, text);
	buf_putc(&bytes, '\n');
	buf_put_slice(&bytes, body);
	rc = buf_check(&bytes, err);
	if (rc == 0)
		rc = take_line(out, ret_when, witness, buf_slice(&bytes), err);
	buf_done(&bytes);
	return rc;
}

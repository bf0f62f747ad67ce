/*
 * log_proof.c: one leaf's inclusion proof as text.
 *
 * C2SP tlog-proof (draft). A proof has one spelling; whether it is true is
 * for tree_check_inclusion and log_checkpoint_open to say.
 */
#include "log_proof.h"

#include "reader.h"
#include "text.h"

#include <inttypes.h>

#define MAGIC "c2sp.org/tlog-proof@v1\n"
#define CHUNK 64 /* base64 digits looked at in one go: 48 bytes */
#define CHUNK_BYTES (CHUNK / 4 * 3)

/* Canonical base64 of any length: only the last chunk may be short. */
static bool is_base64(struct slice text)
{
	uint8_t bytes[CHUNK_BYTES];
	size_t n = 0;

	for (size_t at = 0; at < text.n; at += CHUNK) {
		size_t left = text.n - at;
		struct slice chunk = {text.p + at, left < CHUNK ? left : CHUNK};
		if (!text_from_base64(bytes, sizeof(bytes), &n, chunk) ||
		    (left > CHUNK && n != CHUNK_BYTES))
			return false;
	}
	return text.n > 0;
}

static int parse_path(
    struct tree_proof *path, struct reader *reader, struct err *err)
{
	struct slice line;
	size_t n;

	while ((line = reader_line(reader)).n > 0) {
		if (path->n == TREE_PROOF_MAX)
			return err_set(err, ERR_LIMIT, "more than %d hashes",
			    TREE_PROOF_MAX);
		if (!text_from_base64(
			path->hashes[path->n].b, HASH_SIZE, &n, line) ||
		    n != HASH_SIZE)
			return err_set(err, ERR_FORMAT,
			    "hash %zu of the proof is not one", path->n + 1);
		path->n++;
	}
	return 0;
}

int log_proof_parse(
    struct log_proof *ret_proof, struct slice bytes, struct err *err)
{
	struct log_proof proof = {0};
	struct reader reader;
	unsigned long long index;

	reader_init(&reader, bytes.p, bytes.n);
	reader_expect(&reader, MAGIC);
	if (reader.failed)
		return err_set(err, ERR_FORMAT, "not a tlog-proof");
	if (reader_accept(&reader, "extra ")) {
		proof.extra = reader_line(&reader);
		if (!is_base64(proof.extra))
			return err_set(err, ERR_FORMAT,
			    "the extra line of the proof is not base64");
	}
	reader_expect(&reader, "index ");
	if (!slice_to_u64(reader_line(&reader), &index))
		return err_set(err, ERR_FORMAT, "the proof has no index line");
	proof.index = index;
	int r = parse_path(&proof.path, &reader, err);
	if (r != 0)
		return r;
	proof.checkpoint = reader_bytes(&reader, reader_left(&reader));
	if (proof.checkpoint.n == 0)
		return err_set(
		    err, ERR_FORMAT, "the proof ends before its checkpoint");
	*ret_proof = proof;
	return 0;
}

void log_proof_put(struct buf *out, uint64_t index,
    const struct tree_proof *path, struct slice checkpoint)
{
	buf_printf(out, MAGIC "index %" PRIu64 "\n", index);
	for (size_t i = 0; i < path->n; i++) {
		text_put_base64(out, path->hashes[i].b, HASH_SIZE);
		buf_putc(out, '\n');
	}
	buf_putc(out, '\n');
	buf_put_slice(out, checkpoint);
}

/*
 * fuzz_proof.c: any bytes as a tlog-proof. What is accepted has one spelling,
 * and checking it against a tree of any size ends.
 */
#include "log_proof.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

/* The proof written again, with its extra line, which no writer here has. */
static void check_spelling(const struct log_proof *proof, struct slice bytes)
{
	struct buf out;
	struct buf again;

	buf_init(&out, bytes.n);
	buf_init(&again, bytes.n);
	log_proof_put(&out, proof->index, &proof->path, proof->checkpoint);
	struct slice rest = buf_slice(&out);
	buf_put_slice(&again, slice_cut(&rest, '\n'));
	buf_putc(&again, '\n');
	if (proof->extra.p) {
		buf_puts(&again, "extra ");
		buf_put_slice(&again, proof->extra);
		buf_putc(&again, '\n');
	}
	buf_put_slice(&again, rest);
	require(slice_is(buf_slice(&again), bytes));
	buf_done(&out);
	buf_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct slice bytes = {(const char *)data, n};
	const struct hash leaf = {{0}};
	const struct hash root = {{1}};
	struct log_proof proof;
	struct err err = {0};

	const int r = log_proof_parse(&proof, bytes, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r != 0)
		return 0;
	check_spelling(&proof, bytes);
	for (unsigned shift = 0; shift < 64; shift++)
		require(tree_check_inclusion(&proof.path, proof.index,
			    UINT64_C(1) << shift, &leaf, &root, NULL) != 0);
	return 0;
}

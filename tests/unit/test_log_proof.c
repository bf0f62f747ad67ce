/*
 * test_log_proof.c: tlog-proof texts: what is written is read again, and
 * nothing else is.
 */
#include "log_proof.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#define HASH_A "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
#define HASH_B "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="
#define CHECKPOINT "example.com/log\n3\nroot\n\n\xe2\x80\x94 x y\n"
#define MAGIC "c2sp.org/tlog-proof@v1\n"
#define GOOD MAGIC "index 2\n" HASH_A "\n" HASH_B "\n\n" CHECKPOINT

static void writes_the_golden_text_and_reads_it(void **state)
{
	struct tree_proof path = {.n = 2};
	struct log_proof proof;
	struct buf out;

	(void)state;
	memset(&path.hashes[0], 1, sizeof(path.hashes[0]));
	memset(&path.hashes[1], 2, sizeof(path.hashes[1]));
	buf_init(&out, 4096);
	log_proof_put(&out, 2, &path, slice_of(CHECKPOINT));
	assert_string_equal(out.p, GOOD);
	assert_int_equal(log_proof_parse(&proof, buf_slice(&out), NULL), 0);
	assert_int_equal(proof.index, 2);
	assert_int_equal(proof.path.n, 2);
	assert_memory_equal(
	    proof.path.hashes, path.hashes, 2 * sizeof(struct hash));
	assert_null(proof.extra.p);
	assert_true(slice_is_text(proof.checkpoint, CHECKPOINT));
	buf_done(&out);
}

static void reads_a_proof_without_hashes(void **state)
{
	struct log_proof proof;

	(void)state;
	assert_int_equal(log_proof_parse(&proof,
			     slice_of(MAGIC "index 0\n\n" CHECKPOINT), NULL),
	    0);
	assert_int_equal(proof.path.n, 0);
}

static void reads_extra_of_any_length_but_canonical_only(void **state)
{
	struct log_proof proof;
	struct buf in;

	(void)state;
	for (size_t n = 4; n <= 400; n += 4) {
		buf_init(&in, 4096);
		buf_puts(&in, MAGIC "extra ");
		for (size_t i = 0; i < n - 2; i++)
			buf_putc(&in, 'A');
		buf_puts(&in, "==\nindex 0\n\n" CHECKPOINT);
		assert_int_equal(
		    log_proof_parse(&proof, buf_slice(&in), NULL), 0);
		assert_int_equal(proof.extra.n, n);
		/* Padding in the middle, digits behind it. */
		in.p[strlen(MAGIC "extra ") + n - 3] = '=';
		assert_int_equal(
		    log_proof_parse(&proof, buf_slice(&in), NULL), ERR_FORMAT);
		buf_done(&in);
	}
}

static void refuses_every_other_text(void **state)
{
	static const char *const bad[] = {
	    "",
	    "index 2\n" HASH_A "\n\n" CHECKPOINT,
	    MAGIC,
	    MAGIC "index 2\n",
	    MAGIC "index 2\n" HASH_A "\n",
	    MAGIC "index 2\n" HASH_A "\n\n",
	    MAGIC "index 02\n" HASH_A "\n\n" CHECKPOINT,
	    MAGIC "index -2\n" HASH_A "\n\n" CHECKPOINT,
	    MAGIC "index \n" HASH_A "\n\n" CHECKPOINT,
	    MAGIC "index 18446744073709551616\n\n" CHECKPOINT,
	    MAGIC "index 2\r\n\n" CHECKPOINT,
	    MAGIC "extra \nindex 2\n\n" CHECKPOINT,
	    MAGIC "extra A\nindex 2\n\n" CHECKPOINT,
	    MAGIC "extra AB==\nindex 2\n\n" CHECKPOINT,
	    MAGIC "extra AAAA\nextra AAAA\nindex 2\n\n" CHECKPOINT,
	    MAGIC "index 2\nextra AAAA\n\n" CHECKPOINT,
	    MAGIC "index 2\nAAAA\n\n" CHECKPOINT,
	    MAGIC "index 2\n" HASH_A "AAAA\n\n" CHECKPOINT,
	    MAGIC "index 2\n" HASH_A " \n\n" CHECKPOINT,
	    MAGIC "index 2\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQF="
		  "\n\n" CHECKPOINT,
	};
	struct log_proof proof;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (log_proof_parse(&proof, slice_of(bad[i]), NULL) !=
		    ERR_FORMAT)
			fail_msg("number %zu was accepted", i);
}

static void refuses_more_hashes_than_any_proof_has(void **state)
{
	struct log_proof proof;
	struct buf in;

	(void)state;
	for (size_t n = TREE_PROOF_MAX; n <= TREE_PROOF_MAX + 1; n++) {
		buf_init(&in, 8192);
		buf_puts(&in, MAGIC "index 2\n");
		for (size_t i = 0; i < n; i++)
			buf_puts(&in, HASH_A "\n");
		buf_puts(&in, "\n" CHECKPOINT);
		assert_int_equal(log_proof_parse(&proof, buf_slice(&in), NULL),
		    n > TREE_PROOF_MAX ? ERR_LIMIT : 0);
		buf_done(&in);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(writes_the_golden_text_and_reads_it),
	    cmocka_unit_test(reads_a_proof_without_hashes),
	    cmocka_unit_test(reads_extra_of_any_length_but_canonical_only),
	    cmocka_unit_test(refuses_every_other_text),
	    cmocka_unit_test(refuses_more_hashes_than_any_proof_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

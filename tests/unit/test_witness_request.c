/*
 * test_witness_request.c: the bodies of add-checkpoint, each with one
 * spelling, and answers of honest and lying witnesses.
 */
#include "witness_request.h"

#include "witness_box.h"

static struct box_log log_;
static struct witness_request request;
static struct buf body;

static int setup(void **state)
{
	(void)state;
	box_log_init(&log_, 0);
	buf_init(&body, 1u << 20);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	buf_done(&body);
	return 0;
}

static void reads_what_it_writes(void **state)
{
	struct buf again;

	(void)state;
	buf_init(&again, 65536);
	box_request(&log_, 20, 33, &body);
	assert_int_equal(
	    witness_request_parse(&request, buf_slice(&body), NULL), 0);
	assert_int_equal(request.old_size, 20);
	assert_int_equal(request.head.size, 33);
	assert_true(request.proof.n > 0);
	assert_true(slice_is_text(request.head.origin, BOX_ORIGIN));
	witness_request_put(
	    &again, request.old_size, &request.proof, request.checkpoint);
	assert_true(slice_is(buf_slice(&again), buf_slice(&body)));
	buf_done(&again);
}

static void extension_lines_of_other_logs_are_kept(void **state)
{
	struct tree_proof none = {0};
	struct buf note;

	(void)state;
	buf_init(&note, 65536);
	box_checkpoint(&log_, 5, "Timestamp: 17\nmore\n", &note);
	witness_request_put(&body, 0, &none, buf_slice(&note));
	assert_int_equal(
	    witness_request_parse(&request, buf_slice(&body), NULL), 0);
	assert_int_equal(request.head.size, 5);
	assert_non_null(
	    memmem(request.note.text.p, request.note.text.n, "\nmore\n", 6));
	buf_done(&note);
}

static void refuses_every_other_body(void **state)
{
	static const char *const starts[] = {
	    "",
	    "\n",
	    "old\n\n",
	    "old 1\n",
	    "old 01\n\n",
	    "old  1\n\n",
	    "old 1 \n\n",
	    "old -1\n\n",
	    "Old 1\n\n",
	    "old 6\n\n", /* larger than the checkpoint */
	    "old 1\nAAAA\n\n",
	    "old 1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=\n\n",
	    "old 1\r\n\n",
	};
	struct buf note;

	(void)state;
	buf_init(&note, 65536);
	box_checkpoint(&log_, 5, "", &note);
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct err err = {0};
		buf_clear(&body);
		buf_puts(&body, starts[i]);
		buf_put_slice(&body, buf_slice(&note));
		int rc =
		    witness_request_parse(&request, buf_slice(&body), &err);
		if (rc != ERR_FORMAT)
			fail_msg("%zu: %d %s", i, rc, err.message);
	}
	buf_done(&note);
}

static void at_most_63_proof_lines(void **state)
{
	struct tree_proof proof = {.n = 63};
	struct buf note;

	(void)state;
	buf_init(&note, 65536);
	box_checkpoint(&log_, 5, "", &note);
	witness_request_put(&body, 4, &proof, buf_slice(&note));
	assert_int_equal(
	    witness_request_parse(&request, buf_slice(&body), NULL), 0);
	buf_clear(&body);
	buf_puts(&body, "old 4\n");
	for (size_t i = 0; i < 64; i++)
		buf_puts(
		    &body, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	buf_putc(&body, '\n');
	buf_put_slice(&body, buf_slice(&note));
	assert_int_equal(
	    witness_request_parse(&request, buf_slice(&body), NULL), ERR_LIMIT);
	buf_done(&note);
}

static void a_size_has_one_spelling(void **state)
{
	static const char *const bad[] = {"", "\n", "7", "07\n", "7\n\n",
	    "7 \n", "-7\n", "7\r\n", "18446744073709551616\n", "seven\n"};
	uint64_t size;

	(void)state;
	assert_int_equal(
	    witness_request_parse_size(&size, slice_of("7\n"), NULL), 0);
	assert_int_equal(size, 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    witness_request_parse_size(&size, slice_of(bad[i]), NULL),
		    ERR_FORMAT);
}

/* ---- answers ---- */

#define TEXT BOX_ORIGIN "\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n"

static void put_line(uint8_t seed, const char *name, const char *text)
{
	struct note_secret secret =
	    box_secret(name, NOTE_KEY_COSIGNATURE, seed);

	assert_int_equal(log_checkpoint_cosign(
			     &body, &secret, slice_of(text), BOX_NOW, NULL),
	    0);
}

static int take(struct buf *line)
{
	struct note_secret secret =
	    box_secret(BOX_WITNESS, NOTE_KEY_COSIGNATURE, 2);
	int64_t when = 0;

	buf_init(line, 65536);
	int rc = witness_request_take_line(
	    line, &when, &secret.key, slice_of(TEXT), buf_slice(&body), NULL);
	if (rc == 0)
		assert_int_equal(when, BOX_NOW);
	else
		assert_int_equal(line->n, 0);
	return rc;
}

static void finds_its_line_among_others(void **state)
{
	struct buf line;
	char name[32];

	(void)state;
	for (uint8_t i = 10; i < 30; i++) {
		(void)snprintf(name, sizeof(name), "w%d.example", i);
		put_line(i, name, TEXT);
	}
	uint8_t large[2428] = {1}; /* a post-quantum cosignature's size */
	struct note_secret other = box_secret(BOX_WITNESS, 4, 3);
	note_put_signature_bytes(&body, &other.key, large, sizeof(large));
	size_t before = body.n;
	put_line(2, BOX_WITNESS, TEXT);
	assert_int_equal(take(&line), 0);
	assert_memory_equal(line.p, body.p + before, body.n - before);
	buf_done(&line);
}

static void lies_are_told_from_noise(void **state)
{
	struct buf line;
	uint8_t zero[72] = {0};
	struct note_secret own = box_secret(BOX_WITNESS, 4, 2);

	(void)state;
	put_line(3, BOX_WITNESS, TEXT); /* another key under its name */
	assert_int_equal(take(&line), ERR_VERIFY);
	buf_clear(&body);
	note_put_signature_bytes(&body, &own.key, zero, sizeof(zero));
	assert_int_equal(take(&line), ERR_VERIFY);
	buf_clear(&body);
	put_line(2, BOX_WITNESS, "other\n" TEXT); /* another text */
	assert_int_equal(take(&line), ERR_VERIFY);
	buf_clear(&body);
	for (size_t i = 0; i < 76; i++)
		buf_putc(&body, (char)(i * 37 + 1));
	assert_int_equal(take(&line), ERR_FORMAT);
	buf_clear(&body);
	assert_int_equal(take(&line), ERR_FORMAT);
	buf_puts(&body, "an inserted line\n\n");
	put_line(2, BOX_WITNESS, TEXT);
	assert_int_equal(take(&line), ERR_FORMAT);
	buf_clear(&body);
	put_line(2, BOX_WITNESS, TEXT);
	put_line(2, BOX_WITNESS, TEXT);
	assert_int_equal(take(&line), ERR_FORMAT);
}

static void more_than_a_hundred_lines_are_not_read(void **state)
{
	struct buf line;
	char name[32];

	(void)state;
	put_line(2, BOX_WITNESS, TEXT);
	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "w%d.example", i);
		put_line(9, name, TEXT);
	}
	assert_int_equal(take(&line), ERR_LIMIT);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(reads_what_it_writes),
	    CASE(extension_lines_of_other_logs_are_kept),
	    CASE(refuses_every_other_body),
	    CASE(at_most_63_proof_lines),
	    CASE(a_size_has_one_spelling),
	    CASE(finds_its_line_among_others),
	    CASE(lies_are_told_from_noise),
	    CASE(more_than_a_hundred_lines_are_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * fuzz_witness_request.c: any bytes as the body of add-checkpoint, and as each
 * of its answers. A request that is accepted has one spelling; a line that is
 * taken out of an answer was signed by the witness of the corpus.
 */
#include "witness_request.h"

#include <stdint.h>
#include <stdlib.h>

#define TEXT                                                                   \
	"case.example/log\n1\nG7l9zCFjXUfiZj79/QoXRobZjdcBNS3SzQbotD/T0wU=\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_request(struct slice bytes)
{
	struct witness_request *request = malloc(sizeof(*request));
	struct err err = {0};
	struct buf again;

	require(request != NULL);
	const int rc = witness_request_parse(request, bytes, &err);
	require(rc == err.code && (rc != 0) == (err.message[0] != '\0'));
	if (rc == 0) {
		require(request->old_size <= request->head.size);
		buf_init(&again, bytes.n);
		witness_request_put(&again, request->old_size, &request->proof,
		    request->checkpoint);
		require(slice_is(buf_slice(&again), bytes));
		buf_done(&again);
	}
	free(request);
}

static void check_answer(struct slice bytes)
{
	struct note_secret secret;
	uint8_t seed[32];
	struct buf line;
	int64_t when = 0;

	note_key_setup();
	memset(seed, 2, sizeof(seed));
	require(note_secret_from_seed(&secret, slice_of("witness.example/w1"),
		    NOTE_KEY_COSIGNATURE, seed, NULL) == 0);
	buf_init(&line, 65536);
	const int rc = witness_request_take_line(
	    &line, &when, &secret.key, slice_of(TEXT), bytes, NULL);
	require((rc == 0) == (line.n > 0) && (rc == 0) == (when > 0));
	if (rc == 0)
		require(memmem(bytes.p, bytes.n, line.p, line.n) != NULL);
	buf_done(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct slice bytes = {(const char *)data, n};
	uint64_t size;

	check_request(bytes);
	check_answer(bytes);
	if (witness_request_parse_size(&size, bytes, NULL) == 0)
		require(n >= 2 && data[n - 1] == '\n');
	return 0;
}

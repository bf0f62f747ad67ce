/*
 * fuzz_agent.c: any bytes as what an ssh-agent answers: a list of keys, and a
 * signature. What is taken out of it lies within it.
 */
#include "agent_internal.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void require_within(struct slice whole, const void *p, size_t n)
{
	const char *at = p;

	require(at >= whole.p && n <= whole.n &&
	    (size_t)(at - whole.p) <= whole.n - n);
}

static int each(void *cookie, struct slice name, const uint8_t public_key[32],
    struct err *err)
{
	const struct slice *whole = cookie;

	(void)err;
	require_within(*whole, public_key, AGENT_KEY_SIZE);
	if (name.n > 0)
		require_within(*whole, name.p, name.n);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct slice bytes = {(const char *)data, n};
	uint8_t signature[AGENT_SIGNATURE_SIZE];
	struct err err = {0};

	int r = agent_ssh_read_keys(bytes, each, &bytes, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	err = (struct err){0};
	r = agent_ssh_read_signature(signature, bytes, &err);
	require(r == err.code && (r != 0) == (err.message[0] != '\0'));
	if (r == 0)
		require(memcmp(signature, bytes.p + n - sizeof(signature),
			    sizeof(signature)) == 0);
	return 0;
}

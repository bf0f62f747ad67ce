/*
 * fuzz_witness_policy.c: any bytes as a tlog-policy and as a list of logs. A
 * policy that is accepted is reached by all of its witnesses together, and a
 * further cosignature never makes a quorum into none.
 */
#include "witness_logs.h"
#include "witness_memory.h"
#include "witness_policy.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void require(int is_true)
{
	if (!is_true)
		abort();
}

static void check_quorum(const struct witness_policy *policy)
{
	bool has[WITNESS_POLICY_WITNESSES_MAX] = {false};
	bool was = witness_policy_is_met(policy, has);

	require(was == (policy->quorum == SIZE_MAX));
	for (size_t i = 0; i < policy->witness_count; i++) {
		has[i] = true;
		bool is = witness_policy_is_met(policy, has);
		require(is || !was);
		was = is;
	}
	require(was);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct slice bytes = {(const char *)data, n};
	uint64_t sizes[WITNESS_POLICY_WITNESSES_MAX];
	struct witness_policy *policy = malloc(sizeof(*policy));
	struct witness_logs logs;
	struct err err = {0};

	require(policy != NULL);
	note_key_setup();
	int rc = witness_policy_parse(policy, bytes, &err);
	require(rc == err.code && (rc != 0) == (err.message[0] != '\0'));
	if (rc == 0)
		check_quorum(policy);
	witness_memory_parse(sizes, policy, bytes);
	witness_policy_done(policy);
	free(policy);
	witness_logs_init(&logs);
	rc = witness_logs_add_list(&logs, bytes, NULL);
	for (size_t i = 0; i < logs.n; i++)
		require(witness_logs_find(&logs,
			    slice_of(logs.logs[i].origin)) == &logs.logs[i]);
	require(rc == 0 || rc == ERR_FORMAT || rc == ERR_CONFLICT);
	witness_logs_done(&logs);
	return 0;
}

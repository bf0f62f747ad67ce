/*
 * cli_witness.c: see cli_witness.h. The network is asked without the writer's
 * lock; what came back goes onto the checkpoint only if that is still the one
 * that was asked about.
 */
#include "cli_witness.h"

#include "case_finding.h"
#include "cli_alarm.h"
#include "cli_args.h"
#include "cli_out.h"
#include "file.h"
#include "mem.h"
#include "when.h"
#include "witness_client.h"
#include "witness_memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define MEMORY_PATH "private/witnesses"
#define WAIT_DEFAULT_S 15
#define WAIT_MAX_S 86400

struct asking {
	struct cli_case *c;
	const char *command;
	struct witness_policy policy;
	struct witness_client_results results;
	uint64_t sizes[WITNESS_POLICY_WITNESSES_MAX];
	struct buf checkpoint; /* the one that is asked about */
};

static const char *policy_of(const struct cli_args *args)
{
	return cli_args_knows(args, "policy") ? cli_args_get(args, "policy")
					      : NULL;
}

bool cli_witness_is_given(const struct cli_case *c)
{
	return policy_of(c->args) != NULL || c->witnesses_path.n > 0;
}

/* ---- what is known before ---- */

static int check_logs(const struct cli_case *c,
    const struct witness_policy *policy, struct err *err)
{
	for (size_t i = 0; i < policy->log_count; i++)
		if (note_key_is_same_point(&policy->logs[i].key, &c->log_key))
			return 0;
	if (policy->log_count == 0)
		return 0;
	return err_set(err, ERR_CONFLICT,
	    "its `log` lines do not name this ledger, %s", c->log_key.name);
}

int cli_witness_read_policy(const struct cli_case *c,
    struct witness_policy *ret_policy, struct err *err)
{
	const char *path = policy_of(c->args);
	struct err why = {0};
	struct buf text;

	buf_init(&text, WITNESS_POLICY_BYTES_MAX);
	int rc = path != NULL
	    ? file_read_user(&text, path, WITNESS_POLICY_BYTES_MAX, &why)
	    : file_read(&text, c->fd, c->witnesses_path.p,
		  WITNESS_POLICY_BYTES_MAX, &why);
	if (path == NULL)
		path = c->witnesses_path.p;
	if (rc == 0)
		rc = witness_policy_parse(ret_policy, buf_slice(&text), &why);
	if (rc == 0)
		rc = check_logs(c, ret_policy, &why);
	buf_done(&text);
	return rc == 0 ? 0
		       : err_set(err, rc, "%s: policy %s: %s",
			     c->args->command->name, path, why.message);
}

static void read_memory(struct asking *a)
{
	struct buf text;

	buf_init(&text, WITNESS_MEMORY_MAX);
	/* Without it the witnesses are asked how far they are. */
	(void)!file_read(
	    &text, a->c->fd, MEMORY_PATH, WITNESS_MEMORY_MAX, NULL);
	witness_memory_parse(a->sizes, &a->policy, buf_slice(&text));
	buf_done(&text);
}

static void write_memory(struct asking *a)
{
	struct err why = {0};
	struct buf text;

	for (size_t i = 0; i < a->results.n; i++)
		a->sizes[i] = a->results.of[i].known_size;
	buf_init(&text, WITNESS_MEMORY_MAX);
	witness_memory_put(&text, &a->policy, a->sizes);
	int rc = buf_check(&text, &why);
	if (rc == 0)
		rc = file_publish(
		    a->c->fd, MEMORY_PATH, buf_slice(&text), 0600, &why);
	if (rc != 0)
		cli_out_remark(
		    "how far the witnesses are was not kept: %s", why.message);
	buf_done(&text);
}

/* ---- what came of it ---- */

static void tell_cosigned(const struct asking *a, size_t i, const char *what)
{
	char time[WHEN_SIZE];

	when_to_time(time, a->results.of[i].when);
	cli_out("%s: size %" PRIu64 ", by %s at %s\n", what,
	    log_store_size(a->c->store), a->policy.witnesses[i].key.name, time);
}

static void tell_one(const struct asking *a, size_t i)
{
	const struct witness_client_result *result = &a->results.of[i];

	if (result->outcome == WITNESS_CLIENT_COSIGNED)
		tell_cosigned(a, i, "cosigned");
	else if (result->outcome == WITNESS_CLIENT_ALREADY)
		tell_cosigned(a, i, "cosigned already");
	else if (result->outcome == WITNESS_CLIENT_UNASKED)
		cli_out_remark("not cosigned: %s: the policy has no URL for it",
		    a->policy.witnesses[i].key.name);
	else
		cli_out_remark("not cosigned: %s: %s",
		    a->policy.witnesses[i].key.name, result->why.message);
}

/* What proves that there are two histories must not get lost. */
static void keep_proof(const struct asking *a, size_t i)
{
	const struct note_key *key = &a->policy.witnesses[i].key;
	char path[CLI_ALARM_PATH_SIZE];
	struct err why = {0};

	if (cli_alarm_keep(
		a->c, buf_slice(&a->results.of[i].proof), path, &why) == 0)
		cli_out_remark("what %s showed is kept in %s/%s", key->name,
		    a->c->path.p, path);
	else
		cli_out_remark("what %s showed could not be kept: %s",
		    key->name, why.message);
}

/* From now on this folder is refused wherever it is opened, if it does not
 * contain what the witness has seen. */
static void keep_seen(const struct asking *a, size_t i)
{
	struct log_store *store = a->c->store;
	struct err why = {0};

	int rc = log_store_lock(store, CLI_CASE_WAIT_MS, &why);
	if (rc == 0)
		rc = log_store_note_seen(
		    store, buf_slice(&a->results.of[i].proof), &why);
	log_store_unlock(store);
	if (rc != 0 && rc != ERR_VERIFY)
		cli_out_remark(
		    "that others have seen more was not kept: %s", why.message);
}

static bool is_stopping(const struct witness_client_result *result)
{
	return result->outcome == WITNESS_CLIENT_AHEAD ||
	    result->outcome == WITNESS_CLIENT_SPLIT;
}

/* Speaks of one that can prove it, if there is one. */
static int stop(const struct asking *a, struct err *err)
{
	const struct witness_client_result *of = a->results.of;
	bool is_proven = false;
	size_t number = 0;

	for (size_t i = a->results.n; i-- > 0;) {
		if (!is_stopping(&of[i]))
			continue;
		if (of[i].proof.n > 0)
			keep_proof(a, i);
		if (of[i].proof.n > 0 || !is_proven)
			number = i;
		is_proven = is_proven || of[i].proof.n > 0;
	}
	if (is_proven)
		keep_seen(a, number);
	return err_set(err, is_proven ? ERR_VERIFY : ERR_CONFLICT,
	    "%s: stopped, nothing was published: the witness %s %s", a->command,
	    a->policy.witnesses[number].key.name, of[number].why.message);
}

static int add_lines(const struct asking *a, struct err *err)
{
	struct cli_case *c = a->c;
	uint64_t size = log_store_size(c->store);
	struct hash root = log_store_root(c->store);

	int rc = log_store_lock(c->store, CLI_CASE_WAIT_MS, err);
	if (rc != 0)
		return rc;
	struct hash now = log_store_root(c->store);
	if (log_store_size(c->store) != size || !hash_is(&now, &root))
		rc = err_set(err, ERR_CONFLICT,
		    "%s: a record was entered meanwhile: run it again",
		    a->command);
	else
		rc = log_store_add_cosignatures(
		    c->store, buf_slice(&a->results.lines), err);
	log_store_unlock(c->store);
	return rc;
}

static int conclude(const struct asking *a, bool *ret_is_met, struct err *err)
{
	int rc = 0;

	if (a->results.is_stopped)
		return stop(a, err);
	if (a->results.lines.n > 0)
		rc = add_lines(a, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < a->results.n; i++)
		tell_one(a, i);
	cli_out("quorum: %s; %zu of %zu witness%s cosigned\n",
	    a->results.is_met ? "reached" : "NOT reached",
	    a->results.cosigned_count, a->results.n,
	    a->results.n == 1 ? "" : "es");
	*ret_is_met = a->results.is_met;
	return 0;
}

static int collect(struct asking *a, uint64_t wait_s, struct err *err)
{
	struct slice checkpoint = log_store_checkpoint(a->c->store);
	struct witness_client_job job = {
	    .policy = &a->policy,
	    .log_key = &a->c->log_key,
	    .source = log_store_source(a->c->store),
	    .known_sizes = a->sizes,
	    .wait_ms = (unsigned)wait_s * 1000,
	    .ca_file = cli_args_get(a->c->args, "ca"),
	};

	/* A name server or a socket that hangs is given no more. */
	if (wait_s < 10)
		job.call_ms = job.wait_ms;
	buf_put_slice(&a->checkpoint, checkpoint);
	int rc = buf_check(&a->checkpoint, err);
	job.checkpoint = buf_slice(&a->checkpoint);
	return rc != 0 ? rc : witness_client_collect(&a->results, &job, err);
}

static int ask(
    struct asking *a, uint64_t wait_s, bool *ret_is_met, struct err *err)
{
	int rc = cli_witness_read_policy(a->c, &a->policy, err);

	if (rc != 0)
		return rc;
	read_memory(a);
	rc = collect(a, wait_s, err);
	if (rc == 0) {
		write_memory(a);
		rc = conclude(a, ret_is_met, err);
	}
	return rc;
}

int cli_witness_ask(struct cli_case *c, bool *ret_is_met, struct err *err)
{
	struct asking *a = mem_new(1, sizeof(*a));
	uint64_t wait_s = WAIT_DEFAULT_S;

	if (a == NULL)
		return err_nomem(err);
	a->c = c;
	a->command = c->args->command->name;
	buf_init(&a->checkpoint, LOG_CHECKPOINT_MAX);
	int rc = cli_args_count(c->args, "wait", &wait_s, NULL, err);
	if (rc == 0 && (wait_s == 0 || wait_s > WAIT_MAX_S))
		rc = err_set(err, ERR_USAGE, "%s: --wait is 1 to %d seconds",
		    a->command, WAIT_MAX_S);
	if (rc == 0)
		rc = ask(a, wait_s, ret_is_met, err);
	witness_client_done(&a->results);
	witness_policy_done(&a->policy);
	buf_done(&a->checkpoint);
	free(a);
	return rc;
}

void cli_witness_tell_own(const struct cli_case *c)
{
	size_t named = case_state_witness_count(c->state), n = 0;
	struct case_witnessed *witnessed;
	struct err why = {0};

	if (named == 0) {
		cli_out_remark("the case names no witness: findings do not "
			       "count cosignatures");
		return;
	}
	witnessed = mem_new(named, sizeof(*witnessed));
	if (witnessed == NULL)
		return;
	if (cli_case_cosignatures(c, witnessed, &n, &why) != 0)
		cli_out_remark("%s", why.message);
	else
		cli_out_remark("for findings: %zu of the %zu witness%s that "
			       "the case names cosigned; %" PRIu64 " %s needed",
		    n, named, named == 1 ? "" : "es",
		    case_state_witness_quorum(c->state),
		    case_state_witness_quorum(c->state) == 1 ? "is" : "are");
	free(witnessed);
}

/*
 * cli_site.c: see cli_site.h.
 */
#include "cli_site.h"

#include "cli_out.h"
#include "cli_witness.h"
#include "file.h"
#include "hash.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>

#define ALARM_ROOM 64

int cli_site_open(struct cli_site *site, const struct cli_args *args,
    const char *path, struct err *err)
{
	struct err why = {0};
	int rc = cli_case_open_folder_at(&site->c, args, path, &why);

	if (rc == ERR_NOTFOUND)
		return err_set(err, rc,
		    "%s: %s is no site log; make one with `counterfoil site "
		    "init DIR`",
		    args->command->name, path);
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);

	if (rc == 0 && !site->c.is_site)
		rc = err_set(err, ERR_USAGE,
		    "%s: %s is a case, and no site log; one is made with "
		    "`counterfoil site init DIR`",
		    args->command->name, path);
	if (rc == 0)
		rc = log_store_open(
		    &site->c.store, site->c.fd, &site->c.log_key, err);
	if (rc == 0)
		rc = site_new(&site->site, site->c.store, err);
	if (rc == ERR_VERIFY)
		err_prefix(err, "site log %s", path);
	return rc;
}

static int read_witnesses(struct cli_site *site, struct err *err)
{
	struct witness_policy *policy = mem_new(1, sizeof(*policy));

	if (policy == NULL)
		return err_nomem(err);
	int rc = cli_witness_read_policy(&site->c, policy, err);
	if (rc == 0 && policy->witness_count > LOG_SITE_WITNESSES_MAX)
		rc = err_set(err, ERR_LIMIT,
		    "a site log has at most %d witnesses, and the policy names "
		    "%zu",
		    LOG_SITE_WITNESSES_MAX, policy->witness_count);
	for (size_t i = 0; i < policy->witness_count && rc == 0; i++)
		site->witnesses[site->witness_count++] =
		    policy->witnesses[i].key;
	witness_policy_done(policy);
	free(policy);
	return rc;
}

int cli_site_lock(struct cli_site *site, struct err *err)
{
	int rc = cli_keys_open(&site->keys, site->c.args, err);

	if (rc == 0)
		rc = cli_case_log_secret(
		    &site->c, &site->keys, &site->secret, err);
	if (rc == 0 && cli_witness_is_given(&site->c))
		rc = read_witnesses(site, err);
	if (rc == 0)
		rc = log_store_lock(site->c.store, CLI_CASE_WAIT_MS, err);
	if (rc != 0)
		return rc;
	/* Somebody may have added to it since. */
	site_free(site->site);
	site->site = NULL;
	return site_new(&site->site, site->c.store, err);
}

void cli_site_done(struct cli_site *site)
{
	site_free(site->site);
	cli_keys_done(&site->keys);
	if (site->c.args != NULL)
		cli_case_done(&site->c);
	*site = (struct cli_site){.c = {.fd = -1}};
}

static int keep_step(
    struct cli_site *site, const struct site_log *log, struct err *err)
{
	struct buf step;

	buf_init(&step, LOG_SITE_MAX);
	int rc = site_put_step(site->site, log->key, site->witnesses,
	    site->witness_count, &step, err);
	if (rc == 0)
		rc = site_keep_step(log->case_fd, buf_slice(&step), err);
	buf_done(&step);
	return rc;
}

int cli_site_keep_steps(struct cli_site *site, const struct site_log *logs,
    size_t n, struct err *err)
{
	int first = 0;

	for (size_t i = 0; i < n; i++) {
		struct err why = {0};

		if (logs[i].outcome != SITE_SAME &&
		    logs[i].outcome != SITE_ENTERED)
			continue;
		int rc = keep_step(site, &logs[i], &why);
		if (rc == 0 || rc == ERR_NOTFOUND) /* an empty ledger */
			continue;
		cli_out_remark("%s: its step into the site log was not "
			       "written: %s",
		    logs[i].key->name, why.message);
		if (first == 0)
			first = err_set(
			    err, rc, "%s: %s", logs[i].key->name, why.message);
	}
	return first;
}

static void keep_proof(const struct cli_site *site, const struct site_log *log)
{
	struct hash hash = hash_of(log->checkpoint.p, log->checkpoint.n);
	char path[ALARM_ROOM], hex[HASH_HEX_SIZE];
	struct err why = {0};

	/* By what it proves, so that it is kept once. */
	hash_to_hex(hex, &hash);
	(void)snprintf(path, sizeof(path), "private/refused/%.16s", hex);
	if (file_publish(
		site->c.fd, path, buf_slice(&log->checkpoint), 0600, &why) == 0)
		cli_out_remark(
		    "what it showed is kept in %s/%s", site->c.path.p, path);
	else
		cli_out_remark(
		    "what it showed could not be kept: %s", why.message);
}

size_t cli_site_tell(
    const struct cli_site *site, const struct site_log *logs, size_t n)
{
	size_t false_count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct site_log *log = &logs[i];

		if (log->outcome == SITE_UNREAD) {
			cli_out_remark("not taken: %s could not be read: %s",
			    log->key->name, log->why.message);
		} else if (log->outcome == SITE_BEHIND ||
		    log->outcome == SITE_SPLIT) {
			false_count++;
			cli_out_remark("ALARM: the checkpoint of %s is "
				       "refused: %s",
			    log->key->name, log->why.message);
			keep_proof(site, log);
		}
	}
	return false_count;
}

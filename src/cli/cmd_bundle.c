/*
 * cmd_bundle.c: `counterfoil bundle`: one file with a finding and everything
 * needed to check it, and the page to print.
 */
#include "case_bundle.h"
#include "case_slim.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_finding.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "cli_remote.h"
#include "cli_reveals.h"
#include "file.h"
#include "flow_page.h"
#include "mem.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* RECORD or RECORD:ITEM; all its reveals that are at hand. */
static int add_reveals(const struct cli_case *c, const char *typed,
    struct buf *out, struct err *err)
{
	struct slice item = slice_of(typed);
	struct slice name = slice_cut(&item, ':');
	struct cli_reveals reveals = {0};
	uint32_t leaf;
	size_t n = 0;

	char *id = mem_copy_text(name.p, name.n);
	if (id == NULL)
		return err_nomem(err);
	int rc = cli_case_find_record(c, id, RECORD_KIND_COUNT, &leaf, err);
	free(id);
	if (rc == 0)
		rc = cli_reveals_load(&reveals, c, leaf, err);
	for (size_t i = 0; i < reveals.n && rc == 0; i++)
		if (item.p == NULL || slice_is(reveals.reveals[i].item, item)) {
			record_withheld_put(out, &reveals.reveals[i]);
			n++;
		}
	if (rc == 0 && n == 0)
		rc = err_set(err, ERR_NOTFOUND,
		    "bundle: --reveal %s: nothing of it is at hand in "
		    "private/reveals",
		    typed);
	cli_reveals_done(&reveals);
	return rc;
}

static int collect_reveals(
    const struct cli_case *c, struct buf *out, struct err *err)
{
	const char *typed;

	for (size_t at = 0;
	     (typed = cli_args_next(c->args, "reveal", &at)) != NULL;) {
		int rc = add_reveals(c, typed, out, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* The published checkpoint if the finding is as of all leaves; for a past
 * time the ledger's key signs that size once more. */
static int put_checkpoint(struct cli_case *c,
    const struct case_finding *finding, struct buf *out, struct err *err)
{
	const struct note_secret *secret;
	struct cli_keys keys = {0};
	struct buf line;

	if (finding->size == log_store_size(c->store)) {
		buf_put_slice(out, log_store_checkpoint(c->store));
		return buf_check(out, err);
	}
	int rc = cli_keys_open(&keys, c->args, err);
	if (rc == 0)
		rc = cli_case_log_secret(c, &keys, &secret, err);
	if (rc == 0) {
		log_checkpoint_put(out, slice_of(c->log_key.name),
		    finding->size, &finding->root);
		buf_init(&line, LOG_CHECKPOINT_MAX);
		rc = note_put_signature(&line, secret, buf_slice(out), err);
		buf_putc(out, '\n');
		buf_put_slice(out, buf_slice(&line));
		buf_done(&line);
		if (rc == 0)
			rc = buf_check(out, err);
	}
	cli_keys_done(&keys);
	return rc;
}

/* What cannot be had, or is of another checkpoint, is left out: without it a
 * bundle is as good for what it says. */
static void read_site(
    const struct cli_case *c, struct slice checkpoint, struct buf *site)
{
	struct log_site step;
	struct err why = {0};

	int rc = cli_remote_get_beside(c, "site", LOG_SITE_MAX, site, &why);
	if (rc == 0 && site->n > 0 &&
	    log_site_check(
		&step, buf_slice(site), checkpoint, &c->log_key, NULL) != 0)
		rc = err_set(&why, ERR_CONFLICT,
		    "it is of another checkpoint than this one");
	if (rc == 0)
		return;
	cli_out_remark(
	    "the step into the site log is left out: %s", why.message);
	buf_clear(site);
}

static void read_stamps(
    const struct cli_case *c, uint64_t size, struct buf *stamps)
{
	char path[40];
	struct err why = {0};

	(void)snprintf(path, sizeof(path), "stamps/%" PRIu64, size);
	int rc = cli_remote_get_beside(
	    c, path, CASE_BUNDLE_STAMPS_MAX, stamps, &why);
	if (rc == 0)
		return;
	cli_out_remark("the time stamps are left out: %s", why.message);
	buf_clear(stamps);
}

static int write_bundle(struct cli_case *c, const struct case_finding *finding,
    const char *path, struct err *err)
{
	struct buf checkpoint, reveals, bundle, site, stamps;

	buf_init(&checkpoint, LOG_CHECKPOINT_MAX);
	buf_init(&reveals, CASE_BUNDLE_MAX);
	buf_init(&bundle, CASE_BUNDLE_MAX);
	buf_init(&site, LOG_SITE_MAX);
	buf_init(&stamps, CASE_BUNDLE_STAMPS_MAX);
	int rc = put_checkpoint(c, finding, &checkpoint, err);
	if (rc == 0)
		rc = collect_reveals(c, &reveals, err);
	if (rc == 0) {
		read_site(c, buf_slice(&checkpoint), &site);
		read_stamps(c, finding->size, &stamps);
		struct case_bundle_beside beside = {
		    buf_slice(&site), buf_slice(&stamps)};
		rc = case_bundle_put(&bundle, finding, buf_slice(&checkpoint),
		    buf_slice(&reveals), &beside, err);
	}
	if (rc == 0)
		rc =
		    file_publish(AT_FDCWD, path, buf_slice(&bundle), 0644, err);
	if (rc == 0)
		cli_out("%s: %llu records, %zu bytes; check it with "
			"counterfoil-verify\n",
		    path, (unsigned long long)finding->size, bundle.n);
	buf_done(&checkpoint);
	buf_wipe(&reveals);
	buf_done(&bundle);
	buf_done(&site);
	buf_done(&stamps);
	return rc;
}

/* The flags of what is to be in it: what was named, what shows each YES. */
static int choose(struct cli_case *c, const struct case_finding *finding,
    bool *is_chosen, struct err *err)
{
	const struct cli_args *args = c->args;
	uint32_t leaf;
	int rc = 0;

	for (size_t i = 1; i < args->word_count && rc == 0; i++) {
		rc = cli_case_find_record(
		    c, args->words[i], RECORD_KIND_COUNT, &leaf, err);
		if (rc == 0 && leaf >= finding->size)
			rc = err_set(err, ERR_USAGE,
			    "bundle: %s was entered after the time of the "
			    "finding",
			    args->words[i]);
		if (rc == 0)
			is_chosen[leaf] = true;
	}
	return rc == 0 ? case_slim_choose(finding, is_chosen, err) : rc;
}

static int write_slim(struct cli_case *c, const struct case_finding *finding,
    const char *path, struct err *err)
{
	bool *is_chosen = mem_new(finding->size, sizeof(*is_chosen));
	struct buf checkpoint, slim;

	if (is_chosen == NULL)
		return err_nomem(err);
	buf_init(&checkpoint, LOG_CHECKPOINT_MAX);
	buf_init(&slim, CASE_BUNDLE_MAX);
	int rc = choose(c, finding, is_chosen, err);
	if (rc == 0)
		rc = put_checkpoint(c, finding, &checkpoint, err);
	if (rc == 0)
		rc = case_slim_put(
		    &slim, finding, is_chosen, buf_slice(&checkpoint), err);
	if (rc == 0)
		rc = file_publish(AT_FDCWD, path, buf_slice(&slim), 0644, err);
	if (rc == 0) {
		size_t n = 0;
		for (uint64_t i = 0; i < finding->size; i++)
			n += is_chosen[i];
		cli_out("%s: %zu of %llu records, %zu bytes; it shows what is "
			"YES and nothing else\n",
		    path, n, (unsigned long long)finding->size, slim.n);
	}
	buf_done(&slim);
	buf_done(&checkpoint);
	free(is_chosen);
	return rc;
}

static int check_usage(const struct cli_args *args, struct err *err)
{
	bool is_slim = cli_args_has(args, "slim");

	if (!is_slim && args->word_count > 1)
		return err_set(err, ERR_USAGE,
		    "bundle: it holds all records anyway; single ones are "
		    "chosen for --slim");
	if (is_slim &&
	    (cli_args_has(args, "html") || cli_args_has(args, "reveal")))
		return err_set(err, ERR_USAGE,
		    "bundle: --slim goes neither with --html nor with "
		    "--reveal");
	return 0;
}

static int write_page(const struct case_finding *finding, const char *bundle,
    const char *path, struct err *err)
{
	const char *slash = strrchr(bundle, '/');
	struct buf page;

	buf_init(&page, FLOW_PAGE_MAX);
	int rc = flow_page_put(
	    finding, slice_of(slash != NULL ? slash + 1 : bundle), &page, err);
	if (rc == 0)
		rc = file_publish(AT_FDCWD, path, buf_slice(&page), 0644, err);
	if (rc == 0)
		cli_out("%s: the page to print\n", path);
	buf_done(&page);
	return rc;
}

static int run_open(struct cli_case *c, const char *path, struct err *err)
{
	const struct cli_args *args = c->args;
	const char *page = cli_args_get(args, "html");
	struct cli_finding f = {0};
	int64_t time = cli_finding_default_time(c);
	uint32_t question;

	int rc = cli_args_time(args, "at-time", &time, NULL, err);
	if (rc == 0)
		rc = cli_case_find_record(
		    c, args->words[0], RECORD_QUESTION, &question, err);
	if (rc == 0)
		rc = cli_finding_make(&f, c, question, time, err);
	if (rc == 0)
		rc = cli_args_has(args, "slim")
		    ? write_slim(c, &f.finding, path, err)
		    : write_bundle(c, &f.finding, path, err);
	if (rc == 0 && page != NULL)
		rc = write_page(&f.finding, path, page, err);
	cli_finding_done(&f);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	const char *path;

	int rc = check_usage(args, err);
	if (rc == 0)
		rc = cli_args_need(args, "output", &path, err);
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = run_open(&c, path, err);
	cli_case_done(&c);
	return rc;
}

static const struct cli_option options[] = {
    {"output", 'o', "FILE", false, "where to write the bundle"},
    {"html", 0, "FILE", false, "also write the page to print"},
    {"at-time", 0, "TIME", false, "as the records stood then (default now)"},
    {"reveal", 0, "RECORD[:ITEM]", true, "withheld values to show with it"},
    {"slim", 0, NULL, false, "only the records that show a YES, and RECORDs"},
};

const struct cli_command cmd_bundle = {
    .name = "bundle",
    .group = CLI_CHECKING,
    .usage = "QUESTION|last [RECORD]... -o FILE [--html FILE] [options]",
    .summary = "Writes a finding with everything needed to check it",
    .shared = CLI_SHARED_CASE | CLI_SHARED_KEYS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = SIZE_MAX,
    .examples = "  counterfoil bundle last -o finding.bundle --html "
		"finding.html\n"
		"  counterfoil bundle last --slim -o yes.slim\n",
    .run = run,
};

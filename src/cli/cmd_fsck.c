/*
 * cmd_fsck.c: `counterfoil fsck`: is the folder what it should be? Every tile
 * against the records, every record against the rules, every reveal, offer and
 * receipt against its record, every time stamp against its checkpoint, every
 * proof of another history against this one.
 */
#include "case_receipt.h"
#include "cli.h"
#include "cli_alarm.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_out.h"
#include "cli_pending.h"
#include "cli_reveals.h"
#include "cli_stamp.h"
#include "file.h"
#include "log_store.h"
#include "site.h"

#include <inttypes.h>
#include <string.h>

#define RECEIPTS "private/receipts"

struct fsck {
	struct cli_case c;
	size_t wrong;
	size_t reveals, receipts, offers, stamps;
};

static void report(void *cookie, const char *path, const char *sentence)
{
	struct fsck *fsck = cookie;

	fsck->wrong++;
	cli_out("%s: %s\n", path, sentence);
}

/* What was found false is reported and counted; else it is an error. */
static int note_fault(
    struct fsck *fsck, int rc, const struct err *why, struct err *err)
{
	if (rc != ERR_VERIFY && rc != ERR_FORMAT && rc != ERR_LIMIT)
		return err_set(err, rc, "%s", why->message);
	fsck->wrong++;
	cli_out("%s\n", why->message);
	return 0;
}

static int check_reveals(struct fsck *fsck, struct err *err)
{
	const struct case_state *state = fsck->c.state;
	struct cli_out_progress progress = {0};
	size_t n = case_state_leaf_count(state);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct cli_reveals reveals = {0};
		struct err why = {0};

		cli_out_progress_tick(&progress, "checking reveals", i, n);
		int found =
		    cli_reveals_load(&reveals, &fsck->c, (uint32_t)i, &why);
		if (found != 0)
			rc = note_fault(fsck, found, &why, err);
		fsck->reveals += reveals.n;
		cli_reveals_done(&reveals);
	}
	cli_out_progress_end(&progress);
	return rc;
}

/* The receipt holds, and its leaf is the ledger's. */
static int check_receipt_bytes(
    const struct fsck *fsck, struct slice bytes, struct err *err)
{
	const struct case_state *state = fsck->c.state;
	struct case_receipt receipt = {0};

	int rc = case_receipt_check(&receipt, bytes, &fsck->c.log_key, 1, err);
	if (rc == 0 && receipt.index >= case_state_leaf_count(state))
		rc = err_set(err, ERR_VERIFY,
		    "the ledger has lost record %llu, which it signed for",
		    (unsigned long long)receipt.index);
	if (rc == 0) {
		struct hash leaf = case_state_leaf_hash(state, receipt.index);
		if (!hash_is(&leaf, &receipt.leaf_hash))
			rc = err_set(err, ERR_VERIFY,
			    "the ledger has another record %llu than it "
			    "signed for",
			    (unsigned long long)receipt.index);
	}
	case_receipt_done(&receipt);
	return rc;
}

static int check_receipt(void *cookie, const char *name, struct err *err)
{
	struct fsck *fsck = cookie;
	struct err why = {0};
	struct buf path, bytes;

	/* What a crash left of a file being written. */
	if (name[0] == '.')
		return 0;
	buf_init(&path, 4096);
	buf_init(&bytes, CASE_RECEIPT_MAX);
	buf_printf(&path, RECEIPTS "/%s", name);
	int rc = buf_check(&path, err);
	if (rc == 0) {
		int found = file_read(
		    &bytes, fsck->c.fd, path.p, CASE_RECEIPT_MAX, &why);
		if (found == 0)
			found =
			    check_receipt_bytes(fsck, buf_slice(&bytes), &why);
		if (found != 0) {
			err_prefix(&why, "%s", path.p);
			rc = note_fault(fsck, found, &why, err);
		}
	}
	fsck->receipts++;
	buf_done(&path);
	buf_done(&bytes);
	return rc;
}

static int check_receipts(struct fsck *fsck, struct err *err)
{
	struct err why = {0};

	int rc = file_list(fsck->c.fd, RECEIPTS, check_receipt, fsck, &why);
	if (rc == ERR_NOTFOUND || rc == 0)
		return 0;
	return err_set(err, rc, "%s", why.message);
}

static int check_offer(void *cookie, const char *path,
    const struct case_offer *offer, struct err *err)
{
	struct fsck *fsck = cookie;
	struct err why = {0};

	fsck->offers++;
	int rc = case_offer_check(offer, fsck->c.state, &why);
	if (rc == 0)
		return 0;
	err_prefix(&why, "%s", path);
	return note_fault(fsck, rc, &why, err);
}

static int check_offers(struct fsck *fsck, struct err *err)
{
	struct err why = {0};

	int rc = cli_pending_each(&fsck->c, check_offer, fsck, &why);
	return rc != 0 ? note_fault(fsck, rc, &why, err) : 0;
}

static void take_stamp(void *cookie, const struct cli_stamp_found *found)
{
	struct fsck *fsck = cookie;

	fsck->stamps++;
	if (found->rc != 0)
		report(fsck, found->path, found->why->message);
}

/* Whoever vouches for the authorities is not asked here. */
static int check_stamps(struct fsck *fsck, struct err *err)
{
	const struct cli_stamp_look look = {.each = take_stamp, .cookie = fsck};

	return cli_stamp_each(&fsck->c, &look, err);
}

/* The step into a site log: its form always; all of it if it is of the newest
 * checkpoint, for an older one is not at hand. */
static int check_step(struct fsck *fsck, struct err *err)
{
	const struct cli_case *c = &fsck->c;
	struct log_site step;
	struct note_key key;
	struct err why = {0};
	struct buf text;

	buf_init(&text, LOG_SITE_MAX);
	int rc = file_read(&text, c->fd, SITE_STEP_PATH, LOG_SITE_MAX, &why);
	if (rc == 0 &&
	    log_site_check(&step, buf_slice(&text),
		log_store_checkpoint(c->store), &c->log_key, NULL) != 0)
		rc = log_site_peek(&key, buf_slice(&text), &why);
	buf_done(&text);
	if (rc == 0 || rc == ERR_NOTFOUND)
		return 0;
	if (rc == ERR_NOMEM)
		return err_nomem(err);
	report(fsck, SITE_STEP_PATH, why.message);
	return 0;
}

/* Everything beside the tiles: needs the ledger open. */
static int check_open(struct fsck *fsck, struct err *err)
{
	const struct cli_args *args = fsck->c.args;
	struct err why = {0};

	cli_case_done(&fsck->c);
	int rc = cli_case_open(&fsck->c, args, &why);
	if (rc != 0) {
		rc = note_fault(fsck, rc, &why, err);
	} else {
		rc = check_reveals(fsck, err);
		if (rc == 0)
			rc = check_receipts(fsck, err);
		if (rc == 0)
			rc = check_offers(fsck, err);
		if (rc == 0)
			rc = check_stamps(fsck, err);
		if (rc == 0)
			rc = check_step(fsck, err);
	}
	return rc != 0 ? rc : cli_alarm_check(&fsck->c, report, fsck, err);
}

static int conclude(const struct fsck *fsck, struct err *err)
{
	if (fsck->wrong > 0)
		return err_set(err, ERR_VERIFY,
		    "fsck: %zu thing%s wrong in %s; hash tiles can be rebuilt "
		    "with --repair, anything else only from a copy",
		    fsck->wrong, fsck->wrong == 1 ? " is" : "s are",
		    fsck->c.path.p);
	cli_out("all is well: %zu records, their tiles, signatures and rules; "
		"%zu reveals,\n%zu receipts, %zu open offers, %zu time "
		"stamps\n",
	    case_state_leaf_count(fsck->c.state), fsck->reveals, fsck->receipts,
	    fsck->offers, fsck->stamps);
	return CLI_DONE;
}

/* A site log has no records; its entries must be checkpoints that grow. */
static int check_site(struct fsck *fsck, struct err *err)
{
	struct cli_case *c = &fsck->c;
	struct site *site = NULL;
	struct err why = {0};

	int rc = log_store_open(&c->store, c->fd, &c->log_key, &why);
	if (rc == 0)
		rc = site_new(&site, c->store, &why);
	if (rc != 0)
		rc = note_fault(fsck, rc, &why, err);
	if (rc == 0)
		rc = cli_alarm_check(c, report, fsck, err);
	if (rc == 0 && fsck->wrong == 0)
		cli_out("all is well: %" PRIu64
			" checkpoints of %zu logs, each of which grows\n",
		    log_store_size(c->store), site_log_count(site));
	site_free(site);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct fsck fsck = {0};
	struct err why = {0};

	int rc = cli_case_open_folder(&fsck.c, args, err);
	if (rc != 0)
		goto out;
	rc = log_store_check(fsck.c.fd, &fsck.c.log_key,
	    cli_args_has(args, "repair"), report, &fsck, &why);
	if (rc == ERR_VERIFY && fsck.wrong > 0)
		rc = 0;
	else if (rc != 0)
		rc = note_fault(&fsck, rc, &why, err);
	else
		fsck.wrong = 0; /* what was reported was repaired */
	if (rc == 0 && fsck.wrong == 0)
		rc = fsck.c.is_site ? check_site(&fsck, err)
				    : check_open(&fsck, err);
	else if (rc == 0)
		rc = cli_alarm_check(&fsck.c, report, &fsck, err);
	if (rc == 0 && (fsck.wrong > 0 || !fsck.c.is_site))
		rc = conclude(&fsck, err);
out:
	cli_case_done(&fsck.c);
	return rc;
}

static const struct cli_option options[] = {
    {"repair", 0, NULL, false, "rebuild hash tiles from the records"},
};

const struct cli_command cmd_fsck = {
    .name = "fsck",
    .group = CLI_CHECKING,
    .usage = "[--repair]",
    .summary = "Checks the whole case folder",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples = "  counterfoil fsck --case raid-2023\n",
    .run = run,
};

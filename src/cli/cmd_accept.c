/*
 * cmd_accept.c: `counterfoil accept`: somebody who is named as a signer signs
 * what was offered; with the last signature the records enter the ledger. Who
 * gives or receives types the number that he counted himself.
 */
#include "case_offer.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_ask.h"
#include "cli_case.h"
#include "cli_counter.h"
#include "cli_keys.h"
#include "cli_lock.h"
#include "cli_offer.h"
#include "cli_mailbox.h"
#include "cli_out.h"
#include "cli_pending.h"
#include "cli_screen.h"
#include "file.h"
#include "when.h"

#include <fcntl.h>

struct accept {
	struct cli_case c;
	struct cli_keys keys;
	struct case_offer offer; /* what was offered */
	struct case_offer counter; /* with --except */
};

static bool is_signer(const struct record *record, const char *party)
{
	return record_is_signed_by(record, slice_of(party));
}

static int check_keys(const struct accept *a, struct err *err)
{
	const struct record *record = case_offer_main(&a->offer);

	if (a->keys.n == 0 && !case_offer_is_complete(&a->offer)) {
		struct slice party =
		    case_offer_missing(&a->offer, &(size_t){0});
		return err_set(err, ERR_USAGE,
		    "accept: who signs? say --as PARTY; %.*s has not signed "
		    "yet",
		    SLICE_ARG(party));
	}
	for (size_t i = 0; i < a->keys.n; i++)
		if (!is_signer(record, a->keys.keys[i].key.name))
			return err_set(err, ERR_USAGE,
			    "accept: %s is not asked to sign this; leave its "
			    "key out",
			    a->keys.keys[i].key.name);
	return 0;
}

static int check_expiry(const struct accept *a, struct err *err)
{
	char text[WHEN_SIZE];
	int64_t expires;

	if (!case_offer_is_expired(&a->offer, a->c.now))
		return 0;
	(void)record_get_time(
	    case_offer_main(&a->offer), RECORD_F_OFFER_EXPIRES, &expires);
	when_to_time(text, expires);
	return err_set(err, ERR_VERIFY,
	    "accept: the offer expired at %s; ask for a new one", text);
}

static int check_although(const struct accept *a, struct err *err)
{
	const struct record_schema *schema = case_offer_main(&a->offer)->schema;

	if (!cli_args_has(a->c.args, "although") || schema->is_custody)
		return 0;
	return err_set(err, ERR_USAGE,
	    "accept: --although is for what has happened to things; a %s can "
	    "be refused, and then it does not happen",
	    schema->name);
}

/* Does one of the keys sign as giver or receiver, and has not yet? */
static bool is_counting(const struct accept *a, const struct case_offer *offer,
    enum record_name side)
{
	struct slice party = record_get(case_offer_main(offer), side);
	struct slice missing;

	if (party.p == NULL || cli_keys_find(&a->keys, party) == NULL)
		return false;
	for (size_t at = 0;
	     (missing = case_offer_missing(offer, &at)).p != NULL;)
		if (slice_is(missing, party))
			return true;
	return false;
}

static int check_count(
    const struct accept *a, const struct case_offer *offer, struct err *err)
{
	const struct record *record = case_offer_main(offer);
	uint64_t count;
	bool is_yes;

	if (!record_has(record, RECORD_F_COUNTED_BY_GIVER) ||
	    (!is_counting(a, offer, RECORD_F_FROM) &&
		!is_counting(a, offer, RECORD_F_TO))) {
		int rc =
		    cli_ask_confirm(a->c.args, "Sign? [y/N] ", &is_yes, err);
		if (rc == 0 && !is_yes)
			cli_out_remark("not signed; nothing was entered");
		return rc != 0 ? rc : is_yes ? CLI_DONE : CLI_FALSE;
	}
	int rc = cli_ask_count(
	    a->c.args, "count", "How many did you count? ", &count, err);
	if (rc != 0 || count == record->block_count)
		return rc;
	cli_out_error("accept: the counts differ: you counted %llu, offered "
		      "are %zu; count again, or name what is not there with "
		      "--except ITEM --because TEXT (nothing was signed)",
	    (unsigned long long)count, record->block_count);
	return CLI_FALSE;
}

static bool is_holder(const struct accept *a, const struct record *record)
{
	const struct record_value *v = NULL;

	while ((v = record_next(record, NULL, RECORD_F_HOLDER, v)) != NULL)
		if (cli_keys_find(&a->keys, v->value) != NULL)
			return true;
	return false;
}

/* A holder's signature on a lock says that its share fits: that is found out
 * here, before it signs. */
static int check_share(
    const struct accept *a, const struct case_offer *offer, struct err *err)
{
	const struct record *record = case_offer_main(offer);
	const char *path;
	struct cli_lock l = {0};
	int rc = 0;

	if (record->schema->kind != RECORD_LOCK || record->block_count == 0)
		return cli_args_has(a->c.args, "share")
		    ? err_set(err, ERR_USAGE,
			  "accept: --share is for a lock; this is a %s",
			  record->schema->name)
		    : 0;
	if (!is_holder(a, record) && !cli_args_has(a->c.args, "share"))
		return 0;
	/* A share is of one copy, and is held to that one. */
	if (record->block_count > 1)
		return err_set(err, ERR_UNSUPPORTED,
		    "accept: a lock of %zu copies with one key: a share names "
		    "one copy, so that nobody can say that its share fits all; "
		    "lock each copy by itself",
		    record->block_count);
	/* ERR_NOTFOUND where no key is named, by which nothing can be said. */
	rc = cli_lock_take(&l, record, err);
	if (rc == 0)
		rc = cli_lock_identities(&l, a->c.args, err);
	for (size_t at = 0; rc == 0 &&
	     (path = cli_args_next(a->c.args, "share", &at)) != NULL;)
		rc = cli_lock_add_share(
		    &l, &a->c, record->blocks[0].id, path, err);
	for (size_t i = 0; rc == 0 && i < l.holder_count; i++) {
		bool is_here = false;

		if (cli_keys_find(&a->keys, l.holders[i]) == NULL)
			continue;
		for (size_t k = 0; k < l.shares.n; k++)
			is_here = is_here || l.shares.shares[k].index == i + 1;
		if (!is_here)
			rc = err_set(err, ERR_USAGE,
			    "accept: who signs a lock as a holder says that "
			    "its share fits; give the share of %.*s with "
			    "--share FILE (and its age keys with --identity "
			    "FILE)",
			    SLICE_ARG(l.holders[i]));
		else
			cli_out("share verified: that of %.*s fits the lock\n",
			    SLICE_ARG(l.holders[i]));
	}
	cli_lock_done(&l);
	return rc;
}

/* Where to put an offer that still waits: --offer, else the file that was
 * given, if it is one. */
static const char *copy_path(const struct cli_args *args)
{
	const char *path = cli_args_get(args, "offer");

	if (path == NULL && file_exists(AT_FDCWD, args->words[0]))
		path = args->words[0];
	return path;
}

static int sign_and_enter(
    struct accept *a, struct case_offer *offer, struct err *err)
{
	bool is_although = cli_args_has(a->c.args, "although");
	int rc = cli_case_judge(&a->c, &a->keys, offer, is_although, err);

	if (rc == CLI_DONE)
		rc = check_share(a, offer, err);
	if (rc == CLI_DONE && !case_offer_is_complete(offer)) {
		rc = cli_screen_show(offer, err);
		if (rc == CLI_DONE)
			rc = check_count(a, offer, err);
	}
	if (rc == CLI_DONE)
		rc = cli_offer_sign(offer, &a->keys, NULL, err);
	if (rc != CLI_DONE)
		return rc;
	if (case_offer_is_complete(offer) && cli_case_can_enter(&a->c))
		return cli_case_enter(&a->c, &a->keys, offer, is_although, err);
	return cli_pending_save(&a->c, offer, copy_path(a->c.args), err);
}

static int run_open(struct accept *a, struct err *err)
{
	const struct cli_args *args = a->c.args;

	int rc = cli_mailbox_fetch(&a->c, &a->keys, err);
	if (rc == 0)
		rc = cli_pending_read(&a->c, args->words[0], &a->offer, err);
	if (rc != 0)
		return rc;
	/* Whoever says it twice is told so before anything else is asked. */
	if (case_state_find_leaf(a->c.state, &case_offer_main(&a->offer)->id) !=
	    CASE_NONE)
		return cli_case_enter(&a->c, &a->keys, &a->offer, false, err);
	rc = check_although(a, err);
	if (rc == 0)
		rc = check_expiry(a, err);
	if (rc == 0)
		rc = check_keys(a, err);
	if (rc == 0 && !cli_args_has(args, "except") &&
	    !cli_args_has(args, "because"))
		return sign_and_enter(a, &a->offer, err);
	if (rc == 0)
		rc = cli_counter_compose(
		    &a->c, &a->keys, &a->offer, &a->counter, err);
	if (rc == 0)
		rc = sign_and_enter(a, &a->counter, err);
	/* What the receiver answered with takes the old offer's place. */
	return rc != CLI_DONE ? rc : cli_pending_remove(&a->c, &a->offer, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct accept a = {0};

	int rc = cli_case_open(&a.c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&a.keys, args, err);
	if (rc == 0)
		rc = run_open(&a, err);
	case_offer_done(&a.counter);
	case_offer_done(&a.offer);
	cli_keys_done(&a.keys);
	cli_case_done(&a.c);
	return rc;
}

static const struct cli_option options[] = {
    {"count", 0, "N", false, "how many you counted (hand-overs, releases)"},
    {"except", 0, "ITEM", true, "an item that you do not take"},
    {"because", 0, "TEXT", true, "why; one for each --except"},
    {"expires", 0, "TIME", false, "until when the giver may sign the rest"},
    {"although", 0, NULL, false, "it has happened: enter it as a breach"},
    CLI_LOCK_SHARE,
    CLI_LOCK_IDENTITY,
    {"offer", 0, "FILE", false, "where to write it, if others must sign"},
    {"yes", 0, NULL, false, "ask nothing"},
};

const struct cli_command cmd_accept = {
    .name = "accept",
    .group = CLI_CUSTODY,
    .usage = "OFFER --as PARTY [--count N] [--except ITEM --because TEXT]...",
    .summary = "Signs an offer; with the last signature it is entered",
    .shared = CLI_SHARED_CASE | CLI_SHARED_KEYS | CLI_SHARED_SIGN,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil accept 1a2b3c4d5e6f --as lab.example --count 213\n"
	"  counterfoil accept hand.offer --as lab.example --count 212 \\\n"
	"      --except B-0031 --because \"not on the trolley\"\n\n"
	"OFFER is a file, or the first 4 or more digits of an id "
	"(counterfoil offers).\n",
    .run = run,
};

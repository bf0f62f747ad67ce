/*
 * cmd_dispose.c: `counterfoil dispose`: things were destroyed. Who signs is
 * told beforehand what the ledger will make of it, for it cannot be done
 * again.
 */
#include "cli_copies.h"
#include "cli_custodian.h"
#include "cli_make.h"
#include "cli_out.h"
#include "mem.h"

#include <stdlib.h>
#include <string.h>

static const struct cli_option options[] = {
    {"seen", 0, "HOW", true,
	"how it was identified: package-sealed, serial-read, mark-read, "
	"hash-match or label-read; one for all, or one for each item"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"custodian", 0, "PARTY", false,
	"who held the items (default: the --as that did)"},
    {"order", 0, "RECORD", false, "the order to destroy"},
    {"method", 0, "TEXT", false, "how it was destroyed"},
    {"place", 0, "TEXT", false, "where (withheld)"},
    {"remaining-copy", 0, "ITEM", true,
	"a copy that remains, or none (default: as the ledger knows)"},
    {"document", 0, "FILE", true, "a photo or certificate"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"although", 0, NULL, false,
	"enter it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"order", RECORD_F_ORDER},
    {"method", RECORD_F_METHOD},
    {"place", RECORD_F_PLACE},
    {"document", RECORD_F_DOCUMENT},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *seen_of(const struct cli_args *args, size_t word)
{
	const char *seen, *found = NULL;
	size_t n = 0, at = 0;

	while ((seen = cli_args_next(args, "seen", &at)) != NULL)
		if (++n == 1 || n == word + 1)
			found = seen;
	return found;
}

static int check_seen(const struct cli_args *args, struct err *err)
{
	size_t n = 0, at = 0;

	while (cli_args_next(args, "seen", &at) != NULL)
		n++;
	if (n > 1 && n != args->word_count)
		return err_set(err, ERR_USAGE,
		    "dispose: %zu item%s and %zu --seen; give one for all, or "
		    "one for each in the same order",
		    args->word_count, cli_out_s(args->word_count), n);
	return 0;
}

static int fill_block(struct cli_compose *m, size_t word, struct err *err)
{
	const char *seen = seen_of(m->c->args, word);
	uint32_t item =
	    cli_custodian_find_item(m->c->state, m->c->args->words[word]);
	bool is_enclosing;
	int rc = cli_compose_put(m, RECORD_F_SEEN, seen, err);

	/* A sealed package is known by its seal alone. */
	if (rc != 0 || seen == NULL || strcmp(seen, "package-sealed") != 0 ||
	    item == CASE_NONE)
		return rc;
	struct slice seal =
	    case_state_seal(m->c->state, item, m->at, &is_enclosing);
	rc = cli_compose_put_slice(m, RECORD_F_SEAL, seal, err);
	if (rc == 0 && seal.p != NULL)
		rc = cli_compose_put(m, RECORD_F_STATE, "intact", err);
	return rc;
}

static bool is_watched(
    const struct cli_compose *m, const char *custodian, uint32_t item)
{
	for (size_t i = 0; i < m->signer_count; i++) {
		uint32_t party =
		    case_state_find_party(m->c->state, slice_of(m->signers[i]));

		if (strcmp(m->signers[i], custodian) != 0 &&
		    party != CASE_NONE &&
		    case_state_is_disinterested(
			m->c->state, party, item, CASE_NONE, m->at + 1))
			return true;
	}
	return false;
}

/* `seen` as the law takes it: a label alone identifies nothing. */
static bool is_identified(const char *seen)
{
	return seen != NULL && strcmp(seen, "label-read") != 0;
}

static void warn(const struct cli_compose *m, const char *custodian,
    const uint32_t *items, size_t n)
{
	size_t unwatched = 0, unknown = 0;

	for (size_t i = 0; i < n; i++) {
		unwatched += !is_watched(m, custodian, items[i]);
		unknown += !is_identified(seen_of(m->c->args, i));
	}
	if (unwatched > 0)
		cli_out_remark("WARNING: no disinterested witness signs for "
			       "%zu of %zu item%s.",
		    unwatched, n, cli_out_s(n));
	if (unknown > 0)
		cli_out_remark("WARNING: %zu of %zu item%s not identified by "
			       "seal, serial number, mark or hash.",
		    unknown, n, n == 1 ? " is" : "s are");
	if (unwatched > 0 || unknown > 0)
		cli_out_remark("That will make every finding about such an "
			       "item CONTESTED: destroyed-unseen.\nNothing "
			       "can settle that later.");
}

static int fill_items(
    struct cli_compose *m, const char *custodian, struct err *err)
{
	const struct cli_args *args = m->c->args;
	uint32_t *items = mem_new(args->word_count, sizeof(*items));
	int rc = items == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; i < args->word_count && rc == 0; i++)
		rc = cli_case_find_item(m->c, args->words[i], &items[i], err);
	if (rc == 0) {
		warn(m, custodian, items, args->word_count);
		rc = cli_copies_put(m, items, args->word_count, err);
	}
	free(items);
	return rc != 0 ? rc : cli_make_blocks(m, 0, fill_block, err);
}

static int fill(struct cli_compose *m, struct err *err)
{
	const char *custodian = NULL;
	size_t witnesses = 0;
	int rc = check_seen(m->c->args, err);

	if (rc == 0)
		rc = cli_custodian_put(m, 0, NULL, &custodian, err);
	if (rc == 0)
		rc = cli_custodian_put_witnesses(m, custodian, &witnesses, err);
	if (rc == 0 && witnesses == 0)
		rc = err_set(err, ERR_USAGE,
		    "dispose: nobody watched; name who did with --witness "
		    "PARTY");
	return rc != 0 ? rc : fill_items(m, custodian, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_DISPOSAL, fields, COUNT(fields), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_dispose = {
    .name = "dispose",
    .group = CLI_CUSTODY,
    .usage = "ITEM... --seen HOW --witness PARTY --as PARTY...",
    .summary = "Records that things were destroyed, and who watched",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = SIZE_MAX,
    .examples = "  counterfoil dispose PC-0007-D1 --seen serial-read --method "
		"shredded \\\n"
		"      --order last --as room.example --as court.example\n",
    .run = run,
};

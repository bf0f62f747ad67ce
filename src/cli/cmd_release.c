/*
 * cmd_release.c: `counterfoil release`: things are given back, counted by both
 * sides as in a hand-over; the record says which copies remain.
 */
#include "cli_copies.h"
#include "cli_drive.h"
#include "cli_pass.h"
#include "mem.h"

#include <stdlib.h>

static const struct cli_compose_option fields[] = {
    {"receiver", RECORD_F_RECEIVER},
    {"witness", RECORD_F_WITNESS},
    {"order", RECORD_F_ORDER},
    {"identity-check", RECORD_F_IDENTITY_CHECK},
    {"where", RECORD_F_PLACE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

static int fill(
    struct cli_compose *m, const struct cli_pick *pick, struct err *err)
{
	uint32_t *items = mem_new(pick->n + 1, sizeof(*items));

	if (items == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < pick->n; i++)
		items[i] = pick->items[i].item;
	int rc = cli_copies_put(m, items, pick->n, err);
	free(items);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_pass pass = {.kind = RECORD_RELEASE,
	    .options = fields,
	    .option_count = sizeof(fields) / sizeof(fields[0]),
	    .fill = fill};

	return cli_pass_run(&pass, args, err);
}

static const struct cli_option options[] = {
    {"to", 0, "PARTY", false, "who receives"},
    {"from", 0, "PARTY", false, "who gives (default: the one --as)"},
    {"all", 0, NULL, false, "all that the giver holds"},
    {"place", 0, "TEXT", false, "all that was taken at this place"},
    {"packages", 0, "A,B,..", false, "these packages"},
    {"items", 0, "A,B,..", false, "these single things"},
    {"scan", 0, "FILE", false, "lines ITEM or ITEM,SEAL,STATE; - reads them"},
    {"count", 0, "N", false, "how many the giver counted"},
    {"counter", 0, NULL, false, "both sides sign here and now"},
    {"count-received", 0, "N", false, "how many the receiver counted"},
    {"receiver", 0, "WORD", false,
	"refused or absent: he took it and does not sign"},
    {"witness", 0, "PARTY", true, "a witness who signs"},
    {"where", 0, "TEXT", false, "where it is given back (withheld)"},
    {"order", 0, "RECORD", false, "the order under which it is given back"},
    {"identity-check", 0, "TEXT", false,
	"how the receiver was identified (withheld)"},
    {"remaining-copy", 0, "ITEM", true,
	"a copy that remains, or none (default: as the ledger knows)"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"expires", 0, "TIME", false, "until when the others may sign"},
    CLI_DRIVE_OPTIONS,
    {"although", 0, NULL, false, "it has happened: enter it as a breach"},
};

const struct cli_command cmd_release = {
    .name = "release",
    .group = CLI_CUSTODY,
    .usage = "--to PARTY (--all | --place TEXT | --packages A,B | --items A,B "
	     "| --scan FILE) [options]",
    .summary = "Gives items back; each side counts them",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples =
	"  counterfoil release --all --to owner.example --order last \\\n"
	"      --as room.example\n"
	"  counterfoil release --packages B-0007 --to owner.example --counter "
	"\\\n"
	"      --as room.example --as owner.example\n",
    .run = run,
};

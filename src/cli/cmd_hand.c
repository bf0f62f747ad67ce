/*
 * cmd_hand.c: `counterfoil hand`: items go from one party to another. The
 * giver counts them; the receiver counts for himself when he accepts, or here,
 * at one counter with both keys.
 */
#include "cli_drive.h"
#include "cli_pass.h"

static const struct cli_compose_option fields[] = {
    {"given-by", RECORD_F_GIVEN_BY},
    {"received-by", RECORD_F_RECEIVED_BY},
    {"on-behalf-of", RECORD_F_ON_BEHALF_OF},
    {"receiver", RECORD_F_RECEIVER},
    {"witness", RECORD_F_WITNESS},
    {"purpose", RECORD_F_PURPOSE},
    {"authority", RECORD_F_AUTHORITY},
    {"document", RECORD_F_DOCUMENT},
    {"mode", RECORD_F_MODE},
    {"where", RECORD_F_PLACE},
    {"return-by", RECORD_F_RETURN_BY},
    {"objection", RECORD_F_OBJECTION},
    {"condition", RECORD_F_CONDITION},
    {"remark", RECORD_F_REMARK},
};

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_pass pass = {.kind = RECORD_HANDOVER,
	    .options = fields,
	    .option_count = sizeof(fields) / sizeof(fields[0])};

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
    {"on-behalf-of", 0, "PARTY", false, "whom the receiver acts for"},
    {"purpose", 0, "TEXT", false, "what for"},
    {"authority", 0, "TEXT", false, "order or law"},
    {"receiver", 0, "WORD", false,
	"refused or absent: he took it and does not sign"},
    {"witness", 0, "PARTY", true, "a witness who signs"},
    {"given-by", 0, "NAME", false, "the person who gives (withheld)"},
    {"received-by", 0, "NAME", false, "the person who receives (withheld)"},
    {"document", 0, "FILE", true, "a document, such as the order"},
    {"mode", 0, "TEXT", false, "in person, courier and waybill, locker"},
    {"where", 0, "TEXT", false, "where it is handed over (withheld)"},
    {"return-by", 0, "DATE", false, "when it is expected back"},
    {"condition", 0, "TEXT", false, "condition of what is handed over"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"expires", 0, "TIME", false, "until when the others may sign"},
    CLI_DRIVE_OPTIONS,
    {"although", 0, NULL, false, "it has happened: enter it as a breach"},
};

const struct cli_command cmd_hand = {
    .name = "hand",
    .group = CLI_CUSTODY,
    .usage = "--to PARTY (--all | --place TEXT | --packages A,B | --items A,B "
	     "| --scan FILE) [options]",
    .summary = "Hands items over; each side counts them",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples =
	"  counterfoil hand --all --to prosecutor.example/evidence-room \\\n"
	"      --as police.example\n"
	"  counterfoil hand --packages B-0007 --to lab.example --counter \\\n"
	"      --as police.example --as lab.example\n",
    .run = run,
};

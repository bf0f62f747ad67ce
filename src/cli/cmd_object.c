/*
 * cmd_object.c: `counterfoil object`: a party objects: to what is done with
 * things, or to a record. From then on every reading of what is meant is shown
 * as disputed.
 */
#include "cli_make.h"

static const struct cli_option options[] = {
    {"concerns", 0, "WHAT", true, "an item, a kind such as drive, or all"},
    {"against", 0, "RECORD", true, "the record objected to, such as an order"},
    {"statement", 0, "TEXT", false, "the objection in words"},
    {"document", 0, "FILE", true, "a document, such as a letter"},
    {"remark", 0, "TEXT", false, "anything else"},
};

static const struct cli_compose_option fields[] = {
    {"against", RECORD_F_AGAINST},
    {"statement", RECORD_F_STATEMENT},
    {"document", RECORD_F_DOCUMENT},
    {"remark", RECORD_F_REMARK},
};

static int fill(struct cli_compose *m, struct err *err)
{
	int rc = cli_compose_put(m, RECORD_F_GROUND, m->c->args->words[0], err);

	return rc != 0 ? rc : cli_make_put_concerns(m, "concerns", false, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_OBJECTION, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_object = {
    .name = "object",
    .group = CLI_QUESTIONS,
    .usage = "privilege|jurisdiction|return|other [options] --as PARTY",
    .summary = "Objects to what is done with things, or to a record",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil object privilege --concerns drive \\\n"
	"      --statement \"lawyers' mail is on them\" --as owner.example\n"
	"  counterfoil object jurisdiction --against 1a2b3c4d5e6f \\\n"
	"      --as owner.example\n",
    .run = run,
};

/*
 * cmd_examine.c: `counterfoil examine`: what an image holds, whose data it is,
 * and what could not be seen; under an order, and on record.
 *
 * Two things come of it: a public part, which is counts alone, and the details,
 * which are encrypted to those whom the order names and are nowhere else. They
 * lie in the folder before the record has their digests; if it is refused they
 * are removed.
 */
#include "cli_exam.h"
#include "cli_examine.h"
#include "cli_examine_out.h"
#include "cli_out.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct cli_option options[] = {
    CLI_EXAM_OPTIONS,
    {"finds", 0, "KIND", true,
	"look for this kind of finding (default: all that the order permits)"},
    {"output", 'o', "FOLDER", false,
	"a new folder for what comes of it (default: COPY.examination)"},
    {"resume", 0, NULL, false, "go on with one that was broken off"},
    {"restart", 0, NULL, false, "forget one that was broken off"},
};

/* Every kind that a scan can find, by the words of an order. */
static size_t kinds_of(const char *ret_kinds[CAGE_HIT_KINDS])
{
	size_t n = 0;

	for (int k = 1; k < CAGE_HIT_KINDS; k++)
		ret_kinds[n++] = cage_hit_name((enum cage_hit_kind)k);
	return n;
}

static uint64_t finds_of(const struct cli_exam *x)
{
	uint64_t finds = CAGE_HIT_ALL_CONTAINERS;

	for (int k = 1; k < CAGE_HIT_KINDS; k++)
		if (cli_exam_finds(x, cage_hit_name((enum cage_hit_kind)k)))
			finds |= CAGE_HIT_FINDS(k);
	return finds;
}

static int examine(struct cli_exam *x, struct err *err)
{
	struct cli_examine e = {0};
	struct cli_examine_out out = {0};
	const char *item = x->item;
	int rc = cli_examine_out_begin(
	    &out, x, cli_args_get(x->args, "output"), err);

	if (rc == 0 && cli_args_has(x->args, "restart"))
		rc = cli_examine_state_remove(&x->c, item, err);
	if (rc == 0)
		rc = cli_examine_run(
		    &e, x, finds_of(x), cli_args_has(x->args, "resume"), err);
	if (rc == 0) {
		cli_examine_put_lines(&e);
		rc = cli_examine_out_write(&out, &e, err);
	}
	if (rc == 0) {
		rc = cli_exam_enter(x, err);
		if (rc == CLI_DONE)
			rc = cli_examine_state_remove(&x->c, item, err);
		else
			cli_examine_out_remove(&out);
	}
	if (rc == CLI_DONE) {
		cli_examine_out_show(&out);
		if (e.coverage.lost > 0 || e.coverage.unread > 0)
			rc = CLI_PARTLY;
	}
	cli_examine_out_done(&out);
	cli_examine_done(&e);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	const char *kinds[CAGE_HIT_KINDS];
	const size_t n = kinds_of(kinds);
	struct cli_exam x = {0};
	int rc = 0;

	if (cli_args_has(args, "resume") && cli_args_has(args, "restart"))
		return err_set(err, ERR_USAGE,
		    "examine: --resume goes on and --restart forgets: give one "
		    "of them");
	if (cli_args_has(args, "json"))
		cli_out_set_aside();
	rc = cli_exam_open(&x, args, kinds, n, err);
	if (rc == CLI_DONE)
		rc = examine(&x, err);
	cli_exam_done(&x);
	return rc;
}

const struct cli_command cmd_examine = {
    .name = "examine",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --under ORDER",
    .summary = "Says what an image holds and whom it exposes, under an order",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil examine I-0007.E01 --under last --as lab.example\n"
	"  counterfoil examine I-0007.E01 --under 9c11d7 --finds email "
	"\\\n"
	"      --finds phone -o report --as lab.example\n",
    .run = run,
};

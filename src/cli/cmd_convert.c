/*
 * cmd_convert.c: `counterfoil convert`: an image in another form. What it
 * holds stays what the ledger says: a copy with another tree root is never
 * made.
 */
#include "cli_case.h"
#include "cli_image.h"
#include "cli_image_anew.h"
#include "cli_image_bad.h"
#include "cli_image_record.h"
#include "cli_lock_note.h"
#include "cli_out.h"
#include "cli_outside.h"
#include "media_open.h"
#include "mem.h"

#include <inttypes.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct cli_option options[] = {
    {"item", 0, "COPY", false, "the copy that it is, as the ledger names it"},
    CLI_IMAGE_OPTIONS,
    {"resume", 0, NULL, false, "go on with a copy that was not finished"},
    {"seed", 0, "FILE", false,
	"the seed of its salts (default: the case folder's)"},
};

static const char *const written[] = {"output", "second"};

static int find(const struct cli_args *args, struct cli_image_claim *claim,
    struct tree_seed *seed, struct media_open *image, struct err *err)
{
	struct cli_case c = {0};
	const char *item;
	int rc = cli_args_need(args, "item", &item, err);

	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_outside_check(&c, args, written, COUNT(written), err);
	if (rc == 0)
		rc = cli_image_claim(&c, item, claim, err);
	if (rc == 0 && (!claim->has_root || !claim->has_length))
		rc = err_set(err, ERR_NOTFOUND,
		    "convert: the record of %s has no tree root", item);
	if (rc == 0)
		rc = cli_image_read_seed(&c, args, item, seed, err);
	if (rc == 0)
		rc = cli_lock_note_explain(args->words[0],
		    media_open(image, args->words[0], err), err);
	if (rc == 0)
		rc = cli_image_bad_join(&c, item, args->words[0], claim->length,
		    &image->about.bad, err);
	cli_case_done(&c);
	return rc;
}

/* An E01 of others may hold bytes behind its last sector that the record
 * counts; the record's length decides. */
static int take_length(struct media_open *image,
    const struct cli_image_claim *claim, struct err *err)
{
	uint64_t available = cli_image_available(image);

	if (available < claim->length)
		return err_set(err, ERR_VERIFY,
		    "convert: the image has %" PRIu64 " bytes and the record "
		    "says %" PRIu64,
		    available, claim->length);
	image->whole.length = claim->length;
	return 0;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_image_progress progress = {.what = "converting"};
	struct media_image_options o = {
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};
	struct media_image_result result = {0};
	struct cli_image_claim claim = {0};
	struct tree_seed seed = {{0}};
	struct media_open image = {0};
	uint64_t flaws;
	bool has_point;
	int rc = cli_image_options(args, &o, err);

	if (rc == 0)
		rc = find(args, &claim, &seed, &image, err);
	if (rc == 0)
		rc = cli_image_say_flaws(&image, &flaws, err);
	if (rc == 0 && flaws > 0)
		cli_out_remark("%s is damaged around its content; the root of "
			       "the tree decides whether that is as recorded",
		    args->words[0]);
	if (rc == 0)
		rc = take_length(&image, &claim, err);
	o.from = &image;
	o.seed = &seed;
	o.root = &claim.root;
	o.header.description = cli_args_get(args, "item");
	if (rc == 0)
		rc = cli_image_anew_find(&o, &has_point, err);
	if (rc == 0)
		rc = media_image_make(&result, &o, err);
	cli_out_progress_end(&progress.shown);
	cli_image_anew_say(&o, rc);
	if (rc == 0) {
		cli_out("converted: %" PRIu64 " bytes, %" PRIu64
			" file%s; the tree root is the recorded one\n",
		    result.length, result.files, cli_out_s(result.files));
		cli_image_print_hashes(&result.hashes);
		rc = cli_image_record_write_unreadable(
		    o.bases[0], &result.bad, err);
	}
	if (rc == 0)
		rc = media_image_forget(o.bases[0], err);
	mem_wipe(&seed, sizeof(seed));
	media_range_done(&result.bad);
	media_open_done(&image);
	cli_image_options_done(&o);
	return rc;
}

const struct cli_command cmd_convert = {
    .name = "convert",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --item COPY -o DEST",
    .summary = "Writes an image in another form, with the same content",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil convert IMG-0001.E01 --item IMG-0001 "
		"-o IMG-0001.raw\n",
    .run = run,
};

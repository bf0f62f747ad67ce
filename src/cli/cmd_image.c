/*
 * cmd_image.c: `counterfoil image`: a drive becomes an image, and the image an
 * item of the case.
 *
 * The record is judged before the first byte is read, so that nobody copies
 * for hours what may not be copied; it is made when the copy is there.
 */
#include "case_offer.h"
#include "case_state.h"
#include "cli_compose.h"
#include "cli_drive.h"
#include "cli_image.h"
#include "cli_image_anew.h"
#include "cli_image_record.h"
#include "cli_lock_image.h"
#include "cli_make.h"
#include "cli_outside.h"
#include "cli_register.h"
#include "file.h"
#include "media_open.h"
#include "media_source.h"
#include "mem.h"
#include "version.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TOOL "counterfoil " VERSION_TEXT

static const struct cli_option options[] = {
    {"item", 0, "ITEM", false, "what is copied, or was"},
    {"copy", 0, "ITEM", false, "the number that the copy gets, an item too"},
    CLI_IMAGE_OPTIONS,
    CLI_LOCK_IMAGE_OPTIONS,
    {"resume", 0, NULL, false, "go on with an image that was not finished"},
    {"split", 0, NULL, false, "SOURCE is the first of x.001, x.002, ..."},
    {"retries", 0, "N", false, "attempts more at a bad sector (default: 2)"},
    {"log", 0, "FILE", false,
	"register: what the program that made the image wrote of it"},
    {"zone", 0, "+HHMM", false,
	"register: the time zone of a log that names none"},
    {"writable", 0, NULL, false,
	"copy although the source is not write-protected"},
    {"in-use", 0, NULL, false, "copy although the source is mounted"},
    {"examiner", 0, "PARTY", false, "who makes the copy (default: first --as)"},
    {"custodian", 0, "PARTY", false,
	"who holds the item (default: the --as that does)"},
    {"host", 0, "PARTY", false, "who holds the copy (default: the examiner)"},
    {"inside", 0, "ITEM", false, "the medium that the copy is on"},
    {"witness", 0, "PARTY", true, "who watched and signs"},
    {"present-throughout", 0, "yes|no", false,
	"was the witness there from beginning to end"},
    {"order", 0, "RECORD", false, "the order under which it is made"},
    {"write-blocker", 0, "TEXT", false, "how the source was protected"},
    {"place", 0, "TEXT", false, "where (withheld)"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"although", 0, NULL, false,
	"do it even if it breaks a rule, marked as a breach"},
};

static const struct cli_compose_option fields[] = {
    {"present-throughout", RECORD_F_PRESENT_THROUGHOUT},
    {"order", RECORD_F_ORDER},
    {"place", RECORD_F_PLACE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

struct imaging {
	const struct cli_args *args;
	struct media_image_options options;
	struct media_image_result result;
	struct media_source_protection protection;
	struct cli_drive_pair drive;
	struct case_offer judged; /* the record, as far as it was known then */
	bool is_done;
	int64_t started, finished;
};

/* What the kernel said of the write protection, behind what people say. */
static int put_blocker(
    struct cli_compose *m, const struct imaging *im, struct err *err)
{
	const struct media_source_protection *p = &im->protection;
	const char *said = cli_args_get(m->c->args, "write-blocker");
	struct buf text;
	int rc;

	buf_init(&text, 4096);
	if (said != NULL)
		buf_puts(&text, said);
	if (im->is_done && p->is_device)
		buf_printf(&text,
		    "%sread-only by the kernel: %s at the start, %s at the "
		    "end, writable %" PRIu64 " of %" PRIu64 " times looked at",
		    said != NULL ? "; " : "",
		    p->is_read_only_at_start ? "yes" : "no",
		    p->is_read_only_at_end ? "yes" : "no", p->writable,
		    p->looks);
	rc = buf_check(&text, err);
	if (rc == 0 && text.n > 0)
		rc = cli_compose_put(m, RECORD_F_WRITE_BLOCKER, text.p, err);
	buf_done(&text);
	return rc;
}

static int put_tool(
    struct cli_compose *m, const struct imaging *im, struct err *err)
{
	char text[128];

	if (im->result.resumed_at == 0)
		return cli_compose_put(m, RECORD_F_TOOL, TOOL, err);
	(void)snprintf(text, sizeof(text),
	    TOOL "; broken off, gone on with at byte %" PRIu64,
	    im->result.resumed_at);
	return cli_compose_put(m, RECORD_F_TOOL, text, err);
}

static int compose(struct cli_case *c, struct cli_keys *keys,
    const struct imaging *im, bool is_now, struct case_offer *offer,
    struct err *err)
{
	const struct cli_image_record_copy copy = {
	    .format = cli_image_format(im->options.style),
	    .is_done = im->is_done,
	    .length = im->result.length,
	    .files = im->result.files,
	    .root = im->result.root,
	    .hashes = &im->result.hashes,
	    .bad = &im->result.bad,
	    .remark = im->options.base_count > 1
		? "written to two places at the same time"
		: NULL,
	};
	struct cli_compose m = {0};
	int rc = cli_compose_start_now(&m, c, keys, RECORD_IMAGE, is_now, err);

	if (rc == 0)
		rc = cli_image_record_put_parties(&m, err);
	if (rc == 0)
		rc = cli_compose_options(&m, fields, COUNT(fields), err);
	if (rc == 0)
		rc = put_tool(&m, im, err);
	if (rc == 0)
		rc = put_blocker(&m, im, err);
	if (rc == 0 && im->is_done) {
		rc = cli_compose_put_time(
		    &m, RECORD_F_STARTED, im->started, err);
		if (rc == 0)
			rc = cli_compose_put_time(
			    &m, RECORD_F_FINISHED, im->finished, err);
	}
	if (rc == 0)
		rc = cli_image_record_put_copy(&m, &copy, err);
	if (rc == 0 && im->is_done)
		rc = cli_drive_put_pair(
		    &im->drive, &m, cli_args_get(im->args, "item"), err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

/* ---- before, during, after ---- */

static int forget_recorded(const struct imaging *im, const char *number,
    const struct cli_image_claim *claim, struct err *err)
{
	int rc = media_image_forget_recorded(
	    &im->options, claim->length, &claim->root, err);

	if (rc == 0)
		cli_out("%s is made and recorded; its journal, the last thing "
			"that was left, is removed\n",
		    number);
	return rc;
}

/* Who died when the record was entered left nothing to do but this. */
static int end_recorded(struct imaging *im, bool *ret_is_over, struct err *err)
{
	const char *number = cli_args_get(im->args, "copy");
	struct cli_image_claim claim;
	struct cli_case c = {0};
	int rc = cli_case_open(&c, im->args, err);

	if (rc == 0 &&
	    case_state_find_item(c.state, slice_of(number)) != CASE_NONE) {
		rc = cli_image_claim(&c, number, &claim, err);
		if (rc == 0 && cli_image_anew_is_whole(&im->options))
			cli_out("%s is made and recorded; there is nothing "
				"left to do\n",
			    number);
		else if (rc == 0)
			rc = forget_recorded(im, number, &claim, err);
		if (rc == 0 && cli_args_has(im->args, "lock"))
			cli_out_remark("--lock does nothing any more: use "
				       "`counterfoil lock`, unless the ledger "
				       "or `counterfoil offers` has its lock");
		*ret_is_over = true;
	}
	cli_case_done(&c);
	return rc;
}

static const char *const written[] = {"output", "second", "lock"};

static int judge(struct imaging *im, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct case_offer now = {0};
	int rc = cli_case_open(&c, im->args, err);

	if (rc == 0)
		rc = cli_outside_check(
		    &c, im->args, written, COUNT(written), err);
	if (rc == 0)
		rc = cli_keys_open(&keys, im->args, err);
	if (rc == 0)
		rc = cli_image_record_check_number(
		    &c, cli_args_get(im->args, "copy"), err);
	if (rc == 0 && cli_args_has(im->args, "at"))
		rc = compose(&c, &keys, im, true, &now, err);
	if (rc == 0)
		rc = cli_case_judge_now(&c, &now, err);
	if (rc == CLI_DONE)
		rc = compose(&c, &keys, im, false, &im->judged, err);
	/* With a lock, each key signs one of the two records. */
	if (rc == 0 && !cli_args_has(im->args, "lock"))
		rc = cli_compose_check_keys(&keys, &im->judged, NULL, err);
	if (rc == 0)
		rc = cli_case_judge(&c, &keys, &im->judged,
		    cli_args_has(im->args, "although"), err);
	if (rc == CLI_DONE)
		rc = cli_drive_begin(&im->drive, &c,
		    cli_args_get(im->args, "item"), im->args->words[0],
		    cli_args_has(im->args, "although"), err);
	im->started = c.now;
	case_offer_done(&now);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

static int open_source(
    struct imaging *im, struct media_source **ret_source, struct err *err)
{
	struct media_source_options o = {
	    .may_be_writable = cli_args_has(im->args, "writable"),
	    .may_be_in_use = cli_args_has(im->args, "in-use"),
	    .retries = MEDIA_SOURCE_RETRIES,
	};
	uint64_t retries;
	bool is_given;
	int rc = cli_args_count(im->args, "retries", &retries, &is_given, err);

	if (rc == 0 && is_given && retries > 1000)
		rc = err_set(err, ERR_USAGE, "--retries: at most 1000");
	if (rc == 0 && is_given)
		o.retries = (unsigned)retries;
	return rc != 0 ? rc
		       : media_source_open(ret_source, im->args->words[0],
			     cli_args_has(im->args, "split"), &o, err);
}

/* An image of another format is a source too: what is copied is its medium. */
static bool is_foreign_source(const struct imaging *im)
{
	size_t n;

	return media_name_is_foreign(media_name_of(im->args->words[0], &n));
}

static int open_foreign(
    struct imaging *im, struct media_open *ret_open, struct err *err)
{
	const char *path = im->args->words[0];
	uint64_t flaws;
	int rc = media_open(ret_open, path, err);
	const struct media_about *a = &ret_open->about;

	if (rc == 0 && a->available > a->length)
		cli_out_remark("%s has %" PRIu64 " bytes behind the end of its "
			       "medium, which are not copied",
		    path, a->available - a->length);
	return rc != 0 ? rc : cli_image_say_flaws(ret_open, &flaws, err);
}

/* What an unfinished image is of, so that it is gone on with for nothing else:
 * each word ends in the zero that no word has inside. */
static struct hash bind(const struct imaging *im)
{
	const char *words[] = {cli_args_get(im->args, "item"),
	    cli_args_get(im->args, "copy"),
	    im->drive.is_there ? im->drive.before.serial.text : ""};
	struct buf text;

	buf_init(&text, 4096);
	for (size_t i = 0; i < COUNT(words); i++)
		buf_put(&text, words[i], strlen(words[i]) + 1);
	/* Longer words than any that is valid: cut off, and still a binding. */
	struct hash hash = hash_of(text.p, text.n);
	buf_done(&text);
	return hash;
}

static int copy(struct imaging *im, struct err *err)
{
	struct cli_image_progress progress = {.what = "copying"};
	struct media_image_options *o = &im->options;
	struct media_open foreign = {0};
	struct tree_seed seed = {{0}};
	const struct hash binding = bind(im);
	bool has_point = false;
	int rc = 0;

	if (is_foreign_source(im)) {
		rc = open_foreign(im, &foreign, err);
		o->from = &foreign;
	} else {
		rc = open_source(im, &o->source, err);
	}

	if (rc == 0)
		rc = cli_image_anew_find(o, &has_point, err);
	if (rc == 0)
		rc = media_image_check(o, err);
	/* Before the first point there is nothing that another seed spoils. */
	if (rc == 0)
		rc = cli_image_record_get_seed(im->args, has_point, &seed, err);
	o->seed = &seed;
	o->binding = &binding;
	o->header = (struct media_ewf_header){
	    .evidence = cli_args_get(im->args, "item"),
	    .description = cli_args_get(im->args, "copy"),
	    .when = im->started,
	};
	o->progress = cli_image_tick;
	o->progress_cookie = &progress;
	if (rc == 0 && o->source != NULL)
		o->is_device = media_source_protection(o->source).is_device;
	if (rc == 0)
		rc = media_image_make(&im->result, o, err);
	cli_out_progress_end(&progress.shown);
	cli_image_anew_say(o, rc);
	mem_wipe(&seed, sizeof(seed));
	if (rc == 0 && o->source != NULL)
		im->protection = media_source_protection(o->source);
	media_source_free(o->source);
	media_open_done(&foreign);
	o->source = NULL;
	o->from = NULL;
	if (rc == 0)
		rc = cli_drive_end(&im->drive, im->args->words[0], err);
	im->is_done = rc == 0;
	return rc;
}

static void tell(const struct imaging *im)
{
	const struct media_image_result *r = &im->result;
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &r->root);
	cli_out("copied: %" PRIu64 " bytes, %" PRIu64 " file%s\n", r->length,
	    r->files, cli_out_s(r->files));
	cli_out("  tree: %s\n", hex);
	cli_image_print_hashes(&r->hashes);
	if (im->protection.is_device && im->protection.writable > 0)
		cli_out_remark("the source was not write-protected %" PRIu64
			       " of %" PRIu64 " times that it was looked at",
		    im->protection.writable, im->protection.looks);
	cli_out_remark(
	    "the seed of the salts is in private/seeds; it is secret "
	    "until it is locked with the image");
}

static int enter(struct imaging *im, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct case_offer offer = {0};
	int rc = cli_case_open(&c, im->args, err);

	im->finished = c.now;
	if (rc == 0)
		rc = cli_keys_open(&keys, im->args, err);
	keys.are_checked = true;
	if (rc == 0)
		rc = cli_image_record_compare_capacity(
		    &c, im->result.length, err);
	if (rc == 0)
		rc = compose(&c, &keys, im, false, &offer, err);
	if (rc == 0)
		rc = cli_compose_submit(&c, &keys, &offer, err);
	case_offer_done(&offer);
	cli_keys_done(&keys);
	cli_case_done(&c);
	if (rc < 0)
		err_prefix(err,
		    "the image is made, but its record is not; --resume tries "
		    "again");
	/* Status 2 says that nothing was changed. */
	return rc == ERR_USAGE ? ERR_CONFLICT : rc;
}

/* The image, its record, and the lock if one is asked for. */
static int make(struct imaging *im, struct err *err)
{
	const char *base = im->options.bases[0];
	struct cli_lock_image lock = {0};
	int rc = judge(im, err);

	if (rc == CLI_DONE)
		rc = cli_lock_image_begin(
		    &lock, im->args, &im->judged, &im->options, err);
	if (rc == CLI_DONE)
		rc = copy(im, err);
	if (rc == 0 && im->is_done) {
		tell(im);
		rc = cli_image_record_write_unreadable(
		    base, &im->result.bad, err);
		if (rc == 0)
			rc = enter(im, err);
		if (rc == CLI_DONE)
			rc = media_image_forget(base, err);
		if (rc == CLI_DONE)
			rc = cli_lock_image_end(
			    &lock, im->args, &im->result, err);
		if (rc == CLI_DONE && im->result.bad.n > 0)
			rc = CLI_PARTLY;
	}
	cli_lock_image_done(&lock);
	return rc;
}

/* Before anything is judged: a refusal is signed, and a name that was mistyped
 * is no reason for one. */
static int check_source(const char *path, struct err *err)
{
	return access(path, F_OK) == 0
	    ? 0
	    : err_sys(err, errno, "image: the source %s", path);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct imaging im = {.args = args};
	const char *item, *number;
	bool is_over = false;

	if (args->word_count == 2)
		return cli_register_run(args, err);
	int rc = cli_register_check_unused(args, err);

	if (rc == 0)
		rc = cli_args_need(args, "item", &item, err);
	if (rc == 0)
		rc = cli_args_need(args, "copy", &number, err);
	if (rc == 0)
		rc = check_source(args->words[0], err);
	if (rc == 0)
		rc = cli_image_options(args, &im.options, err);
	if (rc == 0 && im.options.is_resumed)
		rc = end_recorded(&im, &is_over, err);
	if (rc == 0 && !is_over)
		rc = make(&im, err);
	case_offer_done(&im.judged);
	media_range_done(&im.result.bad);
	cli_image_options_done(&im.options);
	return rc;
}

const struct cli_command cmd_image = {
    .name = "image",
    .group = CLI_CUSTODY,
    .usage = "SOURCE --item ITEM --copy ITEM -o DEST --as PARTY | register "
	     "IMAGE --log FILE --item ITEM --copy ITEM --as PARTY",
    .summary = "Copies a drive, or takes a copy that another program made, "
	       "and records it",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 2,
    .examples =
	"  counterfoil image /dev/sdb --item PC-0007-D1 --copy IMG-0001 \\\n"
	"      -o /mnt/evidence/IMG-0001.E01 --second /mnt/two/IMG-0001.E01 "
	"\\\n"
	"      --order last --write-blocker \"T35u, serial 0042\" \\\n"
	"      --as lab.example --as room.example\n"
	"  counterfoil image register two.E01 --log two.E01.txt --zone +0100 "
	"\\\n"
	"      --item PC-0007-D1 --copy IMG-0001 --order last \\\n"
	"      --as lab.example --as room.example\n",
    .run = run,
};

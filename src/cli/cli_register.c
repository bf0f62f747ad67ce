/*
 * cli_register.c: see cli_register.h. In this order: the log is read, the law
 * asked, the image read and held against the log; then the leaves get their
 * name and the record is entered.
 */
#include "cli_register.h"

#include "case_offer.h"
#include "case_state.h"
#include "cli_compose.h"
#include "cli_detail.h"
#include "cli_image.h"
#include "cli_image_record.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "cli_register_hold.h"
#include "mem.h"
#include "text.h"
#include "when.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PATH_BYTES_MAX 8192
#define REMARK_MAX 1024
#define BAD_REMARK_MAX 200

static const struct cli_compose_option fields[] = {
    {"present-throughout", RECORD_F_PRESENT_THROUGHOUT},
    {"order", RECORD_F_ORDER},
    {"write-blocker", RECORD_F_WRITE_BLOCKER},
    {"place", RECORD_F_PLACE},
    {"objection", RECORD_F_OBJECTION},
    {"remark", RECORD_F_REMARK},
};

struct registering {
	const struct cli_args *args;
	struct media_log log;
	struct hash log_hash;
	struct media_open image;
	struct cli_register_hold hold;
	struct buf tree_path, base;
	char serial_remark[REMARK_MAX]; /* "": nothing to remark */
	char bad_remark[2 * BAD_REMARK_MAX];
	bool is_done;
};

/* ---- what was typed ---- */

static int check_none(const struct cli_args *args, const char *const *names,
    size_t n, const char *why, struct err *err)
{
	for (size_t i = 0; i < n; i++)
		if (cli_args_has(args, names[i]))
			return err_set(
			    err, ERR_USAGE, "image: --%s %s", names[i], why);
	return 0;
}

int cli_register_check_unused(const struct cli_args *args, struct err *err)
{
	static const char *const names[] = {"log", "zone"};

	return check_none(
	    args, names, COUNT(names), "goes with `image register IMAGE`", err);
}

static int check_words(const struct cli_args *args, struct err *err)
{
	static const char *const names[] = {"second", "format", "segment-size",
	    "resume", "split", "retries", "writable", "in-use"};

	if (strcmp(args->words[0], "register") != 0)
		return err_set(err, ERR_USAGE,
		    "image: give one source, or `register` and one image");
	return check_none(args, names, COUNT(names),
	    "does not go with `register`, which copies nothing", err);
}

/* "+0100", for a log that names no zone. */
static int add_zone(
    struct registering *r, struct media_log_time *t, struct err *err)
{
	const char *zone = cli_args_get(r->args, "zone");
	unsigned hours, minutes;
	char sign, more;

	if (zone == NULL || !t->is_said)
		return 0;
	if (t->has_zone)
		return err_set(err, ERR_USAGE,
		    "image: --zone is not needed: the log says its own");
	if (strlen(zone) != 5 ||
	    sscanf(zone, "%c%2u%2u%c", &sign, &hours, &minutes, &more) != 3 ||
	    (sign != '+' && sign != '-') || hours > 14 || minutes > 59)
		return err_set(err, ERR_USAGE,
		    "image: --zone \"%s\" is not like +0100, which is how far "
		    "the imaging computer's clock was before UTC",
		    zone);
	int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;

	t->when -= sign == '-' ? -seconds : seconds;
	t->has_zone = t->when >= 0;
	return 0;
}

static int read_log(struct registering *r, struct err *err)
{
	const char *path;
	struct buf text;
	int rc = cli_args_need(r->args, "log", &path, err);

	buf_init(&text, MEDIA_LOG_BYTES_MAX);
	if (rc == 0)
		rc = file_read_user(&text, path, MEDIA_LOG_BYTES_MAX, err);
	if (rc == 0) {
		rc = media_log_parse(&r->log, buf_slice(&text), err);
		if (rc != 0)
			err_prefix(err, "%s", path);
		r->log_hash = hash_of(text.p, text.n);
	}
	if (rc == 0)
		rc = add_zone(r, &r->log.started, err);
	if (rc == 0)
		rc = add_zone(r, &r->log.finished, err);
	buf_done(&text);
	return rc;
}

static int set_up(struct registering *r, struct err *err)
{
	const struct cli_args *args = r->args;
	const char *needed, *base = cli_args_get(args, "output");
	const char *hashes = cli_args_get(args, "hash");
	uint64_t flaws;
	int rc = check_words(args, err);

	if (rc == 0)
		rc = cli_args_need(args, "item", &needed, err);
	if (rc == 0)
		rc = cli_args_need(args, "copy", &needed, err);
	if (rc == 0)
		rc = media_hash_parse(&r->hold.wanted,
		    slice_of(hashes != NULL ? hashes : "sha256"), err);
	if (base == NULL)
		base = args->words[1];
	media_name_put_beside(&r->base, base, "");
	media_name_put_beside(&r->tree_path, base, ".tree");
	if (rc == 0)
		rc = buf_check(&r->base, err);
	if (rc == 0)
		rc = buf_check(&r->tree_path, err);
	if (rc == 0)
		rc = read_log(r, err);
	cli_image_allow_files();
	if (rc == 0)
		rc = media_open(&r->image, args->words[1], err);
	if (rc == 0)
		rc = cli_image_say_flaws(&r->image, &flaws, err);
	r->hold.log = &r->log;
	r->hold.image = &r->image;
	r->hold.tree_path = r->tree_path.p;
	if (rc == 0) {
		rc = cli_register_hold_check(&r->hold, err);
		if (rc != 0)
			err_prefix(err, "%s", args->words[1]);
	}
	return rc;
}

/* ---- the drive ---- */

/* Letters and digits alone, in lower case: programs put spaces and dashes
 * where others have none. */
static void plain(char ret_plain[REMARK_MAX], struct slice text)
{
	size_t n = 0;

	for (size_t i = 0; i < text.n && n + 1 < REMARK_MAX; i++) {
		char c = text_lower_char(text.p[i]);

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'))
			ret_plain[n++] = c;
	}
	ret_plain[n] = '\0';
}

static bool is_same_number(struct slice a, struct slice b)
{
	char x[REMARK_MAX], y[REMARK_MAX];

	plain(x, a);
	plain(y, b);
	return strcmp(x, y) == 0;
}

/* Compares one of the drive's marks; false: they are others. */
static int compare(struct cli_detail *detail, uint32_t item,
    enum record_name field, const char *by_log, const char *what,
    bool *ret_is_other, struct slice *ret_listed, struct err *err)
{
	bool is_withheld;
	int rc =
	    cli_detail_get(detail, item, field, ret_listed, &is_withheld, err);

	*ret_is_other = false;
	if (rc != 0)
		return rc;
	if (by_log[0] == '\0')
		cli_out_remark("the log does not say the drive's %s", what);
	else if (is_withheld)
		cli_out_remark("the drive's %s in the list is withheld from "
			       "this folder and cannot be compared",
		    what);
	else if (ret_listed->p == NULL ||
	    slice_is_text(*ret_listed, "none visible"))
		cli_out_remark("the list does not say the drive's %s", what);
	else
		*ret_is_other = !is_same_number(*ret_listed, slice_of(by_log));
	return 0;
}

static int check_drive(
    struct registering *r, struct cli_case *c, struct err *err)
{
	struct cli_detail detail = {.c = c};
	const char *name = cli_args_get(r->args, "item");
	struct slice listed;
	bool is_other = false;
	uint32_t item;
	int rc = cli_case_find_item(c, name, &item, err);

	if (rc == 0)
		rc = compare(&detail, item, RECORD_F_MODEL, r->log.model,
		    "model", &is_other, &listed, err);
	if (rc == 0 && is_other)
		cli_out_remark("the drive's model: \"%s\" in the log, "
			       "\"%.*s\" in the list",
		    r->log.model, SLICE_ARG(listed));
	if (rc == 0)
		rc = compare(&detail, item, RECORD_F_SERIAL, r->log.serial,
		    "serial number", &is_other, &listed, err);
	if (rc == 0 && is_other) {
		(void)snprintf(r->serial_remark, sizeof(r->serial_remark),
		    "the imager's log names the drive's serial number %s, the "
		    "list %.*s",
		    r->log.serial, (int)(listed.n > 200 ? 200 : listed.n),
		    listed.p);
		if (!cli_args_has(r->args, "although"))
			rc = err_set(err, ERR_VERIFY,
			    "image: %s for %s: it is the log of another drive, "
			    "or of the adapter between. If it is this drive, "
			    "--although records both",
			    r->serial_remark, name);
	}
	cli_detail_done(&detail);
	return rc;
}

/* ---- the record ---- */

static int put_log(
    struct registering *r, struct cli_compose *m, struct err *err)
{
	struct hash kept;
	char hex[HASH_HEX_SIZE];
	int rc = cli_compose_put(m, RECORD_F_TOOL, r->log.tool, err);

	if (rc == 0 && r->log.started.has_zone)
		rc = cli_compose_put_time(
		    m, RECORD_F_STARTED, r->log.started.when, err);
	if (rc == 0 && r->log.finished.has_zone)
		rc = cli_compose_put_time(
		    m, RECORD_F_FINISHED, r->log.finished.when, err);
	if (rc == 0)
		rc = cli_case_keep_file(
		    m->c, cli_args_get(r->args, "log"), &kept, err);
	if (rc == 0 && !hash_is(&kept, &r->log_hash))
		rc = err_set(err, ERR_CONFLICT,
		    "image: the log was changed while it was read");
	hash_to_hex(hex, &r->log_hash);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_IMAGER_LOG, hex, err);
	return rc;
}

/* only_at: NULL, or the time as of which it is only judged. */
static int compose(struct registering *r, struct cli_case *c,
    struct cli_keys *keys, const int64_t *only_at, struct case_offer *offer,
    struct err *err)
{
	const struct cli_image_record_copy copy = {
	    .format = cli_image_format(r->image.style),
	    .is_done = r->is_done,
	    .length = r->hold.length,
	    .files = r->image.n,
	    .root = r->hold.root,
	    .hashes = &r->hold.hashes,
	    .bad = &r->hold.bad,
	    .bad_remark = r->bad_remark[0] != '\0' ? r->bad_remark : NULL,
	    .remark = r->serial_remark[0] != '\0' ? r->serial_remark : NULL,
	};
	const struct media_log_time *end = &r->log.finished;
	struct cli_compose m = {0};
	int rc = only_at != NULL
	    ? cli_compose_start_at(
		  &m, c, keys, RECORD_IMAGE, *only_at, NULL, err)
	    : cli_compose_start_at(&m, c, keys, RECORD_IMAGE,
		  end->has_zone ? end->when : c->now,
		  "the time at which the log says that the copy was done", err);

	if (rc == 0)
		rc = cli_image_record_put_parties(&m, err);
	if (rc == 0)
		rc = cli_compose_options(&m, fields, COUNT(fields), err);
	if (rc == 0)
		rc = put_log(r, &m, err);
	if (rc == 0)
		rc = cli_image_record_put_copy(&m, &copy, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, offer, err);
	cli_compose_done(&m);
	return rc;
}

/* Whether a time of the log can be true; one that cannot is said to be false,
 * and nothing is judged by it. */
static bool is_past(
    const struct cli_case *c, const struct media_log_time *t, const char *what)
{
	char text[WHEN_SIZE];

	if (!t->has_zone)
		return false;
	if (t->when <= c->now)
		return true;
	when_to_time(text, t->when);
	cli_out_remark("the log says that it %s at %s, which is in the future: "
		       "the clock of the computer that made the image was "
		       "wrong, or this one is",
	    what, text);
	return false;
}

/* What is said with --at covers up no copy that was made when it was not
 * allowed: it is judged as of the log's own times, too. */
static int judge_times(struct registering *r, struct cli_case *c,
    struct cli_keys *keys, struct err *err)
{
	const struct media_log *log = &r->log;
	const bool has_started = is_past(c, &log->started, "started"),
		   has_finished = is_past(c, &log->finished, "finished");
	const int64_t times[] = {log->started.when, log->finished.when};
	const bool has[] = {has_started, has_finished};
	int64_t at = log->finished.when;
	bool is_given;
	int rc = cli_args_time(r->args, "at", &at, &is_given, err);

	if (rc == 0 && is_given && has_finished && at < log->finished.when)
		return err_set(err, ERR_USAGE,
		    "image: --at is before the time at which the log says that "
		    "the copy was done");
	for (size_t i = 0; i < COUNT(times) && rc == 0; i++) {
		struct case_offer offer = {0};

		if (!is_given || !has[i])
			continue;
		rc = compose(r, c, keys, &times[i], &offer, err);
		if (rc == 0)
			rc = cli_case_judge(c, keys, &offer, false, err);
		if (rc == CLI_FALSE)
			cli_out_error("that is as of the time at which, by the "
				      "log, it %s; --at changes nothing in it",
			    i == 0 ? "started" : "was done");
		case_offer_done(&offer);
	}
	return rc;
}

static int judge(struct registering *r, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct case_offer offer = {0};
	int rc = cli_case_open(&c, r->args, err);

	if (rc == 0)
		rc = cli_keys_open(&keys, r->args, err);
	if (rc == 0)
		rc = cli_image_record_check_number(
		    &c, cli_args_get(r->args, "copy"), err);
	if (rc == 0)
		rc = check_drive(r, &c, err);
	if (rc == 0)
		rc = judge_times(r, &c, &keys, err);
	if (rc == 0)
		rc = compose(r, &c, &keys, NULL, &offer, err);
	if (rc == 0)
		rc = cli_case_judge(
		    &c, &keys, &offer, cli_args_has(r->args, "although"), err);
	case_offer_done(&offer);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

/* What the log calls unreadable and is not zero is no hole in the copy: it is
 * not listed, and the record says why. */
static void count_not_zero(struct registering *r)
{
	const struct cli_register_hold *h = &r->hold;
	char text[BAD_REMARK_MAX];
	const size_t n = strlen(r->bad_remark);

	if (h->not_zero == 0)
		return;
	(void)snprintf(text, sizeof(text),
	    "%" PRIu64 " bytes, the first at %" PRIu64 ", that are called "
	    "unreadable by log or image are not zero in the copy, and are not "
	    "listed",
	    h->not_zero, h->not_zero_at);
	(void)snprintf(r->bad_remark + n, sizeof(r->bad_remark) - n, "%s%s",
	    n > 0 ? "; " : "", text);
	cli_out_remark("THE LOG CONTRADICTS THE IMAGE: %s", text);
}

/* Whether the ledger has these bytes already; nothing is refused, since two
 * drives may hold the same. */
static int say_same(
    const struct registering *r, const struct cli_case *c, struct err *err)
{
	const struct media_hash_value *own =
	    &r->hold.hashes.of[MEDIA_HASH_SHA256];
	struct cli_detail detail = {.c = c};
	char hex[MEDIA_HASH_HEX_SIZE];
	int rc = 0;

	if (!own->is_there)
		return 0;
	media_hash_hex(hex, MEDIA_HASH_SHA256, own);
	const size_t items = case_state_item_count(c->state);
	for (size_t i = 0; i < items && rc == 0; i++) {
		const struct case_item *copy =
		    case_state_item(c->state, (uint32_t)i);
		struct slice value = {0};

		if (copy->derived_from == CASE_NONE)
			continue;
		rc = cli_detail_get(
		    &detail, (uint32_t)i, RECORD_F_SHA256, &value, NULL, err);
		if (rc == 0 && slice_is_text(value, hex))
			cli_out_remark(
			    "THE SAME BYTES (SHA-256) are in the ledger "
			    "already as %.*s, a copy of %.*s: look whether it "
			    "is the image of this drive",
			    SLICE_ARG(copy->id),
			    SLICE_ARG(
				case_state_item(c->state, copy->derived_from)
				    ->id));
	}
	cli_detail_done(&detail);
	return rc;
}

static int enter(struct registering *r, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct case_offer offer = {0};
	int rc = cli_case_open(&c, r->args, err);

	if (rc == 0)
		rc = cli_keys_open(&keys, r->args, err);
	if (rc == 0)
		rc = cli_image_record_compare_capacity(&c, r->hold.length, err);
	if (rc == 0)
		rc = say_same(r, &c, err);
	if (rc == 0)
		rc = compose(r, &c, &keys, NULL, &offer, err);
	if (rc == 0)
		rc = cli_compose_submit(&c, &keys, &offer, err);
	case_offer_done(&offer);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

/* ---- what is said ---- */

static void say_time(const char *what, const struct media_log_time *t)
{
	char text[WHEN_SIZE];

	if (!t->is_said) {
		cli_out_remark("the log does not say when it %s", what);
		return;
	}
	when_to_time(text, t->when);
	if (t->has_zone)
		cli_out("  %s: %s\n", what, text);
	else
		cli_out_remark("the log says that it %s on %.10s at %.8s, and "
			       "not in which time zone; it is not in the "
			       "record (--zone says it)",
		    what, text, text + 11);
}

/* The log counts sectors that it does not name, or the other way round. */
static void count_bad(struct registering *r)
{
	const struct media_log *log = &r->log;
	uint64_t named = log->bad.bytes / log->sector_size;

	if (log->bad.n > 0 && !log->is_sector_said)
		cli_out_remark("the log counts unreadable sectors and does not "
			       "say how large they are; %u bytes are taken",
		    log->sector_size);
	if (log->has_bad_count && named != log->bad_sectors)
		(void)snprintf(r->bad_remark, sizeof(r->bad_remark),
		    "the log counts %" PRIu64 " unreadable sectors and names "
		    "%" PRIu64,
		    log->bad_sectors, named);
	if (r->bad_remark[0] != '\0')
		cli_out_remark("%s", r->bad_remark);
}

static void say_log(struct registering *r)
{
	const struct media_log *log = &r->log;

	cli_out("by the log: made with %s\n", log->tool);
	if (!log->has_version)
		cli_out_remark(
		    "the log does not say the version of %s", log->tool);
	say_time("started", &log->started);
	say_time("finished", &log->finished);
	if (log->runs > 1)
		cli_out_remark("the log holds %" PRIu64 " runs; the last one "
			       "counts",
		    log->runs);
	if (log->examiner[0] != '\0')
		cli_out_remark("the log names %s as examiner; it is not in "
			       "the record",
		    log->examiner);
	if (!log->has_length)
		cli_out_remark("the log does not say the length of the drive");
	if (log->files > 0 && log->files != r->image.n)
		cli_out_remark("the log names %" PRIu64 " files of the image, "
			       "and there are %zu",
		    log->files, r->image.n);
	if (log->is_read_otherwise)
		cli_out_remark("by the log the drive did not give the same "
			       "when it was read again");
	if (!cli_args_has(r->args, "write-blocker"))
		cli_out_remark("nothing says how the drive was protected "
			       "against writing (--write-blocker)");
	cli_out_remark("no telltales of the drive are known from that time");
	count_bad(r);
}

static void say_result(const struct registering *r)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &r->hold.root);
	cli_out("registered: %" PRIu64 " bytes, %zu file%s\n  tree: %s\n",
	    r->hold.length, r->image.n, cli_out_s(r->image.n), hex);
	cli_image_print_hashes(&r->hold.hashes);
	cli_out_remark("the seed of the salts is in private/seeds; it is "
		       "secret until it is locked with the image");
}

/* ---- all of it ---- */

static int read_image(struct registering *r, struct err *err)
{
	struct tree_seed seed = {{0}};
	int rc = cli_image_record_get_seed(r->args, false, &seed, err);

	r->hold.seed = &seed;
	if (rc == 0)
		rc = cli_register_hold_read(&r->hold, err);
	r->hold.seed = NULL;
	mem_wipe(&seed, sizeof(seed));
	r->is_done = rc == CLI_DONE;
	return rc;
}

static int finish(struct registering *r, struct err *err)
{
	int rc = file_draft_publish(&r->hold.tree, err);

	if (rc != 0)
		return rc;
	say_result(r);
	count_not_zero(r);
	rc = cli_image_record_write_unreadable(r->base.p, &r->hold.bad, err);
	if (rc == 0)
		rc = enter(r, err);
	if (rc != CLI_DONE && file_remove(AT_FDCWD, r->tree_path.p, NULL) != 0)
		cli_out_remark("%s could not be removed", r->tree_path.p);
	if (rc == CLI_DONE && (r->hold.bad.n > 0 || r->log.bad_sectors > 0))
		rc = CLI_PARTLY;
	return rc;
}

int cli_register_run(const struct cli_args *args, struct err *err)
{
	struct registering r = {.args = args};
	int rc;

	buf_init(&r.base, PATH_BYTES_MAX);
	buf_init(&r.tree_path, PATH_BYTES_MAX);
	rc = set_up(&r, err);
	if (rc == 0)
		rc = judge(&r, err);
	if (rc == CLI_DONE) {
		say_log(&r);
		rc = read_image(&r, err);
	}
	if (rc == CLI_DONE)
		rc = finish(&r, err);
	cli_register_hold_done(&r.hold);
	media_open_done(&r.image);
	media_log_done(&r.log);
	buf_done(&r.base);
	buf_done(&r.tree_path);
	return rc;
}

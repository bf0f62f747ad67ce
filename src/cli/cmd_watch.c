/*
 * cmd_watch.c: `counterfoil watch`: follows a ledger from outside, and alarms.
 *
 * Every look verifies all that is new: records, rules, signatures, tree and
 * checkpoint (cli_case does), holds what mirrors and witnesses show against it,
 * and asks what is overdue. How far it looked is in private/watched.txt, so
 * that an alarm is told once; the proof of a false view stays in
 * private/alarms/.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_due.h"
#include "cli_json.h"
#include "cli_out.h"
#include "cli_remote.h"
#include "cli_site_view.h"
#include "file.h"
#include "hash.h"
#include "mem.h"
#include "mirror.h"
#include "reader.h"
#include "when.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WATCHED_PATH "private/watched.txt"
#define WATCHED_MAGIC "counterfoil-watched/v1\n"
#define WATCHED_MAX 256
#define TEXT_MAX 1024
#define ALARMS_MAX (16u << 20)
#define EVERY_S 60
#define EVERY_MIN 5
#define EVERY_MAX 86400
/* A server may hold a checkpoint back until witnesses have cosigned it. */
#define HELD_BACK_S 8

struct watch {
	const struct cli_args *args;
	struct cli_case c;
	bool is_open;
	struct cli_site_view site; /* --site */
	uint64_t size; /* leaves that were looked at before */
	int64_t time; /* when that was; INT64_MIN: never */
	size_t alarms; /* of this look */
	struct buf out;
	struct json json;
};

/* ---- how far it looked ---- */

static int write_watched(const struct watch *w, struct err *err)
{
	char at[WHEN_SIZE];
	struct buf note;

	when_to_time(at, w->c.now);
	buf_init(&note, WATCHED_MAX);
	buf_printf(&note, WATCHED_MAGIC "%zu %s\n",
	    case_state_leaf_count(w->c.state), at);
	int rc = buf_check(&note, err);
	if (rc == 0)
		rc = file_publish(
		    w->c.fd, WATCHED_PATH, buf_slice(&note), 0600, err);
	buf_done(&note);
	return rc;
}

/* A file that is missing or of another ledger: nothing was looked at. */
static void read_watched(struct watch *w)
{
	unsigned long long size = 0;
	struct reader reader;
	struct buf note;
	int64_t when;

	buf_init(&note, WATCHED_MAX);
	int rc = file_read(&note, w->c.fd, WATCHED_PATH, WATCHED_MAX, NULL);
	reader_init(&reader, note.p, note.n);
	reader_expect(&reader, WATCHED_MAGIC);
	struct slice rest = reader_line(&reader);
	w->size = 0;
	w->time = INT64_MIN;
	if (rc == 0 && slice_to_u64(slice_cut(&rest, ' '), &size) &&
	    when_from_time(&when, rest) &&
	    size <= case_state_leaf_count(w->c.state)) {
		w->size = size;
		w->time = when;
	}
	buf_done(&note);
}

/* ---- alarms ---- */

static void put_alarm(struct watch *w, const char *kind, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static void put_alarm(struct watch *w, const char *kind, const char *fmt, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	w->alarms++;
	if (!cli_args_has(w->args, "json")) {
		buf_printf(&w->out, "ALARM %s: %s\n", kind, text);
		return;
	}
	json_open_object(&w->json, NULL);
	json_text(&w->json, "kind", slice_of(kind));
	json_text(&w->json, "words", slice_of(text));
	json_close_object(&w->json);
}

/* What other eyes see: a mirror, or a witness. True: more than is shown here,
 * which is no alarm yet while `is_patient`. */
static bool compare(struct watch *w, struct http_client *client,
    const char *url, const char *path, bool is_patient)
{
	struct mirror *mirror = NULL;
	struct mirror_news news = {0};
	struct err err = {0};

	int rc = mirror_new(&mirror, client, url, &err);
	if (rc == 0)
		rc = mirror_compare(
		    mirror, path, w->c.fd, &w->c.log_key, &news, &err);
	mirror_free(mirror);
	bool is_ahead = rc == 0 && news.outcome == MIRROR_AHEAD;
	if (rc == ERR_VERIFY || rc == ERR_FORMAT)
		put_alarm(w, "false checkpoint", "%s", err.message);
	else if (rc != 0)
		cli_out_remark("not compared: %s", err.message);
	else if (news.outcome == MIRROR_SPLIT)
		put_alarm(w, "split view",
		    "%s shows another history of %s (%" PRIu64
		    " records), signed by the same key",
		    url, w->c.log_key.name, news.size);
	else if (is_ahead && !is_patient)
		put_alarm(w, "withheld",
		    "%s shows %" PRIu64 " records of %s, and here are %" PRIu64,
		    url, news.size, w->c.log_key.name, news.old_size);
	if (rc == 0 && news.outcome == MIRROR_SPLIT &&
	    cli_remote_keep_proof(&w->c, &news, &err) != 0)
		cli_out_remark("%s", err.message);
	buf_done(&news.checkpoint);
	return is_ahead && is_patient;
}

/* Who looks over the case's shoulder, and where he shows what he saw. */
struct other {
	const char *url;
	const char *path;
	bool is_ahead;
};

/* Whoever shows more is asked again after the time for which a server may hold
 * a checkpoint back, and only then is it an alarm. */
static int compare_others(struct watch *w, struct http_client *client,
    struct other *others, size_t n, struct err *err)
{
	bool is_any_ahead = false;
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		others[i].is_ahead =
		    compare(w, client, others[i].url, others[i].path, true);
		is_any_ahead = is_any_ahead || others[i].is_ahead;
	}
	if (is_any_ahead) {
		(void)nanosleep(
		    &(struct timespec){.tv_sec = HELD_BACK_S}, NULL);
		rc = cli_case_follow(&w->c, err);
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		if (others[i].is_ahead)
			(void)compare(
			    w, client, others[i].url, others[i].path, false);
	return rc;
}

static int compare_all(struct watch *w, struct err *err)
{
	struct http_client_options options = {0};
	struct http_client *client = NULL;
	struct hash hash =
	    hash_of(w->c.log_key.name, strlen(w->c.log_key.name));
	struct other *others = mem_new(
	    w->args->word_count + w->args->value_count + 1, sizeof(*others));
	char path[HASH_HEX_SIZE + 16], hex[HASH_HEX_SIZE];
	const char *url;
	size_t at = 0, n = 0;

	if (others == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < w->args->word_count; i++)
		others[n++] =
		    (struct other){w->args->words[i], "checkpoint", false};
	hash_to_hex(hex, &hash);
	(void)snprintf(path, sizeof(path), "%s/checkpoint", hex);
	while ((url = cli_args_next(w->args, "witness", &at)) != NULL)
		others[n++] = (struct other){url, path, false};
	int rc = http_client_new(&client, &options, err);
	if (rc == 0)
		rc = compare_others(w, client, others, n, err);
	http_client_free(client);
	free(others);
	return rc;
}

/* ---- the site log ---- */

static void keep_proof(const struct watch *w, uint64_t size, struct slice note)
{
	struct mirror_news news = {.size = size};
	struct err err = {0};

	buf_init(&news.checkpoint, LOG_CHECKPOINT_MAX);
	buf_put_slice(&news.checkpoint, note);
	if (cli_remote_keep_proof(&w->c, &news, &err) != 0)
		cli_out_remark("%s", err.message);
	buf_done(&news.checkpoint);
}

static void take_site_fault(void *cookie, enum cli_site_fault fault,
    uint64_t index, uint64_t size, struct slice checkpoint)
{
	struct watch *w = cookie;
	const char *site = w->site.copy.log_key.name;

	if (fault == CLI_SITE_AHEAD) {
		put_alarm(w, "withheld",
		    "entry %" PRIu64 " of the site log %s is a checkpoint of "
		    "%s with %" PRIu64 " records, and here are %" PRIu64,
		    index, site, w->c.log_key.name, size,
		    log_store_size(w->c.store));
		keep_proof(w, size, checkpoint);
	} else if (fault == CLI_SITE_SPLIT) {
		put_alarm(w, "split view",
		    "entry %" PRIu64 " of the site log %s is of another "
		    "history of %s (%" PRIu64
		    " records), signed by the same key",
		    index, site, w->c.log_key.name, size);
		keep_proof(w, size, checkpoint);
	} else {
		put_alarm(w, "false checkpoint",
		    "entry %" PRIu64 " of the site log %s bears the name of "
		    "%s and is not signed by its key",
		    index, site, w->c.log_key.name);
	}
}

static int read_site_key(const struct watch *w, struct note_key *ret_key,
    const struct note_key **ret_given, struct err *err)
{
	const char *typed = cli_args_get(w->args, "site-key");
	int rc =
	    typed == NULL ? 0 : note_key_parse(ret_key, slice_of(typed), err);

	*ret_given = typed != NULL ? ret_key : NULL;
	if (rc != 0)
		err_prefix(err, "watch: --site-key");
	return rc;
}

static void see_behind(void *cookie, enum cli_site_fault fault, uint64_t index,
    uint64_t size, struct slice checkpoint)
{
	bool *is_behind = cookie;

	(void)index;
	(void)size;
	(void)checkpoint;
	*is_behind = *is_behind || fault == CLI_SITE_AHEAD;
}

/* The site log is fetched before the case is once more, so that what is in it
 * should be in the case, now or soon. */
static int compare_site(struct watch *w, uint64_t *ret_count, struct err *err)
{
	bool is_behind = false;

	int rc = cli_case_follow(&w->c, err);
	if (rc == 0)
		rc = cli_site_view_compare(
		    &w->site, &w->c, see_behind, &is_behind, ret_count, err);
	if (rc == 0 && is_behind) {
		(void)nanosleep(
		    &(struct timespec){.tv_sec = HELD_BACK_S}, NULL);
		rc = cli_case_follow(&w->c, err);
	}
	return rc == 0 ? cli_site_view_compare(&w->site, &w->c, take_site_fault,
			     w, ret_count, err)
		       : rc;
}

static int look_at_site(struct watch *w, struct err *err)
{
	const char *url = cli_args_get(w->args, "site");
	const struct note_key *given;
	const char *alarm = "false site log";
	struct note_key key;
	struct err why = {0};
	uint64_t count = 0;

	if (url == NULL)
		return 0;
	int rc = read_site_key(w, &key, &given, err);
	if (rc != 0)
		return rc;
	rc = cli_site_view_sync(&w->site, w->args, url, given, &w->c, &why);
	if (rc == 0) {
		alarm = "false ledger";
		rc = compare_site(w, &count, &why);
	}
	if (rc == ERR_VERIFY) {
		put_alarm(w, alarm, "%s", why.message);
		return 0;
	}
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	if (count == 0)
		put_alarm(w, "withheld",
		    "the site log %s has no checkpoint of %s",
		    w->site.copy.log_key.name, w->c.log_key.name);
	return 0;
}

/* Rules broken by what is new, and who is known to be behind a red line. */
static void look_at_rules(struct watch *w)
{
	const struct case_state *state = w->c.state;

	for (size_t i = w->size; i < case_state_leaf_count(state); i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);
		char id[CLI_CASE_SHORT_SIZE];

		if (leaf->standing == CASE_GOOD)
			continue;
		cli_case_short_id(id, &leaf->id);
		put_alarm(w, "broken rule", "record %zu (%s %s): %s: %s", i,
		    record_schema_of(leaf->kind)->name, id,
		    case_rule_name(leaf->rule), case_rule_words(leaf->rule));
	}
	for (size_t i = 0; i < case_state_alarm_count(state); i++) {
		const struct case_alarm *a = case_state_alarm(state, i);

		if (a->leaf < w->size)
			continue;
		put_alarm(w, "red line",
		    "%.*s has held items and is behind the red line for %.*s",
		    SLICE_ARG(case_state_party(state, a->party)->name),
		    SLICE_ARG(case_state_party(state, a->red_line)->name));
	}
}

static int look_at_dates(struct watch *w, struct err *err)
{
	struct cli_due due = {.inventory_days = CLI_DUE_INVENTORY_DAYS};

	int rc = cli_due_make(&due, &w->c, err);
	for (size_t i = 0; rc == 0 && i < due.n; i++) {
		const struct cli_due_task *task = &due.tasks[i];
		if (task->kind == CLI_DUE_ANSWER && task->is_overdue &&
		    task->when >= w->time)
			put_alarm(w, "overdue", "%.*s: %.*s",
			    SLICE_ARG(buf_slice(&task->who)),
			    SLICE_ARG(buf_slice(&task->what)));
	}
	cli_due_done(&due);
	return rc;
}

/* ---- one look ---- */

/* What the ledger's own server shows; CLI_FALSE: it was caught. */
static int bring_up(struct watch *w, struct err *err)
{
	struct err why = {0};
	int rc = w->is_open ? cli_case_follow(&w->c, &why)
			    : cli_case_open(&w->c, w->args, &why);

	if (rc == ERR_VERIFY) {
		put_alarm(w, "false ledger", "%s", why.message);
		return CLI_FALSE;
	}
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	if (!w->is_open)
		read_watched(w);
	w->is_open = true;
	if (cli_args_has(w->args, "all")) {
		w->size = 0;
		w->time = INT64_MIN;
	}
	return 0;
}

static int tell(struct watch *w, struct err *err)
{
	int rc = buf_check(&w->out, err);

	if (rc == 0 && cli_args_has(w->args, "json"))
		cli_out_raw(buf_slice(&w->out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&w->out));
	if (rc == 0 && w->alarms == 0 && w->is_open &&
	    cli_args_has(w->args, "once"))
		cli_out_remark("%s: %zu records verified, no alarm",
		    w->c.log_key.name, case_state_leaf_count(w->c.state));
	return rc != 0 ? rc : cli_out_finish(err);
}

static int look(struct watch *w, struct err *err)
{
	bool is_json = cli_args_has(w->args, "json");

	w->alarms = 0;
	buf_clear(&w->out);
	json_init(&w->json, &w->out);
	if (is_json)
		json_open_array(&w->json, NULL);
	int rc = bring_up(w, err);
	if (rc == 0)
		rc = compare_all(w, err);
	if (rc == 0)
		rc = look_at_site(w, err);
	if (rc == 0) {
		look_at_rules(w);
		rc = look_at_dates(w, err);
	}
	if (rc == 0)
		rc = write_watched(w, err);
	if (rc == 0) {
		w->size = case_state_leaf_count(w->c.state);
		w->time = w->c.now;
	}
	if (is_json)
		json_close_array(&w->json);
	if (rc >= 0) {
		int told = tell(w, err);
		rc = told != 0 ? told : rc;
	}
	return rc != 0 ? rc : w->alarms > 0 ? CLI_FALSE : CLI_DONE;
}

/* Until it is stopped. What could not be found out is said, and tried again. */
static int follow(struct watch *w, uint64_t every, struct err *err)
{
	for (;;) {
		struct err why = {0};
		int rc = look(w, &why);
		if (rc < 0 && rc != ERR_IO)
			return err_set(err, rc, "%s", why.message);
		if (rc < 0)
			cli_out_remark("%s", why.message);
		(void)nanosleep(
		    &(struct timespec){.tv_sec = (time_t)every}, NULL);
	}
}

static int run(const struct cli_args *args, struct err *err)
{
	struct watch w = {.args = args, .c = {.fd = -1}};
	uint64_t every = EVERY_S;
	bool is_given;

	int rc = cli_args_count(args, "every", &every, &is_given, err);
	if (rc == 0 && (every < EVERY_MIN || every > EVERY_MAX))
		rc = err_set(err, ERR_USAGE,
		    "watch: --every is %d to %d seconds", EVERY_MIN, EVERY_MAX);
	for (size_t i = 0; rc == 0 && i < args->word_count; i++)
		rc = http_client_check_url(args->words[i], err);
	buf_init(&w.out, ALARMS_MAX);
	if (rc == 0)
		rc = cli_args_has(args, "once") ? look(&w, err)
						: follow(&w, every, err);
	buf_done(&w.out);
	cli_site_view_done(&w.site);
	cli_case_done(&w.c);
	return rc;
}

static const struct cli_option options[] = {
    {"once", 0, NULL, false, "look once; exit 1 if there is an alarm"},
    {"every", 0, "SECONDS", false, "how often to look (default 60)"},
    {"witness", 0, "URL", true, "also compare with what this witness cosigned"},
    {"site", 0, "URL", false,
	"also compare with every checkpoint of it in this site log"},
    {"site-key", 0, "KEY", false,
	"that log's key (default: at first contact what the case names)"},
    {"all", 0, NULL, false, "tell again what was told before"},
};

const struct cli_command cmd_watch = {
    .name = "watch",
    .group = CLI_CHECKING,
    .usage = "[MIRROR...] [--once] [--every SECONDS] [--witness URL...] "
	     "[--site URL]",
    .summary = "Follows a ledger from outside and alarms",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 16,
    .examples = "  counterfoil watch --case https://ledger.example/raid\n"
		"  counterfoil watch --once https://mirror.example/raid \\\n"
		"      --witness https://witness.example\n",
    .run = run,
};

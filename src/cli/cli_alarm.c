/*
 * cli_alarm.c: see cli_alarm.h. A file is believed only with the signature of
 * the ledger's key: it is the proof, wherever it came from.
 */
#include "cli_alarm.h"

#include "cli_case.h"
#include "file.h"
#include "hash.h"
#include "log_checkpoint.h"
#include "log_store.h"
#include "note.h"
#include "tree.h"

#include <inttypes.h>
#include <stdio.h>

#define FOLDER "private/alarms"
#define OLD_FOLDER "private"
#define OLD_PREFIX "split-"
#define ID_DIGITS 16

int cli_alarm_keep(const struct cli_case *c, struct slice checkpoint,
    char ret_path[CLI_ALARM_PATH_SIZE], struct err *err)
{
	struct log_checkpoint head;
	char hex[HASH_HEX_SIZE];
	struct note note;

	int rc =
	    log_checkpoint_open(&head, &note, checkpoint, &c->log_key, err);
	if (rc != 0)
		return rc;
	struct hash id = hash_of(note.text.p, note.text.n);

	hash_to_hex(hex, &id);
	(void)snprintf(ret_path, CLI_ALARM_PATH_SIZE,
	    FOLDER "/%" PRIu64 "-%.*s", head.size, ID_DIGITS, hex);
	return file_publish(c->fd, ret_path, checkpoint, 0600, err);
}

/* ---- what is kept ---- */

struct checking {
	const struct cli_case *c;
	const char *folder, *prefix;
	void (*report)(void *cookie, const char *path, const char *sentence);
	void *cookie;
};

/* ERR_VERIFY and the sentence: the ledger does not contain it. */
static int judge(const struct cli_case *c, struct slice bytes, struct err *err)
{
	struct log_checkpoint head;
	struct err why = {0};
	struct hash root;

	int rc = log_checkpoint_open(&head, NULL, bytes, &c->log_key, &why);
	if (rc == ERR_FORMAT || rc == ERR_VERIFY)
		return err_set(err, ERR_VERIFY,
		    "is kept as a proof, but is no checkpoint of this ledger");
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	if (c->store == NULL)
		return err_set(err, ERR_VERIFY,
		    "was shown by others, %" PRIu64 " records; the ledger is "
		    "not well enough to say whether it contains them",
		    head.size);
	const uint64_t size = log_store_size(c->store);
	if (head.size > size)
		return err_set(err, ERR_VERIFY,
		    "proves that there were %" PRIu64 " records, and here are "
		    "%" PRIu64 ": this is an old copy, or there is another "
		    "history",
		    head.size, size);
	struct tree_source source = log_store_source(c->store);
	rc = tree_root(&root, &source, head.size, err);
	if (rc == 0 && !hash_is(&root, &head.root))
		rc = err_set(err, ERR_VERIFY,
		    "proves another history of %" PRIu64 " records, signed by "
		    "this ledger's key",
		    head.size);
	return rc;
}

static int check_file(void *cookie, const char *name, struct err *err)
{
	const struct checking *checking = cookie;
	struct err why = {0};
	struct buf path, bytes;

	/* A file being written begins with a dot. */
	if (name[0] == '.' ||
	    !slice_starts_with(slice_of(name), checking->prefix))
		return 0;
	buf_init(&path, 4096);
	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	buf_printf(&path, "%s/%s", checking->folder, name);
	int rc = buf_check(&path, err);
	if (rc == 0)
		rc = file_read(
		    &bytes, checking->c->fd, path.p, LOG_CHECKPOINT_MAX, err);
	if (rc == 0)
		rc = judge(checking->c, buf_slice(&bytes), &why);
	if (rc == ERR_VERIFY) {
		checking->report(checking->cookie, path.p, why.message);
		rc = 0;
	} else if (why.code != 0) {
		rc = err_set(err, rc, "%s: %s", path.p, why.message);
	}
	buf_done(&path);
	buf_done(&bytes);
	return rc;
}

static int check_folder(struct checking *checking, struct err *err)
{
	struct err why = {0};

	int rc = file_list(
	    checking->c->fd, checking->folder, check_file, checking, &why);
	if (rc == 0 || rc == ERR_NOTFOUND)
		return 0;
	return err_set(err, rc, "%s", why.message);
}

int cli_alarm_check(const struct cli_case *c,
    void (*report)(void *cookie, const char *path, const char *sentence),
    void *cookie, struct err *err)
{
	struct checking checking = {c, FOLDER, "", report, cookie};

	int rc = check_folder(&checking, err);
	if (rc != 0)
		return rc;
	checking.folder = OLD_FOLDER;
	checking.prefix = OLD_PREFIX;
	return check_folder(&checking, err);
}

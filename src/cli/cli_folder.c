/*
 * cli_folder.c: see cli_folder.h. One process at a time makes a folder, under
 * a lock that is gone when the folder is a case.
 */
#include "cli_folder.h"

#include "cli_case.h"
#include "cli_out.h"
#include "file.h"
#include "log_store.h"
#include "mem.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LOCK_NAME ".init-lock"
#define LOCK_WAIT_MS 5000
#define CONF_MAX 4096

struct survey {
	bool is_foreign; /* something that no init leaves behind */
	bool is_unfinished;
};

static int survey_name(void *cookie, const char *name, struct err *err)
{
	struct survey *survey = cookie;

	(void)err;
	if (strcmp(name, "log") == 0 || strcmp(name, "private") == 0)
		survey->is_unfinished = true;
	else if (strcmp(name, LOCK_NAME) != 0 &&
	    strncmp(name, ".tmp-", 5) != 0 &&
	    strncmp(name, ".unfinished-", 12) != 0)
		survey->is_foreign = true;
	return 0;
}

/* Puts aside what an init left that did not come to its end. */
static int set_aside(int fd, const char *path, struct err *err)
{
	static const char *const names[] = {"log", "private"};
	char folder[32], hex[17], to[64];
	uint8_t random[8];
	int aside_fd;

	mem_random(random, sizeof(random));
	text_to_hex(hex, random, sizeof(random));
	(void)snprintf(folder, sizeof(folder), ".unfinished-%s", hex);
	int rc = file_make_dir(&aside_fd, fd, folder, true, err);
	if (rc != 0)
		return rc;
	(void)close(aside_fd); /* a folder: nothing is lost */
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(to, sizeof(to), "%s/%s", folder, names[i]);
		if (renameat(fd, names[i], fd, to) != 0 && errno != ENOENT)
			return err_sys(err, errno, "%s/%s", path, names[i]);
	}
	cli_out_remark("what an earlier init left unfinished is now in %s/%s",
	    path, folder);
	return 0;
}

static int survey_folder(
    int fd, const char *path, bool *ret_is_unfinished, struct err *err)
{
	struct survey survey = {0};

	if (file_exists(fd, CLI_CASE_CONF))
		return err_set(err, ERR_CONFLICT,
		    "init: %s is a case already, or a site log; nothing was "
		    "changed (look at it with `counterfoil show --case %s` or "
		    "`counterfoil site show %s`)",
		    path, path, path);
	int rc = file_list(fd, ".", survey_name, &survey, err);
	if (rc == 0 && survey.is_foreign)
		rc = err_set(err, ERR_CONFLICT,
		    "init: %s is not empty and no case; choose another folder",
		    path);
	*ret_is_unfinished = survey.is_unfinished;
	return rc;
}

int cli_folder_look(const char *path, struct err *err)
{
	bool is_unfinished;
	struct err why = {0};
	int fd;

	int rc = file_open_dir(&fd, AT_FDCWD, path, &why);
	if (rc == ERR_NOTFOUND)
		return 0;
	if (rc != 0)
		return err_set(err, rc, "init: %s", why.message);
	rc = survey_folder(fd, path, &is_unfinished, err);
	(void)close(fd); /* a folder: nothing is lost */
	return rc;
}

static int publish_genesis(
    const struct cli_folder *folder, int fd, struct err *err)
{
	char id[CLI_CASE_SHORT_SIZE], path[64];
	struct buf bytes;

	cli_case_short_id(id, &case_offer_main(folder->genesis)->id);
	(void)snprintf(path, sizeof(path), "private/offers/%s.offer", id);
	buf_init(&bytes, CASE_OFFER_MAX);
	int rc = case_offer_put(folder->genesis, &bytes, err);
	if (rc == 0)
		rc = file_publish(fd, path, buf_slice(&bytes), 0600, err);
	buf_wipe(&bytes);
	return rc;
}

static int publish_conf(
    const struct cli_folder *folder, int fd, struct err *err)
{
	struct buf conf;

	buf_init(&conf, CONF_MAX);
	buf_printf(&conf, "origin: %s\nlog: ", folder->log_secret->key.name);
	note_key_put(&conf, &folder->log_secret->key);
	buf_printf(&conf, "\nlog-key: %s\n", CLI_CASE_LOG_KEY);
	if (folder->is_clock_set)
		buf_puts(&conf, "clock: set\n");
	if (folder->genesis == NULL)
		buf_puts(&conf, "site: yes\n");
	int rc = buf_check(&conf, err);
	if (rc == 0)
		rc = file_publish_new(
		    fd, CLI_CASE_CONF, buf_slice(&conf), 0644, err);
	buf_done(&conf);
	return rc;
}

static int make_locked(const struct cli_folder *folder, int fd, struct err *err)
{
	bool is_unfinished = false;

	int rc = survey_folder(fd, folder->path, &is_unfinished, err);
	if (rc == 0 && is_unfinished)
		rc = set_aside(fd, folder->path, err);
	if (rc == 0)
		rc = file_publish_new(
		    fd, CLI_CASE_LOG_KEY, folder->log_key_file, 0600, err);
	if (rc == 0)
		rc = log_store_create(fd, folder->log_secret, err);
	if (rc == 0 && folder->genesis != NULL)
		rc = publish_genesis(folder, fd, err);
	if (rc == 0)
		rc = publish_conf(folder, fd, err);
	return rc != 0 ? rc : file_remove(fd, LOCK_NAME, err);
}

int cli_folder_make(const struct cli_folder *folder, struct err *err)
{
	int fd = -1, lock_fd = -1;

	int rc = file_make_dir(&fd, AT_FDCWD, folder->path, false, err);
	if (rc == 0)
		rc = file_lock(&lock_fd, fd, LOCK_NAME, LOCK_WAIT_MS, err);
	if (rc == 0)
		rc = make_locked(folder, fd, err);
	if (lock_fd >= 0)
		(void)close(lock_fd); /* a lock: nothing is lost */
	if (fd >= 0)
		(void)close(fd); /* a folder: likewise */
	return rc;
}

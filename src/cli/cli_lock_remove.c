/*
 * cli_lock_remove.c: see cli_lock_remove.h.
 */
#include "cli_lock_remove.h"

#include "buf.h"
#include "cli_image.h"
#include "cli_lock_note.h"
#include "cli_out.h"
#include "file.h"
#include "media_open.h"
#include "media_verify.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LENGTH_MAX 8192

/* One image. */
struct target {
	const char *path; /* borrowed */
	struct media_open image;
	bool is_gone; /* its note is there instead */
	int tree; /* x.tree, if it is its own; else -1 */
	struct cli_lock_note note;
};

struct cli_lock_remove {
	struct slice item;
	size_t n;
	struct target of[CLI_LOCK_REMOVE_MAX];
};

static int put_tree_path(struct buf *path, const struct target *t)
{
	buf_init(path, PATH_LENGTH_MAX);
	media_name_put_beside(path, t->path, ".tree");
	return buf_check(path, NULL);
}

/* ---- what may be removed ---- */

static int check_names(const struct target *t, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < t->image.n; i++)
		rc = cli_lock_note_check_name(
		    t->image.names[i], t->image.fds[i], err);
	return rc;
}

/* A removal that did not end is said, and gone on with. */
static int take_up(struct target *t, struct err *err)
{
	size_t there, n;
	int rc = cli_lock_note_check(&t->note, &there, &n, err);

	t->is_gone = true;
	if (rc == 0)
		cli_out_remark("%s: a removal that did not end is gone on "
			       "with: %zu of its %zu files %s still there",
		    t->path, there, n, there == 1 ? "is" : "are");
	return rc;
}

static int open_target(struct target *t, struct slice item, struct err *err)
{
	struct err none = {0};
	struct stat st;

	cli_lock_note_init(&t->note, t->path, item);
	if (lstat(t->path, &st) != 0 && errno == ENOENT) {
		int rc = cli_lock_note_read(&t->note, &none);

		if (rc == 0)
			return take_up(t, err);
		if (rc != ERR_NOTFOUND)
			return err_set(err, rc, "%s", none.message);
	}
	int rc = cli_lock_note_check_name(t->path, -1, err);
	if (rc == 0)
		rc = media_open(&t->image, t->path, err);
	return rc != 0 ? rc : check_names(t, err);
}

/* The same file by another path would be removed under one name and missed
 * under the other. */
static int check_other(
    const struct cli_lock_remove *remove, const char *path, struct err *err)
{
	struct stat is, other;

	for (size_t i = 0; i < remove->n; i++) {
		const char *named = remove->of[i].path;

		if (strcmp(path, named) == 0 ||
		    (stat(path, &is) == 0 && stat(named, &other) == 0 &&
			is.st_dev == other.st_dev && is.st_ino == other.st_ino))
			return err_set(err, ERR_USAGE,
			    "lock: --remove: %s and %s are the same file; name "
			    "it once",
			    named, path);
	}
	return 0;
}

int cli_lock_remove_open(struct cli_lock_remove **ret_remove,
    const struct cli_args *args, struct slice item, struct err *err)
{
	struct cli_lock_remove *remove = mem_new(1, sizeof(*remove));
	const char *path;
	int rc = remove == NULL ? err_nomem(err) : 0;

	*ret_remove = NULL;
	if (rc != 0)
		return rc;
	remove->item = item;
	cli_image_allow_files();
	for (size_t at = 0;
	     rc == 0 && (path = cli_args_next(args, "remove", &at)) != NULL;) {
		if (remove->n == CLI_LOCK_REMOVE_MAX) {
			rc = err_set(err, ERR_USAGE,
			    "lock: --remove: more than %d images",
			    CLI_LOCK_REMOVE_MAX);
			break;
		}
		rc = check_other(remove, path, err);
		if (rc != 0)
			break;
		remove->of[remove->n].path = path;
		remove->of[remove->n].tree = -1;
		rc = open_target(&remove->of[remove->n++], item, err);
	}
	if (rc != 0)
		cli_lock_remove_free(remove);
	else
		*ret_remove = remove;
	return rc;
}

/* ---- is it what was opened? ---- */

static bool is_right(const struct media_verify_result *is,
    const struct cli_lock_remove_claim *claim, const struct target *t)
{
	const struct media_hash_value *whole =
	    &is->hashes.of[MEDIA_HASH_SHA256];

	return is->length == claim->length && is->unreadable.n == 0 &&
	    (t->image.foreign != NULL || is->available == claim->length) &&
	    whole->is_there &&
	    memcmp(whole->b, claim->plain->b, HASH_SIZE) == 0;
}

static int check_target(struct target *t,
    const struct cli_lock_remove_claim *claim, struct err *err)
{
	struct media_file leaves;
	int rc = cli_image_open_tree(t->path, NULL, &t->tree, &leaves, err);
	struct cli_image_progress progress = {.what = "comparing"};
	struct media_verify_options o = {
	    .image = &t->image,
	    .has_length = true,
	    .length = claim->length,
	    .seed = claim->seed,
	    .root = claim->root,
	    .leaves = t->tree >= 0 ? &leaves : NULL,
	    .hashes = 1u << MEDIA_HASH_SHA256,
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};
	struct media_verify_result is = {0};

	if (rc == 0)
		rc = media_verify(&is, &o, err);
	cli_out_progress_end(&progress.shown);
	if (rc == 0 && !is_right(&is, claim, t))
		rc = err_set(err, ERR_VERIFY,
		    "lock: %s is not what was opened, and is not removed",
		    t->path);
	if (!is.has_leaves && t->tree >= 0) {
		(void)close(t->tree); /* only read */
		t->tree = -1;
	}
	media_verify_done(&is);
	return rc;
}

int cli_lock_remove_check(struct cli_lock_remove *remove,
    const struct cli_lock_remove_claim *claim, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < remove->n; i++)
		if (!remove->of[i].is_gone)
			rc = check_target(&remove->of[i], claim, err);
	return rc;
}

/* ---- removing ---- */

/* The files, and what they are. */
static int write_note(struct target *t, struct err *err)
{
	struct buf tree;
	int rc = put_tree_path(&tree, t);

	for (size_t i = 0; rc == 0 && i < t->image.n; i++)
		rc = cli_lock_note_add(
		    &t->note, t->image.names[i], t->image.fds[i], err);
	if (rc == 0 && t->tree >= 0)
		rc = cli_lock_note_add(&t->note, tree.p, t->tree, err);
	if (rc == 0)
		rc = cli_lock_note_write(&t->note, err);
	buf_done(&tree);
	return rc;
}

static void say_tree(const struct target *t)
{
	struct buf path;

	if (!t->is_gone && t->tree < 0 && put_tree_path(&path, t) == 0) {
		if (file_exists(AT_FDCWD, path.p))
			cli_out_remark("%s stays: it is not known to be of "
				       "this image",
			    path.p);
		buf_done(&path);
	}
}

int cli_lock_remove_do(struct cli_lock_remove *remove, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < remove->n; i++)
		if (!remove->of[i].is_gone)
			rc = check_names(&remove->of[i], err);
	for (size_t i = 0; rc == 0 && i < remove->n; i++)
		if (!remove->of[i].is_gone)
			rc = write_note(&remove->of[i], err);
	for (size_t i = 0; rc == 0 && i < remove->n; i++) {
		rc = cli_lock_note_remove_files(&remove->of[i].note, err);
		if (rc == 0)
			say_tree(&remove->of[i]);
	}
	return rc;
}

void cli_lock_remove_end(struct cli_lock_remove *remove)
{
	for (size_t i = 0; i < remove->n; i++) {
		struct err err = {0};

		if (cli_lock_note_end(&remove->of[i].note, &err) != 0)
			cli_out_remark("%s", err.message);
	}
}

void cli_lock_remove_free(struct cli_lock_remove *remove)
{
	for (size_t i = 0; remove != NULL && i < remove->n; i++) {
		struct target *t = &remove->of[i];

		if (t->tree >= 0)
			(void)close(t->tree); /* only read */
		media_open_done(&t->image);
		cli_lock_note_done(&t->note);
	}
	free(remove);
}

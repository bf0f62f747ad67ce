/*
 * witness_state.c: see witness_state.h. The note on disk is the only state:
 * read, checked by its cosignature, replaced by one rename.
 */
#include "witness_state.h"

#include "file.h"
#include "hash.h"
#include "note.h"
#include "tree.h"
#include "witness_request.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define LOCK_NAME "lock"
#define OWNER_NAME "witness"
#define OWNER_MAX 1024

struct witness_state {
	int fd;
	int lock_fd;
	struct note_key witness;
	pthread_mutex_t mutex;
};

void witness_state_name(
    char ret_name[WITNESS_STATE_NAME_SIZE], struct slice origin)
{
	struct hash hash = hash_of(origin.p, origin.n);

	hash_to_hex(ret_name, &hash);
}

/* The folder's own key, or ours if it has none yet. */
static int check_owner(
    const struct witness_state *state, const char *path, struct err *err)
{
	struct buf mine, there;
	struct err why = {0};

	buf_init(&mine, OWNER_MAX);
	buf_init(&there, OWNER_MAX);
	note_key_put(&mine, &state->witness);
	buf_putc(&mine, '\n');
	int rc = buf_check(&mine, err);
	if (rc != 0)
		goto out;
	rc = file_read(&there, state->fd, OWNER_NAME, OWNER_MAX, &why);
	if (rc == ERR_NOTFOUND)
		rc = file_publish_new(
		    state->fd, OWNER_NAME, buf_slice(&mine), 0600, err);
	else if (rc != 0)
		err_set(err, rc, "%s/" OWNER_NAME ": %s", path, why.message);
	else if (!slice_is(buf_slice(&mine), buf_slice(&there)))
		rc = err_set(err, ERR_CONFLICT,
		    "%s is the state of another witness key; give each key a "
		    "folder of its own",
		    path);
out:
	buf_done(&mine);
	buf_done(&there);
	return rc;
}

static int take_folder(
    struct witness_state *state, const char *path, struct err *err)
{
	int rc = file_make_dir(&state->fd, AT_FDCWD, path, true, err);

	if (rc != 0)
		return rc;
	rc = file_lock(&state->lock_fd, state->fd, LOCK_NAME, 0, NULL);
	if (rc == ERR_CONFLICT)
		return err_set(err, rc,
		    "%s: another witness is running on this folder", path);
	if (rc != 0)
		return err_set(err, rc, "%s: cannot be locked", path);
	return check_owner(state, path, err);
}

int witness_state_open(struct witness_state **ret_state, const char *path,
    const struct note_key *witness, struct err *err)
{
	struct witness_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return err_nomem(err);
	*state =
	    (struct witness_state){-1, -1, *witness, PTHREAD_MUTEX_INITIALIZER};
	int rc = take_folder(state, path, err);
	if (rc == 0)
		*ret_state = state;
	else
		witness_state_free(state);
	return rc;
}

void witness_state_free(struct witness_state *state)
{
	if (state == NULL)
		return;
	if (state->lock_fd >= 0)
		(void)close(state->lock_fd); /* a lock: nothing is lost */
	if (state->fd >= 0)
		(void)close(state->fd); /* a folder: likewise */
	(void)pthread_mutex_destroy(&state->mutex);
	free(state);
}

int witness_state_folder(const struct witness_state *state)
{
	return state->fd;
}

void witness_state_enter(struct witness_state *state)
{
	(void)pthread_mutex_lock(&state->mutex); /* a plain one cannot fail */
}

void witness_state_leave(struct witness_state *state)
{
	(void)pthread_mutex_unlock(&state->mutex);
}

/* The file is believed only with this witness's own cosignature, and only under
 * the name of its origin. */
static int check_note(const struct witness_state *state, const char *name,
    struct slice bytes, struct log_checkpoint *ret_head, struct err *err)
{
	char must[WITNESS_STATE_NAME_SIZE];
	struct note note;
	int64_t when;

	if (note_parse(&note, bytes, NULL) != 0 ||
	    witness_request_parse_head(ret_head, note.text, NULL) != 0)
		return err_set(err, ERR_VERIFY, "no checkpoint");
	witness_state_name(must, ret_head->origin);
	if (strcmp(must, name) != 0)
		return err_set(err, ERR_VERIFY, "of another log");
	const struct note_signature *line = note_find(&note, &state->witness);
	if (line == NULL ||
	    log_checkpoint_check_cosignature(
		&when, &state->witness, note.text, line, NULL) != 0)
		return err_set(err, ERR_VERIFY, "not cosigned by this witness");
	return 0;
}

static int read_file(const struct witness_state *state, const char *name,
    struct buf *note, struct log_checkpoint *ret_head, struct err *err)
{
	struct err why = {0};
	int rc = file_read(note, state->fd, name, WITNESS_REQUEST_MAX, &why);

	if (rc == 0)
		rc = check_note(state, name, buf_slice(note), ret_head, &why);
	return rc == 0 ? 0
		       : err_set(err, rc, "state %s: %s", name, why.message);
}

int witness_state_read(const struct witness_state *state, struct slice origin,
    struct buf *note, struct log_checkpoint *ret_head, struct err *err)
{
	char name[WITNESS_STATE_NAME_SIZE];
	struct err why = {0};

	witness_state_name(name, origin);
	int rc = read_file(state, name, note, ret_head, &why);
	if (rc == ERR_NOTFOUND) {
		*ret_head =
		    (struct log_checkpoint){origin, 0, tree_empty_root()};
		return 0;
	}
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

int witness_state_read_name(const struct witness_state *state,
    struct slice name, struct buf *note, struct err *err)
{
	char path[WITNESS_STATE_NAME_SIZE];
	struct log_checkpoint head;
	struct hash hash;

	if (!hash_from_hex(&hash, name))
		return err_set(err, ERR_NOTFOUND, "no hash of an origin");
	hash_to_hex(path, &hash);
	return read_file(state, path, note, &head, err);
}

int witness_state_store(const struct witness_state *state, struct slice origin,
    struct slice note, struct err *err)
{
	char name[WITNESS_STATE_NAME_SIZE];

	witness_state_name(name, origin);
	return file_publish(state->fd, name, note, 0600, err);
}

/*
 * cli_token.c: reaching agents and tokens for the command line. The PIN is
 * wiped as soon as the place was opened or was not.
 */
#include "cli_token.h"

#include "cli_ask.h"
#include "file.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define PIN_MAX 256
#define NAMES_MAX 160 /* of a message */

/* The PIN, if the place wants one and it can be had. */
static int read_pin(const struct cli_args *args, struct slice place,
    struct buf *pin, struct err *err)
{
	const char *path = cli_args_get(args, "passphrase-file");
	struct buf text;

	if (!agent_wants_pin(place))
		return 0;
	if (path == NULL && !cli_ask_is_possible(args))
		return 0;
	if (path == NULL)
		return cli_ask_secret("PIN of the token: ", pin, err);
	buf_init(&text, 4 * PIN_MAX);
	int rc = file_read_user(&text, path, 4 * PIN_MAX, err);
	if (rc == 0) {
		struct slice rest = buf_slice(&text);
		buf_put_slice(pin, slice_cut(&rest, '\n'));
		rc = buf_check(pin, err);
	}
	buf_wipe(&text);
	return rc;
}

static struct agent_way way_to(struct slice place, const struct buf *pin)
{
	return (struct agent_way){
	    .place = place,
	    .socket = getenv("SSH_AUTH_SOCK"),
	    .pin = pin->n > 0 ? buf_slice(pin) : slice_of(NULL),
	};
}

static int open_way(const struct agent_way *way, const struct note_key *key,
    struct agent **ret_agent, struct note_secret *ret_secret, struct err *err)
{
	struct agent *agent = NULL;

	int rc = agent_open(&agent, way, key->public_key, err);
	if (rc != 0)
		return rc;
	struct note_token token = agent_token(agent);
	rc = note_secret_from_token(ret_secret, key, &token, err);
	if (rc == 0)
		*ret_agent = agent;
	else
		agent_free(agent);
	return rc;
}

int cli_token_open(const struct cli_args *args, struct slice place,
    const struct note_key *key, struct agent **ret_agent,
    struct note_secret *ret_secret, struct err *err)
{
	struct buf pin;

	buf_init(&pin, PIN_MAX);
	int rc = read_pin(args, place, &pin, err);
	if (rc == 0) {
		struct agent_way way = way_to(place, &pin);
		rc = open_way(&way, key, ret_agent, ret_secret, err);
	}
	if (rc != 0)
		err_prefix(err, "the key of %s", key->name);
	buf_wipe(&pin);
	return rc;
}

/* ---- taking one ---- */

struct taking {
	const char *which;
	size_t count;
	uint8_t public_key[32];
	struct buf names;
};

static int take(void *cookie, struct slice name, const uint8_t public_key[32],
    struct err *err)
{
	struct taking *taking = cookie;

	(void)err;
	if (taking->which != NULL && !slice_is_text(name, taking->which))
		return 0;
	if (taking->count > 0 &&
	    memcmp(taking->public_key, public_key, 32) == 0)
		return 0;
	taking->count++;
	memcpy(taking->public_key, public_key, 32);
	if (taking->names.n < NAMES_MAX && text_is_line(name, NULL, NULL))
		buf_printf(&taking->names, "%s\"%.*s\"",
		    taking->names.n > 0 ? ", " : "", SLICE_ARG(name));
	return 0;
}

static int check_one(
    const struct taking *taking, const char *place, struct err *err)
{
	if (taking->count == 0 && taking->which != NULL)
		return err_set(err, ERR_NOTFOUND,
		    "%s has no Ed25519 key named \"%s\"", place, taking->which);
	if (taking->count == 0)
		return err_set(
		    err, ERR_NOTFOUND, "%s has no Ed25519 key", place);
	if (taking->count > 1)
		return err_set(err, ERR_USAGE,
		    "%s has %zu Ed25519 keys: %s; say which with --which NAME",
		    place, taking->count, taking->names.p);
	return 0;
}

int cli_token_take(const struct cli_args *args, const char *place,
    const char *which, struct slice name, enum note_key_type type,
    struct agent **ret_agent, struct note_secret *ret_secret, struct buf *file,
    struct err *err)
{
	struct taking taking = {.which = which};
	struct note_key key;
	struct buf pin;

	buf_init(&pin, PIN_MAX);
	buf_init(&taking.names, 2 * AGENT_PLACE_MAX);
	int rc = read_pin(args, slice_of(place), &pin, err);
	struct agent_way way = way_to(slice_of(place), &pin);
	if (rc == 0)
		rc = agent_each(&way, take, &taking, err);
	if (rc == 0)
		rc = buf_check(&taking.names, err);
	if (rc == 0)
		rc = check_one(&taking, place, err);
	if (rc == 0)
		rc = note_key_make(
		    &key, name, (uint8_t)type, taking.public_key, err);
	if (rc == 0)
		rc = open_way(&way, &key, ret_agent, ret_secret, err);
	if (rc == 0)
		rc = note_key_file_put_elsewhere(
		    file, &key, slice_of(place), err);
	buf_done(&taking.names);
	buf_wipe(&pin);
	return rc;
}

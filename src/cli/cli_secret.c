/*
 * cli_secret.c: see cli_secret.h. A file is named after what its secret hashes
 * to, so nothing else need be known to find it, and none is written over.
 */
#include "cli_secret.h"

#include "file.h"
#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE 128
#define FILE_MAX 128

static void path_of(char path[PATH_SIZE], struct slice digest_hex)
{
	(void)snprintf(path, PATH_SIZE, "private/draws/%.*s.secret",
	    SLICE_ARG(digest_hex));
}

int cli_secret_make(
    const struct cli_case *c, struct hash *ret_digest, struct err *err)
{
	uint8_t secret[HASH_SIZE];
	char path[PATH_SIZE], hex[HASH_HEX_SIZE];
	struct buf text;

	mem_random(secret, sizeof(secret));
	struct hash digest = hash_of(secret, sizeof(secret));
	hash_to_hex(hex, &digest);
	path_of(path, slice_of(hex));
	buf_init(&text, FILE_MAX);
	text_put_hex(&text, secret, sizeof(secret));
	buf_putc(&text, '\n');
	int rc = buf_check(&text, err);
	if (rc == 0)
		rc = file_publish_new(c->fd, path, buf_slice(&text), 0600, err);
	if (rc == 0)
		*ret_digest = digest;
	buf_wipe(&text);
	mem_wipe(secret, sizeof(secret));
	return rc;
}

int cli_secret_read(const struct cli_case *c, struct slice digest_hex,
    char ret_hex[HASH_HEX_SIZE], struct err *err)
{
	struct hash secret, wanted;
	struct err why = {0};
	char path[PATH_SIZE];
	struct buf text;

	path_of(path, digest_hex);
	buf_init(&text, FILE_MAX);
	int rc = file_read(&text, c->fd, path, FILE_MAX, &why);
	struct slice rest = buf_slice(&text);
	if (rc == ERR_NOTFOUND)
		err_set(err, rc,
		    "%s: the secret is not in this folder (%s); open it where "
		    "it was committed to",
		    c->args->command->name, path);
	else if (rc != 0)
		err_set(err, rc, "%s", why.message);
	if (rc != 0)
		goto out;
	if (!hash_from_hex(&secret, slice_cut(&rest, '\n')) ||
	    !hash_from_hex(&wanted, digest_hex)) {
		rc = err_set(err, ERR_FORMAT, "%s: not 64 hex digits", path);
		goto out;
	}
	struct hash digest = hash_of(secret.b, sizeof(secret.b));
	if (hash_is(&digest, &wanted))
		hash_to_hex(ret_hex, &secret);
	else
		rc = err_set(err, ERR_VERIFY,
		    "%s: not the secret that was committed to", path);
out:
	buf_wipe(&text);
	return rc;
}

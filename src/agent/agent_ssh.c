/*
 * agent_ssh.c: keys in an ssh-agent, over its socket.
 *
 * The agent protocol (draft-miller-ssh-agent): a message is its length, a type
 * and its fields; strings have a length in front. Of the keys only plain
 * ssh-ed25519 ones count: their signature is the raw 64 bytes that a note
 * needs, over the message as it is. Certificates and sk- keys sign something
 * else.
 */
#include "agent_internal.h"

#include "buf.h"
#include "mem.h"
#include "reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER 12
#define SIGN_REQUEST 13
#define SIGN_RESPONSE 14
#define MESSAGE_MAX (256u * 1024) /* as OpenSSH has it */
#define KEYS_MAX 1024
#define WAIT_S 120 /* an agent may ask its owner first */
#define KIND "ssh-ed25519"

struct ssh {
	int fd;
	uint8_t public_key[AGENT_KEY_SIZE];
};

static void put_string(struct buf *out, const void *bytes, size_t n)
{
	buf_put_be32(out, (uint32_t)n);
	buf_put(out, bytes, n);
}

static struct slice read_string(struct reader *reader)
{
	return reader_bytes(reader, reader_be32(reader));
}

static void put_key(struct buf *out, const uint8_t key[AGENT_KEY_SIZE])
{
	buf_put_be32(out, 4 + sizeof(KIND) - 1 + 4 + AGENT_KEY_SIZE);
	put_string(out, KIND, sizeof(KIND) - 1);
	put_string(out, key, AGENT_KEY_SIZE);
}

/* ---- the socket ---- */

static int dial(int *ret_fd, const struct agent_way *way, struct err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval wait = {.tv_sec = WAIT_S};

	if (way->socket == NULL || way->socket[0] == '\0')
		return err_set(err, ERR_NOTFOUND,
		    "no ssh-agent: SSH_AUTH_SOCK is not set; start one and "
		    "ssh-add the key");
	size_t n = strlen(way->socket);
	if (n >= sizeof(address.sun_path))
		return err_set(err, ERR_LIMIT,
		    "ssh-agent: the path of its socket is too long: %s",
		    way->socket);
	memcpy(address.sun_path, way->socket, n + 1);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, errno, "ssh-agent");
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int r = err_set(err, ERR_NOTFOUND, "ssh-agent at %s: %s",
		    way->socket, strerror(errno));
		(void)close(fd); /* nothing was said on it */
		return r;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof(wait));
	*ret_fd = fd;
	return 0;
}

static int send_all(int fd, struct slice bytes, struct err *err)
{
	while (bytes.n > 0) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n < 0 && errno != EINTR)
			return err_sys(err, errno, "write to the ssh-agent");
		if (n > 0) {
			bytes.p += n;
			bytes.n -= (size_t)n;
		}
	}
	return 0;
}

static int receive(int fd, char *bytes, size_t n, struct err *err)
{
	while (n > 0) {
		ssize_t got = recv(fd, bytes, n, 0);
		if (got == 0)
			return err_set(err, ERR_IO, "the ssh-agent hung up");
		if (got < 0 && errno != EINTR)
			return err_sys(err, errno, "read from the ssh-agent");
		if (got > 0) {
			bytes += got;
			n -= (size_t)got;
		}
	}
	return 0;
}

/* Sends a request (type and fields) and gets the answer, which must be of
 * type `want`; its fields are appended to *answer. */
static int ask(int fd, const struct buf *request, uint8_t want,
    struct buf *answer, struct err *err)
{
	struct reader reader;
	struct buf whole;
	char head[5];

	buf_init(&whole, 4 + MESSAGE_MAX);
	put_string(&whole, request->p, request->n);
	int r = buf_check(&whole, err);
	if (r == 0)
		r = send_all(fd, buf_slice(&whole), err);
	if (r == 0)
		r = receive(fd, head, sizeof(head), err);
	if (r != 0)
		goto out;
	reader_init(&reader, head, sizeof(head));
	uint32_t n = reader_be32(&reader);
	uint8_t type = reader_u8(&reader);
	if (n < 1 || n > MESSAGE_MAX) {
		r = err_set(err, ERR_FORMAT, "the ssh-agent answers nonsense");
		goto out;
	}
	if (type != want) {
		r = err_set(
		    err, ERR_DENIED, "the ssh-agent refused (answer %u)", type);
		goto out;
	}
	buf_clear(&whole);
	for (uint32_t i = 1; i < n; i++)
		buf_putc(&whole, 0);
	r = buf_check(&whole, err);
	if (r == 0 && n > 1)
		r = receive(fd, whole.p, n - 1, err);
	if (r == 0)
		buf_put_slice(answer, buf_slice(&whole));
	if (r == 0)
		r = buf_check(answer, err);
out:
	buf_wipe(&whole);
	return r;
}

/* ---- keys ---- */

/* The 32 bytes of a plain ssh-ed25519 key; absent if it is another one. */
static struct slice key_of(struct slice blob)
{
	struct reader reader;

	reader_init(&reader, blob.p, blob.n);
	struct slice kind = read_string(&reader);
	struct slice key = read_string(&reader);
	bool is_ours = reader_is_at_end(&reader) && slice_is_text(kind, KIND) &&
	    key.n == AGENT_KEY_SIZE;
	return is_ours ? key : slice_of(NULL);
}

int agent_ssh_read_keys(
    struct slice answer, agent_each_fn *each, void *cookie, struct err *err)
{
	struct reader reader;
	int r = 0;

	reader_init(&reader, answer.p, answer.n);
	uint32_t n = reader_be32(&reader);
	if (n > KEYS_MAX)
		reader.failed = true;
	for (uint32_t i = 0; r == 0 && !reader.failed && i < n; i++) {
		struct slice key = key_of(read_string(&reader));
		struct slice comment = read_string(&reader);
		if (!reader.failed && key.p != NULL)
			r = each(cookie, comment, (const uint8_t *)key.p, err);
	}
	if (r == 0 && !reader_is_at_end(&reader))
		r = err_set(err, ERR_FORMAT, "the ssh-agent answers nonsense");
	return r;
}

static int each_on(int fd, agent_each_fn *each, void *cookie, struct err *err)
{
	struct buf request, answer;

	buf_init(&request, 1);
	buf_init(&answer, MESSAGE_MAX);
	buf_putc(&request, REQUEST_IDENTITIES);
	int r = ask(fd, &request, IDENTITIES_ANSWER, &answer, err);
	if (r == 0)
		r = agent_ssh_read_keys(buf_slice(&answer), each, cookie, err);
	buf_done(&request);
	buf_done(&answer);
	return r;
}

static int ssh_each(const struct agent_way *way, agent_each_fn *each,
    void *cookie, struct err *err)
{
	int fd = -1;

	int r = dial(&fd, way, err);
	if (r != 0)
		return r;
	r = each_on(fd, each, cookie, err);
	(void)close(fd); /* a socket that was answered on */
	return r;
}

/* ---- signing ---- */

struct search {
	const uint8_t *public_key;
	bool is_found;
};

static int compare(void *cookie, struct slice name,
    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err)
{
	struct search *search = cookie;

	(void)name;
	(void)err;
	if (memcmp(public_key, search->public_key, AGENT_KEY_SIZE) == 0)
		search->is_found = true;
	return 0;
}

static void ssh_close(void *open)
{
	struct ssh *ssh = open;

	(void)close(ssh->fd); /* a socket that was answered on */
	free(ssh);
}

static int ssh_open(void **ret_open, const struct agent_way *way,
    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err)
{
	struct search search = {.public_key = public_key};
	struct ssh *ssh = mem_new(1, sizeof(*ssh));

	if (ssh == NULL)
		return err_nomem(err);
	int r = dial(&ssh->fd, way, err);
	if (r != 0) {
		free(ssh);
		return r;
	}
	memcpy(ssh->public_key, public_key, AGENT_KEY_SIZE);
	r = each_on(ssh->fd, compare, &search, err);
	if (r == 0 && !search.is_found)
		r = err_set(err, ERR_NOTFOUND,
		    "the ssh-agent does not have the key; ssh-add it");
	if (r == 0)
		*ret_open = ssh;
	else
		ssh_close(ssh);
	return r;
}

/* string (string KIND, string 64 bytes) */
int agent_ssh_read_signature(uint8_t ret_signature[AGENT_SIGNATURE_SIZE],
    struct slice answer, struct err *err)
{
	struct reader reader;

	reader_init(&reader, answer.p, answer.n);
	struct slice blob = read_string(&reader);
	bool is_whole = reader_is_at_end(&reader);
	reader_init(&reader, blob.p, blob.n);
	struct slice kind = read_string(&reader);
	struct slice bytes = read_string(&reader);
	if (!is_whole || !reader_is_at_end(&reader) ||
	    !slice_is_text(kind, KIND) || bytes.n != AGENT_SIGNATURE_SIZE)
		return err_set(
		    err, ERR_FORMAT, "the ssh-agent gave no Ed25519 signature");
	memcpy(ret_signature, bytes.p, AGENT_SIGNATURE_SIZE);
	return 0;
}

static int ssh_sign(void *open, const void *message, size_t n,
    uint8_t ret_signature[AGENT_SIGNATURE_SIZE], struct err *err)
{
	struct ssh *ssh = open;
	struct buf request, answer;

	buf_init(&request, MESSAGE_MAX);
	buf_init(&answer, MESSAGE_MAX);
	buf_putc(&request, SIGN_REQUEST);
	put_key(&request, ssh->public_key);
	put_string(&request, message, n);
	buf_put_be32(&request, 0); /* no flags */
	int r = buf_check(&request, err);
	if (r == 0)
		r = ask(ssh->fd, &request, SIGN_RESPONSE, &answer, err);
	if (r == 0)
		r = agent_ssh_read_signature(
		    ret_signature, buf_slice(&answer), err);
	buf_done(&request);
	buf_done(&answer);
	return r;
}

const struct agent_kind agent_ssh = {
    .each = ssh_each,
    .open = ssh_open,
    .sign = ssh_sign,
    .close = ssh_close,
};

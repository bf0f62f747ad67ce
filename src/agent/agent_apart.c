/*
 * agent_apart.c: a key whose signer is a process of its own.
 *
 * A PKCS#11 module is foreign code that opens files and sockets whenever it
 * likes. Loaded into a server it could do neither once that is confined, and
 * whoever took the server over would have the session with the PIN. So a
 * process is forked off before that, which opens the token and does nothing
 * but sign what comes through one socket; it ends with the other side. What it
 * answers is as foreign as the module: bounded here, and note.h checks every
 * signature.
 */
#include "agent_internal.h"
#include "mem.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CODE_MIN ERR_USAGE
#define SOCKET_FD 3 /* in the signer: all above it is closed */

struct agent_apart {
	int fd;
	pid_t pid;
};

/* One message each way. */
struct reply {
	int code; /* enum err_code, or 0 */
	uint8_t signature[AGENT_SIGNATURE_SIZE];
	char message[ERR_MESSAGE_MAX];
};

/* ---- the signer ---- */

static bool send_reply(int rc, const struct err *err, struct reply *reply)
{
	ssize_t n;

	reply->code = rc;
	memcpy(reply->message, err->message, sizeof(reply->message));
	do
		n = send(SOCKET_FD, reply, sizeof(*reply), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*reply);
}

static void sign_all(const struct agent_kind *kind, void *open, uint8_t *room)
{
	for (;;) {
		struct reply reply = {0};
		struct err err = {0};
		ssize_t n =
		    recv(SOCKET_FD, room, AGENT_APART_MESSAGE_MAX, MSG_TRUNC);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || n > AGENT_APART_MESSAGE_MAX)
			return;
		int rc =
		    kind->sign(open, room, (size_t)n, reply.signature, &err);
		if (!send_reply(rc, &err, &reply))
			return;
	}
}

/* It has nothing of its parent's but this socket and the three streams. Who
 * ends a group of processes means the parent, which may still have to sign, and
 * closes the socket when it is done. */
static _Noreturn void be_signer(const struct agent_kind *kind, int fd,
    const struct agent_way *way, const uint8_t public_key[AGENT_KEY_SIZE])
{
	uint8_t *room = malloc(AGENT_APART_MESSAGE_MAX);
	struct reply reply = {0};
	struct err err = {0};
	void *open = NULL;

	if (room == NULL || dup2(fd, SOCKET_FD) < 0)
		_exit(1);
	(void)close_range(SOCKET_FD + 1, ~0u, 0);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* it knows the PIN */
	int rc = kind->open(&open, way, public_key, &err);
	if (send_reply(rc, &err, &reply) && rc == 0)
		sign_all(kind, open, room);
	if (rc == 0)
		kind->close(open);
	_exit(0);
}

/* ---- who asks it ---- */

static int say_ended(struct err *err)
{
	return err_set(err, ERR_IO,
	    "the process that signs with the token has ended: start this "
	    "program again");
}

static int receive(
    const struct agent_apart *apart, struct reply *ret_reply, struct err *err)
{
	ssize_t n;

	do
		n = recv(apart->fd, ret_reply, sizeof(*ret_reply), MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(*ret_reply))
		return say_ended(err);
	ret_reply->message[sizeof(ret_reply->message) - 1] = '\0';
	if (ret_reply->code == 0)
		return 0;
	/* A code that is none would be success to somebody. */
	if (ret_reply->code > 0 || ret_reply->code < CODE_MIN)
		ret_reply->code = ERR_IO;
	return err_set(err, ret_reply->code, "%s", ret_reply->message);
}

void agent_apart_close(struct agent_apart *apart)
{
	if (apart == NULL)
		return;
	(void)close(apart->fd); /* by which it ends */
	/* In a sandbox nobody is waited for; init does it then. */
	while (waitpid(apart->pid, NULL, 0) < 0 && errno == EINTR)
		;
	free(apart);
}

int agent_apart_open(struct agent_apart **ret_apart,
    const struct agent_kind *kind, const struct agent_way *way,
    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err)
{
	struct agent_apart *apart = mem_new(1, sizeof(*apart));
	struct reply reply;
	int fds[2];

	if (apart == NULL)
		return err_nomem(err);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
		free(apart);
		return err_sys(err, errno, "a socket to the token's process");
	}
	*apart = (struct agent_apart){.fd = fds[0], .pid = fork()};
	if (apart->pid == 0)
		be_signer(kind, fds[1], way, public_key);
	(void)close(fds[1]); /* the other side has it */
	if (apart->pid < 0) {
		int r = err_sys(err, errno, "a process for the token");
		(void)close(fds[0]); /* nobody is there */
		free(apart);
		return r;
	}
	int r = receive(apart, &reply, err);
	if (r == 0)
		*ret_apart = apart;
	else
		agent_apart_close(apart);
	return r;
}

int agent_apart_sign(struct agent_apart *apart, const void *message, size_t n,
    uint8_t ret_signature[AGENT_SIGNATURE_SIZE], struct err *err)
{
	struct reply reply;
	ssize_t sent;

	if (n == 0 || n > AGENT_APART_MESSAGE_MAX)
		return err_set(err, ERR_LIMIT,
		    "%zu bytes are too many to be signed by a token", n);
	do
		sent = send(apart->fd, message, n, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0 && errno == EPIPE)
		return say_ended(err);
	if (sent != (ssize_t)n)
		return err_sys(err, errno, "a text for the token");
	int r = receive(apart, &reply, err);
	if (r == 0)
		memcpy(ret_signature, reply.signature, AGENT_SIGNATURE_SIZE);
	return r;
}

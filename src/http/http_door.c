/*
 * http_door.c: one thread takes all connections, and gives each of MHD's
 * threads every other one (MHD goes by the socket's number).
 *
 * MHD's threads would take them themselves, and whoever wakes first takes all
 * that wait: a few busy clients then share one thread, and a processor stands
 * still. Where the server is full nothing is taken, so that who comes waits.
 */
#include "http_internal.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long a server that is full, or out of descriptors, waits for some that
 * go. */
#define PAUSE_MS 20

/* False: nobody waits any more, or nobody can be taken now. */
static bool take_one(struct http_server *server, bool *ret_is_short)
{
	struct sockaddr_storage address;
	socklen_t n = sizeof address;
	const int fd = accept4(server->listen_fd, (struct sockaddr *)&address,
	    &n, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		*ret_is_short = errno == EMFILE || errno == ENFILE ||
		    errno == ENOBUFS || errno == ENOMEM;
		return errno == EINTR || errno == ECONNABORTED;
	}
	(void)atomic_fetch_add(&server->connections, 1);
	/* What it does not want, MHD closes. */
	if (MHD_add_connection(
		server->daemon, fd, (struct sockaddr *)&address, n) != MHD_YES)
		(void)atomic_fetch_sub(&server->connections, 1);
	return true;
}

static bool is_full(const struct http_server *server)
{
	return atomic_load(&server->connections) >=
	    server->options.connections_max;
}

static void *take_all(void *cookie)
{
	struct http_server *server = cookie;
	bool is_short = false;

	for (;;) {
		const bool is_waiting = is_short || is_full(server);
		struct pollfd fds[] = {
		    {.fd = server->door.wake_fd, .events = POLLIN},
		    {.fd = server->listen_fd, .events = POLLIN},
		};

		(void)poll(fds, is_waiting ? 1 : 2, is_waiting ? PAUSE_MS : -1);
		if (fds[0].revents)
			return NULL;
		is_short = false;
		while (!is_full(server) && take_one(server, &is_short))
			;
	}
}

int http_door_open(struct http_server *server, struct err *err)
{
	server->door.wake_fd = eventfd(0, EFD_CLOEXEC);
	if (server->door.wake_fd < 0)
		return err_sys(err, errno, "cannot make an event");
	const int rc =
	    pthread_create(&server->door.thread, NULL, take_all, server);

	if (rc == 0)
		return 0;
	(void)close(server->door.wake_fd); /* nobody knows it */
	server->door.wake_fd = -1;
	return err_sys(err, rc, "cannot start a thread");
}

void http_door_close(struct http_server *server)
{
	const uint64_t one = 1;

	if (server->door.wake_fd < 0)
		return;
	/* An event's counter that is 0 takes it. */
	if (write(server->door.wake_fd, &one, sizeof one) == sizeof one)
		(void)pthread_join(server->door.thread, NULL);
	(void)close(server->door.wake_fd);
	server->door.wake_fd = -1;
}

/*
 * http_server.c: the life of the server: its socket, its limits, and the list
 * of its connections with the time that each still has.
 *
 * MHD only knows how long a peer was silent. So that one byte now and then
 * holds no connection for ever, a thread looks once a second for those whose
 * time is over and shuts their sockets down; MHD then finds them closed. A
 * connection is in the list exactly while its socket is open.
 */
#include "http_internal.h"

#include "crew.h"
#include "mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_DEFAULT 4096
#define IDLE_DEFAULT_S 30
#define BACKLOG 4096

/* Of one connection, for the header and what MHD needs; a longer header is
 * answered 431. */
#define CONNECTION_MEMORY ((size_t)16 * 1024)

/* Files, sockets and pipes besides the connections. */
#define OTHER_DESCRIPTORS 256

#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

static long long now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void http_server_give_time(struct http_server_peer *peer, unsigned pace)
{
	const long long ms = 1000ll * peer->server->options.idle_s * pace;

	atomic_store(&peer->deadline_ms, pace ? now_ms() + ms : LLONG_MAX);
}

static void *reap(void *cookie)
{
	struct http_server *server = cookie;

	(void)pthread_mutex_lock(&server->lock);
	while (!server->is_ending) {
		struct timespec until;
		const long long now = now_ms();

		for (struct http_server_peer *peer = server->peers; peer;
		     peer = peer->after) {
			if (atomic_load(&peer->deadline_ms) >= now)
				continue;
			(void)shutdown(peer->fd, SHUT_RDWR);
			http_server_give_time(peer, 0);
		}
		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec++;
		(void)pthread_cond_timedwait(
		    &server->wake, &server->lock, &until);
	}
	(void)pthread_mutex_unlock(&server->lock);
	return NULL;
}

static void write_address(
    char ret_text[INET6_ADDRSTRLEN], const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const void *)address;
	const struct sockaddr_in6 *v6 = (const void *)address;
	const char *text = NULL;

	if (address && address->sa_family == AF_INET)
		text = inet_ntop(
		    AF_INET, &v4->sin_addr, ret_text, INET6_ADDRSTRLEN);
	else if (address && address->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		text = inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], ret_text,
		    INET6_ADDRSTRLEN);
	else if (address && address->sa_family == AF_INET6)
		text = inet_ntop(
		    AF_INET6, &v6->sin6_addr, ret_text, INET6_ADDRSTRLEN);
	if (!text)
		(void)snprintf(ret_text, INET6_ADDRSTRLEN, "unknown");
}

static struct http_server_peer *meet(
    struct http_server *server, struct MHD_Connection *connection)
{
	struct http_server_peer *peer = mem_new(1, sizeof *peer);

	if (!peer)
		return NULL;
	peer->server = server;
	peer->fd = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CONNECTION_FD)
		       ->connect_fd;
	write_address(peer->address,
	    MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
		->client_addr);
	http_server_give_time(peer, HTTP_SERVER_ASK_PACE);
	(void)pthread_mutex_lock(&server->lock);
	peer->after = server->peers;
	if (peer->after)
		peer->after->before = peer;
	server->peers = peer;
	(void)pthread_mutex_unlock(&server->lock);
	return peer;
}

static void part_with(struct http_server_peer *peer)
{
	struct http_server *server = peer->server;

	(void)pthread_mutex_lock(&server->lock);
	if (peer->after)
		peer->after->before = peer->before;
	if (peer->before)
		peer->before->after = peer->after;
	else
		server->peers = peer->after;
	(void)pthread_mutex_unlock(&server->lock);
	free(peer);
}

/* Without memory *own stays NULL, and the first request is cut off. */
static void on_connection(void *cookie, struct MHD_Connection *connection,
    void **own, enum MHD_ConnectionNotificationCode what)
{
	struct http_server *server = cookie;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*own = meet(server, connection);
		return;
	}
	(void)atomic_fetch_sub(&server->connections, 1);
	if (*own)
		part_with(*own);
	*own = NULL;
}

static int set_defaults(struct http_server_options *options, struct err *err)
{
	if (options->connections_max == 0)
		options->connections_max = CONNECTIONS_DEFAULT;
	if (options->idle_s == 0)
		options->idle_s = IDLE_DEFAULT_S;
	if (options->threads == 0)
		options->threads = (unsigned)crew_size();
	if (options->connections_max > HTTP_SERVER_CONNECTIONS_MAX)
		return err_set(err, ERR_LIMIT,
		    "%u connections: at most %d can be taken",
		    options->connections_max, HTTP_SERVER_CONNECTIONS_MAX);
	if ((options->tls_certificate.n == 0) != (options->tls_key.n == 0))
		return err_set(
		    err, ERR_USAGE, "TLS needs both a certificate and its key");
	return 0;
}

/* A connection may need two descriptors: its socket and the file it is sent. */
unsigned http_server_make_room(unsigned connections_max)
{
	const rlim_t want = (rlim_t)connections_max * 2 + OTHER_DESCRIPTORS;
	struct rlimit limit;
	rlim_t fit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
		return connections_max;
	const struct rlimit raised = {
	    want, limit.rlim_max > want ? limit.rlim_max : want};

	if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
		return connections_max;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur < OTHER_DESCRIPTORS + 2)
		return 1;
	fit = (limit.rlim_cur - OTHER_DESCRIPTORS) / 2;
	return fit < connections_max ? (unsigned)fit : connections_max;
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static bool parse_address(union address *ret_address, socklen_t *ret_n,
    const char *text, uint16_t port)
{
	*ret_address = (union address){0};
	if (inet_pton(AF_INET, text, &ret_address->v4.sin_addr) == 1) {
		ret_address->v4.sin_family = AF_INET;
		ret_address->v4.sin_port = htons(port);
		*ret_n = sizeof ret_address->v4;
		return true;
	}
	if (inet_pton(AF_INET6, text, &ret_address->v6.sin6_addr) != 1)
		return false;
	ret_address->v6.sin6_family = AF_INET6;
	ret_address->v6.sin6_port = htons(port);
	*ret_n = sizeof ret_address->v6;
	return true;
}

int http_server_listen(
    int *ret_fd, const char *address_text, uint16_t port, struct err *err)
{
	const int on = 1;
	union address address;
	socklen_t n;
	int rc = 0;

	if (!parse_address(&address, &n, address_text, port))
		return err_set(err, ERR_USAGE,
		    "%s: not a numeric IPv4 or IPv6 address", address_text);
	const int fd = socket(address.any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return err_sys(err, errno, "cannot make a socket");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
	    bind(fd, &address.any, n) != 0 || listen(fd, BACKLOG) != 0)
		rc = errno == EADDRINUSE
		    ? err_set(err, ERR_CONFLICT,
			  "%s port %u is taken by another program",
			  address_text, port)
		    : err_sys(err, errno, "cannot listen at %s port %u",
			  address_text, port);
	if (rc != 0)
		(void)close(fd);
	else
		*ret_fd = fd;
	return rc;
}

static int take_socket(struct http_server *server, struct err *err)
{
	const struct http_server_options *options = &server->options;
	union address address;
	socklen_t n = sizeof address;
	int rc = 0;

	if (options->listen_fd > 0)
		server->listen_fd = options->listen_fd;
	else
		rc = http_server_listen(
		    &server->listen_fd, options->address, options->port, err);
	if (rc != 0)
		return rc;
	if (getsockname(server->listen_fd, &address.any, &n) != 0)
		return err_sys(err, errno, "cannot tell which port is used");
	server->port =
	    ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port
						   : address.v6.sin6_port);
	return 0;
}

static int copy_tls(struct http_server *server, struct err *err)
{
	const struct http_server_options *options = &server->options;

	if (options->tls_key.n == 0)
		return 0;
	server->certificate = mem_copy_text(
	    options->tls_certificate.p, options->tls_certificate.n);
	server->key = mem_copy_text(options->tls_key.p, options->tls_key.n);
	return server->certificate && server->key ? 0 : err_nomem(err);
}

static void drop_tls(struct http_server *server)
{
	if (server->key)
		mem_wipe(server->key, strlen(server->key));
	free(server->key);
	free(server->certificate);
}

static int start_daemon(struct http_server *server, struct err *err)
{
	const struct http_server_options *options = &server->options;
	/* Not epoll: libmicrohttpd 0.9.75 then forgets what it was told of, so
	 * that a thread sleeps while requests lie in its sockets. */
	const unsigned flags = MHD_USE_POLL_INTERNAL_THREAD |
	    MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME |
	    (server->key ? MHD_USE_TLS : 0);
	/* MHD takes a pool of one for a mistake and leaves it out. */
	const struct MHD_OptionItem pool[] = {
	    {options->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE
				  : MHD_OPTION_END,
		(intptr_t)options->threads, NULL},
	    {MHD_OPTION_END, 0, NULL},
	};
	const struct MHD_OptionItem tls[] = {
	    {MHD_OPTION_HTTPS_MEM_CERT, 0, server->certificate},
	    {MHD_OPTION_HTTPS_MEM_KEY, 0, server->key},
	    {MHD_OPTION_HTTPS_PRIORITIES, 0, (char *)TLS_PRIORITIES},
	    {MHD_OPTION_END, 0, NULL},
	};

	server->daemon = MHD_start_daemon(flags, 0, NULL, NULL,
	    http_exchange_step, server, MHD_OPTION_URI_LOG_CALLBACK,
	    http_exchange_begin, server, MHD_OPTION_NOTIFY_COMPLETED,
	    http_exchange_end, server, MHD_OPTION_NOTIFY_CONNECTION,
	    on_connection, server, MHD_OPTION_CONNECTION_LIMIT,
	    options->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
	    options->per_address_max, MHD_OPTION_CONNECTION_TIMEOUT,
	    options->idle_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    CONNECTION_MEMORY, MHD_OPTION_ARRAY, pool, MHD_OPTION_ARRAY,
	    server->key ? tls : &tls[3], MHD_OPTION_END);
	if (server->daemon)
		return 0;
	if (server->key)
		return err_set(err, ERR_FORMAT,
		    "the server cannot start: is the TLS certificate PEM, and "
		    "the key its own and without a passphrase?");
	return err_set(err, ERR_IO, "the server cannot start its threads");
}

static int start_reaper(struct http_server *server, struct err *err)
{
	const int rc = pthread_create(&server->reaper, NULL, reap, server);

	if (rc != 0)
		return err_sys(err, rc, "cannot start a thread");
	server->has_reaper = true;
	return 0;
}

static int init_locks(struct http_server *server, struct err *err)
{
	pthread_condattr_t attributes;
	int rc = pthread_mutex_init(&server->lock, NULL);

	if (rc == 0)
		rc = pthread_condattr_init(&attributes);
	if (rc != 0)
		return err_sys(err, rc, "cannot make a lock");
	(void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	rc = pthread_cond_init(&server->wake, &attributes);
	(void)pthread_condattr_destroy(&attributes);
	return rc == 0 ? 0 : err_sys(err, rc, "cannot make a lock");
}

int http_server_new(struct http_server **ret_server,
    const struct http_server_options *options, struct err *err)
{
	struct http_server *server = mem_new(1, sizeof *server);
	int rc;

	if (!server)
		return err_nomem(err);
	server->options = *options;
	if (!options->address)
		server->options.address = "127.0.0.1";
	server->listen_fd = server->door.wake_fd = -1;
	rc = init_locks(server, err);
	if (rc != 0) {
		free(server);
		return rc;
	}
	rc = take_socket(server, err);
	if (rc == 0)
		rc = set_defaults(&server->options, err);
	if (rc == 0)
		rc = copy_tls(server, err);
	if (rc == 0)
		rc = start_daemon(server, err);
	if (rc == 0)
		rc = start_reaper(server, err);
	if (rc == 0)
		rc = http_door_open(server, err);
	if (rc != 0) {
		http_server_free(server);
		return rc;
	}
	*ret_server = server;
	return 0;
}

uint16_t http_server_port(const struct http_server *server)
{
	return server->port;
}

unsigned http_server_connections(const struct http_server *server)
{
	return atomic_load(&server->connections);
}

void http_server_quiesce(struct http_server *server)
{
	if (atomic_exchange(&server->is_quiesced, true))
		return;
	http_door_close(server);
	(void)close(server->listen_fd);
	server->listen_fd = -1;
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	if (server->has_reaper) {
		(void)pthread_mutex_lock(&server->lock);
		server->is_ending = true;
		(void)pthread_cond_signal(&server->wake);
		(void)pthread_mutex_unlock(&server->lock);
		(void)pthread_join(server->reaper, NULL);
	}
	if (server->listen_fd >= 0)
		http_server_quiesce(server);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	assert(!server->peers);
	drop_tls(server);
	(void)pthread_cond_destroy(&server->wake);
	(void)pthread_mutex_destroy(&server->lock);
	free(server);
}

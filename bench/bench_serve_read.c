/*
 * bench_serve_read.c: how fast full tiles are read over loopback, beside two
 * others that send the same files to the same clients: nginx, and a bare loop
 * that does nothing but sendfile.
 *
 * nginx has sendfile, two workers, open files in a cache and no log of what it
 * answers. The bare loop knows its answers beforehand, takes no request apart
 * and has a thread for each connection: what it does is what the kernel can.
 * The three take turns, and the medians are compared. The clients are on the
 * same processors, so that what is compared is both ends of the connection: a
 * server that took no time at all would be only as fast as the clients.
 */
#include "bench_tool.h"
#include "file.h"
#include "log_store.h"
#include "serve.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TILES 64
#define TILE_BYTES 8192
#define CLIENTS 8
#define ROUNDS 4000 /* tiles that each client reads in a turn */
#define TURNS 9
#define NGINX "/usr/sbin/nginx"

static void must_be(bool is_true, const char *what)
{
	if (is_true)
		return;
	perror(what);
	exit(1);
}

static void make_ledger(int fd)
{
	static char texts[TILES * 256][16];
	static struct slice leaves[TILES * 256];
	const uint8_t seed[32] = {1};
	struct note_secret secret;
	struct log_store *store;
	struct err err = {0};
	uint64_t first;
	bool is_committed;

	bench_tool_must(
	    note_secret_from_seed(&secret, slice_of("bench.example/log"),
		NOTE_KEY_ED25519, seed, &err),
	    &err);
	bench_tool_must(log_store_create(fd, &secret, &err), &err);
	bench_tool_must(log_store_open(&store, fd, &secret.key, &err), &err);
	bench_tool_must(log_store_lock(store, 0, &err), &err);
	for (size_t i = 0; i < TILES * 256; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "leaf %zu", i);
		leaves[i] = slice_of(texts[i]);
	}
	bench_tool_must(log_store_append(store, &secret, leaves, TILES * 256,
			    &first, &is_committed, &err),
	    &err);
	log_store_free(store);
}

/* ---- the clients ---- */

static int connect_to(uint16_t port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const int on = 1;

	must_be(fd >= 0 &&
		connect(fd, (const void *)&address, sizeof(address)) == 0,
	    "connect");
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* Reads one answer: a head of any length and a tile. */
static void read_answer(int fd)
{
	char bytes[TILE_BYTES + 1024];
	size_t n = 0;
	const char *end = NULL;

	while (!end || n < (size_t)(end + 4 - bytes) + TILE_BYTES) {
		const ssize_t got = read(fd, bytes + n, sizeof(bytes) - 1 - n);

		must_be(got > 0, "read");
		n += (size_t)got;
		if (!end) {
			bytes[n] = '\0';
			end = strstr(bytes, "\r\n\r\n");
		}
	}
	must_be(memcmp(bytes, "HTTP/1.1 200", 12) == 0, "not 200");
}

static void *read_tiles(void *cookie)
{
	const uint16_t port = *(const uint16_t *)cookie;
	const int fd = connect_to(port);
	char request[128];

	for (int i = 0; i < ROUNDS; i++) {
		const int n = snprintf(request, sizeof(request),
		    "GET /tile/0/%03d HTTP/1.1\r\nHost: x\r\n\r\n", i % TILES);

		must_be(
		    send(fd, request, (size_t)n, MSG_NOSIGNAL) == n, "send");
		read_answer(fd);
	}
	(void)close(fd);
	return NULL;
}

static double measure(uint16_t port)
{
	pthread_t threads[CLIENTS];
	const double start = bench_tool_seconds();

	for (int i = 0; i < CLIENTS; i++)
		must_be(
		    pthread_create(&threads[i], NULL, read_tiles, &port) == 0,
		    "thread");
	for (int i = 0; i < CLIENTS; i++)
		(void)pthread_join(threads[i], NULL);
	return CLIENTS * ROUNDS / (bench_tool_seconds() - start);
}

/* ---- the bare loop ---- */

struct bare {
	int listen_fd, tile_fds[TILES];
};

struct bare_peer {
	const struct bare *bare;
	int fd;
};

static void *send_tiles(void *cookie)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 8192\r\n"
				   "Content-Type: application/octet-stream\r\n"
				   "\r\n";
	struct bare_peer *peer = cookie;
	char request[256];

	while (read(peer->fd, request, sizeof(request)) > 0) {
		const int tile = (request[12] - '0') * 100 +
		    (request[13] - '0') * 10 + (request[14] - '0');
		off_t at = 0;

		must_be(send(peer->fd, head, sizeof(head) - 1,
			    MSG_MORE | MSG_NOSIGNAL) > 0 &&
			sendfile(peer->fd, peer->bare->tile_fds[tile % TILES],
			    &at, TILE_BYTES) == TILE_BYTES,
		    "sendfile");
	}
	(void)close(peer->fd);
	free(peer);
	return NULL;
}

static void *take_peers(void *cookie)
{
	const struct bare *bare = cookie;
	pthread_t threads[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		struct bare_peer *peer = malloc(sizeof(*peer));
		const int on = 1;

		must_be(peer != NULL, "memory");
		*peer = (struct bare_peer){
		    bare, accept(bare->listen_fd, NULL, NULL)};
		(void)setsockopt(
		    peer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		must_be(
		    pthread_create(&threads[i], NULL, send_tiles, peer) == 0,
		    "thread");
	}
	for (int i = 0; i < CLIENTS; i++)
		(void)pthread_join(threads[i], NULL);
	return NULL;
}

static int listen_anywhere(uint16_t *ret_port)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(address);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must_be(fd >= 0 && bind(fd, (void *)&address, n) == 0 &&
		listen(fd, CLIENTS) == 0 &&
		getsockname(fd, (void *)&address, &n) == 0,
	    "listen");
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static double measure_bare(int case_fd)
{
	struct bare bare;
	pthread_t thread;
	uint16_t port;

	bare.listen_fd = listen_anywhere(&port);
	for (int i = 0; i < TILES; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "log/tile/0/%03d", i);
		bare.tile_fds[i] = openat(case_fd, path, O_RDONLY | O_CLOEXEC);
		must_be(bare.tile_fds[i] >= 0, path);
	}
	must_be(
	    pthread_create(&thread, NULL, take_peers, &bare) == 0, "thread");
	const double rate = measure(port);

	(void)pthread_join(thread, NULL);
	(void)close(bare.listen_fd);
	for (int i = 0; i < TILES; i++)
		(void)close(bare.tile_fds[i]);
	return rate;
}

/* ---- nginx ---- */

struct nginx {
	pid_t pid; /* 0: it is not installed */
	uint16_t port;
};

static void write_conf(int case_fd, const char *path, uint16_t port)
{
	struct err err = {0};
	struct buf conf;

	buf_init(&conf, 8192);
	buf_printf(&conf,
	    "daemon off; %s worker_processes 2; pid %s/nginx.pid;\n"
	    "error_log /dev/null crit; events { worker_connections 256; }\n"
	    "http {\n access_log off; sendfile on; tcp_nopush on;\n"
	    " keepalive_requests 100000000; open_file_cache max=1000;\n"
	    " client_body_temp_path %s/nginx-1; proxy_temp_path %s/nginx-2;\n"
	    " fastcgi_temp_path %s/nginx-3; uwsgi_temp_path %s/nginx-4;\n"
	    " scgi_temp_path %s/nginx-5;\n"
	    " server { listen 127.0.0.1:%u reuseport; root %s/log; }\n}\n",
	    geteuid() == 0 ? "user root;" : "", path, path, path, path, path,
	    path, port, path);
	bench_tool_must(
	    file_publish(case_fd, "nginx.conf", buf_slice(&conf), 0600, &err),
	    &err);
	buf_done(&conf);
}

static bool is_answering(uint16_t port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const bool is =
	    connect(fd, (const void *)&address, sizeof(address)) == 0;

	(void)close(fd);
	return is;
}

static struct nginx start_nginx(int case_fd, const char *path)
{
	char conf[PATH_MAX + 16];
	struct nginx nginx = {0};

	if (access(NGINX, X_OK) != 0)
		return nginx;
	/* Nobody takes the port in this moment, it is hoped. */
	(void)close(listen_anywhere(&nginx.port));
	write_conf(case_fd, path, nginx.port);
	(void)snprintf(conf, sizeof(conf), "%s/nginx.conf", path);
	nginx.pid = fork();
	must_be(nginx.pid >= 0, "fork");
	if (nginx.pid == 0) {
		(void)execl(NGINX, "nginx", "-e", "/dev/null", "-c", conf,
		    (char *)NULL);
		_exit(1);
	}
	for (int i = 0; !is_answering(nginx.port); i++) {
		must_be(
		    i < 250 && waitpid(nginx.pid, NULL, WNOHANG) == 0, NGINX);
		(void)usleep(20000);
	}
	return nginx;
}

static void stop_nginx(const struct nginx *nginx)
{
	if (nginx->pid == 0)
		return;
	(void)kill(nginx->pid, SIGTERM);
	(void)waitpid(nginx->pid, NULL, 0);
}

/* ---- counterfoil ---- */

struct server {
	pid_t pid;
	uint16_t port;
	int until; /* closed when it shall end */
};

static void serve_until(int case_fd, int tell, int until)
{
	const struct serve_case served = {.name = "log", .fd = case_fd};
	struct serve_metrics *metrics;
	struct serve *serve;
	struct err err = {0};
	char byte;

	bench_tool_must(serve_metrics_new(&metrics, &err), &err);
	bench_tool_must(
	    serve_new(&serve,
		&(struct serve_options){
		    .cases = &served, .case_count = 1, .metrics = metrics},
		&err),
	    &err);
	const uint16_t port = serve_port(serve);

	must_be(write(tell, &port, sizeof(port)) == sizeof(port), "pipe");
	(void)!read(until, &byte, 1);
	serve_free(serve);
	serve_metrics_free(metrics);
}

/* A process of its own, as nginx is. */
static struct server start_serve(int case_fd)
{
	struct server server;
	int tell[2], until[2];

	must_be(pipe2(tell, O_CLOEXEC) == 0 && pipe2(until, O_CLOEXEC) == 0,
	    "pipe");
	server.pid = fork();
	must_be(server.pid >= 0, "fork");
	if (server.pid == 0) {
		(void)close(until[1]); /* or it would never end */
		serve_until(case_fd, tell[1], until[0]);
		_exit(0);
	}
	server.until = until[1];
	must_be(read(tell[0], &server.port, sizeof(server.port)) ==
		sizeof(server.port),
	    "the server did not start");
	return server;
}

static void stop_serve(const struct server *server)
{
	(void)close(server->until);
	(void)waitpid(server->pid, NULL, 0);
}

/* ---- all three ---- */

enum {
	SERVE,
	NGINX_TOO,
	BARE,
	SERVERS
};

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double say(const char *name, double rates[TURNS])
{
	qsort(rates, TURNS, sizeof(rates[0]), compare);
	const double rate = rates[TURNS / 2];

	(void)printf("%s %.0f tiles/s\n%s_bytes %.0f MB/s\n", name, rate, name,
	    rate * TILE_BYTES / 1e6);
	return rate;
}

int main(void)
{
	static double rates[SERVERS][TURNS];
	char path[PATH_MAX];
	int fd = bench_tool_make_folder(path, "bench-serve-read");

	note_key_setup();
	make_ledger(fd);
	const struct nginx nginx = start_nginx(fd, path);
	const struct server server = start_serve(fd);

	for (int i = 0; i < TURNS; i++) {
		rates[SERVE][i] = measure(server.port);
		if (nginx.pid != 0)
			rates[NGINX_TOO][i] = measure(nginx.port);
		rates[BARE][i] = measure_bare(fd);
	}
	stop_serve(&server);
	stop_nginx(&nginx);
	const double ours = say("serve_read", rates[SERVE]);
	const double bare = say("serve_read_bare_sendfile", rates[BARE]);

	if (nginx.pid != 0)
		(void)printf("serve_read/serve_read_nginx %.2f x\n",
		    ours / say("serve_read_nginx", rates[NGINX_TOO]));
	else
		(void)printf("serve_read_nginx: " NGINX " is not there\n");
	(void)printf(
	    "serve_read/serve_read_bare_sendfile %.2f x\n", ours / bare);
	bench_tool_remove_folder(path, fd);
	return 0;
}

/*
 * bench_serve_read.c: how fast full tiles are read over loopback, beside a bare
 * loop that does nothing but sendfile the same files to the same clients.
 *
 * The bare loop knows its answers beforehand, takes no request apart and has a
 * thread for each connection: what it does is what the kernel can.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define TILES 64
#define TILE_BYTES 8192
#define CLIENTS 8
#define ROUNDS 3000 /* tiles that each client reads */

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

static double measure_bare(int case_fd)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(address);
	struct bare bare = {.listen_fd = socket(AF_INET, SOCK_STREAM, 0)};
	pthread_t thread;

	for (int i = 0; i < TILES; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "log/tile/0/%03d", i);
		bare.tile_fds[i] = openat(case_fd, path, O_RDONLY);
		must_be(bare.tile_fds[i] >= 0, path);
	}
	must_be(bind(bare.listen_fd, (void *)&address, n) == 0 &&
		listen(bare.listen_fd, CLIENTS) == 0 &&
		getsockname(bare.listen_fd, (void *)&address, &n) == 0 &&
		pthread_create(&thread, NULL, take_peers, &bare) == 0,
	    "listen");
	const double rate = measure(ntohs(address.sin_port));

	(void)pthread_join(thread, NULL);
	(void)close(bare.listen_fd);
	for (int i = 0; i < TILES; i++)
		(void)close(bare.tile_fds[i]);
	return rate;
}

static double measure_serve(int case_fd)
{
	const struct serve_case served = {.name = "log", .fd = case_fd};
	struct serve_metrics *metrics;
	struct serve *serve;
	struct err err = {0};

	bench_tool_must(serve_metrics_new(&metrics, &err), &err);
	bench_tool_must(
	    serve_new(&serve,
		&(struct serve_options){
		    .cases = &served, .case_count = 1, .metrics = metrics},
		&err),
	    &err);
	const double rate = measure(serve_port(serve));

	serve_free(serve);
	serve_metrics_free(metrics);
	return rate;
}

static void say(const char *name, double rate)
{
	(void)printf("%s %.0f tiles/s\n%s_bytes %.0f MB/s\n", name, rate, name,
	    rate * TILE_BYTES / 1e6);
}

int main(void)
{
	char path[PATH_MAX];
	int fd = bench_tool_make_folder(path, "bench-serve-read");

	note_key_setup();
	make_ledger(fd);
	say("serve_read", measure_serve(fd));
	say("serve_read_bare_sendfile", measure_bare(fd));
	bench_tool_remove_folder(path, fd);
	return 0;
}

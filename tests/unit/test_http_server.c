/*
 * test_http_server.c: real sockets on loopback, well and badly behaved.
 *
 * The handler answers by path: /echo repeats what was asked, /late hands the
 * exchange to another thread, /file sends a descriptor.
 */
#include "http_server.h"

#include "fixture_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 1000
#define LATE_MAX 200
#define CLOSE "Connection: close\r\n\r\n"

struct desk { /* where late answers wait */
	pthread_mutex_t lock;
	struct http_exchange *waiting[LATE_MAX];
	unsigned n;
	unsigned handled; /* requests that reached the handler */
	struct http_kept *kept; /* for /kept */
};

struct scene {
	struct desk desk;
	struct http_server *server;
	uint16_t port;
	struct buf answer;
};

static void answer_echo(struct http_exchange *exchange)
{
	static const char *const methods[] = {
	    "GET", "HEAD", "POST", "DELETE", "OTHER"};
	struct buf text;

	buf_init(&text, 65536);
	buf_printf(&text, "%s %.*s\n", methods[http_exchange_method(exchange)],
	    SLICE_ARG(http_exchange_path(exchange)));
	buf_printf(&text, "who %.*s\n",
	    SLICE_ARG(http_exchange_query(exchange, "who")));
	buf_printf(&text, "x-mark %.*s\n",
	    SLICE_ARG(http_exchange_header(exchange, "X-MARK")));
	buf_printf(
	    &text, "peer %.*s\n", SLICE_ARG(http_exchange_peer(exchange)));
	buf_printf(&text, "body %zu [%.*s]\n", http_exchange_body(exchange).n,
	    SLICE_ARG(http_exchange_body(exchange)));
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = 200,
		.type = "text/x-echo",
		.take = &text,
		.fields = {{"X-First", "one"}, {"X-Second", "two"}}});
	buf_done(&text);
}

static void answer_file(struct http_exchange *exchange)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_true(fputs("out of a file\n", file) >= 0);
	assert_int_equal(fflush(file), 0);
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = 200,
		.type = "application/octet-stream",
		.fd = dup(fileno(file))});
	(void)fclose(file);
}

static struct http_kept *make_kept(void)
{
	struct http_kept *kept = NULL;
	struct buf text;

	buf_init(&text, 100);
	buf_puts(&text, "always the same\n");
	assert_int_equal(http_kept_new(&kept,
			     &(struct http_reply){.status = 200,
				 .type = "text/x-kept",
				 .take = &text,
				 .fields = {{"X-First", "one"}}},
			     NULL),
	    0);
	return kept;
}

static void handle(void *cookie, struct http_exchange *exchange)
{
	struct desk *desk = cookie;
	const struct slice path = http_exchange_path(exchange);

	(void)pthread_mutex_lock(&desk->lock);
	desk->handled++;
	if (slice_is_text(path, "/late")) {
		assert_true(desk->n < LATE_MAX);
		desk->waiting[desk->n++] = exchange;
		exchange = NULL;
	}
	(void)pthread_mutex_unlock(&desk->lock);
	if (!exchange)
		return;
	if (slice_is_text(path, "/file"))
		answer_file(exchange);
	else if (slice_is_text(path, "/kept"))
		http_exchange_answer_kept(exchange, desk->kept);
	else if (slice_is_text(path, "/empty"))
		http_exchange_answer(
		    exchange, &(struct http_reply){.status = 204});
	else if (slice_starts_with(path, "/echo"))
		answer_echo(exchange);
	else
		http_exchange_answer_text(exchange, 404, "nothing");
}

static void start(struct scene *scene, struct http_server_options options)
{
	struct err err = {0};

	*scene = (struct scene){.desk.lock = PTHREAD_MUTEX_INITIALIZER};
	options.handle = handle;
	options.cookie = &scene->desk;
	if (options.body_max == 0)
		options.body_max = BODY_MAX;
	if (http_server_new(&scene->server, &options, &err) != 0)
		fail_msg("%s", err.message);
	scene->port = http_server_port(scene->server);
	buf_init(&scene->answer, 1 << 20);
}

static void stop(struct scene *scene)
{
	http_server_free(scene->server);
	buf_done(&scene->answer);
}

static const char *talk(struct scene *scene, const char *request)
{
	buf_clear(&scene->answer);
	fixture_http_talk(scene->port, request, &scene->answer);
	return scene->answer.n > 0 ? scene->answer.p : "";
}

static bool has(const char *text, const char *part)
{
	return strstr(text, part);
}

#define assert_has(text, part)                                                 \
	do {                                                                   \
		const char *text_ = (text);                                    \
		if (!has(text_, part))                                         \
			fail_msg("no \"%s\" in: %s", part, text_);             \
	} while (0)

static unsigned waiting(struct scene *scene)
{
	(void)pthread_mutex_lock(&scene->desk.lock);
	const unsigned n = scene->desk.n;

	(void)pthread_mutex_unlock(&scene->desk.lock);
	return n;
}

static void wait_for(struct scene *scene, unsigned n)
{
	for (unsigned i = 0; i < 1000 && waiting(scene) < n; i++)
		(void)usleep(10000);
	assert_int_equal(waiting(scene), n);
}

static void *answer_late(void *cookie)
{
	struct desk *desk = cookie;

	(void)pthread_mutex_lock(&desk->lock);
	while (desk->n > 0)
		answer_echo(desk->waiting[--desk->n]);
	(void)pthread_mutex_unlock(&desk->lock);
	return NULL;
}

static void answer_from_another_thread(struct scene *scene)
{
	pthread_t thread;

	assert_int_equal(
	    pthread_create(&thread, NULL, answer_late, &scene->desk), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
}

/* --- well behaved --- */

static void hands_over_what_was_asked(void **state)
{
	struct scene scene;
	const char *answer;

	(void)state;
	start(&scene, (struct http_server_options){0});
	answer = talk(&scene,
	    "POST /echo/x001/067.p/5?a=b&who=me%20&c HTTP/1.1\r\nHost: x\r\n"
	    "x-Mark: here\r\nContent-Length: 5\r\n" CLOSE "hello");
	assert_has(answer, "HTTP/1.1 200 OK\r\n");
	assert_has(answer, "Content-Type: text/x-echo\r\n");
	assert_has(answer, "X-First: one\r\n");
	assert_has(answer, "X-Second: two\r\n");
	assert_has(answer, "\r\n\r\nPOST /echo/x001/067.p/5\nwho me%20\n");
	assert_has(answer, "x-mark here\npeer 127.0.0.1\nbody 5 [hello]\n");
	answer = talk(&scene, "GET /echo HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "GET /echo\nwho \nx-mark \n");
	assert_has(answer, "body 0 []\n");
	answer = talk(&scene, "DELETE /echo?who HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "DELETE /echo\nwho \n");
	answer = talk(&scene, "PATCH /echo HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "OTHER /echo\n");
	stop(&scene);
}

static void leaves_the_body_out_for_head(void **state)
{
	struct scene scene;
	const char *answer;

	(void)state;
	start(&scene, (struct http_server_options){0});
	answer = talk(&scene, "HEAD /echo HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "HTTP/1.1 200 OK\r\n");
	assert_has(answer, "Content-Length: 49\r\n");
	assert_false(has(answer, "HEAD /echo"));
	answer = talk(&scene, "HEAD /file HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "Content-Length: 14\r\n");
	assert_false(has(answer, "out of a file"));
	answer = talk(&scene, "GET /empty HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "HTTP/1.1 204 ");
	assert_false(has(answer, "Content-Type"));
	stop(&scene);
}

static void sends_a_file_by_its_descriptor(void **state)
{
	struct scene scene;
	const char *answer;

	(void)state;
	start(&scene, (struct http_server_options){0});
	answer = talk(&scene, "GET /file HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_has(answer, "Content-Length: 14\r\n");
	assert_has(answer, "\r\n\r\nout of a file\n");
	stop(&scene);
}

static void answers_a_pipeline_in_order(void **state)
{
	struct scene scene;
	const char *answer;

	(void)state;
	start(&scene, (struct http_server_options){0});
	answer = talk(&scene,
	    "GET /echo/1 HTTP/1.1\r\nHost: x\r\n\r\n"
	    "POST /echo/2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
	    "GET /.. HTTP/1.1\r\nHost: x\r\n\r\n"
	    "GET /echo/3 HTTP/1.1\r\nHost: x\r\n" CLOSE);
	const char *first = strstr(answer, "GET /echo/1\n");
	const char *second = strstr(answer, "POST /echo/2\n");
	const char *third = strstr(answer, "There is nothing here.\n");
	const char *fourth = strstr(answer, "GET /echo/3\n");

	assert_true(first && second && third && fourth);
	assert_true(first < second && second < third && third < fourth);
	stop(&scene);
}

static void many_wait_for_a_late_answer(void **state)
{
	const unsigned n = 100;
	struct scene scene;
	int fds[100];

	(void)state;
	for (unsigned threads = 1; threads <= 2; threads++) {
		start(&scene, (struct http_server_options){.threads = threads});
		for (unsigned i = 0; i < n; i++) {
			fds[i] = fixture_http_connect(scene.port);
			fixture_http_send(
			    fds[i], "GET /late HTTP/1.1\r\nHost: x\r\n" CLOSE);
		}
		wait_for(&scene, n);
		assert_int_equal(http_server_connections(scene.server), n);
		assert_has(
		    talk(&scene, "GET /echo HTTP/1.1\r\nHost: x\r\n" CLOSE),
		    "GET /echo\n");
		answer_from_another_thread(&scene);
		for (unsigned i = 0; i < n; i++) {
			buf_clear(&scene.answer);
			assert_true(
			    fixture_http_read_all(fds[i], &scene.answer));
			assert_has(scene.answer.p, "GET /late\n");
			(void)close(fds[i]);
		}
		stop(&scene);
	}
}

static void late_answers_do_not_race(void **state)
{
	struct scene scene;
	struct buf requests;
	const unsigned n = 300;
	const int clients = 2;
	int fds[2];

	(void)state;
	start(&scene, (struct http_server_options){0});
	buf_init(&requests, 65536);
	for (unsigned i = 0; i < n; i++)
		buf_puts(&requests, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_int_equal(buf_check(&requests, NULL), 0);
	for (int i = 0; i < clients; i++) {
		fds[i] = fixture_http_connect(scene.port);
		fixture_http_send(fds[i], requests.p);
	}
	for (bool is_all = false; !is_all;) {
		answer_from_another_thread(&scene);
		(void)pthread_mutex_lock(&scene.desk.lock);
		is_all = scene.desk.handled == n * clients && scene.desk.n == 0;
		(void)pthread_mutex_unlock(&scene.desk.lock);
	}
	for (int i = 0; i < clients; i++) {
		buf_clear(&scene.answer);
		fixture_http_read_until(
		    fds[i], &scene.answer, "GET /late\n", n);
		(void)close(fds[i]);
	}
	buf_done(&requests);
	stop(&scene);
}

static void ends_without_cutting_off_who_waits(void **state)
{
	struct scene scene;

	(void)state;
	start(&scene, (struct http_server_options){0});
	const int fd = fixture_http_connect(scene.port);

	fixture_http_send(fd, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_for(&scene, 1);
	http_server_quiesce(scene.server);
	answer_from_another_thread(&scene);
	assert_true(fixture_http_read_all(fd, &scene.answer));
	assert_has(scene.answer.p, "GET /late\n");
	assert_has(scene.answer.p, "Connection: close\r\n");
	(void)close(fd);
	stop(&scene);
}

#define ASK_KEPT "GET /kept HTTP/1.1\r\nHost: x\r\n\r\n"

static void a_kept_answer_is_given_again_and_again(void **state)
{
	struct scene scene;
	size_t n = 0;

	(void)state;
	start(&scene, (struct http_server_options){0});
	scene.desk.kept = make_kept();
	(void)talk(&scene,
	    ASK_KEPT ASK_KEPT ASK_KEPT
	    "HEAD /kept HTTP/1.1\r\nHost: x\r\n" CLOSE);
	for (const char *at = scene.answer.p;
	     (at = strstr(at, "X-First: one\r\n")) != NULL; at++)
		n++;
	assert_int_equal(n, 4);
	n = 0;
	for (const char *at = scene.answer.p;
	     (at = strstr(at, "\r\n\r\nalways the same\n")) != NULL; at++)
		n++;
	assert_int_equal(n, 3);
	assert_has(scene.answer.p, "Content-Type: text/x-kept\r\n");
	http_kept_unref(scene.desk.kept);
	stop(&scene);
}

/* Given up by everybody else while it is under way. */
static void a_kept_answer_lives_until_it_is_sent(void **state)
{
	struct scene scene;

	(void)state;
	start(&scene, (struct http_server_options){0});
	const int fd = fixture_http_connect(scene.port);

	fixture_http_send(fd, "GET /late HTTP/1.1\r\nHost: x\r\n\r\n");
	wait_for(&scene, 1);
	http_server_quiesce(scene.server);
	struct http_kept *kept = make_kept();

	http_exchange_answer_kept(scene.desk.waiting[0], kept);
	http_kept_unref(kept);
	assert_true(fixture_http_read_all(fd, &scene.answer));
	assert_has(scene.answer.p, "\r\n\r\nalways the same\n");
	/* The server is to end. */
	assert_has(scene.answer.p, "Connection: close\r\n");
	(void)close(fd);
	stop(&scene);
}

/* --- badly behaved --- */

static void odd_paths_never_reach_the_handler(void **state)
{
	static const char *const paths[] = {"/..", "/../echo", "/echo/../echo",
	    "/echo//x", "//echo", "/./echo", "/echo/.", "/%65cho", "/echo%00",
	    "/echo/%2e%2e", "*", "echo", "http://x/echo"};
	struct scene scene;
	char request[200];

	(void)state;
	start(&scene, (struct http_server_options){0});
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		(void)snprintf(request, sizeof request,
		    "GET %s HTTP/1.1\r\nHost: x\r\n" CLOSE, paths[i]);
		assert_has(talk(&scene, request), "HTTP/1.1 404 ");
	}
	assert_int_equal(scene.desk.handled, 0);
	assert_has(talk(&scene, "GET /echo/ HTTP/1.1\r\nHost: x\r\n" CLOSE),
	    "GET /echo/\n");
	stop(&scene);
}

static void refuses_a_body_that_is_too_long_unread(void **state)
{
	struct scene scene;
	char request[4 * BODY_MAX] = "";
	char body[BODY_MAX + 1];

	(void)state;
	start(&scene, (struct http_server_options){0});
	assert_has(talk(&scene,
		       "POST /echo HTTP/1.1\r\nHost: x\r\n"
		       "Content-Length: 1001\r\n\r\n"),
	    "HTTP/1.1 413 ");
	assert_has(talk(&scene,
		       "POST /echo HTTP/1.1\r\nHost: x\r\n"
		       "Content-Length: 18446744073709551615\r\n\r\n"),
	    "HTTP/1.1 4");
	assert_int_equal(scene.desk.handled, 0);
	memset(body, 'b', BODY_MAX);
	body[BODY_MAX] = '\0';
	(void)snprintf(request, sizeof request,
	    "POST /echo HTTP/1.1\r\nHost: x\r\n"
	    "Content-Length: 1000\r\n" CLOSE "%s",
	    body);
	assert_has(talk(&scene, request), "body 1000 [bbb");
	stop(&scene);
}

static void limits_a_body_in_chunks(void **state)
{
	struct scene scene;
	char request[4 * BODY_MAX];
	char body[BODY_MAX + 1];

	(void)state;
	start(&scene, (struct http_server_options){0});
	assert_has(talk(&scene,
		       "POST /echo HTTP/1.1\r\nHost: x\r\n"
		       "Transfer-Encoding: chunked\r\n" CLOSE
		       "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
	    "body 5 [abcde]\n");
	memset(body, 'b', BODY_MAX);
	body[BODY_MAX] = '\0';
	(void)snprintf(request, sizeof request,
	    "POST /echo HTTP/1.1\r\nHost: x\r\n"
	    "Transfer-Encoding: chunked\r\n" CLOSE
	    "3e8\r\n%s\r\n1\r\nx\r\n0\r\n\r\n",
	    body);
	assert_has(talk(&scene, request), "HTTP/1.1 413 ");
	assert_int_equal(scene.desk.handled, 1);
	assert_has(talk(&scene,
		       "POST /echo HTTP/1.1\r\nHost: x\r\n"
		       "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"
		       "\r\n0\r\n\r\n"),
	    "HTTP/1.1 400 ");
	stop(&scene);
}

static void refuses_a_header_that_is_too_long(void **state)
{
	struct scene scene;
	char request[40000] = "GET /echo HTTP/1.1\r\nX-Long: ";
	const size_t n = strlen(request);

	(void)state;
	start(&scene, (struct http_server_options){0});
	memset(request + n, 'h', sizeof request - 1 - n);
	request[sizeof request - 1] = '\0';
	const int fd = fixture_http_connect(scene.port);

	/* What is left unread may make the closing a reset. */
	(void)!send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
	(void)fixture_http_read_all(fd, &scene.answer);
	assert_has(scene.answer.n > 0 ? scene.answer.p : "", " 431 ");
	assert_int_equal(scene.desk.handled, 0);
	(void)close(fd);
	stop(&scene);
}

static void garbage_harms_nobody(void **state)
{
	static const char *const garbage[] = {"\r\n\r\n", "GET\r\n\r\n",
	    "\x16\x03\x01\x02", "GET /echo HTTP/9.9\r\n\r\n",
	    "GET /echo\r\n\r\n",
	    "POST /echo HTTP/1.1\r\nContent-Length: x\r\n\r\n",
	    "POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n"};
	struct scene scene;

	(void)state;
	start(&scene, (struct http_server_options){.idle_s = 1});
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++)
		(void)talk(&scene, garbage[i]);
	assert_has(talk(&scene, "GET /echo HTTP/1.1\r\nHost: x\r\n" CLOSE),
	    "HTTP/1.1 200 ");
	stop(&scene);
}

static void closes_who_is_silent(void **state)
{
	struct scene scene;

	(void)state;
	start(&scene, (struct http_server_options){.idle_s = 1});
	(void)talk(&scene, "");
	(void)talk(&scene, "GET /echo HTTP/1.1\r\n");
	(void)talk(&scene,
	    "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");
	assert_int_equal(scene.desk.handled, 0);
	stop(&scene);
}

static void closes_who_speaks_for_ever(void **state)
{
	struct scene scene;
	int fd;
	unsigned sent = 0;

	(void)state;
	start(&scene, (struct http_server_options){.idle_s = 1});
	fd = fixture_http_connect(scene.port);
	fixture_http_send(fd, "GET /echo HTTP/1.1\r\nX-Slow: ");
	while (sent < 100) {
		struct pollfd peer = {.fd = fd, .events = POLLIN};

		if (poll(&peer, 1, 100) != 0)
			break;
		sent++;
		(void)!send(fd, "s", 1, MSG_NOSIGNAL);
	}
	/* Two seconds of time, looked at once a second. */
	assert_in_range(sent, 10, 45);
	(void)close(fd);
	assert_int_equal(scene.desk.handled, 0);
	stop(&scene);
}

static void takes_only_so_many_from_one_address(void **state)
{
	struct scene scene;
	int fds[3];

	(void)state;
	start(&scene,
	    (struct http_server_options){.threads = 1, .per_address_max = 2});
	for (int i = 0; i < 3; i++) {
		fds[i] = fixture_http_connect(scene.port);
		(void)usleep(100000);
	}
	/* The third is closed unanswered, and the others live. */
	(void)!send(fds[2], "GET /echo HTTP/1.1\r\n\r\n", 22, MSG_NOSIGNAL);
	(void)fixture_http_read_all(fds[2], &scene.answer);
	assert_int_equal(scene.answer.n, 0);
	fixture_http_send(fds[1], "GET /echo HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_true(fixture_http_read_all(fds[1], &scene.answer));
	assert_has(scene.answer.p, "GET /echo\n");
	for (int i = 0; i < 3; i++)
		(void)close(fds[i]);
	stop(&scene);
}

static void who_comes_when_it_is_full_waits(void **state)
{
	struct scene scene;
	int fds[3];

	(void)state;
	start(&scene,
	    (struct http_server_options){
		.threads = 1, .connections_max = 2, .idle_s = 1});
	for (int i = 0; i < 3; i++)
		fds[i] = fixture_http_connect(scene.port);
	/* The first two say nothing and are closed for it. */
	fixture_http_send(fds[2], "GET /echo HTTP/1.1\r\nHost: x\r\n" CLOSE);
	assert_true(fixture_http_read_all(fds[2], &scene.answer));
	assert_has(scene.answer.p, "GET /echo\n");
	for (int i = 0; i < 3; i++)
		(void)close(fds[i]);
	stop(&scene);
}

/* --- starting --- */

static int try_start(struct http_server_options options, const char *part)
{
	struct http_server *server = NULL;
	struct err err = {0};

	options.handle = handle;
	const int rc = http_server_new(&server, &options, &err);

	http_server_free(server);
	if (rc != 0)
		assert_has(err.message, part);
	return rc;
}

static void says_why_it_cannot_start(void **state)
{
	const struct slice nonsense = slice_of("nonsense");
	struct scene scene;
	struct buf certificate, key, other_certificate, other_key;

	(void)state;
	start(&scene, (struct http_server_options){0});
	assert_int_equal(
	    try_start(
		(struct http_server_options){.port = scene.port}, "is taken"),
	    ERR_CONFLICT);
	stop(&scene);
	assert_int_equal(
	    try_start((struct http_server_options){.address = "localhost"},
		"not a numeric"),
	    ERR_USAGE);
	assert_int_equal(
	    try_start(
		(struct http_server_options){.tls_key = nonsense}, "both"),
	    ERR_USAGE);
	assert_int_equal(
	    try_start((struct http_server_options){.tls_key = nonsense,
			  .tls_certificate = nonsense},
		"PEM"),
	    ERR_FORMAT);
	assert_int_equal(
	    try_start((struct http_server_options){.connections_max = 1000000},
		"at most"),
	    ERR_LIMIT);
	fixture_http_certificate(&certificate, &key);
	fixture_http_certificate(&other_certificate, &other_key);
	assert_int_equal(
	    try_start((struct http_server_options){.tls_key = buf_slice(&key),
			  .tls_certificate = buf_slice(&other_certificate)},
		"its own"),
	    ERR_FORMAT);
	buf_done(&certificate);
	buf_done(&key);
	buf_done(&other_certificate);
	buf_done(&other_key);
}

static void listens_at_ipv6_too(void **state)
{
	struct scene scene;

	(void)state;
	if (access("/proc/net/if_inet6", R_OK) != 0)
		skip();
	start(&scene, (struct http_server_options){.address = "::"});
	/* Where both are one, the peer is still shown as IPv4. */
	assert_has(talk(&scene, "GET /echo HTTP/1.1\r\nHost: x\r\n" CLOSE),
	    "peer 127.0.0.1\n");
	stop(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hands_over_what_was_asked),
	    cmocka_unit_test(leaves_the_body_out_for_head),
	    cmocka_unit_test(sends_a_file_by_its_descriptor),
	    cmocka_unit_test(answers_a_pipeline_in_order),
	    cmocka_unit_test(many_wait_for_a_late_answer),
	    cmocka_unit_test(late_answers_do_not_race),
	    cmocka_unit_test(ends_without_cutting_off_who_waits),
	    cmocka_unit_test(a_kept_answer_is_given_again_and_again),
	    cmocka_unit_test(a_kept_answer_lives_until_it_is_sent),
	    cmocka_unit_test(odd_paths_never_reach_the_handler),
	    cmocka_unit_test(refuses_a_body_that_is_too_long_unread),
	    cmocka_unit_test(limits_a_body_in_chunks),
	    cmocka_unit_test(refuses_a_header_that_is_too_long),
	    cmocka_unit_test(garbage_harms_nobody),
	    cmocka_unit_test(closes_who_is_silent),
	    cmocka_unit_test(closes_who_speaks_for_ever),
	    cmocka_unit_test(takes_only_so_many_from_one_address),
	    cmocka_unit_test(who_comes_when_it_is_full_waits),
	    cmocka_unit_test(says_why_it_cannot_start),
	    cmocka_unit_test(listens_at_ipv6_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

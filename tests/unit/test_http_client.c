/*
 * test_http_client.c: what a client takes from a server, and what it does not.
 *
 * Whole answers come from a server of our own; what no server of ours would
 * send is played by a thread that answers one connection with fixed bytes.
 */
#include "http_client.h"

#include "fixture_http.h"
#include "http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define MANY 100

/* "hello\n" fifty times. */
static const unsigned char packed[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0xca, 0x18, 0x25,
    0x89, 0x20, 0x01, 0x81, 0x33, 0x8c, 0xc2, 0x2c, 0x01, 0x00, 0x00};

struct scene {
	struct http_server *server;
	struct http_client *client;
	char base[64];
	struct err err;
};

static void handle(void *cookie, struct http_exchange *exchange)
{
	const struct slice path = http_exchange_path(exchange);
	struct http_reply reply = {
	    .status = 200, .type = "Text/Plain; charset=x"};
	struct buf text;

	(void)cookie;
	buf_init(&text, 65536);
	reply.take = &text;
	if (slice_is_text(path, "/packed")) {
		const bool may = slice_is_text(
		    http_exchange_header(exchange, "Accept-Encoding"), "gzip");

		buf_put(&text, packed, sizeof packed);
		reply.fields[0].name = "Content-Encoding";
		reply.fields[0].value = may ? "gzip" : "unasked";
	} else if (slice_is_text(path, "/moved")) {
		reply.status = 302;
		reply.fields[0].name = "Location";
		reply.fields[0].value = "/elsewhere";
		buf_puts(&text, "moved\n");
	} else {
		buf_printf(&text, "%.*s %.*s [%.*s] %.*s", SLICE_ARG(path),
		    SLICE_ARG(http_exchange_header(exchange, "Content-Type")),
		    SLICE_ARG(http_exchange_body(exchange)),
		    SLICE_ARG(http_exchange_header(exchange, "Authorization")));
	}
	http_exchange_answer(exchange, &reply);
	buf_done(&text);
}

static void start(struct scene *scene, const struct http_server_options *how,
    const struct http_client_options *client)
{
	struct http_server_options options =
	    how ? *how : (struct http_server_options){0};

	*scene = (struct scene){0};
	options.handle = handle;
	options.body_max = 1000;
	if (http_server_new(&scene->server, &options, &scene->err) != 0 ||
	    http_client_new(&scene->client, client, &scene->err) != 0)
		fail_msg("%s", scene->err.message);
	(void)snprintf(scene->base, sizeof scene->base, "%s://127.0.0.1:%u",
	    options.tls_key.n > 0 ? "https" : "http",
	    http_server_port(scene->server));
}

static void stop(struct scene *scene)
{
	http_client_free(scene->client);
	http_server_free(scene->server);
}

static int ask(struct scene *scene, const char *path, struct http_call call,
    struct http_answer *ret_answer)
{
	char url[200];

	(void)snprintf(url, sizeof url, "%s%s", scene->base, path);
	call.url = url;
	if (!call.method)
		call.method = "GET";
	if (call.answer_max == 0)
		call.answer_max = 1000;
	scene->err = (struct err){0};
	const int rc =
	    http_client_call(scene->client, &call, ret_answer, &scene->err);

	if (rc != 0)
		assert_non_null(strstr(scene->err.message, url));
	return rc;
}

static void assert_body(struct http_answer *answer, const char *text)
{
	if (!slice_is_text(buf_slice(&answer->body), text))
		fail_msg("not \"%s\": %.*s", text,
		    SLICE_ARG(buf_slice(&answer->body)));
	buf_done(&answer->body);
}

static void asks_and_is_answered(void **state)
{
	struct scene scene;
	struct http_answer answer;

	(void)state;
	start(&scene, NULL, &(struct http_client_options){0});
	assert_int_equal(ask(&scene, "/a", (struct http_call){0}, &answer), 0);
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.type, "text/plain");
	assert_body(&answer, "/a  [] ");
	assert_int_equal(ask(&scene, "/b",
			     (struct http_call){.method = "POST",
				 .type = "text/x-test",
				 .body = slice_of("bytes"),
				 .authorization = "Word 123"},
			     &answer),
	    0);
	assert_body(&answer, "/b text/x-test [bytes] Word 123");
	assert_int_equal(
	    ask(&scene, "/c", (struct http_call){.method = "DELETE"}, &answer),
	    0);
	assert_body(&answer, "/c  [] ");
	assert_int_equal(
	    ask(&scene, "/d", (struct http_call){.method = "HEAD"}, &answer),
	    0);
	assert_body(&answer, "");
	assert_int_equal(http_server_connections(scene.server), 1);
	stop(&scene);
}

static void a_refusal_is_an_answer(void **state)
{
	static const char body[2000] = "";
	struct scene scene;
	struct http_answer answer;

	(void)state;
	start(&scene, NULL, &(struct http_client_options){0});
	assert_int_equal(ask(&scene, "/a",
			     (struct http_call){
				 .method = "POST", .body = {body, sizeof body}},
			     &answer),
	    0);
	assert_int_equal(answer.status, 413);
	buf_done(&answer.body);
	stop(&scene);
}

static void follows_nobody_elsewhere(void **state)
{
	struct scene scene;
	struct http_answer answer;

	(void)state;
	start(&scene, NULL, &(struct http_client_options){0});
	assert_int_equal(
	    ask(&scene, "/moved", (struct http_call){0}, &answer), 0);
	assert_int_equal(answer.status, 302);
	assert_body(&answer, "moved\n");
	stop(&scene);
}

static void limits_what_it_unpacks(void **state)
{
	struct scene scene;
	struct http_answer answer;

	(void)state;
	start(&scene, NULL, &(struct http_client_options){0});
	assert_int_equal(
	    ask(&scene, "/packed",
		(struct http_call){.is_gzip_wanted = true, .answer_max = 300},
		&answer),
	    0);
	assert_int_equal(answer.body.n, 300);
	buf_done(&answer.body);
	assert_int_equal(
	    ask(&scene, "/packed",
		(struct http_call){.is_gzip_wanted = true, .answer_max = 299},
		&answer),
	    ERR_LIMIT);
	assert_int_equal(
	    ask(&scene, "/packed", (struct http_call){0}, &answer), 0);
	assert_int_equal(answer.body.n, sizeof packed);
	buf_done(&answer.body);
	assert_int_equal(ask(&scene, "/longer",
			     (struct http_call){.answer_max = 5}, &answer),
	    ERR_LIMIT);
	stop(&scene);
}

/* --- a server that no server of ours is --- */

struct liar {
	int listen_fd;
	uint16_t port;
	const char *bytes;
	size_t n;
	pthread_t thread;
};

static void *lie(void *cookie)
{
	struct liar *liar = cookie;
	char request[4096];
	const int fd = accept(liar->listen_fd, NULL, NULL);

	if (fd < 0)
		return NULL;
	if (read(fd, request, sizeof request) > 0)
		(void)!send(fd, liar->bytes, liar->n, MSG_NOSIGNAL);
	if (liar->n == 0)
		(void)!read(fd, request, 1); /* until the client goes */
	(void)close(fd);
	return NULL;
}

static int hear(const char *bytes, size_t n, struct http_answer *ret_answer)
{
	struct sockaddr_in address = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t address_n = sizeof address;
	struct liar liar = {.bytes = bytes, .n = n};
	struct scene scene = {0};
	struct http_client_options options = {.total_ms = 700};

	liar.listen_fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(liar.listen_fd, (void *)&address, address_n), 0);
	assert_int_equal(listen(liar.listen_fd, 1), 0);
	assert_int_equal(
	    getsockname(liar.listen_fd, (void *)&address, &address_n), 0);
	assert_int_equal(pthread_create(&liar.thread, NULL, lie, &liar), 0);
	assert_int_equal(
	    http_client_new(&scene.client, &options, &scene.err), 0);
	(void)snprintf(scene.base, sizeof scene.base, "http://127.0.0.1:%u",
	    ntohs(address.sin_port));
	const int rc = ask(&scene, "/",
	    (struct http_call){.is_gzip_wanted = true, .answer_max = 100000},
	    ret_answer);

	http_client_free(scene.client);
	assert_int_equal(pthread_join(liar.thread, NULL), 0);
	(void)close(liar.listen_fd);
	return rc;
}

static int hear_text(const char *bytes)
{
	struct http_answer answer;
	const int rc = hear(bytes, strlen(bytes), &answer);

	if (rc == 0)
		buf_done(&answer.body);
	return rc;
}

static void an_answer_is_whole_or_none(void **state)
{
	(void)state;
	assert_int_equal(
	    hear_text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"), 0);
	assert_int_equal(
	    hear_text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"),
	    ERR_IO);
	assert_int_equal(hear_text("HTTP/1.1 200 OK\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n"
				   "2\r\nab\r\n"),
	    ERR_IO);
	assert_int_equal(hear_text("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
				   "Content-Encoding: gzip\r\n\r\nabc"),
	    ERR_FORMAT);
	assert_true(hear_text("220 mail.example ESMTP\r\n") < 0);
	assert_int_equal(hear_text(""), ERR_IO); /* silent: 700 ms */
}

static void an_endless_header_is_not_read(void **state)
{
	static char bytes[200000];
	struct http_answer answer;
	size_t n = 0;

	(void)state;
	n += (size_t)snprintf(bytes, sizeof bytes, "HTTP/1.1 200 OK\r\n");
	while (n + 20 < sizeof bytes)
		n += (size_t)snprintf(
		    bytes + n, sizeof bytes - n, "X-Again: again\r\n");
	assert_int_equal(hear(bytes, n, &answer), ERR_LIMIT);
}

static void says_that_nobody_is_there(void **state)
{
	struct scene scene;
	struct http_answer answer;

	(void)state;
	start(&scene, NULL, &(struct http_client_options){0});
	http_server_free(scene.server);
	scene.server = NULL;
	assert_int_equal(
	    ask(&scene, "/", (struct http_call){0}, &answer), ERR_IO);
	stop(&scene);
}

static void takes_only_plain_addresses(void **state)
{
	static const char *const wrong[] = {"", "ftp://x/",
	    "file:///etc/passwd", "x.example", "http://", "http://u@x.example/",
	    "http://u:p@x.example/", "https://x.example/?a", "http://x/#a",
	    "http://x/ y", "http://x\\y/", "HTTP://x/", "http://x:99999/"};
	static const char *const right[] = {"http://127.0.0.1:8640",
	    "https://log.example/case-1/", "http://[::1]:80/a"};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (http_client_check_url(wrong[i], NULL) != ERR_USAGE)
			fail_msg("taken: %s", wrong[i]);
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		assert_int_equal(http_client_check_url(right[i], NULL), 0);
}

static void speaks_nothing_but_http(void **state)
{
	struct scene scene = {0};
	struct http_answer answer;

	(void)state;
	assert_int_equal(http_client_new(&scene.client,
			     &(struct http_client_options){0}, &scene.err),
	    0);
	(void)snprintf(scene.base, sizeof scene.base, "file:///etc/passwd");
	assert_int_equal(
	    ask(&scene, "", (struct http_call){0}, &answer), ERR_USAGE);
	(void)snprintf(scene.base, sizeof scene.base, "http://u@127.0.0.1/");
	assert_int_equal(
	    ask(&scene, "", (struct http_call){0}, &answer), ERR_USAGE);
	http_client_free(scene.client);
}

/* --- TLS --- */

static void trusts_only_whom_it_is_told_to(void **state)
{
	char path[] = "/tmp/counterfoil-test-XXXXXX";
	const int fd = mkstemp(path);
	struct buf certificate, key;
	struct scene scene;
	struct http_answer answer;

	(void)state;
	assert_true(fd >= 0);
	fixture_http_certificate(&certificate, &key);
	assert_int_equal(
	    write(fd, certificate.p, certificate.n), certificate.n);
	const struct http_server_options options = {
	    .tls_certificate = buf_slice(&certificate),
	    .tls_key = buf_slice(&key)};

	start(&scene, &options, &(struct http_client_options){.ca_file = path});
	assert_int_equal(ask(&scene, "/a", (struct http_call){0}, &answer), 0);
	assert_body(&answer, "/a  [] ");
	stop(&scene);
	start(&scene, &options, &(struct http_client_options){0});
	assert_int_equal(
	    ask(&scene, "/a", (struct http_call){0}, &answer), ERR_DENIED);
	stop(&scene);
	/* The right key under another name. */
	start(&scene, &options, &(struct http_client_options){.ca_file = path});
	(void)snprintf(scene.base, sizeof scene.base, "https://localhost:%u",
	    http_server_port(scene.server));
	assert_int_equal(
	    ask(&scene, "/a", (struct http_call){0}, &answer), ERR_DENIED);
	stop(&scene);
	(void)unlink(path);
	(void)close(fd);
	buf_done(&certificate);
	buf_done(&key);
}

static void plain_words_to_a_tls_port_harm_nobody(void **state)
{
	struct buf certificate, key, heard;
	struct scene scene;

	(void)state;
	fixture_http_certificate(&certificate, &key);
	start(&scene,
	    &(struct http_server_options){.idle_s = 1,
		.tls_certificate = buf_slice(&certificate),
		.tls_key = buf_slice(&key)},
	    &(struct http_client_options){0});
	for (int i = 0; i < 3; i++) {
		const int fd =
		    fixture_http_connect(http_server_port(scene.server));

		buf_init(&heard, 65536);
		if (i > 0)
			fixture_http_send(fd,
			    i == 1 ? "\x16\x03\x01" : "GET / HTTP/1.1\r\n\r\n");
		(void)fixture_http_read_all(fd, &heard);
		if (heard.n > 0)
			assert_null(strstr(heard.p, "HTTP/1.1"));
		buf_done(&heard);
		(void)close(fd);
	}
	stop(&scene);
	buf_done(&certificate);
	buf_done(&key);
}

/* --- many --- */

struct asker {
	struct scene *scene;
	char urls[MANY][100];
	unsigned asked, n;
	bool is_done[MANY];
	unsigned stop_after;
};

static bool next(void *cookie, struct http_call *ret_call, uint64_t *ret_tag)
{
	struct asker *asker = cookie;

	if (asker->asked == asker->n)
		return false;
	(void)snprintf(asker->urls[asker->asked], sizeof asker->urls[0],
	    "%s/%u", asker->scene->base, asker->asked);
	*ret_call = (struct http_call){.method = "GET",
	    .url = asker->urls[asker->asked],
	    .answer_max = 100};
	*ret_tag = asker->asked++;
	return true;
}

static int done(
    void *cookie, uint64_t tag, struct http_answer *answer, struct err *err)
{
	struct asker *asker = cookie;
	char expected[100];

	assert_true(tag < asker->n && !asker->is_done[tag]);
	asker->is_done[tag] = true;
	(void)snprintf(expected, sizeof expected, "/%u  [] ", (unsigned)tag);
	assert_body(answer, expected);
	if (asker->stop_after > 0 && --asker->stop_after == 0)
		return err_set(err, ERR_VERIFY, "enough");
	return 0;
}

static void asks_for_many_at_once(void **state)
{
	struct scene scene;
	struct asker asker = {.scene = &scene, .n = MANY};
	struct http_client_many many = {
	    .next = next, .done = done, .cookie = &asker};

	(void)state;
	start(&scene, NULL, &(struct http_client_options){0});
	assert_int_equal(http_client_many(scene.client, &many, &scene.err), 0);
	for (unsigned i = 0; i < MANY; i++)
		assert_true(asker.is_done[i]);
	assert_in_range(http_server_connections(scene.server), 1, 8);
	asker = (struct asker){.scene = &scene, .n = 0};
	assert_int_equal(http_client_many(scene.client, &many, &scene.err), 0);
	asker = (struct asker){.scene = &scene, .n = MANY, .stop_after = 3};
	many.parallel = 1000;
	assert_int_equal(
	    http_client_many(scene.client, &many, &scene.err), ERR_VERIFY);
	assert_string_equal(scene.err.message, "enough");
	/* What was broken off leaves the client as good as new. */
	scene.err = (struct err){0};
	asker = (struct asker){.scene = &scene, .n = MANY};
	assert_int_equal(http_client_many(scene.client, &many, &scene.err), 0);
	stop(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(asks_and_is_answered),
	    cmocka_unit_test(a_refusal_is_an_answer),
	    cmocka_unit_test(follows_nobody_elsewhere),
	    cmocka_unit_test(limits_what_it_unpacks),
	    cmocka_unit_test(an_answer_is_whole_or_none),
	    cmocka_unit_test(an_endless_header_is_not_read),
	    cmocka_unit_test(says_that_nobody_is_there),
	    cmocka_unit_test(takes_only_plain_addresses),
	    cmocka_unit_test(speaks_nothing_but_http),
	    cmocka_unit_test(trusts_only_whom_it_is_told_to),
	    cmocka_unit_test(plain_words_to_a_tls_port_harm_nobody),
	    cmocka_unit_test(asks_for_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * bench_serve_load.c: records over HTTP: how many a second are verified,
 * entered, durable and answered, and how long an answer takes at half of that.
 *
 * usage: bench_serve_load [writers [seconds [soak | RATE]]]
 *
 * The server is a child with threads as `counterfoil serve` has; the load is
 * this process, one thread with epoll: closed-loop writers, each on one
 * connection that is kept. Every record has one signature and was signed before
 * the clock starts. Then half as many records a second as were taken before are
 * sent (or RATE), each when it is due. With `soak` nothing new is entered after
 * the first seconds: known records, false ones, refused ones and garbage go on
 * for `seconds`, and the server's memory must not grow.
 */
#include "bench_tool.h"
#include "case_state.h"
#include "file.h"
#include "http_server.h"
#include "log_store.h"
#include "note.h"
#include "record_leaf.h"
#include "serve_api.h"
#include "when.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PARTIES 64
#define LOG_NAME "bench.example"
#define REQUEST_BYTES 1024
#define ANSWER_BYTES 16384
#define RECORDS_MAX 400000
#define RATE_GUESS 20000

/* An allocator's own noise. Sanitizers keep what was freed. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GROWTH_MAX_KB (1u << 30)
#else
#define GROWTH_MAX_KB 4096
#endif

/* Signed and ready to be sent, header and all. */
struct request {
	uint16_t n;
	char bytes[REQUEST_BYTES - 2];
};

struct bench {
	char path[PATH_MAX];
	int case_fd;
	struct note_secret log;
	struct note_secret parties[PARTIES];
	struct buf ref; /* case: */
	int64_t now;
	struct request *requests;
	size_t request_count;
};

struct result {
	double seconds;
	size_t answers, entered, other;
	double p50_ms, p99_ms, max_ms;
};

static void need(bool is_true, const char *what)
{
	if (is_true)
		return;
	perror(what);
	exit(1);
}

/* ---- the case ---- */

static void sign(struct buf *out, const struct note_secret *secret,
    struct slice text, struct err *err)
{
	buf_put_slice(out, text);
	buf_putc(out, '\n');
	bench_tool_must(note_put_signature(out, secret, text, err), err);
}

static void put_genesis(struct bench *b, struct buf *leaf)
{
	char at[WHEN_SIZE];
	struct err err = {0};
	struct buf text, note;

	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&note, RECORD_LEAF_MAX);
	when_to_time(at, b->now);
	buf_printf(&text,
	    "counterfoil-record/v1 case\nat: %s\n"
	    "signer: p0.example %08x\nname: " LOG_NAME "\nlog: ",
	    at, b->parties[0].key.id);
	note_key_put(&text, &b->log.key);
	buf_puts(&text, "\npolicy-holder: p0.example\n");
	for (size_t i = 0; i < PARTIES; i++) {
		buf_printf(&text,
		    "party: %s\n  side: %s\n  org: o%zu.example\n  key: ",
		    b->parties[i].key.name, i % 2 == 0 ? "authority" : "owner",
		    i);
		note_key_put(&text, &b->parties[i].key);
		buf_putc(&text, '\n');
	}
	sign(&note, &b->parties[0], buf_slice(&text), &err);
	bench_tool_must(
	    record_leaf_put(leaf, b->now, buf_slice(&note), &err), &err);
	buf_done(&text);
	buf_done(&note);
}

/* Only the state knows how a case is called. */
static void find_ref(struct bench *b, struct slice leaf)
{
	struct case_state *state = case_state_new();
	struct err err = {0};

	bench_tool_must(case_state_add(state, leaf, &err), &err);
	buf_init(&b->ref, 1024);
	buf_put_slice(&b->ref, case_state_ref(state));
	case_state_free(state);
}

static void make_case(struct bench *b)
{
	struct err err = {0};
	struct log_store *store;
	struct buf leaf;
	uint64_t first;
	bool is_committed;

	b->case_fd = bench_tool_make_folder(b->path, "bench-serve");
	bench_tool_must(note_secret_new(&b->log, slice_of(LOG_NAME),
			    NOTE_KEY_ED25519, &err),
	    &err);
	for (size_t i = 0; i < PARTIES; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "p%zu.example", i);
		bench_tool_must(note_secret_new(&b->parties[i], slice_of(name),
				    NOTE_KEY_ED25519, &err),
		    &err);
	}
	b->now = when_now() - 60;
	buf_init(&leaf, RECORD_LEAF_MAX);
	put_genesis(b, &leaf);
	find_ref(b, buf_slice(&leaf));
	const struct slice leaves[] = {buf_slice(&leaf)};
	bench_tool_must(log_store_create(b->case_fd, &b->log, &err), &err);
	bench_tool_must(
	    log_store_open(&store, b->case_fd, &b->log.key, &err), &err);
	bench_tool_must(log_store_lock(store, 0, &err), &err);
	bench_tool_must(log_store_append(store, &b->log, leaves, 1, &first,
			    &is_committed, &err),
	    &err);
	log_store_free(store);
	buf_done(&leaf);
}

/* ---- the requests ---- */

static void make_request(struct bench *b, size_t i)
{
	const struct note_secret *secret = &b->parties[i % PARTIES];
	struct request *r = &b->requests[i];
	char at[WHEN_SIZE];
	struct err err = {0};
	struct buf text, note;

	buf_init(&text, REQUEST_BYTES);
	buf_init(&note, REQUEST_BYTES);
	when_to_time(at, b->now);
	buf_printf(&text,
	    "counterfoil-record/v1 question\ncase: %s\nat: %s\n"
	    "signer: %s %08x\n"
	    "recipient: p1.example\nconcerns: all\nform: data\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\ntext: %zu\n",
	    b->ref.p, at, secret->key.name, secret->key.id, i);
	sign(&note, secret, buf_slice(&text), &err);
	int n = snprintf(r->bytes, sizeof(r->bytes),
	    "POST /records HTTP/1.1\r\nHost: localhost\r\n"
	    "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s",
	    note.n, note.p);
	need(n > 0 && n < (int)sizeof(r->bytes), "a long request");
	r->n = (uint16_t)n;
	buf_done(&text);
	buf_done(&note);
}

static void make_requests(struct bench *b, size_t n)
{
	b->request_count = n;
	b->requests = calloc(n, sizeof(*b->requests));
	need(b->requests != NULL, "memory");
	for (size_t i = 0; i < n; i++)
		make_request(b, i);
}

/* ---- the load ---- */

struct writer {
	int fd;
	const struct request *request; /* NULL: idle */
	double since; /* when it was due */
	size_t n; /* of the answer so far */
	char answer[ANSWER_BYTES];
};

struct load {
	const struct bench *bench;
	struct writer *writers;
	size_t count;
	int epoll_fd;
	bool is_soak;
	double start, end;
	double rate; /* 0: closed loop; else so many a second */
	double rate_wanted; /* 0: half of what the closed loop reached */
	size_t next, last; /* requests: the next one, the end */
	struct writer **idle;
	size_t idle_count;
	float *times;
	struct result result;
};

static void connect_all(struct load *l, uint16_t port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	l->writers = calloc(l->count, sizeof(*l->writers));
	l->idle = calloc(l->count, sizeof(struct writer *));
	need(l->writers != NULL && l->idle != NULL, "memory");
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	for (size_t i = 0; i < l->count; i++) {
		struct writer *w = &l->writers[i];
		struct epoll_event event = {.events = EPOLLIN, .data.ptr = w};
		int one = 1;

		w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		need(w->fd >= 0, "socket");
		need(connect(w->fd, (struct sockaddr *)&to, sizeof(to)) == 0,
		    "connect");
		(void)setsockopt(
		    w->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		need(epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, w->fd, &event) == 0,
		    "epoll");
		l->idle[l->idle_count++] = w;
	}
}

/* A request that was sent before, changed in one byte for every second one. */
static void soak_request(const struct load *l, size_t i, struct request *r)
{
	*r = l->bench->requests[i % (l->last / 2)];
	if (i % 2 != 0)
		r->bytes[r->n - 40 - i % 64] ^= (char)(1 + i % 6);
}

static void send_next(struct load *l, struct writer *w, double due)
{
	const struct request *r = &l->bench->requests[l->next % l->last];
	struct request soak;

	if (l->is_soak && l->next >= l->last / 2) {
		soak_request(l, l->next, &soak);
		r = &soak;
	}
	l->next++;
	w->request = r;
	w->since = due;
	w->n = 0;
	/* Far below what the socket's buffer holds. */
	need(send(w->fd, r->bytes, r->n, MSG_NOSIGNAL) == r->n, "send");
}

/* The bytes of a whole answer, or 0. */
static size_t whole_answer(const struct writer *w)
{
	const char *end = memmem(w->answer, w->n, "\r\n\r\n", 4);
	const char *length;

	if (end == NULL)
		return 0;
	length = memmem(w->answer, w->n, "Content-Length: ", 16);
	need(length != NULL && length < end, "no length");
	return (size_t)(end - w->answer) + 4 + strtoul(length + 16, NULL, 10);
}

static void take_answer(struct load *l, struct writer *w, double now)
{
	bool is_entered = memcmp(w->answer + 9, "201", 3) == 0;

	if (l->result.answers < RECORDS_MAX)
		l->times[l->result.answers] = (float)(now - w->since);
	l->result.answers++;
	l->result.entered += is_entered;
	l->result.other += !is_entered;
	if (!is_entered && !l->is_soak && l->result.other == 1)
		fprintf(stderr, "%.*s\n", (int)w->n, w->answer);
	w->request = NULL;
	l->idle[l->idle_count++] = w;
}

static void read_answer(struct load *l, struct writer *w, double now)
{
	ssize_t n = recv(w->fd, w->answer + w->n, sizeof(w->answer) - w->n, 0);

	need(n > 0, "the server closed a connection");
	w->n += (size_t)n;
	size_t whole = whole_answer(w);
	if (whole > 0 && w->n >= whole)
		take_answer(l, w, now);
}

static bool is_open(const struct load *l, double now)
{
	return now < l->end && (l->is_soak || l->next < l->last);
}

/* Open loop: what is due by now is sent, if anybody is free for it; its time
 * runs from when it was due. */
static void send_due(struct load *l, double now)
{
	while (l->idle_count > 0 && is_open(l, now)) {
		double due = now;

		if (l->rate > 0) {
			due = l->start +
			    (double)(l->result.answers + l->count -
				l->idle_count) /
				l->rate;
			if (due > now)
				return;
		}
		send_next(l, l->idle[--l->idle_count], due);
	}
}

static int compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return x < y ? -1 : x > y;
}

static void measure(struct load *l)
{
	size_t n = l->result.answers;

	n = n < RECORDS_MAX ? n : RECORDS_MAX;
	qsort(l->times, n, sizeof(*l->times), compare);
	if (n == 0)
		return;
	l->result.p50_ms = l->times[n / 2] * 1e3;
	l->result.p99_ms = l->times[n * 99 / 100] * 1e3;
	l->result.max_ms = l->times[n - 1] * 1e3;
}

static void run_load(struct load *l)
{
	struct epoll_event events[256];

	l->times = malloc(RECORDS_MAX * sizeof(*l->times));
	need(l->times != NULL, "memory");
	send_due(l, bench_tool_seconds());
	while (l->idle_count < l->count || is_open(l, bench_tool_seconds())) {
		int n = epoll_wait(
		    l->epoll_fd, events, 256, l->rate > 0 ? 1 : 1000);
		double now = bench_tool_seconds();

		for (int i = 0; i < n; i++)
			read_answer(l, events[i].data.ptr, now);
		send_due(l, now);
		l->result.seconds = now - l->start;
		if (l->idle_count == l->count && l->next >= l->last &&
		    !l->is_soak)
			break;
	}
	measure(l);
	free(l->times);
}

/* ---- the server ---- */

static void handle(void *cookie, struct http_exchange *exchange)
{
	if (!serve_api_handle(cookie, exchange, http_exchange_path(exchange)))
		http_exchange_answer_text(exchange, 404, "nothing is here");
}

struct server {
	pid_t pid;
	int until; /* closed when it shall end */
	uint16_t port;
};

static void print_counts(struct serve_queue_counts c)
{
	printf("serve_commits %.1f records/commit\n",
	    (double)c.entered / (double)c.commits);
	printf("serve_commit %.2f ms\n",
	    c.commit_seconds * 1e3 / (double)c.commits);
	(void)fflush(stdout); /* the load says what went wrong */
}

static void serve(const struct bench *b, size_t writers, int tell, int until)
{
	const struct serve_ledger_options ledger_options = {
	    .case_fd = b->case_fd,
	    .log_key = &b->log.key,
	    .log_secret = &b->log};
	const struct serve_api_options api_options = {0};
	struct http_server_options options = {.handle = handle,
	    .threads = 2,
	    .connections_max = (unsigned)writers + 16,
	    .body_max = 65536};
	struct serve_ledger *ledger;
	struct serve_api *api;
	struct http_server *server;
	struct err err = {0};
	char byte;

	bench_tool_must(
	    serve_ledger_new(&ledger, &ledger_options, 0, &err), &err);
	bench_tool_must(serve_api_new(&api, ledger, &api_options, &err), &err);
	options.cookie = api;
	bench_tool_must(http_server_new(&server, &options, &err), &err);
	uint16_t port = http_server_port(server);
	need(write(tell, &port, sizeof(port)) == sizeof(port), "pipe");
	(void)!read(until, &byte, 1); /* ends when the load ends */
	print_counts(serve_api_count(api));
	http_server_quiesce(server);
	serve_api_stop(api);
	http_server_free(server);
	serve_api_free(api);
	serve_ledger_free(ledger);
}

static void start_server(
    struct server *server, const struct bench *b, size_t writers)
{
	int tell[2], until[2];

	need(pipe2(tell, O_CLOEXEC) == 0 && pipe2(until, O_CLOEXEC) == 0,
	    "pipe");
	server->pid = fork();
	need(server->pid >= 0, "fork");
	if (server->pid == 0) {
		(void)close(until[1]); /* or it would never end */
		serve(b, writers, tell[1], until[0]);
		exit(0);
	}
	(void)close(tell[1]); /* the child has it */
	need(read(tell[0], &server->port, sizeof(server->port)) ==
		sizeof(server->port),
	    "the server did not start");
	server->until = until[1];
}

static double processor_seconds(clockid_t clock)
{
	struct timespec t;

	need(clock_gettime(clock, &t) == 0, "clock");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t resident_kb(pid_t pid)
{
	char line[256];
	size_t kb = 0;

	(void)snprintf(line, sizeof(line), "/proc/%d/status", (int)pid);
	FILE *file = fopen(line, "r");
	need(file != NULL, line);
	while (fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, "VmRSS:", 6) == 0)
			kb = strtoul(line + 6, NULL, 10);
	(void)fclose(file); /* only read */
	return kb;
}

/* ---- both ---- */

static struct result load_for(struct load *l, double seconds)
{
	l->result = (struct result){0};
	l->start = bench_tool_seconds();
	l->end = l->start + seconds;
	run_load(l);
	if (l->result.other > 0 && !l->is_soak)
		fprintf(
		    stderr, "%zu answers of other kinds\n", l->result.other);
	return l->result;
}

static void print_load(
    struct load *l, const struct server *server, double seconds)
{
	clockid_t clock;

	need(clock_getcpuclockid(server->pid, &clock) == 0, "clock");
	double its = processor_seconds(clock);
	double mine = processor_seconds(CLOCK_PROCESS_CPUTIME_ID);
	struct result r = load_for(l, seconds);
	its = processor_seconds(clock) - its;
	mine = processor_seconds(CLOCK_PROCESS_CPUTIME_ID) - mine;
	double n = (double)r.answers;

	printf("serve_load_%zu %.0f records/s\n", l->count,
	    (double)r.entered / r.seconds);
	printf("serve_load_p99 %.1f ms\n", r.p99_ms);
	printf("serve_processor %.1f us/record\n", its * 1e6 / n);
	printf("serve_load_processor %.1f us/record\n", mine * 1e6 / n);
	l->rate = l->rate_wanted > 0 ? l->rate_wanted : n / r.seconds / 2;
	r = load_for(l, seconds);
	printf(
	    "serve_half_load %.0f records/s\n", (double)r.entered / r.seconds);
	printf("serve_half_p50 %.1f ms\n", r.p50_ms);
	printf("serve_half_p99 %.1f ms\n", r.p99_ms);
	printf("serve_half_max %.1f ms\n", r.max_ms);
}

/* A first stretch fills what is kept for reuse; then nothing may be added. */
static int print_soak(
    struct load *l, const struct server *server, double seconds)
{
	l->is_soak = true;
	(void)load_for(l, seconds / 5);
	size_t before = resident_kb(server->pid);
	struct result r = load_for(l, seconds);
	size_t after = resident_kb(server->pid);

	printf("serve_soak %.0f requests/s\n", (double)r.answers / r.seconds);
	printf("serve_soak_growth %ld kB\n", (long)after - (long)before);
	return after > before + GROWTH_MAX_KB ? 1 : 0;
}

static int run(struct bench *b, struct load *l, double seconds, bool is_soak)
{
	double n = is_soak ? 4.0 * (double)l->count : 2 * seconds * RATE_GUESS;
	struct server server = {0};
	int status = 0, server_status;

	start_server(&server, b, l->count);
	make_requests(b, n < RECORDS_MAX ? (size_t)n : RECORDS_MAX);
	l->last = b->request_count;
	connect_all(l, server.port);
	if (is_soak)
		status = print_soak(l, &server, seconds);
	else
		print_load(l, &server, seconds);
	(void)fflush(stdout); /* before the server's own lines */
	for (size_t i = 0; i < l->count; i++)
		(void)close(l->writers[i].fd); /* nothing is on its way */
	(void)close(server.until); /* the server may end */
	need(waitpid(server.pid, &server_status, 0) == server.pid, "wait");
	return server_status != 0 ? 1 : status;
}

static void raise_descriptors(void)
{
	struct rlimit limit;

	need(getrlimit(RLIMIT_NOFILE, &limit) == 0, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	need(setrlimit(RLIMIT_NOFILE, &limit) == 0, "setrlimit");
}

int main(int argc, char **argv)
{
	static struct bench b;
	static struct load l;
	size_t writers = argc > 1 ? strtoul(argv[1], NULL, 10) : 2000;
	double seconds = argc > 2 ? strtod(argv[2], NULL) : 5;
	bool is_soak = argc > 3 && strcmp(argv[3], "soak") == 0;

	l.rate_wanted = argc > 3 && !is_soak ? strtod(argv[3], NULL) : 0;
	note_key_setup();
	raise_descriptors();
	make_case(&b);
	l.bench = &b;
	l.count = writers;
	int status = run(&b, &l, seconds, is_soak);
	bench_tool_remove_folder(b.path, b.case_fd);
	for (size_t i = 0; i < PARTIES; i++)
		note_secret_done(&b.parties[i]);
	note_secret_done(&b.log);
	buf_done(&b.ref);
	free(b.requests);
	free(l.writers);
	free(l.idle);
	(void)close(l.epoll_fd); /* empty */
	return status;
}

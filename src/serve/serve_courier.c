/*
 * serve_courier.c: both ends of the courier.
 *
 * A message is the number of the log, the number of bytes, and a checkpoint
 * note. There are none in the other direction: when the server's end is gone
 * the courier ends.
 */
#include "serve_courier.h"

#include "buf.h"
#include "file.h"
#include "log_checkpoint.h"
#include "log_store.h"
#include "mem.h"
#include "note.h"
#include "witness_client.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVERY_MS 1000
#define ASK_MS 4000 /* for all witnesses of one log, before the next one */
/* The same checkpoint again, if it is no quorum; then twice as long each time,
 * up to the second. */
#define AGAIN_S 10
#define AGAIN_MAX_S 60
/* Logs asked about at once, so that one that hangs stops no other. */
#define WORKERS 16
#define LINE_ROOM 1024

struct head {
	uint32_t log;
	uint32_t n;
};

struct serve_courier {
	struct serve_courier_options options;
	int fd; /* this end */
	pthread_t thread;
	bool is_started;
	atomic_bool is_ending, is_gone;
};

/* ---- the courier's process ---- */

/* What it knows of one log. */
struct errand {
	struct log_checkpoint asked; /* the origin is not kept */
	bool is_met;
	bool is_waiting; /* in the queue, or at a worker */
	time_t pause, again; /* when to ask the same once more */
	uint64_t sizes[WITNESS_POLICY_WITNESSES_MAX];
	enum witness_client_outcome told[WITNESS_POLICY_WITNESSES_MAX];
};

struct process {
	const struct serve_courier_options *options;
	int fd;
	struct errand *errands;
	pthread_mutex_t lock; /* for the queue, is_waiting, and what is sent */
	pthread_cond_t filled;
	size_t *queue; /* a ring with room for every log */
	size_t first, waiting;
};

static time_t seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* is always there */
	return now.tv_sec;
}

static int send_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;

	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return ERR_IO;
		p += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* The server is gone: then there is nothing left to do. */
static void bring(struct process *p, size_t log, struct slice note)
{
	struct head head = {(uint32_t)log, (uint32_t)note.n};

	(void)pthread_mutex_lock(&p->lock);
	if (send_all(p->fd, &head, sizeof(head)) != 0 ||
	    send_all(p->fd, note.p, note.n) != 0)
		_exit(0);
	(void)pthread_mutex_unlock(&p->lock);
}

static void tell(const struct process *p, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static void tell(const struct process *p, const char *fmt, ...)
{
	char line[LINE_ROOM];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	p->options->tell(p->options->cookie, line);
}

static bool is_good(enum witness_client_outcome outcome)
{
	return outcome == WITNESS_CLIENT_COSIGNED ||
	    outcome == WITNESS_CLIENT_ALREADY;
}

/* A line where a witness's outcome changed, so that nothing is said a second
 * time for each checkpoint. */
static void tell_changes(const struct process *p, size_t log,
    const struct witness_client_results *results)
{
	const struct serve_courier_log *l = &p->options->logs[log];
	struct errand *errand = &p->errands[log];

	for (size_t i = 0; i < results->n; i++) {
		enum witness_client_outcome now = results->of[i].outcome;
		enum witness_client_outcome before = errand->told[i];

		errand->told[i] = now;
		if (now == before || (is_good(now) && is_good(before)))
			continue;
		if (is_good(now))
			tell(p, "%s: %s cosigns", l->key->name,
			    l->policy->witnesses[i].key.name);
		else
			tell(p, "%s: not cosigned by %s: %s", l->key->name,
			    l->policy->witnesses[i].key.name,
			    now == WITNESS_CLIENT_UNASKED
				? "the policy has no URL for it"
				: results->of[i].why.message);
	}
}

static void take_results(struct process *p, size_t log, struct slice checkpoint,
    const struct witness_client_results *results)
{
	struct errand *errand = &p->errands[log];
	struct buf note;

	for (size_t i = 0; i < results->n; i++) {
		errand->sizes[i] = results->of[i].known_size;
		if (results->of[i].proof.n > 0)
			bring(p, log, buf_slice(&results->of[i].proof));
	}
	errand->is_met = results->is_met && !results->is_stopped;
	errand->pause = errand->is_met ? 0 : errand->pause * 2;
	if (errand->pause < AGAIN_S)
		errand->pause = AGAIN_S;
	if (errand->pause > AGAIN_MAX_S)
		errand->pause = AGAIN_MAX_S;
	errand->again = seconds() + errand->pause;
	tell_changes(p, log, results);
	if (results->is_stopped)
		return;
	buf_init(&note, LOG_CHECKPOINT_MAX);
	buf_put_slice(&note, checkpoint);
	buf_put_slice(&note, buf_slice(&results->lines));
	if (buf_check(&note, NULL) == 0)
		bring(p, log, buf_slice(&note));
	buf_done(&note);
}

/* Whether the published checkpoint is another one than the one asked about, or
 * should be asked about again. */
static bool is_due(const struct process *p, size_t log)
{
	struct errand *errand = &p->errands[log];
	struct log_checkpoint head;
	struct buf bytes;
	struct note note;
	bool is_new = false;

	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	if (file_read(&bytes, p->options->logs[log].case_fd, "log/checkpoint",
		LOG_CHECKPOINT_MAX, NULL) == 0 &&
	    note_parse(&note, buf_slice(&bytes), NULL) == 0 &&
	    log_checkpoint_parse(&head, note.text, NULL) == 0 && head.size > 0)
		is_new = head.size != errand->asked.size ||
		    !hash_is(&head.root, &errand->asked.root) ||
		    (!errand->is_met && seconds() >= errand->again);
	if (is_new) {
		errand->asked.size = head.size;
		errand->asked.root = head.root;
	}
	buf_done(&bytes);
	return is_new;
}

static void run_errand(struct process *p, size_t log)
{
	const struct serve_courier_log *l = &p->options->logs[log];
	struct witness_client_results *results = mem_new(1, sizeof(*results));
	struct log_store *store = NULL;
	struct err why = {0};

	int rc = results == NULL
	    ? err_nomem(&why)
	    : log_store_open(&store, l->case_fd, l->key, &why);
	if (rc == 0) {
		struct witness_client_job job = {
		    .policy = l->policy,
		    .log_key = l->key,
		    .checkpoint = log_store_checkpoint(store),
		    .source = log_store_source(store),
		    .known_sizes = p->errands[log].sizes,
		    .wait_ms = ASK_MS,
		    .call_ms = ASK_MS,
		    .ca_file = p->options->ca_file,
		};
		rc = witness_client_collect(results, &job, &why);
		if (rc == 0)
			take_results(
			    p, log, log_store_checkpoint(store), results);
		witness_client_done(results);
	}
	if (rc != 0)
		tell(p, "%s: the witnesses were not asked: %s", l->key->name,
		    why.message);
	log_store_free(store);
	free(results);
}

/* Sleeps; returns when the server is gone. */
static bool is_alone(const struct process *p)
{
	struct pollfd end = {.fd = p->fd, .events = POLLIN};
	int every =
	    p->options->every_ms > 0 ? (int)p->options->every_ms : EVERY_MS;

	return poll(&end, 1, every) > 0;
}

static void *work(void *cookie)
{
	struct process *p = cookie;

	for (;;) {
		(void)pthread_mutex_lock(&p->lock);
		while (p->waiting == 0)
			(void)pthread_cond_wait(&p->filled, &p->lock);
		size_t log = p->queue[p->first];
		p->first = (p->first + 1) % p->options->n;
		p->waiting--;
		(void)pthread_mutex_unlock(&p->lock);
		run_errand(p, log);
		(void)pthread_mutex_lock(&p->lock);
		p->errands[log].is_waiting = false;
		(void)pthread_mutex_unlock(&p->lock);
	}
	return NULL;
}

/* What is due goes to the workers, the last log first: the site log is that,
 * and speaks for all. */
static void look(struct process *p)
{
	const struct serve_courier_options *options = p->options;

	(void)pthread_mutex_lock(&p->lock);
	for (size_t i = options->n; i-- > 0;) {
		if (options->logs[i].policy == NULL ||
		    p->errands[i].is_waiting || !is_due(p, i))
			continue;
		p->errands[i].is_waiting = true;
		p->queue[(p->first + p->waiting) % options->n] = i;
		p->waiting++;
	}
	(void)pthread_cond_broadcast(&p->filled);
	(void)pthread_mutex_unlock(&p->lock);
}

static bool start_workers(struct process *p)
{
	pthread_t thread;

	for (size_t i = 0; i < WORKERS && i < p->options->n; i++)
		if (pthread_create(&thread, NULL, work, p) != 0)
			return i > 0;
	return true;
}

/* Never returns. */
static void be_courier(const struct serve_courier_options *options, int fd)
{
	struct process p = {.options = options, .fd = fd};
	struct err err = {0};

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	p.errands = mem_new(options->n, sizeof(*p.errands));
	p.queue = mem_new(options->n, sizeof(*p.queue));
	if (p.errands == NULL || p.queue == NULL)
		_exit(1);
	(void)pthread_mutex_init(&p.lock, NULL);
	(void)pthread_cond_init(&p.filled, NULL);
	if (options->confine != NULL &&
	    options->confine(options->cookie, &err) != 0) {
		tell(&p, "the courier could not be confined: %s", err.message);
		_exit(1);
	}
	if (!start_workers(&p)) {
		tell(&p, "the courier has no threads");
		_exit(1);
	}
	do
		look(&p);
	while (!is_alone(&p));
	_exit(0);
}

/* ---- the server's process ---- */

static int read_all(int fd, void *bytes, size_t n)
{
	char *p = bytes;

	while (n > 0) {
		ssize_t got = recv(fd, p, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return ERR_IO;
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

/* Nothing is believed that is not signed. */
static int check(const struct serve_courier_log *log, struct slice bytes,
    bool *ret_is_met, struct err *err)
{
	bool has_cosigned[WITNESS_POLICY_WITNESSES_MAX] = {false};
	struct log_checkpoint head;
	struct note *note = mem_new(1, sizeof(*note));
	size_t n = 0;

	if (note == NULL)
		return err_nomem(err);
	int rc = log_checkpoint_open(&head, note, bytes, log->key, err);
	if (rc == 0)
		rc = witness_policy_count(
		    log->policy, note, has_cosigned, &n, err);
	*ret_is_met =
	    rc == 0 && witness_policy_is_met(log->policy, has_cosigned);
	free(note);
	return rc;
}

/* ERR_FORMAT: this is no message of the courier's. */
static int take_message(
    struct serve_courier *courier, char room[LOG_CHECKPOINT_MAX])
{
	struct head head;
	bool is_met = false;
	struct err why = {0};

	int rc = read_all(courier->fd, &head, sizeof(head));
	if (rc != 0)
		return rc;
	if (head.log >= courier->options.n || head.n > LOG_CHECKPOINT_MAX ||
	    courier->options.logs[head.log].policy == NULL)
		return ERR_FORMAT;
	const struct serve_courier_log *log = &courier->options.logs[head.log];
	struct slice note = {room, head.n};
	rc = read_all(courier->fd, room, head.n);
	if (rc == 0 && check(log, note, &is_met, &why) == 0)
		log->take(log->cookie, note, is_met);
	return rc;
}

static void *take_messages(void *cookie)
{
	struct serve_courier *courier = cookie;
	char *room = malloc(LOG_CHECKPOINT_MAX);

	while (room != NULL && take_message(courier, room) == 0)
		;
	free(room);
	if (!atomic_load(&courier->is_ending)) {
		atomic_store(&courier->is_gone, true);
		courier->options.tell(courier->options.cookie,
		    "the courier has ended: nobody asks the witnesses now; "
		    "start the server again");
	}
	return NULL;
}

/* In the new process: nothing stays open but what it needs. */
static void close_others(const struct serve_courier_options *options, int fd)
{
	unsigned from = STDERR_FILENO + 1;

	while (from < INT_MAX) {
		unsigned next = (unsigned)fd >= from ? (unsigned)fd : INT_MAX;

		for (size_t i = 0; i < options->n; i++) {
			unsigned folder = (unsigned)options->logs[i].case_fd;
			if (folder >= from && folder < next)
				next = folder;
		}
		if (next > from) /* what is not open needs no closing */
			(void)close_range(from, next - 1, 0);
		from = next + 1;
	}
}

int serve_courier_new(struct serve_courier **ret_courier,
    const struct serve_courier_options *options, struct err *err)
{
	struct serve_courier *courier = mem_new(1, sizeof(*courier));
	int ends[2] = {-1, -1};

	if (courier == NULL)
		return err_nomem(err);
	courier->options = *options;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
		free(courier);
		return err_sys(err, errno, "a pair of sockets");
	}
	pid_t pid = fork();
	if (pid == 0) {
		close_others(options, ends[1]);
		be_courier(options, ends[1]);
	}
	int errnum = errno;
	(void)close(ends[1]); /* the courier has it */
	if (pid < 0) {
		(void)close(ends[0]);
		free(courier);
		return err_sys(err, errnum, "the courier's process");
	}
	courier->fd = ends[0];
	*ret_courier = courier;
	return 0;
}

int serve_courier_start(struct serve_courier *courier, struct err *err)
{
	int errnum =
	    pthread_create(&courier->thread, NULL, take_messages, courier);

	if (errnum != 0)
		return err_sys(err, errnum, "the courier's thread");
	(void)pthread_setname_np(courier->thread, "serve-courier");
	courier->is_started = true;
	return 0;
}

void serve_courier_free(struct serve_courier *courier)
{
	if (courier == NULL)
		return;
	atomic_store(&courier->is_ending, true);
	(void)shutdown(courier->fd, SHUT_RDWR);
	if (courier->is_started)
		(void)pthread_join(courier->thread, NULL);
	(void)close(courier->fd); /* nothing is on its way that matters */
	free(courier);
}

bool serve_courier_is_well(const struct serve_courier *courier)
{
	return !atomic_load(&courier->is_gone);
}

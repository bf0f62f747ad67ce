/*
 * cage_box.c: see cage_box.h.
 *
 * posix_spawn, not fork: the program has several threads, and between fork and
 * exec only little may be called. Descriptors go over the socket, so that the
 * box begins with one and gets the others by name of their order.
 */
#include "cage_box.h"

#include "buf.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME "counterfoil-box"
#define LINE_FD 3 /* in the box */
#define HIGH_FD 10 /* above what the set-up of the box puts anything into */

struct cage_box {
	int line;
	pid_t pid;
	pid_t thread; /* that it ends with */
	unsigned answer_ms;
	uint8_t *shared; /* CAGE_WIRE_SHARED bytes */
	void (*waiting)(void *cookie);
	void *waiting_cookie;
};

/* ---- the program ---- */

static bool is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0;
}

static int find_program(struct buf *path, struct err *err)
{
	char self[PATH_MAX];
	const ssize_t n = readlink("/proc/self/exe", self, sizeof(self));
	const char *end = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;

	if (end != NULL && n < (ssize_t)sizeof(self)) {
		buf_put(path, self, (size_t)(end - self) + 1);
		buf_puts(path, NAME);
		if (buf_check(path, err) != 0)
			return ERR_LIMIT;
		if (is_program(path->p))
			return 0;
	}
	buf_clear(path);
	buf_puts(path, CAGE_BOX_FOLDER "/" NAME);
	if (is_program(path->p))
		return 0;
	return err_set(err, ERR_NOTFOUND,
	    "%s, which reads images of other formats apart from this program, "
	    "is neither beside it%s nor %s: install it",
	    NAME, n > 0 ? "" : " (/proc is not there to say where that is)",
	    path->p);
}

/* ---- start ---- */

static int check_files(const struct cage_box_options *o, struct err *err)
{
	struct stat st;

	if (o->n == 0 || o->n > CAGE_WIRE_FILES_MAX)
		return err_set(err, ERR_LIMIT, "%zu files in one image", o->n);
	for (size_t i = 0; i < o->n; i++) {
		const int flags = fcntl(o->fds[i], F_GETFL);

		if (flags < 0 || (flags & O_ACCMODE) != O_RDONLY ||
		    (flags & O_PATH) != 0 || fstat(o->fds[i], &st) != 0 ||
		    (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
			return err_set(err, ERR_USAGE,
			    "a box gets files and devices that are open for "
			    "reading only");
	}
	return 0;
}

static int make_shared(struct cage_box *box, int *ret_fd, struct err *err)
{
	const int fd =
	    memfd_create("counterfoil-box", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0)
		return err_sys(err, errno, "memory to share with a box");
	if (ftruncate(fd, CAGE_WIRE_SHARED) != 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) !=
		0) {
		const int rc =
		    err_sys(err, errno, "memory to share with a box");
		(void)close(fd); /* nothing is in it */
		return rc;
	}
	void *shared = mmap(
	    NULL, CAGE_WIRE_SHARED, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (shared == MAP_FAILED) {
		const int rc =
		    err_sys(err, errno, "memory to share with a box");
		(void)close(fd); /* likewise */
		return rc;
	}
	box->shared = shared;
	*ret_fd = fd;
	return 0;
}

static int plan(
    posix_spawn_file_actions_t *actions, posix_spawnattr_t *attr, int line)
{
	sigset_t none, all;
	int rc = 0;

	(void)sigemptyset(&none);
	(void)sigfillset(&all);
	for (int fd = 0; fd < LINE_FD && rc == 0; fd++)
		rc = posix_spawn_file_actions_addopen(
		    actions, fd, "/dev/null", O_RDWR, 0);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, line, LINE_FD);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(
		    actions, LINE_FD + 1);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attr, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attr, &all);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attr,
		    POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
			POSIX_SPAWN_SETSIGDEF);
	return rc;
}

static int spawn(
    struct cage_box *box, const char *path, int line, struct err *err)
{
	char *const words[] = {(char *)NAME, NULL};
	/* Nothing of what this program was told; dates are those of UTC. */
	char *const environment[] = {(char *)"TZ=UTC0", NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc != 0)
		return err_sys(err, rc, "starting a box");
	rc = posix_spawnattr_init(&attr);
	if (rc == 0) {
		rc = plan(&actions, &attr, line);
		if (rc == 0)
			rc = posix_spawn(&box->pid, path, &actions, &attr,
			    words, environment);
		(void)posix_spawnattr_destroy(&attr);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	box->thread = gettid();
	return rc == 0 ? 0 : err_sys(err, rc, "starting %s", path);
}

/* ---- the line ---- */

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What became of a box that is no longer there for us. */
static int say_end(struct cage_box *box, struct err *err)
{
	int status = 0;
	pid_t ended;

	(void)kill(box->pid, SIGKILL); /* if it only closed its end */
	do
		ended = waitpid(box->pid, &status, 0);
	while (ended < 0 && errno == EINTR);
	box->pid = 0;
	if (ended > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		return err_set(err, ERR_FORMAT,
		    "the box was ended for a call that it may not make: what "
		    "it read attacks its reader, or its reader needs more than "
		    "it is given");
	if (ended > 0 && WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		return err_set(err, ERR_FORMAT, "the box crashed (signal %d)",
		    WTERMSIG(status));
	if (ended > 0 && WIFEXITED(status))
		return err_set(err, ERR_FORMAT,
		    "the box ended by itself (status %d)", WEXITSTATUS(status));
	return err_set(err, ERR_FORMAT, "the box ended");
}

/* Until the line is ready for `events`. */
static int wait_for(
    struct cage_box *box, short events, int64_t until, struct err *err)
{
	const bool is_told = box->waiting != NULL;

	for (;;) {
		const int64_t left = until - now_ms();
		const int64_t next = is_told && left > CAGE_BOX_WAIT_MS
		    ? CAGE_BOX_WAIT_MS
		    : left;
		struct pollfd wait = {.fd = box->line, .events = events};
		const int n =
		    poll(&wait, 1, next > 0 ? (int)(next & INT_MAX) : 0);

		if (n > 0)
			return 0;
		if (n == 0 && is_told)
			box->waiting(box->waiting_cookie);
		if (n < 0 && errno != EINTR)
			return err_sys(err, errno, "waiting for a box");
		if (n == 0 && left <= 0)
			return err_set(err, ERR_FORMAT,
			    "the box did not answer in %u seconds",
			    (box->answer_ms + 999) / 1000);
	}
}

static int send_with(struct cage_box *box, uint8_t *bytes, const int *fds,
    size_t n, int64_t until, struct err *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int) * (CAGE_WIRE_FDS_MAX + 1))];
	} control;
	struct iovec part = {bytes, CAGE_WIRE_REQUEST};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (n > 0) {
		memset(&control, 0, sizeof(control));
		message.msg_control = &control;
		message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);

		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int) * n);
		memcpy(CMSG_DATA(head), fds, sizeof(int) * n);
	}
	for (;;) {
		int rc = wait_for(box, POLLOUT, until, err);

		if (rc != 0)
			return rc;
		if (sendmsg(box->line, &message, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EPIPE || errno == ECONNRESET)
			return say_end(box, err);
		if (errno != EINTR && errno != EAGAIN)
			return err_sys(err, errno, "speaking to a box");
	}
}

static int receive(
    struct cage_box *box, uint8_t *ret_answer, int64_t until, struct err *err)
{
	for (;;) {
		int rc = wait_for(box, POLLIN, until, err);

		if (rc != 0)
			return rc;
		const ssize_t n = recv(box->line, ret_answer, CAGE_WIRE_ANSWER,
		    MSG_TRUNC | MSG_DONTWAIT);

		if (n == CAGE_WIRE_ANSWER)
			return 0;
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return say_end(box, err);
		if (n > 0)
			return err_set(err, ERR_FORMAT,
			    "the box's answer cannot be: it has %zd bytes", n);
		if (errno != EINTR && errno != EAGAIN)
			return err_sys(err, errno, "listening to a box");
	}
}

/* Its files, and then what it says of itself: that it is confined. */
static int hand_files(struct cage_box *box, const struct cage_box_options *o,
    int shared, struct err *err)
{
	const int64_t until = now_ms() + box->answer_ms;
	struct cage_wire_request request = {.kind = CAGE_WIRE_FILES,
	    .at = o->finds,
	    .n = o->n,
	    .format = o->format,
	    .flags = o->flags};
	const struct cage_wire_asked asked = {.request = request};
	uint8_t bytes[CAGE_WIRE_REQUEST], answer[CAGE_WIRE_ANSWER];
	int fds[CAGE_WIRE_FDS_MAX + 1] = {shared};
	struct cage_wire_answer taken;
	size_t given = 0, n = 1;
	int rc = 0;

	/* Each message says how many files there are in all; the first one
	 * has the shared memory in front of them. */
	while (given < o->n && rc == 0) {
		while (n < CAGE_WIRE_FDS_MAX && given < o->n)
			fds[n++] = o->fds[given++];
		cage_wire_put_request(bytes, &request);
		rc = send_with(box, bytes, fds, n, until, err);
		n = 0;
	}
	if (rc == 0)
		rc = receive(box, answer, until, err);
	if (rc == 0)
		rc = cage_wire_take_answer(
		    &taken, &asked, answer, sizeof(answer), err);
	if (rc == 0 && taken.code != 0)
		rc = err_set(err, taken.code, "%s", taken.text);
	return rc;
}

static int connect_line(int ret_ends[2], struct err *err)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return err_sys(err, errno, "a line to a box");
	/* Out of the way of 0 to LINE_FD, which the box's set-up fills. */
	ret_ends[0] = ends[0];
	ret_ends[1] = fcntl(ends[1], F_DUPFD_CLOEXEC, HIGH_FD);
	const int errnum = errno;

	(void)close(ends[1]); /* there is the other one */
	if (ret_ends[1] >= 0 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	(void)close(ends[0]); /* nothing was sent */
	if (ret_ends[1] >= 0)
		(void)close(ret_ends[1]); /* likewise */
	return err_sys(err, errnum, "a line to a box");
}

static int start(
    struct cage_box *box, const struct cage_box_options *o, struct err *err)
{
	int ends[2] = {-1, -1}, shared = -1;
	struct buf path;
	int rc = 0;

	buf_init(&path, PATH_MAX);
	if (o->program != NULL) {
		buf_puts(&path, o->program);
		rc = buf_check(&path, err);
		if (rc == 0 && !is_program(path.p))
			rc = err_set(err, ERR_NOTFOUND,
			    "there is no program %s", path.p);
	} else {
		rc = find_program(&path, err);
	}
	if (rc == 0)
		rc = connect_line(ends, err);
	if (rc == 0) {
		box->line = ends[0];
		rc = make_shared(box, &shared, err);
		if (rc == 0)
			rc = spawn(box, path.p, ends[1], err);
		(void)close(ends[1]); /* the box has it */
		if (rc == 0)
			rc = hand_files(box, o, shared, err);
		if (shared >= 0)
			(void)close(shared); /* it is mapped */
	}
	buf_done(&path);
	return rc;
}

int cage_box_new(struct cage_box **ret_box,
    const struct cage_box_options *options, struct err *err)
{
	struct cage_box *box;
	int rc = check_files(options, err);

	if (rc != 0)
		return rc;
	box = mem_new(1, sizeof(*box));
	if (box == NULL)
		return err_nomem(err);
	box->line = -1;
	box->answer_ms =
	    options->answer_ms > 0 ? options->answer_ms : CAGE_BOX_ANSWER_MS;
	box->waiting = options->waiting;
	box->waiting_cookie = options->waiting_cookie;
	rc = start(box, options, err);
	if (rc == 0)
		*ret_box = box;
	else
		cage_box_free(box);
	return rc;
}

void cage_box_free(struct cage_box *box)
{
	if (box == NULL)
		return;
	if (box->line >= 0)
		(void)close(box->line); /* nothing is left to be said */
	if (box->pid > 0) {
		(void)kill(box->pid, SIGKILL); /* it may be gone */
		while (waitpid(box->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (box->shared != NULL)
		(void)munmap(box->shared, CAGE_WIRE_SHARED);
	free(box);
}

int cage_box_ask(struct cage_box *box, const struct cage_wire_request *request,
    uint8_t ret_answer[CAGE_WIRE_ANSWER], struct err *err)
{
	const int64_t until = now_ms() + box->answer_ms;
	uint8_t bytes[CAGE_WIRE_REQUEST];

	if (box->pid <= 0)
		return err_set(err, ERR_FORMAT, "the box ended");
	cage_wire_put_request(bytes, request);
	int rc = send_with(box, bytes, NULL, 0, until, err);
	return rc != 0 ? rc : receive(box, ret_answer, until, err);
}

void cage_box_copy(
    const struct cage_box *box, size_t at, void *ret_bytes, size_t n)
{
	memcpy(ret_bytes, box->shared + at, n);
	/* What is looked at after this is the copy. */
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}

void cage_box_give(struct cage_box *box, const void *bytes, size_t n)
{
	memcpy(box->shared, bytes, n);
}

bool cage_box_is_of_another_thread(const struct cage_box *box)
{
	return box->thread != gettid() && box->thread != getpid();
}

/*
 * counterfoil-box.c: reads images of foreign formats for counterfoil, and can
 * do nothing else: see counterfoil-box(8) and cage_wire.h.
 *
 * Order: the files come over the line; the reader loads what it needs; the
 * cell closes; only then is the first byte of evidence read.
 */
#include "box.h"
#include "box_blind.h"
#include "box_carve.h"
#include "box_scan.h"
#include "box_tsk.h"
#include "cell.h"
#include "hash.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_FD 3
#define MEMORY_MAX (UINT64_C(1) << 30)
/* Far more than CAGE_IMAGE_READS_MAX reads take. */
#define CPU_SECONDS_MAX 14400

struct box {
	const struct box_reader *reader;
	void *state;
	struct box_tsk *tsk; /* NULL: not asked for */
	struct box_scan *scan; /* likewise */
	uint64_t length; /* of the open image */
	bool is_open;
	enum cage_wire_format format;
	uint8_t *shared;
	struct box_files files;
	struct media_file *of;
	int *fds;
	const char **names;
	char (*name_text)[24];
	struct box_damage damage;
	bool has_blind;
	struct box_blind_found blind;
};

#ifdef CELL_SANITIZED
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "detect_leaks=0:allocator_may_return_null=1:abort_on_error=1:"
	       "handle_segv=0:handle_abort=0:symbolize=0";
}
#endif

/* ---- before the cell ---- */

/* Descriptors of one message, behind those that are there. */
static int take_fds(struct msghdr *message, int *fds, size_t max)
{
	int n = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL;
	     c = CMSG_NXTHDR(message, c)) {
		const size_t here = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		if (here > max - (size_t)n)
			return -1;
		memcpy(fds + n, CMSG_DATA(c), here * sizeof(int));
		n += (int)here;
	}
	return n;
}

static int receive(struct cage_wire_request *ret_request, int *fds, size_t max,
    size_t *ret_n, struct err *err)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int) * (CAGE_WIRE_FDS_MAX + 1))];
	} control;
	uint8_t bytes[CAGE_WIRE_REQUEST];
	struct iovec part = {bytes, sizeof(bytes)};
	struct msghdr message = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control),
	};
	ssize_t n;

	do
		n = recvmsg(LINE_FD, &message, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_sys(err, errno, "nobody is on the line");
	if (message.msg_flags & (MSG_CTRUNC | MSG_TRUNC))
		return err_set(err, ERR_LIMIT,
		    "more files than this process may have open");
	int got = take_fds(&message, fds, max);
	int rc = cage_wire_take_request(ret_request, bytes, (size_t)n, err);
	if (rc == 0 && (ret_request->kind != CAGE_WIRE_FILES || got <= 0))
		rc = err_set(err, ERR_FORMAT, "there are no files");
	*ret_n = got > 0 ? (size_t)got : 0;
	return rc;
}

static int make_room(struct box *box, size_t n, struct err *err)
{
	box->of = mem_new(n, sizeof(*box->of));
	box->fds = mem_new(n + 1, sizeof(*box->fds));
	box->names = mem_new(n, sizeof(*box->names));
	box->name_text = mem_new(n, sizeof(*box->name_text));
	return box->of == NULL || box->fds == NULL || box->names == NULL ||
		box->name_text == NULL
	    ? err_nomem(err)
	    : 0;
}

/* The shared memory is the first descriptor, the files are the others. */
static int take_files(
    struct box *box, struct cage_wire_request *request, struct err *err)
{
	int some[CAGE_WIRE_FDS_MAX + 1];
	size_t n = 0, have = 0;
	int rc = receive(request, some, CAGE_WIRE_FDS_MAX + 1, &n, err);

	if (rc == 0 && (request->n == 0 || request->n > CAGE_WIRE_FILES_MAX))
		rc = err_set(err, ERR_LIMIT, "too many files");
	const size_t all = (size_t)request->n;
	if (rc == 0)
		rc = make_room(box, all, err);
	while (rc == 0) {
		if (n > all + 1 - have)
			return err_set(err, ERR_FORMAT, "too many files");
		memcpy(box->fds + have, some, n * sizeof(int));
		have += n;
		if (have == all + 1)
			break;
		struct cage_wire_request more;

		rc = receive(&more, some, CAGE_WIRE_FDS_MAX + 1, &n, err);
	}
	if (rc != 0)
		return rc;
	box->shared = mmap(NULL, CAGE_WIRE_SHARED, PROT_READ | PROT_WRITE,
	    MAP_SHARED, box->fds[0], 0);
	if (box->shared == MAP_FAILED)
		return err_sys(err, errno, "the shared memory");
	(void)close(box->fds[0]); /* it is mapped */
	for (size_t i = 0; i < all && rc == 0; i++) {
		(void)snprintf(
		    box->name_text[i], sizeof(box->name_text[i]), "#%zu", i);
		box->names[i] = box->name_text[i];
		rc = media_file_of_fd(&box->of[i], box->fds[i + 1], err);
	}
	box->files = (struct box_files){box->of, box->names, box->fds + 1, all};
	return rc;
}

static const struct box_reader *reader_of(enum cage_wire_format format)
{
	switch (format) {
	case CAGE_WIRE_QCOW2:
		return &box_qcow;
	case CAGE_WIRE_VHD:
		return &box_vhd;
	case CAGE_WIRE_VMDK:
		return &box_vmdk;
	case CAGE_WIRE_RAW:
		return &box_raw;
	case CAGE_WIRE_E01:
		break;
	}
	return &box_ewf;
}

/* Dates: the C library reads its tables when it is first asked, which nobody
 * may do later. */
static void learn_time_zone(void)
{
	const time_t zero = 0;
	struct tm tm;

	tzset();
	(void)localtime_r(&zero, &tm);
}

/* A large set has more files than a process may have at first. */
static void allow_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int prepare(
    struct box *box, struct cage_wire_request *request, struct err *err)
{
	const struct cell_options cell = {
	    .line = LINE_FD,
	    .memory_bytes = MEMORY_MAX,
	    .cpu_seconds = CPU_SECONDS_MAX,
	};
	bool has_landlock;
	int rc = 0;

	/* Who started us may have ended before this was asked for; then the
	 * line says so. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 || chdir("/") != 0)
		return err_sys(err, errno, "the box");
	allow_files();
	rc = take_files(box, request, err);
	if (rc != 0)
		return rc;
	box->format = request->format;
	box->reader = reader_of(request->format);
	learn_time_zone();
	if (box->reader->prepare != NULL)
		rc = box->reader->prepare(&box->state, err);
	if (rc == 0 && request->flags & CAGE_WIRE_FILE_SYSTEMS) {
		/* libcrypto looks around when it is first asked. */
		(void)hash_of("", 0);
		rc = box_tsk_load(&box->tsk, err);
	}
	if (rc == 0 && request->flags & CAGE_WIRE_SCANS)
		rc = box_scan_new(&box->scan, request->at, err);
	/* Nothing is lost without Landlock: no call that it rules is left. */
	return rc != 0 ? rc : cell_enter(&cell, &has_landlock, err);
}

/* ---- after it ---- */

/* "#7, byte 12: what" is about file 7. */
static void put_text(struct cage_wire_answer *answer, const struct err *err)
{
	const char *p = err->message;
	char *end = NULL;

	answer->file = CAGE_WIRE_NO_FILE;
	if (*p == '#') {
		const unsigned long file = strtoul(p + 1, &end, 10);

		if (end > p + 1) {
			answer->file = (uint32_t)file;
			p = end;
		}
	}
	(void)snprintf(answer->text, sizeof(answer->text), "%s", p);
}

static int open_image(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	struct media_file *last = &box->of[box->files.n - 1];

	if (box->is_open)
		return err_set(err, ERR_FORMAT, "it is open already");
	if (request->n > 0 && request->n < last->length)
		last->length = request->n;
	answer->about.format = box->format;
	int rc = box->reader->open(
	    &box->state, &box->files, request->flags, &answer->about, err);
	if (rc == 0 && box->tsk != NULL &&
	    !(answer->about.flags & CAGE_WIRE_NEEDS_FILES))
		rc = box_tsk_open(box->tsk, box->reader, box->state,
		    answer->about.length, err);
	box->length = answer->about.available;
	box->is_open = rc == 0;
	return rc;
}

static int read_image(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	uint8_t *table = box->shared + CAGE_WIRE_TABLE_AT;

	box->damage.n = 0;
	box->damage.first = (struct err){0};
	int rc = box->reader->read(box->state, request->at, box->shared,
	    (size_t)request->n, &box->damage, err);
	if (rc != 0)
		return rc;
	for (uint32_t i = 0; i < box->damage.n; i++)
		cage_wire_put_entry(
		    table + i * CAGE_WIRE_ENTRY, &box->damage.of[i]);
	answer->count = box->damage.n;
	if (box->damage.n > 0)
		put_text(answer, &box->damage.first);
	return 0;
}

static void put_bad(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer)
{
	uint8_t *table = box->shared + CAGE_WIRE_TABLE_AT;

	if (box->reader->bad == NULL)
		return;
	answer->count =
	    box->reader->bad(box->state, request->at, box->damage.of);
	for (uint32_t i = 0; i < answer->count; i++)
		cage_wire_put_entry(
		    table + i * CAGE_WIRE_ENTRY, &box->damage.of[i]);
}

static int find_place(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	answer->place.file = CAGE_WIRE_NO_FILE;
	if (box->reader->place == NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "#0 (where in it is not "
		    "said by its format)");
	return box->reader->place(
	    box->state, request->at, request->n, &answer->place, err);
}

/* A file that is scanned as a whole. */
static int scan_file(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	struct box_scan_source source = {
	    .read = box_tsk_file_read, .cookie = box->tsk};
	struct cage_list_of of;

	if (box->scan == NULL || box->tsk == NULL || box->tsk->reader == NULL)
		return err_set(err, ERR_FORMAT,
		    "this box was not told to scan, or to read file systems");
	cage_list_take_of(&of, box->shared);
	of.volume = request->flags;
	int rc = box_tsk_file_open(box->tsk, &of, &source.length, err);

	return rc != 0 ? rc
		       : box_scan_answer_of(box->scan, &source, request,
			     box->shared, answer, err);
}

/* All that needs file systems. */
static int ask_tsk(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	if (box->tsk == NULL || box->tsk->reader == NULL)
		return err_set(err, ERR_FORMAT,
		    "this box was not told to read file systems");
	switch (request->kind) {
	case CAGE_WIRE_VOLUMES:
		return box_tsk_volumes(box->tsk, box->shared, answer, err);
	case CAGE_WIRE_FIND:
		return box_tsk_find(
		    box->tsk, box->shared, request, answer, err);
	case CAGE_WIRE_LIST:
		return box_tsk_list(
		    box->tsk, box->shared, request, answer, err);
	case CAGE_WIRE_SPACES:
		return box_tsk_spaces(
		    box->tsk, box->shared, request, answer, err);
	case CAGE_WIRE_CONTENT:
		return box_tsk_content(
		    box->tsk, box->shared, request, answer, err);
	default:
		return box_tsk_owners(
		    box->tsk, box->shared, request, answer, err);
	}
}

/* ---- what cannot be read ---- */

/* All or nothing, as for libtsk. */
static bool read_whole(void *cookie, uint64_t at, uint8_t *to, size_t n)
{
	struct box *box = cookie;

	for (size_t done = 0; done < n;) {
		const size_t left = n - done;
		const size_t here =
		    left < CAGE_WIRE_BYTES_MAX ? left : CAGE_WIRE_BYTES_MAX;

		box->damage.n = 0;
		if (box->reader->read(box->state, at + done, to + done, here,
			&box->damage, NULL) != 0 ||
		    box->damage.n > 0)
			return false;
		done += here;
	}
	return true;
}

static int find_blind(
    struct box *box, const struct box_blind_bytes *image, struct err *err)
{
	struct cage_wire_volume *volumes;
	int rc = box_tsk_need_volumes(box->tsk, err);

	if (rc != 0)
		return rc;
	volumes = mem_new(box->tsk->n + 1, sizeof(*volumes));
	if (volumes == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < box->tsk->n; i++)
		volumes[i] = box->tsk->volumes[i].about;
	rc = box_blind_all(image, volumes, box->tsk->n, &box->blind, err);
	free(volumes);
	box->has_blind = rc == 0;
	return rc;
}

static int ask_blind(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	int rc = 0;

	if (box->tsk == NULL || box->tsk->reader == NULL)
		return err_set(err, ERR_FORMAT,
		    "this box was not told to read file systems");
	const struct box_blind_bytes image = {
	    .read = read_whole, .cookie = box, .length = box->tsk->length};

	if (request->kind == CAGE_WIRE_LOOK) {
		box_blind_look(&image, request, box->shared, answer);
		return 0;
	}
	if (request->kind == CAGE_WIRE_CARVE) {
		box_carve_range(&image, request, box->shared, answer);
		return 0;
	}
	if (request->kind == CAGE_WIRE_BLIND_FILES)
		return box_blind_files(
		    &image, request, box->shared, answer, err);
	if (!box->has_blind)
		rc = find_blind(box, &image, err);
	if (rc == 0)
		box_blind_put_page(
		    &box->blind, request->at, box->shared, answer);
	return rc;
}

static int answer_one(struct box *box, const struct cage_wire_request *request,
    struct cage_wire_answer *answer, struct err *err)
{
	if (request->kind == CAGE_WIRE_OPEN)
		return open_image(box, request, answer, err);
	if (!box->is_open)
		return err_set(err, ERR_FORMAT, "it is not open");
	switch (request->kind) {
	case CAGE_WIRE_READ:
		return read_image(box, request, answer, err);
	case CAGE_WIRE_PLACE:
		return find_place(box, request, answer, err);
	case CAGE_WIRE_BAD:
		put_bad(box, request, answer);
		return 0;
	case CAGE_WIRE_FLAW:
		answer->place.file = CAGE_WIRE_NO_FILE;
		if (box->reader->flaw == NULL)
			return 0;
		return box->reader->flaw(box->state, request->at,
		    &answer->place, answer->text, &answer->count, err);
	case CAGE_WIRE_NAMES:
		if (box->reader->names != NULL)
			return box->reader->names(box->state,
			    (uint8_t(*)[CAGE_WIRE_NAME])(
				box->shared + CAGE_WIRE_TABLE_AT),
			    &answer->count, err);
		break;
	case CAGE_WIRE_VOLUMES:
	case CAGE_WIRE_FIND:
	case CAGE_WIRE_OWNERS:
	case CAGE_WIRE_LIST:
	case CAGE_WIRE_SPACES:
	case CAGE_WIRE_CONTENT:
		return ask_tsk(box, request, answer, err);
	case CAGE_WIRE_SCAN:
	case CAGE_WIRE_HITS:
		if (box->scan == NULL)
			return err_set(
			    err, ERR_FORMAT, "this box was not told to scan");
		return box_scan_answer(box->scan, box->reader, box->state,
		    box->length, request, box->shared, answer, err);
	case CAGE_WIRE_SCAN_FILE:
		return scan_file(box, request, answer, err);
	case CAGE_WIRE_BLIND:
	case CAGE_WIRE_LOOK:
	case CAGE_WIRE_BLIND_FILES:
	case CAGE_WIRE_CARVE:
		return ask_blind(box, request, answer, err);
	default:
		break;
	}
	return err_set(err, ERR_FORMAT, "there is no such request");
}

static bool send_answer(const struct cage_wire_request *request, int rc,
    const struct err *err, struct cage_wire_answer *answer)
{
	uint8_t bytes[CAGE_WIRE_ANSWER];

	answer->code = rc;
	if (rc != 0)
		put_text(answer, err);
	cage_wire_put_answer(bytes, request, answer);
	return write(LINE_FD, bytes, sizeof(bytes)) == sizeof(bytes);
}

static void serve(struct box *box)
{
	for (;;) {
		struct cage_wire_answer answer = {.file = CAGE_WIRE_NO_FILE};
		struct cage_wire_request request;
		uint8_t bytes[CAGE_WIRE_REQUEST + 1];
		struct err err = {0};
		const ssize_t n = read(LINE_FD, bytes, sizeof(bytes));

		if (n <= 0 ||
		    cage_wire_take_request(&request, bytes, (size_t)n, NULL) !=
			0)
			return;
		int rc = answer_one(box, &request, &answer, &err);
		if (!send_answer(&request, rc, &err, &answer))
			return;
	}
}

/* Whoever starts it by hand gets a line, not a program that waits. */
static bool is_started_by_us(void)
{
	int type;
	socklen_t n = sizeof(type);

	return getsockopt(LINE_FD, SOL_SOCKET, SO_TYPE, &type, &n) == 0 &&
	    type == SOCK_SEQPACKET;
}

int main(void)
{
	struct cage_wire_answer answer = {.file = CAGE_WIRE_NO_FILE};
	struct cage_wire_request request = {
	    .kind = CAGE_WIRE_FILES, .format = CAGE_WIRE_E01};
	struct err err = {0};

	if (!is_started_by_us()) {
		(void)fputs("counterfoil-box: counterfoil starts this program "
			    "to read images; nobody does by hand\n",
		    stderr);
		return 2;
	}
	struct box *box = mem_new(1, sizeof(*box));
	int rc = box == NULL ? err_nomem(&err) : prepare(box, &request, &err);

	if (send_answer(&request, rc, &err, &answer) && rc == 0)
		serve(box);
	_exit(0); /* nothing is to be flushed or freed */
}

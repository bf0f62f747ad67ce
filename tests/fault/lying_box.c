/*
 * lying_box.c: stands where counterfoil-box should, and is owned by whoever
 * wrote the evidence: the first word of that says what it does wrong.
 *
 * "honest" gives a medium of a megabyte whose byte n is n & 255 + the length of
 * the word, so that the test can see that an honest box is believed.
 */
#include "cage_blind.h"
#include "cage_carve.h"
#include "cage_entry.h"
#include "cage_list.h"
#include "cage_hit.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE 3
#define LENGTH (1u << 20)

static uint8_t *shared;
static char lie[64];
static size_t files;

static int is(const char *name)
{
	return strcmp(lie, name) == 0;
}

static void put(uint8_t *at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

static void receive(uint8_t request[CAGE_WIRE_REQUEST])
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int) * (CAGE_WIRE_FDS_MAX + 1))];
	} control;
	struct iovec part = {request, CAGE_WIRE_REQUEST};
	struct msghdr m = {.msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof(control)};
	int fds[2];

	if (recvmsg(LINE, &m, 0) <= 0)
		_exit(0);
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	if (c == NULL)
		return;
	memcpy(fds, CMSG_DATA(c), sizeof(fds));
	shared = mmap(NULL, CAGE_WIRE_SHARED, PROT_READ | PROT_WRITE,
	    MAP_SHARED, fds[0], 0);
	if (pread(fds[1], lie, sizeof(lie) - 1, 0) < 0)
		_exit(1);
	files = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) - 1;
}

static void *change_all_the_time(void *cookie)
{
	volatile uint8_t *table = shared + CAGE_WIRE_TABLE_AT;

	for (;;) {
		/* A range that is right, and one that is not. */
		table[7] ^= 0x80;
		table[23] ^= 0x80;
	}
	return cookie;
}

static void entry(unsigned i, uint64_t at, uint64_t n, uint32_t file)
{
	const struct cage_wire_entry e = {
	    .at = at, .length = n, .file = file, .file_n = 1};

	cage_wire_put_entry(
	    shared + CAGE_WIRE_TABLE_AT + i * CAGE_WIRE_ENTRY, &e);
}

static void read_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	const uint32_t none = CAGE_WIRE_NO_FILE;

	for (uint64_t i = 0; i < r->n; i++)
		shared[i] = (uint8_t)(r->at + i + strlen(lie));
	a->count = 1;
	entry(0, r->at, 1, none);
	if (is("entry-before"))
		entry(0, r->at - 1, 1, none);
	else if (is("entry-beyond"))
		entry(0, r->at, r->n + 1, none);
	else if (is("entry-around"))
		entry(0, r->at + 1, UINT64_MAX, none);
	else if (is("entry-empty"))
		entry(0, r->at, 0, none);
	else if (is("entry-file"))
		entry(0, r->at, 1, (uint32_t)files);
	else if (is("entry-twice")) {
		entry(1, r->at, 1, none);
		a->count = 2;
	} else if (is("count"))
		a->count = UINT32_MAX;
	else if (is("count-just"))
		a->count = CAGE_WIRE_ENTRIES_MAX + 1;
	else if (!is("changing"))
		a->count = 0;
}

static void open_lies(struct cage_wire_answer *a)
{
	a->about = (struct cage_wire_about){
	    .format = CAGE_WIRE_E01,
	    .length = is("length") ? UINT64_MAX : LENGTH,
	    .declared = is("declared") ? LENGTH + 1 : LENGTH,
	    .available = is("available") ? UINT64_C(1) << 63 : LENGTH,
	    .bad_count = is("bad-count") ? UINT64_MAX
		: is("bad")		 ? 3
					 : 0,
	    .chunk_size = is("chunk-none") ? 0
		: is("chunk-large")	   ? UINT32_MAX
					   : 32768,
	    .sector_size = is("sector") ? 65536 : 512,
	    .flags = is("flags") ? 1u << 31 : 0,
	};
	if (is("format"))
		a->about.format = CAGE_WIRE_VHD;
	if (is("names"))
		a->about.flags = CAGE_WIRE_NEEDS_FILES;
}

/* ---- of file systems ---- */

static void volume_lies(struct cage_wire_answer *a)
{
	struct cage_wire_volume v = {.at = 4096,
	    .length = is("volume-beyond") ? LENGTH : LENGTH - 4096,
	    .has_files = true,
	    .type = "ext4",
	    .what = "a volume"};

	if (is("volume-around"))
		v.at = UINT64_MAX;
	if (is("volume-empty"))
		v.length = 0;
	if (is("volume-no-type"))
		v.type[0] = '\0';
	if (is("volume-escape"))
		memcpy(v.what, "\033[2J", 5);
	cage_entry_put_volume(shared + CAGE_WIRE_TABLE_AT, &v);
	if (is("volume-no-end"))
		memset(shared + CAGE_WIRE_TABLE_AT + 24, 'x', 32);
	a->count = is("volume-count") ? CAGE_WIRE_VOLUMES_MAX + 1 : 1;
}

static void run(
    unsigned i, uint64_t at, uint64_t n, uint64_t in_file, bool is_hole)
{
	const struct cage_wire_run r = {at, n, in_file, is_hole};

	cage_entry_put_run(shared + CAGE_WIRE_TABLE_AT + i * CAGE_WIRE_RUN, &r);
}

/* A file of 3000 bytes: 1000 stored, a hole, 1000 stored. */
static void find_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	const bool is_later = r->at > 0;

	a->found = (struct cage_wire_found){
	    .flags = CAGE_WIRE_FOUND, .size = 3000, .total = 3};
	a->count = 3;
	run(0, 8192, 1000, 0, false);
	run(1, 0, 1000, 1000, true);
	run(2, 4096, 1000, 2000, false);
	if (is("run-beyond"))
		run(2, LENGTH - 999, 1000, 2000, false);
	else if (is("run-around"))
		run(2, UINT64_MAX - 10, 1000, 2000, false);
	else if (is("run-empty"))
		run(1, 0, 0, 1000, true);
	else if (is("run-gap"))
		run(2, 4096, 1000, 2001, false);
	else if (is("run-back"))
		run(2, 4096, 1000, 0, false);
	else if (is("run-hole-there"))
		run(1, 77, 1000, 1000, true);
	else if (is("run-endless"))
		run(1, 0, UINT64_MAX, 1000, true);
	else if (is("run-sum"))
		a->found.size = 3001;
	else if (is("run-tables"))
		a->found.flags |= CAGE_WIRE_IN_TABLES;
	else if (is("run-flags"))
		a->found.flags |= 1u << 30;
	else if (is("run-size"))
		a->found.size = UINT64_MAX;
	else if (is("run-many"))
		a->found.total = UINT64_MAX;
	else if (is("run-count"))
		a->count = CAGE_WIRE_RUNS_MAX + 1;
	else if (is("run-more"))
		a->found.total = 2;
	else if (is("run-none"))
		a->count = 0;
	else if (is("run-other")) {
		a->count = is_later ? 1 : 2;
		a->found.size += is_later;
		if (is_later)
			run(0, 4096, 1000, 2000, false);
	} else if (is("honest-pages")) {
		a->count = 1;
		if (r->at == 1)
			run(0, 0, 1000, 1000, true);
		if (r->at == 2)
			run(0, 4096, 1000, 2000, false);
	}
}

static void owner_lies(struct cage_wire_answer *a)
{
	struct cage_wire_owner o = {.at = 4096,
	    .length = 512,
	    .volume = 1,
	    .owning = CAGE_WIRE_BY_FILE,
	    .path = "/a/letter.odt"};

	if (is("owner-beyond"))
		o.length = 513;
	else if (is("owner-before"))
		o.at = 4095;
	else if (is("owner-volume"))
		o.volume = CAGE_WIRE_VOLUMES_MAX + 1;
	else if (is("owner-kind"))
		o.owning = (enum cage_wire_owning)99;
	else if (is("owner-escape"))
		memcpy(o.path, "/\033[2J", 6);
	else if (is("owner-name"))
		o.owning = CAGE_WIRE_BY_NOBODY;
	cage_entry_put_owner(shared, &o);
	if (is("owner-no-end"))
		memset(shared + 24, 'x', CAGE_WIRE_OWNER - 24);
	a->count = is("owner-count") ? CAGE_WIRE_OWNERS_MAX + 1 : 1;
}

static void put_blind(unsigned i, const struct cage_blind *b)
{
	cage_blind_put(shared + CAGE_WIRE_TABLE_AT + i * CAGE_BLIND_ENTRY, b);
}

/* Two blind spots; of files, of the first and the second. */
static void blind_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	const bool is_of_files = r->kind == CAGE_WIRE_BLIND_FILES;
	struct cage_blind b = {
	    .kind = is_of_files ? CAGE_BLIND_FILE : CAGE_BLIND_VOLUME,
	    .at = 4096,
	    .length = LENGTH - 4096,
	    .is_certain = true,
	    .name = "LUKS2",
	    .what = "LUKS2, made up"};

	a->count = 2;
	a->found.total = 2;
	put_blind(0, &b);
	b.of = 1;
	if (is("blind-beyond"))
		b.length++;
	else if (is("blind-around"))
		b.at = UINT64_MAX;
	else if (is("blind-empty"))
		b.length = 0;
	else if (is("blind-kind"))
		b.kind = CAGE_BLIND_KINDS;
	else if (is("blind-other"))
		b.kind = is_of_files ? CAGE_BLIND_GAP : CAGE_BLIND_FILE;
	else if (is("blind-of"))
		b.of = UINT32_MAX;
	else if (is("blind-file"))
		b.of = 2;
	else if (is("blind-nameless"))
		b.name[0] = '\0';
	else if (is("blind-escape"))
		memcpy(b.what, "\033[2J", 5);
	put_blind(1, &b);
	if (is("blind-no-end"))
		memset(shared + CAGE_WIRE_TABLE_AT + 72, 'x', 184);
	else if (is("blind-flags"))
		shared[CAGE_WIRE_TABLE_AT + 4] = 0x80;
	else if (is("blind-count"))
		a->count = CAGE_BLIND_ENTRIES_MAX + 1;
	else if (is("blind-many"))
		a->found.total = UINT64_C(1) << 40;
	else if (is("blind-none"))
		a->count = 0;
	else if (is("blind-less"))
		a->found.total = 1;
	else if (is("blind-grows")) {
		a->count = 1;
		a->found.total = r->at + 2;
	}
}

static void put_look(
    unsigned i, uint64_t at, uint64_t n, enum cage_blind_looks looks)
{
	const struct cage_blind_look l = {
	    .at = at, .length = n, .looks = looks};

	cage_blind_put_look(
	    shared + CAGE_WIRE_TABLE_AT + i * CAGE_BLIND_LOOK_ENTRY, &l);
}

/* The first half is zeros, the second random. */
static void look_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	const uint64_t half = r->n / 2;

	a->count = 2;
	put_look(0, r->at, half, CAGE_BLIND_ZEROS);
	put_look(1, r->at + half, half, CAGE_BLIND_RANDOM);
	if (is("look-beyond"))
		put_look(1, r->at + half, half + 1, CAGE_BLIND_RANDOM);
	else if (is("look-before"))
		put_look(0, r->at - 1, half, CAGE_BLIND_ZEROS);
	else if (is("look-around"))
		put_look(1, r->at + half, UINT64_MAX, CAGE_BLIND_RANDOM);
	else if (is("look-empty"))
		put_look(1, r->at + half, 0, CAGE_BLIND_RANDOM);
	else if (is("look-twice"))
		put_look(1, r->at + half - 1, half, CAGE_BLIND_RANDOM);
	else if (is("look-kind"))
		put_look(1, r->at + half, half, CAGE_BLIND_LOOKS_COUNT);
	else if (is("look-count"))
		a->count = CAGE_BLIND_LOOKS_MAX + 1;
}

/* ---- of lists ---- */

/* A folder and a file in it, which lies in two pieces. */
static void list_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	const struct cage_list_about about = {
	    .block_size = is("list-block") ? 0 : 512};
	struct cage_list_entry folder = {
	    .type = CAGE_LIST_FOLDER, .id = 12, .name = "home", .name_n = 4};
	struct cage_list_entry file = {.type = CAGE_LIST_FILE,
	    .id = 13,
	    .in = is("list-later") ? 2 : 1,
	    .size = is("list-size") ? UINT64_MAX : 1000,
	    .valid = is("list-valid") ? 1001 : 1000,
	    .flags = is("list-flags") ? 1u << 31 : 0,
	    .nanos = {is("list-time") ? 1000000000 : 0},
	    .name = is("list-slash") ? "a/b"
		: is("list-escape")  ? "\033[2J"
		: is("list-no-name") ? ""
				     : "letter",
	    .run_n = 2};
	const struct cage_wire_run runs[] = {
	    {is("list-run-beyond") ? LENGTH - 511 : 8192, 512, 0, false},
	    {4096, 512, is("list-run-gap") ? 513 : 512, false}};
	uint8_t *p = shared + CAGE_LIST_ABOUT;

	file.name_n = strlen(file.name);
	if (is("list-kind"))
		file.type = (enum cage_list_type)99;
	if (is("list-first-more"))
		folder.flags = CAGE_LIST_MORE_RUNS;
	cage_list_put_about(shared, &about);
	cage_list_put_head(p, &folder);
	p += cage_list_head_n(folder.name_n);
	cage_list_put_head(p, &file);
	if (is("list-cut"))
		put(p, 1u << 30, 4);
	if (is("list-few"))
		put(p, 8, 4);
	p += cage_list_head_n(file.name_n);
	for (int i = 0; i < 2; i++)
		cage_entry_put_run(p + i * CAGE_WIRE_RUN, &runs[i]);
	p += sizeof(runs) / sizeof(runs[0]) * CAGE_WIRE_RUN;
	a->count = is("list-count") ? CAGE_LIST_ENTRIES_MAX + 1
	    : is("list-fewer")	    ? 1
				    : 2;
	a->found.size =
	    is("list-bytes") ? CAGE_WIRE_BYTES_MAX + 1 : (uint64_t)(p - shared);
	a->found.total = is("list-total") ? 7 : r->at + 2;
	if (is("list-endless")) {
		a->count = 0;
		a->found.size = CAGE_LIST_ABOUT;
		a->found.total = 0;
		a->found.flags = CAGE_WIRE_MORE;
	}
	if (is("list-early"))
		a->found.flags = CAGE_WIRE_ENDS_EARLY;
}

static void space_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	struct cage_list_blocks b[] = {
	    {4096, 512, CAGE_LIST_TABLES}, {8192, 1024, CAGE_LIST_FREE}};

	if (is("space-beyond"))
		b[1].length = LENGTH;
	if (is("space-back"))
		b[1].at = 4607;
	if (is("space-use"))
		b[1].use = (enum cage_list_use)9;
	if (is("space-empty"))
		b[1].length = 0;
	for (int i = 0; i < 2; i++)
		cage_list_put_blocks(shared + i * CAGE_LIST_BLOCKS, &b[i]);
	a->count = 2;
	a->found.size = 2 * CAGE_LIST_BLOCKS - is("space-bytes");
	a->found.total = r->at + 100;
	if (is("space-stays")) {
		a->found.flags = CAGE_WIRE_MORE;
		a->found.total = r->at;
	}
}

static void content_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	memset(shared, 'x', (size_t)r->n);
	a->found.size = r->n + is("content-more");
}

/* A picture, and a database behind it that is not whole. */
static void carve_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	uint8_t *table = shared + CAGE_WIRE_TABLE_AT;
	const struct cage_carved one = {CAGE_CARVE_JPEG, r->at, 700, true};
	struct cage_carved two = {CAGE_CARVE_SQLITE, r->at + 1024, 512, false};

	a->count = 2;
	a->found.total = r->n;
	cage_carve_put(table, &one);
	if (is("carve-beyond"))
		two.length = r->n - 1023;
	else if (is("carve-around"))
		two.length = UINT64_MAX;
	else if (is("carve-before"))
		two.at = r->at + 699;
	else if (is("carve-empty"))
		two.length = 0;
	else if (is("carve-type"))
		two.type = CAGE_CARVE_TYPES;
	else if (is("carve-never"))
		a->found.total = 0;
	else if (is("carve-far"))
		a->found.total = r->n + 1;
	else if (is("carve-count"))
		a->count = CAGE_CARVE_ENTRIES_MAX + 1;
	cage_carve_put(table + CAGE_CARVE_ENTRY, &two);
}

/* ---- of scans ---- */

/* One address, 100 bytes into what was asked for; "hit-pages": two, each in an
 * answer of its own. */
static void scan_lies(
    const struct cage_wire_request *r, struct cage_wire_answer *a)
{
	const bool is_more = r->kind == CAGE_WIRE_HITS;
	struct cage_hit h = {.kind = CAGE_HIT_EMAIL,
	    .coding = CAGE_HIT_UTF8,
	    .entry = 1,
	    .record = 1,
	    .at = is_more ? 200 : r->at + 100,
	    .length = 5,
	    .text = "a@b.c",
	    .context = "to a@b.c"};

	if (is("hit-before"))
		h.at = r->at - 1;
	else if (is("hit-behind"))
		h.at = r->at + r->n + CAGE_HIT_RECORD_MAX;
	else if (is("hit-around"))
		h.at = UINT64_MAX;
	else if (is("hit-empty"))
		h.length = 0;
	else if (is("hit-kind"))
		h.kind = CAGE_HIT_NAME; /* nobody asked for it */
	else if (is("hit-escape"))
		memcpy(h.text, "\033[2J", 5);
	else if (is("hit-context"))
		memcpy(h.context, "\xe2\x80\xae", 4);
	else if (is("hit-no-text"))
		h.text[0] = '\0';
	else if (is("hit-entry"))
		h.entry = 2; /* there is no first one */
	else if (is("hit-record"))
		h.record = UINT32_MAX;
	else if (is("hit-step")) {
		h.depth = 1;
		h.steps[0].container = CAGE_HIT_ZIP;
		h.steps[0].at = r->at + r->n;
	}
	a->count = 1;
	a->found.total = is("hit-pages") || is("hit-late") ? 2 : 1;
	a->found.size = cage_hit_put(shared, &h);
	if (is("hit-depth"))
		shared[5] = CAGE_HIT_DEPTH_MAX + 1;
	else if (is("hit-role"))
		shared[4] = 99;
	else if (is("hit-coding"))
		shared[3] = 0;
	else if (is("hit-length"))
		shared[0]++;
	else if (is("hit-cut"))
		a->found.size--;
	else if (is("hit-size"))
		a->found.size = CAGE_WIRE_BYTES_MAX + 1;
	else if (is("hit-count"))
		a->count = 2;
	else if (is("hit-total"))
		a->found.total = 2; /* and no more of them */
	if (is("hit-total") && is_more)
		a->count = 0;
	if (is("hit-late") && is_more)
		abort();
}

static void change_answer(uint8_t bytes[CAGE_WIRE_ANSWER])
{
	if (is("version"))
		put(bytes, 99, 4);
	else if (is("kind"))
		put(bytes + 4, 99, 4);
	else if (is("number"))
		put(bytes + 8, 99, 8);
	else if (is("code"))
		put(bytes + 16, 77, 4);
	else if (is("code-false")) /* "checked, and it is false" */
		put(bytes + 16, (uint32_t)ERR_VERIFY, 4);
	else if (is("file"))
		put(bytes + 20, 1000, 4);
	else if (is("text-long"))
		put(bytes + 28, 0x7fffffff, 4);
	else if (is("text-control")) {
		put(bytes + 28, 4, 4);
		memcpy(bytes + 160, "\033[2J", 4);
	} else if (is("text-utf8")) {
		put(bytes + 28, 2, 4);
		memcpy(bytes + 160, "\xc0\x80", 2);
	}
}

static void send_lies(uint8_t bytes[2 * CAGE_WIRE_ANSWER])
{
	size_t n = CAGE_WIRE_ANSWER;
	unsigned times = is("flood") ? 50 : 1;

	if (is("short"))
		n = 10;
	if (is("long"))
		n = CAGE_WIRE_ANSWER + 1;
	if (is("hang"))
		(void)sleep(1000);
	if (is("crash"))
		abort();
	if (is("exit"))
		_exit(3);
	if (is("close")) {
		(void)close(LINE);
		(void)sleep(1000);
	}
	for (unsigned i = 0; i < times; i++)
		if (send(LINE, bytes, n, MSG_NOSIGNAL) < 0)
			_exit(0);
}

static int is_about_reading(void)
{
	static const char *const all[] = {"entry-before", "entry-beyond",
	    "entry-around", "entry-empty", "entry-file", "entry-twice", "count",
	    "count-just", "short", "long", "hang", "crash", "exit", "close",
	    "flood", "number", "version", "kind", "code", "code-false", "file",
	    "text-long", "text-control", "text-utf8"};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (is(all[i]))
			return 1;
	return 0;
}

static void answer(const struct cage_wire_request *r)
{
	struct cage_wire_answer a = {.file = CAGE_WIRE_NO_FILE};
	uint8_t bytes[2 * CAGE_WIRE_ANSWER] = {0};

	if (r->kind == CAGE_WIRE_OPEN)
		open_lies(&a);
	if (r->kind == CAGE_WIRE_READ && is("crash-there") && r->at <= 300000 &&
	    r->at + r->n > 300000)
		abort();
	if (r->kind == CAGE_WIRE_SCAN && is("crash-there") && r->at <= 300000 &&
	    r->at + r->n > 300000)
		abort();
	if (r->kind == CAGE_WIRE_SCAN || r->kind == CAGE_WIRE_HITS)
		scan_lies(r, &a);
	if (r->kind == CAGE_WIRE_READ)
		read_lies(r, &a);
	if (r->kind == CAGE_WIRE_BAD) {
		a.count = 3; /* the second is not behind the first */
		entry(0, 4096, 512, CAGE_WIRE_NO_FILE);
		entry(1, 512, 512, CAGE_WIRE_NO_FILE);
		entry(2, 8192, 512, CAGE_WIRE_NO_FILE);
	}
	if (r->kind == CAGE_WIRE_NAMES) {
		a.count = 1;
		memcpy(shared + CAGE_WIRE_TABLE_AT, "\x0c../etc/passwd", 14);
	}
	if (r->kind == CAGE_WIRE_VOLUMES)
		volume_lies(&a);
	if (r->kind == CAGE_WIRE_FIND)
		find_lies(r, &a);
	if (r->kind == CAGE_WIRE_OWNERS)
		owner_lies(&a);
	if (r->kind == CAGE_WIRE_LIST)
		list_lies(r, &a);
	if (r->kind == CAGE_WIRE_SPACES)
		space_lies(r, &a);
	if (r->kind == CAGE_WIRE_CONTENT)
		content_lies(r, &a);
	if (r->kind == CAGE_WIRE_BLIND || r->kind == CAGE_WIRE_BLIND_FILES)
		blind_lies(r, &a);
	if (r->kind == CAGE_WIRE_LOOK)
		look_lies(r, &a);
	if (r->kind == CAGE_WIRE_CARVE)
		carve_lies(r, &a);
	if (r->kind == CAGE_WIRE_FLAW) {
		a.count = is("flaw-count") ? 2 : 1;
		if (!is("flaw-nowhere"))
			a.place.file = 0;
		else
			a.place.file = CAGE_WIRE_NO_FILE;
		a.place.file_at = is("flaw-beyond") ? UINT64_MAX : 0;
		a.place.file_n = 1;
	}
	if (r->kind == CAGE_WIRE_PLACE) {
		a.place.file = 0;
		a.place.file_at = UINT64_MAX;
		a.place.file_n = 2;
	}
	cage_wire_put_answer(bytes, r, &a);
	if (r->kind == CAGE_WIRE_READ || r->kind >= CAGE_WIRE_VOLUMES ||
	    !is_about_reading()) {
		if (r->kind != CAGE_WIRE_FILES)
			change_answer(bytes);
		send_lies(bytes);
	} else if (send(LINE, bytes, CAGE_WIRE_ANSWER, MSG_NOSIGNAL) < 0) {
		_exit(0);
	}
}

int main(void)
{
	pthread_t thread;

	for (;;) {
		uint8_t bytes[CAGE_WIRE_REQUEST];
		struct cage_wire_request request;

		receive(bytes);
		if (cage_wire_take_request(
			&request, bytes, sizeof(bytes), NULL) != 0)
			return 1;
		if (request.kind == CAGE_WIRE_READ && is("changing") &&
		    request.at == 0 &&
		    pthread_create(&thread, NULL, change_all_the_time, NULL) !=
			0)
			return 1;
		answer(&request);
	}
}

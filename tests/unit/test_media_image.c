/*
 * Images: sizes, forms, damage, kills, faults of the source.
 */
#include "media_image.h"

#include "media_open.h"
#include "media_pipe.h"
#include "media_source.h"
#include "mem.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>

#include <cmocka.h>

static char folder[64];
static const struct tree_seed seed = {{7, 7, 7}};

static int enter(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/cf-media-XXXXXX");
	return mkdtemp(folder) != NULL && chdir(folder) == 0 ? 0 : -1;
}

static int leave(void **state)
{
	char command[128];

	(void)state;
	(void)snprintf(command, sizeof(command), "%s", folder);
	if (chdir("/") != 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		(void)execlp("rm", "rm", "-rf", command, (char *)NULL);
		_exit(1);
	}
	return waitpid(pid, NULL, 0) == pid ? 0 : -1;
}

/* Bytes that compress in part, zeros in part; the same for each offset. */
static void make_bytes(uint8_t *bytes, size_t n)
{
	uint32_t x = 2463534242u;

	for (size_t i = 0; i < n; i++) {
		if (i % 4 == 0) {
			x ^= x << 13;
			x ^= x >> 17;
			x ^= x << 5;
		}
		switch (i / 50000 % 3) {
		case 0:
			bytes[i] = (uint8_t)(x >> 8 * (i % 4));
			break;
		case 1:
			bytes[i] = (uint8_t) "evidence room "[i % 14];
			break;
		default:
			bytes[i] = 0;
		}
	}
}

static void write_file(const char *name, const uint8_t *bytes, size_t n)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), (ssize_t)n);
	assert_int_equal(close(fd), 0);
}

static struct hash root_of(const uint8_t *bytes, size_t n)
{
	uint64_t count = tree_chunk_count(n);
	struct hash_run *run = hash_new();
	struct tree_edge edge = {0};

	for (uint64_t i = 0; i < count; i++) {
		uint8_t salt[1][TREE_CHUNK_SALT_SIZE];

		assert_int_equal(
		    tree_chunk_salts(&seed, count, i, 1, salt, NULL), 0);
		struct hash leaf = tree_chunk_leaf(run, salt[0],
		    bytes + i * TREE_CHUNK_SIZE, tree_chunk_length(n, i));
		tree_edge_add(&edge, run, &leaf);
	}
	struct hash root = tree_edge_root(&edge, run);
	hash_free(run);
	return root;
}

static struct media_image_options options_for(
    const char *base, enum media_name_style style)
{
	return (struct media_image_options){
	    .style = style,
	    .bases = {base},
	    .base_count = 1,
	    .segment_size = style == MEDIA_NAME_ONE ? 0 : 1 << 20,
	    .level = MEDIA_EWF_FAST,
	    .hashes = 7,
	    .seed = &seed,
	    .safe_bytes = MEDIA_PIPE_BYTES,
	    .header = {.case_number = "K-7", .examiner = "J\u00f6rg"},
	};
}

static int make_image(const char *source, struct media_image_options *o,
    const struct media_source_io *io, struct media_image_result *result,
    struct err *err)
{
	struct media_source_options so = {.retries = 1, .io = io};
	int rc = media_source_open(&o->source, source, false, &so, err);

	if (rc == 0)
		rc = media_image_make(result, o, err);
	media_source_free(o->source);
	o->source = NULL;
	return rc;
}

static void check_image(const char *path, const uint8_t *bytes, size_t n)
{
	uint8_t *got = malloc(n + 1);
	struct media_open image;
	struct err err = {0};

	if (media_open(&image, path, &err) != 0)
		fail_msg("%s", err.message);
	assert_int_equal(image.whole.length, n);
	if (media_file_read(&image.whole, 0, got, n, &err) != 0)
		fail_msg("%s", err.message);
	assert_memory_equal(got, bytes, n);
	media_open_done(&image);
	free(got);
}

static const struct {
	enum media_name_style style;
	const char *base, *first;
} forms[] = {
    {MEDIA_NAME_ONE, "x.raw", "x.raw"},
    {MEDIA_NAME_PARTS, "x", "x.001"},
    {MEDIA_NAME_E01, "x", "x.E01"},
};

static void clear_folder(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)execlp(
		    "find", "find", ".", "-type", "f", "-delete", (char *)NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void any_length_comes_back_in_each_form(void **state)
{
	static const size_t sizes[] = {0, 1, 511, 512, 513, 32767, 32768, 32769,
	    65535, 65536, 65537, 1048575, 1048576, 1048577, 3538890};
	uint8_t *bytes = malloc(4 << 20);

	(void)state;
	make_bytes(bytes, 4 << 20);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t f = 0; f < 3; f++) {
			struct media_image_options o =
			    options_for(forms[f].base, forms[f].style);
			struct media_image_result r = {0};
			struct err err = {0};
			struct hash root = root_of(bytes, sizes[i]);
			struct hash whole = hash_of(bytes, sizes[i]);

			clear_folder();
			write_file("source", bytes, sizes[i]);
			if (make_image("source", &o, NULL, &r, &err) != 0)
				fail_msg(
				    "%zu %zu: %s", sizes[i], f, err.message);
			assert_true(hash_is(&root, &r.root));
			assert_memory_equal(
			    r.hashes.of[MEDIA_HASH_SHA256].b, whole.b, 32);
			assert_int_equal(r.length, sizes[i]);
			check_image(forms[f].first, bytes, sizes[i]);
			/* Who died before it put this down asks again. */
			struct media_image_result again = {0};
			o.is_resumed = true;
			if (make_image("source", &o, NULL, &again, &err) != 0)
				fail_msg("again: %s", err.message);
			assert_true(hash_is(&root, &again.root));
			check_image(forms[f].first, bytes, sizes[i]);
			assert_int_equal(
			    media_image_forget(o.bases[0], &err), 0);
			assert_int_equal(access("x.journal", F_OK), -1);
		}
	free(bytes);
}

static void two_places_get_the_same_bytes(void **state)
{
	size_t n = 2500000;
	uint8_t *bytes = malloc(n);
	struct media_image_options o = options_for("a", MEDIA_NAME_E01);
	struct media_image_result r = {0};
	struct err err = {0};

	(void)state;
	make_bytes(bytes, n);
	clear_folder();
	write_file("source", bytes, n);
	o.bases[1] = "b";
	o.base_count = 2;
	assert_int_equal(make_image("source", &o, NULL, &r, &err), 0);
	check_image("a.E01", bytes, n);
	check_image("b.E01", bytes, n);
	assert_int_equal(access("b.tree", F_OK), 0);
	free(bytes);
}

/* ---- a faulty source ---- */

struct faults {
	const struct media_range *bad;
	size_t n;
	size_t most; /* bytes that one call gives; 0: any */
	unsigned calls;
};

static ssize_t faulty_pread(
    void *cookie, int fd, void *bytes, size_t n, off_t at)
{
	struct faults *f = cookie;

	if (++f->calls % 3 == 0 && f->most > 0) {
		errno = EINTR;
		return -1;
	}
	if (f->most > 0 && n > f->most)
		n = f->most;
	for (size_t i = 0; i < f->n; i++) {
		uint64_t from = f->bad[i].at, to = from + f->bad[i].length;

		if ((uint64_t)at < to && (uint64_t)at + n > from) {
			if ((uint64_t)at >= from) {
				errno = EIO;
				return -1;
			}
			n = (size_t)(from - (uint64_t)at);
		}
	}
	return pread(fd, bytes, n, at);
}

static void unreadable_sectors_are_zero_and_listed(void **state)
{
	static const struct media_range bad[] = {{0, 512}, {5 * 512, 512},
	    {1048576 - 512, 1024}, {1500 * 512, 0}, {2097152, 40 * 512},
	    {2500096, 250}};
	static const struct media_range want[] = {{0, 512}, {5 * 512, 512},
	    {1048576 - 512, 1024}, {2097152, 40 * 512}, {2500096, 250}};
	size_t n = 2500346;
	uint8_t *bytes = malloc(n);

	(void)state;
	make_bytes(bytes, n);
	clear_folder();
	write_file("source", bytes, n);
	for (size_t i = 0; i < 6; i++)
		memset(bytes + bad[i].at, 0, bad[i].length);
	for (size_t most = 0; most < 2; most++) {
		struct faults faults = {bad, 6, most * 10000, 0};
		struct media_source_io io = {faulty_pread, &faults};
		struct media_image_options o =
		    options_for(most ? "y" : "x", MEDIA_NAME_E01);
		struct media_image_result r = {0};
		struct err err = {0};

		if (make_image("source", &o, &io, &r, &err) != 0)
			fail_msg("%s", err.message);
		assert_int_equal(r.bad.n, 5);
		for (size_t i = 0; i < 5; i++) {
			assert_int_equal(r.bad.of[i].at, want[i].at);
			assert_int_equal(r.bad.of[i].length, want[i].length);
		}
		check_image(most ? "y.E01" : "x.E01", bytes, n);
		media_range_done(&r.bad);
	}
	free(bytes);
}

static ssize_t changing_pread(
    void *cookie, int fd, void *bytes, size_t n, off_t at)
{
	(void)cookie;
	write_file("other", bytes, 0);
	int source = open("source", O_WRONLY);
	assert_int_equal(pwrite(source, "x", 1, 5), 1);
	assert_int_equal(close(source), 0);
	return pread(fd, bytes, n, at);
}

static ssize_t shrinking_pread(
    void *cookie, int fd, void *bytes, size_t n, off_t at)
{
	(void)cookie;
	assert_int_equal(truncate("source", 1000), 0);
	return pread(fd, bytes, n, at);
}

static void a_source_that_changes_leaves_no_image(void **state)
{
	static uint8_t bytes[100000];
	struct media_source_io ios[] = {
	    {changing_pread, NULL}, {shrinking_pread, NULL}};

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	for (size_t i = 0; i < 2; i++) {
		struct media_image_options o = options_for("x", MEDIA_NAME_E01);
		struct media_image_result r = {0};
		struct err err = {0};

		clear_folder();
		write_file("source", bytes, sizeof(bytes));
		assert_int_equal(
		    make_image("source", &o, &ios[i], &r, &err), ERR_CONFLICT);
		assert_non_null(strstr(err.message, "changed while"));
		assert_int_equal(access("x.E01", F_OK), -1);
		assert_int_equal(access("x.E01.part", F_OK), 0);
	}
}

static void a_full_destination_is_said_and_leaves_no_image(void **state)
{
	static uint8_t bytes[3000000];
	struct media_image_options o =
	    options_for("/dev/full/x", MEDIA_NAME_ONE);
	struct media_image_result r = {0};
	struct err err = {0};

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	assert_true(make_image("source", &o, NULL, &r, &err) < 0);
	(void)signal(SIGXFSZ, SIG_IGN);
	o = options_for("x", MEDIA_NAME_ONE);
	pid_t pid = fork();
	if (pid == 0) {
		struct rlimit limit = {1500000, 1500000};

		err = (struct err){0};
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		int rc = make_image("source", &o, NULL, &r, &err);
		_exit(rc == ERR_IO && strstr(err.message, "x.part") != NULL &&
			    access("x", F_OK) != 0
			? 0
			: 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* There is room again. */
	o.is_resumed = true;
	err = (struct err){0};
	if (make_image("source", &o, NULL, &r, &err) != 0)
		fail_msg("%s", err.message);
	assert_true(r.resumed_at > 0);
	check_image("x", bytes, sizeof(bytes));
}

/* ---- kills ---- */

/* Dies when the source is read at or behind a place. */
struct death {
	off_t at;
};

static ssize_t deadly_pread(
    void *cookie, int fd, void *bytes, size_t n, off_t at)
{
	const struct death *death = cookie;

	if (at + (off_t)n > death->at)
		(void)kill(getpid(), SIGKILL);
	return pread(fd, bytes, n, at);
}

/* A run that dies: at a place of the source, or (none) after some time, which
 * may be when all is read and only names are missing. */
static bool is_killed(struct media_image_options *o, off_t place)
{
	struct death death = {place};
	struct media_source_io io = {deadly_pread, &death};
	struct media_image_result r = {0};
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(make_image(
			  "source", o, place < 0 ? NULL : &io, &r, NULL) == 0
			? 0
			: 1);
	if (place < 0) {
		(void)usleep((useconds_t)(random() % 60000));
		(void)kill(pid, SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		assert_int_equal(WEXITSTATUS(status), 0);
	return !WIFEXITED(status);
}

/* The first file as a killed run left it. */
static size_t read_part(const char *name, uint8_t *bytes, size_t max)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s.part", name);
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, bytes, max);
	assert_true(n >= 0);
	assert_int_equal(close(fd), 0);
	return (size_t)n;
}

/* What lies before the last safe point must be the same afterwards; all first
 * files here are longer than what is lost behind one. */
static void check_unchanged(
    const char *name, const uint8_t *before, size_t n, uint64_t safe)
{
	uint8_t *after = malloc(n + 1);
	int fd = open(name, O_RDONLY);

	if (n > safe)
		n = (size_t)safe;
	assert_true(fd >= 0);
	assert_int_equal(read(fd, after, n), (ssize_t)n);
	assert_int_equal(close(fd), 0);
	assert_memory_equal(before, after, n);
	free(after);
}

static void killed_anywhere_it_is_gone_on_with(void **state)
{
	size_t n = 12 << 20;
	uint8_t *bytes = malloc(n), *part = malloc(n);
	unsigned resumed = 0, kills = 0;

	(void)state;
	n -= 12345;
	make_bytes(bytes, n);
	struct hash root = root_of(bytes, n), whole = hash_of(bytes, n);
	const char *times = getenv("MEDIA_KILLS");
	unsigned rounds =
	    times != NULL ? (unsigned)strtoul(times, NULL, 10) : 9;
	for (unsigned i = 0; i < rounds; i++) {
		size_t f = i % 3;
		struct media_image_options o =
		    options_for(forms[f].base, forms[f].style);
		struct media_image_result r = {0};
		struct err err = {0};
		off_t place = 0;

		clear_folder();
		write_file("source", bytes, n);
		/* Each death lies behind the one before it. */
		for (bool is_dead = true; is_dead; place += 1 << 20) {
			place += random() % (4 << 20);
			is_dead = is_killed(&o, place < (off_t)n ? place : -1);
			kills += is_dead;
			o.is_resumed = access("x.journal", F_OK) == 0 ||
			    access("x.raw.journal", F_OK) == 0;
			if (random() % 4 == 0)
				break;
		}
		if (o.is_resumed) {
			size_t had = read_part(forms[f].first, part, 12 << 20);
			if (make_image("source", &o, NULL, &r, &err) != 0)
				fail_msg("%s", err.message);
			assert_true(hash_is(&root, &r.root));
			assert_memory_equal(
			    r.hashes.of[MEDIA_HASH_SHA256].b, whole.b, 32);
			if (forms[f].style != MEDIA_NAME_E01)
				check_unchanged(
				    forms[f].first, part, had, r.resumed_at);
			resumed += r.resumed_at > 0;
			check_image(forms[f].first, bytes, n);
		}
	}
	print_message("# %u kills, %u times in the middle\n", kills, resumed);
	assert_true(resumed > 0);
	free(bytes);
	free(part);
}

/* A run that was stopped at 2 MiB, by a limit on the size of its file. */
static void stop_in_the_middle(struct media_image_options *o)
{
	struct media_image_result r = {0};
	struct err err = {0};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rlimit limit = {2500000, 2500000};

		(void)signal(SIGXFSZ, SIG_IGN);
		(void)setrlimit(RLIMIT_FSIZE, &limit);
		_exit(
		    make_image("source", o, NULL, &r, &err) == ERR_IO ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void what_was_written_is_checked_before_going_on(void **state)
{
	static uint8_t bytes[3000000];
	struct media_image_options o = options_for("x", MEDIA_NAME_ONE);
	struct media_image_result r = {0};
	struct err err = {0};

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	stop_in_the_middle(&o);
	int fd = open("x.part", O_WRONLY);
	assert_int_equal(pwrite(fd, "?", 1, 700000), 1);
	assert_int_equal(close(fd), 0);
	o.is_resumed = true;
	assert_int_equal(make_image("source", &o, NULL, &r, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "not those that an earlier run"));
	assert_int_equal(access("x", F_OK), -1);
}

static void it_is_gone_on_with_for_the_same_source_alone(void **state)
{
	static uint8_t bytes[3000000];
	const struct hash one = {{1}}, two = {{2}};
	struct media_image_options o = options_for("x", MEDIA_NAME_ONE);
	struct media_image_result r = {0};
	struct err err = {0};
	struct stat st;

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	write_file("other", bytes, sizeof(bytes));
	o.binding = &one;
	stop_in_the_middle(&o);
	o.is_resumed = true;
	/* Another file, though it holds the same. */
	assert_int_equal(make_image("other", &o, NULL, &r, &err), ERR_CONFLICT);
	/* Another item. */
	o.binding = &two;
	assert_int_equal(
	    make_image("source", &o, NULL, &r, &err), ERR_CONFLICT);
	o.binding = &one;
	/* Changed, and its time set back. */
	assert_int_equal(stat("source", &st), 0);
	int fd = open("source", O_WRONLY);
	assert_int_equal(pwrite(fd, "?", 1, 1000), 1);
	const struct timespec times[2] = {st.st_atim, st.st_mtim};
	assert_int_equal(futimens(fd, times), 0);
	assert_int_equal(close(fd), 0);
	assert_int_equal(
	    make_image("source", &o, NULL, &r, &err), ERR_CONFLICT);
	assert_non_null(strstr(err.message, "the source was changed since"));
	assert_int_equal(access("x", F_OK), -1);
}

static ssize_t other_pread(
    void *cookie, int fd, void *bytes, size_t n, off_t at)
{
	ssize_t r = pread(fd, bytes, n, at);

	(void)cookie;
	for (ssize_t i = 0; i < r; i++)
		((uint8_t *)bytes)[i] ^= 1;
	return r;
}

/* A device has no times; what it holds is compared at some places. */
static void what_was_copied_is_compared_with_the_source(void **state)
{
	static uint8_t bytes[3000000];
	struct media_source_io io = {other_pread, NULL};
	struct media_image_options o = options_for("x", MEDIA_NAME_ONE);
	struct media_image_result r = {0};
	struct err err = {0};

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	stop_in_the_middle(&o);
	o.is_resumed = true;
	assert_int_equal(make_image("source", &o, &io, &r, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "not the one that was copied"));
	err = (struct err){0};
	if (make_image("source", &o, NULL, &r, &err) != 0)
		fail_msg("%s", err.message);
	check_image("x", bytes, sizeof(bytes));
}

static void the_second_place_is_looked_at_too(void **state)
{
	static uint8_t bytes[3000000];
	struct media_image_options o = options_for("x", MEDIA_NAME_ONE);
	struct media_image_result r = {0};
	struct err err = {0};

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	o.bases[1] = "y";
	o.base_count = 2;
	stop_in_the_middle(&o);
	int fd = open("y.part", O_WRONLY);
	assert_int_equal(pwrite(fd, "?", 1, 700000), 1);
	assert_int_equal(close(fd), 0);
	o.is_resumed = true;
	assert_int_equal(make_image("source", &o, NULL, &r, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "y.part"));
	assert_int_equal(access("x", F_OK), -1);
}

static void a_part_that_is_missing_is_said(void **state)
{
	struct media_source_options so = {0};
	struct media_source *source;
	struct err err = {0};

	(void)state;
	clear_folder();
	write_file("m.001", (const uint8_t *)"one", 3);
	write_file("m.003", (const uint8_t *)"three", 5);
	assert_int_equal(
	    media_source_open(&source, "m.001", true, &so, &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.message, "m.002 is not there"));
	write_file("m.002", (const uint8_t *)"", 0);
	err = (struct err){0};
	assert_int_equal(
	    media_source_open(&source, "m.001", true, &so, &err), ERR_NOTFOUND);
	assert_non_null(strstr(err.message, "m.002 is empty"));
	write_file("m.002", (const uint8_t *)"two", 3);
	assert_int_equal(
	    media_source_open(&source, "m.001", false, &so, &err), ERR_USAGE);
	assert_int_equal(
	    media_source_open(&source, "m.001", true, &so, &err), 0);
	assert_int_equal(media_source_length(source), 11);
	media_source_free(source);
}

static void a_changed_journal_makes_no_other_image(void **state)
{
	static uint8_t bytes[3000000];
	struct media_image_options o = options_for("x", MEDIA_NAME_ONE);
	unsigned made = 0, refused = 0;
	char journal[4096], changed[4096];

	(void)state;
	make_bytes(bytes, sizeof(bytes));
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	stop_in_the_middle(&o);
	int fd = open("x.journal", O_RDONLY);
	size_t n = (size_t)read(fd, journal, sizeof(journal));
	assert_int_equal(close(fd), 0);
	o.is_resumed = true;
	for (size_t i = (n - 1) % 3; i < n; i += 3) {
		struct media_image_result r = {0};
		struct err err = {0};

		memcpy(changed, journal, n);
		changed[i] ^= 1;
		(void)unlink("x");
		(void)unlink("x.part");
		write_file("x.part", bytes, 2 << 20);
		write_file("x.journal", (uint8_t *)changed, n);
		int rc = make_image("source", &o, NULL, &r, &err);
		if (rc == 0)
			check_image("x", bytes, sizeof(bytes));
		else
			assert_int_equal(access("x", F_OK), -1);
		made += rc == 0;
		refused += rc != 0;
	}
	assert_true(made > 0 && refused > 30);
	static const char *const lines[] = {"safe: 1048576 0 0 ",
	    "whole: 1048576 1 1048576 ", "safe: 1048577 1 1048577 ",
	    "safe: 4194304 1 4194304 "};
	for (size_t i = 0; i < 4; i++) {
		struct media_image_result r = {0};
		struct err err = {0};
		size_t head = (size_t)(strstr(journal, "safe:") - journal);

		int length = snprintf(changed, sizeof(changed), "%.*s%s%064d\n",
		    (int)head, journal, lines[i], 0);
		write_file("x.journal", (uint8_t *)changed, (size_t)length);
		assert_int_equal(
		    make_image("source", &o, NULL, &r, &err), ERR_FORMAT);
	}
}

static void nothing_is_written_over(void **state)
{
	static uint8_t bytes[1000];
	struct media_image_options o = options_for("x", MEDIA_NAME_E01);
	struct media_image_result r = {0};
	struct err err = {0};

	(void)state;
	clear_folder();
	write_file("source", bytes, sizeof(bytes));
	write_file("x.E01", bytes, 10);
	assert_int_equal(
	    make_image("source", &o, NULL, &r, &err), ERR_CONFLICT);
	o.is_resumed = true;
	assert_int_equal(unlink("x.E01"), 0);
	err = (struct err){0};
	assert_int_equal(
	    make_image("source", &o, NULL, &r, &err), ERR_NOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_length_comes_back_in_each_form),
	    cmocka_unit_test(two_places_get_the_same_bytes),
	    cmocka_unit_test(unreadable_sectors_are_zero_and_listed),
	    cmocka_unit_test(a_source_that_changes_leaves_no_image),
	    cmocka_unit_test(a_full_destination_is_said_and_leaves_no_image),
	    cmocka_unit_test(killed_anywhere_it_is_gone_on_with),
	    cmocka_unit_test(what_was_written_is_checked_before_going_on),
	    cmocka_unit_test(it_is_gone_on_with_for_the_same_source_alone),
	    cmocka_unit_test(what_was_copied_is_compared_with_the_source),
	    cmocka_unit_test(the_second_place_is_looked_at_too),
	    cmocka_unit_test(a_part_that_is_missing_is_said),
	    cmocka_unit_test(a_changed_journal_makes_no_other_image),
	    cmocka_unit_test(nothing_is_written_over),
	};

	return cmocka_run_group_tests(tests, enter, leave);
}

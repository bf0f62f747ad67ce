/*
 * test_exam_blind.c: blind spots of images whose truth is known, asked of a
 * box. The images lie in a folder beside the project, as public collections
 * have them; each that is absent is skipped by name.
 */
#include "exam_blind.h"
#include "exam_coverage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char program[4096], images[4096], folder[64];

static int make(void **state)
{
	const char *build = getenv("COUNTERFOIL_BUILD");
	const char *source = getenv("COUNTERFOIL_SOURCE");
	const char *at = getenv("COUNTERFOIL_IMAGES");

	(void)state;
	(void)snprintf(program, sizeof(program), "%s/counterfoil-box",
	    build != NULL ? build : "build");
	if (at != NULL)
		(void)snprintf(images, sizeof(images), "%s", at);
	else
		(void)snprintf(images, sizeof(images),
		    "%s/../shared/data/images", source != NULL ? source : ".");
	(void)snprintf(folder, sizeof(folder), "/tmp/cf-blind-XXXXXX");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int clean(void **state)
{
	(void)state;
	return rmdir(folder);
}

struct opened {
	char path[128];
	int fd;
	struct cage_image *image;
	struct exam_blind *blind;
	struct exam_owner *map;
};

static void open_path(const char *path, struct opened *o)
{
	static const char *const names[] = {"x.raw"};
	struct err err = {0};

	(void)snprintf(o->path, sizeof(o->path), "%s", path);
	o->fd = open(path, O_RDONLY);
	assert_true(o->fd >= 0);
	const struct cage_image_options options = {
	    .program = program,
	    .fds = &o->fd,
	    .n = 1,
	    .format = CAGE_WIRE_RAW,
	    .names = names,
	    .has_file_systems = true,
	    .answer_ms = 60000,
	};

	if (cage_image_new(&o->image, &options, &err) != 0)
		fail_msg("%s: %s", path, err.message);
	const uint64_t length = cage_image_about(o->image)->length;

	assert_int_equal(exam_blind_new(&o->blind, length, NULL), 0);
	assert_int_equal(exam_owner_new(&o->map, length, NULL), 0);
}

static void close_image(struct opened *o)
{
	cage_image_free(o->image);
	exam_blind_free(o->blind);
	exam_owner_free(o->map);
	(void)close(o->fd);
	(void)unlink(o->path);
}

/* Everything that can be said, and its sums. */
static void look(struct opened *o)
{
	struct exam_coverage c;
	struct err err = {0};

	if (exam_blind_ask(o->blind, o->image, &err) != 0 ||
	    exam_blind_own(o->blind, o->map, &err) != 0 ||
	    exam_owner_seal(o->map, &err) != 0 ||
	    exam_blind_look(o->blind, o->image, o->map, &err) != 0 ||
	    exam_coverage_make(&c, o->map, o->blind, NULL, 0, &err) != 0)
		fail_msg("%s: %s", o->path, err.message);
	assert_int_equal(c.files + c.slack + c.tables + c.unallocated +
		c.outside + c.blind + c.unread + c.lost,
	    cage_image_about(o->image)->length);
}

static void run(const char *command)
{
	const pid_t child = fork();
	int status = 1;

	if (child == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
}

/* Unpacks x.xz or x.gz of the images; false: it is not there. */
static bool open_image(const char *name, struct opened *o)
{
	char from[4400], to[128], command[5000];

	(void)snprintf(from, sizeof(from), "%s/%s", images, name);
	(void)snprintf(to, sizeof(to), "%s/image", folder);
	if (access(from, R_OK) != 0) {
		print_message("# SKIP %s is not there\n", name);
		return false;
	}
	(void)snprintf(command, sizeof(command), "%s -dc '%s' >'%s'",
	    strstr(name, ".xz") != NULL ? "xz" : "gzip", from, to);
	run(command);
	open_path(to, o);
	return true;
}

/* ---- images of others ---- */

/* kind 0: nothing is blind in it. */
static const struct truth {
	const char *image, *name, *says;
	enum exam_blind_kind kind;
	bool is_open;
} truths[] = {
    {"blkid/luks1.img.xz", "LUKS1", "aes-cbc-essiv", EXAM_BLIND_VOLUME, false},
    {"fve/luks1_sha1.bin.gz", "LUKS1", "1 key slots in use", EXAM_BLIND_VOLUME,
	false},
    {"blkid/luks2.img.xz", "LUKS2", "ends in its header", EXAM_BLIND_VOLUME,
	false},
    {"fve/luks2_aes-xts-plain64.bin.gz", "LUKS2", "data begin at byte ",
	EXAM_BLIND_VOLUME, false},
    {"blkid/bitlocker-win7.img.xz", "BitLocker",
	"a password, a recovery password", EXAM_BLIND_VOLUME, false},
    {"fve/bde_aes_128.bin.gz", "BitLocker", "opened by a password",
	EXAM_BLIND_VOLUME, false},
    {"fve/bde_suspended.bin.gz", "BitLocker", "protection suspended",
	EXAM_BLIND_VOLUME, true},
    {"blkid/cs_fvault2.img.xz", "FileVault 2", "AES-XTS", EXAM_BLIND_VOLUME,
	false},
    /* Not encrypted. */
    {"blkid/apfs.img.xz", "APFS", "no volume encrypted", EXAM_BLIND_SYSTEM,
	false},
    {"blkid/btrfs.img.xz", "btrfs", "not read", EXAM_BLIND_SYSTEM, false},
    {"blkid/f2fs.img.xz", "f2fs", "not read", EXAM_BLIND_SYSTEM, false},
    {"blkid/xfs-v5.img.xz", "xfs", "not read", EXAM_BLIND_SYSTEM, false},
    {"blkid/zfs.img.xz", "zfs", "not read", EXAM_BLIND_SYSTEM, false},
    {"blkid/swap-luks.img.xz", "swap", "swap space", EXAM_BLIND_SYSTEM, false},
    {"blkid/ext4.img.xz", NULL, NULL, 0, false},
    {"blkid/exfat.img.xz", NULL, NULL, 0, false},
    {"blkid/ntfs.img.xz", NULL, NULL, 0, false},
    {"blkid/hfsplus.img.xz", NULL, NULL, 0, false},
    {"dfir_ntfs/ntfs3.raw.gz", NULL, NULL, 0, false},
    {"dfir_ntfs/exfat_orphan.raw.gz", NULL, NULL, 0, false},
    {"dfir_ntfs/fat_deleted_dir.raw.gz", NULL, NULL, 0, false},
};

static bool is_blind(enum exam_blind_kind kind)
{
	return kind == EXAM_BLIND_VOLUME || kind == EXAM_BLIND_FILE ||
	    kind == EXAM_BLIND_SYSTEM || kind == EXAM_BLIND_RANDOM;
}

static void check(const struct truth *t, const struct opened *o)
{
	size_t n = 0, found = 0;
	const struct exam_spot *spots = exam_blind_spots(o->blind, &n);

	for (size_t i = 0; i < n; i++) {
		if (!is_blind(spots[i].kind))
			continue;
		if (found++ > 0 || t->name == NULL)
			fail_msg("%s is called %s: %s", t->image, spots[i].name,
			    spots[i].what);
		assert_string_equal(spots[i].name, t->name);
		assert_int_equal(spots[i].kind, t->kind);
		assert_true(spots[i].is_certain);
		assert_int_equal(spots[i].is_open, t->is_open);
		if (strstr(spots[i].what, t->says) == NULL)
			fail_msg("%s: %s", t->image, spots[i].what);
		assert_int_equal(spots[i].at, 0);
		assert_int_equal(
		    spots[i].length, cage_image_about(o->image)->length);
	}
	if (found == 0 && t->name != NULL)
		fail_msg("%s: nothing is found", t->image);
}

static void images_of_others_are_called_by_their_names(void **state)
{
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(truths); i++) {
		struct opened o = {{0}, -1, NULL, NULL, NULL};

		if (!open_image(truths[i].image, &o))
			continue;
		look(&o);
		check(&truths[i], &o);
		close_image(&o);
		n++;
	}
	print_message("# %zu of %zu images: each called right, no decoy\n", n,
	    COUNT(truths));
	if (n == 0)
		skip();
}

/* ---- an image that is made here ---- */

#define MIB (UINT64_C(1) << 20)
#define MADE (12 * MIB)

static void write_at(int fd, uint64_t at, const void *bytes, size_t n)
{
	assert_int_equal(pwrite(fd, bytes, n, (off_t)at), n);
}

/* A header of LUKS1 whose fields all can be. */
static void put_luks(int fd, uint64_t at)
{
	uint8_t p[592] = {0};

	memcpy(p, "LUKS\xba\xbe\0\1", 8);
	memcpy(p + 8, "aes", 3);
	memcpy(p + 40, "xts-plain64", 11);
	memcpy(p + 72, "sha256", 6);
	p[106] = 0x10;
	p[111] = 64;
	memcpy(p + 168, "00000000-0000-0000-0000-000000000000", 36);
	for (size_t i = 0; i < 8; i++)
		memcpy(p + 208 + 48 * i, "\0\0\xde\xad", 4);
	write_at(fd, at, p, sizeof(p));
}

static void put_noise(int fd, uint64_t at, size_t n)
{
	uint64_t x = UINT64_C(0x9e3779b97f4a7c15) + at;
	uint8_t *p = malloc(n);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (uint8_t)(x * UINT64_C(0x2545f4914f6cdd1d) >> 56);
	}
	write_at(fd, at, p, n);
	free(p);
}

/* The first entry of a zip, encrypted, in two pieces. */
static void put_zip(int fd, uint64_t first, uint64_t second)
{
	static const uint8_t head[40] = {'P', 'K', 3, 4, 20, 0, 1, 0, 8,
	    0, [26] = 4, [30] = 'n', 'a', 'm', 'e'};

	write_at(fd, first, head, 20);
	write_at(fd, second, head + 20, 20);
}

static void make_image(char ret_path[128])
{
	static const char table[] = "label: gpt\\n"
				    "start=4096, size=4096\\n"
				    "start=12288, size=4096\\n";
	char command[512];

	(void)snprintf(ret_path, 128, "%s/made", folder);
	(void)snprintf(command, sizeof(command),
	    "truncate -s %llu '%s' && printf '%s' | sfdisk -q '%s'",
	    (unsigned long long)MADE, ret_path, table, ret_path);
	run(command);
	const int fd = open(ret_path, O_RDWR);

	assert_true(fd >= 0);
	put_luks(fd, 5 * MIB);
	put_noise(fd, 6 * MIB, 2 * MIB);
	put_noise(fd, 9 * MIB, 2 * MIB);
	put_zip(fd, 8 * MIB, 8 * MIB + 4096);
	write_at(fd, MADE - 500, "\xff", 1); /* in the second GPT's header */
	(void)close(fd);
}

static const struct exam_spot *find_spot(const struct exam_blind *blind,
    enum exam_blind_kind kind, uint64_t at, const char *says)
{
	size_t n = 0;
	const struct exam_spot *spots = exam_blind_spots(blind, &n);

	for (size_t i = 0; i < n; i++)
		if (spots[i].kind == kind && spots[i].at == at &&
		    strstr(spots[i].what, says) != NULL)
			return &spots[i];
	for (size_t i = 0; i < n; i++)
		print_message("# %s at %llu: %s\n",
		    exam_blind_kind_name(spots[i].kind),
		    (unsigned long long)spots[i].at, spots[i].what);
	fail_msg("no %s at %llu: %s", exam_blind_kind_name(kind),
	    (unsigned long long)at, says);
	return NULL;
}

static void ask_about_a_file(struct opened *o)
{
	const struct cage_wire_run runs[] = {{8 * MIB, 20, 0, false},
	    {8 * MIB + 4096, 20, 20, false}, {0, 400, 40, true}};
	const struct cage_wire_run other = {8 * MIB + 4096, 20, 0, false};

	assert_int_equal(
	    exam_blind_file(o->blind, o->image, 6, 20, &other, 1, NULL), 0);
	assert_int_equal(
	    exam_blind_file(o->blind, o->image, 7, 440, runs, 3, NULL), 0);
	assert_int_equal(exam_blind_flush(o->blind, o->image, NULL), 0);
}

static void spots_of_a_made_image(const struct exam_blind *blind)
{
	const uint64_t behind = 34 * 512; /* its GPT */
	size_t n = 0;

	(void)find_spot(blind, EXAM_BLIND_TABLE, MADE - 512, "second GPT");
	(void)find_spot(
	    blind, EXAM_BLIND_GAP, behind, "before the first volume; zeros");
	(void)find_spot(
	    blind, EXAM_BLIND_GAP, 4 * MIB, "between volumes; holds data");
	(void)find_spot(
	    blind, EXAM_BLIND_GAP, 8 * MIB, "behind the last volume; holds");
	assert_true(
	    find_spot(blind, EXAM_BLIND_VOLUME, 5 * MIB, "LUKS1")->is_certain);
	const struct exam_spot *s =
	    find_spot(blind, EXAM_BLIND_VOLUME, 6 * MIB, "VeraCrypt");

	assert_false(s->is_certain);
	assert_int_equal(s->volume, 2);
	assert_int_equal(s->length, 2 * MIB);
	s = find_spot(blind, EXAM_BLIND_RANDOM, 9 * MIB, "encrypted, or");
	assert_int_equal(s->length, 2 * MIB);
	assert_false(s->is_certain);
	s = find_spot(blind, EXAM_BLIND_FILE, 0, "first entry is encrypted");
	assert_int_equal(s->file, 7);
	(void)exam_blind_bytes(blind, EXAM_BLIND_FILE, &n);
	assert_int_equal(n, 1);
	(void)find_spot(blind, EXAM_BLIND_HIDDEN, MADE, "host protected area");
	(void)exam_blind_bytes(blind, EXAM_BLIND_VOLUME, &n);
	assert_int_equal(n, 2);
}

static void words_of_a_made_image(
    const struct opened *o, const struct exam_coverage *c)
{
	struct json json;
	struct buf out;

	buf_init(&out, 1 << 20);
	exam_blind_put_lines(o->blind, 100, &out);
	assert_non_null(
	    strstr(out.p, "encrypted file: 1 of the sort zip, 440 bytes\n"));
	assert_non_null(strstr(out.p,
	    "encrypted volume, bytes 5242880 to 6291455: LUKS1, aes-xts"));
	assert_non_null(strstr(out.p, "cannot be told apart (suspected)\n"));
	buf_clear(&out);
	exam_blind_put_lines(o->blind, 2, &out);
	assert_non_null(strstr(out.p, " more: in the result\n"));
	buf_clear(&out);
	exam_coverage_put_lines(c, &out);
	assert_non_null(strstr(out.p, "image: 12582912 bytes\n"));
	assert_non_null(strstr(out.p, "\nblind: 3145728 bytes\n"));
	assert_non_null(strstr(out.p, "\nunread: 512 bytes\n"));
	assert_non_null(strstr(out.p, "\nlost in the scan: 2048 bytes\n"));
	assert_non_null(
	    strstr(out.p, "of the files, encrypted: 440 bytes in 1 files\n"));
	buf_clear(&out);
	json_init(&json, &out);
	json_open_object(&json, NULL);
	exam_coverage_put_json(c, &json, "coverage");
	exam_blind_put_json(o->blind, &json, "blind");
	json_close_object(&json);
	assert_non_null(strstr(out.p, "\"blind\": 3145728"));
	assert_non_null(strstr(out.p, "\"grade\": \"suspected\""));
	assert_int_equal(buf_check(&out, NULL), 0);
	buf_done(&out);
}

static void a_made_image_has_each_blind_spot_and_adds_up(void **state)
{
	/* Lost twice, once beyond the end, once where it is blind anyway. */
	static const struct exam_gap gaps[] = {{4096, 1024, "a crash"},
	    {4608, 512, "a crash"}, {MADE - 512, 4096, "too slow"},
	    {5 * MIB, 4096, "a crash"}, {2 * MIB, 512, "a crash"},
	    {MADE, 1, "nowhere"}};
	struct exam_span file = {
	    .at = 2 * MIB, .length = MIB, .owning = EXAM_OWNER_FILE, .file = 1};
	struct opened o = {{0}, -1, NULL, NULL, NULL};
	struct exam_coverage c;
	char path[128];

	(void)state;
	make_image(path);
	open_path(path, &o);
	assert_int_equal(
	    exam_blind_unread(o.blind, 3 * MIB, 512, "as imaged", NULL), 0);
	assert_int_equal(exam_blind_hidden(o.blind, 7 * MIB, NULL), 0);
	assert_int_equal(exam_owner_add(o.map, &file, NULL), 0);
	file = (struct exam_span){.at = 3 * MIB,
	    .length = MIB,
	    .owning = EXAM_OWNER_FREE,
	    .file = EXAM_OWNER_NO_FILE};
	assert_int_equal(exam_owner_add(o.map, &file, NULL), 0);
	look(&o);
	ask_about_a_file(&o);
	spots_of_a_made_image(o.blind);
	assert_int_equal(
	    exam_coverage_make(&c, o.map, o.blind, gaps, COUNT(gaps), NULL), 0);
	assert_int_equal(c.length, MADE);
	assert_int_equal(c.blind, 3 * MIB);
	assert_int_equal(c.lost, 1024 + 512 + 512);
	assert_int_equal(c.unread, 512);
	assert_int_equal(c.files, MIB - 512);
	assert_int_equal(c.unallocated, MIB - 512);
	assert_int_equal(c.random, 2 * MIB);
	assert_int_equal(c.hidden, 7 * MIB);
	assert_int_equal(
	    c.files + c.unallocated + c.outside + c.blind + c.unread + c.lost,
	    MADE);
	words_of_a_made_image(&o, &c);
	close_image(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(images_of_others_are_called_by_their_names),
	    cmocka_unit_test(a_made_image_has_each_blind_spot_and_adds_up),
	};

	return cmocka_run_group_tests(tests, make, clean);
}

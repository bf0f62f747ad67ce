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
	const pid_t child = fork();
	int status = 1;

	if (child == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child);
	assert_int_equal(status, 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(images_of_others_are_called_by_their_names),
	};

	return cmocka_run_group_tests(tests, make, clean);
}

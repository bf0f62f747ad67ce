/*
 * test_box_carve.c: files in space that nobody owns: made by programs and byte
 * by byte, whole and cut off, with what only begins as they do between them.
 * Precision and recall are printed.
 */
#include "box_carve.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SPACE (4u << 20)

static char folder[64];
static uint8_t *space;
static size_t used;

static bool read_memory(void *cookie, uint64_t at, uint8_t *to, size_t n)
{
	memcpy(to, (const uint8_t *)cookie + at, n);
	return true;
}

static int run(const char *command)
{
	const pid_t child = fork();
	int status = 1;

	if (child == 0) {
		if (chdir(folder) != 0)
			_exit(126);
		(void)execl("/bin/sh", "sh", "-ec", command, (char *)NULL);
		_exit(127);
	}
	return waitpid(child, &status, 0) == child ? status : 1;
}

static int make(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/cf-carve-XXXXXX");
	space = calloc(1, SPACE);
	return space != NULL && mkdtemp(folder) != NULL ? 0 : -1;
}

static int clean(void **state)
{
	char command[128];

	(void)state;
	free(space);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return run(command);
}

static void put_noise(uint8_t *to, size_t n)
{
	uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		to[i] = (uint8_t)(x * UINT64_C(0x2545f4914f6cdd1d) >> 56);
	}
}

/* One program, so that no encoder of pictures is needed. */
static const char makes[] =
    "cat >make.py <<'END'\n"
    "import random, sqlite3, struct, zlib\n"
    "r = random.Random(1)\n"
    "def noise(n): return bytes(r.randrange(256) for _ in range(n))\n"
    "def save(name, b): open(name, 'wb').write(b)\n"
    "def chunk(t, b):\n"
    "    return struct.pack('>I', len(b)) + t + b + struct.pack(\n"
    "        '>I', zlib.crc32(t + b))\n"
    "save('png', b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', bytes(13)) +\n"
    "     chunk(b'IDAT', noise(5000)) + chunk(b'IEND', b''))\n"
    "def segment(m, b):\n"
    "    return bytes([255, m]) + struct.pack('>H', len(b) + 2) + b\n"
    "scan = noise(9000).replace(b'\\xff', b'\\xff\\0')\n"
    "thumb = (b'\\xff\\xd8' + segment(0xc0, bytes(9)) +\n"
    "         segment(0xda, bytes(4)) + b'ab\\xff\\xd9')\n"
    "save('jpeg', b'\\xff\\xd8' + segment(0xe1, b'Exif' + thumb) +\n"
    "     segment(0xdb, bytes(65)) + segment(0xc2, bytes(9)) +\n"
    "     segment(0xda, bytes(4)) + scan + b'\\xff\\xd3' + scan +\n"
    "     segment(0xc4, bytes(20)) + segment(0xda, bytes(4)) + scan +\n"
    "     b'\\xff\\xd9')\n"
    "save('gif', b'GIF89a' + struct.pack('<HHBBB', 9, 9, 0x80, 0, 0) +\n"
    "     bytes(6) + b'\\x21\\xf9\\x04' + bytes(4) + b'\\0' + b'\\x2c' +\n"
    "     bytes(9) + b'\\x02' + bytes([200]) + noise(200) + b'\\0;')\n"
    "box = lambda t, b: struct.pack('>I', len(b) + 8) + t + b\n"
    "save('mp4', box(b'ftyp', b'isom' + bytes(4)) + box(b'mdat',\n"
    "     noise(3000)) + box(b'moov', bytes(100)))\n"
    "db = sqlite3.connect('sqlite')\n"
    "db.execute('create table t (a)')\n"
    "db.executemany('insert into t values (?)', [('x' * 500,)] * 40)\n"
    "db.commit()\n"
    "END\n"
    "python3 make.py; qpdf --empty pdf\n"
    "qpdf --empty --object-streams=generate pdf2\n"
    "head -c 3000 make.py >text; zip -q files.zip make.py text\n"
    "cat text | zip -q streamed.zip -\n";

static const struct {
	const char *file;
	enum cage_carve_type type;
} made[] = {
    {"jpeg", CAGE_CARVE_JPEG},
    {"png", CAGE_CARVE_PNG},
    {"gif", CAGE_CARVE_GIF},
    {"pdf", CAGE_CARVE_PDF},
    {"pdf2", CAGE_CARVE_PDF},
    {"files.zip", CAGE_CARVE_ZIP},
    {"streamed.zip", CAGE_CARVE_ZIP},
    {"sqlite", CAGE_CARVE_SQLITE},
    {"mp4", CAGE_CARVE_MP4},
};

/* All that is there, from the first byte on; `cut` bytes of it are not. */
static size_t put_file(const char *name, size_t cut)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	const int fd = open(path, O_RDONLY);
	const ssize_t n = read(fd, space + used, SPACE - used);

	(void)close(fd);
	assert_true(n > (ssize_t)cut);
	const size_t left = (size_t)n - cut;

	memset(space + used + left, 0, cut);
	used = (used + left + 511) / 512 * 512;
	return left;
}

/* What begins as a file does, and is none. */
static void put_decoy(const char *magic, size_t n)
{
	put_noise(space + used, 2048);
	memcpy(space + used, magic, n);
	used += 2048;
}

static uint32_t carve(struct cage_carved *ret_carved)
{
	const struct box_blind_bytes image = {read_memory, space, 0, SPACE};
	const struct cage_wire_request request = {
	    .kind = CAGE_WIRE_CARVE, .n = SPACE};
	struct cage_wire_answer answer = {.count = 0};
	uint8_t *shared = calloc(1, CAGE_WIRE_SHARED);

	assert_non_null(shared);
	box_carve_range(&image, &request, shared, &answer);
	assert_int_equal(answer.found.total, SPACE);
	assert_int_equal(cage_carve_take(ret_carved, 0, SPACE,
			     shared + CAGE_WIRE_TABLE_AT, answer.count, NULL),
	    0);
	free(shared);
	return answer.count;
}

static struct cage_carved found[CAGE_CARVE_ENTRIES_MAX];

static void whole_files_are_found_and_decoys_are_not(void **state)
{
	struct cage_carved truth[COUNT(made)];
	size_t right = 0;

	(void)state;
	assert_int_equal(run(makes), 0);
	memset(space, 0, SPACE);
	used = 512;
	for (size_t i = 0; i < COUNT(made); i++) {
		truth[i] = (struct cage_carved){made[i].type, used, 0, true};
		truth[i].length = put_file(made[i].file, 0);
		put_decoy("\xff\xd8\xff\xe0\0\20JFIF", 10);
		put_decoy("\x89PNG\r\n\x1a\n", 8);
		put_decoy("GIF89a", 6);
		put_decoy("PK\3\4", 4);
		put_decoy("SQLite format 3", 16);
		put_decoy("\0\0\0\30"
			  "ftypisom",
		    12);
	}
	const uint32_t n = carve(found);

	for (size_t i = 0; i < COUNT(made); i++)
		for (uint32_t k = 0; k < n; k++)
			if (found[k].at == truth[i].at) {
				if (found[k].length != truth[i].length ||
				    !found[k].is_whole)
					fail_msg("%s: %llu of %llu bytes",
					    made[i].file,
					    (unsigned long long)found[k].length,
					    (unsigned long long)truth[i]
						.length);
				assert_int_equal(found[k].type, truth[i].type);
				right++;
			}
	print_message("# carved: precision %zu/%u, recall %zu/%zu\n", right, n,
	    right, COUNT(made));
	assert_int_equal(right, COUNT(made));
	assert_int_equal(n, COUNT(made));
}

static void what_is_cut_off_is_not_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(made); i++) {
		memset(space, 0, SPACE);
		used = 0;
		/* So that what it says of its end is lost; SQLite knows only
		 * its length, so that nothing is missed there. */
		if (made[i].type == CAGE_CARVE_SQLITE)
			continue;
		(void)put_file(
		    made[i].file, made[i].type == CAGE_CARVE_MP4 ? 109 : 50);
		const uint32_t n = carve(found);

		for (uint32_t k = 0; k < n; k++)
			if (found[k].is_whole)
				fail_msg("%s is whole", made[i].file);
	}
}

static void is_sum(const struct cage_carved *carved, const char *sum)
{
	char path[128], command[128];

	(void)snprintf(path, sizeof(path), "%s/picture", folder);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(
	    write(fd, space + carved->at, carved->length), carved->length);
	(void)close(fd);
	(void)snprintf(command, sizeof(command),
	    "echo '%s  picture' | md5sum -c --status", sum);
	assert_int_equal(run(command), 0);
}

/* DFTT 8: pictures in files of any name, in the unused space of an NTFS. */
static void pictures_of_dftt_8(void **state)
{
	const char *source = getenv("COUNTERFOIL_SOURCE");
	const char *images = getenv("COUNTERFOIL_IMAGES");
	/* file1, file7 and file6 (deleted), file2: as they lie. The other is
	 * an alternate stream in pieces, and those within archives are not
	 * carved; of files 3 to 5, which only begin so, none is found. */
	static const char *const sums[] = {"75b8d00568815a36c3809b46fc84ba6d",
	    "0c452c5800fcfa7c66027ae89c4f068a",
	    "afd55222024a4e22f7f5a3a665320763",
	    "de5d83153339931371719f4e5c924eba"};
	char command[4600], path[4200];
	size_t jpegs = 0;

	(void)state;
	if (images != NULL)
		(void)snprintf(
		    path, sizeof(path), "%s/dftt/8-jpeg-search.zip", images);
	else
		(void)snprintf(path, sizeof(path),
		    "%s/../shared/data/images/dftt/8-jpeg-search.zip",
		    source != NULL ? source : ".");
	if (access(path, R_OK) != 0) {
		print_message("# SKIP dftt/8-jpeg-search.zip is not there\n");
		skip();
	}
	(void)snprintf(command, sizeof(command),
	    "python3 -m zipfile -e '%s' x && cp x/*/*.dd dftt", path);
	assert_int_equal(run(command), 0);
	free(space);
	space = calloc(1, 16u << 20);
	assert_non_null(space);
	used = 0;
	(void)snprintf(path, sizeof(path), "%s/dftt", folder);
	const int fd = open(path, O_RDONLY);
	const ssize_t n = read(fd, space, 16u << 20);

	(void)close(fd);
	assert_int_equal(n, 10289152);
	const struct box_blind_bytes image = {
	    read_memory, space, 0, (uint64_t)n};
	struct cage_wire_answer answer = {.count = 0};
	const struct cage_wire_request request = {
	    .kind = CAGE_WIRE_CARVE, .n = (uint64_t)n};
	uint8_t *shared = calloc(1, CAGE_WIRE_SHARED);

	assert_non_null(shared);
	box_carve_range(&image, &request, shared, &answer);
	assert_int_equal(cage_carve_take(found, 0, (uint64_t)n,
			     shared + CAGE_WIRE_TABLE_AT, answer.count, NULL),
	    0);
	free(shared);
	for (uint32_t i = 0; i < answer.count; i++)
		if (found[i].type == CAGE_CARVE_JPEG && found[i].is_whole) {
			assert_true(jpegs < COUNT(sums));
			is_sum(&found[i], sums[jpegs++]);
		}
	print_message("# DFTT 8: %zu of %zu pictures that lie together, each "
		      "with its published MD5\n",
	    jpegs, COUNT(sums));
	assert_int_equal(jpegs, COUNT(sums));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(whole_files_are_found_and_decoys_are_not),
	    cmocka_unit_test(what_is_cut_off_is_not_whole),
	    cmocka_unit_test(pictures_of_dftt_8),
	};

	return cmocka_run_group_tests(tests, make, clean);
}

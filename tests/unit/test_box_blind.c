/*
 * test_box_blind.c: what is encrypted and what only resembles it: files and
 * volumes that programs make here, and others that are made up byte by byte
 * where no program does. Precision and recall are printed.
 */
#include "box_blind.h"

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
#define VOLUME (1u << 20)

static char folder[64];
static uint8_t *volume; /* of VOLUME bytes */

static bool read_memory(void *cookie, uint64_t at, uint8_t *to, size_t n)
{
	memcpy(to, (const uint8_t *)cookie + at, n);
	return true;
}

static bool read_fd(void *cookie, uint64_t at, uint8_t *to, size_t n)
{
	return pread(*(int *)cookie, to, n, (off_t)at) == (ssize_t)n;
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
	(void)snprintf(folder, sizeof(folder), "/tmp/cf-blind-XXXXXX");
	volume = calloc(1, VOLUME);
	return volume != NULL && mkdtemp(folder) != NULL ? 0 : -1;
}

static int clean(void **state)
{
	char command[128];

	(void)state;
	free(volume);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return run(command);
}

static int wipe(void **state)
{
	(void)state;
	memset(volume, 0, VOLUME);
	return 0;
}

static struct box_blind_bytes bytes_of(void *memory, uint64_t n)
{
	return (struct box_blind_bytes){read_memory, memory, 0, n};
}

static void put(size_t at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		volume[at + i] = (uint8_t)(value >> 8 * i);
}

static void put_big(size_t at, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		volume[at + i] = (uint8_t)(value >> 8 * (n - 1 - i));
}

static void puts_at(size_t at, const char *text)
{
	memcpy(volume + at, text, strlen(text));
}

/* Bytes that nothing tells from random ones, the same each time. */
static void put_noise(size_t at, size_t n)
{
	uint64_t x = UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		volume[at + i] =
		    (uint8_t)(x * UINT64_C(0x2545f4914f6cdd1d) >> 56);
	}
}

/* ---- files ---- */

static bool find_file(const char *name, struct cage_blind *ret)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		fail_msg("%s was not made", name);
	const struct box_blind_bytes file = {
	    read_fd, &fd, 0, (uint64_t)lseek(fd, 0, SEEK_END)};
	const bool is_found = box_blind_file(&file, ret);

	(void)close(fd);
	return is_found;
}

/* One line a file. */
static const char by_programs[] =
    "for i in 1 2 3 4 5 6; do head -c 3000 /dev/urandom >f$i; done\n"
    "echo text >t; head -c 400000 /dev/urandom | base64 >big\n"
    "truncate -s 20M luks1; truncate -s 20M luks2\n"
    "for i in 1 2; do printf pw | cryptsetup luksFormat -q --type luks$i"
    " --pbkdf pbkdf2 --pbkdf-force-iterations 1000 luks$i -; done\n"
    "7z a -psecret s.7z t >/dev/null; 7z a -psecret many.7z f? >/dev/null\n"
    "7z a -psecret -mhe=on names.7z t >/dev/null\n"
    "7z a plain.7z t f? >/dev/null\n"
    "zip -q -P x old.zip t; zip -q plain.zip t f1\n"
    "cp plain.zip mixed.zip; zip -q -P x mixed.zip f2\n"
    "7z a -tzip -psecret -mem=AES256 aes.zip t >/dev/null\n"
    "head -c 100 old.zip >cut.zip\n"
    "qpdf --empty --encrypt u o 256 -- table.pdf\n"
    "qpdf --empty --object-streams=generate --encrypt u o 256 -- stream.pdf\n"
    "qpdf --empty plain.pdf\n"
    "(cat plain.pdf; echo '% << /Encrypt 5 0 R >>') >comment.pdf\n"
    "openssl enc -aes-256-cbc -pbkdf2 -pass pass:x -in f1 -out salted\n"
    "age-keygen 2>/dev/null >k; age -r \"$(age-keygen -y k)\" -o a.age f1\n"
    "age -a -r \"$(age-keygen -y k)\" -o a.asc f1\n"
    "head -c 1048576 /dev/urandom >container\n"
    "head -c 1048575 /dev/urandom >odd\n"
    "xz -k -0 -c big >big.xz; gzip -c big >big.gz; truncate -s %512 big.gz\n"
    "printf 'application/vnd.oasis.opendocument.text' >mimetype\n"
    "mkdir META-INF\n"
    "echo '<manifest:file-entry/>' >META-INF/manifest.xml\n"
    "zip -q -0 plain.odt mimetype; zip -q plain.odt META-INF/manifest.xml t\n"
    "echo '<manifest:encryption-data manifest:checksum=\"\"/>'"
    " >META-INF/manifest.xml\n"
    "zip -q -0 secret.odt mimetype; zip -q secret.odt META-INF/manifest.xml\n"
    "printf 'LUKS\\272\\276\\0\\1and some text' >magic\n"
    "(printf 'Rar!\\032\\007\\001\\000'; cat f1) >rar\n"
    "(printf '7z\\274\\257\\047\\034'; cat f1) >seven\n"
    "(printf '\\320\\317\\021\\340\\241\\261\\032\\341'; cat f1) >compound\n"
    "(printf -- '-----BEGIN PGP MESSAGE-----\\n\\nhello world\\n') >armour\n";

static const struct {
	const char *file, *name, *says; /* name NULL: a decoy */
} files[] = {
    {"luks1", "LUKS1", "1 key slots"},
    {"luks2", "LUKS2", "data begin at byte 16777216"},
    {"s.7z", "7z", "the names in it are not"},
    {"many.7z", "7z", "the names in it are not"},
    {"names.7z", "7z", "with the names in it"},
    {"old.zip", "zip", "1 of 1 entries encrypted (traditional)"},
    {"mixed.zip", "zip", "1 of 3 entries encrypted (traditional)"},
    {"aes.zip", "zip", "1 of 1 entries encrypted (AES)"},
    {"cut.zip", "zip", "whose end is missing"},
    {"table.pdf", "PDF", "encrypted"},
    {"stream.pdf", "PDF", "encrypted"},
    {"salted", "openssl", "openssl"},
    {"a.age", "age", "age"},
    {"a.asc", "age", "age"},
    {"secret.odt", "OpenDocument", "password"},
    {"container", "random", "looks like"},
    {"plain.7z", NULL, NULL},
    {"plain.zip", NULL, NULL},
    {"plain.pdf", NULL, NULL},
    {"comment.pdf", NULL, NULL},
    {"plain.odt", NULL, NULL},
    {"odd", NULL, NULL},
    {"big", NULL, NULL},
    {"big.xz", NULL, NULL},
    {"big.gz", NULL, NULL},
    {"magic", NULL, NULL},
    {"rar", NULL, NULL},
    {"seven", NULL, NULL},
    {"compound", NULL, NULL},
    {"armour", NULL, NULL},
    {"f1", NULL, NULL},
    {"t", NULL, NULL},
};

static void files_of_programs_are_told_from_decoys(void **state)
{
	size_t right = 0, wrong = 0, missed = 0;

	(void)state;
	assert_int_equal(run(by_programs), 0);
	for (size_t i = 0; i < COUNT(files); i++) {
		struct cage_blind b = {0};
		const bool is_found = find_file(files[i].file, &b);

		if (is_found && files[i].name != NULL) {
			assert_string_equal(b.name, files[i].name);
			if (strstr(b.what, files[i].says) == NULL)
				fail_msg("%s: %s", files[i].file, b.what);
			assert_int_equal(b.kind, CAGE_BLIND_FILE);
			assert_int_equal(
			    b.is_certain, strcmp(b.name, "random") != 0);
			right++;
		} else if (is_found) {
			print_message("# %s: %s\n", files[i].file, b.what);
			wrong++;
		} else if (files[i].name != NULL) {
			print_message("# %s is missed\n", files[i].file);
			missed++;
		}
	}
	print_message("# files: precision %zu/%zu, recall %zu/%zu\n", right,
	    right + wrong, right, right + missed);
	assert_int_equal(wrong + missed, 0);
}

static bool find_made(size_t n, struct cage_blind *ret)
{
	const struct box_blind_bytes file = bytes_of(volume, n);

	return box_blind_file(&file, ret);
}

static uint32_t crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static size_t put_rar4(size_t at, uint8_t type, uint16_t flags, uint16_t size)
{
	volume[at + 2] = type;
	put(at + 3, flags, 2);
	put(at + 5, size, 2);
	put(at, crc32(volume + at + 2, size - 2u) & 0xffff, 2);
	return at + size;
}

static void rar_says_what_is_encrypted(void **state)
{
	static const uint8_t plain[] = {6, 2, 0, 1, 2, 3, 4};
	static const uint8_t secret[] = {8, 2, 1, 4, 0, 3, 1, 0, 0};
	static const uint8_t hidden[] = {4, 4, 0, 0, 0};
	struct cage_blind b;

	(void)state;
	memcpy(volume, "Rar!\x1a\x07\x00", 7);
	size_t at = put_rar4(7, 0x73, 0, 13);

	(void)put_rar4(at, 0x74, 0, 32);
	assert_false(find_made(4096, &b));
	(void)put_rar4(at, 0x74, 4, 32);
	assert_true(find_made(4096, &b));
	assert_non_null(strstr(b.what, "1 of 1 entries"));
	volume[at + 4] ^= 0x10; /* its checksum is wrong now */
	assert_false(find_made(4096, &b));
	(void)put_rar4(7, 0x73, 0x80, 13);
	assert_true(find_made(4096, &b));
	assert_non_null(strstr(b.what, "with the names"));

	(void)wipe(NULL);
	memcpy(volume, "Rar!\x1a\x07\x01\x00", 8);
	memcpy(volume + 12, plain, sizeof(plain));
	put(8, crc32(volume + 12, 7), 4);
	assert_false(find_made(4096, &b));
	memcpy(volume + 12, secret, sizeof(secret));
	put(8, crc32(volume + 12, 9), 4);
	assert_true(find_made(4096, &b));
	memcpy(volume + 12, hidden, sizeof(hidden));
	put(8, crc32(volume + 12, 5), 4);
	assert_true(find_made(4096, &b));
	assert_string_equal(b.name, "rar");
}

static void put_entry(
    size_t at, const char *name, uint8_t type, uint32_t sector, uint32_t n)
{
	for (size_t i = 0; name[i] != '\0'; i++)
		volume[at + 2 * i] = (uint8_t)name[i];
	put(at + 64, 2 * (strlen(name) + 1), 2);
	volume[at + 66] = type;
	put(at + 116, sector, 4);
	put(at + 120, n, 4);
}

/* Sector 0 has the table, 1 the directory, 2 the small streams, 3 on others. */
static void put_compound(void)
{
	(void)wipe(NULL);
	memcpy(volume, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
	put(30, 9, 2);
	put(48, 1, 4);
	memset(volume + 76, 0xff, 436);
	put(76, 0, 4);
	memset(volume + 512, 0xff, 512);
	put_entry(1024, "Root Entry", 5, 2, 512);
}

static void office_says_what_is_encrypted(void **state)
{
	struct cage_blind b;

	(void)state;
	put_compound();
	put_entry(1152, "EncryptionInfo", 2, 3, 4096);
	assert_false(find_made(16384, &b));
	put_entry(1280, "EncryptedPackage", 2, 3, 4096);
	assert_true(find_made(16384, &b));
	assert_string_equal(b.name, "Office");
	assert_non_null(strstr(b.what, "OOXML"));

	put_compound();
	put_entry(1152, "WordDocument", 2, 3, 4096);
	put(2048, 0xa5ec, 2);
	assert_false(find_made(16384, &b));
	volume[2048 + 11] = 1;
	assert_true(find_made(16384, &b));
	assert_non_null(strstr(b.what, "Word"));

	/* Of a small workbook, the second small sector. */
	put_compound();
	put_entry(1152, "Workbook", 2, 1, 400);
	put(1536 + 64, 0x0809, 2);
	put(1536 + 66, 16, 2);
	put(1536 + 84, 0x0042, 2);
	assert_false(find_made(16384, &b));
	put(1536 + 84, 0x002f, 2);
	assert_true(find_made(16384, &b));
	assert_non_null(strstr(b.what, "Excel"));

	put_compound();
	put_entry(1152, "Current User", 2, 0, 64);
	put(1536 + 2, 0x0ff6, 2);
	put(1536 + 12, 0xe391c05f, 4);
	assert_false(find_made(16384, &b));
	put(1536 + 12, 0xf3d1c4df, 4);
	assert_true(find_made(16384, &b));
	assert_non_null(strstr(b.what, "PowerPoint"));
}

static void first_bytes_say_it_with_what_follows(void **state)
{
	/* A session key with a password, then what it encrypts; with a public
	 * key; a signature; what is only packed. */
	static const uint8_t secret[] = {0x8c, 4, 4, 9, 3, 8, 0xd2, 5, 1};
	static const uint8_t to_key[] = {0x84, 3, 3, 1, 1, 0xd2, 5, 1, 0};
	static const uint8_t signature[] = {0x88, 4, 4, 0, 1, 1, 0xd2, 5, 1};
	static const uint8_t packed[] = {0xa3, 1, 5, 5, 5, 5, 5, 5, 5};
	struct cage_blind b;

	(void)state;
	memcpy(volume, secret, sizeof(secret));
	assert_true(find_made(64, &b));
	assert_string_equal(b.name, "OpenPGP");
	memcpy(volume, to_key, sizeof(to_key));
	assert_true(find_made(64, &b));
	memcpy(volume, signature, sizeof(signature));
	assert_false(find_made(64, &b));
	memcpy(volume, packed, sizeof(packed));
	assert_false(find_made(64, &b));
	puts_at(0, "-----BEGIN PGP MESSAGE-----\n\njA0ECQMC0000\n");
	assert_true(find_made(64, &b));
	(void)wipe(NULL);
	put(0, 0x9aa2d903, 4);
	put(4, 0xb54bfb67, 4);
	assert_false(find_made(64, &b)); /* of no version */
	put(10, 4, 2);
	assert_true(find_made(64, &b));
	assert_string_equal(b.name, "KeePass");
	(void)wipe(NULL);
	puts_at(0, "encrcdsa");
	assert_false(find_made(64, &b));
	put_big(8, 2, 4);
	assert_true(find_made(64, &b));
	assert_string_equal(b.name, "dmg");
	(void)wipe(NULL);
	put_big(8, 0x12345678, 4);
	assert_false(find_made(8192, &b));
	put_big(12, 0x12345678 ^ 0x3c81b7f5, 4);
	assert_true(find_made(8192, &b));
	assert_string_equal(b.name, "eCryptfs");
}

/* ---- volumes ---- */

static bool find_volume(box_blind_probe *probe, struct cage_blind *ret)
{
	const struct box_blind_bytes v = bytes_of(volume, VOLUME);

	return probe(&v, ret);
}

static const uint8_t guid[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a,
    0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};

/* At 64 KiB: a master key of that protection, with a key inside or without. */
static void put_bitlocker(unsigned now, unsigned next, unsigned protection)
{
	const size_t at = 65536, set = at + 64, key = set + 48;

	(void)wipe(NULL);
	puts_at(3, "-FVE-FS-");
	put(11, 512, 2);
	volume[13] = 8;
	put(56, at / 4096, 8);
	memcpy(volume + 160, guid, 16);
	put(176, at, 8);
	put(510, 0xaa55, 2);
	puts_at(at, "-FVE-FS-");
	put(at + 10, 2, 2);
	put(at + 12, now, 2);
	put(at + 14, next, 2);
	put(set, 48 + 80, 4);
	put(set + 8, 48, 4);
	put(key, 80, 2);
	put(key + 2, 2, 2);
	put(key + 4, 8, 2);
	put(key + 8 + 26, protection, 2);
	put(key + 36, 44, 2);
	put(key + 36 + 4, 1, 2);
}

static void bitlocker_has_states(void **state)
{
	struct cage_blind b;

	(void)state;
	put_bitlocker(4, 4, 0x100);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_non_null(strstr(b.what, "encrypted; opened by the computer's"));
	assert_false(b.is_open);
	put_bitlocker(4, 4, 0);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_true(b.is_open && b.is_certain);
	/* A clear key that is not there opens nothing. */
	put(65536 + 64 + 48 + 40, 5, 2);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_false(b.is_open);
	put_bitlocker(2, 1, 0x2000);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_non_null(strstr(b.what, "being decrypted"));
	put_bitlocker(2, 4, 0x800);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_non_null(strstr(b.what, "being encrypted"));
	/* Metadata that were left behind. */
	puts_at(3, "NTFS    ");
	assert_false(find_volume(box_blind_bitlocker, &b));
	/* Vista's, which says where one copy is. */
	put_bitlocker(4, 4, 0x200);
	memset(volume + 160, 0, 32);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_string_equal(b.name, "BitLocker (Vista)");
	assert_true(b.is_certain);
	/* To Go looks like FAT. */
	put_bitlocker(4, 4, 0x2000);
	puts_at(3, "MSWIN4.1");
	memcpy(volume + 424, guid, 16);
	put(440, 65536, 8);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_string_equal(b.name, "BitLocker To Go");
	memset(volume + 424, 0, 16);
	assert_false(find_volume(box_blind_bitlocker, &b));
	/* Nothing but a boot sector. */
	put_bitlocker(4, 4, 0x2000);
	memset(volume + 65536, 0, 4096);
	assert_true(find_volume(box_blind_bitlocker, &b));
	assert_non_null(strstr(b.what, "no key opens it"));
}

static void sum_block(size_t at)
{
	const uint64_t mod = UINT32_MAX;
	uint64_t one = 0, two = 0;

	for (size_t i = at + 8; i < at + 4096; i += 4) {
		one = (one + box_blind_le32(volume + i)) % mod;
		two = (two + one) % mod;
	}
	const uint64_t low = mod - (one + two) % mod;

	put(at, low, 4);
	put(at + 4, mod - (one + low) % mod, 4);
}

/* A container, its map, the map's one leaf, and two volumes. */
static void put_apfs(uint64_t flags)
{
	(void)wipe(NULL);
	puts_at(32, "NXSB");
	put(36, 4096, 4);
	put(160, 1, 8);
	put(184, 1026, 8);
	put(192, 1027, 8);
	put(4096 + 48, 2, 8);
	put(8192 + 32, 7, 2);
	put(8192 + 36, 2, 4);
	put(8192 + 42, 8, 2);
	for (unsigned i = 0; i < 2; i++) {
		const size_t key = 8192 + 64 + 16 * i;
		const size_t value = 8192 + 4096 - 40 - 16 * (i + 1);

		put(8192 + 56 + 4 * i, 16 * i, 2);
		put(8192 + 58 + 4 * i, 16 * (i + 1), 2);
		put(key, 1026 + i, 8);
		put(key + 8, 1, 8);
		put(value + 8, 3 + i, 8);
		puts_at(12288 + 4096 * i + 32, "APSB");
	}
	put(12288 + 264, flags, 8);
	put(16384 + 264, 1, 8);
	for (size_t at = 0; at <= 16384; at += 4096)
		sum_block(at);
}

static void apfs_volumes_say_whether_they_are_encrypted(void **state)
{
	struct cage_blind b;

	(void)state;
	put_apfs(8);
	assert_true(find_volume(box_blind_apple, &b));
	assert_string_equal(b.name, "FileVault (APFS)");
	assert_int_equal(b.kind, CAGE_BLIND_VOLUME);
	assert_non_null(strstr(b.what, "1 volumes encrypted, 1 not"));
	put_apfs(1);
	assert_true(find_volume(box_blind_apple, &b));
	assert_int_equal(b.kind, CAGE_BLIND_SYSTEM);
	assert_non_null(strstr(b.what, "(2), 0 unknown"));
	volume[12288 + 300] ^= 1;
	assert_true(find_volume(box_blind_apple, &b));
	assert_non_null(strstr(b.what, "(1), 1 unknown"));
	volume[300] ^= 1;
	assert_false(find_volume(box_blind_apple, &b));
}

/* A signature alone, and with what must be there besides. */
static void systems_are_called_by_their_names(void **state)
{
	static const struct {
		const char *name, *magic;
		size_t n, at;
		struct {
			size_t at;
			uint64_t value;
			size_t n;
		} with[3];
	} all[] = {
	    {"xfs", "XFSB", 4, 0, {{6, 0x10, 1}, {102, 2, 1}}},
	    {"btrfs", "_BHRfS_M", 8, 65600,
		{{65536 + 48, 65536, 8}, {65536 + 144, 4096, 4}}},
	    {"f2fs", "\x10\x20\xf5\xf2", 4, 1024,
		{{1032, 9, 4}, {1040, 12, 4}}},
	    {"jfs", "JFS1", 4, 32768, {{32772, 1, 4}, {32784, 4096, 4}}},
	    {"reiserfs", "ReIsErFs", 8, 65588, {{65580, 4096, 2}}},
	    {"reiserfs", "ReIsEr2Fs", 9, 65588, {{65580, 4096, 2}}},
	    {"reiserfs", "ReIsEr3Fs", 9, 65588, {{65580, 4096, 2}}},
	    {"reiser4", "ReIsEr4", 7, 65536, {{65554, 4096, 2}}},
	    {"ReFS", "ReFS\0\0\0\0", 8, 3, {{16, 0x53525346, 4}}},
	    {"squashfs", "hsqs", 4, 0, {{28, 4, 2}, {40, 4096, 8}}},
	    {"erofs", "\xe2\xe1\xf5\xe0", 4, 1024, {{1036, 12, 1}}},
	    {"HFS", "BD", 2, 1024, {{1042, 1, 2}, {1044, 0x00020000, 4}}},
	    {"UDF", "BEA01", 5, 32769, {{34817, 0x3052534e, 4}}},
	    {"swap", "SWAPSPACE2", 10, 4086, {{1024, 1, 4}}},
	    {"swap", "SWAPSPACE2", 10, 65526, {{1024, 1, 4}}},
	    {"LVM2", "LABELONE", 8, 512,
		{{536, 0x20324d564c, 8}, {541, 0x313030, 3}}},
	    {"mdraid", "\xfc\x4e\x2b\xa9", 4, 0, {{4, 1, 4}}},
	    {"mdraid", "\xfc\x4e\x2b\xa9", 4, 4096,
		{{4100, 1, 4}, {4096 + 144, 8, 8}}},
	    {"mdraid", "\xfc\x4e\x2b\xa9", 4, VOLUME - 8192,
		{{VOLUME - 8188, 1, 4},
		    {VOLUME - 8192 + 144, (VOLUME - 8192) / 512, 8}}},
	    {"mdraid", "\xfc\x4e\x2b\xa9", 4, VOLUME - 65536,
		{{VOLUME - 65528, 90, 4}}},
	    {"zfs", "\x0c\xb1\xba\0\0\0\0\0\5\0\0\0\0\0\0\0", 16, 131072,
		{{132096, 0x00bab10c, 8}, {133120, 0x00bab10c, 8},
		    {134144, 0x00bab10c, 8}}},
	};
	struct cage_blind b;

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		(void)wipe(NULL);
		memcpy(volume + all[i].at, all[i].magic, all[i].n);
		if (find_volume(box_blind_system, &b))
			fail_msg("%s is known by four bytes", all[i].name);
		for (size_t k = 0; k < 3; k++)
			put(all[i].with[k].at, all[i].with[k].value,
			    all[i].with[k].n);
		for (size_t at = 132096; all[i].name[0] == 'z' && at < 135168;
		     at += 1024)
			put(at + 8, 5, 8);
		if (!find_volume(box_blind_system, &b))
			fail_msg("%s is not known", all[i].name);
		assert_string_equal(b.name, all[i].name);
		assert_int_equal(b.kind, CAGE_BLIND_SYSTEM);
	}
}

/* ---- looks ---- */

static size_t look(struct cage_blind_look *ret_looks)
{
	const struct box_blind_bytes image = bytes_of(volume, VOLUME);
	const struct cage_wire_request request = {
	    .kind = CAGE_WIRE_LOOK, .at = 0, .n = VOLUME};
	struct cage_wire_answer answer = {.count = 0};
	uint8_t *shared = calloc(1, CAGE_WIRE_SHARED);

	assert_non_null(shared);
	box_blind_look(&image, &request, shared, &answer);
	assert_int_equal(cage_blind_take_looks(ret_looks, 0, VOLUME,
			     shared + CAGE_WIRE_TABLE_AT, answer.count, NULL),
	    0);
	free(shared);
	return answer.count;
}

static void is_look(const struct cage_blind_look *l,
    enum cage_blind_looks looks, uint64_t at, uint64_t length)
{
	assert_int_equal(l->looks, looks);
	assert_int_equal(l->at, at);
	assert_int_equal(l->length, length);
}

static void wiped_and_random_are_told_from_data(void **state)
{
	static struct cage_blind_look l[CAGE_BLIND_LOOKS_MAX];

	(void)state;
	memset(volume + 262144, 0xff, 131072);
	for (size_t i = 393216; i < 524288; i++)
		volume[i] = (uint8_t)(i % 512 * 7);
	for (size_t i = 524288; i < 655360; i++)
		volume[i] = (uint8_t)("some words "[i % 11] + i / 4096 % 3);
	put_noise(655360, VOLUME - 655360);
	assert_int_equal(look(l), 4);
	is_look(&l[0], CAGE_BLIND_ZEROS, 0, 262144);
	is_look(&l[1], CAGE_BLIND_FILLED, 262144, 131072);
	assert_int_equal(l[1].byte, 0xff);
	is_look(&l[2], CAGE_BLIND_PATTERN, 393216, 131072);
	is_look(&l[3], CAGE_BLIND_RANDOM, 655360, VOLUME - 655360);
	/* The same bytes behind the header of packed data. */
	memcpy(volume + 655360,
	    "\xfd"
	    "7zXZ",
	    6);
	assert_int_equal(look(l), 4);
	assert_int_equal(l[3].looks, CAGE_BLIND_PACKED);
	/* Bytes that are nearly random: one of 16 is even. */
	for (size_t i = 655361; i < VOLUME; i += 16)
		volume[i] &= 0xfe;
	volume[655360] = 1;
	assert_int_equal(look(l), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(
		files_of_programs_are_told_from_decoys, wipe),
	    cmocka_unit_test_setup(rar_says_what_is_encrypted, wipe),
	    cmocka_unit_test_setup(office_says_what_is_encrypted, wipe),
	    cmocka_unit_test_setup(first_bytes_say_it_with_what_follows, wipe),
	    cmocka_unit_test_setup(bitlocker_has_states, wipe),
	    cmocka_unit_test_setup(
		apfs_volumes_say_whether_they_are_encrypted, wipe),
	    cmocka_unit_test_setup(systems_are_called_by_their_names, wipe),
	    cmocka_unit_test_setup(wiped_and_random_are_told_from_data, wipe),
	};

	return cmocka_run_group_tests(tests, make, clean);
}

/*
 * Logs of other imagers, written here in their layouts: what is taken out of
 * them, and what is not.
 */
#include "media_log.h"

#include "buf.h"
#include "when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MD5 "00112233445566778899aabbccddeeff"
#define MD5_B "ff112233445566778899aabbccddeeff"
#define SHA1 "00112233445566778899aabbccddeeff00112233"
#define SHA256 MD5 MD5

static const char ftk[] =
    "Created By AccessData\xC2\xAE FTK\xC2\xAE Imager 4.5.0.3\r\n\r\n"
    "Case Information:\r\nAcquired using: ADI4.5.0.3\r\nCase Number: 7\r\n"
    "Evidence Number: 2\r\nUnique description: a drive\r\n"
    "Examiner: A. Person\r\nNotes:\r\n\r\n"
    "--------------------------------------------------------------\r\n\r\n"
    "Information for E:\\images\\two:\r\n\r\n"
    "Physical Evidentiary Item (Source) Information:\r\n[Device Info]\r\n"
    " Source Type: Physical\r\n[Drive Geometry]\r\n Cylinders: 6,527\r\n"
    " Tracks per Cylinder: 255\r\n Sectors per Track: 63\r\n"
    " Bytes per Sector: 512\r\n Sector Count: 104,857,600\r\n"
    "[Physical Drive Information]\r\n Drive Model: QUANTUM X\r\n"
    " Drive Serial Number: Q-77\r\n Drive Interface Type: IDE\r\n"
    " Removable drive: False\r\n Source data size: 51200 MB\r\n"
    " Sector count:    104857600\r\n"
    "ATTENTION:\r\nThe following sector(s) on the source drive could not be "
    "read:\r\n\t300 through 307\r\n\t12\r\nThe contents of these sectors were "
    "replaced with zeros in the image.\r\n"
    "[Computed Hashes]\r\n MD5 checksum:    " MD5 "\r\n"
    " SHA1 checksum:   " SHA1 "\r\n\r\nImage Information:\r\n"
    " Acquisition started:   Sat Nov 19 20:20:36 2022\r\n"
    " Acquisition finished:  Sat Nov 19 21:01:18 2022\r\n"
    " Segment list:\r\n  E:\\images\\two.E01\r\n  E:\\images\\two.E02\r\n\r\n"
    "Image Verification Results:\r\n"
    " Verification started:  Sat Nov 19 21:01:20 2022\r\n"
    " MD5 checksum:    " MD5 " : verified\r\n"
    " SHA1 checksum:   " SHA1 " : verified\r\n";

#define GUYMAGER_TOP                                                           \
	"\nGUYMAGER ACQUISITION INFO FILE\n"                                   \
	"==============================\n\nGuymager\n========\n\n"             \
	"Version              : 0.8.13-2           \n"                         \
	"Compiled with        : gcc 12.2.0         \n"                         \
	"libguytools version  : 2.1.0              \n\n\n"                     \
	"Device information\n==================\n"                             \
	"Command executed: bash -c \"smartctl -a /dev/sdc\"\n"                 \
	"Information returned:\n-----\n"                                       \
	"   Device Model:     WD Blue\n   Serial Number:    WD-77\n"           \
	"   Serial number: another\n\nHidden areas: unknown\n\n\n"             \
	"Acquisition\n===========\n\n"                                         \
	"Linux device            : /dev/sdc             \n"                    \
	"Device size             : 54083584 (54.1MB)    \n"                    \
	"   Examiner             : A. Person            \n"

#define GUYMAGER_END                                                           \
	"\nMD5 hash                   : " MD5 "\n"                             \
	"MD5 hash verified source   : --\n"                                    \
	"MD5 hash verified image    : " MD5 "\n"                               \
	"SHA1 hash                  : --\n"                                    \
	"SHA256 hash                : " SHA256 "\n\n"                          \
	"Acquisition started : 2017-01-09 11:50:17 (ISO format)\n"             \
	"Ended               : 2017-01-09 11:53:38 (0 hours)\n\n\n"            \
	"Generated image files and their MD5 hashes\n=======\n\n"              \
	"MD5                               Image file\n"                       \
	"n/a                               e.E01\n"                            \
	"n/a                               e.E02\n"

static const char guymager[] = GUYMAGER_TOP
    "\nDuring acquisition, 9 bad sectors have been encountered. They have "
    "been replaced by zeroed sectors. The sector numbers are:\n"
    "   300-303, 12,\n   7-10\n"
    "During verification, 9 bad sectors have been encountered. The sector "
    "numbers are:\n   1-9\n"
    "State: Finished successfully (with 9 bad sectors)\n" GUYMAGER_END;

static const char dc3dd[] =
    "\ndc3dd 7.2.646 started at 2026-01-12 10:00:00 -0500\n"
    "compiled options:\ncommand line: dc3dd if=/dev/sdb log=l\n"
    "device size: 6911 sectors (probed),        3,538,432 bytes\n"
    "sector size: 512 bytes (probed)\n"
    "[!!] 2 occurrences while reading `/dev/sdb' from sector 100 to sector "
    "101 : Input/output error\n"
    "[!!] reading `/dev/sdb' at sector 2000 : Input/output error\n"
    "     3538890 bytes ( 3.4 M ) copied ( 100% ), 0.7 s, 4.7 M/s\n\n"
    "input results for device `/dev/sdb':\n   6911 sectors + 458 bytes in\n"
    "   3 bad sectors replaced by zeros\n   " MD5 " (md5)\n"
    "      " MD5_B ", sectors 0 - 2047\n   " SHA1 " (sha1)\n\n"
    "output results for file `d.raw':\n   6911 sectors out\n"
    "   [ok] " MD5 " (md5)\n\n"
    "dc3dd completed at 2026-01-12 10:05:00 -0500\n\n";

static const char ewf_screen[] =
    "ewfacquire 20140813\n\nDevice information:\nBus type:\t\t\t\tUSB\n"
    "Vendor:\t\t\t\t\tX\nModel:\t\t\t\t\tStick\nSerial:\t\t\t\t\tS-9\n\n"
    "Storage media information:\nType:\t\t\t\t\tDevice\n"
    "Media size:\t\t\t\t3.5 MB (3538432 bytes)\n"
    "Bytes per sector:\t\t\t512\n\n"
    "Acquiry started at: Dec 01, 2026 11:18:05\nThis could take a while.\n\n"
    "Acquiry completed at: Dec 01, 2026 11:18:06\n\n"
    "Errors reading device:\n\ttotal number: 2\n"
    "\tat sector(s): 64 - 128 number: 64 (offset: 0x00008000 of size: 32768)\n"
    "\tat sector(s): 1984 - 2048 number: 64\n\n"
    "MD5 hash calculated over data:\t\t" MD5 "\n"
    "SHA256 hash calculated over data:\t" SHA256 "\n"
    "ewfacquire: SUCCESS\n";

static const char ewf_file[] =
    "Errors reading device:\n\ttotal number: 1\n"
    "\tat sector(s): 64 - 65 number: 1 (offset: 0x00008000 of size: 512)\n\n"
    "MD5 hash calculated over data:\t\t" MD5_B "\n"
    "SHA1 hash calculated over data:\t\t" SHA1 "\n"
    "MD5 hash calculated over data:\t\t" MD5 "\n";

static struct media_log parse(struct slice text)
{
	struct media_log log;
	struct err err = {0};

	if (media_log_parse(&log, text, &err) != 0)
		fail_msg("%s", err.message);
	return log;
}

static int refuse(const char *text, const char *words)
{
	struct media_log log;
	struct err err = {0};
	int rc = media_log_parse(&log, slice_of(text), &err);

	if (rc == 0 || strstr(err.message, words) == NULL)
		fail_msg("%d: %s", rc, err.message);
	return rc;
}

static void check_time(
    const struct media_log_time *t, const char *spelled, bool has_zone)
{
	char text[WHEN_SIZE];

	assert_true(t->is_said);
	assert_int_equal(t->has_zone, has_zone);
	when_to_time(text, t->when);
	assert_string_equal(text, spelled);
}

static void check_hash(
    const struct media_log *log, enum media_hash_kind kind, const char *hex)
{
	char is[MEDIA_HASH_HEX_SIZE];

	assert_int_equal(log->hashes.of[kind].is_there, hex != NULL);
	if (hex == NULL)
		return;
	media_hash_hex(is, kind, &log->hashes.of[kind]);
	assert_string_equal(is, hex);
}

static void check_range(
    const struct media_log *log, size_t i, uint64_t at, uint64_t length)
{
	assert_true(i < log->bad.n);
	assert_int_equal(log->bad.of[i].at, at);
	assert_int_equal(log->bad.of[i].length, length);
}

static void check_ftk(const struct media_log *log)
{
	assert_int_equal(log->kind, MEDIA_LOG_FTK);
	assert_string_equal(log->examiner, "A. Person");
	assert_string_equal(log->model, "QUANTUM X");
	assert_string_equal(log->serial, "Q-77");
	assert_int_equal(log->length, UINT64_C(104857600) * 512);
	assert_true(log->is_sector_said);
	check_hash(log, MEDIA_HASH_MD5, MD5);
	check_hash(log, MEDIA_HASH_SHA1, SHA1);
	check_hash(log, MEDIA_HASH_SHA256, NULL);
	check_time(&log->started, "2022-11-19T20:20:36Z", false);
	check_time(&log->finished, "2022-11-19T21:01:18Z", false);
	assert_int_equal(log->files, 2);
	assert_int_equal(log->bad.n, 2);
	check_range(log, 0, 12 * 512, 512);
	check_range(log, 1, 300 * 512, 8 * 512);
	assert_false(log->is_failed || log->is_read_otherwise);
}

static void test_ftk(void **state)
{
	struct media_log log = parse(slice_of(ftk));

	(void)state;
	assert_string_equal(
	    log.tool, "AccessData\xC2\xAE FTK\xC2\xAE Imager 4.5.0.3");
	check_ftk(&log);
	media_log_done(&log);
}

/* As Windows writes: two bytes a character, or one with an old (R). */
static void test_encodings(void **state)
{
	struct buf wide, old;

	(void)state;
	buf_init(&wide, 1 << 20);
	buf_init(&old, 1 << 20);
	buf_put(&wide, "\xFF\xFE", 2);
	for (const char *p = ftk; *p != '\0'; p++) {
		bool is_sign = *p == '\xC2';

		p += is_sign;
		buf_putc(&old, *p);
		buf_putc(&wide, *p);
		buf_putc(&wide, '\0');
	}
	struct media_log log = parse(buf_slice(&wide));
	assert_string_equal(
	    log.tool, "AccessData\xC2\xAE FTK\xC2\xAE Imager 4.5.0.3");
	check_ftk(&log);
	media_log_done(&log);
	log = parse(buf_slice(&old));
	assert_string_equal(log.tool, "AccessData FTK Imager 4.5.0.3");
	check_ftk(&log);
	media_log_done(&log);
	wide.n--; /* half a character at the end */
	log = parse(buf_slice(&wide));
	media_log_done(&log);
	buf_done(&wide);
	buf_done(&old);
}

static void test_guymager(void **state)
{
	struct media_log log = parse(slice_of(guymager));

	(void)state;
	assert_int_equal(log.kind, MEDIA_LOG_GUYMAGER);
	assert_string_equal(log.tool, "Guymager 0.8.13-2");
	assert_string_equal(log.serial, "WD-77");
	assert_string_equal(log.model, "WD Blue");
	assert_string_equal(log.examiner, "A. Person");
	assert_int_equal(log.length, 54083584);
	assert_false(log.is_sector_said);
	check_hash(&log, MEDIA_HASH_MD5, MD5);
	check_hash(&log, MEDIA_HASH_SHA1, NULL);
	check_hash(&log, MEDIA_HASH_SHA256, SHA256);
	check_time(&log.started, "2017-01-09T11:50:17Z", false);
	check_time(&log.finished, "2017-01-09T11:53:38Z", false);
	assert_int_equal(log.files, 2);
	assert_true(log.has_bad_count);
	assert_int_equal(log.bad_sectors, 9);
	assert_int_equal(log.bad.n, 3);
	check_range(&log, 0, 7 * 512, 4 * 512);
	check_range(&log, 1, 12 * 512, 512);
	check_range(&log, 2, 300 * 512, 4 * 512);
	media_log_done(&log);
	log = parse(slice_of(GUYMAGER_TOP "State: Aborted by user\n"));
	assert_true(log.is_failed);
	media_log_done(&log);
	log = parse(slice_of(
	    GUYMAGER_TOP "State: Finished successfully\nMD5 hash : " MD5
			 "\nMD5 hash verified source : " MD5_B "\n"));
	assert_true(log.is_read_otherwise);
	check_hash(&log, MEDIA_HASH_MD5, MD5);
	media_log_done(&log);
}

static void test_dc3dd(void **state)
{
	struct media_log log = parse(slice_of(dc3dd));
	struct buf twice;

	(void)state;
	assert_int_equal(log.kind, MEDIA_LOG_DC3DD);
	assert_string_equal(log.tool, "dc3dd 7.2.646");
	assert_int_equal(log.length, 3538890);
	assert_true(log.is_sector_said);
	check_hash(&log, MEDIA_HASH_MD5, MD5);
	check_hash(&log, MEDIA_HASH_SHA1, SHA1);
	check_time(&log.started, "2026-01-12T15:00:00Z", true);
	check_time(&log.finished, "2026-01-12T15:05:00Z", true);
	assert_int_equal(log.bad_sectors, 3);
	assert_int_equal(log.bad.n, 2);
	check_range(&log, 0, 100 * 512, 2 * 512);
	check_range(&log, 1, 2000 * 512, 512);
	assert_false(log.is_failed || log.is_read_otherwise);
	media_log_done(&log);
	buf_init(&twice, 1 << 16);
	buf_puts(&twice, dc3dd);
	buf_puts(&twice,
	    "dc3dd 7.2.646 started at 2026-01-13 10:00:00 +0000\n"
	    "sector size: 4096 bytes (probed)\n"
	    "input results for device `/dev/sdb':\n   2 sectors in\n   " MD5_B
	    " (md5)\ndc3dd completed at 2026-01-13 10:00:01 +0000\n");
	log = parse(buf_slice(&twice));
	assert_int_equal(log.runs, 2);
	assert_int_equal(log.length, 8192);
	assert_int_equal(log.bad.n, 0);
	check_hash(&log, MEDIA_HASH_MD5, MD5_B);
	check_hash(&log, MEDIA_HASH_SHA1, NULL);
	media_log_done(&log);
	buf_puts(&twice,
	    "dc3dd 7.2.646 started at 2026-01-14 10:00:00 +0000\n"
	    "dc3dd failed at 2026-01-14 10:00:01 +0000\n");
	log = parse(buf_slice(&twice));
	assert_true(log.is_failed);
	media_log_done(&log);
	buf_done(&twice);
}

static void test_ewfacquire(void **state)
{
	struct media_log log = parse(slice_of(ewf_screen));

	(void)state;
	assert_int_equal(log.kind, MEDIA_LOG_EWFACQUIRE);
	assert_string_equal(log.tool, "ewfacquire 20140813");
	assert_string_equal(log.model, "Stick");
	assert_string_equal(log.serial, "S-9");
	assert_int_equal(log.length, 3538432);
	check_time(&log.started, "2026-12-01T11:18:05Z", false);
	check_time(&log.finished, "2026-12-01T11:18:06Z", false);
	check_hash(&log, MEDIA_HASH_MD5, MD5);
	check_hash(&log, MEDIA_HASH_SHA256, SHA256);
	assert_int_equal(log.bad.n, 2);
	check_range(&log, 0, 32768, 32768);
	check_range(&log, 1, 1984 * 512, 32768);
	media_log_done(&log);
	log = parse(slice_of(ewf_file));
	assert_string_equal(log.tool, "ewfacquire");
	assert_false(log.has_version || log.has_length || log.started.is_said);
	assert_int_equal(log.runs, 2); /* the last has no errors */
	assert_int_equal(log.bad.n, 0);
	check_hash(&log, MEDIA_HASH_MD5, MD5);
	check_hash(&log, MEDIA_HASH_SHA1, NULL);
	media_log_done(&log);
}

/* Every beginning of a log is refused or says no more than the whole. */
static void test_cut_off(void **state)
{
	const char *const whole[] = {ftk, guymager, dc3dd, ewf_screen};
	size_t refused = 0;

	(void)state;
	for (size_t k = 0; k < 4; k++)
		for (size_t n = 0; n < strlen(whole[k]); n++) {
			struct media_log log;
			struct slice part = {whole[k], n};

			if (media_log_parse(&log, part, NULL) != 0)
				refused++;
			else
				media_log_done(&log);
		}
	assert_true(refused > 3000);
	refuse("dc3dd 7.2.646 started at 2026-01-13 10:00:00 +0000\n",
	    "ends before the copy did");
	refuse("ewfacquire 20140813\nMD5 hash calculated over data: " MD5 "\n",
	    "ends before the copy did");
}

static void test_nonsense(void **state)
{
	(void)state;
	assert_int_equal(refuse("", "is no log of FTK Imager"), ERR_FORMAT);
	assert_int_equal(
	    refuse("hello\nworld", "is no log of FTK Imager"), ERR_FORMAT);
	refuse(GUYMAGER_TOP "During acquisition, 2 bad sectors have\n   9-3\n",
	    "from 9 to 3");
	refuse(GUYMAGER_TOP "During acquisition, 2 bad sectors have\n   9-x\n",
	    "in a way that is not known");
	refuse(GUYMAGER_TOP "During acquisition, 2 bad sectors have\n"
			    "   99999999999999999-99999999999999999\n"
			    "State: Finished successfully\n",
	    "where no medium goes");
	refuse("dc3dd 7 started at x\nsector size: 0 bytes\n"
	       "dc3dd completed at y\n",
	    "has no bytes");
	refuse("dc3dd 7 started at x\n 1024 bytes ( 1 K ) copied\n"
	       "input results\n 1 sectors in\ndc3dd completed at y\n",
	    "1024 bytes were copied, and that the medium has 512");
	refuse("dc3dd 7 started at x\ninput results\n"
	       " 18446744073709551615 sectors in\ndc3dd completed at y\n",
	    "sectors");
}

/* What may not stand in a record is left out, and long text is cut. */
static void test_texts(void **state)
{
	struct media_log log;
	struct buf text;

	(void)state;
	buf_init(&text, 1 << 16);
	buf_puts(&text, "ewfacquire 2014\x1b[31m\xE2\x80\xAE\xFFx\nSerial: ");
	for (int i = 0; i < 200; i++)
		buf_puts(&text, "\xC3\xA4");
	buf_puts(&text, "\newfacquire: FAILURE\n");
	log = parse(buf_slice(&text));
	assert_string_equal(log.tool, "ewfacquire 2014[31mx");
	assert_int_equal(strlen(log.serial), MEDIA_LOG_TEXT_SIZE - 2);
	assert_true(log.is_failed);
	media_log_done(&log);
	buf_done(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ftk),
	    cmocka_unit_test(test_encodings),
	    cmocka_unit_test(test_guymager),
	    cmocka_unit_test(test_dc3dd),
	    cmocka_unit_test(test_ewfacquire),
	    cmocka_unit_test(test_cut_off),
	    cmocka_unit_test(test_nonsense),
	    cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_drive.c: what drives say, played byte by byte: what is true is read,
 * what is rubbish is not known, and nothing is sent that could change a drive.
 */
#include "drive.h"

#include "../fault/played_drive.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* The drive under test, and what goes wrong on the way to it. */
struct play {
	struct played_drive drive;
	const char *bus;
	void (*spoil)(struct play *play, struct drive_exchange *x);
	size_t sent, identities;
	struct drive_facts facts;
};

static int send_played(void *cookie, int fd, struct drive_exchange *x)
{
	struct play *play = cookie;
	int status;

	assert_int_equal(fd, 7);
	assert_true(drive_is_allowed(x));
	play->sent++;
	if (x->is_nvme != (play->drive.kind == PLAYED_NVME))
		return ENOTTY;
	if (x->is_nvme) {
		status = played_drive_nvme(
		    &play->drive, x->opcode, x->nsid, x->cdw10, x->bytes, x->n);
		x->got = status == 0 ? x->n : 0;
	} else {
		status = played_drive_scsi(&play->drive, x->cdb, x->cdb_n,
		    x->bytes, x->n, &x->got, x->sense, &x->sense_n);
		play->identities += x->cdb[0] == 0x85 && x->cdb[14] == 0xEC;
	}
	x->is_refused = status != 0 &&
	    (x->is_nvme || (x->sense[0] & 0x7F) != 0x72 || x->sense[1] > 1);
	if (play->spoil != NULL)
		play->spoil(play, x);
	return 0;
}

static int size_played(void *cookie, int fd, uint64_t *ret_bytes,
    uint32_t *ret_logical, uint32_t *ret_physical)
{
	const struct play *play = cookie;

	assert_int_equal(fd, 7);
	*ret_bytes = play->drive.sectors * 512;
	*ret_logical = 512;
	*ret_physical = 4096;
	return 0;
}

static uint32_t id_played(void *cookie, int fd)
{
	(void)cookie;
	(void)fd;
	return 1;
}

static void bus_played(void *cookie, int fd, char *ret_bus, size_t n)
{
	const struct play *play = cookie;

	(void)fd;
	if (play->bus != NULL)
		(void)snprintf(ret_bus, n, "%s", play->bus);
}

static struct drive_facts *look(struct play *play)
{
	const struct drive_io io = {
	    send_played, size_played, id_played, bus_played, play};

	played_drive_fill(&play->drive);
	drive_read_open(&play->facts, 7, &io);
	return &play->facts;
}

static void assert_number(const struct drive_number *number, uint64_t value)
{
	if (number->why_not != NULL)
		fail_msg("not known: %s", number->why_not);
	assert_int_equal(number->value, value);
	assert_non_null(number->from);
}

static void assert_unknown(const struct drive_number *number, const char *why)
{
	assert_non_null(number->why_not);
	if (strstr(number->why_not, why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, number->why_not);
}

static void assert_text(const struct drive_text *text, const char *value)
{
	assert_null(text->why_not);
	assert_string_equal(text->text, value);
}

static struct played_drive usual(enum played_kind kind)
{
	return (struct played_drive){.kind = kind,
	    .hours = 5120,
	    .cycles = 77,
	    .read = 1000,
	    .written = 10,
	    .unsafe = 3};
}

/* ---- what is true ---- */

static void an_ata_drive_says_who_it_is_and_what_it_counted(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA)};
	const struct drive_facts *f = look(&play);

	(void)state;
	assert_int_equal(f->kind, DRIVE_ATA);
	assert_null(f->doubt);
	assert_text(&f->model, "PLAYED DISK 1000");
	assert_text(&f->serial, "PD-0001");
	assert_text(&f->firmware, "FW10");
	assert_text(&f->wwn, "5000c500a1b2c3d4");
	assert_number(&f->reported_bytes, 2048 * 512);
	assert_number(&f->kernel_bytes, 2048 * 512);
	assert_number(&f->native_bytes, 2048 * 512);
	assert_number(&f->factory_bytes, 2048 * 512);
	assert_number(&f->logical_sector, 512);
	assert_number(&f->physical_sector, 4096);
	assert_number(&f->rotation, 7200);
	assert_number(&f->counters[DRIVE_POWER_ON_HOURS], 5120);
	assert_number(&f->counters[DRIVE_POWER_CYCLES], 77);
	assert_number(&f->counters[DRIVE_POWER_ON_RESETS], 80);
	assert_number(&f->counters[DRIVE_BYTES_READ], 1000 * 512);
	assert_number(&f->counters[DRIVE_BYTES_WRITTEN], 10 * 512);
	assert_number(&f->hours_attribute, 5120);
	assert_unknown(&f->counters[DRIVE_START_STOPS], "no counter");
	assert_int_equal(drive_hidden_bytes(f), 0);
	assert_int_equal(f->security_on, DRIVE_NOT_SAID);
}

static void an_nvme_drive_does(void **state)
{
	struct play play = {.drive = usual(PLAYED_NVME)};
	const struct drive_facts *f = look(&play);

	(void)state;
	assert_int_equal(f->kind, DRIVE_NVME);
	assert_text(&f->model, "PLAYED DISK 1000");
	assert_text(&f->serial, "PD-0001");
	assert_text(&f->firmware, "FW10");
	assert_text(&f->wwn, "5000c500a1b2c3d4");
	assert_number(&f->reported_bytes, 2048 * 512);
	assert_number(&f->counters[DRIVE_POWER_ON_HOURS], 5120);
	assert_number(&f->counters[DRIVE_POWER_CYCLES], 77);
	assert_number(&f->counters[DRIVE_UNSAFE_SHUTDOWNS], 3);
	assert_number(&f->counters[DRIVE_BYTES_READ], 1000 * 512000);
	assert_number(&f->counters[DRIVE_BYTES_WRITTEN], 10 * 512000);
	assert_unknown(&f->native_bytes, "no host protected area");
	assert_int_equal(drive_hidden_bytes(f), 0);
}

static void a_sas_drive_does(void **state)
{
	struct play play = {.drive = usual(PLAYED_SAS)};
	const struct drive_facts *f = look(&play);

	(void)state;
	assert_int_equal(f->kind, DRIVE_SCSI);
	assert_null(f->doubt);
	assert_text(&f->serial, "PD-0001");
	assert_text(&f->wwn, "5000c500a1b2c3d4");
	assert_number(&f->reported_bytes, 2048 * 512);
	assert_number(&f->rotation, 7200);
	assert_number(&f->counters[DRIVE_POWER_ON_HOURS], 5120);
	assert_number(&f->counters[DRIVE_START_STOPS], 77);
	assert_number(&f->counters[DRIVE_BYTES_READ], 1000 * 512);
	assert_number(&f->counters[DRIVE_BYTES_WRITTEN], 10 * 512);
	assert_unknown(&f->counters[DRIVE_POWER_CYCLES], "no counter");
	assert_int_equal(play.identities, 0); /* it is asked nothing of ATA */
}

static void a_bridge_that_hides_its_drive_is_said(void **state)
{
	struct play play = {.drive = usual(PLAYED_BRIDGE), .bus = "usb"};
	const struct drive_facts *f = look(&play);

	(void)state;
	assert_int_equal(f->kind, DRIVE_SCSI);
	assert_non_null(strstr(f->doubt, "the bridge's word"));
	assert_string_equal(f->bus, "usb");
	for (size_t i = 0; i < DRIVE_COUNTER_COUNT; i++)
		assert_unknown(&f->counters[i], "bridge");
	assert_unknown(&f->native_bytes, "bridge");
	assert_int_equal(drive_hidden_bytes(f), 0);
}

static void a_bridge_that_lets_it_through_is_none(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA), .bus = "usb"};
	const struct drive_facts *f = look(&play);

	(void)state;
	assert_int_equal(f->kind, DRIVE_ATA);
	assert_null(f->doubt);
	assert_number(&f->counters[DRIVE_POWER_CYCLES], 77);
}

static void security_is_read(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA)};

	(void)state;
	play.drive.security = 1 | 2 | 4;
	look(&play);
	assert_int_equal(play.facts.security_on, DRIVE_YES);
	assert_int_equal(play.facts.locked, DRIVE_YES);
	assert_int_equal(play.facts.frozen, DRIVE_NO);
	play.drive.security = 1 | 8;
	look(&play);
	assert_int_equal(play.facts.security_on, DRIVE_NO);
	assert_int_equal(play.facts.frozen, DRIVE_YES);
}

/* ---- what is hidden ---- */

static void a_host_protected_area_is_seen(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA)};

	(void)state;
	play.drive.sectors = 2048;
	play.drive.native = 4096;
	assert_int_equal(drive_hidden_bytes(look(&play)), 2048 * 512);
	assert_number(&play.facts.native_bytes, 4096 * 512);
	play.drive.has_accessible_max = true;
	assert_int_equal(drive_hidden_bytes(look(&play)), 2048 * 512);
	assert_string_equal(
	    play.facts.native_bytes.from, "GET NATIVE MAX ADDRESS EXT");
}

static void the_registers_hold_48_bits(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA)};

	(void)state;
	play.drive.sectors = 0x0123456789AB;
	play.drive.native = 0x0123456789AC;
	assert_int_equal(drive_hidden_bytes(look(&play)), 512);
	assert_number(&play.facts.native_bytes, 0x0123456789ACull * 512);
}

static void a_configuration_overlay_is_seen(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA)};

	(void)state;
	play.drive.factory = 8192;
	assert_int_equal(drive_hidden_bytes(look(&play)), (8192 - 2048) * 512);
}

static void nvme_capacity_without_a_namespace_is_seen(void **state)
{
	struct play play = {.drive = usual(PLAYED_NVME)};

	(void)state;
	play.drive.spare = 1 << 20;
	assert_int_equal(drive_hidden_bytes(look(&play)), 1 << 20);
}

/* ---- what is rubbish ---- */

static bool is_ata(const struct drive_exchange *x, uint8_t command)
{
	return !x->is_nvme && x->cdb[0] == 0x85 && x->cdb[14] == command;
}

static void spoil_identity(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (is_ata(x, 0xEC))
		x->bytes[60] ^= 1;
}

static void an_identity_with_a_wrong_sum_is_none(void **state)
{
	struct play play = {
	    .drive = usual(PLAYED_ATA), .spoil = spoil_identity};

	(void)state;
	look(&play);
	assert_int_not_equal(play.facts.kind, DRIVE_ATA);
	assert_non_null(play.facts.doubt);
	assert_non_null(play.facts.counters[DRIVE_POWER_ON_HOURS].why_not);
}

static void spoil_smart(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (is_ata(x, 0xB0))
		x->bytes[10] ^= 1;
}

static void smart_data_with_a_wrong_sum_are_none(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA), .spoil = spoil_smart};

	(void)state;
	look(&play);
	assert_unknown(&play.facts.counters[DRIVE_POWER_CYCLES], "checksum");
	assert_unknown(&play.facts.hours_attribute, "checksum");
	assert_number(&play.facts.counters[DRIVE_POWER_ON_HOURS], 5120);
}

static void hours_in_a_makers_unit_are_no_hours(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA)};

	(void)state;
	play.drive.has_no_statistics = true;
	look(&play);
	assert_unknown(&play.facts.counters[DRIVE_POWER_ON_HOURS], "refuse");
	assert_number(&play.facts.hours_attribute, 5120);
	assert_number(&play.facts.counters[DRIVE_POWER_CYCLES], 77);
}

static void spoil_statistic(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (is_ata(x, 0x2F) && x->cdb[10] == 1)
		x->bytes[16 + 7] = 0x80; /* supported, and not valid */
}

static void a_statistic_that_is_not_valid_is_not_known(void **state)
{
	struct play play = {
	    .drive = usual(PLAYED_ATA), .spoil = spoil_statistic};

	(void)state;
	look(&play);
	assert_unknown(
	    &play.facts.counters[DRIVE_POWER_ON_HOURS], "does not count");
	assert_number(&play.facts.counters[DRIVE_BYTES_READ], 1000 * 512);
}

static void spoil_page(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (is_ata(x, 0x2F) && x->cdb[10] == 1)
		x->bytes[2] = 3;
}

static void another_page_than_asked_for_is_none(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA), .spoil = spoil_page};

	(void)state;
	look(&play);
	assert_unknown(
	    &play.facts.counters[DRIVE_POWER_ON_HOURS], "another page");
}

static void empty(struct play *play, struct drive_exchange *x)
{
	(void)play;
	memset(x->bytes, 0, sizeof(x->bytes));
}

static void zeros_say_nothing(void **state)
{
	struct play play = {.drive = usual(PLAYED_NVME), .spoil = empty};

	(void)state;
	look(&play);
	assert_int_equal(play.facts.kind, DRIVE_UNKNOWN);
	assert_unknown(&play.facts.counters[DRIVE_POWER_CYCLES], "answer");
	play.drive.kind = PLAYED_ATA;
	look(&play);
	assert_int_equal(play.facts.kind, DRIVE_UNKNOWN);
}

static void cut(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (x->got > 100)
		x->got = 100;
}

static void answers_that_are_cut_say_nothing(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA), .spoil = cut};

	(void)state;
	look(&play);
	assert_int_not_equal(play.facts.kind, DRIVE_ATA);
	play.drive.kind = PLAYED_NVME;
	look(&play);
	assert_int_equal(play.facts.kind, DRIVE_UNKNOWN);
}

static void swap_drive(struct play *play, struct drive_exchange *x)
{
	if (is_ata(x, 0xEC) && play->identities > 1) {
		x->bytes[20] = 'X';
		played_drive_mend_sum(x->bytes);
	}
}

static void answers_of_two_drives_are_doubted(void **state)
{
	struct play play = {.drive = usual(PLAYED_ATA), .spoil = swap_drive};

	(void)state;
	look(&play);
	assert_string_equal(
	    play.facts.doubt, "the answers are not all of one drive");
}

static void scribble(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (x->is_nvme && x->opcode == 0x06 && x->cdw10 == 1)
		x->bytes[6] = 0x1B;
	if (x->is_nvme && x->opcode == 0x02)
		memset(x->bytes + 128, 0xFF, 16);
}

static void what_is_no_text_or_too_large_is_not_known(void **state)
{
	struct play play = {.drive = usual(PLAYED_NVME), .spoil = scribble};

	(void)state;
	look(&play);
	assert_string_equal(
	    play.facts.serial.why_not, "what the drive says is no text");
	assert_unknown(&play.facts.counters[DRIVE_POWER_ON_HOURS], "too large");
}

static void hide_registers(struct play *play, struct drive_exchange *x)
{
	(void)play;
	if (is_ata(x, 0x27)) {
		x->sense[0] = 0x70;
		x->is_refused = false;
	}
}

static void registers_that_do_not_come_back_are_said(void **state)
{
	struct play play = {
	    .drive = usual(PLAYED_ATA), .spoil = hide_registers};

	(void)state;
	play.drive.native = 4096;
	look(&play);
	assert_unknown(&play.facts.native_bytes, "registers");
}

/* ---- what is sent ---- */

static struct drive_exchange ata_command(
    uint8_t command, uint8_t feature, uint8_t protocol, uint8_t log)
{
	struct drive_exchange x = {.cdb_n = 16};

	x.cdb[0] = 0x85;
	x.cdb[1] = (uint8_t)(protocol << 1);
	x.cdb[2] = protocol == 3 ? 0x20 : 0x0E;
	x.cdb[4] = feature;
	x.cdb[8] = log;
	x.cdb[14] = command;
	return x;
}

static void assert_ata(bool is_allowed, uint8_t command, uint8_t feature,
    uint8_t protocol, uint8_t log)
{
	struct drive_exchange x = ata_command(command, feature, protocol, log);

	assert_int_equal(drive_is_allowed(&x), is_allowed);
}

/* All 256 commands of ATA with all features and protocols: these alone. */
static void only_reading_ata_commands_are_allowed(void **state)
{
	size_t n = 0;

	(void)state;
	for (unsigned command = 0; command < 256; command++)
		for (unsigned feature = 0; feature < 256; feature++)
			for (unsigned protocol = 0; protocol < 16; protocol++) {
				struct drive_exchange x =
				    ata_command((uint8_t)command,
					(uint8_t)feature, (uint8_t)protocol, 0);

				n += drive_is_allowed(&x);
				x.cdb[8] = 4;
				n += drive_is_allowed(&x);
			}
	assert_int_equal(n, 7);
	assert_ata(true, 0xEC, 0, 4, 0);
	assert_ata(true, 0xB0, 0xD0, 4, 0);
	assert_ata(true, 0x2F, 0, 4, 4);
	assert_ata(true, 0xB1, 0xC2, 4, 0);
	assert_ata(true, 0xF8, 0, 3, 0);
	assert_ata(true, 0x27, 0, 3, 0);
	assert_ata(true, 0x78, 0, 3, 0);
	assert_ata(false, 0xB1, 0xC3, 5, 0); /* DEVICE CONFIGURATION SET */
	assert_ata(false, 0xB0, 0xD8, 3, 0); /* SMART ENABLE OPERATIONS */
	assert_ata(false, 0x78, 1, 3, 0); /* SET ACCESSIBLE MAX ADDRESS */
	assert_ata(false, 0xF9, 0, 3, 0); /* SET MAX ADDRESS */
}

static void no_second_register_and_no_data_to_the_drive(void **state)
{
	struct drive_exchange x = ata_command(0xEC, 0, 4, 0);

	(void)state;
	assert_true(drive_is_allowed(&x));
	x.cdb[2] = 0x06; /* blocks, to the drive */
	assert_false(drive_is_allowed(&x));
	x = ata_command(0x78, 0, 3, 0);
	x.cdb[3] = 1; /* the feature's upper half */
	assert_false(drive_is_allowed(&x));
	x = ata_command(0xEC, 0, 4, 0);
	x.cdb_n = 12;
	assert_false(drive_is_allowed(&x));
}

static void of_scsi_and_nvme_these_alone(void **state)
{
	struct drive_exchange x = {.is_nvme = true};
	size_t scsi = 0, nvme = 0;

	(void)state;
	for (unsigned i = 0; i < 256 * 256; i++) {
		x.opcode = (uint8_t)(i >> 8);
		x.cdw10 = i & 255;
		nvme += drive_is_allowed(&x);
	}
	assert_int_equal(nvme, 256 + 1); /* any IDENTIFY, and one log */
	for (unsigned i = 0; i < 256 * 17; i++) {
		x = (struct drive_exchange){.cdb_n = i % 17};
		x.cdb[0] = (uint8_t)(i / 17);
		scsi += drive_is_allowed(&x);
		x.cdb[1] = 0x10;
		scsi += drive_is_allowed(&x);
	}
	assert_int_equal(scsi, 3);
}

static void a_file_is_no_drive(void **state)
{
	struct drive_facts f;
	struct err err = {0};

	(void)state;
	assert_int_equal(
	    drive_read(&f, "/proc/self/exe", NULL, &err), ERR_UNSUPPORTED);
	assert_non_null(strstr(err.message, "no block device"));
	assert_int_equal(
	    drive_read(&f, "/dev/no-such-drive", NULL, NULL), ERR_NOTFOUND);
}

#define EACH(test) cmocka_unit_test(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(an_ata_drive_says_who_it_is_and_what_it_counted),
	    EACH(an_nvme_drive_does),
	    EACH(a_sas_drive_does),
	    EACH(a_bridge_that_hides_its_drive_is_said),
	    EACH(a_bridge_that_lets_it_through_is_none),
	    EACH(security_is_read),
	    EACH(a_host_protected_area_is_seen),
	    EACH(the_registers_hold_48_bits),
	    EACH(a_configuration_overlay_is_seen),
	    EACH(nvme_capacity_without_a_namespace_is_seen),
	    EACH(an_identity_with_a_wrong_sum_is_none),
	    EACH(smart_data_with_a_wrong_sum_are_none),
	    EACH(hours_in_a_makers_unit_are_no_hours),
	    EACH(a_statistic_that_is_not_valid_is_not_known),
	    EACH(another_page_than_asked_for_is_none),
	    EACH(zeros_say_nothing),
	    EACH(answers_that_are_cut_say_nothing),
	    EACH(answers_of_two_drives_are_doubted),
	    EACH(what_is_no_text_or_too_large_is_not_known),
	    EACH(registers_that_do_not_come_back_are_said),
	    EACH(only_reading_ata_commands_are_allowed),
	    EACH(no_second_register_and_no_data_to_the_drive),
	    EACH(of_scsi_and_nvme_these_alone),
	    EACH(a_file_is_no_drive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

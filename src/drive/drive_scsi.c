/*
 * drive_scsi.c: SCSI and SAS drives, and what a bridge says for a drive that
 * it hides: INQUIRY and its pages, READ CAPACITY (16), log pages (SPC-5,
 * SBC-4).
 */
#include "drive_internal.h"

#include <string.h>

static void put_command(struct drive *d, uint8_t opcode, size_t cdb_n, size_t n)
{
	d->x.is_nvme = false;
	memset(d->x.cdb, 0, sizeof(d->x.cdb));
	d->x.cdb[0] = opcode;
	d->x.cdb_n = cdb_n;
	d->x.n = n;
}

/* A page, whole: its own length says how much of the answer counts. */
static const char *ask_page(struct drive *d, uint8_t page)
{
	put_command(d, 0x12, 6, 252);
	d->x.cdb[1] = 1;
	d->x.cdb[2] = page;
	d->x.cdb[4] = 252;
	const char *why = drive_send_short(d, 4);
	if (why == NULL && drive_be(d, 1, 1) != page)
		why = "the drive answers with another page";
	if (why == NULL && drive_be(d, 2, 2) + 4 < d->x.got)
		d->x.got = (size_t)drive_be(d, 2, 2) + 4;
	return why;
}

static bool has_page(struct drive *d, uint8_t page)
{
	if (ask_page(d, 0) != NULL)
		return false;
	for (size_t i = 4; i < d->x.got; i++)
		if (drive_be(d, i, 1) == page)
			return true;
	return false;
}

bool drive_scsi_look(
    struct drive *d, struct drive_facts *f, bool *ret_may_be_ata)
{
	put_command(d, 0x12, 6, 36);
	d->x.cdb[4] = 36;
	if (drive_send(d) != NULL || (drive_be(d, 0, 1) & 0x1F) != 0)
		return false;
	bool is_ata = memcmp(d->x.bytes + 8, "ATA     ", 8) == 0;
	drive_take_text(&f->model, d, 8, 24, false);
	drive_take_text(&f->firmware, d, 32, 4, false);
	/* Not every bridge has the page that says so; a SAS drive is asked
	 * nothing that it does not know. */
	*ret_may_be_ata =
	    is_ata || strcmp(f->bus, "usb") == 0 || has_page(d, 0x89);
	return true;
}

static void take_serial(struct drive *d, struct drive_facts *f)
{
	const char *why = ask_page(d, 0x80);

	f->serial = (struct drive_text){.why_not = why};
	if (why == NULL)
		drive_take_text(&f->serial, d, 4, d->x.got - 4, false);
}

/* The first NAA designator of the logical unit. */
static void take_wwn(struct drive *d, struct drive_facts *f)
{
	f->wwn = (struct drive_text){.why_not = ask_page(d, 0x83)};
	if (f->wwn.why_not != NULL)
		return;
	f->wwn.why_not = "the drive does not say";
	for (size_t at = 4; at + 4 <= d->x.got;) {
		size_t n = (size_t)drive_be(d, at + 3, 1);
		unsigned kind = (unsigned)drive_be(d, at + 1, 1);

		if ((drive_be(d, at, 1) & 15) == 1 && (kind & 0x3F) == 3 &&
		    (n == 8 || n == 16) && at + 4 + n <= d->x.got) {
			drive_take_hex(&f->wwn, d, at + 4, n);
			return;
		}
		at += 4 + n;
	}
}

static void take_capacity(struct drive *d, struct drive_facts *f)
{
	static const char *const from = "READ CAPACITY (16)";

	put_command(d, 0x9E, 16, 32);
	d->x.cdb[1] = 0x10;
	d->x.cdb[13] = 32;
	f->reported_bytes.why_not = drive_send_short(d, 12);
	if (f->reported_bytes.why_not != NULL)
		return;
	uint64_t last = drive_be(d, 0, 8), sector = drive_be(d, 8, 4);
	if (last >= UINT64_MAX / 2 || sector < 512 || sector > 65536)
		f->reported_bytes.why_not =
		    "the drive says a length that cannot be";
	else
		drive_know_product(&f->reported_bytes, last + 1, sector, from);
}

static void take_rotation(struct drive *d, struct drive_facts *f)
{
	const char *why = ask_page(d, 0xB1);
	uint64_t turns = why == NULL ? drive_be(d, 4, 2) : 0;

	if (why != NULL)
		f->rotation.why_not = why;
	else if (turns == 1 || (turns > 0x400 && turns < 0xFFFF))
		drive_know(&f->rotation, turns, "VPD page B1h");
}

/* A parameter of a log page, of `least` to 8 bytes. */
static void take_parameter(struct drive *d, uint8_t page, unsigned code,
    size_t least, uint64_t divisor, struct drive_number *number)
{
	put_command(d, 0x4D, 10, 1024);
	d->x.cdb[2] = (uint8_t)(0x40 | page); /* as it is now */
	d->x.cdb[7] = 4;
	number->why_not = drive_send_short(d, 4);
	if (number->why_not == NULL && (drive_be(d, 0, 1) & 0x3F) != page)
		number->why_not = "the drive answers with another page";
	if (number->why_not != NULL)
		return;
	number->why_not = "the drive does not count it";
	size_t end = (size_t)drive_be(d, 2, 2) + 4;
	end = end < d->x.got ? end : d->x.got;
	for (size_t at = 4; at + 4 <= end;) {
		size_t n = (size_t)drive_be(d, at + 3, 1);

		if (drive_be(d, at, 2) == code && n >= least &&
		    at + 4 + n <= end) {
			size_t used = page == 0x15 ? 4 : n < 8 ? n : 8;

			drive_know(number,
			    drive_be(d, at + 4, (unsigned)used) / divisor,
			    "SCSI log page");
			return;
		}
		at += 4 + n;
	}
}

void drive_scsi_read(struct drive *d, struct drive_facts *f)
{
	bool is_bridge = f->doubt != NULL;

	take_serial(d, f);
	take_wwn(d, f);
	take_capacity(d, f);
	take_rotation(d, f);
	if (is_bridge) /* its counters would be its own */
		return;
	f->native_bytes.why_not = f->factory_bytes.why_not =
	    "the drive has no command that would tell";
	f->spare_bytes.why_not = "only NVMe drives tell";
	f->hours_attribute.why_not = f->counters[DRIVE_POWER_CYCLES].why_not =
	    f->counters[DRIVE_POWER_ON_RESETS].why_not =
		f->counters[DRIVE_UNSAFE_SHUTDOWNS].why_not =
		    "SCSI drives have no counter of that meaning";
	take_parameter(d, 0x15, 0, 4, 60, &f->counters[DRIVE_POWER_ON_HOURS]);
	take_parameter(d, 0x0E, 4, 4, 1, &f->counters[DRIVE_START_STOPS]);
	take_parameter(d, 0x03, 5, 1, 1, &f->counters[DRIVE_BYTES_READ]);
	take_parameter(d, 0x02, 5, 1, 1, &f->counters[DRIVE_BYTES_WRITTEN]);
}

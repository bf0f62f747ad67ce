/*
 * drive_ata.c: ATA drives, asked through ATA PASS-THROUGH (16) (SAT-4 12.2.3):
 * identity (ACS-4 7.13), SMART data, device statistics (9.5), and how far the
 * drive goes beyond what it shows (host protected area, DCO).
 */
#include "drive_internal.h"

#include <string.h>

#define BLOCK 512
#define WORD(n) ((size_t)(n)*2)
#define LBA_BITS 48

struct taskfile {
	uint8_t command, feature;
	uint8_t count, lba_low, lba_mid, lba_high;
	bool is_extended;
	bool is_without_data;
};

static void put_command(struct drive *d, const struct taskfile *t)
{
	uint8_t *c = d->x.cdb;

	d->x.is_nvme = false;
	memset(c, 0, sizeof(d->x.cdb));
	d->x.cdb_n = 16;
	c[0] = 0x85;
	c[1] = (uint8_t)((t->is_without_data ? 3 : 4) << 1 | t->is_extended);
	/* Registers back if nothing else comes; else blocks, from the drive,
	 * as many as the count says. */
	c[2] = t->is_without_data ? 0x20 : 0x0E;
	c[4] = t->feature;
	c[6] = t->count;
	c[8] = t->lba_low;
	c[10] = t->lba_mid;
	c[12] = t->lba_high;
	c[13] = t->is_without_data ? 0x40 : 0; /* addresses are LBAs */
	c[14] = t->command;
	d->x.n = t->is_without_data ? 0 : BLOCK;
}

static const char *ask(struct drive *d, struct taskfile t)
{
	put_command(d, &t);
	return drive_send(d);
}

/* The 48 bits of the address that came back in the ATA status descriptor. */
static const char *ask_address(
    struct drive *d, struct taskfile t, uint64_t *ret_lba)
{
	const uint8_t *s = d->x.sense;
	uint64_t low, high;

	t.is_without_data = true;
	put_command(d, &t);
	const char *why = drive_send(d);
	if (why != NULL)
		return why;
	if (d->x.sense_n < 22 || (s[0] & 0x7F) != 0x72 || s[8] != 0x09 ||
	    s[9] != 0x0C)
		return "the registers of the answer do not come back";
	if ((s[21] & 0x21) != 0) /* ERR, or device fault */
		return "the drive refuses the command";
	low = (uint64_t)s[19] << 16 | (uint64_t)s[17] << 8 | s[15];
	high = (uint64_t)s[18] << 16 | (uint64_t)s[16] << 8 | s[14];
	*ret_lba = t.is_extended ? high << 24 | low
				 : low | (uint64_t)(s[20] & 15) << 24;
	return NULL;
}

static unsigned word(const struct drive *d, unsigned n)
{
	return (unsigned)drive_le(d, WORD(n), 2);
}

/* Words that say by their own two top bits whether they are filled in. */
static unsigned valid_word(const struct drive *d, unsigned n)
{
	return (word(d, n) & 0xC000) == 0x4000 ? word(d, n) : 0;
}

static const char *identify(struct drive *d)
{
	const char *why =
	    ask(d, (struct taskfile){.command = 0xEC, .count = 1});

	if (why != NULL)
		return why;
	if ((word(d, 0) & 0x8000) != 0)
		return "it is no ATA drive";
	if ((word(d, 255) & 0xFF) == 0xA5 && !drive_is_sum_zero(d, BLOCK))
		return "the checksum of the identity is wrong";
	return NULL;
}

/* ---- from IDENTIFY DEVICE ---- */

struct abilities {
	bool has_smart, is_smart_on, has_log, has_hpa, has_dco, has_amax;
	bool has_48_bits;
	uint64_t sector;
};

static struct abilities take_abilities(const struct drive *d)
{
	unsigned set = valid_word(d, 83);
	struct abilities a = {
	    .has_smart = (word(d, 82) & 1) != 0,
	    .is_smart_on = (word(d, 85) & 1) != 0,
	    .has_hpa = (word(d, 82) & 1 << 10) != 0,
	    .has_dco = (set & 1 << 11) != 0,
	    .has_48_bits = (set & 1 << 10) != 0,
	    .has_log = (valid_word(d, 84) & 1 << 5) != 0,
	    .has_amax = (valid_word(d, 119) & 1 << 8) != 0,
	    .sector = BLOCK,
	};

	if ((valid_word(d, 106) & 1 << 12) != 0)
		a.sector = drive_le(d, WORD(117), 4) * 2;
	return a;
}

static void take_sizes(
    const struct drive *d, const struct abilities *a, struct drive_facts *f)
{
	static const char *const from = "IDENTIFY DEVICE";
	uint64_t sectors = drive_le(d, WORD(60), 4);
	unsigned shape = valid_word(d, 106);

	if (a->has_48_bits && drive_le(d, WORD(100), 8) != 0)
		sectors = drive_le(d, WORD(100), 8);
	if ((word(d, 69) & 1 << 3) != 0 && drive_le(d, WORD(230), 8) != 0)
		sectors = drive_le(d, WORD(230), 8);
	if (sectors >= 1ull << LBA_BITS || sectors == 0 || a->sector < BLOCK)
		f->reported_bytes.why_not =
		    "the drive says a length that cannot be";
	else
		drive_know_product(
		    &f->reported_bytes, sectors, a->sector, from);
	if (a->sector >= BLOCK)
		drive_know(&f->logical_sector, a->sector, from);
	if ((shape & 1 << 13) != 0)
		drive_know_product(
		    &f->physical_sector, a->sector, 1ull << (shape & 15), from);
	if (word(d, 217) == 1 ||
	    (word(d, 217) > 0x400 && word(d, 217) < 0xFFFF))
		drive_know(&f->rotation, word(d, 217), from);
}

static void take_security(const struct drive *d, struct drive_facts *f)
{
	unsigned s = word(d, 128);

	if ((s & 1) == 0) /* it has no passwords */
		return;
	f->security_on = (s & 2) != 0 ? DRIVE_YES : DRIVE_NO;
	f->locked = (s & 4) != 0 ? DRIVE_YES : DRIVE_NO;
	f->frozen = (s & 8) != 0 ? DRIVE_YES : DRIVE_NO;
}

static void take_identity(const struct drive *d, struct drive_facts *f)
{
	static const uint8_t naa[] = {1, 0, 3, 2, 5, 4, 7, 6};
	struct drive plain = *d;

	drive_take_text(&f->model, d, WORD(27), 40, true);
	drive_take_text(&f->serial, d, WORD(10), 20, true);
	drive_take_text(&f->firmware, d, WORD(23), 8, true);
	f->wwn = (struct drive_text){.why_not = "the drive does not say"};
	if ((valid_word(d, 87) & 1 << 8) == 0)
		return;
	for (size_t i = 0; i < sizeof(naa); i++)
		plain.x.bytes[i] = d->x.bytes[WORD(108) + naa[i]];
	drive_take_hex(&f->wwn, &plain, 0, sizeof(naa));
}

/* ---- beyond what is shown ---- */

static void ask_native(
    struct drive *d, const struct abilities *a, struct drive_facts *f)
{
	struct taskfile t = {.command = 0xF8};
	const char *from = "READ NATIVE MAX ADDRESS";
	uint64_t last;

	if (a->has_amax) {
		t = (struct taskfile){.command = 0x78, .is_extended = true};
		from = "GET NATIVE MAX ADDRESS EXT";
	} else if (a->has_hpa && a->has_48_bits) {
		t = (struct taskfile){.command = 0x27, .is_extended = true};
		from = "READ NATIVE MAX ADDRESS EXT";
	} else if (!a->has_hpa) {
		f->native_bytes.why_not =
		    "the drive has no command that would tell";
		return;
	}
	const char *why = ask_address(d, t, &last);
	if (why == NULL && (last == 0 || last + 1 >= 1ull << LBA_BITS))
		why = "the drive says a length that cannot be";
	if (why != NULL)
		f->native_bytes.why_not = why;
	else
		drive_know_product(&f->native_bytes, last + 1, a->sector, from);
}

static void ask_factory(
    struct drive *d, const struct abilities *a, struct drive_facts *f)
{
	const char *why = "the drive has no command that would tell";
	uint64_t last = 0;

	if (a->has_dco)
		why = ask(d,
		    (struct taskfile){
			.command = 0xB1, .feature = 0xC2, .count = 1});
	if (why == NULL && (word(d, 255) & 0xFF) == 0xA5 &&
	    !drive_is_sum_zero(d, BLOCK))
		why = "the checksum of the answer is wrong";
	if (why == NULL)
		last = drive_le(d, WORD(3), 8);
	if (why == NULL && (last == 0 || last + 1 >= 1ull << LBA_BITS))
		why = "the drive says a length that cannot be";
	if (why != NULL)
		f->factory_bytes.why_not = why;
	else
		drive_know_product(&f->factory_bytes, last + 1, a->sector,
		    "DEVICE CONFIGURATION IDENTIFY");
}

/* ---- counters ---- */

/* A statistic that the drive has and holds for valid, of `bytes` bytes. */
static bool take_statistic(
    const struct drive *d, size_t at, unsigned bytes, uint64_t *ret_value)
{
	*ret_value = drive_le(d, at, bytes);
	return (drive_le(d, at + 7, 1) & 0xC0) == 0xC0;
}

static const char *ask_statistics(struct drive *d)
{
	struct taskfile t = {
	    .command = 0x2F, .count = 1, .lba_low = 4, .is_extended = true};
	const char *why = ask(d, t);
	bool has_general = false;

	if (why != NULL)
		return why;
	size_t n = (size_t)drive_le(d, 8, 1);
	for (size_t i = 0; i < n && 9 + i < BLOCK; i++)
		has_general = has_general || drive_le(d, 9 + i, 1) == 1;
	if (drive_le(d, 2, 1) != 0 || !has_general)
		return "the drive has no general statistics";
	t.lba_mid = 1; /* the page */
	why = ask(d, t);
	if (why == NULL && drive_le(d, 2, 1) != 1)
		why = "the drive answers with another page";
	return why;
}

static void take_statistics(
    struct drive *d, const struct abilities *a, struct drive_facts *f)
{
	static const struct {
		enum drive_counter counter;
		size_t at;
		unsigned bytes;
		bool is_sectors;
	} rows[] = {
	    {DRIVE_POWER_ON_RESETS, 8, 4, false},
	    {DRIVE_POWER_ON_HOURS, 16, 4, false},
	    {DRIVE_BYTES_WRITTEN, 24, 6, true},
	    {DRIVE_BYTES_READ, 40, 6, true},
	};
	const char *why = a->has_log ? ask_statistics(d)
				     : "the drive has no device statistics";
	uint64_t value;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct drive_number *number = &f->counters[rows[i].counter];

		if (why != NULL)
			number->why_not = why;
		else if (!take_statistic(d, rows[i].at, rows[i].bytes, &value))
			number->why_not = "the drive does not count it";
		else
			drive_know_product(number, value,
			    rows[i].is_sectors ? a->sector : 1,
			    "ATA device statistics");
	}
}

static void take_attributes(
    struct drive *d, const struct abilities *a, struct drive_facts *f)
{
	struct drive_number *cycles = &f->counters[DRIVE_POWER_CYCLES];
	const char *why = a->has_smart ? NULL : "the drive has no SMART";

	if (why == NULL && !a->is_smart_on)
		why = "SMART is switched off, and to switch it on would "
		      "change the drive";
	if (why == NULL)
		why = ask(d,
		    (struct taskfile){.command = 0xB0,
			.feature = 0xD0,
			.count = 1,
			.lba_mid = 0x4F,
			.lba_high = 0xC2});
	if (why == NULL && !drive_is_sum_zero(d, BLOCK))
		why = "the checksum of the SMART data is wrong";
	cycles->why_not = f->hours_attribute.why_not =
	    why != NULL ? why : "the drive has no such attribute";
	for (size_t i = 0; i < 30 && why == NULL; i++) {
		size_t at = 2 + 12 * i;
		uint64_t raw = drive_le(d, at + 5, 6);

		if (drive_le(d, at, 1) == 12)
			drive_know(cycles, raw, "SMART attribute 12");
		else if (drive_le(d, at, 1) == 9)
			drive_know(
			    &f->hours_attribute, raw, "SMART attribute 9");
	}
	f->counters[DRIVE_START_STOPS].why_not =
	    f->counters[DRIVE_UNSAFE_SHUTDOWNS].why_not =
		"ATA drives have no counter of that meaning";
}

/* A bridge with several drives may answer for another one in between. */
static const char *doubt_of(struct drive *d, const struct drive_facts *f)
{
	struct drive_text serial = {.text = ""};

	if (identify(d) == NULL)
		drive_take_text(&serial, d, WORD(10), 20, true);
	if (strcmp(serial.text, f->serial.text) != 0)
		return "the answers are not all of one drive";
	if (f->kernel_bytes.why_not == NULL &&
	    f->reported_bytes.why_not == NULL &&
	    f->kernel_bytes.value > f->reported_bytes.value)
		return "the system shows a larger drive than the one that "
		       "answers";
	return NULL;
}

bool drive_ata_read(struct drive *d, struct drive_facts *f)
{
	struct abilities a;

	if (identify(d) != NULL)
		return false;
	a = take_abilities(d);
	take_identity(d, f);
	take_sizes(d, &a, f);
	take_security(d, f);
	if (a.sector < BLOCK)
		a.sector = BLOCK;
	ask_native(d, &a, f);
	ask_factory(d, &a, f);
	f->spare_bytes.why_not = "only NVMe drives tell";
	take_attributes(d, &a, f);
	take_statistics(d, &a, f);
	f->doubt = doubt_of(d, f);
	return true;
}

/*
 * drive_nvme.c: NVMe drives: Identify Controller and Namespace, and the SMART
 * log (NVM Express base specification 5.15, 5.14.1.2).
 */
#include "drive_internal.h"

#include <string.h>

#define UNIT 512000 /* data units are thousands of 512 bytes */

static const char *identify(struct drive *d, uint32_t nsid, uint32_t what)
{
	d->x.is_nvme = true;
	d->x.opcode = 0x06;
	d->x.nsid = nsid;
	d->x.cdw10 = what;
	d->x.n = 4096;
	return drive_send(d);
}

static void take_controller(const struct drive *d, struct drive_facts *f)
{
	static const char *const from = "Identify Controller";
	static const char *const too_large =
	    "the number is too large to be true";
	uint64_t value;

	drive_take_text(&f->serial, d, 4, 20, false);
	drive_take_text(&f->model, d, 24, 40, false);
	drive_take_text(&f->firmware, d, 64, 8, false);
	if (!drive_le128(d, 280, &value))
		f->native_bytes.why_not = too_large;
	else if (value != 0)
		drive_know(&f->native_bytes, value, from);
	if (!drive_le128(d, 296, &value))
		f->spare_bytes.why_not = too_large;
	else if (f->native_bytes.why_not == NULL)
		drive_know(&f->spare_bytes, value, from);
	/* All of it, in one namespace or several, is no namespace's length. */
	f->factory_bytes = f->native_bytes;
	f->native_bytes = (struct drive_number){
	    .why_not = "an NVMe drive has no host protected area"};
}

static void take_namespace(struct drive *d, struct drive_facts *f)
{
	static const char *const from = "Identify Namespace";
	uint32_t id = d->io->nvme_id(d->io->cookie, d->fd);
	const char *why = identify(d, id, 0);

	f->reported_bytes.why_not = why;
	f->wwn = (struct drive_text){
	    .why_not = why != NULL ? why : "the drive does not say"};
	if (why != NULL)
		return;
	size_t format = (size_t)drive_le(d, 26, 1);
	format = (format & 15) | (format >> 1 & 0x30);
	unsigned shift = (unsigned)drive_le(d, 128 + 4 * format + 2, 1);
	if (shift < 9 || shift > 16 || drive_le(d, 0, 8) == 0)
		f->reported_bytes.why_not =
		    "the drive says a length that cannot be";
	else
		drive_know_product(
		    &f->reported_bytes, drive_le(d, 0, 8), 1ull << shift, from);
	drive_take_hex(&f->wwn, d, 104, 16);
	if (f->wwn.why_not != NULL)
		drive_take_hex(&f->wwn, d, 120, 8);
}

static void take_counters(struct drive *d, struct drive_facts *f)
{
	static const struct {
		enum drive_counter counter;
		size_t at;
		uint64_t unit;
	} rows[] = {
	    {DRIVE_BYTES_READ, 32, UNIT},
	    {DRIVE_BYTES_WRITTEN, 48, UNIT},
	    {DRIVE_POWER_CYCLES, 112, 1},
	    {DRIVE_POWER_ON_HOURS, 128, 1},
	    {DRIVE_UNSAFE_SHUTDOWNS, 144, 1},
	};
	uint64_t value;

	d->x.is_nvme = true;
	d->x.opcode = 0x02;
	d->x.nsid = UINT32_MAX; /* of the whole drive */
	d->x.cdw10 = (512 / 4 - 1) << 16 | 0x02;
	d->x.n = 512;
	const char *why = drive_send(d);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct drive_number *number = &f->counters[rows[i].counter];

		if (why != NULL)
			number->why_not = why;
		else if (!drive_le128(d, rows[i].at, &value))
			number->why_not = "the number is too large to be true";
		else
			drive_know_product(
			    number, value, rows[i].unit, "NVMe SMART log");
	}
}

bool drive_nvme_read(struct drive *d, struct drive_facts *f)
{
	static const char *const not_here =
	    "NVMe drives have no counter of that meaning";

	if (identify(d, 0, 1) != NULL)
		return false;
	take_controller(d, f);
	take_namespace(d, f);
	f->counters[DRIVE_POWER_ON_RESETS].why_not =
	    f->counters[DRIVE_START_STOPS].why_not =
		f->hours_attribute.why_not = not_here;
	f->rotation.why_not = "it has no turning parts";
	take_counters(d, f);
	return true;
}

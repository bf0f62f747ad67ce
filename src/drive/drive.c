/*
 * drive.c: see drive.h.
 */
#include "drive_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static bool is_empty(const struct drive_exchange *x)
{
	for (size_t i = 0; i < x->got; i++)
		if (x->bytes[i] != 0)
			return false;
	return true;
}

const char *drive_send_short(struct drive *d, size_t least)
{
	struct drive_exchange *x = &d->x;

	memset(x->bytes, 0, sizeof(x->bytes));
	memset(x->sense, 0, sizeof(x->sense));
	x->got = x->sense_n = 0;
	x->is_refused = false;
	if (!drive_is_allowed(x))
		return "this program does not send that command";
	if (d->io->send(d->io->cookie, d->fd, x) != 0)
		return "the command did not get through";
	if (x->got > x->n || x->sense_n > sizeof(x->sense))
		return "the answer is longer than what was asked for";
	if (x->is_refused)
		return "the drive, or a bridge before it, refuses the command";
	if (x->got < least)
		return "the answer is too short";
	if (least > 0 && is_empty(x))
		return "the answer is empty";
	return NULL;
}

const char *drive_send(struct drive *d)
{
	return drive_send_short(d, d->x.n);
}

static void forget_texts(struct drive_facts *f, const char *why)
{
	struct drive_text *const texts[] = {
	    &f->model, &f->serial, &f->firmware, &f->wwn};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		*texts[i] = (struct drive_text){.why_not = why};
}

static void forget_numbers(struct drive_facts *f, const char *why)
{
	struct drive_number *const numbers[] = {&f->reported_bytes,
	    &f->native_bytes, &f->factory_bytes, &f->spare_bytes, &f->rotation,
	    &f->hours_attribute};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		*numbers[i] = (struct drive_number){.why_not = why};
	for (size_t i = 0; i < DRIVE_COUNTER_COUNT; i++)
		f->counters[i] = (struct drive_number){.why_not = why};
}

static void ask_system(struct drive *d, struct drive_facts *f)
{
	static const char *const from = "the operating system";
	static const char *const why = "the operating system does not say";
	uint32_t logical = 0, physical = 0;
	uint64_t bytes = 0;

	f->kernel_bytes.why_not = f->logical_sector.why_not =
	    f->physical_sector.why_not = why;
	if (d->io->size(d->io->cookie, d->fd, &bytes, &logical, &physical) != 0)
		return;
	drive_know(&f->kernel_bytes, bytes, from);
	if (logical != 0)
		drive_know(&f->logical_sector, logical, from);
	if (physical != 0)
		drive_know(&f->physical_sector, physical, from);
}

static void ask_drive(struct drive *d, struct drive_facts *f)
{
	bool may_be_ata = false;

	if (drive_nvme_read(d, f)) {
		f->kind = DRIVE_NVME;
		return;
	}
	if (!drive_scsi_look(d, f, &may_be_ata))
		return;
	if (may_be_ata && drive_ata_read(d, f)) {
		f->kind = DRIVE_ATA;
		return;
	}
	f->kind = DRIVE_SCSI;
	if (may_be_ata) {
		forget_numbers(f,
		    "the bridge does not let the drive's own answers through");
		f->doubt = "what is said here is the bridge's word; the drive "
			   "behind it was not heard";
	}
	drive_scsi_read(d, f);
}

void drive_read_open(
    struct drive_facts *ret_facts, int fd, const struct drive_io *io)
{
	struct drive d = {.io = io != NULL ? io : &drive_linux_io, .fd = fd};
	struct drive_facts *f = ret_facts;

	*f = (struct drive_facts){.kind = DRIVE_UNKNOWN};
	d.io->bus(d.io->cookie, fd, f->bus, sizeof(f->bus));
	f->bus[sizeof(f->bus) - 1] = '\0';
	forget_texts(f, "the drive does not answer");
	forget_numbers(f, "the drive does not say");
	ask_system(&d, f);
	ask_drive(&d, f);
	if (f->kind == DRIVE_UNKNOWN)
		forget_numbers(f, "the drive does not answer");
}

int drive_read(struct drive_facts *ret_facts, const char *path,
    const struct drive_io *io, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	uint32_t logical, physical;
	uint64_t bytes;

	if (io == NULL)
		io = &drive_linux_io;
	if (fd < 0)
		return err_sys(err, errno, "opening %s", path);
	int errnum = io->size(io->cookie, fd, &bytes, &logical, &physical);
	if (errnum == 0)
		drive_read_open(ret_facts, fd, io);
	(void)close(fd); /* nothing was written */
	if (errnum == ENOTTY || errnum == EINVAL)
		return err_set(err, ERR_UNSUPPORTED,
		    "%s is no block device, and has no counters", path);
	return errnum != 0
	    ? err_sys(err, errnum, "asking %s for its length", path)
	    : 0;
}

const char *drive_counter_name(enum drive_counter counter)
{
	static const char *const names[DRIVE_COUNTER_COUNT] = {
	    [DRIVE_POWER_ON_HOURS] = "power-on-hours",
	    [DRIVE_POWER_CYCLES] = "power-cycles",
	    [DRIVE_POWER_ON_RESETS] = "power-on-resets",
	    [DRIVE_START_STOPS] = "start-stops",
	    [DRIVE_UNSAFE_SHUTDOWNS] = "unsafe-shutdowns",
	    [DRIVE_BYTES_READ] = "bytes-read",
	    [DRIVE_BYTES_WRITTEN] = "bytes-written",
	};

	return names[counter];
}

static uint64_t beyond(
    const struct drive_number *all, const struct drive_number *shown)
{
	return all->why_not == NULL && shown->why_not == NULL &&
		all->value > shown->value
	    ? all->value - shown->value
	    : 0;
}

uint64_t drive_hidden_bytes(const struct drive_facts *f)
{
	uint64_t native = beyond(&f->native_bytes, &f->reported_bytes);
	uint64_t factory = beyond(&f->factory_bytes, &f->reported_bytes);

	/* A namespace is not the whole drive, nor has it to be. */
	if (f->kind == DRIVE_NVME)
		return f->spare_bytes.why_not == NULL ? f->spare_bytes.value
						      : 0;
	return native > factory ? native : factory;
}

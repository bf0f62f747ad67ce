/*
 * played_drive.h: a made-up drive that answers commands byte by byte, as the
 * standards have it: for unit tests, and (played_device.c) for programs that
 * know nothing of it.
 */
#ifndef PLAYED_DRIVE_H
#define PLAYED_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum played_kind {
	PLAYED_ATA,
	PLAYED_NVME,
	PLAYED_SAS,
	PLAYED_BRIDGE, /* USB; knows no ATA commands */
};

struct played_drive {
	enum played_kind kind;
	const char *model, *serial, *firmware;
	uint64_t wwn;
	uint64_t sectors; /* of 512 bytes, shown */
	uint64_t native; /* with a host protected area */
	uint64_t factory; /* with a device configuration overlay */
	bool has_accessible_max; /* the newer command for `native` */
	uint64_t spare; /* NVMe: bytes in no namespace */
	uint64_t hours, cycles, unsafe;
	uint64_t read, written; /* sectors; NVMe: thousands of them */
	bool has_no_statistics;
	uint16_t security; /* IDENTIFY word 128 */
};

/* Fills in what is zero with a drive that somebody could own. */
void played_drive_fill(struct played_drive *drive);

/* The SCSI status, 0 or 2. *ret_got bytes of the answer, *ret_sense_n of at
 * most 32 of sense are there. */
int played_drive_scsi(const struct played_drive *drive, const uint8_t *cdb,
    size_t cdb_n, uint8_t *bytes, size_t n, size_t *ret_got, uint8_t *sense,
    size_t *ret_sense_n);
/* The NVMe status, 0 or 2. */
int played_drive_nvme(const struct played_drive *drive, uint8_t opcode,
    uint32_t nsid, uint32_t cdw10, uint8_t *bytes, size_t n);

/* Makes the sum of 512 bytes zero again. */
void played_drive_mend_sum(uint8_t *block);

#endif

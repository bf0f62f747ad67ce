/*
 * drive_allowed.c: every command that this program sends to a drive. All of
 * them read, and none changes what the drive holds or how it is set.
 */
#include "drive.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PASS_THROUGH_16 0x85
#define PIO_IN 4
#define NO_DATA 3

struct scsi_row {
	uint8_t opcode;
	uint8_t second, mask; /* of the second byte */
	size_t n; /* length of the command */
};

static const struct scsi_row scsi[] = {
    {0x12, 0x00, 0xFE, 6}, /* INQUIRY, with or without a page */
    {0x9E, 0x10, 0xFF, 16}, /* READ CAPACITY (16) */
    {0x4D, 0x00, 0xFF, 10}, /* LOG SENSE, without saving parameters */
};

struct ata_row {
	uint8_t command, feature, protocol;
	uint8_t lba_low; /* the log that is read */
};

static const struct ata_row ata[] = {
    {0xEC, 0x00, PIO_IN, 0}, /* IDENTIFY DEVICE */
    {0xB0, 0xD0, PIO_IN, 0}, /* SMART READ DATA */
    {0x2F, 0x00, PIO_IN, 4}, /* READ LOG EXT: device statistics */
    {0xB1, 0xC2, PIO_IN, 0}, /* DEVICE CONFIGURATION IDENTIFY */
    {0xF8, 0x00, NO_DATA, 0}, /* READ NATIVE MAX ADDRESS */
    {0x27, 0x00, NO_DATA, 0}, /* READ NATIVE MAX ADDRESS EXT */
    {0x78, 0x00, NO_DATA, 0}, /* GET NATIVE MAX ADDRESS EXT */
};

/* An empty LOG SENSE parameter pointer and control field, and so on, are not
 * looked at: they choose among answers. */
static bool is_scsi_allowed(const struct drive_exchange *x)
{
	for (size_t i = 0; i < COUNT(scsi); i++)
		if (x->cdb[0] == scsi[i].opcode && x->cdb_n == scsi[i].n &&
		    (x->cdb[1] & scsi[i].mask) == scsi[i].second)
			return true;
	return false;
}

static bool is_ata_allowed(const struct drive_exchange *x)
{
	const uint8_t *c = x->cdb;

	/* No second register of the feature: sub-commands hide there. And data
	 * flow to us, if they flow at all. */
	if (x->cdb_n != 16 || c[3] != 0 || c[7] != 0 ||
	    ((c[2] & 3) != 0 && (c[2] & 8) == 0))
		return false;
	for (size_t i = 0; i < COUNT(ata); i++)
		if (c[14] == ata[i].command && c[4] == ata[i].feature &&
		    (c[1] >> 1 & 15) == ata[i].protocol &&
		    c[8] == ata[i].lba_low)
			return true;
	return false;
}

bool drive_is_allowed(const struct drive_exchange *x)
{
	if (x->is_nvme) /* IDENTIFY; GET LOG PAGE of log 2 */
		return x->opcode == 0x06 ||
		    (x->opcode == 0x02 && (x->cdw10 & 0xFF) == 0x02);
	return x->cdb[0] == PASS_THROUGH_16 ? is_ata_allowed(x)
					    : is_scsi_allowed(x);
}

/*
 * drive_internal.h: what the files of this room share.
 */
#ifndef DRIVE_INTERNAL_H
#define DRIVE_INTERNAL_H

#include "drive.h"

/* A drive that is being asked. */
struct drive {
	const struct drive_io *io;
	int fd;
	struct drive_exchange x; /* the last command and its answer */
};

extern const struct drive_io drive_linux_io;

/* Sends d->x, if it is allowed: NULL, or why there is no answer. A whole,
 * non-empty answer of d->x.n bytes lies in d->x.bytes then. */
const char *drive_send(struct drive *d);
/* The same for answers that may be shorter than asked for: at least `least`
 * bytes came. */
const char *drive_send_short(struct drive *d, size_t least);

/* Numbers of n bytes (1 to 8) at `at` of the answer; 0 beyond its end. */
uint64_t drive_le(const struct drive *d, size_t at, unsigned n);
uint64_t drive_be(const struct drive *d, size_t at, unsigned n);
/* 16 bytes, least first: false if it is more than 64 bits. */
bool drive_le128(const struct drive *d, size_t at, uint64_t *ret_value);
bool drive_is_sum_zero(const struct drive *d, size_t n);

/* n bytes of text at `at` (is_swapped: the bytes of each pair change places).
 * Not known if it is empty, too long or not printable. */
void drive_take_text(struct drive_text *ret_text, const struct drive *d,
    size_t at, size_t n, bool is_swapped);
void drive_take_hex(
    struct drive_text *ret_text, const struct drive *d, size_t at, size_t n);

void drive_know(struct drive_number *number, uint64_t value, const char *from);
/* units * size, unless that does not fit. */
void drive_know_product(struct drive_number *number, uint64_t units,
    uint64_t size, const char *from);

/* Each returns whether the drive answered as one of its kind. */
bool drive_ata_read(struct drive *d, struct drive_facts *f);
bool drive_nvme_read(struct drive *d, struct drive_facts *f);
/* Only who it is: *ret_may_be_ata, whether ATA commands may be tried. */
bool drive_scsi_look(
    struct drive *d, struct drive_facts *f, bool *ret_may_be_ata);
void drive_scsi_read(struct drive *d, struct drive_facts *f);

#endif

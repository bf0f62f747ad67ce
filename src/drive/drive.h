/*
 * drive.h: what a drive says of itself: who it is, how large, and what it has
 * counted. Only commands that read are ever sent (drive_allowed.c has them
 * all), and nothing that a drive or a bridge says is taken on trust: what is
 * short, empty, no text, or has a wrong checksum is not known, with the reason.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRIVE_TEXT_MAX 64
#define DRIVE_BYTES_MAX 4096 /* of one answer */
#define DRIVE_SENSE_MAX 64

enum drive_kind {
	DRIVE_UNKNOWN, /* it answers none of the commands */
	DRIVE_ATA,
	DRIVE_NVME,
	DRIVE_SCSI, /* or a bridge that hides what is behind it */
};

/* Text without leading and trailing spaces, printable ASCII alone. */
struct drive_text {
	char text[DRIVE_TEXT_MAX + 1];
	const char *why_not; /* NULL: known. Half a sentence, never freed */
};

struct drive_number {
	uint64_t value;
	const char *from; /* where it stands: "NVMe SMART log" */
	const char *why_not; /* as above */
};

enum drive_answer {
	DRIVE_NOT_SAID,
	DRIVE_NO,
	DRIVE_YES,
};

/* Counters, each with one meaning whatever drive counts: a telltale has this
 * name (drive_counter_name). */
enum drive_counter {
	DRIVE_POWER_ON_HOURS, /* whole hours */
	DRIVE_POWER_CYCLES, /* SMART attribute 12, or NVMe */
	DRIVE_POWER_ON_RESETS, /* the same in ATA's device statistics */
	DRIVE_START_STOPS, /* SCSI */
	DRIVE_UNSAFE_SHUTDOWNS, /* NVMe */
	DRIVE_BYTES_READ, /* by the host; counted in the drive's own units */
	DRIVE_BYTES_WRITTEN,
	DRIVE_COUNTER_COUNT
};

struct drive_facts {
	enum drive_kind kind;
	char bus[16]; /* "usb", "ata", "nvme", ...; "": not known */
	struct drive_text model, serial, firmware, wwn;
	struct drive_number logical_sector, physical_sector; /* bytes */
	struct drive_number kernel_bytes; /* what the system shows */
	struct drive_number reported_bytes; /* what the drive says it has */
	struct drive_number native_bytes; /* with a host protected area */
	struct drive_number factory_bytes; /* with what DCO took away */
	struct drive_number spare_bytes; /* NVMe: in no namespace */
	struct drive_number rotation; /* turns a minute; 1: none */
	enum drive_answer security_on, locked, frozen; /* ATA */
	struct drive_number counters[DRIVE_COUNTER_COUNT];
	/* SMART attribute 9 as it stands. Its unit is the maker's own (hours,
	 * minutes, half minutes), so it is no counter of ours. */
	struct drive_number hours_attribute;
	/* NULL, or why nothing above may be relied on. Half a sentence. */
	const char *doubt;
};

/* A command and its answer. */
struct drive_exchange {
	bool is_nvme;
	uint8_t cdb[16]; /* SCSI; its length is in cdb_n */
	size_t cdb_n;
	uint8_t opcode; /* NVMe admin command */
	uint32_t nsid, cdw10;
	uint8_t bytes[DRIVE_BYTES_MAX]; /* the answer; zeroed before */
	size_t n; /* how many are asked for */
	size_t got; /* how many came, at most n */
	uint8_t sense[DRIVE_SENSE_MAX]; /* SCSI */
	size_t sense_n;
	bool is_refused; /* the drive answered with an error */
};

/* The operating system; tests play drives here. */
struct drive_io {
	/* 0, or errno. Is called with allowed commands only. */
	int (*send)(void *cookie, int fd, struct drive_exchange *exchange);
	/* 0, or errno; ENOTTY: no block device. */
	int (*size)(void *cookie, int fd, uint64_t *ret_bytes,
	    uint32_t *ret_logical, uint32_t *ret_physical);
	/* The namespace of an NVMe block device, or 0. */
	uint32_t (*nvme_id)(void *cookie, int fd);
	/* Fills ret_bus, or leaves it empty. */
	void (*bus)(void *cookie, int fd, char *ret_bus, size_t n);
	void *cookie;
};

/*
 * Reads all of it; takes well under a second. io NULL: the operating system.
 * ERR_UNSUPPORTED: no block device. ERR_IO, ERR_DENIED, ERR_NOTFOUND: it cannot
 * be opened. A drive that answers nothing is no error: *ret_facts says so.
 */
int drive_read(struct drive_facts *ret_facts, const char *path,
    const struct drive_io *io, struct err *err) MUST_CHECK;
/* The same of an open device, which stays open. */
void drive_read_open(
    struct drive_facts *ret_facts, int fd, const struct drive_io *io);

/* "power-on-hours", ...: the first word of a telltale. */
const char *drive_counter_name(enum drive_counter counter);

/* Bytes that the drive has and does not show: a host protected area, a device
 * configuration overlay, NVMe capacity in no namespace. 0: none is known of. */
uint64_t drive_hidden_bytes(const struct drive_facts *facts);

/* Whether the command is one of those that read and change nothing. */
bool drive_is_allowed(const struct drive_exchange *exchange);

#endif

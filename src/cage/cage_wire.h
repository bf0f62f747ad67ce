/*
 * cage_wire.h: what goes over the line between a program and its box: fixed
 * messages, numbers little-endian, and one piece of shared memory for what is
 * large.
 *
 * What comes from the box is hostile: whoever wrote the evidence may own it.
 * cage_wire_take_* are the only way to believe any of it, and take bytes that
 * were copied out of the shared memory before, because the box can change that
 * at any time.
 */
#ifndef CAGE_WIRE_H
#define CAGE_WIRE_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CAGE_WIRE_VERSION 2u

#define CAGE_WIRE_REQUEST 64 /* bytes, all of them */
#define CAGE_WIRE_ANSWER 640
#define CAGE_WIRE_TEXT_MAX 480

/* Descriptors in one message of the set-up; the kernel takes 253. */
#define CAGE_WIRE_FDS_MAX 200
#define CAGE_WIRE_FILES_MAX 14295 /* as many names as an E01 can have */

/* The shared memory: bytes of the medium, then a table. */
#define CAGE_WIRE_BYTES_MAX (1u << 20) /* of one read */
#define CAGE_WIRE_ENTRY 40 /* one damaged or unreadable range */
/* The smallest chunk of a medium is a sector, and one range may be cut off at
 * either end. */
#define CAGE_WIRE_ENTRIES_MAX (CAGE_WIRE_BYTES_MAX / 512 + 2)
#define CAGE_WIRE_NAME 256 /* one name: its length in a byte, its bytes */
#define CAGE_WIRE_NAMES_MAX 256
#define CAGE_WIRE_FLAWS_MAX 64 /* that are told apart */
#define CAGE_WIRE_TABLE_AT CAGE_WIRE_BYTES_MAX
#define CAGE_WIRE_SHARED (CAGE_WIRE_BYTES_MAX + (96u << 10))

#define CAGE_WIRE_NO_FILE UINT32_MAX

enum cage_wire_kind {
	CAGE_WIRE_FILES = 1, /* set-up: descriptors come with it */
	CAGE_WIRE_OPEN, /* the image, once: its about */
	CAGE_WIRE_READ, /* n bytes at `at`, and what of them is damaged */
	CAGE_WIRE_PLACE, /* where the byte `at` lies in the files */
	CAGE_WIRE_BAD, /* entries `at` and on of what the image calls bad */
	CAGE_WIRE_NAMES, /* of the files that the image is made of */
	CAGE_WIRE_FLAW, /* number `at` of what is damaged around the medium */
	/* From here on: of a box that was told CAGE_WIRE_FILE_SYSTEMS; what
	 * goes with them is in cage_entry.h. */
	CAGE_WIRE_VOLUMES, /* all of them */
	CAGE_WIRE_FIND, /* in volume `flags` the file whose path is n bytes of
			   the shared memory: runs `at` and on */
	CAGE_WIRE_OWNERS, /* of n ranges in the shared memory */
	/* What goes with these is in cage_list.h. */
	CAGE_WIRE_LIST, /* all names of volume `flags`, behind the first `at` */
	CAGE_WIRE_SPACES, /* unused blocks of it, from block `at` on */
	CAGE_WIRE_CONTENT, /* n bytes at `at` of a file of it */
	/* What goes with these is in cage_blind.h. */
	CAGE_WIRE_BLIND, /* what cannot be read: findings `at` and on */
	CAGE_WIRE_LOOK, /* what n bytes at `at` look like */
	CAGE_WIRE_BLIND_FILES, /* of files, whose n pieces are in the shared
				  memory, the encrypted: findings `at` and on */
	/* What goes with it is in cage_carve.h. */
	CAGE_WIRE_CARVE, /* files in n bytes at `at` that nobody names; the
			    first `total` of the bytes were looked at */
	/* From here on: of a box that was told CAGE_WIRE_SCANS. */
	CAGE_WIRE_SCAN, /* n bytes at `at` of the image: hits (cage_hit.h) from
			   the start of the shared memory on, `count` of them in
			   `size` bytes, of `total` */
	CAGE_WIRE_HITS, /* the next of them, the first of which is number `at`
			   from 0 */
	/* Of one that was told both. */
	CAGE_WIRE_SCAN_FILE, /* as CAGE_WIRE_SCAN, of a file of volume `flags`
				that the shared memory names (cage_list.h) */
};

enum cage_wire_format {
	CAGE_WIRE_E01 = 1,
	CAGE_WIRE_QCOW2,
	CAGE_WIRE_VHD,
	CAGE_WIRE_VMDK,
	CAGE_WIRE_RAW, /* all files, one behind the other */
};

/* In a request to open: the last file may end after any section. */
#define CAGE_WIRE_PARTIAL 1u
/* In the set-up: what reads file systems is to be loaded. */
#define CAGE_WIRE_FILE_SYSTEMS 2u
/* Likewise what scans; `at` says for what (CAGE_HIT_FINDS, _UNPACKS). */
#define CAGE_WIRE_SCANS 4u

#define CAGE_WIRE_SCAN_MAX (16u << 20) /* bytes in one request */

#define CAGE_WIRE_PATH_MAX 4096
#define CAGE_WIRE_RANGES_MAX 1024

/* In an about. */
#define CAGE_WIRE_HAS_MD5 1u
#define CAGE_WIRE_HAS_SHA1 2u
#define CAGE_WIRE_IS_WHOLE 4u /* its last section says that it is done */
#define CAGE_WIRE_NEEDS_FILES 8u /* ask for names; nothing else is known */
#define CAGE_WIRE_FLAGS 15u

struct cage_wire_request {
	enum cage_wire_kind kind;
	uint64_t number; /* the answer has it too */
	uint64_t at, n;
	enum cage_wire_format format;
	uint32_t flags;
};

/* What an image says of its medium. */
struct cage_wire_about {
	enum cage_wire_format format;
	uint32_t flags;
	uint64_t length; /* exact */
	uint64_t declared; /* in whole sectors */
	uint64_t available; /* bytes that can be asked for, with a tail */
	uint64_t bad_count; /* ranges that the image itself calls unreadable */
	uint32_t chunk_size, sector_size;
	uint8_t md5[16], sha1[20];
};

struct cage_wire_entry {
	uint64_t at, length; /* in the medium */
	uint32_t file; /* from 0, or CAGE_WIRE_NO_FILE */
	uint64_t file_at, file_n; /* where it lies in it */
};

/* What was found in file systems. */
#define CAGE_WIRE_FOUND 1u /* there is such a file */
#define CAGE_WIRE_IN_TABLES 2u /* its bytes are no range of the image */
#define CAGE_WIRE_COMPRESSED 4u /* its ranges hold it as it is stored */
#define CAGE_WIRE_ENCRYPTED 8u /* likewise */
#define CAGE_WIRE_ENDS_EARLY 16u /* not everything was looked at */
#define CAGE_WIRE_MORE 32u /* ask again for what follows */
#define CAGE_WIRE_FOUND_FLAGS 63u

struct cage_wire_found {
	uint32_t flags;
	uint64_t size; /* of the file; of what is in the shared memory */
	uint64_t total; /* runs in all; names that were looked at; the next `at`
			   of a request */
};

/* What was asked, and of what. */
struct cage_wire_asked {
	struct cage_wire_request request;
	size_t files;
	const uint64_t *lengths; /* of the files */
};

struct cage_wire_answer {
	int code; /* 0 or enum err_code: only those that a reader may have */
	uint32_t file; /* that the text is about, or CAGE_WIRE_NO_FILE */
	/* Of entries or names in the table; of a flaw 1: it is there, its place
	 * has a file and the text says what it is. */
	uint32_t count;
	struct cage_wire_about about;
	struct cage_wire_entry place;
	struct cage_wire_found found;
	char text[CAGE_WIRE_TEXT_MAX]; /* one line, as text.h has it */
};

void cage_wire_put_request(uint8_t ret_bytes[CAGE_WIRE_REQUEST],
    const struct cage_wire_request *request);
/* For the box: ERR_FORMAT: another version, or not such a request. */
int cage_wire_take_request(struct cage_wire_request *ret_request,
    const void *bytes, size_t n, struct err *err) MUST_CHECK;

/* A text that is too long is cut. */
void cage_wire_put_answer(uint8_t ret_bytes[CAGE_WIRE_ANSWER],
    const struct cage_wire_request *request,
    const struct cage_wire_answer *answer);
/* ERR_FORMAT: what of it cannot be; nothing of it is to be believed then. */
int cage_wire_take_answer(struct cage_wire_answer *ret_answer,
    const struct cage_wire_asked *asked, const void *bytes, size_t n,
    struct err *err) MUST_CHECK;

void cage_wire_put_entry(
    uint8_t ret_bytes[CAGE_WIRE_ENTRY], const struct cage_wire_entry *entry);
/* `count` entries out of a copy of the table, in order, apart from each other,
 * within what was read; of CAGE_WIRE_BAD: behind `after`. */
int cage_wire_take_entries(struct cage_wire_entry *ret_entries,
    const struct cage_wire_asked *asked, uint64_t after, const uint8_t *table,
    uint32_t count, struct err *err) MUST_CHECK;

/* One name of a copy of the table: of a file in the image's own folder, so
 * without '/', not "." or "..", and text that may stand in a line. */
int cage_wire_take_name(char ret_name[CAGE_WIRE_NAME],
    const uint8_t bytes[CAGE_WIRE_NAME], struct err *err) MUST_CHECK;

#endif

/*
 * cage_blind.h: what goes over the line about blind spots: what of an image or
 * of its files cannot be read, and what a range looks like. As in cage_wire.h:
 * what is taken was copied before, and each cage_blind_take_* is ERR_FORMAT if
 * it cannot be. Below them is who asks (of an image with has_file_systems).
 *
 * Names and words are chosen by the box and shown as lines.
 */
#ifndef CAGE_BLIND_H
#define CAGE_BLIND_H

#include "cage_image.h"
#include "cage_wire.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- findings: in the table ---- */

#define CAGE_BLIND_ENTRY 256 /* bytes of one */
#define CAGE_BLIND_ENTRIES_MAX 256 /* in one answer */
#define CAGE_BLIND_NAME 32 /* with its NUL, as the next one */
#define CAGE_BLIND_WHAT 184

enum cage_blind_kind {
	CAGE_BLIND_VOLUME = 1, /* encrypted */
	CAGE_BLIND_FILE, /* an encrypted file */
	CAGE_BLIND_SYSTEM, /* of a file system that is not read */
	CAGE_BLIND_GAP, /* of no volume */
	CAGE_BLIND_TABLE, /* an oddity of a partition table */
	CAGE_BLIND_KINDS
};

struct cage_blind {
	enum cage_blind_kind kind;
	/* In the image; of CAGE_BLIND_FILE, in the file. */
	uint64_t at, length;
	/* From 1, or 0: of no volume; of CAGE_BLIND_FILE the number, from 0, of
	 * the file among those that were asked about. */
	uint32_t of;
	bool is_certain; /* its structure says so; else it only looks so */
	bool is_open; /* can be read without a secret */
	char name[CAGE_BLIND_NAME]; /* "LUKS2", "xfs", "zip" */
	char what[CAGE_BLIND_WHAT]; /* what is known, as a line */
};

void cage_blind_put(
    uint8_t ret_bytes[CAGE_BLIND_ENTRY], const struct cage_blind *blind);
/* All of it in `available` bytes; of a file: any range. */
int cage_blind_take(struct cage_blind *ret_blind, uint64_t available,
    const uint8_t bytes[CAGE_BLIND_ENTRY], struct err *err) MUST_CHECK;

/* ---- looks: in the table ---- */

#define CAGE_BLIND_LOOK_ENTRY 24
#define CAGE_BLIND_LOOKS_MAX 4096 /* in one answer, which is the only one */
#define CAGE_BLIND_LOOK_MAX (64u << 20) /* bytes of one question */
/* A look holds for at least so many bytes, or is cut off by the question, or
 * by damage. */
#define CAGE_BLIND_LOOK_MIN (64u << 10)

enum cage_blind_looks {
	CAGE_BLIND_ZEROS = 1,
	CAGE_BLIND_FILLED, /* one byte, which is not zero, all over */
	CAGE_BLIND_PATTERN, /* the same 512 bytes all over */
	CAGE_BLIND_RANDOM, /* nothing tells it from random bytes */
	CAGE_BLIND_PACKED, /* the same, but it begins as packed data does */
	CAGE_BLIND_DAMAGED, /* could not be read */
	CAGE_BLIND_LOOKS_COUNT
};

struct cage_blind_look {
	uint64_t at, length; /* in the image; what none of them names is data */
	enum cage_blind_looks looks;
	uint8_t byte; /* of CAGE_BLIND_FILLED */
};

void cage_blind_put_look(uint8_t ret_bytes[CAGE_BLIND_LOOK_ENTRY],
    const struct cage_blind_look *look);
/* `count` of them, in order, apart from each other, all in the n bytes at
 * `at`. */
int cage_blind_take_looks(struct cage_blind_look *ret_looks, uint64_t at,
    uint64_t n, const uint8_t *table, uint32_t count,
    struct err *err) MUST_CHECK;

/* ---- files, as the question has them ---- */

#define CAGE_BLIND_FILES_MAX 4096 /* in one question */

/* A piece of a file. The first of a file says how long that is. */
struct cage_blind_piece {
	uint64_t at, length; /* in the image; at UINT64_MAX: reads as zeros */
	uint64_t of; /* number of the file, from 0, rising by at most one */
	uint64_t size; /* of the file */
};

#define CAGE_BLIND_PIECE 32
#define CAGE_BLIND_PIECES_MAX (CAGE_WIRE_BYTES_MAX / CAGE_BLIND_PIECE)

void cage_blind_put_piece(
    uint8_t ret_bytes[CAGE_BLIND_PIECE], const struct cage_blind_piece *piece);
void cage_blind_take_piece(
    struct cage_blind_piece *ret_piece, const uint8_t bytes[CAGE_BLIND_PIECE]);

/* ---- asking ---- */

/* Far more than a disk has; a box that finds more is not believed. */
#define CAGE_BLIND_FOUND_MAX 65536

/* All that the structures of the image say. *ret_found: free() it. */
int cage_blind_image(struct cage_image *image, struct cage_blind **ret_found,
    size_t *ret_n, struct err *err) MUST_CHECK;

/* What n bytes at `at`, at most CAGE_BLIND_LOOK_MAX and all in the image, look
 * like. ret_looks has room for CAGE_BLIND_LOOKS_MAX. */
int cage_blind_look(struct cage_image *image, uint64_t at, uint64_t n,
    struct cage_blind_look *ret_looks, size_t *ret_n,
    struct err *err) MUST_CHECK;

/* Which of the files, whose n pieces are given in order, are encrypted: at most
 * one finding for each. *ret_found: free() it. */
int cage_blind_files(struct cage_image *image,
    const struct cage_blind_piece *pieces, size_t n,
    struct cage_blind **ret_found, size_t *ret_n, struct err *err) MUST_CHECK;

#endif

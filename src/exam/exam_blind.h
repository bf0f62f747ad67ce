/*
 * exam_blind.h: the blind spots of an image: what of it could not be read, or
 * says nothing if it is. What parses evidence is in a box (cage_blind.h); here
 * its findings are collected, joined, and taken into the map of owners.
 *
 * Order: exam_blind_ask before the map is sealed, exam_blind_own with it, and
 * exam_blind_look, which needs to know what is not in use, after. One thread at
 * a time.
 */
#ifndef EXAM_BLIND_H
#define EXAM_BLIND_H

#include "buf.h"
#include "cage_blind.h"
#include "cage_entry.h"
#include "cage_image.h"
#include "err.h"
#include "exam_owner.h"
#include "json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum exam_blind_kind {
	EXAM_BLIND_VOLUME = 1, /* an encrypted volume */
	EXAM_BLIND_FILE, /* an encrypted file */
	EXAM_BLIND_SYSTEM, /* of a file system that is not read */
	EXAM_BLIND_GAP, /* of no volume */
	EXAM_BLIND_TABLE, /* an oddity of the partition table */
	EXAM_BLIND_RANDOM, /* looks like random bytes, where nothing is */
	EXAM_BLIND_WIPED, /* one byte or one sector all over, likewise */
	EXAM_BLIND_HIDDEN, /* behind the capacity that the drive shows */
	EXAM_BLIND_UNREAD, /* of which there are no bytes */
	EXAM_BLIND_KINDS
};

struct exam_spot {
	enum exam_blind_kind kind;
	/* In the image; of a file: in it; of EXAM_BLIND_HIDDEN behind it. */
	uint64_t at, length;
	uint32_t volume; /* from 1, or 0 */
	uint32_t file; /* the caller's number, or EXAM_OWNER_NO_FILE */
	bool is_certain; /* by its structure; else suspected */
	bool is_open; /* can be read without a secret */
	char name[CAGE_BLIND_NAME];
	char what[CAGE_BLIND_WHAT];
};

/* Spots of each kind that are kept one by one; what is more is in the sums
 * alone, so that nobody's image decides how much memory is taken. */
#define EXAM_BLIND_SPOTS_MAX 100000

/* Shorter stretches are not worth a line. */
#define EXAM_BLIND_WIPED_MIN (1u << 20)
#define EXAM_BLIND_RANDOM_MIN (1u << 20)

struct exam_blind;

/* For an image of `length` bytes. */
int exam_blind_new(
    struct exam_blind **ret_blind, uint64_t length, struct err *err) MUST_CHECK;
void exam_blind_free(struct exam_blind *blind);

/* What the structures of the image say. ERR_FORMAT: the box came to grief over
 * it; what was known before stays. */
int exam_blind_ask(struct exam_blind *blind, struct cage_image *image,
    struct err *err) MUST_CHECK;

/* A file, by its runs in order; asked about when enough of them have come
 * together, or by exam_blind_flush. A box that comes to grief over them:
 * ERR_FORMAT, and those files alone are unknown. */
int exam_blind_file(struct exam_blind *blind, struct cage_image *image,
    uint32_t file, uint64_t size, const struct cage_wire_run *runs, size_t n,
    struct err *err) MUST_CHECK;
int exam_blind_flush(struct exam_blind *blind, struct cage_image *image,
    struct err *err) MUST_CHECK;

/* From the record of the image: bytes without content, and bytes that the drive
 * has behind those that it shows (native maximum less capacity). */
int exam_blind_unread(struct exam_blind *blind, uint64_t at, uint64_t length,
    const char *why, struct err *err) MUST_CHECK;
int exam_blind_hidden(
    struct exam_blind *blind, uint64_t length, struct err *err) MUST_CHECK;

/* Into a map that is not sealed: encrypted volumes and file systems that are
 * not read as EXAM_OWNER_BLIND, what is unread as EXAM_OWNER_UNREAD. Encrypted
 * files stay files, and volumes whose system is unknown what they are: their
 * bytes are scanned. */
int exam_blind_own(const struct exam_blind *blind, struct exam_owner *map,
    struct err *err) MUST_CHECK;

/* What the parts of a sealed map that are not in use look like: wiped, random,
 * or damaged. */
int exam_blind_look(struct exam_blind *blind, struct cage_image *image,
    const struct exam_owner *map, struct err *err) MUST_CHECK;

/* By kind and place; borrowed until more is asked. */
const struct exam_spot *exam_blind_spots(
    const struct exam_blind *blind, size_t *ret_n);
/* Bytes and number of a kind, also of what is not kept. */
uint64_t exam_blind_bytes(
    const struct exam_blind *blind, enum exam_blind_kind kind, size_t *ret_n);

/* "encrypted volume", "wiped": in `gap:` and in JSON. */
const char *exam_blind_kind_name(enum exam_blind_kind kind);
/* One line a spot: "encrypted volume, bytes 1048576 to 34603007: LUKS2; ...",
 * no paths in it: of files only how many of which sort. At most `max` lines,
 * then one that says how many more there are. */
void exam_blind_put_lines(
    const struct exam_blind *blind, size_t max, struct buf *out);
/* An array of all spots under that name. */
void exam_blind_put_json(
    const struct exam_blind *blind, struct json *json, const char *name);

#endif

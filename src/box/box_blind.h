/*
 * box_blind.h: what of an image cannot be read: encrypted volumes and files,
 * file systems that nobody here reads, gaps; and what a range looks like.
 *
 * Every family of formats (box_blind_<family>.c) looks at bytes of a volume or
 * of a file through struct box_blind_bytes, so each can be tested and fuzzed by
 * itself. A signature alone is never believed: what is certain has a structure
 * that holds (a checksum, or fields that all can be), and what only looks so is
 * said to be suspected.
 */
#ifndef BOX_BLIND_H
#define BOX_BLIND_H

#include "box.h"
#include "cage_blind.h"
#include "cage_entry.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- bytes ---- */

struct box_blind_bytes {
	/* n bytes at `at`, all or none (false), within what lies below. */
	bool (*read)(void *cookie, uint64_t at, uint8_t *ret_bytes, size_t n);
	void *cookie;
	uint64_t base, length; /* where they begin in that, and how many */
};

/* false: they are not all there. */
bool box_blind_get(
    const struct box_blind_bytes *from, uint64_t at, void *ret_bytes, size_t n);
/* As many as there are of the n; what is missing is zeros. */
size_t box_blind_get_some(
    const struct box_blind_bytes *from, uint64_t at, void *ret_bytes, size_t n);

uint16_t box_blind_le16(const uint8_t *p);
uint32_t box_blind_le32(const uint8_t *p);
uint64_t box_blind_le64(const uint8_t *p);
uint16_t box_blind_be16(const uint8_t *p);
uint32_t box_blind_be32(const uint8_t *p);
uint64_t box_blind_be64(const uint8_t *p);

/* Text of at most n bytes, ending with NULs alone, of characters from '!' to
 * '~'; not empty. */
bool box_blind_is_word(const uint8_t *p, size_t n);
/* 36 characters as UUIDs are written, then NULs, in 40 bytes. */
bool box_blind_is_uuid(const uint8_t p[40]);

/* What is found: kind, name and words; the rest is as for all of it. */
void box_blind_say(struct cage_blind *ret_blind, enum cage_blind_kind kind,
    const struct box_blind_bytes *where, const char *name, const char *what,
    ...) PRINTF_LIKE(5, 6);

/* ---- volumes: true and what it is, or false ---- */

typedef bool box_blind_probe(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind);

/* LUKS1 by its fields, LUKS2 by the checksum of either header. */
bool box_blind_luks(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind);
/* BitLocker, To Go and Vista's, by a block of metadata that can be read. */
bool box_blind_bitlocker(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind);
/* Core Storage (with FileVault 2) by its checksum, APFS likewise. */
bool box_blind_apple(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind);
/* File systems and the like that nobody here reads; also swap space. */
bool box_blind_system(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind);

/* ---- files ---- */

/* An encrypted file of a format that is known, or one that looks like a
 * container (VeraCrypt's): random from end to end, in whole sectors. */
bool box_blind_file(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);

bool box_blind_zip(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);
bool box_blind_7z(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);
bool box_blind_rar(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);
bool box_blind_ole(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);
bool box_blind_pdf(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);
/* age, PGP, KeePass, and what else is known by its first bytes. */
bool box_blind_message(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind);

/* ---- what bytes look like ---- */

/*
 * Random: at least a MiB together in which, in each of its MiBs and in all of
 * it, the counts of bytes are as those of random bytes would be (chi-square
 * within five standard deviations of either side). Packed data, which comes
 * near to that, is told apart by the header that it begins with: a stretch that
 * begins with one is packed to its end.
 */
#define BOX_BLIND_RANDOM_MIN (1u << 20)
#define BOX_BLIND_BLOCK 4096u

/* Whether counts of n bytes are as random ones would be. */
bool box_blind_is_even(const uint32_t counts[256], uint64_t n);
/* Whether data of a packed format (xz, gzip, jpeg, mp4, ...) begins here. */
bool box_blind_begins_packed(const uint8_t *p, size_t n);
/* Samples of all of it; false for what has less than 16 KiB. */
bool box_blind_is_random(const struct box_blind_bytes *bytes);

/* The answer to CAGE_WIRE_LOOK. */
void box_blind_look(const struct box_blind_bytes *image,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer);

/* ---- the image ---- */

struct box_blind_found {
	struct cage_blind *of;
	size_t n, cap;
};

int box_blind_add(struct box_blind_found *found, const struct cage_blind *blind,
    struct err *err) MUST_CHECK;

/* What is odd about the partition table of an image: ranges that overlap or
 * leave it, a second GPT that is not as the first. ret_tables: bytes at the
 * image's begin and end that are the table's own. */
int box_blind_table(const struct box_blind_bytes *image,
    struct box_blind_found *found, uint64_t ret_tables[2],
    struct err *err) MUST_CHECK;

/* Everything that structures say. */
int box_blind_all(const struct box_blind_bytes *image,
    const struct cage_wire_volume *volumes, size_t n,
    struct box_blind_found *found, struct err *err) MUST_CHECK;

/* The answers to CAGE_WIRE_BLIND, whose findings are kept for its other pages,
 * and to CAGE_WIRE_BLIND_FILES. */
void box_blind_put_page(const struct box_blind_found *found, uint64_t from,
    uint8_t *shared, struct cage_wire_answer *answer);
int box_blind_files(const struct box_blind_bytes *image,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer, struct err *err) MUST_CHECK;

#endif

/*
 * media_hash.h: the hashes over the whole of a medium, by the names that other
 * tools and courts use: MD5, SHA-1, SHA-256.
 */
#ifndef MEDIA_HASH_H
#define MEDIA_HASH_H

#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum media_hash_kind {
	MEDIA_HASH_MD5,
	MEDIA_HASH_SHA1,
	MEDIA_HASH_SHA256,
	MEDIA_HASH_COUNT
};

#define MEDIA_HASH_SIZE_MAX 32
#define MEDIA_HASH_HEX_SIZE 65 /* with NUL */

struct media_hash_value {
	bool is_there;
	uint8_t b[MEDIA_HASH_SIZE_MAX]; /* media_hash_size of them */
};

/* All of them, by kind; those that were not asked for are not there. */
struct media_hash_set {
	struct media_hash_value of[MEDIA_HASH_COUNT];
};

size_t media_hash_size(enum media_hash_kind kind);
const char *media_hash_name(enum media_hash_kind kind); /* "sha256" */
void media_hash_hex(char ret_hex[MEDIA_HASH_HEX_SIZE], enum media_hash_kind k,
    const struct media_hash_value *value);

/* "md5,sha256": a bit 1 << kind for each. "none": no bit. ERR_USAGE names the
 * word that is none of these. */
int media_hash_parse(
    unsigned *ret_kinds, struct slice words, struct err *err) MUST_CHECK;

/* One running hash; one thread at a time. */
struct media_hash;
int media_hash_new(struct media_hash **ret_hash, enum media_hash_kind kind,
    struct err *err) MUST_CHECK;
void media_hash_free(struct media_hash *hash);
int media_hash_update(struct media_hash *hash, const void *bytes, size_t n,
    struct err *err) MUST_CHECK;
/* What the hash would be if `zeros` more bytes of zero came; it goes on as if
 * it had not been asked. */
int media_hash_peek(const struct media_hash *hash, size_t zeros,
    struct media_hash_value *ret_value, struct err *err) MUST_CHECK;

#endif

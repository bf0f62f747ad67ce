/*
 * media_hash.c: see media_hash.h; libcrypto does the work.
 */
#include "media_hash.h"

#include "mem.h"

#include <openssl/evp.h>

#include <stdlib.h>

static const struct {
	const char *name, *fetch;
	size_t size;
} kinds[MEDIA_HASH_COUNT] = {
    [MEDIA_HASH_MD5] = {"md5", "MD5", 16},
    [MEDIA_HASH_SHA1] = {"sha1", "SHA1", 20},
    [MEDIA_HASH_SHA256] = {"sha256", "SHA256", 32},
};

struct media_hash {
	EVP_MD *md;
	EVP_MD_CTX *run;
};

size_t media_hash_size(enum media_hash_kind kind)
{
	return kinds[kind].size;
}

const char *media_hash_name(enum media_hash_kind kind)
{
	return kinds[kind].name;
}

void media_hash_hex(char ret_hex[MEDIA_HASH_HEX_SIZE], enum media_hash_kind k,
    const struct media_hash_value *value)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = kinds[k].size;

	for (size_t i = 0; i < n; i++) {
		ret_hex[2 * i] = digits[value->b[i] >> 4];
		ret_hex[2 * i + 1] = digits[value->b[i] & 15];
	}
	ret_hex[2 * n] = '\0';
}

int media_hash_parse(unsigned *ret_kinds, struct slice words, struct err *err)
{
	struct slice rest = words;
	unsigned found = 0;

	if (slice_is_text(words, "none")) {
		*ret_kinds = 0;
		return 0;
	}
	while (rest.p != NULL) {
		struct slice word = slice_cut(&rest, ',');
		size_t k = 0;

		while (
		    k < MEDIA_HASH_COUNT && !slice_is_text(word, kinds[k].name))
			k++;
		if (k == MEDIA_HASH_COUNT)
			return err_set(err, ERR_USAGE,
			    "no such hash: \"%.*s\"; write some of "
			    "md5,sha1,sha256, or none",
			    SLICE_ARG(word));
		found |= 1u << k;
	}
	*ret_kinds = found;
	return 0;
}

static int failed(struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED,
	    "libcrypto cannot make this hash; its configuration may forbid it");
}

int media_hash_new(
    struct media_hash **ret_hash, enum media_hash_kind kind, struct err *err)
{
	struct media_hash *hash = mem_new(1, sizeof(*hash));

	if (hash == NULL)
		return err_nomem(err);
	hash->md = EVP_MD_fetch(NULL, kinds[kind].fetch, NULL);
	hash->run = EVP_MD_CTX_new();
	if (hash->md == NULL || hash->run == NULL ||
	    EVP_DigestInit_ex(hash->run, hash->md, NULL) != 1) {
		media_hash_free(hash);
		return failed(err);
	}
	*ret_hash = hash;
	return 0;
}

void media_hash_free(struct media_hash *hash)
{
	if (hash == NULL)
		return;
	EVP_MD_CTX_free(hash->run);
	EVP_MD_free(hash->md);
	free(hash);
}

int media_hash_update(
    struct media_hash *hash, const void *bytes, size_t n, struct err *err)
{
	return EVP_DigestUpdate(hash->run, bytes, n) == 1 ? 0 : failed(err);
}

int media_hash_peek(const struct media_hash *hash, size_t zeros,
    struct media_hash_value *ret_value, struct err *err)
{
	static const uint8_t nothing[512];
	struct media_hash_value value = {.is_there = true};
	EVP_MD_CTX *copy = EVP_MD_CTX_new();
	bool is_done = copy != NULL && EVP_MD_CTX_copy_ex(copy, hash->run) == 1;

	while (is_done && zeros > 0) {
		size_t n = zeros < sizeof(nothing) ? zeros : sizeof(nothing);

		is_done = EVP_DigestUpdate(copy, nothing, n) == 1;
		zeros -= n;
	}
	is_done = is_done && EVP_DigestFinal_ex(copy, value.b, NULL) == 1;
	EVP_MD_CTX_free(copy);
	if (!is_done)
		return failed(err);
	*ret_value = value;
	return 0;
}

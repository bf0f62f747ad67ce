/*
 * hash_libcrypto.c: SHA-256 and its HMAC by libcrypto, which picks the fastest
 * code for the processor.
 *
 * Invariant: the context is bound to the digest once, in hash_new; every
 * message after that only resets it (a NULL digest), so that hashing millions
 * of tree nodes neither allocates nor looks anything up. A digest of memory
 * cannot fail: if libcrypto says so, the process is broken and stops.
 */
#include "hash.h"

#include <assert.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

struct hash_run {
	EVP_MD_CTX *ctx;
	bool is_started;
};

/* The one hidden static of this room: fetching a digest searches libcrypto's
 * providers under a lock, and the answer never changes in a process. */
static EVP_MD *sha256;
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;

static void fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
}

struct hash_run *hash_new(void)
{
	struct hash_run *run = calloc(1, sizeof *run);

	(void)pthread_once(&sha256_once, fetch_sha256);
	if (!run || !sha256)
		goto failed;
	run->ctx = EVP_MD_CTX_new();
	if (!run->ctx || !EVP_DigestInit_ex2(run->ctx, sha256, NULL))
		goto failed;
	return run;

failed:
	hash_free(run);
	return NULL;
}

void hash_free(struct hash_run *run)
{
	if (!run)
		return;
	EVP_MD_CTX_free(run->ctx);
	free(run);
}

void hash_start(struct hash_run *run)
{
	if (!EVP_DigestInit_ex2(run->ctx, NULL, NULL))
		abort();
	run->is_started = true;
}

void hash_update(struct hash_run *run, const void *bytes, size_t n)
{
	assert(run->is_started);
	if (!EVP_DigestUpdate(run->ctx, bytes, n))
		abort();
}

struct hash hash_finish(struct hash_run *run)
{
	struct hash hash;

	assert(run->is_started);
	if (!EVP_DigestFinal_ex(run->ctx, hash.b, NULL))
		abort();
	run->is_started = false;
	return hash;
}

struct hash_mac {
	EVP_MAC_CTX *ctx;
};

/* A context that knows its digest is reused with one key after the other. */
struct hash_mac *hash_mac_new(void)
{
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(
		OSSL_MAC_PARAM_DIGEST, digest, sizeof digest - 1),
	    OSSL_PARAM_construct_end(),
	};
	struct hash_mac *mac = calloc(1, sizeof *mac);
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

	if (mac && hmac)
		mac->ctx = EVP_MAC_CTX_new(hmac);
	EVP_MAC_free(hmac);
	if (!mac || !mac->ctx || !EVP_MAC_CTX_set_params(mac->ctx, params)) {
		hash_mac_free(mac);
		return NULL;
	}
	return mac;
}

void hash_mac_free(struct hash_mac *mac)
{
	if (!mac)
		return;
	EVP_MAC_CTX_free(mac->ctx);
	free(mac);
}

struct hash hash_mac_of(struct hash_mac *mac, const uint8_t key[HASH_SIZE],
    const void *bytes, size_t n)
{
	struct hash hash;
	size_t made = 0;

	if (!EVP_MAC_init(mac->ctx, key, HASH_SIZE, NULL) ||
	    !EVP_MAC_update(mac->ctx, bytes, n) ||
	    !EVP_MAC_final(mac->ctx, hash.b, &made, HASH_SIZE) ||
	    made != HASH_SIZE)
		abort();
	return hash;
}

/*
 * hash_libcrypto.c: SHA-256 by libcrypto, which picks the fastest code for the
 * processor.
 *
 * Invariant: the context is bound to the digest once, in hash_new; every
 * message after that only resets it (a NULL digest), so that hashing millions
 * of tree nodes neither allocates nor looks anything up. A digest of memory
 * cannot fail: if libcrypto says so, the process is broken and stops.
 */
#include "hash.h"

#include <assert.h>
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

/*
 * media_age_chunk.c: see media_age_chunk.h. libcrypto's cipher is twice as fast
 * as libsodium's on the machines that image drives.
 */
#include "media_age_chunk.h"

#include "mem.h"
#include "text.h"

#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct media_age_chunk {
	struct media_age_chunk *next; /* that waits in the pool */
	EVP_CIPHER_CTX *seal, *open;
};

static EVP_CIPHER_CTX *new_context(
    EVP_CIPHER *cipher, const uint8_t key[32], int is_sealing)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (ctx != NULL &&
	    EVP_CipherInit_ex2(ctx, cipher, key, NULL, is_sealing, NULL) == 1)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

int media_age_chunk_new(
    struct media_age_chunk **ret_cipher, const uint8_t key[32], struct err *err)
{
	struct media_age_chunk *c = mem_new(1, sizeof(*c));
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);

	if (c != NULL && cipher != NULL) {
		c->seal = new_context(cipher, key, 1);
		c->open = new_context(cipher, key, 0);
	}
	EVP_CIPHER_free(cipher);
	if (c == NULL)
		return err_nomem(err);
	if (c->seal == NULL || c->open == NULL) {
		media_age_chunk_free(c);
		return err_set(err, ERR_UNSUPPORTED,
		    "libcrypto cannot do ChaCha20-Poly1305");
	}
	*ret_cipher = c;
	return 0;
}

void media_age_chunk_free(struct media_age_chunk *cipher)
{
	if (cipher == NULL)
		return;
	EVP_CIPHER_CTX_free(cipher->seal);
	EVP_CIPHER_CTX_free(cipher->open);
	free(cipher);
}

/* In locked memory, for the key. */
struct media_age_chunk_pool {
	uint8_t key[32];
	pthread_mutex_t lock;
	struct media_age_chunk *waiting;
};

int media_age_chunk_pool_new(struct media_age_chunk_pool **ret_pool,
    const uint8_t key[32], struct err *err)
{
	if (sodium_init() < 0)
		return err_set(
		    err, ERR_UNSUPPORTED, "libsodium cannot be started");
	struct media_age_chunk_pool *pool = sodium_malloc(sizeof(*pool));
	if (pool == NULL)
		return err_nomem(err);
	memcpy(pool->key, key, sizeof(pool->key));
	(void)pthread_mutex_init(&pool->lock, NULL); /* cannot fail */
	pool->waiting = NULL;
	*ret_pool = pool;
	return 0;
}

void media_age_chunk_pool_free(struct media_age_chunk_pool *pool)
{
	if (pool == NULL)
		return;
	while (pool->waiting != NULL) {
		struct media_age_chunk *cipher = pool->waiting;

		pool->waiting = cipher->next;
		media_age_chunk_free(cipher);
	}
	(void)pthread_mutex_destroy(&pool->lock);
	sodium_free(pool); /* wipes */
}

int media_age_chunk_pool_take(struct media_age_chunk_pool *pool,
    struct media_age_chunk **ret_cipher, struct err *err)
{
	(void)pthread_mutex_lock(&pool->lock);
	struct media_age_chunk *cipher = pool->waiting;
	if (cipher != NULL)
		pool->waiting = cipher->next;
	(void)pthread_mutex_unlock(&pool->lock);
	if (cipher == NULL)
		return media_age_chunk_new(ret_cipher, pool->key, err);
	*ret_cipher = cipher;
	return 0;
}

void media_age_chunk_pool_give(
    struct media_age_chunk_pool *pool, struct media_age_chunk *cipher)
{
	if (cipher == NULL)
		return;
	(void)pthread_mutex_lock(&pool->lock);
	cipher->next = pool->waiting;
	pool->waiting = cipher;
	(void)pthread_mutex_unlock(&pool->lock);
}

static void put_nonce(uint8_t nonce[12], uint64_t index, bool is_last)
{
	memset(nonce, 0, 12);
	for (unsigned i = 0; i < 8; i++)
		nonce[3 + i] = (uint8_t)(index >> 8 * (7 - i));
	nonce[11] = is_last;
}

int media_age_chunk_seal(struct media_age_chunk *cipher, uint64_t index,
    bool is_last, const uint8_t *plain, size_t n, uint8_t *ret_sealed,
    struct err *err)
{
	uint8_t nonce[12];
	int m = 0, end = 0;

	assert(n <= MEDIA_AGE_CHUNK_SIZE);
	put_nonce(nonce, index, is_last);
	if (EVP_CipherInit_ex2(cipher->seal, NULL, NULL, nonce, 1, NULL) == 1 &&
	    (n == 0 ||
		EVP_CipherUpdate(cipher->seal, ret_sealed, &m, plain, (int)n) ==
		    1) &&
	    EVP_CipherFinal_ex(cipher->seal, ret_sealed + m, &end) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher->seal, EVP_CTRL_AEAD_GET_TAG,
		MEDIA_AGE_CHUNK_TAG, ret_sealed + n) == 1)
		return 0;
	return err_set(err, ERR_UNSUPPORTED, "libcrypto did not encrypt");
}

int media_age_chunk_open(struct media_age_chunk *cipher, uint64_t index,
    bool is_last, const uint8_t *sealed, size_t n, uint8_t *ret_plain,
    struct err *err)
{
	uint8_t nonce[12], tag[MEDIA_AGE_CHUNK_TAG];
	int m = 0, end = 0;

	assert(n <= MEDIA_AGE_CHUNK_SEALED);
	if (n < MEDIA_AGE_CHUNK_TAG)
		return err_set(err, ERR_VERIFY, "the file is cut");
	n -= MEDIA_AGE_CHUNK_TAG;
	memcpy(tag, sealed + n, sizeof(tag));
	put_nonce(nonce, index, is_last);
	if (EVP_CipherInit_ex2(cipher->open, NULL, NULL, nonce, 0, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(
		cipher->open, EVP_CTRL_AEAD_SET_TAG, sizeof(tag), tag) == 1 &&
	    (n == 0 ||
		EVP_CipherUpdate(cipher->open, ret_plain, &m, sealed, (int)n) ==
		    1) &&
	    EVP_CipherFinal_ex(cipher->open, ret_plain + m, &end) == 1)
		return 0;
	char span[TEXT_SPAN_SIZE];

	mem_wipe(ret_plain, n);
	text_span(span, index * MEDIA_AGE_CHUNK_SIZE, n);
	return err_set(err, ERR_VERIFY, "%s were altered or cut", span);
}

/*
 * mem.c: growing arrays, checked sizes, random and secret bytes.
 *
 * Invariant: no size is computed here or by the callers of these helpers
 * without a check for overflow; what libsodium does for secrets is not done
 * again by hand.
 */
#include "mem.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MEM_FIRST_CAP 8
#define MEM_LARGE_PAGE ((size_t)2 * 1024 * 1024)

/* Large memory in large pages, where the system has them: filling it then
 * interrupts the program once for 512 small pages, and finding an address in it
 * takes fewer steps. Nothing depends on it. */
static void use_large_pages(char *p, size_t n)
{
	size_t skipped = -(uintptr_t)p % MEM_LARGE_PAGE;

	if (n < 2 * MEM_LARGE_PAGE)
		return;
	n = (n - skipped) / MEM_LARGE_PAGE * MEM_LARGE_PAGE;
	(void)madvise(p + skipped, n, MADV_HUGEPAGE);
}

int mem_grow(void **array, size_t *cap, size_t want, size_t element_size,
    struct err *err)
{
	size_t new_cap = *cap ? *cap : MEM_FIRST_CAP;
	size_t old_bytes;
	size_t new_bytes;
	char *old;
	char *grown;

	if (want <= *cap)
		return 0;
	while (new_cap < want)
		new_cap = new_cap > SIZE_MAX / 2 ? want : new_cap * 2;
	if (!mem_mul(&old_bytes, *cap, element_size) ||
	    !mem_mul(&new_bytes, new_cap, element_size))
		return err_nomem(err);
	/* The caller's pointer has another type than void *: it is copied as
	 * bytes, since reading it as a void * would break the aliasing rule. */
	memcpy(&old, array, sizeof old);
	grown = realloc(old, new_bytes);
	if (!grown)
		return err_nomem(err);
	use_large_pages(grown, new_bytes);
	memset(grown + old_bytes, 0, new_bytes - old_bytes);
	memcpy(array, &grown, sizeof grown);
	*cap = new_cap;
	return 0;
}

int mem_reserve(void **array, size_t *cap, size_t want, size_t element_size,
    struct err *err)
{
	char *old;

	if (want <= *cap)
		return 0;
	char *new = mem_new(want, element_size);
	if (!new)
		return err_nomem(err);
	memcpy(&old, array, sizeof old); /* as in mem_grow */
	if (*cap > 0)
		memcpy(new, old, *cap * element_size);
	free(old);
	memcpy(array, &new, sizeof new);
	*cap = want;
	return 0;
}

void *mem_new(size_t n, size_t element_size)
{
	/* calloc checks the product, but may answer NULL for a size of 0. */
	char *new = n == 0 ? calloc(1, 1) : calloc(n, element_size);

	if (new)
		use_large_pages(new, n * element_size);
	return new;
}

char *mem_copy_text(const char *p, size_t n)
{
	size_t size;

	if (!mem_add(&size, n, 1))
		return NULL;
	char *copy = malloc(size);
	if (!copy)
		return NULL;
	if (n > 0)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

void *mem_secret_new(size_t n)
{
	size_t size;

	/* libsodium lets it end where a page ends; so that it also begins where
	 * anything may. */
	if (sodium_init() < 0 || !mem_add(&size, n, 63))
		return NULL;
	size -= size % 64;
	void *secret = sodium_malloc(size);
	if (secret)
		memset(secret, 0, size);
	return secret;
}

void mem_secret_free(void *secret)
{
	sodium_free(secret);
}

bool mem_add(size_t *ret, size_t a, size_t b)
{
	size_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

bool mem_mul(size_t *ret, size_t a, size_t b)
{
	size_t product;

	if (__builtin_mul_overflow(a, b, &product))
		return false;
	*ret = product;
	return true;
}

bool mem_add_u64(uint64_t *ret, uint64_t a, uint64_t b)
{
	uint64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return false;
	*ret = sum;
	return true;
}

void mem_random(void *bytes, size_t n)
{
	/* Idempotent, and the only safe way to a first call from two threads.
	 * Without randomness nothing that follows would be safe. */
	if (sodium_init() < 0)
		abort();
	randombytes_buf(bytes, n);
}

void mem_wipe(void *bytes, size_t n)
{
	if (n > 0)
		sodium_memzero(bytes, n);
}

bool mem_is_same_secret(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

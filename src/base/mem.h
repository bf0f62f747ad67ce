/*
 * mem.h: growing arrays, checked sizes, random and secret bytes.
 */
#ifndef MEM_H
#define MEM_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Makes room for at least `want` elements of element_size bytes in *array (a
 * pointer to a pointer, e.g. (void **)&list), whose capacity is *cap. Doubles;
 * new elements are zeroed. On failure ERR_NOMEM and nothing changed.
 */
int mem_grow(void **array, size_t *cap, size_t want, size_t element_size,
    struct err *err) MUST_CHECK;

/* As mem_grow, but makes room for exactly `want`: for an array whose size is
 * known beforehand. What is new is zeroed, and takes no memory until used. */
int mem_reserve(void **array, size_t *cap, size_t want, size_t element_size,
    struct err *err) MUST_CHECK;

/* n zeroed elements, or NULL; checks the product. free() it. */
void *mem_new(size_t n, size_t element_size);

/* A NUL-terminated copy, or NULL. free() it. */
char *mem_copy_text(const char *p, size_t n);

/* Asks the processor for memory that will be looked at soon, and does not wait
 * for it. Any address will do. */
static inline void mem_fetch(const void *p, size_t n)
{
	for (size_t i = 0; i < n; i += 64)
		__builtin_prefetch((const char *)p + i);
}

/*
 * n bytes, zeroed, for a secret: never in swap space (as far as the limit of
 * locked memory allows, RLIMIT_MEMLOCK), between pages that cannot be touched,
 * wiped when they are given back. Takes a few pages: for few and small things.
 * NULL: no memory.
 */
void *mem_secret_new(size_t n);
void mem_secret_free(void *secret); /* accepts NULL */

bool mem_add(size_t *ret, size_t a, size_t b); /* false on overflow */
bool mem_mul(size_t *ret, size_t a, size_t b);
bool mem_add_u64(uint64_t *ret, uint64_t a, uint64_t b);

void mem_random(void *bytes, size_t n); /* from the operating system */
void mem_wipe(void *bytes, size_t n); /* not optimised away */
bool mem_is_same_secret(const void *a, const void *b, size_t n);

#endif

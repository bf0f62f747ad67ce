/*
 * box_library.h: what the readers share that are made of a foreign library.
 *
 * Each library has its own copy of libbfio and more inside, in different
 * versions under the same names; linked together they would call each other's.
 * So the one that is needed is loaded, alone, before the cell, and sees the
 * files only through read_at.
 */
#ifndef BOX_LIBRARY_H
#define BOX_LIBRARY_H

#include "box.h"

#include <libbfio.h>

/* A name in the library and where its address goes in the caller's struct. */
struct box_library_name {
	const char *name;
	size_t at;
};

/* Loads `file`, finds all names. ERR_UNSUPPORTED: it is not installed. */
int box_library_load(const char *file, const struct box_library_name *names,
    size_t n, void *ret_addresses, struct err *err) MUST_CHECK;

/* A handle of libbfio over a file; make: libbfio_handle_initialize as the
 * library has it. NULL: there is no memory. */
libbfio_handle_t *box_library_handle(
    __typeof__(libbfio_handle_initialize) *make, const struct media_file *file);

/* A library's reading function: bytes read, or less than 1. */
typedef ssize_t box_library_read_fn(void *cookie, uint64_t at, void *ret_bytes,
    size_t n, char *ret_why, size_t why_size);

/* box_reader.read over such a function: what cannot be read in one go is tried
 * in pieces of 4 KiB. */
void box_library_read(box_library_read_fn *read, void *cookie, uint64_t length,
    uint64_t at, uint8_t *ret_bytes, size_t n, struct box_damage *damage);

/* ret_about for a medium of `length` bytes; ERR_FORMAT: it cannot have them. */
int box_library_about(struct cage_wire_about *ret_about, uint64_t length,
    struct err *err) MUST_CHECK;

#endif

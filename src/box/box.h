/*
 * box.h: what the readers in counterfoil-box have in common. Each knows one
 * format; box_serve (counterfoil-box.c) asks it.
 *
 * Everything that opens, looks a name up or loads code is done in `prepare`,
 * before the cell; everything that looks at the evidence, after.
 */
#ifndef BOX_H
#define BOX_H

#include "cage_wire.h"
#include "err.h"
#include "media_file.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The files of an image; names are "#0", "#1", ...: a message that begins with
 * one is about that file (box_say). */
struct box_files {
	const struct media_file *of;
	const char *const *names;
	const int *fds;
	size_t n;
};

/* What of a read is damaged, as it goes into the table. */
struct box_damage {
	uint32_t n;
	struct cage_wire_entry of[CAGE_WIRE_ENTRIES_MAX];
	struct err first; /* why, of the first one */
};

/* A range behind all others; neighbours of one cause are joined when there is
 * no room for more. why: may be empty. */
void box_damage_add(struct box_damage *damage,
    const struct cage_wire_entry *entry, const struct err *why);

struct box_reader {
	/* Before the cell: whatever must be loaded. NULL: nothing. */
	int (*prepare)(void **ret_state, struct err *err);
	/* As cage_wire.h has it; flags of the request. */
	int (*open)(void **state, const struct box_files *files, uint32_t flags,
	    struct cage_wire_about *ret_about, struct err *err);
	/* n bytes at `at` within UINT64_MAX. */
	int (*read)(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
	    struct box_damage *damage, struct err *err);
	/* ret_place->file and what follows. NULL: nothing is known. */
	int (*place)(void *state, uint64_t at, uint64_t n,
	    struct cage_wire_entry *ret_place, struct err *err);
	/* At most CAGE_WIRE_ENTRIES_MAX from number `first` on. NULL: none. */
	uint32_t (*bad)(
	    void *state, uint64_t first, struct cage_wire_entry *ret_entries);
	/* As CAGE_WIRE_FLAW has it: 1 if there is a number `number`, with what
	 * it is in ret_text. NULL: the format has no checksums for it. */
	int (*flaw)(void *state, uint64_t number,
	    struct cage_wire_entry *ret_place,
	    char ret_text[CAGE_WIRE_TEXT_MAX], uint32_t *ret_n,
	    struct err *err);
	/* For tests: the program ends with its state. NULL: not done. */
	void (*free)(void *state);
	/* Names of files, at most CAGE_WIRE_NAMES_MAX. NULL: none. */
	int (*names)(void *state, uint8_t (*ret_names)[CAGE_WIRE_NAME],
	    uint32_t *ret_n, struct err *err);
};

extern const struct box_reader box_ewf;
extern const struct box_reader box_qcow;
extern const struct box_reader box_raw;
extern const struct box_reader box_vhd;
extern const struct box_reader box_vmdk;

#endif

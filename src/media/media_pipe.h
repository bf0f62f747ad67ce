/*
 * media_pipe.h: a medium passing through: read in order, worked on by all
 * cores, hashed in order, handed on in order; in a fixed amount of memory.
 *
 * Invariant: a slot is filled and drained by the caller's thread only, in
 * ascending order; between the two each step is done to it exactly once.
 */
#ifndef MEDIA_PIPE_H
#define MEDIA_PIPE_H

#include "err.h"
#include "hash.h"
#include "media_ewf_pack.h"
#include "media_hash.h"
#include "media_range.h"
#include "tree_chunk.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEDIA_PIPE_BYTES (1u << 20) /* of the medium in one slot */
#define MEDIA_PIPE_SLOTS 32
#define MEDIA_PIPE_LEAVES (MEDIA_PIPE_BYTES / TREE_CHUNK_SIZE)
#define MEDIA_PIPE_PIECES (MEDIA_PIPE_BYTES / MEDIA_EWF_CHUNK)

struct media_pipe_piece {
	uint32_t at, n; /* in `stored` */
	bool is_packed;
};

struct cage_image;
struct cage_image_damage;
struct media_leaves;
struct media_open;

struct media_pipe_slot {
	uint64_t at; /* in the medium */
	size_t n; /* bytes of it */
	uint8_t *bytes; /* MEDIA_PIPE_BYTES and one sector more */
	uint8_t *stored; /* as for an E01: room for stored_max */
	size_t piece_count;
	struct media_pipe_piece *pieces; /* MEDIA_PIPE_PIECES */
	uint8_t *sealed; /* as in an age file: room for sealed_max */
	size_t sealed_n;
	struct media_ranges damaged; /* offsets in the medium */
	size_t leaf_count;
	struct hash leaves[MEDIA_PIPE_LEAVES];
	struct hash expected[MEDIA_PIPE_LEAVES];
};

/* What one thread has for itself. */
struct media_pipe_worker {
	struct media_ewf_pack *pack;
	struct media_leaves *leaves; /* NULL until a step makes it */
	struct cage_image *box; /* likewise */
	struct cage_image_damage *damage; /* likewise: of its last read */
};

struct media_pipe_job {
	void *cookie;
	size_t stored_max; /* bytes of `stored` in a slot; 0: none needed */
	size_t threads; /* 0: one a core */
	/* How many are under way at most; 0: all. Few stay in the processor's
	 * cache. */
	size_t slots;
	/* n 0: nothing more comes. */
	int (*fill)(
	    void *cookie, struct media_pipe_slot *slot, struct err *err);
	/* By any thread, several at once, in any order. */
	int (*work)(void *cookie, struct media_pipe_slot *slot,
	    struct media_pipe_worker *worker, struct err *err);
	int (*drain)(
	    void *cookie, struct media_pipe_slot *slot, struct err *err);
	struct media_hash *hashes[MEDIA_HASH_COUNT]; /* NULL: not this one */
	bool is_hashed_after_work; /* because that makes the bytes */
	/* 0: no `sealed`; else all of both is wiped in the end. */
	size_t sealed_max;
	/* Over `sealed` of every slot; NULL: not wanted. The work makes it, or,
	 * with is_hashed_after_work, fill does. */
	struct media_hash *sealed_hash;
};

/* As many as so many bytes can fill, for `slots`: a short medium needs no
 * memory for a long one. */
size_t media_pipe_slots(uint64_t length);

/* Until fill says that there is no more, or the first error of any step. */
int media_pipe_run(
    const struct media_pipe_job *job, struct err *err) MUST_CHECK;

/* Hangs the slot's bytes into the tree of a medium of `length` bytes: leaves
 * and leaf_count. For a work step. */
int media_pipe_leaves(struct media_pipe_slot *slot, uint64_t length,
    const struct tree_seed *seed, struct media_pipe_worker *worker,
    struct err *err) MUST_CHECK;

/* Reads the slot out of a foreign image, in the worker's own box; as
 * media_open_read, with what is damaged in worker->damage. For a work step. */
int media_pipe_read(struct media_pipe_slot *slot, const struct media_open *from,
    struct media_pipe_worker *worker, struct err *err) MUST_CHECK;

#endif

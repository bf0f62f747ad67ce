/*
 * exam_feature.h: what a scan found, each thing once: kind and text, how often,
 * in which files, at which places first, and which things stood together in one
 * entry of a structured record.
 *
 * In a fixed amount of memory: what has no room any more is counted
 * (exam_feature_left_out), never forgotten in silence. 300 MB hold five million
 * different things of 20 characters that are each in one file.
 */
#ifndef EXAM_FEATURE_H
#define EXAM_FEATURE_H

#include "cage_hit.h"
#include "err.h"
#include "exam_owner.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXAM_FEATURE_BYTES_MAX 300000000
#define EXAM_FEATURE_PLACES_MAX 100 /* of one feature; all are counted */
/* Identifiers of one entry, and entries of one record that are paired with each
 * other; a sender is paired with more. */
#define EXAM_FEATURE_ENTRY_MAX 32
#define EXAM_FEATURE_TOGETHER_MAX 16
#define EXAM_FEATURE_SENT_MAX 1000
/* Hits in records of one scan that wait for its end. */
#define EXAM_FEATURE_WAITING_MAX 1000000

/* Whose the bytes of a hit are (exam_owner.h). */
struct exam_feature_where {
	enum exam_owning owning;
	uint32_t file; /* of a file or its slack */
	/* The file was scanned as a whole, and the outermost place of the hit
	 * is in it and not in the image. */
	bool is_in_file;
};

struct exam_feature {
	enum cage_hit_kind kind;
	struct slice text; /* borrowed from the store, for its life */
	uint32_t hits; /* UINT32_MAX: that or more */
	uint32_t files; /* different ones; not their slack */
};

struct exam_feature_place {
	enum cage_hit_coding coding;
	enum cage_hit_role role;
	struct exam_feature_where where;
	uint32_t depth;
	struct cage_hit_step steps[CAGE_HIT_DEPTH_MAX];
	uint64_t at;
	uint32_t length;
	struct slice context; /* borrowed; absent where it was not kept */
};

/* Things that stood in one entry, wherever the same ones did. */
struct exam_feature_entry {
	size_t n;
	const uint32_t *features; /* ascending; borrowed */
	uint32_t seen; /* how often */
	uint32_t roles; /* bits: 1 << enum cage_hit_role */
	/* In a record that this entry wrote or is about, coordinates, or a key
	 * or wallet, stand outside of all entries. */
	bool is_near_position, is_near_key;
};

enum exam_feature_how {
	EXAM_FEATURE_SENT, /* from the sender to a receiver of one record */
	EXAM_FEATURE_RELATIVE, /* from whom it is about to a relative */
	EXAM_FEATURE_TOGETHER, /* in one record; from < to */
	EXAM_FEATURE_HOWS
};

struct exam_feature_link {
	uint32_t from, to; /* entries */
	enum exam_feature_how how;
	uint32_t seen;
};

/* For which there was no room. */
struct exam_feature_left_out {
	uint64_t hits[CAGE_HIT_KINDS]; /* of features that are not known */
	uint64_t places; /* first ones, of known features */
	uint64_t contexts;
	uint64_t files; /* a file of a feature: the counts of files are least */
	uint64_t entries, links; /* because of any limit above */
};

struct exam_feature_store;

/* bytes_max: 0 for EXAM_FEATURE_BYTES_MAX. */
int exam_feature_new(struct exam_feature_store **ret_store, size_t bytes_max,
    struct err *err) MUST_CHECK;
void exam_feature_free(struct exam_feature_store *store); /* or NULL */

/*
 * One hit, of which nothing is borrowed; a gap (CAGE_HIT_GAP) is none. Hits of
 * one record come before exam_feature_end_scan, after which its number may mean
 * another: at the latest when EXAM_FEATURE_WAITING_MAX of them wait.
 * ERR_FORMAT: a hit that cannot be (a text that is no line, a number of no
 * kind): it is evidence, so it is looked at here too. ERR_NOMEM.
 */
int exam_feature_add(struct exam_feature_store *store,
    const struct cage_hit *hit, const struct exam_feature_where *where,
    struct err *err) MUST_CHECK;
int exam_feature_end_scan(
    struct exam_feature_store *store, struct err *err) MUST_CHECK;

/* Once, after the last scan has ended. What follows is asked afterwards. */
int exam_feature_seal(
    struct exam_feature_store *store, struct err *err) MUST_CHECK;

/* Features are numbered in the order in which they were first seen. */
uint32_t exam_feature_count(const struct exam_feature_store *store);
struct exam_feature exam_feature_at(
    const struct exam_feature_store *store, uint32_t feature);
/* The same without its files, which are left 0: several times as fast. */
struct exam_feature exam_feature_brief(
    const struct exam_feature_store *store, uint32_t feature);
/* Its first places in their order; ret_places has room for
 * EXAM_FEATURE_PLACES_MAX. Returns how many. */
size_t exam_feature_places(const struct exam_feature_store *store,
    uint32_t feature, struct exam_feature_place *ret_places);
/* Its files, the one seen first and then the others ascending. */
typedef void exam_feature_file_fn(void *cookie, uint32_t file);
void exam_feature_files(const struct exam_feature_store *store,
    uint32_t feature, exam_feature_file_fn *take, void *cookie);
/* EXAM_TABLE_NONE (exam_table.h): it was not found. */
uint32_t exam_feature_find(const struct exam_feature_store *store,
    enum cage_hit_kind kind, struct slice text);

uint32_t exam_feature_entry_count(const struct exam_feature_store *store);
struct exam_feature_entry exam_feature_entry_at(
    const struct exam_feature_store *store, uint32_t entry);
uint32_t exam_feature_link_count(const struct exam_feature_store *store);
struct exam_feature_link exam_feature_link_at(
    const struct exam_feature_store *store, uint32_t link);

struct exam_feature_left_out exam_feature_left_out(
    const struct exam_feature_store *store);
size_t exam_feature_bytes(const struct exam_feature_store *store);

#endif

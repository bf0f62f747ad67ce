/*
 * exam_catalog.h: every name of every volume of an image in memory: files,
 * folders, streams, deleted and orphaned ones, where they lie, and what of the
 * volumes nobody uses.
 *
 * Compact, because an image may hold millions: about 200 bytes a file. Names
 * are evidence: data to be shown, never paths to be opened.
 */
#ifndef EXAM_CATALOG_H
#define EXAM_CATALOG_H

#include "buf.h"
#include "cage_list.h"
#include "err.h"
#include "exam_owner.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of all volumes together; what is behind them is left out, and said. Keep the
 * whole below 1 GB. */
#define EXAM_CATALOG_FILES_MAX 3000000
#define EXAM_CATALOG_RUNS_MAX 12000000
#define EXAM_CATALOG_NAMES_MAX (UINT32_C(200) << 20)
#define EXAM_CATALOG_SPACES_MAX 8000000

#define EXAM_CATALOG_HOLE UINT64_MAX

struct exam_catalog_run {
	uint64_t at; /* in the image, or EXAM_CATALOG_HOLE: reads as zeros */
	uint64_t length;
};

struct exam_catalog_file {
	uint64_t id, size, valid; /* as cage_list_entry has them */
	int64_t times[CAGE_LIST_TIMES];
	uint32_t nanos[CAGE_LIST_TIMES];
	uint32_t flags; /* CAGE_LIST_NAME_DELETED and what follows it */
	uint32_t in; /* number of its folder + 1; 0: the volume's root */
	uint32_t name_at, run_at, run_n;
	uint32_t mode, uid, gid, links;
	uint16_t attribute, attribute_id;
	uint16_t volume; /* from 1 */
	uint8_t type; /* enum cage_list_type */
};

struct exam_catalog_volume {
	struct cage_wire_volume about;
	struct cage_list_about blocks;
	uint32_t first, n; /* of its files */
	size_t space_first, space_n;
	/* Why not everything was listed; empty: it was. */
	char names_why[CAGE_WIRE_TEXT_MAX], spaces_why[CAGE_WIRE_TEXT_MAX];
};

struct exam_catalog;

/* Lists all volumes of an image, asked through a box that can be asked about
 * file systems. What cannot be listed is said of its volume and no error. */
int exam_catalog_new(struct exam_catalog **ret_catalog, struct cage_image *box,
    struct err *err) MUST_CHECK;
void exam_catalog_free(struct exam_catalog *catalog);

/* Borrowed, all of it. Files are numbered from 0, in the order of their
 * volumes, folders before what is in them. */
const struct exam_catalog_file *exam_catalog_files(
    const struct exam_catalog *catalog, size_t *ret_n);
const struct exam_catalog_volume *exam_catalog_volumes(
    const struct exam_catalog *catalog, size_t *ret_n);
/* In the file's order, from its first byte on; of whole blocks. */
const struct exam_catalog_run *exam_catalog_runs(
    const struct exam_catalog *catalog, uint32_t file, size_t *ret_n);
const struct cage_list_blocks *exam_catalog_spaces(
    const struct exam_catalog *catalog, uint32_t volume, size_t *ret_n);

/* One line. */
struct slice exam_catalog_name(
    const struct exam_catalog *catalog, uint32_t file);
/* "home/a.txt": names with slashes between them, without one in front; what was
 * found without a name is "$OrphanFiles/...". Appended. */
void exam_catalog_put_path(
    const struct exam_catalog *catalog, uint32_t file, struct buf *out);

/* A file in the sense of people: bytes under a name, no folder, link, table or
 * part of the file system. */
bool exam_catalog_is_file(const struct exam_catalog_file *file);
/* Such a one that is deleted, and of which more than the name is left. */
bool exam_catalog_is_deleted(const struct exam_catalog_file *file);

/* Adds what is known: the bytes of files that are in use and their slack, by
 * their number; tables; what is not in use. */
int exam_catalog_own(const struct exam_catalog *catalog, struct exam_owner *map,
    struct err *err) MUST_CHECK;

#endif

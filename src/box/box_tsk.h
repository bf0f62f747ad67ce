/*
 * box_tsk.h: the file systems of an image, by libtsk, over a reader of the box.
 *
 * libtsk is loaded after the reader's own library and with its names kept to
 * itself: it comes with readers of images, too, which nobody calls.
 */
#ifndef BOX_TSK_H
#define BOX_TSK_H

#include "box.h"
#include "cage_entry.h"
#include "cage_list.h"

#include <tsk/libtsk.h>

/* Names that are looked at for one question, and how long. */
#define BOX_TSK_NAMES_MAX 1000000
#define BOX_TSK_SECONDS_MAX 60
/* Folders within folders. */
#define BOX_TSK_DEPTH_MAX 64

#define BOX_TSK_RECORD_MAX 65536

struct box_tsk_library {
	__typeof__(tsk_img_open_external) *img_open;
	__typeof__(tsk_img_read) *img_read;
	__typeof__(tsk_vs_open) *vs_open;
	__typeof__(tsk_vs_close) *vs_close;
	__typeof__(tsk_fs_open_img) *fs_open;
	__typeof__(tsk_fs_type_toname) *fs_name;
	__typeof__(tsk_fs_dir_open_meta) *dir_open;
	__typeof__(tsk_fs_dir_close) *dir_close;
	__typeof__(tsk_fs_dir_getsize) *dir_size;
	__typeof__(tsk_fs_dir_get_name) *dir_name;
	__typeof__(tsk_fs_file_open_meta) *file_open;
	__typeof__(tsk_fs_file_close) *file_close;
	__typeof__(tsk_fs_file_attr_get) *attr;
	__typeof__(tsk_fs_file_attr_getsize) *attr_count;
	__typeof__(tsk_fs_file_attr_get_idx) *attr_number;
	__typeof__(tsk_fs_block_get) *block;
	__typeof__(tsk_fs_block_free) *block_free;
	__typeof__(tsk_fs_block_walk) *block_walk;
	__typeof__(tsk_fs_meta_walk) *meta_walk;
	__typeof__(tsk_fs_attr_read) *attr_read;
	__typeof__(tsk_error_get) *why;
	__typeof__(tsk_error_reset) *forget;
};

struct box_tsk_list;

struct box_tsk_volume {
	struct cage_wire_volume about;
	TSK_FS_INFO *fs; /* NULL: not recognised */
};

struct box_tsk {
	TSK_IMG_INFO image; /* first: libtsk has a pointer to it */
	struct box_tsk_library tsk;
	const struct box_reader *reader;
	void *state; /* of the reader */
	uint64_t length;
	struct box_damage damage;
	bool has_volumes;
	uint32_t n;
	struct box_tsk_volume *volumes; /* CAGE_WIRE_VOLUMES_MAX */
	char path[CAGE_WIRE_PATH_MAX]; /* that is looked for */
	uint8_t record[BOX_TSK_RECORD_MAX]; /* of an NTFS */
	struct box_tsk_list *list; /* where it is; NULL: none was asked for */
	TSK_FS_FILE *content; /* that is being read */
	const TSK_FS_ATTR *attr; /* of it, if it is scanned */
};

/* Before the cell. ERR_UNSUPPORTED: it is not installed. */
int box_tsk_load(struct box_tsk **ret_tsk, struct err *err) MUST_CHECK;
/* After the image was opened. */
int box_tsk_open(struct box_tsk *tsk, const struct box_reader *reader,
    void *state, uint64_t length, struct err *err) MUST_CHECK;

/* The answers to CAGE_WIRE_VOLUMES, _FIND and _OWNERS: into the shared memory,
 * where the request's bytes lie, too. */
int box_tsk_volumes(struct box_tsk *tsk, uint8_t *shared,
    struct cage_wire_answer *answer, struct err *err) MUST_CHECK;
int box_tsk_find(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err) MUST_CHECK;
int box_tsk_owners(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err) MUST_CHECK;

/* To CAGE_WIRE_LIST, _SPACES and _CONTENT, as cage_list.h has them. */
int box_tsk_list(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err) MUST_CHECK;
int box_tsk_spaces(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err) MUST_CHECK;
/* A file that is to be scanned, and its bytes: for a box_scan_source whose
 * cookie is the box_tsk. What cannot be read is zeros. */
int box_tsk_file_open(struct box_tsk *tsk, const struct cage_list_of *of,
    uint64_t *ret_size, struct err *err) MUST_CHECK;
int box_tsk_file_read(void *cookie, uint64_t at, uint8_t *ret_bytes, size_t n,
    uint64_t *ret_lost, struct err *err) MUST_CHECK;
int box_tsk_content(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err) MUST_CHECK;

/* ---- for the files of it ---- */

/* libtsk's reason, as a line. */
int box_tsk_why(struct box_tsk *tsk, const char *what, struct err *err);
/* The volumes, if they are not known yet. */
int box_tsk_need_volumes(struct box_tsk *tsk, struct err *err) MUST_CHECK;

/* The same, and that volume `volume` (from 1) has files: ERR_UNSUPPORTED. */
int box_tsk_need_volume(
    struct box_tsk *tsk, uint32_t volume, struct err *err) MUST_CHECK;

/* What of an attribute is stored where; each run that is put is in the file's
 * order, and never empty. */
typedef int box_tsk_run_fn(
    void *cookie, const struct cage_wire_run *run, struct err *err);
/* ERR_UNSUPPORTED: its table is not whole; ERR_FORMAT: it cannot be. With
 * is_stored everything that is allocated for it, in_file being meaningless. */
int box_tsk_runs(const TSK_FS_ATTR *attr, bool is_stored, box_tsk_run_fn *put,
    void *cookie, struct err *err) MUST_CHECK;

#endif

/*
 * exam_recover.h: files of a catalog, written into a folder.
 *
 * Nothing there is called as the evidence calls it: an object is
 * objects/GROUP/VOLUME-ID-ATTRIBUTE-NUMBER, and manifest.jsonl has, a line for
 * each, what it was called, its grade, its blocks and who else claims them, its
 * hashes; SHA256SUMS can be given to sha256sum -c.
 */
#ifndef EXAM_RECOVER_H
#define EXAM_RECOVER_H

#include "err.h"
#include "exam_catalog.h"
#include "exam_grade.h"
#include "exam_read.h"
#include "hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Objects in one group's folder. */
#define EXAM_RECOVER_GROUP 1000

struct exam_recover_options {
	const struct exam_read *read; /* with grades; bytes may be NULL */
	int folder; /* open, and empty */
	const uint32_t *files; /* numbers, each once */
	size_t n;
	bool has_md5; /* beside SHA-256 */
	/* Threads that read and hash; 0: as many as there are processors. 1 if
	 * the image is read in a box. */
	size_t threads;
	void (*progress)(void *cookie, size_t files, uint64_t bytes);
	void *cookie;
};

struct exam_recover_sums {
	size_t objects; /* written */
	size_t names; /* of which the manifest speaks */
	uint64_t bytes;
	size_t by_grade[EXAM_GRADE_WORDS]; /* of deleted files */
	size_t damaged; /* of which something could not be read */
	struct hash manifest; /* of its bytes; all other hashes are in it */
};

/* One that is there already: ERR_CONFLICT. Everything is on the disk before
 * SHA256SUMS, which comes last, has its name. */
int exam_recover(const struct exam_recover_options *options,
    struct exam_recover_sums *ret_sums, struct err *err) MUST_CHECK;

/* Takes away what exam_recover wrote with these options, as far as it came. */
void exam_recover_remove(const struct exam_recover_options *options);

#endif

/*
 * exam_file_ref.h: what reports need to know of a file, so that whoever has the
 * files (a catalogue, a test) can be asked by their number.
 */
#ifndef EXAM_FILE_REF_H
#define EXAM_FILE_REF_H

#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

struct exam_file_ref {
	/* A line of UTF-8 (text.h) that comes from evidence: shown, never used
	 * as a path. */
	struct slice path;
	uint64_t size;
	bool is_allocated; /* not deleted */
};

struct exam_file_refs {
	/* False: no such file is known. What *ret_ref borrows stays until the
	 * next call. */
	bool (*get)(
	    void *cookie, uint32_t number, struct exam_file_ref *ret_ref);
	void *cookie;
};

#endif

/*
 * cage_box.h: one box: the program counterfoil-box, started by exec with the
 * files that it is to read and nothing else, and asked one thing at a time.
 *
 * The program is looked for beside the one that runs, then in the folder that
 * it is installed in; never in PATH.
 */
#ifndef CAGE_BOX_H
#define CAGE_BOX_H

#include "cage_wire.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For one answer; a medium that is slow, or a large set that is opened, may
 * take its time, and a loop in a foreign library has none. */
#define CAGE_BOX_ANSWER_MS 120000

#define CAGE_BOX_WAIT_MS 200

struct cage_box_options {
	const char *program; /* absolute; NULL: the one that belongs to us */
	const int *fds; /* borrowed; regular files or block devices */
	size_t n; /* 1 to CAGE_WIRE_FILES_MAX */
	enum cage_wire_format format;
	uint32_t flags; /* CAGE_WIRE_FILE_SYSTEMS, CAGE_WIRE_SCANS */
	uint64_t finds; /* if it scans: for what (cage_hit.h) */
	unsigned answer_ms; /* 0: CAGE_BOX_ANSWER_MS */
	/* Called every CAGE_BOX_WAIT_MS while an answer is waited for, by the
	 * thread that waits; NULL: nobody is told. */
	void (*waiting)(void *cookie);
	void *waiting_cookie;
};

struct cage_box;

/*
 * Starts a box and hands it the files, each of which must be open for reading
 * only (ERR_USAGE). It ends with the thread that started it. ERR_NOTFOUND: the
 * program is not there; ERR_FORMAT: it is not ours; ERR_UNSUPPORTED: it cannot
 * confine itself here.
 */
int cage_box_new(struct cage_box **ret_box,
    const struct cage_box_options *options, struct err *err) MUST_CHECK;
/* Kills it, whatever it does. */
void cage_box_free(struct cage_box *box);

/*
 * Sends a request and waits for the answer, which is bytes of a hostile. Any
 * failure (it ended, was killed by what it did, did not answer in time, sent
 * too much) is ERR_FORMAT and says what it was; the box is of no use then.
 */
int cage_box_ask(struct cage_box *box, const struct cage_wire_request *request,
    uint8_t ret_answer[CAGE_WIRE_ANSWER], struct err *err) MUST_CHECK;

/* n bytes at `at` of the shared memory, copied out: what was checked cannot
 * change after that. */
void cage_box_copy(
    const struct cage_box *box, size_t at, void *ret_bytes, size_t n);

/* n bytes into the shared memory at its start, for the next request; what the
 * box makes of them is its business. */
void cage_box_give(struct cage_box *box, const void *bytes, size_t n);

/* Whether the thread that started it may have ended, and it with it. */
bool cage_box_is_of_another_thread(const struct cage_box *box);

#endif

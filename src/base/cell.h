/*
 * cell.h: gives up, once and for all, everything but computing: for a program
 * that takes foreign bytes apart and is to have nothing else.
 *
 * Its own library, with sandbox.h: it needs libseccomp.
 */
#ifndef CELL_H
#define CELL_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cell_options {
	int line; /* the one descriptor for read and write: a socket */
	uint64_t memory_bytes; /* of address space; nothing under sanitizers */
	uint64_t cpu_seconds; /* in all; then the kernel ends the process */
};

/*
 * To be called while the process has one thread, after everything is open.
 * From then on: no capability, no new privileges, no core dump, no tracer, no
 * further descriptor, no process, no file grows, no path is reached (Landlock);
 * and of system calls only: pread64 on what is open, read and write on `line`,
 * memory that is anonymous and never executable, futex, the monotonic clock,
 * and the end. Any other call kills the process (SIGSYS). Standard streams
 * cannot be written to. Under sanitizers (CELL_SANITIZED) those calls are
 * allowed too that their run-time libraries make; none of them opens anything.
 *
 * *ret_has_landlock is false if the kernel has none: no call that takes a path
 * is left anyhow. ERR_UNSUPPORTED: no seccomp, and nobody may go on.
 */
int cell_enter(const struct cell_options *options, bool *ret_has_landlock,
    struct err *err) MUST_CHECK;

/* The rest of what is named above without seccomp: for the tests, which show
 * that one wall stands without the other. */
int cell_enter_without_seccomp(const struct cell_options *options,
    bool *ret_has_landlock, struct err *err) MUST_CHECK;

#endif

/*
 * sandbox.h: gives up, once and for all, what a server never needs, so that
 * whoever takes it over has little: the files of its folders and the
 * connections it has.
 *
 * Its own library: it needs libseccomp, which the verifier does not.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * If the process is root: becomes `user` ("name" or "name:group"; NULL: stays
 * root) with that user's groups only, without a way back. If it is not root, a
 * user other than NULL must be the one that it is (ERR_DENIED). ERR_NOTFOUND:
 * no such user or group.
 */
int sandbox_become(const char *user, struct err *err) MUST_CHECK;

struct sandbox_options {
	/* Folders, by descriptor, in which files may be made and changed. */
	const int *write_fds;
	size_t write_count;
	/* Files and folders that may be read; one that is missing is skipped.
	 * Everything that is neither here nor there cannot be opened. */
	const char *const *read_paths;
	size_t read_count;
	bool may_connect; /* to other servers or a key agent */
};

/*
 * To be called while the process has one thread (ERR_USAGE), after everything
 * that is opened only once: what is open stays usable. From then on: no new
 * privileges, no core dump and no tracer; no program is executed and no
 * process is traced or read (who tries is killed: only an intruder would); no
 * memory is made executable, no process forked, and of system calls only a
 * server's are there (others fail with EPERM). *ret_has_landlock is false if
 * the kernel has no Landlock (5.19 or later has what is needed): then only the
 * files' own permissions keep the rest of the disk apart, and the caller says
 * so. ERR_UNSUPPORTED: not even seccomp.
 */
int sandbox_enter(const struct sandbox_options *options, bool *ret_has_landlock,
    struct err *err) MUST_CHECK;

#endif

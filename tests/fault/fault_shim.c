/*
 * fault_shim.c: loaded into a program (LD_PRELOAD), it makes one write short or
 * one sync fail, which strace cannot do truthfully.
 *
 * FAULT_SHIM is "short:<n>" (write n takes half of its bytes, and all is well
 * after that), "full:<n>" (write n takes half, every later one fails with
 * ENOSPC), or "sync:<n>" (sync n fails with EIO, all later ones succeed, as
 * Linux does it when the lost pages are marked clean). Only files count, not
 * standard output. At its end the program says on standard error how many
 * writes and syncs it made: "shim: <writes> writes, <syncs> syncs".
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned long writes;
static unsigned long syncs;

ssize_t write(int fd, const void *bytes, size_t n);
int fsync(int fd);
int syncfs(int fd);

/* The number n of "<kind>:<n>" in the environment, else 0. */
static unsigned long wanted(const char *kind)
{
	const char *fault = getenv("FAULT_SHIM");
	size_t n = strlen(kind);

	if (!fault || strncmp(fault, kind, n) != 0 || fault[n] != ':')
		return 0;
	return strtoul(fault + n + 1, NULL, 10);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
	ssize_t (*real)(int, const void *, size_t);
	void *symbol = dlsym(RTLD_NEXT, "write");
	unsigned long full = wanted("full");

	memcpy(&real, &symbol, sizeof(real));
	if (fd <= STDERR_FILENO)
		return real(fd, bytes, n);
	writes++;
	if (full > 0 && writes > full) {
		errno = ENOSPC;
		return -1;
	}
	if (n > 1 && (writes == full || writes == wanted("short")))
		n /= 2;
	return real(fd, bytes, n);
}

static int sync_with(const char *name, int fd)
{
	int (*real)(int);
	void *symbol = dlsym(RTLD_NEXT, name);

	memcpy(&real, &symbol, sizeof(real));
	if (++syncs == wanted("sync")) {
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int fsync(int fd)
{
	return sync_with("fsync", fd);
}

int syncfs(int fd)
{
	return sync_with("syncfs", fd);
}

__attribute__((destructor)) static void report(void)
{
	(void)fprintf(stderr, "shim: %lu writes, %lu syncs\n", writes, syncs);
}

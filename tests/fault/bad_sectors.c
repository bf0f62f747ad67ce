/*
 * bad_sectors.c: loaded into a program, it makes places of one file
 * unreadable: BAD_FILE is how its path ends, BAD_PLACES are "AT LENGTH ..." in
 * bytes. A read that touches one of them gives what stands before it, and fails
 * with EIO if nothing does.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int is_bad_file(int fd)
{
	const char *end = getenv("BAD_FILE");
	char link[64], path[4096];

	if (end == NULL)
		return 0;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	if (n < 0 || (size_t)n < strlen(end))
		return 0;
	path[n] = '\0';
	return strcmp(path + n - strlen(end), end) == 0;
}

static ssize_t read_with_faults(ssize_t (*real)(int, void *, size_t, off_t),
    int fd, void *bytes, size_t n, off_t at)
{
	const char *places = getenv("BAD_PLACES");
	uint64_t start = (uint64_t)at;
	unsigned long long from, length;
	int used;

	if (places == NULL || !is_bad_file(fd))
		return real(fd, bytes, n, at);
	for (; sscanf(places, "%llu %llu%n", &from, &length, &used) == 2;
	     places += used) {
		if (start >= from + length || start + n <= from)
			continue;
		if (start >= from) {
			errno = EIO;
			return -1;
		}
		n = (size_t)(from - start);
	}
	return real(fd, bytes, n, at);
}

/* pread64, because lengths have 64 bits here. */
ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
	ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(
	    int, void *, size_t, off_t))(uintptr_t)dlsym(RTLD_NEXT, "pread64");

	return read_with_faults(real, fd, bytes, n, at);
}

/* Where a program reads on from the last place. */
static ssize_t read_here(int fd, void *bytes, size_t n, off_t at)
{
	ssize_t (*real)(int, void *, size_t) = (ssize_t(*)(
	    int, void *, size_t))(uintptr_t)dlsym(RTLD_NEXT, "read");

	(void)at;
	return real(fd, bytes, n);
}

ssize_t read(int fd, void *bytes, size_t n)
{
	off_t at = 0;

	if (getenv("BAD_PLACES") != NULL && is_bad_file(fd))
		at = lseek(fd, 0, SEEK_CUR);
	return read_with_faults(read_here, fd, bytes, n, at < 0 ? 0 : at);
}

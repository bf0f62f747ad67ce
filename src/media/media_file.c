/*
 * media_file.c: see media_file.h.
 */
#include "media_file.h"

#include "text.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int media_file_read(const struct media_file *file, uint64_t at, void *ret_bytes,
    size_t n, struct err *err)
{
	char span[TEXT_SPAN_SIZE];

	if (n > file->length || at > file->length - n) {
		text_span(span, at, n);
		return err_set(err, ERR_FORMAT,
		    "%s were wanted, and the file has %llu bytes", span,
		    (unsigned long long)file->length);
	}
	return n == 0 ? 0 : file->read(file->cookie, at, ret_bytes, n, err);
}

static int read_fd(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	int fd = (int)(intptr_t)cookie;
	uint8_t *p = ret_bytes;

	while (n > 0) {
		ssize_t got = pread(fd, p, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_sys(err, errno, "reading at byte %llu",
			    (unsigned long long)at);
		if (got == 0)
			return err_set(err, ERR_IO,
			    "the file became shorter: nothing at byte %llu",
			    (unsigned long long)at);
		p += got;
		at += (uint64_t)got;
		n -= (size_t)got;
	}
	return 0;
}

int media_file_of_fd(struct media_file *ret_file, int fd, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(err, errno, "looking at a file's length");
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_UNSUPPORTED, "no regular file");
	*ret_file = (struct media_file){
	    .length = (uint64_t)st.st_size,
	    .read = read_fd,
	    .cookie = (void *)(intptr_t)fd,
	};
	return 0;
}

static int read_memory(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	const struct slice *bytes = cookie;

	(void)err; /* cannot fail: media_file_read looked at the bounds */
	assert(at <= bytes->n && n <= bytes->n - at);
	if (n > 0)
		memcpy(ret_bytes, bytes->p + at, n);
	return 0;
}

struct media_file media_file_of_memory(struct slice *bytes)
{
	return (struct media_file){
	    .length = bytes->n, .read = read_memory, .cookie = bytes};
}

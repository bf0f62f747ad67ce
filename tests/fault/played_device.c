/*
 * played_device.c: loaded into a program, it puts a made-up drive at
 * /dev/played-ata, -nvme, -sas or -bridge. What is read from it is the file
 * PLAYED_FILE; what it answers is built by played_drive.c from PLAYED_SERIAL,
 * PLAYED_HOURS, PLAYED_CYCLES, PLAYED_READ, PLAYED_WRITTEN, PLAYED_NATIVE and
 * PLAYED_SECTORS. It counts what is read from it.
 */
/* Both names of each call are here, and neither is the other. */
#undef _FILE_OFFSET_BITS
#undef _FORTIFY_SOURCE

#include "played_drive.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define PREFIX "/dev/played-"
#define FDS 1024

static struct played_drive drive;
static bool is_made; /* it goes on counting when it is opened again */
static bool is_played[FDS];
static uint64_t bytes_read;

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value != NULL ? strtoull(value, NULL, 10) : otherwise;
}

static const char *backing(void)
{
	const char *file = getenv("PLAYED_FILE");

	return file != NULL ? file : "/dev/zero";
}

static void make_drive(const char *kind)
{
	struct stat st;
	int (*real)(const char *, struct stat *) = (int (*)(
	    const char *, struct stat *))(uintptr_t)dlsym(RTLD_NEXT, "stat");
	uint64_t sectors = 2048;

	if (is_made)
		return;
	is_made = true;
	if (getenv("PLAYED_FILE") != NULL && real(backing(), &st) == 0)
		sectors = (uint64_t)st.st_size / 512;
	drive = (struct played_drive){
	    .kind = strcmp(kind, "nvme") == 0 ? PLAYED_NVME
		: strcmp(kind, "sas") == 0    ? PLAYED_SAS
		: strcmp(kind, "bridge") == 0 ? PLAYED_BRIDGE
					      : PLAYED_ATA,
	    .serial = getenv("PLAYED_SERIAL"),
	    .sectors = number("PLAYED_SECTORS", sectors),
	    .native = number("PLAYED_NATIVE", 0),
	    .hours = number("PLAYED_HOURS", 5120),
	    .cycles = number("PLAYED_CYCLES", 77),
	    .read = number("PLAYED_READ", 123456),
	    .written = number("PLAYED_WRITTEN", 65432),
	    .unsafe = number("PLAYED_UNSAFE", 3),
	    .has_no_statistics = getenv("PLAYED_OLD") != NULL,
	};
	drive.native = drive.native > 0 ? drive.native : drive.sectors;
	played_drive_fill(&drive);
}

static int open_played(
    int (*real)(const char *, int, ...), const char *path, int flags, int mode)
{
	if (strncmp(path, PREFIX, sizeof(PREFIX) - 1) != 0)
		return real(path, flags, mode);
	make_drive(path + sizeof(PREFIX) - 1);
	int fd = real(backing(), O_RDONLY | (flags & O_CLOEXEC));
	if (fd >= 0 && fd < FDS)
		is_played[fd] = true;
	return fd;
}

#define OPEN(name)                                                             \
	int name(const char *path, int flags, ...)                             \
	{                                                                      \
		va_list more;                                                  \
		va_start(more, flags);                                         \
		int mode = va_arg(more, int);                                  \
		va_end(more);                                                  \
		return open_played((int (*)(const char *, int, ...))(          \
				       uintptr_t)dlsym(RTLD_NEXT, #name),      \
		    path, flags, mode);                                        \
	}

OPEN(open)
OPEN(open64)

int access(const char *path, int mode)
{
	if (strncmp(path, PREFIX, sizeof(PREFIX) - 1) == 0)
		return 0;
	return ((int (*)(const char *, int))(uintptr_t)dlsym(
	    RTLD_NEXT, "access"))(path, mode);
}

/* What `open` becomes in a program that was built with the library's own
 * bounds checks. */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);

int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

int close(int fd)
{
	int (*real)(int) = (int (*)(int))(uintptr_t)dlsym(RTLD_NEXT, "close");

	if (fd >= 0 && fd < FDS)
		is_played[fd] = false;
	return real(fd);
}

static int answer_scsi(sg_io_hdr_t *io)
{
	uint8_t sense[32] = {0};
	size_t got, sense_n;

	io->status = (unsigned char)played_drive_scsi(&drive, io->cmdp,
	    io->cmd_len, io->dxferp, io->dxfer_len, &got, sense, &sense_n);
	io->resid = (int)(io->dxfer_len - got);
	io->host_status = 0;
	io->driver_status = sense_n > 0 ? 8 : 0;
	io->sb_len_wr =
	    (unsigned char)(sense_n < io->mx_sb_len ? sense_n : io->mx_sb_len);
	if (io->sb_len_wr > 0)
		memcpy(io->sbp, sense, io->sb_len_wr);
	return 0;
}

static int answer(unsigned long request, void *argument)
{
	struct nvme_admin_cmd *command = argument;

	switch (request) {
	case SG_IO:
		if (drive.kind == PLAYED_NVME ||
		    ((sg_io_hdr_t *)argument)->interface_id != 'S')
			break;
		return answer_scsi(argument);
	case NVME_IOCTL_ID:
		if (drive.kind != PLAYED_NVME)
			break;
		return 1;
	case NVME_IOCTL_ADMIN_CMD:
		if (drive.kind != PLAYED_NVME)
			break;
		return played_drive_nvme(&drive, command->opcode, command->nsid,
		    command->cdw10, (uint8_t *)(uintptr_t)command->addr,
		    command->data_len);
	case BLKGETSIZE64:
		*(uint64_t *)argument = drive.sectors * 512;
		return 0;
	case BLKSSZGET:
		*(int *)argument = 512;
		return 0;
	case BLKPBSZGET:
		*(unsigned *)argument = 4096;
		return 0;
	case BLKROGET:
		*(int *)argument = 1;
		return 0;
	default:
		break;
	}
	errno = ENOTTY;
	return -1;
}

int ioctl(int fd, unsigned long request, ...)
{
	int (*real)(int, unsigned long, ...) = (int (*)(
	    int, unsigned long, ...))(uintptr_t)dlsym(RTLD_NEXT, "ioctl");
	va_list more;

	va_start(more, request);
	void *argument = va_arg(more, void *);
	va_end(more);
	return fd >= 0 && fd < FDS && is_played[fd]
	    ? answer(request, argument)
	    : real(fd, request, argument);
}

static void as_device(mode_t *mode)
{
	*mode = (*mode & ~(mode_t)S_IFMT) | S_IFBLK;
}

#define STAT(name, fname, buffer)                                              \
	int name(const char *path, struct buffer *st)                          \
	{                                                                      \
		int (*real)(const char *, struct buffer *) =                   \
		    (int (*)(const char *, struct buffer *))(uintptr_t)dlsym(  \
			RTLD_NEXT, #name);                                     \
		bool is = strncmp(path, PREFIX, sizeof(PREFIX) - 1) == 0;      \
		int rc = real(is ? backing() : path, st);                      \
                                                                               \
		if (rc == 0 && is)                                             \
			as_device(&st->st_mode);                               \
		return rc;                                                     \
	}                                                                      \
                                                                               \
	int fname(int fd, struct buffer *st)                                   \
	{                                                                      \
		int (*real)(int, struct buffer *) = (int (*)(                  \
		    int, struct buffer *))(uintptr_t)dlsym(RTLD_NEXT, #fname); \
		int rc = real(fd, st);                                         \
                                                                               \
		if (rc == 0 && fd >= 0 && fd < FDS && is_played[fd])           \
			as_device(&st->st_mode);                               \
		return rc;                                                     \
	}

STAT(stat, fstat, stat)
STAT(stat64, fstat64, stat64)

/* A bridge is found where the kernel has it. */
static ssize_t link_of(const char *path, char *target, size_t n)
{
	static const char usb[] = "../../devices/usb1/1-1/host0/block/sda";
	ssize_t (*real)(const char *, char *, size_t) =
	    (ssize_t(*)(const char *, char *, size_t))(uintptr_t)dlsym(
		RTLD_NEXT, "readlink");

	if (drive.kind != PLAYED_BRIDGE ||
	    strncmp(path, "/sys/dev/block/", 15) != 0 || n < sizeof(usb))
		return real(path, target, n);
	memcpy(target, usb, sizeof(usb));
	return sizeof(usb) - 1;
}

ssize_t readlink(const char *path, char *target, size_t n)
{
	return link_of(path, target, n);
}

ssize_t __readlink_chk(const char *path, char *target, size_t n, size_t room);
ssize_t __readlink_chk(const char *path, char *target, size_t n, size_t room)
{
	(void)room;
	return link_of(path, target, n);
}

/* A drive counts what is read from it. */
ssize_t pread64(int fd, void *bytes, size_t n, off_t at)
{
	ssize_t (*real)(int, void *, size_t, off_t) = (ssize_t(*)(
	    int, void *, size_t, off_t))(uintptr_t)dlsym(RTLD_NEXT, "pread64");
	ssize_t got = real(fd, bytes, n, at);

	if (fd >= 0 && fd < FDS && is_played[fd] && got > 0) {
		uint64_t unit = drive.kind == PLAYED_NVME ? 512000 : 512;

		bytes_read += (uint64_t)got;
		drive.read += bytes_read / unit;
		bytes_read %= unit;
	}
	return got;
}

ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
	return pread64(fd, bytes, n, at);
}

/*
 * drive_linux.c: how commands get to a drive, and what the kernel says of it.
 * Whatever comes here was looked up in drive_allowed.c before.
 */
#include "drive_internal.h"

#include "slice.h"

#include <errno.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/nvme_ioctl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define TIMEOUT_MS 20000 /* a drive may have to spin up */
#define CHECK_CONDITION 2
#define RECOVERED_ERROR 1 /* how registers come back that were asked for */

static int send_nvme(int fd, struct drive_exchange *x)
{
	struct nvme_admin_cmd command = {
	    .opcode = x->opcode,
	    .nsid = x->nsid,
	    .addr = (uint64_t)(uintptr_t)x->bytes,
	    .data_len = (uint32_t)x->n,
	    .cdw10 = x->cdw10,
	    .timeout_ms = TIMEOUT_MS,
	};
	int rc = ioctl(fd, NVME_IOCTL_ADMIN_CMD, &command);

	if (rc < 0)
		return errno;
	x->is_refused = rc != 0;
	x->got = rc == 0 ? x->n : 0;
	return 0;
}

static int send_scsi(int fd, struct drive_exchange *x)
{
	sg_io_hdr_t io = {
	    .interface_id = 'S',
	    .dxfer_direction = x->n > 0 ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
	    .cmd_len = (unsigned char)x->cdb_n,
	    .mx_sb_len = sizeof(x->sense),
	    .dxfer_len = (unsigned)x->n,
	    .dxferp = x->bytes,
	    .cmdp = x->cdb,
	    .sbp = x->sense,
	    .timeout = TIMEOUT_MS,
	};

	if (ioctl(fd, SG_IO, &io) != 0)
		return errno;
	if (io.host_status != 0)
		return EIO;
	x->sense_n = io.sb_len_wr;
	unsigned key = (x->sense[0] & 0x7F) >= 0x72 ? x->sense[1] & 15u
						    : x->sense[2] & 15u;
	x->is_refused = io.status != 0 &&
	    !(io.status == CHECK_CONDITION && x->sense_n >= 8 &&
		key <= RECOVERED_ERROR);
	x->got = io.resid > 0 && (size_t)io.resid <= x->n
	    ? x->n - (size_t)io.resid
	    : x->n;
	return 0;
}

static int system_send(void *cookie, int fd, struct drive_exchange *x)
{
	(void)cookie;
	return x->is_nvme ? send_nvme(fd, x) : send_scsi(fd, x);
}

static int system_size(void *cookie, int fd, uint64_t *ret_bytes,
    uint32_t *ret_logical, uint32_t *ret_physical)
{
	unsigned long long bytes = 0;
	unsigned physical = 0;
	int logical = 0;

	(void)cookie;
	if (ioctl(fd, BLKGETSIZE64, &bytes) != 0)
		return errno;
	if (ioctl(fd, BLKSSZGET, &logical) != 0 || logical < 0)
		logical = 0;
	if (ioctl(fd, BLKPBSZGET, &physical) != 0)
		physical = 0;
	*ret_bytes = bytes;
	*ret_logical = (uint32_t)logical;
	*ret_physical = physical;
	return 0;
}

static uint32_t system_nvme_id(void *cookie, int fd)
{
	int id = ioctl(fd, NVME_IOCTL_ID);

	(void)cookie;
	return id > 0 ? (uint32_t)id : 0;
}

/* The path of the device in /sys leads through its bus. */
static void system_bus(void *cookie, int fd, char *ret_bus, size_t n)
{
	static const char *const buses[] = {
	    "usb", "nvme", "ata", "virtio", "mmc", "firewire"};
	char link[64], path[PATH_MAX];
	struct stat st;

	(void)cookie;
	if (fstat(fd, &st) != 0 || !S_ISBLK(st.st_mode))
		return;
	(void)snprintf(link, sizeof(link), "/sys/dev/block/%u:%u",
	    major(st.st_rdev), minor(st.st_rdev));
	ssize_t length = readlink(link, path, sizeof(path) - 1);
	if (length <= 0)
		return;
	path[length] = '\0';
	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++) {
		char part[24];

		(void)snprintf(part, sizeof(part), "/%s", buses[i]);
		if (strstr(path, part) == NULL)
			continue;
		(void)snprintf(ret_bus, n, "%s", buses[i]);
		return;
	}
}

const struct drive_io drive_linux_io = {
    system_send, system_size, system_nvme_id, system_bus, NULL};

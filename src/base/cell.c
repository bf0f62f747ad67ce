/*
 * cell.c: limits, capabilities, Landlock, seccomp, in the order in which each
 * still can be asked for.
 *
 * The list of system calls is what an allocator and a loop over one socket
 * need. Unlike a server's (sandbox.c) it answers nothing with an error: code
 * that was led to make another call is no longer the code that was started.
 */
#include "cell.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifdef CELL_SANITIZED
#define IS_SANITIZED true
#else
#define IS_SANITIZED false
#endif

/* ---- limits and privileges ---- */

static int set_limit(
    int which, uint64_t value, const char *name, struct err *err)
{
	struct rlimit limit, old;

	/* A limit that is lower already stays: raising it is for root. */
	if (getrlimit((__rlimit_resource_t)which, &old) != 0)
		return err_sys(err, errno, "the limit %s", name);
	limit.rlim_max = old.rlim_max < value ? old.rlim_max : value;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit((__rlimit_resource_t)which, &limit) != 0)
		return err_sys(err, errno, "the limit %s", name);
	return 0;
}

static int set_limits(const struct cell_options *options, struct err *err)
{
	/* The shadow memory of a sanitizer is terabytes of address space. */
	int rc = IS_SANITIZED
	    ? 0
	    : set_limit(RLIMIT_AS, options->memory_bytes, "of memory", err);

	if (rc == 0)
		rc = set_limit(
		    RLIMIT_CPU, options->cpu_seconds, "of CPU time", err);
	if (rc == 0)
		rc = set_limit(RLIMIT_CORE, 0, "of core dumps", err);
	if (rc == 0)
		rc = set_limit(RLIMIT_FSIZE, 0, "of file sizes", err);
	if (rc == 0)
		rc = set_limit(RLIMIT_NPROC, 0, "of processes", err);
	return rc;
}

/* Descriptors come last: Landlock needs one. */
static int give_up_privileges(struct err *err)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];

	memset(none, 0, sizeof(none));
	if (syscall(SYS_capset, &head, none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(err, errno, "privileges cannot be given up");
	return 0;
}

/* ---- Landlock ---- */

/* As newer kernels have it; the headers of Debian 12 have the first field. */
struct ruleset {
	uint64_t handled_fs, handled_net, scoped;
};

#define FS_ABI_1 (((uint64_t)1 << 13) - 1)

static int enter_landlock(bool *ret_has_landlock, struct err *err)
{
	const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct ruleset all = {.handled_fs = FS_ABI_1};

	*ret_has_landlock = abi >= 1;
	if (abi < 1)
		return 0;
	if (abi >= 2)
		all.handled_fs |= (uint64_t)1 << 13; /* refer */
	if (abi >= 3)
		all.handled_fs |= (uint64_t)1 << 14; /* truncate */
	if (abi >= 4)
		all.handled_net = 3; /* bind and connect TCP */
	if (abi >= 5)
		all.handled_fs |= (uint64_t)1 << 15; /* ioctl of devices */
	if (abi >= 6)
		all.scoped = 3; /* abstract sockets, signals */
	/* Older kernels take fields that they do not know if they are 0. */
	const int fd =
	    (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0);

	if (fd < 0)
		return err_sys(err, errno, "Landlock refuses its rules");
	int rc = 0;
	if (syscall(SYS_landlock_restrict_self, fd, 0) != 0)
		rc = err_sys(err, errno, "Landlock cannot be entered");
	(void)close(fd);
	return rc;
}

/* ---- seccomp ---- */

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const int allowed[] = {
    SCMP_SYS(pread64),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(futex),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(restart_syscall),
};

/* What AddressSanitizer and UBSan do while a program runs and when they have
 * found something; what the leak check at the end does is turned off. */
static const int allowed_sanitized[] = {
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(getrandom),
    SCMP_SYS(close),
};

struct filter {
	scmp_filter_ctx context;
	int rc;
};

static void allow(struct filter *filter, int call)
{
	if (filter->rc == 0 && call >= 0)
		filter->rc = seccomp_rule_add_array(
		    filter->context, SCMP_ACT_ALLOW, call, 0, NULL);
}

static void allow_with(struct filter *filter, int call,
    const struct scmp_arg_cmp *arguments, unsigned n)
{
	if (filter->rc == 0 && call >= 0)
		filter->rc = seccomp_rule_add_array(
		    filter->context, SCMP_ACT_ALLOW, call, n, arguments);
}

/* Where the kernel looks at 32 bits only, so does the rule. */
#define IS(argument, value)                                                    \
	{                                                                      \
		(argument), SCMP_CMP_MASKED_EQ, UINT32_MAX, (uint64_t)(value)  \
	}
#define HAS(argument, mask, value)                                             \
	{                                                                      \
		(argument), SCMP_CMP_MASKED_EQ, (mask), (value)                \
	}

static void add_with_arguments(struct filter *filter, int line)
{
	const struct scmp_arg_cmp on_line[] = {IS(0, line)};
	const struct scmp_arg_cmp memory[] = {
	    HAS(2, PROT_EXEC, 0),
	    HAS(3, MAP_ANONYMOUS, MAP_ANONYMOUS),
	};
	const struct scmp_arg_cmp no_code[] = {HAS(2, PROT_EXEC, 0)};
	const struct scmp_arg_cmp monotonic[] = {IS(0, CLOCK_MONOTONIC)};
	const struct scmp_arg_cmp report[] = {IS(0, STDERR_FILENO)};

	allow_with(filter, SCMP_SYS(read), on_line, 1);
	allow_with(filter, SCMP_SYS(write), on_line, 1);
	allow_with(filter, SCMP_SYS(mmap), memory, 2);
	allow_with(filter, SCMP_SYS(mmap2), memory, 2);
	allow_with(filter, SCMP_SYS(clock_gettime), monotonic, 1);
	if (IS_SANITIZED) {
		allow_with(filter, SCMP_SYS(mprotect), no_code, 1);
		allow_with(filter, SCMP_SYS(write), report, 1);
	}
}

static int enter_seccomp(int line, struct err *err)
{
	struct filter filter = {.context = seccomp_init(SCMP_ACT_KILL_PROCESS)};

	if (!filter.context)
		return err_nomem(err);
	filter.rc = seccomp_attr_set(
	    filter.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	for (size_t i = 0; i < COUNT(allowed); i++)
		allow(&filter, allowed[i]);
	for (size_t i = 0; IS_SANITIZED && i < COUNT(allowed_sanitized); i++)
		allow(&filter, allowed_sanitized[i]);
	add_with_arguments(&filter, line);
	if (filter.rc == 0)
		filter.rc = seccomp_load(filter.context);
	seccomp_release(filter.context);
	return filter.rc == 0
	    ? 0
	    : err_set(err, ERR_UNSUPPORTED,
		  "the kernel refuses the filter of system calls (seccomp): %s",
		  strerrorname_np(-filter.rc));
}

/* ---- all ---- */

int cell_enter_without_seccomp(
    const struct cell_options *options, bool *ret_has_landlock, struct err *err)
{
	int rc = set_limits(options, err);

	if (rc == 0)
		rc = give_up_privileges(err);
	if (rc == 0)
		rc = enter_landlock(ret_has_landlock, err);
	return rc != 0 ? rc : set_limit(RLIMIT_NOFILE, 0, "of files", err);
}

int cell_enter(
    const struct cell_options *options, bool *ret_has_landlock, struct err *err)
{
	int rc = cell_enter_without_seccomp(options, ret_has_landlock, err);

	return rc != 0 ? rc : enter_seccomp(options->line, err);
}

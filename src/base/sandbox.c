/*
 * sandbox.c: user, Landlock and seccomp, in the order in which each still can
 * be asked for.
 *
 * The list of system calls is an allow-list. The C library copes with ENOSYS
 * for clone3, whose flags no filter can see, and with EPERM for the rest. What
 * no part of the program ever calls, and every intruder does (exec, ptrace),
 * kills the process: a server that was taken over must not go on signing.
 */
#include "sandbox.h"

#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- user --- */

#define NAMES_MAX 16384 /* of one line of passwd or group */

struct identity {
	uid_t uid;
	gid_t gid;
};

static int find_group(gid_t *ret_gid, const char *name, struct err *err)
{
	struct group group;
	struct group *found = NULL;
	char *text = mem_new(1, NAMES_MAX);
	int rc =
	    text ? getgrnam_r(name, &group, text, NAMES_MAX, &found) : ENOMEM;

	if (rc != 0)
		rc = err_sys(err, rc, "group %s", name);
	else if (!found)
		rc = err_set(err, ERR_NOTFOUND, "no group %s", name);
	else
		*ret_gid = group.gr_gid;
	free(text);
	return rc;
}

static int find_user(
    struct identity *ret_identity, const char *name, struct err *err)
{
	struct passwd user;
	struct passwd *found = NULL;
	char *text = mem_new(1, NAMES_MAX);
	int rc =
	    text ? getpwnam_r(name, &user, text, NAMES_MAX, &found) : ENOMEM;

	if (rc != 0)
		rc = err_sys(err, rc, "user %s", name);
	else if (!found)
		rc = err_set(err, ERR_NOTFOUND, "no user %s", name);
	else
		*ret_identity = (struct identity){user.pw_uid, user.pw_gid};
	free(text);
	return rc;
}

static int become(
    const char *name, const struct identity *identity, struct err *err)
{
	if (geteuid() != 0) {
		if (geteuid() == identity->uid)
			return 0;
		return err_set(err, ERR_DENIED,
		    "only root can become %s: start as that user", name);
	}
	if (initgroups(name, identity->gid) != 0 ||
	    setresgid(identity->gid, identity->gid, identity->gid) != 0 ||
	    setresuid(identity->uid, identity->uid, identity->uid) != 0)
		return err_sys(err, errno, "cannot become %s", name);
	if (identity->uid != 0 && setresuid(0, 0, 0) == 0)
		return err_set(
		    err, ERR_DENIED, "%s could become root again", name);
	return 0;
}

int sandbox_become(const char *user, struct err *err)
{
	struct identity identity = {0};
	char *name;
	char *group;
	int rc;

	if (!user)
		return 0;
	name = mem_copy_text(user, strlen(user));
	if (!name)
		return err_nomem(err);
	group = strchr(name, ':');
	if (group)
		*group++ = '\0';
	rc = find_user(&identity, name, err);
	if (rc == 0 && group)
		rc = find_group(&identity.gid, group, err);
	if (rc == 0)
		rc = become(name, &identity, err);
	free(name);
	return rc;
}

/* --- Landlock --- */

/* Newer than the headers of Debian 12. */
#define FS_TRUNCATE ((uint64_t)1 << 14) /* ABI 3 */
#define FS_IOCTL_DEV ((uint64_t)1 << 15) /* ABI 5 */

/* ABI 1 refuses every rename between folders, also between allowed ones. */
#define ABI_MIN 2

#define FS_READ                                                                \
	((uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR))
#define FS_WRITE                                                               \
	((uint64_t)(LANDLOCK_ACCESS_FS_WRITE_FILE |                            \
	    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |   \
	    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |        \
	    LANDLOCK_ACCESS_FS_REFER))

/* What is denied unless a rule allows it; EXECUTE never is. */
static uint64_t handled_by(long abi)
{
	uint64_t all = ((uint64_t)LANDLOCK_ACCESS_FS_REFER << 1) - 1;

	if (abi >= 3)
		all |= FS_TRUNCATE;
	if (abi >= 5)
		all |= FS_IOCTL_DEV;
	return all;
}

static int allow(int ruleset, int fd, uint64_t access, struct err *err)
{
	const uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE |
	    LANDLOCK_ACCESS_FS_WRITE_FILE | FS_TRUNCATE;
	struct stat file;

	if (fstat(fd, &file) != 0)
		return err_sys(err, errno, "cannot look at an allowed folder");
	struct landlock_path_beneath_attr rule = {
	    .allowed_access =
		S_ISDIR(file.st_mode) ? access : access & of_files,
	    .parent_fd = fd};

	if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
		&rule, 0) != 0)
		return err_sys(err, errno, "Landlock refuses a rule");
	return 0;
}

static int allow_all(int ruleset, uint64_t handled,
    const struct sandbox_options *options, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < options->write_count && rc == 0; i++)
		rc = allow(ruleset, options->write_fds[i],
		    (FS_READ | FS_WRITE | FS_TRUNCATE) & handled, err);
	for (size_t i = 0; i < options->read_count && rc == 0; i++) {
		const int fd = open(options->read_paths[i], O_PATH | O_CLOEXEC);

		if (fd < 0)
			continue;
		rc = allow(ruleset, fd, FS_READ, err);
		(void)close(fd);
	}
	return rc;
}

static int enter_landlock(const struct sandbox_options *options,
    bool *ret_has_landlock, struct err *err)
{
	const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_ruleset_attr attributes = {
	    .handled_access_fs = handled_by(abi)};

	*ret_has_landlock = abi >= ABI_MIN;
	if (abi < ABI_MIN)
		return 0;
	const int ruleset = (int)syscall(
	    SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);

	if (ruleset < 0)
		return err_sys(err, errno, "Landlock refuses its rules");
	int rc = allow_all(ruleset, attributes.handled_access_fs, options, err);

	if (rc == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		rc = err_sys(err, errno, "Landlock cannot be entered");
	(void)close(ruleset);
	return rc;
}

/* --- seccomp --- */

static const int allowed[] = {
    /* bytes */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(_llseek),
    SCMP_SYS(sendfile),
    SCMP_SYS(sendfile64),
    SCMP_SYS(close),
    SCMP_SYS(close_range),
    SCMP_SYS(dup),
    SCMP_SYS(dup2),
    SCMP_SYS(dup3),
    SCMP_SYS(pipe),
    SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2),
    SCMP_SYS(fcntl),
    SCMP_SYS(fcntl64),
    /* files */
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstat64),
    SCMP_SYS(fstatat64),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getdents64),
    SCMP_SYS(getcwd),
    SCMP_SYS(fstatfs),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rmdir),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(linkat),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(syncfs),
    SCMP_SYS(sync_file_range),
    SCMP_SYS(flock),
    SCMP_SYS(fadvise64),
    SCMP_SYS(umask),
    /* memory, but for PROT_EXEC */
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(brk),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(mincore),
    SCMP_SYS(membarrier),
    /* threads, but for clone */
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(arch_prctl),
    /* signals */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(rt_sigsuspend),
    SCMP_SYS(rt_sigpending),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(signalfd4),
    SCMP_SYS(pause),
    /* time */
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
    SCMP_SYS(times),
    SCMP_SYS(getrusage),
    /* waiting */
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2),
    /* sockets that are there already */
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(listen),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(shutdown),
    SCMP_SYS(socketpair),
    /* who and where */
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrandom),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getcpu),
};

static const int allowed_to_connect[] = {SCMP_SYS(connect), SCMP_SYS(bind)};

static const int families_to_connect[] = {AF_INET, AF_INET6, AF_UNIX};

static const int deadly[] = {SCMP_SYS(execve), SCMP_SYS(execveat),
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev)};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* A call that this processor does not have needs no rule. */
static void rule(scmp_filter_ctx filter, int *rc, uint32_t action, int call,
    const struct scmp_arg_cmp *argument)
{
	if (*rc != 0 || call < 0)
		return;
	*rc = argument
	    ? seccomp_rule_add_array(filter, action, call, 1, argument)
	    : seccomp_rule_add_array(filter, action, call, 0, NULL);
}

static void rule_bits(scmp_filter_ctx filter, int *rc, int call,
    unsigned argument, uint64_t mask, uint64_t value)
{
	const struct scmp_arg_cmp compare = {
	    argument, SCMP_CMP_MASKED_EQ, mask, value};

	rule(filter, rc, SCMP_ACT_ALLOW, call, &compare);
}

static void rule_value(scmp_filter_ctx filter, int *rc, int call,
    unsigned argument, uint64_t value)
{
	/* The kernel looks at 32 bits of what these are given. */
	rule_bits(filter, rc, call, argument, UINT32_MAX, value);
}

static void add_with_arguments(scmp_filter_ctx filter, int *rc)
{
	const uint64_t self = (uint64_t)getpid();

	rule_bits(filter, rc, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
	rule_bits(filter, rc, SCMP_SYS(mmap2), 2, PROT_EXEC, 0);
	rule_bits(filter, rc, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
	rule_bits(filter, rc, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD);
	rule(filter, rc, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), NULL);
	rule_value(filter, rc, SCMP_SYS(tgkill), 0, self);
	rule_value(filter, rc, SCMP_SYS(kill), 0, self);
	rule_value(filter, rc, SCMP_SYS(prctl), 0, PR_SET_NAME);
	rule_value(filter, rc, SCMP_SYS(ioctl), 1, FIONBIO);
	rule_value(filter, rc, SCMP_SYS(ioctl), 1, FIONREAD);
	rule_value(filter, rc, SCMP_SYS(ioctl), 1, TCGETS);
	/* Limits of one's own, among them the descriptors. */
	rule_value(filter, rc, SCMP_SYS(prlimit64), 0, 0);
}

static void add_all(scmp_filter_ctx filter, int *rc, bool may_connect)
{
	for (size_t i = 0; i < COUNT(allowed); i++)
		rule(filter, rc, SCMP_ACT_ALLOW, allowed[i], NULL);
	for (size_t i = 0; i < COUNT(deadly); i++)
		rule(filter, rc, SCMP_ACT_KILL_PROCESS, deadly[i], NULL);
	add_with_arguments(filter, rc);
	for (size_t i = 0; may_connect && i < COUNT(allowed_to_connect); i++)
		rule(filter, rc, SCMP_ACT_ALLOW, allowed_to_connect[i], NULL);
	for (size_t i = 0; may_connect && i < COUNT(families_to_connect); i++)
		rule_value(filter, rc, SCMP_SYS(socket), 0,
		    (uint64_t)families_to_connect[i]);
}

static int enter_seccomp(bool may_connect, struct err *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int rc = 0;

	if (!filter)
		return err_nomem(err);
	add_all(filter, &rc, may_connect);
	if (rc == 0)
		rc = seccomp_load(filter);
	seccomp_release(filter);
	return rc == 0 ? 0
		       : err_set(err, ERR_UNSUPPORTED,
			     "the kernel refuses the filter of system calls "
			     "(seccomp): %s",
			     strerrorname_np(-rc));
}

/* A thread that is there already would keep what this one gives up. The count
 * of links of a folder in /proc is its folders and two. */
static int check_alone(struct err *err)
{
	struct stat tasks;

	if (stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 3)
		return err_set(
		    err, ERR_USAGE, "a sandbox is for one thread, at first");
	return 0;
}

int sandbox_enter(const struct sandbox_options *options, bool *ret_has_landlock,
    struct err *err)
{
	const struct rlimit none = {0, 0};
	int rc = check_alone(err);

	if (rc != 0)
		return rc;
	if (setrlimit(RLIMIT_CORE, &none) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return err_sys(err, errno, "privileges cannot be given up");
	rc = enter_landlock(options, ret_has_landlock, err);
	return rc == 0 ? enter_seccomp(options->may_connect, err) : rc;
}

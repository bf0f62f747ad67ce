/*
 * test_cell.c: a child enters the cell and then does what foreign bytes would
 * make it do; its death, or its exit status, tells what came of it.
 */
#include "cell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED
#endif
#endif

enum {
	DONE,
	FAILED,
	NOT_ENTERED
};

struct scene {
	char path[64];
	int evidence; /* open for reading and writing, to see that it helps */
	int line[2];
};

static int set_up(void **state)
{
	struct scene *s = calloc(1, sizeof(*s));

	(void)snprintf(s->path, sizeof(s->path), "/tmp/cf-cell-XXXXXX");
	s->evidence = mkstemp(s->path);
	assert_true(s->evidence >= 0);
	assert_int_equal(write(s->evidence, "evidence", 8), 8);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s->line), 0);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;
	char bytes[9] = {0};

	/* Whatever was tried, it is what it was. */
	assert_int_equal(pread(s->evidence, bytes, 9, 0), 8);
	assert_string_equal(bytes, "evidence");
	(void)unlink(s->path);
	(void)close(s->evidence);
	(void)close(s->line[0]);
	(void)close(s->line[1]);
	free(s);
	return 0;
}

static int try_it(struct scene *s, int (*deed)(struct scene *s),
    int (*enter)(const struct cell_options *, bool *, struct err *))
{
	int status;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		const struct cell_options o = {.line = s->line[1],
		    .memory_bytes = 1 << 30,
		    .cpu_seconds = 60};
		bool has_landlock;

		if (enter(&o, &has_landlock, NULL) != 0)
			_exit(NOT_ENTERED);
		_exit(deed(s));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

/* Whose own calls are the program's. */
static void skip_under_valgrind(void)
{
	const char *loaded = getenv("LD_PRELOAD");

	if (loaded != NULL && strstr(loaded, "vgpreload") != NULL)
		skip();
}

/* ---- what a box does ---- */

static int work(struct scene *s)
{
	char bytes[8];
	struct timespec now;
	char *memory = malloc(64 << 20);

	if (memory == NULL)
		return 10;
	memset(memory, 1, 64 << 20);
	memory = realloc(memory, 128 << 20);
	if (memory == NULL)
		return 11;
	free(memory);
	if (pread(s->evidence, bytes, 8, 0) != 8 ||
	    memcmp(bytes, "evidence", 8) != 0)
		return 12;
	if (write(s->line[1], "answer", 6) != 6)
		return 13;
	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 14;
	return DONE;
}

static void a_box_can_work(void **state)
{
	struct scene *s = *state;
	char bytes[8];

	skip_under_valgrind();
	assert_int_equal(try_it(s, work, cell_enter), DONE);
	assert_int_equal(read(s->line[0], bytes, 8), 6);
}

static int take_much(struct scene *s)
{
	void *volatile much = malloc((size_t)2 << 30);

	(void)s;
	return much == NULL ? DONE : FAILED;
}

static void memory_is_limited(void **state)
{
	skip_under_valgrind();
#ifdef IS_SANITIZED
	skip(); /* as cell.h says */
#endif
	assert_int_equal(try_it(*state, take_much, cell_enter), DONE);
}

/* ---- what it must die of ---- */

#define DEED(name, call)                                                       \
	static int name(struct scene *s)                                       \
	{                                                                      \
		(void)s;                                                       \
		(void)!(call);                                                 \
		return FAILED;                                                 \
	}

static char *const words[] = {(char *)"true", NULL};

DEED(open_file, open("/etc/passwd", O_RDONLY))
DEED(open_evidence, open(s->path, O_RDONLY))
DEED(make_file, syscall(SYS_openat, AT_FDCWD, "/tmp/x", O_CREAT | O_RDWR, 0600))
DEED(open_two, syscall(SYS_openat2, AT_FDCWD, "/", NULL, 0))
DEED(look, syscall(SYS_newfstatat, AT_FDCWD, "/", NULL, 0))
DEED(remove_file, unlink(s->path))
DEED(make_socket, socket(AF_INET, SOCK_STREAM, 0))
DEED(make_pair, socketpair(AF_UNIX, SOCK_STREAM, 0, s->line))
DEED(connect_line, connect(s->line[1], NULL, 0))
DEED(send_files, sendmsg(s->line[1], NULL, 0))
DEED(take_files, recvmsg(s->line[1], NULL, 0))
DEED(execute, execv("/bin/true", words))
DEED(execute_open, syscall(SYS_execveat, s->evidence, "", words, NULL, 0x1000))
DEED(write_evidence, write(s->evidence, "E", 1))
DEED(write_at, pwrite(s->evidence, "E", 1, 0))
DEED(write_vector, syscall(SYS_writev, s->line[1], NULL, 0))
DEED(write_out, write(STDOUT_FILENO, "E", 1))
DEED(read_evidence, read(s->evidence, &s->line[0], 1))
DEED(cut, ftruncate(s->evidence, 0))
DEED(control, ioctl(s->evidence, 0, 0))
DEED(copy, dup(s->evidence))
DEED(set_flags, fcntl(s->line[1], F_SETFL, 0))
DEED(fork_off, syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, 0))
DEED(fork_three, syscall(SYS_clone3, NULL, 0))
DEED(start_thread,
    syscall(SYS_clone, CLONE_THREAD | CLONE_VM | CLONE_SIGHAND, NULL, NULL,
	NULL, 0))
DEED(kill_parent, kill(getppid(), 0))
DEED(kill_directly, syscall(SYS_kill, 1, 0))
DEED(kill_thread, syscall(SYS_tgkill, 1, 1, 0))
DEED(trace, ptrace(PTRACE_ATTACH, 1, NULL, NULL))
DEED(read_others, syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0))
DEED(write_others, syscall(SYS_process_vm_writev, 1, NULL, 0, NULL, 0, 0))
DEED(take_others, syscall(SYS_pidfd_getfd, 0, 0, 0))
DEED(use_ring, syscall(SYS_io_uring_setup, 1, NULL))
DEED(load_program, syscall(SYS_bpf, 0, NULL, 0))
DEED(fault_memory, syscall(SYS_userfaultfd, 0))
DEED(make_memory_file, syscall(SYS_memfd_create, "x", 0))
DEED(map_file, mmap(NULL, 4096, PROT_READ, MAP_SHARED, s->evidence, 0))
DEED(map_code,
    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
DEED(get_keys, syscall(SYS_keyctl, 0, 0))
DEED(leave_space, syscall(SYS_unshare, CLONE_NEWUSER))
DEED(mount_it, syscall(SYS_mount, "a", "/", "b", 0, NULL))
DEED(be_root, syscall(SYS_setuid, 0))
DEED(raise_limit, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
DEED(change_limits, syscall(SYS_setrlimit, RLIMIT_AS, NULL))
DEED(wall_clock, syscall(SYS_clock_gettime, CLOCK_REALTIME, &s->path))
DEED(wait_long, syscall(SYS_nanosleep, NULL, NULL))
#ifdef SYS_open
DEED(open_old, syscall(SYS_open, "/etc/passwd", O_RDONLY))
#else
DEED(open_old, open("/etc/passwd", O_RDONLY))
#endif

static int make_code(struct scene *s)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	if (page == MAP_FAILED)
		return NOT_ENTERED;
	(void)syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
	return FAILED;
}

static void an_intruder_dies_of_every_other_call(void **state)
{
	static int (*const deeds[])(struct scene *) = {open_file, open_evidence,
	    make_file, open_two, look, remove_file, make_socket, make_pair,
	    connect_line, send_files, take_files, execute, execute_open,
	    write_evidence, write_at, write_vector, write_out, read_evidence,
	    cut, control, copy, set_flags, fork_off, fork_three, start_thread,
	    kill_parent, kill_directly, kill_thread, trace, read_others,
	    write_others, take_others, use_ring, load_program, fault_memory,
	    make_memory_file, map_file, map_code, get_keys, leave_space,
	    mount_it, be_root, raise_limit, change_limits, wall_clock,
	    wait_long, open_old, make_code};

	skip_under_valgrind();
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		const int got = try_it(*state, deeds[i], cell_enter);

		if (got != 128 + SIGSYS)
			fail_msg("deed %zu: %d", i, got);
	}
}

/* ---- the other walls, without that one ---- */

static int reach_nothing(struct scene *s)
{
	struct rlimit core, files, sizes;

	if (open(s->path, O_RDONLY) >= 0 || open("/", O_PATH) >= 0 ||
	    socket(AF_INET, SOCK_STREAM, 0) >= 0 || dup(s->evidence) >= 0)
		return 10;
	if (getrlimit(RLIMIT_CORE, &core) != 0 || core.rlim_max != 0 ||
	    getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max != 0 ||
	    getrlimit(RLIMIT_FSIZE, &sizes) != 0 || sizes.rlim_max != 0)
		return 11;
	return DONE;
}

static int hold_nothing(struct scene *s)
{
	struct __user_cap_header_struct head = {
	    .version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	(void)s;
	if (syscall(SYS_capget, &head, caps) != 0)
		return 10;
	if ((caps[0].effective | caps[0].permitted | caps[1].effective |
		caps[1].permitted) != 0)
		return 11;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
	    prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 12;
	return DONE;
}

static int grow_file(struct scene *s)
{
	(void)signal(SIGXFSZ, SIG_IGN);
	return pwrite(s->evidence, "E", 1, 100) < 0 && errno == EFBIG ? DONE
								      : FAILED;
}

static int remove_by_path(struct scene *s)
{
	return unlink(s->path) != 0 ? DONE : FAILED;
}

static void other_walls_stand_without_seccomp(void **state)
{
	int (*const enter)(const struct cell_options *, bool *, struct err *) =
	    cell_enter_without_seccomp;

	skip_under_valgrind();
	assert_int_equal(try_it(*state, reach_nothing, enter), DONE);
	assert_int_equal(try_it(*state, hold_nothing, enter), DONE);
	assert_int_equal(try_it(*state, grow_file, enter), DONE);
	if (syscall(SYS_landlock_create_ruleset, NULL, 0,
		LANDLOCK_CREATE_RULESET_VERSION) >= 1)
		assert_int_equal(try_it(*state, remove_by_path, enter), DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_box_can_work, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		memory_is_limited, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_intruder_dies_of_every_other_call, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		other_walls_stand_without_seccomp, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

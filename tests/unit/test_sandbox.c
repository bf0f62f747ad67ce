/*
 * test_sandbox.c: a child enters the sandbox and then does what an intruder
 * would; its exit status or its death tells what came of it.
 */
#include "sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* Exit statuses of the child; a death by a signal is 128 and its number. */
enum {
	DONE,
	FAILED,
	NOT_ENTERED,
	NO_LANDLOCK
};

struct scene {
	char own[64]; /* may be written */
	char other[64]; /* may be read */
	char foreign[64];
	int own_fd, other_fd, foreign_fd;
	bool may_connect;
};

static int make_folder(char path[64])
{
	(void)snprintf(path, 64, "/tmp/counterfoil-test-XXXXXX");
	assert_non_null(mkdtemp(path));
	const int fd = open(path, O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	const int file = openat(fd, "file", O_CREAT | O_WRONLY, 0600);

	assert_int_equal(write(file, "x", 1), 1);
	assert_int_equal(mkdirat(fd, "folder", 0700), 0);
	(void)close(file);
	return fd;
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	scene->own_fd = make_folder(scene->own);
	scene->other_fd = make_folder(scene->other);
	scene->foreign_fd = make_folder(scene->foreign);
	*state = scene;
	return 0;
}

static void remove_folder(int fd, const char *path)
{
	(void)unlinkat(fd, "file", 0);
	(void)unlinkat(fd, "folder/file", 0);
	(void)unlinkat(fd, "folder", AT_REMOVEDIR);
	(void)close(fd);
	(void)rmdir(path);
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	remove_folder(scene->own_fd, scene->own);
	remove_folder(scene->other_fd, scene->other);
	remove_folder(scene->foreign_fd, scene->foreign);
	free(scene);
	return 0;
}

static int enter(struct scene *scene, bool *ret_has_landlock)
{
	const char *const read_paths[] = {
	    scene->other, "/usr", "/no/such/folder"};
	const struct sandbox_options options = {.write_fds = &scene->own_fd,
	    .write_count = 1,
	    .read_paths = read_paths,
	    .read_count = 3,
	    .may_connect = scene->may_connect};

	return sandbox_enter(&options, ret_has_landlock, NULL);
}

/* What a child that is inside comes to. */
static int inside(struct scene *scene, int (*deed)(struct scene *scene))
{
	int status;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		bool has_landlock = false;

		if (enter(scene, &has_landlock) != 0)
			_exit(NOT_ENTERED);
		_exit(deed(scene));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				   : WEXITSTATUS(status);
}

static int is_refused(long rc)
{
	return rc == -1 && (errno == EPERM || errno == EACCES) ? DONE : FAILED;
}

/* --- what a server does --- */

static void *count(void *cookie)
{
	(*(int *)cookie)++;
	return NULL;
}

static int work(struct scene *scene)
{
	pthread_t thread;
	char byte;
	int counted = 0;
	const int fd = openat(
	    scene->own_fd, "new", O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0600);
	const int other = openat(scene->other_fd, "file", O_RDONLY);

	if (fd < 0 || write(fd, "abc", 3) != 3 || fsync(fd) != 0 ||
	    syncfs(fd) != 0 || ftruncate(fd, 1) != 0)
		return 10;
	if (renameat(scene->own_fd, "new", scene->own_fd, "folder/file") != 0)
		return 11;
	if (other < 0 || read(other, &byte, 1) != 1)
		return 12;
	if (pthread_create(&thread, NULL, count, &counted) != 0 ||
	    pthread_join(thread, NULL) != 0 || counted != 1)
		return 13;
	char *memory = malloc(10 << 20);

	if (!memory)
		return 14;
	memset(memory, 1, 10 << 20);
	free(memory);
	return DONE;
}

static void a_server_can_work(void **state)
{
	assert_int_equal(inside(*state, work), DONE);
}

/* --- what an intruder does --- */

static int execute(struct scene *scene)
{
	char *const words[] = {(char *)"true", NULL};

	(void)scene;
	(void)execv("/bin/true", words);
	return FAILED;
}

static int trace(struct scene *scene)
{
	(void)scene;
	(void)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
	return FAILED;
}

static int read_memory(struct scene *scene)
{
	(void)scene;
	(void)syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0);
	return FAILED;
}

static void an_intruder_is_killed(void **state)
{
	assert_int_equal(inside(*state, execute), 128 + SIGSYS);
	assert_int_equal(inside(*state, trace), 128 + SIGSYS);
	assert_int_equal(inside(*state, read_memory), 128 + SIGSYS);
}

static int fork_off(struct scene *scene)
{
	(void)scene;
	const pid_t child = fork();

	if (child == 0)
		_exit(0);
	return is_refused(child);
}

static int make_code(struct scene *scene)
{
	const size_t n = 4096;
	void *page = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)scene;
	if (page == MAP_FAILED ||
	    is_refused(mprotect(page, n, PROT_READ | PROT_EXEC)) != DONE)
		return FAILED;
	page = mmap(
	    NULL, n, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return page == MAP_FAILED && errno == EPERM ? DONE : FAILED;
}

static int kill_others(struct scene *scene)
{
	(void)scene;
	return is_refused(kill(getppid(), 0));
}

static int break_out(struct scene *scene)
{
	(void)scene;
	return is_refused(chroot("/")) == DONE &&
		is_refused(syscall(SYS_unshare, 0)) == DONE &&
		is_refused(syscall(SYS_mount, "a", "/", "b", 0, NULL)) ==
		    DONE &&
		is_refused(syscall(SYS_bpf, 0, NULL, 0)) == DONE &&
		is_refused(syscall(SYS_io_uring_setup, 1, NULL)) == DONE &&
		is_refused(syscall(SYS_keyctl, 0, 0)) == DONE &&
		is_refused(setuid(0)) == DONE
	    ? DONE
	    : FAILED;
}

static int open_line(struct scene *scene)
{
	const struct sockaddr_un address = {
	    .sun_family = AF_UNIX, .sun_path = "/no/such/agent"};
	const int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (!scene->may_connect)
		return is_refused(fd);
	if (fd < 0)
		return FAILED;
	if (is_refused(socket(AF_PACKET, SOCK_RAW, 0)) != DONE)
		return FAILED;
	(void)connect(fd, (const void *)&address, sizeof address);
	return errno == ENOENT || errno == EACCES ? DONE : FAILED;
}

static void what_no_server_does_fails(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(inside(scene, fork_off), DONE);
	assert_int_equal(inside(scene, make_code), DONE);
	assert_int_equal(inside(scene, kill_others), DONE);
	assert_int_equal(inside(scene, break_out), DONE);
	assert_int_equal(inside(scene, open_line), DONE);
	scene->may_connect = true;
	assert_int_equal(inside(scene, open_line), DONE);
}

static int is_hardened(struct scene *scene)
{
	struct rlimit core;

	(void)scene;
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 &&
		core.rlim_max == 0
	    ? DONE
	    : FAILED;
}

static void leaves_no_core_dump(void **state)
{
	assert_int_equal(inside(*state, is_hardened), DONE);
}

/* --- files, where the kernel has Landlock --- */

static bool kernel_has_landlock(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0,
		   LANDLOCK_CREATE_RULESET_VERSION) >= 2;
}

static int read_elsewhere(struct scene *scene)
{
	return is_refused(openat(scene->foreign_fd, "file", O_RDONLY)) ==
		    DONE &&
		is_refused(open("/etc/passwd", O_RDONLY)) == DONE &&
		is_refused(open("/", O_RDONLY | O_DIRECTORY)) == DONE
	    ? DONE
	    : FAILED;
}

static int write_elsewhere(struct scene *scene)
{
	const int folders[] = {scene->other_fd, scene->foreign_fd};

	for (int i = 0; i < 2; i++)
		if (is_refused(openat(folders[i], "file", O_WRONLY)) != DONE ||
		    is_refused(openat(
			folders[i], "new", O_CREAT | O_WRONLY, 0600)) != DONE ||
		    is_refused(unlinkat(folders[i], "file", 0)) != DONE ||
		    is_refused(mkdirat(folders[i], "new", 0700)) != DONE)
			return FAILED;
	return renameat(scene->own_fd, "file", scene->foreign_fd, "new") != 0 &&
		linkat(scene->foreign_fd, "file", scene->own_fd, "new", 0) != 0
	    ? DONE
	    : FAILED;
}

static int climb_out(struct scene *scene)
{
	char path[128];

	(void)snprintf(
	    path, sizeof path, "../%s/file", strrchr(scene->foreign, '/') + 1);
	return is_refused(openat(scene->own_fd, path, O_RDONLY));
}

static void files_elsewhere_are_out_of_reach(void **state)
{
	if (!kernel_has_landlock())
		skip();
	assert_int_equal(inside(*state, read_elsewhere), DONE);
	assert_int_equal(inside(*state, write_elsewhere), DONE);
	assert_int_equal(inside(*state, climb_out), DONE);
}

static void says_whether_there_is_landlock(void **state)
{
	int status;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		bool has_landlock = !kernel_has_landlock();

		if (enter(*state, &has_landlock) != 0)
			_exit(NOT_ENTERED);
		_exit(has_landlock ? DONE : NO_LANDLOCK);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(
	    WEXITSTATUS(status), kernel_has_landlock() ? DONE : NO_LANDLOCK);
}

/* --- users and threads --- */

static int try_user(const char *user)
{
	int status;
	const pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		const int rc = sandbox_become(user, NULL);
		const struct passwd *nobody = getpwnam("nobody");

		if (rc == 0 && user && strncmp(user, "nobody", 6) == 0)
			_exit(nobody && getuid() == nobody->pw_uid &&
				    geteuid() == nobody->pw_uid &&
				    getgid() != 0 && setuid(0) != 0
				? DONE
				: FAILED);
		_exit(rc == 0 ? DONE : (unsigned char)-rc + 100);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void becomes_whom_it_is_told(void **state)
{
	(void)state;
	assert_int_equal(try_user(NULL), DONE);
	assert_int_equal(try_user("no-such-user"), 100 - ERR_NOTFOUND);
	if (geteuid() != 0) {
		assert_int_equal(try_user("root"), 100 - ERR_DENIED);
		return;
	}
	assert_int_equal(try_user("nobody"), DONE);
	assert_int_equal(try_user("nobody:daemon"), DONE);
	assert_int_equal(try_user("nobody:no-such-group"), 100 - ERR_NOTFOUND);
}

static void *wait_for_byte(void *cookie)
{
	char byte;

	(void)!read(*(int *)cookie, &byte, 1);
	return NULL;
}

static void comes_before_all_threads(void **state)
{
	int pipes[2];
	pthread_t thread;
	bool has_landlock;

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(
	    pthread_create(&thread, NULL, wait_for_byte, &pipes[0]), 0);
	assert_int_equal(enter(*state, &has_landlock), ERR_USAGE);
	(void)close(pipes[1]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)close(pipes[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_server_can_work, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		an_intruder_is_killed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		what_no_server_does_fails, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		leaves_no_core_dump, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		files_elsewhere_are_out_of_reach, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(
		says_whether_there_is_landlock, set_up, tear_down),
	    cmocka_unit_test(becomes_whom_it_is_told),
	    cmocka_unit_test_setup_teardown(
		comes_before_all_threads, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_file.c: publishing, locking and listing in a folder made for each test.
 */
#include "file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct folder {
	char path[64];
	int fd;
};

static int make_folder(void **state)
{
	struct folder *folder = calloc(1, sizeof *folder);

	assert_non_null(folder);
	(void)snprintf(
	    folder->path, sizeof folder->path, "/tmp/test_file.XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(folder->fd >= 0);
	*state = folder;
	return 0;
}

/* The tests make folders at most three deep: each round empties one level. */
static void empty_folder(int fd, unsigned levels_left)
{
	DIR *dir = fdopendir(dup(fd));
	const struct dirent *entry;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 ||
		    unlinkat(fd, entry->d_name, 0) == 0)
			continue;
		const int inner = openat(
		    fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		assert_true(inner >= 0 && levels_left > 0);
		empty_folder(inner, levels_left - 1);
		(void)close(inner);
		assert_int_equal(unlinkat(fd, entry->d_name, AT_REMOVEDIR), 0);
	}
	(void)closedir(dir);
}

static int remove_folder(void **state)
{
	struct folder *folder = *state;

	empty_folder(folder->fd, 4);
	(void)close(folder->fd);
	assert_int_equal(rmdir(folder->path), 0);
	free(folder);
	return 0;
}

static int put_name(void *cookie, const char *name, struct err *err)
{
	struct buf *names = cookie;

	buf_printf(names, "%s ", name);
	return buf_check(names, err);
}

static void assert_names(int fd, const char *path, const char *expected)
{
	struct buf names;

	buf_init(&names, 1000);
	assert_int_equal(file_list(fd, path, put_name, &names, NULL), 0);
	assert_true(slice_is_text(buf_slice(&names), expected));
	buf_done(&names);
}

static void assert_content(int fd, const char *path, const char *expected)
{
	struct buf content;

	buf_init(&content, 1000);
	assert_int_equal(file_read(&content, fd, path, 1000, NULL), 0);
	assert_true(slice_is_text(buf_slice(&content), expected));
	buf_done(&content);
}

static mode_t mode_of(int fd, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_mode & 07777;
}

static void publishes_and_replaces(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;

	assert_int_equal(file_publish(fd, "a", slice_of("old"), 0644, NULL), 0);
	assert_content(fd, "a", "old");
	assert_int_equal(file_publish(fd, "a", slice_of(""), 0644, NULL), 0);
	assert_content(fd, "a", "");
	assert_names(fd, ".", "a ");
}

static void makes_the_folders_on_the_way(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;

	assert_int_equal(
	    file_publish(fd, "log/tile//0/000", slice_of("x"), 0644, NULL), 0);
	assert_content(fd, "log/tile/0/000", "x");
	assert_names(fd, "log/tile/0", "000 ");
	assert_int_equal(mode_of(fd, "log"), 0755);
	assert_int_equal(
	    file_publish(fd, "private/key", slice_of("x"), 0600, NULL), 0);
	assert_int_equal(mode_of(fd, "private"), 0700);
	assert_int_equal(mode_of(fd, "private/key"), 0600);
}

static void publishes_a_new_name_once_only(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct err err = {0};

	assert_int_equal(
	    file_publish_new(fd, "a", slice_of("1"), 0644, NULL), 0);
	assert_int_equal(
	    file_publish_new(fd, "a", slice_of("2"), 0644, &err), ERR_CONFLICT);
	assert_string_equal(err.message, "a: exists already");
	assert_content(fd, "a", "1");
	assert_names(fd, ".", "a ");
}

static void survives_a_temp_file_from_an_earlier_crash(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	const int stale = openat(
	    fd, ".tmp-0123456789abcdef", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(stale >= 0);
	(void)close(stale);
	assert_int_equal(file_publish(fd, "a", slice_of("x"), 0644, NULL), 0);
	assert_int_equal(
	    file_publish_new(fd, "b", slice_of("y"), 0644, NULL), 0);
	assert_names(fd, ".", ".tmp-0123456789abcdef a b ");
}

static void leaves_no_temp_file_after_a_failure(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;

	assert_int_equal(mkdirat(fd, "a", 0755), 0);
	assert_int_equal(
	    file_publish(fd, "a", slice_of("x"), 0644, NULL), ERR_IO);
	assert_int_equal(
	    file_publish_new(fd, "a", slice_of("x"), 0644, NULL), ERR_CONFLICT);
	assert_int_equal(
	    file_publish(fd, "a/", slice_of("x"), 0644, NULL), ERR_USAGE);
	assert_names(fd, ".", "a ");
	assert_names(fd, "a", "");
}

static void leaves_no_temp_file_when_the_disk_is_full(void **state)
{
	const struct folder *folder = *state;
	const pid_t child = fork();
	int status = -1;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {2, 2};

		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(99);
		_exit(-file_publish(
		    folder->fd, "a", slice_of("abc"), 0644, NULL));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), -ERR_IO);
	assert_names(folder->fd, ".", "");
}

static void a_draft_has_no_name_before_it_is_whole(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct file_draft draft = {0};

	assert_int_equal(file_draft_open(&draft, fd, "a", 0600, NULL), 0);
	assert_int_equal(file_draft_write(&draft, "long", 4, NULL), 0);
	assert_int_equal(file_draft_write(&draft, "er", 2, NULL), 0);
	assert_false(file_exists(fd, "a"));
	assert_int_equal(file_draft_publish(&draft, NULL), 0);
	file_draft_done(&draft);
	file_draft_done(&draft);
	assert_content(fd, "a", "longer");
	assert_int_equal(mode_of(fd, "a"), 0600);
	assert_names(fd, ".", "a ");
}

static void a_draft_given_up_leaves_nothing(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct file_draft draft = {0};

	assert_int_equal(file_draft_open(&draft, fd, "a", 0644, NULL), 0);
	assert_int_equal(file_draft_write(&draft, "x", 1, NULL), 0);
	file_draft_done(&draft);
	assert_names(fd, ".", "");
}

static void a_draft_never_replaces(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct file_draft draft = {0};

	assert_int_equal(file_draft_open(&draft, fd, "a", 0644, NULL), 0);
	assert_int_equal(file_draft_write(&draft, "mine", 4, NULL), 0);
	assert_int_equal(
	    file_publish(fd, "a", slice_of("theirs"), 0644, NULL), 0);
	assert_int_equal(file_draft_publish(&draft, NULL), ERR_CONFLICT);
	file_draft_done(&draft);
	assert_content(fd, "a", "theirs");
	assert_int_equal(
	    file_draft_open(&draft, fd, "a", 0644, NULL), ERR_CONFLICT);
	file_draft_done(&draft);
	assert_names(fd, ".", "a ");
}

static void reads_a_user_file_as_it_comes(void **state)
{
	const struct folder *folder = *state;
	char path[128], part[4];
	size_t n = 9;
	int fd = -1;

	assert_int_equal(
	    file_publish(folder->fd, "a", slice_of("abcdef"), 0644, NULL), 0);
	(void)snprintf(path, sizeof path, "%s/a", folder->path);
	assert_int_equal(file_open_user(&fd, path, NULL), 0);
	assert_int_equal(file_read_some(fd, part, sizeof part, &n, NULL), 0);
	assert_int_equal(n, 4);
	assert_memory_equal(part, "abcd", 4);
	assert_int_equal(file_read_some(fd, part, sizeof part, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_int_equal(file_read_some(fd, part, sizeof part, &n, NULL), 0);
	assert_int_equal(n, 0);
	(void)close(fd);
	assert_int_equal(file_read_some(-1, part, 1, &n, NULL), ERR_IO);
	(void)snprintf(path, sizeof path, "%s/none", folder->path);
	assert_int_equal(file_open_user(&fd, path, NULL), ERR_NOTFOUND);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(file_open_user(&fd, path, NULL), ERR_UNSUPPORTED);
	assert_int_equal(unlink(path), 0);
}

static void follows_no_symbolic_link(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct buf out;
	int opened = -1;

	buf_init(&out, 100);
	assert_int_equal(file_publish(fd, "d/a", slice_of("x"), 0644, NULL), 0);
	assert_int_equal(symlinkat("d", fd, "link"), 0);
	assert_int_equal(symlinkat("d/a", fd, "file"), 0);
	assert_int_equal(file_read(&out, fd, "file", 100, NULL), ERR_IO);
	assert_int_equal(file_open_dir(&opened, fd, "link", NULL), ERR_IO);
	assert_int_equal(
	    file_make_dir(&opened, fd, "link/b", false, NULL), ERR_IO);
	assert_int_equal(
	    file_publish(fd, "link/b", slice_of("x"), 0644, NULL), ERR_IO);
	assert_int_equal(file_lock(&opened, fd, "file", 0, NULL), ERR_IO);
	assert_int_equal(
	    file_publish(fd, "file", slice_of("y"), 0644, NULL), 0);
	assert_content(fd, "d/a", "x");
	assert_int_equal(opened, -1);
	buf_done(&out);
}

static void opens_what_a_user_spells(void **state)
{
	const struct folder *folder = *state;
	char path[sizeof folder->path + 16];
	struct buf out;
	int fd = -1;

	buf_init(&out, 100);
	assert_int_equal(symlinkat("d", folder->fd, "link"), 0);
	(void)snprintf(path, sizeof path, "%s/d/e", folder->path);
	assert_int_equal(file_make_dir(&fd, AT_FDCWD, path, true, NULL), 0);
	assert_int_equal(file_publish(fd, "a", slice_of("x"), 0644, NULL), 0);
	(void)close(fd);
	assert_int_equal(mode_of(folder->fd, "d"), 0700);
	(void)snprintf(path, sizeof path, "%s/link", folder->path);
	assert_int_equal(file_open_dir(&fd, AT_FDCWD, path, NULL), 0);
	(void)close(fd);
	(void)snprintf(path, sizeof path, "%s/link/e/a", folder->path);
	assert_int_equal(file_read_user(&out, path, 100, NULL), 0);
	assert_true(slice_is_text(buf_slice(&out), "x"));
	buf_done(&out);
}

static void reads_at_most_what_it_is_told(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct buf out;
	struct err err = {0};

	buf_init(&out, 100);
	assert_int_equal(file_publish(fd, "a", slice_of("abc"), 0644, NULL), 0);
	assert_int_equal(file_read(&out, fd, "a", 3, NULL), 0);
	assert_int_equal(file_read(&out, fd, "a", 2, &err), ERR_LIMIT);
	assert_string_equal(err.message, "a is longer than 2 bytes");
	buf_done(&out);
	buf_init(&out, 2);
	assert_int_equal(file_read(&out, fd, "a", 3, NULL), ERR_LIMIT);
	buf_done(&out);
}

static void reads_a_long_file_whole(void **state)
{
	const struct folder *folder = *state;
	struct buf in;
	struct buf out;

	buf_init(&in, 200000);
	buf_init(&out, 200000);
	for (unsigned i = 0; i < 25000; i++)
		buf_put_be64(&in, i);
	assert_int_equal(
	    file_publish(folder->fd, "a", buf_slice(&in), 0644, NULL), 0);
	assert_int_equal(file_read(&out, folder->fd, "a", 200000, NULL), 0);
	assert_true(slice_is(buf_slice(&in), buf_slice(&out)));
	buf_done(&in);
	buf_done(&out);
}

static void reads_regular_files_only(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	struct buf out;

	buf_init(&out, 100);
	assert_int_equal(mkdirat(fd, "d", 0755), 0);
	assert_int_equal(mkfifoat(fd, "fifo", 0644), 0);
	assert_int_equal(file_read(&out, fd, "d", 9, NULL), ERR_UNSUPPORTED);
	assert_int_equal(file_read(&out, fd, "fifo", 9, NULL), ERR_UNSUPPORTED);
	assert_int_equal(file_read(&out, fd, "none", 9, NULL), ERR_NOTFOUND);
	buf_done(&out);
}

static void locks_against_another_opening(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	int first = -1;
	int second = -1;

	assert_int_equal(file_lock(&first, fd, "lock", 0, NULL), 0);
	assert_int_equal(mode_of(fd, "lock"), 0600);
	assert_int_equal(
	    file_lock(&second, fd, "lock", 25, NULL), ERR_CONFLICT);
	assert_int_equal(second, -1);
	(void)close(first);
	assert_int_equal(file_lock(&second, fd, "lock", 0, NULL), 0);
	(void)close(second);
}

static void waits_for_a_lock_to_be_released(void **state)
{
	const struct folder *folder = *state;
	int first = -1;
	int second = -1;
	int status = -1;

	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct timespec hold = {.tv_nsec = 100 * 1000000};

		if (file_lock(&first, folder->fd, "lock", 0, NULL) != 0)
			_exit(1);
		(void)mkdirat(folder->fd, "held", 0700);
		(void)nanosleep(&hold, NULL);
		_exit(0);
	}
	while (!file_exists(folder->fd, "held") &&
	    waitpid(child, &status, WNOHANG) == 0)
		;
	assert_int_equal(
	    file_lock(&second, folder->fd, "lock", 10000, NULL), 0);
	(void)close(second);
	(void)waitpid(child, &status, 0);
	assert_int_equal(status, 0);
}

static void lists_every_name_in_bytewise_order(void **state)
{
	static const char *const names[] = {
	    "b", "a", "\xc3\xa9", "B", ".tmp-x", ".hidden", "a-b", "..."};
	const struct folder *folder = *state;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		assert_int_equal(file_publish(folder->fd, names[i],
				     slice_of(""), 0644, NULL),
		    0);
	assert_names(folder->fd, ".", "... .hidden .tmp-x B a a-b b \xc3\xa9 ");
}

static int stop_at_b(void *cookie, const char *name, struct err *err)
{
	unsigned *calls = cookie;

	(void)err;
	(*calls)++;
	return strcmp(name, "b") == 0 ? 42 : 0;
}

static void stops_listing_when_told(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;
	unsigned calls = 0;

	assert_int_equal(file_publish(fd, "a", slice_of(""), 0644, NULL), 0);
	assert_int_equal(file_publish(fd, "b", slice_of(""), 0644, NULL), 0);
	assert_int_equal(file_publish(fd, "c", slice_of(""), 0644, NULL), 0);
	assert_int_equal(file_list(fd, ".", stop_at_b, &calls, NULL), 42);
	assert_int_equal(calls, 2);
	assert_int_equal(
	    file_list(fd, "none", stop_at_b, &calls, NULL), ERR_NOTFOUND);
}

static void removes_and_syncs(void **state)
{
	const struct folder *folder = *state;
	const int fd = folder->fd;

	assert_int_equal(file_publish(fd, "a", slice_of(""), 0644, NULL), 0);
	assert_true(file_exists(fd, "a"));
	assert_int_equal(file_remove(fd, "a", NULL), 0);
	assert_false(file_exists(fd, "a"));
	assert_int_equal(file_remove(fd, "a", NULL), ERR_NOTFOUND);
	assert_int_equal(file_sync_dir(fd, ".", NULL), 0);
	assert_int_equal(file_sync_dir(fd, "none", NULL), ERR_NOTFOUND);
}

#define IN_FOLDER(test)                                                        \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(publishes_and_replaces),
	    IN_FOLDER(makes_the_folders_on_the_way),
	    IN_FOLDER(publishes_a_new_name_once_only),
	    IN_FOLDER(survives_a_temp_file_from_an_earlier_crash),
	    IN_FOLDER(leaves_no_temp_file_after_a_failure),
	    IN_FOLDER(leaves_no_temp_file_when_the_disk_is_full),
	    IN_FOLDER(a_draft_has_no_name_before_it_is_whole),
	    IN_FOLDER(a_draft_given_up_leaves_nothing),
	    IN_FOLDER(a_draft_never_replaces),
	    IN_FOLDER(reads_a_user_file_as_it_comes),
	    IN_FOLDER(follows_no_symbolic_link),
	    IN_FOLDER(opens_what_a_user_spells),
	    IN_FOLDER(reads_at_most_what_it_is_told),
	    IN_FOLDER(reads_a_long_file_whole),
	    IN_FOLDER(reads_regular_files_only),
	    IN_FOLDER(locks_against_another_opening),
	    IN_FOLDER(waits_for_a_lock_to_be_released),
	    IN_FOLDER(lists_every_name_in_bytewise_order),
	    IN_FOLDER(stops_listing_when_told),
	    IN_FOLDER(removes_and_syncs),
	};

	(void)umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

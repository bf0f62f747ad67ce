/*
 * replay.c: runs a fuzz target over files instead of under a fuzzer.
 *
 * Every argument is a file or a folder whose files are taken in turn. A folder
 * without a file is an error: an empty corpus must not look like a passed test.
 * The bytes are handed over in a block of exactly their size, so that a
 * sanitizer sees a read of one byte too many.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int replay_file(const char *path)
{
	struct stat st;
	uint8_t *bytes = NULL;
	FILE *file = fopen(path, "rb");
	int rc = -1;

	if (file == NULL || fstat(fileno(file), &st) != 0)
		goto out;
	size_t n = (size_t)st.st_size;
	bytes = malloc(n == 0 ? 1 : n);
	if (bytes == NULL || fread(bytes, 1, n, file) != n)
		goto out;
	(void)LLVMFuzzerTestOneInput(bytes, n);
	rc = 0;
out:
	if (rc != 0)
		perror(path);
	free(bytes);
	if (file != NULL)
		(void)fclose(file); /* only read */
	return rc;
}

/* The number of files replayed, or -1. */
static long replay_folder(const char *path, DIR *folder)
{
	struct dirent *entry;
	long count = 0;

	while ((entry = readdir(folder)) != NULL) {
		char name[4096];

		if (entry->d_name[0] == '.')
			continue;
		int n =
		    snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (n < 0 || (size_t)n >= sizeof(name))
			return -1;
		if (replay_file(name) != 0)
			return -1;
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	long count = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);
		long n;

		if (folder == NULL) {
			n = replay_file(argv[i]) == 0 ? 1 : -1;
		} else {
			n = replay_folder(argv[i], folder);
			(void)closedir(folder); /* only read */
		}
		if (n < 0)
			return 1;
		if (n == 0) {
			fprintf(stderr, "%s: an empty corpus\n", argv[i]);
			return 1;
		}
		count += n;
	}
	printf("%ld inputs replayed\n", count);
	return count > 0 ? 0 : 1;
}

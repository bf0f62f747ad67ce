/*
 * fault_append.c: the program that run_faults.py lets fail at every system
 * call.
 *
 *   fault_append <folder> append <count> [<batch>]
 *	makes or opens the ledger and appends leaves, printing "ack <index>" for
 *	each one that was acknowledged. After a failed append it tries again and
 *	says "written after a failure" if that is not refused.
 *   fault_append <folder> verify <acked>
 *	at least `acked` leaves are there, all are the right ones, everything
 *	published is well, and the ledger grows.
 *
 * Leaf i is "leaf <i>", so a wrong one shows.
 */
#include "file.h"
#include "log_store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ORIGIN "fault.example/log"
#define BATCH_MAX 512

static struct note_secret secret;

static int open_or_create(
    struct log_store **ret_store, int case_fd, struct err *err)
{
	int r = log_store_open(ret_store, case_fd, &secret.key, err);

	if (r != ERR_NOTFOUND)
		return r;
	*err = (struct err){0};
	r = log_store_create(case_fd, &secret, err);
	if (r == 0)
		r = log_store_open(ret_store, case_fd, &secret.key, err);
	return r;
}

static int append(struct log_store *store, size_t n, struct err *err)
{
	char texts[BATCH_MAX][24];
	struct slice leaves[BATCH_MAX] = {0};
	uint64_t first;
	bool is_committed;

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "leaf %llu",
		    (unsigned long long)log_store_size(store) + i);
		leaves[i] = slice_of(texts[i]);
	}
	int r = log_store_append(
	    store, &secret, leaves, n, &first, &is_committed, err);
	char acks[BATCH_MAX * 32];
	size_t length = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		length += (size_t)snprintf(acks + length, sizeof(acks) - length,
		    "ack %llu\n", (unsigned long long)first + i);
	if (r == 0 && write(STDOUT_FILENO, acks, length) != (ssize_t)length)
		r = err_set(err, ERR_IO, "acknowledging");
	return r;
}

static int run_append(int case_fd, size_t count, size_t batch, struct err *err)
{
	struct log_store *store = NULL;

	int r = open_or_create(&store, case_fd, err);
	if (r == 0)
		r = log_store_lock(store, 0, err);
	if (r < 0)
		goto out;
	for (size_t done = 0; r == 0 && done < count; done += batch)
		r = append(store, batch, err);
	struct err again = {0};
	if (r < 0 && strcmp(err->message, "acknowledging") != 0 &&
	    append(store, 1, &again) != ERR_DENIED)
		(void)puts("written after a failure");
out:
	log_store_free(store);
	return r;
}

static int check_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	char text[24];

	(void)cookie;
	(void)snprintf(
	    text, sizeof(text), "leaf %llu", (unsigned long long)index);
	return slice_is_text(leaf, text)
	    ? 0
	    : err_set(err, ERR_VERIFY, "leaf %llu is another",
		  (unsigned long long)index);
}

static void report(void *cookie, const char *path, const char *sentence)
{
	(void)cookie;
	(void)fprintf(stderr, "%s: %s\n", path, sentence);
}

static int verify_all(int case_fd, uint64_t at_least, struct err *err)
{
	struct log_store *store = NULL;

	int r = log_store_open(&store, case_fd, &secret.key, err);
	if (r == 0 && log_store_size(store) < at_least)
		r = err_set(err, ERR_VERIFY, "%llu leaves are lost",
		    (unsigned long long)(at_least - log_store_size(store)));
	if (r == 0)
		r = log_store_each(
		    store, 0, log_store_size(store), check_leaf, NULL, err);
	log_store_free(store);
	return r < 0
	    ? r
	    : log_store_check(case_fd, &secret.key, false, report, NULL, err);
}

static int run_verify(int case_fd, uint64_t acked, struct err *err)
{
	struct log_store *store = NULL;
	uint64_t size = 0;

	int r = acked > 0 ? verify_all(case_fd, acked, err) : 0;
	if (r == 0)
		r = open_or_create(&store, case_fd, err);
	if (r == 0)
		r = log_store_lock(store, 0, err);
	if (r == 0)
		r = append(store, 1, err);
	if (r == 0)
		size = log_store_size(store);
	log_store_free(store);
	return r < 0 ? r : verify_all(case_fd, size, err);
}

int main(int argc, char **argv)
{
	static const uint8_t seed[32] = {7};
	struct err err = {0};
	int case_fd = -1;
	unsigned long long n = 0;
	unsigned long long batch = 1;

	if (argc < 4 || !slice_to_u64(slice_of(argv[3]), &n) ||
	    (argc > 4 && !slice_to_u64(slice_of(argv[4]), &batch)) ||
	    batch == 0 || batch > BATCH_MAX)
		return 2;
	note_key_setup();
	int r = note_secret_from_seed(
	    &secret, slice_of(ORIGIN), NOTE_KEY_ED25519, seed, &err);
	if (r == 0)
		r = file_open_dir(&case_fd, AT_FDCWD, argv[1], &err);
	if (r == 0 && strcmp(argv[2], "append") == 0)
		r = run_append(case_fd, n, batch, &err);
	else if (r == 0)
		r = run_verify(case_fd, n, &err);
	if (r < 0)
		(void)fprintf(stderr, "%s\n", err.message);
	return r < 0 ? 1 : 0;
}

/*
 * fault_append.c: the program that run_faults.py lets fail at every system
 * call.
 *
 *   fault_append <folder> append <count> [<batch> [<commits>]]
 *	makes or opens the ledger and appends leaves, printing "ack <index>" for
 *	each one that was acknowledged: when it is committed. So many commits
 *	(1) are published together, and the last ones. After a failed append it
 *	tries again and says "written after a failure" if that is not refused.
 *   fault_append <folder> seen <size>
 *   fault_append <folder> cosign <time>
 *	keeps that others have seen the checkpoint, or puts a cosignature of
 *	that time onto it; prints "ack <size or time>". A failed one is tried
 *	again in the same way.
 *   fault_append <folder> seen-verify <size>
 *   fault_append <folder> cosign-verify <time>
 *	others are known to have seen at least so many leaves, or a cosignature
 *	of at least that time is published (0: none need be) and is known to
 *	have been seen; and what `verify` wants of a ledger whose leaves are all
 *	there.
 *   fault_append <folder> verify <acked>
 *	at least `acked` leaves are there, all are the right ones, everything
 *	published is well, and the ledger grows.
 *
 * Leaf i is "leaf <i>", so a wrong one shows.
 */
#include "file.h"
#include "log_checkpoint.h"
#include "log_store.h"
#include "note.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ORIGIN "fault.example/log"
#define WITNESS "witness.example"
#define BATCH_MAX 2560
#define LEAVES 5 /* of a ledger that others see */

static struct note_secret secret;
static struct note_secret witness;

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

/* `index` is the first one's. */
static int commit(
    struct log_store *store, uint64_t index, size_t n, struct err *err)
{
	char texts[BATCH_MAX][24];
	struct slice leaves[BATCH_MAX] = {0};
	uint64_t first;
	bool is_committed;

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "leaf %llu",
		    (unsigned long long)index + i);
		leaves[i] = slice_of(texts[i]);
	}
	int r = log_store_commit(
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

static int append(struct log_store *store, size_t n, struct err *err)
{
	int r = commit(store, log_store_size(store), n, err);

	return r == 0 ? log_store_publish(store, err) : r;
}

static int append_all(struct log_store *store, size_t count, size_t batch,
    size_t commits, struct err *err)
{
	uint64_t index = log_store_size(store);
	size_t waiting = 0;
	int r = 0;

	for (size_t done = 0; r == 0 && done < count; done += batch) {
		r = commit(store, index + done, batch, err);
		if (r == 0 && ++waiting == commits) {
			r = log_store_publish(store, err);
			waiting = 0;
		}
	}
	return r == 0 ? log_store_publish(store, err) : r;
}

static int run_append(
    int case_fd, size_t count, size_t batch, size_t commits, struct err *err)
{
	struct log_store *store = NULL;

	int r = open_or_create(&store, case_fd, err);
	if (r == 0)
		r = log_store_lock(store, 0, err);
	if (r < 0)
		goto out;
	r = append_all(store, count, batch, commits, err);
	struct err again = {0};
	if (r < 0 && strcmp(err->message, "acknowledging") != 0 &&
	    append(store, 1, &again) != ERR_DENIED)
		(void)puts("written after a failure");
out:
	log_store_free(store);
	return r;
}

/* ---- what others have seen ---- */

static int cosign(struct log_store *store, int64_t when, struct err *err)
{
	struct slice rest = log_store_checkpoint(store);
	struct slice text = rest;
	struct buf line;

	for (int i = 0; i < 3; i++)
		(void)slice_cut(&rest, '\n');
	text.n -= rest.n;
	buf_init(&line, LOG_CHECKPOINT_MAX);
	int r = log_checkpoint_cosign(&line, &witness, text, when, err);
	if (r == 0)
		r = log_store_add_cosignatures(store, buf_slice(&line), err);
	buf_done(&line);
	return r;
}

static int show(
    struct log_store *store, bool is_cosigned, uint64_t number, struct err *err)
{
	return is_cosigned
	    ? cosign(store, (int64_t)number, err)
	    : log_store_note_seen(store, log_store_checkpoint(store), err);
}

static int run_show(
    int case_fd, bool is_cosigned, uint64_t number, struct err *err)
{
	struct log_store *store = NULL;
	struct err again = {0};
	char ack[32];

	int r = log_store_open(&store, case_fd, &secret.key, err);
	if (r == 0)
		r = log_store_lock(store, 0, err);
	if (r < 0)
		goto out;
	r = show(store, is_cosigned, number, err);
	int n = snprintf(
	    ack, sizeof(ack), "ack %llu\n", (unsigned long long)number);
	if (r < 0 && show(store, is_cosigned, number, &again) != ERR_DENIED)
		(void)puts("written after a failure");
	if (r == 0 && write(STDOUT_FILENO, ack, (size_t)n) != n)
		r = err_set(err, ERR_IO, "acknowledging");
out:
	log_store_free(store);
	return r;
}

/* The time of the cosignature on a checkpoint in a file; 0: there is none. */
static int read_time(int case_fd, const char *path, int64_t *ret_when,
    uint64_t *ret_size, struct err *err)
{
	struct log_checkpoint head;
	struct note note;
	struct buf bytes;

	buf_init(&bytes, LOG_CHECKPOINT_MAX);
	int r = file_read(&bytes, case_fd, path, LOG_CHECKPOINT_MAX, err);
	if (r == 0)
		r = log_checkpoint_open(
		    &head, &note, buf_slice(&bytes), &secret.key, err);
	*ret_when = 0;
	if (r == 0)
		*ret_size = head.size;
	const struct note_signature *line =
	    r == 0 ? note_find(&note, &witness.key) : NULL;
	if (line)
		r = log_checkpoint_check_cosignature(
		    ret_when, &witness.key, note.text, line, err);
	buf_done(&bytes);
	return r;
}

static int verify_shown(
    int case_fd, bool is_cosigned, uint64_t number, struct err *err)
{
	int64_t published = 0;
	int64_t seen = 0;
	uint64_t size = 0;
	uint64_t seen_size = 0;

	int r = read_time(case_fd, "log/checkpoint", &published, &size, err);
	if (r == 0)
		r = read_time(
		    case_fd, "private/log/seen", &seen, &seen_size, err);
	if (r == 0 && !is_cosigned && seen_size < number)
		r = err_set(err, ERR_VERIFY, "what was seen is forgotten");
	if (r == 0 && is_cosigned && (uint64_t)published < number)
		r = err_set(err, ERR_VERIFY, "a cosignature is lost");
	if (r == 0 && published > 0 && seen_size < size)
		r = err_set(err, ERR_VERIFY, "cosigned, and not kept as seen");
	return r;
}

/* ---- what must be there ---- */

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

static int run(int case_fd, const char *mode, uint64_t n, uint64_t batch,
    uint64_t commits, struct err *err)
{
	bool is_cosigned = strncmp(mode, "cosign", 6) == 0;

	if (strcmp(mode, "append") == 0)
		return run_append(case_fd, n, batch, commits, err);
	if (strcmp(mode, "seen") == 0 || strcmp(mode, "cosign") == 0)
		return run_show(case_fd, is_cosigned, n, err);
	if (strcmp(mode, "verify") == 0)
		return run_verify(case_fd, n, err);
	int r = verify_shown(case_fd, is_cosigned, n, err);
	return r < 0 ? r : run_verify(case_fd, LEAVES, err);
}

int main(int argc, char **argv)
{
	static const uint8_t seed[32] = {7};
	static const uint8_t witness_seed[32] = {8};
	struct err err = {0};
	int case_fd = -1;
	unsigned long long n = 0;
	unsigned long long batch = 1;
	unsigned long long commits = 1;

	if (argc < 4 || !slice_to_u64(slice_of(argv[3]), &n) ||
	    (argc > 4 && !slice_to_u64(slice_of(argv[4]), &batch)) ||
	    (argc > 5 && !slice_to_u64(slice_of(argv[5]), &commits)) ||
	    batch == 0 || batch > BATCH_MAX)
		return 2;
	note_key_setup();
	int r = note_secret_from_seed(
	    &secret, slice_of(ORIGIN), NOTE_KEY_ED25519, seed, &err);
	if (r == 0)
		r = note_secret_from_seed(&witness, slice_of(WITNESS),
		    NOTE_KEY_COSIGNATURE, witness_seed, &err);
	if (r == 0)
		r = file_open_dir(&case_fd, AT_FDCWD, argv[1], &err);
	if (r == 0)
		r = run(case_fd, argv[2], n, batch, commits, &err);
	if (r < 0)
		(void)fprintf(stderr, "%s\n", err.message);
	return r < 0 ? 1 : 0;
}

/*
 * interop_ledger.c: a ledger, and proofs out of it, for programs that nobody
 * here wrote.
 *
 *   interop_ledger <folder> <count>
 *	makes a ledger of `count` leaves ("leaf <i>"), half of them in one
 *	append, the rest in another, and prints: "vkey <key>", then proofs that
 *	this project made, hashes in base64:
 *	    inclusion <index> <hash>...
 *	    consistency <old size> <hash>...
 */
#include "file.h"
#include "log_store.h"
#include "mem.h"
#include "text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 24

static int append(struct log_store *store, const struct note_secret *secret,
    uint64_t n, struct err *err)
{
	char(*texts)[TEXT_MAX] = mem_new(n, sizeof(texts[0]));
	struct slice *leaves = mem_new(n, sizeof(leaves[0]));
	uint64_t size = log_store_size(store);
	uint64_t first;
	bool is_committed;
	int r = texts && leaves ? 0 : err_nomem(err);

	for (uint64_t i = 0; r == 0 && i < n; i++) {
		(void)snprintf(texts[i], TEXT_MAX, "leaf %llu",
		    (unsigned long long)(size + i));
		leaves[i] = slice_of(texts[i]);
	}
	if (r == 0 && n > 0)
		r = log_store_append(store, secret, leaves, (size_t)n, &first,
		    &is_committed, err);
	free(texts);
	free(leaves);
	return r;
}

static void put_proof(struct buf *out, const char *kind, uint64_t number,
    const struct tree_proof *proof)
{
	buf_printf(out, "%s %llu", kind, (unsigned long long)number);
	for (size_t i = 0; i < proof->n; i++) {
		buf_putc(out, ' ');
		text_put_base64(out, proof->hashes[i].b, HASH_SIZE);
	}
	buf_putc(out, '\n');
}

/* Proofs of some leaves and from some sizes, the ends among them. */
static int put_proofs(struct buf *out, struct log_store *store, struct err *err)
{
	struct tree_source source = log_store_source(store);
	uint64_t size = log_store_size(store);
	uint64_t step = size / 37 + 1;
	struct tree_proof proof;
	int r = 0;

	for (uint64_t i = 0; r == 0 && i < size; i += step) {
		r = tree_prove_inclusion(&proof, &source, i, size, err);
		if (r != 0)
			break;
		put_proof(out, "inclusion", i, &proof);
		r = tree_prove_consistency(&proof, &source, i + 1, size, err);
		if (r == 0)
			put_proof(out, "consistency", i + 1, &proof);
	}
	if (r == 0)
		r = tree_prove_inclusion(&proof, &source, size - 1, size, err);
	if (r == 0)
		put_proof(out, "inclusion", size - 1, &proof);
	return r;
}

static int run(int case_fd, uint64_t n, struct err *err)
{
	static const uint8_t seed[32] = {9};
	struct log_store *store = NULL;
	struct note_secret secret;
	struct buf out;

	buf_init(&out, 1 << 20);
	int r = note_secret_from_seed(&secret, slice_of("interop.example/log"),
	    NOTE_KEY_ED25519, seed, err);
	if (r == 0)
		r = log_store_create(case_fd, &secret, err);
	if (r == 0)
		r = log_store_open(&store, case_fd, &secret.key, err);
	if (r == 0)
		r = log_store_lock(store, 0, err);
	if (r == 0)
		r = append(store, &secret, n / 2, err);
	if (r == 0)
		r = append(store, &secret, n - n / 2, err);
	buf_puts(&out, "vkey ");
	note_key_put(&out, &secret.key);
	buf_putc(&out, '\n');
	if (r == 0)
		r = put_proofs(&out, store, err);
	if (r == 0)
		r = buf_check(&out, err);
	if (r == 0)
		(void)fwrite(out.p, 1, out.n, stdout);
	buf_done(&out);
	log_store_free(store);
	return r;
}

int main(int argc, char **argv)
{
	unsigned long long n = 0;
	struct err err = {0};
	int case_fd = -1;

	if (argc != 3 || !slice_to_u64(slice_of(argv[2]), &n) || n == 0)
		return 2;
	note_key_setup();
	int r = file_open_dir(&case_fd, AT_FDCWD, argv[1], &err);
	if (r == 0)
		r = run(case_fd, n, &err);
	if (r < 0)
		(void)fprintf(stderr, "%s\n", err.message);
	return r < 0 ? 1 : 0;
}

/*
 * test_log_store.c: a ledger that grows: the same files however it grew, the
 * same tree as computed from its definition, readers beside a writer, locks,
 * limits, cosignatures.
 */
#include "log_box.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define LEAVES 600
#define ROOT_600 "YeW3m0rrRtdF0jKp4Z6FF/MaCPW/wHpHSqW4KrWAG9o="
#define ROOT_257 "hVuTaqAMuYtRFEhCSa0514pr6TYj4mwB6OSH3AIYSlo="

/* The hashes of the first LEAVES leaves. */
static struct hash leaf_hashes[LEAVES];

static int compute_leaves(void **state)
{
	struct hash_run *run = hash_new();

	(void)state;
	assert_non_null(run);
	for (size_t i = 0; i < LEAVES; i++) {
		struct slice leaf = box_leaf(i);
		leaf_hashes[i] = tree_leaf_hash(run, leaf.p, leaf.n);
	}
	hash_free(run);
	return 0;
}

/* MTH(D[first : first + n]) by the definition. */
static struct hash root_of(size_t first, size_t n)
{
	struct tree_leaves leaves = {&leaf_hashes[first], n};
	struct tree_source source = tree_leaves_source(&leaves);
	struct hash root;

	assert_int_equal(tree_root(&root, &source, n, NULL), 0);
	return root;
}

static void must_be_tile(const struct box *box, struct log_tile tile)
{
	char path[LOG_TILE_PATH_MAX + 8] = "log/";
	size_t span = tile.level == 0 ? 1 : 256;

	log_tile_path(path + strlen(path), tile);
	struct buf bytes = box_read(box, path);
	assert_int_equal(bytes.n, tile.width * sizeof(struct hash));
	for (unsigned i = 0; i < tile.width; i++) {
		struct hash hash = root_of((tile.index * 256 + i) * span, span);
		assert_memory_equal(
		    bytes.p + i * sizeof(hash), &hash, sizeof(hash));
	}
	buf_done(&bytes);
}

static void must_be_bundle(const struct box *box, struct log_tile tile)
{
	char path[LOG_TILE_PATH_MAX + 8] = "log/";
	struct slice entries[LOG_TILE_WIDTH];

	tile.level = LOG_TILE_ENTRIES;
	log_tile_path(path + strlen(path), tile);
	struct buf bytes = box_read(box, path);
	assert_int_equal(
	    log_tile_split_bundle(entries, tile.width, buf_slice(&bytes), NULL),
	    0);
	for (unsigned i = 0; i < tile.width; i++)
		assert_true(
		    slice_is(entries[i], box_leaf(tile.index * 256 + i)));
	buf_done(&bytes);
}

/* Every file that a tree of this size must have. */
static void must_have_all_tiles(const struct box *box, size_t size)
{
	for (unsigned level = 0; level < 2; level++)
		for (uint64_t index = 0;; index++) {
			struct log_tile tile = {
			    level, index, log_tile_width(level, index, size)};
			if (tile.width == 0)
				break;
			must_be_tile(box, tile);
			if (level == 0)
				must_be_bundle(box, tile);
		}
}

static void must_have_root(const struct log_store *store, const char *base64)
{
	char wanted[128];

	(void)snprintf(wanted, sizeof(wanted), BOX_ORIGIN "\n%u\n%s\n\n",
	    (unsigned)log_store_size(store), base64);
	assert_true(slice_starts_with(log_store_checkpoint(store), wanted));
}

static void a_new_ledger_is_an_empty_signed_tree(void **state)
{
	struct box box;
	struct hash empty = tree_empty_root();

	(void)state;
	box_create(&box);
	struct hash root = log_store_root(box.store);
	assert_int_equal(log_store_size(box.store), 0);
	assert_true(hash_is(&root, &empty));
	must_have_root(
	    box.store, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	box_unlock(&box);
	box_must_be_well(&box);
	box_done(&box);
}

static void refuses_to_create_over_a_ledger(void **state)
{
	struct box box;

	(void)state;
	box_fill(&box, 3);
	box_copy(&box, "log", "before");
	assert_int_equal(
	    log_store_create(box.fd, &box.secret, NULL), ERR_CONFLICT);
	box_remove(&box, "private");
	assert_int_equal(
	    log_store_create(box.fd, &box.secret, NULL), ERR_CONFLICT);
	assert_true(box_is_same(&box, "log", "before"));
	box_done(&box);
}

static void says_that_there_is_no_ledger(void **state)
{
	struct log_store *store = NULL;
	struct box box;

	(void)state;
	box_init(&box);
	assert_int_equal(box_open(&box, &store, NULL), ERR_NOTFOUND);
	assert_int_equal(mkdirat(box.fd, "log", 0755), 0);
	assert_int_equal(box_open(&box, &store, NULL), ERR_NOTFOUND);
	box_done(&box);
}

static void single_leaves_give_the_tree_of_the_definition(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	for (size_t n = 1; n <= LEAVES; n++) {
		box_append(&box, 1);
		struct hash wanted = root_of(0, n);
		struct hash root = log_store_root(box.store);
		assert_true(hash_is(&root, &wanted));
		if (n % 37 == 0 || (n > 250 && n < 262) || n > 508)
			must_have_all_tiles(&box, n);
		if (n == 257)
			must_have_root(box.store, ROOT_257);
	}
	must_have_root(box.store, ROOT_600);
	box_unlock(&box);
	box_must_be_well(&box);
	box_done(&box);
}

static void batches_give_the_same_tiles_as_single_leaves(void **state)
{
	static const size_t batches[][8] = {
	    {1, 4, 250, 1, 44, 212, 44, 44},
	    {256, 256, 88},
	    {255, 2, 255, 88},
	    {LEAVES},
	};

	(void)state;
	for (size_t b = 0; b < sizeof(batches) / sizeof(batches[0]); b++) {
		struct box box;
		box_create(&box);
		for (size_t i = 0; i < 8 && batches[b][i] > 0; i++) {
			box_append(&box, batches[b][i]);
			must_have_all_tiles(&box, log_store_size(box.store));
		}
		assert_int_equal(log_store_size(box.store), LEAVES);
		must_have_root(box.store, ROOT_600);
		box_unlock(&box);
		box_must_be_well(&box);
		box_done(&box);
	}
}

static void a_ledger_opened_for_each_leaf_grows_the_same(void **state)
{
	struct box box;

	(void)state;
	box_create(&box);
	box_append(&box, 250);
	box_unlock(&box);
	while (true) {
		assert_int_equal(box_lock(&box, NULL), 0);
		if (log_store_size(box.store) == 262)
			break;
		box_append(&box, 1);
		must_have_all_tiles(&box, log_store_size(box.store));
		box_unlock(&box);
	}
	box_done(&box);
}

static bool is_there(const struct box *box, const char *path)
{
	return file_exists(box->fd, path);
}

static void partial_forms_stay_until_the_tile_is_full(void **state)
{
	struct box box;
	char path[64];

	(void)state;
	box_create(&box);
	for (unsigned n = 1; n <= 255; n++) {
		box_append(&box, 1);
		for (unsigned w = 1; w <= n; w++) {
			(void)snprintf(
			    path, sizeof(path), "log/tile/0/000.p/%u", w);
			assert_true(is_there(&box, path));
		}
		(void)snprintf(
		    path, sizeof(path), "log/tile/entries/000.p/%u", n);
		assert_true(is_there(&box, path));
	}
	box_append(&box, 1);
	assert_false(is_there(&box, "log/tile/0/000.p"));
	assert_false(is_there(&box, "log/tile/entries/000.p"));
	assert_true(is_there(&box, "log/tile/0/000"));
	assert_true(is_there(&box, "log/tile/entries/000"));
	assert_true(is_there(&box, "log/tile/1/000.p/1"));
	assert_false(is_there(&box, "log/tile/1/000"));
	assert_false(is_there(&box, "private/log/staged"));
	box_done(&box);
}

static void proofs_out_of_the_tiles_are_true(void **state)
{
	struct box box;
	struct tree_proof proof;

	(void)state;
	box_create(&box);
	box_append(&box, LEAVES);
	struct tree_source source = log_store_source(box.store);
	struct hash root = log_store_root(box.store);
	for (uint64_t i = 0; i < LEAVES; i += 7) {
		assert_int_equal(
		    tree_prove_inclusion(&proof, &source, i, LEAVES, NULL), 0);
		assert_int_equal(tree_check_inclusion(&proof, i, LEAVES,
				     &leaf_hashes[i], &root, NULL),
		    0);
		struct hash old = root_of(0, i);
		assert_int_equal(
		    tree_prove_consistency(&proof, &source, i, LEAVES, NULL),
		    0);
		assert_int_equal(tree_check_consistency(
				     &proof, i, LEAVES, &old, &root, NULL),
		    0);
	}
	struct hash hash;
	assert_int_equal(
	    source.read(source.cookie, 0, LEAVES, &hash, NULL), ERR_USAGE);
	assert_int_equal(
	    source.read(source.cookie, 3, LEAVES / 8, &hash, NULL), ERR_USAGE);
	assert_int_equal(
	    source.read(source.cookie, 63, 0, &hash, NULL), ERR_USAGE);
	box_done(&box);
}

/* 65,537 leaves: tiles of level 2, and an index with an x in its path. */
static void a_third_level_grows_and_is_checked(void **state)
{
	struct box box;
	struct tree_proof proof;
	struct hash_run *run = hash_new();

	(void)state;
	assert_non_null(run);
	box_create(&box);
	for (size_t i = 0; i < 64; i++)
		box_append(&box, 1024);
	box_append(&box, 1);
	assert_true(is_there(&box, "log/tile/1/000"));
	assert_false(is_there(&box, "log/tile/1/000.p"));
	assert_true(is_there(&box, "log/tile/2/000.p/1"));
	assert_true(is_there(&box, "log/tile/0/256.p/1"));
	box_unlock(&box);
	box_must_be_well(&box);
	assert_int_equal(box_lock(&box, NULL), 0);
	struct slice leaf = box_leaf(40000);
	struct hash hash = tree_leaf_hash(run, leaf.p, leaf.n);
	struct hash root = log_store_root(box.store);
	struct tree_source source = log_store_source(box.store);
	assert_int_equal(tree_prove_inclusion(&proof, &source, 40000,
			     log_store_size(box.store), NULL),
	    0);
	assert_int_equal(tree_check_inclusion(&proof, 40000,
			     log_store_size(box.store), &hash, &root, NULL),
	    0);
	hash_free(run);
	box_done(&box);
}

static int stop_at_300(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	(void)leaf;
	++*(unsigned *)cookie;
	return index == 300 ? err_set(err, ERR_DENIED, "enough") : 0;
}

static void each_gives_a_range_and_stops_when_told(void **state)
{
	struct box box;
	uint64_t next = 250;
	unsigned calls = 0;

	(void)state;
	box_create(&box);
	box_append(&box, 400);
	assert_int_equal(
	    log_store_each(box.store, 250, 270, box_is_leaf, &next, NULL), 0);
	assert_true(next == 270);
	assert_int_equal(
	    log_store_each(box.store, 7, 7, box_is_leaf, &next, NULL), 0);
	assert_int_equal(
	    log_store_each(box.store, 290, 400, stop_at_300, &calls, NULL),
	    ERR_DENIED);
	assert_int_equal(calls, 11);
	assert_int_equal(
	    log_store_each(box.store, 0, 401, box_is_leaf, &next, NULL),
	    ERR_USAGE);
	assert_int_equal(
	    log_store_each(box.store, 3, 2, box_is_leaf, &next, NULL),
	    ERR_USAGE);
	box_done(&box);
}

static int try_leaf(struct box *box, const char *p, size_t n)
{
	struct slice leaf = {p, n};
	uint64_t first;
	bool is_committed = true;

	int r = log_store_append(
	    box->store, &box->secret, &leaf, 1, &first, &is_committed, NULL);
	assert_true(is_committed == (r == 0));
	return r;
}

static void takes_leaves_of_1_to_65535_bytes(void **state)
{
	struct box box;
	struct box_report report;
	char *bytes = calloc(1, 65536);

	(void)state;
	assert_non_null(bytes);
	box_create(&box);
	assert_int_equal(try_leaf(&box, bytes, 0), ERR_LIMIT);
	assert_int_equal(try_leaf(&box, bytes, 65536), ERR_LIMIT);
	assert_int_equal(try_leaf(&box, bytes, 1), 0);
	assert_int_equal(try_leaf(&box, bytes, 65535), 0);
	assert_int_equal(log_store_size(box.store), 2);
	box_unlock(&box);
	assert_int_equal(box_check(&box, false, &report, NULL), 0);
	free(bytes);
	box_done(&box);
}

static void refuses_more_than_an_append_may_hold(void **state)
{
	size_t n = LOG_STORE_APPEND_MAX / 65537 + 2;
	struct slice *leaves = calloc(n, sizeof(*leaves));
	char *bytes = calloc(1, 65535);
	struct box box;
	uint64_t first;
	bool is_committed;

	(void)state;
	assert_non_null(bytes);
	assert_non_null(leaves);
	for (size_t i = 0; i < n; i++)
		leaves[i] = (struct slice){bytes, 65535};
	box_create(&box);
	assert_int_equal(log_store_append(box.store, &box.secret, leaves, n,
			     &first, &is_committed, NULL),
	    ERR_LIMIT);
	assert_false(is_committed);
	box_append(&box, 1);
	free(leaves);
	free(bytes);
	box_done(&box);
}

static void appends_only_under_the_lock_and_with_the_right_key(void **state)
{
	struct note_secret other;
	struct box box;
	uint64_t first;
	bool is_committed;
	struct slice leaf = box_leaf(0);

	(void)state;
	assert_int_equal(note_secret_new(&other, slice_of(BOX_ORIGIN),
			     NOTE_KEY_ED25519, NULL),
	    0);
	box_create(&box);
	assert_int_equal(log_store_append(box.store, &other, &leaf, 1, &first,
			     &is_committed, NULL),
	    ERR_DENIED);
	assert_int_equal(log_store_append(box.store, &box.secret, &leaf, 0,
			     &first, &is_committed, NULL),
	    ERR_USAGE);
	assert_int_equal(log_store_lock(box.store, 0, NULL), ERR_USAGE);
	log_store_unlock(box.store);
	assert_int_equal(log_store_append(box.store, &box.secret, &leaf, 1,
			     &first, &is_committed, NULL),
	    ERR_USAGE);
	assert_int_equal(
	    log_store_add_cosignatures(box.store, slice_of(""), NULL),
	    ERR_USAGE);
	assert_int_equal(log_store_lock(box.store, 0, NULL), 0);
	box_append(&box, 1);
	box_done(&box);
}

/* --- several at once --- */

static void only_one_process_gets_the_lock(void **state)
{
	struct box box;
	struct log_store *mine = NULL;
	int to_child[2];
	int to_parent[2];
	int status = 0;
	char byte = 'x';

	(void)state;
	box_fill(&box, 2);
	assert_int_equal(pipe(to_child), 0);
	assert_int_equal(pipe(to_parent), 0);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (box_lock(&box, NULL) != 0 ||
		    write(to_parent[1], &byte, 1) != 1 ||
		    read(to_child[0], &byte, 1) != 1)
			_exit(1);
		box_append(&box, 1);
		_exit(0); /* dies with the lock held */
	}
	assert_int_equal(read(to_parent[0], &byte, 1), 1);
	assert_int_equal(box_open(&box, &mine, NULL), 0);
	assert_int_equal(log_store_lock(mine, 20, NULL), ERR_CONFLICT);
	assert_int_equal(box_read_all(mine, NULL), 0);
	assert_int_equal(write(to_child[1], &byte, 1), 1);
	assert_int_equal(log_store_lock(mine, 5000, NULL), 0);
	assert_int_equal(log_store_size(mine), 3);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	log_store_free(mine);
	for (int i = 0; i < 2; i++) {
		(void)close(to_child[i]);
		(void)close(to_parent[i]);
	}
	box_done(&box);
}

static void the_lock_brings_what_others_appended(void **state)
{
	struct box box;
	struct log_store *other = NULL;

	(void)state;
	box_create(&box);
	assert_int_equal(box_open(&box, &other, NULL), 0);
	box_append(&box, 300);
	assert_int_equal(log_store_size(other), 0);
	assert_int_equal(log_store_lock(other, 0, NULL), ERR_CONFLICT);
	log_store_unlock(box.store);
	assert_int_equal(log_store_lock(other, 0, NULL), 0);
	assert_int_equal(log_store_size(other), 300);
	log_store_free(box.store);
	box.store = other;
	box_append(&box, 300);
	must_have_root(box.store, ROOT_600);
	box_done(&box);
}

static void a_reader_keeps_its_tree_while_the_ledger_grows(void **state)
{
	struct box box;
	struct log_store *reader = NULL;
	struct tree_proof proof;

	(void)state;
	box_create(&box);
	box_append(&box, 200);
	assert_int_equal(box_open(&box, &reader, NULL), 0);
	box_append(&box, 400);
	assert_false(is_there(&box, "log/tile/entries/000.p"));
	assert_int_equal(log_store_size(reader), 200);
	assert_int_equal(box_read_all(reader, NULL), 0);
	struct tree_source source = log_store_source(reader);
	struct hash root = root_of(0, 200);
	for (uint64_t i = 0; i < 200; i++) {
		assert_int_equal(
		    tree_prove_inclusion(&proof, &source, i, 200, NULL), 0);
		assert_int_equal(tree_check_inclusion(&proof, i, 200,
				     &leaf_hashes[i], &root, NULL),
		    0);
	}
	log_store_free(reader);
	box_done(&box);
}

static void readers_beside_a_writer_never_see_half_a_tree(void **state)
{
	struct box box;
	int status = 0;

	(void)state;
	box_create(&box);
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		for (size_t i = 0; i < LEAVES; i++)
			box_append(&box, 1);
		_exit(0);
	}
	box_unlock(&box);
	unsigned reads = 0;
	while (waitpid(pid, &status, WNOHANG) == 0) {
		struct err err = {0};
		if (box_read_through(&box, &err) != 0)
			fail_msg("%s", err.message);
		reads++;
	}
	assert_int_equal(status, 0);
	assert_true(reads > 0);
	box_must_be_well(&box);
	box_done(&box);
}

static void a_published_copy_can_only_be_read(void **state)
{
	struct box box;
	struct log_store *store = NULL;

	(void)state;
	box_fill(&box, 300);
	box_remove(&box, "private");
	box_must_be_well(&box);
	assert_int_equal(box_open(&box, &store, NULL), 0);
	assert_int_equal(log_store_lock(store, 0, NULL), ERR_NOTFOUND);
	log_store_free(store);
	assert_false(is_there(&box, "private"));
	box_done(&box);
}

/* --- write failures --- */

static void after_a_failed_write_nothing_more_is_written(void **state)
{
	struct box box;
	struct rlimit old;
	bool is_committed = true;

	(void)state;
	box_create(&box);
	box_append(&box, 2);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	struct rlimit small = {100, old.rlim_max};
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int r = box_try_append(&box, 1, &is_committed, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(r, ERR_IO);
	assert_false(is_committed);
	assert_int_equal(
	    box_try_append(&box, 1, &is_committed, NULL), ERR_DENIED);
	log_store_unlock(box.store);
	assert_int_equal(log_store_lock(box.store, 0, NULL), ERR_DENIED);
	assert_int_equal(box_read_all(box.store, NULL), 0);
	box_unlock(&box);
	box_must_be_well(&box);
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_int_equal(log_store_size(box.store), 2);
	box_append(&box, 1);
	box_done(&box);
}

static void a_commit_that_cannot_be_published_is_published_later(void **state)
{
	struct box box;
	bool is_committed = false;

	(void)state;
	box_create(&box);
	/* A file where the folder of tiles should be. */
	box_write(&box, "log/tile", slice_of(""));
	assert_true(box_try_append(&box, 3, &is_committed, NULL) < 0);
	assert_true(is_committed);
	assert_int_equal(
	    box_try_append(&box, 1, &is_committed, NULL), ERR_DENIED);
	box_unlock(&box);
	box_remove(&box, "log/tile");
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_int_equal(log_store_size(box.store), 3);
	must_have_all_tiles(&box, 3);
	box_append(&box, 1);
	box_done(&box);
}

/* --- cosignatures --- */

static struct slice cosign(struct buf *out, const struct box *box,
    const char *name, uint8_t byte, int64_t when)
{
	struct note_secret witness;
	struct note note;
	uint8_t seed[32];

	memset(seed, byte, sizeof(seed));
	assert_int_equal(note_secret_from_seed(&witness, slice_of(name),
			     NOTE_KEY_COSIGNATURE, seed, NULL),
	    0);
	assert_int_equal(
	    note_parse(&note, log_store_checkpoint(box->store), NULL), 0);
	assert_int_equal(
	    log_checkpoint_cosign(out, &witness, note.text, when, NULL), 0);
	return buf_slice(out);
}

static size_t signatures_of(const struct box *box)
{
	struct note note;

	assert_int_equal(
	    note_parse(&note, log_store_checkpoint(box->store), NULL), 0);
	struct buf file = box_read(box, "log/checkpoint");
	assert_true(
	    slice_is(buf_slice(&file), log_store_checkpoint(box->store)));
	buf_done(&file);
	return note.n;
}

static void cosignatures_stay_with_their_checkpoint_only(void **state)
{
	struct box box;
	struct buf lines;

	(void)state;
	box_create(&box);
	box_append(&box, 5);
	buf_init(&lines, LOG_CHECKPOINT_MAX);
	(void)cosign(&lines, &box, "w.example/1", 2, 10);
	(void)cosign(&lines, &box, "w.example/2", 3, 20);
	assert_int_equal(
	    log_store_add_cosignatures(box.store, buf_slice(&lines), NULL), 0);
	assert_int_equal(signatures_of(&box), 3);
	box_unlock(&box);
	box_must_be_well(&box);
	assert_int_equal(box_lock(&box, NULL), 0);
	assert_int_equal(signatures_of(&box), 3);

	/* A newer one by the same key takes the place of the older one. */
	buf_clear(&lines);
	struct slice line = cosign(&lines, &box, "w.example/1", 2, 30);
	assert_int_equal(log_store_add_cosignatures(box.store, line, NULL), 0);
	assert_int_equal(signatures_of(&box), 3);
	assert_non_null(memmem(log_store_checkpoint(box.store).p,
	    log_store_checkpoint(box.store).n, line.p, line.n));

	box_append(&box, 1);
	assert_int_equal(signatures_of(&box), 1);
	buf_done(&lines);
	box_done(&box);
}

static void a_line_that_is_none_or_forges_the_log_is_refused(void **state)
{
	struct box box;
	struct buf lines;
	struct note_secret forger;
	uint8_t zeros[64] = {0};

	(void)state;
	box_create(&box);
	box_append(&box, 5);
	box_copy(&box, "log", "before");
	buf_init(&lines, LOG_CHECKPOINT_MAX);
	forger = box.secret;
	note_put_signature_bytes(&lines, &forger.key, zeros, sizeof(zeros));
	assert_int_equal(
	    log_store_add_cosignatures(box.store, buf_slice(&lines), NULL),
	    ERR_VERIFY);
	assert_int_equal(
	    log_store_add_cosignatures(box.store, slice_of("no line\n"), NULL),
	    ERR_FORMAT);
	assert_int_equal(
	    log_store_add_cosignatures(box.store, slice_of(""), NULL),
	    ERR_FORMAT);
	buf_clear(&lines);
	for (uint8_t i = 0; i < 100; i++) {
		char name[32];
		(void)snprintf(name, sizeof(name), "w.example/%u", i);
		(void)cosign(&lines, &box, name, 9, 1);
	}
	assert_int_equal(
	    log_store_add_cosignatures(box.store, buf_slice(&lines), NULL),
	    ERR_LIMIT);
	assert_true(box_is_same(&box, "log", "before"));
	assert_int_equal(signatures_of(&box), 1);
	box_append(&box, 1);
	buf_done(&lines);
	box_done(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_new_ledger_is_an_empty_signed_tree),
	    cmocka_unit_test(refuses_to_create_over_a_ledger),
	    cmocka_unit_test(says_that_there_is_no_ledger),
	    cmocka_unit_test(single_leaves_give_the_tree_of_the_definition),
	    cmocka_unit_test(batches_give_the_same_tiles_as_single_leaves),
	    cmocka_unit_test(a_ledger_opened_for_each_leaf_grows_the_same),
	    cmocka_unit_test(partial_forms_stay_until_the_tile_is_full),
	    cmocka_unit_test(proofs_out_of_the_tiles_are_true),
	    cmocka_unit_test(a_third_level_grows_and_is_checked),
	    cmocka_unit_test(each_gives_a_range_and_stops_when_told),
	    cmocka_unit_test(takes_leaves_of_1_to_65535_bytes),
	    cmocka_unit_test(refuses_more_than_an_append_may_hold),
	    cmocka_unit_test(
		appends_only_under_the_lock_and_with_the_right_key),
	    cmocka_unit_test(only_one_process_gets_the_lock),
	    cmocka_unit_test(the_lock_brings_what_others_appended),
	    cmocka_unit_test(a_reader_keeps_its_tree_while_the_ledger_grows),
	    cmocka_unit_test(readers_beside_a_writer_never_see_half_a_tree),
	    cmocka_unit_test(a_published_copy_can_only_be_read),
	    cmocka_unit_test(after_a_failed_write_nothing_more_is_written),
	    cmocka_unit_test(
		a_commit_that_cannot_be_published_is_published_later),
	    cmocka_unit_test(cosignatures_stay_with_their_checkpoint_only),
	    cmocka_unit_test(a_line_that_is_none_or_forges_the_log_is_refused),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, compute_leaves, NULL);
}

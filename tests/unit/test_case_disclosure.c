/*
 * test_case_disclosure.c: disclosures of small images, altered in every byte;
 * of one as long as 1 TB; and somebody who guesses what was withheld.
 */
#include "disclosure_box.h"

#include "mem.h"

#define CHUNK ((uint64_t)TREE_CHUNK_SIZE)

static void start(const struct disclosure_box *box, struct case_disclosure *d)
{
	*d = (struct case_disclosure){0};
	assert_int_equal(
	    case_disclosure_of(d, &box->record, slice_of("I-1"), NULL), 0);
}

/* ---- what is shown is shown ---- */

static void try_ranges(
    const struct disclosure_box *box, const uint64_t (*chunks)[2], size_t n)
{
	struct case_disclosure d;
	struct buf file, shown, must;

	start(box, &d);
	buf_init(&must, BOX_FILE_MAX);
	buf_init(&shown, BOX_FILE_MAX);
	for (size_t i = 0; i < n; i++) {
		box_show(&d, chunks[i][0], chunks[i][1]);
		uint64_t end = (chunks[i][1] + 1) * CHUNK;
		if (end > box->length)
			end = box->length;
		buf_put(&must, box->bytes + chunks[i][0] * CHUNK,
		    (size_t)(end - chunks[i][0] * CHUNK));
	}
	box_file(box, &d, &file);
	const struct case_disclosure_sizes sizes = case_disclosure_measure(&d);
	assert_int_equal(sizes.shown, must.n);
	assert_int_equal(sizes.proof + sizes.shown, file.n);
	assert_int_equal(box_check(box, buf_slice(&file), &shown, NULL), 0);
	assert_true(slice_is(buf_slice(&shown), buf_slice(&must)));
	buf_done(&file);
	buf_done(&shown);
	buf_done(&must);
	case_disclosure_done(&d);
}

static void shows_the_bytes_of_any_ranges(void **state)
{
	static const uint64_t all[][2] = {{0, 8}}, first[][2] = {{0, 0}};
	static const uint64_t last[][2] = {{8, 8}}, two[][2] = {{1, 3}, {5, 5}};
	static const uint64_t odd[][2] = {{0, 0}, {2, 2}, {4, 4}, {6, 6}};
	struct disclosure_box box;

	(void)state;
	box_make(&box, 8 * CHUNK + 5);
	try_ranges(&box, all, 1);
	try_ranges(&box, first, 1);
	try_ranges(&box, last, 1);
	try_ranges(&box, two, 2);
	try_ranges(&box, odd, 4);
	box_done(&box);
}

static void an_empty_image_has_a_disclosure_without_a_range(void **state)
{
	struct disclosure_box box;
	struct case_disclosure d;
	struct buf file;

	(void)state;
	box_make(&box, 0);
	start(&box, &d);
	assert_int_equal(case_disclosure_add(&d, 0, 0, NULL), ERR_USAGE);
	box_file(&box, &d, &file);
	assert_int_equal(box_check(&box, buf_slice(&file), NULL, NULL), 0);
	buf_done(&file);
	box_done(&box);

	box_make(&box, 1);
	start(&box, &d);
	box_file(&box, &d, &file);
	assert_int_equal(
	    box_check(&box, buf_slice(&file), NULL, NULL), ERR_FORMAT);
	buf_done(&file);
	box_done(&box);
}

static void ranges_grow_to_chunks_and_join(void **state)
{
	static const uint64_t typed[][2] = {{5 * CHUNK, 5 * CHUNK + 9},
	    {CHUNK - 1, CHUNK - 1}, {3 * CHUNK + 7, 3 * CHUNK + 7},
	    {2 * CHUNK - 1, 2 * CHUNK}, {5 * CHUNK + 3, 5 * CHUNK + 4}};
	static const uint64_t want[][2] = {
	    {0, 4 * CHUNK - 1}, {5 * CHUNK, 5 * CHUNK + 99}};
	struct case_disclosure d = {.length = 5 * CHUNK + 100};
	uint64_t first, last;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(
		    case_disclosure_add(&d, typed[i][0], typed[i][1], NULL), 0);
	assert_int_equal(d.run_count, 2);
	for (size_t i = 0; i < 2; i++) {
		case_disclosure_range(&d, i, &first, &last);
		assert_int_equal(first, want[i][0]);
		assert_int_equal(last, want[i][1]);
	}
	assert_int_equal(case_disclosure_add(&d, 2, 1, NULL), ERR_USAGE);
	assert_int_equal(
	    case_disclosure_add(&d, 0, 5 * CHUNK + 100, NULL), ERR_USAGE);
	case_disclosure_done(&d);
}

static void random_ranges_join_as_a_map_of_chunks_does(void **state)
{
	enum {
		CHUNKS = 40
	};

	(void)state;
	srand(7);
	for (int round = 0; round < 2000; round++) {
		struct case_disclosure d = {.length = CHUNKS * CHUNK};
		bool is_shown[CHUNKS + 2] = {false};
		size_t at = 0;

		for (int i = rand() % 12; i >= 0; i--) {
			uint64_t first = (uint64_t)rand() % CHUNKS;
			uint64_t last = first + (uint64_t)rand() % 4;
			if (last >= CHUNKS)
				last = CHUNKS - 1;
			box_show(&d, first, last);
			for (uint64_t k = first; k <= last; k++)
				is_shown[k] = true;
		}
		for (uint64_t k = 0; k < CHUNKS; k++) {
			if (!is_shown[k])
				continue;
			assert_true(at < d.run_count);
			assert_int_equal(d.runs[at].first, k);
			while (is_shown[k])
				k++;
			assert_int_equal(d.runs[at++].end, k);
		}
		assert_int_equal(at, d.run_count);
		case_disclosure_done(&d);
	}
}

/* ---- refusals ---- */

static void another_image_or_seed_makes_no_disclosure(void **state)
{
	struct disclosure_box box;
	struct case_disclosure d;
	struct buf file;
	const struct case_disclosure_out out = {box_write, &file};

	(void)state;
	box_make(&box, 3 * CHUNK);
	start(&box, &d);
	box_show(&d, 1, 1);
	buf_init(&file, BOX_FILE_MAX);
	for (size_t at = 9; at < box.length; at += CHUNK) {
		box.bytes[at] ^= 1;
		assert_int_equal(case_disclosure_write(&d, &box.seed,
				     &box.image, NULL, &out, NULL),
		    ERR_VERIFY);
		box.bytes[at] ^= 1;
	}
	box.seed.b[31] ^= 1;
	assert_int_equal(
	    case_disclosure_write(&d, &box.seed, &box.image, NULL, &out, NULL),
	    ERR_VERIFY);
	buf_done(&file);
	case_disclosure_done(&d);
	box_done(&box);
}

static void every_altered_byte_is_refused(void **state)
{
	struct disclosure_box box;
	struct case_disclosure d;
	struct buf file;

	(void)state;
	box_make(&box, 2 * CHUNK + 60);
	start(&box, &d);
	box_show(&d, 2, 2);
	box_file(&box, &d, &file);
	assert_in_range(file.n, 500, 2000);
	assert_int_equal(box_check(&box, buf_slice(&file), NULL, NULL), 0);
	for (size_t i = 0; i < file.n; i++)
		for (int bit = 1; bit < 256; bit <<= 1) {
			file.p[i] = (char)(file.p[i] ^ bit);
			assert_int_not_equal(
			    box_check(&box, buf_slice(&file), NULL, NULL), 0);
			file.p[i] = (char)(file.p[i] ^ bit);
		}
	for (size_t n = 0; n < file.n; n++)
		assert_int_equal(
		    box_check(&box, (struct slice){file.p, n}, NULL, NULL),
		    ERR_FORMAT);
	buf_putc(&file, 'x');
	assert_int_equal(
	    box_check(&box, buf_slice(&file), NULL, NULL), ERR_FORMAT);
	buf_done(&file);
	case_disclosure_done(&d);
	box_done(&box);
}

/* The file's text with `old` replaced; the same number of bytes is shown. */
static void refuse_edit(const struct disclosure_box *box, struct slice file,
    const char *old, const char *new)
{
	struct buf edited;
	const char *at = memmem(file.p, file.n, old, strlen(old));

	assert_non_null(at);
	buf_init(&edited, BOX_FILE_MAX);
	buf_put(&edited, file.p, (size_t)(at - file.p));
	buf_puts(&edited, new);
	at += strlen(old);
	buf_put(&edited, at, file.n - (size_t)(at - file.p));
	assert_int_not_equal(box_check(box, buf_slice(&edited), NULL, NULL), 0);
	buf_done(&edited);
}

static void a_second_spelling_is_refused(void **state)
{
	struct disclosure_box box;
	struct case_disclosure d;
	struct buf file;

	(void)state;
	box_make(&box, 6 * CHUNK);
	start(&box, &d);
	box_show(&d, 1, 2);
	box_show(&d, 4, 4);
	box_file(&box, &d, &file);
	struct slice bytes = buf_slice(&file);
	refuse_edit(&box, bytes, "range: 65536-196607\n",
	    "range: 65536-131071\nrange: 131072-196607\n");
	refuse_edit(&box, bytes, "range: 65536", "range: 065536");
	refuse_edit(&box, bytes, "range: 65536-", "range: 65537-");
	refuse_edit(&box, bytes, "range: 65536-196607\nrange: 262144-327679\n",
	    "range: 262144-327679\nrange: 65536-196607\n");
	refuse_edit(&box, bytes, "length: 393216", "length: 393215");
	refuse_edit(&box, bytes, "item: I-1", "item: D-1");
	refuse_edit(&box, bytes, "item: I-1", "item: I-1 ");
	refuse_edit(&box, bytes, "\nlength", "\r\nlength");
	buf_done(&file);
	case_disclosure_done(&d);
	box_done(&box);
}

/*
 * An RFC 6962 root fixes no number of leaves: chunk 1 of 2 can be told as chunk
 * 2 of 3 without another byte in the pieces. Only the record says that it lies.
 */
static void only_the_record_fixes_where_a_chunk_stands(void **state)
{
	struct disclosure_box box;
	struct case_disclosure d, moved = {0};
	struct buf file, lie;

	(void)state;
	box_make(&box, 2 * CHUNK);
	start(&box, &d);
	box_show(&d, 1, 1);
	box_file(&box, &d, &file);
	assert_int_equal(box_check(&box, buf_slice(&file), NULL, NULL), 0);

	moved = d;
	moved.runs = NULL;
	moved.run_count = moved.run_cap = 0;
	moved.length = 3 * CHUNK;
	box_show(&moved, 2, 2);
	buf_init(&lie, BOX_FILE_MAX);
	case_disclosure_put_head(&moved, &lie);
	const size_t pieces = HASH_SIZE + TREE_CHUNK_SALT_SIZE + CHUNK;
	buf_put(&lie, file.p + file.n - pieces, pieces);

	struct box_in in = {buf_slice(&lie), 77};
	const struct case_disclosure_in read = {box_in_read, &in};
	struct case_disclosure seen = {0};
	assert_int_equal(case_disclosure_check(&seen, &read, NULL, NULL), 0);
	assert_int_equal(
	    case_disclosure_check_record(&seen, &box.record, NULL), ERR_VERIFY);
	case_disclosure_done(&seen);
	buf_done(&lie);
	buf_done(&file);
	case_disclosure_done(&moved);
	case_disclosure_done(&d);
	box_done(&box);
}

/* The record without the line that begins so, or with another in its place. */
static int try_record(
    const struct disclosure_box *box, const char *line, const char *other)
{
	struct case_disclosure d = {0};
	struct record record = {0};
	struct buf text;
	const char *at = strstr(box->text, line);

	assert_non_null(at);
	buf_init(&text, sizeof box->text);
	buf_put(&text, box->text, (size_t)(at - box->text));
	buf_puts(&text, other);
	buf_puts(&text, strchr(at, '\n') + 1);
	assert_int_equal(record_parse(&record, buf_slice(&text), NULL), 0);
	int rc = case_disclosure_of(&d, &record, slice_of("I-1"), NULL);
	record_done(&record);
	buf_done(&text);
	return rc;
}

static void only_a_record_with_this_tree_will_do(void **state)
{
	struct case_disclosure d = {0};
	struct disclosure_box box;

	(void)state;
	box_make(&box, 100);
	const char *same = "  length: 100\n";
	assert_int_equal(try_record(&box, "  length: ", same), 0);
	assert_int_equal(try_record(&box, "  length: ", ""), ERR_USAGE);
	assert_int_equal(try_record(&box, "  tree-root: ", ""), ERR_USAGE);
	assert_int_equal(try_record(&box, "  chunk-size: ", ""), ERR_USAGE);
	assert_int_equal(try_record(&box, "  salts: ", ""), ERR_USAGE);
	assert_int_equal(
	    try_record(&box, "  chunk-size: ", "  chunk-size: 65535\n"),
	    ERR_USAGE);
	assert_int_equal(
	    case_disclosure_of(&d, &box.record, slice_of("I-2"), NULL),
	    ERR_USAGE);
	box_done(&box);
}

/* ---- 1 TB ---- */

#define BIG_CHUNKS (UINT64_C(1) << 24)
#define BIG_LENGTH (BIG_CHUNKS * CHUNK)

/* A tree whose withheld leaves are all the same, so that its hashes fit into
 * memory; the chunks that are shown are zeros, each with its salt. */
struct big {
	struct hash levels[25];
	struct tree_seed seed;
	uint64_t first, end; /* shown */
	unsigned reads;
};

static int big_read(void *cookie, unsigned level, uint64_t index,
    struct hash *ret_hash, struct err *err)
{
	struct big *big = cookie;

	(void)err;
	assert_true(
	    (index + 1) << level <= big->first || index << level >= big->end);
	big->reads++;
	*ret_hash = big->levels[level];
	return 0;
}

static int read_zeros(
    void *cookie, uint64_t offset, void *bytes, size_t n, struct err *err)
{
	(void)cookie;
	(void)offset;
	(void)err;
	memset(bytes, 0, n);
	return 0;
}

static struct hash big_root(
    struct hash_run *run, const struct big *big, unsigned level, uint64_t index)
{
	static const uint8_t zeros[TREE_CHUNK_SIZE];
	uint8_t salt[1][TREE_CHUNK_SALT_SIZE];

	if ((index + 1) << level <= big->first || index << level >= big->end)
		return big->levels[level];
	if (level == 0) {
		assert_int_equal(tree_chunk_salts(&big->seed, BIG_CHUNKS, index,
				     1, salt, NULL),
		    0);
		return tree_chunk_leaf(run, salt[0], zeros, sizeof zeros);
	}
	const struct hash left = big_root(run, big, level - 1, 2 * index);
	const struct hash right = big_root(run, big, level - 1, 2 * index + 1);
	return tree_node_hash(run, &left, &right);
}

static uint64_t big_proof(struct disclosure_box *box, struct hash_run *run,
    struct big *big, uint64_t first, uint64_t n)
{
	const struct tree_image image = {BIG_LENGTH, read_zeros, NULL};
	const struct tree_source source = {big_read, big};
	struct case_disclosure d;
	struct buf file;
	const struct case_disclosure_out out = {box_write, &file};

	big->first = first;
	big->end = first + n;
	const struct hash root = big_root(run, big, 24, 0);
	box_record(box, BIG_LENGTH, &root);
	start(box, &d);
	box_show(&d, first, first + n - 1);
	buf_init(&file, BOX_FILE_MAX);
	assert_int_equal(
	    case_disclosure_write(&d, &big->seed, &image, &source, &out, NULL),
	    0);
	assert_int_equal(box_check(box, buf_slice(&file), NULL, NULL), 0);
	const uint64_t proof = file.n - n * CHUNK;
	assert_int_equal(proof, case_disclosure_measure(&d).proof);
	buf_done(&file);
	case_disclosure_done(&d);
	return proof;
}

static uint64_t measured(uint64_t first, uint64_t end)
{
	struct case_disclosure d = {.length = BIG_LENGTH, .item = "I-1"};

	box_show(&d, first, end - 1);
	const uint64_t proof = case_disclosure_measure(&d).proof;
	case_disclosure_done(&d);
	return proof;
}

static void a_range_of_1_tb_has_less_than_1_mb_of_proof(void **state)
{
	struct disclosure_box box = {0};
	struct hash_run *run = hash_new();
	struct big big = {.levels = {hash_of("withheld", 8)}};
	uint64_t most = 0, written = 0;

	(void)state;
	assert_non_null(run);
	for (unsigned i = 1; i < 25; i++)
		big.levels[i] =
		    tree_node_hash(run, &big.levels[i - 1], &big.levels[i - 1]);
	static const uint64_t places[][2] = {{0, 1}, {BIG_CHUNKS - 1, 1},
	    {BIG_CHUNKS / 2 - 1, 2}, {11259375, 3}, {BIG_CHUNKS / 2 - 33, 66}};
	for (size_t i = 0; i < 5; i++) {
		uint64_t n =
		    big_proof(&box, run, &big, places[i][0], places[i][1]);
		written = n > written ? n : written;
	}
	assert_in_range(big.reads, 5, 5 * 48);
	srand(3);
	for (unsigned i = 0; i < 100000; i++) {
		uint64_t a = (uint64_t)rand() % BIG_CHUNKS;
		uint64_t b = (uint64_t)rand() % BIG_CHUNKS;
		uint64_t n = measured(a < b ? a : b, (a < b ? b : a) + 1);
		most = n > most ? n : most;
	}
	uint64_t worst = measured(1, BIG_CHUNKS - 1);
	most = worst > most ? worst : most;
	print_message("# proof of one range of 1 TiB: at most %llu bytes; "
		      "written and checked: %llu\n",
	    (unsigned long long)most, (unsigned long long)written);
	assert_true(most < 1000000 && written <= most);
	hash_free(run);
	record_done(&box.record);
}

/* ---- who guesses ---- */

/*
 * The attacker has the file, knows what stands in every chunk of a well-known
 * image, and wants to know whether chunk 3 is the known one. In the proof it
 * stands alone, beside chunk 2, which is shown. He tries the known content with
 * no salt, and with every salt that the seeds he has can give.
 */
#define GUESSED 3
#define GUESS_CHUNKS 8

struct attacker {
	const uint8_t *known; /* the chunk's content */
	struct hash hidden[GUESS_CHUNKS]; /* the hashes in the file */
	size_t hidden_count;
	struct tree_seed seeds[GUESS_CHUNKS];
	size_t seed_count;
};

static bool is_hidden_there(
    const struct attacker *attacker, const struct hash *leaf)
{
	for (size_t i = 0; i < attacker->hidden_count; i++)
		if (hash_is(&attacker->hidden[i], leaf))
			return true;
	return false;
}

static bool finds_it(struct hash_run *run, const struct attacker *attacker)
{
	uint8_t salts[16][TREE_CHUNK_SALT_SIZE];
	struct hash leaf = tree_leaf_hash(run, attacker->known, CHUNK);

	if (is_hidden_there(attacker, &leaf))
		return true;
	for (size_t i = 0; i < attacker->seed_count; i++)
		for (uint64_t count = 1; count <= 16; count *= 2) {
			assert_int_equal(
			    tree_chunk_salts(&attacker->seeds[i], count, 0,
				(size_t)count, salts, NULL),
			    0);
			for (uint64_t k = 0; k < count; k++) {
				leaf = tree_chunk_leaf(
				    run, salts[k], attacker->known, CHUNK);
				if (is_hidden_there(attacker, &leaf))
					return true;
			}
		}
	return false;
}

/* Takes the hashes and seeds out of the file as anybody can. */
static void take_apart(struct attacker *attacker,
    const struct case_disclosure *d, struct slice file)
{
	struct tree_cover cover;
	struct tree_cover_piece p;
	struct buf head;

	buf_init(&head, CASE_DISCLOSURE_HEAD_MAX);
	case_disclosure_put_head(d, &head);
	const char *at = file.p + head.n;
	buf_done(&head);
	tree_cover_start(&cover, d->runs, d->run_count, GUESS_CHUNKS);
	while (tree_cover_next(&cover, &p)) {
		size_t n =
		    p.is_shown ? tree_image_seed_size(p.level) : HASH_SIZE;
		memcpy(p.is_shown
			? attacker->seeds[attacker->seed_count++].b
			: attacker->hidden[attacker->hidden_count++].b,
		    at, n);
		at += n + (p.is_shown ? (p.end - p.first) * CHUNK : 0);
	}
	assert_ptr_equal(at, file.p + file.n);
}

static void a_known_file_is_found_without_salts_and_not_with_them(void **state)
{
	struct disclosure_box box;
	struct case_disclosure d;
	struct attacker attacker = {0};
	struct hash_run *run = hash_new();
	struct buf file;

	(void)state;
	assert_non_null(run);
	box_make(&box, GUESS_CHUNKS * CHUNK);
	attacker.known = box.bytes + GUESSED * CHUNK;
	start(&box, &d);
	box_show(&d, 2, 2);
	box_show(&d, 4, 6);
	box_file(&box, &d, &file);
	take_apart(&attacker, &d, buf_slice(&file));
	assert_int_equal(attacker.hidden_count, 3);
	assert_int_equal(attacker.seed_count, 3);
	assert_false(finds_it(run, &attacker));

	/* Had the tree no salts, chunk 3's hash would stand at the same place
	 * in the proof. */
	struct attacker lucky = attacker;
	lucky.hidden[1] = tree_leaf_hash(run, attacker.known, CHUNK);
	assert_true(finds_it(run, &lucky));
	lucky.known = box.bytes + 5 * CHUNK;
	assert_false(finds_it(run, &lucky));

	/* Nor is the attack too weak for salts: an ancestor's seed is enough,
	 * and none is in the file. */
	lucky = attacker;
	assert_int_equal(tree_chunk_seed(&lucky.seeds[0], &box.seed,
			     GUESS_CHUNKS, 2, 0, NULL),
	    0);
	assert_true(finds_it(run, &lucky));
	buf_done(&file);
	case_disclosure_done(&d);
	box_done(&box);
	hash_free(run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shows_the_bytes_of_any_ranges),
	    cmocka_unit_test(an_empty_image_has_a_disclosure_without_a_range),
	    cmocka_unit_test(ranges_grow_to_chunks_and_join),
	    cmocka_unit_test(random_ranges_join_as_a_map_of_chunks_does),
	    cmocka_unit_test(another_image_or_seed_makes_no_disclosure),
	    cmocka_unit_test(every_altered_byte_is_refused),
	    cmocka_unit_test(a_second_spelling_is_refused),
	    cmocka_unit_test(only_the_record_fixes_where_a_chunk_stands),
	    cmocka_unit_test(only_a_record_with_this_tree_will_do),
	    cmocka_unit_test(a_range_of_1_tb_has_less_than_1_mb_of_proof),
	    cmocka_unit_test(
		a_known_file_is_found_without_salts_and_not_with_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

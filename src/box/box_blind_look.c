/*
 * box_blind_look.c: what ranges look like: wiped, random, packed. One pass, in
 * blocks: a block that repeats its first 512 bytes is uniform; of all others
 * some bytes are counted, and chi-square tells what could be random. A stretch
 * of such blocks is random if the counts of each of its MiBs are as even as
 * random ones; what packs well comes near to that in a block, and not in a MiB.
 */
#include "box_blind.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

#define UNIT 512u
#define SAMPLE 2048u /* of each block, its first ones */
#define PIECE (1u << 20)
#define BLOCK_CHI 400.0 /* one random block of 10^8 is above it */
#define DEVIATION 22.6 /* of chi-square with 255 degrees of freedom */
#define SAMPLES 256 /* blocks */

static double chi_square(const uint32_t counts[256], uint64_t n)
{
	const double mean = (double)n / 256;
	double sum = 0;

	for (int i = 0; i < 256; i++) {
		const double d = (double)counts[i] - mean;

		sum += d * d;
	}
	return sum / mean;
}

bool box_blind_is_even(const uint32_t counts[256], uint64_t n)
{
	const double chi = chi_square(counts, n);

	return chi > 255 - 5 * DEVIATION && chi < 255 + 5 * DEVIATION;
}

/* Four tables, so that no count waits for the one before it. */
static void count(const uint8_t *p, size_t n, uint32_t ret_counts[256])
{
	uint32_t t[4][256] = {{0}};

	for (size_t i = 0; i < n; i += 8) {
		uint64_t word;

		memcpy(&word, p + i, 8);
		t[0][word & 255]++;
		t[1][word >> 8 & 255]++;
		t[2][word >> 16 & 255]++;
		t[3][word >> 24 & 255]++;
		t[0][word >> 32 & 255]++;
		t[1][word >> 40 & 255]++;
		t[2][word >> 48 & 255]++;
		t[3][word >> 56]++;
	}
	for (int i = 0; i < 256; i++)
		ret_counts[i] = t[0][i] + t[1][i] + t[2][i] + t[3][i];
}

bool box_blind_begins_packed(const uint8_t *p, size_t n)
{
	static const struct {
		const char *magic;
		uint8_t at, n;
	} all[] = {
	    {"\xfd"
	     "7zXZ",
		0, 6},
	    {"7z\xbc\xaf\x27\x1c", 0, 6}, {"PK\3\4", 0, 4}, {"BZh", 0, 3},
	    {"\x28\xb5\x2f\xfd", 0, 4}, /* zstd */
	    {"\x04\x22\x4d\x18", 0, 4}, /* lz4 */
	    {"Rar!", 0, 4}, {"\xff\xd8\xff", 0, 3}, /* jpeg */
	    {"\x89PNG", 0, 4}, {"GIF8", 0, 4}, {"ftyp", 4, 4}, {"moov", 4, 4},
	    {"mdat", 4, 4}, {"\x1a\x45\xdf\xa3", 0, 4}, /* Matroska */
	    {"OggS", 0, 4}, {"fLaC", 0, 4}, {"ID3", 0, 3}, {"RIFF", 0, 4},
	    {"%PDF", 0, 4}, {"wOF2", 0, 4}, {"!<arch>", 0, 7},
	    {"\xed\xab\xee\xdb", 0, 4}, /* rpm */
	    {"hsqs", 0, 4}, {"MSCF", 0, 4}, {"LZIP", 0, 4},
	    {"\x5d\0\0", 0, 3}, /* LZMA */
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if ((size_t)all[i].at + all[i].n <= n &&
		    memcmp(p + all[i].at, all[i].magic, all[i].n) == 0)
			return true;
	return n >= 10 && p[0] == 0x1f && p[1] == 0x8b && p[2] == 8 &&
	    (p[3] & 0xe0) == 0 && (p[8] == 0 || p[8] == 2 || p[8] == 4);
}

bool box_blind_is_random(const struct box_blind_bytes *bytes)
{
	const uint64_t blocks = bytes->length / BOX_BLIND_BLOCK;
	const uint64_t n = blocks < SAMPLES ? blocks : SAMPLES;
	uint8_t p[BOX_BLIND_BLOCK];
	uint32_t sum[256] = {0}, counts[256];

	if (n < 4)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		/* The first and the last one, and others as far apart. */
		const uint64_t block =
		    i < n - 1 ? (blocks - 1) / (n - 1) * i : blocks - 1;

		if (!box_blind_get(
			bytes, block * BOX_BLIND_BLOCK, p, sizeof(p)) ||
		    (i == 0 && box_blind_begins_packed(p, sizeof(p))))
			return false;
		count(p, sizeof(p), counts);
		if (chi_square(counts, sizeof(p)) > BLOCK_CHI)
			return false;
		for (int k = 0; k < 256; k++)
			sum[k] += counts[k];
	}
	return box_blind_is_even(sum, n * BOX_BLIND_BLOCK);
}

/* ---- one pass ---- */

enum sort {
	DATA,
	UNIFORM,
	NOISE,
	BROKEN
};

struct pass {
	const struct cage_wire_request *request;
	uint8_t *table;
	uint32_t n; /* looks that were put */
	enum sort sort; /* of the stretch that is open */
	uint64_t at; /* where it begins */
	uint64_t end; /* of what was looked at */
	uint8_t unit[UNIT]; /* of a uniform one */
	/* Of noise. */
	bool is_packed, is_uneven;
	uint64_t window_at;
	uint32_t window[256], sum[256];
	uint64_t window_n, sum_n;
};

static void put(struct pass *pass, uint64_t from, uint64_t to,
    enum cage_blind_looks looks, uint8_t byte)
{
	const struct cage_wire_request *r = pass->request;
	const bool is_at_edge = from == r->at || to == r->at + r->n;
	const struct cage_blind_look look = {
	    .at = from, .length = to - from, .looks = looks, .byte = byte};

	if (to == from ||
	    (to - from < CAGE_BLIND_LOOK_MIN && !is_at_edge &&
		looks != CAGE_BLIND_DAMAGED) ||
	    pass->n == CAGE_BLIND_LOOKS_MAX)
		return;
	cage_blind_put_look(
	    pass->table + pass->n++ * CAGE_BLIND_LOOK_ENTRY, &look);
}

static void put_uniform(struct pass *pass)
{
	const uint8_t byte = pass->unit[0];

	if (memcmp(pass->unit, pass->unit + 1, UNIT - 1) != 0)
		put(pass, pass->at, pass->end, CAGE_BLIND_PATTERN, 0);
	else
		put(pass, pass->at, pass->end,
		    byte == 0 ? CAGE_BLIND_ZEROS : CAGE_BLIND_FILLED, byte);
}

/* Noise from pass->at to `to`, whose windows were all even. */
static void put_noise(struct pass *pass, uint64_t to)
{
	const struct cage_wire_request *r = pass->request;
	const bool is_at_edge = pass->at == r->at || to == r->at + r->n;

	if (to - pass->at >= BOX_BLIND_RANDOM_MIN || is_at_edge) {
		if (pass->is_packed)
			put(pass, pass->at, to, CAGE_BLIND_PACKED, 0);
		else if (pass->sum_n > 0 &&
		    box_blind_is_even(pass->sum, pass->sum_n))
			put(pass, pass->at, to, CAGE_BLIND_RANDOM, 0);
	}
	memset(pass->sum, 0, sizeof(pass->sum));
	pass->sum_n = 0;
}

/* The window is full, or the stretch ends. What is not even is data, and what
 * follows it a stretch of its own. */
static void close_window(struct pass *pass)
{
	if (pass->window_n > 0 && !pass->is_packed &&
	    !box_blind_is_even(pass->window, pass->window_n)) {
		put_noise(pass, pass->window_at);
		pass->at = pass->end;
	} else {
		for (int i = 0; i < 256; i++)
			pass->sum[i] += pass->window[i];
		pass->sum_n += pass->window_n;
	}
	memset(pass->window, 0, sizeof(pass->window));
	pass->window_n = 0;
	pass->window_at = pass->end;
}

static void close_stretch(struct pass *pass)
{
	if (pass->sort == UNIFORM)
		put_uniform(pass);
	if (pass->sort == NOISE) {
		close_window(pass);
		put_noise(pass, pass->end);
	}
	if (pass->sort == BROKEN)
		put(pass, pass->at, pass->end, CAGE_BLIND_DAMAGED, 0);
	pass->sort = DATA;
}

static void open_stretch(struct pass *pass, enum sort sort, const uint8_t *p)
{
	pass->sort = sort;
	pass->at = pass->window_at = pass->end;
	pass->is_packed = false;
	if (sort == UNIFORM)
		memcpy(pass->unit, p, UNIT);
}

/* A block of whole units. */
static void look_at_block(struct pass *pass, const uint8_t *p, size_t n)
{
	uint32_t counts[256];
	enum sort sort = DATA;
	const size_t sample = n < SAMPLE ? n : SAMPLE;

	if (n == UNIT) {
		if (pass->sort == UNIFORM && memcmp(pass->unit, p, n) == 0)
			sort = UNIFORM;
	} else if (memcmp(p, p + UNIT, n - UNIT) == 0) {
		sort = UNIFORM;
	} else if (n >= 1024) {
		count(p, sample, counts);
		if (chi_square(counts, sample) < BLOCK_CHI)
			sort = NOISE;
	}
	if (sort != pass->sort ||
	    (sort == UNIFORM && memcmp(pass->unit, p, UNIT) != 0)) {
		close_stretch(pass);
		open_stretch(pass, sort, p);
	}
	if (sort == NOISE) {
		if (!pass->is_packed && box_blind_begins_packed(p, n)) {
			close_window(pass);
			put_noise(pass, pass->end);
			open_stretch(pass, NOISE, p);
			pass->is_packed = true;
		}
		for (int i = 0; i < 256; i++)
			pass->window[i] += counts[i];
		pass->window_n += sample;
	}
	pass->end += n;
	if (sort == NOISE &&
	    pass->end - pass->window_at >= BOX_BLIND_RANDOM_MIN)
		close_window(pass);
}

/* Less than a unit, which only the image's end can be, is not looked at. */
static void look_at(struct pass *pass, const uint8_t *p, size_t n)
{
	const uint64_t end = pass->end + n;
	const size_t whole = n / UNIT * UNIT;

	for (size_t i = 0; i < whole; i += BOX_BLIND_BLOCK)
		look_at_block(pass, p + i,
		    whole - i < BOX_BLIND_BLOCK ? whole - i : BOX_BLIND_BLOCK);
	pass->end = end;
}

/* What of n bytes can be read. */
static void look_around(struct pass *pass, const struct box_blind_bytes *image,
    uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i += BOX_BLIND_BLOCK) {
		const size_t here =
		    n - i < BOX_BLIND_BLOCK ? n - i : BOX_BLIND_BLOCK;

		if (box_blind_get(image, pass->end, p, here)) {
			look_at(pass, p, here);
			continue;
		}
		if (pass->sort != BROKEN)
			close_stretch(pass);
		if (pass->sort != BROKEN)
			open_stretch(pass, BROKEN, p);
		pass->end += here;
	}
}

void box_blind_look(const struct box_blind_bytes *image,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer)
{
	struct pass pass = {.request = request,
	    .table = shared + CAGE_WIRE_TABLE_AT,
	    .at = request->at,
	    .end = request->at};
	const uint64_t to = request->at + request->n;

	for (uint64_t at = request->at; at < to;) {
		const size_t here = to - at < PIECE ? (size_t)(to - at) : PIECE;

		if (box_blind_get(image, at, shared, here))
			look_at(&pass, shared, here);
		else
			look_around(&pass, image, shared, here);
		at += here;
	}
	close_stretch(&pass);
	answer->count = pass.n;
	answer->found.total = pass.n;
}

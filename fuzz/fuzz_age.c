/*
 * fuzz_age.c: age files, armored or not, and files of identities.
 *
 * The input is read as each of them. What opens is opened a second time at
 * another offset, and must say the same; a header of one X25519 recipient that
 * is accepted has one spelling.
 */
#include "media_age.h"
#include "media_age_armor.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static int read_at(
    void *cookie, uint64_t offset, void *ret_bytes, size_t n, struct err *err)
{
	const struct slice *s = cookie;

	(void)err;
	require(offset <= s->n && n <= s->n - offset);
	if (n > 0)
		memcpy(ret_bytes, s->p + offset, n);
	return 0;
}

static void try_header(struct slice input)
{
	static struct media_age_header header;

	if (media_age_header_parse(&header, input, NULL) != 0)
		return;
	require(header.n <= input.n && header.stanza_count > 0);
	require(header.x25519_count <= header.stanza_count);
	require(header.signed_text.n + 45 == header.n);
	if (media_age_header_is_single(&header, NULL) == 0)
		require(header.n == 168);
}

/* The key of the corpus: those of the public vectors. */
static void try_file(struct slice input, const struct media_age_key_ring *ring)
{
	struct media_age_source source = {read_at, &input, input.n};
	struct media_age *age = NULL;
	uint8_t a, b;

	if (media_age_open(&age, &source, ring, NULL) != 0)
		return;
	uint64_t length = media_age_length(age);
	require(length < input.n);
	if (media_age_check_end(age, NULL) == 0 && length > 0 &&
	    media_age_read(age, 0, &a, 1, NULL) == 0) {
		(void)!media_age_read(age, length - 1, &b, 1, NULL);
		require(media_age_read(age, 0, &b, 1, NULL) == 0 && a == b);
		require(media_age_read(age, length, &b, 1, NULL) == ERR_LIMIT);
	}
	media_age_close(age);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char identity[] =
	    "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAW"
	    "X40Q2P2LM0";
	const struct slice input = {(const char *)bytes, n};
	struct media_age_key_ring ring;
	struct buf text;

	require(media_age_key_ring_init(&ring, NULL) == 0);
	require(media_age_key_ring_add(&ring, slice_of(identity), NULL) == 0);
	buf_init(&text, TEXT_MAX);
	try_header(input);
	try_file(input, &ring);
	(void)!media_age_open_text(input, &ring, TEXT_MAX, &text, NULL);
	size_t before = ring.n;
	int rc = media_age_key_ring_add(&ring, input, NULL);
	require(rc != 0 || ring.n > before);
	buf_done(&text);
	media_age_key_ring_done(&ring);
	return 0;
}

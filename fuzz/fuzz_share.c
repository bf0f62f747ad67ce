/*
 * fuzz_share.c: a holder's share as text, and recipients: what is accepted must
 * be what would be written.
 */
#include "media_share.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct slice input = {(const char *)bytes, n};
	struct media_share_text text;
	uint8_t key[MEDIA_AGE_KEY_SIZE];
	struct buf out;

	buf_init(&out, n + MEDIA_SHARE_TEXT_MAX);
	if (media_share_parse(&text, input, NULL) == 0) {
		require(text.share.index >= 1 &&
		    text.share.index <= MEDIA_SHARE_MAX);
		media_share_put(&out, &text);
		require(slice_is(buf_slice(&out), input));
	}
	buf_clear(&out);
	if (media_age_key_parse(key, input, NULL) == 0) {
		media_age_key_put(&out, key);
		require(slice_is(buf_slice(&out), input));
	}
	buf_wipe(&out);
	return 0;
}

/*
 * fuzz_disclosure.c: disclosures, hostile as they come. One that leads to its
 * root has the head that would be written for it, and as many bytes as that
 * head calls for.
 */
#include "case_disclosure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static int read_slice(
    void *cookie, void *bytes, size_t max, size_t *ret_n, struct err *err)
{
	struct slice *left = cookie;
	const size_t n = left->n < max ? left->n : max;

	(void)err;
	if (n > 0)
		memcpy(bytes, left->p, n);
	left->p += n;
	left->n -= n;
	*ret_n = n;
	return 0;
}

static int count_shown(
    void *cookie, const void *bytes, size_t n, struct err *err)
{
	(void)bytes;
	(void)err;
	*(uint64_t *)cookie += n;
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct slice file = {(const char *)bytes, n};
	struct slice left = file;
	uint64_t shown = 0;
	const struct case_disclosure_in in = {read_slice, &left};
	const struct case_disclosure_out out = {count_shown, &shown};
	struct case_disclosure d = {0};
	struct buf head;

	if (case_disclosure_check(&d, &in, &out, NULL) != 0)
		return 0;
	buf_init(&head, CASE_DISCLOSURE_HEAD_MAX);
	case_disclosure_put_head(&d, &head);
	require(head.n <= n && memcmp(head.p, bytes, head.n) == 0);
	const struct case_disclosure_sizes sizes = case_disclosure_measure(&d);
	require(sizes.shown == shown && sizes.proof + shown == n);
	buf_done(&head);
	case_disclosure_done(&d);
	return 0;
}

/*
 * fuzz_bundle.c: bundles, slim ones and receipts, hostile as they come. What is
 * accepted as a bundle must be what case_bundle_put writes for it again.
 */
#include "case_bundle.h"
#include "case_receipt.h"
#include "case_slim.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

/* No record, finding or checkpoint has a line that begins with "==". */
static struct slice reveals_of(struct slice bundle)
{
	static const char begin[] = "\n== reveals ";
	const char *at = memmem(bundle.p, bundle.n, begin, strlen(begin));
	unsigned long long length = 0;

	require(at != NULL);
	struct slice rest = {at + strlen(begin), 0};
	rest.n = bundle.n - (size_t)(rest.p - bundle.p);
	struct slice line = slice_cut(&rest, '\n');
	require(slice_to_u64(line, &length) && length <= rest.n);
	return (struct slice){rest.p, (size_t)length};
}

static void write_again(const struct case_bundle *bundle, struct slice bytes)
{
	struct buf out;

	buf_init(&out, CASE_BUNDLE_MAX);
	require(case_bundle_put(&out, &bundle->finding, bundle->checkpoint,
		    reveals_of(bytes), &bundle->beside, NULL) == 0);
	require(slice_is(buf_slice(&out), bytes));
	buf_done(&out);
}

static void try_receipt(struct slice file)
{
	struct case_receipt receipt = {0};
	struct buf words;

	buf_init(&words, 1 << 20);
	if (case_receipt_check(&receipt, file, NULL, 0, NULL) == 0)
		case_receipt_put_words(&receipt, &words);
	require(words.failed == 0);
	buf_done(&words);
	case_receipt_done(&receipt);
}

static void try_slim(struct slice file)
{
	struct case_slim slim = {0};

	if (case_slim_check(&slim, file, NULL, 0, NULL) == 0)
		require(slim.leaf_count > 0 && slim.leaf_count <= slim.size);
	case_slim_done(&slim);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct slice file = {(const char *)bytes, n};
	struct case_bundle bundle = {0};

	if (case_receipt_is_one(file)) {
		try_receipt(file);
		return 0;
	}
	if (case_slim_is_one(file)) {
		try_slim(file);
		return 0;
	}
	if (case_bundle_check(&bundle, file, NULL, 0, NULL) == 0)
		write_again(&bundle, file);
	case_bundle_done(&bundle);
	return 0;
}

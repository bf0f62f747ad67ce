/*
 * fuzz_record.c: record texts, leaves and reveals.
 *
 * All three parsers see the whole input; none shares a first byte with another
 * for long. What is accepted must be what would be written: the input is put
 * together again from what was found in it and compared byte by byte.
 */
#include "record.h"
#include "record_leaf.h"
#include "record_withheld.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static void require_same(struct buf *out, struct slice input)
{
	require(buf_check(out, NULL) == 0);
	require(slice_is(buf_slice(out), input));
	buf_done(out);
}

static void put_value(
    struct buf *out, const struct record_value *v, const char *indent)
{
	buf_printf(out, "%s%s%s: %.*s\n", indent,
	    record_schema_field_name(v->name), v->is_withheld ? "~" : "",
	    SLICE_ARG(v->value));
}

/* Case, time and signers lead; all other values stand in their order. */
static void put_record(struct buf *out, const struct record *r)
{
	size_t i = 0;

	buf_printf(out, RECORD_MAGIC "%s\n", r->schema->name);
	if (r->case_ref.p != NULL)
		buf_printf(out, "case: %.*s\n", SLICE_ARG(r->case_ref));
	put_value(out, &r->values[i++], "");
	for (size_t k = 0; k < r->signer_count; k++)
		buf_printf(out, "signer: %.*s %08x\n",
		    SLICE_ARG(r->signers[k].party), r->signers[k].key_id);
	while (i < r->top_count)
		put_value(out, &r->values[i++], "");
	for (size_t b = 0; b < r->block_count; b++) {
		require(r->blocks[b].first == i);
		buf_printf(out, "%s: %.*s\n",
		    record_schema_field_name(r->schema->block),
		    SLICE_ARG(r->blocks[b].id));
		for (size_t k = 0; k < r->blocks[b].n; k++)
			put_value(out, &r->values[i++], "  ");
	}
	require(i == r->value_count);
}

/* A value that the record holds open is none that it withholds. */
static void require_no_open_reveal(const struct record *r)
{
	for (size_t i = 0; i < r->top_count; i++) {
		struct record_reveal reveal = {.record_id = r->id,
		    .item = slice_of("-"),
		    .name = r->values[i].name,
		    .occurrence = r->values[i].occurrence,
		    .value = r->values[i].value};

		require(record_withheld_check(r, &reveal, NULL) == ERR_VERIFY);
	}
}

static void try_record(struct slice input)
{
	struct record record = {0};
	struct hash id = record_id_of(input);
	struct buf out;

	if (record_parse(&record, input, NULL) == 0) {
		require(hash_is(&record.id, &id));
		require(
		    record.signer_count > 0 && record.header_n < input.n + 1);
		buf_init(&out, RECORD_TEXT_MAX);
		put_record(&out, &record);
		require_same(&out, input);
		require_no_open_reveal(&record);
	}
	record_done(&record);
}

static void try_leaf(struct slice input)
{
	struct record_leaf leaf;
	struct buf out;

	if (record_leaf_parse(&leaf, input, NULL) < 0)
		return;
	buf_init(&out, RECORD_LEAF_MAX);
	require(record_leaf_put(&out, leaf.entered, leaf.note, NULL) == 0);
	require_same(&out, input);
}

static void try_reveal(struct slice input)
{
	struct record_reveal reveal;
	struct buf out;

	if (input.n == 0 || input.p[input.n - 1] != '\n' ||
	    record_withheld_parse(
		&reveal, (struct slice){input.p, input.n - 1}, NULL) < 0)
		return;
	buf_init(&out, input.n);
	record_withheld_put(&out, &reveal);
	require_same(&out, input);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct slice input = {(const char *)bytes, n};

	try_record(input);
	try_leaf(input);
	try_reveal(input);
	return 0;
}

/*
 * cli_image_bad.c: see cli_image_bad.h. "512 1024": offset and length; behind
 * the hundredth range one line more, "300 ranges in all, 153600 bytes".
 */
#include "cli_image_bad.h"

#include "buf.h"
#include "case_state.h"
#include "cli_case.h"
#include "cli_out.h"
#include "file.h"
#include "media_name.h"
#include "slice.h"

#include <inttypes.h>
#include <string.h>

#define PATH_BYTES_MAX 8192
#define LIST_BYTES_MAX (64u << 20) /* a million ranges and more */
#define IN_ALL " ranges in all, "
#define BYTES " bytes"

/* "N ranges in all, B bytes" */
static bool parse_all(
    struct slice text, unsigned long long *ret_n, unsigned long long *ret_bytes)
{
	const char *in = memmem(text.p, text.n, IN_ALL, strlen(IN_ALL));
	const size_t end = strlen(BYTES);

	if (in == NULL || text.n < end ||
	    memcmp(text.p + text.n - end, BYTES, end) != 0)
		return false;
	const struct slice n = {text.p, (size_t)(in - text.p)};
	const char *from = in + strlen(IN_ALL), *to = text.p + text.n - end;

	return from < to && slice_to_u64(n, ret_n) &&
	    slice_to_u64((struct slice){from, (size_t)(to - from)}, ret_bytes);
}

static int add_range(
    struct media_ranges *ranges, struct slice line, struct err *err)
{
	const struct media_range *last =
	    ranges->n > 0 ? &ranges->of[ranges->n - 1] : NULL;
	struct slice at_text = slice_cut(&line, ' ');
	unsigned long long at, length;

	if (line.p == NULL || !slice_to_u64(at_text, &at) ||
	    !slice_to_u64(line, &length) || length == 0 || at > INT64_MAX ||
	    length > INT64_MAX ||
	    (last != NULL && at < last->at + last->length))
		return 0;
	return media_range_add(ranges, at, length, err);
}

int cli_image_bad_of(struct cli_detail *detail, uint32_t item,
    struct cli_image_bad *ret_bad, struct err *err)
{
	const struct case_item *i = case_state_item(detail->c->state, item);
	const struct record_value *v = NULL;
	struct cli_image_bad bad = {0};
	unsigned long long n = 0, bytes = 0;
	struct slice list;
	int rc = cli_detail_get(
	    detail, item, RECORD_F_UNREADABLE_LIST, &list, NULL, err);

	if (rc != 0)
		return rc;
	bad.has_list = list.p != NULL && hash_from_hex(&bad.list, list);
	if (i->block >= detail->record.block_count)
		return 0;
	const struct record_block *block = &detail->record.blocks[i->block];
	while (rc == 0 &&
	    (v = record_next(&detail->record, block, RECORD_F_UNREADABLE, v)) !=
		NULL) {
		const struct slice value =
		    cli_reveals_value(&detail->reveals, block, v);

		if (value.p != NULL && !parse_all(value, &n, &bytes))
			rc = add_range(&bad.ranges, value, err);
	}
	bad.n = n > bad.ranges.n ? n : bad.ranges.n;
	bad.bytes = n > bad.ranges.n ? bytes : bad.ranges.bytes;
	if (rc == 0)
		*ret_bad = bad;
	else
		cli_image_bad_done(&bad);
	return rc;
}

void cli_image_bad_done(struct cli_image_bad *bad)
{
	media_range_done(&bad->ranges);
	*bad = (struct cli_image_bad){0};
}

/* All of them, if they are there. */
static int read_list(
    struct cli_image_bad *bad, const char *image, struct err *err)
{
	struct buf path, text;
	int rc;

	buf_init(&path, PATH_BYTES_MAX);
	buf_init(&text, LIST_BYTES_MAX);
	media_name_put_beside(&path, image, ".unreadable");
	rc = buf_check(&path, err);
	if (rc == 0 &&
	    file_read_user(&text, path.p, LIST_BYTES_MAX, NULL) == 0) {
		const struct hash is = hash_of(text.p, text.n);
		struct slice rest = buf_slice(&text);

		bad->has_list = bad->has_list && hash_is(&is, &bad->list);
		if (bad->has_list)
			media_range_done(&bad->ranges);
		while (bad->has_list && rest.p != NULL && rc == 0)
			rc = add_range(
			    &bad->ranges, slice_cut(&rest, '\n'), err);
	}
	if (rc == 0 && bad->ranges.n < bad->n)
		cli_out_remark("%" PRIu64 " ranges could not be read when the "
			       "copy was made and only %zu stand in the "
			       "record; the list of all, %s, is not there or "
			       "is another",
		    bad->n, bad->ranges.n, path.p);
	buf_done(&path);
	buf_done(&text);
	return rc;
}

int cli_image_bad_join(struct cli_case *c, const char *item, const char *image,
    uint64_t length, struct media_ranges *ranges, struct err *err)
{
	struct cli_detail detail = {.c = c};
	struct cli_image_bad bad = {0};
	struct media_ranges all = {0};
	uint32_t number;
	int rc = cli_case_find_item(c, item, &number, err);

	if (rc == 0)
		rc = cli_image_bad_of(&detail, number, &bad, err);
	if (rc == 0 && bad.n > bad.ranges.n)
		rc = read_list(&bad, image, err);
	if (rc == 0)
		rc = media_range_join(&all, ranges, &bad.ranges, err);
	if (rc == 0) {
		media_range_cut(&all, length);
		media_range_done(ranges);
		*ranges = all;
	}
	cli_image_bad_done(&bad);
	cli_detail_done(&detail);
	return rc;
}

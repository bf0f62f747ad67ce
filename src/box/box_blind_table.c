/*
 * box_blind_table.c: oddities of partition tables, in which something can be
 * hidden: entries that overlap or leave the image, entries beside those of a
 * GPT, a second GPT that is missing, damaged or not as the first. Which volumes
 * there are is libtsk's business; this looks at the tables once more.
 */
#include "box_blind.h"

#include "mem.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512
#define ENTRIES_MAX 1024
#define ENTRY_SIZE_MAX 512
#define HEADER_MIN 92

struct part {
	uint64_t at, length;
};

struct gpt {
	uint64_t sector; /* bytes of one */
	uint64_t self, other; /* in sectors: where it says that both are */
	uint64_t entries; /* likewise */
	uint32_t n, size, sum;
	uint8_t disk[16];
};

static int say(const struct box_blind_bytes *image,
    struct box_blind_found *found, const struct part *where, const char *what,
    struct err *err)
{
	struct cage_blind blind;

	box_blind_say(
	    &blind, CAGE_BLIND_TABLE, image, "partition table", "%s", what);
	if (where->at >= image->length || where->length == 0)
		blind.at = 0, blind.length = SECTOR;
	else
		blind.at = where->at, blind.length = where->length;
	if (blind.length > image->length - blind.at)
		blind.length = image->length - blind.at;
	return box_blind_add(found, &blind, err);
}

static int compare(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

static int check_parts(const struct box_blind_bytes *image, struct part *parts,
    size_t n, struct box_blind_found *found, struct err *err)
{
	uint64_t end = 0;
	int rc = 0;

	qsort(parts, n, sizeof(*parts), compare);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const uint64_t to = parts[i].at + parts[i].length;
		const uint64_t from = parts[i].at;

		if (from < end) {
			const struct part both = {
			    from, (to < end ? to : end) - from};

			rc = say(image, found, &both,
			    "two partitions overlap here", err);
		}
		if (rc == 0 && to > image->length)
			rc = say(image, found, &parts[i],
			    from >= image->length
				? "a partition lies behind the image's end"
				: "a partition goes beyond the image's end",
			    err);
		if (to > end)
			end = to;
	}
	return rc;
}

/* ---- GPT ---- */

/* The header in that sector, if its checksum holds. */
static bool read_header(const struct box_blind_bytes *image, uint64_t sector,
    uint64_t number, struct gpt *ret_gpt)
{
	uint8_t p[SECTOR];
	uint64_t at;

	if (__builtin_mul_overflow(sector, number, &at) ||
	    !box_blind_get(image, at, p, sizeof(p)) ||
	    memcmp(p, "EFI PART", 8) != 0)
		return false;
	const uint32_t size = box_blind_le32(p + 12);
	const uint32_t sum = box_blind_le32(p + 16);

	memset(p + 16, 0, 4);
	if (size < HEADER_MIN || size > SECTOR ||
	    libdeflate_crc32(0, p, size) != sum)
		return false;
	*ret_gpt = (struct gpt){.sector = sector,
	    .self = box_blind_le64(p + 24),
	    .other = box_blind_le64(p + 32),
	    .entries = box_blind_le64(p + 72),
	    .n = box_blind_le32(p + 80),
	    .size = box_blind_le32(p + 84),
	    .sum = box_blind_le32(p + 88)};
	memcpy(ret_gpt->disk, p + 56, 16);
	return ret_gpt->n <= ENTRIES_MAX && ret_gpt->size >= 128 &&
	    ret_gpt->size <= ENTRY_SIZE_MAX &&
	    ret_gpt->entries <= UINT64_MAX / sector;
}

/* The entries, if their checksum holds. free() them. */
static uint8_t *read_entries(
    const struct box_blind_bytes *image, const struct gpt *gpt)
{
	const size_t n = (size_t)gpt->n * gpt->size;
	uint8_t *p = mem_new(n + 1, 1);

	if (p != NULL &&
	    (!box_blind_get(image, gpt->entries * gpt->sector, p, n) ||
		libdeflate_crc32(0, p, n) != gpt->sum)) {
		free(p);
		p = NULL;
	}
	return p;
}

static size_t list_parts(
    const struct gpt *gpt, const uint8_t *entries, struct part *ret_parts)
{
	static const uint8_t none[16];
	size_t n = 0;

	for (uint32_t i = 0; i < gpt->n; i++) {
		const uint8_t *p = entries + (size_t)i * gpt->size;
		const uint64_t first = box_blind_le64(p + 32);
		const uint64_t last = box_blind_le64(p + 40);
		const uint64_t most = (uint64_t)INT64_MAX / gpt->sector / 2;

		if (memcmp(p, none, 16) != 0 && last >= first && last < most)
			ret_parts[n++] = (struct part){first * gpt->sector,
			    (last - first + 1) * gpt->sector};
	}
	return n;
}

static int check_second(const struct box_blind_bytes *image,
    const struct gpt *first, struct box_blind_found *found,
    uint64_t ret_tables[2], struct err *err)
{
	struct part where = {0};
	struct gpt second;
	const char *what = NULL;

	if (__builtin_mul_overflow(first->other, first->sector, &where.at) ||
	    where.at >= image->length) {
		where.at = 0;
		what = "its second GPT would lie behind the image's end";
	} else if (!read_header(image, first->sector, first->other, &second)) {
		what = "its second GPT is missing or damaged";
	} else {
		uint8_t *entries = read_entries(image, &second);
		const uint64_t from = second.entries * second.sector;

		if (where.at + second.sector == image->length &&
		    from < where.at)
			ret_tables[1] = image->length - from;
		if (entries == NULL)
			what = "the entries of its second GPT are damaged";
		else if (second.sum != first->sum ||
		    memcmp(second.disk, first->disk, 16) != 0)
			what = "its second GPT is not as the first";
		free(entries);
	}
	where.length = first->sector;
	return what == NULL ? 0 : say(image, found, &where, what, err);
}

static int check_gpt(const struct box_blind_bytes *image, const struct gpt *gpt,
    struct box_blind_found *found, uint64_t ret_tables[2], struct err *err)
{
	uint8_t *entries = read_entries(image, gpt);
	struct part *parts = mem_new(gpt->n + 1, sizeof(*parts));
	const struct part head = {gpt->sector, gpt->sector};
	int rc = parts == NULL ? err_nomem(err) : 0;

	ret_tables[0] =
	    gpt->entries * gpt->sector + (uint64_t)gpt->n * gpt->size;
	if (rc == 0 && entries == NULL)
		rc = say(image, found, &head,
		    "the entries of its GPT are damaged", err);
	else if (rc == 0)
		rc = check_parts(
		    image, parts, list_parts(gpt, entries, parts), found, err);
	if (rc == 0)
		rc = check_second(image, gpt, found, ret_tables, err);
	free(entries);
	free(parts);
	return rc;
}

/* ---- MBR ---- */

static int check_mbr(const struct box_blind_bytes *image, const uint8_t *p,
    bool has_gpt, struct box_blind_found *found, struct err *err)
{
	const struct part head = {0, SECTOR};
	struct part parts[4];
	size_t n = 0;
	bool is_guarded = false;

	for (size_t i = 0; i < 4; i++) {
		const uint8_t *entry = p + 446 + 16 * i;
		const uint64_t from = box_blind_le32(entry + 8);
		const uint64_t count = box_blind_le32(entry + 12);

		if (entry[4] == 0xee)
			is_guarded = true;
		else if (entry[4] != 0 && count > 0)
			parts[n++] =
			    (struct part){from * SECTOR, count * SECTOR};
	}
	if (has_gpt && n > 0)
		return say(image, found, &head,
		    "its MBR has partitions beside those of its GPT", err);
	if (is_guarded && !has_gpt)
		return say(image, found, &head,
		    "its MBR says that there is a GPT, which is missing or "
		    "damaged",
		    err);
	return has_gpt ? 0 : check_parts(image, parts, n, found, err);
}

int box_blind_table(const struct box_blind_bytes *image,
    struct box_blind_found *found, uint64_t ret_tables[2], struct err *err)
{
	uint8_t p[SECTOR];
	struct gpt gpt;
	int rc = 0;

	ret_tables[0] = SECTOR;
	ret_tables[1] = 0;
	const bool has_gpt = read_header(image, 512, 1, &gpt) ||
	    read_header(image, 4096, 1, &gpt);

	if (box_blind_get(image, 0, p, sizeof(p)) &&
	    box_blind_le16(p + 510) == 0xaa55)
		rc = check_mbr(image, p, has_gpt, found, err);
	if (rc == 0 && has_gpt)
		rc = check_gpt(image, &gpt, found, ret_tables, err);
	if (ret_tables[0] > image->length)
		ret_tables[0] = image->length;
	return rc;
}

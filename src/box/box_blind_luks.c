/*
 * box_blind_luks.c: LUKS1 and LUKS2. The first has no checksum, so each of its
 * fields must be one that can be; the second has one over each of two headers,
 * and where a header is there whole and its checksum is wrong, it is none. A
 * second header alone is what a new file system leaves of an old LUKS2; it
 * counts only where nothing else is.
 */
#include "box_blind.h"

#include "hash.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER1 592
#define SLOTS 8
#define SLOT_AT 208
#define SLOT_SIZE 48
#define SLOT_ON 0x00AC71F3u
#define SLOT_OFF 0x0000DEADu

#define HEADER2 4096
#define HEADER2_MAX (4u << 20)
#define SUM_AT 0x1c0
#define SUM_SIZE 64

static bool is_luks1(const uint8_t *p)
{
	const uint32_t key = box_blind_be32(p + 108);

	if (!box_blind_is_word(p + 8, 32) || !box_blind_is_word(p + 40, 32) ||
	    !box_blind_is_word(p + 72, 32) || !box_blind_is_uuid(p + 168) ||
	    key == 0 || key > 512)
		return false;
	for (size_t i = 0; i < SLOTS; i++) {
		const uint32_t state =
		    box_blind_be32(p + SLOT_AT + i * SLOT_SIZE);

		if (state != SLOT_ON && state != SLOT_OFF)
			return false;
	}
	return true;
}

static bool say_luks1(const struct box_blind_bytes *volume,
    const uint8_t p[HEADER1], struct cage_blind *ret_blind)
{
	const uint64_t data = (uint64_t)box_blind_be32(p + 104) * 512;
	unsigned slots = 0;

	if (!is_luks1(p))
		return false;
	for (size_t i = 0; i < SLOTS; i++)
		slots += box_blind_be32(p + SLOT_AT + i * SLOT_SIZE) == SLOT_ON;
	box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, "LUKS1",
	    "LUKS1, %.32s-%.32s, %u key slots in use; %s %llu",
	    (const char *)p + 8, (const char *)p + 40, slots,
	    data > 0 ? "its data begin at byte"
		     : "its data are elsewhere; header of",
	    (unsigned long long)(data > 0 ? data : HEADER1));
	return true;
}

/* ---- LUKS2 ---- */

/* The number behind the next "name" in JSON, which stands in quotes; the texts
 * of a LUKS2 header have no escapes in such places. */
static bool find_number(const char *json, const char *name, uint64_t *ret)
{
	const char *p = strstr(json, name);
	unsigned long long value = 0;

	if (p == NULL)
		return false;
	p += strlen(name);
	const size_t n = strspn(p, "0123456789");

	if (!slice_to_u64((struct slice){p, n}, &value) || p[n] != '"')
		return false;
	*ret = value;
	return true;
}

static void say_luks2(const struct box_blind_bytes *volume, const char *json,
    const char *how, struct cage_blind *ret_blind)
{
	const char *segments = strstr(json, "\"segments\":{");
	uint64_t data = 0;

	const char *state = strstr(json, "online-reencrypt") != NULL
	    ? ", being encrypted anew"
	    : "";

	if (segments != NULL && find_number(segments, "\"offset\":\"", &data))
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, "LUKS2",
		    "LUKS2%s%s; its data begin at byte %llu", how, state,
		    (unsigned long long)data);
	else
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, "LUKS2",
		    "LUKS2%s%s", how, state);
}

static bool is_luks2(const uint8_t *p, uint64_t at)
{
	const uint64_t size = box_blind_be64(p + 8);

	return size >= 16384 && size <= HEADER2_MAX &&
	    (size & (size - 1)) == 0 && box_blind_be64(p + 256) == at &&
	    box_blind_is_word(p + 72, 32) && box_blind_is_uuid(p + 168);
}

enum header {
	NONE,
	CUT_OFF,
	WRONG_SUM,
	OTHER_SUM,
	RIGHT
};

/* The header at `at`, whose fields can be; what it says is in ret_json. */
static enum header check_luks2(const struct box_blind_bytes *volume,
    uint64_t at, const uint8_t *p, char **ret_json)
{
	const size_t size = (size_t)box_blind_be64(p + 8);
	enum header found = CUT_OFF;
	uint8_t *all = mem_new(size + 1, 1);
	uint8_t sum[SUM_SIZE];

	if (all == NULL)
		return NONE;
	if (!box_blind_get(volume, at, all, size))
		goto out;
	if (strncmp((const char *)p + 72, "sha256", 32) != 0) {
		found = OTHER_SUM;
		goto out;
	}
	memcpy(sum, all + SUM_AT, SUM_SIZE);
	memset(all + SUM_AT, 0, SUM_SIZE);
	const struct hash is = hash_of(all, size);

	found = memcmp(is.b, sum, HASH_SIZE) == 0 ? RIGHT : WRONG_SUM;
	if (found == RIGHT) {
		all[size] = 0;
		*ret_json =
		    mem_copy_text((const char *)all + HEADER2, size - HEADER2);
	}
out:
	free(all);
	return found;
}

static enum header look_at(const struct box_blind_bytes *volume, uint64_t at,
    const char *magic, char **ret_json)
{
	uint8_t p[512];

	if (!box_blind_get(volume, at, p, sizeof(p)) ||
	    memcmp(p, magic, 6) != 0 || box_blind_be16(p + 6) != 2 ||
	    !is_luks2(p, at))
		return NONE;
	return check_luks2(volume, at, p, ret_json);
}

static bool find_luks2(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	char *json = NULL;
	const enum header first = look_at(volume, 0, "LUKS\xba\xbe", &json);
	enum header second = NONE;

	for (uint64_t at = 16384; at <= HEADER2_MAX && first != RIGHT;
	     at *= 2) {
		second = look_at(volume, at, "SKUL\xba\xbe", &json);
		if (second == RIGHT)
			break;
	}
	if (first == RIGHT || second == RIGHT) {
		say_luks2(volume, json != NULL ? json : "",
		    first == RIGHT	? ""
			: first == NONE ? " (its first header is gone)"
					: " (its first header is damaged)",
		    ret_blind);
	} else if (first != NONE) {
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, "LUKS2",
		    "LUKS2; %s",
		    first == CUT_OFF	     ? "the image ends in its header"
			: first == OTHER_SUM ? "its checksum is of another kind"
					     : "its headers are damaged");
		ret_blind->is_certain = first != WRONG_SUM;
	}
	free(json);
	return first != NONE || second == RIGHT;
}

bool box_blind_luks(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	uint8_t p[HEADER1];

	if (box_blind_get(volume, 0, p, sizeof(p)) &&
	    memcmp(p, "LUKS\xba\xbe", 6) == 0 && box_blind_be16(p + 6) == 1)
		return say_luks1(volume, p, ret_blind);
	return find_luks2(volume, ret_blind);
}

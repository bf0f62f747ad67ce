/*
 * box_blind_bitlocker.c: BitLocker. The boot sector says where three copies of
 * the metadata are; a copy says how far encryption got and which keys open the
 * volume. One of them with a clear key means that its protection is suspended:
 * everything can be read without a secret. A volume that was decrypted has an
 * ordinary boot sector again, so that left-over metadata deceive nobody.
 *
 * Layout as libbde's documentation of the format has it.
 */
#include "box_blind.h"

#include <stdio.h>
#include <string.h>

#define SECTOR 512
#define COPIES 3
#define BLOCK_HEAD 64
#define SET_HEAD 48
#define SET_MAX 65536
#define ENTRY_HEAD 8
#define ENTRY_KEY 2 /* of the volume's master key */
#define VALUE_KEY 1 /* a key that lies open */
#define VALUE_VMK 8
#define VMK_HEAD 28 /* its identifier, time and protection */

struct keys {
	unsigned clear, tpm, tpm_pin, startup, recovery, password, other;
};

static bool is_guid(const uint8_t *p)
{
	static const uint8_t normal[16] = {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e,
	    0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};
	static const uint8_t on_write[16] = {0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd,
	    0x0e, 0x4d, 0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8};

	return memcmp(p, normal, 16) == 0 || memcmp(p, on_write, 16) == 0;
}

/* Where the copies of the metadata are, and what the boot sector is of. */
static const char *find_copies(
    const uint8_t boot[SECTOR], uint64_t ret_at[COPIES])
{
	const uint64_t cluster = (uint64_t)box_blind_le16(boot + 11) * boot[13];
	const uint8_t *list = NULL;
	const char *name = NULL;

	if (box_blind_le16(boot + 510) != 0xaa55)
		return NULL;
	if (memcmp(boot + 3, "-FVE-FS-", 8) == 0 && is_guid(boot + 160)) {
		list = boot + 176;
		name = "BitLocker";
	} else if (memcmp(boot + 3, "MSWIN4.1", 8) == 0 &&
	    is_guid(boot + 424)) {
		list = boot + 440;
		name = "BitLocker To Go";
	} else if (memcmp(boot + 3, "-FVE-FS-", 8) == 0 && cluster > 0) {
		/* Vista names one copy, by its cluster. */
		ret_at[0] = ret_at[1] = ret_at[2] =
		    box_blind_le64(boot + 56) * cluster;
		return "BitLocker (Vista)";
	} else {
		return NULL;
	}
	for (size_t i = 0; i < COPIES; i++)
		ret_at[i] = box_blind_le64(list + 8 * i);
	return name;
}

/* Whether a master key is protected by a clear key that is really there. */
static bool has_open_key(const uint8_t *p, size_t n)
{
	for (size_t at = VMK_HEAD; at + ENTRY_HEAD <= n;) {
		const size_t size = box_blind_le16(p + at);

		if (size < ENTRY_HEAD || size > n - at)
			return false;
		if (box_blind_le16(p + at + 4) == VALUE_KEY)
			return true;
		at += size;
	}
	return false;
}

static void count_key(const uint8_t *p, size_t n, struct keys *keys)
{
	if (n < VMK_HEAD)
		return;
	switch (box_blind_le16(p + 26)) {
	case 0x0000:
		keys->clear += has_open_key(p, n);
		break;
	case 0x0100:
		keys->tpm++;
		break;
	case 0x0200:
		keys->startup++;
		break;
	case 0x0500:
		keys->tpm_pin++;
		break;
	case 0x0800:
		keys->recovery++;
		break;
	case 0x2000:
		keys->password++;
		break;
	default:
		keys->other++;
	}
}

static void count_keys(const uint8_t *set, size_t n, struct keys *keys)
{
	for (size_t at = SET_HEAD; at + ENTRY_HEAD <= n;) {
		const size_t size = box_blind_le16(set + at);

		if (size < ENTRY_HEAD || size > n - at)
			return;
		if (box_blind_le16(set + at + 2) == ENTRY_KEY &&
		    box_blind_le16(set + at + 4) == VALUE_VMK)
			count_key(
			    set + at + ENTRY_HEAD, size - ENTRY_HEAD, keys);
		at += size;
	}
}

/* One copy of the metadata: its state, and the keys of its data set. */
static bool read_copy(const struct box_blind_bytes *volume, uint64_t at,
    struct keys *ret_keys, unsigned *ret_now, unsigned *ret_next)
{
	uint8_t set[SET_MAX];
	uint8_t head[BLOCK_HEAD + SET_HEAD];

	if (at == 0 || !box_blind_get(volume, at, head, sizeof(head)) ||
	    memcmp(head, "-FVE-FS-", 8) != 0)
		return false;
	const unsigned version = box_blind_le16(head + 10);
	const uint32_t size = box_blind_le32(head + BLOCK_HEAD);

	if (version < 1 || version > 2 || size < SET_HEAD || size > SET_MAX ||
	    box_blind_le32(head + BLOCK_HEAD + 8) != SET_HEAD ||
	    !box_blind_get(volume, at + BLOCK_HEAD, set, size))
		return false;
	*ret_now = box_blind_le16(head + 12);
	*ret_next = box_blind_le16(head + 14);
	*ret_keys = (struct keys){0};
	count_keys(set, size, ret_keys);
	return true;
}

static const char *state_of(unsigned now, unsigned next)
{
	if (now == 1)
		return "decrypted";
	if (now == 2 || now == 5)
		return next == 1 ? "being decrypted" : "being encrypted";
	if (now == 3)
		return "encrypted as it is written";
	return now == 4 && next == 1 ? "to be decrypted" : "encrypted";
}

static void put_key(char *line, size_t size, unsigned n, const char *name)
{
	const size_t at = strlen(line);

	if (n > 0)
		(void)snprintf(
		    line + at, size - at, "%s%s", at > 0 ? ", " : "", name);
}

static void put_keys(char *line, size_t size, const struct keys *keys)
{
	line[0] = '\0';
	put_key(line, size, keys->password, "a password");
	put_key(line, size, keys->recovery, "a recovery password");
	put_key(line, size, keys->startup, "a key file");
	put_key(line, size, keys->tpm, "the computer's TPM");
	put_key(line, size, keys->tpm_pin, "its TPM with a PIN");
	put_key(line, size, keys->other, "a key of another kind");
	if (line[0] == '\0')
		(void)snprintf(line, size, "no key that is known");
}

bool box_blind_bitlocker(
    const struct box_blind_bytes *volume, struct cage_blind *ret_blind)
{
	uint8_t boot[SECTOR];
	uint64_t copies[COPIES];
	struct keys keys = {0};
	unsigned now = 0, next = 0;
	bool is_there = false;
	char line[160];

	if (!box_blind_get(volume, 0, boot, sizeof(boot)))
		return false;
	const char *name = find_copies(boot, copies);

	if (name == NULL)
		return false;
	for (size_t i = 0; i < COPIES && !is_there; i++)
		is_there = read_copy(volume, copies[i], &keys, &now, &next);
	if (!is_there) {
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, name,
		    "%s by its boot sector; its metadata are not there, so "
		    "that no key opens it",
		    name);
		ret_blind->is_certain =
		    memcmp(boot + 3, "-FVE-FS-", 8) == 0 && is_guid(boot + 160);
		return true;
	}
	put_keys(line, sizeof(line), &keys);
	if (keys.clear > 0)
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, name,
		    "%s, %s, protection suspended: a clear key in its metadata "
		    "opens it without any secret",
		    name, state_of(now, next));
	else
		box_blind_say(ret_blind, CAGE_BLIND_VOLUME, volume, name,
		    "%s, %s; opened by %s", name, state_of(now, next), line);
	ret_blind->is_open = keys.clear > 0 || now == 1;
	return true;
}

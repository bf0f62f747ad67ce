/*
 * box_blind_message.c: encrypted files that say so with their first bytes: age,
 * OpenPGP, KeePass, openssl, disk images of macOS, eCryptfs, LUKS in a file.
 */
#include "box_blind.h"

#include "box_bytes.h"

#include <stdio.h>
#include <string.h>

#define HEAD 4096

static bool begins(const uint8_t *p, size_t n, const char *with)
{
	const size_t m = strlen(with);

	return m <= n && memcmp(p, with, m) == 0;
}

/* ---- OpenPGP ---- */

/* The tag of the packet at *at, which then is behind it; 0: there is none. */
static unsigned take_packet(
    const uint8_t *p, size_t n, size_t *at, size_t *ret_body)
{
	if (*at + 2 > n || !(p[*at] & 0x80))
		return 0;
	const uint8_t head = p[(*at)++];
	const unsigned tag = head & 0x40 ? head & 0x3f : head >> 2 & 0xf;
	const uint8_t first = p[(*at)++];
	size_t length = first;

	if (head & 0x40 && first >= 192) {
		if (first >= 224 || *at + 1 > n)
			length = n; /* in parts, or long: the last of them */
		else
			length = (size_t)(first - 192) * 256 + p[(*at)++] + 192;
	} else if (!(head & 0x40) && (head & 3) == 1 && *at < n) {
		length = (size_t)first << 8 | p[(*at)++];
	} else if (!(head & 0x40) && (head & 3) >= 2) {
		length = n;
	}
	*ret_body = *at;
	*at = length > n - *at ? n : *at + length;
	return tag;
}

/* Keys of a session, one behind the other, and then what they encrypt. */
static bool is_pgp(const uint8_t *p, size_t n)
{
	size_t at = 0, body = 0;
	unsigned keys = 0;

	for (unsigned i = 0; i < 64; i++) {
		const unsigned tag = take_packet(p, n, &at, &body);
		const uint8_t version = body < n ? p[body] : 0;

		if ((tag == 1 && (version == 3 || version == 6)) ||
		    (tag == 3 && version >= 4 && version <= 6))
			keys++;
		else
			return keys > 0 && at > 0 &&
			    (((tag == 18 || tag == 20) && version >= 1 &&
				 version <= 2) ||
				tag == 9);
		/* The rest of them was cut off by our reading. */
		if (at == n)
			return n == HEAD;
	}
	return false;
}

/* The begin of what an armour holds: behind its headers and an empty line. */
static bool is_armoured_pgp(const uint8_t *p, size_t n)
{
	uint8_t out[HEAD];
	size_t out_n = 0, at = 0;
	uint32_t bits = 0;
	unsigned have = 0;
	const uint8_t *body = memmem(p, n, "\n\n", 2);
	const uint8_t *other = memmem(p, n, "\n\r\n", 3);

	if (body == NULL || (other != NULL && other < body))
		body = other;
	if (body == NULL)
		return false;
	for (at = (size_t)(body - p) + 2; at < n && p[at] != '='; at++) {
		const int d = box_bytes_base64(p[at]);

		if (d < 0)
			continue;
		bits = bits << 6 | (uint32_t)d;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[out_n++] = (uint8_t)(bits >> have);
		}
	}
	/* Its first packet is enough: much of the rest may be behind us. */
	size_t next = 0, start = 0;
	const unsigned tag = take_packet(out, out_n, &next, &start);

	return (tag == 1 || tag == 3) && start < out_n && out[start] >= 3 &&
	    out[start] <= 6;
}

/* ---- all of them ---- */

static bool is_keepass(const uint8_t *p)
{
	const uint32_t second = box_blind_le32(p + 4);
	const uint16_t major = box_blind_le16(p + 10);

	if (box_blind_le32(p) != 0x9aa2d903)
		return false;
	return second == 0xb54bfb65 ||
	    (second == 0xb54bfb67 && major >= 2 && major <= 5);
}

static const char *find(const uint8_t *p, size_t n, const char **ret_what)
{
	*ret_what = "a file encrypted with age";
	if (begins(p, n, "age-encryption.org/v1\n-> ") ||
	    begins(p, n, "-----BEGIN AGE ENCRYPTED FILE-----\n"))
		return "age";
	*ret_what = "an encrypted OpenPGP message";
	if (begins(p, n, "-----BEGIN PGP MESSAGE-----") ? is_armoured_pgp(p, n)
							: is_pgp(p, n))
		return "OpenPGP";
	*ret_what = "a database of passwords (KeePass)";
	if (n >= 12 && is_keepass(p))
		return "KeePass";
	*ret_what = "a file encrypted with openssl enc";
	if (n >= 32 && begins(p, n, "Salted__"))
		return "openssl";
	*ret_what = "an encrypted disk image of macOS";
	if (n >= 16 && begins(p, n, "encrcdsa") && box_blind_be32(p + 8) == 2)
		return "dmg";
	*ret_what = "a file of eCryptfs";
	if (n == HEAD &&
	    (box_blind_be32(p + 8) ^ 0x3c81b7f5) == box_blind_be32(p + 12))
		return "eCryptfs";
	return NULL;
}

bool box_blind_message(
    const struct box_blind_bytes *file, struct cage_blind *ret_blind)
{
	uint8_t p[HEAD];
	const char *what = NULL;
	const size_t n = box_blind_get_some(file, 0, p, sizeof(p));
	const char *name = n == 0 ? NULL : find(p, n, &what);

	if (name != NULL) {
		box_blind_say(
		    ret_blind, CAGE_BLIND_FILE, file, name, "%s", what);
		return true;
	}
	if (!begins(p, n, "LUKS\xba\xbe") || !box_blind_luks(file, ret_blind))
		return false;
	ret_blind->kind = CAGE_BLIND_FILE;
	return true;
}

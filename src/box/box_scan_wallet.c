/*
 * box_scan_wallet.c: addresses of wallets. Those of Bitcoin carry a checksum,
 * which must be right. Those of Ethereum and Monero have one of a hash that no
 * library of ours has; of them length, digits and structure count.
 */
#include "box_scan.h"
#include "box_scan_base.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

#define ADDRESS_MAX 110

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static void put(
    struct box_scan *scan, size_t at, size_t n, const char *coin, bool is_lower)
{
	char text[ADDRESS_MAX + 20], address[ADDRESS_MAX + 1];
	const uint8_t *p = box_scan_text(scan)->p + at;

	if (n > ADDRESS_MAX ||
	    !box_scan_is_new(scan, BOX_SCAN_WALLETS, at, at + n))
		return;
	memcpy(address, p, n);
	if (is_lower)
		text_lower(address, (struct slice){(const char *)p, n});
	address[n] = '\0';
	(void)snprintf(text, sizeof(text), "%s:%s", coin, address);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_WALLET,
		.at = at,
		.n = n,
		.text = slice_of(text)});
}

/* How many characters of base58 there are from `at` on, if no other letter or
 * digit follows. */
static size_t run_58(const struct box_scan_text *t, size_t at)
{
	size_t n = 0;

	while (at + n < t->n && n <= ADDRESS_MAX &&
	    box_scan_base_is_58(t->p[at + n]))
		n++;
	return is_alnum(t->p[at + n]) ? 0 : n;
}

/* A byte that is of no word, and 26 characters that begin with 1 or 3. */
void box_scan_wallet_base58(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	uint8_t bytes[BOX_SCAN_BASE58_MAX];
	const size_t at = end - 26, n = run_58(t, at);

	if (n < 26 || n > 35 ||
	    box_scan_base_check(bytes, t->p + at, n) != 21 ||
	    (bytes[0] != 0 && bytes[0] != 5))
		return;
	put(scan, at, n, "bitcoin", false);
}

/* "bc1" and eleven characters. */
void box_scan_wallet_bech32(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t at = end - 14;
	char lower[ADDRESS_MAX + 1];
	size_t n = 0;

	while (at + n < t->n && n < 91 && is_alnum(t->p[at + n]))
		n++;
	if (n < 14 || n > 90)
		return;
	text_lower(lower, (struct slice){(const char *)t->p + at, n});
	if (box_scan_base_is_bech32(lower, n))
		put(scan, at, n, "bitcoin", true);
}

static bool is_called_so(const uint8_t *p, size_t at)
{
	static const char *const words[] = {
	    "eth", "wallet", "address", "metamask", "erc20", "erc-20"};
	char before[48];
	const size_t n = at < sizeof(before) ? at : sizeof(before);

	text_lower(before, (struct slice){(const char *)p + at - n, n});
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (memmem(before, n, words[i], strlen(words[i])) != NULL)
			return true;
	return false;
}

/* A byte that is of no word, "0x" and 40 digits. Other numbers of that length
 * are in lower case, as a rule; addresses have capitals for their checksum. */
void box_scan_wallet_ethereum(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t at = end - 42;
	bool has_capitals = false;
	unsigned seen = 0;

	if (is_alnum(t->p[end]) || t->p[end] == '_')
		return;
	for (size_t i = at + 2; i < end; i++) {
		const char c = text_lower_char((char)t->p[i]);

		seen |= 1u << (c >= 'a' ? c - 'a' + 10 : c - '0');
		has_capitals = has_capitals || c != (char)t->p[i];
	}
	/* Made-up ones, and masks, repeat few digits. */
	if (__builtin_popcount(seen) >= 9 &&
	    (has_capitals || is_called_so(t->p, at)))
		put(scan, at, 42, "ethereum", true);
}

/* A byte that is of no word, and 95 characters that begin with 4 or 8: eight
 * blocks of eleven, which each stand for eight bytes, and seven for five. */
void box_scan_wallet_monero(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const size_t at = end - 95;

	if (is_alnum(t->p[end]))
		return;
	for (size_t i = 0; i < 8; i++)
		if (!box_scan_base_fits(t->p + at + 11 * i, 11, 8))
			return;
	if (box_scan_base_fits(t->p + at + 88, 7, 5))
		put(scan, at, 95, "monero", false);
}

/* A byte that is of no word, and a private key in Bitcoin's own form. */
void box_scan_wallet_wif(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	uint8_t bytes[BOX_SCAN_BASE58_MAX];
	const size_t at = end - 51, n = run_58(t, at);

	if (n != 51 && n != 52)
		return;
	const size_t got = box_scan_base_check(bytes, t->p + at, n);

	if (bytes[0] != 0x80 || (got != 33 && !(got == 34 && bytes[33] == 1)))
		return;
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_KEY,
		.at = at,
		.n = n,
		.text = slice_of("bitcoin private key"),
		.is_secret = true});
}

/*
 * box_scan.h: finds what is personal in bytes: the scan of counterfoil-box.
 *
 * Hyperscan reports where short patterns are (box_scan_pattern.c); what stands
 * around such an anchor is taken apart in C, one file a family, which knows
 * nothing but a text: bytes with places. UTF-16 is such a text, made of the
 * bytes (box_scan_wide.c), and so is what a container held (box_unpack.h).
 *
 * The patterns are compiled, and the memory for them is taken, before the cell.
 */
#ifndef BOX_SCAN_H
#define BOX_SCAN_H

#include "box.h"
#include "cage_hit.h"
#include "cage_wire.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are looked at around what was asked for: in front, for records
 * that begin there; behind, for what goes over the border. */
#define BOX_SCAN_MARGIN CAGE_HIT_RECORD_MAX
/* Zeros in front of each text and behind it, which no find goes across. */
#define BOX_SCAN_PAD 64
/* Bytes of hits that are kept for one request. */
#define BOX_SCAN_KEPT_MAX (64u << 20)

/* What is scanned; from outside, the image or a file. */
struct box_scan_source {
	uint64_t length;
	/* n bytes at `at`, all below length. What cannot be had is zeros;
	 * ret_lost tells how many bytes those are. */
	int (*read)(void *cookie, uint64_t at, uint8_t *ret_bytes, size_t n,
	    uint64_t *ret_lost, struct err *err);
	void *cookie;
};

struct box_scan;

/* Before the cell. finds: CAGE_HIT_FINDS and CAGE_HIT_UNPACKS. ERR_UNSUPPORTED:
 * Hyperscan is not installed, or not for this processor. */
int box_scan_new(
    struct box_scan **ret_scan, uint64_t finds, struct err *err) MUST_CHECK;
void box_scan_free(struct box_scan *scan);

/* Everything in n bytes at `at`, at most CAGE_WIRE_SCAN_MAX. ERR_LIMIT: more
 * hits than are kept. */
int box_scan_run(struct box_scan *scan, const struct box_scan_source *source,
    uint64_t at, uint64_t n, struct err *err) MUST_CHECK;

/* The hits from number `first` on, as far as they go into `size` bytes: the
 * answer's count and found. ERR_FORMAT: not the next one. */
int box_scan_take(struct box_scan *scan, uint64_t first, uint8_t *ret_bytes,
    size_t size, struct cage_wire_answer *answer, struct err *err) MUST_CHECK;

/* The answers to CAGE_WIRE_SCAN, _SCAN_FILE and _HITS: of a source, and of the
 * image. */
int box_scan_answer_of(struct box_scan *scan,
    const struct box_scan_source *source,
    const struct cage_wire_request *request, uint8_t *shared,
    struct cage_wire_answer *answer, struct err *err) MUST_CHECK;
int box_scan_answer(struct box_scan *scan, const struct box_reader *reader,
    void *state, uint64_t length, const struct cage_wire_request *request,
    uint8_t *shared, struct cage_wire_answer *answer,
    struct err *err) MUST_CHECK;

/* ---- for the files of it: a text ---- */

/* From `text` on the text's bytes are those from `from` on of the bytes that
 * it was made of. */
struct box_scan_piece {
	size_t text, from;
	bool is_big; /* of UTF-16: big-endian */
};

struct box_scan_text {
	const uint8_t *p; /* with BOX_SCAN_PAD zeros on either side */
	size_t n;
	/* NULL: its bytes are those that are scanned. */
	const struct box_scan_piece *pieces;
	size_t pieces_n;
	size_t slope; /* bytes of those for one of the text: 1 or 2 */
	bool is_joined; /* only finds that lie across a piece's border count */
};

/* The text that is being looked at. */
const struct box_scan_text *box_scan_text(const struct box_scan *scan);

/* Numbers of a record or an entry of it: zeroed, and then set when the first
 * find of it is put. */
struct box_scan_record {
	size_t at; /* where it begins in the text */
	uint32_t entry, record;
};

/* ---- finds ---- */

struct box_scan_find {
	enum cage_hit_kind kind;
	size_t at, n; /* in the text */
	struct slice text; /* absent: as it stands there */
	enum cage_hit_coding coding; /* 0: that of the bytes */
	bool is_secret; /* nothing of what stands around it is shown */
	enum cage_hit_role role;
	/* NULL: not in a record, so left out where a record was read. */
	struct box_scan_record *record;
	bool has_entry; /* it is of the record's present entry */
};

/* As one line, and with what stands around it. */
void box_scan_put(struct box_scan *scan, const struct box_scan_find *find);

/* Whether finds of that kind are wanted at all. */
bool box_scan_wants(const struct box_scan *scan, enum cage_hit_kind kind);

/* Finds of these kinds (CAGE_HIT_FINDS) up to `end` were made by a record:
 * others there are left out. */
void box_scan_mark(
    struct box_scan *scan, uint64_t kinds, size_t begin, size_t end);

/* True once for each stretch of text that several anchors lie in. */
enum box_scan_family {
	BOX_SCAN_PHONES,
	BOX_SCAN_CARDS,
	BOX_SCAN_IBANS,
	BOX_SCAN_ZONES,
	BOX_SCAN_ADDRESSES,
	BOX_SCAN_PLACES,
	BOX_SCAN_WALLETS,
	BOX_SCAN_URLS,
	BOX_SCAN_ACCOUNTS,
	BOX_SCAN_HEADERS,
	BOX_SCAN_CONTACTS,
	BOX_SCAN_FAMILIES
};
bool box_scan_is_new(struct box_scan *scan, enum box_scan_family family,
    size_t begin, size_t end);

/* Bytes that could not be looked into. */
void box_scan_gap(struct box_scan *scan, size_t at, size_t n, const char *why);

/* A container begins at `at`; n: its length, or 0. False: it is not unpacked.
 */
bool box_scan_unpack(struct box_scan *scan, enum cage_hit_container container,
    size_t at, size_t n);

/* ---- what finders do with an anchor, which ends before `end` ---- */

typedef void box_scan_finder(struct box_scan *scan, size_t end);

struct box_scan_pattern {
	const char *expression; /* for Hyperscan; it counts bytes */
	uint64_t finds; /* any of which it is for */
	box_scan_finder *find;
};

box_scan_finder box_scan_email;
box_scan_finder box_scan_url, box_scan_www, box_scan_account;
box_scan_finder box_scan_phone, box_scan_phone_word, box_scan_phone_us;
box_scan_finder box_scan_card, box_scan_iban;
box_scan_finder box_scan_mrz;
box_scan_finder box_scan_ip4, box_scan_ip6, box_scan_mac;
box_scan_finder box_scan_place, box_scan_place_pair, box_scan_place_degree;
box_scan_finder box_scan_exif;
box_scan_finder box_scan_key_pem, box_scan_key_age, box_scan_key_putty;
box_scan_finder box_scan_wallet_base58, box_scan_wallet_bech32,
    box_scan_wallet_ethereum, box_scan_wallet_monero, box_scan_wallet_wif;
box_scan_finder box_scan_header, box_scan_mime, box_scan_vcard, box_scan_ldif,
    box_scan_book, box_scan_author;
box_scan_finder box_scan_zip, box_scan_gzip, box_scan_7z, box_scan_pdf,
    box_scan_pst, box_scan_sqlite;

/* ---- for records: what stands in a field ---- */

/* Whether it is an address and nothing else. */
bool box_scan_email_is(struct slice text);
/* The address around the "@" at `at`; false: there is none. */
bool box_scan_email_at(struct box_scan *scan, size_t at,
    struct box_scan_record *record, bool has_entry, enum cage_hit_role role);
/* A telephone number and nothing else, in its canonical form, in ret_text
 * (CAGE_HIT_TEXT_MAX bytes). */
bool box_scan_phone_is(struct slice text, char *ret_text);
/* Bytes in the code page `charset` as UTF-8; returns how many. What is not
 * known stays as it is. */
size_t box_scan_charset(
    char *ret_text, size_t size, struct slice bytes, struct slice charset);
/* Quoted-printable and base64; they return how many bytes there are. */
size_t box_scan_unquote(
    char *ret_text, size_t size, struct slice text, bool is_word);
size_t box_scan_unbase64(char *ret_text, size_t size, struct slice text);
/* RFC 2047: encoded words in a header's field as UTF-8. */
size_t box_scan_unword(char *ret_text, size_t size, struct slice text);

/* ---- the engine ---- */

struct box_scan_engine;

int box_scan_engine_new(struct box_scan_engine **ret_engine, uint64_t finds,
    struct err *err) MUST_CHECK;
void box_scan_engine_free(struct box_scan_engine *engine);
/* All anchors of the text, in the order of their ends. */
int box_scan_engine_run(struct box_scan_engine *engine, struct box_scan *scan,
    const uint8_t *bytes, size_t n, struct err *err) MUST_CHECK;

#endif

/*
 * cage_hit.h: one find of a scan: what it is, where its bytes are (through
 * containers), and what it says.
 *
 * Everything in it comes from evidence, by way of a box. A text is one line of
 * UTF-8 (text.h); it is data, never a path, a format or markup.
 */
#ifndef CAGE_HIT_H
#define CAGE_HIT_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kinds of findings, as an order's `finds:` names them; cage_hit_name has the
 * words. */
enum cage_hit_kind {
	CAGE_HIT_EMAIL = 1,
	CAGE_HIT_PHONE, /* +49301234567: E.164 */
	CAGE_HIT_URL,
	CAGE_HIT_DOMAIN,
	CAGE_HIT_ACCOUNT, /* "telegram:name": at a messenger or network */
	CAGE_HIT_CARD, /* digits alone, Luhn holds */
	CAGE_HIT_IBAN, /* without spaces, mod 97 holds */
	CAGE_HIT_PASSPORT, /* a machine readable zone: "DEU C01X00T47" */
	CAGE_HIT_IP,
	CAGE_HIT_MAC, /* lower hex with colons */
	CAGE_HIT_POSITION, /* "52.51630 13.37770": degrees north, east */
	CAGE_HIT_KEY, /* a private key: its sort, never its bytes */
	CAGE_HIT_WALLET, /* "bitcoin:address" */
	CAGE_HIT_NAME, /* a person's, from a structured place alone */
	CAGE_HIT_KINDS,
	/* No find: bytes that could not be looked into. Its text says why. */
	CAGE_HIT_GAP = 64,
};

enum cage_hit_coding {
	CAGE_HIT_UTF8 = 1, /* and ASCII */
	CAGE_HIT_UTF16LE,
	CAGE_HIT_UTF16BE,
	CAGE_HIT_LEGACY, /* a code page of one byte a character */
	CAGE_HIT_BINARY, /* numbers, as in EXIF */
	CAGE_HIT_CODINGS
};

/* What bytes were taken out of. */
enum cage_hit_container {
	CAGE_HIT_ZIP = 1, /* also docx, xlsx, odt, jar, epub */
	CAGE_HIT_GZIP,
	CAGE_HIT_7Z,
	CAGE_HIT_TAR,
	CAGE_HIT_PDF,
	CAGE_HIT_BASE64, /* a part of a mail */
	CAGE_HIT_QUOTED, /* quoted-printable, likewise */
	CAGE_HIT_PST,
	CAGE_HIT_SQLITE,
	CAGE_HIT_CONTAINERS
};

/* Where in a structured record it stands. */
enum cage_hit_role {
	CAGE_HIT_PLAIN, /* in no record */
	CAGE_HIT_OWNER, /* the one whom the record is about: a vCard, an MRZ */
	CAGE_HIT_SENDER, /* From, Reply-To, Sender */
	CAGE_HIT_RECEIVER, /* To, Cc, Bcc */
	CAGE_HIT_AUTHOR, /* of a document */
	CAGE_HIT_RELATIVE, /* of the one whom the record is about */
	CAGE_HIT_ROLES
};

/* What a scan is to find and to unpack, as a set of bits. */
#define CAGE_HIT_FINDS(kind) (UINT64_C(1) << (kind))
#define CAGE_HIT_UNPACKS(container) (UINT64_C(1) << (32 + (container)))
#define CAGE_HIT_ALL_KINDS (CAGE_HIT_FINDS(CAGE_HIT_KINDS) - 2)
#define CAGE_HIT_ALL_CONTAINERS                                                \
	(CAGE_HIT_UNPACKS(CAGE_HIT_CONTAINERS) - CAGE_HIT_UNPACKS(CAGE_HIT_ZIP))
#define CAGE_HIT_ALL (CAGE_HIT_ALL_KINDS | CAGE_HIT_ALL_CONTAINERS)

#define CAGE_HIT_DEPTH_MAX 6
/* Bytes of a structured record: what is behind them is not of it. */
#define CAGE_HIT_RECORD_MAX 65536
#define CAGE_HIT_TEXT_MAX 320 /* with its NUL */
#define CAGE_HIT_CONTEXT_MAX 160 /* likewise: a line around it, to be shown */

struct cage_hit_step {
	enum cage_hit_container container;
	/* Where it begins, in the bytes outside of it. */
	uint64_t at;
};

struct cage_hit {
	enum cage_hit_kind kind;
	enum cage_hit_coding coding;
	enum cage_hit_role role;
	/* Hits of one scan with the same number, not 0, stand in one structured
	 * record and one entry of it, so that they are of one person: a vCard,
	 * one address in a header, a row of an address book. */
	uint32_t entry;
	/* Likewise of one record that may name several: a mail, a document. */
	uint32_t record;
	uint32_t depth;
	struct cage_hit_step steps[CAGE_HIT_DEPTH_MAX]; /* outermost first */
	uint64_t at; /* in the innermost bytes; without steps in the image */
	uint32_t length; /* of its bytes there */
	char text[CAGE_HIT_TEXT_MAX]; /* in canonical form */
	char context[CAGE_HIT_CONTEXT_MAX];
};

/* "email", "utf-16le", "zip", "sender": one word each, and the first is that of
 * an order's `finds:`. */
const char *cage_hit_name(enum cage_hit_kind kind);
const char *cage_hit_coding_name(enum cage_hit_coding coding);
const char *cage_hit_container_name(enum cage_hit_container container);
const char *cage_hit_role_name(enum cage_hit_role role);
/* False: no kind has that name. */
bool cage_hit_by_name(enum cage_hit_kind *ret_kind, const char *name);

/* Where in what was scanned it lies, or what it was taken out of does. */
uint64_t cage_hit_outermost(const struct cage_hit *hit);

/* ---- over the line ---- */

#define CAGE_HIT_BYTES_MAX 768 /* of one hit */

/* Returns how many bytes there are of it. */
size_t cage_hit_put(
    uint8_t ret_bytes[CAGE_HIT_BYTES_MAX], const struct cage_hit *hit);

/* What hits may be of. */
struct cage_hit_asked {
	uint64_t at, n; /* in what is scanned; the outermost place of each */
	uint64_t finds; /* kinds; a gap needs none */
	/* Numbers of entries and records so far: the next one is at most one
	 * larger. cage_hit_take changes them. */
	uint32_t entries, records;
};

/* The first hit in n bytes, which were copied; what of it is behind its text's
 * end is zero. ERR_FORMAT: it cannot be; nothing of it is to be believed. */
int cage_hit_take(struct cage_hit *ret_hit, size_t *ret_used,
    struct cage_hit_asked *asked, const uint8_t *bytes, size_t n,
    struct err *err) MUST_CHECK;

#endif

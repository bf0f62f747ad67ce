/*
 * cage_hit.h: one find of a scan: what it is, where its bytes are (through
 * containers), and what it says.
 *
 * Everything in it comes from evidence, by way of a box. A text is one line of
 * UTF-8 (text.h); it is data, never a path, a format or markup.
 */
#ifndef CAGE_HIT_H
#define CAGE_HIT_H

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
	CAGE_HIT_KINDS
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

#define CAGE_HIT_DEPTH_MAX 6
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

#endif

/*
 * box_scan_engine.c: Hyperscan (Vectorscan, which has the same names), loaded
 * and given its patterns before the cell.
 *
 * Patterns are short and have no beginning that is asked for: a whole one for
 * e-mail is "too large" with that. They count bytes: with its UTF-8 flag
 * Hyperscan finds other things than it should where bytes are not UTF-8.
 */
#include "box_library.h"
#include "box_scan.h"
#include "hash.h"
#include "mem.h"

#include <hs/hs.h>

#include <stdlib.h>

#define LIBRARY "libhs.so.5"

struct names {
	__typeof__(hs_compile_multi) *compile;
	__typeof__(hs_free_compile_error) *forget;
	__typeof__(hs_alloc_scratch) *alloc;
	__typeof__(hs_scan) *scan;
};

struct box_scan_engine {
	struct names hs;
	hs_database_t *database;
	hs_scratch_t *scratch;
};

#define NAME(member, function)                                                 \
	{                                                                      \
#function, offsetof(struct names, member)                      \
	}
static const struct box_library_name names[] = {
    NAME(compile, hs_compile_multi),
    NAME(forget, hs_free_compile_error),
    NAME(alloc, hs_alloc_scratch),
    NAME(scan, hs_scan),
};
#undef NAME

#define MAIL                                                                   \
	(CAGE_HIT_UNPACKS(CAGE_HIT_BASE64) | CAGE_HIT_UNPACKS(CAGE_HIT_QUOTED))
#define RECORD                                                                 \
	(CAGE_HIT_FINDS(CAGE_HIT_NAME) | CAGE_HIT_FINDS(CAGE_HIT_EMAIL) |      \
	    CAGE_HIT_FINDS(CAGE_HIT_PHONE))

static const struct box_scan_pattern patterns[] = {
    {"[!-~\\x80-\\xff]@[A-Za-z0-9\\x80-\\xff]", CAGE_HIT_FINDS(CAGE_HIT_EMAIL),
	box_scan_email},
    {"[A-Za-z]://[!-~\\x80-\\xff]", CAGE_HIT_FINDS(CAGE_HIT_URL), box_scan_url},
    {"(?i)www\\.[a-z0-9\\x80-\\xff]", CAGE_HIT_FINDS(CAGE_HIT_DOMAIN),
	box_scan_www},
    {"(?i)(t\\.me|telegram\\.me|wa\\.me|facebook\\.com|instagram\\.com|"
     "twitter\\.com|x\\.com|vk\\.com|github\\.com)/",
	CAGE_HIT_FINDS(CAGE_HIT_ACCOUNT), box_scan_account},
    {"(?i)(linkedin\\.com/in/|tiktok\\.com/@|"
     "youtube\\.com/(@|user/|channel/|c/)|"
     "discord(app)?\\.com/users/|ok\\.ru/profile/|"
     "signal\\.me/#p/|facebook\\.com/profile\\.php\\?id=)",
	CAGE_HIT_FINDS(CAGE_HIT_ACCOUNT), box_scan_account},
    {"(?i)(skype:|tg://resolve\\?domain=|"
     "viber://(chat|add)\\?number=|"
     "whatsapp(\\.com/|://)send\\?phone=)",
	CAGE_HIT_FINDS(CAGE_HIT_ACCOUNT), box_scan_account},
    {"[^0-9A-Za-z+/]\\+[1-9][0-9 ().\\-/]{6}", CAGE_HIT_FINDS(CAGE_HIT_PHONE),
	box_scan_phone},
    {"(?i)[^a-z](tel|phone|telephone|mobile|mobil|cell|fax|"
     "telefon|telefono|telefone|handy|whatsapp|sms|portable|"
     "movil|gsm|\\xd1\\x82\\xd0\\xb5\\xd0\\xbb|"
     "\\xd1\\x82\\xd0\\xb5\\xd0\\xbb\\xd0\\xb5"
     "\\xd1\\x84\\xd0\\xbe\\xd0\\xbd|"
     "\\xe7\\x94\\xb5\\xe8\\xaf\\x9d|"
     "\\xe9\\x9b\\xbb\\xe8\\xa9\\xb1|"
     "\\xd9\\x87\\xd8\\xa7\\xd8\\xaa\\xd9\\x81)"
     "[^0-9a-z\\n+/_\\-]{1,6}[0-9]",
	CAGE_HIT_FINDS(CAGE_HIT_PHONE), box_scan_phone_word},
    {"[^0-9A-Za-z.\\-/+][2-9][0-9]{2}[)]?[-. ]{1,2}"
     "[2-9][0-9]{2}[-.][0-9]{4}",
	CAGE_HIT_FINDS(CAGE_HIT_PHONE), box_scan_phone_us},
    {"[^0-9A-Za-z.,_%=/#\\-][2-6][0-9]{3}[ -]?"
     "[0-9]{4}[ -]?[0-9]{2}",
	CAGE_HIT_FINDS(CAGE_HIT_CARD), box_scan_card},
    {"[^0-9A-Za-z+/][A-Z]{2}[0-9]{2}", CAGE_HIT_FINDS(CAGE_HIT_IBAN),
	box_scan_iban},
    {"[A-Z]<<[A-Z]", CAGE_HIT_FINDS(CAGE_HIT_PASSPORT), box_scan_mrz},
    {"[^0-9A-Za-z._\\-][0-9]{1,3}\\."
     "[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]",
	CAGE_HIT_FINDS(CAGE_HIT_IP), box_scan_ip4},
    {"[0-9a-fA-F]{3,4}:[0-9a-fA-F]{0,4}:[0-9a-fA-F:]",
	CAGE_HIT_FINDS(CAGE_HIT_IP), box_scan_ip6},
    {"[^0-9A-Za-z:\\-]([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}",
	CAGE_HIT_FINDS(CAGE_HIT_MAC), box_scan_mac},
    {"[^0-9A-Za-z:\\-]([0-9a-fA-F]{2}-){5}[0-9a-fA-F]{2}",
	CAGE_HIT_FINDS(CAGE_HIT_MAC), box_scan_mac},
    {"(?i)[^a-z]lat(itude)?[\"']?[\\t ]*[:=>]"
     "[\\t ]*[\"']?[0-9-]",
	CAGE_HIT_FINDS(CAGE_HIT_POSITION), box_scan_place},
    {"(?i)(geo:|/@|[?&](q|ll|sll|center|daddr|saddr|cp)="
     "(loc:)?)-?[0-9]",
	CAGE_HIT_FINDS(CAGE_HIT_POSITION), box_scan_place_pair},
    {"[0-9](\\xc2\\xb0|\\xb0)", CAGE_HIT_FINDS(CAGE_HIT_POSITION),
	box_scan_place_degree},
    {"Exif\\x00\\x00(II\\x2a\\x00|MM\\x00\\x2a)",
	CAGE_HIT_FINDS(CAGE_HIT_POSITION), box_scan_exif},
    {"PRIVATE KEY( BLOCK)?-----", CAGE_HIT_FINDS(CAGE_HIT_KEY),
	box_scan_key_pem},
    {"AGE-SECRET-KEY-1[A-Z0-9]{58}", CAGE_HIT_FINDS(CAGE_HIT_KEY),
	box_scan_key_age},
    {"PuTTY-User-Key-File-[0-9]", CAGE_HIT_FINDS(CAGE_HIT_KEY),
	box_scan_key_putty},
    {"[^0-9A-Za-z][5KL][1-9A-HJ-NP-Za-km-z]{50}", CAGE_HIT_FINDS(CAGE_HIT_KEY),
	box_scan_wallet_wif},
    {"[^0-9A-Za-z+/][13][1-9A-HJ-NP-Za-km-z]{25}",
	CAGE_HIT_FINDS(CAGE_HIT_WALLET), box_scan_wallet_base58},
    {"(?i)[^0-9a-z]bc1[02-9ac-hj-np-z]{11}", CAGE_HIT_FINDS(CAGE_HIT_WALLET),
	box_scan_wallet_bech32},
    {"[^0-9A-Za-z]0x[0-9a-fA-F]{40}", CAGE_HIT_FINDS(CAGE_HIT_WALLET),
	box_scan_wallet_ethereum},
    {"[^0-9A-Za-z+/][48][1-9A-HJ-NP-Za-km-z]{94}",
	CAGE_HIT_FINDS(CAGE_HIT_WALLET), box_scan_wallet_monero},
    {"(?i)[\\n\\x00](from|to|date|received|message-id|return-path|"
     "delivered-to|subject|mime-version|reply-to|x-[a-z-]{1,20}):",
	RECORD, box_scan_header},
    {"(?i)begin:vcard", RECORD, box_scan_vcard},
    {"[\\n\\x00]dn:", RECORD, box_scan_ldif},
    {"(?i)(e-mail address|e-mail 1 - value|primary email|"
     "mobile phone|phone 1 - value|display name|given name|"
     "first name|e-mail-adresse|vorname)[\"']?[,;\\t]",
	RECORD, box_scan_book},
    {"(dc:creator|cp:lastModifiedBy|meta:initial-creator)>",
	CAGE_HIT_FINDS(CAGE_HIT_NAME), box_scan_author},
    {"(?i)\\ncontent-transfer-encoding:[ \\t]*"
     "(base64|quoted-printable)",
	MAIL, box_scan_mime},
    {"7z\\xbc\\xaf\\x27\\x1c", CAGE_HIT_UNPACKS(CAGE_HIT_7Z), box_scan_7z},
    {"!BDN[\\x00-\\xff]{4}SM", CAGE_HIT_UNPACKS(CAGE_HIT_PST), box_scan_pst},
    {"PK\\x03\\x04", CAGE_HIT_UNPACKS(CAGE_HIT_ZIP), box_scan_zip},
    {"\\x1f\\x8b\\x08", CAGE_HIT_UNPACKS(CAGE_HIT_GZIP), box_scan_gzip},
    {"stream\\r?\\n"
     "[\\x08\\x18\\x28\\x38\\x48\\x58\\x68\\x78][\\x00-\\xff]",
	CAGE_HIT_UNPACKS(CAGE_HIT_PDF), box_scan_pdf},
};

#define COUNT (sizeof(patterns) / sizeof(patterns[0]))

static int compile(
    struct box_scan_engine *engine, uint64_t finds, struct err *err)
{
	const char *expressions[COUNT];
	unsigned flags[COUNT], ids[COUNT], n = 0;
	hs_compile_error_t *why = NULL;

	for (unsigned i = 0; i < COUNT; i++) {
		if ((patterns[i].finds & finds) == 0)
			continue;
		expressions[n] = patterns[i].expression;
		flags[n] = HS_FLAG_DOTALL;
		ids[n++] = i;
	}
	if (n == 0)
		return err_set(err, ERR_USAGE, "a scan for nothing");
	if (engine->hs.compile(expressions, flags, ids, n, HS_MODE_BLOCK, NULL,
		&engine->database, &why) != HS_SUCCESS) {
		int rc = err_set(err, ERR_UNSUPPORTED,
		    "%s does not take pattern %s: %s", LIBRARY,
		    why->expression >= 0 ? expressions[why->expression] : "",
		    why->message);

		engine->hs.forget(why);
		return rc;
	}
	if (engine->hs.alloc(engine->database, &engine->scratch) != HS_SUCCESS)
		return err_nomem(err);
	return 0;
}

int box_scan_engine_new(
    struct box_scan_engine **ret_engine, uint64_t finds, struct err *err)
{
	struct box_scan_engine *engine = mem_new(1, sizeof(*engine));

	if (engine == NULL)
		return err_nomem(err);
	/* What libcrypto looks up by name it looks up now. */
	(void)hash_of("", 0);
	int rc = box_library_load(
	    LIBRARY, names, sizeof(names) / sizeof(names[0]), &engine->hs, err);
	if (rc == 0)
		rc = compile(engine, finds, err);
	if (rc == 0)
		*ret_engine = engine;
	else
		box_scan_engine_free(engine);
	return rc;
}

void box_scan_engine_free(struct box_scan_engine *engine)
{
	free(engine); /* the library's part ends with the process */
}

static int found(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *cookie)
{
	(void)from;
	(void)flags;
	/* One byte in front of the text is looked at, too. */
	if (to > 1)
		patterns[id].find(cookie, (size_t)to - 1);
	return 0;
}

int box_scan_engine_run(struct box_scan_engine *engine, struct box_scan *scan,
    const uint8_t *bytes, size_t n, struct err *err)
{
	const hs_error_t rc =
	    engine->hs.scan(engine->database, (const char *)bytes - 1,
		(unsigned)n + 1, 0, engine->scratch, found, scan);

	return rc == HS_SUCCESS
	    ? 0
	    : err_set(err, ERR_FORMAT, "Hyperscan ended with %d", rc);
}

/*
 * test_exam_scan_records.c: people in structured places, and finds within
 * containers: what belongs together has one number, and nothing else has it.
 * docs/formats.md names these tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scan_box.h"

#include <libdeflate.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* "kind text role entry record", one a line, in the order of places. */
static int compare(const void *a, const void *b)
{
	const struct cage_hit *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

static void tell(struct scan_box_got *got, char *ret, size_t size)
{
	size_t n = 0;

	if (got->n > 0)
		qsort(got->of, got->n, sizeof(*got->of), compare);
	ret[0] = '\0';
	for (size_t i = 0; i < got->n && n < size; i++) {
		const struct cage_hit *h = &got->of[i];

		for (uint32_t k = 0; k < h->depth; k++)
			n += (size_t)snprintf(ret + n, size - n, "%s/",
			    cage_hit_container_name(h->steps[k].container));
		n += (size_t)snprintf(ret + n, size - n, "%s %s %s %u %u\n",
		    cage_hit_name(h->kind), h->text,
		    cage_hit_role_name(h->role), h->entry, h->record);
	}
}

static void finds(const void *bytes, size_t n, uint64_t kinds, const char *want)
{
	struct scan_box_got got = {0};
	char told[8192];

	scan_box_scan(bytes, n, kinds, &got);
	tell(&got, told, sizeof(told));
	assert_string_equal(told, want);
	free(got.of);
}

static void finds_in(const char *text, const char *want)
{
	finds(text, strlen(text), CAGE_HIT_ALL, want);
}

static void a_vcard_is_one_person(void **state)
{
	(void)state;
	finds_in("BEGIN:VCARD\r\nVERSION:3.0\r\nN:Example;Anna;;;\r\n"
		 "FN:Anna Example\r\nTEL;TYPE=CELL:+49 171 1234567\r\n"
		 "TEL:030 1234567\r\nitem1.EMAIL;TYPE=home:Anna@Example.org\r\n"
		 "RELATED;TYPE=spouse:Bert Example\r\nEND:VCARD\r\n"
		 "BEGIN:VCARD\nVERSION:2.1\n"
		 "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3"
		 "=\n=BCrg\nEMAIL:j@example.de\nEND:VCARD\n"
		 "c@example.fr\n",
	    "name Anna Example owner 1 1\n"
	    "phone +491711234567 owner 1 1\n"
	    "phone 0301234567 owner 1 1\n"
	    "email anna@example.org owner 1 1\n"
	    "name Bert Example relative 0 1\n"
	    "name J\xc3\xbcrg M\xc3\xbcller owner 2 2\n"
	    "email j@example.de owner 2 2\n"
	    "email c@example.fr plain 0 0\n");
}

static void a_vcard_may_be_in_a_code_page(void **state)
{
	(void)state;
	finds_in("BEGIN:VCARD\nVERSION:2.1\n"
		 "FN;CHARSET=windows-1251:\xc0\xed\xed\xe0 \xca.\n"
		 "EMAIL:anna@example.ru\nEND:VCARD\n",
	    "name \xd0\x90\xd0\xbd\xd0\xbd\xd0\xb0 \xd0\x9a. owner 1 1\n"
	    "email anna@example.ru owner 1 1\n");
}

static void a_header_tells_who_wrote_to_whom(void **state)
{
	(void)state;
	finds_in("Received: from x (x [93.184.216.34]) for <b@example.com>\r\n"
		 "Message-ID: <123.abc@mail.example.org>\r\n"
		 "Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
		 "From: =?utf-8?Q?J=C3=BCrg_M?= <j@example.de>\r\n"
		 "To: \"Example, Anna\" <anna@example.org>,\r\n"
		 " b@example.com (Bert)\r\n"
		 "Subject: hello\r\n\r\nwrite to c@example.fr\r\n",
	    "ip 93.184.216.34 plain 0 0\n"
	    "email b@example.com plain 0 1\n"
	    "name J\xc3\xbcrg M sender 1 1\n"
	    "email j@example.de sender 1 1\n"
	    "name Example, Anna receiver 2 1\n"
	    "email anna@example.org receiver 2 1\n"
	    "email b@example.com receiver 3 1\n"
	    "name Bert receiver 3 1\n"
	    "email c@example.fr plain 0 0\n");
}

static void lines_with_colons_are_no_header(void **state)
{
	(void)state;
	finds_in("From: me\nwrite to Anna <a@example.org>\n",
	    "email a@example.org plain 0 0\n");
}

static void parts_of_a_mail_are_decoded(void **state)
{
	(void)state;
	/* "write to hidden@example.org now" */
	finds_in("Content-Type: text/plain\n"
		 "Content-Transfer-Encoding: base64\n\n"
		 "d3JpdGUgdG8gaGlkZGVuQGV4YW1wbGUub3JnIG5vdw==\n\n--x\n"
		 "Content-Transfer-Encoding: quoted-printable\n\n"
		 "a very=\n.long=40example.org and plain@example.org\n--x--\n",
	    "quoted-printable/email very.long@example.org plain 0 0\n"
	    "base64/email hidden@example.org plain 0 0\n"
	    "quoted-printable/email plain@example.org plain 0 0\n");
}

static void an_ldif_entry_is_one_person(void **state)
{
	(void)state;
	finds_in("dn: cn=Anna,o=x\ncn: Anna Example\nmail: a@example.org\n"
		 "telephoneNumber: +49 30 1234567\n\n"
		 "dn: cn=B\ncn:: SsO8cmc=\nmail: j@example.de\n\n",
	    "name Anna Example owner 1 1\n"
	    "email a@example.org owner 1 1\n"
	    "phone +49301234567 owner 1 1\n"
	    "name J\xc3\xbcrg owner 2 2\n"
	    "email j@example.de owner 2 2\n");
}

static void a_row_of_an_address_book_is_one_person(void **state)
{
	(void)state;
	finds_in("First Name,Last Name,E-mail Address,Mobile Phone\r\n"
		 "Anna,\"Example, Dr.\",a@example.org,+49 171 1234567\r\n"
		 "Bert,Other,b@example.com,\r\n\r\n",
	    "name Anna Example, Dr. owner 1 1\n"
	    "email a@example.org owner 1 1\n"
	    "phone +491711234567 owner 1 1\n"
	    "name Bert Other owner 2 1\n"
	    "email b@example.com owner 2 1\n");
}

static void a_zone_has_a_name(void **state)
{
	(void)state;
	finds_in("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
		 "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n",
	    "passport UTO L898902C3 owner 1 1\n"
	    "name ANNA MARIA ERIKSSON owner 1 1\n");
}

static void other_kinds_are_not_told(void **state)
{
	static const char text[] =
	    "BEGIN:VCARD\nFN:Anna\nEMAIL:a@example.org\nEND:VCARD\n";

	(void)state;
	finds(text, sizeof(text) - 1, CAGE_HIT_FINDS(CAGE_HIT_EMAIL),
	    "email a@example.org owner 1 1\n");
}

/* ---- EXIF ---- */

static void a_photo_tells_where(void **state)
{
	static const uint8_t little[] =
	    "\xff\xd8\xff\xe1\0\xaa"
	    "Exif\0\0II\x2a\0\x08\0\0\0"
	    "\x01\0\x25\x88\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0" /* to 26 */
	    "\x04\0"
	    "\x01\0\x02\0\x02\0\0\0N\0\0\0"
	    "\x02\0\x05\0\x03\0\0\0\x50\0\0\0"
	    "\x03\0\x02\0\x02\0\0\0W\0\0\0"
	    "\x04\0\x05\0\x03\0\0\0\x68\0\0\0\0\0\0\0" /* to 80 */
	    "\x34\0\0\0\x01\0\0\0\x1e\0\0\0\x01\0\0\0\x3b\0\0\0\x01\0\0\0"
	    "\x0d\0\0\0\x01\0\0\0\x16\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0";
	uint8_t broken[sizeof(little)];

	(void)state;
	finds(little, sizeof(little), CAGE_HIT_ALL,
	    "position 52.51639 -13.36667 plain 0 0\n");
	/* Whatever is cut off or altered, nothing beyond it is read. */
	for (size_t i = 12; i < sizeof(little); i += 7) {
		struct scan_box_got got = {0};

		memcpy(broken, little, sizeof(broken));
		broken[i] ^= 0xff;
		scan_box_scan(broken, sizeof(broken),
		    CAGE_HIT_FINDS(CAGE_HIT_POSITION), &got);
		for (size_t k = 0; k < got.n; k++)
			assert_int_not_equal(got.of[k].kind, CAGE_HIT_GAP);
		free(got.of);
	}
}

/* ---- containers ---- */

static uint8_t made[4 << 20];

/* Returns how many bytes there are of it. */
static size_t deflate_to(
    uint8_t *out, size_t room, const void *bytes, size_t n, char frame)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t got;

	assert_non_null(c);
	if (frame == 'g')
		got = libdeflate_gzip_compress(c, bytes, n, out, room);
	else if (frame == 'z')
		got = libdeflate_zlib_compress(c, bytes, n, out, room);
	else
		got = libdeflate_deflate_compress(c, bytes, n, out, room);
	libdeflate_free_compressor(c);
	assert_true(got > 0);
	return got;
}

static size_t zip_entry(
    uint8_t *out, size_t room, const char *name, const void *bytes, size_t n)
{
	static const uint8_t head[30] = {'P', 'K', 3, 4, 20, 0, 0, 0, 8, 0};
	const size_t name_n = strlen(name), at = 30 + name_n;
	const size_t got = deflate_to(out + at, room - at, bytes, n, 0);

	memcpy(out, head, sizeof(head));
	out[26] = (uint8_t)name_n;
	memcpy(out + 30, name, name_n);
	for (unsigned i = 0; i < 4; i++)
		out[18 + i] = (uint8_t)(got >> 8 * i);
	return at + got;
}

static void what_is_packed_is_found(void **state)
{
	static const char text[] = "write to packed@example.org, please";
	size_t n = deflate_to(made, sizeof(made), text, sizeof(text), 'g');

	(void)state;
	finds(
	    made, n, CAGE_HIT_ALL, "gzip/email packed@example.org plain 0 0\n");
	/* What is cut off is as good as there is of it, and said. */
	finds(made, n - 10, CAGE_HIT_ALL,
	    "gap what is packed here is cut off plain 0 0\n"
	    "gzip/email packed@example.org plain 0 0\n");
	n = zip_entry(made, sizeof(made), "a.txt", text, sizeof(text));
	finds(
	    made, n, CAGE_HIT_ALL, "zip/email packed@example.org plain 0 0\n");
	finds(made, n, CAGE_HIT_ALL_KINDS, "");
}

static void words_that_marks_cut_are_whole(void **state)
{
	static const char text[] =
	    "<w:p><w:r><w:t>first.</w:t></w:r><w:r><w:t>name@exam</w:t></w:r>"
	    "<w:r><w:t>ple.org</w:t></w:r></w:p><w:p>whole@example.de</w:p>";
	const size_t n = zip_entry(
	    made, sizeof(made), "word/document.xml", text, sizeof(text) - 1);

	(void)state;
	finds(made, n, CAGE_HIT_ALL,
	    "zip/email first.name@example.org plain 0 0\n"
	    "zip/email whole@example.de plain 0 0\n");
}

static void words_that_a_pdf_cuts_are_whole(void **state)
{
	static const char text[] =
	    "BT 1 0 0 1 72 700 Tm [(fir)-3.5(st.na)20(me@example)] TJ (.org) "
	    "Tj ET BT 1 0 0 1 72 650 Tm (next@example.de) Tj ET";
	static const char head[] = "%PDF-1.4\n4 0 obj <<>> stream\n";
	size_t n = sizeof(head) - 1;

	(void)state;
	memcpy(made, head, n);
	n +=
	    deflate_to(made + n, sizeof(made) - n, text, sizeof(text) - 1, 'z');
	finds(made, n, CAGE_HIT_ALL,
	    "pdf/email first.name@example.org plain 0 0\n"
	    "pdf/email next@example.de plain 0 0\n");
}

/* Each in the one before; what is deeper than is unpacked is said. */
static void containers_in_each_other_are_unpacked_to_a_depth(void **state)
{
	static uint8_t inner[65536];
	size_t n = 32;

	(void)state;
	memcpy(inner, "  deep@example.org              ", n);
	for (unsigned depth = 1; depth <= CAGE_HIT_DEPTH_MAX + 1; depth++) {
		char want[256] = "";
		size_t at = 0;

		n = deflate_to(made, sizeof(made), inner, n, 'g');
		for (unsigned i = 0; i < depth && i < CAGE_HIT_DEPTH_MAX; i++)
			at += (size_t)snprintf(
			    want + at, sizeof(want) - at, "gzip/");
		(void)snprintf(want + at, sizeof(want) - at, "%s plain 0 0\n",
		    depth <= CAGE_HIT_DEPTH_MAX
			? "email deep@example.org"
			: "gap more containers in each other than are "
			  "unpacked");
		finds(made, n, CAGE_HIT_ALL, want);
		memcpy(inner, made, n);
	}
}

/* 300 MB of nothing, and then an address that nobody waits for. */
static void a_bomb_is_a_gap(void **state)
{
	const size_t n = 300u << 20;
	uint8_t *bytes = calloc(1, n);
	struct scan_box_got got = {0};

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes + 100, "early@example.org", 17);
	memcpy(bytes + n - 100, "late@example.org", 16);
	const size_t packed =
	    deflate_to(made, sizeof(made) - 100, bytes, n, 'g');

	free(bytes);
	memcpy(made + packed, " behind@example.org ", 20);
	scan_box_scan(made, packed + 20, CAGE_HIT_ALL, &got);
	assert_int_equal(got.n, 3);
	assert_string_equal(got.of[0].text, "behind@example.org");
	for (size_t i = 1; i < got.n; i++)
		assert_string_equal(got.of[i].text,
		    got.of[i].kind == CAGE_HIT_GAP
			? "more is packed in it than is unpacked here"
			: "early@example.org");
	free(got.of);
}

static void an_encrypted_part_is_a_gap(void **state)
{
	const size_t n = zip_entry(made, sizeof(made), "a.txt", "x", 1);

	(void)state;
	made[6] |= 1;
	finds(made, n, CAGE_HIT_ALL,
	    "gap this part of a zip file is encrypted plain 0 0\n");
}

/* Made by p7zip 16.02 of two files, and of one with a password. */
static const uint8_t plain_7z[] = {0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0x00,
    0x04, 0xeb, 0x41, 0x71, 0x02, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x20, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xb7, 0x1a, 0x21,
    0xff, 0xe0, 0x00, 0x35, 0x00, 0x31, 0x5d, 0x00, 0x3b, 0x9c, 0x89, 0x57,
    0x0a, 0x43, 0x03, 0xb9, 0xb4, 0x7b, 0x57, 0x75, 0xb6, 0x9b, 0xe5, 0xa1,
    0xb4, 0x96, 0x35, 0x95, 0x9c, 0x28, 0xc1, 0xbd, 0xab, 0x8d, 0x51, 0xe3,
    0xca, 0x76, 0x43, 0xe3, 0x94, 0xf3, 0xa8, 0xac, 0x9b, 0x96, 0xb8, 0x18,
    0xfe, 0x6c, 0xff, 0xe0, 0xf8, 0x10, 0xf4, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x81, 0x33, 0x07, 0xae, 0x0f, 0xd1, 0x89, 0x0a, 0x9c, 0xa0, 0x90, 0xa0,
    0x77, 0x5e, 0xc5, 0x40, 0x18, 0x8e, 0xca, 0xa1, 0x36, 0xb2, 0x8f, 0x03,
    0x3f, 0xb8, 0x94, 0x5a, 0xbc, 0x92, 0xad, 0x44, 0xe8, 0xcc, 0x0a, 0xf6,
    0x6c, 0x0a, 0x02, 0xbf, 0x31, 0x22, 0x0b, 0xbe, 0x94, 0x9e, 0xbf, 0x19,
    0x1c, 0x18, 0x7c, 0x4a, 0xbc, 0x63, 0xda, 0x7d, 0x91, 0x36, 0xf4, 0x2d,
    0x15, 0x82, 0xae, 0x6f, 0x23, 0x28, 0xf2, 0xe0, 0x05, 0x6a, 0x46, 0x72,
    0x00, 0x17, 0x06, 0x39, 0x01, 0x09, 0x4b, 0x00, 0x07, 0x0b, 0x01, 0x00,
    0x01, 0x23, 0x03, 0x01, 0x01, 0x05, 0x5d, 0x00, 0x10, 0x00, 0x00, 0x0c,
    0x56, 0x0a, 0x01, 0x7a, 0x04, 0x1b, 0x23, 0x00, 0x00};

static const uint8_t locked_7z[] = {0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0x00,
    0x04, 0xdf, 0x5a, 0x88, 0x1d, 0x30, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x56, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xd3, 0x0f, 0xee,
    0xf9, 0x7c, 0xc4, 0x23, 0x51, 0x4b, 0x20, 0x1d, 0x69, 0xbd, 0x03, 0x71,
    0xfb, 0x74, 0xa4, 0x95, 0x30, 0x48, 0xfd, 0xec, 0xcb, 0x89, 0xb5, 0x64,
    0xa1, 0x99, 0x21, 0xe9, 0xb6, 0x85, 0x92, 0xc4, 0xa7, 0x93, 0x65, 0x92,
    0xd6, 0x06, 0x00, 0x4f, 0x12, 0x71, 0x78, 0x22, 0xb7, 0x17, 0x42, 0xdd,
    0xb9, 0x01, 0x04, 0x06, 0x00, 0x01, 0x09, 0x30, 0x00, 0x07, 0x0b, 0x01,
    0x00, 0x02, 0x24, 0x06, 0xf1, 0x07, 0x01, 0x12, 0x53, 0x0f, 0x3c, 0x05,
    0x3f, 0xe2, 0x7e, 0x72, 0xe3, 0xb5, 0xfd, 0xf5, 0x4d, 0x17, 0xd9, 0xf5,
    0xc4, 0xa1, 0x21, 0x21, 0x01, 0x00, 0x01, 0x00, 0x0c, 0x28, 0x24, 0x00,
    0x08, 0x0a, 0x01, 0x93, 0x50, 0x00, 0x84, 0x00, 0x00, 0x05, 0x01, 0x19,
    0x01, 0x00, 0x11, 0x0d, 0x00, 0x61, 0x00, 0x2e, 0x00, 0x74, 0x00, 0x78,
    0x00, 0x74, 0x00, 0x00, 0x00, 0x15, 0x06, 0x01, 0x00, 0x20, 0x80, 0xa4,
    0x81, 0x00, 0x00};

static void a_7z_archive_is_unpacked(void **state)
{
	(void)state;
	memset(made, 0, sizeof(made));
	memcpy(made + 512, plain_7z, sizeof(plain_7z));
	finds(made, 65536, CAGE_HIT_ALL,
	    "7z/email packed@example.org plain 0 0\n"
	    "7z/email second@example.de plain 0 0\n");
	finds(plain_7z, sizeof(plain_7z) - 1, CAGE_HIT_ALL,
	    "gap the rest of this 7z archive is not here plain 0 0\n");
	finds(locked_7z, sizeof(locked_7z), CAGE_HIT_ALL,
	    "gap a part of this 7z archive is encrypted plain 0 0\n");
}

static void a_pst_is_a_gap(void **state)
{
	static const char text[] = "!BDN\1\2\3\4SM";

	(void)state;
	finds(text, sizeof(text), CAGE_HIT_ALL,
	    "gap Outlook's folders (PST) are not unpacked plain 0 0\n");
}

/* Text of one address a line, longer than a window, each once. */
static void long_contents_are_read_to_their_end(void **state)
{
	const size_t n = 40u << 20, lines = n / 32;
	char *bytes = malloc(n + 1), want[32];
	struct scan_box_got got = {0};
	uint8_t *packed = malloc(n);

	(void)state;
	assert_true(bytes != NULL && packed != NULL);
	for (size_t i = 0; i < lines; i++)
		(void)snprintf(bytes + 32 * i, 33, "%-31s\n", "nothing here");
	for (size_t i = 0; i < lines; i += 1024) {
		(void)snprintf(want, sizeof(want), "u%zu@example.org", i);
		memcpy(bytes + 32 * i, want, strlen(want));
	}
	const size_t packed_n = deflate_to(packed, n, bytes, n, 'g');

	scan_box_scan(packed, packed_n, CAGE_HIT_ALL, &got);
	assert_int_equal(got.n, (lines + 1023) / 1024);
	qsort(got.of, got.n, sizeof(*got.of), compare);
	for (size_t i = 0; i < got.n; i++) {
		(void)snprintf(
		    want, sizeof(want), "u%zu@example.org", i * 1024);
		assert_string_equal(got.of[i].text, want);
		assert_int_equal(got.of[i].at, i * 1024 * 32);
	}
	free(got.of);
	free(bytes);
	free(packed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_vcard_is_one_person),
	    cmocka_unit_test(a_vcard_may_be_in_a_code_page),
	    cmocka_unit_test(a_header_tells_who_wrote_to_whom),
	    cmocka_unit_test(lines_with_colons_are_no_header),
	    cmocka_unit_test(parts_of_a_mail_are_decoded),
	    cmocka_unit_test(an_ldif_entry_is_one_person),
	    cmocka_unit_test(a_row_of_an_address_book_is_one_person),
	    cmocka_unit_test(a_zone_has_a_name),
	    cmocka_unit_test(other_kinds_are_not_told),
	    cmocka_unit_test(a_photo_tells_where),
	    cmocka_unit_test(what_is_packed_is_found),
	    cmocka_unit_test(words_that_marks_cut_are_whole),
	    cmocka_unit_test(words_that_a_pdf_cuts_are_whole),
	    cmocka_unit_test(containers_in_each_other_are_unpacked_to_a_depth),
	    cmocka_unit_test(a_bomb_is_a_gap),
	    cmocka_unit_test(an_encrypted_part_is_a_gap),
	    cmocka_unit_test(a_7z_archive_is_unpacked),
	    cmocka_unit_test(a_pst_is_a_gap),
	    cmocka_unit_test(long_contents_are_read_to_their_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_exam_scan_kinds.c: what is found in text and what is not, for each kind
 * of find and each coding, with precision and recall. docs/formats.md names
 * these tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "scan_box.h"

#define SLOT 1024
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct sample {
	const char *text; /* as it stands in the image */
	const char *want; /* the find's text; NULL: there is none */
	const char *also; /* a second one, or NULL */
};

static void put(uint8_t *image, size_t slot, const char *text, int coding)
{
	uint8_t *p = image + slot * SLOT;

	memset(p, 0, SLOT);
	if (coding == CAGE_HIT_UTF8) {
		memcpy(p + 16, text, strlen(text));
		return;
	}
	for (size_t i = 0; text[i] != '\0'; i++)
		p[16 + 2 * i + (coding == CAGE_HIT_UTF16BE)] = (uint8_t)text[i];
}

static bool is_ascii(const char *text)
{
	while (*text > 0)
		text++;
	return *text == '\0';
}

/* Wanted finds that are there, and finds that nobody wanted. */
static void compare(const struct sample *samples, size_t n,
    const struct scan_box_got *got, enum cage_hit_kind kind, int coding)
{
	size_t wanted = 0, right = 0, wrong = 0;

	for (size_t k = 0; k < got->n; k++)
		if (got->of[k].kind == CAGE_HIT_GAP)
			fail_msg("a gap: %s", got->of[k].text);
	for (size_t i = 0; i < n; i++) {
		const struct sample *s = &samples[i];
		bool has = false, has_also = false;

		if (coding != CAGE_HIT_UTF8 && !is_ascii(s->text))
			continue;
		for (size_t k = 0; k < got->n; k++) {
			const struct cage_hit *h = &got->of[k];

			if (h->kind != kind || h->at / SLOT != i)
				continue;
			if (s->want && strcmp(h->text, s->want) == 0 && !has &&
			    (int)h->coding == coding) {
				has = true;
			} else if (s->also && strcmp(h->text, s->also) == 0 &&
			    !has_also) {
				has_also = true;
			} else {
				print_message(
				    "# wrong: \"%s\" in \"%s\" (%s)\n", h->text,
				    s->text, cage_hit_coding_name(h->coding));
				wrong++;
			}
		}
		wanted += (s->want != NULL) + (s->also != NULL);
		right += has + has_also;
		if (has != (s->want != NULL) || has_also != (s->also != NULL))
			print_message(
			    "# missing: \"%s\" in \"%s\"\n", s->want, s->text);
	}
	print_message("# %s in %s: precision %zu/%zu, recall %zu/%zu\n",
	    cage_hit_name(kind),
	    cage_hit_coding_name((enum cage_hit_coding)coding), right,
	    right + wrong, right, wanted);
	assert_int_equal(right, wanted);
	assert_int_equal(wrong, 0);
}

static void check(
    const struct sample *samples, size_t n, enum cage_hit_kind kind)
{
	static const int codings[] = {
	    CAGE_HIT_UTF8, CAGE_HIT_UTF16LE, CAGE_HIT_UTF16BE};
	uint8_t *image = malloc(n * SLOT);

	assert_non_null(image);
	for (size_t c = 0; c < COUNT(codings); c++) {
		struct scan_box_got got = {0};

		for (size_t i = 0; i < n; i++)
			put(image, i, samples[i].text, codings[c]);
		scan_box_scan(image, n * SLOT, CAGE_HIT_FINDS(kind), &got);
		compare(samples, n, &got, kind, codings[c]);
		free(got.of);
	}
	free(image);
}

static void emails(void **state)
{
	static const struct sample samples[] = {
	    {"anna@example.org", "anna@example.org", NULL},
	    {"<Anna.B+x@Mail.Example.DE>", "anna.b+x@mail.example.de", NULL},
	    {"mailto:a_b@x.co.uk?subject=x", "a_b@x.co.uk", NULL},
	    {"a@b.de, c@d.fr.", "a@b.de", "c@d.fr"},
	    {"user=o'neil@example.ie;", "neil@example.ie", NULL},
	    {"'quoted@example.com'", "quoted@example.com", NULL},
	    {"j\xc3\xbcrgen@b\xc3\xbc"
	     "cher.example.com",
		"j\xc3\xbcrgen@b\xc3\xbc"
		"cher.example.com",
		NULL},
	    {"\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd0\xbe\xd1\x87\xd1\x82"
	     "\xd0\xb0.\xd1\x80\xd1\x84",
		"\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd@\xd0\xbf\xd0\xbe\xd1\x87\xd1"
		"\x82\xd0\xb0.\xd1\x80\xd1\x84",
		NULL},
	    {"x@xn--bcher-kva.example.com", "x@xn--bcher-kva.example.com",
		NULL},
	    /* Text of another script around it, without a space. */
	    {"\xe3\x80\x81mail@example.jp\xe3\x81\xbe\xe3\x81\xa7",
		"mail@example.jp", NULL},
	    /* Hebrew, right to left. */
	    {"\xd7\x93\xd7\x95\xd7\x90\xd7\x9c: yael@example.co.il",
		"yael@example.co.il", NULL},
	    {"icon@2x.png", NULL, NULL},
	    {"getty@tty1.service", NULL, NULL},
	    {"@param x.y", NULL, NULL},
	    {"a@b", NULL, NULL},
	    {"user@-bad.com", NULL, NULL},
	    {"root@localhost", NULL, NULL},
	    {"x@y.notatld", NULL, NULL},
	    {"a.@example.org", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_EMAIL);
}

static void phones(void **state)
{
	static const struct sample samples[] = {
	    {"+49 30 1234567", "+49301234567", NULL},
	    {"call +49 (0)30/123 45-67 now", "+49301234567", NULL},
	    {"+1 (415) 555-2671", "+14155552671", NULL},
	    {"(415) 555-2671", "+14155552671", NULL},
	    {"415-555-2671", "+14155552671", NULL},
	    {"+442079460958", "+442079460958", NULL},
	    {"tel:+33-1-23-45-67-89", "+33123456789", NULL},
	    {"Tel.: 030 1234567", "0301234567", NULL},
	    {"Mobile: 0171/1234567", "01711234567", NULL},
	    {"Fax 0041 44 668 18 00", "+41446681800", NULL},
	    {"\xd1\x82\xd0\xb5\xd0\xbb. 8 495 123-45-67", "84951234567", NULL},
	    {"+7 495 123-45-67", "+74951234567", NULL},
	    {"+2021-01-01 10:00", NULL, NULL},
	    {"+1 012 345 6789", NULL, NULL},
	    {"+999 123 456 789", NULL, NULL},
	    {"+49 123", NULL, NULL},
	    {"x+491234567890", NULL, NULL},
	    {"hotel 1234567", NULL, NULL},
	    {"Tel: 24.12.2021", NULL, NULL},
	    {"1234567890", NULL, NULL},
	    {"192.168.100.200", NULL, NULL},
	    {"+433649-1161209", NULL, NULL},
	    {"gsm-03.38-2009", NULL, NULL},
	    {"115-555-2671", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_PHONE);
}

static void urls(void **state)
{
	static const struct sample samples[] = {
	    {"see HTTP://Www.Example.ORG/A?b=c.",
		"http://www.example.org/A?b=c", NULL},
	    {"(https://example.de/x_(y))", "https://example.de/x_(y)", NULL},
	    {"ftp://u:p@files.example.net/a", "ftp://u:p@files.example.net/a",
		NULL},
	    {"\"https://192.168.1.20:8080/\"", "https://192.168.1.20:8080/",
		NULL},
	    {"http://%s/", NULL, NULL},
	    {"http://localhost/", NULL, NULL},
	    {"foo://example.org", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_URL);
}

static void domains(void **state)
{
	static const struct sample samples[] = {
	    {"at www.Example.org, or", "www.example.org", NULL},
	    {"http://www.example.org/", NULL, NULL},
	    {"www.notatld", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_DOMAIN);
}

static void accounts(void **state)
{
	static const struct sample samples[] = {
	    {"https://t.me/anna_b", "telegram:anna_b", NULL},
	    {"wa.me/+491711234567", "whatsapp:+491711234567", NULL},
	    {"https://api.whatsapp.com/send?phone=491711234567",
		"whatsapp:+491711234567", NULL},
	    {"https://signal.me/#p/+491711234567", "signal:+491711234567",
		NULL},
	    {"viber://chat?number=%2B491711234567", "viber:+491711234567",
		NULL},
	    {"https://www.facebook.com/anna.example", "facebook:anna.example",
		NULL},
	    {"facebook.com/profile.php?id=100001234567890",
		"facebook:100001234567890", NULL},
	    {"https://instagram.com/anna.b/", "instagram:anna.b", NULL},
	    {"https://twitter.com/anna_b/status/1", "twitter:anna_b", NULL},
	    {"https://x.com/anna_b", "twitter:anna_b", NULL},
	    {"vk.com/id12345", "vk:id12345", NULL},
	    {"skype:anna.b.1?chat", "skype:anna.b.1", NULL},
	    {"https://discord.com/users/123456789012345678",
		"discord:123456789012345678", NULL},
	    {"https://www.linkedin.com/in/anna-b-123/", "linkedin:anna-b-123",
		NULL},
	    {"https://www.tiktok.com/@anna.b", "tiktok:anna.b", NULL},
	    {"https://youtube.com/@annab", "youtube:annab", NULL},
	    {"https://github.com/anna-b/x", "github:anna-b", NULL},
	    {"https://www.facebook.com/sharer.php?u=x", NULL, NULL},
	    {"https://twitter.com/intent/tweet", NULL, NULL},
	    {"https://notx.com/anna_b", NULL, NULL},
	    {"https://get-t.me/anna_b", NULL, NULL},
	    {"https://instagram.com/p/abc", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_ACCOUNT);
}

static void cards(void **state)
{
	static const struct sample samples[] = {
	    {"4111 1111 1111 1112 no, 4012 8888 8888 1881 yes",
		"4012888888881881", NULL},
	    {"5555-5555-5555-4444", NULL, NULL}, /* two digits: nobody's */
	    {"5105105105105100", "5105105105105100", NULL},
	    {"3782 822463 10005", "378282246310005", NULL},
	    {"card=6011000990139424;", NULL, NULL},
	    {"card 6011000990139424;", "6011000990139424", NULL},
	    {"30569309025904", "30569309025904", NULL},
	    {"3530111333300000", "3530111333300000", NULL},
	    {"2223003122003222", "2223003122003222", NULL},
	    {"4012888888881882", NULL, NULL},
	    {"94012888888881881", NULL, NULL},
	    {"40128888888818810", NULL, NULL},
	    {"0.4012888888881881", NULL, NULL},
	    {"4012 8888-8888 1881", NULL, NULL},
	    {"40128 88888 881881", NULL, NULL},
	    {"/testcase-detail/5667125715927040", NULL, NULL},
	    {"0 0 2298 2299 3120 3121 - -", NULL, NULL},
	    {"1234567890123452", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_CARD);
}

static void ibans(void **state)
{
	static const struct sample samples[] = {
	    {"DE89370400440532013000", "DE89370400440532013000", NULL},
	    {"DE89 3704 0044 0532 0130 00", "DE89370400440532013000", NULL},
	    {"IBAN:GB82WEST12345698765432.", "GB82WEST12345698765432", NULL},
	    {"FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606",
		NULL},
	    {"NO9386011117947", "NO9386011117947", NULL},
	    {"MT84MALT011000012345MTLCAST001S",
		"MT84MALT011000012345MTLCAST001S", NULL},
	    {"DE88370400440532013000", NULL, NULL},
	    {"DE8937040044053201300", NULL, NULL},
	    {"DE893704004405320130001", NULL, NULL},
	    {"XX89370400440532013000", NULL, NULL},
	    {"ADE89370400440532013000", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_IBAN);
}

/* The examples of ICAO 9303. */
static void passports(void **state)
{
	static const struct sample samples[] = {
	    {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
	     "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
		"UTO L898902C3", NULL},
	    {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\r\n"
	     "D231458907UTO7408122F1204159<<<<<<<6",
		"UTO D23145890", NULL},
	    {"I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\n"
	     "ERIKSSON<<ANNA<MARIA<<<<<<<<<<",
		"UTO D23145890", NULL},
	    {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
	     "L898902C37UTO7408122F1204159ZE184226B<<<<<10",
		NULL, NULL},
	    {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
	     "L898902C36UTO7408122F1204159ZE184226B<<<<<11",
		NULL, NULL},
	    {"A<<B<<C", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_PASSPORT);
}

static void addresses(void **state)
{
	static const struct sample samples[] = {
	    {"from 93.184.216.34:80", "93.184.216.34", NULL},
	    {"inet addr:10.1.2.3/8", "10.1.2.3", NULL},
	    {"2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370:7334",
		NULL},
	    {"fe80::1ff:fe23:4567:890a", "fe80::1ff:fe23:4567:890a", NULL},
	    {"2001:0DB8:0000:0000:0000:FF00:0042:8329",
		"2001:db8:0:0:0:ff00:42:8329", NULL},
	    {"version 93.184.216.34", NULL, NULL},
	    {"1.2.3.4", NULL, NULL},
	    {"2.5.29.37", NULL, NULL},
	    {"127.0.0.1", NULL, NULL},
	    {"93.184.216.340", NULL, NULL},
	    {"93.184.216.34.5", NULL, NULL},
	    {"v93.184.216.34", NULL, NULL},
	    {"093.184.216.034", NULL, NULL},
	    {"2001:db8", NULL, NULL},
	    {"2021:10:12", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_IP);
}

static void macs(void **state)
{
	static const struct sample samples[] = {
	    {"HWaddr 00:1A:2b:3c:4d:5e ", "00:1a:2b:3c:4d:5e", NULL},
	    {"00-1A-2B-3C-4D-5E", "00:1a:2b:3c:4d:5e", NULL},
	    {"01:00:5e:00:00:fb", NULL, NULL},
	    {"ff:ff:ff:ff:ff:ff", NULL, NULL},
	    {"00:00:00:00:00:00", NULL, NULL},
	    {"a0:1A:2b:3c:4d:5e:6f:70", NULL, NULL},
	    {"00:1A-2b:3c:4d:5e", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_MAC);
}

static void positions(void **state)
{
	static const struct sample samples[] = {
	    {"geo:52.5163,13.3777;u=35", "52.51630 13.37770", NULL},
	    {"<trkpt lat=\"52.5163\" lon=\"-13.3777\">", "52.51630 -13.37770",
		NULL},
	    {"{\"lat\": 52.5163, \"lng\": 13.3777}", "52.51630 13.37770", NULL},
	    {"https://www.google.com/maps/@52.5163,13.3777,15z",
		"52.51630 13.37770", NULL},
	    {"52.5163\xc2\xb0 N, 13.3777\xc2\xb0 E", "52.51630 13.37770", NULL},
	    {"33\xc2\xb0"
	     "52'04\"S 151\xc2\xb0"
	     "12'36\"E",
		"-33.86778 151.21000", NULL},
	    {"d=\"M 52.5163,13.3777 L 1.5,2.5\"", NULL, NULL},
	    {"geo:152.5163,13.3777", NULL, NULL},
	    {"lat=1 lon=2", NULL, NULL},
	    {"flat: 12.345 long: 1.234", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_POSITION);
}

#define BODY                                                                   \
	"MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"

static void keys(void **state)
{
	static const struct sample samples[] = {
	    {"-----BEGIN PRIVATE KEY-----\n" BODY "-----END", "private key",
		NULL},
	    {"-----BEGIN OPENSSH PRIVATE KEY-----\n" BODY,
		"openssh private key", NULL},
	    {"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n" BODY,
		"pgp private key block", NULL},
	    {"AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QAR"
	     "C0SWRYDWG",
		"age secret key", NULL},
	    {"AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QAR"
	     "C0SWGN3UD",
		NULL, NULL}, /* its checksum is wrong */
	    {"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
		"bitcoin private key", NULL},
	    {"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n"
	     "Private-Lines: 1\n",
		"putty private key", NULL},
	    {"-----BEGIN PRIVATE KEY-----\n...", NULL, NULL},
	    {"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK", NULL, NULL},
	    {"-----BEGIN PUBLIC KEY-----\n" BODY, NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_KEY);
}

static void wallets(void **state)
{
	static const struct sample samples[] = {
	    {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
		"bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", NULL},
	    {"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
		"bitcoin:3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", NULL},
	    {"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
		"bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", NULL},
	    {"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
		"bitcoin:bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7"
		"vqzk5jj0",
		NULL},
	    {"0x52908400098527886E0F7030069857D2E4169EE7",
		"ethereum:0x52908400098527886e0f7030069857d2e4169ee7", NULL},
	    {"44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBY"
	     "Bb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
		"monero:44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDt"
		"QGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
		NULL},
	    {"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", NULL, NULL},
	    {"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", NULL, NULL},
	    {"sha1 = 0xde7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9", NULL, NULL},
	    {"0x5290840009852788600F7030069857D2E4169EE", NULL, NULL},
	    {"0x0000000000000000000000000000000000000001", NULL, NULL},
	};

	(void)state;
	check(samples, COUNT(samples), CAGE_HIT_WALLET);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(emails),
	    cmocka_unit_test(phones),
	    cmocka_unit_test(urls),
	    cmocka_unit_test(domains),
	    cmocka_unit_test(accounts),
	    cmocka_unit_test(cards),
	    cmocka_unit_test(ibans),
	    cmocka_unit_test(passports),
	    cmocka_unit_test(addresses),
	    cmocka_unit_test(macs),
	    cmocka_unit_test(positions),
	    cmocka_unit_test(keys),
	    cmocka_unit_test(wallets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

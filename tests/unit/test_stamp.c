/*
 * test_stamp.c: time stamps made by OpenSSL at times of our choice, and checked
 * as of those times.
 */
#include "stamp.h"

#include "cli_stamp.h"
#include "note.h"
#include "stamp_file.h"
#include "stamp_request.h"
#include "stamp_trust.h"
#include "stamp_words.h"
#include "log_checkpoint.h"
#include "tree.h"
#include "when.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define STAMPED "what is stamped\n"
#define BEGIN 1577836800 /* 2020-01-01 */
#define END 1609459200 /* 2021-01-01 */
#define MIDDLE 1590969600 /* 2020-06-01 */
#define LONG_AFTER 1800000000

/* An authority whose certificate is its own root, for one year. */
struct authority {
	EVP_PKEY *key;
	X509 *certificate;
	long s, us; /* the clock */
	int accuracy_s; /* < 0: not stated */
	unsigned digits; /* of a second */
};

static void add_extension(X509 *certificate, int nid, const char *value)
{
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(certificate, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static struct authority make_authority(const char *name)
{
	struct authority a = {.s = MIDDLE, .accuracy_s = 1};
	X509 *c = X509_new();

	a.key = EVP_EC_gen("P-256");
	a.certificate = c;
	assert_non_null(a.key);
	(void)X509_set_version(c, 2);
	(void)ASN1_INTEGER_set(X509_get_serialNumber(c), 1);
	(void)ASN1_TIME_set(X509_getm_notBefore(c), BEGIN);
	(void)ASN1_TIME_set(X509_getm_notAfter(c), END);
	(void)X509_set_pubkey(c, a.key);
	X509_NAME *subject = X509_get_subject_name(c);
	(void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, -1, -1, 0);
	(void)X509_set_issuer_name(c, subject);
	add_extension(c, NID_ext_key_usage, "critical,timeStamping");
	add_extension(c, NID_key_usage, "critical,digitalSignature");
	assert_true(X509_sign(c, a.key, EVP_sha256()) > 0);
	return a;
}

static void done(struct authority *a)
{
	EVP_PKEY_free(a->key);
	X509_free(a->certificate);
}

static ASN1_INTEGER *give_serial(struct TS_resp_ctx *context, void *cookie)
{
	ASN1_INTEGER *serial = ASN1_INTEGER_new();

	(void)context;
	(void)cookie;
	(void)ASN1_INTEGER_set(serial, 0x1234);
	return serial;
}

static int give_time(
    struct TS_resp_ctx *context, void *cookie, long *s, long *us)
{
	const struct authority *a = cookie;

	(void)context;
	*s = a->s;
	*us = a->us;
	return 1;
}

/* The authority's answer. */
static void answer(struct buf *out, struct authority *a, struct slice request)
{
	ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4.1", 1);
	TS_RESP_CTX *context = TS_RESP_CTX_new();
	BIO *bio = BIO_new_mem_buf(request.p, (int)request.n);
	unsigned char *der = NULL;

	TS_RESP_CTX_set_serial_cb(context, give_serial, NULL);
	TS_RESP_CTX_set_time_cb(context, give_time, a);
	assert_int_equal(
	    TS_RESP_CTX_set_signer_cert(context, a->certificate), 1);
	assert_int_equal(TS_RESP_CTX_set_signer_key(context, a->key), 1);
	(void)TS_RESP_CTX_set_signer_digest(context, EVP_sha256());
	(void)TS_RESP_CTX_set_def_policy(context, policy);
	(void)TS_RESP_CTX_add_md(context, EVP_sha256());
	(void)TS_RESP_CTX_set_clock_precision_digits(context, a->digits);
	if (a->accuracy_s >= 0)
		(void)TS_RESP_CTX_set_accuracy(context, a->accuracy_s, 0, 0);
	TS_RESP *made = TS_RESP_create_response(context, bio);
	assert_non_null(made);
	int n = i2d_TS_RESP(made, &der);
	assert_true(n > 0);
	buf_init(out, STAMP_REQUEST_ANSWER_MAX);
	buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	TS_RESP_free(made);
	TS_RESP_CTX_free(context);
	ASN1_OBJECT_free(policy);
	BIO_free(bio);
}

/* A token over `bytes`, taken as a client takes it. */
static void stamp(struct buf *out, struct authority *a, const char *bytes)
{
	struct buf request, made;
	struct stamp of;

	buf_init(&request, STAMP_REQUEST_MAX);
	assert_int_equal(
	    stamp_request_put(&request, slice_of(bytes), NULL, NULL), 0);
	answer(&made, a, buf_slice(&request));
	buf_init(out, STAMP_TOKEN_MAX);
	const struct stamp_request_answer got = {
	    .request = buf_slice(&request),
	    .bytes = slice_of(bytes),
	    .answer = buf_slice(&made),
	};
	assert_int_equal(stamp_request_take(out, &of, &got, NULL), 0);
	buf_done(&request);
	buf_done(&made);
}

static struct stamp_trust *trust_in(const struct authority *a)
{
	struct stamp_trust *trust = stamp_trust_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;

	assert_int_equal(PEM_write_bio_X509(bio, a->certificate), 1);
	long n = BIO_get_mem_data(bio, &pem);
	assert_int_equal(
	    stamp_trust_add(trust, (struct slice){pem, (size_t)n}, NULL), 0);
	assert_int_equal(stamp_trust_count(trust), 1);
	BIO_free(bio);
	return trust;
}

static int check(struct stamp *ret_stamp, const struct buf *token,
    const struct stamp_trust *trust)
{
	return stamp_check(
	    ret_stamp, slice_of(STAMPED), buf_slice(token), trust, NULL);
}

static void says_what_a_stamp_says(void **state)
{
	struct authority a = make_authority("Stamps & S\xc3\xb6hne");
	struct stamp_trust *trust = trust_in(&a);
	struct stamp of;
	struct buf token;

	(void)state;
	stamp(&token, &a, STAMPED);
	assert_int_equal(check(&of, &token, trust), 0);
	assert_int_equal(of.when, MIDDLE);
	assert_int_equal(of.before, MIDDLE + 1);
	assert_true(of.has_accuracy);
	assert_int_equal(of.accuracy_us, 1000000);
	assert_string_equal(of.serial, "1234");
	assert_string_equal(of.policy, "1.2.3.4.1");
	assert_string_equal(of.authority, "CN=Stamps & S\xc3\xb6hne");
	assert_int_equal(of.expires, END);
	assert_true(of.is_vouched);
	stamp_trust_free(trust);
	buf_done(&token);
	done(&a);
}

static void rounds_up_to_the_later_moment(void **state)
{
	struct authority a = make_authority("One");
	struct stamp of;
	struct buf token;

	(void)state;
	a.us = 250000;
	a.digits = 3;
	stamp(&token, &a, STAMPED);
	assert_int_equal(check(&of, &token, NULL), 0);
	assert_int_equal(of.when, MIDDLE);
	assert_int_equal(of.before, MIDDLE + 2);
	buf_done(&token);
	a.accuracy_s = -1;
	stamp(&token, &a, STAMPED);
	assert_int_equal(check(&of, &token, NULL), 0);
	assert_false(of.has_accuracy);
	assert_int_equal(of.before, MIDDLE + 1);
	buf_done(&token);
	done(&a);
}

static void a_name_that_reorders_the_line_is_shown_in_ascii(void **state)
{
	struct authority a = make_authority("One\xe2\x80\xae\x1b[2J");
	struct stamp of;
	struct buf token;

	(void)state;
	stamp(&token, &a, STAMPED);
	assert_int_equal(check(&of, &token, NULL), 0);
	assert_string_equal(of.authority, "CN=One\\E2\\80\\AE\\1B[2J");
	buf_done(&token);
	done(&a);
}

static void outlives_its_certificate_and_says_so(void **state)
{
	struct authority a = make_authority("One");
	struct stamp_trust *trust = trust_in(&a);
	struct stamp of;
	struct buf token, words;

	(void)state;
	a.s = END - 1;
	stamp(&token, &a, STAMPED);
	assert_int_equal(check(&of, &token, trust), 0);
	assert_true(of.is_vouched);
	buf_init(&words, 4096);
	stamp_words_put_one(&words, &of, "ca.pem", LONG_AFTER);
	assert_string_equal(words.p,
	    "before 2021-01-01T00:00:00Z, says \"CN=One\" (chain checked "
	    "against "
	    "ca.pem; that certificate has ended since, on 2021-01-01, which "
	    "does the stamp no harm)");
	buf_clear(&words);
	stamp_words_put_one(&words, &of, "ca.pem", END);
	assert_string_equal(words.p,
	    "before 2021-01-01T00:00:00Z, says \"CN=One\" (chain checked "
	    "against "
	    "ca.pem)");
	buf_done(&words);
	stamp_trust_free(trust);
	buf_done(&token);
	done(&a);
}

/* Made by a client that does not look. */
static void refuses_a_certificate_outside_of_its_time(void **state)
{
	static const long times[] = {BEGIN - 1, END + 1};
	struct authority a = make_authority("One");

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct buf request, made, token;
		struct stamp of;

		a.s = times[i];
		buf_init(&request, STAMP_REQUEST_MAX);
		assert_int_equal(
		    stamp_request_put(&request, slice_of(STAMPED), NULL, NULL),
		    0);
		answer(&made, &a, buf_slice(&request));
		buf_init(&token, STAMP_TOKEN_MAX);
		const struct stamp_request_answer got = {
		    .request = buf_slice(&request),
		    .bytes = slice_of(STAMPED),
		    .answer = buf_slice(&made),
		};
		assert_int_equal(
		    stamp_request_take(&token, &of, &got, NULL), ERR_VERIFY);
		assert_int_equal(token.n, 0);
		buf_done(&request);
		buf_done(&made);
		buf_done(&token);
	}
	done(&a);
}

static void nobody_vouches_unless_somebody_does(void **state)
{
	struct authority a = make_authority("One"), b = make_authority("One");
	struct stamp_trust *other = trust_in(&b), *none = stamp_trust_new();
	struct stamp of;
	struct buf token;

	(void)state;
	stamp(&token, &a, STAMPED);
	assert_int_equal(check(&of, &token, NULL), 0);
	assert_false(of.is_vouched);
	assert_string_equal(of.why_not, "");
	assert_int_equal(check(&of, &token, other), 0);
	assert_false(of.is_vouched);
	assert_true(of.why_not[0] != '\0');
	assert_int_equal(check(&of, &token, none), 0);
	assert_false(of.is_vouched);
	stamp_trust_free(other);
	stamp_trust_free(none);
	buf_done(&token);
	done(&a);
	done(&b);
}

static void refuses_other_bytes(void **state)
{
	struct authority a = make_authority("One");
	struct stamp of;
	struct buf token;

	(void)state;
	stamp(&token, &a, "something else\n");
	assert_int_equal(check(&of, &token, NULL), ERR_VERIFY);
	buf_done(&token);
	done(&a);
}

/* What is not signed in a token says nothing that is shown. */
static void no_altered_bit_says_anything_else(void **state)
{
	struct authority a = make_authority("One");
	struct stamp_trust *trust = trust_in(&a);
	struct stamp whole, of;
	struct buf token;
	size_t held = 0;

	(void)state;
	stamp(&token, &a, STAMPED);
	memset(&whole, 0, sizeof(whole));
	memset(&of, 0, sizeof(of));
	assert_int_equal(check(&whole, &token, trust), 0);
	for (size_t i = 0; i < token.n * 8; i++) {
		token.p[i / 8] ^= (char)(1 << i % 8);
		if (check(&of, &token, trust) == 0) {
			held++;
			assert_memory_equal(&of, &whole, sizeof(of));
		}
		token.p[i / 8] ^= (char)(1 << i % 8);
	}
	/* Versions, and names of algorithms that are there twice. */
	assert_in_range(held, 1, 128);
	stamp_trust_free(trust);
	buf_done(&token);
	done(&a);
}

static void refuses_every_other_length(void **state)
{
	struct authority a = make_authority("One");
	struct stamp of;
	struct buf token;

	(void)state;
	stamp(&token, &a, STAMPED);
	size_t n = token.n;
	for (token.n = 0; token.n < n; token.n++)
		assert_int_not_equal(check(&of, &token, NULL), 0);
	buf_putc(&token, '\0');
	assert_int_equal(check(&of, &token, NULL), ERR_FORMAT);
	buf_done(&token);
	done(&a);
}

static void with_policy(
    struct buf *out, struct slice request, const char *policy)
{
	const unsigned char *at = (const unsigned char *)request.p;
	TS_REQ *parsed = d2i_TS_REQ(NULL, &at, (long)request.n);
	ASN1_OBJECT *object = OBJ_txt2obj(policy, 1);
	unsigned char *der = NULL;

	assert_int_equal(TS_REQ_set_policy_id(parsed, object), 1);
	int n = i2d_TS_REQ(parsed, &der);
	buf_init(out, STAMP_REQUEST_MAX);
	buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	ASN1_OBJECT_free(object);
	TS_REQ_free(parsed);
}

static void refuses_another_policy_than_was_asked_for(void **state)
{
	struct authority a = make_authority("One");
	struct buf request, made, token, asked;
	struct stamp of;

	(void)state;
	buf_init(&request, STAMP_REQUEST_MAX);
	buf_init(&token, STAMP_TOKEN_MAX);
	assert_int_equal(
	    stamp_request_put(&request, slice_of(STAMPED), NULL, NULL), 0);
	answer(&made, &a, buf_slice(&request));
	with_policy(&asked, buf_slice(&request), "1.2.3.4.2");
	struct stamp_request_answer got = {
	    .request = buf_slice(&asked),
	    .bytes = slice_of(STAMPED),
	    .answer = buf_slice(&made),
	};
	assert_int_equal(
	    stamp_request_take(&token, &of, &got, NULL), ERR_VERIFY);
	buf_done(&asked);
	with_policy(&asked, buf_slice(&request), "1.2.3.4.1");
	got.request = buf_slice(&asked);
	assert_int_equal(stamp_request_take(&token, &of, &got, NULL), 0);
	buf_done(&asked);
	buf_done(&request);
	buf_done(&made);
	buf_done(&token);
	done(&a);
}

static void no_two_requests_are_equal(void **state)
{
	struct buf one, two;

	(void)state;
	buf_init(&one, STAMP_REQUEST_MAX);
	buf_init(&two, STAMP_REQUEST_MAX);
	assert_int_equal(
	    stamp_request_put(&one, slice_of(STAMPED), NULL, NULL), 0);
	assert_int_equal(
	    stamp_request_put(&two, slice_of(STAMPED), NULL, NULL), 0);
	assert_false(slice_is(buf_slice(&one), buf_slice(&two)));
	buf_done(&one);
	buf_done(&two);
}

static void trusts_only_what_is_a_certificate(void **state)
{
	struct stamp_trust *trust = stamp_trust_new();

	(void)state;
	assert_int_equal(
	    stamp_trust_add(trust, slice_of("nothing\n"), NULL), ERR_FORMAT);
	assert_int_equal(
	    stamp_trust_add(trust, (struct slice){NULL, 0}, NULL), ERR_FORMAT);
	assert_int_equal(stamp_trust_add(trust,
			     slice_of("-----BEGIN CERTIFICATE-----\nMAA=\n"
				      "-----END CERTIFICATE-----\n"),
			     NULL),
	    ERR_FORMAT);
	assert_int_equal(stamp_trust_count(trust), 0);
	stamp_trust_free(trust);
}

/* A checkpoint with the signature of a log and of somebody else. */
static void put_checkpoint(struct buf *out, struct note_key *ret_key)
{
	struct note_secret log, witness;
	struct hash root = tree_empty_root();
	uint8_t seed[32] = {1};
	struct buf text;

	assert_int_equal(note_secret_from_seed(&log, slice_of("case.example"),
			     NOTE_KEY_ED25519, seed, NULL),
	    0);
	assert_int_equal(
	    note_secret_from_seed(&witness, slice_of("witness.example"),
		NOTE_KEY_COSIGNATURE, seed, NULL),
	    0);
	buf_init(&text, LOG_CHECKPOINT_MAX);
	buf_init(out, LOG_CHECKPOINT_MAX);
	log_checkpoint_put(&text, slice_of("case.example"), 0, &root);
	buf_put_slice(out, buf_slice(&text));
	buf_putc(out, '\n');
	assert_int_equal(
	    note_put_signature(out, &log, buf_slice(&text), NULL), 0);
	assert_int_equal(
	    log_checkpoint_cosign(out, &witness, buf_slice(&text), 1, NULL), 0);
	*ret_key = log.key;
	buf_done(&text);
}

static void says_in_words_what_the_stamps_of_a_bundle_say(void **state)
{
	struct authority a = make_authority("One"), b = make_authority("Two");
	struct stamp_trust *trust = trust_in(&a);
	struct stamp_words_result result;
	struct stamp_file file = {0};
	struct buf checkpoint, own, one, two, three, first, second, all, out;
	struct note_key key;

	(void)state;
	put_checkpoint(&checkpoint, &key);
	buf_init(&own, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    log_checkpoint_put_own(&own, buf_slice(&checkpoint), &key, NULL),
	    0);
	stamp(&one, &a, own.p);
	stamp(&two, &b, own.p);
	stamp(&three, &b, "something else\n");
	buf_init(&first, STAMP_FILE_MAX);
	buf_init(&second, STAMP_FILE_MAX);
	buf_init(&all, STAMP_FILE_MAX);
	assert_int_equal(
	    stamp_file_put(&first, &file, buf_slice(&one), NULL), 0);
	assert_int_equal(stamp_file_parse(&file, buf_slice(&first), NULL), 0);
	assert_int_equal(
	    stamp_file_put(&second, &file, buf_slice(&two), NULL), 0);
	assert_int_equal(stamp_file_parse(&file, buf_slice(&second), NULL), 0);
	assert_int_equal(
	    stamp_file_put(&all, &file, buf_slice(&three), NULL), 0);
	const struct stamp_words words = {
	    .checkpoint = buf_slice(&checkpoint),
	    .log_key = &key,
	    .section = buf_slice(&all),
	    .trust = trust,
	    .ca_name = "ca.pem",
	};
	buf_init(&out, 65536);
	assert_int_equal(stamp_words_put(&out, &words, &result, NULL), 0);
	assert_int_equal(result.n, 3);
	assert_int_equal(result.vouched, 1);
	assert_int_equal(result.wrong, 1);
	assert_non_null(strstr(out.p, "3 time stamps over this checkpoint:\n"));
	assert_non_null(strstr(out.p,
	    "before 2020-06-01T00:00:01Z, says \"CN=One\" (chain checked "
	    "against "
	    "ca.pem)\n"));
	assert_non_null(strstr(out.p,
	    "says \"CN=Two\" (signed by a certificate nobody vouched for here; "
	    "against ca.pem: "));
	assert_non_null(
	    strstr(out.p, "of no use: the time stamp is over something else"));
	struct stamp_words bad = words;
	bad.section = slice_of("counterfoil-stamps/v1 1\n");
	assert_int_equal(
	    stamp_words_put(&out, &bad, &result, NULL), ERR_FORMAT);
	struct buf *const bufs[] = {
	    &checkpoint, &own, &one, &two, &three, &first, &second, &all, &out};
	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_done(bufs[i]);
	stamp_trust_free(trust);
	done(&a);
	done(&b);
}

static void says_it_for_a_bundle_of_the_command_line(void **state)
{
	struct authority a = make_authority("One");
	struct stamp_file file = {0};
	struct buf checkpoint, own, token, section, out;
	struct note_key key;

	(void)state;
	put_checkpoint(&checkpoint, &key);
	buf_init(&own, LOG_CHECKPOINT_MAX);
	buf_init(&section, STAMP_FILE_MAX);
	buf_init(&out, 65536);
	assert_int_equal(
	    log_checkpoint_put_own(&own, buf_slice(&checkpoint), &key, NULL),
	    0);
	stamp(&token, &a, own.p);
	assert_int_equal(
	    stamp_file_put(&section, &file, buf_slice(&token), NULL), 0);
	struct cli_stamp_bundle bundle = {
	    .checkpoint = buf_slice(&checkpoint),
	    .log_key = &key,
	    .section = buf_slice(&section),
	};
	assert_int_equal(cli_stamp_put_bundle(&out, &bundle, NULL), 0);
	assert_string_equal(out.p,
	    "  1 time stamp over this checkpoint:\n"
	    "  - before 2020-06-01T00:00:01Z, says \"CN=One\" (signed by a "
	    "certificate nobody\n"
	    "    vouched for here; that certificate has ended since, on "
	    "2021-01-01, which\n"
	    "    does the stamp no harm)\n");
	buf_clear(&out);
	bundle.section = slice_of("nonsense\n");
	assert_int_equal(cli_stamp_put_bundle(&out, &bundle, NULL), 0);
	assert_non_null(
	    strstr(out.p, "  The time stamps in this file cannot be read: "));
	struct buf *const bufs[] = {&checkpoint, &own, &token, &section, &out};
	for (size_t i = 0; i < sizeof(bufs) / sizeof(bufs[0]); i++)
		buf_done(bufs[i]);
	done(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_what_a_stamp_says),
	    cmocka_unit_test(rounds_up_to_the_later_moment),
	    cmocka_unit_test(a_name_that_reorders_the_line_is_shown_in_ascii),
	    cmocka_unit_test(outlives_its_certificate_and_says_so),
	    cmocka_unit_test(refuses_a_certificate_outside_of_its_time),
	    cmocka_unit_test(nobody_vouches_unless_somebody_does),
	    cmocka_unit_test(refuses_other_bytes),
	    cmocka_unit_test(no_altered_bit_says_anything_else),
	    cmocka_unit_test(refuses_every_other_length),
	    cmocka_unit_test(refuses_another_policy_than_was_asked_for),
	    cmocka_unit_test(no_two_requests_are_equal),
	    cmocka_unit_test(trusts_only_what_is_a_certificate),
	    cmocka_unit_test(says_in_words_what_the_stamps_of_a_bundle_say),
	    cmocka_unit_test(says_it_for_a_bundle_of_the_command_line),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * stamp_token.c: a token taken apart, and what it says. Whether that is true is
 * asked in stamp.c.
 */
#include "reader.h"
#include "stamp_internal.h"
#include "text.h"
#include "when.h"

#include <openssl/bio.h>
#include <openssl/err.h>

#include <stdio.h>
#include <string.h>

#define MICRO 1000000u
#define ACCURACY_MAX_S (100u * 366 * WHEN_DAY)

/* One spelling: what OpenSSL writes of it, to the last byte. */
static int check_der(const PKCS7 *pkcs7, struct slice bytes, struct err *err)
{
	unsigned char *der = NULL;
	struct buf again;

	buf_init(&again, STAMP_TOKEN_MAX);
	int n = i2d_PKCS7(pkcs7, &der);
	int rc = stamp_put_der(&again, der, n, err);
	if (rc == ERR_LIMIT || (rc == 0 && !slice_is(buf_slice(&again), bytes)))
		rc = err_set(err, ERR_FORMAT, "a time stamp that is not DER");
	buf_done(&again);
	return rc;
}

/* Versions of OpenSSL that are still in use take the value for granted. */
static bool has_sound_attributes(const PKCS7_SIGNER_INFO *info)
{
	static const int wanted[] = {
	    NID_id_smime_aa_signingCertificate,
	    NID_id_smime_aa_signingCertificateV2,
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		const ASN1_TYPE *value =
		    PKCS7_get_signed_attribute(info, wanted[i]);

		if (value != NULL && value->type != V_ASN1_SEQUENCE)
			return false;
	}
	return true;
}

static int find_signer(struct stamp_token *token, struct err *err)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos =
	    PKCS7_get_signer_info(token->pkcs7);

	if (infos == NULL || sk_PKCS7_SIGNER_INFO_num(infos) != 1)
		return err_set(err, ERR_FORMAT,
		    "a time stamp that is not signed by exactly one");
	if (!has_sound_attributes(sk_PKCS7_SIGNER_INFO_value(infos, 0)))
		return err_set(err, ERR_FORMAT, STAMP_TOKEN_DAMAGED_REFERENCE);
	STACK_OF(X509) *signers = PKCS7_get0_signers(token->pkcs7, NULL, 0);
	if (signers == NULL || sk_X509_num(signers) != 1) {
		sk_X509_free(signers);
		return err_set(err, ERR_FORMAT,
		    "a time stamp without the certificate of its signer; it "
		    "cannot be checked from itself");
	}
	token->signer = sk_X509_value(signers, 0);
	sk_X509_free(signers);
	return 0;
}

int stamp_token_open(
    struct stamp_token *ret_token, struct slice bytes, struct err *err)
{
	const unsigned char *at = (const unsigned char *)bytes.p;

	*ret_token = (struct stamp_token){0};
	if (bytes.n == 0 || bytes.n > STAMP_TOKEN_MAX)
		return err_set(err, ERR_LIMIT,
		    "a time stamp of %zu bytes, where 1 to %d can be", bytes.n,
		    STAMP_TOKEN_MAX);
	PKCS7 *pkcs7 = d2i_PKCS7(NULL, &at, (long)bytes.n);
	if (pkcs7 == NULL || !PKCS7_type_is_signed(pkcs7) ||
	    pkcs7->d.sign == NULL || pkcs7->d.sign->contents == NULL) {
		PKCS7_free(pkcs7);
		ERR_clear_error();
		return err_set(err, ERR_FORMAT, "not a time stamp");
	}
	ret_token->pkcs7 = pkcs7;
	int rc = check_der(pkcs7, bytes, err);
	if (rc == 0) {
		ret_token->info = PKCS7_to_TS_TST_INFO(pkcs7);
		rc = ret_token->info != NULL
		    ? find_signer(ret_token, err)
		    : err_set(err, ERR_FORMAT,
			  "a signed message that is no time stamp");
	}
	ERR_clear_error();
	if (rc != 0)
		stamp_token_done(ret_token);
	return rc;
}

void stamp_token_done(struct stamp_token *token)
{
	TS_TST_INFO_free(token->info);
	PKCS7_free(token->pkcs7);
	*token = (struct stamp_token){0};
}

/* ---- what it says ---- */

int stamp_token_imprint(
    struct hash *ret_imprint, const struct stamp_token *token, struct err *err)
{
	TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(token->info);
	const ASN1_OBJECT *algorithm;
	const void *parameter;
	int type;

	X509_ALGOR_get0(
	    &algorithm, &type, &parameter, TS_MSG_IMPRINT_get_algo(imprint));
	const ASN1_OCTET_STRING *hash = TS_MSG_IMPRINT_get_msg(imprint);
	if (OBJ_obj2nid(algorithm) != NID_sha256 ||
	    (type != V_ASN1_NULL && type != V_ASN1_UNDEF))
		return err_set(err, ERR_UNSUPPORTED,
		    "a time stamp over another hash than SHA-256");
	if (ASN1_STRING_length(hash) != HASH_SIZE)
		return err_set(
		    err, ERR_FORMAT, "a time stamp over a hash that is none");
	memcpy(ret_imprint->b, ASN1_STRING_get0_data(hash), HASH_SIZE);
	return 0;
}

int stamp_token_covers(
    const struct stamp_token *token, struct slice bytes, struct err *err)
{
	struct hash imprint, wanted = hash_of(bytes.p, bytes.n);

	int rc = stamp_token_imprint(&imprint, token, err);
	if (rc == 0 && !hash_is(&imprint, &wanted))
		rc = err_set(err, ERR_VERIFY,
		    "the time stamp is over something else, not over this "
		    "checkpoint");
	return rc;
}

/* Microseconds of a fraction without its point, rounded up. */
static bool read_fraction(uint32_t *ret_us, struct slice digits)
{
	uint32_t us = 0;

	if (digits.n == 0)
		return false;
	for (size_t i = 0; i < digits.n || i < 6; i++) {
		char c = i < digits.n ? digits.p[i] : '0';

		if (c < '0' || c > '9')
			return false;
		if (i < 6)
			us = us * 10 + (uint32_t)(c - '0');
		else if (i == 6)
			us++;
	}
	*ret_us = us;
	return true;
}

/* YYYYMMDDHHMMSS[.fraction]Z */
static bool read_time(
    int64_t *ret_when, uint32_t *ret_us, const ASN1_GENERALIZEDTIME *time)
{
	struct reader reader;
	char text[WHEN_SIZE];

	reader_init(&reader, ASN1_STRING_get0_data(time),
	    (size_t)ASN1_STRING_length(time));
	struct slice date = reader_bytes(&reader, 14);
	struct slice rest = reader_bytes(&reader, reader_left(&reader));
	if (reader.failed || rest.n == 0 || rest.p[rest.n - 1] != 'Z')
		return false;
	rest.n--;
	const char *d = date.p;
	(void)snprintf(text, sizeof(text), "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", d,
	    d + 4, d + 6, d + 8, d + 10, d + 12);
	*ret_us = 0;
	if (rest.n > 0 &&
	    (rest.p[0] != '.' ||
		!read_fraction(ret_us, (struct slice){rest.p + 1, rest.n - 1})))
		return false;
	return when_from_time(ret_when, slice_of(text));
}

static bool read_part(
    uint64_t *ret_part, const ASN1_INTEGER *number, uint64_t max)
{
	*ret_part = 0;
	if (number == NULL)
		return true;
	return ASN1_INTEGER_get_uint64(ret_part, number) == 1 &&
	    *ret_part <= max;
}

static int read_moment(
    struct stamp *stamp, const struct stamp_token *token, struct err *err)
{
	TS_ACCURACY *accuracy = TS_TST_INFO_get_accuracy(token->info);
	uint64_t s = 0, ms = 0, us = 0;
	uint32_t fraction_us;

	if (!read_time(
		&stamp->when, &fraction_us, TS_TST_INFO_get_time(token->info)))
		return err_set(
		    err, ERR_FORMAT, "a time stamp whose time cannot be read");
	stamp->has_accuracy = accuracy != NULL;
	if (accuracy != NULL &&
	    (!read_part(
		 &s, TS_ACCURACY_get_seconds(accuracy), ACCURACY_MAX_S) ||
		!read_part(&ms, TS_ACCURACY_get_millis(accuracy), 999) ||
		!read_part(&us, TS_ACCURACY_get_micros(accuracy), 999)))
		return err_set(err, ERR_FORMAT,
		    "a time stamp whose accuracy cannot be read");
	stamp->accuracy_us = s * MICRO + ms * 1000 + us;
	stamp->before = stamp->when +
	    (int64_t)((stamp->accuracy_us + fraction_us + MICRO - 1) / MICRO);
	return 0;
}

static int read_serial(
    struct stamp *stamp, const struct stamp_token *token, struct err *err)
{
	const ASN1_INTEGER *serial = TS_TST_INFO_get_serial(token->info);
	size_t n = (size_t)ASN1_STRING_length(serial);

	if (n == 0 || n > (sizeof(stamp->serial) - 1) / 2 ||
	    ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		return err_set(err, ERR_FORMAT,
		    "a time stamp whose number cannot be read");
	text_to_hex(stamp->serial, ASN1_STRING_get0_data(serial), n);
	return 0;
}

/* As RFC 4514 writes it. A name that could act on a screen is shown in ASCII
 * alone. */
static int read_name(char ret_text[STAMP_NAME_MAX], const X509_NAME *name,
    unsigned long flags, struct err *err)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;

	if (bio == NULL ||
	    X509_NAME_print_ex(bio, (X509_NAME *)name, 0, flags) < 0) {
		BIO_free(bio);
		return stamp_fail(ERR_FORMAT, "the name of an authority", err);
	}
	long n = BIO_get_mem_data(bio, &bytes);
	struct slice text = {n > 0 ? bytes : "", n > 0 ? (size_t)n : 0};
	int rc = 1;
	if (text_is_line(text, NULL, NULL)) {
		if (text.n >= STAMP_NAME_MAX)
			rc = err_set(err, ERR_LIMIT,
			    "the name of an authority has more than %d bytes",
			    STAMP_NAME_MAX - 1);
		else
			rc = 0;
	}
	if (rc == 0)
		(void)snprintf(
		    ret_text, STAMP_NAME_MAX, "%.*s", SLICE_ARG(text));
	BIO_free(bio);
	return rc;
}

static int read_authority(
    struct stamp *stamp, const struct stamp_token *token, struct err *err)
{
	const X509_NAME *name = X509_get_subject_name(token->signer);
	unsigned long ascii = XN_FLAG_RFC2253;
	unsigned n = HASH_SIZE;
	uint32_t fraction_us;

	int rc = read_name(stamp->authority, name,
	    ascii & ~(unsigned long)ASN1_STRFLGS_ESC_MSB, err);
	if (rc > 0)
		rc = read_name(stamp->authority, name, ascii, err);
	if (rc > 0)
		rc = err_set(
		    err, ERR_FORMAT, "the name of an authority cannot be read");
	if (rc == 0 && stamp->authority[0] == '\0')
		(void)snprintf(stamp->authority, sizeof(stamp->authority),
		    "an authority without a name");
	if (rc != 0)
		return rc;
	if (X509_digest(
		token->signer, EVP_sha256(), stamp->certificate.b, &n) != 1)
		return stamp_fail(
		    ERR_FORMAT, "a certificate that cannot be read", err);
	ASN1_GENERALIZEDTIME *end = ASN1_TIME_to_generalizedtime(
	    X509_get0_notAfter(token->signer), NULL);
	if (end == NULL || !read_time(&stamp->expires, &fraction_us, end))
		rc = err_set(err, ERR_FORMAT,
		    "the end of an authority's certificate cannot be read");
	ASN1_GENERALIZEDTIME_free(end);
	return rc;
}

int stamp_token_read(
    struct stamp *ret_stamp, const struct stamp_token *token, struct err *err)
{
	struct stamp *stamp = ret_stamp;
	int rc = read_moment(stamp, token, err);

	if (rc == 0)
		rc = read_serial(stamp, token, err);
	if (rc == 0)
		rc = read_authority(stamp, token, err);
	if (rc != 0)
		return rc;
	if (TS_TST_INFO_get_ext_by_critical(token->info, 1, -1) >= 0)
		return err_set(err, ERR_UNSUPPORTED,
		    "a time stamp with a critical extension that is not known");
	int n = OBJ_obj2txt(stamp->policy, sizeof(stamp->policy),
	    TS_TST_INFO_get_policy_id(token->info), 1);
	if (n <= 0 || (size_t)n >= sizeof(stamp->policy))
		return err_set(
		    err, ERR_LIMIT, "a time stamp whose policy cannot be read");
	return 0;
}

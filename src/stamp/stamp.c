/*
 * stamp.c: whether a token is true.
 *
 * The stamp by itself is checked with the signer's certificate alone: whatever
 * other certificates lie in a token are not signed, and cannot make it false.
 * Who vouches is then OpenSSL's whole check of RFC 3161, with the certificates
 * that were given. Neither sees the clock or the system's certificates. What
 * OpenSSL leaves open is closed here: the algorithms of imprint and signature,
 * other encodings than DER, critical extensions.
 */
#include "stamp.h"

#include "stamp_internal.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ess.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

/* Root, two between, signer; and room for one more cross-signed. */
#define DEPTH_MAX 5
#define STRENGTH 2 /* OpenSSL's level: 112 bits */
#define FALSE_BECAUSE "the time stamp is false: "

int stamp_put_der(struct buf *out, unsigned char *der, int n, struct err *err)
{
	if (n < 0 || der == NULL)
		return stamp_fail(ERR_FORMAT, "cannot be encoded", err);
	buf_put(out, der, (size_t)n);
	OPENSSL_free(der);
	return buf_check(out, err);
}

int stamp_fail(int code, const char *what, struct err *err)
{
	const char *data = NULL, *best = NULL;
	bool is_nomem = code == ERR_NOMEM;
	unsigned long one;
	char text[160] = "";
	int flags;

	/* The last one with a text of its own says most. */
	while (
	    (one = ERR_get_error_all(NULL, NULL, NULL, &data, &flags)) != 0) {
		if (ERR_GET_REASON(one) == ERR_R_MALLOC_FAILURE)
			is_nomem = true;
		best = ERR_reason_error_string(one);
		if ((flags & ERR_TXT_STRING) != 0 && data[0] != '\0')
			best = data;
		if (best != NULL)
			(void)snprintf(text, sizeof(text), "%s", best);
	}
	if (is_nomem)
		return err_nomem(err);
	best = text;
	if (slice_starts_with(slice_of(text), "Verify error:"))
		best += strlen("Verify error:");
	return err_set(err, code, "%s%s%s", what,
	    best[0] != '\0' && what[0] != '\0' ? ": " : "", best);
}

static int check_strength(const struct stamp_token *token, struct err *err)
{
	STACK_OF(PKCS7_SIGNER_INFO) *infos =
	    PKCS7_get_signer_info(token->pkcs7);
	X509_ALGOR *digest, *signature;
	const ASN1_OBJECT *object;

	PKCS7_SIGNER_INFO_get0_algs(
	    sk_PKCS7_SIGNER_INFO_value(infos, 0), NULL, &digest, &signature);
	X509_ALGOR_get0(&object, NULL, NULL, digest);
	int nid = OBJ_obj2nid(object);
	if (nid != NID_sha256 && nid != NID_sha384 && nid != NID_sha512)
		return err_set(err, ERR_UNSUPPORTED,
		    "a time stamp signed over another hash than SHA-256, 384 "
		    "or 512");
	return 0;
}

static X509_STORE *make_store(
    const STACK_OF(X509) * certificates, X509 *one, int64_t when)
{
	X509_VERIFY_PARAM *param;
	X509_STORE *store = X509_STORE_new();
	bool ok = store != NULL;

	for (int i = 0; ok && i < sk_X509_num(certificates); i++)
		ok = X509_STORE_add_cert(store, sk_X509_value(certificates, i));
	if (ok && one != NULL)
		ok = X509_STORE_add_cert(store, one);
	if (!ok) {
		X509_STORE_free(store);
		return NULL;
	}
	param = X509_STORE_get0_param(store);
	X509_VERIFY_PARAM_set_time(param, (time_t)when);
	X509_VERIFY_PARAM_set_depth(param, DEPTH_MAX);
	X509_VERIFY_PARAM_set_auth_level(param, STRENGTH);
	(void)X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	return store;
}

/* The signer's certificate by itself: for time stamps alone, valid then, and
 * strong enough. The others in the token are not looked at. */
static int check_certificate(X509 *signer, int64_t when, struct err *err)
{
	X509_STORE *store = make_store(NULL, signer, when);
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	int rc = 0;

	if (store == NULL || context == NULL ||
	    X509_STORE_CTX_init(context, store, signer, NULL) != 1 ||
	    X509_STORE_CTX_set_purpose(context, X509_PURPOSE_TIMESTAMP_SIGN) !=
		1) {
		rc = stamp_fail(ERR_NOMEM, "", err);
	} else if (X509_verify_cert(context) != 1) {
		int why = X509_STORE_CTX_get_error(context);

		rc = why == X509_V_ERR_OUT_OF_MEM
		    ? err_nomem(err)
		    : err_set(err, ERR_VERIFY, FALSE_BECAUSE "%s",
			  X509_verify_cert_error_string(why));
	}
	X509_STORE_CTX_free(context);
	X509_STORE_free(store);
	return rc;
}

/* RFC 3161: if the stamp names an authority, it is the certificate's. */
static bool is_named(const struct stamp_token *token)
{
	GENERAL_NAME *name = TS_TST_INFO_get_tsa(token->info);
	const X509_NAME *subject = X509_get_subject_name(token->signer);
	bool is_found = name == NULL ||
	    (name->type == GEN_DIRNAME &&
		X509_NAME_cmp(name->d.directoryName, subject) == 0);

	if (is_found)
		return true;
	GENERAL_NAMES *others =
	    X509_get_ext_d2i(token->signer, NID_subject_alt_name, NULL, NULL);
	for (int i = 0; i < sk_GENERAL_NAME_num(others) && !is_found; i++)
		is_found = GENERAL_NAME_cmp(
			       sk_GENERAL_NAME_value(others, i), name) == 0;
	GENERAL_NAMES_free(others);
	return is_found;
}

struct references {
	STACK_OF(X509) * certificates; /* the signer first */
	ESS_SIGNING_CERT *old; /* SHA-1 */
	ESS_SIGNING_CERT_V2 *new;
};

static int read_references(
    struct references *ret, const PKCS7 *pkcs7, X509 *signer, struct err *err)
{
	const PKCS7_SIGNER_INFO *info =
	    sk_PKCS7_SIGNER_INFO_value(pkcs7->d.sign->signer_info, 0);
	const ASN1_TYPE *old = PKCS7_get_signed_attribute(
	    info, NID_id_smime_aa_signingCertificate);
	const ASN1_TYPE *new = PKCS7_get_signed_attribute(
	    info, NID_id_smime_aa_signingCertificateV2);
	const STACK_OF(X509) *others = pkcs7->d.sign->cert;

	ret->certificates = sk_X509_new_null();
	bool ok = ret->certificates != NULL &&
	    sk_X509_push(ret->certificates, signer) > 0;
	for (int i = 0; ok && i < sk_X509_num(others); i++)
		ok = sk_X509_push(ret->certificates, sk_X509_value(others, i)) >
		    0;
	if (!ok)
		return err_nomem(err);
	if (old != NULL)
		ret->old = ASN1_TYPE_unpack_sequence(
		    ASN1_ITEM_rptr(ESS_SIGNING_CERT), old);
	if (new != NULL)
		ret->new = ASN1_TYPE_unpack_sequence(
		    ASN1_ITEM_rptr(ESS_SIGNING_CERT_V2), new);
	if ((old != NULL && ret->old == NULL) ||
	    (new != NULL && ret->new == NULL))
		return err_set(err, ERR_FORMAT, STAMP_TOKEN_DAMAGED_REFERENCE);
	return 0;
}

/* The signed reference to the certificate (ESSCertID), so that no other one
 * with the same key can be put in its place. */
static int check_references(const struct stamp_token *token, struct err *err)
{
	struct references of = {0};

	int rc = read_references(&of, token->pkcs7, token->signer, err);
	if (rc == 0 &&
	    OSSL_ESS_check_signing_certs(of.old, of.new, of.certificates, 1) !=
		1)
		rc = stamp_fail(ERR_VERIFY,
		    FALSE_BECAUSE "it does not name its certificate", err);
	ESS_SIGNING_CERT_free(of.old);
	ESS_SIGNING_CERT_V2_free(of.new);
	sk_X509_free(of.certificates);
	return rc;
}

static int check_signature(const struct stamp_token *token, struct err *err)
{
	PKCS7_SIGNER_INFO *info =
	    sk_PKCS7_SIGNER_INFO_value(PKCS7_get_signer_info(token->pkcs7), 0);
	BIO *content = PKCS7_dataInit(token->pkcs7, NULL);
	char bytes[4096];
	int rc = 0;

	/* Reading is what feeds the digest. */
	while (content != NULL && BIO_read(content, bytes, sizeof(bytes)) > 0)
		continue;
	if (content == NULL ||
	    PKCS7_signatureVerify(content, token->pkcs7, info, token->signer) <=
		0)
		rc = stamp_fail(
		    ERR_VERIFY, FALSE_BECAUSE "its signature is not true", err);
	BIO_free_all(content);
	return rc;
}

/* Everything but who vouches for the certificate. */
static int check_alone(
    const struct stamp_token *token, int64_t when, struct err *err)
{
	if (TS_TST_INFO_get_version(token->info) != 1)
		return err_set(err, ERR_UNSUPPORTED,
		    "a time stamp of a version that is not known");
	ERR_clear_error();
	int rc = check_signature(token, err);
	if (rc == 0)
		rc = check_references(token, err);
	if (rc == 0)
		rc = check_certificate(token->signer, when, err);
	if (rc == 0 && !is_named(token))
		rc = err_set(err, ERR_VERIFY,
		    FALSE_BECAUSE
		    "it names another authority than its certificate does");
	return rc;
}

/* All that OpenSSL can check, with these certificates trusted. */
static int verify(const struct stamp_token *token,
    const STACK_OF(X509) * certificates, int64_t when, struct err *err)
{
	TS_VERIFY_CTX *context = TS_VERIFY_CTX_new();
	X509_STORE *store = make_store(certificates, NULL, when);
	int rc = 0;

	if (context == NULL || store == NULL) {
		X509_STORE_free(store);
		TS_VERIFY_CTX_free(context);
		ERR_clear_error();
		return err_nomem(err);
	}
	/* The context frees the store. */
	(void)TS_VERIFY_CTX_set_store(context, store);
	(void)TS_VERIFY_CTX_set_flags(
	    context, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_SIGNER);
	ERR_clear_error();
	if (TS_RESP_verify_token(context, token->pkcs7) != 1)
		rc = stamp_fail(ERR_VERIFY, "", err);
	TS_VERIFY_CTX_free(context);
	return rc;
}

static int find_voucher(struct stamp *stamp, const struct stamp_token *token,
    const struct stamp_trust *trust, struct err *err)
{
	struct err why = {0};

	if (trust == NULL)
		return 0;
	int rc =
	    verify(token, stamp_trust_certificates(trust), stamp->when, &why);
	if (rc != 0 && rc != ERR_VERIFY)
		return err_set(err, rc, "%s", why.message);
	stamp->is_vouched = rc == 0;
	(void)snprintf(stamp->why_not, sizeof(stamp->why_not), "%.*s",
	    (int)sizeof(stamp->why_not) - 1, why.message);
	return 0;
}

int stamp_check(struct stamp *ret_stamp, struct slice bytes,
    struct slice token_bytes, const struct stamp_trust *trust, struct err *err)
{
	struct stamp_token token;
	struct stamp stamp = {0};

	int rc = stamp_token_open(&token, token_bytes, err);
	if (rc != 0)
		return rc;
	rc = stamp_token_covers(&token, bytes, err);
	if (rc == 0)
		rc = stamp_token_read(&stamp, &token, err);
	if (rc == 0)
		rc = check_strength(&token, err);
	if (rc == 0)
		rc = check_alone(&token, stamp.when, err);
	if (rc == 0)
		rc = find_voucher(&stamp, &token, trust, err);
	if (rc == 0)
		*ret_stamp = stamp;
	stamp_token_done(&token);
	ERR_clear_error();
	return rc;
}

int stamp_imprint(
    struct hash *ret_imprint, struct slice token_bytes, struct err *err)
{
	struct stamp_token token;

	int rc = stamp_token_open(&token, token_bytes, err);
	if (rc == 0)
		rc = stamp_token_imprint(ret_imprint, &token, err);
	stamp_token_done(&token);
	return rc;
}

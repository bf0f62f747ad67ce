/*
 * stamp_request.c: see stamp_request.h. What an authority answers is foreign:
 * each thing that was asked for is compared here, in plain words, before the
 * token is taken.
 */
#include "stamp_request.h"

#include "mem.h"
#include "stamp_internal.h"
#include "text.h"

#include <openssl/bn.h>
#include <openssl/err.h>

/* What every authority takes. */
#define NONCE_SIZE 8
#define REASON_MAX 200

/* ---- asking ---- */

static bool set_imprint(TS_REQ *request, struct slice bytes)
{
	struct hash hash = hash_of(bytes.p, bytes.n);
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();

	/* Each call copies what it is given. */
	bool ok = imprint != NULL && algorithm != NULL &&
	    X509_ALGOR_set0(
		algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) == 1 &&
	    TS_MSG_IMPRINT_set_algo(imprint, algorithm) == 1 &&
	    TS_MSG_IMPRINT_set_msg(imprint, hash.b, HASH_SIZE) == 1 &&
	    TS_REQ_set_msg_imprint(request, imprint) == 1;
	TS_MSG_IMPRINT_free(imprint);
	X509_ALGOR_free(algorithm);
	return ok;
}

static bool set_nonce(TS_REQ *request)
{
	uint8_t bytes[NONCE_SIZE];

	mem_random(bytes, sizeof(bytes));
	/* As long as it looks, and not zero. */
	bytes[0] |= 1;
	BIGNUM *number = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ASN1_INTEGER *nonce =
	    number != NULL ? BN_to_ASN1_INTEGER(number, NULL) : NULL;
	bool ok = nonce != NULL && TS_REQ_set_nonce(request, nonce) == 1;
	ASN1_INTEGER_free(nonce);
	BN_free(number);
	return ok;
}

static int set_policy(TS_REQ *request, const char *policy, struct err *err)
{
	if (policy == NULL)
		return 0;
	ASN1_OBJECT *object = OBJ_txt2obj(policy, 1);
	if (object == NULL) {
		ERR_clear_error();
		return err_set(err, ERR_USAGE,
		    "%s is no policy; it is written in digits: 1.3.6.1.4.1...",
		    policy);
	}
	int rc =
	    TS_REQ_set_policy_id(request, object) == 1 ? 0 : err_nomem(err);
	ASN1_OBJECT_free(object);
	return rc;
}

int stamp_request_put(
    struct buf *out, struct slice bytes, const char *policy, struct err *err)
{
	TS_REQ *request = TS_REQ_new();
	unsigned char *der = NULL;

	if (request == NULL)
		return err_nomem(err);
	int rc = set_policy(request, policy, err);
	if (rc == 0 &&
	    (TS_REQ_set_version(request, 1) != 1 ||
		!set_imprint(request, bytes) || !set_nonce(request) ||
		TS_REQ_set_cert_req(request, 1) != 1))
		rc = stamp_fail(ERR_NOMEM, "", err);
	if (rc == 0) {
		int n = i2d_TS_REQ(request, &der);
		rc = stamp_put_der(out, der, n, err);
	}
	TS_REQ_free(request);
	return rc;
}

/* ---- what came back ---- */

static TS_REQ *read_request(struct slice bytes, struct err *err)
{
	const unsigned char *at = (const unsigned char *)bytes.p;
	TS_REQ *request = bytes.n > 0 && bytes.n <= STAMP_REQUEST_MAX
	    ? d2i_TS_REQ(NULL, &at, (long)bytes.n)
	    : NULL;

	if (request == NULL || at != (const unsigned char *)bytes.p + bytes.n ||
	    TS_REQ_get_nonce(request) == NULL) {
		TS_REQ_free(request);
		(void)err_set(
		    err, ERR_FORMAT, "not a request for a time stamp");
		request = NULL;
	}
	ERR_clear_error();
	return request;
}

static TS_RESP *read_answer(struct slice bytes, struct err *err)
{
	const unsigned char *at = (const unsigned char *)bytes.p;
	TS_RESP *answer = NULL;

	if (bytes.n > STAMP_REQUEST_ANSWER_MAX)
		(void)err_set(err, ERR_LIMIT,
		    "an answer of %zu bytes, where at most %d can be", bytes.n,
		    STAMP_REQUEST_ANSWER_MAX);
	else if (bytes.n > 0)
		answer = d2i_TS_RESP(NULL, &at, (long)bytes.n);
	if (answer == NULL || at != (const unsigned char *)bytes.p + bytes.n) {
		TS_RESP_free(answer);
		(void)err_set(err, ERR_FORMAT,
		    "not the answer of a time-stamping authority");
		answer = NULL;
	}
	ERR_clear_error();
	return answer;
}

/* The authority's own words, as far as they can be shown. */
static void put_reason(struct buf *out, const TS_STATUS_INFO *info)
{
	const STACK_OF(ASN1_UTF8STRING) *texts = TS_STATUS_INFO_get0_text(info);

	for (int i = 0; i < sk_ASN1_UTF8STRING_num(texts); i++) {
		const ASN1_UTF8STRING *one = sk_ASN1_UTF8STRING_value(texts, i);
		struct slice text = {(const char *)ASN1_STRING_get0_data(one),
		    (size_t)ASN1_STRING_length(one)};

		if (text.n == 0 || !text_is_line(text, NULL, NULL))
			continue;
		buf_puts(out, out->n > 0 ? "; " : "");
		buf_put_slice(out, text);
	}
}

static int check_status(TS_RESP *answer, struct err *err)
{
	const TS_STATUS_INFO *info = TS_RESP_get_status_info(answer);
	const ASN1_INTEGER *status = TS_STATUS_INFO_get0_status(info);
	uint64_t number = UINT64_MAX;
	struct buf reason;

	if (ASN1_INTEGER_get_uint64(&number, status) != 1)
		number = UINT64_MAX;
	ERR_clear_error();
	if (number == TS_STATUS_GRANTED)
		return 0;
	buf_init(&reason, REASON_MAX);
	put_reason(&reason, info);
	int rc = err_set(err, ERR_DENIED, "%s%s%s",
	    number == TS_STATUS_GRANTED_WITH_MODS
		? "it stamped something else than was asked for"
		: "it refuses",
	    reason.n > 0 ? ": " : "", reason.n > 0 ? reason.p : "");
	buf_done(&reason);
	return rc;
}

/* The token as it is kept: as OpenSSL writes it. */
static int put_token(struct buf *out, TS_RESP *answer, struct err *err)
{
	const PKCS7 *token = TS_RESP_get_token(answer);
	unsigned char *der = NULL;

	if (token == NULL)
		return err_set(
		    err, ERR_FORMAT, "an answer without a time stamp");
	int n = i2d_PKCS7(token, &der);
	return stamp_put_der(out, der, n, err);
}

/* The time stamp says what it was asked to say. */
static int compare(TS_REQ *request, TS_RESP *answer, struct err *err)
{
	TS_TST_INFO *info = TS_RESP_get_tst_info(answer);
	const ASN1_OBJECT *policy = TS_REQ_get_policy_id(request);
	const ASN1_INTEGER *nonce =
	    info != NULL ? TS_TST_INFO_get_nonce(info) : NULL;

	if (nonce == NULL ||
	    ASN1_INTEGER_cmp(nonce, TS_REQ_get_nonce(request)) != 0)
		return err_set(err, ERR_VERIFY,
		    "the time stamp answers another request (its nonce is not "
		    "ours)");
	if (policy != NULL &&
	    OBJ_cmp(policy, TS_TST_INFO_get_policy_id(info)) != 0)
		return err_set(err, ERR_VERIFY,
		    "the time stamp is under another policy than was asked "
		    "for");
	return 0;
}

static int take(struct buf *out, struct stamp *ret_stamp,
    const struct stamp_request_answer *of, TS_REQ *request, TS_RESP *answer,
    struct err *err)
{
	struct stamp stamp = {0};
	struct buf token;

	buf_init(&token, STAMP_TOKEN_MAX);
	int rc = check_status(answer, err);
	if (rc == 0)
		rc = put_token(&token, answer, err);
	if (rc == 0)
		rc = stamp_check(
		    &stamp, of->bytes, buf_slice(&token), of->trust, err);
	if (rc == 0)
		rc = compare(request, answer, err);
	if (rc == 0 && of->trust != NULL && !stamp.is_vouched)
		rc = err_set(err, ERR_VERIFY,
		    "its certificate (%s) does not lead to those that were "
		    "given: %s",
		    stamp.authority, stamp.why_not);
	if (rc == 0) {
		buf_put_slice(out, buf_slice(&token));
		rc = buf_check(out, err);
	}
	if (rc == 0)
		*ret_stamp = stamp;
	buf_done(&token);
	return rc;
}

int stamp_request_take(struct buf *out, struct stamp *ret_stamp,
    const struct stamp_request_answer *of, struct err *err)
{
	TS_REQ *request = read_request(of->request, err);
	TS_RESP *answer;

	if (request == NULL)
		return ERR_FORMAT;
	answer = read_answer(of->answer, err);
	int rc = answer == NULL
	    ? ERR_FORMAT
	    : take(out, ret_stamp, of, request, answer, err);
	TS_RESP_free(answer);
	TS_REQ_free(request);
	ERR_clear_error();
	return rc;
}

int stamp_request_imprint(
    struct hash *ret_imprint, struct slice bytes, struct err *err)
{
	TS_RESP *answer = read_answer(bytes, err);
	struct buf token;

	if (answer == NULL)
		return ERR_FORMAT;
	buf_init(&token, STAMP_TOKEN_MAX);
	int rc = check_status(answer, err);
	if (rc == 0)
		rc = put_token(&token, answer, err);
	if (rc == 0)
		rc = stamp_imprint(ret_imprint, buf_slice(&token), err);
	buf_done(&token);
	TS_RESP_free(answer);
	return rc;
}

/*
 * stamp_trust.c: see stamp_trust.h.
 */
#include "stamp_trust.h"

#include "mem.h"
#include "stamp_internal.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <stdlib.h>

struct stamp_trust {
	STACK_OF(X509) * certificates;
};

struct stamp_trust *stamp_trust_new(void)
{
	struct stamp_trust *trust = mem_new(1, sizeof(*trust));

	if (trust == NULL)
		return NULL;
	trust->certificates = sk_X509_new_null();
	if (trust->certificates == NULL) {
		free(trust);
		return NULL;
	}
	return trust;
}

void stamp_trust_free(struct stamp_trust *trust)
{
	if (trust == NULL)
		return;
	sk_X509_pop_free(trust->certificates, X509_free);
	free(trust);
}

STACK_OF(X509) * stamp_trust_certificates(const struct stamp_trust *trust)
{
	return trust == NULL ? NULL : trust->certificates;
}

size_t stamp_trust_count(const struct stamp_trust *trust)
{
	return (size_t)sk_X509_num(trust->certificates);
}

static int add_all(struct stamp_trust *trust, BIO *bio, struct err *err)
{
	int before = sk_X509_num(trust->certificates);
	char nothing[1] = ""; /* the passphrase: nobody is asked for one */

	for (;;) {
		X509 *one = PEM_read_bio_X509(bio, NULL, NULL, nothing);

		if (one == NULL)
			break;
		if (sk_X509_push(trust->certificates, one) <= 0) {
			X509_free(one);
			return err_nomem(err);
		}
	}
	/* The end of the file is an error too: that no line begins one. */
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		return err_set(err, ERR_FORMAT,
		    "a certificate in it is damaged (PEM is expected)");
	if (sk_X509_num(trust->certificates) == before)
		return err_set(err, ERR_FORMAT,
		    "there is no certificate in it (PEM is expected: "
		    "-----BEGIN "
		    "CERTIFICATE-----)");
	return 0;
}

int stamp_trust_add(
    struct stamp_trust *trust, struct slice pem, struct err *err)
{
	if (pem.n > STAMP_TRUST_MAX)
		return err_set(err, ERR_LIMIT,
		    "more than %u bytes of certificates", STAMP_TRUST_MAX);
	BIO *bio = BIO_new_mem_buf(pem.p != NULL ? pem.p : "", (int)pem.n);
	if (bio == NULL)
		return err_nomem(err);
	ERR_clear_error();
	int rc = add_all(trust, bio, err);
	ERR_clear_error();
	BIO_free(bio);
	return rc;
}

/*
 * fixture_http.c: a certificate made with libcrypto, and sockets that fail the
 * test instead of waiting for ever.
 */
#include "fixture_http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_S 10

static void put_bio(struct buf *out, BIO *bio)
{
	char *p;
	const long n = BIO_get_mem_data(bio, &p);

	assert_true(n > 0);
	buf_init(out, 65536);
	buf_put(out, p, (size_t)n);
	assert_int_equal(buf_check(out, NULL), 0);
	BIO_free(bio);
}

static void add_extension(X509 *x509, int nid, const char *value)
{
	X509V3_CTX context;

	X509V3_set_ctx(&context, x509, x509, NULL, NULL, 0);
	X509_EXTENSION *extension =
	    X509V3_EXT_conf_nid(NULL, &context, nid, value);

	assert_non_null(extension);
	assert_int_equal(X509_add_ext(x509, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

void fixture_http_certificate(struct buf *certificate, struct buf *key)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	X509 *x509 = X509_new();
	X509_NAME *name = X509_get_subject_name(x509);

	assert_non_null(pair);
	assert_int_equal(X509_set_version(x509, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(x509), 1), 1);
	assert_non_null(X509_gmtime_adj(X509_getm_notBefore(x509), -3600));
	assert_non_null(X509_gmtime_adj(X509_getm_notAfter(x509), 86400));
	assert_int_equal(X509_set_pubkey(x509, pair), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			     (const unsigned char *)"test", -1, -1, 0),
	    1);
	assert_int_equal(X509_set_issuer_name(x509, name), 1);
	add_extension(x509, NID_basic_constraints, "critical,CA:TRUE");
	add_extension(x509, NID_subject_alt_name, "IP:127.0.0.1");
	assert_true(X509_sign(x509, pair, EVP_sha256()) > 0);

	BIO *bio = BIO_new(BIO_s_mem());

	assert_int_equal(PEM_write_bio_X509(bio, x509), 1);
	put_bio(certificate, bio);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(
	    PEM_write_bio_PrivateKey(bio, pair, NULL, NULL, 0, NULL, NULL), 1);
	put_bio(key, bio);
	X509_free(x509);
	EVP_PKEY_free(pair);
}

int fixture_http_connect(uint16_t port)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct timeval patience = {PATIENCE_S, 0};
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience),
	    0);
	assert_int_equal(
	    connect(fd, (const void *)&address, sizeof address), 0);
	return fd;
}

void fixture_http_send(int fd, const char *text)
{
	const size_t n = strlen(text);

	assert_int_equal(send(fd, text, n, MSG_NOSIGNAL), n);
}

bool fixture_http_read_all(int fd, struct buf *out)
{
	char part[4096];
	ssize_t n;

	while ((n = read(fd, part, sizeof part)) > 0)
		buf_put(out, part, (size_t)n);
	assert_int_equal(buf_check(out, NULL), 0);
	return n == 0;
}

static unsigned count_marks(const struct buf *text, const char *mark)
{
	const char *at = text->n > 0 ? text->p : "";
	unsigned count = 0;

	while ((at = strstr(at, mark))) {
		at += strlen(mark);
		count++;
	}
	return count;
}

void fixture_http_read_until(
    int fd, struct buf *out, const char *mark, unsigned count)
{
	char part[4096];

	while (count_marks(out, mark) < count) {
		const ssize_t n = read(fd, part, sizeof part);

		assert_true(n > 0);
		buf_put(out, part, (size_t)n);
		assert_int_equal(buf_check(out, NULL), 0);
	}
}

void fixture_http_talk(uint16_t port, const char *request, struct buf *answer)
{
	const int fd = fixture_http_connect(port);

	fixture_http_send(fd, request);
	assert_true(fixture_http_read_all(fd, answer));
	(void)close(fd);
}

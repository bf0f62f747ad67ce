/*
 * http_client.h: asking a server, with limits and clocks (libcurl).
 *
 * Only http:// and https:// are spoken, no redirect is followed, no proxy or
 * .netrc is read, and no certificate check can be turned off. Connections are
 * kept open between calls.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_client; /* one thread at a time */

struct http_client_options {
	unsigned connect_ms; /* 0: 10,000 */
	unsigned total_ms; /* 0: 60,000, for one call */
	const char *ca_file; /* PEM, besides the system's; NULL: none */
};

int http_client_new(struct http_client **ret_client,
    const struct http_client_options *options, struct err *err) MUST_CHECK;
void http_client_free(struct http_client *client); /* accepts NULL */

/* ERR_USAGE: not http:// or https://, or with a user, query or fragment. */
int http_client_check_url(const char *url, struct err *err) MUST_CHECK;

struct http_call {
	const char *method; /* "GET", "POST", "DELETE" */
	const char *url;
	struct slice body; /* absent: none */
	const char *type; /* of the body */
	const char *authorization; /* value of that header; NULL: none */
	bool is_gzip_wanted; /* Accept-Encoding; what comes is unpacked */
	size_t answer_max; /* bytes, unpacked; more is ERR_LIMIT */
};

struct http_answer {
	unsigned status;
	struct buf body; /* buf_done it */
	char type[64]; /* Content-Type, cut off at ';', lower case */
};

/*
 * 0 for every whole answer, whatever its status. ERR_IO: not reached, cut off,
 * too slow; ERR_LIMIT; ERR_DENIED: the certificate is not to be trusted. The
 * message names the URL. The answer's bytes are foreign.
 */
int http_client_call(struct http_client *client, const struct http_call *call,
    struct http_answer *ret_answer, struct err *err) MUST_CHECK;

/*
 * Many GETs at once over a few connections, in any order. `next` says what to
 * ask for (false: no more; *call stays valid until its `done`), `done` gets
 * each answer with the call's tag and takes it; its first non-zero result ends
 * everything and is returned.
 */
struct http_client_many {
	unsigned parallel; /* at once; 0: 8 */
	bool (*next)(
	    void *cookie, struct http_call *ret_call, uint64_t *ret_tag);
	int (*done)(void *cookie, uint64_t tag, struct http_answer *answer,
	    struct err *err);
	void *cookie;
};
int http_client_many(struct http_client *client,
    const struct http_client_many *many, struct err *err) MUST_CHECK;

#endif

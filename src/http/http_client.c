/*
 * http_client.c: every call is a transfer in one multi handle, whether alone
 * or among many, so that all share its open connections.
 *
 * What comes is bounded while it comes: the header by HEADER_MAX, the body,
 * unpacked, by the call's answer_max, the time by the client's clocks.
 */
#include "http_client.h"

#include "mem.h"
#include "text.h"

#include <curl/curl.h>

#define CONNECT_DEFAULT_MS 10000
#define TOTAL_DEFAULT_MS 60000
#define PARALLEL_DEFAULT 8
#define PARALLEL_MAX 64

/* Of all fields of one answer: curl has no limit of its own for the sum. */
#define HEADER_MAX ((size_t)64 * 1024)

/* One call on its way. */
struct transfer {
	CURL *easy;
	struct curl_slist *fields;
	struct http_client *client;
	const char *url; /* the call's */
	struct http_answer answer;
	size_t header_n;
	int failed; /* ERR_LIMIT or ERR_NOMEM, found by a callback */
	uint64_t tag;
	bool is_busy;
	char reason[CURL_ERROR_SIZE];
};

struct http_client {
	struct http_client_options options;
	char *ca_file;
	CURLM *multi;
	struct transfer transfers[PARALLEL_MAX];
};

int http_client_new(struct http_client **ret_client,
    const struct http_client_options *options, struct err *err)
{
	struct http_client *client;

	/* Counted by curl, and safe among threads since 7.84. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_nomem(err);
	client = mem_new(1, sizeof *client);
	if (!client) {
		curl_global_cleanup();
		return err_nomem(err);
	}
	client->options = *options;
	if (options->connect_ms == 0)
		client->options.connect_ms = CONNECT_DEFAULT_MS;
	if (options->total_ms == 0)
		client->options.total_ms = TOTAL_DEFAULT_MS;
	if (options->ca_file)
		client->ca_file =
		    mem_copy_text(options->ca_file, strlen(options->ca_file));
	client->multi = curl_multi_init();
	if (!client->multi || (options->ca_file && !client->ca_file)) {
		http_client_free(client);
		return err_nomem(err);
	}
	*ret_client = client;
	return 0;
}

void http_client_free(struct http_client *client)
{
	if (!client)
		return;
	for (size_t i = 0; i < PARALLEL_MAX; i++)
		curl_easy_cleanup(client->transfers[i].easy);
	(void)curl_multi_cleanup(client->multi);
	free(client->ca_file);
	free(client);
	curl_global_cleanup();
}

static bool has_part(CURLU *parts, CURLUPart part)
{
	char *text = NULL;
	const bool has = curl_url_get(parts, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

int http_client_check_url(const char *url, struct err *err)
{
	static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD,
	    CURLUPART_OPTIONS, CURLUPART_QUERY, CURLUPART_FRAGMENT};
	const struct slice text = slice_of(url);
	CURLU *parts;
	int rc = 0;

	if ((!slice_starts_with(text, "http://") &&
		!slice_starts_with(text, "https://")) ||
	    !text_is_line(text, NULL, NULL) || strpbrk(url, " ?#\\"))
		return err_set(err, ERR_USAGE,
		    "%s: not a plain http:// or https:// address", url);
	parts = curl_url();
	if (!parts)
		return err_nomem(err);
	if (curl_url_set(parts, CURLUPART_URL, url, 0) != CURLUE_OK)
		rc = err_set(err, ERR_USAGE, "%s: not an address", url);
	for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
		if (rc == 0 && has_part(parts, unwanted[i]))
			rc = err_set(err, ERR_USAGE,
			    "%s: an address here has no user, '?' or '#'", url);
	curl_url_cleanup(parts);
	return rc;
}

/* --- one transfer --- */

static size_t take_header(char *bytes, size_t one, size_t n, void *cookie)
{
	struct transfer *t = cookie;

	(void)bytes;
	(void)one; /* always 1 */
	t->header_n += n;
	if (t->header_n <= HEADER_MAX)
		return n;
	t->failed = ERR_LIMIT;
	return 0;
}

static size_t take_body(char *bytes, size_t one, size_t n, void *cookie)
{
	struct transfer *t = cookie;

	(void)one; /* always 1 */
	buf_put(&t->answer.body, bytes, n);
	t->failed = buf_check(&t->answer.body, NULL);
	return t->failed == 0 ? n : 0;
}

static bool add_field(struct transfer *t, const char *name, const char *value)
{
	struct buf line;
	struct curl_slist *longer = NULL;

	buf_init(&line, 65536);
	buf_printf(
	    &line, "%s:%s%s", name, value ? " " : "", value ? value : "");
	if (buf_check(&line, NULL) == 0)
		longer = curl_slist_append(t->fields, line.p);
	buf_wipe(&line);
	if (longer)
		t->fields = longer;
	return longer;
}

#define SET(option, value)                                                     \
	(ok = ok && curl_easy_setopt(t->easy, option, value) == CURLE_OK)

static bool set_limits(struct transfer *t)
{
	const struct http_client_options *options = &t->client->options;
	bool ok = true;

	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)options->total_ms);
	SET(CURLOPT_HEADERFUNCTION, take_header);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_WRITEFUNCTION, take_body);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_ERRORBUFFER, t->reason);
	SET(CURLOPT_PRIVATE, t);
	/* The system's own are still found through their folder. */
	if (t->client->ca_file)
		SET(CURLOPT_CAINFO, t->client->ca_file);
	return ok;
}

static bool set_body(struct transfer *t, const struct http_call *call)
{
	const bool is_post = strcmp(call->method, "POST") == 0;
	bool ok = true;

	if (call->body.p || is_post) {
		SET(CURLOPT_POSTFIELDS, call->body.p ? call->body.p : "");
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.n);
		/* No waiting for "100 Continue". */
		ok = ok && add_field(t, "Expect", NULL) &&
		    add_field(t, "Content-Type", call->type);
	}
	if (strcmp(call->method, "HEAD") == 0)
		SET(CURLOPT_NOBODY, 1L);
	else
		SET(CURLOPT_CUSTOMREQUEST, call->method);
	return ok;
}

static bool set_call(struct transfer *t, const struct http_call *call)
{
	bool ok = set_limits(t) && set_body(t, call);

	SET(CURLOPT_URL, call->url);
	if (call->is_gzip_wanted)
		SET(CURLOPT_ACCEPT_ENCODING, "gzip");
	if (call->authorization)
		ok = ok && add_field(t, "Authorization", call->authorization);
	SET(CURLOPT_HTTPHEADER, t->fields);
	return ok;
}

static void end(struct transfer *t)
{
	if (t->is_busy)
		(void)curl_multi_remove_handle(t->client->multi, t->easy);
	t->is_busy = false;
	curl_slist_free_all(t->fields);
	t->fields = NULL;
	buf_done(&t->answer.body);
}

static int begin(struct http_client *client, struct transfer *t,
    const struct http_call *call, struct err *err)
{
	if (!t->easy)
		t->easy = curl_easy_init();
	else
		curl_easy_reset(t->easy);
	if (!t->easy)
		return err_nomem(err);
	t->client = client;
	t->url = call->url;
	t->header_n = 0;
	t->failed = 0;
	t->reason[0] = '\0';
	t->answer = (struct http_answer){0};
	buf_init(&t->answer.body, call->answer_max);
	if (!set_call(t, call) ||
	    curl_multi_add_handle(client->multi, t->easy) != CURLM_OK) {
		end(t);
		return err_nomem(err);
	}
	t->is_busy = true;
	return 0;
}

static int code_of(CURLcode result)
{
	switch (result) {
	case CURLE_OUT_OF_MEMORY:
		return ERR_NOMEM;
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_LOGIN_DENIED: /* a user in the URL */
		return ERR_USAGE;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		return ERR_DENIED;
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_WEIRD_SERVER_REPLY:
		return ERR_FORMAT;
	default:
		return ERR_IO;
	}
}

static int fail(const struct transfer *t, CURLcode result, struct err *err)
{
	if (t->failed == ERR_NOMEM)
		return err_nomem(err);
	if (t->failed == ERR_LIMIT)
		return err_set(err, ERR_LIMIT,
		    "%s: the answer is longer than is taken", t->url);
	return err_set(err, code_of(result), "%s: %s", t->url,
	    t->reason[0] ? t->reason : curl_easy_strerror(result));
}

/* The media type alone, in lower case; one that does not fit is none. */
static void copy_type(struct http_answer *answer, const char *field)
{
	struct slice rest = slice_of(field);
	const struct slice type = slice_trim(slice_cut(&rest, ';'));

	if (type.n >= sizeof answer->type)
		return;
	text_lower(answer->type, type);
	answer->type[type.n] = '\0';
}

/* The answer of a transfer that curl has ended, moved out. */
static int finish(struct transfer *t, CURLcode result,
    struct http_answer *ret_answer, struct err *err)
{
	const char *type = NULL;
	long status = 0;

	if (result != CURLE_OK)
		return fail(t, result, err);
	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
	t->answer.status = (unsigned)status;
	copy_type(&t->answer, type);
	*ret_answer = t->answer;
	t->answer = (struct http_answer){0};
	return 0;
}

/* Lets curl work until a transfer has ended. */
static int wait_for_one(struct http_client *client, struct transfer **ret_t,
    CURLcode *ret_result, struct err *err)
{
	for (;;) {
		int running;
		int left;
		const CURLMsg *message;
		CURLMcode rc = curl_multi_perform(client->multi, &running);

		if (rc != CURLM_OK)
			return err_set(
			    err, ERR_IO, "%s", curl_multi_strerror(rc));
		while ((message = curl_multi_info_read(client->multi, &left))) {
			char *t = NULL;

			if (message->msg != CURLMSG_DONE)
				continue;
			*ret_result = message->data.result;
			(void)curl_easy_getinfo(
			    message->easy_handle, CURLINFO_PRIVATE, &t);
			*ret_t = (void *)t;
			return 0;
		}
		rc = curl_multi_poll(client->multi, NULL, 0, 1000, NULL);
		if (rc != CURLM_OK)
			return err_set(
			    err, ERR_IO, "%s", curl_multi_strerror(rc));
	}
}

int http_client_call(struct http_client *client, const struct http_call *call,
    struct http_answer *ret_answer, struct err *err)
{
	struct transfer *t = &client->transfers[0];
	CURLcode result = CURLE_OK;
	int rc = begin(client, t, call, err);

	if (rc != 0)
		return rc;
	rc = wait_for_one(client, &t, &result, err);
	if (rc == 0)
		rc = finish(t, result, ret_answer, err);
	end(&client->transfers[0]);
	return rc;
}

/* --- many --- */

struct many {
	struct http_client *client;
	const struct http_client_many *how;
	unsigned parallel;
	unsigned busy;
	bool is_at_end; /* `next` has no more */
};

static int fill(struct many *many, struct err *err)
{
	struct transfer *t = many->client->transfers;

	for (unsigned i = 0; i < many->parallel && !many->is_at_end; i++) {
		struct http_call call = {0};
		int rc;

		if (t[i].is_busy)
			continue;
		if (!many->how->next(many->how->cookie, &call, &t[i].tag)) {
			many->is_at_end = true;
			break;
		}
		rc = begin(many->client, &t[i], &call, err);
		if (rc != 0)
			return rc;
		many->busy++;
	}
	return 0;
}

static int empty_one(struct many *many, struct err *err)
{
	struct http_answer answer;
	struct transfer *t;
	CURLcode result;
	int rc = wait_for_one(many->client, &t, &result, err);

	if (rc != 0)
		return rc;
	rc = finish(t, result, &answer, err);
	end(t);
	many->busy--;
	return rc != 0
	    ? rc
	    : many->how->done(many->how->cookie, t->tag, &answer, err);
}

int http_client_many(struct http_client *client,
    const struct http_client_many *how, struct err *err)
{
	struct many many = {
	    .client = client, .how = how, .parallel = how->parallel};
	int rc;

	if (many.parallel == 0)
		many.parallel = PARALLEL_DEFAULT;
	if (many.parallel > PARALLEL_MAX)
		many.parallel = PARALLEL_MAX;
	do {
		rc = fill(&many, err);
		if (rc == 0 && many.busy > 0)
			rc = empty_one(&many, err);
	} while (rc == 0 && (many.busy > 0 || !many.is_at_end));
	for (size_t i = 0; i < PARALLEL_MAX; i++)
		end(&client->transfers[i]);
	return rc;
}

/*
 * http_response.c: a reply becomes one of MHD's responses.
 */
#include "http_internal.h"

#include <sys/stat.h>
#include <unistd.h>

/* The reply's descriptor or buffer is used up, whatever comes. */
static struct MHD_Response *response_of(const struct http_reply *reply)
{
	struct MHD_Response *response;
	struct slice body = reply->type ? reply->body : slice_of(NULL);

	if (reply->fd > 0) {
		struct stat file;

		response = fstat(reply->fd, &file) == 0
		    ? MHD_create_response_from_fd64(
			  (uint64_t)file.st_size, reply->fd)
		    : NULL;
		if (!response)
			(void)close(reply->fd);
		return response;
	}
	if (!reply->take)
		return MHD_create_response_from_buffer(
		    body.n, (void *)body.p, MHD_RESPMEM_MUST_COPY);
	size_t n;
	char *p = buf_take(reply->take, &n);

	response = p
	    ? MHD_create_response_from_buffer(n, p, MHD_RESPMEM_MUST_FREE)
	    : NULL;
	if (!response)
		free(p);
	return response;
}

static bool add_fields(
    struct MHD_Response *response, const struct http_reply *reply)
{
	if (reply->type &&
	    MHD_add_response_header(
		response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type) != MHD_YES)
		return false;
	for (size_t i = 0; i < HTTP_REPLY_FIELDS_MAX; i++) {
		if (!reply->fields[i].name)
			break;
		if (MHD_add_response_header(response, reply->fields[i].name,
			reply->fields[i].value) != MHD_YES)
			return false;
	}
	return true;
}

static struct MHD_Response *complete(
    struct MHD_Response *response, const struct http_reply *reply)
{
	if (response && !add_fields(response, reply)) {
		MHD_destroy_response(response);
		return NULL;
	}
	return response;
}

struct MHD_Response *http_response_make(const struct http_reply *reply)
{
	return complete(response_of(reply), reply);
}

struct MHD_Response *http_response_lend(
    const struct http_reply *reply, struct slice body)
{
	return complete(MHD_create_response_from_buffer(
			    body.n, (void *)body.p, MHD_RESPMEM_PERSISTENT),
	    reply);
}

bool http_response_is_last(struct MHD_Response *response)
{
	return MHD_add_response_header(
		   response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
}

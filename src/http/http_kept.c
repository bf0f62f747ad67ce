/*
 * http_kept.c: an answer that is given many times. MHD sends its header and its
 * body together, out of memory, and nothing is made anew for a request.
 */
#include "http_internal.h"

#include "mem.h"

#include <assert.h>

int http_kept_new(struct http_kept **ret_kept, const struct http_reply *reply,
    struct err *err)
{
	struct http_kept *kept = mem_new(1, sizeof *kept);
	size_t n;

	assert(reply->take && reply->fd <= 0);
	if (!kept)
		return err_nomem(err);
	atomic_init(&kept->refs, 1);
	kept->status = reply->status;
	kept->body = buf_take(reply->take, &n);
	for (size_t i = 0; kept->body && i < 2; i++)
		kept->responses[i] =
		    http_response_lend(reply, (struct slice){kept->body, n});
	if (!kept->responses[0] || !kept->responses[1] ||
	    !http_response_is_last(kept->responses[1])) {
		http_kept_unref(kept);
		return err_nomem(err);
	}
	*ret_kept = kept;
	return 0;
}

struct http_kept *http_kept_ref(struct http_kept *kept)
{
	(void)atomic_fetch_add(&kept->refs, 1);
	return kept;
}

void http_kept_unref(struct http_kept *kept)
{
	if (!kept || atomic_fetch_sub(&kept->refs, 1) > 1)
		return;
	for (size_t i = 0; i < 2; i++)
		if (kept->responses[i])
			MHD_destroy_response(kept->responses[i]);
	free(kept->body);
	free(kept);
}

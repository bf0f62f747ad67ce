/*
 * exam_sink.c: see exam_sink.h.
 */
#include "exam_sink.h"

int exam_sink_pass(
    const struct exam_sink *sink, struct buf *buf, struct err *err)
{
	int rc = buf_check(buf, err);

	if (rc != 0 || buf->n < EXAM_SINK_PIECE)
		return rc;
	rc = sink->put(sink->cookie, buf->p, buf->n, err);
	buf_clear(buf);
	return rc;
}

int exam_sink_end(
    const struct exam_sink *sink, struct buf *buf, int rc, struct err *err)
{
	if (rc == 0)
		rc = buf_check(buf, err);
	if (rc == 0 && buf->n > 0)
		rc = sink->put(sink->cookie, buf->p, buf->n, err);
	buf_done(buf);
	return rc;
}

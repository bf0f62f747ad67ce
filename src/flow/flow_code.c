/*
 * flow_code.c: QR by libqrencode, and drawing. Only here is that library's
 * header included.
 */
#include "flow_code.h"

#include "mem.h"

#include <errno.h>
#include <qrencode.h>
#include <stdlib.h>

int flow_code_qr(struct flow_code *ret_code, struct slice text, struct err *err)
{
	if (text.n == 0 || text.n > FLOW_CODE_TEXT_MAX)
		return err_set(err, ERR_USAGE,
		    "a code holds 1 to %d characters", FLOW_CODE_TEXT_MAX);
	QRcode *qr = QRcode_encodeData(
	    (int)text.n, (const unsigned char *)text.p, 0, QR_ECLEVEL_M);
	if (qr == NULL)
		return err_sys(err, errno, "making a QR code");
	size_t width = (size_t)qr->width;
	uint8_t *modules = mem_new(width * width, 1);
	for (size_t i = 0; modules != NULL && i < width * width; i++)
		modules[i] = qr->data[i] & 1;
	QRcode_free(qr);
	if (modules == NULL)
		return err_nomem(err);
	*ret_code = (struct flow_code){width, width, modules};
	return 0;
}

void flow_code_done(struct flow_code *code)
{
	free(code->modules);
	*code = (struct flow_code){0};
}

void flow_code_put_path(
    const struct flow_code *code, size_t height, struct buf *out)
{
	size_t tall = code->height == 1 ? height : 1;

	buf_puts(out, "<path d=\"");
	for (size_t y = 0; y < code->height; y++) {
		const uint8_t *row = code->modules + y * code->width;

		for (size_t x = 0, end; x < code->width; x = end) {
			for (end = x + 1;
			     end < code->width && row[end] == row[x];)
				end++;
			if (row[x])
				buf_printf(out, "M%zu %zuh%zuv%zuh-%zuz", x, y,
				    end - x, tall, end - x);
		}
	}
	buf_puts(out, "\" shape-rendering=\"crispEdges\"/>");
}

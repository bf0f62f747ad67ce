/*
 * flow_code.h: text as a symbol that a scanner reads: QR, or Code 128.
 *
 * The symbol is a grid of modules without its quiet zone; whoever draws it
 * leaves FLOW_CODE_QUIET_* modules free around it.
 */
#ifndef FLOW_CODE_H
#define FLOW_CODE_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stddef.h>
#include <stdint.h>

#define FLOW_CODE_QUIET_QR 4
#define FLOW_CODE_QUIET_128 10
#define FLOW_CODE_TEXT_MAX 80 /* an identifier with its check, or a digest */

struct flow_code {
	size_t width, height; /* height 1: bars */
	uint8_t *modules; /* width * height, row by row; 1 is dark */
};

/* Printable ASCII, 1 to FLOW_CODE_TEXT_MAX long; else ERR_USAGE. Error
 * correction M: 15 % of the symbol may be lost. */
int flow_code_qr(
    struct flow_code *ret_code, struct slice text, struct err *err) MUST_CHECK;
/* Code set B throughout. */
int flow_code_128(
    struct flow_code *ret_code, struct slice text, struct err *err) MUST_CHECK;
void flow_code_done(struct flow_code *code);

/* The dark modules as an SVG <path> in units of one module, from (0, 0);
 * bars are `height` modules high. */
void flow_code_put_path(
    const struct flow_code *code, size_t height, struct buf *out);

#endif

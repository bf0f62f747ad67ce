/*
 * flow_html.h: text put into an HTML page. Every value that did not stand in
 * this program's source goes through here, so that no record can open a tag,
 * close an attribute or name an address.
 */
#ifndef FLOW_HTML_H
#define FLOW_HTML_H

#include "buf.h"
#include "slice.h"

/* From the doctype to <body>: a page that loads and runs nothing. `style` is
 * this program's own. */
void flow_html_put_head(struct buf *out, struct slice title, const char *style);

/* For content and for attributes in double quotes. */
void flow_html_put(struct buf *out, struct slice text);

/* A sentence of case_report.h: dates and times are kept whole by <time>. */
void flow_html_put_sentence(struct buf *out, struct slice text);

/* Free text as it stands in a record: unescaped; line breaks become <br>. */
void flow_html_put_free(struct buf *out, struct slice escaped);

#endif

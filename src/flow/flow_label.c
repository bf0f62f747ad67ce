/*
 * flow_label.c: where the labels lie on the page, and what lies where on a
 * label. A unit of the drawing is a hundredth of a millimetre, so that nothing
 * depends on a screen's resolution.
 */
#include "flow_label.h"

#include "flow_check.h"
#include "flow_code.h"
#include "flow_html.h"

#define MM 100
/* What office printers and hand scanners are good for. */
#define MODULE_MIN_QR 25
#define MODULE_MIN_128 17
/* A fixed-width letter is 0.6 of its height wide. */
#define LETTER_WIDTH 60
#define LETTER_MIN 130
#define LINE_MAX 24 /* letters of an identifier in one line */

static const struct flow_label_sheet sheets[] = {
    {"a4-3x8", 210 * MM, 297 * MM, 3, 8, 70 * MM, 37 * MM, 0, 50, 70 * MM,
	37 * MM},
    {"a4-5x13", 210 * MM, 297 * MM, 5, 13, 3810, 2120, 475, 1070, 4060, 2120},
};

const struct flow_label_sheet *flow_label_sheet_find(struct slice name)
{
	for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++)
		if (slice_is_text(name, sheets[i].name))
			return &sheets[i];
	return NULL;
}

int flow_label_sheet_roll(
    struct flow_label_sheet *ret_sheet, struct slice measures, struct err *err)
{
	struct slice height = measures;
	struct slice width = slice_cut(&height, 'x');
	unsigned long long w, h;

	if (!slice_to_u64(width, &w) || height.p == NULL ||
	    !slice_to_u64(height, &h) || w < 15 || w > 200 || h < 15 || h > 200)
		return err_set(err, ERR_USAGE,
		    "\"%.*s\" is no size of a label; write width x height in "
		    "whole millimetres, 15 to 200, like 62x29",
		    SLICE_ARG(measures));
	*ret_sheet = (struct flow_label_sheet){
	    .page_width = (size_t)w * MM,
	    .page_height = (size_t)h * MM,
	    .columns = 1,
	    .rows = 1,
	    .width = (size_t)w * MM,
	    .height = (size_t)h * MM,
	};
	return 0;
}

static void put_mm(struct buf *out, size_t units)
{
	buf_printf(out, "%zu.%02zumm", units / MM, units % MM);
}

void flow_label_start(struct flow_label_writer *w, size_t skip)
{
	struct buf style;

	buf_init(&style, 4096);
	buf_puts(&style, "@page{margin:0;size:");
	put_mm(&style, w->sheet->page_width);
	buf_putc(&style, ' ');
	put_mm(&style, w->sheet->page_height);
	buf_puts(&style,
	    "}html,body{margin:0;background:#fff;color:#000}"
	    ".sheet{position:relative;overflow:hidden;break-after:page;width:");
	put_mm(&style, w->sheet->page_width);
	buf_puts(&style, ";height:");
	put_mm(&style, w->sheet->page_height);
	buf_puts(&style,
	    "}.sheet:last-child{break-after:auto}"
	    ".sheet svg{position:absolute;display:block}");
	flow_html_put_head(w->out, slice_of("Labels"), style.p);
	buf_done(&style);
	w->n = 0;
	while (skip-- > 0)
		w->n++;
	if (w->n > 0)
		buf_puts(w->out, "<section class=\"sheet\">\n");
}

void flow_label_end(struct flow_label_writer *w)
{
	if (w->n > 0)
		buf_puts(w->out, "</section>\n");
	buf_puts(w->out, "</body>\n</html>\n");
}

/* ---- one label ---- */

struct box {
	size_t x, y, width, height;
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Draws the code as large as the box allows, its quiet zone in it. */
static int put_code(struct flow_label_writer *w, struct slice text,
    const struct box *box, struct err *err)
{
	size_t quiet = w->is_bars ? FLOW_CODE_QUIET_128 : FLOW_CODE_QUIET_QR;
	size_t least = w->is_bars ? MODULE_MIN_128 : MODULE_MIN_QR;
	struct flow_code code = {0};
	int rc = w->is_bars ? flow_code_128(&code, text, err)
			    : flow_code_qr(&code, text, err);

	if (rc != 0)
		return rc;
	/* In thousandths of a unit. */
	size_t module = box->width * 1000 / (code.width + 2 * quiet);
	if (module < least * 1000) {
		flow_code_done(&code);
		return err_set(err, ERR_USAGE,
		    "%.*s: %s of it does not fit on this label so that a "
		    "scanner reads it; take a larger label%s",
		    SLICE_ARG(text), w->is_bars ? "Code 128" : "a QR code",
		    w->is_bars ? ", or --code qr" : "");
	}
	size_t tall = w->is_bars ? box->height * 1000 / module : 1;
	size_t x = box->x + quiet * module / 1000;
	size_t y = box->y + (w->is_bars ? 0 : quiet * module / 1000);
	buf_printf(w->out,
	    "<g transform=\"translate(%zu %zu) scale(%zu.%03zu)\">", x, y,
	    module / 1000, module % 1000);
	flow_code_put_path(&code, tall, w->out);
	buf_puts(w->out, "</g>\n");
	flow_code_done(&code);
	return 0;
}

static void put_text(struct buf *out, size_t x, size_t y, size_t size,
    const char *weight, struct slice text)
{
	buf_printf(out,
	    "<text x=\"%zu\" y=\"%zu\" font-size=\"%zu\" font-weight=\"%s\">",
	    x, y, size, weight);
	flow_html_put(out, text);
	buf_puts(out, "</text>\n");
}

/* The text in as many lines as it needs; returns where the next one begins. */
static size_t put_id(struct buf *out, const struct box *box, struct slice text)
{
	size_t lines = (text.n + LINE_MAX - 1) / LINE_MAX;
	size_t letters = (text.n + lines - 1) / lines;
	size_t size = smaller(box->width * 100 / (letters * LETTER_WIDTH),
	    box->height / (lines + 3));
	size_t y = box->y;

	for (size_t at = 0; at < text.n; at += letters) {
		size_t n = smaller(letters, text.n - at);
		y += size;
		put_text(out, box->x, y, size, "700",
		    (struct slice){text.p + at, n});
	}
	return y;
}

/* What people read, from the top of the box down. */
static void put_words(
    struct buf *out, const struct box *box, const struct flow_label *label)
{
	struct buf text, line;

	buf_init(&text, 256);
	buf_init(&line, 1024);
	flow_check_put(&text, label->id);
	size_t y = put_id(out, box, buf_slice(&text));
	size_t left = (box->y + box->height - y) / 3;
	size_t size = smaller(left * 4 / 5, box->height / 6);
	/* A long name of a case is set smaller rather than cut. */
	size_t fitting = box->width * 100 /
	    ((label->case_name.n > 0 ? label->case_name.n : 1) * LETTER_WIDTH);
	put_text(out, box->x, y + left, smaller(size, fitting), "400",
	    label->case_name);
	if (label->total > 0)
		buf_printf(
		    &line, "item %zu of %zu", label->number, label->total);
	else
		buf_puts(&line, "new");
	if (label->copy != NULL)
		buf_printf(&line, ", %s", label->copy);
	size = smaller(size, box->width * 100 / (line.n * LETTER_WIDTH));
	put_text(out, box->x, y + 2 * left, size, "400", buf_slice(&line));
	put_text(
	    out, box->x, y + 3 * left - left / 5, size, "400", label->date);
	buf_done(&text);
	buf_done(&line);
}

static int put_inside(struct flow_label_writer *w,
    const struct flow_label *label, struct err *err)
{
	size_t width = w->sheet->width, height = w->sheet->height;
	size_t edge = smaller(width, height) / 16;
	struct box code, words;
	struct buf text;

	if (w->is_bars) {
		code =
		    (struct box){edge, edge, width - 2 * edge, height * 2 / 5};
		words = (struct box){2 * edge, code.y + code.height + edge / 2,
		    width - 4 * edge, height - code.height - 5 * edge / 2};
	} else {
		size_t side = smaller(height - 2 * edge, width / 2);
		code = (struct box){edge, (height - side) / 2, side, side};
		words = (struct box){edge + side, 2 * edge,
		    width - side - 2 * edge, height - 4 * edge};
	}
	buf_init(&text, 256);
	flow_check_put(&text, label->id);
	int rc = put_code(w, buf_slice(&text), &code, err);
	buf_done(&text);
	if (rc == 0)
		put_words(w->out, &words, label);
	return rc;
}

int flow_label_put(struct flow_label_writer *w, const struct flow_label *label,
    struct err *err)
{
	const struct flow_label_sheet *sheet = w->sheet;
	size_t place = w->n % (sheet->columns * sheet->rows);

	if (place == 0)
		buf_printf(w->out, "%s<section class=\"sheet\">\n",
		    w->n > 0 ? "</section>\n" : "");
	w->n++;
	buf_puts(w->out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"");
	put_mm(w->out, sheet->width);
	buf_puts(w->out, "\" height=\"");
	put_mm(w->out, sheet->height);
	buf_printf(w->out,
	    "\" viewBox=\"0 0 %zu %zu\" style=\"left:", sheet->width,
	    sheet->height);
	put_mm(w->out, sheet->left + place % sheet->columns * sheet->step_x);
	buf_puts(w->out, ";top:");
	put_mm(w->out, sheet->top + place / sheet->columns * sheet->step_y);
	buf_puts(w->out,
	    "\" font-family=\"Liberation Mono,DejaVu Sans Mono,monospace\">\n");
	int rc = put_inside(w, label, err);
	buf_puts(w->out, "</svg>\n");
	return rc != 0 ? rc : buf_check(w->out, err);
}

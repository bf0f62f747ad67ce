/*
 * flow_form.c: the look of a printed sheet, and its parts. What stands on
 * which sheet is in flow_sheet.c.
 */
#include "flow_form.h"

#include "case_report.h"
#include "flow_check.h"
#include "flow_code.h"
#include "flow_html.h"
#include "text.h"

#include <inttypes.h>

#define STYLE_MAX 8192
#define QR_MM 26

static const char style[] =
    "*{box-sizing:border-box}html{background:#fff;color:#000}"
    "body{margin:0 auto;padding:1.5rem;max-width:46rem;"
    "font:11pt/1.4 Charter,\"Bitstream Charter\",Georgia,"
    "\"Liberation Serif\",\"Noto Serif\",serif;overflow-wrap:anywhere}\n"
    "h1{font-size:17pt;line-height:1.2;margin:0 0 .3rem}"
    "h2{font-size:12.5pt;margin:1.3rem 0 .4rem;break-after:avoid}"
    "p,ul{margin:.35rem 0}ul{padding-left:1.1rem}\n"
    ".sheet{break-before:page}.sheet:first-of-type{break-before:auto}"
    "header{display:flex;justify-content:space-between;gap:1rem;"
    "border-bottom:2pt solid #000;padding-bottom:.5rem;margin-bottom:.7rem}"
    "header p{margin:.1rem 0;font-size:9.5pt}header svg{flex:none}\n"
    "table{border-collapse:collapse;width:100%;margin:.3rem 0}"
    "thead{display:table-header-group}th,td{border:.6pt solid #000;"
    "padding:.2rem .4rem;text-align:left;vertical-align:top;"
    "font-weight:400}th{font-size:9.5pt}thead th{font-weight:700}"
    ".facts th{width:27%}tr{break-inside:avoid}\n"
    ".blank td{height:8.5mm}small{font-size:8.5pt}"
    ".np{border:.6pt solid #000;font-size:7.5pt;padding:0 .2rem;"
    "white-space:nowrap}\n"
    ".boxes{display:flex;flex-wrap:wrap;gap:.6rem;margin:.8rem 0}"
    ".box{flex:1 1 45%;border:1pt solid #000;padding:.3rem .5rem;"
    "min-height:34mm;break-inside:avoid;font-size:9.5pt}"
    ".box p{margin:.15rem 0 5.5mm;border-bottom:.4pt solid #000}"
    ".box b{font-size:11pt}.box p:first-child{margin-bottom:.3rem;border:0}\n"
    "footer{margin-top:1.2rem;border-top:.6pt solid #000;font-size:8.5pt;"
    "break-inside:avoid}code{font-family:\"Liberation Mono\",monospace;"
    "font-size:.92em}\n"
    "h1::first-letter{text-transform:uppercase}\n"
    "@media print{body{padding:0 1px;max-width:none}}\n";

static void put_root(struct buf *out, const struct hash *root)
{
	text_put_base64(out, root->b, HASH_SIZE);
}

/* The margins carry what every page must: nothing that was put here can end
 * the quoted text, because identifiers, hex and base64 have no quotes. */
static void put_page_rule(struct flow_form *f, struct buf *css)
{
#define SMALL ";font:7.5pt \"Liberation Sans\",sans-serif}"
	buf_puts(css, "@page{margin:18mm 16mm 20mm;@top-left{content:\"");
	buf_put_slice(css, case_state_ref(f->state));
	buf_puts(css, "\"" SMALL "@top-right{content:\"");
	if (f->record_id != NULL) {
		buf_puts(css, "record ");
		case_report_put_id(css, f->record_id);
	}
	buf_printf(css,
	    "\"" SMALL "@bottom-left{content:\"ledger: %" PRIu64
	    " records, root ",
	    f->size);
	put_root(css, &f->root);
	buf_puts(css,
	    "\"" SMALL "@bottom-right{content:\"page \" counter(page) \" of "
	    "\" counter(pages)" SMALL "}\n");
#undef SMALL
}

void flow_form_start(struct flow_form *f, const char *title)
{
	struct buf css, all;

	buf_init(&css, STYLE_MAX);
	buf_init(&all, STYLE_MAX);
	buf_puts(&css, style);
	put_page_rule(f, &css);
	buf_printf(
	    &all, "%s, %.*s", title, SLICE_ARG(case_state_ref(f->state)));
	flow_html_put_head(f->out, buf_slice(&all), css.p);
	if (css.failed != 0)
		f->failed = css.failed;
	buf_done(&css);
	buf_done(&all);
}

static void put_qr(struct flow_form *f)
{
	char hex[HASH_HEX_SIZE];
	const char *text = f->number;
	struct flow_code code;

	if (f->record_id != NULL) {
		hash_to_hex(hex, f->record_id);
		text = hex;
	}
	if (text == NULL)
		return;
	int rc = flow_code_qr(&code, slice_of(text), NULL);
	if (rc != 0) {
		f->failed = rc;
		return;
	}
	size_t side = code.width + 2 * FLOW_CODE_QUIET_QR;
	buf_printf(f->out,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%dmm\" "
	    "height=\"%dmm\" viewBox=\"-%d -%d %zu %zu\" role=\"img\" "
	    "aria-label=\"QR code of the number\">",
	    QR_MM, QR_MM, FLOW_CODE_QUIET_QR, FLOW_CODE_QUIET_QR, side, side);
	flow_code_put_path(&code, 1, f->out);
	buf_puts(f->out, "</svg>\n");
	flow_code_done(&code);
}

void flow_form_sheet(struct flow_form *f, const char *heading)
{
	char hex[HASH_HEX_SIZE];

	buf_printf(f->out,
	    "<section class=\"sheet\">\n<header><div>\n<h1>%s</h1>\n<p>Case: ",
	    heading);
	flow_html_put(f->out, case_state_ref(f->state));
	buf_puts(f->out, "</p>\n");
	if (f->number != NULL)
		buf_printf(f->out, "<p>Form: <b>%s</b></p>\n", f->number);
	if (f->record_id != NULL) {
		hash_to_hex(hex, f->record_id);
		buf_printf(f->out,
		    "<p>Record: <b>%.12s</b> <small>%s</small>"
		    "</p>\n",
		    hex, hex);
	}
	buf_puts(f->out, "<p>Printed: ");
	case_report_put_when(f->out, f->printed);
	buf_printf(
	    f->out, " UTC. Ledger: %" PRIu64 " records, root <code>", f->size);
	put_root(f->out, &f->root);
	buf_puts(f->out, "</code></p>\n</div>\n");
	put_qr(f);
	buf_puts(f->out, "</header>\n");
	if (case_state_is_clock_set(f->state))
		flow_form_say(f,
		    "<b>clock: set.</b> The clock of this ledger was set for "
		    "a demonstration: its times prove nothing.");
}

void flow_form_close_sheet(struct flow_form *f)
{
	buf_puts(f->out,
	    "<footer>\n<p>This sheet is for reading and for ink; the proof is "
	    "the signed record in the ledger. How to check it: ");
	if (f->record_id != NULL) {
		buf_puts(f->out, "<code>counterfoil show ");
		case_report_put_id(f->out, f->record_id);
		buf_puts(
		    f->out, "</code> shows the record with its signatures; ");
	}
	buf_puts(f->out,
	    "<code>counterfoil fsck</code> checks the whole ledger against "
	    "the root above; outsiders take a receipt or a bundle of the case "
	    "and run <code>counterfoil-verify</code>.</p>\n");
	if (f->is_revealing)
		buf_puts(f->out,
		    "<p>What is marked <span class=\"np\">not public</span> "
		    "is withheld in the ledger. Keep this sheet from those "
		    "who may not know it.</p>\n");
	buf_puts(f->out, "</footer>\n</section>\n");
}

int flow_form_end(struct flow_form *f, struct err *err)
{
	buf_puts(f->out, "</body>\n</html>\n");
	if (f->failed != 0)
		return err_set(
		    err, f->failed, "a form could not be written whole");
	return buf_check(f->out, err);
}

void flow_form_heading(struct flow_form *f, const char *text)
{
	buf_printf(f->out, "<h2>%s</h2>\n", text);
}

void flow_form_say(struct flow_form *f, const char *text)
{
	buf_printf(f->out, "<p>%s</p>\n", text);
}

void flow_form_sentence(void *form, struct slice sentence)
{
	struct flow_form *f = form;

	buf_puts(f->out, "<li><bdi>");
	flow_html_put_sentence(f->out, sentence);
	buf_puts(f->out, "</bdi></li>\n");
}

void flow_form_put_name(struct buf *out, enum record_name name)
{
	for (const char *c = record_schema_field_name(name); *c != '\0'; c++)
		buf_putc(out, *c == '-' ? ' ' : *c);
}

/* The value, or that it is withheld. */
static void put_value(struct flow_form *f, const struct record *record,
    const struct record_block *block, const struct record_value *v)
{
	struct slice value = v->value;

	if (v->is_withheld) {
		value = f->reveal != NULL
		    ? f->reveal(f->cookie, record, block, v)
		    : slice_of(NULL);
		if (value.p == NULL) {
			buf_puts(f->out, "<i>withheld</i>");
			return;
		}
		f->is_revealing = true;
	}
	struct slice language = record_get(record, RECORD_F_LANGUAGE);
	buf_puts(f->out, "<bdi dir=\"auto\"");
	if (v->name == RECORD_F_QUOTE && language.p != NULL) {
		buf_puts(f->out, " lang=\"");
		flow_html_put(f->out, language);
		buf_putc(f->out, '"');
	}
	buf_putc(f->out, '>');
	flow_html_put_free(f->out, value);
	buf_puts(f->out, "</bdi>");
	if (v->is_withheld)
		buf_puts(f->out, " <span class=\"np\">not public</span>");
}

void flow_form_facts(struct flow_form *f, const struct record *record)
{
	buf_puts(f->out, "<table class=\"facts\">\n<tbody>\n");
	for (size_t i = 0; i < record->top_count; i++) {
		const struct record_value *v = &record->values[i];

		/* The head and the signatures tell these. */
		if (v->name == RECORD_F_CASE || v->name == RECORD_F_SIGNER)
			continue;
		buf_puts(f->out, "<tr><th scope=\"row\">");
		flow_form_put_name(f->out, v->name);
		buf_puts(f->out, "</th><td>");
		put_value(f, record, NULL, v);
		buf_puts(f->out, "</td></tr>\n");
	}
	flow_form_close_table(f);
}

void flow_form_open_table(
    struct flow_form *f, const char *const *columns, size_t n)
{
	buf_puts(f->out, "<table>\n<thead><tr>");
	for (size_t i = 0; i < n; i++)
		buf_printf(f->out, "<th scope=\"col\">%s</th>", columns[i]);
	buf_puts(f->out, "</tr></thead>\n<tbody>\n");
}

void flow_form_open_row(struct flow_form *f)
{
	buf_puts(f->out, "<tr>");
}

void flow_form_cell(struct flow_form *f, struct slice escaped)
{
	buf_puts(f->out, "<td><bdi>");
	flow_html_put_free(f->out, escaped);
	buf_puts(f->out, "</bdi></td>");
}

void flow_form_close_row(struct flow_form *f)
{
	buf_puts(f->out, "</tr>\n");
}

void flow_form_close_table(struct flow_form *f)
{
	buf_puts(f->out, "</tbody>\n</table>\n");
}

void flow_form_open_blocks(struct flow_form *f, const char *what)
{
	const char *const columns[] = {"No.", what, "As recorded"};

	flow_form_open_table(f, columns, 3);
}

void flow_form_block(struct flow_form *f, const struct record *record,
    const struct record_block *block, size_t number)
{
	buf_printf(f->out, "<tr><td>%zu</td><td><b>", number);
	flow_html_put(f->out, block->id);
	buf_puts(f->out, "</b>");
	if (record->schema->block == RECORD_F_ITEM)
		buf_printf(
		    f->out, "<small>*%c</small>", flow_check_of(block->id));
	buf_puts(f->out, "</td><td>");
	for (size_t i = 0; i < block->n; i++) {
		const struct record_value *v =
		    &record->values[block->first + i];

		buf_puts(f->out, i > 0 ? "; " : "");
		buf_puts(f->out, "<small>");
		flow_form_put_name(f->out, v->name);
		buf_puts(f->out, ":</small> ");
		put_value(f, record, block, v);
	}
	buf_puts(f->out, "</td></tr>\n");
}

void flow_form_signers(
    struct flow_form *f, const struct record *record, unsigned signed_mask)
{
	static const char *const columns[] = {
	    "Party", "Key", "Signed in the ledger"};

	flow_form_heading(f, "Signatures");
	flow_form_open_table(f, columns, 3);
	for (size_t i = 0; i < record->signer_count; i++) {
		flow_form_open_row(f);
		flow_form_cell(f, record->signers[i].party);
		buf_printf(f->out, "<td><code>%08x</code></td><td>%s</td>",
		    (unsigned)record->signers[i].key_id,
		    (signed_mask >> i) & 1 ? "yes" : "<b>not yet</b>");
		flow_form_close_row(f);
	}
	flow_form_close_table(f);
}

void flow_form_boxes(
    struct flow_form *f, const struct flow_form_box *boxes, size_t n)
{
	buf_puts(f->out, "<div class=\"boxes\">\n");
	for (size_t i = 0; i < n; i++) {
		buf_printf(
		    f->out, "<div class=\"box\"><p><b>%s</b> ", boxes[i].label);
		if (boxes[i].party.p != NULL) {
			buf_puts(f->out, "<bdi>");
			flow_html_put(f->out, boxes[i].party);
			buf_puts(f->out, "</bdi>");
		}
		buf_puts(f->out,
		    "</p>\n<p>Name</p><p>Number of things, in words</p>"
		    "<p>Place, date and time</p><p>Signature</p></div>\n");
	}
	buf_puts(f->out, "</div>\n");
}

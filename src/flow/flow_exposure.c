/*
 * flow_exposure.c: see flow_exposure.h.
 */
#include "flow_exposure.h"

#include "exam_words.h"
#include "flow_exposure_chart.h"
#include "flow_html.h"
#include "mem.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>

static const char style[] =
    ":root{--ink:#1d1b18;--soft:#57524a;--rule:#cdc6b8;--paper:#fffefb;"
    "--tint:#f4f0e6;--warn:#8a1c14;--bar:#3d5a73}\n"
    "*{box-sizing:border-box}\n"
    "html{background:var(--paper);color:var(--ink)}\n"
    "body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:54rem;"
    "font:1.0625rem/1.55 Charter,\"Bitstream Charter\",\"Iowan Old Style\","
    "\"Source Serif 4\",Georgia,\"Liberation Serif\",\"Noto Serif\",serif;"
    "overflow-wrap:anywhere}\n"
    "h1{font-size:1.65rem;line-height:1.3;font-weight:600;margin:.4rem 0 1rem}"
    "\n"
    "h2{font-size:1.2rem;font-weight:600;margin:2.6rem 0 .7rem;"
    "padding-top:.9rem;border-top:1px solid var(--rule)}\n"
    "h3{font-size:1.08rem;margin:2rem 0 .3rem;font-weight:600}\n"
    "h4{font-size:.9rem;margin:.9rem 0 .2rem;font-weight:600;"
    "color:var(--soft)}\n"
    "p{margin:.5rem 0}ul{margin:.4rem 0;padding-left:1.25rem}"
    "li{margin:.2rem 0}\n"
    ".kicker{margin:0;color:var(--soft);letter-spacing:.08em;"
    "text-transform:uppercase;font-size:.8rem}\n"
    ".facts{color:var(--soft);font-size:.95rem;margin:0;padding:0;"
    "list-style:none}\n"
    ".warning{border:2px solid var(--warn);padding:.6rem .9rem;"
    "margin:1.2rem 0}\n"
    ".glance{display:grid;gap:1rem 1.5rem;margin:1rem 0;padding:0;"
    "grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));"
    "list-style:none;line-height:1.35}.glance b{display:block;font-size:2rem;"
    "line-height:1.2;font-weight:600}\n"
    ".muted{color:var(--soft)}.num{text-align:right;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}\n"
    "table{border-collapse:collapse;width:100%;font-size:.95rem}\n"
    "th,td{text-align:start;vertical-align:top;padding:.35rem .8rem .35rem 0;"
    "border-top:1px solid var(--rule);font-weight:400}"
    "th.num,td.num{text-align:right}\n"
    "thead th{border-top:0;color:var(--soft);font-size:.85rem}\n"
    ".mark{font-size:.8rem;border:1px solid var(--rule);border-radius:.2rem;"
    "padding:0 .35rem;white-space:nowrap;background:var(--tint)}\n"
    "figure{margin:1.4rem "
    "0;overflow-x:auto}figcaption{font-weight:600;margin-bottom:.4rem}\n"
    ".chart{display:block;width:100%;height:auto;font:13px system-ui,"
    "\"Liberation Sans\",sans-serif}.chart text{fill:var(--ink)}"
    ".chart .label{text-anchor:end;fill:var(--soft)}"
    ".chart .bar{fill:var(--bar)}"
    "@media screen{.chart{min-width:34rem}}\n"
    ".legend{list-style:none;padding:0;font-size:.92rem}"
    ".swatch{width:.75rem;height:.75rem;display:inline-block}\n"
    "code{font:.88em/1.5 ui-monospace,\"Liberation Mono\",monospace}"
    "a{color:inherit}\n"
    "@page{size:A4;margin:18mm 15mm 20mm}\n"
    "@media print{html{background:none}body{max-width:none;padding:0;"
    "font-size:10pt}h1{font-size:16pt}h2{font-size:12pt}h2,h3,h4,thead{"
    "break-after:avoid}tr,li,figure{break-inside:avoid}a{text-decoration:none}"
    ".warning{break-inside:avoid}}\n";

struct page {
	const struct exam_report *report;
	const struct exam_report_sums *sums;
	struct buf *out;
};

/* What comes from evidence or from a record. */
static void put_foreign(struct page *p, struct slice text)
{
	buf_puts(p->out, "<bdi>");
	flow_html_put(p->out, text);
	buf_puts(p->out, "</bdi>");
}

static void put_number(struct page *p, uint64_t value)
{
	flow_exposure_chart_put_number(p->out, value);
}

static void put_number_cell(struct page *p, uint64_t value)
{
	buf_puts(p->out, "<td class=\"num\">");
	put_number(p, value);
	buf_puts(p->out, "</td>");
}

/* ---- head ---- */

static void put_fact(struct page *p, const char *what, struct slice value)
{
	if (value.p == NULL)
		return;
	buf_printf(p->out, "<li>%s: ", what);
	put_foreign(p, value);
	buf_puts(p->out, "</li>\n");
}

static void put_head(struct page *p)
{
	char at[WHEN_SIZE];

	when_to_time(at, p->report->at);
	flow_html_put_head(p->out, slice_of("Whom it exposes"), style);
	buf_puts(p->out,
	    "<main>\n<header>\n<p class=\"kicker\">Examination, details</p>\n"
	    "<h1>Whom ");
	put_foreign(
	    p, p->report->item.p != NULL ? p->report->item : p->report->image);
	buf_puts(p->out, " exposes</h1>\n<ul class=\"facts\">\n");
	put_fact(p, "Case", p->report->case_ref);
	put_fact(p, "Under the order", p->report->order);
	put_fact(p, "For the purpose of", p->report->purpose);
	put_fact(p, "Read", p->report->image);
	put_fact(p, "Examined until", slice_of(at));
	buf_puts(p->out,
	    "</ul>\n<p class=\"warning\"><strong>This page names people.</"
	    "strong> It was encrypted to those whom the order names, and to "
	    "nobody else. Who opens it answers for it: keep it encrypted, and "
	    "destroy it when its purpose has ended. Who is named here has done "
	    "nothing by being named.</p>\n</header>\n");
}

/* ---- at a glance ---- */

static void put_big(struct page *p, uint64_t value, const char *what)
{
	buf_puts(p->out, "<li><b>");
	put_number(p, value);
	buf_printf(p->out, "</b>%s</li>\n", what);
}

static void put_glance(struct page *p)
{
	const struct exam_people_sums *s = &p->sums->people;
	struct flow_exposure_chart_bar risks[EXAM_PEOPLE_RISKS];
	struct flow_exposure_chart_bar kinds[CAGE_HIT_KINDS];
	size_t n = 0;

	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		risks[r] = (struct flow_exposure_chart_bar){
		    exam_words_risks((enum exam_people_risk)r), s->risks[r],
		    NULL};
	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS; k++)
		kinds[n++] = (struct flow_exposure_chart_bar){
		    exam_words_kinds((enum cage_hit_kind)k),
		    p->sums->features[k], NULL};
	buf_puts(
	    p->out, "<section>\n<h2>At a glance</h2>\n<ul class=\"glance\">\n");
	put_big(p, s->people, "people with an address, a number or an account");
	put_big(p, s->names_alone, "more names, of whom nothing else is known");
	put_big(p, s->shared, "identifiers that several share");
	put_big(p, p->sums->files_with_finds, "files in which they stand");
	buf_puts(p->out, "</ul>\n");
	flow_exposure_chart_put_bars(
	    p->out, "Of how many people it tells", risks, EXAM_PEOPLE_RISKS);
	flow_exposure_chart_put_bars(
	    p->out, "What was found, each counted once", kinds, n);
}

static void put_bytes(struct page *p)
{
	static const struct {
		enum exam_owning owning;
		const char *label, *fill;
	} all[] = {
	    {EXAM_OWNER_FILE, "in files", "#1c5a3a"},
	    {EXAM_OWNER_SLACK, "behind the ends of files", "#5f8f74"},
	    {EXAM_OWNER_FREE, "not in use, searched all the same", "#b9cdbf"},
	    {EXAM_OWNER_TABLES, "tables of file systems", "#8b8677"},
	    {EXAM_OWNER_NOBODY, "outside of all volumes", "#d9d3c3"},
	    {EXAM_OWNER_BLIND, "encrypted or not read: nobody looked into it",
		"#8a1c14"},
	    {EXAM_OWNER_UNREAD, "of which the image has no bytes", "#1d1b18"},
	};
	struct flow_exposure_chart_bar parts[EXAM_OWNER_COUNT];
	size_t n = sizeof(all) / sizeof(all[0]);

	for (size_t i = 0; i < n; i++)
		parts[i] = (struct flow_exposure_chart_bar){
		    all[i].label, p->report->bytes[all[i].owning], all[i].fill};
	flow_exposure_chart_put_parts(
	    p->out, "What was looked at, of the whole image", parts, n);
	buf_puts(p->out, "</section>\n");
}

/* ---- people ---- */

static void put_risks(struct page *p, uint32_t risks)
{
	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		if (risks >> r & 1)
			buf_printf(p->out, "<span class=\"mark\">%s</span> ",
			    exam_words_risk((enum exam_people_risk)r));
}

static void put_person_name(struct page *p, uint32_t person)
{
	const struct exam_people_person *who =
	    exam_people_at(p->report->people, person);
	bool has_part = person < FLOW_EXPOSURE_PEOPLE_MAX;

	if (has_part)
		buf_printf(p->out, "<a href=\"#p%" PRIu32 "\">", person + 1);
	put_foreign(p, exam_feature_at(p->report->store, who->label).text);
	buf_puts(p->out, has_part ? "</a>" : "");
}

static void put_list(struct page *p)
{
	uint32_t count = exam_people_count(p->report->people);
	uint32_t n =
	    count < FLOW_EXPOSURE_ROWS_MAX ? count : FLOW_EXPOSURE_ROWS_MAX;

	buf_puts(
	    p->out, "<section>\n<h2>People, the most exposed first</h2>\n");
	if (count == 0) {
		buf_puts(p->out, "<p>Nobody was found.</p>\n</section>\n");
		return;
	}
	buf_puts(p->out,
	    "<table>\n<thead><tr><th class=\"num\" scope=\"col\">No.</th>"
	    "<th scope=\"col\">Called</th><th class=\"num\" scope=\"col\">"
	    "Exposure</th><th class=\"num\" scope=\"col\">Files</th>"
	    "<th class=\"num\" scope=\"col\">Linked to</th>"
	    "<th scope=\"col\">It tells of</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < n; i++) {
		const struct exam_people_person *who =
		    exam_people_at(p->report->people, i);

		buf_puts(p->out, "<tr>");
		put_number_cell(p, i + 1);
		buf_puts(p->out, "<td>");
		put_person_name(p, i);
		buf_puts(p->out, "</td>");
		put_number_cell(p, who->exposure);
		put_number_cell(p, who->files);
		put_number_cell(p, who->link_n);
		buf_puts(p->out, "<td>");
		put_risks(p, who->risks);
		buf_puts(p->out, "</td></tr>\n");
	}
	buf_puts(p->out, "</tbody>\n</table>\n");
	if (n < count)
		buf_printf(p->out,
		    "<p class=\"muted\">And %" PRIu32
		    " more, who are in people.csv.</p>\n",
		    count - n);
	buf_puts(p->out, "</section>\n");
}

static void put_more(struct page *p, size_t all, size_t shown, const char *file)
{
	if (all > shown)
		buf_printf(p->out,
		    "<p class=\"muted\">And %zu more, in %s.</p>\n",
		    all - shown, file);
}

static void put_identifiers(
    struct page *p, const struct exam_people_person *who)
{
	const struct exam_people *people = p->report->people;
	size_t n = who->feature_n < FLOW_EXPOSURE_IDS_MAX
	    ? who->feature_n
	    : FLOW_EXPOSURE_IDS_MAX;

	buf_puts(p->out,
	    "<table>\n<thead><tr><th scope=\"col\">Kind</th>"
	    "<th scope=\"col\">What stands there</th><th class=\"num\" "
	    "scope=\"col\">Found</th><th class=\"num\" scope=\"col\">Files"
	    "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n; i++) {
		uint32_t feature = who->features[i];
		struct exam_feature f =
		    exam_feature_at(p->report->store, feature);

		buf_printf(
		    p->out, "<tr><td>%s</td><td>", cage_hit_name(f.kind));
		put_foreign(p, f.text);
		if (exam_people_is_shared(people, feature))
			buf_puts(p->out,
			    " <span class=\"mark\">shared with others</span>");
		if (exam_people_is_role(people, feature))
			buf_puts(p->out,
			    " <span class=\"mark\">of a function</span>");
		buf_puts(p->out, "</td>");
		put_number_cell(p, f.hits);
		put_number_cell(p, f.files);
		buf_puts(p->out, "</tr>\n");
	}
	buf_puts(p->out, "</tbody>\n</table>\n");
	put_more(p, who->feature_n, n, "identifiers.csv");
}

static void put_links(struct page *p, const struct exam_people_person *who)
{
	size_t n = who->link_n < FLOW_EXPOSURE_LINKS_MAX
	    ? who->link_n
	    : FLOW_EXPOSURE_LINKS_MAX;

	if (n == 0)
		return;
	buf_puts(p->out, "<h4>Linked to</h4>\n<ul>\n");
	for (size_t i = 0; i < n; i++) {
		const struct exam_people_link *l = &who->links[i];

		buf_printf(
		    p->out, "<li>%s ", exam_words_how(l->how, l->is_from));
		put_person_name(p, l->other);
		buf_printf(p->out,
		    " <span class=\"muted\">(%" PRIu32
		    " record%s)</span></li>\n",
		    l->seen, l->seen == 1 ? "" : "s");
	}
	buf_puts(p->out, "</ul>\n");
	put_more(p, who->link_n, n, "links.csv");
}

struct first_files {
	uint32_t list[FLOW_EXPOSURE_FILES_MAX];
	size_t n;
};

static void take_file(void *cookie, uint32_t file)
{
	struct first_files *f = cookie;

	for (size_t i = 0; i < f->n; i++)
		if (f->list[i] == file)
			return;
	if (f->n < FLOW_EXPOSURE_FILES_MAX)
		f->list[f->n++] = file;
}

static void put_files(struct page *p, const struct exam_people_person *who)
{
	struct first_files files = {.n = 0};

	for (size_t i = 0;
	     i < who->feature_n && files.n < FLOW_EXPOSURE_FILES_MAX; i++)
		exam_feature_files(
		    p->report->store, who->features[i], take_file, &files);
	if (files.n == 0)
		return;
	buf_puts(p->out, "<h4>Some of the files</h4>\n<ul>\n");
	for (size_t i = 0; i < files.n; i++) {
		struct exam_file_ref ref;

		buf_puts(p->out, "<li>");
		if (p->report->files.get == NULL ||
		    !p->report->files.get(
			p->report->files.cookie, files.list[i], &ref)) {
			buf_printf(
			    p->out, "file %" PRIu32 "</li>\n", files.list[i]);
			continue;
		}
		buf_puts(p->out, "<code>");
		put_foreign(p, ref.path);
		buf_printf(p->out, "</code>%s</li>\n",
		    ref.is_allocated ? ""
				     : " <span class=\"mark\">deleted</span>");
	}
	buf_puts(p->out, "</ul>\n");
}

static void put_people(struct page *p)
{
	uint32_t count = exam_people_count(p->report->people);
	uint32_t n =
	    count < FLOW_EXPOSURE_PEOPLE_MAX ? count : FLOW_EXPOSURE_PEOPLE_MAX;

	if (count == 0)
		return;
	buf_puts(p->out, "<section>\n<h2>What is known of each</h2>\n");
	for (uint32_t i = 0; i < n; i++) {
		const struct exam_people_person *who =
		    exam_people_at(p->report->people, i);

		buf_printf(p->out,
		    "<section>\n<h3 id=\"p%" PRIu32 "\">%" PRIu32 ". ", i + 1,
		    i + 1);
		put_foreign(
		    p, exam_feature_at(p->report->store, who->label).text);
		buf_printf(p->out,
		    "</h3>\n<p>Exposure <b>%" PRIu32 "</b>: prominence "
		    "%" PRIu32 " &times; what is known %" PRIu32 ". ",
		    who->exposure, who->prominence,
		    who->exposure / who->prominence);
		put_risks(p, who->risks);
		buf_puts(p->out, "</p>\n");
		put_identifiers(p, who);
		put_links(p, who);
		put_files(p, who);
		buf_puts(p->out, "</section>\n");
	}
	put_more(p, count, n, "people.csv and identifiers.csv");
	buf_puts(p->out, "</section>\n");
}

/* ---- what belongs to nobody ---- */

struct loose {
	struct exam_feature f;
};

static int compare_loose(const void *a, const void *b)
{
	const struct loose *x = a, *y = b;

	if (x->f.files != y->f.files)
		return x->f.files > y->f.files ? -1 : 1;
	if (x->f.hits != y->f.hits)
		return x->f.hits > y->f.hits ? -1 : 1;
	return slice_compare(x->f.text, y->f.text);
}

static void put_loose_rows(struct page *p, const struct loose *all, size_t n)
{
	buf_puts(p->out,
	    "<table>\n<thead><tr><th scope=\"col\">Kind</th>"
	    "<th scope=\"col\">What stands there</th><th class=\"num\" "
	    "scope=\"col\">Found</th><th class=\"num\" scope=\"col\">Files"
	    "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < n && i < FLOW_EXPOSURE_LOOSE_MAX; i++) {
		buf_printf(p->out, "<tr><td>%s</td><td>",
		    cage_hit_name(all[i].f.kind));
		put_foreign(p, all[i].f.text);
		buf_puts(p->out, "</td>");
		put_number_cell(p, all[i].f.hits);
		put_number_cell(p, all[i].f.files);
		buf_puts(p->out, "</tr>\n");
	}
	buf_puts(p->out, "</tbody>\n</table>\n");
	put_more(p, n, FLOW_EXPOSURE_LOOSE_MAX, "finds.csv");
}

static int put_loose(struct page *p, struct err *err)
{
	size_t n = 0;

	for (int k = 0; k < CAGE_HIT_KINDS; k++)
		n += p->sums->people.loose[k];
	if (n == 0)
		return 0;
	struct loose *all = mem_new(n, sizeof(*all));
	if (all == NULL)
		return err_nomem(err);
	n = 0;
	for (uint32_t i = 0; i < exam_feature_count(p->report->store); i++)
		if (exam_people_is_loose(p->report->people, i))
			all[n++].f = exam_feature_at(p->report->store, i);
	qsort(all, n, sizeof(*all), compare_loose);
	buf_puts(p->out,
	    "<section>\n<h2>Identifiers that nothing ties to anybody</h2>\n"
	    "<p>They stand in running text, not in an entry of a record, so "
	    "nobody knows whose they are, or how many people these are. Each "
	    "is somebody&#39;s.</p>\n");
	put_loose_rows(p, all, n);
	buf_puts(p->out, "</section>\n");
	free(all);
	return 0;
}

/* ---- limits ---- */

static void put_limits(struct page *p)
{
	const struct exam_feature_left_out *left = &p->sums->left_out;
	uint64_t hits = 0;

	for (int k = CAGE_HIT_EMAIL; k < CAGE_HIT_KINDS; k++)
		hits += left->hits[k];
	buf_puts(p->out,
	    "<section>\n<h2>What this page cannot say</h2>\n<ul>\n"
	    "<li>Entries are joined by an address, a number, an account or a "
	    "passport that they have in common, never by a name. Somebody "
	    "under two names that do not fit is counted twice; two people who "
	    "use one address under one name are counted once.</li>\n"
	    "<li>Exposure puts people in an order. It measures no danger: one "
	    "line about one person can be worse than a thousand files about "
	    "another.</li>\n<li>Nobody looked into what is encrypted or could "
	    "not be read; who is named there is missing here.</li>\n");
	if (p->report->gaps > 0)
		buf_printf(p->out,
		    "<li>%" PRIu64 " places could not be read into.</li>\n",
		    p->report->gaps);
	if (hits > 0)
		buf_printf(p->out,
		    "<li>There was no memory for %" PRIu64
		    " finds; they are counted nowhere here.</li>\n",
		    hits);
	if (left->files > 0)
		buf_puts(p->out,
		    "<li>There was no memory for all files of all finds: "
		    "numbers of files are least ones.</li>\n");
	if (left->entries > 0)
		buf_printf(p->out,
		    "<li>%" PRIu64 " entries were not joined to anybody: too "
		    "many, or too long.</li>\n",
		    left->entries);
	buf_puts(p->out,
	    "</ul>\n</section>\n<section>\n<h2>How exposure is worked out</h2>"
	    "\n<p>Prominence times what is known. Prominence is 1 for one "
	    "file, 2 from two files, 3 from five, 4 from twenty and 5 from a "
	    "hundred, and 2 more for whoever wrote something or has a card of "
	    "their own. What is known is 1, and 1 for each kind of "
	    "identifier, and for");
	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		buf_printf(p->out, "%s %s %" PRIu32, r == 0 ? "" : ",",
		    exam_words_risk((enum exam_people_risk)r),
		    exam_people_weight((enum exam_people_risk)r));
	buf_puts(p->out,
	    ". The manual page counterfoil-exposure(7) has an example.</p>\n"
	    "</section>\n");
}

int flow_exposure_put(const struct exam_report *report,
    const struct exam_report_sums *sums, struct buf *out, struct err *err)
{
	struct page p = {report, sums, out};

	put_head(&p);
	put_glance(&p);
	put_bytes(&p);
	put_list(&p);
	put_people(&p);
	int rc = put_loose(&p, err);
	put_limits(&p);
	buf_puts(out, "</main>\n</body>\n</html>\n");
	return rc != 0 ? rc : buf_check(out, err);
}

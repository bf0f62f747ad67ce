/*
 * exam_dfxml.c: see exam_dfxml.h.
 */
#include "exam_dfxml.h"

#include "version.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

/* A line is text without controls; two characters that lines may have are none
 * of XML's. */
static void put_text(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		const char c = text.p[i];

		if (c == '&')
			buf_puts(out, "&amp;");
		else if (c == '<')
			buf_puts(out, "&lt;");
		else if (c == '>')
			buf_puts(out, "&gt;");
		else if (c == '"')
			buf_puts(out, "&quot;");
		else if (text.n - i >= 3 &&
		    (memcmp(text.p + i, "\xef\xbf\xbe", 3) == 0 ||
			memcmp(text.p + i, "\xef\xbf\xbf", 3) == 0)) {
			buf_puts(out, "\xef\xbf\xbd");
			i += 2;
		} else
			buf_putc(out, c);
	}
}

static void put_number(struct buf *out, const char *name, uint64_t value)
{
	buf_printf(out, "      <%s>%" PRIu64 "</%s>\n", name, value, name);
}

void exam_dfxml_begin(struct buf *out, const struct exam_dfxml_of *of)
{
	buf_puts(out,
	    "<?xml version='1.0' encoding='UTF-8'?>\n"
	    "<dfxml\n"
	    "  xmlns='http://www.forensicswiki.org/wiki/"
	    "Category:Digital_Forensics_XML'\n"
	    "  xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'\n"
	    "  xmlns:dc='http://purl.org/dc/elements/1.1/'\n"
	    "  xmlns:cf='" EXAM_DFXML_NAMESPACE "'\n"
	    "  version='1.1.0+'>\n"
	    "  <metadata>\n"
	    "    <dc:type>Disk Image</dc:type>\n"
	    "  </metadata>\n"
	    "  <creator>\n"
	    "    <program>counterfoil</program>\n"
	    "    <version>" VERSION_TEXT "</version>\n"
	    "  </creator>\n"
	    "  <source>\n"
	    "    <image_filename>");
	put_text(out, slice_of(of->image));
	buf_puts(out, "</image_filename>\n  </source>\n");
}

void exam_dfxml_volume(
    struct buf *out, const struct exam_dfxml_of *of, uint32_t volume)
{
	size_t n;
	const struct exam_catalog_volume *v =
	    &exam_catalog_volumes(of->catalog, &n)[volume - 1];

	buf_printf(out,
	    "  <volume offset='%" PRIu64 "'>\n"
	    "    <partition_offset>%" PRIu64 "</partition_offset>\n",
	    v->about.at, v->about.at);
	if (v->blocks.block_size > 0)
		buf_printf(out, "    <block_size>%" PRIu64 "</block_size>\n",
		    v->blocks.block_size);
	buf_puts(out, "    <ftype_str>");
	put_text(out, slice_of(v->about.type));
	buf_puts(out, "</ftype_str>\n");
	if (v->names_why[0] != '\0') {
		buf_puts(out, "    <error>");
		put_text(out, slice_of(v->names_why));
		buf_puts(out, "</error>\n");
	}
}

static void put_time(struct buf *out, const char *name,
    const struct exam_catalog_file *f, enum cage_list_time kind)
{
	char text[WHEN_SIZE];

	if (f->times[kind] == 0)
		return;
	when_to_time(text, f->times[kind]);
	buf_printf(out, "      <%s>%s</%s>\n", name, text, name);
}

/* Numbers of types as libtsk's. */
static void put_type(struct buf *out, const struct exam_catalog_file *f)
{
	static const struct {
		char name;
		unsigned meta;
	} types[CAGE_LIST_TYPES] = {
	    {'-', 0}, {'r', 1}, {'d', 2}, {'l', 6}, {'-', 0}};
	const bool is_virtual = (f->flags & CAGE_LIST_VIRTUAL) != 0;

	buf_printf(out, "      <name_type>%c</name_type>\n",
	    is_virtual ? 'v' : types[f->type].name);
	if ((f->flags & CAGE_LIST_NAME_ALONE) == 0)
		put_number(
		    out, "meta_type", is_virtual ? 10 : types[f->type].meta);
}

struct runs {
	struct buf *out;
	uint64_t base; /* of the volume */
};

static void put_run(
    struct runs *r, uint64_t at, uint64_t n, uint64_t in_file, bool is_hole)
{
	buf_printf(
	    r->out, "        <byte_run file_offset='%" PRIu64 "'", in_file);
	if (is_hole)
		buf_puts(r->out, " fill='0'");
	else
		buf_printf(r->out,
		    " fs_offset='%" PRIu64 "' img_offset='%" PRIu64 "'",
		    at - r->base, at);
	buf_printf(r->out, " len='%" PRIu64 "'/>\n", n);
}

static void put_runs(struct runs *r, const struct exam_dfxml_of *of,
    const struct exam_catalog_file *f, uint32_t file)
{
	uint64_t in_file = 0;
	size_t n;
	const struct exam_catalog_run *runs =
	    exam_catalog_runs(of->catalog, file, &n);

	for (size_t i = 0; i < n && in_file < f->size; i++) {
		uint64_t here = runs[i].length;

		if (here > f->size - in_file)
			here = f->size - in_file;
		put_run(r, runs[i].at, here, in_file,
		    runs[i].at == EXAM_CATALOG_HOLE);
		in_file += here;
	}
}

static void put_pieces(struct runs *r, const struct exam_dfxml_of *of,
    const struct exam_grade *grade)
{
	const struct exam_grade_piece *p = exam_grade_pieces(of->grades, grade);

	for (size_t i = 0; i < grade->piece_n; i++)
		if (p[i].state != EXAM_GRADE_MISSING)
			put_run(r, p[i].at, p[i].length, p[i].in_file,
			    p[i].is_hole);
}

void exam_dfxml_file(struct buf *out, const struct exam_dfxml_of *of,
    uint32_t file, const char *md5, const char *sha256)
{
	size_t n;
	const struct exam_catalog_file *f =
	    &exam_catalog_files(of->catalog, &n)[file];
	const struct exam_grade *grade =
	    of->grades != NULL ? exam_grade_of(of->grades, file) : NULL;
	const struct exam_catalog_volume *v =
	    &exam_catalog_volumes(of->catalog, &n)[f->volume - 1];
	struct runs runs = {out, v->about.at};

	buf_puts(out, "    <fileobject>\n      <filename>");
	struct buf path;

	buf_init(&path, out->max);
	exam_catalog_put_path(of->catalog, file, &path);
	put_text(out, buf_slice(&path));
	buf_done(&path);
	buf_puts(out, "</filename>\n");
	put_number(out, "partition", f->volume);
	put_number(out, "id", (uint64_t)file + 1);
	put_type(out, f);
	put_number(out, "filesize", f->size);
	put_number(out, "alloc_name", !(f->flags & CAGE_LIST_NAME_DELETED));
	put_number(out, "alloc_inode", !(f->flags & CAGE_LIST_DELETED));
	put_number(out, "inode", f->id);
	put_number(out, "mode", f->mode);
	put_number(out, "nlink", f->links);
	put_number(out, "uid", f->uid);
	put_number(out, "gid", f->gid);
	put_time(out, "mtime", f, CAGE_LIST_MODIFIED);
	put_time(out, "ctime", f, CAGE_LIST_CHANGED);
	put_time(out, "atime", f, CAGE_LIST_ACCESSED);
	put_time(out, "crtime", f, CAGE_LIST_CREATED);
	if (grade != NULL)
		buf_printf(out, "      <cf:grade>%s</cf:grade>\n",
		    exam_grade_word_name(grade->word));
	if ((f->flags & CAGE_LIST_COMPRESSED) == 0) {
		buf_puts(out, "      <byte_runs facet='data'>\n");
		if (grade != NULL)
			put_pieces(&runs, of, grade);
		else
			put_runs(&runs, of, f, file);
		buf_puts(out, "      </byte_runs>\n");
	}
	if (md5 != NULL)
		buf_printf(
		    out, "      <hashdigest type='md5'>%s</hashdigest>\n", md5);
	if (sha256 != NULL)
		buf_printf(out,
		    "      <hashdigest type='sha256'>%s</hashdigest>\n",
		    sha256);
	buf_puts(out, "    </fileobject>\n");
}

void exam_dfxml_volume_end(struct buf *out)
{
	buf_puts(out, "  </volume>\n");
}

void exam_dfxml_end(struct buf *out)
{
	buf_puts(out, "</dfxml>\n");
}

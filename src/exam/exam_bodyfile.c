/*
 * exam_bodyfile.c: see exam_bodyfile.h.
 */
#include "exam_bodyfile.h"

#include <string.h>

static char type_of(const struct exam_catalog_file *file)
{
	static const char types[CAGE_LIST_TYPES] = {'-', 'r', 'd', 'l', '-'};

	return file->flags & CAGE_LIST_VIRTUAL ? 'v' : types[file->type];
}

void exam_bodyfile_mode(
    char ret_mode[EXAM_BODYFILE_MODE], const struct exam_catalog_file *file)
{
	static const char all[] = "rwxrwxrwx";
	static const struct {
		uint32_t bit, needs;
		unsigned at;
		char with, without;
	} special[] = {
	    {04000, 0100, 5, 's', 'S'},
	    {02000, 0010, 8, 's', 'S'},
	    {01000, 0001, 11, 't', 'T'},
	};
	char *p = ret_mode;

	*p++ = type_of(file);
	*p++ = '/';
	*p++ = file->flags & CAGE_LIST_NAME_ALONE ? '-' : type_of(file);
	for (unsigned i = 0; i < 9; i++)
		*p++ = file->mode >> (8 - i) & 1 ? all[i] : '-';
	*p = '\0';
	for (unsigned i = 0; i < 3; i++)
		if (file->mode & special[i].bit)
			ret_mode[special[i].at] = file->mode & special[i].needs
			    ? special[i].with
			    : special[i].without;
}

static void put_name(
    struct buf *out, const struct exam_catalog *catalog, uint32_t file)
{
	struct buf path;

	buf_init(&path, out->max);
	exam_catalog_put_path(catalog, file, &path);
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '|')
			buf_puts(out, "\\x7c");
		else
			buf_putc(out, path.p[i]);
	buf_done(&path);
}

void exam_bodyfile_put(struct buf *out, const struct exam_catalog *catalog,
    uint32_t file, const char *md5)
{
	size_t n;
	const struct exam_catalog_file *f =
	    &exam_catalog_files(catalog, &n)[file];
	const uint32_t gone = CAGE_LIST_NAME_DELETED | CAGE_LIST_DELETED;
	char mode[EXAM_BODYFILE_MODE];

	exam_bodyfile_mode(mode, f);
	buf_printf(out, "%s|/", md5 != NULL ? md5 : "0");
	put_name(out, catalog, file);
	if (f->flags & gone)
		buf_puts(out, " (deleted)");
	buf_printf(out, "|%llu", (unsigned long long)f->id);
	/* Of file systems that have several contents of one file. */
	if (f->attribute > 1)
		buf_printf(out, "-%u-%u", f->attribute, f->attribute_id);
	buf_printf(out, "|%s|%u|%u|%llu|%lld|%lld|%lld|%lld\n", mode, f->uid,
	    f->gid, (unsigned long long)f->size,
	    (long long)f->times[CAGE_LIST_ACCESSED],
	    (long long)f->times[CAGE_LIST_MODIFIED],
	    (long long)f->times[CAGE_LIST_CHANGED],
	    (long long)f->times[CAGE_LIST_CREATED]);
}

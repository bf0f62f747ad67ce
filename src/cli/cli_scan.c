/*
 * cli_scan.c: a scanner's lines. The whole list is checked before anything is
 * done with it, so that one bad line changes nothing.
 */
#include "cli_scan.h"

#include "file.h"
#include "flow_check.h"
#include "map.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>

void cli_scan_done(struct cli_scan *scan)
{
	buf_done(&scan->text);
	free(scan->lines);
	*scan = (struct cli_scan){0};
}

static int split_line(struct cli_scan_line *line, struct slice rest,
    const char *path, struct err *err)
{
	while (rest.p != NULL) {
		if (line->n == CLI_SCAN_CELLS_MAX)
			return err_set(err, ERR_USAGE,
			    "%s:%zu: too many commas; a line is ITEM or "
			    "ITEM,SEAL,STATE",
			    path, line->number);
		line->cells[line->n++] = slice_trim(slice_cut(&rest, ','));
	}
	struct err why = {0};
	int rc = flow_check_take(line->cells[0], &line->cells[0], &why);
	if (rc != 0)
		return err_set(
		    err, rc, "%s:%zu: %s", path, line->number, why.message);
	if (!text_is_identifier(line->cells[0]))
		return err_set(err, ERR_USAGE,
		    "%s:%zu: \"%.*s\" is no item; scan it again", path,
		    line->number, SLICE_ARG(line->cells[0]));
	return 0;
}

static int add_line(struct cli_scan *scan, struct map *seen, size_t number,
    struct slice text, const char *path, struct err *err)
{
	struct cli_scan_line line = {.number = number};
	uint32_t before;

	int rc = split_line(&line, text, path, err);
	if (rc != 0)
		return rc;
	if (map_get(seen, line.cells[0], &before))
		return err_set(err, ERR_USAGE,
		    "%s:%zu: %.*s was scanned before, on line %u; leave it out",
		    path, number, SLICE_ARG(line.cells[0]), before);
	rc = map_put(seen, line.cells[0], (uint32_t)number, err);
	if (rc == 0)
		rc = mem_grow((void **)&scan->lines, &scan->cap, scan->n + 1,
		    sizeof(scan->lines[0]), err);
	if (rc == 0)
		scan->lines[scan->n++] = line;
	return rc;
}

int cli_scan_read(struct cli_scan *scan, const char *path, struct err *err)
{
	struct map seen;
	size_t number = 0;

	*scan = (struct cli_scan){0};
	buf_init(&scan->text, CLI_SCAN_MAX);
	map_init(&seen);
	int rc = file_read_user(&scan->text, path, CLI_SCAN_MAX, err);
	struct slice rest = buf_slice(&scan->text);
	if (rc == 0 && !text_is_utf8(rest))
		rc = err_set(err, ERR_USAGE,
		    "%s: not UTF-8 text; save it as UTF-8", path);
	while (rc == 0 && rest.p != NULL) {
		struct slice line = slice_cut(&rest, '\n');
		number++;
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		line = slice_trim(line);
		if (line.n > 0 && line.p[0] != '#')
			rc = add_line(scan, &seen, number, line, path, err);
	}
	map_done(&seen);
	if (rc != 0)
		cli_scan_done(scan);
	return rc;
}

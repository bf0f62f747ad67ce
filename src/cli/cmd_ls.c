/*
 * cmd_ls.c: `counterfoil ls`: the files of an image, deleted ones with their
 * grade.
 *
 * The list is made twice: for its digest, which the record has, and, once the
 * record stands, for whoever asked. Names can go to a terminal as they are:
 * each is a line (cage_list.h).
 */
#include "cli_catalog.h"
#include "cli_out.h"
#include "csv.h"
#include "exam_bodyfile.h"
#include "exam_dfxml.h"
#include "hash.h"
#include "json.h"
#include "when.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PIECE (1u << 20)
#define ROOM (256u << 20)

static const struct cli_option options[] = {
    CLI_EXAM_OPTIONS,
    {"deleted", 0, NULL, false, "only deleted files"},
    {"format", 0, "FORMAT", false,
	"text (default), csv, jsonl, dfxml or bodyfile"},
};

enum format {
	TEXT,
	CSV,
	JSONL,
	DFXML,
	BODYFILE,
	FORMATS
};

static const char *const formats[FORMATS] = {
    "text", "csv", "jsonl", "dfxml", "bodyfile"};

struct listing {
	struct cli_catalog c;
	enum format format;
	bool is_deleted_only;
	const struct exam_catalog_file *files;
	size_t n;
	struct hash_run *hash; /* the first time */
	struct buf out;
};

static int choose(
    struct listing *l, const struct cli_args *args, struct err *err)
{
	const char *typed = cli_args_get(args, "format");

	l->is_deleted_only = cli_args_has(args, "deleted");
	if (cli_args_has(args, "json") && typed != NULL)
		return err_set(err, ERR_USAGE,
		    "ls: --json is --format jsonl; give one of them");
	if (cli_args_has(args, "json"))
		typed = "jsonl";
	if (typed == NULL)
		return 0;
	for (int f = 0; f < FORMATS; f++)
		if (strcmp(typed, formats[f]) == 0) {
			l->format = (enum format)f;
			return 0;
		}
	return err_set(err, ERR_USAGE,
	    "ls: --format %s: there are text, csv, jsonl, dfxml and bodyfile",
	    typed);
}

/* ---- one file ---- */

static bool is_gone(const struct exam_catalog_file *f)
{
	return (f->flags & (CAGE_LIST_DELETED | CAGE_LIST_NAME_DELETED)) != 0;
}

static const char *state_of(const struct listing *l, uint32_t i)
{
	const struct exam_grade *grade = exam_grade_of(l->c.grades, i);

	if (grade != NULL)
		return exam_grade_word_name(grade->word);
	return is_gone(&l->files[i]) ? "name" : "live";
}

static char type_of(const struct exam_catalog_file *f)
{
	static const char types[CAGE_LIST_TYPES] = {'-', 'r', 'd', 'l', 'o'};

	return f->flags & CAGE_LIST_VIRTUAL ? 'v' : types[f->type];
}

static void time_of(const struct exam_catalog_file *f, enum cage_list_time t,
    char ret_text[WHEN_SIZE])
{
	ret_text[0] = '-';
	ret_text[1] = '\0';
	if (f->times[t] != 0)
		when_to_time(ret_text, f->times[t]);
}

static void put_text(struct listing *l, uint32_t i, const struct buf *path)
{
	const struct exam_catalog_file *f = &l->files[i];
	char time[WHEN_SIZE];
	struct buf id;

	buf_init(&id, 128);
	cli_catalog_put_id(&id, &l->c, i);
	time_of(f, CAGE_LIST_MODIFIED, time);
	buf_printf(&l->out, "%-14s %c %-11s %12" PRIu64 " %-20s %s\n", id.p,
	    type_of(f), state_of(l, i), f->size, time, path->p);
	buf_done(&id);
}

static void put_csv(struct listing *l, uint32_t i, const struct buf *path)
{
	const struct exam_catalog_file *f = &l->files[i];
	const char type[2] = {type_of(f), '\0'};
	char text[WHEN_SIZE];
	struct buf cell;

	buf_init(&cell, 128);
	cli_catalog_put_id(&cell, &l->c, i);
	csv_put(&l->out, buf_slice(&cell));
	csv_put(&l->out, slice_of(type));
	csv_put(&l->out, slice_of(state_of(l, i)));
	buf_clear(&cell);
	buf_printf(&cell, "%" PRIu64, f->size);
	csv_put(&l->out, buf_slice(&cell));
	for (int t = 0; t < CAGE_LIST_TIMES; t++) {
		time_of(f, (enum cage_list_time)t, text);
		csv_put(&l->out, slice_of(f->times[t] != 0 ? text : ""));
	}
	csv_put(&l->out, buf_slice(path));
	csv_put_end(&l->out);
	buf_done(&cell);
}

static void put_jsonl(struct listing *l, uint32_t i, const struct buf *path)
{
	static const char *const names[CAGE_LIST_TIMES] = {
	    "modified", "accessed", "changed", "created"};
	const struct exam_catalog_file *f = &l->files[i];
	const char type[2] = {type_of(f), '\0'};
	char text[WHEN_SIZE];
	struct buf id, whole;
	struct json j;

	buf_init(&id, 128);
	buf_init(&whole, ROOM);
	cli_catalog_put_id(&id, &l->c, i);
	json_init(&j, &whole);
	json_open_object(&j, NULL);
	json_text(&j, "id", buf_slice(&id));
	json_number(&j, "number", i);
	json_text(&j, "path", buf_slice(path));
	json_text(&j, "type", slice_of(type));
	json_text(&j, "state", slice_of(state_of(l, i)));
	json_number(&j, "size", (int64_t)f->size);
	for (int t = 0; t < CAGE_LIST_TIMES; t++) {
		time_of(f, (enum cage_list_time)t, text);
		json_text(&j, names[t],
		    f->times[t] != 0 ? slice_of(text) : (struct slice){0});
	}
	json_bool(&j, "orphan", (f->flags & CAGE_LIST_ORPHAN) != 0);
	json_bool(&j, "stream", (f->flags & CAGE_LIST_STREAM) != 0);
	json_bool(&j, "encrypted", (f->flags & CAGE_LIST_ENCRYPTED) != 0);
	json_close_object(&j);
	/* One line: only layout has line feeds. */
	for (size_t k = 0; k < whole.n; k++) {
		if (whole.p[k] != '\n') {
			buf_putc(&l->out, whole.p[k]);
			continue;
		}
		while (k + 1 < whole.n && whole.p[k + 1] == ' ')
			k++;
	}
	buf_putc(&l->out, '\n');
	buf_done(&whole);
	buf_done(&id);
}

static void put_file(
    struct listing *l, const struct exam_dfxml_of *of, uint32_t i)
{
	struct buf path;

	if (l->format == DFXML) {
		exam_dfxml_file(&l->out, of, i, NULL, NULL);
		return;
	}
	if (l->format == BODYFILE) {
		exam_bodyfile_put(&l->out, l->c.catalog, i, NULL);
		return;
	}
	buf_init(&path, ROOM);
	exam_catalog_put_path(l->c.catalog, i, &path);
	if (l->format == TEXT)
		put_text(l, i, &path);
	else if (l->format == CSV)
		put_csv(l, i, &path);
	else
		put_jsonl(l, i, &path);
	buf_done(&path);
}

/* ---- the list ---- */

static int flush(struct listing *l, size_t at_least, struct err *err)
{
	int rc = buf_check(&l->out, err);

	if (rc != 0 || l->out.n < at_least)
		return rc;
	if (l->hash != NULL)
		hash_update(l->hash, l->out.p, l->out.n);
	else
		cli_out_raw(buf_slice(&l->out));
	buf_clear(&l->out);
	return 0;
}

static int put_volume(struct listing *l, const struct exam_dfxml_of *of,
    uint32_t volume, struct err *err)
{
	size_t n;
	const struct exam_catalog_volume *v =
	    &exam_catalog_volumes(l->c.catalog, &n)[volume - 1];
	int rc = 0;

	if (l->format == DFXML)
		exam_dfxml_volume(&l->out, of, volume);
	for (uint32_t i = v->first; i < v->first + v->n && rc == 0; i++) {
		if (l->files[i].flags & CAGE_LIST_INNER ||
		    (l->is_deleted_only && !is_gone(&l->files[i])))
			continue;
		put_file(l, of, i);
		rc = flush(l, PIECE, err);
	}
	if (l->format == DFXML)
		exam_dfxml_volume_end(&l->out);
	return rc;
}

static int put_list(struct listing *l, struct err *err)
{
	const struct exam_dfxml_of of = {.catalog = l->c.catalog,
	    .grades = l->c.grades,
	    .image = l->c.exam.args->words[0]};
	size_t n;
	int rc = 0;

	(void)exam_catalog_volumes(l->c.catalog, &n);
	if (l->format == DFXML)
		exam_dfxml_begin(&l->out, &of);
	if (l->format == CSV)
		buf_puts(&l->out,
		    "id,type,state,size,modified,accessed,changed,created,"
		    "path\n");
	for (uint32_t v = 1; v <= n && rc == 0; v++)
		rc = put_volume(l, &of, v, err);
	if (l->format == DFXML)
		exam_dfxml_end(&l->out);
	return rc != 0 ? rc : flush(l, 1, err);
}

static int digest(struct listing *l, struct err *err)
{
	l->hash = hash_new();
	if (l->hash == NULL)
		return err_nomem(err);
	hash_start(l->hash);
	int rc = put_list(l, err);

	if (rc == 0) {
		const struct hash hash = hash_finish(l->hash);

		cli_exam_put_result(&l->c.exam, &hash);
	}
	hash_free(l->hash);
	l->hash = NULL;
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct listing l = {0};

	buf_init(&l.out, ROOM);
	int rc = choose(&l, args, err);

	cli_out_set_aside();
	if (rc == 0)
		rc = cli_catalog_open(&l.c, args, "names", err);
	if (rc == CLI_DONE) {
		l.files = exam_catalog_files(l.c.catalog, &l.n);
		rc = digest(&l, err);
	}
	if (rc == CLI_DONE)
		rc = cli_exam_enter(&l.c.exam, err);
	if (rc == CLI_DONE)
		rc = put_list(&l, err);
	cli_catalog_done(&l.c);
	buf_done(&l.out);
	return rc;
}

const struct cli_command cmd_ls = {
    .name = "ls",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --under ORDER",
    .summary = "Lists the files of an image, deleted ones too",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil ls I-0007.E01 --under 41 --as lab.example\n",
    .run = run,
};

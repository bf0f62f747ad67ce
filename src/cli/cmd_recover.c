/*
 * cmd_recover.c: `counterfoil recover`: deleted files of an image, or all, into
 * a folder, by their numbers, each with its grade.
 */
#include "cli_catalog.h"
#include "cli_json.h"
#include "cli_out.h"
#include "cli_outside.h"
#include "exam_recover.h"
#include "file.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct cli_option options[] = {
    CLI_EXAM_OPTIONS,
    {"output", 'o', "FOLDER", false, "where to: a folder that is new or empty"},
    {"all", 0, NULL, false, "files that are in use, too"},
    {"file", 0, "NUMBER", true, "this file alone, as ls shows its number"},
    {"md5", 0, NULL, false, "MD5 beside SHA-256"},
};

static const char *const written[] = {"output"};

struct recovery {
	struct cli_catalog c;
	uint32_t *files;
	size_t n;
	int folder;
	bool is_new; /* the folder was made here */
	struct exam_recover_options options;
	struct exam_recover_sums sums;
	struct cli_out_progress progress;
};

static int is_empty(void *cookie, const char *name, struct err *err)
{
	return err_set(err, ERR_CONFLICT,
	    "recover: %s is not empty: there is %s; give a new folder",
	    (const char *)cookie, name);
}

static int open_folder(struct recovery *r, const char *path, struct err *err)
{
	char name[4096];
	const size_t n = strlen(path);

	if (n >= sizeof(name))
		return err_set(
		    err, ERR_USAGE, "recover: that name is too long");
	memcpy(name, path, n + 1);
	r->is_new = mkdir(path, 0700) == 0;
	if (!r->is_new && errno != EEXIST)
		return err_sys(err, errno, "%s", path);
	int rc = file_open_dir(&r->folder, AT_FDCWD, path, err);

	return rc != 0 ? rc : file_list(r->folder, ".", is_empty, name, err);
}

static int add(struct recovery *r, size_t *cap, uint32_t file, struct err *err)
{
	int rc =
	    mem_grow((void **)&r->files, cap, r->n + 1, sizeof(*r->files), err);

	if (rc == 0)
		r->files[r->n++] = file;
	return rc;
}

static int choose(
    struct recovery *r, const struct cli_args *args, struct err *err)
{
	const bool all = cli_args_has(args, "all");
	const char *typed;
	size_t n, cap = 0;
	const struct exam_catalog_file *f =
	    exam_catalog_files(r->c.catalog, &n);
	bool is_typed = false;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(args, "file", &at)) != NULL;) {
		uint32_t file = 0;

		is_typed = true;
		rc = cli_catalog_find(&r->c, typed, &file, err);
		if (rc == 0)
			rc = add(r, &cap, file, err);
	}
	for (uint32_t i = 0; i < n && !is_typed && rc == 0; i++)
		if (exam_catalog_is_file(&f[i]) &&
		    (f[i].flags & CAGE_LIST_NAME_ALONE) == 0 &&
		    (all || exam_catalog_is_deleted(&f[i])))
			rc = add(r, &cap, i, err);
	return rc;
}

static void tick(void *cookie, size_t files, uint64_t bytes)
{
	struct recovery *r = cookie;

	(void)bytes;
	cli_out_progress_tick(&r->progress, "recovering files", files, r->n);
}

static int recover(
    struct recovery *r, const struct cli_args *args, struct err *err)
{
	r->options = (struct exam_recover_options){
	    .read = &r->c.read,
	    .folder = r->folder,
	    .files = r->files,
	    .n = r->n,
	    .has_md5 = cli_args_has(args, "md5"),
	    .threads = r->c.exam.image.foreign != NULL ? 1 : 0,
	    .progress = tick,
	    .cookie = r,
	};
	int rc = exam_recover(&r->options, &r->sums, err);

	cli_out_progress_end(&r->progress);
	if (rc != 0)
		return rc;
	const size_t *g = r->sums.by_grade;

	cli_exam_put(&r->c.exam, CLI_EXAM_COVERAGE,
	    "%zu files were recovered, %" PRIu64
	    " bytes; of deleted ones %zu are certain, %zu inferred, %zu "
	    "overwritten, of %zu nothing is left",
	    r->sums.objects, r->sums.bytes, g[EXAM_GRADE_CERTAIN],
	    g[EXAM_GRADE_INFERRED], g[EXAM_GRADE_OVERWRITTEN],
	    g[EXAM_GRADE_NONE]);
	if (r->sums.damaged > 0)
		cli_exam_put(&r->c.exam, CLI_EXAM_GAP,
		    "of %zu files some bytes cannot be read: zeros stand there",
		    r->sums.damaged);
	cli_exam_put_result(&r->c.exam, &r->sums.manifest);
	return 0;
}

static void print(const struct recovery *r, const struct cli_args *args)
{
	const struct exam_recover_sums *s = &r->sums;

	if (!cli_args_has(args, "json")) {
		cli_out("recovered: %zu file%s, %" PRIu64 " bytes\n",
		    s->objects, cli_out_s(s->objects), s->bytes);
		for (int g = EXAM_GRADE_CERTAIN; g >= EXAM_GRADE_NONE; g--)
			cli_out("  %-11s %zu\n",
			    exam_grade_word_name((enum exam_grade_word)g),
			    s->by_grade[g]);
		if (s->damaged > 0)
			cli_out("  damaged     %zu\n", s->damaged);
		return;
	}
	struct buf out;
	struct json j;

	buf_init(&out, 1u << 16);
	json_init(&j, &out);
	json_open_object(&j, NULL);
	cli_json_u64(&j, "objects", s->objects);
	cli_json_u64(&j, "bytes", s->bytes);
	for (int g = EXAM_GRADE_CERTAIN; g >= EXAM_GRADE_NONE; g--)
		cli_json_u64(&j, exam_grade_word_name((enum exam_grade_word)g),
		    s->by_grade[g]);
	cli_json_u64(&j, "damaged", s->damaged);
	cli_json_hash(&j, "manifest", &s->manifest);
	json_close_object(&j);
	cli_out_raw(buf_slice(&out));
	buf_done(&out);
}

/* What no record speaks of does not stay. */
static void take_back(struct recovery *r, const char *path)
{
	if (r->options.read != NULL)
		exam_recover_remove(&r->options);
	if (r->is_new)
		(void)rmdir(path); /* as far as it is empty */
}

static int run(const struct cli_args *args, struct err *err)
{
	struct recovery r = {.folder = -1};
	const char *path = NULL;

	if (cli_args_has(args, "json"))
		cli_out_set_aside();
	int rc = cli_args_need(args, "output", &path, err);

	if (rc == 0)
		rc = cli_catalog_open(&r.c, args, "contents", err);
	if (rc == CLI_DONE)
		rc = cli_outside_check(
		    &r.c.exam.c, args, written, COUNT(written), err);
	if (rc == CLI_DONE)
		rc = choose(&r, args, err);
	if (rc == CLI_DONE)
		rc = open_folder(&r, path, err);
	if (rc == CLI_DONE) {
		rc = recover(&r, args, err);
		if (rc == CLI_DONE)
			rc = cli_exam_enter(&r.c.exam, err);
		if (rc != CLI_DONE)
			take_back(&r, path);
	}
	if (rc == CLI_DONE)
		print(&r, args);
	if (r.folder >= 0)
		(void)close(r.folder); /* only read through */
	free(r.files);
	cli_catalog_done(&r.c);
	return rc;
}

const struct cli_command cmd_recover = {
    .name = "recover",
    .group = CLI_CUSTODY,
    .usage = "IMAGE --under ORDER -o FOLDER",
    .summary = "Writes deleted files of an image into a folder",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil recover I-0007.E01 --under 41 -o found "
		"--as lab.example\n",
    .run = run,
};

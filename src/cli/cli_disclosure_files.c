/*
 * cli_disclosure_files.c: see cli_disclosure_files.h.
 */
#include "cli_disclosure_files.h"

#include "cli_json.h"
#include "cli_lock_note.h"
#include "cli_out.h"
#include "media_open.h"
#include "mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_SHOWN 1000

struct looking {
	struct media_open image;
	struct cage_image *box;
	struct cage_wire_volume *volumes;
	size_t n;
	struct case_disclosure *d;
	struct cli_disclosure_files *files;
	struct cli_out_progress progress;
};

/* A file as it was asked for. */
struct wanted {
	const char *typed;
	struct slice path;
	uint64_t volume; /* 0: any */
};

/* ---- what is asked for ---- */

static int parse(
    struct wanted *w, const char *typed, uint64_t volume, struct err *err)
{
	struct slice path = slice_of(typed);
	unsigned long long number;

	*w = (struct wanted){.typed = typed, .volume = volume};
	if (typed[0] != '/') {
		const struct slice first = slice_cut(&path, ':');

		if (path.p == NULL || !slice_to_u64(first, &number) ||
		    number == 0 || number > CAGE_WIRE_VOLUMES_MAX)
			return err_set(err, ERR_USAGE,
			    "--files: \"%s\" is neither a path that begins "
			    "with a slash nor one with the number of its "
			    "volume, like 2:/home/a/letter.odt",
			    typed);
		w->volume = number;
	}
	w->path = path;
	int rc = cage_files_check_path(path, err);
	err_prefix(err, "--files: %s", typed);
	return rc;
}

static void put_volumes(const struct looking *x, struct buf *out)
{
	for (size_t i = 0; i < x->n; i++)
		buf_printf(out, "%s%zu %s", i > 0 ? ", " : "", i + 1,
		    x->volumes[i].type[0] != '\0' ? x->volumes[i].type
						  : "(not recognised)");
}

static int say_missing(
    const struct looking *x, const struct wanted *w, struct err *err)
{
	struct buf list;

	buf_init(&list, ERR_MESSAGE_MAX);
	put_volumes(x, &list);
	const int rc = w->volume > x->n
	    ? err_set(err, ERR_NOTFOUND,
		  "--files: there is no volume %" PRIu64 "; there are: %.*s",
		  w->volume, SLICE_ARG(buf_slice(&list)))
	    : err_set(err, ERR_NOTFOUND,
		  "--files: %s is not there, written in just this way (and "
		  "not deleted); volumes: %.*s",
		  w->typed, SLICE_ARG(buf_slice(&list)));
	buf_done(&list);
	return rc;
}

/* ---- where it is ---- */

/* Looks in one volume; what was found before must be the only one. */
static int look_in(struct looking *x, const struct wanted *w, uint32_t volume,
    struct cage_file *file, uint32_t *in, struct err *err)
{
	struct cage_file found;
	int rc = cage_files_find(x->box, volume, w->path, &found, err);

	if (rc != 0) {
		err_prefix(err, "--files: %s, volume %u%s", w->typed, volume,
		    w->volume == 0 ? " (say which volume, and no other is "
				     "looked at)"
				   : "");
		return rc;
	}
	if (!(found.flags & CAGE_WIRE_FOUND)) {
		cage_files_done(&found);
		return 0;
	}
	if (*in != 0) {
		rc = err_set(err, ERR_CONFLICT,
		    "--files: %s is in volume %u (%s) and in volume %u (%s): "
		    "say which, like %u:%.*s",
		    w->typed, *in, x->volumes[*in - 1].type, volume,
		    x->volumes[volume - 1].type, *in, SLICE_ARG(w->path));
		cage_files_done(&found);
		return rc;
	}
	*file = found;
	*in = volume;
	return 0;
}

static int look(struct looking *x, const struct wanted *w,
    struct cage_file *file, uint32_t *in, struct err *err)
{
	int rc = 0;

	for (uint32_t i = 0; i < x->n && rc == 0; i++)
		if (w->volume == 0 ? x->volumes[i].has_files
				   : w->volume == i + 1)
			rc = look_in(x, w, i + 1, file, in, err);
	return rc != 0 || *in != 0 ? rc : say_missing(x, w, err);
}

/* ---- what is shown ---- */

static int add_runs(struct looking *x, const struct wanted *w,
    const struct cage_file *file, struct err *err)
{
	int rc = 0;

	if (file->flags & CAGE_WIRE_IN_TABLES)
		rc = err_set(err, ERR_UNSUPPORTED,
		    "--files: the %" PRIu64 " bytes of %s stand within the "
		    "tables of its file system and are no range of the image",
		    file->size, w->typed);
	for (size_t i = 0; i < file->n && rc == 0; i++) {
		const struct cage_wire_run *r = &file->runs[i];

		if (r->is_hole)
			continue;
		rc = case_disclosure_add(
		    x->d, r->at, r->at + r->length - 1, err);
		err_prefix(err, "--files: %s", w->typed);
		x->files->stored += r->length;
	}
	return rc;
}

static int add_file(struct looking *x, const struct wanted *w, struct err *err)
{
	struct cli_disclosure_files *files = x->files;
	struct cage_file file = {0};
	uint32_t in = 0;
	int rc = look(x, w, &file, &in, err);

	if (rc == 0)
		rc = add_runs(x, w, &file, err);
	if (rc == 0)
		rc = mem_grow((void **)&files->of, &files->cap, files->n + 1,
		    sizeof(*files->of), err);
	if (rc != 0) {
		cage_files_done(&file);
		return rc;
	}
	struct cli_disclosure_file *f = &files->of[files->n++];

	*f = (struct cli_disclosure_file){
	    .path = w->path, .volume = in, .file = file};
	memcpy(f->type, x->volumes[in - 1].type, sizeof(f->type));
	return 0;
}

/* ---- all of it ---- */

static void tick(void *progress)
{
	cli_out_progress_wait(progress, "looking for files");
}

static int start(struct looking *x, const char *path, struct err *err)
{
	int rc =
	    cli_lock_note_explain(path, media_open(&x->image, path, err), err);

	if (rc == 0)
		rc = media_open_file_systems(
		    &x->image, tick, &x->progress, &x->box, err);
	return rc != 0 ? rc
		       : cage_files_volumes(x->box, &x->volumes, &x->n, err);
}

int cli_disclosure_files_add(struct case_disclosure *d,
    const struct cli_args *args, const char *path,
    struct cli_disclosure_files *ret_files, struct err *err)
{
	struct looking x = {.d = d, .files = ret_files};
	uint64_t volume = 0;
	const char *typed;
	int rc = cli_args_count(args, "volume", &volume, NULL, err);

	if (rc == 0)
		rc = start(&x, path, err);
	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(args, "files", &at)) != NULL;) {
		struct wanted w;

		rc = parse(&w, typed, volume, err);
		if (rc == 0)
			rc = add_file(&x, &w, err);
	}
	cli_out_progress_end(&x.progress);
	free(x.volumes);
	cage_image_free(x.box);
	media_open_done(&x.image);
	return rc;
}

void cli_disclosure_files_done(struct cli_disclosure_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		cage_files_done(&files->of[i].file);
	free(files->of);
	*files = (struct cli_disclosure_files){0};
}

/* ---- what is said ---- */

static void say_runs(const struct cage_file *file)
{
	for (size_t i = 0; i < file->n && i < RUNS_SHOWN; i++) {
		const struct cage_wire_run *r = &file->runs[i];

		if (r->is_hole)
			cli_out("  %" PRIu64 " bytes of zero, which are stored "
				"nowhere\n",
			    r->length);
		else
			cli_out("  bytes %" PRIu64 " to %" PRIu64 "\n", r->at,
			    r->at + r->length - 1);
	}
	if (file->n > RUNS_SHOWN)
		cli_out("  and %zu more parts\n", file->n - RUNS_SHOWN);
}

static void say_file(const struct cli_disclosure_file *f)
{
	const struct cage_file *file = &f->file;

	cli_out("volume %u (%s), %.*s: %" PRIu64 " bytes, in this order:\n",
	    f->volume, f->type, SLICE_ARG(f->path), file->size);
	if (file->size == 0)
		cli_out("  it is empty: nothing of it is shown\n");
	if (file->flags & CAGE_WIRE_COMPRESSED)
		cli_out("  it is stored compressed; what follows is how it is "
			"stored\n");
	if (file->flags & CAGE_WIRE_ENCRYPTED)
		cli_out("  it is stored encrypted; what follows is how it is "
			"stored\n");
	say_runs(file);
}

void cli_disclosure_files_say(const struct cli_disclosure_files *files)
{
	for (size_t i = 0; i < files->n; i++)
		say_file(&files->of[i]);
}

static void put_run(struct json *j, const struct cage_wire_run *r)
{
	json_open_object(j, NULL);
	json_bool(j, "is_hole", r->is_hole);
	cli_json_u64(j, "bytes", r->length);
	if (!r->is_hole)
		cli_json_span(j, r->at, r->length);
	json_close_object(j);
}

void cli_disclosure_files_put_json(
    const struct cli_disclosure_files *files, struct json *j)
{
	json_open_array(j, "files");
	for (size_t i = 0; i < files->n; i++) {
		const struct cli_disclosure_file *f = &files->of[i];
		const uint32_t flags = f->file.flags;

		json_open_object(j, NULL);
		json_text(j, "path", f->path);
		json_number(j, "volume", f->volume);
		json_text(j, "file_system", slice_of(f->type));
		cli_json_u64(j, "size", f->file.size);
		json_bool(
		    j, "is_compressed", (flags & CAGE_WIRE_COMPRESSED) != 0);
		json_bool(
		    j, "is_encrypted", (flags & CAGE_WIRE_ENCRYPTED) != 0);
		json_open_array(j, "parts");
		for (size_t k = 0; k < f->file.n; k++)
			put_run(j, &f->file.runs[k]);
		json_close_array(j);
		json_close_object(j);
	}
	json_close_array(j);
}

/*
 * cli_disclosure_files.c: see cli_disclosure_files.h.
 */
#include "cli_disclosure_files.h"

#include "cage_files.h"
#include "cli_out.h"
#include "mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_SHOWN 1000
#define OWNERS_SHOWN 40

struct looking {
	struct media_open image;
	struct cage_image *box;
	struct cage_wire_volume *volumes;
	size_t n;
	struct case_disclosure *d;
	uint64_t stored;
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

/* ---- what is said and shown ---- */

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

static void say_file(const struct looking *x, const struct wanted *w,
    const struct cage_file *file, uint32_t in)
{
	cli_out("volume %u (%s), %.*s: %" PRIu64 " bytes, in this order:\n", in,
	    x->volumes[in - 1].type, SLICE_ARG(w->path), file->size);
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

static int add_file(struct looking *x, const struct wanted *w, struct err *err)
{
	struct cage_file file = {0};
	uint32_t in = 0;
	int rc = look(x, w, &file, &in, err);

	if (rc != 0)
		return rc;
	if (file.flags & CAGE_WIRE_IN_TABLES)
		rc = err_set(err, ERR_UNSUPPORTED,
		    "--files: the %" PRIu64 " bytes of %s stand within the "
		    "tables of its file system and are no range of the image",
		    file.size, w->typed);
	else
		say_file(x, w, &file, in);
	for (size_t i = 0; i < file.n && rc == 0; i++) {
		const struct cage_wire_run *r = &file.runs[i];

		if (r->is_hole)
			continue;
		rc = case_disclosure_add(
		    x->d, r->at, r->at + r->length - 1, err);
		err_prefix(err, "--files: %s", w->typed);
		x->stored += r->length;
	}
	cage_files_done(&file);
	return rc;
}

/* ---- all of it ---- */

static int start(struct looking *x, const char *path, struct err *err)
{
	int rc = media_open(&x->image, path, err);

	if (rc == 0)
		rc = media_open_file_systems(&x->image, &x->box, err);
	return rc != 0 ? rc
		       : cage_files_volumes(x->box, &x->volumes, &x->n, err);
}

int cli_disclosure_files_add(struct case_disclosure *d,
    const struct cli_args *args, const char *path, uint64_t *ret_stored,
    struct err *err)
{
	struct looking x = {.d = d};
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
	*ret_stored = x.stored;
	free(x.volumes);
	cage_image_free(x.box);
	media_open_done(&x.image);
	return rc;
}

/* ---- owners ---- */

static void say_owner(const struct cage_wire_owner *o)
{
	static const char *const words[] = {
	    [CAGE_WIRE_BY_FILE] = "",
	    [CAGE_WIRE_BY_TABLES] = "tables of the file system",
	    [CAGE_WIRE_BY_NOBODY] = "not in use",
	    [CAGE_WIRE_BY_UNKNOWN] = "in use, by what was not found",
	};

	cli_out("in: volume %u, %s%s (bytes %" PRIu64 " to %" PRIu64 ")\n",
	    o->volume, o->path, words[o->owning], o->at, o->at + o->length - 1);
}

static void say_owners(const struct cage_owners *owners)
{
	for (size_t i = 0; i < owners->n && i < OWNERS_SHOWN; i++)
		say_owner(&owners->of[i]);
	if (owners->n > OWNERS_SHOWN)
		cli_out("in: %zu more\n", owners->n - OWNERS_SHOWN);
	if (owners->n == 0)
		cli_out("in: no file system that was recognised\n");
	if (owners->ends_early)
		cli_out("not everything was looked at (%" PRIu64
			" names): more files may lie there\n",
		    owners->looked_at);
}

int cli_disclosure_files_owners(const struct media_open *image,
    const struct media_ranges *ranges, struct err *err)
{
	const size_t n =
	    ranges->n < CAGE_WIRE_RANGES_MAX ? ranges->n : CAGE_WIRE_RANGES_MAX;
	struct cage_wire_range *asked = mem_new(n + 1, sizeof(*asked));
	struct cage_owners owners = {0};
	struct cage_image *box = NULL;
	int rc = asked == NULL ? err_nomem(err) : 0;

	if (rc == 0 && n > 0)
		rc = media_open_file_systems(image, &box, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		asked[i] = (struct cage_wire_range){
		    ranges->of[i].at, ranges->of[i].length};
	if (rc == 0 && n > 0) {
		rc = cage_files_owners(box, asked, n, &owners, err);
		if (rc == 0)
			say_owners(&owners);
	}
	free(owners.of);
	free(asked);
	cage_image_free(box);
	return rc;
}

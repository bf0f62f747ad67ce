/*
 * cli_owners.c: see cli_owners.h.
 */
#include "cli_owners.h"

#include "cli_json.h"
#include "cli_out.h"
#include "mem.h"

#include <inttypes.h>
#include <stdlib.h>

#define OWNERS_SHOWN 40

static void tick(void *progress)
{
	cli_out_progress_wait(progress, "looking for whose the bytes are");
}

int cli_owners_find(struct cage_owners *ret_owners,
    const struct media_open *image, const struct media_ranges *ranges,
    struct err *err)
{
	const size_t n =
	    ranges->n < CAGE_WIRE_RANGES_MAX ? ranges->n : CAGE_WIRE_RANGES_MAX;
	struct cage_wire_range *asked = mem_new(n, sizeof(*asked));
	struct cage_owners owners = {0};
	struct cli_out_progress progress = {0};
	struct cage_image *box = NULL;
	int rc = asked == NULL ? err_nomem(err) : 0;

	if (rc == 0)
		rc = media_open_file_systems(image, tick, &progress, &box, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		asked[i] = (struct cage_wire_range){
		    ranges->of[i].at, ranges->of[i].length};
	if (rc == 0)
		rc = cage_files_owners(box, asked, n, &owners, err);
	cli_out_progress_end(&progress);
	cage_image_free(box);
	free(asked);
	if (rc != 0)
		return rc;
	owners.ends_early = owners.ends_early || n < ranges->n;
	*ret_owners = owners;
	return 0;
}

/* ---- words ---- */

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

void cli_owners_say(const struct cage_owners *owners)
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

/* ---- JSON ---- */

static void put_owner(struct json *j, const struct cage_wire_owner *o)
{
	static const char *const words[] = {
	    [CAGE_WIRE_BY_FILE] = "file",
	    [CAGE_WIRE_BY_TABLES] = "file-system",
	    [CAGE_WIRE_BY_NOBODY] = "not-in-use",
	    [CAGE_WIRE_BY_UNKNOWN] = "not-found",
	};

	json_open_object(j, NULL);
	json_number(j, "volume", o->volume);
	json_text(j, "owner", slice_of(words[o->owning]));
	json_text(j, "path",
	    slice_of(o->owning == CAGE_WIRE_BY_FILE ? o->path : NULL));
	cli_json_span(j, o->at, o->length);
	json_close_object(j);
}

void cli_owners_put_json(
    struct json *json, const char *name, const struct cage_owners *owners)
{
	json_open_object(json, name);
	json_bool(json, "is_all", !owners->ends_early);
	cli_json_u64(json, "names_looked_at", owners->looked_at);
	json_open_array(json, "of");
	for (size_t i = 0; i < owners->n; i++)
		put_owner(json, &owners->of[i]);
	json_close_array(json);
	json_close_object(json);
}

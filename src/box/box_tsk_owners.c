/*
 * box_tsk_owners.c: whose bytes some ranges of an image are: every name of
 * every volume that a range touches is looked at, once, for all ranges.
 *
 * Bounded: by names, by time, by folders within folders; a folder that was
 * entered is not entered again, so that a loop ends.
 */
#include "box_tsk.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SLOTS                                                                  \
	(1u << 20) /* of folders that were entered; half of it is used         \
		    */
#define BLOCKS_MAX 65536
#define CLOCK_EVERY 256

struct level {
	TSK_FS_DIR *dir;
	size_t next, path_n;
};

struct search {
	struct box_tsk *tsk;
	uint32_t volume;
	TSK_FS_INFO *fs;
	struct cage_wire_range *ranges;
	size_t range_count;
	struct cage_wire_owner *owners;
	uint32_t n;
	bool ends_early;
	uint64_t names;
	time_t until;
	uint64_t *entered; /* SLOTS; 0: free; else id + 1 */
	uint32_t entered_n;
	struct level levels[BOX_TSK_DEPTH_MAX];
	unsigned depth;
	char path[CAGE_WIRE_PATH_MAX + CAGE_WIRE_SHOWN];
};

static time_t now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail */
	return t.tv_sec;
}

static bool may_go_on(struct search *s)
{
	if (s->names >= BOX_TSK_NAMES_MAX || s->n == CAGE_WIRE_OWNERS_MAX ||
	    (s->names % CLOCK_EVERY == 0 && now() >= s->until))
		s->ends_early = true;
	return !s->ends_early;
}

/* ---- owners ---- */

static void add_owner(struct search *s, uint64_t at, uint64_t end,
    enum cage_wire_owning owning, const char *path)
{
	struct cage_wire_owner *last = s->n > 0 ? &s->owners[s->n - 1] : NULL;

	if (last != NULL && last->volume == s->volume &&
	    last->owning == owning && last->at + last->length == at &&
	    strncmp(last->path, path, sizeof(last->path)) == 0) {
		last->length += end - at;
		return;
	}
	if (s->n == CAGE_WIRE_OWNERS_MAX) {
		s->ends_early = true;
		return;
	}
	struct cage_wire_owner *o = &s->owners[s->n++];

	*o = (struct cage_wire_owner){.at = at,
	    .length = end - at,
	    .volume = s->volume,
	    .owning = owning};
	memcpy(o->path, path, strnlen(path, sizeof(o->path) - 1));
}

/* The file or folder at hand has this run. */
static int see_run(
    void *cookie, const struct cage_wire_run *run, struct err *err)
{
	struct search *s = cookie;

	(void)err;
	if (run->is_hole)
		return 0;
	for (size_t i = 0; i < s->range_count; i++) {
		const struct cage_wire_range *r = &s->ranges[i];
		const uint64_t end = r->at + r->length;
		const uint64_t run_end = run->at + run->length;
		const uint64_t from = run->at > r->at ? run->at : r->at;
		const uint64_t until = run_end < end ? run_end : end;

		if (from < until) {
			char line[CAGE_WIRE_SHOWN];

			(void)text_show(line, sizeof(line), slice_of(s->path));
			add_owner(s, from, until, CAGE_WIRE_BY_FILE, line);
		}
	}
	return 0;
}

static void see_file(struct search *s, uint64_t id)
{
	const struct box_tsk_library *tsk = &s->tsk->tsk;
	TSK_FS_FILE *file = tsk->file_open(s->fs, NULL, id);

	if (file == NULL) {
		tsk->forget();
		return;
	}
	const int n = file->meta != NULL ? tsk->attr_count(file) : 0;

	for (int i = 0; i < n; i++) {
		const TSK_FS_ATTR *attr = tsk->attr_number(file, i);

		/* What cannot be walked owns nothing that could be named. */
		if (attr != NULL && attr->flags & TSK_FS_ATTR_NONRES &&
		    box_tsk_runs(attr, true, see_run, s, NULL) != 0)
			s->ends_early = true;
	}
	tsk->forget();
	tsk->file_close(file);
}

/* ---- the walk ---- */

/* False: it was entered before, or there is no room to remember it. */
static bool enter_once(struct search *s, uint64_t id)
{
	uint32_t slot = (uint32_t)(id * 0x9e3779b97f4a7c15u >> 44) % SLOTS;

	while (s->entered[slot] != 0) {
		if (s->entered[slot] == id + 1)
			return false;
		slot = (slot + 1) % SLOTS;
	}
	if (s->entered_n >= SLOTS / 2) {
		s->ends_early = true;
		return false;
	}
	s->entered[slot] = id + 1;
	s->entered_n++;
	return true;
}

static void push(struct search *s, uint64_t id)
{
	if (!enter_once(s, id))
		return;
	if (s->depth == BOX_TSK_DEPTH_MAX) {
		s->ends_early = true;
		return;
	}
	TSK_FS_DIR *dir = s->tsk->tsk.dir_open(s->fs, id);

	if (dir == NULL) {
		s->tsk->tsk.forget();
		s->ends_early = true; /* what is in it, nobody saw */
		return;
	}
	s->levels[s->depth++] =
	    (struct level){.dir = dir, .path_n = strlen(s->path)};
}

/* Its path goes behind that of its folder. A slash in a name is none. */
static bool put_name(struct search *s, size_t path_n, const char *name)
{
	size_t n = path_n;

	for (; *name != '\0'; name++) {
		if (n + 6 >= sizeof(s->path))
			return false;
		if (*name == '/') {
			memcpy(s->path + n, "\\x2f", 4);
			n += 4;
		} else {
			s->path[n++] = *name;
		}
	}
	s->path[n] = '\0';
	return true;
}

static void see_name(
    struct search *s, const struct level *level, const TSK_FS_NAME *name)
{
	if (name == NULL || name->name == NULL || name->name[0] == '\0' ||
	    (name->flags & TSK_FS_NAME_FLAG_ALLOC) == 0 ||
	    name->type == TSK_FS_NAME_TYPE_VIRT ||
	    name->type == TSK_FS_NAME_TYPE_VIRT_DIR ||
	    strcmp(name->name, ".") == 0 || strcmp(name->name, "..") == 0)
		return;
	if (!put_name(s, level->path_n, name->name)) {
		s->ends_early = true;
		return;
	}
	if (name->type == TSK_FS_NAME_TYPE_DIR)
		memcpy(s->path + strlen(s->path), "/", 2);
	see_file(s, name->meta_addr);
	if (name->type == TSK_FS_NAME_TYPE_DIR)
		push(s, name->meta_addr);
}

static void walk(struct search *s)
{
	const struct box_tsk_library *tsk = &s->tsk->tsk;

	memset(s->entered, 0, SLOTS * sizeof(*s->entered));
	s->entered_n = 0;
	memcpy(s->path, "/", 2);
	see_file(s, s->fs->root_inum);
	push(s, s->fs->root_inum);
	while (s->depth > 0) {
		struct level *level = &s->levels[s->depth - 1];

		if (!may_go_on(s) || level->next >= tsk->dir_size(level->dir)) {
			tsk->dir_close(level->dir);
			s->depth--;
			continue;
		}
		s->names++;
		s->path[level->path_n] = '\0';
		see_name(s, level, tsk->dir_name(level->dir, level->next++));
	}
}

/* ---- what no file has ---- */

static enum cage_wire_owning owning_of(struct search *s, uint64_t block)
{
	const struct box_tsk_library *tsk = &s->tsk->tsk;
	TSK_FS_BLOCK *b = tsk->block(s->fs, NULL, block);
	enum cage_wire_owning owning = CAGE_WIRE_BY_UNKNOWN;

	if (b == NULL) {
		tsk->forget();
		return owning;
	}
	if (b->flags & TSK_FS_BLOCK_FLAG_UNALLOC)
		owning = CAGE_WIRE_BY_NOBODY;
	else if (b->flags & TSK_FS_BLOCK_FLAG_META)
		owning = CAGE_WIRE_BY_TABLES;
	tsk->block_free(b);
	return owning;
}

/* Whether an owner of these was found; *ret_end: up to where. */
static bool is_owned(
    const struct search *s, uint32_t files, uint64_t at, uint64_t *ret_end)
{
	for (uint32_t i = 0; i < files; i++)
		if (at >= s->owners[i].at &&
		    at - s->owners[i].at < s->owners[i].length) {
			*ret_end = s->owners[i].at + s->owners[i].length;
			return true;
		}
	return false;
}

static void see_rest(struct search *s, const struct cage_wire_range *range,
    uint32_t files, uint32_t *blocks)
{
	const struct cage_wire_volume *v =
	    &s->tsk->volumes[s->volume - 1].about;
	const uint64_t size = s->fs->block_size;
	const uint64_t v_end = v->at + v->length;
	const uint64_t r_end = range->at + range->length;
	const uint64_t end = r_end < v_end ? r_end : v_end;
	uint64_t at = range->at > v->at ? range->at : v->at;

	while (at < end) {
		const uint64_t block = (at - v->at) / size;
		uint64_t until = v->at + (block + 1) * size;

		if (!is_owned(s, files, at, &until)) {
			if (block > s->fs->last_block_act ||
			    ++*blocks > BLOCKS_MAX) {
				s->ends_early = true;
				return;
			}
			add_owner(s, at, until < end ? until : end,
			    owning_of(s, block), "");
		}
		at = until;
	}
}

/* ---- all of it ---- */

static bool touches(const struct search *s, const struct cage_wire_volume *v)
{
	for (size_t i = 0; i < s->range_count; i++)
		if (s->ranges[i].at < v->at + v->length &&
		    s->ranges[i].at + s->ranges[i].length > v->at)
			return true;
	return false;
}

static void search(struct search *s)
{
	uint32_t blocks = 0;

	s->until = now() + BOX_TSK_SECONDS_MAX;
	for (uint32_t i = 0; i < s->tsk->n; i++) {
		const struct box_tsk_volume *v = &s->tsk->volumes[i];

		if (!v->about.has_files || !touches(s, &v->about))
			continue;
		s->volume = i + 1;
		s->fs = v->fs;
		walk(s);
		const uint32_t files = s->n;

		for (size_t r = 0; r < s->range_count; r++)
			see_rest(s, &s->ranges[r], files, &blocks);
	}
}

static int take_ranges(struct search *s, const uint8_t *shared, struct err *err)
{
	for (size_t i = 0; i < s->range_count; i++) {
		struct cage_wire_range *r = &s->ranges[i];

		cage_entry_take_range(r, shared + i * CAGE_WIRE_RANGE);
		if (r->length == 0 || r->length > (uint64_t)INT64_MAX ||
		    r->at > (uint64_t)INT64_MAX - r->length)
			return err_set(
			    err, ERR_FORMAT, "the request cannot be");
	}
	return 0;
}

int box_tsk_owners(struct box_tsk *tsk, uint8_t *shared,
    const struct cage_wire_request *request, struct cage_wire_answer *answer,
    struct err *err)
{
	struct search *s = mem_new(1, sizeof(*s));
	int rc = s == NULL ? err_nomem(err) : box_tsk_need_volumes(tsk, err);

	if (rc == 0) {
		s->tsk = tsk;
		s->range_count = (size_t)request->n;
		s->ranges = mem_new(s->range_count, sizeof(*s->ranges));
		s->owners = mem_new(CAGE_WIRE_OWNERS_MAX, sizeof(*s->owners));
		s->entered = mem_new(SLOTS, sizeof(*s->entered));
		if (s->ranges == NULL || s->owners == NULL ||
		    s->entered == NULL)
			rc = err_nomem(err);
	}
	if (rc == 0)
		rc = take_ranges(s, shared, err);
	if (rc == 0) {
		search(s);
		for (uint32_t i = 0; i < s->n; i++)
			cage_entry_put_owner(
			    shared + i * CAGE_WIRE_OWNER, &s->owners[i]);
		answer->count = s->n;
		answer->found.total = s->names;
		answer->found.flags = s->ends_early ? CAGE_WIRE_ENDS_EARLY : 0;
	}
	if (s != NULL) {
		free(s->ranges);
		free(s->owners);
		free(s->entered);
	}
	free(s);
	return rc;
}

/*
 * cli_pick.c: see cli_pick.h. What a person says is never completed silently:
 * an item that is named is picked as named, and the rules judge it.
 */
#include "cli_pick.h"

#include "cli_detail.h"
#include "cli_scan.h"
#include "cli_timeline.h"
#include "map.h"
#include "mem.h"

#include <stdlib.h>
#include <strings.h>

void cli_pick_done(struct cli_pick *pick)
{
	free(pick->items);
	buf_done(&pick->scan);
	*pick = (struct cli_pick){0};
}

static int add(struct cli_pick *pick, const struct cli_case *c, uint32_t item,
    int64_t at, struct err *err)
{
	bool is_enclosing;

	int rc = mem_grow((void **)&pick->items, &pick->cap, pick->n + 1,
	    sizeof(pick->items[0]), err);
	if (rc != 0)
		return rc;
	struct cli_pick_item picked = {.item = item,
	    .seal = case_state_seal(c->state, item, at, &is_enclosing)};
	/* Nobody is made to sign for a seal that is known not to be whole. */
	if (cli_timeline_seal(case_state_item(c->state, item), NULL) !=
	    CLI_TIMELINE_WHOLE)
		picked.seal = (struct slice){NULL, 0};
	if (picked.seal.p != NULL)
		picked.state = slice_of("intact");
	pick->items[pick->n++] = picked;
	return 0;
}

static bool is_held(
    const struct cli_case *c, uint32_t item, uint32_t party, int64_t at)
{
	struct case_set holders = case_state_holders(c->state, item, at);

	return case_set_has(&holders, party);
}

/* Held, and not in something that is held too. */
static bool stands_for_itself(
    const struct cli_case *c, uint32_t item, uint32_t giver, int64_t at)
{
	if (!is_held(c, item, giver, at))
		return false;
	uint32_t container = case_state_container(c->state, item, at);
	return container == CASE_NONE || !is_held(c, container, giver, at);
}

static bool is_same_place(struct slice place, const char *typed)
{
	return place.p != NULL && place.n == strlen(typed) &&
	    strncasecmp(place.p, typed, place.n) == 0;
}

static int pick_held(struct cli_pick *pick, const struct cli_case *c,
    uint32_t giver, int64_t at, const char *place, struct err *err)
{
	struct cli_detail detail = {.c = c};
	int rc = 0;

	for (uint32_t i = 0; i < case_state_item_count(c->state) && rc == 0;
	     i++) {
		struct slice value = {NULL, 0};

		if (!stands_for_itself(c, i, giver, at))
			continue;
		if (place != NULL)
			rc = cli_detail_get(
			    &detail, i, RECORD_F_PLACE, &value, NULL, err);
		if (rc == 0 && (place == NULL || is_same_place(value, place)))
			rc = add(pick, c, i, at, err);
	}
	cli_detail_done(&detail);
	return rc;
}

static bool is_picked(const struct cli_pick *pick, uint32_t item)
{
	for (size_t i = 0; i < pick->n; i++)
		if (pick->items[i].item == item)
			return true;
	return false;
}

static int pick_named(struct cli_pick *pick, const struct cli_case *c,
    int64_t at, const char *names, bool is_package_wanted, struct err *err)
{
	const char *command = c->args->command->name;
	struct slice rest = slice_of(names);
	int rc = 0;

	while (rest.p != NULL && rc == 0) {
		struct slice name = slice_trim(slice_cut(&rest, ','));
		uint32_t item;

		char *id = mem_copy_text(name.p, name.n);
		if (id == NULL)
			return err_nomem(err);
		rc = cli_case_find_item(c, id, &item, err);
		free(id);
		if (rc != 0)
			break;
		if (is_picked(pick, item))
			rc = err_set(err, ERR_USAGE,
			    "%s: %.*s is named twice; name it once", command,
			    SLICE_ARG(name));
		else if (is_package_wanted &&
		    case_state_item(c->state, item)->type != CASE_PACKAGE)
			rc = err_set(err, ERR_USAGE,
			    "%s: %.*s is no package; name single things with "
			    "--items",
			    command, SLICE_ARG(name));
		else
			rc = add(pick, c, item, at, err);
	}
	return rc;
}

static int pick_scanned_line(struct cli_pick *pick, const struct cli_case *c,
    int64_t at, const struct cli_scan_line *line, const char *path,
    struct err *err)
{
	uint32_t item = case_state_find_item(c->state, line->cells[0]);

	if (item == CASE_NONE)
		return err_set(err, ERR_USAGE,
		    "%s: %s:%zu: %.*s is no item of this case; scan it again",
		    c->args->command->name, path, line->number,
		    SLICE_ARG(line->cells[0]));
	if (line->n > 3)
		return err_set(err, ERR_USAGE,
		    "%s: %s:%zu: too many commas; a line is ITEM or "
		    "ITEM,SEAL,STATE",
		    c->args->command->name, path, line->number);
	int rc = add(pick, c, item, at, err);
	if (rc != 0)
		return rc;
	struct cli_pick_item *picked = &pick->items[pick->n - 1];
	if (line->n > 1 && line->cells[1].n > 0)
		picked->seal = line->cells[1];
	if (line->n > 2)
		picked->state = line->cells[2];
	return 0;
}

static int pick_scanned(struct cli_pick *pick, const struct cli_case *c,
    int64_t at, const char *path, struct err *err)
{
	struct cli_scan scan;

	int rc = cli_scan_read(&scan, path, err);
	if (rc != 0) {
		err_prefix(err, "%s", c->args->command->name);
		return rc;
	}
	for (size_t i = 0; i < scan.n && rc == 0; i++)
		rc = pick_scanned_line(pick, c, at, &scan.lines[i], path, err);
	pick->scan = scan.text;
	scan.text = (struct buf){0};
	cli_scan_done(&scan);
	return rc;
}

int cli_pick_make(struct cli_pick *pick, const struct cli_case *c,
    uint32_t giver, int64_t at, struct err *err)
{
	static const char *const ways[] = {
	    "all", "place", "packages", "items", "scan"};
	const struct cli_args *args = c->args;
	const char *given[5] = {NULL};
	size_t n = 0;
	int rc;

	*pick = (struct cli_pick){0};
	for (size_t i = 0; i < 5; i++) {
		n += cli_args_has(args, ways[i]);
		given[i] = i > 0 ? cli_args_get(args, ways[i]) : NULL;
	}
	if (n != 1)
		return err_set(err, ERR_USAGE,
		    "%s: which items? give one of --all, --place, --packages, "
		    "--items and --scan",
		    args->command->name);
	if (given[4] != NULL)
		rc = pick_scanned(pick, c, at, given[4], err);
	else if (given[2] != NULL || given[3] != NULL)
		rc = pick_named(pick, c, at,
		    given[2] != NULL ? given[2] : given[3], given[2] != NULL,
		    err);
	else
		rc = pick_held(pick, c, giver, at, given[1], err);
	if (rc == 0 && pick->n == 0)
		rc = err_set(err, ERR_NOTFOUND,
		    "%s: %.*s holds nothing%s%s; `counterfoil show %.*s` says "
		    "what it holds",
		    args->command->name,
		    SLICE_ARG(case_state_party(c->state, giver)->name),
		    given[1] != NULL ? " from " : "",
		    given[1] != NULL ? given[1] : "",
		    SLICE_ARG(case_state_party(c->state, giver)->name));
	return rc;
}

/* ---- where the difference may be ---- */

struct place {
	char *name;
	size_t n;
};

static int count_place(struct place *places, size_t *count, struct map *map,
    struct slice name, struct err *err)
{
	uint32_t i;

	if (name.p == NULL)
		name = slice_of("place not known");
	if (!map_get(map, name, &i)) {
		i = (uint32_t)*count;
		places[i].name = mem_copy_text(name.p, name.n);
		if (places[i].name == NULL)
			return err_nomem(err);
		(*count)++;
		int rc = map_put(map, slice_of(places[i].name), i, err);
		if (rc != 0)
			return rc;
	}
	places[i].n++;
	return 0;
}

int cli_pick_put_places(const struct cli_pick *pick, const struct cli_case *c,
    struct buf *out, struct err *err)
{
	struct cli_detail detail = {.c = c};
	struct place *places = mem_new(pick->n, sizeof(places[0]));
	struct map map;
	size_t count = 0;
	int rc = 0;

	if (places == NULL)
		return err_nomem(err);
	map_init(&map);
	for (size_t i = 0; i < pick->n && rc == 0; i++) {
		struct slice place = {NULL, 0};
		rc = cli_detail_get(&detail, pick->items[i].item,
		    RECORD_F_PLACE, &place, NULL, err);
		if (rc == 0)
			rc = count_place(places, &count, &map, place, err);
	}
	for (size_t i = 0; i < count; i++) {
		buf_printf(out, "%s%s %zu", i > 0 ? ", " : "", places[i].name,
		    places[i].n);
		free(places[i].name);
	}
	free(places);
	map_done(&map);
	cli_detail_done(&detail);
	return rc != 0 ? rc : buf_check(out, err);
}

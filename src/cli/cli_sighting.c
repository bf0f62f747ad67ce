/*
 * cli_sighting.c: compares what was seen with what is recorded.
 *
 * Nothing is taken for granted: a label alone identifies nothing, a seal
 * counts only by its number, and what was not looked at is not said to be
 * there or missing.
 */
#include "cli_sighting.h"

#include "case_state.h"
#include "mem.h"

#include <stdlib.h>

#define SEALED "package-sealed"
#define LABEL "label-read"
#define SERIAL "serial-read"

static struct cli_sighting *find(
    struct cli_sightings *s, struct slice id, uint32_t item)
{
	for (size_t i = 0; i < s->n; i++)
		if (item != CASE_NONE ? s->list[i].item == item
				      : slice_is(s->list[i].id, id))
			return &s->list[i];
	return NULL;
}

static int add(struct cli_sightings *s, struct slice id, uint32_t item,
    struct cli_sighting **ret, struct err *err)
{
	int rc = mem_grow(
	    (void **)&s->list, &s->cap, s->n + 1, sizeof(s->list[0]), err);

	if (rc != 0)
		return rc;
	s->list[s->n] = (struct cli_sighting){
	    .id = id, .item = item, .result = CLI_SIGHTING_UNSEEN};
	*ret = &s->list[s->n++];
	return 0;
}

static bool is_held(const struct cli_sightings *s, uint32_t item)
{
	struct case_set holders = case_state_holders(s->c->state, item, s->at);

	return case_set_has(&holders, s->custodian);
}

int cli_sightings_start(struct cli_sightings *sightings,
    const struct cli_case *c, uint32_t custodian, int64_t at, struct err *err)
{
	struct cli_sighting *added;
	int rc = 0;

	*sightings = (struct cli_sightings){
	    .c = c, .custodian = custodian, .at = at, .detail.c = c};
	for (uint32_t i = 0; rc == 0 && i < case_state_item_count(c->state);
	     i++) {
		uint32_t container = case_state_container(c->state, i, at);

		if (!is_held(sightings, i) ||
		    (container != CASE_NONE && is_held(sightings, container)))
			continue;
		rc = add(sightings, case_state_item(c->state, i)->id, i, &added,
		    err);
		sightings->expected += rc == 0;
	}
	return rc;
}

void cli_sightings_done(struct cli_sightings *sightings)
{
	free(sightings->list);
	cli_scan_done(&sightings->scan);
	cli_detail_done(&sightings->detail);
	*sightings = (struct cli_sightings){0};
}

/* The line for an item, new if it is not expected at this place. */
static int look_at(struct cli_sightings *s, struct slice id,
    struct cli_sighting **ret, struct err *err)
{
	uint32_t item = case_state_find_item(s->c->state, id);
	struct cli_sighting *found = find(s, id, item);
	int rc = 0;

	if (found == NULL)
		rc = add(s, id, item, &found, err);
	if (rc != 0)
		return rc;
	found->result = item != CASE_NONE && is_held(s, item)
	    ? CLI_SIGHTING_FOUND
	    : CLI_SIGHTING_UNEXPECTED;
	*ret = found;
	return 0;
}

static struct slice recorded_seal(const struct cli_sightings *s, uint32_t item)
{
	bool is_enclosing;

	return item == CASE_NONE
	    ? slice_of(NULL)
	    : case_state_seal(s->c->state, item, s->at, &is_enclosing);
}

int cli_sightings_see(struct cli_sightings *sightings, struct slice id,
    const char *seen, struct err *err)
{
	struct cli_sighting *line;
	int rc = look_at(sightings, id, &line, err);

	if (rc != 0)
		return rc;
	line->seen = seen;
	if (!slice_is_text(slice_of(seen), SEALED))
		return 0;
	line->seal = recorded_seal(sightings, line->item);
	if (line->seal.p == NULL)
		return err_set(err, ERR_USAGE,
		    "inspect: %.*s has no recorded seal, so it cannot be seen "
		    "sealed; say how it was seen with --seen WORD",
		    SLICE_ARG(id));
	return 0;
}

static int scan_seal(struct cli_sightings *s, const struct cli_scan_line *from,
    struct cli_sighting *line, const char *path, struct err *err)
{
	struct slice recorded = recorded_seal(s, line->item);
	bool is_broken = from->n > 2 && slice_is_text(from->cells[2], "broken");

	if (from->n > 3 ||
	    (from->n > 2 && !is_broken &&
		!slice_is_text(from->cells[2], "intact")))
		return err_set(err, ERR_USAGE,
		    "%s:%zu: after the seal stands intact or broken", path,
		    from->number);
	line->seal = from->cells[1];
	line->seen = is_broken ? LABEL : SEALED;
	if (line->result != CLI_SIGHTING_FOUND)
		return 0;
	if (is_broken)
		line->result = CLI_SIGHTING_BROKEN;
	else if (!slice_is(line->seal, recorded))
		line->result = CLI_SIGHTING_DIFFERS;
	return 0;
}

static int scan_serial(struct cli_sightings *s,
    const struct cli_scan_line *from, struct cli_sighting *line,
    const char *path, struct err *err)
{
	struct slice listed;
	bool is_withheld;

	if (from->n != 3)
		return err_set(err, ERR_USAGE,
		    "%s:%zu: write ITEM,serial,SERIAL", path, from->number);
	line->seen = SERIAL;
	if (line->result != CLI_SIGHTING_FOUND)
		return 0;
	int rc = cli_detail_get(&s->detail, line->item, RECORD_F_SERIAL,
	    &listed, &is_withheld, err);
	if (rc != 0)
		return rc;
	if (is_withheld)
		return err_set(err, ERR_NOTFOUND,
		    "%s:%zu: the serial number of %.*s is withheld and its "
		    "reveal is not in this folder, so it cannot be compared",
		    path, from->number, SLICE_ARG(line->id));
	/* Where no number was to be seen, seeing none again shows nothing. */
	if (listed.p == NULL || slice_is_text(listed, "none visible"))
		line->seen = LABEL;
	else if (!slice_is(listed, from->cells[2]))
		line->result = CLI_SIGHTING_OTHER;
	return 0;
}

static int scan_line(struct cli_sightings *s, const struct cli_scan_line *from,
    const char *path, const char *seen, struct err *err)
{
	struct cli_sighting *line;

	if (from->n == 1) {
		bool is_sealed = slice_is_text(slice_of(seen), SEALED);
		uint32_t item =
		    case_state_find_item(s->c->state, from->cells[0]);

		/* Of a drive in a bag only the label was scanned. */
		if (seen == NULL ||
		    (is_sealed && recorded_seal(s, item).p == NULL))
			seen = LABEL;
		return cli_sightings_see(s, from->cells[0], seen, err);
	}
	int rc = look_at(s, from->cells[0], &line, err);
	if (rc != 0)
		return rc;
	return slice_is_text(from->cells[1], "serial")
	    ? scan_serial(s, from, line, path, err)
	    : scan_seal(s, from, line, path, err);
}

int cli_sightings_scan(struct cli_sightings *sightings, const char *path,
    const char *seen, struct err *err)
{
	int rc = cli_scan_read(&sightings->scan, path, err);

	for (size_t i = 0; rc == 0 && i < sightings->scan.n; i++)
		rc = scan_line(
		    sightings, &sightings->scan.lines[i], path, seen, err);
	return rc;
}

int cli_sightings_see_sealed(struct cli_sightings *sightings, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sightings->n; i++) {
		const struct cli_sighting *line = &sightings->list[i];

		if (line->result == CLI_SIGHTING_UNSEEN &&
		    recorded_seal(sightings, line->item).p != NULL)
			rc =
			    cli_sightings_see(sightings, line->id, SEALED, err);
	}
	return rc;
}

int cli_sightings_mark(struct cli_sightings *sightings, const char *item,
    enum cli_sighting_result result, struct err *err)
{
	struct cli_sighting *line;
	uint32_t found;
	int rc = cli_case_find_item(sightings->c, item, &found, err);

	if (rc == 0)
		rc = look_at(sightings,
		    case_state_item(sightings->c->state, found)->id, &line,
		    err);
	if (rc != 0)
		return rc;
	if (line->result == CLI_SIGHTING_UNEXPECTED)
		return err_set(err, ERR_USAGE,
		    "inspect: %s is not held by %.*s, so it cannot be missing "
		    "or broken there",
		    item,
		    SLICE_ARG(case_state_party(
			sightings->c->state, sightings->custodian)
				  ->name));
	line->result = result;
	line->seen = result == CLI_SIGHTING_BROKEN ? LABEL : NULL;
	line->seal = result == CLI_SIGHTING_BROKEN
	    ? recorded_seal(sightings, line->item)
	    : slice_of(NULL);
	if (result == CLI_SIGHTING_BROKEN && line->seal.p == NULL)
		return err_set(err, ERR_USAGE,
		    "inspect: %s has no recorded seal that could be broken",
		    item);
	return 0;
}

void cli_sightings_close(struct cli_sightings *sightings)
{
	for (size_t i = 0; i < sightings->n; i++)
		if (sightings->list[i].result == CLI_SIGHTING_UNSEEN)
			sightings->list[i].result = CLI_SIGHTING_MISSING;
}

size_t cli_sightings_count(
    const struct cli_sightings *sightings, enum cli_sighting_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < sightings->n; i++)
		n += sightings->list[i].result == result;
	return n;
}

int cli_sightings_put(const struct cli_sightings *sightings, size_t i,
    struct cli_compose *compose, struct err *err)
{
	static const char *const found[] = {
	    [CLI_SIGHTING_OTHER] = "other",
	    [CLI_SIGHTING_MISSING] = "missing",
	    [CLI_SIGHTING_UNEXPECTED] = "unexpected",
	    [CLI_SIGHTING_UNSEEN] = NULL,
	};
	const struct cli_sighting *line = &sightings->list[i];
	bool is_broken = line->result == CLI_SIGHTING_BROKEN;
	int rc = cli_compose_block_slice(compose, line->id, err);

	if (rc == 0)
		rc = cli_compose_put(compose, RECORD_F_SEEN, line->seen, err);
	if (rc == 0)
		rc = cli_compose_put(
		    compose, RECORD_F_FOUND, found[line->result], err);
	if (rc == 0 && line->seal.p != NULL)
		rc = cli_compose_put_slice(
		    compose, RECORD_F_SEAL, line->seal, err);
	if (rc == 0 && line->seal.p != NULL)
		rc = cli_compose_put(compose, RECORD_F_STATE,
		    is_broken ? "broken" : "intact", err);
	return rc;
}

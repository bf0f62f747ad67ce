/*
 * cli_sighting.h: what was looked at, beside what should have been there: an
 * inspection before it becomes a record.
 */
#ifndef CLI_SIGHTING_H
#define CLI_SIGHTING_H

#include "cli_case.h"
#include "cli_compose.h"
#include "cli_detail.h"
#include "cli_scan.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cli_sighting_result {
	CLI_SIGHTING_FOUND,
	CLI_SIGHTING_BROKEN, /* its seal was found broken */
	CLI_SIGHTING_DIFFERS, /* another seal number than recorded */
	CLI_SIGHTING_OTHER, /* another serial number than listed */
	CLI_SIGHTING_MISSING,
	CLI_SIGHTING_UNEXPECTED, /* not held by this custodian, or unknown */
	CLI_SIGHTING_UNSEEN, /* held, but not looked at: not recorded */
	CLI_SIGHTING_RESULT_COUNT
};

struct cli_sighting {
	struct slice id;
	uint32_t item; /* CASE_NONE: the case does not know it */
	enum cli_sighting_result result;
	const char *seen; /* a word of `seen:`, or NULL */
	struct slice seal; /* as seen, or absent */
};

struct cli_sightings {
	const struct cli_case *c;
	uint32_t custodian;
	int64_t at;
	size_t expected; /* how many things should be there, counted singly */
	size_t n, cap;
	struct cli_sighting *list; /* expected ones first, then as scanned */
	struct cli_scan scan;
	struct cli_detail detail;
};

/*
 * Starts with everything that the custodian holds at `at` and that is in
 * nothing else he holds, as not looked at.
 */
int cli_sightings_start(struct cli_sightings *sightings,
    const struct cli_case *c, uint32_t custodian, int64_t at,
    struct err *err) MUST_CHECK;
void cli_sightings_done(struct cli_sightings *sightings);

/* One item seen in the way that `seen` says; package-sealed: with the seal as
 * last recorded. ERR_USAGE if a thing without a recorded seal is said to be
 * sealed. */
int cli_sightings_see(struct cli_sightings *sightings, struct slice id,
    const char *seen, struct err *err) MUST_CHECK;

/* A scanner's file: ITEM | ITEM,SEAL | ITEM,SEAL,intact|broken |
 * ITEM,serial,SERIAL. `seen` (may be NULL) is for lines of an item alone;
 * without it they say label-read, which identifies nothing. */
int cli_sightings_scan(struct cli_sightings *sightings, const char *path,
    const char *seen, struct err *err) MUST_CHECK;

/* Everything still unseen that has a seal: seen sealed. */
int cli_sightings_see_sealed(
    struct cli_sightings *sightings, struct err *err) MUST_CHECK;

/* Sets a result by hand: BROKEN or MISSING. */
int cli_sightings_mark(struct cli_sightings *sightings, const char *item,
    enum cli_sighting_result result, struct err *err) MUST_CHECK;

/* A full inventory: what was not looked at is missing. */
void cli_sightings_close(struct cli_sightings *sightings);

size_t cli_sightings_count(
    const struct cli_sightings *sightings, enum cli_sighting_result result);

/* The comparison, for people and as JSON. */
int cli_sightings_print(
    const struct cli_sightings *sightings, struct err *err) MUST_CHECK;
int cli_sightings_print_json(
    const struct cli_sightings *sightings, struct err *err) MUST_CHECK;

/* One block of an inspection for list[i]. */
int cli_sightings_put(const struct cli_sightings *sightings, size_t i,
    struct cli_compose *compose, struct err *err) MUST_CHECK;

#endif

/*
 * cli_json.h: the values of a case as JSON: times, records by their whole ids,
 * parties and items by name, sets of parties, counts by type.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include "case_state.h"
#include "json.h"

#include <stddef.h>
#include <stdint.h>

/* `name` as in json.h. CASE_NONE gives null. */
void cli_json_time(struct json *json, const char *name, int64_t when);
void cli_json_record(struct json *json, const char *name,
    const struct case_state *state, uint32_t leaf);
void cli_json_party(struct json *json, const char *name,
    const struct case_state *state, uint32_t party);
void cli_json_item(struct json *json, const char *name,
    const struct case_state *state, uint32_t item);
void cli_json_set(struct json *json, const char *name,
    const struct case_state *state, const struct case_set *set);
void cli_json_signers(struct json *json, const char *name,
    const struct case_state *state, uint32_t leaf);
/* An object of the types that occur: {"package": 213, "drive": 347}. */
void cli_json_types(struct json *json, const char *name,
    const size_t counts[CASE_ITEM_TYPE_COUNT]);
/* Standing, and what broke which rule if it is not good, as members. */
void cli_json_standing(struct json *json, const struct case_leaf *leaf);

#endif

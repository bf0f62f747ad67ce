/*
 * cli_json.h: the values of a case as JSON: times, records by their whole ids,
 * parties and items by name, sets of parties, counts by type; and bytes and
 * hashes of media.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include "case_state.h"
#include "hash.h"
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
/* A number; 2^53 and more, which readers in JavaScript round, as text. */
void cli_json_u64(struct json *json, const char *name, uint64_t value);
/* Bytes as the members "first" and "last", both included; length is not 0. */
void cli_json_span(struct json *json, uint64_t at, uint64_t length);
void cli_json_hash(
    struct json *json, const char *name, const struct hash *hash);
/* Standing, and what broke which rule if it is not good, as members. */
void cli_json_standing(struct json *json, const struct case_leaf *leaf);

#endif

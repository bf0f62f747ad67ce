/*
 * cli_json.c: see cli_json.h. One spelling of each thing, so that what one
 * command prints can be looked up with another.
 */
#include "cli_json.h"

#include "when.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#define EXACT_IN_JSON (1ull << 53)

void cli_json_time(struct json *json, const char *name, int64_t when)
{
	char text[WHEN_SIZE];

	when_to_time(text, when);
	json_text(json, name, slice_of(text));
}

void cli_json_record(struct json *json, const char *name,
    const struct case_state *state, uint32_t leaf)
{
	char hex[HASH_HEX_SIZE];

	if (leaf == CASE_NONE) {
		json_null(json, name);
		return;
	}
	hash_to_hex(hex, &case_state_leaf(state, leaf)->id);
	json_text(json, name, slice_of(hex));
}

void cli_json_party(struct json *json, const char *name,
    const struct case_state *state, uint32_t party)
{
	json_text(json, name,
	    party == CASE_NONE ? slice_of(NULL)
			       : case_state_party(state, party)->name);
}

void cli_json_item(struct json *json, const char *name,
    const struct case_state *state, uint32_t item)
{
	json_text(json, name,
	    item == CASE_NONE ? slice_of(NULL)
			      : case_state_item(state, item)->id);
}

void cli_json_set(struct json *json, const char *name,
    const struct case_state *state, const struct case_set *set)
{
	json_open_array(json, name);
	for (uint32_t p = case_set_next(set, 0); p != CASE_NONE;
	     p = case_set_next(set, p + 1))
		cli_json_party(json, NULL, state, p);
	json_close_array(json);
}

void cli_json_signers(struct json *json, const char *name,
    const struct case_state *state, uint32_t leaf)
{
	size_t n;
	const uint32_t *signers = case_state_signers(state, leaf, &n);

	json_open_array(json, name);
	for (size_t i = 0; i < n; i++)
		cli_json_party(json, NULL, state, signers[i]);
	json_close_array(json);
}

void cli_json_types(struct json *json, const char *name,
    const size_t counts[CASE_ITEM_TYPE_COUNT])
{
	json_open_object(json, name);
	for (int t = 0; t < CASE_ITEM_TYPE_COUNT; t++)
		if (counts[t] > 0)
			json_number(json,
			    case_item_type_name((enum case_item_type)t),
			    (int64_t)counts[t]);
	json_close_object(json);
}

void cli_json_u64(struct json *json, const char *name, uint64_t value)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, value);
	if (value < EXACT_IN_JSON)
		json_number(json, name, (int64_t)value);
	else
		json_text(json, name, slice_of(text));
}

void cli_json_span(struct json *json, uint64_t at, uint64_t length)
{
	assert(length > 0);
	cli_json_u64(json, "first", at);
	cli_json_u64(json, "last", at + length - 1);
}

void cli_json_hash(struct json *json, const char *name, const struct hash *hash)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, hash);
	json_text(json, name, slice_of(hex));
}

void cli_json_standing(struct json *json, const struct case_leaf *leaf)
{
	json_text(
	    json, "standing", slice_of(case_standing_name(leaf->standing)));
	if (leaf->standing == CASE_GOOD)
		return;
	json_text(json, "rule", slice_of(case_rule_name(leaf->rule)));
	json_text(json, "about", leaf->about);
}

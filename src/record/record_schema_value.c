/*
 * record_schema_value.c: how each type of value is spelled. Every value has
 * exactly one spelling; what is not spelled so is refused.
 */
#include "record_schema_internal.h"

#include "hash.h"
#include "note_key.h"
#include "text.h"
#include "when.h"

#include <stdint.h>
#include <string.h>

static bool is_choice(const char *choices, struct slice value)
{
	struct slice rest = slice_of(choices);

	while (rest.p != NULL)
		if (slice_is(slice_cut(&rest, ' '), value))
			return true;
	return false;
}

static bool is_count(struct slice value)
{
	unsigned long long n;

	return slice_to_u64(value, &n) && n <= INT64_MAX;
}

static bool is_case_ref(struct slice value)
{
	struct slice rest = value;
	struct slice name = slice_cut(&rest, '#');
	uint8_t digest[16];

	return text_is_identifier(name) && rest.p != NULL &&
	    text_from_hex(digest, sizeof(digest), rest);
}

static bool is_signer(struct slice value)
{
	struct slice rest = value;
	struct slice name = slice_cut(&rest, ' ');
	uint8_t id[4];

	return text_is_identifier(name) && rest.p != NULL &&
	    text_from_hex(id, sizeof(id), rest);
}

static bool is_as_of(struct slice value)
{
	struct slice rest = value;
	struct slice size = slice_cut(&rest, ' ');
	uint8_t root[HASH_SIZE];
	size_t n;

	return is_count(size) && rest.p != NULL &&
	    text_from_base64(root, sizeof(root), &n, rest) && n == HASH_SIZE;
}

static bool is_part(struct slice value)
{
	struct slice rest = value;
	unsigned long long i, n;

	return slice_to_u64(slice_cut(&rest, '/'), &i) && rest.p != NULL &&
	    slice_to_u64(rest, &n) && i >= 1 && i <= n && n <= 9999;
}

static bool is_text(struct slice value)
{
	return value.n > 0 && value.p[0] != ' ' &&
	    value.p[value.n - 1] != ' ' && text_is_line(value, NULL, NULL) &&
	    text_is_escaped(value);
}

/* Two words, the first an identifier; the second is left in *ret_rest. */
static bool has_first_word(struct slice value, struct slice *ret_rest)
{
	*ret_rest = value;
	return text_is_identifier(slice_cut(ret_rest, ' ')) &&
	    ret_rest->p != NULL;
}

static bool is_addressee(struct slice value)
{
	struct slice rest;
	int64_t when;

	return has_first_word(value, &rest) &&
	    slice_is_text(slice_cut(&rest, ' '), "due") && rest.p != NULL &&
	    when_from_due(&when, rest);
}

static bool is_bay(struct slice value)
{
	struct slice rest;

	return has_first_word(value, &rest) &&
	    (slice_is_text(rest, "empty") || slice_is_text(rest, "not-opened"));
}

static bool is_require(struct slice value)
{
	struct slice rest = value;
	const struct record_schema *schema =
	    record_schema_find(slice_cut(&rest, ' '));

	if (schema == NULL || rest.p == NULL)
		return false;
	enum record_name name = record_schema_field_find(rest);
	return record_schema_field(schema, false, name) != NULL ||
	    record_schema_field(schema, true, name) != NULL;
}

static bool is_tally(struct slice value)
{
	struct slice rest = value;

	return is_count(slice_cut(&rest, ' ')) && rest.p != NULL &&
	    is_choice(RECORD_ITEM_TYPES, rest);
}

static bool is_telltale(struct slice value)
{
	struct slice rest;

	return has_first_word(value, &rest) && is_count(rest);
}

static bool is_not_taken(struct slice value)
{
	struct slice rest;

	return has_first_word(value, &rest) && is_text(rest);
}

static bool is_commit(struct slice value)
{
	struct slice rest;
	uint8_t digest[HASH_SIZE];

	return has_first_word(value, &rest) &&
	    text_from_hex(digest, sizeof(digest), rest);
}

/* long: a dispatch over the types, one line each */
static bool value_is_good(const struct record_field *field, struct slice value)
{
	uint8_t digest[HASH_SIZE];
	struct note_key key;
	int64_t when;

	switch (field->type) {
	case RECORD_T_CASE_REF:
		return is_case_ref(value);
	case RECORD_T_TIME:
		return when_from_time(&when, value);
	case RECORD_T_DUE:
		return when_from_due(&when, value);
	case RECORD_T_SIGNER:
		return is_signer(value);
	case RECORD_T_AS_OF:
		return is_as_of(value);
	case RECORD_T_ID:
		return text_is_identifier(value);
	case RECORD_T_COUNT:
		return is_count(value);
	case RECORD_T_HASH:
	case RECORD_T_RECORD:
		return text_from_hex(digest, sizeof(digest), value);
	case RECORD_T_VKEY:
		return note_key_parse(&key, value, NULL) == 0;
	case RECORD_T_TEXT:
		return is_text(value);
	case RECORD_T_CHOICE:
		return is_choice(field->choices, value);
	case RECORD_T_PART:
		return is_part(value);
	case RECORD_T_BAY:
		return is_bay(value);
	case RECORD_T_ADDRESSEE:
		return is_addressee(value);
	case RECORD_T_FIELD:
		return record_schema_is_withholdable(
		    record_schema_field_find(value));
	case RECORD_T_REQUIRE:
		return is_require(value);
	case RECORD_T_TALLY:
		return is_tally(value);
	case RECORD_T_TELLTALE:
		return is_telltale(value);
	case RECORD_T_ALSO_IN:
		return slice_is_text(value, "none") || is_case_ref(value);
	case RECORD_T_NOT_TAKEN:
		return is_not_taken(value);
	case RECORD_T_KEY_ID:
		return text_from_hex(digest, 4, value);
	case RECORD_T_COMMIT:
		return is_commit(value);
	}
	return false;
}

bool record_schema_value_is_good(
    const struct record_field *field, struct slice value, const char **ret_why)
{
	if (value.p != NULL && value.n > 0 && value_is_good(field, value))
		return true;
	if (ret_why != NULL)
		*ret_why = field->type == RECORD_T_CHOICE
		    ? field->choices
		    : record_schema_type_help(field->type);
	return false;
}

const char *record_schema_type_help(enum record_type type)
{
	static const char *const help[] = {
	    [RECORD_T_CASE_REF] = "a case name, #, and 32 hex digits",
	    [RECORD_T_TIME] = "a UTC time like 2023-06-21T09:40:00Z",
	    [RECORD_T_DUE] = "a date like 2023-06-21 or a UTC time like "
			     "2023-06-21T09:40:00Z",
	    [RECORD_T_SIGNER] = "a party and the 8 hex digits of its key id",
	    [RECORD_T_AS_OF] = "a ledger size and its root in base64",
	    [RECORD_T_ID] = "a name of letters, digits, '.', '/' and '-', at "
			    "most 64 long",
	    [RECORD_T_COUNT] = "a whole number",
	    [RECORD_T_HASH] = "a SHA-256 in 64 lower-case hex digits",
	    [RECORD_T_RECORD] = "a record's id in 64 lower-case hex digits",
	    [RECORD_T_VKEY] = "a public key like name+1a2b3c4d+AbC...=",
	    [RECORD_T_TEXT] = "one line of text without control or direction "
			      "characters",
	    [RECORD_T_CHOICE] = "one of the listed words",
	    [RECORD_T_PART] = "a part like 2/5",
	    [RECORD_T_BAY] = "a slot and \"empty\" or \"not-opened\"",
	    [RECORD_T_ADDRESSEE] = "a party and its due date, like "
				   "police.example due 2023-07-10",
	    [RECORD_T_FIELD] = "the name of a field that can be withheld",
	    [RECORD_T_REQUIRE] = "a kind and one of its fields, like handover "
				 "purpose",
	    [RECORD_T_TALLY] = "a number and a kind of item, like 213 computer",
	    [RECORD_T_TELLTALE] = "a counter and its reading, like "
				  "power-on-hours 5120",
	    [RECORD_T_ALSO_IN] = "\"none\" or the other case's name#digits",
	    [RECORD_T_NOT_TAKEN] = "an item and the reason",
	    [RECORD_T_KEY_ID] = "the 8 hex digits of a key's id",
	    [RECORD_T_COMMIT] = "a party and a SHA-256 in 64 hex digits",
	};

	return help[type];
}

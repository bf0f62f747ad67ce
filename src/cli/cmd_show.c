/*
 * cmd_show.c: `counterfoil show`: the case at a glance, or one item, party or
 * record. What a person typed is looked up in this order: item, party, record.
 */
#include "cli_glance.h"
#include "cli_out.h"
#include "cli_show.h"
#include "flow_check.h"

#include <string.h>

#define SCREEN_MAX (64u << 20)

static int put_glance(
    struct cli_case *c, bool is_json, struct buf *out, struct err *err)
{
	struct cli_glance glance = {0};
	int rc = cli_glance_make(&glance, c, err);

	if (rc == 0 && is_json)
		cli_glance_put_json(&glance, out);
	else if (rc == 0)
		cli_glance_put(&glance, out);
	cli_glance_done(&glance);
	return rc;
}

static bool is_hex_prefix(const char *typed)
{
	size_t n = strspn(typed, "0123456789abcdef");

	return typed[n] == '\0' && n >= 4 && n < HASH_HEX_SIZE;
}

static int put_named(const struct cli_case *c, const char *typed, bool is_json,
    struct buf *out, struct err *err)
{
	struct slice id = slice_of(typed);
	uint32_t found;

	/* A label with a wrong check is told by cli_case_find_item. */
	if (flow_check_take(id, &id, NULL) != 0)
		return cli_case_find_item(c, typed, &found, err);
	found = case_state_find_item(c->state, id);
	if (found != CASE_NONE)
		return is_json ? cli_show_item_json(c, found, out, err)
			       : cli_show_item(c, found, out, err);
	found = case_state_find_party(c->state, slice_of(typed));
	if (found != CASE_NONE)
		return is_json ? cli_show_party_json(c, found, out, err)
			       : cli_show_party(c, found, out, err);
	if (strcmp(typed, "last") != 0 && !is_hex_prefix(typed))
		return strchr(typed, '.') != NULL
		    ? cli_case_find_party(c, typed, &found, err)
		    : cli_case_find_item(c, typed, &found, err);
	int rc = cli_case_find_record(c, typed, RECORD_KIND_COUNT, &found, err);
	if (rc != 0)
		return rc;
	return is_json ? cli_show_record_json(c, found, out, err)
		       : cli_show_record(c, found, out, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	bool is_json = cli_args_has(args, "json");
	struct cli_case c = {0};
	struct buf out;

	buf_init(&out, SCREEN_MAX);
	int rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = args->word_count == 0
		    ? put_glance(&c, is_json, &out, err)
		    : put_named(&c, args->words[0], is_json, &out, err);
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_report(buf_slice(&out));
	buf_done(&out);
	cli_case_done(&c);
	return rc;
}

const struct cli_command cmd_show = {
    .name = "show",
    .group = CLI_LOOKING,
    .usage = "[ITEM | PARTY | RECORD | last] [--json]",
    .summary = "Shows the case at a glance, an item's timeline, a party's "
	       "holdings or a record",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .words_max = 1,
    .examples = "  counterfoil show\n"
		"  counterfoil show PC-0007-D1\n"
		"  counterfoil show prosecutor.example/evidence-room --json\n"
		"  counterfoil show 1a2b3c4d5e6f\n",
    .run = run,
};

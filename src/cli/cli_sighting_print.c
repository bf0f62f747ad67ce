/*
 * cli_sighting_print.c: the comparison as a table of counts, with the names of
 * everything that is not as it should be; and as JSON.
 */
#include "cli_sighting.h"

#include "case_report.h"
#include "case_state.h"
#include "case_wrap.h"
#include "cli_out.h"
#include "json.h"
#include "when.h"

#define PRINT_MAX (16u << 20)

static const struct {
	const char *words;
	const char *machine;
} results[CLI_SIGHTING_RESULT_COUNT] = {
    [CLI_SIGHTING_FOUND] = {"found", "found"},
    [CLI_SIGHTING_BROKEN] = {"seal broken", "seal-broken"},
    [CLI_SIGHTING_DIFFERS] = {"seal differs", "seal-differs"},
    [CLI_SIGHTING_OTHER] = {"other serial", "other"},
    [CLI_SIGHTING_MISSING] = {"missing", "missing"},
    [CLI_SIGHTING_UNEXPECTED] = {"unexpected", "unexpected"},
    [CLI_SIGHTING_UNSEEN] = {"not looked at", "not-looked-at"},
};

static void put_name(const struct cli_sightings *s,
    const struct cli_sighting *line, struct buf *out)
{
	buf_put_slice(out, line->id);
	if (line->result == CLI_SIGHTING_UNEXPECTED)
		buf_puts(out,
		    line->item == CASE_NONE ? " (not listed)"
					    : " (held by another)");
	if (line->result == CLI_SIGHTING_DIFFERS) {
		bool is_enclosing;
		struct slice recorded = case_state_seal(
		    s->c->state, line->item, s->at, &is_enclosing);

		buf_printf(out, " (recorded %.*s, seen %.*s)",
		    recorded.p != NULL ? (int)recorded.n : 4,
		    recorded.p != NULL ? recorded.p : "none",
		    SLICE_ARG(line->seal));
	}
}

/* What was found as it should be is counted, not named. */
static void put_result(const struct cli_sightings *s,
    enum cli_sighting_result result, struct buf *out)
{
	char count[64];
	struct buf names;
	size_t n = cli_sightings_count(s, result), k = 0;

	(void)snprintf(
	    count, sizeof(count), "  %-14s %6zu", results[result].words, n);
	if (result == CLI_SIGHTING_FOUND || n == 0) {
		buf_printf(out, "%s\n", count);
		return;
	}
	buf_init(&names, PRINT_MAX);
	for (size_t i = 0; i < s->n; i++) {
		if (s->list[i].result != result)
			continue;
		buf_puts(&names, k++ > 0 ? ", " : "");
		put_name(s, &s->list[i], &names);
	}
	(void)snprintf(
	    count, sizeof(count), "  %-14s %6zu  ", results[result].words, n);
	case_wrap_put(out, count, buf_slice(&names));
	if (names.failed && !out->failed)
		out->failed = names.failed;
	buf_done(&names);
}

int cli_sightings_print(const struct cli_sightings *sightings, struct err *err)
{
	struct slice custodian =
	    case_state_party(sightings->c->state, sightings->custodian)->name;
	struct buf out;

	buf_init(&out, PRINT_MAX);
	buf_printf(&out, "inspection at %.*s, ", SLICE_ARG(custodian));
	case_report_put_when(&out, sightings->at);
	buf_printf(&out, " UTC\n  %-15s %5zu\n", "should be there",
	    sightings->expected);
	for (int i = 0; i < CLI_SIGHTING_RESULT_COUNT; i++)
		put_result(sightings, (enum cli_sighting_result)i, &out);
	int rc = buf_check(&out, err);
	if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	return rc;
}

int cli_sightings_print_json(
    const struct cli_sightings *sightings, struct err *err)
{
	char when[WHEN_SIZE];
	struct json json;
	struct buf out;

	when_to_time(when, sightings->at);
	buf_init(&out, PRINT_MAX);
	json_init(&json, &out);
	json_open_object(&json, NULL);
	json_text(&json, "custodian",
	    case_state_party(sightings->c->state, sightings->custodian)->name);
	json_text(&json, "at", slice_of(when));
	json_number(&json, "expected", (int64_t)sightings->expected);
	json_open_object(&json, "counts");
	for (int i = 0; i < CLI_SIGHTING_RESULT_COUNT; i++)
		json_number(&json, results[i].machine,
		    (int64_t)cli_sightings_count(
			sightings, (enum cli_sighting_result)i));
	json_close_object(&json);
	json_open_array(&json, "items");
	for (size_t i = 0; i < sightings->n; i++) {
		const struct cli_sighting *line = &sightings->list[i];

		json_open_object(&json, NULL);
		json_text(&json, "item", line->id);
		json_text(
		    &json, "result", slice_of(results[line->result].machine));
		json_text(&json, "seen", slice_of(line->seen));
		json_text(&json, "seal", line->seal);
		json_close_object(&json);
	}
	json_close_array(&json);
	json_close_object(&json);
	int rc = buf_check(&out, err);
	if (rc == 0)
		cli_out_raw(buf_slice(&out));
	buf_done(&out);
	return rc;
}

/*
 * cli_public.c: see cli_public.h. The invariant: every byte of a record but the
 * first line's kind, signatures and commitments is in exactly one group.
 */
#include "cli_public.h"

#include "case_wrap.h"
#include "cli_out.h"
#include "cli_words.h"
#include "mem.h"
#include "record.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE_MAX 131072
#define GROUP_COUNT ((size_t)CLI_PUBLIC_CLASS_COUNT * RECORD_F_NONE)

static struct cli_public_group *group_of(const struct cli_public *public,
    enum cli_public_class class, enum record_name name)
{
	return &public->groups[(size_t) class * RECORD_F_NONE + name];
}

/* ---- collecting ---- */

static bool is_free_text(enum record_type type)
{
	return type == RECORD_T_TEXT || type == RECORD_T_NOT_TAKEN;
}

static enum cli_public_class class_of(
    const struct record_field *field, bool is_withheld)
{
	bool is_text = field != NULL && is_free_text(field->type);

	if (is_withheld)
		return CLI_PUBLIC_WITHHELD;
	if (field != NULL && field->flags & RECORD_WITHHOLDABLE)
		return is_text ? CLI_PUBLIC_TEXT_OPENED : CLI_PUBLIC_OPENED;
	return is_text ? CLI_PUBLIC_TEXT : CLI_PUBLIC_OPEN;
}

static int add(struct cli_public *public, enum cli_public_class class,
    enum record_name name, struct slice value, bool is_new, struct err *err)
{
	struct cli_public_group *group = group_of(public, class, name);
	uint32_t ignored;

	group->count += is_new;
	if (class == CLI_PUBLIC_WITHHELD ||
	    map_get(&group->known, value, &ignored))
		return 0;
	int rc = map_put(&group->known, value, 0, err);
	if (rc != 0 || !is_new)
		return rc;
	rc = mem_grow((void **)&group->values, &group->cap, group->n + 1,
	    sizeof(group->values[0]), err);
	if (rc != 0)
		return rc;
	group->values[group->n++] = value;
	public->new_count++;
	return 0;
}

/* case, at and signer lines: a record keeps them taken apart. */
static int add_header(struct cli_public *public, const struct record *record,
    bool is_new, struct err *err)
{
	struct slice rest = {record->text.p, record->header_n};
	int rc = 0;

	(void)slice_cut(&rest, '\n'); /* the first line has no field */
	while (rc == 0 && rest.p != NULL && rest.n > 0) {
		struct slice value = slice_cut(&rest, '\n');
		struct slice name = slice_cut(&value, ':');
		enum record_name field = record_schema_field_find(name);
		if (field != RECORD_F_NONE && value.p != NULL)
			rc = add(public, CLI_PUBLIC_OPEN, field,
			    slice_trim(value), is_new, err);
	}
	return rc;
}

static int add_values(struct cli_public *public, const struct record *record,
    bool is_new, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < record->block_count && rc == 0; i++)
		rc = add(public, CLI_PUBLIC_OPEN, record->schema->block,
		    record->blocks[i].id, is_new, err);
	for (size_t i = 0; i < record->value_count && rc == 0; i++) {
		const struct record_value *v = &record->values[i];
		const struct record_field *field = record_schema_field(
		    record->schema, i >= record->top_count, v->name);
		rc = add(public, class_of(field, v->is_withheld), v->name,
		    v->value, is_new, err);
	}
	return rc;
}

int cli_public_make(struct cli_public *public, const struct case_state *state,
    uint64_t since, uint64_t size, struct err *err)
{
	struct record record = {0};
	int rc = 0;

	*public = (struct cli_public){.since = since, .size = size};
	public->groups = mem_new(GROUP_COUNT, sizeof(public->groups[0]));
	if (public->groups == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < GROUP_COUNT; i++)
		map_init(&public->groups[i].known);
	for (uint64_t i = 0; i < size && rc == 0; i++) {
		rc = case_state_record(state, (uint32_t)i, &record, err);
		if (rc == 0)
			rc = add_header(public, &record, i >= since, err);
		if (rc == 0)
			rc = add_values(public, &record, i >= since, err);
	}
	record_done(&record);
	return rc;
}

void cli_public_done(struct cli_public *public)
{
	for (size_t i = 0; public->groups != NULL && i < GROUP_COUNT; i++) {
		free(public->groups[i].values);
		map_done(&public->groups[i].known);
	}
	free(public->groups);
	*public = (struct cli_public){0};
}

/* ---- telling ---- */

static const struct {
	const char *name; /* in JSON */
	const char *heading; /* NULL: under the one before */
	const char *words;
} classes[] = {
    [CLI_PUBLIC_TEXT] = {"free-text",
	"FREE TEXT - people write names into it: read every line",
	"open by schema"},
    [CLI_PUBLIC_TEXT_OPENED] = {"free-text-opened", NULL,
	"could be withheld, and is open"},
    [CLI_PUBLIC_OPENED] = {"opened", "COULD BE WITHHELD, AND IS OPEN",
	"open by the policy of that time"},
    [CLI_PUBLIC_OPEN] = {"open", "OPEN BY SCHEMA", "open by schema"},
    [CLI_PUBLIC_WITHHELD] = {"withheld",
	"WITHHELD - nobody can read these without a reveal", "withheld"},
};

static void put_group(const struct cli_public_group *group,
    enum cli_public_class class, const char *name, size_t shown,
    struct buf *out)
{
	size_t n = shown == 0 || group->n < shown ? group->n : shown;
	struct buf line;

	buf_init(&line, LINE_MAX);
	buf_printf(&line, "%s (%s): %zu value%s", name, classes[class].words,
	    group->count, cli_out_s(group->count));
	if (class != CLI_PUBLIC_WITHHELD && group->n < group->count)
		buf_printf(&line, ", %zu different", group->n);
	cli_words_line(out, "  ", &line);
	for (size_t i = 0; i < n; i++) {
		case_wrap_put_plain(&line, group->values[i]);
		cli_words_line(out, "    ", &line);
	}
	if (group->n > n)
		buf_printf(out, "    and %zu more\n", group->n - n);
	buf_done(&line);
}

static bool is_shown(const struct cli_public_group *group, bool is_withheld)
{
	return is_withheld ? group->count > 0 : group->n > 0;
}

void cli_public_put(
    const struct cli_public *public, size_t shown, struct buf *out)
{
	const char *heading = NULL, *last = NULL;

	for (int class = 0; class < CLI_PUBLIC_CLASS_COUNT; class ++) {
		if (classes[class].heading != NULL)
			heading = classes[class].heading;
		for (int name = 0; name < RECORD_F_NONE; name++) {
			const struct cli_public_group *group =
			    group_of(public, (enum cli_public_class) class,
				(enum record_name)name);
			if (!is_shown(group, class == CLI_PUBLIC_WITHHELD))
				continue;
			if (last != heading)
				buf_printf(out, "\n%s\n", heading);
			last = heading;
			put_group(group, (enum cli_public_class) class,
			    record_schema_field_name((enum record_name)name),
			    shown, out);
		}
	}
}

void cli_public_put_json(
    const struct cli_public *public, size_t shown, struct json *json)
{
	json_open_array(json, "fields");
	for (size_t i = 0; i < GROUP_COUNT; i++) {
		const struct cli_public_group *group = &public->groups[i];
		size_t class = i / RECORD_F_NONE;
		size_t n = shown == 0 || group->n < shown ? group->n : shown;

		if (!is_shown(group, class == CLI_PUBLIC_WITHHELD))
			continue;
		json_open_object(json, NULL);
		json_text(json, "field",
		    slice_of(record_schema_field_name(
			(enum record_name)(i % RECORD_F_NONE))));
		json_text(json, "class", slice_of(classes[class].name));
		json_number(json, "count", (int64_t)group->count);
		json_number(json, "different", (int64_t)group->n);
		json_open_array(json, "values");
		for (size_t k = 0; k < n; k++)
			json_text(json, NULL, group->values[k]);
		json_close_array(json);
		json_close_object(json);
	}
	json_close_array(json);
}

/*
 * cli_search.c: one walk over all records. What many records repeat of an item
 * (its label, its seal) is told once, with the record that said it first.
 */
#include "cli_search.h"

#include "mem.h"
#include "record.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

static int fold(struct buf *out, struct slice text, struct err *err)
{
	utf8proc_uint8_t *folded = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text.p,
	    (utf8proc_ssize_t)text.n, &folded,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);

	if (n == UTF8PROC_ERROR_NOMEM)
		return err_nomem(err);
	if (n < 0)
		return err_set(
		    err, ERR_USAGE, "search: not UTF-8 text; type it as UTF-8");
	buf_put(out, folded, (size_t)n);
	free(folded);
	return buf_check(out, err);
}

/* A number or a choice is no text that anybody looks for. */
static bool is_searched(enum record_type type)
{
	switch (type) {
	case RECORD_T_ID:
	case RECORD_T_TEXT:
	case RECORD_T_BAY:
	case RECORD_T_ADDRESSEE:
	case RECORD_T_NOT_TAKEN:
		return true;
	default:
		return false;
	}
}

static bool is_told(
    const struct cli_search *s, const struct cli_search_hit *hit)
{
	for (size_t i = 0; i < s->n && hit->item.p != NULL; i++)
		if (s->hits[i].name == hit->name &&
		    slice_is(s->hits[i].value, hit->value) &&
		    slice_is(s->hits[i].item, hit->item))
			return true;
	return false;
}

/* Adds the value if the text stands in it. */
static int try(struct cli_search *s, struct cli_search_hit hit, struct err *err)
{
	struct buf folded;
	int rc = 0;

	buf_init(&folded, 4 * RECORD_TEXT_MAX);
	rc = fold(&folded, hit.value, err);
	bool is_in = rc == 0 && folded.n > 0 &&
	    memmem(folded.p, folded.n, s->needle.p, s->needle.n) != NULL;
	buf_done(&folded);
	if (rc != 0 || !is_in || is_told(s, &hit))
		return rc;
	rc = mem_grow(
	    (void **)&s->hits, &s->cap, s->n + 1, sizeof(s->hits[0]), err);
	if (rc == 0)
		s->hits[s->n++] = hit;
	return rc;
}

static int try_value(struct cli_search *s, const struct record *record,
    const struct record_block *block, const struct record_value *v,
    uint32_t leaf, struct err *err)
{
	const struct record_field *field =
	    record_schema_field(record->schema, block != NULL, v->name);
	struct cli_search_hit hit = {
	    .item = block != NULL ? block->id : slice_of(NULL),
	    .name = v->name,
	    .value = cli_reveals_value(&s->reveals[leaf], block, v),
	    .leaf = leaf,
	    .is_withheld = v->is_withheld,
	};

	if (field == NULL || !is_searched(field->type))
		return 0;
	if (hit.value.p == NULL) {
		s->hidden++;
		return 0;
	}
	return try(s, hit, err);
}

static int try_block(struct cli_search *s, const struct record *record,
    const struct record_block *block, uint32_t leaf, struct err *err)
{
	int rc = try(s,
	    (struct cli_search_hit){.item = block->id,
		.name = record->schema->block,
		.value = block->id,
		.leaf = leaf},
	    err);

	for (size_t i = 0; i < block->n && rc == 0; i++)
		rc = try_value(s, record, block,
		    &record->values[block->first + i], leaf, err);
	return rc;
}

static int search_leaf(struct cli_search *s, uint32_t leaf, struct err *err)
{
	struct record record = {0};
	int rc = case_state_record(s->c->state, leaf, &record, err);

	if (rc == 0)
		rc = cli_reveals_load(&s->reveals[leaf], s->c, leaf, err);
	for (size_t i = 0; i < record.top_count && rc == 0; i++)
		rc = try_value(s, &record, NULL, &record.values[i], leaf, err);
	for (size_t i = 0; i < record.block_count && rc == 0; i++)
		rc = try_block(s, &record, &record.blocks[i], leaf, err);
	record_done(&record);
	return rc;
}

int cli_search_make(struct cli_search *search, const struct cli_case *c,
    struct slice text, enum record_kind kind, struct err *err)
{
	size_t leaves = case_state_leaf_count(c->state);
	struct slice typed = slice_trim(text);

	*search = (struct cli_search){.c = c};
	buf_init(&search->needle, RECORD_TEXT_MAX);
	if (typed.n == 0)
		return err_set(err, ERR_USAGE,
		    "search: the text is empty; say what to look for");
	search->reveals = mem_new(leaves + 1, sizeof(search->reveals[0]));
	if (search->reveals == NULL)
		return err_nomem(err);
	int rc = fold(&search->needle, typed, err);
	for (size_t i = 0; i < leaves && rc == 0; i++)
		if (kind == RECORD_KIND_COUNT ||
		    case_state_leaf(c->state, i)->kind == kind)
			rc = search_leaf(search, (uint32_t)i, err);
	return rc;
}

void cli_search_done(struct cli_search *search)
{
	size_t leaves =
	    search->c != NULL ? case_state_leaf_count(search->c->state) : 0;

	for (size_t i = 0; i < leaves && search->reveals != NULL; i++)
		cli_reveals_done(&search->reveals[i]);
	free(search->reveals);
	free(search->hits);
	buf_done(&search->needle);
	*search = (struct cli_search){0};
}

/*
 * cli_parts.c: the parts of a list composed.
 *
 * A part's population covers the blocks of all parts, and the commitments in
 * the blocks do not depend on it: so every part is written once to learn its
 * blocks, and once more with the population in place.
 */
#include "cli_parts.h"

#include "mem.h"

#include <stdlib.h>
#include <string.h>

/* Of the 65,535 bytes of a leaf, what the blocks of one part may take. */
#define BLOCKS_MAX 55000
#define PARTS_MAX 9999

struct part {
	size_t first, n; /* of the list's items */
	struct cli_compose compose;
};

struct parts {
	size_t n;
	struct part *parts;
	size_t cap;
};

static bool is_withheld(const struct cli_case *c, enum record_name name)
{
	const struct record_field *field =
	    record_schema_field(record_schema_of(RECORD_LIST), true, name);

	return (field->flags & RECORD_WITHHOLDABLE) != 0 &&
	    !case_state_is_open_field(c->state, name);
}

static size_t size_of(
    const struct cli_case *c, const struct cli_list_item *item)
{
	size_t n = strlen("item: \n") + item->id.n;

	for (size_t i = 0; i < item->n; i++) {
		const struct cli_list_value *v = &item->values[i];
		n += strlen("  ~: \n") +
		    strlen(record_schema_field_name(v->name)) +
		    (is_withheld(c, v->name) ? 2 * HASH_SIZE : strlen(v->text));
	}
	return n;
}

/* The end of the run of items that begins at `first`: one thing and all that
 * is in it. *ret_size: of their blocks. */
static size_t run_end(const struct cli_case *c, const struct cli_list *list,
    size_t first, size_t *ret_size)
{
	size_t i = first;

	*ret_size = 0;
	do {
		*ret_size += size_of(c, &list->items[i]);
		i++;
	} while (i < list->n && list->items[i].root == list->items[first].root);
	return i;
}

static int start_part_at(struct parts *parts, size_t first, struct err *err)
{
	int rc = mem_grow((void **)&parts->parts, &parts->cap, parts->n + 1,
	    sizeof(parts->parts[0]), err);

	if (rc == 0)
		parts->parts[parts->n++] = (struct part){.first = first};
	return rc;
}

/* A package and what is in it stay in one part: a part must be readable
 * without the others. */
static int split(const struct cli_case *c, const struct cli_list *list,
    struct parts *parts, struct err *err)
{
	size_t n = BLOCKS_MAX, size;

	for (size_t i = 0; i < list->n;) {
		const struct cli_list_item *item = &list->items[i];
		size_t end = run_end(c, list, i, &size);

		if (size > BLOCKS_MAX)
			return err_set(err, ERR_USAGE,
			    "%s:%zu: %.*s with the %zu things in it needs %zu "
			    "bytes, and one record holds %d; list it as two "
			    "packages or shorten the texts",
			    list->path, item->line, SLICE_ARG(item->id),
			    end - i - 1, size, BLOCKS_MAX);
		int rc =
		    n + size > BLOCKS_MAX ? start_part_at(parts, i, err) : 0;
		if (rc != 0)
			return rc;
		n = n + size > BLOCKS_MAX ? size : n + size;
		parts->parts[parts->n - 1].n += end - i;
		i = end;
	}
	if (parts->n > PARTS_MAX)
		return err_set(err, ERR_LIMIT,
		    "%s: the list needs more than %d parts; split the table",
		    list->path, PARTS_MAX);
	return 0;
}

static int put_items(
    struct part *part, const struct cli_list *list, struct err *err)
{
	struct record_draft *draft = part->compose.draft;

	for (size_t i = part->first; i < part->first + part->n; i++) {
		const struct cli_list_item *item = &list->items[i];
		int rc = record_draft_block(draft, item->id, err);
		for (size_t j = 0; j < item->n && rc == 0; j++)
			rc = record_draft_set_text(draft, item->values[j].name,
			    item->values[j].text, err);
		if (rc != 0) {
			err_prefix(err, "%s:%zu", list->path, item->line);
			return rc;
		}
	}
	return 0;
}

static int start_part(struct cli_case *c, struct cli_keys *keys,
    const struct cli_list *list, const struct cli_parts_signers *signers,
    struct parts *parts, size_t i, struct err *err)
{
	struct part *part = &parts->parts[i];
	struct cli_compose *m = &part->compose;
	char number[32], nothing[HASH_HEX_SIZE];

	hash_to_hex(nothing, &(struct hash){{0}});
	(void)snprintf(number, sizeof(number), "%zu/%zu", i + 1, parts->n);
	int rc = cli_compose_start(m, c, keys, RECORD_LIST, err);
	if (rc == 0)
		rc = signers->name(m, signers->cookie, err);
	if (rc == 0)
		rc =
		    record_draft_set_text(m->draft, RECORD_F_PART, number, err);
	if (rc == 0)
		rc = record_draft_set_text(
		    m->draft, RECORD_F_POPULATION, nothing, err);
	return rc != 0 ? rc : put_items(part, list, err);
}

static int hash_blocks(struct part *part, struct hash_run *run, struct err *err)
{
	struct record record = {0};
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	int rc = record_draft_write(part->compose.draft, &text, NULL, err);
	if (rc == 0)
		rc = record_parse(&record, buf_slice(&text), err);
	if (rc == 0) {
		struct slice blocks = record_block_bytes(&record);
		hash_update(run, blocks.p, blocks.n);
	}
	record_done(&record);
	buf_done(&text);
	return rc;
}

static int finish_parts(struct parts *parts, struct case_offer *offer,
    const struct hash *population, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	int rc = 0;

	hash_to_hex(hex, population);
	for (size_t i = 0; i < parts->n && rc == 0; i++) {
		struct cli_compose *m = &parts->parts[i].compose;
		rc = record_draft_replace(
		    m->draft, RECORD_F_POPULATION, hex, err);
		if (rc == 0)
			rc = cli_compose_finish(m, offer, err);
	}
	return rc;
}

int cli_parts_compose(struct cli_case *c, struct cli_keys *keys,
    const struct cli_list *list, const struct cli_parts_signers *signers,
    struct case_offer *offer, struct hash *ret_population, struct err *err)
{
	struct parts parts = {0};
	struct hash_run *run = hash_new();

	if (run == NULL)
		return err_nomem(err);
	hash_start(run);
	int rc = split(c, list, &parts, err);
	for (size_t i = 0; i < parts.n && rc == 0; i++) {
		rc = start_part(c, keys, list, signers, &parts, i, err);
		if (rc == 0)
			rc = hash_blocks(&parts.parts[i], run, err);
	}
	if (rc == 0) {
		*ret_population = hash_finish(run);
		rc = finish_parts(&parts, offer, ret_population, err);
	}
	for (size_t i = 0; i < parts.n; i++)
		cli_compose_done(&parts.parts[i].compose);
	free(parts.parts);
	hash_free(run);
	return rc;
}

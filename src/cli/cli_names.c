/*
 * cli_names.c: see cli_names.h. Nothing is judged or verified beyond what
 * opening the case does, so that a key press is answered at once.
 */
#include "cli_names.h"

#include "case_offer.h"
#include "cli_pending.h"
#include "record_schema.h"

static void put_line(struct buf *out, struct slice name)
{
	buf_put_slice(out, name);
	buf_putc(out, '\n');
}

static void put_id(struct buf *out, const struct hash *record_id)
{
	char id[CLI_CASE_SHORT_SIZE];

	cli_case_short_id(id, record_id);
	put_line(out, slice_of(id));
}

static void put_records(
    const struct case_state *state, enum record_kind kind, struct buf *out)
{
	for (uint32_t i = 0; i < case_state_leaf_count(state); i++) {
		const struct case_leaf *leaf = case_state_leaf(state, i);

		if (kind == RECORD_KIND_COUNT || leaf->kind == kind)
			put_id(out, &leaf->id);
	}
}

static int put_offer(void *cookie, const char *path,
    const struct case_offer *offer, struct err *err)
{
	(void)path;
	(void)err;
	put_id(cookie, &case_offer_main(offer)->id);
	return 0;
}

int cli_names_put(
    struct cli_case *c, const char *what, struct buf *out, struct err *err)
{
	struct slice name = slice_of(what);

	if (slice_is_text(name, "offers"))
		return cli_pending_each(c, put_offer, out, err);
	if (slice_is_text(name, "items")) {
		for (uint32_t i = 0; i < case_state_item_count(c->state); i++)
			put_line(out, case_state_item(c->state, i)->id);
		return 0;
	}
	if (slice_is_text(name, "parties")) {
		for (uint32_t i = 0; i < case_state_party_count(c->state); i++)
			put_line(out, case_state_party(c->state, i)->name);
		return 0;
	}
	if (slice_is_text(name, "kinds")) {
		for (int k = 0; k < RECORD_KIND_COUNT; k++)
			put_line(out,
			    slice_of(
				record_schema_of((enum record_kind)k)->name));
		return 0;
	}
	if (slice_is_text(name, "records")) {
		put_records(c->state, RECORD_KIND_COUNT, out);
		return 0;
	}
	/* "questions" are records of kind question. */
	if (name.n > 0 && name.p[name.n - 1] == 's')
		name.n--;
	const struct record_schema *schema = record_schema_find(name);
	if (schema == NULL)
		return err_set(err, ERR_USAGE,
		    "search: --list \"%s\": there are items, parties, records, "
		    "offers, kinds, and records of a kind, such as questions",
		    what);
	put_records(c->state, schema->kind, out);
	return 0;
}

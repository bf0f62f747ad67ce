/*
 * cli_screen.c: the signing screen. It shows the text itself, field by field,
 * so that nothing that is signed can be missing from it.
 */
#include "cli_screen.h"

#include "cli_out.h"
#include "cli_pending.h"
#include "record_withheld.h"
#include "text.h"

#define BLOCKS_SHOWN 12

struct screen {
	const struct case_offer_record *record;
	struct slice reveals; /* the lines that were not used yet */
};

/* Reveals stand in the order of the text. */
static struct slice value_of(
    struct screen *screen, const struct record_value *value)
{
	struct record_reveal reveal;

	if (!value->is_withheld)
		return value->value;
	struct slice line = slice_cut(&screen->reveals, '\n');
	if (record_withheld_parse(&reveal, line, NULL) != 0)
		return slice_of("?");
	return reveal.value;
}

static int show_value(struct screen *screen, const char *indent,
    const struct record_value *value, struct err *err)
{
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	text_unescape(&text, value_of(screen, value));
	int rc = buf_check(&text, err);
	if (rc == 0)
		cli_out("%s%-20s %.*s%s\n", indent,
		    record_schema_field_name(value->name),
		    SLICE_ARG(buf_slice(&text)),
		    value->is_withheld ? "  (withheld in the ledger)" : "");
	buf_done(&text);
	return rc;
}

static int show_block(
    struct screen *screen, const struct record_block *block, struct err *err)
{
	const struct record *record = &screen->record->record;
	int rc = 0;

	cli_out("  %s %.*s\n", record_schema_field_name(record->schema->block),
	    SLICE_ARG(block->id));
	for (size_t i = block->first; i < block->first + block->n && rc == 0;
	     i++)
		rc = show_value(screen, "    ", &record->values[i], err);
	return rc;
}

/* Things that change hands or go for good, each with the state of its seal. */
static bool names_seals(const struct record_schema *schema)
{
	return schema->kind != RECORD_INSPECTION &&
	    record_schema_field(schema, true, RECORD_F_SEAL) != NULL &&
	    record_schema_field(schema, true, RECORD_F_STATE) != NULL;
}

static void show_seals(const struct record *record)
{
	size_t intact = 0, broken = 0, without = 0;

	for (size_t i = 0; i < record->block_count; i++) {
		const struct record_block *block = &record->blocks[i];
		struct slice state =
		    record_block_get(record, block, RECORD_F_STATE);

		if (slice_is_text(state, "broken"))
			broken++;
		else if (record_block_get(record, block, RECORD_F_SEAL).p !=
		    NULL)
			intact++;
		else
			without++;
	}
	cli_out("  %-20s %zu intact, %zu broken, %zu without a seal\n", "seals",
	    intact, broken, without);
}

static int show_blocks(struct screen *screen, struct err *err)
{
	const struct record *record = &screen->record->record;
	size_t n = record->block_count;
	int rc = 0;

	if (n == 0)
		return 0;
	if (names_seals(record->schema))
		show_seals(record);
	cli_out("  %-20s %zu: first %.*s, last %.*s\n",
	    record->schema->block == RECORD_F_PARTY ? "parties" : "items", n,
	    SLICE_ARG(record->blocks[0].id),
	    SLICE_ARG(record->blocks[n - 1].id));
	/* Parties are never too many to read, items often are. */
	for (size_t i = 0; i < n && rc == 0 &&
	     (n <= BLOCKS_SHOWN || record->schema->block == RECORD_F_PARTY);
	     i++)
		rc = show_block(screen, &record->blocks[i], err);
	return rc;
}

int cli_screen_show(const struct case_offer *offer, struct err *err)
{
	const struct case_offer_record *main = offer->records[offer->n - 1];
	struct screen screen = {main, buf_slice(&main->reveals)};
	const struct record *record = &main->record;
	struct buf what;
	int rc;

	buf_init(&what, 256);
	cli_pending_put_what(offer, &what);
	rc = buf_check(&what, err);
	if (rc == 0)
		cli_out("TO BE SIGNED: %s\n", what.p);
	buf_done(&what);
	for (size_t i = 0; i < record->top_count && rc == 0; i++)
		rc = show_value(&screen, "  ", &record->values[i], err);
	return rc != 0 ? rc : show_blocks(&screen, err);
}

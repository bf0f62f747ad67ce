/*
 * cli_export_records.c: the records of any kind as a table, from the schema.
 * A kind with blocks has one row a block, its record's fields repeated, and at
 * least one row a record. A block's columns are named `item.seal`.
 */
#include "case_finding.h"
#include "cli_export.h"
#include "cli_finding.h"
#include "csv.h"

#include <inttypes.h>

static void put_header(struct cli_export *x, const struct record_schema *schema)
{
	static const char *const names[] = {
	    "at", "entered", "record", "signers", "standing", "rule", "late"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		cli_export_text(x, names[i]);
	for (size_t i = 0; i < schema->field_count; i++)
		cli_export_text(
		    x, record_schema_field_name(schema->fields[i].name));
	if (schema->kind == RECORD_QUESTION) {
		cli_export_text(x, "status");
		cli_export_text(x, "words");
	}
	if (schema->block != RECORD_F_NONE)
		cli_export_text(x, record_schema_field_name(schema->block));
	for (size_t i = 0; i < schema->block_field_count; i++) {
		buf_printf(&x->cell, "%s.%s",
		    record_schema_field_name(schema->block),
		    record_schema_field_name(schema->block_fields[i].name));
		cli_export_end_cell(x);
	}
	csv_put_end(x->out);
}

/* "police.example overdue 2; notary.example answered 0". */
static void put_status(struct cli_export *x, const struct case_finding *f)
{
	static const char *const words[] = {
	    [CASE_ANSWER_OPEN] = "open",
	    [CASE_ANSWER_OVERDUE] = "overdue",
	    [CASE_ANSWER_GIVEN] = "answered",
	};

	for (size_t i = 0; i < f->addressee_count; i++)
		buf_printf(&x->cell, "%s%.*s %s %" PRId64, i > 0 ? "; " : "",
		    SLICE_ARG(f->addressees[i].name),
		    words[f->addressees[i].status], f->addressees[i].days);
	cli_export_end_cell(x);
}

/* "hardware NOT-SHOWN 5; data NOT-SHOWN 3". */
static void put_words(struct cli_export *x, const struct case_finding *f)
{
	size_t counts[CASE_FORM_COUNT][CASE_WORD_COUNT] = {{0}};

	for (size_t i = 0; i < f->line_count; i++)
		counts[f->lines[i].form][f->lines[i].word]++;
	for (int form = 0; form < CASE_FORM_COUNT; form++)
		for (int w = 0; w < CASE_NOT_APPLICABLE; w++)
			if (counts[form][w] > 0)
				buf_printf(&x->cell, "%s%s %s %zu",
				    x->cell.n > 0 ? "; " : "",
				    case_form_name((enum case_form)form),
				    case_word_machine((enum case_word)w),
				    counts[form][w]);
	cli_export_end_cell(x);
}

static int put_question(struct cli_export *x, uint32_t leaf, struct err *err)
{
	struct cli_finding f = {0};

	/* A void one has no finding. */
	if (case_state_leaf(x->c->state, leaf)->standing != CASE_GOOD) {
		cli_export_text(x, NULL);
		cli_export_text(x, NULL);
		return 0;
	}
	int rc = cli_finding_make(
	    &f, x->c, leaf, cli_finding_default_time(x->c), err);
	if (rc == 0) {
		put_status(x, &f.finding);
		put_words(x, &f.finding);
	}
	cli_finding_done(&f);
	return rc;
}

static void put_head(
    struct cli_export *x, uint32_t index, const struct record *record)
{
	const struct case_leaf *leaf = case_state_leaf(x->c->state, index);

	cli_export_record(x, index);
	for (size_t i = 0; i < record->signer_count; i++)
		buf_printf(&x->cell, "%s%.*s", i > 0 ? "; " : "",
		    SLICE_ARG(record->signers[i].party));
	cli_export_end_cell(x);
	cli_export_text(x, case_standing_name(leaf->standing));
	cli_export_text(
	    x, leaf->standing == CASE_GOOD ? NULL : case_rule_name(leaf->rule));
	cli_export_slice(x, record_get(record, RECORD_F_LATE));
}

static int put_row(struct cli_export *x, uint32_t leaf,
    const struct record *record, const struct record_block *block,
    const struct cli_reveals *reveals, struct err *err)
{
	const struct record_schema *schema = record->schema;
	int rc = 0;

	put_head(x, leaf, record);
	for (size_t i = 0; i < schema->field_count; i++)
		cli_export_field(
		    x, record, NULL, reveals, schema->fields[i].name);
	if (schema->kind == RECORD_QUESTION)
		rc = put_question(x, leaf, err);
	if (schema->block != RECORD_F_NONE)
		cli_export_slice(x, block != NULL ? block->id : slice_of(NULL));
	for (size_t i = 0; i < schema->block_field_count; i++) {
		if (block != NULL)
			cli_export_field(x, record, block, reveals,
			    schema->block_fields[i].name);
		else
			cli_export_text(x, NULL);
	}
	csv_put_end(x->out);
	return rc;
}

static int put_record(struct cli_export *x, uint32_t leaf, struct err *err)
{
	struct record record = {0};
	struct cli_reveals reveals = {0};
	int rc = case_state_record(x->c->state, leaf, &record, err);

	if (rc == 0 && x->is_private)
		rc = cli_reveals_load(&reveals, x->c, leaf, err);
	if (rc == 0 && record.block_count == 0)
		rc = put_row(x, leaf, &record, NULL, &reveals, err);
	for (size_t i = 0; rc == 0 && i < record.block_count; i++)
		rc =
		    put_row(x, leaf, &record, &record.blocks[i], &reveals, err);
	cli_reveals_done(&reveals);
	record_done(&record);
	return rc;
}

int cli_export_records(
    struct cli_export *x, enum record_kind kind, struct err *err)
{
	const struct case_state *state = x->c->state;
	int rc = 0;

	put_header(x, record_schema_of(kind));
	for (uint32_t i = 0; rc == 0 && i < case_state_leaf_count(state); i++)
		if (case_state_leaf(state, i)->kind == kind)
			rc = put_record(x, i, err);
	return rc;
}

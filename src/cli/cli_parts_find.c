/*
 * cli_parts_find.c: is this list in the ledger already? What makes `seize`
 * safe to say twice.
 */
#include "cli_parts.h"

#include "cli_reveals.h"

static size_t count_name(const struct record *record,
    const struct record_block *block, enum record_name name)
{
	const struct record_value *v = NULL;
	size_t n = 0;

	while ((v = record_next(record, block, name, v)) != NULL)
		n++;
	return n;
}

static bool is_same_item(const struct cli_list_item *item,
    const struct record *record, const struct record_block *block,
    const struct cli_reveals *reveals)
{
	if (!slice_is(item->id, block->id) || item->n != block->n)
		return false;
	for (size_t i = 0; i < item->n; i++) {
		const struct cli_list_value *v = &item->values[i];
		const struct record_value *there = NULL;
		size_t occurrence = 0;

		for (size_t j = 0; j <= i; j++)
			occurrence += item->values[j].name == v->name;
		if (occurrence > count_name(record, block, v->name))
			return false;
		while (occurrence-- > 0)
			there = record_next(record, block, v->name, there);
		if (!slice_is_text(
			cli_reveals_value(reveals, block, there), v->text))
			return false;
	}
	return true;
}

/* The items from *at on that stand in this part; moves *at behind them. */
static int compare_part(const struct cli_case *c, uint32_t leaf,
    const struct cli_list *list, size_t *at, bool *is_same, struct err *err)
{
	struct record record = {0};
	struct cli_reveals reveals = {0};

	int rc = case_state_record(c->state, leaf, &record, err);
	if (rc == 0)
		rc = cli_reveals_load(&reveals, c, leaf, err);
	for (size_t i = 0; rc == 0 && *is_same && i < record.block_count; i++) {
		*is_same = *at < list->n &&
		    is_same_item(&list->items[*at], &record, &record.blocks[i],
			&reveals);
		(*at)++;
	}
	cli_reveals_done(&reveals);
	record_done(&record);
	return rc;
}

static int has_same_signers(const struct cli_case *c, uint32_t leaf,
    const struct record *record, bool *ret_is_same, struct err *err)
{
	struct record there = {0};

	int rc = case_state_record(c->state, leaf, &there, err);
	if (rc == 0) {
		*ret_is_same = there.signer_count == record->signer_count;
		for (size_t i = 0; i < record->signer_count; i++)
			*ret_is_same = *ret_is_same &&
			    record_is_signed_by(
				&there, record->signers[i].party);
	}
	record_done(&there);
	return rc;
}

int cli_parts_find(const struct cli_case *c, const struct cli_list *list,
    const struct record *seizure, uint32_t *ret_seizure, struct err *err)
{
	int rc = 0;

	*ret_seizure = CASE_NONE;
	for (size_t i = 0; i < case_state_list_count(c->state) && rc == 0;
	     i++) {
		const struct case_list *there = case_state_list(c->state, i);
		bool is_same =
		    there->is_complete && there->seizure != CASE_NONE;
		size_t at = 0;

		if (is_same)
			rc = has_same_signers(
			    c, there->seizure, seizure, &is_same, err);
		for (uint32_t j = 0;
		     rc == 0 && is_same && j < there->part_count; j++)
			rc = compare_part(
			    c, there->leaves[j], list, &at, &is_same, err);
		if (rc == 0 && is_same && at == list->n) {
			*ret_seizure = there->seizure;
			return 0;
		}
	}
	return rc;
}

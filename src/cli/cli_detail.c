/*
 * cli_detail.c: an item's block, found by its number in the record that
 * brought it in.
 */
#include "cli_detail.h"

#include "case_state.h"

void cli_detail_done(struct cli_detail *detail)
{
	record_done(&detail->record);
	cli_reveals_done(&detail->reveals);
	detail->is_loaded = false;
}

static int load(struct cli_detail *detail, uint32_t leaf, struct err *err)
{
	if (detail->is_loaded && detail->leaf == leaf)
		return 0;
	cli_detail_done(detail);
	detail->record = (struct record){0};
	detail->reveals = (struct cli_reveals){0};
	detail->leaf = leaf;
	int rc =
	    case_state_record(detail->c->state, leaf, &detail->record, err);
	if (rc == 0)
		rc = cli_reveals_load(&detail->reveals, detail->c, leaf, err);
	detail->is_loaded = rc == 0;
	return rc;
}

int cli_detail_get(struct cli_detail *detail, uint32_t item,
    enum record_name name, struct slice *ret_value, bool *ret_is_withheld,
    struct err *err)
{
	const struct case_item *i = case_state_item(detail->c->state, item);
	const struct record_value *v = NULL;
	struct slice value = {0};
	int rc = load(detail, i->leaf, err);

	if (rc != 0)
		return rc;
	if (i->block < detail->record.block_count) {
		const struct record_block *block =
		    &detail->record.blocks[i->block];

		v = record_next(&detail->record, block, name, NULL);
		if (v != NULL)
			value = cli_reveals_value(&detail->reveals, block, v);
	}
	*ret_value = value;
	if (ret_is_withheld != NULL)
		*ret_is_withheld = v != NULL && value.p == NULL;
	return 0;
}

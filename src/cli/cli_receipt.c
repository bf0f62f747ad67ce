/*
 * cli_receipt.c: receipts out of the state's own tree and the published
 * checkpoint.
 */
#include "cli_receipt.h"

#include "case_receipt.h"
#include "file.h"
#include "tree.h"

int cli_receipt_put(
    const struct cli_case *c, uint32_t leaf, struct buf *out, struct err *err)
{
	struct tree_source source = case_state_tree(c->state);
	struct tree_proof path;

	int rc = tree_prove_inclusion(
	    &path, &source, leaf, log_store_size(c->store), err);
	if (rc != 0)
		return rc;
	return case_receipt_put(out, &c->log_key,
	    case_state_leaf(c->state, leaf)->bytes, leaf, &path,
	    log_store_checkpoint(c->store), err);
}

int cli_receipt_keep(
    const struct cli_case *c, size_t first, size_t n, struct err *err)
{
	char id[CLI_CASE_SHORT_SIZE], path[128];
	struct buf receipt;
	int rc = 0;

	buf_init(&receipt, CASE_RECEIPT_MAX);
	for (size_t i = first; i < first + n && rc == 0; i++) {
		const struct case_leaf *leaf = case_state_leaf(c->state, i);
		cli_case_short_id(id, &leaf->id);
		(void)snprintf(path, sizeof(path),
		    "private/receipts/%06zu-%s-%s.receipt", i,
		    record_schema_of(leaf->kind)->name, id);
		buf_clear(&receipt);
		rc = cli_receipt_put(c, (uint32_t)i, &receipt, err);
		if (rc == 0)
			rc = file_publish(
			    c->fd, path, buf_slice(&receipt), 0600, err);
	}
	buf_done(&receipt);
	return rc;
}

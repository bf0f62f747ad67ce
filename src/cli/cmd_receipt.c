/*
 * cmd_receipt.c: `counterfoil receipt`: a record with the proof that the
 * ledger holds it, for whoever signed it to keep.
 */
#include "case_receipt.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_out.h"
#include "cli_receipt.h"
#include "file.h"

#include <fcntl.h>

static int write_receipt(
    const struct cli_case *c, uint32_t leaf, struct err *err)
{
	const char *path = cli_args_get(c->args, "output");
	const struct case_leaf *l = case_state_leaf(c->state, leaf);
	char id[CLI_CASE_SHORT_SIZE];
	struct buf receipt;

	cli_case_short_id(id, &l->id);
	buf_init(&receipt, CASE_RECEIPT_MAX);
	int rc = cli_receipt_put(c, leaf, &receipt, err);
	if (rc == 0 && path == NULL)
		cli_out_raw(buf_slice(&receipt));
	else if (rc == 0)
		rc = file_publish(
		    AT_FDCWD, path, buf_slice(&receipt), 0644, err);
	if (rc == 0 && path != NULL)
		cli_out("%s: receipt of %s %s; check it with "
			"counterfoil-verify\n",
		    path, record_schema_of(l->kind)->name, id);
	buf_done(&receipt);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	uint32_t leaf;

	int rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_case_find_record(
		    &c, args->words[0], RECORD_KIND_COUNT, &leaf, err);
	if (rc == 0)
		rc = write_receipt(&c, leaf, err);
	cli_case_done(&c);
	return rc;
}

static const struct cli_option options[] = {
    {"output", 'o', "FILE", false, "where to write it (default: print it)"},
};

const struct cli_command cmd_receipt = {
    .name = "receipt",
    .group = CLI_CHECKING,
    .usage = "RECORD [-o FILE]",
    .summary = "Writes a record's receipt: proof that the ledger holds it",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil receipt last -o hand.receipt\n",
    .run = run,
};

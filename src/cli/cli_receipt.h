/*
 * cli_receipt.h: receipts: a record with its proof that it is in the ledger,
 * for everyone who signed it (case_receipt.h has the format).
 */
#ifndef CLI_RECEIPT_H
#define CLI_RECEIPT_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"

#include <stddef.h>
#include <stdint.h>

/* Appends the receipt of one leaf, with the published checkpoint. */
int cli_receipt_put(const struct cli_case *c, uint32_t leaf, struct buf *out,
    struct err *err) MUST_CHECK;

/* Keeps the receipts of n leaves in private/receipts/. */
int cli_receipt_keep(const struct cli_case *c, size_t first, size_t n,
    struct err *err) MUST_CHECK;

#endif

/*
 * cli_orders.h: the orders of a case: which run, which are over, which of those
 * to give back or destroy are not carried out. For `order --list` and `due`.
 */
#ifndef CLI_ORDERS_H
#define CLI_ORDERS_H

#include "case_state.h"
#include "err.h"

#include <stddef.h>
#include <stdint.h>

enum cli_orders_status {
	CLI_ORDERS_TO_COME,
	CLI_ORDERS_RUNNING,
	CLI_ORDERS_EXPIRED,
	CLI_ORDERS_REVOKED,
};

const char *cli_orders_status_name(enum cli_orders_status status);
enum cli_orders_status cli_orders_status(
    const struct case_order *order, int64_t now);

/*
 * How many things, at or before `now`, an order to return or to destroy still
 * asks for: named by its `concerns:`, listed, and neither given back nor
 * destroyed since. 0 for any other order. Only what stands for itself counts.
 */
int cli_orders_count_left(const struct case_state *state,
    const struct case_order *order, int64_t now, size_t *ret_left,
    struct err *err) MUST_CHECK;

#endif

/*
 * cli_due.h: everything with a date that somebody must act on: answers, things
 * to give back, things to look at, offers to sign, orders that end. What is on
 * the list follows from the ledger and private/offers/ alone; nothing is
 * remembered.
 */
#ifndef CLI_DUE_H
#define CLI_DUE_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"
#include "hash.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Unless the policy or an option says otherwise: after a change of custodian
 * so many days are left for the joint inventory. */
#define CLI_DUE_INVENTORY_DAYS 7

/* The end of an order without `until:`, as in struct case_order. */
#define CLI_DUE_NO_DATE INT64_MAX

enum cli_due_kind {
	CLI_DUE_ANSWER,
	CLI_DUE_RETURN,
	CLI_DUE_INSPECTION,
	CLI_DUE_INVENTORY,
	CLI_DUE_OFFER,
	CLI_DUE_ORDER,
};

struct cli_due_task {
	enum cli_due_kind kind;
	int64_t when; /* from here on it is overdue; CLI_DUE_NO_DATE: never */
	bool is_overdue;
	int64_t days; /* left or overdue, begun ones too; 0: no date is set */
	struct hash record; /* that it follows from */
	size_t items; /* how many things; 0: it is not about things */
	struct buf who; /* parties that must act, comma-separated */
	struct buf what; /* "answer question 1a2b3c4d5e6f about b.example" */
};

struct cli_due {
	struct cli_case *c;
	int64_t time;
	uint64_t inspect_days; /* 0: no interval is set */
	uint64_t inventory_days;
	size_t n, cap;
	struct cli_due_task *tasks; /* most urgent first */
};

const char *cli_due_kind_name(enum cli_due_kind kind);

/*
 * Gathers everything, whenever it is due. An inspect_days that is 0 is taken
 * from the newest policy that says `inspect-every:`. Borrows *c, whose case is
 * open; cli_due_done accepts a zeroed struct.
 */
int cli_due_make(
    struct cli_due *due, struct cli_case *c, struct err *err) MUST_CHECK;
void cli_due_done(struct cli_due *due);

#endif

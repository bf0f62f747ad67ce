/*
 * cli_list.h: a table of seized items, as example/seizure.csv has it, checked
 * and turned into the blocks of a list.
 *
 * Columns: item and type, and as far as wanted subtype, inside, make, model,
 * serial, capacity_bytes, interface, bay, place, power_state, condition, seal,
 * seal_type, remark. `inside` names a row above. A row of type `empty bay` is
 * no item: it becomes a `bay:` line of its computer. All rows are checked
 * before anything is done with one. What belongs together stands together
 * afterwards: each package and what is in it, in the order of the table.
 */
#ifndef CLI_LIST_H
#define CLI_LIST_H

#include "case_state.h"
#include "csv.h"
#include "err.h"
#include "record_schema.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

struct cli_list_value {
	enum record_name name;
	char *text; /* as it will stand on the line */
};

struct cli_list_item {
	size_t line; /* of the table */
	struct slice id;
	enum case_item_type type;
	size_t root; /* number of the outermost thing that it is in */
	size_t n;
	struct cli_list_value *values; /* repeated ones in their order */
	size_t cap;
};

struct cli_list {
	const char *path; /* borrowed */
	struct csv csv;
	size_t n;
	struct cli_list_item *items;
	size_t counts[CASE_ITEM_TYPE_COUNT];
	size_t empty_bay_count;
	size_t unopened_count;
};

/* ERR_USAGE after complaints on standard error. */
int cli_list_read(struct cli_list *list, const char *path, const char *command,
    struct err *err) MUST_CHECK;
void cli_list_done(struct cli_list *list);

/* Prints what is on the list: how many of each type. */
void cli_list_print(const struct cli_list *list);

#endif

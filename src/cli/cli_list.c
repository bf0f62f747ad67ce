/*
 * cli_list.c: the rows of a seizure's table, checked one by one and against
 * those above them.
 *
 * A row that is wrong is complained about and read on as far as it goes, so
 * that one run names all that has to be mended.
 */
#include "cli_list.h"

#include "cli_complain.h"
#include "cli_compose.h"
#include "cli_out.h"
#include "file.h"
#include "flow_check.h"
#include "map.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_MAX (512u << 20)
/* One block must fit into a record beside its header and signatures. */
#define BLOCK_MAX 32768

enum column {
	COLUMN_ITEM,
	COLUMN_TYPE,
	COLUMN_SUBTYPE,
	COLUMN_INSIDE,
	COLUMN_MAKE,
	COLUMN_MODEL,
	COLUMN_SERIAL,
	COLUMN_CAPACITY,
	COLUMN_INTERFACE,
	COLUMN_BAY,
	COLUMN_PLACE,
	COLUMN_POWER_STATE,
	COLUMN_CONDITION,
	COLUMN_SEAL,
	COLUMN_SEAL_TYPE,
	COLUMN_REMARK,
	COLUMN_COUNT
};

/* The columns, and the field that a cell goes to as it is. */
static const struct {
	const char *name;
	enum record_name field;
} columns[COLUMN_COUNT] = {
    [COLUMN_ITEM] = {"item", RECORD_F_NONE},
    [COLUMN_TYPE] = {"type", RECORD_F_TYPE},
    [COLUMN_SUBTYPE] = {"subtype", RECORD_F_SUBTYPE},
    [COLUMN_INSIDE] = {"inside", RECORD_F_INSIDE},
    [COLUMN_MAKE] = {"make", RECORD_F_MAKE},
    [COLUMN_MODEL] = {"model", RECORD_F_MODEL},
    [COLUMN_SERIAL] = {"serial", RECORD_F_SERIAL},
    [COLUMN_CAPACITY] = {"capacity_bytes", RECORD_F_CAPACITY},
    [COLUMN_INTERFACE] = {"interface", RECORD_F_INTERFACE},
    [COLUMN_BAY] = {"bay", RECORD_F_NONE},
    [COLUMN_PLACE] = {"place", RECORD_F_PLACE},
    [COLUMN_POWER_STATE] = {"power_state", RECORD_F_POWER_STATE},
    [COLUMN_CONDITION] = {"condition", RECORD_F_CONDITION},
    [COLUMN_SEAL] = {"seal", RECORD_F_SEAL},
    [COLUMN_SEAL_TYPE] = {"seal_type", RECORD_F_SEAL_TYPE},
    [COLUMN_REMARK] = {"remark", RECORD_F_REMARK},
};

struct reading {
	struct cli_list *list;
	const char *command;
	struct cli_complain complain;
	int at[COLUMN_COUNT];
	struct map names; /* id -> row */
	struct map lowers; /* id in lower case -> row */
	struct map seals; /* number -> row */
	struct map items; /* id -> item */
	char (*lower)[TEXT_IDENTIFIER_MAX];
	size_t row, line;
	bool is_nomem;
};

void cli_list_done(struct cli_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		for (size_t j = 0; j < list->items[i].n; j++)
			free(list->items[i].values[j].text);
		free(list->items[i].values);
	}
	free(list->items);
	csv_done(&list->csv);
	*list = (struct cli_list){0};
}

static struct slice cell(const struct reading *r, enum column column)
{
	return csv_cell(&r->list->csv, r->row, r->at[column]);
}

static void remember(
    struct reading *r, struct map *map, struct slice key, size_t value)
{
	if (map_put(map, key, (uint32_t)value, NULL) != 0)
		r->is_nomem = true;
}

/* ---- columns ---- */

static int find_columns(struct reading *r, struct err *err)
{
	const struct csv *csv = &r->list->csv;

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		r->at[i] = csv_column(csv, columns[i].name);
	for (size_t i = 0; i < csv->column_count; i++) {
		size_t j = 0;
		while (j < COLUMN_COUNT && r->at[j] != (int)i)
			j++;
		if (j == COLUMN_COUNT)
			cli_complain_row(&r->complain, 1,
			    "column \"%.*s\" is not known; see counterfoil "
			    "seize --help",
			    SLICE_ARG(csv->columns[i]));
	}
	for (size_t i = COLUMN_ITEM; i <= COLUMN_TYPE; i++)
		if (r->at[i] < 0)
			cli_complain_row(&r->complain, 1,
			    "column \"%s\" is missing; add it",
			    columns[i].name);
	return cli_complain_end(&r->complain, r->command, err);
}

/* ---- one row ---- */

static void check_name(struct reading *r)
{
	struct slice id = cell(r, COLUMN_ITEM);
	char *lower = r->lower[r->row];
	const size_t *lines = r->list->csv.line_numbers;
	uint32_t before;

	if (id.n == 0) {
		cli_complain_row(&r->complain, r->line,
		    "the item has no number; write one in column item");
		return;
	}
	if (!text_is_identifier(id)) {
		cli_complain_row(&r->complain, r->line,
		    "\"%.*s\" is no item number; use letters, digits, '.', '/' "
		    "and '-', at most %d",
		    SLICE_ARG(id), TEXT_IDENTIFIER_MAX);
		return;
	}
	for (size_t i = 0; i < id.n; i++)
		lower[i] = id.p[i] >= 'A' && id.p[i] <= 'Z'
		    ? (char)(id.p[i] - 'A' + 'a')
		    : id.p[i];
	if (map_get(&r->names, id, &before))
		cli_complain_row(&r->complain, r->line,
		    "%.*s stands on line %zu already; every item has one row",
		    SLICE_ARG(id), lines[before]);
	else if (map_get(&r->lowers, (struct slice){lower, id.n}, &before))
		cli_complain_row(&r->complain, r->line,
		    "%.*s differs from the item on line %zu only in capital "
		    "letters; number it otherwise",
		    SLICE_ARG(id), lines[before]);
	remember(r, &r->names, id, r->row);
	remember(r, &r->lowers, (struct slice){lower, id.n}, r->row);
}

/* The item that the row is inside of, or NULL. */
static struct cli_list_item *find_parent(struct reading *r)
{
	struct slice inside = cell(r, COLUMN_INSIDE);
	const struct csv *csv = &r->list->csv;
	uint32_t item;

	if (inside.n == 0)
		return NULL;
	if (map_get(&r->items, inside, &item)) {
		struct cli_list_item *parent = &r->list->items[item];
		if (parent->type == CASE_PACKAGE ||
		    parent->type == CASE_COMPUTER)
			return parent;
		cli_complain_row(&r->complain, r->line,
		    "it is inside %.*s, which is a %s; only packages and "
		    "computers have things in them",
		    SLICE_ARG(inside), case_item_type_name(parent->type));
		return NULL;
	}
	for (size_t i = r->row; i < csv->row_count; i++)
		if (slice_is(csv_cell(csv, i, r->at[COLUMN_ITEM]), inside)) {
			cli_complain_row(&r->complain, r->line,
			    i == r->row ? "it is inside itself"
					: "it is inside %.*s, which stands "
					  "below (line %zu); put that above",
			    SLICE_ARG(inside), csv->line_numbers[i]);
			return NULL;
		}
	cli_complain_row(&r->complain, r->line,
	    "it is inside %.*s, which is not on the list; add a row for that "
	    "above",
	    SLICE_ARG(inside));
	return NULL;
}

static void add_value(struct reading *r, struct cli_list_item *item,
    enum record_name name, struct slice text)
{
	if (mem_grow((void **)&item->values, &item->cap, item->n + 1,
		sizeof(item->values[0]), NULL) != 0) {
		r->is_nomem = true;
		return;
	}
	char *copy = mem_copy_text(text.p, text.n);
	if (copy == NULL)
		r->is_nomem = true;
	else
		item->values[item->n++] = (struct cli_list_value){name, copy};
}

/* One cell to one field, in the spelling that a record wants. */
static void take_value(struct reading *r, struct cli_list_item *item,
    enum record_name name, const char *column, struct slice value)
{
	const struct record_field *field =
	    record_schema_field(record_schema_of(RECORD_LIST), true, name);
	const char *why;
	struct err wrong = {0};
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	if (field->type != RECORD_T_TEXT)
		buf_put_slice(&text, value);
	else if (cli_compose_text(&text, value, column, &wrong) != 0)
		cli_complain_row(&r->complain, r->line, "%s", wrong.message);
	if (wrong.code == 0) {
		if (record_schema_value_is_good(field, buf_slice(&text), &why))
			add_value(r, item, name, buf_slice(&text));
		else
			cli_complain_row(&r->complain, r->line,
			    "%s is \"%.*s\"; it must be %s%s", column,
			    (int)(value.n > 80 ? 80 : value.n), value.p,
			    field->type == RECORD_T_CHOICE ? "one of: " : "",
			    why);
	}
	buf_done(&text);
}

/* For a computer whether it was opened, for what is in it which bay. */
static void take_bay(struct reading *r, struct cli_list_item *item)
{
	struct slice bay = cell(r, COLUMN_BAY);

	if (bay.n == 0)
		return;
	if (item->type != CASE_COMPUTER) {
		take_value(r, item, RECORD_F_SLOT, "bay", bay);
	} else if (slice_is_text(bay, "opened")) {
		add_value(r, item, RECORD_F_OPENED, slice_of("yes"));
	} else if (slice_is_text(bay, "not opened")) {
		add_value(r, item, RECORD_F_OPENED, slice_of("no"));
		r->list->unopened_count++;
	} else {
		cli_complain_row(&r->complain, r->line,
		    "bay of a computer is \"%.*s\"; write `opened` or `not "
		    "opened`",
		    SLICE_ARG(bay));
	}
}

static void check_seal(struct reading *r)
{
	struct slice seal = cell(r, COLUMN_SEAL);
	uint32_t before;

	if (seal.n == 0) {
		if (cell(r, COLUMN_SEAL_TYPE).n > 0)
			cli_complain_row(&r->complain, r->line,
			    "it has a seal_type and no seal; write the seal's "
			    "number");
		return;
	}
	if (map_get(&r->seals, seal, &before))
		cli_complain_row(&r->complain, r->line,
		    "seal %.*s is on the item of line %zu already; every seal "
		    "has its own number",
		    SLICE_ARG(seal), r->list->csv.line_numbers[before]);
	remember(r, &r->seals, seal, r->row);
}

static void check_size(struct reading *r, const struct cli_list_item *item)
{
	size_t n = 0;

	for (size_t i = 0; i < item->n; i++)
		n += strlen(item->values[i].text);
	if (n > BLOCK_MAX)
		cli_complain_row(&r->complain, r->line,
		    "its %zu bytes are more than one item may have (%d); "
		    "shorten it",
		    n, BLOCK_MAX);
}

static void take_item(struct reading *r, enum case_item_type type)
{
	struct cli_list *list = r->list;
	struct cli_list_item *item = &list->items[list->n];

	*item = (struct cli_list_item){
	    .line = r->line, .id = cell(r, COLUMN_ITEM), .type = type};
	const struct cli_list_item *parent = find_parent(r);
	item->root = parent != NULL ? parent->root : list->n;
	for (size_t i = COLUMN_TYPE; i < COLUMN_COUNT; i++) {
		struct slice value = cell(r, (enum column)i);
		if (i == COLUMN_BAY)
			take_bay(r, item);
		else if (value.n > 0)
			take_value(
			    r, item, columns[i].field, columns[i].name, value);
	}
	check_seal(r);
	check_size(r, item);
	remember(r, &r->items, item->id, list->n);
	list->counts[type]++;
	list->n++;
}

static void take_empty_bay(struct reading *r)
{
	struct slice slot = cell(r, COLUMN_BAY);
	struct buf value;

	struct cli_list_item *computer = find_parent(r);
	if (cell(r, COLUMN_INSIDE).n == 0)
		cli_complain_row(&r->complain, r->line,
		    "the bay is inside nothing; name its computer");
	else if (computer != NULL && computer->type != CASE_COMPUTER)
		cli_complain_row(&r->complain, r->line,
		    "the bay is inside %.*s, which is no computer",
		    SLICE_ARG(computer->id));
	if (slot.n == 0)
		cli_complain_row(&r->complain, r->line,
		    "which bay is empty? write its number in column bay");
	if (computer == NULL || slot.n == 0)
		return;
	buf_init(&value, 1024);
	buf_printf(
	    &value, "%.*s empty", (int)(slot.n > 512 ? 512 : slot.n), slot.p);
	take_value(r, computer, RECORD_F_BAY, "bay", buf_slice(&value));
	buf_done(&value);
	r->list->empty_bay_count++;
}

/* A scanned label counts without its check character, if that fits. */
static void take_label(struct reading *r, enum column column)
{
	const struct csv *csv = &r->list->csv;
	struct err why = {0};

	if (r->at[column] < 0)
		return;
	struct slice *cell =
	    &csv->cells[r->row * csv->column_count + (size_t)r->at[column]];
	if (flow_check_take(*cell, cell, &why) != 0)
		cli_complain_row(&r->complain, r->line, "%s", why.message);
}

static void take_row(struct reading *r)
{
	struct slice type = cell(r, COLUMN_TYPE);
	enum case_item_type item_type;

	take_label(r, COLUMN_ITEM);
	take_label(r, COLUMN_INSIDE);
	check_name(r);
	if (slice_is_text(type, "empty bay"))
		take_empty_bay(r);
	else if (case_item_type_find(type, &item_type) &&
	    item_type != CASE_IMAGE && item_type != CASE_EXTRACT)
		take_item(r, item_type);
	else
		cli_complain_row(&r->complain, r->line,
		    "type is \"%.*s\"; write package, computer, casing, drive, "
		    "phone, medium, document or `empty bay`",
		    (int)(type.n > 80 ? 80 : type.n), type.p);
}

/* ---- all rows ---- */

static int compare_items(const void *a, const void *b)
{
	const struct cli_list_item *x = a, *y = b;

	if (x->root != y->root)
		return x->root < y->root ? -1 : 1;
	return x->line < y->line ? -1 : x->line > y->line;
}

static int read_rows(struct reading *r, struct err *err)
{
	const struct csv *csv = &r->list->csv;

	int rc = find_columns(r, err);
	if (rc != 0)
		return rc;
	r->list->items = mem_new(csv->row_count + 1, sizeof(r->list->items[0]));
	r->lower = mem_new(csv->row_count + 1, sizeof(r->lower[0]));
	if (r->list->items == NULL || r->lower == NULL)
		return err_nomem(err);
	for (r->row = 0; r->row < csv->row_count && !r->is_nomem; r->row++) {
		r->line = csv->line_numbers[r->row];
		take_row(r);
	}
	if (r->is_nomem)
		return err_nomem(err);
	if (r->list->n == 0 && r->complain.n == 0)
		cli_complain_row(&r->complain, 1,
		    "there is no item on the list; write one row for each");
	qsort(r->list->items, r->list->n, sizeof(r->list->items[0]),
	    compare_items);
	return cli_complain_end(&r->complain, r->command, err);
}

int cli_list_read(struct cli_list *list, const char *path, const char *command,
    struct err *err)
{
	struct reading r = {
	    .list = list, .command = command, .complain = {.path = path}};
	struct err why = {0};
	struct buf text;

	*list = (struct cli_list){.path = path};
	buf_init(&text, TABLE_MAX);
	map_init(&r.names);
	map_init(&r.lowers);
	map_init(&r.seals);
	map_init(&r.items);
	int rc = file_read_user(&text, path, TABLE_MAX, err);
	if (rc == 0) {
		rc = csv_parse(
		    &list->csv, text.p != NULL ? text.p : "", text.n, &why);
		if (rc != 0)
			rc = err_set(err, rc == ERR_FORMAT ? ERR_USAGE : rc,
			    "%s: %s: %s; mend the table and try again "
			    "(nothing was changed)",
			    command, path, why.message);
	}
	if (rc == 0)
		rc = read_rows(&r, err);
	if (rc != 0)
		cli_list_done(list);
	map_done(&r.names);
	map_done(&r.lowers);
	map_done(&r.seals);
	map_done(&r.items);
	free(r.lower);
	buf_done(&text);
	return rc;
}

void cli_list_print(const struct cli_list *list)
{
	const char *comma = "";

	cli_out("%s: ", list->path);
	for (size_t i = 0; i < CASE_ITEM_TYPE_COUNT; i++) {
		if (list->counts[i] == 0)
			continue;
		cli_out("%s%zu %s", comma, list->counts[i],
		    case_item_type_name((enum case_item_type)i));
		comma = ", ";
	}
	cli_out("\n  empty bays: %zu; computers not opened: %zu\n",
	    list->empty_bay_count, list->unopened_count);
}

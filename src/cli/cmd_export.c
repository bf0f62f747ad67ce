/*
 * cmd_export.c: `counterfoil export`: the case as a table for a spreadsheet or
 * another program.
 */
#include "cli_export.h"
#include "cli_out.h"
#include "file.h"

#include <fcntl.h>

static const struct cli_option options[] = {
    {"csv", 0, NULL, false, "as comma-separated values (RFC 4180)"},
    {"output", 'o', "FILE", false, "where to write it (default: print it)"},
    {"private", 0, NULL, false,
	"with the withheld values that this folder can reveal"},
};

static const struct {
	const char *name;
	int (*put)(struct cli_export *x, struct err *err);
} tables[] = {
    {"items", cli_export_items},
    {"events", cli_export_events},
    {"parties", cli_export_parties},
};

/* "claims" are records of kind claim; a kind's own name is as good. */
static const struct record_schema *find_kind(const char *name)
{
	struct slice s = slice_of(name);
	const struct record_schema *schema = record_schema_find(s);

	if (schema == NULL && s.n > 1 && s.p[s.n - 1] == 's')
		schema = record_schema_find((struct slice){s.p, s.n - 1});
	return schema;
}

static int put(struct cli_export *x, const char *what, struct err *err)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (slice_is_text(slice_of(what), tables[i].name))
			return tables[i].put(x, err);
	return cli_export_records(x, find_kind(what)->kind, err);
}

static int check(const struct cli_args *args, const char *what, struct err *err)
{
	bool is_known = find_kind(what) != NULL;

	if (!cli_args_has(args, "csv"))
		return err_set(
		    err, ERR_USAGE, "export: in which form? give --csv");
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		is_known =
		    is_known || slice_is_text(slice_of(what), tables[i].name);
	if (!is_known)
		return err_set(err, ERR_USAGE,
		    "export: there is no table \"%s\"; there are items, "
		    "events, parties, and records of a kind, such as claims "
		    "or questions",
		    what);
	return 0;
}

static int write_out(const struct cli_args *args, const struct buf *out,
    const char *what, struct err *err)
{
	const char *path = cli_args_get(args, "output");
	unsigned mode = cli_args_has(args, "private") ? 0600 : 0644;

	if (path == NULL) {
		cli_out_raw(buf_slice(out));
		return 0;
	}
	int rc = file_publish(AT_FDCWD, path, buf_slice(out), mode, err);
	if (rc == 0)
		cli_out("%s: %s, %zu bytes\n", path, what, out->n);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	const char *what = args->word_count > 0 ? args->words[0] : "items";
	struct cli_case c = {0};
	struct buf out;
	struct cli_export x = {
	    .c = &c, .is_private = cli_args_has(args, "private"), .out = &out};

	buf_init(&out, CLI_EXPORT_MAX);
	buf_init(&x.cell, CLI_EXPORT_CELL_MAX);
	int rc = check(args, what, err);
	if (rc == 0)
		rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = put(&x, what, err);
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0)
		rc = write_out(args, &out, what, err);
	buf_done(&x.cell);
	buf_done(&out);
	cli_case_done(&c);
	return rc;
}

const struct cli_command cmd_export = {
    .name = "export",
    .group = CLI_LOOKING,
    .usage = "--csv [items|events|parties|KIND] [-o FILE] [--private]",
    .summary = "Writes the case as a table for a spreadsheet",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = 1,
    .examples = "  counterfoil export --csv -o items.csv\n"
		"  counterfoil export --csv claims\n",
    .run = run,
};

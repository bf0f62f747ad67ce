/*
 * cli_reveals.c: reveal files read and checked against their record.
 */
#include "cli_reveals.h"

#include "file.h"
#include "hash.h"
#include "mem.h"

#include <stdlib.h>

#define REVEALS_MAX (4 * RECORD_TEXT_MAX)

void cli_reveals_done(struct cli_reveals *reveals)
{
	free(reveals->reveals);
	buf_wipe(&reveals->text);
	*reveals = (struct cli_reveals){0};
}

static int take_lines(
    struct cli_reveals *reveals, const struct record *record, struct err *err)
{
	struct slice rest = buf_slice(&reveals->text);
	struct record_reveal reveal;

	while (rest.p != NULL && rest.n > 0) {
		int rc =
		    record_withheld_parse(&reveal, slice_cut(&rest, '\n'), err);
		if (rc == 0)
			rc = record_withheld_check(record, &reveal, err);
		if (rc == 0)
			rc = mem_grow((void **)&reveals->reveals, &reveals->cap,
			    reveals->n + 1, sizeof(reveals->reveals[0]), err);
		if (rc != 0)
			return rc;
		reveals->reveals[reveals->n++] = reveal;
	}
	return 0;
}

#define PATH_SIZE 128

static void put_path(
    char path[PATH_SIZE], const struct cli_case *c, uint32_t leaf)
{
	char hex[HASH_HEX_SIZE];

	hash_to_hex(hex, &case_state_leaf(c->state, leaf)->id);
	(void)snprintf(path, PATH_SIZE, "private/reveals/%s.txt", hex);
}

int cli_reveals_load(struct cli_reveals *reveals, const struct cli_case *c,
    uint32_t leaf, struct err *err)
{
	char path[PATH_SIZE];
	struct record record = {0};
	struct err why = {0};

	*reveals = (struct cli_reveals){0};
	buf_init(&reveals->text, REVEALS_MAX);
	put_path(path, c, leaf);
	int rc = file_read(&reveals->text, c->fd, path, REVEALS_MAX, &why);
	/* Somebody who may not look into private/ has none at hand. */
	if (rc == ERR_NOTFOUND || rc == ERR_DENIED)
		return 0;
	if (rc == 0)
		rc = case_state_record(c->state, leaf, &record, &why);
	if (rc == 0)
		rc = take_lines(reveals, &record, &why);
	record_done(&record);
	if (rc != 0) {
		cli_reveals_done(reveals);
		err_set(err, rc, "%s/%s: %s", c->path.p, path, why.message);
	}
	return rc;
}

int cli_reveals_add(struct cli_reveals *reveals, const struct cli_case *c,
    uint32_t leaf, const struct record_reveal *reveal, bool *ret_is_new,
    struct err *err)
{
	struct record record = {0};
	struct slice here = cli_reveals_find(
	    reveals, reveal->item, reveal->name, reveal->occurrence);
	int rc = case_state_record(c->state, leaf, &record, err);

	if (rc == 0)
		rc = record_withheld_check(&record, reveal, err);
	if (rc == 0 && here.p == NULL)
		rc = mem_grow((void **)&reveals->reveals, &reveals->cap,
		    reveals->n + 1, sizeof(reveals->reveals[0]), err);
	record_done(&record);
	if (rc != 0)
		return rc;
	*ret_is_new = here.p == NULL;
	if (*ret_is_new)
		reveals->reveals[reveals->n++] = *reveal;
	return 0;
}

int cli_reveals_save(const struct cli_reveals *reveals,
    const struct cli_case *c, uint32_t leaf, struct err *err)
{
	char path[PATH_SIZE];
	struct buf lines;

	put_path(path, c, leaf);
	buf_init(&lines, REVEALS_MAX);
	for (size_t i = 0; i < reveals->n; i++)
		record_withheld_put(&lines, &reveals->reveals[i]);
	int rc = buf_check(&lines, err);
	if (rc == 0)
		rc = file_publish(c->fd, path, buf_slice(&lines), 0600, err);
	buf_wipe(&lines);
	return rc;
}

struct slice cli_reveals_find(const struct cli_reveals *reveals,
    struct slice item, enum record_name name, uint32_t occurrence)
{
	for (size_t i = 0; i < reveals->n; i++) {
		const struct record_reveal *r = &reveals->reveals[i];
		if (r->name == name && r->occurrence == occurrence &&
		    slice_is(r->item, item))
			return r->value;
	}
	return (struct slice){NULL, 0};
}

struct slice cli_reveals_value(const struct cli_reveals *reveals,
    const struct record_block *block, const struct record_value *value)
{
	if (!value->is_withheld)
		return value->value;
	return cli_reveals_find(reveals,
	    block != NULL ? block->id : slice_of("-"), value->name,
	    value->occurrence);
}

/*
 * cli_source.c: see cli_source.h. No reveal is kept that was not checked
 * against its record.
 */
#include "cli_source.h"

#include "case_reveal.h"
#include "cli_reveals.h"
#include "file.h"
#include "mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

void cli_source_done(struct cli_source *source)
{
	case_bundle_done(&source->bundle);
	cli_case_done(&source->folder);
	for (size_t i = 0; i < source->text_count; i++)
		buf_wipe(&source->texts[i]);
	free(source->texts);
	free(source->reveals);
	buf_done(&source->file);
	buf_done(&source->name);
	*source = (struct cli_source){0};
}

/* ---- reveals ---- */

static int keep_text(
    struct cli_source *source, struct buf *text, struct err *err)
{
	int rc = mem_grow((void **)&source->texts, &source->text_cap,
	    source->text_count + 1, sizeof(source->texts[0]), err);

	if (rc != 0)
		return rc;
	source->texts[source->text_count++] = *text;
	*text = (struct buf){0};
	return 0;
}

static int keep(struct cli_source *source, const struct record_reveal *reveal,
    struct err *err)
{
	int rc = mem_grow((void **)&source->reveals, &source->reveal_cap,
	    source->reveal_count + 1, sizeof(source->reveals[0]), err);

	if (rc == 0)
		source->reveals[source->reveal_count++] = *reveal;
	return rc;
}

/* Of lists and seizures: all that a comparison asks for. */
static int read_own(struct cli_source *source, struct err *err)
{
	const struct cli_case *c = &source->folder;
	int rc = 0;

	for (uint32_t i = 0; i < case_state_leaf_count(c->state) && rc == 0;
	     i++) {
		enum record_kind kind = case_state_leaf(c->state, i)->kind;
		struct cli_reveals reveals = {0};
		if (kind != RECORD_LIST && kind != RECORD_SEIZURE)
			continue;
		rc = cli_reveals_load(&reveals, c, i, err);
		for (size_t k = 0; k < reveals.n && rc == 0; k++)
			rc = keep(source, &reveals.reveals[k], err);
		if (rc == 0)
			rc = keep_text(source, &reveals.text, err);
		cli_reveals_done(&reveals);
	}
	return rc;
}

/* They were checked with the bundle. */
static int read_bundled(struct cli_source *source, struct err *err)
{
	struct slice rest = source->bundle.reveals;
	struct record_reveal reveal;
	int rc = 0;

	while (rc == 0 && rest.p != NULL && rest.n > 0) {
		rc =
		    record_withheld_parse(&reveal, slice_cut(&rest, '\n'), err);
		if (rc == 0)
			rc = keep(source, &reveal, err);
	}
	return rc;
}

static int take_reveals(struct cli_source *source,
    const struct case_reveal *file, size_t *ret_n, struct err *err)
{
	struct record record = {0};
	int rc = case_reveal_check_signer(file, source->state, err);

	for (size_t i = 0; i < file->n && rc == 0; i++) {
		const struct record_reveal *r = &file->reveals[i];
		uint32_t leaf =
		    case_state_find_leaf(source->state, &r->record_id);
		if (leaf == CASE_NONE)
			continue;
		if (record.text.p == NULL ||
		    !hash_is(&record.id, &r->record_id))
			rc = case_state_record(
			    source->state, leaf, &record, err);
		if (rc == 0)
			rc = record_withheld_check(&record, r, err);
		if (rc == 0)
			rc = keep(source, r, err);
		*ret_n += rc == 0;
	}
	record_done(&record);
	return rc;
}

int cli_source_add_file(
    struct cli_source *source, const char *path, size_t *ret_n, struct err *err)
{
	struct case_reveal file = {0};
	struct buf bytes;

	*ret_n = 0;
	buf_init(&bytes, CASE_REVEAL_MAX);
	int rc = file_read_user(&bytes, path, CASE_REVEAL_MAX, err);
	if (rc == 0)
		rc = case_reveal_parse(&file, buf_slice(&bytes), err);
	if (rc == 0 && slice_is(file.case_ref, case_state_ref(source->state))) {
		rc = take_reveals(source, &file, ret_n, err);
		if (rc == 0)
			rc = keep_text(source, &bytes, err);
	}
	if (rc != 0)
		err_prefix(err, "--with %s", path);
	case_reveal_done(&file);
	buf_wipe(&bytes);
	return rc;
}

/* ---- opening ---- */

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int open_bundle(
    struct cli_source *source, const char *path, struct err *err)
{
	buf_init(&source->file, CASE_BUNDLE_MAX);
	int rc = file_read_user(&source->file, path, CASE_BUNDLE_MAX, err);
	if (rc == 0)
		rc = case_bundle_check(
		    &source->bundle, buf_slice(&source->file), NULL, 0, err);
	if (rc != 0) {
		err_prefix(err, "%s", path);
		return rc;
	}
	source->state = source->bundle.state;
	return read_bundled(source, err);
}

int cli_source_open(struct cli_source *source, const struct cli_args *args,
    const char *path, struct err *err)
{
	int rc;

	buf_init(&source->name, 4096);
	if (path != NULL && !is_folder(path)) {
		rc = open_bundle(source, path, err);
	} else {
		rc = path != NULL
		    ? cli_case_open_at(&source->folder, args, path, err)
		    : cli_case_open(&source->folder, args, err);
		source->state = source->folder.state;
		if (rc == 0)
			rc = read_own(source, err);
	}
	if (rc == 0) {
		buf_puts(
		    &source->name, path != NULL ? path : source->folder.path.p);
		rc = buf_check(&source->name, err);
	}
	return rc;
}

/* ---- sides ---- */

static struct slice reveal(void *cookie, const struct hash *record_id,
    struct slice item, enum record_name name, uint32_t occurrence)
{
	const struct cli_source *source = cookie;

	for (size_t i = 0; i < source->reveal_count; i++) {
		const struct record_reveal *r = &source->reveals[i];
		if (r->name == name && r->occurrence == occurrence &&
		    slice_is(r->item, item) &&
		    hash_is(&r->record_id, record_id))
			return r->value;
	}
	return slice_of(NULL);
}

/* Items found later are a list of their own, and no seizure. */
static bool is_of_seizure(const struct case_list *list)
{
	return !list->is_found_late && list->part_count > 0;
}

size_t cli_source_list_count(const struct cli_source *source)
{
	size_t n = 0;

	for (size_t i = 0; i < case_state_list_count(source->state); i++)
		n += is_of_seizure(case_state_list(source->state, i));
	return n;
}

int cli_source_side(struct cli_source *source, size_t number,
    struct case_compare_side *ret_side, struct err *err)
{
	size_t seen = 0;
	uint32_t found = CASE_NONE;

	for (uint32_t i = 0; i < case_state_list_count(source->state); i++) {
		const struct case_list *list =
		    case_state_list(source->state, i);
		if (!is_of_seizure(list))
			continue;
		seen++;
		if (number == 0 ? list->is_first : seen == number)
			found = i;
	}
	if (number > seen)
		return err_set(err, ERR_USAGE,
		    "%s has %zu list%s of a seizure, and no number %zu",
		    source->name.p, seen, seen == 1 ? "" : "s", number);
	*ret_side =
	    (struct case_compare_side){source->state, found, reveal, source};
	return 0;
}

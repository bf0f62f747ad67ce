/*
 * cli_examine_out.c: see cli_examine_out.h.
 */
#include "cli_examine_out.h"

#include "cli_lock.h"
#include "cli_out.h"
#include "exam_bodyfile.h"
#include "exam_dfxml.h"
#include "exam_sink.h"
#include "file.h"
#include "flow_details.h"
#include "json.h"
#include "mem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT_ROOM (16u << 20)
#define PUBLIC "public.json"
#define SUMMARY "summary.txt"
#define DETAILS "details.age"

static const char *const names[] = {PUBLIC, SUMMARY, DETAILS};

/* ---- before ---- */

static int is_not_empty(void *cookie, const char *name, struct err *err)
{
	(void)name;
	return err_set(err, ERR_CONFLICT,
	    "%s is there and has something in it: give -o a new folder",
	    ((struct buf *)cookie)->p);
}

static int open_folder(
    struct cli_examine_out *out, const char *folder, struct err *err)
{
	if (folder != NULL)
		buf_puts(&out->folder, folder);
	else
		buf_printf(&out->folder, "%s.examination", out->x->item);
	for (size_t i = 0; folder == NULL && i < out->folder.n; i++)
		if (out->folder.p[i] == '/')
			out->folder.p[i] = '_';
	int rc = buf_check(&out->folder, err);
	if (rc == 0)
		rc =
		    file_make_dir(&out->fd, AT_FDCWD, out->folder.p, true, err);
	out->is_open = rc == 0;
	return rc != 0
	    ? rc
	    : file_list(out->fd, ".", is_not_empty, &out->folder, err);
}

static int add_recipient(
    struct cli_examine_out *out, struct slice party, struct err *err)
{
	int rc = mem_grow((void **)&out->recipients, &out->recipient_cap,
	    out->recipient_n + 1, sizeof(*out->recipients), err);

	if (rc == 0)
		rc = cli_lock_recipient(
		    &out->x->c, party, out->recipients[out->recipient_n], err);
	if (rc != 0)
		return rc;
	buf_printf(&out->names, "%s%.*s", out->recipient_n > 0 ? ", " : "",
	    SLICE_ARG(party));
	out->recipient_n++;
	return 0;
}

static int find_recipients(struct cli_examine_out *out, struct err *err)
{
	const struct record_value *v = NULL;
	struct record order = {0};
	int rc = case_state_record(out->x->c.state, out->x->order, &order, err);

	while (rc == 0 &&
	    (v = record_next(&order, NULL, RECORD_F_DETAILS_TO, v)) != NULL)
		rc = add_recipient(out, v->value, err);
	record_done(&order);
	return rc;
}

int cli_examine_out_begin(struct cli_examine_out *out, struct cli_exam *x,
    const char *folder, struct err *err)
{
	out->x = x;
	buf_init(&out->folder, 4096);
	buf_init(&out->names, TEXT_ROOM);
	buf_init(&out->words, TEXT_ROOM);
	buf_init(&out->json, TEXT_ROOM);
	int rc = find_recipients(out, err);
	if (rc == 0)
		rc = open_folder(out, folder, err);
	if (rc == 0 && out->recipient_n == 0)
		cli_out_remark("the order names nobody as --details-to: there "
			       "will be counts and no details");
	return rc;
}

/* ---- what others read, besides ---- */

static int make_dfxml(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct cli_examine *e = cookie;
	const struct exam_dfxml_of of = {
	    e->catalog, e->grades, e->x->args->words[0]};
	size_t n;
	const struct exam_catalog_volume *volumes =
	    exam_catalog_volumes(e->catalog, &n);
	struct buf text;
	int rc = 0;

	buf_init(&text, EXAM_SINK_ROOM);
	exam_dfxml_begin(&text, &of);
	for (uint32_t v = 0; v < n && rc == 0; v++) {
		exam_dfxml_volume(&text, &of, v + 1);
		for (uint32_t i = 0; i < volumes[v].n && rc == 0; i++) {
			exam_dfxml_file(
			    &text, &of, volumes[v].first + i, NULL, NULL);
			rc = exam_sink_pass(sink, &text, err);
		}
		exam_dfxml_volume_end(&text);
	}
	exam_dfxml_end(&text);
	return exam_sink_end(sink, &text, rc, err);
}

static int make_bodyfile(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct cli_examine *e = cookie;
	struct buf text;
	size_t n;
	int rc = 0;

	(void)exam_catalog_files(e->catalog, &n);
	buf_init(&text, EXAM_SINK_ROOM);
	for (uint32_t i = 0; i < n && rc == 0; i++) {
		exam_bodyfile_put(&text, e->catalog, i, NULL);
		rc = exam_sink_pass(sink, &text, err);
	}
	return exam_sink_end(sink, &text, rc, err);
}

/* All blind spots and the coverage, exact. */
static int make_coverage(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	const struct cli_examine *e = cookie;
	struct buf text;
	struct json json;

	buf_init(&text, EXAM_SINK_ROOM);
	json_init(&json, &text);
	json_open_object(&json, NULL);
	exam_coverage_put_json(&e->coverage, &json, "coverage");
	exam_blind_put_json(e->blind, &json, "blind");
	json_close_object(&json);
	return exam_sink_end(sink, &text, 0, err);
}

/* ---- writing ---- */

static int put_sealed(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	(void)offset; /* in order */
	return file_draft_write(cookie, bytes, n, err);
}

static int write_details(
    struct cli_examine_out *out, struct cli_examine *e, struct err *err)
{
	const struct flow_details_text more[] = {
	    {"files.dfxml", make_dfxml, e},
	    {"files.body", make_bodyfile, e},
	    {"coverage.json", make_coverage, e},
	};
	const struct flow_details details = {
	    .report = &e->report,
	    .sums = &e->sums,
	    .more = more,
	    .more_count = COUNT(more),
	};
	struct file_draft draft = {0};
	const struct media_age_sink sink = {
	    .write_at = put_sealed, .cookie = &draft};
	struct hash hash;
	int rc = file_draft_open(&draft, out->fd, DETAILS, 0600, err);

	if (rc == 0)
		rc = flow_details_seal(&details, out->recipients,
		    out->recipient_n, &sink, &hash, NULL, err);
	if (rc == 0)
		rc = file_draft_publish(&draft, err);
	file_draft_done(&draft);
	if (rc == 0)
		cli_exam_put_result(out->x, &hash);
	err_prefix(err, "%s/" DETAILS, out->folder.p);
	return rc;
}

static int write_public(struct cli_examine_out *out, const char *name,
    const struct buf *text, struct err *err)
{
	struct hash hash = hash_of(text->p, text->n);
	int rc = buf_check(text, err);

	if (rc == 0)
		rc = file_publish(out->fd, name, buf_slice(text), 0644, err);
	if (rc == 0)
		cli_exam_put_result(out->x, &hash);
	return rc;
}

int cli_examine_out_write(
    struct cli_examine_out *out, struct cli_examine *e, struct err *err)
{
	exam_report_put_words(&out->words, &e->report, &e->sums);
	exam_coverage_put_lines(&e->coverage, &out->words);
	exam_blind_put_lines(e->blind, 40, &out->words);
	exam_report_put_json(&out->json, &e->report, &e->sums);
	int rc = write_public(out, PUBLIC, &out->json, err);
	if (rc == 0)
		rc = write_public(out, SUMMARY, &out->words, err);
	if (rc == 0 && out->recipient_n > 0)
		rc = write_details(out, e, err);
	return rc;
}

void cli_examine_out_remove(struct cli_examine_out *out)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (file_exists(out->fd, names[i]) &&
		    file_remove(out->fd, names[i], NULL) != 0)
			cli_out_remark("%s/%s could not be removed: it is of "
				       "no recorded examination",
			    out->folder.p, names[i]);
}

void cli_examine_out_show(const struct cli_examine_out *out)
{
	if (cli_args_has(out->x->args, "json")) {
		cli_out_raw(buf_slice(&out->json));
		return;
	}
	cli_out_slice(buf_slice(&out->words));
	cli_out("\nwritten: %s/" PUBLIC " and " SUMMARY
		": counts alone, which may be shown\n",
	    out->folder.p);
	if (out->recipient_n > 0)
		cli_out("written: %s/" DETAILS
			": everything else, for %s alone: `age --decrypt -i "
			"KEY %s/" DETAILS " | tar x`\n",
		    out->folder.p, out->names.p, out->folder.p);
}

void cli_examine_out_done(struct cli_examine_out *out)
{
	if (out->is_open)
		(void)close(out->fd);
	free(out->recipients);
	buf_done(&out->folder);
	buf_done(&out->names);
	buf_done(&out->words);
	buf_done(&out->json);
}

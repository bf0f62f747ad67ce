/*
 * cli_drive.c: see cli_drive.h.
 */
#include "cli_drive.h"

#include "buf.h"
#include "case_state.h"
#include "cli_detail.h"
#include "cli_out.h"
#include "mem.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>

#define TELLTALE_MAX 128

static int put(
    struct cli_compose *m, const char *name, uint64_t value, struct err *err)
{
	char text[TELLTALE_MAX];

	(void)snprintf(text, sizeof(text), "%s %" PRIu64, name, value);
	return cli_compose_put(m, RECORD_F_TELLTALE, text, err);
}

int cli_drive_put_counters(struct cli_compose *m,
    const struct drive_facts *facts, size_t *ret_n, struct err *err)
{
	size_t n = 0;
	int rc = 0;

	for (enum drive_counter k = 0;
	     k < DRIVE_COUNTER_COUNT && facts->doubt == NULL && rc == 0; k++)
		if (facts->counters[k].why_not == NULL) {
			rc = put(m, drive_counter_name(k),
			    facts->counters[k].value, err);
			n++;
		}
	if (ret_n != NULL)
		*ret_n = n;
	return rc;
}

/* ---- is it the drive that is meant ---- */

/* As printed on a label and as the drive says it: spaces and the case of
 * letters are no difference. */
static bool is_same_serial(struct slice listed, struct slice said)
{
	size_t a = 0, b = 0;

	for (;;) {
		while (a < listed.n && listed.p[a] == ' ')
			a++;
		while (b < said.n && said.p[b] == ' ')
			b++;
		if (a == listed.n || b == said.n)
			return a == listed.n && b == said.n;
		if (text_lower_char(listed.p[a++]) !=
		    text_lower_char(said.p[b++]))
			return false;
	}
}

static int say_other(struct slice item, struct slice listed,
    const struct drive_facts *facts, bool may_differ, struct err *err)
{
	if (may_differ) {
		cli_out_remark("%.*s is listed with serial number \"%.*s\", "
			       "and the drive says \"%s\"",
		    SLICE_ARG(item), SLICE_ARG(listed), facts->serial.text);
		return 0;
	}
	return err_set(err, ERR_DENIED,
	    "%.*s is listed with serial number \"%.*s\", and the drive that "
	    "is connected says \"%s\": is it another drive? If not, say "
	    "--although",
	    SLICE_ARG(item), SLICE_ARG(listed), facts->serial.text);
}

int cli_drive_check_serial(const struct cli_case *c, struct slice item,
    const struct drive_facts *facts, bool may_differ, struct err *err)
{
	struct cli_detail detail = {.c = c};
	uint32_t number = case_state_find_item(c->state, item);
	struct slice listed = {NULL, 0};
	bool is_withheld = false;
	int rc = 0;

	if (number != CASE_NONE)
		rc = cli_detail_get(&detail, number, RECORD_F_SERIAL, &listed,
		    &is_withheld, err);
	if (rc == 0 && is_withheld) {
		cli_out_remark("the serial number of %.*s is withheld from "
			       "this folder, so the drive's own (%s) is "
			       "compared with nothing",
		    SLICE_ARG(item), facts->serial.text);
	} else if (rc == 0 && listed.p != NULL &&
	    !slice_is_text(listed, "none visible")) {
		if (facts->serial.why_not != NULL || facts->doubt != NULL)
			cli_out_remark(
			    "whether it is the drive that is listed as %.*s "
			    "is not known: %s",
			    SLICE_ARG(item),
			    facts->doubt != NULL ? facts->doubt
						 : facts->serial.why_not);
		else if (!is_same_serial(listed, slice_of(facts->serial.text)))
			rc = say_other(item, listed, facts, may_differ, err);
	}
	cli_detail_done(&detail);
	return rc;
}

void cli_drive_warn(const char *device, const struct drive_facts *facts)
{
	uint64_t hidden = drive_hidden_bytes(facts);

	if (hidden > 0)
		cli_out_remark("WARNING: %s has %" PRIu64
			       " bytes more than it shows; "
			       "what is in them is in no copy of it",
		    device, hidden);
	if (facts->doubt != NULL)
		cli_out_remark("%s: %s", device, facts->doubt);
	else if (facts->kind == DRIVE_UNKNOWN)
		cli_out_remark(
		    "%s: the drive does not answer, so its counters are not "
		    "known",
		    device);
}

/* ---- the two options ---- */

/* Is the option's value about this item? *ret_rest is what follows the '='. */
static bool is_about(
    const char *value, struct slice item, struct slice *ret_rest)
{
	struct slice rest = slice_of(value);

	if (!slice_is(slice_trim(slice_cut(&rest, '=')), item) ||
	    rest.p == NULL)
		return false;
	*ret_rest = slice_trim(rest);
	return true;
}

static int put_read(struct cli_compose *m, struct slice item,
    struct slice device, struct err *err)
{
	const struct cli_args *args = m->c->args;
	bool may_differ =
	    cli_args_knows(args, "although") && cli_args_has(args, "although");
	char *path = mem_copy_text(device.p, device.n);
	struct drive_facts facts;
	size_t n = 0;

	if (path == NULL)
		return err_nomem(err);
	int rc = drive_read(&facts, path, NULL, err);
	if (rc == 0)
		rc =
		    cli_drive_check_serial(m->c, item, &facts, may_differ, err);
	if (rc == 0)
		rc = cli_drive_put_counters(m, &facts, &n, err);
	if (rc == 0)
		cli_drive_warn(path, &facts);
	if (rc == 0 && n == 0)
		cli_out_remark("%s: no counter is known, so the record has "
			       "none of it",
		    path);
	free(path);
	return rc;
}

int cli_drive_put_block(
    struct cli_compose *m, struct slice item, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *value;
	struct slice rest;
	int rc = 0;

	if (!cli_args_knows(args, "telltales"))
		return 0;
	for (size_t at = 0; rc == 0 &&
	     (value = cli_args_next(args, "telltales", &at)) != NULL;)
		if (is_about(value, item, &rest))
			rc = put_read(m, item, rest, err);
	for (size_t at = 0;
	     rc == 0 && (value = cli_args_next(args, "telltale", &at)) != NULL;)
		if (is_about(value, item, &rest))
			rc = cli_compose_put_slice(
			    m, RECORD_F_TELLTALE, rest, err);
	return rc;
}

static bool has_block(const struct case_offer *offer, const char *value)
{
	struct slice rest;

	for (size_t i = 0; i < offer->n; i++) {
		const struct record *r = &offer->records[i]->record;

		for (size_t k = 0; k < r->block_count; k++)
			if (is_about(value, r->blocks[k].id, &rest))
				return true;
	}
	return false;
}

int cli_drive_check_used(const struct cli_args *args,
    const struct case_offer *offer, struct err *err)
{
	static const char *const names[] = {"telltales", "telltale"};
	const char *value;

	for (size_t i = 0; i < 2 && cli_args_knows(args, names[i]); i++)
		for (size_t at = 0;
		     (value = cli_args_next(args, names[i], &at)) != NULL;)
			if (!has_block(offer, value))
				return err_set(err, ERR_USAGE,
				    "%s: --%s \"%s\": write ITEM=..., with an "
				    "item that this record is about",
				    args->command->name, names[i], value);
	return 0;
}

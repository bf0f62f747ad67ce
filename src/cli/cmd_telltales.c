/*
 * cmd_telltales.c: `counterfoil telltales`: what a drive says of itself. Needs
 * no case, and changes nothing on the drive.
 */
#include "cli_drive.h"
#include "cli_json.h"
#include "cli_out.h"
#include "json.h"
#include "text.h"

#include <inttypes.h>

#define SCREEN_MAX (1u << 16)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const kinds[] = {
    [DRIVE_UNKNOWN] = "unknown",
    [DRIVE_ATA] = "ATA",
    [DRIVE_NVME] = "NVMe",
    [DRIVE_SCSI] = "SCSI",
};

static const char *const answers[] = {
    [DRIVE_NOT_SAID] = "not-said",
    [DRIVE_NO] = "no",
    [DRIVE_YES] = "yes",
};

/* The facts by the names under which they are printed. */
struct named {
	const char *name, *label;
	const struct drive_text *text; /* one of the two */
	const struct drive_number *number;
};

#define NAMED_MAX 12

static size_t name_facts(const struct drive_facts *f, struct named *ret_named)
{
	const struct named all[NAMED_MAX] = {
	    {"model", "model", &f->model, NULL},
	    {"serial", "serial number", &f->serial, NULL},
	    {"firmware", "firmware", &f->firmware, NULL},
	    {"wwn", "world wide name", &f->wwn, NULL},
	    {"kernel_bytes", "bytes that the system shows", NULL,
		&f->kernel_bytes},
	    {"reported_bytes", "bytes that the drive shows", NULL,
		&f->reported_bytes},
	    {"native_bytes", "bytes with a host protected area", NULL,
		&f->native_bytes},
	    {"factory_bytes", "bytes as made", NULL, &f->factory_bytes},
	    {"unassigned_bytes", "bytes in no namespace", NULL,
		&f->spare_bytes},
	    {"logical_sector", "bytes of a sector", NULL, &f->logical_sector},
	    {"physical_sector", "bytes of a physical sector", NULL,
		&f->physical_sector},
	    {"rotation", "turns a minute (1: none)", NULL, &f->rotation},
	};

	for (size_t i = 0; i < NAMED_MAX; i++)
		ret_named[i] = all[i];
	return NAMED_MAX;
}

/* ---- the screen ---- */

static void print_number(
    const char *label, const struct drive_number *n, struct buf *out)
{
	if (n->why_not != NULL)
		buf_printf(
		    out, "  %s: not known, because %s\n", label, n->why_not);
	else
		buf_printf(
		    out, "  %s: %" PRIu64 " (%s)\n", label, n->value, n->from);
}

static void print_facts(const struct drive_facts *f, struct buf *out)
{
	struct named named[NAMED_MAX];
	size_t n = name_facts(f, named);

	for (size_t i = 0; i < n; i++)
		if (named[i].number != NULL)
			print_number(named[i].label, named[i].number, out);
		else if (named[i].text->why_not != NULL)
			buf_printf(out, "  %s: not known, because %s\n",
			    named[i].label, named[i].text->why_not);
		else
			buf_printf(out, "  %s: %s\n", named[i].label,
			    named[i].text->text);
	if (f->security_on != DRIVE_NOT_SAID)
		buf_printf(out,
		    "  password set: %s; locked by it: %s; settings frozen: "
		    "%s\n",
		    answers[f->security_on], answers[f->locked],
		    answers[f->frozen]);
}

static void print_counters(const struct drive_facts *f, struct buf *out)
{
	buf_puts(out, "\ncounters\n");
	for (enum drive_counter k = 0; k < DRIVE_COUNTER_COUNT; k++)
		print_number(drive_counter_name(k), &f->counters[k], out);
	if (f->hours_attribute.why_not == NULL)
		buf_printf(out,
		    "  SMART attribute 9: %" PRIu64
		    ", in the maker's own unit of power-on time; no "
		    "telltale\n",
		    f->hours_attribute.value);
}

static void print_telltales(const struct drive_facts *f, struct buf *out)
{
	size_t n = 0;

	for (enum drive_counter k = 0;
	     k < DRIVE_COUNTER_COUNT && f->doubt == NULL; k++)
		if (f->counters[k].why_not == NULL)
			buf_printf(out, "%s  telltale: %s %" PRIu64 "\n",
			    n++ == 0 ? "\nfor a record\n" : "",
			    drive_counter_name(k), f->counters[k].value);
}

static void print(
    const char *device, const struct drive_facts *f, struct buf *out)
{
	uint64_t hidden = drive_hidden_bytes(f);

	text_put_shown(out, slice_of(device));
	buf_printf(out, ": %s%s%s\n", kinds[f->kind],
	    f->bus[0] != '\0' ? ", bus " : "", f->bus);
	print_facts(f, out);
	if (f->doubt != NULL)
		buf_printf(out, "\nNOT TO BE RELIED ON: %s\n", f->doubt);
	if (hidden > 0)
		buf_printf(out,
		    "\nHIDDEN AREA: the drive has %" PRIu64
		    " bytes more than it shows\n",
		    hidden);
	print_counters(f, out);
	print_telltales(f, out);
}

/* ---- JSON ---- */

static void json_known(
    struct json *j, const char *name, const struct drive_number *n)
{
	if (n->why_not != NULL)
		json_null(j, name);
	else
		cli_json_u64(j, name, n->value);
}

static void json_reasons(struct json *j, const struct drive_facts *f)
{
	struct named named[NAMED_MAX];
	size_t n = name_facts(f, named);

	json_open_object(j, "not_known");
	for (size_t i = 0; i < n; i++) {
		const char *why = named[i].text != NULL
		    ? named[i].text->why_not
		    : named[i].number->why_not;

		if (why != NULL)
			json_text(j, named[i].name, slice_of(why));
	}
	for (enum drive_counter k = 0; k < DRIVE_COUNTER_COUNT; k++)
		if (f->counters[k].why_not != NULL)
			json_text(j, drive_counter_name(k),
			    slice_of(f->counters[k].why_not));
	json_close_object(j);
}

static void json_counters(struct json *j, const struct drive_facts *f)
{
	char text[64];

	json_open_object(j, "counters");
	for (enum drive_counter k = 0; k < DRIVE_COUNTER_COUNT; k++)
		json_known(j, drive_counter_name(k), &f->counters[k]);
	json_close_object(j);
	json_known(j, "smart_attribute_9", &f->hours_attribute);
	json_open_array(j, "telltales");
	for (enum drive_counter k = 0;
	     k < DRIVE_COUNTER_COUNT && f->doubt == NULL; k++) {
		if (f->counters[k].why_not != NULL)
			continue;
		(void)snprintf(text, sizeof(text), "%s %" PRIu64,
		    drive_counter_name(k), f->counters[k].value);
		json_text(j, NULL, slice_of(text));
	}
	json_close_array(j);
}

static void print_json(
    const char *device, const struct drive_facts *f, struct buf *out)
{
	struct named named[NAMED_MAX];
	size_t n = name_facts(f, named);
	struct json j;

	json_init(&j, out);
	json_open_object(&j, NULL);
	json_text(&j, "device", slice_of(device));
	json_text(&j, "kind", slice_of(kinds[f->kind]));
	json_text(&j, "bus", slice_of(f->bus[0] != '\0' ? f->bus : NULL));
	json_text(&j, "doubt", slice_of(f->doubt));
	for (size_t i = 0; i < n; i++)
		if (named[i].number != NULL)
			json_known(&j, named[i].name, named[i].number);
		else
			json_text(&j, named[i].name,
			    slice_of(named[i].text->why_not == NULL
				    ? named[i].text->text
				    : NULL));
	cli_json_u64(&j, "hidden_bytes", drive_hidden_bytes(f));
	json_text(&j, "password_set", slice_of(answers[f->security_on]));
	json_text(&j, "locked", slice_of(answers[f->locked]));
	json_text(&j, "frozen", slice_of(answers[f->frozen]));
	json_counters(&j, f);
	json_reasons(&j, f);
	json_close_object(&j);
}

static bool is_any_known(const struct drive_facts *f)
{
	for (enum drive_counter k = 0; k < DRIVE_COUNTER_COUNT; k++)
		if (f->counters[k].why_not == NULL && f->doubt == NULL)
			return true;
	return false;
}

static int run(const struct cli_args *args, struct err *err)
{
	bool is_json = cli_args_has(args, "json");
	struct drive_facts facts;
	struct buf out;
	int rc = drive_read(&facts, args->words[0], NULL, err);

	if (rc != 0)
		return rc;
	buf_init(&out, SCREEN_MAX);
	if (is_json)
		print_json(args->words[0], &facts, &out);
	else
		print(args->words[0], &facts, &out);
	rc = buf_check(&out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	if (rc == 0 &&
	    (drive_hidden_bytes(&facts) > 0 || !is_any_known(&facts)))
		rc = CLI_PARTLY;
	return rc;
}

const struct cli_command cmd_telltales = {
    .name = "telltales",
    .group = CLI_CUSTODY,
    .usage = "DEVICE [--json]",
    .summary = "Shows what a drive says of itself: identity, length, counters",
    .shared = CLI_SHARED_JSON,
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil telltales /dev/sdb\n"
		"  counterfoil telltales /dev/nvme0n1 --json\n\n"
		"Exit status 4: the drive hides an area, or its counters "
		"cannot be read.\n",
    .run = run,
};

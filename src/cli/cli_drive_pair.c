/*
 * cli_drive_pair.c: a drive that is copied: what it said before and after, as a
 * block of the image's record.
 */
#include "cli_drive.h"

#include "cli_out.h"

#include <string.h>
#include <sys/stat.h>

int cli_drive_begin(struct cli_drive_pair *pair, const struct cli_case *c,
    const char *item, const char *path, bool may_differ, struct err *err)
{
	struct stat st;
	int rc;

	*pair = (struct cli_drive_pair){0};
	/* What else is wrong with the path is said by who reads it. */
	if (stat(path, &st) != 0 || !S_ISBLK(st.st_mode))
		return 0;
	rc = drive_read(&pair->before, path, NULL, err);
	if (rc != 0)
		return rc;
	pair->is_there = true;
	cli_drive_warn(path, &pair->before);
	return cli_drive_check_serial(
	    c, slice_of(item), &pair->before, may_differ, err);
}

int cli_drive_end(
    struct cli_drive_pair *pair, const char *path, struct err *err)
{
	int rc;

	if (!pair->is_there)
		return 0;
	rc = drive_read(&pair->after, path, NULL, err);
	if (rc != 0)
		return rc;
	pair->has_after = true;
	if (pair->before.serial.why_not == NULL &&
	    pair->after.serial.why_not == NULL &&
	    strcmp(pair->before.serial.text, pair->after.serial.text) != 0)
		return err_set(err, ERR_CONFLICT,
		    "%s was the drive \"%s\" at the start and is \"%s\" now: "
		    "no record is made of a copy of two drives",
		    path, pair->before.serial.text, pair->after.serial.text);
	return 0;
}

static int put_text(struct cli_compose *m, enum record_name field,
    const struct drive_text *text, struct err *err)
{
	return cli_compose_put(
	    m, field, text->why_not == NULL ? text->text : NULL, err);
}

/* How it was asked, and what is in doubt. */
static int put_interface(
    struct cli_compose *m, const struct drive_facts *f, struct err *err)
{
	static const char *const kinds[] = {
	    [DRIVE_UNKNOWN] = "the drive does not answer",
	    [DRIVE_ATA] = "ATA",
	    [DRIVE_NVME] = "NVMe",
	    [DRIVE_SCSI] = "SCSI",
	};
	char text[256];

	(void)snprintf(text, sizeof(text), "%s%s%s%s%s", kinds[f->kind],
	    f->bus[0] != '\0' ? ", bus " : "", f->bus,
	    f->doubt != NULL ? "; " : "", f->doubt != NULL ? f->doubt : "");
	return cli_compose_put(m, RECORD_F_INTERFACE, text, err);
}

static int put_lengths(
    struct cli_compose *m, const struct drive_facts *f, struct err *err)
{
	const struct drive_number *shown = &f->reported_bytes;
	bool is_native_known =
	    f->native_bytes.why_not == NULL || f->factory_bytes.why_not == NULL;
	int rc = 0;

	if (shown->why_not == NULL)
		rc = cli_compose_put_count(
		    m, RECORD_F_CAPACITY, shown->value, err);
	if (rc == 0 && shown->why_not == NULL && is_native_known)
		rc = cli_compose_put_count(m, RECORD_F_NATIVE_CAPACITY,
		    shown->value + drive_hidden_bytes(f), err);
	return rc;
}

int cli_drive_put_pair(const struct cli_drive_pair *pair, struct cli_compose *m,
    const char *item, struct err *err)
{
	const struct drive_facts *f = &pair->before;
	int rc;

	if (!pair->is_there)
		return 0;
	rc = cli_compose_block(m, item, err);
	if (rc == 0)
		rc = put_interface(m, f, err);
	/* What a bridge says of itself is not the drive's. */
	if (rc == 0 && f->doubt == NULL)
		rc = put_text(m, RECORD_F_MODEL, &f->model, err);
	if (rc == 0 && f->doubt == NULL)
		rc = put_text(m, RECORD_F_SERIAL, &f->serial, err);
	if (rc == 0 && f->doubt == NULL)
		rc = put_text(m, RECORD_F_FIRMWARE, &f->firmware, err);
	if (rc == 0 && f->doubt == NULL)
		rc = put_text(m, RECORD_F_WWN, &f->wwn, err);
	if (rc == 0)
		rc = put_lengths(m, f, err);
	if (rc == 0)
		rc = cli_drive_put_counters(m, f, NULL, err);
	if (rc == 0 && pair->has_after)
		rc = cli_drive_put_counters(m, &pair->after, NULL, err);
	return rc;
}

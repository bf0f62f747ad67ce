/*
 * cmd_verify.c: `counterfoil verify`: checks a bundle, a receipt or a
 * disclosure from the file alone, with the same core as the small
 * counterfoil-verify.
 */
#include "case_check.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_out.h"
#include "cli_stamp.h"
#include "file.h"

#include <fcntl.h>
#include <unistd.h>

/* A public key as it is typed, or a file with keys. */
static int add_pin(struct case_check *check, const char *typed, struct err *err)
{
	struct note_key key;
	struct buf file;
	int rc = 0;

	buf_init(&file, CASE_CHECK_PIN_FILE_MAX);
	if (note_key_parse(&key, slice_of(typed), NULL) == 0)
		buf_puts(&file, typed);
	else
		rc = file_read_user(&file, typed, CASE_CHECK_PIN_FILE_MAX, err);
	if (rc == 0)
		rc = case_check_add_pins(check, buf_slice(&file), err);
	if (rc != 0)
		err_prefix(err, "verify: --pin %s", typed);
	buf_done(&file);
	return rc == 0 || rc == ERR_NOMEM ? rc : ERR_USAGE;
}

static int add_with(struct case_check *check, const char *path, struct err *err)
{
	struct buf file;

	buf_init(&file, CASE_BUNDLE_MAX);
	int rc = file_read_user(&file, path, CASE_BUNDLE_MAX, err);
	if (rc == 0)
		rc = case_check_add_with(check, path, &file, err);
	else
		err_prefix(err, "verify: --with %s", path);
	buf_done(&file);
	return rc;
}

static int read_options(
    struct case_check *check, const struct cli_args *args, struct err *err)
{
	const char *typed;
	int rc = 0;

	check->is_machine = cli_args_has(args, "machine");
	check->is_leaves = cli_args_has(args, "leaves");
	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(args, "pin", &at)) != NULL;)
		rc = add_pin(check, typed, err);
	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(args, "with", &at)) != NULL;)
		rc = add_with(check, typed, err);
	return rc;
}

static int read_file(
    void *cookie, void *bytes, size_t max, size_t *ret_n, struct err *err)
{
	return file_read_some(*(int *)cookie, bytes, max, ret_n, err);
}

static int write_shown(
    void *cookie, const void *bytes, size_t n, struct err *err)
{
	return file_draft_write(cookie, bytes, n, err);
}

/* What is shown goes to `output` (may be NULL), if it holds and its root is
 * the recorded one. */
static int check_file(struct case_check *check, const char *path,
    const char *output, struct err *err)
{
	struct file_draft draft = {0};
	const struct case_disclosure_out shown = {write_shown, &draft};
	int fd = -1;
	const struct case_disclosure_in in = {read_file, &fd};
	struct buf out;
	bool stands = false, is_vouched = false;

	buf_init(&out, CASE_CHECK_WORDS_MAX);
	int rc = file_open_user(&fd, path, err);
	if (rc != 0)
		err_prefix(err, "%s: could not be checked", path);
	if (rc == 0 && output != NULL) {
		check->shown = &shown;
		rc = file_draft_open(&draft, AT_FDCWD, output, 0644, err);
	}
	if (rc == 0)
		rc = case_check_stream(
		    check, path, &in, &out, &stands, &is_vouched, err);
	if (rc == 0 && output != NULL && is_vouched)
		rc = file_draft_publish(&draft, err);
	if (rc == 0)
		cli_out_report(buf_slice(&out));
	check->shown = NULL;
	file_draft_done(&draft);
	if (fd >= 0)
		(void)close(fd); /* nothing was written */
	buf_done(&out);
	if (rc == 0 && !is_vouched) {
		cli_out_error("%s: give what holds its image's record with "
			      "--with%s",
		    path, output != NULL ? "; nothing was written" : "");
		return CLI_UNDONE;
	}
	return rc == 0 && !stands ? CLI_FALSE : rc;
}

struct vouching {
	struct stamp_trust *trust;
	const char *ca_name;
};

static int tell_stamps(void *cookie, const struct case_bundle *bundle,
    struct buf *out, struct err *err)
{
	const struct vouching *vouching = cookie;
	const struct cli_stamp_bundle stamps = {
	    .checkpoint = bundle->checkpoint,
	    .log_key = case_state_log_key(bundle->state),
	    .section = bundle->beside.stamps,
	    .trust = vouching->trust,
	    .ca_name = vouching->ca_name,
	};

	return cli_stamp_put_bundle(out, &stamps, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct vouching vouching = {.ca_name = cli_args_get(args, "tsa-ca")};
	struct case_check check = {
	    .tell_stamps = tell_stamps, .stamps_cookie = &vouching};

	int rc = read_options(&check, args, err);
	if (rc == 0 && vouching.ca_name != NULL) {
		rc = cli_stamp_read_trust(
		    &vouching.trust, vouching.ca_name, err);
		err_prefix(err, "verify: --tsa-ca");
	}
	if (rc == 0)
		rc = check_file(
		    &check, args->words[0], cli_args_get(args, "output"), err);
	case_check_done(&check);
	stamp_trust_free(vouching.trust);
	return rc;
}

static const struct cli_option options[] = {
    {"pin", 0, "KEY|FILE", true, "a key that must be in the case"},
    {"with", 0, "FILE", true,
	"a receipt or signed record that may be missing; of a disclosure, what "
	"holds its image's record"},
    {"machine", 0, NULL, false, "print the finding's machine form"},
    {"leaves", 0, NULL, false, "print each record's standing"},
    {"output", 0, "FILE", false,
	"write the bytes that a disclosure shows to a new file, if it holds"},
    CLI_STAMP_OPTION_CA,
};

const struct cli_command cmd_verify = {
    .name = "verify",
    .group = CLI_CHECKING,
    .usage = "FILE [--pin KEY|FILE]... [--with FILE]... [--machine] "
	     "[--leaves] [--output FILE] [--tsa-ca FILE]",
    .summary = "Checks a bundle, a receipt or a disclosure from the file alone",
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil verify finding.bundle --pin ledger.key\n",
    .run = run,
};

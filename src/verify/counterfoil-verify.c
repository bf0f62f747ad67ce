/*
 * counterfoil-verify.c: checks one file, alone: no ledger, no
 * network, no library to install. What an outsider is handed.
 *
 * The invariant is the exit status: 0 it holds; 1 it was checked and is false;
 * 2 wrong usage; 3 it could not be checked. Never 0 by default.
 */
#include "case_check.h"
#include "file.h"
#include "version.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

enum {
	EXIT_HOLDS = 0,
	EXIT_FALSE = 1,
	EXIT_USAGE = 2,
	EXIT_UNCHECKED = 3
};

struct options {
	struct case_check check;
	bool is_quiet;
	const char *about; /* what is asked of the program itself; or NULL */
	const char *path;
	const char *output; /* where a disclosure's bytes go; or NULL */
};

static const char usage[] =
    "usage: counterfoil-verify [--pin KEY|FILE]... [--with FILE]... "
    "[--machine]\n"
    "                          [--leaves] [--output FILE] [--quiet] FILE\n"
    "\n"
    "Checks a bundle (a finding with everything it rests on), a receipt (one\n"
    "record with the proof that a ledger holds it) or a disclosure (parts of "
    "an\n"
    "image with the proof that they stood there). Works everything out again "
    "from\n"
    "the file alone. FILE - is standard input.\n"
    "\n"
    "  --pin KEY|FILE  a key that must be in the case, as name+id+base64, or "
    "a\n"
    "                  file with one on each line; may be given again\n"
    "  --with FILE     a receipt or signed record that may be missing in it; "
    "of a\n"
    "                  disclosure, what holds its image's record; may be "
    "given\n"
    "                  again\n"
    "  --machine       print the finding in its short form\n"
    "  --leaves        print each record's standing, one a line\n"
    "  --output FILE   write the bytes that a disclosure shows to a new file, "
    "if it\n"
    "                  holds\n"
    "  --quiet         print nothing if it holds\n"
    "  --version       print which version this is\n"
    "  --help          print this\n"
    "\n"
    "Exit status: 0 it holds; 1 checked, and false, or it does not stand with\n"
    "what was added; 2 wrong usage; 3 it could not be checked, or is a "
    "disclosure\n"
    "whose root nobody vouches for.\n";

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
		err_prefix(err, "--pin %s", typed);
	buf_done(&file);
	return rc;
}

static int add_with(struct case_check *check, const char *path, struct err *err)
{
	struct buf file;

	buf_init(&file, CASE_BUNDLE_MAX);
	int rc = file_read_user(&file, path, CASE_BUNDLE_MAX, err);
	if (rc == 0)
		rc = case_check_add_with(check, path, &file, err);
	else
		err_prefix(err, "--with %s", path);
	buf_done(&file);
	return rc;
}

static int fail(const struct err *err, int status)
{
	fprintf(stderr, "counterfoil-verify: %s\n", err->message);
	return status;
}

static int take_option(struct options *options, int letter)
{
	struct err err = {0};

	switch (letter) {
	case 'p':
		if (add_pin(&options->check, optarg, &err) != 0)
			return fail(&err, EXIT_USAGE);
		break;
	case 'w':
		if (add_with(&options->check, optarg, &err) != 0)
			return fail(&err, EXIT_UNCHECKED);
		break;
	case 'm':
		options->check.is_machine = true;
		break;
	case 'l':
		options->check.is_leaves = true;
		break;
	case 'o':
		options->output = optarg;
		break;
	case 'q':
		options->is_quiet = true;
		break;
	case 'v':
		options->about = "counterfoil-verify " VERSION_TEXT "\n";
		break;
	case 'h':
		options->about = usage;
		break;
	default:
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	return EXIT_HOLDS;
}

/* EXIT_HOLDS: go on. */
static int take_options(struct options *options, int argc, char **argv)
{
	static const struct option longs[] = {
	    {"pin", required_argument, NULL, 'p'},
	    {"with", required_argument, NULL, 'w'},
	    {"machine", no_argument, NULL, 'm'},
	    {"leaves", no_argument, NULL, 'l'},
	    {"output", required_argument, NULL, 'o'},
	    {"quiet", no_argument, NULL, 'q'},
	    {"version", no_argument, NULL, 'v'},
	    {"help", no_argument, NULL, 'h'},
	    {0},
	};
	int letter, status = EXIT_HOLDS;

	while (status == EXIT_HOLDS && options->about == NULL &&
	    (letter = getopt_long(argc, argv, "p:w:mlo:qh", longs, NULL)) != -1)
		status = take_option(options, letter);
	if (status != EXIT_HOLDS || options->about != NULL)
		return status;
	if (argc - optind != 1) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	options->path = argv[optind];
	return EXIT_HOLDS;
}

static int status_of(int rc)
{
	if (rc == ERR_VERIFY)
		return EXIT_FALSE;
	return rc == ERR_USAGE ? EXIT_USAGE : EXIT_UNCHECKED;
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

/* What is shown gets its name only if it holds, and its root is the recorded
 * one. */
static int check(const struct options *options, struct buf *out,
    bool *ret_stands, bool *ret_is_vouched, struct err *err)
{
	struct case_check check = options->check;
	struct file_draft draft = {0};
	const struct case_disclosure_out shown = {write_shown, &draft};
	int fd = -1;
	const struct case_disclosure_in in = {read_file, &fd};
	int rc = file_open_user(&fd, options->path, err);

	if (rc != 0)
		err_prefix(err, "%s: could not be checked", options->path);
	if (rc == 0 && options->output != NULL) {
		check.shown = &shown;
		rc = file_draft_open(
		    &draft, AT_FDCWD, options->output, 0644, err);
	}
	if (rc == 0)
		rc = case_check_stream(&check, options->path, &in, out,
		    ret_stands, ret_is_vouched, err);
	if (rc == 0 && options->output != NULL && *ret_is_vouched)
		rc = file_draft_publish(&draft, err);
	file_draft_done(&draft);
	if (fd >= 0)
		(void)close(fd); /* nothing was written */
	return rc;
}

static int verify(const struct options *options)
{
	struct err err = {0};
	struct buf out;
	int status = EXIT_HOLDS;
	bool stands = false, is_vouched = false;

	buf_init(&out, CASE_CHECK_WORDS_MAX);
	int rc = check(options, &out, &stands, &is_vouched, &err);
	if (rc != 0)
		status = fail(&err, status_of(rc));
	else if (!is_vouched)
		status = EXIT_UNCHECKED;
	else if (!stands)
		status = EXIT_FALSE;
	if (rc == 0 && (status != EXIT_HOLDS || !options->is_quiet)) {
		size_t n = fwrite(out.p, 1, out.n, stdout);
		if (n != out.n || fflush(stdout) != 0)
			status = EXIT_UNCHECKED;
	}
	if (rc == 0 && !is_vouched)
		fprintf(stderr,
		    "counterfoil-verify: %s: give what holds its image's "
		    "record with --with%s\n",
		    options->path,
		    options->output != NULL ? "; nothing was written" : "");
	buf_done(&out);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {0};

	note_key_setup();
	int status = take_options(&options, argc, argv);
	if (options.about != NULL)
		fputs(options.about, stdout);
	else if (status == EXIT_HOLDS)
		status = verify(&options);
	case_check_done(&options.check);
	return status;
}

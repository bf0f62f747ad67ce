/*
 * cli_disclosure.c: see cli_disclosure.h. The image is opened for reading only,
 * and every chunk that is shown is hashed up to the recorded root before the
 * file gets its name: bytes of an image that is not the recorded one are never
 * disclosed by mistake.
 */
#include "cli_disclosure.h"

#include "cli_disclosure_nodes.h"
#include "cli_image.h"
#include "cli_lock_note.h"
#include "cli_out.h"
#include "media_open.h"
#include "media_verify.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define SECTOR 512
#define LEAVES_AT_ONCE 256

/* ---- what is asked for ---- */

static int add_range(
    struct case_disclosure *d, struct slice range, struct err *err)
{
	struct slice last = range;
	struct slice first = slice_cut(&last, '-');
	unsigned long long from, to;

	if (!slice_to_u64(first, &from) || !slice_to_u64(last, &to))
		return err_set(err, ERR_USAGE,
		    "--ranges: \"%.*s\" is no range; write the first and the "
		    "last byte, like 0-511",
		    SLICE_ARG(range));
	if (to < from)
		return err_set(err, ERR_USAGE,
		    "--ranges: \"%.*s\" ends before it begins; the first byte "
		    "comes first",
		    SLICE_ARG(range));
	return case_disclosure_add(d, from, to, err);
}

int cli_disclosure_add_ranges(
    struct case_disclosure *d, const char *typed, struct err *err)
{
	struct slice rest = slice_of(typed);
	int rc = 0;

	if (strcmp(typed, "all") == 0)
		return d->length == 0
		    ? 0
		    : case_disclosure_add(d, 0, d->length - 1, err);
	while (rc == 0 && rest.p != NULL)
		rc = add_range(d, slice_cut(&rest, ','), err);
	return rc;
}

/* ---- the image ---- */

struct disclosing {
	const struct case_disclosure *d;
	const struct cli_disclosure_image *given;
	struct media_open image;
	struct cli_disclosure_nodes nodes;
	struct cli_out_progress progress;
	uint64_t shown, done; /* bytes to be written, and written */
};

/* Bytes behind the medium's end: an E01 fills up its last sector, and a tail
 * that fills none may not have been counted. More, or others, are another
 * image.
 */
static bool may_be_behind(
    const struct media_open *image, uint64_t length, uint64_t n)
{
	return n == 0 ||
	    (n < SECTOR && (image->foreign != NULL || length % SECTOR == 0));
}

static int open_image(struct disclosing *x, struct err *err)
{
	const char *path = x->given->path;
	uint64_t available, length = x->d->length;
	int rc = media_open(&x->image, path, err);

	if (rc != 0)
		return cli_lock_note_explain(path, rc, err);
	available = cli_image_available(&x->image);
	if (available < length ||
	    !may_be_behind(&x->image, length, available - length))
		return err_set(err, ERR_CONFLICT,
		    "%s has %" PRIu64 " bytes and the recorded image %" PRIu64
		    ": it is another one, or in a form that is not known",
		    path, available, length);
	x->image.whole.length = length;
	return 0;
}

static int verify(struct disclosing *x, struct err *err)
{
	struct cli_image_progress progress = {.what = "reading"};
	struct media_verify_result result = {0};
	struct media_verify_options o = {
	    .image = &x->image,
	    .has_length = true,
	    .length = x->d->length,
	    .seed = x->given->seed,
	    .take_leaves = cli_disclosure_nodes_take,
	    .leaves_cookie = &x->nodes,
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};
	int rc = media_verify(&result, &o, err);

	cli_out_progress_end(&progress.shown);
	if (rc == 0 && !hash_is(&result.root, &x->d->root))
		rc = err_set(err, ERR_VERIFY,
		    "these bytes do not have the tree root that the image's "
		    "record says: it is another image, or was changed since, "
		    "or the seed is another one");
	media_verify_done(&result);
	return rc;
}

/* ---- its leaves ---- */

static int read_leaves(struct disclosing *x, const struct media_file *leaves,
    bool *ret_are_right, struct err *err)
{
	struct hash some[LEAVES_AT_ONCE];
	uint64_t left = tree_chunk_count(x->d->length), at = 0;
	int rc = 0;

	*ret_are_right = false;
	if (leaves->length != left * HASH_SIZE)
		return 0;
	while (rc == 0 && left > 0) {
		size_t n =
		    left < LEAVES_AT_ONCE ? (size_t)left : LEAVES_AT_ONCE;

		rc = media_file_read(
		    leaves, at * HASH_SIZE, some, n * HASH_SIZE, err);
		if (rc == 0)
			rc = cli_disclosure_nodes_take(&x->nodes, some, n, err);
		at += n;
		left -= n;
	}
	if (rc == 0) {
		struct hash root = cli_disclosure_nodes_root(&x->nodes);

		*ret_are_right = hash_is(&root, &x->d->root);
	}
	return rc;
}

/* By the leaves beside the image if they are the ledger's, else by all of it.
 */
static int gather(struct disclosing *x, struct err *err)
{
	struct media_file leaves;
	bool are_right = false;
	int fd;
	int rc = cli_disclosure_nodes_start(&x->nodes, x->d, err);

	if (rc == 0)
		rc = cli_image_open_tree(
		    x->given->path, x->given->tree, &fd, &leaves, err);
	if (rc != 0)
		return rc;
	if (fd >= 0) {
		rc = read_leaves(x, &leaves, &are_right, err);
		(void)close(fd); /* only read */
		if (rc == 0 && !are_right)
			cli_out_remark("the leaves in the .tree file are not "
				       "those of the recorded tree; they are "
				       "not used");
	}
	if (rc == 0 && !are_right) {
		cli_disclosure_nodes_again(&x->nodes);
		rc = verify(x, err);
	}
	return rc;
}

/* ---- the file ---- */

static int read_image(
    void *cookie, uint64_t offset, void *bytes, size_t n, struct err *err)
{
	struct disclosing *x = cookie;
	int rc = media_file_read(&x->image.whole, offset, bytes, n, err);

	x->done += n;
	cli_out_progress_tick(&x->progress, "writing bytes", x->done, x->shown);
	return rc;
}

struct output {
	struct file_draft *draft;
	struct hash_run *run;
};

static int write_file(
    void *cookie, const void *bytes, size_t n, struct err *err)
{
	const struct output *out = cookie;

	hash_update(out->run, bytes, n);
	return file_draft_write(out->draft, bytes, n, err);
}

static int write_all(struct disclosing *x, struct file_draft *draft,
    struct hash *ret_hash, struct err *err)
{
	const struct tree_image image = {x->d->length, read_image, x};
	const struct tree_source hashes =
	    cli_disclosure_nodes_source(&x->nodes);
	struct output output = {draft, hash_new()};
	const struct case_disclosure_out out = {write_file, &output};
	int rc = output.run == NULL ? err_nomem(err) : 0;

	x->shown = case_disclosure_measure(x->d).shown;
	if (rc == 0) {
		hash_start(output.run);
		rc = case_disclosure_write(
		    x->d, x->given->seed, &image, &hashes, &out, err);
	}
	cli_out_progress_end(&x->progress);
	if (rc == 0)
		*ret_hash = hash_finish(output.run);
	hash_free(output.run);
	return rc;
}

int cli_disclosure_write(struct file_draft *draft,
    const struct case_disclosure *d, const struct cli_disclosure_image *given,
    struct hash *ret_hash, struct err *err)
{
	struct disclosing x = {.d = d, .given = given};
	int rc = open_image(&x, err);

	if (rc == 0) {
		rc = gather(&x, err);
		if (rc == 0)
			rc = write_all(&x, draft, ret_hash, err);
		if (rc == ERR_VERIFY)
			err_prefix(err, "%s", given->path);
	}
	cli_disclosure_nodes_done(&x.nodes);
	media_open_done(&x.image);
	return rc;
}

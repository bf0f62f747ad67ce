/*
 * cmd_verify_image.c: `counterfoil verify-image`: is an image still what the
 * ledger says? The hash stored beside or in it is asked only where no ledger
 * is, and then it is said that this proves little.
 */
#include "case_state.h"
#include "cli_case.h"
#include "cli_disclosure_files.h"
#include "cli_image.h"
#include "cli_out.h"
#include "media_file.h"
#include "media_open.h"
#include "media_verify.h"
#include "mem.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define RANGES_SHOWN 20
#define PLACE_MAX 4500
#define PIECE 65536
/* A VHD's geometry adds a few megabytes at most. */
#define TAIL_LOOKED_AT (UINT64_C(64) << 20)

static const struct cli_option options[] = {
    {"item", 0, "COPY", false, "the copy that it is, as the ledger names it"},
    {"seed", 0, "FILE", false,
	"the seed of its salts (default: the case folder's)"},
    {"tree", 0, "FILE", false,
	"the leaves of its tree (default: beside it, with .tree)"},
    {"hash", 0, "KIND,...", false,
	"check only these of the ledger's hashes, or none"},
    {"files", 0, NULL, false, "say which files lie where it is damaged"},
};

struct look {
	const struct cli_args *args;
	struct cli_case c;
	struct media_open image;
	struct cli_image_claim claim;
	struct tree_seed seed;
	bool has_seed;
	int tree_fd;
	struct media_file leaves;
	struct media_verify_result result;
	unsigned hashes; /* to be made */
	uint64_t flaws; /* parts of its files around the medium, damaged */
	bool is_false, is_shown; /* something is wrong; something was right */
};

/* ---- what is at hand ---- */

static int find_seed(struct look *x, struct err *err)
{
	struct err why = {0};
	int rc = cli_image_read_seed(
	    &x->c, x->args, cli_args_get(x->args, "item"), &x->seed, &why);

	x->has_seed = rc == 0;
	if (rc == ERR_NOTFOUND && !cli_args_has(x->args, "seed")) {
		cli_out_remark("the seed of the salts is not in this folder: "
			       "the tree cannot be checked, only the hashes");
		return 0;
	}
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

static int find_claim(struct look *x, struct err *err)
{
	const char *item = cli_args_get(x->args, "item");
	const char *wanted = cli_args_get(x->args, "hash");
	unsigned kinds = 0, only = ~0u;
	int rc = cli_case_open(&x->c, x->args, err);

	if (rc == 0)
		rc = cli_image_claim(&x->c, item, &x->claim, err);
	if (rc == 0 && wanted != NULL)
		rc = media_hash_parse(&only, slice_of(wanted), err);
	if (rc == 0)
		rc = find_seed(x, err);
	if (rc == 0)
		rc = cli_image_open_tree(x->args->words[0],
		    cli_args_get(x->args, "tree"), &x->tree_fd, &x->leaves,
		    err);
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (x->claim.hashes.of[k].is_there)
			kinds |= 1u << k;
	x->hashes = kinds & only;
	if (rc == 0 && x->hashes == 0 && !(x->has_seed && x->claim.has_root))
		rc = err_set(err, ERR_NOTFOUND,
		    "verify-image: of %s the ledger shows this folder nothing "
		    "that the image can be held against: neither root and "
		    "seed nor a hash",
		    item);
	return rc;
}

static int verify(
    struct look *x, bool has_length, uint64_t length, struct err *err)
{
	struct cli_image_progress progress = {.what = "verifying"};
	struct media_verify_options o = {
	    .image = &x->image,
	    .has_length = has_length,
	    .length = length,
	    .seed = x->has_seed && x->claim.has_root ? &x->seed : NULL,
	    .root = x->claim.has_root ? &x->claim.root : NULL,
	    .leaves = x->tree_fd >= 0 ? &x->leaves : NULL,
	    .hashes = x->hashes,
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};

	media_verify_done(&x->result);
	int rc = media_verify(&x->result, &o, err);
	cli_out_progress_end(&progress.shown);
	return rc;
}

/* ---- what is said ---- */

static void say_hashes(struct look *x, const struct media_hash_set *claimed)
{
	char hex[MEDIA_HASH_HEX_SIZE];

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++) {
		const struct media_hash_value *is = &x->result.hashes.of[k];
		bool is_same =
		    memcmp(is->b, claimed->of[k].b, media_hash_size(k)) == 0;

		if (!is->is_there)
			continue;
		media_hash_hex(hex, k, is);
		cli_out("%s: %s: %s\n", media_hash_name(k),
		    is_same ? "as recorded" : "NOT as recorded", hex);
		x->is_false = x->is_false || !is_same;
		x->is_shown = x->is_shown || is_same;
	}
}

static void say_tree(struct look *x)
{
	const struct media_verify_result *r = &x->result;
	char hex[HASH_HEX_SIZE];

	if (!r->has_root)
		return;
	hash_to_hex(hex, &r->root);
	cli_out("tree: %s: %s\n",
	    r->is_root_right ? "as recorded" : "NOT as recorded", hex);
	x->is_false = x->is_false || !r->is_root_right;
	x->is_shown = x->is_shown || r->is_root_right;
}

static void say_ranges(
    struct look *x, const struct media_ranges *ranges, const char *what)
{
	char place[PLACE_MAX];

	x->is_false = x->is_false || ranges->n > 0;
	for (size_t i = 0; i < ranges->n && i < RANGES_SHOWN; i++) {
		uint64_t at = ranges->of[i].at;
		uint64_t end = at + ranges->of[i].length;

		media_open_say_place(
		    &x->image, at, ranges->of[i].length, place, sizeof(place));
		cli_out("%s: bytes %" PRIu64 " to %" PRIu64 ", chunk %" PRIu64
			" to %" PRIu64 ": %s\n",
		    what, at, end - 1, at / TREE_CHUNK_SIZE,
		    (end - 1) / TREE_CHUNK_SIZE, place);
	}
	if (ranges->n > RANGES_SHOWN)
		cli_out(
		    "%s: %zu more ranges\n", what, ranges->n - RANGES_SHOWN);
}

/* Only when asked: the names of files are people's data. An image whose file
 * systems cannot be read is no less damaged for that. */
static void say_files(struct look *x, const struct media_ranges *ranges)
{
	struct err why = {0};

	if (!cli_args_has(x->args, "files") || ranges->n == 0)
		return;
	if (cli_disclosure_files_owners(&x->image, ranges, &why) != 0)
		cli_out_remark(
		    "which files lie there cannot be said: %s", why.message);
}

static void say_damage(struct look *x)
{
	const struct media_ranges *damaged = &x->result.damaged;

	say_ranges(x, &x->result.unreadable, "unreadable");
	if (x->result.unreadable.n > 0)
		cli_out("unreadable: the disk that the image is on does not "
			"give these bytes; copy the image from it before more "
			"is lost\n");
	say_files(x, &x->result.unreadable);
	say_ranges(x, damaged, "damaged");
	say_files(x, damaged);
	if (damaged->n > 0 && x->result.has_leaves)
		cli_out("vouched for: the other %" PRIu64 " of %" PRIu64
			" bytes, by the recorded tree\n",
		    x->result.length - damaged->bytes, x->result.length);
	else if (damaged->n > 0)
		cli_out("the places are those of the image's own checksums; "
			"with its .tree file they would be certain\n");
	else if (x->is_false && x->result.unreadable.n == 0)
		cli_out("where cannot be said without the image's .tree "
			"file\n");
	else if (x->is_false)
		cli_out("whether the rest is right cannot be said without the "
			"image's .tree file\n");
}

/* Whether all of [from, end) of a foreign image is zero. */
static int is_all_zero(
    struct look *x, uint64_t from, uint64_t end, bool *ret_is, struct err *err)
{
	struct cage_image_damage *damage = mem_new(1, sizeof(*damage));
	uint8_t *bytes = mem_new(PIECE, 1);
	struct cage_image *box = NULL;
	bool is_zero = true;
	int rc = bytes == NULL || damage == NULL ? err_nomem(err) : 0;

	while (from < end && rc == 0 && is_zero) {
		size_t n = end - from < PIECE ? (size_t)(end - from) : PIECE;

		rc = media_open_read(
		    &x->image, &box, from, bytes, n, damage, err);
		is_zero = rc == 0 && damage->n == 0;
		for (size_t i = 0; i < n; i++)
			is_zero = is_zero && bytes[i] == 0;
		from += n;
	}
	*ret_is = is_zero;
	cage_image_free(box);
	free(bytes);
	free(damage);
	return rc;
}

/* What the image has beyond the medium's length, and why. */
static int say_tail(struct look *x, struct err *err)
{
	const struct media_verify_result *r = &x->result;
	bool is_zero = false;
	uint64_t n = r->available > r->length ? r->available - r->length : 0;
	int rc = 0;

	if (r->available < r->length) {
		cli_out("missing: the last %" PRIu64 " of %" PRIu64 " bytes\n",
		    r->length - r->available, r->length);
		x->is_false = true;
	}
	if (n == 0)
		return 0;
	if (x->image.foreign != NULL && n <= TAIL_LOOKED_AT)
		rc = is_all_zero(x, r->length, r->available, &is_zero, err);
	if (rc == 0 && is_zero)
		cli_out("behind the end: %" PRIu64 " bytes of zero, which fill "
			"up %s\n",
		    n,
		    x->image.style == MEDIA_NAME_E01
			? "the last sector of an E01"
			: "the image to a length that its format can have");
	else if (rc == 0)
		cli_out("behind the end: %" PRIu64 " bytes that are not in the "
			"record\n",
		    n);
	return rc;
}

/* ---- without a ledger ---- */

static void say_own_tail(const struct media_about *a, bool is_with)
{
	if (a->available > a->declared)
		cli_out("tail: %" PRIu64 " bytes lie behind the last of the "
			"%" PRIu64 " bytes that the image declares in whole "
			"sectors; the stored hash is %s them. Programs that "
			"count sectors lose them and report a failure.\n",
		    a->available - a->declared, a->declared,
		    is_with ? "with" : "without");
}

static int look_alone(struct look *x, struct err *err)
{
	const struct media_about *a = &x->image.about;
	const struct media_hash_set stored = a->hashes;
	bool is_with = false;
	int rc;

	if (x->image.style != MEDIA_NAME_E01)
		return err_set(err, ERR_USAGE,
		    "verify-image: %s says nothing of what it should hold; "
		    "give --item COPY",
		    x->image.foreign == NULL ? "a raw image"
					     : "an image of this format");
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (stored.of[k].is_there)
			x->hashes |= 1u << k;
	rc = verify(x, true, a->available, err);
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		is_with = is_with ||
		    (stored.of[k].is_there &&
			memcmp(stored.of[k].b, x->result.hashes.of[k].b,
			    media_hash_size(k)) == 0);
	if (rc == 0 && a->available > a->declared && !is_with)
		rc = verify(x, true, a->declared, err);
	if (rc != 0)
		return rc;
	say_hashes(x, &stored);
	say_own_tail(a, is_with);
	say_damage(x);
	if (x->hashes == 0) {
		cli_out("no hash %sis stored in it; every checksum %s\n",
		    x->flaws > 0 ? "that can be read " : "",
		    x->is_false || x->flaws > 0 ? "was looked at" : "is right");
		x->is_shown = true;
	}
	cli_out_remark("this holds the image against what it says of itself; "
		       "whoever changed it could change that too. Give --item "
		       "COPY for the ledger's word.");
	return 0;
}

static int look_by_ledger(struct look *x, struct err *err)
{
	int rc = find_claim(x, err);

	if (rc == 0)
		rc = verify(x, x->claim.has_length, x->claim.length, err);
	if (rc != 0)
		return rc;
	say_tree(x);
	say_hashes(x, &x->claim.hashes);
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (x->claim.withheld & 1u << k &&
		    !x->claim.hashes.of[k].is_there)
			cli_out_remark("%s: withheld from this folder",
			    media_hash_name(k));
	rc = say_tail(x, err);
	say_damage(x);
	return rc;
}

static int conclude(const struct look *x)
{
	const char *image = x->args->words[0];

	if (x->is_false || !x->is_shown) {
		cli_out("%s: NOT intact\n", image);
		return CLI_FALSE;
	}
	if (x->flaws > 0) {
		cli_out("%s: the bytes are as %s; the file has damage that "
			"does not touch them\n",
		    image,
		    cli_args_has(x->args, "item") ? "recorded"
						  : "the image says");
		return CLI_FALSE;
	}
	cli_out("%s: intact\n", image);
	return CLI_DONE;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct look x = {.args = args, .tree_fd = -1};
	int rc;

	cli_image_allow_files();
	rc = media_open(&x.image, args->words[0], err);
	if (rc == 0)
		rc = cli_image_say_flaws(&x.image, &x.flaws, err);
	if (rc == 0)
		rc = cli_args_has(args, "item") ? look_by_ledger(&x, err)
						: look_alone(&x, err);
	if (rc == 0)
		rc = conclude(&x);
	if (x.tree_fd >= 0)
		(void)close(x.tree_fd); /* only read */
	mem_wipe(&x.seed, sizeof(x.seed));
	media_verify_done(&x.result);
	media_open_done(&x.image);
	cli_case_done(&x.c);
	return rc;
}

const struct cli_command cmd_verify_image = {
    .name = "verify-image",
    .group = CLI_CHECKING,
    .usage = "IMAGE [--item COPY]",
    .summary = "Holds an image against the ledger, and says where it is "
	       "damaged",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil verify-image IMG-0001.E01 --item IMG-0001\n",
    .run = run,
};

/*
 * cmd_verify_image.c: `counterfoil verify-image`: is an image still what the
 * ledger says? The hash stored beside or in it is asked only where no ledger
 * is, and then it is said that this proves little.
 *
 * Here it is looked at; what is said of it is in cli_verify.h.
 */
#include "case_state.h"
#include "cli_case.h"
#include "cli_image.h"
#include "cli_lock_note.h"
#include "cli_out.h"
#include "cli_owners.h"
#include "cli_verify.h"
#include "media_file.h"
#include "media_open.h"
#include "media_verify.h"
#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PIECE 65536
/* A VHD's geometry adds a few megabytes at most. */
#define TAIL_LOOKED_AT (UINT64_C(64) << 20)
#define FLAWS_BYTES_MAX (1u << 20)

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
	struct cli_image_claim claim;
	struct tree_seed seed;
	bool has_seed;
	int tree_fd;
	struct media_file leaves;
	unsigned hashes; /* to be made */
	struct cli_verify v;
};

/* ---- what is at hand ---- */

static int find_seed(struct look *x, struct err *err)
{
	const char *item = cli_args_get(x->args, "item");
	struct err why = {0};
	int rc = cli_image_read_seed(&x->c, x->args, item, &x->seed, &why);

	x->has_seed = rc == 0;
	if (rc == ERR_NOTFOUND && !cli_args_has(x->args, "seed")) {
		cli_out_remark("the seed of the salts is not in this folder: "
			       "the tree cannot be checked, only the hashes%s",
		    x->c.state != NULL && item != NULL &&
			    cli_image_is_seed_locked(&x->c, item)
			? "; " CLI_IMAGE_SEED_LOCKED
			: "");
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
	x->v.has_tree_file =
	    x->tree_fd >= 0 && x->has_seed && x->claim.has_root;
	x->hashes = kinds & only;
	x->v.claimed = x->claim.hashes;
	x->v.withheld = x->claim.withheld & ~kinds;
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
	    .image = &x->v.image,
	    .has_length = has_length,
	    .length = length,
	    .seed = x->has_seed && x->claim.has_root ? &x->seed : NULL,
	    .root = x->claim.has_root ? &x->claim.root : NULL,
	    .leaves = x->tree_fd >= 0 ? &x->leaves : NULL,
	    .hashes = x->hashes,
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};

	media_verify_done(&x->v.result);
	int rc = media_verify(&x->v.result, &o, err);
	cli_out_progress_end(&progress.shown);
	return rc;
}

/* ---- what lies where ---- */

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
		    &x->v.image, &box, from, bytes, n, damage, err);
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

static int look_behind(struct look *x, struct err *err)
{
	const struct media_verify_result *r = &x->v.result;
	const uint64_t n = cli_verify_behind_bytes(&x->v);
	bool is_zero = false;
	int rc = 0;

	if (n == 0)
		return 0;
	if (x->v.image.foreign != NULL && n <= TAIL_LOOKED_AT)
		rc = is_all_zero(x, r->length, r->available, &is_zero, err);
	if (is_zero)
		x->v.behind = CLI_VERIFY_ZEROS;
	else if (x->v.image.style == MEDIA_NAME_E01 &&
	    r->length == x->v.image.about.declared)
		x->v.behind = CLI_VERIFY_TAIL;
	else
		x->v.behind = CLI_VERIFY_OTHER;
	return rc;
}

/* Only when asked: the names of files are people's data. */
static void find_owners(struct look *x, const struct media_ranges *ranges,
    struct cli_verify_owners *owners)
{
	owners->is_asked = cli_args_has(x->args, "files") && ranges->n > 0;
	/* why_not has the same code. */
	if (owners->is_asked &&
	    cli_owners_find(
		&owners->of, &x->v.image, ranges, &owners->why_not) != 0)
		assert(owners->why_not.code != 0);
}

/* ---- without a ledger ---- */

static bool is_a_stored_hash(const struct look *x)
{
	bool is = false;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		is = is ||
		    (x->v.claimed.of[k].is_there &&
			memcmp(x->v.claimed.of[k].b, x->v.result.hashes.of[k].b,
			    media_hash_size(k)) == 0);
	return is;
}

static int look_alone(struct look *x, struct err *err)
{
	const struct media_about *a = &x->v.image.about;
	int rc;

	if (x->v.image.style != MEDIA_NAME_E01)
		return err_set(err, ERR_USAGE,
		    "verify-image: %s says nothing of what it should hold; "
		    "give --item COPY",
		    x->v.image.foreign == NULL ? "a raw image"
					       : "an image of this format");
	x->v.claimed = a->hashes;
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (a->hashes.of[k].is_there)
			x->hashes |= 1u << k;
	rc = verify(x, true, a->available, err);
	if (rc == 0)
		x->v.is_tail_hashed = is_a_stored_hash(x);
	if (rc == 0 && a->available > a->declared && !x->v.is_tail_hashed)
		rc = verify(x, true, a->declared, err);
	return rc;
}

static int look_by_ledger(struct look *x, struct err *err)
{
	int rc = find_claim(x, err);

	if (rc == 0)
		rc = verify(x, x->claim.has_length, x->claim.length, err);
	return rc == 0 ? look_behind(x, err) : rc;
}

/* ---- all of it ---- */

static int find_flaws(struct look *x, struct err *err)
{
	struct cli_verify *v = &x->v;

	return cli_args_has(x->args, "json")
	    ? cli_image_find_flaws(&v->image, &v->flaws, &v->flaw_count, err)
	    : cli_image_say_flaws(&v->image, &v->flaw_count, err);
}

static int say(struct look *x, struct err *err)
{
	struct buf out;
	int rc;

	find_owners(x, &x->v.result.unreadable, &x->v.unreadable);
	find_owners(x, &x->v.result.damaged, &x->v.damaged);
	if (cli_args_has(x->args, "json")) {
		buf_init(&out, CLI_VERIFY_JSON_MAX);
		cli_verify_put_json(&x->v, &out);
		rc = buf_check(&out, err);
		if (rc == 0)
			cli_out_raw(buf_slice(&out));
		buf_done(&out);
		if (rc != 0)
			return rc;
	} else {
		cli_verify_say(&x->v);
	}
	if (x->v.item == NULL)
		cli_out_remark("this holds the image against what it says of "
			       "itself; whoever changed it could change that "
			       "too. Give --item COPY for the ledger's word.");
	return cli_verify_verdict(&x->v) == CLI_VERIFY_INTACT ? CLI_DONE
							      : CLI_FALSE;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct look x = {.args = args, .tree_fd = -1};
	int rc;

	x.v.path = args->words[0];
	x.v.item = cli_args_get(args, "item");
	buf_init(&x.v.flaws, FLAWS_BYTES_MAX);
	cli_image_allow_files();
	rc = cli_lock_note_explain(args->words[0],
	    media_open_incomplete(&x.v.image, args->words[0], err), err);
	if (rc == 0)
		rc = find_flaws(&x, err);
	if (rc == 0)
		rc = x.v.item != NULL ? look_by_ledger(&x, err)
				      : look_alone(&x, err);
	if (rc == 0)
		rc = say(&x, err);
	if (x.tree_fd >= 0)
		(void)close(x.tree_fd); /* only read */
	mem_wipe(&x.seed, sizeof(x.seed));
	cli_verify_done(&x.v);
	cli_case_done(&x.c);
	return rc;
}

const struct cli_command cmd_verify_image = {
    .name = "verify-image",
    .group = CLI_CHECKING,
    .usage = "IMAGE [--item COPY] [--files] [--json]",
    .summary = "Holds an image against the ledger, and says where it is "
	       "damaged",
    .shared = CLI_SHARED_CASE | CLI_SHARED_JSON,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 1,
    .words_max = 1,
    .examples = "  counterfoil verify-image IMG-0001.E01 --item IMG-0001\n",
    .run = run,
};

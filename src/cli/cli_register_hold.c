/*
 * cli_register_hold.c: see cli_register_hold.h.
 *
 * A medium whose end fills no sector is counted by some programs without its
 * tail and hashed with it: both lengths are tried before a hash is called
 * wrong.
 */
#include "cli_register_hold.h"

#include "cli_image.h"
#include "cli_out.h"
#include "media_verify.h"
#include "mem.h"
#include "text.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_SHOWN 20
#define PLACE_MAX 4500
#define PIECE 65536 /* whole sectors of any size that there is */

/* ---- lengths ---- */

/* All bytes, and those of whole sectors where they are fewer; how many. */
static size_t lengths_of(
    const struct cli_register_hold *h, uint64_t ret_lengths[2])
{
	const struct media_log *log = h->log;
	uint64_t all = h->image->whole.length, whole = all;

	if (h->image->foreign != NULL) {
		const struct media_about *a = &h->image->about;

		if (a->available > a->declared) {
			all = a->available;
			whole = a->declared;
		}
	} else if (log->kind != MEDIA_LOG_DC3DD && log->has_length &&
	    log->length < all && all - log->length < log->sector_size) {
		/* dc3dd counts the bytes of a last sector that is not full. */
		whole = log->length;
	}
	ret_lengths[0] = all;
	ret_lengths[1] = whole;
	return all == whole ? 1 : 2;
}

static const struct media_hash_set *stored_in(const struct cli_register_hold *h)
{
	static const struct media_hash_set none;

	return h->image->foreign != NULL ? &h->image->about.hashes : &none;
}

static unsigned kinds_of(const struct media_hash_set *set)
{
	unsigned kinds = 0;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (set->of[k].is_there)
			kinds |= 1u << k;
	return kinds;
}

int cli_register_hold_check(struct cli_register_hold *h, struct err *err)
{
	const struct media_log *log = h->log;
	uint64_t lengths[2];
	size_t n = lengths_of(h, lengths);

	if (log->is_failed)
		return err_set(err, ERR_VERIFY,
		    "the log says that the copy did not succeed; make it "
		    "again, or `counterfoil image` can");
	if (kinds_of(&log->hashes) == 0)
		return err_set(err, ERR_VERIFY,
		    "the log says no MD5, SHA-1 or SHA-256 of the medium, so "
		    "nothing shows that it is of this image");
	if (log->has_length && log->length != lengths[0] &&
	    log->length != lengths[n - 1])
		return err_set(err, ERR_VERIFY,
		    "the image has %" PRIu64 " bytes and the log says %" PRIu64
		    ": it is another image, or a part of it is missing",
		    lengths[0], log->length);
	if (log->bad.n > 0 && log->bad.of[log->bad.n - 1].at >= lengths[0])
		return err_set(err, ERR_VERIFY,
		    "the log names an unreadable place at %" PRIu64
		    ", and the image has %" PRIu64
		    " bytes: it is another image",
		    log->bad.of[log->bad.n - 1].at, lengths[0]);
	return 0;
}

/* ---- reading ---- */

static int take_leaves(
    void *cookie, const struct hash *leaves, size_t n, struct err *err)
{
	struct file_draft *draft = cookie;

	return file_draft_write(draft, leaves, n * sizeof(*leaves), err);
}

static int read_once(struct cli_register_hold *h, uint64_t length,
    struct media_verify_result *result, struct err *err)
{
	struct cli_image_progress progress = {.what = "reading"};
	struct media_verify_options o = {
	    .image = h->image,
	    .has_length = true,
	    .length = length,
	    .seed = h->seed,
	    .hashes =
		h->wanted | kinds_of(&h->log->hashes) | kinds_of(stored_in(h)),
	    .take_leaves = take_leaves,
	    .leaves_cookie = &h->tree,
	    .progress = cli_image_tick,
	    .progress_cookie = &progress,
	};
	int rc = 0;

	file_draft_done(&h->tree);
	media_verify_done(result);
	rc = file_draft_open(&h->tree, AT_FDCWD, h->tree_path, 0640, err);
	if (rc == 0)
		rc = media_verify(result, &o, err);
	cli_out_progress_end(&progress.shown);
	return rc;
}

/* How many of `said` are other than worked out. */
static size_t count_false(
    const struct media_hash_set *said, const struct media_hash_set *is)
{
	size_t n = 0;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		n += said->of[k].is_there &&
		    memcmp(said->of[k].b, is->of[k].b, media_hash_size(k)) != 0;
	return n;
}

static size_t count_all_false(
    const struct cli_register_hold *h, const struct media_verify_result *result)
{
	return count_false(&h->log->hashes, &result->hashes) +
	    count_false(stored_in(h), &result->hashes);
}

/* ---- what is said ---- */

static void say_hashes(const struct media_hash_set *said,
    const struct media_hash_set *is, const char *by)
{
	char hex[MEDIA_HASH_HEX_SIZE], said_hex[MEDIA_HASH_HEX_SIZE];

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++) {
		if (!said->of[k].is_there)
			continue;
		media_hash_hex(hex, k, &is->of[k]);
		media_hash_hex(said_hex, k, &said->of[k]);
		if (strcmp(hex, said_hex) == 0)
			cli_out("%s: as %s says: %s\n", media_hash_name(k), by,
			    hex);
		else
			cli_out("%s: NOT as %s says\n  %s says: %s\n  the "
				"bytes give: %s\n",
			    media_hash_name(k), by, by, said_hex, hex);
	}
}

static void say_damage(
    struct cli_register_hold *h, const struct media_verify_result *result)
{
	const struct media_ranges *damaged = &result->damaged;
	char place[PLACE_MAX], span[TEXT_SPAN_SIZE];

	for (size_t i = 0; i < damaged->n && i < RANGES_SHOWN; i++) {
		uint64_t at = damaged->of[i].at, n = damaged->of[i].length;

		media_open_say_place(h->image, at, n, place, sizeof(place));
		text_span(span, at, n);
		cli_out("damaged: %s: %s\n", span, place);
	}
	if (damaged->n > RANGES_SHOWN)
		cli_out(
		    "damaged: %zu more ranges\n", damaged->n - RANGES_SHOWN);
}

/* Whether log and image name one and the same hash. */
static bool is_of_one(
    const struct media_hash_set *a, const struct media_hash_set *b)
{
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (a->of[k].is_there && b->of[k].is_there &&
		    memcmp(a->of[k].b, b->of[k].b, media_hash_size(k)) == 0)
			return true;
	return false;
}

static int refuse(struct cli_register_hold *h,
    const struct media_verify_result *result, bool is_tail_tried)
{
	const struct media_hash_set *stored = stored_in(h);
	const char *why = "either the log is of another image, or the image "
			  "was changed after it was made";

	say_hashes(&h->log->hashes, &result->hashes, "the log");
	say_hashes(stored, &result->hashes, "the image");
	say_damage(h, result);
	if (result->unreadable.n > 0)
		cli_out("unreadable: the disk that the image is on does not "
			"give %" PRIu64 " bytes of it, the first at %" PRIu64
			"\n",
		    result->unreadable.bytes, result->unreadable.of[0].at);
	if (is_tail_tried)
		cli_out("the bytes behind the last whole sector explain "
			"nothing: without them the hashes are others, too\n");
	if (is_of_one(&h->log->hashes, stored))
		why = "log and image name the same hash: it is the log of "
		      "this image, which was changed or damaged after it was "
		      "made";
	else if (kinds_of(stored) != 0 &&
	    count_false(stored, &result->hashes) == 0)
		why = "the image is whole by its own word: the log is of "
		      "another image";
	cli_out("refused: %s. Nothing is entered. Look for the log that "
		"belongs to it, or for another copy.\n",
	    why);
	return CLI_FALSE;
}

static void say_tail(
    const struct cli_register_hold *h, const uint64_t lengths[2], size_t n)
{
	if (n == 1)
		return;
	cli_out("tail: %" PRIu64 " bytes lie behind the last whole sector; the "
		"hashes are %s them, and so is the copy\n",
	    lengths[0] - lengths[1],
	    h->length == lengths[0] ? "with" : "without");
}

static int read_piece(struct cli_register_hold *h, struct cage_image **box,
    struct cage_image_damage *damage, uint64_t at, uint8_t *bytes, size_t n,
    struct err *err)
{
	return h->image->foreign != NULL
	    ? media_open_read(h->image, box, at, bytes, n, damage, err)
	    : media_file_read(&h->image->whole, at, bytes, n, err);
}

/* Sectors of a piece of a range that are zero stay in it; others contradict
 * whoever called them unreadable. */
static int sort_piece(struct cli_register_hold *h, struct media_ranges *kept,
    uint64_t at, const uint8_t *bytes, size_t n, struct err *err)
{
	const size_t sector = h->log->sector_size < n ? h->log->sector_size : n;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i += sector) {
		const size_t here = n - i < sector ? n - i : sector;
		bool is_zero = true;

		for (size_t j = i; j < i + here; j++)
			is_zero = is_zero && bytes[j] == 0;
		if (is_zero) {
			rc = media_range_add(kept, at + i, here, err);
			continue;
		}
		if (h->not_zero == 0)
			h->not_zero_at = at + i;
		h->not_zero += here;
	}
	return rc;
}

/* A copy has zeros where nothing could be read. A log that names other places
 * is of another copy, or was written over; what is there stays evidence. */
static int drop_not_zero(struct cli_register_hold *h, struct err *err)
{
	struct cage_image_damage *damage = mem_new(1, sizeof(*damage));
	uint8_t *bytes = mem_new(PIECE, 1);
	struct media_ranges kept = {0};
	struct cage_image *box = NULL;
	int rc = bytes == NULL || damage == NULL ? err_nomem(err) : 0;

	for (size_t i = 0; i < h->bad.n && rc == 0; i++) {
		const uint64_t end = h->bad.of[i].at + h->bad.of[i].length;

		for (uint64_t at = h->bad.of[i].at; at < end && rc == 0;) {
			const size_t n =
			    end - at < PIECE ? (size_t)(end - at) : PIECE;

			rc = read_piece(h, &box, damage, at, bytes, n, err);
			if (rc == 0)
				rc = sort_piece(h, &kept, at, bytes, n, err);
			at += n;
		}
	}
	if (rc == 0) {
		media_range_done(&h->bad);
		h->bad = kept;
	} else {
		media_range_done(&kept);
	}
	cage_image_free(box);
	free(bytes);
	free(damage);
	return rc;
}

static int take_bad(struct cli_register_hold *h, struct err *err)
{
	const struct media_ranges none = {0};
	const struct media_ranges *own =
	    h->image->foreign != NULL ? &h->image->about.bad : &none;
	int rc = media_range_join(&h->bad, &h->log->bad, own, err);

	if (rc != 0)
		return rc;
	media_range_cut(&h->bad, h->length);
	if (own->n > 0 && !media_range_is_same(own, &h->log->bad))
		cli_out_remark("unreadable places: log and image name others; "
			       "those of both are taken");
	return drop_not_zero(h, err);
}

int cli_register_hold_read(struct cli_register_hold *h, struct err *err)
{
	struct media_verify_result result = {0};
	uint64_t lengths[2];
	size_t n = lengths_of(h, lengths), tried = 0;
	int rc = read_once(h, lengths[0], &result, err);

	if (rc == 0 && n == 2 && count_all_false(h, &result) > 0) {
		rc = read_once(h, lengths[1], &result, err);
		tried = 1;
	}
	if (rc == 0 &&
	    (count_all_false(h, &result) > 0 ||
		result.damaged.n + result.unreadable.n > 0)) {
		rc = refuse(h, &result, tried == 1);
		media_verify_done(&result);
		return rc;
	}
	media_verify_done(&result);
	if (rc != 0)
		return rc;
	h->length = lengths[tried];
	h->root = result.root;
	h->hashes = result.hashes;
	say_hashes(&h->log->hashes, &h->hashes, "the log");
	say_hashes(stored_in(h), &h->hashes, "the image");
	say_tail(h, lengths, n);
	return take_bad(h, err);
}

void cli_register_hold_done(struct cli_register_hold *h)
{
	file_draft_done(&h->tree);
	media_range_done(&h->bad);
}

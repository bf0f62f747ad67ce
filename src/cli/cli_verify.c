/*
 * cli_verify.c: see cli_verify.h. Here are the verdict and the words.
 */
#include "cli_verify.h"

#include "cli_out.h"
#include "cli_owners.h"
#include "text.h"
#include "tree_chunk.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RANGES_SHOWN 20
#define PLACE_MAX 4500
#define SECTOR 512

void cli_verify_done(struct cli_verify *v)
{
	free(v->unreadable.of.of);
	free(v->damaged.of.of);
	buf_done(&v->flaws);
	media_verify_done(&v->result);
	media_open_done(&v->image);
}

/* ---- what it comes to ---- */

static bool is_hash_right(const struct cli_verify *v, enum media_hash_kind kind)
{
	return memcmp(v->result.hashes.of[kind].b, v->claimed.of[kind].b,
		   media_hash_size(kind)) == 0;
}

uint64_t cli_verify_behind_bytes(const struct cli_verify *v)
{
	const struct media_verify_result *r = &v->result;

	return v->item != NULL && r->available > r->length
	    ? r->available - r->length
	    : 0;
}

uint64_t cli_verify_missing_bytes(const struct cli_verify *v)
{
	return v->result.missing.bytes;
}

uint64_t cli_verify_tail_bytes(const struct cli_verify *v)
{
	const struct media_about *a = &v->image.about;

	return v->item == NULL && a->available > a->declared
	    ? a->available - a->declared
	    : 0;
}

/* Something is wrong. */
static bool is_false(const struct cli_verify *v)
{
	const struct media_verify_result *r = &v->result;
	bool is = r->unreadable.n > 0 || r->damaged.n > 0 ||
	    cli_verify_missing_bytes(v) > 0 ||
	    (r->has_root && !r->is_root_right);

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		is = is || (r->hashes.of[k].is_there && !is_hash_right(v, k));
	return is;
}

/* An E01 that has no hash: its checksums are all that it says. */
static bool has_checksums_only(const struct cli_verify *v)
{
	bool has_hash = false;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		has_hash = has_hash || v->result.hashes.of[k].is_there;
	return v->item == NULL && !has_hash;
}

/* Something was right: nothing is not enough. */
static bool is_shown(const struct cli_verify *v)
{
	const struct media_verify_result *r = &v->result;
	bool is = (r->has_root && r->is_root_right) || has_checksums_only(v);

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		is = is || (r->hashes.of[k].is_there && is_hash_right(v, k));
	return is;
}

enum cli_verify_verdict cli_verify_verdict(const struct cli_verify *v)
{
	if (is_false(v) || !is_shown(v))
		return CLI_VERIFY_NOT_INTACT;
	return v->flaw_count > 0 || v->behind == CLI_VERIFY_OTHER
	    ? CLI_VERIFY_FILE_DAMAGED
	    : CLI_VERIFY_INTACT;
}

/* ---- the words ---- */

static void say_tree(const struct cli_verify *v)
{
	const struct media_verify_result *r = &v->result;
	char hex[HASH_HEX_SIZE];

	if (r->missing.n > 0)
		cli_out("tree and hashes: cannot be made, bytes are missing\n");
	if (!r->has_root)
		return;
	hash_to_hex(hex, &r->root);
	cli_out("tree: %s: %s\n",
	    r->is_root_right ? "as recorded" : "NOT as recorded", hex);
}

static void say_hashes(const struct cli_verify *v)
{
	char hex[MEDIA_HASH_HEX_SIZE];

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++) {
		const struct media_hash_value *is = &v->result.hashes.of[k];

		if (is->is_there) {
			media_hash_hex(hex, k, is);
			cli_out("%s: %s: %s\n", media_hash_name(k),
			    is_hash_right(v, k) ? "as recorded"
						: "NOT as recorded",
			    hex);
		} else if (v->withheld & 1u << k) {
			cli_out_remark("%s: withheld from this folder",
			    media_hash_name(k));
		}
	}
}

/* What the image has beyond the medium's length, and why. */
static void say_behind(struct cli_verify *v)
{
	const uint64_t n = cli_verify_behind_bytes(v);
	char place[PLACE_MAX];

	if (v->behind == CLI_VERIFY_ZEROS)
		cli_out("behind the end: %" PRIu64 " bytes of zero, which fill "
			"up %s\n",
		    n,
		    v->image.style == MEDIA_NAME_E01
			? "the last sector of an E01"
			: "the image to a length that its format can have");
	if (v->behind == CLI_VERIFY_TAIL)
		cli_out("behind the end: %" PRIu64 " bytes that are not in the "
			"record: a tail in the last chunk of an E01, which "
			"programs that count sectors do not see\n",
		    n);
	if (v->behind != CLI_VERIFY_OTHER)
		return;
	media_open_say_place(
	    &v->image, v->result.length, n, place, sizeof(place));
	cli_out("behind the end: %" PRIu64 " bytes that are not in the record: "
		"%s\n",
	    n, place);
	if (n < SECTOR && v->result.length % SECTOR == 0)
		cli_out("behind the end: perhaps a tail that fills no sector, "
			"which the program that made the image did not "
			"count\n");
}

static void say_tail(const struct cli_verify *v)
{
	const uint64_t n = cli_verify_tail_bytes(v);

	if (n > 0)
		cli_out("tail: %" PRIu64 " bytes lie behind the last of the "
			"%" PRIu64 " bytes that the image declares in whole "
			"sectors; the stored hash is %s them. Programs that "
			"count sectors lose them and report a failure.\n",
		    n, v->image.about.declared,
		    v->is_tail_hashed ? "with" : "without");
}

static void say_ranges(
    struct cli_verify *v, const struct media_ranges *ranges, const char *what)
{
	char place[PLACE_MAX], span[TEXT_SPAN_SIZE];

	for (size_t i = 0; i < ranges->n && i < RANGES_SHOWN; i++) {
		const uint64_t at = ranges->of[i].at, n = ranges->of[i].length;

		media_open_say_place(&v->image, at, n, place, sizeof(place));
		text_span(span, at, n);
		cli_out("%s: %s, chunk %" PRIu64 " to %" PRIu64 ": %s\n", what,
		    span, at / TREE_CHUNK_SIZE, (at + n - 1) / TREE_CHUNK_SIZE,
		    place);
	}
	if (ranges->n > RANGES_SHOWN)
		cli_out(
		    "%s: %zu more ranges\n", what, ranges->n - RANGES_SHOWN);
}

/* An image whose file systems cannot be read is no less damaged for that. */
static void say_owners(const struct cli_verify_owners *owners)
{
	if (owners->is_asked && owners->why_not.code != 0)
		cli_out_remark("which files lie there cannot be said: %s",
		    owners->why_not.message);
	else if (owners->is_asked)
		cli_owners_say(&owners->of);
}

static void say_rest(const struct cli_verify *v)
{
	const struct media_verify_result *r = &v->result;

	if (is_false(v) && v->has_tree_file && !r->has_leaves)
		cli_out("the .tree file is there and is NOT that of the "
			"recorded tree: it is not used; look for the right "
			"one\n");
	if (r->damaged.n > 0 && r->has_leaves)
		cli_out("vouched for: the other %" PRIu64 " of %" PRIu64
			" bytes, by the recorded tree\n",
		    r->length - r->damaged.bytes, r->length);
	else if (r->damaged.n > 0)
		cli_out("the places are those of the image's own checksums; "
			"with its right .tree file they would be certain\n");
	else if (is_false(v) && r->unreadable.n + r->missing.n == 0)
		cli_out("where cannot be said without the image's right "
			".tree file\n");
	else if (is_false(v))
		cli_out("whether the rest is right cannot be said without the "
			"image's right .tree file\n");
}

static void say_damage(struct cli_verify *v)
{
	say_ranges(v, &v->result.missing, "missing");
	if (v->result.missing.n > 0)
		cli_out("missing: %" PRIu64 " of %" PRIu64 " bytes; look for "
			"the file, or for another copy of the image\n",
		    v->result.missing.bytes, v->result.length);
	say_ranges(v, &v->result.unreadable, "unreadable");
	if (v->result.unreadable.n > 0)
		cli_out("unreadable: the disk that the image is on does not "
			"give these bytes; copy the image from it before more "
			"is lost\n");
	say_owners(&v->unreadable);
	say_ranges(v, &v->result.damaged, "damaged");
	say_owners(&v->damaged);
	say_rest(v);
}

static void conclude(const struct cli_verify *v)
{
	switch (cli_verify_verdict(v)) {
	case CLI_VERIFY_NOT_INTACT:
		cli_out("%s: NOT intact\n", v->path);
		return;
	case CLI_VERIFY_FILE_DAMAGED:
		cli_out("%s: the bytes are as %s; the file has %s\n", v->path,
		    v->item != NULL ? "recorded" : "the image says",
		    v->behind == CLI_VERIFY_OTHER
			? "more, behind them, that are not in the record: it "
			  "is not the file that was made"
			: "damage that does not touch them");
		return;
	case CLI_VERIFY_INTACT:
		cli_out("%s: intact\n", v->path);
		return;
	}
}

void cli_verify_say(struct cli_verify *v)
{
	say_tree(v);
	say_hashes(v);
	say_behind(v);
	say_tail(v);
	say_damage(v);
	if (has_checksums_only(v))
		cli_out("no hash %sis stored in it; every checksum %s\n",
		    v->flaw_count > 0 ? "that can be read " : "",
		    is_false(v) || v->flaw_count > 0 ? "was looked at"
						     : "is right");
	conclude(v);
}

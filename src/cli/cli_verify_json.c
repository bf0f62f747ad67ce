/*
 * cli_verify_json.c: what verify-image found out, as JSON (cli_verify.h).
 */
#include "cli_json.h"
#include "cli_owners.h"
#include "cli_verify.h"
#include "json.h"
#include "tree_chunk.h"

#include <string.h>

#define PLACE_MAX 4500

static const char *const verdicts[] = {
    [CLI_VERIFY_INTACT] = "intact",
    [CLI_VERIFY_FILE_DAMAGED] = "file-damaged",
    [CLI_VERIFY_NOT_INTACT] = "not-intact",
};

static void put_tree(struct json *j, const struct media_verify_result *r)
{
	if (!r->has_root) {
		json_null(j, "tree");
		return;
	}
	json_open_object(j, "tree");
	cli_json_hash(j, "root", &r->root);
	json_bool(j, "is_right", r->is_root_right);
	json_bool(j, "has_leaves", r->has_leaves);
	json_close_object(j);
}

static void put_hashes(struct json *j, const struct cli_verify *v)
{
	char hex[MEDIA_HASH_HEX_SIZE];

	json_open_array(j, "hashes");
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++) {
		const struct media_hash_value *is = &v->result.hashes.of[k];

		if (!is->is_there)
			continue;
		media_hash_hex(hex, k, is);
		json_open_object(j, NULL);
		json_text(j, "kind", slice_of(media_hash_name(k)));
		json_text(j, "value", slice_of(hex));
		json_bool(j, "is_right",
		    memcmp(is->b, v->claimed.of[k].b, media_hash_size(k)) == 0);
		json_close_object(j);
	}
	json_close_array(j);
	json_open_array(j, "withheld");
	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (v->withheld & 1u << k)
			json_text(j, NULL, slice_of(media_hash_name(k)));
	json_close_array(j);
}

static void put_flaws(struct json *j, const struct cli_verify *v)
{
	struct slice rest = buf_slice(&v->flaws);

	json_open_array(j, "flaws");
	for (struct slice text; (text = slice_cut(&rest, '\0')).n > 0;)
		json_text(j, NULL, text);
	json_close_array(j);
}

/* With the reason why they are not known, if they were asked for. */
static void put_owners(struct json *j, const struct cli_verify_owners *owners)
{
	const bool has_why = owners->is_asked && owners->why_not.code != 0;

	if (owners->is_asked && !has_why)
		cli_owners_put_json(j, "owners", &owners->of);
	else
		json_null(j, "owners");
	json_text(j, "owners_not_known",
	    slice_of(has_why ? owners->why_not.message : NULL));
}

static void put_damage(struct json *j, const char *name, struct cli_verify *v,
    const struct media_ranges *ranges, const struct cli_verify_owners *owners)
{
	char place[PLACE_MAX];

	json_open_object(j, name);
	cli_json_u64(j, "bytes", ranges->bytes);
	json_number(j, "count", (int64_t)ranges->n);
	json_open_array(j, "ranges");
	for (size_t i = 0; i < ranges->n && i < CLI_VERIFY_RANGES; i++) {
		const struct media_range *r = &ranges->of[i];

		media_open_say_place(
		    &v->image, r->at, r->length, place, sizeof(place));
		json_open_object(j, NULL);
		cli_json_span(j, r->at, r->length);
		cli_json_u64(j, "first_chunk", r->at / TREE_CHUNK_SIZE);
		cli_json_u64(
		    j, "last_chunk", (r->at + r->length - 1) / TREE_CHUNK_SIZE);
		json_text(j, "place", slice_of(place));
		json_close_object(j);
	}
	json_close_array(j);
	put_owners(j, owners);
	json_close_object(j);
}

/* How the image's end and the medium's differ. */
static void put_ends(struct json *j, const struct cli_verify *v)
{
	const uint64_t tail = cli_verify_tail_bytes(v);

	cli_json_u64(j, "missing_bytes", cli_verify_missing_bytes(v));
	cli_json_u64(j, "bytes_behind_the_end", cli_verify_behind_bytes(v));
	json_bool(j, "is_zero_behind_the_end", v->behind == CLI_VERIFY_ZEROS);
	cli_json_u64(j, "tail_bytes", tail);
	json_bool(j, "is_tail_hashed", tail > 0 && v->is_tail_hashed);
}

void cli_verify_put_json(struct cli_verify *v, struct buf *out)
{
	static const struct cli_verify_owners nobody;
	struct json j;

	json_init(&j, out);
	json_open_object(&j, NULL);
	json_text(&j, "image", slice_of(v->path));
	json_text(&j, "item", slice_of(v->item));
	json_text(&j, "held_against",
	    slice_of(v->item != NULL ? "ledger" : "itself"));
	json_text(&j, "verdict", slice_of(verdicts[cli_verify_verdict(v)]));
	cli_json_u64(&j, "length", v->result.length);
	put_tree(&j, &v->result);
	put_hashes(&j, v);
	put_ends(&j, v);
	put_flaws(&j, v);
	put_damage(&j, "missing", v, &v->result.missing, &nobody);
	put_damage(&j, "unreadable", v, &v->result.unreadable, &v->unreadable);
	put_damage(&j, "damaged", v, &v->result.damaged, &v->damaged);
	json_close_object(&j);
}

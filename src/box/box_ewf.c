/*
 * box_ewf.c: E01, by the reader of room media.
 */
#include "box.h"
#include "media_ewf_pack.h"
#include "media_ewf_read.h"
#include "mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ewf {
	struct media_ewf_read *read;
	struct media_ewf_pack_out *unpack;
	uint8_t *stored, *chunk; /* one, as stored and as it is */
	uint64_t chunk_at_hand; /* UINT64_MAX: none */
	size_t chunk_n;
};

static int open_ewf(void **state, const struct box_files *files, uint32_t flags,
    struct cage_wire_about *ret_about, struct err *err)
{
	struct ewf *e = mem_new(1, sizeof(*e));

	if (e == NULL)
		return err_nomem(err);
	int rc = media_ewf_read_new(&e->read, files->of, files->names, files->n,
	    (flags & CAGE_WIRE_PARTIAL) != 0, err);
	if (rc == 0)
		rc = media_ewf_pack_out_new(&e->unpack, err);
	if (rc != 0)
		return rc; /* the process ends with it */
	const struct media_ewf_about *a = media_ewf_read_about(e->read);
	const struct media_hash_value *md5 = &a->hashes.of[MEDIA_HASH_MD5];
	const struct media_hash_value *sha1 = &a->hashes.of[MEDIA_HASH_SHA1];

	e->chunk_at_hand = UINT64_MAX;
	e->stored = mem_new(media_ewf_read_stored_max(e->read), 1);
	e->chunk = mem_new(a->chunk_size, 1);
	if (e->stored == NULL || e->chunk == NULL)
		return err_nomem(err);
	ret_about->length = a->length;
	ret_about->declared = a->declared;
	ret_about->available = a->declared + a->tail;
	ret_about->bad_count = a->bad.n;
	ret_about->chunk_size = a->chunk_size;
	ret_about->sector_size = a->sector_size;
	memcpy(ret_about->md5, md5->b, sizeof(ret_about->md5));
	memcpy(ret_about->sha1, sha1->b, sizeof(ret_about->sha1));
	if (md5->is_there)
		ret_about->flags |= CAGE_WIRE_HAS_MD5;
	if (sha1->is_there)
		ret_about->flags |= CAGE_WIRE_HAS_SHA1;
	if (a->is_whole)
		ret_about->flags |= CAGE_WIRE_IS_WHOLE;
	*state = e;
	return 0;
}

/* As much of a chunk as there is. */
static int take_chunk(struct ewf *e, uint64_t chunk, uint8_t *ret_bytes,
    size_t *ret_n, struct cage_wire_entry *ret_place, struct err *err)
{
	const size_t max = media_ewf_read_about(e->read)->chunk_size;
	struct media_ewf_place place;
	int rc = media_ewf_read_place(e->read, chunk, &place, err);

	if (rc == 0) {
		ret_place->file = (uint32_t)place.segment;
		ret_place->file_at = place.at;
		ret_place->file_n = place.n;
		rc = media_ewf_read_stored(e->read, &place, e->stored, err);
	}
	if (rc == 0) {
		rc = media_ewf_pack_out_chunk(e->unpack, e->stored, place.n,
		    place.is_packed, ret_bytes, max, ret_n, err);
		if (rc != 0)
			err_prefix(err, "%s, byte %llu, chunk %llu",
			    media_ewf_read_name(e->read, place.segment),
			    (unsigned long long)place.at,
			    (unsigned long long)chunk);
	}
	return rc;
}

/* Bytes `in` and on of a chunk, n of them; straight to where they go if all
 * are wanted. */
static int take_part(struct ewf *e, uint64_t chunk, size_t in,
    uint8_t *ret_bytes, size_t n, struct cage_wire_entry *ret_place,
    struct err *err)
{
	const size_t size = media_ewf_read_about(e->read)->chunk_size;
	size_t got = 0;
	int rc = 0;

	if (in == 0 && n == size) {
		rc = take_chunk(e, chunk, ret_bytes, &got, ret_place, err);
	} else {
		if (e->chunk_at_hand != chunk) {
			e->chunk_at_hand = UINT64_MAX;
			rc = take_chunk(
			    e, chunk, e->chunk, &e->chunk_n, ret_place, err);
			if (rc == 0)
				e->chunk_at_hand = chunk;
		}
		if (rc == 0 && e->chunk_n > in) {
			got = e->chunk_n - in < n ? e->chunk_n - in : n;
			memcpy(ret_bytes, e->chunk + in, got);
		}
	}
	if (rc != 0)
		got = 0;
	memset(ret_bytes + got, 0, n - got);
	if (rc == 0 && got < n)
		rc = err_set(err, ERR_FORMAT,
		    "chunk %llu is shorter than it should be",
		    (unsigned long long)chunk);
	return rc;
}

static int read_ewf(void *state, uint64_t at, uint8_t *ret_bytes, size_t n,
    struct box_damage *damage, struct err *err)
{
	struct ewf *e = state;
	const size_t size = media_ewf_read_about(e->read)->chunk_size;

	for (size_t done = 0; done < n;) {
		const uint64_t chunk = (at + done) / size;
		const size_t in = (size_t)((at + done) % size);
		const size_t here = size - in < n - done ? size - in : n - done;
		struct cage_wire_entry entry = {
		    .at = at + done, .length = here, .file = CAGE_WIRE_NO_FILE};
		struct err why = {0};
		int rc = take_part(
		    e, chunk, in, ret_bytes + done, here, &entry, &why);

		if (rc != 0 && rc != ERR_FORMAT && rc != ERR_IO)
			return err_set(err, rc, "%s", why.message);
		if (rc != 0)
			box_damage_add(damage, &entry, &why);
		done += here;
	}
	return 0;
}

static int place_ewf(void *state, uint64_t at, uint64_t n,
    struct cage_wire_entry *ret_place, struct err *err)
{
	struct ewf *e = state;
	const uint32_t size = media_ewf_read_about(e->read)->chunk_size;
	struct media_ewf_place place;
	char text[64];

	(void)n;
	int rc = media_ewf_read_place(e->read, at / size, &place, NULL);
	if (rc != 0) {
		media_ewf_read_say_place(
		    e->read, at / size, text, sizeof(text));
		return err_set(err, rc, "%s", text);
	}
	ret_place->file = (uint32_t)place.segment;
	ret_place->file_at = place.at;
	ret_place->file_n = place.n;
	return 0;
}

static uint32_t bad_ewf(
    void *state, uint64_t first, struct cage_wire_entry *ret_entries)
{
	const struct ewf *e = state;
	const struct media_ranges *bad = &media_ewf_read_about(e->read)->bad;
	uint32_t n = 0;

	for (uint64_t i = first; i < bad->n && n < CAGE_WIRE_ENTRIES_MAX; i++)
		ret_entries[n++] = (struct cage_wire_entry){
		    .at = bad->of[i].at,
		    .length = bad->of[i].length,
		    .file = CAGE_WIRE_NO_FILE,
		};
	return n;
}

static int flaw_ewf(void *state, uint64_t number,
    struct cage_wire_entry *ret_place, char ret_text[CAGE_WIRE_TEXT_MAX],
    uint32_t *ret_n, struct err *err)
{
	struct ewf *e = state;
	const struct media_ewf_flaw *flaws;
	size_t n;
	int rc = media_ewf_read_flaws(e->read, &flaws, &n, err);

	if (rc != 0 || number >= n)
		return rc;
	ret_place->file = flaws[number].segment;
	ret_place->file_at = flaws[number].at;
	ret_place->file_n = flaws[number].n;
	(void)snprintf(ret_text, CAGE_WIRE_TEXT_MAX, "%s", flaws[number].what);
	*ret_n = 1;
	return 0;
}

const struct box_reader box_ewf = {
    .open = open_ewf,
    .read = read_ewf,
    .place = place_ewf,
    .bad = bad_ewf,
    .flaw = flaw_ewf,
};

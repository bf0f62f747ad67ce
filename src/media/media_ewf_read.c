/*
 * media_ewf_read.c: see media_ewf_read.h.
 *
 * Tables are not kept: of each only where it is. The one that was asked for
 * last is in memory, so a medium of any size needs little of it.
 */
#include "media_ewf_internal.h"

#include "mem.h"
#include "text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t chunk_length(const struct media_ewf_read *read, uint64_t chunk)
{
	const struct media_ewf_about *a = &read->about;
	uint64_t at = chunk * a->chunk_size;

	if (at >= a->declared)
		return 0;
	return a->declared - at < a->chunk_size ? a->declared - at
						: a->chunk_size;
}

static int load_chunk(
    struct media_ewf_read *read, uint64_t chunk, struct err *err)
{
	struct media_ewf_place place;
	int rc;

	if (read->chunk_at_hand == chunk)
		return 0;
	read->chunk_at_hand = UINT64_MAX;
	rc = media_ewf_read_place(read, chunk, &place, err);
	if (rc == 0)
		rc = media_ewf_read_stored(read, &place, read->stored, err);
	if (rc == 0) {
		rc = media_ewf_pack_out_chunk(read->unpack, read->stored,
		    place.n, place.is_packed, read->chunk,
		    read->about.chunk_size, &read->chunk_n, err);
		if (rc != 0)
			err_prefix(err, "%s, byte %llu, chunk %llu",
			    read->names[place.segment],
			    (unsigned long long)place.at,
			    (unsigned long long)chunk);
	}
	if (rc == 0)
		read->chunk_at_hand = chunk;
	return rc;
}

/* How long the medium really is: the last chunk, and header2, may know. */
static void find_length(struct media_ewf_read *read)
{
	struct media_ewf_about *a = &read->about;
	uint64_t last = a->chunks - 1;

	a->length = a->declared;
	if (a->declared >= a->sector_size &&
	    read->total_bytes > a->declared - a->sector_size &&
	    read->total_bytes < a->declared)
		a->length = read->total_bytes;
	if (a->chunks == 0 || load_chunk(read, last, NULL) != 0)
		return;
	uint64_t there = last * a->chunk_size + read->chunk_n;
	if (there > a->declared)
		a->tail = there - a->declared;
}

static int check_whole(const struct media_ewf_read *read, struct err *err)
{
	const struct media_ewf_about *a = &read->about;
	const char *first = read->names[0];

	if (a->chunk_size == 0)
		return err_set(err, ERR_FORMAT,
		    "%s: nothing says how long the medium is", first);
	if (read->is_partial)
		return 0;
	uint64_t needed =
	    a->declared / a->chunk_size + (a->declared % a->chunk_size != 0);
	if (a->chunks < needed || a->chunks > needed + 1)
		return err_set(err, ERR_FORMAT,
		    "%s: the tables have %llu chunks, and the medium has %llu",
		    first, (unsigned long long)a->chunks,
		    (unsigned long long)needed);
	return 0;
}

static int allocate(struct media_ewf_read *read, struct err *err)
{
	read->chunk = mem_new(read->about.chunk_size, 1);
	read->stored = mem_new(media_ewf_read_stored_max(read), 1);
	return read->chunk == NULL || read->stored == NULL ? err_nomem(err) : 0;
}

int media_ewf_read_new(struct media_ewf_read **ret_read,
    const struct media_file *files, const char *const *names, size_t n,
    bool is_partial, struct err *err)
{
	struct media_ewf_read *read = mem_new(1, sizeof(*read));
	int rc;

	assert(n > 0 && n <= MEDIA_EWF_READ_SEGMENTS_MAX);
	if (read == NULL)
		return err_nomem(err);
	read->files = files;
	read->names = names;
	read->n = n;
	read->is_partial = is_partial;
	read->loaded = SIZE_MAX;
	read->chunk_at_hand = UINT64_MAX;
	rc = media_ewf_pack_out_new(&read->unpack, err);
	for (uint32_t i = 0; i < n && rc == 0; i++)
		rc = media_ewf_walk_segment(read, i, err);
	if (rc == 0)
		rc = check_whole(read, err);
	if (rc == 0)
		rc = allocate(read, err);
	if (rc != 0) {
		media_ewf_read_free(read);
		return rc;
	}
	find_length(read);
	*ret_read = read;
	return 0;
}

void media_ewf_read_free(struct media_ewf_read *read)
{
	if (read == NULL)
		return;
	media_ewf_pack_out_free(read->unpack);
	media_range_done(&read->about.bad);
	free(read->groups);
	free(read->entries);
	free(read->chunk);
	free(read->stored);
	free(read);
}

const struct media_ewf_about *media_ewf_read_about(
    const struct media_ewf_read *read)
{
	return &read->about;
}

const char *media_ewf_read_name(
    const struct media_ewf_read *read, size_t segment)
{
	return read->names[segment];
}

/* ---- chunks ---- */

size_t media_ewf_read_stored_max(const struct media_ewf_read *read)
{
	/* More than deflate ever adds. */
	return read->about.chunk_size + read->about.chunk_size / 8 + 1024;
}

static int load_entries(
    struct media_ewf_read *read, size_t group, struct err *err)
{
	const struct media_ewf_group *g = &read->groups[group];
	size_t n = 4 * (size_t)g->count + 4;
	int rc;

	if (read->loaded == group)
		return 0;
	read->loaded = SIZE_MAX;
	rc = mem_grow((void **)&read->entries, &read->entry_cap, g->count + 1u,
	    sizeof(*read->entries), err);
	if (rc != 0)
		return rc;
	for (size_t copy = 0; copy < 2; copy++) {
		uint8_t *raw = (uint8_t *)read->entries;

		if (g->entries_at[copy] == 0)
			continue;
		rc = media_ewf_walk_get(
		    read, g->segment, g->entries_at[copy], raw, n, err);
		if (rc != 0)
			return rc;
		if (!media_ewf_walk_is_checked(raw, n - 4))
			continue;
		for (size_t i = 0; i < g->count; i++)
			read->entries[i] = media_get_le32(raw + 4 * i);
		read->loaded = group;
		return 0;
	}
	return media_ewf_walk_damaged(read, g->segment,
	    g->entries_at[g->entries_at[0] == 0],
	    "the table that says where these chunks are is damaged, and so is "
	    "its copy",
	    err);
}

/* Entries are read when they are needed, and of two copies one is enough; so
 * nobody may have seen the other one. */
int media_ewf_read_flaws(struct media_ewf_read *read,
    const struct media_ewf_flaw **ret_flaws, size_t *ret_n, struct err *err)
{
	static const char *const what[2] = {"section table", "section table2"};
	uint8_t *raw = NULL;
	size_t cap = 0;
	int rc = 0;

	for (size_t i = 0; i < 2 * read->group_count && !read->is_searched;
	     i++) {
		const struct media_ewf_group *g = &read->groups[i / 2];
		uint64_t at = g->entries_at[i % 2];
		size_t n = 4 * (size_t)g->count + 4;

		if (at == 0)
			continue;
		rc = mem_grow((void **)&raw, &cap, n, 1, err);
		if (rc == 0)
			rc = media_ewf_walk_get(
			    read, g->segment, at, raw, n, err);
		if (rc != 0)
			break;
		if (!media_ewf_walk_is_checked(raw, n - 4))
			media_ewf_walk_add_flaw(
			    read, g->segment, at, at + n, what[i % 2]);
	}
	free(raw);
	read->is_searched = rc == 0;
	*ret_flaws = read->flaws;
	*ret_n = read->flaw_count;
	return rc;
}

static size_t find_group(const struct media_ewf_read *read, uint64_t chunk)
{
	size_t low = 0, high = read->group_count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (read->groups[middle].first <= chunk)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int media_ewf_read_place(struct media_ewf_read *read, uint64_t chunk,
    struct media_ewf_place *ret_place, struct err *err)
{
	if (chunk >= read->about.chunks)
		return err_set(err, ERR_FORMAT, "there is no chunk %llu",
		    (unsigned long long)chunk);
	size_t group = find_group(read, chunk);
	const struct media_ewf_group *g = &read->groups[group];
	int rc = load_entries(read, group, err);
	if (rc != 0)
		return rc;
	size_t i = (size_t)(chunk - g->first);
	uint32_t flagged = read->entries[i];
	uint64_t at = flagged & ~MEDIA_EWF_PACKED, end = g->end;
	struct media_ewf_place place = {
	    .segment = g->segment,
	    .is_packed = (flagged & MEDIA_EWF_PACKED) != 0,
	};
	bool is_possible = mem_add_u64(&at, at, g->base);

	if (i + 1 < g->count)
		is_possible = is_possible &&
		    mem_add_u64(&end, read->entries[i + 1] & ~MEDIA_EWF_PACKED,
			g->base);
	if (!is_possible || at < g->from || end > g->end || at >= end)
		return media_ewf_walk_damaged(read, g->segment, at,
		    "a chunk cannot be where its table says", err);
	size_t max = place.is_packed ? media_ewf_read_stored_max(read)
				     : read->about.chunk_size + 4;
	place.at = at;
	place.n = (uint32_t)(end - at < max ? end - at : max);
	*ret_place = place;
	return 0;
}

int media_ewf_read_stored(struct media_ewf_read *read,
    const struct media_ewf_place *place, uint8_t *ret_bytes, struct err *err)
{
	return media_ewf_walk_get(
	    read, place->segment, place->at, ret_bytes, place->n, err);
}

int media_ewf_read_at(struct media_ewf_read *read, uint64_t at, void *ret_bytes,
    size_t n, struct err *err)
{
	uint32_t size = read->about.chunk_size;
	uint8_t *bytes = ret_bytes;
	int rc = 0;

	while (n > 0 && rc == 0) {
		uint64_t chunk = at / size;
		size_t in = (size_t)(at % size);

		rc = load_chunk(read, chunk, err);
		if (rc != 0)
			break;
		if (in >= read->chunk_n ||
		    read->chunk_n < chunk_length(read, chunk))
			return err_set(err, ERR_FORMAT,
			    "chunk %llu is shorter than it should be",
			    (unsigned long long)chunk);
		size_t here = read->chunk_n - in < n ? read->chunk_n - in : n;
		memcpy(bytes, read->chunk + in, here);
		bytes += here;
		at += here;
		n -= here;
	}
	return rc;
}

void media_ewf_read_say_place(
    struct media_ewf_read *read, uint64_t chunk, char *ret_text, size_t size)
{
	struct media_ewf_place place;
	char span[TEXT_SPAN_SIZE];

	if (media_ewf_read_place(read, chunk, &place, NULL) == 0) {
		text_span(span, place.at, place.n);
		(void)snprintf(
		    ret_text, size, "%s, %s", read->names[place.segment], span);
		return;
	}
	(void)snprintf(ret_text, size, "%s, where the table is damaged",
	    read->names[read->groups[find_group(read, chunk)].segment]);
}

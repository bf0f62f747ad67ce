/*
 * media_ewf_read.c: see media_ewf_read.h; the format is that of libewf's
 * documentation, "Expert Witness Compression Format".
 *
 * Tables are not kept: of each only where it is. The one that was asked for
 * last is in memory, so a medium of any size needs little of it.
 */
#include "media_ewf_read.h"

#include "media_internal.h"
#include "mem.h"
#include "slice.h"

#include <assert.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* EnCase writes at most 65534. */
#define ENTRIES_MAX (1u << 20)
#define HEADER_MAX (1u << 20)
#define SECTIONS_MAX 10000000 /* of one file */

/* The chunks behind one table. */
struct group {
	uint64_t first; /* chunk */
	uint32_t count;
	uint32_t segment;
	uint64_t base;
	uint64_t entries_at[2]; /* in the file; of table and table2; 0: none */
	uint64_t from, end; /* where its chunks lie */
};

struct section {
	uint32_t segment;
	uint64_t at, next; /* of its descriptor, of the one behind it */
	char type[MEDIA_EWF_TYPE + 1];
};

struct media_ewf_read {
	const struct media_file *files;
	const char *const *names;
	size_t n;
	bool is_partial;
	struct media_ewf_about about;
	uint64_t total_bytes; /* by header2; 0: not said */
	struct section sectors; /* the last one in this file */
	bool is_table_damaged; /* and table2 must say it */
	size_t group_count;
	struct group *groups;
	size_t cap;
	size_t loaded; /* group; SIZE_MAX: none */
	uint32_t *entries;
	size_t entry_cap;
	struct media_ewf_pack_out *unpack;
	uint64_t chunk_at_hand; /* UINT64_MAX: none */
	size_t chunk_n;
	uint8_t *chunk, *stored;
	size_t flaw_count;
	struct media_ewf_flaw flaws[MEDIA_EWF_READ_FLAWS_MAX];
	bool is_searched; /* all tables were looked at */
};

static int damaged(const struct media_ewf_read *read, size_t segment,
    uint64_t at, const char *what, struct err *err)
{
	return err_set(err, ERR_FORMAT, "%s, byte %llu: %s",
	    read->names[segment], (unsigned long long)at, what);
}

static void add_flaw(struct media_ewf_read *read, uint32_t segment, uint64_t at,
    uint64_t end, const char *what)
{
	if (read->flaw_count < MEDIA_EWF_READ_FLAWS_MAX)
		read->flaws[read->flaw_count++] = (struct media_ewf_flaw){
		    .segment = segment, .at = at, .n = end - at, .what = what};
}

static int get(struct media_ewf_read *read, size_t segment, uint64_t at,
    void *bytes, size_t n, struct err *err)
{
	int rc = media_file_read(&read->files[segment], at, bytes, n, err);

	if (rc != 0)
		err_prefix(err, "%s", read->names[segment]);
	return rc;
}

static bool is_checked(const uint8_t *p, size_t n)
{
	return libdeflate_adler32(1, p, n) == media_get_le32(p + n);
}

/* The bytes of a section behind its descriptor, which are at least n. */
static int get_body(struct media_ewf_read *read, const struct section *s,
    void *bytes, size_t n, struct err *err)
{
	if (s->next - s->at < MEDIA_EWF_DESCRIPTOR + (uint64_t)n)
		return damaged(
		    read, s->segment, s->at, "the section is too short", err);
	return get(
	    read, s->segment, s->at + MEDIA_EWF_DESCRIPTOR, bytes, n, err);
}

/* ---- sections ---- */

static void add_section_flaw(
    struct media_ewf_read *read, const struct section *s, const char *what)
{
	add_flaw(read, s->segment, s->at, s->next, what);
}

static int take_volume(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	struct media_ewf_about *a = &read->about;
	bool is_short = s->next - s->at < MEDIA_EWF_DESCRIPTOR + 1052;
	size_t n = is_short ? 94 : MEDIA_EWF_VOLUME;
	uint8_t v[MEDIA_EWF_VOLUME];
	int rc = get_body(read, s, v, n, err);

	if (rc != 0 || a->chunk_size != 0) /* said again */
		return rc;
	if (!is_checked(v, n - 4))
		return damaged(read, s->segment, s->at,
		    "the section that says how long the medium is does not fit "
		    "its checksum",
		    err);
	uint64_t per_chunk = media_get_le32(v + 8);
	uint64_t sectors =
	    is_short ? media_get_le32(v + 16) : media_get_le64(v + 16);
	a->chunks_declared = media_get_le32(v + 4);
	a->sector_size = media_get_le32(v + 12);
	if (per_chunk == 0 || per_chunk > MEDIA_EWF_READ_CHUNK_MAX ||
	    a->sector_size == 0 || a->sector_size > MEDIA_EWF_READ_CHUNK_MAX ||
	    per_chunk * a->sector_size > MEDIA_EWF_READ_CHUNK_MAX ||
	    sectors > UINT64_MAX / 2 / a->sector_size)
		return damaged(read, s->segment, s->at,
		    "the medium's sizes are not possible", err);
	a->chunk_size = (uint32_t)(per_chunk * a->sector_size);
	a->declared = sectors * a->sector_size;
	return 0;
}

static int add_group(struct media_ewf_read *read, const struct section *s,
    const uint8_t *head, size_t copy, struct err *err)
{
	const struct section *in = read->sectors.next != 0 ? &read->sectors : s;
	struct group g = {
	    .first = read->about.chunks,
	    .count = media_get_le32(head),
	    .segment = s->segment,
	    .base = media_get_le64(head + 8),
	    .from = in->at + MEDIA_EWF_DESCRIPTOR,
	    .end = in->next,
	};
	int rc = mem_grow((void **)&read->groups, &read->cap,
	    read->group_count + 1, sizeof(*read->groups), err);

	if (rc != 0)
		return rc;
	g.entries_at[copy] =
	    s->at + MEDIA_EWF_DESCRIPTOR + MEDIA_EWF_TABLE_HEADER;
	read->groups[read->group_count++] = g;
	read->about.chunks += g.count;
	read->sectors.next = 0; /* the next table is of other ones */
	return 0;
}

static int take_table(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	uint8_t head[MEDIA_EWF_TABLE_HEADER];
	bool is_second = strcmp(s->type, "table2") == 0;
	struct group *last =
	    read->group_count > 0 ? &read->groups[read->group_count - 1] : NULL;
	int rc = get_body(read, s, head, sizeof(head), err);

	if (rc != 0)
		return rc;
	uint64_t room = s->next - s->at - MEDIA_EWF_DESCRIPTOR - sizeof(head);
	uint32_t count = media_get_le32(head);
	bool is_sound = is_checked(head, sizeof(head) - 4) &&
	    count <= ENTRIES_MAX && 4 * (uint64_t)count + 4 <= room;

	if (!is_sound)
		add_section_flaw(
		    read, s, is_second ? "section table2" : "section table");
	if (!is_second) {
		read->is_table_damaged = !is_sound;
		return is_sound ? add_group(read, s, head, 0, err) : 0;
	}
	if (read->is_table_damaged) {
		read->is_table_damaged = false;
		return is_sound
		    ? add_group(read, s, head, 1, err)
		    : damaged(read, s->segment, s->at,
			  "both tables that say where chunks are are damaged",
			  err);
	}
	if (is_sound && last != NULL && last->segment == s->segment &&
	    last->count == count && last->entries_at[1] == 0)
		last->entries_at[1] =
		    s->at + MEDIA_EWF_DESCRIPTOR + sizeof(head);
	return 0;
}

static int take_hash(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	bool is_digest = strcmp(s->type, "digest") == 0;
	size_t n = is_digest ? MEDIA_EWF_DIGEST : MEDIA_EWF_HASH;
	struct media_hash_value *md5 = &read->about.hashes.of[MEDIA_HASH_MD5];
	struct media_hash_value *sha1 = &read->about.hashes.of[MEDIA_HASH_SHA1];
	static const uint8_t none[20];
	uint8_t h[MEDIA_EWF_DIGEST];

	if (s->next - s->at < MEDIA_EWF_DESCRIPTOR + n) {
		add_section_flaw(
		    read, s, is_digest ? "section digest" : "section hash");
		return 0;
	}
	int rc = get_body(read, s, h, n, err);
	if (rc != 0)
		return rc;
	if (!is_checked(h, n - 4)) {
		add_section_flaw(
		    read, s, is_digest ? "section digest" : "section hash");
		return 0;
	}
	if (memcmp(h, none, 16) != 0) {
		memcpy(md5->b, h, 16);
		md5->is_there = true;
	}
	if (is_digest && memcmp(h + 16, none, 20) != 0) {
		memcpy(sha1->b, h + 16, 20);
		sha1->is_there = true;
	}
	return 0;
}

/* *ret_list: n entries of 8 bytes, to be freed; none if they are damaged. */
static int load_errors(struct media_ewf_read *read, const struct section *s,
    uint8_t **ret_list, uint64_t *ret_n, struct err *err)
{
	uint64_t room = s->next - s->at - MEDIA_EWF_DESCRIPTOR;
	uint8_t head[MEDIA_EWF_ERROR2_HEADER] = {0};
	int rc = 0;

	*ret_n = 0;
	if (room >= sizeof(head))
		rc = get_body(read, s, head, sizeof(head), err);
	if (rc != 0)
		return rc;
	uint64_t n = media_get_le32(head);
	size_t size = (size_t)(8 * n);
	if (!is_checked(head, sizeof(head) - 4) ||
	    room < sizeof(head) + 8 * n + 4) {
		add_section_flaw(read, s, "section error2");
		return 0;
	}
	uint8_t *list = mem_new(size + 4, 1);
	if (list == NULL)
		return err_nomem(err);
	rc = get(read, s->segment, s->at + MEDIA_EWF_DESCRIPTOR + sizeof(head),
	    list, size + 4, err);
	if (rc == 0 && is_checked(list, size)) {
		*ret_list = list;
		*ret_n = n;
		return 0;
	}
	free(list);
	if (rc == 0)
		add_section_flaw(read, s, "section error2");
	return rc;
}

/* One claim of others: what is out of order or beyond the end is left out. */
static int take_errors(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	struct media_ranges *bad = &read->about.bad;
	uint8_t *list = NULL;
	uint64_t n;
	int rc = load_errors(read, s, &list, &n, err);

	for (uint64_t i = 0; i < n && rc == 0; i++) {
		const uint8_t *entry = list + 8 * i;
		uint64_t at =
		    (uint64_t)media_get_le32(entry) * read->about.sector_size;
		uint64_t length = (uint64_t)media_get_le32(entry + 4) *
		    read->about.sector_size;
		const struct media_range *last =
		    bad->n > 0 ? &bad->of[bad->n - 1] : NULL;

		if (last == NULL || at >= last->at + last->length)
			rc = media_range_add(bad, at, length, err);
	}
	free(list);
	return rc;
}

/* The value of `tb` in the second category of header2, or 0. */
static uint64_t find_total(const char *text, size_t n)
{
	struct slice rest = {text, n}, names = {0}, values = {0};
	unsigned long long total = 0;

	while (rest.p != NULL && !slice_is_text(slice_cut(&rest, '\n'), "srce"))
		;
	if (rest.p != NULL)
		(void)slice_cut(&rest, '\n');
	if (rest.p != NULL)
		names = slice_cut(&rest, '\n');
	if (rest.p != NULL)
		(void)slice_cut(&rest, '\n');
	if (rest.p != NULL)
		values = slice_cut(&rest, '\n');
	while (names.p != NULL && values.p != NULL) {
		struct slice name = slice_cut(&names, '\t');
		struct slice value = slice_cut(&values, '\t');

		if (slice_is_text(name, "tb") && slice_to_u64(value, &total))
			return total;
	}
	return 0;
}

/* Nothing depends on them but the exact length, by header2, of which there are
 * two: what is damaged is a flaw. */
static int take_header(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	uint64_t n = s->next - s->at - MEDIA_EWF_DESCRIPTOR;
	bool is_second = strcmp(s->type, "header2") == 0, is_sound = false;
	uint8_t *packed = NULL, *wide = NULL;
	size_t got = 0, used = 0;
	int rc = 0;

	if (n <= HEADER_MAX && n > 0) {
		packed = mem_new((size_t)n, 1);
		wide = mem_new(HEADER_MAX, 1);
		if (packed == NULL || wide == NULL)
			rc = err_nomem(err);
		if (rc == 0)
			rc = get_body(read, s, packed, (size_t)n, err);
		is_sound = rc == 0 &&
		    media_ewf_pack_out_chunk(read->unpack, packed, (size_t)n,
			true, wide, HEADER_MAX, &got, NULL) == 0;
	}
	if (rc == 0 && !is_sound)
		add_section_flaw(
		    read, s, is_second ? "section header2" : "section header");
	if (is_sound && is_second && read->total_bytes == 0 && got >= 2 &&
	    wide[0] == 0xff && wide[1] == 0xfe) {
		/* What is no ASCII stands in no number. */
		for (size_t i = 2; i + 1 < got; i += 2)
			wide[used++] = wide[i + 1] == 0 ? wide[i] : '?';
		read->total_bytes = find_total((const char *)wide, used);
	}
	free(packed);
	free(wide);
	return rc;
}

/* The volume again, at the end of a file; nothing depends on it. */
static int take_data(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	uint8_t v[MEDIA_EWF_VOLUME];

	if (s->next - s->at < MEDIA_EWF_DESCRIPTOR + sizeof(v))
		return 0; /* of another kind of E01 */
	int rc = get_body(read, s, v, sizeof(v), err);
	if (rc == 0 && !is_checked(v, sizeof(v) - 4))
		add_section_flaw(read, s, "section data");
	return rc;
}

static int take_section(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	static const struct {
		const char *type;
		int (*take)(struct media_ewf_read *read,
		    const struct section *s, struct err *err);
	} takers[] = {
	    {"header", take_header},
	    {"header2", take_header},
	    {"data", take_data},
	    {"volume", take_volume},
	    {"disk", take_volume},
	    {"table", take_table},
	    {"table2", take_table},
	    {"digest", take_hash},
	    {"hash", take_hash},
	    {"error2", take_errors},
	};

	if (strcmp(s->type, "sectors") == 0)
		read->sectors = *s;
	if (strncmp(s->type, "table", 5) == 0 && read->about.chunk_size == 0)
		return damaged(read, s->segment, s->at,
		    "a table before the medium's sizes are known", err);
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
		if (strcmp(s->type, takers[i].type) == 0)
			return takers[i].take(read, s, err);
	return 0;
}

static int read_descriptor(struct media_ewf_read *read, uint32_t segment,
    uint64_t at, struct section *ret_section, struct err *err)
{
	uint8_t d[MEDIA_EWF_DESCRIPTOR];
	struct section s = {.segment = segment, .at = at};
	int rc = get(read, segment, at, d, sizeof(d), err);

	if (rc != 0)
		return rc;
	if (!is_checked(d, sizeof(d) - 4))
		return damaged(read, segment, at,
		    "a section's descriptor does not fit its checksum; what "
		    "lies behind it cannot be found",
		    err);
	memcpy(s.type, d, MEDIA_EWF_TYPE);
	s.next = media_get_le64(d + 16);
	uint64_t size = media_get_le64(d + 24);
	if (s.next == at) { /* the last one */
		*ret_section = s;
		return 0;
	}
	if (s.next < at + sizeof(d) || s.next > read->files[segment].length ||
	    (size != 0 && size != s.next - at))
		return damaged(read, segment, at,
		    "a section's descriptor contradicts itself, or the file is "
		    "cut off",
		    err);
	*ret_section = s;
	return 0;
}

/* ---- the files ---- */

static int end_segment(
    struct media_ewf_read *read, const struct section *s, struct err *err)
{
	bool is_done = strcmp(s->type, "done") == 0;
	bool is_last = s->segment + 1 == read->n;

	if (!is_done && strcmp(s->type, "next") != 0)
		return damaged(read, s->segment, s->at,
		    "a section in the middle says that it is the last", err);
	if (s->at + MEDIA_EWF_DESCRIPTOR != read->files[s->segment].length)
		add_flaw(read, s->segment, s->at + MEDIA_EWF_DESCRIPTOR,
		    read->files[s->segment].length,
		    "what lies behind the last section");
	if (is_done && !is_last)
		return damaged(read, s->segment, s->at,
		    "the image is done here, and there are more files", err);
	if (!is_done && is_last && !read->is_partial)
		return damaged(read, s->segment, s->at,
		    "the image goes on in a next file, which is missing", err);
	read->about.is_whole = is_done;
	return 0;
}

static int walk_segment(
    struct media_ewf_read *read, uint32_t segment, struct err *err)
{
	uint8_t head[MEDIA_EWF_HEADER];
	struct section s = {.next = MEDIA_EWF_HEADER};
	uint64_t length = read->files[segment].length;
	int rc = get(read, segment, 0, head, sizeof(head), err);

	if (rc != 0)
		return rc;
	if (memcmp(head, MEDIA_EWF_SIGNATURE, MEDIA_EWF_SIGNATURE_SIZE) != 0 ||
	    head[8] != 1)
		return damaged(read, segment, 0, "this is no E01", err);
	if (media_get_le16(head + 9) != segment + 1)
		return damaged(read, segment, 9,
		    "this is another segment than its name says", err);
	if (media_get_le16(head + 11) != 0) /* the end of its fields */
		add_flaw(read, segment, 0, sizeof(head), "the first bytes");
	read->sectors.next = 0;
	for (unsigned i = 0; i < SECTIONS_MAX; i++) {
		uint64_t at = s.next;

		if (read->is_partial && segment + 1 == read->n && at == length)
			return 0;
		rc = read_descriptor(read, segment, at, &s, err);
		if (rc == 0 && s.next == at)
			return end_segment(read, &s, err);
		if (rc == 0)
			rc = take_section(read, &s, err);
		if (rc != 0)
			return rc;
	}
	return damaged(read, segment, s.at, "too many sections", err);
}

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
		rc = walk_segment(read, i, err);
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
	const struct group *g = &read->groups[group];
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
		rc = get(read, g->segment, g->entries_at[copy], raw, n, err);
		if (rc != 0)
			return rc;
		if (!is_checked(raw, n - 4))
			continue;
		for (size_t i = 0; i < g->count; i++)
			read->entries[i] = media_get_le32(raw + 4 * i);
		read->loaded = group;
		return 0;
	}
	return damaged(read, g->segment, g->entries_at[g->entries_at[0] == 0],
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
		const struct group *g = &read->groups[i / 2];
		uint64_t at = g->entries_at[i % 2];
		size_t n = 4 * (size_t)g->count + 4;

		if (at == 0)
			continue;
		rc = mem_grow((void **)&raw, &cap, n, 1, err);
		if (rc == 0)
			rc = get(read, g->segment, at, raw, n, err);
		if (rc != 0)
			break;
		if (!is_checked(raw, n - 4))
			add_flaw(read, g->segment, at, at + n, what[i % 2]);
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
	const struct group *g = &read->groups[group];
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
		return damaged(read, g->segment, at,
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
	return get(read, place->segment, place->at, ret_bytes, place->n, err);
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

	if (media_ewf_read_place(read, chunk, &place, NULL) == 0)
		(void)snprintf(ret_text, size, "%s, bytes %llu to %llu",
		    read->names[place.segment], (unsigned long long)place.at,
		    (unsigned long long)(place.at + place.n));
	else
		(void)snprintf(ret_text, size, "%s, where the table is damaged",
		    read->names[read->groups[find_group(read, chunk)].segment]);
}

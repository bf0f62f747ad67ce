/*
 * media_ewf_walk.c: the sections of an E01, from the first segment to the last
 * (media_ewf_internal.h); the format is that of libewf's documentation, "Expert
 * Witness Compression Format".
 *
 * What the medium does not depend on may be damaged: that is a flaw, and the
 * walk goes on.
 */
#include "media_ewf_internal.h"

#include "mem.h"
#include "slice.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

/* EnCase writes at most 65534. */
#define ENTRIES_MAX (1u << 20)
#define HEADER_MAX (1u << 20)
#define SECTIONS_MAX 10000000 /* of one file */

int media_ewf_walk_damaged(const struct media_ewf_read *read, size_t segment,
    uint64_t at, const char *what, struct err *err)
{
	return err_set(err, ERR_FORMAT, "%s, byte %llu: %s",
	    read->names[segment], (unsigned long long)at, what);
}

void media_ewf_walk_add_flaw(struct media_ewf_read *read, uint32_t segment,
    uint64_t at, uint64_t end, const char *what)
{
	if (read->flaw_count < MEDIA_EWF_READ_FLAWS_MAX)
		read->flaws[read->flaw_count++] = (struct media_ewf_flaw){
		    .segment = segment, .at = at, .n = end - at, .what = what};
}

int media_ewf_walk_get(struct media_ewf_read *read, size_t segment, uint64_t at,
    void *bytes, size_t n, struct err *err)
{
	int rc = media_file_read(&read->files[segment], at, bytes, n, err);

	if (rc != 0)
		err_prefix(err, "%s", read->names[segment]);
	return rc;
}

bool media_ewf_walk_is_checked(const uint8_t *p, size_t n)
{
	return libdeflate_adler32(1, p, n) == media_get_le32(p + n);
}

/* The bytes of a section behind its descriptor, which are at least n. */
static int get_body(struct media_ewf_read *read,
    const struct media_ewf_section *s, void *bytes, size_t n, struct err *err)
{
	if (s->next - s->at < MEDIA_EWF_DESCRIPTOR + (uint64_t)n)
		return media_ewf_walk_damaged(
		    read, s->segment, s->at, "the section is too short", err);
	return media_ewf_walk_get(
	    read, s->segment, s->at + MEDIA_EWF_DESCRIPTOR, bytes, n, err);
}

/* ---- sections ---- */

static void add_section_flaw(
    struct media_ewf_read *read, const struct media_ewf_section *s)
{
	media_ewf_walk_add_flaw(read, s->segment, s->at, s->next, s->name);
}

static int take_volume(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
{
	struct media_ewf_about *a = &read->about;
	bool is_short = s->next - s->at < MEDIA_EWF_DESCRIPTOR + 1052;
	size_t n = is_short ? 94 : MEDIA_EWF_VOLUME;
	uint8_t v[MEDIA_EWF_VOLUME];
	int rc = get_body(read, s, v, n, err);

	if (rc != 0 || a->chunk_size != 0) /* said again */
		return rc;
	if (!media_ewf_walk_is_checked(v, n - 4))
		return media_ewf_walk_damaged(read, s->segment, s->at,
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
		return media_ewf_walk_damaged(read, s->segment, s->at,
		    "the medium's sizes are not possible", err);
	a->chunk_size = (uint32_t)(per_chunk * a->sector_size);
	a->declared = sectors * a->sector_size;
	return 0;
}

static int add_group(struct media_ewf_read *read,
    const struct media_ewf_section *s, const uint8_t *head, size_t copy,
    struct err *err)
{
	const struct media_ewf_section *in =
	    read->sectors.next != 0 ? &read->sectors : s;
	struct media_ewf_group g = {
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

static int take_table(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
{
	uint8_t head[MEDIA_EWF_TABLE_HEADER];
	bool is_second = strcmp(s->type, "table2") == 0;
	struct media_ewf_group *last =
	    read->group_count > 0 ? &read->groups[read->group_count - 1] : NULL;
	int rc = get_body(read, s, head, sizeof(head), err);

	if (rc != 0)
		return rc;
	uint64_t room = s->next - s->at - MEDIA_EWF_DESCRIPTOR - sizeof(head);
	uint32_t count = media_get_le32(head);
	bool is_sound = media_ewf_walk_is_checked(head, sizeof(head) - 4) &&
	    count <= ENTRIES_MAX && 4 * (uint64_t)count + 4 <= room;

	if (!is_sound)
		add_section_flaw(read, s);
	if (!is_second) {
		read->is_table_damaged = !is_sound;
		return is_sound ? add_group(read, s, head, 0, err) : 0;
	}
	if (read->is_table_damaged) {
		read->is_table_damaged = false;
		return is_sound
		    ? add_group(read, s, head, 1, err)
		    : media_ewf_walk_damaged(read, s->segment, s->at,
			  "both tables that say where chunks are are damaged",
			  err);
	}
	if (is_sound && last != NULL && last->segment == s->segment &&
	    last->count == count && last->entries_at[1] == 0)
		last->entries_at[1] =
		    s->at + MEDIA_EWF_DESCRIPTOR + sizeof(head);
	return 0;
}

static int take_hash(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
{
	bool is_digest = strcmp(s->type, "digest") == 0;
	size_t n = is_digest ? MEDIA_EWF_DIGEST : MEDIA_EWF_HASH;
	struct media_hash_value *md5 = &read->about.hashes.of[MEDIA_HASH_MD5];
	struct media_hash_value *sha1 = &read->about.hashes.of[MEDIA_HASH_SHA1];
	static const uint8_t none[20];
	uint8_t h[MEDIA_EWF_DIGEST];

	bool is_room = s->next - s->at >= MEDIA_EWF_DESCRIPTOR + n;
	int rc = is_room ? get_body(read, s, h, n, err) : 0;

	if (rc != 0)
		return rc;
	if (!is_room || !media_ewf_walk_is_checked(h, n - 4)) {
		add_section_flaw(read, s);
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
static int load_errors(struct media_ewf_read *read,
    const struct media_ewf_section *s, uint8_t **ret_list, uint64_t *ret_n,
    struct err *err)
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
	if (!media_ewf_walk_is_checked(head, sizeof(head) - 4) ||
	    room < sizeof(head) + 8 * n + 4) {
		add_section_flaw(read, s);
		return 0;
	}
	uint8_t *list = mem_new(size + 4, 1);
	if (list == NULL)
		return err_nomem(err);
	rc = media_ewf_walk_get(read, s->segment,
	    s->at + MEDIA_EWF_DESCRIPTOR + sizeof(head), list, size + 4, err);
	if (rc == 0 && media_ewf_walk_is_checked(list, size)) {
		*ret_list = list;
		*ret_n = n;
		return 0;
	}
	free(list);
	if (rc == 0)
		add_section_flaw(read, s);
	return rc;
}

/* One claim of others: what is out of order or beyond the end is left out. */
static int take_errors(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
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

/* Nearly all fit into little; what does not is tried once more with room for
 * the largest. *ret_wide: free() it; NULL: it is damaged. */
static int unpack_header(struct media_ewf_read *read, const uint8_t *packed,
    size_t n, uint8_t **ret_wide, size_t *ret_got, struct err *err)
{
	static const size_t rooms[] = {16384, HEADER_MAX};

	for (size_t i = 0; i < 2; i++) {
		uint8_t *wide = mem_new(rooms[i], 1);

		if (wide == NULL)
			return err_nomem(err);
		if (media_ewf_pack_out_chunk(read->unpack, packed, n, true,
			wide, rooms[i], ret_got, NULL) == 0) {
			*ret_wide = wide;
			return 0;
		}
		free(wide);
	}
	return 0;
}

/* Nothing depends on them but the exact length, by header2, of which there are
 * two: what is damaged is a flaw. */
static int take_header(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
{
	uint64_t n = s->next - s->at - MEDIA_EWF_DESCRIPTOR;
	bool is_second = strcmp(s->type, "header2") == 0;
	uint8_t *packed = NULL, *wide = NULL;
	size_t got = 0, used = 0;
	int rc = 0;

	if (n <= HEADER_MAX && n > 0) {
		packed = mem_new((size_t)n, 1);
		if (packed == NULL)
			rc = err_nomem(err);
		if (rc == 0)
			rc = get_body(read, s, packed, (size_t)n, err);
		if (rc == 0)
			rc = unpack_header(
			    read, packed, (size_t)n, &wide, &got, err);
	}
	if (rc == 0 && wide == NULL)
		add_section_flaw(read, s);
	if (rc == 0 && wide != NULL && is_second && read->total_bytes == 0 &&
	    got >= 2 && wide[0] == 0xff && wide[1] == 0xfe) {
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
static int take_data(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
{
	uint8_t v[MEDIA_EWF_VOLUME];

	if (s->next - s->at < MEDIA_EWF_DESCRIPTOR + sizeof(v))
		return 0; /* of another kind of E01 */
	int rc = get_body(read, s, v, sizeof(v), err);
	if (rc == 0 && !media_ewf_walk_is_checked(v, sizeof(v) - 4))
		add_section_flaw(read, s);
	return rc;
}

static const struct {
	const char *type;
	int (*take)(struct media_ewf_read *read,
	    const struct media_ewf_section *s, struct err *err);
	const char *name;
} takers[] = {
    {"header", take_header, "section header"},
    {"header2", take_header, "section header2"},
    {"data", take_data, "section data"},
    {"volume", take_volume, "section volume"},
    {"disk", take_volume, "section disk"},
    {"table", take_table, "section table"},
    {"table2", take_table, "section table2"},
    {"digest", take_hash, "section digest"},
    {"hash", take_hash, "section hash"},
    {"error2", take_errors, "section error2"},
};

static int take_section(
    struct media_ewf_read *read, struct media_ewf_section *s, struct err *err)
{
	if (strcmp(s->type, "sectors") == 0)
		read->sectors = *s;
	if (strncmp(s->type, "table", 5) == 0 && read->about.chunk_size == 0)
		return media_ewf_walk_damaged(read, s->segment, s->at,
		    "a table before the medium's sizes are known", err);
	for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++)
		if (strcmp(s->type, takers[i].type) == 0) {
			s->name = takers[i].name;
			return takers[i].take(read, s, err);
		}
	return 0;
}

static int read_descriptor(struct media_ewf_read *read, uint32_t segment,
    uint64_t at, struct media_ewf_section *ret_section, struct err *err)
{
	uint8_t d[MEDIA_EWF_DESCRIPTOR];
	struct media_ewf_section s = {.segment = segment, .at = at};
	int rc = media_ewf_walk_get(read, segment, at, d, sizeof(d), err);

	if (rc != 0)
		return rc;
	if (!media_ewf_walk_is_checked(d, sizeof(d) - 4))
		return media_ewf_walk_damaged(read, segment, at,
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
		return media_ewf_walk_damaged(read, segment, at,
		    "a section's descriptor contradicts itself, or the file is "
		    "cut off",
		    err);
	*ret_section = s;
	return 0;
}

/* ---- the files ---- */

static int end_segment(struct media_ewf_read *read,
    const struct media_ewf_section *s, struct err *err)
{
	bool is_done = strcmp(s->type, "done") == 0;
	bool is_last = s->segment + 1 == read->n;

	if (!is_done && strcmp(s->type, "next") != 0)
		return media_ewf_walk_damaged(read, s->segment, s->at,
		    "a section in the middle says that it is the last", err);
	if (s->at + MEDIA_EWF_DESCRIPTOR != read->files[s->segment].length)
		media_ewf_walk_add_flaw(read, s->segment,
		    s->at + MEDIA_EWF_DESCRIPTOR,
		    read->files[s->segment].length,
		    "what lies behind the last section");
	if (is_done && !is_last)
		return media_ewf_walk_damaged(read, s->segment, s->at,
		    "the image is done here, and there are more files", err);
	if (!is_done && is_last && !read->is_partial)
		return media_ewf_walk_damaged(read, s->segment, s->at,
		    "the image goes on in a next file, which is missing", err);
	read->about.is_whole = is_done;
	return 0;
}

int media_ewf_walk_segment(
    struct media_ewf_read *read, uint32_t segment, struct err *err)
{
	uint8_t head[MEDIA_EWF_HEADER];
	struct media_ewf_section s = {.next = MEDIA_EWF_HEADER};
	uint64_t length = read->files[segment].length;
	int rc = media_ewf_walk_get(read, segment, 0, head, sizeof(head), err);

	if (rc != 0)
		return rc;
	if (memcmp(head, MEDIA_EWF_SIGNATURE, MEDIA_EWF_SIGNATURE_SIZE) != 0 ||
	    head[8] != 1)
		return media_ewf_walk_damaged(
		    read, segment, 0, "this is no E01", err);
	if (media_get_le16(head + 9) != segment + 1)
		return media_ewf_walk_damaged(read, segment, 9,
		    "this is another segment than its name says", err);
	if (media_get_le16(head + 11) != 0) /* the end of its fields */
		media_ewf_walk_add_flaw(
		    read, segment, 0, sizeof(head), "the first bytes");
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
	return media_ewf_walk_damaged(
	    read, segment, s.at, "too many sections", err);
}

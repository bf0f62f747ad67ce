/*
 * media_ewf_write.c: see media_ewf_write.h; the format is that of libewf's
 * documentation, "Expert Witness Compression Format".
 *
 * The chunks of one table are collected in memory, so that each section is
 * written once, with its length, and no byte is changed afterwards.
 */
#include "media_ewf_write.h"

#include "buf.h"
#include "media_internal.h"
#include "mem.h"

#include <assert.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HEADER_TEXT_MAX 65536
/* data, digest, hash, done and an error2 without entries. */
#define ENDING                                                                 \
	(5 * MEDIA_EWF_DESCRIPTOR + MEDIA_EWF_VOLUME + MEDIA_EWF_DIGEST +      \
	    MEDIA_EWF_HASH + MEDIA_EWF_ERROR2_HEADER + 4)

struct media_ewf_write {
	struct media_ewf_write_options options;
	uint64_t chunks; /* that the whole has */
	uint64_t put; /* so far */
	uint8_t *group; /* the stored chunks behind the next table */
	size_t group_n;
	uint32_t *places; /* of each in the group, with its flag */
	uint32_t count; /* of them */
};

uint64_t media_ewf_write_sectors(uint64_t length, size_t *ret_fill)
{
	*ret_fill =
	    (MEDIA_EWF_SECTOR - length % MEDIA_EWF_SECTOR) % MEDIA_EWF_SECTOR;
	return length / MEDIA_EWF_SECTOR + (*ret_fill != 0);
}

int media_ewf_write_check(
    uint64_t length, uint64_t segment_size, struct err *err)
{
	if (length > MEDIA_EWF_LENGTH_MAX)
		return err_set(err, ERR_LIMIT,
		    "an E01 holds at most 127 TiB; write it raw");
	if (segment_size > 0 && segment_size < MEDIA_EWF_SEGMENT_MIN)
		return err_set(
		    err, ERR_USAGE, "a segment of an E01 has at least 1 MiB");
	return 0;
}

int media_ewf_write_new(struct media_ewf_write **ret_write,
    const struct media_ewf_write_options *options, struct err *err)
{
	int rc =
	    media_ewf_write_check(options->length, options->segment_size, err);
	struct media_ewf_write *write =
	    rc == 0 ? mem_new(1, sizeof(*write)) : NULL;

	if (rc != 0)
		return rc;
	if (write == NULL)
		return err_nomem(err);
	write->options = *options;
	if (write->options.group_chunks == 0)
		write->options.group_chunks = MEDIA_EWF_GROUP;
	if (write->options.segment_size == 0)
		write->options.segment_size = MEDIA_EWF_SEGMENT_DEFAULT;
	assert(write->options.group_chunks <= 16375);
	write->chunks = options->length / MEDIA_EWF_CHUNK +
	    (options->length % MEDIA_EWF_CHUNK != 0);
	write->group = mem_new(
	    write->options.group_chunks, MEDIA_EWF_STORED_MAX(MEDIA_EWF_CHUNK));
	write->places =
	    mem_new(write->options.group_chunks, sizeof(*write->places));
	if (write->group == NULL || write->places == NULL) {
		media_ewf_write_free(write);
		return err_nomem(err);
	}
	*ret_write = write;
	return 0;
}

void media_ewf_write_free(struct media_ewf_write *write)
{
	if (write == NULL)
		return;
	free(write->group);
	free(write->places);
	free(write);
}

/* ---- sections ---- */

static int put(
    struct media_ewf_write *write, const void *bytes, size_t n, struct err *err)
{
	return media_out_put(write->options.out, bytes, n, err);
}

static void put_checksum(uint8_t *p, size_t n)
{
	media_put_le32(p + n, libdeflate_adler32(1, p, n));
}

/* A descriptor; what follows it has n bytes. The last section of a file names
 * itself as the next one and, as EnCase has it, no size. */
static int put_descriptor(struct media_ewf_write *write, const char *type,
    uint64_t n, bool is_last, struct err *err)
{
	uint8_t d[MEDIA_EWF_DESCRIPTOR] = {0};
	uint64_t at = media_out_at(write->options.out);

	memcpy(d, type, strlen(type));
	media_put_le64(d + 16, is_last ? at : at + sizeof(d) + n);
	media_put_le64(d + 24, is_last ? 0 : sizeof(d) + n);
	put_checksum(d, sizeof(d) - 4);
	return put(write, d, sizeof(d), err);
}

static int put_section(struct media_ewf_write *write, const char *type,
    const void *bytes, size_t n, struct err *err)
{
	int rc = put_descriptor(write, type, n, false, err);

	return rc != 0 ? rc : put(write, bytes, n, err);
}

static int put_volume(
    struct media_ewf_write *write, const char *type, struct err *err)
{
	uint8_t v[MEDIA_EWF_VOLUME] = {0};
	size_t fill;

	v[0] = 0x01; /* fixed storage */
	media_put_le32(v + 4, (uint32_t)write->chunks);
	media_put_le32(v + 8, MEDIA_EWF_CHUNK / MEDIA_EWF_SECTOR);
	media_put_le32(v + 12, MEDIA_EWF_SECTOR);
	media_put_le64(
	    v + 16, media_ewf_write_sectors(write->options.length, &fill));
	v[36] = write->options.is_device ? 0x03 : 0x01; /* image, physical */
	v[52] = (uint8_t)write->options.level;
	media_put_le32(v + 56, 1); /* sectors of one error */
	memcpy(v + 64, write->options.guid, MEDIA_EWF_GUID_SIZE);
	put_checksum(v, sizeof(v) - 4);
	return put_section(write, type, v, sizeof(v), err);
}

/* A value of one field: tabs and line ends would end it. */
static void put_value(struct buf *text, const char *value)
{
	for (const char *p = value; p != NULL && *p != '\0'; p++)
		buf_putc(text, (unsigned char)*p < ' ' ? ' ' : *p);
}

static void put_values(
    struct buf *text, const struct media_ewf_header *h, const char *time)
{
	put_value(text, h->case_number);
	buf_putc(text, '\t');
	put_value(text, h->evidence);
	buf_putc(text, '\t');
	put_value(text, h->description);
	buf_putc(text, '\t');
	put_value(text, h->examiner);
	buf_putc(text, '\t');
	put_value(text, h->notes);
	buf_printf(text, "\tcounterfoil\tLinux\t%s\t%s\t0", time, time);
}

static int put_packed(struct media_ewf_write *write, const char *type,
    const char *bytes, size_t n, unsigned times, struct err *err)
{
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);
	size_t max = libdeflate_zlib_compress_bound(c, n);
	uint8_t *packed = mem_new(max, 1);
	int rc = 0;

	if (c == NULL || packed == NULL) {
		rc = err_nomem(err);
	} else {
		size_t size =
		    libdeflate_zlib_compress(c, bytes, n, packed, max);

		assert(size > 0);
		for (unsigned i = 0; i < times && rc == 0; i++)
			rc = put_section(write, type, packed, size, err);
	}
	free(packed);
	if (c != NULL)
		libdeflate_free_compressor(c);
	return rc;
}

/* What is no ASCII cannot stand in it: header2 has it. */
static int put_header(struct media_ewf_write *write, struct err *err)
{
	const struct media_ewf_header *h = &write->options.header;
	time_t when = (time_t)h->when;
	struct tm tm = {0};
	char time[64];
	struct buf text;
	int rc;

	(void)gmtime_r(&when, &tm);
	(void)snprintf(time, sizeof(time), "%d %d %d %d %d %d",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	buf_init(&text, HEADER_TEXT_MAX);
	buf_puts(&text, "1\r\nmain\r\nc\tn\ta\te\tt\tav\tov\tm\tu\tp\r\n");
	put_values(&text, h, time);
	buf_puts(&text, "\r\n\r\n");
	rc = buf_check(&text, err);
	for (size_t i = 0; i < text.n && rc == 0; i++)
		if ((unsigned char)text.p[i] >= 0x80)
			text.p[i] = '?';
	if (rc == 0)
		rc = put_packed(write, "header", text.p, text.n, 1, err);
	buf_done(&text);
	return rc;
}

/* UTF-8 that was checked by the caller to UTF-16LE; what is none becomes
 * U+FFFD byte by byte. */
static void put_utf16(struct buf *out, struct slice text)
{
	for (size_t i = 0; i < text.n;) {
		unsigned char c = (unsigned char)text.p[i++];
		unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : c >= 0xc0;
		uint32_t code = c;

		if (c >= 0x80) {
			code = c & (0x3f >> more);
			if (more == 0 || text.n - i < more)
				code = 0xfffd, more = 0;
			for (; more > 0; more--)
				code = code << 6 |
				    ((unsigned char)text.p[i++] & 0x3f);
		}
		if (code >= 0x10000) {
			code -= 0x10000;
			buf_putc(out, (char)(code >> 10));
			buf_putc(out, (char)(0xd8 | (code >> 18 & 3)));
			code = 0xdc00 | (code & 0x3ff);
		}
		buf_putc(out, (char)code);
		buf_putc(out, (char)(code >> 8));
	}
}

static int put_header2(struct media_ewf_write *write, struct err *err)
{
	const struct media_ewf_header *h = &write->options.header;
	struct buf text, wide;
	char time[32];
	int rc;

	(void)snprintf(time, sizeof(time), "%lld", (long long)h->when);
	buf_init(&text, HEADER_TEXT_MAX);
	buf_init(&wide, 2 * HEADER_TEXT_MAX + 2);
	buf_puts(&text, "3\nmain\nc\tn\ta\te\tt\tav\tov\tm\tu\tp\n");
	put_values(&text, h, time);
	buf_puts(&text,
	    "\n\nsrce\n0\t1\np\tn\tid\tev\ttb\tlo\tpo\tah\tgu\taq\n0\t0\n"
	    "\t\t\t\t");
	buf_printf(&text, "%llu\t-1\t-1\t\t\t\n\n",
	    (unsigned long long)write->options.length);
	buf_puts(
	    &text, "sub\n0\t1\np\tn\tid\tnu\tco\tgu\n0\t0\n\t\t\t\t1\t\n\n");
	rc = buf_check(&text, err);
	buf_put(&wide, "\xff\xfe", 2);
	put_utf16(&wide, buf_slice(&text));
	if (rc == 0)
		rc = buf_check(&wide, err);
	if (rc == 0)
		rc = put_packed(write, "header2", wide.p, wide.n, 2, err);
	buf_done(&text);
	buf_done(&wide);
	return rc;
}

static int begin_file(struct media_ewf_write *write, struct err *err)
{
	uint8_t h[MEDIA_EWF_HEADER] = MEDIA_EWF_SIGNATURE;
	int rc = media_out_next(write->options.out, err);

	if (rc != 0)
		return rc;
	h[8] = 1;
	media_put_le16(h + 9, (uint16_t)media_out_number(write->options.out));
	return put(write, h, sizeof(h), err);
}

int media_ewf_write_begin(struct media_ewf_write *write, struct err *err)
{
	int rc = begin_file(write, err);

	if (rc == 0)
		rc = put_header2(write, err);
	if (rc == 0)
		rc = put_header(write, err);
	return rc != 0 ? rc : put_volume(write, "volume", err);
}

void media_ewf_write_resume(struct media_ewf_write *write, uint64_t chunks)
{
	write->put = chunks;
}

/* ---- chunks ---- */

static size_t table_size(uint32_t count)
{
	return MEDIA_EWF_TABLE_HEADER + 4 * (size_t)count + 4;
}

static int put_table(struct media_ewf_write *write, uint64_t base,
    uint32_t first, struct err *err)
{
	size_t n = table_size(write->count);
	uint8_t *table = mem_new(n, 1);
	int rc;

	if (table == NULL)
		return err_nomem(err);
	media_put_le32(table, write->count);
	media_put_le64(table + 8, base);
	put_checksum(table, MEDIA_EWF_TABLE_HEADER - 4);
	uint8_t *entries = table + MEDIA_EWF_TABLE_HEADER;
	for (uint32_t i = 0; i < write->count; i++)
		media_put_le32(
		    entries + 4 * (size_t)i, write->places[i] + first);
	put_checksum(entries, 4 * (size_t)write->count);
	rc = put_section(write, "table", table, n, err);
	if (rc == 0)
		rc = put_section(write, "table2", table, n, err);
	free(table);
	return rc;
}

/* Chunks are counted from the file's first byte as long as 31 bits reach, so
 * that readers which know of no base find them. */
int media_ewf_write_flush(struct media_ewf_write *write, struct err *err)
{
	uint64_t at = media_out_at(write->options.out);
	uint64_t end = at + MEDIA_EWF_DESCRIPTOR + write->group_n;
	bool is_near = end < MEDIA_EWF_PACKED;
	int rc;

	if (write->count == 0)
		return 0;
	rc = put_section(write, "sectors", write->group, write->group_n, err);
	if (rc == 0)
		rc = put_table(write, is_near ? 0 : at,
		    MEDIA_EWF_DESCRIPTOR + (is_near ? (uint32_t)at : 0), err);
	if (rc == 0) {
		write->count = 0;
		write->group_n = 0;
	}
	return rc;
}

/* What the file would be long if one more chunk of n bytes came and then the
 * end of the image. */
static uint64_t length_with(const struct media_ewf_write *write, size_t n,
    const struct media_ranges *bad)
{
	return media_out_at(write->options.out) + 3 * MEDIA_EWF_DESCRIPTOR +
	    write->group_n + n + 2 * table_size(write->count + 1) + ENDING +
	    8 * (uint64_t)bad->n;
}

static int next_file(struct media_ewf_write *write, struct err *err)
{
	int rc = media_ewf_write_flush(write, err);

	if (rc == 0)
		rc = put_descriptor(write, "next", 0, true, err);
	if (rc == 0)
		rc = begin_file(write, err);
	return rc != 0 ? rc : put_volume(write, "data", err);
}

int media_ewf_write_chunk(struct media_ewf_write *write, const void *stored,
    size_t n, bool is_packed, const struct media_ranges *bad, struct err *err)
{
	int rc = 0;

	assert(n <= MEDIA_EWF_STORED_MAX(MEDIA_EWF_CHUNK));
	assert(write->put < write->chunks);
	if (length_with(write, n, bad) > write->options.segment_size)
		rc = next_file(write, err);
	if (rc != 0)
		return rc;
	write->places[write->count++] =
	    (uint32_t)write->group_n | (is_packed ? MEDIA_EWF_PACKED : 0);
	memcpy(write->group + write->group_n, stored, n);
	write->group_n += n;
	write->put++;
	if (write->count == write->options.group_chunks ||
	    write->put == write->chunks)
		rc = media_ewf_write_flush(write, err);
	return rc;
}

/* ---- the end ---- */

/* Sectors, of 32 bits: what lies beyond is in the ledger's record only. */
static int put_errors(struct media_ewf_write *write,
    const struct media_ranges *bad, struct err *err)
{
	uint8_t head[MEDIA_EWF_ERROR2_HEADER] = {0};
	uint8_t *entries = mem_new(bad->n + 1, 8);
	uint32_t n = 0;
	int rc;

	if (entries == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < bad->n; i++) {
		uint64_t first = bad->of[i].at / MEDIA_EWF_SECTOR;
		uint64_t end =
		    (bad->of[i].at + bad->of[i].length + MEDIA_EWF_SECTOR - 1) /
		    MEDIA_EWF_SECTOR;

		if (end > UINT32_MAX)
			break;
		media_put_le32(entries + 8 * (size_t)n, (uint32_t)first);
		media_put_le32(
		    entries + 8 * (size_t)n + 4, (uint32_t)(end - first));
		n++;
	}
	put_checksum(entries, 8 * (size_t)n);
	media_put_le32(head, n);
	put_checksum(head, sizeof(head) - 4);
	rc = put_descriptor(
	    write, "error2", sizeof(head) + 8 * (uint64_t)n + 4, false, err);
	if (rc == 0)
		rc = put(write, head, sizeof(head), err);
	if (rc == 0)
		rc = put(write, entries, 8 * (size_t)n + 4, err);
	free(entries);
	return rc;
}

static int put_hashes(struct media_ewf_write *write,
    const struct media_hash_set *hashes, struct err *err)
{
	const struct media_hash_value *md5 = &hashes->of[MEDIA_HASH_MD5];
	const struct media_hash_value *sha1 = &hashes->of[MEDIA_HASH_SHA1];
	uint8_t digest[MEDIA_EWF_DIGEST] = {0}, hash[MEDIA_EWF_HASH] = {0};
	int rc = 0;

	memcpy(digest, md5->b, 16);
	memcpy(digest + 16, sha1->b, 20);
	put_checksum(digest, sizeof(digest) - 4);
	memcpy(hash, md5->b, 16);
	put_checksum(hash, sizeof(hash) - 4);
	if (sha1->is_there)
		rc = put_section(write, "digest", digest, sizeof(digest), err);
	if (rc == 0 && md5->is_there)
		rc = put_section(write, "hash", hash, sizeof(hash), err);
	return rc;
}

int media_ewf_write_finish(struct media_ewf_write *write,
    const struct media_hash_set *hashes, const struct media_ranges *bad,
    struct err *err)
{
	int rc = media_ewf_write_flush(write, err);

	assert(write->put == write->chunks);
	if (rc == 0 && media_out_number(write->options.out) == 1)
		rc = put_volume(write, "data", err);
	if (rc == 0 && bad->n > 0)
		rc = put_errors(write, bad, err);
	if (rc == 0)
		rc = put_hashes(write, hashes, err);
	return rc != 0 ? rc : put_descriptor(write, "done", 0, true, err);
}

/*
 * fuzz_cage.c: what a box may send: an answer, then the table that it points
 * to. The first byte says what was asked.
 *
 * What is taken must keep what cage_wire.h promises of it, whatever came.
 */
#include "cage_entry.h"
#include "text.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entries(
    const struct cage_wire_asked *asked, const uint8_t *table, uint32_t count)
{
	struct cage_wire_entry *entries =
	    malloc((count + 1) * sizeof(*entries));
	const struct cage_wire_request *r = &asked->request;

	assert(entries != NULL);
	if (cage_wire_take_entries(entries, asked, 7, table, count, NULL) == 0)
		for (uint32_t i = 0; i < count; i++) {
			const struct cage_wire_entry *e = &entries[i];
			const uint64_t end = e->at + e->length;

			assert(e->length > 0 && end > e->at);
			assert(i == 0 ||
			    e->at >= entries[i - 1].at + entries[i - 1].length);
			if (r->kind == CAGE_WIRE_READ)
				assert(e->at >= r->at && end <= r->at + r->n);
			else
				assert(e->at >= 7 && end <= INT64_MAX);
			assert(e->file == CAGE_WIRE_NO_FILE ||
			    (e->file < asked->files &&
				e->file_at + e->file_n <=
				    asked->lengths[e->file]));
		}
	free(entries);
}

static void check_names(const uint8_t *table, uint32_t count)
{
	char name[CAGE_WIRE_NAME];

	for (uint32_t i = 0; i < count; i++)
		if (cage_wire_take_name(
			name, table + i * CAGE_WIRE_NAME, NULL) == 0)
			assert(name[0] != '\0' && strchr(name, '/') == NULL &&
			    strcmp(name, "..") != 0 && strcmp(name, ".") != 0 &&
			    strlen(name) < CAGE_WIRE_NAME &&
			    text_is_line(slice_of(name), NULL, NULL));
}

static void check_volumes(const uint8_t *table, uint32_t count)
{
	struct cage_wire_volume v;

	for (uint32_t i = 0; i < count; i++)
		if (cage_entry_take_volume(
			&v, 100000, table + i * CAGE_WIRE_VOLUME, NULL) == 0)
			assert(v.length > 0 && v.at < 100000 &&
			    v.length <= 100000 - v.at &&
			    text_is_line(slice_of(v.type), NULL, NULL) &&
			    text_is_line(slice_of(v.what), NULL, NULL));
}

static void check_runs(const uint8_t *table, uint32_t count)
{
	struct cage_wire_run *runs = malloc((count + 1) * sizeof(*runs));
	uint64_t in_file = 0;

	assert(runs != NULL);
	if (cage_entry_take_runs(runs, 0, 100000, table, count, NULL) == 0)
		for (uint32_t i = 0; i < count; i++) {
			assert(runs[i].in_file == in_file);
			assert(runs[i].length > 0);
			in_file += runs[i].length;
			assert(in_file <= INT64_MAX);
			assert(runs[i].is_hole ||
			    (runs[i].at < 100000 &&
				runs[i].length <= 100000 - runs[i].at));
		}
	free(runs);
}

static void check_owners(const uint8_t *table, uint32_t count)
{
	const struct cage_wire_range asked[] = {{0, 512}, {4096, 4096}};
	struct cage_wire_owner o;

	for (uint32_t i = 0; i < count; i++)
		if ((i + 1) * CAGE_WIRE_OWNER <=
			CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT &&
		    cage_entry_take_owner(
			&o, asked, 2, table + i * CAGE_WIRE_OWNER, NULL) == 0)
			assert(o.length > 0 && o.at + o.length <= 8192 &&
			    o.volume > 0 &&
			    text_is_line(slice_of(o.path), NULL, NULL));
}

static void check_table(
    const struct cage_wire_asked *asked, const uint8_t *table, uint32_t count)
{
	switch (asked->request.kind) {
	case CAGE_WIRE_NAMES:
		check_names(table, count);
		break;
	case CAGE_WIRE_VOLUMES:
		check_volumes(table, count);
		break;
	case CAGE_WIRE_FIND:
		check_runs(table, count);
		break;
	case CAGE_WIRE_OWNERS:
		check_owners(table, count);
		break;
	default:
		check_entries(asked, table, count);
	}
}

/* Whatever a name is, it is shown as a line. */
static void check_line(const uint8_t *data, size_t size)
{
	char line[64];

	(void)text_show(
	    line, sizeof(line), (struct slice){(const char *)data, size});
	assert(text_is_line(slice_of(line), NULL, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t lengths[] = {100000, 512};
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_OPEN,
		.number = 1,
		.at = 4096,
		.n = 65536,
		.format = CAGE_WIRE_E01},
	    .files = 2,
	    .lengths = lengths,
	};
	struct cage_wire_answer a;
	struct cage_wire_request request;
	uint8_t *table = calloc(1, CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT);

	assert(table != NULL);
	if (size == 0) {
		free(table);
		return 0;
	}
	/* The other direction, too: the box takes it. */
	if (cage_wire_take_request(&request, data, size, NULL) == 0)
		assert(request.n <= CAGE_WIRE_BYTES_MAX ||
		    request.kind != CAGE_WIRE_READ);
	asked.request.kind =
	    (enum cage_wire_kind)(CAGE_WIRE_FILES + data[0] % CAGE_WIRE_OWNERS);
	check_line(data, size);
	data++;
	size--;
	const size_t n = size < CAGE_WIRE_ANSWER ? size : CAGE_WIRE_ANSWER;
	const size_t rest = size - n;

	if (rest <= CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT && rest > 0)
		memcpy(table, data + n, rest);
	if (cage_wire_take_answer(&a, &asked, data, n, NULL) == 0) {
		assert(a.code <= 0 && a.code != ERR_VERIFY);
		assert(a.file == CAGE_WIRE_NO_FILE || a.file < asked.files);
		assert(text_is_line(slice_of(a.text), NULL, NULL));
		assert(a.about.length <= a.about.available &&
		    a.about.declared <= a.about.available &&
		    a.about.available <= INT64_MAX);
		check_table(&asked, table, a.count);
	}
	free(table);
	return 0;
}

/*
 * cage_image.c: see cage_image.h.
 */
#include "cage_image.h"

#include "cage_internal.h"
#include "mem.h"
#include "text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void cage_image_lose(struct cage_image *image)
{
	cage_box_free(image->box);
	image->box = NULL;
	image->losses++;
}

static uint32_t flags_of(const struct cage_image_options *o)
{
	return (o->has_file_systems ? CAGE_WIRE_FILE_SYSTEMS : 0) |
	    (o->finds != 0 ? CAGE_WIRE_SCANS : 0);
}

static int start(struct cage_image *image, struct err *err)
{
	const unsigned losses_max = image->options.losses_max > 0
	    ? image->options.losses_max
	    : CAGE_IMAGE_LOSSES_MAX;
	const struct cage_box_options o = {
	    .program = image->options.program,
	    .fds = image->options.fds,
	    .n = image->options.n,
	    .format = image->options.format,
	    .flags = flags_of(&image->options),
	    .finds = image->options.finds,
	    .answer_ms = image->options.answer_ms,
	    .waiting = image->options.waiting,
	    .waiting_cookie = image->options.waiting_cookie,
	};

	if (image->losses > losses_max)
		return err_set(err, ERR_FORMAT,
		    "%u boxes were lost over this image; no more of it is read",
		    image->losses);
	image->reads = 0;
	int rc = cage_box_new(&image->box, &o, err);
	if (rc == ERR_FORMAT) {
		image->losses++;
		err_prefix(err, "%s", image->options.names[0]);
	}
	return rc;
}

int cage_image_say(const struct cage_image *image,
    const struct cage_wire_answer *answer, struct err *err)
{
	const char *const *names = image->options.names;
	const char *text = answer->text;

	if (text[0] == '\0')
		text = ": no reason is said";
	if (answer->file < image->options.n)
		return err_set(
		    err, answer->code, "%s%s", names[answer->file], text);
	return err_set(err, answer->code, "%s: %s", names[0], text);
}

int cage_image_ask(struct cage_image *image, struct cage_wire_asked *asked,
    struct cage_wire_answer *ret_answer, struct err *err)
{
	uint8_t answer[CAGE_WIRE_ANSWER];

	asked->request.number = ++image->number;
	asked->request.format = image->options.format;
	asked->files = image->options.n;
	asked->lengths = image->lengths;
	int rc = cage_box_ask(image->box, &asked->request, answer, err);
	if (rc == 0)
		rc = cage_wire_take_answer(
		    ret_answer, asked, answer, sizeof(answer), err);
	if (rc == ERR_FORMAT) {
		cage_image_lose(image);
		err_prefix(err, "%s", image->options.names[0]);
	}
	return rc;
}

static bool is_same(
    const struct cage_wire_about *a, const struct cage_wire_about *b)
{
	return a->format == b->format && a->flags == b->flags &&
	    a->length == b->length && a->declared == b->declared &&
	    a->available == b->available && a->bad_count == b->bad_count &&
	    a->chunk_size == b->chunk_size &&
	    a->sector_size == b->sector_size &&
	    memcmp(a->md5, b->md5, sizeof(a->md5)) == 0 &&
	    memcmp(a->sha1, b->sha1, sizeof(a->sha1)) == 0;
}

static int open_image(struct cage_image *image, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_OPEN,
		.n = image->options.last_length,
		.flags = image->options.is_partial ? CAGE_WIRE_PARTIAL : 0}};
	struct cage_wire_answer answer;
	int rc = cage_image_ask(image, &asked, &answer, err);

	if (rc == 0 && answer.code != 0)
		rc = cage_image_say(image, &answer, err);
	if (rc != 0)
		return rc;
	if (image->is_open && !is_same(&image->about, &answer.about)) {
		cage_image_lose(image);
		return err_set(err, ERR_FORMAT,
		    "%s: a second box says other things of this image than the "
		    "first",
		    image->options.names[0]);
	}
	image->about = answer.about;
	image->is_open = true;
	return 0;
}

int cage_image_need_box(struct cage_image *image, struct err *err)
{
	if (image->box != NULL &&
	    (image->reads >= CAGE_IMAGE_READS_MAX ||
		cage_box_is_of_another_thread(image->box))) {
		cage_box_free(image->box);
		image->box = NULL;
	}
	if (image->box != NULL)
		return 0;
	int rc = start(image, err);
	return rc != 0 ? rc : open_image(image, err);
}

int cage_image_ask_for(struct cage_image *image, struct cage_wire_asked *asked,
    struct cage_wire_answer *ret_answer, struct err *err)
{
	int rc = cage_image_need_box(image, err);

	if (rc == 0)
		rc = cage_image_ask(image, asked, ret_answer, err);
	if (rc == 0 && ret_answer->code != 0)
		rc = cage_image_say(image, ret_answer, err);
	return rc;
}

static int find_lengths(struct cage_image *image, struct err *err)
{
	const struct cage_image_options *o = &image->options;

	for (size_t i = 0; i < o->n; i++) {
		const off_t end = lseek(o->fds[i], 0, SEEK_END);

		if (end < 0)
			return err_sys(
			    err, errno, "%s: its length", o->names[i]);
		image->lengths[i] = (uint64_t)end;
	}
	if (o->last_length > 0 && o->last_length < image->lengths[o->n - 1])
		image->lengths[o->n - 1] = o->last_length;
	return 0;
}

static int make(struct cage_image **ret_image,
    const struct cage_image_options *options,
    const struct cage_wire_about *about, struct err *err)
{
	struct cage_image *image = mem_new(1, sizeof(*image));
	int rc = 0;

	if (image == NULL)
		return err_nomem(err);
	image->options = *options;
	image->lengths = mem_new(options->n, sizeof(*image->lengths));
	if (image->lengths == NULL)
		rc = err_nomem(err);
	if (about != NULL) {
		image->about = *about;
		image->is_open = true;
	}
	if (rc == 0)
		rc = find_lengths(image, err);
	if (rc == 0)
		rc = cage_image_need_box(image, err);
	if (rc == 0)
		*ret_image = image;
	else
		cage_image_free(image);
	return rc;
}

int cage_image_new(struct cage_image **ret_image,
    const struct cage_image_options *options, struct err *err)
{
	return make(ret_image, options, NULL, err);
}

int cage_image_again(struct cage_image **ret_image,
    const struct cage_image *image, struct err *err)
{
	return make(ret_image, &image->options, &image->about, err);
}

void cage_image_free(struct cage_image *image)
{
	if (image == NULL)
		return;
	cage_box_free(image->box);
	free(image->lengths);
	free(image);
}

const struct cage_wire_about *cage_image_about(const struct cage_image *image)
{
	return &image->about;
}

int cage_image_names(struct cage_image *image,
    char (*ret_names)[CAGE_WIRE_NAME], size_t *ret_n, struct err *err)
{
	struct cage_wire_asked asked = {.request = {.kind = CAGE_WIRE_NAMES}};
	struct cage_wire_answer answer;
	int rc = cage_image_ask_for(image, &asked, &answer, err);

	if (rc != 0)
		return rc;
	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer.count * CAGE_WIRE_NAME);
	for (uint32_t i = 0; i < answer.count && rc == 0; i++)
		rc = cage_wire_take_name(
		    ret_names[i], image->table + i * CAGE_WIRE_NAME, err);
	if (rc == 0)
		*ret_n = answer.count;
	return rc;
}

/* ---- bytes ---- */

static int read_bytes(struct cage_image *image, struct cage_wire_asked *asked,
    void *ret_bytes, struct cage_image_damage *ret_damage, struct err *err)
{
	struct cage_wire_answer answer;
	struct err why = {0};
	int rc = cage_image_ask(image, asked, &answer, err);

	if (rc != 0)
		return rc;
	if (answer.code != 0)
		return cage_image_say(image, &answer, err);
	cage_box_copy(image->box, 0, ret_bytes, (size_t)asked->request.n);
	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer.count * CAGE_WIRE_ENTRY);
	rc = cage_wire_take_entries(
	    ret_damage->of, asked, 0, image->table, answer.count, err);
	if (rc != 0) {
		cage_image_lose(image);
		return rc;
	}
	ret_damage->n = answer.count;
	ret_damage->text[0] = '\0';
	if (answer.count > 0) {
		answer.code = ERR_FORMAT;
		(void)cage_image_say(image, &answer, &why);
		memcpy(ret_damage->text, why.message, sizeof(why.message));
	}
	return 0;
}

/* Behind what is there; more than there is room for is one range. */
static void append(
    struct cage_image_damage *damage, const struct cage_image_damage *more)
{
	if (damage->n == 0 && more->n > 0)
		memcpy(damage->text, more->text, sizeof(damage->text));
	for (uint32_t i = 0; i < more->n; i++) {
		const struct cage_wire_entry *e = &more->of[i];

		if (damage->n < CAGE_WIRE_ENTRIES_MAX) {
			damage->of[damage->n++] = *e;
			continue;
		}
		struct cage_wire_entry *last = &damage->of[damage->n - 1];

		last->length = e->at + e->length - last->at;
	}
}

static int read_in_one(struct cage_image *image, uint64_t at, size_t n,
    void *ret_bytes, struct cage_image_damage *ret_damage, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_READ, .at = at, .n = n}};
	struct err why = {0};
	int rc = cage_image_need_box(image, &why);

	if (rc == 0) {
		image->reads++;
		rc = read_bytes(image, &asked, ret_bytes, ret_damage, &why);
	}
	if (rc != 0) {
		(void)err_set(err, rc, "%s", why.message);
		char span[TEXT_SPAN_SIZE];

		text_span(span, at, n);
		if (rc == ERR_FORMAT)
			err_prefix(err, "%s of the medium", span);
	}
	return rc;
}

/* A box was lost over all of it: how much can be had in smaller pieces? */
static int read_in_pieces(struct cage_image *image, uint64_t at, size_t n,
    uint8_t *ret_bytes, struct cage_image_damage *ret_damage, struct err *err)
{
	struct cage_image_damage *of_piece = mem_new(1, sizeof(*of_piece));
	int rc = of_piece == NULL ? err_nomem(err) : 0;

	ret_damage->n = 0;
	ret_damage->text[0] = '\0';
	for (size_t done = 0; done < n && rc == 0;) {
		const size_t left = n - done;
		const size_t here =
		    left < CAGE_IMAGE_PIECE ? left : CAGE_IMAGE_PIECE;
		struct err why = {0};

		rc = read_in_one(
		    image, at + done, here, ret_bytes + done, of_piece, &why);
		if (rc == ERR_FORMAT) {
			memset(ret_bytes + done, 0, here);
			of_piece->n = 1;
			of_piece->of[0] =
			    (struct cage_wire_entry){.at = at + done,
				.length = here,
				.file = CAGE_WIRE_NO_FILE};
			memcpy(
			    of_piece->text, why.message, sizeof(why.message));
			rc = 0;
		} else if (rc != 0) {
			rc = err_set(err, rc, "%s", why.message);
		}
		if (rc == 0)
			append(ret_damage, of_piece);
		done += here;
	}
	free(of_piece);
	return rc;
}

int cage_image_read(struct cage_image *image, uint64_t at, size_t n,
    void *ret_bytes, struct cage_image_damage *ret_damage, struct err *err)
{
	struct err why = {0};

	assert(n > 0 && n <= CAGE_WIRE_BYTES_MAX && at <= UINT64_MAX - n);
	int rc = read_in_one(image, at, n, ret_bytes, ret_damage, &why);
	if (rc == ERR_FORMAT && n > CAGE_IMAGE_PIECE)
		return read_in_pieces(image, at, n, ret_bytes, ret_damage, err);
	return rc == 0 ? 0 : err_set(err, rc, "%s", why.message);
}

int cage_image_bad(struct cage_image *image, uint64_t first, uint64_t after,
    struct cage_wire_entry *ret_entries, uint32_t *ret_n, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_BAD, .at = first}};
	struct cage_wire_answer answer;
	int rc = cage_image_ask_for(image, &asked, &answer, err);

	if (rc != 0)
		return rc;
	cage_box_copy(image->box, CAGE_WIRE_TABLE_AT, image->table,
	    (size_t)answer.count * CAGE_WIRE_ENTRY);
	rc = cage_wire_take_entries(
	    ret_entries, &asked, after, image->table, answer.count, err);
	if (rc == 0)
		*ret_n = answer.count;
	else
		cage_image_lose(image);
	return rc;
}

int cage_image_flaw(struct cage_image *image, uint64_t number, char *ret_text,
    size_t size, bool *ret_is_there, struct err *err)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_FLAW, .at = number}};
	struct cage_wire_answer answer = {0};
	int rc = cage_image_ask_for(image, &asked, &answer, err);

	*ret_is_there = false;
	if (rc != 0 || answer.count == 0)
		return rc;
	const struct cage_wire_entry *place = &answer.place;
	char span[TEXT_SPAN_SIZE];

	text_span(span, place->file_at, place->file_n);
	(void)snprintf(ret_text, size, "%s of %s, %s", answer.text,
	    image->options.names[place->file], span);
	*ret_is_there = true;
	return 0;
}

void cage_image_say_place(struct cage_image *image, uint64_t at,
    uint64_t length, char *ret_text, size_t size)
{
	struct cage_wire_asked asked = {
	    .request = {.kind = CAGE_WIRE_PLACE, .at = at, .n = length}};
	struct cage_wire_answer answer = {.file = CAGE_WIRE_NO_FILE};
	const char *const *names = image->options.names;
	int rc = cage_image_need_box(image, NULL);

	if (rc == 0)
		rc = cage_image_ask(image, &asked, &answer, NULL);
	char span[TEXT_SPAN_SIZE];

	text_span(span, answer.place.file_at, answer.place.file_n);
	if (rc == 0 && answer.code == 0 &&
	    answer.place.file != CAGE_WIRE_NO_FILE)
		(void)snprintf(
		    ret_text, size, "%s, %s", names[answer.place.file], span);
	else
		(void)snprintf(ret_text, size, "%s%s",
		    names[answer.file < image->options.n ? answer.file : 0],
		    rc == 0 ? answer.text : ", where cannot be said");
}

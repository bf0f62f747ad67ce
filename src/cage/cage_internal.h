/*
 * cage_internal.h: an image and the box that it is asked through, and how what
 * goes over the line is written and refused, for the files of this room.
 */
#ifndef CAGE_INTERNAL_H
#define CAGE_INTERNAL_H

#include "cage_box.h"
#include "cage_image.h"
#include "cage_wire.h"
#include "err.h"

/* n bytes of a number, the lowest first; returns what is behind them. */
static inline uint8_t *cage_internal_put(uint8_t *p, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*p++ = (uint8_t)(value >> 8 * i);
	return p;
}

/* ERR_FORMAT: `what` of an answer is not to be believed. */
static inline int cage_internal_lie(struct err *err, const char *what)
{
	return err_set(err, ERR_FORMAT, "the box's answer cannot be: %s", what);
}

struct cage_image {
	struct cage_image_options options;
	uint64_t *lengths; /* of the files, as far as they count */
	struct cage_box *box; /* NULL: the last one was lost */
	bool is_open; /* once, so that about is known */
	struct cage_wire_about about;
	uint64_t number; /* of requests */
	unsigned losses, reads;
	uint8_t table[CAGE_WIRE_SHARED - CAGE_WIRE_TABLE_AT];
};

/* A box that is there and has the image open. */
int cage_image_need_box(struct cage_image *image, struct err *err) MUST_CHECK;

/* One request and its answer, believed as far as cage_wire.h can. A code that
 * the answer has is not an error here. ERR_FORMAT: the box is lost. */
int cage_image_ask(struct cage_image *image, struct cage_wire_asked *asked,
    struct cage_wire_answer *ret_answer, struct err *err) MUST_CHECK;

/* The same of a box that is there, and a code is the error that it says. */
int cage_image_ask_for(struct cage_image *image, struct cage_wire_asked *asked,
    struct cage_wire_answer *ret_answer, struct err *err) MUST_CHECK;

/* What the box says in words, under the name that we have for the file: sets
 * err and returns answer->code, which is not 0. */
int cage_image_say(const struct cage_image *image,
    const struct cage_wire_answer *answer, struct err *err);

/* No word of this box is believed any more. */
void cage_image_lose(struct cage_image *image);

#endif

/*
 * cage_image.h: an image of a foreign format, read in a box.
 *
 * A box that crashes, hangs or lies spoils the bytes that were asked for and
 * nothing else: the next request goes to a new one, which must say the same of
 * the image.
 */
#ifndef CAGE_IMAGE_H
#define CAGE_IMAGE_H

#include "cage_wire.h"
#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Boxes that may be lost to one image before no more is tried: whoever wrote
 * it would otherwise choose how long this program is busy. */
#define CAGE_IMAGE_LOSSES_MAX 32
/* A box is replaced after so many reads (64 GiB): its limit of CPU time then
 * never meets one that only had much to do. */
#define CAGE_IMAGE_READS_MAX 65536
/* If a box is lost over more than this, it is asked for in such pieces. */
#define CAGE_IMAGE_PIECE 65536

struct cage_image_options {
	const char *program; /* as cage_box_options has it, and these three */
	const int *fds;
	size_t n;
	enum cage_wire_format format;
	const char *const *names; /* n that messages call the files by */
	bool has_file_systems; /* its box can be asked as cage_files.h has it */
	uint64_t finds; /* its box scans for these (cage_scan.h); 0: not */
	unsigned losses_max; /* 0: CAGE_IMAGE_LOSSES_MAX */
	bool is_partial; /* an E01 of ours that is not finished */
	uint64_t last_length; /* bytes of the last file that count; 0: all */
	unsigned answer_ms;
	void (*waiting)(void *cookie); /* and these two */
	void *waiting_cookie;
};

struct cage_image;

/*
 * Borrows everything in options. ERR_FORMAT: it is no such image, or damaged
 * in what all else depends on, or its box came to grief; ERR_UNSUPPORTED: it
 * is one that is not read (encrypted, or needs another image); else as
 * cage_box_new.
 */
int cage_image_new(struct cage_image **ret_image,
    const struct cage_image_options *options, struct err *err) MUST_CHECK;
/* The same image in another box, for another thread; options stay borrowed. */
int cage_image_again(struct cage_image **ret_image,
    const struct cage_image *image, struct err *err) MUST_CHECK;
void cage_image_free(struct cage_image *image);

const struct cage_wire_about *cage_image_about(const struct cage_image *image);

/* The names that a descriptor file gives the files of its image, which must
 * be opened and given in their order behind it: see CAGE_WIRE_NEEDS_FILES.
 * ret_names has room for CAGE_WIRE_NAMES_MAX. ERR_DENIED: one that is not of
 * the image's own folder. */
int cage_image_names(struct cage_image *image,
    char (*ret_names)[CAGE_WIRE_NAME], size_t *ret_n,
    struct err *err) MUST_CHECK;

struct cage_image_damage {
	uint32_t n;
	struct cage_wire_entry of[CAGE_WIRE_ENTRIES_MAX];
	char text[ERR_MESSAGE_MAX]; /* of the first one: file, place, what */
};

/*
 * n bytes at `at`, at most CAGE_WIRE_BYTES_MAX. What is damaged, or beyond the
 * image, is listed, which is no error; of it there is what could be had, and
 * zeros. A piece over which boxes are lost is listed, too; if n is no more than
 * one piece, that is ERR_FORMAT instead.
 */
int cage_image_read(struct cage_image *image, uint64_t at, size_t n,
    void *ret_bytes, struct cage_image_damage *ret_damage,
    struct err *err) MUST_CHECK;

/* Ranges that the image itself calls unreadable, from number `first` on, all
 * at or behind `after`; *ret_n 0: no more. ret_entries has room for
 * CAGE_WIRE_ENTRIES_MAX. */
int cage_image_bad(struct cage_image *image, uint64_t first, uint64_t after,
    struct cage_wire_entry *ret_entries, uint32_t *ret_n,
    struct err *err) MUST_CHECK;

/* Number `number`, from 0, of what is damaged in the files and holds none of
 * the medium's bytes, as "section header2 of x.E01, bytes 13 to 200";
 * *ret_is_there false: there are no more. At most CAGE_WIRE_FLAWS_MAX are told
 * apart. */
int cage_image_flaw(struct cage_image *image, uint64_t number, char *ret_text,
    size_t size, bool *ret_is_there, struct err *err) MUST_CHECK;

/* "x.E02, bytes 812 to 9004": where the bytes at `at` lie, as far as that can
 * be said. */
void cage_image_say_place(struct cage_image *image, uint64_t at,
    uint64_t length, char *ret_text, size_t size);

#endif

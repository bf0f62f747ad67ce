/*
 * media_open.h: an image that is there, raw, in parts, or of a foreign format
 * (E01, qcow2, VHD, VMDK), as one run of bytes.
 *
 * Raw bytes are read here. Everything that has a header to be taken apart is
 * read in a box (cage_image.h): nothing of it is believed unchecked.
 */
#ifndef MEDIA_OPEN_H
#define MEDIA_OPEN_H

#include "cage_image.h"
#include "err.h"
#include "media_file.h"
#include "media_hash.h"
#include "media_name.h"
#include "media_range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct media_out;

/* What a foreign image says of its medium. */
struct media_about {
	uint64_t length; /* exact, as far as it says */
	uint64_t declared; /* in whole sectors */
	uint64_t available; /* with what an E01's last chunk has behind that */
	uint32_t chunk_size;
	struct media_hash_set hashes; /* as stored: MD5, SHA-1 */
	/* That it calls unreadable itself; whoever knows of more may add them,
	 * to a raw image, too. */
	struct media_ranges bad;
};

struct media_open {
	enum media_name_style style;
	size_t n; /* files */
	struct media_file *files;
	char **names;
	int *fds;
	size_t file_cap, name_cap, fd_cap;
	struct cage_image *foreign; /* NULL: raw */
	struct media_about about; /* if foreign */
	struct cage_image_damage *damage; /* of the last read */
	uint64_t part_size; /* 0: parts adjoin; else see media_open_spread */
	struct media_file whole;
};

/*
 * path: of the first file (its ending says what it is; parts may begin
 * with .000), or the only one. Other
 * files are those of the same set in the same folder, and of a VMDK those that
 * its descriptor names there. ERR_UNSUPPORTED: a foreign image that is not read
 * (encrypted, or the difference from another one); ERR_DENIED: one that names
 * files elsewhere; ERR_NOTFOUND also: counterfoil-box is not installed.
 * media_open_done accepts a zeroed struct and a failed one.
 */
int media_open(
    struct media_open *ret_open, const char *path, struct err *err) MUST_CHECK;

/* The same, but a part that is missing before others is no error: it has no
 * descriptor (-1) and no bytes, and those of the next part follow. */
int media_open_incomplete(
    struct media_open *ret_open, const char *path, struct err *err) MUST_CHECK;

/*
 * Parts of which some are missing or were cut off hold less than `length`: all
 * but the last get the length of the longest, so that what is behind them is
 * in its place again. Other images, and those that are long enough, stay as
 * they are. What is not there is read as zeros, and is no error.
 */
void media_open_spread(struct media_open *open, uint64_t length);

/* What is not there of the first `length` bytes: holes between the parts, and
 * what lies behind the end. Added to *ranges, which is empty. */
int media_open_missing(const struct media_open *open, uint64_t length,
    struct media_ranges *ranges, struct err *err) MUST_CHECK;

/* What media_out wrote so far, `number` files, the last of which has `at`
 * bytes that count. Ours, but on a disk that others may have had: an E01 is
 * read in a box, too. */
int media_open_unfinished(struct media_open *ret_open,
    enum media_name_style style, const struct media_out *out, uint64_t number,
    uint64_t at, struct err *err) MUST_CHECK;

/*
 * For foreign images: n bytes at `at`, at most CAGE_WIRE_BYTES_MAX, also
 * behind the length, through `*box`, which belongs to one thread and is made
 * if it is NULL (cage_image_free). What is damaged or not there is in
 * *ret_damage (offsets in the medium); that is no error, and neither is a box
 * that was lost over it: then all of it is damaged, and zeros. Several threads
 * may call it at once.
 */
int media_open_read(const struct media_open *open, struct cage_image **box,
    uint64_t at, void *ret_bytes, size_t n,
    struct cage_image_damage *ret_damage, struct err *err) MUST_CHECK;

/* Another box over the same files, raw ones too, that can be asked about file
 * systems (cage_files.h). cage_image_free it before media_open_done. `waiting`
 * is called with the cookie now and then while it is waited for, which can take
 * minutes; NULL: nobody is told. ERR_UNSUPPORTED also: libtsk is not installed.
 */
int media_open_file_systems(const struct media_open *open,
    void (*waiting)(void *cookie), void *cookie, struct cage_image **ret_box,
    struct err *err) MUST_CHECK;

/* Another box over the same files, raw ones too, that scans them for `finds`
 * (cage_scan.h), and with has_file_systems can be asked as above. For a thread
 * of its own: cage_image_again. ERR_UNSUPPORTED also: Hyperscan is not
 * installed. */
int media_open_scanner(const struct media_open *open, uint64_t finds,
    bool has_file_systems, struct cage_image **ret_box,
    struct err *err) MUST_CHECK;

/* Number `number`, from 0, of what is damaged in the image's files and holds
 * none of the medium's bytes: "section header2 of x.E01, bytes 13 to 200".
 * *ret_is_there false: there are no more, or the format has no checksums. */
int media_open_flaw(struct media_open *open, uint64_t number, char *ret_text,
    size_t size, bool *ret_is_there, struct err *err) MUST_CHECK;

void media_open_done(struct media_open *open);

/* "x.raw, bytes 1 to 2", both included, or where in an E01 that lies; of other
 * formats the file alone. length > 0. */
void media_open_say_place(struct media_open *open, uint64_t at, uint64_t length,
    char *ret_text, size_t size);

#endif

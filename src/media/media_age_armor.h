/*
 * media_age_armor.h: age files as text between BEGIN and END (RFC 7468, strict,
 * C2SP age.md). Read, never written.
 */
#ifndef MEDIA_AGE_ARMOR_H
#define MEDIA_AGE_ARMOR_H

#include "buf.h"
#include "err.h"
#include "slice.h"

#include <stdbool.h>

/* Whether it is meant as armor: begins with "-----BEGIN", after white space. */
bool media_age_armor_is(struct slice text);

/* Appends the bytes. Lines of 64 characters and a last one that may be
 * shorter, LF or CRLF, white space around the whole; anything else is
 * ERR_FORMAT, with what is wrong. */
int media_age_armor_read(
    struct buf *out, struct slice text, struct err *err) MUST_CHECK;

#endif

/*
 * when.h: points in time, as seconds since 1970-01-01T00:00:00Z, without leap
 * seconds, always UTC, years 1970 to 9999. Written "2023-06-21T09:40:00Z";
 * exactly one spelling is accepted. Nothing here reads a clock except
 * when_now, which only the command line and the server call.
 */
#ifndef WHEN_H
#define WHEN_H

#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define WHEN_SIZE 21 /* "2023-06-21T09:40:00Z" and NUL */
#define WHEN_DAY 86400

bool when_from_time(int64_t *ret_when, struct slice text); /* ...THH:MM:SSZ */
bool when_from_date(int64_t *ret_when, struct slice text); /* 2023-06-21 */

/* A time, or a date that stands for the end of that day (24:00 UTC). The last
 * day of 9999 ends outside of the range and is false. */
bool when_from_due(int64_t *ret_when, struct slice text);

/* A time outside of the range is written as the nearest one inside. */
void when_to_time(char ret_text[WHEN_SIZE], int64_t when);
void when_to_date(char ret_text[WHEN_SIZE], int64_t when); /* the date only */

int64_t when_now(void);

#endif

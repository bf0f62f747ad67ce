/*
 * cli_screen.h: what a person sees before signing: every field of the record
 * with the values of the withheld ones, how many items, the first and the
 * last, and the seals.
 */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include "case_offer.h"
#include "err.h"

/* Shows the offer's main record, and how many parts come before it. */
int cli_screen_show(const struct case_offer *offer, struct err *err) MUST_CHECK;

#endif

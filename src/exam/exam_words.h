/*
 * exam_words.h: what is found, in words, beside those of cage_hit.h: for
 * machines one word each, that never changes; for people plain ones.
 */
#ifndef EXAM_WORDS_H
#define EXAM_WORDS_H

#include "cage_hit.h"
#include "exam_feature.h"
#include "exam_owner.h"
#include "exam_people.h"

const char *exam_words_kinds(enum cage_hit_kind kind); /* "e-mail addresses" */
/* Of the feature files that bulk_extractor has too: "telephone", "ccn". */
const char *exam_words_recorder(enum cage_hit_kind kind);

const char *exam_words_risk(enum exam_people_risk risk); /* "papers" */
const char *exam_words_risks(enum exam_people_risk risk); /* a sentence's end */

const char *exam_words_container(enum cage_hit_container container); /* "ZIP" */
const char *exam_words_owning(enum exam_owning owning);
const char *exam_words_how(enum exam_feature_how how, bool is_from);

#endif

/*
 * exam_people.h: from identifiers to distinct people: what stood in one entry
 * of a structured record is one person's, and an identifier of a personal kind
 * joins the entries that have it, unless it is shared. What merely stands near
 * something else joins nothing. The rules, and the formula of exposure, are
 * those of counterfoil-exposure(7).
 */
#ifndef EXAM_PEOPLE_H
#define EXAM_PEOPLE_H

#include "cage_hit.h"
#include "err.h"
#include "exam_feature.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names that are told apart at one identifier; of more than that it joins only
 * those that it has joined already. */
#define EXAM_PEOPLE_GROUPS_MAX 8
/* Different identifiers of one kind that nameless entries may bring to one: a
 * switchboard has more. */
#define EXAM_PEOPLE_SAME_KIND_MAX 8
#define EXAM_PEOPLE_NAMES_MAX 16 /* different spellings of one person */

#define EXAM_PEOPLE_NOBODY UINT32_MAX

enum exam_people_risk {
	EXAM_PEOPLE_LOCATION,
	EXAM_PEOPLE_PAPERS,
	EXAM_PEOPLE_MESSAGES,
	EXAM_PEOPLE_KEYS,
	EXAM_PEOPLE_RELATIVES,
	EXAM_PEOPLE_MONEY,
	EXAM_PEOPLE_RISKS
};

struct exam_people_link {
	uint32_t other; /* a person */
	enum exam_feature_how how;
	/* Of what has a direction: it goes from this one to the other. */
	bool is_from;
	uint32_t seen;
};

struct exam_people_person {
	size_t entry_n, feature_n, link_n;
	const uint32_t *entries; /* of the store */
	const uint32_t *features; /* by kind; the most frequent first */
	const struct exam_people_link *links; /* the most frequent first */
	uint32_t label; /* the feature to call them by */
	uint32_t files; /* in which an identifier of theirs stands */
	uint64_t hits; /* of the same identifiers */
	uint32_t roles; /* bits: 1 << enum cage_hit_role */
	uint32_t risks; /* bits: 1 << enum exam_people_risk */
	uint32_t kinds; /* bits: 1 << enum cage_hit_kind, of identifiers */
	uint32_t prominence; /* 1 to 7 */
	uint32_t exposure;
	bool is_name_alone; /* no identifier but a name */
};

struct exam_people;

/* Of a sealed store, which is borrowed for the life of *ret_people. The result
 * does not depend on the order of the hits. ERR_NOMEM. */
int exam_people_new(struct exam_people **ret_people,
    const struct exam_feature_store *store, struct err *err) MUST_CHECK;
void exam_people_free(struct exam_people *people); /* or NULL */

/* Numbered by exposure, the most exposed first. */
uint32_t exam_people_count(const struct exam_people *people);
const struct exam_people_person *exam_people_at(
    const struct exam_people *people, uint32_t person);

/* Whose entry it is; EXAM_PEOPLE_NOBODY: a function's, or that of one of those
 * who share its identifier. */
uint32_t exam_people_of_entry(const struct exam_people *people, uint32_t entry);

/* Several people have it, so it joins nothing. */
bool exam_people_is_shared(const struct exam_people *people, uint32_t feature);
/* It belongs to a function (exam_name_is_role). */
bool exam_people_is_role(const struct exam_people *people, uint32_t feature);
/* Of a kind that identifies somebody, and in no entry: it belongs to a person
 * whom nothing else tells of. */
bool exam_people_is_loose(const struct exam_people *people, uint32_t feature);

struct exam_people_sums {
	uint32_t people; /* with an identifier beside their name, or without */
	uint32_t names_alone;
	uint32_t shared; /* identifiers */
	uint32_t risks[EXAM_PEOPLE_RISKS]; /* people */
	uint32_t loose[CAGE_HIT_KINDS]; /* identifiers that are loose */
	uint32_t nobodys; /* entries that are nobody's */
	uint32_t kept_apart; /* joins that two different names forbade */
};
struct exam_people_sums exam_people_sums(const struct exam_people *people);

/* Whether a kind identifies a person, and whether it joins entries. */
bool exam_people_is_identifier(enum cage_hit_kind kind);
bool exam_people_is_joining(enum cage_hit_kind kind);

/* What a risk adds to exposure. */
uint32_t exam_people_weight(enum exam_people_risk risk);

#endif

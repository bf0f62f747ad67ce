/*
 * exam_people_internal.h: the joining of entries, for exam_people*.c.
 */
#ifndef EXAM_PEOPLE_INTERNAL_H
#define EXAM_PEOPLE_INTERNAL_H

#include "exam_name.h"
#include "exam_people.h"

#define EXAM_PEOPLE_NO UINT32_MAX

/* A feature that stands in an entry. */
struct exam_people_ident {
	uint32_t feature;
	uint32_t first, n; /* its entries, in exam_people_join's `entries` */
	uint32_t name; /* of a name: in `names` */
	uint32_t rep; /* an entry of the only name that has it; or NO */
	enum cage_hit_kind kind;
	bool is_role, is_shared, is_crowded;
};

struct exam_people_join {
	const struct exam_feature_store *store;
	uint64_t seed[2];
	uint32_t entry_n;
	/* By feature: its place in `idents`, or NO. */
	uint32_t *by_feature;
	struct exam_people_ident *idents;
	size_t ident_n, ident_cap;
	uint32_t *entries; /* of each identifier, ascending */
	struct exam_name *names;
	size_t name_n, name_cap;
	/* By entry: a forest whose roots are people, and for each root a list
	 * of the entries whose names are different. */
	uint32_t *parent, *size, *first_named, *next_named, *named_count;
	uint32_t kept_apart;
};

/* Zeroed before; exam_people_join_done after an error too. */
int exam_people_join_run(struct exam_people_join *join,
    const struct exam_feature_store *store, struct err *err) MUST_CHECK;
void exam_people_join_done(struct exam_people_join *join);

uint32_t exam_people_join_root(struct exam_people_join *join, uint32_t entry);

#endif

/*
 * case_addressee.h: everybody whom the questions of a case ask to answer by a
 * date, and what became of it: for calendars, which need no finding on each.
 */
#ifndef CASE_ADDRESSEE_H
#define CASE_ADDRESSEE_H

#include "case_finding.h"

struct case_asked {
	uint32_t question; /* leaf */
	uint32_t recipient; /* party whom it is about, or CASE_NONE */
	struct case_addressee addressee; /* without `statement` */
};

struct case_addressee_list {
	struct case_asked *asked; /* by question; borrows from the state */
	size_t n, cap;
};

/*
 * Of all good questions, as the findings on them as of `time` say, which is not
 * before the last leaf was entered. case_addressee_done frees the list.
 */
int case_addressee_all(struct case_addressee_list *ret_list,
    const struct case_state *state, int64_t time, struct err *err) MUST_CHECK;
void case_addressee_done(struct case_addressee_list *list);

#endif

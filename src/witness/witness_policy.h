/*
 * witness_policy.h: which witnesses are enough: the C2SP tlog-policy format.
 *
 * A policy names logs, witnesses, groups of them, and the quorum: one witness,
 * one group, or `none`. Every name is a member of at most one group, so a
 * witness counts in one way only. Pure.
 */
#ifndef WITNESS_POLICY_H
#define WITNESS_POLICY_H

#include "err.h"
#include "note.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* tlog-policy asks for at least 32 of each. */
#define WITNESS_POLICY_BYTES_MAX 131072
#define WITNESS_POLICY_LOGS_MAX 64
#define WITNESS_POLICY_WITNESSES_MAX 64
#define WITNESS_POLICY_GROUPS_MAX 64
#define WITNESS_POLICY_NODES_MAX                                               \
	(WITNESS_POLICY_WITNESSES_MAX + WITNESS_POLICY_GROUPS_MAX)

struct witness_policy_log {
	struct note_key key; /* its name is the origin */
	const char *url; /* NULL: none */
};

struct witness_policy_witness {
	const char *name; /* inside the policy only */
	struct note_key key;
	const char *url; /* the submission prefix; NULL: none */
};

/* A witness or a group, in the order of the file: a group stands after all of
 * its members. */
struct witness_policy_node {
	const char *name;
	size_t witness; /* SIZE_MAX: a group */
	size_t threshold; /* members that a group needs */
	size_t parent; /* node number; SIZE_MAX: in no group */
};

struct witness_policy {
	char *text; /* own copy; what is named above lies in it */
	size_t log_count;
	struct witness_policy_log logs[WITNESS_POLICY_LOGS_MAX];
	size_t witness_count;
	struct witness_policy_witness witnesses[WITNESS_POLICY_WITNESSES_MAX];
	size_t node_count;
	struct witness_policy_node nodes[WITNESS_POLICY_NODES_MAX];
	size_t quorum; /* node number; SIZE_MAX: none is needed */
};

/*
 * ERR_FORMAT names the line: another octet than the format allows, a line that
 * does not end, an unknown keyword, a name used before it is defined, defined
 * twice or a member twice, one underlying key twice, no quorum or two, a key of
 * the wrong type. ERR_LIMIT; ERR_NOMEM. Large: not for the stack of a thread.
 * After a failure nothing needs to be freed.
 */
int witness_policy_parse(struct witness_policy *ret_policy, struct slice text,
    struct err *err) MUST_CHECK;
void witness_policy_done(struct witness_policy *policy); /* accepts zeroed */

/* Whether those witnesses (by number) are a quorum. */
bool witness_policy_is_met(
    const struct witness_policy *policy, const bool *has_cosigned);

/*
 * Marks the witnesses whose cosignature stands in the note, and returns how
 * many they are. ERR_VERIFY: the line of a known witness is false, and then
 * the note is to be refused whole (signed-note).
 */
int witness_policy_count(const struct witness_policy *policy,
    const struct note *note, bool *ret_has_cosigned, size_t *ret_n,
    struct err *err) MUST_CHECK;

#endif

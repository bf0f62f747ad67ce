/*
 * fixture_case.h: real cases for tests: records as the commands would write
 * them, signed with keys made from the party's name, folded into a state.
 *
 * A record is given as its own text below the header, with fields in any
 * order; case, at, signers, as-of and offer-expires are filled in, and so are
 * population, part and items of a list and its seizure. A key written "@" is
 * the key of the party at hand, "@+2" another one of it; "room.example+2" signs
 * with that. What is given wrongly fails the test.
 */
#ifndef FIXTURE_CASE_H
#define FIXTURE_CASE_H

#include "buf.h"
#include "case_finding.h"
#include "case_state.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIXTURE_CASE_LEAVES 256
#define FIXTURE_CASE_LOG "seizure.example"
#define FIXTURE_CASE_WITNESS "witness.example"

struct fixture_case {
	struct case_state *state;
	char *leaves[FIXTURE_CASE_LEAVES];
	size_t leaf_count;
	int64_t entered; /* of the next leaf; 0: a minute after its `at` */
	int64_t last; /* of the leaf before */
	char population[HASH_HEX_SIZE]; /* of the newest list */
	char items[24];
	struct buf reveals;
};

/* A case with a genesis by police.example and owner.example, who are its
 * policy holders, one witness, and the cast of the scenario. `extra` is put in
 * front of the genesis fields ("clock: set\n"). */
struct fixture_case *fixture_case_new(const char *extra);
/* The same with police.example, owner.example and council.example alone. */
struct fixture_case *fixture_case_new_small(void);
/* A case without any record. */
struct fixture_case *fixture_case_new_empty(void);
void fixture_case_free(struct fixture_case *fixture);

/* Adds a record signed by `signers` (names with spaces between); returns its
 * leaf. */
uint32_t fixture_case_add(struct fixture_case *fixture, enum record_kind kind,
    const char *at, const char *signers, const char *fields);
/* The same, but returns what case_state_add returned; a refused leaf is not
 * kept. */
int fixture_case_try(struct fixture_case *fixture, enum record_kind kind,
    const char *at, const char *signers, const char *fields, struct err *err);

/* The first 64 hex digits of a leaf's record id, for claim:, question: ... */
const char *fixture_case_id(const struct fixture_case *fixture, uint32_t leaf,
    char ret_hex[HASH_HEX_SIZE]);

/* The secret key that belongs to a name: always the same. */
void fixture_case_secret(
    struct note_secret *ret_secret, const char *name, uint8_t type);

/* The checkpoint over all leaves, cosigned by the witness at `when` unless
 * that is 0. */
void fixture_case_put_checkpoint(
    const struct fixture_case *fixture, struct buf *out, int64_t when);

/* A finding on `question` at `time`, with what that checkpoint carries. */
void fixture_case_finding(const struct fixture_case *fixture,
    struct case_finding *ret_finding, uint32_t question, const char *time,
    int64_t witnessed);

/*
 * Three packages (B-1 to B-3, each with a computer, a casing and a drive; PC-3
 * was not opened) seized on 2023-06-20, listed and signed by police, owner and
 * notary, handed to the evidence room; a red line; the claim of 3 July, the
 * denial of 6 July; the question of 4 July. Returns the question's leaf.
 */
uint32_t fixture_case_story(struct fixture_case *fixture);
/* The same as the public record alone has it: no list, the claim (recorded by
 * the owner, with a withheld speaker), the question. Few signatures, so that a
 * test can check it many thousand times. */
uint32_t fixture_case_rumour(struct fixture_case *fixture);
/* On 12 July court and evidence room see all three packages sealed. */
uint32_t fixture_case_look(struct fixture_case *fixture);

#endif

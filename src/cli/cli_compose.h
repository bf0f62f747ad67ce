/*
 * cli_compose.h: from options to a record in the ledger, or to an offer file.
 *
 *	cli_compose_start(&m, c, keys, RECORD_CLAIM, err)
 *	cli_compose_sign_as_given(&m, err)         or cli_compose_signer(...)
 *	cli_compose_options(&m, table, n, err)     and cli_compose_put(...)
 *	cli_compose_finish(&m, &offer, err)
 *	cli_compose_submit(c, keys, &offer, err)
 *
 * Nothing on disk changes before cli_compose_submit, and there everything that
 * can be refused is refused first.
 */
#ifndef CLI_COMPOSE_H
#define CLI_COMPOSE_H

#include "case_offer.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "err.h"
#include "record_draft.h"
#include "record_schema.h"

#include <stdbool.h>
#include <stdint.h>

struct cli_compose {
	struct cli_case *c;
	struct cli_keys *keys;
	struct record_draft *draft;
	size_t signer_count;
	char signers[RECORD_SIGNERS_MAX][NOTE_KEY_NAME_MAX + 1];
	uint32_t signer_keys[RECORD_SIGNERS_MAX]; /* ids */
	size_t block_count;
	int64_t at;
	bool is_late; /* says `late:` */
};

/*
 * Starts a draft: case reference; `at` (--at, default now) and `late`
 * (--late; ERR_USAGE if it is needed and missing); as-of for custody kinds;
 * the fields that the policy wants open. cli_compose_done accepts a zeroed
 * struct.
 */
int cli_compose_start(struct cli_compose *compose, struct cli_case *c,
    struct cli_keys *keys, enum record_kind kind, struct err *err) MUST_CHECK;
/* The same for what another time than now is likely for: `when` without --at.
 * `what` says in a message whose time it is ("the log"). NULL: a draft that is
 * only judged as of `when`, whatever --at says, and never entered. */
int cli_compose_start_at(struct cli_compose *compose, struct cli_case *c,
    struct cli_keys *keys, enum record_kind kind, int64_t when,
    const char *what, struct err *err) MUST_CHECK;
/* is_now: a draft that is only judged as of now (cli_case_judge_now); else as
 * cli_compose_start. */
int cli_compose_start_now(struct cli_compose *compose, struct cli_case *c,
    struct cli_keys *keys, enum record_kind kind, bool is_now,
    struct err *err) MUST_CHECK;
void cli_compose_done(struct cli_compose *compose);

/* Names a signer: a party with the key that is in force for it. A party named
 * before is passed over. ERR_NOTFOUND: no such party (with the nearest name),
 * or it has no key. */
int cli_compose_signer(
    struct cli_compose *compose, const char *party, struct err *err) MUST_CHECK;
/* Every --as and --key, in the order given; ERR_USAGE if there is none. */
int cli_compose_sign_as_given(
    struct cli_compose *compose, struct err *err) MUST_CHECK;
/* A key that is not in force yet (join, key): for a party that rotates its
 * key, a second signer line. */
int cli_compose_signer_key(struct cli_compose *compose,
    const struct note_key *key, struct err *err) MUST_CHECK;

/*
 * Sets or adds what a person typed to a field of the record, or of the newest
 * block. Free text is brought to NFC and escaped (a LF becomes "\n"); a
 * RECORD field takes what cli_case_find_record takes; a HASH field takes a
 * file, of which a copy goes to evidence/ when the record enters, or 64 hex
 * digits. value NULL: nothing happens. ERR_USAGE names the field and why.
 */
int cli_compose_put(struct cli_compose *compose, enum record_name field,
    const char *value, struct err *err) MUST_CHECK;
int cli_compose_put_slice(struct cli_compose *compose, enum record_name field,
    struct slice value, struct err *err) MUST_CHECK;
int cli_compose_put_count(struct cli_compose *compose, enum record_name field,
    uint64_t value, struct err *err) MUST_CHECK;
int cli_compose_put_time(struct cli_compose *compose, enum record_name field,
    int64_t when, struct err *err) MUST_CHECK;

/* Options whose values go to fields as they are (all of a repeated one). */
struct cli_compose_option {
	const char *option;
	enum record_name field;
};
int cli_compose_options(struct cli_compose *compose,
    const struct cli_compose_option *table, size_t n,
    struct err *err) MUST_CHECK;

/* Begins a block (item); ERR_USAGE if it is no identifier. All signers are
 * named, and all record-level fields are put, before the first block. */
int cli_compose_block(
    struct cli_compose *compose, const char *id, struct err *err) MUST_CHECK;
int cli_compose_block_slice(
    struct cli_compose *compose, struct slice id, struct err *err) MUST_CHECK;

/* Writes the record and adds it to the offer. Where the kind has it and more
 * than one signs, it says `offer-expires` (--expires, default 24 h after
 * `at`). */
int cli_compose_finish(struct cli_compose *compose, struct case_offer *offer,
    struct err *err) MUST_CHECK;

/* ERR_USAGE, if one of the keys signs nothing in either of the two offers (the
 * second may be NULL): it was given by mistake. */
int cli_compose_check_keys(const struct cli_keys *keys,
    const struct case_offer *offer, const struct case_offer *second,
    struct err *err) MUST_CHECK;

/*
 * Checks the keys, unless they are; judges; refuses what breaks a rule (unless
 * --although, where the command has it); signs with the keys at hand; then
 * enters the records (all signed) or writes the offer (private/offers/, and
 * --offer FILE) and says who must still sign and how. Returns an enum cli_exit
 * or a negative code.
 */
int cli_compose_submit(struct cli_case *c, struct cli_keys *keys,
    struct case_offer *offer, struct err *err) MUST_CHECK;

/* A text that a person typed, brought to NFC and escaped as it will stand on
 * the line. ERR_USAGE names the character that may not stand there. `what`
 * begins the message: "--purpose" or "list.csv:17: place". */
int cli_compose_text(struct buf *out, struct slice typed, const char *what,
    struct err *err) MUST_CHECK;

#endif

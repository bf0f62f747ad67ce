/*
 * cli_case.h: one case folder, opened: its ledger read into a state, and the
 * one way in which records enter it.
 *
 * counterfoil.conf says `origin:`, `log:` (the ledger's public key),
 * `log-key:` (the file of its secret key, relative to the folder), `witnesses:`
 * (a tlog-policy, likewise; may be missing), `stamps:` (an authority for time
 * stamps and the file of its certificates; any number of lines), for a copy of
 * a case at a server `url:`, for a demonstration `clock: set` and, for a site
 * log, which is no case and has a folder of the same form (cli_site.h),
 * `site: yes`. Invariant: a record is either in the ledger with its reveals on
 * disk, or it is not in the ledger.
 */
#ifndef CLI_CASE_H
#define CLI_CASE_H

#include "buf.h"
#include "case_offer.h"
#include "case_state.h"
#include "cli_args.h"
#include "cli_keys.h"
#include "err.h"
#include "log_store.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLI_CASE_CONF "counterfoil.conf"
#define CLI_CASE_LOG_KEY "private/log.key"
/* How long a second process waits for the first one's lock. */
#define CLI_CASE_WAIT_MS 15000

struct case_witnessed;
struct cli_case_chunk;
struct cli_case_file;

struct cli_case {
	const struct cli_args *args;
	struct buf path; /* the folder, as typed */
	int fd;
	struct buf conf;
	struct note_key log_key;
	struct buf log_key_path;
	struct buf witnesses_path; /* empty: none is named */
	struct buf stamps; /* what follows `stamps:`, each with LF */
	struct buf url; /* of its server (cli_remote.h); empty: it is here */
	bool is_site; /* no case, but a site log */
	bool is_clock_set; /* --now is allowed */
	int64_t now; /* --now, or the clock */
	struct log_store *store;
	struct case_state *state;
	struct cli_case_chunk *chunks; /* the leaves' bytes */
	struct cli_key log_secret; /* read when it is first needed */
	size_t file_count; /* to be kept in evidence/ */
	struct cli_case_file *files;
	size_t file_cap;
};

/*
 * Finds the folder or URL (--case, else $COUNTERFOIL_CASE, else the current
 * folder), brings a copy up to date, opens the ledger and folds all its leaves.
 * A folder that is no case: ERR_NOTFOUND (ERR_USAGE: it is a site log). A
 * ledger that is false: ERR_VERIFY.
 * --now in a case whose clock is not set: ERR_USAGE. cli_case_done accepts a
 * zeroed struct.
 */
int cli_case_open(struct cli_case *c, const struct cli_args *args,
    struct err *err) MUST_CHECK;
void cli_case_done(struct cli_case *c);

/* Only the folder and its counterfoil.conf: for a ledger that may be damaged.
 * No store, no state. */
int cli_case_open_folder(struct cli_case *c, const struct cli_args *args,
    struct err *err) MUST_CHECK;
int cli_case_open_folder_at(struct cli_case *c, const struct cli_args *args,
    const char *path, struct err *err) MUST_CHECK;

/* As cli_case_open, for this folder. */
int cli_case_open_at(struct cli_case *c, const struct cli_args *args,
    const char *path, struct err *err) MUST_CHECK;

/*
 * Enters signed records, all in one commit. Under the writer's lock: reads
 * what others appended meanwhile, judges each record again, makes the reveals
 * durable, appends, writes receipts, prints one line for each record. Records
 * that are all in the ledger already: says so, CLI_DONE. With `is_although` a
 * breach enters, marked; else it is refused and nothing changes: CLI_FALSE.
 * Returns an enum cli_exit or a negative code.
 */
int cli_case_enter(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, bool is_although,
    struct err *err) MUST_CHECK;

/* Says how the offer would be judged, and changes nothing (--dry-run):
 * CLI_DONE, or CLI_FALSE if it would be refused. */
int cli_case_try(struct cli_case *c, const struct case_offer *offer,
    struct err *err) MUST_CHECK;

/*
 * Judges every record of an offer that is about to be made or signed; on the
 * first whose verdict is not good (unless is_although) writes and shows the
 * signed refusal and returns CLI_FALSE; CLI_DONE: all good.
 */
int cli_case_judge(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, bool is_although,
    struct err *err) MUST_CHECK;

/*
 * The same of an offer that is composed as of now (cli_compose_start_now) and
 * never entered, for what the program is about to do itself: --at in the past
 * is no leave to do it when nobody may any more, nor is --although, because the
 * record would not be marked. Nothing is signed or kept; one line says it.
 */
int cli_case_judge_now(struct cli_case *c, const struct case_offer *offer,
    struct err *err) MUST_CHECK;

/* The standing that a record would get if it were entered now, or the error
 * that refuses it; nothing is said, signed or kept. */
int cli_case_find_verdict(struct cli_case *c, const struct record *record,
    struct case_verdict *ret_verdict, struct err *err) MUST_CHECK;

/* Whether this folder has the ledger's secret key, so that records can be
 * entered here. */
bool cli_case_has_log_key(const struct cli_case *c);
/* Whether they can be entered from here: the key is here, or a server has it.
 */
bool cli_case_can_enter(const struct cli_case *c);

/* Brings what is open up to date with its folder and its server. */
int cli_case_follow(struct cli_case *c, struct err *err) MUST_CHECK;

/* Reads the copy of a case at a server again, until it has the record or 10
 * seconds are over (ERR_NOTFOUND). */
int cli_case_wait_for(struct cli_case *c, const struct hash *record_id,
    struct err *err) MUST_CHECK;

/* The ledger's secret key, unlocked; borrowed from *c. */
int cli_case_log_secret(struct cli_case *c, struct cli_keys *keys,
    const struct note_secret **ret_secret, struct err *err) MUST_CHECK;

/* Reads a document or capture (at most CLI_CASE_FILE_MAX bytes); its copy goes
 * to evidence/<SHA-256> when the records enter or the offer is written. */
#define CLI_CASE_FILE_MAX (64u << 20)
int cli_case_keep_file(struct cli_case *c, const char *path,
    struct hash *ret_hash, struct err *err) MUST_CHECK;
int cli_case_publish_files(struct cli_case *c, struct err *err) MUST_CHECK;

/* Reads leaves that others appended since; needs the writer's lock to be
 * final. */
int cli_case_refresh(struct cli_case *c, struct err *err) MUST_CHECK;

/* Adds one leaf to the state only; its bytes are copied. */
int cli_case_fold(
    struct cli_case *c, struct slice leaf, struct err *err) MUST_CHECK;

/*
 * What people type, found: a record by at least 4 hex digits of its id, or
 * `last` (the last one of that kind; RECORD_KIND_COUNT: of any kind); a party
 * or item by its name. ERR_NOTFOUND suggests the nearest; ERR_CONFLICT: more
 * than one record begins so; ERR_USAGE: a record of another kind; ERR_VERIFY:
 * a scanned item whose check character (flow_check.h) does not fit.
 */
int cli_case_find_record(const struct cli_case *c, const char *typed,
    enum record_kind kind, uint32_t *ret_leaf, struct err *err) MUST_CHECK;
int cli_case_find_party(const struct cli_case *c, const char *typed,
    uint32_t *ret_party, struct err *err) MUST_CHECK;
int cli_case_find_item(const struct cli_case *c, const char *typed,
    uint32_t *ret_item, struct err *err) MUST_CHECK;

/*
 * The checkpoint's cosignatures by the case's witnesses, for
 * case_finding_make. Storage is the caller's: room for
 * case_state_witness_count.
 */
int cli_case_cosignatures(const struct cli_case *c,
    struct case_witnessed *ret_witnessed, size_t *ret_n,
    struct err *err) MUST_CHECK;

/*
 * A second fold of the leaves entered at or before `time` (for a finding as
 * of a past time), borrowing this case's bytes. case_state_free the result.
 */
int cli_case_state_at(const struct cli_case *c, int64_t time,
    struct case_state **ret_state, struct err *err) MUST_CHECK;

/* The 12 hex digits that screens show of a leaf's record id. */
#define CLI_CASE_SHORT_SIZE 13
void cli_case_short_id(
    char ret_hex[CLI_CASE_SHORT_SIZE], const struct hash *record_id);

#endif

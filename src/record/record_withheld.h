/*
 * record_withheld.h: fields that are in the ledger as a commitment only, and
 * the reveals that open them (findings section 1).
 *
 * A reveal is one line of text:
 *	<record id> <item or -> <name> <occurrence> <32 hex salt> <value>
 */
#ifndef RECORD_WITHHELD_H
#define RECORD_WITHHELD_H

#include "buf.h"
#include "err.h"
#include "hash.h"
#include "record.h"
#include "slice.h"

#include <stdint.h>

#define RECORD_SALT_SIZE 16

struct record_reveal {
	struct hash record_id;
	struct slice item; /* "-" at record level */
	enum record_name name;
	uint32_t occurrence;
	uint8_t salt[RECORD_SALT_SIZE];
	struct slice value;
};

/* The commitment of a value; `header` is the text through its last `signer:`
 * line. */
struct hash record_withheld_commit(struct slice header, struct slice item,
    enum record_name name, uint32_t occurrence,
    const uint8_t salt[RECORD_SALT_SIZE], struct slice value);

int record_withheld_parse(struct record_reveal *ret_reveal, struct slice line,
    struct err *err) MUST_CHECK; /* without LF */
void record_withheld_put(
    struct buf *out, const struct record_reveal *reveal); /* with LF */

/* 0 if the record holds that commitment and the value is one that the field
 * allows; ERR_VERIFY otherwise. */
int record_withheld_check(const struct record *record,
    const struct record_reveal *reveal, struct err *err) MUST_CHECK;

#endif

/*
 * witness_logs.c: lists of logs read, and looked up by origin. An origin has
 * one key: two lists that contradict each other are refused.
 */
#include "witness_logs.h"

#include "mem.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC "logs/v0"
#define PER_DAY_MAX 0x7fffffff /* tlog-list: below 2^31 */

void witness_logs_init(struct witness_logs *logs)
{
	memset(logs, 0, sizeof(*logs));
	map_init(&logs->by_origin);
}

void witness_logs_done(struct witness_logs *logs)
{
	for (size_t i = 0; i < logs->n; i++)
		free(logs->logs[i].origin);
	free(logs->logs);
	map_done(&logs->by_origin);
	memset(logs, 0, sizeof(*logs));
}

const struct witness_log *witness_logs_find(
    const struct witness_logs *logs, struct slice origin)
{
	uint32_t i;

	return map_get(&logs->by_origin, origin, &i) ? &logs->logs[i] : NULL;
}

static bool is_same(const struct witness_log *log, const struct note_key *key)
{
	return log->key.id == key->id && strcmp(log->key.name, key->name) == 0;
}

int witness_logs_add(struct witness_logs *logs, const struct note_key *key,
    struct slice origin, uint32_t per_day, struct err *err)
{
	const struct witness_log *known = witness_logs_find(logs, origin);

	if (key->type != NOTE_KEY_ED25519)
		return err_set(err, ERR_FORMAT,
		    "%s: a log needs an Ed25519 key of type 1", key->name);
	/* As strict as a key's name: it is shown, and kept as a string. */
	if (origin.n == 0 || !text_is_line(origin, NULL, NULL))
		return err_set(err, ERR_FORMAT,
		    "%s: its origin is no line of text", key->name);
	if (known != NULL && is_same(known, key))
		return 0;
	if (known != NULL)
		return err_set(err, ERR_CONFLICT,
		    "the log %s is listed with two keys", known->origin);
	if (logs->n == WITNESS_LOGS_MAX)
		return err_set(
		    err, ERR_LIMIT, "more than %d logs", WITNESS_LOGS_MAX);
	int rc = mem_grow((void **)&logs->logs, &logs->cap, logs->n + 1,
	    sizeof(logs->logs[0]), err);
	if (rc != 0)
		return rc;
	struct witness_log log = {
	    mem_copy_text(origin.p, origin.n), *key, per_day};
	if (log.origin == NULL)
		return err_nomem(err);
	rc = map_put(&logs->by_origin, (struct slice){log.origin, origin.n},
	    (uint32_t)logs->n, err);
	if (rc != 0) {
		free(log.origin);
		return rc;
	}
	logs->logs[logs->n++] = log;
	return 0;
}

int witness_logs_add_vkey(
    struct witness_logs *logs, struct slice vkey, struct err *err)
{
	struct note_key key;

	int rc = note_key_parse(&key, vkey, err);
	return rc != 0 ? rc
		       : witness_logs_add(logs, &key, slice_of(key.name),
			     WITNESS_LOGS_PER_DAY, err);
}

/* ---- the forms of a list ---- */

/* What stands in the list of the log that is being read. */
struct entry {
	bool is_tlog_list;
	bool has_key, has_per_day, has_contact;
	struct note_key key;
	struct slice origin; /* absent: the key's name */
	uint32_t per_day;
};

static int end_entry(
    struct witness_logs *logs, struct entry *entry, struct err *err)
{
	if (!entry->has_key)
		return 0;
	if (!entry->has_contact)
		return err_set(err, ERR_FORMAT,
		    "the log before it is not complete (vkey, [origin], qpd, "
		    "contact)");
	struct slice origin =
	    entry->origin.p != NULL ? entry->origin : slice_of(entry->key.name);
	int rc =
	    witness_logs_add(logs, &entry->key, origin, entry->per_day, err);
	*entry = (struct entry){.is_tlog_list = true};
	return rc;
}

static int take_per_day(
    struct entry *entry, struct slice value, struct err *err)
{
	unsigned long long n;

	if (!slice_to_u64(value, &n) || n < 1 || n > PER_DAY_MAX)
		return err_set(err, ERR_FORMAT, "bad qpd");
	entry->per_day = (uint32_t)n;
	entry->has_per_day = true;
	return 0;
}

/* vkey, [origin], qpd, contact: in this order. */
static int take_pair(struct witness_logs *logs, struct entry *entry,
    struct slice line, struct err *err)
{
	struct slice value = line;
	struct slice name = slice_cut(&value, ' ');

	if (value.p == NULL || value.n == 0)
		return err_set(err, ERR_FORMAT, "not `name value`");
	if (slice_is_text(name, "vkey")) {
		int rc = end_entry(logs, entry, err);
		if (rc == 0)
			rc = note_key_parse(&entry->key, value, err);
		entry->has_key = rc == 0;
		return rc;
	}
	bool is_in_order = entry->has_key && !entry->has_contact;
	if (slice_is_text(name, "origin") && is_in_order &&
	    entry->origin.p == NULL && !entry->has_per_day) {
		entry->origin = value;
		return 0;
	}
	if (slice_is_text(name, "qpd") && is_in_order && !entry->has_per_day)
		return take_per_day(entry, value, err);
	if (slice_is_text(name, "contact") && is_in_order &&
	    entry->has_per_day) {
		entry->has_contact = true;
		return 0;
	}
	return err_set(err, ERR_FORMAT,
	    "out of place; a log is: vkey, [origin], qpd, contact");
}

static int take_line(struct witness_logs *logs, struct entry *entry,
    struct slice line, bool is_first, struct err *err)
{
	if (is_first && slice_is_text(line, MAGIC)) {
		entry->is_tlog_list = true;
		return 0;
	}
	return entry->is_tlog_list ? take_pair(logs, entry, line, err)
				   : witness_logs_add_vkey(logs, line, err);
}

int witness_logs_add_list(
    struct witness_logs *logs, struct slice text, struct err *err)
{
	struct entry entry = {0};
	struct slice rest = text;
	bool is_first = true;
	size_t number = 0;
	int rc = 0;

	if (!text_is_utf8(text))
		return err_set(err, ERR_FORMAT, "not UTF-8 text");
	while (rc == 0 && rest.p != NULL) {
		struct slice line = slice_trim(slice_cut(&rest, '\n'));
		number++;
		if (line.n == 0 || line.p[0] == '#')
			continue;
		rc = take_line(logs, &entry, line, is_first, err);
		is_first = false;
	}
	if (rc == 0)
		rc = end_entry(logs, &entry, err);
	if (rc != 0)
		err_prefix(err, "line %zu", number);
	return rc;
}

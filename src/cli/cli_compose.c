/*
 * cli_compose.c: what a person typed becomes fields of a draft, and the draft
 * an offer.
 *
 * The text that is signed is the text that will be read: NFC, escaped, without
 * a character that hides or reorders.
 */
#include "cli_compose.h"

#include "cli_drive.h"
#include "cli_offer.h"
#include "cli_pending.h"
#include "mem.h"
#include "record_leaf.h"
#include "text.h"
#include "when.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#define DAY WHEN_DAY
#define VALUE_MAX RECORD_TEXT_MAX
/* A space, the base64 of key id and signature (68 bytes), a LF. */
#define SIGNATURE_CHARACTERS 94

/* ---- text ---- */

static int bad_character(const char *what, uint32_t code, struct err *err)
{
	if (code == 0xFFFFFFFF)
		return err_set(err, ERR_USAGE,
		    "%s: not UTF-8 text; save or type it as UTF-8", what);
	return err_set(err, ERR_USAGE,
	    "%s: the character U+%04X may not stand in a record (it is "
	    "invisible, reorders the line or controls the terminal); take it "
	    "out",
	    what, code);
}

int cli_compose_text(
    struct buf *out, struct slice typed, const char *what, struct err *err)
{
	utf8proc_uint8_t *composed = NULL;
	struct buf escaped;
	uint32_t code = 0xFFFFFFFF;
	int rc = 0;

	buf_init(&escaped, VALUE_MAX);
	typed = slice_trim(typed);
	if (!text_is_utf8(typed))
		return bad_character(what, code, err);
	if (typed.n > VALUE_MAX)
		return err_set(err, ERR_USAGE,
		    "%s: longer than a record may be; shorten it", what);
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)typed.p,
	    (utf8proc_ssize_t)typed.n, &composed,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE);
	if (n < 0)
		return err_nomem(err);
	text_escape(&escaped, (struct slice){(char *)composed, (size_t)n});
	rc = buf_check(&escaped, err);
	if (rc == 0 && !text_is_line(buf_slice(&escaped), NULL, &code))
		rc = bad_character(what, code, err);
	if (rc == 0)
		buf_put_slice(out, buf_slice(&escaped));
	free(composed);
	buf_done(&escaped);
	return rc != 0 ? rc : buf_check(out, err);
}

/* ---- the draft ---- */

static int put_times(struct cli_compose *m, const char *what, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *late = NULL;
	bool is_given = false;

	if (what == NULL) {
		/* Being late is judged when it is entered. */
		late = m->c->now - m->at > DAY ? "judged only" : NULL;
	} else if (cli_args_knows(args, "at")) {
		int rc = cli_args_time(args, "at", &m->at, &is_given, err);
		if (rc != 0)
			return rc;
		late = cli_args_get(args, "late");
		m->is_late = late != NULL;
	}
	if (m->at > m->c->now)
		return err_set(err, ERR_USAGE,
		    "%s: %s is in the future; a record says what has "
		    "happened",
		    args->command->name, is_given ? "--at" : what);
	if (m->c->now - m->at > DAY && late == NULL)
		return err_set(err, ERR_USAGE,
		    "%s: %s is more than 24 hours ago; say why it is entered "
		    "so late with --late REASON",
		    args->command->name, is_given ? "--at" : what);
	int rc = record_draft_set_time(m->draft, RECORD_F_AT, m->at, err);
	return rc != 0 ? rc : cli_compose_put(m, RECORD_F_LATE, late, err);
}

static int put_as_of(struct cli_compose *m, struct err *err)
{
	struct buf value;
	size_t size = case_state_leaf_count(m->c->state);
	struct hash root = case_state_root(m->c->state, size);

	buf_init(&value, 128);
	buf_printf(&value, "%zu ", size);
	text_put_base64(&value, root.b, sizeof(root.b));
	int rc =
	    record_draft_set(m->draft, RECORD_F_AS_OF, buf_slice(&value), err);
	buf_done(&value);
	return rc;
}

static void open_fields(struct cli_compose *m)
{
	for (int i = 0; i < RECORD_F_NONE; i++)
		if (case_state_is_open_field(m->c->state, (enum record_name)i))
			record_draft_open(m->draft, (enum record_name)i);
}

int cli_compose_start(struct cli_compose *m, struct cli_case *c,
    struct cli_keys *keys, enum record_kind kind, struct err *err)
{
	return cli_compose_start_at(m, c, keys, kind, c->now, "now", err);
}

int cli_compose_start_at(struct cli_compose *m, struct cli_case *c,
    struct cli_keys *keys, enum record_kind kind, int64_t when,
    const char *what, struct err *err)
{
	int rc = 0;

	*m = (struct cli_compose){.c = c, .keys = keys, .at = when};
	if (case_state_leaf_count(c->state) == 0)
		return err_set(err, ERR_CONFLICT,
		    "%s: the case has not begun, its first record is not "
		    "signed by all; see `counterfoil offers`",
		    c->args->command->name);
	m->draft = record_draft_new(kind);
	if (m->draft == NULL)
		return err_nomem(err);
	open_fields(m);
	rc = record_draft_set(
	    m->draft, RECORD_F_CASE, case_state_ref(c->state), err);
	if (rc == 0)
		rc = put_times(m, what, err);
	if (rc == 0 && record_schema_of(kind)->is_custody)
		rc = put_as_of(m, err);
	return rc;
}

int cli_compose_start_now(struct cli_compose *m, struct cli_case *c,
    struct cli_keys *keys, enum record_kind kind, bool is_now, struct err *err)
{
	return cli_compose_start_at(
	    m, c, keys, kind, c->now, is_now ? NULL : "now", err);
}

void cli_compose_done(struct cli_compose *m)
{
	record_draft_free(m->draft);
	*m = (struct cli_compose){0};
}

/* ---- signers ---- */

int cli_compose_signer_key(
    struct cli_compose *m, const struct note_key *key, struct err *err)
{
	char hex[NOTE_KEY_ID_HEX_SIZE];
	struct buf value;

	for (size_t i = 0; i < m->signer_count; i++)
		if (strcmp(m->signers[i], key->name) == 0 &&
		    m->signer_keys[i] == key->id)
			return 0;
	if (m->signer_count == RECORD_SIGNERS_MAX)
		return err_set(err, ERR_USAGE,
		    "%s: more than %d signers; let fewer sign",
		    m->c->args->command->name, RECORD_SIGNERS_MAX);
	note_key_id_hex(hex, key->id);
	buf_init(&value, 2 * NOTE_KEY_NAME_MAX);
	buf_printf(&value, "%s %s", key->name, hex);
	int rc =
	    record_draft_set(m->draft, RECORD_F_SIGNER, buf_slice(&value), err);
	buf_done(&value);
	if (rc == 0) {
		m->signer_keys[m->signer_count] = key->id;
		(void)snprintf(m->signers[m->signer_count++],
		    sizeof(m->signers[0]), "%s", key->name);
	}
	return rc;
}

/* The party's key for what is entered now: a lost one is replaced by the
 * passing of time alone, without a leaf that says so. */
static const struct note_key *key_in_force(
    const struct cli_case *c, uint32_t party)
{
	const struct note_key *found = NULL;

	for (size_t i = 0; i < case_state_key_count(c->state); i++) {
		const struct case_key *key = case_state_key(c->state, i);

		if (key->party == party && key->end_leaf == CASE_NONE &&
		    c->now >= key->from && c->now < key->until)
			found = &key->key;
	}
	return found != NULL ? found : case_state_party_key(c->state, party);
}

int cli_compose_signer(
    struct cli_compose *m, const char *party, struct err *err)
{
	uint32_t index;

	int rc = cli_case_find_party(m->c, party, &index, err);
	if (rc != 0)
		return rc;
	const struct note_key *key = key_in_force(m->c, index);
	if (key == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "%s: %s has no key in this case, so it cannot sign; it "
		    "enrols with `counterfoil join`",
		    m->c->args->command->name, party);
	return cli_compose_signer_key(m, key, err);
}

int cli_compose_sign_as_given(struct cli_compose *m, struct err *err)
{
	if (m->keys->n == 0)
		return err_set(err, ERR_USAGE,
		    "%s: nobody signs; say who with --as PARTY",
		    m->c->args->command->name);
	for (size_t i = 0; i < m->keys->n; i++) {
		int rc = cli_compose_signer(m, m->keys->keys[i].key.name, err);
		if (rc != 0)
			return rc;
	}
	return 0;
}

/* ---- values ---- */

static int put_record_ref(struct cli_compose *m, enum record_name field,
    struct slice value, struct err *err)
{
	static const struct {
		enum record_name field;
		enum record_kind kind;
	} kinds[] = {
	    {RECORD_F_CLAIM, RECORD_CLAIM},
	    {RECORD_F_QUESTION, RECORD_QUESTION},
	    {RECORD_F_DRAW, RECORD_DRAW},
	    {RECORD_F_ORDER, RECORD_ORDER},
	};
	enum record_kind kind = RECORD_KIND_COUNT;
	char hex[HASH_HEX_SIZE];
	uint32_t leaf;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].field == field)
			kind = kinds[i].kind;
	char *typed = mem_copy_text(value.p, value.n);
	if (typed == NULL)
		return err_nomem(err);
	int rc = cli_case_find_record(m->c, typed, kind, &leaf, err);
	free(typed);
	if (rc != 0)
		return rc;
	hash_to_hex(hex, &case_state_leaf(m->c->state, leaf)->id);
	return record_draft_set_text(m->draft, field, hex, err);
}

static int put_file(struct cli_compose *m, enum record_name field,
    struct slice value, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	struct hash hash;

	if (hash_from_hex(&hash, value))
		return record_draft_set(m->draft, field, value, err);
	char *path = mem_copy_text(value.p, value.n);
	if (path == NULL)
		return err_nomem(err);
	int rc = cli_case_keep_file(m->c, path, &hash, err);
	free(path);
	if (rc != 0)
		return rc;
	hash_to_hex(hex, &hash);
	return record_draft_set_text(m->draft, field, hex, err);
}

static int put_text(struct cli_compose *m, enum record_name field,
    struct slice value, struct err *err)
{
	struct buf text;

	buf_init(&text, VALUE_MAX);
	int rc = cli_compose_text(
	    &text, value, record_schema_field_name(field), err);
	if (rc == 0)
		rc = record_draft_set(m->draft, field, buf_slice(&text), err);
	buf_done(&text);
	return rc;
}

int cli_compose_put_slice(struct cli_compose *m, enum record_name field,
    struct slice value, struct err *err)
{
	const struct record_schema *schema = record_draft_schema(m->draft);
	const struct record_field *f =
	    record_schema_field(schema, m->block_count > 0, field);
	int rc;

	if (value.p == NULL)
		return 0;
	switch (f != NULL ? f->type : RECORD_T_ID) {
	case RECORD_T_TEXT:
	case RECORD_T_NOT_TAKEN:
		rc = put_text(m, field, value, err);
		break;
	case RECORD_T_RECORD:
		return put_record_ref(m, field, value, err);
	case RECORD_T_HASH:
		rc = put_file(m, field, value, err);
		break;
	default:
		rc = record_draft_set(m->draft, field, value, err);
	}
	if (rc != 0)
		err_prefix(err, "%s", m->c->args->command->name);
	return rc;
}

int cli_compose_put(struct cli_compose *m, enum record_name field,
    const char *value, struct err *err)
{
	return cli_compose_put_slice(m, field, slice_of(value), err);
}

int cli_compose_put_count(struct cli_compose *m, enum record_name field,
    uint64_t value, struct err *err)
{
	return record_draft_set_count(m->draft, field, value, err);
}

int cli_compose_put_time(struct cli_compose *m, enum record_name field,
    int64_t when, struct err *err)
{
	return record_draft_set_time(m->draft, field, when, err);
}

int cli_compose_options(struct cli_compose *m,
    const struct cli_compose_option *table, size_t n, struct err *err)
{
	const char *value;

	for (size_t i = 0; i < n; i++)
		for (size_t at = 0; (value = cli_args_next(m->c->args,
					 table[i].option, &at)) != NULL;) {
			int rc = cli_compose_put(m, table[i].field, value, err);
			if (rc != 0)
				return rc;
		}
	return 0;
}

/* ---- the offer ---- */

/* A day after it happened; where that is over already, a day from now. */
static int put_expiry(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	bool is_given = false;
	int64_t expires = m->at + DAY;

	if (!record_draft_schema(m->draft)->is_custody || m->signer_count < 2)
		return 0;
	if (m->is_late)
		expires = m->c->now + DAY;
	if (cli_args_knows(args, "expires")) {
		int rc =
		    cli_args_time(args, "expires", &expires, &is_given, err);
		if (rc != 0)
			return rc;
	}
	if (is_given && expires < m->c->now)
		return err_set(err, ERR_USAGE,
		    "%s: --expires is over already; give a time to come",
		    args->command->name);
	return record_draft_set_time(
	    m->draft, RECORD_F_OFFER_EXPIRES, expires, err);
}

int cli_compose_block_slice(
    struct cli_compose *m, struct slice id, struct err *err)
{
	/* What is set after a block belongs to the block. */
	if (m->block_count == 0) {
		int rc = put_expiry(m, err);
		if (rc != 0)
			return rc;
	}
	int rc = record_draft_block(m->draft, id, err);
	if (rc != 0) {
		err_prefix(err, "%s", m->c->args->command->name);
		return rc;
	}
	m->block_count++;
	return cli_drive_put_block(m, id, err);
}

int cli_compose_block(struct cli_compose *m, const char *id, struct err *err)
{
	return cli_compose_block_slice(m, slice_of(id), err);
}

/* Whether the text still fits into a leaf when all have signed it: a line
 * says when it was entered, and each signature is a line, too. */
static int check_leaf(
    const struct cli_compose *m, size_t text_n, struct err *err)
{
	size_t n = strlen("entered: 2023-06-21T09:40:00Z\n") + text_n + 1;

	for (size_t i = 0; i < m->signer_count; i++)
		n += strlen("\u2014 ") + strlen(m->signers[i]) +
		    SIGNATURE_CHARACTERS;
	if (n > RECORD_LEAF_MAX)
		return err_set(err, ERR_LIMIT, "%zu bytes, more than %d", n,
		    RECORD_LEAF_MAX);
	return 0;
}

int cli_compose_finish(
    struct cli_compose *m, struct case_offer *offer, struct err *err)
{
	const char *command = m->c->args->command->name;
	struct err why = {0};
	struct buf text, reveals;
	int rc = m->block_count == 0 ? put_expiry(m, err) : 0;

	if (rc != 0)
		return rc;
	buf_init(&text, RECORD_TEXT_MAX);
	buf_init(&reveals, 4 * RECORD_TEXT_MAX);
	rc = record_draft_write(m->draft, &text, &reveals, &why);
	if (rc == 0)
		rc = check_leaf(m, text.n, &why);
	if (rc != 0)
		err_set(err, rc, "%s: %s%s", command, why.message,
		    rc == ERR_LIMIT ? "; name fewer items in one record" : "");
	if (rc == 0)
		rc = case_offer_add(offer, &text, &reveals, err);
	buf_done(&text);
	buf_wipe(&reveals);
	return rc;
}

static bool is_signer(const struct case_offer *offer, const char *party)
{
	for (size_t i = 0; offer != NULL && i < offer->n; i++)
		if (record_is_signed_by(
			&offer->records[i]->record, slice_of(party)))
			return true;
	return false;
}

int cli_compose_check_keys(const struct cli_keys *keys,
    const struct case_offer *offer, const struct case_offer *second,
    struct err *err)
{
	for (size_t i = 0; i < keys->n; i++) {
		const char *party = keys->keys[i].key.name;

		if (!is_signer(offer, party) && !is_signer(second, party))
			return err_set(err, ERR_USAGE,
			    "%s: %s has no part in this and would sign "
			    "nothing; leave its key out",
			    keys->args->command->name, party);
	}
	return 0;
}

int cli_compose_submit(struct cli_case *c, struct cli_keys *keys,
    struct case_offer *offer, struct err *err)
{
	const struct cli_args *args = c->args;
	bool is_although =
	    cli_args_knows(args, "although") && cli_args_has(args, "although");

	int rc = keys->are_checked
	    ? CLI_DONE
	    : cli_compose_check_keys(keys, offer, NULL, err);
	if (rc == CLI_DONE)
		rc = cli_drive_check_used(args, offer, err);
	if (rc == CLI_DONE)
		rc = cli_case_judge(c, keys, offer, is_although, err);
	if (rc == CLI_DONE)
		rc = cli_offer_sign(offer, keys, NULL, err);
	if (rc != CLI_DONE)
		return rc;
	if (case_offer_is_complete(offer) && cli_case_can_enter(c))
		return cli_case_enter(c, keys, offer, is_although, err);
	return cli_pending_save(c, offer,
	    cli_args_knows(args, "offer") ? cli_args_get(args, "offer") : NULL,
	    err);
}

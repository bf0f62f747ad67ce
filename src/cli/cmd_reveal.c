/*
 * cmd_reveal.c: `counterfoil reveal`: a file that tells chosen people what
 * withheld fields say; and such a file of somebody else taken into this folder.
 */
#include "case_reveal.h"
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "cli_out.h"
#include "cli_reveals.h"
#include "cli_words.h"
#include "file.h"
#include "mem.h"

#include <assert.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>

#define SCREEN_MAX (64u << 20)
#define LINE_MAX 65536

/* ---- what to reveal ---- */

static bool is_given(
    const struct cli_args *args, const char *option, struct slice value)
{
	const char *typed;
	bool has_any = false;

	for (size_t at = 0;
	     (typed = cli_args_next(args, option, &at)) != NULL;) {
		has_any = true;
		if (slice_is_text(value, typed))
			return true;
	}
	return !has_any;
}

static bool is_chosen(
    const struct cli_args *args, const struct record_reveal *reveal)
{
	return is_given(args, "field",
		   slice_of(record_schema_field_name(reveal->name))) &&
	    is_given(args, "item", reveal->item);
}

static int check_fields(const struct cli_args *args, struct err *err)
{
	const char *typed;

	for (size_t at = 0;
	     (typed = cli_args_next(args, "field", &at)) != NULL;) {
		enum record_name name =
		    record_schema_field_find(slice_of(typed));
		if (name == RECORD_F_NONE ||
		    !record_schema_is_withholdable(name))
			return err_set(err, ERR_USAGE,
			    "reveal: --field %s: no field of that name is ever "
			    "withheld; counterfoil reveal lists them",
			    typed);
	}
	return 0;
}

/* The chosen reveals of every record named. */
static int collect(
    struct cli_case *c, struct buf *lines, size_t *ret_n, struct err *err)
{
	const struct cli_args *args = c->args;
	int rc = 0;

	*ret_n = 0;
	for (size_t i = 0; i < args->word_count && rc == 0; i++) {
		struct cli_reveals reveals = {0};
		uint32_t leaf = CASE_NONE;
		rc = cli_case_find_record(
		    c, args->words[i], RECORD_KIND_COUNT, &leaf, err);
		if (rc == 0)
			rc = cli_reveals_load(&reveals, c, leaf, err);
		for (size_t k = 0; k < reveals.n && rc == 0; k++) {
			if (!is_chosen(args, &reveals.reveals[k]))
				continue;
			record_withheld_put(lines, &reveals.reveals[k]);
			(*ret_n)++;
		}
		cli_reveals_done(&reveals);
	}
	if (rc == 0)
		rc = buf_check(lines, err);
	if (rc == ERR_LIMIT)
		err_prefix(err,
		    "reveal: more than one file can hold; write "
		    "several, with --field or --item");
	if (rc == 0 && *ret_n == 0)
		rc = err_set(err, ERR_NOTFOUND,
		    "reveal: nothing of that is at hand in private/reveals; "
		    "counterfoil reveal lists what is");
	return rc;
}

/* ---- who reveals, to whom ---- */

/* The one --as or --key; without one the ledger's key, if it is here. */
static int find_signer(struct cli_case *c, struct cli_keys *keys,
    const struct note_secret **ret_secret, struct err *err)
{
	int rc = cli_keys_open(keys, c->args, err);

	if (rc != 0)
		return rc;
	if (keys->n == 0 && cli_case_has_log_key(c))
		return cli_case_log_secret(c, keys, ret_secret, err);
	if (keys->n != 1)
		return err_set(err, ERR_USAGE,
		    "reveal: the file says who reveals: give one --as PARTY");
	const struct note_key *key = &keys->keys[0].key;
	uint32_t party = case_state_find_party(c->state, slice_of(key->name));
	const struct note_key *known =
	    party != CASE_NONE ? case_state_party_key(c->state, party) : NULL;
	if (known == NULL || known->id != key->id)
		return err_set(err, ERR_USAGE,
		    "reveal: %s has no such key in this case", key->name);
	return cli_keys_secret(keys, &keys->keys[0], ret_secret, err);
}

static int find_recipients(
    const struct cli_case *c, struct case_reveal_head *head, struct err *err)
{
	const char *typed;
	size_t cap = 0;
	int rc = 0;

	for (size_t at = 0;
	     rc == 0 && (typed = cli_args_next(c->args, "for", &at)) != NULL;) {
		uint32_t party = CASE_NONE;
		rc = cli_case_find_party(c, typed, &party, err);
		if (rc == 0)
			rc = mem_grow((void **)&head->for_parties, &cap,
			    head->for_count + 1, sizeof(struct slice), err);
		if (rc == 0)
			head->for_parties[head->for_count++] =
			    case_state_party(c->state, party)->name;
	}
	return rc;
}

static void warn(const struct case_reveal_head *head, const char *path)
{
	struct buf line;

	buf_init(&line, LINE_MAX);
	buf_printf(&line,
	    "WARNING: everybody who gets %s can read it; it is not encrypted",
	    path);
	for (size_t i = 0; i < head->for_count; i++)
		buf_printf(&line, "%s%.*s", i == 0 ? ", only meant for " : ", ",
		    SLICE_ARG(head->for_parties[i]));
	buf_puts(&line, ".");
	cli_out_remark("%.*s", SLICE_ARG(buf_slice(&line)));
	buf_done(&line);
}

/* ---- the file ---- */

static int put_note(const struct case_reveal_head *head,
    const struct note_secret *secret, struct slice lines, struct buf *out,
    struct err *err)
{
	struct buf signature;
	int rc = case_reveal_put_text(out, head, lines, err);

	if (rc != 0)
		return rc;
	buf_init(&signature, LINE_MAX);
	rc = note_put_signature(&signature, secret, buf_slice(out), err);
	buf_putc(out, '\n');
	buf_put_slice(out, buf_slice(&signature));
	buf_done(&signature);
	return rc != 0 ? rc : buf_check(out, err);
}

static int write_file(
    struct cli_case *c, const char *path, struct slice lines, struct err *err)
{
	struct case_reveal_head head = {
	    .case_ref = case_state_ref(c->state), .at = c->now};
	const struct note_secret *secret = NULL;
	struct cli_keys keys = {0};
	struct buf note;

	buf_init(&note, CASE_REVEAL_MAX);
	int rc = find_recipients(c, &head, err);
	if (rc == 0)
		rc = find_signer(c, &keys, &secret, err);
	if (rc == 0) {
		head.signer = &secret->key;
		rc = put_note(&head, secret, lines, &note, err);
	}
	if (rc == 0)
		rc = file_publish(AT_FDCWD, path, buf_slice(&note), 0600, err);
	if (rc == 0)
		warn(&head, path);
	free(head.for_parties);
	buf_wipe(&note);
	cli_keys_done(&keys);
	return rc;
}

static int reveal(struct cli_case *c, const char *path, struct err *err)
{
	struct buf lines;
	size_t n;

	buf_init(&lines, CASE_REVEAL_MAX);
	int rc = check_fields(c->args, err);
	if (rc == 0)
		rc = collect(c, &lines, &n, err);
	if (rc == 0)
		rc = write_file(c, path, buf_slice(&lines), err);
	if (rc == 0)
		cli_out("%s: %zu value%s of withheld fields; read it with "
			"counterfoil reveal --take\n",
		    path, n, cli_out_s(n));
	buf_wipe(&lines);
	return rc;
}

/* ---- a file of somebody else ---- */

/* The reveals [first, end) are of one record. */
static int take_record(struct cli_case *c, const struct case_reveal *file,
    size_t first, size_t end, size_t *new_count, struct err *err)
{
	uint32_t leaf =
	    case_state_find_leaf(c->state, &file->reveals[first].record_id);
	struct cli_reveals reveals = {0};
	size_t before = *new_count;

	assert(leaf != CASE_NONE); /* check_all has passed it */
	int rc = cli_reveals_load(&reveals, c, leaf, err);
	for (size_t i = first; i < end && rc == 0; i++) {
		bool is_new = false;
		rc = cli_reveals_add(
		    &reveals, c, leaf, &file->reveals[i], &is_new, err);
		*new_count += is_new;
	}
	if (rc == 0 && *new_count > before)
		rc = cli_reveals_save(&reveals, c, leaf, err);
	cli_reveals_done(&reveals);
	return rc;
}

/* All are checked before the first one is written. */
static int check_all(
    struct cli_case *c, const struct case_reveal *file, struct err *err)
{
	struct record record = {0};
	int rc = case_reveal_check_signer(file, c->state, err);

	for (size_t i = 0; i < file->n && rc == 0; i++) {
		const struct hash *id = &file->reveals[i].record_id;
		uint32_t leaf = case_state_find_leaf(c->state, id);
		if (leaf == CASE_NONE)
			rc = err_set(err, ERR_VERIFY,
			    "value %zu is of a record that this ledger does "
			    "not have",
			    i + 1);
		else if (i == 0 || !hash_is(id, &record.id))
			rc = case_state_record(c->state, leaf, &record, err);
		if (rc == 0)
			rc = record_withheld_check(
			    &record, &file->reveals[i], err);
	}
	record_done(&record);
	return rc;
}

static int take(struct cli_case *c, const char *path, struct err *err)
{
	struct case_reveal file = {0};
	struct buf bytes;
	size_t new_count = 0;

	buf_init(&bytes, CASE_REVEAL_MAX);
	int rc = file_read_user(&bytes, path, CASE_REVEAL_MAX, err);
	if (rc == 0)
		rc = case_reveal_parse(&file, buf_slice(&bytes), err);
	if (rc == 0)
		rc = check_all(c, &file, err);
	if (rc != 0)
		err_prefix(err, "%s: %s", path,
		    rc == ERR_VERIFY ? "FALSE" : "could not be taken");
	for (size_t i = 0, end; i < file.n && rc == 0; i = end) {
		for (end = i + 1; end < file.n &&
		     hash_is(&file.reveals[end].record_id,
			 &file.reveals[i].record_id);)
			end++;
		rc = take_record(c, &file, i, end, &new_count, err);
	}
	if (rc == 0)
		cli_out("%s: %zu value%s by %.*s hold; %zu taken, %zu known "
			"already\n",
		    path, file.n, cli_out_s(file.n), SLICE_ARG(file.signer),
		    new_count, file.n - new_count);
	case_reveal_done(&file);
	buf_wipe(&bytes);
	return rc;
}

/* ---- what could be revealed ---- */

/* "serial 7, place 2": how many values of each field are at hand. */
static void put_counts(const struct cli_reveals *reveals, struct buf *line)
{
	const char *between = "";

	for (int name = 0; name < RECORD_F_NONE; name++) {
		size_t n = 0;
		for (size_t i = 0; i < reveals->n; i++)
			n += reveals->reveals[i].name == (enum record_name)name;
		if (n == 0)
			continue;
		buf_printf(line, "%s%s %zu", between,
		    record_schema_field_name((enum record_name)name), n);
		between = ", ";
	}
}

static int list_record(const struct cli_case *c, uint32_t leaf, bool is_whole,
    struct buf *out, struct err *err)
{
	const struct case_leaf *l = case_state_leaf(c->state, leaf);
	struct cli_reveals reveals = {0};
	char id[CLI_CASE_SHORT_SIZE], first[64];
	struct buf line;
	int rc = cli_reveals_load(&reveals, c, leaf, err);

	buf_init(&line, LINE_MAX);
	cli_case_short_id(id, &l->id);
	(void)snprintf(first, sizeof(first),
	    "%s %s: ", record_schema_of(l->kind)->name, id);
	if (rc == 0 && reveals.n > 0) {
		put_counts(&reveals, &line);
		cli_words_line(out, first, &line);
	}
	for (size_t i = 0; i < reveals.n && is_whole; i++) {
		const struct record_reveal *r = &reveals.reveals[i];
		buf_printf(out, "  %.*s %s\n", SLICE_ARG(r->item),
		    record_schema_field_name(r->name));
	}
	buf_done(&line);
	cli_reveals_done(&reveals);
	return rc;
}

static int list(struct cli_case *c, struct err *err)
{
	const struct cli_args *args = c->args;
	size_t n = case_state_leaf_count(c->state);
	struct buf out;
	uint32_t leaf;
	int rc = 0;

	buf_init(&out, SCREEN_MAX);
	for (size_t i = 0; i < args->word_count && rc == 0; i++) {
		rc = cli_case_find_record(
		    c, args->words[i], RECORD_KIND_COUNT, &leaf, err);
		if (rc == 0)
			rc = list_record(c, leaf, true, &out, err);
	}
	for (uint32_t i = 0; args->word_count == 0 && i < n && rc == 0; i++)
		rc = list_record(c, i, false, &out, err);
	if (rc == 0)
		rc = buf_check(&out, err);
	if (rc == 0 && out.n == 0)
		buf_puts(&out, "nothing that is withheld is at hand here\n");
	if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	const char *taken = cli_args_get(args, "take");
	const char *path = cli_args_get(args, "output");
	struct cli_case c = {0};

	if (taken != NULL && (args->word_count > 0 || path != NULL))
		return err_set(err, ERR_USAGE,
		    "reveal: --take reads a file; RECORD and --output belong "
		    "to writing one");
	if (path != NULL && args->word_count == 0)
		return err_set(err, ERR_USAGE,
		    "reveal: which record? counterfoil reveal lists those "
		    "that have something to reveal");
	int rc = cli_case_open(&c, args, err);
	if (rc == 0 && taken != NULL)
		rc = take(&c, taken, err);
	else if (rc == 0 && path != NULL)
		rc = reveal(&c, path, err);
	else if (rc == 0)
		rc = list(&c, err);
	cli_case_done(&c);
	return rc;
}

static const struct cli_option options[] = {
    {"output", 'o', "FILE", false, "where to write it (without: list only)"},
    {"field", 0, "NAME", true, "only fields of this name"},
    {"item", 0, "ID", true, "only of this item; - for the record itself"},
    {"for", 0, "PARTY", true, "whom it is meant for; nothing is encrypted"},
    {"take", 0, "FILE", false, "take a file of somebody else into this case"},
};

const struct cli_command cmd_reveal = {
    .name = "reveal",
    .group = CLI_LOOKING,
    .usage = "[RECORD... [-o FILE] [--field NAME]... [--item ID]... "
	     "[--for PARTY]...] | --take FILE",
    .summary = "Tells chosen people what withheld fields say",
    .shared = CLI_SHARED_CASE | CLI_SHARED_KEYS | CLI_SHARED_SIGN,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = SIZE_MAX,
    .examples =
	"  counterfoil reveal\n"
	"  counterfoil reveal 1a2b3c4d5e6f --field serial \\\n"
	"      --for lab.example --as police.example -o serials.reveal\n"
	"  counterfoil reveal --take serials.reveal\n",
    .run = run,
};

/*
 * cmd_record.c: `counterfoil record KIND`: a record of any kind, field by
 * field as the schema has them: from the command line, or asked for at the
 * terminal.
 */
#include "cli_ask.h"
#include "cli_compose.h"
#include "cli_fields.h"
#include "cli_make.h"
#include "cli_out.h"
#include "cli_prompt.h"
#include "record.h"

#include <string.h>

static const struct cli_option options[] = {
    {"fields", 0, NULL, false, "print the table of the kind's fields"},
    {"signer", 0, "PARTY", true, "who signs (default: every --as)"},
    {"although", 0, NULL, false,
	"enter it even if it breaks a rule, marked as a breach"},
};

/* ---- FIELD=VALUE and ITEM: ---- */

/* What the program writes by itself, and how a person says it otherwise. */
static const struct {
	enum record_name field;
	const char *instead;
} own_fields[] = {
    {RECORD_F_CASE, "leave it out; it is the case's own"},
    {RECORD_F_AT, "give --at TIME"},
    {RECORD_F_SIGNER, "give --as PARTY or --signer PARTY"},
    {RECORD_F_LATE, "give --late REASON"},
    {RECORD_F_AS_OF, "leave it out; it is the ledger as it stands"},
    {RECORD_F_OFFER_EXPIRES, "leave it out; it is a day from now"},
};

static bool is_in_table(
    const struct record_field *fields, size_t n, enum record_name name)
{
	for (size_t i = 0; i < n; i++)
		if (fields[i].name == name)
			return true;
	return false;
}

static int check_field(const struct record_schema *schema, bool is_block,
    struct slice name, enum record_name *ret_field, struct err *err)
{
	enum record_name field = record_schema_field_find(name);

	for (size_t i = 0; i < sizeof(own_fields) / sizeof(own_fields[0]); i++)
		if (own_fields[i].field == field)
			return err_set(err, ERR_USAGE,
			    "record: %.*s is not given as a field; %s",
			    SLICE_ARG(name), own_fields[i].instead);
	bool is_known = is_block
	    ? is_in_table(
		  schema->block_fields, schema->block_field_count, field)
	    : is_in_table(schema->fields, schema->field_count, field);
	if (!is_known)
		return err_set(err, ERR_USAGE,
		    "record: %s %s has no field \"%.*s\"; see counterfoil "
		    "record %s --fields",
		    is_block ? "an item of a" : "a", schema->name,
		    SLICE_ARG(name), schema->name);
	*ret_field = field;
	return 0;
}

static int take_word(struct cli_compose *m, const struct record_schema *schema,
    const char *word, struct err *err)
{
	struct slice rest = slice_of(word);
	enum record_name field = RECORD_F_NONE;

	if (rest.n > 1 && rest.p[rest.n - 1] == ':' &&
	    strchr(word, '=') == NULL) {
		rest.n--;
		return cli_compose_block_slice(m, rest, err);
	}
	struct slice name = slice_cut(&rest, '=');
	if (rest.p == NULL)
		return err_set(err, ERR_USAGE,
		    "record: \"%s\" is neither FIELD=VALUE nor ITEM:", word);
	int rc = check_field(schema, m->block_count > 0, name, &field, err);
	return rc != 0 ? rc : cli_compose_put_slice(m, field, rest, err);
}

/* ---- the population of a list in one part ---- */

#define NO_POPULATION                                                          \
	"0000000000000000000000000000000000000000000000000000000000000000"

static bool is_given(const struct cli_args *args, const char *field)
{
	size_t n = strlen(field);

	for (size_t i = 1; i < args->word_count; i++)
		if (strncmp(args->words[i], field, n) == 0 &&
		    args->words[i][n] == '=')
			return true;
	return false;
}

/* What stands in for it until the items are there. */
static int start_population(
    struct cli_compose *m, bool *ret_is_ours, struct err *err)
{
	*ret_is_ours = record_draft_schema(m->draft)->kind == RECORD_LIST &&
	    !is_given(m->c->args, "population");
	return *ret_is_ours
	    ? cli_compose_put(m, RECORD_F_POPULATION, NO_POPULATION, err)
	    : 0;
}

static int finish_population(struct cli_compose *m, struct err *err)
{
	struct record record = {0};
	char hex[HASH_HEX_SIZE];
	struct buf text;

	buf_init(&text, RECORD_TEXT_MAX);
	int rc = record_draft_write(m->draft, &text, NULL, err);
	if (rc == 0)
		rc = record_parse(&record, buf_slice(&text), err);
	if (rc != 0)
		goto out;
	if (!slice_is_text(record_get(&record, RECORD_F_PART), "1/1")) {
		rc = err_set(err, ERR_USAGE,
		    "record: a list of several parts needs population=HEX, the "
		    "same in each; counterfoil seize splits a list by itself");
		goto out;
	}
	struct slice blocks = record_block_bytes(&record);
	struct hash population = hash_of(blocks.p, blocks.n);
	hash_to_hex(hex, &population);
	rc = record_draft_replace(m->draft, RECORD_F_POPULATION, hex, err);
out:
	record_done(&record);
	buf_done(&text);
	return rc;
}

/* ---- the record ---- */

/* Who joins signs with a key that is not in force yet. */
static int sign(struct cli_compose *m, enum record_kind kind, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *party;
	int rc = 0;

	if (kind == RECORD_JOIN) {
		for (size_t i = 0; i < m->keys->n && rc == 0; i++)
			rc = cli_compose_signer_key(
			    m, &m->keys->keys[i].key, err);
		return rc;
	}
	if (!cli_args_has(args, "signer"))
		return cli_compose_sign_as_given(m, err);
	for (size_t at = 0;
	     rc == 0 && (party = cli_args_next(args, "signer", &at)) != NULL;)
		rc = cli_compose_signer(m, party, err);
	return rc;
}

static int fill(
    struct cli_compose *m, const struct record_schema *schema, struct err *err)
{
	const struct cli_args *args = m->c->args;
	bool is_ours = false;
	int rc = sign(m, schema->kind, err);

	if (rc == 0)
		rc = start_population(m, &is_ours, err);
	if (rc == 0 && args->word_count == 1) {
		rc = cli_ask_is_possible(args)
		    ? cli_prompt_all(m, err)
		    : err_set(err, ERR_USAGE,
			  "record: no field is given; write FIELD=VALUE (see "
			  "counterfoil record %s --fields)",
			  schema->name);
	}
	for (size_t i = 1; i < args->word_count && rc == 0; i++)
		rc = take_word(m, schema, args->words[i], err);
	return rc == 0 && is_ours ? finish_population(m, err) : rc;
}

/* A holder's signature on a lock says that its share fits, and here is no share
 * to find that out by. */
static int check_holders(const struct case_offer *offer,
    const struct cli_keys *keys, struct err *err)
{
	const struct record *record = case_offer_main(offer);
	const struct record_value *v = NULL;

	if (record->schema->kind != RECORD_LOCK)
		return 0;
	while ((v = record_next(record, NULL, RECORD_F_HOLDER, v)) != NULL)
		if (cli_keys_find(keys, v->value) != NULL)
			return err_set(err, ERR_USAGE,
			    "record: who signs a lock as a holder says that "
			    "its share fits; leave the key of %.*s out, name "
			    "it with --signer, and let it sign with "
			    "counterfoil accept --share FILE",
			    SLICE_ARG(v->value));
	return 0;
}

static int make(const struct cli_args *args, const struct record_schema *schema,
    struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct cli_compose m = {0};
	struct case_offer offer = {0};
	bool is_yes = true;
	int rc = cli_case_open(&c, args, err);

	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = cli_compose_start(&m, &c, &keys, schema->kind, err);
	if (rc == 0)
		rc = fill(&m, schema, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, &offer, err);
	if (rc == 0 && args->word_count == 1) {
		cli_out_slice(buf_slice(&offer.records[0]->text));
		rc = cli_ask_confirm(args, "Sign this? [y/N] ", &is_yes, err);
	}
	if (rc == 0 && !is_yes)
		rc = err_set(
		    err, ERR_DENIED, "record: not signed; nothing was changed");
	if (rc == 0)
		rc = check_holders(&offer, &keys, err);
	if (rc == 0)
		rc = cli_compose_submit(&c, &keys, &offer, err);
	case_offer_done(&offer);
	cli_compose_done(&m);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

static int print_table(const struct cli_args *args,
    const struct record_schema *schema, struct err *err)
{
	bool is_json = cli_args_has(args, "json");
	struct buf out;

	buf_init(&out, 1u << 20);
	if (schema == NULL && is_json)
		cli_fields_put_kinds_json(&out);
	else if (schema == NULL)
		cli_fields_put_kinds(&out);
	else if (is_json)
		cli_fields_put_json(schema, &out);
	else
		cli_fields_put(schema, &out);
	int rc = buf_check(&out, err);
	if (rc == 0 && is_json)
		cli_out_raw(buf_slice(&out));
	else if (rc == 0)
		cli_out_slice(buf_slice(&out));
	buf_done(&out);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	const struct record_schema *schema = NULL;

	if (args->word_count > 0) {
		schema = record_schema_find(slice_of(args->words[0]));
		if (schema == NULL)
			return err_set(err, ERR_USAGE,
			    "record: there is no kind \"%s\"; counterfoil "
			    "record lists them",
			    args->words[0]);
	}
	if (schema == NULL || cli_args_has(args, "fields"))
		return print_table(args, schema, err);
	if (cli_args_has(args, "json"))
		return err_set(
		    err, ERR_USAGE, "record: --json goes with --fields");
	if (schema->kind == RECORD_CASE)
		return err_set(err, ERR_USAGE,
		    "record: a case is opened with counterfoil init");
	if (cli_args_has(args, "although") && !schema->is_custody)
		return err_set(err, ERR_USAGE,
		    "record: --although is for what has happened; a %s can "
		    "wait until it is right",
		    schema->name);
	return make(args, schema, err);
}

const struct cli_command cmd_record = {
    .name = "record",
    .group = CLI_CUSTODY,
    .usage = "[KIND [FIELD=VALUE]... [ITEM: [FIELD=VALUE]...]...]",
    .summary = "Makes a record of any kind, field by field; without a kind, "
	       "lists the kinds",
    .shared = CLI_SHARED_MAKER | CLI_SHARED_JSON,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_max = SIZE_MAX,
    .examples = "  counterfoil record inspection --fields\n"
		"  counterfoil record incident what=damage "
		"statement=\"dropped\" B-0007: "
		"\\\n"
		"      condition=\"corner dented\" --as police.example\n"
		"  counterfoil record claim --as owner.example   (asks field "
		"by field)\n",
    .run = run,
};

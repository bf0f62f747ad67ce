/*
 * cli_custodian.c: see cli_custodian.h.
 */
#include "cli_custodian.h"

#include "cli_make.h"
#include "flow_check.h"

#include <string.h>

uint32_t cli_custodian_find_item(
    const struct case_state *state, const char *typed)
{
	struct slice id;

	return flow_check_take(slice_of(typed), &id, NULL) == 0
	    ? case_state_find_item(state, id)
	    : CASE_NONE;
}

/* The --as whose party holds the item. */
static const char *find_custodian(
    const struct cli_compose *m, const char *item_name)
{
	const struct case_state *state = m->c->state;
	uint32_t item = cli_custodian_find_item(state, item_name);

	if (item == CASE_NONE)
		return NULL;
	struct case_set holders = case_state_holders(state, item, m->at);
	for (size_t i = 0; i < m->keys->n; i++) {
		const char *name = m->keys->keys[i].key.name;
		uint32_t party = case_state_find_party(state, slice_of(name));

		if (party != CASE_NONE && case_set_has(&holders, party))
			return name;
	}
	return NULL;
}

int cli_custodian_put(struct cli_compose *m, size_t first, const char *other,
    const char **ret_custodian, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *custodian = cli_args_get(args, "custodian");

	for (size_t i = first; custodian == NULL && i < args->word_count; i++)
		custodian = find_custodian(m, args->words[i]);
	if (custodian == NULL && other != NULL)
		custodian = find_custodian(m, other);
	if (custodian == NULL)
		return err_set(err, ERR_USAGE,
		    "%s: none of the signers holds %s; say who does with "
		    "--custodian PARTY",
		    args->command->name,
		    other != NULL ? other : args->words[first]);
	*ret_custodian = custodian;
	int rc = cli_compose_signer(m, custodian, err);
	return rc != 0
	    ? rc
	    : cli_make_put_party(m, RECORD_F_CUSTODIAN, custodian, err);
}

static int put_witness(
    struct cli_compose *m, const char *witness, struct err *err)
{
	int rc = cli_compose_signer(m, witness, err);

	return rc != 0 ? rc
		       : cli_make_put_party(m, RECORD_F_WITNESS, witness, err);
}

int cli_custodian_put_witnesses(struct cli_compose *m, const char *custodian,
    size_t *ret_n, struct err *err)
{
	const struct cli_args *args = m->c->args;
	bool is_given = cli_args_has(args, "witness");
	const char *witness;
	size_t at = 0;
	int rc = 0;

	*ret_n = 0;
	while (rc == 0 &&
	    (witness = cli_args_next(args, "witness", &at)) != NULL) {
		rc = put_witness(m, witness, err);
		(*ret_n)++;
	}
	for (size_t i = 0; rc == 0 && !is_given && i < m->keys->n; i++) {
		witness = m->keys->keys[i].key.name;
		if (strcmp(witness, custodian) == 0)
			continue;
		rc = put_witness(m, witness, err);
		(*ret_n)++;
	}
	return rc;
}

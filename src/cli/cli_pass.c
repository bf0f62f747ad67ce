/*
 * cli_pass.c: one way in which things pass from a party to another: selected,
 * counted by each side, judged, signed. Nothing is entered before both counts
 * agree with what is named.
 */
#include "cli_pass.h"

#include "cli_ask.h"
#include "cli_out.h"
#include "cli_screen.h"

#include <string.h>

struct pass {
	const struct cli_pass *kind;
	struct cli_case c;
	struct cli_keys keys;
	const char *from, *to;
	uint32_t giver, receiver;
	bool is_one_sided; /* the receiver took it and does not sign */
	bool has_receiver_key; /* in the case */
	struct cli_pick pick;
	struct case_offer offer;
};

static int find_giver(struct pass *pass, struct err *err)
{
	pass->from = cli_args_get(pass->c.args, "from");
	/* The first key that is not the receiver's. */
	for (size_t i = 0; i < pass->keys.n && pass->from == NULL; i++)
		if (strcmp(pass->keys.keys[i].key.name, pass->to) != 0)
			pass->from = pass->keys.keys[i].key.name;
	if (pass->from == NULL)
		return err_set(err, ERR_USAGE,
		    "%s: who gives? say --as PARTY, or --from PARTY",
		    pass->c.args->command->name);
	return cli_case_find_party(&pass->c, pass->from, &pass->giver, err);
}

static int find_parties(struct pass *pass, struct err *err)
{
	const struct cli_args *args = pass->c.args;
	const char *behalf = cli_args_knows(args, "on-behalf-of")
	    ? cli_args_get(args, "on-behalf-of")
	    : NULL;
	uint32_t party;

	int rc = cli_args_need(args, "to", &pass->to, err);
	if (rc == 0)
		rc = cli_case_find_party(
		    &pass->c, pass->to, &pass->receiver, err);
	if (rc == 0)
		rc = find_giver(pass, err);
	if (rc == 0 && behalf != NULL)
		rc = cli_case_find_party(&pass->c, behalf, &party, err);
	if (rc != 0)
		return rc;
	pass->is_one_sided = cli_args_has(args, "receiver");
	pass->has_receiver_key =
	    case_state_party_key(pass->c.state, pass->receiver) != NULL;
	if (cli_args_has(args, "counter") &&
	    cli_keys_find(&pass->keys, slice_of(pass->to)) == NULL)
		return err_set(err, ERR_USAGE,
		    "%s: --counter needs the receiver's key too; add --as %s",
		    args->command->name, pass->to);
	return 0;
}

static int put_signers(
    struct pass *pass, struct cli_compose *m, struct err *err)
{
	const char *witness;

	int rc = cli_compose_signer(m, pass->from, err);
	if (rc == 0 && !pass->is_one_sided && pass->has_receiver_key)
		rc = cli_compose_signer(m, pass->to, err);
	for (size_t at = 0; rc == 0 &&
	     (witness = cli_args_next(m->c->args, "witness", &at)) != NULL;)
		rc = cli_compose_signer(m, witness, err);
	return rc;
}

static int put_items(struct pass *pass, struct cli_compose *m, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < pass->pick.n && rc == 0; i++) {
		const struct cli_pick_item *picked = &pass->pick.items[i];
		rc = cli_compose_block_slice(
		    m, case_state_item(pass->c.state, picked->item)->id, err);
		if (rc == 0)
			rc = cli_compose_put_slice(
			    m, RECORD_F_SEAL, picked->seal, err);
		if (rc == 0)
			rc = cli_compose_put_slice(
			    m, RECORD_F_STATE, picked->state, err);
	}
	return rc;
}

/* With the receiver's count in the text already: he signs it only if he
 * counts the same. */
static int compose(struct pass *pass, struct err *err)
{
	struct cli_compose m = {0};

	int rc =
	    cli_compose_start(&m, &pass->c, &pass->keys, pass->kind->kind, err);
	if (rc == 0)
		rc = cli_pick_make(
		    &pass->pick, &pass->c, pass->giver, m.at, err);
	if (rc == 0)
		rc = put_signers(pass, &m, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_FROM, pass->from, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_TO, pass->to, err);
	if (rc == 0)
		rc = cli_compose_put_count(
		    &m, RECORD_F_COUNTED_BY_GIVER, pass->pick.n, err);
	if (rc == 0 && !pass->is_one_sided)
		rc = cli_compose_put_count(
		    &m, RECORD_F_COUNTED_BY_RECEIVER, pass->pick.n, err);
	if (rc == 0)
		rc = cli_compose_options(
		    &m, pass->kind->options, pass->kind->option_count, err);
	if (rc == 0 && pass->kind->fill != NULL)
		rc = pass->kind->fill(&m, &pass->pick, err);
	if (rc == 0)
		rc = put_items(pass, &m, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, &pass->offer, err);
	cli_compose_done(&m);
	return rc;
}

/* A party that has no key is judged first: what crosses a red line is refused
 * for that, before anything else. */
static int judge(struct pass *pass, struct err *err)
{
	struct err why = {0};

	int rc = cli_case_judge(&pass->c, &pass->keys, &pass->offer,
	    cli_args_has(pass->c.args, "although"), &why);
	if (rc != CLI_FALSE && !pass->is_one_sided && !pass->has_receiver_key)
		return err_set(err, ERR_NOTFOUND,
		    "%s: %s has no key in this case, so it cannot sign; it "
		    "enrols with `counterfoil join`, or say --receiver refused",
		    pass->c.args->command->name, pass->to);
	return rc < 0 ? err_set(err, rc, "%s", why.message) : rc;
}

static int check_count(struct pass *pass, const char *option,
    const char *prompt, const char *who, struct err *err)
{
	uint64_t count;
	struct buf places;

	int rc = cli_ask_count(pass->c.args, option, prompt, &count, err);
	if (rc != 0 || count == pass->pick.n)
		return rc;
	cli_out_error("%s: the counts differ: %s counted %llu, selected are "
		      "%zu; count again (nothing was entered)",
	    pass->c.args->command->name, who, (unsigned long long)count,
	    pass->pick.n);
	buf_init(&places, 65536);
	if (cli_pick_put_places(&pass->pick, &pass->c, &places, NULL) == 0)
		cli_out_remark("selected by place: %s", places.p);
	buf_done(&places);
	return CLI_FALSE;
}

static int count_and_submit(struct pass *pass, struct err *err)
{
	bool is_at_counter = !pass->is_one_sided &&
	    cli_keys_find(&pass->keys, slice_of(pass->to)) != NULL;

	int rc = cli_screen_show(&pass->offer, err);
	if (rc == 0)
		rc = check_count(pass, "count",
		    "Giver: how many did you "
		    "count? ",
		    pass->from, err);
	if (rc == 0 && is_at_counter)
		rc = check_count(pass, "count-received",
		    "Receiver: how many "
		    "did you count? ",
		    pass->to, err);
	return rc != 0
	    ? rc
	    : cli_compose_submit(&pass->c, &pass->keys, &pass->offer, err);
}

int cli_pass_run(
    const struct cli_pass *kind, const struct cli_args *args, struct err *err)
{
	struct pass pass = {.kind = kind};

	int rc = cli_case_open(&pass.c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&pass.keys, args, err);
	if (rc == 0)
		rc = find_parties(&pass, err);
	if (rc == 0)
		rc = compose(&pass, err);
	if (rc == 0)
		rc = judge(&pass, err);
	if (rc == 0)
		rc = count_and_submit(&pass, err);
	case_offer_done(&pass.offer);
	cli_pick_done(&pass.pick);
	cli_keys_done(&pass.keys);
	cli_case_done(&pass.c);
	return rc;
}

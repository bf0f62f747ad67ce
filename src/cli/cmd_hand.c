/*
 * cmd_hand.c: `counterfoil hand`: items go from one party to another. The
 * giver counts them; the receiver counts for himself when he accepts, or here,
 * at one counter with both keys.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_ask.h"
#include "cli_compose.h"
#include "cli_out.h"
#include "cli_pick.h"
#include "cli_screen.h"

#include <string.h>

static const struct cli_compose_option fields[] = {
    {"given-by", RECORD_F_GIVEN_BY},
    {"received-by", RECORD_F_RECEIVED_BY},
    {"on-behalf-of", RECORD_F_ON_BEHALF_OF},
    {"receiver", RECORD_F_RECEIVER},
    {"witness", RECORD_F_WITNESS},
    {"purpose", RECORD_F_PURPOSE},
    {"authority", RECORD_F_AUTHORITY},
    {"document", RECORD_F_DOCUMENT},
    {"mode", RECORD_F_MODE},
    {"where", RECORD_F_PLACE},
    {"return-by", RECORD_F_RETURN_BY},
    {"objection", RECORD_F_OBJECTION},
    {"condition", RECORD_F_CONDITION},
    {"remark", RECORD_F_REMARK},
};

struct hand {
	struct cli_case c;
	struct cli_keys keys;
	const char *from, *to;
	uint32_t giver, receiver;
	bool is_one_sided; /* the receiver took it and does not sign */
	bool has_receiver_key; /* in the case */
	struct cli_pick pick;
	struct cli_offer offer;
};

static int find_giver(struct hand *hand, struct err *err)
{
	hand->from = cli_args_get(hand->c.args, "from");
	/* The first key that is not the receiver's. */
	for (size_t i = 0; i < hand->keys.n && hand->from == NULL; i++)
		if (strcmp(hand->keys.keys[i].key.name, hand->to) != 0)
			hand->from = hand->keys.keys[i].key.name;
	if (hand->from == NULL)
		return err_set(err, ERR_USAGE,
		    "hand: who gives? say --as PARTY, or --from PARTY");
	return cli_case_find_party(&hand->c, hand->from, &hand->giver, err);
}

static int find_parties(struct hand *hand, struct err *err)
{
	const struct cli_args *args = hand->c.args;
	const char *behalf = cli_args_get(args, "on-behalf-of");
	uint32_t party;

	int rc = cli_args_need(args, "to", &hand->to, err);
	if (rc == 0)
		rc = cli_case_find_party(
		    &hand->c, hand->to, &hand->receiver, err);
	if (rc == 0)
		rc = find_giver(hand, err);
	if (rc == 0 && behalf != NULL)
		rc = cli_case_find_party(&hand->c, behalf, &party, err);
	if (rc != 0)
		return rc;
	hand->is_one_sided = cli_args_has(args, "receiver");
	hand->has_receiver_key =
	    case_state_party_key(hand->c.state, hand->receiver) != NULL;
	if (cli_args_has(args, "counter") &&
	    cli_keys_find(&hand->keys, slice_of(hand->to)) == NULL)
		return err_set(err, ERR_USAGE,
		    "hand: --counter needs the receiver's key too; add --as %s",
		    hand->to);
	return 0;
}

static int put_signers(
    struct hand *hand, struct cli_compose *m, struct err *err)
{
	const char *witness;

	int rc = cli_compose_signer(m, hand->from, err);
	if (rc == 0 && !hand->is_one_sided && hand->has_receiver_key)
		rc = cli_compose_signer(m, hand->to, err);
	for (size_t at = 0; rc == 0 &&
	     (witness = cli_args_next(m->c->args, "witness", &at)) != NULL;)
		rc = cli_compose_signer(m, witness, err);
	return rc;
}

static int put_items(struct hand *hand, struct cli_compose *m, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < hand->pick.n && rc == 0; i++) {
		const struct cli_pick_item *picked = &hand->pick.items[i];
		rc = cli_compose_block_slice(
		    m, case_state_item(hand->c.state, picked->item)->id, err);
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
static int compose(struct hand *hand, struct err *err)
{
	struct cli_compose m = {0};

	int rc =
	    cli_compose_start(&m, &hand->c, &hand->keys, RECORD_HANDOVER, err);
	if (rc == 0)
		rc = cli_pick_make(
		    &hand->pick, &hand->c, hand->giver, m.at, err);
	if (rc == 0)
		rc = put_signers(hand, &m, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_FROM, hand->from, err);
	if (rc == 0)
		rc = cli_compose_put(&m, RECORD_F_TO, hand->to, err);
	if (rc == 0)
		rc = cli_compose_put_count(
		    &m, RECORD_F_COUNTED_BY_GIVER, hand->pick.n, err);
	if (rc == 0 && !hand->is_one_sided)
		rc = cli_compose_put_count(
		    &m, RECORD_F_COUNTED_BY_RECEIVER, hand->pick.n, err);
	if (rc == 0)
		rc = cli_compose_options(
		    &m, fields, sizeof(fields) / sizeof(fields[0]), err);
	if (rc == 0)
		rc = put_items(hand, &m, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, &hand->offer, err);
	cli_compose_done(&m);
	return rc;
}

/* A party that has no key is judged first: what crosses a red line is refused
 * for that, before anything else. */
static int judge(struct hand *hand, struct err *err)
{
	struct err why = {0};

	int rc = cli_case_judge(&hand->c, &hand->keys, &hand->offer,
	    cli_args_has(hand->c.args, "although"), &why);
	if (rc != CLI_FALSE && !hand->is_one_sided && !hand->has_receiver_key)
		return err_set(err, ERR_NOTFOUND,
		    "hand: %s has no key in this case, so it cannot sign; it "
		    "enrols with `counterfoil join`, or say --receiver refused",
		    hand->to);
	return rc < 0 ? err_set(err, rc, "%s", why.message) : rc;
}

static int check_count(struct hand *hand, const char *option,
    const char *prompt, const char *who, struct err *err)
{
	uint64_t count;
	struct buf places;

	int rc = cli_ask_count(hand->c.args, option, prompt, &count, err);
	if (rc != 0 || count == hand->pick.n)
		return rc;
	cli_out_error("hand: the counts differ: %s counted %llu, selected are "
		      "%zu; count again (nothing was entered)",
	    who, (unsigned long long)count, hand->pick.n);
	buf_init(&places, 65536);
	if (cli_pick_put_places(&hand->pick, &hand->c, &places, NULL) == 0)
		cli_out_remark("selected by place: %s", places.p);
	buf_done(&places);
	return CLI_FALSE;
}

static int count_and_submit(struct hand *hand, struct err *err)
{
	bool is_at_counter = !hand->is_one_sided &&
	    cli_keys_find(&hand->keys, slice_of(hand->to)) != NULL;

	int rc = cli_screen_show(&hand->offer, err);
	if (rc == 0)
		rc = check_count(hand, "count",
		    "Giver: how many did you "
		    "count? ",
		    hand->from, err);
	if (rc == 0 && is_at_counter)
		rc = check_count(hand, "count-received",
		    "Receiver: how many "
		    "did you count? ",
		    hand->to, err);
	return rc != 0
	    ? rc
	    : cli_compose_submit(&hand->c, &hand->keys, &hand->offer, err);
}

static int run(const struct cli_args *args, struct err *err)
{
	struct hand hand = {0};

	int rc = cli_case_open(&hand.c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&hand.keys, args, err);
	if (rc == 0)
		rc = find_parties(&hand, err);
	if (rc == 0)
		rc = compose(&hand, err);
	if (rc == 0)
		rc = judge(&hand, err);
	if (rc == 0)
		rc = count_and_submit(&hand, err);
	cli_offer_done(&hand.offer);
	cli_pick_done(&hand.pick);
	cli_keys_done(&hand.keys);
	cli_case_done(&hand.c);
	return rc;
}

static const struct cli_option options[] = {
    {"to", 0, "PARTY", false, "who receives"},
    {"from", 0, "PARTY", false, "who gives (default: the one --as)"},
    {"all", 0, NULL, false, "all that the giver holds"},
    {"place", 0, "TEXT", false, "all that was taken at this place"},
    {"packages", 0, "A,B,..", false, "these packages"},
    {"items", 0, "A,B,..", false, "these single things"},
    {"scan", 0, "FILE", false, "lines ITEM or ITEM,SEAL,STATE; - reads them"},
    {"count", 0, "N", false, "how many the giver counted"},
    {"counter", 0, NULL, false, "both sides sign here and now"},
    {"count-received", 0, "N", false, "how many the receiver counted"},
    {"on-behalf-of", 0, "PARTY", false, "whom the receiver acts for"},
    {"purpose", 0, "TEXT", false, "what for"},
    {"authority", 0, "TEXT", false, "order or law"},
    {"receiver", 0, "WORD", false,
	"refused or absent: he took it and does not sign"},
    {"witness", 0, "PARTY", true, "a witness who signs"},
    {"given-by", 0, "NAME", false, "the person who gives (withheld)"},
    {"received-by", 0, "NAME", false, "the person who receives (withheld)"},
    {"document", 0, "FILE", true, "a document, such as the order"},
    {"mode", 0, "TEXT", false, "in person, courier and waybill, locker"},
    {"where", 0, "TEXT", false, "where it is handed over (withheld)"},
    {"return-by", 0, "DATE", false, "when it is expected back"},
    {"condition", 0, "TEXT", false, "condition of what is handed over"},
    {"objection", 0, "TEXT", true, "an objection raised"},
    {"remark", 0, "TEXT", false, "anything else (withheld)"},
    {"expires", 0, "TIME", false, "until when the others may sign"},
    {"although", 0, NULL, false, "it has happened: enter it as a breach"},
};

const struct cli_command cmd_hand = {
    .name = "hand",
    .group = CLI_CUSTODY,
    .usage = "--to PARTY (--all | --place TEXT | --packages A,B | --items A,B "
	     "| --scan FILE) [options]",
    .summary = "Hands items over; each side counts them",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .examples =
	"  counterfoil hand --all --to prosecutor.example/evidence-room \\\n"
	"      --as police.example\n"
	"  counterfoil hand --packages B-0007 --to lab.example --counter \\\n"
	"      --as police.example --as lab.example\n",
    .run = run,
};

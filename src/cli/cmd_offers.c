/*
 * cmd_offers.c: `counterfoil offers`: what waits for signatures, whose, and
 * until when.
 */
#include "cli.h"
#include "cli_args.h"
#include "cli_case.h"
#include "cli_keys.h"
#include "cli_mailbox.h"
#include "cli_out.h"
#include "cli_pending.h"
#include "json.h"
#include "when.h"

struct listing {
	const struct cli_case *c;
	struct json *json; /* NULL: for people */
	size_t n;
};

static void print_one(const struct listing *listing, const char *path,
    const struct case_offer *offer, const char *what)
{
	const struct record *record = case_offer_main(offer);
	char id[CLI_CASE_SHORT_SIZE], until[WHEN_SIZE];
	const char *comma = "";
	struct slice party;
	int64_t expires;

	cli_case_short_id(id, &record->id);
	cli_out("%s  %s\n", id, what);
	cli_out("  to sign: ");
	for (size_t at = 0;
	     (party = case_offer_missing(offer, &at)).p != NULL;) {
		cli_out("%s%.*s", comma, SLICE_ARG(party));
		comma = ", ";
	}
	if (case_offer_is_complete(offer))
		cli_out("nobody, all have; it waits to be entered");
	cli_out("\n");
	if (record_get_time(record, RECORD_F_OFFER_EXPIRES, &expires)) {
		when_to_time(until, expires);
		cli_out("  %s %s\n",
		    case_offer_is_expired(offer, listing->c->now)
			? "expired at"
			: "open until",
		    until);
	}
	cli_out("  %s/%s\n", listing->c->path.p, path);
}

static void put_json(struct listing *listing, const char *path,
    const struct case_offer *offer, const char *what)
{
	const struct record *record = case_offer_main(offer);
	struct json *json = listing->json;
	char id[HASH_HEX_SIZE], until[WHEN_SIZE];
	struct slice party;
	int64_t expires;

	hash_to_hex(id, &record->id);
	json_open_object(json, NULL);
	json_text(json, "record", slice_of(id));
	json_text(json, "kind", slice_of(record->schema->name));
	json_text(json, "what", slice_of(what));
	json_text(json, "path", slice_of(path));
	json_open_array(json, "to-sign");
	for (size_t at = 0; (party = case_offer_missing(offer, &at)).p != NULL;)
		json_text(json, NULL, party);
	json_close_array(json);
	if (record_get_time(record, RECORD_F_OFFER_EXPIRES, &expires)) {
		when_to_time(until, expires);
		json_text(json, "expires", slice_of(until));
	} else {
		json_null(json, "expires");
	}
	json_bool(
	    json, "is-expired", case_offer_is_expired(offer, listing->c->now));
	json_close_object(json);
}

static int each(void *cookie, const char *path, const struct case_offer *offer,
    struct err *err)
{
	struct listing *listing = cookie;
	struct buf what;

	buf_init(&what, 256);
	cli_pending_put_what(offer, &what);
	int rc = buf_check(&what, err);
	if (rc == 0 && listing->json != NULL)
		put_json(listing, path, offer, what.p);
	else if (rc == 0)
		print_one(listing, path, offer, what.p);
	listing->n++;
	buf_done(&what);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct listing listing = {.c = &c};
	struct cli_keys keys = {0};
	struct json json;
	struct buf out;

	buf_init(&out, CASE_OFFER_MAX);
	json_init(&json, &out);
	if (cli_args_has(args, "json")) {
		listing.json = &json;
		json_open_array(&json, NULL);
	}
	int rc = cli_case_open(&c, args, err);
	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = cli_mailbox_fetch(&c, &keys, err);
	if (rc == 0)
		rc = cli_pending_each(&c, each, &listing, err);
	if (rc == 0 && listing.json != NULL) {
		json_close_array(&json);
		rc = buf_check(&out, err);
		if (rc == 0)
			cli_out_raw(buf_slice(&out));
	} else if (rc == 0 && listing.n == 0) {
		cli_out("no offer waits for a signature\n");
	}
	cli_keys_done(&keys);
	cli_case_done(&c);
	buf_done(&out);
	return rc;
}

const struct cli_command cmd_offers = {
    .name = "offers",
    .group = CLI_CUSTODY,
    .usage = "[--as PARTY] [--json]",
    .summary = "Lists what waits for signatures, and whose",
    .shared =
	CLI_SHARED_CASE | CLI_SHARED_KEYS | CLI_SHARED_SIGN | CLI_SHARED_JSON,
    .run = run,
};

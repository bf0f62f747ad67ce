/*
 * serve_mailbox.c: the mailbox is its folder: every call reads it again, and
 * removes what has become of no use.
 */
#include "serve_mailbox.h"

#include "case_offer.h"
#include "file.h"
#include "hash.h"
#include "json.h"
#include "serve_internal.h"
#include "when.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "private/mailbox"
#define SUFFIX ".offer"
#define PATH_BYTES 128

static void path_of(char path[PATH_BYTES], const char *id)
{
	(void)snprintf(path, PATH_BYTES, FOLDER "/%s" SUFFIX, id);
}

/* ---- what is in one ---- */

static bool names(const struct case_offer *offer, struct slice party)
{
	return record_is_signed_by(case_offer_main(offer), party);
}

/* Whose offer it is: the first who signed. */
static struct slice author_of(const struct case_offer *offer)
{
	const struct case_offer_record *r = offer->records[offer->n - 1];

	for (size_t i = 0; i < r->record.signer_count; i++)
		if (r->signatures[i].n > 0)
			return r->record.signers[i].party;
	return slice_of(NULL);
}

static int64_t expiry_of(const struct case_offer *offer, int64_t came)
{
	int64_t expires;

	return record_get_time(
		   case_offer_main(offer), RECORD_F_OFFER_EXPIRES, &expires)
	    ? expires
	    : came + (int64_t)SERVE_MAILBOX_DAYS * WHEN_DAY;
}

static bool is_entered(struct serve_ledger *ledger, const struct hash *id)
{
	bool is_there = false;

	(void)pthread_rwlock_rdlock(&ledger->fold);
	is_there = ledger->state != NULL &&
	    case_state_find_leaf(ledger->state, id) != CASE_NONE;
	(void)pthread_rwlock_unlock(&ledger->fold);
	return is_there;
}

/* ---- all of them ---- */

struct walk {
	struct serve_ledger *ledger;
	int (*each)(void *cookie, const struct case_offer *offer,
	    int64_t expires, struct err *err);
	void *cookie;
};

static int read_offer(struct serve_ledger *ledger, const char *path,
    struct buf *bytes, struct case_offer *offer, struct err *err)
{
	int rc = file_read(
	    bytes, ledger->options.case_fd, path, SERVE_SUBMISSION_MAX, err);

	return rc == 0 ? case_offer_parse(offer, buf_slice(bytes), err) : rc;
}

static int visit_offer(struct walk *walk, const char *path,
    const struct case_offer *offer, struct err *err)
{
	int fd = walk->ledger->options.case_fd;
	struct stat st;

	if (fstatat(fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_sys(err, errno, "%s", path);
	int64_t expires = expiry_of(offer, st.st_mtim.tv_sec);
	if (serve_ledger_now(walk->ledger) > expires ||
	    is_entered(walk->ledger, &case_offer_main(offer)->id))
		return file_remove(fd, path, err);
	return walk->each(walk->cookie, offer, expires, err);
}

static int visit(void *cookie, const char *name, struct err *err)
{
	struct walk *walk = cookie;
	struct case_offer offer = {0};
	char path[PATH_BYTES];
	struct buf bytes;

	/* What a crash left of a file being written. */
	if (name[0] == '.')
		return 0;
	if (strlen(name) >= PATH_BYTES - sizeof(FOLDER))
		return err_set(
		    err, ERR_FORMAT, FOLDER ": a file that is no offer");
	(void)snprintf(path, sizeof(path), FOLDER "/%s", name);
	buf_init(&bytes, SERVE_SUBMISSION_MAX);
	int rc = read_offer(walk->ledger, path, &bytes, &offer, err);
	if (rc == 0)
		rc = visit_offer(walk, path, &offer, err);
	else
		err_prefix(err, "%s", path);
	case_offer_done(&offer);
	buf_wipe(&bytes);
	return rc;
}

static int walk_all(struct walk *walk, struct err *err)
{
	struct err why = {0};
	int rc =
	    file_list(walk->ledger->options.case_fd, FOLDER, visit, walk, &why);

	if (rc == ERR_NOTFOUND)
		return 0;
	/* Nobody who asks can help it. */
	return rc == 0 ? 0 : err_set(err, ERR_IO, "%s", why.message);
}

/* ---- putting ---- */

/* At least one signature is by a key of a party, in force. */
static bool is_by_party(
    const struct case_offer *offer, const struct case_state *state)
{
	const struct case_offer_record *r = offer->records[offer->n - 1];

	for (size_t i = 0; i < r->record.signer_count; i++) {
		uint32_t party =
		    case_state_find_party(state, r->record.signers[i].party);
		const struct note_key *key = party != CASE_NONE
		    ? case_state_party_key(state, party)
		    : NULL;

		if (r->signatures[i].n > 0 && key != NULL &&
		    key->id == r->record.signers[i].key_id)
			return true;
	}
	return false;
}

static int check_signatures(struct serve_ledger *ledger,
    const struct case_offer *offer, struct err *err)
{
	int rc;

	(void)pthread_rwlock_rdlock(&ledger->fold);
	const struct case_state *state = ledger->state;
	if (state == NULL)
		rc = err_set(err, ERR_IO, "the ledger is out of order");
	else if (!slice_is(
		     case_offer_main(offer)->case_ref, case_state_ref(state)))
		rc = err_set(err, ERR_DENIED, "an offer of another case");
	else if (!is_by_party(offer, state))
		rc = err_set(err, ERR_DENIED,
		    "nobody who has signed is a party of this case");
	else
		rc = case_offer_check(offer, state, err);
	(void)pthread_rwlock_unlock(&ledger->fold);
	if (rc == ERR_VERIFY && err != NULL)
		err->code = ERR_DENIED;
	return rc == ERR_VERIFY ? ERR_DENIED : rc;
}

static int check_use(struct serve_ledger *ledger,
    const struct case_offer *offer, struct err *err)
{
	if (case_offer_is_complete(offer))
		return err_set(
		    err, ERR_FORMAT, "all have signed; hand it in as records");
	if (case_offer_is_expired(offer, serve_ledger_now(ledger)))
		return err_set(err, ERR_CONFLICT, "the offer has expired");
	return is_entered(ledger, &case_offer_main(offer)->id)
	    ? err_set(err, ERR_CONFLICT, "it is in the ledger already")
	    : 0;
}

/* The same records, with no signature lost. */
static bool continues(
    const struct case_offer *offer, const struct case_offer *before)
{
	if (offer->n != before->n)
		return false;
	for (size_t i = 0; i < offer->n; i++) {
		const struct case_offer_record *a = offer->records[i];
		const struct case_offer_record *b = before->records[i];

		if (!hash_is(&a->record.id, &b->record.id))
			return false;
		for (size_t k = 0; k < a->record.signer_count; k++)
			if (a->signatures[k].n == 0 && b->signatures[k].n > 0)
				return false;
	}
	return true;
}

struct census {
	struct slice author;
	size_t n, by_author;
};

static int count_one(void *cookie, const struct case_offer *offer,
    int64_t expires, struct err *err)
{
	struct census *census = cookie;

	(void)expires;
	(void)err;
	census->n++;
	census->by_author += slice_is(author_of(offer), census->author);
	return 0;
}

static int check_room(struct serve_ledger *ledger,
    const struct case_offer *offer, struct err *err)
{
	struct census census = {.author = author_of(offer)};
	struct walk walk = {ledger, count_one, &census};
	int rc = walk_all(&walk, err);

	if (rc == 0 &&
	    (census.n >= SERVE_MAILBOX_MAX ||
		census.by_author >= SERVE_MAILBOX_PARTY_MAX))
		rc = err_set(err, ERR_LIMIT,
		    "the mailbox is full: %zu offers, %zu of %.*s; withdraw "
		    "some",
		    census.n, census.by_author, SLICE_ARG(census.author));
	return rc;
}

static int check_place(struct serve_ledger *ledger, const char *path,
    const struct case_offer *offer, struct err *err)
{
	struct case_offer before = {0};
	struct err why = {0};
	struct buf bytes;

	buf_init(&bytes, SERVE_SUBMISSION_MAX);
	int rc = read_offer(ledger, path, &bytes, &before, &why);
	if (rc == ERR_NOTFOUND)
		rc = check_room(ledger, offer, err);
	else if (rc != 0)
		rc = err_set(err, ERR_IO, "%s", why.message);
	else if (!continues(offer, &before))
		rc = err_set(err, ERR_CONFLICT,
		    "another offer with that main record is here, or one with "
		    "more signatures");
	case_offer_done(&before);
	buf_wipe(&bytes);
	return rc;
}

int serve_mailbox_put(struct serve_ledger *ledger, struct slice bytes,
    char ret_id[HASH_HEX_SIZE], struct err *err)
{
	struct case_offer offer = {0};
	char id[HASH_HEX_SIZE], path[PATH_BYTES];
	int rc = case_offer_parse(&offer, bytes, err);

	if (rc == ERR_VERIFY) {
		rc = ERR_FORMAT;
		if (err != NULL)
			err->code = rc;
	}
	if (rc == 0)
		rc = check_signatures(ledger, &offer, err);
	if (rc == 0)
		rc = check_use(ledger, &offer, err);
	if (rc == 0) {
		hash_to_hex(id, &case_offer_main(&offer)->id);
		path_of(path, id);
		rc = check_place(ledger, path, &offer, err);
	}
	if (rc == 0)
		rc = file_publish(
		    ledger->options.case_fd, path, bytes, 0600, err);
	if (rc == 0)
		memcpy(ret_id, id, sizeof(id));
	case_offer_done(&offer);
	return rc;
}

/* ---- getting ---- */

struct listing {
	struct slice party;
	struct buf *out;
	struct json json;
};

static int list_one(void *cookie, const struct case_offer *offer,
    int64_t expires, struct err *err)
{
	struct listing *listing = cookie;
	struct json *json = &listing->json;
	const struct record *record = case_offer_main(offer);
	char id[HASH_HEX_SIZE], until[WHEN_SIZE];
	struct slice party;

	(void)err;
	if (!names(offer, listing->party))
		return 0;
	hash_to_hex(id, &record->id);
	when_to_time(until, expires);
	json_open_object(json, NULL);
	json_text(json, "record", slice_of(id));
	json_text(json, "kind", slice_of(record->schema->name));
	json_number(json, "records", (int64_t)offer->n);
	json_text(json, "by", author_of(offer));
	json_text(json, "open-until", slice_of(until));
	json_open_array(json, "to-sign");
	for (size_t at = 0; (party = case_offer_missing(offer, &at)).p != NULL;)
		json_text(json, NULL, party);
	json_close_array(json);
	json_close_object(json);
	return 0;
}

static int list_id(void *cookie, const struct case_offer *offer,
    int64_t expires, struct err *err)
{
	struct listing *listing = cookie;
	char id[HASH_HEX_SIZE];

	(void)expires;
	hash_to_hex(id, &case_offer_main(offer)->id);
	if (names(offer, listing->party))
		buf_printf(listing->out, "%s\n", id);
	return buf_check(listing->out, err);
}

static int list_json(
    struct listing *listing, struct walk *walk, struct err *err)
{
	struct json *json = &listing->json;

	walk->each = list_one;
	json_init(json, listing->out);
	json_open_object(json, NULL);
	json_open_array(json, "offers");
	int rc = walk_all(walk, err);
	json_close_array(json);
	json_close_object(json);
	return rc == 0 ? buf_check(listing->out, err) : rc;
}

int serve_mailbox_list(struct serve_ledger *ledger, struct slice party,
    bool is_text, struct buf *out, struct err *err)
{
	struct listing listing = {.party = party, .out = out};
	struct walk walk = {ledger, list_id, &listing};

	return is_text ? walk_all(&walk, err) : list_json(&listing, &walk, err);
}

/* The file of an offer that names the party; others are told nothing. */
static int find(struct serve_ledger *ledger, struct slice party,
    struct slice id, char path[PATH_BYTES], struct buf *bytes, struct err *err)
{
	struct case_offer offer = {0};
	char hex[HASH_HEX_SIZE];
	struct err why = {0};
	struct hash hash;
	int rc = ERR_NOTFOUND;

	if (hash_from_hex(&hash, id)) {
		hash_to_hex(hex, &hash);
		path_of(path, hex);
		rc = read_offer(ledger, path, bytes, &offer, &why);
	}
	if (rc == 0 && (!names(&offer, party) || is_entered(ledger, &hash)))
		rc = ERR_NOTFOUND;
	case_offer_done(&offer);
	if (rc == ERR_NOTFOUND)
		return err_set(
		    err, rc, "no such offer for %.*s", SLICE_ARG(party));
	return rc == 0 ? 0 : err_set(err, ERR_IO, "%s", why.message);
}

int serve_mailbox_get(struct serve_ledger *ledger, struct slice party,
    struct slice id, struct buf *out, struct err *err)
{
	char path[PATH_BYTES];

	return find(ledger, party, id, path, out, err);
}

int serve_mailbox_remove(struct serve_ledger *ledger, struct slice party,
    struct slice id, struct err *err)
{
	char path[PATH_BYTES];
	struct buf bytes;

	buf_init(&bytes, SERVE_SUBMISSION_MAX);
	int rc = find(ledger, party, id, path, &bytes, err);
	if (rc == 0)
		rc = file_remove(ledger->options.case_fd, path, err);
	buf_wipe(&bytes);
	return rc;
}

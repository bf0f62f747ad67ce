/*
 * test_serve_api.c: what a case takes and gives over HTTP: statuses, who may
 * see what, and that nobody can ask in another's name.
 */
#include "serve_box.h"

#include "case_bundle.h"
#include "case_offer.h"
#include "case_request.h"
#include "http_client.h"
#include "http_server.h"
#include "note.h"
#include "serve_api.h"
#include "text.h"

#define OFFER_FIELDS BOX_ASKED "text: together\n"

struct api_box {
	struct serve_box s;
	struct serve_api *api;
	struct http_server *server;
	struct http_client *client;
	struct http_answer answer; /* to the last call */
};

static void handle(void *cookie, struct http_exchange *exchange)
{
	struct api_box *b = cookie;

	if (!serve_api_handle(b->api, exchange, http_exchange_path(exchange)))
		http_exchange_answer_text(exchange, 404, "nothing");
}

static void start(struct api_box *b, const struct serve_api_options *limits)
{
	const struct http_server_options options = {.threads = 2,
	    .body_max = SERVE_SUBMISSION_MAX,
	    .handle = handle,
	    .cookie = b};
	struct err err = {0};

	if (serve_api_new(&b->api, b->s.ledger, limits, &err) != 0 ||
	    http_server_new(&b->server, &options, &err) != 0)
		fail_msg("%s", err.message);
}

static void stop(struct api_box *b)
{
	http_server_quiesce(b->server);
	serve_api_stop(b->api);
	http_server_free(b->server);
	serve_api_free(b->api);
}

static int set_up(void **state)
{
	struct api_box *b = calloc(1, sizeof(*b));
	const struct http_client_options options = {0};
	const struct serve_api_options limits = {0};

	assert_non_null(b);
	serve_box_init(&b->s);
	/* The API has a queue of its own. */
	serve_queue_free(b->s.queue);
	b->s.queue = NULL;
	start(b, &limits);
	assert_int_equal(http_client_new(&b->client, &options, NULL), 0);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct api_box *b = *state;

	http_client_free(b->client);
	stop(b);
	buf_done(&b->answer.body);
	serve_box_done(&b->s);
	free(b);
	return 0;
}

/* ---- asking ---- */

/* Does docs/openapi.json know this answer? The test reads what it must: the
 * path's object, in it the method's, in it the status. */
static bool is_documented(
    const char *document, const char *path, const char *method, unsigned status)
{
	char name[192], lower[16], code[16];
	size_t n = strlen(method);

	(void)snprintf(name, sizeof(name), "\n    \"%s\": {\n", path);
	text_lower(lower, (struct slice){method, n});
	lower[n] = '\0';
	const char *at = strstr(document, name);
	const char *end = at != NULL ? strstr(at, "\n    }") : NULL;
	(void)snprintf(name, sizeof(name), "\n      \"%s\": {", lower);
	at = at != NULL ? strstr(at, name) : NULL;
	if (at == NULL || at > end)
		return false;
	end = strstr(at, "\n      }");
	(void)snprintf(code, sizeof(code), "\"%u\": {", status);
	at = strstr(at, code);
	return at != NULL && at < end;
}

/* "/offers/<64 digits>?x" as the document writes it. */
static void put_template(char ret_path[128], const char *path)
{
	const char *id = strpbrk(path, "0123456789");
	size_t n = strcspn(path, "?");

	if (id == NULL || id > path + n) {
		(void)snprintf(ret_path, 128, "%.*s", (int)n, path);
		return;
	}
	const char *begin = id;
	while (begin[-1] != '/')
		begin--;
	(void)snprintf(ret_path, 128, "%.*s{id}%s", (int)(begin - path), path,
	    strlen(begin) > 64 ? begin + 64 : "");
}

static void expect_documented(
    const char *method, const char *path, unsigned status)
{
	static char document[65536];
	char template[128];

	if (document[0] == '\0') {
		FILE *file = fopen("docs/openapi.json", "r");
		assert_non_null(file);
		assert_true(fread(document, 1, sizeof(document) - 1, file) > 0);
		(void)fclose(file); /* only read */
	}
	put_template(template, path);
	if (strstr(template, "{id}") == NULL && strchr(path + 1, '/') != NULL)
		return; /* no address of the API */
	if (!is_documented(document, template, method, status))
		fail_msg("docs/openapi.json: %s %s: no %u", method, template,
		    status);
}

static unsigned call(struct api_box *b, const char *method, const char *path,
    struct slice body, const char *authorization)
{
	char url[512];
	struct err err = {0};
	const struct http_call c = {.method = method,
	    .url = url,
	    .body = body,
	    .type = body.p != NULL ? "text/plain" : NULL,
	    .authorization = authorization,
	    .answer_max = 1 << 20};

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
	    http_server_port(b->server), path);
	buf_done(&b->answer.body);
	if (http_client_call(b->client, &c, &b->answer, &err) != 0)
		fail_msg("%s", err.message);
	expect_documented(method, path, b->answer.status);
	return b->answer.status;
}

static unsigned post(struct api_box *b, const char *path, struct slice body)
{
	return call(b, "POST", path, body, NULL);
}

static void expect(struct api_box *b, unsigned status, const char *words)
{
	if (b->answer.status != status ||
	    strstr(b->answer.body.p, words) == NULL)
		fail_msg("%u, not %u: %s", b->answer.status, status,
		    b->answer.body.p);
}

/* A good request by `party`, which a test can then spoil. */
static void prepare(struct api_box *b, struct case_request *r,
    const char *method, const char *path, const char *party, char nonce[64])
{
	assert_int_equal(
	    call(b, "GET", "/challenge", slice_of(NULL), NULL), 200);
	(void)snprintf(nonce, 64, "%.32s", b->answer.body.p);
	*r = (struct case_request){
	    .method = slice_of(method),
	    .path = slice_of(path),
	    .case_ref = case_state_ref(b->s.box.f->state),
	    .party = slice_of(party),
	    .nonce = {nonce, 32},
	    .time = b->s.now,
	    .body = hash_of("", 0),
	};
}

static void sign(
    struct buf *header, const struct case_request *r, const char *signer)
{
	struct buf text, note;

	buf_init(&text, CASE_REQUEST_TEXT_MAX);
	buf_init(&note, CASE_REQUEST_TEXT_MAX);
	buf_init(header, CASE_REQUEST_HEADER_MAX);
	case_request_put(&text, r);
	buf_put_slice(&note, buf_slice(&text));
	buf_putc(&note, '\n');
	box_put_signature(&note, signer, signer, buf_slice(&text));
	case_request_put_header(header, buf_slice(&note));
	assert_int_equal(buf_check(header, NULL), 0);
	buf_done(&text);
	buf_done(&note);
}

static unsigned send_signed(struct api_box *b, const struct case_request *r,
    const char *signer, const char *method, const char *path)
{
	struct buf header;

	sign(&header, r, signer);
	unsigned status = call(b, method, path, slice_of(NULL), header.p);
	buf_done(&header);
	return status;
}

static unsigned ask_as(
    struct api_box *b, const char *party, const char *method, const char *path)
{
	struct case_request r;
	char nonce[64];

	prepare(b, &r, method, path, party, nonce);
	return send_signed(b, &r, party, method, path);
}

/* ---- records ---- */

static void a_record_is_entered_and_known_again(void **state)
{
	struct api_box *b = *state;
	struct slice note = serve_box_ask(&b->s, "room.example", 0);

	assert_int_equal(post(b, "/records", note), 201);
	expect(b, 201, "counterfoil-entered/v1\nentered ");
	expect(b, 201, "counterfoil-receipt/v1\n");
	assert_int_equal(post(b, "/records", note), 200);
	expect(b, 200, "counterfoil-receipt/v1\n");
	assert_int_equal(serve_box_size(&b->s), b->s.base + 1);
}

static void a_breach_is_refused_unless_asked_for(void **state)
{
	struct api_box *b = *state;
	struct slice note = serve_box_note(&b->s, RECORD_QUESTION,
	    BOX_JULY(06, "09:00:00"), "police.example",
	    "recipient: nobody.example\nconcerns: all\nform: data\n"
	    "period-from: 2023-06-20T00:00:00Z\n"
	    "period-to: 2023-07-04T00:00:00Z\n");

	assert_int_equal(post(b, "/records", note), 409);
	expect(b, 409, "counterfoil-refusal/v1 unknown-party\n");
	assert_int_equal(post(b, "/records?although=no", note), 409);
	assert_int_equal(post(b, "/records?although=yes", note), 201);
}

static void others_and_other_things_are_turned_back(void **state)
{
	struct api_box *b = *state;
	struct slice note = serve_box_ask(&b->s, "room.example", 0);
	char copy[8192];

	assert_int_equal(post(b, "/records", slice_of("hello\n")), 400);
	memcpy(copy, note.p, note.n);
	copy[note.n - 12] ^= 1;
	post(b, "/records", (struct slice){copy, note.n});
	expect(b, 403, "did not sign");
	assert_int_equal(call(b, "GET", "/records", slice_of(NULL), NULL), 405);
	assert_int_equal(post(b, "/offers/", note), 404);
	assert_int_equal(
	    call(b, "GET", "/questions/x/bundle", slice_of(NULL), NULL), 404);
	assert_int_equal(serve_box_size(&b->s), b->s.base);
}

/* ---- who gets a signed refusal ---- */

#define REFUSED_ROOM 8192

/* A copy in which the signature of `party` is another. */
static struct slice spoil(
    char copy[REFUSED_ROOM], struct slice note, const char *party)
{
	char name[128];

	assert_true(note.n < REFUSED_ROOM);
	memcpy(copy, note.p, note.n);
	int n = snprintf(name, sizeof(name), "\n\xe2\x80\x94 %s ", party);
	char *line = memmem(copy, note.n, name, (size_t)n);
	assert_non_null(line);
	line[n + 20] = line[n + 20] == 'A' ? 'B' : 'A';
	return (struct slice){copy, note.n};
}

/* 403, and a refusal of this very text that the ledger's key signed. */
static void expect_refusal(
    struct api_box *b, struct slice body, const char *rule)
{
	const char *end = memmem(body.p, body.n, "\n\n", 2);
	struct hash id = hash_of(body.p, (size_t)(end - body.p) + 1);
	char hex[HASH_HEX_SIZE], line[128];
	struct note note;

	(void)snprintf(line, sizeof(line), "counterfoil-refusal/v1 %s\n", rule);
	expect(b, 403, line);
	assert_ptr_equal(strstr(b->answer.body.p, line), b->answer.body.p);
	hash_to_hex(hex, &id);
	(void)snprintf(line, sizeof(line), "\ntext: %s\n", hex);
	expect(b, 403, line);
	expect(b, 403, "\nat: 2023-07-06T10:00:00Z\n");
	assert_int_equal(
	    note_parse(&note, buf_slice(&b->answer.body), NULL), 0);
	const struct note_signature *signature =
	    note_find(&note, &b->s.log.key);
	assert_non_null(signature);
	assert_int_equal(
	    note_check(&b->s.log.key, note.text, signature, NULL), 0);
}

static void expect_plain(struct api_box *b, unsigned status)
{
	assert_int_equal(b->answer.status, status);
	assert_null(strstr(b->answer.body.p, "counterfoil-refusal"));
	assert_ptr_equal(strchr(b->answer.body.p, '\n'),
	    b->answer.body.p + b->answer.body.n - 1);
}

static struct slice ask_both(struct api_box *b)
{
	return serve_box_note(&b->s, RECORD_QUESTION, BOX_JULY(06, "09:00:00"),
	    "police.example room.example", OFFER_FIELDS);
}

static void a_party_whose_cosigner_is_false_gets_a_signed_refusal(void **state)
{
	struct api_box *b = *state;
	char one[REFUSED_ROOM], both[REFUSED_ROOM];
	struct slice note = ask_both(b);
	struct slice body = spoil(one, note, "police.example");

	post(b, "/records", body);
	expect_refusal(b, body, "signature");
	expect(b, 403, "police.example did not sign");
	body = spoil(both, body, "room.example");
	post(b, "/records", body);
	expect_plain(b, 403);
	body = spoil(one, note, "room.example");
	post(b, "/records", body);
	expect_refusal(b, body, "signature");
	assert_int_equal(serve_box_size(&b->s), b->s.base);
	/* What is in the ledger is known, however it is signed. */
	assert_int_equal(post(b, "/records", note), 201);
	assert_int_equal(post(b, "/records", body), 200);
}

static void a_revoked_key_gets_nothing_signed_for_itself(void **state)
{
	struct api_box *b = *state;
	struct slice alone = serve_box_ask(&b->s, "room.example", 1);
	struct slice both = ask_both(b);
	struct slice revoked = serve_box_note(&b->s, RECORD_KEY,
	    BOX_JULY(06, "09:30:00"), "room.example police.example",
	    "party: room.example\naction: revoke\nold-key: @\n");

	assert_int_equal(post(b, "/records", revoked), 201);
	post(b, "/records", alone);
	expect_plain(b, 403);
	expect(b, 403, "revoked");
	post(b, "/records", both);
	expect_refusal(b, both, "revoked");
	char copy[REFUSED_ROOM];
	post(b, "/records", spoil(copy, both, "police.example"));
	expect_plain(b, 403);
}

/* A stranger's own key is good for nothing, also beside a party's name. */
static void a_stranger_gets_nothing_signed(void **state)
{
	struct api_box *b = *state;
	struct slice note = serve_box_ask(&b->s, "police.example", 1);
	char copy[REFUSED_ROOM];

	post(b, "/records", spoil(copy, note, "police.example"));
	expect_plain(b, 403);
}

static void a_refusal_counts_against_its_party(void **state)
{
	struct api_box *b = *state;
	const struct serve_api_options limits = {
	    .per_party = 1, .party_burst = 2};
	char copy[REFUSED_ROOM];
	struct slice body = spoil(copy, ask_both(b), "police.example");
	unsigned refused = 0;

	stop(b);
	start(b, &limits);
	for (unsigned i = 0; i < 4; i++)
		refused += post(b, "/records", body) == 403;
	assert_int_equal(b->answer.status, 429);
	assert_int_equal(refused, 2);
	/* Not against the one whose signature was false. */
	assert_int_equal(
	    post(b, "/records", serve_box_ask(&b->s, "police.example", 9)),
	    201);
}

static void who_asks_too_much_must_wait(void **state)
{
	struct api_box *b = *state;
	const struct serve_api_options limits = {
	    .per_party = 1, .party_burst = 2};
	struct slice notes[3];
	unsigned statuses[3];

	for (unsigned i = 0; i < 3; i++)
		notes[i] = serve_box_ask(&b->s, "room.example", i);
	stop(b);
	start(b, &limits);
	for (unsigned i = 0; i < 3; i++)
		statuses[i] = post(b, "/records", notes[i]);
	assert_int_equal(statuses[0], 201);
	assert_int_equal(statuses[1], 201);
	assert_int_equal(statuses[2], 429);
	/* Anybody can copy what is in the ledger. */
	assert_int_equal(post(b, "/records", notes[0]), 200);
	assert_int_equal(
	    post(b, "/records", serve_box_ask(&b->s, "police.example", 9)),
	    201);
}

/* ---- the mailbox ---- */

/* A question that two sign, of which `first` has. */
static void put_half(struct api_box *b, const char *signers, const char *first,
    const char *fields, struct buf *offer, char id[HASH_HEX_SIZE])
{
	struct slice note = serve_box_note(
	    &b->s, RECORD_QUESTION, BOX_JULY(06, "09:00:00"), signers, fields);
	const char *end = memmem(note.p, note.n, "\n\n", 2);
	struct slice text = {note.p, (size_t)(end - note.p) + 1};
	struct hash hash = hash_of(text.p, text.n);
	struct buf half;

	buf_init(&half, 8192);
	buf_init(offer, 8192);
	buf_put_slice(&half, text);
	buf_putc(&half, '\n');
	if (first[0] != '\0')
		box_put_signature(&half, first, first, text);
	buf_printf(offer, "counterfoil-offer/v1\nrecord %zu\n%sreveals 0\n",
	    half.n, half.p);
	buf_done(&half);
	hash_to_hex(id, &hash);
}

static void an_offer_waits_for_those_it_names(void **state)
{
	struct api_box *b = *state;
	char id[HASH_HEX_SIZE], path[128];
	struct buf offer;

	put_half(b, "police.example room.example", "police.example",
	    OFFER_FIELDS, &offer, id);
	assert_int_equal(post(b, "/offers", buf_slice(&offer)), 201);
	expect(b, 201, id);
	assert_int_equal(ask_as(b, "room.example", "GET", "/offers"), 200);
	expect(b, 200, id);
	expect(b, 200, "\"to-sign\": [\n        \"room.example\"");
	assert_int_equal(ask_as(b, "owner.example", "GET", "/offers"), 200);
	assert_null(strstr(b->answer.body.p, id));
	(void)snprintf(path, sizeof(path), "/offers/%s", id);
	assert_int_equal(ask_as(b, "owner.example", "GET", path), 404);
	assert_int_equal(ask_as(b, "owner.example", "DELETE", path), 404);
	assert_int_equal(ask_as(b, "room.example", "GET", path), 200);
	assert_true(slice_is(buf_slice(&b->answer.body), buf_slice(&offer)));
	assert_int_equal(ask_as(b, "police.example", "DELETE", path), 200);
	assert_int_equal(ask_as(b, "room.example", "GET", path), 404);
	assert_int_equal(serve_box_size(&b->s), b->s.base);
	buf_done(&offer);
}

static void an_offer_goes_when_its_record_is_entered(void **state)
{
	struct api_box *b = *state;
	char id[HASH_HEX_SIZE], path[128];
	struct record_leaf parts;
	struct buf offer;

	put_half(b, BOX_BOTH, "police.example", OFFER_FIELDS, &offer, id);
	assert_int_equal(post(b, "/offers", buf_slice(&offer)), 201);
	const struct case_state *story = b->s.box.f->state;
	size_t last = case_state_leaf_count(story) - 1;
	assert_int_equal(record_leaf_parse(
			     &parts, case_state_leaf(story, last)->bytes, NULL),
	    0);
	assert_int_equal(post(b, "/offers", parts.note), 400);
	assert_int_equal(post(b, "/records", parts.note), 201);
	(void)snprintf(path, sizeof(path), "/offers/%s", id);
	assert_int_equal(ask_as(b, "police.example", "GET", path), 404);
	assert_int_equal(ask_as(b, "police.example", "GET", "/offers"), 200);
	assert_null(strstr(b->answer.body.p, id));
	assert_int_equal(post(b, "/offers", buf_slice(&offer)), 409);
	buf_done(&offer);
}

static void an_offer_expires(void **state)
{
	struct api_box *b = *state;
	char id[HASH_HEX_SIZE];
	struct buf offer;

	put_half(b, BOX_BOTH, "police.example", OFFER_FIELDS, &offer, id);
	assert_int_equal(post(b, "/offers", buf_slice(&offer)), 201);
	int64_t before = b->s.now;
	b->s.now = when_now() + 31 * (int64_t)WHEN_DAY;
	assert_int_equal(ask_as(b, "police.example", "GET", "/offers"), 200);
	assert_null(strstr(b->answer.body.p, id));
	b->s.now = before;
	assert_int_equal(ask_as(b, "police.example", "GET", "/offers"), 200);
	assert_null(strstr(b->answer.body.p, id));
	buf_done(&offer);
}

static void the_mailbox_takes_only_what_a_party_signed(void **state)
{
	struct api_box *b = *state;
	char id[HASH_HEX_SIZE];
	struct buf offer;

	put_half(b, BOX_BOTH, "", OFFER_FIELDS, &offer, id);
	post(b, "/offers", buf_slice(&offer));
	expect(b, 403, "nobody who has signed");
	buf_done(&offer);
	put_half(
	    b, BOX_BOTH, "police.example", BOX_ASKED "text: b\n", &offer, id);
	char *base64 = strstr(offer.p, "\xe2\x80\x94 police.example ");
	assert_non_null(base64);
	base64[40] = base64[40] == 'A' ? 'B' : 'A';
	post(b, "/offers", buf_slice(&offer));
	assert_int_equal(b->answer.status, 403);
	buf_done(&offer);
}

static void an_offer_never_loses_a_signature(void **state)
{
	struct api_box *b = *state;
	char id[HASH_HEX_SIZE];
	struct buf mine, other;

	put_half(b, BOX_EVERYONE, "police.example", OFFER_FIELDS, &mine, id);
	assert_int_equal(post(b, "/offers", buf_slice(&mine)), 201);
	assert_int_equal(post(b, "/offers", buf_slice(&mine)), 201);
	/* The same text with only another's signature in its place. */
	const char *text = strstr(mine.p, "counterfoil-record/v1");
	const char *end = strstr(text, "\n\n");
	struct slice signed_text = {text, (size_t)(end - text) + 1};
	struct buf half;
	buf_init(&half, 8192);
	buf_init(&other, 8192);
	buf_put_slice(&half, signed_text);
	buf_putc(&half, '\n');
	box_put_signature(&half, "owner.example", "owner.example", signed_text);
	buf_printf(&other, "counterfoil-offer/v1\nrecord %zu\n%sreveals 0\n",
	    half.n, half.p);
	post(b, "/offers", buf_slice(&other));
	expect(b, 409, "more signatures");
	buf_done(&half);
	buf_done(&other);
	buf_done(&mine);
}

/* ---- signed requests ---- */

static void nobody_asks_unsigned(void **state)
{
	struct api_box *b = *state;

	assert_int_equal(call(b, "GET", "/offers", slice_of(NULL), NULL), 401);
	assert_int_equal(
	    call(b, "GET", "/offers", slice_of(NULL), "Basic cm9vdDpyb290"),
	    401);
	assert_int_equal(call(b, "GET", "/offers", slice_of(NULL),
			     "Counterfoil bm8gbm90ZQo="),
	    401);
}

static void a_number_is_used_once(void **state)
{
	struct api_box *b = *state;
	struct case_request r;
	char nonce[64];

	prepare(b, &r, "GET", "/offers", "room.example", nonce);
	assert_int_equal(
	    send_signed(b, &r, "room.example", "GET", "/offers"), 200);
	assert_int_equal(
	    send_signed(b, &r, "room.example", "GET", "/offers"), 403);
	memset(nonce, 'a', 32);
	assert_int_equal(
	    send_signed(b, &r, "room.example", "GET", "/offers"), 403);
}

static void nobody_asks_in_anothers_name(void **state)
{
	struct api_box *b = *state;
	struct case_request r;
	char nonce[64];

	prepare(b, &r, "GET", "/offers", "room.example", nonce);
	assert_int_equal(
	    send_signed(b, &r, "police.example", "GET", "/offers"), 403);
	r.party = slice_of("nobody.example");
	assert_int_equal(
	    send_signed(b, &r, "nobody.example", "GET", "/offers"), 403);
	r.party = slice_of("room.example");
	r.case_ref = slice_of("elsewhere.example#00");
	assert_int_equal(
	    send_signed(b, &r, "room.example", "GET", "/offers"), 403);
}

static void a_signed_request_is_for_one_thing_and_time(void **state)
{
	struct api_box *b = *state;
	char other[128] = "/offers/";
	struct case_request r;
	char nonce[64];

	memset(other + 8, '0', 64);
	prepare(b, &r, "GET", "/offers", "room.example", nonce);
	assert_int_equal(send_signed(b, &r, "room.example", "GET", other), 403);
	assert_int_equal(
	    send_signed(b, &r, "room.example", "DELETE", other), 403);
	r.body = hash_of("x", 1);
	assert_int_equal(
	    send_signed(b, &r, "room.example", "GET", "/offers"), 403);
	r.body = hash_of("", 0);
	r.time -= 121;
	send_signed(b, &r, "room.example", "GET", "/offers");
	expect(b, 403, "set the clock");
	r.time += 121;
	assert_int_equal(
	    send_signed(b, &r, "room.example", "GET", "/offers"), 200);
}

/* ---- questions ---- */

static void questions_are_listed_and_shown(void **state)
{
	struct api_box *b = *state;
	struct case_bundle bundle;
	struct err err = {0};
	char id[HASH_HEX_SIZE], path[128];

	assert_int_equal(
	    call(b, "GET", "/questions", slice_of(NULL), NULL), 200);
	(void)fixture_case_id(b->s.box.f, b->s.box.question, id);
	expect(b, 200, id);
	assert_int_equal(
	    call(b, "GET", "/questions?format=text", slice_of(NULL), NULL),
	    200);
	expect(b, 200, "did anything come to council.example?");
	(void)snprintf(path, sizeof(path), "/questions/%s/bundle", id);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
		    call(b, "GET", path, slice_of(NULL), NULL), 200);
		if (case_bundle_check(&bundle, buf_slice(&b->answer.body),
			&b->s.log.key, 1, &err) != 0)
			fail_msg("%s", err.message);
		assert_int_equal(bundle.leaf_count, b->s.base);
		case_bundle_done(&bundle);
	}
	assert_int_equal(
	    post(b, "/records", serve_box_ask(&b->s, "room.example", 0)), 201);
	assert_int_equal(call(b, "GET", path, slice_of(NULL), NULL), 200);
	assert_int_equal(case_bundle_check(&bundle, buf_slice(&b->answer.body),
			     NULL, 0, &err),
	    0);
	assert_int_equal(bundle.leaf_count, b->s.base + 1);
	case_bundle_done(&bundle);
	path[strlen("/questions/")] ^= 1;
	assert_int_equal(call(b, "GET", path, slice_of(NULL), NULL), 404);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(a_record_is_entered_and_known_again),
	    CASE(a_breach_is_refused_unless_asked_for),
	    CASE(others_and_other_things_are_turned_back),
	    CASE(a_party_whose_cosigner_is_false_gets_a_signed_refusal),
	    CASE(a_revoked_key_gets_nothing_signed_for_itself),
	    CASE(a_stranger_gets_nothing_signed),
	    CASE(a_refusal_counts_against_its_party),
	    CASE(who_asks_too_much_must_wait),
	    CASE(an_offer_waits_for_those_it_names),
	    CASE(an_offer_goes_when_its_record_is_entered),
	    CASE(an_offer_expires),
	    CASE(the_mailbox_takes_only_what_a_party_signed),
	    CASE(an_offer_never_loses_a_signature),
	    CASE(nobody_asks_unsigned),
	    CASE(a_number_is_used_once),
	    CASE(nobody_asks_in_anothers_name),
	    CASE(a_signed_request_is_for_one_thing_and_time),
	    CASE(questions_are_listed_and_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

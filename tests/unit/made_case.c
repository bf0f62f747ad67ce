/*
 * made_case.c: writes the records of a made-up case, without a state: what it
 * keeps of each package is only what the next record about it must say.
 */
#include "made_case.h"

#include "buf.h"
#include "mem.h"
#include "note.h"
#include "record.h"
#include "text.h"
#include "tree.h"
#include "when.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PART_PACKAGES 80
#define STEP_SECONDS 90
#define DAY 86400
#define TEXT_MAX 65536
#define REF_MAX 64

enum who {
	POLICE,
	OWNER,
	ROOM,
	LAB,
	STORE,
	NOTARY,
	COURT,
	WHO_COUNT
};

static const struct {
	const char *name, *side, *org;
} cast[WHO_COUNT] = {
    [POLICE] = {"police.example", "authority", "police"},
    [OWNER] = {"owner.example", "owner", "owner"},
    [ROOM] = {"room.example", "authority", "prosecutor"},
    [LAB] = {"lab.example", "authority", "laboratory"},
    [STORE] = {"store.example", "authority", "archive"},
    [NOTARY] = {"notary.example", "neutral", "notary"},
    [COURT] = {"court.example", "neutral", "court"},
};

struct package {
	enum who holder;
	bool is_open;
	unsigned seal; /* how many it has had */
	size_t drive_in; /* the package that this one's drive is in */
	size_t last; /* the newest leaf about it */
};

struct maker {
	struct made_case *out;
	const struct made_plan *plan;
	struct note_secret secrets[WHO_COUNT];
	struct package *packages;
	struct buf text;
	uint64_t random;
	int64_t start, now;
	struct hash_run *run;
	struct tree_edge edge;
	uint64_t cited; /* the ledger size that as-of names */
	char as_of[80];
	char ref[REF_MAX];
	char claim[HASH_HEX_SIZE], question[HASH_HEX_SIZE];
	size_t turn; /* whose package it is */
	size_t stirred; /* leaf that last did something to a drive */
};

static uint64_t draw(struct maker *m, uint64_t below)
{
	uint64_t x = m->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (x ^ (x >> 31)) % below;
}

/* ---- one leaf ---- */

static void cite(struct maker *m)
{
	struct buf root;
	struct hash hash = tree_edge_root(&m->edge, m->run);

	buf_init(&root, 64);
	text_put_base64(&root, hash.b, HASH_SIZE);
	m->cited = m->edge.size;
	(void)snprintf(
	    m->as_of, sizeof(m->as_of), "%" PRIu64 " %s", m->cited, root.p);
	buf_done(&root);
}

static void put_time(struct buf *out, const char *name, int64_t when)
{
	char time[WHEN_SIZE];

	when_to_time(time, when);
	buf_printf(out, "%s: %s\n", name, time);
}

/* Signed by `a` and, if they are two, `b`. */
static void begin(struct maker *m, const char *kind, int64_t at, enum who a,
    enum who b, bool is_custody)
{
	buf_clear(&m->text);
	buf_printf(&m->text, RECORD_MAGIC "%s\n", kind);
	if (m->ref[0] != 0)
		buf_printf(&m->text, "case: %s\n", m->ref);
	put_time(&m->text, "at", at);
	buf_printf(&m->text, "signer: %s %08" PRIx32 "\n", cast[a].name,
	    m->secrets[a].key.id);
	if (b != a)
		buf_printf(&m->text, "signer: %s %08" PRIx32 "\n", cast[b].name,
		    m->secrets[b].key.id);
	if (m->now - at > DAY)
		buf_puts(&m->text, "late: the form was found in a drawer\n");
	if (!is_custody)
		return;
	buf_printf(&m->text, "as-of: %s\n", m->as_of);
	if (b != a)
		put_time(&m->text, "offer-expires", m->now + DAY);
}

static void put_signature(struct maker *m, struct buf *leaf, enum who a)
{
	uint8_t bytes[64];

	/* A record that brings keys is checked in any case. */
	if (m->plan->is_signed || m->ref[0] == 0) {
		if (note_put_signature(
			leaf, &m->secrets[a], buf_slice(&m->text), NULL) != 0)
			abort();
		return;
	}
	for (size_t i = 0; i < sizeof(bytes); i += 8) {
		uint64_t x = draw(m, UINT64_MAX);
		memcpy(bytes + i, &x, 8);
	}
	note_put_signature_bytes(
	    leaf, &m->secrets[a].key, bytes, sizeof(bytes));
}

static struct hash finish(struct maker *m, enum who a, enum who b)
{
	struct made_case *out = m->out;
	struct buf leaf;

	buf_init(&leaf, 2 * TEXT_MAX);
	put_time(&leaf, "entered", m->now);
	buf_put_slice(&leaf, buf_slice(&m->text));
	buf_putc(&leaf, '\n');
	put_signature(m, &leaf, a);
	if (b != a)
		put_signature(m, &leaf, b);
	if (buf_check(&leaf, NULL) != 0 || out->cap - out->n < leaf.n)
		abort();
	char *p = out->bytes + out->n;
	memcpy(p, leaf.p, leaf.n);
	out->n += leaf.n;
	out->leaves[out->count++] = (struct slice){p, leaf.n};
	struct hash hash = tree_leaf_hash(m->run, p, leaf.n);
	tree_edge_add(&m->edge, m->run, &hash);
	buf_done(&leaf);
	m->now += STEP_SECONDS;
	if (m->edge.size - m->cited >= m->plan->commit)
		cite(m);
	return record_id_of((struct slice){
	    p + strlen("entered: 2023-06-20T06:00:00Z\n"), m->text.n});
}

/* ---- how it begins ---- */

static void make_genesis(struct maker *m)
{
	begin(m, "case", m->now, POLICE, OWNER, false);
	buf_puts(&m->text, "name: seizure.example\nlog: ");
	struct note_secret log;
	static const uint8_t seed[32] = {7};
	if (note_secret_from_seed(&log, slice_of("seizure.example"),
		NOTE_KEY_ED25519, seed, NULL) != 0)
		abort();
	note_key_put(&m->text, &log.key);
	buf_printf(&m->text, "\npolicy-holder: %s\npolicy-holder: %s\n",
	    cast[POLICE].name, cast[OWNER].name);
	for (int i = 0; i < WHO_COUNT; i++) {
		buf_printf(&m->text,
		    "party: %s\n  side: %s\n  org: %s\n  key: ", cast[i].name,
		    cast[i].side, cast[i].org);
		note_key_put(&m->text, &m->secrets[i].key);
		buf_putc(&m->text, '\n');
	}
	buf_puts(&m->text,
	    "party: council.example\n  side: outside\n  org: council\n");
	struct hash id = finish(m, POLICE, OWNER);
	char hex[HASH_HEX_SIZE];
	hash_to_hex(hex, &id);
	(void)snprintf(m->ref, sizeof(m->ref), "seizure.example#%.32s", hex);
}

static void make_joins(struct maker *m)
{
	for (int i = ROOM; i < WHO_COUNT; i++) {
		begin(m, "join", m->now, (enum who)i, (enum who)i, false);
		buf_printf(&m->text, "party: %s\n", cast[i].name);
		finish(m, (enum who)i, (enum who)i);
	}
}

static void put_package(struct buf *out, size_t i)
{
	buf_printf(out,
	    "item: B-%zu\n  type: package\n  subtype: tamper-evident bag\n"
	    "  seal: S-%zu-0\n  seal-type: enclosing\n"
	    "item: C-%zu\n  type: casing\n  inside: B-%zu\n  make: Acer\n"
	    "item: D-%zu\n  type: drive\n  inside: B-%zu\n  make: Seagate\n"
	    "  model: ST1000\n  telltale: power-on-hours 5120\n",
	    i, i, i, i, i, i);
}

static void make_list(struct maker *m)
{
	size_t packages = m->plan->packages, parts;
	struct buf blocks;
	char population[HASH_HEX_SIZE];

	parts = (packages + PART_PACKAGES - 1) / PART_PACKAGES;
	buf_init(&blocks, packages * 512);
	for (size_t i = 0; i < packages; i++)
		put_package(&blocks, i);
	struct hash sum = hash_of(blocks.p, blocks.n);
	hash_to_hex(population, &sum);
	buf_done(&blocks);
	for (size_t part = 0; part < parts; part++) {
		begin(m, "list", m->now, POLICE, NOTARY, false);
		buf_printf(&m->text, "part: %zu/%zu\npopulation: %s\n",
		    part + 1, parts, population);
		for (size_t i = part * PART_PACKAGES;
		     i < packages && i < (part + 1) * PART_PACKAGES; i++)
			put_package(&m->text, i);
		finish(m, POLICE, NOTARY);
	}
	cite(m);
	begin(m, "seizure", m->now, POLICE, NOTARY, true);
	buf_printf(&m->text,
	    "taken-by: %s\nauthority-signature: signed\n"
	    "owner-signature: absent\nwitness: %s\n"
	    "witness-saw: nobody answered the door\nitems: %zu\n"
	    "population: %s\n",
	    cast[POLICE].name, cast[NOTARY].name, 3 * packages, population);
	finish(m, POLICE, NOTARY);
}

/* ---- what happens to the packages ---- */

static void touch(struct maker *m, size_t i)
{
	m->packages[i].last = m->out->count;
}

/* A drive's own event counts for whatever it is in, which late records may have
 * changed: so for every package. */
static void stir(struct maker *m)
{
	m->stirred = m->out->count;
}

/* The next package in turn. What the offer knew must not be older than the
 * last thing that happened to it. */
static size_t take_turn(struct maker *m)
{
	m->turn = (m->turn + 1 + draw(m, 3)) % m->plan->packages;
	if (m->packages[m->turn].last >= m->cited || m->stirred >= m->cited)
		cite(m);
	return m->turn;
}

static int64_t choose_time(struct maker *m)
{
	return draw(m, 1000) < m->plan->mischief ? m->now - 3 * DAY
						 : m->now - STEP_SECONDS / 2;
}

static void put_seal(struct maker *m, size_t i)
{
	const struct package *p = &m->packages[i];

	if (!p->is_open)
		buf_printf(&m->text, "  seal: S-%zu-%u\n  state: intact\n", i,
		    p->seal);
}

static void make_handover(struct maker *m)
{
	static const enum who ring[] = {POLICE, ROOM, LAB, STORE};
	size_t i = take_turn(m);
	struct package *p = &m->packages[i];
	bool is_stranger = draw(m, 1000) < m->plan->mischief;
	enum who from = is_stranger ? OWNER : p->holder;
	enum who to = ring[draw(m, 4)];

	if (to == from)
		to = from == POLICE ? ROOM : POLICE;
	begin(m, "handover", choose_time(m), from, to, true);
	buf_printf(&m->text,
	    "from: %s\nto: %s\ncounted-by-giver: 1\n"
	    "counted-by-receiver: 1\nitem: B-%zu\n",
	    cast[from].name, cast[to].name, i);
	put_seal(m, i);
	touch(m, i);
	finish(m, from, to);
	if (!is_stranger)
		p->holder = to;
}

static void make_inspection(struct maker *m)
{
	size_t i = take_turn(m);
	const struct package *p = &m->packages[i];
	bool has_drive = p->is_open && p->drive_in == i;

	/* Where the ledger has the drive may be another package. */
	if (has_drive)
		cite(m);
	begin(m, "inspection", choose_time(m), p->holder, COURT, true);
	buf_printf(&m->text,
	    "custodian: %s\ninspector: %s\nalso-in: none\nitem: B-%zu\n"
	    "  seen: package-sealed\n",
	    cast[p->holder].name, cast[COURT].name, i);
	put_seal(m, i);
	if (has_drive) {
		buf_printf(&m->text,
		    "item: D-%zu\n  seen: serial-read\n"
		    "  telltale: power-on-hours 5120\n",
		    i);
		stir(m);
	}
	touch(m, i);
	finish(m, p->holder, COURT);
}

static void begin_handling(struct maker *m, enum who custodian)
{
	begin(m, "handling", choose_time(m), custodian, NOTARY, true);
	buf_printf(&m->text,
	    "custodian: %s\nwitness: %s\npresent-throughout: yes\n"
	    "authority: order 7 of 2023\n",
	    cast[custodian].name, cast[NOTARY].name);
}

static void make_handling(struct maker *m)
{
	size_t i = take_turn(m);
	struct package *p = &m->packages[i];

	begin_handling(m, p->holder);
	if (p->is_open)
		buf_printf(&m->text,
		    "item: B-%zu\n  action: reseal\n  seal: S-%zu-%u\n"
		    "  seal-type: enclosing\n",
		    i, i, ++p->seal);
	else
		buf_printf(&m->text, "item: B-%zu\n  action: open\n", i);
	p->is_open = !p->is_open;
	touch(m, i);
	finish(m, p->holder, NOTARY);
}

/* A drive goes into the next package, or comes back. */
static void make_move(struct maker *m)
{
	size_t i = take_turn(m), packages = m->plan->packages;
	struct package *p = &m->packages[i];
	size_t into = p->drive_in == i ? (i + 1) % packages : i;

	if (m->packages[p->drive_in].holder != m->packages[into].holder) {
		make_handling(m);
		return;
	}
	cite(m);
	begin_handling(m, m->packages[into].holder);
	buf_printf(&m->text, "item: D-%zu\n  action: put-in\n  into: B-%zu\n",
	    i, into);
	touch(m, i);
	touch(m, into);
	touch(m, p->drive_in);
	stir(m);
	p->drive_in = into;
	finish(m, m->packages[into].holder, NOTARY);
}

static void make_incident(struct maker *m)
{
	static const char *const what[] = {
	    "damage", "refused-attempt", "seal-broken", "loss"};
	size_t i = take_turn(m);
	enum who holder = m->packages[i].holder;

	begin(m, "incident", choose_time(m), holder, holder, true);
	buf_printf(&m->text, "what: %s\nitem: B-%zu\n",
	    what[draw(m, 50) == 0 ? 2 + draw(m, 2) : draw(m, 2)], i);
	touch(m, i);
	finish(m, holder, holder);
}

/* ---- what is said ---- */

static void make_claim(struct maker *m)
{
	int64_t said = m->now - STEP_SECONDS;
	char date[WHEN_SIZE];

	when_to_date(date, said - DAY);
	begin(m, "claim", said, POLICE, POLICE, false);
	buf_printf(&m->text,
	    "asserts: received\nspeaker: a member of the council\nsaid: %s\n"
	    "through: a press conference of the council\n"
	    "recipient: council.example\nconcerns: D-%" PRIu64 "\n"
	    "quote: That one was turned over to us.\n"
	    "capture: %064" PRIx64 "\n",
	    date, draw(m, m->plan->packages), draw(m, UINT64_MAX));
	struct hash id = finish(m, POLICE, POLICE);
	hash_to_hex(m->claim, &id);
}

static void make_assessment(struct maker *m)
{
	if (m->claim[0] == 0)
		return;
	begin(m, "assessment", m->now - 1, COURT, COURT, false);
	buf_printf(&m->text,
	    "claim: %s\nsource: %s\ninformation: %s\n"
	    "reason: the register of the council says otherwise\n",
	    m->claim, draw(m, 2) ? "E" : "B", draw(m, 2) ? "5" : "2");
	finish(m, COURT, COURT);
}

static struct hash ask(struct maker *m, const char *concerns)
{
	/* Three quarters of the time, so that things were seen after it. */
	int64_t end = m->now - (m->now - m->start) / 4;
	char due[WHEN_SIZE];

	when_to_date(due, m->now + 7 * DAY);
	begin(m, "question", m->now - 1, OWNER, OWNER, false);
	buf_printf(&m->text,
	    "recipient: council.example\nconcerns: %s\nform: hardware\n"
	    "form: data\nperiod-from: 2023-06-20T00:00:00Z\n",
	    concerns);
	put_time(&m->text, "period-to", end);
	buf_printf(&m->text,
	    "addressee: %s due %s\naddressee: %s due %s\n"
	    "text: Was it turned over to the council in that period?\n",
	    cast[POLICE].name, due, cast[ROOM].name, due);
	return finish(m, OWNER, OWNER);
}

static void make_question(struct maker *m)
{
	char concerns[32];

	(void)snprintf(concerns, sizeof(concerns), "D-%" PRIu64,
	    draw(m, m->plan->packages));
	struct hash id = ask(m, concerns);
	hash_to_hex(m->question, &id);
}

static void make_answer(struct maker *m)
{
	enum who by = draw(m, 2) ? POLICE : ROOM;

	if (m->question[0] == 0)
		return;
	begin(m, "answer", m->now - 1, by, by, false);
	buf_printf(&m->text,
	    "question: %s\nanswer: no\nstatement: It lies where it was put, "
	    "and nobody asked for it.\n",
	    m->question);
	finish(m, by, by);
}

/* ---- all of it ---- */

static void make_one(struct maker *m)
{
	static const struct {
		unsigned below; /* of 1000 */
		void (*make)(struct maker *m);
	} kinds[] = {
	    {500, make_handover},
	    {780, make_inspection},
	    {910, make_handling},
	    {920, make_move},
	    {930, make_incident},
	    {945, make_claim},
	    {955, make_assessment},
	    {975, make_question},
	    {1000, make_answer},
	};
	uint64_t drawn = draw(m, 1000);
	size_t i = 0;

	while (drawn >= kinds[i].below)
		i++;
	kinds[i].make(m);
}

static void make_keys(struct maker *m)
{
	for (int i = 0; i < WHO_COUNT; i++) {
		uint8_t seed[32] = {1, (uint8_t)i};
		if (note_secret_from_seed(&m->secrets[i],
			slice_of(cast[i].name), NOTE_KEY_ED25519, seed,
			NULL) != 0)
			abort();
	}
}

void made_case_init(struct made_case *made, const struct made_plan *plan)
{
	struct maker m = {.out = made, .plan = plan, .random = plan->seed};

	note_key_setup();
	/* Pages that are never written take no memory. */
	*made = (struct made_case){
	    .cap = plan->records * 1024 + plan->packages * 1024 + TEXT_MAX};
	made->bytes = mem_new(made->cap, 1);
	made->leaves = calloc(plan->records, sizeof(*made->leaves));
	m.packages = calloc(plan->packages, sizeof(*m.packages));
	m.run = hash_new();
	assert(made->bytes && made->leaves && m.packages && m.run);
	if (!when_from_time(&m.now, slice_of("2023-06-20T06:00:00Z")))
		abort();
	for (size_t i = 0; i < plan->packages; i++)
		m.packages[i] =
		    (struct package){.holder = POLICE, .drive_in = i};
	buf_init(&m.text, TEXT_MAX);
	make_keys(&m);
	m.start = m.now;
	make_genesis(&m);
	make_joins(&m);
	make_list(&m);
	cite(&m);
	m.now += 4 * DAY;
	while (made->count + 1 < plan->records)
		make_one(&m);
	made->question = (uint32_t)made->count;
	(void)ask(&m, "all");
	made->end = m.now + DAY;
	buf_done(&m.text);
	hash_free(m.run);
	free(m.packages);
}

void made_case_done(struct made_case *made)
{
	free(made->bytes);
	free(made->leaves);
	*made = (struct made_case){0};
}

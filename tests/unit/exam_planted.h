/*
 * exam_planted.h: what a scan might have found, with texts that a report must
 * not fall for.
 */
#ifndef EXAM_PLANTED_H
#define EXAM_PLANTED_H

#include "exam_box.h"
#include "exam_people.h"
#include "exam_report.h"

#define PLANTED_FILES 40

struct planted {
	struct exam_feature_store *store;
	struct exam_people *people;
	struct exam_report report;
};

static const char *const planted_names[] = {
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://x.example\";\"y\")",
    "\"><img src=x onerror=alert(2)>",
    "</title></style><b>bold</b>",
    "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d \xd7\x9b\xd7\x94\xd7\x9f",
    "\xd9\x81\xd8\xa7\xd8\xb7\xd9\x85\xd8\xa9 \xd8\xad\xd8\xaf\xd8\xa7\xd8\xaf",
    "@SUM(1+1) -2",
    "Back\\slash, \"Quote\" & 'Tick'",
    "Anna Schmidt",
    "]]> <!-- --> &lt;",
    "J\xc3\xbcrgen M\xc3\xbcller",
    "\xf0\x9f\x98\x80 Emoji",
};
#define PLANTED_NAMES (sizeof(planted_names) / sizeof(planted_names[0]))

static inline bool planted_file(
    void *cookie, uint32_t number, struct exam_file_ref *ret_ref)
{
	static const char *const paths[] = {"/home/anna/mail/inbox.mbox",
	    "/pictures/<b>.jpg", "/a/=1+1.csv", "/\xd7\xa9\xd7\x9c/x.pdf"};

	(void)cookie;
	if (number >= PLANTED_FILES)
		return false;
	*ret_ref = (struct exam_file_ref){
	    slice_of(paths[number % 4]), number * 1000, number % 3 != 0};
	return true;
}

static inline void planted_mail(
    struct exam_feature_store *store, uint32_t i, uint32_t file)
{
	char text[CAGE_HIT_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "p%u@example.org", i);
	box_put(store, file, 1, 1, CAGE_HIT_SENDER, CAGE_HIT_NAME,
	    planted_names[i]);
	box_put(store, file, 1, 1, CAGE_HIT_SENDER, CAGE_HIT_EMAIL, text);
	(void)snprintf(text, sizeof(text), "p%u@example.org",
	    (i + 1) % (unsigned)PLANTED_NAMES);
	box_put(store, file, 1, 2, CAGE_HIT_RECEIVER, CAGE_HIT_EMAIL, text);
	assert_int_equal(exam_feature_end_scan(store, NULL), 0);
}

/* Everything that there is a kind of. */
static inline void planted_card(struct exam_feature_store *store)
{
	static const struct {
		enum cage_hit_kind kind;
		const char *text;
	} all[] = {{CAGE_HIT_NAME, "Anna Schmidt"},
	    {CAGE_HIT_EMAIL, "p8@example.org"},
	    {CAGE_HIT_PHONE, "+49301234567"},
	    {CAGE_HIT_ACCOUNT, "telegram:anna"},
	    {CAGE_HIT_CARD, "4111111111111111"},
	    {CAGE_HIT_IBAN, "DE89370400440532013000"},
	    {CAGE_HIT_PASSPORT, "DEU C01X00T47"},
	    {CAGE_HIT_POSITION, "52.51630 13.37770"},
	    {CAGE_HIT_URL, "https://example.org/<anna>?q=\"1\""},
	    {CAGE_HIT_WALLET, "bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"}};

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		box_put(
		    store, 3, 0, 1, CAGE_HIT_OWNER, all[i].kind, all[i].text);
	box_put(
	    store, 3, 0, 1, CAGE_HIT_RELATIVE, CAGE_HIT_NAME, "Ida Schmidt");
	assert_int_equal(exam_feature_end_scan(store, NULL), 0);
}

static inline void planted_rest(struct exam_feature_store *store)
{
	const struct exam_feature_where slack = {EXAM_OWNER_SLACK, 5, false};
	const struct exam_feature_where whole = {EXAM_OWNER_FILE, 6, true};
	struct cage_hit hit =
	    box_hit(CAGE_HIT_EMAIL, "loose@example.org", 4096);

	hit.depth = 2;
	hit.steps[0] = (struct cage_hit_step){CAGE_HIT_ZIP, 123};
	hit.steps[1] = (struct cage_hit_step){CAGE_HIT_GZIP, 456};
	(void)snprintf(hit.context, sizeof(hit.context),
	    "write to <loose@example.org> \\ today");
	assert_int_equal(exam_feature_add(store, &hit, &whole, NULL), 0);
	hit = box_hit(CAGE_HIT_IP, "192.0.2.1", 1);
	assert_int_equal(exam_feature_add(store, &hit, &slack, NULL), 0);
	hit = box_hit(CAGE_HIT_IP, "2001:db8::1", 1);
	box_add(store, &hit, EXAM_OWNER_NO_FILE);
	hit = box_hit(CAGE_HIT_MAC, "00:11:22:33:44:55", 1);
	hit.coding = CAGE_HIT_BINARY;
	box_add(store, &hit, 1);
	hit = box_hit(CAGE_HIT_KEY, "openssh", 1);
	box_add(store, &hit, 1);
	hit = box_hit(CAGE_HIT_DOMAIN, "example.org", 1);
	box_add(store, &hit, 1);
	/* As long as a text can be. */
	hit = box_hit(CAGE_HIT_URL, "", 7);
	memset(hit.text, 'x', sizeof(hit.text) - 1);
	memcpy(hit.text, "https://x.example/", 18);
	box_add(store, &hit, 2);
}

static inline struct planted planted_make(void)
{
	struct planted p = {.store = box_store(0)};

	for (uint32_t i = 0; i < PLANTED_NAMES; i++)
		for (uint32_t file = 0; file <= i * 3; file++)
			planted_mail(p.store, i, file);
	planted_card(p.store);
	planted_rest(p.store);
	assert_int_equal(exam_feature_seal(p.store, NULL), 0);
	assert_int_equal(exam_people_new(&p.people, p.store, NULL), 0);
	p.report = (struct exam_report){.store = p.store,
	    .people = p.people,
	    .files = {planted_file, NULL},
	    .case_ref = slice_of("seizure-2023.example#5f0c"),
	    .item = slice_of("PC-0001-D1-I1"),
	    .order = slice_of("3fa1c0de"),
	    .purpose = slice_of("exposure"),
	    .image = slice_of("d1.raw"),
	    .at = 1687513200,
	    .bytes = {1048576, 500000000, 1000000, 20000, 250000000, 4096, 512},
	    .files_listed = PLANTED_FILES,
	    .files_deleted = 14,
	    .gaps = 2};
	return p;
}

static inline void planted_done(struct planted *p)
{
	exam_people_free(p->people);
	exam_feature_free(p->store);
}

#endif

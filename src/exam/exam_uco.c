/*
 * exam_uco.c: see exam_uco.h. Classes and properties are those of the
 * ontologies' 1.4.0; a test holds what is written against their shapes.
 */
#include "exam_uco.h"

#include "exam_words.h"
#include "hash.h"
#include "json.h"
#include "mem.h"
#include "version.h"
#include "when.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_MAX 96

struct graph {
	const struct exam_report *report;
	const struct exam_sink *sink;
	struct buf out;
	struct json json;
	struct hash base; /* of what the whole document is about */
	int rc;
	struct err *err;
};

/* ---- nodes ---- */

/* "kb:feature-<uuid>". */
static void name_node(const struct graph *g, char ret_name[NAME_MAX],
    const char *type, uint64_t a, uint64_t b)
{
	char text[NAME_MAX + HASH_HEX_SIZE], hex[HASH_HEX_SIZE];
	struct hash hash;

	hash_to_hex(hex, &g->base);
	int n = snprintf(
	    text, sizeof(text), "%s/%s/%" PRIu64 "/%" PRIu64, hex, type, a, b);
	hash = hash_of(text, (size_t)n);
	hash.b[6] = (uint8_t)((hash.b[6] & 0x0f) | 0x50);
	hash.b[8] = (uint8_t)((hash.b[8] & 0x3f) | 0x80);
	hash_to_hex(hex, &hash);
	(void)snprintf(ret_name, NAME_MAX, "kb:%s-%.8s-%.4s-%.4s-%.4s-%.12s",
	    type, hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static void open_node(struct graph *g, const char *name, const char *type)
{
	json_open_object(&g->json, NULL);
	json_text(&g->json, "@id", slice_of(name));
	json_text(&g->json, "@type", slice_of(type));
}

static void close_node(struct graph *g)
{
	json_close_object(&g->json);
	if (g->rc == 0)
		g->rc = exam_sink_pass(g->sink, &g->out, g->err);
}

static void put_ref(struct graph *g, const char *property, const char *name)
{
	json_open_object(&g->json, property);
	json_text(&g->json, "@id", slice_of(name));
	json_close_object(&g->json);
}

static void put_typed(
    struct graph *g, const char *property, const char *type, struct slice value)
{
	json_open_object(&g->json, property);
	json_text(&g->json, "@type", slice_of(type));
	json_text(&g->json, "@value", value);
	json_close_object(&g->json);
}

static void put_text(struct graph *g, const char *property, struct slice value)
{
	if (value.p != NULL)
		json_text(&g->json, property, value);
}

static void open_facet(
    struct graph *g, const char *type, uint64_t a, const char *class)
{
	char name[NAME_MAX], kind[32];

	(void)snprintf(kind, sizeof(kind), "%s-facet", type);
	name_node(g, name, kind, a, 0);
	json_open_array(&g->json, "uco-core:hasFacet");
	open_node(g, name, class);
}

static void close_facet(struct graph *g)
{
	json_close_object(&g->json);
	json_close_array(&g->json);
}

static void put_relation(struct graph *g, const char *class,
    const char *const ends[2], const char *kind, bool is_directional,
    const char *name)
{
	open_node(g, name, class);
	put_ref(g, "uco-core:source", ends[0]);
	put_ref(g, "uco-core:target", ends[1]);
	json_text(&g->json, "uco-core:kindOfRelationship", slice_of(kind));
	json_bool(&g->json, "uco-core:isDirectional", is_directional);
	close_node(g);
}

/* ---- the frame ---- */

static void put_context(struct graph *g)
{
	static const char *const names[][2] = {
	    {"kb", "http://example.org/kb/"},
	    {"case-investigation",
		"https://ontology.caseontology.org/case/investigation/"},
	    {"uco-action",
		"https://ontology.unifiedcyberontology.org/uco/action/"},
	    {"uco-core", "https://ontology.unifiedcyberontology.org/uco/core/"},
	    {"uco-identity",
		"https://ontology.unifiedcyberontology.org/uco/identity/"},
	    {"uco-location",
		"https://ontology.unifiedcyberontology.org/uco/location/"},
	    {"uco-observable",
		"https://ontology.unifiedcyberontology.org/uco/observable/"},
	    {"uco-tool", "https://ontology.unifiedcyberontology.org/uco/tool/"},
	    {"xsd", "http://www.w3.org/2001/XMLSchema#"},
	};

	json_open_object(&g->json, "@context");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_text(&g->json, names[i][0], slice_of(names[i][1]));
	json_close_object(&g->json);
}

static void put_authorization(struct graph *g, const char *name)
{
	open_node(g, name, "case-investigation:Authorization");
	json_text(&g->json, "case-investigation:authorizationType",
	    slice_of("order"));
	put_text(
	    g, "case-investigation:authorizationIdentifier", g->report->order);
	close_node(g);
}

static void put_action(struct graph *g, const char *tool, const char *image)
{
	char name[NAME_MAX], investigation[NAME_MAX], order[NAME_MAX];
	char at[WHEN_SIZE];

	name_node(g, name, "action", 0, 0);
	name_node(g, investigation, "investigation", 0, 0);
	name_node(g, order, "authorization", 0, 0);
	when_to_time(at, g->report->at);
	put_authorization(g, order);
	open_node(g, investigation, "case-investigation:Investigation");
	put_text(g, "uco-core:name", g->report->case_ref);
	put_ref(g, "case-investigation:relevantAuthorization", order);
	put_ref(g, "uco-core:object", name);
	close_node(g);
	open_node(g, tool, "uco-tool:Tool");
	json_text(&g->json, "uco-core:name", slice_of("counterfoil"));
	json_text(&g->json, "uco-tool:version", slice_of(VERSION_TEXT));
	json_text(&g->json, "uco-tool:toolType", slice_of("examination"));
	close_node(g);
	open_node(g, name, "case-investigation:InvestigativeAction");
	json_text(&g->json, "uco-core:name", slice_of("examined"));
	put_text(g, "uco-core:description", g->report->purpose);
	put_typed(g, "uco-action:endTime", "xsd:dateTime", slice_of(at));
	put_ref(g, "uco-action:instrument", tool);
	put_ref(g, "uco-action:object", image);
	close_node(g);
}

static void put_image(struct graph *g, const char *image)
{
	char name[NAME_MAX];
	uint64_t bytes = 0;

	for (int k = 0; k < EXAM_OWNER_COUNT; k++)
		bytes += g->report->bytes[k];
	open_node(g, image, "uco-observable:File");
	open_facet(g, "image", 0, "uco-observable:FileFacet");
	put_text(g, "uco-observable:fileName", g->report->image);
	json_number(&g->json, "uco-observable:sizeInBytes", (int64_t)bytes);
	json_bool(&g->json, "uco-observable:isDirectory", false);
	close_facet(g);
	close_node(g);
	name_node(g, name, "provenance", 0, 0);
	open_node(g, name, "case-investigation:ProvenanceRecord");
	put_text(g, "case-investigation:exhibitNumber", g->report->item);
	put_ref(g, "uco-core:object", image);
	close_node(g);
}

/* ---- files ---- */

struct file_set {
	uint64_t *bits;
	size_t cap;
	int rc;
	struct err *err;
};

static void add_file(void *cookie, uint32_t file)
{
	struct file_set *s = cookie;

	if (s->rc == 0)
		s->rc = mem_grow((void **)&s->bits, &s->cap,
		    (size_t)file / 64 + 1, sizeof(*s->bits), s->err);
	if (s->rc == 0)
		s->bits[file / 64] |= UINT64_C(1) << (file % 64);
}

static void put_file(struct graph *g, uint32_t file)
{
	struct exam_file_ref ref;
	char name[NAME_MAX];

	name_node(g, name, "file", file, 0);
	open_node(g, name, "uco-observable:File");
	open_facet(g, "file", file, "uco-observable:FileFacet");
	if (g->report->files.get != NULL &&
	    g->report->files.get(g->report->files.cookie, file, &ref)) {
		json_text(&g->json, "uco-observable:filePath", ref.path);
		json_number(
		    &g->json, "uco-observable:sizeInBytes", (int64_t)ref.size);
		json_text(&g->json, "uco-observable:allocationStatus",
		    slice_of(ref.is_allocated ? "allocated" : "deleted"));
	}
	close_facet(g);
	close_node(g);
}

static void put_files(struct graph *g)
{
	struct file_set set = {.err = g->err};

	for (uint32_t i = 0; i < exam_feature_count(g->report->store); i++)
		exam_feature_files(g->report->store, i, add_file, &set);
	if (g->rc == 0)
		g->rc = set.rc;
	for (size_t i = 0; i < set.cap * 64 && g->rc == 0; i++)
		if (set.bits[i / 64] >> (i % 64) & 1)
			put_file(g, (uint32_t)i);
	free(set.bits);
}

/* ---- features ---- */

struct shape {
	const char *class;
	const char *facet; /* NULL: its text is its name */
	const char *property;
};

#define O "uco-observable:"

static struct shape shape_of(const struct exam_feature *f)
{
	static const struct shape shapes[CAGE_HIT_KINDS] = {
	    [CAGE_HIT_EMAIL] = {O "EmailAddress", O "EmailAddressFacet",
		O "addressValue"},
	    [CAGE_HIT_PHONE] = {O "PhoneAccount", O "PhoneAccountFacet",
		O "phoneNumber"},
	    [CAGE_HIT_URL] = {O "URL", O "URLFacet", O "fullValue"},
	    [CAGE_HIT_DOMAIN] = {O "DomainName", O "DomainNameFacet",
		O "value"},
	    [CAGE_HIT_ACCOUNT] = {O "DigitalAccount", O "AccountFacet",
		O "accountIdentifier"},
	    [CAGE_HIT_IBAN] = {O "Account", O "AccountFacet",
		O "accountIdentifier"},
	    [CAGE_HIT_WALLET] = {O "DigitalAccount", O "AccountFacet",
		O "accountIdentifier"},
	    [CAGE_HIT_MAC] = {O "MACAddress", O "MACAddressFacet",
		O "addressValue"},
	    [CAGE_HIT_IP] = {O "IPv4Address", O "IPv4AddressFacet",
		O "addressValue"},
	    [CAGE_HIT_CARD] = {O "PaymentCard", NULL, NULL},
	    [CAGE_HIT_PASSPORT] = {O "ObservableObject", NULL, NULL},
	    [CAGE_HIT_KEY] = {O "ObservableObject", NULL, NULL},
	};
	static const struct shape ipv6 = {
	    O "IPv6Address", O "IPv6AddressFacet", O "addressValue"};

	if (f->kind == CAGE_HIT_IP && f->text.n > 0 &&
	    memchr(f->text.p, ':', f->text.n) != NULL)
		return ipv6;
	return shapes[f->kind];
}

/* "52.51630 13.37770" as two numbers; what has no space is one text. */
static void put_position(struct graph *g, const struct exam_feature *f)
{
	struct slice rest = f->text, north = slice_cut(&rest, ' ');

	if (rest.p == NULL) {
		json_text(&g->json, "uco-core:name", f->text);
		return;
	}
	open_facet(
	    g, "position", f->hits, "uco-location:LatLongCoordinatesFacet");
	put_typed(g, "uco-location:latitude", "xsd:decimal", north);
	put_typed(g, "uco-location:longitude", "xsd:decimal", rest);
	close_facet(g);
}

static const char *node_type(enum cage_hit_kind kind)
{
	return kind == CAGE_HIT_POSITION ? "location" : cage_hit_name(kind);
}

struct containing {
	struct graph *g;
	uint32_t feature;
	enum cage_hit_kind kind;
};

static void put_containing(void *cookie, uint32_t file)
{
	const struct containing *c = cookie;
	struct graph *g = c->g;
	char from[NAME_MAX], to[NAME_MAX], name[NAME_MAX];
	const char *const ends[2] = {from, to};

	if (g->rc != 0)
		return;
	name_node(g, from, node_type(c->kind), c->feature, 0);
	name_node(g, to, "file", file, 0);
	name_node(g, name, "contained", c->feature, file);
	put_relation(g,
	    c->kind == CAGE_HIT_POSITION
		? "uco-core:Relationship"
		: "uco-observable:ObservableRelationship",
	    ends, "Contained_Within", true, name);
}

static void put_feature(struct graph *g, uint32_t feature)
{
	struct exam_feature f = exam_feature_brief(g->report->store, feature);
	struct containing c = {g, feature, f.kind};
	struct shape shape = shape_of(&f);
	char name[NAME_MAX];

	/* A name is a person's, and stands there. */
	if (f.kind == CAGE_HIT_NAME)
		return;
	name_node(g, name, node_type(f.kind), feature, 0);
	if (f.kind == CAGE_HIT_POSITION) {
		open_node(g, name, "uco-location:Location");
		f.hits = feature; /* which names its facet */
		put_position(g, &f);
	} else {
		open_node(g, name, shape.class);
		if (shape.facet != NULL) {
			open_facet(g, "feature", feature, shape.facet);
			json_text(&g->json, shape.property, f.text);
			close_facet(g);
		} else {
			json_text(&g->json, "uco-core:name", f.text);
			json_text(&g->json, "uco-core:description",
			    slice_of(cage_hit_name(f.kind)));
		}
	}
	close_node(g);
	exam_feature_files(g->report->store, feature, put_containing, &c);
}

/* ---- people ---- */

static void put_person(struct graph *g, uint32_t person)
{
	const struct exam_people_person *p =
	    exam_people_at(g->report->people, person);
	char who[NAME_MAX], what[NAME_MAX], name[NAME_MAX];
	const char *const ends[2] = {who, what};

	name_node(g, who, "person", person, 0);
	open_node(g, who, "uco-identity:Person");
	json_text(&g->json, "uco-core:name",
	    exam_feature_brief(g->report->store, p->label).text);
	close_node(g);
	for (size_t i = 0; i < p->feature_n && g->rc == 0; i++) {
		enum cage_hit_kind kind =
		    exam_feature_brief(g->report->store, p->features[i]).kind;

		if (kind == CAGE_HIT_NAME)
			continue;
		name_node(g, what, node_type(kind), p->features[i], 0);
		name_node(g, name, "has", person, p->features[i]);
		put_relation(g, "uco-core:Relationship", ends,
		    exam_people_is_identifier(kind) ? "Has_Identifier"
						    : "Stands_With",
		    true, name);
	}
}

/* Each link once: from its beginning, or, without one, from the first. */
static void put_links(struct graph *g, uint32_t person)
{
	static const char *const kinds[EXAM_FEATURE_HOWS] = {
	    "Wrote_To", "Has_Relative", "Stands_In_One_Record_With"};
	const struct exam_people_person *p =
	    exam_people_at(g->report->people, person);
	char from[NAME_MAX], to[NAME_MAX], name[NAME_MAX];
	const char *const ends[2] = {from, to};

	name_node(g, from, "person", person, 0);
	for (size_t i = 0; i < p->link_n && g->rc == 0; i++) {
		const struct exam_people_link *l = &p->links[i];
		bool has_way = l->how != EXAM_FEATURE_TOGETHER;

		if (has_way ? !l->is_from : person > l->other)
			continue;
		name_node(g, to, "person", l->other, 0);
		name_node(g, name, kinds[l->how], person, l->other);
		put_relation(g, "uco-core:Relationship", ends, kinds[l->how],
		    has_way, name);
	}
}

/* ---- the whole ---- */

static void set_base(struct graph *g)
{
	struct buf text;

	buf_init(&text, 4096);
	buf_puts(&text, "counterfoil examination\n");
	buf_put_slice(&text, g->report->case_ref);
	buf_putc(&text, '\n');
	buf_put_slice(&text, g->report->order);
	buf_putc(&text, '\n');
	buf_put_slice(&text, g->report->item);
	buf_printf(&text, "\n%" PRId64 "\n", g->report->at);
	g->rc = buf_check(&text, g->err);
	if (g->rc == 0)
		g->base = hash_of(text.p, text.n);
	buf_done(&text);
}

int exam_uco_make(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	struct graph g = {.report = cookie, .sink = sink, .err = err};
	const struct exam_report *r = g.report;
	char tool[NAME_MAX], image[NAME_MAX];

	buf_init(&g.out, EXAM_SINK_ROOM);
	set_base(&g);
	json_init(&g.json, &g.out);
	json_open_object(&g.json, NULL);
	put_context(&g);
	json_open_array(&g.json, "@graph");
	name_node(&g, tool, "tool", 0, 0);
	name_node(&g, image, "image", 0, 0);
	put_action(&g, tool, image);
	put_image(&g, image);
	put_files(&g);
	for (uint32_t i = 0; i < exam_feature_count(r->store) && g.rc == 0; i++)
		put_feature(&g, i);
	for (uint32_t i = 0; i < exam_people_count(r->people) && g.rc == 0; i++)
		put_person(&g, i);
	for (uint32_t i = 0; i < exam_people_count(r->people) && g.rc == 0; i++)
		put_links(&g, i);
	json_close_array(&g.json);
	json_close_object(&g.json);
	return exam_sink_end(sink, &g.out, g.rc, err);
}

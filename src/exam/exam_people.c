/*
 * exam_people.c: what is known of each person once entries are joined
 * (exam_people.h): identifiers, files, risks, links, and the order of exposure.
 */
#include "exam_people_internal.h"

#include "mem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define WROTE                                                                  \
	(1u << CAGE_HIT_OWNER | 1u << CAGE_HIT_SENDER | 1u << CAGE_HIT_AUTHOR)

struct exam_people {
	const struct exam_feature_store *store;
	struct exam_people_join join;
	struct exam_people_person *persons; /* by exposure */
	uint32_t n;
	uint32_t *of_entry; /* the person, or NOBODY */
	/* What persons point into. */
	uint32_t *entries, *features;
	struct exam_people_link *links;
	struct exam_people_sums sums;
};

uint32_t exam_people_weight(enum exam_people_risk risk)
{
	static const uint32_t weights[EXAM_PEOPLE_RISKS] = {
	    [EXAM_PEOPLE_LOCATION] = 3,
	    [EXAM_PEOPLE_PAPERS] = 4,
	    [EXAM_PEOPLE_MESSAGES] = 2,
	    [EXAM_PEOPLE_KEYS] = 3,
	    [EXAM_PEOPLE_RELATIVES] = 2,
	    [EXAM_PEOPLE_MONEY] = 3,
	};

	return weights[risk];
}

/* ---- entries of a person ---- */

static const struct exam_people_ident *ident_of(
    const struct exam_people *p, uint32_t feature)
{
	uint32_t at = p->join.by_feature[feature];

	return at == EXAM_PEOPLE_NO ? NULL : &p->join.idents[at];
}

/* An identifier that is this person's and no function's. */
static bool is_own(const struct exam_people_ident *ident)
{
	return exam_people_is_identifier(ident->kind) && !ident->is_role;
}

/* An entry whose only identifiers are shared, or a function's, is nobody's. */
static bool is_somebody(const struct exam_people *p, uint32_t entry)
{
	struct exam_feature_entry e = exam_feature_entry_at(p->store, entry);

	for (size_t i = 0; i < e.n; i++) {
		const struct exam_people_ident *ident =
		    ident_of(p, e.features[i]);

		if (!is_own(ident) || ident->is_shared || ident->is_crowded)
			continue;
		if (ident->kind != CAGE_HIT_NAME ||
		    p->join.names[ident->name].n > 0)
			return true;
	}
	return false;
}

/* Numbers the trees that are people, and puts their entries side by side. */
static int number(struct exam_people *p, struct err *err)
{
	uint32_t n = p->join.entry_n, at = 0;
	uint32_t *person_of_root = mem_new((size_t)n + 1, sizeof(uint32_t));

	p->of_entry = mem_new((size_t)n + 1, sizeof(*p->of_entry));
	p->entries = mem_new((size_t)n + 1, sizeof(*p->entries));
	p->persons = mem_new((size_t)n + 1, sizeof(*p->persons));
	if (person_of_root == NULL || p->of_entry == NULL ||
	    p->entries == NULL || p->persons == NULL) {
		free(person_of_root);
		return err_nomem(err);
	}
	for (uint32_t e = 0; e < n; e++) {
		uint32_t root = exam_people_join_root(&p->join, e);

		if (person_of_root[root] == 0 && is_somebody(p, e))
			person_of_root[root] = ++p->n;
	}
	for (uint32_t e = 0; e < n; e++) {
		uint32_t root = exam_people_join_root(&p->join, e);

		p->of_entry[e] = person_of_root[root] == 0
		    ? EXAM_PEOPLE_NOBODY
		    : person_of_root[root] - 1;
		if (p->of_entry[e] == EXAM_PEOPLE_NOBODY)
			p->sums.nobodys++;
		else
			p->persons[p->of_entry[e]].entry_n++;
	}
	for (uint32_t i = 0; i < p->n; i++) {
		p->persons[i].entries = p->entries + at;
		at += (uint32_t)p->persons[i].entry_n;
		p->persons[i].entry_n = 0;
	}
	for (uint32_t e = 0; e < n; e++) {
		uint32_t i = p->of_entry[e];

		if (i == EXAM_PEOPLE_NOBODY)
			continue;
		size_t from = (size_t)(p->persons[i].entries - p->entries);
		p->entries[from + p->persons[i].entry_n++] = e;
	}
	free(person_of_root);
	return 0;
}

/* ---- identifiers of a person ---- */

struct listed {
	uint32_t feature;
	struct exam_feature f;
};

static int compare_listed(const void *a, const void *b)
{
	const struct listed *x = a, *y = b;

	if (x->f.kind != y->f.kind)
		return x->f.kind < y->f.kind ? -1 : 1;
	if (x->f.hits != y->f.hits)
		return x->f.hits > y->f.hits ? -1 : 1;
	return slice_compare(x->f.text, y->f.text);
}

/* The features of all entries of a person, each once; writes to `to`. */
static int list_features(struct exam_people *p,
    struct exam_people_person *person, uint32_t *to, struct err *err)
{
	struct listed *all;
	size_t total = 0, n = 0;

	for (size_t i = 0; i < person->entry_n; i++)
		total += exam_feature_entry_at(p->store, person->entries[i]).n;
	all = mem_new(total + 1, sizeof(*all));
	if (all == NULL)
		return err_nomem(err);
	for (size_t i = 0; i < person->entry_n; i++) {
		struct exam_feature_entry e =
		    exam_feature_entry_at(p->store, person->entries[i]);

		for (size_t k = 0; k < e.n; k++)
			all[n++] = (struct listed){e.features[k],
			    exam_feature_brief(p->store, e.features[k])};
		person->roles |= e.roles;
		if (e.is_near_position)
			person->risks |= 1u << EXAM_PEOPLE_LOCATION;
		if (e.is_near_key)
			person->risks |= 1u << EXAM_PEOPLE_KEYS;
	}
	qsort(all, n, sizeof(*all), compare_listed);
	person->features = to;
	for (size_t i = 0; i < n; i++)
		if (i == 0 || all[i].feature != all[i - 1].feature)
			to[person->feature_n++] = all[i].feature;
	free(all);
	return 0;
}

/* ---- files ---- */

struct files {
	uint32_t *list;
	size_t n, cap;
	int rc;
	struct err *err;
};

static void take_file(void *cookie, uint32_t file)
{
	struct files *f = cookie;

	if (f->rc == 0)
		f->rc = mem_grow((void **)&f->list, &f->cap, f->n + 1,
		    sizeof(*f->list), f->err);
	if (f->rc == 0)
		f->list[f->n++] = file;
}

static int compare_numbers(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static int count_files(struct exam_people *p, struct exam_people_person *person,
    struct files *files, struct err *err)
{
	files->n = 0;
	files->err = err;
	for (size_t i = 0; i < person->feature_n; i++) {
		const struct exam_people_ident *ident =
		    ident_of(p, person->features[i]);

		/* A name may be somebody else's, too: it counts where there is
		 * nothing else. */
		if (!is_own(ident) ||
		    (ident->kind == CAGE_HIT_NAME) != person->is_name_alone)
			continue;
		exam_feature_files(
		    p->store, person->features[i], take_file, files);
		person->hits +=
		    exam_feature_brief(p->store, person->features[i]).hits;
	}
	if (files->rc != 0)
		return files->rc;
	if (files->n > 0)
		qsort(files->list, files->n, sizeof(*files->list),
		    compare_numbers);
	for (size_t i = 0; i < files->n; i++)
		person->files += i == 0 || files->list[i] != files->list[i - 1];
	return 0;
}

/* ---- risks and exposure ---- */

/* At which people write to each other. */
static bool is_messenger(struct slice account)
{
	static const char *const names[] = {"telegram:", "signal:", "whatsapp:",
	    "threema:", "wire:", "viber:", "skype:", "matrix:", "xmpp:",
	    "discord:", "wechat:", "line:", "icq:", "session:", "briar:"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_starts_with(account, names[i]))
			return true;
	return false;
}

static uint32_t risk_of(const struct exam_feature *f)
{
	switch (f->kind) {
	case CAGE_HIT_POSITION:
		return 1u << EXAM_PEOPLE_LOCATION;
	case CAGE_HIT_PASSPORT:
		return 1u << EXAM_PEOPLE_PAPERS;
	case CAGE_HIT_ACCOUNT:
		return is_messenger(f->text) ? 1u << EXAM_PEOPLE_MESSAGES : 0;
	case CAGE_HIT_KEY:
		return 1u << EXAM_PEOPLE_KEYS;
	case CAGE_HIT_WALLET:
		return 1u << EXAM_PEOPLE_KEYS | 1u << EXAM_PEOPLE_MONEY;
	case CAGE_HIT_CARD:
	case CAGE_HIT_IBAN:
		return 1u << EXAM_PEOPLE_MONEY;
	default:
		return 0;
	}
}

static void describe(struct exam_people *p, struct exam_people_person *person)
{
	uint32_t best_words = 0;

	person->label = person->features[0];
	for (size_t i = 0; i < person->feature_n; i++) {
		uint32_t feature = person->features[i];
		const struct exam_people_ident *ident = ident_of(p, feature);
		struct exam_feature f = exam_feature_brief(p->store, feature);

		person->risks |= risk_of(&f);
		if (!is_own(ident))
			continue;
		if (person->kinds == 0)
			person->label = feature;
		person->kinds |= 1u << f.kind;
		/* The name of most words, the most frequent of these. */
		if (f.kind == CAGE_HIT_NAME &&
		    p->join.names[ident->name].n > best_words) {
			best_words = p->join.names[ident->name].n;
			person->label = feature;
		}
	}
	person->is_name_alone = person->kinds == 1u << CAGE_HIT_NAME;
	if (person->roles & (1u << CAGE_HIT_SENDER | 1u << CAGE_HIT_RECEIVER))
		person->risks |= 1u << EXAM_PEOPLE_MESSAGES;
	if (person->roles & 1u << CAGE_HIT_RELATIVE)
		person->risks |= 1u << EXAM_PEOPLE_RELATIVES;
}

/* After risks, files and roles are known. */
static void rate(struct exam_people_person *person)
{
	uint32_t sum = 1 + (uint32_t)__builtin_popcount(person->kinds);

	person->prominence = person->files >= 100 ? 5
	    : person->files >= 20		  ? 4
	    : person->files >= 5		  ? 3
	    : person->files >= 2		  ? 2
						  : 1;
	if (person->roles & WROTE)
		person->prominence += 2;
	for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
		if (person->risks >> r & 1)
			sum += exam_people_weight((enum exam_people_risk)r);
	person->exposure = person->prominence * sum;
}

static int know_all(struct exam_people *p, struct err *err)
{
	struct files files = {0};
	size_t total = 0, at = 0;
	int rc = 0;

	for (uint32_t e = 0; e < p->join.entry_n; e++)
		total += exam_feature_entry_at(p->store, e).n;
	p->features = mem_new(total + 1, sizeof(*p->features));
	if (p->features == NULL)
		return err_nomem(err);
	for (uint32_t i = 0; i < p->n && rc == 0; i++) {
		struct exam_people_person *person = &p->persons[i];

		rc = list_features(p, person, p->features + at, err);
		if (rc != 0)
			break;
		at += person->feature_n;
		describe(p, person);
		rc = count_files(p, person, &files, err);
	}
	free(files.list);
	return rc;
}

/* ---- links ---- */

struct arc {
	uint32_t person;
	struct exam_people_link link;
};

static int compare_arcs(const void *a, const void *b)
{
	const struct arc *x = a, *y = b;

	if (x->person != y->person)
		return x->person < y->person ? -1 : 1;
	if (x->link.other != y->link.other)
		return x->link.other < y->link.other ? -1 : 1;
	if (x->link.how != y->link.how)
		return x->link.how < y->link.how ? -1 : 1;
	return (int)y->link.is_from - (int)x->link.is_from;
}

static bool is_same_arc(const struct arc *a, const struct arc *b)
{
	return compare_arcs(a, b) == 0;
}

static size_t list_arcs(const struct exam_people *p, struct arc *arcs)
{
	size_t n = 0;

	for (uint32_t i = 0; i < exam_feature_link_count(p->store); i++) {
		struct exam_feature_link l = exam_feature_link_at(p->store, i);
		uint32_t from = p->of_entry[l.from], to = p->of_entry[l.to];
		/* What has no direction begins at both ends. */
		bool has_way = l.how != EXAM_FEATURE_TOGETHER;

		if (from == EXAM_PEOPLE_NOBODY || to == EXAM_PEOPLE_NOBODY ||
		    from == to)
			continue;
		arcs[n++] = (struct arc){from, {to, l.how, true, l.seen}};
		arcs[n++] = (struct arc){to, {from, l.how, !has_way, l.seen}};
	}
	return n;
}

static int link_people(struct exam_people *p, struct err *err)
{
	size_t count = (size_t)exam_feature_link_count(p->store) * 2 + 1, n;
	struct arc *arcs = mem_new(count, sizeof(*arcs));
	size_t at = 0;

	p->links = mem_new(count, sizeof(*p->links));
	if (arcs == NULL || p->links == NULL) {
		free(arcs);
		return err_nomem(err);
	}
	n = list_arcs(p, arcs);
	qsort(arcs, n, sizeof(*arcs), compare_arcs);
	for (size_t i = 0; i < n; i++) {
		struct exam_people_person *person = &p->persons[arcs[i].person];

		if (i > 0 && is_same_arc(&arcs[i - 1], &arcs[i])) {
			uint32_t *seen = &p->links[at - 1].seen;

			*seen = *seen > UINT32_MAX - arcs[i].link.seen
			    ? UINT32_MAX
			    : *seen + arcs[i].link.seen;
			continue;
		}
		if (person->link_n++ == 0)
			person->links = p->links + at;
		p->links[at++] = arcs[i].link;
		if (arcs[i].link.how == EXAM_FEATURE_RELATIVE)
			person->risks |= 1u << EXAM_PEOPLE_RELATIVES;
	}
	free(arcs);
	return 0;
}

/* ---- order ---- */

/* For sorting, which has no argument of its own. */
struct place {
	const struct exam_people *people;
	uint32_t person;
};

static int compare_places(const void *a, const void *b)
{
	const struct exam_people *p = ((const struct place *)a)->people;
	const struct exam_people_person *x =
	    &p->persons[((const struct place *)a)->person];
	const struct exam_people_person *y =
	    &p->persons[((const struct place *)b)->person];

	if (x->exposure != y->exposure)
		return x->exposure > y->exposure ? -1 : 1;
	if (x->files != y->files)
		return x->files > y->files ? -1 : 1;
	if (x->hits != y->hits)
		return x->hits > y->hits ? -1 : 1;
	return slice_compare(exam_feature_brief(p->store, x->features[0]).text,
	    exam_feature_brief(p->store, y->features[0]).text);
}

/* The most frequent first. */
static int compare_links(const void *a, const void *b)
{
	const struct exam_people_link *x = a, *y = b;

	if (x->seen != y->seen)
		return x->seen > y->seen ? -1 : 1;
	if (x->other != y->other)
		return x->other < y->other ? -1 : 1;
	if (x->how != y->how)
		return x->how < y->how ? -1 : 1;
	return (int)y->is_from - (int)x->is_from;
}

/* Numbers people by exposure; what names them follows. */
static int rank(struct exam_people *p, struct err *err)
{
	struct place *places = mem_new((size_t)p->n + 1, sizeof(*places));
	struct exam_people_person *sorted =
	    mem_new((size_t)p->n + 1, sizeof(*sorted));
	uint32_t *place_of = mem_new((size_t)p->n + 1, sizeof(*place_of));
	int rc = places == NULL || sorted == NULL || place_of == NULL
	    ? err_nomem(err)
	    : 0;

	for (uint32_t i = 0; i < p->n && rc == 0; i++) {
		rate(&p->persons[i]);
		places[i] = (struct place){p, i};
	}
	if (rc != 0)
		goto out;
	qsort(places, p->n, sizeof(*places), compare_places);
	for (uint32_t i = 0; i < p->n; i++) {
		sorted[i] = p->persons[places[i].person];
		place_of[places[i].person] = i;
	}
	for (uint32_t e = 0; e < p->join.entry_n; e++)
		if (p->of_entry[e] != EXAM_PEOPLE_NOBODY)
			p->of_entry[e] = place_of[p->of_entry[e]];
	for (uint32_t i = 0; i < p->n; i++) {
		if (sorted[i].link_n == 0)
			continue;
		struct exam_people_link *links =
		    p->links + (sorted[i].links - p->links);

		for (size_t k = 0; k < sorted[i].link_n; k++)
			links[k].other = place_of[links[k].other];
		qsort(links, sorted[i].link_n, sizeof(*links), compare_links);
	}
	free(p->persons);
	p->persons = sorted;
	sorted = NULL;
out:
	free(places);
	free(sorted);
	free(place_of);
	return rc;
}

static void sum(struct exam_people *p)
{
	for (uint32_t i = 0; i < p->n; i++) {
		const struct exam_people_person *person = &p->persons[i];

		p->sums.people += !person->is_name_alone;
		p->sums.names_alone += person->is_name_alone;
		for (int r = 0; r < EXAM_PEOPLE_RISKS; r++)
			p->sums.risks[r] += person->risks >> r & 1;
	}
	for (size_t i = 0; i < p->join.ident_n; i++)
		p->sums.shared +=
		    p->join.idents[i].is_shared || p->join.idents[i].is_crowded;
	for (uint32_t f = 0; f < exam_feature_count(p->store); f++)
		if (exam_people_is_loose(p, f))
			p->sums.loose[exam_feature_brief(p->store, f).kind]++;
	p->sums.kept_apart = p->join.kept_apart;
}

/* ---- the whole ---- */

int exam_people_new(struct exam_people **ret_people,
    const struct exam_feature_store *store, struct err *err)
{
	struct exam_people *p = mem_new(1, sizeof(*p));

	if (p == NULL)
		return err_nomem(err);
	p->store = store;
	int rc = exam_people_join_run(&p->join, store, err);
	if (rc == 0)
		rc = number(p, err);
	if (rc == 0)
		rc = know_all(p, err);
	if (rc == 0)
		rc = link_people(p, err);
	if (rc == 0)
		rc = rank(p, err);
	if (rc == 0) {
		sum(p);
		*ret_people = p;
	} else {
		exam_people_free(p);
	}
	return rc;
}

void exam_people_free(struct exam_people *people)
{
	if (people == NULL)
		return;
	exam_people_join_done(&people->join);
	free(people->persons);
	free(people->of_entry);
	free(people->entries);
	free(people->features);
	free(people->links);
	free(people);
}

uint32_t exam_people_count(const struct exam_people *people)
{
	return people->n;
}

const struct exam_people_person *exam_people_at(
    const struct exam_people *people, uint32_t person)
{
	assert(person < people->n);
	return &people->persons[person];
}

uint32_t exam_people_of_entry(const struct exam_people *people, uint32_t entry)
{
	return people->of_entry[entry];
}

bool exam_people_is_shared(const struct exam_people *people, uint32_t feature)
{
	const struct exam_people_ident *ident = ident_of(people, feature);

	return ident != NULL && (ident->is_shared || ident->is_crowded);
}

bool exam_people_is_role(const struct exam_people *people, uint32_t feature)
{
	struct exam_feature f = exam_feature_brief(people->store, feature);

	return f.kind == CAGE_HIT_EMAIL && exam_name_is_role(f.text);
}

bool exam_people_is_loose(const struct exam_people *people, uint32_t feature)
{
	struct exam_feature f = exam_feature_brief(people->store, feature);

	return ident_of(people, feature) == NULL && f.kind != CAGE_HIT_NAME &&
	    exam_people_is_identifier(f.kind) &&
	    !exam_people_is_role(people, feature);
}

struct exam_people_sums exam_people_sums(const struct exam_people *people)
{
	return people->sums;
}

/*
 * cage_hit.c: see cage_hit.h. On the line a hit is its own length, fixed
 * numbers, its steps, and two texts without their NUL.
 */
#include "cage_hit.h"

#include "cage_internal.h"
#include "reader.h"
#include "slice.h"
#include "text.h"

#include <assert.h>
#include <string.h>

#define FIXED 30 /* bytes before the steps */
#define STEP 9

static_assert(FIXED + CAGE_HIT_DEPTH_MAX * STEP + CAGE_HIT_TEXT_MAX +
	    CAGE_HIT_CONTEXT_MAX <=
	CAGE_HIT_BYTES_MAX,
    "room for the largest hit");

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const kinds[] = {NULL, "email", "phone", "url", "domain",
    "account", "card", "iban", "passport", "ip", "mac", "position", "key",
    "wallet", "name"};
static const char *const codings[] = {
    NULL, "utf-8", "utf-16le", "utf-16be", "legacy", "binary"};
static const char *const containers[] = {NULL, "zip", "gzip", "7z", "tar",
    "pdf", "base64", "quoted-printable", "pst", "sqlite"};
static const char *const roles[] = {
    "plain", "owner", "sender", "receiver", "author", "relative"};

static_assert(COUNT(kinds) == CAGE_HIT_KINDS, "a name each");
static_assert(COUNT(codings) == CAGE_HIT_CODINGS, "a name each");
static_assert(COUNT(containers) == CAGE_HIT_CONTAINERS, "a name each");
static_assert(COUNT(roles) == CAGE_HIT_ROLES, "a name each");

const char *cage_hit_name(enum cage_hit_kind kind)
{
	if (kind == CAGE_HIT_GAP)
		return "gap";
	assert(kind > 0 && kind < CAGE_HIT_KINDS);
	return kinds[kind];
}

const char *cage_hit_coding_name(enum cage_hit_coding coding)
{
	assert(coding > 0 && coding < CAGE_HIT_CODINGS);
	return codings[coding];
}

const char *cage_hit_container_name(enum cage_hit_container container)
{
	assert(container > 0 && container < CAGE_HIT_CONTAINERS);
	return containers[container];
}

const char *cage_hit_role_name(enum cage_hit_role role)
{
	assert(role < CAGE_HIT_ROLES);
	return roles[role];
}

bool cage_hit_by_name(enum cage_hit_kind *ret_kind, const char *name)
{
	for (size_t i = 1; i < COUNT(kinds); i++)
		if (strcmp(kinds[i], name) == 0) {
			*ret_kind = (enum cage_hit_kind)i;
			return true;
		}
	return false;
}

uint64_t cage_hit_outermost(const struct cage_hit *hit)
{
	return hit->depth > 0 ? hit->steps[0].at : hit->at;
}

/* ---- over the line ---- */

size_t cage_hit_put(
    uint8_t ret_bytes[CAGE_HIT_BYTES_MAX], const struct cage_hit *hit)
{
	const size_t text_n = strnlen(hit->text, CAGE_HIT_TEXT_MAX - 1);
	const size_t context_n =
	    strnlen(hit->context, CAGE_HIT_CONTEXT_MAX - 1);
	uint8_t *p = ret_bytes;

	assert(hit->depth <= CAGE_HIT_DEPTH_MAX);
	const size_t n = FIXED + hit->depth * STEP + text_n + context_n;

	p = cage_internal_put(p, n, 2);
	p = cage_internal_put(p, hit->kind, 1);
	p = cage_internal_put(p, hit->coding, 1);
	p = cage_internal_put(p, hit->role, 1);
	p = cage_internal_put(p, hit->depth, 1);
	p = cage_internal_put(p, hit->entry, 4);
	p = cage_internal_put(p, hit->record, 4);
	p = cage_internal_put(p, hit->at, 8);
	p = cage_internal_put(p, hit->length, 4);
	p = cage_internal_put(p, text_n, 2);
	p = cage_internal_put(p, context_n, 2);
	for (uint32_t i = 0; i < hit->depth; i++) {
		p = cage_internal_put(p, hit->steps[i].container, 1);
		p = cage_internal_put(p, hit->steps[i].at, 8);
	}
	memcpy(p, hit->text, text_n);
	memcpy(p + text_n, hit->context, context_n);
	return n;
}

static uint16_t take_le16(struct reader *r)
{
	const uint16_t low = reader_u8(r);

	return (uint16_t)(low | reader_u8(r) << 8);
}

static int take_steps(
    struct cage_hit *hit, struct reader *r, uint32_t depth, struct err *err)
{
	if (depth > CAGE_HIT_DEPTH_MAX)
		return cage_internal_lie(err, "a hit that is too deep");
	hit->depth = depth;
	for (uint32_t i = 0; i < depth; i++) {
		const uint8_t container = reader_u8(r);

		hit->steps[i].at = reader_le64(r);
		if (container == 0 || container >= CAGE_HIT_CONTAINERS)
			return cage_internal_lie(
			    err, "a container that there is not");
		hit->steps[i].container = (enum cage_hit_container)container;
		if (hit->steps[i].at > (uint64_t)INT64_MAX)
			return cage_internal_lie(
			    err, "a place that there is not");
	}
	return 0;
}

static bool take_text(char *ret_text, struct slice text, size_t size)
{
	if (text.p == NULL || text.n >= size || !text_is_line(text, NULL, NULL))
		return false;
	memcpy(ret_text, text.p, text.n);
	return true;
}

static bool is_wanted(const struct cage_hit_asked *asked, uint8_t kind)
{
	return kind == CAGE_HIT_GAP ||
	    (kind > 0 && kind < CAGE_HIT_KINDS &&
		(asked->finds & CAGE_HIT_FINDS(kind)) != 0);
}

static int check_place(const struct cage_hit *hit,
    const struct cage_hit_asked *asked, struct err *err)
{
	const uint64_t outermost = cage_hit_outermost(hit);
	const bool is_in_record = hit->entry != 0 || hit->record != 0;
	const uint64_t more =
	    is_in_record && hit->depth == 0 ? CAGE_HIT_RECORD_MAX : 0;

	if (hit->at > (uint64_t)INT64_MAX || outermost < asked->at ||
	    outermost - asked->at >= asked->n + more)
		return cage_internal_lie(
		    err, "a hit where nothing was asked for");
	if (hit->length == 0 && hit->kind != CAGE_HIT_GAP)
		return cage_internal_lie(err, "a hit without bytes");
	return 0;
}

/* One more than there are so far, or one of them. */
static bool take_number(uint32_t number, uint32_t *highest)
{
	if (number > *highest + UINT32_C(1) || number == UINT32_MAX)
		return false;
	if (number > *highest)
		*highest = number;
	return true;
}

int cage_hit_take(struct cage_hit *ret_hit, size_t *ret_used,
    struct cage_hit_asked *asked, const uint8_t *bytes, size_t n,
    struct err *err)
{
	struct cage_hit hit;
	struct reader r;

	memset(&hit, 0, sizeof(hit));
	reader_init(&r, bytes, n);
	const uint16_t all = take_le16(&r);
	const uint8_t kind = reader_u8(&r), coding = reader_u8(&r);
	const uint8_t role = reader_u8(&r), depth = reader_u8(&r);

	hit.entry = reader_le32(&r);
	hit.record = reader_le32(&r);
	hit.at = reader_le64(&r);
	hit.length = reader_le32(&r);
	const uint16_t text_n = take_le16(&r), context_n = take_le16(&r);
	int rc = take_steps(&hit, &r, depth, err);

	if (rc != 0)
		return rc;
	if (!is_wanted(asked, kind) || coding == 0 ||
	    coding >= CAGE_HIT_CODINGS || role >= CAGE_HIT_ROLES)
		return cage_internal_lie(
		    err, "a hit of a sort that was not asked for");
	hit.kind = (enum cage_hit_kind)kind;
	hit.coding = (enum cage_hit_coding)coding;
	hit.role = (enum cage_hit_role)role;
	if (!take_text(hit.text, reader_bytes(&r, text_n), sizeof(hit.text)) ||
	    !take_text(hit.context, reader_bytes(&r, context_n),
		sizeof(hit.context)) ||
	    hit.text[0] == '\0')
		return cage_internal_lie(err, "a text that is no line");
	if (r.failed || r.at != all)
		return cage_internal_lie(err, "the length of a hit");
	rc = check_place(&hit, asked, err);
	if (rc == 0 &&
	    (!take_number(hit.entry, &asked->entries) ||
		!take_number(hit.record, &asked->records)))
		rc = cage_internal_lie(err, "the number of a record");
	if (rc != 0)
		return rc;
	*ret_hit = hit;
	*ret_used = all;
	return 0;
}

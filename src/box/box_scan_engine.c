/*
 * box_scan_engine.c: Hyperscan (Vectorscan, which has the same names), loaded
 * and given its patterns before the cell.
 *
 * Patterns are short and have no beginning that is asked for: a whole one for
 * e-mail is "too large" with that. They count bytes: with its UTF-8 flag
 * Hyperscan finds other things than it should where bytes are not UTF-8.
 */
#include "box_library.h"
#include "box_scan.h"
#include "mem.h"

#include <hs/hs.h>

#include <stdlib.h>

#define LIBRARY "libhs.so.5"

struct names {
	__typeof__(hs_compile_multi) *compile;
	__typeof__(hs_free_compile_error) *forget;
	__typeof__(hs_alloc_scratch) *alloc;
	__typeof__(hs_scan) *scan;
};

struct box_scan_engine {
	struct names hs;
	hs_database_t *database;
	hs_scratch_t *scratch;
};

#define NAME(member, function)                                                 \
	{                                                                      \
#function, offsetof(struct names, member)                      \
	}
static const struct box_library_name names[] = {
    NAME(compile, hs_compile_multi),
    NAME(forget, hs_free_compile_error),
    NAME(alloc, hs_alloc_scratch),
    NAME(scan, hs_scan),
};
#undef NAME

#define MAIL                                                                   \
	(CAGE_HIT_UNPACKS(CAGE_HIT_BASE64) | CAGE_HIT_UNPACKS(CAGE_HIT_QUOTED))
#define RECORD                                                                 \
	(CAGE_HIT_FINDS(CAGE_HIT_NAME) | CAGE_HIT_FINDS(CAGE_HIT_EMAIL) |      \
	    CAGE_HIT_FINDS(CAGE_HIT_PHONE))

static const struct box_scan_pattern patterns[] = {
    {"[!-~\\x80-\\xff]@[A-Za-z0-9\\x80-\\xff]", CAGE_HIT_FINDS(CAGE_HIT_EMAIL),
	box_scan_email},
    {"PK\\x03\\x04", CAGE_HIT_UNPACKS(CAGE_HIT_ZIP), box_scan_zip},
    {"\\x1f\\x8b\\x08", CAGE_HIT_UNPACKS(CAGE_HIT_GZIP), box_scan_gzip},
    {"stream\\r?\\n[\\x08\\x18\\x28\\x38\\x48\\x58\\x68\\x78][\\x00-\\xff]",
	CAGE_HIT_UNPACKS(CAGE_HIT_PDF), box_scan_pdf},
};

#define COUNT (sizeof(patterns) / sizeof(patterns[0]))

static int compile(
    struct box_scan_engine *engine, uint64_t finds, struct err *err)
{
	const char *expressions[COUNT];
	unsigned flags[COUNT], ids[COUNT], n = 0;
	hs_compile_error_t *why = NULL;

	for (unsigned i = 0; i < COUNT; i++) {
		if ((patterns[i].finds & finds) == 0)
			continue;
		expressions[n] = patterns[i].expression;
		flags[n] = HS_FLAG_DOTALL;
		ids[n++] = i;
	}
	if (n == 0)
		return err_set(err, ERR_USAGE, "a scan for nothing");
	if (engine->hs.compile(expressions, flags, ids, n, HS_MODE_BLOCK, NULL,
		&engine->database, &why) != HS_SUCCESS) {
		int rc = err_set(err, ERR_UNSUPPORTED,
		    "%s does not take pattern %s: %s", LIBRARY,
		    why->expression >= 0 ? expressions[why->expression] : "",
		    why->message);

		engine->hs.forget(why);
		return rc;
	}
	if (engine->hs.alloc(engine->database, &engine->scratch) != HS_SUCCESS)
		return err_nomem(err);
	return 0;
}

int box_scan_engine_new(
    struct box_scan_engine **ret_engine, uint64_t finds, struct err *err)
{
	struct box_scan_engine *engine = mem_new(1, sizeof(*engine));

	if (engine == NULL)
		return err_nomem(err);
	int rc = box_library_load(
	    LIBRARY, names, sizeof(names) / sizeof(names[0]), &engine->hs, err);
	if (rc == 0)
		rc = compile(engine, finds, err);
	if (rc == 0)
		*ret_engine = engine;
	else
		box_scan_engine_free(engine);
	return rc;
}

void box_scan_engine_free(struct box_scan_engine *engine)
{
	free(engine); /* the library's part ends with the process */
}

static int found(unsigned id, unsigned long long from, unsigned long long to,
    unsigned flags, void *cookie)
{
	(void)from;
	(void)flags;
	patterns[id].find(cookie, (size_t)to);
	return 0;
}

int box_scan_engine_run(struct box_scan_engine *engine, struct box_scan *scan,
    const uint8_t *bytes, size_t n, struct err *err)
{
	const hs_error_t rc = engine->hs.scan(engine->database,
	    (const char *)bytes, (unsigned)n, 0, engine->scratch, found, scan);

	return rc == HS_SUCCESS
	    ? 0
	    : err_set(err, ERR_FORMAT, "Hyperscan ended with %d", rc);
}

/*
 * record_schema_internal.h: the table itself, for the files of record_schema.h.
 */
#ifndef RECORD_SCHEMA_INTERNAL_H
#define RECORD_SCHEMA_INTERNAL_H

#include "record_schema.h"

#define RECORD_ITEM_TYPES                                                      \
	"package computer casing drive phone medium document image extract"

extern const struct record_schema record_schema_table[RECORD_KIND_COUNT];

#endif

/*
 * box.c: see box.h.
 */
#include "box.h"

void box_damage_add(struct box_damage *damage,
    const struct cage_wire_entry *entry, const struct err *why)
{
	if (damage->n == 0)
		damage->first = *why;
	if (damage->n < CAGE_WIRE_ENTRIES_MAX) {
		damage->of[damage->n++] = *entry;
		return;
	}
	struct cage_wire_entry *last = &damage->of[damage->n - 1];

	last->length = entry->at + entry->length - last->at;
}

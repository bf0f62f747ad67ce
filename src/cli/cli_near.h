/*
 * cli_near.h: "did you mean": the known name that is nearest to a mistyped one.
 */
#ifndef CLI_NEAR_H
#define CLI_NEAR_H

#include "slice.h"

#include <stddef.h>

struct cli_near {
	struct slice typed;
	struct slice best; /* absent until something is near enough */
	size_t distance;
};

void cli_near_start(struct cli_near *near, struct slice typed);
/* The name is borrowed. */
void cli_near_try(struct cli_near *near, struct slice name);

#endif

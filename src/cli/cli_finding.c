/*
 * cli_finding.c: the leaves, cosignatures and time that case_finding_make is a
 * function of.
 *
 * Cosignatures stand on the newest checkpoint. They count for a finding only
 * if it is as of exactly the leaves that this checkpoint covers, so that a
 * finding of a past time never looks better witnessed than it was.
 */
#include "cli_finding.h"

#include "case_state.h"
#include "log_store.h"
#include "mem.h"
#include "when.h"

#include <stdlib.h>

static int64_t last_entered(const struct case_state *state)
{
	size_t n = case_state_leaf_count(state);

	return n > 0 ? case_state_leaf(state, n - 1)->entered : 0;
}

int64_t cli_finding_default_time(const struct cli_case *c)
{
	int64_t last = last_entered(c->state);

	return c->now > last ? c->now : last;
}

static int check_time(
    const struct cli_case *c, uint32_t question, int64_t time, struct err *err)
{
	char text[WHEN_SIZE];

	if (time > cli_finding_default_time(c))
		return err_set(err, ERR_USAGE,
		    "--at-time lies in the future; nobody knows yet what the "
		    "records will show");
	int64_t asked = case_state_leaf(c->state, question)->entered;
	if (time >= asked)
		return 0;
	when_to_time(text, asked);
	return err_set(err, ERR_USAGE,
	    "--at-time lies before the question, which was entered at %s",
	    text);
}

static int make(struct cli_finding *f, const struct cli_case *c,
    uint32_t question, int64_t time, struct case_witnessed *witnessed,
    struct err *err)
{
	struct case_cosignatures cosignatures = {.witnessed = witnessed};
	const struct case_state *state = c->state;
	int rc = cli_case_cosignatures(c, witnessed, &cosignatures.n, err);

	if (rc == 0 && time < last_entered(c->state)) {
		rc = cli_case_state_at(c, time, &f->past, err);
		state = f->past;
	}
	if (rc != 0)
		return rc;
	if (case_state_leaf_count(state) != log_store_size(c->store))
		cosignatures.n = 0;
	return case_finding_make(
	    &f->finding, state, question, time, &cosignatures, err);
}

int cli_finding_make(struct cli_finding *f, const struct cli_case *c,
    uint32_t question, int64_t time, struct err *err)
{
	struct case_witnessed *witnessed = NULL;
	int rc = check_time(c, question, time, err);

	if (rc != 0)
		return rc;
	witnessed = mem_new(
	    case_state_witness_count(c->state) + 1, sizeof(witnessed[0]));
	rc = witnessed == NULL ? err_nomem(err)
			       : make(f, c, question, time, witnessed, err);
	free(witnessed);
	return rc;
}

void cli_finding_done(struct cli_finding *f)
{
	case_finding_done(&f->finding);
	case_state_free(f->past);
	*f = (struct cli_finding){0};
}

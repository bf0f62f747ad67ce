/*
 * agent.c: from a place to what is done there. Invariant: an open agent holds
 * exactly one key, the one that was asked for by its public half, and does one
 * thing at a time.
 */
#include "agent.h"

#include "agent_internal.h"
#include "mem.h"
#include "text.h"

#include <pthread.h>
#include <stdlib.h>

struct agent {
	pthread_mutex_t lock; /* held while it signs */
	const struct agent_kind *kind;
	void *open; /* NULL: it is apart */
	struct agent_apart *apart;
};

/* An ssh-agent is a process of its own already. */
static bool is_apart(const struct agent_kind *kind)
{
	return kind == &agent_pkcs11;
}

static const struct agent_kind *kind_of(struct slice place)
{
	if (slice_is_text(place, "ssh-agent"))
		return &agent_ssh;
	return slice_starts_with(place, "pkcs11:") ? &agent_pkcs11 : NULL;
}

bool agent_is_place(struct slice place)
{
	return place.n <= AGENT_PLACE_MAX && text_is_line(place, NULL, NULL) &&
	    kind_of(place) != NULL;
}

bool agent_wants_pin(struct slice place)
{
	return kind_of(place) == &agent_pkcs11;
}

static int find_kind(const struct agent_kind **ret_kind,
    const struct agent_way *way, struct err *err)
{
	if (!agent_is_place(way->place))
		return err_set(err, ERR_USAGE,
		    "\"%.*s\" is no place for a key; say ssh-agent, or a "
		    "pkcs11: URI",
		    SLICE_ARG(way->place));
	*ret_kind = kind_of(way->place);
	return 0;
}

int agent_each(const struct agent_way *way,
    int (*each)(void *cookie, struct slice name, const uint8_t public_key[32],
	struct err *err),
    void *cookie, struct err *err)
{
	const struct agent_kind *kind = NULL;

	int r = find_kind(&kind, way, err);
	return r != 0 ? r : kind->each(way, each, cookie, err);
}

int agent_open(struct agent **ret_agent, const struct agent_way *way,
    const uint8_t public_key[32], struct err *err)
{
	struct agent *agent = mem_new(1, sizeof(*agent));

	if (agent == NULL)
		return err_nomem(err);
	(void)pthread_mutex_init(&agent->lock, NULL);
	int r = find_kind(&agent->kind, way, err);
	if (r == 0 && is_apart(agent->kind))
		r = agent_apart_open(
		    &agent->apart, agent->kind, way, public_key, err);
	else if (r == 0)
		r = agent->kind->open(&agent->open, way, public_key, err);
	if (r == 0)
		*ret_agent = agent;
	else
		free(agent);
	return r;
}

void agent_free(struct agent *agent)
{
	if (agent == NULL)
		return;
	if (is_apart(agent->kind))
		agent_apart_close(agent->apart);
	else
		agent->kind->close(agent->open);
	(void)pthread_mutex_destroy(&agent->lock);
	free(agent);
}

static int sign(void *cookie, const void *message, size_t n,
    uint8_t ret_signature[64], struct err *err)
{
	struct agent *agent = cookie;

	(void)pthread_mutex_lock(&agent->lock);
	int r = is_apart(agent->kind)
	    ? agent_apart_sign(agent->apart, message, n, ret_signature, err)
	    : agent->kind->sign(agent->open, message, n, ret_signature, err);
	(void)pthread_mutex_unlock(&agent->lock);
	return r;
}

struct note_token agent_token(struct agent *agent)
{
	return (struct note_token){.sign = sign, .cookie = agent};
}

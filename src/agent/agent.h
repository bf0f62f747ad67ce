/*
 * agent.h: keys whose secret this process never sees: in an ssh-agent, or in a
 * PKCS#11 token (a smart card, an HSM).
 *
 * A place is what the `elsewhere:` line of a key file says: "ssh-agent", or a
 * pkcs11: URI (RFC 7512) that names token and object and may name the module
 * (module-path). A module runs in a process of its own, which lives as long as
 * the open agent, so that a server can confine itself all the same. What an
 * agent or a token answers is foreign: it is bounded, and note.h checks every
 * signature before it is used.
 */
#ifndef AGENT_H
#define AGENT_H

#include "err.h"
#include "note_key.h"
#include "slice.h"

#include <stdbool.h>
#include <stdint.h>

#define AGENT_PLACE_MAX 1024

struct agent;

/* How a place is reached. */
struct agent_way {
	struct slice place;
	const char *socket; /* of the ssh-agent; NULL: there is none */
	struct slice pin; /* of the token; absent: none was given */
};

/* Whether a key file may name this place: its form only. */
bool agent_is_place(struct slice place);

/* Whether a PIN is of use there. */
bool agent_wants_pin(struct slice place);

/*
 * Calls `each` with every Ed25519 key there and the name that it has there
 * (foreign text). Stops at the first non-zero result and returns it.
 * ERR_NOTFOUND: no agent or token; ERR_FORMAT: it answers nonsense.
 */
int agent_each(const struct agent_way *way,
    int (*each)(void *cookie, struct slice name, const uint8_t public_key[32],
	struct err *err),
    void *cookie, struct err *err) MUST_CHECK;

/*
 * The key with this public half, ready to sign. ERR_NOTFOUND: it is not there;
 * ERR_DENIED: the token wants a PIN, or another one. For a token, before other
 * threads are started. agent_free accepts NULL.
 */
int agent_open(struct agent **ret_agent, const struct agent_way *way,
    const uint8_t public_key[32], struct err *err) MUST_CHECK;
void agent_free(struct agent *agent);

/* Signs as long as the agent lives, for any thread, one after the other. */
struct note_token agent_token(struct agent *agent);

#endif

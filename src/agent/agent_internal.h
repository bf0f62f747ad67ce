/*
 * agent_internal.h: what the two kinds of places have in common: each lists,
 * opens, signs and closes.
 */
#ifndef AGENT_INTERNAL_H
#define AGENT_INTERNAL_H

#include "agent.h"

#define AGENT_KEY_SIZE 32
#define AGENT_SIGNATURE_SIZE 64

typedef int agent_each_fn(void *cookie, struct slice name,
    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err);

struct agent_kind {
	int (*each)(const struct agent_way *way, agent_each_fn *each,
	    void *cookie, struct err *err);
	/* *ret_open is what the next two take. */
	int (*open)(void **ret_open, const struct agent_way *way,
	    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err);
	int (*sign)(void *open, const void *message, size_t n,
	    uint8_t ret_signature[AGENT_SIGNATURE_SIZE], struct err *err);
	void (*close)(void *open);
};

extern const struct agent_kind agent_ssh;

/* What an ssh-agent answers, without its type; pure. ERR_FORMAT. */
int agent_ssh_read_keys(struct slice answer, agent_each_fn *each, void *cookie,
    struct err *err) MUST_CHECK;
int agent_ssh_read_signature(uint8_t ret_signature[AGENT_SIGNATURE_SIZE],
    struct slice answer, struct err *err) MUST_CHECK;

extern const struct agent_kind agent_pkcs11;

#endif

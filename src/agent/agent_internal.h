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

/* ---- agent_apart.c: a kind's key, in a process of its own ---- */

/* More than any text that is signed (RECORD_LEAF_MAX, LOG_CHECKPOINT_MAX), and
 * what a socket takes as one message. */
#define AGENT_APART_MESSAGE_MAX (128 * 1024)

struct agent_apart;

/* To be called before other threads are started. Errors: the kind's, and
 * ERR_IO. agent_apart_close accepts NULL; the process ends by it, or when this
 * one does. */
int agent_apart_open(struct agent_apart **ret_apart,
    const struct agent_kind *kind, const struct agent_way *way,
    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err) MUST_CHECK;
int agent_apart_sign(struct agent_apart *apart, const void *message, size_t n,
    uint8_t ret_signature[AGENT_SIGNATURE_SIZE], struct err *err) MUST_CHECK;
void agent_apart_close(struct agent_apart *apart);

#endif

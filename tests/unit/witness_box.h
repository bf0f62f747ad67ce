/*
 * witness_box.h: a log in memory whose checkpoints of every size can be had,
 * for the tests of the witness: seeds of 32 equal bytes, 1 the log, 2 the
 * witness, 9 the log's leaves of another history.
 */
#ifndef WITNESS_BOX_H
#define WITNESS_BOX_H

#include "buf.h"
#include "log_checkpoint.h"
#include "note.h"
#include "tree.h"
#include "witness_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define BOX_ORIGIN "case.example/log"
#define BOX_WITNESS "witness.example/w1"
#define BOX_LEAVES 64
#define BOX_NOW 1700000000
#define BOX_DASH "\xe2\x80\x94 "

struct box_log {
	struct note_secret secret;
	struct hash hashes[BOX_LEAVES];
	struct tree_leaves leaves;
	struct tree_source source;
};

static inline struct note_secret box_secret(
    const char *name, uint8_t type, uint8_t byte)
{
	struct note_secret secret;
	uint8_t seed[32];

	note_key_setup();
	memset(seed, byte, sizeof(seed));
	assert_int_equal(
	    note_secret_from_seed(&secret, slice_of(name), type, seed, NULL),
	    0);
	return secret;
}

static inline void box_log_init(struct box_log *log, uint8_t history)
{
	struct hash_run *run = hash_new();

	log->secret = box_secret(BOX_ORIGIN, NOTE_KEY_ED25519, 1);
	for (uint8_t i = 0; i < BOX_LEAVES; i++) {
		uint8_t leaf[2] = {history, i};
		log->hashes[i] = tree_leaf_hash(run, leaf, sizeof(leaf));
	}
	log->leaves = (struct tree_leaves){log->hashes, BOX_LEAVES};
	log->source = tree_leaves_source(&log->leaves);
	hash_free(run);
}

/* The signed checkpoint of a size; `extension` ends in LF or is "". */
static inline void box_checkpoint(const struct box_log *log, uint64_t size,
    const char *extension, struct buf *out)
{
	struct hash root;
	struct buf text;

	buf_init(&text, 65536);
	assert_int_equal(tree_root(&root, &log->source, size, NULL), 0);
	log_checkpoint_put(&text, slice_of(BOX_ORIGIN), size, &root);
	buf_puts(&text, extension);
	buf_put_slice(out, buf_slice(&text));
	buf_putc(out, '\n');
	assert_int_equal(
	    note_put_signature(out, &log->secret, buf_slice(&text), NULL), 0);
	buf_done(&text);
}

static inline void box_request(const struct box_log *log, uint64_t old_size,
    uint64_t size, struct buf *out)
{
	struct tree_proof proof = {0};
	struct buf note;

	buf_init(&note, 65536);
	box_checkpoint(log, size, "", &note);
	if (old_size > 0 && old_size < size)
		assert_int_equal(tree_prove_consistency(&proof, &log->source,
				     old_size, size, NULL),
		    0);
	witness_request_put(out, old_size, &proof, buf_slice(&note));
	buf_done(&note);
}

#endif

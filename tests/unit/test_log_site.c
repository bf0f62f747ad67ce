/*
 * test_log_site.c: steps into a site log: one that holds is told apart from
 * every other text.
 */
#include "log_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include <string.h>

#define WHEN 1700000000
#define LEAVES 5
#define INDEX 3
#define EXTRA "c2sp.org/tlog-proof@v1\nextra AAAA\n"

static struct note_secret log_secret, site_secret, witness_secrets[2];
static struct buf own, head, step;

static void make_secret(struct note_secret *secret, const char *name,
    enum note_key_type type, uint8_t byte)
{
	uint8_t seed[32];

	memset(seed, byte, sizeof(seed));
	assert_int_equal(
	    note_secret_from_seed(secret, slice_of(name), type, seed, NULL), 0);
}

/* A checkpoint note of `size` leaves under this root. */
static void put_note(struct buf *out, const struct note_secret *secret,
    uint64_t size, const struct hash *root)
{
	struct buf line;

	buf_init(out, LOG_CHECKPOINT_MAX);
	buf_init(&line, LOG_CHECKPOINT_MAX);
	log_checkpoint_put(out, slice_of(secret->key.name), size, root);
	assert_int_equal(
	    note_put_signature(&line, secret, buf_slice(out), NULL), 0);
	buf_putc(out, '\n');
	buf_put_slice(out, buf_slice(&line));
	buf_done(&line);
}

static void cosign(struct buf *note, const struct note_secret *witness)
{
	struct note parsed;
	struct buf line;

	assert_int_equal(note_parse(&parsed, buf_slice(note), NULL), 0);
	buf_init(&line, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    log_checkpoint_cosign(&line, witness, parsed.text, WHEN + 1, NULL),
	    0);
	buf_put_slice(note, buf_slice(&line));
	buf_done(&line);
}

static struct tree_proof prove(struct hash *ret_root)
{
	struct hash hashes[LEAVES] = {{{1}}, {{2}}, {{3}}, {{4}}, {{5}}};
	struct tree_leaves leaves = {hashes, LEAVES};
	struct tree_source source = tree_leaves_source(&leaves);
	struct hash_run *run = hash_new();
	struct tree_proof proof;

	assert_non_null(run);
	hashes[INDEX] = tree_leaf_hash(run, own.p, own.n);
	hash_free(run);
	assert_int_equal(tree_root(ret_root, &source, LEAVES, NULL), 0);
	assert_int_equal(
	    tree_prove_inclusion(&proof, &source, INDEX, LEAVES, NULL), 0);
	return proof;
}

static int set_up(void **state)
{
	const struct hash root = {{7}};
	struct note_key keys[2];
	struct hash site_root;

	(void)state;
	make_secret(&log_secret, "case.example/log", NOTE_KEY_ED25519, 1);
	make_secret(&site_secret, "site.example/log", NOTE_KEY_ED25519, 2);
	make_secret(
	    &witness_secrets[0], "w.example/a", NOTE_KEY_COSIGNATURE, 3);
	make_secret(
	    &witness_secrets[1], "w.example/b", NOTE_KEY_COSIGNATURE, 4);
	put_note(&own, &log_secret, 42, &root);
	struct tree_proof proof = prove(&site_root);
	put_note(&head, &site_secret, LEAVES, &site_root);
	cosign(&head, &witness_secrets[1]);
	cosign(&head, &witness_secrets[0]);
	keys[0] = witness_secrets[0].key;
	keys[1] = witness_secrets[1].key;
	buf_init(&step, LOG_SITE_MAX);
	return log_site_put(&step, &site_secret.key, keys, 2, INDEX, &proof,
	    buf_slice(&head), NULL);
}

static int tear_down(void **state)
{
	(void)state;
	buf_done(&own);
	buf_done(&head);
	buf_done(&step);
	return 0;
}

static int check(const char *p, size_t n)
{
	struct log_site site;

	return log_site_check(&site, (struct slice){p, n}, buf_slice(&own),
	    &log_secret.key, NULL);
}

static void says_where_it_leads_and_who_cosigned(void **state)
{
	struct log_site site;

	(void)state;
	assert_int_equal(log_site_check(&site, buf_slice(&step),
			     buf_slice(&own), &log_secret.key, NULL),
	    0);
	assert_string_equal(site.key.name, "site.example/log");
	assert_int_equal(site.index, INDEX);
	assert_int_equal(site.size, LEAVES);
	assert_int_equal(site.witness_count, 2);
	assert_string_equal(site.witnesses[0].key.name, "w.example/a");
	assert_string_equal(site.witnesses[1].key.name, "w.example/b");
	assert_int_equal(site.witnesses[1].when, WHEN + 1);
}

/* The same checkpoint with cosignatures of its own is the same leaf. */
static void holds_for_a_cosigned_checkpoint_too(void **state)
{
	struct log_site site;
	struct buf cosigned;

	(void)state;
	buf_init(&cosigned, LOG_CHECKPOINT_MAX);
	buf_put_slice(&cosigned, buf_slice(&own));
	cosign(&cosigned, &witness_secrets[0]);
	assert_int_equal(log_site_check(&site, buf_slice(&step),
			     buf_slice(&cosigned), &log_secret.key, NULL),
	    0);
	buf_done(&cosigned);
}

static void leaves_out_who_has_not_cosigned(void **state)
{
	struct note_key keys[2] = {
	    witness_secrets[0].key, witness_secrets[1].key};
	struct hash root;
	struct tree_proof proof = prove(&root);
	struct log_site site;
	struct buf bare, out;

	(void)state;
	put_note(&bare, &site_secret, LEAVES, &root);
	cosign(&bare, &witness_secrets[1]);
	buf_init(&out, LOG_SITE_MAX);
	assert_int_equal(log_site_put(&out, &site_secret.key, keys, 2, INDEX,
			     &proof, buf_slice(&bare), NULL),
	    0);
	assert_int_equal(log_site_check(&site, buf_slice(&out), buf_slice(&own),
			     &log_secret.key, NULL),
	    0);
	assert_int_equal(site.witness_count, 1);
	assert_string_equal(site.witnesses[0].key.name, "w.example/b");
	buf_done(&bare);
	buf_done(&out);
}

static void refuses_a_step_of_another_checkpoint(void **state)
{
	const struct hash root = {{7}};
	struct log_site site;
	struct buf other;

	(void)state;
	put_note(&other, &log_secret, 43, &root);
	assert_int_equal(log_site_check(&site, buf_slice(&step),
			     buf_slice(&other), &log_secret.key, NULL),
	    ERR_VERIFY);
	assert_int_equal(log_site_check(&site, buf_slice(&step),
			     buf_slice(&own), &site_secret.key, NULL),
	    ERR_VERIFY);
	buf_done(&other);
}

static void refuses_every_altered_byte_and_every_length(void **state)
{
	char *bytes = malloc(step.n + 1);

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, step.p, step.n);
	bytes[step.n] = '\n';
	for (size_t i = 0; i < step.n; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[i] ^= (char)(1u << bit);
			assert_int_not_equal(check(bytes, step.n), 0);
			bytes[i] ^= (char)(1u << bit);
		}
		assert_int_not_equal(check(bytes, i), 0);
	}
	assert_int_equal(check(bytes, step.n), 0);
	assert_int_not_equal(check(bytes, step.n + 1), 0);
	free(bytes);
}

/* Replaces the first `from`. */
static int check_replaced(const char *from, const char *to)
{
	const char *at = strstr(step.p, from);
	struct buf out;

	assert_non_null(at);
	buf_init(&out, LOG_SITE_MAX);
	buf_put(&out, step.p, (size_t)(at - step.p));
	buf_puts(&out, to);
	buf_puts(&out, at + strlen(from));
	int r = check(out.p, out.n);
	buf_done(&out);
	return r;
}

static void refuses_other_spellings(void **state)
{
	struct buf line, doubled;

	(void)state;
	buf_init(&line, 512);
	buf_init(&doubled, 1024);
	buf_puts(&line, "witness ");
	note_key_put(&line, &witness_secrets[0].key);
	buf_putc(&line, '\n');
	buf_printf(&doubled, "%s%s", line.p, line.p);
	assert_int_equal(check_replaced(line.p, ""), ERR_FORMAT);
	assert_int_equal(check_replaced(line.p, doubled.p), ERR_FORMAT);
	assert_int_equal(
	    check_replaced("c2sp.org/tlog-proof@v1\n", EXTRA), ERR_FORMAT);
	assert_int_equal(check_replaced("site ", "log "), ERR_FORMAT);
	buf_done(&line);
	buf_done(&doubled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_where_it_leads_and_who_cosigned),
	    cmocka_unit_test(holds_for_a_cosigned_checkpoint_too),
	    cmocka_unit_test(leaves_out_who_has_not_cosigned),
	    cmocka_unit_test(refuses_a_step_of_another_checkpoint),
	    cmocka_unit_test(refuses_every_altered_byte_and_every_length),
	    cmocka_unit_test(refuses_other_spellings),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

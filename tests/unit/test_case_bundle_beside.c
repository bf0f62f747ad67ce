/*
 * test_case_bundle_beside.c: what stands in a bundle beside the checkpoint:
 * the step into a site log, and time stamps. They change no word of a finding.
 */
#include "case_bundle.h"
#include "case_check.h"
#include "fixture_case.h"
#include "log_site.h"
#include "note.h"
#include "tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TIME "2023-07-12T18:00:00Z"
#define SITE "site.example/log"
#define SITE_WITNESS "w.example/site"
#define NAMESAKE "BEWARE: this witness.example is not the witness"
#define COSIGNED 1689163200
#define STAMPS "counterfoil-stamps/v1 1\nAAAA\n"

struct sample {
	struct fixture_case *fixture;
	struct case_finding finding;
	struct buf checkpoint, step, bundle;
};

/* A site log with two leaves, the second of which is this checkpoint. */
static void make_step(struct buf *out, struct slice checkpoint,
    const char *witness_name, uint8_t change)
{
	struct note_secret log, site, witness;
	struct hash hashes[2] = {{{1}}}, root;
	struct tree_leaves leaves = {hashes, 2};
	struct tree_source source = tree_leaves_source(&leaves);
	struct hash_run *run = hash_new();
	struct tree_proof proof;
	struct buf own, text, lines;

	fixture_case_secret(&log, FIXTURE_CASE_LOG, NOTE_KEY_ED25519);
	fixture_case_secret(&site, SITE, NOTE_KEY_ED25519);
	fixture_case_secret(&witness, witness_name, NOTE_KEY_COSIGNATURE);
	if (change != 0) { /* another key under the name */
		witness.seed[0] ^= change;
		assert_int_equal(
		    note_secret_from_seed(&witness, slice_of(witness_name),
			NOTE_KEY_COSIGNATURE, witness.seed, NULL),
		    0);
	}
	buf_init(&own, LOG_CHECKPOINT_MAX);
	buf_init(&text, LOG_CHECKPOINT_MAX);
	buf_init(&lines, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    log_checkpoint_put_own(&own, checkpoint, &log.key, NULL), 0);
	hashes[1] = tree_leaf_hash(run, own.p, own.n);
	assert_int_equal(tree_root(&root, &source, 2, NULL), 0);
	assert_int_equal(tree_prove_inclusion(&proof, &source, 1, 2, NULL), 0);
	log_checkpoint_put(&text, slice_of(SITE), 2, &root);
	assert_int_equal(
	    note_put_signature(&lines, &site, buf_slice(&text), NULL), 0);
	assert_int_equal(log_checkpoint_cosign(&lines, &witness,
			     buf_slice(&text), COSIGNED, NULL),
	    0);
	buf_putc(&text, '\n');
	buf_put_slice(&text, buf_slice(&lines));
	assert_int_equal(log_site_put(out, &site.key, &witness.key, 1, 1,
			     &proof, buf_slice(&text), NULL),
	    0);
	hash_free(run);
	buf_done(&own);
	buf_done(&text);
	buf_done(&lines);
}

static void put_step(struct buf *out, struct slice checkpoint)
{
	make_step(out, checkpoint, SITE_WITNESS, 0);
}

static int set_up(void **state)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct case_bundle_beside beside;

	s->fixture = fixture_case_new_small();
	uint32_t question = fixture_case_rumour(s->fixture);
	fixture_case_finding(s->fixture, &s->finding, question, TIME, 0);
	buf_init(&s->checkpoint, LOG_CHECKPOINT_MAX);
	buf_init(&s->step, LOG_SITE_MAX);
	buf_init(&s->bundle, CASE_BUNDLE_MAX);
	fixture_case_put_checkpoint(s->fixture, &s->checkpoint, 0);
	put_step(&s->step, buf_slice(&s->checkpoint));
	beside =
	    (struct case_bundle_beside){buf_slice(&s->step), slice_of(STAMPS)};
	*state = s;
	return case_bundle_put(&s->bundle, &s->finding,
	    buf_slice(&s->checkpoint), (struct slice){0}, &beside, NULL);
}

static int tear_down(void **state)
{
	struct sample *s = *state;

	case_finding_done(&s->finding);
	fixture_case_free(s->fixture);
	buf_done(&s->checkpoint);
	buf_done(&s->step);
	buf_done(&s->bundle);
	free(s);
	return 0;
}

static int check_pinned(struct slice bytes, const char *name, uint8_t type)
{
	struct case_bundle bundle = {0};
	struct note_secret pin;

	fixture_case_secret(&pin, name, type);
	int rc = case_bundle_check(&bundle, bytes, &pin.key, 1, NULL);
	case_bundle_done(&bundle);
	return rc;
}

/* With the first `from` replaced. */
static int check_replaced(
    const struct sample *s, const char *from, const char *to)
{
	struct case_bundle bundle = {0};
	const char *at = strstr(s->bundle.p, from);
	struct buf out;

	assert_non_null(at);
	buf_init(&out, CASE_BUNDLE_MAX);
	buf_put(&out, s->bundle.p, (size_t)(at - s->bundle.p));
	buf_puts(&out, to);
	buf_puts(&out, at + strlen(from));
	int rc = case_bundle_check(&bundle, buf_slice(&out), NULL, 0, NULL);
	case_bundle_done(&bundle);
	buf_done(&out);
	return rc;
}

static void both_are_read_back(void **state)
{
	struct sample *s = *state;
	struct case_bundle bundle = {0};

	assert_int_equal(
	    case_bundle_check(&bundle, buf_slice(&s->bundle), NULL, 0, NULL),
	    0);
	assert_non_null(bundle.site);
	assert_string_equal(bundle.site->key.name, SITE);
	assert_int_equal(bundle.site->index, 1);
	assert_int_equal(bundle.site->witness_count, 1);
	assert_int_equal(bundle.site->witnesses[0].when, COSIGNED);
	assert_true(slice_is_text(bundle.beside.stamps, STAMPS));
	assert_false(bundle.finding.is_witnessed);
	case_bundle_done(&bundle);
}

static void keys_of_the_step_may_be_pinned(void **state)
{
	struct sample *s = *state;
	struct slice bytes = buf_slice(&s->bundle);

	assert_int_equal(check_pinned(bytes, SITE, NOTE_KEY_ED25519), 0);
	assert_int_equal(
	    check_pinned(bytes, SITE_WITNESS, NOTE_KEY_COSIGNATURE), 0);
	assert_int_equal(
	    check_pinned(bytes, "stranger.example", NOTE_KEY_ED25519),
	    ERR_VERIFY);
}

static void a_false_step_is_found(void **state)
{
	struct sample *s = *state;

	assert_int_equal(
	    check_replaced(s, "\nindex 1\n", "\nindex 0\n"), ERR_VERIFY);
	assert_int_equal(
	    check_replaced(s, SITE "\n2\n", SITE "\n3\n"), ERR_VERIFY);
	assert_int_equal(
	    check_replaced(s, "== stamps ", "== stamp "), ERR_FORMAT);
	assert_int_equal(
	    check_replaced(s, "== stamps 29\n" STAMPS "\n", "== stamps 0\n\n"),
	    ERR_FORMAT);
	assert_int_equal(
	    check_replaced(s, "== stamps 29\n" STAMPS "\n", ""), 0);
}

/* Of another size: somebody else's checkpoint, or one from before. */
static void a_step_of_another_checkpoint_makes_no_bundle(void **state)
{
	struct sample *s = *state;
	struct buf before, step, out;
	const struct hash root = {{9}};
	struct note_secret log;

	buf_init(&before, LOG_CHECKPOINT_MAX);
	buf_init(&step, LOG_SITE_MAX);
	buf_init(&out, CASE_BUNDLE_MAX);
	fixture_case_secret(&log, FIXTURE_CASE_LOG, NOTE_KEY_ED25519);
	log_checkpoint_put(&before, slice_of(FIXTURE_CASE_LOG), 1, &root);
	struct buf line;
	buf_init(&line, LOG_CHECKPOINT_MAX);
	assert_int_equal(
	    note_put_signature(&line, &log, buf_slice(&before), NULL), 0);
	buf_putc(&before, '\n');
	buf_put_slice(&before, buf_slice(&line));
	put_step(&step, buf_slice(&before));
	struct case_bundle_beside beside = {.site = buf_slice(&step)};
	assert_int_equal(
	    case_bundle_put(&out, &s->finding, buf_slice(&s->checkpoint),
		(struct slice){0}, &beside, NULL),
	    ERR_VERIFY);
	buf_done(&line);
	buf_done(&before);
	buf_done(&step);
	buf_done(&out);
}

static int tell(void *cookie, const struct case_bundle *bundle, struct buf *out,
    struct err *err)
{
	int rc = *(int *)cookie;

	assert_true(slice_is_text(bundle->beside.stamps, STAMPS));
	buf_puts(out, "  told of stamps\n");
	return rc == 0 ? 0 : err_set(err, rc, "a false stamp");
}

static int words(const struct sample *s, struct case_check *check,
    struct buf *out, struct err *err)
{
	bool stands;

	buf_init(out, CASE_CHECK_WORDS_MAX);
	return case_check_file(
	    check, "x.bundle", buf_slice(&s->bundle), out, &stands, err);
}

static void it_is_told_in_words(void **state)
{
	struct sample *s = *state;
	struct case_check check = {0};
	struct err err = {0};
	struct buf out;
	int rc = 0;

	assert_int_equal(words(s, &check, &out, NULL), 0);
	assert_non_null(strstr(out.p, "entry 1 of the site log " SITE));
	assert_non_null(strstr(out.p, SITE_WITNESS));
	assert_non_null(strstr(out.p, "cannot check"));
	assert_null(strstr(out.p, "BEWARE"));
	buf_done(&out);
	check.tell_stamps = tell;
	check.stamps_cookie = &rc;
	assert_int_equal(words(s, &check, &out, NULL), 0);
	assert_non_null(strstr(out.p, "told of stamps"));
	buf_done(&out);
	rc = ERR_VERIFY;
	assert_int_equal(words(s, &check, &out, &err), ERR_VERIFY);
	assert_non_null(strstr(err.message, "FALSE: a false stamp"));
	buf_done(&out);
}

static void a_witness_by_the_name_of_the_cases_is_told_apart(void **state)
{
	struct sample *s = *state;
	struct case_check check = {0};
	struct case_bundle_beside beside;
	struct buf out;

	buf_clear(&s->step);
	buf_clear(&s->bundle);
	make_step(&s->step, buf_slice(&s->checkpoint), FIXTURE_CASE_WITNESS, 1);
	beside = (struct case_bundle_beside){.site = buf_slice(&s->step)};
	assert_int_equal(
	    case_bundle_put(&s->bundle, &s->finding, buf_slice(&s->checkpoint),
		(struct slice){0}, &beside, NULL),
	    0);
	assert_int_equal(words(s, &check, &out, NULL), 0);
	assert_non_null(strstr(out.p, NAMESAKE));
	buf_done(&out);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(both_are_read_back),
	    TEST(keys_of_the_step_may_be_pinned),
	    TEST(a_false_step_is_found),
	    TEST(a_step_of_another_checkpoint_makes_no_bundle),
	    TEST(it_is_told_in_words),
	    TEST(a_witness_by_the_name_of_the_cases_is_told_apart),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

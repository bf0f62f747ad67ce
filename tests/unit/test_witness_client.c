/*
 * test_witness_client.c: the client among witnesses that are honest, down,
 * ahead, behind, slow to learn or lying. Every witness is a function here;
 * tests/interop and tests/cli have real ones.
 */
#include "witness_client.h"

#include "file.h"
#include "witness_answer.h"
#include "witness_box.h"
#include "witness_memory.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#define WITNESSES 3

/* What stands between the client and the honest witness behind it. */
typedef int (*fault)(unsigned number, struct http_answer *answer);

static struct box_log log_, other;
static char folders[WITNESSES][64];
static struct note_secret secrets[WITNESSES];
static struct witness_state *stores[WITNESSES];
static struct witness *witnesses[WITNESSES];
static struct witness_logs logs;
static fault faults[WITNESSES];
static unsigned asked[WITNESSES];
static bool is_hiding[WITNESSES]; /* shows no checkpoint */
static struct witness_policy policy;
static struct witness_client_results results;
static uint64_t memory[WITNESSES];
static unsigned wait_ms = 600;

static void parse_policy(const char *quorum)
{
	struct buf text;

	buf_init(&text, 65536);
	for (unsigned i = 0; i < WITNESSES; i++) {
		buf_printf(&text, "witness w%u ", i);
		note_key_put(&text, &secrets[i].key);
		buf_printf(&text, " http://w%u.example/\n", i);
	}
	buf_printf(&text, "group all3 all w0 w1 w2\nquorum %s\n", quorum);
	if (strcmp(quorum, "two") == 0) {
		text.n -= strlen("group all3 all w0 w1 w2\nquorum two\n");
		buf_puts(&text, "group two 2 w0 w1 w2\nquorum two\n");
	}
	assert_int_equal(
	    witness_policy_parse(&policy, buf_slice(&text), NULL), 0);
	buf_done(&text);
}

static int setup(void **state)
{
	char name[32];

	(void)state;
	box_log_init(&log_, 0);
	box_log_init(&other, 9);
	witness_logs_init(&logs);
	assert_int_equal(witness_logs_add(&logs, &log_.secret.key,
			     slice_of(BOX_ORIGIN), WITNESS_LOGS_PER_DAY, NULL),
	    0);
	for (unsigned i = 0; i < WITNESSES; i++) {
		(void)snprintf(name, sizeof(name), "w%u.example", i);
		secrets[i] =
		    box_secret(name, NOTE_KEY_COSIGNATURE, (uint8_t)(50 + i));
		(void)snprintf(
		    folders[i], sizeof(folders[i]), "/tmp/witness-box-XXXXXX");
		assert_non_null(mkdtemp(folders[i]));
		assert_int_equal(witness_state_open(&stores[i], folders[i],
				     &secrets[i].key, NULL),
		    0);
		assert_int_equal(witness_answer_new(&witnesses[i], &logs,
				     stores[i], &secrets[i], NULL),
		    0);
		faults[i] = NULL;
		is_hiding[i] = false;
		asked[i] = 0;
		memory[i] = 0;
	}
	parse_policy("two");
	return 0;
}

static int remove_name(void *cookie, const char *name, struct err *err)
{
	return file_remove(*(int *)cookie, name, err);
}

static int teardown(void **state)
{
	(void)state;
	for (unsigned i = 0; i < WITNESSES; i++) {
		int fd;
		witness_answer_free(witnesses[i]);
		witness_state_free(stores[i]);
		assert_int_equal(
		    file_open_dir(&fd, AT_FDCWD, folders[i], NULL), 0);
		assert_int_equal(file_list(fd, ".", remove_name, &fd, NULL), 0);
		(void)close(fd);
		(void)rmdir(folders[i]);
	}
	witness_logs_done(&logs);
	witness_policy_done(&policy);
	witness_client_done(&results);
	return 0;
}

/* ---- the network ---- */

static void serve(
    unsigned i, const struct http_call *call, struct http_answer *answer)
{
	struct witness_answer from;

	if (strcmp(call->method, "POST") == 0) {
		assert_non_null(strstr(call->url, ".example/add-checkpoint"));
		witness_answer_add(witnesses[i], call->body, BOX_NOW, &from);
	} else {
		const char *hex = strstr(call->url, ".example/") + 9;
		witness_answer_checkpoint(
		    witnesses[i], (struct slice){hex, 64}, &from);
		if (is_hiding[i])
			from.status = 404;
	}
	answer->status = from.status;
	answer->body = from.body;
	(void)snprintf(answer->type, sizeof(answer->type), "%.*s",
	    (int)strcspn(from.type, ";"), from.type);
}

static int transport(void *cookie, struct http_client *client,
    const struct http_call *call, struct http_answer *ret_answer,
    struct err *err)
{
	unsigned i = (unsigned)(call->url[8] - '0');

	(void)cookie, (void)client;
	assert_true(i < WITNESSES);
	bool is_post = strcmp(call->method, "POST") == 0;
	asked[i] += is_post;
	serve(i, call, ret_answer);
	int rc = is_post && faults[i] != NULL ? faults[i](i, ret_answer) : 0;
	if (rc != 0) {
		buf_done(&ret_answer->body);
		return err_set(err, rc, "%s: fault", call->url);
	}
	return 0;
}

static void collect(const struct box_log *log, uint64_t size)
{
	struct buf note;
	struct witness_client_job job = {
	    .policy = &policy,
	    .log_key = &log_.secret.key,
	    .source = log->source,
	    .known_sizes = memory,
	    .wait_ms = wait_ms,
	    .call = transport,
	};

	witness_client_done(&results);
	buf_init(&note, 65536);
	box_checkpoint(log, size, "", &note);
	job.checkpoint = buf_slice(&note);
	assert_int_equal(witness_client_collect(&results, &job, NULL), 0);
	for (unsigned i = 0; i < WITNESSES; i++)
		memory[i] = results.of[i].known_size;
	/* Whatever came back: the checkpoint stays one that can be read, and
	 * counts as much as was said. */
	struct note parsed;
	bool has[WITNESSES];
	size_t n;
	buf_put_slice(&note, buf_slice(&results.lines));
	assert_int_equal(note_parse(&parsed, buf_slice(&note), NULL), 0);
	assert_int_equal(
	    witness_policy_count(&policy, &parsed, has, &n, NULL), 0);
	assert_int_equal(n, results.cosigned_count);
	assert_int_equal(witness_policy_is_met(&policy, has), results.is_met);
	buf_done(&note);
}

static void expect(unsigned i, enum witness_client_outcome outcome)
{
	if (results.of[i].outcome != outcome)
		fail_msg("witness %u: %d %s", i, results.of[i].outcome,
		    results.of[i].why.message);
	bool is_well = outcome <= WITNESS_CLIENT_ALREADY;
	assert_int_equal(results.of[i].why.code == 0, is_well);
}

/* ---- claims ---- */

static void all_cosign_and_the_next_request_hits_at_once(void **state)
{
	(void)state;
	collect(&log_, 5);
	assert_int_equal(results.cosigned_count, 3);
	assert_true(results.is_met && !results.is_stopped);
	collect(&log_, 20);
	for (unsigned i = 0; i < WITNESSES; i++) {
		expect(i, WITNESS_CLIENT_COSIGNED);
		assert_int_equal(results.of[i].when, BOX_NOW);
		assert_int_equal(asked[i], 2);
	}
}

static void a_witness_that_is_behind_gets_a_proof_from_there(void **state)
{
	(void)state;
	collect(&log_, 5);
	memory[0] = 0; /* we forgot */
	memory[1] = 3; /* we think that it is less far */
	memory[2] = 40; /* and this one further than we are */
	collect(&log_, 30);
	assert_int_equal(results.cosigned_count, 3);
	assert_int_equal(asked[0], 3);
	assert_int_equal(asked[1], 3);
	assert_int_equal(asked[2], 3);
}

static int down(unsigned number, struct http_answer *answer)
{
	(void)number, (void)answer;
	return ERR_IO;
}

static int down_twice(unsigned number, struct http_answer *answer)
{
	(void)answer;
	return asked[number] <= 2 ? ERR_IO : 0;
}

static int busy_once(unsigned number, struct http_answer *answer)
{
	if (asked[number] == 1)
		answer->status = 429;
	return 0;
}

static void one_that_is_down_does_not_stop_the_quorum(void **state)
{
	(void)state;
	faults[1] = down;
	collect(&log_, 5);
	assert_true(results.is_met && !results.is_stopped);
	expect(0, WITNESS_CLIENT_COSIGNED);
	expect(1, WITNESS_CLIENT_DOWN);
}

static void two_that_are_down_are_no_quorum(void **state)
{
	(void)state;
	faults[1] = faults[2] = down;
	collect(&log_, 5);
	assert_false(results.is_met);
	assert_int_equal(results.cosigned_count, 1);
	assert_true(asked[1] > 1); /* asked again */
}

static void what_was_down_is_asked_again(void **state)
{
	(void)state;
	faults[0] = faults[1] = down_twice;
	faults[2] = busy_once;
	witness_policy_done(&policy);
	parse_policy("all3");
	wait_ms = 20000;
	collect(&log_, 5);
	wait_ms = 600;
	assert_int_equal(results.cosigned_count, 3);
	assert_int_equal(asked[0], 4); /* two faults, 409, 200 */
	assert_int_equal(asked[2], 3); /* 429, 409, 200 */
}

/* The answer was lost after the witness had stored. */
static int lost(unsigned number, struct http_answer *answer)
{
	(void)answer;
	return asked[number] == 1 ? ERR_IO : 0;
}

static void an_answer_that_was_lost_is_asked_for_again(void **state)
{
	(void)state;
	faults[0] = faults[1] = faults[2] = lost;
	collect(&log_, 5);
	assert_true(results.is_met);
}

static void an_old_copy_is_told_so_with_the_proof(void **state)
{
	struct log_checkpoint head;
	struct note note;

	(void)state;
	collect(&log_, 20);
	memory[0] = 0;
	is_hiding[1] = true;
	collect(&log_, 12);
	assert_true(results.is_stopped);
	assert_false(results.is_met);
	for (unsigned i = 0; i < WITNESSES; i++) {
		expect(i, WITNESS_CLIENT_AHEAD);
		assert_int_equal(results.of[i].known_size, 20);
		assert_non_null(
		    strstr(results.of[i].why.message, "an old copy"));
	}
	assert_int_equal(
	    note_parse(&note, buf_slice(&results.of[0].proof), NULL), 0);
	assert_int_equal(witness_request_parse_head(&head, note.text, NULL), 0);
	assert_int_equal(head.size, 20);
	assert_int_equal(results.of[1].proof.n, 0);
	assert_non_null(strstr(results.of[1].why.message, "no checkpoint"));
}

static void another_history_is_a_split_and_proven(void **state)
{
	(void)state;
	collect(&log_, 20);
	collect(&other, 20); /* same size, other root */
	assert_true(results.is_stopped && results.cosigned_count == 0);
	for (unsigned i = 0; i < WITNESSES; i++) {
		expect(i, WITNESS_CLIENT_SPLIT);
		assert_true(results.of[i].proof.n > 0);
	}
	collect(&other, 25); /* and a larger one */
	expect(0, WITNESS_CLIENT_SPLIT);
	collect(&log_, 25);
	assert_true(results.is_met && !results.is_stopped);
}

/* What servers answered before mid-2026, with and without the size. */
static int old_conflict(unsigned number, struct http_answer *answer)
{
	if (answer->status != 422)
		return 0;
	answer->status = 409;
	buf_clear(&answer->body);
	buf_puts(&answer->body, "20\n");
	(void)snprintf(answer->type, sizeof(answer->type), "%s",
	    number == 0 ? "text/x.tlog.size" : "text/plain");
	return 0;
}

static void the_old_409_for_another_root_is_a_split_too(void **state)
{
	(void)state;
	collect(&log_, 20);
	faults[0] = faults[1] = faults[2] = old_conflict;
	collect(&other, 20);
	assert_true(results.is_stopped);
	for (unsigned i = 0; i < WITNESSES; i++)
		expect(i, WITNESS_CLIENT_SPLIT);
}

static int unknown(unsigned number, struct http_answer *answer)
{
	answer->status = number == 0 ? 404 : number == 1 ? 403 : 400;
	return 0;
}

static void those_that_do_not_take_the_log_are_not_asked_again(void **state)
{
	(void)state;
	faults[0] = faults[1] = faults[2] = unknown;
	collect(&log_, 5);
	for (unsigned i = 0; i < WITNESSES; i++) {
		expect(i, WITNESS_CLIENT_REFUSED);
		assert_int_equal(asked[i], 1);
	}
	assert_false(results.is_met || results.is_stopped);
}

/* ---- lies: none of them counts, none of them stops the others ---- */

static void put_lie(unsigned number, uint8_t seed, struct buf *out)
{
	struct note_secret thief =
	    box_secret(secrets[number].key.name, 4, seed);

	assert_int_equal(log_checkpoint_cosign(
			     out, &thief, slice_of("x\n1\ny\n"), BOX_NOW, NULL),
	    0);
}

static int wrong_key(unsigned number, struct http_answer *answer)
{
	buf_clear(&answer->body);
	put_lie(number, 99, &answer->body);
	return 0;
}

static int forged(unsigned number, struct http_answer *answer)
{
	buf_clear(&answer->body);
	put_lie(number, (uint8_t)(50 + number), &answer->body);
	return 0;
}

static int garbage(unsigned number, struct http_answer *answer)
{
	(void)number;
	buf_clear(&answer->body);
	for (unsigned i = 0; i < 76; i++)
		buf_putc(&answer->body, (char)(i * 73 + 5));
	return 0;
}

static int nothing(unsigned number, struct http_answer *answer)
{
	(void)number;
	buf_clear(&answer->body);
	return 0;
}

static int huge(unsigned number, struct http_answer *answer)
{
	(void)number, (void)answer;
	return ERR_LIMIT;
}

static int wrong_proof(unsigned number, struct http_answer *answer)
{
	(void)number;
	answer->status = 422;
	return 0;
}

static int same_size_for_ever(unsigned number, struct http_answer *answer)
{
	(void)number;
	answer->status = 409;
	buf_clear(&answer->body);
	buf_puts(&answer->body, "0\n");
	(void)snprintf(answer->type, sizeof(answer->type), "text/x.tlog.size");
	return 0;
}

static int sizes_for_ever(unsigned number, struct http_answer *answer)
{
	same_size_for_ever(number, answer);
	buf_clear(&answer->body);
	buf_printf(&answer->body, "%u\n", asked[number] % 4 + 1);
	return 0;
}

static int no_size(unsigned number, struct http_answer *answer)
{
	same_size_for_ever(number, answer);
	buf_clear(&answer->body);
	buf_puts(&answer->body, "many\n");
	return 0;
}

static void liars_do_not_count_and_do_not_stop_the_others(void **state)
{
	static const fault lies[] = {wrong_key, forged, garbage, nothing, huge,
	    wrong_proof, same_size_for_ever, sizes_for_ever, no_size};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		memory[2] = 0;
		asked[2] = 0;
		faults[2] = lies[i];
		collect(&log_, 5);
		expect(0, WITNESS_CLIENT_COSIGNED);
		expect(1, WITNESS_CLIENT_COSIGNED);
		if (results.of[2].outcome != WITNESS_CLIENT_FALSE)
			fail_msg("lie %zu: %d", i, results.of[2].outcome);
		assert_true(results.is_met && !results.is_stopped);
		assert_true(asked[2] <= 8);
	}
}

static int many_lines(unsigned number, struct http_answer *answer)
{
	char name[32];

	for (unsigned i = 0; i < 20; i++) {
		(void)snprintf(name, sizeof(name), "x%u.example", i);
		struct note_secret by = box_secret(name, 4, (uint8_t)i);
		assert_int_equal(log_checkpoint_cosign(&answer->body, &by,
				     slice_of("x\n1\ny\n"), BOX_NOW, NULL),
		    0);
	}
	(void)number;
	return 0;
}

static void lines_of_unknown_cosigners_are_passed_over(void **state)
{
	(void)state;
	faults[0] = many_lines;
	collect(&log_, 5);
	expect(0, WITNESS_CLIENT_COSIGNED);
	assert_int_equal(results.cosigned_count, 3);
	assert_null(strstr(results.lines.p, "x3.example"));
}

static void what_is_cosigned_already_is_not_asked_for(void **state)
{
	struct witness_client_job job = {.policy = &policy,
	    .log_key = &log_.secret.key,
	    .source = log_.source,
	    .call = transport};
	struct buf note;

	(void)state;
	collect(&log_, 5);
	buf_init(&note, 65536);
	box_checkpoint(&log_, 5, "", &note);
	buf_put_slice(&note, buf_slice(&results.lines));
	witness_client_done(&results);
	job.checkpoint = buf_slice(&note);
	assert_int_equal(witness_client_collect(&results, &job, NULL), 0);
	for (unsigned i = 0; i < WITNESSES; i++) {
		expect(i, WITNESS_CLIENT_ALREADY);
		assert_int_equal(results.of[i].when, BOX_NOW);
		assert_int_equal(asked[i], 1);
	}
	assert_int_equal(results.cosigned_count, 3);
	assert_true(results.is_met);
	buf_done(&note);
}

static void a_checkpoint_of_another_tree_is_not_sent(void **state)
{
	struct witness_client_job job = {.policy = &policy,
	    .log_key = &log_.secret.key,
	    .source = other.source,
	    .call = transport};
	struct buf note;

	(void)state;
	buf_init(&note, 65536);
	box_checkpoint(&log_, 5, "", &note);
	job.checkpoint = buf_slice(&note);
	assert_int_equal(
	    witness_client_collect(&results, &job, NULL), ERR_VERIFY);
	assert_int_equal(asked[0] + asked[1] + asked[2], 0);
	buf_done(&note);
}

static void sizes_are_remembered_by_key(void **state)
{
	uint64_t sizes[WITNESSES] = {1, 22, 333}, again[WITNESSES] = {0};
	struct buf text;

	(void)state;
	buf_init(&text, WITNESS_MEMORY_MAX);
	buf_puts(&text, "rubbish\n\n 7\n");
	witness_memory_put(&text, &policy, sizes);
	witness_memory_parse(again, &policy, buf_slice(&text));
	assert_memory_equal(sizes, again, sizeof(sizes));
	witness_memory_parse(again, &policy, slice_of(""));
	assert_int_equal(again[0] + again[1] + again[2], 0);
	buf_done(&text);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(all_cosign_and_the_next_request_hits_at_once),
	    CASE(a_witness_that_is_behind_gets_a_proof_from_there),
	    CASE(one_that_is_down_does_not_stop_the_quorum),
	    CASE(two_that_are_down_are_no_quorum),
	    CASE(what_was_down_is_asked_again),
	    CASE(an_answer_that_was_lost_is_asked_for_again),
	    CASE(an_old_copy_is_told_so_with_the_proof),
	    CASE(another_history_is_a_split_and_proven),
	    CASE(the_old_409_for_another_root_is_a_split_too),
	    CASE(those_that_do_not_take_the_log_are_not_asked_again),
	    CASE(liars_do_not_count_and_do_not_stop_the_others),
	    CASE(lines_of_unknown_cosigners_are_passed_over),
	    CASE(what_is_cosigned_already_is_not_asked_for),
	    CASE(a_checkpoint_of_another_tree_is_not_sent),
	    CASE(sizes_are_remembered_by_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

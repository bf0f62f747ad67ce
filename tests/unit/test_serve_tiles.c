/*
 * test_serve_tiles.c: a real ledger of 600 leaves over real sockets; every tile
 * it has, every partial form, and what lies beside them.
 */
#include "log_box.h"

#include "fixture_http.h"
#include "http_client.h"
#include "serve.h"
#include "serve_gzip.h"
#include "serve_tiles.h"

#include <sys/stat.h>

struct scene {
	struct box box;
	struct serve_metrics *metrics;
	struct serve_case served;
	struct serve *serve;
	struct http_client *client;
	bool is_hook_asked;
	int hook_health;
};

static bool take(
    void *cookie, struct http_exchange *exchange, struct slice path)
{
	struct scene *scene = cookie;

	scene->is_hook_asked = true;
	if (!slice_is_text(path, "/records"))
		return false;
	http_exchange_answer_text(exchange, 202, "taken");
	return true;
}

static int check(void *cookie, struct err *err)
{
	const struct scene *scene = cookie;

	return scene->hook_health == 0
	    ? 0
	    : err_set(err, scene->hook_health, "the writer stopped");
}

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct err err = {0};

	box_create(&scene->box);
	box_append(&scene->box, 5);
	box_append(&scene->box, 300);
	scene->served = (struct serve_case){.name = "log",
	    .fd = scene->box.fd,
	    .cookie = scene,
	    .handle = take,
	    .check = check};
	assert_int_equal(serve_metrics_new(&scene->metrics, &err), 0);
	if (serve_new(&scene->serve,
		&(struct serve_options){.cases = &scene->served,
		    .case_count = 1,
		    .metrics = scene->metrics,
		    .http.body_max = 100},
		&err) != 0 ||
	    http_client_new(
		&scene->client, &(struct http_client_options){0}, &err) != 0)
		fail_msg("%s", err.message);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	http_client_free(scene->client);
	serve_free(scene->serve);
	serve_metrics_free(scene->metrics);
	box_done(&scene->box);
	free(scene);
	return 0;
}

static struct http_answer ask(
    struct scene *scene, const char *method, const char *path, bool is_gzip)
{
	struct http_answer answer = {0};
	struct err err = {0};
	char url[200];

	(void)snprintf(url, sizeof url, "http://127.0.0.1:%u/%s",
	    serve_port(scene->serve), path);
	if (http_client_call(scene->client,
		&(struct http_call){.method = method,
		    .url = url,
		    .is_gzip_wanted = is_gzip,
		    .answer_max = LOG_TILE_BUNDLE_MAX},
		&answer, &err) != 0)
		fail_msg("%s", err.message);
	return answer;
}

static unsigned status_of(struct scene *scene, const char *path)
{
	struct http_answer answer = ask(scene, "GET", path, false);

	buf_done(&answer.body);
	return answer.status;
}

static void must_be(struct scene *scene, struct log_tile tile,
    struct slice expected, bool is_gzip)
{
	char path[LOG_TILE_PATH_MAX];

	log_tile_path(path, tile);
	struct http_answer answer = ask(scene, "GET", path, is_gzip);

	if (answer.status != 200 ||
	    !slice_is(buf_slice(&answer.body), expected))
		fail_msg("%s: %u, %zu bytes, not %zu", path, answer.status,
		    answer.body.n, expected.n);
	assert_string_equal(answer.type, "application/octet-stream");
	buf_done(&answer.body);
}

static struct buf file_of(const struct scene *scene, struct log_tile tile)
{
	char path[LOG_TILE_PATH_MAX + 8] = "log/";

	log_tile_path(path + strlen(path), tile);
	return box_read(&scene->box, path);
}

/* What is kept in memory follows a file that was damaged and repaired. */
static void a_repaired_tile_is_given_soon(void **state)
{
	struct scene *scene = *state;
	const struct log_tile tile = {0, 0, 256};
	struct buf good = file_of(scene, tile);
	struct buf bad = file_of(scene, tile);
	struct err err = {0};

	bad.p[100] ^= 1;
	assert_int_equal(file_publish(scene->box.fd, "log/tile/0/000",
			     buf_slice(&bad), 0644, &err),
	    0);
	for (int i = 0; i < 3; i++)
		must_be(scene, tile, buf_slice(&bad), false);
	assert_int_equal(file_publish(scene->box.fd, "log/tile/0/000",
			     buf_slice(&good), 0644, &err),
	    0);
	(void)usleep(1200000);
	must_be(scene, tile, buf_slice(&good), false);
	assert_int_equal(file_remove(scene->box.fd, "log/tile/0/000", &err), 0);
	(void)usleep(1200000);
	assert_int_equal(status_of(scene, "tile/0/000"), 404);
	buf_done(&good);
	buf_done(&bad);
}

static void gives_every_partial_form(void **state)
{
	struct scene *scene = *state;
	const struct log_tile hashes = {0, 0, 256};
	const struct log_tile bundle = {LOG_TILE_ENTRIES, 0, 256};
	struct buf all = file_of(scene, hashes);
	struct buf leaves = file_of(scene, bundle);
	size_t at = 0;

	assert_int_equal(all.n, 8192);
	for (unsigned width = 1; width <= 256; width++) {
		at += 2 +
		    (((size_t)(uint8_t)leaves.p[at] << 8) |
			(uint8_t)leaves.p[at + 1]);
		must_be(scene, (struct log_tile){0, 0, width},
		    (struct slice){all.p, width * (size_t)32}, false);
		for (int is_gzip = 0; is_gzip < 2; is_gzip++)
			must_be(scene,
			    (struct log_tile){LOG_TILE_ENTRIES, 0, width},
			    (struct slice){leaves.p, at}, is_gzip);
	}
	assert_int_equal(at, leaves.n);
	buf_done(&all);
	buf_done(&leaves);
}

static void gives_no_more_than_is_signed(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(status_of(scene, "tile/0/001.p/49"), 200);
	assert_int_equal(status_of(scene, "tile/1/000.p/1"), 200);
	assert_int_equal(status_of(scene, "tile/0/001.p/50"), 404);
	assert_int_equal(status_of(scene, "tile/1/000.p/2"), 404);
	assert_int_equal(status_of(scene, "tile/1/000"), 404);
	assert_int_equal(status_of(scene, "tile/0/001"), 404);
	/* Covered, but of no checkpoint and in no full tile. */
	assert_int_equal(status_of(scene, "tile/0/001.p/48"), 404);
	/* On disk already, as in the midst of a commit. */
	box_copy(&scene->box, "log/tile/0/001.p/49", "log/tile/0/001.p/50");
	assert_int_equal(status_of(scene, "tile/0/001.p/50"), 404);
	box_append(&scene->box, 10);
	assert_int_equal(status_of(scene, "tile/0/001.p/59"), 200);
}

static void a_damaged_file_is_an_error(void **state)
{
	struct scene *scene = *state;
	const int fd = openat(
	    scene->box.fd, "log/tile/0/000", O_WRONLY | O_TRUNC | O_CLOEXEC);

	assert_true(fd >= 0);
	(void)close(fd);
	assert_int_equal(status_of(scene, "tile/0/000.p/9"), 500);
	assert_int_equal(unlinkat(scene->box.fd, "log/tile/0/000", 0), 0);
	assert_int_equal(mkdirat(scene->box.fd, "log/tile/0/000", 0755), 0);
	assert_int_equal(status_of(scene, "tile/0/000"), 500);
}

static void asks_the_hook_for_the_rest(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(status_of(scene, "checkpoint"), 200);
	assert_int_equal(status_of(scene, "tile/none"), 404);
	assert_false(scene->is_hook_asked);
	assert_int_equal(status_of(scene, "records"), 202);
	assert_true(scene->is_hook_asked);
	assert_int_equal(status_of(scene, "nothing"), 404);
	assert_int_equal(status_of(scene, "health"), 200);
	scene->hook_health = ERR_IO;
	struct http_answer answer = ask(scene, "GET", "health", false);

	assert_int_equal(answer.status, 503);
	assert_true(slice_is_text(
	    buf_slice(&answer.body), "log: the writer stopped\n"));
	buf_done(&answer.body);
}

static void counts_what_happens(void **state)
{
	static const char *const lines[] = {
	    "counterfoil_http_requests_total{route=\"tile\",status=\"404\"} "
	    "1\n",
	    "counterfoil_http_requests_total{route=\"case\",status=\"202\"} "
	    "1\n",
	    "counterfoil_http_requests_total{route=\"none\",status=\"404\"} "
	    "2\n",
	    "counterfoil_records_total{outcome=\"refused\"} 3\n",
	    "counterfoil_queue_records 4\n",
	    "counterfoil_commit_seconds_bucket{le=\"0.002\"} 1\n",
	    "counterfoil_commit_seconds_bucket{le=\"5\"} 2\n",
	    "counterfoil_commit_seconds_bucket{le=\"+Inf\"} 3\n",
	    "counterfoil_commit_seconds_sum 6.021500\n",
	    "counterfoil_commit_seconds_count 3\n",
	    "counterfoil_committed_leaves_total 111\n",
	    "counterfoil_leaves{case=\"log\"} 305\n",
	    "counterfoil_connections 1\n"};
	struct scene *scene = *state;

	(void)status_of(scene, "tile/none");
	(void)status_of(scene, "records");
	(void)status_of(scene, "none");
	(void)status_of(scene, "%20");
	serve_metrics_records(scene->metrics, SERVE_METRICS_REFUSED, 3);
	serve_metrics_waiting(scene->metrics, 5);
	serve_metrics_waiting(scene->metrics, -1);
	serve_metrics_commit(scene->metrics, 1, 0.0015);
	serve_metrics_commit(scene->metrics, 10, 0.02);
	serve_metrics_commit(scene->metrics, 100, 6);
	struct http_answer answer = ask(scene, "GET", "metrics", false);

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (!strstr(answer.body.p, lines[i]))
			fail_msg("no %s in %s", lines[i], answer.body.p);
	buf_done(&answer.body);
}

static void reads_accept_encoding(void **state)
{
	static const struct {
		const char *header;
		bool is_accepted;
	} cases[] = {{NULL, false}, {"", false}, {"gzip", true},
	    {"identity", false}, {"identity, gzip", true},
	    {" br ;q=1 , gzip ; q=0.5", true}, {"gzip;q=0", false},
	    {"gzip;q=0.000", false}, {"gzip;q=0.001", true}, {"*", true},
	    {"*;q=0", false}, {"*, gzip;q=0", false}, {"gzip;q=0, *", false},
	    {"gzipped", false}, {"x-gzip", true}, {",,;", false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (serve_gzip_is_accepted(slice_of(cases[i].header)) !=
		    cases[i].is_accepted)
			fail_msg("%s", cases[i].header);
}

static void keeps_no_more_than_it_may(void **state)
{
	struct serve_gzip *gzip;
	char noise[3000];
	struct buf first, again;

	(void)state;
	assert_int_equal(serve_gzip_new(&gzip, 20000, NULL), 0);
	buf_init(&first, 100000);
	buf_init(&again, 100000);
	for (unsigned i = 0; i < 50; i++) {
		const struct log_tile tile = {LOG_TILE_ENTRIES, i, 256};

		for (size_t k = 0; k < sizeof noise; k++)
			noise[k] = (char)random();
		buf_clear(&first);
		buf_clear(&again);
		assert_int_equal(
		    serve_gzip_make(gzip, tile,
			(struct slice){noise, sizeof noise}, &first, NULL),
		    0);
		assert_true(serve_gzip_find(gzip, tile, &again));
		assert_true(slice_is(buf_slice(&first), buf_slice(&again)));
	}
	unsigned kept = 0;

	for (unsigned i = 0; i < 50; i++) {
		buf_clear(&again);
		kept += serve_gzip_find(
		    gzip, (struct log_tile){LOG_TILE_ENTRIES, i, 256}, &again);
	}
	assert_in_range(kept, 5, 6);
	buf_done(&first);
	buf_done(&again);
	serve_gzip_free(gzip);
}

int main(void)
{
#define WITH_LEDGER(test)                                                      \
	cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    WITH_LEDGER(gives_every_partial_form),
	    WITH_LEDGER(a_repaired_tile_is_given_soon),
	    WITH_LEDGER(gives_no_more_than_is_signed),
	    WITH_LEDGER(a_damaged_file_is_an_error),
	    WITH_LEDGER(asks_the_hook_for_the_rest),
	    WITH_LEDGER(counts_what_happens),
	    cmocka_unit_test(reads_accept_encoding),
	    cmocka_unit_test(keeps_no_more_than_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * serve_http.c: the table of what is asked where, and the two pages about the
 * server itself.
 *
 * Where a request goes is decided by its path alone, so that the counters,
 * which see every answer, decide the same.
 */
#include "serve.h"

#include "mem.h"
#include "serve_tiles.h"
#include "text.h"
#include "when.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <time.h>

#define PAGE_MAX ((size_t)4 * 1024 * 1024)

struct place {
	const struct serve_case *c;
	struct serve_tiles *tiles;
};

struct serve {
	struct serve_metrics *metrics;
	_Atomic(struct http_server *) http; /* NULL until it runs */
	size_t n;
	struct place *places;
};

/* --- about the server --- */

static void answer_page(struct http_exchange *exchange, unsigned status,
    const char *type, struct buf *page)
{
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = status,
		.type = type,
		.take = page,
		.fields = {{"Cache-Control", "no-store"}}});
	buf_done(page);
}

static int check_place(const struct place *place, struct err *err)
{
	struct serve_tiles_glance glance;
	const int rc = serve_tiles_look(place->tiles, &glance, err);

	return rc == 0 && place->c->check
	    ? place->c->check(place->c->cookie, err)
	    : rc;
}

static void answer_health(struct serve *serve, const struct place *place,
    struct http_exchange *exchange, struct slice path)
{
	unsigned status = 200;
	struct buf page;

	(void)place;
	(void)path;
	buf_init(&page, PAGE_MAX);
	for (size_t i = 0; i < serve->n; i++) {
		struct err why = {0};

		if (check_place(&serve->places[i], &why) == 0)
			continue;
		status = 503;
		buf_printf(
		    &page, "%s: %s\n", serve->places[i].c->name, why.message);
	}
	if (status == 200)
		buf_puts(&page, "ok\n");
	answer_page(exchange, status, "text/plain; charset=utf-8", &page);
}

static void put_gauge(struct serve *serve, struct buf *page, const char *name,
    const char *help, double (*value)(const struct serve_tiles_glance *))
{
	serve_metrics_put_head(page, name, "gauge", help);
	for (size_t i = 0; i < serve->n; i++) {
		struct serve_tiles_glance glance;

		if (serve_tiles_look(serve->places[i].tiles, &glance, NULL) ==
		    0)
			buf_printf(page, "%s{case=\"%s\"} %.0f\n", name,
			    serve->places[i].c->name, value(&glance));
	}
}

static double leaves_of(const struct serve_tiles_glance *glance)
{
	return (double)glance->size;
}

static double age_of(const struct serve_tiles_glance *glance)
{
	const int64_t age = when_now() - glance->written;

	return age > 0 ? (double)age : 0;
}

static double cosignatures_of(const struct serve_tiles_glance *glance)
{
	return glance->cosignatures;
}

static void answer_metrics(struct serve *serve, const struct place *place,
    struct http_exchange *exchange, struct slice path)
{
	const struct http_server *http = atomic_load(&serve->http);
	struct buf page;

	(void)place;
	(void)path;
	buf_init(&page, PAGE_MAX);
	serve_metrics_put(serve->metrics, &page);
	serve_metrics_put_head(&page, "counterfoil_connections", "gauge",
	    "Connections that are open.");
	buf_printf(&page, "counterfoil_connections %u\n",
	    http ? http_server_connections(http) : 0);
	put_gauge(serve, &page, "counterfoil_leaves",
	    "Records that the published checkpoint covers.", leaves_of);
	put_gauge(serve, &page, "counterfoil_checkpoint_age_seconds",
	    "Since the published checkpoint was written.", age_of);
	put_gauge(serve, &page, "counterfoil_cosignatures",
	    "Signatures of the published checkpoint but the ledger's own.",
	    cosignatures_of);
	answer_page(
	    exchange, 200, "text/plain; version=0.0.4; charset=utf-8", &page);
}

/* --- about a case --- */

static void answer_checkpoint(struct serve *serve, const struct place *place,
    struct http_exchange *exchange, struct slice path)
{
	(void)serve;
	(void)path;
	serve_tiles_checkpoint(place->tiles, exchange);
}

static void answer_beside(struct serve *serve, const struct place *place,
    struct http_exchange *exchange, struct slice path)
{
	(void)serve;
	serve_tiles_beside(
	    place->tiles, exchange, (struct slice){path.p + 1, path.n - 1});
}

static void answer_tile(struct serve *serve, const struct place *place,
    struct http_exchange *exchange, struct slice path)
{
	(void)serve;
	serve_tiles_tile(
	    place->tiles, exchange, (struct slice){path.p + 1, path.n - 1});
}

/* The first that fits; a pattern that ends in '/' is only a beginning. */
static const struct route {
	const char *pattern;
	bool is_of_case; /* below a case's own path */
	enum serve_metrics_route counted;
	void (*answer)(struct serve *serve, const struct place *place,
	    struct http_exchange *exchange, struct slice path);
} routes[] = {
    {"/health", false, SERVE_METRICS_HEALTH, answer_health},
    {"/metrics", false, SERVE_METRICS_METRICS, answer_metrics},
    {"/checkpoint", true, SERVE_METRICS_CHECKPOINT, answer_checkpoint},
    {"/site", true, SERVE_METRICS_CHECKPOINT, answer_beside},
    {"/stamps/", true, SERVE_METRICS_CHECKPOINT, answer_beside},
    {"/tile/entries/", true, SERVE_METRICS_ENTRIES, answer_tile},
    {"/tile/", true, SERVE_METRICS_TILE, answer_tile},
};

static bool fits(const struct route *route, struct slice path)
{
	const size_t n = strlen(route->pattern);

	return route->pattern[n - 1] == '/'
	    ? slice_starts_with(path, route->pattern)
	    : slice_is_text(path, route->pattern);
}

static const struct route *route_of(struct slice path, bool is_of_case)
{
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++)
		if (routes[i].is_of_case == is_of_case &&
		    fits(&routes[i], path))
			return &routes[i];
	return NULL;
}

/* The case that is meant, and what is asked of it. */
static const struct place *place_of(
    const struct serve *serve, struct slice path, struct slice *ret_rest)
{
	struct slice rest = {path.p + 1, path.n - 1};

	*ret_rest = path;
	if (serve->n == 1)
		return &serve->places[0];
	const struct slice name = slice_cut(&rest, '/');

	if (!rest.p)
		return NULL;
	*ret_rest = (struct slice){rest.p - 1, rest.n + 1};
	for (size_t i = 0; i < serve->n; i++)
		if (slice_is_text(name, serve->places[i].c->name))
			return &serve->places[i];
	return NULL;
}

static void answer_nowhere(struct http_exchange *exchange)
{
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = 404,
		.type = "text/plain; charset=utf-8",
		.body = slice_of("There is nothing here.\n"),
		.fields = {{"Cache-Control", "no-store"},
		    {"Access-Control-Allow-Origin", "*"}}});
}

static void answer_wrong_method(struct http_exchange *exchange)
{
	http_exchange_answer(exchange,
	    &(struct http_reply){.status = 405,
		.type = "text/plain; charset=utf-8",
		.body = slice_of("This can only be read.\n"),
		.fields = {
		    {"Allow", "GET, HEAD"}, {"Cache-Control", "no-store"}}});
}

static void handle(void *cookie, struct http_exchange *exchange)
{
	struct serve *serve = cookie;
	const enum http_method method = http_exchange_method(exchange);
	struct slice path = http_exchange_path(exchange);
	const struct place *place = NULL;
	const struct route *route = route_of(path, false);

	if (!route) {
		place = place_of(serve, path, &path);
		route = place ? route_of(path, true) : NULL;
	}
	if (route && method != HTTP_GET && method != HTTP_HEAD)
		answer_wrong_method(exchange);
	else if (route)
		route->answer(serve, place, exchange, path);
	else if (!place || !place->c->handle ||
	    !place->c->handle(place->c->cookie, exchange, path))
		answer_nowhere(exchange);
}

static void count(
    void *cookie, const struct http_exchange *exchange, unsigned status)
{
	struct serve *serve = cookie;
	struct slice path = http_exchange_path(exchange);
	enum serve_metrics_route counted = SERVE_METRICS_NOWHERE;
	const struct route *route = NULL;

	if (path.n > 0 && path.p[0] == '/') {
		route = route_of(path, false);
		if (!route && place_of(serve, path, &path)) {
			counted = SERVE_METRICS_OTHER_PART;
			route = route_of(path, true);
		}
	}
	if (route)
		counted = route->counted;
	else if (status == 404)
		counted = SERVE_METRICS_NOWHERE;
	serve_metrics_answered(serve->metrics, counted, status);
}

/* --- life --- */

static int check_name(
    const struct serve_options *options, size_t i, struct err *err)
{
	const char *name = options->cases[i].name;

	if (name[0] == '\0' || name[0] == '.' ||
	    name[strspn(name,
		"abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")])
		return err_set(err, ERR_USAGE,
		    "%s: a case's name in an address has only letters, "
		    "digits, '.', '-' and '_'",
		    name);
	for (size_t k = 0;
	     options->case_count > 1 && k < sizeof routes / sizeof routes[0];
	     k++)
		if (!routes[k].is_of_case &&
		    strcmp(routes[k].pattern + 1, name) == 0)
			return err_set(err, ERR_USAGE,
			    "%s: this address is the server's own", name);
	for (size_t k = 0; k < i; k++)
		if (strcmp(options->cases[k].name, name) == 0)
			return err_set(err, ERR_USAGE,
			    "%s: two cases would have this address", name);
	return 0;
}

static int add_places(
    struct serve *serve, const struct serve_options *options, struct err *err)
{
	for (size_t i = 0; i < options->case_count; i++) {
		const struct serve_case *c = &options->cases[i];
		int rc = check_name(options, i, err);

		if (rc == 0)
			rc = serve_tiles_new(
			    &serve->places[i].tiles, c->fd, err);
		if (rc != 0) {
			err_prefix(err, "case %s", c->name);
			return rc;
		}
		serve_tiles_hold(serve->places[i].tiles, c->hold_ms);
		serve->places[i].c = c;
		serve->n++;
	}
	return 0;
}

int serve_new(struct serve **ret_serve, const struct serve_options *options,
    struct err *err)
{
	struct http_server_options http = options->http;
	struct http_server *server = NULL;
	struct serve *serve = mem_new(1, sizeof *serve);

	if (!serve)
		return err_nomem(err);
	serve->metrics = options->metrics;
	serve->places = mem_new(options->case_count, sizeof *serve->places);
	int rc =
	    serve->places ? add_places(serve, options, err) : err_nomem(err);

	http.handle = handle;
	http.answered = count;
	http.cookie = serve;
	if (rc == 0)
		rc = http_server_new(&server, &http, err);
	atomic_store(&serve->http, server);
	if (rc != 0) {
		serve_free(serve);
		return rc;
	}
	*ret_serve = serve;
	return 0;
}

void serve_show(struct serve *serve, size_t number, struct slice checkpoint)
{
	serve_tiles_show(serve->places[number].tiles, checkpoint);
}

uint16_t serve_port(const struct serve *serve)
{
	return http_server_port(serve->http);
}

void serve_quiesce(struct serve *serve, unsigned wait_ms)
{
	const struct timespec step = {0, 20 * 1000 * 1000};

	http_server_quiesce(serve->http);
	for (unsigned waited = 0;
	     waited < wait_ms && http_server_connections(serve->http) > 0;
	     waited += 20)
		(void)nanosleep(&step, NULL);
}

void serve_free(struct serve *serve)
{
	if (!serve)
		return;
	http_server_free(serve->http);
	for (size_t i = 0; i < serve->n; i++)
		serve_tiles_free(serve->places[i].tiles);
	free(serve->places);
	free(serve);
}

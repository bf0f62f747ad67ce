/*
 * cli_serve_courier.c: see cli_serve_courier.h.
 */
#include "cli_serve_courier.h"

#include "cli_out.h"
#include "cli_witness.h"
#include "mem.h"
#include "sandbox.h"

#include <netdb.h>
#include <stdlib.h>

/* What it takes to find a server and to check its certificate. */
static const char *const of_the_system[] = {
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ssl",
    "/usr/lib/ssl",
    "/usr/share/ca-certificates",
    "/usr/local/share/ca-certificates",
};

#define SYSTEM_COUNT (sizeof(of_the_system) / sizeof(of_the_system[0]))

int cli_serve_courier_init(struct cli_serve_courier *courier, size_t n,
    bool is_confined, struct err *err)
{
	courier->is_confined = is_confined;
	courier->logs = mem_new(n, sizeof(*courier->logs));
	courier->policies = mem_new(n, sizeof(*courier->policies));
	courier->paths = mem_new(n + SYSTEM_COUNT + 1, sizeof(*courier->paths));
	if (!courier->logs || !courier->policies || !courier->paths)
		return err_nomem(err);
	for (size_t i = 0; i < SYSTEM_COUNT; i++)
		courier->paths[courier->path_count++] = of_the_system[i];
	return 0;
}

void cli_serve_courier_done(struct cli_serve_courier *courier)
{
	serve_courier_free(courier->courier);
	for (size_t i = 0; i < courier->n; i++) {
		if (courier->policies[i] != NULL)
			witness_policy_done(courier->policies[i]);
		free(courier->policies[i]);
	}
	free(courier->logs);
	free(courier->policies);
	free(courier->paths);
	*courier = (struct cli_serve_courier){0};
}

int cli_serve_courier_add(struct cli_serve_courier *courier,
    const struct cli_case *c, bool is_asked, bool *ret_has_policy,
    struct err *err)
{
	size_t i = courier->n++;
	int rc = 0;

	courier->logs[i] =
	    (struct serve_courier_log){.case_fd = c->fd, .key = &c->log_key};
	courier->paths[courier->path_count++] = c->path.p;
	if (is_asked && cli_witness_is_given(c)) {
		courier->policies[i] =
		    mem_new(1, sizeof(*courier->policies[i]));
		if (courier->policies[i] == NULL)
			return err_nomem(err);
		rc = cli_witness_read_policy(c, courier->policies[i], err);
		courier->logs[i].policy = courier->policies[i];
	}
	if (ret_has_policy != NULL)
		*ret_has_policy = courier->logs[i].policy != NULL;
	return rc;
}

static void tell(void *cookie, const char *line)
{
	(void)cookie;
	cli_out_remark("%s", line);
}

/* What the name service loads, it loads before that is forbidden. */
static void warm_up(void)
{
	struct addrinfo *found = NULL;

	if (getaddrinfo("localhost", "443", NULL, &found) == 0)
		freeaddrinfo(found);
}

static int confine(void *cookie, struct err *err)
{
	const struct cli_serve_courier *courier = cookie;
	struct sandbox_options options = {
	    .read_paths = courier->paths,
	    .read_count = courier->path_count,
	    .may_connect = true,
	};
	bool has_landlock;

	warm_up();
	return courier->is_confined
	    ? sandbox_enter(&options, &has_landlock, err)
	    : 0;
}

int cli_serve_courier_new(
    struct cli_serve_courier *courier, const char *ca_file, struct err *err)
{
	struct serve_courier_options options = {
	    .logs = courier->logs,
	    .n = courier->n,
	    .ca_file = ca_file,
	    .confine = confine,
	    .tell = tell,
	    .cookie = courier,
	};
	bool has_policy = false;

	for (size_t i = 0; i < courier->n; i++)
		has_policy = has_policy || courier->logs[i].policy != NULL;
	if (!has_policy)
		return 0;
	if (ca_file != NULL)
		courier->paths[courier->path_count++] = ca_file;
	return serve_courier_new(&courier->courier, &options, err);
}

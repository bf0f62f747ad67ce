/*
 * intruder.c: loaded into a server (LD_PRELOAD), it does on the server's own
 * thread what somebody would who took it over, once the server is ready: when
 * it begins to wait for the signal that ends it.
 *
 * INTRUDER in the environment is the deed: "open" (/etc/passwd for reading, the
 * file that INTRUDER_FILE names for writing), "connect" (UDP, which needs
 * nobody at the other end) or "exec". What came of it is said on standard
 * output, one line a deed: "intruder: read: done" or the error's name. Who is
 * killed says nothing more.
 */
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int sigwait(const sigset_t *set, int *ret_signal);

static void tell(const char *deed, int is_done)
{
	const char *why = is_done ? "done" : strerrorname_np(errno);

	(void)printf("intruder: %s: %s\n", deed, why ? why : "failed");
	(void)fflush(stdout);
}

static void try_open(void)
{
	int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	tell("read", fd >= 0);
	if (fd >= 0)
		(void)close(fd);
	fd =
	    open(getenv("INTRUDER_FILE"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	tell("write", fd >= 0);
	if (fd >= 0)
		(void)close(fd);
}

static void try_connect(void)
{
	const struct sockaddr_in there = {.sin_family = AF_INET,
	    .sin_port = htons(9),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	tell("connect",
	    fd >= 0 && connect(fd, (const void *)&there, sizeof(there)) == 0);
	if (fd >= 0)
		(void)close(fd);
}

static void try_exec(void)
{
	char *const words[] = {
	    (char *)"echo", (char *)"intruder: exec: done", NULL};

	(void)execv("/bin/echo", words);
	tell("exec", 0);
}

int sigwait(const sigset_t *set, int *ret_signal)
{
	const char *deed = getenv("INTRUDER");
	int (*real)(const sigset_t *, int *);
	void *symbol = dlsym(RTLD_NEXT, "sigwait");

	memcpy(&real, &symbol, sizeof(real));
	if (deed && strcmp(deed, "open") == 0)
		try_open();
	else if (deed && strcmp(deed, "connect") == 0)
		try_connect();
	else if (deed && strcmp(deed, "exec") == 0)
		try_exec();
	return real(set, ret_signal);
}

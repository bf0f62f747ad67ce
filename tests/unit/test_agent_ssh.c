/*
 * test_agent_ssh.c: an ssh-agent of our own, which answers what it is told: a
 * good answer is used, and no other one is believed, hangs or reads too far.
 */
#include "agent.h"
#include "buf.h"
#include "note.h"
#include "reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define KIND "ssh-ed25519"

struct fake {
	char folder[64];
	char socket[96];
	int listen_fd;
	pthread_t thread;
	struct note_secret secret;
	struct buf identities; /* the whole answer, with its length */
	struct buf signed_answer; /* as above; empty: a good one is made */
	bool is_cut; /* hangs up after an answer */
};

static void put_string(struct buf *out, const void *bytes, size_t n)
{
	buf_put_be32(out, (uint32_t)n);
	buf_put(out, bytes, n);
}

static void put_message(struct buf *out, uint8_t type, const struct buf *rest)
{
	buf_put_be32(out, (uint32_t)rest->n + 1);
	buf_putc(out, (char)type);
	buf_put_slice(out, buf_slice(rest));
}

static void put_key(struct buf *out, const char *kind, const uint8_t key[32])
{
	struct buf blob;

	buf_init(&blob, 256);
	put_string(&blob, kind, strlen(kind));
	put_string(&blob, key, 32);
	put_string(out, blob.p, blob.n);
	buf_done(&blob);
}

static bool receive(int fd, struct buf *out)
{
	char head[4];
	struct reader reader;

	buf_clear(out);
	if (recv(fd, head, 4, MSG_WAITALL) != 4)
		return false;
	reader_init(&reader, head, 4);
	for (uint32_t n = reader_be32(&reader); n > 0; n--) {
		char c;
		if (recv(fd, &c, 1, MSG_WAITALL) != 1)
			return false;
		buf_putc(out, c);
	}
	return true;
}

/* request: 13, key blob, message, flags */
static void put_good_signature(
    struct fake *fake, const struct buf *request, struct buf *out)
{
	struct buf blob, rest;
	struct reader reader;
	uint8_t signature[64];

	reader_init(&reader, request->p, request->n);
	(void)reader_u8(&reader);
	(void)reader_bytes(&reader, reader_be32(&reader));
	struct slice message = reader_bytes(&reader, reader_be32(&reader));
	if (note_sign_bytes(
		signature, &fake->secret, message.p, message.n, NULL) != 0)
		abort();
	buf_init(&blob, 256);
	buf_init(&rest, 256);
	put_string(&blob, KIND, sizeof(KIND) - 1);
	put_string(&blob, signature, sizeof(signature));
	put_string(&rest, blob.p, blob.n);
	put_message(out, 14, &rest);
	buf_done(&blob);
	buf_done(&rest);
}

static void serve(struct fake *fake, int fd)
{
	struct buf request, answer;

	buf_init(&request, 1u << 20);
	buf_init(&answer, 1u << 20);
	while (receive(fd, &request)) {
		buf_clear(&answer);
		if (request.p[0] == 11)
			buf_put_slice(&answer, buf_slice(&fake->identities));
		else if (fake->signed_answer.n > 0)
			buf_put_slice(&answer, buf_slice(&fake->signed_answer));
		else
			put_good_signature(fake, &request, &answer);
		if (send(fd, answer.p, answer.n, MSG_NOSIGNAL) < 0)
			break;
		if (fake->is_cut)
			break;
	}
	buf_done(&request);
	buf_done(&answer);
}

static void *run(void *cookie)
{
	struct fake *fake = cookie;

	for (;;) {
		int fd = accept(fake->listen_fd, NULL, NULL);
		if (fd < 0)
			return NULL;
		serve(fake, fd);
		(void)close(fd);
	}
}

static void set_up(struct fake *fake)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct buf rest;

	*fake = (struct fake){.folder = "/tmp/cf-agent-XXXXXX"};
	assert_non_null(mkdtemp(fake->folder));
	(void)snprintf(
	    fake->socket, sizeof(fake->socket), "%s/s", fake->folder);
	memcpy(address.sun_path, fake->socket, strlen(fake->socket) + 1);
	assert_int_equal(note_secret_new(&fake->secret, slice_of("x.example"),
			     NOTE_KEY_ED25519, NULL),
	    0);
	buf_init(&fake->identities, 1u << 20);
	buf_init(&fake->signed_answer, 1u << 20);
	buf_init(&rest, 4096);
	buf_put_be32(&rest, 2);
	put_key(
	    &rest, "sk-ssh-ed25519@openssh.com", fake->secret.key.public_key);
	put_string(&rest, "a card", 6);
	put_key(&rest, KIND, fake->secret.key.public_key);
	put_string(&rest, "court", 5);
	put_message(&fake->identities, 12, &rest);
	buf_done(&rest);
	fake->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    bind(fake->listen_fd, (struct sockaddr *)&address, sizeof(address)),
	    0);
	assert_int_equal(listen(fake->listen_fd, 8), 0);
	assert_int_equal(pthread_create(&fake->thread, NULL, run, fake), 0);
}

static void tear_down(struct fake *fake)
{
	(void)shutdown(fake->listen_fd, SHUT_RDWR);
	assert_int_equal(pthread_join(fake->thread, NULL), 0);
	(void)close(fake->listen_fd);
	(void)unlink(fake->socket);
	(void)rmdir(fake->folder);
	note_secret_done(&fake->secret);
	buf_done(&fake->identities);
	buf_done(&fake->signed_answer);
}

static struct agent_way way_to(const struct fake *fake)
{
	return (struct agent_way){
	    .place = slice_of("ssh-agent"), .socket = fake->socket};
}

static int count(void *cookie, struct slice name, const uint8_t public_key[32],
    struct err *err)
{
	size_t *n = cookie;

	(void)public_key;
	(void)err;
	assert_true(slice_is_text(name, "court"));
	++*n;
	return 0;
}

static int sign_once(struct fake *fake, struct err *err)
{
	struct agent_way way = way_to(fake);
	struct note_secret secret;
	struct agent *agent = NULL;
	uint8_t signature[64];

	int r = agent_open(&agent, &way, fake->secret.key.public_key, err);
	if (r != 0)
		return r;
	struct note_token token = agent_token(agent);
	assert_int_equal(
	    note_secret_from_token(&secret, &fake->secret.key, &token, NULL),
	    0);
	r = note_sign_bytes(signature, &secret, "abc", 3, err);
	note_secret_done(&secret);
	agent_free(agent);
	return r;
}

static void signs_with_the_plain_key_only(void **state)
{
	struct fake fake;
	size_t n = 0;

	(void)state;
	set_up(&fake);
	struct agent_way way = way_to(&fake);
	assert_int_equal(agent_each(&way, count, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_int_equal(sign_once(&fake, NULL), 0);
	tear_down(&fake);
}

struct signer {
	const struct note_secret *secret;
	unsigned first, failed;
};

static void *sign_many(void *cookie)
{
	struct signer *signer = cookie;
	uint8_t signature[64];

	for (unsigned i = 0; i < 200; i++) {
		unsigned message = signer->first + i;
		signer->failed += note_sign_bytes(signature, signer->secret,
				      &message, sizeof(message), NULL) != 0;
	}
	return NULL;
}

/* Each signature is checked, so one that went to the other thread fails. */
static void two_threads_sign_one_after_the_other(void **state)
{
	struct fake fake;
	struct agent *agent = NULL;
	struct note_secret secret;
	pthread_t threads[2];
	struct signer signers[2] = {{&secret, 0, 0}, {&secret, 1000, 0}};

	(void)state;
	set_up(&fake);
	struct agent_way way = way_to(&fake);
	assert_int_equal(
	    agent_open(&agent, &way, fake.secret.key.public_key, NULL), 0);
	struct note_token token = agent_token(agent);
	assert_int_equal(
	    note_secret_from_token(&secret, &fake.secret.key, &token, NULL), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&threads[i], NULL, sign_many, &signers[i]),
		    0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(signers[0].failed + signers[1].failed, 0);
	note_secret_done(&secret);
	agent_free(agent);
	tear_down(&fake);
}

static void no_list_that_is_cut_or_changed_is_believed(void **state)
{
	struct fake fake;
	struct err err;

	(void)state;
	set_up(&fake);
	fake.is_cut = true;
	const size_t whole = fake.identities.n;
	for (size_t n = 0; n < whole; n++) {
		struct agent_way way = way_to(&fake);
		size_t found = 0;
		fake.identities.n = n;
		err = (struct err){0};
		assert_int_not_equal(agent_each(&way, count, &found, &err), 0);
		assert_true(err.message[0] != '\0');
	}
	fake.identities.n = whole;
	/* Every length in it, made too long. */
	for (size_t at = 0; at + 4 <= 21; at++) {
		struct agent_way way = way_to(&fake);
		char before = fake.identities.p[at];
		size_t found = 0;
		fake.identities.p[at] = (char)(before ^ 0x40);
		int r = agent_each(&way, count, &found, &err);
		assert_true(r != 0 || found <= 1);
		fake.identities.p[at] = before;
	}
	tear_down(&fake);
}

static void a_false_signature_is_refused(void **state)
{
	struct fake fake;
	struct buf blob, rest;

	(void)state;
	set_up(&fake);
	buf_init(&blob, 256);
	buf_init(&rest, 256);
	put_string(&blob, KIND, sizeof(KIND) - 1);
	put_string(&blob, fake.secret.seed, 32);
	put_string(&rest, blob.p, blob.n);
	put_message(&fake.signed_answer, 14, &rest);
	assert_int_equal(sign_once(&fake, NULL), ERR_FORMAT);
	buf_clear(&blob);
	buf_clear(&rest);
	buf_clear(&fake.signed_answer);
	put_string(&blob, KIND, sizeof(KIND) - 1);
	put_string(&blob, fake.secret.expanded, 64);
	put_string(&rest, blob.p, blob.n);
	put_message(&fake.signed_answer, 14, &rest);
	assert_int_equal(sign_once(&fake, NULL), ERR_VERIFY);
	buf_clear(&fake.signed_answer);
	buf_clear(&rest);
	put_message(&fake.signed_answer, 5, &rest);
	assert_int_equal(sign_once(&fake, NULL), ERR_DENIED);
	buf_done(&blob);
	buf_done(&rest);
	tear_down(&fake);
}

static void says_that_there_is_no_agent_and_no_key(void **state)
{
	struct agent_way none = {.place = slice_of("ssh-agent")};
	struct agent *agent = NULL;
	uint8_t other[32] = {1};
	struct fake fake;

	(void)state;
	assert_int_equal(agent_open(&agent, &none, other, NULL), ERR_NOTFOUND);
	none.place = slice_of("the cupboard");
	assert_int_equal(agent_open(&agent, &none, other, NULL), ERR_USAGE);
	none.place = slice_of("pkcs11:%zz");
	assert_int_equal(agent_open(&agent, &none, other, NULL), ERR_USAGE);
	set_up(&fake);
	struct agent_way way = way_to(&fake);
	assert_int_equal(agent_open(&agent, &way, other, NULL), ERR_NOTFOUND);
	tear_down(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(signs_with_the_plain_key_only),
	    cmocka_unit_test(two_threads_sign_one_after_the_other),
	    cmocka_unit_test(no_list_that_is_cut_or_changed_is_believed),
	    cmocka_unit_test(a_false_signature_is_refused),
	    cmocka_unit_test(says_that_there_is_no_agent_and_no_key),
	};

	note_key_setup();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

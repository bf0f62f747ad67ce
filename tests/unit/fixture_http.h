/*
 * fixture_http.h: what tests of servers share: a certificate of one's own and
 * raw sockets on loopback.
 */
#ifndef FIXTURE_HTTP_H
#define FIXTURE_HTTP_H

#include "buf.h"

#include <stdbool.h>
#include <stdint.h>

/* A new key and a certificate for 127.0.0.1 by itself, both PEM. */
void fixture_http_certificate(struct buf *certificate, struct buf *key);

/* A connection to that port of 127.0.0.1; reading from it gives up after ten
 * seconds. */
int fixture_http_connect(uint16_t port);
void fixture_http_send(int fd, const char *text);
/* Everything until the peer closes; false if it did not. */
bool fixture_http_read_all(int fd, struct buf *out);
/* Until `count` times `mark` has come. */
void fixture_http_read_until(
    int fd, struct buf *out, const char *mark, unsigned count);
/* Sends, reads until the peer closes, and closes. */
void fixture_http_talk(uint16_t port, const char *request, struct buf *answer);

#endif

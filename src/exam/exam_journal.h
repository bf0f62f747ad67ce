/*
 * exam_journal.h: what an examination has found so far, so that one that was
 * broken off can go on; encrypted, because it names people.
 *
 * A file of records, each sealed alone (XChaCha20-Poly1305, libsodium) under
 * one random key that lies elsewhere; its number is authenticated with it, so
 * that none can be left out, doubled or moved. Only the last ones can be
 * missing. Who removes the key has destroyed the journal, wherever its blocks
 * still are.
 *
 *	file   = "counterfoil-exam-journal/v1" LF id[16] record...
 *	record = n[4, big end first] nonce[24] sealed[n + 16]
 *	additional data of record i = id || i[8, big end first] || n[4]
 */
#ifndef EXAM_JOURNAL_H
#define EXAM_JOURNAL_H

#include "err.h"

#include <stddef.h>
#include <stdint.h>

#define EXAM_JOURNAL_KEY 32
#define EXAM_JOURNAL_RECORD_MAX (4u << 20)

struct exam_journal;

/* A new file, mode 0600. ERR_CONFLICT: there is one. The key is copied, into
 * locked memory. */
int exam_journal_create(struct exam_journal **ret_journal, int dir_fd,
    const char *path, const uint8_t key[EXAM_JOURNAL_KEY],
    struct err *err) MUST_CHECK;

/*
 * Opens one and hands out its records in order; stops at `each`'s first
 * non-zero result. A record that is cut off at the end, as by a crash, is taken
 * away, and further ones follow what is whole. ERR_NOTFOUND; ERR_FORMAT: it is
 * no journal; ERR_VERIFY: another key, or it was altered. Nothing is changed
 * by a failure.
 */
int exam_journal_open(struct exam_journal **ret_journal, int dir_fd,
    const char *path, const uint8_t key[EXAM_JOURNAL_KEY],
    int (*each)(void *cookie, const uint8_t *bytes, size_t n, struct err *err),
    void *cookie, struct err *err) MUST_CHECK;

/* Appends 1 to EXAM_JOURNAL_RECORD_MAX bytes. After an error the journal takes
 * no more. */
int exam_journal_put(struct exam_journal *journal, const void *bytes, size_t n,
    struct err *err) MUST_CHECK;
/* Waits until everything is on the disk. */
int exam_journal_sync(struct exam_journal *journal, struct err *err) MUST_CHECK;

/* The file stays. NULL is accepted. */
void exam_journal_close(struct exam_journal *journal);

#endif

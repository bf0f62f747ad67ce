/*
 * cli_issue.c: the book of numbers given out. It is rewritten whole under a
 * lock, so that two desks never hand out the same number.
 */
#include "cli_issue.h"

#include "file.h"

#include <inttypes.h>
#include <unistd.h>

#define BOOK "private/issued.txt"
#define LOCK "private/issued.lock"
#define BOOK_MAX (1u << 20)

/* Copies the book without the series' line, whose number goes to *ret_last. */
static int read_book(struct slice book, struct slice series, struct buf *out,
    uint64_t *ret_last, struct err *err)
{
	while (book.p != NULL && book.n > 0) {
		struct slice line = slice_cut(&book, '\n');
		struct slice number = line;
		struct slice name = slice_cut(&number, ' ');
		unsigned long long n;

		if (number.p == NULL || !slice_to_u64(number, &n))
			return err_set(err, ERR_FORMAT,
			    BOOK ": \"%.*s\" is not a series and a number; "
				 "correct the line",
			    SLICE_ARG(line));
		if (slice_is(name, series)) {
			*ret_last = n;
			continue;
		}
		buf_put_slice(out, line);
		buf_putc(out, '\n');
	}
	return 0;
}

static int take(struct cli_case *c, struct slice series, uint64_t used,
    uint64_t count, uint64_t *ret_first, struct err *err)
{
	struct buf book, next;
	struct err why = {0};
	uint64_t last = 0;

	buf_init(&book, BOOK_MAX);
	buf_init(&next, BOOK_MAX);
	int rc = file_read(&book, c->fd, BOOK, BOOK_MAX, &why);
	if (rc == ERR_NOTFOUND)
		rc = 0;
	else if (rc != 0)
		err_set(err, rc, "%s", why.message);
	if (rc == 0)
		rc = read_book(buf_slice(&book), series, &next, &last, err);
	last = last > used ? last : used;
	if (rc == 0 &&
	    (last > CLI_ISSUE_NUMBER_MAX ||
		count > CLI_ISSUE_NUMBER_MAX - last))
		rc = err_set(err, ERR_LIMIT,
		    "%s: so many numbers of %.*s are not left; begin another "
		    "series",
		    c->args->command->name, SLICE_ARG(series));
	if (rc != 0)
		goto out;
	buf_printf(
	    &next, "%.*s %" PRIu64 "\n", SLICE_ARG(series), last + count);
	rc = buf_check(&next, err);
	if (rc == 0)
		rc = file_publish(c->fd, BOOK, buf_slice(&next), 0600, err);
	*ret_first = last + 1;
out:
	buf_done(&book);
	buf_done(&next);
	return rc;
}

int cli_issue_take(struct cli_case *c, struct slice series, uint64_t used,
    uint64_t count, uint64_t *ret_first, struct err *err)
{
	int lock;
	int rc = file_make_dir(&lock, c->fd, "private", true, err);

	if (rc != 0)
		return rc;
	(void)close(lock); /* only wanted to exist */
	rc = file_lock(&lock, c->fd, LOCK, CLI_CASE_WAIT_MS, err);
	if (rc != 0)
		return rc;
	rc = take(c, series, used, count, ret_first, err);
	(void)close(lock); /* releases it; nothing was written to it */
	return rc;
}

uint64_t cli_issue_highest_item(const struct cli_case *c, struct slice prefix)
{
	uint64_t highest = 0;

	for (uint32_t i = 0; i < case_state_item_count(c->state); i++) {
		struct slice id = case_state_item(c->state, i)->id;
		unsigned long long n;

		if (id.n < prefix.n + 2 || id.p[prefix.n] != '-' ||
		    memcmp(id.p, prefix.p, prefix.n) != 0)
			continue;
		struct slice digits = {
		    id.p + prefix.n + 1, id.n - prefix.n - 1};
		while (digits.n > 1 && digits.p[0] == '0')
			digits = (struct slice){digits.p + 1, digits.n - 1};
		if (slice_to_u64(digits, &n) && n > highest)
			highest = n;
	}
	return highest;
}

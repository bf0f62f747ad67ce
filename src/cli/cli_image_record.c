/*
 * cli_image_record.c: see cli_image_record.h.
 */
#include "cli_image_record.h"

#include "case_state.h"
#include "cli_custodian.h"
#include "cli_detail.h"
#include "cli_image.h"
#include "cli_make.h"
#include "cli_out.h"
#include "file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>

/* "2147483647 2147483648\n" and longer. */
#define LINE_MAX_BYTES 64

int cli_image_record_put_parties(struct cli_compose *m, struct err *err)
{
	const struct cli_args *args = m->c->args;
	const char *examiner = cli_args_get(args, "examiner");
	const char *host = cli_args_get(args, "host"), *custodian, *witness;
	size_t at = 0;
	int rc = 0;

	if (examiner == NULL && m->keys->n == 0)
		return err_set(err, ERR_USAGE,
		    "image: who makes the copy? give --as PARTY");
	if (examiner == NULL)
		examiner = m->keys->keys[0].key.name;
	rc = cli_compose_signer(m, examiner, err);
	if (rc == 0)
		rc = cli_make_put_party(m, RECORD_F_EXAMINER, examiner, err);
	if (rc == 0)
		rc = cli_custodian_put(m, args->word_count - 1,
		    cli_args_get(args, "item"), &custodian, err);
	if (rc == 0 && host != NULL)
		rc = cli_make_put_party(m, RECORD_F_HOST, host, err);
	while (rc == 0 &&
	    (witness = cli_args_next(args, "witness", &at)) != NULL) {
		rc = cli_compose_signer(m, witness, err);
		if (rc == 0)
			rc = cli_make_put_party(
			    m, RECORD_F_WITNESS, witness, err);
	}
	return rc;
}

/* ---- the copy ---- */

static int put_hashes(
    struct cli_compose *m, const struct media_hash_set *set, struct err *err)
{
	static const enum record_name names[MEDIA_HASH_COUNT] = {
	    RECORD_F_MD5, RECORD_F_SHA1, RECORD_F_SHA256};
	char hex[MEDIA_HASH_HEX_SIZE];
	int rc = 0;

	for (unsigned k = 0; k < MEDIA_HASH_COUNT && rc == 0; k++)
		if (set->of[k].is_there) {
			media_hash_hex(hex, k, &set->of[k]);
			rc = cli_compose_put(m, names[k], hex, err);
		}
	return rc;
}

static int put_list(
    struct buf *list, const struct media_ranges *bad, struct err *err)
{
	for (size_t i = 0; i < bad->n; i++)
		buf_printf(list, "%" PRIu64 " %" PRIu64 "\n", bad->of[i].at,
		    bad->of[i].length);
	return buf_check(list, err);
}

/* What stands for the ranges that the record has no room for. */
static int put_more(
    struct cli_compose *m, const struct media_ranges *bad, struct err *err)
{
	struct buf list;
	struct hash hash;
	char text[LINE_MAX_BYTES + HASH_HEX_SIZE];
	int rc;

	(void)snprintf(text, sizeof(text),
	    "%zu ranges in all, %" PRIu64 " bytes", bad->n, bad->bytes);
	rc = cli_compose_put(m, RECORD_F_UNREADABLE, text, err);
	buf_init(&list, SIZE_MAX / 4);
	if (rc == 0)
		rc = put_list(&list, bad, err);
	if (rc == 0) {
		hash = hash_of(list.p, list.n);
		hash_to_hex(text, &hash);
		rc = cli_compose_put(m, RECORD_F_UNREADABLE_LIST, text, err);
	}
	buf_done(&list);
	return rc;
}

static int put_unreadable(
    struct cli_compose *m, const struct media_ranges *bad, struct err *err)
{
	char text[LINE_MAX_BYTES];
	int rc = 0;

	for (size_t i = 0; i < bad->n && i < CLI_IMAGE_RECORD_RANGES && rc == 0;
	     i++) {
		(void)snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64,
		    bad->of[i].at, bad->of[i].length);
		rc = cli_compose_put(m, RECORD_F_UNREADABLE, text, err);
	}
	return rc == 0 && bad->n > CLI_IMAGE_RECORD_RANGES
	    ? put_more(m, bad, err)
	    : rc;
}

static int put_results(struct cli_compose *m,
    const struct cli_image_record_copy *copy, struct err *err)
{
	char hex[HASH_HEX_SIZE];
	int rc;

	hash_to_hex(hex, &copy->root);
	rc = cli_compose_put_count(m, RECORD_F_FILES, copy->files, err);
	if (rc == 0)
		rc = cli_compose_put_count(
		    m, RECORD_F_LENGTH, copy->length, err);
	if (rc == 0)
		rc = cli_compose_put_count(
		    m, RECORD_F_CHUNK_SIZE, TREE_CHUNK_SIZE, err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_TREE_ROOT, hex, err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_SALTS, "ggm-hmac-sha256", err);
	if (rc == 0)
		rc = put_hashes(m, copy->hashes, err);
	if (rc == 0)
		rc = put_unreadable(m, copy->bad, err);
	if (rc == 0)
		rc = cli_compose_put(
		    m, RECORD_F_UNREADABLE, copy->bad_remark, err);
	return rc;
}

int cli_image_record_put_copy(struct cli_compose *m,
    const struct cli_image_record_copy *copy, struct err *err)
{
	const struct cli_args *args = m->c->args;
	uint32_t item;
	int rc =
	    cli_case_find_item(m->c, cli_args_get(args, "item"), &item, err);

	if (rc == 0)
		rc = cli_compose_block(m, cli_args_get(args, "copy"), err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_TYPE, "image", err);
	if (rc == 0)
		rc = cli_compose_put_slice(m, RECORD_F_DERIVED_FROM,
		    case_state_item(m->c->state, item)->id, err);
	if (rc == 0)
		rc = cli_compose_put(
		    m, RECORD_F_INSIDE, cli_args_get(args, "inside"), err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_FORMAT, copy->format, err);
	if (rc == 0 && copy->is_done)
		rc = put_results(m, copy, err);
	if (rc == 0)
		rc = cli_compose_put(m, RECORD_F_REMARK, copy->remark, err);
	return rc;
}

int cli_image_record_check_number(
    const struct cli_case *c, const char *copy, struct err *err)
{
	if (case_state_find_item(c->state, slice_of(copy)) == CASE_NONE)
		return 0;
	return err_set(err, ERR_USAGE,
	    "image: %s is in the ledger already; a copy gets a number of its "
	    "own",
	    copy);
}

int cli_image_record_get_seed(const struct cli_args *args, bool is_resumed,
    struct tree_seed *ret_seed, struct err *err)
{
	const char *copy = cli_args_get(args, "copy");
	struct cli_case c = {0};
	int rc = cli_case_open_folder(&c, args, err);

	if (rc == 0 && !is_resumed) {
		/* One that is there is of a run that came to nothing: a copy
		 * that is recorded was refused before. */
		struct err why = {0};
		rc = cli_image_make_seed(&c, copy, ret_seed, &why);
		if (rc != 0 && rc != ERR_CONFLICT)
			err_set(err, rc, "%s", why.message);
	}
	if ((rc == 0 && is_resumed) || rc == ERR_CONFLICT)
		rc = cli_image_read_seed(&c, args, copy, ret_seed, err);
	cli_case_done(&c);
	return rc;
}

int cli_image_record_compare_capacity(
    struct cli_case *c, uint64_t length, struct err *err)
{
	struct cli_detail detail = {.c = c};
	const char *name = cli_args_get(c->args, "item");
	unsigned long long listed;
	struct slice value = {0};
	uint32_t item;
	int rc = cli_case_find_item(c, name, &item, err);

	if (rc == 0)
		rc = cli_detail_get(
		    &detail, item, RECORD_F_CAPACITY, &value, NULL, err);
	if (rc == 0 && value.p != NULL && slice_to_u64(value, &listed) &&
	    listed != length)
		cli_out_remark("THE LIST SAYS %llu BYTES OF %s, THE SOURCE HAS "
			       "%" PRIu64 ": look whether it is another drive, "
			       "or a part of it is hidden",
		    listed, name, length);
	cli_detail_done(&detail);
	return rc;
}

int cli_image_record_write_unreadable(
    const char *base, const struct media_ranges *bad, struct err *err)
{
	struct buf text, path;
	int rc;

	if (bad->n == 0)
		return 0;
	buf_init(&text, SIZE_MAX / 4);
	buf_init(&path, 8192);
	rc = put_list(&text, bad, err);
	buf_printf(&path, "%s.unreadable", base);
	if (rc == 0)
		rc = buf_check(&path, err);
	if (rc == 0)
		rc =
		    file_publish(AT_FDCWD, path.p, buf_slice(&text), 0640, err);
	if (rc == 0)
		cli_out_remark("%" PRIu64
			       " bytes in %zu range%s could not be read and "
			       "are zero in the copy: %s",
		    bad->bytes, bad->n, cli_out_s(bad->n), path.p);
	buf_done(&text);
	buf_done(&path);
	return rc;
}

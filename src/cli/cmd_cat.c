/*
 * cmd_cat.c: `counterfoil cat`: the bytes of one file of an image.
 *
 * It is read twice: for its digest, which the record has, and, once the record
 * stands, for whoever asked.
 */
#include "cli_catalog.h"
#include "cli_out.h"
#include "hash.h"

#include <inttypes.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const struct cli_option options[] = {
    CLI_EXAM_OPTIONS,
};

static int put_hash(
    void *cookie, const uint8_t *bytes, size_t n, struct err *err)
{
	(void)err;
	hash_update(cookie, bytes, n);
	return 0;
}

static int put_out(
    void *cookie, const uint8_t *bytes, size_t n, struct err *err)
{
	(void)cookie;
	(void)err;
	cli_out_raw((struct slice){(const char *)bytes, n});
	return 0;
}

/* What of it is not the file's, for people and for the record. */
static void say_sums(
    struct cli_catalog *c, const char *id, const struct exam_read_sums *sums)
{
	const struct {
		uint64_t n;
		const char *what;
	} all[] = {
	    {sums->foreign, "others have them since"},
	    {sums->missing, "where they lay is not known"},
	    {sums->unreadable, "they cannot be read"},
	};

	cli_exam_put(&c->exam, CLI_EXAM_COVERAGE,
	    "file %s: %" PRIu64 " bytes were read", id, sums->read);
	for (size_t i = 0; i < COUNT(all); i++) {
		if (all[i].n == 0)
			continue;
		cli_exam_put(&c->exam, CLI_EXAM_GAP,
		    "file %s: zeros stand for %" PRIu64 " bytes: %s", id,
		    all[i].n, all[i].what);
		cli_out_remark("zeros stand for %" PRIu64 " bytes: %s",
		    all[i].n, all[i].what);
	}
}

static int digest(
    struct cli_catalog *c, uint32_t file, const char *id, struct err *err)
{
	const struct exam_grade *grade = exam_grade_of(c->grades, file);
	struct hash_run *hash = hash_new();
	struct exam_read_sums sums = {0};

	if (hash == NULL)
		return err_nomem(err);
	if (grade != NULL)
		cli_out_remark(
		    "a deleted file: %s", exam_grade_word_name(grade->word));
	hash_start(hash);
	int rc = exam_read_file(&c->read, file, put_hash, hash, &sums, err);

	if (rc == 0) {
		const struct hash of_all = hash_finish(hash);

		cli_exam_put_result(&c->exam, &of_all);
		say_sums(c, id, &sums);
	}
	hash_free(hash);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct cli_catalog c = {0};
	struct exam_read_sums sums;
	uint32_t file = 0;

	cli_out_set_aside();
	int rc = cli_catalog_open(&c, args, "contents", err);

	if (rc == CLI_DONE)
		rc = cli_catalog_find(&c, args->words[1], &file, err);
	if (rc == CLI_DONE)
		rc = digest(&c, file, args->words[1], err);
	if (rc == CLI_DONE)
		rc = cli_exam_enter(&c.exam, err);
	if (rc == CLI_DONE)
		rc = exam_read_file(&c.read, file, put_out, NULL, &sums, err);
	cli_catalog_done(&c);
	return rc;
}

const struct cli_command cmd_cat = {
    .name = "cat",
    .group = CLI_CUSTODY,
    .usage = "IMAGE FILE --under ORDER",
    .summary = "Writes out one file of an image, by its number",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = COUNT(options),
    .words_min = 2,
    .words_max = 2,
    .examples = "  counterfoil cat I-0007.E01 1:965 --under 41 "
		"--as lab.example >letter.odt\n",
    .run = run,
};

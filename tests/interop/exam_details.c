/*
 * exam_details.c: writes the details of a planted examination to standard
 * output: as an archive, or, for the recipients given, as an age file.
 */
#include "exam_planted.h"
#include "flow_details.h"
#include "media_age_key.h"

#include <stdlib.h>

static int write_tar(void *cookie, const void *bytes, size_t n, struct err *err)
{
	return fwrite(bytes, 1, n, cookie) == n
	    ? 0
	    : err_set(err, ERR_IO, "standard output");
}

static int write_age(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	(void)offset; /* in order */
	return write_tar(cookie, bytes, n, err);
}

/* Somebody else's text in the archive. */
static int make_body(
    const void *cookie, const struct exam_sink *sink, struct err *err)
{
	return sink->put(sink->cookie, cookie, strlen(cookie), err);
}

int main(int argc, char **argv)
{
	struct planted p = planted_make();
	struct exam_report_sums sums;
	const struct flow_details_text body = {
	    "bodyfile.txt", make_body, "0|/a|1|r/r|0|0|2|0|0|0|0\n"};
	const struct flow_details d = {&p.report, &sums, &body, 1};
	uint8_t keys[8][MEDIA_AGE_KEY_SIZE];
	struct err err = {0};
	int rc = exam_report_sum(&sums, &p.report, &err);

	for (int i = 1; i < argc && i <= 8 && rc == 0; i++)
		rc = media_age_key_parse(keys[i - 1], slice_of(argv[i]), &err);
	const struct exam_sink tar = {write_tar, stdout};
	const struct media_age_sink age = {
	    .write_at = write_age, .cookie = stdout};
	if (rc == 0 && argc == 1)
		rc = flow_details_put(&d, &tar, &err);
	else if (rc == 0)
		rc = flow_details_seal(&d,
		    (const uint8_t(*)[MEDIA_AGE_KEY_SIZE])keys,
		    (size_t)argc - 1, &age, NULL, NULL, &err);
	planted_done(&p);
	if (rc != 0 || fflush(stdout) != 0) {
		fprintf(stderr, "exam_details: %s\n", err.message);
		return 3;
	}
	return 0;
}

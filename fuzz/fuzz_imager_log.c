/*
 * fuzz_imager_log.c: the log of another imager. Whatever is read out of it may
 * stand in a record, and its ranges ascend.
 */
#include "media_log.h"
#include "text.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char text[MEDIA_LOG_TEXT_SIZE])
{
	size_t n = strnlen(text, MEDIA_LOG_TEXT_SIZE);

	assert(n < MEDIA_LOG_TEXT_SIZE);
	assert(text_is_line((struct slice){text, n}, NULL, NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct media_log log;
	uint64_t end = 0, bytes = 0;

	if (media_log_parse(
		&log, (struct slice){(const char *)data, size}, NULL) != 0)
		return 0;
	assert(log.tool[0] != '\0' && log.sector_size > 0 && log.runs > 0);
	check_text(log.tool);
	check_text(log.examiner);
	check_text(log.model);
	check_text(log.serial);
	for (size_t i = 0; i < log.bad.n; i++) {
		assert(log.bad.of[i].length > 0);
		assert(i == 0 || log.bad.of[i].at > end);
		end = log.bad.of[i].at + log.bad.of[i].length;
		bytes += log.bad.of[i].length;
	}
	assert(bytes == log.bad.bytes);
	media_log_done(&log);
	return 0;
}

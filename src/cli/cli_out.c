/*
 * cli_out.c: the filter, the coloured words, and the line of progress.
 *
 * Nothing reaches the terminal but through put_line, or, for bytes that the
 * user asked for as they are, cli_out_raw.
 */
#include "cli_out.h"

#include "mem.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Where words go: one process has one standard output. */
static bool is_set_aside;

static FILE *words(void)
{
	return is_set_aside ? stderr : stdout;
}

void cli_out_set_aside(void)
{
	is_set_aside = true;
}

static void put_line(FILE *file, struct slice line)
{
	char piece[1024];

	while (line.n > 0) {
		const size_t n = text_show(piece, sizeof(piece), line);

		fputs(piece, file);
		line = (struct slice){line.p + n, line.n - n};
	}
}

static void put_filtered(FILE *file, struct slice text)
{
	while (text.p != NULL && text.n > 0) {
		put_line(file, slice_cut(&text, '\n'));
		if (text.p != NULL)
			fputc('\n', file);
	}
}

/* How long the text is that a format's first n bytes, which end in no
 * conversion, make. */
static size_t length_of(const char *fmt, size_t n, va_list ap)
{
	char *beginning = mem_copy_text(fmt, n);
	va_list again;
	int length;

	if (beginning == NULL)
		return 0;
	va_copy(again, ap);
	length = vsnprintf(NULL, 0, beginning, again);
	va_end(again);
	free(beginning);
	return length > 0 ? (size_t)length : 0;
}

/* A line ends where the format says so: a line feed within a value, such as
 * the name of a file, ends none. */
static void put_formatted(FILE *file, const char *fmt, va_list ap)
{
	const char *end = fmt - 1;
	size_t from = 0;
	va_list again;
	char *text;
	int n;

	va_copy(again, ap);
	n = vasprintf(&text, fmt, again);
	va_end(again);
	if (n < 0)
		return;
	while ((end = strchr(end + 1, '\n')) != NULL) {
		size_t at = length_of(fmt, (size_t)(end - fmt), ap);

		if (at < from || at >= (size_t)n)
			break; /* no memory for it */
		put_line(file, (struct slice){text + from, at - from});
		fputc('\n', file);
		from = at + 1;
	}
	put_line(file, (struct slice){text + from, (size_t)n - from});
	free(text);
}

void cli_out(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_formatted(words(), fmt, ap);
	va_end(ap);
}

void cli_out_slice(struct slice text)
{
	put_filtered(words(), text);
}

void cli_out_raw(struct slice bytes)
{
	fwrite(bytes.p != NULL ? bytes.p : "", 1, bytes.n, stdout);
}

void cli_out_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("counterfoil: ", stderr);
	va_start(ap, fmt);
	put_formatted(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void cli_out_remark(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	put_formatted(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

int cli_out_finish(struct err *err)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_set(err, ERR_IO,
		    "standard output: not everything could be written");
	return 0;
}

bool cli_out_is_terminal(void)
{
	return isatty(STDOUT_FILENO) != 0;
}

static bool is_coloured(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fileno(words())) != 0 &&
	    (no_color == NULL || no_color[0] == '\0') &&
	    (term == NULL || strcmp(term, "dumb") != 0);
}

/* Longer words before the shorter ones that they begin with. */
static const struct {
	const char *word;
	const char *colour;
} coloured_words[] = {
    {"NOT SHOWN", "\033[33m"},
    {"NO", "\033[32m"},
    {"YES", "\033[31;1m"},
    {"CONTESTED", "\033[35;1m"},
    {"OVERDUE", "\033[31m"},
    {"REFUSED", "\033[31m"},
    {"refused", "\033[31m"},
};

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	    (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* The coloured word that begins at text.p[at], or -1. */
static int word_at(struct slice text, size_t at)
{
	if (at > 0 && is_letter(text.p[at - 1]))
		return -1;
	for (size_t i = 0;
	     i < sizeof(coloured_words) / sizeof(coloured_words[0]); i++) {
		size_t n = strlen(coloured_words[i].word);
		if (text.n - at < n ||
		    memcmp(text.p + at, coloured_words[i].word, n) != 0)
			continue;
		if (text.n - at == n || !is_letter(text.p[at + n]))
			return (int)i;
	}
	return -1;
}

void cli_out_report(struct slice text)
{
	size_t from = 0;

	if (!is_coloured()) {
		put_filtered(words(), text);
		return;
	}
	for (size_t at = 0; at < text.n;) {
		int i = word_at(text, at);
		if (i < 0) {
			at++;
			continue;
		}
		put_filtered(words(), (struct slice){text.p + from, at - from});
		fprintf(words(), "%s%s\033[0m", coloured_words[i].colour,
		    coloured_words[i].word);
		at += strlen(coloured_words[i].word);
		from = at;
	}
	put_filtered(words(), (struct slice){text.p + from, text.n - from});
}

const char *cli_out_s(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static int64_t clock_ms(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Whether a line is to be shown now. */
static bool is_due(struct cli_out_progress *progress, int64_t now)
{
	if (progress->started_ms == 0)
		progress->started_ms = progress->shown_ms = now;
	if (now - progress->started_ms < 2000 ||
	    now - progress->shown_ms < 200 || isatty(STDERR_FILENO) == 0)
		return false;
	progress->shown_ms = now;
	progress->is_shown = true;
	return true;
}

void cli_out_progress_tick(struct cli_out_progress *progress, const char *what,
    uint64_t done, uint64_t total)
{
	if (is_due(progress, clock_ms()))
		fprintf(stderr, "\r%s: %llu of %llu", what,
		    (unsigned long long)done, (unsigned long long)total);
}

void cli_out_progress_wait(struct cli_out_progress *progress, const char *what)
{
	const int64_t now = clock_ms();

	if (is_due(progress, now))
		fprintf(stderr, "\r\033[K%s: %lld seconds", what,
		    (long long)((now - progress->started_ms) / 1000));
}

void cli_out_progress_end(struct cli_out_progress *progress)
{
	if (progress->is_shown)
		fputs("\r\033[K", stderr);
	*progress = (struct cli_out_progress){0};
}

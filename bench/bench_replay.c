/*
 * bench_replay.c: how long it takes to read a case of 1,000,000 records (or
 * RECORDS) and to compute one finding about everything in it, on all cores,
 * signatures not counted; then what checking signatures costs beside
 * libsodium alone.
 *
 * usage: bench_replay [RECORDS [SIGNED-RECORDS]]
 *
 * The case is made up (tests/unit/made_case.h) with a fixed seed: a package
 * with a casing and a drive for every 50 records, about 630 bytes a leaf. 16
 * leaves are committed together, so that as many records cite one checkpoint.
 * Memory is the peak of the resident set (VmHWM), the leaves and everything
 * else in this process included.
 */
#include "bench_signatures.h"
#include "bench_tool.h"
#include "case_finding.h"
#include "case_state.h"
#include "crew.h"
#include "made_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 1000000
#define SIGNED_RECORDS 50000
#define LIMIT_SECONDS 2.0
#define LIMIT_BYTES 1e9

struct watch {
	double wall, cpu;
};

static struct watch start(void)
{
	return (struct watch){bench_tool_seconds(), bench_tool_cpu_seconds()};
}

static struct watch stop(struct watch since)
{
	struct watch now = start();

	return (struct watch){now.wall - since.wall, now.cpu - since.cpu};
}

static void print(const char *what, struct watch t)
{
	printf("%s %.2f s (%.2f s of processor time)\n", what, t.wall, t.cpu);
}

static void make(struct made_case *made, size_t records, bool is_signed)
{
	const struct made_plan plan = {
	    .records = records,
	    .packages = records / 50 + 1,
	    .seed = 1,
	    .commit = 16,
	    .mischief = 2,
	    .is_signed = is_signed,
	};

	made_case_init(made, &plan);
}

/* ---- replay and finding ---- */

static double peak_bytes(void)
{
	char line[256];
	double kilobytes = 0;
	FILE *status = fopen("/proc/self/status", "r");

	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kilobytes = strtod(line + 6, NULL);
	if (status)
		(void)fclose(status);
	return kilobytes * 1024;
}

static void print_words(const struct case_finding *finding)
{
	size_t counts[CASE_WORD_COUNT] = {0};

	for (size_t i = 0; i < finding->line_count; i++)
		counts[finding->lines[i].word]++;
	printf("replay_lines %zu:", finding->line_count);
	for (int word = 0; word < CASE_WORD_COUNT; word++)
		if (counts[word] > 0)
			printf(" %zu %s", counts[word],
			    case_word_name((enum case_word)word));
	putchar('\n');
}

static void run_replay(size_t records)
{
	struct made_case made;
	struct case_finding finding;
	struct err err = {0};

	make(&made, records, false);
	printf("replay_case %zu records, %.0f bytes each, %zu processors\n",
	    made.count, (double)made.n / (double)made.count, crew_size());
	struct case_state *state = case_state_new();
	if (state == NULL)
		exit(1);
	struct watch watch = start();
	bench_tool_must(case_state_add_all_unverified(
			    state, made.leaves, made.count, 0, &err),
	    &err);
	struct watch replay = stop(watch);
	watch = start();
	bench_tool_must(case_finding_make(&finding, state, made.question,
			    made.end, NULL, &err),
	    &err);
	struct watch weighing = stop(watch);
	double sum = replay.wall + weighing.wall, peak = peak_bytes();
	print("replay_records", replay);
	print("replay_finding", weighing);
	print_words(&finding);
	printf("replay_sum %.2f s of %.1f s: %s\n", sum, LIMIT_SECONDS,
	    sum <= LIMIT_SECONDS ? "met" : "not met");
	printf("replay_peak %.0f MB of %.0f MB: %s\n", peak / 1e6,
	    LIMIT_BYTES / 1e6, peak <= LIMIT_BYTES ? "met" : "not met");
	case_finding_done(&finding);
	case_state_free(state);
	made_case_done(&made);
}

/* ---- signatures ---- */

static void run_signatures(size_t records)
{
	struct made_case made;
	struct err err = {0};

	make(&made, records, true);
	struct case_state *state = case_state_new();
	if (state == NULL)
		exit(1);
	struct watch watch = start();
	bench_tool_must(
	    case_state_add_all(state, made.leaves, made.count, 0, &err), &err);
	struct watch ours = stop(watch);
	struct bench_signatures library =
	    bench_signatures_measure(state, 0, made.count);
	/* Processor time: another program on the machine slows one of the two
	 * more than the other. */
	double share = library.cpu / ours.cpu;
	printf("signatures_replay %.0f signatures/s\n",
	    (double)library.n / ours.wall);
	printf("signatures_libsodium %.0f signatures/s\n",
	    (double)library.n / library.wall);
	printf("signatures_replay/signatures_libsodium %.1f %% (by the clock "
	       "%.1f %%) of 90 %%: %s\n",
	    100 * share, 100 * library.wall / ours.wall,
	    share >= 0.9 ? "met" : "not met");
	case_state_free(state);
	made_case_done(&made);
}

int main(int argc, char **argv)
{
	size_t records = argc > 1 ? strtoul(argv[1], NULL, 10) : RECORDS;
	size_t is_signed =
	    argc > 2 ? strtoul(argv[2], NULL, 10) : SIGNED_RECORDS;

	if (records < 1000 || is_signed < 1000) {
		(void)fprintf(stderr,
		    "usage: bench_replay [RECORDS [SIGNED-RECORDS]]; at "
		    "least 1000 each\n");
		return 2;
	}
	run_replay(records);
	run_signatures(is_signed);
	return 0;
}

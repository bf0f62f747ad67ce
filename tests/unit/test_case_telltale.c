/*
 * test_case_telltale.c: series of readings of one drive, D-9: what its records
 * account for, and what none does (counterfoil-findings(7), Telltales).
 */
#include "case_box.h"

#include "case_telltale.h"

#include <inttypes.h>

#define GB 1000000000ull
#define LENGTH (500 * GB)

/* A drive at one moment. */
struct drive {
	uint64_t hours, cycles, read, written;
};

static struct case_box box;
static char lines[2][512];
static char order[HASH_HEX_SIZE];

static const char *telltales(size_t slot, struct drive d)
{
	(void)snprintf(lines[slot], sizeof(lines[slot]),
	    "  telltale: power-on-hours %" PRIu64 "\n"
	    "  telltale: power-cycles %" PRIu64 "\n"
	    "  telltale: bytes-read %" PRIu64 "\n"
	    "  telltale: bytes-written %" PRIu64 "\n",
	    d.hours, d.cycles, d.read, d.written);
	return lines[slot];
}

/* It is listed, goes to the evidence room, and may be imaged. */
static void start(const char *listed)
{
	char items[1024];

	box_init(&box);
	(void)snprintf(
	    items, sizeof(items), "item: D-9\n  type: drive\n%s", listed);
	box_list(&box, BOX_EVERYONE, items);
	box_seize(&box, BOX_EVERYONE, BOX_SEIZED);
	box_give_one(&box, BOX_JUNE(21, "09:00:00"), "police.example",
	    "room.example", "D-9");
	uint32_t leaf = box_add(&box, RECORD_ORDER, BOX_JUNE(21, "10:00:00"),
	    "court.example",
	    "what: authorisation\nissuer: court.example\npermits: image\n"
	    "permits: examine\n");
	(void)fixture_case_id(box.f, leaf, order);
}

static void start_read(struct drive d)
{
	start(telltales(0, d));
}

#define IMAGE_BY "police.example room.example"

/* An image of it, with what is said about the time, the copy and the drive. */
static uint32_t image(const char *at, const char *signers, const char *when,
    const char *copy, const char *drive)
{
	return box_addf(&box, RECORD_IMAGE, at, signers,
	    "examiner: police.example\ncustodian: room.example\norder: %s\n%s"
	    "item: I-1\n  type: image\n  derived-from: D-9\n%s"
	    "item: D-9\n%s",
	    order, when, copy, drive);
}

#define TWO_HOURS                                                              \
	"started: 2023-06-22T09:00:00Z\nfinished: 2023-06-22T11:00:00Z\n"
#define WHOLE "  length: 500000000000\n"

/* With readings before and after. */
static uint32_t image_read(struct drive before, struct drive after)
{
	char both[2 * sizeof(lines[0])];

	(void)snprintf(both, sizeof(both), "%s%s", telltales(0, before),
	    telltales(1, after));
	return image(
	    BOX_JUNE(22, "11:00:00"), IMAGE_BY, TWO_HOURS, WHOLE, both);
}

static uint32_t inspect(const char *at, const char *drive)
{
	return box_addf(&box, RECORD_INSPECTION, at, BOX_LOOKERS,
	    BOX_LOOKED "also-in: none\nitem: D-9\n  seen: serial-read\n%s",
	    drive);
}

static uint32_t inspect_read(struct drive d)
{
	return inspect(BOX_JUNE(25, "09:00:00"), telltales(0, d));
}

static uint32_t power_on(const char *when)
{
	return box_addf(&box, RECORD_HANDLING, BOX_JUNE(23, "12:00:00"),
	    "room.example police.example",
	    "custodian: room.example\nwitness: police.example\n"
	    "authority: order 7\n%sitem: D-9\n  action: power-on\n",
	    when);
}

/* The leaves named as telltales, or "". */
static void assert_named(const char *expected)
{
	struct case_finding finding = {0};
	struct buf text;

	box_ask(&box, BOX_ASKED);
	box_find(&box, &finding);
	const struct case_line *line =
	    box_find_line(&finding, "D-9", CASE_DATA);
	assert_non_null(line);
	buf_init(&text, 512);
	buf_puts(&text, "");
	for (size_t i = 0; i < line->reason_count; i++)
		if (line->reasons[i].code == CASE_CODE_TELLTALE)
			buf_printf(&text, "%u ", line->reasons[i].leaf);
	assert_string_equal(text.n > 0 ? text.p : "", expected);
	assert_int_equal(line->word == CASE_CONTESTED, expected[0] != '\0');
	buf_done(&text);
	case_finding_done(&finding);
	box_done(&box);
}

static void assert_telltale(uint32_t leaf)
{
	char expected[16];

	(void)snprintf(expected, sizeof(expected), "%u ", leaf);
	assert_named(expected);
}

#define assert_consistent() assert_named("")

static const struct drive intake = {100, 7, 900 * GB, 80 * GB};
/* One session later, before and after an image of two hours. */
static const struct drive before = {100, 8, 900 * GB + 4000000, 80 * GB};
static const struct drive after = {
    102, 8, 900 * GB + LENGTH + 4100000, 80 * GB};
/* And one more. */
static const struct drive seen = {102, 9, 900 * GB + LENGTH + 9000000, 80 * GB};

static struct drive plus(struct drive d, uint64_t hours, uint64_t cycles,
    uint64_t read, uint64_t written)
{
	d.hours += hours;
	d.cycles += cycles;
	d.read += read;
	d.written += written;
	return d;
}

/* ---- what is consistent ---- */

static void intake_image_and_inspection_agree(void **state)
{
	(void)state;
	start_read(intake);
	image_read(before, after);
	inspect_read(seen);
	assert_consistent();
}

/* Each reading switches it on for minutes, and an hour may just be over. */
static void readings_alone_do_not_cry_wolf(void **state)
{
	(void)state;
	start_read(intake);
	inspect(BOX_JUNE(23, "09:00:00"),
	    telltales(0, plus(intake, 1, 1, 30000000, 0)));
	inspect(BOX_JUNE(24, "09:00:00"),
	    telltales(0, plus(intake, 1, 2, 60000000, 0)));
	inspect_read(plus(intake, 2, 3, 90000000, 0));
	assert_consistent();
}

static void a_drive_that_stayed_in_its_bag_agrees(void **state)
{
	(void)state;
	start_read(intake);
	inspect_read(intake);
	assert_consistent();
}

static void a_power_on_of_three_hours_that_is_recorded_agrees(void **state)
{
	(void)state;
	start_read(intake);
	power_on("started: 2023-06-23T09:00:00Z\n"
		 "finished: 2023-06-23T12:00:00Z\n");
	inspect_read(plus(intake, 4, 2, 30000000, 0));
	assert_consistent();
}

static void a_bridge_that_hides_the_counters_says_nothing(void **state)
{
	(void)state;
	start_read(intake);
	inspect(BOX_JUNE(23, "09:00:00"), "");
	inspect_read(plus(intake, 0, 1, 0, 0));
	assert_consistent();
}

static void what_was_read_twice_and_says_so_agrees(void **state)
{
	(void)state;
	start_read(intake);
	image(BOX_JUNE(22, "11:00:00"), IMAGE_BY, TWO_HOURS,
	    WHOLE "  passes: 2\n", "");
	inspect_read(plus(seen, 0, 0, LENGTH, 0));
	assert_consistent();
}

static void an_examination_may_read_as_much_as_it_likes(void **state)
{
	(void)state;
	start_read(intake);
	box_addf(&box, RECORD_EXAMINATION, BOX_JUNE(23, "12:00:00"), IMAGE_BY,
	    "examiner: police.example\ncustodian: room.example\norder: %s\n"
	    "started: 2023-06-23T09:00:00Z\nfinished: 2023-06-23T12:00:00Z\n"
	    "item: D-9\n",
	    order);
	inspect_read(plus(intake, 4, 2, 9000 * GB, 0));
	assert_consistent();
}

static void a_copy_without_a_length_may_have_read_anything(void **state)
{
	(void)state;
	start_read(intake);
	image(BOX_JUNE(22, "11:00:00"), IMAGE_BY, TWO_HOURS, "", "");
	inspect_read(plus(seen, 0, 0, 9000 * GB, 0));
	assert_consistent();
}

/* ---- use that no record explains ---- */

static void three_hours_in_secret_are_seen(void **state)
{
	(void)state;
	start("  telltale: power-on-hours 100\n");
	assert_telltale(inspect(
	    BOX_JUNE(25, "09:00:00"), "  telltale: power-on-hours 103\n"));
}

static void three_hours_after_an_image_are_seen(void **state)
{
	(void)state;
	start_read(intake);
	image_read(before, after);
	/* The image took two hours; those are over. */
	assert_telltale(inspect(
	    BOX_JUNE(25, "09:00:00"), "  telltale: power-on-hours 105\n"));
}

static void less_than_an_hour_in_secret_is_a_cycle_too_many(void **state)
{
	(void)state;
	start_read(intake);
	image_read(before, after);
	assert_telltale(inspect_read(plus(seen, 0, 1, 0, 0)));
}

static void a_use_longer_than_recorded_is_seen(void **state)
{
	(void)state;
	start_read(intake);
	power_on("started: 2023-06-23T09:00:00Z\n"
		 "finished: 2023-06-23T12:00:00Z\n");
	assert_telltale(inspect_read(plus(intake, 5, 2, 0, 0)));
}

static void a_use_without_its_times_is_one_hour(void **state)
{
	(void)state;
	start_read(intake);
	power_on("");
	inspect_read(plus(intake, 2, 2, 0, 0));
	assert_consistent();
	start_read(intake);
	power_on("started: 2023-06-23T09:00:00Z\n");
	assert_telltale(inspect_read(plus(intake, 3, 2, 0, 0)));
}

static void a_whole_drive_read_in_a_recorded_power_on_is_seen(void **state)
{
	(void)state;
	start_read(intake);
	power_on("started: 2023-06-23T09:00:00Z\n"
		 "finished: 2023-06-23T12:00:00Z\n");
	assert_telltale(inspect_read(plus(intake, 3, 2, LENGTH, 0)));
}

static void a_second_copy_in_the_same_session_is_seen(void **state)
{
	(void)state;
	start_read(intake);
	assert_telltale(image_read(before, plus(after, 0, 0, LENGTH, 0)));
}

static void a_hundredth_more_is_not(void **state)
{
	(void)state;
	start_read(intake);
	image_read(before, plus(after, 0, 0, LENGTH / 100, 0));
	assert_consistent();
	start_read(intake);
	assert_telltale(image_read(
	    before, plus(after, 0, 0, LENGTH / 100 + (64 << 20), 0)));
}

static void what_was_written_is_seen_whoever_recorded_the_use(void **state)
{
	(void)state;
	start_read(intake);
	assert_telltale(image_read(before, plus(after, 0, 0, 0, 1)));
}

/* ---- backwards ---- */

static void a_drive_that_was_set_back_is_seen(void **state)
{
	(void)state;
	start_read(intake);
	image_read(before, after);
	assert_telltale(
	    inspect(BOX_JUNE(25, "09:00:00"), "  telltale: power-cycles 1\n"));
}

static void another_drive_is_seen(void **state)
{
	uint32_t leaf;
	char expected[64];

	(void)state;
	start_read(intake);
	leaf = inspect_read((struct drive){50000, 3, GB, 90 * GB});
	(void)snprintf(expected, sizeof(expected), "%u ", leaf);
	assert_named(expected); /* one line, of four counters */
}

/* ---- what counts ---- */

/* It was entered when the counter was read already, by nobody neutral. */
static void a_use_that_is_entered_afterwards_explains_nothing(void **state)
{
	uint32_t leaf;

	(void)state;
	start("  telltale: power-on-hours 100\n");
	leaf = inspect(
	    BOX_JUNE(25, "09:00:00"), "  telltale: power-on-hours 103\n");
	box_add_late(&box, RECORD_HANDLING, BOX_JUNE(23, "12:00:00"),
	    BOX_JUNE(27, "09:00:00"), "room.example police.example",
	    "custodian: room.example\nwitness: police.example\n"
	    "authority: order 7\nstarted: 2023-06-23T09:00:00Z\n"
	    "finished: 2023-06-23T12:00:00Z\nitem: D-9\n  action: power-on\n");
	assert_telltale(leaf);
}

/* One reading alone, of who did it: before or after is not known. */
static void an_image_does_not_explain_its_only_reading(void **state)
{
	char fields[sizeof(lines[0])];

	(void)state;
	(void)snprintf(fields, sizeof(fields), "%s", telltales(1, after));
	start_read(intake);
	assert_telltale(image(
	    BOX_JUNE(22, "11:00:00"), IMAGE_BY, TWO_HOURS, WHOLE, fields));
}

/* Its second event is of the same block: broken, and seen. */
static void a_block_is_read_once(void **state)
{
	(void)state;
	start("  seal: 1009\n  telltale: power-cycles 7\n");
	box_addf(&box, RECORD_INSPECTION, BOX_JUNE(25, "09:00:00"), BOX_LOOKERS,
	    BOX_LOOKED "also-in: none\nitem: D-9\n  seen: serial-read\n"
		       "  seal: 1009\n  state: broken\n"
		       "  telltale: power-cycles 7\n"
		       "  telltale: power-cycles 8\n"
		       "  telltale: spins 3\n");
	struct case_readings all = {0};
	struct case_event *events = NULL;
	size_t cap = 0, n = 0;
	uint32_t item = case_state_find_item(box.f->state, slice_of("D-9"));

	assert_int_equal(
	    case_state_timeline(box.f->state, item, &events, &cap, &n, NULL),
	    0);
	assert_int_equal(
	    case_telltale_read(box.f->state, item, events, n, &all, NULL), 0);
	assert_int_equal(all.n, 4);
	assert_false(all.p[1].is_second);
	assert_true(all.p[2].is_second);
	assert_null(case_telltale_before(&all, 3));
	assert_ptr_equal(case_telltale_before(&all, 2), &all.p[1]);
	free(all.p);
	free(events);
	box_done(&box);
}

#define EACH(test) cmocka_unit_test(test)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(intake_image_and_inspection_agree),
	    EACH(readings_alone_do_not_cry_wolf),
	    EACH(a_drive_that_stayed_in_its_bag_agrees),
	    EACH(a_power_on_of_three_hours_that_is_recorded_agrees),
	    EACH(a_bridge_that_hides_the_counters_says_nothing),
	    EACH(what_was_read_twice_and_says_so_agrees),
	    EACH(an_examination_may_read_as_much_as_it_likes),
	    EACH(a_copy_without_a_length_may_have_read_anything),
	    EACH(three_hours_in_secret_are_seen),
	    EACH(three_hours_after_an_image_are_seen),
	    EACH(less_than_an_hour_in_secret_is_a_cycle_too_many),
	    EACH(a_use_longer_than_recorded_is_seen),
	    EACH(a_use_without_its_times_is_one_hour),
	    EACH(a_whole_drive_read_in_a_recorded_power_on_is_seen),
	    EACH(a_second_copy_in_the_same_session_is_seen),
	    EACH(a_hundredth_more_is_not),
	    EACH(what_was_written_is_seen_whoever_recorded_the_use),
	    EACH(a_drive_that_was_set_back_is_seen),
	    EACH(another_drive_is_seen),
	    EACH(a_use_that_is_entered_afterwards_explains_nothing),
	    EACH(an_image_does_not_explain_its_only_reading),
	    EACH(a_block_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

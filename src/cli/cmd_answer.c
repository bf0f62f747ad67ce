/*
 * cmd_answer.c: `counterfoil answer`: a signed answer to a question, or a
 * refusal with its ground, or one extension with its new date.
 */
#include "cli_make.h"

#include "cli_out.h"

static const struct cli_option options[] = {
    {"answer", 0, "WORD", false,
	"yes, no, partly, not-held, neither, refused or extended"},
    {"form", 0, "WORD", true, "hardware or data (default all asked)"},
    {"concerns", 0, "WHAT", true, "the items meant (default all asked)"},
    {"given-to", 0, "PARTY", false, "the party that it was given to"},
    {"since", 0, "DATE", false, "when it was given"},
    {"ground", 0, "TEXT", false, "the ground of a refusal or extension"},
    {"until", 0, "DATE", false, "the new due date of an extension"},
    {"statement", 0, "TEXT", false, "the answer in words"},
    {"document", 0, "FILE", true, "a document that belongs to it"},
};

static const struct cli_compose_option fields[] = {
    {"answer", RECORD_F_ANSWER},
    {"form", RECORD_F_FORM},
    {"given-to", RECORD_F_GIVEN_TO},
    {"since", RECORD_F_SINCE},
    {"ground", RECORD_F_GROUND},
    {"until", RECORD_F_UNTIL},
    {"statement", RECORD_F_STATEMENT},
    {"document", RECORD_F_DOCUMENT},
};

static int check_together(const struct cli_args *args, struct err *err)
{
	struct slice word = slice_of(cli_args_get(args, "answer"));
	bool is_extended = slice_is_text(word, "extended");
	bool is_refused = slice_is_text(word, "refused");

	if ((is_extended || is_refused) && !cli_args_has(args, "ground"))
		return err_set(err, ERR_USAGE,
		    "answer: on what ground? give --ground TEXT");
	if (is_extended != cli_args_has(args, "until"))
		return err_set(err, ERR_USAGE,
		    is_extended
			? "answer: extended until when? give --until DATE"
			: "answer: --until goes with --answer extended");
	return 0;
}

/* An answer by somebody who was not asked enters; he should know it. */
static int remark_addressee(
    const struct cli_compose *compose, uint32_t question, struct err *err)
{
	struct record record = {0};
	bool is_asked = false;
	int rc = case_state_record(compose->c->state, question, &record, err);

	for (const struct record_value *v =
		 record_next(&record, NULL, RECORD_F_ADDRESSEE, NULL);
	     rc == 0 && v != NULL;
	     v = record_next(&record, NULL, RECORD_F_ADDRESSEE, v)) {
		struct slice rest = v->value;
		struct slice name = slice_cut(&rest, ' ');

		is_asked =
		    is_asked || cli_keys_find(compose->keys, name) != NULL;
	}
	if (rc == 0 && !is_asked)
		cli_out_remark("none of the signers was asked this question; "
			       "the answer is no addressee's");
	record_done(&record);
	return rc;
}

static int fill(struct cli_compose *compose, struct err *err)
{
	const struct cli_args *args = compose->c->args;
	const char *typed = args->words[0];
	uint32_t question;
	int rc = check_together(args, err);

	if (rc == 0)
		rc = cli_case_find_record(
		    compose->c, typed, RECORD_QUESTION, &question, err);
	if (rc == 0)
		rc = cli_compose_put(compose, RECORD_F_QUESTION, typed, err);
	if (rc == 0)
		rc = cli_make_put_concerns(compose, "concerns", false, err);
	if (rc == 0)
		rc = remark_addressee(compose, question, err);
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	static const struct cli_make make = {
	    RECORD_ANSWER, fields, sizeof(fields) / sizeof(fields[0]), fill};

	return cli_make_record(&make, args, err);
}

const struct cli_command cmd_answer = {
    .name = "answer",
    .group = CLI_QUESTIONS,
    .usage = "QUESTION --answer WORD --as PARTY",
    .summary = "Answers a question that was put to a party",
    .shared = CLI_SHARED_MAKER,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 1,
    .examples =
	"  counterfoil answer last --answer no --as police.example\n"
	"  counterfoil answer 1a2b3c4d --answer refused \\\n"
	"      --ground \"the investigation is secret\" --as police.example\n",
    .run = run,
};

/*
 * cli_make.c: see cli_make.h. A name that the case does not know is most often
 * mistyped, and a red line or a claim about nobody protects nobody, so it is
 * refused here although the ledger would take it.
 */
#include "cli_make.h"

#include "case_offer.h"
#include "case_state.h"
#include "cli_case.h"
#include "cli_keys.h"

/* Fields of RECORD_T_ID that name a party. */
static bool is_party_field(enum record_name field)
{
	switch (field) {
	case RECORD_F_RED_LINE:
	case RECORD_F_LIFT:
	case RECORD_F_PARTY:
	case RECORD_F_ACTS_FOR:
	case RECORD_F_SAID_BY:
	case RECORD_F_RECIPIENT:
	case RECORD_F_GIVEN_TO:
		return true;
	default:
		return false;
	}
}

int cli_make_put_party(struct cli_compose *compose, enum record_name field,
    const char *party, struct err *err)
{
	uint32_t found;
	int rc = cli_case_find_party(compose->c, party, &found, err);

	return rc != 0 ? rc : cli_compose_put(compose, field, party, err);
}

static int check_parties(
    const struct cli_make *make, struct cli_compose *m, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < make->option_count && rc == 0; i++) {
		const struct cli_compose_option *o = &make->options[i];
		const char *party;
		uint32_t found;

		if (!is_party_field(o->field))
			continue;
		for (size_t at = 0; rc == 0 &&
		     (party = cli_args_next(m->c->args, o->option, &at)) !=
			 NULL;)
			rc = cli_case_find_party(m->c, party, &found, err);
	}
	return rc;
}

static int check_required(
    const struct cli_make *make, struct cli_compose *m, struct err *err)
{
	const struct record_schema *schema = record_schema_of(make->kind);
	int rc = 0;

	for (size_t i = 0; i < make->option_count && rc == 0; i++) {
		const struct cli_compose_option *o = &make->options[i];
		const struct record_field *field =
		    record_schema_field(schema, false, o->field);
		const char *value;

		if (field != NULL && (field->flags & RECORD_REQUIRED))
			rc = cli_args_need(m->c->args, o->option, &value, err);
	}
	return rc;
}

int cli_make_blocks(struct cli_compose *compose, size_t first,
    int (*fill)(struct cli_compose *compose, size_t word, struct err *err),
    struct err *err)
{
	const struct cli_args *args = compose->c->args;
	uint32_t item;
	int rc = 0;

	for (size_t i = first; i < args->word_count && rc == 0; i++) {
		rc = cli_case_find_item(compose->c, args->words[i], &item, err);
		if (rc == 0)
			rc = cli_compose_block_slice(compose,
			    case_state_item(compose->c->state, item)->id, err);
		if (rc == 0 && fill != NULL)
			rc = fill(compose, i, err);
	}
	return rc;
}

static int put_concern(
    struct cli_compose *compose, const char *what, struct err *err)
{
	enum case_item_type type;
	uint32_t item;

	if (slice_is_text(slice_of(what), "all") ||
	    case_item_type_find(slice_of(what), &type))
		return cli_compose_put(compose, RECORD_F_CONCERNS, what, err);
	int rc = cli_case_find_item(compose->c, what, &item, err);
	return rc != 0 ? rc
		       : cli_compose_put_slice(compose, RECORD_F_CONCERNS,
			     case_state_item(compose->c->state, item)->id, err);
}

int cli_make_put_concerns(struct cli_compose *compose, const char *option,
    bool is_all_default, struct err *err)
{
	const struct cli_args *args = compose->c->args;
	const char *what;
	int rc = 0;

	if (is_all_default && !cli_args_has(args, option))
		return cli_compose_put(compose, RECORD_F_CONCERNS, "all", err);
	for (size_t at = 0;
	     rc == 0 && (what = cli_args_next(args, option, &at)) != NULL;)
		rc = put_concern(compose, what, err);
	return rc;
}

static int fill_record(
    const struct cli_make *make, struct cli_compose *m, struct err *err)
{
	int rc = check_required(make, m, err);

	if (rc == 0)
		rc = check_parties(make, m, err);
	if (rc == 0)
		rc = cli_compose_sign_as_given(m, err);
	if (rc == 0)
		rc = cli_compose_options(
		    m, make->options, make->option_count, err);
	if (rc == 0 && make->fill != NULL)
		rc = make->fill(m, err);
	return rc;
}

int cli_make_record(
    const struct cli_make *make, const struct cli_args *args, struct err *err)
{
	struct cli_case c = {0};
	struct cli_keys keys = {0};
	struct cli_compose m = {0};
	struct case_offer offer = {0};
	int rc = cli_case_open(&c, args, err);

	if (rc == 0)
		rc = cli_keys_open(&keys, args, err);
	if (rc == 0)
		rc = cli_compose_start(&m, &c, &keys, make->kind, err);
	if (rc == 0)
		rc = fill_record(make, &m, err);
	if (rc == 0)
		rc = cli_compose_finish(&m, &offer, err);
	if (rc == 0)
		rc = cli_compose_submit(&c, &keys, &offer, err);
	case_offer_done(&offer);
	cli_compose_done(&m);
	cli_keys_done(&keys);
	cli_case_done(&c);
	return rc;
}

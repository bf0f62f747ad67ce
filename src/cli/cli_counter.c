/*
 * cli_counter.c: the offered record copied field by field, less what is not
 * taken. A withheld value is copied from its reveal and withheld anew.
 */
#include "cli_counter.h"

#include "cli_compose.h"
#include "mem.h"
#include "record_withheld.h"

#include <stdlib.h>

struct counter {
	struct cli_compose m;
	const struct record *record;
	struct slice reveals; /* lines not used yet, in the order of the text */
	const char **items, **reasons;
	size_t n;
};

static bool is_named(const struct counter *counter, struct slice item)
{
	for (size_t i = 0; i < counter->n; i++)
		if (slice_is_text(item, counter->items[i]))
			return true;
	return false;
}

static bool is_offered(const struct record *record, const char *item)
{
	for (size_t i = 0; i < record->block_count; i++)
		if (slice_is_text(record->blocks[i].id, item))
			return true;
	return false;
}

/* Pairs every --except with its --because. */
static int read_options(
    struct counter *counter, const struct cli_args *args, struct err *err)
{
	size_t item_at = 0, reason_at = 0;
	const char *item;

	counter->items = mem_new(args->value_count + 1, sizeof(char *));
	counter->reasons = mem_new(args->value_count + 1, sizeof(char *));
	if (counter->items == NULL || counter->reasons == NULL)
		return err_nomem(err);
	while ((item = cli_args_next(args, "except", &item_at)) != NULL) {
		const char *reason = cli_args_next(args, "because", &reason_at);
		if (reason == NULL)
			return err_set(err, ERR_USAGE,
			    "accept: why is %s not taken? give --because TEXT "
			    "for each --except",
			    item);
		if (!is_offered(counter->record, item))
			return err_set(err, ERR_USAGE,
			    "accept: %s is not in this offer; check the number",
			    item);
		if (is_named(counter, slice_of(item)))
			return err_set(err, ERR_USAGE,
			    "accept: --except %s is given twice; say it once",
			    item);
		counter->items[counter->n] = item;
		counter->reasons[counter->n++] = reason;
	}
	if (cli_args_next(args, "because", &reason_at) != NULL)
		return err_set(err, ERR_USAGE,
		    "accept: --because says why an item is not taken; name it "
		    "with --except ITEM");
	if (counter->n == counter->record->block_count)
		return err_set(err, ERR_USAGE,
		    "accept: nothing would be left of the hand-over; do not "
		    "sign it, and record it with `counterfoil incident "
		    "refused-to-take`");
	return 0;
}

/* The value as it is meant, also if the text withholds it. */
static int value_of(struct counter *counter, const struct record_value *value,
    struct slice *ret_value, struct err *err)
{
	struct record_reveal reveal;

	*ret_value = value->value;
	if (!value->is_withheld)
		return 0;
	int rc = record_withheld_parse(
	    &reveal, slice_cut(&counter->reveals, '\n'), err);
	if (rc == 0)
		*ret_value = reveal.value;
	return rc;
}

static int copy_value(
    struct counter *counter, const struct record_value *value, struct err *err)
{
	struct record_draft *draft = counter->m.draft;
	uint64_t left = counter->record->block_count - counter->n;
	struct slice text;

	int rc = value_of(counter, value, &text, err);
	if (rc != 0)
		return rc;
	switch (value->name) {
	case RECORD_F_CASE:
	case RECORD_F_AT:
	case RECORD_F_SIGNER:
	case RECORD_F_LATE:
	case RECORD_F_AS_OF:
	case RECORD_F_OFFER_EXPIRES:
		return 0;
	case RECORD_F_COUNTED_BY_GIVER:
	case RECORD_F_COUNTED_BY_RECEIVER:
		return record_draft_set_count(draft, value->name, left, err);
	default:
		return record_draft_set(draft, value->name, text, err);
	}
}

static int copy_top(struct counter *counter, struct err *err)
{
	const struct record *record = counter->record;
	char *party;
	int rc = 0;

	for (size_t i = 0; i < record->signer_count && rc == 0; i++) {
		party = mem_copy_text(
		    record->signers[i].party.p, record->signers[i].party.n);
		if (party == NULL)
			return err_nomem(err);
		rc = cli_compose_signer(&counter->m, party, err);
		free(party);
	}
	for (size_t i = 0; i < record->top_count && rc == 0; i++)
		rc = copy_value(counter, &record->values[i], err);
	return rc;
}

static int put_not_taken(struct counter *counter, struct err *err)
{
	struct buf value;
	int rc = 0;

	buf_init(&value, RECORD_TEXT_MAX);
	for (size_t i = 0; i < counter->n && rc == 0; i++) {
		buf_clear(&value);
		buf_printf(
		    &value, "%s %s", counter->items[i], counter->reasons[i]);
		rc = buf_check(&value, err);
		if (rc == 0)
			rc = cli_compose_put_slice(&counter->m,
			    RECORD_F_NOT_TAKEN, buf_slice(&value), err);
	}
	buf_done(&value);
	return rc;
}

static int copy_blocks(struct counter *counter, struct err *err)
{
	const struct record *record = counter->record;
	struct slice text;
	int rc = 0;

	for (size_t i = 0; i < record->block_count && rc == 0; i++) {
		const struct record_block *block = &record->blocks[i];
		bool is_left_out = is_named(counter, block->id);

		if (!is_left_out)
			rc = cli_compose_block_slice(
			    &counter->m, block->id, err);
		for (size_t j = block->first;
		     j < block->first + block->n && rc == 0; j++) {
			rc = value_of(counter, &record->values[j], &text, err);
			if (rc == 0 && !is_left_out)
				rc = record_draft_set(counter->m.draft,
				    record->values[j].name, text, err);
		}
	}
	return rc;
}

int cli_counter_compose(struct cli_case *c, struct cli_keys *keys,
    const struct case_offer *offer, struct case_offer *ret_counter,
    struct err *err)
{
	const struct case_offer_record *main = offer->records[offer->n - 1];
	struct counter counter = {
	    .record = &main->record, .reveals = buf_slice(&main->reveals)};

	if (!record_has(&main->record, RECORD_F_COUNTED_BY_GIVER))
		return err_set(err, ERR_USAGE,
		    "accept: --except is for hand-overs and releases; this "
		    "is a %s",
		    main->record.schema->name);
	int rc = read_options(&counter, c->args, err);
	if (rc == 0)
		rc = cli_compose_start(
		    &counter.m, c, keys, main->record.schema->kind, err);
	if (rc == 0)
		rc = copy_top(&counter, err);
	if (rc == 0)
		rc = put_not_taken(&counter, err);
	if (rc == 0)
		rc = copy_blocks(&counter, err);
	if (rc == 0)
		rc = cli_compose_finish(&counter.m, ret_counter, err);
	cli_compose_done(&counter.m);
	free(counter.items);
	free(counter.reasons);
	return rc;
}

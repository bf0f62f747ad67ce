/*
 * cmd_print.c: `counterfoil print`: a record, an offer, a question, what should
 * be there, or an empty form, on paper.
 *
 * The sheets are made in room flow; here is only what is printed, and which
 * withheld values this folder can open.
 */
#include "cli_case.h"
#include "cli_finding.h"
#include "cli_issue.h"
#include "cli_out.h"
#include "cli_pending.h"
#include "cli_reveals.h"
#include "file.h"
#include "flow_sheet.h"
#include "log_store.h"
#include "mem.h"

#include <fcntl.h>
#include <inttypes.h>

#define COPIES_MAX 500

static const struct cli_option options[] = {
    {"output", 'o', "FILE.html", false, "where to write it"},
    {"blank", 0, NULL, false, "an empty form to fill in by hand"},
    {"copies", 0, "N", false, "so many empty forms, each with its number"},
    {"public", 0, NULL, false, "leave out what is withheld in the ledger"},
};

struct print {
	const struct cli_args *args;
	struct cli_case c;
	struct flow_form form;
	struct buf out;
	/* Of the record that was asked about last. */
	struct hash record_id;
	bool is_loaded;
	struct cli_reveals reveals;
	const struct case_offer *offer; /* when it is printed, or NULL */
	struct err failed; /* while looking for a reveal */
};

/* Names that people use for a kind. */
static const struct {
	const char *name;
	enum record_kind kind;
} names[] = {
    {"hand", RECORD_HANDOVER},
    {"seize", RECORD_SEIZURE},
    {"inspect", RECORD_INSPECTION},
};

static const struct record_schema *find_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (slice_is_text(slice_of(name), names[i].name))
			return record_schema_of(names[i].kind);
	return record_schema_find(slice_of(name));
}

/* ---- reveals ---- */

static int parse_offered(struct print *p, struct err *err)
{
	struct slice rest =
	    buf_slice(&p->offer->records[p->offer->n - 1]->reveals);
	int rc = 0;

	while (rc == 0 && rest.p != NULL && rest.n > 0) {
		rc = mem_grow((void **)&p->reveals.reveals, &p->reveals.cap,
		    p->reveals.n + 1, sizeof(p->reveals.reveals[0]), err);
		if (rc == 0)
			rc = record_withheld_parse(
			    &p->reveals.reveals[p->reveals.n],
			    slice_cut(&rest, '\n'), err);
		p->reveals.n += rc == 0;
	}
	return rc;
}

static struct slice reveal(void *cookie, const struct record *record,
    const struct record_block *block, const struct record_value *value)
{
	struct print *p = cookie;

	if (!p->is_loaded || !hash_is(&p->record_id, &record->id)) {
		uint32_t leaf = case_state_find_leaf(p->c.state, &record->id);

		cli_reveals_done(&p->reveals);
		p->record_id = record->id;
		p->is_loaded = true;
		int rc = leaf != CASE_NONE
		    ? cli_reveals_load(&p->reveals, &p->c, leaf, &p->failed)
		    : p->offer != NULL ? parse_offered(p, &p->failed)
				       : 0;
		if (rc != 0)
			return slice_of(NULL);
	}
	return cli_reveals_value(&p->reveals, block, value);
}

/* ---- what is printed ---- */

static int put_leaf(struct print *p, uint32_t leaf, struct err *err)
{
	struct record record = {0};
	int rc = case_state_record(p->c.state, leaf, &record, err);

	if (rc == 0) {
		p->form.record_id = &record.id;
		flow_form_start(&p->form, record.schema->name);
		rc = flow_sheet_record(&p->form, &record, leaf, ~0u, err);
		flow_form_close_sheet(&p->form);
		p->form.record_id = NULL;
	}
	record_done(&record);
	return rc;
}

static int put_question(struct print *p, uint32_t leaf, struct err *err)
{
	struct cli_finding f = {0};
	int rc = cli_finding_make(
	    &f, &p->c, leaf, cli_finding_default_time(&p->c), err);

	if (rc == 0) {
		p->form.record_id = &case_state_leaf(p->c.state, leaf)->id;
		flow_form_start(&p->form, "Question");
		rc = flow_sheet_question(&p->form, &f.finding, err);
		flow_form_close_sheet(&p->form);
	}
	cli_finding_done(&f);
	return rc;
}

static int put_offer(struct print *p, const char *typed, struct err *err)
{
	struct case_offer offer = {0};
	unsigned mask = 0;
	int rc = cli_pending_read(&p->c, typed, &offer, err);

	if (rc == 0) {
		const struct case_offer_record *main =
		    offer.records[offer.n - 1];

		for (size_t i = 0; i < main->record.signer_count; i++)
			mask |= main->signatures[i].n > 0 ? 1u << i : 0;
		p->offer = &offer;
		p->form.record_id = &main->record.id;
		flow_form_start(&p->form, main->record.schema->name);
		rc = flow_sheet_record(
		    &p->form, &main->record, CASE_NONE, mask, err);
		flow_form_close_sheet(&p->form);
		p->form.record_id = NULL;
		p->offer = NULL;
	}
	/* The reveals borrowed the offer's text. */
	cli_reveals_done(&p->reveals);
	p->is_loaded = false;
	case_offer_done(&offer);
	return rc;
}

static int put_inventory(struct print *p, struct err *err)
{
	uint32_t party;

	if (p->args->word_count < 2)
		return err_set(err, ERR_USAGE,
		    "print: whose inventory? print inventory PARTY");
	int rc = cli_case_find_party(&p->c, p->args->words[1], &party, err);
	if (rc != 0)
		return rc;
	flow_form_start(&p->form, "Inventory");
	rc = flow_sheet_inventory(&p->form, party, p->c.now, err);
	flow_form_close_sheet(&p->form);
	return rc;
}

static int put_blank(
    struct print *p, const struct record_schema *schema, struct err *err)
{
	uint64_t copies = 1, first = 0;
	char number[64];
	struct buf name;
	int rc = cli_args_count(p->args, "copies", &copies, NULL, err);

	if (rc == 0 && (copies < 1 || copies > COPIES_MAX))
		return err_set(err, ERR_USAGE,
		    "print: --copies: 1 to %d at a time", COPIES_MAX);
	buf_init(&name, 64);
	buf_printf(&name, "form/%s", schema->name);
	if (rc == 0)
		rc = cli_issue_take(
		    &p->c, buf_slice(&name), 0, copies, &first, err);
	buf_done(&name);
	if (rc != 0)
		return rc;
	flow_form_start(&p->form, schema->name);
	for (uint64_t i = 0; i < copies; i++) {
		(void)snprintf(number, sizeof(number), "%s-%04" PRIu64,
		    schema->name, first + i);
		p->form.number = number;
		flow_sheet_blank(&p->form, schema->kind);
		flow_form_close_sheet(&p->form);
	}
	p->form.number = NULL;
	return 0;
}

static int put_kind(
    struct print *p, const struct record_schema *schema, struct err *err)
{
	const char *typed =
	    p->args->word_count > 1 ? p->args->words[1] : "last";
	struct err why = {0};
	uint32_t leaf;
	int rc = cli_case_find_record(&p->c, typed, schema->kind, &leaf, &why);

	if (rc == ERR_NOTFOUND && p->args->word_count > 1) {
		struct err none = {0};

		rc = put_offer(p, typed, &none);
		if (rc != ERR_NOTFOUND)
			return rc == 0 ? 0
				       : err_set(err, rc, "%s", none.message);
	}
	if (rc != 0)
		return err_set(err, rc, "%s", why.message);
	return schema->kind == RECORD_QUESTION ? put_question(p, leaf, err)
					       : put_leaf(p, leaf, err);
}

static int put(struct print *p, struct err *err)
{
	const char *what = p->args->words[0];
	const struct record_schema *schema = find_kind(what);
	bool is_blank = cli_args_has(p->args, "blank");

	p->form.size = log_store_size(p->c.store);
	p->form.root = log_store_root(p->c.store);
	p->form.printed = p->c.now;
	p->form.state = p->c.state;
	if (cli_args_has(p->args, "copies") && !is_blank)
		return err_set(err, ERR_USAGE,
		    "print: --copies is for empty forms; add --blank");
	if (slice_is_text(slice_of(what), "inventory") && !is_blank)
		return put_inventory(p, err);
	if (schema == NULL)
		return err_set(err, ERR_USAGE,
		    "print: there is no sheet \"%s\"; name a kind of record, "
		    "such as seizure, handover, inspection, question or claim, "
		    "or `inventory PARTY`",
		    what);
	return is_blank ? put_blank(p, schema, err) : put_kind(p, schema, err);
}

static int write_out(struct print *p, const char *path, struct err *err)
{
	unsigned mode = p->form.is_revealing ? 0600 : 0644;
	int rc = flow_form_end(&p->form, err);

	if (rc == 0)
		rc =
		    file_publish(AT_FDCWD, path, buf_slice(&p->out), mode, err);
	if (rc == 0)
		cli_out("%s: to print%s\n", path,
		    p->form.is_revealing
			? "; it shows values that are not public"
			: "");
	return rc;
}

static int run(const struct cli_args *args, struct err *err)
{
	struct print p = {.args = args};
	const char *path;

	buf_init(&p.out, FLOW_FORM_MAX);
	p.form.out = &p.out;
	p.form.cookie = &p;
	p.form.reveal = cli_args_has(args, "public") ? NULL : reveal;
	int rc = cli_args_need(args, "output", &path, err);
	if (rc == 0)
		rc = cli_case_open(&p.c, args, err);
	if (rc == 0)
		rc = put(&p, err);
	if (rc == 0 && p.failed.code != 0)
		rc = err_set(err, p.failed.code, "%s", p.failed.message);
	if (rc == 0)
		rc = write_out(&p, path, err);
	buf_wipe(&p.out);
	cli_reveals_done(&p.reveals);
	cli_case_done(&p.c);
	return rc;
}

const struct cli_command cmd_print = {
    .name = "print",
    .group = CLI_LOOKING,
    .usage = "KIND [RECORD|OFFER|last] | inventory PARTY | KIND --blank "
	     "-o FILE.html",
    .summary = "Writes a sheet to print and to sign in ink",
    .shared = CLI_SHARED_CASE,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .words_min = 1,
    .words_max = 2,
    .examples = "  counterfoil print seizure -o receipt.html\n"
		"  counterfoil print handover last -o handover.html\n"
		"  counterfoil print inventory police.example -o sheet.html\n"
		"  counterfoil print hand --blank --copies 10 -o forms.html\n",
    .run = run,
};

/*
 * record_withheld.c: commitments and reveals.
 *
 * The commitment binds the value to its record, its item, its field and its
 * place among several of one name, so that it means nothing when copied
 * elsewhere; the salt keeps short values from being guessed.
 */
#include "record_withheld.h"

#include "mem.h"
#include "reader.h"
#include "text.h"

struct hash record_withheld_commit(struct slice header, struct slice item,
    enum record_name name, uint32_t occurrence,
    const uint8_t salt[RECORD_SALT_SIZE], struct slice value)
{
	char hex[HASH_HEX_SIZE];
	struct hash header_hash = hash_of(header.p, header.n);
	struct buf b;

	buf_init(&b, RECORD_TEXT_MAX + 1024);
	hash_to_hex(hex, &header_hash);
	buf_printf(&b, "counterfoil-withheld/v1\n%s\n%.*s\n%s\n%u\n", hex,
	    SLICE_ARG(item), record_schema_field_name(name), occurrence);
	buf_put(&b, salt, RECORD_SALT_SIZE);
	buf_put_slice(&b, value);
	struct hash commitment = hash_of(b.p, b.n);
	buf_wipe(&b);
	return commitment;
}

int record_withheld_parse(
    struct record_reveal *ret_reveal, struct slice line, struct err *err)
{
	struct record_reveal r = {0};
	struct slice rest = line;
	unsigned long long occurrence;

	bool is_good = hash_from_hex(&r.record_id, slice_cut(&rest, ' '));
	r.item = slice_cut(&rest, ' ');
	is_good = is_good &&
	    (slice_is_text(r.item, "-") || text_is_identifier(r.item));
	r.name = record_schema_field_find(slice_cut(&rest, ' '));
	is_good = is_good && r.name != RECORD_F_NONE &&
	    slice_to_u64(slice_cut(&rest, ' '), &occurrence) &&
	    occurrence >= 1 && occurrence <= UINT32_MAX &&
	    text_from_hex(r.salt, sizeof(r.salt), slice_cut(&rest, ' ')) &&
	    rest.p != NULL && text_is_line(rest, NULL, NULL);
	if (!is_good)
		return err_set(err, ERR_FORMAT,
		    "reveal: not of the form \"<record> <item or -> <field> "
		    "<n> <salt> <value>\"");
	r.occurrence = (uint32_t)occurrence;
	r.value = rest;
	*ret_reveal = r;
	return 0;
}

void record_withheld_put(struct buf *out, const struct record_reveal *reveal)
{
	text_put_hex(out, reveal->record_id.b, HASH_SIZE);
	buf_printf(out, " %.*s %s %u ", SLICE_ARG(reveal->item),
	    record_schema_field_name(reveal->name), reveal->occurrence);
	text_put_hex(out, reveal->salt, RECORD_SALT_SIZE);
	buf_putc(out, ' ');
	buf_put_slice(out, reveal->value);
	buf_putc(out, '\n');
}

static const struct record_block *find_block(
    const struct record *record, struct slice id)
{
	for (size_t i = 0; i < record->block_count; i++)
		if (slice_is(record->blocks[i].id, id))
			return &record->blocks[i];
	return NULL;
}

int record_withheld_check(const struct record *record,
    const struct record_reveal *reveal, struct err *err)
{
	bool is_top = slice_is_text(reveal->item, "-");
	const struct record_block *block =
	    is_top ? NULL : find_block(record, reveal->item);
	const struct record_field *field =
	    record_schema_field(record->schema, !is_top, reveal->name);
	struct slice header = {record->text.p, record->header_n};
	const struct record_value *v = NULL;
	struct hash stated;

	if (hash_is(&reveal->record_id, &record->id) && field != NULL &&
	    (is_top || block != NULL))
		for (v = record_next(record, block, reveal->name, NULL);
		     v != NULL && v->occurrence != reveal->occurrence;)
			v = record_next(record, block, reveal->name, v);
	if (v == NULL || !v->is_withheld || !hash_from_hex(&stated, v->value))
		return err_set(err, ERR_VERIFY,
		    "reveal: the record withholds no \"%s\" of %.*s",
		    record_schema_field_name(reveal->name),
		    SLICE_ARG(reveal->item));
	struct hash made = record_withheld_commit(header, reveal->item,
	    reveal->name, reveal->occurrence, reveal->salt, reveal->value);
	if (!hash_is(&made, &stated) ||
	    !record_schema_value_is_good(field, reveal->value, NULL))
		return err_set(err, ERR_VERIFY,
		    "reveal: \"%s\" of %.*s is not the value that was signed",
		    record_schema_field_name(reveal->name),
		    SLICE_ARG(reveal->item));
	return 0;
}

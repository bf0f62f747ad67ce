/*
 * flow_check.c: the hybrid system MOD 37,36 as ISO/IEC 7064 has it.
 */
#include "flow_check.h"

#include "text.h"

#define MODULUS 36

/* 0 to 35, or -1 for what is passed over. */
static int value_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
}

char flow_check_of(struct slice id)
{
	int p = MODULUS;

	for (size_t i = 0; i < id.n; i++) {
		int value = value_of(id.p[i]);
		if (value < 0)
			continue;
		int s = (p + value) % MODULUS;
		p = 2 * (s == 0 ? MODULUS : s) % (MODULUS + 1);
	}
	/* Together with the character the sum is 1. */
	return "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(MODULUS + 1 - p) %
	    MODULUS];
}

void flow_check_put(struct buf *out, struct slice id)
{
	buf_put_slice(out, id);
	buf_putc(out, FLOW_CHECK_MARK);
	buf_putc(out, flow_check_of(id));
}

bool flow_check_is_label(struct slice text)
{
	return text.n > 2 && text.p[text.n - 2] == FLOW_CHECK_MARK &&
	    value_of(text.p[text.n - 1]) >= 0 &&
	    text_is_identifier((struct slice){text.p, text.n - 2});
}

int flow_check_take(struct slice text, struct slice *ret_id, struct err *err)
{
	if (!flow_check_is_label(text)) {
		*ret_id = text;
		return 0;
	}
	struct slice id = {text.p, text.n - 2};
	if (value_of(text.p[text.n - 1]) != value_of(flow_check_of(id)))
		return err_set(err, ERR_VERIFY,
		    "\"%.*s\" was misread or mistyped: its last character "
		    "does not fit the rest; scan the label again",
		    SLICE_ARG(text));
	*ret_id = id;
	return 0;
}

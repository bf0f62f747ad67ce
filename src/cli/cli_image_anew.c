/*
 * cli_image_anew.c: see cli_image_anew.h.
 */
#include "cli_image_anew.h"

#include "buf.h"
#include "cli_out.h"
#include "file.h"
#include "media_journal.h"
#include "media_name.h"

#include <fcntl.h>

#define LIST_BYTES_MAX (1u << 20)
#define NAME_BYTES_MAX 8192

int cli_image_anew_find(
    struct media_image_options *o, bool *ret_has_point, struct err *err)
{
	bool is_there = false;

	*ret_has_point = false;
	if (!o->is_resumed)
		return 0;
	int rc = media_journal_look(o->bases[0], &is_there, ret_has_point, err);
	if (rc == 0 && !is_there) {
		o->is_resumed = false;
		cli_out_remark(
		    "%s.journal is not there: there is nothing to go "
		    "on with, it is begun anew",
		    o->bases[0]);
	} else if (rc == 0 && !*ret_has_point) {
		cli_out_remark("the run before came to no point that can be "
			       "gone on from: it is begun anew");
	}
	return rc;
}

/* Appends it if it is there; whether it is. */
static bool put_if_there(struct buf *list, const struct buf *name)
{
	const bool is_there = !name->failed && file_exists(AT_FDCWD, name->p);

	if (is_there)
		buf_printf(list, "%s%s", list->n > 0 ? ", " : "", name->p);
	return is_there;
}

static void put_place(struct buf *list, const struct media_image_options *o,
    const char *base, struct buf *name)
{
	static const char *const endings[] = {
	    ".journal", ".tree.part", ".tree"};
	bool is_there = true;

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		buf_clear(name);
		buf_printf(name, "%s%s", base, endings[i]);
		(void)put_if_there(list, name);
	}
	for (uint64_t i = 1; is_there; i++) {
		buf_clear(name);
		if (media_name_put(name, base, o->style, i, NULL) != 0)
			break;
		is_there = put_if_there(list, name);
		buf_puts(name, ".part");
		is_there = put_if_there(list, name) || is_there;
		if (o->style == MEDIA_NAME_ONE)
			break;
	}
}

void cli_image_anew_say(const struct media_image_options *o, int rc)
{
	struct buf list, name;

	if (!o->is_resumed ||
	    (rc != ERR_VERIFY && rc != ERR_FORMAT && rc != ERR_CONFLICT))
		return;
	buf_init(&list, LIST_BYTES_MAX);
	buf_init(&name, NAME_BYTES_MAX);
	for (size_t i = 0; i < o->base_count; i++)
		put_place(&list, o, o->bases[i], &name);
	if (list.n > 0)
		cli_out_remark(
		    "to begin anew, move away or remove: %s", list.p);
	buf_done(&list);
	buf_done(&name);
}

bool cli_image_anew_is_whole(const struct media_image_options *o)
{
	struct buf name;
	bool is;

	buf_init(&name, NAME_BYTES_MAX);
	is = media_name_put(&name, o->bases[0], o->style, 1, NULL) == 0 &&
	    file_exists(AT_FDCWD, name.p);
	buf_clear(&name);
	buf_printf(&name, "%s.journal", o->bases[0]);
	is =
	    is && buf_check(&name, NULL) == 0 && !file_exists(AT_FDCWD, name.p);
	buf_done(&name);
	return is;
}

/*
 * cli_site_view.c: see cli_site_view.h.
 */
#include "cli_site_view.h"

#include "cli_remote.h"
#include "log_site.h"
#include "site.h"
#include "tree.h"

#include <string.h>

#define PATH_MAX_BYTES 4096

/* ---- the copy ---- */

/* Its own word, and only for the first contact. */
static int read_key(struct note_key *ret_key, const struct cli_case *c,
    bool *ret_is_there, struct err *err)
{
	struct buf text;

	buf_init(&text, LOG_SITE_MAX);
	int rc = cli_remote_get_beside(c, "site", LOG_SITE_MAX, &text, err);
	*ret_is_there = rc == 0 && text.n > 0;
	if (*ret_is_there)
		rc = log_site_peek(ret_key, buf_slice(&text), err);
	buf_done(&text);
	return rc;
}

static int open_copy(struct cli_site_view *view, const struct cli_args *args,
    const char *url, const struct note_key *key, struct err *err)
{
	struct buf path;

	buf_init(&path, PATH_MAX_BYTES);
	int rc = cli_remote_site_folder(args, url, key, &path, err);
	if (rc == 0)
		rc = cli_case_open_folder_at(&view->copy, args, path.p, err);
	view->is_open = rc == 0;
	buf_done(&path);
	return rc;
}

int cli_site_view_sync(struct cli_site_view *view, const struct cli_args *args,
    const char *url, const struct note_key *key, const struct cli_case *c,
    struct err *err)
{
	struct note_key named;
	bool is_named = false;
	int rc = 0;

	if (!view->is_open && key == NULL)
		rc = read_key(&named, c, &is_named, err);
	if (rc == 0 && !view->is_open)
		rc = open_copy(view, args, url, is_named ? &named : key, err);
	if (rc != 0)
		return rc;
	if (key != NULL &&
	    (strcmp(key->name, view->copy.log_key.name) != 0 ||
		!note_key_is_same_point(key, &view->copy.log_key)))
		return err_set(err, ERR_VERIFY,
		    "%s was met under another key, that of %s; the copy is %s: "
		    "if the key that you gave now is the right one, remove "
		    "that folder and look again",
		    url, view->copy.log_key.name, view->copy.path.p);
	rc = cli_remote_sync(&view->copy, err);
	log_store_free(view->copy.store);
	view->copy.store = NULL;
	return rc != 0 ? rc
		       : log_store_open(&view->copy.store, view->copy.fd,
			     &view->copy.log_key, err);
}

void cli_site_view_done(struct cli_site_view *view)
{
	if (view->copy.args != NULL)
		cli_case_done(&view->copy);
	*view = (struct cli_site_view){.copy = {.fd = -1}};
}

/* ---- comparing ---- */

struct comparing {
	const struct cli_case *c;
	void (*found)(void *cookie, enum cli_site_fault fault, uint64_t index,
	    uint64_t size, struct slice checkpoint);
	void *cookie;
	uint64_t count;
};

static int compare_leaf(
    void *cookie, uint64_t index, struct slice leaf, struct err *err)
{
	struct comparing *to = cookie;
	const struct cli_case *c = to->c;
	struct site_entry entry;
	struct log_checkpoint head;
	struct hash root;

	int rc = site_read_leaf(&entry, leaf, err);
	if (rc != 0)
		return err_set(err, ERR_VERIFY,
		    "entry %llu of the site log is no checkpoint",
		    (unsigned long long)index);
	if (!slice_is_text(entry.origin, c->log_key.name))
		return 0;
	to->count++;
	if (log_checkpoint_open(&head, NULL, leaf, &c->log_key, NULL) != 0) {
		to->found(to->cookie, CLI_SITE_FORGED, index, entry.size, leaf);
		return 0;
	}
	if (head.size > log_store_size(c->store)) {
		to->found(to->cookie, CLI_SITE_AHEAD, index, head.size, leaf);
		return 0;
	}
	struct tree_source source = log_store_source(c->store);
	rc = tree_root(&root, &source, head.size, err);
	if (rc == 0 && !hash_is(&root, &head.root))
		to->found(to->cookie, CLI_SITE_SPLIT, index, head.size, leaf);
	return rc;
}

int cli_site_view_compare(struct cli_site_view *view, const struct cli_case *c,
    void (*found)(void *cookie, enum cli_site_fault fault, uint64_t index,
	uint64_t size, struct slice checkpoint),
    void *cookie, uint64_t *ret_count, struct err *err)
{
	struct log_store *store = view->copy.store;
	struct comparing to = {.c = c, .found = found, .cookie = cookie};

	int rc = log_store_each(
	    store, 0, log_store_size(store), compare_leaf, &to, err);
	*ret_count = to.count;
	return rc;
}

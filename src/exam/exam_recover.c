/*
 * exam_recover.c: see exam_recover.h. Objects are written by several threads,
 * each a file of its own; what is known of them is kept by number and written
 * at the end, in order.
 */
#include "exam_recover.h"

#include "buf.h"
#include "crew.h"
#include "file.h"
#include "hash.h"
#include "json.h"
#include "media_hash.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_BYTES 96
#define LINE_MAX_BYTES (64u << 20)
#define PROGRESS_EVERY 64

struct result {
	bool is_written;
	struct hash sha256;
	uint8_t md5[16];
	struct exam_read_sums sums;
};

/* What a thread works with. */
struct worker {
	struct exam_read read;
	struct hash_run *hash;
	struct media_hash *md5;
	int fd;
};

struct recovering {
	const struct exam_recover_options *o;
	const struct exam_catalog_file *files;
	struct result *results;
	struct media_file image; /* the caller's, a thread at a time */
	struct worker workers[CREW_THREADS_MAX];
	size_t free[CREW_THREADS_MAX], free_n;
	pthread_mutex_t lock, image_lock;
	size_t done;
	uint64_t bytes;
	int rc; /* the first that failed */
	struct err err;
	struct exam_recover_sums sums;
};

/* ---- one object ---- */

static void name_object(const struct exam_recover_options *o, size_t i,
    char ret_name[NAME_MAX_BYTES])
{
	size_t n;
	const struct exam_catalog_file *f =
	    &exam_catalog_files(o->read->catalog, &n)[o->files[i]];

	(void)snprintf(ret_name, NAME_MAX_BYTES, "objects/%05zu/%u-%llu-%u-%u",
	    i / EXAM_RECOVER_GROUP, f->volume, (unsigned long long)f->id,
	    f->attribute, f->attribute_id);
}

static int write_all(int fd, const uint8_t *bytes, size_t n, struct err *err)
{
	while (n > 0) {
		const ssize_t done = write(fd, bytes, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return err_sys(err, errno, "writing an object");
		bytes += done;
		n -= (size_t)done;
	}
	return 0;
}

static int put_bytes(
    void *cookie, const uint8_t *bytes, size_t n, struct err *err)
{
	struct worker *w = cookie;

	hash_update(w->hash, bytes, n);
	int rc = w->md5 != NULL ? media_hash_update(w->md5, bytes, n, err) : 0;

	return rc != 0 ? rc : write_all(w->fd, bytes, n, err);
}

/* Whether there is anything to write: a file that is in use, or one of which
 * something is left. Two names of one object are written once. */
static bool has_bytes(const struct recovering *r, uint32_t file)
{
	const struct exam_grade *grade =
	    exam_grade_of(r->o->read->grades, file);

	if (grade == NULL)
		return (r->files[file].flags & CAGE_LIST_NAME_ALONE) == 0;
	if (grade->word == EXAM_GRADE_NONE || grade->same_as != file)
		return false;
	if (exam_read_needs_box(&r->files[file]))
		return true;
	const struct exam_grade_piece *p =
	    exam_grade_pieces(r->o->read->grades, grade);

	for (size_t i = 0; i < grade->piece_n; i++)
		if (p[i].state == EXAM_GRADE_FREE && !p[i].is_hole)
			return true;
	return false;
}

static int finish_hashes(
    struct worker *w, struct result *result, struct err *err)
{
	struct media_hash_value md5;

	result->sha256 = hash_finish(w->hash);
	if (w->md5 == NULL)
		return 0;
	int rc = media_hash_peek(w->md5, 0, &md5, err);

	if (rc == 0)
		memcpy(result->md5, md5.b, sizeof(result->md5));
	return rc;
}

static int write_object(
    struct recovering *r, struct worker *w, size_t i, struct err *err)
{
	struct result *result = &r->results[i];
	char name[NAME_MAX_BYTES];
	int rc = 0;

	name_object(r->o, i, name);
	w->fd = openat(r->o->folder, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (w->fd < 0 && errno == EEXIST)
		return 0; /* another name of it came before */
	if (w->fd < 0)
		return err_sys(err, errno, "%s", name);
	hash_start(w->hash);
	if (r->o->has_md5)
		rc = media_hash_new(&w->md5, MEDIA_HASH_MD5, err);
	if (rc == 0)
		rc = exam_read_file(
		    &w->read, r->o->files[i], put_bytes, w, &result->sums, err);
	if (rc == 0)
		rc = finish_hashes(w, result, err);
	media_hash_free(w->md5);
	w->md5 = NULL;
	if (close(w->fd) != 0 && rc == 0)
		rc = err_sys(err, errno, "%s", name);
	result->is_written = rc == 0;
	return rc;
}

/* ---- the crew ---- */

static int read_locked(
    void *cookie, uint64_t at, void *ret_bytes, size_t n, struct err *err)
{
	struct recovering *r = cookie;

	(void)pthread_mutex_lock(&r->image_lock);
	int rc = media_file_read(r->o->read->image, at, ret_bytes, n, err);

	(void)pthread_mutex_unlock(&r->image_lock);
	return rc;
}

static void note(struct recovering *r, size_t worker, size_t i, int rc,
    const struct err *err)
{
	(void)pthread_mutex_lock(&r->lock);
	r->free[r->free_n++] = worker;
	if (rc != 0 && r->rc == 0) {
		r->rc = rc;
		r->err = *err;
	}
	r->done++;
	r->bytes += r->results[i].sums.read;
	if (r->o->progress != NULL && r->done % PROGRESS_EVERY == 0)
		r->o->progress(r->o->cookie, r->done, r->bytes);
	(void)pthread_mutex_unlock(&r->lock);
}

static void work(void *cookie, size_t i)
{
	struct recovering *r = cookie;
	struct err err = {0};
	int rc;

	(void)pthread_mutex_lock(&r->lock);
	const size_t worker = r->free[--r->free_n];

	rc = r->rc; /* the others stop, too */
	(void)pthread_mutex_unlock(&r->lock);
	if (rc == 0 && has_bytes(r, r->o->files[i]) &&
	    !exam_read_needs_box(&r->files[r->o->files[i]]))
		rc = write_object(r, &r->workers[worker], i, &err);
	note(r, worker, i, rc, &err);
}

static int start_workers(struct recovering *r, size_t n, struct err *err)
{
	r->image = (struct media_file){.length = r->o->read->image->length,
	    .read = read_locked,
	    .cookie = r};
	for (size_t i = 0; i < n; i++) {
		struct worker *w = &r->workers[i];

		w->read = *r->o->read;
		w->read.image = &r->image;
		w->read.bytes = mem_new(EXAM_READ_PIECE, 1);
		w->hash = hash_new();
		if (w->read.bytes == NULL || w->hash == NULL)
			return err_nomem(err);
		r->free[r->free_n++] = i;
	}
	return 0;
}

static void end_workers(struct recovering *r)
{
	for (size_t i = 0; i < CREW_THREADS_MAX; i++) {
		free(r->workers[i].read.bytes);
		hash_free(r->workers[i].hash);
	}
}

static int make_folders(const struct recovering *r, struct err *err)
{
	char name[NAME_MAX_BYTES];

	if (mkdirat(r->o->folder, "objects", 0700) != 0)
		return err_sys(err, errno, "objects");
	for (size_t i = 0; i < r->o->n; i += EXAM_RECOVER_GROUP) {
		(void)snprintf(name, sizeof(name), "objects/%05zu",
		    i / EXAM_RECOVER_GROUP);
		if (mkdirat(r->o->folder, name, 0700) != 0)
			return err_sys(err, errno, "%s", name);
	}
	return 0;
}

/* ---- the manifest ---- */

/* One line of what was written over several: only layout has line feeds. */
static void put_line(struct buf *out, const struct buf *json)
{
	for (size_t i = 0; i < json->n; i++) {
		if (json->p[i] != '\n') {
			buf_putc(out, json->p[i]);
			continue;
		}
		while (i + 1 < json->n && json->p[i + 1] == ' ')
			i++;
	}
	buf_putc(out, '\n');
}

static void put_path(const struct recovering *r, struct json *json,
    const char *name, uint32_t file)
{
	struct buf path;

	buf_init(&path, LINE_MAX_BYTES);
	exam_catalog_put_path(r->o->read->catalog, file, &path);
	json_text(json, name, buf_slice(&path));
	buf_done(&path);
}

static void put_blocks(const struct recovering *r, struct json *json,
    const struct exam_grade *grade)
{
	const struct exam_grade_piece *p =
	    exam_grade_pieces(r->o->read->grades, grade);

	json_open_array(json, "blocks");
	for (size_t i = 0; i < grade->piece_n; i++) {
		json_open_object(json, NULL);
		if (p[i].state != EXAM_GRADE_MISSING && !p[i].is_hole)
			json_number(json, "at", (int64_t)p[i].at);
		json_number(json, "in-file", (int64_t)p[i].in_file);
		json_number(json, "length", (int64_t)p[i].length);
		json_text(json, "state",
		    slice_of(p[i].is_hole
			    ? "hole"
			    : exam_grade_state_name(
				  (enum exam_grade_state)p[i].state)));
		json_bool(json, "assumed", p[i].is_assumed);
		if (p[i].by != EXAM_OWNER_NO_FILE)
			put_path(r, json, "also-of", p[i].by);
		json_close_object(json);
	}
	json_close_array(json);
}

static void put_sums(struct json *json, const struct exam_read_sums *s)
{
	json_number(json, "read", (int64_t)s->read);
	json_number(json, "overwritten", (int64_t)s->foreign);
	json_number(json, "missing", (int64_t)s->missing);
	json_number(json, "unreadable", (int64_t)s->unreadable);
}

static void put_entry(const struct recovering *r, size_t i, struct json *json)
{
	const uint32_t file = r->o->files[i];
	const struct exam_catalog_file *f = &r->files[file];
	const struct result *result = &r->results[i];
	const struct exam_grade *grade =
	    exam_grade_of(r->o->read->grades, file);
	char name[NAME_MAX_BYTES], hex[HASH_HEX_SIZE];

	name_object(r->o, i, name);
	json_open_object(json, NULL);
	json_text(json, "object",
	    result->is_written ? slice_of(name) : (struct slice){0});
	json_number(json, "number", file);
	json_number(json, "volume", f->volume);
	json_number(json, "id", (int64_t)f->id);
	put_path(r, json, "path", file);
	json_number(json, "size", (int64_t)f->size);
	json_bool(json, "deleted", grade != NULL);
	if (grade != NULL) {
		json_text(
		    json, "grade", slice_of(exam_grade_word_name(grade->word)));
		json_bool(json, "end-seen", grade->has_end);
		if (grade->same_as != file)
			json_number(json, "same-as", grade->same_as);
		put_blocks(r, json, grade);
	}
	if (result->is_written) {
		put_sums(json, &result->sums);
		hash_to_hex(hex, &result->sha256);
		json_text(json, "sha256", slice_of(hex));
	}
	if (result->is_written && r->o->has_md5) {
		const struct media_hash_value md5 = {.is_there = true};
		struct media_hash_value value = md5;

		memcpy(value.b, result->md5, sizeof(result->md5));
		media_hash_hex(hex, MEDIA_HASH_MD5, &value);
		json_text(json, "md5", slice_of(hex));
	}
	json_close_object(json);
}

static int write_manifest(struct recovering *r, struct err *err)
{
	struct hash_run *hash = r->workers[0].hash;
	struct file_draft draft = {0};
	struct buf text, line;
	int rc =
	    file_draft_open(&draft, r->o->folder, "manifest.jsonl", 0600, err);

	buf_init(&text, LINE_MAX_BYTES);
	buf_init(&line, LINE_MAX_BYTES);
	hash_start(hash);
	for (size_t i = 0; i < r->o->n && rc == 0; i++) {
		struct json json;

		buf_clear(&text);
		json_init(&json, &text);
		put_entry(r, i, &json);
		put_line(&line, &text);
		rc = buf_check(&text, err);
		if (rc == 0)
			rc = buf_check(&line, err);
		if (rc == 0 && (line.n > EXAM_READ_PIECE || i + 1 == r->o->n)) {
			hash_update(hash, line.p, line.n);
			rc = file_draft_write(&draft, line.p, line.n, err);
			buf_clear(&line);
		}
	}
	if (rc == 0)
		rc = file_draft_publish(&draft, err);
	r->sums.manifest = hash_finish(hash);
	file_draft_done(&draft);
	buf_done(&text);
	buf_done(&line);
	return rc;
}

static int write_list(const struct recovering *r, struct err *err)
{
	struct file_draft draft = {0};
	char name[NAME_MAX_BYTES], hex[HASH_HEX_SIZE];
	char line[NAME_MAX_BYTES + HASH_HEX_SIZE + 4];
	int rc = file_draft_open(&draft, r->o->folder, "SHA256SUMS", 0600, err);
	struct buf text;

	buf_init(&text, LINE_MAX_BYTES);
	for (size_t i = 0; i < r->o->n && rc == 0; i++) {
		if (r->results[i].is_written) {
			name_object(r->o, i, name);
			hash_to_hex(hex, &r->results[i].sha256);
			(void)snprintf(
			    line, sizeof(line), "%s  %s\n", hex, name);
			buf_puts(&text, line);
		}
		if (text.n > EXAM_READ_PIECE || i + 1 == r->o->n) {
			rc = buf_check(&text, err);
			if (rc == 0)
				rc = file_draft_write(
				    &draft, text.p, text.n, err);
			buf_clear(&text);
		}
	}
	if (rc == 0)
		rc = file_draft_publish(&draft, err);
	file_draft_done(&draft);
	buf_done(&text);
	return rc;
}

/* ---- all of it ---- */

/* Those that a box is asked for: it belongs to this thread. */
static int ask_for_rest(struct recovering *r, struct err *err)
{
	int rc = 0;

	for (size_t i = 0; i < r->o->n && rc == 0; i++)
		if (exam_read_needs_box(&r->files[r->o->files[i]]) &&
		    has_bytes(r, r->o->files[i]))
			rc = write_object(r, &r->workers[0], i, err);
	return rc;
}

static void sum_up(struct recovering *r)
{
	r->sums.names = r->o->n;
	for (size_t i = 0; i < r->o->n; i++) {
		const struct result *result = &r->results[i];
		const struct exam_grade *grade =
		    exam_grade_of(r->o->read->grades, r->o->files[i]);

		if (grade != NULL)
			r->sums.by_grade[grade->word]++;
		if (!result->is_written)
			continue;
		r->sums.objects++;
		r->sums.bytes += result->sums.read;
		if (result->sums.unreadable > 0)
			r->sums.damaged++;
	}
}

static int recover(struct recovering *r, struct err *err)
{
	const size_t want = r->o->threads > 0 ? r->o->threads : crew_size();
	const size_t threads =
	    want < CREW_THREADS_MAX ? want : CREW_THREADS_MAX;
	int rc = start_workers(r, threads, err);

	if (rc == 0)
		rc = make_folders(r, err);
	if (rc != 0)
		return rc;
	crew_run(threads, r->o->n, work, r);
	if (r->rc != 0)
		return err_set(err, r->rc, "%s", r->err.message);
	rc = ask_for_rest(r, err);
	if (rc == 0 && syncfs(r->o->folder) != 0)
		rc = err_sys(err, errno, "writing what was recovered");
	if (rc == 0)
		rc = write_manifest(r, err);
	if (rc == 0)
		rc = write_list(r, err);
	sum_up(r);
	return rc;
}

int exam_recover(const struct exam_recover_options *options,
    struct exam_recover_sums *ret_sums, struct err *err)
{
	struct recovering *r = mem_new(1, sizeof(*r));
	size_t n;

	if (r == NULL)
		return err_nomem(err);
	r->o = options;
	r->files = exam_catalog_files(options->read->catalog, &n);
	r->results = mem_new(options->n + 1, sizeof(*r->results));
	(void)pthread_mutex_init(&r->lock, NULL);
	(void)pthread_mutex_init(&r->image_lock, NULL);
	int rc = r->results == NULL ? err_nomem(err) : recover(r, err);

	if (rc == 0)
		*ret_sums = r->sums;
	end_workers(r);
	(void)pthread_mutex_destroy(&r->lock);
	(void)pthread_mutex_destroy(&r->image_lock);
	free(r->results);
	free(r);
	return rc;
}

void exam_recover_remove(const struct exam_recover_options *options)
{
	char name[NAME_MAX_BYTES];

	/* What is not there is not taken away, which is what is wanted. */
	for (size_t i = 0; i < options->n; i++) {
		name_object(options, i, name);
		(void)unlinkat(options->folder, name, 0);
	}
	for (size_t i = 0; i < options->n; i += EXAM_RECOVER_GROUP) {
		(void)snprintf(name, sizeof(name), "objects/%05zu",
		    i / EXAM_RECOVER_GROUP);
		(void)unlinkat(options->folder, name, AT_REMOVEDIR);
	}
	(void)unlinkat(options->folder, "objects", AT_REMOVEDIR);
	(void)unlinkat(options->folder, "manifest.jsonl", 0);
	(void)unlinkat(options->folder, "SHA256SUMS", 0);
}

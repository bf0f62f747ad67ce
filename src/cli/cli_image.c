/*
 * cli_image.c: see cli_image.h.
 */
#include "cli_image.h"

#include "buf.h"
#include "case_state.h"
#include "file.h"
#include "media_name.h"
#include "media_open.h"
#include "mem.h"
#include "slice.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SEED_FILE_SIZE CLI_IMAGE_SEED_LINE
#define FLAW_MAX 4500 /* the name of a file, and where in it */

/* ---- seeds ---- */

static int seed_path(struct buf *path, const char *copy, struct err *err)
{
	buf_puts(path, "private/seeds/");
	for (const char *p = copy; *p != '\0'; p++)
		buf_putc(path, *p == '/' ? '_' : *p);
	buf_puts(path, ".seed");
	return buf_check(path, err);
}

void cli_image_seed_line(
    char ret_line[CLI_IMAGE_SEED_LINE], const struct tree_seed *seed)
{
	char hex[HASH_HEX_SIZE];
	struct hash as_hash;

	memcpy(as_hash.b, seed->b, sizeof(as_hash.b));
	hash_to_hex(hex, &as_hash);
	memcpy(ret_line, hex, sizeof(hex) - 1);
	ret_line[CLI_IMAGE_SEED_LINE - 1] = '\n';
	mem_wipe(hex, sizeof(hex));
	mem_wipe(&as_hash, sizeof(as_hash));
}

int cli_image_make_seed(struct cli_case *c, const char *copy,
    struct tree_seed *ret_seed, struct err *err)
{
	struct tree_seed seed = {{0}};
	struct buf path;
	char text[SEED_FILE_SIZE];
	int rc;

	mem_random(seed.b, sizeof(seed.b));
	cli_image_seed_line(text, &seed);
	buf_init(&path, 1024);
	rc = seed_path(&path, copy, err);
	if (rc == 0)
		rc = file_publish_new(c->fd, path.p,
		    (struct slice){text, SEED_FILE_SIZE}, 0600, err);
	if (rc == ERR_CONFLICT && err != NULL)
		err_prefix(err, "%s has a seed already", copy);
	if (rc == 0)
		*ret_seed = seed;
	buf_done(&path);
	mem_wipe(text, sizeof(text));
	mem_wipe(&seed, sizeof(seed));
	return rc;
}

int cli_image_parse_seed(struct slice text, const char *path,
    struct tree_seed *ret_seed, struct err *err)
{
	struct hash as_hash;

	if (text.n != SEED_FILE_SIZE || text.p[SEED_FILE_SIZE - 1] != '\n' ||
	    !hash_from_hex(&as_hash, (struct slice){text.p, text.n - 1}))
		return err_set(err, ERR_FORMAT,
		    "%s: no seed; it is one line of %d hex digits", path,
		    2 * HASH_SIZE);
	memcpy(ret_seed->b, as_hash.b, sizeof(ret_seed->b));
	mem_wipe(&as_hash, sizeof(as_hash));
	return 0;
}

int cli_image_read_seed_file(
    const char *path, struct tree_seed *ret_seed, struct err *err)
{
	struct err why = {0};
	struct buf text;

	buf_init_secret(&text, SEED_FILE_SIZE);
	int rc = file_read_user(&text, path, SEED_FILE_SIZE, &why);
	if (rc == 0 || rc == ERR_LIMIT) /* too long is no seed either */
		rc =
		    cli_image_parse_seed(buf_slice(&text), path, ret_seed, err);
	else
		err_set(err, rc, "%s", why.message);
	buf_wipe(&text);
	return rc;
}

static bool locks_seed(const struct record *lock, const char *copy)
{
	for (size_t i = 0; i < lock->block_count; i++) {
		const struct record_block *b = &lock->blocks[i];

		if (slice_is_text(b->id, copy) &&
		    record_block_get(lock, b, RECORD_F_LOCKED_SEED).p != NULL)
			return true;
	}
	return false;
}

bool cli_image_is_seed_locked(const struct cli_case *c, const char *copy)
{
	bool is_locked = false;

	for (size_t i = 0; i < case_state_leaf_count(c->state); i++) {
		const struct case_leaf *leaf = case_state_leaf(c->state, i);
		struct record r = {0};

		if (leaf->kind != RECORD_LOCK || leaf->standing != CASE_GOOD)
			continue;
		if (case_state_record(c->state, (uint32_t)i, &r, NULL) == 0)
			is_locked = is_locked || locks_seed(&r, copy);
		record_done(&r);
	}
	return is_locked;
}

/* From the folder of the case. */
static int read_own_seed(struct cli_case *c, const char *copy,
    struct tree_seed *ret_seed, struct err *err)
{
	struct err why = {0};
	struct buf path, text;
	int rc;

	buf_init(&path, 1024);
	buf_init_secret(&text, SEED_FILE_SIZE);
	rc = seed_path(&path, copy, &why);
	if (rc == 0)
		rc = file_read(&text, c->fd, path.p, SEED_FILE_SIZE, &why);
	if (rc == ERR_NOTFOUND && cli_image_is_seed_locked(c, copy))
		err_set(err, rc, "%s is not here: %s", path.p,
		    CLI_IMAGE_SEED_LOCKED);
	else if (rc != 0)
		err_set(err, rc, "%s", why.message);
	else
		rc = cli_image_parse_seed(
		    buf_slice(&text), path.p, ret_seed, err);
	buf_done(&path);
	buf_wipe(&text);
	return rc;
}

int cli_image_read_seed(struct cli_case *c, const struct cli_args *args,
    const char *copy, struct tree_seed *ret_seed, struct err *err)
{
	const char *given =
	    cli_args_knows(args, "seed") ? cli_args_get(args, "seed") : NULL;

	if (given != NULL)
		return cli_image_read_seed_file(given, ret_seed, err);
	if (c != NULL && copy != NULL)
		return read_own_seed(c, copy, ret_seed, err);
	return err_set(err, ERR_NOTFOUND, "no seed was given");
}

int cli_image_remove_seed(struct cli_case *c, const char *copy,
    const struct tree_seed *seed, bool *ret_is_removed, struct err *err)
{
	struct tree_seed own = {{0}};
	struct buf path, text;
	int rc;

	*ret_is_removed = false;
	buf_init(&path, 1024);
	buf_init_secret(&text, SEED_FILE_SIZE);
	rc = seed_path(&path, copy, err);
	if (rc == 0 && file_exists(c->fd, path.p)) {
		rc = file_read(&text, c->fd, path.p, SEED_FILE_SIZE, err);
		if (rc == 0)
			rc = cli_image_parse_seed(
			    buf_slice(&text), path.p, &own, err);
		if (rc == 0 &&
		    !mem_is_same_secret(own.b, seed->b, sizeof(own.b)))
			rc = err_set(err, ERR_VERIFY,
			    "%s is not the seed that was locked, and is not "
			    "removed",
			    path.p);
		if (rc == 0)
			rc = file_remove(c->fd, path.p, err);
		*ret_is_removed = rc == 0;
	}
	mem_wipe(&own, sizeof(own));
	buf_done(&path);
	buf_wipe(&text);
	return rc;
}

/* ---- options ---- */

/* "650M": bytes, or with K, M, G, T. */
static int parse_size(const char *typed, uint64_t *ret_size, struct err *err)
{
	static const char units[] = "KMGT";
	struct slice digits = slice_of(typed);
	const char *unit =
	    digits.n > 0 ? strchr(units, digits.p[digits.n - 1]) : NULL;
	unsigned shift = 0;
	unsigned long long n;

	if (unit != NULL && *unit != '\0') {
		shift = 10 * (unsigned)(unit - units + 1);
		digits.n--;
	}
	if (!slice_to_u64(digits, &n) || n == 0 || n > UINT64_MAX >> 2 >> shift)
		return err_set(err, ERR_USAGE,
		    "--segment-size \"%s\": write bytes, or a number and K, M, "
		    "G or T",
		    typed);
	*ret_size = n << shift;
	return 0;
}

void cli_image_allow_files(void)
{
	struct rlimit limit;

	/* Where it is not allowed, opening will say so. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
}

const char *cli_image_format(enum media_name_style style)
{
	return style == MEDIA_NAME_E01 ? "E01" : "raw";
}

static int find_style(const struct cli_args *args, const char *dest,
    enum media_name_style *ret_style, struct err *err)
{
	const char *format = cli_args_get(args, "format");
	size_t n;

	if (format == NULL) {
		*ret_style = media_name_of(dest, &n);
		if (*ret_style > MEDIA_NAME_E01)
			return err_set(err, ERR_USAGE,
			    "%s: images of this format are read, never "
			    "written; choose another name, or --format",
			    dest);
		if (*ret_style == MEDIA_NAME_ONE &&
		    cli_args_has(args, "segment-size"))
			return err_set(err, ERR_USAGE,
			    "--segment-size: %s is the name of one file; the "
			    "first of several raw ones ends in .001",
			    dest);
		return 0;
	}
	if (strcasecmp(format, "e01") == 0)
		*ret_style = MEDIA_NAME_E01;
	else if (strcmp(format, "raw") == 0)
		*ret_style = cli_args_has(args, "segment-size")
		    ? MEDIA_NAME_PARTS
		    : MEDIA_NAME_ONE;
	else
		return err_set(err, ERR_USAGE,
		    "--format \"%s\" is not raw or e01", format);
	return 0;
}

/* Names that mean something else to whoever reads the image later, or that lie
 * beside one. */
static int check_name(
    const struct media_image_options *o, const char *dest, struct err *err)
{
	static const char *const taken[] = {
	    ".part", ".tree", ".journal", ".unreadable"};
	const size_t length = strlen(dest);
	size_t n;

	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (length > strlen(taken[i]) &&
		    strcmp(dest + length - strlen(taken[i]), taken[i]) == 0)
			return err_set(err, ERR_USAGE,
			    "%s: names that end in %s are those of files "
			    "beside "
			    "an image; choose another",
			    dest, taken[i]);
	if (o->style != MEDIA_NAME_ONE)
		return 0;
	const uint64_t segment = media_name_number(dest, MEDIA_NAME_E01, &n);
	if ((segment > 0 && segment < 100) ||
	    media_name_number(dest, MEDIA_NAME_PARTS, &n) > 0 ||
	    media_name_of(dest, &n) != MEDIA_NAME_ONE)
		return err_set(err, ERR_USAGE,
		    "%s: a raw image in one file cannot have this name, which "
		    "is that of a file of another kind of image; choose "
		    "another",
		    dest);
	return 0;
}

/* Without the ending that the names of its files will have. */
static int take_base(
    struct media_image_options *o, const char *dest, struct err *err)
{
	size_t n;
	enum media_name_style style = media_name_of(dest, &n);
	char *base = mem_copy_text(dest, style == o->style ? n : strlen(dest));

	if (base == NULL)
		return err_nomem(err);
	o->bases[o->base_count++] = base;
	return 0;
}

static int find_level(
    const struct cli_args *args, struct media_image_options *o, struct err *err)
{
	static const char *const names[] = {
	    [MEDIA_EWF_NONE] = "none",
	    [MEDIA_EWF_FAST] = "fast",
	    [MEDIA_EWF_BEST] = "best",
	};
	const char *typed = cli_args_get(args, "compression");
	unsigned i = 0;

	o->level = MEDIA_EWF_FAST;
	if (typed == NULL)
		return 0;
	if (o->style != MEDIA_NAME_E01)
		return err_set(err, ERR_USAGE,
		    "--compression is for an E01; a raw image has none");
	while (i <= MEDIA_EWF_BEST && strcmp(typed, names[i]) != 0)
		i++;
	if (i > MEDIA_EWF_BEST)
		return err_set(err, ERR_USAGE,
		    "--compression \"%s\" is not none, fast or best", typed);
	o->level = i;
	return 0;
}

/* Whatever way they are written. */
static bool is_same_place(const char *a, const char *b)
{
	char *copies[2] = {
	    mem_copy_text(a, strlen(a)), mem_copy_text(b, strlen(b))};
	struct stat of[2];
	const char *name_a = strrchr(a, '/'), *name_b = strrchr(b, '/');
	bool is = strcmp(name_a != NULL ? name_a + 1 : a,
		      name_b != NULL ? name_b + 1 : b) == 0;

	is = is && copies[0] != NULL && copies[1] != NULL &&
	    stat(dirname(copies[0]), &of[0]) == 0 &&
	    stat(dirname(copies[1]), &of[1]) == 0 &&
	    of[0].st_dev == of[1].st_dev && of[0].st_ino == of[1].st_ino;
	free(copies[0]);
	free(copies[1]);
	return is;
}

int cli_image_options(
    const struct cli_args *args, struct media_image_options *o, struct err *err)
{
	const char *dest, *second = cli_args_get(args, "second");
	const char *size = cli_args_get(args, "segment-size");
	const char *hashes = cli_args_get(args, "hash");
	int rc = cli_args_need(args, "output", &dest, err);

	cli_image_allow_files();
	if (rc == 0)
		rc = find_style(args, dest, &o->style, err);
	if (rc == 0 && size != NULL)
		rc = parse_size(size, &o->segment_size, err);
	if (rc == 0 && o->style == MEDIA_NAME_E01)
		rc = media_ewf_write_check(0, o->segment_size, err);
	if (rc == 0)
		rc = find_level(args, o, err);
	if (rc == 0 && size == NULL && o->style == MEDIA_NAME_PARTS)
		rc = err_set(err, ERR_USAGE,
		    "%s is the name of a first part: how large may a part be? "
		    "give --segment-size",
		    dest);
	if (rc == 0)
		rc = media_hash_parse(&o->hashes,
		    slice_of(hashes != NULL ? hashes : "md5,sha256"), err);
	if (rc == 0)
		rc = check_name(o, dest, err);
	if (rc == 0 && second != NULL)
		rc = check_name(o, second, err);
	if (rc == 0)
		rc = take_base(o, dest, err);
	if (rc == 0 && second != NULL)
		rc = take_base(o, second, err);
	if (rc == 0 && second != NULL && is_same_place(dest, second))
		rc = err_set(
		    err, ERR_USAGE, "--second is the same place as --output");
	o->is_resumed = cli_args_has(args, "resume");
	return rc;
}

void cli_image_options_done(struct media_image_options *o)
{
	for (size_t i = 0; i < o->base_count; i++)
		free((char *)(uintptr_t)o->bases[i]); /* made in take_base */
	o->base_count = 0;
}

/* ---- what the ledger says ---- */

static int get_hash(struct cli_detail *detail, uint32_t item,
    enum record_name name, enum media_hash_kind kind,
    struct cli_image_claim *claim, struct err *err)
{
	struct slice value;
	struct hash wide;
	char hex[HASH_HEX_SIZE] = {0};
	bool is_withheld;
	size_t n = 2 * media_hash_size(kind);
	int rc = cli_detail_get(detail, item, name, &value, &is_withheld, err);

	if (rc != 0)
		return rc;
	if (is_withheld)
		claim->withheld |= 1u << kind;
	if (value.p == NULL || value.n != n)
		return 0;
	memset(hex, '0', sizeof(hex) - 1);
	memcpy(hex, value.p, n);
	if (hash_from_hex(&wide, (struct slice){hex, sizeof(hex) - 1})) {
		claim->hashes.of[kind].is_there = true;
		memcpy(claim->hashes.of[kind].b, wide.b, HASH_SIZE);
	}
	return 0;
}

int cli_image_claim(struct cli_case *c, const char *copy,
    struct cli_image_claim *ret_claim, struct err *err)
{
	struct cli_detail detail = {.c = c};
	struct cli_image_claim claim = {0};
	unsigned long long length;
	struct slice value = {0};
	uint32_t item;
	int rc = cli_case_find_item(c, copy, &item, err);

	if (rc == 0)
		rc = cli_detail_get(
		    &detail, item, RECORD_F_LENGTH, &value, NULL, err);
	if (rc == 0 && value.p != NULL && slice_to_u64(value, &length)) {
		claim.has_length = true;
		claim.length = length;
	}
	if (rc == 0)
		rc = cli_detail_get(
		    &detail, item, RECORD_F_TREE_ROOT, &value, NULL, err);
	if (rc == 0 && value.p != NULL)
		claim.has_root = hash_from_hex(&claim.root, value);
	if (rc == 0)
		rc = get_hash(
		    &detail, item, RECORD_F_MD5, MEDIA_HASH_MD5, &claim, err);
	if (rc == 0)
		rc = get_hash(
		    &detail, item, RECORD_F_SHA1, MEDIA_HASH_SHA1, &claim, err);
	if (rc == 0)
		rc = get_hash(&detail, item, RECORD_F_SHA256, MEDIA_HASH_SHA256,
		    &claim, err);
	cli_detail_done(&detail);
	if (rc == 0)
		*ret_claim = claim;
	return rc;
}

/* ---- what is there ---- */

uint64_t cli_image_available(const struct media_open *image)
{
	return image->foreign != NULL ? image->about.available
				      : image->whole.length;
}

int cli_image_find_flaws(struct media_open *image, struct buf *ret_texts,
    uint64_t *ret_n, struct err *err)
{
	char text[FLAW_MAX];
	uint64_t n = 0;
	bool is_there;
	int rc = media_open_flaw(image, 0, text, sizeof(text), &is_there, err);

	while (rc == 0 && is_there) {
		buf_put(ret_texts, text, strlen(text) + 1);
		n++;
		rc = media_open_flaw(
		    image, n, text, sizeof(text), &is_there, err);
	}
	*ret_n = n;
	return rc != 0 ? rc : buf_check(ret_texts, err);
}

int cli_image_say_flaws(
    struct media_open *image, uint64_t *ret_n, struct err *err)
{
	struct slice rest, text;
	struct buf texts;
	int rc;

	buf_init(&texts, FLAW_MAX * CAGE_WIRE_FLAWS_MAX);
	rc = cli_image_find_flaws(image, &texts, ret_n, err);
	rest = buf_slice(&texts);
	while (rc == 0 && (text = slice_cut(&rest, '\0')).n > 0)
		cli_out("damaged: %.*s\n", SLICE_ARG(text));
	if (rc == 0 && *ret_n == CAGE_WIRE_FLAWS_MAX)
		cli_out("damaged: perhaps more that is not listed\n");
	buf_done(&texts);
	return rc;
}

int cli_image_open_tree(const char *image, const char *given, int *ret_fd,
    struct media_file *ret_leaves, struct err *err)
{
	struct buf name;
	int fd = -1;

	buf_init(&name, 8192);
	if (given != NULL)
		buf_puts(&name, given);
	else
		media_name_put_beside(&name, image, ".tree");
	int rc = buf_check(&name, err);
	if (rc == 0) {
		fd = open(name.p, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (fd >= 0) {
			rc = media_file_of_fd(ret_leaves, fd, err);
			if (rc != 0)
				err_prefix(err, "%s", name.p);
		} else if (given != NULL || errno != ENOENT) {
			rc = err_sys(err, errno, "opening %s", name.p);
		}
	}
	if (rc == 0)
		*ret_fd = fd;
	else if (fd >= 0)
		(void)close(fd); /* only read */
	buf_done(&name);
	return rc;
}

/* ---- the screen ---- */

static int64_t clock_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cli_image_tick(void *cookie, uint64_t done, uint64_t total)
{
	struct cli_image_progress *p = cookie;
	int64_t now = clock_ms();
	char text[128];

	if (p->started_ms == 0) {
		p->started_ms = now;
		p->first = done;
	}
	uint64_t ms = (uint64_t)(now - p->started_ms) + 1;
	uint64_t rate = (done - p->first) / ms * 1000 + 1; /* bytes a second */
	uint64_t left = (total - done) / rate;

	(void)snprintf(text, sizeof(text),
	    "%s, %" PRIu64 " MB/s, %" PRIu64 ":%02" PRIu64 ":%02" PRIu64
	    " left, bytes",
	    p->what, rate / 1000000, left / 3600, left / 60 % 60, left % 60);
	cli_out_progress_tick(&p->shown, text, done, total);
}

void cli_image_print_hashes(const struct media_hash_set *hashes)
{
	char hex[MEDIA_HASH_HEX_SIZE];

	for (unsigned k = 0; k < MEDIA_HASH_COUNT; k++)
		if (hashes->of[k].is_there) {
			media_hash_hex(hex, k, &hashes->of[k]);
			cli_out("  %s: %s\n", media_hash_name(k), hex);
		}
}

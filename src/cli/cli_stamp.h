/*
 * cli_stamp.h: the time stamps that a case keeps, beside its ledger.
 *
 * log/stamps/<size> holds all stamps over the case's checkpoint of that size,
 * log/stamps/<size>.checkpoint the very bytes that were stamped. Both are
 * public. Whoever writes holds private/stamps.lock: a server holds the
 * writer's lock as long as it runs, and these files are not its business.
 */
#ifndef CLI_STAMP_H
#define CLI_STAMP_H

#include "buf.h"
#include "cli_case.h"
#include "err.h"
#include "slice.h"
#include "stamp.h"
#include "stamp_trust.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLI_STAMP_FOLDER "log/stamps"
#define CLI_STAMP_PENDING                                                      \
	"private/stamps" /* requests that wait for answers                     \
			  */
#define CLI_STAMP_AUTHORITIES_MAX 16
#define CLI_STAMP_PATH_MAX 64

#define CLI_STAMP_OPTION_CA                                                    \
	{                                                                      \
		"tsa-ca", 0, "FILE", false,                                    \
		    "the certificates (PEM) that those of time stamps must "   \
		    "lead to"                                                  \
	}

/* An authority to be asked, or (url NULL) certificates alone. */
struct cli_stamp_authority {
	char *url;
	char *ca_name; /* the file; NULL: nobody vouches */
	struct stamp_trust *trust;
};

struct cli_stamp_authorities {
	size_t n;
	struct cli_stamp_authority of[CLI_STAMP_AUTHORITIES_MAX];
};

/*
 * Those of --tsa and --tsa-ca, else those that counterfoil.conf names in lines
 * `stamps:`; all certificates are read. For `is_check` both together, and
 * --tsa-ca alone is enough. cli_stamp_authorities_done accepts a zeroed struct.
 */
int cli_stamp_authorities_read(struct cli_stamp_authorities *ret_authorities,
    const struct cli_case *c, bool is_check, struct err *err) MUST_CHECK;
void cli_stamp_authorities_done(struct cli_stamp_authorities *all);

/*
 * The bytes that were stamped, from `folder` (CLI_STAMP_FOLDER or
 * CLI_STAMP_PENDING); for today's size, if they are not there, from the
 * ledger's checkpoint. ERR_VERIFY: not signed by this ledger, or not contained
 * in it. ERR_NOTFOUND.
 */
int cli_stamp_checkpoint(struct buf *out, const struct cli_case *c,
    const char *folder, uint64_t size, struct err *err) MUST_CHECK;

/* One stamp that is kept, or what is wrong with a file of them. */
struct cli_stamp_found {
	const char *path; /* "log/stamps/7" */
	uint64_t size; /* 0: the file's name is none */
	int rc; /* of checking it */
	const struct err *why; /* if rc != 0 */
	const struct stamp *stamp; /* if rc == 0 */
	const char *ca_name; /* that vouches, or that was tried last */
};

/*
 * Checks all that are kept, by size and then as they stand; `each` gets at
 * least one for each file. `authorities` (may be NULL) vouch. With size != 0
 * only those over that checkpoint. 0 even where something is false.
 */
struct cli_stamp_look {
	const struct cli_stamp_authorities *authorities;
	uint64_t size;
	void (*each)(void *cookie, const struct cli_stamp_found *found);
	void *cookie;
};
int cli_stamp_each(const struct cli_case *c, const struct cli_stamp_look *look,
    struct err *err) MUST_CHECK;

/* How many different authorities have stamped the checkpoint of that size; if
 * there are `authorities` with certificates, only those vouched for count. */
int cli_stamp_count(const struct cli_case *c,
    const struct cli_stamp_authorities *authorities, uint64_t size,
    size_t *ret_count, struct err *err) MUST_CHECK;

/*
 * Keeps a token that was checked, durably, with what was stamped. One by the
 * same authority that is there already stays, and *ret_is_new is false.
 * ERR_FORMAT, ERR_LIMIT: the file that is there is damaged, or full.
 */
struct cli_stamp_new {
	uint64_t size;
	struct slice checkpoint;
	struct slice token;
	const struct stamp *stamp;
};
int cli_stamp_keep(const struct cli_case *c, const struct cli_stamp_new *new,
    bool *ret_is_new, struct err *err) MUST_CHECK;

/* Every size that has a file in the folder (its name is the size and `suffix`),
 * smallest first; other names are passed over. free() `of`. */
struct cli_stamp_sizes {
	size_t n, cap;
	uint64_t *of;
};
int cli_stamp_list(struct cli_stamp_sizes *ret_sizes, const struct cli_case *c,
    const char *folder, const char *suffix, struct err *err) MUST_CHECK;

/* The certificates of a file that the user named; stamp_trust_free. */
int cli_stamp_read_trust(struct stamp_trust **ret_trust, const char *path,
    struct err *err) MUST_CHECK;

/*
 * The lines for the stamps of a bundle, for `verify`: what stamp_words_put
 * says, wrapped, with the clock's time. They stand beside a finding and change
 * no word of it; so a section that cannot be read is a sentence too.
 */
struct cli_stamp_bundle {
	struct slice checkpoint; /* as it stands in the bundle */
	const struct note_key *log_key;
	struct slice section;
	const struct stamp_trust *trust; /* NULL: none was given */
	const char *ca_name;
};
int cli_stamp_put_bundle(struct buf *out, const struct cli_stamp_bundle *bundle,
    struct err *err) MUST_CHECK;

#endif

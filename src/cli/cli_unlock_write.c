/*
 * cli_unlock_write.c: what is opened is written (cli_unlock.h).
 */
#include "cli_lock_seed.h"
#include "cli_unlock.h"
#include "mem.h"

#include <stdlib.h>

#define PART (1u << 20)

static void tick(void *cookie, uint64_t done)
{
	struct cli_unlock *job = cookie;

	cli_out_progress_tick(
	    &job->progress, "bytes opened", done, job->in.size);
}

static int write_out(
    void *cookie, uint64_t offset, const void *bytes, size_t n, struct err *err)
{
	struct cli_unlock *job = cookie;

	return cli_blob_write_at(&job->out, offset, bytes, n, err);
}

static int write_range(struct cli_unlock *job, struct err *err)
{
	uint8_t *part = mem_new(PART, 1);
	uint64_t done = 0;
	int rc = part == NULL ? err_nomem(err) : 0;

	while (rc == 0 && done < job->n) {
		size_t n =
		    job->n - done < PART ? (size_t)(job->n - done) : PART;

		rc = media_age_read(job->age, job->first + done, part, n, err);
		if (rc == 0 && job->out.fd >= 0)
			rc = cli_blob_write_at(&job->out, done, part, n, err);
		else if (rc == 0)
			cli_out_raw((struct slice){(char *)part, n});
		done += n;
	}
	if (part != NULL)
		mem_wipe(part, PART);
	free(part);
	return rc;
}

static int write_all(struct cli_unlock *job, struct err *err)
{
	struct media_age_sink sink = {write_out, job, tick};
	struct hash plain = {{0}}, sealed = {{0}}, root = {{0}};
	bool has_root = job->has_seed && job->claim.has_root;
	bool has_hash =
	    !has_root && job->claim.hashes.of[MEDIA_HASH_SHA256].is_there;
	struct media_age_hashes found = {
	    .plain = has_hash ? &plain : NULL,
	    .sealed = job->files.has_sealed ? &sealed : NULL,
	    .seed = has_root ? &job->seed : NULL,
	    .root = has_root ? &root : NULL,
	};
	int rc = media_age_read_all(job->age, &sink, &found, NULL, err);

	if (rc == 0)
		rc = cli_lock_check_found(
		    &found, &job->files, &job->claim, job->item.p, err);
	if (rc == 0 && !has_root && !has_hash)
		cli_out_remark("neither the tree nor the SHA-256 of %s is "
			       "known here: that this is it rests on the "
			       "locked file alone",
		    job->item.p);
	return rc;
}

int cli_unlock_write(struct cli_unlock *job, struct err *err)
{
	const char *output = cli_unlock_output(job->c.args);
	int rc = cli_unlock_is_whole(job) ? write_all(job, err)
					  : write_range(job, err);

	cli_out_progress_end(&job->progress);
	if (rc == 0 && job->out.fd >= 0)
		rc = cli_blob_publish(&job->out, err);
	if (rc == 0 && job->has_seed)
		rc = cli_lock_seed_give(output, &job->seed, err);
	if (rc != 0) {
		err_prefix(err, "unlock: %s", job->in.path);
		return rc;
	}
	if (cli_args_has(job->c.args, "unchecked"))
		cli_out_remark("NOT HELD AGAINST THE LEDGER: these bytes are "
			       "what %s has in it; whoever keeps that file can "
			       "have made another, and nothing shows that they "
			       "are of %s",
		    job->in.path, job->item.p);
	if (output != NULL)
		cli_out_remark("%s: %llu bytes, open: whoever has it can read "
			       "it",
		    output, (unsigned long long)job->n);
	if (job->has_seed)
		cli_out_remark("%s.seed: the seed of its salts, for disclose "
			       "and verify-image; it is secret",
		    output);
	return cli_args_has(job->c.args, "unchecked") ? CLI_PARTLY : CLI_DONE;
}

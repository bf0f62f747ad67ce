/*
 * log_stage.h: how files get into the ledger's folders: written and synced
 * under a private name, then renamed, then the folder synced.
 *
 * Only the room itself includes this. Any failure leaves staged files behind,
 * which mean nothing and are written over.
 */
#ifndef LOG_STAGE_H
#define LOG_STAGE_H

#include "err.h"
#include "log_tile.h"
#include "slice.h"

#include <stdbool.h>
#include <stddef.h>

#define LOG_STAGE_PUBLIC 0644 /* everything under log/ */
#define LOG_STAGE_PRIVATE 0600
#define LOG_STAGE_NAME "staged" /* and staged-0, staged-1, ... */
#define LOG_STAGE_NAME_MAX 24
#define LOG_STAGE_FILES 64 /* each is an open descriptor until it is synced */
#define LOG_STAGE_FOLDERS 32

struct log_stage_file {
	int fd; /* -1: synced and closed */
	size_t folder;
	char name[LOG_STAGE_NAME_MAX];
};

struct log_stage_folder {
	int fd;
	bool is_dirty; /* has names that may not be durable */
	char path[LOG_TILE_PATH_MAX];
};

struct log_stage {
	int log_fd; /* both borrowed */
	int private_fd;
	size_t file_n;
	size_t folder_n;
	struct log_stage_file files[LOG_STAGE_FILES];
	struct log_stage_folder folders[LOG_STAGE_FOLDERS];
};

void log_stage_init(struct log_stage *stage, int log_fd, int private_fd);
void log_stage_done(struct log_stage *stage); /* closes what is open */

/* One more file for log/<path>, in a folder below log/ that is made if it is
 * missing. It may stay staged until log_stage_finish. */
int log_stage_put(struct log_stage *stage, const char *path, struct slice bytes,
    struct err *err) MUST_CHECK;

/* All files that were put become durable under their names, and then
 * log/<name> with these bytes does. */
int log_stage_finish(struct log_stage *stage, const char *name,
    struct slice bytes, struct err *err) MUST_CHECK;

/* One durable file, renamed into folder_fd; the caller syncs that folder with
 * log_stage_sync, which has its path for the message only. */
int log_stage_file(int private_fd, int folder_fd, const char *name,
    struct slice bytes, unsigned mode, struct err *err) MUST_CHECK;
int log_stage_sync(int folder_fd, const char *path, struct err *err) MUST_CHECK;

#endif

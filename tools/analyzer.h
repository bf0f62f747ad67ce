/*
 * analyzer.h: what clang's analyzer, which sees one file at a time, has to be
 * told: the functions of err.h never return 0. Read before every source but
 * err.c by tools/check tidy; no build knows it.
 */
#ifndef ANALYZER_H
#define ANALYZER_H

#include "err.h"

#define err_set(err, code, ...)                                                \
	((void)(err_set)(err, code, __VA_ARGS__), (code))
#define err_sys(...) ((void)(err_sys)(__VA_ARGS__), (int)ERR_IO)
#define err_nomem(err) ((void)(err_nomem)(err), (int)ERR_NOMEM)

#endif

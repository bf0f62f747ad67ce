/*
 * exam_uco.h: the details of an examination in CASE/UCO 1.4 as JSON-LD: the
 * authorisation, the action and its tool, the image, files in which something
 * was found, what was found in which file, people and their identifiers. The
 * context is embedded, so that nothing is fetched; each node's name ends in a
 * UUID that the order, the item and the node's number give.
 */
#ifndef EXAM_UCO_H
#define EXAM_UCO_H

#include "err.h"
#include "exam_report.h"
#include "exam_sink.h"

/* A maker whose cookie is a struct exam_report. */
int exam_uco_make(const void *cookie, const struct exam_sink *sink,
    struct err *err) MUST_CHECK;

#endif

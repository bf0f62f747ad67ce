/*
 * flow_timeline.h: a picture of a finding's time, as inline SVG: seizure and
 * hand-overs, sightings, what was said, question and answers, the period asked
 * about, and now. Below it the same in words, by number, so that nothing is
 * told by the picture alone.
 */
#ifndef FLOW_TIMELINE_H
#define FLOW_TIMELINE_H

#include "buf.h"
#include "case_finding.h"
#include "err.h"

int flow_timeline_put(const struct case_finding *finding, struct buf *out,
    struct err *err) MUST_CHECK;

#endif

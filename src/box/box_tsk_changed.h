/*
 * box_tsk_changed.h: libtsk has a field that is called as a function that
 * banned.h takes away; so this is read before that.
 */
#ifndef BOX_TSK_CHANGED_H
#define BOX_TSK_CHANGED_H

#include <tsk/libtsk.h>

/* Seconds since 1970 of the last change of what is known of a file. */
static inline time_t box_tsk_changed(const TSK_FS_META *meta)
{
	return meta->ctime;
}

static inline uint32_t box_tsk_changed_nano(const TSK_FS_META *meta)
{
	return meta->ctime_nano;
}

#endif

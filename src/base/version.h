/*
 * version.h: what this program calls itself, in records and to people. A test
 * holds it against meson.build.
 */
#ifndef VERSION_H
#define VERSION_H

#define VERSION_TEXT "0.1.0"

#endif

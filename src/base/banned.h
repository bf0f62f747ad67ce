/*
 * banned.h: makes the functions nobody here may call fail to compile.
 *
 * Put before every source by the compiler flag "-include banned.h". The
 * system's own headers name these functions, so they are read first; a header
 * that is read later and names one breaks the build and must be added here.
 */
#ifndef BANNED_H
#define BANNED_H

#include <alloca.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* No bound on what is written. Some are macros when optimising. */
#undef sprintf
#undef vsprintf
#pragma GCC poison strcpy strcat stpcpy sprintf vsprintf gets
/* A bound that does not mean what it seems to. */
#pragma GCC poison strncpy strncat
/* Hidden static state. */
#pragma GCC poison strtok gmtime localtime asctime ctime
/* No way to say that it failed: slice_to_u64. */
#pragma GCC poison atoi atol atoll atof
/* A name that somebody else can take first: file_publish. */
#pragma GCC poison mktemp tmpnam tempnam
/* A shell. */
#pragma GCC poison system popen
/* Stack by the size of the input. The C library has it as a macro. */
#undef alloca
#pragma GCC poison alloca

#endif

/*
 * box_scan_domain.h: names of hosts, and letters of any script.
 */
#ifndef BOX_SCAN_DOMAIN_H
#define BOX_SCAN_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How many of n bytes are a domain with a top level that there is; 0: none.
 * What follows it is no part of a name; a dot that ends a sentence is not taken
 * into it. */
size_t box_scan_domain_length(const uint8_t *p, size_t n);

/* Whether all n bytes are UTF-8, and what of it is not ASCII letters, digits or
 * marks on them. */
bool box_scan_domain_is_letters(const uint8_t *p, size_t n);

/* n bytes with the ASCII letters among them in lower case, and no NUL. */
void box_scan_domain_fold(char *ret_text, const uint8_t *p, size_t n);

#endif

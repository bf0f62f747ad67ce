/*
 * box_scan_base.h: text that carries its own checksum: base58check and bech32.
 */
#ifndef BOX_SCAN_BASE_H
#define BOX_SCAN_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOX_SCAN_BASE58_MAX 80

bool box_scan_base_is_58(uint8_t c);
/* What base58 in n characters, at most 64, stands for, right-aligned, without
 * its checksum of four bytes, which must be right; returns how many bytes, 0:
 * it is none. */
size_t box_scan_base_check(
    uint8_t ret_bytes[BOX_SCAN_BASE58_MAX], const uint8_t *p, size_t n);
/* Whether n characters decode to exactly that many bytes. */
bool box_scan_base_fits(const uint8_t *p, size_t n, size_t bytes);

/* Lower case; bech32 or bech32m. */
bool box_scan_base_is_bech32(const char *text, size_t n);

#endif

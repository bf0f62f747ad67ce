/*
 * fuzz_drive.c: a drive whose every answer is the input. Each answer takes what
 * is next: a byte for how it goes wrong, then its bytes; what is left out is
 * zero. Whatever is said: text is text, and what is known says from where.
 */
#include "drive.h"

#include "text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

struct input {
	const uint8_t *p;
	size_t n;
	bool is_nvme, is_usb;
};

static void require(bool is_true)
{
	if (!is_true)
		abort();
}

static size_t take(struct input *in, void *bytes, size_t n)
{
	n = n < in->n ? n : in->n;
	if (n > 0)
		memcpy(bytes, in->p, n);
	in->p += n;
	in->n -= n;
	return n;
}

static int send_input(void *cookie, int fd, struct drive_exchange *x)
{
	struct input *in = cookie;
	uint8_t how = 0;

	(void)fd;
	require(drive_is_allowed(x));
	(void)take(in, &how, 1);
	if (x->is_nvme != in->is_nvme || how == 0xFF)
		return ENOTTY;
	x->is_refused = (how & 1) != 0;
	x->got = (how & 2) != 0 ? take(in, x->bytes, x->n) : x->n;
	if ((how & 2) == 0)
		(void)take(in, x->bytes, x->n);
	if ((how & 4) != 0)
		x->sense_n = take(in, x->sense, sizeof(x->sense));
	return 0;
}

static int size_input(void *cookie, int fd, uint64_t *ret_bytes,
    uint32_t *ret_logical, uint32_t *ret_physical)
{
	(void)cookie;
	(void)fd;
	*ret_bytes = 1 << 20;
	*ret_logical = 512;
	*ret_physical = 0;
	return 0;
}

static uint32_t id_input(void *cookie, int fd)
{
	(void)cookie;
	(void)fd;
	return 1;
}

static void bus_input(void *cookie, int fd, char *ret_bus, size_t n)
{
	const struct input *in = cookie;

	(void)fd;
	(void)snprintf(ret_bus, n, "%s", in->is_usb ? "usb" : "");
}

static void require_text(const struct drive_text *text)
{
	require(strlen(text->text) <= DRIVE_TEXT_MAX);
	require(text_is_line(slice_of(text->text), NULL, NULL));
	require((text->text[0] != '\0') == (text->why_not == NULL));
}

static void require_number(const struct drive_number *number)
{
	require((number->from != NULL) == (number->why_not == NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct input in = {bytes, n, n > 0 && (bytes[0] & 0x80) != 0,
	    n > 0 && (bytes[0] & 0x40) == 0};
	const struct drive_io io = {
	    send_input, size_input, id_input, bus_input, &in};
	struct drive_facts f;

	drive_read_open(&f, 0, &io);
	require_text(&f.model);
	require_text(&f.serial);
	require_text(&f.firmware);
	require_text(&f.wwn);
	require_number(&f.reported_bytes);
	require_number(&f.native_bytes);
	require_number(&f.factory_bytes);
	require_number(&f.spare_bytes);
	require_number(&f.rotation);
	require_number(&f.hours_attribute);
	for (size_t i = 0; i < DRIVE_COUNTER_COUNT; i++)
		require_number(&f.counters[i]);
	require(f.kind != DRIVE_UNKNOWN || drive_hidden_bytes(&f) == 0);
	return 0;
}

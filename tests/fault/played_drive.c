/*
 * played_drive.c: see played_drive.h.
 */
#include "played_drive.h"

#include <string.h>

static void put_le(uint8_t *at, uint64_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static void put_be(uint8_t *at, uint64_t value, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		at[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
}

static void put_text(uint8_t *at, const char *text, size_t n, bool is_swapped)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < n; i++)
		at[is_swapped ? i ^ 1 : i] =
		    (uint8_t)(i < length ? text[i] : ' ');
}

void played_drive_fill(struct played_drive *d)
{
	if (d->model == NULL)
		d->model = "PLAYED DISK 1000";
	if (d->serial == NULL)
		d->serial = "PD-0001";
	if (d->firmware == NULL)
		d->firmware = "FW10";
	if (d->wwn == 0)
		d->wwn = 0x5000C500A1B2C3D4;
	if (d->sectors == 0)
		d->sectors = 2048;
	if (d->native == 0)
		d->native = d->sectors;
	if (d->factory == 0)
		d->factory = d->native;
}

void played_drive_mend_sum(uint8_t *block)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < 511; i++)
		sum = (uint8_t)(sum + block[i]);
	block[511] = (uint8_t)(256 - sum);
}

/* ---- ATA ---- */

static void put_word(uint8_t *block, unsigned word, unsigned value)
{
	put_le(block + 2 * (size_t)word, value, 2);
}

static void put_identity(const struct played_drive *d, uint8_t *b)
{
	uint64_t few = d->sectors < 0x0FFFFFFF ? d->sectors : 0x0FFFFFFF;

	put_word(b, 0, 0x0040);
	put_text(b + 20, d->serial, 20, true);
	put_text(b + 46, d->firmware, 8, true);
	put_text(b + 54, d->model, 40, true);
	put_word(b, 49, 0x0F00); /* LBA, DMA */
	put_le(b + 120, few, 4);
	put_word(b, 80, 0x03F0); /* to ACS-2 */
	put_word(b, 82, 0x0001 | 1 << 10); /* SMART, host protected area */
	put_word(b, 83, 0x4000 | 1 << 10 | 1 << 11); /* 48 bits, DCO */
	put_word(b, 84, 0x4000 | 1 << 5 | 1 << 8); /* logs, a name */
	put_word(b, 85, 0x0001 | 1 << 10);
	put_word(b, 86, 1 << 10);
	put_word(b, 87, 0x4000 | 1 << 5 | 1 << 8);
	put_le(b + 200, d->sectors, 8);
	put_word(b, 106, 0x4000 | 1 << 13 | 3); /* eight in a physical one */
	for (unsigned i = 0; i < 4; i++)
		put_word(
		    b, 108 + i, (unsigned)(d->wwn >> (48 - 16 * i)) & 0xFFFF);
	put_word(b, 119, 0x4000 | (d->has_accessible_max ? 1 << 8 : 0));
	put_word(b, 120, 0x4000);
	put_word(b, 128, d->security);
	put_word(b, 217, 7200);
	b[510] = 0xA5;
	played_drive_mend_sum(b);
}

static void put_attribute(uint8_t *b, size_t i, uint8_t id, uint64_t raw)
{
	uint8_t *at = b + 2 + 12 * i;

	at[0] = id;
	put_le(at + 1, 0x0032, 2);
	at[3] = at[4] = 100;
	put_le(at + 5, raw, 6);
}

static void put_smart(const struct played_drive *d, uint8_t *b)
{
	put_le(b, 16, 2);
	put_attribute(b, 0, 9, d->hours);
	put_attribute(b, 1, 12, d->cycles);
	played_drive_mend_sum(b);
}

static void put_statistic(uint8_t *at, uint64_t value)
{
	put_le(at, value, 7);
	at[7] = 0xC0; /* supported, valid */
}

static bool put_log(
    const struct played_drive *d, const uint8_t *cdb, uint8_t *b)
{
	unsigned log = cdb[8], page = cdb[10];

	if (d->has_no_statistics && log == 4)
		return false;
	if (log == 0) { /* the directory */
		put_le(b, 1, 2);
		put_le(b + 2 * 4, 8, 2);
	} else if (log == 4 && page == 0) {
		put_le(b, 1, 2);
		b[8] = 2;
		b[10] = 1;
	} else if (log == 4 && page == 1) {
		put_le(b, 1, 2);
		b[2] = 1;
		put_statistic(b + 8, d->cycles + 3);
		put_statistic(b + 16, d->hours);
		put_statistic(b + 24, d->written);
		put_statistic(b + 40, d->read);
	} else {
		return false;
	}
	return true;
}

static void put_overlay(const struct played_drive *d, uint8_t *b)
{
	put_word(b, 0, 2);
	put_le(b + 6, d->factory - 1, 8);
	b[510] = 0xA5;
	played_drive_mend_sum(b);
}

/* The registers in a descriptor of the sense. */
static size_t put_registers(
    uint8_t *s, uint64_t lba, uint8_t status, bool is_extended)
{
	memset(s, 0, 22);
	s[0] = 0x72;
	s[1] = (status & 1) != 0 ? 0x0B : 0x01;
	s[3] = 0x1D;
	s[7] = 14;
	s[8] = 0x09;
	s[9] = 0x0C;
	s[10] = is_extended;
	s[11] = (status & 1) != 0 ? 0x04 : 0;
	s[15] = (uint8_t)lba;
	s[17] = (uint8_t)(lba >> 8);
	s[19] = (uint8_t)(lba >> 16);
	s[14] = (uint8_t)(lba >> 24);
	s[16] = (uint8_t)(lba >> 32);
	s[18] = (uint8_t)(lba >> 40);
	s[20] = (uint8_t)(0x40 | (is_extended ? 0 : lba >> 24 & 15));
	s[21] = status;
	return 22;
}

static int ata(const struct played_drive *d, const uint8_t *cdb, uint8_t *b,
    size_t n, size_t *ret_got, uint8_t *sense, size_t *ret_sense_n)
{
	uint8_t block[512] = {0};
	uint64_t lba = 0;
	bool is_known = true, has_data = false;

	switch (cdb[14]) {
	case 0xEC:
		put_identity(d, block);
		has_data = true;
		break;
	case 0xB0:
		has_data = cdb[4] == 0xD0;
		if (has_data)
			put_smart(d, block);
		else if (cdb[4] == 0xDA) /* healthy */
			lba = (uint64_t)0xC2 << 16 | 0x4F << 8;
		else
			is_known = false;
		break;
	case 0x2F:
		has_data = is_known = put_log(d, cdb, block);
		break;
	case 0xB1:
		has_data = is_known = cdb[4] == 0xC2;
		put_overlay(d, block);
		break;
	case 0xF8:
		lba = d->native - 1 < 0x0FFFFFFF ? d->native - 1 : 0x0FFFFFFF;
		break;
	case 0x27:
		lba = d->native - 1;
		break;
	case 0x78:
		is_known = d->has_accessible_max && cdb[4] == 0;
		lba = d->native - 1;
		break;
	default:
		is_known = false;
	}
	if (has_data) {
		*ret_got = n < 512 ? n : 512;
		memcpy(b, block, *ret_got);
	}
	if (is_known && has_data && (cdb[2] & 0x20) == 0)
		return 0;
	*ret_sense_n = put_registers(
	    sense, lba, is_known ? 0x50 : 0x51, (cdb[1] & 1) != 0);
	return 2;
}

/* ---- SCSI ---- */

static size_t put_page(const struct played_drive *d, uint8_t page, uint8_t *b)
{
	size_t n = 0;

	b[1] = page;
	switch (page) {
	case 0x00:
		b[5] = 0x80;
		b[6] = 0x83;
		b[7] = 0xB1;
		b[8] = 0x89;
		n = d->kind == PLAYED_ATA ? 5 : 4;
		break;
	case 0x80:
		n = strlen(d->serial);
		memcpy(b + 4, d->serial, n);
		break;
	case 0x83:
		b[4] = 1;
		b[5] = 3;
		b[7] = 8;
		put_be(b + 8, d->wwn, 8);
		n = 12;
		break;
	case 0xB1:
		put_be(b + 4, 7200, 2);
		n = 60;
		break;
	default:
		return 0;
	}
	put_be(b + 2, n, 2);
	return n + 4;
}

static size_t inquire(
    const struct played_drive *d, const uint8_t *cdb, uint8_t *b)
{
	static const char *const vendors[] = {
	    [PLAYED_ATA] = "ATA",
	    [PLAYED_SAS] = "PLAYED",
	    [PLAYED_BRIDGE] = "Bridge",
	    [PLAYED_NVME] = "NVMe",
	};

	if ((cdb[1] & 1) != 0)
		return put_page(d, cdb[2], b);
	b[2] = 6;
	b[3] = 2;
	b[4] = 31;
	put_text(b + 8, vendors[d->kind], 8, false);
	put_text(b + 16, d->model, 16, false);
	put_text(b + 32, d->firmware, 4, false);
	return 36;
}

static size_t put_log_page(
    const struct played_drive *d, const uint8_t *cdb, uint8_t *b)
{
	uint8_t page = cdb[2] & 0x3F;
	size_t at = 4;

	if (d->kind != PLAYED_SAS)
		return 0;
	b[0] = page;
	b[at + 2] = 3;
	switch (page) {
	case 0x00:
		memcpy(b + 4, "\x00\x02\x03\x0E\x15", 5);
		at += 5;
		break;
	case 0x02:
	case 0x03:
		put_be(b + at, 5, 2);
		b[at + 3] = 8;
		put_be(b + at + 4, (page == 2 ? d->written : d->read) * 512, 8);
		at += 12;
		break;
	case 0x0E:
		put_be(b + at, 4, 2);
		b[at + 3] = 4;
		put_be(b + at + 4, d->cycles, 4);
		at += 8;
		break;
	case 0x15:
		b[at + 3] = 12;
		put_be(b + at + 4, d->hours * 60 + 59, 4);
		at += 16;
		break;
	default:
		return 0;
	}
	put_be(b + 2, at - 4, 2);
	return at;
}

static size_t put_capacity(const struct played_drive *d, uint8_t *b)
{
	put_be(b, d->sectors - 1, 8);
	put_be(b + 8, 512, 4);
	b[13] = 3;
	return 32;
}

int played_drive_scsi(const struct played_drive *d, const uint8_t *cdb,
    size_t cdb_n, uint8_t *bytes, size_t n, size_t *ret_got, uint8_t *sense,
    size_t *ret_sense_n)
{
	uint8_t answer[1024] = {0};
	size_t length = 0;

	*ret_got = *ret_sense_n = 0;
	if (cdb[0] == 0x85 && d->kind == PLAYED_ATA && cdb_n == 16)
		return ata(d, cdb, bytes, n, ret_got, sense, ret_sense_n);
	if (cdb[0] == 0x00) /* TEST UNIT READY */
		return 0;
	if (cdb[0] == 0x12)
		length = inquire(d, cdb, answer);
	else if (cdb[0] == 0x9E && cdb[1] == 0x10)
		length = put_capacity(d, answer);
	else if (cdb[0] == 0x4D)
		length = put_log_page(d, cdb, answer);
	if (length == 0) {
		memset(sense, 0, 18);
		sense[0] = 0x70;
		sense[2] = 5; /* illegal request */
		sense[7] = 10;
		sense[12] = 0x20;
		*ret_sense_n = 18;
		return 2;
	}
	*ret_got = n < length ? n : length;
	memcpy(bytes, answer, *ret_got);
	return 0;
}

/* ---- NVMe ---- */

static void put_controller(const struct played_drive *d, uint8_t *b)
{
	put_le(b, 0x1B36, 2);
	put_le(b + 2, 0x1B36, 2);
	put_text(b + 4, d->serial, 20, false);
	put_text(b + 24, d->model, 40, false);
	put_text(b + 64, d->firmware, 8, false);
	b[77] = 5; /* 128 KiB at once */
	put_le(b + 80, 0x010300, 4);
	put_le(b + 280, d->sectors * 512 + d->spare, 8);
	put_le(b + 296, d->spare, 8);
	put_le(b + 516, 1, 4);
}

static void put_namespace(const struct played_drive *d, uint8_t *b)
{
	put_le(b, d->sectors, 8);
	put_le(b + 8, d->sectors, 8);
	put_le(b + 16, d->sectors, 8);
	put_be(b + 120, d->wwn, 8);
	b[130] = 9;
}

static void put_health(const struct played_drive *d, uint8_t *b)
{
	put_le(b + 1, 310, 2);
	b[3] = 100;
	b[4] = 10;
	put_le(b + 32, d->read, 8);
	put_le(b + 48, d->written, 8);
	put_le(b + 112, d->cycles, 8);
	put_le(b + 128, d->hours, 8);
	put_le(b + 144, d->unsafe, 8);
}

int played_drive_nvme(const struct played_drive *d, uint8_t opcode,
    uint32_t nsid, uint32_t cdw10, uint8_t *bytes, size_t n)
{
	uint8_t answer[4096] = {0};

	if (opcode == 0x06 && (cdw10 & 0xFF) == 1)
		put_controller(d, answer);
	else if (opcode == 0x06 && (cdw10 & 0xFF) == 0 && nsid == 1)
		put_namespace(d, answer);
	else if (opcode == 0x02 && (cdw10 & 0xFF) == 2)
		put_health(d, answer);
	else
		return 2;
	memcpy(bytes, answer, n < sizeof(answer) ? n : sizeof(answer));
	return 0;
}

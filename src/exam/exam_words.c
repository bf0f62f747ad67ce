/*
 * exam_words.c: see exam_words.h.
 */
#include "exam_words.h"

#include <assert.h>

const char *exam_words_kinds(enum cage_hit_kind kind)
{
	static const char *const words[CAGE_HIT_KINDS] = {NULL,
	    "e-mail addresses", "phone numbers", "web addresses",
	    "domain names", "accounts at messengers and networks",
	    "payment cards", "bank accounts (IBAN)",
	    "passports and identity cards", "network addresses (IP)",
	    "device addresses (MAC)", "positions", "private keys",
	    "wallets of cryptocurrencies", "names"};

	assert(kind > 0 && kind < CAGE_HIT_KINDS);
	return words[kind];
}

const char *exam_words_recorder(enum cage_hit_kind kind)
{
	switch (kind) {
	case CAGE_HIT_PHONE:
		return "telephone";
	case CAGE_HIT_CARD:
		return "ccn";
	case CAGE_HIT_MAC:
		return "ether";
	case CAGE_HIT_POSITION:
		return "gps";
	default:
		return cage_hit_name(kind);
	}
}

const char *exam_words_risk(enum exam_people_risk risk)
{
	static const char *const words[EXAM_PEOPLE_RISKS] = {
	    "location", "papers", "messages", "keys", "relatives", "money"};

	return words[risk];
}

const char *exam_words_risks(enum exam_people_risk risk)
{
	static const char *const words[EXAM_PEOPLE_RISKS] = {
	    "where they were (positions)",
	    "identity papers",
	    "whom they wrote to, or a messenger account",
	    "private keys or wallets",
	    "who their relatives are",
	    "bank accounts, payment cards or wallets",
	};

	return words[risk];
}

const char *exam_words_container(enum cage_hit_container container)
{
	static const char *const words[CAGE_HIT_CONTAINERS] = {NULL, "ZIP",
	    "GZIP", "7Z", "TAR", "PDF", "BASE64", "QUOTED", "PST", "SQLITE"};

	assert(container > 0 && container < CAGE_HIT_CONTAINERS);
	return words[container];
}

const char *exam_words_owning(enum exam_owning owning)
{
	static const char *const words[EXAM_OWNER_COUNT] = {"nobody",
	    "unallocated", "tables", "slack", "file", "blind", "unread"};

	return words[owning];
}

const char *exam_words_how(enum exam_feature_how how, bool is_from)
{
	if (how == EXAM_FEATURE_SENT)
		return is_from ? "wrote to" : "was written to by";
	if (how == EXAM_FEATURE_RELATIVE)
		return is_from ? "names as a relative"
			       : "is named as a relative by";
	return "stands in one record with";
}

/*
 * box_scan_domain.c: see box_scan_domain.h. The list of top levels has all
 * countries, and of the generic ones those that people have addresses under;
 * a name of a file ("icon@2x.png", "getty@tty1.service") is no address.
 */
#include "box_scan_domain.h"

#include "slice.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_MAX 63
#define DOMAIN_MAX 253

/* Countries: a bit for each second letter. */
static const uint32_t countries[26] = {0x2df597c, 0x36e73fb, 0x3f27ded,
    0x2005610, 0x1e0054, 0x25700, 0x15fb9fb, 0x1a3400, 0xf7818, 0xd010,
    0x342b1d0, 0x13e0507, 0x3fffcdd, 0x212c975, 0x1000, 0x14e3cf1, 0x1,
    0x544010, 0x3be7fdf, 0x26a7eec, 0x3040441, 0x102155, 0x40020, 0x0, 0x80010,
    0x401001};

static const char *const generic[] = {"academy", "aero", "africa", "agency",
    "amsterdam", "app", "army", "arpa", "art", "asia", "attorney", "auction",
    "audio", "auto", "baby", "band", "bank", "bar", "barcelona", "bayern",
    "beauty", "beer", "berlin", "best", "bible", "bike", "bingo", "bio", "biz",
    "blog", "blue", "boo", "boston", "brussels", "build", "builders",
    "business", "buzz", "bzh", "cab", "cafe", "cam", "camera", "camp",
    "capetown", "capital", "cards", "care", "career", "careers", "cash",
    "casino", "cat", "catering", "center", "charity", "chat", "cheap",
    "christmas", "church", "city", "claims", "cleaning", "click", "clinic",
    "clothing", "cloud", "club", "codes", "coffee", "college", "cologne", "com",
    "community", "company", "computer", "construction", "consulting", "contact",
    "contractors", "cooking", "cool", "coop", "corsica", "country", "coupons",
    "courses", "credit", "cruises", "cymru", "dance", "date", "dating", "day",
    "deals", "degree", "delivery", "democrat", "dental", "dentist", "desi",
    "design", "dev", "diamonds", "diet", "digital", "direct", "directory",
    "discount", "doctor", "dog", "domains", "download", "durban", "earth",
    "eco", "edu", "education", "email", "energy", "engineer", "engineering",
    "enterprises", "equipment", "esq", "estate", "eus", "events", "exchange",
    "expert", "exposed", "express", "family", "fan", "fans", "farm", "fashion",
    "film", "finance", "financial", "fish", "fishing", "fit", "fitness",
    "flights", "florist", "flowers", "forsale", "foundation", "frl", "fun",
    "fund", "furniture", "futbol", "fyi", "gal", "gallery", "game", "games",
    "garden", "gay", "gent", "gift", "gifts", "gives", "glass", "global",
    "gmbh", "gold", "golf", "gov", "graphics", "gratis", "green", "gripe",
    "group", "guide", "guitars", "guru", "hamburg", "haus", "health",
    "healthcare", "help", "helsinki", "hiphop", "history", "hockey", "holdings",
    "holiday", "homes", "horse", "hospital", "host", "hosting", "hotels",
    "house", "how", "immo", "immobilien", "inc", "industries", "info", "ink",
    "institute", "insurance", "insure", "int", "international", "investments",
    "irish", "ist", "istanbul", "jetzt", "jewelry", "jobs", "joburg", "juegos",
    "kaufen", "kim", "kitchen", "kiwi", "koeln", "krd", "kyoto", "land", "lat",
    "law", "lawyer", "lease", "legal", "lgbt", "life", "lighting", "limited",
    "limo", "link", "live", "llc", "loan", "loans", "london", "lotto", "love",
    "ltd", "luxe", "luxury", "madrid", "maison", "management", "market",
    "marketing", "mba", "media", "melbourne", "memorial", "men", "menu",
    "miami", "mil", "mobi", "moda", "moe", "mom", "money", "monster",
    "mortgage", "moscow", "moto", "movie", "museum", "nagoya", "name", "navy",
    "net", "network", "new", "news", "ngo", "ninja", "nrw", "nyc", "observer",
    "okinawa", "one", "ong", "onion", "online", "ooo", "org", "osaka", "page",
    "paris", "partners", "parts", "party", "pet", "pharmacy", "photo",
    "photography", "photos", "pics", "pictures", "pink", "pizza", "place",
    "plumbing", "plus", "poker", "porn", "post", "press", "pro", "productions",
    "promo", "properties", "property", "pub", "quebec", "racing", "recipes",
    "red", "rehab", "reise", "reisen", "rent", "rentals", "repair", "report",
    "republican", "rest", "restaurant", "review", "reviews", "rich", "rio",
    "rip", "rocks", "rodeo", "ruhr", "run", "ryukyu", "saarland", "sale",
    "salon", "sarl", "sbs", "school", "schule", "science", "scot", "security",
    "services", "sex", "sexy", "shiksha", "shoes", "shop", "shopping", "show",
    "singles", "site", "ski", "soccer", "social", "software", "solar",
    "solutions", "soy", "space", "sport", "srl", "storage", "store", "stream",
    "studio", "study", "style", "sucks", "supplies", "supply", "support",
    "surf", "surgery", "swiss", "sydney", "systems", "taipei", "tatar",
    "tattoo", "tax", "taxi", "team", "tech", "technology", "tel", "tennis",
    "theater", "theatre", "tickets", "tienda", "tips", "tires", "tirol",
    "today", "tokyo", "tools", "top", "tours", "town", "toys", "trade",
    "training", "travel", "tube", "university", "uno", "vacations", "vegas",
    "ventures", "versicherung", "vet", "viajes", "video", "villas", "vin",
    "vip", "vision", "vlaanderen", "vodka", "vote", "voting", "voto", "voyage",
    "wales", "watch", "weather", "website", "wedding", "whoswho", "wien",
    "wiki", "win", "wine", "work", "works", "world", "wtf", "xxx", "xyz",
    "yachts", "yoga", "yokohama", "zone", "zuerich"};

static int compare(const void *key, const void *entry)
{
	return strcmp(key, *(const char *const *)entry);
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_in_label(uint8_t c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c >= 0x80;
}

static bool is_ascii_top(const uint8_t *p, size_t n)
{
	char text[LABEL_MAX + 1];

	if (n < 2 || n > LABEL_MAX)
		return false;
	box_scan_domain_fold(text, p, n);
	if (n > 4 && memcmp(text, "xn--", 4) == 0)
		return true;
	for (size_t i = 0; i < n; i++)
		if (!is_letter(p[i]))
			return false;
	if (n == 2)
		return (countries[text[0] - 'a'] >> (text[1] - 'a') & 1) != 0;
	text[n] = '\0';
	return bsearch(text, generic, sizeof(generic) / sizeof(generic[0]),
		   sizeof(generic[0]), compare) != NULL;
}

/* How many bytes of the label are a top level; 0: none. Text of another script
 * may follow an ASCII one without a space. */
static size_t top_length(const uint8_t *p, size_t n)
{
	size_t ascii = 0;

	while (ascii < n && p[ascii] < 0x80)
		ascii++;
	if (ascii > 0)
		return is_ascii_top(p, ascii) ? ascii : 0;
	return n >= 4 && n <= 36 && box_scan_domain_is_letters(p, n) ? n : 0;
}

size_t box_scan_domain_length(const uint8_t *p, size_t n)
{
	size_t begin = 0, found = 0, labels = 0;

	while (begin < n && begin < DOMAIN_MAX) {
		size_t end = begin;

		while (
		    end < n && end - begin <= LABEL_MAX && is_in_label(p[end]))
			end++;
		if (end == begin || end - begin > LABEL_MAX || p[begin] == '-')
			break;
		labels++;
		const size_t top =
		    labels > 1 ? top_length(p + begin, end - begin) : 0;

		if (top > 0)
			found = begin + top;
		if (p[end - 1] == '-' || end == n || p[end] != '.' ||
		    !box_scan_domain_is_letters(p + begin, end - begin))
			break;
		begin = end + 1;
	}
	return found <= DOMAIN_MAX ? found : 0;
}

/* Letters and their marks begin at U+00AA; U+2000 to U+2BFF are signs, and
 * U+3000 to U+303F and U+FF00 to U+FF0F punctuation. */
static bool is_sign(const uint8_t *p)
{
	const uint32_t c = (uint32_t)(p[0] & 15) << 12 |
	    (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);

	return (c >= 0x2000 && c < 0x2c00) || (c >= 0x3000 && c < 0x3040) ||
	    (c >= 0xe000 && c < 0xf900) || c >= 0xff00;
}

bool box_scan_domain_is_letters(const uint8_t *p, size_t n)
{
	if (!text_is_utf8((struct slice){(const char *)p, n}))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (p[i] == 0xc2 && i + 1 < n && p[i + 1] < 0xaa)
			return false;
		if (p[i] >= 0xe0 && p[i] < 0xf0 && i + 2 < n && is_sign(p + i))
			return false;
		if (p[i] >= 0xf0)
			return false;
	}
	return true;
}

void box_scan_domain_fold(char *ret_text, const uint8_t *p, size_t n)
{
	text_lower(ret_text, (struct slice){(const char *)p, n});
}

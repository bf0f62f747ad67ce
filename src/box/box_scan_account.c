/*
 * box_scan_account.c: accounts at messengers and networks, by the addresses
 * that they have on the web, with a scheme or without.
 *
 * A network's own pages (facebook.com/help) are no accounts.
 */
#include "box_scan.h"

#include "text.h"

#include <stdio.h>
#include <string.h>

#define NAME_LENGTH_MAX 100

enum sort {
	WORD, /* letters, digits and the extra characters */
	NUMBER, /* digits alone */
	TELEPHONE, /* digits after an optional plus, shown with it */
};

struct network {
	const char *begins; /* host and path, in lower case */
	const char *name;
	enum sort sort;
	const char *extra;
	unsigned least, most;
};

static const struct network networks[] = {
    {"t.me/", "telegram", WORD, "_", 5, 32},
    {"telegram.me/", "telegram", WORD, "_", 5, 32},
    {"tg://resolve?domain=", "telegram", WORD, "_", 5, 32},
    {"wa.me/", "whatsapp", TELEPHONE, "", 7, 15},
    {"whatsapp.com/send?phone=", "whatsapp", TELEPHONE, "", 7, 15},
    {"whatsapp://send?phone=", "whatsapp", TELEPHONE, "", 7, 15},
    {"signal.me/#p/", "signal", TELEPHONE, "", 7, 15},
    {"viber://chat?number=", "viber", TELEPHONE, "", 7, 15},
    {"viber://add?number=", "viber", TELEPHONE, "", 7, 15},
    {"facebook.com/profile.php?id=", "facebook", NUMBER, "", 5, 20},
    {"facebook.com/", "facebook", WORD, ".", 5, 50},
    {"instagram.com/", "instagram", WORD, "._", 3, 30},
    {"twitter.com/", "twitter", WORD, "_", 3, 15},
    {"x.com/", "twitter", WORD, "_", 3, 15},
    {"vk.com/", "vk", WORD, "_.", 4, 32},
    {"ok.ru/profile/", "ok", NUMBER, "", 5, 20},
    {"linkedin.com/in/", "linkedin", WORD, "-_%", 3, 100},
    {"tiktok.com/@", "tiktok", WORD, "_.", 2, 24},
    {"youtube.com/@", "youtube", WORD, "_.-", 3, 30},
    {"youtube.com/user/", "youtube", WORD, "", 3, 20},
    {"youtube.com/channel/", "youtube", WORD, "_-", 24, 24},
    {"youtube.com/c/", "youtube", WORD, "_-", 3, 30},
    {"github.com/", "github", WORD, "-", 1, 39},
    {"discord.com/users/", "discord", NUMBER, "", 17, 20},
    {"discordapp.com/users/", "discord", NUMBER, "", 17, 20},
    {"skype:", "skype", WORD, ".,_-:", 6, 32},
};

/* Pages of the networks themselves. */
static const char *const pages[] = {"about", "account", "accounts", "apps",
    "away.php", "blog", "business", "contact", "developer", "developers",
    "dialog", "direct", "docs", "events", "explore", "features", "feed",
    "gaming", "groups", "hashtag", "help", "home", "home.php", "intent",
    "joinchat", "addstickers", "jobs", "join", "legal", "login", "login.php",
    "marketplace", "media", "messages", "notifications", "orgs", "pages",
    "people", "photo", "photo.php", "photos", "plugins", "policies", "pricing",
    "privacy", "profile", "profile.php", "proxy", "reel", "search", "security",
    "settings", "share", "share.php", "sharer", "sharer.php", "signup", "site",
    "socks", "sponsors", "status", "statuses", "stories", "terms", "topics",
    "trending", "video", "videos", "watch", "widgets", "widgets.js",
    "widget_community.php", "wall", "public", "en_us", "l.php", "tr", "images",
    "username", "user", "yourname", "example"};

static bool is_alnum(uint8_t c)
{
	return (c >= '0' && c <= '9') ||
	    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

static bool is_in(const struct network *w, uint8_t c)
{
	if (c >= '0' && c <= '9')
		return true;
	if (w->sort != WORD)
		return false;
	return is_alnum(c) || (c != 0 && strchr(w->extra, c) != NULL);
}

static bool is_page(const char *name)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		if (strcmp(pages[i], name) == 0)
			return true;
	return false;
}

/* What the text ends with, if it is a network's address. */
static const struct network *network_at(
    const uint8_t *p, size_t end, size_t *ret_begin)
{
	const struct network *best = NULL;
	size_t best_n = 0;

	for (size_t i = 0; i < sizeof(networks) / sizeof(networks[0]); i++) {
		const struct network *w = &networks[i];
		const size_t n = strlen(w->begins);
		bool is_same = n <= end && n > best_n;

		for (size_t k = 0; k < n && is_same; k++)
			is_same = text_lower_char((char)p[end - n + k]) ==
			    w->begins[k];
		if (is_same) {
			best = w;
			best_n = n;
		}
	}
	*ret_begin = end - best_n;
	return best;
}

/* A name of its own, not the end of another one; a country's or a telephone's
 * page may be in front. */
static bool is_whole(const uint8_t *p, size_t begin)
{
	if (begin == 0)
		return true;
	const uint8_t before = p[begin - 1];

	if (before == '.')
		return begin > 1 && is_alnum(p[begin - 2]);
	return !is_alnum(before) && before != '-' && before != '_';
}

void box_scan_account(struct box_scan *scan, size_t end)
{
	const struct box_scan_text *t = box_scan_text(scan);
	const uint8_t *p = t->p;
	char name[NAME_LENGTH_MAX + 1], text[CAGE_HIT_TEXT_MAX];
	size_t begin, n = 0;
	const struct network *w = network_at(p, end, &begin);

	if (w == NULL || !is_whole(p, begin))
		return;
	size_t at = end;

	if (w->sort == TELEPHONE) {
		if (p[at] == '+')
			at++;
		else if (memcmp(p + at, "%2B", 3) == 0 ||
		    memcmp(p + at, "%2b", 3) == 0)
			at += 3;
	}
	while (at + n < t->n && n < NAME_LENGTH_MAX && is_in(w, p[at + n]))
		n++;
	while (n > 0 && !is_alnum(p[at + n - 1]) && p[at + n - 1] != '_')
		n--;
	if (n < w->least || n > w->most ||
	    (w->sort == WORD && p[at + n] == '@'))
		return;
	text_lower(name, (struct slice){(const char *)p + at, n});
	name[n] = '\0';
	if ((w->sort == WORD && is_page(name)) ||
	    !box_scan_is_new(scan, BOX_SCAN_ACCOUNTS, begin, at + n))
		return;
	/* Names of channels are told apart by case. */
	if (w->least == 24)
		memcpy(name, p + at, n);
	(void)snprintf(text, sizeof(text), "%s:%s%s", w->name,
	    w->sort == TELEPHONE ? "+" : "", name);
	box_scan_put(scan,
	    &(struct box_scan_find){.kind = CAGE_HIT_ACCOUNT,
		.at = begin,
		.n = at + n - begin,
		.text = slice_of(text)});
}

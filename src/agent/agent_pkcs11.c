/*
 * agent_pkcs11.c: keys in a PKCS#11 token, found by a pkcs11: URI.
 *
 * p11-kit loads the modules: the one that module-path names, or all that the
 * system knows. A key is its public object (CKK_EC_EDWARDS, whose point is the
 * public key) and the private object with the same CKA_ID; it signs with
 * CKM_EDDSA, which is plain Ed25519. Invariant: whoever opened a module or a
 * session closes it, also after an error.
 */
#include "agent_internal.h"

#include "mem.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_MAX 64
#define OBJECTS_MAX 256
#define VALUE_MAX 256 /* bytes of an attribute that is read */
#define PIN_MAX 255

struct token {
	P11KitUri *uri;
	CK_FUNCTION_LIST **modules; /* ended by NULL */
	CK_FUNCTION_LIST *module; /* in which the session is */
	CK_SESSION_HANDLE session;
	bool is_in_session;
	CK_OBJECT_HANDLE key;
};

/* What is done in each matching token's session; 1: go on to the next. */
typedef int visit_fn(struct token *token, void *cookie, struct err *err);

static int fail(struct err *err, const char *what, CK_RV rv)
{
	switch (rv) {
	case CKR_HOST_MEMORY:
		return err_nomem(err);
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
	case CKR_PIN_LEN_RANGE:
		return err_set(err, ERR_DENIED,
		    "the token does not take this PIN; it may lock itself "
		    "after a few wrong ones");
	case CKR_PIN_LOCKED:
		return err_set(err, ERR_DENIED,
		    "the token's PIN is locked; its security officer has to "
		    "set a new one");
	case CKR_USER_NOT_LOGGED_IN:
		return err_set(err, ERR_DENIED,
		    "the token wants its PIN; give it with --passphrase-file");
	default:
		return err_set(err, ERR_IO, "the token cannot %s: %s", what,
		    p11_kit_strerror(rv));
	}
}

/* ---- modules and sessions ---- */

static void leave_session(struct token *token)
{
	if (token->is_in_session)
		/* Nothing hangs on it: no object was made. */
		(void)token->module->C_CloseSession(token->session);
	token->is_in_session = false;
}

static void done(struct token *token)
{
	leave_session(token);
	if (token->modules != NULL)
		p11_kit_modules_finalize_and_release(token->modules);
	p11_kit_uri_free(token->uri);
	*token = (struct token){0};
}

/* The one module of the URI as a list, so that all are let go in one way. */
static int load_one(struct token *token, const char *path, struct err *err)
{
	CK_FUNCTION_LIST **list = calloc(2, sizeof(list[0]));

	if (list == NULL)
		return err_nomem(err);
	list[0] = p11_kit_module_load(path, 0);
	CK_RV rv = list[0] != NULL ? p11_kit_module_initialize(list[0])
				   : CKR_GENERAL_ERROR;
	if (rv == CKR_OK) {
		token->modules = list;
		return 0;
	}
	if (list[0] != NULL)
		p11_kit_module_release(list[0]);
	free(list);
	return err_set(err, ERR_NOTFOUND,
	    "the PKCS#11 module %s cannot be used: %s", path,
	    p11_kit_message() ? p11_kit_message() : p11_kit_strerror(rv));
}

static int start(
    struct token *token, const struct agent_way *way, struct err *err)
{
	char text[AGENT_PLACE_MAX + 1];

	memcpy(text, way->place.p, way->place.n);
	text[way->place.n] = '\0';
	token->uri = p11_kit_uri_new();
	if (token->uri == NULL)
		return err_nomem(err);
	int why = p11_kit_uri_parse(
	    text, P11_KIT_URI_FOR_OBJECT_ON_TOKEN_AND_MODULE, token->uri);
	if (why != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(token->uri))
		return err_set(err, ERR_USAGE, "\"%s\" is no pkcs11: URI: %s",
		    text,
		    why == P11_KIT_URI_OK ? "a part of it is not known"
					  : p11_kit_uri_message(why));
	const char *path = p11_kit_uri_get_module_path(token->uri);
	if (path != NULL)
		return load_one(token, path, err);
	token->modules = p11_kit_modules_load_and_initialize(0);
	if (token->modules == NULL)
		return err_set(err, ERR_NOTFOUND,
		    "no PKCS#11 module can be used: %s",
		    p11_kit_message() ? p11_kit_message() : "none is set up");
	return 0;
}

static int enter_session(struct token *token, CK_SLOT_ID slot, bool is_locked,
    struct slice pin, struct err *err)
{
	unsigned char text[PIN_MAX];

	CK_RV rv = token->module->C_OpenSession(
	    slot, CKF_SERIAL_SESSION, NULL, NULL, &token->session);
	if (rv != CKR_OK)
		return fail(err, "open a session", rv);
	token->is_in_session = true;
	if (!is_locked || pin.p == NULL)
		return 0;
	if (pin.n > sizeof(text))
		return fail(err, "log in", CKR_PIN_LEN_RANGE);
	memcpy(text, pin.p, pin.n);
	rv = token->module->C_Login(token->session, CKU_USER, text, pin.n);
	mem_wipe(text, sizeof(text));
	if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN)
		return fail(err, "log in", rv);
	return 0;
}

static int visit_module(struct token *token, const struct agent_way *way,
    visit_fn *visit, void *cookie, struct err *err)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG n = SLOTS_MAX;
	int r = 1;

	CK_RV rv = token->module->C_GetSlotList(CK_TRUE, slots, &n);
	if (rv != CKR_OK)
		return fail(err, "list its slots", rv);
	for (CK_ULONG i = 0; r == 1 && i < n && i < SLOTS_MAX; i++) {
		CK_TOKEN_INFO info;

		if (token->module->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
		    !(info.flags & CKF_TOKEN_INITIALIZED) ||
		    !p11_kit_uri_match_token_info(token->uri, &info))
			continue;
		r = enter_session(token, slots[i],
		    info.flags & CKF_LOGIN_REQUIRED, way->pin, err);
		if (r == 0)
			r = visit(token, cookie, err);
		if (r != 0)
			leave_session(token);
	}
	return r;
}

/* 1: no visit ended it. */
static int visit_all(struct token *token, const struct agent_way *way,
    visit_fn *visit, void *cookie, struct err *err)
{
	int r = start(token, way, err);

	if (r != 0)
		return r;
	r = 1;
	for (size_t i = 0; r == 1 && token->modules[i] != NULL; i++) {
		token->module = token->modules[i];
		r = visit_module(token, way, visit, cookie, err);
	}
	return r;
}

/* ---- objects ---- */

/* All objects that have these attributes; *n is the room, then how many. */
static int find(struct token *token, CK_ATTRIBUTE *attributes, CK_ULONG count,
    CK_OBJECT_HANDLE *ret_objects, CK_ULONG *n, struct err *err)
{
	CK_FUNCTION_LIST *module = token->module;

	CK_RV rv = module->C_FindObjectsInit(token->session, attributes, count);
	if (rv != CKR_OK)
		return fail(err, "look for keys", rv);
	rv = module->C_FindObjects(token->session, ret_objects, *n, n);
	(void)module->C_FindObjectsFinal(token->session); /* read or failed */
	return rv == CKR_OK ? 0 : fail(err, "look for keys", rv);
}

/* An attribute's bytes; absent if it has none or too many. */
static struct slice read_value(struct token *token, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, char room[VALUE_MAX])
{
	CK_ATTRIBUTE attribute = {type, room, VALUE_MAX};

	CK_RV rv = token->module->C_GetAttributeValue(
	    token->session, object, &attribute, 1);
	if (rv != CKR_OK || attribute.ulValueLen > VALUE_MAX)
		return slice_of(NULL);
	return (struct slice){room, attribute.ulValueLen};
}

/* CKA_EC_POINT is a DER octet string; some tokens leave the DER out. */
static const uint8_t *point_of(struct slice value)
{
	if (value.n == 2 + AGENT_KEY_SIZE && value.p[0] == 0x04 &&
	    value.p[1] == AGENT_KEY_SIZE)
		return (const uint8_t *)value.p + 2;
	return value.n == AGENT_KEY_SIZE ? (const uint8_t *)value.p : NULL;
}

/* The public Edwards keys of a session that the URI means. */
static int find_public(struct token *token, CK_OBJECT_HANDLE *ret_objects,
    CK_ULONG *n, struct err *err)
{
	CK_OBJECT_CLASS class = CKO_PUBLIC_KEY;
	CK_KEY_TYPE type = CKK_EC_EDWARDS;
	CK_ATTRIBUTE attributes[4] = {{CKA_CLASS, &class, sizeof(class)},
	    {CKA_KEY_TYPE, &type, sizeof(type)}};
	CK_ULONG count = 2;

	static const CK_ATTRIBUTE_TYPE named[] = {CKA_LABEL, CKA_ID};
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++) {
		CK_ATTRIBUTE *given =
		    p11_kit_uri_get_attribute(token->uri, named[i]);
		if (given != NULL)
			attributes[count++] = *given;
	}
	return find(token, attributes, count, ret_objects, n, err);
}

struct listing {
	agent_each_fn *each;
	void *cookie;
	bool is_token_found;
};

static int list_token(struct token *token, void *cookie, struct err *err)
{
	struct listing *listing = cookie;
	CK_OBJECT_HANDLE objects[OBJECTS_MAX];
	CK_ULONG n = OBJECTS_MAX;
	char point[VALUE_MAX], label[VALUE_MAX];

	listing->is_token_found = true;
	int r = find_public(token, objects, &n, err);
	for (CK_ULONG i = 0; r == 0 && i < n; i++) {
		const uint8_t *key = point_of(
		    read_value(token, objects[i], CKA_EC_POINT, point));
		if (key != NULL)
			r = listing->each(listing->cookie,
			    read_value(token, objects[i], CKA_LABEL, label),
			    key, err);
	}
	return r == 0 ? 1 : r;
}

static int pkcs11_each(const struct agent_way *way, agent_each_fn *each,
    void *cookie, struct err *err)
{
	struct listing listing = {.each = each, .cookie = cookie};
	struct token token = {0};

	int r = visit_all(&token, way, list_token, &listing, err);
	done(&token);
	if (r == 1)
		r = listing.is_token_found
		    ? 0
		    : err_set(err, ERR_NOTFOUND,
			  "no token here is the one that %.*s means",
			  SLICE_ARG(way->place));
	return r;
}

/* ---- signing ---- */

/* The private object beside a public one. */
static int find_private(
    struct token *token, CK_OBJECT_HANDLE public, struct err *err)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	char room[VALUE_MAX];
	CK_ULONG n = 1;

	struct slice id = read_value(token, public, CKA_ID, room);
	if (id.p == NULL)
		return fail(err, "tell the key's id", CKR_FUNCTION_FAILED);
	CK_ATTRIBUTE attributes[] = {
	    {CKA_CLASS, &class, sizeof(class)}, {CKA_ID, room, id.n}};
	int r = find(token, attributes, 2, &token->key, &n, err);
	if (r == 0 && n == 0)
		r = fail(err, "find the key", CKR_USER_NOT_LOGGED_IN);
	return r;
}

static int open_in_token(struct token *token, void *cookie, struct err *err)
{
	const uint8_t *wanted = cookie;
	CK_OBJECT_HANDLE objects[OBJECTS_MAX];
	CK_ULONG n = OBJECTS_MAX;
	char room[VALUE_MAX];

	int r = find_public(token, objects, &n, err);
	for (CK_ULONG i = 0; r == 0 && i < n; i++) {
		const uint8_t *key =
		    point_of(read_value(token, objects[i], CKA_EC_POINT, room));
		if (key != NULL && memcmp(key, wanted, AGENT_KEY_SIZE) == 0)
			return find_private(token, objects[i], err);
	}
	return r == 0 ? 1 : r;
}

static void pkcs11_close(void *open)
{
	struct token *token = open;

	done(token);
	free(token);
}

static int pkcs11_open(void **ret_open, const struct agent_way *way,
    const uint8_t public_key[AGENT_KEY_SIZE], struct err *err)
{
	struct token *token = mem_new(1, sizeof(*token));
	uint8_t wanted[AGENT_KEY_SIZE];

	if (token == NULL)
		return err_nomem(err);
	memcpy(wanted, public_key, AGENT_KEY_SIZE);
	int r = visit_all(token, way, open_in_token, wanted, err);
	if (r == 1)
		r = err_set(err, ERR_NOTFOUND,
		    "no token here has the key that %.*s means; is it plugged "
		    "in?",
		    SLICE_ARG(way->place));
	if (r == 0)
		*ret_open = token;
	else
		pkcs11_close(token);
	return r;
}

static int pkcs11_sign(void *open, const void *message, size_t n,
    uint8_t ret_signature[AGENT_SIGNATURE_SIZE], struct err *err)
{
	struct token *token = open;
	CK_MECHANISM mechanism = {CKM_EDDSA, NULL, 0};
	CK_ULONG size = AGENT_SIGNATURE_SIZE;
	uint8_t signature[AGENT_SIGNATURE_SIZE];

	CK_RV rv =
	    token->module->C_SignInit(token->session, &mechanism, token->key);
	if (rv == CKR_OK)
		rv = token->module->C_Sign(token->session,
		    (unsigned char *)(uintptr_t)message, n, signature, &size);
	if (rv != CKR_OK)
		return fail(err, "sign", rv);
	if (size != sizeof(signature))
		return err_set(
		    err, ERR_FORMAT, "the token gave no Ed25519 signature");
	memcpy(ret_signature, signature, sizeof(signature));
	return 0;
}

const struct agent_kind agent_pkcs11 = {
    .each = pkcs11_each,
    .open = pkcs11_open,
    .sign = pkcs11_sign,
    .close = pkcs11_close,
};

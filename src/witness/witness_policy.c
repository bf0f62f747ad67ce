/*
 * witness_policy.c: a policy taken apart line by line, and its quorum.
 *
 * Members are defined before their group, so the quorum is one walk over the
 * nodes in the order of the file: a node that is reached counts once in its
 * one parent.
 */
#include "witness_policy.h"

#include "log_checkpoint.h"
#include "mem.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX
#define LINE_WORDS_MAX (WITNESS_POLICY_NODES_MAX + 3)

/* One line, its words made C strings in the policy's own copy. */
struct line {
	struct witness_policy *policy;
	size_t number; /* from 1 */
	size_t n;
	char *words[LINE_WORDS_MAX];
	bool is_quorum_given;
};

static int bad(const struct line *line, struct err *err, const char *why)
{
	return err_set(err, ERR_FORMAT, "line %zu: %s", line->number, why);
}

static int bad_name(
    const struct line *line, const char *name, const char *why, struct err *err)
{
	return err_set(
	    err, ERR_FORMAT, "line %zu: \"%s\" %s", line->number, name, why);
}

/* ---- the single lines ---- */

static size_t find_node(const struct witness_policy *policy, const char *name)
{
	for (size_t i = 0; i < policy->node_count; i++)
		if (strcmp(policy->nodes[i].name, name) == 0)
			return i;
	return NONE;
}

static int add_node(
    const struct line *line, struct witness_policy_node node, struct err *err)
{
	struct witness_policy *policy = line->policy;

	if (strcmp(node.name, "none") == 0)
		return bad(line, err, "\"none\" stands for no quorum");
	if (find_node(policy, node.name) != NONE)
		return bad_name(line, node.name, "is defined twice", err);
	policy->nodes[policy->node_count++] = node;
	return 0;
}

static int take_key(const struct line *line, const char *vkey, uint8_t type,
    struct note_key *ret_key, struct err *err)
{
	int rc = note_key_parse(ret_key, slice_of(vkey), err);

	if (rc != 0)
		err_prefix(err, "line %zu", line->number);
	else if (ret_key->type != type)
		rc = bad(line, err,
		    type == NOTE_KEY_COSIGNATURE
			? "a witness needs a key for cosignatures (type 4)"
			: "a log needs an Ed25519 key of type 1");
	return rc;
}

static int take_log(struct line *line, struct err *err)
{
	struct witness_policy *policy = line->policy;
	struct witness_policy_log log;

	if (line->n < 2 || line->n > 3)
		return bad(line, err, "write: log VKEY [URL]");
	if (policy->log_count == WITNESS_POLICY_LOGS_MAX)
		return err_set(err, ERR_LIMIT, "line %zu: more than %d logs",
		    line->number, WITNESS_POLICY_LOGS_MAX);
	int rc =
	    take_key(line, line->words[1], NOTE_KEY_ED25519, &log.key, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < policy->log_count; i++)
		if (note_key_is_same_point(&policy->logs[i].key, &log.key))
			return bad(line, err, "another log has this key");
	log.url = line->n == 3 ? line->words[2] : NULL;
	policy->logs[policy->log_count++] = log;
	return 0;
}

static int take_witness(struct line *line, struct err *err)
{
	struct witness_policy *policy = line->policy;
	size_t n = policy->witness_count;
	struct witness_policy_witness *witness;

	if (line->n < 3 || line->n > 4)
		return bad(line, err, "write: witness NAME VKEY [URL]");
	if (n == WITNESS_POLICY_WITNESSES_MAX)
		return err_set(err, ERR_LIMIT,
		    "line %zu: more than %d witnesses", line->number,
		    WITNESS_POLICY_WITNESSES_MAX);
	witness = &policy->witnesses[n];
	int rc = take_key(
	    line, line->words[2], NOTE_KEY_COSIGNATURE, &witness->key, err);
	if (rc != 0)
		return rc;
	for (size_t i = 0; i < n; i++)
		if (note_key_is_same_point(
			&policy->witnesses[i].key, &witness->key))
			return bad(line, err, "another witness has this key");
	witness->name = line->words[1];
	witness->url = line->n == 4 ? line->words[3] : NULL;
	policy->witness_count++;
	return add_node(
	    line, (struct witness_policy_node){witness->name, n, 1, NONE}, err);
}

static bool read_threshold(const char *word, size_t members, size_t *ret_k)
{
	unsigned long long k;

	if (strcmp(word, "any") == 0)
		k = 1;
	else if (strcmp(word, "all") == 0)
		k = members;
	else if (!slice_to_u64(slice_of(word), &k))
		return false;
	if (k < 1 || k > members)
		return false;
	*ret_k = (size_t)k;
	return true;
}

static int take_group(struct line *line, struct err *err)
{
	struct witness_policy *policy = line->policy;
	struct witness_policy_node group = {.witness = NONE, .parent = NONE};
	size_t number = policy->node_count;

	if (line->n < 4)
		return bad(line, err, "write: group NAME all|any|K MEMBER...");
	if (number - policy->witness_count == WITNESS_POLICY_GROUPS_MAX)
		return err_set(err, ERR_LIMIT, "line %zu: more than %d groups",
		    line->number, WITNESS_POLICY_GROUPS_MAX);
	if (!read_threshold(line->words[2], line->n - 3, &group.threshold))
		return bad_name(line, line->words[2],
		    "is not all, any, or a number from 1 to that of the "
		    "members",
		    err);
	for (size_t i = 3; i < line->n; i++) {
		size_t member = find_node(policy, line->words[i]);
		if (member == NONE)
			return bad_name(
			    line, line->words[i], "is not defined above", err);
		if (policy->nodes[member].parent != NONE)
			return bad_name(
			    line, line->words[i], "is a member already", err);
		policy->nodes[member].parent = number;
	}
	group.name = line->words[1];
	return add_node(line, group, err);
}

static int take_quorum(struct line *line, struct err *err)
{
	struct witness_policy *policy = line->policy;

	if (line->n != 2)
		return bad(line, err, "write: quorum NAME|none");
	if (line->is_quorum_given)
		return bad(line, err, "a second quorum");
	line->is_quorum_given = true;
	if (strcmp(line->words[1], "none") == 0)
		return 0;
	policy->quorum = find_node(policy, line->words[1]);
	if (policy->quorum == NONE)
		return bad_name(
		    line, line->words[1], "is not defined above", err);
	return 0;
}

/* ---- the file ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t';
}

static int split(struct line *line, char *p, struct err *err)
{
	line->n = 0;
	while (*p != '\0') {
		while (is_space(*p))
			p++;
		if (*p == '\0' || (line->n == 0 && *p == '#'))
			break;
		if (line->n == LINE_WORDS_MAX)
			return err_set(err, ERR_LIMIT,
			    "line %zu: more than %d words", line->number,
			    LINE_WORDS_MAX);
		line->words[line->n++] = p;
		while (*p != '\0' && !is_space(*p))
			p++;
		if (*p != '\0')
			*p++ = '\0';
	}
	return 0;
}

static int take_line(struct line *line, struct err *err)
{
	if (line->n == 0)
		return 0;
	if (strcmp(line->words[0], "log") == 0)
		return take_log(line, err);
	if (strcmp(line->words[0], "witness") == 0)
		return take_witness(line, err);
	if (strcmp(line->words[0], "group") == 0)
		return take_group(line, err);
	if (strcmp(line->words[0], "quorum") == 0)
		return take_quorum(line, err);
	return bad_name(
	    line, line->words[0], "is not log, witness, group or quorum", err);
}

static int check_octets(struct slice text, struct err *err)
{
	size_t number = 1;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = (uint8_t)text.p[i];
		if (c == '\n')
			number++;
		else if (c == 0x7f || (c < 0x20 && c != '\t'))
			return err_set(err, ERR_FORMAT,
			    "line %zu: a control character", number);
	}
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		return err_set(err, ERR_FORMAT,
		    "line %zu: the last line has no line end", number);
	return 0;
}

static int take_all(struct witness_policy *policy, struct err *err)
{
	struct line line = {.policy = policy};
	char *p = policy->text;
	int rc = 0;

	while (rc == 0 && *p != '\0') {
		char *end = strchr(p, '\n');
		*end = '\0';
		line.number++;
		rc = split(&line, p, err);
		if (rc == 0)
			rc = take_line(&line, err);
		p = end + 1;
	}
	if (rc == 0 && !line.is_quorum_given)
		rc = err_set(err, ERR_FORMAT,
		    "no quorum line; `quorum none` asks for no witness");
	return rc;
}

int witness_policy_parse(
    struct witness_policy *ret_policy, struct slice text, struct err *err)
{
	memset(ret_policy, 0, sizeof(*ret_policy));
	ret_policy->quorum = NONE;
	if (text.n > WITNESS_POLICY_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "a policy of more than %d bytes",
		    WITNESS_POLICY_BYTES_MAX);
	int rc = check_octets(text, err);
	if (rc != 0)
		return rc;
	ret_policy->text = mem_copy_text(text.p, text.n);
	if (ret_policy->text == NULL)
		return err_nomem(err);
	rc = take_all(ret_policy, err);
	if (rc != 0)
		witness_policy_done(ret_policy);
	return rc;
}

void witness_policy_done(struct witness_policy *policy)
{
	free(policy->text);
	memset(policy, 0, sizeof(*policy));
	policy->quorum = NONE;
}

bool witness_policy_is_met(
    const struct witness_policy *policy, const bool *has_cosigned)
{
	size_t counts[WITNESS_POLICY_NODES_MAX] = {0};

	if (policy->quorum == NONE)
		return true;
	for (size_t i = 0; i <= policy->quorum; i++) {
		const struct witness_policy_node *node = &policy->nodes[i];
		bool is_reached = node->witness != NONE
		    ? has_cosigned[node->witness]
		    : counts[i] >= node->threshold;
		if (i == policy->quorum)
			return is_reached;
		if (is_reached && node->parent != NONE)
			counts[node->parent]++;
	}
	return false;
}

int witness_policy_count(const struct witness_policy *policy,
    const struct note *note, bool *ret_has_cosigned, size_t *ret_n,
    struct err *err)
{
	size_t n = 0;

	for (size_t i = 0; i < policy->witness_count; i++) {
		const struct note_key *key = &policy->witnesses[i].key;
		const struct note_signature *line = note_find(note, key);
		int64_t when;
		ret_has_cosigned[i] = line != NULL;
		if (line == NULL)
			continue;
		int rc = log_checkpoint_check_cosignature(
		    &when, key, note->text, line, err);
		if (rc != 0)
			return rc;
		n++;
	}
	*ret_n = n;
	return 0;
}

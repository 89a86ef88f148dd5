// SPDX-License-Identifier: Apache-2.0
/* ytree.c - builds the tree out of libyaml's events */
#include "base/ytree.h"

#include <string.h>
#include <yaml.h>

#include "base/bind_internal.h"
#include "base/mem.h"

struct anchor {
	char *name;
	struct ynode *node;
};

/**
 * struct builder - State of one parse
 * @failed:	Reading cannot go on; why has been reported
 * @expanded:	Nodes that aliases stand for, so far
 */
struct builder {
	yaml_parser_t parser;
	struct ytree *tree;
	struct bind_diags *diags;
	const char *text;
	size_t len;
	struct anchor *anchors;
	size_t n_anchors;
	size_t expanded;
	bool failed;
};

static struct ynode *build(struct builder *b, const yaml_event_t *event,
			   unsigned depth);

static struct bind_pos pos_of(yaml_mark_t mark)
{
	return (struct bind_pos){ .line = (unsigned)mark.line + 1,
				  .col = (unsigned)mark.column + 1 };
}

static struct ynode *give_up(struct builder *b, struct bind_pos pos,
			     const char *why)
{
	bind_diags_add(b->diags, pos, NULL, "%s", why);
	b->failed = true;
	return NULL;
}

/* What to do about syntax errors that people make, by libyaml's words. */
static const struct {
	const char *problem, *hint;
} hints[] = {
	{ "tab character", "indent with blanks" },
	{ "cannot start any token", "quote the value" },
	{ "mapping values are not allowed",
	  "quote a value that has ': ' in it" },
};

/* @index counts characters, as libyaml's marks do. */
static bool tab_at(const struct builder *b, size_t index)
{
	size_t i = 0;

	while (i < b->len && index > 0) {
		i++;
		while (i < b->len && ((unsigned char)b->text[i] & 0xc0) == 0x80)
			i++;
		index--;
	}
	return i < b->len && b->text[i] == '\t';
}

static const char *hint_for(const struct builder *b, const char *problem)
{
	if (tab_at(b, b->parser.problem_mark.index))
		return hints[0].hint;
	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		if (strstr(problem, hints[i].problem))
			return hints[i].hint;
	return NULL;
}

/* libyaml reports bytes that are no text by their offset alone. */
static void report_syntax(struct builder *b)
{
	const yaml_parser_t *p = &b->parser;
	const char *problem = p->problem ? p->problem : "cannot be read";
	struct bind_pos pos = pos_of(p->problem_mark);
	char *context CLEANUP_FREE = NULL;

	if (p->error == YAML_READER_ERROR)
		pos = bind_pos_at_byte(b->text, b->len, p->problem_offset);
	if (p->context && p->context_mark.line != p->problem_mark.line)
		context = xasprintf(" (%s that began in line %zu)", p->context,
				    p->context_mark.line + 1);
	bind_diags_add(b->diags, pos, hint_for(b, problem), "syntax: %s%s",
		       problem, context ? context : "");
	b->failed = true;
}

static bool next_event(struct builder *b, yaml_event_t *ret_event)
{
	if (yaml_parser_parse(&b->parser, ret_event))
		return true;
	report_syntax(b);
	return false;
}

static struct ynode *node_new(struct builder *b, enum ynode_kind kind,
			      struct bind_pos pos)
{
	struct ynode *node = xnew(struct ynode);

	node->kind = kind;
	node->pos = pos;
	node->weight = 1;
	*VEC_PUSH(b->tree->nodes, b->tree->n) = node;
	if (b->tree->n > YTREE_NODES)
		return give_up(b, pos, "the file has too many values");
	return node;
}

static void node_append(struct ynode *parent, struct ynode *key,
			struct ynode *value)
{
	struct yitem *item = VEC_PUSH(parent->items, parent->n);

	item->key = key;
	item->value = value;
	parent->weight += value->weight + (key ? 1 : 0);
	if (value->height + 1 > parent->height)
		parent->height = value->height + 1;
}

static void anchor_set(struct builder *b, const yaml_char_t *name,
		       struct ynode *node)
{
	struct anchor *anchor;

	if (!name)
		return;
	if (b->n_anchors == YTREE_ANCHORS) {
		give_up(b, node->pos, "too many anchors");
		return;
	}
	anchor = VEC_PUSH(b->anchors, b->n_anchors);
	anchor->name = xstrdup((const char *)name);
	anchor->node = node;
}

static void refuse_tag(struct builder *b, const yaml_char_t *tag,
		       struct ynode *node)
{
	if (!tag)
		return;
	bind_diags_add(b->diags, node->pos, "leave it out",
		       "tags such as '%.40s' are not allowed",
		       (const char *)tag);
	node->bad = true;
}

static struct ynode *bad_scalar(struct builder *b, struct bind_pos pos)
{
	struct ynode *node = node_new(b, YNODE_SCALAR, pos);

	if (node) {
		node->text = xstrdup("");
		node->bad = true;
	}
	return node;
}

static const struct anchor *anchor_find(const struct builder *b,
					const char *name)
{
	for (size_t i = b->n_anchors; i > 0; i--)
		if (!strcmp(b->anchors[i - 1].name, name))
			return &b->anchors[i - 1];
	return NULL;
}

static struct ynode *build_alias(struct builder *b, const yaml_event_t *event,
				 unsigned depth)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct bind_pos pos = pos_of(event->start_mark);
	const struct anchor *anchor = anchor_find(b, name);

	if (!anchor || anchor->node->open) {
		bind_diags_add(b->diags, pos, NULL,
			       anchor ? "alias '*%.40s' contains itself" :
					"no anchor '&%.40s' before this alias",
			       name);
		return bad_scalar(b, pos);
	}
	b->expanded += anchor->node->weight;
	if (b->expanded > YTREE_EXPANDED)
		return give_up(b, pos, "aliases expand to too much");
	if (depth + anchor->node->height > YTREE_DEPTH)
		return give_up(b, pos, "nested too deeply");
	return anchor->node;
}

static struct ynode *build_scalar(struct builder *b, const yaml_event_t *event)
{
	struct ynode *node =
		node_new(b, YNODE_SCALAR, pos_of(event->start_mark));
	const char *value = (const char *)event->data.scalar.value;
	size_t len = event->data.scalar.length;

	if (!node)
		return NULL;
	node->text = xstrndup(value, len);
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	if (strlen(node->text) != len) {
		bind_diags_add(b->diags, node->pos, NULL,
			       "NUL characters are not allowed");
		node->bad = true;
	}
	refuse_tag(b, event->data.scalar.tag, node);
	anchor_set(b, event->data.scalar.anchor, node);
	return node;
}

/* Builds what comes next; NULL at @end or when reading cannot go on. */
static struct ynode *build_next(struct builder *b, yaml_event_type_t end,
				unsigned depth)
{
	struct ynode *node = NULL;
	yaml_event_t event;

	if (!next_event(b, &event))
		return NULL;
	if (event.type != end)
		node = build(b, &event, depth);
	yaml_event_delete(&event);
	return node;
}

static struct ynode *build_list(struct builder *b, const yaml_event_t *event,
				unsigned depth)
{
	struct ynode *list = node_new(b, YNODE_LIST, pos_of(event->start_mark));
	struct ynode *value;

	if (!list)
		return NULL;
	refuse_tag(b, event->data.sequence_start.tag, list);
	anchor_set(b, event->data.sequence_start.anchor, list);
	list->open = true;
	while ((value = build_next(b, YAML_SEQUENCE_END_EVENT, depth + 1)))
		node_append(list, NULL, value);
	list->open = false;
	return b->failed ? NULL : list;
}

static int item_cmp(const void *a, const void *b)
{
	const struct yitem *const *x = a, *const *y = b;
	int diff = strcmp((*x)->key->text, (*y)->key->text);

	if (diff)
		return diff;
	return *x < *y ? -1 : *x > *y;
}

static void refuse_repeated(struct builder *b, const struct ynode *map)
{
	const struct yitem **sorted CLEANUP_FREE =
		xcalloc(map->n, sizeof(*sorted));

	for (size_t i = 0; i < map->n; i++)
		sorted[i] = &map->items[i];
	qsort(sorted, map->n, sizeof(*sorted), item_cmp);
	for (size_t i = 1; i < map->n; i++) {
		const struct ynode *key = sorted[i]->key;
		const struct ynode *first = sorted[i - 1]->key;

		if (!strcmp(key->text, first->text) && !key->bad)
			bind_diags_add(b->diags, key->pos, NULL,
				       "key '%.40s' is repeated, first in line "
				       "%u",
				       key->text, first->pos.line);
	}
}

/* Keys are marked bad when reported, so that nobody calls them unknown. */
static struct ynode *check_key(struct builder *b, struct ynode *key)
{
	if (key->kind == YNODE_SCALAR && strcmp(key->text, "<<") != 0)
		return key;
	if (!key->bad)
		bind_diags_add(b->diags, key->pos, NULL,
			       key->kind == YNODE_SCALAR ?
				       "merge keys ('<<') are not supported" :
				       "a key must be plain text");
	return bad_scalar(b, key->pos);
}

static struct ynode *build_map(struct builder *b, const yaml_event_t *event,
			       unsigned depth)
{
	struct ynode *map = node_new(b, YNODE_MAP, pos_of(event->start_mark));
	struct ynode *key;

	if (!map)
		return NULL;
	refuse_tag(b, event->data.mapping_start.tag, map);
	anchor_set(b, event->data.mapping_start.anchor, map);
	map->open = true;
	while ((key = build_next(b, YAML_MAPPING_END_EVENT, depth + 1))) {
		struct ynode *value = build_next(b, YAML_NO_EVENT, depth + 1);

		key = check_key(b, key);
		if (!key || !value)
			return NULL;
		node_append(map, key, value);
	}
	map->open = false;
	if (b->failed)
		return NULL;
	refuse_repeated(b, map);
	return map;
}

static struct ynode *build(struct builder *b, const yaml_event_t *event,
			   unsigned depth)
{
	if (depth > YTREE_DEPTH)
		return give_up(b, pos_of(event->start_mark),
			       "nested too deeply");
	if (event->type == YAML_ALIAS_EVENT)
		return build_alias(b, event, depth);
	if (event->type == YAML_SCALAR_EVENT)
		return build_scalar(b, event);
	if (event->type == YAML_SEQUENCE_START_EVENT)
		return build_list(b, event, depth);
	assert(event->type == YAML_MAPPING_START_EVENT);
	return build_map(b, event, depth);
}

/* The events around the nodes: stream, document and its end. */
static void build_stream(struct builder *b)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	size_t documents = 0;

	while (!b->failed && type != YAML_STREAM_END_EVENT) {
		yaml_event_t event;

		if (!next_event(b, &event))
			return;
		type = event.type;
		if (type == YAML_DOCUMENT_START_EVENT && ++documents > 1) {
			bind_diags_add(b->diags, pos_of(event.start_mark), NULL,
				       "only one document in a file");
			type = YAML_STREAM_END_EVENT;
		} else if (type == YAML_DOCUMENT_START_EVENT) {
			b->tree->root = build_next(b, YAML_NO_EVENT, 1);
		}
		yaml_event_delete(&event);
	}
	if (!b->failed && !documents)
		give_up(b, (struct bind_pos){ 1, 1 }, "the file is empty");
}

bool ytree_parse(struct ytree *tree, const char *text, size_t len,
		 struct bind_diags *diags)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t skip = len >= 3 && !memcmp(text, bom, 3) ? 3 : 0;
	struct builder b = { .tree = tree,
			     .diags = diags,
			     .text = text + skip,
			     .len = len - skip };

	if (!yaml_parser_initialize(&b.parser))
		return give_up(&b, (struct bind_pos){ 1, 1 }, "out of memory");
	yaml_parser_set_encoding(&b.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&b.parser, (const unsigned char *)b.text,
				     b.len);
	build_stream(&b);
	yaml_parser_delete(&b.parser);
	for (size_t i = 0; i < b.n_anchors; i++)
		free(b.anchors[i].name);
	free(b.anchors);
	return !b.failed && tree->root;
}

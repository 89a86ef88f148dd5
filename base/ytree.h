// SPDX-License-Identifier: Apache-2.0
/* ytree.h - a YAML document as a tree that knows where its parts stand */
#ifndef BASE_YTREE_H
#define BASE_YTREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bind.h"

/*
 * DOC: What is let in
 *
 * One document of mappings, sequences and scalars; scalars stay text. Tags,
 * repeated keys, keys that are not scalars, aliases to nothing or to a node
 * around them, NUL in text, and documents after the first are reported, each
 * where it stands, and reading goes on. A syntax error, nesting deeper than
 * YTREE_DEPTH, more than YTREE_NODES nodes or YTREE_ANCHORS anchors, and
 * aliases that expand to more than YTREE_EXPANDED nodes end it.
 */
#define YTREE_DEPTH 32
#define YTREE_EXPANDED 10000
#define YTREE_NODES 100000
#define YTREE_ANCHORS 1000

enum ynode_kind { YNODE_SCALAR, YNODE_LIST, YNODE_MAP, YNODE_COUNT };

struct ynode;

/** struct yitem - Element of a list (@key NULL) or entry of a mapping */
struct yitem {
	struct ynode *key;
	struct ynode *value;
};

/**
 * struct ynode - One value; an aliased one is in the tree more than once
 * @pos:	Where it begins
 * @text:	Of a scalar
 * @plain:	A scalar without quotes, so that it may be a number or null
 * @bad:	An error of it has been reported: say no more of it
 * @open:	Its end has not been read yet
 * @items, @n:	Of a list or mapping
 * @height:	Levels below it
 * @weight:	Nodes in it, itself included, aliases expanded
 */
struct ynode {
	enum ynode_kind kind;
	struct bind_pos pos;
	char *text;
	bool plain;
	bool bad;
	bool open;
	struct yitem *items;
	size_t n;
	unsigned height;
	size_t weight;
};

/** struct ytree - All nodes of a document; @root is one of them, or NULL */
struct ytree {
	struct ynode *root;
	struct ynode **nodes;
	size_t n;
};

/**
 * ytree_parse() - Read a document
 * @tree:	Zeroed; released by the caller whatever is returned
 * @diags:	Gets what is wrong with it
 *
 * Return: whether there is a tree to look at; there may be errors all the same
 */
bool ytree_parse(struct ytree *tree, const char *text, size_t len,
		 struct bind_diags *diags);

void ytree_release(struct ytree *tree);

/** ynode_get() - Value of @key in a mapping, NULL if not there */
const struct ynode *ynode_get(const struct ynode *map, const char *key);

/** ynode_is_null() - A plain scalar that YAML takes as null, or nothing */
bool ynode_is_null(const struct ynode *node);

#endif

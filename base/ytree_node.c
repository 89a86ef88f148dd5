// SPDX-License-Identifier: Apache-2.0
/* ytree_node.c - looking at a tree, and its end */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/ytree.h"

void ytree_release(struct ytree *tree)
{
	for (size_t i = 0; i < tree->n; i++) {
		free(tree->nodes[i]->text);
		free(tree->nodes[i]->items);
		free(tree->nodes[i]);
	}
	free(tree->nodes);
	*tree = (struct ytree){ 0 };
}

const struct ynode *ynode_get(const struct ynode *map, const char *key)
{
	if (map->kind != YNODE_MAP)
		return NULL;
	for (size_t i = 0; i < map->n; i++)
		if (!strcmp(map->items[i].key->text, key))
			return map->items[i].value;
	return NULL;
}

bool ynode_is_null(const struct ynode *node)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL" };

	if (node->kind != YNODE_SCALAR || !node->plain)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(nulls); i++)
		if (!strcmp(node->text, nulls[i]))
			return true;
	return false;
}

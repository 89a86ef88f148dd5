// SPDX-License-Identifier: Apache-2.0
/* bind.c - walks a document by a table and fills the table's struct */
#include "base/bind.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/bind_internal.h"
#include "base/file.h"
#include "base/mem.h"

static void bind_value(struct bind_ctx *ctx, const struct bind_field *field,
		       const struct ynode *node, void *obj);
static void bind_mapping(struct bind_ctx *ctx, const struct bind_table *table,
			 const struct ynode *node, void *obj);

static const char *const kind_words[] = {
	[YNODE_SCALAR] = "plain text",
	[YNODE_LIST] = "a list",
	[YNODE_MAP] = "a mapping",
};
static_assert(ARRAY_SIZE(kind_words) == YNODE_COUNT,
	      "kind_words[] doesn't match enum ynode_kind");

static void wrong_kind(struct bind_ctx *ctx, const char *what,
		       const char *wanted, const struct ynode *node)
{
	if (ynode_is_null(node))
		bind_diags_add(ctx->diags, node->pos, NULL,
			       "'%.40s' has no value", what);
	else
		bind_diags_add(ctx->diags, node->pos, NULL,
			       "'%.40s' must be %s, not %s", what, wanted,
			       kind_words[node->kind]);
}

/* Whether @node is text that can become a value; says so when not. */
static bool usable_scalar(struct bind_ctx *ctx, const char *what,
			  const struct ynode *node)
{
	if (node->bad)
		return false;
	if (node->kind == YNODE_SCALAR && !ynode_is_null(node))
		return true;
	wrong_kind(ctx, what, "a single value", node);
	return false;
}

static struct bind_scalar scalar_of(const struct ynode *node)
{
	return (struct bind_scalar){ .text = node->text,
				     .pos = node->pos,
				     .plain = node->plain };
}

static void bind_scalar(struct bind_ctx *ctx, const struct bind_field *field,
			const struct ynode *node, void *obj)
{
	struct bind_scalar scalar = scalar_of(node);

	if (usable_scalar(ctx, field->key, node))
		bind_scalar_set(ctx, field, &scalar,
				member(obj, field->offset));
}

static void bind_element(struct bind_ctx *ctx, const struct bind_field *field,
			 const struct ynode *node, struct str_list *list)
{
	struct bind_field element = *field;
	struct bind_scalar scalar = scalar_of(node);
	char *text = NULL;

	element.type = BIND_STR;
	if (!usable_scalar(ctx, field->key, node))
		return;
	bind_scalar_set(ctx, &element, &scalar, &text);
	if (text)
		str_list_take(list, text);
}

static void bind_str_list(struct bind_ctx *ctx, const struct bind_field *field,
			  const struct ynode *node, void *obj)
{
	struct str_list *list = member(obj, field->offset);

	if (node->kind == YNODE_SCALAR)
		bind_element(ctx, field, node, list);
	else if (node->kind == YNODE_MAP)
		wrong_kind(ctx, field->key, "a list", node);
	else
		for (size_t i = 0; i < node->n; i++)
			bind_element(ctx, field, node->items[i].value, list);
}

static void check_map_key(struct bind_ctx *ctx, const struct bind_field *field,
			  const struct ynode *key)
{
	struct bind_field of = { .key = field->key,
				 .type = BIND_ENUM,
				 .names = field->names };
	struct bind_scalar scalar = scalar_of(key);
	int ignored = 0;

	if (field->names)
		bind_scalar_set(ctx, &of, &scalar, &ignored);
}

static void bind_str_map(struct bind_ctx *ctx, const struct bind_field *field,
			 const struct ynode *node, void *obj)
{
	struct bind_map *map = member(obj, field->offset);

	if (node->kind != YNODE_MAP) {
		wrong_kind(ctx, field->key, "a mapping", node);
		return;
	}
	for (size_t i = 0; i < node->n; i++) {
		const struct yitem *item = &node->items[i];
		struct bind_pair *pair;

		if (item->key->bad ||
		    !usable_scalar(ctx, item->key->text, item->value))
			continue;
		check_map_key(ctx, field, item->key);
		pair = VEC_PUSH(map->v, map->n);
		pair->key = xstrdup(item->key->text);
		pair->value = xstrdup(item->value->text);
		pair->pos = item->value->pos;
	}
}

static void bind_struct(struct bind_ctx *ctx, const struct bind_field *field,
			const struct ynode *node, void *obj)
{
	bind_mapping(ctx, field->table, node, member(obj, field->offset));
}

static void bind_structs(struct bind_ctx *ctx, const struct bind_field *field,
			 const struct ynode *node, void *obj)
{
	char *array;

	if (node->kind != YNODE_LIST) {
		wrong_kind(ctx, field->key, "a list", node);
		return;
	}
	array = bind_array_new(obj, field, node->n);
	for (size_t i = 0; i < node->n; i++)
		bind_mapping(ctx, field->table, node->items[i].value,
			     array + i * field->table->size);
}

static void bind_name(struct bind_ctx *ctx, const struct bind_field *field,
		      const struct ynode *key, void *element)
{
	struct bind_scalar scalar = scalar_of(key);
	struct bind_field of = { .key = "name",
				 .type = BIND_STR,
				 .pattern = field->pattern };

	if (!key->bad)
		bind_scalar_set(ctx, &of, &scalar, element);
}

static void bind_named(struct bind_ctx *ctx, const struct bind_field *field,
		       const struct ynode *node, void *obj)
{
	char *array;

	if (node->kind != YNODE_MAP) {
		wrong_kind(ctx, field->key, "a mapping of names", node);
		return;
	}
	array = bind_array_new(obj, field, node->n);
	for (size_t i = 0; i < node->n; i++) {
		void *element = array + i * field->table->size;

		bind_name(ctx, field, node->items[i].key, element);
		bind_mapping(ctx, field->table, node->items[i].value, element);
	}
}

typedef void (*binder)(struct bind_ctx *ctx, const struct bind_field *field,
		       const struct ynode *node, void *obj);

static const binder binders[] = {
	[BIND_STR] = bind_scalar,	 [BIND_BOOL] = bind_scalar,
	[BIND_UINT] = bind_scalar,	 [BIND_DURATION] = bind_scalar,
	[BIND_SIZE] = bind_scalar,	 [BIND_ENUM] = bind_scalar,
	[BIND_STR_LIST] = bind_str_list, [BIND_STR_MAP] = bind_str_map,
	[BIND_STRUCT] = bind_struct,	 [BIND_STRUCTS] = bind_structs,
	[BIND_NAMED] = bind_named,
};
static_assert(ARRAY_SIZE(binders) == BIND_TYPE_COUNT,
	      "binders[] doesn't match enum bind_type");

static void bind_value(struct bind_ctx *ctx, const struct bind_field *field,
		       const struct ynode *node, void *obj)
{
	if (!node->bad)
		binders[field->type](ctx, field, node, obj);
}

static void report_unknown(struct bind_ctx *ctx, const struct ynode *key)
{
	char *suggestion CLEANUP_FREE = NULL;

	if (bind_diags_wants(ctx->diags, key->pos))
		suggestion = bind_suggest_key(ctx->table, key->text);
	bind_diags_add(ctx->diags, key->pos, suggestion,
		       "unknown key '%.40s' in '%s'", key->text,
		       ctx->table->name);
}

/* The value of @field in the mapping or the short form of it. */
static const struct ynode *field_node(const struct bind_ctx *ctx,
				      const char *key)
{
	if (ctx->node->kind == YNODE_MAP)
		return ynode_get(ctx->node, key);
	return str_eq(ctx->table->short_key, key) ? ctx->node : NULL;
}

static bool is_required(const struct bind_ctx *ctx,
			const struct bind_field *field)
{
	return field->required &&
	       !(ctx->table->instead && field_node(ctx, ctx->table->instead));
}

static void bind_field(struct bind_ctx *ctx, const struct bind_field *field,
		       void *obj)
{
	const struct ynode *node = field_node(ctx, field->key);

	if (node)
		bind_value(ctx, field, node, obj);
	else if (is_required(ctx, field))
		bind_diags_add(ctx->diags, ctx->node->pos, NULL,
			       "'%s' is missing in '%s'", field->key,
			       ctx->table->name);
	else
		bind_default(field, obj);
}

static void check_one_of(struct bind_ctx *ctx)
{
	const char *const *keys = ctx->table->one_of;
	const char *first = NULL;
	struct strbuf buf;
	char *all CLEANUP_FREE = NULL;

	for (; *keys; keys++) {
		const struct ynode *node = field_node(ctx, *keys);

		if (node && first)
			bind_diags_add(ctx->diags, node->pos, NULL,
				       "'%s' and '%s' exclude each other in "
				       "'%s'",
				       *keys, first, ctx->table->name);
		if (node && !first)
			first = *keys;
	}
	if (first)
		return;
	strbuf_open(&buf);
	for (keys = ctx->table->one_of; *keys; keys++)
		(void)fprintf(buf.f, "%s'%s'",
			      keys == ctx->table->one_of ? "" : ", ", *keys);
	all = strbuf_take(&buf);
	bind_diags_add(ctx->diags, ctx->node->pos, NULL, "'%s' needs one of %s",
		       ctx->table->name, all);
}

static bool mapping_usable(struct bind_ctx *ctx, const struct bind_table *table,
			   const struct ynode *node)
{
	if (node->bad)
		return false;
	if (node->kind == YNODE_MAP)
		return true;
	if (node->kind == YNODE_SCALAR && table->short_key &&
	    !ynode_is_null(node))
		return true;
	wrong_kind(ctx, table->name, "a mapping", node);
	return false;
}

static void bind_mapping(struct bind_ctx *ctx, const struct bind_table *table,
			 const struct ynode *node, void *obj)
{
	struct bind_ctx here = { .diags = ctx->diags,
				 .node = node,
				 .table = table };

	if (!mapping_usable(ctx, table, node))
		return;
	if (table->pos_offset != BIND_NO_POS)
		memcpy(member(obj, table->pos_offset), &node->pos,
		       sizeof(node->pos));
	for (size_t i = 0; i < node->n; i++)
		if (!node->items[i].key->bad &&
		    !bind_field_of(table, node->items[i].key->text))
			report_unknown(&here, node->items[i].key);
	for (size_t i = 0; i < table->n; i++)
		bind_field(&here, &table->fields[i], obj);
	if (table->one_of)
		check_one_of(&here);
	if (table->check)
		table->check(obj, &here);
}

void bind_report(struct bind_ctx *ctx, struct bind_pos pos,
		 const char *suggestion, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	bind_diags_vadd(ctx->diags, pos, suggestion, fmt, ap);
	va_end(ap);
}

struct bind_pos bind_pos_of(const struct bind_ctx *ctx, const char *key)
{
	const struct ynode *node = field_node(ctx, key);

	return node ? node->pos : ctx->node->pos;
}

bool bind_key_given(const struct bind_ctx *ctx, const char *key)
{
	return field_node(ctx, key) != NULL;
}

static int first_error(const struct bind_diags *diags, struct err *err)
{
	const struct bind_diag *first = &diags->v[0];

	err_set(err, ERR_INPUT, first->pos.line, "%s:%u:%u: %s", diags->file,
		first->pos.line, first->pos.col, first->msg);
	return -1;
}

int bind_text(const char *name, const char *text, size_t len,
	      const struct bind_table *table, void *obj,
	      struct bind_diags *diags, struct err *err)
{
	struct ytree tree CLEANUP(ytree_release) = { 0 };
	struct bind_ctx ctx = { .diags = diags };

	if (!diags->file)
		diags->file = xstrdup(name);
	if (ytree_parse(&tree, text, len, diags))
		bind_mapping(&ctx, table, tree.root, obj);
	bind_diags_finish(diags, text, len);
	return diags->n ? first_error(diags, err) : 0;
}

int bind_file(const char *path, const struct bind_table *table, void *obj,
	      struct bind_diags *diags, struct err *err)
{
	char *text CLEANUP_FREE = NULL;
	size_t len = 0;

	if (file_read(path, BIND_FILE_MAX, &text, &len, err))
		return -1;
	return bind_text(path, text, len, table, obj, diags, err);
}

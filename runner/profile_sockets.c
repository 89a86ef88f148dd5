// SPDX-License-Identifier: Apache-2.0
/* profile_sockets.c - the sockets of a process tree, by kind and state */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "runner/profile_pid_internal.h"

/* Of /proc/net/tcp: TCP_ESTABLISHED and TCP_LISTEN. */
#define STATE_ESTABLISHED 1
#define STATE_LISTEN 10

/** struct row - One line of a table of the kernel's */
struct row {
	uint64_t state, unread, inode;
};

/** struct table - Which column is what; sl, local and remote come first */
struct table {
	const char *name;
	void (*take)(struct tree_sockets *s, const struct row *row);
};

static int compare(const void *x, const void *y)
{
	const uint64_t *a = x;
	const uint64_t *b = y;

	return (*a > *b) - (*a < *b);
}

/** struct search - Inodes of which it is not yet known what they are */
struct search {
	uint64_t *inodes;
	size_t n;
};

/* Sorted, and each once: descriptors and processes share sockets. */
static void search_init(struct search *s, const struct tree *tree)
{
	size_t n = 0;

	*s = (struct search){ xcalloc(tree->n_inodes + 1, sizeof(*s->inodes)),
			      0 };
	if (!tree->n_inodes)
		return;
	memcpy(s->inodes, tree->inodes, tree->n_inodes * sizeof(*s->inodes));
	qsort(s->inodes, tree->n_inodes, sizeof(*s->inodes), compare);
	for (size_t i = 0; i < tree->n_inodes; i++)
		if (i == 0 || s->inodes[i] != s->inodes[n - 1])
			s->inodes[n++] = s->inodes[i];
	s->n = n;
}

static bool is_ours(const struct search *s, uint64_t inode)
{
	return inode && s->n &&
	       bsearch(&inode, s->inodes, s->n, sizeof(inode), compare);
}

static void take_tcp(struct tree_sockets *s, const struct row *row)
{
	s->inet++;
	if (row->state == STATE_ESTABLISHED)
		s->established++;
	else if (row->state == STATE_LISTEN)
		s->listening++;
	else
		s->other_states++;
	/* Of one that listens these are connections that wait for accept(). */
	if (row->state == STATE_LISTEN)
		s->in_flight += row->unread;
}

static void take_udp(struct tree_sockets *s, const struct row *row)
{
	s->inet++;
	s->udp++;
	s->udp_unread += row->unread > 0;
}

static void take_raw(struct tree_sockets *s, const struct row *row)
{
	(void)row;
	s->inet++;
}

static const struct table tables[] = {
	{ "net/tcp", take_tcp }, { "net/tcp6", take_tcp },
	{ "net/udp", take_udp }, { "net/udp6", take_udp },
	{ "net/raw", take_raw }, { "net/raw6", take_raw },
};

/* "sl local remote st tx:rx tr:when retrnsmt uid timeout inode": hexadecimal but
 * for uid, timeout and inode. */
static bool read_row(const char *line, struct row *row)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };
	const char *unread;

	str_list_split(&words, line, " ");
	if (words.n < 10)
		return false;
	unread = strchr(words.v[4], ':');
	*row = (struct row){
		.state = strtoull(words.v[3], NULL, 16),
		.unread = unread ? strtoull(unread + 1, NULL, 16) : 0,
		.inode = strtoull(words.v[9], NULL, 10),
	};
	return true;
}

static void read_table(const struct tree *tree, const struct table *table,
		       const struct search *search, struct tree_sockets *s)
{
	CLEANUP_FREE char *text = tree_text(tree->pids[0], table->name);
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!text)
		return;
	str_list_split(&lines, text, "\n");
	for (size_t i = 1; i < lines.n; i++) {
		struct row row;

		if (read_row(lines.v[i], &row) && is_ours(search, row.inode))
			table->take(s, &row);
	}
}

/* "Num: RefCount Protocol Flags Type St Inode Path" */
static void read_unix(const struct tree *tree, struct search *search,
		      struct tree_sockets *s)
{
	CLEANUP_FREE char *text = tree_text(tree->pids[0], "net/unix");
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!text)
		return;
	str_list_split(&lines, text, "\n");
	for (size_t i = 1; i < lines.n; i++) {
		CLEANUP(str_list_release) struct str_list words = { 0 };

		str_list_split(&words, lines.v[i], " ");
		if (words.n >= 7 &&
		    is_ours(search, strtoull(words.v[6], NULL, 10)))
			s->unix_++;
	}
}

void tree_sockets(const struct tree *tree, struct tree_sockets *ret_sockets)
{
	struct search search;

	*ret_sockets = (struct tree_sockets){ 0 };
	search_init(&search, tree);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		read_table(tree, &tables[i], &search, ret_sockets);
	read_unix(tree, &search, ret_sockets);
	free(search.inodes);
}

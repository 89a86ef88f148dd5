// SPDX-License-Identifier: Apache-2.0
/* profile_sockets.c - the sockets of a process tree, by kind, state and name */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "vm-images/guest/profile_net.h"
#include "vm-images/guest/profile_tree.h"

static int compare(const void *x, const void *y)
{
	const struct tree_socket *a = x;
	const struct tree_socket *b = y;

	return (a->inode > b->inode) - (a->inode < b->inode);
}

void tree_sockets_sort(struct tree *tree)
{
	size_t n = 0;

	if (!tree->n_sockets)
		return;
	qsort(tree->sockets, tree->n_sockets, sizeof(*tree->sockets), compare);
	for (size_t i = 0; i < tree->n_sockets; i++)
		if (i == 0 ||
		    tree->sockets[i].inode != tree->sockets[n - 1].inode)
			tree->sockets[n++] = tree->sockets[i];
	tree->n_sockets = n;
}

const struct tree_socket *tree_socket_find(const struct tree *tree,
					   uint64_t inode)
{
	struct tree_socket key = { .inode = inode };

	if (!inode || !tree->n_sockets)
		return NULL;
	return bsearch(&key, tree->sockets, tree->n_sockets,
		       sizeof(*tree->sockets), compare);
}

bool tree_has_unix(const struct tree *tree)
{
	return str_list_has(&tree->kinds, "UNIX") ||
	       str_list_has(&tree->kinds, "UNIX-STREAM");
}

/** struct tally - What the tables add up to; names as "ADDRESS:PORT" in the
 * kernel's hexadecimal */
struct tally {
	const struct tree *tree;
	size_t inet, established, listening, other_states, in_flight;
	size_t udp, udp_unread, raw, unix_;
	struct str_list tcp_bound, udp_bound, addresses, unix_bound;
};

static void add_once(struct str_list *list, const char *word)
{
	if (!str_list_has(list, word))
		str_list_add(list, word);
}

static void take_tcp(struct tally *t, const struct net_row *row)
{
	if (row->state == NET_ESTABLISHED)
		t->established++;
	else if (row->state == NET_LISTEN)
		t->listening++;
	else
		t->other_states++;
	/* Of one that listens these are connections that wait for accept(). */
	if (row->state == NET_LISTEN) {
		t->in_flight += row->unread;
		add_once(&t->tcp_bound, row->local);
	}
}

static void take_udp(struct tally *t, const struct net_row *row)
{
	t->udp++;
	t->udp_unread += row->unread > 0;
	add_once(&t->udp_bound, row->local);
}

static void take_raw(struct tally *t, const struct net_row *row)
{
	(void)row;
	t->raw++;
}

/** struct table - Of the kernel's; each is looked through whole for a few lines, so
 * only where there are sockets of its @kind */
static const struct table {
	const char *kind, *name;
	void (*take)(struct tally *t, const struct net_row *row);
} tables[] = {
	{ "TCP", "net/tcp", take_tcp }, { "TCPv6", "net/tcp6", take_tcp },
	{ "UDP", "net/udp", take_udp }, { "UDPv6", "net/udp6", take_udp },
	{ "RAW", "net/raw", take_raw }, { "RAWv6", "net/raw6", take_raw },
};

static void add_address(struct tally *t, const struct net_row *row)
{
	CLEANUP_FREE char *address = net_address(row->local);

	if (address)
		add_once(&t->addresses, address);
}

static void read_table(struct tally *t, const struct table *table)
{
	CLEANUP_FREE char *text = tree_text(t->tree->pids[0], table->name);
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!text)
		return;
	str_list_split(&lines, text, "\n");
	for (size_t i = 1; i < lines.n; i++) {
		struct net_row row;

		if (!net_row_read(lines.v[i], &row) ||
		    !tree_socket_find(t->tree, row.inode))
			continue;
		t->inet++;
		table->take(t, &row);
		add_address(t, &row);
	}
}

/* "Num: RefCount Protocol Flags Type St Inode Path" */
static void read_unix(struct tally *t)
{
	CLEANUP_FREE char *text = tree_text(t->tree->pids[0], "net/unix");
	CLEANUP(str_list_release) struct str_list lines = { 0 };

	if (!text)
		return;
	str_list_split(&lines, text, "\n");
	for (size_t i = 1; i < lines.n; i++) {
		CLEANUP(str_list_release) struct str_list words = { 0 };
		const char *path = strchr(lines.v[i], '/');
		CLEANUP_FREE char *escaped = profile_escape(path ? path : "");

		str_list_split(&words, lines.v[i], " ");
		if (words.n < 7 ||
		    !tree_socket_find(t->tree, strtoull(words.v[6], NULL, 10)))
			continue;
		t->unix_++;
		if (path)
			add_once(&t->unix_bound, escaped);
	}
}

static void say_tally(const struct tally *t)
{
	const struct {
		const char *key;
		size_t n;
	} figures[] = {
		{ "inet_sockets", t->inet },
		{ "tcp_established", t->established },
		{ "tcp_listening", t->listening },
		{ "tcp_other_states", t->other_states },
		{ "in_flight", t->in_flight },
		{ "udp_sockets", t->udp },
		{ "udp_unread", t->udp_unread },
		{ "raw_sockets", t->raw },
		{ "unix_sockets", t->unix_ },
	};

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		profile_say(figures[i].key, "%zu", figures[i].n);
	profile_say_list("tcp_bound", &t->tcp_bound);
	profile_say_list("udp_bound", &t->udp_bound);
	profile_say_list("addresses", &t->addresses);
	profile_say_list("unix_bound", &t->unix_bound);
}

/* "Inter-| ..." twice, then "NAME: ..." a line. */
static void say_devices(const struct tree *tree)
{
	CLEANUP_FREE char *text = tree_text(tree->pids[0], "net/dev");
	CLEANUP(str_list_release) struct str_list lines = { 0 };
	CLEANUP(str_list_release) struct str_list names = { 0 };

	str_list_split(&lines, text ? text : "", "\n");
	for (size_t i = 2; i < lines.n; i++) {
		lines.v[i][strcspn(lines.v[i], ":")] = '\0';
		if (!str_eq(str_trim(lines.v[i]), "lo"))
			str_list_add(&names, lines.v[i]);
	}
	profile_say_list("net_devices", &names);
}

void tree_say_sockets(const struct tree *tree)
{
	struct tally t = { .tree = tree };

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (str_list_has(&tree->kinds, tables[i].kind))
			read_table(&t, &tables[i]);
	if (tree_has_unix(tree))
		read_unix(&t);
	say_tally(&t);
	say_devices(tree);
	str_list_release(&t.tcp_bound);
	str_list_release(&t.udp_bound);
	str_list_release(&t.addresses);
	str_list_release(&t.unix_bound);
}

// SPDX-License-Identifier: Apache-2.0
/* scenario_peer.c - the client, and what each of many connections does */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/scenario.h"
#include "compat/scenario_tables.h"

#define AT(m) .offset = offsetof(struct peer, m)
#define HOUR (3600 * NS_PER_S)

const char *const peer_names[] = {
	[PEER_NONE] = "none",
	[PEER_COMMAND] = "command",
	[PEER_UDP_ECHO] = "udp-echo",
	[PEER_TCP_STREAM] = "tcp-stream",
	[PEER_REDIS] = "redis",
	[PEER_HTTP] = "http",
	[PEER_MPEGTS] = "mpegts",
	[PEER_TCP_CONNECTIONS] = "tcp-connections",
	[PEER_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(peer_names) == PEER_COUNT + 1,
	      "peer_names[] doesn't match enum peer_kind");

const char *const peer_role_names[] = {
	[PEER_ROLE_TALK] = "talk",
	[PEER_ROLE_IDLE] = "idle",
	[PEER_ROLE_SENDING] = "sending",
	[PEER_ROLE_RECEIVING] = "receiving",
	[PEER_ROLE_BULK] = "bulk",
	[PEER_ROLE_PAUSING] = "pausing",
	[PEER_ROLE_HALF_CLOSED_PEER] = "half-closed-peer",
	[PEER_ROLE_HALF_CLOSED_SERVER] = "half-closed-server",
	[PEER_ROLE_UNREAD] = "unread",
	[PEER_ROLE_UNSENT] = "unsent",
	[PEER_ROLE_QUEUED] = "queued",
	[PEER_ROLE_QUEUED_DATA] = "queued-data",
	[PEER_ROLE_COUNT] = NULL,
};
static_assert(ARRAY_SIZE(peer_role_names) == PEER_ROLE_COUNT + 1,
	      "peer_role_names[] doesn't match enum peer_role");

static bool is_accepted(enum peer_role role)
{
	return role != PEER_ROLE_QUEUED && role != PEER_ROLE_QUEUED_DATA;
}

/* Add those of @n that are dealt @accepted roles. */
static size_t deal(const int *named, size_t n_named, size_t n, bool accepted,
		   enum peer_role *ret_roles)
{
	size_t dealt = 0;

	for (size_t i = 0; i < n; i++) {
		enum peer_role role = (enum peer_role)named[i % n_named];

		if (is_accepted(role) == accepted)
			ret_roles[dealt++] = role;
	}
	return dealt;
}

enum peer_role *peer_deal(const struct str_list *roles, size_t n)
{
	CLEANUP_FREE int *named = xcalloc(roles->n, sizeof(*named));
	enum peer_role *dealt;
	size_t first;

	assert(roles->n > 0);
	for (size_t i = 0; i < roles->n; i++) {
		named[i] = name_index(peer_role_names, roles->v[i]);
		if (named[i] < 0)
			return NULL;
	}
	dealt = xcalloc(n, sizeof(*dealt));
	first = deal(named, roles->n, n, true, dealt);
	(void)deal(named, roles->n, n, false, dealt + first);
	return dealt;
}

static void check_roles(const struct peer *peer, struct bind_ctx *ctx)
{
	for (size_t i = 0; i < peer->roles.n; i++)
		if (name_index(peer_role_names, peer->roles.v[i]) < 0)
			bind_report(ctx, bind_pos_of(ctx, "roles"), NULL,
				    "there is no role '%s'", peer->roles.v[i]);
	if (peer->roles.n == 0 ||
	    !str_eq(peer->roles.v[0], peer_role_names[PEER_ROLE_TALK]))
		bind_report(ctx, bind_pos_of(ctx, "roles"), NULL,
			    "the first of 'roles' must be 'talk': by its "
			    "answers the peer is known to be served");
}

/* A client of the user's own has connections of which nothing more is known. */
static void check_connections(const struct peer *peer, struct bind_ctx *ctx)
{
	bool many = peer->kind == PEER_TCP_CONNECTIONS;

	if (bind_key_given(ctx, "connections") && !many &&
	    peer->kind != PEER_COMMAND)
		bind_report(ctx, bind_pos_of(ctx, "connections"), NULL,
			    "'connections' is for 'use: tcp-connections' and "
			    "'use: command' alone");
	if (bind_key_given(ctx, "roles") && !many)
		bind_report(ctx, bind_pos_of(ctx, "roles"), NULL,
			    "'roles' is for 'use: tcp-connections' alone");
	if (!many)
		return;
	if (peer->connections == 0 || !bind_key_given(ctx, "roles"))
		bind_report(ctx, bind_pos_of(ctx, "use"), NULL,
			    "'use: tcp-connections' needs 'connections' and "
			    "'roles'");
	else
		check_roles(peer, ctx);
}

/* Of one long-lived connection, whose client sees what a pause does to it. */
static void check_patience(const struct peer *peer, struct bind_ctx *ctx)
{
	const struct {
		const char *key;
		bool used;
	} keys[] = {
		{ "quiet", peer->quiet },
		{ "keepalive", peer->keepalive_ns > 0 },
		{ "user-timeout", peer->user_timeout_ns > 0 },
		{ "heartbeat", peer->heartbeat_ns > 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].used && peer->kind != PEER_TCP_STREAM)
			bind_report(ctx, bind_pos_of(ctx, keys[i].key), NULL,
				    "'%s' is for 'use: tcp-stream' alone",
				    keys[i].key);
	if (peer->keepalive_ns % NS_PER_S)
		bind_report(ctx, bind_pos_of(ctx, "keepalive"), NULL,
			    "'keepalive' must be whole seconds");
}

static void check_peer(void *obj, struct bind_ctx *ctx)
{
	const struct peer *peer = obj;
	bool given = bind_key_given(ctx, "command");

	if (given && peer->kind != PEER_COMMAND)
		bind_report(ctx, bind_pos_of(ctx, "command"), NULL,
			    "'command' is for 'use: command' alone");
	else if (!given && peer->kind == PEER_COMMAND)
		bind_report(ctx, bind_pos_of(ctx, "use"), NULL,
			    "'use: command' needs 'command'");
	check_connections(peer, ctx);
	check_patience(peer, ctx);
}

static const struct bind_field peer_fields[] = {
	{ .key = "use",
	  .type = BIND_ENUM,
	  AT(kind),
	  .dflt = "none",
	  .names = peer_names,
	  .help = "A client that is built in, 'command' for your own, or "
		  "'none'." },
	{ .key = "command",
	  .type = BIND_STR,
	  AT(command),
	  .help = "Your own client, run by sh(1) in the lab's network with "
		  "SERVICE, PORT, TRANSCRIPT, CONNECTIONS and SCENARIO_DIR "
		  "(the folder of this file) in its environment; ends on SIGTERM, exits 0 "
		  "when all was well." },
	{ .key = "before",
	  .type = BIND_DURATION,
	  AT(before_ns),
	  .dflt = "300ms",
	  .max = HOUR,
	  .help = "How long it must be served before the migration begins." },
	{ .key = "after",
	  .type = BIND_DURATION,
	  AT(after_ns),
	  .dflt = "500ms",
	  .max = HOUR,
	  .help = "How long it must be served after the migration." },
	{ .key = "interval",
	  .type = BIND_DURATION,
	  AT(interval_ns),
	  .dflt = "5ms",
	  .max = 60 * NS_PER_S,
	  .help = "Time between its requests." },
	{ .key = "connections",
	  .type = BIND_UINT,
	  AT(connections),
	  .dflt = "0",
	  .max = PEER_CONNECTIONS_MAX,
	  .help = "For tcp-connections: how many. For your own client: so many "
		  "at least must go through the migration, and all that do "
		  "must go through whole; 0: it has one, which must be its "
		  "only one." },
	{ .key = "roles",
	  .type = BIND_STR_LIST,
	  AT(roles),
	  .help = "For tcp-connections: what they do during the migration, "
		  "dealt out in turn; see scenarios/README.md." },
	{ .key = "quiet",
	  .type = BIND_BOOL,
	  AT(quiet),
	  .dflt = "false",
	  .help = "Send nothing while being served, but listen." },
	{ .key = "keepalive",
	  .type = BIND_DURATION,
	  AT(keepalive_ns),
	  .dflt = "0s",
	  .max = HOUR,
	  .help = "TCP keepalive: a probe after so long a silence, two more "
		  "at this interval, then the connection is given up; 0s: "
		  "without." },
	{ .key = "user-timeout",
	  .type = BIND_DURATION,
	  AT(user_timeout_ns),
	  .dflt = "0s",
	  .max = HOUR,
	  .help = "TCP_USER_TIMEOUT: how long sent data may be "
		  "unacknowledged; 0s: as long as the kernel retransmits." },
	{ .key = "heartbeat",
	  .type = BIND_DURATION,
	  AT(heartbeat_ns),
	  .dflt = "0s",
	  .max = HOUR,
	  .help = "Give up when nothing was heard for so long; 0s: never." },
};

const struct bind_table peer_table = {
	.name = "peer",
	.help = "The client outside the VMs that talks to the workload before, "
		"during and after the migration.",
	.size = sizeof(struct peer),
	.pos_offset = offsetof(struct peer, pos),
	.fields = peer_fields,
	.n = ARRAY_SIZE(peer_fields),
	.short_key = "use",
	.check = check_peer,
};

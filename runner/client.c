// SPDX-License-Identifier: Apache-2.0
/* client.c - the peer's process: begun before the move, ended after it */
#include "runner/client.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/transcript.h"
#include "runner/addresses.h"
#include "runner/child.h"
#include "runner/cli.h"
#include "runner/peer.h"

#define KILLED_NS (10 * NS_PER_S)
#define TRANSCRIPT_MAX (256UL << 20)

/* @fd reads the transcript as it grows; @rest is the line not yet whole. */
struct client {
	struct child *child;
	bool built_in;
	int stdin_fd; /* closing it asks a built-in peer to finish */
	char *transcript;
	int fd;
	char rest[256];
	size_t rest_len;
	uint64_t last_answer_ns; /* 0: none yet */
};

static void put_number(char text[24], uint64_t number)
{
	(void)snprintf(text, 24, "%" PRIu64, number);
}

/* Where the scenario's file lies, for scripts beside it. */
static char *scenario_dir_env(const struct scenario *s)
{
	CLEANUP_FREE char *path = s->path ? realpath(s->path, NULL) : NULL;
	char *slash = path ? strrchr(path, '/') : NULL;

	if (slash)
		*slash = '\0';
	return xasprintf("SCENARIO_DIR=%s", slash ? path : "");
}

static int start_child(struct client *client, const struct scenario *s,
		       const char *dir, int netns_fd, int stdin_fd,
		       struct err *err)
{
	const struct peer *p = &s->peer;
	char port[8], interval[24], quiet[2], keepalive[24], timeout[24],
		heartbeat[24], connections[24];
	const char *service = addresses_of(s)->service;
	CLEANUP_FREE char *env_service = xasprintf("SERVICE=%s", service);
	CLEANUP_FREE char *roles = str_list_join(&s->peer.roles, ",");
	CLEANUP_FREE char *env_port = NULL;
	CLEANUP_FREE char *env_dir = scenario_dir_env(s);
	CLEANUP_FREE char *env_file =
		xasprintf("TRANSCRIPT=%s", client->transcript);
	CLEANUP_FREE char *env_connections =
		xasprintf("CONNECTIONS=%" PRIu64, p->connections);
	CLEANUP_FREE char *log = xasprintf("%s/peer.log", dir);
	const char *built_in[] = { CLI_SELF,
				   CLI_PEER,
				   peer_names[p->kind],
				   service,
				   port,
				   interval,
				   quiet,
				   keepalive,
				   timeout,
				   heartbeat,
				   client->transcript,
				   connections,
				   roles,
				   NULL };
	const char *command[] = { "sh", "-c", s->peer.command, NULL };
	const char *env[] = { env_service,     env_file, env_dir,
			      env_connections, NULL,	 NULL };
	struct child_opts opts = { .argv = client->built_in ? built_in :
							      command,
				   .env = env,
				   .netns_fd = netns_fd,
				   .stdin_fd = stdin_fd,
				   .out_path = log,
				   .err_path = log };

	(void)snprintf(port, sizeof(port), "%" PRIu64, s->workload.port);
	put_number(interval, p->interval_ns);
	put_number(keepalive, p->keepalive_ns);
	put_number(timeout, p->user_timeout_ns);
	put_number(heartbeat, p->heartbeat_ns);
	put_number(connections, p->connections);
	(void)snprintf(quiet, sizeof(quiet), "%d", p->quiet);
	env_port = xasprintf("PORT=%s", port);
	env[4] = env_port;
	return child_start(&opts, &client->child, err);
}

int client_start(const struct scenario *scenario, const char *dir, int netns_fd,
		 struct client **ret_client, struct err *err)
{
	struct client *client = xnew(struct client);
	int ends[2] = { -1, -1 };

	client->built_in = scenario->peer.kind != PEER_COMMAND;
	client->transcript = xasprintf("%s/transcript", dir);
	client->stdin_fd = -1;
	client->fd = open(client->transcript,
			  O_RDONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (client->fd < 0) {
		(void)err_errno(err, "create '%s'", client->transcript);
		goto out;
	}
	if (pipe2(ends, O_CLOEXEC)) {
		(void)err_errno(err, "pipe");
		goto out;
	}
	client->stdin_fd = ends[1];
	if (start_child(client, scenario, dir, netns_fd, ends[0], err))
		goto out;
	close(ends[0]);
	*ret_client = client;
	return 0;
out:
	fd_closep(&ends[0]);
	client_free(client);
	return err_wrap(err, "start the peer");
}

int client_pidfd(const struct client *client)
{
	return child_pidfd(client->child);
}

static void read_line(struct client *client, const char *line)
{
	uint64_t ns;

	if (str_take_u64(&line, 10, &ns) && str_starts(line, " answer "))
		client->last_answer_ns = ns;
}

static void read_on(struct client *client)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(client->fd, chunk, sizeof(chunk))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (chunk[i] != '\n') {
				if (client->rest_len + 1 < sizeof(client->rest))
					client->rest[client->rest_len++] =
						chunk[i];
				continue;
			}
			client->rest[client->rest_len] = '\0';
			client->rest_len = 0;
			read_line(client, client->rest);
		}
}

bool client_answered_since(struct client *client, uint64_t ns)
{
	read_on(client);
	return client->last_answer_ns && client->last_answer_ns >= ns;
}

static bool has_ended(const struct client *client)
{
	struct pollfd end = { .fd = child_pidfd(client->child),
			      .events = POLLIN };

	return poll(&end, 1, 0) == 1;
}

/*
 * A client of ours that a signal ended did not come to its end by anything that the
 * workload did, and nobody ends himself by SIGKILL: that tells nothing of the cell.
 */
static int judge_signal(const struct client *client, int status,
			struct err *err)
{
	if (!WIFSIGNALED(status) ||
	    (WTERMSIG(status) != SIGKILL && !client->built_in))
		return 0;
	return err_set(err, ERR_CHILD, status,
		       "the peer was ended by signal %d", WTERMSIG(status));
}

static int wait_end(struct client *client, uint64_t within_ns,
		    struct obs_peer *peer, struct err *err)
{
	CLEANUP(child_result_release) struct child_result result = { 0 };
	bool ended = has_ended(client);

	if (within_ns == 0) /* whom nobody serves any more waits in vain */
		child_kill(client->child, SIGKILL);
	else if (client->built_in)
		close(TAKE_FD(client->stdin_fd));
	else
		child_kill(client->child, SIGTERM);
	peer->exit = -1;
	if (child_wait(client->child,
		       clock_now_ns() + (within_ns ? within_ns : KILLED_NS),
		       &result, err)) {
		if (err->domain == ERR_TIMEOUT)
			return 0; /* a hanging peer is a finding */
		if (err->domain != ERR_CHILD)
			return -1;
		result.status = (int)err->code;
	}
	peer->exit = WIFEXITED(result.status) ? WEXITSTATUS(result.status) :
						-1 - WTERMSIG(result.status);
	return ended || within_ns ? judge_signal(client, result.status, err) :
				    0;
}

int client_stop(struct client *client, uint64_t within_ns, uint64_t dump_ns,
		uint64_t restored_ns, struct obs_peer *ret_peer,
		struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	size_t len = 0;
	int rc = wait_end(client, within_ns, ret_peer, err);

	if (!rc)
		rc = file_read(client->transcript, TRANSCRIPT_MAX, &text, &len,
			       err);
	if (!rc)
		transcript_sum(text, len, dump_ns, restored_ns, ret_peer);
	ret_peer->present = true;
	client_free(client);
	return rc;
}

void client_free(struct client *client)
{
	if (!client)
		return;
	child_free(client->child);
	fd_closep(&client->stdin_fd);
	fd_closep(&client->fd);
	free(client->transcript);
	free(client);
}

/* The roles of the client of many connections; false: they are none. */
static bool take_roles(char **argv, struct peer_opts *opts,
		       enum peer_role **ret_roles)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	uint64_t n;

	str_list_split(&names, argv[1], ",");
	if (!str_u64(argv[0], &n) || n == 0 || n > PEER_CONNECTIONS_MAX ||
	    names.n == 0)
		return false;
	*ret_roles = peer_deal(&names, n);
	opts->roles = *ret_roles;
	opts->connections = n;
	return opts->roles;
}

int client_main(int argc, char **argv)
{
	CLEANUP_FREE enum peer_role *roles = NULL;
	enum { PORT, INTERVAL, QUIET, KEEPALIVE, TIMEOUT, HEARTBEAT, NUMBERS };
	uint64_t numbers[NUMBERS];
	struct peer_opts opts;
	int kind;

	if (argc != 6 + NUMBERS)
		return 2;
	kind = name_index(peer_names, argv[1]);
	for (int i = 0; i < NUMBERS; i++)
		if (!str_u64(argv[3 + i], &numbers[i]))
			return 2;
	if (kind <= PEER_COMMAND || numbers[PORT] > UINT16_MAX)
		return 2;
	opts = (struct peer_opts){ .kind = (enum peer_kind)kind,
				   .service = argv[2],
				   .port = (uint16_t)numbers[PORT],
				   .interval_ns = numbers[INTERVAL],
				   .quiet = numbers[QUIET],
				   .keepalive_ns = numbers[KEEPALIVE],
				   .user_timeout_ns = numbers[TIMEOUT],
				   .heartbeat_ns = numbers[HEARTBEAT],
				   .transcript = argv[3 + NUMBERS],
				   .stop_fd = STDIN_FILENO };
	if (kind == PEER_TCP_CONNECTIONS &&
	    !take_roles(argv + 4 + NUMBERS, &opts, &roles))
		return 2;
	return peer_main(&opts);
}

// SPDX-License-Identifier: Apache-2.0
/* peer_rig.c - a built-in client under test, and what it talks to */
#include "tests/lib/peer_rig.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "tests/lib/testing.h"

#define TAIL 1500

static void *run_client(void *arg)
{
	struct peer_rig *rig = arg;

	rig->exit = peer_main(&rig->opts);
	/* The reader learns of the end by the last line. */
	(void)dprintf(rig->fifo_fd, "ended\n");
	return NULL;
}

static void prepare(struct peer_rig *rig, enum peer_kind kind,
		    const char *service, uint16_t port, uint64_t interval_ms,
		    uint64_t patience_ms)
{
	*rig = (struct peer_rig){ .fifo = tmpdir_join("transcript") };
	ck_assert_int_eq(mkfifo(rig->fifo, 0600), 0);
	/* Open for both, so that nobody waits for a second one. */
	rig->fifo_fd = open(rig->fifo, O_RDWR | O_CLOEXEC);
	rig->stop_fd = eventfd(0, EFD_CLOEXEC);
	ck_assert(rig->fifo_fd >= 0 && rig->stop_fd >= 0);
	rig->opts = (struct peer_opts){
		.kind = kind,
		.service = service,
		.port = port,
		.interval_ns = interval_ms * NS_PER_MS,
		.patience_ns = patience_ms * NS_PER_MS,
		.transcript = rig->fifo,
		.stop_fd = rig->stop_fd,
	};
}

void rig_go(struct peer_rig *rig)
{
	ck_assert_int_eq(pthread_create(&rig->thread, NULL, run_client, rig),
			 0);
}

void rig_prepare(struct peer_rig *rig, enum peer_kind kind, uint16_t port,
		 uint64_t interval_ms)
{
	prepare(rig, kind, "127.0.0.1", port, interval_ms,
		RIG_CLIENT_PATIENCE_MS);
}

void rig_start(struct peer_rig *rig, enum peer_kind kind, uint16_t port,
	       uint64_t interval_ms)
{
	prepare(rig, kind, "127.0.0.1", port, interval_ms,
		RIG_CLIENT_PATIENCE_MS);
	rig_go(rig);
}

void rig_start_at(struct peer_rig *rig, enum peer_kind kind,
		  const char *service, uint16_t port, uint64_t interval_ms)
{
	prepare(rig, kind, service, port, interval_ms, RIG_CLIENT_PATIENCE_MS);
	rig_go(rig);
}

void rig_start_short(struct peer_rig *rig, enum peer_kind kind, uint16_t port,
		     uint64_t interval_ms)
{
	prepare(rig, kind, "127.0.0.1", port, interval_ms,
		RIG_SHORT_PATIENCE_MS);
	rig_go(rig);
}

void rig_start_roles(struct peer_rig *rig, uint16_t port, const char *roles,
		     size_t n, uint64_t patience_ms)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };

	prepare(rig, PEER_TCP_CONNECTIONS, "127.0.0.1", port, 5, patience_ms);
	str_list_split(&names, roles, ",");
	rig->roles = peer_deal(&names, n);
	ck_assert_msg(rig->roles != NULL, "no such roles: %s", roles);
	rig->opts.roles = rig->roles;
	rig->opts.connections = n;
	rig_go(rig);
}

/* Whether a line came; the last one read is then rig->text + @ret_line. */
static bool read_line(struct peer_rig *rig, uint64_t deadline_ns,
		      size_t *ret_line)
{
	struct pollfd pfd = { .fd = rig->fifo_fd, .events = POLLIN };
	char c = '\0';

	*ret_line = rig->len;
	while (c != '\n') {
		if (poll(&pfd, 1, clock_ms_left(deadline_ns)) <= 0 ||
		    read(rig->fifo_fd, &c, 1) != 1)
			return false;
		rig->text = xreallocarray(rig->text, rig->len + 2, 1);
		rig->text[rig->len++] = c;
		rig->text[rig->len] = '\0';
	}
	return true;
}

/* Check has no room for long messages. */
const char *rig_tail(const struct peer_rig *rig)
{
	if (!rig->text)
		return "";
	return rig->len > TAIL ? rig->text + rig->len - TAIL : rig->text;
}

void rig_await(struct peer_rig *rig, const char *part)
{
	uint64_t deadline_ns = clock_now_ns() + RIG_PATIENCE_MS * NS_PER_MS;
	size_t line;

	do
		ck_assert_msg(read_line(rig, deadline_ns, &line),
			      "waited in vain for '%s' in:\n%s", part,
			      rig_tail(rig));
	while (!strstr(rig->text + line, part));
}

void rig_stop(struct peer_rig *rig)
{
	ck_assert_int_eq(eventfd_write(rig->stop_fd, 1), 0);
}

void rig_join(struct peer_rig *rig)
{
	rig_await(rig, "ended");
	ck_assert_int_eq(pthread_join(rig->thread, NULL), 0);
	rig->len -= strlen("ended\n");
	rig->text[rig->len] = '\0';
}

void rig_release(struct peer_rig *rig)
{
	free(rig->fifo);
	free(rig->text);
	free(rig->roles);
	close(rig->fifo_fd);
	close(rig->stop_fd);
}

size_t rig_count(const struct peer_rig *rig, const char *event)
{
	struct str_list lines CLEANUP(str_list_release) = { 0 };
	size_t i, n = 0;

	str_list_split(&lines, rig->text, "\n");
	for (i = 0; i < lines.n; i++) {
		const char *word = strchr(lines.v[i], ' ');
		size_t len = word ? strcspn(word + 1, " ") : 0;

		n += len == strlen(event) && len &&
		     strncmp(word + 1, event, len) == 0;
	}
	return n;
}

char *rig_program_path(const char *name)
{
	const char *build = getenv("BUILD");
	char *path = xasprintf("%s/guest/%s", build ? build : "build", name);

	if (file_exists(path))
		return path;
	free(path);
	path = xasprintf("build/guest/%s", name);
	build = path;
	path = source_path(build);
	ck_assert_msg(file_exists(path), "no '%s': make guest", path);
	return path;
}

pid_t rig_spawn(const char *const *argv, int *ret_out_fd)
{
	posix_spawn_file_actions_t actions;
	char **args;
	int ends[2], error;
	pid_t pid;

	memcpy(&args, &argv, sizeof(args));
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(posix_spawn_file_actions_init(&actions), 0);
	ck_assert_int_eq(posix_spawn_file_actions_adddup2(&actions, ends[1],
							  STDOUT_FILENO),
			 0);
	error = posix_spawnp(&pid, argv[0], &actions, NULL, args, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	if (error) {
		close(ends[0]);
		return -1;
	}
	*ret_out_fd = ends[0];
	return pid;
}

void rig_program_start(struct rig_program *program, const char *name,
		       uint16_t port)
{
	rig_program_start_at(program, name, "0.0.0.0", port);
}

void rig_program_start_at(struct rig_program *program, const char *name,
			  const char *address, uint16_t port)
{
	CLEANUP_FREE char *path = rig_program_path(name);
	CLEANUP_FREE char *asked = xasprintf("%u", (unsigned int)port);
	const char *argv[] = { path, "--serve", address, asked, NULL };
	char line[64] = "";
	ssize_t n;

	program->pid = rig_spawn(argv, &program->out_fd);
	ck_assert_msg(program->pid > 0, "cannot start '%s'", path);
	n = read(program->out_fd, line, sizeof(line) - 1);
	ck_assert_msg(n > 0 && str_starts(line, "ready port="),
		      "%s did not say ready but '%s'", name, line);
	program->port =
		(uint16_t)strtoul(line + strlen("ready port="), NULL, 10);
}

void rig_program_signal(const struct rig_program *program, int signal)
{
	ck_assert_int_eq(kill(program->pid, signal), 0);
}

void rig_program_stop(struct rig_program *program)
{
	(void)kill(program->pid, SIGKILL);
	ck_assert_int_eq(waitpid(program->pid, NULL, 0), program->pid);
	close(program->out_fd);
}

int rig_run(const char *const *argv, char **ret_output)
{
	char chunk[1024];
	struct strbuf text;
	int out_fd, status;
	pid_t pid = rig_spawn(argv, &out_fd);
	ssize_t n;

	ck_assert_msg(pid > 0, "cannot start '%s'", argv[0]);
	strbuf_open(&text);
	while ((n = read(out_fd, chunk, sizeof(chunk))) > 0)
		ck_assert(fwrite(chunk, (size_t)n, 1, text.f) == 1);
	close(out_fd);
	*ret_output = strbuf_take(&text);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "'%s' was killed", argv[0]);
	return WEXITSTATUS(status);
}

int rig_listen(int type, uint16_t *ret_port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&addr, &len), 0);
	if (type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 1), 0);
	*ret_port = ntohs(addr.sin_port);
	return fd;
}

bool rig_has_ipv6(void)
{
	struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has = fd >= 0 &&
		   bind(fd, (struct sockaddr *)&addr, sizeof(addr)) == 0;

	if (fd >= 0)
		close(fd);
	if (!has)
		(void)printf("skipped: this host has no ::1\n");
	return has;
}

void rig_pause(unsigned int ms)
{
	ck_assert_int_eq(poll(NULL, 0, (int)ms), 0);
}

// SPDX-License-Identifier: Apache-2.0
/* fake_agent.c - the far end of a guest's agent port, played by a test */
#include "tests/lib/fake_agent.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/lib/testing.h"

#define PATIENCE_NS (20 * NS_PER_S)

static int say(int fd, enum agent_type type, uint8_t stream, uint16_t job,
	       const void *payload, size_t len)
{
	struct agent_frame head = { .len = (uint32_t)len,
				    .type = (uint8_t)type,
				    .stream = stream,
				    .job = job };
	struct err err;

	return fd_write_all(fd, &head, sizeof(head), &err) ||
	       fd_write_all(fd, payload, len, &err);
}

static bool read_all(int fd, void *to, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, (char *)to + have, len - have);

		if (n <= 0)
			return false;
		have += (size_t)n;
	}
	return true;
}

/* False when the other side went away instead. */
static bool await_hello(struct fake_agent *agent)
{
	struct agent_frame head;

	if (!read_all(agent->fd, &head, sizeof(head)) ||
	    head.type != AGENT_HELLO || head.len != sizeof(agent->hello) ||
	    !read_all(agent->fd, &agent->hello, sizeof(agent->hello)))
		return false;
	agent->hellos++;
	return true;
}

static void welcome_wrong(const struct fake_agent *agent)
{
	struct agent_welcome other_cookie = { agent->hello.cookie + 1,
					      AGENT_VERSION };
	struct agent_welcome other_version = { agent->hello.cookie,
					       AGENT_VERSION + 1 };

	(void)say(agent->fd, AGENT_WELCOME, 0, 0, &other_cookie,
		  sizeof(other_cookie));
	(void)say(agent->fd, AGENT_WELCOME, 0, 0, &other_version,
		  sizeof(other_version));
	(void)say(agent->fd, AGENT_WELCOME, 0, 0, &agent->hello.cookie,
		  sizeof(agent->hello.cookie));
}

static void *greet(void *arg)
{
	struct fake_agent *agent = arg;
	struct agent_welcome welcome = { .version = AGENT_VERSION };

	agent->fd = accept4(agent->listener, NULL, NULL, SOCK_CLOEXEC);
	if (!await_hello(agent) || agent->greeting == GREET_NOT)
		return NULL;
	if (agent->greeting == GREET_HANG_UP) {
		fake_agent_hang_up(agent);
		return NULL;
	}
	if (agent->greeting == GREET_WRONG) {
		welcome_wrong(agent);
		if (!await_hello(agent))
			return NULL;
	}
	welcome.cookie = agent->hello.cookie;
	(void)say(agent->fd, AGENT_WELCOME, 0, 0, &welcome, sizeof(welcome));
	return NULL;
}

void fake_agent_start(struct fake_agent *agent, const char *name,
		      enum fake_greeting greeting)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	CLEANUP_FREE char *console = xasprintf("%s.console", name);

	*agent = (struct fake_agent){ .path = tmpdir_join(name),
				      .console = tmpdir_join(console),
				      .fd = -1,
				      .greeting = greeting };
	ck_assert_uint_lt(strlen(agent->path), sizeof(at.sun_path));
	(void)snprintf(at.sun_path, sizeof(at.sun_path), "%s", agent->path);
	agent->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(
		bind(agent->listener, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(agent->listener, 1), 0);
	ck_assert_int_eq(pthread_create(&agent->thread, NULL, greet, agent), 0);
}

void fake_agent_greeted(struct fake_agent *agent)
{
	ck_assert_int_eq(pthread_join(agent->thread, NULL), 0);
}

struct guest *fake_agent_connect(struct fake_agent *agent, const char *name)
{
	struct guest *guest = NULL;
	struct err err = ERR_INIT;

	fake_agent_start(agent, name, GREET_RIGHT);
	ck_assert_ok(guest_connect(name, agent->path, agent->console,
				   clock_now_ns() + PATIENCE_NS, &guest, &err),
		     &err);
	fake_agent_greeted(agent);
	return guest;
}

void fake_agent_say(const struct fake_agent *agent, enum agent_type type,
		    uint8_t stream, uint16_t job, const void *payload,
		    size_t len)
{
	ck_assert_int_eq(say(agent->fd, type, stream, job, payload, len), 0);
}

void fake_agent_output(const struct fake_agent *agent, uint8_t stream,
		       uint16_t job, const char *text)
{
	fake_agent_say(agent, AGENT_OUTPUT, stream, job, text, strlen(text));
}

void fake_agent_exit(const struct fake_agent *agent, uint16_t job,
		     int32_t status)
{
	fake_agent_say(agent, AGENT_EXIT, 0, job, &status, sizeof(status));
}

struct agent_frame fake_agent_hear(const struct fake_agent *agent,
				   char buf[AGENT_PAYLOAD_MAX + 1])
{
	struct agent_frame head;

	ck_assert(read_all(agent->fd, &head, sizeof(head)));
	ck_assert_uint_le(head.len, AGENT_PAYLOAD_MAX);
	ck_assert(read_all(agent->fd, buf, head.len));
	buf[head.len] = '\0';
	return head;
}

void fake_agent_hang_up(struct fake_agent *agent)
{
	fd_closep(&agent->fd);
	agent->fd = -1;
}

void fake_agent_stop(struct fake_agent *agent)
{
	fd_closep(&agent->fd);
	fd_closep(&agent->listener);
	free(agent->path);
	free(agent->console);
}

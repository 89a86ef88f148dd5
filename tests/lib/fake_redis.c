// SPDX-License-Identifier: Apache-2.0
/* fake_redis.c - as much of redis as its client needs, wrong in one way */
#include "tests/lib/fake_redis.h"

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/lib/peer_rig.h"
#include "tests/lib/testing.h"

/** struct call - A command of the client's */
struct call {
	struct fake_redis *fake;
	const redisReply *args;
	FILE *out;
};

static void say_number(const struct call *call, uint64_t n)
{
	(void)fprintf(call->out, ":%" PRIu64 "\r\n", n);
}

static void say_text(const struct call *call, const char *text)
{
	(void)fprintf(call->out, "$%zu\r\n%s\r\n", strlen(text), text);
}

static const char *arg(const struct call *call, size_t i)
{
	return i < call->args->elements ? call->args->element[i]->str : "";
}

static bool wrong_now(const struct fake_redis *f, enum fake_fault fault)
{
	return f->fault == fault && f->writes == FAKE_WRONG_AT;
}

static void hang_up(struct fake_redis *f)
{
	struct linger now = { .l_onoff = 1 };

	if (f->fault == FAKE_RST)
		(void)setsockopt(f->fd, SOL_SOCKET, SO_LINGER, &now,
				 sizeof(now));
	f->ended = true;
}

static void on_rpush(const struct call *call)
{
	struct fake_redis *f = call->fake;

	f->writes++;
	if (wrong_now(f, FAKE_RST) || wrong_now(f, FAKE_EOF)) {
		hang_up(f);
		return;
	}
	if (wrong_now(f, FAKE_MUTE))
		return;
	if (wrong_now(f, FAKE_REFUSED)) {
		(void)fputs("-OOM command not allowed\r\n", call->out);
		return;
	}
	if (wrong_now(f, FAKE_GARBAGE)) {
		(void)fputs("hello\r\n", call->out);
		return;
	}
	str_list_add(&f->list, arg(call, 2));
	if (wrong_now(f, FAKE_TWICE))
		str_list_add(&f->list, arg(call, 2));
	say_number(call, f->list.n);
}

static void on_incr(const struct call *call)
{
	struct fake_redis *f = call->fake;

	f->count += !wrong_now(f, FAKE_OTHER_COUNT);
	say_number(call, f->count);
}

static void on_lindex(const struct call *call)
{
	struct fake_redis *f = call->fake;
	const char *last = f->list.n ? f->list.v[f->list.n - 1] : "";

	say_text(call, wrong_now(f, FAKE_OTHER_VALUE) ? "4711" : last);
}

static void on_client(const struct call *call)
{
	struct fake_redis *f = call->fake;

	say_number(call, 5 + (f->fault == FAKE_OTHER_CLIENT && f->ids++));
}

static void on_info(const struct call *call)
{
	struct fake_redis *f = call->fake;

	if (f->fault == FAKE_NO_AUTH)
		(void)fputs("-NOAUTH Authentication required.\r\n", call->out);
	else if (f->fault == FAKE_OTHER_RUN && f->infos++)
		say_text(call, "# Server\r\nrun_id:beef\r\nport:1\r\n");
	else
		say_text(call, "# Server\r\nrun_id:cafe\r\nport:1\r\n");
}

static void on_exists(const struct call *call)
{
	say_number(call, call->fake->fault == FAKE_OLD_KEYS);
}

static void on_llen(const struct call *call)
{
	say_number(call, call->fake->list.n);
}

static void on_get(const struct call *call)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, call->fake->count);
	say_text(call, text);
}

static void on_lrange(const struct call *call)
{
	struct str_list *list = &call->fake->list;
	size_t first = strtoul(arg(call, 2), NULL, 10);
	size_t end = strtoul(arg(call, 3), NULL, 10) + 1;
	size_t i;

	if (call->fake->fault == FAKE_LOST && list->n)
		free(list->v[--list->n]);
	if (call->fake->fault == FAKE_SWAPPED && list->n > 1) {
		char *one = list->v[0];

		list->v[0] = list->v[1];
		list->v[1] = one;
	}
	if (end > list->n)
		end = list->n;
	(void)fprintf(call->out, "*%zu\r\n", end > first ? end - first : 0);
	for (i = first; i < end; i++)
		say_text(call, list->v[i]);
}

static const struct {
	const char *name;
	void (*answer)(const struct call *call);
} commands[] = {
	{ "RPUSH", on_rpush },	 { "INCR", on_incr }, { "LINDEX", on_lindex },
	{ "CLIENT", on_client }, { "INFO", on_info }, { "EXISTS", on_exists },
	{ "LLEN", on_llen },	 { "GET", on_get },   { "LRANGE", on_lrange },
};

static void answer(struct fake_redis *f, const redisReply *args)
{
	CLEANUP_FREE char *text = NULL;
	size_t len = 0, i;
	struct call call = { .fake = f,
			     .args = args,
			     .out = open_memstream(&text, &len) };

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (str_eq(arg(&call, 0), commands[i].name))
			commands[i].answer(&call);
	(void)fclose(call.out);
	if (len)
		(void)send(f->fd, text, len, MSG_NOSIGNAL);
}

static void *serve(void *fake)
{
	struct fake_redis *f = fake;
	redisReader *reader = redisReaderCreate();
	char bytes[1024];
	void *args = NULL;
	int on = 1;
	ssize_t n;

	f->fd = accept4(f->listener, NULL, NULL, SOCK_CLOEXEC);
	(void)setsockopt(f->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (!f->ended && (n = recv(f->fd, bytes, sizeof(bytes), 0)) > 0) {
		(void)redisReaderFeed(reader, bytes, (size_t)n);
		while (!f->ended &&
		       redisReaderGetReply(reader, &args) == REDIS_OK && args) {
			answer(f, args);
			freeReplyObject(args);
		}
	}
	redisReaderFree(reader);
	close(f->fd);
	return NULL;
}

void fake_redis_start(struct fake_redis *fake, enum fake_fault fault)
{
	*fake = (struct fake_redis){ .fault = fault };
	fake->listener = rig_listen(SOCK_STREAM, &fake->port);
	ck_assert_int_eq(pthread_create(&fake->thread, NULL, serve, fake), 0);
}

void fake_redis_stop(struct fake_redis *fake)
{
	ck_assert_int_eq(pthread_join(fake->thread, NULL), 0);
	close(fake->listener);
	str_list_release(&fake->list);
}

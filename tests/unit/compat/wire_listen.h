// SPDX-License-Identifier: Apache-2.0
/* wire_listen.h - a talk that is listened to, for the tests of connections */
#ifndef TESTS_UNIT_COMPAT_WIRE_LISTEN_H
#define TESTS_UNIT_COMPAT_WIRE_LISTEN_H

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire.h"
#include "tests/lib/frames.h"
#include "tests/lib/testing.h"

/* report, conn and its sides are filled by listen_end(). */
static struct wire_tracker *tracker;
static struct wire_report report;
static const struct wire_conn *conn;
static const struct wire_side *client, *server;
static struct talk t;

static void listen_begin(void)
{
	struct err err = ERR_INIT;

	ck_assert_ok(wire_new(FRAMES_SERVICE, FRAMES_PORT, &tracker, &err),
		     &err);
	talk_init(&t, false);
	t.sink = frames_to_tracker;
	t.ctx = tracker;
}

static void listen_end(void)
{
	wire_finish(TAKE(tracker), 0, &report);
	ck_assert_uint_ge(report.n_conns, 1);
	conn = &report.conns[0];
	client = &conn->side[WIRE_CLIENT];
	server = &conn->side[WIRE_SERVER];
}

static void listen_teardown(void)
{
	wire_free(TAKE(tracker));
	wire_report_release(&report);
}

/* Handshake and @n questions. */
static void listen_to_questions(int n)
{
	talk_open(&t);
	talk_exchange(&t, n);
}

#endif

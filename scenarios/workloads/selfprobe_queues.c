// SPDX-License-Identifier: Apache-2.0
/* selfprobe_queues.c - what waits to be read: datagrams, bytes, expiries */
#include <netinet/in.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/selfprobe.h"

static int udp_fd, pipe_fds[2], pair_fds[2], event_fd, timer_fd;

static void tell_unread(struct text *t, int fd)
{
	int n = 0;

	if (ioctl(fd, FIONREAD, &n) < 0)
		text_str(t, "none");
	else
		text_u64(t, (uint64_t)n);
}

static void put(int fd, const char *what)
{
	if (write(fd, "unread", 6) != 6)
		guest_die(what);
}

static void set_udp(void)
{
	union guest_addr local = guest_addr_v4(INADDR_LOOPBACK, 0);

	udp_fd = guest_bind(SOCK_DGRAM, &local);
	local.v4.sin_port = htons(guest_port(udp_fd));
	if (connect(udp_fd, &local.any, guest_addr_len(&local)) < 0)
		guest_die("udp");
	put(udp_fd, "udp");
}

static void tell_udp(struct text *t)
{
	tell_unread(t, udp_fd);
}

static void set_pipe(void)
{
	if (pipe(pipe_fds) < 0)
		guest_die("pipe");
	put(pipe_fds[1], "pipe");
}

static void tell_pipe(struct text *t)
{
	tell_unread(t, pipe_fds[0]);
}

static void set_pair(void)
{
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair_fds) < 0)
		guest_die("socketpair");
	put(pair_fds[1], "socketpair");
}

static void tell_pair(struct text *t)
{
	tell_unread(t, pair_fds[0]);
}

static void set_event(void)
{
	event_fd = eventfd(4, EFD_NONBLOCK);
	if (event_fd < 0)
		guest_die("eventfd");
}

/* Read and put back. */
static void tell_event(struct text *t)
{
	eventfd_t value = 0;

	(void)eventfd_read(event_fd, &value);
	(void)eventfd_write(event_fd, value);
	text_u64(t, value);
}

/* Periodic, with expiries that nobody has read. */
static void set_timer(void)
{
	struct itimerspec spec = { .it_value.tv_nsec = 1000000,
				   .it_interval.tv_nsec = 1000000 };

	timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (timer_fd < 0 || timerfd_settime(timer_fd, 0, &spec, NULL) < 0)
		guest_die("timerfd");
}

static void tell_timer(struct text *t)
{
	struct itimerspec spec = { .it_interval.tv_nsec = 0 };

	(void)timerfd_gettime(timer_fd, &spec);
	text_u64(t, (uint64_t)spec.it_interval.tv_nsec);
}

static const struct selfprobe table[] = {
	{ "queue_udp", set_udp, tell_udp },
	{ "queue_pipe", set_pipe, tell_pipe },
	{ "queue_pair", set_pair, tell_pair },
	{ "queue_event", set_event, tell_event },
	{ "queue_timer", set_timer, tell_timer },
};

const struct selfprobes selfprobes_queues = {
	"queues", table, sizeof(table) / sizeof(table[0])
};

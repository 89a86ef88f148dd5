// SPDX-License-Identifier: Apache-2.0
/* relay.c - frames between a QEMU elsewhere and the lab's own bridges */
#include "runner/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "runner/child.h"
#include "runner/net.h"

#define FRAME_MAX 65536
#define WIRES (ROLE_COUNT * RELAY_NETS)

/* One card's two ends. */
struct wire_ends {
	int tap;
	int udp;
	struct sockaddr_in qemu;
};

struct wires {
	struct wire_ends v[WIRES];
};

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr =
					     htonl(INADDR_LOOPBACK) };
}

/* A socket on a free port, which the kernel chooses. */
static int open_port(int *ret_fd, uint16_t *ret_port, struct err *err)
{
	struct sockaddr_in addr = loopback(0);
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len)) {
		(void)err_errno(err, "open a UDP port on 127.0.0.1");
		fd_closep(&fd);
		return -1;
	}
	*ret_fd = fd;
	*ret_port = ntohs(addr.sin_port);
	return 0;
}

int relay_open(struct relay *ret_relay, struct err *err)
{
	struct relay relay = RELAY_INIT;
	int reserved[WIRES] = { 0 }, n = 0, rc = 0;

	for (int role = 0; role < ROLE_COUNT && !rc; role++)
		for (int net = 0; net < RELAY_NETS && !rc; net++) {
			rc = open_port(&relay.fds[role][net],
				       &relay.ports[role][net][1], err);
			if (!rc)
				rc = open_port(&reserved[n],
					       &relay.ports[role][net][0], err);
			n += !rc;
		}
	/* QEMU is to have these; all are known now, so they differ. */
	while (n > 0)
		close(reserved[--n]);
	if (rc)
		relay_close(&relay);
	else
		*ret_relay = relay;
	return rc;
}

void relay_close(struct relay *relay)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int net = 0; net < RELAY_NETS; net++) {
			fd_closep(&relay->fds[role][net]);
			relay->fds[role][net] = -1;
		}
}

static void hand_on(const struct wire_ends *w, bool from_tap)
{
	static uint8_t frame[FRAME_MAX];
	ssize_t n;

	if (from_tap) {
		n = read(w->tap, frame, sizeof(frame));
		/* No QEMU yet, or its buffer is full: a wire loses it too. */
		if (n > 0)
			(void)sendto(w->udp, frame, (size_t)n, MSG_DONTWAIT,
				     (const struct sockaddr *)&w->qemu,
				     sizeof(w->qemu));
		return;
	}
	n = recv(w->udp, frame, sizeof(frame), MSG_DONTWAIT);
	if (n > 0 && write(w->tap, frame, (size_t)n) < 0)
		return; /* the tap is down: nobody listens */
}

static int run(void *arg)
{
	const struct wires *wires = arg;
	struct pollfd fds[2 * WIRES];

	for (size_t i = 0; i < ARRAY_SIZE(wires->v); i++) {
		fds[2 * i] = (struct pollfd){ .fd = wires->v[i].tap,
					      .events = POLLIN };
		fds[2 * i + 1] = (struct pollfd){ .fd = wires->v[i].udp,
						  .events = POLLIN };
	}
	for (;;) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return 1;
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			if (fds[i].revents)
				hand_on(&wires->v[i / 2], i % 2 == 0);
	}
}

int relay_start(const struct relay *relay,
		const char *const bridges[RELAY_NETS], struct child **ret_child,
		struct err *err)
{
	struct wires wires;

	for (int i = 0; i < WIRES; i++) {
		int role = i / RELAY_NETS, net = i % RELAY_NETS;

		wires.v[i].udp = relay->fds[role][net];
		wires.v[i].qemu = loopback(relay->ports[role][net][0]);
		if (net_tap_open(domain_roles[role].tap[net], bridges[net],
				 &wires.v[i].tap, err))
			return -1;
	}
	return child_fork("relay", NULL, run, &wires, ret_child, err);
}

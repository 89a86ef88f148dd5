// SPDX-License-Identifier: Apache-2.0
/* relay.h - frames between a QEMU elsewhere and the lab's own bridges */
#ifndef RUNNER_RELAY_H
#define RUNNER_RELAY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "runner/domain.h"

struct child;

/*
 * DOC: Theory of operation
 * A libvirt daemon starts QEMU in its own network namespace, where taps of the
 * lab do not exist. QEMU then sends each frame as a UDP datagram over the host's
 * loopback (netdev "socket"), and a process in the lab hands it on to a tap: it
 * holds sockets that were opened in the host's namespace. So the lab's networks
 * and captures are the same for every libvirt, and the host's are not touched.
 */
#define RELAY_NETS 2

/**
 * struct relay - Ports and sockets of a lab's four network cards
 * @ports:	[role][network][0] QEMU's, [1] ours
 * @fds:	[role][network]: our sockets, -1: none
 */
struct relay {
	uint16_t ports[ROLE_COUNT][RELAY_NETS][2];
	int fds[ROLE_COUNT][RELAY_NETS];
};

#define RELAY_INIT                                \
	{                                         \
		.fds = { { -1, -1 }, { -1, -1 } } \
	}

/** relay_open() - Open the sockets, in the host's network namespace */
WARN_UNUSED
int relay_open(struct relay *ret_relay, struct err *err);
void relay_close(struct relay *relay);

/** relay_start() - In the lab: make the taps, and start the process that hands
 * frames on. The taps are made here, for it holds them
 * @ret_child:	That process; child_free() ends it */
WARN_UNUSED
int relay_start(const struct relay *relay,
		const char *const bridges[RELAY_NETS], struct child **ret_child,
		struct err *err);

#endif

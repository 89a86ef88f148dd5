// SPDX-License-Identifier: Apache-2.0
/* capture.h - frames of network devices into a file, live, by libpcap */
#ifndef RUNNER_CAPTURE_H
#define RUNNER_CAPTURE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * DOC: What is captured
 * On each device only what comes from it into our network, not what is sent to
 * it. So a frame that crosses a bridge is captured once, on the port by which it
 * came, and that port tells who sent it: a MAC address can be anybody's.
 */

#define CAPTURE_DEVICES_MAX 8

/** struct capture - A running capture process; opaque */
struct capture;

/** struct capture_device - Borrowed. @description: who is at its other end */
struct capture_device {
	const char *name;
	const char *description;
};

/**
 * capture_start() - Begin to capture what comes from devices
 * @devices, @n: In the calling process's network namespace, at most
 *		CAPTURE_DEVICES_MAX; interfaces of the file in this order
 * @path:	pcapng file with nanosecond time stamps, made or emptied; frames
 *		are about in order of time, see pcapng_finish()
 */
WARN_UNUSED
int capture_start(const struct capture_device *devices, size_t n,
		  const char *path, struct capture **ret_capture,
		  struct err *err);

/** capture_await() - Wait until it sees: some 50 ms, most of them the kernel's */
WARN_UNUSED
int capture_await(struct capture *capture, struct err *err);

/** capture_end() - Ask it to take in what is buffered and end; capture_stop()
 * waits for that */
void capture_end(struct capture *capture);

/**
 * capture_stop() - Take in what is buffered, end, free; it has been awaited
 * @ret_drops:	Frames lost by kernel or devices
 */
WARN_UNUSED
int capture_stop(struct capture *capture, uint64_t *ret_drops, struct err *err);

/** capture_free() - End it at once; NULL is fine */
void capture_free(struct capture *capture);

/** capture_main() - The capture process: arguments FILE READY_FD and for each
 * device NAME DESCRIPTION; ends on SIGTERM, prints the drops. Return: exit
 * status */
int capture_main(int argc, char **argv);

#endif

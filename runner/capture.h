// SPDX-License-Identifier: Apache-2.0
/* capture.h - frames of a network device into a file, live, by libpcap */
#ifndef RUNNER_CAPTURE_H
#define RUNNER_CAPTURE_H

#include <stdint.h>

#include "base/err.h"

/** struct capture - A running capture process; opaque */
struct capture;

/**
 * capture_start() - Capture all frames of a device; when it returns, it sees
 * @device:	In the calling process's network namespace
 * @path:	pcap file with nanosecond time stamps, made or emptied
 */
WARN_UNUSED
int capture_start(const char *device, const char *path,
		  struct capture **ret_capture, struct err *err);

/**
 * capture_stop() - Take in what is buffered, end, free
 * @ret_drops:	Frames lost by kernel or device
 */
WARN_UNUSED
int capture_stop(struct capture *capture, uint64_t *ret_drops, struct err *err);

/** capture_free() - End it at once; NULL is fine */
void capture_free(struct capture *capture);

/** capture_main() - The capture process: arguments DEVICE FILE READY_FD; ends
 * on SIGTERM, prints the drops. Return: exit status */
int capture_main(int argc, char **argv);

#endif

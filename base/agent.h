// SPDX-License-Identifier: Apache-2.0
/* agent.h - frames between the runner and the agent inside a guest */
#ifndef BASE_AGENT_H
#define BASE_AGENT_H

#include <stdint.h>

/*
 * DOC: Protocol
 * A byte stream over the virtio-serial port "crmatrix.agent". Each frame is a
 * header and a payload, little endian. The host speaks first, with a HELLO; the
 * agent answers with a WELCOME that repeats its cookie, and forgets all that
 * came before. When the host goes away the agent drops half a frame and waits.
 *
 * HELLO also hands over the host's time and random bytes, for a guest that was
 * restored from a save wakes up with an old clock and with the random state of
 * every other guest restored from it.
 *
 * Jobs are numbered by the host. RUN's payload is a script for /bin/sh; its
 * stdin is fed by STDIN frames (an empty one ends it) or is empty; what it
 * writes to descriptors 1 and 2 comes as OUTPUT with that stream, to 3 as MARK
 * lines, to 4 as OUTPUT of stream 4. EXIT comes last, with the wait status.
 *
 * CALL is a RUN of what the agent's own program does with options ("--profile 12"
 * of a command line), its words in lines of their own, in which "\n" is a newline
 * and "\\" a backslash. After an empty line comes another, unless one fails. No
 * program is started for it: the agent's copy of itself does it, which under
 * emulation saves most of it.
 */
#define AGENT_PORT "crmatrix.agent"
#define AGENT_PAYLOAD_MAX 65536
#define AGENT_JOBS_MAX 8
#define AGENT_VERSION 3

enum agent_type {
	AGENT_HELLO = 1, /* host: struct agent_hello */
	AGENT_RUN,	 /* host: script text; .stream 1: stdin will be fed */
	AGENT_STDIN,	 /* host: bytes, empty: end */
	AGENT_KILL,	 /* host: SIGKILL to the job's process group */
	AGENT_WELCOME,	 /* agent: struct agent_welcome */
	AGENT_OUTPUT,	 /* agent: bytes of .stream 1, 2 or 4 */
	AGENT_MARK,	 /* agent: one line without its newline */
	AGENT_EXIT,	 /* agent: int32_t wait status */
	AGENT_CALL,	 /* host: as RUN, words of a tool */
};

enum { AGENT_FD_MARK = 3, AGENT_FD_EVIDENCE = 4 };

struct agent_frame {
	uint32_t len;
	uint8_t type;
	uint8_t stream;
	uint16_t job;
} __attribute__((packed));

struct agent_hello {
	uint64_t cookie;
	uint64_t real_ns;
	uint8_t seed[32];
} __attribute__((packed));

struct agent_welcome {
	uint64_t cookie;
	uint32_t version;
} __attribute__((packed));

#endif

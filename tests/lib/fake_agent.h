// SPDX-License-Identifier: Apache-2.0
/* fake_agent.h - the far end of a guest's agent port, played by a test */
#ifndef TESTS_LIB_FAKE_AGENT_H
#define TESTS_LIB_FAKE_AGENT_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "base/agent.h"
#include "runner/guest.h"

/**
 * enum fake_greeting - How an agent answers HELLO
 * @GREET_RIGHT:   As it should
 * @GREET_WRONG:   At first with another's cookie, another version, and too few
 *		   bytes; the second HELLO as it should
 * @GREET_NOT:	   Not at all
 * @GREET_HANG_UP: By closing the connection
 */
enum fake_greeting { GREET_RIGHT, GREET_WRONG, GREET_NOT, GREET_HANG_UP };

/**
 * struct fake_agent - One end of a connection, after the greeting
 * @path:	Socket that it listens on, in the test's directory
 * @console:	Path of the guest's console log, absent at first
 * @fd:		The connection
 * @hello:	What the last HELLO said
 * @hellos:	How many came
 */
struct fake_agent {
	char *path;
	char *console;
	int listener;
	int fd;
	enum fake_greeting greeting;
	struct agent_hello hello;
	unsigned hellos;
	pthread_t thread;
};

/** fake_agent_start() - Listen, and greet in a thread; needs tmpdir_setup */
void fake_agent_start(struct fake_agent *agent, const char *name,
		      enum fake_greeting greeting);

/** fake_agent_connect() - Start one that greets as it should, and a guest
 * connected with it */
struct guest *fake_agent_connect(struct fake_agent *agent, const char *name);

/** fake_agent_greeted() - Wait until the greeting is over */
void fake_agent_greeted(struct fake_agent *agent);

/** fake_agent_say() - Send one frame */
void fake_agent_say(const struct fake_agent *agent, enum agent_type type,
		    uint8_t stream, uint16_t job, const void *payload,
		    size_t len);
/** fake_agent_output(), fake_agent_exit() - The frames most used */
void fake_agent_output(const struct fake_agent *agent, uint8_t stream,
		       uint16_t job, const char *text);
void fake_agent_exit(const struct fake_agent *agent, uint16_t job,
		     int32_t status);

/** fake_agent_hear() - Take one frame; its payload with a NUL goes to @buf */
struct agent_frame fake_agent_hear(const struct fake_agent *agent,
				   char buf[AGENT_PAYLOAD_MAX + 1]);

/** fake_agent_hang_up() - As when QEMU ends */
void fake_agent_hang_up(struct fake_agent *agent);
void fake_agent_stop(struct fake_agent *agent);

#endif

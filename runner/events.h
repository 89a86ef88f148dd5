// SPDX-License-Identifier: Apache-2.0
/* events.h - what workers tell the tool, and the tool asks of workers */
#ifndef RUNNER_EVENTS_H
#define RUNNER_EVENTS_H

#include <jansson.h>

#include "base/err.h"

/*
 * DOC: Messages
 * JSON objects over a SOCK_SEQPACKET pair, one a packet. Tool to worker:
 *	{"do":"boot","machine":LABEL}		  of an outfit
 *	{"do":"cell","cell":ID,"attempt":N,"dir":PATH}
 *	{"do":"exec","on":"source"|"target","command":S}, {"do":"release"}
 *						  while a cell is held
 * Worker to tool:
 *	{"event":"ready"[,"qemu":V,"libvirt":V]}  it waits for work
 *	{"event":"step","cell":ID,"name":S,"phase":S,"on":S,"state":"begin"|"end"}
 *	{"event":"booted","machine":LABEL,"facts":{...}}
 *	{"event":"held","cell":ID,"step":S,"phase":S,"dir":PATH} after that step
 *	{"event":"said","exit":N,"out":S,"log":S}, or "trouble":S
 *	{"event":"done","cell":ID}		  observation.json is written
 *	{"event":"failed","machine":LABEL,"why":S} could not boot it
 *	{"event":"fatal","why":S,"domain":S}  the worker cannot work at all
 */

/** events_send() - Send and free one message */
WARN_UNUSED
int events_send(int fd, json_t *message, struct err *err);

/**
 * events_receive() - Take one message
 * @ret_message:	New reference
 *
 * Return: 1 with a message, 0 when the other side is gone, -1 with @err
 */
WARN_UNUSED
int events_receive(int fd, json_t **ret_message, struct err *err);

/** events_fatal() - Turn a "fatal" into an error; Return: -1 */
int events_fatal(const json_t *message, struct err *err);

/** events_text() - String member of a message, "" when absent; borrowed */
const char *events_text(const json_t *message, const char *key);

#endif

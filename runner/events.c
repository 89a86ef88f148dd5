// SPDX-License-Identifier: Apache-2.0
/* events.c - what workers tell the tool, and the tool asks of workers */
#include "runner/events.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/str.h"

#define PACKET_MAX (128UL << 10)

int events_send(int fd, json_t *message, struct err *err)
{
	CLEANUP_FREE char *text = json_dumps(message, JSON_COMPACT);
	ssize_t n;

	json_decref(message);
	assert(text);
	do
		n = send(fd, text, strlen(text), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_errno(err, "send a message");
	return 0;
}

int events_receive(int fd, json_t **ret_message, struct err *err)
{
	CLEANUP_FREE char *packet = xcalloc(PACKET_MAX, 1);
	json_error_t why;
	ssize_t n;

	do
		n = recv(fd, packet, PACKET_MAX, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != ECONNRESET)
		return err_errno(err, "receive a message");
	if (n <= 0)
		return 0;
	*ret_message = json_loadb(packet, (size_t)n, 0, &why);
	if (!*ret_message)
		return err_set(err, ERR_PARSE, 0, "a message: %s", why.text);
	return 1;
}

const char *events_text(const json_t *message, const char *key)
{
	const char *text = json_string_value(json_object_get(message, key));

	return text ? text : "";
}

int events_fatal(const json_t *message, struct err *err)
{
	bool input = str_eq(events_text(message, "domain"),
			    err_domain_name(ERR_INPUT));

	return err_set(err, input ? ERR_INPUT : ERR_MISSING, 0, "%s",
		       events_text(message, "why"));
}

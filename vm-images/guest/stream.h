// SPDX-License-Identifier: Apache-2.0
/* stream.h - bytes from one guest to the other over the transfer network */
#ifndef GUEST_STREAM_H
#define GUEST_STREAM_H

/** stream_connect() - Return: a socket, closed on exec, or -1 with errno set */
int stream_connect(const char *ip, const char *port);

/** stream_send() - stdin to HOST:PORT, which may begin to listen a little later.
 * Return: exit status */
int stream_send(const char *ip, const char *port);

/** stream_receive() - From the first that connects to IP:PORT to stdout.
 * Return: exit status */
int stream_receive(const char *ip, const char *port);

#endif

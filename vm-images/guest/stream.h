// SPDX-License-Identifier: Apache-2.0
/* stream.h - a connection from one guest to the other over the transfer network */
#ifndef GUEST_STREAM_H
#define GUEST_STREAM_H

/* All return a socket, closed on exec, or -1 with errno set. */

/** stream_connect() - To who listens now */
int stream_connect(const char *ip, const char *port);

/** stream_dial() - To who may begin to listen a little later */
int stream_dial(const char *ip, const char *port);

/** stream_accept() - Of the first that connects to IP:PORT */
int stream_accept(const char *ip, const char *port);

#endif

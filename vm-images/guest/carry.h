// SPDX-License-Identifier: Apache-2.0
/* carry.h - files and folders from one guest to the other */
#ifndef GUEST_CARRY_H
#define GUEST_CARRY_H

/*
 * DOC: Why not tar
 * It does the same, but in an emulated guest it takes half of the time that images
 * are on their way, to be loaded and translated on both sides. What goes over the
 * wire is a tar archive (pax) still: libarchive writes and reads it.
 *
 * As tar does it: all kinds of files but sockets, owners, modes, times, hard links;
 * what is in the way is removed, but a link to a folder in the way of one is followed;
 * what does not arrive is told and the rest still taken.
 */

/** carry_send() - "IP PORT WITHOUT PATH...": all PATHs, without the folder WITHOUT, to
 * who may begin to listen a little later. Return: exit status */
int carry_send(int argc, char *const *argv);

/** carry_receive() - From the first that connects to IP:PORT. Return: exit status */
int carry_receive(const char *ip, const char *port);

#endif

// SPDX-License-Identifier: Apache-2.0
/* pages.h - a criu that sends pages, without the cork on its connection */
#ifndef GUEST_PAGES_H
#define GUEST_PAGES_H

/** pages_run() - IP PORT FD COMMAND...: run COMMAND, criu with --ps-socket FD, which
 * is connected to the page server at IP:PORT, and take off the cork that criu puts
 * on it. Return: exit status, of COMMAND if it was run */
int pages_run(int argc, char *const *argv);

#endif

// SPDX-License-Identifier: Apache-2.0
/* tools.h - what the agent's program does besides serving the host */
#ifndef GUEST_TOOLS_H
#define GUEST_TOOLS_H

#define TOOL_WORDS_MAX 4

/** tool_run() - "--NAME ARGUMENT..." as of main(); Return: exit status */
int tool_run(int argc, char *const *argv);

/** tool_call() - The same of words between newlines, as a host sends them. Its
 * stdout is flushed. @text is cut. Return: exit status */
int tool_call(char *text);

#endif

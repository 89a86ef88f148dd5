// SPDX-License-Identifier: Apache-2.0
/* tools.h - what the agent's program does besides serving the host */
#ifndef GUEST_TOOLS_H
#define GUEST_TOOLS_H

/** tool_run() - "--NAME ARGUMENT..." as of main(), with a NULL behind them. Return:
 * exit status */
int tool_run(int argc, char *const *argv);

/** tool_call() - The same of words between newlines, as a host sends them
 * (base/agent.h), up to the first that fails. Their stdout is flushed. @text is cut.
 * Return: exit status */
int tool_call(char *text);

#endif

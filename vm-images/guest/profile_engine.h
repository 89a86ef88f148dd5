// SPDX-License-Identifier: Apache-2.0
/* profile_engine.h - container engines that can be asked of what they made */
#ifndef GUEST_PROFILE_ENGINE_H
#define GUEST_PROFILE_ENGINE_H

/**
 * struct engine - One, by its program
 * @marks:	What stands before a container's ID in the name of its cgroup
 * @container:	Template of 'container inspect': the name of its image, the image's
 *		ID, and its networks, blank-separated, in a line each
 * @cgroups:	Template of 'info': by what it manages cgroups
 */
struct engine {
	const char *program;
	const char *marks[2];
	const char *container;
	const char *cgroups;
};

/** engine_by_name() - NULL: it is not known */
const struct engine *engine_by_name(const char *program);

/** engine_cgroups() - By what it manages cgroups; owned, NULL: the engine is not on
 * this machine, or does not answer */
char *engine_cgroups(const struct engine *engine);

/** engine_ask() - What a program of this machine prints, without blanks around it;
 * owned, NULL: it is not here, failed, or took too long */
char *engine_ask(const char *const argv[]);

#endif

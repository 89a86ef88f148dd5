// SPDX-License-Identifier: Apache-2.0
/* domain.h - a machine as libvirt domain XML */
#ifndef RUNNER_DOMAIN_H
#define RUNNER_DOMAIN_H

#include <stdbool.h>

#include "compat/machine.h"

/** enum role - Which of a pair's VMs; each has its own name, UUID and MACs */
enum role { ROLE_SOURCE, ROLE_TARGET, ROLE_COUNT };
extern const char *const role_names[ROLE_COUNT + 1];

/**
 * struct domain_role - What tells the two VMs of a lab apart
 * @uuid:	Of the domain
 * @mac:	[0] service network, [1] transfer network
 * @netns_mac:	Of a workload's namespace, on the service network
 * @tap:	As @mac
 * @ip:		Own addresses, likewise
 * @ip6:	Own IPv6 address on the service network
 */
struct domain_role {
	const char *uuid;
	const char *mac[2];
	const char *netns_mac;
	const char *tap[2];
	const char *ip[2];
	const char *ip6;
};
extern const struct domain_role domain_roles[ROLE_COUNT];

/**
 * struct domain - All that a domain's XML is made of; borrowed
 * @name:	Of the domain
 * @kvm:	Hardware acceleration
 * @kernel, @initramfs, @root, @modules: Files
 * @cmdline:	Whole kernel command line
 * @console:	File for the serial console
 * @agent:	UNIX socket that QEMU makes for the agent's port
 * @emulator:	QEMU's binary
 * @scratch:	A disk of its own that it writes to, NULL: none
 * @uuid:	NULL: the role's own
 * @ram:	File that is the guest's memory, NULL: QEMU's own; see ram.h
 * @jemalloc:	For QEMU's own memory, in place of its libc's malloc
 * @udp:	NULL: the role's taps are in QEMU's network namespace. Else for each
 *		network the UDP ports on 127.0.0.1 over which its frames travel:
 *		[network][0] QEMU's, [network][1] ours; see relay.h
 */
struct domain {
	const char *name;
	enum role role;
	const struct machine *machine;
	bool kvm;
	const char *kernel, *initramfs, *root, *modules;
	const char *cmdline;
	const char *console;
	const char *agent;
	const char *emulator;
	const char *scratch;
	const char *uuid;
	const char *ram;
	bool jemalloc;
	const uint16_t (*udp)[2];
};

/** domain_xml() - Owned text */
char *domain_xml(const struct domain *domain);

/** domain_escape() - @text as XML character data or attribute; owned */
char *domain_escape(const char *text);

#endif

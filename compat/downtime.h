// SPDX-License-Identifier: Apache-2.0
/* downtime.h - what the time without service was spent on */
#ifndef COMPAT_DOWNTIME_H
#define COMPAT_DOWNTIME_H

#include <stdint.h>

struct observation;

/**
 * enum downtime_part - One stretch of the time without service, in order
 * @DOWNTIME_BEFORE:   Last answer before, until the workload is being frozen
 * @DOWNTIME_FREEZE:   Until criu dump has ended: frozen, then dumped
 * @DOWNTIME_HANDOVER: Until images begin to be sent: criu's end, the order to send
 * @DOWNTIME_TRANSFER: Until images are on the target
 * @DOWNTIME_TAKEOVER: Until criu restore begins: the address comes, announced
 * @DOWNTIME_RESTORE:  Until criu restore has ended
 * @DOWNTIME_RELEASE:  Until the target's guard is lifted
 * @DOWNTIME_TAIL:     Until the first answer: the peer's timers, the workload
 */
enum downtime_part {
	DOWNTIME_BEFORE,
	DOWNTIME_FREEZE,
	DOWNTIME_HANDOVER,
	DOWNTIME_TRANSFER,
	DOWNTIME_TAKEOVER,
	DOWNTIME_RESTORE,
	DOWNTIME_RELEASE,
	DOWNTIME_TAIL,
	DOWNTIME_PARTS
};

/** downtime_names - "before", "freeze" ...; NULL-terminated */
extern const char *const downtime_names[DOWNTIME_PARTS + 1];

/**
 * struct downtime - The split, ns; UNMEASURED for what is not known
 * @ns:		By enum downtime_part
 * @missing_ns:	What of the whole no part stands for: 0 when all are measured;
 *		UNMEASURED when the whole is not known
 */
struct downtime {
	uint64_t ns[DOWNTIME_PARTS];
	uint64_t missing_ns;
};

/**
 * downtime_split() - Cut the time from the peer's last answer before to its first
 * answer after at the marks of the migration
 *
 * All on the host's clock, on which marks are stamped when they arrive. What came
 * before the last answer or after the first is no downtime: parts are cut there
 * (a workload may answer before criu restore has ended). CRIU tells how long it
 * froze the workload, but not when: the freeze is taken to end with criu dump.
 */
void downtime_split(const struct observation *obs, struct downtime *ret_split);

#endif

// SPDX-License-Identifier: Apache-2.0
/* predict_lost.c - what criu does not carry over, without a word */
#include "base/mem.h"
#include "compat/predict.h"

/* It does harm only to who relies on it. */
#define LOST                                                         \
	.says = FORETOLD_RISK, .phase = PHASE_RESUME, .quiet = true, \
	.of_workload = true

#define OPTIONS                                                       \
	.fact = "lost_options",                                       \
	.sentence = "options of its sockets may be lost: "            \
		    "{workload.lost_options} (CRIU {source.criu} on " \
		    "'{source.machine}', {target.criu} on "           \
		    "'{target.machine}')",                            \
	.fix = "have the workload set them again after the restore"

#define ATTRIBUTES                                                       \
	.fact = "lost_attributes",                                       \
	.sentence = "what was set for its processes may be lost: "       \
		    "{workload.lost_attributes} (CRIU {target.criu} on " \
		    "'{target.machine}')",                               \
	.fix = "set it again after the restore"

static const struct predict_rule rules[] = {
	{ .mode = "socket-option-lost",
	  LOST,
	  .workload = { { "lost_options", "has congestion|has user_timeout|has "
					  "defer_accept|has timestamp" } },
	  OPTIONS },
	{ .mode = "socket-option-lost",
	  LOST,
	  .when = { { "source.criu", "<4.0" } },
	  .workload = { { "lost_options",
			  "has nodelay|has tos|has ttl|has pktinfo" } },
	  OPTIONS },
	{ .mode = "socket-option-lost",
	  LOST,
	  .when = { { "source.criu", ">=4.0" }, { "target.criu", "<4.0" } },
	  .workload = { { "lost_options",
			  "has nodelay|has tos|has ttl|has pktinfo|has "
			  "keepidle" } },
	  OPTIONS },
	{ .mode = "attribute-lost",
	  LOST,
	  .workload = { { "lost_attributes",
			  "has ioprio|has timer_slack|has personality|has "
			  "coredump_filter" } },
	  ATTRIBUTES },
	{ .mode = "attribute-lost",
	  LOST,
	  .when = { { "target.criu", "<4.0" } },
	  .workload = { { "lost_attributes", "has thp_disable" } },
	  ATTRIBUTES },
	{ .mode = "security-state-lost",
	  LOST,
	  .when = { { "source.criu", "<4.0" } },
	  .workload = { { "lost_attributes", "has no_new_privs" } },
	  ATTRIBUTES },
	{ .mode = "security-state-lost",
	  LOST,
	  .when = { { "source.criu", ">=4.0" }, { "target.criu", "<4.0" } },
	  .workload = { { "lost_attributes", "has no_new_privs" } },
	  ATTRIBUTES },
	{ .mode = "security-state-lost",
	  LOST,
	  .workload = { { "session_keyrings", ">0" } },
	  .fact = "session_keyrings",
	  .sentence = "sessions of its user on '{source.machine}' have "
		      "keyrings with keys ({workload.session_keyrings}), and "
		      "if it is of one of them, it loses those",
	  .fix = "have the workload add its keys again after the restore" },
	{ .mode = "queue-lost",
	  LOST,
	  .workload = { { "udp_unread", ">0" } },
	  .fact = "udp_unread",
	  .sentence = "datagrams wait in {workload.udp_unread} of its "
		      "sockets, and criu leaves them behind",
	  .fix = "let it read them before the dump" },
};

const struct predict_rules predict_lost = { rules, ARRAY_SIZE(rules) };

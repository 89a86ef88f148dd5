// SPDX-License-Identifier: Apache-2.0
/* scenario.h - scenarios and matrices as people write them */
#ifndef COMPAT_SCENARIO_H
#define COMPAT_SCENARIO_H

#include "base/bind.h"
#include "compat/machine.h"
#include "compat/verdict.h"

/** enum node - Where a step runs; "host" is the peer's side, outside the VMs */
enum node { NODE_SOURCE, NODE_TARGET, NODE_HOST, NODE_COUNT };
extern const char *const node_names[NODE_COUNT + 1];

/**
 * enum stage - Points of a cell at which extra steps may be hung, in order
 *
 * "before-dump" runs with the workload live on the source, "after-dump" with it
 * frozen or gone, "before-restore" when the images are on the target,
 * "after-restore" as soon as criu says restored, "at-end" before the final
 * checks.
 */
enum stage {
	STAGE_BEFORE_START,
	STAGE_AFTER_START,
	STAGE_BEFORE_DUMP,
	STAGE_AFTER_DUMP,
	STAGE_BEFORE_RESTORE,
	STAGE_AFTER_RESTORE,
	STAGE_AT_END,
	STAGE_COUNT
};
extern const char *const stage_names[STAGE_COUNT + 1];

/**
 * struct step - One extra step
 * @at, @on:	When and where
 * @run:	Shell command that must exit 0
 * @wait:	Shell command repeated until it exits 0 or @within has passed
 * @assert_:	Shell command; a non-zero exit is a fail of the pair (a failed
 *		@run or @wait is broken: our doing). YAML key: assert
 * @within:	Deadline of the step, ns
 * @message:	For people when it fails, may be NULL
 *
 * Exactly one of @run, @wait, @assert_.
 */
struct step {
	int at;
	int on;
	char *run;
	char *wait;
	char *assert_;
	uint64_t within_ns;
	char *message;
	struct bind_pos pos;
};

/**
 * enum workload_net - The host's network, or a namespace of its own
 * @NET_OWN:	External to criu: the lab makes an equal one on the target
 * @NET_DUMPED:	criu makes it anew on the target; what is to be in it comes from
 *		the image or by an action script of the scenario
 */
enum workload_net { NET_HOST, NET_OWN, NET_DUMPED, NET_COUNT };
extern const char *const workload_net_names[NET_COUNT + 1];

/**
 * struct workload - The program that is migrated
 * @files:	Files or folders (relative to the scenario's file) put into both
 *		guests under /srv/workload before the start
 * @command:	Started in its own session by sh(1), stdin from /dev/null, output
 *		to $STATE/log; in directory /srv/workload. The environment has
 *		SERVICE (address), PORT, PEER (the peer's address), STATE
 * @ready:	Shell command on the source that exits 0 when it is ready
 * @ready_within_ns: Deadline for start and that, ns; limits.start_ns
 *		unless the file says otherwise
 * @pid:		Shell command on the source that prints the pid to be dumped,
 *		once it is ready; NULL: what @command became
 * @network:	enum workload_net
 * @family:	enum workload_family
 * @port:	TCP or UDP port of the service, 0: none (no address moves)
 * @state:	Extra paths moved together with the images after the dump
 * @probe:	Shell command printing "key=value" lines about the live workload;
 *		run after ready, before the dump, after the restore and at the
 *		end. May be NULL: then the workload cannot be a witness
 * @same:	Keys of the probe that must never change
 * @grows:	Keys that must not become smaller, and at the end be larger than
 *		just after the restore
 * @verify:	Shell command on the target at the end; must exit 0, its output
 *		says what is wrong
 */
struct workload {
	struct str_list files;
	char *command;
	char *ready;
	uint64_t ready_within_ns;
	char *pid;
	int network;
	int family;
	uint64_t port;
	struct str_list state;
	char *probe;
	struct str_list same;
	struct str_list grows;
	char *verify;
	struct bind_pos pos;
};

/** enum workload_family - Of the addresses of service and peer */
enum workload_family { FAMILY_IPV4, FAMILY_IPV6, FAMILY_COUNT };

/** enum peer_kind - Clients built in; "command" is the user's own */
enum peer_kind {
	PEER_NONE,
	PEER_COMMAND,
	PEER_UDP_ECHO,
	PEER_TCP_STREAM,
	PEER_REDIS,
	PEER_HTTP,
	PEER_MPEGTS,
	PEER_TCP_CONNECTIONS,
	PEER_COUNT
};
extern const char *const peer_names[PEER_COUNT + 1];

/**
 * enum peer_role - What a connection of "tcp-connections" does while the
 *		    workload is moved
 * @PEER_ROLE_TALK:		Questions and answers
 * @PEER_ROLE_IDLE:		Nothing; a question before and one after
 * @PEER_ROLE_SENDING:	The peer sends all the time
 * @PEER_ROLE_RECEIVING:	The workload does
 * @PEER_ROLE_BULK:		Both do, as fast as it goes
 * @PEER_ROLE_PAUSING:	The peer sent a burst and has paused since
 * @PEER_ROLE_HALF_CLOSED_PEER: The peer has closed its direction, the workload sends
 * @PEER_ROLE_HALF_CLOSED_SERVER: The other way round
 * @PEER_ROLE_UNREAD:	What the peer sent waits in the workload's kernel
 * @PEER_ROLE_UNSENT:	The peer does not read: what the workload sent waits there
 * @PEER_ROLE_QUEUED:	Connected, nothing sent, not accepted
 * @PEER_ROLE_QUEUED_DATA:	The same with data
 */
enum peer_role {
	PEER_ROLE_TALK,
	PEER_ROLE_IDLE,
	PEER_ROLE_SENDING,
	PEER_ROLE_RECEIVING,
	PEER_ROLE_BULK,
	PEER_ROLE_PAUSING,
	PEER_ROLE_HALF_CLOSED_PEER,
	PEER_ROLE_HALF_CLOSED_SERVER,
	PEER_ROLE_UNREAD,
	PEER_ROLE_UNSENT,
	PEER_ROLE_QUEUED,
	PEER_ROLE_QUEUED_DATA,
	PEER_ROLE_COUNT
};
extern const char *const peer_role_names[PEER_ROLE_COUNT + 1];

#define PEER_CONNECTIONS_MAX 4096

/**
 * struct peer - The client outside the VMs
 * @kind:	YAML key "use"
 * @command:	For "command": run by sh(1) in the lab's network with SERVICE,
 *		PORT, TRANSCRIPT, CONNECTIONS and SCENARIO_DIR in its environment;
 *		ends on SIGTERM; exit 0 means that all was well. It writes the
 *		lines of compat/transcript.h
 * @before:	How long it must be served before the migration begins, ns
 * @after:	How long it must be served after it, ns
 * @interval:	Between its requests, ns
 * @connections: For "tcp-connections": how many. For "command": so many at least
 *		must be there from before the dump until after the restore; 0: one,
 *		and no other
 * @roles:	Their roles, by name, dealt out in turn; the first is "talk"
 * @quiet:	It sends nothing while it is served, but listens
 * @keepalive:	SO_KEEPALIVE, with this idle time and interval and three probes,
 *		ns; 0: without
 * @user_timeout: TCP_USER_TIMEOUT, ns; 0: the kernel's own
 * @heartbeat:	It gives up when it hears nothing for so long, ns; 0: never
 */
struct peer {
	int kind;
	char *command;
	uint64_t connections;
	struct str_list roles;
	uint64_t before_ns;
	uint64_t after_ns;
	uint64_t interval_ns;
	bool quiet;
	uint64_t keepalive_ns;
	uint64_t user_timeout_ns;
	uint64_t heartbeat_ns;
	struct bind_pos pos;
};

/**
 * peer_deal() - The role of each connection, in the order of connecting
 * @roles:	Names, at least one
 * @n:		Connections
 *
 * Dealt out in turn; but those that are not to be accepted come last.
 *
 * Return: @n roles, owned by the caller; NULL when a name is none
 */
enum peer_role *peer_deal(const struct str_list *roles, size_t n);

/**
 * enum migration_mode - How the workload gets to the other machine
 * @MODE_STOP_COPY: criu dump, copy, criu restore
 * @MODE_LAZY_PAGES: criu dump, restore, and the memory afterwards (post-copy)
 * @MODE_RESTART:   Not a migration: kill and start anew on the target; the
 *		    control that shows that a restart is noticed
 * @MODE_COMMANDS:  By the scenario's own commands, as of a container engine
 * @MODE_REBOOT:    criu dump to a disk, boot the same VM again as the target,
 *		    criu restore from the disk
 * @MODE_ARCHIVE:   criu dump once for all cells of a scenario and a source; each
 *		    restores from what is kept of it
 * @MODE_SNAPSHOTS: criu dump again and again while it works; one is restored
 */
enum migration_mode {
	MODE_STOP_COPY,
	MODE_LAZY_PAGES,
	MODE_RESTART,
	MODE_COMMANDS,
	MODE_REBOOT,
	MODE_ARCHIVE,
	MODE_SNAPSHOTS,
	MODE_COUNT
};
extern const char *const mode_names[MODE_COUNT + 1];

/**
 * enum transport - How images travel
 * @TRANSPORT_STREAM:	   tar over the transfer network, after the dump
 * @TRANSPORT_PAGE_SERVER: Memory goes to a criu page-server on the target while it
 *			   is dumped, and never to the source's disk; the rest as
 *			   above
 * @TRANSPORT_SHARED:	   Images and $STATE are on a file system of the target, which
 *			   the source has mounted over NFS from the beginning
 */
enum transport {
	TRANSPORT_STREAM,
	TRANSPORT_PAGE_SERVER,
	TRANSPORT_SHARED,
	TRANSPORT_COUNT
};
extern const char *const transport_names[TRANSPORT_COUNT + 1];

/**
 * enum takeover - When the service's address moves to the target
 * @TAKEOVER_GUARDED:	Drop rule on the target, address, announcement; the rule
 *			is lifted after the restore: the right way
 * @TAKEOVER_UNGUARDED:	Without the rule: segments that come before the sockets
 *			exist are answered by RST
 * @TAKEOVER_NEVER:	The address stays away from the target
 */
enum takeover {
	TAKEOVER_GUARDED,
	TAKEOVER_UNGUARDED,
	TAKEOVER_NEVER,
	TAKEOVER_COUNT
};
extern const char *const takeover_names[TAKEOVER_COUNT + 1];

/**
 * enum original - What becomes of the workload on the source
 * @ORIGINAL_KILLED:	criu dump ends it
 * @ORIGINAL_STOPPED:	criu dump leaves it stopped. It is killed when the target
 *			is proven to serve, and goes on when the restore failed
 */
enum original { ORIGINAL_KILLED, ORIGINAL_STOPPED, ORIGINAL_COUNT };
extern const char *const original_names[ORIGINAL_COUNT + 1];

/**
 * struct commands - For MODE_COMMANDS, run by sh(1)
 * @pid:	Prints the workload's pid, on the side where it is run. NULL: the
 *		workload's command is the workload itself; else it ends when that
 *		has been started
 * @dump:	On the source; what it leaves under $IMAGES travels
 * @restore:	On the target
 * @logs:	Patterns of folders and files that hold criu's logs and figures
 */
struct commands {
	char *pid;
	char *dump;
	char *restore;
	struct str_list logs;
	struct bind_pos pos;
};

#define PRE_DUMP_ROUNDS_MAX 32

/**
 * struct pre_dump - Rounds of criu pre-dump before the dump, while it works
 * @rounds:	At most so many; 0: none
 * @until_pages: Enough when a round wrote no more than so many; 0: never
 * @until_progress: Enough when a round did not write so many percent fewer than the
 *		one before; 0: never
 */
struct pre_dump {
	uint64_t rounds;
	uint64_t until_pages;
	uint64_t until_progress;
};

/**
 * struct snapshots - A series of checkpoints
 * @count:	How many; all but the first are incremental
 * @back_to:	Which one is restored, 1-based
 * @between:	Shell command on the source between two, or NULL
 */
struct snapshots {
	uint64_t count, back_to;
	char *between;
};

/**
 * struct migration - How the workload gets to the other machine
 * @tls:	Folder in both guests with cacert.pem, cert.pem and key.pem, for
 *		criu's page servers; NULL: without TLS
 * @uncork:	Connect to page servers in criu's place, and without TCP_CORK
 */
struct migration {
	char *tls;
	struct pre_dump pre_dump;
	int mode;
	int transport;
	int original;
	int takeover;
	bool uncork;
	struct str_list dump;	    /* extra options of criu dump */
	struct str_list restore;    /* extra options of criu restore */
	struct str_list restore_by; /* words that go before criu restore */
	struct commands commands;
	struct snapshots snapshots;
	struct bind_pos pos;
};

/** struct limits - Deadlines of the phases, ns */
struct limits {
	uint64_t boot_ns, start_ns, dump_ns, transfer_ns, restore_ns, resume_ns,
		verify_ns;
};

/** struct needs_more - Packages by which one userland differs, by its name */
struct needs_more {
	char *name;
	struct str_list packages;
};

/**
 * struct needs - What the machines of a scenario must have beyond what they are
 *		  declared with; they get it (see struct outfit)
 * @packages:	  Debian packages
 * @more:	  Further ones, of machines with that userland
 * @memory_bytes: At least; 0: as declared
 * @vcpus:	  Likewise
 */
struct needs {
	struct str_list packages;
	struct needs_more *more;
	size_t n_more;
	uint64_t memory_bytes;
	uint64_t vcpus;
	struct bind_pos pos;
};

/**
 * struct requirement - What a machine must have, else the cell is skipped
 * @on:		Which of them; NODE_HOST: where the peer runs; NODE_COUNT: both
 *		guests
 * @run:	Shell command that exits 0 when it is there
 * @message:	What is missing, for the report
 */
struct requirement {
	int on;
	char *run;
	char *message;
	struct bind_pos pos;
};

/**
 * struct expect - A known outcome, by machine facts
 * @when:	See when_match(); empty: always
 * @verdict:	VERDICT_FAIL or VERDICT_SKIP as outcome expected; VERDICT_PASS
 *		revokes a later rule
 * @cause:	Mode that must be diagnosed too, or NULL: any
 * @reason:	One sentence
 * @link:	Issue, commit or document, may be NULL
 */
struct expect {
	struct bind_map when;
	int verdict;
	char *cause;
	char *reason;
	char *link;
	struct bind_pos pos;
};

struct expects {
	struct expect *v;
	size_t n;
};

/**
 * struct scenario - One file in scenarios/
 * @name:	From the file's name without .yaml
 * @path:	The file
 * @title:	One line for lists
 * @about:	What it shows, several lines, may be NULL
 * @control_of:	The scenario of which this is the failing control, or NULL
 * @control:	The scenario that passes and differs from this failing one in one
 *		thing, or NULL
 * @cold_boot:	Boot the guests instead of restoring saved ones
 * @among:	Machines between which its matrix runs it; empty: all
 * @alone:	It runs each of them with itself only
 */
struct scenario {
	char *name;
	char *path;
	char *title;
	char *about;
	char *control_of;
	char *control;
	bool cold_boot;
	struct needs needs;
	struct requirement *requires_;
	size_t n_requires;
	struct workload workload;
	struct peer peer;
	struct migration migration;
	struct step *steps;
	size_t n_steps;
	struct limits limits;
	struct expects expect;
	struct str_list among;
	bool alone;
	struct bind_pos pos;
};

extern const struct bind_table scenario_table;

#define SCENARIO_NAME_PATTERN "^[a-z0-9][a-z0-9-]*$"

/**
 * struct narrow - Scenarios that are run between some of a matrix's machines only
 * @scenarios:	Names, files or folders
 * @machines:	Names; both of a cell's are among them
 * @across:	Also between different ones
 */
struct narrow {
	struct str_list scenarios;
	struct str_list machines;
	bool across;
	struct bind_pos pos;
};

/**
 * struct matrix - A file that says which cells to run
 * @extends:	    Another matrix file, relative to this one; may be NULL
 * @machines_files: Files of machines, relative to this file
 * @machines:	    Names to use (all of the files when empty)
 * @scenarios:	    Names, files or folders
 * @narrow:	    Rules, the first for a scenario is its own
 * @self:	    Also pair each machine with itself
 * @repeat:	    Times each cell is run
 * @expect:	    Known outcomes common to all scenarios; a scenario's own
 *		    rules are asked first
 */
struct matrix {
	char *extends;
	struct str_list machine_files;
	struct str_list machines;
	struct str_list scenarios;
	struct narrow *narrow;
	size_t n_narrow;
	bool self;
	uint64_t repeat;
	struct expects expect;
	struct bind_pos pos;
};

extern const struct bind_table matrix_table;

/** scenario_load() - Read one scenario; its name is the file's */
WARN_UNUSED
int scenario_load(const char *path, struct scenario *ret_scenario,
		  struct bind_diags *diags, struct err *err);
void scenario_release(struct scenario *scenario);

#endif

// SPDX-License-Identifier: Apache-2.0
/* catalogue_images.c - modes of image files, disks and memory */
#include "base/mem.h"
#include "compat/catalogue.h"

#define CRIU_ISSUE(n) "https://github.com/checkpoint-restore/criu/issues/" #n

/* Told by the step that waits for the pages, or by the witness that misses them. */
#define LAZY_PAGES_LOST                                                     \
	.mode = "lazy-pages-lost", .phases = IN(PHASE_RESUME),              \
	.patterns = { "^lazy pages: *, # KiB of the memory are there$" },   \
	.title = "the memory of the workload did not follow it from "       \
		 "'{source.machine}' to '{target.machine}': {1}, when {2} " \
		 "KiB of it were there",                                    \
	.fix = "keep criu lazy-pages on '{target.machine}', criu dump on "  \
	       "'{source.machine}' and the network between them until the " \
	       "last page",                                                 \
	.link = "https://criu.org/Lazy_migration"

static const struct mode_rule rules[] = {
	{ .mode = "image-version",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Not supported images version #",
			"Too old image, no longer supported" },
	  .title = "CRIU {target.criu} on '{target.machine}' does not read the "
		   "images of CRIU {source.criu} on '{source.machine}'",
	  .fix = "use the same CRIU on both machines" },
	{ .mode = "image-version",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unknown file type #" },
	  .title =
		  "the images of CRIU {source.criu} on '{source.machine}' hold "
		  "an object (type {1}) that CRIU {target.criu} on "
		  "'{target.machine}' does not know",
	  .fix = "use a CRIU on '{target.machine}' that is not older than the "
		 "source's" },
	{ .mode = "image-version",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Missing required plugin: *" },
	  .title =
		  "the images of CRIU {source.criu} need the plugin {1}, which "
		  "'{target.machine}' does not have",
	  .fix = "install it on '{target.machine}'" },
	{ .mode = "image-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unexpected EOF on (empty-image)" },
	  .title = "an image file of '{source.machine}' did not reach "
		   "'{target.machine}'",
	  .fix = "look at the transfer; compare the images on both sides",
	  .link = CRIU_ISSUE(1873) },
	{ .mode = "parent-missing",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Can't open parent path: No such file *",
			"No parent for snapshot pagemap",
			"Missing * in parent pagemap" },
	  .title = "the images of the dump leave out what is in those of a "
		   "dump or pre-dump before it, and these are not on "
		   "'{target.machine}'",
	  .fix = "bring those images too to '{target.machine}', at the "
		 "same relative path (link 'parent')",
	  .link = "https://criu.org/Incremental_dumps" },
	/* criu does not count it as an error; the script of the dump says it. */
	{ .mode = "page-server-unreachable",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "^Can't connect to server *$" },
	  .title = "criu dump on '{source.machine}' could not reach the page "
		   "server {1}",
	  .fix = "start criu page-server there before the dump, and let its "
		 "port pass",
	  .link = "https://criu.org/Page_server" },
	/* With TLS 1.3 a client learns of a refusal only when it sends. */
	{ .mode = "tls-refused",
	  .phases = IN(PHASE_DUMP),
	  .patterns = { "tls: Invalid certificate",
			"tls: Unable to verify TLS peer: *",
			"tls: TLS handshake failed: *",
			"tls: Push callback send failed: *" },
	  .title = "criu on '{source.machine}' and the page server on "
		   "'{target.machine}' did not come together by TLS: one does "
		   "not accept the other's certificate, or has ended",
	  .fix = "give both a certificate of an authority that the other "
		 "trusts, and the server one with its address",
	  .link = "https://criu.org/Page_server" },
	{ LAZY_PAGES_LOST, .kind = CLUE_OUTPUT },
	{ LAZY_PAGES_LOST, .kind = CLUE_SYMPTOM },
	{ .mode = "image-damaged",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "agic doesn't match for *", "Img trimmed #/#",
			"Failed unpacking object * from *",
			"Read # bytes while # expected from *",
			"Unexpected EOF on *" },
	  .title = "an image file of '{source.machine}' is damaged on "
		   "'{target.machine}'",
	  .fix = "look at the transfer; compare the images on both sides" },
	{ .mode = "image-damaged",
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "^`- returned 0$",
			"Unexpected EOF reading pages data *" },
	  .title = "the images of pages on '{target.machine}' end before all "
		   "that is in their pagemap was read",
	  .fix = "look at the transfer; compare pages-*.img on both sides, of "
		 "earlier dumps too; CRIU that lacks PR 2899 does not end by "
		 "itself then, give the restore a deadline",
	  .link = "https://github.com/checkpoint-restore/criu/pull/2899" },
	{ .mode = "disk-full",
	  .phases = IN(PHASE_DUMP) | IN(PHASE_RESTORE),
	  .patterns = { "No space left on device" },
	  .title = "the disk of '{side.machine}' is full",
	  .fix = "give '{side.machine}' more memory or disk: images need about "
		 "the workload's resident memory" },
	{ .mode = "disk-full",
	  .kind = CLUE_OUTPUT,
	  .patterns = { "No space left on device" },
	  .title = "the disk of '{side.machine}' is full",
	  .fix = "give '{side.machine}' more memory or disk" },
	{ .mode = "memory-full",
	  .kind = CLUE_KERNEL,
	  .patterns = { "Out of memory: Killed process # (*)" },
	  .title = "'{side.machine}' ran out of memory and killed {2}",
	  .fix = "give '{side.machine}' more memory" },
	{ .mode = "criu-missing",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_DUMP) | IN(PHASE_RESTORE),
	  .patterns = { "criu: not found", "criu: command not found",
			"criu: No such file or directory" },
	  .title = "'{side.machine}' has no criu",
	  .fix = "install criu in its userland" },
};

const struct mode_rules catalogue_images = { rules, ARRAY_SIZE(rules) };

// SPDX-License-Identifier: Apache-2.0
/* catalogue_engines.c - modes of container engines, as their messages tell them */
#include "base/mem.h"
#include "compat/catalogue.h"

/*
 * An engine fails before criu is called, or beside it: then what the failed command
 * printed is all there is.
 */
static const struct mode_rule rules[] = {
	{ .mode = "image-missing",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "Unable to find image '*' locally",
			"initializing source docker://*: pinging container "
			"registry" },
	  .title = "the image {1} of the container from '{source.machine}' is "
		   "not on '{target.machine}'",
	  .fix = "load or pull the very same image on '{target.machine}' "
		 "before the move",
	  .link = "https://docs.podman.io/en/latest/markdown/"
		  "podman-container-restore.1.html" },
	{ .mode = "image-differs",
	  .kind = CLUE_OUTPUT,
	  .phases = IN(PHASE_RESTORE),
	  .patterns = { "parsing named reference \"*\": invalid repository "
			"name (*), cannot specify 64-byte hexadecimal "
			"strings" },
	  .title = "the image on '{target.machine}' has the name of the "
		   "container's, but is not the one with the id {1}",
	  .fix = "load the image of '{source.machine}' on '{target.machine}', "
		 "or name images by their digest" },
};

const struct mode_rules catalogue_engines = { rules, ARRAY_SIZE(rules) };

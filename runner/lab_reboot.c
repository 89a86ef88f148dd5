// SPDX-License-Identifier: Apache-2.0
/* lab_reboot.c - one VM that is booted again, and its disk that outlives that */
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "runner/child.h"
#include "runner/lab_internal.h"

#define MKE2FS "/usr/sbin/mke2fs"
#define KEPT_SIZE "2G" /* sparse */
#define FORMAT_WITHIN_NS (30 * NS_PER_S)

/*
 * Features that every kernel of the catalogue can mount, whatever the host's
 * mke2fs.conf says; a disk of one reboot needs no journal.
 */
static int format(const char *path, struct err *err)
{
	const char *argv[] = { MKE2FS,
			       "-q",
			       "-F",
			       "-t",
			       "ext4",
			       "-O",
			       "none,extent,filetype",
			       path,
			       KEPT_SIZE,
			       NULL };
	struct child_opts opts = {
		.argv = argv, .deadline_ns = clock_now_ns() + FORMAT_WITHIN_NS
	};

	if (child_run(&opts, NULL, err))
		return err_wrap(err, "make the disk '%s'", path);
	/* With a daemon its QEMU is another user's. */
	if (chmod(path, 0666))
		return err_errno(err, "chmod '%s'", path);
	return 0;
}

int lab_boot_kept(struct lab *lab, const struct machine *machine,
		  const struct boot_files *files, uint64_t deadline_ns,
		  struct facts *ret_facts, struct err *err)
{
	if (format(lab->kept, err))
		return -1;
	lab->nodes[ROLE_SOURCE].keeps = true;
	return lab_boot(lab, ROLE_SOURCE, machine, files, deadline_ns,
			ret_facts, err);
}

int lab_reboot(struct lab *lab, const struct machine *machine,
	       const struct boot_files *files, uint64_t deadline_ns,
	       struct facts *ret_facts, struct err *err)
{
	struct lab_node *again = &lab->nodes[ROLE_TARGET];

	lab_node_drop(&lab->nodes[ROLE_SOURCE]);
	again->as = ROLE_SOURCE;
	again->keeps = true;
	return lab_boot(lab, ROLE_TARGET, machine, files, deadline_ns,
			ret_facts, err);
}

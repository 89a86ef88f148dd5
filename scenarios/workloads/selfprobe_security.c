// SPDX-License-Identifier: Apache-2.0
/* selfprobe_security.c - what a process has given up, or been given */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenarios/workloads/selfprobe.h"

#define PROBED_KEY "crmatrix-probe"

static void must(long value, const char *what)
{
	if (value < 0)
		guest_die(what);
}

static void set_keyring(void)
{
	must(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL), "keyctl");
	must(syscall(SYS_add_key, "user", PROBED_KEY, "secret", 6UL,
		     KEY_SPEC_SESSION_KEYRING),
	     "add_key");
}

static void tell_keyring(struct text *t)
{
	long id = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING,
			  "user", PROBED_KEY, 0);

	text_str(t, id > 0 ? "found" : "none");
}

static void drop_capability(void)
{
	must(prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT, 0, 0, 0), "bounding set");
}

static void tell_bounding(struct text *t)
{
	selfprobe_status(t, "\nCapBnd");
}

static void tell_effective(struct text *t)
{
	selfprobe_status(t, "\nCapEff");
}

static void set_securebits(void)
{
	must(prctl(PR_SET_SECUREBITS, (unsigned long)SECBIT_NO_SETUID_FIXUP),
	     "securebits");
}

static void tell_securebits(struct text *t)
{
	text_u64(t, (uint64_t)prctl(PR_GET_SECUREBITS));
}

static void set_no_new_privileges(void)
{
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void tell_no_new_privileges(struct text *t)
{
	text_u64(t, (uint64_t)prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

/* acct(2) is refused with an error that the kernel itself never gives. */
static void set_seccomp(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_acct, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EDOM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(filter) / sizeof(filter[0]),
				      filter };

	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}

static void tell_seccomp(struct text *t)
{
	long rc = syscall(SYS_acct, "/none");

	text_str(t, rc < 0 && errno == EDOM ? "filtered" : "none");
}

/* No new file may be made, anywhere; a kernel without landlock: "none". */
static void set_landlock(void)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_REG
	};
	long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0)
		return;
	must(syscall(SYS_landlock_restrict_self, fd, 0), "landlock");
	close((int)fd);
}

static void tell_landlock(struct text *t)
{
	static const char path[] = "/tmp/landlock-probe";
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	text_str(t, fd < 0 ? "denied" : "none");
	if (fd < 0)
		return;
	close(fd);
	(void)unlink(path);
}

#ifndef PR_SET_MDWE /* Linux 6.3 */
#define PR_SET_MDWE 65
#define PR_GET_MDWE 66
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* As systemd's MemoryDenyWriteExecute; an older kernel: "none". */
static void set_mdwe(void)
{
	(void)prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
}

static void tell_mdwe(struct text *t)
{
	long value = prctl(PR_GET_MDWE, 0, 0, 0, 0);

	text_str(t, value > 0 ? "denied" : "none");
}

static const struct selfprobe table[] = {
	{ "sec_keyring", set_keyring, tell_keyring },
	{ "sec_bounding", drop_capability, tell_bounding },
	{ "sec_effective", NULL, tell_effective },
	{ "sec_securebits", set_securebits, tell_securebits },
	{ "sec_nonewprivs", set_no_new_privileges, tell_no_new_privileges },
	{ "sec_seccomp", set_seccomp, tell_seccomp },
	{ "sec_landlock", set_landlock, tell_landlock },
	{ "sec_mdwe", set_mdwe, tell_mdwe },
};

const struct selfprobes selfprobes_security = {
	"security", table, sizeof(table) / sizeof(table[0])
};

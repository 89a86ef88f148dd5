// SPDX-License-Identifier: Apache-2.0
/* machine.h - machines as asked for, and the facts of what they really are */
#ifndef COMPAT_MACHINE_H
#define COMPAT_MACHINE_H

#include <jansson.h>

#include "base/bind.h"
#include "base/err.h"
#include "base/str.h"

struct twin;

/**
 * struct kernel_ref - Which kernel to boot
 * @name:	Name in vm-images/kernels.yaml ("6.12"), or SUITE/PACKAGE
 *		("trixie/linux-image-6.12.48+deb13-cloud-amd64"), or NULL
 * @debs:	Or the user's own .deb files
 * @image:	Or the user's own bzImage, NULL otherwise
 * @modules:	Its modules directory (has modules.order), may be NULL when the
 *		kernel has all it needs built in
 *
 * Exactly one of @name, @debs and @image is given; the binder's check says so.
 */
struct kernel_ref {
	char *name;
	struct str_list debs;
	char *image;
	char *modules;
};

/**
 * struct machine - One row or column of a matrix, as asked for
 * @name:	  Unique, [a-z0-9][a-z0-9.-]*
 * @kernel:	  YAML: a plain scalar is a catalogue name
 * @cpu:	  libvirt CPU model name; "max" and "host" are allowed too
 * @cpu_features: "+avx" (require) or "-xsave" (disable)
 * @userland:	  Name in vm-images/userlands.yaml
 * @memory_bytes: 256 MiB to 64 GiB
 * @vcpus:	  1 to 64
 * @cmdline:	  Appended to the kernel command line, may be NULL
 * @from_profile: Profile of a real host that it is to be like, or NULL. What the
 *		  file does not say is NULL or 0 then, until twin_fill()
 * @twin:	  That host, see twin.h; owned, or NULL
 */
struct machine {
	char *name;
	struct kernel_ref kernel;
	char *cpu;
	struct str_list cpu_features;
	char *userland;
	uint64_t memory_bytes;
	uint64_t vcpus;
	char *cmdline;
	char *from_profile;
	struct twin *twin;
	struct bind_pos pos;
};

extern const struct bind_table machine_table;

#define MACHINE_MEMORY_MAX (UINT64_C(64) << 30)
#define MACHINE_VCPUS_MAX 64
/** Debian's names of binary packages */
#define PACKAGE_PATTERN "^[a-z0-9][a-z0-9.+-]+$"

/** Names of kernels: of the catalogue, or SUITE/PACKAGE */
#define KERNEL_PATTERN                                  \
	"^([a-z][a-z0-9-]*/linux-image-[a-z0-9.+*?-]+|" \
	"[A-Za-z0-9][A-Za-z0-9.+~_-]*)$"
#define MACHINE_NAME_PATTERN "^[a-z0-9][a-z0-9.-]*$"

/** machine_release() - Free a machine, its name too (which the table, made for
 * values in a mapping of names, does not know) */
void machine_release(struct machine *machine);

struct machines {
	struct machine *v;
	size_t n;
};

/** machines_table - A file of machines: {machines: {NAME: {...}}} */
extern const struct bind_table machines_table;

const struct machine *machines_find(const struct machines *machines,
				    const char *name);
/** machines_suggest() - The existing name nearest to @name, or NULL */
const char *machines_suggest(const struct machines *machines, const char *name);

/**
 * struct facts - What a booted guest said it is; flat and ordered
 *
 * Written by the guest as "key=value" lines, kept as a JSON object of strings
 * in results.json. Keys used by rules: kernel (uname -r), kernel_version
 * ("6.1.192", dotted digits only), arch, criu ("3.17.1"), glibc ("2.36"),
 * cpu_model, cpu_flags (sorted, blank-separated), xsave_bytes (0 when the CPU
 * has no xsave), xcr0, memory_kib, vcpus, clocksource, plus "sysctl.NAME" and
 * "module.NAME".
 */
struct facts {
	struct bind_map map;
};

/** facts_parse() - Read "key=value" lines; malformed lines are ERR_PARSE, as
 * are more than 512 of them, keys over 128 and values over 16 KiB */
WARN_UNUSED
int facts_parse(const char *text, size_t len, struct facts *ret_facts,
		struct err *err);
/** facts_lines() - As lines that facts_parse() reads; owned */
char *facts_lines(const struct facts *facts);
/** facts_get() - Value of @key, or NULL; borrowed */
const char *facts_get(const struct facts *facts, const char *key);
json_t *facts_to_json(const struct facts *facts);
WARN_UNUSED
int facts_from_json(const json_t *json, struct facts *ret_facts,
		    struct err *err);
void facts_copy(struct facts *to, const struct facts *from);
void facts_release(struct facts *facts);

/** facts_same_cpu() - Whether both guests see the same CPU: flags, xsave size
 * and XCR0 are equal (the model's name alone does not count) */
bool facts_same_cpu(const struct facts *a, const struct facts *b);

/**
 * machine_attest() - What of @machine is not as asked, by the guest's facts
 * @ret_notes:	One sentence for each difference: asked value and real value
 *		(kernel version, missing "+feature", present "-feature", memory
 *		below 85 % of what was asked, vcpus, userland's CRIU); of a twin,
 *		what is not as its host, see twin_attest()
 */
void machine_attest(const struct machine *machine, const struct facts *facts,
		    struct str_list *ret_notes);

/**
 * when_match() - Whether a rule's conditions hold for a pair
 * @when:	Keys "source.FACT", "target.FACT", "FACT" (both), or
 *		"source.machine"/"target.machine"; values "<5.13", ">=2.35",
 *		"6.1*" (glob), "a|b" (any of), "!x" (not x), "has avx" (a word
 *		of a list), "lacks avx"; comma joins with and. Conditions
 *		"source.cpu_flags: superset-of target" style comparison: value
 *		"not-within target.cpu_flags" holds when some word is missing in
 *		that other fact; "> target.xsave_bytes" compares with it
 * @source, @target: Facts; a missing fact makes its condition false
 */
bool when_match(const struct bind_map *when, const char *source_name,
		const struct facts *source, const char *target_name,
		const struct facts *target);

/** when_check() - Whether a condition's text can be understood; for the binder
 * Return: NULL, or a sentence saying what is wrong (static) */
const char *when_check(const char *key, const char *value);

/** when_suggest() - Key nearest to one that when_check() calls unknown, with its
 * side; owned by the caller, NULL when none is near */
char *when_suggest(const char *key);

#endif

// SPDX-License-Identifier: Apache-2.0
/* lab_boot.c - the two VMs brought up: booted and saved once, then restored */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/addresses.h"
#include "runner/datadir.h"
#include "runner/digest.h"
#include "runner/images.h"
#include "runner/lab_internal.h"
#include "runner/log.h"
#include "runner/ram.h"
#include "runner/saves.h"
#include "runner/script.h"

#define EMULATOR "/usr/bin/qemu-system-x86_64"
/* An emulated CPU leaks nothing, and what guards against that costs it dear: two
 * changes of page tables at each system call. A machine's own line comes after
 * this, and wins. */
#define EMULATED_CMDLINE " mitigations=off"
#define SOURCE_LAST_PID "20000"
#define TARGET_LAST_PID "1000"
#define SCRIPT_MAX 65536

static char *node_xml(const struct lab *lab, enum role role,
		      const struct machine *machine,
		      const struct boot_files *files)
{
	const struct lab_node *node = &lab->nodes[role];
	const struct relay *relay = lab->opts->relay;
	CLEANUP_FREE char *cmdline =
		xasprintf("%s%s%s%s", IMAGES_CMDLINE,
			  lab->opts->kvm ? "" : EMULATED_CMDLINE,
			  machine->cmdline ? " " : "",
			  machine->cmdline ? machine->cmdline : "");
	struct domain domain = { .name = node->name,
				 .role = node->as,
				 .machine = machine,
				 .kvm = lab->opts->kvm,
				 .kernel = files->kernel,
				 .initramfs = files->initramfs,
				 .root = files->root,
				 .modules = files->modules,
				 .cmdline = cmdline,
				 .console = node->console,
				 .agent = node->agent,
				 .emulator = EMULATOR,
				 .scratch = node->keeps ? lab->kept : NULL,
				 .uuid = lab->nodes[node->as].uuid,
				 .ram = lab->ram[node->as],
				 .jemalloc = !lab->opts->uri,
				 .udp = relay ? relay->ports[node->as] : NULL };

	return domain_xml(&domain);
}

/* A shell script of ours for guests, from the project's data. */
static int guest_text(const char *name, char **ret_text, struct err *err)
{
	CLEANUP_FREE char *path = datadir_path(name);

	return file_read(path, SCRIPT_MAX, ret_text, NULL, err);
}

/* All that a saved machine's state depends on. */
static int snapshot_key(const struct lab *lab, enum role role,
			const struct machine *machine,
			const struct boot_files *files, char out[DIGEST_HEX],
			struct err *err)
{
	CLEANUP_FREE char *xml = node_xml(lab, role, machine, files);
	CLEANUP_FREE char *boot = NULL;
	CLEANUP_FREE char *facts = NULL;
	CLEANUP_FREE char *programs =
		str_list_join(&lab->residents.digests, "\n");
	CLEANUP_FREE char *all = NULL;

	if (guest_text("vm-images/guest/boot.sh", &boot, err) ||
	    guest_text("vm-images/guest/facts.sh", &facts, err))
		return -1;
	all = xasprintf("2\n%s\n%s\n%s\n%s\n%s\n%s\n", files->key,
			lab->qemu_version, xml, boot, facts, programs);
	digest_text(all, out);
	return 0;
}

int lab_snapshot(struct lab *lab, enum role role, const struct machine *machine,
		 const struct boot_files *files, char **ret_dir,
		 bool *ret_there, struct err *err)
{
	char key[DIGEST_HEX];

	if (snapshot_key(lab, role, machine, files, key, err))
		return -1;
	*ret_dir = xasprintf("%s/vm/%s", lab->opts->cache, key);
	*ret_there = saves_find(*ret_dir);
	return 0;
}

static int read_facts(struct lab_node *node, uint64_t deadline_ns,
		      struct facts *ret_facts, struct err *err)
{
	CLEANUP_FREE char *text = NULL;
	struct guest_script script = { .name = "read facts",
				       .deadline_ns = deadline_ns };
	CLEANUP(guest_run_release) struct guest_run run = { 0 };

	if (guest_text("vm-images/guest/facts.sh", &text, err))
		return -1;
	script.text = text;
	if (guest_run(node->guest, &script, &run, err))
		return -1;
	return facts_parse(run.out, run.out_len, ret_facts, err);
}

/* The programs that come with crmatrix, where cells look for their files. */
static int settle(const struct lab *lab, struct lab_node *node,
		  uint64_t deadline_ns, struct err *err)
{
	CLEANUP_FREE char *text = script_unpack();
	CLEANUP_FREE char *tar = NULL;
	size_t len;
	struct guest_script script = { .name = "deliver guest programs",
				       .text = text,
				       .deadline_ns = deadline_ns };
	CLEANUP(guest_run_release) struct guest_run run = { 0 };

	if (pack_files(&lab->residents.paths, &tar, &len, err))
		return -1;
	script.input = tar;
	script.input_len = len;
	if (guest_run(node->guest, &script, &run, err))
		return -1;
	if (run.exit != 0)
		return err_set(err, ERR_GUEST, run.exit,
			       "unpacking the guest programs: %s",
			       str_trim(run.log));
	return 0;
}

static int set_up(struct lab_node *node, enum role role, uint64_t deadline_ns,
		  struct err *err)
{
	const struct domain_role *own = &domain_roles[node->as];
	CLEANUP_FREE char *body = NULL;
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE char *guard = addresses_guard(FAMILY_IPV4);
	CLEANUP_FREE char *guard6 = addresses_guard(FAMILY_IPV6);
	struct guest_script script = { .name = "set up",
				       .deadline_ns = deadline_ns };
	CLEANUP(guest_run_release) struct guest_run run = { 0 };

	if (guest_text("vm-images/guest/boot.sh", &body, err))
		return -1;
	text = xasprintf(
		"export ROLE=%s HOST=%s SERVICE=%s SERVICE6=%s GUARD='%s' "
		"GUARD6='%s' SERVICE_IP=%s SERVICE_IP6=%s TRANSFER_IP=%s "
		"LAST_PID=%s\n%s",
		role_names[role], role_names[node->as],
		addresses_by(FAMILY_IPV4)->service,
		addresses_by(FAMILY_IPV6)->service, guard, guard6, own->ip[0],
		own->ip6, own->ip[1],
		role == ROLE_SOURCE ? SOURCE_LAST_PID : TARGET_LAST_PID, body);
	script.text = text;
	if (guest_run(node->guest, &script, &run, err))
		return -1;
	if (run.exit != 0)
		return err_set(err, ERR_GUEST, run.exit,
			       "setting up the %s ended with %d: %s",
			       role_names[role], run.exit, str_trim(run.log));
	return 0;
}

static int ready_ram(const struct lab *lab, const struct lab_node *node,
		     bool clean, struct err *err)
{
	const char *path = lab->ram[node->as];

	return path ? ram_file(path, node->machine->memory_bytes, clean, err) :
		      0;
}

int lab_boot(struct lab *lab, enum role role, const struct machine *machine,
	     const struct boot_files *files, uint64_t deadline_ns,
	     struct facts *ret_facts, struct err *err)
{
	struct lab_node *node = &lab->nodes[role];
	CLEANUP_FREE char *xml = node_xml(lab, role, machine, files);

	(void)unlink(node->console);
	node->machine = machine;
	node->files = files;
	if (ready_ram(lab, node, true, err) ||
	    vm_start(lab->virt, xml, &node->vm, err) ||
	    guest_connect(role_names[role], node->agent, node->console,
			  deadline_ns, &node->guest, err) ||
	    set_up(node, role, deadline_ns, err) ||
	    settle(lab, node, deadline_ns, err) ||
	    read_facts(node, deadline_ns, ret_facts, err))
		return err_wrap(err, "boot machine '%s'", machine->name);
	return 0;
}

static char *facts_text(const struct facts *facts)
{
	struct strbuf buf;

	strbuf_open(&buf);
	for (size_t i = 0; i < facts->map.n; i++)
		(void)fprintf(buf.f, "%s=%s\n", facts->map.v[i].key,
			      facts->map.v[i].value);
	return strbuf_take(&buf);
}

static int write_save(struct lab_node *node, const char *temp,
		      const struct facts *facts, struct err *err)
{
	CLEANUP_FREE char *state = xasprintf("%s/state", temp);
	CLEANUP_FREE char *facts_path = xasprintf("%s/facts", temp);
	CLEANUP_FREE char *text = facts_text(facts);

	if (vm_save(node->vm, state, err))
		return -1;
	return file_write(facts_path, text, strlen(text), err);
}

static int keep_save(struct lab_node *node, const char *dir,
		     const struct facts *facts, struct err *err)
{
	CLEANUP_FREE char *temp = NULL;
	struct err ignored = ERR_INIT;
	int rc;

	if (saves_begin(dir, &temp, err))
		return -1;
	rc = write_save(node, temp, facts, err);
	if (!rc)
		rc = saves_keep(temp, dir, node->machine->name, err);
	if (rc && file_rmtree(temp, &ignored))
		log_warn(NULL, "%s, ignoring", ignored.msg);
	return rc;
}

int lab_save(struct lab *lab, enum role role, const struct facts *facts,
	     struct err *err)
{
	struct lab_node *node = &lab->nodes[role];
	CLEANUP_FREE char *dir = NULL;
	bool there;
	int rc;

	if (lab_snapshot(lab, role, node->machine, node->files, &dir, &there,
			 err))
		return -1;
	guest_free(TAKE(node->guest));
	rc = there ? 0 : keep_save(node, dir, facts, err);
	lab_node_drop(node);
	if (rc)
		return err_wrap(err, "save machine '%s'", node->machine->name);
	return 0;
}

/* What one thread does for one of the two VMs. */
struct rise {
	struct lab *lab;
	enum role role;
	const struct machine *machine;
	const struct boot_files *files;
	uint64_t deadline_ns;
	struct facts *facts;
	int (*fn)(struct rise *r);
	int rc;
	struct err err;
};

int lab_known_facts(struct lab *lab, enum role role,
		    const struct machine *machine,
		    const struct boot_files *files, struct facts *ret_facts,
		    struct err *err)
{
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *text = NULL;
	size_t len;
	bool there;

	if (lab_snapshot(lab, role, machine, files, &dir, &there, err))
		return -1;
	if (!there)
		return 0;
	path = xasprintf("%s/facts", dir);
	if (file_read(path, 1 << 20, &text, &len, err))
		return -1;
	return facts_parse(text, len, ret_facts, err);
}

static int wake(struct rise *r)
{
	struct lab_node *node = &r->lab->nodes[r->role];
	struct err *err = &r->err;
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *state = NULL;
	bool there;

	node->machine = r->machine;
	node->files = r->files;
	(void)unlink(node->console);
	if (lab_snapshot(r->lab, r->role, r->machine, r->files, &dir, &there,
			 err))
		return -1;
	state = xasprintf("%s/state", dir);
	if (lab_known_facts(r->lab, r->role, r->machine, r->files, r->facts,
			    err) ||
	    ready_ram(r->lab, node, false, err) ||
	    vm_restore(r->lab->virt, state, node->name, &node->vm, err) ||
	    guest_connect(role_names[r->role], node->agent, node->console,
			  r->deadline_ns, &node->guest, err))
		return err_wrap(err, "restore machine '%s'", r->machine->name);
	return 0;
}

static int boot(struct rise *r)
{
	return lab_boot(r->lab, r->role, r->machine, r->files, r->deadline_ns,
			r->facts, &r->err);
}

static void *rise_thread(void *arg)
{
	struct rise *r = arg;

	r->rc = r->machine ? r->fn(r) : 0;
	return NULL;
}

static int rise_both(struct rise rises[ROLE_COUNT], struct err *err)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, rise_thread, &rises[1]))
		return err_errno(err, "start a thread");
	(void)rise_thread(&rises[0]);
	(void)pthread_join(thread, NULL);
	for (int role = 0; role < ROLE_COUNT; role++)
		if (rises[role].rc) {
			*err = rises[role].err;
			lab_drop(rises[role].lab);
			return -1;
		}
	if (rises[0].machine && rises[1].machine)
		guest_pair(rises[0].lab->nodes[0].guest,
			   rises[0].lab->nodes[1].guest);
	return 0;
}

static int rise_pair(struct lab *lab, const struct machine *const machines[2],
		     const struct boot_files *const files[2],
		     uint64_t deadline_ns, int (*fn)(struct rise *r),
		     struct facts ret_facts[2], struct err *err)
{
	struct rise rises[ROLE_COUNT];

	for (int role = 0; role < ROLE_COUNT; role++)
		rises[role] = (struct rise){ .lab = lab,
					     .role = (enum role)role,
					     .machine = machines[role],
					     .files = files[role],
					     .deadline_ns = deadline_ns,
					     .facts = &ret_facts[role],
					     .fn = fn };
	return rise_both(rises, err);
}

int lab_restore(struct lab *lab, const struct machine *const machines[2],
		const struct boot_files *const files[2], uint64_t deadline_ns,
		struct facts ret_facts[2], struct err *err)
{
	return rise_pair(lab, machines, files, deadline_ns, wake, ret_facts,
			 err);
}

int lab_boot_pair(struct lab *lab, const struct machine *const machines[2],
		  const struct boot_files *const files[2], uint64_t deadline_ns,
		  struct facts ret_facts[2], struct err *err)
{
	return rise_pair(lab, machines, files, deadline_ns, boot, ret_facts,
			 err);
}

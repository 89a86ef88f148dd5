// SPDX-License-Identifier: Apache-2.0
/* lab.c - a live pair: two VMs and their networks, inside a worker */
#include "runner/lab.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "runner/cli.h"
#include "runner/datadir.h"
#include "runner/digest.h"
#include "runner/embed.h"
#include "runner/images.h"
#include "runner/log.h"
#include "runner/net.h"
#include "runner/relay.h"
#include "runner/virt.h"

#define EMULATOR "/usr/bin/qemu-system-x86_64"
#define SOURCE_LAST_PID "20000"
#define TARGET_LAST_PID "1000"
#define SCRIPT_MAX 65536

struct lab {
	const struct lab_opts *opts;
	struct virt *virt;
	char *dir; /* consoles and sockets */
	char *qemu_version;
	struct lab_node nodes[ROLE_COUNT];
};

void boot_files_release(struct boot_files *files)
{
	free(files->kernel);
	free(files->initramfs);
	free(files->root);
	free(files->modules);
	free(files->key);
	*files = (struct boot_files){ 0 };
}

static char *random_uuid(void)
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		abort();
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* RFC 9562, version 4 */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-"
			 "%02x%02x%02x%02x%02x%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8],
			 b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

static int make_taps(struct err *err)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		const struct domain_role *r = &domain_roles[role];

		if (net_tap(r->tap[0], LAB_SERVICE_BRIDGE, false, err) ||
		    net_tap(r->tap[1], LAB_TRANSFER_BRIDGE, true, err))
			return -1;
	}
	return 0;
}

static int make_networks(const struct relay *relay, struct err *err)
{
	static const char *const bridges[] = { LAB_SERVICE_BRIDGE,
					       LAB_TRANSFER_BRIDGE };

	if (net_up("lo", err) ||
	    net_bridge(LAB_SERVICE_BRIDGE, LAB_PEER_IP, err) ||
	    net_bridge(LAB_TRANSFER_BRIDGE, NULL, err) ||
	    net_offloads_off(LAB_SERVICE_BRIDGE, err))
		return -1;
	return relay ? relay_start(relay, bridges, err) : make_taps(err);
}

/*
 * With the embedded driver all is on the worker's own /run, at the same path in
 * every worker, for saved machines have these paths in them. A daemon's QEMU is
 * another user's on the host's file system, so there the folder is a new one
 * that anybody may write to.
 */
static int make_dir(struct lab *lab, struct err *err)
{
	char path[] = "/tmp/crmatrix-XXXXXX";

	if (!lab->opts->uri) {
		lab->dir = xstrdup("/run/crmatrix");
		return file_mkdirs(lab->dir, err);
	}
	if (!mkdtemp(path) || chmod(path, 01777))
		return err_errno(err, "make a folder in /tmp");
	lab->dir = xstrdup(path);
	return 0;
}

static void name_nodes(struct lab *lab)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct lab_node *node = &lab->nodes[role];
		const char *name = role_names[role];

		node->console = xasprintf("%s/console-%s.log", lab->dir, name);
		node->agent = xasprintf("%s/agent-%s", lab->dir, name);
		/* Other domains may live beside ours in a daemon. */
		node->name = lab->opts->uri ?
				     xasprintf("%s-%s", lab->dir + 5, name) :
				     xasprintf("crmatrix-%s", name);
		node->uuid = lab->opts->uri ? random_uuid() : NULL;
	}
}

static int reach_libvirt(struct lab *lab, struct err *err)
{
	const char *uri = lab->opts->uri;

	if (uri)
		return virt_open(uri, NULL, &lab->virt, err);
	if (embed_prepare(lab->opts->cache, err))
		return -1;
	return virt_open(EMBED_URI, EMBED_PIDS, &lab->virt, err);
}

int lab_open(const struct lab_opts *opts, struct lab **ret_lab,
	     struct err *err)
{
	struct lab *lab = xnew(struct lab);
	CLEANUP_FREE char *libvirt_version = NULL;
	int rc;

	lab->opts = opts;
	rc = make_dir(lab, err);
	if (!rc)
		name_nodes(lab);
	if (rc || make_networks(opts->relay, err) || reach_libvirt(lab, err) ||
	    virt_versions(lab->virt, &lab->qemu_version, &libvirt_version,
			  err)) {
		lab_close(lab);
		return err_wrap(err, "open the lab");
	}
	*ret_lab = lab;
	return 0;
}

bool lab_saves(const struct lab *lab)
{
	return !lab->opts->uri;
}

void lab_close(struct lab *lab)
{
	struct err err;

	if (!lab)
		return;
	lab_drop(lab);
	virt_close(lab->virt);
	for (int role = 0; role < ROLE_COUNT; role++) {
		free(lab->nodes[role].console);
		free(lab->nodes[role].agent);
		free(lab->nodes[role].name);
		free(lab->nodes[role].uuid);
	}
	if (lab->dir && lab->opts->uri && file_rmtree(lab->dir, &err))
		log_warn(NULL, "%s, ignoring", err.msg);
	free(lab->dir);
	free(lab->qemu_version);
	free(lab);
}

int lab_versions(struct lab *lab, char **ret_qemu, char **ret_libvirt,
		 struct err *err)
{
	return virt_versions(lab->virt, ret_qemu, ret_libvirt, err);
}

int lab_check_cpu(struct lab *lab, const struct machine *machine,
		  struct err *err)
{
	char **names = NULL;
	const char *near = NULL;
	bool known = str_eq(machine->cpu, "max") || str_eq(machine->cpu, "host");

	if (known)
		return 0;
	if (virt_cpu_models(lab->virt, &names, err))
		return -1;
	for (char **name = names; *name; name++)
		known |= str_eq(*name, machine->cpu);
	if (!known) {
		near = cli_nearest(machine->cpu, (const char *const *)names);
		(void)err_set(err, ERR_INPUT, 0,
			      "machine '%s': libvirt knows no CPU model '%s'%s%s%s",
			      machine->name, machine->cpu,
			      near ? "; did you mean '" : "", near ? near : "",
			      near ? "'?" : " (max and host are allowed too)");
	}
	for (char **name = names; *name; name++)
		free(*name);
	free(names);
	return known ? 0 : -1;
}

struct lab_node *lab_node(struct lab *lab, enum role role)
{
	return &lab->nodes[role];
}

static char *node_xml(const struct lab *lab, enum role role,
		      const struct machine *machine,
		      const struct boot_files *files)
{
	const struct lab_node *node = &lab->nodes[role];
	const struct relay *relay = lab->opts->relay;
	CLEANUP_FREE char *cmdline =
		xasprintf("%s%s%s", IMAGES_CMDLINE,
			  machine->cmdline ? " " : "",
			  machine->cmdline ? machine->cmdline : "");
	struct domain domain = { .name = node->name,
				 .role = role,
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
				 .uuid = node->uuid,
				 .udp = relay ? relay->ports[role] : NULL };

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
	CLEANUP_FREE char *all = NULL;

	if (guest_text("vm-images/guest/boot.sh", &boot, err) ||
	    guest_text("vm-images/guest/facts.sh", &facts, err))
		return -1;
	all = xasprintf("1\n%s\n%s\n%s\n%s\n%s\n", files->key,
			lab->qemu_version, xml, boot, facts);
	digest_text(all, out);
	return 0;
}

int lab_snapshot(struct lab *lab, enum role role,
		 const struct machine *machine,
		 const struct boot_files *files, char **ret_dir,
		 bool *ret_there, struct err *err)
{
	char key[DIGEST_HEX];
	CLEANUP_FREE char *facts = NULL;

	if (snapshot_key(lab, role, machine, files, key, err))
		return -1;
	*ret_dir = xasprintf("%s/vm/%s", lab->opts->cache, key);
	facts = xasprintf("%s/facts", *ret_dir);
	*ret_there = file_exists(facts);
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

static int set_up(struct lab_node *node, enum role role, uint64_t deadline_ns,
		  struct err *err)
{
	CLEANUP_FREE char *body = NULL;
	CLEANUP_FREE char *text = NULL;
	struct guest_script script = { .name = "set up",
				       .deadline_ns = deadline_ns };
	CLEANUP(guest_run_release) struct guest_run run = { 0 };

	if (guest_text("vm-images/guest/boot.sh", &body, err))
		return -1;
	text = xasprintf("export ROLE=%s SERVICE_IP=%s TRANSFER_IP=%s "
			 "LAST_PID=%s\n%s",
			 role_names[role], domain_roles[role].ip[0],
			 domain_roles[role].ip[1],
			 role == ROLE_SOURCE ? SOURCE_LAST_PID :
					       TARGET_LAST_PID,
			 body);
	script.text = text;
	if (guest_run(node->guest, &script, &run, err))
		return -1;
	if (run.exit != 0)
		return err_set(err, ERR_GUEST, run.exit,
			       "setting up the %s ended with %d: %s",
			       role_names[role], run.exit, str_trim(run.log));
	return 0;
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
	if (vm_start(lab->virt, xml, &node->vm, err) ||
	    guest_connect(role_names[role], node->agent, node->console,
			  deadline_ns, &node->guest, err) ||
	    set_up(node, role, deadline_ns, err) ||
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

/* The facts come last: with them the save is whole. */
static int write_save(struct lab_node *node, const char *dir,
		      const struct facts *facts, struct err *err)
{
	CLEANUP_FREE char *part = xasprintf("%s/state.part-%d", dir, getpid());
	CLEANUP_FREE char *state = xasprintf("%s/state", dir);
	CLEANUP_FREE char *facts_path = xasprintf("%s/facts", dir);
	CLEANUP_FREE char *text = facts_text(facts);

	if (file_mkdirs(dir, err) || vm_save(node->vm, part, err))
		return -1;
	if (rename(part, state))
		return err_errno(err, "rename '%s'", part);
	return file_write(facts_path, text, strlen(text), err);
}

static void node_drop(struct lab_node *node)
{
	guest_free(TAKE(node->guest));
	vm_destroy(TAKE(node->vm));
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
	rc = there ? 0 : write_save(node, dir, facts, err);
	node_drop(node);
	if (rc)
		return err_wrap(err, "save machine '%s'",
				node->machine->name);
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

static int wake(struct rise *r)
{
	struct lab_node *node = &r->lab->nodes[r->role];
	struct err *err = &r->err;
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *state = NULL;
	CLEANUP_FREE char *facts = NULL;
	CLEANUP_FREE char *text = NULL;
	size_t len;
	bool there;

	node->machine = r->machine;
	node->files = r->files;
	(void)unlink(node->console);
	if (lab_snapshot(r->lab, r->role, r->machine, r->files, &dir, &there,
			 err))
		return -1;
	state = xasprintf("%s/state", dir);
	facts = xasprintf("%s/facts", dir);
	if (file_read(facts, 1 << 20, &text, &len, err) ||
	    facts_parse(text, len, r->facts, err) ||
	    vm_restore(r->lab->virt, state, node->name, &node->vm, err) ||
	    guest_connect(role_names[r->role], node->agent, node->console,
			  r->deadline_ns, &node->guest, err))
		return err_wrap(err, "restore machine '%s'", r->machine->name);
	return 0;
}

static int boot(struct rise *r)
{
	return lab_boot(r->lab, r->role, r->machine, r->files,
			r->deadline_ns, r->facts, &r->err);
}

static void *rise_thread(void *arg)
{
	struct rise *r = arg;

	r->rc = r->fn(r);
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
		  const struct boot_files *const files[2],
		  uint64_t deadline_ns, struct facts ret_facts[2],
		  struct err *err)
{
	return rise_pair(lab, machines, files, deadline_ns, boot, ret_facts,
			 err);
}

static void *drop_thread(void *arg)
{
	node_drop(arg);
	return NULL;
}

void lab_drop(struct lab *lab)
{
	pthread_t thread;
	bool threaded = lab->nodes[1].vm &&
			!pthread_create(&thread, NULL, drop_thread,
					&lab->nodes[1]);

	node_drop(&lab->nodes[0]);
	if (threaded)
		(void)pthread_join(thread, NULL);
	else
		node_drop(&lab->nodes[1]);
}

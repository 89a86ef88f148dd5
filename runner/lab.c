// SPDX-License-Identifier: Apache-2.0
/* lab.c - a live pair: two VMs and their networks, inside a worker */
#include "runner/lab.h"

#include <pthread.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "runner/addresses.h"
#include "runner/child.h"
#include "runner/cli.h"
#include "runner/embed.h"
#include "runner/lab_internal.h"
#include "runner/log.h"
#include "runner/net.h"
#include "runner/ram.h"

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

static int make_networks(struct lab *lab, struct err *err)
{
	static const char *const bridges[] = { LAB_SERVICE_BRIDGE,
					       LAB_TRANSFER_BRIDGE };

	if (net_up("lo", err) || net_bridge(LAB_SERVICE_BRIDGE, NULL, err) ||
	    net_bridge(LAB_TRANSFER_BRIDGE, NULL, err) ||
	    net_offloads_off(LAB_SERVICE_BRIDGE, err))
		return -1;
	if (!lab->opts->relay)
		return make_taps(err);
	return relay_start(lab->opts->relay, bridges, &lab->relay, err);
}

/* Where the kernel cannot do it, guests' memory is QEMU's own. */
static void keep_ram(struct lab *lab)
{
	CLEANUP_FREE char *dir = xasprintf("%s/ram", lab->dir);
	struct err err = ERR_INIT;

	if (ram_mount(dir, &err)) {
		log_debug(NULL, "%s, ignoring", err.msg);
		return;
	}
	for (int role = 0; role < ROLE_COUNT; role++)
		lab->ram[role] = xasprintf("%s/%s", dir, role_names[role]);
}

/*
 * With the embedded driver all is on the worker's own /run, at the same path in
 * every worker, for saved machines have these paths in them. A daemon's QEMU sees
 * the host's file system.
 */
static int make_dir(struct lab *lab, struct err *err)
{
	lab->dir =
		xstrdup(lab->opts->uri ? lab->opts->folder : "/run/crmatrix");
	if (lab->opts->uri)
		return 0;
	keep_ram(lab);
	return file_mkdirs(lab->dir, err);
}

static void name_nodes(struct lab *lab)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct lab_node *node = &lab->nodes[role];
		const char *name = role_names[role];

		node->as = (enum role)role;
		node->console = xasprintf("%s/console-%s.log", lab->dir, name);
		node->agent = xasprintf("%s/agent-%s", lab->dir, name);
		/* Other domains may live beside ours in a daemon. */
		node->name = lab->opts->uri ?
				     xasprintf("%s-%s", lab->dir + 5, name) :
				     xasprintf("crmatrix-%s", name);
		node->uuid = lab->opts->uri ? random_uuid() : NULL;
	}
	lab->kept = xasprintf("%s/kept.raw", lab->dir);
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

int lab_open(const struct lab_opts *opts, struct lab **ret_lab, struct err *err)
{
	struct lab *lab = xnew(struct lab);
	CLEANUP_FREE char *libvirt_version = NULL;
	int rc;

	lab->opts = opts;
	rc = make_dir(lab, err);
	if (!rc)
		name_nodes(lab);
	if (rc || residents_list(&lab->residents, err) ||
	    make_networks(lab, err) || reach_libvirt(lab, err) ||
	    virt_versions(lab->virt, &lab->qemu_version, &libvirt_version,
			  err)) {
		lab_close(lab);
		return err_wrap(err, "open the lab");
	}
	*ret_lab = lab;
	return 0;
}

bool lab_has_file(const struct lab *lab, const char *path)
{
	return residents_have(&lab->residents, path);
}

bool lab_saves(const struct lab *lab)
{
	return !lab->opts->uri;
}

void lab_close(struct lab *lab)
{
	if (!lab)
		return;
	lab_drop(lab);
	virt_close(lab->virt);
	child_free(lab->relay);
	for (int role = 0; role < ROLE_COUNT; role++) {
		free(lab->nodes[role].console);
		free(lab->nodes[role].agent);
		free(lab->nodes[role].name);
		free(lab->nodes[role].uuid);
		free(lab->ram[role]);
	}
	free(lab->kept);
	free(lab->dir);
	residents_release(&lab->residents);
	free(lab->qemu_version);
	free(lab);
}

int lab_versions(struct lab *lab, char **ret_qemu, char **ret_libvirt,
		 struct err *err)
{
	return virt_versions(lab->virt, ret_qemu, ret_libvirt, err);
}

static int check_model(struct lab *lab, const struct machine *machine,
		       struct err *err)
{
	char **names = NULL;
	const char *near = NULL;
	bool known = false;

	if (virt_cpu_models(lab->virt, &names, err))
		return -1;
	for (char **name = names; *name; name++)
		known |= str_eq(*name, machine->cpu);
	if (!known) {
		near = cli_nearest(machine->cpu, (const char *const *)names);
		(void)err_set(
			err, ERR_INPUT, 0,
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

/* libvirt lists no features, but compares no CPU that has one unknown to it. */
static bool feature_known(struct lab *lab, const char *feature)
{
	static const char begin[] =
		"<cpu mode='custom' match='exact'><model>qemu64</model>";
	CLEANUP_FREE char *plain = xasprintf("%s</cpu>", begin);
	CLEANUP_FREE char *xml =
		xasprintf("%s<feature policy='disable' name='%s'/></cpu>",
			  begin, feature);

	return virt_cpu_known(lab->virt, xml) ||
	       !virt_cpu_known(lab->virt, plain);
}

int lab_check_cpu(struct lab *lab, const struct machine *machine,
		  struct err *err)
{
	bool free_of_model = str_eq(machine->cpu, "max") ||
			     str_eq(machine->cpu, "host");

	if (!free_of_model && check_model(lab, machine, err))
		return -1;
	for (size_t i = 0; i < machine->cpu_features.n; i++) {
		/* Without its sign. */
		const char *feature = machine->cpu_features.v[i] + 1;

		if (!feature_known(lab, feature))
			return err_set(err, ERR_INPUT, 0,
				       "machine '%s': libvirt knows no CPU "
				       "feature '%s'",
				       machine->name, feature);
	}
	return 0;
}

struct lab_node *lab_node(struct lab *lab, enum role role)
{
	return &lab->nodes[role];
}

void lab_node_drop(struct lab_node *node)
{
	guest_free(TAKE(node->guest));
	vm_destroy(TAKE(node->vm));
}

static void *drop_thread(void *arg)
{
	lab_node_drop(arg);
	return NULL;
}

/* The next pair is one of plain machines, or one machine alone. */
static void forget(struct lab *lab)
{
	for (int role = 0; role < ROLE_COUNT; role++) {
		lab->nodes[role].as = (enum role)role;
		lab->nodes[role].keeps = false;
		(void)unlink(lab->nodes[role].console);
	}
	(void)unlink(lab->kept);
}

void lab_drop(struct lab *lab)
{
	pthread_t thread;
	bool threaded =
		lab->nodes[1].vm &&
		!pthread_create(&thread, NULL, drop_thread, &lab->nodes[1]);

	lab_node_drop(&lab->nodes[0]);
	if (threaded)
		(void)pthread_join(thread, NULL);
	else
		lab_node_drop(&lab->nodes[1]);
	forget(lab);
}

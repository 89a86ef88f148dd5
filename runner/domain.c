// SPDX-License-Identifier: Apache-2.0
/* domain.c - a machine as libvirt domain XML */
#include "runner/domain.h"

#include <inttypes.h>
#include <string.h>

#include "base/agent.h"
#include "base/mem.h"
#include "base/str.h"

const char *const role_names[ROLE_COUNT + 1] = { "source", "target", NULL };

const struct domain_role domain_roles[ROLE_COUNT] = {
	[ROLE_SOURCE] = {
		.uuid = "6372696d-6174-7269-7800-000000000001",
		.mac = { "52:54:00:77:00:01", "52:54:00:78:00:01" },
		.netns_mac = "52:54:00:79:00:01",
		.tap = { "src-svc", "src-xfer" },
		.ip = { "10.77.0.11", "10.78.0.11" },
		.ip6 = "fd77::11",
	},
	[ROLE_TARGET] = {
		.uuid = "6372696d-6174-7269-7800-000000000002",
		.mac = { "52:54:00:77:00:02", "52:54:00:78:00:02" },
		.netns_mac = "52:54:00:79:00:02",
		.tap = { "dst-svc", "dst-xfer" },
		.ip = { "10.77.0.12", "10.78.0.12" },
		.ip6 = "fd77::12",
	},
};

char *domain_escape(const char *text)
{
	static const struct {
		char c;
		const char *entity;
	} entities[] = { { '&', "&amp;" },
			 { '<', "&lt;" },
			 { '>', "&gt;" },
			 { '\'', "&apos;" },
			 { '"', "&quot;" } };
	struct strbuf buf;

	strbuf_open(&buf);
	for (; *text; text++) {
		const char *entity = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(entities); i++)
			if (*text == entities[i].c)
				entity = entities[i].entity;
		if (entity)
			(void)fputs(entity, buf.f);
		else
			(void)fputc(*text, buf.f);
	}
	return strbuf_take(&buf);
}

/* Print "fmt" whose one %s is @text, escaped. */
static void put(FILE *f, const char *before, const char *text,
		const char *after)
{
	CLEANUP_FREE char *safe = domain_escape(text);

	(void)fprintf(f, "%s%s%s", before, safe, after);
}

static void put_features(FILE *f, const struct machine *m)
{
	for (size_t i = 0; i < m->cpu_features.n; i++) {
		const char *feature = m->cpu_features.v[i];

		(void)fprintf(f, "    <feature policy='%s'",
			      feature[0] == '+' ? "require" : "disable");
		put(f, " name='", feature + 1, "'/>\n");
	}
}

static void put_cpu(FILE *f, const struct machine *m)
{
	if (str_eq(m->cpu, "max"))
		(void)fputs("  <cpu mode='maximum' check='none'>\n", f);
	else if (str_eq(m->cpu, "host"))
		(void)fputs("  <cpu mode='host-passthrough' check='none'>\n",
			    f);
	else
		(void)fputs(
			"  <cpu mode='custom' match='exact' check='none'>\n",
			f);
	if (!str_eq(m->cpu, "max") && !str_eq(m->cpu, "host"))
		put(f, "    <model fallback='forbid'>", m->cpu, "</model>\n");
	put_features(f, m);
	(void)fputs("  </cpu>\n", f);
}

static void put_disk(FILE *f, const char *path, const char *dev, bool writable)
{
	put(f,
	    "    <disk type='file' device='disk'>\n"
	    "      <driver name='qemu' type='raw' cache='unsafe'/>\n"
	    "      <source file='",
	    path, "'/>\n");
	(void)fprintf(
		f, "      <target dev='%s' bus='virtio'/>\n%s    </disk>\n",
		dev, writable ? "" : "      <readonly/>\n      <shareable/>\n");
}

/*
 * The service network has no offloads, so that what is captured is what a wire
 * would carry; the transfer network keeps them, for it has to be quick.
 */
static void put_nic(FILE *f, const struct domain *d, int which)
{
	static const char no_offloads[] =
		"      <driver name='qemu'>\n"
		"        <host csum='off' gso='off' tso4='off' tso6='off'"
		" ecn='off' ufo='off' mrg_rxbuf='off'/>\n"
		"        <guest csum='off' tso4='off' tso6='off' ecn='off'"
		" ufo='off'/>\n"
		"      </driver>\n";
	const struct domain_role *r = &domain_roles[d->role];
	bool plain = which == 0 || d->udp;

	(void)fprintf(f,
		      "    <interface type='%s'>\n      <mac address='%s'/>\n",
		      d->udp ? "udp" : "ethernet", r->mac[which]);
	if (d->udp)
		(void)fprintf(f,
			      "      <source address='127.0.0.1' port='%u'>\n"
			      "        <local address='127.0.0.1' port='%u'/>\n"
			      "      </source>\n",
			      d->udp[which][1], d->udp[which][0]);
	else
		(void)fprintf(f, "      <target dev='%s' managed='no'/>\n",
			      r->tap[which]);
	(void)fprintf(f, "      <model type='virtio'/>\n%s    </interface>\n",
		      plain ? no_offloads : "");
}

static void put_devices(FILE *f, const struct domain *d)
{
	put(f, "  <devices>\n    <emulator>", d->emulator, "</emulator>\n");
	put_disk(f, d->root, "vda", false);
	put_disk(f, d->modules, "vdb", false);
	if (d->scratch)
		put_disk(f, d->scratch, "vdc", true);
	put_nic(f, d, 0);
	put_nic(f, d, 1);
	/* Of 31 ports QEMU's main loop would look at the queues each time. The
	 * first is a console's. */
	(void)fputs(
		"    <controller type='usb' model='none'/>\n"
		"    <controller type='virtio-serial' index='0' ports='2'/>\n",
		f);
	put(f, "    <serial type='file'>\n      <source path='", d->console,
	    "' append='on'/>\n      <target port='0'/>\n    </serial>\n");
	put(f, "    <channel type='unix'>\n      <source mode='bind' path='",
	    d->agent, "'/>\n");
	(void)fputs("      <target type='virtio' name='" AGENT_PORT "'/>\n"
		    "    </channel>\n"
		    "    <memballoon model='none'/>\n"
		    "    <panic model='isa'/>\n"
		    "  </devices>\n",
		    f);
}

/*
 * libvirt has files for memory too, but names and removes them by itself. Of two
 * -machine the later one is added to the other. Huge pages are mapped whole only
 * where they begin at a multiple of their size.
 */
static void put_ram(FILE *f, const struct domain *d)
{
	put(f,
	    "    <qemu:arg value='-object'/>\n"
	    "    <qemu:arg value='memory-backend-file,id=ram,share=on,"
	    "align=2M,mem-path=",
	    d->ram, "");
	(void)fprintf(f,
		      ",size=%" PRIu64 "'/>\n"
		      "    <qemu:arg value='-machine'/>\n"
		      "    <qemu:arg value='memory-backend=ram'/>\n",
		      d->machine->memory_bytes);
}

/*
 * An emulating QEMU allocates all the time, and whenever it has freed something
 * by RCU it tells glibc to give memory back to the kernel: its threads wait for
 * each other's page tables then, and it has to be cleared again. QEMU may be built
 * with jemalloc for that; Debian's is not. A QEMU lives seconds here, so nothing
 * is given back.
 */
static void put_jemalloc(FILE *f)
{
	(void)fputs("    <qemu:env name='LD_PRELOAD'"
		    " value='libjemalloc.so.2'/>\n"
		    "    <qemu:env name='MALLOC_CONF' value='dirty_decay_ms:-1,"
		    "muzzy_decay_ms:-1,thp:always'/>\n",
		    f);
}

/* What libvirt has no words for. */
static void put_commandline(FILE *f, const struct domain *d)
{
	if (!d->ram && !d->jemalloc)
		return;
	(void)fputs("  <qemu:commandline>\n", f);
	if (d->ram)
		put_ram(f, d);
	if (d->jemalloc)
		put_jemalloc(f);
	(void)fputs("  </qemu:commandline>\n", f);
}

static void put_capabilities(FILE *f)
{
	/* With it libvirt asks QEMU for each property of the CPU by itself, some
	 * 300 questions at every start, and without for all at once. */
	(void)fputs("  <qemu:capabilities>\n"
		    "    <qemu:del capability='cpu-unavailable-features'/>\n"
		    "  </qemu:capabilities>\n",
		    f);
}

char *domain_xml(const struct domain *d)
{
	const struct machine *m = d->machine;
	struct strbuf buf;

	strbuf_open(&buf);
	(void)fprintf(buf.f,
		      "<domain type='%s' "
		      "xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"
		      ">\n",
		      d->kvm ? "kvm" : "qemu");
	put(buf.f, "  <name>", d->name, "</name>\n");
	(void)fprintf(
		buf.f,
		"  <uuid>%s</uuid>\n"
		"  <memory unit='KiB'>%" PRIu64 "</memory>\n"
		"  <vcpu>%" PRIu64 "</vcpu>\n"
		"  <os>\n    <type arch='x86_64' machine='pc'>hvm</type>\n",
		d->uuid ? d->uuid : domain_roles[d->role].uuid,
		m->memory_bytes / 1024, m->vcpus);
	put(buf.f, "    <kernel>", d->kernel, "</kernel>\n");
	put(buf.f, "    <initrd>", d->initramfs, "</initrd>\n");
	put(buf.f, "    <cmdline>", d->cmdline, "</cmdline>\n  </os>\n");
	(void)fputs("  <features><acpi/><apic/></features>\n", buf.f);
	put_cpu(buf.f, m);
	(void)fputs("  <clock offset='utc'/>\n"
		    "  <on_poweroff>destroy</on_poweroff>\n"
		    "  <on_reboot>destroy</on_reboot>\n"
		    "  <on_crash>destroy</on_crash>\n",
		    buf.f);
	put_devices(buf.f, d);
	put_commandline(buf.f, d);
	put_capabilities(buf.f);
	(void)fputs("</domain>\n", buf.f);
	return strbuf_take(&buf);
}

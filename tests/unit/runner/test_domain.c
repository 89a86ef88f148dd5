// SPDX-License-Identifier: Apache-2.0
/* test_domain.c - a machine as libvirt domain XML */
#include <string.h>

#include "base/agent.h"
#include "base/mem.h"
#include "runner/domain.h"
#include "tests/lib/testing.h"

#define DEPTH_MAX 16

static char cpu[] = "Nehalem";
static char maximum[] = "max";
static char host[] = "host";

static struct machine machine_of(char *cpu_name)
{
	return (struct machine){ .cpu = cpu_name,
				 .memory_bytes = UINT64_C(512) << 20,
				 .vcpus = 3 };
}

static struct domain domain_of(const struct machine *machine)
{
	return (struct domain){ .name = "crmatrix-1",
				.machine = machine,
				.kernel = "/cache/vmlinuz",
				.initramfs = "/cache/initramfs",
				.root = "/cache/root.squashfs",
				.modules = "/cache/modules.squashfs",
				.cmdline = "console=ttyS0",
				.console = "/run/console.log",
				.agent = "/run/agent.sock",
				.emulator = "/usr/bin/qemu-system-x86_64" };
}

/* --- A reader of the little XML that there is ------------------------------ */

struct tags {
	const char *open[DEPTH_MAX];
	size_t len[DEPTH_MAX];
	size_t depth;
};

static bool open_tag(struct tags *tags, const char *name)
{
	if (tags->depth == DEPTH_MAX)
		return false;
	tags->open[tags->depth] = name;
	tags->len[tags->depth++] = strcspn(name, " />");
	return true;
}

static bool close_tag(struct tags *tags, const char *name)
{
	size_t len = strcspn(name, ">");

	if (tags->depth == 0)
		return false;
	tags->depth--;
	return tags->len[tags->depth] == len &&
	       strncmp(tags->open[tags->depth], name, len) == 0;
}

/* Behind the tag at @at; NULL when it has no end, or quotes that do not match */
static const char *skip_tag(const char *at)
{
	for (; *at && *at != '>'; at++) {
		if (*at == '<')
			return NULL;
		if (*at != '\'')
			continue;
		at = strchr(at + 1, '\'');
		if (!at)
			return NULL;
	}
	return *at ? at + 1 : NULL;
}

static bool is_entity(const char *at)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&apos;",
					     "&quot;" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strncmp(at, known[i], strlen(known[i])) == 0)
			return true;
	return false;
}

static bool well_formed(const char *xml)
{
	struct tags tags = { .depth = 0 };

	while (*xml) {
		const char *end;

		if (*xml == '&' && !is_entity(xml))
			return false;
		if (*xml++ != '<')
			continue;
		end = skip_tag(xml);
		if (!end ||
		    (*xml == '/' ? !close_tag(&tags, xml + 1) :
				   end[-2] != '/' && !open_tag(&tags, xml)))
			return false;
		xml = end;
	}
	return tags.depth == 0;
}

static const struct {
	const char *xml;
	bool good;
} samples[] = {
	{ "<a><b c='d'/><e>f</e></a>", true },
	{ "<a>&amp;</a>", true },
	{ "<a b='>'/>", true },
	{ "<a>", false },
	{ "</a>", false },
	{ "<a><b></a></b>", false },
	{ "<a b='c/>", false },
	{ "<a>&</a>", false },
	{ "<a <b/></a>", false },
};

START_TEST(the_reader_of_this_test_tells_good_from_bad)
{
	ck_assert_msg(well_formed(samples[_i].xml) == samples[_i].good, "%s",
		      samples[_i].xml);
}
END_TEST

/* --- Tests ------------------------------------------------------------------ */

START_TEST(escaped_text_has_no_markup)
{
	CLEANUP_FREE char *got = domain_escape("a<b>&'c'\"d\" \xc3\xa9;");

	ck_assert_str_eq(got, "a&lt;b&gt;&amp;&apos;c&apos;&quot;d&quot; "
			      "\xc3\xa9;");
}
END_TEST

START_TEST(what_was_asked_for_is_in_it)
{
	static const char *const wanted[] = {
		"<domain type='qemu' ",
		"<name>crmatrix-1</name>",
		"<memory unit='KiB'>524288</memory>",
		"<vcpu>3</vcpu>",
		"<kernel>/cache/vmlinuz</kernel>",
		"<initrd>/cache/initramfs</initrd>",
		"<cmdline>console=ttyS0</cmdline>",
		"<model fallback='forbid'>Nehalem</model>",
		"<source file='/cache/root.squashfs'/>",
		"<source file='/cache/modules.squashfs'/>",
		"<source path='/run/console.log' append='on'/>",
		"<source mode='bind' path='/run/agent.sock'/>",
		"<emulator>/usr/bin/qemu-system-x86_64</emulator>",
	};
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = domain_xml(&domain);

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		ck_assert_has(xml, wanted[i]);
	ck_assert_has(xml, "<target type='virtio' name='" AGENT_PORT "'/>");
	ck_assert(well_formed(xml));
}
END_TEST

/* Both disks are shared by all VMs: none may be written to. */
START_TEST(no_disk_can_be_written)
{
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = domain_xml(&domain);
	size_t disks = 0, readonly = 0;

	for (const char *at = xml; (at = strstr(at, "<disk ")); at++)
		disks++;
	for (const char *at = xml; (at = strstr(at, "<readonly/>")); at++)
		readonly++;
	ck_assert_uint_eq(disks, 2);
	ck_assert_uint_eq(readonly, disks);
}
END_TEST

/* But for one of its own, which comes after those that every machine has. */
START_TEST(a_scratch_disk_can_be_written)
{
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;
	const char *at;

	domain.scratch = "/run/scratch.raw";
	xml = domain_xml(&domain);
	at = strstr(xml, "<source file='/run/scratch.raw'/>");
	ck_assert_ptr_nonnull(at);
	ck_assert_has(at, "<target dev='vdc'");
	ck_assert(!testing_contains(at, "<readonly/>"));
}
END_TEST

START_TEST(hostile_text_stays_text)
{
	static const char evil[] = "'/><disk type='x'>&x;</disk>";
	static char evil_cpu[] = "</model><x>";
	static char feature[] = "+a'/><b c='";
	char *features[] = { feature };
	struct machine machine = machine_of(evil_cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;

	machine.cpu_features = (struct str_list){ features, 1 };
	domain.name = evil;
	domain.kernel = evil;
	domain.initramfs = evil;
	domain.root = evil;
	domain.modules = evil;
	domain.cmdline = evil;
	domain.console = evil;
	domain.agent = evil;
	domain.emulator = evil;
	domain.ram = evil;
	xml = domain_xml(&domain);
	ck_assert(well_formed(xml));
	ck_assert(!testing_contains(xml, "<disk type='x'"));
	ck_assert(!testing_contains(xml, "<x>"));
	ck_assert(!testing_contains(xml, "<b c="));
}
END_TEST

static const struct {
	char *cpu;
	const char *mode;
	bool named;
} cpus[] = {
	{ maximum, "<cpu mode='maximum' check='none'>", false },
	{ host, "<cpu mode='host-passthrough' check='none'>", false },
	{ cpu, "<cpu mode='custom' match='exact' check='none'>", true },
};

START_TEST(a_cpu_has_its_mode)
{
	struct machine machine = machine_of(cpus[_i].cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = domain_xml(&domain);

	ck_assert_has(xml, cpus[_i].mode);
	ck_assert_int_eq(testing_contains(xml, "<model fallback="),
			 cpus[_i].named);
}
END_TEST

START_TEST(features_are_required_or_disabled)
{
	static char plus[] = "+avx", minus[] = "-xsave";
	char *features[] = { plus, minus };
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;

	machine.cpu_features = (struct str_list){ features, 2 };
	xml = domain_xml(&domain);
	ck_assert_has(xml, "<feature policy='require' name='avx'/>");
	ck_assert_has(xml, "<feature policy='disable' name='xsave'/>");
}
END_TEST

START_TEST(the_two_roles_share_no_identity)
{
	const struct domain_role *a = &domain_roles[ROLE_SOURCE];
	const struct domain_role *b = &domain_roles[ROLE_TARGET];

	ck_assert_str_ne(a->uuid, b->uuid);
	ck_assert_str_ne(a->netns_mac, b->netns_mac);
	for (int net = 0; net < 2; net++) {
		ck_assert_str_ne(a->mac[net], b->mac[net]);
		ck_assert_str_ne(a->tap[net], b->tap[net]);
		ck_assert_str_ne(a->ip[net], b->ip[net]);
	}
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct machine machine = machine_of(cpu);
		struct domain domain = domain_of(&machine);
		CLEANUP_FREE char *xml = NULL;

		domain.role = (enum role)role;
		xml = domain_xml(&domain);
		ck_assert_has(xml, domain_roles[role].uuid);
		ck_assert_has(xml, domain_roles[role].mac[0]);
		ck_assert_has(xml, domain_roles[role].mac[1]);
		ck_assert(!testing_contains(xml, domain_roles[!role].uuid));
	}
}
END_TEST

START_TEST(a_given_uuid_takes_the_place_of_the_roles)
{
	static const char uuid[] = "00000000-1111-2222-3333-444444444444";
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;

	domain.uuid = uuid;
	xml = domain_xml(&domain);
	ck_assert_has(xml, uuid);
	ck_assert(!testing_contains(xml, domain_roles[ROLE_SOURCE].uuid));
}
END_TEST

static size_t offloads_off(const char *xml)
{
	size_t n = 0;

	for (; (xml = strstr(xml, "<host csum='off' gso='off' tso4='off'"));
	     xml++)
		n++;
	return n;
}

START_TEST(on_taps_only_the_service_network_lacks_offloads)
{
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = domain_xml(&domain);
	const char *service = strstr(xml, "<target dev='src-svc'");
	const char *transfer = strstr(xml, "<target dev='src-xfer'");

	ck_assert(service && transfer && service < transfer);
	ck_assert_uint_eq(offloads_off(xml), 1);
	ck_assert_uint_eq(offloads_off(transfer), 0);
	ck_assert(!testing_contains(xml, "type='udp'"));
}
END_TEST

/* Offloaded frames would not fit into datagrams. */
START_TEST(over_udp_both_networks_lack_offloads)
{
	static const uint16_t ports[2][2] = { { 4001, 4002 }, { 4003, 4004 } };
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;

	domain.udp = ports;
	domain.kvm = true;
	xml = domain_xml(&domain);
	ck_assert(well_formed(xml));
	ck_assert_has(xml, "<domain type='kvm' ");
	ck_assert_uint_eq(offloads_off(xml), 2);
	ck_assert_has(xml, "<source address='127.0.0.1' port='4002'>\n"
			   "        <local address='127.0.0.1' port='4001'/>");
	ck_assert_has(xml, "<source address='127.0.0.1' port='4004'>\n"
			   "        <local address='127.0.0.1' port='4003'/>");
	ck_assert(!testing_contains(xml, "src-svc"));
}
END_TEST

static const char own_words[] = "<qemu:commandline>";

START_TEST(memory_of_qemus_own_needs_no_words_of_qemu)
{
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = domain_xml(&domain);

	ck_assert(!testing_contains(xml, own_words));
}
END_TEST

/* In bytes there, in KiB where libvirt is told. */
START_TEST(memory_in_a_file_is_the_machines)
{
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;

	domain.ram = "/run/ram/source";
	xml = domain_xml(&domain);
	ck_assert(well_formed(xml));
	ck_assert_has(xml, own_words);
	ck_assert_has(xml, "memory-backend-file,id=ram,share=on,align=2M,"
			   "mem-path=/run/ram/source,size=536870912'/>");
	ck_assert_has(xml, "<qemu:arg value='memory-backend=ram'/>");
	ck_assert(!testing_contains(xml, "LD_PRELOAD"));
}
END_TEST

START_TEST(jemalloc_is_preloaded)
{
	struct machine machine = machine_of(cpu);
	struct domain domain = domain_of(&machine);
	CLEANUP_FREE char *xml = NULL;

	domain.jemalloc = true;
	xml = domain_xml(&domain);
	ck_assert(well_formed(xml));
	ck_assert_has(xml, own_words);
	ck_assert_has(xml, "<qemu:env name='LD_PRELOAD' "
			   "value='libjemalloc.so.2'/>");
	ck_assert(!testing_contains(xml, "memory-backend"));
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("runner/domain");
	TCase *tcase = tcase_create("xml");

	tcase_add_loop_test(tcase, the_reader_of_this_test_tells_good_from_bad,
			    0, ARRAY_SIZE(samples));
	tcase_add_test(tcase, escaped_text_has_no_markup);
	tcase_add_test(tcase, what_was_asked_for_is_in_it);
	tcase_add_test(tcase, no_disk_can_be_written);
	tcase_add_test(tcase, a_scratch_disk_can_be_written);
	tcase_add_test(tcase, hostile_text_stays_text);
	tcase_add_loop_test(tcase, a_cpu_has_its_mode, 0, ARRAY_SIZE(cpus));
	tcase_add_test(tcase, features_are_required_or_disabled);
	tcase_add_test(tcase, the_two_roles_share_no_identity);
	tcase_add_test(tcase, a_given_uuid_takes_the_place_of_the_roles);
	tcase_add_test(tcase, on_taps_only_the_service_network_lacks_offloads);
	tcase_add_test(tcase, over_udp_both_networks_lack_offloads);
	tcase_add_test(tcase, memory_of_qemus_own_needs_no_words_of_qemu);
	tcase_add_test(tcase, memory_in_a_file_is_the_machines);
	tcase_add_test(tcase, jemalloc_is_preloaded);
	suite_add_tcase(suite, tcase);
	return suite;
}

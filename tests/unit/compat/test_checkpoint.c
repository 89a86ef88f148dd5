// SPDX-License-Identifier: Apache-2.0
/* test_checkpoint.c - archives of engines: what they tell, and hostile ones */
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/checkpoint.h"
#include "tests/lib/testing.h"

/* As Podman 4.3 and CRIU 3.17.1 wrote them, shortened. */
#define PODMAN                                                  \
	"{\"id\": \"2bd1086d55ca\", \"name\": \"c1\", "         \
	"\"RawImageName\": \"localhost/crmatrix\", "            \
	"\"rootfsImageID\": \"da317d0abf34\", "                 \
	"\"rootfsImageName\": \"localhost/crmatrix:latest\", "  \
	"\"createdTime\": \"2026-11-25T17:42:54.281163428Z\", " \
	"\"runtime\": \"runc\"}"
#define KUBELET                                               \
	"{\"id\": \"9f\", \"name\": \"counter\", "            \
	"\"rootfsImage\": \"localhost/counter\", "            \
	"\"rootfsImageRef\": \"9f\", \"runtime\": \"crun\", " \
	"\"checkpointedTime\": \"2026-11-25T17:42:54Z\"}"
#define CRIO "{\"annotations\": {\"io.container.manager\": \"cri-o\"}}"
#define CONTAINERD                                                  \
	"{\"annotations\": {\"io.kubernetes.cri.container-name\": " \
	"\"web\"}}"
#define LOG                                                            \
	"(00.000000) Unable to get $HOME directory\n"                  \
	"(00.000362) Version: 3.17.1 (gitid 0)\n"                      \
	"(00.003859) Running on source Linux 6.1.0-56-cloud-amd64 #1 " \
	"SMP PREEMPT_DYNAMIC Debian 6.1.192-2 (2026-11-16) x86_64\n"   \
	"(00.004208) Loaded kdat cache from /run/criu.kdat\n"
#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
#define MANIFEST_AT "blobs/sha256/" HEX "1"
#define LAYER_AT "blobs/sha256/" HEX "2"
#define INDEX "{\"manifests\": [{\"digest\": \"sha256:" HEX "1\"}]}"
#define LAYERS "\"layers\": [{\"digest\": \"sha256:" HEX "2\"}]"
#define NOTE "\"org.criu.checkpoint."
#define MANIFEST                                                             \
	"{" LAYERS ", \"annotations\": {" NOTE                               \
	"engine.name\": \"cri-o\", " NOTE "criu.version\": \"40101\", " NOTE \
	"host.kernel\": \"6.12.48\", " NOTE "host.arch\": \"amd64\"}}"

#define MEMBERS_MAX 5
#define ARCHIVE_MAX (1 << 20)

/** struct member - A file of an archive; .text NULL: the layer, made of another */
struct member {
	const char *path, *text;
};

/** struct packed - An archive in memory */
struct packed {
	char *bytes;
	size_t len;
};

static void add(struct archive *archive, const char *path, const void *bytes,
		size_t len)
{
	struct archive_entry *entry = archive_entry_new();

	archive_entry_set_pathname(entry, path);
	archive_entry_set_size(entry, (la_int64_t)len);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
	ck_assert_int_eq(archive_write_data(archive, bytes, len), len);
	archive_entry_free(entry);
}

static struct packed pack(const struct member *members,
			  const struct packed *layer, int filter)
{
	struct packed packed = { .bytes = xcalloc(1, ARCHIVE_MAX) };
	struct archive *archive = archive_write_new();

	ck_assert_int_eq(archive_write_set_format_pax_restricted(archive), 0);
	ck_assert_int_eq(archive_write_add_filter(archive, filter), 0);
	ck_assert_int_eq(archive_write_open_memory(archive, packed.bytes,
						   ARCHIVE_MAX, &packed.len),
			 0);
	for (size_t i = 0; i < MEMBERS_MAX && members[i].path; i++) {
		const char *text = members[i].text;

		if (text)
			add(archive, members[i].path, text, strlen(text));
		else if (layer)
			add(archive, members[i].path, layer->bytes, layer->len);
	}
	ck_assert_int_eq(archive_write_free(archive), 0);
	return packed;
}

static const struct member kubelet[MEMBERS_MAX] = {
	{ "config.dump", KUBELET },
	{ "spec.dump", CRIO },
	{ "checkpoint/inventory.img", "abc" },
	{ "dump.log", LOG },
};

static const struct good {
	const char *name;
	struct member members[MEMBERS_MAX];
	int filter;
	const char *json;
} goods[] = {
	{ "Podman, which tells no kernel",
	  { { "./config.dump", PODMAN },
	    { "./spec.dump", "{}" },
	    { "./checkpoint/core-1.img", "abc" },
	    { "checkpoint/descriptors.json", "[]" } },
	  ARCHIVE_FILTER_ZSTD,
	  "{'layout': 'podman', 'name': 'c1', 'image': "
	  "'localhost/crmatrix:latest', 'engine': 'podman', "
	  "'engine_version': null, 'runtime': 'runc', 'runtime_version': null, "
	  "'kernel': null, 'criu': null, 'arch': null, 'distribution': null, "
	  "'distribution_version': null, 'cgroup_version': null, 'created': "
	  "null, 'image_bytes': 3}" },
	{ "CRI-O, with a log",
	  { { "config.dump", KUBELET },
	    { "spec.dump", CRIO },
	    { "checkpoint/a.img", "abcd" },
	    { "dump.log", LOG } },
	  ARCHIVE_FILTER_NONE,
	  "{'layout': 'kubelet', 'name': 'counter', 'image': "
	  "'localhost/counter', 'engine': 'cri-o', 'engine_version': null, "
	  "'runtime': 'crun', 'runtime_version': null, 'kernel': "
	  "'6.1.0-56-cloud-amd64', 'criu': '3.17.1', 'arch': 'x86_64', "
	  "'distribution': null, 'distribution_version': null, "
	  "'cgroup_version': null, 'created': '2026-11-25T17:42:54Z', "
	  "'image_bytes': 4}" },
	{ "containerd, log before all",
	  { { "dump.log", LOG },
	    { "spec.dump", CONTAINERD },
	    { "config.dump", "{\"rootfsImageRef\": \"x\"}" },
	    { "checkpoint/a.img", "" } },
	  ARCHIVE_FILTER_GZIP,
	  "{'layout': 'kubelet', 'name': 'web', 'image': null, 'engine': "
	  "'containerd', 'engine_version': null, 'runtime': null, "
	  "'runtime_version': null, 'kernel': '6.1.0-56-cloud-amd64', 'criu': "
	  "'3.17.1', 'arch': 'x86_64', 'distribution': null, "
	  "'distribution_version': null, 'cgroup_version': null, 'created': "
	  "null, 'image_bytes': 0}" },
	{ "an OCI image, its annotations before its log",
	  { { LAYER_AT, NULL },
	    { MANIFEST_AT, MANIFEST },
	    { "index.json", INDEX },
	    { "oci-layout", "{}" } },
	  ARCHIVE_FILTER_NONE,
	  "{'layout': 'oci', 'name': 'counter', 'image': 'localhost/counter', "
	  "'engine': 'cri-o', 'engine_version': null, 'runtime': 'crun', "
	  "'runtime_version': null, 'kernel': '6.12.48', 'criu': '4.1.1', "
	  "'arch': 'x86_64', 'distribution': null, 'distribution_version': "
	  "null, 'cgroup_version': null, 'created': '2026-11-25T17:42:54Z', "
	  "'image_bytes': 3}" },
	{ "what would move a terminal's cursor is shown",
	  { { "config.dump", "{\"name\": \"a\\u001b[2Jb\"}" },
	    { "checkpoint/a.img", "" } },
	  ARCHIVE_FILTER_NONE,
	  "{'layout': 'kubelet', 'name': 'a\xef\xbf\xbd[2Jb', 'image': null, 'engine': "
	  "null, 'engine_version': null, 'runtime': null, 'runtime_version': "
	  "null, 'kernel': null, 'criu': null, 'arch': null, 'distribution': "
	  "null, 'distribution_version': null, 'cgroup_version': null, "
	  "'created': null, 'image_bytes': 0}" },
};

static void quote(char *text)
{
	for (; *text; text++)
		if (*text == '\'')
			*text = '"';
}

START_TEST(an_archive_tells_what_it_has)
{
	const struct good *g = &goods[_i];
	struct packed layer = pack(kubelet, NULL, ARCHIVE_FILTER_GZIP);
	struct packed packed = pack(g->members, &layer, g->filter);
	CLEANUP_FREE char *wanted = xstrdup(g->json);
	struct checkpoint read = { 0 };
	struct err err = ERR_INIT;
	json_t *json;
	char *text;

	quote(wanted);
	ck_assert_ok(checkpoint_parse("a", packed.bytes, packed.len, &read,
				      &err),
		     &err);
	json = checkpoint_to_json(&read);
	text = json_dumps(json, 0);
	ck_assert_msg(str_eq(text, wanted), "%s: %s\nnot %s", g->name, text,
		      wanted);
	free(text);
	json_decref(json);
	checkpoint_release(&read);
	free(packed.bytes);
	free(layer.bytes);
}
END_TEST

static const struct bad {
	const char *name;
	struct member members[MEMBERS_MAX];
	const char *said;
} bads[] = {
	{ "nothing in it",
	  { { "x", "y" } },
	  "a: no checkpoint of a container: there is no config.dump in it" },
	{ "no images",
	  { { "config.dump", PODMAN } },
	  "there is no checkpoint/*.img in it" },
	{ "no JSON", { { "config.dump", "{\n\"a\": }" } }, "a: config.dump:2:" },
	{ "a key twice",
	  { { "config.dump", "{\"name\": \"a\", \"name\": \"b\"}" } },
	  "a: config.dump:1:" },
	{ "no index", { { "oci-layout", "{}" } }, "there is no index.json" },
	{ "an index that is none",
	  { { "oci-layout", "{}" }, { "index.json", "[" } },
	  "a: index.json:1:" },
	{ "two images",
	  { { "oci-layout", "{}" },
	    { "index.json", "{\"manifests\": [{}, {}]}" } },
	  "one image is wanted, there are 2" },
	{ "a path for a digest",
	  { { "oci-layout", "{}" },
	    { "index.json",
	      "{\"manifests\": [{\"digest\": \"sha256:../../etc/passwd\"}]}" } },
	  "'digest' is not of sha256" },
	{ "a manifest that is not there",
	  { { "oci-layout", "{}" }, { "index.json", INDEX } },
	  "there is no " MANIFEST_AT " in it" },
	{ "no layer",
	  { { "oci-layout", "{}" },
	    { "index.json", INDEX },
	    { MANIFEST_AT, "{}" } },
	  "has one layer, this has 0" },
	{ "a layer that is no archive",
	  { { "oci-layout", "{}" },
	    { "index.json", INDEX },
	    { MANIFEST_AT, MANIFEST },
	    { LAYER_AT, "text" } },
	  "a: " LAYER_AT ": " },
	{ "an empty layer",
	  { { "oci-layout", "{}" },
	    { "index.json", INDEX },
	    { MANIFEST_AT, "{" LAYERS "}" },
	    { LAYER_AT, "" } },
	  "no archive" },
};

START_TEST(a_bad_archive_is_told_with_its_member)
{
	const struct bad *b = &bads[_i];
	struct packed packed = pack(b->members, NULL, ARCHIVE_FILTER_NONE);
	struct checkpoint read = { 0 };
	struct err err = ERR_INIT;

	ck_assert_msg(checkpoint_parse("a", packed.bytes, packed.len, &read,
				       &err) == -1,
		      "%s", b->name);
	ck_assert_int_eq(err.domain, ERR_INPUT);
	ck_assert_msg(testing_contains(err.msg, b->said), "%s: %s\nnot %s",
		      b->name, err.msg, b->said);
	ck_assert_ptr_null(read.name);
	free(packed.bytes);
}
END_TEST

START_TEST(whatever_is_cut_off_is_an_error)
{
	struct packed packed = pack(kubelet, NULL, ARCHIVE_FILTER_GZIP);

	for (size_t len = 0; len < packed.len; len += 1 + packed.len / 200) {
		struct checkpoint read = { 0 };
		struct err err = ERR_INIT;

		ck_assert_err(checkpoint_parse("a", packed.bytes, len, &read,
					       &err),
			      &err, ERR_INPUT, err.code);
	}
	free(packed.bytes);
}
END_TEST

/* No more than is wanted of a member is held, whatever is in it. */
START_TEST(a_member_that_is_too_long_is_refused)
{
	static const size_t len = (size_t)9 << 20;
	struct packed packed = { .bytes = xcalloc(1, len * 2) };
	struct archive *archive = archive_write_new();
	CLEANUP_FREE char *text = xcalloc(1, len);
	struct checkpoint read = { 0 };
	struct err err = ERR_INIT;

	(void)archive_write_set_format_pax_restricted(archive);
	(void)archive_write_open_memory(archive, packed.bytes, len * 2,
					&packed.len);
	add(archive, "config.dump", text, len);
	(void)archive_write_free(archive);
	ck_assert_err(checkpoint_parse("a", packed.bytes, packed.len, &read,
				       &err),
		      &err, ERR_INPUT, 0);
	ck_assert_has(err.msg, "config.dump: more than 8388608 bytes");
	free(packed.bytes);
}
END_TEST

START_TEST(an_image_layout_may_be_a_folder)
{
	struct packed layer = pack(kubelet, NULL, ARCHIVE_FILTER_ZSTD);
	CLEANUP_FREE char *blobs = tmpdir_join("blobs");
	CLEANUP_FREE char *sha = tmpdir_join("blobs/sha256");
	CLEANUP_FREE char *at = tmpdir_join(LAYER_AT);
	struct checkpoint read = { 0 };
	struct err err = ERR_INIT;
	FILE *f;

	ck_assert_int_eq(mkdir(blobs, 0755) | mkdir(sha, 0755), 0);
	free(tmpdir_write("oci-layout", "{}"));
	free(tmpdir_write("index.json", INDEX));
	free(tmpdir_write(MANIFEST_AT, MANIFEST));
	f = fopen(at, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(layer.bytes, 1, layer.len, f), layer.len);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_ok(checkpoint_read(tmpdir_path(), &read, &err), &err);
	ck_assert_int_eq(read.layout, CHECKPOINT_OCI);
	ck_assert_str_eq(read.kernel, "6.12.48");
	ck_assert_str_eq(read.name, "counter");
	checkpoint_release(&read);
	free(layer.bytes);
}
END_TEST

static const struct like {
	const char *name;
	const char *kernel, *criu, *arch; /* of the checkpoint */
	bool is;
} likes[] = {
	{ "all the same", "6.1.0", "3.17.1", "x86_64", true },
	{ "kernel alone is told", "6.1.0", NULL, NULL, true },
	{ "CRIU alone is told", NULL, "3.17.1", NULL, true },
	{ "another kernel", "6.12.0", "3.17.1", "x86_64", false },
	{ "another CRIU", "6.1.0", "4.1.1", "x86_64", false },
	{ "another architecture", "6.1.0", "3.17.1", "aarch64", false },
	{ "nothing is told", NULL, NULL, "x86_64", false },
};

START_TEST(a_machine_is_like_it_in_all_that_is_told)
{
	const struct like *l = &likes[_i];
	struct checkpoint checkpoint = { 0 };
	struct machine_result machine = { 0 };
	struct err err = ERR_INIT;

	checkpoint.kernel = l->kernel ? xstrdup(l->kernel) : NULL;
	checkpoint.criu = l->criu ? xstrdup(l->criu) : NULL;
	checkpoint.arch = xstrdup(l->arch ? l->arch : "x86_64");
	machine.kernel = xstrdup("6.1.0");
	machine.criu = xstrdup("3.17.1");
	ck_assert_ok(facts_parse("arch=x86_64\n", 12, &machine.facts, &err),
		     &err);
	ck_assert_msg(checkpoint_is_from(&checkpoint, &machine) == l->is, "%s",
		      l->name);
	checkpoint_release(&checkpoint);
	facts_release(&machine.facts);
	free(machine.kernel);
	free(machine.criu);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/checkpoint");
	TCase *tc = tcase_create("archives");

	tcase_add_checked_fixture(tc, tmpdir_setup, tmpdir_teardown);
	tcase_add_loop_test(tc, an_archive_tells_what_it_has, 0,
			    ARRAY_SIZE(goods));
	tcase_add_loop_test(tc, a_bad_archive_is_told_with_its_member, 0,
			    ARRAY_SIZE(bads));
	tcase_add_test(tc, whatever_is_cut_off_is_an_error);
	tcase_add_test(tc, a_member_that_is_too_long_is_refused);
	tcase_add_test(tc, an_image_layout_may_be_a_folder);
	tcase_add_loop_test(tc, a_machine_is_like_it_in_all_that_is_told, 0,
			    ARRAY_SIZE(likes));
	suite_add_tcase(suite, tc);
	return suite;
}

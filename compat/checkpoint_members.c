// SPDX-License-Identifier: Apache-2.0
/* checkpoint_members.c - what the members of a checkpoint tell */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/checkpoint_internal.h"

#define JSON_MAX ((size_t)8 * 1024 * 1024)
#define IMAGES_MAX (UINT64_C(1) << 60)
#define LOG_HEAD ((size_t)64 * 1024)

/** struct gathering - What has been seen so far */
struct gathering {
	const char *name;
	struct checkpoint *to;
	bool config, images;
};

/* It comes from whoever made the archive, and goes to a terminal. */
void checkpoint_set(char **field, const char *value)
{
	if (!value || !*value || *field)
		return;
	*field = str_utf8_clean(value, strlen(value));
	for (char *c = *field; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
}

static void set_text(char **field, const json_t *json, const char *key)
{
	checkpoint_set(field, json_string_value(json_object_get(json, key)));
}

char *checkpoint_version(const char *text)
{
	uint64_t number;

	if (!str_u64(text, &number))
		return strchr(text, '.') ? xstrdup(text) : NULL;
	if (number < 10000 || number > 999999)
		return NULL;
	if (number % 100 == 0)
		return xasprintf("%u.%u", (unsigned)(number / 10000),
				 (unsigned)(number / 100 % 100));
	return xasprintf("%u.%u.%u", (unsigned)(number / 10000),
			 (unsigned)(number / 100 % 100),
			 (unsigned)(number % 100));
}

const char *checkpoint_arch(const char *text)
{
	static const struct {
		const char *go, *uname;
	} names[] = { { "amd64", "x86_64" }, { "arm64", "aarch64" } };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(text, names[i].go))
			return names[i].uname;
	return text;
}

/* Podman's own configuration, or that of the kubelet's engines. */
static void take_config(struct gathering *g, const json_t *json)
{
	struct checkpoint *to = g->to;
	bool podman = json_object_get(json, "rootfsImageID") != NULL;

	g->config = true;
	to->layout = podman ? CHECKPOINT_PODMAN : CHECKPOINT_KUBELET;
	if (podman)
		checkpoint_set(&to->engine, "podman");
	set_text(&to->name, json, "name");
	set_text(&to->image, json, "rootfsImageName");
	set_text(&to->image, json, "rootfsImage");
	set_text(&to->runtime, json, "runtime");
	set_text(&to->created, json, "checkpointedTime");
}

static void take_spec(struct gathering *g, const json_t *json)
{
	static const char by[] = "io.container.manager";
	static const char cri[] = "io.kubernetes.cri.container-name";
	const json_t *notes = json_object_get(json, "annotations");

	if (str_eq(json_string_value(json_object_get(notes, by)), "libpod"))
		checkpoint_set(&g->to->engine, "podman");
	set_text(&g->to->engine, notes, by);
	if (json_object_get(notes, cri))
		checkpoint_set(&g->to->engine, "containerd");
	set_text(&g->to->name, notes, cri);
}

/* "(00.000362) Version: 3.17.1 (gitid 0)": the word behind @before. */
static char *word_behind(const char *text, const char *before)
{
	const char *at = strstr(text, before);
	size_t len;

	if (!at)
		return NULL;
	at += strlen(before);
	len = strcspn(at, " \n");
	return len ? xstrndup(at, len) : NULL;
}

static void take_log(struct gathering *g, const char *text)
{
	CLEANUP_FREE char *version = word_behind(text, ") Version: ");
	const char *running = strstr(text, ") Running on ");
	CLEANUP_FREE char *kernel = running ? word_behind(running, " Linux ") :
					      NULL;
	CLEANUP_FREE char *line =
		running ? xstrndup(running, strcspn(running, "\n")) : NULL;
	const char *arch = line ? strrchr(line, ' ') : NULL;

	checkpoint_set(&g->to->criu, version);
	checkpoint_set(&g->to->kernel, kernel);
	if (kernel && arch)
		checkpoint_set(&g->to->arch, arch + 1);
}

/** struct member - A file that is read, and how */
static const struct member {
	const char *path;
	void (*take_json)(struct gathering *g, const json_t *json);
	void (*take_text)(struct gathering *g, const char *text);
} members[] = {
	{ "config.dump", take_config, NULL },
	{ "spec.dump", take_spec, NULL },
	{ "dump.log", NULL, take_log },
};

static int take(struct gathering *g, const struct member *member,
		const char *text, size_t len, struct err *err)
{
	json_error_t why;
	json_t *json;

	if (member->take_text) {
		member->take_text(g, text);
		return 0;
	}
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!json) {
		CLEANUP_FREE char *clean =
			str_utf8_clean(why.text, strlen(why.text));

		return err_set(err, ERR_INPUT, why.line, "%s: %s:%d:%d: %s",
			       g->name, member->path, why.line, why.column,
			       clean);
	}
	member->take_json(g, json);
	json_decref(json);
	return 0;
}

static int take_member(struct gathering *g, const struct member *member,
		       struct archive *archive, uint64_t bytes, struct err *err)
{
	size_t max = member->take_json ? JSON_MAX : LOG_HEAD;
	CLEANUP_FREE char *text = NULL;
	size_t len;

	if (member->take_json && bytes > max)
		return err_set(err, ERR_INPUT, 0, "%s: %s: more than %zu bytes",
			       g->name, member->path, max);
	if (checkpoint_slurp(g->name, archive, max, &text, &len, err))
		return -1;
	return take(g, member, text, len, err);
}

static const struct member *find_member(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		if (str_eq(path, members[i].path))
			return &members[i];
	return NULL;
}

int checkpoint_gather(const char *name, struct archive *archive,
		      struct checkpoint *checkpoint, struct err *err)
{
	struct gathering g = { .name = name, .to = checkpoint };
	const char *path;
	uint64_t bytes;
	int rc;

	while ((rc = checkpoint_next(name, archive, &path, &bytes, err)) > 0) {
		const struct member *member = find_member(path);

		if (member && take_member(&g, member, archive, bytes, err))
			return -1;
		if (!str_starts(path, "checkpoint/") || !str_ends(path, ".img"))
			continue;
		g.images = true;
		if (bytes > IMAGES_MAX - checkpoint->image_bytes)
			return err_set(err, ERR_INPUT, 0,
				       "%s: %s: larger than any file system",
				       name, path);
		checkpoint->image_bytes += bytes;
	}
	if (rc)
		return -1;
	if (g.config && g.images)
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "%s: no checkpoint of a container: there is no %s in it",
		       name, g.config ? "checkpoint/*.img" : "config.dump");
}

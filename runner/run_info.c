// SPDX-License-Identifier: Apache-2.0
/* run_info.c - the file run.json: which run, where, and which part of what */
#include <string.h>

#include "base/mem.h"
#include "base/shape.h"
#include "runner/rundir.h"

#define RUN_SCHEMA "crmatrix/run/1"

static void host_release(struct host_facts *host)
{
	free(host->kernel);
	free(host->cpu);
	free(host->accel);
	free(host->qemu);
	free(host->libvirt);
	*host = (struct host_facts){ 0 };
}

static void part_release(struct run_part *part)
{
	free(part->id);
	free(part->started);
	host_release(&part->host);
	str_list_release(&part->cells);
}

void run_info_release(struct run_info *info)
{
	free(info->id);
	free(info->started);
	free(info->accel);
	host_release(&info->host);
	for (size_t i = 0; i < info->n_parts; i++)
		part_release(&info->parts[i]);
	free(info->parts);
	*info = (struct run_info){ 0 };
}

const struct run_part *run_info_part(const struct run_info *info,
				     const char *cell)
{
	for (size_t i = 0; i < info->n_parts; i++) {
		if (str_list_has(&info->parts[i].cells, cell))
			return &info->parts[i];
	}
	return NULL;
}

static json_t *host_to_json(const struct host_facts *host)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "kernel",
			 shape_text(host->kernel), "cpu", shape_text(host->cpu),
			 "accel", shape_text(host->accel), "qemu",
			 shape_text(host->qemu), "libvirt",
			 shape_text(host->libvirt));
}

static json_t *part_to_json(const struct run_part *part)
{
	json_t *cells = json_array();

	for (size_t i = 0; i < part->cells.n; i++)
		(void)json_array_append_new(cells,
					    shape_text(part->cells.v[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "id", shape_text(part->id),
			 "started", shape_text(part->started), "host",
			 host_to_json(&part->host), "cells", cells);
}

json_t *run_info_to_json(const struct run_info *info)
{
	json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o}", "schema",
				 RUN_SCHEMA, "id", shape_text(info->id),
				 "started", shape_text(info->started), "accel",
				 shape_text(info->accel), "host",
				 host_to_json(&info->host));
	json_t *parts = json_array();

	if (info->shard.of)
		(void)json_object_set_new(
			json, "shard",
			json_pack("{sI, sI, sI}", "index",
				  (json_int_t)info->shard.index, "of",
				  (json_int_t)info->shard.of, "cells_in_all",
				  (json_int_t)info->shard.all));
	for (size_t i = 0; i < info->n_parts; i++)
		(void)json_array_append_new(parts,
					    part_to_json(&info->parts[i]));
	if (info->n_parts)
		(void)json_object_set(json, "merged", parts);
	json_decref(parts);
	return json;
}

static char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text ? xstrdup(text) : NULL;
}

static struct host_facts host_from_json(const json_t *json)
{
	return (struct host_facts){ .kernel = text_of(json, "kernel"),
				    .cpu = text_of(json, "cpu"),
				    .accel = text_of(json, "accel"),
				    .qemu = text_of(json, "qemu"),
				    .libvirt = text_of(json, "libvirt") };
}

static uint64_t number_of(const json_t *json, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(json, key));

	return value > 0 ? (uint64_t)value : 0;
}

static void part_from_json(const json_t *json, struct run_part *part)
{
	const json_t *cells = json_object_get(json, "cells");

	part->id = text_of(json, "id");
	part->started = text_of(json, "started");
	part->host = host_from_json(json_object_get(json, "host"));
	for (size_t i = 0; i < json_array_size(cells); i++) {
		const char *id = json_string_value(json_array_get(cells, i));

		if (id)
			str_list_add(&part->cells, id);
	}
}

void run_info_from_json(const json_t *json, struct run_info *ret_info)
{
	const json_t *shard = json_object_get(json, "shard");
	const json_t *parts = json_object_get(json, "merged");
	struct run_info info = {
		.id = text_of(json, "id"),
		.started = text_of(json, "started"),
		.accel = text_of(json, "accel"),
		.host = host_from_json(json_object_get(json, "host")),
		.shard = { number_of(shard, "index"), number_of(shard, "of"),
			   number_of(shard, "cells_in_all") },
	};

	for (size_t i = 0; i < json_array_size(parts); i++)
		part_from_json(json_array_get(parts, i),
			       VEC_PUSH(info.parts, info.n_parts));
	*ret_info = info;
}

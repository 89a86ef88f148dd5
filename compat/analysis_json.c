// SPDX-License-Identifier: Apache-2.0
/* analysis_json.c - crmatrix/analyze/1, one connection at a time */
#include <stdlib.h>

#include "base/mem.h"
#include "base/shape.h"
#include "compat/analysis.h"
#include "compat/analysis_schema.h"
#include "compat/wire_fields.h"

#define INDENT JSON_INDENT(1)

static json_t *or_abort(json_t *json)
{
	if (!json)
		abort(); /* out of memory: texts are cleaned before */
	return json;
}

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, or_abort(value)))
		abort();
}

static json_t *mac_of(bool known, const struct wire_mac *mac)
{
	char text[18];

	if (!known)
		return json_null();
	wire_mac_format(mac, text);
	return json_string(text);
}

static json_t *event_to_json(const struct wire_event *event)
{
	static const struct wire_mac none;
	bool has_mac = memcmp(&event->mac, &none, sizeof(none)) != 0;
	json_t *json = or_abort(json_object());

	put(json, "frame", json_integer((json_int_t)event->frame));
	put(json, "at_ns",
	    event->at_ns == WIRE_UNKNOWN ?
		    json_null() :
		    json_integer((json_int_t)event->at_ns));
	put(json, "mac", mac_of(has_mac, &event->mac));
	return json;
}

/* "key": value, on lines of its own. */
static void write_member(FILE *f, const char *key, json_t *value)
{
	(void)fprintf(f, "\"%s\": ", key);
	(void)json_dumpf(or_abort(value), f, INDENT | JSON_ENCODE_ANY);
	(void)fputs(",\n", f);
	json_decref(value);
}

static json_t *captures_to_json(const struct analysis_out *out)
{
	json_t *array = or_abort(json_array());

	for (size_t i = 0; i < out->n_captures; i++)
		if (json_array_append_new(array, shape_text(out->captures[i])))
			abort();
	return array;
}

/* All that is said of the whole; the connections follow one by one. */
static json_t *capture_to_json(const struct wire_report *report)
{
	struct wire_report whole = *report;
	json_t *json;

	whole.conns = NULL;
	whole.n_conns = 0;
	json = or_abort(wire_to_json(&whole));
	(void)json_object_del(json, "connections");
	return json;
}

static void json_begin(struct analysis_out *out)
{
	const struct analysis_scene *scene = out->scene;

	(void)fputs("{\n", out->f);
	write_member(out->f, "schema", json_string(ANALYSIS_SCHEMA));
	write_member(out->f, "tool", json_string("crmatrix " CRMATRIX_VERSION));
	write_member(out->f, "captures", captures_to_json(out));
	write_member(out->f, "service", shape_text(out->service));
	write_member(out->f, "source_mac",
		     mac_of(scene->has_source, &scene->source));
	write_member(out->f, "target_mac",
		     mac_of(scene->has_target, &scene->target));
	write_member(out->f, "takeover",
		     scene->takeover.frame ? event_to_json(&scene->takeover) :
					     json_null());
	write_member(out->f, "capture", capture_to_json(out->report));
	(void)fputs("\"connections\": [", out->f);
}

static json_t *frame_to_json(const struct finding_frame *frame)
{
	json_t *json = event_to_json(&frame->event);

	put(json, "from", json_string(analysis_who_names[frame->who]));
	put(json, "shows", json_string(frame->shows));
	put(json, "proves", json_boolean(frame->proves));
	return json;
}

static json_t *frames_to_json(const struct finding *finding)
{
	json_t *array = or_abort(json_array());

	for (size_t i = 0; i < finding->n_frames; i++)
		if (json_array_append_new(array,
					  frame_to_json(&finding->frames[i])))
			abort();
	return array;
}

static json_t *addr_to_json(const struct wire_addr *addr)
{
	char text[64];

	wire_addr_format(addr, text);
	return json_string(text);
}

static void json_conn(struct analysis_out *out, const struct wire_conn *conn,
		      const struct finding *finding)
{
	json_t *json = or_abort(json_object());

	put(json, "client", addr_to_json(&conn->client));
	put(json, "server", addr_to_json(&conn->server));
	put(json, "fate", json_string(fate_names[finding->fate]));
	put(json, "blame",
	    finding->blame == BLAME_NONE ?
		    json_null() :
		    json_string(blame_names[finding->blame]));
	put(json, "rule", json_string(finding->rule));
	put(json, "signature", shape_text(finding->signature));
	put(json, "sentence", shape_text(finding->sentence));
	put(json, "advice", shape_text(finding->advice));
	put(json, "frames", frames_to_json(finding));
	put(json, "wire", wire_conn_to_json(conn));
	(void)fputs(out->shown++ ? ",\n" : "\n", out->f);
	(void)json_dumpf(json, out->f,
			 JSON_COMPACT); /* a line: they may be many */
	json_decref(json);
}

static void json_end(struct analysis_out *out,
		     const struct analysis_counts *counts, const char *note)
{
	json_t *json = or_abort(json_object());

	for (int fate = 0; fate < FATE_COUNT; fate++)
		put(json, fate_names[fate],
		    json_integer((json_int_t)counts->n[fate]));
	(void)fputs(out->shown ? "\n],\n" : "],\n", out->f);
	write_member(out->f, "counts", json);
	(void)fputs("\"note\": ", out->f);
	json = or_abort(shape_text(note));
	(void)json_dumpf(json, out->f, JSON_ENCODE_ANY);
	json_decref(json);
	(void)fputs("\n}\n", out->f);
}

const struct analysis_writer analysis_json = { json_begin, json_conn,
					       json_end };

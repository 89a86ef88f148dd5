// SPDX-License-Identifier: Apache-2.0
/* wire_json.c - what a capture says, as JSON and back */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/wire.h"
#include "compat/wire_fields.h"

/* A limit for what is read back, as no writer of ours comes near it. */
#define CONNS_MAX 10000000

static void *member(void *object, size_t offset)
{
	return (char *)object + offset;
}

static const void *cmember(const void *object, size_t offset)
{
	return (const char *)object + offset;
}

/* --- Writing -------------------------------------------------------------- */

static void put(json_t *json, const char *name, json_t *value)
{
	if (json_object_set_new(json, name, value) < 0)
		abort(); /* out of memory: all names and texts are ours */
}

static json_t *number_to_json(uint64_t value)
{
	return value > INT64_MAX ? json_null() :
				   json_integer((json_int_t)value);
}

static void put_numbers(json_t *json, const struct wire_number *numbers,
			const void *object)
{
	for (size_t i = 0; numbers[i].name; i++) {
		const uint64_t *at = cmember(object, numbers[i].offset);

		if (numbers[i].pair)
			put(json, numbers[i].name,
			    json_pack("[o, o]", number_to_json(at[0]),
				      number_to_json(at[1])));
		else
			put(json, numbers[i].name, number_to_json(at[0]));
	}
}

static json_t *mac_to_json(const struct wire_mac *mac)
{
	char text[18];

	wire_mac_format(mac, text);
	return json_string(text);
}

static json_t *event_to_json(const struct wire_event *event)
{
	json_t *json;

	if (event->frame == 0)
		return json_null();
	json = json_object();
	put_numbers(json, wire_event_numbers, event);
	put(json, "mac", mac_to_json(&event->mac));
	put(json, "from_server", json_boolean(event->from_server));
	return json;
}

static void put_hosts(json_t *json, const struct wire_hosts *list,
		      const void *object)
{
	const struct wire_mac *macs = cmember(object, list->macs_offset);
	const size_t *n = cmember(object, list->n_offset);
	json_t *hosts = json_array();

	for (size_t i = 0; i < *n; i++) {
		json_t *host = json_object();

		put(host, "mac", mac_to_json(&macs[i]));
		for (size_t k = 0; list->columns[k].name; k++) {
			const struct wire_field *column = &list->columns[k];
			const uint64_t *at = cmember(object, column->offset);

			put(host, column->name, number_to_json(at[i]));
		}
		if (json_array_append_new(hosts, host) < 0)
			abort();
	}
	put(json, list->name, hosts);
}

static void put_addr(json_t *json, const char *name,
		     const struct wire_addr *addr)
{
	char text[64];

	wire_addr_format(addr, text);
	put(json, name, json_string(text));
}

static json_t *conn_to_json(const struct wire_conn *conn)
{
	json_t *json = json_object();

	put_addr(json, "client", &conn->client);
	put_addr(json, "server", &conn->server);
	put_numbers(json, wire_conn_numbers, conn);
	for (size_t i = 0; wire_conn_flags[i].name; i++) {
		const bool *flag = cmember(conn, wire_conn_flags[i].offset);

		put(json, wire_conn_flags[i].name, json_boolean(*flag));
	}
	for (size_t i = 0; wire_conn_events[i].name; i++)
		put(json, wire_conn_events[i].name,
		    event_to_json(cmember(conn, wire_conn_events[i].offset)));
	put_hosts(json, &wire_conn_hosts, conn);
	return json;
}

json_t *wire_to_json(const struct wire_report *report)
{
	json_t *json = json_object();
	json_t *conns = json_array();

	put_numbers(json, wire_report_numbers, report);
	put_hosts(json, &wire_udp_hosts, report);
	for (size_t i = 0; i < report->n_conns; i++)
		if (json_array_append_new(conns,
					  conn_to_json(&report->conns[i])) < 0)
			abort();
	put(json, "connections", conns);
	return json;
}

/* --- Reading -------------------------------------------------------------- */

static int wrong(struct err *err, const char *name, const char *want)
{
	return err_set(err, ERR_PARSE, 0, "'%s' is not %s", name, want);
}

static int take_number(const json_t *json, const char *name, uint64_t *ret,
		       struct err *err)
{
	if (json_is_null(json))
		*ret = UINT64_MAX;
	else if (json_is_integer(json) && json_integer_value(json) >= 0)
		*ret = (uint64_t)json_integer_value(json);
	else
		return wrong(err, name, "a count or null");
	return 0;
}

static int take_numbers(const json_t *json, const struct wire_number *numbers,
			void *object, struct err *err)
{
	for (size_t i = 0; numbers[i].name; i++) {
		const char *name = numbers[i].name;
		const json_t *value = json_object_get(json, name);
		uint64_t *at = member(object, numbers[i].offset);

		if (!numbers[i].pair) {
			if (take_number(value, name, at, err) < 0)
				return -1;
			continue;
		}
		if (json_array_size(value) != 2)
			return wrong(err, name, "a pair of counts");
		for (size_t side = 0; side < 2; side++)
			if (take_number(json_array_get(value, side), name,
					&at[side], err) < 0)
				return -1;
	}
	return 0;
}

static int take_mac(const json_t *json, struct wire_mac *ret_mac,
		    struct err *err)
{
	const char *text = json_string_value(json_object_get(json, "mac"));

	if (!text || !wire_mac_parse(text, ret_mac))
		return wrong(err, "mac", "a MAC address");
	return 0;
}

static int take_flag(const json_t *json, const char *name, bool *ret_flag,
		     struct err *err)
{
	const json_t *value = json_object_get(json, name);

	if (!json_is_boolean(value))
		return wrong(err, name, "true or false");
	*ret_flag = json_is_true(value);
	return 0;
}

static int take_event(const json_t *json, const char *name,
		      struct wire_event *ret_event, struct err *err)
{
	const json_t *event = json_object_get(json, name);

	if (json_is_null(event))
		return 0;
	if (!json_is_object(event))
		return wrong(err, name, "a frame or null");
	if (take_numbers(event, wire_event_numbers, ret_event, err) < 0 ||
	    take_mac(event, &ret_event->mac, err) < 0 ||
	    take_flag(event, "from_server", &ret_event->from_server, err) < 0)
		return err_wrap(err, "%s", name);
	return 0;
}

static int take_host(const json_t *json, const struct wire_hosts *list,
		     size_t i, void *object, struct err *err)
{
	struct wire_mac *macs = member(object, list->macs_offset);

	if (take_mac(json, &macs[i], err) < 0)
		return -1;
	for (size_t k = 0; list->columns[k].name; k++) {
		const struct wire_field *column = &list->columns[k];
		uint64_t *at = member(object, column->offset);

		if (take_number(json_object_get(json, column->name),
				column->name, &at[i], err) < 0)
			return -1;
	}
	return 0;
}

static int take_hosts(const json_t *json, const struct wire_hosts *list,
		      void *object, struct err *err)
{
	const json_t *hosts = json_object_get(json, list->name);
	size_t n = json_array_size(hosts);
	size_t *ret_n = member(object, list->n_offset);

	if (!json_is_array(hosts) || n > WIRE_MACS_MAX)
		return wrong(err, list->name, "a short list of hosts");
	for (size_t i = 0; i < n; i++)
		if (take_host(json_array_get(hosts, i), list, i, object, err) <
		    0)
			return err_wrap(err, "%s[%zu]", list->name, i);
	*ret_n = n;
	return 0;
}

static int take_addr(const json_t *json, const char *name,
		     struct wire_addr *ret_addr, struct err *err)
{
	const char *text = json_string_value(json_object_get(json, name));

	if (!text || !wire_addr_parse(text, ret_addr))
		return wrong(err, name, "an address and port");
	return 0;
}

static int take_conn(const json_t *json, struct wire_conn *conn,
		     struct err *err)
{
	if (take_addr(json, "client", &conn->client, err) < 0 ||
	    take_addr(json, "server", &conn->server, err) < 0 ||
	    take_numbers(json, wire_conn_numbers, conn, err) < 0)
		return -1;
	for (size_t i = 0; wire_conn_flags[i].name; i++)
		if (take_flag(json, wire_conn_flags[i].name,
			      member(conn, wire_conn_flags[i].offset), err) < 0)
			return -1;
	for (size_t i = 0; wire_conn_events[i].name; i++)
		if (take_event(json, wire_conn_events[i].name,
			       member(conn, wire_conn_events[i].offset),
			       err) < 0)
			return -1;
	return take_hosts(json, &wire_conn_hosts, conn, err);
}

static int take_conns(const json_t *json, struct wire_report *report,
		      struct err *err)
{
	const json_t *conns = json_object_get(json, "connections");
	size_t n = json_array_size(conns);

	if (!json_is_array(conns) || n > CONNS_MAX)
		return wrong(err, "connections", "a list");
	if (n > 0)
		report->conns = xcalloc(n, sizeof(report->conns[0]));
	for (report->n_conns = 0; report->n_conns < n; report->n_conns++) {
		size_t i = report->n_conns;

		if (take_conn(json_array_get(conns, i), &report->conns[i],
			      err) < 0)
			return err_wrap(err, "connections[%zu]", i);
	}
	return 0;
}

int wire_from_json(const json_t *json, struct wire_report *ret_report,
		   struct err *err)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };

	if (!json_is_object(json))
		return wrong(err, "wire", "an object");
	if (take_numbers(json, wire_report_numbers, &report, err) < 0 ||
	    take_hosts(json, &wire_udp_hosts, &report, err) < 0 ||
	    take_conns(json, &report, err) < 0)
		return -1;
	*ret_report = report;
	report = (struct wire_report){ 0 };
	return 0;
}

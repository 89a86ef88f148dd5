// SPDX-License-Identifier: Apache-2.0
/* wire_watch.c - one segment after the other, for who wants to hear of each */
#include <string.h>

#include "compat/wire_tracker.h"

void wire_watch(struct wire_tracker *tracker, const struct wire_addr *client,
		void (*seen)(void *arg, const struct wire_addr *client,
			     const struct wire_addr *server,
			     const struct wire_segment_seen *segment),
		void *arg)
{
	tracker->watcher = (struct wire_watcher){
		.of_one = client != NULL,
		.seen = seen,
		.arg = arg,
	};
	if (client)
		tracker->watcher.client = *client;
}

static void tell_header(const struct wire_look *look,
			struct wire_segment_seen *seen)
{
	const struct wire_packet *packet = look->packet;
	const struct wire_flow *flow = look->flow;
	const struct wire_stream *other = &flow->half[!look->dir].stream;
	bool syn = packet->flags & WIRE_SYN;

	seen->flags = packet->flags;
	seen->window = syn ? packet->window :
			     wire_flow_window(flow, look->dir, packet->window);
	if (packet->flags & WIRE_ACK && other->known)
		seen->acked = wire_stream_place(other, packet->ack);
}

void wire_watcher_hears(const struct wire_tracker *tracker,
			const struct wire_look *look,
			const struct wire_segment *segment)
{
	const struct wire_watcher *watcher = &tracker->watcher;
	const struct wire_flow *flow = look->flow;
	struct wire_addr client = { .port = flow->client_port };
	struct wire_addr server = tracker->service;
	struct wire_segment_seen seen = {
		.event = *look->event,
		.dir = look->dir,
		.host = look->host,
		.at = wire_stream_place(&flow->half[look->dir].stream,
					segment->seq),
		.len = segment->len,
		.acked = -1,
		.fresh = look->seen.fresh,
		.repeated = look->seen.repeated,
		.differing = look->seen.differing,
		.out_of_order = look->seen.out_of_order,
		.stray = look->seen.stray || look->acked == WIRE_ACK_STRAY,
		.keepalive = look->seen.keepalive,
		.probe = look->probe,
		.dup_ack = look->dup_ack,
		.zero_window = look->zero_window,
	};

	memcpy(client.ip, flow->client_ip, sizeof(client.ip));
	server.port = flow->server_port;
	if (watcher->of_one &&
	    (client.port != watcher->client.port ||
	     memcmp(client.ip, watcher->client.ip, sizeof(client.ip)) != 0))
		return;
	if (look->packet)
		tell_header(look, &seen);
	watcher->seen(watcher->arg, &client, &server, &seen);
}

// SPDX-License-Identifier: Apache-2.0
/* wire_udp.c - datagrams to and from the service */
#include "compat/wire_tracker.h"

static void note_host(struct wire_tracker *tracker,
		      const struct wire_packet *packet,
		      const struct wire_event *event)
{
	struct wire_report *report = &tracker->report;
	size_t i = wire_host_index(report->udp_hosts, &report->n_udp_hosts,
				   &event->mac);

	if (tracker->udp_host >= 0 && tracker->udp_host != (int)i)
		report->udp_turns++;
	tracker->udp_host = (int)i;
	if (i == WIRE_HOSTS_MAX)
		return;
	wire_host_spoke(&report->udp_hosts[i], event);
	report->udp_hosts[i].bytes += packet->payload_len;
	if (!packet->payload_len || report->udp_hosts[i].data_frame)
		return;
	report->udp_hosts[i].data_frame = event->frame;
	report->udp_hosts[i].data_ns = event->at_ns;
}

static void note_silence(struct wire_tracker *tracker,
			 const struct wire_event *event)
{
	struct wire_report *report = &tracker->report;
	bool is_first = report->udp_frames[0] + report->udp_frames[1] == 0;

	if (is_first)
		tracker->udp_ns = event->at_ns;
	if (event->at_ns < tracker->udp_ns)
		return;
	wire_keep_max(&report->udp_silence_ns, event->at_ns - tracker->udp_ns);
	if (event->from_server)
		tracker->udp_ns = event->at_ns;
}

void wire_udp_note(struct wire_tracker *tracker,
		   const struct wire_packet *packet,
		   const struct wire_event *event)
{
	note_silence(tracker, event);
	tracker->report.udp_frames[event->from_server]++;
	if (event->from_server && packet->has_mac)
		note_host(tracker, packet, event);
}

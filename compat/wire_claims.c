// SPDX-License-Identifier: Apache-2.0
/* wire_claims.c - what is said about the service besides its connections */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire_tracker.h"

static bool same_ip(const struct wire_addr *a, const struct wire_addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* --- Who has the address -------------------------------------------------- */

static void note_claim(struct wire_report *report,
		       const struct wire_neighbor *neighbor,
		       const struct wire_event *event)
{
	size_t n = report->n_claims;
	struct wire_claim *last = n ? &report->claims[n - 1] : NULL;

	if (last && memcmp(&last->event.mac, &neighbor->mac,
			   sizeof(neighbor->mac)) == 0) {
		last->count++;
		return;
	}
	if (n == WIRE_CLAIMS_MAX)
		return;
	report->claims[report->n_claims++] = (struct wire_claim){
		.event = { event->frame, event->at_ns, neighbor->mac, true },
		.count = 1,
		.asked = neighbor->asked,
	};
}

void wire_claims_until(struct wire_tracker *tracker, uint64_t now_ns)
{
	size_t n = 0;

	while (n < tracker->n_asks &&
	       wire_elapsed(tracker->asks[n].at_ns, now_ns) > NS_PER_S)
		tracker->report.arp_unanswered += tracker->asks[n++].count;
	tracker->n_asks -= n;
	memmove(tracker->asks, tracker->asks + n,
		tracker->n_asks * sizeof(tracker->asks[0]));
}

/* More than there is room for are taken as asked when the last was. */
static void note_ask(struct wire_tracker *tracker, uint64_t at_ns)
{
	if (tracker->n_asks == WIRE_ASKS)
		tracker->asks[WIRE_ASKS - 1].count++;
	else
		tracker->asks[tracker->n_asks++] =
			(struct wire_ask){ at_ns, 1 };
}

void wire_claims_note(struct wire_tracker *tracker,
		      const struct wire_packet *packet,
		      const struct wire_event *event)
{
	const struct wire_neighbor *neighbor = &packet->neighbor;
	bool by_it = same_ip(&packet->src, &tracker->service);
	bool of_it = same_ip(&packet->dst, &tracker->service);

	if (!by_it && !of_it)
		return;
	tracker->report.arp++;
	wire_claims_until(tracker, event->at_ns);
	if (by_it && neighbor->claims) {
		note_claim(&tracker->report, neighbor, event);
		tracker->n_asks = 0; /* all are answered */
	} else if (of_it && neighbor->asks) {
		note_ask(tracker, event->at_ns);
	}
}

/* --- Errors --------------------------------------------------------------- */

void wire_icmp_note(struct wire_tracker *tracker,
		    const struct wire_packet *packet,
		    const struct wire_event *event)
{
	bool from_server = same_ip(&packet->src, &tracker->service);
	const struct wire_addr *server = from_server ? &packet->src :
						       &packet->dst;
	const struct wire_addr *client = from_server ? &packet->dst :
						       &packet->src;
	struct wire_flow *flow;
	struct wire_icmp *icmp;

	if (!same_ip(server, &tracker->service))
		return;
	flow = wire_table_find(&tracker->table, client, server->port);
	if (!flow)
		return;
	icmp = &wire_flow_rare(flow)->icmp;
	if (icmp->count++ > 0)
		return;
	icmp->first = *event;
	icmp->first.from_server = !from_server; /* towards its sender */
	icmp->type = packet->error.type;
	icmp->code = packet->error.code;
	icmp->v6 = packet->error.v6;
}

/* --- Phases --------------------------------------------------------------- */

void wire_phase_note(struct wire_report *report, const char *comment,
		     uint64_t at_ns)
{
	if (report->n_phases == WIRE_PHASES_MAX)
		return;
	*VEC_PUSH(report->phases, report->n_phases) = (struct wire_phase){
		.text = xstrdup(comment),
		.frame = report->frames,
		.at_ns = at_ns,
	};
}

// SPDX-License-Identifier: Apache-2.0
/* wire_hosts.c - which hosts serve a connection, and its move between them */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire_flow.h"

/* What the rate before the move is measured over. */
#define RATE_NS NS_PER_S
/* A rate that fewer segments make is none. */
#define RATE_SEGMENTS 10
/* The rate after the move is looked at in windows of this length. */
#define WINDOW_NS (100 * NS_PER_MS)

size_t wire_host_index(struct wire_host hosts[WIRE_HOSTS_MAX], size_t *n,
		       const struct wire_mac *mac)
{
	for (size_t i = 0; i < *n; i++)
		if (memcmp(&hosts[i].mac, mac, sizeof(*mac)) == 0)
			return i;
	if (*n == WIRE_HOSTS_MAX)
		return WIRE_HOSTS_MAX;
	hosts[*n] = (struct wire_host){
		.mac = *mac,
		.data_ns = WIRE_UNKNOWN,
		.ts_hz = WIRE_UNKNOWN,
		.ts_first = WIRE_UNKNOWN,
		.ts_last = WIRE_UNKNOWN,
	};
	return (*n)++;
}

void wire_host_spoke(struct wire_host *host, const struct wire_event *event)
{
	if (host->frames++ == 0) {
		host->first_frame = event->frame;
		host->first_ns = event->at_ns;
	}
	host->last_frame = event->frame;
	wire_keep_max(&host->last_ns, event->at_ns);
}

/* --- While there is one host of one habit --------------------------------- */

static bool is_too_late(const struct wire_look *look)
{
	return wire_elapsed(look->flow->first_ns, look->event->at_ns) >
	       UINT32_MAX;
}

static uint32_t after_first(const struct wire_look *look)
{
	return (uint32_t)wire_elapsed(look->flow->first_ns, look->event->at_ns);
}

static void note_first_segment(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;
	const struct wire_packet *packet = look->packet;

	flow->has_mac = packet->has_mac;
	flow->stamped = packet->options.timestamps;
	flow->tsval = packet->options.tsval;
	flow->server_first_at = wire_flow_at(flow, look->event->frame);
	flow->server_first_after = after_first(look);
}

/* Whether the flow's few fields can still tell all of its host. */
static bool is_plain(const struct wire_look *look)
{
	const struct wire_flow *flow = look->flow;
	const struct wire_packet *packet = look->packet;
	uint32_t tsval = packet->options.tsval;

	if (!flow->server_first_at)
		return !is_too_late(look);
	if (packet->has_mac != flow->has_mac ||
	    memcmp(&look->event->mac, &flow->mac[WIRE_SERVER],
		   sizeof(look->event->mac)) != 0)
		return false;
	if (!flow->data_at && packet->payload_len > 0 && is_too_late(look))
		return false;
	if (packet->options.timestamps)
		return flow->stamped &&
		       (int32_t)(tsval - flow->half[WIRE_SERVER].tsval) >= 0;
	return !flow->stamped || packet->flags & WIRE_RST; /* have none */
}

static uint64_t frame_of(const struct wire_flow *flow, uint32_t at)
{
	return at ? flow->first_frame + at - 1 : 0;
}

/* Spell out what the flow knows of its one host. */
static void spell_out(const struct wire_flow *flow,
		      struct wire_serving *serving)
{
	const struct wire_half *half = &flow->half[WIRE_SERVER];
	const struct wire_rare *rare = wire_rare_of(flow);
	struct wire_host *host = &serving->hosts[0];
	uint64_t frames = half->frames;

	serving->now = (int)wire_host_index(serving->hosts, &serving->n,
					    &flow->mac[WIRE_SERVER]);
	if (rare) {
		frames += rare->side[WIRE_SERVER].frames;
		host->with_sack = rare->side[WIRE_SERVER].sacks;
	}
	host->frames = frames;
	host->bytes = half->bytes;
	host->first_frame = frame_of(flow, flow->server_first_at);
	host->first_ns = flow->first_ns + flow->server_first_after;
	host->last_frame = frame_of(flow, flow->server_at);
	host->last_ns = flow->server_ns;
	host->data_frame = frame_of(flow, flow->data_at);
	host->data_ns = flow->data_at ? flow->first_ns + flow->data_after :
					WIRE_UNKNOWN;
	if (flow->lossy)
		host->with_sack += flow->lossy->side[WIRE_SERVER].sacks;
	if (!flow->stamped)
		return;
	host->with_timestamps = half->timestamps;
	if (rare)
		host->with_timestamps += rare->side[WIRE_SERVER].timestamps;
	host->ts_first = flow->tsval;
	host->ts_last = half->tsval;
	serving->ts_first_ns[0] = host->first_ns;
	serving->ts_last_ns[0] = flow->stamp_ns;
}

void wire_flow_serving(const struct wire_flow *flow,
		       struct wire_serving *ret_serving)
{
	*ret_serving = (struct wire_serving){
		.now = -1,
		.move = { .blackout_ns = WIRE_UNKNOWN,
			  .asked = WIRE_UNKNOWN,
			  .backoff_ns = WIRE_UNKNOWN,
			  .answered_ns = WIRE_UNKNOWN,
			  .rate = WIRE_UNKNOWN,
			  .tail_ns = WIRE_UNKNOWN },
	};
	if (flow->has_mac && flow->server_first_at)
		spell_out(flow, ret_serving);
}

/* --- Time stamps' rate ---------------------------------------------------- */

static void note_stamp(struct wire_serving *serving, size_t i,
		       const struct wire_look *look)
{
	struct wire_host *host = &serving->hosts[i];

	host->with_sack += look->packet->options.sack_blocks;
	if (!look->packet->options.timestamps)
		return;
	if (host->with_timestamps++ == 0) {
		host->ts_first = look->packet->options.tsval;
		serving->ts_first_ns[i] = look->event->at_ns;
	}
	host->ts_last = look->packet->options.tsval;
	serving->ts_last_ns[i] = look->event->at_ns;
}

uint64_t wire_ticks(uint64_t ts_first, uint64_t ts_last, uint64_t span_ns)
{
	static const uint64_t rates[] = { 100, 250, 300, 1000, 1000000 };
	uint32_t ticks = (uint32_t)(ts_last - ts_first);
	double hz = (double)ticks * (double)NS_PER_S / (double)span_ns;
	uint64_t nearest = WIRE_UNKNOWN;
	double best = 4.0 / 3;

	if (span_ns < 100 * NS_PER_MS || (int32_t)ticks <= 0)
		return WIRE_UNKNOWN;
	for (size_t i = 0; i < ARRAY_SIZE(rates); i++) {
		double rate = (double)rates[i];
		double off = hz > rate ? hz / rate : rate / hz;

		if (off >= best)
			continue;
		best = off;
		nearest = rates[i];
	}
	return nearest;
}

/* --- The move ------------------------------------------------------------- */

static struct wire_flowed flowed(const struct wire_look *look,
				 enum wire_dir dir, uint64_t from_ns,
				 uint64_t to_ns)
{
	return wire_memory_flowed(look->memory,
				  look->flow->half[dir].stream.kept, from_ns,
				  to_ns);
}

/* Over the time of which both streams are still known. */
static void measure_rate(const struct wire_look *look,
			 struct wire_serving *serving)
{
	uint64_t to_ns = serving->hosts[0].last_ns;
	uint64_t from_ns = look->flow->first_ns;
	struct wire_flowed client, server;
	uint64_t span_ns;

	if (to_ns > RATE_NS && to_ns - RATE_NS > from_ns)
		from_ns = to_ns - RATE_NS;
	from_ns = flowed(look, WIRE_CLIENT, from_ns, to_ns).from_ns;
	server = flowed(look, WIRE_SERVER, from_ns, to_ns);
	from_ns = server.from_ns;
	client = flowed(look, WIRE_CLIENT, from_ns, to_ns);
	span_ns = wire_elapsed(from_ns, to_ns);
	if (span_ns == 0)
		return;
	serving->move.rate = (uint64_t)((double)(client.bytes + server.bytes) *
					(double)NS_PER_S / (double)span_ns);
	serving->recovering = span_ns >= WINDOW_NS &&
			      client.segments + server.segments >=
				      RATE_SEGMENTS;
}

static void note_move(struct wire_look *look, struct wire_serving *serving)
{
	const struct wire_flow *flow = look->flow;
	struct wire_move *move = &serving->move;

	serving->moved = true;
	serving->answer_wanted = true;
	serving->window_ns = look->event->at_ns;
	move->blackout_ns =
		wire_elapsed(serving->hosts[0].last_ns, look->event->at_ns);
	move->asked = flow->unanswered;
	if (flow->lossy)
		move->backoff_ns = wire_short_ns(flow->lossy->backoff);
	measure_rate(look, serving);
}

/* Windows that have gone by without the rate are left behind. */
static void look_for_rate(struct wire_look *look, struct wire_serving *serving)
{
	struct wire_move *move = &serving->move;
	uint64_t at_ns = look->event->at_ns;
	uint64_t gone = wire_elapsed(serving->window_ns, at_ns) / WINDOW_NS;

	if (gone > 0) {
		serving->window_ns += gone * WINDOW_NS;
		serving->window_bytes = 0;
	}
	serving->window_bytes += look->delivered;
	if (serving->window_bytes == 0 ||
	    (double)serving->window_bytes * (double)NS_PER_S <
		    0.9 * (double)move->rate * (double)WINDOW_NS)
		return;
	move->tail_ns = wire_elapsed(serving->hosts[1].first_ns, at_ns);
	serving->recovering = false;
}

/* --- A segment ------------------------------------------------------------ */

static void note_serving(struct wire_look *look)
{
	struct wire_serving *serving = look->flow->serving;
	size_t known = serving->n, i;

	if (!look->packet->has_mac)
		return;
	i = wire_host_index(serving->hosts, &serving->n, &look->event->mac);
	if (serving->n > known && i == 1)
		note_move(look, serving);
	if (serving->now >= 0 && serving->now != (int)i)
		serving->turns++;
	serving->now = (int)i;
	if (i == WIRE_HOSTS_MAX)
		return;
	look->host = (int)i;
	wire_host_spoke(&serving->hosts[i], look->event);
	note_stamp(serving, i, look);
}

void wire_hosts_note(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;

	if (!flow->serving && !is_plain(look)) {
		flow->serving = xnew(struct wire_serving);
		wire_flow_serving(flow, flow->serving);
	}
	if (!flow->server_first_at)
		note_first_segment(look);
	if (flow->serving) {
		note_serving(look);
		return;
	}
	look->host = flow->has_mac ? 0 : -1;
	if (look->packet->options.timestamps)
		flow->stamp_ns = look->event->at_ns;
}

/* CRIU's last act makes the kernel send a window probe: it stands one below
 * what the socket knew to be acknowledged, which may be less than what the
 * client has acknowledged, as the lock drops segments. */
void wire_hosts_probe(struct wire_look *look)
{
	struct wire_serving *serving = look->flow->serving;
	const struct wire_stream *mine = &look->flow->half[look->dir].stream;

	if (look->host != 1 || serving->hosts[1].frames != 1 || !look->pure ||
	    look->seen.stray || !mine->is_acked || look->seen.at >= mine->acked)
		return;
	look->probe = true;
	serving->move.probe = *look->event;
}

static void note_host_payload(struct wire_look *look)
{
	struct wire_serving *serving = look->flow->serving;
	struct wire_host *host;

	if (look->dir != WIRE_SERVER || serving->now < 0 ||
	    serving->now == WIRE_HOSTS_MAX || !look->seen.fresh)
		return;
	host = &serving->hosts[serving->now];
	host->bytes += look->seen.fresh;
	if (host->data_frame)
		return;
	host->data_frame = look->event->frame;
	host->data_ns = look->event->at_ns;
}

void wire_hosts_payload(struct wire_look *look)
{
	struct wire_flow *flow = look->flow;
	struct wire_serving *serving = flow->serving;

	if (!serving) {
		if (look->dir == WIRE_SERVER && look->seen.fresh &&
		    !flow->data_at && !is_too_late(look)) {
			flow->data_at = wire_flow_at(flow, look->event->frame);
			flow->data_after = after_first(look);
		}
		return;
	}
	note_host_payload(look);
	if (serving->answer_wanted && look->dir == WIRE_CLIENT) {
		serving->answer_wanted = false;
		serving->move.answered_ns = wire_elapsed(
			serving->hosts[1].first_ns, look->event->at_ns);
	}
	if (serving->recovering)
		look_for_rate(look, serving);
}

/* --- The client's timer --------------------------------------------------- */

void wire_repeats_note(struct wire_look *look)
{
	const struct wire_stream *stream =
		&look->flow->half[WIRE_CLIENT].stream;
	struct wire_flow *flow = look->flow;
	struct wire_lossy *lossy = flow->lossy;
	uint64_t before_ns = WIRE_UNKNOWN, at = look->seen.at;
	uint64_t after_ns = wire_elapsed(flow->first_ns, look->event->at_ns);

	if (look->dir != WIRE_CLIENT || look->seen.repeated == 0)
		return;
	if (lossy->repeat_seq == (uint32_t)at)
		before_ns = wire_short_ns(lossy->repeat_after);
	if (before_ns != WIRE_UNKNOWN)
		before_ns += flow->first_ns;
	else
		before_ns = wire_memory_seen_ns(look->memory, stream->kept, at);
	flow->repeats = true;
	lossy->backoff = wire_short(WIRE_UNKNOWN);
	if (before_ns <= look->event->at_ns)
		lossy->backoff = wire_short(look->event->at_ns - before_ns);
	lossy->repeat_seq = (uint32_t)at;
	lossy->repeat_after = wire_short(after_ns);
}

// SPDX-License-Identifier: Apache-2.0
/* frames.c - frames of a service and its client, built in memory */
#include "tests/lib/frames.h"

#include <arpa/inet.h>
#include <assert.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

const struct wire_mac frames_client = { { 0x52, 0x54, 0, 0x77, 0, 0x01 } };
const struct wire_mac frames_source = { { 0x52, 0x54, 0, 0x77, 0, 0x0a } };
const struct wire_mac frames_target = { { 0x52, 0x54, 0, 0x77, 0, 0x0b } };

/* Where a frame grows: from the front of a large buffer. */
struct frame {
	uint8_t bytes[FRAMES_PAYLOAD_MAX + 256];
	size_t len;
};

static void put8(struct frame *f, uint8_t value)
{
	assert(f->len < sizeof(f->bytes));
	f->bytes[f->len++] = value;
}

static void put16(struct frame *f, uint32_t value)
{
	put8(f, (uint8_t)(value >> 8));
	put8(f, (uint8_t)value);
}

static void put32(struct frame *f, uint32_t value)
{
	put16(f, value >> 16);
	put16(f, value & 0xffff);
}

static void put_bytes(struct frame *f, const void *bytes, size_t n)
{
	assert(f->len + n <= sizeof(f->bytes));
	if (n > 0)
		memcpy(f->bytes + f->len, bytes, n);
	f->len += n;
}

static void set16(struct frame *f, size_t at, uint32_t value)
{
	f->bytes[at] = (uint8_t)(value >> 8);
	f->bytes[at + 1] = (uint8_t)value;
}

static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum += (uint32_t)bytes[i] << (i % 2 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* --- Link and network ----------------------------------------------------- */

static void put_link(struct frame *f, const struct talk *talk, int from,
		     uint16_t proto)
{
	const struct wire_mac *mac = talk->mac;

	switch (talk->linktype) {
	case DLT_EN10MB:
		put_bytes(f, mac[!from].b, 6);
		put_bytes(f, mac[from].b, 6);
		for (int i = 0; i < talk->vlans; i++) {
			put16(f, i + 1 < talk->vlans ? 0x88a8 : 0x8100);
			put16(f, 42);
		}
		put16(f, proto);
		break;
	case DLT_LINUX_SLL:
		put32(f, 1);
		put16(f, 6);
		put_bytes(f, mac[from].b, 6);
		put16(f, 0);
		put16(f, proto);
		break;
	case DLT_LINUX_SLL2:
		put16(f, proto);
		put16(f, 0);
		put32(f, 3);
		put16(f, 1);
		put16(f, 6);
		put_bytes(f, mac[from].b, 6);
		put16(f, 0);
		break;
	case DLT_NULL:
		put32(f, talk->ipv6 ? 0x0a000000 : 0x02000000);
		break;
	default:
		break;
	}
}

/* struct ip - What a datagram's header says */
struct ip {
	int from;
	uint8_t proto;
	uint32_t id;
	size_t len;
	size_t offset;
	bool more;
	bool fragment;
};

static void put_ipv4(struct frame *f, const struct talk *talk,
		     const struct ip *ip)
{
	size_t start = f->len;

	put16(f, 0x4500);
	put16(f, ip->len + 20 > 0xffff ? 0 : (uint32_t)ip->len + 20);
	put16(f, ip->id);
	put16(f, (ip->more ? 0x2000 : 0) | (uint32_t)ip->offset / 8);
	put8(f, 64);
	put8(f, ip->proto);
	put16(f, 0);
	put_bytes(f, talk->addr[ip->from].ip + 12, 4);
	put_bytes(f, talk->addr[!ip->from].ip + 12, 4);
	set16(f, start + 10, ~add_words(0, f->bytes + start, 20));
}

/* Hop-by-hop, routing and destination options of 8 bytes, AH of 12; each tells
 * what comes after it. */
static void put_extensions(struct frame *f, uint8_t last)
{
	static const struct {
		uint8_t next, len, size;
	} headers[] = { { 43, 0, 8 }, { 60, 0, 8 }, { 51, 0, 8 }, { 0, 1, 12 } };

	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		put8(f, i + 1 < ARRAY_SIZE(headers) ? headers[i].next : last);
		put8(f, headers[i].len);
		if (i == 1) { /* routing: experimental, nothing left */
			put16(f, 0xfd00);
			put32(f, 0);
		} else if (i == 3) {
			put16(f, 0);
			put32(f, 1);
			put32(f, 1);
		} else { /* PadN */
			put16(f, 0x0104);
			put32(f, 0);
		}
	}
}

static void put_ipv6(struct frame *f, const struct talk *talk,
		     const struct ip *ip)
{
	bool extended = talk->extensions;
	size_t more = (extended ? 36 : 0) + (ip->fragment ? 8 : 0);
	uint8_t last = ip->fragment ? 44 : ip->proto;

	put32(f, 0x60000000);
	put16(f, ip->len + more > 0xffff ? 0 : (uint32_t)(ip->len + more));
	put8(f, extended ? 0 : last);
	put8(f, 64);
	put_bytes(f, talk->addr[ip->from].ip, 16);
	put_bytes(f, talk->addr[!ip->from].ip, 16);
	if (extended)
		put_extensions(f, last);
	if (!ip->fragment)
		return;
	put8(f, ip->proto);
	put8(f, 0);
	put16(f, (uint32_t)ip->offset | ip->more);
	put32(f, ip->id);
}

static void put_ip(struct frame *f, const struct talk *talk,
		   const struct ip *ip)
{
	put_link(f, talk, ip->from, talk->ipv6 ? 0x86dd : 0x0800);
	if (talk->ipv6)
		put_ipv6(f, talk, ip);
	else
		put_ipv4(f, talk, ip);
}

static uint32_t take_id(struct talk *talk, int from)
{
	return talk->ip_id[from] ? talk->ip_id[from]++ : 0;
}

static void finish(struct talk *talk, const struct frame *f)
{
	uint32_t cap = (uint32_t)f->len;

	if (talk->snap && cap > talk->snap)
		cap = talk->snap;
	talk->frames++;
	talk->sink(talk->ctx, talk->linktype, talk->now_ns, f->bytes, cap,
		   (uint32_t)f->len);
	talk->now_ns += talk->step_ns;
}

/* --- TCP and UDP ---------------------------------------------------------- */

/* Of the transport's @f, with the pseudo header. */
static uint32_t checksum(const struct talk *talk, int from, uint8_t proto,
			 const struct frame *f)
{
	size_t skip = talk->ipv6 ? 0 : 12;
	uint32_t sum = proto + (uint32_t)f->len;

	sum = add_words(sum, talk->addr[from].ip + skip, 16 - skip);
	sum = add_words(sum, talk->addr[!from].ip + skip, 16 - skip);
	return ~add_words(sum, f->bytes, f->len) & 0xffff;
}

static void put_timestamps(struct frame *f, const struct talk *talk, int from)
{
	uint64_t ticks = talk->now_ns / (NS_PER_S / talk->ts_hz[from]);

	put32(f, 0x0101080a);
	put32(f, (uint32_t)ticks + talk->ts_ahead[from]);
	put32(f, 7);
}

static void put_options(struct frame *f, const struct talk *talk,
			const struct segment *s)
{
	if (talk->options && s->flags & SYN) {
		put32(f, 0x020405b4);
		put32(f, 0x01010402);
		put32(f, 0x01030300 | talk->scale[s->from]);
	}
	if (talk->timestamps)
		put_timestamps(f, talk, s->from);
	if (s->sack[0] == s->sack[1])
		return;
	put32(f, 0x0101050a);
	put32(f, s->sack[0]);
	put32(f, s->sack[1]);
}

static void put_tcp(struct frame *f, const struct talk *talk,
		    const struct segment *s)
{
	put16(f, talk->addr[s->from].port);
	put16(f, talk->addr[!s->from].port);
	put32(f, s->seq);
	put32(f, s->ack);
	put8(f, 0);
	put8(f, s->flags);
	put16(f, s->flags & RST ? 0 : talk->window[s->from]);
	put32(f, 0);
	put_options(f, talk, s);
	f->bytes[12] = (uint8_t)(f->len / 4 << 4);
	put_bytes(f, s->bytes, s->len);
	set16(f, 16, s->no_checksum ? 0xdead : checksum(talk, s->from, 6, f));
}

static void put_part(struct talk *talk, const struct frame *datagram,
		     const struct ip *ip)
{
	struct frame *f = xnew(struct frame);

	put_ip(f, talk, ip);
	put_bytes(f, datagram->bytes + ip->offset, ip->len);
	finish(talk, f);
	free(f);
}

void talk_segment(struct talk *talk, const struct segment *segment)
{
	struct frame *datagram = xnew(struct frame);
	struct ip ip = { .from = segment->from, .proto = 6 };

	ip.id = take_id(talk, segment->from);
	put_tcp(datagram, talk, segment);
	ip.len = datagram->len;
	put_part(talk, datagram, &ip);
	free(datagram);
}

void talk_fragments(struct talk *talk, const struct segment *segment,
		    size_t first)
{
	struct frame *datagram = xnew(struct frame);
	struct ip ip = {
		.from = segment->from,
		.proto = 6,
		.len = first,
		.more = true,
		.fragment = true,
	};

	ip.id = take_id(talk, segment->from);
	put_tcp(datagram, talk, segment);
	put_part(talk, datagram, &ip);
	ip.offset = first;
	ip.len = datagram->len - first;
	ip.more = false;
	put_part(talk, datagram, &ip);
	free(datagram);
}

void talk_udp(struct talk *talk, int from, const void *bytes, size_t len)
{
	struct frame *datagram = xnew(struct frame);
	struct ip ip = { .from = from, .proto = 17, .len = len + 8 };

	ip.id = take_id(talk, from);
	put16(datagram, talk->addr[from].port);
	put16(datagram, talk->addr[!from].port);
	put16(datagram, (uint32_t)len + 8);
	put16(datagram, 0);
	put_bytes(datagram, bytes, len);
	set16(datagram, 6, checksum(talk, from, 17, datagram));
	put_part(talk, datagram, &ip);
	free(datagram);
}

/* --- Around them ---------------------------------------------------------- */

/* @to: whose address it is about, NULL: asked of all. */
static void put_arp(struct talk *talk, int from, const struct wire_mac *to,
		    int about)
{
	struct frame *f = xnew(struct frame);
	static const struct wire_mac nobody;

	put_link(f, talk, from, 0x0806);
	put16(f, 1);
	put16(f, 0x0800);
	put16(f, 0x0604);
	put16(f, to ? 2 : 1);
	put_bytes(f, talk->mac[from].b, 6);
	put_bytes(f, talk->addr[from].ip + 12, 4);
	put_bytes(f, to ? to->b : nobody.b, 6);
	put_bytes(f, talk->addr[about].ip + 12, 4);
	finish(talk, f);
	free(f);
}

void talk_arp(struct talk *talk, int from)
{
	put_arp(talk, from, NULL, SERVER);
}

/* An ICMPv6 message of this side. */
static void put_icmpv6(struct talk *talk, int from, struct frame *icmp)
{
	struct frame *f = xnew(struct frame);
	struct ip ip = { .from = from, .proto = 58, .len = icmp->len };

	set16(icmp, 2, checksum(talk, from, 58, icmp));
	put_ip(f, talk, &ip);
	put_bytes(f, icmp->bytes, icmp->len);
	finish(talk, f);
	free(f);
	free(icmp);
}

/* Flags: of an advertisement. */
static void put_neighbor(struct talk *talk, int from, uint32_t type,
			 uint32_t flags)
{
	struct frame *icmp = xnew(struct frame);

	put32(icmp, type << 24);
	put32(icmp, flags);
	put_bytes(icmp, talk->addr[SERVER].ip, 16);
	put16(icmp, type == 136 ? 0x0201 : 0x0101);
	put_bytes(icmp, talk->mac[from].b, 6);
	put_icmpv6(talk, from, icmp);
}

void talk_neighbor(struct talk *talk)
{
	put_neighbor(talk, SERVER, 136, 0x20000000);
}

void talk_solicit(struct talk *talk)
{
	put_neighbor(talk, CLIENT, 135, 0);
}

void talk_answer(struct talk *talk)
{
	if (talk->ipv6)
		put_neighbor(talk, SERVER, 136, 0x60000000);
	else
		put_arp(talk, SERVER, &talk->mac[CLIENT], CLIENT);
}

/* The client's last segment as an error quotes it: up to its ports and
 * sequence number. */
static void put_quoted(struct frame *f, const struct talk *talk)
{
	struct ip ip = { .from = CLIENT, .proto = 6, .len = 20 };

	ip.id = talk->ip_id[CLIENT] ? talk->ip_id[CLIENT] - 1U : 0;
	if (talk->ipv6)
		put_ipv6(f, talk, &ip);
	else
		put_ipv4(f, talk, &ip);
	put16(f, talk->addr[CLIENT].port);
	put16(f, talk->addr[SERVER].port);
	put32(f, talk->next[CLIENT]);
}

void talk_icmp(struct talk *talk, uint8_t type, uint8_t code)
{
	struct frame *icmp = xnew(struct frame);
	struct frame *quoted = xnew(struct frame);
	struct ip ip = { .from = SERVER, .proto = 1 };
	struct frame *f;

	put16(icmp, (uint32_t)type << 8 | code);
	put16(icmp, 0);
	put32(icmp, 0);
	put_quoted(quoted, talk);
	put_bytes(icmp, quoted->bytes, quoted->len);
	free(quoted);
	if (talk->ipv6) {
		put_icmpv6(talk, SERVER, icmp);
		return;
	}
	set16(icmp, 2, ~add_words(0, icmp->bytes, icmp->len));
	ip.id = take_id(talk, SERVER);
	ip.len = icmp->len;
	f = xnew(struct frame);
	put_ip(f, talk, &ip);
	put_bytes(f, icmp->bytes, icmp->len);
	finish(talk, f);
	free(f);
	free(icmp);
}

void talk_raw(struct talk *talk, const void *bytes, size_t len)
{
	struct frame *f = xnew(struct frame);

	put_bytes(f, bytes, len);
	finish(talk, f);
	free(f);
}

void talk_init(struct talk *talk, bool ipv6)
{
	*talk = (struct talk){
		.linktype = DLT_EN10MB,
		.ipv6 = ipv6,
		.mac = { frames_client, frames_source },
		.addr = { { .port = 40000 }, { .port = FRAMES_PORT } },
		.next = { 1000, 500000 },
		.ip_id = { 100, 30000 },
		.now_ns = 1700000000 * NS_PER_S,
		.step_ns = NS_PER_MS,
		.ts_hz = { 1000, 1000 },
		.window = { 64240, 64240 },
	};
	(void)wire_addr_parse(ipv6 ? "[fd77::1]:40000" : "10.77.0.1:40000",
			      &talk->addr[CLIENT]);
	(void)wire_addr_parse(ipv6 ? "[" FRAMES_SERVICE6 "]:7000" :
				     FRAMES_SERVICE ":7000",
			      &talk->addr[SERVER]);
}

uint32_t frames_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*state >> 33);
}

void frames_to_tracker(void *ctx, int linktype, uint64_t at_ns,
		       const uint8_t *bytes, uint32_t cap_len, uint32_t len)
{
	CLEANUP_FREE uint8_t *exact = xcalloc(cap_len, 1);

	memcpy(exact, bytes, cap_len);
	wire_frame(ctx, &(struct wire_frame){ .linktype = linktype,
					      .at_ns = at_ns,
					      .bytes = exact,
					      .cap_len = cap_len,
					      .len = len });
}

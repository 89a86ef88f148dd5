// SPDX-License-Identifier: Apache-2.0
/*
 * make.c - makes the golden captures, and from them the fuzzers' seeds
 *
 * make GOLDEN_DIR CORPUS_DIR: each case gets GOLDEN_DIR/NAME/{README,case,
 * capture.pcap}; see README.md there for how it is compiled and run.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "tests/lib/frames.h"

/* Seeds are for fuzzers: small. */
#define SEED_MAX 6000

/*
 * struct golden - One case
 * @truth:	What is true of the capture, for its README
 * @protocol:	"tcp" or "udp": as what it is judged
 */
struct golden {
	const char *name;
	const char *truth;
	const char *protocol;
	bool ipv6;
	int linktype;
	void (*make)(struct talk *talk);
};

/* --- Connections that were kept ------------------------------------------- */

static void begin(struct talk *t)
{
	if (t->ipv6)
		talk_neighbor(t);
	else
		talk_arp(t, CLIENT);
	talk_open(t);
	talk_exchange(t, 5);
}

static void take_over(struct talk *t)
{
	talk_wait(t, 600);
	talk_move(t);
	if (t->ipv6)
		talk_neighbor(t);
	else
		talk_arp(t, SERVER);
	talk_probe(t);
}

static void end(struct talk *t)
{
	talk_exchange(t, 5);
	talk_close(t, CLIENT);
}

static void make_kept(struct talk *t)
{
	begin(t);
	take_over(t);
	end(t);
}

/* The question in flight is repeated with back-off, 200 ms doubled, until the
 * target answers; then the target repeats what the source had sent. */
static void make_kept_backoff(struct talk *t)
{
	begin(t);
	talk_text(t, SERVER, "sent, not acknowledged");
	talk_text(t, CLIENT, "question in flight");
	for (int i = 0; i < 3; i++) {
		talk_wait(t, 200U << i);
		talk_again(t, CLIENT, 0, "question in flight", 18);
	}
	take_over(t);
	talk_wait(t, 800);
	talk_again(t, CLIENT, 0, "question in flight", 18);
	t->ack[SERVER] = t->next[CLIENT];
	talk_ack(t, SERVER);
	talk_again(t, SERVER, 0, "sent, not acknowledged", 22);
	talk_ack(t, CLIENT);
	end(t);
}

static void make_kept_vlan(struct talk *t)
{
	t->vlans = 2;
	make_kept(t);
}

static void make_kept_extensions(struct talk *t)
{
	t->extensions = true;
	make_kept(t);
}

static void make_kept_wrap(struct talk *t)
{
	t->next[CLIENT] = 0xffffffe0;
	t->next[SERVER] = 0xffffffc0;
	make_kept_backoff(t);
}

/* What a sender's own host captures: frames above the MTU without checksums. */
static void make_kept_offload(struct talk *t)
{
	static uint8_t bulk[9000];

	for (size_t i = 0; i < sizeof(bulk); i++)
		bulk[i] = (uint8_t)(i / 7);
	begin(t);
	for (int i = 0; i < 4; i++) {
		struct segment s = { SERVER,
				     PSH | ACK,
				     t->next[SERVER],
				     t->ack[SERVER],
				     bulk,
				     sizeof(bulk),
				     true };

		talk_segment(t, &s);
		talk_lose(t, SERVER, sizeof(bulk));
		talk_ack(t, CLIENT);
	}
	talk_lose(t, SERVER, sizeof(bulk)); /* dropped by the lock */
	take_over(t);
	for (size_t at = 0; at < sizeof(bulk); at += 1000)
		talk_again(t, SERVER, (uint32_t)(sizeof(bulk) - at - 1000),
			   bulk + at, 1000);
	talk_again(t, SERVER, (uint32_t)(sizeof(bulk) - 1500), bulk, 1500);
	talk_ack(t, CLIENT);
	end(t);
}

/* Segments overtake each other, and an ACK is captured before its data. */
static void make_kept_reordered(struct talk *t)
{
	uint32_t start;

	begin(t);
	start = t->next[SERVER];
	talk_lose(t, SERVER, 30);
	talk_again(t, SERVER, 0, "cccccccccc", 10);
	talk_again(t, SERVER, 20, "aaaaaaaaaa", 10);
	talk_again(t, SERVER, 10, "bbbbbbbbbb", 10);
	talk_lose(t, SERVER, 10);
	talk_ack(t, CLIENT);
	talk_again(t, SERVER, 0, "dddddddddd", 10);
	if (t->next[SERVER] != start + 40)
		abort();
	take_over(t);
	end(t);
}

/* Promiscuous capture of a port and its bridge: each frame twice. */
static void (*once)(void *ctx, int linktype, uint64_t at_ns,
		    const uint8_t *bytes, uint32_t cap_len, uint32_t len);

static void twice(void *ctx, int linktype, uint64_t at_ns, const uint8_t *bytes,
		  uint32_t cap_len, uint32_t len)
{
	once(ctx, linktype, at_ns, bytes, cap_len, len);
	once(ctx, linktype, at_ns + 4000, bytes, cap_len, len);
}

static void make_kept_twice(struct talk *t)
{
	once = t->sink;
	t->sink = twice;
	make_kept_backoff(t);
}

/* The peer asks until the service listens. */
static void make_kept_refused_first(struct talk *t)
{
	for (int i = 0; i < 3; i++) {
		struct segment syn = { .flags = SYN, .seq = 77 };
		struct segment rst = { .from = SERVER,
				       .flags = RST | ACK,
				       .ack = 78 };

		talk_segment(t, &syn);
		talk_segment(t, &rst);
		talk_wait(t, 100);
		t->addr[CLIENT].port++;
	}
	make_kept(t);
}

/* Both sides probe an idle connection; one of them with a byte. */
static void make_kept_keepalive(struct talk *t)
{
	begin(t);
	for (int i = 0; i < 3; i++) {
		struct segment probe = { .from = i % 2 ? SERVER : CLIENT,
					 .flags = ACK,
					 .bytes = "",
					 .len = i == 2 };

		probe.seq = t->next[probe.from] - 1;
		probe.ack = t->ack[probe.from];
		talk_wait(t, 1000);
		talk_segment(t, &probe);
		talk_ack(t, !probe.from);
	}
	take_over(t);
	end(t);
}

static void make_kept_fragments(struct talk *t)
{
	static const char text[] = "a segment that a narrow link cut in two";
	struct segment s = { .from = SERVER, .flags = PSH | ACK };

	begin(t);
	take_over(t);
	s.seq = t->next[SERVER];
	s.ack = t->ack[SERVER];
	s.bytes = text;
	s.len = sizeof(text);
	talk_fragments(t, &s, 40);
	talk_lose(t, SERVER, sizeof(text));
	talk_ack(t, CLIENT);
	end(t);
}

static void make_kept_snap(struct talk *t)
{
	t->snap = 96;
	make_kept_offload(t);
}

static void make_kept_timestamps(struct talk *t)
{
	t->timestamps = true;
	make_kept_backoff(t);
}

/* The target's host still sends after the client has closed. */
static void make_kept_reset_after_end(struct talk *t)
{
	begin(t);
	take_over(t);
	talk_exchange(t, 2);
	talk_fin(t, CLIENT);
	talk_text(t, SERVER, "too late");
	talk_reset(t, CLIENT, true);
	talk_reset(t, SERVER, false);
}

/* --- Connections that were not -------------------------------------------- */

static void make_rst_target(struct talk *t)
{
	begin(t);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	talk_text(t, CLIENT, "question");
	talk_reset(t, SERVER, true);
}

static void make_rst_source(struct talk *t)
{
	begin(t);
	talk_wait(t, 100);
	talk_text(t, CLIENT, "question");
	talk_reset(t, SERVER, true);
	talk_wait(t, 500);
	talk_move(t);
	talk_arp(t, SERVER);
	talk_probe(t);
	talk_reset(t, CLIENT, true);
}

static void make_rst_abort(struct talk *t)
{
	begin(t);
	take_over(t);
	talk_exchange(t, 1);
	talk_reset(t, SERVER, false);
}

static void make_rst_client(struct talk *t)
{
	begin(t);
	talk_text(t, CLIENT, "question");
	talk_wait(t, 9000);
	talk_reset(t, CLIENT, false);
}

static void make_fin_early(struct talk *t)
{
	begin(t);
	talk_fin(t, SERVER);
	talk_ack(t, CLIENT);
	talk_wait(t, 500);
	talk_close(t, CLIENT);
}

static void make_silent_target(struct talk *t)
{
	begin(t);
	talk_text(t, CLIENT, "question in flight");
	for (int i = 0; i < 5; i++) {
		talk_wait(t, 200U << i);
		talk_again(t, CLIENT, 0, "question in flight", 18);
	}
}

static void make_reconnected(struct talk *t)
{
	begin(t);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	t->addr[CLIENT].port++;
	t->next[CLIENT] = 70000;
	t->next[SERVER] = 90000;
	talk_open(t);
	end(t);
}

static void make_syn_again(struct talk *t)
{
	begin(t);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	t->next[CLIENT] = 3000000000;
	t->next[SERVER] = 90000;
	talk_open(t);
	end(t);
}

static void make_damaged(struct talk *t)
{
	begin(t);
	talk_text(t, SERVER, "the truth and nothing else");
	take_over(t);
	talk_again(t, SERVER, 0, "the trash and nothing else", 26);
	talk_ack(t, CLIENT);
	end(t);
}

static void make_lost(struct talk *t)
{
	begin(t);
	talk_lose(t, SERVER, 1448);
	take_over(t);
	end(t);
}

static void make_shifted(struct talk *t)
{
	begin(t);
	take_over(t);
	t->next[SERVER] += 0x60000000;
	talk_text(t, SERVER, "who is this?");
	talk_ack(t, CLIENT);
	talk_close(t, CLIENT);
}

static void make_split(struct talk *t)
{
	begin(t);
	take_over(t);
	talk_exchange(t, 1);
	t->mac[SERVER] = frames_source;
	talk_ack(t, SERVER);
	t->mac[SERVER] = frames_target;
	end(t);
}

static void make_middle(struct talk *t)
{
	t->ack[SERVER] = t->next[CLIENT];
	t->ack[CLIENT] = t->next[SERVER];
	talk_exchange(t, 5);
	take_over(t);
	end(t);
}

/* --- UDP ------------------------------------------------------------------ */

static void ask_udp(struct talk *t, int n)
{
	for (int i = 0; i < n; i++) {
		talk_udp(t, CLIENT, "ping", 4);
		talk_udp(t, SERVER, "pong", 4);
	}
}

static void make_udp_kept(struct talk *t)
{
	ask_udp(t, 5);
	talk_udp(t, CLIENT, "ping", 4);
	talk_wait(t, 600);
	talk_move(t);
	talk_arp(t, SERVER);
	ask_udp(t, 5);
}

static void make_udp_split(struct talk *t)
{
	make_udp_kept(t);
	t->mac[SERVER] = frames_source;
	ask_udp(t, 1);
}

static void make_udp_never(struct talk *t)
{
	ask_udp(t, 5);
	talk_wait(t, 600);
	talk_udp(t, CLIENT, "ping", 4);
}

/* --- All of them ---------------------------------------------------------- */

static const struct golden goldens[] = {
	{ "kept", "Five questions before, five after the move, nothing else.",
	  "tcp", false, DLT_EN10MB, make_kept },
	{ "kept-ipv6",
	  "As kept, over IPv6, announced by a neighbour "
	  "advertisement.",
	  "tcp", true, DLT_EN10MB, make_kept },
	{ "kept-extensions",
	  "As kept-ipv6, with hop-by-hop, routing, "
	  "destination and authentication headers.",
	  "tcp", true, DLT_EN10MB, make_kept_extensions },
	{ "kept-vlan", "As kept, with two VLAN tags.", "tcp", false, DLT_EN10MB,
	  make_kept_vlan },
	{ "kept-sll", "As kept, captured on 'any' (Linux cooked, v1).", "tcp",
	  false, DLT_LINUX_SLL, make_kept },
	{ "kept-sll2", "As kept, Linux cooked, v2.", "tcp", false,
	  DLT_LINUX_SLL2, make_kept },
	{ "kept-raw",
	  "As kept, captured without link layer: who sent cannot be "
	  "told.",
	  "tcp", false, DLT_RAW, make_kept },
	{ "kept-backoff",
	  "A question in flight is repeated four times while "
	  "nobody serves; the target repeats what the source had sent, the "
	  "same bytes.",
	  "tcp", false, DLT_EN10MB, make_kept_backoff },
	{ "kept-wrap", "As kept-backoff, both sequence numbers wrap to 0.",
	  "tcp", false, DLT_EN10MB, make_kept_wrap },
	{ "kept-timestamps", "As kept-backoff over IPv6, with TCP timestamps.",
	  "tcp", true, DLT_EN10MB, make_kept_timestamps },
	{ "kept-offload",
	  "Segments of 9000 bytes without checksums; the last "
	  "was dropped by the lock and comes from the target in small ones, "
	  "some of it twice.",
	  "tcp", false, DLT_EN10MB, make_kept_offload },
	{ "kept-snap",
	  "As kept-offload, cut to 96 bytes a frame: what is "
	  "repeated cannot be compared.",
	  "tcp", false, DLT_EN10MB, make_kept_snap },
	{ "kept-reordered",
	  "Three segments were captured in the order 3, 1, 2, "
	  "and one after its acknowledgement; none is a repetition.",
	  "tcp", false, DLT_EN10MB, make_kept_reordered },
	{ "kept-twice", "As kept-backoff, each frame captured twice.", "tcp",
	  false, DLT_EN10MB, make_kept_twice },
	{ "kept-refused-first",
	  "Three attempts were refused before the service "
	  "listened; then as kept.",
	  "tcp", false, DLT_EN10MB, make_kept_refused_first },
	{ "kept-keepalive",
	  "Keep-alives on the idle connection, one of them "
	  "with a byte: none is a repetition.",
	  "tcp", false, DLT_EN10MB, make_kept_keepalive },
	{ "kept-fragments",
	  "One segment of the target came in two IP "
	  "fragments.",
	  "tcp", false, DLT_EN10MB, make_kept_fragments },
	{ "kept-fragments-ipv6", "As kept-fragments, over IPv6.", "tcp", true,
	  DLT_EN10MB, make_kept_fragments },
	{ "kept-reset-after-end",
	  "The client closed, then both sides sent "
	  "RST: the end of the test, not of the connection's life.",
	  "tcp", false, DLT_EN10MB, make_kept_reset_after_end },
	{ "rst-target",
	  "The target had the address before it had the socket "
	  "and answered a segment with RST.",
	  "tcp", false, DLT_EN10MB, make_rst_target },
	{ "rst-source",
	  "The source was not locked and answered a segment with "
	  "RST after its socket was gone.",
	  "tcp", false, DLT_EN10MB, make_rst_source },
	{ "rst-abort",
	  "The program died on the target after the restore: RST "
	  "with ACK.",
	  "tcp", false, DLT_EN10MB, make_rst_abort },
	{ "rst-client", "Nobody answered for 9 s and the client aborted.",
	  "tcp", false, DLT_EN10MB, make_rst_client },
	{ "fin-early", "The source closed the connection at the dump.", "tcp",
	  false, DLT_EN10MB, make_fin_early },
	{ "silent-target",
	  "The client repeats its question and nobody "
	  "answers.",
	  "tcp", false, DLT_EN10MB, make_silent_target },
	{ "reconnected", "The client made a second connection, to the target.",
	  "tcp", false, DLT_EN10MB, make_reconnected },
	{ "syn-again",
	  "The client made a second connection from the same "
	  "port.",
	  "tcp", false, DLT_EN10MB, make_syn_again },
	{ "damaged",
	  "The target repeated what the source had sent, with two "
	  "other bytes.",
	  "tcp", false, DLT_EN10MB, make_damaged },
	{ "lost",
	  "1448 bytes of the source never came, and the client "
	  "acknowledged what is after them.",
	  "tcp", false, DLT_EN10MB, make_lost },
	{ "shifted",
	  "The target's sequence numbers are far from those of the "
	  "source.",
	  "tcp", false, DLT_EN10MB, make_shifted },
	{ "split", "The source spoke once more after the target had begun.",
	  "tcp", false, DLT_EN10MB, make_split },
	{ "middle", "The capture began after the connection.", "tcp", false,
	  DLT_EN10MB, make_middle },
	{ "udp-kept",
	  "Five datagrams each way before, five after the move, one "
	  "unanswered between.",
	  "udp", false, DLT_EN10MB, make_udp_kept },
	{ "udp-split", "As udp-kept, then the source answered once more.",
	  "udp", false, DLT_EN10MB, make_udp_split },
	{ "udp-never", "The target never answered.", "udp", false, DLT_EN10MB,
	  make_udp_never },
};

/* --- Writing -------------------------------------------------------------- */

/* struct sinks - Where a case's frames go */
struct sinks {
	pcap_dumper_t *capture;
	FILE *seed;
};

static void write_frame(void *ctx, int linktype, uint64_t at_ns,
			const uint8_t *bytes, uint32_t cap_len, uint32_t len)
{
	struct sinks *sinks = ctx;
	struct pcap_pkthdr header = {
		.ts = { (time_t)(at_ns / NS_PER_S),
			(suseconds_t)(at_ns % NS_PER_S) },
		.caplen = cap_len,
		.len = len,
	};

	(void)linktype;
	pcap_dump((u_char *)sinks->capture, &header, bytes);
	fputc((int)(cap_len >> 8), sinks->seed);
	fputc((int)(cap_len & 0xff), sinks->seed);
	fputc(1, sinks->seed);
	(void)fwrite(bytes, 1, cap_len, sinks->seed);
}

/* The first byte of a seed says its link type, see fuzz_wire.c. */
static int linktype_byte(int linktype)
{
	static const int linktypes[] = { DLT_EN10MB, DLT_LINUX_SLL,
					 DLT_LINUX_SLL2, DLT_RAW, DLT_NULL };

	for (size_t i = 0; i < ARRAY_SIZE(linktypes); i++)
		if (linktypes[i] == linktype)
			return (int)i;
	return 0;
}

static int write_texts(const struct golden *golden, const char *dir,
		       struct err *err)
{
	CLEANUP_FREE char *readme = xasprintf("%s/README", dir);
	CLEANUP_FREE char *rule = xasprintf("%s/case", dir);
	CLEANUP_FREE char *truth = xasprintf("%s\n", golden->truth);
	CLEANUP_FREE char *what = xasprintf(
		"%s %d %s\n", golden->ipv6 ? FRAMES_SERVICE6 : FRAMES_SERVICE,
		FRAMES_PORT, golden->protocol);

	if (file_mkdirs(dir, err) < 0 ||
	    file_write(readme, truth, strlen(truth), err) < 0)
		return -1;
	return file_write(rule, what, strlen(what), err);
}

static int make_one(const struct golden *golden, const char *goldens_dir,
		    const char *corpus_dir, struct err *err)
{
	CLEANUP_FREE char *dir = xasprintf("%s/%s", goldens_dir, golden->name);
	CLEANUP_FREE char *capture = xasprintf("%s/capture.pcap", dir);
	CLEANUP_FREE char *wire =
		xasprintf("%s/wire/%s", corpus_dir, golden->name);
	CLEANUP_FREE char *copy =
		xasprintf("%s/pcap/%s", corpus_dir, golden->name);
	pcap_t *pcap = pcap_open_dead_with_tstamp_precision(
		golden->linktype, 262144, PCAP_TSTAMP_PRECISION_NANO);
	struct sinks sinks;
	struct talk talk;
	long size;

	if (write_texts(golden, dir, err) < 0)
		return -1;
	sinks.capture = pcap_dump_open(pcap, capture);
	sinks.seed = fopen(wire, "we");
	if (!sinks.capture || !sinks.seed)
		return err_errno(err, "write '%s' and '%s'", capture, wire);
	fputc(linktype_byte(golden->linktype) | golden->ipv6 << 4, sinks.seed);
	talk_init(&talk, golden->ipv6);
	talk.linktype = golden->linktype;
	talk.sink = write_frame;
	talk.ctx = &sinks;
	golden->make(&talk);
	pcap_dump_close(sinks.capture);
	pcap_close(pcap);
	size = ftell(sinks.seed);
	(void)fclose(sinks.seed);
	if (size > SEED_MAX)
		return remove(wire) ? err_errno(err, "remove '%s'", wire) : 0;
	return file_copy(capture, copy, err);
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;

	if (argc != 3) {
		(void)fprintf(stderr, "Usage: make GOLDEN_DIR CORPUS_DIR\n");
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(goldens); i++) {
		if (make_one(&goldens[i], argv[1], argv[2], &err) == 0)
			continue;
		(void)fprintf(stderr, "make: %s: %s\n", goldens[i].name,
			      err.msg);
		return 1;
	}
	return 0;
}

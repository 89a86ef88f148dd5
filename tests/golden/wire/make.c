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
#include "tests/golden/wire/goldens.h"

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
	{ "kept-options",
	  "Window scale, MSS, SACK and time stamps, as with kept.", "tcp",
	  false, DLT_EN10MB, make_kept_options },
	{ "kept-lossy",
	  "A segment was lost before the capture: two overtake it, two ACKs "
	  "with SACK blocks ask for it, it comes, and one is repeated "
	  "needlessly.",
	  "tcp", false, DLT_EN10MB, make_kept_lossy },
	{ "challenge",
	  "A SYN of nobody's on the connection's ports is answered by a challenge ACK; the connection goes on.",
	  "tcp", false, DLT_EN10MB, make_kept_challenge },
	{ "kept-tail",
	  "1400 bytes every 20 ms; after the move every 100 ms at first, and as before half a second later.",
	  "tcp", false, DLT_EN10MB, make_kept_tail },
	{ "ts-flip",
	  "The time stamps of the source tick 1000 times a second, those of the target a million times.",
	  "tcp", false, DLT_EN10MB, make_ts_flip },
	{ "ts-back",
	  "The time stamps of the target begin 100 s before those of the source: the client drops all, and repeats.",
	  "tcp", false, DLT_EN10MB, make_ts_back },
	{ "zero-window", "The target offers no window for three seconds.",
	  "tcp", false, DLT_EN10MB, make_zero_window },
	{ "ack-storm", "Thirty ACKs to and fro that say nothing new.", "tcp",
	  false, DLT_EN10MB, make_ack_storm },
	{ "back",
	  "The target goes on from an older state: its sequence number and its ACK go back.",
	  "tcp", false, DLT_EN10MB, make_back },
	{ "hung",
	  "The target sent the probe that ends TCP repair and then nothing, while the client repeats.",
	  "tcp", false, DLT_EN10MB, make_hung },
	{ "icmp",
	  "The target's firewall answers each segment: administratively prohibited.",
	  "tcp", false, DLT_EN10MB, make_refused_by_icmp },
	{ "icmp-ipv6", "As icmp, over IPv6.", "tcp", true, DLT_EN10MB,
	  make_refused_by_icmp },
	{ "arp-unanswered",
	  "The client asks three times who has the address, and nobody says so.",
	  "tcp", false, DLT_EN10MB, make_arp_unanswered },
	{ "arp-unanswered-ipv6",
	  "As arp-unanswered, by neighbour solicitations.", "tcp", true,
	  DLT_EN10MB, make_arp_unanswered },
	{ "two-claims",
	  "Source and target both answer that they have the address.", "tcp",
	  false, DLT_EN10MB, make_two_claims },
	{ "two-claims-ipv6", "As two-claims, by neighbour advertisements.",
	  "tcp", true, DLT_EN10MB, make_two_claims },
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
	(void)fputc((int)(cap_len >> 8), sinks->seed);
	(void)fputc((int)(cap_len & 0xff), sinks->seed);
	(void)fputc(1, sinks->seed);
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
	(void)fputc(linktype_byte(golden->linktype) | golden->ipv6 << 4,
		    sinks.seed);
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

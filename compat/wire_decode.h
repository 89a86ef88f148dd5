// SPDX-License-Identifier: Apache-2.0
/* wire_decode.h - one frame's bytes taken apart */
#ifndef COMPAT_WIRE_DECODE_H
#define COMPAT_WIRE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "compat/wire.h"

/**
 * enum wire_kind - What a frame holds, as far as continuity cares
 * @WIRE_OTHER:	   Anything else, or malformed
 * @WIRE_ARP:	   ARP for IPv4, see struct wire_neighbor
 * @WIRE_NEIGHBOR: Neighbour solicitation or advertisement, likewise
 * @WIRE_ICMP:	   An ICMP or ICMPv6 error about a TCP segment, whose addresses
 *		   are .src and .dst; see struct wire_error
 * @WIRE_TCP:	   A TCP segment, or the first fragment of one
 * @WIRE_UDP:	   A UDP datagram, or the first fragment of one
 * @WIRE_FRAGMENT: A later fragment of a TCP segment: addresses, .ip_id,
 *		   .fragment_offset and the payload only
 */
enum wire_kind {
	WIRE_OTHER,
	WIRE_ARP,
	WIRE_NEIGHBOR,
	WIRE_ICMP,
	WIRE_TCP,
	WIRE_UDP,
	WIRE_FRAGMENT
};

#define WIRE_FIN 0x01
#define WIRE_SYN 0x02
#define WIRE_RST 0x04
#define WIRE_ACK 0x10

/**
 * struct wire_options - TCP's
 * @tsval:	With @timestamps
 * @scale:	Shift count, -1: none
 * @mss:	0: none
 * @sack_blocks: There are such
 */
struct wire_options {
	uint32_t tsval;
	int scale;
	uint16_t mss;
	bool timestamps;
	bool sack_permitted;
	bool sack_blocks;
};

/**
 * struct wire_neighbor - What ARP or neighbour discovery says
 * @asks:	Who has .dst?
 * @claims:	.src is at @mac; with ARP the sender of every frame says so
 * @asked:	It answers somebody
 */
struct wire_neighbor {
	bool asks;
	bool claims;
	bool asked;
	struct wire_mac mac;
};

/** struct wire_error - Type and code of an ICMP or, with @v6, ICMPv6 error */
struct wire_error {
	uint8_t type;
	uint8_t code;
	bool v6;
};

/**
 * struct wire_packet - One frame taken apart; borrows the frame's bytes
 * @kind:	  See enum wire_kind
 * @has_mac:	  The link type tells who sent it
 * @mac:	  Sender's link address
 * @src, @dst:	  Address and port; port 0 where there is none
 * @ip_id:	  Identification, of IPv6 only in fragments; 0: none
 * @more:	  The first fragment of several
 * @fragment_offset: Of the payload in the IP datagram's payload
 * @header_len:	  TCP header's bytes (fragments continue after them)
 * @flags, @seq, @ack, @window: Of TCP
 * @neighbor, @error: By kind
 * @payload_len:  Bytes of payload on the wire
 * @payload:	  Those that were captured, @captured of them
 * @digest:	  Of all headers from IP on, checksums included: equal for two
 *		  captures of one frame
 * @is_unique:	  No other frame of its sender has this digest for a while: there
 *		  is an identification or a time stamp
 */
struct wire_packet {
	enum wire_kind kind;
	bool has_mac;
	bool more;
	bool is_unique;
	uint8_t flags;
	struct wire_mac mac;
	struct wire_addr src;
	struct wire_addr dst;
	uint32_t ip_id;
	uint32_t fragment_offset;
	uint32_t header_len;
	uint32_t seq;
	uint32_t ack;
	uint16_t window;
	struct wire_options options;
	struct wire_neighbor neighbor;
	struct wire_error error;
	uint32_t payload_len;
	uint32_t captured;
	const uint8_t *payload;
	uint64_t digest;
};

/** wire_linktype_known() - Whether frames of this DLT_ can be taken apart */
bool wire_linktype_known(int linktype);

/**
 * wire_decode() - Take one frame apart
 * @linktype:	DLT_ value
 * @bytes:	@cap_len captured bytes of @len on the wire
 * @ret_packet:	Always filled; .kind is WIRE_OTHER for what is malformed or of no
 *		interest
 */
void wire_decode(int linktype, const uint8_t *bytes, uint32_t cap_len,
		 uint32_t len, struct wire_packet *ret_packet);

#endif

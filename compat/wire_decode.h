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
 * @WIRE_ARP:	   ARP for IPv4: .src is the sender's, .dst the target's address
 * @WIRE_NEIGHBOR: Neighbour solicitation or advertisement: .dst is its target
 * @WIRE_TCP:	   A TCP segment, or the first fragment of one
 * @WIRE_UDP:	   A UDP datagram, or the first fragment of one
 * @WIRE_FRAGMENT: A later fragment of a TCP segment: addresses, .ip_id,
 *		   .fragment_offset and the payload only
 */
enum wire_kind {
	WIRE_OTHER,
	WIRE_ARP,
	WIRE_NEIGHBOR,
	WIRE_TCP,
	WIRE_UDP,
	WIRE_FRAGMENT
};

#define WIRE_FIN 0x01
#define WIRE_SYN 0x02
#define WIRE_RST 0x04
#define WIRE_ACK 0x10

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
 * @flags, @seq, @ack: Of TCP
 * @has_timestamp: The segment has the TCP timestamps option
 * @payload_len:  Bytes of payload on the wire
 * @payload:	  Those that were captured, @captured of them
 * @digest:	  Of all headers from IP on, checksums included: equal for two
 *		  captures of one frame
 */
struct wire_packet {
	enum wire_kind kind;
	bool has_mac;
	struct wire_mac mac;
	struct wire_addr src;
	struct wire_addr dst;
	uint32_t ip_id;
	bool more;
	uint32_t fragment_offset;
	uint32_t header_len;
	uint8_t flags;
	uint32_t seq;
	uint32_t ack;
	bool has_timestamp;
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

// SPDX-License-Identifier: Apache-2.0
/*
 * fuzz_wire.c - frames of any bytes: dissection, connections, judge, JSON
 *
 * Input: a byte with the link type's index (low 4 bits) and the service's
 * family (bit 4), then frames: length (2 bytes, big-endian), milliseconds since
 * the one before (1 byte), the frame's bytes.
 */
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = { DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2,
				 DLT_RAW, DLT_NULL };

/* In a buffer of the exact size, so that a sanitizer sees a read beyond it. */
static void feed_frame(struct wire_tracker *tracker, int linktype,
		       uint64_t at_ns, const uint8_t *bytes, uint32_t cap,
		       uint32_t len)
{
	CLEANUP_FREE uint8_t *exact = xcalloc(cap, 1);

	if (cap > 0)
		memcpy(exact, bytes, cap);
	wire_frame(tracker, &(struct wire_frame){ .linktype = linktype,
						  .at_ns = at_ns,
						  .bytes = exact,
						  .cap_len = cap,
						  .len = len });
}

static void feed(struct wire_tracker *tracker, int linktype,
		 const uint8_t *data, size_t size)
{
	uint64_t at_ns = 1700000000 * NS_PER_S;

	while (size >= 3) {
		uint32_t len = (uint32_t)data[0] << 8 | data[1];
		uint32_t cap = len < size - 3 ? len : (uint32_t)size - 3;

		at_ns += data[2] * NS_PER_MS;
		feed_frame(tracker, linktype, at_ns, data + 3, cap, len);
		data += 3 + cap;
		size -= 3 + cap;
	}
}

/* What cannot be, whatever the frames. */
static void check(const struct wire_report *report)
{
	for (size_t i = 0; i < report->n_conns; i++) {
		const struct wire_conn *conn = &report->conns[i];
		uint64_t damaged =
			conn->side[0].damaged + conn->side[1].damaged;
		uint64_t frames = conn->side[0].frames + conn->side[1].frames;

		if (frames == 0 || frames > report->frames ||
		    conn->first_ns > conn->last_ns ||
		    conn->silence_ns > conn->last_ns - conn->first_ns ||
		    conn->n_hosts > WIRE_HOSTS_MAX ||
		    (damaged > 0) != (conn->first_damaged.frame > 0) ||
		    (conn->syn_again > 0) != (conn->first_syn_again.frame > 0))
			abort();
	}
}

static void judge(const struct wire_report *report, bool tcp)
{
	static const struct wire_mac source = { { 0x52, 0x54, 0, 0x77, 0,
						  10 } };
	static const struct wire_mac target = { { 0x52, 0x54, 0, 0x77, 0,
						  11 } };
	CLEANUP_FREE char *why = NULL;
	enum witness witness;

	witness = wire_judge(report, tcp, &source, &target, &why);
	if ((witness == WITNESS_OK) != (why == NULL))
		abort();
}

static void round_trip(const struct wire_report *report)
{
	CLEANUP(wire_report_release) struct wire_report back = { 0 };
	struct err err = ERR_INIT;
	json_t *json = wire_to_json(report), *again;

	if (wire_from_json(json, &back, &err) < 0)
		abort();
	again = wire_to_json(&back);
	if (!json_equal(json, again))
		abort();
	json_decref(json);
	json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	struct wire_tracker *tracker;
	struct err err = ERR_INIT;
	bool ipv6;

	if (size == 0)
		return 0;
	ipv6 = data[0] & 0x10;
	if (wire_new(ipv6 ? "fd77::100" : "10.77.0.100", 7000, &tracker, &err) <
	    0)
		abort();
	feed(tracker, linktypes[(data[0] & 0x0f) % ARRAY_SIZE(linktypes)],
	     data + 1, size - 1);
	wire_finish(tracker, 0, &report);
	check(&report);
	judge(&report, true);
	judge(&report, false);
	round_trip(&report);
	return 0;
}

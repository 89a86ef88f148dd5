// SPDX-License-Identifier: Apache-2.0
/*
 * wire_time.c - dissects a capture and says how much that was, for the bench
 *
 * wire_time CAPTURE SERVICE PORT: one line of JSON, frames, connections and the
 * peak of its memory.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/mem.h"
#include "compat/capfile.h"
#include "compat/wire.h"

static void capfile_closep(struct capfile **file)
{
	capfile_close(*file);
}

static void tracker_freep(struct wire_tracker **tracker)
{
	wire_free(*tracker);
}

/* A connection is looked at, or it might not be told at all. */
static void told(void *arg, const struct wire_conn *conn)
{
	uint64_t *bytes = arg;

	*bytes += conn->side[WIRE_CLIENT].bytes + conn->side[WIRE_SERVER].bytes;
}

static int dissect(const char *path, struct wire_tracker *tracker,
		   struct err *err)
{
	CLEANUP(capfile_closep) struct capfile *file = NULL;
	struct capframe frame;
	int rc;

	if (capfile_open(path, &file, err) < 0)
		return -1;
	while ((rc = capfile_next(file, &frame, err)) == 1)
		wire_frame(tracker,
			   &(struct wire_frame){ .linktype = frame.linktype,
						 .iface = frame.interface,
						 .at_ns = frame.at_ns,
						 .bytes = frame.bytes,
						 .cap_len = frame.cap_len,
						 .len = frame.len,
						 .comment = frame.comment });
	return rc;
}

int main(int argc, char **argv)
{
	CLEANUP(tracker_freep) struct wire_tracker *tracker = NULL;
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	struct err err = ERR_INIT;
	struct rusage usage;
	uint64_t bytes = 0;

	if (argc != 4) {
		(void)fprintf(stderr,
			      "usage: wire_time CAPTURE SERVICE PORT\n");
		return 2;
	}
	if (wire_new(argv[2], (uint16_t)strtoul(argv[3], NULL, 10), &tracker,
		     &err) < 0 ||
	    dissect(argv[1], tracker, &err) < 0) {
		(void)fprintf(stderr, "wire_time: %s\n", err.msg);
		return 1;
	}
	wire_each(tracker, 0, told, &bytes, &report);
	(void)getrusage(RUSAGE_SELF, &usage);
	(void)printf("{\"frames\": %" PRIu64 ", \"connections\": %zu, "
		     "\"payload_bytes\": %" PRIu64 ", \"peak_kib\": %ld}\n",
		     report.frames, report.n_conns, bytes, usage.ru_maxrss);
	return 0;
}

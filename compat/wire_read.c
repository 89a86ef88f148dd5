// SPDX-License-Identifier: Apache-2.0
/* wire_read.c - a whole capture file before a wire tracker */
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

static void feed(struct wire_tracker *tracker, const struct capframe *frame)
{
	wire_frame(tracker, &(struct wire_frame){ .linktype = frame->linktype,
						  .iface = frame->interface,
						  .at_ns = frame->at_ns,
						  .bytes = frame->bytes,
						  .cap_len = frame->cap_len,
						  .len = frame->len,
						  .comment = frame->comment });
}

int wire_read(const char *path, const char *service, uint16_t port,
	      uint64_t drops, struct wire_report *ret_report, char **ret_note,
	      struct err *err)
{
	CLEANUP(capfile_closep) struct capfile *file = NULL;
	CLEANUP(tracker_freep) struct wire_tracker *tracker = NULL;
	struct capframe frame;
	int rc;

	if (wire_new(service, port, &tracker, err) < 0 ||
	    capfile_open(path, &file, err) < 0)
		return -1;
	while ((rc = capfile_next(file, &frame, err)) == 1)
		feed(tracker, &frame);
	if (rc < 0)
		return -1;
	wire_finish(TAKE(tracker), drops, ret_report);
	if (ret_note)
		*ret_note = capfile_note(file);
	return 0;
}

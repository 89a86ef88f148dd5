// SPDX-License-Identifier: Apache-2.0
/* fuzz_pcap.c - capture files of any bytes: read, merged, before the tracker */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "compat/capfile.h"
#include "compat/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_error(const struct err *err)
{
	if (err->domain != ERR_PCAP && err->domain != ERR_INPUT)
		abort();
}

/* All that is handed out is touched, and is what the contract says. */
static void check_frame(const struct capframe *frame, uint64_t number,
			size_t n_interfaces)
{
	static volatile size_t sink;

	if (frame->number != number || frame->interface >= n_interfaces ||
	    frame->cap_len > frame->len || frame->at_ns > INT64_MAX ||
	    frame->cap_len > CAPFILE_FRAME_MAX)
		abort();
	for (uint32_t i = 0; i < frame->cap_len; i++)
		sink += frame->bytes[i];
	sink += frame->comment ? strlen(frame->comment) : 0;
	(void)sink;
}

static void read_file(const char *path)
{
	CLEANUP_FREE char *note = NULL;
	struct capfile *file;
	struct capframe frame;
	struct err err = ERR_INIT;
	uint64_t n = 0;
	int rc;

	if (capfile_open(path, &file, &err) < 0) {
		check_error(&err);
		return;
	}
	while ((rc = capfile_next(file, &frame, &err)) == 1)
		check_frame(&frame, ++n, capfile_n_interfaces(file));
	if (rc < 0)
		check_error(&err);
	for (size_t i = 0; i < capfile_n_interfaces(file); i++)
		n -= capfile_interface(file, i)->frames;
	if (n != 0)
		abort();
	note = capfile_note(file);
	(void)capfile_drops(file);
	capfile_close(file);
}

static void read_merge(const char *path)
{
	const char *const paths[] = { path, path };
	CLEANUP_FREE char *note = NULL;
	struct capmerge *merge;
	struct capframe frame;
	struct err err = ERR_INIT;
	uint64_t n = 0;

	if (capmerge_open(paths, ARRAY_SIZE(paths), &merge, &err) < 0) {
		check_error(&err);
		return;
	}
	while (capmerge_next(merge, &frame, &err) == 1)
		check_frame(&frame, ++n, capmerge_n_interfaces(merge));
	note = capmerge_note(merge);
	(void)capmerge_drops(merge);
	capmerge_close(merge);
}

static void read_wire(const char *path)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP_FREE char *note = NULL;
	struct err err = ERR_INIT;

	if (wire_read(path, "10.77.0.100", 0, 0, &report, &note, &err) < 0)
		check_error(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FD int fd = memfd_create("capture", MFD_CLOEXEC);
	CLEANUP_FREE char *path = xasprintf("/proc/self/fd/%d", fd);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	read_file(path);
	read_merge(path);
	read_wire(path);
	return 0;
}

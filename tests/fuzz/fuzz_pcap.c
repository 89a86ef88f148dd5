// SPDX-License-Identifier: Apache-2.0
/* fuzz_pcap.c - capture files of any bytes, through wire_read() */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "compat/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP_FD int fd = memfd_create("capture", MFD_CLOEXEC);
	CLEANUP_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	CLEANUP_FREE char *note = NULL;
	struct err err = ERR_INIT;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (wire_read(path, "10.77.0.100", 0, 0, &report, &note, &err) < 0 &&
	    err.domain != ERR_PCAP && err.domain != ERR_INPUT)
		abort();
	return 0;
}

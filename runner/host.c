// SPDX-License-Identifier: Apache-2.0
/* host.c - facts of the machine that the tool runs on */
#include "runner/host.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

static char *cpu_model(void)
{
	CLEANUP_FREE char *text = NULL;
	struct err err;
	char *at;

	if (file_read("/proc/cpuinfo", 16 << 20, &text, NULL, &err))
		return NULL;
	at = strstr(text, "model name");
	at = at ? strchr(at, ':') : NULL;
	return at ? xstrndup(at + 2, strcspn(at + 2, "\n")) : NULL;
}

void host_read(struct host_facts *ret_host)
{
	struct utsname name;

	*ret_host = (struct host_facts){ .cpu = cpu_model() };
	if (!uname(&name))
		ret_host->kernel = xstrdup(name.release);
}

static uint64_t memory_available(void)
{
	CLEANUP_FREE char *text = NULL;
	struct err err;
	static const char key[] = "MemAvailable:";
	uint64_t kib = 0;
	const char *at;

	if (file_read("/proc/meminfo", 65536, &text, NULL, &err))
		return 0;
	at = strstr(text, key);
	if (!at)
		return 0;
	at += strlen(key);
	at += strspn(at, " ");
	return str_take_u64(&at, 10, &kib) ? kib * 1024 : 0;
}

size_t host_jobs(uint64_t lab_bytes)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	/* QEMU itself needs some, and the host has other things to do. */
	uint64_t fit = memory_available() / (lab_bytes + lab_bytes / 4 + 1);
	size_t jobs = cores > 1 ? (size_t)cores : 1;

	if (fit < jobs)
		jobs = fit ? fit : 1;
	return jobs;
}

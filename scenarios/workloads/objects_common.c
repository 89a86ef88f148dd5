// SPDX-License-Identifier: Apache-2.0
/* objects_common.c - what the kinds of objects share */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/mix.h"
#include "scenarios/workloads/objects.h"

#define PATIENCE_MS 1000

void *objects_share(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		guest_die("mmap");
	return at;
}

void objects_nap(int ms)
{
	(void)poll(NULL, 0, ms);
}

static uint64_t clock_ms(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_MONOTONIC, &ts) < 0)
		guest_die("clock_gettime");
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

bool objects_grew(const volatile uint64_t *now, uint64_t then)
{
	uint64_t began = clock_ms();

	while (*now <= then && clock_ms() - began < PATIENCE_MS)
		objects_nap(1);
	return *now > then;
}

int objects_child(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		guest_die("fork");
	if (pid == 0 &&
	    (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent))
		_exit(GUEST_TROUBLE);
	return pid;
}

void objects_fill(unsigned char *bytes, size_t n, uint64_t seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = (unsigned char)mix64(seed + i);
}

bool objects_filled(const volatile unsigned char *bytes, size_t n,
		    uint64_t seed)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (bytes[i] != (unsigned char)mix64(seed + i))
			return false;
	return true;
}

const char *objects_path(const char *name)
{
	static char path[256];
	const char *dir = getenv("STATE");

	if (snprintf(path, sizeof(path), "%s/%s", dir ? dir : ".", name) >=
	    (int)sizeof(path))
		guest_die("STATE");
	return path;
}

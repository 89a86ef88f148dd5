// SPDX-License-Identifier: Apache-2.0
/* obstacles_handles.c - descriptors that are neither files nor sockets */
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <mqueue.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

static int open_nodes(const char *path)
{
	return obstacle_check(open(path, O_RDONLY | O_CLOEXEC), path);
}

static void make_device(const char *path)
{
	(void)open_nodes(path);
}

static void make_device_mapping(const char *path)
{
	int fd = open_nodes(path);

	/* It stays mapped: that is the obstacle. */
	/* cppcheck-suppress leakReturnValNotUsed */
	if (mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0xf0000) == MAP_FAILED)
		guest_die(path);
	close(fd);
}

static void make_bpf_map(const char *arg)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_QUEUE,
				.value_size = 8,
				.max_entries = 4 };

	(void)arg;
	obstacle_check(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr)),
		       "bpf");
}

static void make_perf_event(const char *arg)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.size = sizeof(attr),
					.config = PERF_COUNT_SW_TASK_CLOCK };

	(void)arg;
	obstacle_check(syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0UL),
		       "perf_event_open");
}

static void make_io_uring(const char *arg)
{
	struct io_uring_params params = { 0 };

	(void)arg;
	obstacle_check(syscall(SYS_io_uring_setup, 4, &params),
		       "io_uring_setup");
}

static void make_userfaultfd(const char *arg)
{
	(void)arg;
	obstacle_check(syscall(SYS_userfaultfd, O_CLOEXEC), "userfaultfd");
}

static void make_pidfd(const char *arg)
{
	(void)arg;
	obstacle_check(syscall(SYS_pidfd_open, getpid(), 0), "pidfd_open");
}

static void make_fanotify(const char *path)
{
	int fd = obstacle_check(fanotify_init(FAN_CLASS_NOTIF, O_RDONLY),
				"fanotify");

	obstacle_check(fanotify_mark(fd, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD,
				     path),
		       path);
}

static void make_message_queue(const char *name)
{
	obstacle_check(mq_open(name, O_RDWR | O_CREAT, 0600, NULL), name);
}

static void make_memfd_secret(const char *arg)
{
	(void)arg;
	obstacle_check(syscall(SYS_memfd_secret, 0), "memfd_secret");
}

static const struct obstacle table[] = {
	{ "device", "PATH", make_device },
	{ "device-mapping", "PATH", make_device_mapping },
	{ "bpf-map", NULL, make_bpf_map },
	{ "perf-event", NULL, make_perf_event },
	{ "io-uring", NULL, make_io_uring },
	{ "userfaultfd", NULL, make_userfaultfd },
	{ "pidfd", NULL, make_pidfd },
	{ "fanotify", "PATH", make_fanotify },
	{ "message-queue", "NAME", make_message_queue },
	{ "memfd-secret", NULL, make_memfd_secret },
};

const struct obstacles obstacles_handles = { table,
					     sizeof(table) / sizeof(table[0]) };

// SPDX-License-Identifier: Apache-2.0
/* obstacles_files.c - regular files and folders, and what may befall them */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/obstacles.h"

#define BLOCK 4096

static int create(const char *path, unsigned long bytes)
{
	static char block[BLOCK];
	int fd = obstacle_check(open(path, O_RDWR | O_CREAT | O_TRUNC, 0644),
				path);

	while (bytes) {
		unsigned long n = bytes < BLOCK ? bytes : BLOCK;

		if (write(fd, block, n) != (ssize_t)n)
			guest_die(path);
		bytes -= n;
	}
	return fd;
}

static void make_file(const char *path)
{
	(void)create(path, BLOCK);
}

static void make_folder(const char *path)
{
	obstacle_check(mkdir(path, 0755), path);
	obstacle_check(chdir(path), path);
}

static void make_mapped(const char *path)
{
	int fd = create(path, BLOCK);

	/* It stays mapped: that is the obstacle. */
	/* cppcheck-suppress leakReturnValNotUsed */
	if (mmap(NULL, BLOCK, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		guest_die(path);
	close(fd);
}

static void make_unlinked(const char *bytes)
{
	char path[] = "unlinked";

	(void)create(path, obstacle_number(bytes));
	obstacle_check(unlink(path), path);
}

static void make_linked_elsewhere(const char *path)
{
	char other[256];

	(void)create(path, BLOCK);
	(void)snprintf(other, sizeof(other), "%s.other", path);
	obstacle_check(link(path, other), other);
	obstacle_check(unlink(path), path);
}

/* The path leads elsewhere by now. */
static void make_overmounted(const char *folder)
{
	char path[256];

	obstacle_check(mkdir(folder, 0755), folder);
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	(void)create(path, BLOCK);
	obstacle_check(mount("none", folder, "tmpfs", 0, NULL), "mount");
}

/* Another file has its name. */
static void make_replaced(const char *path)
{
	(void)create(path, BLOCK);
	obstacle_check(rename(path, "moved-away"), path);
	close(create(path, BLOCK));
}

static void make_watch(const char *path)
{
	int fd = obstacle_check(inotify_init1(IN_CLOEXEC), "inotify");

	obstacle_check(inotify_add_watch(fd, path, IN_MODIFY), path);
}

/* The reading end is somebody else's, as that of a logger is. */
static void read_on(void *data)
{
	char block[64];
	int fd = *(int *)data;

	obstacle_helper_ready();
	while (read(fd, block, sizeof(block)) > 0)
		;
}

static void make_pipe_outside(const char *arg)
{
	int fds[2];

	(void)arg;
	obstacle_check(pipe(fds), "pipe");
	(void)obstacle_helper(read_on, &fds[0]);
	close(fds[0]);
	obstacle_check(fcntl(fds[1], F_SETFL, O_NONBLOCK), "pipe");
	obstacle_check(write(fds[1], "x", 1), "pipe");
}

static const struct obstacle table[] = {
	{ "file", "PATH", make_file },
	{ "folder", "PATH", make_folder },
	{ "mapped", "PATH", make_mapped },
	{ "unlinked", "BYTES", make_unlinked },
	{ "linked-elsewhere", "PATH", make_linked_elsewhere },
	{ "overmounted", "FOLDER", make_overmounted },
	{ "replaced", "PATH", make_replaced },
	{ "watch", "PATH", make_watch },
	{ "pipe-outside", NULL, make_pipe_outside },
};

const struct obstacles obstacles_files = { table,
					   sizeof(table) / sizeof(table[0]) };

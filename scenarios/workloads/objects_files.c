// SPDX-License-Identifier: Apache-2.0
/* objects_files.c - descriptors that are no plain files, files that are gone, locks */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/objects.h"

/* --- Descriptors ------------------------------------------------------------ */

#define COUNTED 42
#define TAG UINT64_C(0x1234567890abcdef)
#define GHOST "what nobody can open any more"
#define OFFSET 7

static int event, epoll, watch, watched, ghost, second;

static void descriptors_set_up(void)
{
	struct epoll_event wanted = { .events = EPOLLIN, .data.u64 = TAG };
	const char *path = objects_path("watched");

	event = eventfd(COUNTED, EFD_NONBLOCK);
	epoll = epoll_create1(0);
	watch = inotify_init1(IN_NONBLOCK);
	watched = open(path, O_RDWR | O_CREAT | O_APPEND, 0600);
	if (event < 0 || epoll < 0 || watch < 0 || watched < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, event, &wanted) < 0 ||
	    inotify_add_watch(watch, path, IN_MODIFY) < 0)
		guest_die("descriptors");
	path = objects_path("ghost");
	ghost = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (ghost < 0 || write(ghost, GHOST, sizeof(GHOST)) != sizeof(GHOST) ||
	    unlink(path) < 0 || lseek(ghost, OFFSET, SEEK_SET) != OFFSET)
		guest_die("a file that is gone");
	second = dup(ghost);
}

/* Counts down to nothing and is set anew: twice as it was, it would show. */
static bool event_counts(void)
{
	uint64_t count = 0;
	struct epoll_event got = { 0 };

	if (epoll_wait(epoll, &got, 1, 0) != 1 || got.data.u64 != TAG ||
	    read(event, &count, sizeof(count)) != sizeof(count) ||
	    count != COUNTED || epoll_wait(epoll, &got, 1, 0) != 0)
		return false;
	return write(event, &count, sizeof(count)) == sizeof(count);
}

static bool watch_sees(void)
{
	char events[1024];

	while (read(watch, events, sizeof(events)) > 0)
		;
	return write(watched, ".", 1) == 1 &&
	       read(watch, events, sizeof(events)) >=
		       (ssize_t)sizeof(struct inotify_event);
}

static bool ghost_holds(void)
{
	char text[sizeof(GHOST)];
	size_t i;

	if (pread(ghost, text, sizeof(text), 0) != (ssize_t)sizeof(text))
		return false;
	for (i = 0; i < sizeof(text); i++)
		if (text[i] != GHOST[i])
			return false;
	return true;
}

/* Two descriptors of one open file have one offset. */
static bool offset_is_shared(void)
{
	bool both = lseek(second, 0, SEEK_CUR) == OFFSET &&
		    lseek(ghost, OFFSET + 1, SEEK_SET) == OFFSET + 1 &&
		    lseek(second, 0, SEEK_CUR) == OFFSET + 1;

	return lseek(ghost, OFFSET, SEEK_SET) == OFFSET && both;
}

static const char *descriptors_wrong(void)
{
	if (!event_counts())
		return "the eventfd counts otherwise, or epoll does not see it";
	if (!watch_sees())
		return "inotify does not tell of the file any more";
	if (!ghost_holds())
		return "the unlinked file holds something else";
	if (!offset_is_shared())
		return "two descriptors do not share their offset any more";
	if (!(fcntl(watched, F_GETFL) & O_APPEND))
		return "a file is not appended to any more";
	return NULL;
}

static void descriptors_spoil(void)
{
	(void)epoll_ctl(epoll, EPOLL_CTL_DEL, event, NULL);
}

const struct object_kind object_descriptors = {
	.name = "descriptors",
	.set_up = descriptors_set_up,
	.wrong = descriptors_wrong,
	.spoil = descriptors_spoil,
};

/* --- Locks ------------------------------------------------------------------ */

static int flocked, posix, other;

static int open_it(const char *name)
{
	int fd = open(objects_path(name), O_RDWR | O_CREAT, 0600);

	if (fd < 0)
		guest_die("a file to lock");
	return fd;
}

static void locks_set_up(void)
{
	struct flock part = { .l_type = F_WRLCK, .l_start = 10, .l_len = 5 };

	flocked = open_it("flock");
	posix = open_it("posix");
	other = open_it("posix");
	if (flock(flocked, LOCK_EX) < 0 || fcntl(posix, F_SETLK, &part) < 0)
		guest_die("lock");
}

/* What another open file would get: a lock of this kind is in its way. */
static bool posix_holds(void)
{
	struct flock want = { .l_type = F_WRLCK, .l_len = 0 };

	return fcntl(other, F_OFD_GETLK, &want) == 0 &&
	       want.l_type == F_WRLCK && want.l_start == 10 &&
	       want.l_len == 5 && want.l_pid == getpid();
}

static bool flock_holds(void)
{
	int fd = open_it("flock");
	bool taken = flock(fd, LOCK_EX | LOCK_NB) < 0;

	close(fd);
	return taken;
}

static const char *locks_wrong(void)
{
	if (!flock_holds())
		return "the flock is gone";
	if (!posix_holds())
		return "the POSIX lock is gone, or another";
	return NULL;
}

static void locks_spoil(void)
{
	(void)flock(flocked, LOCK_UN);
}

const struct object_kind object_locks = {
	.name = "locks",
	.set_up = locks_set_up,
	.wrong = locks_wrong,
	.spoil = locks_spoil,
};

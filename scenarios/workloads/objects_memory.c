// SPDX-License-Identifier: Apache-2.0
/* objects_memory.c - data on its way in pipes, memory shared by processes */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/objects.h"

/* --- Pipes ------------------------------------------------------------------ */

#define PIPED 40000
#define FIFOED 5000
#define MESSAGE "a datagram that waits"

static int filled[2], copy[2], fifo, pair[2];
static unsigned char buffer[PIPED];

static void put(int fd, size_t n, uint64_t seed)
{
	objects_fill(buffer, n, seed);
	if (write(fd, buffer, n) != (ssize_t)n)
		guest_die("fill a pipe");
}

static void pipes_set_up(void)
{
	const char *path = objects_path("fifo");

	(void)unlink(path);
	if (mkfifo(path, 0600) < 0 || pipe2(filled, O_NONBLOCK) < 0 ||
	    pipe2(copy, O_NONBLOCK) < 0 ||
	    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) < 0)
		guest_die("pipes");
	fifo = open(path, O_RDWR | O_NONBLOCK);
	if (fifo < 0)
		guest_die("fifo");
	put(filled[1], PIPED, 1);
	put(fifo, FIFOED, 2);
	if (send(pair[0], MESSAGE, sizeof(MESSAGE), 0) != sizeof(MESSAGE))
		guest_die("socketpair");
}

/* Looked at by way of another pipe: what is in it stays there. */
static bool holds(int fd, size_t n, uint64_t seed)
{
	size_t got = 0;
	ssize_t part;

	if (tee(fd, copy[1], PIPED + 1, SPLICE_F_NONBLOCK) != (ssize_t)n)
		return false;
	while (got < n && (part = read(copy[0], buffer + got, n - got)) > 0)
		got += (size_t)part;
	return got == n && objects_filled(buffer, n, seed);
}

static const char *pipes_wrong(void)
{
	char message[64];
	size_t i;

	if (!holds(filled[0], PIPED, 1))
		return "the pipe does not hold what was in it";
	if (!holds(fifo, FIFOED, 2))
		return "the fifo does not hold what was in it";
	if (recv(pair[1], message, sizeof(message), MSG_PEEK) !=
	    sizeof(MESSAGE))
		return "the datagram between two sockets is gone";
	for (i = 0; i < sizeof(MESSAGE); i++)
		if (message[i] != MESSAGE[i])
			return "the datagram between two sockets is another";
	return NULL;
}

static void pipes_spoil(void)
{
	if (read(filled[0], buffer, 1) != 1)
		guest_die("spoil");
}

const struct object_kind object_pipes = {
	.name = "pipes",
	.set_up = pipes_set_up,
	.wrong = pipes_wrong,
	.spoil = pipes_spoil,
};

/* --- Shared memory ---------------------------------------------------------- */

#define SHARED_BYTES 65536

/* One side asks, the other answers by the next number; and what lies beside it. */
struct shared {
	volatile uint64_t question, answer;
	unsigned char pattern[SHARED_BYTES - 2 * sizeof(uint64_t)];
};

enum { ANONYMOUS, MEMFD, POSIX, REGIONS };

static struct shared *regions[REGIONS];

static struct shared *map(int fd)
{
	struct shared *at;

	if (fd < 0 || ftruncate(fd, SHARED_BYTES) < 0)
		guest_die("shared memory");
	at = mmap(NULL, SHARED_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		  0);
	if (at == MAP_FAILED)
		guest_die("mmap");
	return at;
}

static _Noreturn void answer(struct shared *const *at, size_t n)
{
	size_t i;

	for (;;) {
		for (i = 0; i < n; i++)
			at[i]->answer = at[i]->question + 1;
		objects_nap(1);
	}
}

/* Both sides see what the other writes. */
static bool talks(struct shared *at)
{
	uint64_t question = at->question + 1;

	at->question = question;
	return objects_grew(&at->answer, question);
}

static void shared_set_up(void)
{
	size_t i;

	regions[ANONYMOUS] = objects_share(SHARED_BYTES);
	regions[MEMFD] = map(memfd_create("objects", MFD_CLOEXEC));
	regions[POSIX] = map(shm_open("/crmatrix-objects",
				      O_RDWR | O_CREAT | O_TRUNC, 0600));
	for (i = 0; i < REGIONS; i++)
		objects_fill(regions[i]->pattern, sizeof(regions[i]->pattern),
			     i);
	if (objects_child() == 0)
		answer(regions, REGIONS);
}

static const char *shared_wrong(void)
{
	static const char *const silent[REGIONS] = {
		"anonymous memory is not shared any more",
		"a memfd is not shared any more",
		"POSIX memory is not shared any more",
	};
	size_t i;

	for (i = 0; i < REGIONS; i++) {
		if (!talks(regions[i]))
			return silent[i];
		if (!objects_filled(regions[i]->pattern,
				    sizeof(regions[i]->pattern), i))
			return "shared memory holds something else";
	}
	return NULL;
}

static void shared_spoil(void)
{
	regions[MEMFD]->pattern[0] ^= 1;
}

const struct object_kind object_shared = {
	.name = "shared",
	.set_up = shared_set_up,
	.wrong = shared_wrong,
	.spoil = shared_spoil,
};

/* --- System V --------------------------------------------------------------- */

static int segment, semaphores, queue;
static struct shared *attached;

struct message {
	long type;
	uint64_t value;
};

static void sysv_set_up(void)
{
	struct message m = { .type = 3, .value = 4711 };

	segment = shmget(IPC_PRIVATE, SHARED_BYTES, IPC_CREAT | 0600);
	semaphores = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
	queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
	if (segment < 0 || semaphores < 0 || queue < 0)
		guest_die("System V IPC");
	attached = shmat(segment, NULL, 0);
	if ((intptr_t)attached == -1 || semctl(semaphores, 0, SETVAL, 5) < 0 ||
	    semctl(semaphores, 1, SETVAL, 2) < 0 ||
	    msgsnd(queue, &m, sizeof(m.value), IPC_NOWAIT) < 0)
		guest_die("System V IPC");
	objects_fill(attached->pattern, sizeof(attached->pattern), 9);
	if (objects_child() == 0)
		answer(&attached, 1);
}

static const char *sysv_wrong(void)
{
	struct message m;

	if (!talks(attached))
		return "the segment is not shared any more";
	if (!objects_filled(attached->pattern, sizeof(attached->pattern), 9))
		return "the segment holds something else";
	if (semctl(semaphores, 0, GETVAL) != 5 ||
	    semctl(semaphores, 1, GETVAL) != 2)
		return "the semaphores have other values";
	if (msgrcv(queue, &m, sizeof(m.value), 0, MSG_COPY | IPC_NOWAIT) !=
		    (ssize_t)sizeof(m.value) ||
	    m.type != 3 || m.value != 4711)
		return "the message in the queue is gone, or another";
	return NULL;
}

static void sysv_spoil(void)
{
	(void)semctl(semaphores, 0, SETVAL, 6);
}

const struct object_kind object_sysv = {
	.name = "sysv",
	.set_up = sysv_set_up,
	.wrong = sysv_wrong,
	.spoil = sysv_spoil,
};

// SPDX-License-Identifier: Apache-2.0
/* agent.c - PID 1 of a guest: runs the host's scripts and reaps orphans */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/agent.h"
#include "tools.h"

#define PORT_PATH "/dev/virtio-ports/" AGENT_PORT
#define HOST_AWAY_PAUSE_NS 2000000 /* 2 ms between looks for the host */

enum { OUT_STDOUT, OUT_STDERR, OUT_MARK, OUT_EVIDENCE, OUT_COUNT };
static const uint8_t out_streams[OUT_COUNT] = { 1, 2, AGENT_FD_MARK,
						AGENT_FD_EVIDENCE };

/*
 * A job's slot is free when .pid is 0. After its process has ended, .ended is
 * set and the slot lives on until what it left in the pipes has been sent.
 */
struct job {
	pid_t pid;
	uint16_t id;
	bool ended;
	int status;
	int in;		    /* to its stdin, -1 when closed */
	int out[OUT_COUNT]; /* from its descriptors 1 to 4 */
	char mark[256];
	size_t mark_len;
};

struct agent {
	int port;
	int signals;
	struct job jobs[AGENT_JOBS_MAX];
	size_t have; /* bytes of the frame under construction */
	uint8_t buf[sizeof(struct agent_frame) + AGENT_PAYLOAD_MAX];
};

static void send_all(int fd, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* the host is away; it will say hello again */
		p += n;
		len -= (size_t)n;
	}
}

static void send_frame(const struct agent *a, uint8_t type, uint8_t stream,
		       uint16_t job, const void *payload, size_t len)
{
	uint8_t out[sizeof(struct agent_frame) + 4096];
	struct agent_frame head = {
		.len = (uint32_t)len, .type = type, .stream = stream, .job = job
	};

	memcpy(out, &head, sizeof(head));
	if (len > 0)
		memcpy(out + sizeof(head), payload, len);
	send_all(a->port, out, sizeof(head) + len);
}

static struct job *find_job(struct agent *a, uint16_t id)
{
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		if (a->jobs[i].pid && a->jobs[i].id == id)
			return &a->jobs[i];
	return NULL;
}

static struct job *free_job(struct agent *a)
{
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		if (!a->jobs[i].pid)
			return &a->jobs[i];
	return NULL;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void send_exit(const struct agent *a, uint16_t id, int status)
{
	int32_t wire = status;

	send_frame(a, AGENT_EXIT, 0, id, &wire, sizeof(wire));
}

/* Descriptors 0 to 4 of the new process are in @fds; never returns. A tool is done
 * by this very process: that saves the start of a program. */
static _Noreturn void become_job(const int fds[5], bool tool, char *text)
{
	sigset_t none;
	int high[5];

	/* First out of the way of 0 to 4, and of each other. */
	for (int i = 0; i < 5; i++)
		high[i] = fcntl(fds[i], F_DUPFD, 100);
	for (int i = 0; i < 5; i++)
		if (dup2(high[i], i) < 0)
			_exit(126);
	closefrom(5);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (tool)
		_exit(tool_call(text));
	execl("/bin/sh", "sh", "-c", text, (char *)NULL);
	_exit(127);
}

static int make_pipes(int in[2], int out[OUT_COUNT][2])
{
	if (pipe2(in, O_CLOEXEC))
		return -1;
	for (int i = 0; i < OUT_COUNT; i++)
		if (pipe2(out[i], O_CLOEXEC))
			return -1;
	return 0;
}

static void start_job(struct agent *a, const struct agent_frame *head,
		      char *text)
{
	uint16_t id = head->job;
	struct job *job = free_job(a);
	int in[2], out[OUT_COUNT][2];
	int fds[5];

	if (!job || make_pipes(in, out)) {
		send_exit(a, id, 125 << 8);
		return;
	}
	*job = (struct job){ .id = id, .in = in[1] };
	fds[0] = in[0];
	for (int i = 0; i < OUT_COUNT; i++) {
		job->out[i] = out[i][0];
		fds[i + 1] = out[i][1];
	}
	job->pid = fork();
	if (job->pid == 0)
		become_job(fds, head->type == AGENT_CALL, text);
	for (int i = 0; i < 5; i++)
		close(fds[i]);
	for (int i = 0; i < OUT_COUNT; i++)
		(void)fcntl(job->out[i], F_SETFL, O_NONBLOCK);
	if (head->stream != 1)
		close_fd(&job->in);
	if (job->pid < 0) {
		job->pid = 0;
		send_exit(a, id, 125 << 8);
	}
}

static void hello(struct agent *a, const struct agent_hello *hi)
{
	struct agent_welcome welcome = { .cookie = hi->cookie,
					 .version = AGENT_VERSION };
	struct timespec ts = { .tv_sec = (time_t)(hi->real_ns / 1000000000),
			       .tv_nsec = (long)(hi->real_ns % 1000000000) };
	struct {
		int entropy_bits, size;
		uint8_t bytes[sizeof(hi->seed)];
	} pool = { sizeof(hi->seed) * 8, sizeof(hi->seed), { 0 } };
	int random = open("/dev/urandom", O_WRONLY | O_CLOEXEC);

	(void)clock_settime(CLOCK_REALTIME, &ts);
	memcpy(pool.bytes, hi->seed, sizeof(pool.bytes));
	if (random >= 0) {
		(void)ioctl(random, RNDADDENTROPY, &pool);
		(void)ioctl(random, RNDRESEEDCRNG);
		close(random);
	}
	send_frame(a, AGENT_WELCOME, 0, 0, &welcome, sizeof(welcome));
}

static void handle(struct agent *a, const struct agent_frame *head,
		   uint8_t *payload)
{
	struct job *job = find_job(a, head->job);

	switch (head->type) {
	case AGENT_HELLO:
		if (head->len == sizeof(struct agent_hello))
			hello(a, (const struct agent_hello *)(void *)payload);
		break;
	case AGENT_RUN:
	case AGENT_CALL:
		payload[head->len] = '\0';
		start_job(a, head, (char *)payload);
		break;
	case AGENT_STDIN:
		if (!job || job->in < 0)
			break;
		if (head->len == 0)
			close_fd(&job->in);
		else
			send_all(job->in, payload, head->len);
		break;
	case AGENT_KILL:
		if (job && !job->ended)
			kill(-job->pid, SIGKILL);
		break;
	default:
		break;
	}
}

/* Returns false when the host is away. */
static bool read_port(struct agent *a)
{
	struct agent_frame head;
	ssize_t n = read(a->port, a->buf + a->have, sizeof(a->buf) - a->have);

	if (n <= 0) {
		a->have = 0;
		return n < 0 && (errno == EAGAIN || errno == EINTR);
	}
	a->have += (size_t)n;
	while (a->have >= sizeof(head)) {
		memcpy(&head, a->buf, sizeof(head));
		if (head.len >= AGENT_PAYLOAD_MAX) { /* not ours: start over */
			a->have = 0;
			break;
		}
		if (a->have < sizeof(head) + head.len)
			break;
		{
			static uint8_t payload[AGENT_PAYLOAD_MAX + 1];

			memcpy(payload, a->buf + sizeof(head), head.len);
			a->have -= sizeof(head) + head.len;
			memmove(a->buf, a->buf + sizeof(head) + head.len,
				a->have);
			handle(a, &head, payload);
		}
	}
	return true;
}

static void send_marks(const struct agent *a, struct job *job,
		       const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == '\n') {
			send_frame(a, AGENT_MARK, 0, job->id, job->mark,
				   job->mark_len);
			job->mark_len = 0;
		} else if (job->mark_len < sizeof(job->mark)) {
			job->mark[job->mark_len++] = bytes[i];
		}
	}
}

/* Returns false when there is nothing (more) to read now. */
static bool read_job(const struct agent *a, struct job *job, int which)
{
	char bytes[4096];
	ssize_t n = read(job->out[which], bytes, sizeof(bytes));

	if (n < 0)
		return errno == EINTR;
	if (n == 0) {
		close_fd(&job->out[which]);
		return false;
	}
	if (which == OUT_MARK)
		send_marks(a, job, bytes, (size_t)n);
	else
		send_frame(a, AGENT_OUTPUT, out_streams[which], job->id, bytes,
			   (size_t)n);
	return true;
}

static void finish_job(const struct agent *a, struct job *job)
{
	for (int i = 0; i < OUT_COUNT; i++) {
		while (job->out[i] >= 0 && read_job(a, job, i))
			;
		close_fd(&job->out[i]);
	}
	close_fd(&job->in);
	send_exit(a, job->id, job->status);
	job->pid = 0;
}

static void reap(struct agent *a)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(a->signals, &info, sizeof(info)) > 0)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
			if (a->jobs[i].pid == pid) {
				a->jobs[i].status = status;
				a->jobs[i].ended = true;
				finish_job(a, &a->jobs[i]);
			}
}

static void turn(struct agent *a)
{
	struct pollfd fds[2 + AGENT_JOBS_MAX * OUT_COUNT];
	struct {
		struct job *job;
		int which;
	} from[2 + AGENT_JOBS_MAX * OUT_COUNT];
	nfds_t n = 2;

	fds[0] = (struct pollfd){ .fd = a->port, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = a->signals, .events = POLLIN };
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		for (int k = 0; a->jobs[i].pid && k < OUT_COUNT; k++) {
			if (a->jobs[i].out[k] < 0)
				continue;
			from[n].job = &a->jobs[i];
			from[n].which = k;
			fds[n++] = (struct pollfd){ .fd = a->jobs[i].out[k],
						    .events = POLLIN };
		}
	if (poll(fds, n, -1) < 0)
		return;
	for (nfds_t i = 2; i < n; i++)
		if (fds[i].revents)
			(void)read_job(a, from[i].job, from[i].which);
	if (fds[1].revents)
		reap(a);
	if (fds[0].revents && !read_port(a)) {
		struct timespec pause = { .tv_nsec = HOST_AWAY_PAUSE_NS };

		nanosleep(&pause, NULL);
	}
}

static int serve(void)
{
	static struct agent a;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	a.signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	a.port = open(PORT_PATH, O_RDWR | O_CLOEXEC);
	if (a.port < 0) {
		perror("agent: " PORT_PATH);
		return 1;
	}
	for (;;)
		turn(&a);
}

/* Scripts of the runner use the tools: one program that starts quickly. */
int main(int argc, char **argv)
{
	return argc > 1 ? tool_run(argc - 1, argv + 1) : serve();
}

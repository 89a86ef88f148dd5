// SPDX-License-Identifier: Apache-2.0
/* guest.c - scripts run inside a guest, through its agent */
#include "runner/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/agent.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/console.h"

#define OUT_MAX (1U << 20)
#define HELLO_AGAIN_NS (250 * NS_PER_MS)

struct job {
	bool used;
	bool done;
	uint16_t id;
	char *name;
	uint64_t deadline_ns;
	uint64_t limit_ms;
	char *evidence;
	int evidence_fd;
	struct err trouble; /* writing evidence failed */
	struct guest_run run;
};

struct guest {
	char *name;
	char *console;
	int fd;
	uint64_t cookie;
	bool welcome;
	uint16_t next_job;
	guest_mark_fn *on_mark;
	void *mark_arg;
	struct guest *other; /* whose end is noticed while we wait on this one */
	struct job jobs[AGENT_JOBS_MAX];
	size_t have;
	uint8_t buf[sizeof(struct agent_frame) + AGENT_PAYLOAD_MAX];
};

void guest_run_release(struct guest_run *run)
{
	free(run->out);
	free(run->log);
	*run = (struct guest_run){ 0 };
}

static void job_release(struct job *job)
{
	fd_closep(&job->evidence_fd);
	free(job->name);
	free(job->evidence);
	guest_run_release(&job->run);
	*job = (struct job){ .evidence_fd = -1 };
}

/* What happened to a guest that went away: its console knows best. */
static int gone(const struct guest *guest, struct err *err)
{
	CLEANUP_FREE char *why = console_trouble(guest->console);

	return err_set(err, ERR_GUEST, 0, "guest %s: %s", guest->name,
		       why ? why : "its QEMU ended or closed the agent's port");
}

static int send_frame(const struct guest *guest, enum agent_type type,
		      uint8_t stream, uint16_t job, const void *payload,
		      size_t len, struct err *err)
{
	struct agent_frame head = { .len = (uint32_t)len,
				    .type = (uint8_t)type,
				    .stream = stream,
				    .job = job };

	if (fd_write_all(guest->fd, &head, sizeof(head), err) ||
	    fd_write_all(guest->fd, payload, len, err))
		return gone(guest, err);
	return 0;
}

static struct job *find_job(struct guest *guest, unsigned id)
{
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		if (guest->jobs[i].used && guest->jobs[i].id == id)
			return &guest->jobs[i];
	return NULL;
}

static void take_evidence(struct job *job, const void *bytes, size_t len)
{
	if (!job->evidence || job->trouble.domain != ERR_NONE)
		return;
	if (job->evidence_fd < 0)
		job->evidence_fd =
			open(job->evidence,
			     O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (job->evidence_fd < 0)
		(void)err_errno(&job->trouble, "create '%s'", job->evidence);
	else if (fd_write_all(job->evidence_fd, bytes, len, &job->trouble))
		(void)err_wrap(&job->trouble, "'%s'", job->evidence);
	else
		job->run.evidence_bytes += len;
}

static void take_output(char **text, size_t *have, const void *bytes,
			size_t len)
{
	if (len > OUT_MAX - *have)
		len = OUT_MAX - *have;
	if (len == 0)
		return;
	*text = xreallocarray(*text, *have + len + 1, 1);
	memcpy(*text + *have, bytes, len);
	*have += len;
	(*text)[*have] = '\0';
}

static void take_exit(struct job *job, const uint8_t *payload, size_t len)
{
	int32_t status = 0;

	if (len != sizeof(status))
		return;
	memcpy(&status, payload, sizeof(status));
	job->run.ended_ns = clock_now_ns();
	job->run.exit = WIFSIGNALED(status) ? -WTERMSIG(status) - 1 :
					      WEXITSTATUS(status);
	job->done = true;
}

static void take_mark(const struct guest *guest, const uint8_t *payload,
		      size_t len)
{
	CLEANUP_FREE char *name = str_utf8_clean((const char *)payload, len);

	if (guest->on_mark)
		guest->on_mark(guest->mark_arg, name, clock_now_ns());
}

static void handle(struct guest *guest, const struct agent_frame *head,
		   const uint8_t *payload)
{
	struct job *job = find_job(guest, head->job);
	struct agent_welcome welcome;

	switch (head->type) {
	case AGENT_WELCOME:
		if (head->len != sizeof(welcome))
			break;
		memcpy(&welcome, payload, sizeof(welcome));
		guest->welcome |= welcome.cookie == guest->cookie &&
				  welcome.version == AGENT_VERSION;
		break;
	case AGENT_OUTPUT:
		if (job && head->stream == AGENT_FD_EVIDENCE)
			take_evidence(job, payload, head->len);
		else if (job && head->stream == 1)
			take_output(&job->run.out, &job->run.out_len, payload,
				    head->len);
		else if (job)
			take_output(&job->run.log, &job->run.log_len, payload,
				    head->len);
		break;
	case AGENT_MARK:
		take_mark(guest, payload, head->len);
		break;
	case AGENT_EXIT:
		if (job)
			take_exit(job, payload, head->len);
		break;
	default: /* a lying or mad guest: not understood, not believed */
		break;
	}
}

/* Take in what is there; -1 when the guest is gone or talks nonsense. */
static int take_in(struct guest *guest, struct err *err)
{
	struct agent_frame head;
	size_t at = 0;
	ssize_t n = read(guest->fd, guest->buf + guest->have,
			 sizeof(guest->buf) - guest->have);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n <= 0)
		return gone(guest, err);
	guest->have += (size_t)n;
	while (guest->have - at >= sizeof(head)) {
		memcpy(&head, guest->buf + at, sizeof(head));
		if (head.len > AGENT_PAYLOAD_MAX)
			return err_set(err, ERR_GUEST, 0,
				       "guest %s: its agent sent a frame of "
				       "%u bytes, which no agent does",
				       guest->name, head.len);
		if (guest->have - at < sizeof(head) + head.len)
			break;
		handle(guest, &head, guest->buf + at + sizeof(head));
		at += sizeof(head) + head.len;
	}
	memmove(guest->buf, guest->buf + at, guest->have - at);
	guest->have -= at;
	return 0;
}

int guest_serve(struct guest *const *guests, size_t n, int fd,
		uint64_t until_ns, struct err *err)
{
	struct pollfd fds[4];

	assert(n < ARRAY_SIZE(fds));
	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){ .fd = guests[i] ? guests[i]->fd : -1,
					  .events = POLLIN };
	fds[n] = (struct pollfd){ .fd = fd, .events = POLLIN };
	for (;;) {
		int ready = poll(fds, n + 1, clock_ms_left(until_ns));

		if (ready < 0 && errno != EINTR)
			return err_errno(err, "poll");
		for (size_t i = 0; ready > 0 && i < n; i++)
			if (fds[i].revents && take_in(guests[i], err))
				return -1;
		if (ready > 0 && fds[n].revents)
			return 1;
		if (clock_ms_left(until_ns) == 0)
			return 0;
	}
}

/* One turn of waiting on one guest, until something came or @until_ns. */
static int turn(struct guest *guest, uint64_t until_ns, struct err *err)
{
	struct guest *guests[] = { guest, guest->other };
	struct pollfd fds[] = { { .fd = guest->fd, .events = POLLIN },
				{ .fd = guest->other ? guest->other->fd : -1,
				  .events = POLLIN } };
	int ready = poll(fds, ARRAY_SIZE(fds), clock_ms_left(until_ns));

	if (ready < 0 && errno != EINTR)
		return err_errno(err, "poll");
	for (size_t i = 0; ready > 0 && i < ARRAY_SIZE(fds); i++)
		if (guests[i] && fds[i].revents && take_in(guests[i], err))
			return -1;
	return 0;
}

static int say_hello(struct guest *guest, struct err *err)
{
	struct agent_hello hello = { .cookie = guest->cookie,
				     .real_ns = clock_real_ns() };

	if (getrandom(hello.seed, sizeof(hello.seed), 0) < 0)
		return err_errno(err, "getrandom");
	return send_frame(guest, AGENT_HELLO, 0, 0, &hello, sizeof(hello), err);
}

static int greet(struct guest *guest, uint64_t deadline_ns, struct err *err)
{
	uint64_t began_ns = clock_now_ns();

	while (!guest->welcome) {
		uint64_t again_ns = clock_now_ns() + HELLO_AGAIN_NS;

		if (say_hello(guest, err))
			return -1;
		while (!guest->welcome && clock_now_ns() < again_ns)
			if (turn(guest, again_ns, err))
				return -1;
		if (!guest->welcome && clock_now_ns() >= deadline_ns) {
			CLEANUP_FREE char *why =
				console_trouble(guest->console);
			uint64_t ms = (clock_now_ns() - began_ns) / NS_PER_MS;

			return err_set(err, ERR_TIMEOUT, (long)ms,
				       "guest %s: its agent did not answer "
				       "within %llu ms%s%s",
				       guest->name, (unsigned long long)ms,
				       why ? ": " : "", why ? why : "");
		}
	}
	return 0;
}

int guest_connect(const char *name, const char *path, const char *console,
		  uint64_t deadline_ns, struct guest **ret_guest,
		  struct err *err)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct guest *guest = xnew(struct guest);

	guest->name = xstrdup(name);
	guest->console = xstrdup(console);
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		guest->jobs[i].evidence_fd = -1;
	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	guest->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (guest->fd < 0 ||
	    connect(guest->fd, (struct sockaddr *)&to, sizeof(to))) {
		(void)err_errno(err, "guest %s: connect '%s'", name, path);
		goto out;
	}
	if (getrandom(&guest->cookie, sizeof(guest->cookie), 0) < 0) {
		(void)err_errno(err, "getrandom");
		goto out;
	}
	if (greet(guest, deadline_ns, err))
		goto out;
	*ret_guest = guest;
	return 0;
out:
	guest_free(guest);
	return -1;
}

void guest_free(struct guest *guest)
{
	if (!guest)
		return;
	for (size_t i = 0; i < AGENT_JOBS_MAX; i++)
		job_release(&guest->jobs[i]);
	fd_closep(&guest->fd);
	free(guest->name);
	free(guest->console);
	free(guest);
}

void guest_pair(struct guest *a, struct guest *b)
{
	a->other = b;
	b->other = a;
}

void guest_on_mark(struct guest *guest, guest_mark_fn *fn, void *arg)
{
	guest->on_mark = fn;
	guest->mark_arg = arg;
}

static int feed(struct guest *guest, uint16_t id,
		const struct guest_script *script, struct err *err)
{
	const uint8_t *p = script->input;
	size_t left = script->input_len;

	while (left > 0) {
		size_t n = left < 32768 ? left : 32768;

		if (send_frame(guest, AGENT_STDIN, 0, id, p, n, err))
			return -1;
		p += n;
		left -= n;
	}
	return send_frame(guest, AGENT_STDIN, 0, id, "", 0, err);
}

int guest_start(struct guest *guest, const struct guest_script *script,
		unsigned *ret_job, struct err *err)
{
	size_t len = strlen(script->text);
	struct job *job = NULL;

	for (size_t i = 0; i < AGENT_JOBS_MAX && !job; i++)
		if (!guest->jobs[i].used)
			job = &guest->jobs[i];
	assert(job);
	assert(len < AGENT_PAYLOAD_MAX - 1);
	job->used = true;
	job->id = ++guest->next_job;
	job->name = xstrdup(script->name);
	job->deadline_ns = script->deadline_ns;
	job->evidence = script->evidence ? xstrdup(script->evidence) : NULL;
	job->run.began_ns = clock_now_ns();
	job->limit_ms = (uint64_t)clock_ms_left(script->deadline_ns);
	job->run.out = xstrdup("");
	job->run.log = xstrdup("");
	if (send_frame(guest, script->tool ? AGENT_CALL : AGENT_RUN,
		       script->input ? 1 : 0, job->id, script->text, len,
		       err) ||
	    (script->input && feed(guest, job->id, script, err))) {
		job_release(job);
		return -1;
	}
	*ret_job = job->id;
	return 0;
}

static int late(struct guest *guest, struct job *job, struct err *err)
{
	struct err ignored;

	(void)send_frame(guest, AGENT_KILL, 0, job->id, "", 0, &ignored);
	return err_set(err, ERR_TIMEOUT, (long)job->limit_ms,
		       "%s on %s did not end within %llu ms", job->name,
		       guest->name, (unsigned long long)job->limit_ms);
}

int guest_wait(struct guest *guest, unsigned id, struct guest_run *ret_run,
	       struct err *err)
{
	struct job *job = find_job(guest, id);
	int rc = 0;

	assert(job);
	while (!rc && !job->done) {
		rc = turn(guest, job->deadline_ns, err);
		if (!rc && !job->done && clock_now_ns() >= job->deadline_ns)
			rc = late(guest, job, err);
	}
	if (!rc && job->trouble.domain != ERR_NONE) {
		*err = job->trouble;
		rc = -1;
	}
	if (!rc) {
		*ret_run = job->run;
		job->run = (struct guest_run){ 0 };
	}
	job_release(job);
	return rc;
}

int guest_run(struct guest *guest, const struct guest_script *script,
	      struct guest_run *ret_run, struct err *err)
{
	unsigned job;

	if (guest_start(guest, script, &job, err))
		return -1;
	return guest_wait(guest, job, ret_run, err);
}

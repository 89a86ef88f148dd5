// SPDX-License-Identifier: Apache-2.0
/* crew.c - the workers of a run, as the tool sees them */
#include "runner/crew.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/events.h"
#include "runner/relay.h"
#include "runner/sandbox.h"
#include "runner/tempdir.h"

#define REHEARSAL_MS 60000

#define DISMISS_MS 15000

void crew_init(struct crew *crew, size_t n, const struct worker_opts *worker)
{
	crew->n = n < CREW_MAX ? n : CREW_MAX;
	for (size_t i = 0; i < crew->n; i++)
		crew->v[i] = (struct member){ .slot = i,
					      .fd = -1,
					      .worker = *worker };
}

static int by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Ascending, as the sandbox wants it. */
static size_t list_keep(const struct relay *relay, int fd, int *keep)
{
	size_t n = 0;

	keep[n++] = fd;
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int net = 0; net < RELAY_NETS; net++)
			if (relay->fds[role][net] >= 0)
				keep[n++] = relay->fds[role][net];
	qsort(keep, n, sizeof(*keep), by_number);
	return n;
}

/* A daemon's QEMU may be any user's. */
static int make_folder(struct member *m, struct err *err)
{
	const char *path;

	if (tempdir_make("/tmp/crmatrix-", &m->folder, err))
		return -1;
	path = tempdir_path(m->folder);
	m->worker.lab.folder = path;
	return chmod(path, 01777) ? err_errno(err, "open '%s' to all", path) :
				    0;
}

static void remove_folder(struct member *m)
{
	m->worker.lab.folder = NULL;
	tempdir_free(m->folder);
	m->folder = NULL;
}

static int start_worker(struct member *m, struct err *err)
{
	struct sandbox_opts opts = { .private_run = !m->worker.lab.uri,
				     .body = worker_main,
				     .arg = &m->worker };
	struct relay relay = RELAY_INIT;
	int keep[1 + ROLE_COUNT * RELAY_NETS];
	int ends[2], rc;

	if (m->worker.lab.uri && relay_open(&relay, err))
		return -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) {
		relay_close(&relay);
		return err_errno(err, "socketpair");
	}
	m->worker.fd = ends[1];
	m->worker.lab.relay = m->worker.lab.uri ? &relay : NULL;
	opts.keep = keep;
	opts.n_keep = list_keep(&relay, ends[1], keep);
	rc = sandbox_start(&opts, &m->pid, err);
	m->worker.lab.relay = NULL; /* the worker has its copy */
	relay_close(&relay);
	close(ends[1]);
	if (rc) {
		close(ends[0]);
		return -1;
	}
	m->fd = ends[0];
	m->alive = true;
	m->ready = false;
	m->proved = false;
	return 0;
}

int crew_hire(struct member *m, struct err *err)
{
	if ((!m->worker.lab.uri || !make_folder(m, err)) &&
	    !start_worker(m, err))
		return 0;
	remove_folder(m);
	return -1;
}

/* The first words of a worker: it is ready, or cannot be. */
static int first_words(struct member *m, struct err *err)
{
	struct pollfd fd = { .fd = m->fd, .events = POLLIN };
	json_t *event;
	int got, rc = 0;

	if (poll(&fd, 1, REHEARSAL_MS) == 0)
		return err_set(err, ERR_TIMEOUT, REHEARSAL_MS,
			       "no lab was open within %d s",
			       REHEARSAL_MS / 1000);
	got = events_receive(m->fd, &event, err);
	if (got < 0)
		return -1;
	if (got == 0) {
		CLEANUP_FREE char *how = crew_bury(m);

		return err_set(err, ERR_MISSING, 0,
			       "a worker could not start: %s", how);
	}
	if (str_eq(events_text(event, "event"), "fatal"))
		rc = events_fatal(event, err);
	json_decref(event);
	return rc;
}

int crew_rehearse(const struct worker_opts *worker, struct err *err)
{
	struct member m = { .fd = -1, .worker = *worker };
	int rc = crew_hire(&m, err);

	if (!rc)
		rc = first_words(&m, err);
	crew_kill(&m);
	return rc;
}

char *crew_bury(struct member *m)
{
	int status = 0;
	CLEANUP_FREE char *how = NULL;

	fd_closep(&m->fd);
	m->fd = -1;
	kill(m->pid, SIGKILL);
	while (waitpid(m->pid, &status, 0) < 0)
		;
	m->alive = false;
	m->ready = false;
	remove_folder(m);
	how = child_status_text(status);
	return xasprintf("the worker ended: %s", how);
}

void crew_kill(struct member *m)
{
	if (m->alive)
		free(crew_bury(m));
}

/*
 * A worker that uses a daemon has to end its domains there; what the embedded
 * driver has goes with the worker.
 */
static void dismiss(struct member *m)
{
	int pidfd;
	struct pollfd fds;

	if (!m->alive || !m->worker.lab.uri || m->task)
		return;
	fd_closep(&m->fd);
	m->fd = -1;
	pidfd = (int)syscall(SYS_pidfd_open, m->pid, 0);
	fds = (struct pollfd){ .fd = pidfd, .events = POLLIN };
	(void)poll(&fds, 1, DISMISS_MS);
	fd_closep(&pidfd);
}

void crew_release(struct crew *crew)
{
	for (size_t i = 0; i < crew->n; i++) {
		dismiss(&crew->v[i]);
		crew_kill(&crew->v[i]);
	}
}

// SPDX-License-Identifier: Apache-2.0
/* objects_tree.c - processes in sessions and groups, a zombie, threads */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/objects.h"

#define ZOMBIE_STATUS 7

/* What a process says of itself, all the time. */
struct member {
	volatile uint64_t pid, ppid, pgid, sid, beat;
};

/*
 * LEADER begins a session; GROUP_OF_ITS_OWN and IN_ITS_GROUP are its children;
 * NEIGHBOUR has a group of its own in the session of the program itself.
 */
enum { LEADER, GROUP_OF_ITS_OWN, IN_ITS_GROUP, NEIGHBOUR, MEMBERS };

static struct member *members;
static struct member began[MEMBERS];

static _Noreturn void live(struct member *m)
{
	for (;;) {
		m->pid = (uint64_t)getpid();
		m->ppid = (uint64_t)getppid();
		m->pgid = (uint64_t)getpgid(0);
		m->sid = (uint64_t)getsid(0);
		m->beat++;
		objects_nap(10);
	}
}

static void child_with_group(int member, bool of_its_own)
{
	if (objects_child() != 0)
		return;
	if (of_its_own && setpgid(0, 0) < 0)
		_exit(GUEST_TROUBLE);
	live(&members[member]);
}

static void child_with_session(void)
{
	if (objects_child() != 0)
		return;
	if (setsid() < 0)
		_exit(GUEST_TROUBLE);
	child_with_group(GROUP_OF_ITS_OWN, true);
	child_with_group(IN_ITS_GROUP, false);
	live(&members[LEADER]);
}

static void tree_set_up(void)
{
	int i;

	members = objects_share(MEMBERS * sizeof(*members));
	child_with_session();
	child_with_group(NEIGHBOUR, true);
	for (i = 0; i < MEMBERS; i++) {
		if (!objects_grew(&members[i].beat, 2))
			guest_die("a process of the tree");
		began[i] = members[i];
	}
}

static const char *tree_wrong(void)
{
	int i;

	for (i = 0; i < MEMBERS; i++) {
		const struct member *m = &members[i];

		if (!objects_grew(&m->beat, m->beat))
			return "a process does not go on";
		if (m->pid != began[i].pid || m->ppid != began[i].ppid)
			return "a process has another pid or parent";
		if (m->pgid != began[i].pgid || m->sid != began[i].sid)
			return "a process has another group or session";
	}
	return NULL;
}

static void tree_spoil(void)
{
	kill((pid_t)began[NEIGHBOUR].pid, SIGKILL);
}

const struct object_kind object_tree = {
	.name = "tree",
	.set_up = tree_set_up,
	.wrong = tree_wrong,
	.spoil = tree_spoil,
};

/* --- A zombie --------------------------------------------------------------- */

static pid_t zombie;

static void zombie_set_up(void)
{
	siginfo_t end;

	zombie = objects_child();
	if (zombie == 0)
		_exit(ZOMBIE_STATUS);
	/* It is one from its end on only. */
	(void)waitid(P_PID, (id_t)zombie, &end, WEXITED | WNOWAIT);
}

static const char *zombie_wrong(void)
{
	siginfo_t end = { 0 };

	if (waitid(P_PID, (id_t)zombie, &end, WEXITED | WNOWAIT | WNOHANG) <
		    0 ||
	    end.si_status != ZOMBIE_STATUS)
		return "the zombie is gone, or its status";
	return NULL;
}

static void zombie_spoil(void)
{
	(void)waitpid(zombie, NULL, WNOHANG);
}

const struct object_kind object_zombie = {
	.name = "zombie",
	.set_up = zombie_set_up,
	.wrong = zombie_wrong,
	.spoil = zombie_spoil,
};

/* --- Threads ---------------------------------------------------------------- */

#define THREADS 3

/* Of a thread; @right is what it thinks of itself. */
static struct worker {
	pthread_t thread;
	volatile uint64_t tid, beat;
	volatile bool right, end;
} workers[THREADS];

static uint64_t began_tids[THREADS];
static _Thread_local uint64_t secret;

static bool is_named(char number)
{
	char name[16] = "";

	return prctl(PR_GET_NAME, name) == 0 && name[0] == 'w' &&
	       name[1] == number;
}

/* Each blocks a signal of its own. */
static bool is_masked(int signo)
{
	sigset_t mask;

	return pthread_sigmask(SIG_BLOCK, NULL, &mask) == 0 &&
	       sigismember(&mask, signo) == 1;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	int number = (int)(w - workers);
	const char name[] = { 'w', (char)('0' + number), '\0' };
	sigset_t mask;

	secret = (uint64_t)number * 1000003;
	sigemptyset(&mask);
	sigaddset(&mask, SIGRTMIN + 5 + number);
	if (prctl(PR_SET_NAME, name) < 0 ||
	    pthread_sigmask(SIG_BLOCK, &mask, NULL) != 0)
		guest_die("a thread");
	while (!w->end) {
		w->tid = (uint64_t)syscall(SYS_gettid);
		w->right = secret == (uint64_t)number * 1000003 &&
			   is_named(name[1]) &&
			   is_masked(SIGRTMIN + 5 + number);
		w->beat++;
		objects_nap(10);
	}
	return NULL;
}

static void threads_set_up(void)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]))
			guest_die("pthread_create");
		if (!objects_grew(&workers[i].beat, 2))
			guest_die("a thread");
		began_tids[i] = workers[i].tid;
	}
}

static const char *threads_wrong(void)
{
	int i;

	for (i = 0; i < THREADS; i++) {
		if (!objects_grew(&workers[i].beat, workers[i].beat))
			return "a thread does not go on";
		if (workers[i].tid != began_tids[i])
			return "a thread has another id";
		if (!workers[i].right)
			return "a thread has lost its name, mask or memory";
	}
	return NULL;
}

static void threads_spoil(void)
{
	workers[0].end = true;
	(void)pthread_join(workers[0].thread, NULL);
}

const struct object_kind object_threads = {
	.name = "threads",
	.set_up = threads_set_up,
	.wrong = threads_wrong,
	.spoil = threads_spoil,
};

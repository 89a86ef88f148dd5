// SPDX-License-Identifier: Apache-2.0
/* objects_time.c - timers of all sorts, signals that wait */
#include <signal.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/objects.h"

/* --- Timers ----------------------------------------------------------------- */

#define FAR_S 3600
#define FAR_MS (UINT64_C(1000) * FAR_S)
#define SIGPOSIX (SIGRTMIN + 1)

static volatile uint64_t alarms, expiries;
static timer_t quick, distant;
static int distant_fd;

static void on_alarm(int signo)
{
	(void)signo;
	alarms++;
}

static void on_expiry(int signo)
{
	(void)signo;
	expiries++;
}

static void make_posix(timer_t *timer, int signo, const struct itimerspec *when)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = signo };

	if (timer_create(CLOCK_MONOTONIC, &event, timer) < 0 ||
	    timer_settime(*timer, 0, when, NULL) < 0)
		guest_die("timer_create");
}

static void timers_set_up(void)
{
	static const struct itimerspec often = {
		.it_value.tv_nsec = 20000000, .it_interval.tv_nsec = 20000000
	};
	static const struct itimerspec far = { .it_value.tv_sec = FAR_S };
	static const struct itimerval every = { .it_value.tv_usec = 30000,
						.it_interval.tv_usec = 30000 };
	struct sigaction alarmed = { .sa_handler = on_alarm };
	struct sigaction expired = { .sa_handler = on_expiry };

	distant_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (sigaction(SIGALRM, &alarmed, NULL) < 0 ||
	    sigaction(SIGPOSIX, &expired, NULL) < 0 ||
	    setitimer(ITIMER_REAL, &every, NULL) < 0 || distant_fd < 0 ||
	    timerfd_settime(distant_fd, 0, &far, NULL) < 0)
		guest_die("timers");
	make_posix(&quick, SIGPOSIX, &often);
	make_posix(&distant, SIGKILL, &far);
}

/* Neither expired, nor begun anew: it has less to go than at the last look. */
static bool runs_on(const struct itimerspec *left, uint64_t *last_ms)
{
	uint64_t ms = (uint64_t)left->it_value.tv_sec * 1000 +
		      (uint64_t)left->it_value.tv_nsec / 1000000;
	bool less = ms > 0 && ms <= *last_ms;

	*last_ms = ms;
	return less;
}

static const char *timers_wrong(void)
{
	static uint64_t of_posix = FAR_MS, of_fd = FAR_MS;
	struct itimerspec left;

	if (!objects_grew(&alarms, alarms))
		return "the interval timer does not run";
	if (!objects_grew(&expiries, expiries))
		return "the POSIX timer does not run";
	if (timer_gettime(distant, &left) < 0 || !runs_on(&left, &of_posix))
		return "the long POSIX timer lost its time";
	if (timerfd_gettime(distant_fd, &left) < 0 || !runs_on(&left, &of_fd))
		return "the long timerfd lost its time";
	return NULL;
}

static void timers_spoil(void)
{
	static const struct itimerspec never;

	(void)timer_settime(quick, 0, &never, NULL);
}

const struct object_kind object_timers = {
	.name = "timers",
	.set_up = timers_set_up,
	.wrong = timers_wrong,
	.spoil = timers_spoil,
};

/* --- Signals ---------------------------------------------------------------- */

#define SIGQUEUED (SIGRTMIN + 3)
#define QUEUED 3

static sigset_t blocked;

static void queue(int value)
{
	if (sigqueue(getpid(), SIGQUEUED,
		     (union sigval){ .sival_int = value }) < 0)
		guest_die("sigqueue");
}

static void signals_set_up(void)
{
	int i;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigaddset(&blocked, SIGQUEUED);
	if (sigprocmask(SIG_BLOCK, &blocked, NULL) < 0 ||
	    signal(SIGHUP, SIG_IGN) == SIG_ERR || kill(getpid(), SIGUSR1) < 0)
		guest_die("signals");
	for (i = 1; i <= QUEUED; i++)
		queue(i * 11);
}

/* The values come out one by one, and go in again in their order. */
static bool come_in_order(void)
{
	static const struct timespec now;
	sigset_t queued;
	siginfo_t info;
	bool good = true;
	int i;

	sigemptyset(&queued);
	sigaddset(&queued, SIGQUEUED);
	for (i = 1; i <= QUEUED && good; i++)
		good = sigtimedwait(&queued, &info, &now) == SIGQUEUED &&
		       info.si_code == SI_QUEUE &&
		       info.si_value.sival_int == i * 11;
	good = good && sigtimedwait(&queued, &info, &now) < 0;
	for (i = 1; i <= QUEUED && good; i++)
		queue(i * 11);
	return good;
}

static const char *signals_wrong(void)
{
	struct sigaction hup;
	sigset_t now;

	if (sigprocmask(SIG_BLOCK, NULL, &now) < 0 ||
	    !sigismember(&now, SIGUSR1) || !sigismember(&now, SIGQUEUED))
		return "signals that were blocked are not any more";
	if (sigaction(SIGHUP, NULL, &hup) < 0 || hup.sa_handler != SIG_IGN)
		return "a signal that was ignored is not any more";
	if (sigpending(&now) < 0 || !sigismember(&now, SIGUSR1))
		return "a signal that waited is gone";
	if (!come_in_order())
		return "queued signals are gone, or have other values";
	return NULL;
}

static void signals_spoil(void)
{
	int signo;

	(void)sigwait(&blocked, &signo);
}

const struct object_kind object_signals = {
	.name = "signals",
	.set_up = signals_set_up,
	.wrong = signals_wrong,
	.spoil = signals_spoil,
};

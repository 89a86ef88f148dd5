// SPDX-License-Identifier: Apache-2.0
/* objects.c - a program that has kernel objects and knows what they must be */

/*
 * DOC: Theory of operation
 * OBJECTS in the environment names the kinds, "tree timers". Each is set up before
 * the program is ready, and looked at whenever it is asked by "PROBE", in a way
 * that leaves it as it is. It answers with lines of key=value, for each kind
 * KIND=ok or KIND=what is wrong. SIGUSR2 makes it lose one object of each kind.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/objects.h"

#define TICK_NS 10000000

static const struct object_kind *const kinds[] = {
	&object_tree,	     &object_zombie, &object_threads, &object_pipes,
	&object_shared,	     &object_sysv,   &object_timers,  &object_signals,
	&object_descriptors, &object_locks,
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static bool chosen[KINDS];
static uint64_t nonce, started, beats;
static volatile sig_atomic_t spoil_wanted;

/* --- What it has ------------------------------------------------------------ */

static bool choose(const char *word)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i]->name, word) != 0)
			continue;
		chosen[i] = true;
		kinds[i]->set_up();
		return true;
	}
	return false;
}

static void on_spoil(int signo)
{
	(void)signo;
	spoil_wanted = 1;
}

static void begin(void)
{
	const char *given = getenv("OBJECTS");
	char *words = strdup(given ? given : "");
	char *rest = words, *word;
	struct sigaction spoil = { .sa_handler = on_spoil };

	if (!words || sigaction(SIGUSR2, &spoil, NULL) < 0)
		guest_die("begin");
	nonce = guest_nonce();
	started = guest_started();
	while ((word = strsep(&rest, " ")))
		if (*word && !choose(word)) {
			(void)fprintf(stderr, "OBJECTS: no kind '%s'\n", word);
			exit(GUEST_USAGE);
		}
	free(words);
}

static void spoil(void)
{
	size_t i;

	if (!spoil_wanted)
		return;
	spoil_wanted = 0;
	for (i = 0; i < KINDS; i++)
		if (chosen[i])
			kinds[i]->spoil();
}

static void answer_probe(struct text *t)
{
	size_t i;

	text_key_u64(t, "pid", (uint64_t)getpid());
	text_key_u64(t, "sid", (uint64_t)getsid(0));
	text_key_hex(t, "nonce", nonce);
	text_key_u64(t, "started", started);
	text_key_u64(t, "beats", beats);
	for (i = 0; i < KINDS; i++) {
		const char *wrong;

		if (!chosen[i])
			continue;
		wrong = kinds[i]->wrong();
		text_str(t, kinds[i]->name);
		text_str(t, "=");
		text_str(t, wrong ? wrong : "ok");
		text_str(t, "\n");
	}
}

/* Who asked again while it was looked, gets the same answer: a look at what does
 * not go on takes long. */
static void serve_all(int sock)
{
	char question[16];
	struct text t = { .n = 0 };
	union guest_addr from;
	socklen_t len = sizeof(from);
	ssize_t n;

	while ((n = recvfrom(sock, question, sizeof(question), 0, &from.any,
			     &len)) >= 0) {
		if (!guest_starts(question, (size_t)n, "PROBE"))
			continue;
		if (t.n == 0)
			answer_probe(&t);
		/* A lost answer is no worse than a lost question. */
		(void)sendto(sock, t.s, t.n, MSG_DONTWAIT, &from.any, len);
		len = sizeof(from);
	}
}

static _Noreturn void serve(const union guest_addr *addr)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	begin();
	fds[0].fd = guest_bind(SOCK_DGRAM, addr);
	fds[1].fd = guest_ticker(TICK_NS);
	guest_say_ready(guest_port(fds[0].fd));
	for (;;) {
		int ready = poll(fds, 2, -1);

		spoil();
		if (ready < 0)
			continue;
		beats += (uint64_t)guest_tick(fds[1].fd, TICK_NS);
		serve_all(fds[0].fd);
	}
}

/* One line a kind, as the answer has it. */
static bool is_right(const struct object_kind *kind, const char *answer)
{
	const char *says = guest_field(answer, kind->name);
	size_t len = says ? strcspn(says, "\n") : 0;

	if (!says)
		return true;
	if (len == 2 && strncmp(says, "ok", 2) == 0) {
		printf("ok: %s\n", kind->name);
		return true;
	}
	printf("wrong: %s: %.*s\n", kind->name, (int)len, says);
	return false;
}

static int verify(const char *answer)
{
	bool ok = true;
	size_t i;

	if (!guest_field(answer, "nonce"))
		ok = guest_check(false, "", "no nonce in the answer");
	for (i = 0; i < KINDS; i++)
		ok &= is_right(kinds[i], answer);
	return ok ? GUEST_OK : GUEST_WRONG;
}

int main(int argc, char **argv)
{
	static const struct guest_program program = {
		.name = "objects",
		.serve = serve,
		.verify = verify,
	};

	return guest_main(&program, argc, argv);
}

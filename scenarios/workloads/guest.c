// SPDX-License-Identifier: Apache-2.0
/* guest.c - what the guest programs have in common */
#include "scenarios/workloads/guest.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

/* A question may be lost: it is asked so often, with so long between. */
#define ASK_TRIES 10
#define ASK_MS 300

void text_str(struct text *t, const char *s)
{
	while (*s && t->n < sizeof(t->s))
		t->s[t->n++] = *s++;
}

void text_u64(struct text *t, uint64_t value)
{
	char digits[21];
	size_t i = sizeof(digits) - 1;

	digits[i] = '\0';
	do {
		digits[--i] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	text_str(t, digits + i);
}

void text_hex(struct text *t, uint64_t value)
{
	char digit[2] = "";
	int shift;

	for (shift = 60; shift >= 0; shift -= 4) {
		digit[0] = "0123456789abcdef"[(value >> shift) & 15];
		text_str(t, digit);
	}
}

void text_key_u64(struct text *t, const char *key, uint64_t value)
{
	text_str(t, key);
	text_str(t, "=");
	text_u64(t, value);
	text_str(t, "\n");
}

void text_key_hex(struct text *t, const char *key, uint64_t value)
{
	text_str(t, key);
	text_str(t, "=");
	text_hex(t, value);
	text_str(t, "\n");
}

void text_key_addr(struct text *t, const char *key,
		   const struct sockaddr_in *addr)
{
	uint32_t ip = ntohl(addr->sin_addr.s_addr);
	int shift;

	text_str(t, key);
	text_str(t, "=");
	for (shift = 24; shift >= 0; shift -= 8) {
		text_u64(t, (ip >> shift) & 255);
		text_str(t, shift ? "." : ":");
	}
	text_u64(t, ntohs(addr->sin_port));
	text_str(t, "\n");
}

bool guest_starts(const char *bytes, size_t len, const char *word)
{
	size_t i;

	for (i = 0; word[i]; i++) {
		if (i >= len || bytes[i] != word[i])
			return false;
	}
	return true;
}

_Noreturn void guest_die(const char *what)
{
	perror(what);
	exit(GUEST_TROUBLE);
}

uint64_t guest_nonce(void)
{
	uint64_t nonce;

	if (getrandom(&nonce, sizeof(nonce), 0) != sizeof(nonce))
		guest_die("getrandom");
	return nonce;
}

uint64_t guest_started(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts) < 0)
		guest_die("clock_gettime");
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static void set_ticker(int ticker, uint64_t interval_ns)
{
	struct itimerspec once = {
		.it_value.tv_sec = (time_t)(interval_ns / NS_PER_S),
		.it_value.tv_nsec = (long)(interval_ns % NS_PER_S),
	};

	if (timerfd_settime(ticker, 0, &once, NULL) < 0)
		guest_die("timerfd");
}

int guest_ticker(uint64_t interval_ns)
{
	int ticker =
		timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);

	if (ticker < 0)
		guest_die("timerfd");
	set_ticker(ticker, interval_ns);
	return ticker;
}

int guest_tick(int ticker, uint64_t interval_ns)
{
	uint64_t expired;

	if (read(ticker, &expired, sizeof(expired)) != sizeof(expired))
		return 0;
	set_ticker(ticker, interval_ns);
	return 1;
}

int guest_bind(int type, uint32_t ip, uint16_t port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(ip),
		.sin_port = htons(port),
	};
	int on = 1;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		guest_die("socket");
	if (type == SOCK_STREAM &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		guest_die("SO_REUSEADDR");
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		guest_die("bind");
	return fd;
}

uint16_t guest_port(int fd)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);

	if (getsockname(fd, (struct sockaddr *)&addr, &len) < 0)
		guest_die("getsockname");
	return ntohs(addr.sin_port);
}

void guest_say_ready(uint16_t port)
{
	printf("ready port=%u pid=%d\n", (unsigned int)port, (int)getpid());
	if (fflush(stdout) != 0)
		guest_die("stdout");
}

const char *guest_field(const char *answer, const char *key)
{
	size_t len = strlen(key);
	const char *line = answer;

	while (*line) {
		if (strncmp(line, key, len) == 0 && line[len] == '=')
			return line + len + 1;
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return NULL;
}

bool guest_field_u64(const char *answer, const char *key, int base,
		     uint64_t *ret_value)
{
	const char *text = guest_field(answer, key);
	uint64_t value;
	char *end;

	if (!text)
		return false;
	errno = 0;
	value = strtoull(text, &end, base);
	if (end == text || *end != '\n' || errno)
		return false;
	*ret_value = value;
	return true;
}

bool guest_check(bool ok, const char *good, const char *bad)
{
	printf("%s: %s\n", ok ? "ok" : "wrong", ok ? good : bad);
	return ok;
}

static bool ask_once(int fd, char *answer, size_t size)
{
	static const char question[] = "PROBE";
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (send(fd, question, strlen(question), 0) < 0 ||
	    poll(&pfd, 1, ASK_MS) <= 0)
		return false;
	n = recv(fd, answer, size - 1, MSG_DONTWAIT);
	if (n < 0)
		return false;
	answer[n] = '\0';
	return true;
}

static bool ask(const struct sockaddr_in *to, char *answer, size_t size)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool answered = false;
	int i;

	if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof(*to)) < 0)
		guest_die("socket");
	for (i = 0; i < ASK_TRIES && !answered; i++)
		answered = ask_once(fd, answer, size);
	close(fd);
	return answered;
}

static bool port_of(const char *arg, uint16_t *ret_port)
{
	unsigned long value;
	char *end;

	if (*arg < '0' || *arg > '9')
		return false;
	value = strtoul(arg, &end, 10);
	*ret_port = (uint16_t)value;
	return *end == '\0' && value <= UINT16_MAX;
}

static int usage(const struct guest_program *program)
{
	(void)fprintf(
		stderr,
		"Usage: %s --serve PORT            (0: any free one, printed)\n"
		"       %s --probe ADDRESS PORT    what it says of itself\n"
		"       %s --verify ADDRESS PORT   whether that is right\n",
		program->name, program->name, program->name);
	return GUEST_USAGE;
}

int guest_main(const struct guest_program *program, int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	char answer[sizeof(struct text)];
	bool verify;
	uint16_t port;

	if (argc < 3 || !port_of(argv[argc - 1], &port))
		return usage(program);
	if (argc == 3 && strcmp(argv[1], "--serve") == 0) {
		program->serve(port);
		return GUEST_TROUBLE;
	}
	verify = strcmp(argv[1], "--verify") == 0;
	if (argc != 4 || (!verify && strcmp(argv[1], "--probe") != 0) ||
	    inet_pton(AF_INET, argv[2], &to.sin_addr) != 1)
		return usage(program);
	to.sin_port = htons(port);
	if (!ask(&to, answer, sizeof(answer))) {
		(void)fprintf(stderr, "no answer from %s:%u\n", argv[2],
			      (unsigned int)port);
		return GUEST_WRONG;
	}
	if (verify)
		return program->verify(answer);
	(void)fputs(answer, stdout);
	return GUEST_OK;
}

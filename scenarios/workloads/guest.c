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
/* Who is asked may still be starting, and wants the CPU for that. */
#define REFUSED_NS 5000000

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

/* The lowest four bits. */
static void text_digit(struct text *t, uint64_t value)
{
	const char digit[2] = { "0123456789abcdef"[value & 15] };

	text_str(t, digit);
}

void text_hex(struct text *t, uint64_t value)
{
	int shift;

	for (shift = 60; shift >= 0; shift -= 4)
		text_digit(t, value >> shift);
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

static void text_ipv4(struct text *t, const struct in_addr *addr)
{
	uint32_t ip = ntohl(addr->s_addr);
	int shift;

	for (shift = 24; shift >= 0; shift -= 8) {
		text_u64(t, (ip >> shift) & 255);
		text_str(t, shift ? "." : "");
	}
}

static void text_ipv6(struct text *t, const struct in6_addr *addr)
{
	size_t i;

	for (i = 0; i < sizeof(addr->s6_addr); i++) {
		if (i && i % 2 == 0)
			text_str(t, ":");
		text_digit(t, addr->s6_addr[i] >> 4);
		text_digit(t, addr->s6_addr[i]);
	}
}

void text_key_addr(struct text *t, const char *key,
		   const union guest_addr *addr)
{
	bool v6 = addr->any.sa_family == AF_INET6;

	text_str(t, key);
	text_str(t, v6 ? "=[" : "=");
	if (v6)
		text_ipv6(t, &addr->v6.sin6_addr);
	else
		text_ipv4(t, &addr->v4.sin_addr);
	text_str(t, v6 ? "]:" : ":");
	text_u64(t, ntohs(v6 ? addr->v6.sin6_port : addr->v4.sin_port));
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

union guest_addr guest_addr_v4(uint32_t ip, uint16_t port)
{
	return (union guest_addr){ .v4 = { .sin_family = AF_INET,
					   .sin_addr.s_addr = htonl(ip),
					   .sin_port = htons(port) } };
}

socklen_t guest_addr_len(const union guest_addr *addr)
{
	return addr->any.sa_family == AF_INET6 ? sizeof(addr->v6) :
						 sizeof(addr->v4);
}

int guest_bind(int type, const union guest_addr *addr)
{
	int family = addr->any.sa_family;
	int on = 1;
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		guest_die("socket");
	if (family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		guest_die("IPV6_V6ONLY");
	if (type == SOCK_STREAM &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
		guest_die("SO_REUSEADDR");
	if (bind(fd, &addr->any, guest_addr_len(addr)) < 0)
		guest_die("bind");
	return fd;
}

uint16_t guest_port(int fd)
{
	union guest_addr addr = { .any.sa_family = AF_INET };
	socklen_t len = sizeof(addr);

	if (getsockname(fd, &addr.any, &len) < 0)
		guest_die("getsockname");
	return ntohs(addr.any.sa_family == AF_INET6 ? addr.v6.sin6_port :
						      addr.v4.sin_port);
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
	struct timespec pause = { .tv_nsec = REFUSED_NS };
	ssize_t n;

	if (send(fd, question, strlen(question), 0) < 0 ||
	    poll(&pfd, 1, ASK_MS) <= 0)
		return false;
	n = recv(fd, answer, size - 1, MSG_DONTWAIT);
	if (n < 0) {
		(void)nanosleep(&pause, NULL);
		return false;
	}
	answer[n] = '\0';
	return true;
}

static bool ask(const union guest_addr *to, char *answer, size_t size)
{
	int fd = socket(to->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool answered = false;
	int i;

	if (fd < 0 || connect(fd, &to->any, guest_addr_len(to)) < 0)
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

static bool addr_of(const char *ip, uint16_t port, union guest_addr *ret_addr)
{
	*ret_addr = guest_addr_v4(INADDR_ANY, port);
	if (inet_pton(AF_INET, ip, &ret_addr->v4.sin_addr) == 1)
		return true;
	*ret_addr = (union guest_addr){ .v6 = { .sin6_family = AF_INET6,
						.sin6_port = htons(port) } };
	return inet_pton(AF_INET6, ip, &ret_addr->v6.sin6_addr) == 1;
}

static int usage(const struct guest_program *program)
{
	(void)fprintf(
		stderr,
		"Usage: %s --serve [ADDRESS] PORT  (0: any free one, printed)\n"
		"       %s --probe ADDRESS PORT    what it says of itself\n"
		"       %s --verify ADDRESS PORT   whether that is right\n",
		program->name, program->name, program->name);
	return GUEST_USAGE;
}

int guest_main(const struct guest_program *program, int argc, char **argv)
{
	char answer[sizeof(struct text)];
	bool verify;
	union guest_addr to;
	uint16_t port;

	if (argc < 3 || argc > 4 || !port_of(argv[argc - 1], &port) ||
	    !addr_of(argc == 4 ? argv[2] : "0.0.0.0", port, &to))
		return usage(program);
	if (strcmp(argv[1], "--serve") == 0) {
		program->serve(&to);
		return GUEST_TROUBLE;
	}
	verify = strcmp(argv[1], "--verify") == 0;
	if (argc != 4 || (!verify && strcmp(argv[1], "--probe") != 0))
		return usage(program);
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

// SPDX-License-Identifier: Apache-2.0
/* counter.c - a count, a nonce and a chain that live in memory alone */

/*
 * DOC: Theory of operation
 * --serve draws a nonce, counts every 10 ms and carries a hash chain over nonce
 * and count along. Nonce, count and chain stand on pages of their own, beside a
 * ballast that is filled from the nonce: a page that comes back empty, old or
 * from elsewhere no longer fits the others.
 *
 * It answers datagrams on UDP port PORT:
 *
 *	"REQ N"	-> "ANS N nonce=HEX count=N chain=HEX pid=N"
 *	"PROBE"	-> lines of key=value
 */
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/guest.h"
#include "scenarios/workloads/mix.h"

#define TICK_NS 10000000
#define PAGE 4096UL
#define BALLAST_WORDS (16 * PAGE / sizeof(uint64_t))

/* One page each, so that none can be restored along with another. */
struct paged {
	_Alignas(PAGE) uint64_t value;
};

static struct paged nonce;
static struct paged count;
static struct paged chain;
static struct paged started;
static _Alignas(PAGE) uint64_t ballast[BALLAST_WORDS];

/* What the whole ballast must come to, or what it does come to. */
static uint64_t ballast_sum(uint64_t of_nonce, const uint64_t *words)
{
	uint64_t sum = of_nonce;
	size_t i;

	for (i = 0; i < BALLAST_WORDS; i++)
		sum = mix64(sum ^ (words ? words[i] : mix64(of_nonce ^ i)));
	return sum;
}

static void begin(void)
{
	size_t i;

	nonce.value = guest_nonce();
	chain.value = nonce.value;
	started.value = guest_started();
	for (i = 0; i < BALLAST_WORDS; i++)
		ballast[i] = mix64(nonce.value ^ i);
}

static void tick(int timer)
{
	if (guest_tick(timer, TICK_NS))
		chain.value =
			chain_next(chain.value, nonce.value, ++count.value);
}

static void answer_request(struct text *t, const char *number, size_t len)
{
	size_t i;

	text_str(t, "ANS ");
	for (i = 0; i < len && number[i] >= '0' && number[i] <= '9'; i++)
		text_str(t, (const char[]){ number[i], '\0' });
	text_str(t, " nonce=");
	text_hex(t, nonce.value);
	text_str(t, " count=");
	text_u64(t, count.value);
	text_str(t, " chain=");
	text_hex(t, chain.value);
	text_str(t, " pid=");
	text_u64(t, (uint64_t)getpid());
	text_str(t, "\n");
}

static void answer_probe(struct text *t)
{
	text_key_u64(t, "pid", (uint64_t)getpid());
	text_key_u64(t, "sid", (uint64_t)getsid(0));
	text_key_hex(t, "nonce", nonce.value);
	text_key_u64(t, "started", started.value);
	text_key_u64(t, "count", count.value);
	text_key_hex(t, "chain", chain.value);
	text_key_hex(t, "memory", ballast_sum(nonce.value, ballast));
}

/*
 * Receive one question and answer it from the address that was asked, which on
 * a host with several is not the one the kernel would choose. (Of IPv6 it must
 * be bound to that one.) The option is set anew each time: not every CRIU
 * restores it.
 */
static bool serve_one(int sock)
{
	char question[64], control[CMSG_SPACE(sizeof(struct in_pktinfo))];
	struct text t;
	union guest_addr from;
	struct iovec iov = { .iov_base = question,
			     .iov_len = sizeof(question) };
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct in_pktinfo *info;
	struct cmsghdr *cmsg;
	int on = 1;
	ssize_t n;

	setsockopt(sock, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	n = recvmsg(sock, &msg, 0);
	if (n < 0)
		return false;
	t.n = 0;
	if (guest_starts(question, (size_t)n, "REQ "))
		answer_request(&t, question + 4, (size_t)n - 4);
	else if (guest_starts(question, (size_t)n, "PROBE"))
		answer_probe(&t);
	else
		return true;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_type == IP_PKTINFO) {
		info = (struct in_pktinfo *)(void *)CMSG_DATA(cmsg);
		info->ipi_spec_dst = info->ipi_addr;
		info->ipi_ifindex = 0;
	}
	iov.iov_base = t.s;
	iov.iov_len = t.n;
	/* A lost answer is no worse than a lost question. */
	sendmsg(sock, &msg, MSG_DONTWAIT);
	return true;
}

static _Noreturn void serve(const union guest_addr *addr)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	begin();
	fds[0].fd = guest_bind(SOCK_DGRAM, addr);
	fds[1].fd = guest_ticker(TICK_NS);
	guest_say_ready(guest_port(fds[0].fd));
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		tick(fds[1].fd);
		while (serve_one(fds[0].fd))
			;
	}
}

static bool count_fits(const char *answer, uint64_t of_nonce)
{
	uint64_t ticks, got, want = of_nonce, i;

	if (!guest_field_u64(answer, "count", 10, &ticks) ||
	    !guest_field_u64(answer, "chain", 16, &got))
		return guest_check(false, "",
				   "no count or chain in the answer");
	for (i = 1; i <= ticks; i++)
		want = chain_next(want, of_nonce, i);
	if (got == want)
		return guest_check(true, "the chain has every tick once", "");
	printf("wrong: after %llu ticks the chain is %016llx, not %016llx: "
	       "a tick was skipped or repeated\n",
	       (unsigned long long)ticks, (unsigned long long)got,
	       (unsigned long long)want);
	return false;
}

static int verify(const char *answer)
{
	uint64_t of_nonce, memory;
	bool ok;

	if (!guest_field_u64(answer, "nonce", 16, &of_nonce) ||
	    !guest_field_u64(answer, "memory", 16, &memory)) {
		guest_check(false, "", "no nonce or memory in the answer");
		return GUEST_WRONG;
	}
	ok = count_fits(answer, of_nonce);
	ok &= guest_check(
		memory == ballast_sum(of_nonce, NULL),
		"the memory holds what belongs to the nonce",
		"the memory holds something else than belongs to the nonce");
	return ok ? GUEST_OK : GUEST_WRONG;
}

int main(int argc, char **argv)
{
	static const struct guest_program program = {
		.name = "counter",
		.serve = serve,
		.verify = verify,
	};

	return guest_main(&program, argc, argv);
}

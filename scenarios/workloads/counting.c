// SPDX-License-Identifier: Apache-2.0
/* counting.c - a count, a nonce and a chain, and how they are asked for by UDP */
#include "scenarios/workloads/counting.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scenarios/workloads/mix.h"

/* One page each, so that none can be restored along with another. */
struct paged {
	_Alignas(COUNTING_PAGE) uint64_t value;
};

static struct paged nonce;
static struct paged count;
static struct paged chain;
static struct paged started;

static void begin(void)
{
	nonce.value = guest_nonce();
	chain.value = nonce.value;
	started.value = guest_started();
}

static void tick(int timer, const struct counting *counting)
{
	if (!guest_tick(timer, COUNTING_TICK_NS))
		return;
	chain.value = chain_next(chain.value, nonce.value, ++count.value);
	if (counting->tick)
		counting->tick();
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

static void answer_probe(struct text *t, const struct counting *counting)
{
	text_key_u64(t, "pid", (uint64_t)getpid());
	text_key_u64(t, "sid", (uint64_t)getsid(0));
	text_key_hex(t, "nonce", nonce.value);
	text_key_u64(t, "started", started.value);
	text_key_u64(t, "count", count.value);
	text_key_hex(t, "chain", chain.value);
	counting->probe(t);
}

/*
 * Receive one question and answer it from the address that was asked, which on
 * a host with several is not the one the kernel would choose. (Of IPv6 it must
 * be bound to that one.) The option is set anew each time: not every CRIU
 * restores it.
 */
static bool serve_one(int sock, const struct counting *counting)
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
		answer_probe(&t, counting);
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

_Noreturn void counting_serve(const union guest_addr *addr,
			      const struct counting *counting)
{
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	begin();
	counting->begin(nonce.value);
	fds[0].fd = guest_bind(SOCK_DGRAM, addr);
	fds[1].fd = guest_ticker(COUNTING_TICK_NS);
	guest_say_ready(guest_port(fds[0].fd));
	for (;;) {
		if (poll(fds, 2, -1) < 0)
			continue;
		tick(fds[1].fd, counting);
		while (serve_one(fds[0].fd, counting))
			;
	}
}

bool counting_fits(const char *answer, uint64_t of_nonce)
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

// SPDX-License-Identifier: Apache-2.0
/* script_original.c - what criu dump left on the source, for a guest's shell */
#include "base/mem.h"
#include "base/str.h"
#include "runner/script_internal.h"

/*
 * criu's lock: in a network that is not dumped a rule for each connection and
 * direction, known by criu's mark, or a table of nftables; in one that is, a chain.
 * (criu/netfilter.c, criu/net.c)
 */
static const char unlock[] =
	"for tool in iptables ip6tables; do\n"
	"\t$IN_NET $tool -w -S 2>/dev/null |\n"
	"\t\tsed -n -e '/ ! --mark 0xc114 .*-j DROP/s/^-A/-D/p' "
	"-e '/ -j CRIU$/s/^-A/-D/p' |\n"
	"\t\twhile read -r rule; do $IN_NET $tool -w $rule; done\n"
	"done\n"
	"$IN_NET nft list tables 2>/dev/null | grep ' CRIU' |\n"
	"\twhile read -r table; do $IN_NET nft delete $table; done\n";

char *script_original_continue(const struct scenario *s)
{
	struct strbuf buf;

	strbuf_open(&buf);
	if (script_moves_address(s))
		script_put_take_address(buf.f);
	(void)fputs(unlock, buf.f);
	(void)fputs(AGENT " --original continue $WORKLOAD_PID || exit 1\n"
			  "echo original-continued >&3\n",
		    buf.f);
	return strbuf_take(&buf);
}

char *script_original_kill(void)
{
	return xstrdup(AGENT " --original kill $WORKLOAD_PID || exit 1\n"
			     "while [ -e /proc/$WORKLOAD_PID/root/. ]; do "
			     "sleep 0.02; done\n");
}

char *script_give_back(const struct scenario *s)
{
	return xstrdup(script_is_taken(s) ?
			       "$IN_NET " AGENT
			       " --give $DEV $SERVICE || exit 1\n" :
			       "true\n");
}

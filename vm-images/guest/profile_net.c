// SPDX-License-Identifier: Apache-2.0
/* profile_net.c - lines of /proc/net/tcp and its like */
#include "profile_net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

#define HEX_WORD 8 /* digits of 32 bits, each word in the host's order */

/* "sl local remote st tx:rx tr:when retrnsmt uid timeout inode": hexadecimal but
 * for uid, timeout and inode. */
bool net_row_read(const char *line, struct net_row *ret_row)
{
	CLEANUP(str_list_release) struct str_list words = { 0 };
	struct net_row row;
	const char *unread;

	str_list_split(&words, line, " ");
	if (words.n < 10)
		return false;
	unread = strchr(words.v[4], ':');
	row = (struct net_row){
		.state = strtoull(words.v[3], NULL, 16),
		.unread = unread ? strtoull(unread + 1, NULL, 16) : 0,
		.inode = strtoull(words.v[9], NULL, 10),
	};
	(void)snprintf(row.local, sizeof(row.local), "%s", words.v[1]);
	*ret_row = row;
	return true;
}

/* Return: how many words there were, 1 or 4; 0: it is no address */
static size_t read_words(const char *local, uint32_t words[4])
{
	size_t digits = strcspn(local, ":");
	size_t n = digits / HEX_WORD;

	if (digits % HEX_WORD || (n != 1 && n != 4))
		return 0;
	for (size_t i = 0; i < n; i++) {
		char hex[HEX_WORD + 1] = "";

		memcpy(hex, local + i * HEX_WORD, HEX_WORD);
		words[i] = (uint32_t)strtoul(hex, NULL, 16);
	}
	return n;
}

static bool is_everywhere(const uint32_t words[4], size_t n)
{
	struct in6_addr six;

	if (n == 1)
		return words[0] == INADDR_ANY ||
		       IN_MULTICAST(ntohl(words[0])) ||
		       ntohl(words[0]) >> 24 == IN_LOOPBACKNET;
	memcpy(&six, words, sizeof(six));
	return IN6_IS_ADDR_UNSPECIFIED(&six) || IN6_IS_ADDR_LOOPBACK(&six) ||
	       IN6_IS_ADDR_MULTICAST(&six) || IN6_IS_ADDR_LINKLOCAL(&six);
}

char *net_address(const char *local)
{
	char text[INET6_ADDRSTRLEN];
	uint32_t words[4] = { 0 };
	size_t n = read_words(local, words);

	/* IPv4 in an IPv6 socket. */
	if (n == 4 && !words[0] && !words[1] && ntohl(words[2]) == 0xffff) {
		words[0] = words[3];
		n = 1;
	}
	if (!n || is_everywhere(words, n) ||
	    !inet_ntop(n == 1 ? AF_INET : AF_INET6, words, text, sizeof(text)))
		return NULL;
	return xstrdup(text);
}

static bool is_any(const char *local)
{
	return strspn(local, "0") == strcspn(local, ":");
}

bool net_collide(const char *a, const char *b)
{
	const char *port_a = strchr(a, ':');
	const char *port_b = strchr(b, ':');

	/* What a socket of the one family leaves of the other's, nobody tells. */
	if (!port_a || !port_b || port_a - a != port_b - b ||
	    !str_eq(port_a, port_b))
		return false;
	return is_any(a) || is_any(b) || str_eq(a, b);
}

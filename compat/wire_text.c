// SPDX-License-Identifier: Apache-2.0
/* wire_text.c - MAC addresses and endpoints as text, and back */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "compat/wire.h"

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

void wire_mac_format(const struct wire_mac *mac, char out[18])
{
	(void)snprintf(out, 18, "%02x:%02x:%02x:%02x:%02x:%02x", mac->b[0],
		       mac->b[1], mac->b[2], mac->b[3], mac->b[4], mac->b[5]);
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool wire_mac_parse(const char *text, struct wire_mac *ret_mac)
{
	struct wire_mac mac;

	if (strlen(text) != 17)
		return false;
	for (size_t i = 0; i < 6; i++) {
		int high = hex(text[3 * i]), low = hex(text[3 * i + 1]);

		if (high < 0 || low < 0 || (i < 5 && text[3 * i + 2] != ':'))
			return false;
		mac.b[i] = (uint8_t)(high << 4 | low);
	}
	*ret_mac = mac;
	return true;
}

void wire_addr_format(const struct wire_addr *addr, char out[64])
{
	char ip[INET6_ADDRSTRLEN];

	if (memcmp(addr->ip, mapped, sizeof(mapped)) == 0) {
		(void)inet_ntop(AF_INET, addr->ip + 12, ip, sizeof(ip));
		(void)snprintf(out, 64, "%s:%u", ip, addr->port);
	} else {
		(void)inet_ntop(AF_INET6, addr->ip, ip, sizeof(ip));
		(void)snprintf(out, 64, "[%s]:%u", ip, addr->port);
	}
}

static bool parse_port(const char *text, uint16_t *ret_port)
{
	uint64_t port;

	if (!str_u64(text, &port) || port > UINT16_MAX)
		return false;
	*ret_port = (uint16_t)port;
	return true;
}

bool wire_addr_parse(const char *text, struct wire_addr *ret_addr)
{
	struct wire_addr addr = { 0 };
	const char *colon = strrchr(text, ':');
	bool is_v6 = *text == '[' && colon && colon > text && colon[-1] == ']';
	char ip[INET6_ADDRSTRLEN];
	size_t len;

	if (!colon || !parse_port(colon + 1, &addr.port))
		return false;
	len = (size_t)(colon - text) - (is_v6 ? 2 : 0);
	if (len >= sizeof(ip))
		return false;
	memcpy(ip, text + is_v6, len);
	ip[len] = '\0';
	if (!is_v6)
		memcpy(addr.ip, mapped, sizeof(mapped));
	if (inet_pton(is_v6 ? AF_INET6 : AF_INET, ip,
		      is_v6 ? addr.ip : addr.ip + 12) != 1)
		return false;
	*ret_addr = addr;
	return true;
}

// SPDX-License-Identifier: Apache-2.0
/* err.c - filling and wrapping of errors */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const char *const domain_names[] = {
	[ERR_NONE] = "none",	   [ERR_SYS] = "system",
	[ERR_INPUT] = "input",	   [ERR_PARSE] = "parse",
	[ERR_TIMEOUT] = "timeout", [ERR_VIRT] = "libvirt",
	[ERR_GUEST] = "guest",	   [ERR_CHILD] = "child",
	[ERR_PCAP] = "pcap",	   [ERR_MISSING] = "missing",
};
static_assert(ARRAY_SIZE(domain_names) == ERR_COUNT,
	      "domain_names[] doesn't match enum err_domain");

const char *err_domain_name(enum err_domain domain)
{
	return domain_names[domain];
}

void err_fill(struct err *err, enum err_domain domain, long code,
	      const char *fmt, ...)
{
	va_list ap;

	err->domain = domain;
	err->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
}

void err_fill_errno(struct err *err, const char *fmt, ...)
{
	int saved = errno;
	size_t len;
	va_list ap;

	err->domain = ERR_SYS;
	err->code = saved;
	va_start(ap, fmt);
	(void)vsnprintf(err->msg, sizeof(err->msg), fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	(void)snprintf(err->msg + len, sizeof(err->msg) - len, ": %s",
		       strerrordesc_np(saved) ? strerrordesc_np(saved) :
						"unknown error");
	errno = saved;
}

void err_fill_context(struct err *err, const char *fmt, ...)
{
	char head[sizeof(err->msg)];
	size_t head_len, tail_len;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(head, sizeof(head) - 2, fmt, ap);
	va_end(ap);
	head_len = strlen(head);
	memcpy(head + head_len, ": ", 3);
	head_len += 2;
	tail_len = strlen(err->msg);
	if (head_len + tail_len >= sizeof(err->msg))
		tail_len = sizeof(err->msg) - head_len - 1;
	memmove(err->msg + head_len, err->msg, tail_len);
	memcpy(err->msg, head, head_len);
	err->msg[head_len + tail_len] = '\0';
}

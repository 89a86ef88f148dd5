// SPDX-License-Identifier: Apache-2.0
/* err.h - the error that every fallible function fills */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdarg.h>

#define WARN_UNUSED __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/**
 * enum err_domain - What kind of thing went wrong; branch on this, not on text
 * @ERR_NONE:	 No error yet
 * @ERR_SYS:	 A system call failed; code is errno
 * @ERR_INPUT:	 The user's input is wrong; code is the line or 0
 * @ERR_PARSE:	 A file of ours or a guest's answer is malformed; code is line
 * @ERR_TIMEOUT: A deadline passed; code is the limit in ms
 * @ERR_VIRT:	 libvirt refused; code is its virErrorNumber
 * @ERR_GUEST:	 A guest died, panicked or does not answer; code is 0
 * @ERR_CHILD:	 A program ended badly; code is its wait status
 * @ERR_PCAP:	 libpcap refused; code is its PCAP_ERROR_*
 * @ERR_MISSING: Something the host should have is missing; code is 0
 */
enum err_domain {
	ERR_NONE,
	ERR_SYS,
	ERR_INPUT,
	ERR_PARSE,
	ERR_TIMEOUT,
	ERR_VIRT,
	ERR_GUEST,
	ERR_CHILD,
	ERR_PCAP,
	ERR_MISSING,
	ERR_COUNT
};

/**
 * struct err - One failure, by value on the caller's stack; needs no release
 * @domain:	What kind
 * @code:	Detail, its meaning is per domain
 * @msg:	For people; outermost context first; cut at the end if too long
 */
struct err {
	enum err_domain domain;
	long code;
	char msg[1024];
};

#define ERR_INIT                   \
	{                          \
		.domain = ERR_NONE \
	}

/**
 * err_set() - Fill an error
 * @err, @domain, @code, @fmt, ...: what it is to say
 *
 * This and the next two are macros only so that compilers see their -1.
 *
 * Return: -1, always, so that callers write `return err_set(...)`
 */
#define err_set(...) (err_fill(__VA_ARGS__), err_failed())

/**
 * err_errno() - Fill an error of domain ERR_SYS from errno, whose text is added
 * @err, @fmt, ...: what it is to say
 *
 * Return: -1, always
 */
#define err_errno(...) (err_fill_errno(__VA_ARGS__), err_failed())

/**
 * err_wrap() - Put "context: " before the message of a filled error
 * @err, @fmt, ...: the context
 *
 * Return: -1, always
 */
#define err_wrap(...) (err_fill_context(__VA_ARGS__), err_failed())

void err_fill(struct err *err, enum err_domain domain, long code,
	      const char *fmt, ...) PRINTF(4, 5);
void err_fill_errno(struct err *err, const char *fmt, ...) PRINTF(2, 3);
void err_fill_context(struct err *err, const char *fmt, ...) PRINTF(2, 3);

static inline int err_failed(void)
{
	return -1;
}

/** err_domain_name() - Stable lower-case name of a domain, for JSON and logs */
const char *err_domain_name(enum err_domain domain);

#endif

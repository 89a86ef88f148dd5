// SPDX-License-Identifier: Apache-2.0
/* test_wire_text.c - MAC addresses and endpoints as text */
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "compat/wire.h"
#include "tests/lib/testing.h"

START_TEST(a_mac_is_read_in_either_case_and_written_in_lower)
{
	struct wire_mac mac;
	char text[18];

	ck_assert(wire_mac_parse("52:54:00:aB:Cd:0f", &mac));
	wire_mac_format(&mac, text);
	ck_assert_str_eq(text, "52:54:00:ab:cd:0f");
}
END_TEST

static const char *const bad_macs[] = {
	"",
	"52:54:00:ab:cd",
	"52:54:00:ab:cd:0",
	"52:54:00:ab:cd:0f ",
	"52-54-00-ab-cd-0f",
	"52:54:00:ab:cd:0g",
	"52:54:00:ab:cd:/f",
	"52:54:00:ab:cd:0f:11",
	"5254:00:ab:cd:0f1",
};

START_TEST(what_is_not_a_mac_is_refused_and_changes_nothing)
{
	struct wire_mac mac = { { 1, 2, 3, 4, 5, 6 } };

	ck_assert_msg(!wire_mac_parse(bad_macs[_i], &mac), "'%s' was taken",
		      bad_macs[_i]);
	ck_assert_mem_eq(mac.b, "\1\2\3\4\5\6", 6);
}
END_TEST

static const char *const addrs[] = {
	"10.77.0.100:7000",
	"0.0.0.0:0",
	"255.255.255.255:65535",
	"[fd77::100]:443",
	"[::]:1",
	"[1:2:3:4:5:6:7:8]:65535",
	"[fe80::1234:5678:9abc:def0]:22",
};

START_TEST(an_endpoint_survives_text)
{
	struct wire_addr addr;
	char text[64];

	ck_assert(wire_addr_parse(addrs[_i], &addr));
	wire_addr_format(&addr, text);
	ck_assert_str_eq(text, addrs[_i]);
}
END_TEST

START_TEST(ipv4_is_mapped)
{
	static const uint8_t wanted[16] = { 0, 0, 0,	0,    0,  0,  0, 0,
					    0, 0, 0xff, 0xff, 10, 77, 0, 100 };
	struct wire_addr addr;

	ck_assert(wire_addr_parse("10.77.0.100:7000", &addr));
	ck_assert_mem_eq(addr.ip, wanted, 16);
	ck_assert_uint_eq(addr.port, 7000);
}
END_TEST

static const char *const bad_addrs[] = {
	"",
	":",
	":80",
	"10.77.0.100",
	"10.77.0.100:",
	"10.77.0.100:65536",
	"10.77.0.100:-1",
	"10.77.0.100: 80",
	"10.77.0.100:80x",
	"10.77.0.256:80",
	"10.77.0:80",
	"fd77::100:80",
	"[fd77::100]",
	"[fd77::100]80",
	"[fd77::100:80",
	"[]:80",
	"[10.77.0.100]:80",
	"[fd77:::1]:80",
	"[1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1]:80",
	"10.77.0.100:99999999999999999999",
};

START_TEST(what_is_not_an_endpoint_is_refused_and_changes_nothing)
{
	struct wire_addr addr = { .port = 7 };

	ck_assert_msg(!wire_addr_parse(bad_addrs[_i], &addr), "'%s' was taken",
		      bad_addrs[_i]);
	ck_assert_uint_eq(addr.port, 7);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_text");
	TCase *tcase = tcase_create("text");

	tcase_add_test(tcase,
		       a_mac_is_read_in_either_case_and_written_in_lower);
	tcase_add_loop_test(tcase,
			    what_is_not_a_mac_is_refused_and_changes_nothing, 0,
			    (int)ARRAY_SIZE(bad_macs));
	tcase_add_loop_test(tcase, an_endpoint_survives_text, 0,
			    (int)ARRAY_SIZE(addrs));
	tcase_add_test(tcase, ipv4_is_mapped);
	tcase_add_loop_test(
		tcase, what_is_not_an_endpoint_is_refused_and_changes_nothing,
		0, (int)ARRAY_SIZE(bad_addrs));
	suite_add_tcase(suite, tcase);
	return suite;
}

// SPDX-License-Identifier: Apache-2.0
/* test_wire_table.c - finding connections by their addresses */
#include <string.h>

#include "base/mem.h"
#include "compat/wire_conn.h"
#include "tests/lib/testing.h"

static struct wire_flow *get(struct wire_table *table, uint32_t client,
			     uint16_t client_port, uint16_t server_port)
{
	struct wire_addr from = { .port = client_port };
	struct wire_addr to = { .ip = { 10, 77 }, .port = server_port };

	memcpy(from.ip, &client, sizeof(client));
	return wire_table_get(table, &from, &to);
}

START_TEST(the_same_addresses_are_the_same_connection)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	struct wire_flow *flow = get(&table, 1, 2, 3);

	flow->conn.syn_again = 5;
	ck_assert_ptr_eq(get(&table, 1, 2, 3), flow);
	ck_assert_uint_eq(table.n, 1);
}
END_TEST

START_TEST(each_part_of_the_addresses_tells_connections_apart)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };

	(void)get(&table, 1, 2, 3);
	(void)get(&table, 9, 2, 3);
	(void)get(&table, 1, 9, 3);
	(void)get(&table, 1, 2, 9);
	(void)get(&table, 1, 3, 2);
	ck_assert_uint_eq(table.n, 5);
}
END_TEST

START_TEST(a_new_connection_knows_nothing)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	const struct wire_flow *flow = get(&table, 1, 2, 3);

	ck_assert_uint_eq(flow->conn.move.blackout_ns, UINT64_MAX);
	ck_assert_uint_eq(flow->conn.client.port, 2);
	ck_assert_uint_eq(flow->conn.server.port, 3);
	ck_assert_int_eq(flow->host, -1);
	ck_assert_uint_eq(flow->conn.first_frame, 0);
}
END_TEST

START_TEST(many_connections_stay_in_order_of_appearance)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	const uint32_t n = 50000;

	for (uint32_t i = 0; i < n; i++)
		get(&table, i / 1000, (uint16_t)(i % 1000), 80)->conn.syn_again =
			i;
	ck_assert_uint_eq(table.n, n);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_eq(table.flows[i].conn.syn_again, i);
		ck_assert_ptr_eq(get(&table, i / 1000, (uint16_t)(i % 1000),
				     80),
				 &table.flows[i]);
	}
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("wire_table");
	TCase *tcase = tcase_create("table");

	tcase_add_test(tcase, the_same_addresses_are_the_same_connection);
	tcase_add_test(tcase,
		       each_part_of_the_addresses_tells_connections_apart);
	tcase_add_test(tcase, a_new_connection_knows_nothing);
	tcase_add_test(tcase, many_connections_stay_in_order_of_appearance);
	suite_add_tcase(suite, tcase);
	return suite;
}

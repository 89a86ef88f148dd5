// SPDX-License-Identifier: Apache-2.0
/* test_wire_table.c - finding connections by their addresses */
#include <string.h>

#include "base/mem.h"
#include "compat/wire_flow.h"
#include "tests/lib/testing.h"

static struct wire_flow *get(struct wire_table *table, uint32_t client,
			     uint16_t client_port, uint16_t server_port)
{
	struct wire_addr from = { .port = client_port };

	memcpy(from.ip, &client, sizeof(client));
	return wire_table_get(table, &from, server_port);
}

START_TEST(the_same_addresses_are_the_same_connection)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	struct wire_flow *flow = get(&table, 1, 2, 3);

	flow->unanswered = 5;
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

	ck_assert_uint_eq(flow->client_port, 2);
	ck_assert_uint_eq(flow->server_port, 3);
	ck_assert_uint_eq(flow->first_frame, 0);
	ck_assert_int_eq(flow->half[WIRE_CLIENT].scale, -1);
	ck_assert(!wire_half_offered(&flow->half[WIRE_SERVER]));
}
END_TEST

START_TEST(many_connections_stay_in_order_of_appearance)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	const uint32_t n = 50000;

	for (uint32_t i = 0; i < n; i++)
		get(&table, i / 1000, (uint16_t)(i % 1000), 80)->unanswered = i;
	ck_assert_uint_eq(table.n, n);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_eq(wire_table_at(&table, i)->unanswered, i);
		ck_assert_ptr_eq(get(&table, i / 1000, (uint16_t)(i % 1000),
				     80),
				 wire_table_at(&table, i));
	}
}
END_TEST

START_TEST(one_that_is_not_there_is_not_found)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	struct wire_addr client = { .port = 2 };

	ck_assert_ptr_null(wire_table_find(&table, &client, 3));
	(void)get(&table, 1, 2, 3);
	ck_assert_ptr_null(wire_table_find(&table, &client, 3));
	ck_assert_uint_eq(table.n, 1);
}
END_TEST

/* --- The same client's next connection ------------------------------------ */

/* A connection of frames [first, first + server_at). */
static struct wire_flow *begin(struct wire_table *table, uint32_t client,
			       uint64_t first, uint32_t server_at)
{
	struct wire_flow *flow = get(table, client, (uint16_t)first, 80);

	flow->first_frame = first;
	flow->began_with_syn = true;
	flow->server_at = server_at;
	flow->half[WIRE_SERVER].frames = 1;
	return flow;
}

START_TEST(the_next_connection_is_the_same_clients_after_this_ones_end)
{
	CLEANUP(wire_table_release) struct wire_table table = { 0 };
	struct wire_flow *one = begin(&table, 7, 10, 21);
	struct wire_flow *other = begin(&table, 8, 15, 1);
	struct wire_flow *meanwhile = begin(&table, 7, 20, 100);
	struct wire_flow *next = begin(&table, 7, 31, 2);
	struct wire_flow *stale = begin(&table, 7, 200, 2);
	size_t n;

	stale->began_with_syn = false;
	n = wire_table_group(&table);
	ck_assert_uint_eq(n, 4);
	ck_assert_ptr_eq(wire_table_next(&table, n, one), next);
	ck_assert_ptr_null(wire_table_next(&table, n, other));
	ck_assert_ptr_null(wire_table_next(&table, n, meanwhile));
	one->rst_at = 5;
	ck_assert_ptr_eq(wire_table_next(&table, n, one), meanwhile);
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
	tcase_add_test(tcase, one_that_is_not_there_is_not_found);
	tcase_add_test(
		tcase,
		the_next_connection_is_the_same_clients_after_this_ones_end);
	tcase_add_test(tcase, many_connections_stay_in_order_of_appearance);
	suite_add_tcase(suite, tcase);
	return suite;
}

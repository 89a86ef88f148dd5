// SPDX-License-Identifier: Apache-2.0
/* test_scenario_peer.c - the roles of many connections, dealt and written */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "compat/scenario.h"
#include "tests/lib/testing.h"

#define MANY "title: t\nworkload: {command: c, port: 80}\npeer:\n  use: tcp-"

static const struct {
	const char *roles;
	size_t n;
	const char *dealt;
} deals[] = {
	{ "talk", 1, "talk" },
	{ "talk,idle", 1, "talk" },
	{ "talk,idle", 5, "talk,idle,talk,idle,talk" },
	{ "talk,queued,idle", 6, "talk,idle,talk,idle,queued,queued" },
	{ "talk,queued-data,queued", 3, "talk,queued-data,queued" },
};

START_TEST(roles_are_dealt_in_turn_and_queued_ones_come_last)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };
	CLEANUP(str_list_release) struct str_list dealt = { 0 };
	CLEANUP_FREE enum peer_role *roles = NULL;
	CLEANUP_FREE char *text = NULL;

	str_list_split(&names, deals[_i].roles, ",");
	roles = peer_deal(&names, deals[_i].n);
	ck_assert_ptr_nonnull(roles);
	for (size_t i = 0; i < deals[_i].n; i++)
		str_list_add(&dealt, peer_role_names[roles[i]]);
	text = str_list_join(&dealt, ",");
	ck_assert_str_eq(text, deals[_i].dealt);
}
END_TEST

START_TEST(a_role_that_is_none_is_not_dealt)
{
	CLEANUP(str_list_release) struct str_list names = { 0 };

	str_list_split(&names, "talk,sleep", ",");
	ck_assert_ptr_null(peer_deal(&names, 1));
}
END_TEST

static int read_scenario(const char *text, struct scenario *ret_scenario,
			 struct bind_diags *diags, struct err *err)
{
	return bind_text("s.yaml", text, strlen(text), &scenario_table,
			 ret_scenario, diags, err);
}

START_TEST(connections_and_roles_arrive)
{
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
	CLEANUP(scenario_release) struct scenario s = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(read_scenario(MANY "connections\n  connections: 4096\n"
					"  roles: [talk, bulk]\n",
				   &s, &diags, &err),
		     &err);
	ck_assert_int_eq(s.peer.kind, PEER_TCP_CONNECTIONS);
	ck_assert_uint_eq(s.peer.connections, 4096);
	ck_assert_uint_eq(s.peer.roles.n, 2);
	ck_assert_str_eq(s.peer.roles.v[1], "bulk");
}
END_TEST

#define OWN \
	"title: t\nworkload: {command: c, port: 80}\npeer:\n  use: command\n"

START_TEST(a_client_of_ones_own_may_have_connections)
{
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
	CLEANUP(scenario_release) struct scenario s = { 0 };
	struct err err = ERR_INIT;

	ck_assert_ok(read_scenario(OWN "  command: c\n  connections: 5\n", &s,
				   &diags, &err),
		     &err);
	ck_assert_uint_eq(s.peer.connections, 5);
}
END_TEST

static const struct {
	const char *text, *says;
	unsigned line;
} bad[] = {
	{ MANY "connections\n  connections: 1\n",
	  "'use: tcp-connections' needs 'connections' and 'roles'", 4 },
	{ MANY "connections\n  roles: talk\n",
	  "'use: tcp-connections' needs 'connections' and 'roles'", 4 },
	{ MANY "connections\n  connections: 1\n  roles: [talk, sleep]\n",
	  "there is no role 'sleep'", 6 },
	{ MANY "connections\n  connections: 1\n  roles: [idle, talk]\n",
	  "the first of 'roles' must be 'talk': by its answers the peer is "
	  "known to be served",
	  6 },
	{ MANY "connections\n  connections: 1\n  roles: []\n",
	  "the first of 'roles' must be 'talk': by its answers the peer is "
	  "known to be served",
	  6 },
	{ MANY "connections\n  roles: talk\n  connections: 4097\n",
	  "'connections' must be 0 to 4096, not 4097", 6 },
	{ MANY "stream\n  roles: talk\n",
	  "'roles' is for 'use: tcp-connections' alone", 5 },
	{ MANY "stream\n  connections: 2\n",
	  "'connections' is for 'use: tcp-connections' and 'use: command' alone",
	  5 },
	{ OWN "  command: c\n  connections: 5\n  roles: talk\n",
	  "'roles' is for 'use: tcp-connections' alone", 7 },
};

START_TEST(what_makes_no_sense_is_refused_at_its_place)
{
	CLEANUP(bind_diags_release) struct bind_diags diags = { 0 };
	CLEANUP(scenario_release) struct scenario s = { 0 };
	struct err err = ERR_INIT;

	ck_assert_err(read_scenario(bad[_i].text, &s, &diags, &err), &err,
		      ERR_INPUT, bad[_i].line);
	ck_assert_str_eq(diags.v[0].msg, bad[_i].says);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/scenario_peer");
	TCase *tcase = tcase_create("roles");

	tcase_add_loop_test(tcase,
			    roles_are_dealt_in_turn_and_queued_ones_come_last,
			    0, (int)ARRAY_SIZE(deals));
	tcase_add_test(tcase, a_role_that_is_none_is_not_dealt);
	tcase_add_test(tcase, connections_and_roles_arrive);
	tcase_add_test(tcase, a_client_of_ones_own_may_have_connections);
	tcase_add_loop_test(tcase, what_makes_no_sense_is_refused_at_its_place,
			    0, (int)ARRAY_SIZE(bad));
	suite_add_tcase(suite, tcase);
	return suite;
}

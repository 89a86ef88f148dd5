// SPDX-License-Identifier: Apache-2.0
/* test_analysis_svg.c - the time line of one connection, drawn */
#include "compat/analysis_svg.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/frames.h"
#include "tests/unit/compat/svg_scene.h"

/* A picture is some tens of kilobytes; this is what the busiest may take. */
#define SIZE_MOST ((size_t)400 * 1024)

/* By a parser that is not ours: expat, through Python. */
static void check_well_formed(const char *svg)
{
	FILE *parser;

	(void)fflush(NULL);
	/* NOLINTNEXTLINE(cert-env33-c): a constant */
	parser = popen("python3 -c 'import sys, xml.parsers.expat as e; "
		       "e.ParserCreate().Parse(sys.stdin.buffer.read(), True)'",
		       "w");
	ck_assert_ptr_nonnull(parser);
	ck_assert_int_ge(fputs(svg, parser), 0);
	ck_assert_int_eq(pclose(parser), 0);
}

/* Pictures are too long for the message of ck_assert_has(). */
static void check_has(const char *svg, const char *part)
{
	ck_assert_msg(strstr(svg, part) != NULL, "no '%s'", part);
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	while ((text = strstr(text, part))) {
		text += strlen(part);
		n++;
	}
	return n;
}

/* --- Whole pictures ------------------------------------------------------- */

static void draw_kept(struct scene *s)
{
	scene_open(s);
	scene_talk(s, 30);
	scene_phase(s, "dump begins");
	scene_ask_in_vain(s, 1);
	scene_phase(s, "image sent");
	scene_wait(s, 130000);
	scene_phase(s, "address moved");
	scene_wait(s, 90000);
	scene_repeat(s, WIRE_CLIENT, 100, 0);
	scene_wait(s, 60000);
	scene_phase(s, "restore done");
	scene_take_over(s);
	s->conn.move.tail_ns = 240 * NS_PER_MS;
	scene_wait(s, 200000);
	scene_repeat(s, WIRE_CLIENT, 100, 0);
	scene_say(s, WIRE_SERVER, 400);
	s->conn.hosts[1].data_frame = s->frame;
	s->conn.hosts[1].data_ns = s->now_ns;
	scene_talk(s, 30);
	scene_flag(s, WIRE_CLIENT, WIRE_FIN | WIRE_ACK);
	s->conn.first_fin[WIRE_CLIENT] = scene_event(s);
}

static void draw_hung(struct scene *s)
{
	scene_open(s);
	scene_talk(s, 10);
	scene_phase(s, "dump begins");
	scene_ask_in_vain(s, 7);
}

static void draw_long(struct scene *s)
{
	scene_open(s);
	for (int i = 0; i < 300; i++) {
		scene_wait(s, 2000000);
		scene_talk(s, 1);
	}
	scene_ask_in_vain(s, 1);
	scene_wait(s, 150000);
	scene_take_over(s);
	scene_repeat(s, WIRE_CLIENT, 100, 4);
	s->conn.first_damaged = scene_event(s);
	for (int i = 0; i < 300; i++) {
		scene_wait(s, 1000000);
		scene_talk(s, 1);
	}
	scene_flag(s, WIRE_SERVER, WIRE_RST);
	s->conn.first_rst = scene_event(s);
}

/* Both hosts speak in turn, and one of each kind of segment. */
static void draw_split(struct scene *s)
{
	static const struct wire_segment_seen signs[] = {
		{ .dup_ack = true },
		{ .at = 300, .len = 100, .fresh = 100, .out_of_order = true },
		{ .at = 500, .zero_window = true },
		{ .at = 499, .len = 1, .repeated = 1, .keepalive = true },
		{ .at = 400, .len = 100, .repeated = 100, .differing = 3 },
		{ .at = -70000, .len = 9, .stray = true },
		{ .at = 1 << 30, .len = 9, .stray = true },
		{ .at = 500, .flags = WIRE_RST },
	};

	scene_open(s);
	scene_talk(s, 8);
	scene_take_over(s);
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		s->host = (int)i % 2;
		scene_wait(s, 7000);
		scene_note(s, WIRE_SERVER, signs[i]);
		scene_wait(s, 500);
		scene_note(s, WIRE_CLIENT, signs[i]);
	}
	s->conn.first_rst = scene_event(s);
}

/* struct picture - A scene, and the golden file of its picture */
struct picture {
	const char *name;
	void (*draw)(struct scene *s);
	const char *sentence;
};

static const struct picture pictures[] = {
	{ "kept", draw_kept,
	  "kept: the second host went on where the first had stopped" },
	{ "hung", draw_hung, "hung: nobody answered from frame 34 on" },
	{ "split", draw_split, "split: two hosts answered in turn" },
	{ "long", draw_long, "reset: by the second host, in frame 1808" },
};

START_TEST(a_picture_is_the_expected_one)
{
	const struct picture *picture = &pictures[_i];
	CLEANUP_FREE char *golden =
		xasprintf("tests/golden/svg/%s.svg", picture->name);
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	picture->draw(&s);
	got = scene_draw(&s, picture->sentence);
	check_well_formed(got);
	golden_check(golden, got);
	scene_release(&s);
}
END_TEST

START_TEST(a_picture_names_the_move)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	draw_kept(&s);
	got = scene_draw(&s, "kept");
	check_has(got, ">blackout 490 ms<");
	check_has(got, ">recovery 240 ms<");
	check_has(got, ">old host<");
	check_has(got, ">52:54:00:77:00:0b<");
	check_has(got, "#97 new host&#39;s first, probe ends TCP repair");
	check_has(got, ">210 ms<");
	scene_release(&s);
}
END_TEST

START_TEST(the_decisive_part_of_a_long_connection_is_drawn_large)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	draw_long(&s);
	got = scene_draw(&s, "reset");
	check_has(got, "all of the connection, 15 min 3 s");
	check_has(got, ">blackout 360 ms<");
	/* The RST is beyond it. */
	check_has(got, "#1808 RST<");
	scene_release(&s);
}
END_TEST

/* --- Detail --------------------------------------------------------------- */

static void flood(struct scene *s, int seconds)
{
	for (int ms = 0; ms < seconds * 1000; ms++) {
		scene_wait(s, 900);
		scene_say(s, WIRE_CLIENT, 100);
		scene_say(s, WIRE_SERVER, 1448);
	}
}

/* Steps of the first stream's level: its detail. */
static size_t count_steps(const char *svg)
{
	const char *level = strstr(svg, "class=\"level\" d=\"");
	size_t n = 0;

	ck_assert_ptr_nonnull(level);
	for (level += strlen("class=\"level\" d=\""); *level != '"'; level++)
		n += *level == 'V';
	return n;
}

START_TEST(a_move_in_a_flood_keeps_its_detail)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	flood(&s, 60);
	scene_ask_in_vain(&s, 2);
	scene_wait(&s, 9000);
	scene_take_over(&s);
	flood(&s, 60);
	got = scene_draw(&s, "kept");
	check_has(got, ">blackout 639 ms<");
	check_has(got, ">210 ms<");
	check_has(got, ">420 ms<");
	/* 2.6 s of segments 1 ms apart, 3 ms a pixel */
	ck_assert_uint_gt(count_steps(got), 700);
	ck_assert_uint_lt(strlen(got), SIZE_MOST / 2);
	scene_release(&s);
}
END_TEST

/* --- Decisive frames ------------------------------------------------------ */

#define MEMBER(member) offsetof(struct wire_conn, member)
static const size_t events[] = {
	MEMBER(move.probe),	  MEMBER(first_rst),
	MEMBER(first_fin[0]),	  MEMBER(first_fin[1]),
	MEMBER(first_syn_again),  MEMBER(first_damaged),
	MEMBER(first_lost),	  MEMBER(first_stray),
	MEMBER(first_seq_back),	  MEMBER(first_ack_back),
	MEMBER(first_ts_back),	  MEMBER(first_zero_window),
	MEMBER(first_challenge),  MEMBER(first_storm),
	MEMBER(first_unanswered), MEMBER(icmp.first),
};

START_TEST(every_decisive_frame_is_labelled_once)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct wire_event *event =
			(void *)((char *)&s.conn + events[i]);

		scene_talk(&s, 1);
		*event = scene_event(&s);
		event->frame = 1000 + i;
	}
	got = scene_draw(&s, "all at once");
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		CLEANUP_FREE char *right = xasprintf("\"\">#%zu ", 1000 + i);
		CLEANUP_FREE char *left = xasprintf("\"end\">#%zu ", 1000 + i);

		ck_assert_msg(count(got, right) + count(got, left) == 1, "#%zu",
			      1000 + i);
	}
	scene_release(&s);
}
END_TEST

START_TEST(events_of_one_frame_share_a_label)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_talk(&s, 3);
	s.conn.first_rst = s.conn.first_stray = scene_event(&s);
	got = scene_draw(&s, "reset");
	check_has(got, ">#12 RST, outside the stream<");
	scene_release(&s);
}
END_TEST

START_TEST(a_server_without_link_addresses_has_one_lane)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	s.host = -1;
	scene_note(&s, WIRE_CLIENT,
		   (struct wire_segment_seen){ .len = 5, .fresh = 5 });
	analysis_svg_segment(s.svg, &s.conn.client, &s.conn.server,
			     &(struct wire_segment_seen){
				     .dir = WIRE_SERVER,
				     .host = -1,
				     .event.at_ns = s.now_ns,
			     });
	got = scene_draw(&s, "undecidable");
	ck_assert_uint_eq(count(got, ">server<"), 1);
	ck_assert_uint_eq(count(got, "class=\"bar\""), 2);
	scene_release(&s);
}
END_TEST

START_TEST(a_connection_without_segments_is_drawn)
{
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	s.conn.last_ns = s.conn.first_ns;
	got = scene_draw(&s, "");
	check_well_formed(got);
	scene_release(&s);
}
END_TEST

/* --- Hostile input -------------------------------------------------------- */

START_TEST(a_hostile_comment_is_only_text)
{
	/* U+202E turns what follows around. */
	static const char turned[] = { '\xe2', '\x80', '\xae', 'x', '\0' };
	static const char *const comments[] = {
		"</text><script>alert(1)</script>",
		"\"'&amp;]]><!--",
		"\x01\x1b[2J\x7f\xc2\x85",
		"\xff\xfe\xc0\xaf\xed\xa0\x80",
		"\xef\xbf\xbe\xef\xbf\xbf",
		turned,
		"two\nlines\tand a tab\r",
		"",
	};
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	for (size_t i = 0; i < ARRAY_SIZE(comments); i++) {
		scene_talk(&s, 5);
		scene_phase(&s, comments[i]);
	}
	got = scene_draw(&s, comments[0]);
	check_well_formed(got);
	ck_assert_ptr_null(strstr(got, "<script"));
	check_has(got, "&lt;/text&gt;&lt;script&gt;alert(1)");
	check_has(got, "&quot;&#39;&amp;amp;]]&gt;&lt;!--");
	ck_assert_ptr_null(strstr(got, turned));
	ck_assert_ptr_null(strpbrk(got, "\x01\x1b\x7f\r"));
	scene_release(&s);
}
END_TEST

START_TEST(a_long_comment_is_cut)
{
	CLEANUP_FREE char *comment = xcalloc(100001, 1);
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	memset(comment, 'c', 100000);
	scene_init(&s);
	scene_open(&s);
	for (int i = 0; i < WIRE_PHASES_MAX; i++)
		scene_phase(&s, comment);
	scene_talk(&s, 5);
	got = scene_draw(&s, comment);
	check_well_formed(got);
	check_has(got, "ccc\xe2\x80\xa6<");
	/* But for the sentence, whole in <desc>. */
	ck_assert_uint_lt(strlen(got), 100000 + SIZE_MOST / 10);
	scene_release(&s);
}
END_TEST

START_TEST(a_million_segments_make_a_small_picture)
{
	CLEANUP_FREE char *got = NULL;
	uint64_t random = 7;
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	for (int i = 0; i < 1000000; i++) {
		uint32_t r = frames_random(&random);
		enum wire_dir dir = r & 1 ? WIRE_SERVER : WIRE_CLIENT;

		if (r % 1009 == 0)
			scene_wait(&s, r % 1000);
		if (i == 500000)
			scene_take_over(&s);
		if (r % 31 == 0)
			scene_repeat(&s, dir, 1, r % 62 == 0);
		else if (r % 37 == 0)
			scene_flag(&s, dir, (uint8_t)(r >> 8 & 7));
		else
			scene_say(&s, dir, 1448);
	}
	got = scene_draw(&s, "much");
	check_well_formed(got);
	ck_assert_msg(strlen(got) < SIZE_MOST, "%zu bytes", strlen(got));
	check_has(got, "blackout 0.020 ms");
	scene_release(&s);
}
END_TEST

/* Found while it is written, or, with all of it in a buffer, at its end. */
/* A number of any size, often 0. */
static uint64_t any(uint64_t *random)
{
	uint64_t bits = (uint64_t)frames_random(random) << 32 |
			frames_random(random);

	return (bits & 3) == 0 ? 0 : bits >> 1 >> frames_random(random) % 63;
}

static void note_anything(struct scene *s, uint64_t *random)
{
	enum wire_dir dir = any(random) & 1;
	uint32_t len = (uint32_t)(any(random) & 0xffff);
	uint64_t is = any(random);
	struct wire_segment_seen segment = {
		.at = (int64_t)(any(random) >> 16) - (1 << 20),
		.len = len,
		.fresh = is & 1 ? len : 0,
		.repeated = is & 2 ? len : 0,
		.differing = is & 4 ? len : 0,
		.flags = (uint8_t)any(random),
		.stray = is & 8,
		.keepalive = is & 16,
		.probe = is & 32,
		.dup_ack = is & 64,
		.zero_window = is & 128,
		.out_of_order = is & 256,
	};

	s->host = (int)(any(random) % WIRE_HOSTS_MAX);
	s->now_ns = any(random);
	scene_note(s, dir, segment);
	s->next[dir] = segment.at;
}

/* Times go back and forth over centuries, positions over the whole space. */
START_TEST(no_connection_is_too_strange)
{
	uint64_t random = (uint64_t)_i + 1;
	CLEANUP_FREE char *got = NULL;
	struct scene s;

	scene_init(&s);
	s.conn.first_ns = any(&random);
	for (uint64_t n = any(&random) % 300; n > 0; n--)
		note_anything(&s, &random);
	if (s.conn.n_hosts > 1)
		s.conn.move.blackout_ns =
			any(&random) % (s.conn.hosts[1].first_ns + 1);
	s.conn.move.tail_ns = any(&random);
	s.conn.unanswered = any(&random);
	s.conn.unanswered_ns = any(&random);
	s.conn.silence_ns = any(&random);
	s.conn.silence_at_ns = any(&random);
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		struct wire_event *event =
			(void *)((char *)&s.conn + events[i]);

		event->frame = any(&random);
		event->at_ns = any(&random);
	}
	s.now_ns = any(&random);
	scene_phase(&s, "a phase");
	got = scene_draw(&s, "strange");
	check_well_formed(got);
	ck_assert_ptr_null(strstr(got, "nan"));
	ck_assert_ptr_null(strstr(got, "inf"));
	ck_assert_uint_lt(strlen(got), SIZE_MOST);
	scene_release(&s);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
	static char buffer[SIZE_MOST];
	struct err err = ERR_INIT;
	FILE *full = fopen("/dev/full", "we");
	struct scene s;

	ck_assert_ptr_nonnull(full);
	ck_assert_int_eq(setvbuf(full, buffer, _IOFBF, _i ? SIZE_MOST : 512),
			 0);
	scene_init(&s);
	scene_open(&s);
	ck_assert_err(analysis_svg_write(s.svg, &s.conn, &s.report, "", full,
					 &err),
		      &err, ERR_SYS, ENOSPC);
	(void)fclose(full);
	scene_release(&s);
}
END_TEST

Suite *test_suite(void)
{
	Suite *suite = suite_create("compat/analysis_svg");
	TCase *tcase = tcase_create("pictures");

	tcase_add_loop_test(tcase, a_picture_is_the_expected_one, 0,
			    ARRAY_SIZE(pictures));
	tcase_add_test(tcase, a_picture_names_the_move);
	tcase_add_test(tcase,
		       the_decisive_part_of_a_long_connection_is_drawn_large);
	tcase_add_test(tcase, a_move_in_a_flood_keeps_its_detail);
	tcase_add_test(tcase, every_decisive_frame_is_labelled_once);
	tcase_add_test(tcase, events_of_one_frame_share_a_label);
	tcase_add_test(tcase, a_server_without_link_addresses_has_one_lane);
	tcase_add_test(tcase, a_connection_without_segments_is_drawn);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("hostile input");
	tcase_set_timeout(tcase, 30); /* a million segments, sanitized */
	tcase_add_test(tcase, a_hostile_comment_is_only_text);
	tcase_add_test(tcase, a_long_comment_is_cut);
	tcase_add_test(tcase, a_million_segments_make_a_small_picture);
	tcase_add_loop_test(tcase, no_connection_is_too_strange, 0, 8);
	tcase_add_loop_test(tcase, a_full_disk_is_an_error, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}

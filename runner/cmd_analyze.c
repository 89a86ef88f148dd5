// SPDX-License-Identifier: Apache-2.0
/* cmd_analyze.c - crmatrix analyze */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/analysis.h"
#include "compat/analysis_draw.h"
#include "compat/capfile.h"
#include "compat/verdict.h"
#include "runner/cli.h"
#include "runner/log.h"
#include "runner/options.h"
#include "runner/progress.h"
#include "runner/terminal.h"

/* Frames between two looks at the progress line. */
#define PROGRESS_FRAMES 200000

struct args {
	const char *service;
	const char *client;
	const char *source_mac;
	const char *target_mac;
	const char *svg;
	struct str_list only;
	bool json;
	bool frames;
};

static const struct option_def defs[] = {
	{ "service", 's', OPTION_STR, offsetof(struct args, service),
	  .arg = "IP[:PORT]",
	  .help = "the service's address, and its port if it has one; "
		  "[IPv6]:PORT" },
	{ "client", 0, OPTION_STR, offsetof(struct args, client),
	  .arg = "IP:PORT", .help = "judge the connections of this one alone" },
	{ "only", 0, OPTION_LIST, offsetof(struct args, only),
	  .arg = "FATE[,FATE...]",
	  .help = "show those alone: kept, damaged, reset, closed, "
		  "reconnected, hung, split, undecidable, not-concerned" },
	{ "source-mac", 0, OPTION_STR, offsetof(struct args, source_mac),
	  .arg = "MAC",
	  .help = "the host that served first; else the first that is seen" },
	{ "target-mac", 0, OPTION_STR, offsetof(struct args, target_mac),
	  .arg = "MAC",
	  .help = "the host that took over; else the second that is seen" },
	{ "frames", 0, OPTION_FLAG, offsetof(struct args, frames),
	  .help = "list the decisive frames of each, and the phases of the "
		  "migration that the capture has as comments" },
	{ "svg", 0, OPTION_STR, offsetof(struct args, svg), .arg = "FILE",
	  .help = "draw the time line of one of them: the first shown that two "
		  "hosts served, else that broke, else the first; captures are "
		  "read twice" },
	{ "json", 0, OPTION_FLAG, offsetof(struct args, json),
	  .help = "print JSON (crmatrix schema analyze)" },
};

static const struct options options = {
	.command = "analyze",
	.summary =
		"Say of each TCP connection in a capture whether it survived "
		"the migration of its\nservice, who broke it if not, and which "
		"frames prove that. CAPTURE is a pcap or\npcapng file, - is "
		"standard input; several of one lab are read as one, by time.",
	.operands = "CAPTURE...",
	.min_operands = 1,
	.max_operands = SIZE_MAX,
	.defs = defs,
	.n = ARRAY_SIZE(defs),
	.footer = "Exit status: 0 every connection kept or not concerned, 1 "
		  "some failed, 2 usage or\ninput error, 3 some cannot be "
		  "decided, or there are none. --only does not change it.",
};

/**
 * struct question - What is asked, read from the arguments
 * @client:	NULL: all
 * @shown:	By enum fate
 */
struct question {
	char *service;
	uint16_t port;
	struct wire_addr client_addr;
	const struct wire_addr *client;
	struct wire_mac macs[2];
	const struct wire_mac *source, *target;
	bool shown[FATE_COUNT];
};

static void question_release(struct question *question)
{
	free(question->service);
}

/* --- Arguments --------------------------------------------------------------- */

/* "IP", "IP:PORT", "IPV6", "[IPV6]" or "[IPV6]:PORT"; wire_new() looks at IP. */
static int read_service(const char *text, struct question *question,
			struct err *err)
{
	bool bracketed = text[0] == '[';
	const char *begin = text + bracketed;
	size_t len = strcspn(begin, bracketed ? "]" : "");
	const char *colon = strrchr(text, ':');
	const char *port = NULL;
	uint64_t value = 0;

	if (bracketed && begin[len] != ']')
		return err_set(err, ERR_INPUT, 0, "--service: no ']' in '%s'",
			       text);
	if (bracketed && begin[len + 1])
		port = begin + len + 1;
	else if (!bracketed && colon && colon == strchr(text, ':'))
		port = colon;
	if (port && (*port != ':' || !str_u64(port + 1, &value) || !value ||
		     value > UINT16_MAX))
		return err_set(err, ERR_INPUT, 0,
			       "--service: '%s' does not end in a port", text);
	if (!bracketed && port)
		len = (size_t)(port - begin);
	question->service = xstrndup(begin, len);
	question->port = (uint16_t)value;
	return 0;
}

static int read_mac(const char *option, const char *text, struct wire_mac *mac,
		    const struct wire_mac **ret_mac, struct err *err)
{
	if (!text)
		return 0;
	if (!wire_mac_parse(text, mac))
		return err_set(err, ERR_INPUT, 0,
			       "--%s: '%s' is not like 52:54:00:77:00:0a",
			       option, text);
	*ret_mac = mac;
	return 0;
}

static int read_only(const struct str_list *only, struct question *question,
		     struct err *err)
{
	for (int fate = 0; fate < FATE_COUNT; fate++)
		question->shown[fate] = only->n == 0;
	for (size_t i = 0; i < only->n; i++) {
		int fate = name_index(fate_names, only->v[i]);
		const char *near = cli_nearest(only->v[i], fate_names);

		if (fate < 0)
			return err_set(err, ERR_INPUT, 0,
				       "--only: no fate '%s'%s%s%s", only->v[i],
				       near ? " (did you mean '" : "",
				       near ? near : "", near ? "'?)" : "");
		question->shown[fate] = true;
	}
	return 0;
}

static int read_args(const struct args *args, struct question *question,
		     struct err *err)
{
	if (!args->service)
		return err_set(err, ERR_INPUT, 0,
			       "whose connections? --service IP[:PORT]");
	if (args->client &&
	    !wire_addr_parse(args->client, &question->client_addr))
		return err_set(err, ERR_INPUT, 0,
			       "--client: '%s' is not like 10.0.0.1:40000",
			       args->client);
	question->client = args->client ? &question->client_addr : NULL;
	if (read_service(args->service, question, err) ||
	    read_mac("source-mac", args->source_mac, &question->macs[0],
		     &question->source, err) ||
	    read_mac("target-mac", args->target_mac, &question->macs[1],
		     &question->target, err))
		return -1;
	return read_only(&args->only, question, err);
}

/* --- Reading ----------------------------------------------------------------- */

static void capmerge_closep(struct capmerge **merge)
{
	capmerge_close(*merge);
}

static void tracker_freep(struct wire_tracker **tracker)
{
	wire_free(*tracker);
}

static void progress_freep(struct progress **progress)
{
	progress_free(*progress);
}

static void show_progress(struct progress *progress, uint64_t frames)
{
	CLEANUP_FREE char *text = NULL;

	if (frames % PROGRESS_FRAMES)
		return;
	text = xasprintf("%.1f million frames", (double)frames / 1e6);
	progress_now(progress, 0, text);
}

static int read_frames(struct capmerge *merge, struct wire_tracker *tracker,
		       struct err *err)
{
	CLEANUP(progress_freep) struct progress *progress = progress_new();
	struct capframe frame;
	uint64_t frames = 0;
	int more;

	while ((more = capmerge_next(merge, &frame, err)) == 1) {
		struct wire_frame given = {
			.linktype = frame.linktype,
			.iface = frame.interface,
			.at_ns = frame.at_ns,
			.bytes = frame.bytes,
			.cap_len = frame.cap_len,
			.len = frame.len,
			.comment = frame.comment,
		};

		wire_frame(tracker, &given);
		show_progress(progress, ++frames);
	}
	return more;
}

/* --- Judging ----------------------------------------------------------------- */

/* struct judging - Handed from connection to connection */
struct judging {
	const struct question *question;
	const struct analysis_writer *writer;
	struct analysis_out out;
	struct analysis_counts counts;
	struct wire_report report;
	struct analysis_pick pick;
};

static void judging_release(struct judging *j)
{
	wire_report_release(&j->report);
	analysis_pick_release(&j->pick);
}

static bool same_addr(const struct wire_addr *a, const struct wire_addr *b)
{
	return a->port == b->port && !memcmp(a->ip, b->ip, sizeof(a->ip));
}

static void consider(struct analysis_pick *pick, const struct wire_conn *conn,
		     const struct finding *finding)
{
	CLEANUP_FREE char *sentence = xasprintf(
		"%s: %s", fate_names[finding->fate], finding->sentence);

	analysis_pick_see(pick, conn,
			  finding->fate != FATE_KEPT &&
				  finding->fate != FATE_NOT_CONCERNED,
			  sentence);
}

static void judge_one(void *arg, const struct wire_conn *conn)
{
	struct judging *j = arg;
	CLEANUP(finding_release) struct finding finding = { 0 };

	if (j->question->client &&
	    !same_addr(j->question->client, &conn->client))
		return;
	analysis_judge(conn, j->out.report, j->out.scene, &finding);
	j->counts.n[finding.fate]++;
	if (!j->question->shown[finding.fate])
		return;
	j->writer->conn(&j->out, conn, &finding);
	consider(&j->pick, conn, &finding);
}

static struct analysis_source source_of(const struct judging *j)
{
	return (struct analysis_source){
		.captures = j->out.captures,
		.n_captures = j->out.n_captures,
		.service = j->question->service,
		.port = j->question->port,
	};
}

/* Told before hours of reading. */
static int can_draw(const struct judging *j, struct err *err)
{
	const struct analysis_source source = source_of(j);

	return analysis_source_twice(&source, err);
}

/* Of the connection that was picked, to a file. */
static int draw(const struct judging *j, const char *path, struct err *err)
{
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	const struct analysis_source source = source_of(j);

	if (!j->pick.found)
		return err_set(err, ERR_INPUT, 0,
			       "--svg: there is no connection to draw");
	strbuf_open(&buf);
	if (analysis_draw(&j->pick, &source, j->out.report, buf.f, err))
		return -1;
	(void)fflush(buf.f);
	return file_write(path, buf.text, buf.len, err);
}

/* Once over all to see who served when, once more to judge each. */
static void judge_all(struct wire_tracker *tracker, struct capmerge *merge,
		      struct judging *j)
{
	CLEANUP_FREE char *note = capmerge_note(merge);
	uint64_t drops = capmerge_drops(merge);
	struct analysis_scene scene;
	CLEANUP(wire_report_release) struct wire_report again = { 0 };

	analysis_scene_init(&scene, j->question->source, j->question->target);
	wire_each(tracker, drops, analysis_scene_see, &scene, &j->report);
	analysis_scene_finish(&scene, &j->report);
	j->out.report = &j->report;
	j->out.scene = &scene;
	j->writer->begin(&j->out);
	wire_each(tracker, drops, judge_one, j, &again);
	j->writer->end(&j->out, &j->counts, note);
	j->out.scene = NULL;
}

static int analyze(const struct args *args, const struct operands *captures,
		   int *ret_status, struct err *err)
{
	CLEANUP(question_release) struct question question = { 0 };
	CLEANUP(capmerge_closep) struct capmerge *merge = NULL;
	CLEANUP(tracker_freep) struct wire_tracker *tracker = NULL;
	const char *const *paths = (const char *const *)captures->v;
	CLEANUP(judging_release)
	struct judging j = {
		.question = &question,
		.writer = args->json ? &analysis_json : &analysis_text,
		.out = { .f = stdout,
			 .service = args->service,
			 .captures = paths,
			 .n_captures = captures->n,
			 .opts = terminal_report_opts(NULL),
			 .frames = args->frames },
	};

	if (read_args(args, &question, err) ||
	    (args->svg && can_draw(&j, err)) ||
	    wire_new(question.service, question.port, &tracker, err) ||
	    capmerge_open(paths, captures->n, &merge, err) ||
	    read_frames(merge, tracker, err))
		return -1;
	judge_all(tracker, merge, &j);
	wire_free(TAKE(tracker)); /* a picture takes another */
	if (args->svg && draw(&j, args->svg, err))
		return -1;
	*ret_status = analysis_status(&j.counts);
	return 0;
}

int cmd_analyze(int argc, char **argv)
{
	struct args args = { 0 };
	struct operands captures;
	struct err err = ERR_INIT;
	int status;

	if (!options_parse(&options, argc, argv, &args, &captures, &status))
		return status;
	if (analyze(&args, &captures, &status, &err)) {
		log_err(NULL, "%s", err.msg);
		status = CLI_USAGE;
	}
	options_release(&options, &args);
	return status;
}

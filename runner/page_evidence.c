// SPDX-License-Identifier: Apache-2.0
/* page_evidence.c - what the page shows of a run's folder */
#include "runner/page_evidence.h"

#include <libgen.h>
#include <limits.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "compat/analysis.h"
#include "compat/analysis_draw.h"
#include "runner/rundir.h"

#define LOG_BYTES_MAX (64UL << 20)

/* --- Files of the folder, and of it alone ----------------------------------- */

/* Where @file of an attempt really is; NULL: not within the run's folder, or no
 * regular file (opening a pipe would wait). */
static char *inside(const char *run, const char *dir, const char *file)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s/%s", run, dir, file);
	CLEANUP_FREE char *root = realpath(run, NULL);
	CLEANUP_FREE char *real = realpath(path, NULL);
	size_t len;

	if (!root || !real || !file_regular(real))
		return NULL;
	len = strlen(root);
	if (strcmp(root, "/") != 0 &&
	    (!str_starts(real, root) || real[len] != '/'))
		return NULL;
	return TAKE(real);
}

static char *read_text(const char *run, const char *dir, const char *file)
{
	CLEANUP_FREE char *path = inside(run, dir, file);
	CLEANUP_FREE char *text = NULL;
	struct err err;
	size_t len;

	if (!path || file_read(path, LOG_BYTES_MAX, &text, &len, &err))
		return NULL;
	return str_utf8_clean(text, len);
}

static bool is_picture(const char *name)
{
	return str_ends(name, ".png") || str_ends(name, ".jpg") ||
	       str_ends(name, ".jpeg");
}

static void read_picture(const char *run, const char *dir, const char *name,
			 struct page_evidence *evidence)
{
	CLEANUP_FREE char *path = inside(run, dir, name);
	CLEANUP_FREE char *bytes = NULL;
	struct page_picture *picture;
	struct err err;
	size_t len;

	if (!path)
		return;
	if (evidence->n_pictures == PAGE_PICTURES_MAX ||
	    file_read(path, PAGE_PICTURE_BYTES_MAX, &bytes, &len, &err)) {
		evidence->n_pictures_out++;
		return;
	}
	picture = VEC_PUSH(evidence->pictures, evidence->n_pictures);
	picture->name = xstrdup(name);
	picture->bytes = (unsigned char *)TAKE(bytes);
	picture->len = len;
}

static void read_files(const char *run, const char *dir,
		       struct page_evidence *evidence)
{
	CLEANUP_FREE char *path = xasprintf("%s/%s", run, dir);
	struct err err;

	if (file_list(path, &evidence->files, &err))
		return;
	for (size_t i = 0; i < evidence->files.n; i++)
		if (is_picture(evidence->files.v[i]))
			read_picture(run, dir, evidence->files.v[i], evidence);
}

/* --- The time line of a connection ------------------------------------------- */

/* Which connection is drawn, and what is said of it. */
static void pick(const struct wire_report *report,
		 const struct observation *obs, struct analysis_pick *pick)
{
	struct wire_mac source, target;
	struct analysis_scene scene;

	analysis_scene_init(
		&scene,
		wire_mac_parse(obs->source_mac ? obs->source_mac : "",
			       &source) ?
			&source :
			NULL,
		wire_mac_parse(obs->target_mac ? obs->target_mac : "",
			       &target) ?
			&target :
			NULL);
	for (size_t i = 0; i < report->n_conns; i++)
		analysis_scene_see(&scene, &report->conns[i]);
	analysis_scene_finish(&scene, report);
	for (size_t i = 0; i < report->n_conns; i++) {
		CLEANUP(finding_release) struct finding finding = { 0 };
		CLEANUP_FREE char *sentence = NULL;

		analysis_judge(&report->conns[i], report, &scene, &finding);
		sentence = xasprintf("%s: %s", fate_names[finding.fate],
				     finding.sentence);
		analysis_pick_see(pick, &report->conns[i],
				  finding.fate != FATE_KEPT &&
					  finding.fate != FATE_NOT_CONCERNED,
				  sentence);
	}
}

/* NULL where there is nothing to draw, or it cannot be read. */
static char *draw(const char *run, const char *dir,
		  const struct observation *obs)
{
	CLEANUP_FREE char *path =
		obs->capture ? inside(run, dir, obs->capture) : NULL;
	CLEANUP(wire_report_release) struct wire_report report = { 0 };
	CLEANUP(analysis_pick_release) struct analysis_pick picked = { 0 };
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	const char *captures[] = { path };
	const struct analysis_source source = {
		.captures = captures,
		.n_captures = 1,
		.service = obs->service,
		.port = (uint16_t)obs->port,
	};
	uint64_t drops = obs->capture_drops == UNMEASURED ? 0 :
							    obs->capture_drops;
	struct err err;

	if (!path || !obs->service ||
	    wire_read(path, obs->service, source.port, drops, &report, NULL,
		      &err))
		return NULL;
	pick(&report, obs, &picked);
	if (!picked.found)
		return NULL;
	strbuf_open(&buf);
	if (analysis_draw(&picked, &source, &report, buf.f, &err))
		return NULL;
	return strbuf_take(&buf);
}

/* --- All of it --------------------------------------------------------------- */

bool page_evidence_read(void *arg, const struct result *cell,
			struct page_evidence *ret_evidence)
{
	const char *run = arg;
	CLEANUP_FREE char *dir = NULL;
	CLEANUP_FREE char *whole = NULL;
	struct err err;

	*ret_evidence = (struct page_evidence){ 0 };
	/* A results.json from elsewhere may call its cells anything. */
	if (strchr(cell->id, '/') || str_starts(cell->id, "."))
		return false;
	if (rundir_observation(run, cell->id, &ret_evidence->obs, &dir, &err) ||
	    !dir)
		return false;
	ret_evidence->has_obs = true;
	whole = inside(run, dir, "observation.json");
	if (!whole) {
		page_evidence_release(ret_evidence);
		return false;
	}
	for (int i = 0; i < PAGE_LOG_COUNT; i++)
		ret_evidence->logs[i] = read_text(run, dir, page_log_names[i]);
	read_files(run, dir, ret_evidence);
	ret_evidence->svg = draw(run, dir, &ret_evidence->obs);
	return true;
}

/* Where two paths part: both end there, or go on with a part of their own. */
static size_t common(const char *a, const char *b)
{
	size_t n = 0, last = 0;

	for (;; n++) {
		bool a_ends = !a[n] || a[n] == '/';
		bool b_ends = !b[n] || b[n] == '/';

		if (a_ends && b_ends)
			last = n;
		if (a[n] != b[n] || !a[n])
			return last;
	}
}

char *page_href(const char *run, const char *page)
{
	CLEANUP_FREE char *name = xstrdup(page);
	CLEANUP_FREE char *from = realpath(dirname(name), NULL);
	CLEANUP_FREE char *to = realpath(run, NULL);
	CLEANUP(strbuf_release) struct strbuf buf = { 0 };
	size_t same;

	if (!from || !to)
		return NULL;
	same = common(from, to);
	strbuf_open(&buf);
	(void)fputc('.', buf.f);
	for (const char *s = from + same; *s; s++)
		if (s[0] == '/' && s[1])
			(void)fputs("/..", buf.f);
	if (to[same] && to[same + 1])
		(void)fputs(to + same, buf.f);
	return strbuf_take(&buf);
}

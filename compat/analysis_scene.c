// SPDX-License-Identifier: Apache-2.0
/* analysis_scene.c - which hosts served, and when another took over */
#include "compat/analysis.h"

#include "compat/wire_inquest.h"

void analysis_scene_init(struct analysis_scene *scene,
			 const struct wire_mac *source,
			 const struct wire_mac *target)
{
	*scene = (struct analysis_scene){
		.has_source = source,
		.has_target = target,
		.given = source && target,
	};
	if (source)
		scene->source = *source;
	if (target)
		scene->target = *target;
}

static struct analysis_host *find_host(struct analysis_scene *scene,
				       const struct wire_mac *mac)
{
	for (size_t i = 0; i < scene->n_hosts; i++)
		if (wire_mac_equal(&scene->hosts[i].mac, mac))
			return &scene->hosts[i];
	return NULL;
}

/* 0 is never. */
static void note_earliest(uint64_t *earliest, uint64_t frame)
{
	if (frame && (!*earliest || frame < *earliest))
		*earliest = frame;
}

/* Return: NULL when there are too many. */
static struct analysis_host *see_host(struct analysis_scene *scene,
				      const struct wire_host *host)
{
	struct analysis_host *seen = find_host(scene, &host->mac);

	if (!seen && scene->n_hosts == ANALYSIS_HOSTS_MAX)
		return NULL;
	if (!seen) {
		seen = &scene->hosts[scene->n_hosts++];
		*seen = (struct analysis_host){
			.mac = host->mac,
			.first_frame = host->first_frame,
			.first_ns = host->first_ns,
			.last_ns = host->last_ns,
		};
	}
	if (host->first_frame < seen->first_frame) {
		seen->first_frame = host->first_frame;
		seen->first_ns = host->first_ns;
	}
	if (host->last_ns > seen->last_ns)
		seen->last_ns = host->last_ns;
	note_earliest(&seen->data_frame, host->data_frame);
	return seen;
}

void analysis_scene_see(void *arg, const struct wire_conn *conn)
{
	for (size_t i = 0; i < conn->n_hosts; i++) {
		struct analysis_host *host = see_host(arg, &conn->hosts[i]);

		if (i == 0 && host && conn->began_with_syn)
			note_earliest(&host->begun_frame, conn->first_frame);
	}
}

/* The host that spoke first, but @not; NULL: no other did. */
static const struct analysis_host *
first_host(const struct analysis_scene *scene, const struct wire_mac * not )
{
	const struct analysis_host *first = NULL;

	for (size_t i = 0; i < scene->n_hosts; i++) {
		const struct analysis_host *host = &scene->hosts[i];

		if (not &&wire_mac_equal(&host->mac, not ))
			continue;
		if (!first || host->first_frame < first->first_frame)
			first = host;
	}
	return first;
}

static void find_source(struct analysis_scene *scene)
{
	const struct wire_mac *not = scene->has_target ? &scene->target : NULL;
	const struct analysis_host *host = first_host(scene, not );

	if (scene->has_source || !host)
		return;
	scene->source = host->mac;
	scene->has_source = true;
}

static void find_target(struct analysis_scene *scene,
			const struct wire_report *report)
{
	const struct analysis_host *host;

	if (scene->has_target || !scene->has_source)
		return;
	host = first_host(scene, &scene->source);
	if (host) {
		scene->target = host->mac;
		scene->has_target = true;
	}
	for (size_t i = 0; i < report->n_claims && !scene->has_target; i++) {
		const struct wire_claim *claim = &report->claims[i];

		if (wire_mac_equal(&claim->event.mac, &scene->source))
			continue;
		scene->target = claim->event.mac;
		scene->has_target = true;
	}
}

static void find_spoke(struct analysis_scene *scene)
{
	for (size_t i = 0; i < scene->n_hosts; i++) {
		const struct analysis_host *host = &scene->hosts[i];

		if (!wire_mac_equal(&host->mac, &scene->target))
			continue;
		scene->spoke = (struct wire_event){ host->first_frame,
						    host->first_ns, host->mac,
						    true };
		scene->begun_frame = host->begun_frame;
		scene->data_frame = host->data_frame;
	}
}

/* Of what the target said and claimed, the first. */
static void find_takeover(struct analysis_scene *scene,
			  const struct wire_report *report)
{
	find_spoke(scene);
	scene->takeover = scene->spoke;
	for (size_t i = 0; i < report->n_claims; i++) {
		const struct wire_claim *claim = &report->claims[i];

		if (!wire_mac_equal(&claim->event.mac, &scene->target))
			continue;
		if (!scene->takeover.frame ||
		    claim->event.frame < scene->takeover.frame)
			scene->takeover = claim->event;
		return;
	}
}

void analysis_scene_finish(struct analysis_scene *scene,
			   const struct wire_report *report)
{
	for (size_t i = 0; i < report->n_udp_hosts; i++)
		(void)see_host(scene, &report->udp_hosts[i]);
	find_source(scene);
	find_target(scene, report);
	if (scene->has_target)
		find_takeover(scene, report);
}

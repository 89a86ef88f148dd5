// SPDX-License-Identifier: Apache-2.0
/* wire_read.c - capture files, by libpcap */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "compat/wire.h"
#include "compat/wire_decode.h"

/* CLEANUP: needs a pointer to the variable. */
static void pcap_closep(pcap_t **pcap)
{
	if (*pcap)
		pcap_close(*pcap);
}

static void tracker_freep(struct wire_tracker **tracker)
{
	wire_free(*tracker);
}

static int open_capture(const char *path, pcap_t **ret_pcap, struct err *err)
{
	CLEANUP_FILE FILE *file = fopen(path, "rbe");
	char reason[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;
	int linktype;

	if (!file)
		return err_set(err, ERR_INPUT, 0, "open '%s': %s", path,
			       strerror(errno));
	pcap = pcap_fopen_offline_with_tstamp_precision(
		file, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!pcap)
		return err_set(err, ERR_PCAP, PCAP_ERROR,
			       "'%s' is not a capture: %s", path, reason);
	(void)TAKE(file); /* closed with pcap */
	linktype = pcap_datalink(pcap);
	if (!wire_linktype_known(linktype)) {
		pcap_close(pcap);
		return err_set(
			err, ERR_INPUT, 0,
			"'%s' holds frames of link type %d, which is not "
			"known",
			path, linktype);
	}
	*ret_pcap = pcap;
	return 0;
}

/* Instant of a frame, 0 for one before the epoch; tv_usec holds nanoseconds. */
static uint64_t frame_ns(const struct pcap_pkthdr *header)
{
	uint64_t seconds = (uint64_t)header->ts.tv_sec;

	if (header->ts.tv_sec < 0 || header->ts.tv_usec < 0)
		return 0;
	if (seconds > INT64_MAX / NS_PER_S - 1)
		return INT64_MAX;
	return seconds * NS_PER_S + (uint64_t)header->ts.tv_usec;
}

/* Return: 0 with the frames' number, or -1 when the file is malformed. */
static int read_frames(pcap_t *pcap, struct wire_tracker *tracker,
		       bool *ret_cut, uint64_t *ret_frames)
{
	int linktype = pcap_datalink(pcap);
	struct pcap_pkthdr *header;
	const u_char *bytes;
	int status;

	*ret_frames = 0;
	while ((status = pcap_next_ex(pcap, &header, &bytes)) == 1) {
		struct wire_frame frame = { .linktype = linktype,
					    .at_ns = frame_ns(header),
					    .bytes = bytes,
					    .cap_len = header->caplen,
					    .len = header->len };

		wire_frame(tracker, &frame);
		(*ret_frames)++;
	}
	*ret_cut = status == PCAP_ERROR && feof(pcap_file(pcap));
	return status == PCAP_ERROR && !*ret_cut ? -1 : 0;
}

int wire_read(const char *path, const char *service, uint16_t port,
	      uint64_t drops, struct wire_report *ret_report, char **ret_note,
	      struct err *err)
{
	CLEANUP(pcap_closep) pcap_t *pcap = NULL;
	CLEANUP(tracker_freep) struct wire_tracker *tracker = NULL;
	uint64_t frames;
	bool cut;

	if (wire_new(service, port, &tracker, err) < 0)
		return -1;
	if (open_capture(path, &pcap, err) < 0)
		return -1;
	if (read_frames(pcap, tracker, &cut, &frames) < 0)
		return err_set(err, ERR_PCAP, PCAP_ERROR,
			       "'%s' after frame %llu: %s", path,
			       (unsigned long long)frames, pcap_geterr(pcap));
	wire_finish(TAKE(tracker), drops, ret_report);
	if (ret_note)
		*ret_note = cut ? xasprintf("'%s' is cut after frame %llu",
					    path, (unsigned long long)frames) :
				  NULL;
	return 0;
}

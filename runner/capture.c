// SPDX-License-Identifier: Apache-2.0
/* capture.c - frames of a network device into a file, live, by libpcap */
#include "runner/capture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "runner/child.h"
#include "runner/cli.h"

#define SNAPLEN 262144
#define RING_BYTES (16 << 20)
#define START_WITHIN_NS (10 * NS_PER_S)
#define STOP_WITHIN_NS (10 * NS_PER_S)

struct capture {
	struct child *child;
};

static int wait_ready(struct child *child, int fd, struct err *err)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN } };
	char byte;

	if (poll(fds, 1, (int)(START_WITHIN_NS / NS_PER_MS)) == 1 &&
	    read(fd, &byte, 1) == 1)
		return 0;
	if (!child_running(child) &&
	    child_wait(child, clock_now_ns(), NULL, err))
		return err_wrap(err, "capture");
	return err_set(err, ERR_TIMEOUT, (long)(START_WITHIN_NS / NS_PER_MS),
		       "the capture did not begin");
}

int capture_start(const char *device, const char *path,
		  struct capture **ret_capture, struct err *err)
{
	char fd_text[16];
	const char *argv[] = { CLI_SELF, CLI_CAPTURE, device,
			       path,	 fd_text,     NULL };
	int ready[2];
	struct child_opts opts = { .argv = argv,
				   .pass_fds = &ready[1],
				   .n_pass_fds = 1 };
	struct child *child;
	int rc;

	if (pipe2(ready, O_CLOEXEC))
		return err_errno(err, "pipe");
	(void)snprintf(fd_text, sizeof(fd_text), "%d", ready[1]);
	rc = child_start(&opts, &child, err);
	close(ready[1]);
	if (!rc) {
		rc = wait_ready(child, ready[0], err);
		if (rc)
			child_free(child);
	}
	close(ready[0]);
	if (rc)
		return -1;
	*ret_capture = xnew(struct capture);
	(*ret_capture)->child = child;
	return 0;
}

int capture_stop(struct capture *capture, uint64_t *ret_drops, struct err *err)
{
	CLEANUP(child_result_release) struct child_result result = { 0 };
	uint64_t drops;
	int rc;

	child_kill(capture->child, SIGTERM);
	rc = child_wait(capture->child, clock_now_ns() + STOP_WITHIN_NS,
			&result, err);
	if (!rc && (!result.out || !str_u64(str_trim(result.out), &drops)))
		rc = err_set(err, ERR_PARSE, 0,
			     "the capture did not tell its drops");
	capture_free(capture);
	if (rc)
		return err_wrap(err, "capture");
	*ret_drops = drops;
	return 0;
}

void capture_free(struct capture *capture)
{
	if (!capture)
		return;
	child_free(capture->child);
	free(capture);
}

static pcap_t *open_device(const char *device)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(device, why);

	if (!pcap) {
		(void)fprintf(stderr, "%s: %s\n", device, why);
		return NULL;
	}
	/* Immediate mode: otherwise frames come up to 100 ms late. */
	if (pcap_set_snaplen(pcap, SNAPLEN) || pcap_set_promisc(pcap, 1) ||
	    pcap_set_immediate_mode(pcap, 1) ||
	    pcap_set_buffer_size(pcap, RING_BYTES) ||
	    pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) ||
	    pcap_activate(pcap) < 0 || pcap_setnonblock(pcap, 1, why)) {
		(void)fprintf(stderr, "%s: %s %s\n", device, pcap_geterr(pcap),
			      why);
		pcap_close(pcap);
		return NULL;
	}
	return pcap;
}

static int term_fd(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	return signalfd(-1, &term, SFD_CLOEXEC);
}

/* Until SIGTERM, then once more for what came before it. */
static int pump(pcap_t *pcap, pcap_dumper_t *file)
{
	struct pollfd fds[] = { { .fd = pcap_get_selectable_fd(pcap),
				  .events = POLLIN },
				{ .fd = term_fd(), .events = POLLIN } };
	bool stop = false;

	while (!stop) {
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			return -1;
		stop = fds[1].revents != 0;
		if (pcap_dispatch(pcap, -1, pcap_dump, (u_char *)file) < 0) {
			(void)fprintf(stderr, "%s\n", pcap_geterr(pcap));
			return -1;
		}
	}
	return pcap_dump_flush(file);
}

static int record(pcap_t *pcap, const char *path, int ready_fd)
{
	pcap_dumper_t *file = pcap_dump_open(pcap, path);
	struct pcap_stat stat;
	int rc;

	if (!file) {
		(void)fprintf(stderr, "%s\n", pcap_geterr(pcap));
		return 1;
	}
	rc = write(ready_fd, "", 1) == 1 ? 0 : -1;
	close(ready_fd);
	if (!rc)
		rc = pump(pcap, file);
	/* libpcap does not look whether what it writes is written. */
	if (!rc && ferror(pcap_dump_file(file)))
		rc = -1;
	if (rc)
		(void)fprintf(stderr, "%s: %s\n", path, strerror(errno));
	pcap_dump_close(file);
	if (rc || pcap_stats(pcap, &stat))
		return 1;
	printf("%u\n", stat.ps_drop + stat.ps_ifdrop);
	return 0;
}

int capture_main(int argc, char **argv)
{
	uint64_t ready_fd;
	pcap_t *pcap;
	int rc;

	if (argc != 4 || !str_u64(argv[3], &ready_fd) || ready_fd > INT_MAX)
		return 2;
	pcap = open_device(argv[1]);
	if (!pcap)
		return 1;
	rc = record(pcap, argv[2], (int)ready_fd);
	pcap_close(pcap);
	return rc;
}

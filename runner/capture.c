// SPDX-License-Identifier: Apache-2.0
/* capture.c - frames of network devices into a file, live, by libpcap */
#include "runner/capture.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/pcapng_write.h"
#include "runner/child.h"
#include "runner/cli.h"

#define SNAPLEN 262144
#define RING_BYTES (5 << 20) /* of each device: 2000 frames and more */
#define FILE_BUFFER (1 << 20)
#define BATCH_MAX 4096 /* frames of a device */
#define START_WITHIN_NS (10 * NS_PER_S)
#define STOP_WITHIN_NS (10 * NS_PER_S)

/* @ready: Where the process says that it sees */
struct capture {
	struct child *child;
	int ready;
};

/* It says so by a byte; the end without one is its own, with the reason. */
int capture_await(struct capture *capture, struct err *err)
{
	struct pollfd fds[] = { { .fd = capture->ready, .events = POLLIN } };
	int told = poll(fds, 1, (int)(START_WITHIN_NS / NS_PER_MS));
	char byte;

	if (told == 1 && read(capture->ready, &byte, 1) == 1)
		return 0;
	if (told == 1 && child_wait(capture->child,
				    clock_now_ns() + STOP_WITHIN_NS, NULL, err))
		return err_wrap(err, "capture");
	return err_set(err, ERR_TIMEOUT, (long)(START_WITHIN_NS / NS_PER_MS),
		       "the capture did not begin");
}

int capture_start(const struct capture_device *devices, size_t n,
		  const char *path, struct capture **ret_capture,
		  struct err *err)
{
	char fd_text[16];
	const char *argv[4 + 2 * CAPTURE_DEVICES_MAX + 1] = { CLI_SELF,
							      CLI_CAPTURE, path,
							      fd_text };
	int ready[2];
	struct child_opts opts = { .argv = argv,
				   .pass_fds = &ready[1],
				   .n_pass_fds = 1 };
	struct child *child;
	int rc;

	assert(n > 0 && n <= CAPTURE_DEVICES_MAX);
	for (size_t i = 0; i < n; i++) {
		argv[4 + 2 * i] = devices[i].name;
		argv[5 + 2 * i] = devices[i].description;
	}
	if (pipe2(ready, O_CLOEXEC))
		return err_errno(err, "pipe");
	(void)snprintf(fd_text, sizeof(fd_text), "%d", ready[1]);
	rc = child_start(&opts, &child, err);
	close(ready[1]);
	if (rc) {
		close(ready[0]);
		return -1;
	}
	*ret_capture = xnew(struct capture);
	**ret_capture = (struct capture){ child, ready[0] };
	return 0;
}

void capture_end(struct capture *capture)
{
	child_kill(capture->child, SIGTERM);
}

int capture_stop(struct capture *capture, uint64_t *ret_drops, struct err *err)
{
	CLEANUP(child_result_release) struct child_result result = { 0 };
	uint64_t drops;
	int rc;

	capture_end(capture);
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
	close(capture->ready);
	free(capture);
}

/* --- The capture process -------------------------------------------------- */

/*
 * struct tap - A device under capture
 * @pcap:	NULL: it could not be opened, which has been said
 * @number:	Its interface in the file
 */
struct tap {
	const char *device;
	const char *description;
	pcap_t *pcap;
	uint32_t number;
	struct recorder *recorder;
};

/* struct caught - A frame of a batch; its bytes begin at @at of the batch's */
struct caught {
	uint64_t at_ns;
	size_t at;
	uint32_t number;
	uint32_t cap_len;
	uint32_t len;
};

/*
 * struct recorder - The capture process
 * @caught, @n_caught: What all devices had when they were last asked: a batch
 * @bytes, @used, @size: Its bytes
 */
struct recorder {
	struct tap taps[CAPTURE_DEVICES_MAX];
	size_t n;
	FILE *file;
	struct caught *caught;
	size_t n_caught;
	uint8_t *bytes;
	size_t used;
	size_t size;
};

/* Only what comes in: the kernel leaves the rest out, and what came before it
 * was told so libpcap does. */
static int only_incoming(pcap_t *pcap)
{
	int on = 1;

	if (setsockopt(pcap_fileno(pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING,
		       &on, sizeof(on)))
		return -1;
	return pcap_setdirection(pcap, PCAP_D_IN);
}

static void *open_tap(void *arg)
{
	struct tap *tap = arg;
	char why[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap = pcap_create(tap->device, why);

	/* Immediate mode: otherwise frames come up to 100 ms late. */
	if (pcap && !pcap_set_snaplen(pcap, SNAPLEN) &&
	    !pcap_set_promisc(pcap, 1) && !pcap_set_immediate_mode(pcap, 1) &&
	    !pcap_set_buffer_size(pcap, RING_BYTES) &&
	    !pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) &&
	    pcap_activate(pcap) >= 0 && !pcap_setnonblock(pcap, 1, why) &&
	    !only_incoming(pcap)) {
		tap->pcap = pcap;
		return NULL;
	}
	(void)fprintf(stderr, "%s: %s %s\n", tap->device,
		      pcap ? pcap_geterr(pcap) : "", why);
	if (pcap)
		pcap_close(pcap);
	return NULL;
}

static void *close_tap(void *arg)
{
	struct tap *tap = arg;

	if (tap->pcap)
		pcap_close(TAKE(tap->pcap));
	return NULL;
}

/* The kernel lets who opens or closes a device wait for some 30 ms until all
 * processors have seen it: better for all devices at once. */
static void each_tap(struct recorder *r, void *(*fn)(void *arg))
{
	pthread_t threads[CAPTURE_DEVICES_MAX];
	size_t n = 0;

	while (n < r->n && !pthread_create(&threads[n], NULL, fn, &r->taps[n]))
		n++;
	for (size_t i = n; i < r->n; i++)
		(void)fn(&r->taps[i]);
	for (size_t i = 0; i < n; i++)
		(void)pthread_join(threads[i], NULL);
}

static int term_fd(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	return signalfd(-1, &term, SFD_CLOEXEC);
}

/* Nanoseconds are in tv_usec. */
static uint64_t frame_ns(const struct pcap_pkthdr *header)
{
	return (uint64_t)header->ts.tv_sec * NS_PER_S +
	       (uint64_t)header->ts.tv_usec;
}

static void catch_frame(u_char *arg, const struct pcap_pkthdr *header,
			const u_char *bytes)
{
	struct tap *tap = (struct tap *)(void *)arg;
	struct recorder *r = tap->recorder;

	if (r->size - r->used < header->caplen) {
		r->size = 2 * (r->used + header->caplen);
		r->bytes = xreallocarray(r->bytes, r->size, 1);
	}
	*VEC_PUSH(r->caught, r->n_caught) =
		(struct caught){ .at_ns = frame_ns(header),
				 .at = r->used,
				 .number = tap->number,
				 .cap_len = header->caplen,
				 .len = header->len };
	memcpy(r->bytes + r->used, bytes, header->caplen);
	r->used += header->caplen;
}

/* Frames of one device are in the order in which they came, and stay so. */
static int by_time(const void *a, const void *b)
{
	const struct caught *x = a, *y = b;

	if (x->at_ns != y->at_ns)
		return x->at_ns < y->at_ns ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

/* What the devices have now, in order of time. */
static int record_batch(struct recorder *r)
{
	r->used = 0;
	r->n_caught = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct tap *tap = &r->taps[i];

		if (pcap_dispatch(tap->pcap, BATCH_MAX, catch_frame,
				  (u_char *)tap) < 0) {
			(void)fprintf(stderr, "%s\n", pcap_geterr(tap->pcap));
			return -1;
		}
	}
	if (r->n_caught > 0)
		qsort(r->caught, r->n_caught, sizeof(*r->caught), by_time);
	for (size_t i = 0; i < r->n_caught; i++) {
		const struct caught *c = &r->caught[i];

		pcapng_frame(r->file,
			     &(struct pcapng_frame){ .interface = c->number,
						     .at_ns = c->at_ns,
						     .bytes = r->bytes + c->at,
						     .cap_len = c->cap_len,
						     .len = c->len });
	}
	return 0;
}

/* Until SIGTERM, and then for what came before it. */
static int pump(struct recorder *r, int term)
{
	struct pollfd fds[CAPTURE_DEVICES_MAX + 1];
	bool stop = false;

	for (size_t i = 0; i < r->n; i++)
		fds[i] = (struct pollfd){ .fd = pcap_get_selectable_fd(
						  r->taps[i].pcap),
					  .events = POLLIN };
	fds[r->n] = (struct pollfd){ .fd = term, .events = POLLIN };
	while (!stop || r->n_caught > 0) {
		if (!stop && poll(fds, r->n + 1, -1) < 0)
			return -1;
		stop |= fds[r->n].revents != 0;
		if (record_batch(r))
			return -1;
	}
	return 0;
}

/* Return: 0 with the drops of all devices, which the file tells too */
static int record_statistics(struct recorder *r, uint64_t *ret_drops)
{
	uint64_t now_ns = clock_real_ns();

	*ret_drops = 0;
	for (size_t i = 0; i < r->n; i++) {
		struct pcap_stat stat;

		if (pcap_stats(r->taps[i].pcap, &stat))
			return -1;
		pcapng_statistics(r->file, &(struct pcapng_statistics){
						   .interface = (uint32_t)i,
						   .at_ns = now_ns,
						   .received = stat.ps_recv,
						   .if_drops = stat.ps_ifdrop,
						   .os_drops = stat.ps_drop });
		*ret_drops += (uint64_t)stat.ps_drop + stat.ps_ifdrop;
	}
	return 0;
}

static int record(struct recorder *r, int ready_fd, uint64_t *ret_drops)
{
	CLEANUP_FD int term = term_fd(); /* before anybody can want an end */
	int rc = write(ready_fd, "", 1) == 1 ? 0 : -1;

	close(ready_fd);
	if (rc || pump(r, term) || record_statistics(r, ret_drops))
		return -1;
	return ferror(r->file) || fflush(r->file) ? -1 : 0;
}

static int open_all(struct recorder *r, char **devices)
{
	for (size_t i = 0; i < r->n; i++)
		r->taps[i] = (struct tap){ .device = devices[2 * i],
					   .description = devices[2 * i + 1],
					   .number = (uint32_t)i,
					   .recorder = r };
	each_tap(r, open_tap);
	pcapng_section(r->file, "crmatrix " CRMATRIX_VERSION);
	for (size_t i = 0; i < r->n; i++) {
		const struct tap *tap = &r->taps[i];

		if (!tap->pcap)
			return -1;
		pcapng_interface(r->file, pcap_datalink(tap->pcap), SNAPLEN,
				 tap->device, tap->description);
	}
	return 0;
}

static void close_all(struct recorder *r)
{
	each_tap(r, close_tap);
	if (r->file)
		(void)fclose(r->file);
	free(r->caught);
	free(r->bytes);
}

int capture_main(int argc, char **argv)
{
	struct recorder r = { .n = ((size_t)argc - 3) / 2 };
	uint64_t ready_fd, drops;
	int rc = -1;

	if (argc < 5 || argc % 2 == 0 || r.n > CAPTURE_DEVICES_MAX ||
	    !str_u64(argv[2], &ready_fd) || ready_fd > INT_MAX)
		return 2;
	r.file = fopen(argv[1], "we");
	/* Small writes cost more than all else, and frames are lost then. */
	if (r.file && !setvbuf(r.file, NULL, _IOFBF, FILE_BUFFER) &&
	    !open_all(&r, argv + 3)) {
		rc = record(&r, (int)ready_fd, &drops);
		if (!rc)
			printf("%" PRIu64 "\n", drops);
	}
	if (rc)
		(void)fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
	close_all(&r);
	return rc ? 1 : 0;
}

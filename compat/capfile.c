// SPDX-License-Identifier: Apache-2.0
/* capfile.c - captures read frame by frame: the buffer, and both formats */
#include "compat/capfile.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "compat/capfile_internal.h"
#include "compat/wire_decode.h"

#define BUFFER_BYTES (256U << 10)
/* Of the shortest beginning that can be told: pcap's whole header. */
#define BEGIN_BYTES 24

/* --- The buffer ----------------------------------------------------------- */

/* Room for @n bytes from the buffer's beginning on. */
static void make_room(struct capsource *s, size_t n)
{
	if (s->at > 0 && s->end > s->at)
		memmove(s->buf, s->buf + s->at, s->end - s->at);
	s->offset += s->at;
	s->end -= s->at;
	s->at = 0;
	if (n > s->size) {
		s->buf = xreallocarray(s->buf, n, 1);
		s->size = n;
	}
}

int capfile_fill(struct capfile *file, size_t n, struct err *err)
{
	struct capsource *s = &file->source;
	ssize_t got;

	make_room(s, n);
	while (s->end < n) {
		got = read(s->fd, s->buf + s->end, s->size - s->end);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set(err, ERR_INPUT, 0, "read '%s': %s",
				       file->path, strerror(errno));
		if (got == 0)
			return 0;
		s->end += (size_t)got;
	}
	return 1;
}

int capfile_skip(struct capfile *file, uint64_t n, struct err *err)
{
	struct capsource *s = &file->source;

	while (n > 0) {
		uint64_t there = s->end - s->at;

		if (there == 0) {
			int more = capfile_fill(file, 1, err);

			if (more != 1)
				return more;
			continue;
		}
		capfile_take(file, n < there ? n : there);
		n -= n < there ? n : there;
	}
	return 1;
}

/* --- Interfaces and time -------------------------------------------------- */

struct capiface *capfile_add_interface(struct capfile *file, int linktype,
				       uint32_t snaplen)
{
	struct capiface *iface = VEC_PUSH(file->ifaces, file->n_ifaces);

	*iface = (struct capiface){
		.pub = { .linktype = linktype,
			 .snaplen = snaplen,
			 .received = CAPFILE_UNKNOWN,
			 .accepted = CAPFILE_UNKNOWN,
			 .if_drops = CAPFILE_UNKNOWN,
			 .os_drops = CAPFILE_UNKNOWN,
			 .between_drops = CAPFILE_UNKNOWN },
		.known = wire_linktype_known(linktype),
		.mul = 1000,
		.div = 1,
	};
	return iface;
}

uint64_t capfile_ns(const struct capiface *iface, uint64_t ticks)
{
	unsigned __int128 ns = (unsigned __int128)ticks * iface->mul >>
			       iface->shift;
	__int128 at;

	if (iface->div != 1)
		ns /= iface->div;
	at = (__int128)ns + (__int128)iface->offset_s * NS_PER_S;
	if (at < 0)
		return 0;
	return at > INT64_MAX ? INT64_MAX : (uint64_t)at;
}

void capfile_give(struct capfile *file, size_t interface,
		  struct capframe *frame)
{
	struct capiface *iface = &file->ifaces[interface];

	if (!frame->has_time)
		frame->at_ns = file->last_ns;
	if (frame->len < frame->cap_len)
		frame->len = frame->cap_len;
	file->last_ns = frame->at_ns;
	frame->number = ++file->frames;
	frame->interface = (uint32_t)interface;
	frame->linktype = iface->pub.linktype;
	frame->known = iface->known;
	iface->pub.frames++;
}

size_t capfile_n_interfaces(const struct capfile *file)
{
	return file->n_ifaces;
}

const struct capfile_interface *capfile_interface(const struct capfile *file,
						  size_t interface)
{
	return &file->ifaces[interface].pub;
}

static uint64_t or_zero(uint64_t figure)
{
	return figure == CAPFILE_UNKNOWN ? 0 : figure;
}

/* A counter of 64 bits does not overflow, but a file may say that it did. */
static uint64_t plus(uint64_t a, uint64_t b)
{
	return a + b < a || a + b == CAPFILE_UNKNOWN ? CAPFILE_UNKNOWN - 1 :
						       a + b;
}

/* Losses told beside frames are also in the statistics, where there are any. */
static uint64_t interface_drops(const struct capfile_interface *iface)
{
	uint64_t told =
		plus(or_zero(iface->if_drops), or_zero(iface->os_drops));
	uint64_t between = or_zero(iface->between_drops);

	return told > between ? told : between;
}

static bool tells_drops(const struct capfile_interface *iface)
{
	return iface->if_drops != CAPFILE_UNKNOWN ||
	       iface->os_drops != CAPFILE_UNKNOWN ||
	       iface->between_drops != CAPFILE_UNKNOWN;
}

uint64_t capfile_drops(const struct capfile *file)
{
	uint64_t drops = 0;
	bool told = false, silent = false;

	for (size_t i = 0; i < file->n_ifaces; i++) {
		const struct capfile_interface *iface = &file->ifaces[i].pub;

		drops = plus(drops, interface_drops(iface));
		told |= tells_drops(iface);
		silent |= iface->frames > 0 && !tells_drops(iface);
	}
	return drops == 0 && (silent || !told) ? CAPFILE_UNKNOWN : drops;
}

/* --- The whole file ------------------------------------------------------- */

int capfile_end(struct capfile *file, bool cut)
{
	file->ended = true;
	file->cut = cut;
	return 0;
}

void capfile_fill_bad(struct capfile *file, uint64_t offset, struct err *err,
		      const char *fmt, ...)
{
	CLEANUP_FREE char *what = NULL;
	va_list ap;

	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	file->ended = true;
	err_fill(err, ERR_PCAP, PCAP_ERROR,
		 "'%s' after frame %llu, at byte %llu: %s", file->path,
		 (unsigned long long)file->frames, (unsigned long long)offset,
		 what);
}

static int open_source(struct capfile *file, const char *path, struct err *err)
{
	bool is_stdin = str_eq(path, "-");

	file->path = xstrdup(is_stdin ? "standard input" : path);
	file->source.fd = is_stdin ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
				     open(path, O_RDONLY | O_CLOEXEC);
	if (file->source.fd < 0)
		return err_set(err, ERR_INPUT, 0, "open '%s': %s", file->path,
			       strerror(errno));
	file->source.buf = xcalloc(BUFFER_BYTES, 1);
	file->source.size = BUFFER_BYTES;
	return 0;
}

static int begin(struct capfile *file, struct err *err)
{
	int rc = capfile_have(file, BEGIN_BYTES, err);

	if (rc == 1)
		rc = capfile_begin_pcap(file, err);
	if (rc == 0 && file->source.end >= BEGIN_BYTES)
		rc = capfile_begin_ng(file, err);
	if (rc == 0)
		return err_set(err, ERR_PCAP, PCAP_ERROR,
			       "'%s' is not a capture (pcap or pcapng)",
			       file->path);
	return rc == 1 ? 0 : -1;
}

static void capfile_closep(struct capfile **file)
{
	capfile_close(*file);
}

int capfile_open(const char *path, struct capfile **ret_file, struct err *err)
{
	CLEANUP(capfile_closep) struct capfile *file = xnew(struct capfile);

	file->source.fd = -1;
	if (open_source(file, path, err) || begin(file, err))
		return -1;
	*ret_file = TAKE(file);
	return 0;
}

/* A capture without any frame that can be read is none to its reader. */
static int check_end(const struct capfile *file, struct err *err)
{
	const struct capiface *strange = NULL;

	for (size_t i = 0; i < file->n_ifaces; i++) {
		const struct capiface *iface = &file->ifaces[i];

		if (iface->known)
			return 0;
		if (iface->pub.frames > 0)
			strange = iface;
	}
	if (!strange)
		return 0;
	return err_set(err, ERR_INPUT, 0,
		       "'%s' holds frames of link type %d, which is not known",
		       file->path, strange->pub.linktype);
}

int capfile_next(struct capfile *file, struct capframe *ret_frame,
		 struct err *err)
{
	int rc;

	if (file->ended)
		return 0;
	rc = file->next(file, ret_frame, err);
	if (rc == 1)
		return 1;
	file->ended = true;
	return rc == 0 ? check_end(file, err) : -1;
}

static void note_strange(const struct capfile *file, size_t i, FILE *f)
{
	const struct capfile_interface *iface = &file->ifaces[i].pub;

	(void)fprintf(f,
		      "interface %zu%s%s%s of '%s' has link type %d, which is "
		      "not known: its %llu frames are passed over\n",
		      i, iface->name ? " ('" : "",
		      iface->name ? iface->name : "", iface->name ? "')" : "",
		      file->path, iface->linktype,
		      (unsigned long long)iface->frames);
}

char *capfile_note(const struct capfile *file)
{
	CLEANUP_FREE char *note = NULL;
	struct strbuf buf;

	strbuf_open(&buf);
	if (file->cut)
		(void)fprintf(buf.f, "'%s' is cut after frame %llu\n",
			      file->path, (unsigned long long)file->frames);
	for (size_t i = 0; i < file->n_ifaces; i++)
		if (!file->ifaces[i].known && file->ifaces[i].pub.frames > 0)
			note_strange(file, i, buf.f);
	note = str_trim(strbuf_take(&buf));
	return *note ? TAKE(note) : NULL;
}

void capfile_close(struct capfile *file)
{
	if (!file)
		return;
	fd_closep(&file->source.fd);
	free(file->source.buf);
	for (size_t i = 0; i < file->n_ifaces; i++) {
		free(file->ifaces[i].pub.name);
		free(file->ifaces[i].pub.description);
	}
	free(file->ifaces);
	free(file->comment);
	free(file->path);
	free(file);
}

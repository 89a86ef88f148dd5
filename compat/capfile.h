// SPDX-License-Identifier: Apache-2.0
/* capfile.h - captures read frame by frame: pcap and pcapng, files and pipes */
#ifndef COMPAT_CAPFILE_H
#define COMPAT_CAPFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 * DOC: Theory of operation
 *
 * A capture is read once, from its beginning to its end, without seeking, so a
 * pipe will do. What is held is one buffer, which grows to the longest record
 * that has frames or options in it (CAPFILE_RECORD_MAX), and the interfaces; all
 * else is passed over piece by piece.
 *
 * One file:		capfile_open(), capfile_next() until 0, capfile_close()
 * Several of one lab:	capmerge_open(), capmerge_next() until 0,
 *			capmerge_close(); of one file it is that file
 *
 * What is known of the whole (drops, notes, interfaces without frames) is known
 * at the end: ask then.
 */

/** A longer frame is none, and a longer record is not read. Bytes */
#define CAPFILE_FRAME_MAX (256U << 10)
#define CAPFILE_RECORD_MAX (4U << 20)
/** More interfaces, over all sections, are an error */
#define CAPFILE_INTERFACES_MAX 65536

/** Not told by the file */
#define CAPFILE_UNKNOWN UINT64_MAX

/**
 * struct capframe - One frame; what it points to is good until the next call
 * @number:	1-based, as Wireshark's: frames of any link type count, and in a
 *		merge it is the number after mergecap
 * @offset:	Of its record in its file, bytes
 * @at_ns:	Since the epoch; what a frame has that tells no time (simple packet
 *		blocks) is that of the frame before it, 0 for the first
 * @has_time:	false for those
 * @interface:	For capfile_interface(), capmerge_interface()
 * @linktype:	LINKTYPE_ number, as wire_frame() takes it
 * @known:	wire_linktype_known(); a frame that is not known may be passed over
 * @cap_len:	Bytes captured, at @bytes
 * @len:	Bytes on the wire; never less than @cap_len
 * @comment:	What people or tools wrote on it, several of them by newlines,
 *		cleaned; NULL when there is none
 */
struct capframe {
	uint64_t number;
	uint64_t offset;
	uint64_t at_ns;
	const uint8_t *bytes;
	uint32_t cap_len;
	uint32_t len;
	uint32_t interface;
	int linktype;
	bool has_time;
	bool known;
	const char *comment;
};

/**
 * struct capfile_interface - Where frames were captured
 * @name, @description: Cleaned; NULL when not told, as always by pcap
 * @linktype:	LINKTYPE_ number
 * @snaplen:	Bytes kept of a frame, 0: all
 * @frames:	So far
 * @received, @accepted: Frames that it saw, and that passed its filter
 * @if_drops, @os_drops: Frames lost by the interface, and by the system
 * @between_drops: Frames lost before a frame that was written, summed up
 *
 * The last five are what interface statistics and frames of a pcapng file tell,
 * the newest of each, CAPFILE_UNKNOWN when they do not.
 */
struct capfile_interface {
	char *name;
	char *description;
	int linktype;
	uint32_t snaplen;
	uint64_t frames;
	uint64_t received;
	uint64_t accepted;
	uint64_t if_drops;
	uint64_t os_drops;
	uint64_t between_drops;
};

/** struct capfile - A capture being read; opaque */
struct capfile;

/**
 * capfile_open() - Begin to read a capture
 * @path:	File, or pipe; "-" is standard input
 * @err:	ERR_INPUT: cannot be opened or read, or a pcap file of a link type
 *		that is not known; ERR_PCAP: not a capture
 *
 * Return: 0, or -1; messages have the path
 */
WARN_UNUSED
int capfile_open(const char *path, struct capfile **ret_file, struct err *err);

/**
 * capfile_next() - The next frame
 * @ret_frame:	Set when 1 is returned
 * @err:	ERR_PCAP: malformed; ERR_INPUT: no interface is of a known link
 *		type (told at the end), or it cannot be read any more. Messages
 *		have the path, and the frame and byte where it is
 *
 * A file that is cut in the middle of a record ends there, with a note. After
 * an error there are no more frames.
 *
 * Return: 1, 0 at the end, or -1
 */
WARN_UNUSED
int capfile_next(struct capfile *file, struct capframe *ret_frame,
		 struct err *err);

/** capfile_n_interfaces() - How many are known so far; those of all sections */
size_t capfile_n_interfaces(const struct capfile *file);
/** capfile_interface() - Borrowed until the next capfile_next() */
const struct capfile_interface *capfile_interface(const struct capfile *file,
						  size_t interface);

/**
 * capfile_drops() - Frames that were lost, over all interfaces, as the file
 * tells: CAPFILE_UNKNOWN when none tells, or one with frames does not and the
 * others lost none
 */
uint64_t capfile_drops(const struct capfile *file);

/** capfile_note() - What a reader should know: that it is cut and where, which
 * interfaces' frames are of an unknown link type; owned, NULL: nothing */
char *capfile_note(const struct capfile *file);

/** capfile_close() - NULL is fine */
void capfile_close(struct capfile *file);

/** struct capmerge - Several captures read as one, by time; opaque */
struct capmerge;

/**
 * capmerge_open() - Begin to read captures of one lab as if they were one
 * @paths:	@n (at least 1) of them, as for capfile_open()
 * @err:	As for capfile_open()
 *
 * Frames of one file stay in their order; the earliest of the files' next frames
 * comes first, at equal times as mergecap has it.
 */
WARN_UNUSED
int capmerge_open(const char *const *paths, size_t n,
		  struct capmerge **ret_merge, struct err *err);

/** capmerge_next() - As capfile_next(); .interface is counted over all files, in
 * order of their first frames, .offset is that in the frame's own file */
WARN_UNUSED
int capmerge_next(struct capmerge *merge, struct capframe *ret_frame,
		  struct err *err);

/** capmerge_n_interfaces() - How many had frames so far */
size_t capmerge_n_interfaces(const struct capmerge *merge);
/** capmerge_interface() - Borrowed until the next capmerge_next();
 * @ret_path: its file, may be NULL */
const struct capfile_interface *capmerge_interface(const struct capmerge *merge,
						   size_t interface,
						   const char **ret_path);

/** capmerge_drops() - As capfile_drops(), over all files */
uint64_t capmerge_drops(const struct capmerge *merge);

/** capmerge_note() - All files' notes by newlines; owned, NULL: none */
char *capmerge_note(const struct capmerge *merge);

/** capmerge_close() - NULL is fine */
void capmerge_close(struct capmerge *merge);

#endif

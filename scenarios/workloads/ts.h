// SPDX-License-Identifier: Apache-2.0
/* ts.h - bytes of an MPEG transport stream (ISO 13818-1) */
#ifndef WORKLOADS_TS_H
#define WORKLOADS_TS_H

#define TS_PACKET 188
#define TS_SYNC 0x47

/* In the second byte, and in the fourth. */
#define TS_STARTS 0x40
#define TS_ADAPTATION 0x20
#define TS_PAYLOAD 0x10

#define TS_VIDEO_ID 0xe0 /* stream_id of a PES packet: 0xe0 to 0xef */
#define TS_MPEG1_VIDEO 0x01

#endif

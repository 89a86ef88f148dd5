// SPDX-License-Identifier: Apache-2.0
/* goldens.h - the conversations of the golden captures */
#ifndef TESTS_GOLDEN_WIRE_GOLDENS_H
#define TESTS_GOLDEN_WIRE_GOLDENS_H

#include "tests/lib/frames.h"

/** golden_begin() - ARP, handshake and five questions to the source */
void golden_begin(struct talk *t);
/** golden_take_over() - 600 ms later the target announces itself and ends TCP
 * repair */
void golden_take_over(struct talk *t);
/** golden_end() - Five questions, and the client closes */
void golden_end(struct talk *t);

/* One for each case: the table in make.c says what is true of it. */
void make_kept(struct talk *t);
void make_kept_backoff(struct talk *t);
void make_kept_vlan(struct talk *t);
void make_kept_extensions(struct talk *t);
void make_kept_wrap(struct talk *t);
void make_kept_offload(struct talk *t);
void make_kept_reordered(struct talk *t);
void make_kept_twice(struct talk *t);
void make_kept_refused_first(struct talk *t);
void make_kept_keepalive(struct talk *t);
void make_kept_fragments(struct talk *t);
void make_kept_snap(struct talk *t);
void make_kept_timestamps(struct talk *t);
void make_kept_reset_after_end(struct talk *t);
void make_kept_options(struct talk *t);
void make_kept_lossy(struct talk *t);
void make_kept_challenge(struct talk *t);
void make_kept_tail(struct talk *t);
void make_ts_flip(struct talk *t);
void make_ts_back(struct talk *t);
void make_zero_window(struct talk *t);
void make_ack_storm(struct talk *t);
void make_back(struct talk *t);
void make_hung(struct talk *t);
void make_refused_by_icmp(struct talk *t);
void make_arp_unanswered(struct talk *t);
void make_two_claims(struct talk *t);
void make_rst_target(struct talk *t);
void make_rst_source(struct talk *t);
void make_rst_abort(struct talk *t);
void make_rst_client(struct talk *t);
void make_fin_early(struct talk *t);
void make_silent_target(struct talk *t);
void make_reconnected(struct talk *t);
void make_syn_again(struct talk *t);
void make_damaged(struct talk *t);
void make_lost(struct talk *t);
void make_shifted(struct talk *t);
void make_split(struct talk *t);
void make_middle(struct talk *t);
void make_udp_kept(struct talk *t);
void make_udp_split(struct talk *t);
void make_udp_never(struct talk *t);

#endif

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wire_oracle.py - what tshark counts in captures, against ours

See oracle/cases.py for which captures, and how. CASE/oracle lists the
differences from tshark that are right.
"""
import subprocess
import sys

from oracle import cases

FIELDS = [
    "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport",
    "tcp.seq_raw", "tcp.len", "tcp.flags.syn", "tcp.flags.ack",
    "tcp.flags.reset", "tcp.flags.fin", "tcp.window_size",
    "tcp.options.wscale.shift", "tcp.options.mss_val",
    "tcp.options.sack.count", "tcp.options.timestamp.tsval",
    "tcp.analysis.duplicate_ack", "tcp.analysis.zero_window",
    "tcp.analysis.keep_alive", "tcp.analysis.retransmission",
    "tcp.analysis.fast_retransmission", "tcp.analysis.spurious_retransmission",
    "tcp.analysis.out_of_order",
]
# Wireshark names some repetitions out-of-order, and some the other way round:
# by time, where we tell by whether the bytes were seen.
REPEATED = FIELDS[-4:]
OURS = ("frames", "syn", "rst", "fin", "timestamps", "sacks", "dup_acks",
        "zero_windows", "keepalives")


def segments(capture):
    """All TCP segments of a capture, as tshark sees them."""
    command = ["tshark", "-n", "-r", str(capture), "-Y", "tcp && !icmp && !icmpv6",
               "-T", "fields", "-E", "separator=/t"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, check=True, capture_output=True, text=True)
    for line in out.stdout.splitlines():
        yield dict(zip(FIELDS, line.split("\t")))


def marks(s):
    """What tshark makes of one segment, by our names."""
    return {"frames": True,
            "syn": s["tcp.flags.syn"] == "1",
            "rst": s["tcp.flags.reset"] == "1",
            "fin": s["tcp.flags.fin"] == "1",
            "timestamps": s["tcp.options.timestamp.tsval"] != "",
            "sacks": s["tcp.options.sack.count"] != "",
            "dup_acks": s["tcp.analysis.duplicate_ack"] != "",
            "zero_windows": s["tcp.analysis.zero_window"] != "",
            "keepalives": s["tcp.analysis.keep_alive"] != "",
            "repeated": int(s["tcp.len"]) > 0
            and any(s[field] for field in REPEATED)}


def count(capture, service):
    """tshark's figures of each connection, by the client's endpoint."""
    conns = {}
    for s in segments(capture):
        src = cases.endpoint(s["ip.src"] or s["ipv6.src"], s["tcp.srcport"])
        dst = cases.endpoint(s["ip.dst"] or s["ipv6.dst"], s["tcp.dstport"])
        side = cases.SIDES[src == service]
        figures, isns = conns.setdefault(dst if src == service else src,
                                         ({}, set()))
        for name, yes in marks(s).items():
            key = f"{name}.{side}"
            figures[key] = figures.get(key, 0) + yes
        if s["tcp.flags.syn"] == "1":
            figures[f"scale.{side}"] = int(s["tcp.options.wscale.shift"] or -1)
            figures[f"mss.{side}"] = int(s["tcp.options.mss_val"] or 0)
            if s["tcp.flags.ack"] == "0":
                isns.add(s["tcp.seq_raw"])
        elif s["tcp.flags.reset"] == "0":
            figures[f"window.{side}"] = int(s["tcp.window_size"])
    return {client: {**figures, "syn": len(isns)}
            for client, (figures, isns) in conns.items()}


def ours(conn):
    figures = {"syn": conn["began_with_syn"] + conn["syn_again"]}
    for side in cases.SIDES:
        told = conn["side"][side]
        for name in OURS:
            figures[f"{name}.{side}"] = told[name]
        figures[f"repeated.{side}"] = (told["retransmissions"] +
                                       told["out_of_order"])
        if told["syn"]:
            figures[f"scale.{side}"] = told["window_scale"]
            figures[f"mss.{side}"] = told["mss"]
        figures[f"window.{side}"] = told["window"] or 0
    return figures


def alike(name, us, them):
    """tshark calls an ACK a duplicate even when nothing is on its way."""
    return name.startswith("dup_acks") and us < them


if __name__ == "__main__":
    sys.exit(cases.run(cases.Reader("tshark", "oracle", count, ours, alike),
                       sys.argv[1]))

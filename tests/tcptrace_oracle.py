#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tcptrace_oracle.py - what tcptrace counts in captures, against ours

See oracle/cases.py for which captures, and how. CASE/oracle-tcptrace lists the
differences from tcptrace that are right.
"""
import csv
import ipaddress
import subprocess
import sys

from oracle import cases

# Ours: tcptrace's
COUNTS = {
    "frames": "total_packets",
    "rst": "resets_sent",
    "pure_acks": "pure_acks_sent",
    "sacks": "sack_pkts_sent",
    "bytes": "unique_bytes_sent",
    "retransmissions": "rexmt_data_pkts",
    "repeated_bytes": "rexmt_data_bytes",
    "out_of_order": "outoforder_pkts",
    "zero_windows": "zero_win_adv",
    "lost_bytes": "missed_data",
}
SYN_FIN = "SYN/FIN_pkts_sent"


def rows(capture):
    """A row for each connection, by the columns of the heading."""
    out = subprocess.run(["tcptrace", "-l", "-n", "--csv", str(capture)],
                         check=True, capture_output=True, text=True)
    lines = [line for line in out.stdout.splitlines()
             if line and not line.startswith("#")]
    return csv.DictReader(lines, skipinitialspace=True)


def endpoint(row, end):
    """An IPv6 address is written at length."""
    address = str(ipaddress.ip_address(row[f"host_{end}"].strip()))
    return cases.endpoint(address, row[f"port_{end}"].strip())


def count(capture, service):
    """tcptrace's figures of each connection, by the client's endpoint.

    What it takes for several, because the client began anew with the same port,
    is added."""
    conns = {}
    for row in rows(capture):
        ends = {endpoint(row, end): end for end in "ab"}
        if service not in ends:
            continue
        client, = (end for end in ends if end != service)
        figures = conns.setdefault(client, {})
        for side, end in zip(cases.SIDES, (client, service)):
            way = "a2b" if ends[end] == "a" else "b2a"
            take(figures, side, {key[:-4]: value.strip()
                                 for key, value in row.items()
                                 if key and key.endswith(way)})
    return conns


def take(figures, side, told):
    """One side of one row."""
    syn, fin = told[SYN_FIN].split("/")
    values = {ours: int(told[theirs]) for ours, theirs in COUNTS.items()
              if told[theirs] != "NA"}
    values |= {"syn": int(syn), "fin": int(fin)}
    for name, value in values.items():
        key = f"{name}.{side}"
        figures[key] = figures.get(key, 0) + value
    if int(syn):
        scaled = told["req_1323_ws/ts"].startswith("Y")
        figures[f"mss.{side}"] = int(told["mss_requested"])
        figures[f"scale.{side}"] = (int(told["adv_wind_scale"]) if scaled
                                    else -1)


def ours(conn):
    figures = {}
    for side in cases.SIDES:
        told = conn["side"][side]
        for name in (*COUNTS, "syn", "fin"):
            figures[f"{name}.{side}"] = told[name]
        if told["syn"]:
            figures[f"scale.{side}"] = told["window_scale"]
            figures[f"mss.{side}"] = told["mss"]
    return figures


if __name__ == "__main__":
    sys.exit(cases.run(cases.Reader("tcptrace", "oracle-tcptrace", count, ours),
                       sys.argv[1]))

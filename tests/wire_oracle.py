#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""wire_oracle.py - what tshark counts in a golden capture, against ours

For each tests/golden/wire/CASE the answer in expected.json (which a unit test
proves to be ours) is compared with tshark's. CASE/oracle lists the differences
that are right, one a line: "CONNECTION FIGURE OURS TSHARKS REASON"; one that is
not listed, and one that is listed and is not there, fails.

Then random conversations are made (tests/oracle/wire_random.c) and what
`crmatrix analyze --json` says of them is compared likewise.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

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
SIDES = ("client", "server")
SERVICE = "10.77.0.100:7000"
RANDOM_SEEDS = (1, 2, 3)
RANDOM_CONNECTIONS = 100
OURS = ("frames", "syn", "rst", "fin", "timestamps", "sacks", "dup_acks",
        "zero_windows", "keepalives")


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


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
        src = endpoint(s["ip.src"] or s["ipv6.src"], s["tcp.srcport"])
        dst = endpoint(s["ip.dst"] or s["ipv6.dst"], s["tcp.dstport"])
        side = SIDES[src == service]
        figures = conns.setdefault(dst if src == service else src,
                                   {"isns": set()})
        for name, yes in marks(s).items():
            key = f"{name}.{side}"
            figures[key] = figures.get(key, 0) + yes
        if s["tcp.flags.syn"] == "1":
            figures[f"scale.{side}"] = int(s["tcp.options.wscale.shift"] or -1)
            figures[f"mss.{side}"] = int(s["tcp.options.mss_val"] or 0)
            if s["tcp.flags.ack"] == "0":
                figures["isns"].add(s["tcp.seq_raw"])
        elif s["tcp.flags.reset"] == "0":
            figures[f"window.{side}"] = int(s["tcp.window_size"])
    return conns


def ours(conn):
    figures = {"syn": conn["began_with_syn"] + conn["syn_again"]}
    for side in SIDES:
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


def listed(case):
    """The differences that are right: {(connection, figure): (us, them)}"""
    path = case / "oracle"
    rows = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        client, figure, us, them, _reason = line.split(None, 4)
        rows[client, figure] = (int(us), int(them))
    return rows


def check(case):
    answer = json.loads((case / "expected.json").read_text())
    address, port, protocol = (case / "case").read_text().split()[:3]
    if protocol != "tcp":
        return 0, []
    theirs = count(case / "capture.pcap", endpoint(address, port))
    found, figures = {}, 0
    for conn in answer["report"]["connections"]:
        them = theirs.pop(conn["client"], {"isns": ()})
        them["syn"] = len(them["isns"])
        for name, us in ours(conn).items():
            figures += 1
            if us != them.get(name, 0):
                found[conn["client"], name] = (us, them.get(name, 0))
    wrong = [f"{client} only seen by tshark" for client in theirs]
    right = listed(case)
    for key in sorted(set(found) | set(right)):
        if found.get(key) != right.get(key):
            wrong.append(f"{' '.join(key)}: ours and tshark's are "
                         f"{found.get(key, 'equal')}, listed is "
                         f"{right.get(key, 'no difference')}")
    return figures, wrong


def alike(name, us, them):
    """tshark calls an ACK a duplicate even when nothing is on its way."""
    return us == them or (name.startswith("dup_acks") and us < them)


def check_random(build, folder, seed):
    """Figures compared, and how often each differs without a reason."""
    capture = pathlib.Path(folder) / "random.pcap"
    with open(capture, "wb") as out:
        subprocess.run([f"{build}/tests/oracle/wire_random", str(seed),
                        str(RANDOM_CONNECTIONS)], stdout=out, check=True)
    said = subprocess.run(
        [f"{build}/crmatrix", "analyze", str(capture), "--service", SERVICE,
         "--json"], stdout=subprocess.PIPE, check=False)
    theirs = count(capture, SERVICE)
    wrong, figures = [], 0
    for conn in json.loads(said.stdout)["connections"]:
        conn = conn["wire"]
        them = theirs.pop(conn["client"], {"isns": ()})
        them["syn"] = len(them["isns"])
        for name, us in ours(conn).items():
            figures += 1
            if not alike(name, us, them.get(name, 0)):
                wrong.append(f"seed {seed}: {conn['client']} {name}: ours is "
                             f"{us}, tshark's {them.get(name, 0)}")
    return figures, wrong + [f"seed {seed}: {client} only seen by tshark"
                             for client in theirs]


def main():
    build = sys.argv[1]
    cases = sorted(p.parent for p in
                   pathlib.Path("tests/golden/wire").glob("*/capture.pcap"))
    total = bad = explained = 0
    for case in cases:
        figures, wrong = check(case)
        total += figures
        explained += len(listed(case))
        bad += len(wrong)
        for line in wrong:
            print(f"{case.name}: {line}")
    print(f"{len(cases)} captures, {total} figures: {explained} differ for a "
          f"listed reason, {bad} without one")
    with tempfile.TemporaryDirectory() as folder:
        for seed in RANDOM_SEEDS:
            figures, wrong = check_random(build, folder, seed)
            total += figures
            bad += len(wrong)
            print("\n".join(wrong[:20] + [f"seed {seed}: {figures} figures, "
                                          f"{len(wrong)} differ"]))
    return 1 if bad or not total else 0


if __name__ == "__main__":
    sys.exit(main())

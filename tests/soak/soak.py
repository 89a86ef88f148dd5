#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""soak.py - many cells in one run while things break at random

A quiet run first, of the same cells once: what their verdicts are. Then --cells of
them with a fault every few seconds: a QEMU killed or stopped, a worker, a capture or
a client killed. Whatever happens, no verdict may differ from the quiet run but for
cells that are broken after all attempts; the run's folder must be whole, and nothing
may grow or be left.
"""
import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "bench"))
import child  # noqa: E402  (beside the other folder's helpers)

# What is done, to whom: a word of the command line that only they have.
FAULTS = [
    ("QEMU killed", "qemu-system", signal.SIGKILL),
    ("QEMU stopped", "qemu-system", signal.SIGSTOP),
    ("worker killed", "worker", signal.SIGKILL),
    ("capture killed", "internal-capture", signal.SIGKILL),
    ("client killed", "internal-peer", signal.SIGKILL),
]
SAMPLE_S = 1.0


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def parent(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
        return int(f.read().rpartition(")")[2].split()[1])


def victims(root, kind):
    """Processes below root that a fault may hit"""
    below = child.tree(root)[1:]
    if kind != "worker":
        return [pid for pid in below if kind in command_line(pid)]
    # The worker has the tool's own command line: a child of a lab's first process.
    found = []
    for pid in below:
        try:
            if parent(parent(pid)) == root and " run " in command_line(pid):
                found.append(pid)
        except (OSError, ValueError):
            pass
    return found


def open_files(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def inject(root, chance, done):
    name, kind, sig = chance.choice(FAULTS)
    found = victims(root, kind)
    if not found:
        return
    try:
        os.kill(chance.choice(found), sig)
        done[name] = done.get(name, 0) + 1
    except ProcessLookupError:
        pass


def run(args, out, extra, chance=None):
    """One run; figures of it"""
    argv = [args.crmatrix, "run", "--matrix", args.matrix, "--out", out, *extra]
    log = open(out + ".log", "w", encoding="utf-8")
    proc = subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT,
                            stdin=subprocess.DEVNULL)
    faults, samples = {}, []
    fault_at = time.monotonic() + args.every
    try:
        while proc.poll() is None:
            time.sleep(SAMPLE_S)
            sizes = [child.share(pid)[1] for pid in child.tree(proc.pid)
                     if "qemu-system" not in command_line(pid)]
            samples.append((sum(sizes), len(sizes), open_files(proc.pid),
                            child.share(proc.pid)[1]))
            if chance and time.monotonic() >= fault_at:
                inject(proc.pid, chance, faults)
                fault_at = time.monotonic() + chance.uniform(0.5, 1.5) * args.every
    finally:
        if proc.poll() is None:
            proc.send_signal(signal.SIGTERM)
            proc.wait()
        log.close()
    with open(os.path.join(out, "results.json"), encoding="utf-8") as f:
        results = json.load(f)
    return {"status": proc.returncode, "results": results, "faults": faults,
            "samples": samples}


def pair_of(cell):
    return cell["scenario"], cell["source"], cell["target"]


def quarter(samples, column, which):
    part = samples[len(samples) * which // 4:len(samples) * (which + 1) // 4]
    values = sorted(s[column] for s in part)
    return values[len(values) // 2] if values else None


def judge(quiet, soak):
    """What is wrong, as sentences"""
    wrong = []
    want = {pair_of(c): (c["verdict"], (c["cause"] or {}).get("mode"))
            for c in quiet["results"]["cells"]}
    verdicts = {}
    for cell in soak["results"]["cells"]:
        verdicts[cell["verdict"]] = verdicts.get(cell["verdict"], 0) + 1
        got = (cell["verdict"], (cell["cause"] or {}).get("mode"))
        if cell["verdict"] != "broken" and got != want[pair_of(cell)]:
            wrong.append(f"{cell['id']}: {got}, quiet {want[pair_of(cell)]}")
    return verdicts, wrong


def left_behind(out):
    """Processes that still have the run's folder in their command line"""
    return [pid for pid in os.listdir("/proc") if pid.isdigit()
            and int(pid) != os.getpid() and out in command_line(pid)]


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crmatrix", default="build/crmatrix")
    parser.add_argument("--matrix", default=os.path.join(here, "../bench/matrix.yaml"))
    parser.add_argument("--repeat", type=int, default=12, help="of each cell")
    parser.add_argument("--every", type=float, default=4.0,
                        help="seconds between faults, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="build/soak")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    quiet = run(args, os.path.join(args.out, "quiet"), [])
    began = time.monotonic()
    soak = run(args, os.path.join(args.out, "soak"),
               ["--repeat", str(args.repeat)], random.Random(args.seed))
    verdicts, wrong = judge(quiet, soak)
    report = subprocess.run([args.crmatrix, "report",
                             os.path.join(args.out, "soak"), "--format", "csv"],
                            stdout=subprocess.DEVNULL, check=False)
    cells = soak["results"]["cells"]
    figures = {
        "cells": len(cells), "seconds": round(time.monotonic() - began),
        "verdicts": verdicts, "faults": soak["faults"],
        "retried": sum(c["attempts"] > 1 for c in cells),
        "status": soak["status"], "report_status": report.returncode,
        "tool_pss_kib_by_quarter": [quarter(soak["samples"], 3, q) for q in range(4)],
        "all_pss_kib_by_quarter": [quarter(soak["samples"], 0, q) for q in range(4)],
        "processes_by_quarter": [quarter(soak["samples"], 1, q) for q in range(4)],
        "open_files_by_quarter": [quarter(soak["samples"], 2, q) for q in range(4)],
        "left_behind": left_behind(os.path.join(args.out, "soak")),
        "wrong": wrong,
    }
    print(json.dumps(figures, indent=1))
    return 1 if wrong or figures["left_behind"] or report.returncode else 0


if __name__ == "__main__":
    sys.exit(main())

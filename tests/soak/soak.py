#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""soak.py - many cells in one run while things break at random

A quiet run first, of each cell once: what the verdicts are. Then all of them many
times, with a fault every few seconds: faults.py has the list. Whatever happens, no
verdict may differ from the quiet run but for cells that are broken after all
attempts; the run's folder must be whole; nothing may grow, nothing may be left.
Figures go to OUT/figures.json, and as a table to stdout.
"""
import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "bench"))
import faults  # noqa: E402  (needs the other folder's helpers)
import samples  # noqa: E402

SAMPLE_S = 1.0


# --- Running --------------------------------------------------------------------------

def lines_of(path, word):
    try:
        with open(path, encoding="utf-8", errors="replace") as f:
            return sum(word in line for line in f)
    except OSError:
        return 0


def start(args, out, extra):
    tmp = out + ".tmp"
    os.makedirs(tmp, exist_ok=True)
    argv = [args.crmatrix, "run", "--matrix", args.matrix, "--out", out, *extra]
    if args.jobs:
        argv += ["--jobs", str(args.jobs)]
    with open(out + ".log", "w", encoding="utf-8") as log:
        return subprocess.Popen(argv, stdout=log, stderr=subprocess.STDOUT,
                                stdin=subprocess.DEVNULL,
                                env={**os.environ, "TMPDIR": tmp, "CI": "1"})


def watch(args, proc, out, chance):
    """Until it ends: samples are taken, and faults injected if there is chance"""
    injected, taken = {}, []
    journal = os.path.join(out, "journal.jsonl")
    fault_at = None
    while proc.poll() is None:
        time.sleep(SAMPLE_S)
        done = lines_of(journal, '"finished"')
        taken.append(samples.take(proc.pid, done))
        # What is broken while machines boot for the first time is not the cells.
        if fault_at is None and done:
            fault_at = time.monotonic()
        if chance and fault_at and time.monotonic() >= fault_at:
            name = faults.inject(proc.pid, chance)
            if name:
                injected[name] = injected.get(name, 0) + 1
                fault_at = time.monotonic() + args.every * chance.uniform(0.5, 1.5)
    return injected, taken


def run(args, out, extra, chance=None):
    """One run; all that is to be known of it"""
    proc = start(args, out, extra)
    began = time.monotonic()
    try:
        injected, taken = watch(args, proc, out, chance)
    finally:
        if proc.poll() is None:
            proc.send_signal(signal.SIGTERM)
            proc.wait()
    return {"out": out, "status": proc.returncode, "results": read_results(out),
            "faults": injected, "samples": taken,
            "seconds": round(time.monotonic() - began)}


def read_results(out):
    with open(os.path.join(out, "results.json"), encoding="utf-8") as f:
        return json.load(f)


# --- Judging --------------------------------------------------------------------------

def pair_of(cell):
    return cell["scenario"], cell["source"], cell["target"]


def end_of(cell):
    return cell["verdict"], (cell["cause"] or {}).get("mode")


def judge_verdicts(quiet, soak):
    """How many of each verdict, and what differs from the quiet run"""
    wrong, verdicts = [], {}
    want = {pair_of(c): end_of(c) for c in quiet["results"]["cells"]}
    for cell in quiet["results"]["cells"]:
        if cell["verdict"] not in ("pass", "xfail"):
            wrong.append(f"quiet: {cell['id']} is {end_of(cell)}: "
                         f"{cell['reason']}")
    for cell in soak["results"]["cells"]:
        verdicts[cell["verdict"]] = verdicts.get(cell["verdict"], 0) + 1
        if cell["verdict"] != "broken" and end_of(cell) != want[pair_of(cell)]:
            wrong.append(f"{cell['id']}: {end_of(cell)} ({cell['reason']}), "
                         f"quiet {want[pair_of(cell)]}")
    return verdicts, wrong


def judge_folder(args, soak):
    """Whether all that reads a run's folder reads this one, and says the same"""
    wrong = []
    out = soak["out"]
    for folder, _, names in os.walk(out):
        wrong += [f"half-written: {os.path.join(folder, n)}" for n in names
                  if ".tmp" in n or os.path.getsize(os.path.join(folder, n)) == 0
                  and n.endswith(".json")]
    with open(os.path.join(out, "journal.jsonl"), encoding="utf-8") as f:
        for line in f:
            json.loads(line)
    for cell in soak["results"]["cells"]:
        seen = os.path.join(out, cell["evidence"]["dir"] or "?", "observation.json")
        if cell["verdict"] != "broken" and not os.path.isfile(seen):
            wrong.append(f"{cell['id']}: no {seen}")
    for form in ("csv", "json", "text", "html", "junit"):
        got = subprocess.run([args.crmatrix, "report", out, "--format", form],
                             stdout=subprocess.DEVNULL, check=False)
        if got.returncode:
            wrong.append(f"report --format {form} ended with {got.returncode}")
    # Nothing is left to be run, so it is judged anew from what was seen.
    again = subprocess.run([args.crmatrix, "resume", out], check=False,
                           stdout=subprocess.DEVNULL)
    before = {c["id"]: end_of(c) for c in soak["results"]["cells"]}
    now = {c["id"]: end_of(c) for c in read_results(out)["cells"]}
    if again.returncode != soak["status"] or before != now:
        wrong.append(f"judged anew: status {again.returncode}, was "
                     f"{soak['status']}; "
                     f"{[i for i in before if before[i] != now.get(i)]} differ")
    return wrong


def lines(path):
    with open(path, encoding="utf-8") as f:
        return set(f)


def host():
    """What of the host a run might leave something in"""
    return {"mount": {line.split()[4] for line in lines("/proc/self/mountinfo")},
            "network device": {line.split(":")[0].strip()
                               for line in lines("/proc/net/dev") if ":" in line}}


def left_behind(out, before):
    left = [f"process {pid}: {faults.command_line(pid)}"
            for pid in os.listdir("/proc") if pid.isdigit()
            and int(pid) != os.getpid() and out in faults.command_line(pid)]
    left += [f"temporary file {name}" for name in os.listdir(out + ".tmp")]
    now = host()
    for kind, names in now.items():
        left += [f"{kind} {name}" for name in names - before[kind]]
    return left


# --- Telling --------------------------------------------------------------------------

def print_table(figures):
    print(f"{figures['cells']} cells in {figures['seconds']} s "
          f"(quiet: {figures['quiet_seconds']} s for {figures['quiet_cells']}), "
          f"exit status {figures['status']}")
    print("  verdicts  " + ", ".join(f"{n} {v}" for v, n in
                                     figures["verdicts"].items()))
    print(f"  retried   {figures['retried']} cells, "
          f"{figures['attempts']} attempts in all")
    print("  faults    " + ", ".join(f"{n} {f}" for f, n in
                                     sorted(figures["faults"].items())))
    print(f"\n  {'what':<20} {'median':>10} {'max':>10} {'growth / 100 cells':>20}")
    for name, f in figures["held"].items():
        print(f"  {name:<20} {f['median']:>10} {f['max']:>10} "
              f"{f['growth_per_100_cells']:>20}")
    for sentence in figures["wrong"]:
        print(f"WRONG: {sentence}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--crmatrix", default="build/crmatrix")
    parser.add_argument("--matrix", default=os.path.join(HERE, "matrix.yaml"))
    parser.add_argument("--repeat", type=int, default=25, help="of each cell")
    parser.add_argument("--every", type=float, default=5.0,
                        help="seconds between faults, on average")
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default="build/soak")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    shutil.rmtree(args.out, ignore_errors=True)
    os.makedirs(args.out)
    before = host()
    quiet = run(args, os.path.join(args.out, "quiet"), [])
    soak = run(args, os.path.join(args.out, "soak"),
               ["--repeat", str(args.repeat)], random.Random(args.seed))
    cells = soak["results"]["cells"]
    left = left_behind(soak["out"], before)
    verdicts, wrong = judge_verdicts(quiet, soak)
    held, grown = samples.judge(soak["samples"], len(cells))
    figures = {
        "seed": args.seed, "jobs": args.jobs,
        "cells": len(cells), "seconds": soak["seconds"],
        "quiet_cells": len(quiet["results"]["cells"]),
        "quiet_seconds": quiet["seconds"],
        "status": soak["status"], "verdicts": verdicts,
        "faults": soak["faults"],
        "retried": sum(c["attempts"] > 1 for c in cells),
        "attempts": sum(c["attempts"] for c in cells),
        "held": held,
        "wrong": wrong + grown + [f"left: {what}" for what in left] +
        judge_folder(args, soak),
    }
    with open(os.path.join(args.out, "figures.json"), "w", encoding="utf-8") as f:
        json.dump(figures, f, indent=1)
    print_table(figures)
    return 1 if figures["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())

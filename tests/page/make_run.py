#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Make a run folder for tests of the page: results.json alone, of any size.

usage: make_run.py DIR [--scenarios N] [--machines N] [--repeat N] [--seed N] [--day N]
                   [--hostile] [--worse]

Machines, verdicts, causes and figures are made up but like real ones; the same
seed gives the same run. --hostile: names, causes and logs of some cells try to
become markup or script, and a folder of evidence does too. --worse: some pairs
broke, some became slower.
"""
import argparse
import base64
import json
import os
import random

KERNELS = ["5.10.0-46", "6.1.0-56", "6.6.87", "6.12.117", "6.18.3", "7.2.12"]
CPUS = ["Haswell-noTSX", "Nehalem", "Skylake-Server", "EPYC", "Icelake-Server"]
USERLANDS = [("bookworm", "3.17.1", "2.36"), ("trixie", "4.1.1", "2.41")]
CAUSES = [
    ("vdso-layout", "restore", "CRIU {c} on '{t}' does not know the vDSO of kernel {k}",
     "(00.{n:06d})  {p}: Error (criu/vdso.c:{q}): vdso: Unexpected rt vDSO area bounds"),
    ("xsave-missing", "restore", "the image holds an xsave frame of '{s}', and the CPU of '{t}' has no xsave",
     "(00.{n:06d})  {p}: Error (criu/arch/x86/crtools.c:378): x86: FPU xsave area present, but host cpu doesn't support it"),
    ("rseq-not-dumpable", "dump", "kernel {k} of '{s}' cannot tell CRIU where the rseq area is",
     "(00.{n:06d}) Error (criu/cr-dump.c:{q}): Can't dump thread: rseq"),
    ("pid-taken", "restore", "pid {p} is taken on '{t}'",
     "(00.{n:06d})  {p}: Error (criu/cr-restore.c:1228): Can't fork for {p}: File exists"),
    ("unknown", "verify", "no rule knows this: checkpoint of '{s}'",
     "(00.{n:06d}) Error (criu/mount.c:{q}): mnt: Can't find mountpoint {q}"),
]
HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "\"><img src=x onerror=\"window.hacked=1\">",
    "javascript:window.hacked=1",
    "<!--<script>window.hacked=1",
    "line\u2028separator\u2029and ' quotes \" & <b>bold</b>",
    "]]></style></noscript></table></div><h1 id=hacked>HACKED</h1>",
    "bidi \u202e txet",
    "${window.hacked=1} {{window.hacked=1}}",
]


def machine(i):
    kernel = KERNELS[i % len(KERNELS)]
    cpu = CPUS[(i // len(KERNELS)) % len(CPUS)]
    userland, criu, glibc = USERLANDS[(i // 2) % 2]
    flags = "fpu sse sse2 " + ("avx avx2 xsave " if cpu != "Nehalem" else "") + \
        " ".join(f"flag{k}" for k in range(60 + i % 7))
    facts = {"kernel": kernel + "-cloud-amd64", "kernel_version": kernel.split("-")[0], "arch": "x86_64",
             "criu": criu, "glibc": glibc, "cpu_model": cpu, "cpu_flags": flags,
             "xsave_bytes": "0" if cpu == "Nehalem" else "832", "memory_kib": str((256 + 256 * (i % 3)) * 1024),
             "vcpus": "1", **{f"sysctl.net.ipv4.key{k}": str(k) for k in range(40)}}
    return f"{userland}-{kernel.split('-')[0]}-{cpu.lower()[:7]}{i}", {
        "kernel": facts["kernel"], "cpu": cpu, "userland": userland, "criu": criu, "glibc": glibc,
        "facts": facts, "same_cpu_as": None, "notes": ["memory: asked for 512 MiB, got 200 MiB"] if i == 3 else []}


def downtime(rng, slow):
    parts = {k: round(rng.uniform(a, b) * slow, 3) for k, (a, b) in {
        "before": (1, 12), "freeze": (100, 700), "handover": (5, 20), "transfer": (100, 800), "takeover": (20, 90),
        "restore": (150, 700), "release": (5, 130), "tail": (0, 190)}.items()}
    split = {k + "_ms": v for k, v in parts.items()}
    split["missing_ms"] = 0
    service = round(sum(parts.values()), 3)
    return {"service_ms": service, "wire_ms": round(service * 0.9, 3), "freeze_ms": parts["freeze"],
            "dump_ms": parts["freeze"] + 100, "transfer_ms": parts["transfer"], "restore_ms": parts["restore"],
            "takeover_ms": parts["takeover"], "tcp_tail_ms": parts["tail"], "split": split}


NOTHING = {k: None for k in ("service_ms", "wire_ms", "freeze_ms", "dump_ms", "transfer_ms", "restore_ms",
                             "takeover_ms", "tcp_tail_ms")}
NOTHING["split"] = {k + "_ms": None for k in ("before", "freeze", "handover", "transfer", "takeover", "restore",
                                              "release", "tail", "missing")}


def known(source, target):
    """Which cause a pair is known to fail for, or None."""
    version = [tuple(map(int, m["facts"]["kernel_version"].split("."))) for m in (source, target)]
    if version[0] < (5, 13):
        return 2
    if source["criu"] < "4" and version[0] >= (6, 13) or target["criu"] < "4" and version[1] >= (6, 13):
        return 0
    if source["facts"]["xsave_bytes"] != "0" and target["facts"]["xsave_bytes"] == "0":
        return 1
    return None


def failed(rng, cell, machines, which):
    mode, phase, title, line = CAUSES[which]
    facts = machines[cell["target"]]["facts"]
    words = {"s": cell["source"], "t": cell["target"], "k": facts["kernel"], "c": facts["criu"],
             "p": rng.randrange(20000, 20400), "n": rng.randrange(1000000), "q": rng.randrange(100, 2000)}
    cell.update(phase=phase, rule="step-failed", reason=f"'{phase}' on the target ended with status 1", downtime=NOTHING,
                cause={"mode": mode, "title": title.format(**words), "line": line.format(**words),
                       "file": f"restore.log:{rng.randrange(10, 300)}", "fix": None if mode == "unknown" else
                       "use CRIU 4.2 or newer", "known": "https://criu.org/" + mode})
    for name in ("workload", "peer", "wire"):
        cell["witnesses"][name] = "absent"
        cell["witness_reasons"][name] = "the workload did not reach the target"


def make_cell(rng, scenario, source, target, n, machines, worse):
    cell = {"id": f"{scenario}.{source}.{target}" + (f"#{n}" if n > 1 else ""), "scenario": scenario,
            "source": source, "target": target, "verdict": "pass", "attempts": 1, "phase": None,
            "rule": "all-agree", "reason": "restored, and all witnesses agree: workload, wire, peer",
            "expected": None, "link": None, "cause": None,
            "witnesses": {k: "ok" for k in ("workload", "peer", "wire")},
            "witness_reasons": {k: None for k in ("workload", "peer", "wire")},
            "continuity": None, "downtime": downtime(rng, 2 if worse and rng.random() < .1 else 1),
            "bytes": {"image": rng.randrange(1, 60) * 1000000, "sent": None}, "wall_ms": rng.uniform(3000, 9000),
            "evidence": {"dir": None}}
    cell["evidence"]["dir"] = f"cells/{cell['id']}/attempt-1"
    dice = rng.random()
    which = known(machines[source], machines[target])
    if which is not None and dice > .01:
        cell.update(verdict="xfail", expected="known to be impossible")
        failed(rng, cell, machines, which)
    elif which is not None:
        cell.update(verdict="xpass", expected="known to be impossible")
    elif dice < (.08 if worse else .02):
        cell.update(verdict="fail")
        failed(rng, cell, machines, rng.randrange(3, len(CAUSES)))
    elif .08 <= dice < .083:
        cell.update(verdict="broken", attempts=3, downtime=NOTHING, reason="the guest did not answer within 60 s",
                    rule="broken")
    elif dice < .09:
        cell.update(verdict="skip", downtime=NOTHING, reason="needs module tun on the target", rule="requirement-unmet")
    elif dice < .093:
        cell.update(verdict="notrun", downtime=NOTHING, reason=None, rule=None, attempts=0, evidence={"dir": None})
    return cell


def hostile(cells, machines):
    for i, text in enumerate(HOSTILE):
        cell = cells[i]
        cell.update(verdict="fail", reason=text, expected=text, link="javascript:window.hacked=1", rule=text)
        cell["cause"] = {"mode": text, "title": text, "line": text, "file": text, "fix": text,
                         "known": ["javascript:window.hacked=1", "data:text/html,<script>window.hacked=1</script>",
                                   "https://criu.org/\"onmouseover=\"window.hacked=1"][i % 3]}
        cell["witness_reasons"] = {k: text for k in ("workload", "peer", "wire")}
        cell["remarks"] = [dict(cell["cause"])]
        cell["evidence"]["dir"] = "javascript:window.hacked=1//" + text
    name = next(iter(machines))
    machines[name]["notes"] = HOSTILE
    machines[name]["facts"]["cpu_model"] = HOSTILE[0]
    machines[name]["kernel"] = HOSTILE[1]


PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


def evidence(folder, cell):
    """What a guest could have left of the cell: its logs, its names, its pictures."""
    place = os.path.join(folder, "cells", cell["id"], "attempt-1")
    os.makedirs(place)
    cell["cause"]["file"] = "restore.log:3"
    step = {"phase": "restore", "name": HOSTILE[0], "on": "target", "ours": False, "began_ns": 1000000000,
            "ended_ns": 2000000000, "exit": 1, "trouble": HOSTILE[1], "output": "\n".join(HOSTILE)}
    with open(os.path.join(place, "observation.json"), "w", encoding="utf-8") as f:
        json.dump({"schema": "crmatrix/observation/1", "cell": cell["id"], "attempt": 1, "broken": None,
                   "broken_phase": None, "skip": None,
                   "source_facts": {"kernel": HOSTILE[0], HOSTILE[1]: HOSTILE[2]}, "target_facts": {"kernel": HOSTILE[5]},
                   "steps": [step], "marks": [{"name": HOSTILE[5], "on": "target", "at_ns": 1500000000}],
                   "probes": {}, "verify_output": HOSTILE[0],
                   "peer": {"present": True, "requests": 1, "answers": 1, "errors": 1, "reconnects": 0,
                            "first_error": HOSTILE[1], "last_before_ns": None, "first_after_ns": None, "exit": 1},
                   "criu": {}, "dump_log": "dump.log", "restore_log": "restore.log"}, f)
    for name in ("dump.log", "restore.log", "peer.log"):
        with open(os.path.join(place, name), "wb") as f:
            f.write("\n".join(HOSTILE).encode() + b"\n\xff\xfe\x00 invalid \xc3(\n\xed\xa0\x80 half\n")
    for name, data in (("<img src=x onerror=window.hacked=1>.png", PNG), ("no.png", b"<svg onload='window.hacked=1'/>"),
                       ("shot.png", PNG)):
        with open(os.path.join(place, name), "wb") as f:
            f.write(data)
    os.symlink("/etc/passwd", os.path.join(place, "console-source.log"))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dir")
    for name, default in (("scenarios", 20), ("machines", 30), ("repeat", 1), ("seed", 1), ("day", 20)):
        parser.add_argument("--" + name, type=int, default=default)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--worse", action="store_true")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    machines = dict(machine(i) for i in range(args.machines))
    names = ["counter", "redis", "tcp-established", "http-stream", "vlc"] + [f"scenario-{i}" for i in range(args.scenarios)]
    cells = [make_cell(random.Random(f"{args.seed}{s}{a}{b}{n}"), s, a, b, n, machines, args.worse)
             for s in names[:args.scenarios] for a in machines for b in machines for n in range(1, args.repeat + 1)]
    os.makedirs(args.dir, exist_ok=True)
    if args.hostile:
        hostile(cells, machines)
        evidence(args.dir, cells[0])
    day = f"2026-11-{args.day:02}"
    run = {"id": day + "T18:58:23Z-4690", "started": day + "T18:58:23Z", "finished": day + "T19:04:02Z",
           "tool": HOSTILE[0] if args.hostile else "crmatrix 0.1.0",
           "host": {"kernel": "6.18.44", "cpu": "Intel(R) Xeon(R) Processor", "accel": "tcg", "qemu": "10.0.2", "libvirt": "9.0.0"}}
    with open(os.path.join(args.dir, "results.json"), "w", encoding="utf-8") as f:
        json.dump({"schema": "crmatrix/results/1", "run": run, "machines": machines, "cells": cells}, f)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py - how quick crmatrix is, also beside the way by hand; no verdict"""
import argparse
import json
import os
import platform
import shutil
import signal
import sys
import time
from statistics import mean, median

sys.dont_write_bytecode = True
import child  # noqa: E402
import freeze  # noqa: E402
import runs  # noqa: E402
import wire_bench  # noqa: E402

HERE = os.path.dirname(os.path.realpath(__file__))
# Both directions between these stand for all in the parts below.
PAIR = ("bookworm-6.1", "trixie-6.12")
ONE = "trixie-6.12"
CRIU_FACTOR = 2.5
HAND_CELL_LIMIT_S = 300

FULL = {"machines": None, "cells": 25, "hand": (("in-turn", 2),
        ("together", 2)), "boots": 3, "few": 4, "many": 100,
        "frames": 2000000, "readings": 3, "piped": 13000000,
        "conns": 1000000, "freeze_mib": (64, 128, 256), "freezes": 2,
        "downtimes": 6}
QUICK = {"machines": PAIR, "cells": 4, "hand": (("in-turn", 1),),
         "boots": 1, "few": 2, "many": 6,
         "frames": 100000, "readings": 1, "piped": 100000,
         "conns": 50000, "freeze_mib": (64,), "freezes": 1,
         "downtimes": 2}


def say(text):
    print(text, file=sys.stderr, flush=True)


# --- What is measured ---------------------------------------------------------

def measure_matrix(bench):
    """All cells between the machines, each on freshly restored guests"""
    size = bench.size
    options = []
    if size["machines"]:
        options = ["--machine", ",".join(size["machines"])]
    # Builds, boots and saves what the measured run finds in the cache.
    first = bench.tool.run("matrix-first", size["cells"], *options)
    bench.host.update(first.host)
    bench.machines = first.machines
    run = bench.tool.run("matrix", size["cells"], *options)
    cells = run.need_passes()
    criu_s = mean(c.criu_s for c in cells if c.criu_s is not None)
    restore_s = mean(c.step_s("boot") for c in cells)
    allowed_s = CRIU_FACTOR * criu_s + restore_s
    cell_s = mean(c.wall_s for c in cells)
    return {
        "cells": len(run.cells),
        "passed": len(cells),
        "attempts": sum(c.attempts for c in run.cells),
        "first_run_s": first.wall_s,
        "wall_s": run.wall_s,
        "per_cell_s": run.per_cell_s,
        "cell_mean_s": cell_s,
        "cell_median_s": median(c.wall_s for c in cells),
        "criu_s": criu_s,
        "restore_pair_s": restore_s,
        "share_to_allowed": run.per_cell_s / allowed_s,
        "cell_to_allowed": cell_s / allowed_s,
        "steps_ms": run.steps_ms(),
    }


def hand_machine(bench, images, name):
    """A machine of the matrix as by-hand.sh wants it: the same files"""
    machine = bench.machines[name]
    kernel = images["kernel", machine["kernel"]["name"]]
    path = os.path.join(bench.out, "by-hand", name)
    os.makedirs(path)
    image = os.path.join(kernel, "vmlinux")
    if not os.path.exists(image):
        image = os.path.join(kernel, "vmlinuz")
    for link, target in (
            ("kernel", image),
            ("modules.cpio", os.path.join(kernel, "modules.cpio")),
            ("modules.squashfs", os.path.join(kernel, "modules.squashfs")),
            ("root.squashfs", os.path.join(
                images["root", machine["userland"]], "root.squashfs"))):
        os.symlink(target, os.path.join(path, link))
    cpu = ",".join([machine["cpu"], *machine["cpu-features"]])
    with open(os.path.join(path, "qemu"), "w", encoding="utf-8") as f:
        f.write(f"-cpu {cpu} -m {machine['memory'] >> 20} "
                f"-smp {machine['vcpus']}\n")
    return path


def hand_cells(bench, dirs, boot, cells):
    """Parts of each cell in seconds, as by-hand.sh tells them"""
    log = os.path.join(bench.out, f"by-hand-{boot}.log")
    status, _ = child.run(
        [os.path.join(HERE, "by-hand.sh"), "--source", dirs[0],
         "--target", dirs[1], "--init", os.path.join(bench.guest, "init"),
         "--counter", os.path.join(bench.guest, "counter"),
         "--accel", bench.host["accel"], "--boot", boot,
         "--cells", str(cells)],
        HAND_CELL_LIMIT_S * cells, log, tmp=os.path.dirname(dirs[0]))
    if status:
        raise child.Failed(f"'by-hand.sh' ended with {status}, see {log}")
    with open(log + ".out", encoding="utf-8") as f:
        return [{name: int(ms) / 1000 for name, ms in
                 (part.split("=") for part in line.split())} for line in f]


def measure_hand(bench):
    """The same move without crmatrix: cold boots, ssh, tar"""
    if not bench.machines:
        raise child.Failed("wants what 'matrix' finds out; run both")
    shutil.rmtree(os.path.join(bench.out, "by-hand"), ignore_errors=True)
    images = bench.tool.images()
    dirs = [hand_machine(bench, images, name) for name in PAIR]
    found = {}
    ours_s = bench.value("matrix", "per_cell_s")
    for boot, count in bench.size["hand"]:
        cells = hand_cells(bench, dirs, boot, count)
        total_s = mean(c["total"] for c in cells)
        found[boot.replace("-", "_")] = {
            "cells": len(cells),
            "per_cell_s": total_s,
            "to_crmatrix": total_s / ours_s if ours_s else None,
            "parts_s": {name: mean(c[name] for c in cells)
                        for name in cells[0]},
        }
    return found


def measure_restore(bench):
    """A pair of guests brought back, and the same pair booted"""
    count = bench.size["boots"]
    run = bench.tool.run(
        "restore", 2 * count, "--machine", ONE, "--scenario",
        os.path.join(HERE, "cold-boot.yaml") + ",counter",
        "--repeat", str(count), "--jobs", "1")
    run.need_passes()
    booted = [c for c in run.passed if c.scenario == "cold-boot"]
    restored = [c for c in run.passed if c.scenario == "counter"]
    if not booted or not restored:
        raise child.Failed("cells of one kind only passed")
    boot_s = mean(c.step_s("boot") for c in booted)
    restore_s = mean(c.step_s("boot") for c in restored)
    agents = [c.agent_s() for c in booted]
    agent_s = None if None in agents else mean(agents)
    return {
        "boots": len(booted),
        "restores": len(restored),
        "boot_s": boot_s,
        "boot_to_agent_s": agent_s,
        "restore_s": restore_s,
        "boot_to_restore": boot_s / restore_s,
        "agent_to_restore": agent_s / restore_s if agent_s else None,
    }


def measure_scale(bench):
    """What a cell costs in a short run and in a long one"""
    found = {}
    for name in ("few", "many"):
        count = bench.size[name]
        run = bench.tool.run(
            f"scale-{name}", count, "--machine", ONE, "--repeat", str(count),
            memory=bench.memory)
        cells = run.need_passes()
        found[name] = {
            "cells": len(run.cells),
            "passed": len(cells),
            "wall_s": run.wall_s,
            "per_cell_s": run.per_cell_s,
            "cell_mean_s": mean(c.wall_s for c in cells),
        }
    quarter = max(1, len(cells) // 4)
    found["many_to_few"] = (found["many"]["per_cell_s"] /
                            found["few"]["per_cell_s"])
    found["last_to_first"] = (mean(c.wall_s for c in cells[-quarter:]) /
                              mean(c.wall_s for c in cells[:quarter]))
    return found


def measure_memory(bench):
    """The tool's processes without QEMU, sampled during 'scale'"""
    memory = bench.memory
    if memory.peak_kib is None:
        raise child.Failed("nothing was sampled; it goes with 'scale'")
    return {
        "peak_mib": memory.peak_kib / 1024,
        "samples": memory.samples,
        "processes_at_peak_kib": memory.at_peak,
    }


def measure_wire(bench):
    """Captures dissected, beside tshark and tcptrace"""
    return wire_bench.measure(bench.out, bench.programs, bench.crmatrix,
                              bench.size)


def measure_freeze(bench):
    """Stop-and-copy, pre-dump and lazy pages of the same workload"""
    return freeze.measure(bench, ONE)


def measure_downtime(bench):
    """tcp-established on a good pair: waited, against what it must"""
    return freeze.measure_downtime(bench, PAIR)


PARTS = {
    "matrix": measure_matrix,
    "by-hand": measure_hand,
    "restore": measure_restore,
    "scale": measure_scale,
    "memory": measure_memory,
    "wire": measure_wire,
    "freeze": measure_freeze,
    "downtime": measure_downtime,
}

# part, path in its figures, unit, what it is, goal
ROWS = (
    ("matrix", "cells", "", "cells of counter, warm cache", ""),
    ("matrix", "passed", "", "of these passed", "all"),
    ("matrix", "wall_s", "s", "all cells", "at most 40 s for 25"),
    ("matrix", "per_cell_s", "s", "a cell's share of that", "at most 1.6 s"),
    ("matrix", "cell_mean_s", "s", "a cell, begin to end", ""),
    ("matrix", "criu_s", "s", "CRIU's own dump and restore", ""),
    ("matrix", "restore_pair_s", "s", "restore of the pair", ""),
    ("matrix", "share_to_allowed", "x",
     "share / (2.5 CRIU + restore)", "at most 1"),
    ("matrix", "cell_to_allowed", "x",
     "begin to end / (2.5 CRIU + restore)", "at most 1"),
    ("by-hand", "in_turn.per_cell_s", "s",
     "a cell by hand, all in turn", ""),
    ("by-hand", "in_turn.to_crmatrix", "x",
     "that / a cell's share", "at least 8"),
    ("by-hand", "together.per_cell_s", "s",
     "by hand, both guests booted at once", ""),
    ("by-hand", "together.to_crmatrix", "x", "that / a cell's share", ""),
    ("restore", "boot_s", "s", "boot of a pair until it is set up", ""),
    ("restore", "boot_to_agent_s", "s",
     "boot to the agent, the guest's clock", ""),
    ("restore", "restore_s", "s", "restore of a pair", ""),
    ("restore", "boot_to_restore", "x", "boot / restore", "at least 5"),
    ("restore", "agent_to_restore", "x", "boot to the agent / restore",
     "at least 5"),
    ("scale", "few.per_cell_s", "s", "a cell in a run of {few}", ""),
    ("scale", "many.per_cell_s", "s", "a cell in a run of {many}", ""),
    ("scale", "many_to_few", "x", "long / short run", "flat: 1"),
    ("scale", "last_to_first", "x", "last / first quarter of the long run",
     "flat: 1"),
    ("memory", "peak_mib", "MiB", "the tool's memory, without guests",
     "under 100 MiB"),
    ("wire", "crmatrix.frames_per_s", "/s", "frames of a capture, one core",
     "at least 2 million"),
    ("wire", "crmatrix.mib_per_s", "MiB", "of that capture a second", ""),
    ("wire", "tshark_to_ours", "x", "tshark / crmatrix, CPU time",
     "at least 50"),
    ("wire", "tcptrace_to_ours", "x", "tcptrace / crmatrix, CPU time",
     "at least 1"),
    ("wire", "pipe.peak_mib", "MiB", "memory for 10 GB through a pipe",
     "at most 64 MiB"),
    ("wire", "many.connections", "", "connections in one capture", ""),
    ("wire", "many.bytes_each", "", "bytes for each",
     "at most 400"),
    ("wire", "lossy.bytes_each", "", "likewise, 30 % with losses",
     "at most 400"),
    ("freeze", "mib", "", "memory, MiB, a tenth rewritten a second", ""),
    ("freeze", "largest.stop-copy.freeze_s", "s",
     "frozen by stop-and-copy", ""),
    ("freeze", "largest.pre-dump.freeze_s", "s",
     "frozen by the dump after pre-dump", ""),
    ("freeze", "stop_copy_to_pre_dump", "x", "the former / the latter",
     "at least 8"),
    ("freeze", "largest.stop-copy.service_s", "s",
     "no service: stop-and-copy", ""),
    ("freeze", "largest.pre-dump.service_s", "s", "no service: pre-dump", ""),
    ("freeze", "largest.lazy-pages.service_s", "s",
     "no service: lazy pages", ""),
    ("downtime", "service_s", "s", "no service: tcp-established", ""),
    ("downtime", "service_to_parts", "x",
     "that / (freeze + transfer + restore)", "at most 2"),
)


# --- Telling ------------------------------------------------------------------

class Bench:
    """One session of measuring"""

    def __init__(self, args):
        self.size = QUICK if args.quick else FULL
        self.out = os.path.realpath(args.out)
        self.guest = os.path.realpath(args.guest)
        self.crmatrix = os.path.realpath(args.crmatrix)
        self.programs = os.path.realpath(args.programs)
        self.tool = runs.Tool(
            os.path.realpath(args.crmatrix),
            os.path.join(HERE, "matrix.yaml"), args.accel, self.out)
        self.memory = child.Memory()
        self.machines = None
        self.host = {
            "cores": len(os.sched_getaffinity(0)),
            "memory_mib": os.sysconf("SC_PHYS_PAGES") *
            os.sysconf("SC_PAGE_SIZE") >> 20,
            "kernel": platform.release(),
            "load_at_start": os.getloadavg()[0],
        }
        self.figures = {}
        self.trouble = {}

    def value(self, part, path):
        found = self.figures.get(part)
        for key in path.split("."):
            found = found.get(key) if found else None
        return found

    def measure(self, parts):
        for part in parts:
            say(f"bench: {part} ...")
            began = time.monotonic()
            try:
                self.figures[part] = PARTS[part](self)
            except (child.Failed, OSError, ValueError, KeyError,
                    TypeError) as e:
                self.figures[part] = None
                self.trouble[part] = f"{type(e).__name__}: {e}"
                say(f"bench: {part}: {self.trouble[part]}")
                continue
            say(f"bench: {part}: {time.monotonic() - began:.1f} s")

    def to_json(self, quick, started):
        return {
            "schema": "crmatrix/bench/1",
            "started": started,
            "quick": quick,
            "host": self.host,
            "figures": rounded(self.figures),
            "goals": {f"{part}.{path}": goal
                      for part, path, _, _, goal in ROWS if goal},
            "trouble": self.trouble,
        }


def rounded(value):
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def show(value, unit):
    if value is None:
        return "-"
    if unit == "":
        return str(round(value, 1))
    if unit == "/s":
        return f"{value / 1e6:.2f} M/s"
    if unit == "MiB":
        return f"{value:.0f} MiB"
    return f"{value:.2f} {unit}"


def print_table(bench):
    host = bench.host
    print(f"{host['cores']} cores, {host.get('accel', 'no guest seen')}, "
          f"kernel {host['kernel']}, QEMU {host.get('qemu', '-')}, "
          f"load before {host['load_at_start']:.2f}\n")
    print(f"{'':9}{'':40}{'measured':>11}  goal")
    last = None
    for part, path, unit, what, goal in ROWS:
        if part not in bench.figures:
            continue
        value = bench.value(part, path)
        if value is None and path.startswith("together"):
            continue
        name = part if part != last else ""
        last = part
        print(f"{name:9}{what.format(**bench.size):40}"
              f"{show(value, unit):>11}  {goal}".rstrip())
    for part, why in bench.trouble.items():
        print(f"not measured: {part}: {why}")


def parse_args():
    parser = argparse.ArgumentParser(
        description="Measure crmatrix; a table, and JSON in OUT/bench.json.",
        epilog="Exit status: 0, or 1 when something could not be measured.")
    parser.add_argument("--crmatrix", default="build/crmatrix",
                        help="the program (%(default)s)")
    parser.add_argument("--guest", default="build/guest",
                        help="folder of the guests' programs (%(default)s)")
    parser.add_argument("--programs", default="build/tests/bench",
                        help="folder of the bench's own (%(default)s)")
    parser.add_argument("--out", default="build/bench",
                        help="folder for figures, runs and logs (%(default)s)")
    parser.add_argument("--accel", default="auto",
                        choices=("auto", "kvm", "tcg"))
    parser.add_argument("--quick", action="store_true",
                        help="few cells: to try the bench, not to compare")
    parser.add_argument("--only", default=",".join(PARTS), metavar="PART,PART",
                        help="parts of: %(default)s")
    args = parser.parse_args()
    args.only = args.only.split(",")
    for part in args.only:
        if part not in PARTS:
            parser.error(f"no part '{part}' (see --help)")
    return args


def on_term(number, _frame):
    raise SystemExit(128 + number)


def main():
    args = parse_args()
    signal.signal(signal.SIGTERM, on_term)
    signal.signal(signal.SIGHUP, on_term)
    started = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    bench = Bench(args)
    os.makedirs(bench.out, exist_ok=True)
    if bench.host["load_at_start"] > bench.host["cores"] / 2:
        say("bench: this machine is busy; figures will tell more about that")
    bench.measure(args.only)
    path = os.path.join(bench.out, "bench.json")
    with open(path + ".new", "w", encoding="utf-8") as f:
        json.dump(bench.to_json(args.quick, started), f, indent=1)
        f.write("\n")
    os.replace(path + ".new", path)
    print_table(bench)
    return 1 if bench.trouble else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

# SPDX-License-Identifier: Apache-2.0
"""runs.py - crmatrix as its users call it, and what its run folders tell"""
import json
import os
import re
import shutil
from statistics import mean

import child

NS = 1e9
# From a cold cache, images and boots of the machines included.
START_LIMIT_S = 1200
CELL_LIMIT_S = 60


class Cell:
    """One cell of a run: its verdict and, if it was observed, its times"""

    def __init__(self, run_dir, result):
        self.scenario = result["scenario"]
        self.verdict = result["verdict"]
        self.attempts = result["attempts"]
        self.downtime = result["downtime"]
        self.dir = os.path.join(run_dir, result["evidence"]["dir"] or "")
        try:
            with open(os.path.join(self.dir, "observation.json"),
                      encoding="utf-8") as f:
                self.seen = json.load(f)
        except (OSError, ValueError):
            self.seen = {}

    @property
    def passed(self):
        return self.verdict == "pass" and "ended_ns" in self.seen

    @property
    def began_ns(self):
        return self.seen["began_ns"]

    @property
    def wall_s(self):
        return (self.seen["ended_ns"] - self.seen["began_ns"]) / NS

    @property
    def criu_s(self):
        """Dump and restore by CRIU's own statistics; None: there are none"""
        parts = [self.seen["criu"][name] for name in
                 ("freezing_ns", "frozen_ns", "restore_ns")]
        return None if None in parts else sum(parts) / NS

    @property
    def frozen_s(self):
        """From the first thread stopped to the end of the dump; None: as there"""
        parts = [self.seen["criu"][name] for name in
                 ("freezing_ns", "frozen_ns")]
        return None if None in parts else sum(parts) / NS

    def down_s(self, part):
        """A part of the downtime; None: not measured"""
        ms = self.downtime[f"{part}_ms"]
        return None if ms is None else ms / 1000

    def probe(self, point, key):
        """What the workload's probe told at a point, as a number"""
        value = (self.seen["probes"].get(point) or {}).get(key)
        return None if value is None else int(value)

    def step_s(self, name):
        """The time of a step, of the longest where both guests did it"""
        return max((s["ended_ns"] - s["began_ns"]) / NS
                   for s in self.seen["steps"]
                   if s["name"] == name and s["ended_ns"] is not None)

    def steps(self):
        return {s["name"] for s in self.seen["steps"]
                if s["ended_ns"] is not None}

    def agent_s(self):
        """When a booted guest came to its agent, by its own clock"""
        times = []
        for role in ("source", "target"):
            path = os.path.join(self.dir, f"console-{role}.log")
            with open(path, encoding="utf-8", errors="replace") as f:
                found = re.search(r"^crmatrix-init: ([0-9.]+) agent\b",
                                  f.read(), re.MULTILINE)
            if not found:
                return None
            times.append(float(found.group(1)))
        return max(times)


class Run:
    """A finished run and its cells, in the order in which they were run"""

    def __init__(self, run_dir, wall_s):
        with open(os.path.join(run_dir, "results.json"),
                  encoding="utf-8") as f:
            results = json.load(f)
        with open(os.path.join(run_dir, "plan.json"), encoding="utf-8") as f:
            plan = json.load(f)
        self.dir = run_dir
        self.wall_s = wall_s
        self.host = results["run"]["host"]
        self.machines = {m["name"]: m["machine"] for m in plan["machines"]}
        self.cells = [Cell(run_dir, c) for c in results["cells"]]
        self.passed = sorted((c for c in self.cells if c.passed),
                             key=lambda c: c.began_ns)

    @property
    def per_cell_s(self):
        return self.wall_s / len(self.cells)

    def need_passes(self):
        if not self.passed:
            verdicts = ", ".join(sorted({c.verdict for c in self.cells}))
            raise child.Failed(f"no cell passed but {verdicts}, "
                               f"see {self.dir}.log")
        return self.passed

    def steps_ms(self):
        """Mean time of each step of the cells that passed"""
        names = set().union(*(c.steps() for c in self.passed))
        return {name: round(1000 * mean(c.step_s(name) for c in self.passed
                                        if name in c.steps()))
                for name in sorted(names)}


class Tool:
    """The crmatrix to be measured"""

    def __init__(self, program, matrix, accel, out):
        self.program = program
        self.matrix = matrix
        self.accel = accel
        self.out = out

    def run(self, name, cells, *options, memory=None):
        """One 'crmatrix run' into a fresh folder"""
        run_dir = os.path.join(self.out, name)
        shutil.rmtree(run_dir, ignore_errors=True)
        log = os.path.join(self.out, f"{name}.log")
        status, wall_s = child.run(
            [self.program, "run", "--matrix", self.matrix, "--accel",
             self.accel, "--out", run_dir, *options],
            START_LIMIT_S + CELL_LIMIT_S * cells, log, memory)
        # 1 and 3: not all cells passed, which is told with the figures.
        if status not in (0, 1, 3):
            raise child.Failed(f"'crmatrix run' ended with {status}, "
                               f"see {log}")
        return Run(run_dir, wall_s)

    def images(self):
        """Folder of the image used last, by kind and name"""
        log = os.path.join(self.out, "images.log")
        status, _ = child.run(
            [self.program, "images", "list", "--json"], 60, log)
        if status:
            raise child.Failed(f"'crmatrix images list' ended with {status}, "
                               f"see {log}")
        with open(log + ".out", encoding="utf-8") as f:
            entries = json.load(f)
        entries.sort(key=lambda e: (e["used"], e["created"]))
        return {(e["kind"], e["name"]): e["path"] for e in entries}

# SPDX-License-Identifier: Apache-2.0
"""freeze.py - how long a workload stands still, by mode and size of its memory"""
import os
from statistics import mean

import child

SCENARIOS = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                         "..", "..", "scenarios", "freeze")
# Each by page server but for the last, so that none waits for a disk.
MODES = ("stop-copy", "pre-dump", "lazy-pages")


def scenario(mode, mib):
    """Its name"""
    return f"freeze-{mode}-{mib}"


def mean_or_none(values):
    values = [v for v in values if v is not None]
    return mean(values) if values else None


def point(cells):
    """What is told of one mode and size"""
    frozen = [c.frozen_s for c in cells]
    return {
        "cells": len(cells),
        "freeze_s": mean_or_none(frozen),
        "service_s": mean_or_none(c.down_s("service") for c in cells),
        "pages": mean_or_none(c.seen["criu"].get("pages_written")
                              for c in cells),
        "rounds": mean(len(c.seen.get("rounds") or []) for c in cells),
        "dirty_rate": mean_or_none(c.probe("dump", "dirty_rate")
                                   for c in cells),
    }


def measure(bench, machine):
    """The curve, and the largest size's freezes side by side"""
    sizes = bench.size["freeze_mib"]
    count = bench.size["freezes"]
    files = [os.path.join(SCENARIOS, scenario(mode, mib) + ".yaml")
             for mode in MODES for mib in sizes]
    run = bench.tool.run(
        "freeze", 3 * len(files) * count, "--machine", machine,
        "--scenario", ",".join(files), "--repeat", str(count), "--jobs", "1")
    run.need_passes()
    curve = {}
    for mode in MODES:
        for mib in sizes:
            name = scenario(mode, mib)
            cells = [c for c in run.passed if c.scenario == name]
            if not cells:
                raise child.Failed(f"no cell of {name} passed, "
                                   f"see {run.dir}.log")
            curve.setdefault(mode, {})[str(mib)] = point(cells)
    most = {mode: points[str(sizes[-1])] for mode, points in curve.items()}
    return {
        "mib": sizes[-1],
        "largest": most,
        "stop_copy_to_pre_dump": most["stop-copy"]["freeze_s"] /
        most["pre-dump"]["freeze_s"],
        "curve": curve,
    }


def measure_downtime(bench, pair):
    """What the peer of one connection waited, against what it had to"""
    count = bench.size["downtimes"]
    run = bench.tool.run(
        "downtime", count, "--source", pair[0], "--target", pair[1],
        "--scenario", "tcp-established", "--repeat", str(count),
        "--jobs", "1")
    cells = [c for c in run.need_passes()
             if None not in (c.down_s(p) for p in
                             ("service", "freeze", "transfer", "restore"))]
    if not cells:
        raise child.Failed("no cell has all of its parts measured")
    service_s = mean(c.down_s("service") for c in cells)
    parts_s = {p: mean(c.down_s(p) for c in cells)
               for p in ("freeze", "transfer", "restore")}
    return {
        "cells": len(cells),
        "service_s": service_s,
        "parts_s": parts_s,
        "service_to_parts": service_s / sum(parts_s.values()),
    }

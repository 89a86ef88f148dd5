# SPDX-License-Identifier: Apache-2.0
"""samples.py - what a run holds, sampled while it runs; whether that grows"""
import os
import statistics

import child
import faults

# Column, what it may grow by over the whole run: absolutely, and relatively.
# Memory is counted in KiB. A run keeps something of each of its cells in mind.
COLUMNS = [
    ("tool_pss_kib", 1024, 0.10),
    ("tool_open_files", 1, 0),
    ("processes", 1, 0),
    ("worker_pss_kib", 1024, 0.10),
    ("worker_open_files", 1, 0),
]
PAIRS_MAX = 400  # samples whose slopes are taken: enough, and quick


def open_files(pid):
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return None


def largest(values):
    return max((v for v in values if v), default=None)


def take(root, cells):
    """One sample: cells done so far, and a figure for each column"""
    below = child.tree(root)[1:]
    workers = faults.workers(root, below)
    return (cells, child.share(root)[1], open_files(root),
            sum(not faults.is_qemu(p) for p in below),
            largest(child.share(p)[1] for p in workers),
            largest(open_files(p) for p in workers))


def slope(points):
    """Theil and Sen's: the median of the slopes of all pairs"""
    step = max(1, len(points) // PAIRS_MAX)
    points = points[::step]
    slopes = [(y2 - y1) / (x2 - x1)
              for i, (x1, y1) in enumerate(points)
              for x2, y2 in points[i + 1:] if x2 != x1]
    return statistics.median(slopes) if slopes else 0.0


def judge(samples, cells):
    """Of each column: median, growth a cell, growth over the run; what is wrong"""
    figures, wrong = {}, []
    for i, (name, by, share) in enumerate(COLUMNS, 1):
        # The first cells fill caches and pools.
        points = [(s[0], s[i]) for s in samples
                  if s[i] and s[0] >= cells / 20]
        if not points:
            continue
        middle = statistics.median(y for _, y in points)
        each = slope(points)
        figures[name] = {"median": middle, "max": max(y for _, y in points),
                         "growth_per_100_cells": round(100 * each, 2),
                         "samples": len(points)}
        if each * cells >= max(by, share * middle):
            wrong.append(f"{name} grows by {each * cells:.1f} in {cells} cells")
    return figures, wrong

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""split.py RUN N OUT: the folders OUT1 to OUTn that N shards would have left, each
made on a host of its own."""
import json
import os
import shutil
import sys


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def shard(run, index, of, out):
    plan, info = read(f"{run}/plan.json"), read(f"{run}/run.json")
    all_ = plan["cells"]
    plan["cells"] = [c for i, c in enumerate(all_) if i % of == index - 1]
    ids = {cell["id"] for cell in plan["cells"]}
    info["id"] += f"-shard-{index}"
    info["host"]["cpu"] = f"CPU of host {index}"
    info["shard"] = {"index": index, "of": of, "cells_in_all": len(all_)}
    for scenario in plan["scenarios"]:
        scenario["path"] = f"/host{index}" + scenario["path"]
        files = scenario["scenario"]["workload"]["files"]
        scenario["scenario"]["workload"]["files"] = \
            [f"/host{index}" + path for path in files]
    os.makedirs(out)
    write(f"{out}/plan.json", plan)
    write(f"{out}/run.json", info)
    shutil.copytree(f"{run}/machines", f"{out}/machines")
    for id_ in ids:
        shutil.copytree(f"{run}/cells/{id_}", f"{out}/cells/{id_}")
    with open(f"{run}/journal.jsonl", encoding="utf-8") as file, \
            open(f"{out}/journal.jsonl", "w", encoding="utf-8") as to:
        for line in file:
            told = json.loads(line)
            if {told.get(k) for k in ("begin", "cell", "finished")} & ids:
                to.write(line)


for number in range(1, int(sys.argv[2]) + 1):
    shard(sys.argv[1], number, int(sys.argv[2]), f"{sys.argv[3]}{number}")

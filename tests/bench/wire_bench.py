# SPDX-License-Identifier: Apache-2.0
"""wire_bench.py - crmatrix analyze beside tshark and tcptrace"""
import json
import os
import shlex
import sys
from dataclasses import dataclass

import child

SERVICE = "10.77.0.100:7000"
LIMIT_S = 1800
MIB = 1 << 20
# What our answer is made of, as far as tshark has it.
FIELDS = (
    "frame.number", "frame.time_epoch", "eth.src", "ip.src", "ip.dst",
    "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.ack_raw", "tcp.len",
    "tcp.flags", "tcp.window_size", "tcp.options.timestamp.tsval",
    "tcp.analysis.retransmission", "tcp.analysis.fast_retransmission",
    "tcp.analysis.spurious_retransmission", "tcp.analysis.out_of_order",
    "tcp.analysis.duplicate_ack", "tcp.analysis.zero_window",
    "tcp.analysis.keep_alive",
)
# Runs a command, and writes to a file what it took.
METER = """
import json, os, subprocess, sys, time
began = time.monotonic()
proc = subprocess.Popen(sys.argv[2:])
_, status, took = os.wait4(proc.pid, 0)
with open(sys.argv[1], "w") as f:
    json.dump({"cpu_s": took.ru_utime + took.ru_stime,
               "wall_s": time.monotonic() - began,
               "peak_kib": took.ru_maxrss}, f)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass
class Capture:
    """A generated one, and what is in it"""
    path: str
    size: int
    frames: int
    connections: int


class Wire:
    """Readers and their captures, in a folder of their own"""

    def __init__(self, out, programs, crmatrix):
        self.out = os.path.join(out, "wire")
        self.load = os.path.join(programs, "wire_load")
        self.crmatrix = crmatrix
        os.makedirs(self.out, exist_ok=True)

    def path(self, name):
        return os.path.join(self.out, name)

    def run(self, name, argv, good=(0,)):
        """A command to its end: what it took"""
        took = self.path(name + ".json")
        status, _ = child.run(
            [sys.executable, "-c", METER, took, *argv], LIMIT_S,
            self.path(name + ".log"), tmp=self.out)
        if status not in good:
            raise child.Failed(f"'{name}' ended with status {status}, see "
                               f"{self.path(name + '.log')}")
        with open(took, encoding="utf-8") as f:
            return json.load(f)

    def made(self, name, path=None):
        """What the generator said of itself"""
        with open(self.path(name + ".log"), encoding="utf-8") as f:
            said = json.load(f)
        size = os.path.getsize(path) if path else None
        return Capture(path, size, said["frames"], said["connections"])

    def make(self, name, *numbers):
        self.run("make-" + name, [self.load, *map(str, numbers)])
        path = self.path(name + ".pcap")
        os.replace(self.path(f"make-{name}.log.out"), path)
        return self.made("make-" + name, path)

    def analyze(self, name, path):
        """Any answer will do: 1 and 3 say that connections broke"""
        return self.run(name, [self.crmatrix, "analyze", "--quiet",
                               "--service", SERVICE, path], (0, 1, 3))

    def tshark(self, path):
        fields = [w for f in FIELDS for w in ("-e", f)]
        return self.run("tshark", ["tshark", "-n", "-r", path, "-Y", "tcp",
                                   "-T", "fields", *fields])

    def tcptrace(self, path):
        return self.run("tcptrace", ["tcptrace", "-n", "-l", path])


def fastest(runs):
    """Of several the one that was disturbed least"""
    return min(runs, key=lambda took: took["cpu_s"])


def beside(wire, frames, repeat):
    """The same capture, from the page cache, by each reader"""
    load = wire.make("load", frames, 5000)
    wire.analyze("warm-up", load.path)
    readers = {
        "crmatrix": fastest([wire.analyze("analyze", load.path)
                             for _ in range(repeat)]),
        "tcptrace": fastest([wire.tcptrace(load.path)
                             for _ in range(repeat)]),
        "tshark": wire.tshark(load.path),
    }
    os.remove(load.path)
    for took in readers.values():
        took["frames_per_s"] = load.frames / took["cpu_s"]
        took["mib_per_s"] = load.size / MIB / took["cpu_s"]
    ours_s = readers["crmatrix"]["cpu_s"]
    return {"frames": load.frames, "capture_mib": load.size / MIB,
            "connections": load.connections, **readers,
            "tshark_to_ours": readers["tshark"]["cpu_s"] / ours_s,
            "tcptrace_to_ours": readers["tcptrace"]["cpu_s"] / ours_s}


def through_pipe(wire, frames):
    """A capture that is nowhere on disk"""
    ours = shlex.join([wire.crmatrix, "analyze", "--quiet", "--service",
                       SERVICE, "-"])
    made = shlex.join([wire.load, str(frames), "5000"])
    took = wire.run("pipe", ["bash", "-c", f"{made} | {ours}"], (0, 1, 3))
    # The larger of the two is ours: the generator keeps nothing.
    return {"frames": frames, "wall_s": took["wall_s"],
            "peak_mib": took["peak_kib"] / 1024}


# Of 1000 segments, so that of a hundred connections 30 have lost something.
LOSSY = 152


def many(wire, conns, repeated=20):
    """As many connections, of ten frames each

    What a connection takes is what is more than with a hundred of them.
    """
    few = wire.make("few", 100000, 100)
    least = wire.analyze("few", few.path)
    os.remove(few.path)
    load = wire.make("many", conns * 10, 1000, 10, repeated)
    took = wire.analyze("many", load.path)
    os.remove(load.path)
    return {"connections": load.connections, "wall_s": took["wall_s"],
            "frames_per_s": load.frames / took["cpu_s"],
            "peak_mib": took["peak_kib"] / 1024,
            "bytes_each": (took["peak_kib"] - least["peak_kib"]) * 1024 /
            load.connections}


def measure(out, programs, crmatrix, size):
    """The figures of the bench's part 'wire'"""
    wire = Wire(out, programs, crmatrix)
    figures = beside(wire, size["frames"], size["readings"])
    figures["pipe"] = through_pipe(wire, size["piped"])
    figures["many"] = many(wire, size["conns"])
    figures["lossy"] = many(wire, size["conns"], LOSSY)
    return figures

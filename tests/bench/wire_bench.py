# SPDX-License-Identifier: Apache-2.0
"""wire_bench.py - the dissection of captures beside tshark and tcptrace"""
import json
import os
import resource
import shlex

import child

SERVICE = ("10.77.0.100", "7000")
LIMIT_S = 1800
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


class Wire:
    """Runs readers of one folder's captures"""

    def __init__(self, out, programs):
        self.out = os.path.join(out, "wire")
        self.load = os.path.join(programs, "wire_load")
        self.time = os.path.join(programs, "wire_time")
        os.makedirs(self.out, exist_ok=True)

    def run(self, name, argv):
        """A command: its CPU and wall time in seconds, and its output"""
        log = os.path.join(self.out, name + ".log")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        status, wall_s = child.run(argv, LIMIT_S, log, tmp=self.out)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if status != 0:
            raise child.Failed(f"'{name}' ended with status {status}, "
                               f"see {log}")
        cpu_s = (after.ru_utime + after.ru_stime -
                 before.ru_utime - before.ru_stime)
        return cpu_s, wall_s, log + ".out"

    def make(self, name, *size):
        """A capture of this size: its path"""
        _, _, made = self.run(f"make-{name}", [self.load, *map(str, size)])
        path = os.path.join(self.out, name + ".pcap")
        os.replace(made, path)
        return path

    def ours(self, name, capture):
        """Our reader: its times, and what it said"""
        cpu_s, wall_s, out = self.run(name, [self.time, capture, *SERVICE])
        with open(out, encoding="utf-8") as f:
            return cpu_s, wall_s, json.load(f)


def fastest(times):
    """Of several runs the one that was disturbed least"""
    return min(times, key=lambda t: t[0])


def beside(wire, capture, repeat):
    """The same capture, from the cache, by each reader"""
    fields = [w for f in FIELDS for w in ("-e", f)]
    wire.ours("warm-up", capture)
    return {
        "crmatrix": fastest([wire.ours("ours", capture)
                             for _ in range(repeat)]),
        "tcptrace": fastest([wire.run("tcptrace", ["tcptrace", "-n", "-l",
                                                   capture])
                             for _ in range(repeat)]),
        "tshark": wire.run("tshark", ["tshark", "-n", "-r", capture, "-Y",
                                      "tcp", "-T", "fields", *fields]),
    }


def through_pipe(wire, frames, conns):
    """A capture that is nowhere on disk"""
    command = (f"{shlex.quote(wire.load)} {frames} {conns} | "
               f"{shlex.quote(wire.time)} /dev/stdin {' '.join(SERVICE)}")
    _, wall_s, out = wire.run("pipe", ["bash", "-o", "pipefail", "-c",
                                       command])
    with open(out, encoding="utf-8") as f:
        said = json.load(f)
    return {"frames": said["frames"], "wall_s": wall_s,
            "payload_gb": said["payload_bytes"] / 1e9,
            "peak_mib": said["peak_kib"] / 1024}


def many(wire, conns):
    """As many connections, of ten frames each

    What a connection takes is what is more than with a hundred of them.
    """
    few = wire.make("few", 100000, 100)
    least_kib = wire.ours("few", few)[2]["peak_kib"]
    os.remove(few)
    capture = wire.make("many", conns * 10, 10000, 10)
    cpu_s, _, said = wire.ours("many", capture)
    os.remove(capture)
    return {"connections": said["connections"],
            "frames_per_s": said["frames"] / cpu_s,
            "peak_mib": said["peak_kib"] / 1024,
            "bytes_each": (said["peak_kib"] - least_kib) * 1024 /
            said["connections"]}


def measure(out, programs, frames, conns, repeat):
    """All of it: figures for the part 'wire' of the bench"""
    wire = Wire(out, programs)
    capture = wire.make("load", frames, 5000)
    size = os.path.getsize(capture)
    readers = beside(wire, capture, repeat)
    os.remove(capture)
    said = readers["crmatrix"][2]
    figures = {"frames": said["frames"], "capture_mib": size / (1 << 20),
               "connections": said["connections"],
               "peak_mib": said["peak_kib"] / 1024}
    for name, (cpu_s, wall_s, _) in readers.items():
        figures[name] = {"cpu_s": cpu_s, "wall_s": wall_s,
                         "frames_per_s": said["frames"] / cpu_s,
                         "mib_per_s": size / (1 << 20) / cpu_s}
    ours_s = readers["crmatrix"][0]
    figures["tshark_to_ours"] = readers["tshark"][0] / ours_s
    figures["tcptrace_to_ours"] = readers["tcptrace"][0] / ours_s
    figures["pipe"] = through_pipe(wire, frames * 6, 5000)
    figures["many"] = many(wire, conns)
    return figures

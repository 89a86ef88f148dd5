# SPDX-License-Identifier: Apache-2.0
"""child.py - commands with a deadline that leave nothing behind, timed"""
import os
import select
import signal
import subprocess
import time

PATIENCE_S = 20  # for a command to clean up after SIGTERM
SAMPLE_S = 0.5


class Failed(Exception):
    """A command did not do what was to be measured."""


class Memory:
    """Peak of the memory of a tree of processes, QEMUs left out.

    Each process' share (PSS) is summed up: what several of them map counts
    once.
    """

    def __init__(self):
        self.peak_kib = None
        self.at_peak = {}
        self.samples = 0

    def sample(self, root):
        sizes = {}
        for pid in tree(root):
            name, kib = share(pid)
            if name and not name.startswith("qemu-system"):
                sizes[f"{name} {pid}"] = kib
        total = sum(sizes.values())
        if not total:
            return
        self.samples += 1
        if self.peak_kib is None or total > self.peak_kib:
            self.peak_kib, self.at_peak = total, sizes


def tree(root):
    """root and all below it"""
    children = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", encoding="utf-8",
                      errors="replace") as f:
                ppid = int(f.read().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(ppid, []).append(int(entry))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


def share(pid):
    """(name, PSS in KiB) of a process; (None, 0) when it has ended"""
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8",
                  errors="replace") as f:
            name = f.read().strip()
        with open(f"/proc/{pid}/smaps_rollup", encoding="utf-8") as f:
            for line in f:
                if line.startswith("Pss:"):
                    return name, int(line.split()[1])
    except OSError:
        pass
    return None, 0


def stop(proc, pidfd):
    """End a command: by asking, then by force"""
    if proc.poll() is None:
        proc.send_signal(signal.SIGTERM)
        if not select.select([pidfd], [], [], PATIENCE_S)[0]:
            os.killpg(proc.pid, signal.SIGKILL)
    proc.wait()


def watch(proc, pidfd, deadline, memory):
    """Until it has ended; False when the deadline came first"""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        wait = min(left, SAMPLE_S) if memory else left
        if select.select([pidfd], [], [], wait)[0]:
            return True
        if memory:
            memory.sample(proc.pid)


def run(argv, limit_s, log, memory=None, tmp=None):
    """Run a command to its end

    Its messages go to the file @log, its output to @log.out; temporary files
    to the folder tmp. Should this process be killed, the command is told to
    end.

    Returns (exit status, seconds). Raises Failed when it took too long.
    """
    env = {**os.environ, "TMPDIR": tmp} if tmp else None
    with open(log, "wb") as err, open(log + ".out", "wb") as out:
        began = time.monotonic()
        proc = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", "--", *argv],
            stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=env,
            start_new_session=True)
        pidfd = os.pidfd_open(proc.pid)
        try:
            in_time = watch(proc, pidfd, began + limit_s, memory)
            wall_s = time.monotonic() - began
        finally:
            stop(proc, pidfd)
            os.close(pidfd)
    if not in_time:
        raise Failed(f"'{os.path.basename(argv[0])}' took more than "
                     f"{limit_s:.0f} s, see {log}")
    return proc.returncode, wall_s

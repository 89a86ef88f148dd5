# SPDX-License-Identifier: Apache-2.0
"""faults.py - what breaks during a soak: to whom, and how

A fault finds its victim among the processes below the tool: a word of the command
line tells them apart. Guests are reached through their door (door.py).
"""
import os
import signal
import subprocess
import sys

import child

DOOR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "door.py")
ADDRESSES = {"source": "10.78.0.11", "target": "10.78.0.12"}


def command_line(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def parent(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8",
                  errors="replace") as f:
            return int(f.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def is_qemu(pid):
    return "qemu-system" in command_line(pid)


def with_word(word):
    return lambda root, below: [p for p in below if word in command_line(p)]


def workers(root, below):
    """Children of a sandbox's first process, with the tool's own command line"""
    return [p for p in below if parent(parent(p)) == root
            and " run " in command_line(p)]


def send(sig):
    return lambda pid: os.kill(pid, sig)


def in_guest(command):
    """To the shell in the guest that a QEMU runs"""
    def inject(pid):
        line = command_line(pid)
        for role, address in ADDRESSES.items():
            if f"guest=crmatrix-{role}" in line:
                subprocess.run(["nsenter", "-t", str(pid), "-n", sys.executable,
                                DOOR, address, command], check=True,
                               stderr=subprocess.DEVNULL)
    return inject


# Name, victims, deed.
FAULTS = [
    ("QEMU killed", with_word("qemu-system"), send(signal.SIGKILL)),
    ("QEMU stopped", with_word("qemu-system"), send(signal.SIGSTOP)),
    ("worker killed", workers, send(signal.SIGKILL)),
    ("capture killed", with_word("internal-capture"), send(signal.SIGKILL)),
    ("client killed", with_word("internal-peer"), send(signal.SIGKILL)),
    ("guest panicked", with_word("qemu-system"),
     in_guest("echo c >/proc/sysrq-trigger")),
    # The agent is the guest's first process: no signal stops it, the freezer does.
    ("agent stopped", with_word("qemu-system"),
     in_guest("mkdir -p /sys/fs/cgroup/f; echo 1 >/sys/fs/cgroup/f/cgroup.procs; "
              "echo 1 >/sys/fs/cgroup/f/cgroup.freeze")),
    ("guest's disk filled", with_word("qemu-system"),
     in_guest("for d in /run /srv /tmp; do "
              "dd if=/dev/zero of=$d/fill bs=1M count=2000; done")),
    ("guest's clock stepped", with_word("qemu-system"),
     in_guest("date -s '+1 hour'")),
]


def inject(root, chance):
    """One at random, to one at random; its name, None: nobody was there"""
    name, find, deed = chance.choice(FAULTS)
    found = find(root, child.tree(root)[1:])
    if not found:
        return None
    try:
        deed(chance.choice(found))
    except (OSError, subprocess.CalledProcessError):
        return None  # it had ended meanwhile
    return name

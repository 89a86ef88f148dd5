#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""record.py - records real migrations of a TCP connection as golden captures

    unshare -nmpf --mount-proc --kill-child tests/golden/wire/record.py DIR

Two hosts in network namespaces of their own, on a bridge with the client; the
service's socket is moved from one to the other with TCP_REPAIR, as CRIU does
it, and tcpdump listens on the bridge. Each case gets DIR/NAME/{README,case,
capture.pcap}. Needs root, ip and tcpdump; it changes nothing outside its own
namespaces.
"""
import ctypes
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time

SERVICE, PORT, PEER = "10.77.0.100", 7000, "10.77.0.1"
MACS = {"source": "52:54:00:77:00:0a", "target": "52:54:00:77:00:0b"}
CLONE_NEWNET = 0x40000000

# linux/tcp.h
TCP_MAXSEG, TCP_INFO, TCP_REPAIR, TCP_REPAIR_QUEUE = 2, 11, 19, 20
TCP_QUEUE_SEQ, TCP_REPAIR_OPTIONS, TCP_TIMESTAMP = 21, 22, 24
TCP_REPAIR_WINDOW = 29
RECV_QUEUE, SEND_QUEUE = 1, 2
OPT_MSS, OPT_WINDOW, OPT_SACK_PERM, OPT_TIMESTAMP = 2, 3, 4, 8
SIOCINQ, SIOCOUTQ = 0x541B, 0x5411

libc = ctypes.CDLL(None, use_errno=True)


def run(command):
    subprocess.run(command.split(), check=True)


class Host:
    """A network namespace on the bridge; pid 0: the one we are in."""

    def __init__(self, name):
        self.name, self.mac = name, MACS[name]
        self.child = subprocess.Popen(["unshare", "-n", "sleep", "300"])
        self.net = f"/proc/{self.child.pid}/ns/net"
        while os.readlink(self.net) == os.readlink("/proc/self/ns/net"):
            time.sleep(0.01)
        run(f"ip link add {name} type veth peer name eth0 "
            f"address {self.mac} netns {self.child.pid}")
        run(f"ip link set {name} master br0 up")
        self.ip("link set lo up")
        self.ip("link set eth0 gso_max_segs 1")
        self.ip("link set eth0 up")
        self.ip(f"address add 10.77.0.{11 + (name == 'target')}/24 dev eth0")

    def ip(self, command):
        run(f"nsenter --net={self.net} ip {command}")

    def socket(self, *args):
        """A socket that lives in this host's namespace."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        there = os.open(self.net, os.O_RDONLY)
        try:
            if libc.setns(there, CLONE_NEWNET) < 0:
                raise OSError(ctypes.get_errno(), "setns")
            return socket.socket(*args)
        finally:
            libc.setns(home, CLONE_NEWNET)
            os.close(there)
            os.close(home)

    def take_address(self):
        self.ip(f"address add {SERVICE}/32 dev eth0")

    def announce(self):
        """Gratuitous ARP: the service is here now."""
        mac = bytes.fromhex(self.mac.replace(":", ""))
        addr = socket.inet_aton(SERVICE)
        body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1)
        frame = (b"\xff" * 6 + mac + b"\x08\x06" + body +
                 mac + addr + b"\xff" * 6 + addr)
        with self.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
            raw.bind(("eth0", 0x0806))
            raw.send(frame)

    def listen(self):
        self.take_address()
        listener = self.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((SERVICE, PORT))
        listener.listen()
        return listener

    def end(self):
        run(f"ip link del {self.name}")
        self.child.kill()
        self.child.wait()


def option(sock, name, value):
    sock.setsockopt(socket.IPPROTO_TCP, name, value)


def queue(sock, which):
    """Sequence number and bytes of a queue of a socket in repair."""
    option(sock, TCP_REPAIR_QUEUE, which)
    seq = sock.getsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ)
    length = ctypes.c_int()
    libc.ioctl(sock.fileno(), SIOCINQ if which == RECV_QUEUE else SIOCOUTQ,
               ctypes.byref(length))
    data = b""
    if length.value:
        data = sock.recv(length.value, socket.MSG_PEEK)
    return seq & 0xffffffff, data


def dump(sock):
    """All that a connection is; its socket is gone, without a segment."""
    option(sock, TCP_REPAIR, 1)
    info = sock.getsockopt(socket.IPPROTO_TCP, TCP_INFO, 104)
    state = {
        "options": info[5],
        "scales": info[6],
        "mss": sock.getsockopt(socket.IPPROTO_TCP, TCP_MAXSEG),
        "timestamp": sock.getsockopt(socket.IPPROTO_TCP, TCP_TIMESTAMP),
        "window": sock.getsockopt(socket.IPPROTO_TCP, TCP_REPAIR_WINDOW, 20),
        "recv": queue(sock, RECV_QUEUE),
        "send": queue(sock, SEND_QUEUE),
        "peer": sock.getpeername(),
    }
    sock.close()
    return state


def fill(sock, which, data):
    option(sock, TCP_REPAIR_QUEUE, which)
    while data:
        data = data[sock.send(data):]


def restore(host, state):
    sock = host.socket(socket.AF_INET, socket.SOCK_STREAM)
    option(sock, TCP_REPAIR, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    for which, name in ((RECV_QUEUE, "recv"), (SEND_QUEUE, "send")):
        seq, data = state[name]
        option(sock, TCP_REPAIR_QUEUE, which)
        sock.setsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ,
                        struct.pack("I", (seq - len(data)) & 0xffffffff))
    sock.bind((SERVICE, PORT))
    sock.connect(state["peer"])
    fill(sock, RECV_QUEUE, state["recv"][1])
    fill(sock, SEND_QUEUE, state["send"][1])
    # The peer's scale is in the low bits of both: as the kernel wants it.
    scales = (state["scales"] & 0xf) | (state["scales"] >> 4) << 16
    options = struct.pack("II", OPT_MSS, state["mss"])
    if state["options"] & 4:
        options += struct.pack("II", OPT_WINDOW, scales)
    if state["options"] & 2:
        options += struct.pack("II", OPT_SACK_PERM, 0)
    if state["options"] & 1:
        options += struct.pack("II", OPT_TIMESTAMP, 0)
    option(sock, TCP_REPAIR_OPTIONS, options)
    option(sock, TCP_TIMESTAMP, state["timestamp"])
    option(sock, TCP_REPAIR_WINDOW, state["window"])
    option(sock, TCP_REPAIR, 0)
    return sock


class Talk:
    """The client's connection and the service's end of it."""

    def __init__(self, host):
        self.host, self.n = host, 0
        self.listener = host.listen()
        self.client = self.connect()
        self.server, _ = self.listener.accept()

    def connect(self):
        client = socket.socket()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(20)
        client.connect((SERVICE, PORT))
        return client

    def ask(self, n=5):
        for _ in range(n):
            self.n += 1
            self.client.sendall(b"question %d\n" % self.n)
            self.answer()

    def answer(self):
        got = b""
        question = self.server.recv(1000)
        self.server.sendall(b"answer to " + question)
        while len(got) < len(question) + 10:
            got += self.client.recv(1000)
        assert got == b"answer to " + question, got

    def freeze(self):
        """The lock: the source's host neither sends nor gets."""
        self.host.ip("link set eth0 down")
        state = dump(self.server)
        self.listener.close()
        return state

    def thaw(self, target, state):
        target.take_address()
        self.server = restore(target, state)
        self.host = target

    def end(self):
        self.client.close()
        time.sleep(0.1)
        self.server.close()


def real_kept(source, target):
    """A socket moved with TCP_REPAIR while a question was in flight: the
    client's kernel repeated it, the target answered."""
    talk = Talk(source)
    talk.ask()
    state = talk.freeze()
    talk.client.sendall(b"question in flight\n")
    time.sleep(0.7)
    talk.thaw(target, state)
    target.announce()
    talk.answer()
    talk.ask()
    talk.end()


def real_queues(source, target):
    """Data sent and not acknowledged, and data unread, were moved in the
    queues of the socket."""
    talk = Talk(source)
    talk.ask()
    talk.client.sendall(b"question in the queue\n")
    time.sleep(0.1)
    source.ip("link set eth0 down")
    talk.server.sendall(b"x" * 5000)
    state = dump(talk.server)
    talk.listener.close()
    time.sleep(0.3)
    talk.thaw(target, state)
    target.announce()
    got = b""
    while len(got) < 5000:
        got += talk.client.recv(10000)
    assert got == b"x" * 5000
    talk.answer()
    talk.ask()
    talk.end()


def real_rst_target(source, target):
    """The address was on the target, and announced, before the socket."""
    talk = Talk(source)
    talk.ask()
    talk.freeze()
    target.take_address()
    target.announce()
    time.sleep(0.2)
    try:
        talk.client.sendall(b"question\n")
    except ConnectionResetError:
        pass  # by the answer to a late ACK
    time.sleep(0.3)


def real_rst_source(source, target):
    """The source was not locked: it answered a segment for the socket that had
    just left."""
    talk = Talk(source)
    talk.ask()
    state = dump(talk.server)
    talk.listener.close()
    talk.client.sendall(b"question\n")
    time.sleep(0.3)
    source.ip("link set eth0 down")
    talk.thaw(target, state)
    target.announce()
    time.sleep(0.3)


def real_restarted(source, target):
    """The service was stopped on the source and started anew on the target; the
    client connected again."""
    talk = Talk(source)
    talk.ask()
    talk.server.close()
    talk.listener.close()
    time.sleep(0.1)
    talk.client.close()
    source.ip("link set eth0 down")
    time.sleep(0.3)
    listener = target.listen()
    target.announce()
    talk.client = talk.connect()
    talk.server, _ = listener.accept()
    talk.ask()
    talk.end()


CASES = (real_kept, real_queues, real_rst_target, real_rst_source,
         real_restarted)


def record(case, folder):
    dir_ = folder / case.__name__.replace("_", "-")
    dir_.mkdir(parents=True, exist_ok=True)
    run("ip link add br0 address 52:54:00:77:00:01 type bridge stp_state 0 "
        "forward_delay 0 mcast_snooping 0")
    run("ip link set br0 gso_max_segs 1 up")
    run(f"ip address add {PEER}/24 dev br0")
    hosts = [Host("source"), Host("target")]
    dump_ = subprocess.Popen(
        ["tcpdump", "-Z", "root", "-i", "br0", "-n", "-U", "-s", "0",
         "--immediate-mode", "--time-stamp-precision=nano",
         "-w", str(dir_ / "capture.pcap"), "arp or ip"],
        stderr=subprocess.PIPE)
    dump_.stderr.readline()  # it listens
    case(*hosts)
    time.sleep(0.2)
    dump_.send_signal(signal.SIGINT)
    said = dump_.communicate()[1].decode()
    assert "\n0 packets dropped by kernel" in said, said
    for host in hosts:
        host.end()
    run("ip link del br0")
    (dir_ / "README").write_text(" ".join(case.__doc__.split()) + "\n")
    (dir_ / "case").write_text(
        f"{SERVICE} {PORT} tcp {MACS['source']} {MACS['target']}\n")


def main():
    if len(sys.argv) != 2:
        sys.exit("Usage: unshare -nmpf --mount-proc --kill-child record.py DIR")
    run("ip link set lo up")
    for case in CASES:
        record(case, pathlib.Path(sys.argv[1]))
        print(case.__name__)


if __name__ == "__main__":
    main()

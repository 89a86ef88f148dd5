#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Spoils golden captures of kept connections, one thing at a time.

Each spoilt capture goes through 'crmatrix analyze --json', whose verdict must be
the one that is right for what was done. Prints a table of mutations: tried,
caught (no longer what it was, or still kept where that is right), named right
(fate and blame). Any that is not named right fails the test. What may stand at
many places of a capture is tried at some; at all of them with --all.
"""
import copy
import glob
import ipaddress
import json
import os
import struct
import subprocess
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CRMATRIX = os.environ.get("CRMATRIX", os.path.join(SOURCE, "build/crmatrix"))
GOLDEN = os.path.join(SOURCE, "tests/golden/wire")
# tests/lib/frames.c
MACS = ("52:54:00:77:00:0a", "52:54:00:77:00:0b")

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
MS, S = 10**6, 10**9
FAR = 0x60000000  # beyond every window, either way

# What cannot be mutated, or is not kept to begin with, and why.
NOT_KEPT = {"kept-raw": "no link addresses: undecidable from the beginning"}


class Segment:
    """A captured frame; what is needed of TCP where it has some."""

    def __init__(self, at_ns, data, orig_len, link):
        self.at, self.data, self.orig_len, self.link = \
            at_ns, bytearray(data), orig_len, link
        self.tcp = None
        self.is_ip = False
        self.client = self.from_server = None
        try:
            self.parse()
        except (IndexError, struct.error):
            self.tcp = None

    def u16(self, at):
        """Number of two bytes."""
        return struct.unpack_from(">H", self.data, at)[0]

    def u32(self, at):
        """Number of four bytes."""
        return struct.unpack_from(">I", self.data, at)[0]

    def parse_link(self):
        """Sets where the sender's MAC is; returns (offset, type) of what
        follows."""
        self.mac_at = {1: 6, 113: 6, 276: 12}.get(self.link)
        if self.link == 113:
            return 16, self.u16(14)
        if self.link == 276:
            return 20, self.u16(0)
        if self.link != 1:
            return 0, 0x86dd if self.data[0] >> 4 == 6 else 0x0800
        at = 12
        while self.u16(at) in (0x8100, 0x88a8, 0x9100):
            at += 4
        if self.u16(at) <= 1500:  # 802.3 with LLC and SNAP
            at += 6
        return at + 2, self.u16(at)

    def parse(self):
        """Finds TCP."""
        self.ip, kind = self.parse_link()
        self.v6 = kind == 0x86dd
        self.is_ip = self.v6 and self.data[self.ip + 6] != 58 or kind == 0x0800
        if self.v6:
            at, proto = self.skip_extensions()
            self.addresses = (bytes(self.data[self.ip + 8:self.ip + 24]),
                              bytes(self.data[self.ip + 24:self.ip + 40]))
            end = self.ip + 40 + self.u16(self.ip + 4)
        elif kind == 0x0800:
            at = self.ip + 4 * (self.data[self.ip] & 15)
            proto = self.data[self.ip + 9]
            self.addresses = (bytes(self.data[self.ip + 12:self.ip + 16]),
                              bytes(self.data[self.ip + 16:self.ip + 20]))
            end = self.ip + self.u16(self.ip + 2)
            if self.u16(self.ip + 6) & 0x3fff:
                return  # a fragment
        else:
            return
        if proto != 6:
            return
        self.tcp = at
        self.payload_at = at + 4 * (self.data[at + 12] >> 4)
        self.len = end - self.payload_at
        self.seq, self.ack = self.u32(at + 4), self.u32(at + 8)
        self.flags = self.data[at + 13]
        self.ports = (self.u16(at), self.u16(at + 2))

    def skip_extensions(self):
        """Of IPv6: (offset, protocol) of what is behind them."""
        proto, at = self.data[self.ip + 6], self.ip + 40
        while proto in (0, 43, 60, 51):
            step = 4 * (self.data[at + 1] + 2) if proto == 51 else \
                8 * (self.data[at + 1] + 1)
            proto, at = self.data[at], at + step
        return at, proto

    @property
    def packet(self):
        """Without what the link adds."""
        return bytes(self.data[self.ip:])

    @property
    def mac(self):
        """Of the sender."""
        if self.mac_at is None:
            return None
        return self.data[self.mac_at:self.mac_at + 6].hex(":")

    def set_mac(self, mac):
        """Let another host have sent it."""
        self.data[self.mac_at:self.mac_at + 6] = bytes.fromhex(
            mac.replace(":", ""))

    def set_seq(self, seq):
        """Also modulo 2^32."""
        self.seq = seq % 2**32
        struct.pack_into(">I", self.data, self.tcp + 4, self.seq)

    def set_ack(self, ack):
        """Also modulo 2^32."""
        self.ack = ack % 2**32
        struct.pack_into(">I", self.data, self.tcp + 8, self.ack)

    def set_flags(self, flags):
        """All of them."""
        self.flags = flags
        self.data[self.tcp + 13] = flags

    def set_payload(self, payload):
        """The whole of it; lengths follow."""
        self.orig_len += len(payload) - self.len
        self.data = self.data[:self.payload_at] + bytearray(payload)
        self.len = len(payload)
        end = self.payload_at + self.len
        if self.v6:
            struct.pack_into(">H", self.data, self.ip + 4, end - self.ip - 40)
        else:
            struct.pack_into(">H", self.data, self.ip + 2, end - self.ip)

    @property
    def payload(self):
        """What was captured of it."""
        return bytes(self.data[self.payload_at:self.payload_at + self.len])

    def is_whole(self):
        """Whether it was not cut by the snap length."""
        return len(self.data) >= self.orig_len

    def timestamp_at(self):
        """Offset of TSval, or None."""
        at = self.tcp + 20
        while at < self.payload_at:
            kind = self.data[at]
            if kind == 8:
                return at + 2
            if kind == 0:
                return None
            at += 1 if kind == 1 else max(self.data[at + 1], 1)
        return None


class Capture:
    """A golden capture, and who is who in it."""

    def __init__(self, folder):
        self.name = os.path.basename(folder)
        with open(f"{folder}/case", encoding="utf-8") as file:
            words = file.read().split()
        self.service, self.kind, self.port = words[0], words[2], int(words[1])
        self.source, self.target = words[3:5] if len(words) > 3 else MACS
        with open(f"{folder}/capture.pcap", "rb") as file:
            self.read(file.read())
        if self.kind == "tcp":
            self.find()

    def read(self, data):
        """Classic pcap of either resolution, of this machine's byte order."""
        magic, _, _, _, _, snap, link = struct.unpack_from("<IHHiIII", data)
        unit = {0xa1b2c3d4: 1000, 0xa1b23c4d: 1}[magic]
        self.link, self.snap, at = link, snap, 24
        self.frames = []
        while at < len(data):
            sec, frac, cap, orig = struct.unpack_from("<IIII", data, at)
            at += 16
            self.frames.append(Segment(sec * S + frac * unit,
                                       data[at:at + cap], orig,
                                       {12: 101}.get(link, link)))
            at += cap

    def write(self, path):
        """As nanosecond pcap."""
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0,
                                   262144, self.link))
            for frame in self.frames:
                file.write(struct.pack("<IIII", frame.at // S, frame.at % S,
                                       len(frame.data), frame.orig_len))
                file.write(frame.data)

    def find(self):
        """Sets each segment's direction, and the client: that of the most
        segments."""
        service = ipaddress.ip_address(self.service).packed
        counts = {}
        for s in self.segments():
            end = (service, self.port)
            ends = list(zip(s.addresses, s.ports))
            if end not in ends:
                s.tcp = None
                continue
            s.from_server = ends[0] == end
            s.client = ends[1] if s.from_server else ends[0]
            counts[s.client] = counts.get(s.client, 0) + 1
        self.client = max(counts, key=counts.get)

    def segments(self):
        """All of TCP."""
        return [f for f in self.frames if f.tcp is not None]

    def of_conn(self, who=None):
        """Indices of frames of the connection: by "client", a MAC, or all."""
        return [i for i, f in enumerate(self.frames)
                if f.tcp is not None and f.client == self.client and
                (who is None or (not f.from_server if who == "client"
                                 else f.from_server and f.mac == who))]

    def copy(self):
        """To be spoilt."""
        return copy.deepcopy(self)

    def client_name(self):
        """As crmatrix prints it."""
        address = ipaddress.ip_address(self.client[0])
        return f"[{address}]:{self.client[1]}" if address.version == 6 else \
            f"{address}:{self.client[1]}"

    def next_seq(self, from_server, at):
        """What that side sends next, after frame @at."""
        last = None
        for i in self.of_conn():
            f = self.frames[i]
            if i > at:
                break
            if f.from_server == from_server:
                end = f.seq + f.len + bool(f.flags & (SYN | FIN))
                if last is None or (end - last) % 2**32 < 2**31:
                    last = end
        return last % 2**32 if last is not None else None

    def insert(self, at, mac, flags, *, payload=b"", seq=None, ack=None):
        """A segment after frame @at: of a host, or of the client (None)."""
        from_server = mac is not None
        like = [i for i in self.of_conn() if
                self.frames[i].from_server == from_server and
                not self.frames[i].flags & SYN]
        if not like:
            raise NotApplicable
        frame = copy.deepcopy(min((self.frames[i] for i in like),
                                  key=lambda f: abs(f.at - self.frames[at].at)))
        frame.at = self.frames[at].at + 1000
        if from_server:
            frame.set_mac(mac)
        if not frame.v6:  # a sender numbers its packets
            struct.pack_into(">H", frame.data, frame.ip + 4,
                             (frame.u16(frame.ip + 4) + 7777) % 65536)
        checksum = frame.u16(frame.tcp + 16)  # is not as it was
        struct.pack_into(">H", frame.data, frame.tcp + 16, checksum ^ 0x5a5a)
        frame.set_flags(flags)
        if seq is None:
            seq = self.next_seq(from_server, at)
        if ack is None:
            ack = self.next_seq(not from_server, at)
        frame.set_seq(seq)
        frame.set_ack(ack if flags & ACK else 0)
        frame.set_payload(payload)
        self.frames.insert(at + 1, frame)
        return frame


class NotApplicable(Exception):
    """The capture has nothing to spoil in this way."""


def one_of(indices):
    """The first, if there is one."""
    if not indices:
        raise NotApplicable
    return indices[0]


def bounds(c):
    """Frames: the source's last, the target's first, the end (the client's FIN
    or the last)."""
    source, target = c.of_conn(c.source), c.of_conn(c.target)
    if not source or not target:
        raise NotApplicable
    fins = [i for i in c.of_conn("client") if c.frames[i].flags & FIN]
    return source[-1], target[0], fins[0] if fins else len(c.frames) - 1


def handshake_end(c):
    """The third frame of the connection."""
    return c.of_conn()[2]


def claims(c):
    """Whether the target says by ARP or neighbour discovery that it has the
    address."""
    return any(not f.is_ip and f.mac == c.target for f in c.frames)


def places(first, end):
    """Of [first, end): all with --all, else some."""
    if "--all" in sys.argv:
        return range(first, end)
    return sorted({first + (end - 1 - first) * i // 4 for i in range(5)
                   if end > first})


# --- The mutations: each yields (spoilt capture, fate, blame) ------------------

def drop_recovery(c):
    """All of the target's segments are gone, and the client asks on."""
    m = c.copy()
    _, first, _ = bounds(m)
    asks = [i for i in m.of_conn("client") if i > first and m.frames[i].len]
    question = copy.deepcopy(m.frames[one_of(asks)])
    m.frames = [f for i, f in enumerate(m.frames) if i <= first and
                not (f.is_ip and f.mac == m.target)]
    for wait in (0, 200, 400, 800, 1600, 3200, 6400):
        question = copy.deepcopy(question)
        question.at += wait * MS
        m.frames.append(question)
    yield m, "hung", "target" if claims(c) else "unknown"


def flip_repeated(c, mac):
    """A byte of a repeated payload is another."""
    m = c.copy()
    _, first, end = bounds(m)
    from_server = mac is not None
    said = [i for i in m.of_conn() if m.frames[i].len > 1 and
            m.frames[i].from_server == from_server and
            m.frames[i].is_whole() and first < i < end]
    last = m.frames[said[-1]] if said else None
    if last is None:
        raise NotApplicable
    for at in places(0, last.len):
        m = c.copy()
        payload = bytearray(last.payload)
        payload[at] ^= 0x20
        m.insert(said[-1], mac, PSH | ACK, payload=bytes(payload),
                 seq=last.seq)
        yield m, "damaged", "target" if from_server else "peer"


def flip_by_target(c):
    """The target repeats with another byte."""
    yield from flip_repeated(c, c.target)


def flip_by_client(c):
    """The client does."""
    yield from flip_repeated(c, None)


def reset_at(c, frames, host, flags, blame):
    """A RST of the host, None: the client, before each of the frames."""
    for at in frames:
        m = c.copy()
        m.insert(at, host, flags)
        yield m, "reset", blame


def rst_of_source(c):
    """Bare RST of the source, anywhere before the target's first segment."""
    _, first, _ = bounds(c)
    for at in places(handshake_end(c), first):
        m = c.copy()
        m.insert(at, c.source, RST)
        yield m, "reset", "source"


def rst_of_source_later(c):
    """Bare RST of the source, though the target has taken over."""
    _, first, end = bounds(c)
    yield from reset_at(c, places(first, end), c.source, RST, "source")


def rst_before_socket(c):
    """Bare RST of the target before all else that it sends."""
    last, first, _ = bounds(c)
    yield from reset_at(c, places(last, first), c.target, RST, "order")


def rst_of_target(c):
    """Bare RST of the target after it has spoken."""
    _, first, end = bounds(c)
    yield from reset_at(c, places(first, end), c.target, RST, "target")


def abort_of_target(c):
    """RST with ACK of the target."""
    _, first, end = bounds(c)
    yield from reset_at(c, places(first, end), c.target, RST | ACK, "target")


def abort_of_client(c):
    """RST with ACK of the client after the takeover."""
    _, first, end = bounds(c)
    yield from reset_at(c, places(first, end), None, RST | ACK, "peer")


def shift_far(c):
    """The target's sequence numbers are beyond every window."""
    for by in (FAR, -FAR):
        m = c.copy()
        for i in m.of_conn(m.target):
            m.frames[i].set_seq(m.frames[i].seq + by)
        yield m, "damaged", "target"


def shift_back(c):
    """The target's new bytes stand where others were."""
    m = c.copy()
    _, first, end = bounds(m)
    fresh = [i for i in m.of_conn(m.target) if m.frames[i].len > 1 and
             i < end and m.frames[i].is_whole() and
             m.frames[i].seq == m.next_seq(True, i - 1)]
    one_of([i for i in fresh if len(set(m.frames[i].payload)) > 1])
    if not all(f.is_whole() for f in m.segments()):
        raise NotApplicable
    for i in m.of_conn(m.target):
        if i > first and i < end:
            m.frames[i].set_seq(m.frames[i].seq - 1)
    yield m, "damaged", "target"


def ack_back(c):
    """The target has forgotten bytes that the source had acknowledged."""
    _, first, _ = bounds(c)
    if not [i for i in c.of_conn("client") if c.frames[i].len and i < first]:
        raise NotApplicable
    m = c.copy()
    for i in m.of_conn(m.target):
        m.frames[i].set_ack(m.frames[i].ack - 5)
    yield m, "damaged", "order"


def mac_back(c):
    """All of the target's segments are the source's."""
    m = c.copy()
    for f in m.frames:
        if f.is_ip and f.mac == m.target:
            f.set_mac(m.source)
    yield m, "undecidable", None


def mac_back_once(c):
    """One of them is."""
    _, first, end = bounds(c)
    spoken = [i for i in c.of_conn(c.target) if first < i < end and
              c.frames[i].packet != c.frames[first].packet]
    for at in places(0, len(spoken)):
        m = c.copy()
        packet = m.frames[spoken[at]].packet
        for f in m.frames:  # captured twice, perhaps
            if f.is_ip and f.packet == packet:
                f.set_mac(m.source)
        yield m, "split", "source"


def cut_syn(c):
    """The capture begins later: the connection is kept all the same."""
    m = c.copy()
    syns = [i for i in m.of_conn() if m.frames[i].flags & SYN]
    m.frames = [f for i, f in enumerate(m.frames) if i not in syns]
    yield m, "kept", None


def fin_of_source(c):
    """The source closes at its end, and the target goes on."""
    last, _, _ = bounds(c)
    m = c.copy()
    m.insert(last, c.source, FIN | ACK)
    fresh = [i for i in c.of_conn(c.target) if c.frames[i].len and
             c.frames[i].seq == c.next_seq(True, i - 1)]
    one_of(fresh)
    yield m, "closed", "source"


def fin_of_target(c):
    """The target closes before the client does."""
    _, first, end = bounds(c)
    for at in places(first, end):
        m = c.copy()
        m.insert(at, c.target, FIN | ACK)
        yield m, "closed", "target"


def syn_of_client(c):
    """The client begins anew on the same ports."""
    _, first, end = bounds(c)
    for at in places(first, end):
        m = c.copy()
        syn = m.insert(at, None, SYN, seq=c.next_seq(False, at) + FAR)
        m.insert(at + 1, c.target, SYN | ACK, seq=77, ack=syn.seq + 1)
        yield m, "reconnected", "unknown"


def syn_of_nobody(c):
    """A SYN that the target's socket does not take: it is kept."""
    _, first, end = bounds(c)
    for at in places(first, end - 1):
        m = c.copy()
        m.insert(at, None, SYN, seq=c.next_seq(False, at) + FAR)
        yield m, "kept", None


def reorder(c):
    """Two frames were captured in the other order."""
    _, first, end = bounds(c)
    for at in places(first + 1, end - 1):
        m = c.copy()
        a, b = m.frames[at], m.frames[at + 1]
        if abs(a.at - b.at) > 5 * MS or a.tcp is None or b.tcp is None:
            continue
        a.at, b.at = b.at, a.at
        m.frames[at], m.frames[at + 1] = b, a
        yield m, "kept", None


def lose_segment(c):
    """A segment of the target is not in the capture, which may have lost it."""
    _, first, end = bounds(c)
    for i in c.of_conn(c.target):
        f = c.frames[i]
        alike = [k for k in c.of_conn() if c.frames[k].from_server and
                 c.frames[k].seq == f.seq and c.frames[k].len]
        if first < i < end and f.len and len(alike) == 1:
            m = c.copy()
            del m.frames[i]
            yield m, "undecidable", None
            return
    raise NotApplicable


def cut_end(c):
    """The capture ends sooner, but not before the target has spoken."""
    _, first, _ = bounds(c)
    for at in places(first, len(c.frames) - 1):
        m = c.copy()
        m.frames = m.frames[:at + 1]
        yield m, "kept", None


def cut_before_takeover(c):
    """The capture ends before anything is seen of the target."""
    _, first, _ = bounds(c)
    seen = [i for i, f in enumerate(c.frames) if f.mac == c.target]
    m = c.copy()
    m.frames = m.frames[:min([first] + seen)]
    yield m, "undecidable", None


def stamp(m, change):
    """Change TSval of the server's segments: (by target, value, first one of
    that host) -> value."""
    firsts = {}
    for i in m.of_conn():
        f = m.frames[i]
        at = f.timestamp_at()
        if at is None:
            raise NotApplicable
        if f.from_server:
            first = firsts.setdefault(f.mac, f.u32(at))
            struct.pack_into(">I", f.data, at,
                             change(f.mac == m.target, f.u32(at), first)
                             % 2**32)


def timestamps_back(c):
    """The target's clock is behind the source's."""
    m = c.copy()
    stamp(m, lambda target, value, first: value - target * 10**6)
    yield m, "damaged", "target"


def timestamp_unit(c):
    """The target counts microseconds; slowly enough to measure that."""
    slower = 40
    m = c.copy()
    for f in m.frames:
        f.at = m.frames[0].at + slower * (f.at - c.frames[0].at)
    stamp(m, lambda target, value, first:
          first + slower * (1000 if target else 1) * (value - first))
    source = [m.frames[i].at for i in m.of_conn(m.source)]
    if source[-1] - source[0] < 100 * MS:
        raise NotApplicable
    yield m, "damaged", "target"


MUTATIONS = (drop_recovery, flip_by_target, flip_by_client, rst_of_source,
             rst_of_source_later, rst_before_socket, rst_of_target,
             abort_of_target, abort_of_client, shift_far, shift_back, ack_back,
             mac_back, mac_back_once, cut_syn, fin_of_source, fin_of_target,
             syn_of_client, syn_of_nobody, reorder,
             lose_segment, cut_end, cut_before_takeover,
             timestamps_back, timestamp_unit)


def verdict(capture, path):
    """(fate, blame, rule, sentence) of the connection."""
    capture.write(path)
    service = f"[{capture.service}]:{capture.port}" if ":" in capture.service \
        else f"{capture.service}:{capture.port}"
    run = subprocess.run(
        [CRMATRIX, "analyze", path, "--service", service, "--client",
         capture.client_name(), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if run.returncode not in (0, 1, 3):
        return None, None, "error", run.stderr.decode()
    found = json.loads(run.stdout)["connections"]
    if len(found) != 1:
        return None, None, "error", f"{len(found)} connections"
    return tuple(found[0][k] for k in ("fate", "blame", "rule", "sentence"))


def goldens():
    """All golden captures of kept connections."""
    for folder in sorted(glob.glob(f"{GOLDEN}/*/")):
        folder = folder.rstrip("/")
        name = os.path.basename(folder)
        if "kept" not in name and name != "real-queues":
            continue
        if not os.path.exists(f"{folder}/capture.pcap"):
            continue
        capture = Capture(folder)
        if capture.kind == "tcp":
            yield capture


def main():
    table = {f.__name__: [0, 0, 0, 0] for f in MUTATIONS}
    wrong = []
    n_goldens = 0
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "capture.pcap")
        for golden in goldens():
            base = verdict(golden, path)
            if golden.name in NOT_KEPT:
                print(f"{golden.name}: left out: {NOT_KEPT[golden.name]}")
                continue
            n_goldens += 1
            if base[0] != "kept":
                wrong.append(f"{golden.name} as it is: {base}")
                continue
            for mutation in MUTATIONS:
                row = table[mutation.__name__]
                try:
                    for spoilt, fate, blame in mutation(golden):
                        got = verdict(spoilt, path)
                        right = got[:2] == (fate, blame)
                        row[0] += 1
                        row[1] += right if fate == "kept" else got[0] != "kept"
                        row[2] += right
                        if not right:
                            wrong.append(f"{golden.name} {mutation.__name__}: "
                                         f"{got}, right is {fate} {blame}")
                except NotApplicable:
                    row[3] += 1
    print(f"{n_goldens} captures of kept connections")
    print(f"{'mutation':22} {'tried':>6} {'caught':>7} {'right':>6}")
    for name, (tried, caught, right, without) in table.items():
        note = f"  ({without} captures have nothing of the kind)" \
            if without else ""
        print(f"{name.replace('_', ' '):22} {tried:6} {caught:7} {right:6}"
              f"{note}")
    total = [sum(row[i] for row in table.values()) for i in range(3)]
    print(f"{'all':22} {total[0]:6} {total[1]:7} {total[2]:6}")
    for line in wrong[:40]:
        print("WRONG", line)
    never = [name for name, row in table.items() if not row[0]]
    if never:
        print("never tried:", ", ".join(never))
    return 1 if wrong or never or not n_goldens else 0


if __name__ == "__main__":
    sys.exit(main())

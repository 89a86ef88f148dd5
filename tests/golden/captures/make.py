#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make.py - makes the captures of each format, and the fuzzer's seeds

    tests/golden/captures/make.py tests/golden/captures tests/fuzz/corpus/pcap
"""
import pathlib
import struct
import sys

ETHERNET, SLL, RAW, SLL2, UNKNOWN = 1, 113, 101, 276, 127
T0 = 1700000000_123456789


def frame(linktype, number):
    """A UDP datagram whose payload is as long as its number."""
    payload = bytes([number]) * number
    udp = struct.pack(">HHHH", 40000, 7000, 8 + len(payload), 0) + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17,
                     0, bytes([10, 77, 0, 1]), bytes([10, 77, 0, 100]))
    mac = bytes([0x52, 0x54, 0, 0x77, 0, 1])
    link = {ETHERNET: mac + mac + b"\x08\x00",
            SLL: struct.pack(">HHH8sH", 0, 1, 6, mac + b"\0\0", 0x0800),
            SLL2: struct.pack(">HHIHBB8s", 0x0800, 0, 2, 1, 0, 6, mac + b"\0\0")}
    return link.get(linktype, b"") + ip + udp


# --- pcap ---------------------------------------------------------------------

def pcap(order="<", magic=0xa1b2c3d4, unit=1000, linktype=ETHERNET, extra=b"",
         times=(T0, T0 + 1, T0 + 999_999), snap=262144, version=(2, 4)):
    out = struct.pack(order + "IHHIIII", magic, *version, 0, 0, snap, linktype)
    for number, at in enumerate(times, 1):
        data = frame(linktype, number)
        kept = data[:snap]
        out += struct.pack(order + "IIII", at // 10**9, at % 10**9 // unit,
                           len(kept), len(data)) + extra + kept
    return out


# --- pcapng -------------------------------------------------------------------

class Section:
    """Blocks of one byte order, one after the other."""

    def __init__(self, order="<"):
        self.order = order
        self.out = b""
        self.block(0x0a0d0d0a, self.pack("IHHq", 0x1a2b3c4d, 1, 0, -1))

    def pack(self, form, *values):
        return struct.pack(self.order + form, *values)

    @staticmethod
    def pad(data):
        return data + bytes(-len(data) % 4)

    def options(self, *options):
        out = b"".join(self.pack("HH", code, len(value)) + self.pad(value)
                       for code, value in options)
        return out + bytes(4) if options else b""

    def block(self, kind, body, length=None, trailer=None):
        length = 12 + len(body) if length is None else length
        trailer = length if trailer is None else trailer
        self.out += self.pack("II", kind, length) + body + self.pack("I", trailer)
        return self

    def interface(self, linktype=ETHERNET, snap=0, *options):
        return self.block(1, self.pack("HHI", linktype, 0, snap)
                          + self.options(*options))

    def enhanced(self, number, ticks, *options, interface=0, linktype=ETHERNET,
                 cap=None, kept=None):
        data = frame(linktype, number)
        cap_len = len(data) if cap is None else cap
        return self.block(6, self.pack("IIIII", interface, ticks >> 32,
                                       ticks & 0xffffffff, cap_len, len(data))
                          + self.pad(data[:kept]) + self.options(*options))

    def simple(self, number, snap=None):
        data = frame(ETHERNET, number)
        return self.block(3, self.pack("I", len(data)) + self.pad(data[:snap]))

    def obsolete(self, number, ticks, drops, *options):
        data = frame(ETHERNET, number)
        return self.block(2, self.pack("HHIIII", 0, drops, ticks >> 32,
                                       ticks & 0xffffffff, len(data), len(data))
                          + self.pad(data) + self.options(*options))

    def statistics(self, interface, *figures):
        return self.block(5, self.pack("III", interface, 0, 0) + self.options(
            *((code, self.pack("Q", value)) for code, value in figures)))


def plain(order):
    s = Section(order).interface()
    for number in range(1, 5):
        s.enhanced(number, T0 // 1000 + number)
    return s.out


def interfaces():
    """What libpcap refuses: link types, snap lengths, resolutions."""
    s = Section()
    s.interface(ETHERNET, 0, (2, b"src-svc"), (3, b"source"))
    s.interface(SLL, 96, (2, b"any"), (9, b"\x09"))
    s.interface(RAW, 65535, (9, bytes([0x80 | 20])))
    s.interface(SLL2, 0, (9, b"\x0c"), (14, s.pack("q", 1_600_000_000)))
    s.interface(ETHERNET, 0, (9, b"\x00"), (2, b"seconds"))
    s.interface(ETHERNET, 0, (9, bytes([0x80 | 63])), (2, b"2^-63"))
    s.enhanced(1, T0 // 1000)
    s.enhanced(2, T0 + 1, interface=1, linktype=SLL)
    s.enhanced(3, (T0 // 10**9 << 20) + 12345, interface=2, linktype=RAW)
    s.enhanced(4, 100_000_000_987_654_321, interface=3, linktype=SLL2)
    s.enhanced(5, 1_700_000_001, interface=4)
    s.enhanced(6, (1 << 63) + (1 << 62) + 3, interface=5)
    s.enhanced(7, T0 // 1000 + 5_000_000)
    return s.out


def sections():
    first = Section("<").interface(ETHERNET, 0, (2, b"one")).enhanced(
        1, T0 // 1000)
    second = Section(">").interface(SLL, 0, (2, b"two"), (9, b"\x09")).enhanced(
        2, T0 + 2_000_000, linktype=SLL)
    third = Section("<").interface(ETHERNET).enhanced(3, T0 // 1000 + 3000)
    return first.out + second.out + third.out


def strange():
    """Blocks that hold no frame that is wanted, and options likewise."""
    s = Section().interface()
    s.block(4, s.pack("HH", 0, 0))                     # names
    s.enhanced(1, T0 // 1000, (0x8001, b"of a vendor"), (2, s.pack("I", 1)))
    s.block(10, s.pack("II", 0x544c534b, 5) + b"key=v\0\0\0")  # secrets
    s.block(0x80000bad, bytes(1000))
    s.block(0x12345, b"")
    s.enhanced(2, T0 // 1000 + 1, (3, b"\x02hash"), (4, s.pack("Q", 0)))
    return s.out


def statistics():
    s = Section().interface(ETHERNET, 0, (2, b"a")).interface(
        ETHERNET, 0, (2, b"b")).interface(ETHERNET, 0, (2, b"idle"))
    s.enhanced(1, T0 // 1000)
    s.enhanced(2, T0 // 1000 + 1, (4, s.pack("Q", 2)), interface=1)
    s.statistics(0, (4, 100), (5, 0), (6, 90), (7, 0))
    s.statistics(1, (4, 50), (5, 3))
    s.statistics(1, (4, 60), (5, 3), (7, 4))
    return s.out


def unknown_link():
    s = Section().interface(ETHERNET).interface(UNKNOWN, 0, (2, b"mon0"))
    s.enhanced(1, T0 // 1000)
    s.enhanced(2, T0 // 1000 + 1, interface=1, linktype=UNKNOWN)
    s.enhanced(3, T0 // 1000 + 2)
    return s.out


def one(**how):
    return Section().interface().enhanced(1, T0 // 1000, **how)


def simple():
    return Section().interface(ETHERNET, 50).enhanced(
        1, T0 // 1000).simple(2).simple(20, 50).enhanced(
            3, T0 // 1000 + 5).out


def no_end():
    """The last option need not be followed by the one that says so."""
    s = Section().interface()
    data = frame(ETHERNET, 1)
    s.block(6, s.pack("IIIII", 0, T0 // 1000 >> 32, T0 // 1000 & 0xffffffff,
                      len(data), len(data)) + s.pad(data)
            + s.pack("HH", 1, 3) + b"yes\0")
    return s.out


def comments():
    s = Section().interface()
    s.enhanced(1, T0 // 1000, (1, b"dump begins"))
    s.enhanced(2, T0 // 1000 + 1)
    s.enhanced(3, T0 // 1000 + 2, (1, "erstens \u2013 \u00e4".encode()),
               (2, s.pack("I", 1)), (1, b"second"))
    return s.out


CAPTURES = {
    "pcap-us": pcap(),
    "pcap-us-swapped": pcap(">"),
    "pcap-ns": pcap(magic=0xa1b23c4d, unit=1),
    "pcap-ns-swapped": pcap(">", 0xa1b23c4d, 1),
    "pcap-kuznetzov": pcap(magic=0xa1b2cd34, extra=bytes([2, 0, 0, 0, 8, 0, 0, 0])),
    "pcap-snap": pcap(snap=44),
    "pcap-sll": pcap(linktype=SLL),
    "pcap-after-2038": pcap(times=(2**31 * 10**9 + 1000, 2**32 * 10**9 - 1000)),
    "pcap-empty": pcap(times=()),
    "pcap-cut": pcap()[:-5],
    "ng": plain("<"),
    "ng-swapped": plain(">"),
    "ng-interfaces": interfaces(),
    "ng-sections": sections(),
    "ng-comments": comments(),
    "ng-options-without-end": no_end(),
    "ng-strange-blocks": strange(),
    "ng-statistics": statistics(),
    "ng-unknown-link": unknown_link(),
    "ng-simple": simple(),
    "ng-obsolete": Section().interface().obsolete(1, T0 // 1000, 0).obsolete(
        2, T0 // 1000 + 1, 7, (1, b"old")).obsolete(
            3, T0 // 1000 + 2, 0xffff).out,
    "ng-cut": one().enhanced(2, T0 // 1000).out[:-9],
    "ng-cut-in-statistics": one().statistics(0, (5, 0)).out[:-4],
    "ng-empty": Section().out,
    # What is wrong with the rest their names say.
    "bad-pcap-version": pcap(version=(2, 2)),
    "bad-pcap-length": pcap()[:24 + 16 + 43 + 8] + b"\xff\xff\xff\x7f" * 20,
    "bad-pcap-link": pcap(linktype=UNKNOWN),
    "bad-text": b"This is no capture, it is a piece of prose.\n",
    "bad-short": pcap()[:23],
    "bad-ng-order": one().out + Section().out.replace(
        b"\x4d\x3c\x2b\x1a", b"\x4d\x3c\x2b\x1b"),
    "bad-ng-version": one().out + Section().out.replace(
        b"\x4d\x3c\x2b\x1a\x01", b"\x4d\x3c\x2b\x1a\x02"),
    "bad-ng-trailer": one().block(6, bytes(20), 32, 36).out,
    "bad-ng-trailer-skipped": one().block(77, bytes(20), 32, 28).out,
    "bad-ng-length-small": one().block(77, b"", 8).out,
    "bad-ng-length-odd": one().block(77, bytes(20), 31).out,
    "bad-ng-length-huge": one().block(6, bytes(20), 0xfffffff0).out,
    "bad-ng-body-small": one().block(6, bytes(16)).out,
    "bad-ng-interface": one().enhanced(2, T0 // 1000, interface=1).out,
    "bad-ng-interface-of-before": one().out + Section().enhanced(
        2, T0 // 1000).out,
    "bad-ng-statistics": one().statistics(3, (5, 1)).out,
    "bad-ng-cap-len": one().enhanced(2, T0 // 1000, cap=100).out,
    "bad-ng-simple": one().block(3, struct.pack("<I", 200) + bytes(40)).out,
    "bad-ng-option": one().block(
        6, struct.pack("<IIIIIHH", 0, 0, 0, 0, 0, 1, 9) + bytes(8)).out,
    "bad-ng-resolution": Section().interface(ETHERNET, 0, (9, b"\x06\x06")).out,
    "bad-ng-link": Section().interface(UNKNOWN).enhanced(
        1, T0 // 1000, linktype=UNKNOWN).out,
}


def main():
    captures, corpus = (pathlib.Path(arg) for arg in sys.argv[1:3])
    for name, data in CAPTURES.items():
        (captures / f"{name}.cap").write_bytes(data)
        (corpus / name).write_bytes(data)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""door.py ADDRESS COMMAND - a command for a guest of a lab

Run in the network namespace of the lab. The guest has a shell behind UDP port 9999
(see soak-counter.yaml); the datagram is made by hand, for that bridge has no address
on this side, and goes out by broadcast, for nobody asks for hardware addresses.
"""
import socket
import struct
import sys

PORT = 9999
US = bytes([10, 78, 0, 1])
OUR_MAC = bytes.fromhex("525400780099")


def checksum(header):
    total = sum(struct.unpack(f"!{len(header) // 2}H", header))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def datagram(address, command):
    data = command.encode() + b"\n"
    to = bytes(int(part) for part in address.split("."))
    udp = struct.pack("!HHHH", PORT, PORT, 8 + len(data), 0) + data
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64,
                     socket.IPPROTO_UDP, 0) + US + to
    ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
    return b"\xff" * 6 + OUR_MAC + b"\x08\x00" + ip + udp


if __name__ == "__main__":
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("xfer0", 0))
        s.send(datagram(sys.argv[1], sys.argv[2]))

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""slow.py - a service that takes long to start: it imports a computer algebra system

Answers any datagram on UDP port 7020 of 127.0.0.1 with what it is. What it knows was
computed after the start, and lives in memory alone.
"""
import os
import socket

import sympy

nonce = os.urandom(8).hex()
x = sympy.Symbol("x")
roots = sympy.solve(x**3 - 6 * x**2 + 11 * x - 6, x)
service = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
service.bind(("127.0.0.1", 7020))
asked = 0
while True:
    _, client = service.recvfrom(64)
    asked += 1
    answer = f"nonce={nonce}\npid={os.getpid()}\nroots={roots}\nasked={asked}\n"
    service.sendto(answer.encode(), client)

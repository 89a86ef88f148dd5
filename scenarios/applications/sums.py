# SPDX-License-Identifier: Apache-2.0
# sums.py - a service with its state in memory; see ask.sh
import socketserver
import sys
import uuid

NONCE = uuid.uuid4().hex
total = 0


class Sums(socketserver.StreamRequestHandler):
    def handle(self):
        global total
        for count, line in enumerate(self.rfile, 1):
            n = int(line)
            total = (total * 31 + n) % 1000003
            self.wfile.write(f"{NONCE} {n} {total}\n".encode())
            print(f"nonce={NONCE} answered={count}", flush=True)


socketserver.TCPServer.allow_reuse_address = True
with socketserver.ThreadingTCPServer(("", int(sys.argv[1])), Sums) as server:
    print(f"ready nonce={NONCE} answered=0", flush=True)
    server.serve_forever()

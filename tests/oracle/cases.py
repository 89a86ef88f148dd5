# SPDX-License-Identifier: Apache-2.0
"""cases.py - our figures of golden and random captures, against another reader's

For each tests/golden/wire/CASE the answer in expected.json (which a unit test
proves to be ours) is compared with the reader's. CASE/LISTING lists the
differences that are right, one a line: "CONNECTION FIGURE OURS THEIRS REASON";
one that is not listed, and one that is listed and is not there, fails. "unread
REASON" alone says that the reader cannot read this capture.

Then random conversations are made (tests/oracle/wire_random.c) and what
`crmatrix analyze --json` says of them is compared likewise; there is no list,
and what differs has its reason in the reader's `alike`.
"""
import json
import pathlib
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Callable

SIDES = ("client", "server")
SERVICE = "10.77.0.100:7000"
RANDOM_SEEDS = (1, 2, 3)
RANDOM_CONNECTIONS = 100
WRONG_SHOWN = 20


@dataclass
class Reader:
    """Another program that counts

    count: (capture, service) -> its figures {client: {figure: value}}
    ours: a connection of ours -> the figures that it can be asked for
    alike: (figure, ours, theirs) -> whether they may differ so, of random ones
    """
    name: str
    listing: str
    count: Callable
    ours: Callable
    alike: Callable = lambda _name, _us, _them: False


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def listing(case, reader):
    path = case / reader.listing
    return path.read_text().splitlines() if path.exists() else []


def unread(case, reader):
    return any(line.startswith("unread ") for line in listing(case, reader))


def listed(case, reader):
    """The differences that are right: {(connection, figure): (us, them)}"""
    rows = {}
    for line in listing(case, reader):
        client, figure, us, them, _reason = line.split(None, 4)
        rows[client, figure] = (us, them)
    return rows


def compare(reader, conns, theirs):
    """All figures: (client, figure, ours, theirs)"""
    for conn in conns:
        them = theirs.pop(conn["client"], {})
        for name, us in reader.ours(conn).items():
            yield conn["client"], name, us, them.get(name, 0)
    for client, them in theirs.items():
        yield client, "frames", 0, sum(
            them.get(f"frames.{side}", 0) for side in SIDES)


def check(reader, case):
    """Figures compared, and what is wrong with them"""
    answer = json.loads((case / "expected.json").read_text())
    address, port, protocol = (case / "case").read_text().split()[:3]
    if protocol != "tcp":
        return 0, []
    capture, = case.glob("capture.pcap*")
    theirs = reader.count(capture, endpoint(address, port))
    found, figures = {}, 0
    for client, name, us, them in compare(
            reader, answer["report"]["connections"], theirs):
        figures += 1
        if us != them:
            found[client, name] = (str(us), str(them))
    right = listed(case, reader)
    return figures, [
        f"{case.name}: {' '.join(key)}: ours and {reader.name}'s are "
        f"{found.get(key, 'equal')}, listed is "
        f"{right.get(key, 'no difference')}"
        for key in sorted(set(found) | set(right))
        if found.get(key) != right.get(key)]


def check_random(reader, build, folder, seed):
    """Figures compared, and which differ without a reason"""
    capture = pathlib.Path(folder) / "random.pcap"
    with open(capture, "wb") as out:
        subprocess.run([f"{build}/tests/oracle/wire_random", str(seed),
                        str(RANDOM_CONNECTIONS)], stdout=out, check=True)
    said = subprocess.run(
        [f"{build}/crmatrix", "analyze", str(capture), "--service", SERVICE,
         "--json"], stdout=subprocess.PIPE, check=False)
    conns = [conn["wire"] for conn in json.loads(said.stdout)["connections"]]
    wrong, figures = [], 0
    for client, name, us, them in compare(
            reader, conns, reader.count(capture, SERVICE)):
        figures += 1
        if us != them and not reader.alike(name, us, them):
            wrong.append(f"seed {seed}: {client} {name}: ours is {us}, "
                         f"{reader.name}'s {them}")
    return figures, wrong


def run(reader, build):
    """All of them, told on stdout; the exit status"""
    found = {p.parent for p in
             pathlib.Path("tests/golden/wire").glob("*/capture.pcap*")}
    cases = sorted(case for case in found if not unread(case, reader))
    total, explained, bad = 0, 0, 0
    for case in cases:
        figures, wrong = check(reader, case)
        total += figures
        explained += len(listed(case, reader))
        bad += len(wrong)
        for line in wrong:
            print(line)
    print(f"{len(cases)} captures, {len(found) - len(cases)} that "
          f"{reader.name} cannot read, {total} figures: {explained} differ "
          f"for a listed reason, {bad} without one")
    with tempfile.TemporaryDirectory() as folder:
        for seed in RANDOM_SEEDS:
            figures, wrong = check_random(reader, build, folder, seed)
            total += figures
            bad += len(wrong)
            print("\n".join(wrong[:WRONG_SHOWN] +
                            [f"seed {seed}: {figures} figures, "
                             f"{len(wrong)} differ"]))
    return 1 if bad or not total else 0

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""capfile_oracle.py - what Wireshark's tools read of captures, against ours

For each tests/golden/captures/NAME.expected (which a unit test proves to be
ours) the frames are compared with tshark's, their count with capinfos', and
those of merges with what mergecap makes. A difference that 'oracle' there does
not list fails, and so does a listed one that is not there.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

GOLDEN = pathlib.Path("tests/golden/captures")
FIELDS = ["frame.number", "frame.time_epoch", "frame.cap_len", "frame.len",
          "frame.encap_type", "frame.interface_id", "frame.comment"]
FIGURES = ["time", "cap_len", "len", "link", "interface", "comment"]
# Wireshark's numbers of link types (wtap.h) to those in files.
LINKS = {"1": "1", "7": "101", "23": "127", "25": "113", "210": "276"}
FRAME = re.compile(r"frame (\d+) at (\S+) (\d+) of (\d+) link (\d+) "
                   r"interface (\d+) byte \d+(?:: (.*))?$", re.DOTALL)
# Two lines of one comment are two comments.
ENTRY = re.compile(r"\n(?=frame |interface |drops |note: |error )")


def ours(path):
    """{frame number: figures} of an .expected file, and whether it ended well"""
    text = path.read_text().rstrip("\n")
    frames = {}
    for entry in ENTRY.split(text):
        match = FRAME.match(entry)
        if match:
            number, at, cap, length, link, interface, comment = match.groups()
            frames[int(number)] = ["" if at == "-" else at, cap, length, link,
                                   interface, (comment or "").replace("\n", ",")]
    return frames, "\nerror " not in "\n" + text and "note: " not in text


def tsharks(capture):
    command = ["tshark", "-n", "-r", str(capture), "-T", "fields",
               "-E", "separator=/t", "-E", "aggregator=,"]
    for field in FIELDS:
        command += ["-e", field]
    # Damaged ones end with an error after the frames that are good.
    out = subprocess.run(command, check=False, capture_output=True, text=True)
    frames = {}
    for line in out.stdout.splitlines():
        number, at, cap, length, encap, interface, comment = (
            line.split("\t") + [""])[:7]
        frames[int(number)] = [at, cap, length, LINKS.get(encap, encap),
                               interface or "0", comment]
    return frames


def capinfos_count(capture):
    out = subprocess.run(["capinfos", "-Tmrc", str(capture)], check=True,
                         capture_output=True, text=True).stdout
    return int(out.strip().split(",")[-1])


def differences(mine, theirs, skip=()):
    for number in sorted(set(mine) | set(theirs)):
        a, b = mine.get(number), theirs.get(number)
        if a is None or b is None:
            yield number, "all", a, b
            continue
        for name, x, y in zip(FIGURES, a, b):
            if x != y and name not in skip:
                yield number, name, x, y


def listed():
    rows = {}
    for line in (GOLDEN / "oracle").read_text().splitlines():
        capture, number, figure, _reason = line.split(None, 3)
        rows[capture, number, figure] = False
    return rows


def unlisted(rows, name, found):
    """Of the differences found those that are not listed, as sentences"""
    for number, figure, a, b in found:
        keys = [(name, str(number), figure), (name, "*", figure)]
        known = [key for key in keys if key in rows]
        for key in known:
            rows[key] = True
        if not known:
            yield f"{name} frame {number} {figure}: {a}, theirs is {b}"


def check_captures(rows):
    wrong, figures = [], 0
    for path in sorted(GOLDEN.glob("*.cap")):
        mine, whole = ours(path.with_suffix(".expected"))
        figures += len(mine) * len(FIGURES)
        wrong += unlisted(rows, path.stem, differences(mine, tsharks(path)))
        if whole and capinfos_count(path) != len(mine):
            wrong.append(f"{path.stem}: capinfos counts other frames")
    return wrong, figures


def check_merges(rows):
    wrong, figures = [], 0
    for line in (GOLDEN / "merges").read_text().splitlines():
        name, *files = line.split()
        name = f"merged-{name}"
        mine, _ = ours(GOLDEN / f"{name}.expected")
        figures += len(mine) * (len(FIGURES) - 1)
        with tempfile.NamedTemporaryFile(suffix=".pcapng") as merged:
            subprocess.run(["mergecap", "-w", merged.name]
                           + [str(GOLDEN / f) for f in files],
                           check=False, capture_output=True)
            theirs = tsharks(merged.name)
        # mergecap numbers interfaces by files, also those without frames.
        wrong += unlisted(rows, name,
                          differences(mine, theirs, ["interface"]))
    return wrong, figures


def main():
    rows = listed()
    wrong, figures = check_captures(rows)
    more, merged = check_merges(rows)
    wrong += more + [f"{' '.join(key)}: listed, but there is no difference"
                     for key, seen in rows.items() if not seen]
    for line in wrong:
        print(line)
    print(f"{figures + merged} figures: {len(rows)} differ for a listed reason, "
          f"{len(wrong)} without one")
    return 1 if wrong or not figures or not merged else 0


if __name__ == "__main__":
    sys.exit(main())

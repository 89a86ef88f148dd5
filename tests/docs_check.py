#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Documents against the program and the tree.

Each command line of crmatrix that a document, a template or a man page shows has a
command and options that --help knows; each relative link leads to a file, and to a
heading of it. What commands print is tried by hand, and by tests/vm.
"""
import functools
import os
import re
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CRMATRIX = os.environ.get("CRMATRIX", os.path.join(SOURCE, "build/crmatrix"))
LINE = re.compile(r"(?:^|[\s`;|&(])(?:build/)?crmatrix ((?!\|)[a-z].*)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


@functools.cache
def help_of(command):
    run = subprocess.run([CRMATRIX, *command.split(), "--help"], check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return run.stdout.decode() if run.returncode == 0 else ""


@functools.cache
def commands():
    listed = help_of("").partition("\nCommands:\n")[2].partition("\n\n")[0]
    return set(re.findall(r"^  ([a-z]+) ", listed, re.M))


def options_of(command):
    return set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", help_of(command)))


def shown(text):
    """Command lines: code that is indented, fenced or in backquotes, joined at '\\'."""
    text = re.sub(r"\\\n\s*", " ", text)
    fenced = False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t")):
            yield line
        else:
            yield from re.findall(r"`([^`]+)`", line)


def wrong_commands(text):
    for line in shown(text):
        found = LINE.search(" " + line.strip().removeprefix("$ "))
        if not found:
            continue
        # Of a pipe, a list or a comment only the first command is crmatrix's.
        words = re.split(r"\s[|;&#>]|;|[|`)]|\s{3,}", found[1])[0].split()
        if words[0] not in commands():
            if re.fullmatch(r"[a-z]+", words[0]):
                yield f"no command '{words[0]}': {line.strip()}"
            continue
        for word in words[1:]:
            option = re.match(r"\[?(--?[a-z][a-z-]*)", word)
            if option and option[1] not in options_of(words[0]):
                yield f"'{words[0]}' has no {option[1]}: {line.strip()}"


def anchors(path):
    """Headings as GitHub makes fragments of them."""
    with open(path, encoding="utf-8") as file:
        for heading in re.findall(r"^#+ (.*)$", file.read(), re.M):
            plain = re.sub(r"[^\w\- ]", "", heading.lower())
            yield plain.replace(" ", "-")


def wrong_links(path, text):
    for link in LINK.findall(re.sub(r"```.*?```", "", text, flags=re.S)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, fragment = link.partition("#")
        target = os.path.join(os.path.dirname(path), place) if place else path
        if not os.path.exists(target):
            yield f"no such file: {link}"
        elif fragment and fragment not in anchors(target):
            yield f"no such heading: {link}"


def documents():
    for folder, below, names in os.walk(SOURCE):
        below[:] = [n for n in below if not n.startswith((".", "build", "run-"))]
        place = os.path.relpath(folder, SOURCE)
        yield from (os.path.normpath(f"{place}/{n}") for n in names
                    if n.endswith((".md", ".scd")) or place == "docs/ci")


def main():
    findings = seen = 0
    for name in sorted(documents()):
        path = f"{SOURCE}/{name}"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        seen += len(LINE.findall(text))
        if not name.endswith((".md", ".scd")):
            text = re.sub("^", "\t", re.sub(r"(?m)^\s*(#|//).*", "", text), flags=re.M)
        wrong = list(wrong_commands(text))
        if name.endswith(".md"):
            wrong += wrong_links(path, text)
        for what in wrong:
            print(f"{name}: {what}")
        findings += len(wrong)
    assert seen > 100, "the documents show no commands"
    print(f"{findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())

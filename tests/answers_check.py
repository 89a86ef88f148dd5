#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds what commands print with --json against the schemas that crmatrix prints.

Each answer about a golden run must fit its schema, and no longer when one of its
members is gone or of another type.
"""
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError as missing:
    print(f"{missing}: install python3-jsonschema")
    sys.exit(77)

import schema_check

SOURCE = schema_check.SOURCE
CRMATRIX = schema_check.CRMATRIX
GOLDEN = f"{SOURCE}/tests/golden"
# Schema, command, and its exit status.
ANSWERS = (
    ("compare", ["compare", "--json", f"{GOLDEN}/compare/old.json",
                 f"{GOLDEN}/compare/new.json"], 1),
    ("compare", ["compare", "--json", f"{GOLDEN}/report/matrix",
                 f"{GOLDEN}/report/empty"], 3),
    ("ask", ["ask", f"{GOLDEN}/report/matrix", "--from", "b12-6.1", "--to",
             "t13-6.12", "--json"], 1),
    ("ask", ["ask", f"{GOLDEN}/report/matrix", "--from", "b11-5.10", "--to",
             "t13-7.2", "--json", "--scenario", "redis"], 3),
    ("placement", ["ask", f"{GOLDEN}/report/matrix", "--format", "k8s"], 0),
    ("history", ["history", "trend", "--index", "INDEX", "--json"], 0),
    ("bisect", ["bisect", f"{GOLDEN}/bisect/untold", "--json"], 3),
    ("shards", ["list", "cells", "--shards", "3", "--format", "json"], 0),
)


def crmatrix(*args):
    """Exit status and JSON of a command."""
    run = subprocess.run([CRMATRIX, *args], stdout=subprocess.PIPE, check=False)
    return run.returncode, json.loads(run.stdout)


# Members with keys of anybody's choice: none of them must be there.
FREE = ("labels",)


def spoilt(value, free=False):
    """Copies of JSON in each of which one member is gone, or of a type that none
    has; of a list its first element stands for all."""
    if isinstance(value, list) and value:
        for bad in spoilt(value[0]):
            yield [bad] + value[1:]
    if not isinstance(value, dict):
        return
    for key in value:
        if not free:
            yield {k: v for k, v in value.items() if k != key}
        yield {**value, key: [1.5]}
        for bad in spoilt(value[key], key in FREE):
            yield {**value, key: bad}


def check(name, args, wanted):
    """What is wrong with one answer, line by line."""
    _, schema = crmatrix("schema", name)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    status, answer = crmatrix(*args)
    if status != wanted:
        yield f"ends with {status}, not {wanted}"
    for error in validator.iter_errors(answer):
        where = "/".join(map(str, error.absolute_path))
        yield f"{where}: {error.message:.200}"
    for bad in spoilt(answer):
        if validator.is_valid(bad):
            yield "a spoilt answer fits the schema"


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        index = f"{folder}/index"
        subprocess.run([CRMATRIX, "history", "import", "--quiet", "--index",
                        index, f"{GOLDEN}/compare/old.json",
                        f"{GOLDEN}/compare/new.json"], check=True)
        for name, args, wanted in ANSWERS:
            args = [index if arg == "INDEX" else arg for arg in args]
            for wrong in check(name, args, wanted):
                print(f"{' '.join(args)}: {wrong}")
                failures += 1
    print(f"{failures} disagreements")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds YAML files against the JSON Schemas that crmatrix prints.

Every file that comes with crmatrix must fit its schema and be taken by
crmatrix. Every file of tests/golden/yaml, each with many mistakes, must be
refused by both. So must every mistake of the table below, but for those that a
schema cannot see: why is in the table.

What crmatrix prints of every golden capture ('analyze --json') must fit its
schema too, and no longer when a member is gone or of another type.
"""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"{missing}: install python3-jsonschema and python3-yaml")
    sys.exit(77)

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CRMATRIX = os.environ.get("CRMATRIX", os.path.join(SOURCE, "build/crmatrix"))
BAD = os.path.join(SOURCE, "tests/golden/yaml")

SCENARIO = "title: t\nworkload: {command: x, port: 80}\n"
MACHINE = "machines: {m: {kernel: 6.1, userland: b, %s}}\n"
# One mistake each: kind, text, and why the schema cannot see it (None: it can).
MISTAKES = (
    ("scenario", "title: t\n", None),
    ("scenario", SCENARIO + "cold-boot: yes\n", None),
    ("scenario", SCENARIO + "cold-boot: 'true'\n", None),
    ("scenario", SCENARIO + "cold_boot: true\n", None),
    ("scenario", SCENARIO + "about:\n", None),
    ("scenario", SCENARIO + "about: [a]\n", None),
    ("scenario", SCENARIO + "control-of: A\n", None),
    ("scenario", SCENARIO + "limits: {dump: 10}\n", None),
    ("scenario", SCENARIO + "limits: {dump: 1.5s}\n", None),
    ("scenario", SCENARIO + "limits: {dump: 1m30s}\n", None),
    ("scenario", SCENARIO + "limits: {dump: 0s}\n", "limits with a unit"),
    ("scenario", SCENARIO + "limits: [dump]\n", None),
    ("scenario", SCENARIO + "peer: redsi\n", None),
    ("scenario", SCENARIO + "peer: {use: command}\n", "rules between keys"),
    ("scenario", SCENARIO + "peer: {use: redis, command: x}\n",
     "rules between keys"),
    ("scenario", "title: t\nworkload: {command: x}\npeer: redis\n",
     "rules between keys"),
    ("scenario", "title: t\nworkload: {command: x, same: pid}\n",
     "rules between keys"),
    ("scenario", "title: t\nworkload: {command: x, port: 70000}\n", None),
    ("scenario", "title: t\nworkload: {command: x, port: '80'}\n", None),
    ("scenario", "title: t\nworkload: {command: x, port: 0x50}\n",
     "numbers in YAML's other forms"),
    ("scenario", "title: t\nworkload: {command: x, port: 070}\n",
     "numbers in YAML's other forms"),
    ("scenario", "title: !!str t\nworkload: {command: x}\n", "tags"),
    ("scenario", "title: t\ntitle: t\nworkload: {command: x}\n",
     "repeated keys"),
    ("scenario", SCENARIO + "---\n" + SCENARIO, None),
    ("scenario", SCENARIO + "steps: [{at: at-end, on: host}]\n", None),
    ("scenario", SCENARIO + "steps: [{at: at-end, on: host, run: a, wait: b}]"
     "\n", None),
    ("scenario", SCENARIO + "steps: [{at: end, on: host, run: a}]\n", None),
    ("scenario", SCENARIO + "steps: {at: at-end, on: host, run: a}\n", None),
    ("scenario", SCENARIO + "requires: [{on: nowhere, run: x, message: y}]\n",
     None),
    ("scenario", SCENARIO + "expect: [{verdict: xfail, reason: r}]\n", None),
    ("scenario", SCENARIO + "expect: [{verdict: fail}]\n", None),
    ("scenario", SCENARIO + "expect: [{verdict: fail, reason: r, when: "
     "{kernel: {a: b}}}]\n", None),
    ("scenario", SCENARIO + "expect: [{verdict: fail, reason: r, when: "
     "{kernle: x}}]\n", "texts of conditions"),
    ("machines", "machines: []\n", None),
    ("machines", "machine: {}\n", None),
    ("machines", "machines: {M: {kernel: 6.1, userland: b}}\n", None),
    ("machines", "machines: {m: {userland: b}}\n", None),
    ("machines", "machines: {m: {memory: 1G}}\n", None),
    ("machines", "machines: {m: {from-profile: [h.yaml]}}\n", None),
    ("machines", "machines: {m: {kernel: {}, userland: b}}\n", None),
    ("machines", "machines: {m: {kernel: {name: 6.1, image: i}, userland: b}}"
     "\n", None),
    ("machines", "machines: {m: {kernel: {name: 6.1, modules: i}, userland: b}"
     "}\n", "rules between keys"),
    ("machines", MACHINE % "memory: 512", None),
    ("machines", MACHINE % "memory: 512MB", None),
    ("machines", MACHINE % "memory: 1M", "limits with a unit"),
    ("machines", MACHINE % "vcpus: 0", None),
    ("machines", MACHINE % "vcpus: 1.5", None),
    ("machines", MACHINE % "cpu-features: avx", None),
    ("machines", MACHINE % "cpu-features: [+avx, [-x]]", None),
    ("matrix", "scenario: x\n", None),
    ("matrix", "repeat: 0\n", None),
    ("matrix", "repeat: many\n", None),
    ("matrix", "self: 1\n", None),
    ("matrix", "machines: {a: b}\n", None),
    ("matrix", "machines: [A]\n", None),
    ("matrix", "[]\n", None),
)


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: 'on' and 1:30 are text."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
     "-+.0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}",
                                 re.compile(f"^(?:{pattern})$"),
                                 [c if c != "\0" else "" for c in first])


def schemas():
    """All schemas, as the program prints them."""
    found = {}
    for name in ("scenario", "machines", "matrix", "profile", "analyze", "predict"):
        text = subprocess.run([CRMATRIX, "schema", name], check=True,
                              stdout=subprocess.PIPE).stdout
        schema = json.loads(text)
        jsonschema.Draft202012Validator.check_schema(schema)
        found[name] = jsonschema.Draft202012Validator(schema)
    return found


def shipped():
    """(kind, path) of every YAML file that comes with crmatrix."""
    for path in sorted(glob.glob(f"{SOURCE}/scenarios/**/*.yaml",
                                 recursive=True)):
        name = os.path.basename(path)
        yield ("matrix" if name.startswith("matrix") else "scenario"), path
    for path in sorted(glob.glob(f"{SOURCE}/vm-images/machines*.yaml")):
        yield "machines", path


def schema_errors(validator, path):
    """What the schema says against a file; YAML that cannot be read is one."""
    try:
        with open(path, encoding="utf-8") as file:
            data = yaml.load(file, Loader)
    except (yaml.YAMLError, TypeError, ValueError) as error:
        return [f"not YAML: {error}".splitlines()[0]]
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}"
            for e in validator.iter_errors(data)]


def taken(kind, path):
    """Whether crmatrix takes a file of that kind, and what it says."""
    with tempfile.TemporaryDirectory() as folder:
        matrix = os.path.join(folder, "matrix.yaml")
        machines = path if kind == "machines" else \
            f"{SOURCE}/vm-images/machines.yaml"
        with open(matrix, "w", encoding="utf-8") as file:
            json.dump({"machine-files": [machines],
                       "scenarios": [path] if kind == "scenario" else []},
                      file)
        if kind == "matrix":
            matrix = path
        run = subprocess.run(
            [CRMATRIX, "list", "machines" if kind == "machines" else
             "scenarios", "--matrix", matrix],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            env={**os.environ, "CRMATRIX_DATA": SOURCE})
    return run.returncode == 0, run.stdout.decode(errors="replace")


def check_shipped(validators):
    """Failures among the files that come with crmatrix."""
    failures = 0
    for kind, path in shipped():
        name = os.path.relpath(path, SOURCE)
        for error in schema_errors(validators[kind], path):
            print(f"{name}: by its schema: {error}")
            failures += 1
        good, output = taken(kind, path)
        if not good:
            print(f"{name}: refused by crmatrix:\n{output}")
            failures += 1
    return failures


def check_bad(validators):
    """Failures among the files with mistakes."""
    failures = 0
    for path in sorted(glob.glob(f"{BAD}/*.yaml")):
        name = os.path.relpath(path, SOURCE)
        kind = os.path.basename(path).split("-")[0]
        if taken(kind, path)[0]:
            print(f"{name}: taken by crmatrix, for all its mistakes")
            failures += 1
        if not schema_errors(validators[kind], path):
            print(f"{name}: fits its schema, for all its mistakes")
            failures += 1
    return failures


def check_mistake(validator, kind, text, blind):
    """1 when crmatrix or its schema is not of the opinion it should be."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, f"{kind}.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        good, _ = taken(kind, path)
        fits = not schema_errors(validator, path)
    if not good and fits == bool(blind):
        return 0
    print(f"{kind}: crmatrix {'takes' if good else 'refuses'}, "
          f"its schema {'takes' if fits else 'refuses'}:\n{text}")
    return 1


def check_mistakes(validators):
    """Failures among MISTAKES; what the schema cannot see is listed."""
    failures = sum(check_mistake(validators[kind], kind, text, blind)
                   for kind, text, blind in MISTAKES)
    blind = sorted({blind for _, _, blind in MISTAKES if blind})
    print("Refused by crmatrix alone:", "; ".join(blind))
    return failures


def analyses():
    """(name, what 'analyze --json' says) of every golden capture."""
    for path in sorted(glob.glob(f"{SOURCE}/tests/golden/wire/*/capture.pcap")):
        folder = os.path.dirname(path)
        with open(f"{folder}/case", encoding="utf-8") as file:
            address, port = file.read().split()[:2]
        service = f"[{address}]:{port}" if ":" in address else \
            f"{address}:{port}"
        run = subprocess.run([CRMATRIX, "analyze", path, "--service", service,
                              "--json"], stdout=subprocess.PIPE, check=False)
        yield os.path.basename(folder), json.loads(run.stdout)


def spoilt(value):
    """Copies of JSON in each of which one member is gone, or of another type;
    of a list its first element stands for all."""
    if isinstance(value, list) and value:
        for bad in spoilt(value[0]):
            yield [bad] + value[1:]
    if not isinstance(value, dict):
        return
    for key in value:
        yield {k: v for k, v in value.items() if k != key}
        yield {**value, key: 1.5}
        for bad in spoilt(value[key]):
            yield {**value, key: bad}


def check_analyses(validator):
    """Failures among the answers about captures."""
    failures = 0
    whole = None
    for name, answer in analyses():
        for error in validator.iter_errors(answer):
            where = "/".join(map(str, error.absolute_path))
            print(f"analyze {name}: {where}: {error.message}")
            failures += 1
        whole = answer if name == "kept" else whole
    for bad in spoilt(whole):
        if validator.is_valid(bad):
            print("analyze: a spoilt answer fits the schema")
            failures += 1
    return failures


def predictions():
    """(name, what 'predict --json' says) of all kinds."""
    folder = f"{SOURCE}/tests/golden"
    hosts = [f"{folder}/predict/{name}.yaml" for name in ("old", "small")]
    for name, words in (("pair", hosts), ("fleet", ["--fleet", *hosts]),
                        ("run", [f"{folder}/report/matrix"])):
        run = subprocess.run([CRMATRIX, "predict", "--json", *words],
                             stdout=subprocess.PIPE, check=False)
        yield name, json.loads(run.stdout)


def check_predictions(validator):
    """Failures among the predictions."""
    failures = 0
    for name, answer in predictions():
        for error in validator.iter_errors(answer):
            print(f"predict, {name}: {error.message}")
            failures += 1
        if name == "run":
            answer["score"]["modes"] = {}  # of which any may be gone
        for bad in spoilt(answer):
            if validator.is_valid(bad):
                print(f"predict, {name}: a spoilt answer fits the schema")
                failures += 1
    return failures


def members(schema):
    """Names of all members that a schema has."""
    if isinstance(schema, dict):
        for key, value in schema.get("properties", {}).items():
            yield key
            yield from members(value)
        for key in ("items", "anyOf"):
            yield from members(schema.get(key))
    if isinstance(schema, list):
        for value in schema:
            yield from members(value)


def check_told(schema):
    """Members that results/analyze.md does not tell."""
    with open(f"{SOURCE}/results/analyze.md", encoding="utf-8") as file:
        text = file.read()
    untold = sorted(m for m in set(members(schema)) if f"`{m}`" not in text)
    for member in untold:
        print(f"results/analyze.md does not tell of '{member}'")
    return len(untold)


def main():
    validators = schemas()
    failures = (check_shipped(validators) + check_bad(validators) +
                check_mistakes(validators) +
                check_analyses(validators["analyze"]) +
                check_predictions(validators["predict"]) +
                check_told(validators["analyze"].schema))
    print(f"{failures} disagreements")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

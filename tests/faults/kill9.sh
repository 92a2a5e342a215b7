#!/usr/bin/env bash
# Kills a real run with SIGKILL at random moments, checkpoint writing included, and resumes it each time; compares the end with an undisturbed run's.
# Usage: tests/faults/kill9.sh [kills, default 50] [kills a run, default 5]
set -euo pipefail
cd "$(dirname "$0")/../.."
kills=${1:-50} per_run=${2:-5}
steps=400 every=5 width=128
export OMP_NUM_THREADS=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

dotnet build tests/GanSharp.FaultWorker -c Release -v q -o artifacts/fault-worker > /dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
worker() { dotnet artifacts/fault-worker/GanSharp.FaultWorker.dll "$1" $steps $every $width; }
hash_of() { grep '^hash ' <<< "$1"; }

begin=$(date +%s%N)
expected=$(hash_of "$(worker "$work/whole")")
milliseconds=$(( ($(date +%s%N) - begin) / 1000000 ))
echo "undisturbed: $milliseconds ms"

done=0 unfinished=0 steps_seen=()
while (( done < kills )); do
  folder=$work/run-$done
  for (( kill = 0; kill < per_run && done < kills; kill++ )); do
    # exec: the process that is killed must be the run and not a shell around it.
    (exec dotnet artifacts/fault-worker/GanSharp.FaultWorker.dll "$folder" $steps $every $width > /dev/null) & process=$!
    # From the loading of the library to the last step, wherever it happens to be.
    sleep "$(awk -v seed=$RANDOM -v most=$milliseconds 'BEGIN { srand(seed); printf "%.3f", (0.25 + 0.7 * rand()) * most / 1000 }')"
    if ! kill -0 $process 2> /dev/null; then
      wait $process || { echo "a run failed"; exit 1; }
      rm -rf "$folder"
      continue
    fi
    kill -9 $process 2> /dev/null || true
    wait $process 2> /dev/null || true
    done=$(( done + 1 ))
    newest=none
    for checkpoint in "$folder"/step-?????????; do [[ -d $checkpoint ]] && newest=$(( 10#${checkpoint##*-} )); done
    steps_seen+=("$newest")
    if compgen -G "$folder/*.unfinished" > /dev/null || compgen -G "$folder/*.discarded" > /dev/null; then unfinished=$(( unfinished + 1 )); fi
  done
  found=$(hash_of "$(worker "$folder")")
  [[ $found == "$expected" ]] || { echo "after $done kills the end differs: $found, expected $expected"; exit 1; }
  rm -rf "$folder"
done
echo "newest checkpoint at each kill: ${steps_seen[*]}"
echo "$done kills, $unfinished of them while a checkpoint was written or removed: every resumed run ended as the undisturbed one, bit for bit"

#!/usr/bin/env bash
# Fills a small disk (a tmpfs) so that checkpoint after checkpoint fails, at another byte each time; the one before must stay good and resume.
# Usage, as root: tests/faults/disk-full.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_NUM_THREADS=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
steps=60 every=10 width=128

dotnet build tests/GanSharp.FaultWorker -c Release -v q -o artifacts/fault-worker > /dev/null
work=$(mktemp -d)
trap 'umount "$work/disk" 2> /dev/null || true; rm -rf "$work"' EXIT
mkdir "$work/disk"
mount -t tmpfs -o size=64m none "$work/disk" 2> /dev/null || { echo "skipped: a tmpfs can't be mounted here"; exit 0; }
worker() { dotnet artifacts/fault-worker/GanSharp.FaultWorker.dll "$@"; }
good() { for folder in "$1"/step-?????????; do (cd "$folder" && sha256sum --quiet -c SHA256SUMS) || return 1; done; }

expected=$(worker "$work/whole" $steps $every $width | grep '^hash ')
bytes=$(du -sb "$work"/whole/step-000000060 | cut -f1)
echo "a checkpoint takes $bytes bytes"
cases=0
for policy in stop continue; do
  # Room for the first checkpoint and a share of the second: full in the tensors, at their end, in the manifest, in the checksums.
  for percent in 0 1 20 50 80 90 95 98 99 100; do
    run=$work/disk/run
    rm -rf "$work"/disk/*
    worker "$run" $every $every $width > /dev/null
    free=$(( $(df -B1 --output=avail "$work/disk" | tail -1) - bytes * percent / 100 ))
    (( free > 0 )) && head -c "$free" /dev/zero > "$work/disk/filler"
    code=0
    output=$(worker "$run" $steps $every $width $policy 2>&1) || code=$?
    good "$run" || { echo "$policy, $percent%: a checkpoint is damaged"; exit 1; }
    if (( percent < 90 )); then
      (( code == 1 )) && grep -q "can't be written" <<< "$output" || { echo "$policy, $percent%: exit code $code: $output"; exit 1; }
      [[ $policy == stop ]] || grep -q '^warning: ' <<< "$output" || { echo "$policy, $percent%: it didn't go on: $output"; exit 1; }
      [[ -d $run/step-000000010 ]] || { echo "$policy, $percent%: the checkpoint before is gone"; exit 1; }
    fi
    rm -f "$work/disk/filler"
    found=$(worker "$run" $steps $every $width | grep '^hash ')
    [[ $found == "$expected" ]] || { echo "$policy, $percent%: with room again the end differs"; exit 1; }
    cases=$(( cases + 1 ))
    (( percent == 50 )) && echo "$policy: $(grep -m1 "can't be written" <<< "$output")"
  done
done

# A disk that is mounted read-only is found before training.
mount -o remount,ro "$work/disk"
code=0
output=$(worker "$work/disk/other" $steps $every $width 2>&1) || code=$?
(( code == 1 )) || { echo "read-only: exit code $code: $output"; exit 1; }
echo "read-only: $output"
echo "$cases full disks: what was saved stayed good, and with room again every run ended as the undisturbed one"

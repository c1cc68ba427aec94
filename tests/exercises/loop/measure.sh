#!/bin/bash
# measure.sh [BUILD]: from a save to the verdict, in seconds, with our solution in the place of the learner's file. The
# median of three rounds, without a cache. Compile and sanitizers each compile the file and the checks anew; the last column
# is what a learner waits for all of it, with the look at what the chapter's library needs.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../../.."
build=${1:-build/dev}
program=$build/exercises/runner/exercises
export CCACHE_DISABLE=1
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
mkdir -p "$house/exercises/my"
ln -s "$PWD"/{chapters,tests,docs} "$house"
ln -s "$PWD"/exercises/[0-9][0-9]_* "$house/exercises"

median() { sort -n | sed -n 2p; }
seconds_of() { sed -n "s/.*\"event\":\"$1\".*\"seconds\":\([0-9.]*\).*/\1/p"; }

printf '%-18s %8s %8s %11s %8s\n' exercise compile checks sanitizers all
for folder in exercises/[0-9][0-9]_*; do
    name=${folder#exercises/}
    "$program" cut "$name" "$house/cut" >/dev/null
    "$program" start --root "$house" --build "$build" >/dev/null
    file=$(sed -n 's/^file *//p' "$folder/exercise.txt")
    solution=$(find "$house/cut/solution" -path "*/$file" | head -n 1)
    rm -f "$house"/{compile,checks,sanitizers,all}
    for _ in 1 2 3; do
        cp "$solution" "$house/exercises/my/$name/$file"
        begin=$(date +%s%N)
        said=$("$program" check "$name" --json --root "$house" --build "$build") || { printf '%s\n' "$said"; exit 1; }
        printf '%d.%03d\n' $((($(date +%s%N) - begin) / 1000000000)) $((($(date +%s%N) - begin) / 1000000 % 1000)) >>"$house/all"
        for rung in compile checks sanitizers; do seconds_of $rung <<<"$said" >>"$house/$rung"; done
    done
    printf '%-18s %8s %8s %11s %8s\n' "$name" "$(median <"$house/compile")" "$(median <"$house/checks")" \
        "$(median <"$house/sanitizers")" "$(median <"$house/all")"
    rm -rf "$house/cut"
done

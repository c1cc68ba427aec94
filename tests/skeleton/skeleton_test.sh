#!/bin/bash
# skeleton_test.sh STRUCTURE_CHECK: begins a chapter in a copy of this house and runs the checks that need no compiler.
# They must complain of what is still to write (complaints.txt), and of nothing else.
set -euo pipefail
export LC_ALL=C
check=$1
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
house=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

need() { # program, or file; what it is
    command -v "$1" >/dev/null || [[ -e $1 ]] || {
        [[ -z ${CI-} ]] || { echo "There is no $2 here. What to do: ./workbook install text slides"; exit 1; }
        echo "skipped: no $2"
        exit
    }
}
need node "node"
need "$house/node_modules/reveal.js" "node_modules (npm ci)"

mkdir "$work/house"
for each in "$house"/*; do
    case ${each##*/} in
        build*|var) ;;
        node_modules) ln -s "$each" "$work/house" ;;
        *) cp -r "$each" "$work/house" ;;
    esac
done
cd "$work/house"

# One complaint a line, without the differences that some show.
complaints() {
    { "$check" . tests/structure/parts.txt || [[ $? == 1 ]]; } >"$work/structure"
    { node docs/text/text.mjs --check --root . --only still || [[ $? == 1 ]]; } >"$work/text"
    { node slides/deck/build.mjs --check --root . || [[ $? == 1 ]]; } >"$work/slides"
    for tool in structure text slides; do
        sed -nE "s/^[^ ].*:[0-9]+: /$tool: &/p" "$work/$tool"
    done | sort
}

# The next chapter, with its name from the map of README.md.
last=$(printf '%s\n' chapters/[0-9][0-9]_* | tail -1)
last=${last#chapters/}
printf -v number '%02d' $((10#${last%%_*} + 1))
name=$(sed -nE "s/^\| $number \| [^|]+ \| ([a-z_]+) \|.*/\1/p" README.md)
: "${name:=brand_new}"

complaints >"$work/before"
./workbook new chapter "$number" "$name"
complaints >"$work/after"

sed "/^#/d; s/NN/$number/g; s/NAME/$name/g" "$here/complaints.txt" | sort >"$work/expected"
comm -13 "$work/before" "$work/after" >"$work/new"
diff -u --label "complaints.txt: what must be missing" --label "what the checks say is missing" "$work/expected" "$work/new" || {
    echo "chapters/skeleton/ or a check has changed. What to do: let them agree; when both are right, change complaints.txt."
    exit 1
}

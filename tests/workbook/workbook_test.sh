#!/bin/bash
# workbook_test.sh CASE: each function it_... is a test, and CMakeLists.txt finds it by its name.
# A test runs ./workbook in a new small house: three chapters, one commit. What the command called is in $CALLS.
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT

export CALLS=$house/calls PATH=$here/stubs:$PATH HALF_JOBS=1
unset CXX MISSING
mkdir -p "$house/home" && cd "$house/home"
cp "$here/../../workbook" .
mkdir -p chapters/{01_first,02_second,03_third} tests/{02_second,bench/01,bench/03} docs
touch chapters/{01_first,02_second,03_third}/a.cpp tests/02_second/b_test.cpp docs/page.md CMakePresets.json
echo 'project(half VERSION 1.2.3 LANGUAGES CXX)' >CMakeLists.txt
printf '{\n  "name": "half",\n  "version": "1.2.3"\n}\n' >package.json
printf '{\n  "version": "1.2.3",\n  "packages": {"": {"version": "1.2.3"}, "x": {"version": "1.2.3"}}\n}\n' >package-lock.json
printf '/build/\n' >.gitignore
git init -q . && git add -A && git -c user.name=t -c user.email=t@localhost commit -q -m start
: >"$CALLS"

output=
run() { output=$(./workbook "$@" 2>&1) || { printf '%s\n' "$output"; echo "FAILED: ./workbook $* ended with an error"; exit 1; }; }
run_fails() { if output=$(./workbook "$@" 2>&1); then printf '%s\n' "$output"; echo "FAILED: ./workbook $* should fail"; exit 1; fi; }
says() { [[ $output == *"$1"* ]] || { printf '%s\n' "$output"; echo "FAILED: it does not say: $1"; exit 1; }; }
called() { [[ $(<"$CALLS") == *"$1"* ]] || { cat "$CALLS"; echo "FAILED: it did not call: $1"; exit 1; }; }
not_called() { [[ $(<"$CALLS") != *"$1"* ]] || { cat "$CALLS"; echo "FAILED: it called: $1"; exit 1; }; }
holds() { [[ $(<"$1") == *"$2"* ]] || { cat "$1"; echo "FAILED: $1 does not hold: $2"; exit 1; }; }

it_helps() {
    run help;     says "bump patch|minor|major"
    run --help;   says "usage:"
    run -h;       says "usage:"
    run;          says "usage:"
    run test -h;  says "--since REF"
    run run --help; says "http://localhost:4000"
}

it_says_what_to_do_about_a_word_it_does_not_know() {
    run_fails frobnicate;        says "no command frobnicate"; says "./workbook help"
    run_fails test --frob;       says "--frob"
    run_fails test 9;            says "no chapter 9"; says "01 02 03"
    run_fails demo;              says "which chapter"
    run_fails test --preset x;   says "asan"
}

it_tests_everything() {
    run test
    called "cmake --preset dev"
    called "cmake --build build/dev -j 1"
    not_called "--target"
    called "ctest --preset dev -j 2"  # twice the jobs: many tests wait
    not_called " -L "
}

it_tests_one_chapter_and_builds_only_what_that_needs() {
    run test 2
    called "--target ch02_checks"
    called "-L ^(ch02)$"
}

it_tests_a_chapter_and_all_below() {
    run test check02
    called "--target ch01_checks ch02_checks"
    called "-L ^(ch01|ch02)$"
}

it_tests_a_label() {
    run test structure
    called "-L ^(structure)$"
}

it_tests_what_changed_and_what_stands_on_it() {
    echo "//" >>chapters/02_second/a.cpp
    run test --since HEAD
    called "--target structure_check ch02_checks ch03_checks"
    called "-L ^(structure|ch02|ch03)$"
}

it_sees_a_new_file_as_a_change() {
    touch chapters/03_third/new.cpp
    run test --since HEAD
    called "-L ^(structure|ch03)$"
}

it_tests_everything_when_the_build_changed() {
    echo "#" >>CMakeLists.txt
    run test --since HEAD
    not_called " -L "
}

it_tests_only_the_house_when_no_code_changed() {
    echo "more" >>docs/page.md
    run test --since HEAD
    called "-L ^(structure)$"
}

it_does_not_test_since_a_commit_that_is_not_there() {
    run_fails test --since nonsense
    says "git does not know nonsense"
    not_called ctest
}

it_configures_once() {
    run build
    : >"$CALLS"
    run build
    not_called "cmake --preset"
    called "cmake --build build/dev"
}

it_says_what_to_do_when_a_build_fails() {
    mkdir -p build/dev && touch build/dev/build.ninja build/dev/CMakeCache.txt
    CMAKE_FAILS=1 run_fails build
    says "failed after"; says "first error"
}

it_takes_another_preset() {
    run test --preset asan 01
    called "cmake --preset asan"
    called "ctest --preset asan"
}

it_refuses_to_install_when_told_so() {
    export MISSING="ninja-build lld-19"
    grep -q 'VERSION_ID="12"' /etc/os-release || { echo "skipped: this is not Debian 12"; exit 0; }
    run_fails test --no-install
    says "lld-19 ninja-build"; says "without --no-install"
    not_called apt-get
}

it_installs_what_is_missing() {
    export MISSING="ninja-build"
    grep -q 'VERSION_ID="12"' /etc/os-release || { echo "skipped: this is not Debian 12"; exit 0; }
    [[ $EUID == 0 ]] || { echo "skipped: only root calls apt-get without sudo"; exit 0; }
    run build
    says "Installing from Debian: ninja-build"
    called "apt-get install -y -q --no-install-recommends ninja-build"
}

it_asks_npm_only_when_there_is_something_to_get() {
    run build
    not_called npm
    printf '{"name": "half", "version": "1.2.3", "dependencies": {"phoenix": "1.0.0"}}\n' >package.json
    mkdir -p node_modules
    run build
    called "npm ci"
    : >"$CALLS"
    run build
    not_called npm
}

it_bumps_the_version_everywhere_and_nothing_else() {
    run bump patch; says "1.2.4"
    run bump minor; says "1.3.0"
    run bump major; says "2.0.0"
    holds CMakeLists.txt 'VERSION 2.0.0 LANGUAGES'
    holds package.json '"version": "2.0.0"'
    holds package-lock.json '"packages": {"": {"version": "2.0.0"}, "x": {"version": "1.2.3"}}'
    run_fails bump sideways; says "patch, minor or major"
}

it_updates_the_output_of_a_demo() {
    mkdir -p build/dev/chapters/01_first
    printf '#!/bin/bash\necho hello\n' >build/dev/chapters/01_first/ch01_demo
    chmod +x build/dev/chapters/01_first/ch01_demo
    run demo 01;          says hello
    run demo 1 --update;  holds chapters/01_first/demo.out hello
    called "--target ch01_demo"
}

it_hands_arguments_to_the_server() {
    mkdir -p build/release/final
    printf '#!/bin/bash\necho "served $*"\n' >build/release/final/final
    chmod +x build/release/final/final
    run run --port 5000
    says "served --port 5000"
    called "--target final"
}

it_hands_options_to_the_bench_runner() {
    mkdir -p build/release/tests/bench
    printf '#!/bin/bash\necho "measured $*"\n' >build/release/tests/bench/bench_runner
    chmod +x build/release/tests/bench/bench_runner
    run bench 3 --json;       says "measured 03 --json"; called "--target bench03"
    run bench --only call;    says "measured 01 --only call"; says "measured 03 --only call"
}

"$1"

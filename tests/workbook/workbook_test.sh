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
touch chapters/{01_first,02_second,03_third}/a.cpp tests/02_second/b_test.cpp docs/page.md CMakePresets.json tests/bench/{01,03}/speed.cpp
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
stand_in() { # programs that do nothing
    for program in "$@"; do mkdir -p "${program%/*}"; printf '#!/bin/bash\n' >"$program"; chmod +x "$program"; done
}
debian() { grep -q 'VERSION_ID="12"' /etc/os-release || { echo "skipped: this is not Debian 12"; exit 0; }; }
debian_and_root() {
    debian
    [[ $EUID == 0 ]] || { echo "skipped: only root calls apt-get without sudo"; exit 0; }
}

it_helps() {
    run help;     says "bump patch|minor|major"
    run --help;   says "usage:"
    run -h;       says "usage:"
    run;          says "usage:"
    run test -h;  says "--since REF"
    run run --help; says "http://localhost:4000"
    local command
    for command in text slides docs new install; do
        run $command --help; says "./workbook $command"
        run help;            says $'\n'"  $command"
    done
}

it_says_what_to_do_about_a_word_it_does_not_know() {
    run_fails frobnicate;        says "no command frobnicate"; says "./workbook help"
    run_fails test --frob;       says "--frob"
    run_fails test --fix;        says "did you mean ./workbook text --fix?"
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
    debian
    run_fails test --no-install
    says "lld-19 ninja-build"; says "without --no-install"
    not_called apt-get
}

it_installs_what_is_missing() {
    export MISSING="ninja-build"
    debian_and_root
    run build
    says "Installing from Debian: ninja-build"
    called "apt-get install -y -q --no-install-recommends ninja-build"
}

it_asks_npm_only_when_the_lock_has_changed() {
    run slides
    called "npm ci"
    : >"$CALLS"
    run slides
    not_called npm
    printf '{"version": "1.2.3", "packages": {"y": {}}}\n' >package-lock.json
    run slides
    called "npm ci"
}

# Who only wants to see the code run waits for no browser and no npm.
it_installs_for_pages_only_where_pages_are_wanted() {
    export MISSING="nodejs npm graphviz mscgen doxygen doxygen-awesome-css chromium fonts-dejavu-core"
    debian_and_root
    stand_in build/dev/chapters/01_first/ch01_demo build/release/final/final build/release/tests/bench/bench_runner
    run build; run test 1; run test check02; run test structure; run test --since HEAD
    run run; run demo 1; run bench 1; run install
    not_called npm; not_called node; not_called apt-get
    run test
    called "apt-get install -y -q --no-install-recommends nodejs graphviz mscgen npm doxygen doxygen-awesome-css chromium"
    called "npm ci"
}

# The tests with a real server are skipped without one: nobody gets a server who has not asked for it.
it_installs_no_server_unasked() {
    export MISSING=postgresql-15
    debian_and_root
    run test; run test 2; run build
    not_called apt-get
}

it_installs_for_the_tests_of_pages() {
    export MISSING=chromium
    debian_and_root
    local label
    for label in text slides docs; do
        : >"$CALLS"
        run test $label
        called "apt-get install -y -q --no-install-recommends chromium"
        called "-L ^($label)$"
    done
}

it_checks_and_mends_the_text() {
    run text --check
    called "cmake --build build/dev -j 1 --target text_checks"
    called "node docs/text/text.mjs --check --build build/dev"
    not_called npm
    run text --fix; called "node docs/text/text.mjs --fix --build build/dev"
    run text;       called "node docs/text/text.mjs --check --build build/dev"
}

it_takes_files_from_where_you_stand() {
    local root=$PWD
    mkdir -p "docs/two words" && echo >"docs/two words/a page.md"
    cd docs
    from_docs() { output=$(../workbook "$@" 2>&1); }
    from_docs text --fix page.md "two words/a page.md" "$root/docs/page.md"
    called "text.mjs --fix --build build/dev docs/page.md docs/two words/a page.md docs/page.md"
    if from_docs text README.md; then echo "FAILED: docs/README.md is not there"; exit 1; fi
    says "there is no file README.md"
    if from_docs text /etc/hostname; then echo "FAILED: /etc/hostname is not ours"; exit 1; fi
    says "not in this workbook"
}

it_says_what_to_do_when_text_slides_or_docs_are_not_in_order() {
    export NODE_FAILS=1
    run_fails text;    says "./workbook text --fix mends"
    run_fails slides;  says "Slides: failed"; says "what to do"
    run_fails docs;    says "Docs: failed"; says "what to do"
    run_fails text --check --fix;  says "one of them at a time"
    run_fails text --frob;         says "what is --frob"
    run_fails slides --out;        says "wants a folder"
    run_fails slides 01;           says "what is 01"
    run_fails docs 01;             says "what is 01"
}

it_builds_the_slides() {
    run slides
    called "npm ci"
    called "node slides/deck/build.mjs --out build/slides"
    says "Open file://$PWD/build/slides/index.html"
    not_called cmake
    run slides --pdf
    called "node slides/deck/build.mjs --out build/slides --pdf"
    run slides --pdf --out ../elsewhere
    called "node slides/deck/build.mjs --out $PWD/../elsewhere --pdf"
    says "Open file://$house/elsewhere/index.html"
}

it_draws_diagrams_only_when_it_mends() {
    export MISSING="graphviz mscgen"
    debian_and_root
    run text; run slides
    not_called apt-get
    run text --fix
    called "apt-get install -y -q --no-install-recommends graphviz mscgen"
}

it_prints_slides_with_a_browser() {
    export MISSING="chromium fonts-dejavu-core"
    debian_and_root
    run slides
    not_called apt-get
    run slides --pdf
    called "apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core"
}

it_builds_the_docs() {
    run docs
    called "node docs/doxygen/build.mjs --out build/docs"
    not_called cmake; not_called npm
}

it_looks_at_the_machine() {
    output=$(./workbook doctor 2>&1) || true  # how this machine is does not matter
    says "compiler"; says "port 4000"; says "chromium"; says "postgres"
    run_fails doctor --no-such; says "what is --no-such"
}

it_installs_what_it_is_asked_for() {
    export MISSING="graphviz erlang-base postgresql-15"
    debian_and_root
    run install;             not_called apt-get
    run install postgres;    called "apt-get install -y -q --no-install-recommends postgresql-15"
    run install diagrams;    called "apt-get install -y -q --no-install-recommends graphviz"; not_called npm
    run install build text slides docs browser; called "npm ci"; not_called erlang
    run_fails install tea;   says "tea is not one of build postgres check bench text diagrams slides docs browser"
}

it_notes_how_it_was_called() {
    export HALF_RAN=$house/ran
    run help
    run test 02 --preset asan
    holds "$house/ran" $'./workbook help\n./workbook test 02 --preset asan'
    holds "$house/ran" "ctest --preset asan"
}

# A house with what ./workbook new reads and writes, and chapter 01 only.
begin_small() {
    rm -rf chapters/0[23]* tests/02_second tests/bench/03
    cp -r "$here/../../chapters/skeleton" chapters/
    printf 'include(x)\n\nadd_subdirectory(01_first)\n' >chapters/CMakeLists.txt
    printf '%s\n' '| 01 | one | [first](x) | done | | | |' '| 02 | crash & burn | supervisor | planned | | | |' >README.md
}

it_begins_a_chapter() {
    begin_small
    run new chapter 02 supervisor
    says "./workbook test says what is still missing"
    holds chapters/CMakeLists.txt $'add_subdirectory(01_first)\nadd_subdirectory(02_supervisor)'
    holds chapters/02_supervisor/CMakeLists.txt "half_chapter(02 supervisor USES half::first)"
    holds chapters/02_supervisor/README.md "# 02 · Crash & burn"
    holds chapters/02_supervisor/demo.cpp "#include <02_supervisor/supervisor.hpp>"
    holds slides/02_supervisor.md "title: Crash & burn"
    holds README.md "| 02 | crash & burn | [supervisor](chapters/02_supervisor/README.md) |"
    ! grep -rn '@' chapters/02_supervisor slides tests/bench/02.bars || { echo "FAILED: a word was not filled in"; exit 1; }
    run new chapter 03 live_view  # not in the map: the title is its name, and the map stays
    holds chapters/CMakeLists.txt $'add_subdirectory(02_supervisor)\nadd_subdirectory(03_live_view)'
    holds chapters/03_live_view/CMakeLists.txt "half_chapter(03 live_view USES half::supervisor)"
    holds chapters/03_live_view/README.md "# 03 · Live view"
}

it_begins_only_a_chapter_that_can_stand() {
    begin_small
    mkdir -p slides && echo mine >slides/02_mine.md
    git add -A
    run_fails new;                         says "only a chapter"
    run_fails new slide 02 supervisor;     says "only a chapter"
    run_fails new chapter;                 says "a number and a name"
    run_fails new chapter 02;              says "a number and a name"
    run_fails new chapter 02 two words;    says "a number and a name"
    run_fails new chapter 2 supervisor;    says "two digits"
    run_fails new chapter 002 supervisor;  says "two digits"
    run_fails new chapter xx supervisor;   says "two digits"
    for name in Supervisor 2nd super-visor _x x_ x__y ../x 'x y' 'x;y' 'x*' '' é; do
        run_fails new chapter 02 "$name";  says "is not a name"
    done
    run_fails new chapter 01 supervisor;   says "number 01 is taken: chapters/01_first"
    run_fails new chapter 02 first;        says "the name first is taken: chapters/01_first"
    run_fails new chapter 04 supervisor;   says "there is no chapter 03"
    run_fails new chapter 00 supervisor;   says "two digits, from 01"
    run_fails new chapter 02 mine;         says "slides/02_mine.md is there already"
    echo >chapters/CMakeLists.txt && git add -A
    run_fails new chapter 02 supervisor;   says "chapters/CMakeLists.txt has no add_subdirectory(01_first)"
    [[ -z $(git diff --name-only; git ls-files --others) ]] || { git status; echo "FAILED: something was made"; exit 1; }
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

it_runs_a_demo_and_keeps_what_it_prints() {
    mkdir -p build/dev/chapters/01_first
    printf '#!/bin/bash\necho hello "$@"\n' >build/dev/chapters/01_first/ch01_demo
    chmod +x build/dev/chapters/01_first/ch01_demo
    run demo 01;          says hello
    run demo 1 --update;  holds chapters/01_first/demo.out hello
    run demo 1 --database postgres://user:password@localhost/name
    says "hello --database postgres://user:password@localhost/name"
    called "--target ch01_demo"
}

it_serves() {
    mkdir -p build/release/final
    printf '#!/bin/bash\necho "served $*"\n' >build/release/final/final
    chmod +x build/release/final/final
    run run
    says "http://localhost:4000"; says "served"
    called "--target final"
    run run --port 5000
    says "served --port 5000"
}

it_measures() {
    mkdir -p build/release/tests/bench
    printf '#!/bin/bash\necho "measured $*"\n' >build/release/tests/bench/bench_runner
    chmod +x build/release/tests/bench/bench_runner
    run bench 01;             says "measured 01"
    run bench 3 --json;       says "measured 03 --json"; called "--target bench03"
    run bench --only call;    says "measured 01 --only call"; says "measured 03 --only call"
}

# -- Exercises: the program that does it is another, with tests of its own (tests/exercises/loop) -------------------------

exercises_stand_in() {
    mkdir -p build/dev/exercises/runner
    printf '#!/bin/bash\necho "exercises $*"\n' >build/dev/exercises/runner/exercises
    chmod +x build/dev/exercises/runner/exercises
}
in_a_terminal() { output=$(script -qec "$*" /dev/null </dev/null) || { echo "FAILED: $* in a terminal"; exit 1; }; }

it_opens_the_exercises() {
    exercises_stand_in
    in_a_terminal ./workbook
    says "exercises loop"
    called "cmake --build build/dev -j 1 --target exercises"
    in_a_terminal ./workbook --class http://localhost:4000/board --name Anna
    says "exercises loop --class http://localhost:4000/board --name Anna"
    run;          says "usage:"  # where nobody can press a key
    run --plain;  says "exercises loop --plain"
}

it_passes_words_to_the_exercises() {
    exercises_stand_in
    local words
    for words in list next "goto 01_key_value" "check --all --json" check "hint" "solution" "solution 01_bakery --give-up" \
        diff "why Bakery.X" reset start "swap 01 on"; do
        run $words
        says "exercises $words"
    done
    run check -- --json;  says "exercises check --json"
    run hint -h;          says "A hint, and each time one that says more"
}

it_says_what_to_do_when_the_exercises_cannot_be_built() {
    exercises_stand_in
    run list
    CMAKE_FAILS=1 run_fails list
    says "does not build"
    rm build/dev/exercises/runner/exercises
    CMAKE_FAILS=1 run_fails list
    says "first error"
}

"$1"

#!/bin/bash
# test.sh: unit tests, then t/*.t, on what lies in BUILD. SDK: the folder of the npm packages for t/sdk.t.
# MODULE: the module lies elsewhere (a sanitized build has none of its own); then its central tests also run
# under valgrind. TEST_JOBS: so many test files at once.
set -uo pipefail

PATH=$PATH:/usr/sbin    # where Debian has nginx
build=$(cd "${BUILD:-build}" && pwd)
export TEST_BUILD=$build
jobs=${TEST_JOBS:-$(($(nproc) + 2))}    # tests wait more than they compute
failed=()
began=$SECONDS

# took NAME: the seconds since the last one.
took() {
    printf '== %s: %d s\n' "$1" $((SECONDS - began))
    began=$SECONDS
}

# not_tried WHAT FILE: says so, and why by the file.
not_tried() { echo "NOT TRIED: $1: $(cat "$2" 2> /dev/null)" >&2; }

# run_prove FILE...: and names the files that take longer than a file may.
run_prove() {
    prove -j "$jobs" --timer "$@" 2>&1 | tee "$build/prove.log"
    local status=${PIPESTATUS[0]}
    perl -ne '
        next if !m{(t/\w+\.t) \.+ .*?(\d+)\d{3} ms} || $2 < 60;
        print "SLOW: $1 took $2 s; a file may take 60\n"' "$build/prove.log"
    return "$status"
}

if [ -n "${MODULE:-}" ]; then
    ln -sfn "$(realpath "$MODULE")" "$build/ngx_http_webhook_module.so"
fi

tests=(t/*.t)
preparing=()
if [ -n "${TEST_SANITIZE:-}" ]; then
    # Left out: what tries no program of ours, or others' programs by way of ours, for the second time.
    for name in sdk docs recipes browser packages trixie deps make includes lines; do
        tests=("${tests[@]/#t\/$name.t/}")
    done
    read -ra tests <<< "${tests[*]}"
else
    export TEST_SDK=${SDK:-$build/sdk}
    # Both mostly wait for the network.
    SDK=$TEST_SDK src/make/sdk.sh & preparing+=($!)
    BUILD=$build JOBS=1 src/make/trixie.sh prepare & preparing+=($!)
fi

echo "== unit tests"
UBSAN_OPTIONS=print_stacktrace=1 "$build/unit-tests" --gtest_brief=1 || failed+=("unit tests")
took "unit tests"

if [ ${#preparing[@]} -gt 0 ]; then
    wait "${preparing[@]}"
    took "preparing packages of senders, Debian 13"
fi

echo "== t/*.t"
run_prove "${tests[@]}" || failed+=("t/*.t")
took "t/*.t"

if [ -n "${TEST_SANITIZE:-}" ]; then
    central=(t/smoke.t t/module_*.t)
    echo "== under valgrind: ${central[*]}"
    env -u TEST_SANITIZE TEST_VALGRIND=1 prove -j "$jobs" --timer "${central[@]}" || failed+=("valgrind")
    took valgrind
else
    [ -e "$TEST_SDK/complete" ] \
        || not_tried "t/sdk.t, the official packages of the senders" "$TEST_SDK/missing"
    [ ! -e "$build/trixie/missing" ] \
        || not_tried "t/trixie.t, the module on Debian 13" "$build/trixie/missing"
fi

if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}" >&2
    exit 1
fi
echo "all tests passed"

#!/bin/bash
# test.sh: unit tests, then t/*.t, on what lies in BUILD. SDK: the folder of the npm packages for t/sdk.t. MODULE: the module lies elsewhere (a sanitized build has none of
# its own); then its central tests also run under valgrind.
set -uo pipefail

build=$(cd "${BUILD:-build}" && pwd)
export TEST_BUILD=$build
jobs=${TEST_JOBS:-2}
failed=()

if [ -n "${MODULE:-}" ]; then
    ln -sfn "$(realpath "$MODULE")" "$build/ngx_http_webhook_module.so"
fi

export TEST_SDK=${SDK:-$build/sdk}
SDK=$TEST_SDK src/make/sdk.sh &   # mostly waits for the network
installing=$!

echo "== unit tests"
UBSAN_OPTIONS=print_stacktrace=1 "$build/unit-tests" --gtest_brief=1 || failed+=("unit tests")

echo "== t/*.t"
wait $installing
prove -j "$jobs" --timer t/*.t || failed+=("t/*.t")

if [ -n "${TEST_SANITIZE:-}" ]; then
    central=(t/smoke.t t/module_*.t)
    echo "== under valgrind: ${central[*]}"
    env -u TEST_SANITIZE TEST_VALGRIND=1 prove -j "$jobs" --timer "${central[@]}" || failed+=("valgrind")
fi

if [ ! -e "$TEST_SDK/complete" ]; then
    echo "NOT TRIED: t/sdk.t, the official packages of the senders: $(cat "$TEST_SDK/missing" 2>/dev/null)" >&2
fi
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}" >&2
    exit 1
fi
echo "all tests passed"

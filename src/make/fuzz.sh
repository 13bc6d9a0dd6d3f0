#!/bin/bash
# fuzz.sh: every target of t/fuzz under libFuzzer, FUZZ_SECONDS each. What it learns stays in BUILD; an input
# that breaks something is named, and belongs into t/fuzz/corpus/TARGET once the fault is mended.
set -uo pipefail

failed=()
# The names: what the program answers when it is given none.
names=$(FUZZ_TARGET='' "$BUILD/fuzzer" 2>&1 | sed -n 's/.*must be one of: //p')
[ -n "$names" ] || { echo "no targets" >&2; exit 1; }
for name in $names; do
    learnt=$BUILD/learnt/$name
    mkdir -p "$learnt"
    corpus=("$learnt")
    [ ! -d "t/fuzz/corpus/$name" ] || corpus+=("t/fuzz/corpus/$name")
    log=$BUILD/$name.log
    if FUZZ_TARGET=$name FUZZ_SEEDS=$learnt "$BUILD/fuzzer" -max_total_time="$FUZZ_SECONDS" -max_len=16384 \
        -timeout=10 -rss_limit_mb=2048 -print_funcs=0 -artifact_prefix="$BUILD/$name-" \
        "${corpus[@]}" > "$log" 2>&1; then
        printf '%-12s %s\n' "$name" "$(sed -n 's/^Done //p' "$log")"
    else
        printf '%-12s FAILED\n' "$name"
        grep -v '^#[0-9]*[[:blank:]]' "$log" | tail -n 40
        failed+=("$name")
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}; the inputs are $BUILD/TARGET-*" >&2
    exit 1
fi
echo "all targets held for $FUZZ_SECONDS s each"

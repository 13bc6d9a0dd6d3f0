#!/bin/bash
# demo.sh: runs the demonstration against `make run`; when that does not run, starts it and stops it again.
set -euo pipefail

build=$(cd "${BUILD:-build}" && pwd)
here=$(dirname "$0")
env_file=$build/run/env
own=

is_running() { [ -r "$env_file" ] && (. "$env_file" && kill -0 "$RUN_PID" 2> /dev/null); }

stop_own() {
    [ -n "$own" ] || return 0
    kill -TERM "$own" 2> /dev/null || true
    wait "$own" 2> /dev/null || true
    own=
}

if ! is_running; then
    echo "nothing runs yet: starting it for the demonstration (make run keeps it)"
    mkdir -p "$build/run"
    rm -f "$env_file"
    BUILD=$build "$here/run.sh" > "$build/run/demo.log" 2>&1 &
    own=$!
    trap stop_own EXIT
    trap 'exit 130' INT TERM
    until [ -r "$env_file" ]; do
        if ! kill -0 "$own" 2> /dev/null; then
            cat "$build/run/demo.log" >&2
            exit 1
        fi
        sleep 0.1
    done
fi

. "$env_file"
export RUN_DIR RUN_PORT RUN_RECEIVER
perl -I"$here/../../t/lib" "$here/demo.pl" "$build/webhookctl"

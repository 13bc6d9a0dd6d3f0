#!/bin/bash
# build.sh GOAL... (all, module, programs, unit): builds in BUILD, one caller at a time, the module first: it
# is small and meets the most different headers, so what does not fit shows in the first minute. MAKE and
# JOBFLAG come from the Makefile.
set -uo pipefail

goals=("$@")
mkdir -p "$BUILD"

# Held by every process of this build, so that it lasts as long as one of them runs.
exec 9> "$BUILD/lock"
if ! flock -n 9; then
    echo "another make builds in $BUILD: waiting for it"
    flock 9
fi

again() { "$MAKE" --no-print-directory INSIDE=1 GOALS="${goals[*]}" "$@"; }
# shellcheck disable=SC2086
jobs() { again $JOBFLAG "$@"; }

wants() { [[ " ${goals[*]} " =~ \ ($1)\  ]]; }

# What the lines of make and of nginx' make are about: "CXX src/x.cpp", "LINK build/x"; nothing for all
# others.
step_of() {
    local line=$1
    case $line in
        '  CXX '* | '  LINK '*) printf '%-5s %s' $line ;;
        *addon/src/*.cpp | *addon/src/*.cpp\ *) line=${line##*addon/}; printf '%-5s %s' CXX "${line%% *}" ;;
        *-o\ objs/ngx_http_webhook_module.so*) printf '%-5s %s' LINK "$BUILD/ngx_http_webhook_module.so" ;;
    esac
}

progress() {
    local total=$1 number=0 line step
    trap '' INT
    while IFS= read -r line; do
        step=$(step_of "$line")
        [ -n "$step" ] || continue
        number=$((number + 1))
        printf '[%*d/%d] %s\n' ${#total} "$number" "$total" "$step"
    done
}

# In a dry run the commands are printed that would print the lines of above.
count() {
    local compiled="addon/src/.*\.cpp( |\\\\|$)"
    again -n PREPARED=1 "$@" 2> /dev/null \
        | grep -cE "^printf '  %-5s|$compiled|-o objs/ngx_http_webhook_module\.so"
}

build() {
    local failed=0
    ! wants 'all|module' || jobs PREPARED=1 module || failed=$?
    # -k: as much as can be made.
    [ $failed = 0 ] || [[ ${MAKEFLAGS%% *} == *k* ]] || return $failed
    local rest=("${goals[@]/module/}")
    rest=("${rest[@]/all/programs}")
    read -ra rest <<< "${rest[*]}"
    [ ${#rest[@]} = 0 ] || jobs PREPARED=1 "${rest[@]}" || failed=$?
    return $failed
}

jobs prepare || exit
if [ -n "${V:-}" ]; then
    build
else
    total=$(count "${goals[@]}")
    build | progress "$total"
    exit "${PIPESTATUS[0]}"
fi

#!/bin/bash
# check.sh quick|all [FILE...]: checks format, direction of includes, width of lines, Lua and cppcheck of our
# sources, or of the files named; all: clang-tidy as well. Only Debian 12's versions of the tools judge,
# because their verdicts differ between versions: others are named and left out.
set -uo pipefail

build=${BUILD:-build}
jobs=${JOBS:-2}
what=${1:-all}
[ $# = 0 ] || shift
failed=()

declare -A judges=([clang-format]=14 [clang-tidy]=14 [cppcheck]=2.10 [luacheck]=1.1)

if [ $# -gt 0 ]; then
    files=("$@")
else
    mapfile -t files < <(find src t -name '*.[ch]pp' -o -name '*.lua' | LC_ALL=C sort)
fi
mapfile -t units < <(printf '%s\n' "${files[@]}" | grep '\.cpp$')
mapfile -t scripts < <(printf '%s\n' "${files[@]}" | grep '\.lua$')
mapfile -t files < <(printf '%s\n' "${files[@]}" | grep '\.[ch]pp$')

# can_judge TOOL: says so when it is another version's turn.
can_judge() {
    local text
    text=$("$1" "${2:---version}" 2> /dev/null)
    if [[ $text =~ ([0-9]+\.[0-9.]+) && ${BASH_REMATCH[1]}. == "${judges[$1]}".* ]]; then
        echo "== $1"
    else
        echo "== $1: NOT TRIED: this is ${BASH_REMATCH[1]:-not installed}, ${judges[$1]} judges (Debian 12)"
        return 1
    fi
}

# The language and the includes a file is compiled with.
flags_of() {
    local nginx=$build/nginx
    case $1 in
        src/module/*)
            local folder
            echo "-std=gnu++17 -Isrc"
            for folder in core event event/modules os/unix http http/modules http/v2; do
                echo "-isystem $nginx/src/$folder"
            done
            echo "-isystem $nginx/objs" ;;
        src/base/* | src/event/* | src/signature/* | src/store/*) echo "-std=gnu++17 -Isrc" ;;
        *) echo "-std=gnu++20 -Isrc -I. -DSPDLOG_SHARED_LIB -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL" ;;
    esac
}
# The analyzer takes every co_await for a use of what Asio left uninitialized.
checks_of() {
    if grep -q co_await "$1"; then echo "--checks=-clang-analyzer-core.*"; fi
}
tidy() {
    # shellcheck disable=SC2046
    clang-tidy --quiet $(checks_of "$1") "$1" -- $(flags_of "$1") 2> /dev/null
}
export -f flags_of checks_of tidy
export build

echo "== includes"
src/make/includes.pl || failed+=(includes)

echo "== lines"
src/make/lines.pl || failed+=(lines)

# as_sent SCRIPT: prints it as store/*.cpp put it together, for some are parts of one.
as_sent() {
    local folder=src/store/lua
    case ${1##*/} in
        reserve.lua | confirm.lua) cat $folder/reservation.lua $folder/seen_ids.lua "$1" ;;
        settle.lua | claim.lua | end_waiting.lua | delete_event.lua | retry_waiting.lua | retry_delivery.lua)
            cat $folder/lanes.lua $folder/deliveries.lua <(grep -v '^#!' "$1")
            ;;
        sweep.lua | drop_dead.lua) cat $folder/deliveries.lua <(grep -v '^#!' "$1") ;;
        release.lua | renew.lua) cat $folder/reservation.lua <(grep -v '^#!' "$1") ;;
        append.lua) cat "$1" && echo "redis.register_function{function_name = '', callback = step}" ;;
        *) cat "$1" ;;
    esac
}
# The head of several scripts has more than each of them uses.
check_lua() {
    local script unused faults status=0
    local options=(--std lua51 --read-globals redis KEYS ARGV struct cjson
        --max-line-length 110 --no-unused-args
        --no-color -q)
    for script in "$@"; do
        luac5.1 -p "$script" || status=1
        case ${script##*/} in
            reservation.lua | seen_ids.lua | lanes.lua | deliveries.lua) continue ;;
            reserve.lua | confirm.lua | release.lua | renew.lua) unused=--no-unused ;;
            settle.lua | claim.lua | end_waiting.lua) unused=--no-unused ;;
            delete_event.lua | retry_waiting.lua | retry_delivery.lua) unused=--no-unused ;;
            sweep.lua | drop_dead.lua) unused=--no-unused ;;
            *) unused= ;;
        esac
        if ! faults=$(as_sent "$script" | luacheck "${options[@]}" $unused --filename "$script" -); then
            echo "$faults"
            status=1
        fi
    done
    return $status
}
if [ ${#scripts[@]} -gt 0 ] && can_judge luacheck; then
    check_lua "${scripts[@]}" || failed+=(lua)
fi

if [ ${#files[@]} -gt 0 ] && can_judge clang-format; then
    clang-format --dry-run --Werror "${files[@]}" || failed+=(clang-format)
fi

if [ ${#units[@]} -gt 0 ] && can_judge cppcheck; then
    # cppcheck does not know coroutines (whose parameters must be values, and which end without a return) and
    # takes both arms of an early co_return for one path, and fails on literals like 50ms (cppcheckError); g++
    # (-Wreturn-type) and clang-tidy (use-after-move) judge these.
    cppcheck --quiet --std=c++20 --language=c++ -Isrc -j "$jobs" --error-exitcode=1 --inline-suppr \
        --enable=warning,performance,portability --suppress=missingIncludeSystem --suppress=unknownMacro \
        --suppress=internalAstError --suppress=syntaxError --suppress=passedByValue --suppress=missingReturn \
        --suppress=accessMoved --suppress=cppcheckError "${units[@]}" || failed+=(cppcheck)
fi

if [ "$what" = all ] && can_judge clang-tidy; then
    printf '%s\0' "${units[@]}" | xargs -0 -n 1 -P "$jobs" bash -c 'tidy "$0"' || failed+=(clang-tidy)
fi

if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}" >&2
    exit 1
fi
echo "checked"

#!/bin/bash
# fresh.sh SUITE (bookworm, trixie): what a newcomer gets. Makes a bare Debian of that suite, clones what is
# committed into a folder with a space, runs `make demo` and `make test` there as root with nothing installed
# but make, and prints what took how long. Root only. DEBS=FOLDER keeps packages for the next time,
# TARGETS="demo test" chooses, MIRROR=URL is another mirror.
set -uo pipefail

here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/t/lib/chroot.sh"

suite=${1:-}
[[ $suite =~ ^[a-z]+$ ]] || { echo "usage: t/fresh.sh SUITE (bookworm, trixie)" >&2; exit 2; }
problem=$(chroot_problem "$suite")
[ -z "$problem" ] || { echo "fresh.sh: $problem" >&2; exit 2; }

base=$(mktemp -d "${TMPDIR:-/var/tmp}/fresh-$suite-XXXXXX")
root=$base/root
source=$root/srv/a\ folder/nginx-webhook
times=()
running=

# --- the end ------------------------------------------------------------------------------------------------

clean_up() {
    trap '' INT TERM HUP
    if [ -n "$running" ]; then
        kill -KILL "$running" 2> /dev/null      # all that runs in there ends with it
        wait "$running" 2> /dev/null
    fi
    chroot_remove "$base"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

report() {
    printf '\nfresh.sh %s of %s (%s cores)\n' "$suite" "$(git -C "$here" rev-parse --short HEAD)" "$(nproc)"
    if [ -x "$source/src/make/versions.sh" ]; then
        chroot_run "$root" /srv/a\ folder/nginx-webhook/src/make/versions.sh \
            | grep -E '^(compiler|boost|hiredis|openssl|nginx-headers) ' | sed 's/^/  /'
    fi
    [ ${#times[@]} = 0 ] || printf '  %s\n' "${times[@]}"
    echo "$1"
}

# step NAME COMMAND...: stops everything when it fails. Runs beside this shell, which so can take signals.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    echo "=== $name"
    "$@" &
    running=$!
    wait "$running" || status=$?
    running=
    times+=("$(printf '%-12s %5d s' "$name" $((SECONDS - start)))")
    if [ $status != 0 ]; then
        report "FAILED: $name ($status)"
        exit 1
    fi
}

# --- the steps ----------------------------------------------------------------------------------------------

inside() { chroot_run "$root" sh -c "cd '/srv/a folder/nginx-webhook' && $1"; }

clone() {
    mkdir -p "${source%/*}" && git -c safe.directory='*' clone -q --no-hardlinks "$here" "$source" \
        && git -C "$source" checkout -q --detach "$(git -C "$here" rev-parse HEAD)"
}

# Run in the namespace of `make demo`: what apt may have started would be seen after it.
# shellcheck disable=SC2016
still_running='
    for comm in /proc/[0-9]*/comm; do
        case $(cat $comm) in
            nginx | redis-server) echo "$(cat $comm) still runs" >&2; exit 1 ;;
        esac
    done'

make_target() {
    case $1 in
        demo) inside "make demo && $still_running" ;;
        *) inside "make $1" ;;
    esac
}

[ -z "$(git -C "$here" status --porcelain 2> /dev/null)" ] || echo "fresh.sh: only what is committed is tried"
step debootstrap chroot_make "$suite" "$root"
step "apt make" chroot_install "$root" make
step clone clone
for target in ${TARGETS:-demo test}; do
    step "make $target" make_target "$target"
done
report "all is well"

#!/bin/bash
# trixie.sh prepare | run COMMAND...: Debian 13 in BUILD/trixie, for t/trixie.t on another Debian: its g++,
# nginx, hiredis, Redis and Valkey, and the module built there. Programs are taken from BUILD, with the
# libraries that Debian 13 has no more: what differs for them is Redis only, and building them twice is most
# of a build. Where it cannot be made the file BUILD/trixie/missing says why.
set -uo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
. "$here/t/lib/chroot.sh"
mkdir -p "${BUILD:=build}/trixie"
build=$(cd "$BUILD" && pwd)
dir=$build/trixie
root=$dir/root
# debootstrap takes no folder with a space.
[[ $root != *\ * ]] || root=/var/tmp/nginx-webhook-trixie-$(cksum <<< "$dir" | cut -d ' ' -f 1)
packages="g++ make nginx nginx-dev redis-server valkey-server libhiredis-dev libyajl-dev libexpat1-dev"
packages+=" libutf8proc-dev libssl-dev libxxhash-dev libxxhash0 perl openssl"

# The sources are mounted where they are needed, and only while a command runs.
export BIND="$here:$root/srv/source"$'\n'"$build:$root/srv/build"

missing() {
    echo "$1" > "$dir/missing"
    printf '*** %s\n' "t/trixie.t will be skipped: $1" >&2
    exit 0
}

make_root() {
    [ "$(cat "$dir/complete" 2> /dev/null)" != "$packages" ] || return 0
    chroot_remove "$root" || return
    mkdir -p "$dir/debs"
    DEBS=$dir/debs chroot_make trixie "$root" || return
    mkdir -p "$root/srv/source" "$root/srv/build" "$root/opt/host"
    # Nothing is started there.
    printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    DEBS=$dir/debs BIND= chroot_install "$root" $packages || return
    echo "$packages" > "$dir/complete"
}

# give_up LOG LINES WHAT: ends with the last lines of the log.
give_up() {
    tail -n "$2" "$1" >&2
    echo "$3: $1" >&2
    exit 1
}

make_module() { chroot_run "$root" make -C /srv/source ${JOBS:+JOBS=$JOBS} BUILD=/opt/build module; }

prepare() {
    local problem
    rm -f "$dir/missing"
    . /etc/os-release
    [ "${VERSION_CODENAME:-}" != trixie ] \
        || missing "this machine is Debian 13 itself: all other tests have shown it"
    problem=$(chroot_problem trixie)
    [ -z "$problem" ] || missing "$problem"
    make_root > "$dir/root.log" 2>&1 || give_up "$dir/root.log" 20 "Debian 13 could not be installed"
    make_module > "$dir/module.log" 2>&1 \
        || give_up "$dir/module.log" 40 "the module could not be built on Debian 13"
}

# Links for the libraries of programs, which are started by a wrapper that finds them.
take_programs() {
    local program wrapper
    local theirs='/(libc|libm|libstdc\+\+|libgcc_s|libpthread|libdl|librt)\.so'
    rm -rf "$root/opt/host"
    mkdir -p "$root/opt/host"
    for program in webhook-worker webhookctl; do
        wrapper=$root/opt/build/$program
        ldd "$build/$program" | awk '$3 ~ /^\// { print $3 }' | grep -vE "$theirs" \
            | xargs cp -Lt "$root/opt/host"
        rm -f "$wrapper"
        printf '#!/bin/sh\nLD_LIBRARY_PATH=/opt/host exec /srv/build/%s "$@"\n' "$program" > "$wrapper"
        chmod 755 "$wrapper"
    done
}

case ${1:-} in
    prepare) prepare ;;
    run)
        shift
        take_programs && chroot_run "$root" "$@" ;;
    *) echo "usage: trixie.sh prepare | run COMMAND..." >&2; exit 2 ;;
esac

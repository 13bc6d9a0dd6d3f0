#!/bin/bash
# deps.sh GROUP...: installs the Debian packages of the groups (run, test, check, tidy, fuzz, node, trixie)
# that are missing, and checks that what a build needs is there then. Asks only dpkg and the compiler when all
# is there: no root and no network needed.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin    # where Debian has nginx

declare -A group=(
    [run]="g++ make nginx nginx-dev redis-server libhiredis-dev libyajl-dev libexpat1-dev libssl-dev
           libutf8proc-dev libxxhash-dev libcli11-dev libfmt-dev libspdlog-dev nlohmann-json3-dev zlib1g-dev
           perl openssl ca-certificates"
    [test]="libgtest-dev curl valgrind binutils prometheus"
    [fuzz]="clang"
    [check]="clang-format cppcheck lua5.1 lua-check"
    [tidy]="clang-tidy"
    [node]="nodejs npm"
    [trixie]="debootstrap"
)
# What versions.sh must find, with the least version, and the commands that are called.
declare -A headers=(
    [run]="compiler coroutines boost:108100 boost-beast boost-awaitable openssl:3.0 hiredis:0.14 yajl-parse
           expat utf8proc xxhash cli11 fmt spdlog nlohmann-json nginx-headers:1.22"
    [test]="gtest"
)
declare -A commands=(
    [run]="make nginx redis-server openssl perl"
    [test]="curl valgrind nm promtool"
)
# What apt starts when it installs them.
declare -A starts=(
    [nginx]="nginx (port 80)"
    [redis-server]="redis-server (port 6379)"
    [prometheus]="prometheus (port 9090)"
)
declare -A found=()

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# --- what is missing ----------------------------------------------------------------------------------------

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Prints the version that apt would install. The answer is read whole: a pipe that is closed early would end
# apt-cache by SIGPIPE.
candidate() {
    local policy
    policy=$(apt-cache policy "$1" 2> /dev/null) || return 1
    [[ $policy =~ Candidate:\ ([0-9][^[:space:]]*) ]] && echo "${BASH_REMATCH[1]}"
}

# Asks the compiler; sets found.
read_versions() {
    local name value
    while read -r name value; do
        value=${value//\"/}
        found[$name]=$value
    done < <("$here/versions.sh")
}

# Asio with coroutines needs Boost 1.81, whatever package it came with.
boost_is_there() {
    read_versions
    [[ ${found[boost]:-missing} != missing && ${found[boost]} -ge 108100 ]] \
        && [ "${found[boost-beast]}" = present ]
}

# The distribution's own Boost where it is new enough; else the first newer one it has beside it (Debian 12:
# 1.81).
boost_package() {
    local version name
    version=$(candidate libboost-dev || true)
    if dpkg --compare-versions "${version:-0}" ge 1.81; then
        echo libboost-dev
        return
    fi
    for name in libboost1.81-dev libboost1.83-dev libboost1.88-dev; do
        if candidate "$name" > /dev/null; then
            echo "$name"
            return
        fi
    done
    echo libboost1.81-dev
}

# Other packages of node than Debian's have npm in them, and would have to give way for Debian's.
is_there() { [ "$1" = node ] && command -v node > /dev/null && command -v npm > /dev/null; }

# find_missing GROUP...: sets missing.
find_missing() {
    local name package
    missing=()
    for name in "$@"; do
        [ -n "${group[$name]:-}" ] || fail "deps.sh: no group \"$name\"; there are: ${!group[*]}"
        ! is_there "$name" || continue
        for package in ${group[$name]}; do
            installed "$package" || missing+=("$package")
        done
    done
    if [[ " $* " == *" run "* ]] && ! boost_is_there; then missing+=("$(boost_package)"); fi
}

known_to_apt() {
    local name
    for name in "$@"; do
        candidate "$name" > /dev/null || return 1
    done
}

# --- installing ---------------------------------------------------------------------------------------------

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        fail "packages are missing, and only root may install them:" \
            "    apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    fi
}

policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
mark="made by deps.sh of nginx-webhook while it installs"

is_own_policy() { [ -e "$policy" ] && [[ $(< "$policy") == *"$mark"* ]]; }
remove_own_policy() { ! is_own_policy || as_root rm -f "$policy"; }

# Keeps apt from starting servers that nobody asked for; one that runs is restarted when apt renews it.
hold_servers() {
    local package held=()
    for package in "${!starts[@]}"; do
        [[ " ${missing[*]} " != *" $package "* ]] || held+=("${starts[$package]}")
    done
    [ ${#held[@]} -gt 0 ] || return 0
    if [ -e "$policy" ] && ! is_own_policy; then
        echo "$policy decides whether apt starts what it installs:$(printf ' %s' "${held[@]}")"
        return
    fi
    printf 'installed but not started now:'
    printf ' %s' "${held[@]}"
    echo "; at the next boot they start unless you call 'systemctl disable'"
    trap remove_own_policy EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    as_root tee "$policy" > /dev/null << END
#!/bin/sh
# $mark: servers that are new are not started.
while [ "\${1#-}" != "\$1" ]; do shift; done
# "(start)": in an unknown runlevel, as in a chroot.
case \$1:\$2 in
    nginx:start | nginx.service:start | nginx:'(start)' | \\
    redis-server:start | redis-server.service:start | redis-server:'(start)' | \\
    prometheus:start | prometheus.service:start | prometheus:'(start)') exit 101 ;;
esac
exit 0
END
    as_root chmod 755 "$policy"
}

# Waits for another apt (an upgrade in the background, say) instead of failing.
apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 "$@"; }

update() {
    local hint="is there a network, and are the sources in /etc/apt right?"
    apt update || fail "apt-get update failed (see above): $hint"
}
install() { apt install -y --no-install-recommends "${missing[@]}"; }

install_missing() {
    local updated=no
    # As a lock a folder that only root writes to is as good as a file, and is there.
    exec 9< /var/lib/dpkg
    if ! flock -n 9; then
        echo "another make installs packages: waiting for it"
        flock 9
        find_missing "$@"
        [ ${#missing[@]} -gt 0 ] || return 0
    fi
    if ! known_to_apt "${missing[@]}"; then
        update
        updated=yes
        find_missing "$@"    # which Boost there is may be known only now
    fi
    echo "installing: ${missing[*]}"
    hold_servers
    if ! install; then
        [ $updated = no ] || fail "apt could not install (see above): ${missing[*]}"
        update   # the lists may be older than what the mirror still holds
        install || fail "apt could not install (see above): ${missing[*]}"
    fi
}

# --- checking -----------------------------------------------------------------------------------------------

faults=()

# need NAME[:LEAST]
need() {
    local name=${1%%:*} least=
    [[ $1 != *:* ]] || least=${1#*:}
    local value=${found[$name]:-missing}
    if [ "$value" = missing ]; then
        faults+=("$name: the compiler does not find it")
    elif [ -n "$least" ] && ! dpkg --compare-versions "${value%% *}" ge "$least"; then
        faults+=("$name is ${value%% *}, at least $least is needed")
    fi
}

# A module is loaded only by the nginx whose headers it was built with.
need_same_nginx() {
    local binary headers=${found[nginx-headers]%% *}
    binary=$(nginx -v 2>&1) || return 0
    binary=${binary##*nginx/}
    binary=${binary%% *}
    if [ "$headers" != missing ] && [ "$binary" != "$headers" ]; then
        faults+=("nginx is $binary but its headers (${NGX_SRC:-package nginx-dev}) are of $headers:
    install both from the same place, or give the sources of $binary: make NGX_SRC=FOLDER")
    fi
}

check() {
    local name part
    read_versions
    for name in "$@"; do
        for part in ${headers[$name]:-}; do need "$part"; done
        for part in ${commands[$name]:-}; do
            command -v "$part" > /dev/null || faults+=("command $part: not found")
        done
        [ "$name" != run ] || need_same_nginx
    done
    [ ${#faults[@]} = 0 ] \
        || fail "the packages are installed, but what they should bring is not there:" "${faults[@]/#/  }"
}

find_missing "$@"
[ ${#missing[@]} = 0 ] || install_missing "$@"
check "$@"

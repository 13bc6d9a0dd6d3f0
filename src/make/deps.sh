#!/bin/bash
# deps.sh GROUP...: installs the Debian packages of the groups (run, test, fuzz, check, node) that are missing.
# Asks only dpkg when all is there: no root and no network needed then.
set -euo pipefail
export LC_ALL=C

declare -A group=(
    [run]="g++ make nginx nginx-dev redis-server libhiredis-dev libyajl-dev libssl-dev libxxhash-dev
           libcli11-dev libfmt-dev libspdlog-dev nlohmann-json3-dev perl openssl ca-certificates"
    [test]="libgtest-dev curl valgrind binutils"
    [fuzz]="clang"
    [check]="clang-format clang-tidy cppcheck"
    [node]="nodejs npm"
)

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Asio with coroutines needs Boost 1.81; Debian 12 has it under that name, later ones have newer names.
boost_is_there() {
    local version
    version=$(sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' /usr/include/boost/version.hpp 2>/dev/null || true)
    [ "${version:-0}" -ge 108100 ] && [ -e /usr/include/boost/beast.hpp ]
}

boost_package() {
    local name
    for name in libboost1.81-dev libboost1.83-dev libboost1.88-dev; do
        if apt-cache policy "$name" | grep -q 'Candidate: [0-9]'; then
            echo "$name"
            return
        fi
    done
    echo libboost-dev
}

# Other packages of node than Debian's have npm in them, and would have to give way for Debian's.
is_there() {
    [ "$1" = node ] && command -v node > /dev/null && command -v npm > /dev/null
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        echo "missing packages need root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
}

known_to_apt() {
    local name
    for name in "$@"; do
        apt-cache policy "$name" | grep -q 'Candidate: [0-9]' || return 1
    done
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

missing=()
for name in "$@"; do
    ! is_there "$name" || continue
    for package in ${group[$name]}; do
        installed "$package" || missing+=("$package")
    done
done
needs_boost=no
boost_is_there || needs_boost=yes

if [ ${#missing[@]} = 0 ] && [ $needs_boost = no ]; then
    exit 0
fi

updated=no
if ! known_to_apt ${missing[@]+"${missing[@]}"} || { [ $needs_boost = yes ] && ! known_to_apt "$(boost_package)"; }; then
    as_root apt-get update -q
    updated=yes
fi
if [ $needs_boost = yes ]; then
    missing+=("$(boost_package)")
fi
echo "installing: ${missing[*]}"
if ! apt_install "${missing[@]}"; then
    [ $updated = no ] || exit 1
    as_root apt-get update -q   # the lists may be older than what the mirror still holds
    apt_install "${missing[@]}"
fi

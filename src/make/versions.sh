#!/bin/bash
# versions.sh [NGX_SRC]: prints the compiler and the versions of the libraries that a build takes from this
# machine, a line each. "NAME missing" means that the compiler finds no header of it. make rebuilds when a
# line changes; deps.sh checks the lines.
set -uo pipefail

cxx=${CXX:-g++}
ngx_src=${1:-${NGX_SRC:-/usr/share/nginx/src}}

# library NAME HEADER EXPRESSION...: lines for the preprocessor, which answers `= NAME VALUE`.
library() {
    printf '#if __has_include(<%s>)\n#include <%s>\n' "$2" "$2"
    printf '= %s %s\n#else\n= %s missing\n#endif\n' "$1" "${*:3}" "$1"
}
# present NAME HEADER: the same for what is too costly to preprocess at each build, or has no version.
present() {
    printf '#if __has_include(<%s>)\n= %s present\n#else\n= %s missing\n#endif\n' "$2" "$1" "$1"
}

probe() {
    printf '#ifdef __cpp_impl_coroutine\n= coroutines present\n#else\n= coroutines missing\n#endif\n'
    library boost boost/version.hpp BOOST_VERSION
    present boost-beast boost/beast.hpp
    present boost-awaitable boost/asio/awaitable.hpp
    library openssl openssl/opensslv.h OPENSSL_VERSION_STR
    library hiredis hiredis/hiredis.h HIREDIS_MAJOR . HIREDIS_MINOR . HIREDIS_PATCH
    library yajl yajl/yajl_version.h YAJL_VERSION
    present yajl-parse yajl/yajl_parse.h
    library expat expat.h XML_MAJOR_VERSION . XML_MINOR_VERSION . XML_MICRO_VERSION
    library utf8proc utf8proc.h UTF8PROC_VERSION_MAJOR . UTF8PROC_VERSION_MINOR . UTF8PROC_VERSION_PATCH
    library xxhash xxhash.h XXH_VERSION_NUMBER
    library cli11 CLI/Version.hpp CLI11_VERSION
    library fmt fmt/core.h FMT_VERSION
    library spdlog spdlog/version.h SPDLOG_VER_MAJOR . SPDLOG_VER_MINOR . SPDLOG_VER_PATCH
    library nlohmann-json nlohmann/json_fwd.hpp \
        NLOHMANN_JSON_VERSION_MAJOR . NLOHMANN_JSON_VERSION_MINOR . NLOHMANN_JSON_VERSION_PATCH
    present gtest gtest/gtest.h
    library libc features.h __GLIBC__ . __GLIBC_MINOR__
}

compiler() {
    local lines
    lines=$("$cxx" --version 2> /dev/null) || { echo missing; return; }
    echo "${lines%%$'\n'*}"
}

nginx_headers() {
    cd "$ngx_src" || return
    find -L src -name '*.h' -print0 | LC_ALL=C sort -z | xargs -0 cat
    cat conf_flags 2> /dev/null
}

# The headers themselves: a security update may change a structure and keep the version.
nginx() {
    local version
    version=$(sed -n 's/^#define NGINX_VERSION *"\(.*\)"/\1/p' "$ngx_src/src/core/nginx.h" 2> /dev/null)
    [ -n "$version" ] || { echo missing; return; }
    echo "$version $(nginx_headers | cksum)"
}

echo "compiler $(compiler)"
probe | "$cxx" -E -P -x c++ -std=gnu++20 - 2> /dev/null | sed -n 's/^= //p' | sed 's/ \. /./g'
echo "nginx-headers $(nginx)"

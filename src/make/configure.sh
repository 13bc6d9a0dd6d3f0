#!/bin/bash
# configure.sh NGX_SRC BUILD: prepares nginx' build of the module in BUILD/nginx, from the headers of nginx-dev.
# nginx' configure writes beside itself and takes no path with a space, so it gets a folder of links and only
# relative names: the links may point wherever they like.
set -euo pipefail

ngx_src=$1
build=$2

if [ ! -x "$ngx_src/configure" ]; then
    echo "$ngx_src/configure is missing: run 'make deps' (package nginx-dev), or set NGX_SRC" >&2
    exit 1
fi

# The flags nginx was built with: a module fits only a binary of the same flags.
NGX_CONF_FLAGS=(--with-compat --with-threads)
if [ -r "$ngx_src/conf_flags" ]; then
    . "$ngx_src/conf_flags"
fi

rm -rf "$build/nginx"
mkdir -p "$build/nginx"
ln -s "$ngx_src"/* "$build/nginx/"
ln -s "$(realpath --relative-to="$build/nginx" "$PWD")" "$build/nginx/addon"
cd "$build/nginx"

if ! ./configure "${NGX_CONF_FLAGS[@]}" --builddir=objs --add-dynamic-module=addon \
        --with-cc-opt='-O2 -Wno-restrict' > configure.log 2>&1; then
    cat configure.log >&2
    exit 1
fi

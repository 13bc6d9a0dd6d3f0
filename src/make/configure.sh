#!/bin/bash
# configure.sh NGX_SRC BUILD: prepares nginx' build of the module in BUILD/nginx, from the headers of
# nginx-dev. nginx' configure writes beside itself and takes no path with a space, so it gets a folder of
# links and only relative names: the links may point wherever they like.
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

# What was made with another compiler, other flags or other headers fits nothing that is made from now on.
cmp -s "$build/module-flags" "$build/nginx/made-with" || rm -rf "$build/nginx/objs"

# A file more or less must not compile all others again: generated headers that stay the same keep their time.
old=$build/nginx.old
rm -rf "$old"
if [ -d "$build/nginx/objs" ]; then
    mkdir "$old"
    cp -p "$build/nginx/objs"/*.h "$old/" 2> /dev/null || true
fi

mkdir -p "$build/nginx"
find "$build/nginx" -maxdepth 1 -type l -delete
ln -s "$ngx_src"/* "$build/nginx/"
ln -s "$(realpath --relative-to="$build/nginx" "$PWD")" "$build/nginx/addon"

# config links this library into the module instead of compiling the same files once more.
export WEBHOOK_LIB=../libwebhook.a
if ! (cd "$build/nginx" && ./configure "${NGX_CONF_FLAGS[@]}" --builddir=objs --add-dynamic-module=addon \
        --with-cc="${MODULE_CC:-cc}" --with-cc-opt="${MODULE_CC_OPT:--O2}" \
        --with-ld-opt="${MODULE_LD_OPT:-}") > "$build/configure.log" 2>&1; then
    cat "$build/configure.log" >&2
    rm -f "$build/nginx/objs/Makefile"
    exit 1
fi

for header in "$build/nginx/objs"/*.h; do
    if cmp -s "$header" "$old/${header##*/}"; then cp -p "$old/${header##*/}" "$header"; fi
done
rm -rf "$old"
cp "$build/module-flags" "$build/nginx/made-with"

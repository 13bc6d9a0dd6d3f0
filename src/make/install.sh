#!/bin/bash
# install.sh MODE FOLDER FILE...: installs programs or libraries without what only debuggers read; that goes
# to DEBUGDIR/FOLDER/FILE.debug, where gdb looks for it (set debug-file-directory DEBUGDIR, unless it is
# /usr/lib/debug). DESTDIR stands before both.
set -euo pipefail

mode=$1
folder=$2
shift 2
debug=${DESTDIR:-}$DEBUGDIR$folder

install -d "$debug"
for file; do
    name=${file##*/}
    to=${DESTDIR:-}$folder/$name
    objcopy --only-keep-debug "$file" "$debug/$name.debug"
    chmod 644 "$debug/$name.debug"
    install -m "$mode" "$file" "$to.new"
    strip --strip-unneeded "$to.new"
    (cd "$debug" && objcopy --add-gnu-debuglink="$name.debug" "$to.new")
    mv -f "$to.new" "$to"
done

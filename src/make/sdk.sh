#!/bin/bash
# sdk.sh: installs the npm packages of t/sdk into SDK (a folder), for t/sdk.t. Never an error: where they
# cannot be installed (no root, no registry) the file SDK/missing says why, and the test says so loudly.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
source="$here/../../t/sdk"
sdk=${SDK:?the folder to install into}
mkdir -p "$sdk"
want=$(cat "$source/package.json" "$source/package-lock.json" | sha256sum | cut -d ' ' -f 1)

if [ "$(cat "$sdk/complete" 2>/dev/null)" = "$want" ]; then
    exit 0
fi
rm -f "$sdk/complete" "$sdk/missing"

missing() {
    echo "$1" > "$sdk/missing"
    printf '*** %s\n' "t/sdk.t will be skipped: $1" >&2
    exit 0
}

"$here/deps.sh" node || missing "node and npm are not installed and apt could not install them"
cp "$source/package.json" "$source/package-lock.json" "$sdk/"
echo "installing the npm packages of t/sdk"
# No scripts of packages are run, and nothing is written elsewhere.
why() { grep -m 1 -E 'code|error' "$sdk/npm.log" || tail -n 1 "$sdk/npm.log"; }
(cd "$sdk" && timeout 300 npm ci --cache "$sdk/cache" --ignore-scripts --no-audit --no-fund \
    --no-update-notifier --fetch-retries 1 --fetch-timeout 60000 --loglevel error < /dev/null) \
    > "$sdk/npm.log" 2>&1 || missing "npm ci failed: $(why) (all of it: $sdk/npm.log)"
rm -rf "$sdk/cache"
echo "$want" > "$sdk/complete"

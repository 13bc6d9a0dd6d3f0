# Sourced by what tries the product on a bare Debian: makes the folder that holds it, runs commands in it,
# removes it. Root only. A namespace of its own holds all mounts and processes of a command, so the kernel
# takes them away whatever ends it.

# The mirrors of this machine, or those of Debian: MIRROR and SECURITY_MIRROR choose others.
chroot_mirrors() {
    local uri origin label
    while read -r uri origin label; do
        [ "$origin" = Debian ] || continue
        if [ "$label" = Debian-Security ]; then : "${SECURITY_MIRROR:=$uri}"; else : "${MIRROR:=$uri}"; fi
    done < <(apt-get indextargets --format '$(REPO_URI) $(ORIGIN) $(LABEL)' 'Created-By: Packages' \
        2> /dev/null)
    : "${MIRROR:=http://deb.debian.org/debian}" "${SECURITY_MIRROR:=http://deb.debian.org/debian-security}"
}

# chroot_problem SUITE: why there cannot be one here; nothing when there can.
chroot_problem() {
    local command folder
    [ "$(id -u)" = 0 ] || { echo "only root can make a chroot"; return; }
    for command in debootstrap unshare git; do
        command -v "$command" > /dev/null && continue
        echo "$command is not installed (apt-get install debootstrap util-linux git)"
        return
    done
    [ -e "/usr/share/debootstrap/scripts/$1" ] || { echo "debootstrap knows no \"$1\""; return; }
    chroot_mirrors
    folder=$(mktemp -d)
    timeout 60 /usr/lib/apt/apt-helper download-file "${MIRROR%/}/dists/$1/InRelease" "$folder/InRelease" \
        > /dev/null 2>&1 || echo "${MIRROR%/}/dists/$1 cannot be reached"
    rm -rf "$folder"
}

# chroot_make SUITE ROOT: a minimal Debian with its updates. DEBS=FOLDER keeps packages for the next time.
chroot_make() {
    local suite=$1 root=$2
    chroot_mirrors
    debootstrap --variant=minbase ${DEBS:+"--cache-dir=$DEBS"} "$suite" "$root" "$MIRROR" || return
    {
        echo "deb $MIRROR $suite main"
        echo "deb $MIRROR $suite-updates main"
        echo "deb $SECURITY_MIRROR $suite-security main"
    } > "$root/etc/apt/sources.list"
    apt-config dump | grep -i '^Acquire::[^ ]*Proxy' > "$root/etc/apt/apt.conf.d/90proxy" || true
    cat /etc/resolv.conf > "$root/etc/resolv.conf"
    echo '127.0.0.1 localhost' > "$root/etc/hosts"
}

# chroot_run ROOT COMMAND...: in the chroot, with /proc, /dev/shm, /dev/pts, the packages of DEBS and what
# BIND (lines FROM:TO) names; ends with all it has started.
chroot_run() {
    local root=$1
    shift
    # Started in the background, a shell would have it ignore SIGINT for good, and tests send that.
    env --default-signal=INT,QUIT unshare --mount --pid --fork --kill-child bash -c '
        root=$1 debs=$2 bind=$3
        shift 3
        mount -t proc proc "$root/proc" && mount -t tmpfs tmpfs "$root/dev/shm" \
            && mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts" || exit 1
        if [ -n "$debs" ]; then mount --bind "$debs" "$root/var/cache/apt/archives" || exit 1; fi
        while IFS=: read -r from to; do
            [ -z "$from" ] || mount --bind "$from" "$to" || exit 1
        done <<< "$bind"
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
            TERM="${TERM:-dumb}" chroot "$root" "$@"
        exit $?
    ' chroot_run "$root" "${DEBS:-}" "${BIND:-}" "$@"
}

# chroot_install ROOT PACKAGE...: installs them from fresh lists.
chroot_install() {
    local root=$1
    shift
    chroot_run "$root" apt-get update -q || return
    chroot_run "$root" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@"
}

# chroot_remove ROOT: never goes into what is mounted there.
chroot_remove() {
    if grep -qF " $1/" /proc/self/mountinfo; then
        echo "$1 stays: something is mounted there: $(grep -F " $1/" /proc/self/mountinfo)" >&2
        return 1
    fi
    rm -rf --one-file-system "$1"
}

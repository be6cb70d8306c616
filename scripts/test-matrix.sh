#!/bin/sh
# Runs the test suite against each version of the tools that Debian has: the stable release of this machine,
# the ones after it, and those in preparation. Packages are unpacked into .venv/matrix; nothing is installed.
# Arguments: the releases, then after -- what pytest is to run.
set -eu

cd "$(dirname "$0")/.."
releases=''
while [ $# -gt 0 ] && [ "$1" != -- ]; do releases="$releases $1" && shift; done
[ $# -eq 0 ] || shift
[ -n "$releases" ] || releases='bookworm trixie sid'
matrix=$PWD/.venv/matrix
command -v apt-get >/dev/null 2>&1 && command -v dpkg-deb >/dev/null 2>&1 || {
    echo "test-matrix: needs apt-get and dpkg-deb to get the tools from Debian" >&2
    exit 1
}

mirror=$(scripts/debian-mirror.sh)
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -f "$keys" ] || {
    echo "test-matrix: $keys is missing: apt-get install debian-archive-keyring" >&2
    exit 1
}

# fetch RELEASE: unpacks the tools of a release into its folder, with a package list of its own.
fetch() {
    root=$matrix/$1
    [ -x "$root/usr/bin/promtool" ] && return
    mkdir -p "$root/lists/partial" "$root/cache/archives/partial" "$root/deb"
    echo "deb [signed-by=$keys] $mirror $1 main" >"$root/sources.list"
    set -- -q -o "Dir::Etc::sourcelist=$root/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$root/lists" \
        -o "Dir::Cache=$root/cache" -o APT::Sandbox::User=root
    apt-get "$@" update
    packages='prometheus prometheus-alertmanager prometheus-node-exporter'
    # Since Debian 13 promtool is a package of its own.
    ! apt-cache "$@" show promtool >/dev/null 2>&1 || packages="$packages promtool"
    # shellcheck disable=SC2086
    (cd "$root/deb" && apt-get "$@" download $packages)
    for package in "$root"/deb/*.deb; do dpkg-deb -x "$package" "$root"; done
    rm -rf "$root/lists" "$root/cache" "$root/deb"
}

failed=''
for release in $releases; do
    fetch "$release"
    tools=$matrix/$release/usr/bin
    echo "== $release: $("$tools/promtool" --version 2>&1 | head -n 1), $("$tools/amtool" --version 2>&1 | head -n 1)"
    PATH=$tools:$PATH .venv/bin/pytest -q -n "${WORKERS:-auto}" --dist worksteal "$@" || failed="$failed $release"
done
[ -z "$failed" ] || {
    echo "test-matrix: failed with the tools of$failed" >&2
    exit 1
}

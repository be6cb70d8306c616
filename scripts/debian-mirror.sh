#!/bin/sh
# Prints the Debian mirror that this machine uses, so that a private one is used wherever another is needed.
set -eu
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m 1 debian || true)
[ -n "$mirror" ] || {
    echo "debian-mirror: this machine has no Debian mirror set up; run apt-get update first" >&2
    exit 1
}
echo "$mirror"

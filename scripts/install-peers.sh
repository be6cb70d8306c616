#!/bin/sh
# Builds released tools of others with Go, by name and version, into the folder named as argument, as far as they
# are missing. Nothing of them is committed.
set -eu

folder=$1
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)
if ! command -v go >/dev/null 2>&1; then
    echo "make peers builds released tools of others with Go, and go is not there" >&2
    echo "install Go 1.26 or newer (https://go.dev/dl/), then run make peers again" >&2
    exit 1
fi
# The newest releases of November 2026; of vmalert, the newest that Go 1.26 builds.
for module in \
    github.com/slok/sloth/cmd/sloth@v0.16.0 \
    github.com/prometheus/prometheus/cmd/promtool@v0.316.0 \
    github.com/prometheus/alertmanager/cmd/amtool@v0.35.0 \
    github.com/VictoriaMetrics/VictoriaMetrics/app/vmalert@v1.140.0; do
    name=${module##*/}
    name=${name%@*}
    mark=$folder/bin/.$name-${module##*@}
    [ -e "$mark" ] && continue
    echo "building $module (minutes, the first time)"
    GOBIN=$folder/bin GOFLAGS=-trimpath go install "$module"
    touch "$mark"
done

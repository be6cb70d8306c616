#!/bin/sh
# Runs pytest with the given arguments, so many tests beside each other as WORKERS says.
# Tests have a temporary folder of their own, which is removed after success. A test or a program that leaves
# anything in it, outside of the folders that pytest gives, is a failure.
set -eu

# The tests start hundreds of programs: Python that keeps what it has compiled, and Go that collects its garbage
# seldom and in one thread, let them take two thirds of the processor time.
unset PYTHONDONTWRITEBYTECODE
export GOGC="${GOGC:-400}" GOMAXPROCS="${GOMAXPROCS:-1}"

pytest=.venv/bin/pytest
TMPDIR=$(mktemp -d -t gm.XXXXXX)
export TMPDIR
finish() {
    code=$?
    trap - EXIT
    chmod -R u+rwX "$TMPDIR"
    if [ "$code" -eq 0 ] && [ -n "$(find "$TMPDIR" -mindepth 1 -maxdepth 1 ! -name 'pytest-of-*')" ]; then
        echo "the tests left something in the temporary folder:" >&2
        code=1
    fi
    if [ "$code" -eq 0 ] || [ "$code" -ge 128 ]; then
        rm -rf "$TMPDIR"
    else
        echo "what the tests wrote is kept in $TMPDIR:" >&2
        ls -A "$TMPDIR" >&2
    fi
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

$pytest "$@" -n "${WORKERS:-auto}" --dist worksteal

#!/bin/sh
# Installs the Debian packages of the tools named as arguments, as far as they are missing.
# Ends with 1 and the list of what is missing where it cannot. Starts no service.
set -eu

package_of() {
    case $1 in
        promtool | prometheus) echo prometheus ;;
        amtool | prometheus-alertmanager) echo prometheus-alertmanager ;;
        *) echo "$1" ;;
    esac
}

is_there() {
    case $1 in
        python3-venv) python3 -c 'import ensurepip' 2>/dev/null ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

look() {
    missing='' packages=''
    for tool in "$@"; do
        is_there "$tool" && continue
        missing="$missing $tool"
        package=$(package_of "$tool")
        case " $packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
    done
}

give_up() {
    echo "install-tools: missing:$missing" >&2
    echo "install-tools: $1" >&2
    echo "  mend: install them (on Debian: apt-get install$packages), then run this again" >&2
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# Debian starts a service as soon as its package is installed, unless this file forbids it.
policy=/usr/sbin/policy-rc.d
allow_services() {
    trap - EXIT
    as_root rm -f "$policy"
}
forbid_services() {
    [ -e "$policy" ] && return
    trap allow_services EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
}

look "$@"
[ -z "$missing" ] && exit 0
command -v apt-get >/dev/null 2>&1 || give_up 'there is no apt-get here to install them with'
[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1 || give_up 'only root can install them, and there is no sudo'

echo "install-tools: installing$packages"
forbid_services
as_root apt-get -q update || give_up 'apt-get update failed'
# shellcheck disable=SC2086
as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $packages ||
    give_up 'apt-get install failed'

look "$@"
[ -z "$missing" ] || give_up 'the packages were installed, and still they are not on PATH'

#!/bin/sh
# Installs the Debian packages of the tools named as arguments, as far as they are missing. The tool
# venv-of=PYTHON is what that Python makes virtual environments with. Ends with 1, the list of what is missing
# and what to do where it cannot. Asks for a password once, before anything is changed. The servers among the
# packages are not started, now or at the next boot; what was installed before is left as it is.
set -eu

package_of() {
    case $1 in
        promtool | prometheus) echo prometheus ;;
        amtool | prometheus-alertmanager) echo prometheus-alertmanager ;;
        venv-of=*) "${1#venv-of=}" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])' ;;
        *) echo "$1" ;;
    esac
}

is_there() {
    case $1 in
        venv-of=*) "${1#venv-of=}" -c 'import ensurepip' 2>/dev/null ;;
        *) command -v "$1" >/dev/null 2>&1 ;;
    esac
}

look() {
    missing='' packages=''
    for tool in "$@"; do
        is_there "$tool" && continue
        package=$(package_of "$tool")
        case $tool in venv-of=*) missing="$missing $package" ;; *) missing="$missing $tool" ;; esac
        case " $packages " in *" $package "*) ;; *) packages="$packages $package" ;; esac
    done
}

give_up() {
    echo "install-tools: missing:$missing" >&2
    echo "install-tools: $1" >&2
    echo "  mend: ${2:-install them (on Debian: apt-get install$packages)}, then run this again" >&2
    exit 1
}

no_update=3 no_install=4
policy=/usr/sbin/policy-rc.d

# Debian starts a service as soon as its package is installed, unless this file forbids it.
forbid_services() {
    [ ! -e "$policy" ] || return 0
    forbidden=yes
    printf '#!/bin/sh\nexit 101\n' | tee "$policy" >/dev/null
    chmod 755 "$policy"
}

# And it enables it for the next boot.
leave_services_off() {
    trap - EXIT
    [ -z "$forbidden" ] || rm -f "$policy"
    for package in $new; do
        dpkg-query -L "$package" 2>/dev/null | while read -r path; do
            case $path in
                /lib/systemd/system/*.* | /usr/lib/systemd/system/*.*)
                    DPKG_MAINTSCRIPT_PACKAGE=$package deb-systemd-helper disable "${path##*/}"
                    ;;
                /etc/init.d/*) update-rc.d "${path##*/}" disable ;;
            esac
        done >/dev/null || true
    done
}

install_as_root() {
    new='' forbidden=''
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || new="$new $package"
    done
    trap leave_services_off EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    forbid_services
    apt-get -q update || exit $no_update
    DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends "$@" || exit $no_install
}

# All that root does is one call, so sudo asks for one password, if any.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$0" --as-root "$@"
    else
        # What sudo drops, and apt-get needs behind a proxy.
        sudo $prompt env ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
            ${no_proxy:+"no_proxy=$no_proxy"} "$0" --as-root "$@"
    fi
}

[ "${1-}" != --as-root ] || {
    shift
    install_as_root "$@"
    exit 0
}

look "$@"
[ -n "$missing" ] || exit 0
command -v apt-get >/dev/null 2>&1 || give_up 'there is no apt-get here to install them with'
prompt=''
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || give_up 'only root can install them, and there is no sudo'
    if sudo -n true 2>/dev/null; then
        prompt=-n
    else
        [ -t 0 ] || give_up 'sudo asks for a password or refuses, and there is no terminal to ask at' \
            "run this in a terminal, or as root apt-get install$packages"
        echo "install-tools: sudo asks for your password, to install$packages" >&2
    fi
fi

echo "install-tools: installing$packages"
status=0
# shellcheck disable=SC2086
as_root $packages || status=$?
case $status in
    0) ;;
    "$no_update") give_up 'apt-get update failed: is the package mirror reachable?' ;;
    "$no_install") give_up 'apt-get install failed: is the package mirror reachable, and does it have these packages?' ;;
    130 | 143) exit "$status" ;;
    *) give_up 'they were not installed' ;;
esac

look "$@"
[ -z "$missing" ] || give_up 'the packages were installed, and still they are not on PATH'

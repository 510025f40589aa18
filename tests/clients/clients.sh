#!/usr/bin/env bash
# The real tools of Debian against a running server: installs those that are missing, as far as it can, and runs tools.py,
# clients.py and naughty_names.py. Called by ./run.sh check --clients. rsyslog and syslog-ng will not stand beside each
# other, so the one that is missing is only unpacked.
set -euo pipefail
cd "$(dirname "$0")/../.."
daemon=${1:-build/bin/spindriftd}
[ -x "$daemon" ] || { echo "build first: ./run.sh build"; exit 1; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
declare -A package_of=([nc]=netcat-openbsd [logger]=bsdutils [jq]=jq [curl]=curl [mosquitto]=mosquitto [mosquitto_sub]=mosquitto-clients
  [collectd]="collectd-core libyajl2" [prometheus]=prometheus [haproxy]=haproxy [micropython]=micropython)
missing=()
for program in "${!package_of[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
for package in "${missing[@]}"; do
  DEBIAN_FRONTEND=noninteractive as_root apt-get install -y --no-install-recommends -qq $package >/dev/null 2>&1 ||
    echo "left out  $package: cannot be installed"
done

unpacked=$(mktemp -d)
trap 'rm -rf "$unpacked"' EXIT
unpack() { # PROGRAM PACKAGE...
  command -v "$1" >/dev/null && return
  (cd "$unpacked" && apt-get download -qq "${@:2}" >/dev/null 2>&1 && for file in *.deb; do dpkg -x "$file" .; done && rm -f ./*.deb) ||
    echo "left out  $1: cannot be had"
}
unpack rsyslogd rsyslog libestr0 libfastjson4 liblognorm5 liblogging-stdlog0
unpack syslog-ng syslog-ng-core libivykis0
unpack netdata netdata-core
export PATH="$PATH:$unpacked/usr/sbin:$unpacked/usr/bin" CLIENTS_UNPACKED="$unpacked"
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}:$unpacked/usr/lib/$(uname -m)-linux-gnu:$unpacked/usr/lib/syslog-ng"

python3 tests/clients/tools.py "$daemon"
python3 tests/clients/clients.py "$daemon"
if [ -x build/bin/spindrift-viz ]; then
  python3 tests/clients/naughty_names.py "$daemon" build/bin/spindrift-viz || [ $? = 77 ]
fi

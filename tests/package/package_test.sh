#!/usr/bin/env bash
# The package in a fresh Debian: installed, started as its unit starts it, upgraded from the version before with its state
# kept, removed and purged. As root; needs debootstrap and a mirror. What debootstrap made is kept in build/ for the next
# time.
#
#   package_test.sh FILE.deb
set -euo pipefail
package=$(realpath "${1:?usage: package_test.sh FILE.deb}")
cd "$(dirname "$0")/../.."

# The worker is there where librdkafka is.
programs=(spindriftd spindrift-detect spindrift-sim spindrift-viz)
case $(dpkg-deb -c "$package") in *bin/spindrift-worker*) programs+=(spindrift-worker) ;; esac

say() { printf '%s\n' "$*"; }
fail() { say "FAIL: $*" >&2; exit 1; }
check() { # NAME COMMAND...: that it succeeds
  local name=$1
  shift
  "$@" || fail "$name"
  say "ok: $name"
}

suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(sed -n 's/^\(deb\|URIs:\)[^h]*\(http[^ ]*\).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1 || true)
base=build/package-root.tar
root=$(mktemp -d)
chmod 755 "$root"  # it will be somebody else's /
server=
cleanup() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$root"
}
trap cleanup EXIT

if [ ! -f "$base" ]; then
  say "making a fresh $suite from ${mirror:-the usual mirror}"
  debootstrap --variant=minbase "$suite" "$root" ${mirror:+"$mirror"} >build/debootstrap.log 2>&1 ||
    { tail -n 5 build/debootstrap.log >&2; fail "debootstrap; build/debootstrap.log has all of it"; }
  tar -C "$root" -cf "$base.new" . && mv "$base.new" "$base"
else
  tar -C "$root" -xf "$base"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
[ ! -d /etc/apt/apt.conf.d ] || cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"
# An install that starts services would start them on this machine.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"

inside() { env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C chroot "$root" "$@"; }
install_package() {
  cp "$1" "$root/tmp/spindrift.deb"
  inside apt-get install -y -q --no-install-recommends /tmp/spindrift.deb >build/package_install.log 2>&1 ||
    { tail -n 8 build/package_install.log >&2; return 1; }
}
version_inside() { inside dpkg-query -W -f '${Version}' spindrift; }
# Every page that the package is to have, and in these every link to a page or a picture beside them.
documents_are_whole() {
  local folder=$root/usr/share/doc/spindrift page link missing=0
  for page in alerts CHANGELOG events http operations scaleout settings tuning upgrading; do
    [ -s "$folder/$page.md" ] || { say "missing: $page.md"; missing=1; }
  done
  for page in "$folder"/*.md; do
    # Links that leave docs/ (../) lead into the sources.
    while IFS= read -r link; do
      [ -s "$folder/$link" ] || { say "missing: $link, which $(basename "$page") links to"; missing=1; }
    done < <(grep -oE '\]\([A-Za-z_/]+\.(md|png)' "$page" | sed 's/^](//' || true)
  done
  return "$missing"
}
unit_line() { sed -n "s/^$1=//p" "$root/lib/systemd/system/spindriftd.service"; }

# The version before: the same programs under a smaller number.
before=$(mktemp -d)
dpkg-deb -R "$package" "$before/tree"
sed -i 's/^Version: .*/Version: 0.0.1-1/' "$before/tree/DEBIAN/control"
dpkg-deb -b --root-owner-group "$before/tree" "$before/before.deb" >/dev/null

# As the unit starts it: its command, its user, its directory.
start() {
  local words
  rm -f "$root/tmp/said"
  read -ra words <<<"$(unit_line ExecStart)"
  env -i PATH=/usr/sbin:/usr/bin:/bin chroot --userspec="$(unit_line User):$(unit_line Group)" "$root" "${words[@]}" \
    >"$root/tmp/said" 2>"$root/tmp/log" &
  server=$!
  for _ in $(seq 600); do
    grep -q '^listening on ' "$root/tmp/said" 2>/dev/null && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  cat "$root/tmp/log" >&2
  return 1
}
# Sends a point and says which of its stream it was.
point() {
  local address reply
  address=$(sed -n 's/^listening on 127.0.0.1://p' "$root/tmp/said" | head -n 1)
  exec 9<>"/dev/tcp/127.0.0.1/$address"
  printf '{"stream":"a","value":%s}\n' "$1" >&9
  IFS= read -r -t 10 reply <&9
  exec 9>&-
  sed -n 's/.*"n":\([0-9]*\).*/\1/p' <<<"$reply"
}
stop() {
  kill -TERM "$server"
  local code=0
  wait "$server" || code=$?
  server=
  [ "$code" -eq 0 ]
}

inside apt-get update -q >/dev/null 2>&1 || true
check "the version before is installed" install_package "$before/before.deb"
rm -rf "$before"
check "  with a system user" inside getent passwd spindrift
check "  that alone may enter its directory" test "$(inside stat -c "%U %a" /var/lib/spindrift)" = "spindrift 700"
for program in "${programs[@]}"; do
  check "  $program runs" inside "$program" --version
done
for program in "${programs[@]}"; do
  check "  its shells complete $program" test -s "$root/usr/share/bash-completion/completions/$program" -a \
    -s "$root/usr/share/zsh/vendor-completions/_$program" -a -s "$root/usr/share/fish/vendor_completions.d/$program.fish"
done
check "  its pages are there, with those and the pictures that they link to" documents_are_whole
check "  the sample configuration is good" inside spindriftd --config /etc/spindrift/spindriftd.toml --check-config

exposure=$(systemd-analyze security --offline=true --no-pager "$root/lib/systemd/system/spindriftd.service" 2>/dev/null |
  sed -n 's/.*Overall exposure level.*: \([0-9.]*\) .*/\1/p')
check "exposure of the unit: $exposure, at most 1.5" awk -v of="${exposure:-10}" 'BEGIN { exit of <= 1.5 ? 0 : 1 }'

# Ports that nobody has; and a line of the operator's own, which an upgrade has to keep.
sed -i 's/^listen = .*/listen = ["127.0.0.1:0"]/; s/^http = .*/http = "off"  # mine/' "$root/etc/spindrift/spindriftd.toml"
check "it starts as the unit starts it" start
check "  and judges a point" test "$(point 1)" = 1
check "  and ends" stop
check "it is upgraded from $(version_inside)" install_package "$package"
check "  to $(version_inside)" test "$(version_inside)" != 0.0.1-1
check "  and the configuration is the operator's" grep -q '# mine' "$root/etc/spindrift/spindriftd.toml"
check "  it starts again" start
check "  with its state kept" test "$(point 2)" = 2
check "  and ends" stop
check "it is removed" inside apt-get remove -y -q spindrift >build/package_install.log 2>&1
check "  with its programs" test ! -e "$root/usr/bin/spindriftd"
check "  but not with what it has learned" test -n "$(ls "$root/var/lib/spindrift")"
check "it is purged" inside apt-get purge -y -q spindrift >build/package_install.log 2>&1
check "  with its state" test ! -e "$root/var/lib/spindrift"
check "  and its configuration" test ! -e "$root/etc/spindrift/spindriftd.toml"
check "  and its user" test -z "$(inside getent passwd spindrift || true)"
say "the package installs, starts, upgrades and goes"

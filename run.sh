#!/usr/bin/env bash
# The front door: installs what is missing (Debian and Ubuntu, as root or with sudo), builds, then does one job.
set -euo pipefail
cd "$(dirname "$0")"

usage() {
  cat <<'TEXT'
usage: ./run.sh COMMAND [ARGUMENTS]

  demo [--seconds N]   server, simulator and live plot together, until Ctrl-C or for N seconds; leaves demo.png
  test [CTEST ARGS]    build everything and run every test
  build                build the programs into build/bin/
  check                formatting, lint, a second compiler, sanitizers, a short round of fuzzing
  bench [ARGS]         speed against peers, one table; see docs/benchmarks.md
  quality [ARGS]       detection judged by numbers, one table; see docs/detection.md
  faults [ARGS]        the long round of crashes, floods and fuzzing; see docs/operations.md
TEXT
}

base_packages=(
  cmake g++ libbenchmark-dev libboost-dev libboost-filesystem-dev libboost-iostreams-dev libboost-system-dev libcli11-dev
  libgnuplot-iostream-dev libgtest-dev libgmock-dev libpng-dev libsimdjson-dev libsnappy-dev libspdlog-dev libsqlite3-dev
  libssl-dev libtomlplusplus-dev netcat-openbsd ninja-build openssl nlohmann-json3-dev pkg-config python3
)
check_packages=(clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev lld-14 llvm-14)
bench_packages=(redis-server python3-venv valgrind)

say() { printf '%s\n' "$*" >&2; }

# Installs those of the named packages that are not there. Quick when none is missing.
provide() {
  local missing=() package
  for package in "$@"; do
    # Something that is there already under another name (gnuplot comes in four) need not be asked for.
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { say "run.sh: packages are missing and there is no sudo: ${missing[*]}"; exit 1; }
    as_root=(sudo)
  fi
  say "installing: ${missing[*]}"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

gnuplot_package() {
  if command -v gnuplot >/dev/null; then return; fi
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then echo gnuplot-qt; else echo gnuplot-nox; fi
}

# configure PRESET [CMAKE ARGS]: only when there is no build tree yet; Ninja re-runs CMake by itself afterwards.
configure() {
  local preset=$1 folder=build
  shift
  [ "$preset" = release ] || folder=build/$preset
  [ -f "$folder/build.ninja" ] || cmake --preset "$preset" "$@" >/dev/null
}

build_programs() {
  # shellcheck disable=SC2046
  provide "${base_packages[@]}" $(gnuplot_package)
  configure release
  cmake --build build --target spindriftd spindrift-sim spindrift-viz spindrift-detect
}

build_everything() {
  # shellcheck disable=SC2046
  provide "${base_packages[@]}" $(gnuplot_package)
  configure release
  cmake --build build
}

demo() {
  local seconds=0
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds) seconds=${2:?--seconds takes a number}; shift 2 ;;
      --seconds=*) seconds=${1#*=}; shift ;;
      *) say "run.sh demo: unknown option $1"; exit 2 ;;
    esac
  done
  [[ $seconds =~ ^[0-9]+$ ]] || { say "run.sh demo: --seconds takes a whole number"; exit 2; }
  build_programs
  local folder bin=build/bin
  folder=$(mktemp -d)
  demo_jobs=()
  # Each in a process group of its own: a Ctrl-C is for this script alone, which stops them in their order.
  set -m
  trap 'trap - INT TERM; stop_demo "$folder"' INT TERM
  "$bin/spindriftd" --listen 127.0.0.1:0 --http off --state-dir "$folder/state" --log-level warning \
    >"$folder/server" 2>"$folder/server.log" &
  local server=$!
  demo_jobs=("$server")
  until grep -q '^listening on ' "$folder/server"; do
    kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 1; }
    sleep 0.05
  done
  local address viewers=()
  address=$(sed -n 's/^listening on //p' "$folder/server" | head -n 1)
  "$bin/spindrift-viz" --server "$address" --output demo.png 2>"$folder/picture.log" &
  viewers+=($!)
  "$bin/spindrift-viz" --server "$address" &
  viewers+=($!)
  demo_jobs=("${viewers[@]}" "$server")
  "$bin/spindrift-sim" --server "$address" --scenario iot --rate 50 --count 100000000 --drift-at 400 --quiet \
    >"$folder/report" 2>"$folder/sim.log" &
  local simulator=$!
  demo_jobs=("$simulator" "${viewers[@]}" "$server")
  if [ "$seconds" -gt 0 ]; then
    sleep "$seconds" &
    wait $! || true
  else
    wait "$simulator" || true
  fi
  stop_demo "$folder"
}

# The simulator first, so that its last verdicts still come; the server last.
stop_demo() {
  local folder=$1 job
  for job in "${demo_jobs[@]}"; do
    kill -TERM "$job" 2>/dev/null || true
    wait "$job" 2>/dev/null || true
  done
  cat "$folder/report" 2>/dev/null || true
  [ -s demo.png ] && say "the picture is in demo.png"
  rm -rf "$folder"
  exit 0
}

run_tests() {
  build_everything
  ctest --test-dir build --output-on-failure -j "$(nproc)" "$@"
}

main() {
  local command=${1:-}
  [ $# -gt 0 ] && shift
  case $command in
    demo) demo "$@" ;;
    test) run_tests "$@" ;;
    build) build_programs ;;
    check) provide "${base_packages[@]}" "${check_packages[@]}"; exec tests/check.sh "$@" ;;
    bench) provide "${base_packages[@]}" "${bench_packages[@]}"; exec tests/bench/bench.sh "$@" ;;
    quality) build_everything; exec build/bin/spindrift-quality "$@" ;;
    faults) provide "${base_packages[@]}" "${check_packages[@]}"; exec tests/faults/faults.sh "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

main "$@"

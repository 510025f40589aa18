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
  install [--prefix DIR]  the .deb, by apt; or programs, manual pages and completions below DIR (~/.local), without root
  check                formatting, lint, a second compiler, sanitizers, a short round of fuzzing
  check --lint-recent  the same, lint of what the newest 50 commits have changed
  check --clients      real tools (collectd, rsyslog, Prometheus and others) against the server that was built
  package [--test]     build/package/: a .deb of the programs, a wheel of the Python client; --test installs it into
                       a fresh Debian, starts, upgrades and removes it
  bench [ARGS]         speed against peers, one table; see docs/benchmarks.md
  quality [ARGS]       detection judged by numbers, one table; see docs/detection.md
  faults [ARGS]        the long round of crashes, floods and fuzzing; see docs/operations.md
TEXT
}

# make: by it GCC optimizes across rooms on all cores, and on one without it.
program_packages=(
  cmake g++ libboost-dev libboost-filesystem-dev libboost-iostreams-dev libboost-system-dev libcli11-dev
  libcurl4-openssl-dev librdkafka-dev
  libgnuplot-iostream-dev libjs-dygraphs libsimdjson-dev libsnappy-dev libspdlog-dev libsqlite3-dev libssl-dev libtomlplusplus-dev
  make ninja-build nlohmann-json3-dev pkg-config zlib1g-dev
)
# What takes long to install and not every room needs, and rooms that need none of it.
late_packages=(libboost-dev libboost-filesystem-dev libboost-iostreams-dev libboost-system-dev libgnuplot-iostream-dev)
early_rooms=(
  spindrift_alerts spindrift_backtest spindrift_engine_options spindrift_outside spindrift_plot spindrift_session
  spindrift_shadow spindrift_simulation
)
test_packages=(
  libbenchmark-dev libgtest-dev libgmock-dev libpng-dev maven netcat-openbsd openjdk-17-jre-headless openssl python3 tmux
)
check_packages=(clang-14 clang-format-14 clang-tidy-14 libclang-rt-14-dev lld-14 llvm-14)
package_packages=(dpkg-dev file python3-pip python3-setuptools python3-wheel)
bench_packages=(redis-server python3-venv valgrind)
# ccache caches what uses a precompiled header only when it is told so; and what it has not, it compiles without
# preprocessing it first.
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} CCACHE_DEPEND=${CCACHE_DEPEND:-1}

say() { printf '%s\n' "$*" >&2; }
fail() { say "run.sh: $*"; exit 1; }

# Reads what apt says and shows where it is: one line that counts on a terminal, else a line for every tenth package.
count_packages() {
  local line total='?' done_so_far=0 doing=''
  while IFS= read -r line; do
    case $line in
      *' newly installed'*) total=$(sed -n 's/.*, \([0-9]*\) newly installed.*/\1/p' <<<"$line") ;;
      Get:*) doing="fetching ${line##* http*:// }" ;;
      Unpacking\ *) doing="unpacking ${line#Unpacking }" ;;
      'Setting up '*) done_so_far=$((done_so_far + 1)); doing="setting up ${line#Setting up }" ;;
      *) continue ;;
    esac
    doing=${doing%% (*}
    if [ -t 2 ]; then
      printf '\r\033[K%s of %s packages: %.60s' "$done_so_far" "$total" "$doing" >&2
    elif [[ $line == 'Setting up '* && $((done_so_far % 10)) -eq 0 || $line == *' newly installed'* ]]; then
      say "$done_so_far of $total packages installed"
    fi
  done
  [ ! -t 2 ] || printf '\r\033[K' >&2
}

# Those of the named packages that are not there, a line each.
missing_of() {
  local package
  for package in "$@"; do
    # Something that is there already under another name (gnuplot comes in four) need not be asked for.
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q '^install ok installed$' || echo "$package"
  done
}

# Installs those of the named packages that are not there. Quick when none is missing.
provide() {
  local missing
  mapfile -t missing < <(missing_of "$@")
  [ ${#missing[@]} -eq 0 ] && return
  local as_root=() log
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "run.sh: ${#missing[@]} packages are missing, and there is no sudo here. Have an administrator run this line:"
      say ""
      say "  apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
      exit 1
    fi
    as_root=(sudo)
  fi
  say "installing ${#missing[@]} packages and what they need: ${missing[*]}"
  log=$(mktemp)
  say "asking for the lists of packages (all that apt says is in $log)"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update >>"$log" 2>&1 ||
    { tail -n 5 "$log" >&2; fail "the lists of packages cannot be fetched; is there a network?"; }
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" 2>&1 |
    tee -a "$log" | count_packages; then
    tail -n 5 "$log" >&2
    fail "not all packages could be installed; $log has all of what apt said"
  fi
  rm -f "$log"
}

gnuplot_package() {
  if command -v gnuplot >/dev/null; then return; fi
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then echo gnuplot-qt; else echo gnuplot-nox; fi
}

# CMake remembers where it was: a tree that was moved or copied is made anew, and keeps nothing of the old place.
forget_other_place() {
  local folder=$1
  [ -f "$folder/CMakeCache.txt" ] || return 0
  grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$folder/CMakeCache.txt" && return
  say "$folder was made in another place; it is set up anew"
  rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja"
}

# Where there is no home, each call of ccache ends the compilation; CMake says of it that the compiler is broken.
cache_can_be_written() {
  local folder
  folder=$(ccache --get-config cache_dir 2>/dev/null) || return 0
  [ -n "$folder" ] || return 0
  { mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ]; } && return
  say "ccache's folder $folder cannot be written to: it is built without a cache (CCACHE_DIR names another place)"
  return 1
}

# configure PRESET [CMAKE ARGS]: when there is no build tree that fits, or with arguments; else Ninja re-runs CMake by
# itself.
configure() {
  local preset=$1 folder=build log
  shift
  [ "$preset" = release ] || folder=build/$preset
  { mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ]; } ||
    fail "$PWD/$folder cannot be written to. Copy the whole folder to a place of your own and run it there."
  forget_other_place "$folder"
  if [ -f "$folder/build.ninja" ] && [ $# -eq 0 ]; then return; fi
  # A compiler cache is used where there is one; whoever has set a launcher keeps it.
  if [ -z "${CMAKE_CXX_COMPILER_LAUNCHER:-}" ] && command -v ccache >/dev/null && cache_can_be_written; then
    export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  fi
  log=$folder/configure.log
  cmake --preset "$preset" "$@" >"$log" 2>&1 && return
  grep -A 6 -m 1 'CMake Error' "$log" >&2 || tail -n 10 "$log" >&2
  fail "the build cannot be set up; $log has all of what CMake said. rm -r $folder makes a fresh start."
}

# Optimized by a training run: see common/cmake/hot.cmake.
is_trained() { grep -qx "SPINDRIFT_TRAINED:BOOL=ON" build/CMakeCache.txt 2>/dev/null; }
has_tests() { grep -qx "SPINDRIFT_TESTS:BOOL=ON" build/CMakeCache.txt 2>/dev/null; }

# build_programs [PROGRAM...]: all of them, for use: trained, and so without tests; or those that somebody waits for, who
# is not kept waiting for that. They need neither the packages of the tests nor a line of them.
build_programs() {
  # shellcheck disable=SC2046
  provide "${program_packages[@]}" $(gnuplot_package)
  forget_other_place build
  if [ $# -eq 0 ] && ! is_trained; then
    configure release -DSPINDRIFT_TESTS=OFF -DSPINDRIFT_TRAINED=ON
  elif [ -f build/build.ninja ]; then
    configure release
  else
    configure release -DSPINDRIFT_TESTS=OFF
  fi
  if [ $# -gt 0 ]; then cmake --build build --target "$@"; return; fi
  cmake --build build --target spindriftd spindrift-sim spindrift-viz spindrift-detect
  # Where librdkafka is old or was switched off there is no such target.
  if grep -q '^build bin/spindrift-worker:' build/build.ninja; then cmake --build build --target spindrift-worker; fi
}

# What the demo shows, into build/demo/bin, unless the programs were built before: compiled without optimization and
# without Kafka, in half of the processor's time, and quick enough for 50 points a second. Boost and gnuplot come with
# half of all packages, and apt works on one core and waits for the disk: what needs neither is compiled meanwhile.
# Sets demo_bin.
build_demo() {
  if [ -f build/build.ninja ]; then
    demo_bin=build/bin
    build_programs spindriftd spindrift-sim spindrift-viz
    return
  fi
  demo_bin=build/demo/bin
  say "the demo's programs are compiled quickly, not to be quick; ./run.sh build makes those for use"
  local late=() others=() package
  # shellcheck disable=SC2046
  mapfile -t late < <(missing_of "${late_packages[@]}" $(gnuplot_package))
  for package in "${program_packages[@]}"; do
    case " ${late_packages[*]} librdkafka-dev " in *" $package "*) ;; *) others+=("$package") ;; esac
  done
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    provide "${others[@]}" "${late[@]}"  # all that is missing in one line to paste
  fi
  provide "${others[@]}"
  if [ ${#late[@]} -eq 0 ]; then
    configure demo
  else
    compile_while_installing "${late[@]}"
  fi
  cmake --build build/demo --target spindriftd spindrift-sim spindrift-viz
}

# A fresh tree is told where the headers will be.
compile_while_installing() {
  local compiling
  if [ -f build/demo/build.ninja ]; then
    configure demo
  else
    configure demo -DSPINDRIFT_BOOST_LATER=ON -DGNUPLOT_IOSTREAM_INCLUDE_DIR=/usr/include
  fi
  say "Boost and gnuplot are installed while what needs neither is compiled"
  cmake --build build/demo --target "${early_rooms[@]}" &
  compiling=$!
  trap 'kill "$compiling" 2>/dev/null || true; exit 1' INT TERM
  if ! (provide "$@") >build/demo/apt.log 2>&1; then
    kill "$compiling" 2>/dev/null || true
    cat build/demo/apt.log >&2
    exit 1
  fi
  wait "$compiling"
  trap - INT TERM
}

# A tree that was made for use is made one with tests.
set_up_tests() {
  if has_tests; then configure release; else configure release -DSPINDRIFT_TESTS=ON -DSPINDRIFT_TRAINED=OFF; fi
}

build_everything() {
  # shellcheck disable=SC2046
  provide "${program_packages[@]}" "${test_packages[@]}" $(gnuplot_package)
  set_up_tests
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
  build_demo
  local folder bin=$demo_bin
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
  "$bin/spindrift-viz" --server "$address" --points 1100 --output demo.png --web 127.0.0.1:0 \
    >"$folder/page" 2>"$folder/picture.log" &
  viewers+=($!)
  show_page "$folder/page"
  "$bin/spindrift-viz" --server "$address" &
  viewers+=($!)
  demo_jobs=("${viewers[@]}" "$server")
  "$bin/spindrift-sim" --server "$address" --scenario iot --rate 50 --count 100000000 --seed 101 \
    --anomaly-rate 0.004 --inject shift@350x250 --inject stuck@750x120 --quiet \
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

# Says where the page is, and opens it where there is a desktop with a browser.
show_page() {
  local url
  for _ in $(seq 100); do
    url=$(sed -n 's/^listening on //p' "$1")
    [ -z "$url" ] || break
    sleep 0.05
  done
  [ -n "$url" ] || { say "the page did not come up"; return; }
  say "the page of all this: $url"
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && command -v xdg-open >/dev/null; then
    xdg-open "$url" >/dev/null 2>&1 &
  fi
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

# The programs with their manual pages and completions, as others get them: --version says the commit of now.
build_release() {
  build_programs
  cmake build >>build/configure.log 2>&1 || fail "the build cannot be set up; build/configure.log has all of what CMake said"
  cmake --build build --target man
}

# The .deb holds what the release build made.
build_deb() {
  local to=build/package
  build_release
  rm -rf "$to"
  mkdir -p "$to"
  (cd build && cpack -G DEB >package.log 2>&1) || { tail -n 20 build/package.log >&2; fail "cpack failed"; }
  rm -rf "$to/_CPack_Packages"
}

install_programs() {
  local prefix='' program as_root=()
  while [ $# -gt 0 ]; do
    case $1 in
      --prefix) prefix=${2:?--prefix takes a folder}; shift 2 ;;
      --prefix=*) prefix=${1#*=}; shift ;;
      *) say "run.sh install: unknown option $1"; exit 2 ;;
    esac
  done
  if [ -n "$prefix" ]; then
    { mkdir -p "$prefix" 2>/dev/null && [ -w "$prefix" ]; } ||
      fail "$prefix cannot be written to. Choose a folder of your own: ./run.sh install --prefix ~/.local"
    build_release
    for program in spindriftd spindrift-detect spindrift-sim spindrift-viz spindrift-worker; do
      [ -f "build/man/$program.1" ] || continue  # without librdkafka there is no worker
      install -D -m 755 "build/bin/$program" "$prefix/bin/$program"
      install -D -m 644 "build/man/$program.1" "$prefix/share/man/man1/$program.1"
      install -D -m 644 "build/completion/bash/$program" "$prefix/share/bash-completion/completions/$program"
      install -D -m 644 "build/completion/zsh/_$program" "$prefix/share/zsh/site-functions/_$program"
      install -D -m 644 "build/completion/fish/$program.fish" "$prefix/share/fish/vendor_completions.d/$program.fish"
    done
    say "installed below $prefix; spindriftd starts with $prefix/bin/spindriftd"
    return
  fi
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "the package needs root, and there is no sudo here. Without root: ./run.sh install --prefix ~/.local"
    as_root=(sudo)
  fi
  provide dpkg-dev file
  build_deb
  # apt reads a name with a slash as a file; one that is installed in this version already is installed anew.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --reinstall --no-install-recommends \
    "$PWD"/build/package/*.deb || fail "apt could not install build/package/*.deb"
  say "installed; the service is spindriftd (systemctl status spindriftd), its settings are in /etc/spindrift/spindriftd.toml"
}

# The wheel is made from a copy, since building leaves files behind.
build_package() {
  local to=build/package
  provide "${package_packages[@]}"
  build_deb
  cp -r client/python "$to/wheel"
  # The Python that the packages above belong to, whatever else is on the path.
  /usr/bin/python3 -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir "$to" "$to/wheel"
  rm -rf "$to/wheel"
  ls "$to"/*.deb "$to"/*.whl
  if [ "${1:-}" = --test ]; then
    provide debootstrap python3-venv
    test_wheel "$to"/*.whl
    tests/package/package_test.sh "$to"/*.deb
  fi
}

# The wheel as somebody else would have it, with pytest from PyPI, against the server that was built.
test_wheel() {
  local venv=build/wheel-test
  rm -rf "$venv"
  /usr/bin/python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "$1" pytest pandas
  SPINDRIFT_BIN=$PWD/build/bin "$venv/bin/python" -B -m pytest -q -p no:cacheprovider client/python/tests
}

run_tests() {
  build_everything
  # Most tests wait more than they work.
  ctest --test-dir build --output-on-failure -j "$((2 * $(nproc)))" "$@"
}

main() {
  local command=${1:-}
  [ $# -gt 0 ] && shift
  case $command in
    demo) demo "$@" ;;
    test) run_tests "$@" ;;
    build) build_programs ;;
    check) provide "${program_packages[@]}" "${test_packages[@]}" "${check_packages[@]}"; set_up_tests; exec tests/check.sh "$@" ;;
    bench) provide "${program_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"; exec tests/bench/bench.sh "$@" ;;
    package) build_package "$@" ;;
    install) install_programs "$@" ;;
    quality) build_everything; exec build/bin/spindrift-quality "$@" ;;
    faults) provide "${program_packages[@]}" "${test_packages[@]}" "${check_packages[@]}"; set_up_tests; exec tests/faults/faults.sh "$@" ;;
    -h | --help | help) usage ;;
    *) usage >&2; exit 2 ;;
  esac
}

main "$@"

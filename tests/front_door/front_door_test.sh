#!/usr/bin/env bash
# ./run.sh as somebody meets it on a machine that is not ready: with toy commands in place of apt-get, CMake and sudo.
set -euo pipefail
house=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
failures=0
unset CMAKE_CXX_COMPILER_LAUNCHER  # whoever has set one keeps it

# expect NAME TEXT FILE: the file says so.
expect() { grep -qF -- "$2" "$3" || { echo "$1: expected '$2' in:"; cat "$3"; failures=$((failures + 1)); }; }
refute() { ! grep -qF -- "$2" "$3" || { echo "$1: did not expect '$2' in:"; cat "$3"; failures=$((failures + 1)); }; }

# toy NAME: a command that does what standard input says.
toy() { { echo '#!/bin/sh'; cat; } >"$scratch/bin/$1"; chmod +x "$scratch/bin/$1"; }

# Only what run.sh itself needs is to be found, so that the machine's own sudo, ccache and CMake are not.
fresh() {
  rm -rf "${scratch:?}"/*
  mkdir -p "$scratch/bin" "$scratch/house"
  local tool
  for tool in bash sh env grep sed mkdir rm tail tee cat mktemp dirname chmod; do ln -s "$(command -v $tool)" "$scratch/bin/$tool"; done
  cp "$house/run.sh" "$scratch/house/"
  toy gnuplot </dev/null
  toy id <<<'echo 0'
  toy dpkg-query <<<'echo install ok installed'
  toy cmake <<'TOY'
echo "$*" >>calls
case $2 in demo) folder=build/demo ;; *) folder=build ;; esac
[ "$1" = --preset ] || exit 0
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >>$folder/CMakeCache.txt
for word; do
  case $word in -D*) ;; *) continue ;; esac
  name=${word#-D} name=${name%=*}
  grep -v "^$name:" $folder/CMakeCache.txt >$folder/cache || true
  { cat $folder/cache; echo "$name:BOOL=${word#*=}"; } >$folder/CMakeCache.txt
done
echo >$folder/build.ninja
TOY
}
# run ARGS...: sets `code`, and leaves what was said in $scratch/said.
run() { code=0; (cd "$scratch/house" && PATH=$scratch/bin ./run.sh "$@") >"$scratch/said" 2>&1 || code=$?; }

fresh
run build
expect "a fresh tree is set up without tests" '-DSPINDRIFT_TESTS=OFF' "$scratch/house/calls"
expect "and for use" '-DSPINDRIFT_TRAINED=ON' "$scratch/house/calls"
rm "$scratch/house/calls"
run build
refute "a tree that is there is not set up again" '--preset' "$scratch/house/calls"
run test
expect "tests are added when they are wanted" '-DSPINDRIFT_TESTS=ON' "$scratch/house/calls"

fresh
run test
run demo --seconds 1
refute "neither tests nor a demo are kept waiting for a training" 'SPINDRIFT_TRAINED=ON' "$scratch/house/calls"
run build
expect "what is for use is trained, whoever was there before" '-DSPINDRIFT_TRAINED=ON' "$scratch/house/calls"
rm "$scratch/house/calls"
run faults
expect "and who proves it has tests again" '-DSPINDRIFT_TESTS=ON -DSPINDRIFT_TRAINED=OFF' "$scratch/house/calls"

fresh
run demo --seconds 1
expect "the demo builds what it shows, in a tree of its own" \
  '--build build/demo --target spindriftd spindrift-sim spindrift-viz' "$scratch/house/calls"
refute "and nothing besides" 'spindrift-detect' "$scratch/house/calls"
refute "nor the tree of the others" '--preset release' "$scratch/house/calls"
expect "and says so" './run.sh build makes those for use' "$scratch/said"
rm "$scratch/house/calls"
run demo --seconds 1
refute "its tree is not set up again" '--preset' "$scratch/house/calls"
run build
expect "a build after the demo is a whole one" '--preset release' "$scratch/house/calls"
rm "$scratch/house/calls"
run demo --seconds 1
expect "the demo shows what was built before" '--build build --target spindriftd spindrift-sim spindrift-viz' \
  "$scratch/house/calls"
refute "and says nothing of it" './run.sh build makes' "$scratch/said"

# What the demo's server leaves out is not installed for it either.
fresh
toy id <<<'echo 1000'
toy dpkg-query <<<'exit 1'
run demo --seconds 1
[ "$code" -eq 1 ] || { echo "no sudo for the demo: exit code $code"; failures=$((failures + 1)); }
expect "without sudo there is a line to paste" 'libgnuplot-iostream-dev' "$scratch/said"
refute "Kafka is not wanted for the demo" 'librdkafka-dev' "$scratch/said"

# What draws is missing: what needs it not is compiled while it comes.
fresh
toy dpkg-query <<<'case "$*" in *gnuplot*) exit 1 ;; esac; echo install ok installed'
rm "$scratch/bin/gnuplot"
toy apt-get <<<'echo "apt-get $*" >>calls'
run demo --seconds 1
expect "gnuplot comes by itself" 'apt-get install -y --no-install-recommends libgnuplot-iostream-dev gnuplot-nox' "$scratch/house/calls"
expect "rooms are compiled meanwhile" '--target spindrift_alerts' "$scratch/house/calls"
expect "Boost is not looked for yet" '-DSPINDRIFT_BOOST_LATER=ON' "$scratch/house/calls"
[ "$(tail -n 1 "$scratch/house/calls")" = '--build build/demo --target spindriftd spindrift-sim spindrift-viz' ] ||
  { echo "the programs are not made last:"; cat "$scratch/house/calls"; failures=$((failures + 1)); }

# Boost is missing as well: it comes with what draws, and what is compiled meanwhile sees none of it.
fresh
toy dpkg-query <<<'case "$*" in *gnuplot*|*boost*) exit 1 ;; esac; echo install ok installed'
rm "$scratch/bin/gnuplot"
toy apt-get <<<'echo "apt-get $*" >>calls'
run demo --seconds 1
expect "Boost comes with what draws" 'install -y --no-install-recommends libboost-dev' "$scratch/house/calls"
PYTHONDONTWRITEBYTECODE=1 python3 "$house/tests/front_door/early_rooms.py" "$house" || failures=$((failures + 1))

fresh
toy dpkg-query <<<'case "$*" in *gnuplot*) exit 1 ;; esac; echo install ok installed'
rm "$scratch/bin/gnuplot"
toy apt-get <<<'[ "$1" = update ] && exit; echo "E: Unable to locate package"; exit 100'
run demo --seconds 1
[ "$code" -eq 1 ] || { echo "no gnuplot to be had: exit code $code"; failures=$((failures + 1)); }
expect "apt's reason is shown" 'Unable to locate package' "$scratch/said"

# What CMake asks for is among what a fresh machine is given: one that has it already does not notice.
fresh
toy id <<<'echo 1000'
toy dpkg-query <<<'exit 1'
run build
for wanted in $(sed -n 's/^ *find_package(\([A-Za-z_0-9]*\) .*REQUIRED.*/\1/p; s/^ *find_path(\([A-Z_]*\).*/\1/p' \
  "$house"/common/cmake/dependencies.cmake "$house"/{server,visualizer,common}/*/CMakeLists.txt "$house"/{client,common}/CMakeLists.txt | sort -u); do
  case $wanted in
    Threads) continue ;;  # the C library's
    GTest) continue ;;    # of the tests alone
    Boost) package=libboost-dev ;;
    CLI11) package=libcli11-dev ;;
    CURL) package=libcurl4-openssl-dev ;;
    GNUPLOT_IOSTREAM_INCLUDE_DIR) package=libgnuplot-iostream-dev ;;
    OpenSSL) package=libssl-dev ;;
    SNAPPY_INCLUDE_DIR) package=libsnappy-dev ;;
    SQLite3) package=libsqlite3-dev ;;
    ZLIB) package=zlib1g-dev ;;
    nlohmann_json) package=nlohmann-json3-dev ;;
    simdjson) package=libsimdjson-dev ;;
    spdlog) package=libspdlog-dev ;;
    tomlplusplus) package=libtomlplusplus-dev ;;
    *) package="the package of $wanted, of which this test should know" ;;
  esac
  expect "CMake wants $wanted" " $package" "$scratch/said"
done

fresh
mkdir "$scratch/house/build"
echo 'CMAKE_HOME_DIRECTORY:INTERNAL=/somewhere/else' >"$scratch/house/build/CMakeCache.txt"
touch "$scratch/house/build/build.ninja"
run build
[ "$code" -eq 0 ] || { echo "a moved tree: exit code $code"; failures=$((failures + 1)); }
expect "a moved tree is set up anew" 'was made in another place' "$scratch/said"
expect "a moved tree is set up anew" '--preset release' "$scratch/house/calls"

fresh
touch "$scratch/house/build"
run build
[ "$code" -eq 1 ] || { echo "no place to build in: exit code $code"; failures=$((failures + 1)); }
expect "a folder that cannot be written to" 'cannot be written to' "$scratch/said"

fresh
toy cmake <<<'echo "CMake Error at CMakeLists.txt:2 (project):"; echo "  No compiler"; exit 1'
run build
expect "what CMake says" 'No compiler' "$scratch/said"
expect "and what to do" 'configure.log' "$scratch/said"

fresh
toy id <<<'echo 1000'
toy dpkg-query <<<'exit 1'
run build
[ "$code" -eq 1 ] || { echo "no sudo: exit code $code"; failures=$((failures + 1)); }
expect "without sudo there is a line to paste" '  apt-get update && apt-get install -y --no-install-recommends cmake g++' "$scratch/said"
refute "the programs need no packages of the tests" 'libgtest-dev' "$scratch/said"

fresh
toy dpkg-query <<<'exit 1'
toy apt-get <<'TOY'
[ "$1" = update ] && exit
echo '0 upgraded, 20 newly installed, 0 to remove and 0 not upgraded.'
for i in 1 2 3 4 5 6 7 8 9 10 11; do echo "Setting up package$i (1.0) ..."; done
TOY
run build
expect "apt's progress is shown" '0 of 20 packages' "$scratch/said"
expect "apt's progress is shown" '10 of 20 packages' "$scratch/said"

fresh
toy dpkg-query <<<'exit 1'
toy apt-get <<<'[ "$1" = update ] && exit; echo "E: Unable to locate package"; exit 100'
run build
[ "$code" -eq 1 ] || { echo "apt fails: exit code $code"; failures=$((failures + 1)); }
expect "apt's reason is shown" 'Unable to locate package' "$scratch/said"

fresh
toy ccache </dev/null
toy cmake <<'TOY'
echo "launcher $CMAKE_CXX_COMPILER_LAUNCHER" >>calls; echo >build/build.ninja
TOY
run build
expect "a compiler cache is used where there is one" 'launcher ccache' "$scratch/house/calls"

fresh
touch "$scratch/no_home"
toy ccache <<<"echo $scratch/no_home/.cache/ccache"
toy cmake <<'TOY'
echo "launcher ${CMAKE_CXX_COMPILER_LAUNCHER:-none}" >>calls; echo >build/build.ninja
TOY
run build
expect "a cache that cannot be written is left out" 'launcher none' "$scratch/house/calls"
expect "and that is said" 'no_home/.cache/ccache cannot be written to' "$scratch/said"

# What `--version` says of a build without git, as in a container: HEAD, a branch's file, a line among the packed.
commit=0123456789abcdef0123456789abcdef01234567
echo "include($house/common/cmake/commit.cmake)
commit_of($scratch/copy found)
message(STATUS \"stands at \${found}.\")" >"$scratch/commit.cmake"
# stands_at WHAT COMMIT
stands_at() {
  cmake -DGIT_PROGRAM=GIT_PROGRAM-NOTFOUND -DCMAKE_FIND_USE_SYSTEM_ENVIRONMENT_PATH=OFF -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF \
    -P "$scratch/commit.cmake" >"$scratch/said" 2>&1
  expect "$1" "stands at $2." "$scratch/said"
}
mkdir -p "$scratch/copy"
stands_at "no working copy" unknown
mkdir -p "$scratch/copy/.git/refs/heads/a"
echo "$commit" >"$scratch/copy/.git/HEAD"
stands_at "a commit by itself" 0123456789ab
echo "ref: refs/heads/a/main" >"$scratch/copy/.git/HEAD"
stands_at "a branch without a commit" unknown
printf '# pack-refs with: peeled\n%s refs/heads/a/mainly\n%s refs/heads/a/main\n' "fedcba$commit" "$commit" >"$scratch/copy/.git/packed-refs"
stands_at "a packed branch" 0123456789ab
echo "abcdef$commit" >"$scratch/copy/.git/refs/heads/a/main"
stands_at "a branch of its own file" abcdef012345

# As after a build: what --prefix copies.
built() {
  toy cmake <<'TOY'
echo "$*" >>calls
case $1 in --preset) echo "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" >build/CMakeCache.txt; echo >build/build.ninja ;; esac
mkdir -p build/bin build/man build/completion/bash build/completion/zsh build/completion/fish build/package
for p in spindriftd spindrift-detect spindrift-sim spindrift-viz; do
  echo "$p" >build/bin/$p; echo "$p" >build/man/$p.1; echo "$p" >build/completion/bash/$p
  echo "$p" >build/completion/zsh/_$p; echo "$p" >build/completion/fish/$p.fish
done
TOY
  local tool
  for tool in install touch; do ln -s "$(command -v $tool)" "$scratch/bin/$tool"; done
}

fresh
built
run install --prefix "$scratch/house/of mine"
[ "$code" -eq 0 ] || { echo "install --prefix: exit code $code"; cat "$scratch/said"; failures=$((failures + 1)); }
for file in bin/spindriftd share/man/man1/spindrift-viz.1 share/bash-completion/completions/spindrift-sim \
  share/zsh/site-functions/_spindrift-detect share/fish/vendor_completions.d/spindriftd.fish; do
  [ -f "$scratch/house/of mine/$file" ] || { echo "install --prefix left out $file"; failures=$((failures + 1)); }
done

fresh
built
touch "$scratch/house/taken"
run install --prefix "$scratch/house/taken"
[ "$code" -eq 1 ] || { echo "a prefix that is a file: exit code $code"; failures=$((failures + 1)); }
expect "a prefix that cannot be written to" 'Choose a folder of your own' "$scratch/said"

fresh
built
toy id <<<'echo 1000'
run install
[ "$code" -eq 1 ] || { echo "install without sudo: exit code $code"; failures=$((failures + 1)); }
expect "without root there is another way" './run.sh install --prefix ~/.local' "$scratch/said"

fresh
built
toy cpack <<<'touch package/spindrift_1.deb; mkdir package/_CPack_Packages'
toy apt-get <<<'echo "apt-get $*"'
run install
[ "$code" -eq 0 ] || { echo "install: exit code $code"; cat "$scratch/said"; failures=$((failures + 1)); }
expect "the package is given to apt" "$scratch/house/build/package/spindrift_1.deb" "$scratch/said"

[ "$failures" -eq 0 ] && echo "all good"
[ "$failures" -eq 0 ]

#!/usr/bin/env bash
# What a change must pass besides its tests: formatting, lint, a second compiler with warnings as errors, sanitizers, a
# short round of fuzzing and of faults. Called by ./run.sh check; with --clients the tools of others, and nothing
# else; with --lint-recent lint of what was changed of late.
set -euo pipefail
cd "$(dirname "$0")/.."
# In one stream, so that what failed is the last that was said, whoever kept only one.
exec >&2
[ "${1:-}" != --clients ] || exec tests/clients/clients.sh
lint=$([ "${1:-}" = --lint-recent ] && echo recent || echo all)
jobs=$(nproc)
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros} CCACHE_DEPEND=${CCACHE_DEPEND:-1}
fuzz_seconds=${SPINDRIFT_FUZZ_SECONDS:-5}
fuzz_seed=$([ -n "${SPINDRIFT_FUZZ_SECONDS:-}" ] || echo 1)
step() { printf '\n== %s (%s s so far)\n' "$*" "$SECONDS"; }
# Tests of running programs wait more than they work: they run beside what compiles, which gives way to them.
beside() {
  beside_log=$(mktemp)
  "$@" >"$beside_log" 2>&1 &
  beside_job=$!
}
trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT
join_beside() {
  local code=0
  wait "$beside_job" || code=$?
  cat "$beside_log"
  rm -f "$beside_log"
  return "$code"
}
sources() { git ls-files -- "$@"; }

step "formatting: clang-format 14"
sources '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror

step "secrets, sizes, line ends"
if git grep -nIE 'BEGIN (RSA |EC )?PRIVATE KEY-----$' -- . ':!tests/check.sh'; then exit 1; fi
if git ls-files -z | xargs -0 -r ls -l | awk '$5 > 1000000' | grep .; then exit 1; fi
if git grep -lI $'\r$' -- '*.cpp' '*.hpp' '*.md' '*.sh'; then exit 1; fi

# Of what has several threads, and of that once: several shards where a test is run with one and with several.
step "GCC, warnings as errors, TSan: what has threads"
[ -f build/tsan/build.ninja ] || cmake --preset tsan -DSPINDRIFT_WERROR=ON >/dev/null
[ -f build/build.ninja ] || cmake --preset release >/dev/null
cmake --build build --target integration_test
cmake --build build/tsan --target spindriftd spindrift-detect spindrift-sim spindrift-viz unit_app unit_engine unit_store \
  unit_sinks unit_alerts
# Through ctest, a process a test: TSan takes a stack address that two tests use for two locks as one lock.
test_threads() {
  ctest --test-dir build/tsan -j $((2 * jobs)) --output-on-failure -R '^unit\..*thread'
  SPINDRIFT_BIN_DIR=$PWD/build/tsan/bin ctest --test-dir build -j $((2 * jobs)) --output-on-failure -R '^integration\.' \
    -E '/"1"|^integration\.(backtest|command_line|completion|deploy|framing|front_door|log\.a_flood|of/old_state|token_new)'
}
beside test_threads

# One build serves three: libFuzzer's instrumentation, ASan and UBSan go together.
step "clang 14, warnings as errors, ASan and UBSan; beside it TSan's tests"
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz -DSPINDRIFT_WERROR=ON >/dev/null
nice cmake --build build/fuzz
step "TSan: what its tests said"
join_beside
step "clang 14, ASan and UBSan: the tests"
# A program's unit tests in one process: to start it costs more than most tests.
(
  cd build/fuzz/tests
  find . -maxdepth 1 -name 'unit_*' -type f -executable -print0 |
    xargs -0 -P "$jobs" -I{} sh -c 'timeout 600 {} --gtest_brief=1 >{}.said 2>&1 || { cat {}.said; exit 1; }'
)
# Few seeds: the simulation is ten times slower in here, and ./run.sh test runs more of them.
SPINDRIFT_SEEDS=30 ctest --test-dir build/fuzz -j $((2 * jobs)) --output-on-failure -LE '^(unit|kafka)$' \
  -E '^quality\.(cases|scenario)|^integration\.(completion|front_door)'
SPINDRIFT_BIN_DIR=$PWD/build/fuzz/bin ctest --test-dir build -j $((2 * jobs)) --output-on-failure -R '^integration\.' \
  -E '^integration\.(completion|deploy|front_door)'

# From a fixed seed, so that what fails here was broken by the change; where SPINDRIFT_FUZZ_SECONDS asks for longer,
# from another each time.
step "fuzzing: each target for $fuzz_seconds s from its corpus, $jobs at a time"
fuzz() {
  local target=$1 scratch code=0
  scratch=$(mktemp -d)
  (cd "$scratch" && "$OLDPWD/$target" -max_total_time="$2" -seed="${3:-0}" -rss_limit_mb=4096 -verbosity=0 "$scratch" \
    "$OLDPWD/tests/fuzz/corpus/${target##*/fuzz_}" >"$scratch.said" 2>&1) || code=$?
  if [ "$code" != 0 ]; then
    grep -v -e '^###' -e '# Uses:' -e NEW_FUNC "$scratch.said"
    printf 'fuzzing: %s failed; its input in base64, for tests/fuzz/corpus/%s:\n' "$target" "${target##*/fuzz_}"
    find "$scratch" -name 'crash-*' -o -name 'leak-*' -o -name 'timeout-*' -o -name 'oom-*' | xargs -r -n 1 base64
  fi
  rm -rf "$scratch" "$scratch.said"
  return "$code"
}
export -f fuzz
find build/fuzz/tests -maxdepth 1 -name 'fuzz_*' -type f -executable -print0 |
  xargs -0 -P "$jobs" -I{} bash -c "fuzz {} $fuzz_seconds $fuzz_seed"

step "the page: node and eslint, where they are installed"
tests/browser/check.sh

# All of the product, which takes five minutes of two cores; or, where --lint-recent asks for less and there is a
# history, what its newest 50 commits have changed, a header by its own source or the first that includes it.
linted() {
  local -a rooms=(common server client visualizer)
  local since=HEAD~50 header
  if [ "$lint" = all ] || ! git rev-parse --quiet --verify "$since" >/dev/null; then
    sources "${rooms[@]/%//*.cpp}"
    return
  fi
  {
    git diff --name-only --diff-filter=d "$since" -- "${rooms[@]/%//*.cpp}"
    git diff --name-only --diff-filter=d "$since" -- "${rooms[@]/%//*.hpp}" | while read -r header; do
      if [ -f "${header%.hpp}.cpp" ]; then
        echo "${header%.hpp}.cpp"
      else
        git grep -lF "#include \"$header\"" -- "${rooms[@]/%//*.cpp}" | sed -n 1p || true
      fi
    done
  } | sort -u
}
# It reads files one by one, as they are compiled where they are not compiled together.
step "lint: clang-tidy 14, and the short form of faults beside it"
beside tests/faults/faults.sh --short
[ -f build/lint/build.ninja ] || cmake --preset lint >/dev/null
nice cmake --build build/lint --target precompiled_product precompiled_network
linted |
  nice xargs -P "$jobs" -n 4 clang-tidy-14 -p build/lint --quiet 2>/dev/null
step "faults, the short form"
join_beside
step "all good"

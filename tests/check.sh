#!/usr/bin/env bash
# What a change must pass besides its tests: formatting, lint, a second compiler with warnings as errors, sanitizers, a
# short round of fuzzing and of faults. Called by ./run.sh check; with --clients the tools of others, and nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "${1:-}" != --clients ] || exec tests/clients/clients.sh
jobs=$(nproc)
fuzz_seconds=${SPINDRIFT_FUZZ_SECONDS:-5}
step() { printf '\n== %s (%s s so far)\n' "$*" "$SECONDS"; }
sources() { git ls-files -- "$@"; }

step "formatting: clang-format 14"
sources '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror

step "secrets, sizes, line ends"
if git grep -nIE 'BEGIN (RSA |EC )?PRIVATE KEY-----$' -- . ':!tests/check.sh'; then exit 1; fi
if git ls-files -z | xargs -0 -r ls -l | awk '$5 > 1000000' | grep .; then exit 1; fi
if git grep -lI $'\r$' -- '*.cpp' '*.hpp' '*.md' '*.sh'; then exit 1; fi

step "GCC, warnings as errors, TSan: what has threads"
[ -f build/tsan/build.ninja ] || cmake --preset tsan -DSPINDRIFT_WERROR=ON >/dev/null
cmake --build build/tsan --target integration_test session_transcript unit_engine unit_store
# Through ctest, a process a test: TSan takes a stack address that two tests use for two locks as one lock.
ctest --test-dir build/tsan -j "$jobs" --output-on-failure -L 'unit|session|integration'

# One build serves three: libFuzzer's instrumentation, ASan and UBSan go together.
step "clang 14, warnings as errors, ASan and UBSan: every test"
[ -f build/fuzz/build.ninja ] || cmake --preset fuzz -DSPINDRIFT_WERROR=ON >/dev/null
cmake --build build/fuzz
# The simulation is ten times slower in here, and ./run.sh test runs all its seeds.
SPINDRIFT_SEEDS=100 ctest --test-dir build/fuzz -j "$jobs" --output-on-failure

step "fuzzing: each target for $fuzz_seconds s from its corpus"
for each in build/fuzz/tests/fuzz_*; do
  [ -x "$each" ] && [ -f "$each" ] || continue
  corpus=tests/fuzz/corpus/$(basename "$each" | sed 's/^fuzz_//')
  scratch=$(mktemp -d)
  (cd "$scratch" && "$OLDPWD/$each" -max_total_time="$fuzz_seconds" -rss_limit_mb=4096 -verbosity=0 "$scratch" "$OLDPWD/$corpus")
  rm -rf "$scratch"
done

step "the page: node and eslint, where they are installed"
tests/browser/check.sh

step "lint: clang-tidy 14"
sources 'common/*.cpp' 'server/*.cpp' 'client/*.cpp' 'visualizer/*.cpp' |
  xargs -P "$jobs" -n 4 clang-tidy-14 -p build/fuzz --quiet 2>/dev/null

step "faults, the short form"
tests/faults/faults.sh --short
step "all good"

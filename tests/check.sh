#!/usr/bin/env bash
# Formatting, lint, a second compiler with warnings as errors, sanitizers. Called by ./run.sh check.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs=$(nproc)
step() { printf '\n== %s\n' "$*"; }

step "formatting (clang-format 14)"
git ls-files '*.cpp' '*.hpp' | xargs clang-format-14 --dry-run -Werror

step "secrets, sizes, line ends"
! git grep -nIE 'BEGIN (RSA |EC )?PRIVATE KEY' -- . ':!tests/check.sh'
! git ls-files -z | xargs -0 -r ls -l | awk '$5 > 1000000' | grep .
! git grep -lI $'\r$' -- '*.cpp' '*.hpp' '*.md' '*.sh' '*.txt'

step "clang 14, warnings as errors, ASan and UBSan: every test"
[ -f build/asan/build.ninja ] || cmake --preset asan -DCMAKE_CXX_COMPILER=clang++-14 -DSPINDRIFT_WERROR=ON >/dev/null
cmake --build build/asan
ctest --test-dir build/asan --output-on-failure -j "$jobs"

step "GCC, warnings as errors, TSan: what has threads"
[ -f build/tsan/build.ninja ] || cmake --preset tsan -DSPINDRIFT_WERROR=ON >/dev/null
cmake --build build/tsan --target threaded_tests
ctest --test-dir build/tsan --output-on-failure -j "$jobs" -L 'session|integration|threads'

step "lint (clang-tidy 14)"
git ls-files 'common/*.cpp' 'server/*.cpp' 'client/*.cpp' 'visualizer/*.cpp' |
  xargs -P "$jobs" -n 4 clang-tidy-14 -p build/asan --quiet --warnings-as-errors='*' 2>/dev/null

#!/usr/bin/env bash
# Builds the benchmarks (preset bench, build/bench) and runs them; arguments go to bench.py (--help says which).
set -euo pipefail
cd "$(dirname "$0")/../.."

[ -f build/bench/build.ninja ] || cmake --preset bench >/dev/null
cmake --build build/bench --target spindriftd bench-echo bench-load bench-detect bench-cost bench-handover >&2
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/bench/bench.py --bin build/bench/bin "$@"

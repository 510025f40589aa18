#!/usr/bin/env bash
# Builds the benchmarks (preset bench, build/bench) and runs them; arguments go to bench.py (--help says which).
set -euo pipefail
cd "$(dirname "$0")/../.."

[ -f build/bench/build.ninja ] || cmake --preset bench >/dev/null
cmake --build build/bench --target spindriftd bench-echo bench-load bench-detect bench-cost bench-handover >&2
# Where there is librdkafka.
if grep -q '^build bin/bench-kafka:' build/bench/build.ninja; then
  cmake --build build/bench --target spindrift-worker bench-kafka >&2
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 tests/bench/bench.py --bin build/bench/bin "$@"

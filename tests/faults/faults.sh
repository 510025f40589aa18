#!/usr/bin/env bash
# The proofs of robustness: crashes, floods, full disks, clocks that jump. Called by ./run.sh faults (the long form) and
# by ./run.sh check (--short, below three minutes). One line a check; exit code 1 when one is out of bounds.
#
#   faults.sh [--short] [NAME...]    NAME: one of faults.py, or kafka; all but soak and kafka when none is given
#
# SPINDRIFT_BUILD_DIR names another build tree than build/.
set -euo pipefail
cd "$(dirname "$0")/../.."

short=()
names=()
kafka=0
for each in "$@"; do
  case $each in
    --short) short=(--short) ;;
    kafka) kafka=1 ;;
    kills | storage | crowd | feed | access | limits | frames | memory | replies | bystander | web | slips | producers | alerts | service | reload | soak) names+=("$each") ;;
    *) echo "faults.sh: unknown argument $each" >&2; exit 2 ;;
  esac
done

build=${SPINDRIFT_BUILD_DIR:-build}
# Workers on a real broker: 20 random faults while a million points flow, a broker that is away for 30 s, one whose disk
# is full, and each right that is missing. ctest -L kafka has the short form.
if [ "$kafka" = 1 ]; then
  if [ ! -f "$build/build.ninja" ]; then cmake --preset release -DSPINDRIFT_KAFKA=ON >/dev/null; fi
  cmake --build "$build" --target kafka_proof
  KAFKA_PROOF_FAULTS=${KAFKA_PROOF_FAULTS:-20} KAFKA_PROOF_POINTS=${KAFKA_PROOF_POINTS:-1000000} \
    "$build/tests/kafka_proof" --gtest_filter='*whatever_dies:*anybody_waits:*was_full:*rights_alone'
  [ ${#names[@]} -gt 0 ] || exit 0
fi
if [ ! -f "$build/build.ninja" ]; then cmake --preset release >/dev/null; fi
targets=(spindriftd spindrift-sim spindrift-viz)
[ ${#short[@]} -gt 0 ] || targets+=(fault_simulation)
cmake --build "$build" --target "${targets[@]}"
cc -O2 -shared -fPIC -Wall -Wextra -o "$build/bin/failing_io.so" tests/faults/failing_io.c -ldl

# LeakSanitizer's daemon: there after ./run.sh check, and made for the long form.
sanitized=$build/fuzz
if [ ${#short[@]} -eq 0 ] && [ ! -f "$sanitized/build.ninja" ]; then cmake --preset fuzz >/dev/null; fi
if [ -f "$sanitized/build.ninja" ]; then cmake --build "$sanitized" --target spindriftd; fi

status=0
python3 -B tests/faults/faults.py --bin "$build/bin" --sanitized "$sanitized/bin" "${short[@]}" "${names[@]}" ||
  status=1
# The seeded simulation: ctest runs 300 seeds of it, so that the short form need not.
if [ ${#names[@]} -eq 0 ] && [ ${#short[@]} -eq 0 ]; then
  began=$SECONDS
  verdict=ok
  SPINDRIFT_SEEDS=1000 "$build/tests/fault_simulation" --gtest_brief=1 || verdict=FAIL status=1
  printf '%-52s %-34s %-34s %s\n' "simulation of session, engine and store" "1000 seeds, $((SECONDS - began)) s" \
    "equal to a run without faults" "$verdict"
fi
exit $status

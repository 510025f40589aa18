#!/usr/bin/env bash
# Bash completes what the programs say they know: flags, the words of a choice, files. The scripts for zsh and fish are
# read by those shells where they are installed.
#
#   completion_test.sh FOLDER_OF_PROGRAMS
set -euo pipefail
bin=${1:?usage: completion_test.sh FOLDER_OF_PROGRAMS}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0
complain() { echo "$*"; failures=$((failures + 1)); }

# completes PROGRAM WORD...: what bash offers for the last word, a line each.
completes() {
  local program=$1
  COMP_WORDS=("$@")
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  COMPREPLY=()
  "_${program//-/_}"
  printf '%s\n' "${COMPREPLY[@]}"
}
# Not `grep -q`: it ends at the first match, and who still writes to it has failed by then.
offers() { completes "${@:2}" | grep -xF -- "$1" >/dev/null || complain "no '$1' for: ${*:2}"; }

for program in spindriftd spindrift-detect spindrift-sim spindrift-viz; do
  "$bin/$program" --help-bash >"$scratch/bash"
  # shellcheck disable=SC1091
  source "$scratch/bash" || complain "bash cannot read the completion of $program"
  # Every flag that --help shows.
  for flag in $("$bin/$program" --help | grep -oE '^  --[a-z0-9-]+'); do offers "$flag" "$program" "${flag%?}"; done
  "$bin/$program" --help-zsh >"$scratch/zsh"
  "$bin/$program" --help-fish >"$scratch/fish"
  if command -v zsh >/dev/null; then zsh -n "$scratch/zsh" || complain "zsh cannot read the completion of $program"; fi
  if command -v fish >/dev/null; then fish -n "$scratch/fish" || complain "fish cannot read the completion of $program"; fi
done
offers robust spindriftd --zscore-method ''
offers classic spindriftd --zscore-method = c
offers off spindriftd --http ''
offers token spindriftd to
offers explain spindrift-viz ex
if command -v fish >/dev/null; then
  "$bin/spindriftd" --help-fish >"$scratch/fish"
  for wanted in 'token:to' '--zscore-method=classic:--zscore-method=c'; do
    fish --no-config -c "source $scratch/fish; complete -C 'spindriftd ${wanted#*:}'" | cut -f 1 |
      grep -xF -- "${wanted%:*}" >/dev/null || complain "fish: no '${wanted%:*}' for: ${wanted#*:}"
  done
fi
cd "$scratch"
touch mine.toml
offers mine.toml spindriftd --config mi

[ "$failures" -eq 0 ] && echo "all good"
[ "$failures" -eq 0 ]

#!/usr/bin/env bash
# Holds the page's files against node's parser and eslint, where they are installed (npm install in this folder, or on
# PATH). Called by tests/check.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v node >/dev/null || { echo "no node: the page's scripts are not checked"; exit 0; }
for file in visualizer/web/page/*.js tests/browser/*.mjs; do node --check "$file"; done
node --test tests/browser/*_test.mjs >/dev/null || { node --test tests/browser/*_test.mjs; exit 1; }
eslint=tests/browser/node_modules/.bin/eslint
[ -x "$eslint" ] || eslint=$(command -v eslint) || { echo "no eslint: run npm install in tests/browser"; exit 0; }
"$eslint" --config tests/browser/eslint.config.mjs visualizer/web/page tests/browser

#!/usr/bin/env bash
# Holds the page's files against node's parser and eslint, where they are installed (npm install in this folder, or on
# PATH), and looks at it in a real browser where there is one. Called by tests/check.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v node >/dev/null || { echo "no node: the page's scripts are not checked"; exit 0; }
for file in visualizer/web/page/*.js tests/browser/*.mjs; do node --check "$file"; done
node --test tests/browser/*_test.mjs >/dev/null || { node --test tests/browser/*_test.mjs; exit 1; }
eslint=tests/browser/node_modules/.bin/eslint
[ -x "$eslint" ] || eslint=$(command -v eslint) || { echo "no eslint: run npm install in tests/browser"; exit 0; }
"$eslint" --config tests/browser/eslint.config.mjs visualizer/web/page tests/browser
if [ -d tests/browser/node_modules/playwright-core ] && command -v chromium >/dev/null && [ -x build/bin/spindrift-viz ]; then
  timeout 180 node tests/browser/viewer_browser.mjs build
else
  echo "no playwright-core, no chromium or no build: the page is not looked at in a browser"
fi

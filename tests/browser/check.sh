#!/usr/bin/env bash
# Holds the page's files against node's parser and eslint, and looks at the page in a real browser. What it needs (node, npm's
# packages of package.json, Chromium) it installs where it may; where it cannot, it says why and leaves that part out. Called
# by tests/check.sh.
set -euo pipefail
cd "$(dirname "$0")/../.."
modules=tests/browser/node_modules
install_package() {
  command -v "$1" >/dev/null && return
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$2" >/dev/null 2>&1
}
install_package node nodejs || { echo "no node, and it cannot be installed: the page's scripts are not checked"; exit 0; }
for file in visualizer/web/page/*.js tests/browser/*.mjs; do node --check "$file"; done
node --test tests/browser/*_test.mjs >/dev/null || { node --test tests/browser/*_test.mjs; exit 1; }
if [ ! -d "$modules/playwright-core" ]; then
  install_package npm npm || { echo "no npm, and it cannot be installed: neither eslint nor a browser looks at the page"; exit 0; }
  (cd tests/browser && timeout 120 npm install --no-audit --no-fund --no-package-lock >/dev/null 2>&1) ||
    { echo "npm cannot fetch its packages: neither eslint nor a browser looks at the page"; exit 0; }
fi
"$modules/.bin/eslint" --config tests/browser/eslint.config.mjs visualizer/web/page tests/browser
install_package chromium chromium || { echo "no chromium, and it cannot be installed: no browser looks at the page"; exit 0; }
[ -x build/bin/spindrift-viz ] || { echo "no build: no browser looks at the page"; exit 0; }
timeout 120 node tests/browser/viewer_browser.mjs build

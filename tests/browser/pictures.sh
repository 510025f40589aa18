#!/usr/bin/env bash
# Makes the pictures of the README anew, all three of one demo: docs/page.png, docs/terminal.png, docs/demo.png. Needs what
# check.sh needs, and tmux; takes half a minute.
set -euo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
./run.sh demo --seconds 30 >"$log" 2>&1 &
demo=$!
trap 'kill "$demo" 2>/dev/null || true; rm -f "$log"' EXIT
until grep -q 'the page of all this: ' "$log"; do
  kill -0 "$demo" || { cat "$log" >&2; exit 1; }
  sleep 0.2
done
page=$(sed -n 's/.*the page of all this: //p' "$log")
address=$(curl -s "${page}streams" | sed -n 's/.*"server":"\([^"]*\)".*/\1/p')
socket=$(mktemp -u)
tmux -S "$socket" -f /dev/null new-session -d -x 120 -y 34 "build/bin/spindrift-viz --server $address --points 1100 2>/dev/null"
sleep 21
tmux -S "$socket" capture-pane -e -p | node tests/browser/terminal_picture.mjs docs/terminal.png
tmux -S "$socket" kill-server
node tests/browser/screenshot.mjs "$page" docs/page.png
wait "$demo"
cp demo.png docs/demo.png
ls -l docs/page.png docs/terminal.png docs/demo.png

#!/usr/bin/env bash
# Makes the pictures of the README (page.png, terminal.png, demo.png) and of docs/events.md anew: docs/pictures.sh [BUILD] (default
# build). Half a minute; needs node, Chromium and playwright-core (npm install in tests/browser), and tmux.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-build}/bin
folder=$(mktemp -d)
jobs_begun=()
terminal() { tmux -S "$folder/tmux" -f /dev/null "$@"; }
trap 'kill "${jobs_begun[@]}" 2>/dev/null || true; terminal kill-server 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
address_in() {
  until grep -q '^listening on ' "$1"; do sleep 0.05; done
  sed -n 's/^listening on //p' "$1" | head -n 1
}
"$bin/spindriftd" --listen 127.0.0.1:0 --http off --state-dir "$folder/state" --log-level warning >"$folder/server" &
jobs_begun+=($!)
server=$(address_in "$folder/server")
"$bin/spindrift-viz" --server "$server" --points 1100 --streams iot --output docs/demo.png &
picture=$!
"$bin/spindrift-viz" --server "$server" --points 1100 --web 127.0.0.1:0 >"$folder/page" &
jobs_begun+=("$picture" $!)
page=$(address_in "$folder/page")
terminal new-session -d -x 120 -y 34 "$bin/spindrift-viz --server $server --streams iot --points 1100 2>/dev/null"
node tests/browser/screenshot.mjs "$page#stream=iot" docs/page.png 1280 960 stuck &
shot=$!
sleep 5
# The stream of ./run.sh demo, which ends after 20 s so that a slow machine has the same in its pictures, and some quiet
# neighbours.
"$bin/spindrift-sim" --server "$server" --scenario sine --streams 40 --stream sensor --rate 80 --count 8000 --seed 3 \
  --anomaly-rate 0.0005 --quiet >/dev/null &
jobs_begun+=($!)
"$bin/spindrift-sim" --server "$server" --scenario iot --rate 50 --count 1000 --seed 101 \
  --anomaly-rate 0.004 --inject shift@350x250 --inject stuck@750x120 --quiet >/dev/null &
jobs_begun+=($!)
# The browser is there before it happens; all three pictures are of when the last event was over.
wait "$shot"
terminal capture-pane -e -p >"$folder/terminal"
kill "$picture"
wait "$picture" || true
node tests/browser/terminal_picture.mjs docs/terminal.png <"$folder/terminal"
python3 docs/events/pictures.py "$bin/spindrift-detect"
ls -l docs/page.png docs/terminal.png docs/demo.png

#!/usr/bin/env python3
"""Sends a list of strings that break programs as names, and looks at every output: naughty_names.py SPINDRIFTD SPINDRIFT_VIZ [LIST]

LIST is a JSON array of texts, by default $SPINDRIFT_NAUGHTY_STRINGS (github.com/minimaxir/big-list-of-naughty-strings has one).
Each is a stream's name in JSON, of Graphite and of Influx, a tag, a producer's name and a field. Replies, the feed, the history,
the listing, /metrics, the log, the history's table and the viewer's lines and page must stay what they are. Exit code 77: no list."""
import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import unicodedata
import urllib.request

DAEMON, VIEWER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
LIST = (sys.argv[3:] + [os.environ.get("SPINDRIFT_NAUGHTY_STRINGS", "")])[0]
if not LIST or not os.path.exists(LIST):
    print("left out: no list of strings (SPINDRIFT_NAUGHTY_STRINGS)")
    sys.exit(77)

strings = json.load(open(LIST))
failures = []


def expect(good, text):
    if not good:
        failures.append(text)
        print("FAIL ", text, flush=True)


def is_printable(text):
    """nothing that moves a terminal's cursor or turns its direction"""
    return not any(unicodedata.category(c) in ("Cc", "Cs") or "\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069"
                   for c in text)


def wait_for(log, text):
    end = time.time() + 30
    while time.time() < end:
        for line in open(log, errors="replace"):
            if text in line:
                return line
        time.sleep(0.05)
    raise SystemExit(f"{text} did not come: {open(log).read()}")


class Client:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 30)
        self.file = self.socket.makefile("rb")

    def ask(self, **frame):
        self.socket.sendall(json.dumps(frame, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        return json.loads(self.file.readline())


with tempfile.TemporaryDirectory() as folder:
    log = os.path.join(folder, "log")
    state = os.path.join(folder, "state")
    with socket.create_server(("127.0.0.1", 0)) as free:
        http = free.getsockname()[1]
    server = subprocess.Popen([DAEMON, "--listen", "127.0.0.1:0", "--http", f"127.0.0.1:{http}", "--state-dir", state, "--log-level", "debug",
                               "--log-file", log + ".file"], stdout=open(log, "w"), stderr=subprocess.STDOUT)
    port = int(wait_for(log, "listening on").rsplit(":", 1)[1])
    page_log = os.path.join(folder, "viewer")
    viewer = subprocess.Popen([VIEWER, "--server", f"127.0.0.1:{port}", "--web", "127.0.0.1:0"], stdout=open(page_log, "w"),
                              stderr=subprocess.STDOUT)
    plain = subprocess.Popen([VIEWER, "--server", f"127.0.0.1:{port}"], stdout=open(page_log + ".plain", "w"),
                             stderr=subprocess.STDOUT)
    feed = Client(port)
    expect(feed.ask(op="subscribe", streams=["*"])["type"] == "subscribed", "no feed")
    feed.socket.settimeout(2)
    accepted = set()
    own = Client(port)
    for text in strings:
        reply = own.ask(stream=text, value=1)
        if reply["type"] == "verdict":
            expect(reply["stream"] == text, f"{text!r} came back as {reply['stream']!r}")
            accepted.add(text)
        else:
            expect(reply["code"] in ("bad_stream", "bad_json"), f"{text!r}: {reply}")
            expect(is_printable(reply["message"]), f"the error quotes {text!r} as it is")
        reply = own.ask(stream="features", values={text: 1})
        expect(reply["type"] in ("verdict", "error"), f"{text!r} as a feature: {reply}")
    # Enough for an event, so that the history, the log and the viewer have something to say.
    for text in sorted(accepted)[::20]:
        for i in range(300):
            own.ask(stream=text, value=i * 7919 % 101)
        for _ in range(9):
            own.ask(stream=text, value=1e6)
    for lines in ("".join(f"{t.replace(' ', '_')} 1 1795286073\n" for t in strings if t and "\n" not in t),
                  "".join(f"m,tag={t.replace(' ', chr(92) + ' ').replace(',', chr(92) + ',')} v=1\n" for t in strings if t and "\n" not in t)):
        with socket.create_connection(("127.0.0.1", port), 30) as s:
            s.sendall(b"first 1 1795286073\n" + lines.encode("utf-8", "surrogatepass"))
            s.shutdown(socket.SHUT_WR)
            while s.recv(65536):
                pass
    listed = own.ask(op="streams", limit=10000)["streams"]
    expect(accepted <= {x["stream"] for x in listed}, "the listing lacks names")
    told = own.ask(op="history", limit=1000)["events"]
    expect(any(e["stream"] in accepted for e in told), "the history has no event")
    for text in strings:
        helloed = Client(port).ask(op="hello", producer=text)
        expect(helloed["type"] in ("welcome", "error"), f"{text!r} as a producer: {helloed}")
    heard = 0
    try:
        for line in feed.file:
            heard += json.loads(line)["type"] in ("verdict", "event")
    except TimeoutError:
        pass
    expect(heard >= len(accepted), f"the feed had {heard} lines")
    for line in urllib.request.urlopen(f"http://127.0.0.1:{http}/metrics").read().decode().splitlines():
        expect(line.startswith("#") or len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0, f"/metrics: {line!r}")
    page = wait_for(page_log, "listening on http").split("http://", 1)[1].strip().rstrip("/")
    for path in ("/", "/events"):
        try:
            text = urllib.request.urlopen(f"http://{page}{path}", timeout=2).read(200_000).decode()
        except OSError:
            continue
        expect("<script>alert(" not in text, f"the page {path} has a name as it is")
    time.sleep(1)
    for process in (plain, viewer, server):
        process.terminate()
        process.wait(30)
    for name in (log + ".file", page_log + ".plain"):
        with open(name, "rb") as f:
            for line in f.read().decode("utf-8", "replace").split("\n"):
                expect(is_printable(line), f"{os.path.basename(name)}: {line!r}")
    for found in (os.path.join(at, name) for at, _, names in os.walk(state) for name in names if "history" in name and "-" not in name):
        table = sqlite3.connect(found)
        expect(table.execute("pragma integrity_check").fetchone()[0] == "ok", "the history's table is broken")
        tables = [name for name, in table.execute("select name from sqlite_master where type = 'table'")]
        expect(tables, "the history has lost its tables")
    print(f"{'FAIL' if failures else 'pass'}  {len(strings)} strings, {len(accepted)} taken as they are, {len(listed)} streams, {heard} lines of feed")
sys.exit(1 if failures else 0)

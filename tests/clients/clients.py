#!/usr/bin/env python3
"""Runs every client of docs/clients whose language is on this machine: clients.py SPINDRIFTD [CLIENT...]

Each sends its numbers while the server is killed (kill -9) and started again on the same state; it must end by itself with
a verdict for every number, and the server must have counted every number once. Exit code 77: none could be run."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

DAEMON = os.path.abspath(sys.argv[1])
CLIENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "clients")
NUMBERS = 600


def start(state, port):
    command = [DAEMON, "--listen", f"127.0.0.1:{port}", "--http", "off", "--state-dir", state, "--log-level", "error"]
    for _ in range(100):
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in server.stdout:
            if line.startswith("listening on"):
                return server, int(line.rsplit(":", 1)[1])
        server.wait()
    raise SystemExit("the server does not start")


def commands(folder, wanted):
    """name, command in front of PRODUCER STREAM, how host and port are told"""
    path = lambda name: os.path.join(CLIENTS, name)
    is_wanted = lambda name, program: (not wanted or name in wanted) and shutil.which(program)
    if is_wanted("client.py", sys.executable):
        yield "client.py", [sys.executable, path("client.py")], "two"
    if is_wanted("client_asyncio.py", sys.executable):
        yield "client_asyncio.py", [sys.executable, path("client_asyncio.py")], "two"
    if is_wanted("client.sh", "bash"):
        yield "client.sh", ["bash", path("client.sh")], "two"
    if is_wanted("client.js", "node"):
        yield "client.js", ["node", path("client.js")], "two"
    if is_wanted("client.cpp", "g++"):
        made = os.path.join(folder, "client")
        subprocess.run(["g++", "-std=c++17", "-O0", "-o", made, path("client.cpp")], check=True)
        yield "client.cpp", [made], "two"
    if is_wanted("client.go", "go"):
        made = os.path.join(folder, "client_go")
        subprocess.run(["go", "build", "-o", made, path("client.go")], check=True,
                       env=os.environ | {"HOME": folder, "GOCACHE": os.path.join(folder, "go"), "GOFLAGS": "-mod=mod"})
        yield "client.go", [made], "one"
    if is_wanted("Client.java", "java"):
        yield "Client.java", ["java", path("Client.java")], "two"
    python = shutil.which("micropython") or sys.executable
    if is_wanted("micropython.py", python):
        driver = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_micropython.py")
        yield "micropython.py", [python, driver, str(NUMBERS), path("micropython.py")], "two"


def count(port, stream):
    with socket.create_connection(("127.0.0.1", port), 10) as s:
        s.sendall(json.dumps({"op": "streams", "match": stream}).encode() + b"\n")
        return json.loads(s.makefile().readline())["streams"][0]["n"]


def check(name, command, told, folder):
    state = os.path.join(folder, "state-" + name)
    server, port = start(state, 0)
    where = [f"127.0.0.1:{port}"] if told == "one" else ["127.0.0.1", str(port)]
    client = subprocess.Popen(command + ["p", "s"] + where, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True)
    half = NUMBERS // 2
    client.stdin.write("".join(f"{i % 7}\n" for i in range(half)))
    client.stdin.flush()
    # The server dies once it has something to forget.
    while not os.path.exists(state) or count_or_none(port) is None:
        time.sleep(0.05)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server, _ = start(state, port)
    out, _ = client.communicate("".join(f"{i % 7}\n" for i in range(half, NUMBERS)), timeout=120)
    seqs = [reply["seq"] for reply in map(json.loads, [line for line in out.splitlines() if line.startswith("{")]) if reply["type"] == "verdict"]
    applied = count(port, "s")
    server.terminate()
    server.wait()
    good = seqs == list(range(1, NUMBERS + 1)) and applied == NUMBERS and client.returncode == 0
    print(f"{'pass' if good else 'FAIL'}  {name}: {len(seqs)} verdicts, {applied} applied, exit {client.returncode}", flush=True)
    return good


def count_or_none(port):
    try:
        return count(port, "s")
    except (IndexError, OSError, ValueError):
        return None


with tempfile.TemporaryDirectory() as folder:
    results = [check(*made, folder) for made in commands(folder, sys.argv[2:])]
if not results:
    print("left out: the language is not on this machine")
sys.exit(77 if not results else 0 if all(results) else 1)

#!/usr/bin/env python3
"""What a point costs the server in each format: formats.py SPINDRIFTD [ROUNDS [POINTS]]

One server with the classic detectors. In each round every format sends the same points of 1,000 streams, one format after the
other, and the server's own CPU time (schedstat) is divided by them; a round begins with another format. JSON is sent with
its replies read, the others have none. Figures are medians of the rounds, ratios the medians of the rounds' own ratios to JSON.
Then a body of remote write with --series series, here and at Prometheus' own receiver, where it is installed."""
import http.client
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

DAEMON = os.path.abspath(sys.argv[1])
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
POINTS = int(sys.argv[3]) if len(sys.argv) > 3 else 200_000
SERIES = 1_000
BODY_POINTS = 10_000
MANY_SERIES = 1_000_000
MANY_A_BODY = 100_000
BEGIN = 1_764_000_000
CLASSIC = ["--detectors", "zscore,adwin", "--zscore-method", "classic"]


def cpu_s(pid):
    tasks = f"/proc/{pid}/task"
    return sum(int(open(f"{tasks}/{task}/schedstat").read().split()[0]) for task in os.listdir(tasks)) / 1e9


def median(values):
    return sorted(values)[len(values) // 2]


def value(i):
    return 50 + (i * 7919 % 1000) / 1000


def varint(n):
    out = b""
    while n >= 0x80:
        out += bytes((n & 0x7F | 0x80,))
        n >>= 7
    return out + bytes((n,))


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def snappy(data):
    """literals alone, which is what snappy makes of bytes that do not repeat"""
    out = [varint(len(data))]
    for at in range(0, len(data), 65536):
        piece = data[at:at + 65536]
        out.append(bytes((61 << 2,)) + struct.pack("<H", len(piece) - 1) + piece)
    return b"".join(out)


def series(name, labels, number, ts_ms):
    pairs = field(1, field(1, b"__name__") + field(2, name))
    for key, text in labels:
        pairs += field(1, field(1, key) + field(2, text))
    return field(1, pairs + field(2, b"\x09" + struct.pack("<d", number) + b"\x10" + varint(ts_ms)))


def lines_of(kind, first):
    for i in range(first, first + POINTS):
        stream, second = i % SERIES, BEGIN + i // SERIES
        if kind == "json":
            yield f'{{"stream":"plant-1.cell-{stream:06}","value":{value(i):.6f},"ts":{second}000}}\n'
        elif kind == "graphite":
            yield f"plant-2.cell-{stream:06} {value(i):.6f} {second}\n"
        else:
            yield f"plant-3,cell={stream:06} value={value(i):.6f} {second}000000000\n"


def send_lines(port, data, replies):
    with socket.create_connection(("127.0.0.1", port)) as s:
        def take():
            left = POINTS
            while left > 0:
                got = s.recv(1 << 20)
                if not got:
                    raise SystemExit("the server closed")
                left -= got.count(b"\n")
        reader = threading.Thread(target=take)
        if replies:
            reader.start()
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
        if replies:
            reader.join()
        while s.recv(65536):
            pass


def post(port, bodies):
    with_headers = {"Content-Encoding": "snappy", "Content-Type": "application/x-protobuf", "X-Prometheus-Remote-Write-Version": "0.1.0"}
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    for body in bodies:
        client.request("POST", "/api/v1/write", body, with_headers)
        answer = client.getresponse()
        text = answer.read()
        if answer.status not in (200, 204):
            raise SystemExit(f"{answer.status}: {text[:200]}")


def start(folder, more=()):
    log = os.path.join(folder, "log")
    command = [DAEMON, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--state-dir", "off", *CLASSIC, *more]
    server = subprocess.Popen(command, stdout=open(log, "w"), stderr=subprocess.STDOUT)
    while True:
        text = open(log).read()
        if "listening on" in text and "http address=" in text:
            port = int(text.split("listening on ")[1].split()[0].rsplit(":", 1)[1])
            return server, port, int(text.split("http address=")[1].split()[0].rsplit(":", 1)[1])
        time.sleep(0.05)


def compare_formats(folder):
    server, port, http_port = start(folder)
    kinds = ["json", "graphite", "influx", "remote write"]
    costs = {kind: [] for kind in kinds}
    for turn in range(ROUNDS + 1):  # the first warms up
        for kind in kinds[turn % 4:] + kinds[:turn % 4]:
            first = turn * POINTS
            if kind == "remote write":
                bodies = [snappy(b"".join(series(b"plant-4", [(b"cell", b"%06d" % (i % SERIES))], value(i), (BEGIN + i // SERIES) * 1000)
                                          for i in range(at, at + BODY_POINTS)))
                          for at in range(first, first + POINTS, BODY_POINTS)]
                before = cpu_s(server.pid)
                post(http_port, bodies)
            else:
                data = "".join(lines_of(kind, first)).encode()
                before = cpu_s(server.pid)
                send_lines(port, data, kind == "json")
            if turn > 0:
                costs[kind].append((cpu_s(server.pid) - before) / POINTS)
    server.terminate()
    server.wait()
    print("| format | CPU ns/point | of JSON with replies |\n|---|---|---|")
    for kind in kinds:
        ratio = median([a / b for a, b in zip(costs[kind], costs["json"])])
        print(f"| {kind} | {median(costs[kind]) * 1e9:.0f} ({min(costs[kind]) * 1e9:.0f} to {max(costs[kind]) * 1e9:.0f}) | {ratio:.2f} |")


def many_series(name, pid, port):
    rates, costs = [], []
    for turn in range(2):  # the first makes the series
        spent, before = 0, cpu_s(pid)
        for at in range(0, MANY_SERIES, MANY_A_BODY):
            body = snappy(b"".join(series(b"requests", [(b"instance", b"host-%06d" % i), (b"job", b"plant")], value(i + turn),
                                          int(time.time()) * 1000 + turn) for i in range(at, at + MANY_A_BODY)))
            began = time.time()
            post(port, [body])
            spent += time.time() - began
        rates.append(MANY_SERIES / spent)
        costs.append((cpu_s(pid) - before) / MANY_SERIES)
    print(f"| {name} | {rates[0]:,.0f} | {rates[1]:,.0f} | {costs[1] * 1e9:,.0f} |", flush=True)


def compare_receivers(folder):
    print(f"\n| {MANY_SERIES:,} series in bodies of {MANY_A_BODY:,} | points/s, new series | points/s, known | CPU ns/point, known |\n|---|---|---|---|")
    server, _, http_port = start(folder, ["--max-streams", str(2 * MANY_SERIES), "--max-memory", "0"])
    many_series("spindriftd, classic", server.pid, http_port)
    server.terminate()
    server.wait()
    if shutil.which("prometheus") is None:
        return print("(prometheus is not installed)")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration = os.path.join(folder, "prometheus.yml")
    open(configuration, "w").write("global: {scrape_interval: 1h}\n")
    receiver = subprocess.Popen(["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={folder}/tsdb",
                                 f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.1)
    many_series("Prometheus' receiver", receiver.pid, port)
    receiver.terminate()
    receiver.wait()


with tempfile.TemporaryDirectory() as scratch:
    compare_formats(scratch)
    compare_receivers(scratch)
